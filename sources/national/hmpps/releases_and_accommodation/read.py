"""Reads accommodation outcomes: a workbook of tables, a row a group and a column a period, each told by its title."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.reading import Figures, PublishedFile, long, periods
from sources.reading.grid import Grid
from sources.reading.headers import normal
from sources.reading.markers import UnreadableCellError, figure
from sources.reading.wide import WideTable, rows_of_figures
from sources.reading.workbook import open_workbook

_TITLE = re.compile(r"table\s*\d+[a-z]?\b", re.IGNORECASE)
_NOTES = re.compile(r"(\s*\[note[^\]]*\])+", re.IGNORECASE)
#: What a table measures, by words of its title.
_MEASURES = {
    r"housed on release from custody": "housed_on_release",
    r"settled accommodation at (3|three) months post[- ]release": "settled_3_months_after_release",
    r"settled accommodation at (3|three) months post[- ](community )?disposal": (
        "settled_3_months_after_community_sentence"
    ),
}
_SUPERVISED = r"\bsupervised cases\b"
_SHARE, _NUMBER = r"\b(percentage|proportion)\b", r"\bnumber\b"
#: What the cells of a column without figures are, by its heading.
_HEADINGS = {
    r"(probation )?region": "probation_region",
    r"sex": "sex",
    r"age( group)?": "age_group",
    r"ethnicity|ethnic group": "ethnicity",
    r"(index )?offence( type| group)?": "offence_group",
    r"(custodial )?sentence length": "sentence_length",
    r"accommodation (circumstances?|status)": "circumstance",
}
_EVERYBODY = re.compile(r"total|all( .+)?|england and wales( total)?|national( total)?", re.IGNORECASE)
_MONTH_OF_YEAR = r"(?:(\d{1,2}) )?([a-z]{3,9}) (\d{4})"
_SPAN = re.compile(rf"{_MONTH_OF_YEAR} (?:to|-|–) {_MONTH_OF_YEAR}", re.IGNORECASE)


@dataclass(frozen=True)
class _Span:
    """The first and last day of a period, and what kind it is."""

    start: date
    end: date
    type: str


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """Every sheet with a table title, as one table ``outcome``.

    Raises LayoutError where a title or heading is not known, or two tables give the same figures; ReadError where there
    is no table at all.
    """
    book = open_workbook(file)
    parts = [part for sheet in book.sheet_names if (part := _table(file, book.grid(sheet), contract)) is not None]
    if not parts:
        raise ReadError(
            "no table was found",
            file=file.name,
            expected="a title like [Table 2: Percentage housed on release from custody …] above a row of periods",
            found=", ".join(f"[{name}]" for name in book.sheet_names),
        )
    frame = long.stacked([part.frame for part in parts])
    twice = pd.DataFrame(frame[frame.duplicated(list(contract.tables["outcome"].grain), keep=False)])
    if len(twice):
        sheets = sorted(set(twice["source_sheet"]))
        raise LayoutError(
            "the same figure stands twice",
            file=file.name,
            sheet=sheets[-1],
            row=int(twice["source_row"].iloc[-1]),
            expected="each figure in one table",
            found=f"{len(twice)} in the sheets " + ", ".join(f"[{sheet}]" for sheet in sheets),
        )
    yield Figures(
        "outcome",
        frame,
        rows_in=sum(part.rows_in for part in parts),
        quarantined=[one for part in parts for one in part.quarantined],
    )


def _table(file: PublishedFile, grid: Grid, contract: Contract) -> Figures | None:
    """The figures of one sheet; None for one without a table's title, and for contents, which have several.

    Raises LayoutError where there is a title and no row of periods below it.
    """
    header = next((row for row in range(len(grid)) if any(_periods(grid, row))), None)
    above = range(len(grid) if header is None else header)
    titles = [text for row in above for text in map(str, grid.rows[row]) if _TITLE.match(text.strip())]
    if not titles or (header is None and len(titles) > 1):
        return None
    if header is None:
        raise _Place(grid, 0).layout_error(
            "no row of periods stands below the title",
            expected="headings like [2023/24], [April 2024] or [1 May 2024 to 31 March 2025]",
            found=f"[{titles[0]}] and none",
        )
    spans = _periods(grid, header)
    headings = [_NOTES.sub("", normal(cell)) for cell in grid.rows[header]]
    place = _Place(grid, header)
    measure, is_supervised, is_share = _meant_by(titles, place)
    columns = [column for column, span in enumerate(spans) if span]
    labels = {column: _heading(text, place) for column, text in enumerate(headings) if text and not spans[column]}
    groups = [name for name in labels.values() if name != "circumstance"]
    if not labels or len(groups) > 1 or len(set(labels.values())) < len(labels):
        raise place.layout_error(
            "the columns before the periods are not those of a table that is known",
            expected="one group, with or without an accommodation circumstance",
            found=", ".join(f"[{headings[column]}]" for column in labels) or "none",
        )
    if len({(span.start, span.end) for span in spans if span}) < len(columns):
        raise place.layout_error("a period stands twice", expected="each period once", found=str(headings))
    rows = rows_of_figures(file, grid, header)
    by_row = [
        _group({name: _NOTES.sub("", grid.text(row, column)).strip() for column, name in labels.items()})
        for row in rows
    ]
    unit = _unit(grid, rows, columns, contract) if is_share else "cases"
    found = [span for span in spans if span]
    nothing = dict.fromkeys(("breakdown", "category", "area_level", "area_name", "circumstance", "is_total"))
    meant = [nothing if isinstance(one, str) else one for one in by_row]
    return WideTable(
        grid,
        rows,
        columns,
        by_row={name: [one[name] for one in meant] for name in nothing},
        by_column={
            "period_start": [span.start for span in found],
            "period_end": [span.end for span in found],
            "period_type": [span.type for span in found],
        },
        same={"measure": measure, "is_supervised_only": is_supervised, "unit": unit},
        problems=[one if isinstance(one, str) else None for one in by_row],
    ).figures("outcome", contract)


@dataclass(frozen=True)
class _Place:
    """A sheet and its row of headings, for errors."""

    grid: Grid
    header: int

    def layout_error(self, problem: str, *, expected: str, found: str) -> LayoutError:
        return LayoutError(
            problem,
            file=self.grid.file,
            sheet=self.grid.sheet,
            row=self.header + 1,
            expected=expected,
            found=found,
        )


def _periods(grid: Grid, row: int) -> list[_Span | None]:
    return [_period(_NOTES.sub("", grid.text(row, column)).strip()) for column in range(len(grid.rows[row]))]


def _period(text: str) -> _Span | None:
    """A performance year (``2023/24``), a month (``April 2024``) or months from and to (``1 May 2024 to 31 March
    2025``); None where the text is none of these."""
    for known in (periods.financial_year, periods.month):
        try:
            period = known(text)
        except ValueError:
            continue
        return _Span(period.start, period.end, period.type)
    if not (found := _SPAN.fullmatch(text)):
        return None
    try:
        first, last = periods.month(f"{found[2]} {found[3]}"), periods.month(f"{found[5]} {found[6]}")
    except ValueError:
        return None
    days = (int(found[1] or 1), int(found[4] or last.end.day))
    if days != (1, monthrange(last.end.year, last.end.month)[1]) or first.start > last.start:
        return None
    length = 12 * (last.end.year - first.start.year) + last.end.month - first.start.month + 1
    if length == 12 and first.start.month == 4:
        return _Span(first.start, last.end, "financial_year")
    return _Span(first.start, last.end, "month" if length == 1 else "part_year") if length < 12 else None


def _meant_by(titles: list[str], place: _Place) -> tuple[str, bool, bool]:
    """The measure, whether it is of supervised cases only, and whether figures are shares, by a table's title."""
    title = titles[0]
    measures = {measure for words, measure in _MEASURES.items() if re.search(words, title, re.IGNORECASE)}
    is_share, is_number = (re.search(words, title, re.IGNORECASE) is not None for words in (_SHARE, _NUMBER))
    if len(titles) != 1 or len(measures) != 1 or is_share == is_number:
        raise place.layout_error(
            "the title does not say what the table measures",
            expected="[Table 2: Percentage (or Number …) housed on release from custody] or [… settled accommodation"
            " at 3 months post release from custody (or post community disposal) …]",
            found="; ".join(f"[{title}]" for title in titles),
        )
    return measures.pop(), re.search(_SUPERVISED, title, re.IGNORECASE) is not None, is_share


def _heading(text: str, place: _Place) -> str:
    for words, name in _HEADINGS.items():
        if re.fullmatch(words, text):
            return name
    raise place.layout_error(
        f"the heading [{text}] is neither a period nor a group that is known",
        expected="[2023/24], [April 2024], [1 May 2024 to 31 March 2025], [Probation region], [Sex], [Age group],"
        " [Ethnicity], [Offence group], [Sentence length] or [Accommodation circumstance]",
        found=f"[{text}]",
    )


def _group(labels: dict[str, str]) -> dict[str, Any] | str:
    """What a row is of, or why it cannot be told."""
    if missing := [name for name, text in labels.items() if not text]:
        return f"the row has no {missing[0].replace('_', ' ')}"
    circumstance = labels.get("circumstance", "all")
    breakdown, category = next(
        ((name, text) for name, text in labels.items() if name != "circumstance"), ("all", "all")
    )
    is_everybody = _EVERYBODY.fullmatch(category) is not None
    is_anywhere = _EVERYBODY.fullmatch(circumstance) is not None
    is_region = breakdown == "probation_region" and not is_everybody
    return {
        "breakdown": breakdown,
        "category": "all" if is_everybody else category,
        "area_level": "probation_region" if is_region else "country",
        "area_name": category if is_region else "England and Wales",
        "circumstance": "all" if is_anywhere else circumstance,
        "is_total": (breakdown != "all" and is_everybody) or ("circumstance" in labels and is_anywhere),
    }


def _unit(grid: Grid, rows: list[int], columns: list[int], contract: Contract) -> str:
    """Shares are of 1 where none is above it, else of 100: of all who are housed in a region or group, more than one
    in a hundred are."""
    of, shares = contract.tables["outcome"].columns["value"], list[float]()
    for row in rows:
        for column in columns:
            try:
                value = figure(grid.cell(row, column), contract, of).value
            except UnreadableCellError:
                continue
            shares += [] if value is None else [value]
    return "proportion" if shares and max(shares) <= 1 else "per cent"
