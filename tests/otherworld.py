"""A made-up publisher: a source written the way CONTRIBUTING.md says, for tests that need one of their own.

The Otherworld Office counts dragons. Every figure is invented; its areas are real districts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

SOURCE_ID = "otherworld_office_dragon_sightings"
TABLE_ID = f"{SOURCE_ID}__sighting"

CONTRACT = """\
title: Sightings of dragons
description: Dragons seen from the ground, by district and month, as counted by the Otherworld Office (made up).
publisher: Otherworld Office
licence: OGL-UK-3.0
attribution: Made up for the tests of this project.
landing_page: https://otherworld.example/dragons
level: national
cadence:
  every: month
  usual_lag_days: 30
  warn_after_days: 60
  fail_after_days: 120
  reason: The count is published on the last day of the following month.
  promised:
    - {period_end: 2024-09-30, promised_on: 2024-10-25, where: A notice on the watchtower}
coverage: Every district of England and Wales that reports.
first_period: 2024-01-01
area_levels: [local_authority_district]
recipients: [Keeper of the district's dragons]
weaknesses:
  - A dragon that crosses a boundary is counted twice.
disclosure:
  rule: Counts below three are shown as a star.
  suppressed_below: 3
breaks:
  - {table: sighting, since: 2024-07-01, what: Dragons without wings are counted too, effect: not_comparable}
recognise:
  member: ['(?:.*/)?dragon-sightings-.+\\.csv']
  header:
    - [Area code, Area name, Month, Dragons seen]
    - [Area code, Area name, Month, Number of dragons]
  exclude: ['.*-template\\.csv']
discovery:
  kind: by_hand
  parameters:
    page: https://otherworld.example/dragons
    reason: The office answers only by owl.
markers:
  - {text: '*', status: suppressed, meaning: A count below three}
  - {text: '-', status: not_applicable, meaning: The district has no sky}
tolerances:
  - {what: Districts that do not report, limit: 0.1, reason: Small districts share a watchtower}
tested_on:
  evidence: layout only
  periods: '2024'
tables:
  sighting:
    description: Dragons seen, a row a district and month.
    kind: figures
    grain: [area_code, month]
    row_count: {lower: 0.5, upper: 2, reason: Few districts stop or start reporting.}
    columns:
      area_code:
        type: text
        is_nullable: false
        description: The district's code.
        published_as: [Area code]
      area_name:
        type: text
        description: The district's name.
        published_as: [Area name, Area]
      month:
        type: month
        is_nullable: false
        description: The month that the dragons were seen in.
        published_as: [Month]
      value:
        type: number
        unit: dragons
        carries_notes: true
        minimum: 0
        description: Dragons seen.
        published_as: [Dragons seen, Number of dragons]
      status:
        type: text
        is_nullable: false
        is_derived: true
        description: What the cell said about the value.
      note:
        type: text
        is_derived: true
        description: The footnote mark on the value.
      remarks:
        type: text
        is_required: false
        description: The watcher's remarks.
        published_as: [Remarks]
"""

READER = '''\
"""Reads a month of dragon sightings."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sources.contract import Contract
from sources.reading import Figures, PublishedFile, Quarantined, delimited
from sources.reading.headers import letter
from sources.reading.markers import figure
from sources.reading.periods import month


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """One table, a row a district; a row whose month or count cannot be read is quarantined."""
    table = contract.tables["sighting"]
    grid = delimited.grid(file)
    header, found = grid.find_header(table)
    rows, quarantined = [], []
    body = list(grid.body(header + 1))
    for row in body:
        column = "month"
        try:
            period = month(grid.cell(row, found.index["month"]))
            column = "value"
            seen = figure(grid.cell(row, found.index["value"]), contract, table.columns["value"])
        except ValueError as error:
            place = found.index[column]
            quarantined.append(Quarantined(str(error), grid.text(row, place), row=row + 1, column=letter(place)))
            continue
        remarks = found.index.get("remarks")
        rows.append(
            {
                "area_code": grid.text(row, found.index["area_code"]),
                "area_name": grid.text(row, found.index["area_name"]),
                "month": period.start,
                "value": seen.value,
                "status": seen.status,
                "note": seen.note,
                "remarks": None if remarks is None else grid.text(row, remarks) or None,
                "source_sheet": None,
                "source_row": row + 1,
                "source_column": letter(found.index["value"]),
            }
        )
    columns = [*table.columns, "source_sheet", "source_row", "source_column"]
    yield Figures("sighting", pd.DataFrame(rows, columns=columns), len(body), quarantined, list(found.notes))
'''

SAMPLE = '''\
"""Writes dragon sightings (synthetic) in the Otherworld Office's layout."""

from __future__ import annotations

import csv
import random
from pathlib import Path

from sources.places import districts


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Three months of sightings, a file a month."""
    chance = random.Random(seed)
    places = sorted({(d.lad_code, d.lad_name) for d in districts()})
    for number in (7, 8, 9):
        with (folder / f"dragon-sightings-2024-{number:02d}.csv").open("w", encoding="utf-8", newline="") as text:
            lines = csv.writer(text)
            lines.writerows([["Sightings of dragons (synthetic)"], []])
            lines.writerow(["Area code", "Area name", "Month", "Dragons seen", "Remarks"])
            for code, name in places[: max(3, round(30 * scale))]:
                seen = chance.randrange(40)
                lines.writerow([code, name, f"2024-{number:02d}", seen if seen > 2 else "*", ""])
            lines.writerows([[], ["* A count below three"]])
'''

HEADER = ("Area code", "Area name", "Month", "Dragons seen", "Remarks")


def write_source(root: Path) -> None:
    """Write the whole source below ``root``: ``national/otherworld_office/dragon_sightings/``."""
    folder = root / "national" / "otherworld_office" / "dragon_sightings"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (("contract.yaml", CONTRACT), ("read.py", READER), ("sample.py", SAMPLE)):
        (folder / name).write_text(text, encoding="utf-8")


def published_file(rows: Iterable[Sequence[object]], *, header: Sequence[str] = HEADER) -> str:
    """A file as the Otherworld Office publishes it: a title, the header in row 3, the rows, a footnote."""
    lines = [["Sightings of dragons"], [], header, *rows, [], ["* A count below three"]]
    return "".join(",".join(str(cell) for cell in line) + "\n" for line in lines)
