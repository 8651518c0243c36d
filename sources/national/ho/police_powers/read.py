"""Reads arrests, stop and search, and detentions under section 136, as tables for people and as open data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.places.names import UnknownNameError, register
from sources.reading import Figures, PublishedFile, Quarantined, delimited, headers, long, periods
from sources.reading.grid import Grid, is_blank
from sources.reading.headers import letter, normal
from sources.reading.markers import UnreadableCellError, figure
from sources.reading.periods import Period
from sources.reading.repeated import refuse_repeated
from sources.reading.workbook import open_workbook

_TEXTS = {".csv", ".txt", ""}
_TITLE = re.compile(r"(A|MHA|S136)[._ ]?(\d{1,2}[a-z]?)\s*[:.]\s*(\S.*)", re.IGNORECASE | re.DOTALL)
_TITLE_ROWS = 14
_OTHER_SHEETS = re.compile(r"cover.*|contents?|index|notes?", re.IGNORECASE)
_END = re.compile(r"(source\b.*|notes?\s*:?|change from .*)", re.IGNORECASE | re.DOTALL)
_UNITS = re.compile(r"numbers?( and percentages)?( \((thousands)\))?")
#: Footnotes: digits glued to a label, alone or in a row, and the notes in brackets of later years.
_GLUED = re.compile(r"\s*(\d(\s*,\s*\d)*|(\[note \d+\]\s*,?\s*)+)$", re.IGNORECASE)
_YEAR = re.compile(r"((?:19|20)\d\d/\d\d)(?:\d(?:\s*,\s*\d)*)?")
_YEAR_ENDING = re.compile(r"year ending (?:31 )?march ((?:19|20)\d\d)")
#: More people than there are in England and Wales, in thousands.
_TOO_MANY_THOUSANDS = 60_000

_AGE = re.compile(
    r"under \d{1,2}( years)?|(aged? )?\d{1,2} ?(-|to) ?\d{1,2}( years)?|(aged? )?\d{1,2} (years )?and (over|under)"
    r"|age (unknown|not known)",
)
_ETHNIC = {
    "white", "black (or black british)", "asian (or asian british)", "mixed", "chinese or other", "not stated",
    "black or black british", "asian or asian british", "chinese", "other", "not known",
}  # fmt: skip
_OFFENCES = {
    "violence against the person", "possession of weapons offences", "sexual offences", "robbery", "theft offences",
    "fraud offences", "criminal damage and arson", "drug offences", "public order offences",
    "misc crimes against society", "misc. crimes against society",
}  # fmt: skip
_PLACES = {
    "health-based place of safety", "health based place of safety", "accident and emergency", "accident & emergency",
    "a&e used as a place of safety", "police station", "private home", "other", "not known",
}  # fmt: skip
_TRANSPORTS = {"ambulance", "police vehicle", "other health vehicle", "other", "not known"}
#: A breakdown, the words of a title that has it, and whether a text is one of its groups.
_DIMENSIONS: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    "sex": (r"\b(sex|gender)\b", lambda words: words in {"males", "male", "females", "female"}),
    "age_group": (r"\bage\b", lambda words: _AGE.fullmatch(words) is not None),
    "ethnic_group": (r"\bethnic", lambda words: words in _ETHNIC),
    "offence_group": (r"\boffence\b(?! *s)", lambda words: words in _OFFENCES),
    "place_of_safety": (r"\bplace of safety\b", lambda words: words in _PLACES),
    "transport": (r"\btransport", lambda words: words in _TRANSPORTS),
}
_SEXES = {"males": "Male", "male": "Male", "females": "Female", "female": "Female"}
_RATE = re.compile(r"(arrest|detention) rate per 1,000 population\d?(?: ((?:19|20)\d\d/\d\d))?( \(all persons\))?")
#: Headings over labels, the least telling last.
_LABELS = ("police force area", "self-defined ethnicity", "offence group", "sex and year", "year")
_DETENTIONS = "mental_health_detention"


@dataclass(frozen=True)
class _Of:
    """What a heading or label says of its figures."""

    groups: Mapping[str, str] = field(default_factory=dict)
    period: Period | None = None
    measure: str | None = None
    is_total: bool = False
    is_all_sexes: bool = False
    is_worked_out: bool = False

    def with_(self, other: _Of) -> _Of:
        return _Of(
            {**self.groups, **other.groups},
            other.period or self.period,
            other.measure or self.measure,
            self.is_total or other.is_total,
            self.is_all_sexes or other.is_all_sexes,
            self.is_worked_out or other.is_worked_out,
        )


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """Whichever table the file is of: ``arrest_table`` and ``mental_health_detention`` of a workbook; ``arrest``,
    ``stop_and_search`` or ``stop_and_search_rate`` of a text file.

    Raises LayoutError or HeaderError for a title, heading or label that is not known, ReadError where a file has no
    table or is cut short.
    """
    if Path(file.name).suffix.lower() not in _TEXTS:
        yield from _read_workbook(file, contract)
        return
    grid = long.whole_grid(file) if _is_ended(file) else _unended_grid(file)
    for row in range(min(40, len(grid))):
        words = {normal(cell) for cell in grid.rows[row]}
        if "arrests" in words and "offence_group" in words:
            yield _read_arrests(grid, contract)
            return
        if words & _SEARCHES["searches"]:
            yield _read_searches(grid, contract)
            return
        if {"area", "total"} <= words:
            yield _Rates(file, grid, row, contract).read()
            return
    raise ReadError(
        "no header of arrests or of stop and search was found",
        file=file.name,
        expected="a line with [arrests] and [offence_group], with [Searches], or with [area] and [Total]",
        found="none in the first 40 lines",
    )


# --- tables of arrests and detentions ------------------------------------------------------------------------------


def _read_workbook(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    book = open_workbook(file)
    tables: dict[str, list[_Table]] = {}
    seen: set[str] = set()
    for sheet in book.sheet_names:
        if _OTHER_SHEETS.fullmatch(sheet.strip()):
            continue
        table = _Table(book.grid(sheet), contract)
        if table.number in seen:
            raise ReadError(f"table {table.number} is there twice", file=file.name, sheet=sheet)
        seen.add(table.number)
        table.read()
        tables.setdefault(table.name, []).append(table)
    if not tables:
        raise ReadError("no table was found", file=file.name, expected="sheets with titles like [A.01a: ...]")
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


class _Table:
    """One table of a sheet, whose title, headings and labels say what its figures are of."""

    def __init__(self, grid: Grid, contract: Contract) -> None:
        self.grid, self.contract = grid, contract
        self.title_row, self.number, self.title = self._titled()
        words = normal(self.title)
        self.name = _DETENTIONS if "section 136" in words else "arrest_table"
        if self.name == "arrest_table" and "arrest" not in words:
            raise self.error("its title is of no table that is known", self.title_row, found=f"[{self.title}]")
        self.dimensions = [name for name, (in_title, _) in _DIMENSIONS.items() if re.search(in_title, words)]
        self.is_by_area = "police force" in words
        self.rows: list[dict[str, Any]] = []
        self.quarantined: list[Quarantined] = []
        self.notes: list[str] = []
        self.count = 0

    def error(self, problem: str, row: int | None, *, found: str, expected: str | None = None) -> LayoutError:
        return LayoutError(
            problem,
            file=self.grid.file,
            sheet=self.grid.sheet,
            row=None if row is None else row + 1,
            expected=expected,
            found=found,
        )

    def _titled(self) -> tuple[int, str, str]:
        for row in range(min(_TITLE_ROWS, len(self.grid))):
            for cell in self.grid.rows[row]:
                if isinstance(cell, str) and (found := _TITLE.fullmatch(cell.strip())):
                    title = re.sub(r"\s+", " ", re.sub(r"\[note \d+\]", "", found[3])).strip()
                    # Notes stand glued behind the year that ends a title.
                    title = re.sub(r"(\b(?:19|20)\d\d/\d\d)\d(\s*,\s*\d)*$", r"\1", title)
                    number = f"{found[1].upper()}.{found[2].lower()}"
                    return row, number, title
        raise self.error(
            "the sheet has no title of a table",
            None,
            expected="a title like [A.01a: Number of persons arrested ...]",
            found=f"none in its first {_TITLE_ROWS} rows",
        )

    # what words mean

    def meaning(self, text: str) -> _Of | None:
        """What a heading or label says; None where it is not known."""
        text = re.sub(r"\s+", " ", text).strip()
        if not text:
            return _Of()
        for known in (text, _GLUED.sub("", text)):
            if found := self._meaning(known):
                return found
        return None

    def _meaning(self, text: str) -> _Of | None:
        words = normal(text)
        if found := _YEAR.fullmatch(words):
            return _Of(period=periods.financial_year(found[1]))
        if found := _YEAR_ENDING.fullmatch(words):
            return _Of(period=periods.year_ending(date(int(found[1]), 3, 31)))
        if found := _RATE.fullmatch(words):
            period = periods.financial_year(found[2]) if found[2] else None
            return _Of(period=period, measure="rate_per_1000_population", is_all_sexes=bool(found[3]))
        if words.startswith("change"):
            return _Of(is_worked_out=True)
        if words in {"persons", "all persons"}:
            return _Of(is_all_sexes=True)
        if re.fullmatch(r"total( number of (arrests|detentions))?", words):
            return _Of(is_total=True)
        if words in {"number", "numbers"}:
            return _Of(measure="count")
        if words in {"proportion (%)", "percentage", "%"}:
            return _Of(measure="percentage")
        if words in _LABELS:
            return _Of()
        for name in self.dimensions:
            if _DIMENSIONS[name][1](words):
                return _Of({name: text})
        return None

    def need_meaning(self, text: str, row: int, column: int) -> _Of:
        found = self.meaning(text)
        if found is None:
            raise self.error(
                f"table {self.number}: a heading or label is not known",
                row,
                expected="a year, or a group of " + (", ".join(self.dimensions) or "nothing"),
                found=f"[{text}] in {letter(column)}",
            )
        return found

    # where things are

    def text(self, row: int, column: int) -> str:
        return re.sub(r"\s+", " ", self.grid.text(row, column)).strip()

    def _is_figure(self, row: int, column: int) -> bool:
        text = self.grid.text(row, column)
        return bool(re.fullmatch(r"-?[\d,]*\.?\d+(e[-+]\d+)?", text, re.IGNORECASE)) or text in {
            marker.text for marker in self.contract.markers
        }

    def _layout(self) -> tuple[int, bool, dict[int, _Of], int]:
        """The first row below the headings, whether thousands are said, what each column is of, and the column of
        labels."""
        width = max(map(len, self.grid.rows))
        units = None
        for row in range(self.title_row + 1, min(len(self.grid), self.title_row + 12)):
            if any(_UNITS.fullmatch(normal(cell)) for cell in self.grid.rows[row]):
                units = row
                break
        if units is None:
            raise self.error("the row of units was not found", self.title_row, expected="[Numbers]", found="none")
        is_thousands = any("thousands" in normal(cell) for cell in self.grid.rows[units])
        first = next((row for row in range(units + 1, len(self.grid)) if not self.grid.is_blank_row(row)), units + 1)
        layers: list[int] = []
        for row in range(first, len(self.grid)):
            if self.grid.is_blank_row(row) or self._has_figures(row, layers):
                break
            layers.append(row)
        named = {
            normal(self.text(row, column)): column
            for row in layers
            for column in range(width)
            if self.text(row, column)
        }
        label = next((named[words] for words in _LABELS if words in named), None)
        if label is None:
            raise self.error(
                f"table {self.number}: no column of labels",
                first,
                expected=", ".join(f"[{words}]" for words in _LABELS),
                found=", ".join(f"[{words}]" for words in named) or "nothing",
            )
        columns: dict[int, _Of] = {}
        carried = [""] * len(layers)
        for column in range(width):
            own = [self.text(row, column) for row in layers]
            if column == label or not any(own):
                continue
            lowest = max(depth for depth, text in enumerate(own) if text)
            of = _Of()
            for depth, row in enumerate(layers):
                if own[depth]:
                    # A new heading ends what was carried in its row and below.
                    carried[depth:] = [own[depth], *[""] * (len(layers) - depth - 1)]
                if depth <= lowest:
                    of = of.with_(self.need_meaning(carried[depth], row, column))
            columns[column] = of
        return (layers[-1] if layers else first) + 1, is_thousands, columns, label

    def _has_figures(self, row: int, layers: Sequence[int]) -> bool:
        cells = [c for c in range(len(self.grid.rows[row])) if self._is_figure(row, c)]
        return bool(layers) and len(cells) > 0 and not all(_YEAR.fullmatch(self.text(row, c)) for c in cells)

    # reading

    def read(self) -> None:
        """Fill ``rows`` and ``quarantined``."""
        first, is_thousands, columns, label = self._layout()
        titled = re.findall(r"\b(?:19|20)\d\d/\d\d\b", self.title)
        of_title = _Of(period=periods.financial_year(titled[0])) if len(titled) == 1 else _Of()
        if found := _YEAR_ENDING.search(normal(self.title)):
            of_title = _Of(period=periods.year_ending(date(int(found[1]), 3, 31)))
        section = _Of()
        wanted = {column: of for column, of in columns.items() if not of.is_worked_out}
        has_sexes = any("sex" in of.groups for of in columns.values())
        for row in range(first, len(self.grid)):
            texts = [str(cell).strip() for cell in self.grid.rows[row] if not is_blank(cell)]
            if not texts:
                continue
            if _END.fullmatch(texts[0]):
                break
            name = self.text(row, label)
            filled = [c for c in range(len(self.grid.rows[row])) if c != label and not is_blank(self.grid.cell(row, c))]
            if name and not filled:
                said = self.need_meaning(name, row, label)
                if "sex" in said.groups or said.is_all_sexes:
                    section = _Of(period=section.period)
                section = section.with_(said)
                has_sexes = has_sexes or "sex" in section.groups
                continue
            for column in filled:
                # Sums of blank columns are nought.
                if column not in columns and self.grid.text(row, column) not in {"0", "0.0"}:
                    self._set_aside(row, column, "a figure below no heading")
            if not name:
                for column in filled:
                    if column in columns:
                        self._set_aside(row, column, "a figure beside no label")
                continue
            place, of_row = self._label(row, label, name)
            for column, of_column in wanted.items():
                if isinstance(place, str):
                    self._set_aside(row, column, place)
                    continue
                of = of_title.with_(section).with_(of_row).with_(of_column)
                self._add(row, column, of, place)
        self._say_totals(has_sexes)
        if is_thousands:
            self._scale()

    def _label(self, row: int, column: int, name: str) -> tuple[Mapping[str, str] | str, _Of]:
        """The place of a row, or why it has none, and what else its label says."""
        whole = {"area_level": "country", "area_code": register("country").resolve("England and Wales")}
        if not self.is_by_area:
            return {**whole, "area_name": "England and Wales"}, self.need_meaning(name, row, column)
        name = _GLUED.sub("", name)
        level = "police_force_area"
        if normal(name) in {"england", "wales", "england and wales", "total"}:
            level = "country"
        elif normal(name).endswith(" region"):
            level = "region"
        kind = "police_force" if level == "police_force_area" else level
        try:
            code = register(kind).resolve("England and Wales" if normal(name) == "total" else name)
        except UnknownNameError as error:
            return str(error), _Of()
        return {"area_level": level, "area_code": code, "area_name": name}, _Of()

    def _set_aside(self, row: int, column: int, reason: str) -> None:
        self.count += 1
        self.quarantined.append(self.grid.quarantined(row, column, reason))

    def _add(self, row: int, column: int, of: _Of, place: Mapping[str, str]) -> None:
        if of.period is None:
            raise self.error(f"table {self.number}: no year is known", row, found=f"none for {letter(column)}")
        self.count += 1
        measure = of.measure or "count"
        of_value = self.contract.tables[self.name].columns["value"]
        try:
            read = figure(self.grid.cell(row, column), self.contract, of_value)
        except UnreadableCellError as error:
            self.quarantined.append(self.grid.quarantined(row, column, str(error)))
            return
        sex = of.groups.get("sex")
        groups = {name: of.groups.get(name) for name in self._columns_of_groups()}
        self.rows.append(
            {
                "table_number": self.number,
                "table_title": self.title,
                "period_start": of.period.start,
                "period_end": of.period.end,
                **place,
                "sex": _SEXES[normal(sex)] if sex and not of.is_all_sexes else None,
                **groups,
                "measure": measure,
                "is_total": of.is_total,
                "is_all_sexes": of.is_all_sexes,
                "value": read.value,
                "status": read.status,
                "source_sheet": self.grid.sheet,
                "source_row": row + 1,
                "source_column": letter(column),
            }
        )

    def _columns_of_groups(self) -> list[str]:
        return [name for name in _DIMENSIONS if name != "sex" and name in self.contract.tables[self.name].columns]

    def _say_totals(self, has_sexes: bool) -> None:
        """All persons are a total where the sexes are beside them."""
        for row in self.rows:
            row["is_total"] |= row.pop("is_all_sexes") and has_sexes

    def _scale(self) -> None:
        """Thousands to persons, as the row of units says; where whole figures would be more people than there are,
        the publisher left the words there by mistake."""
        counts = [row for row in self.rows if row["measure"] == "count" and row["value"] is not None]
        largest = max((row["value"] for row in counts), default=0)
        if largest > _TOO_MANY_THOUSANDS and all(float(row["value"]).is_integer() for row in counts):
            self.notes.append(f"[{self.grid.sheet}] says thousands, and its figures are single persons: read as these")
            return
        for row in counts:
            row["value"] = round(row["value"] * 1000, 6)


# --- open data -----------------------------------------------------------------------------------------------------

_NEW_OFFENCES = "2015/16 onwards - "


def _read_arrests(grid: Grid, contract: Contract) -> Figures:
    of = contract.tables["arrest"]
    table = long.of_grid(grid, of)
    counts = table.figures("value", contract, of.columns["value"])
    table.refuse(np.asarray(counts["status"] == "missing"), "the row has no count", "value")
    frame = pd.DataFrame(
        {
            "financial_year": table.text("financial_year", long.required("financial year")),
            "period_start": table.days(lambda *years: _year(*years).start, "financial_year", "year_ending"),
            "period_end": table.days(lambda *years: _year(*years).end, "financial_year", "year_ending"),
            "year_ending": table.days(date.fromisoformat, "year_ending"),
            "area_code": table.text("area_name", register("police_force").resolve),
            "area_name": table.text("area_name", long.required("force")),
            "offence_classification": table.text("offence_group", _classification),
            "offence_group": table.text("offence_group", lambda text: text.removeprefix(_NEW_OFFENCES)),
            **{
                name: table.text(name, long.required(name.replace("_", " ")))
                for name in ("ethnic_group", "age_group", "sex")
            },
            "value": counts["value"].to_numpy(),
            "status": counts["status"],
            **table.provenance("value"),
        }
    )
    landed, quarantined = table.split(frame, "value")
    return Figures("arrest", landed, rows_in=len(table), quarantined=quarantined)


def _year(financial_year: str, year_ending: str) -> Period:
    """The financial year, which both columns have to give; raises ValueError where they do not."""
    found = periods.financial_year(financial_year)
    if found.end.isoformat() != year_ending:
        raise ValueError(f"[{year_ending}] is not the end of the financial year [{financial_year}]")
    return found


def _classification(offence_group: str) -> str:
    if not offence_group:
        raise ValueError("the row has no offence group")
    return "from_2015_16" if offence_group.startswith(_NEW_OFFENCES) else "until_2014_15"


#: What is counted, and how its column is headed, in small letters.
_SEARCHES: Mapping[str, set[str]] = {
    "searches": {"searches", "number_of_searches"},
    "resultant_arrests": {"resultant_arrests", "resultant arrests"},
    "weapons_arrests": {"weapons_arrests_s60_only"},
    "other_arrests": {"other_arrests_s60_only"},
    "persons_carrying_weapon": {"persons_found_to_be_carrying_a_weapon_s60_only"},
}


def _read_searches(grid: Grid, contract: Contract) -> Figures:
    of = contract.tables["stop_and_search"]
    cells = {normal(cell) for row in grid.rows[:40] for cell in row}
    measures = [measure for measure, names in _SEARCHES.items() if names & cells]
    tables: dict[str, long.LongTable] = {}
    for measure in measures:
        others = [name for other, names in _SEARCHES.items() if other != measure for name in names]
        tables[measure] = long.of_grid(grid, of, leave_out=others)
    first = tables[measures[0]]
    frame = _of_searches(first)
    for table in tables.values():
        table.share_problems(first)
    parts, quarantined, rows_in = [], list[Quarantined](), 0
    for measure, table in tables.items():
        counts = table.figures("value", contract, of.columns["value"])
        table.refuse(np.asarray(counts["status"] == "missing"), "the row has no count", "value")
        values = {"value": counts["value"].to_numpy(), "status": counts["status"], **table.provenance("value")}
        landed, rejected = table.split(frame.assign(measure=table.same(measure), **values), "value")
        parts.append(landed)
        quarantined += rejected
        rows_in += len(table)
    return Figures("stop_and_search", long.stacked(parts), rows_in=rows_in, quarantined=quarantined)


def _of_searches(table: long.LongTable) -> pd.DataFrame:
    """All but the counts; what cannot be read is the row's problem."""
    time = ("financial_year", "financial_quarter", "year_ending")
    place = ("area_name", "geocode")
    texts = ("region", "legislation", "reason", "ethnic_group", "ethnicity", "sex", "age_group", "outcome")
    return pd.DataFrame(
        {
            "financial_year": table.made(
                lambda *texts: periods.financial_year_name(_time_of_searches(*texts).start), *time
            ),
            "financial_quarter": table.text("financial_quarter"),
            "period_start": table.days(lambda *texts: _time_of_searches(*texts).start, *time),
            "period_end": table.days(lambda *texts: _time_of_searches(*texts).end, *time),
            "period_type": table.made(lambda *texts: _time_of_searches(*texts).type, *time),
            "year_ending": table.text("year_ending"),
            "area_code": table.made(_force_code, *place),
            "area_name": table.made(_force_name, *place),
            "geocode": table.text("geocode"),
            **{name: table.text(name) for name in texts},
        }
    )


def _time_of_searches(year: str, quarter: str, ending: str) -> Period:
    """The quarter, where there is one, or the financial year; raises ValueError where neither can be told."""
    if year and quarter:
        return periods.financial_quarter_of(year, quarter)
    if year:
        return periods.financial_year(year)
    return periods.year_ending(date.fromisoformat(ending))


def _force_code(name: str, geocode: str) -> str | None:
    """The force area's code, by its name, or else the geocode; none for British Transport Police."""
    if normal(name) == "british transport police":
        return None
    if name:
        return register("police_force").resolve(name)
    _force_name(name, geocode)
    return geocode


def _force_name(name: str, geocode: str) -> str:
    """The name, or that of the geocode now; raises ValueError for a code of no force area."""
    try:
        return name or register("police_force").current_name(geocode)
    except KeyError as error:
        raise ValueError(f"[{geocode}] is no force area's code") from error


# --- stops and searches per 1,000 ----------------------------------------------------------------------------------


def _is_ended(file: PublishedFile) -> bool:
    with file.path.open("rb") as stream:
        stream.seek(max(0, file.path.stat().st_size - 2))
        return stream.read().endswith((b"\n", b"\r"))


def _unended_grid(file: PublishedFile) -> Grid:
    """The cells of a file whose last line has no end, as these come: whole where its last cell is a rate."""
    grid = delimited.grid(file)
    last = grid.rows[-1] if len(grid) else []
    if not last or not re.fullmatch(r"\d+\.\d", str(last[-1]).strip()):
        raise ReadError(
            "the last line has no end",
            file=file.name,
            row=len(grid) or None,
            expected="a line end, or a rate with one decimal in the last cell",
            found=f"[{last[-1]}]" if last else "nothing",
            advice="The file may have been cut short: get it again",
        )
    return grid


class _Rates:
    """A small file of rates by area and ethnic group, of the one year in its name."""

    #: Ethnic groups, and the parts of them that two years have.
    _PARTS: Mapping[str, Sequence[str]] = {
        "White": ["White British", "White Irish", "Other White"],
        "Black": ["Black African", "Black Caribbean", "Other Black"],
        "Asian": ["Bangladeshi", "Indian", "Pakistani", "Other Asian"],
        "Mixed": ["Mixed African", "Mixed Asian", "Mixed Caribbean", "Other Mixed"],
        "Chinese or Other": ["Chinese", "Other"],
    }
    _WITHOUT_LONDON = ("e&w - met", "e&w excl. london")

    def __init__(self, file: PublishedFile, grid: Grid, header: int, contract: Contract) -> None:
        self.grid, self.header, self.contract = grid, header, contract
        found = re.search(r"((?:19|20)\d\d)[-_ ](\d{4}|\d{2})(?!\d)", file.name)
        if found is None:
            raise ReadError(
                "the year is not in the file's name, and the file does not say it",
                file=file.name,
                expected="a name like [stops-and-searches-2007-2008.csv]",
                found=f"[{file.name}]",
            )
        try:
            self.period = periods.financial_year(f"{found[1]}/{found[2]}")
        except ValueError as error:
            raise ReadError("the file's name gives no financial year", file=file.name, found=str(error)) from error

    def read(self) -> Figures:
        groups = self._groups()
        is_detailed = any(detail for _, detail in groups.values())
        cells = [normal(cell) for cell in self.grid.rows[self.header]]
        label, width = cells.index("area"), len(cells)
        rows: list[dict[str, Any]] = []
        quarantined: list[Quarantined] = []
        count = 0
        met: set[str] = set()
        of_value = self.contract.tables["stop_and_search_rate"].columns["value"]
        for row in range(self.header + 1, len(self.grid)):
            if self.grid.is_blank_row(row):
                continue
            problem = "" if len(self.grid.rows[row]) == width else f"the record has not the header's {width} cells"
            try:
                place = self._place(self.grid.text(row, label))
                met.add(str(place["area_level"]))
            except ValueError as error:
                place, problem = {}, problem or str(error)
            for column in range(width):
                if column != label and column not in groups and not is_blank(self.grid.cell(row, column)):
                    count += 1
                    quarantined.append(self.grid.quarantined(row, column, "a figure below no heading"))
            for column, (group, detail) in groups.items():
                count += 1
                try:
                    read = figure(self.grid.cell(row, column), self.contract, of_value)
                except UnreadableCellError as error:
                    read, problem_of_cell = None, str(error)
                else:
                    problem_of_cell = ""
                if problem or read is None:
                    quarantined.append(self.grid.quarantined(row, column, problem or problem_of_cell))
                    continue
                rows.append(
                    {
                        "financial_year": periods.financial_year_name(self.period.start),
                        "period_start": self.period.start,
                        "period_end": self.period.end,
                        **place,
                        "ethnic_group": group,
                        "ethnic_detail": detail,
                        "is_total": group is None or (is_detailed and detail is None),
                        "value": read.value,
                        "status": read.status,
                        "note": read.note,
                        "source_sheet": None,
                        "source_row": row + 1,
                        "source_column": letter(column),
                    }
                )
        if not {"country", "country_without_london"} <= met:
            raise ReadError(
                "the rows of England and Wales that end such a file are not there",
                file=self.grid.file,
                row=len(self.grid),
                expected="[England and Wales], and the same without London",
                found="one or none of them",
                advice="The file may have been cut short: get it again",
            )
        return Figures("stop_and_search_rate", pd.DataFrame(rows), rows_in=count, quarantined=quarantined)

    def _groups(self) -> dict[int, tuple[str | None, str | None]]:
        """The ethnic group, and the part of it, of each column of figures; none of either for all people."""
        details = {normal(detail): (group, detail) for group, parts in self._PARTS.items() for detail in parts}
        found: dict[int, tuple[str | None, str | None]] = {}
        for column, cell in enumerate(self.grid.rows[self.header]):
            words = normal(cell)
            if words in {"area", ""}:
                continue
            group = re.sub(r"\s*-\s*total$", "", words)
            whole = next((name for name in self._PARTS if normal(name) == group), None)
            if words == "total":
                found[column] = (None, None)
            elif words in details:
                found[column] = details[words]
            elif whole:
                found[column] = (whole, None)
            else:
                raise LayoutError(
                    "a heading is not known",
                    file=self.grid.file,
                    row=self.header + 1,
                    expected="an ethnic group such as [White] or [Black - Total]",
                    found=f"[{headers.text_of(cell)}] in {letter(column)}",
                )
        wanted = {(None, None), *((group, None) for group in self._PARTS)}
        if any(detail for _, detail in found.values()):
            wanted |= set(details.values())
        if set(found.values()) != wanted or len(found) != len(wanted):
            raise LayoutError(
                "the groups are not each there once",
                file=self.grid.file,
                row=self.header + 1,
                expected=f"{len(wanted)} groups",
                found=f"{len(found)} columns of {len(set(found.values()))} groups",
            )
        return found

    def _place(self, label: str) -> dict[str, str | None]:
        """The place of a label; raises ValueError where it is not known."""
        name = re.sub(r"\s*\(\d\)$", "", label)
        if normal(name) in self._WITHOUT_LONDON:
            return {"area_level": "country_without_london", "area_code": None, "area_name": name}
        level = {"london": "region", "england and wales": "country"}.get(normal(name), "police_force_area")
        kind = "police_force" if level == "police_force_area" else level
        return {"area_level": level, "area_code": register(kind).resolve(name), "area_name": name}
