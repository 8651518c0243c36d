"""Reads indices of deprivation: small areas, summaries by local authority, and tables made of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import HeaderError, LayoutError, ReadError
from sources.places.names import UnknownNameError, register
from sources.reading import Figures, PublishedFile, delimited, headers, markers, workbook
from sources.reading.grid import Grid
from sources.reading.long import stacked
from sources.reading.wide import WideTable, rows_of_figures

#: An edition is told by the year of the areas that it is on: of the districts, as its headings have it.
_EDITIONS = {2013: 2015, 2019: 2019, 2024: 2025}
_DOMAINS = {
    "imd": "imd",
    "index of multiple deprivation": "imd",
    "index of multiple deprivation (imd)": "imd",
    "income": "income",
    "employment": "employment",
    "education, skills and training": "education",
    "health deprivation and disability": "health",
    "health and disability": "health",
    "crime": "crime",
    "barriers to housing and services": "barriers",
    "living environment": "living_environment",
    "idaci": "idaci",
    "income deprivation affecting children": "idaci",
    "income deprivation affecting children index (idaci)": "idaci",
    "idaopi": "idaopi",
    "income deprivation affecting older people": "idaopi",
    "income deprivation affecting older people (idaopi)": "idaopi",
    "income deprivation affecting older people index (idaopi)": "idaopi",
    "children and young people sub-domain": "education_children",
    "adult skills sub-domain": "education_adult_skills",
    "geographical barriers sub-domain": "barriers_geographical",
    "wider barriers sub-domain": "barriers_wider",
    "indoors sub-domain": "living_indoors",
    "outdoors sub-domain": "living_outdoors",
}
#: Measures of a local authority by what they are headed, ``rank of`` aside; the unit of each.
_SUMMARIES = {
    "average rank": ("average_rank", "rank"),
    "average score": ("average_score", "score"),
    "proportion of lsoas in most deprived 10% nationally": ("proportion_most_deprived", "share"),
    "proportion bottom decile": ("proportion_most_deprived", "share"),
    "proportion": ("proportion_most_deprived", "share"),
    "extent": ("extent", "share"),
    "local concentration": ("local_concentration", "rank"),
    "scale": ("scale", "people"),
}
_PEOPLE = {
    "total population": "total_population",
    "dependent children aged 0-15": "children_0_to_15",
    "population aged 16-59": "aged_16_to_59",
    "older population aged 60 and over": "aged_60_and_over",
    "working age population 18-59/64": "working_age_18_to_59_or_64",
}
#: The sheets of the summaries by local authority.
_SHEETS = ("IMD", "Income", "Employment", "Education", "Health", "Crime", "Barriers", "Living", "IDACI", "IDAOPI")
_BOROUGHS = "Borough summary measures"
_SMALL_AREA_HEADING = r"lsoa code \(20\d\d\)"
_WELSH_AREA = re.compile(r"W06\d{6}")
_SMALL_AREA, _AREA, _OLD_AREA = re.compile(r"[EW]01\d{6}"), re.compile(r"[EW]\d{8}"), re.compile(r"\d\d[A-Z]{0,2}")
_AUTHORITIES_OF_2010, _AUTHORITIES_OF_WALES = 326, 22
_SMALL_AREAS = {2015: 32_844, 2019: 32_844, 2025: 33_755}
_MOST_HEADER_ROWS = 60


@dataclass(frozen=True)
class _Column:
    """A column of figures: where it is and what it has."""

    index: int
    domain: str | None
    """None where each row says which."""
    measure: str
    unit: str
    mid_year: int | None = None
    """For people, the June that they were estimated at."""


@dataclass(frozen=True)
class _Headed:
    """A grid's header: its row, the columns of labels and those of figures."""

    row: int
    labels: headers.Match
    columns: Sequence[_Column]


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The table ``lsoa`` or ``local_authority``, a row a figure.

    Raises HeaderError or LayoutError for headings with another meaning, and ReadError for a file that is not whole:
    fewer areas than the ranks go to, other authorities than an edition had.
    """
    if Path(file.name).suffix.lower() == ".csv":
        grid = delimited.grid(file)
        if _is_of_small_areas(grid):
            yield _small_areas(file, grid, contract)
        else:
            yield _authorities(file, grid, contract, compiled_by=None)
        return
    book = workbook.open_workbook(file)
    if boroughs := [name for name, _ in book.matching(_BOROUGHS)]:
        yield _authorities(file, book.grid(boroughs[0]), contract, compiled_by="greater_london_authority")
        return
    if small_areas := [name for name, _ in book.matching(r"I[MO]?D ?20\d\d( .*)?")]:
        yield _small_areas(file, book.grid(small_areas[0]), contract)
        return
    parts = [
        _authorities(file, book.grid(book.require(name, f"the domain {name}")), contract, compiled_by="ministry")
        for name in _SHEETS
    ]
    domains = [
        (name, domain) for name, part in zip(_SHEETS, parts, strict=True) for domain in set(part.frame["domain"])
    ]
    of_domain = {domain: [name for name, other in domains if other == domain] for _, domain in domains}
    if twice := [names for names in of_domain.values() if len(names) > 1]:
        raise LayoutError(
            "two sheets are of the same domain", file=file.name, found=" and ".join(f"[{name}]" for name in twice[0])
        )
    yield Figures(
        "local_authority",
        stacked([part.frame for part in parts]),
        rows_in=sum(part.rows_in for part in parts),
        quarantined=[row for part in parts for row in part.quarantined],
        notes=list(dict.fromkeys(note for part in parts for note in part.notes)),
    )


def _is_of_small_areas(grid: Grid) -> bool:
    cells = (headers.normal(cell) for row in grid.rows[:_MOST_HEADER_ROWS] for cell in row)
    return any(re.fullmatch(_SMALL_AREA_HEADING, cell) for cell in cells)


def _small_areas(file: PublishedFile, grid: Grid, contract: Contract) -> Figures:
    headed = _headed(grid, contract, "lsoa", _small_area_heading)
    edition = _edition(grid, headed, "lad_code")
    rows = _rows_of_small_areas(file, grid, headed, edition)
    labels = {name: [grid.text(row, index) for row in rows] for name, index in headed.labels.index.items()}
    problems = [
        _not_of_form(code, _SMALL_AREA, "of a small area") or _not_of_form(district, _AREA, "of a district")
        for code, district in zip(labels["area_code"], labels["lad_code"], strict=True)
    ]
    table = WideTable(
        grid,
        rows,
        [column.index for column in headed.columns],
        by_row=labels,
        by_column=_of_columns(headed.columns, edition),
        same={"edition": edition},
        problems=problems,
    )
    found = table.figures(
        "lsoa", contract, refuse=lambda frame: _refused_deciles(frame, headed.columns), notes=headed.labels.notes
    )
    ranks = found.frame.loc[found.frame["measure"] == "rank", "value"]
    if len(ranks) and ranks.max() > len(rows):
        raise ReadError(
            "the file has not every area that was ranked",
            file=file.name,
            sheet=grid.sheet,
            expected=f"{ranks.max():.0f} areas, for so many ranks there are",
            found=f"{len(rows)}",
            advice="It may have been cut short: get it again",
        )
    return found


def _authorities(file: PublishedFile, grid: Grid, contract: Contract, *, compiled_by: str | None) -> Figures:
    headed = _headed(grid, contract, "local_authority", _authority_heading)
    is_tidy = {"domain", "edition"} <= set(headed.labels.index)
    is_of_2010 = headers.normal(grid.cell(headed.row, headed.labels.index["area_code"])) == "la code"
    is_of_wales = not is_tidy and {column.measure for column in headed.columns} == {
        "proportion_most_deprived",
        "extent",
    }
    # The file of 2010 ends without a line end; that it is whole is told by its ranks.
    rows = _rows_of_2010(grid, headed) if is_of_2010 else rows_of_figures(file, grid, headed.row)
    labels = {name: [grid.text(row, index) for row in rows] for name, index in headed.labels.index.items()}
    codes = labels.pop("area_code")
    if is_of_2010:
        edition, compiled_by = 2010, "ministry"
        resolved = [_resolved(name) for name in labels["area_name"]]
        problems = [_not_of_form(code, _OLD_AREA, "of 2010") for code in codes]
        problems = [problem or reason for problem, (_, reason) in zip(problems, resolved, strict=True)]
        areas = [code for code, _ in resolved]
    else:
        areas, problems = codes, [_not_of_form(code, _AREA, "of a district") for code in codes]
        if is_of_wales:
            edition, compiled_by = 2019, "british_red_cross"
            problems = [_not_of_form(code, _WELSH_AREA, "of a Welsh authority") for code in codes]
            _require_count(grid, rows, _AUTHORITIES_OF_WALES, "Welsh authorities")
        elif is_tidy:
            edition, compiled_by = None, "trafford_data_lab"
        else:
            edition = _edition(grid, headed, "area_code")
            compiled_by = compiled_by or "ministry"
    by_row: dict[str, Sequence[object]] = {
        "published_code": codes,
        "area_code": areas,
        "area_name": labels.get("area_name", [None] * len(rows)),
    }
    same: dict[str, object] = {"nation": "wales" if is_of_wales else "england", "compiled_by": compiled_by}
    by_column = _of_columns(headed.columns, edition or 0)
    if edition is None:
        editions = [int(year) if re.fullmatch(r"20\d\d", year) else None for year in labels["edition"]]
        domains = [_DOMAINS.get(headers.normal(text)) for text in labels["domain"]]
        problems = [
            problem
            or (None if year else f"[{label}] is not a year")
            or (None if domain else f"[{text}] is not a domain that is known here")
            for problem, year, label, domain, text in zip(
                problems, editions, labels["edition"], domains, labels["domain"], strict=True
            )
        ]
        by_row |= {"edition": editions, "domain": domains}
        by_row |= {
            "period_start": [year and date(year, 1, 1) for year in editions],
            "period_end": [year and date(year, 12, 31) for year in editions],
        }
        by_column = {name: by_column[name] for name in ("measure", "unit", "period_type")}
    else:
        same["edition"] = edition
    columns = [column.index for column in headed.columns]
    table = WideTable(grid, rows, columns, by_row=by_row, by_column=by_column, same=same, problems=problems)
    return table.figures("local_authority", contract, refuse=_refused, notes=headed.labels.notes)


def _headed(grid: Grid, contract: Contract, table: str, meaning: Callable[[int, str], _Column | None]) -> _Headed:
    """The header and what its columns have; raises HeaderError for a column that is not known, LayoutError where a
    column that every edition has is gone or one stands twice."""
    row, labels = grid.find_header(contract.tables[table], scan=_MOST_HEADER_ROWS, allow_unknown=True)
    taken = set(labels.index.values())
    columns, unknown = [], []
    for index, cell in enumerate(grid.rows[row]):
        heading = markers.split_note(headers.normal(cell))[0]
        if index in taken or not heading or heading in _LEFT_OUT:
            continue
        if (column := meaning(index, heading)) is None:
            unknown.append(headers.text_of(cell))
        else:
            columns.append(column)
    if unknown:
        raise HeaderError(file=grid.file, sheet=grid.sheet, row=row + 1, missing=[], unknown=unknown, known_names={})
    found = [(column.domain, column.measure) for column in columns]
    needed = _needed(table, {measure for _, measure in found})
    missing = sorted(needed - {measure for _, measure in found})
    if missing or len(found) != len(set(found)):
        raise LayoutError(
            "the columns of figures are not those of any edition",
            file=grid.file,
            sheet=grid.sheet,
            row=row + 1,
            expected="each once" + "".join(f", and [{name}]" for name in missing),
            found=", ".join(f"[{domain or 'each domain'}: {measure}]" for domain, measure in found) or "none",
        )
    domains = {domain for domain, measure in found if measure not in {"scale", "rank_of_scale"}}
    if table == "local_authority" and len(domains) > 1:
        raise LayoutError(
            "the table is of several domains", file=grid.file, sheet=grid.sheet, row=row + 1, found=f"{sorted(domains)}"
        )
    return _Headed(row, labels, columns)


#: The type of area beside its code, and the Welsh table's score, which is nought for every authority.
_LEFT_OUT = {"area_type", "score"}


def _needed(table: str, measures: set[str]) -> set[str]:
    """The measures that a table always has; a table of small areas may have any."""
    if table == "lsoa":
        return set() if measures else {"rank"}
    if measures <= {"proportion_most_deprived", "extent"}:
        return {"proportion_most_deprived", "extent"}
    return {"average_score", "rank_of_average_score"} if "average_score" in measures else {"rank_of_average_score"}


def _small_area_heading(index: int, heading: str) -> _Column | None:
    if found := re.fullmatch(r"(.+?) (score|rank|decile)( \((?:rate|where [^()]*)\))?", heading):
        domain = _DOMAINS.get(found[1])
        return _Column(index, domain, found[2], found[2]) if domain else None
    if found := re.fullmatch(r"(.+?): (?:mid (20\d\d)|for use with .+?)(?: \(excluding prisoners\))?", heading):
        measure = _PEOPLE.get(found[1])
        return _Column(index, "population", measure, "people", int(found[2]) if found[2] else None) if measure else None
    return None


def _authority_heading(index: int, heading: str) -> _Column | None:
    text = heading.replace("_", " ")
    domain_of = re.fullmatch(r"(.+?)(?: 20\d\d)? - (.+)", text)
    domain, text = (_DOMAINS.get(domain_of[1]), domain_of[2]) if domain_of else ("imd", text)
    is_rank = bool(re.match(r"rank (of )?", text))
    text = re.sub(r"^rank (of )?", "", text)
    if scale := re.fullmatch(r"(income|employment) scale", text):
        domain, text = scale[1], "scale"
    known = _SUMMARIES.get(text)
    if known is None or domain is None:
        return None
    # Headings of a tidy table have low lines; there each row says which domain it is of.
    if "_" in heading and not domain_of:
        domain = None
    return _Column(index, domain, f"rank_of_{known[0]}" if is_rank else known[0], "rank" if is_rank else known[1])


def _of_columns(columns: Sequence[_Column], edition: int) -> dict[str, Sequence[object]]:
    # What people are estimated at is one June; a file gives it in all of its columns but one.
    june = next((column.mid_year for column in columns if column.mid_year), None)
    ends = [
        (date(june, 6, 30), date(june, 6, 30), "point_in_time")
        if june and column.domain == "population"
        else (date(edition, 1, 1), date(edition, 12, 31), "calendar_year")
        if edition
        else (None, None, "calendar_year")
        for column in columns
    ]
    return {
        "period_start": [start for start, _, _ in ends],
        "period_end": [end for _, end, _ in ends],
        "period_type": [kind for _, _, kind in ends],
        "domain": [column.domain for column in columns],
        "measure": [column.measure for column in columns],
        "unit": [column.unit for column in columns],
    }


def _edition(grid: Grid, headed: _Headed, column: str) -> int:
    """The edition, by the year in the heading of the districts' codes; raises LayoutError for a year of none."""
    heading = grid.text(headed.row, headed.labels.index[column])
    year = re.search(r"20\d\d", heading)
    if year is None or int(year[0]) not in _EDITIONS:
        raise LayoutError(
            "the edition cannot be told",
            file=grid.file,
            sheet=grid.sheet,
            row=headed.row + 1,
            expected="codes of " + ", ".join(f"{areas} (edition {of})" for areas, of in _EDITIONS.items()),
            found=f"[{heading}]",
        )
    return _EDITIONS[int(year[0])]


def _rows_of_small_areas(file: PublishedFile, grid: Grid, headed: _Headed, edition: int) -> list[int]:
    """The rows of records. Copies end without a line end: one that has every area of England is whole all the same."""
    below = [row for row in range(headed.row + 1, len(grid)) if not grid.is_blank_row(row)]
    widths = {len(grid.rows[row]) for row in below}
    if len(below) == _SMALL_AREAS[edition] and widths == {len(grid.rows[headed.row])}:
        return below
    return rows_of_figures(file, grid, headed.row)


def _rows_of_2010(grid: Grid, headed: _Headed) -> list[int]:
    """The rows of the edition of 2010; raises ReadError unless they are 326 with each rank once."""
    rows = [row for row in range(headed.row + 1, len(grid)) if not grid.is_blank_row(row)]
    _require_count(grid, rows, _AUTHORITIES_OF_2010, "authorities of 2010")
    for column in headed.columns:
        if column.measure in {"rank_of_average_rank", "rank_of_average_score"}:
            ranks = sorted(grid.text(row, column.index) for row in rows)
            if ranks != sorted(map(str, range(1, len(rows) + 1))):
                raise ReadError(
                    "the ranks are not each there once",
                    file=grid.file,
                    column=headers.letter(column.index),
                    expected=f"1 to {len(rows)}",
                    found=f"{len(set(ranks))} different ones",
                    advice="The file may have been cut short: get it again",
                )
    return rows


def _require_count(grid: Grid, rows: Sequence[int], count: int, what: str) -> None:
    if len(rows) != count:
        raise ReadError(
            "the table has not every authority",
            file=grid.file,
            sheet=grid.sheet,
            expected=f"the {count} {what}",
            found=f"{len(rows)} rows",
            advice="It may have been cut short, or be of another edition, which has to be known here first",
        )


def _resolved(name: str) -> tuple[str | None, str | None]:
    """The code that a name had in 2010, or why there is none; names may have the kind of authority behind them."""
    problem = None
    # Without the kind first: looking for the names nearest to one that is not known takes its time.
    for text in (re.sub(r" (district|county|unitary)$", "", name, flags=re.IGNORECASE), name):
        try:
            return register("local_authority").resolve(text, on=date(2010, 12, 31)), None
        except UnknownNameError as error:
            problem = str(error)
    return None, problem


def _not_of_form(code: str, form: re.Pattern[str], what: str) -> str | None:
    return None if form.fullmatch(code) else f"[{code}] has not the form of a code {what}"


def _refused(frame: pd.DataFrame) -> np.ndarray:
    """Reasons for figures that cannot be: ranks and deciles that are not whole or out of range, shares above one."""
    measure, value = frame["measure"], frame["value"]
    is_rank = measure.astype(str).str.match(r"rank(_of_.+)?$").to_numpy()
    is_decile = (measure == "decile").to_numpy()
    is_share = (frame["unit"] == "share").to_numpy()
    with np.errstate(invalid="ignore"):
        figures = value.to_numpy()
        reasons = np.full(len(frame), None, dtype=object)
        reasons[is_rank & ((figures < 1) | (figures % 1 != 0)) & ~np.isnan(figures)] = "a rank is a whole number from 1"
        is_ten = (figures >= 1) & (figures <= 10) & (figures % 1 == 0)
        reasons[is_decile & ~is_ten & ~np.isnan(figures)] = "a decile is a whole number from 1 to 10"
        reasons[is_share & ((figures < 0) | (figures > 1))] = "a share is from 0 to 1"
    return reasons


def _refused_deciles(frame: pd.DataFrame, columns: Sequence[_Column]) -> np.ndarray:
    """As ``_refused``, and deciles that are not the tenth of the areas that the rank beside them is in."""
    reasons = _refused(frame).reshape(-1, len(columns))
    values = frame["value"].to_numpy().reshape(-1, len(columns))
    at = {(column.domain, column.measure): place for place, column in enumerate(columns)}
    for (domain, measure), place in at.items():
        rank = at.get((domain, "rank"))
        if measure == "decile" and rank is not None:
            tenth = np.ceil(values[:, rank] * 10 / len(values))
            is_known = ~np.isnan(tenth) & ~np.isnan(values[:, place]) & pd.isna(reasons[:, place])
            is_other = is_known & (tenth != values[:, place])
            reasons[is_other, place] = "the decile is not the one that the area's rank is in"
    return reasons.ravel()
