"""Reads hospital admissions: assaults with a sharp object by month, and drugs by financial year."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pandas as pd

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.places.names import UnknownNameError, register
from sources.reading import Figures, PublishedFile, Quarantined, markers, periods
from sources.reading.grid import Grid, is_blank
from sources.reading.headers import letter, normal, text_of
from sources.reading.workbook import Workbook, open_workbook

_ENGLAND = "E92000001"
_SHARP = r"GOR.?Data.?(Totals?|Gender|Age.?Group|Ethnicity)"
_AREAS, _BANDS = r"(primary|secondary|misuse).(county|regional)", r"(primary|secondary|misuse).(age.group|diagnoses).*"

_MEASURES = {"faes": "finished_admission_episodes", "fces": "finished_consultant_episodes"}
_BREAKDOWNS = {"sex": "sex", "age group": "age_group", "ethnicity": "ethnicity"}
_SEXES = {"total": "persons", "male": "male", "female": "female"}
#: Headings of the tabulation that are no region.
_ELSEWHERE = {
    "england": "country",
    "england - not otherwise specified": "region_not_known",
    "foreign (incl. isle of man & channel islands)": "outside_england",
    "other uk country": "outside_england",
    "unknown": "unknown",
}
#: The same group under other words: one stands where another stood a year before.
_ETHNICITIES = {"not known": "Unknown", "unknown / invalid": "Unknown"}
_GROUPS = (
    (r"primary or secondary diagnosis of drug.related", "primary_or_secondary_mental_and_behavioural"),
    (r"primary diagnosis of drug.related", "primary_mental_and_behavioural"),
    (r"primary diagnosis of poisoning by drug", "primary_poisoning"),
)
_HEADER_ROWS = 12
_DASHES = {"-", "–"}


@dataclass
class _Cells:
    """Figures found so far: what each is of, where it stands, and which cannot be read."""

    grid: Grid
    rows: list[dict[str, Any]] = field(default_factory=list)
    cells: list[object] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    count: int = 0
    """Cells of the sheet that are figures: a row of a table times its columns of figures."""

    def note_others(self, first_row: int, columns: Iterable[int]) -> None:
        """Say how many numbers stand below no heading: a copyist's sums, and lists of other areas beside the table."""
        headed = set(columns)
        count = sum(
            isinstance(cell, int | float) and column not in headed
            for row in self.grid.rows[first_row:]
            for column, cell in enumerate(row)
        )
        if count:
            self.notes.append(f"[{self.grid.sheet}] {count:,} numbers stand below no heading and are not read")

    def add(self, row: int, column: int, of: Mapping[str, Any]) -> None:
        place = {"source_sheet": self.grid.sheet, "source_row": row + 1, "source_column": letter(column)}
        self.rows.append({**of, **place, "_column": column})
        cell = self.grid.cell(row, column)
        # A marker that a spreadsheet holds as a number.
        self.cells.append(text_of(cell) if text_of(cell) == "-1" else cell)

    def refuse(self, row: int, columns: Sequence[int], reason: str) -> None:
        self.quarantined += [self.grid.quarantined(row, column, reason) for column in columns]

    def frame(self, table: str, contract: Contract) -> pd.DataFrame:
        """The figures with their values and statuses; those that cannot be read go to quarantine."""
        columns = contract.tables[table].columns
        read = markers.figures(self.cells, contract, columns["value"])
        frame = pd.DataFrame(self.rows, columns=[*dict.fromkeys(key for row in self.rows[:1] for key in row)])
        frame["value"], frame["status"] = read["value"].to_numpy(), read["status"].astype(object).to_numpy()
        problem = read["problem"].astype(object)
        is_negative = frame["value"] < 0
        problem = problem.where(~is_negative.to_numpy(), "a count or rate is below 0")
        is_bad = problem.notna().to_numpy()
        for row, column, reason in zip(
            frame.loc[is_bad, "source_row"], frame.loc[is_bad, "_column"], problem[is_bad], strict=True
        ):
            self.refuse(int(row) - 1, [int(column)], str(reason))
        return pd.DataFrame(frame[~is_bad])


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """One table: of the tabulation on sharp objects, or of the tables on drugs.

    Raises LayoutError for headings without a known meaning, ReadError where no sheet of either is there.
    """
    workbook = open_workbook(file)
    for table, readers in (
        ("sharp_object_admission", {_SHARP: _sharp_objects}),
        ("drug_admission", {_AREAS: _drugs_by_area, _BANDS: _drugs_by_group}),
    ):
        found = [
            reader(workbook.grid(sheet))
            for pattern, reader in readers.items()
            for sheet, _ in workbook.matching(pattern)
        ]
        if found:
            yield _figures(table, found, contract, workbook)
            return
    raise ReadError(
        "no sheet of figures was found",
        file=file.name,
        expected="sheets such as [GOR-Data-Totals], [primary-county] or [primary-age-group]",
        found=", ".join(f"[{sheet}]" for sheet in workbook.sheet_names),
    )


def _figures(table: str, found: list[_Cells], contract: Contract, workbook: Workbook) -> Figures:
    frames = [cells.frame(table, contract) for cells in found if cells.rows]
    quarantined = [refused for cells in found for refused in cells.quarantined]
    if not frames:
        raise ReadError(
            "no figure can be read", file=workbook.name, found=quarantined[0].reason if quarantined else None
        )
    frame = pd.concat(frames, ignore_index=True).drop(columns="_column")
    if table == "sharp_object_admission":
        frame = _with_status_of_year(frame)
    columns = [*contract.tables[table].columns, "source_sheet", "source_row", "source_column"]
    return Figures(
        table,
        pd.DataFrame(frame[columns]),
        rows_in=sum(cells.count for cells in found),
        quarantined=quarantined,
        notes=[note for cells in found for note in cells.notes],
    )


def _with_status_of_year(frame: pd.DataFrame) -> pd.DataFrame:
    """Provisional where the sheet says so of the year, else rounded below the country; a 0 is never rounded."""
    is_shown = frame["status"] == "observed"
    frame.loc[is_shown & (frame["area_level"] != "country") & (frame["value"] > 0), "status"] = "rounded"
    frame.loc[is_shown & frame["_is_provisional"], "status"] = "provisional"
    return frame


# Assaults with a sharp object


def _sharp_objects(grid: Grid) -> _Cells:
    """A sheet of the tabulation: months down, in them maybe groups; regions across, in them maybe sexes."""
    header = next((row for row in range(min(len(grid), _HEADER_ROWS)) if len(_measures(grid, row)) > 1), None)
    if header is None:
        raise _layout_error(grid, "no row of [FAEs] and [FCEs]", "a row of both below the regions", None)
    measures = _measures(grid, header)
    first = min(measures)
    _require_known(grid, header, measures)
    labels = {
        normal(_without_note(grid.text(header, column))): column for column in range(first) if grid.text(header, column)
    }
    groups = [name for name in labels if name not in {"year", "month"}]
    if not {"year", "month"} <= set(labels) or len(groups) > 1 or any(name not in _BREAKDOWNS for name in groups):
        expected = "[Year], [Month], and maybe one of [Age group], [Ethnicity]"
        raise _layout_error(grid, "labels that the reader has no meaning for", expected, header)
    columns = _sharp_columns(grid, header, measures)
    provisional = _provisional(grid)
    group = groups[0] if groups else None
    breakdown = (
        _BREAKDOWNS[group] if group else ("sex" if any(c["sex"] != "persons" for c in columns.values()) else "all")
    )
    found = _Cells(grid)
    found.note_others(header + 1, columns)
    year: periods.Period | None = None
    month = ""
    for row in range(header + 1, len(grid)):
        year_text, month_text = grid.text(row, labels["year"]), grid.text(row, labels["month"])
        group_text = grid.text(row, labels[group]) if group else ""
        figures = [column for column in columns if not is_blank(grid.cell(row, column))]
        if re.match(r"source\b", year_text, re.IGNORECASE) or (not figures and not (month_text or group_text)):
            continue
        found.count += len(columns)
        is_total = re.fullmatch(r"(\d{4}-\d{2})\s+total", year_text, re.IGNORECASE)
        if year_text and year_text not in _DASHES and not is_total:
            year, month = _year(year_text), ""
        month = month_text if month_text and month_text not in _DASHES else month
        try:
            if is_total:
                span = _total_of(is_total[1], year)
            elif year is None:
                raise ValueError(f"[{year_text}] is no financial year")
            else:
                span = _month_of(month, year)
            age, ethnicity = "all", "all"
            if group and not is_total:
                if not group_text or group_text in _DASHES:
                    raise ValueError("the row has no group")
                age = _age_band(group_text) if group == "age group" else "all"
                ethnicity = _ethnicity(group_text) if group == "ethnicity" else "all"
        except ValueError as error:
            found.refuse(row, list(columns), str(error))
            continue
        of_row = {
            "breakdown": breakdown,
            "age_band": age,
            "ethnicity": ethnicity,
            "period_type": span.type,
            "period_start": span.start,
            "period_end": span.end,
            "_is_provisional": provisional is not None and provisional.start <= span.start <= provisional.end,
        }
        for column, of_column in columns.items():
            is_sum = bool(is_total) or of_column["area_level"] == "country"
            found.add(row, column, {**of_row, **of_column, "is_total": is_sum})
    return found


def _measures(grid: Grid, row: int) -> dict[int, str]:
    """The columns of a row that are headed FAEs or FCEs, note digits aside."""
    texts = {column: normal(_without_note(text_of(cell))) for column, cell in enumerate(grid.rows[row])}
    return {column: _MEASURES[text] for column, text in texts.items() if text in _MEASURES}


def _sharp_columns(grid: Grid, header: int, measures: Mapping[int, str]) -> dict[int, dict[str, Any]]:
    """What each column of figures is of: headings above it, the merged ones being carried to the right."""
    first, layers = min(measures), list[list[str]]()
    for row in range(header - 1, max(-1, header - 3), -1):
        texts = [grid.text(row, column) for column in range(max(measures) + 1)]
        if not any(texts[first:]):
            break
        carried = [""] * len(texts)
        for column in range(first, len(texts)):
            carried[column] = texts[column] or carried[column - 1]
        layers.append(carried)
    found: dict[int, dict[str, Any]] = {}
    for column, measure in measures.items():
        texts = [layer[column] for layer in layers]
        sexes = [_SEXES[normal(text)] for text in texts if normal(text) in {"male", "female"}]
        areas = [text for text in texts if text and normal(text) not in _SEXES]
        name, code, level = _area(areas[0]) if areas else ("", None, None)
        if level is None:
            raise _layout_error(
                grid, "a region that the reader does not know", "a region or [England] over the column", header
            )
        found[column] = {
            "measure": measure,
            "area_name": name,
            "area_code": code,
            "area_level": level,
            "sex": sexes[0] if sexes else "persons",
        }
    _require_distinct(grid, header, [tuple(of.values()) for of in found.values()])
    pairs = {(of["area_name"], of["sex"]) for of in found.values()}
    if len(found) != len(pairs) * len(_MEASURES):
        raise _layout_error(grid, "a region without one of its measures", "FAEs and FCEs for each", header)
    return found


def _area(name: str) -> tuple[str, str | None, str | None]:
    """A heading of the tabulation with its code and what it is; the last is None where it is not known."""
    name = _without_note(name)
    if level := _ELSEWHERE.get(normal(name)):
        return name, _ENGLAND if level == "country" else None, level
    try:
        return name, _region(name), "region"
    except UnknownNameError:
        return name, None, None


@cache
def _region(name: str) -> str:
    return register("region").resolve(name)


def _provisional(grid: Grid) -> periods.Period | None:
    """The year that the sheet's title calls provisional."""
    for row in range(min(len(grid), _HEADER_ROWS)):
        for cell in grid.rows[row]:
            if found := re.search(r"(\d{4}-\d{2})\s*\(provisional", text_of(cell), re.IGNORECASE):
                return periods.financial_year(found[1])
    return None


def _year(text: str) -> periods.Period | None:
    try:
        return periods.financial_year(text)
    except ValueError:
        return None


def _month_of(name: str, year: periods.Period) -> periods.Period:
    if not name:
        raise ValueError("the row has no month")
    first = periods.month(f"{name} {year.start.year}")
    return first if first.start.month >= 4 else periods.month(f"{name} {year.end.year}")


def _total_of(text: str, year: periods.Period | None) -> periods.Period:
    span = periods.financial_year(text)
    if year is None or span.start != year.start:
        below = f"{year.start.year}-{year.end.year % 100:02d}" if year else "no year"
        raise ValueError(f"the total says {text} and stands below the months of {below}")
    return span


def _age_band(text: str) -> str:
    """An age group in one form: ``10 to 19``, ``10-19``; ``80 and over``, ``80+``; ``Under 10``, ``0 to 9``."""
    plain = normal(_without_note(text, digits=False))
    if found := re.fullmatch(r"(\d+) ?(?:to|-|–) ?(\d+)", plain):
        return f"{found[1]}-{found[2]}"
    if found := re.fullmatch(r"(\d+) ?(?:and over|\+)", plain):
        return f"{found[1]}+"
    if found := re.fullmatch(r"under (\d+)", plain):
        return f"0-{int(found[1]) - 1}"
    if plain in {"unknown", "unknown age"}:
        return "unknown"
    if re.fullmatch(r"all ages(?: \(.*)?", plain):
        return "all"
    raise ValueError(f"[{text}] is no age group")


def _ethnicity(text: str) -> str:
    plain = _without_note(text)
    return _ETHNICITIES.get(normal(plain), plain.capitalize() if normal(plain) in _LOWERED else plain)


#: Groups that are written in more than one mixture of cases.
_LOWERED = {"not stated", "other ethnic group", "unknown", "mixed", "white"}


# Drugs


def _drugs_by_area(grid: Grid) -> _Cells:
    """A sheet with areas down and, year by year, measures and sexes across."""
    header = next(
        (row for row in range(min(len(grid), _HEADER_ROWS)) if len(_sexes(grid, row)) >= len(_SEXES)),
        None,
    )
    if header is None:
        raise _layout_error(grid, "no row of [Total], [Male] and [Female]", "a row of the three above the areas", None)
    group, counted = _subject(grid, header)
    columns: dict[int, dict[str, Any]] = {}
    sexes = _sexes(grid, header)
    _require_known(grid, header, sexes)
    for column, sex in sexes.items():
        above = [_carried(grid, row, column) for row in range(header - 1, -1, -1)]
        is_rate = any(re.match(r"admissions per 100", text, re.IGNORECASE) for text in above)
        plain = [_without_note(text, digits=False) for text in above]
        year = next((text for text in plain if re.fullmatch(r"\d{4}\s*[-–/]\s*\d{2,4}", text)), "")
        measure = "admissions_per_100000" if is_rate else counted
        columns[column] = {"measure": measure, "sex": sex, "year": year}
    _require_distinct(grid, header, [tuple(of.values()) for of in columns.values()])
    spans = {of["year"]: _year(of["year"]) for of in columns.values()}
    found = _Cells(grid)
    found.note_others(header + 1, columns)
    for row in range(header + 1, len(grid)):
        name, code = _place(grid, row, min(columns))
        if name is None or all(is_blank(grid.cell(row, column)) for column in columns):
            # Rows of a copyist's sums, and lists of other areas that run on below.
            continue
        found.count += len(columns)
        for column, of in columns.items():
            span = spans[of["year"]]
            problem = None if span else f"[{of['year']}] is not a financial year"
            if code is None:
                problem = f"[{name}] is no region that is known, and has no code"
            if problem or span is None:
                found.refuse(row, [column], str(problem))
                continue
            is_total = code == _ENGLAND or of["sex"] == "persons"
            found.add(row, column, _drugs("area_and_sex", group, of["measure"], span, name, code, of["sex"], is_total))
    return found


def _sexes(grid: Grid, row: int) -> dict[int, str]:
    texts = {column: normal(_without_note(text_of(cell))) for column, cell in enumerate(grid.rows[row])}
    return {column: _SEXES[text] for column, text in texts.items() if text in _SEXES}


def _carried(grid: Grid, row: int, column: int) -> str:
    """The heading over a column: its own cell, or the nearest to its left."""
    return next((grid.text(row, at) for at in range(column, -1, -1) if grid.text(row, at)), "")


def _place(grid: Grid, row: int, first_figure: int) -> tuple[str | None, str | None]:
    """The area of a row and its code: published in the row, or that of England or a region by its name."""
    texts = [grid.text(row, column) for column in range(first_figure)]
    codes = [text for text in texts if re.fullmatch(r"[EW]\d{8}", text)]
    names = [text for text in texts if re.search(r"[^\W\d]{2}", text) and text not in codes]
    if not names:
        return None, None
    name = _without_note(names[0])
    if codes:
        return name, codes[0]
    if any(re.fullmatch(r"[EW]\d{8}", grid.text(at, 0)) for at in range(len(grid))):
        # A sheet that has codes has none here: the name of an area of the time before them.
        return None, None
    if normal(name) == "england":
        return name, _ENGLAND
    try:
        return name, _region(name)
    except UnknownNameError:
        return name, None


def _drugs_by_group(grid: Grid) -> _Cells:
    """A sheet on England with age groups or diagnoses down and financial years across."""
    header = next((row for row in range(min(len(grid), _HEADER_ROWS)) if len(_years(grid, row)) > 1), None)
    if header is None:
        raise _layout_error(grid, "no row of financial years", "a row of years such as [2017/18]", None)
    group, counted = _subject(grid, header)
    years = _years(grid, header)
    _require_known(grid, header, years)
    _require_distinct(grid, header, [(str(span.start.year),) for span in years.values()])
    breakdown = "diagnosis" if re.search("diagnos", grid.sheet or "", re.IGNORECASE) else "age_group"
    found = _Cells(grid)
    found.note_others(header + 1, years)
    for row in range(header + 1, len(grid)):
        label = re.sub(r"\s+", " ", grid.text(row)).strip()
        # A footnote's number has its words beside it.
        if not re.search(r"[^\W\d]", label):
            continue
        found.count += len(years)
        plain = _without_note(label, digits=breakdown == "diagnosis")
        is_rate = re.search(r"\(per 100", plain) is not None
        is_total = re.match(r"(all ages|all diagnoses|total admissions)\b", plain, re.IGNORECASE) is not None
        age, diagnosis = "all", "all"
        try:
            if breakdown == "age_group":
                age = "under 16" if normal(plain) == "under 16" else _age_band(plain)
            elif not is_total:
                diagnosis = plain
        except ValueError as error:
            found.refuse(row, list(years), str(error))
            continue
        measure = "admissions_per_100000" if is_rate else counted
        for column, span in years.items():
            of = _drugs(breakdown, group, measure, span, "England", _ENGLAND, "persons", is_total)
            found.add(row, column, {**of, "age_band": age, "diagnosis": diagnosis})
    return found


def _years(grid: Grid, row: int) -> dict[int, periods.Period]:
    spans = {
        column: _year(_without_note(grid.text(row, column), digits=False)) for column in range(len(grid.rows[row]))
    }
    return {column: span for column, span in spans.items() if span}


def _drugs(
    breakdown: str,
    group: str,
    measure: str,
    span: periods.Period,
    name: str,
    code: str | None,
    sex: str,
    is_total: bool,
) -> dict[str, Any]:
    return {
        "breakdown": breakdown,
        "diagnosis_group": group,
        "measure": measure,
        "area_code": code,
        "area_name": name,
        "sex": sex,
        "age_band": "all",
        "diagnosis": "all",
        "is_total": is_total,
        "period_type": span.type,
        "period_start": span.start,
        "period_end": span.end,
    }


def _subject(grid: Grid, header: int) -> tuple[str, str]:
    """What a table's titles say it is about, and whether it counts admissions or episodes."""
    titles = [str(cell) for row in grid.rows[:header] for cell in row if isinstance(cell, str) and len(cell) > 40]
    groups = {
        next((group for pattern, group in _GROUPS if re.search(pattern, title, re.IGNORECASE)), title)
        for title in titles
    }
    if len(groups) != 1 or not groups <= {group for _, group in _GROUPS}:
        found = ", ".join(f"[{group}]" for group in sorted(groups)) or "no title"
        raise LayoutError(
            "the titles do not say one thing that the reader knows",
            file=grid.file,
            sheet=grid.sheet,
            expected="a primary (or secondary) diagnosis of drug related disorders, or of poisoning by drug misuse",
            found=found,
        )
    is_episodes = any(re.search(r"consultant episodes", title, re.IGNORECASE) for title in titles)
    return groups.pop(), "finished_consultant_episodes" if is_episodes else "finished_admission_episodes"


def _without_note(text: str, *, digits: bool = True) -> str:
    """A label without the note at its end: a mark, or a digit glued to a letter (``England6``)."""
    plain, _ = markers.split_note(re.sub(r"\s+", " ", text).strip())
    plain = re.sub(r"(?<=\))\d{1,2}$", "", plain)
    return re.sub(r"(?<=[^\W\d])\d{1,2}$", "", plain).strip() if digits else plain


def _require_known(grid: Grid, header: int, columns: Mapping[int, object]) -> None:
    """Refuse a heading without a known meaning among those of figures."""
    others = [c for c in range(min(columns), len(grid.rows[header])) if grid.text(header, c) and c not in columns]
    if others:
        raise LayoutError(
            "a heading of figures that the reader has no meaning for",
            file=grid.file,
            sheet=grid.sheet,
            row=header + 1,
            expected="headings such as " + ", ".join(f"[{grid.text(header, column)}]" for column in list(columns)[:3]),
            found=", ".join(f"[{grid.text(header, column)}] in {letter(column)}" for column in others),
        )


def _require_distinct(grid: Grid, header: int, columns: list[tuple[Any, ...]]) -> None:
    if len(set(columns)) != len(columns):
        twice = next(of for of in columns if columns.count(of) > 1)
        found = ", ".join(f"[{part}]" for part in twice if part)
        raise LayoutError(
            "two columns are headed alike",
            file=grid.file,
            sheet=grid.sheet,
            row=header + 1,
            expected="each area, measure, sex and year once",
            found=f"{found} twice",
        )


def _layout_error(grid: Grid, problem: str, expected: str, row: int | None) -> LayoutError:
    texts = [text_of(cell) for cell in grid.rows[row] if text_of(cell)] if row is not None else []
    return LayoutError(
        problem,
        file=grid.file,
        sheet=grid.sheet,
        row=None if row is None else row + 1,
        expected=expected,
        found=", ".join(f"[{text[:40]}]" for text in texts[:6]) or f"none in the first {_HEADER_ROWS} rows",
    )
