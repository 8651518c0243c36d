"""Reads police recorded crime: the Home Office's open data and its reference tables, and the workbook of police force
areas and community safety partnerships that the Office for National Statistics makes of it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import HeaderError, ReadError
from sources.places.names import UnknownNameError, register
from sources.reading import Figures, PublishedFile, Quarantined, headers, long, markers, periods, workbook
from sources.reading.grid import Grid, is_blank

_YEAR_SHEET = r"((?:19|20)\d{2})[_\-/](\d{2})"
_TABLE_SHEET = r"(?:table )?([pc]) ?(\d+)"
#: Columns that copies of the open data add to the publisher's; they say nothing that the others do not.
_ADDED_BY_COPIES = ("itl1 region", "itl2 region", "territorial")
#: Who records crime and is no territorial police force.
_BODIES = {
    "british transport police": "transport_police",
    "action fraud": "national_body",
    "cifas": "national_body",
    "financial fraud action uk": "national_body",
    "uk finance": "national_body",
}
#: What a count is of; the publisher gives some offences (homicide in 2017/18) as several rows that these are alike in.
_KEY = ("period_start", "area_level", "police_force_name", "area_name", "offence_code", "offence_description")
_MOST_ROWS_ABOVE = 60


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The tables of one file: open data (workbook, CSV, Parquet), a reference table, or the workbook of ONS.

    Raises HeaderError where columns are not known, ReadError where what a sheet counts or its period cannot be told.
    """
    suffix = Path(file.name).suffix.lower()
    if suffix == ".parquet":
        table = long.of_parquet(file, contract.tables["offence"], leave_out=_ADDED_BY_COPIES)
        yield _offences([table], contract)
    elif suffix in {".csv", ".txt", ""}:
        yield from _read_text(long.whole_grid(file), contract)
    else:
        book = workbook.open_workbook(file)
        if any(book.matching(_TABLE_SHEET)):
            yield from _read_tables(book, contract)
        else:
            yield _read_years(book, contract)


def _read_text(grid: Grid, contract: Contract) -> Iterator[Figures]:
    for name, columns in (("csp_reference", ("csp name", "ons code")), ("offence_category", ("police.uk_cat",))):
        if any(set(columns) <= {headers.normal(cell) for cell in row} for row in grid.rows[:_MOST_ROWS_ABOVE]):
            yield _lookup(grid, contract, name)
            return
    yield _offences([_long_table(grid, contract)], contract)


# ---- Open data: a row an offence, a quarter and a police force or partnership -----------------------------------


def _read_years(book: workbook.Workbook, contract: Contract) -> Figures:
    """Every sheet of a financial year."""
    tables, years = [], []
    for sheet, found in book.matching(_YEAR_SHEET):
        tables.append(_long_table(book.grid(sheet), contract))
        years.append(periods.financial_year(f"{found[1]}/{found[2]}").start)
    if not tables:
        raise ReadError(
            "no sheet of a financial year was found",
            file=book.name,
            expected="sheets named like [2024_25]",
            found=", ".join(f"[{name}]" for name in book.sheet_names),
        )
    return _offences(tables, contract, years)


def _long_table(grid: Grid, contract: Contract) -> long.LongTable:
    return long.of_grid(grid, contract.tables["offence"], leave_out=_ADDED_BY_COPIES)


class _Area(NamedTuple):
    """What a row is of: one of the contract's area levels, with the codes that there are."""

    level: str
    code: str | None
    name: str
    force_code: str | None


def _offences(tables: Sequence[long.LongTable], contract: Contract, years: Sequence[date] = ()) -> Figures:
    parts, quarantined = [], []
    for number, table in enumerate(tables):
        frame = _offence_frame(table, contract, years[number] if years else None)
        landed, rejected = table.split(frame, "value")
        parts.append(landed)
        quarantined += rejected
    frame = long.stacked(parts)
    frame["part"] = frame.groupby(list(_KEY), observed=True, sort=False, dropna=False).cumcount() + 1
    return Figures("offence", frame, rows_in=sum(map(len, tables)), quarantined=quarantined)


def _offence_frame(table: long.LongTable, contract: Contract, year_of_sheet: date | None) -> pd.DataFrame:
    def quarter(year: str, number: str) -> periods.Period:
        if year_of_sheet and periods.financial_year(year).start != year_of_sheet:
            raise ValueError(f"[{year}] is not the financial year that the sheet is named after")
        return periods.financial_quarter_of(year, number)

    @cache
    def area(force: str, partnership: str, year: str) -> _Area:
        return _area(force, partnership, periods.financial_year(year).start)

    time = ("financial_year", "financial_quarter")
    place = ("police_force_name", "community_safety_partnership_name", "financial_year")
    figures = table.figures("value", contract, contract.tables["offence"].columns["value"])
    # A count that is not there would have to be written as a nought: a blank is the end of a record that was cut.
    table.refuse(np.asarray(figures["status"] == "missing"), "the row has no count", "value")
    return pd.DataFrame(
        {
            "financial_year": table.made(
                lambda year: periods.financial_year_name(periods.financial_year(year).start), "financial_year"
            ),
            "financial_quarter": table.whole(
                lambda year, number: (quarter(year, number).start.month - 4) % 12 // 3 + 1, *time
            ),
            "period_start": table.days(lambda year, number: quarter(year, number).start, *time),
            "period_end": table.days(lambda year, number: quarter(year, number).end, *time),
            "area_level": table.made(lambda *names: area(*names).level, *place),
            "area_code": table.made(lambda *names: area(*names).code, *place),
            "area_name": table.made(lambda *names: area(*names).name, *place),
            "police_force_name": table.text("police_force_name"),
            "police_force_code": table.made(lambda *names: area(*names).force_code, *place),
            "community_safety_partnership_name": table.text("community_safety_partnership_name"),
            "offence_description": table.text("offence_description", long.required("offence description")),
            "offence_group": table.text("offence_group", long.required("offence group")),
            "offence_subgroup": table.text("offence_subgroup", long.required("offence subgroup")),
            "offence_code": table.text("offence_code", long.required("offence code")),
            "value": figures["value"].to_numpy(),
            "status": figures["status"],
            **table.provenance("value"),
        }
    )


def _area(force: str, partnership: str, on: date) -> _Area:
    """What a row is of; raises UnknownNameError (a ValueError) for a name that is in no register."""
    if body := _BODIES.get(force.casefold()):
        return _Area(body, None, force, None)
    force_code = register("police_force").resolve(force, on=on)
    if not partnership:
        return _Area("police_force_area", force_code, force, force_code)
    if _is_of_no_partnership(partnership):
        return _Area("unassigned", None, partnership, force_code)
    try:
        code = register("community_safety_partnership").resolve(partnership, on=on)
    except UnknownNameError:
        code = _ended_partnerships().get((partnership, force_code))
        if code is None:
            raise
    return _Area(_level_of_reference(code) or "community_safety_partnership", code, partnership, force_code)


@cache
def _ended_partnerships() -> dict[tuple[str, str], str]:
    """Partnerships that ended before the register begins, and parts of merged ones (``South Worcs_Wychavon``), by name
    and force, with the code that the Home Office's reference table gives them: most have their district's."""
    with (Path(__file__).parent / "ended_partnerships.csv").open(encoding="utf-8", newline="") as text:
        return {(row["name"], row["police_force_code"]): row["code"] for row in csv.DictReader(text)}


def _is_of_no_partnership(name: str) -> bool:
    """Offences that are in no partnership's area, or that the force has not placed in one."""
    return re.match(r"unassigned\b|.*\bairports?\b", name, re.IGNORECASE) is not None


# ---- Reference tables -------------------------------------------------------------------------------------------


def _lookup(grid: Grid, contract: Contract, name: str) -> Figures:
    """A reference table as it stands; a partnership's code is told what kind of area it is of."""
    table = long.of_grid(grid, contract.tables[name])
    frame = {column: table.text(column) for column in contract.tables[name].columns if column in table}
    key = "area_code" if name == "csp_reference" else "offence_code"
    if name == "csp_reference":
        frame["area_code"] = table.text(key, lambda code: None if code in {"", "N/A"} else _formed(code))
        frame["area_level"] = table.text(key, _level_of_reference)
        frame["police_force_code"] = table.text("police_force_name", register("police_force").resolve)
    landed, quarantined = table.split(pd.DataFrame({**frame, **table.provenance(key)}), key)
    return Figures(name, landed, rows_in=len(table), quarantined=quarantined)


def _formed(code: str) -> str:
    if not re.fullmatch(r"[EW]\d{8}", code):
        raise ValueError(f"[{code}] has not the form of an area code")
    return code


def _level_of_reference(code: str) -> str | None:
    return {"E22": "community_safety_partnership", "W14": "community_safety_partnership"}.get(
        code[:3], "local_authority_district" if re.match(r"[EW]0[6-9]", code) else None
    )


# ---- The workbook of ONS: a row an area, a column an offence or a period ----------------------------------------

_TOTAL = "Total recorded crime (excluding fraud)"
_PARTS = {
    _TOTAL: (
        "Violence against the person",
        "Sexual offences",
        "Robbery",
        "Theft offences",
        "Criminal damage and arson",
        "Drug offences",
        "Possession of weapons offences",
        "Public order offences",
        "Miscellaneous crimes against society",
    ),
    "Violence against the person": (
        "Homicide",
        "Death or serious injury caused by illegal driving",
        "Violence with injury",
        "Violence without injury",
        "Stalking and harassment",
    ),
    "Theft offences": (
        "Burglary",
        "Vehicle offences",
        "Theft from the person",
        "Bicycle theft",
        "Shoplifting",
        "Other theft offences",
    ),
    "Burglary": ("Residential burglary", "Non-residential burglary"),
}
_PARENTS = {part: whole for whole, parts in _PARTS.items() for part in parts}
_OFFENCES = {name.casefold(): name for name in (_TOTAL, *_PARENTS)} | {
    "death or serious injury - unlawful driving": "Death or serious injury caused by illegal driving",
    "all other theft offences": "Other theft offences",
    "miscellaneous crimes": "Miscellaneous crimes against society",
    "total recorded crime (excludinging fraud)": _TOTAL,
}
_KNIFE = "Selected offences involving a knife or sharp instrument"
_SUBJECTS = (
    (r"knife", _KNIFE),
    (r"firearm offences \(excluding air weapons\)", "Firearm offences (excluding air weapons)"),
    (r"fraud and computer misuse", "Fraud and computer misuse offences referred by Action Fraud"),
)
_UNITS = {
    "number": "offences",
    "rate_per_1000_population": "offences per 1,000 people",
    "rate_per_1000_households": "offences per 1,000 households",
    "rate_per_100000_population": "offences per 100,000 people",
    "percentage_change": "per cent",
    "percentage_involving_knife": "per cent",
    "population": "people",
    "households": "households",
}
_MONTHS_RANGE = re.compile(r"([a-z]{3,9}) (\d{4}) to ([a-z]{3,9}) (\d{4})")
_NOTES = re.compile(r"\s*\[?note[\d,\s]*\]", re.IGNORECASE)


@dataclass(frozen=True)
class _Heading:
    """What a column of figures is of."""

    label: str
    offence: str | None
    measure: str
    period: periods.Period

    @property
    def part_of(self) -> str | None:
        if self.offence and self.offence.startswith("Knife: "):
            return _KNIFE
        return _PARENTS.get(self.offence or "")


@dataclass(frozen=True)
class _Sheet:
    """A table of the workbook: its number, its title with the line below, and the measure that its title says."""

    grid: Grid
    number: str
    title: str
    above: str

    @property
    def measure(self) -> str:
        title = self.above.casefold()
        if found := re.search(r"rate (?:of offences )?per (1,000|100,000)", title):
            return f"rate_per_{found[1].replace(',', '')}_population"
        # A title may say that a table has percentages besides.
        is_change = re.search(r"percentage change", title) and not re.search(r"number of", title)
        if is_change:
            return "percentage_change"
        if not re.search(r"\bnumber of\b", title):
            raise ReadError(
                "the title does not say what the table counts",
                file=self.grid.file,
                sheet=self.grid.sheet,
                expected="number of, percentage change, or rate per 1,000 or 100,000",
                found=f"[{self.title[:120]}]",
            )
        return "number"

    @property
    def subject(self) -> str | None:
        """What a table counts whose columns are periods."""
        return next((subject for words, subject in _SUBJECTS if re.search(words, self.title.casefold())), None)

    @property
    def year(self) -> periods.Period | None:
        """The latest year that the title names."""
        found = re.findall(r"year ending ([a-z]+ \d{4})", self.above, re.IGNORECASE)
        return periods.year_ending(max(periods.month(text).end for text in found)) if found else None


def _read_tables(book: workbook.Workbook, contract: Contract) -> Iterator[Figures]:
    """Tables P1 to P9 and C2 to C5 as one, and C1, the districts of combined partnerships."""
    parts: list[Figures] = []
    for name, _ in book.matching(_TABLE_SHEET):
        sheet = _sheet(book.grid(name))
        if re.search(r"list of combined local authorities", sheet.title, re.IGNORECASE):
            yield _combined(sheet.grid, contract)
        else:
            parts.append(_read_table(sheet, contract))
    if not parts:
        raise ReadError("no table of figures was found", file=book.name, expected="sheets named like [Table P1]")
    yield Figures(
        "headline",
        pd.concat([part.frame for part in parts], ignore_index=True),
        rows_in=sum(part.rows_in for part in parts),
        quarantined=[cell for part in parts for cell in part.quarantined],
        notes=[note for part in parts for note in part.notes],
    )


def _sheet(grid: Grid) -> _Sheet:
    for row in range(min(len(grid), _MOST_ROWS_ABOVE)):
        for column in range(len(grid.rows[row])):
            text = grid.text(row, column)
            if found := re.match(r"table\s+([pc])\s*(\d+)\s*:\s*", text, re.IGNORECASE):
                title = _NOTES.sub("", " ".join(text[found.end() :].split()))
                return _Sheet(grid, (found[1] + found[2]).upper(), title, f"{title} {grid.text(row + 1, column)}")
    raise ReadError(
        "the sheet has no title", file=grid.file, sheet=grid.sheet, expected="a line like [Table P1: ...]", found="none"
    )


def _read_table(sheet: _Sheet, contract: Contract) -> Figures:
    grid, table = sheet.grid, contract.tables["headline"]
    header_row, found = grid.find_header(table, allow_unknown=True)
    headings = _headings(sheet, header_row, set(found.index.values()))
    rows = [row for row in range(header_row + 1, len(grid)) if any(not is_blank(cell) for cell in grid.rows[row][1:])]
    quarantined, notes, kept, areas = list[Quarantined](), list[str](), list[int](), list[dict[str, object]]()
    for row in rows:
        try:
            area, note = _area_of_row(grid, row, found)
        except ValueError as error:
            quarantined += [grid.quarantined(row, column, str(error)) for column in headings]
            continue
        kept.append(row)
        areas.append(area)
        if note:
            notes.append(f"[{grid.sheet}] row {row + 1}: {note}")
    for row in range(header_row + 1, len(grid)):
        for column, cell in enumerate(grid.rows[row]):
            if column not in headings and column not in found.index.values() and not is_blank(cell):
                quarantined.append(grid.quarantined(row, column, "a figure below no heading"))
    stray = len(quarantined) - len(headings) * (len(rows) - len(kept))
    cells = np.empty((len(kept), len(headings)), dtype=object)
    for number, row in enumerate(kept):
        cells[number] = [grid.cell(row, column) for column in headings]
    frame, unread = _figures(sheet, contract, cells, kept, areas, headings)
    return Figures(
        "headline",
        frame,
        rows_in=len(rows) * len(headings) + stray,
        quarantined=[*quarantined, *unread],
        notes=notes,
    )


def _figures(
    sheet: _Sheet,
    contract: Contract,
    cells: np.ndarray,
    rows: Sequence[int],
    areas: Sequence[dict[str, object]],
    headings: dict[int, _Heading],
) -> tuple[pd.DataFrame, list[Quarantined]]:
    """Rows of areas and columns of figures as a row a figure, in the sheet's order."""
    read = markers.figures(cells.ravel(), contract, contract.tables["headline"].columns["value"])
    down, across = len(rows), len(headings)
    row_of, column_of = np.repeat(np.arange(down), across), np.tile(np.arange(across), down)
    of_row = pd.DataFrame(areas).take(row_of).reset_index(drop=True)
    of_column = pd.DataFrame(
        [
            {
                "table_number": sheet.number,
                "table_title": sheet.title,
                "measure": heading.measure,
                "offence": heading.offence,
                "part_of": heading.part_of,
                "offence_label": heading.label,
                "period_start": pd.Timestamp(heading.period.start),
                "period_end": pd.Timestamp(heading.period.end),
                "period_type": heading.period.type,
                "unit": _UNITS[heading.measure],
                "source_sheet": sheet.grid.sheet,
                "source_column": headers.letter(column),
            }
            for column, heading in headings.items()
        ]
    )
    frame = of_row.join(of_column.take(column_of).reset_index(drop=True)).assign(
        value=read["value"].to_numpy(), status=read["status"].astype(object), source_row=np.asarray(rows)[row_of] + 1
    )
    problems = read["problem"].astype(object).to_numpy()
    columns = list(headings)
    bad = np.flatnonzero(~pd.isna(problems))
    unread = [
        sheet.grid.quarantined(rows[at // across], columns[at % across], str(problems[at])) for at in map(int, bad)
    ]
    return pd.DataFrame(frame.drop(index=frame.index[bad])), unread


def _headings(sheet: _Sheet, header_row: int, taken: set[int]) -> dict[int, _Heading]:
    """What each column of figures is of; raises HeaderError for one that is not known or is there twice."""
    grid = sheet.grid
    labels = {
        column: " ".join(_NOTES.sub("", grid.text(header_row, column)).split())
        for column in range(len(grid.rows[header_row]))
        if column not in taken and not is_blank(grid.cell(header_row, column))
    }
    ranges = [_months_range(label) for label in labels.values()]
    latest = max((period for period in ranges if period), default=None)
    found: dict[int, _Heading] = {}
    unknown = []
    for column, label in labels.items():
        heading = _heading(sheet, label, latest or sheet.year)
        if heading is None:
            unknown.append(label)
        elif any(
            (h.offence, h.measure, h.period) == (heading.offence, heading.measure, heading.period)
            for h in found.values()
        ):
            unknown.append(f"{label} (twice)")
        else:
            found[column] = heading
    if unknown or not found:
        raise HeaderError(
            file=grid.file,
            sheet=grid.sheet,
            row=header_row + 1,
            missing=[] if found else ["an offence or a period"],
            unknown=unknown,
            known_names={},
        )
    return found


def _months_range(label: str) -> periods.Period | None:
    """The year in a heading (``Apr 2010 to Mar 2011``)."""
    found = _MONTHS_RANGE.search(label.casefold())
    if not found:
        return None
    period = periods.year_ending(periods.month(f"{found[3]} {found[4]}").end)
    if period.start != periods.month(f"{found[1]} {found[2]}").start:
        raise ValueError(f"[{label}] is not twelve months")
    return period


def _heading(sheet: _Sheet, label: str, year: periods.Period | None) -> _Heading | None:
    """What a heading says; None where it is not known."""
    text = label.casefold()
    if found := re.fullmatch(r"(population|household) figures \(mid-(\d{4})\) ?-? ?rounded to 100", text):
        measure = "population" if found[1] == "population" else "households"
        return _Heading(label, None, measure, periods.mid_year(int(found[2])))
    try:
        own = _months_range(text)
    except ValueError:
        return None
    if year is None:
        return None
    if own and sheet.subject:
        rest = _MONTHS_RANGE.sub("", text).strip()
        measure = {
            "": sheet.measure,
            "% involving a knife": "percentage_involving_knife",
            "compared with previous year % change": "percentage_change",
        }.get(rest)
        return _Heading(label, sheet.subject, measure, own) if measure else None
    if sheet.subject and text == "% change from previous year":
        return _Heading(label, sheet.subject, "percentage_change", year)
    if sheet.subject and text == "rate per 1,000 population":
        return _Heading(label, sheet.subject, "rate_per_1000_population", year)
    if found := re.fullmatch(r"(.+?)(?: offences)?( %)? involving a knife", text):
        name = "" if found[1].startswith("total of selected serious") else found[1]
        offence = f"Knife: {name.replace(' offences', '').capitalize()}" if name else _KNIFE
        return _Heading(label, offence, "percentage_involving_knife" if found[2] else sheet.measure, year)
    measure = sheet.measure
    if found := re.fullmatch(r"(.+?) ?\((?:per 1,000 )?(population|households?)\)", text):
        text = found[1]
        if found[2].startswith("household"):
            measure = "rate_per_1000_households"
    offence = _OFFENCES.get(text)
    return _Heading(label, offence, measure, year) if offence else None


_LEVELS = {
    "K04": "country",
    "E92": "country",
    "W92": "country",
    "E12": "region",
    "E23": "police_force_area",
    "W15": "police_force_area",
    "E22": "community_safety_partnership",
    "W14": "community_safety_partnership",
}
_NAMED = {"british transport police": "transport_police", "unknown": "unknown"}


def _area_of_row(grid: Grid, row: int, found: headers.Match) -> tuple[dict[str, object], str | None]:
    """The area columns of a row, and a note where the publisher's code and name of the force contradict each other.

    Raises ValueError for an area that cannot be told.
    """

    def text(column: str) -> str | None:
        index = found.index.get(column)
        label = _NOTES.sub("", grid.text(row, index)).strip() if index is not None else ""
        return label or None

    code, name = text("area_code"), text("area_name")
    force_code, force_name, note = text("police_force_code"), text("police_force_name"), None
    has_partnerships = "police_force_code" in found.index
    if has_partnerships:
        force_code, note = _force_code(force_code, force_name, name)
        if name is None:
            code, name = force_code, force_name
    if name is None:
        raise ValueError("the row has no area name")
    level = _LEVELS.get((code or "")[:3]) if code and re.fullmatch(r"[EKW]\d{8}", code) else None
    if code is None:
        level = _NAMED.get(name.casefold())
        if has_partnerships and _is_of_no_partnership(name):
            level = "unassigned"
        elif re.match(r"england( and wales)? \(exc", name, re.IGNORECASE):
            level = "part_of_country"
    if level is None:
        raise ValueError(f"the area [{code or ''}] [{name}] is of no kind that is known")
    if level == "police_force_area" and not has_partnerships:
        _force_code(code, name, None)
        force_code, force_name = code, name
    return {
        "area_level": level,
        "area_code": code,
        "area_name": name,
        "police_force_code": force_code,
        "police_force_name": force_name,
        "district_code": text("district_code"),
        "district_name": text("district_name"),
        "is_total": level in {"country", "part_of_country", "region"}
        or (has_partnerships and level == "police_force_area"),
    }, note


def _force_code(code: str | None, name: str | None, partnership: str | None) -> tuple[str, str | None]:
    """A force's code and, where the published one is another force's, a note.

    The name is followed only where the partnership's name has it too. Raises ValueError otherwise.
    """
    try:
        named = register("police_force").resolve(name or "")
    except UnknownNameError as error:
        raise ValueError(str(error)) from error
    if named == code:
        return named, None
    if name and partnership and name.casefold() in partnership.casefold():
        return named, f"the code [{code}] is not of [{name}], which the row names twice: {named} was taken"
    raise ValueError(f"the code [{code}] is not of the police force [{name}], which is {named}")


def _combined(grid: Grid, contract: Contract) -> Figures:
    """The districts of each partnership that combines several; a blank name repeats the one above."""
    header_row, found = grid.find_header(contract.tables["combined_district"])
    table = contract.tables["combined_district"]
    records, quarantined, last = [], list[Quarantined](), dict[str, str]()
    rows = [row for row in range(header_row + 1, len(grid)) if not grid.is_blank_row(row)]
    for row in rows:
        texts = {name: grid.text(row, index) for name, index in found.index.items()}
        for name in ("police_force_name", "community_safety_partnership_name"):
            last[name] = texts[name] = texts[name] or last.get(name, "")
        try:
            force_code = register("police_force").resolve(texts["police_force_name"])
            code = register("community_safety_partnership").resolve(texts["community_safety_partnership_name"])
        except UnknownNameError as error:
            quarantined.append(grid.quarantined(row, found.index["district_code"], str(error)))
            continue
        places = {"source_sheet": grid.sheet, "source_row": row + 1}
        letter = headers.letter(found.index["district_code"])
        records.append(
            {
                **texts,
                "police_force_code": force_code,
                "community_safety_partnership_code": code,
                **places,
                "source_column": letter,
            }
        )
    columns = [*table.columns, "source_sheet", "source_row", "source_column"]
    return Figures("combined_district", pd.DataFrame(records, columns=columns), len(rows), quarantined)
