"""Every source on changed copies of its own sample files; and the harness itself, on a reader made bad on purpose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
import yaml

from sources.catalogue import ROOT, Catalogue, Source
from sources.contract import Contract
from sources.errors import LayoutError
from sources.reading import Figures, PublishedFile, Quarantined, delimited
from sources.reading.grid import Grid, is_blank
from sources.reading.headers import letter, normal
from sources.reading.markers import UnreadableCellError, figure
from sources.reading.workbook import open_workbook
from sources.writing import write_csv, write_xlsx
from tests import otherworld
from tests.sources import mutations
from tests.sources.mutations import Trial

#: What a source need not stand, and why; an exemption that is no longer needed fails.
EXEMPT: dict[tuple[str, str], str] = {}

#: The one that is tried in `make check`: ten sheets of an xls, in half a second.
_QUICK = "local_ambulance_incidents"


def _source_ids() -> list[str]:
    """By folder alone: reading the contracts would cost every run of pytest a second."""
    national = ["_".join(path.parts[-3:-1]) for path in ROOT.glob("national/*/*/contract.yaml")]
    return sorted([*national, *(f"local_{path.parent.name}" for path in ROOT.glob("local/*/contract.yaml"))])


@pytest.mark.parametrize(
    "source_id", [i if i == _QUICK else pytest.param(i, marks=pytest.mark.slow) for i in _source_ids()]
)
def test_a_changed_file_gives_the_same_figures_or_is_refused(
    source_id: str, sources: Catalogue, tmp_path: Path
) -> None:
    trial = Trial(sources[source_id], tmp_path)
    trial.run()
    assert trial.tried, "none of its sample files is a workbook or delimited text, so that nothing was tried"
    exempt = {mutation for source, mutation in EXEMPT if source == source_id}
    unneeded = sorted(exempt - {finding.mutation for finding in trial.findings})
    assert not unneeded, f"exemptions of {source_id} that are no longer needed: {unneeded}"
    findings = [str(finding) for finding in trial.findings if finding.mutation not in exempt]
    assert not findings, f"{source_id} does not stand:\n" + "\n".join(findings)


def test_every_exemption_is_of_a_source_and_a_mutation_that_there_are_and_says_why() -> None:
    assert {source for source, _ in EXEMPT} <= set(_source_ids())
    assert {mutation for _, mutation in EXEMPT} <= set(mutations.NAMES)
    assert all(reason.strip() for reason in EXEMPT.values())


_TABLES: dict[str, Any] = {
    "count": {
        "description": "Creatures, a row a figure.",
        "kind": "figures",
        "grain": ["creature", "area_code", "measure"],
        "columns": {
            "creature": {"type": "text", "description": "From the title.", "is_derived": True},
            "area_code": {"type": "text", "description": "The area's code.", "published_as": ["Area code"]},
            "area_name": {
                "type": "text",
                "description": "The area's name.",
                "published_as": ["Area", "Area name", "Place"],
            },
            "measure": {"type": "text", "description": "As headed, without notes.", "is_derived": True},
            "value": {"type": "number", "unit": "creatures", "description": "How many.", "is_derived": True},
            "status": {"type": "text", "description": "Of the value.", "is_derived": True},
        },
    }
}
_AREAS = [
    ("E06000047", "County Durham"),
    ("E06000005", "Darlington"),
    ("E08000037", "Gateshead"),
    ("W06000015", "Cardiff"),
]
_HEADER: list[str | int] = ["Area code", "Area", "Seen [note 2]", 2024, "Caught"]


def _contract() -> Contract:
    raw = yaml.safe_load(otherworld.CONTRACT)
    return Contract.model_validate({**raw, "tables": _TABLES, "breaks": [], "recognise": {"name": [".*"]}})


def _write_sample(folder: Path, *, seed: int, scale: float) -> None:
    """A workbook of two tables and one of them as CSV, with a marker of each kind."""

    def rows(first: int) -> list[list[str | int]]:
        found: list[list[str | int]] = [
            [code, name, first + 100 * n, first + 7 * n, 2 * n] for n, (code, name) in enumerate(_AREAS, start=1)
        ]
        found[0][3], found[1][4] = "*", "-"
        return found

    def sheet(number: int, creature: str) -> list[Sequence[str | int]]:
        title = f"Table {number}: {creature} by area [note 1]"
        return [[title], ["Synthetic figures."], _HEADER, *rows(1000 * number)]

    write_xlsx(folder / "creatures.xlsx", {"Table 1": sheet(1, "Dragons"), "Table 2": sheet(2, "Griffins")})
    write_csv(folder / "dragons.csv", [["Area code", "Area", "Seen", 2024, "Caught"], *rows(1000)])


class _Reader:
    """A reader of the made-up layout that does one thing wrong, or nothing."""

    def __init__(self, fault: str | None) -> None:
        self.fault = fault

    def read(self, file: PublishedFile, contract: Contract) -> Iterator[Figures]:
        found = Figures("count", pd.DataFrame(), rows_in=0)
        rows: list[dict[str, object]] = []
        try:
            grids = self._grids(file)
        except LayoutError:
            raise
        except Exception as error:
            if self.fault != "takes a broken workbook for an empty one":
                raise
            del error
            grids = []
        for number, (grid, creature) in enumerate(grids, start=1):
            if self.fault == "names the table by the sheet's place":
                creature = ("dragons", "griffins")[number - 1]
            if self.fault == "names the table by the sheet's number":
                creature = {"Table 2": "griffins"}.get(grid.sheet or "", "dragons")
            rows += self._read_grid(grid, creature, contract, found)
        columns = [*contract.tables["count"].columns, "source_sheet", "source_row", "source_column"]
        found.frame = pd.DataFrame(rows, columns=columns)
        yield found

    def _grids(self, file: PublishedFile) -> list[tuple[Grid, str]]:
        if file.name.endswith(".csv"):
            return [(delimited.grid(file), "dragons")]
        book = open_workbook(file)
        grids = [book.grid(sheet) for sheet in book.sheet_names]
        return [(grid, self._title(grid).split()[2].lower()) for grid in grids]

    def _title(self, grid: Grid) -> str:
        texts = [str(cell) for row in grid.rows for cell in row if isinstance(cell, str) and cell]
        is_title = "Table" if self.fault != "takes the first text for the title" else ""
        return next(text for text in texts if text.startswith(is_title))

    def _header(self, grid: Grid, contract: Contract) -> int:
        if self.fault == "takes the header to be in its usual row":
            return 2 if grid.sheet else 0
        for row in range(len(grid)):
            if "area code" in map(normal, grid.rows[row]):
                return row
        raise LayoutError("no header row was found", file=grid.file, sheet=grid.sheet, expected="[Area code]")

    def _read_grid(self, grid: Grid, creature: str, contract: Contract, found: Figures) -> list[dict[str, object]]:
        header, table = self._header(grid, contract), contract.tables["count"]
        labels = [re.sub(r" ?\[note \d+\]", "", grid.text(header, column)) for column in range(len(grid.rows[header]))]
        if self.fault == "takes a note for a part of the heading":
            labels = [grid.text(header, column) for column in range(len(grid.rows[header]))]
        if self.fault == "takes a year as it is stored":
            labels = [str(grid.cell(header, n)) if label == "2024" else label for n, label in enumerate(labels)]
        at: dict[str, int] = {}
        for name in ("area_code", "area_name"):
            known = [published.name for published in table.columns[name].published_as]
            if self.fault == "knows only the newest name":
                known = known[:1]
            named = [column for column, label in enumerate(labels) if normal(label) in map(normal, known)]
            if not named and (name == "area_code" or self.fault != "knows only the newest name"):
                raise LayoutError("a column is not there", file=grid.file, sheet=grid.sheet, expected=f"[{known[0]}]")
            at[name] = named[0] if named else -1
        columns = [column for column, label in enumerate(labels) if label and column not in at.values()]
        if self.fault == "knows columns by their place":
            labels = ["", "", "Seen", "2024", "Caught"][: len(labels)]
        if self.fault == "takes every column for one of figures":
            columns = [column for column in range(len(labels)) if column not in at.values()]
        rows: list[dict[str, object]] = []
        for row in range(header + 1, len(grid)):
            if grid.is_blank_row(row):
                if self.fault == "takes a blank row for the end":
                    break
                continue
            for column in columns:
                if self.fault != "takes a line that is cut for a short one" and len(grid.rows[row]) < len(labels):
                    raise LayoutError("the file ends in the middle of a record", file=grid.file, row=row + 1)
                found.rows_in += 1
                cell = grid.cell(row, column)
                try:
                    read = figure(cell, contract, table.columns["value"])
                except UnreadableCellError as error:
                    if self.fault == "leaves out what it cannot read":
                        found.rows_in -= 1
                        continue
                    if self.fault == "sets aside without saying where":
                        found.quarantined.append(Quarantined(str(error), str(cell)))
                        continue
                    found.quarantined.append(grid.quarantined(row, column, str(error)))
                    continue
                value, status = read.value, read.status
                if self.fault == "takes text for no figure" and grid.sheet and isinstance(cell, str):
                    value, status = None, "suppressed" if cell == "*" else "not_applicable"
                if self.fault == "takes a blank for nought" and is_blank(cell):
                    value, status = 0.0, "observed"
                if self.fault == "takes every marker for one" and value is None and not is_blank(cell):
                    status = "suppressed"
                rows.append(
                    {
                        "creature": creature,
                        "area_code": grid.text(row, at["area_code"]),
                        "area_name": grid.text(row, at["area_name"]) if at["area_name"] >= 0 else None,
                        "measure": labels[column],
                        "value": value,
                        "status": status,
                        "source_sheet": grid.sheet,
                        "source_row": row + 1,
                        "source_column": letter(column),
                    }
                )
        return rows


@pytest.fixture(scope="module")
def trial_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str | None], Trial]:
    """The made-up source's trial with a reader of a given fault; each is held once."""

    @cache
    def hold(fault: str | None) -> Trial:
        folder = tmp_path_factory.mktemp("trial")
        (folder / "source").mkdir()
        source = Source("made_up", folder / "source", _contract())
        source.__dict__["reader"] = _Reader(fault)
        source.__dict__["sample"] = SimpleNamespace(write=_write_sample)
        trial = Trial(source, folder)
        trial.run()
        return trial

    return hold


def test_a_reader_that_does_nothing_wrong_stands_every_mutation_and_each_is_tried(
    trial_of: Callable[[str | None], Trial],
) -> None:
    trial = trial_of(None)
    assert [str(finding) for finding in trial.findings] == []
    assert trial.tried == set(mutations.NAMES) - {"columns renamed as in history, 3"}
    assert {refusal.mutation for refusal in trial.refusals} == {mutations.CUT_LINE, "a column renamed beyond history"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "caught_by"),
    [
        ("knows columns by their place", {"columns in another order", "everything one column to the right"}),
        ("takes the header to be in its usual row", {"a blank row on top", "a blank row above the header"}),
        ("takes the first text for the title", {"three rows of preamble on top"}),
        ("takes a note for a part of the heading", {"other digits of notes", "a note added to a heading"}),
        ("takes every column for one of figures", {"trailing blank rows and columns"}),
        ("takes text for no figure", {"figures stored as text"}),
        ("takes a year as it is stored", {"years that head columns as text or as numbers"}),
        ("names the table by the sheet's place", {"sheets in another order"}),
        ("names the table by the sheet's number", {"names of numbered sheets swapped"}),
        ("knows only the newest name", {"columns renamed as in history, 1", "columns renamed as in history, 2"}),
        ("knows only the newest name", {"a column renamed beyond history"}),
        ("takes a blank row for the end", {"a blank row among the figures"}),
        ("takes a blank for nought", {mutations.BLANK}),
        ("leaves out what it cannot read", {mutations.UNKNOWN}),
        ("sets aside without saying where", {mutations.UNKNOWN}),
        ("takes every marker for one", {mutations.KNOWN}),
        ("takes a line that is cut for a short one", {mutations.CUT_LINE}),
        ("takes a broken workbook for an empty one", {mutations.BROKEN}),
    ],
)
def test_a_reader_with_a_fault_is_caught(
    fault: str, caught_by: set[str], trial_of: Callable[[str | None], Trial]
) -> None:
    assert caught_by <= {finding.mutation for finding in trial_of(fault).findings}


def test_a_finding_says_the_change_the_file_the_place_and_the_rows_that_differ(
    trial_of: Callable[[str | None], Trial],
) -> None:
    trial = trial_of("knows columns by their place")
    text = next(str(finding) for finding in trial.findings if finding.mutation == "columns in another order")
    assert text.startswith("columns in another order: [creatures.xlsx]: count: 16 figures that were not there:")
    first = text.splitlines()[1]
    assert first.startswith(
        "    [Table 1] 5 D: creature=dragons, area_code=E06000005, area_name=Darlington, measure=2024"
    )
    assert "in place of" in text
