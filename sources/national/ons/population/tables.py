"""The tables beside the estimates by single year of age: groups of ages, deprivation, what changed, deaths."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import HeaderError, LayoutError, ReadError
from sources.places.names import UnknownNameError, register
from sources.reading import Figures, PublishedFile, headers, markers, periods
from sources.reading.grid import Grid
from sources.reading.long import stacked
from sources.reading.wide import WideTable, rows_of_figures
from sources.reading.workbook import Workbook

SEXES = {"persons": "persons", "total": "persons", "females": "female", "males": "male", "f": "female", "m": "male"}
CODE = re.compile(r"[A-Z]\d{8}")
_AGES = re.compile(
    r"(?:children )?aged? ?(?:under (?P<under>\d+) years?|(?P<first>\d+) ?(?:-|to) ?(?P<last>\d+)(?: years)?"
    r"|(?P<open>\d+) and over)"
)
_COMPONENTS = {
    "population": "population",
    "births": "births",
    "deaths": "deaths",
    "natchange": "natural_change",
    "internal_in": "internal_in",
    "internal_out": "internal_out",
    "internal_net": "internal_net",
    "international_in": "international_in",
    "international_out": "international_out",
    "international_net": "international_net",
    "other_change": "other_change",
}
_NETS = {"natural_change", "internal_net", "international_net"}
_COMPONENT = re.compile(rf"({'|'.join(_COMPONENTS)})_((?:19|20)\d\d)")
#: Scottish figures are rounded to ten, so that a year's components can miss its population by as much.
_MOST_RESIDUAL = 20
#: The file of five-year bands does not say which area it is of: its people of mid-2011 do.
_AREAS_BY_PEOPLE_OF_2011 = {("K04000001", "ENGLAND AND WALES"): 56_170_927, ("E92000001", "ENGLAND"): 53_107_169}
_CHILDREN = ("time_period", "geographic_level", "age_group", "population_estimate")
_CHILDREN_LABELS = (
    "time_identifier",
    "country_code",
    "country_name",
    "region_code",
    "region_name",
    "old_la_code",
    "new_la_code",
    "la_name",
)
_LEVELS = {"national": "country", "regional": "region", "local authority": "la"}
_QUERY_TITLE = "population estimates - local authority based by single year of age"
_HEAD = 60

Read = Callable[[PublishedFile, Grid, Contract], Figures]


def ages_of(label: str) -> tuple[int, int | None] | None:
    """The first and last age of a group, the last None where it is open; None for a label of no group."""
    found = _AGES.fullmatch(re.sub(r"[_\s]+", " ", label).strip().casefold())
    if found is None:
        return None
    if found["under"]:
        return 0, int(found["under"]) - 1
    return (int(found["open"]), None) if found["open"] else (int(found["first"]), int(found["last"]))


def of_text(grid: Grid) -> Read | None:
    """What reads a text file that is not one of estimates by single year of age; None for one that is."""
    for row in grid.rows[:_HEAD]:
        cells = {headers.normal(cell) for cell in row}
        if any(re.fullmatch(r"births_(19|20)\d\d", cell) for cell in cells):
            return _changes
        if len(cells & set(_CHILDREN)) > 2:
            return _children
        if _QUERY_TITLE in cells:
            return _query
        if {"year", "sex"} <= cells and any(ages_of(cell) for cell in cells):
            return _bands
    return None


def _labelled(
    grid: Grid, wanted: Sequence[str], *, optional: Sequence[str] = (), others: re.Pattern[str] | None = None
) -> tuple[int, dict[str, int]]:
    """The row headed by all of ``wanted`` and where each of its headings is, in normal form; headings beyond those
    and ``optional`` have to match ``others``. Raises HeaderError for the row that comes nearest."""
    nearest, row = -1, 0
    for number, cells in enumerate(grid.rows[:_HEAD]):
        found = len(set(wanted) & set(map(headers.normal, cells)))
        if found > nearest:
            nearest, row = found, number
    index: dict[str, int] = {}
    unknown: list[str] = []
    for place, cell in enumerate(grid.rows[row] if grid.rows else []):
        text = markers.split_note(headers.normal(cell))[0]
        is_known = text in {*wanted, *optional} or (others is not None and others.fullmatch(text) is not None)
        if text and (not is_known or text in index):
            unknown.append(headers.text_of(cell))
        elif text:
            index[text] = place
    missing = [name for name in wanted if name not in index]
    if missing or unknown:
        raise HeaderError(
            file=grid.file, sheet=grid.sheet, row=row + 1, missing=missing, unknown=unknown, known_names={}
        )
    return row, index


def _year_of(text: str) -> int | None:
    return int(text) if re.fullmatch(r"(19|20)\d\d", text) else None


def _june(year: int | None) -> date | None:
    return periods.mid_year(year).end if year else None


def at_june(years: Sequence[int | None]) -> dict[str, Sequence[object]]:
    """The columns of a year's point in time."""
    days = [_june(year) for year in years]
    return {"year": list(years), "period_start": days, "period_end": days}


def of_ages(labels: Sequence[str]) -> dict[str, Sequence[object]]:
    """The columns of groups of ages; all ages together are a total."""
    ages = [ages_of(label) for label in labels]
    return {
        "age_from": [found[0] if found else None for found in ages],
        "age_to": [found[1] if found else None for found in ages],
        "age_label": list(labels),
        "is_total": [found is None for found in ages],
    }


def _children(file: PublishedFile, grid: Grid, contract: Contract) -> Figures:
    """Children by local authority, region and England, as the Department for Education has them."""
    header, index = _labelled(grid, _CHILDREN, optional=_CHILDREN_LABELS)
    rows = rows_of_figures(file, grid, header)

    def column(name: str) -> list[str]:
        return [grid.text(row, index[name]) if name in index else "" for row in rows]

    levels = [_LEVELS.get(level.casefold()) for level in column("geographic_level")]
    codes = {"country": column("country_code"), "region": column("region_code"), "la": column("new_la_code")}
    names = {"country": column("country_name"), "region": column("region_name"), "la": column("la_name")}
    years, labels = [_year_of(text) for text in column("time_period")], column("age_group")
    areas = [codes[level][at] if level else "" for at, level in enumerate(levels)]
    problems = [
        _problem(code, year, f"[{label}] is not a group of ages" if ages_of(label) is None else None)
        for code, year, label in zip(areas, years, labels, strict=True)
    ]
    return WideTable(
        grid,
        rows,
        [index["population_estimate"]],
        by_row={
            **at_june(years),
            **of_ages(labels),
            "area_code": areas,
            "area_name": [names[level][at] if level else "" for at, level in enumerate(levels)],
            "geography": column("geographic_level"),
        },
        same={"sex": "persons"},
        problems=problems,
    ).figures("age_group", contract)


def _problem(code: str, year: int | None, other: str | None = None) -> str | None:
    if not CODE.fullmatch(code):
        return f"[{code}] has not the form of an area code"
    return other if year else "the year is not one"


def _bands(file: PublishedFile, grid: Grid, contract: Contract) -> Figures:
    """Five-year bands by sex since 1981; which area they are of is told by their sum."""
    header, index = _labelled(grid, ("year", "sex"), others=_AGES)
    rows = rows_of_figures(file, grid, header)
    columns = [place for name, place in index.items() if name not in {"year", "sex"}]
    labels = [grid.text(header, place) for place in columns]
    spans = sorted(ages for label in labels if (ages := ages_of(label)))
    starts = [0, *(last + 1 for _, last in spans if last is not None)]
    if [first for first, _ in spans] != starts:
        raise LayoutError("the bands leave out ages, or have some twice", file=file.name, found=f"{labels}")
    sexes = [SEXES.get(grid.text(row, index["sex"]).casefold()) for row in rows]
    years = [_year_of(grid.text(row, index["year"])) for row in rows]
    table = WideTable(
        grid,
        rows,
        columns,
        by_row={**at_june(years), "sex": sexes},
        by_column=of_ages(labels),
        problems=[
            (None if sex else "the sex is not one") or _problem("K04000001", year)
            for sex, year in zip(sexes, years, strict=True)
        ],
    )
    found = table.figures("age_group", contract)
    is_2011 = (found.frame["year"] == 2011) & found.frame["sex"].isin(["male", "female"])
    people = float(found.frame.loc[is_2011, "value"].sum())
    area = next((a for a, known in _AREAS_BY_PEOPLE_OF_2011.items() if abs(people / known - 1) < 1e-4), None)
    if area is None:
        raise ReadError(
            "the area of the bands cannot be told",
            file=file.name,
            expected="people of mid-2011 as "
            + ", ".join(f"{n} ({name})" for (_, name), n in _AREAS_BY_PEOPLE_OF_2011.items()),
            found=f"{people:.0f}",
        )
    none = pd.Categorical([None]).take(np.zeros(len(found.frame), dtype="int64"))
    found.frame = found.frame.assign(area_code=area[0], area_name=area[1], geography=none)
    found.notes.append(f"the file names no area; its people of mid-2011 are those of {area[1].title()}")
    return found


def _query(file: PublishedFile, grid: Grid, contract: Contract) -> Figures:
    """A query of Nomis saved as CSV: what was asked in lines of two cells, then areas by years."""
    asked: dict[str, str] = {}
    header = None
    for row, cells in enumerate(grid.rows[:_HEAD]):
        if len(cells) > 1 and (name := re.fullmatch(r"(\w+)\s*:", headers.normal(cells[0]))):
            asked[name[1]] = headers.text_of(cells[1])
        elif len(cells) > 1 and re.match(r"local authority: ", headers.normal(cells[0])):
            header = row
            break
    as_of = re.search(r"\(as of (\w+ \d{4})\)", grid.text(header)) if header is not None else None
    sex, age = SEXES.get(asked.get("gender", "").casefold()), asked.get("age", "")
    is_of_all = age.casefold() == "all ages"
    if header is None or as_of is None or sex is None or not (is_of_all or ages_of(age)):
        raise LayoutError(
            "what was asked of Nomis cannot be told",
            file=file.name,
            expected="lines for Gender and Age, and a row headed [local authority: ... (as of ...)]",
            found=", ".join(f"[{name}: {value}]" for name, value in asked.items()) or "none of them",
        )
    width = len(grid.rows[header])
    below = range(header + 1, len(grid))
    end = next((row for row in below if grid.is_blank_row(row) and row > header + 1), None)
    rows = [row for row in below if end is not None and row < end and not grid.is_blank_row(row)]
    later = [row for row in below if end is not None and row > end and not grid.is_blank_row(row)]
    if not rows or later or any(len(grid.rows[row]) != width for row in rows):
        raise ReadError(
            "the answer does not end as answers of Nomis do",
            file=file.name,
            expected=f"records of {width} cells and a blank line below them",
            found=f"{len(rows)} records",
            advice="It may have been cut short: get it again",
        )
    years = [_year_of(grid.text(header, column)) for column in range(1, width)]
    if not all(years):
        raise LayoutError("a column is of no year", file=file.name, row=header + 1, found=f"{grid.rows[header][1:]}")
    on = periods.month(as_of[1]).start
    resolved = [_resolved(grid.text(row), on) for row in rows]
    return WideTable(
        grid,
        rows,
        list(range(1, width)),
        by_row={
            "area_code": [code for code, _ in resolved],
            "area_name": [grid.text(row) for row in rows],
            "geography": ["local authority"] * len(rows),
        },
        by_column=at_june(years),
        same={name: values[0] for name, values in of_ages([age]).items()} | {"sex": sex},
        problems=[problem for _, problem in resolved],
    ).figures("age_group", contract)


def _resolved(name: str, on: date) -> tuple[str | None, str | None]:
    try:
        return register("local_authority").resolve(name, on=on), None
    except UnknownNameError as error:
        return None, str(error)


def _changes(file: PublishedFile, grid: Grid, contract: Contract) -> Figures:
    """Births, deaths and migration between one June and the next, and the population at each June.

    Raises ReadError where a year's components do not make its population of that of the year before.
    """
    others = re.compile(rf"ladcode\d\d|laname\d\d|{_COMPONENT.pattern}")
    header, index = _labelled(grid, ("country",), others=others)
    code = next((place for name, place in index.items() if name.startswith("ladcode")), None)
    label = next((place for name, place in index.items() if name.startswith("laname")), None)
    found = {(match[1], int(match[2])): place for name, place in index.items() if (match := _COMPONENT.fullmatch(name))}
    years = sorted({year for _, year in found})
    wanted = {("population", years[0]), *((name, year) for year in years[1:] for name in _COMPONENTS)}
    missing = sorted(f"{name}_{year}" for name, year in wanted - set(found))
    if (
        missing
        or code is None
        or label is None
        or set(found) != wanted
        or years != list(range(years[0], years[-1] + 1))
    ):
        raise HeaderError(
            file=file.name,
            row=header + 1,
            missing=missing or ["ladcode", "laname"],
            unknown=sorted(f"{name}_{year}" for name, year in set(found) - wanted),
            known_names={},
        )
    rows = rows_of_figures(file, grid, header)
    codes = [grid.text(row, code) for row in rows]
    columns = list(found.items())
    is_stock = [name == "population" for (name, _), _ in columns]
    table = WideTable(
        grid,
        rows,
        [place for _, place in columns],
        by_row={"area_code": codes, "area_name": [grid.text(row, label) for row in rows]},
        by_column={
            "year": [year for (_, year), _ in columns],
            "period_start": [
                _june(year) if stock else date(year - 1, 7, 1)
                for ((_, year), _), stock in zip(columns, is_stock, strict=True)
            ],
            "period_end": [_june(year) for (_, year), _ in columns],
            "period_type": ["point_in_time" if stock else "rolling_year" for stock in is_stock],
            "component": [_COMPONENTS[name] for (name, _), _ in columns],
            "is_total": [_COMPONENTS[name] in _NETS for (name, _), _ in columns],
        },
        problems=[_problem(text, 1) for text in codes],
    )
    at = {key: number for number, (key, _) in enumerate(columns)}

    def check(frame: pd.DataFrame) -> np.ndarray:
        values = frame["value"].to_numpy().reshape(len(rows), len(columns))
        for year in years[1:]:
            parts = ("natchange", "internal_net", "international_net", "other_change")
            made = values[:, at["population", year - 1]] + sum(values[:, at[name, year]] for name in parts)
            residual = np.abs(values[:, at["population", year]] - made)
            if np.nanmax(residual, initial=0) > _MOST_RESIDUAL:
                worst = int(np.nanargmax(residual))
                raise ReadError(
                    f"the components of {year} do not make the population",
                    file=file.name,
                    row=rows[worst] + 1,
                    expected=f"{made[worst]:.0f} people",
                    found=f"{values[worst, at['population', year]]:.0f}",
                )
        return np.full(len(frame), None, dtype=object)

    return table.figures("change", contract, refuse=check)


_DECILES: Mapping[str, tuple[str, str]] = {"England": ("E92000001", "english_imd"), "Wales": ("W92000004", "welsh_imd")}
_DECILE = re.compile(r"deprivation decile( \(w?imd.*\))?")


def is_by_deprivation(book: Workbook) -> bool:
    return all(_sheet_of(book, country) for country in _DECILES)


def _sheet_of(book: Workbook, country: str) -> str | None:
    return next((name for name, _ in book.matching(rf"Table \d+ ?- ?{country}")), None)


def by_deprivation(book: Workbook, contract: Contract) -> Figures:
    """People by sex and single year of age in each tenth of areas by deprivation, a sheet a country."""
    parts = [
        _of_country(book.grid(str(_sheet_of(book, country))), country, code, index, contract)
        for country, (code, index) in _DECILES.items()
    ]
    return Figures(
        "by_deprivation",
        stacked([part.frame for part in parts]),
        rows_in=sum(part.rows_in for part in parts),
        quarantined=[row for part in parts for row in part.quarantined],
    )


def _of_country(grid: Grid, country: str, code: str, index_name: str, contract: Contract) -> Figures:
    header, decile = next(
        (
            (row, column)
            for row, cells in enumerate(grid.rows[:_HEAD])
            for column, cell in enumerate(cells)
            if column and _DECILE.fullmatch(headers.normal(cell))
        ),
        (0, 0),
    )
    columns = [column for column in range(decile + 1, len(grid.rows[header])) if decile and grid.text(header, column)]
    labels = [markers.split_note(grid.text(header, column))[0] for column in columns]
    title = " ".join(grid.text(row, column) for row in range(header) for column in range(len(grid.rows[row])))
    # The title's notes are glued to its year.
    year = re.search(rf"\b{country}, ((?:19|20)\d\d)", title)
    if sorted(labels) != sorted([*map(str, range(90)), "90+"]) or year is None:
        raise LayoutError(
            "the table is not by decile and single year of age",
            file=grid.file,
            sheet=grid.sheet,
            row=header + 1,
            expected=f"[Deprivation Decile], 0 to 89 and 90+, under a title ending [{country}, year]",
            found=f"{len(labels)} ages under [{title.strip()[-60:]}]",
        )
    rows, sexes, deciles, sex = list[int](), list[str](), list[int](), None
    for row in range(header + 1, len(grid)):
        label, number = headers.normal(grid.cell(row, decile - 1)), grid.text(row, decile)
        sex = SEXES.get(label, sex)
        if sex and re.fullmatch(r"\d+", number):
            rows.append(row)
            sexes.append(sex)
            deciles.append(int(number))
    if list(zip(sexes, deciles, strict=True)) != [
        (one, tenth) for one in dict.fromkeys(sexes) for tenth in range(1, 11)
    ]:
        raise LayoutError("the rows are not ten deciles a sex", file=grid.file, sheet=grid.sheet, found=f"{deciles}")
    if set(sexes) != {"male", "female"}:
        raise LayoutError("the rows are not of both sexes", file=grid.file, sheet=grid.sheet, found=f"{set(sexes)}")
    notes = " ".join(grid.text(row, column) for row in range(rows[-1] + 1, len(grid)) for column in range(decile))
    edition = re.search(r"\bW?IMD (20\d\d)", notes)
    june = at_june([int(year[1])])
    return WideTable(
        grid,
        rows,
        columns,
        by_row={"sex": sexes, "decile": deciles},
        by_column={
            "age": [int(label.removesuffix("+")) for label in labels],
            "age_label": labels,
            "is_top_age": [label == "90+" for label in labels],
        },
        same={
            **{name: values[0] for name, values in june.items()},
            "area_code": code,
            "area_name": country,
            "index_name": index_name,
            "edition": int(edition[1]) if edition else None,
        },
    ).figures("by_deprivation", contract)


_DEATHS = "mortality statistics - underlying cause, sex and age"
_ASKED = ("date", "gender", "age", "measure")
#: Codes of a cause, then its words: ``C33-C34 Malignant neoplasm ...``, ``A00-R99,U00-Y89 All causes, all ages``.
_CAUSE = re.compile(r"([A-Z]{1,2}\d\w*(?:\.\d)?(?:[-,][A-Z]\d\w*)*) (.+)")


def is_of_deaths(grid: Grid) -> bool:
    return any(headers.normal(cell) == _DEATHS for row in grid.rows[:5] for cell in row)


def deaths(file: PublishedFile, grid: Grid, contract: Contract) -> Figures:
    """Deaths by cause and region, a query of Nomis saved as a workbook: what was asked, then causes by areas."""
    header, first = next(
        (
            (row, column)
            for row, cells in enumerate(grid.rows[:_HEAD])
            for column, cell in enumerate(cells)
            if headers.normal(cell) == "cause of death"
        ),
        (0, 0),
    )
    asked = {headers.normal(grid.cell(row, first)): grid.text(row, first + 1) for row in range(header)}
    year, sex = _year_of(asked.get("date", "")), SEXES.get(asked.get("gender", "").casefold())
    if year is None or sex is None or not asked.get("age") or asked.get("measure", "").casefold() != "deaths":
        raise LayoutError(
            "what was asked of Nomis cannot be told",
            file=file.name,
            sheet=grid.sheet,
            expected="a row headed [cause of death] below lines for date, gender, age and measure [Deaths]",
            found=", ".join(f"[{name}: {asked[name]}]" for name in _ASKED if name in asked) or "none of them",
        )
    columns = [column for column in range(first + 1, len(grid.rows[header])) if grid.text(header, column)]
    names = [markers.split_note(grid.text(header, column))[0] for column in columns]
    codes = [_region(name, grid, header) for name in names]
    rows = rows_of_figures(file, grid, header)
    causes = [_CAUSE.fullmatch(grid.text(row, first)) for row in rows]
    period = periods.calendar_year(year)
    return WideTable(
        grid,
        rows,
        columns,
        by_row={
            "cause_code": [cause[1] if cause else None for cause in causes],
            "cause": [cause[2] if cause else None for cause in causes],
            "is_total": [bool(cause and re.match(r"all causes", cause[2], re.IGNORECASE)) for cause in causes],
        },
        by_column={"area_code": codes, "area_name": names},
        same={
            "year": year,
            "period_start": period.start,
            "period_end": period.end,
            "sex": sex,
            "age_label": asked["age"],
        },
        problems=[None if cause else "the cause does not begin with a code" for cause in causes],
    ).figures("death", contract)


def _region(name: str, grid: Grid, header: int) -> str:
    """The code of a region or of Wales; raises LayoutError for a name that is neither."""
    try:
        return "W92000004" if name.casefold() == "wales" else register("region").resolve(name)
    except UnknownNameError as error:
        raise LayoutError(
            "a column is of no region", file=grid.file, sheet=grid.sheet, row=header + 1, found=str(error)
        ) from error
