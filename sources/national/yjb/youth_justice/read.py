"""Reads youth justice statistics: tidy copies of the annual tables, and the local level open data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from sources.contract import Contract
from sources.errors import HeaderError, LayoutError, ReadError
from sources.places.names import UnknownNameError, plain, register
from sources.reading import Figures, PublishedFile, Quarantined, delimited, headers, markers
from sources.reading.grid import Grid
from sources.reading.headers import letter, normal
from sources.reading.periods import Period, financial_year, month, year_ending
from sources.reading.workbook import open_workbook

_TABLE = "figure"
_GROUPS = (
    "sex",
    "age_group",
    "ethnicity",
    "offence",
    "disposal_type",
    "disposal",
    "legal_basis",
    "remand_type",
    "remand",
    "court_type",
    "outcome",
    "previous_offences",
    "time_to_reoffence",
    "need",
    "need_status",
)
_AREAS = ("area_name", "region_name", "police_area_name")
_SEXES = {
    **dict.fromkeys(["boys", "male", "males"], "male"),
    **dict.fromkeys(["girls", "female", "females"], "female"),
    **dict.fromkeys(["unknown", "not known"], "unknown"),
}
_ENGLAND_AND_WALES = "England and Wales"
_COUNTRIES = {"England and Wales": "K04000001", "Eng/Wales": "K04000001", "England": "E92000001", "Wales": "W92000004"}
#: Totals of other disposals, in the files of reoffending by disposal.
_TOTALS = ("First tier penalty", "Youth community penalty")
_DETAILS = {
    "Number of reoffences": "reoffences",
    "Number of reoffenders": "reoffenders",
    "Number of children in cohort": "children_in_cohort",
    "Mean": "mean_nights",
    "Median": "median_nights",
}
_UNITS = {
    "cautions_and_sentences": "cautions and sentences",
    "knife_offences": "offences",
    "mean_nights": "nights",
    "median_nights": "nights",
    "remand_decisions": "remand decisions",
    "remand_outcomes": "outcomes",
    "reoffences": "offences",
    "share_with_need": "proportion",
    "children_cautioned_or_sentenced_rate": "per 10,000 aged 10 to 17",
    "strip_searches": "searches",
}
#: Copies of disposals and remand do not name the month; the tables that they were made of are of financial years.
_MONTHLESS = ("cautions_and_sentences", "remand")
#: Copies of remand by age, sex or ethnicity have decisions in this year and the average number on remand after it.
_LAST_YEAR_OF_DECISIONS = 2010


@dataclass(frozen=True)
class _Copy:
    """A family of tidy copies: how its files are named, what they are about, and their column of figures."""

    name: str
    subject: str
    measure: str | None
    figures: str = "count"


_COPIES = (
    _Copy(r"fte_", "first_time_entrants", "first_time_entrants"),
    _Copy(r"disposals_", "cautions_and_sentences", "cautions_and_sentences"),
    _Copy(r"knife_offence_", "knife_offences", "knife_offences"),
    _Copy(r"custody_avpop_", "custody", "average_children_in_custody"),
    _Copy(r"custody_avduration_", "custody", None, "nights"),
    _Copy(r"custody_strip_search_", "strip_search", "strip_searches"),
    _Copy(r"remand_count_\d+to\d+_(?:age|gender|ethnicity)", "remand", "average_children_on_remand"),
    _Copy(r"remand_count_\d+to\d+_outcome", "remand", "remand_outcomes"),
    _Copy(r"remand_count_\d+(?:to\d+)?_(?:type|remandtype)", "remand", "remand_decisions"),
    _Copy(r"reoffending_", "reoffending", None),
    _Copy(r"sentenced_needs_\d+to\d+_history", "needs", "children_with_need"),
    _Copy(r"sentenced_needs_", "needs", "share_with_need", "pc"),
)
_TIME = ("end_period_year", "end_period_month", "period_length")

#: The columns of figures of the local level open data, and what each is.
_LOCAL = {
    "Number_Children": "children_cautioned_or_sentenced",
    "Number_Cautioned_Sentenced": "cautions_and_sentences",
}
_TRAFFORD = ("area_code", "area_name", "area_type", "period", "indicator", "measure", "unit", "value")
_UNUSED = ("compared_to_england", "inequality")
_TRAFFORD_MEASURES = {
    "Count": "children_cautioned_or_sentenced",
    "Per 10,000 aged 10-17": "children_cautioned_or_sentenced_rate",
}


class _UnreadableError(ValueError):
    """A record that cannot be placed in time, space or meaning; its text is the reason."""


@dataclass
class _Out:
    """Rows as they are read, with those that could not be."""

    grid: Grid
    contract: Contract
    column: int
    rows: list[dict[str, object]] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    rows_in: int = 0

    def add(self, row: int, described: Mapping[str, object]) -> None:
        """Add the figure of a record; raises _UnreadableError where it is neither a number nor a marker."""
        column = self.contract.tables[_TABLE].columns["value"]
        try:
            read = markers.figure(self.grid.cell(row, self.column), self.contract, column)
        except markers.UnreadableCellError as error:
            raise _UnreadableError(str(error)) from error
        is_scaled = (
            described["measure"] == "first_time_entrants" and read.value is not None and not read.value.is_integer()
        )
        self.rows.append(
            {
                **dict.fromkeys([*_GROUPS, "region_name", "police_area_name"]),
                "is_total": False,
                "unit": _UNITS.get(str(described["measure"]), "children"),
                **described,
                "value": read.value,
                "status": "estimated" if is_scaled else read.status,
                "source_sheet": self.grid.sheet,
                "source_row": row + 1,
                "source_column": letter(self.column),
            }
        )

    def reject(self, row: int, reason: str) -> None:
        self.quarantined.append(self.grid.quarantined(row, self.column, reason))

    def figures(self) -> Figures:
        """The rows, without those that give one group two figures."""
        table = self.contract.tables[_TABLE]
        frame = pd.DataFrame(self.rows, columns=[*table.columns, "source_sheet", "source_row", "source_column"])
        is_twice = frame.duplicated(list(table.grain), keep=False)
        for row in frame["source_row"][is_twice]:
            self.reject(int(row) - 1, "the same group stands in the file more than once")
        return Figures(
            _TABLE,
            pd.DataFrame(frame[~is_twice]),
            rows_in=self.rows_in,
            quarantined=sorted(self.quarantined, key=lambda cell: cell.row or 0),
        )


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """One table, a row a figure.

    Raises HeaderError or LayoutError for columns or a file name that have no meaning here, and ReadError where a
    text file ends in the middle of a record or a workbook has no table.
    """
    if Path(file.name).suffix.lower() in {".ods", ".xlsx", ".xls"}:
        yield _local_level(file, contract)
        return
    grid = delimited.grid(file)
    if not len(grid):
        raise ReadError("the file is empty", file=file.name, expected="a header line")
    header = [normal(cell) for cell in grid.rows[0]]
    rows = delimited.rows_below(file, grid, 0)
    yield _trafford(grid, rows, contract) if "indicator" in header else _copy(grid, rows, contract)


def _columns(
    grid: Grid, row: int, contract: Contract, *, wanted: Sequence[str], optional: Sequence[str] = ()
) -> tuple[dict[str, int], headers.Match]:
    """Where the wanted columns are by their texts, and where those of the contract; raises HeaderError for others."""
    texts = [normal(cell) for cell in grid.rows[row]]
    own = {name: texts.index(normal(name)) for name in (*wanted, *optional) if normal(name) in texts}
    rest = ["" if index in own.values() else cell for index, cell in enumerate(grid.rows[row])]
    found = headers.match(rest, contract.tables[_TABLE].columns)
    missing = [name for name in wanted if name not in own]
    if missing or found.unknown:
        raise HeaderError(
            file=grid.file,
            sheet=grid.sheet,
            row=row + 1,
            missing=missing,
            unknown=list(found.unknown),
            known_names={},
        )
    return own, found


def _copy(grid: Grid, rows: Sequence[int], contract: Contract) -> Figures:
    """A tidy copy of a supplementary table."""
    copy = next((one for one in _COPIES if re.search(rf"(?:^|_){one.name}", Path(grid.file).stem, re.IGNORECASE)), None)
    if copy is None:
        raise LayoutError(
            "the file's name does not say what it is about",
            file=grid.file,
            expected="a name that begins like " + ", ".join(f"[{one.name}]" for one in _COPIES[:4]) + " ...",
            found=f"[{grid.file}]",
        )
    detail = ["measure"] if copy.measure is None or "measure" in map(normal, grid.rows[0]) else []
    own, found = _columns(grid, 0, contract, wanted=[*_TIME, copy.figures, *detail])
    out = _Out(grid, contract, own[copy.figures])
    for row in rows:
        out.rows_in += 1
        try:
            period = _period(*(grid.text(row, own[name]) for name in _TIME), subject=copy.subject)
            measure = copy.measure
            if detail:
                measure = _DETAILS.get(grid.text(row, own["measure"]))
            if measure == "average_children_on_remand" and period.end.year <= _LAST_YEAR_OF_DECISIONS:
                measure = "remand_decisions"
            if measure is None:
                raise _UnreadableError(f"[{grid.text(row, own['measure'])}] is no measure that is known")
            groups = _described(grid, row, found.index)
            area = groups.pop("area_name") or _ENGLAND_AND_WALES
            out.add(
                row,
                {
                    **groups,
                    "subject": copy.subject,
                    "measure": measure,
                    **_days(period),
                    **_area(str(area), period.end),
                    "is_total": copy.subject == "reoffending" and groups["disposal"] in _TOTALS,
                    "is_derived_copy": True,
                },
            )
        except _UnreadableError as error:
            out.reject(row, str(error))
    return out.figures()


def _described(grid: Grid, row: int, index: Mapping[str, int]) -> dict[str, object]:
    """The groups and area names of a record, null where there is no such column; a blank group is one too many."""
    said: dict[str, object] = {}
    for name in (*_GROUPS, *_AREAS):
        text = grid.text(row, index[name]) if name in index else None
        if text == "":
            raise _UnreadableError(f"the record has no {name.replace('_', ' ')}")
        said[name] = text
    if said["sex"] is not None:
        sex = _SEXES.get(normal(said["sex"]))
        if sex is None:
            raise _UnreadableError(f"[{said['sex']}] is no sex that is known")
        said["sex"] = sex
    return said


def _days(period: Period) -> dict[str, object]:
    return {"period_start": period.start, "period_end": period.end, "period_type": period.type}


def _period(year: str, ends_in: str, length: str, *, subject: str) -> Period:
    """The period of a record; raises _UnreadableError where it cannot be told."""
    if not re.fullmatch(r"(?:19|20)\d{2}(?:\.0)?", year):
        raise _UnreadableError(f"[{year}] is not a year")
    name = "March" if ends_in == "Unknown" and subject in _MONTHLESS else ends_in
    try:
        end = month(f"{name} {year.removesuffix('.0')}").end
    except ValueError as error:
        raise _UnreadableError(f"[{ends_in}] is not the month in which a period ends") from error
    if length == "Year":
        return year_ending(end)
    if length == "Quarter" and end.month % 3 == 0:
        return Period(date(end.year, end.month - 2, 1), end, "quarter")
    raise _UnreadableError(f"[{length}] ending in [{ends_in}] is neither a year nor a quarter of one")


@cache
def _area(name: str, on: date) -> Mapping[str, object]:
    """Level, code and name of an area; raises _UnreadableError, with the nearest names, where it is not known."""

    def is_at(level: str, code: str | None) -> dict[str, object]:
        said = _ENGLAND_AND_WALES if name == "Eng/Wales" else name
        return {"area_level": level, "area_code": code, "area_name": said}

    if name in _COUNTRIES:
        return is_at("country", _COUNTRIES[name])
    try:
        if found := re.fullmatch(r"(.+) \((region|police)\)", name):
            kind = "region" if found[2] == "region" else "police_force"
            return is_at("region" if kind == "region" else "police_force_area", register(kind).resolve(found[1], on=on))
        if plain(name) in _joint_services():
            return is_at("youth_justice_service", None)
        return is_at("upper_tier_local_authority", register("local_authority").resolve(name, on=on))
    except UnknownNameError as error:
        raise _UnreadableError(str(error)) from error


@cache
def _joint_services() -> frozenset[str]:
    """The names of services that are of several authorities: those that are no authority's name."""
    services, authorities = (register(kind).names for kind in ("youth_justice_service", "local_authority"))
    return frozenset(plain(one.name) for one in services) - {plain(one.name) for one in authorities}


def _trafford(grid: Grid, rows: Sequence[int], contract: Contract) -> Figures:
    """Children cautioned or sentenced as a local data team gives them for its authority and the most similar ones."""
    header = [normal(cell) for cell in grid.rows[0]]
    own = {name: header.index(name) for name in (*_TRAFFORD, *_UNUSED) if name in header}
    missing = [name for name in _TRAFFORD if name not in own]
    unknown = [text for text in header if text and text not in own]
    if missing or unknown:
        raise HeaderError(file=grid.file, row=1, missing=missing, unknown=unknown, known_names={})
    out = _Out(grid, contract, own["value"])
    for row in rows:
        out.rows_in += 1
        said = {name: grid.text(row, index) for name, index in own.items()}
        try:
            if said["indicator"] != "Children cautioned or sentenced" or said["measure"] not in _TRAFFORD_MEASURES:
                raise _UnreadableError(f"[{said['indicator']}], [{said['measure']}] is no measure that is known")
            try:
                period = financial_year(said["period"])
            except ValueError as error:
                raise _UnreadableError(str(error)) from error
            if not re.fullmatch(r"[EWK]\d{8}", said["area_code"]):
                raise _UnreadableError(f"[{said['area_code']}] has not the form of an area code")
            level = "country" if said["area_type"] == "Country" else "upper_tier_local_authority"
            out.add(
                row,
                {
                    "subject": "cautions_and_sentences",
                    "measure": _TRAFFORD_MEASURES[said["measure"]],
                    **_days(period),
                    "area_level": level,
                    "area_code": said["area_code"],
                    "area_name": said["area_name"],
                    "is_derived_copy": True,
                },
            )
        except _UnreadableError as error:
            out.reject(row, str(error))
    return out.figures()


def _local_level(file: PublishedFile, contract: Contract) -> Figures:
    """A table of the local level open data: the one sheet that has its header."""
    book = open_workbook(file)
    column = contract.tables[_TABLE].columns["area_name"]
    for sheet in book.sheet_names:
        grid = book.grid(sheet)
        for row in range(min(len(grid), 20)):
            has_year = normal("Financial_Year") in map(normal, grid.rows[row])
            if has_year and headers.match(grid.rows[row], {"area_name": column}).index:
                return _local_sheet(grid, row, contract)
    raise LayoutError(
        "no sheet has the table",
        file=file.name,
        expected="a row with [Financial_Year] and one of "
        + ", ".join(f"[{name.name}]" for name in column.published_as)
        + " among a sheet's first 20",
        found="none in the sheets " + ", ".join(f"[{name}]" for name in book.sheet_names),
    )


def _local_sheet(grid: Grid, header_row: int, contract: Contract) -> Figures:
    texts = [normal(cell) for cell in grid.rows[header_row]]
    counts = next((name for name in _LOCAL if normal(name) in texts), next(iter(_LOCAL)))
    own, found = _columns(grid, header_row, contract, wanted=["Financial_Year", counts], optional=["England_Wales"])
    out = _Out(grid, contract, own[counts])
    for row in range(header_row + 1, len(grid)):
        if grid.is_blank_row(row):
            continue
        out.rows_in += 1
        try:
            try:
                period = financial_year(grid.text(row, own["Financial_Year"]))
            except ValueError as error:
                raise _UnreadableError(str(error)) from error
            groups = _described(grid, row, found.index)
            area = str(groups.pop("area_name"))
            out.add(
                row,
                {
                    **groups,
                    "subject": "cautions_and_sentences",
                    "measure": _LOCAL[counts],
                    **_days(period),
                    **_area(area, period.end),
                    "is_derived_copy": False,
                },
            )
        except _UnreadableError as error:
            out.reject(row, str(error))
    if not out.rows_in:
        raise ReadError("the table has no rows", file=grid.file, sheet=grid.sheet, row=header_row + 1)
    return out.figures()
