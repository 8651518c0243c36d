"""Deaths by area as the Office for National Statistics sets them out, for the samples of those sources.

The areas of such a table in the publisher's order, made-up deaths that add up over them, and the workbook of counts
and three-year rates.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources import places
from sources.writing import Cell, write_xlsx

SYNTHETIC = "SYNTHETIC figures, made up for the bundled edition; not those of the publisher"

#: A code, what stands in the three columns of names, and the code of what it is counted in.
Area = tuple[str, tuple[str, str, str], str]


def write_workbook(
    path: Path,
    rng: np.random.Generator,
    *,
    subject: str,
    counts_title: str,
    rates_title: str,
    mean: float,
    scale: float,
) -> None:
    """Write the workbook of one cause of death by local authority; ``mean`` is of a district's deaths a year, and
    ``scale`` above 1 adds earlier years."""
    rows = areas()
    years = range(2025, 2025 - round(3 * max(scale, 1)), -1)
    counts = [deaths(rng, rows, mean) for _ in years]
    heading = ["Area Code \r\n[note 2]", "Country or Region", "Unitary Authority or County", "Local Authority District"]
    above = [[""], [SYNTHETIC], ["This worksheet has one table."], []]
    table_1: list[list[Cell]] = [[f"Table 1: {counts_title} [note 1]"], *above, [*heading, *years]]
    table_1 += [[code, *(name or None for name in names), *(c[code] for c in counts)] for code, names, _ in rows]
    measures = ("Number of deaths", "Rate per 100,000 \r\n[note 4]", "Rate unreliability marker \r\n[note 5]")
    limits = ("Lower confidence limit", "Upper confidence limit")
    table_2: list[list[Cell]] = [
        [f"Table 2: {rates_title} [note 1]"],
        *above,
        [*heading, *(f"2023 to 2025 \r\n{measure}" for measure in (*measures, *limits))],
    ]
    for code, names, _ in rows:
        died = sum(count[code] for count in counts[:3])
        rate = round(died / 4 * (1 if code[1] == "0" else 40 / max(died, 1)), 1)
        figures: list[Cell] = [died, rate, "[u]" if died < 20 else None, round(rate * 0.7, 1), round(rate * 1.4, 1)]
        if died < 10:
            figures = [died, "[x]", None, "[x]", "[x]"]
        table_2.append([code, *(name or None for name in names), *figures])
    cover = [[subject], [SYNTHETIC], ["The year is that of registration, not of death."]]
    write_xlsx(path, {"Cover_sheet": cover, "Table_1": table_1, "Table_2": table_2})


def areas() -> list[Area]:
    """England, its regions and their districts, Wales and its authorities, in the publisher's order: code, what stands
    in the three columns of names, and the code of what each is counted in."""
    parents = places.parents()
    names = {one.lad_code: one.lad_name for one in places.districts()}
    regions = sorted({(one.region_code, one.region_name) for one in parents if one.region_code})
    found: list[Area] = [("E92000001", ("ENGLAND", "", ""), "")]
    for region_code, region in regions:
        found.append((region_code, (region.upper(), "", ""), "E92000001"))
        for one in parents:
            if one.region_code == region_code:
                is_lower = one.lad_code.startswith("E07")
                name = names[one.lad_code]
                found.append((one.lad_code, ("", "" if is_lower else name, name if is_lower else ""), region_code))
    found.append(("W92000004", ("WALES", "", ""), ""))
    found += [(one.lad_code, ("", names[one.lad_code], ""), "W92000004") for one in parents if not one.region_code]
    return found


def deaths(rng: np.random.Generator, within_areas: list[Area], mean: float) -> dict[str, int]:
    """Deaths of each area, those of regions and countries being the sums of their parts."""
    found = dict.fromkeys((code for code, _, _ in within_areas), 0)
    for code, _, within in reversed(within_areas):
        if code[:3] not in {"E92", "E12", "W92"}:
            found[code] = int(rng.poisson(mean * rng.lognormal(-0.3, 0.8)))
        if within:
            found[within] += found[code]
    return found
