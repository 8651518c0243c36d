"""Reads what data.police.uk has: the months of its interface, the archives on its page, and a count of their files.

Which of them a file is, is told by what is in it. An entry that cannot be read stops the file, for a list without it
would say that there is nothing; a force that is not known here is set aside, with the nearest that is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

import pandas as pd

from sources import places
from sources.contract import Contract, Table
from sources.errors import LayoutError, ReadError
from sources.reading import Figures, PublishedFile, Quarantined, delimited, headers, periods
from sources.reading.grid import Grid

_DATASETS = {"street": "street", "outcomes": "outcomes", "stop-and-search": "stop_and_search"}
_MEMBER = re.compile(r"(?:.*/)?(?P<month>\d{4}-\d{2})-(?P<force>.+)-(?P<series>street|outcomes|stop-and-search)\.csv")
_ARCHIVE = re.compile(r"(?:.*/)?(?P<month>\d{4}-\d{2})\.zip")
_CONTAINS = re.compile(r"Contains data from (\w+ \d{4}) to (\w+ \d{4})", re.IGNORECASE)
_MD5 = re.compile(r"[0-9a-f]{32}(-\d+)?", re.IGNORECASE)
_SIZE = re.compile(r"\d[\d.,]*\s*[KMGT]?B", re.IGNORECASE)


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """Of the interface's answer ``force_month``; of a page of archives ``archive``; of a count of their files
    ``force_series`` and, where it is certain, ``force_month``.

    Raises HeaderError, LayoutError or ReadError for a file that is another, or an entry that cannot be read.
    """
    if file.name.lower().endswith(".json"):
        yield _interface(file, contract.tables["force_month"])
        return
    grid = delimited.grid(file)
    found = {name: _likeness(grid, contract.tables[name]) for name in ("archive", "force_series")}
    if found["archive"] > found["force_series"]:
        yield _archives(file, grid, contract.tables["archive"])
    else:
        yield from _series(file, grid, contract)


def _likeness(grid: Grid, table: Table) -> int:
    return max((len(headers.match(row, table.columns).index) for row in grid.rows[:60]), default=0)


@cache
def _forces() -> Mapping[str, str | None]:
    """The code of the area of each force, none where it has no area."""
    return {force.force_slug: force.pfa_code or None for force in places.forces()}


def _unknown_force(slug: str) -> str:
    near = get_close_matches(slug, list(_forces()), n=3)
    return f"no force is known as [{slug}]" + (f"; the nearest: {', '.join(near)}" if near else "")


def _frame(table: Table, records: Sequence[Mapping[str, object]]) -> pd.DataFrame:
    columns = [*table.columns, "source_sheet", "source_row", "source_column"]
    return pd.DataFrame(list(records), columns=columns, dtype=object)


def _force_month(slug: str, month: date, *, dataset: str, listing: str, is_listed: bool, row: int) -> dict[str, object]:
    return {
        "force_slug": slug,
        "area_code": _forces()[slug],
        "month": month,
        "dataset": dataset,
        "listing": listing,
        "is_listed": is_listed,
        "source_row": row,
    }


def _interface(file: PublishedFile, table: Table) -> Figures:
    """Every month of the interface, with every force that is known; the row is the month's place in the answer."""
    records, quarantined, months = [], list[Quarantined](), set[date]()
    for row, entry in enumerate(_months_of(file), start=1):
        month = _month(entry["date"], file=file.name, row=row, column="date")
        if month in months:
            raise ReadError("a month is there twice", file=file.name, row=row, column="date", found=f"[{month:%Y-%m}]")
        months.add(month)
        listed = set(entry["stop-and-search"])
        for slug in sorted(listed - set(_forces())):
            quarantined.append(Quarantined(_unknown_force(slug), slug, row=row, column="stop-and-search"))
        records += [
            _force_month(slug, month, dataset="stop_and_search", listing="interface", is_listed=slug in listed, row=row)
            for slug in _forces()
        ]
    rows_in = len(months) * len(_forces()) + len(quarantined)
    return Figures("force_month", _frame(table, records), rows_in, quarantined)


def _months_of(file: PublishedFile) -> list[dict[str, Any]]:
    try:
        answer = json.loads(file.path.read_bytes())
    except ValueError as error:  # of the encoding, too
        raise ReadError(
            "it is not JSON",
            file=file.name,
            expected="a list of months",
            found=str(error),
            advice="The file may have been cut short, or be a page that says why there is none: get it again",
        ) from error
    if not isinstance(answer, list) or not answer:
        raise ReadError("it has no list of months", file=file.name, found=f"[{str(answer)[:80]}]")
    for row, entry in enumerate(answer, start=1):
        if not isinstance(entry, dict) or set(entry) != {"date", "stop-and-search"}:
            found = ", ".join(map(str, entry)) if isinstance(entry, dict) else str(entry)[:80]
            raise LayoutError(
                "the month is described in other words",
                file=file.name,
                row=row,
                expected="date, stop-and-search",
                found=found or "nothing",
            )
        forces = entry["stop-and-search"]
        if not isinstance(forces, list) or not all(isinstance(slug, str) for slug in forces):
            raise LayoutError(
                "the forces are no list of names",
                file=file.name,
                row=row,
                column="stop-and-search",
                found=f"[{str(forces)[:80]}]",
            )
    return answer


def _month(text: object, *, file: str, row: int, column: str) -> date:
    try:
        return periods.month(text).start
    except ValueError as error:
        raise ReadError(
            "the month cannot be read", file=file, row=row, column=column, expected="2026-09", found=f"[{text}]"
        ) from error


def _archives(file: PublishedFile, grid: Grid, table: Table) -> Figures:
    header, found = grid.find_header(table)
    records, months = [], set[date]()
    for row in delimited.rows_below(file, grid, header):
        texts = {name: grid.text(row, column) for name, column in found.index.items()}
        record = _archive(texts, file=file.name, row=row + 1)
        if record["archive_month"] in months:
            raise ReadError("an archive is there twice", file=file.name, row=row + 1, found=f"[{texts['label']}]")
        months.add(record["archive_month"])
        records.append(record | {"source_row": row + 1})
    return Figures("archive", _frame(table, records), len(records), notes=list(found.notes))


def _archive(texts: Mapping[str, str], *, file: str, row: int) -> dict[str, Any]:
    """One archive; what the page does not say is blank in the file and null here."""
    address = _matched(_ARCHIVE, texts["archive_month"], "2026-09.zip", file=file, row=row, column="href")
    month = _month(address["month"], file=file, row=row, column="href")
    if texts["label"] and _month(texts["label"], file=file, row=row, column="label") != month:
        raise ReadError(
            "the archive's name is of another month than its address",
            file=file,
            row=row,
            column="label",
            expected=f"{month:%B %Y}",
            found=f"[{texts['label']}]",
        )
    first = last = None
    if texts["contains"]:
        expected = "Contains data from Oct 2023 to Sep 2026"
        span = _matched(_CONTAINS, texts["contains"], expected, file=file, row=row, column="contains")
        first, last = (_month(text, file=file, row=row, column="contains") for text in span.groups())
        if first > last:
            raise ReadError("the archive ends before it begins", file=file, row=row, found=f"[{texts['contains']}]")
    if texts["size_label"]:
        _matched(_SIZE, texts["size_label"], "1.6 GB", file=file, row=row, column="size")
    md5 = texts["md5"] and _matched(_MD5, texts["md5"], "32 hexadecimal digits", file=file, row=row, column="md5")
    return {
        "archive_month": month,
        "label": texts["label"] or None,
        "size_label": texts["size_label"] or None,
        "first_month": first,
        "last_month": last,
        "contains": texts["contains"] or None,
        "md5": texts["md5"].lower() or None,
        "is_md5_of_file": md5[1] is None if md5 else None,
    }


def _matched(pattern: re.Pattern[str], text: str, expected: str, *, file: str, row: int, column: str) -> re.Match[str]:
    match = pattern.fullmatch(text)
    if not match:
        raise ReadError(
            "the cell cannot be read", file=file, row=row, column=column, expected=expected, found=f"[{text}]"
        )
    return match


class _Series(NamedTuple):
    """The files of one data set that a force has; months are counted from year 0 so that they can be reckoned with."""

    force_slug: str
    dataset: str
    first: int
    last: int
    months_listed: int
    row: int

    def is_listed(self, month: int) -> bool | None:
        """Whether a month has a file; None where the count does not tell."""
        if not self.first <= month <= self.last:
            return False
        is_whole = self.months_listed == self.last - self.first + 1
        return True if is_whole or month in {self.first, self.last} else None


def _series(file: PublishedFile, grid: Grid, contract: Contract) -> Iterator[Figures]:
    table = contract.tables["force_series"]
    header, found = grid.find_header(table)
    known, quarantined = dict[tuple[str, str], _Series](), list[Quarantined]()
    rows = delimited.rows_below(file, grid, header)
    for row in rows:
        texts = {name: grid.text(row, column) for name, column in found.index.items()}
        if texts["force_slug"] not in _forces():
            reason = _unknown_force(texts["force_slug"])
            quarantined.append(grid.quarantined(row, found.index["force_slug"], reason))
            continue
        series = _one_series(texts, file=file.name, row=row + 1)
        if known.setdefault((series.force_slug, series.dataset), series) is not series:
            raise ReadError(
                "a force's data set is there twice",
                file=file.name,
                row=row + 1,
                found=f"[{texts['force_slug']}], [{texts['dataset']}]",
            )
    records = [
        {
            "force_slug": one.force_slug,
            "dataset": one.dataset,
            "first_month": _day(one.first),
            "last_month": _day(one.last),
            "months_listed": one.months_listed,
            "source_row": one.row,
        }
        for one in known.values()
    ]
    yield Figures("force_series", _frame(table, records), len(rows), quarantined, list(found.notes))
    by_dataset = {name: [one for one in known.values() if one.dataset == name] for name in _DATASETS.values()}
    certain = list(chain.from_iterable(map(_certain_months, by_dataset.values())))
    yield Figures("force_month", _frame(contract.tables["force_month"], certain), len(certain))


def _one_series(texts: Mapping[str, str], *, file: str, row: int) -> _Series:
    months = []
    for name, column in (("first_month", "first"), ("last_month", "last")):
        expected = f"2026-09/2026-09-{texts['force_slug']}-{texts['dataset']}.csv"
        member = _matched(_MEMBER, texts[name], expected, file=file, row=row, column=column)
        if (member["force"], member["series"]) != (texts["force_slug"], texts["dataset"]):
            raise ReadError(
                "the file is of another force or data set than its row",
                file=file,
                row=row,
                column=column,
                expected=expected,
                found=f"[{texts[name]}]",
            )
        months.append(_month(member["month"], file=file, row=row, column=column))
    first, last = (month.year * 12 + month.month - 1 for month in months)
    count = texts["months_listed"]
    if not re.fullmatch(r"\d+", count) or not 1 <= int(count) <= last - first + 1:
        raise ReadError(
            "the number of files cannot be that of the months",
            file=file,
            row=row,
            column="files",
            expected=f"1 to {last - first + 1}",
            found=f"[{count}]",
        )
    return _Series(texts["force_slug"], _DATASETS[texts["dataset"]], first, last, int(count), row)


def _day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _certain_months(series: Sequence[_Series]) -> Iterator[dict[str, object]]:
    """Of one data set, each force's months from the first of any force to the last, as far as the count tells."""
    if not series:
        return
    window = range(min(one.first for one in series), max(one.last for one in series) + 1)
    for one in series:
        for month in window:
            is_listed = one.is_listed(month)
            if is_listed is not None:
                yield _force_month(
                    one.force_slug,
                    _day(month),
                    dataset=one.dataset,
                    listing="archive_count",
                    is_listed=is_listed,
                    row=one.row,
                )
