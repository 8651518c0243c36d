"""Reads the autumn snapshot of rough sleeping: workbooks of several layouts, and two of their tables saved as CSV."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import HeaderError, LayoutError, ReadError
from sources.reading import Figures, PublishedFile, Quarantined, delimited, headers, markers, workbook
from sources.reading.grid import Grid

_CODE = re.compile(r"E0[6-9]\d{6}")
_SHEET = r"table[ _]*\d.*"
#: What the titles of the tables say, and what they are broken down by; None where they are not read.
_TITLES = {
    r"total number of people sleeping rough|street counts and estimates of rough sleeping": "all",
    r"(gender|sex) of people sleeping rough": "sex",
    r"nationality of people sleeping rough": "nationality",
    r"age of people sleeping rough": "age_group",
    r"demographics of rough sleeping": "of_2016",
    r"approach used": "approach",
    r"(agencies consulted|rate of people sleeping rough)": None,
}
#: Headings of groups, as they are published, with the breakdown that they alone belong to.
_GROUPS = {
    "female": ("female", "sex"),
    "male": ("male", "sex"),
    "uk": ("uk", "nationality"),
    "eu": ("eu", "nationality"),
    "eu (non-uk)": ("eu", "nationality"),
    "non-eu": ("non_eu", "nationality"),
    "non-eu, non-uk": ("non_eu", "nationality"),
    "under 18": ("under_18", "age_group"),
    "18 - 25": ("18_to_25", "age_group"),
    "over 26": ("26_and_over", "age_group"),
    "26 and over": ("26_and_over", "age_group"),
    "not known": ("not_known", None),
    "total": ("total", None),
}
#: In 2016 some groups of three breakdowns stood in one table, beside one total.
_OF_2016 = {
    "total rough sleeper count/estimate": ("total", "sex"),
    "female": ("female", "sex"),
    "under 25 years old": ("under_25", "age_group"),
    "non-uk rough sleepers from eu countries": ("eu", "nationality"),
    "rough sleepers from outside the eu": ("non_eu", "nationality"),
}
_CODE_HEADING = re.compile(r"ons code|local authority ons code")
_NAME_HEADING = re.compile(r"local authority( name)?")
_REGION_HEADING, _REGION_CODE_HEADING = re.compile(r"region"), re.compile(r"region ons code")
#: Columns beside the figures that are not read: rates and changes that can be worked out, and remarks.
_NOT_READ = re.compile(
    r"number of households 20\d\d \('000s\)\d*|20\d\d rough sleeping rate.*|rate|(perc)?change10to16"
    r"|missing data comment"
)
_REGIONS = {
    "north east": "E12000001",
    "north west": "E12000002",
    "yorkshire and the humber": "E12000003",
    "east midlands": "E12000004",
    "west midlands": "E12000005",
    "east of england": "E12000006",
    "east": "E12000006",
    "london": "E12000007",
    "south east": "E12000008",
    "south west": "E12000009",
}
_APPROACHES = {
    "count": "count",
    "estimate": "estimate",
    "estimate including spotlight": "estimate_with_spotlight",
    "estimate including spotlight count": "estimate_with_spotlight",
}
#: Where an authority was not there in that year, before or after a merger.
_NO_APPROACH = "---"


@dataclass(frozen=True)
class _Area:
    """A row of figures: which area it is of."""

    row: int
    code: str | None
    name: str
    level: str


@dataclass(frozen=True)
class _Column:
    """A column of figures: of which year and which group of people."""

    index: int
    heading: str
    year: int
    breakdown: str
    category: str


@dataclass(frozen=True)
class _Header:
    """A table's header row and the columns in it that say which area a row is of."""

    row: int
    name: int
    code: int | None
    region: int | None
    region_code: int | None

    @property
    def labels(self) -> set[int]:
        return {index for index in (self.name, self.code, self.region, self.region_code) if index is not None}


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """People seen or thought to be sleeping rough (``snapshot``) and how each authority found them (``approach``).

    Raises LayoutError for a table or heading that is not known, ReadError where the table of totals is missing, or
    where local authorities do not add up to England, as in a file that was cut short.
    """
    if Path(file.name).suffix.lower() == ".csv":
        grid = delimited.grid(file)
        is_tidy = any(headers.normal(cell) == "numerical" for cell in (grid.rows[0] if len(grid) else []))
        yield _tidy_csv(grid, contract) if is_tidy else _counts(grid, contract, "all")
        return
    book = workbook.open_workbook(file)
    parts: list[Figures] = []
    approaches: list[Figures] = []
    for name, _ in book.matching(_SHEET):
        grid = book.grid(name)
        title = " ".join(headers.normal(grid.text(row)) for row in range(min(4, len(grid))))
        kind = next((kind for pattern, kind in _TITLES.items() if re.search(pattern, title)), "unknown")
        if kind == "unknown":
            raise LayoutError(
                "the title is of no table that is known",
                file=file.name,
                sheet=name,
                row=1,
                expected="one of " + ", ".join(f"[{pattern}]" for pattern in _TITLES),
                found=f"[{title[:100]}]",
            )
        if kind == "approach":
            approaches.append(_approach(grid))
        elif kind:
            parts.append(_counts(grid, contract, kind))
    if not any((part.frame["breakdown"] == "all").any() for part in parts):
        raise ReadError(
            "the table of all people sleeping rough was not found",
            file=file.name,
            expected="a sheet named Table 1, titled with the total number of people sleeping rough",
            found=", ".join(f"[{name}]" for name in book.sheet_names),
        )
    yield Figures(
        "snapshot",
        pd.concat([part.frame for part in parts], ignore_index=True),
        rows_in=sum(part.rows_in for part in parts),
        quarantined=[row for part in parts for row in part.quarantined],
        notes=[note for part in parts for note in part.notes],
    )
    yield from approaches


# Headers and areas ------------------------------------------------------------------------------------------------


def _header(grid: Grid) -> _Header:
    for row in range(min(len(grid), 15)):
        texts = [headers.normal(cell) for cell in grid.rows[row]]

        def where(pattern: re.Pattern[str], texts: Sequence[str] = texts) -> int | None:
            return next((index for index, text in enumerate(texts) if pattern.fullmatch(text)), None)

        name = where(_NAME_HEADING)
        if name is not None:
            return _Header(row, name, where(_CODE_HEADING), where(_REGION_HEADING), where(_REGION_CODE_HEADING))
    raise ReadError(
        "no header row was found",
        file=grid.file,
        sheet=grid.sheet,
        expected="[Local authority] among the first 15 rows",
    )


def _area(grid: Grid, row: int, header: _Header) -> _Area | None:
    """Which area a row is of; None where it is of none that is known."""
    code = "" if header.code is None else grid.text(row, header.code)
    # In 2016 footnote numbers are stuck to names.
    name = re.sub(r"(?<=[a-z])\d$", "", grid.text(row, header.name))
    if _CODE.fullmatch(code):
        return _Area(row, code, name, "local_authority_district")
    if name in {"", "---", "NA", "No relevant LA"} and header.region is not None:
        name = grid.text(row, header.region)
    known = headers.normal(name)
    if known == "england":
        return _Area(row, "E92000001", name, "country")
    if known == "rest of england":
        return _Area(row, None, name, "part_of_country")
    return _Area(row, _REGIONS[known], name, "region") if known in _REGIONS else None


def _rows(grid: Grid, header: _Header, figures: Sequence[int]) -> tuple[list[_Area], list[Quarantined], list[str]]:
    """The rows of areas, figures beside no area that is known, and notes on rows of shares, which are not read."""
    found: list[_Area] = []
    stray: list[Quarantined] = []
    notes: list[str] = []
    for row in range(header.row + 1, len(grid)):
        if area := _area(grid, row, header):
            if len(grid.rows[row]) != len(grid.rows[header.row]):
                raise ReadError(
                    "a row has not the cells of the header",
                    file=grid.file,
                    sheet=grid.sheet,
                    row=row + 1,
                    expected=f"{len(grid.rows[header.row])} cells",
                    found=f"{len(grid.rows[row])}",
                    advice="It may have been cut short: get it again",
                )
            found.append(area)
        elif re.match(r"%|(latest|next) update", grid.text(row, header.name), re.IGNORECASE):
            notes.append(f"[{grid.sheet or grid.file}] row {row + 1} [{grid.text(row, header.name)}] is not read")
        else:
            stray += [
                grid.quarantined(row, column, f"a figure of no area that is known: [{grid.text(row, header.name)}]")
                for column in figures
                if isinstance(grid.cell(row, column), int | float) or re.fullmatch(r"\d+", grid.text(row, column))
            ]
    return found, stray, notes


# Counts -----------------------------------------------------------------------------------------------------------


def _counts(grid: Grid, contract: Contract, kind: str) -> Figures:
    """A row an area, a column a year or a group in a year."""
    header = _header(grid)
    columns, notes = _columns(grid, header, kind)
    rows, stray, more = _rows(grid, header, [column.index for column in columns])
    found = _figures(grid, contract, [(area, column) for area in rows for column in columns], [*notes, *more])
    found.quarantined += stray
    found.rows_in += len(stray)
    return found


def _columns(grid: Grid, header: _Header, kind: str) -> tuple[list[_Column], list[str]]:
    """The columns of figures with their years and groups; raises LayoutError for a heading that is not known."""
    found: list[_Column] = []
    for index, cell in enumerate(grid.rows[header.row]):
        heading = headers.normal(cell)
        # R saved the years with decimals.
        year = re.fullmatch(r"(20\d\d)(?:\.0+)?", heading)
        grouped = re.fullmatch(r"(.+) (20\d\d)", heading)
        if index in header.labels or not heading or _NOT_READ.fullmatch(heading):
            continue
        if kind == "all" and year:
            found.append(_Column(index, heading, int(year[1]), "all", "total"))
        elif kind == "of_2016" and heading in _OF_2016:
            category, breakdown = _OF_2016[heading]
            found.append(_Column(index, heading, _title_year(grid, header), breakdown, category))
        elif kind in {"sex", "age_group", "nationality"} and grouped and grouped[1] in _GROUPS:
            category, breakdown = _GROUPS[grouped[1]]
            if breakdown not in {kind, None}:
                raise _unknown(grid, header, index, heading, kind)
            found.append(_Column(index, heading, int(grouped[2]), kind, category))
        else:
            raise _unknown(grid, header, index, heading, kind)
    found, notes = _years_put_right(grid, header, found) if kind in {"sex", "age_group", "nationality"} else (found, [])
    keys = [(column.year, column.breakdown, column.category) for column in found]
    if not found or len(set(keys)) < len(keys):
        raise HeaderError(
            file=grid.file,
            sheet=grid.sheet,
            row=header.row + 1,
            missing=[] if found else ["a year"],
            unknown=[
                f"{column.heading} (twice)" for column, key in zip(found, keys, strict=True) if keys.count(key) > 1
            ],
            known_names={},
        )
    return found, notes


def _unknown(grid: Grid, header: _Header, index: int, heading: str, kind: str) -> LayoutError:
    wanted = {"all": ["a year"], "of_2016": list(_OF_2016)}.get(kind, [f"{group} 2022" for group in _GROUPS])
    return LayoutError(
        "a heading is not known",
        file=grid.file,
        sheet=grid.sheet,
        row=header.row + 1,
        column=headers.letter(index),
        expected="one of " + ", ".join(f"[{text}]" for text in wanted),
        found=f"[{heading}]",
    )


def _title_year(grid: Grid, header: _Header) -> int:
    title = " ".join(grid.text(row) for row in range(header.row))
    years = set(re.findall(r"autumn\d? ?(20\d\d)", title, re.IGNORECASE))
    if len(years) != 1:
        raise ReadError(
            "the year cannot be told from the title",
            file=grid.file,
            sheet=grid.sheet,
            row=1,
            expected="one year, as autumn 2016",
            found=f"[{title[:100]}]",
        )
    return int(years.pop())


def _years_put_right(grid: Grid, header: _Header, columns: list[_Column]) -> tuple[list[_Column], list[str]]:
    """Columns with the years of their headings, but for a heading that stands twice: the one of them that stands among
    groups of another year, before that year's total and in place of its own, is a slip (``Non-EU, Non-UK 2021`` in
    2020). That the groups then add up is checked with the figures.

    Raises LayoutError where a year has not the groups of the others' years, or not one total.
    """
    found = list(columns)
    notes: list[str] = []
    keys = [(column.year, column.category) for column in columns]
    totals = [number for number, column in enumerate(columns) if column.category == "total"]
    for number, column in enumerate(columns):
        total = next((place for place in totals if place > number), None)
        if keys.count(keys[number]) > 1 and total is not None and columns[total].year != column.year:
            found[number] = replace(column, year=columns[total].year)
            notes.append(
                f"[{grid.sheet}] column {headers.letter(column.index)} is headed [{column.heading}] and stands in"
                f" {columns[total].year}, whose total it makes up with the others"
            )
    groups: dict[int, list[str]] = {}
    for column in found:
        groups.setdefault(column.year, []).append(column.category)
    wanted = sorted({category for categories in groups.values() for category in categories} | {"total"})
    for year, categories in groups.items():
        if sorted(categories) != wanted:
            raise LayoutError(
                f"the groups of {year} are not those of the other years",
                file=grid.file,
                sheet=grid.sheet,
                row=header.row + 1,
                expected=", ".join(wanted),
                found=", ".join(sorted(categories)),
            )
    return found, notes


def _figures(grid: Grid, contract: Contract, places: Sequence[tuple[_Area, _Column]], notes: Sequence[str]) -> Figures:
    """One row a figure; each place is the row of an area and the column that the figure stands in."""
    # R saved what is not available as NA.
    cells = [grid.cell(area.row, column.index) for area, column in places]
    cells = [None if cell == "NA" else cell for cell in cells]
    read = markers.figures(cells, contract, contract.tables["snapshot"].columns["value"])
    frame = pd.DataFrame(
        {
            "year": [column.year for _, column in places],
            "period_start": [date(column.year, 10, 1) for _, column in places],
            "period_end": [date(column.year, 11, 30) for _, column in places],
            "area_code": [area.code for area, _ in places],
            "area_name": [area.name for area, _ in places],
            "area_level": [area.level for area, _ in places],
            "breakdown": [column.breakdown for _, column in places],
            "category": [column.category for _, column in places],
            "heading": [column.heading for _, column in places],
            "is_total": [column.category == "total" for _, column in places],
            "value": read["value"].to_numpy(),
            "status": read["status"],
            "source_sheet": grid.sheet,
            "source_row": [area.row + 1 for area, _ in places],
            "source_column": [headers.letter(column.index) for _, column in places],
        }
    )
    problems = read["problem"].astype(object).to_numpy()
    quarantined = [
        grid.quarantined(places[number][0].row, places[number][1].index, str(problems[number]))
        for number in map(int, np.flatnonzero(~pd.isna(problems)))
    ]
    gaps = _check_sums(grid, frame)
    landed = pd.DataFrame(frame[pd.isna(problems)]) if quarantined else frame
    return Figures("snapshot", landed, rows_in=len(places), quarantined=quarantined, notes=[*notes, *gaps])


def _check_sums(grid: Grid, frame: pd.DataFrame) -> list[str]:
    """Notes on sums that cannot be checked, as a figure is not given: how many there are, and which figure is the
    first.

    Raises ReadError where a figure is given twice, local authorities do not add up to England, or groups to their
    total. Figures are not rounded, so both are exact.
    """
    key = ["area_level", "area_name", "year", "breakdown", "category"]

    def refuse(problem: str, row: Mapping[Hashable, Any], found: str, advice: str | None = None) -> ReadError:
        figure = "no figure" if np.isnan(row["value"]) else f"{row['value']:g}"
        return ReadError(
            problem,
            file=grid.file,
            sheet=grid.sheet,
            row=row["source_row"],
            column=row["source_column"],
            expected=f"{figure} for [{row['heading']}] of {row['area_name']}",
            found=found,
            advice=advice,
        )

    for row in pd.DataFrame(frame[frame.duplicated(key)]).head(1).to_dict("records"):
        raise refuse("a figure is given twice", row, "another above it")
    gaps: list[str] = []

    def note(unchecked: str, count: int, rows: pd.DataFrame) -> None:
        if count:
            gap = pd.DataFrame(rows[rows["value"].isna()]).to_dict("records")[0]
            gaps.append(
                f"[{grid.sheet or grid.file}] {unchecked} is not checked {count} times, as figures are not given: the"
                f" first is [{gap['heading']}] of {gap['area_name']}, row {gap['source_row']}"
                f" column {gap['source_column']}"
            )

    advice = "The file may have been cut short, or a column stand below another heading"
    group = ["year", "breakdown", "category"]
    local = frame[frame["area_level"] == "local_authority_district"].groupby(group)["value"]
    # A sum is not a number where one of its figures is none.
    sums = {which: float(values.to_numpy(dtype=float).sum()) for which, values in local}
    england = pd.DataFrame(frame[frame["area_level"] == "country"])
    if len(england) != len(sums) or np.isnan(england["value"].to_numpy(dtype=float)).all():
        raise ReadError(
            "England was not found",
            file=grid.file,
            sheet=grid.sheet,
            expected=f"{len(sums)} figures of England",
            found=f"{england['value'].count()}",
        )
    unchecked = 0
    for row in england.to_dict("records"):
        found = sums.get((row["year"], row["breakdown"], row["category"]), 0.0)
        if np.isnan(found) or np.isnan(row["value"]):
            unchecked += 1
        elif found != row["value"]:
            raise refuse("local authorities do not add up to England", row, f"{found:g}", advice)
    of_england = frame["area_level"].isin(["country", "local_authority_district"])
    note("the sum of local authorities", unchecked, pd.DataFrame(frame[of_england]))
    area = ["area_level", "area_name", "year", "breakdown"]
    parts = frame[~frame["is_total"]].groupby(area)["value"].agg(["sum", "count", "size"])
    totals = frame[frame["is_total"] & (frame["breakdown"] != "all")].join(parts, on=area)
    # In 2016 there are no groups for the rest of the people.
    totals = pd.DataFrame(totals[totals["size"] > 1])
    is_given = (totals["count"] == totals["size"]) & totals["value"].notna()
    for row in pd.DataFrame(totals[is_given & (totals["sum"] != totals["value"])]).head(1).to_dict("records"):
        raise refuse("the groups do not add up to their total", row, f"{row['sum']:g}", advice)
    areas = pd.MultiIndex.from_frame(pd.DataFrame(totals.loc[~is_given, area]))
    of_gaps = frame.set_index(area).index.isin(areas)
    note("the sum of groups", len(areas), pd.DataFrame(frame[of_gaps]))
    return gaps


# The table of a breakdown saved as tidy CSV -----------------------------------------------------------------------


def _tidy_csv(grid: Grid, contract: Contract) -> Figures:
    """A row an area and group, the group and year being one word (``not-known-2019``)."""
    header = _header(grid)
    texts = [headers.normal(cell) for cell in grid.rows[header.row]]
    missing = [name for name in ("Period", "Numerical") if headers.normal(name) not in texts]
    if missing or header.code is None or header.region is None:
        raise HeaderError(file=grid.file, row=header.row + 1, missing=missing or ["Region"], unknown=[], known_names={})
    period, figure = texts.index("period"), texts.index("numerical")
    rows, stray, notes = _rows(grid, header, [figure])
    groups = {word: _group_of(grid, word) for word in {grid.text(area.row, period) for area in rows}}
    named = {breakdown for group, _ in groups.values() if (breakdown := _GROUPS[group][1])}
    if len(named) != 1:
        raise ReadError(
            "the file is not of one breakdown",
            file=grid.file,
            expected="the groups of sex, of age or of nationality",
            found=" and ".join(sorted(named)) or "totals alone",
        )
    breakdown = named.pop()
    columns = {
        word: _Column(figure, word, year, breakdown, _GROUPS[group][0]) for word, (group, year) in groups.items()
    }
    found = _figures(grid, contract, [(area, columns[grid.text(area.row, period)]) for area in rows], notes)
    found.quarantined += stray
    found.rows_in += len(stray)
    return found


def _group_of(grid: Grid, word: str) -> tuple[str, int]:
    """The group and year of a word such as ``not-known-2019``."""
    named = re.fullmatch(r"(.+)-(20\d\d)", word)
    group = named[1].replace("-", " ") if named else ""
    if not named or group not in _GROUPS:
        raise LayoutError(
            "a period is not known",
            file=grid.file,
            expected="a group and a year, as female-2019",
            found=f"[{word}]",
        )
    return group, int(named[2])


# How the figures were found ---------------------------------------------------------------------------------------


def _approach(grid: Grid) -> Figures:
    """A row an authority and year: whether it counted or estimated."""
    header = _header(grid)
    years: Mapping[int, int] = {
        index: int(headers.normal(cell))
        for index, cell in enumerate(grid.rows[header.row])
        if re.fullmatch(r"20\d\d", headers.normal(cell))
    }
    records: list[dict[str, object]] = []
    quarantined: list[Quarantined] = []
    for row in range(header.row + 1, len(grid)):
        area = _area(grid, row, header)
        if area is None or area.level != "local_authority_district":
            continue
        for index, year in years.items():
            text = headers.normal(grid.cell(row, index))
            if text and text != _NO_APPROACH and text not in _APPROACHES:
                quarantined.append(grid.quarantined(row, index, "an approach that is not known"))
                continue
            records.append(
                {
                    "year": year,
                    "period_start": date(year, 10, 1),
                    "period_end": date(year, 11, 30),
                    "area_code": area.code,
                    "area_name": area.name,
                    "approach": _APPROACHES.get(text),
                    "status": "observed" if text in _APPROACHES else "not_applicable" if text else "missing",
                    "source_sheet": grid.sheet,
                    "source_row": row + 1,
                    "source_column": headers.letter(index),
                }
            )
    if not records:
        raise ReadError("the table of approaches has no rows", file=grid.file, sheet=grid.sheet)
    return Figures("approach", pd.DataFrame(records), len(records) + len(quarantined), quarantined)
