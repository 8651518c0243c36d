"""Reads the yearly tables of police use of force, and the last of conducted energy devices before them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.places.names import UnknownNameError, register
from sources.reading import Figures, PublishedFile, Quarantined, periods
from sources.reading.grid import Grid, is_blank
from sources.reading.headers import letter, normal
from sources.reading.markers import UnreadableCellError, figure
from sources.reading.periods import Period
from sources.reading.repeated import refuse_repeated
from sources.reading.workbook import Workbook, open_workbook

_TITLE = re.compile(r"Table\s+(\d+)\s*[.:]\s*(\S.*)", re.IGNORECASE | re.DOTALL)
_TITLE_ROWS, _HEADER_ROWS = 14, 16
#: Sheets without a table of figures; of the appendix, the years in which forces first had the devices.
_OTHER_SHEETS = re.compile(r"cover.*|contents?|index|appendix.*|notes?", re.IGNORECASE)
_NOTES = re.compile(r"(notes?|source)\b\s*[:.]?.*", re.IGNORECASE)
_INCIDENTS = re.compile(r"\(?total number of incidents( involving .*)?\)?")
_PARENT = re.compile(r"(.*?),? of which")
_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"

#: What a table breaks figures down by: how its headings begin, and the words that its title then has.
_BREAKDOWNS = {
    "age_group": (r"perceived age", r"perceived age"),
    "sex": (r"perceived (gender|sex)", r"perceived (gender|sex)"),
    "ethnicity": (r"perceived ethnicity", r"perceived ethnicity"),
    "health_condition": (r"perceived (disability|health condition)", r"perceived (disability|health condition)"),
    "reason": (r"reason for force", r"reason for using force"),
    "impact_factor": (r"impact factor", r"impact factor"),
    "outcome": (r"outcome", r"incident outcome"),
    "location": (r"incident location", r"incident location"),
}
#: The headings of each breakdown; one that is not here may mean anything.
_CATEGORIES: Mapping[str, Sequence[str]] = {
    "age_group": [
        "Under 11 years", "11 - 17 years", "18 - 34 years", "35 - 49 years", "50 - 64 years", "65 and over",
        "Not reported",
    ],
    "sex": ["Male", "Female", "Other", "Not reported"],
    "ethnicity": [
        "White", "Black (or Black British)", "Asian (or Asian British)", "Chinese", "Mixed", "Other", "Don't know",
        "Not reported",
    ],
    "health_condition": ["Mental", "Physical", "Physical and mental", "None", "Not reported"],
    "reason": [
        "Protect self", "Protect public", "Protect subject", "Protect other officers", "Prevent offence",
        "Secure evidence", "Effect search", "Effect arrest", "Method of entry", "Remove handcuffs", "Prevent harm",
        "Prevent escape", "Other",
    ],
    "impact_factor": [
        "Possession of a weapon", "Alcohol", "Drugs", "Mental health", "Prior knowledge", "Size/gender/build",
        "Acute behavioural disturbance", "Crowd", "Other",
    ],
    "outcome": ["Made off/escaped", "Arrested", "Hospitalised", "Detained (Mental Health Act)", "Fatality", "Other"],
    "location": [
        "Public", "Street/ highway", "Open ground (e.g. park, car park, field etc.)", "Retail premises",
        "Licensed premises", "Public transport", "Sports or event stadia", "Police setting",
        "Police vehicle with prisoner handling cage", "Police vehicle without prisoner handling cage",
        "Police station (excluding custody block)", "Custody block", "Medical setting",
        "Hospital/ A&E (non mental health setting)", "Mental health setting", "Ambulance", "Dwelling", "Other",
    ],
}  # fmt: skip
#: Locations that others are parts of.
_GROUPS = {"Public", "Police setting", "Medical setting"}
_MEASURES = {
    "number of times tactic reported": "times_tactic_reported",
    "number of incidents involving tactic": "incidents_involving_tactic",
    "total incidents per tactic": "incidents_involving_tactic",
}
_DEVICE_USES = {
    "total": "total", "total non-discharge": "total_non_discharge", "drawn": "drawn", "aimed": "aimed",
    "red-dot": "red_dot", "arced": "arced", "total discharge": "total_discharge", "drive stun": "drive_stun",
    "fired": "fired", "angled drive stun": "angled_drive_stun", "not stated": "not_stated",
    "ced not stated": "not_stated",
}  # fmt: skip
#: Quotients and differences of the counts beside them.
_WORKED_OUT = re.compile(r"proportion of taser.*|numeric change.*|% change.*")
#: Behind a force's name where its whole row was revised.
_REVISED_ROW = re.compile(r"\s*\(R\)$")
_INJURED = re.compile(r"(officer|subject|person involved) injured as a result of (incident|officer use of force)")
_LEVELS = {
    "total incidents": "total", "minor": "minor", "severe": "severe", "death": "death", "not reported": "not_reported",
}  # fmt: skip


@dataclass(frozen=True)
class _Area:
    level: str
    name: str
    code: str


@dataclass(frozen=True)
class _Heading:
    """What a column of figures is of."""

    category: str | None
    measure: str


class _Table:
    """One table of a sheet, its landing rows and what could not be landed."""

    def __init__(self, grid: Grid, workbook_period: Period | None, contract: Contract) -> None:
        self.grid, self.contract = grid, contract
        self.title_row, self.number, self.title = _title(grid)
        self.words = normal(self.title)
        self.workbook_period = workbook_period
        self.end = next((row for row, _ in self._first_texts() if row > self.title_row), len(grid))
        self.rows: list[dict[str, Any]] = []
        self.quarantined: list[Quarantined] = []
        self.notes: list[str] = []
        self.count = 0

    def _first_texts(self) -> Iterator[tuple[int, str]]:
        """Rows that begin the notes below the figures: their one text is a note's."""
        for row in range(self.title_row + 1, len(self.grid)):
            texts = [str(cell).strip() for cell in self.grid.rows[row] if not is_blank(cell)]
            if len(texts) == 1 and _NOTES.fullmatch(texts[0].split("\n")[0]):
                yield row, texts[0]

    def error(self, problem: str, *, row: int | None = None, expected: str | None = None, found: str) -> LayoutError:
        return LayoutError(
            f"table {self.number}: {problem}",
            file=self.grid.file,
            sheet=self.grid.sheet,
            row=None if row is None else row + 1,
            expected=expected,
            found=found,
        )

    def text(self, row: int, column: int | None) -> str:
        """A cell's text in one line; empty where there is no such column."""
        return "" if column is None else re.sub(r"\s+", " ", self.grid.text(row, column)).strip()

    def header(self, wanted: str) -> int:
        """The row below the title with a heading that matches a pattern."""
        for row in range(self.title_row + 1, min(self.title_row + 1 + _HEADER_ROWS, self.end)):
            if any(re.fullmatch(wanted, normal(cell)) for cell in self.grid.rows[row]):
                return row
        raise self.error(
            "no row of headings was found",
            row=self.title_row,
            expected=f"a heading like [{wanted}] below the title",
            found="none",
        )

    def column(self, row: int, wanted: str) -> int | None:
        """The one column of a row of headings that matches a pattern; none where there is none."""
        found = [c for c, cell in enumerate(self.grid.rows[row]) if re.fullmatch(wanted, normal(cell))]
        if len(found) > 1:
            raise self.error(f"a heading like [{wanted}] is there twice", row=row, found=f"{len(found)} of them")
        return found[0] if found else None

    def need(self, row: int, wanted: str) -> int:
        """As ``column``; raises LayoutError where there is none."""
        found = self.column(row, wanted)
        if found is None:
            texts = ", ".join(f"[{self.text(row, c)}]" for c in range(len(self.grid.rows[row])) if self.text(row, c))
            raise self.error("a heading is not there", row=row, expected=f"one like [{wanted}]", found=texts)
        return found

    def period(self) -> Period:
        """The stretch of time that the title gives, or else the workbook's."""
        found = _period(self.words) or self.workbook_period
        if found is None:
            raise self.error("its period is not known", row=self.title_row, found=f"[{self.title}]")
        return found

    def body(self, first: int, labels: Sequence[int]) -> Iterator[int]:
        """Rows of figures down to the notes; a figure beside no label is set aside."""
        for row in range(first, self.end):
            if self.grid.is_blank_row(row):
                continue
            if any(self.text(row, column) for column in labels):
                yield row
                continue
            for column, cell in enumerate(self.grid.rows[row]):
                if not is_blank(cell):
                    self.set_aside(row, column, "a figure beside no label")

    def set_aside(self, row: int, column: int, reason: str) -> None:
        self.count += 1
        self.quarantined.append(self.grid.quarantined(row, column, reason))

    def look_beside(self, row: int, headed: set[int], labels: Sequence[int]) -> None:
        """Set aside figures of a row below no heading, and note words there; an R says revised of its left."""
        for column, cell in enumerate(self.grid.rows[row]):
            if column in headed or column in labels or is_blank(cell) or normal(cell) == "r":
                continue
            if isinstance(cell, str) and not re.search(r"\d", cell):
                self.notes.append(f"[{self.grid.sheet}] {letter(column)}{row + 1} has a remark: {cell.strip()}")
            else:
                self.set_aside(row, column, "a figure below no heading")

    def add(
        self,
        row: int,
        column: int,
        table: str,
        headed: set[int],
        values: Mapping[str, Any],
        *,
        is_revised: bool = False,
    ) -> None:
        """Land one cell, or set it aside; an R to its right says that it is revised."""
        self.count += 1
        try:
            of = self.contract.tables[table].columns["value"]
            read = figure(self.grid.cell(row, column), self.contract, of)
        except UnreadableCellError as error:
            self.quarantined.append(self.grid.quarantined(row, column, str(error)))
            return
        is_revised = is_revised or (column + 1 not in headed and self.text(row, column + 1).upper() == "R")
        self.rows.append(
            {
                "table_number": self.number,
                "table_title": self.title,
                **values,
                "value": read.value,
                "status": "revised" if is_revised and read.value is not None else read.status,
                "source_sheet": self.grid.sheet,
                "source_row": row + 1,
                "source_column": letter(column),
            }
        )


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The tables ``use_of_force``, ``conducted_energy_device`` and ``injury``, as far as the workbook has them.

    Raises LayoutError for a table or heading that is not known, ReadError where there is no table or one is twice.
    """
    book = open_workbook(file)
    period = _workbook_period(book)
    tables: dict[str, list[_Table]] = {}
    seen: dict[str, str] = {}
    for sheet in book.sheet_names:
        if _OTHER_SHEETS.fullmatch(sheet.strip()):
            continue
        table = _Table(book.grid(sheet), period, contract)
        if table.number in seen:
            raise ReadError(
                f"table {table.number} is there twice",
                file=file.name,
                sheet=sheet,
                found=f"in the sheets [{seen[table.number]}] and [{sheet}]",
            )
        seen[table.number] = sheet
        tables.setdefault(_read_table(table), []).append(table)
    if not tables:
        raise ReadError("no table was found", file=file.name, expected="sheets with titles like [Table 1. ...]")
    for name, parts in tables.items():
        frame = pd.DataFrame([row for part in parts for row in part.rows])
        refuse_repeated(frame, contract.tables[name].grain, file=file.name)
        yield Figures(
            name,
            frame,
            rows_in=sum(part.count for part in parts),
            quarantined=[one for part in parts for one in part.quarantined],
            notes=[note for part in parts for note in part.notes],
        )


def _title(grid: Grid) -> tuple[int, str, str]:
    """The row, number and words of a sheet's title."""
    for row in range(min(_TITLE_ROWS, len(grid))):
        for cell in grid.rows[row]:
            if isinstance(cell, str) and (found := _TITLE.fullmatch(cell.strip())):
                return row, found[1], re.sub(r"\s+", " ", re.sub(r"\[note \d+\]", "", found[2])).strip()
    raise LayoutError(
        "the sheet has no title of a table",
        file=grid.file,
        sheet=grid.sheet,
        expected="a title like [Table 1. Number of times tactics were used]",
        found=f"none in its first {_TITLE_ROWS} rows",
    )


def _workbook_period(book: Workbook) -> Period | None:
    """The period that the contents sheet gives to the whole workbook."""
    for sheet in book.sheet_names:
        if not _OTHER_SHEETS.fullmatch(sheet.strip()) or sheet.strip().lower().startswith("appendix"):
            continue
        for row in book.grid(sheet).rows:
            for cell in row:
                words = normal(cell)
                if words.startswith("police use of force statistics") and (found := _period(words)):
                    return found
    return None


def _period(words: str) -> Period | None:
    """The period that a title in small letters ends with or names; None where it names none."""
    if found := re.search(rf"(\d{{1,2}} (?:{_MONTH}) \d{{4}}) to (\d{{1,2}} (?:{_MONTH}) \d{{4}})", words):
        start, end = _day(found[1]), _day(found[2])
        whole = periods.year_ending(end)
        return whole if whole.start == start else Period(start, end, "multi_year")
    if found := re.search(r"year ending (?:31 )?(march) (\d{4})", words):
        return periods.year_ending(date(int(found[2]), 3, 31))
    if found := re.search(r"january to (march|december) (\d{4})", words):
        year = int(found[2])
        return periods.quarter(year, 1) if found[1] == "march" else periods.calendar_year(year)
    if found := re.search(r"(?<!to), (\d{4})$", words):
        return periods.calendar_year(found[1])
    return None


def _day(text: str) -> date:
    return datetime.strptime(text, "%d %B %Y").date()  # noqa: DTZ007 (a day has no zone)


def _read_table(table: _Table) -> str:
    """Read a table by what its title says that it has; returns the landing table that its rows are of."""
    if re.match(r"injuries to (officers|subjects|persons? involved)", table.words):
        _read_injuries(table)
        return "injury"
    if re.match(r"use of ced by type|(revised )?police use of taser", table.words):
        if table.column(years := _header_of_devices(table), r"police force(/region)?") is None:
            _read_devices_by_year(table, years)
        else:
            _read_devices_by_force(table, years)
        return "conducted_energy_device"
    if table.words.startswith("incidents by police force"):
        _read_incidents_by_force(table)
        return "use_of_force"
    if table.words.startswith("number of times tactics were used"):
        _read_tactics(table)
        return "use_of_force"
    raise table.error("its title is of no table that is known", row=table.title_row, found=f"[{table.title}]")


def _area(name: str, *, is_total: bool) -> _Area:
    """The place of a label; a total is a region's or a country's. Raises UnknownNameError for no known name."""
    level = "police_force_area"
    if is_total:
        level = "country" if normal(name) in {"england and wales", "wales", "england"} else "region"
    kind = {"police_force_area": "police_force"}.get(level, level)
    return _Area(level, name, register(kind).resolve(name))


def _labelled_area(label: str) -> _Area:
    """The place of a label with ``Total`` before a region or country, a star before that in some years."""
    name = re.sub(r"^\*?\s*Total\s+", "", label, flags=re.IGNORECASE)
    return _area(name, is_total=name != label)


def _of_place(place: _Area, period: Period) -> dict[str, Any]:
    return {
        "period_start": period.start,
        "period_end": period.end,
        "period_type": period.type,
        "area_level": place.level,
        "area_code": place.code,
        "area_name": place.name,
    }


# --- tactics -------------------------------------------------------------------------------------------------------


def _read_tactics(table: _Table) -> None:
    header = table.header("tactic")
    type_column, tactic_column = table.need(header, "type of force"), table.need(header, "tactic")
    force_column = table.column(header, "police force")
    labels = [c for c in (force_column, type_column, tactic_column) if c is not None]
    breakdown, headings = _headings(table, header, labels)
    period, whole = table.period(), _area("England and Wales", is_total=True)
    _read_incidents(table, header, breakdown, headings, _of_place(whole, period))
    parent: tuple[str, str] | None = None
    type_of_force, last_force, problem = "", "", ""
    place: _Area | None = whole
    for row in table.body(header + 1, labels):
        table.look_beside(row, set(headings), labels)
        if force_column is not None and table.text(row, force_column) != last_force:
            last_force = table.text(row, force_column)
            parent = None
            try:
                place = _labelled_area(last_force)
            except UnknownNameError as error:
                place = None
                problem = str(error)
        if place is None:
            for column in headings:
                table.set_aside(row, column, problem)
            continue
        tactic = table.text(row, tactic_column).removeprefix("*")
        if not tactic:
            for column in headings:
                table.set_aside(row, column, "the row has no tactic")
            continue
        type_of_force = table.text(row, type_column) or tactic
        is_parent = _PARENT.fullmatch(normal(tactic)) is not None
        if is_parent or normal(tactic).startswith("total ") or (parent and parent[1] != type_of_force):
            if parent:
                raise table.error(
                    f"what [{parent[0]}] is made up of has no end",
                    row=row,
                    expected="a last part that is not stated",
                    found=f"[{tactic}]",
                )
            if is_parent:
                parent = (re.sub(r",? of which$", "", tactic, flags=re.IGNORECASE), type_of_force)
        group = parent[0] if parent else None
        if parent and normal(tactic).endswith("not stated"):
            parent = None
        is_total_row = is_parent or normal(tactic).startswith("total ")
        for column, heading in headings.items():
            values = {
                **_of_place(place, period),
                "type_of_force": re.sub(r" \((with|excluding) .*\)$", "", type_of_force),
                "tactic_group": group,
                "tactic": tactic,
                "breakdown": breakdown,
                "category": heading.category,
                "measure": heading.measure,
                "is_total": is_total_row
                or heading.category in _GROUPS
                or (heading.category is None and breakdown != "all"),
            }
            table.add(row, column, "use_of_force", set(headings), values)


def _headings(table: _Table, header: int, labels: Sequence[int]) -> tuple[str, dict[int, _Heading]]:
    """What the table breaks down by (``all`` for nothing) and what each column is of."""
    grid = table.grid
    above = range(table.title_row + 1, header)
    breakdown = "all"
    for row in above:
        for cell in grid.rows[row]:
            words = normal(cell)
            for name, (heading, _) in _BREAKDOWNS.items():
                if re.fullmatch(rf"{heading}( \(.*\))?", words):
                    breakdown = name
    in_title = [name for name, (_, title) in _BREAKDOWNS.items() if re.search(rf"by .*{title}", table.words)]
    if in_title != ([] if breakdown == "all" else [breakdown]):
        raise table.error(
            "its title and its headings do not say the same",
            row=table.title_row,
            expected=f"headings of {in_title or 'nothing'}",
            found=f"headings of [{breakdown}]",
        )
    known = {_key(name): name for name in _CATEGORIES.get(breakdown, [])}
    totals: dict[int, str] = {}
    categories: dict[int, str] = {}
    for column in range(max(map(len, grid.rows[table.title_row : header + 1]))):
        if column in labels:
            continue
        words = normal(table.text(header, column))
        if words in _MEASURES:
            totals[column] = _MEASURES[words]
        elif words == "total" and breakdown == "all":
            totals[column] = "incidents_involving_tactic"
        else:
            named = [_key(table.text(row, column)) for row in [*above, header]]
            found = [known[text] for text in named if text in known]
            unknown = [text for text in named if text and text not in known and not _is_no_category(text)]
            if unknown or len(found) > 1:
                raise table.error(
                    "a heading is not known",
                    row=header,
                    expected="one of " + ", ".join(f"[{name}]" for name in known.values() or _MEASURES),
                    found=f"[{(unknown or found)[0]}] in {letter(column)}",
                )
            if found:
                categories[column] = found[0]
    if not totals or (breakdown == "all") == bool(categories) or len(set(categories.values())) != len(categories):
        raise table.error(
            "its columns are not those of such a table",
            row=header,
            expected="each group once, and a column of totals",
            found=", ".join(f"[{name}]" for name in categories.values()) or "no group",
        )
    measure = next(iter(totals.values()))
    found = {column: _Heading(None, total) for column, total in totals.items()}
    found |= {column: _Heading(category, measure) for column, category in categories.items()}
    return breakdown, dict(sorted(found.items()))


def _key(text: str) -> str:
    """A heading for comparison; where it goes to a new line after a slash does not count."""
    return re.sub(r"\s*/\s*", "/", normal(text))


def _is_no_category(words: str) -> bool:
    """Whether a text above the rows of figures is a figure or the words over the groups."""
    return (
        re.fullmatch(r"[\d,.]+", words) is not None
        or _INCIDENTS.fullmatch(words) is not None
        or words == "contents"
        or any(re.fullmatch(rf"{heading}( \(.*\))?", words) for heading, _ in _BREAKDOWNS.values())
    )


def _read_incidents(
    table: _Table, header: int, breakdown: str, headings: Mapping[int, _Heading], of_place: Mapping[str, Any]
) -> None:
    """The row of incidents above the tactics, where there is one."""
    grid = table.grid
    is_figure = re.compile(r"\d[\d,]*(\.\d+)?")
    with_figures = [
        row
        for row in range(table.title_row + 1, header)
        if any(is_figure.fullmatch(grid.text(row, column)) for column in range(len(grid.rows[row])))
    ]
    if not with_figures:
        return
    row = with_figures[0]
    words = [normal(cell) for above in range(table.title_row + 1, row + 1) for cell in grid.rows[above]]
    if len(with_figures) > 1 or not any(re.search(r"total number of incidents", text) for text in words):
        raise table.error(
            "figures above the headings are not known",
            row=with_figures[-1],
            expected="one row of the total number of incidents",
            found=f"{len(with_figures)} rows",
        )
    # A column of totals by tactic need have no total of incidents.
    filled = {column for column in headings if not is_blank(grid.cell(row, column))}
    groups = {column for column, heading in headings.items() if heading.category is not None}
    labels = [c for c in range(len(grid.rows[row])) if _INCIDENTS.fullmatch(normal(grid.cell(row, c)))]
    table.look_beside(row, set(headings), labels)
    for column in sorted(filled | groups):
        category = headings[column].category
        values = {
            **of_place,
            "type_of_force": None,
            "tactic_group": None,
            "tactic": None,
            "breakdown": breakdown,
            "category": category,
            "measure": "incidents",
            "is_total": category is None or category in _GROUPS,
        }
        table.add(row, column, "use_of_force", set(headings), values)


def _read_incidents_by_force(table: _Table) -> None:
    header = table.header("police force")
    force, total = table.need(header, "police force"), table.need(header, "total")
    labels = [force, *(c for c in [table.column(header, "region")] if c is not None)]
    period = table.period()
    for row in table.body(header + 1, [force]):
        table.look_beside(row, {total}, labels)
        try:
            place = _labelled_area(table.text(row, force))
        except UnknownNameError as error:
            table.set_aside(row, total, str(error))
            continue
        values = {
            **_of_place(place, period),
            "type_of_force": None,
            "tactic_group": None,
            "tactic": None,
            "breakdown": "all",
            "category": None,
            "measure": "incidents",
            "is_total": False,
        }
        table.add(row, total, "use_of_force", {total}, values)


# --- conducted energy devices --------------------------------------------------------------------------------------


def _header_of_devices(table: _Table) -> int:
    """The row of headings: kinds of use, or years where the kinds are down the side."""
    return table.header(r"police force(/region)?|(19|20)\d\d")


def _device_columns(table: _Table, header: int, labels: Sequence[int]) -> dict[int, str]:
    """The kind of use that each column counts; quotients of them are left out."""
    found: dict[int, str] = {}
    for column in range(len(table.grid.rows[header])):
        words = normal(table.text(header, column))
        if column in labels or not words or _WORKED_OUT.fullmatch(words):
            continue
        if words not in _DEVICE_USES:
            raise table.error(
                "a heading is not known",
                row=header,
                expected="a kind of use such as [Drawn]",
                found=f"[{table.text(header, column)}] in {letter(column)}",
            )
        found[column] = _DEVICE_USES[words]
    if sorted(found.values()) != sorted(set(_DEVICE_USES.values())):
        raise table.error(
            "its columns are not those of such a table",
            row=header,
            expected=", ".join(sorted(set(_DEVICE_USES.values()))),
            found=", ".join(sorted(found.values())),
        )
    return found


def _read_devices_by_force(table: _Table, header: int) -> None:
    force = table.need(header, r"police force(/region)?")
    year = table.column(header, "financial year")
    labels = [c for c in (force, year, table.column(header, "region")) if c is not None]
    columns = _device_columns(table, header, labels)
    worked_out = {c for c, cell in enumerate(table.grid.rows[header]) if _WORKED_OUT.fullmatch(normal(cell))}
    headed = set(columns) | worked_out
    whole = None if year is not None else table.period()
    rows = list(table.body(header + 1, [force]))
    places = _places(table, rows, force)
    for row in rows:
        table.look_beside(row, headed, labels)
        place = places[row]
        period = whole
        problem = place if isinstance(place, str) else ""
        if period is None:
            try:
                period = periods.financial_year(table.text(row, year))
            except ValueError as error:
                problem = str(error)
        for column, use in columns.items():
            if isinstance(place, str) or period is None:
                table.set_aside(row, column, problem)
                continue
            values = {**_of_place(place, period), "use_type": use, "is_total": use.startswith("total")}
            is_revised = _REVISED_ROW.search(table.text(row, force)) is not None
            table.add(row, column, "conducted_energy_device", headed, values, is_revised=is_revised)


def _places(table: _Table, rows: Sequence[int], force: int) -> dict[int, _Area | str]:
    """The place of each row, or why it has none.

    Until 2016 a region was headed as a force is, and [West Midlands] is both: the region comes first.
    """
    labels = {row: _REVISED_ROW.sub("", table.text(row, force)) for row in rows}
    is_marked = any(re.match(r"\*?\s*Total\s", label) for label in labels.values())
    regions = {normal(named.name) for named in register("region").names} | {"wales", "england and wales"}
    places: dict[int, _Area | str] = {}
    met: set[str] = set()
    for row, label in labels.items():
        try:
            if is_marked:
                places[row] = _labelled_area(label)
            else:
                places[row] = _area(label, is_total=normal(label) in regions and normal(label) not in met)
                met.add(normal(label))
        except UnknownNameError as error:
            places[row] = str(error)
    if not is_marked and sum(normal(label) == "west midlands" for label in labels.values()) != 2:
        raise table.error(
            "[West Midlands] is a region and a force, and has to be there as both",
            row=rows[0] if rows else None,
            expected="two rows",
            found=f"{sum(normal(label) == 'west midlands' for label in labels.values())}",
        )
    return places


def _read_devices_by_year(table: _Table, header: int) -> None:
    columns: dict[int, Period] = {}
    others: set[int] = set()
    for column, cell in enumerate(table.grid.rows[header]):
        words = normal(cell)
        if re.fullmatch(r"(19|20)\d\d", words):
            columns[column] = periods.calendar_year(words)
        elif _WORKED_OUT.fullmatch(words):
            others.add(column)
        elif words:
            raise table.error(
                "a heading is not known", row=header, expected="a calendar year", found=f"[{words}] in {letter(column)}"
            )
    if len(set(columns.values())) != len(columns):
        raise table.error("a year is there twice", row=header, found=f"{len(columns)} columns")
    label = next(
        (c for c in range(min(columns)) if normal(table.text(header + 1, c)) in _DEVICE_USES),
        0,
    )
    headed = set(columns) | others
    whole = _area("England and Wales", is_total=True)
    for row in table.body(header + 1, [label]):
        use = _DEVICE_USES.get(normal(table.text(row, label)))
        if use is None:
            raise table.error(
                "a label is not known",
                row=row,
                expected="a kind of use such as [Drawn]",
                found=f"[{table.text(row, label)}]",
            )
        table.look_beside(row, headed, [label])
        for column, period in columns.items():
            values = {**_of_place(whole, period), "use_type": use, "is_total": use.startswith("total")}
            table.add(row, column, "conducted_energy_device", headed, values)


# --- injuries ------------------------------------------------------------------------------------------------------


def _read_injuries(table: _Table) -> None:
    header = table.header(_INJURED.pattern)
    injured = table.need(header, _INJURED.pattern)
    who = "officer" if normal(table.text(header, injured)).startswith("officer") else "person_involved"
    if who == "officer" and not table.words.startswith("injuries to officers"):
        raise table.error("its title and its headings do not say the same", row=header, found=f"[{table.title}]")
    assault = table.need(header, "intentional assault") if who == "officer" else None
    labels = [c for c in (injured, assault) if c is not None]
    columns: dict[int, str] = {}
    for column in range(len(table.grid.rows[header])):
        words = normal(table.text(header, column))
        if column in labels or not words:
            continue
        if words not in _LEVELS or _LEVELS[words] in columns.values():
            raise table.error(
                "a heading is not known or twice",
                row=header,
                expected=", ".join(f"[{name}]" for name in _LEVELS),
                found=f"[{words}] in {letter(column)}",
            )
        columns[column] = _LEVELS[words]
    of_place = _of_place(_area("England and Wales", is_total=True), table.period())
    last = ""
    for row in table.body(header + 1, labels):
        table.look_beside(row, set(columns), labels)
        last = table.text(row, injured) or last
        is_total_row = normal(last) == "total incidents"
        for column, level in columns.items():
            values = {
                **of_place,
                "who": who,
                "was_injured": None if is_total_row else last,
                "was_intentional_assault": table.text(row, assault) or None,
                "injury_level": level,
                "is_total": is_total_row or level == "total",
            }
            table.add(row, column, "injury", set(columns), values)
