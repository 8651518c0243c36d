"""Writes a synthetic list of what data.police.uk has, in its layouts, on real forces.

The months, holes, sizes and checksums are made up, after the kinds of hole that there are: a force that never sends,
one that misses a month, one that begins late, one that stops. The interface's answer and the page's rows have no room
for words that say so.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np

from sources import places
from sources.writing import Row, write_csv

_LAST = 2026 * 12 + 8
_INTERFACE_MONTHS, _COUNTED_MONTHS = 13, 8
#: Forces without stop and search, at all or in a month.
_NO_SEARCHES = {"greater-manchester", "northern-ireland"}
_NO_SEARCHES_IN = {("wiltshire", "2026-04")}
#: Series of the count that are not whole: months left out at the start and at the end, and holes between.
_NOT_WHOLE = {
    ("greater-manchester", "street"): (1, 0, 0),
    ("gwent", "street"): (0, 0, 1),
    ("wiltshire", "stop-and-search"): (0, 0, 1),
    ("west-midlands", "outcomes"): (0, 1, 0),
}
_NEVER_COUNTED = {
    ("greater-manchester", "outcomes"),
    ("greater-manchester", "stop-and-search"),
    ("northern-ireland", "outcomes"),
    ("northern-ireland", "stop-and-search"),
}
#: Archives: the month and the months before it that each holds.
_ARCHIVES = ((_LAST, 35), (_LAST - 1, 35), (2023 * 12 + 8, 35), (2020 * 12 + 8, 35), (2017 * 12 + 3, 76))


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write the interface's answer, the page's rows and a count of files; ``scale`` changes nothing, for there are
    only so many forces and months."""
    del scale
    _write_interface(folder / "crimes-street-dates.json")
    _write_page(folder / "police_archive_page_rows.csv", np.random.default_rng([seed, 4]))
    _write_count(folder / "SYNTHETIC_archive_inventory_by_force_series.csv")


def _named(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}"


def _in_words(month: int, form: str) -> str:
    return f"{date(month // 12, month % 12 + 1, 1):{form}}"


def _write_interface(path: Path) -> None:
    months = [_named(_LAST - back) for back in range(_INTERFACE_MONTHS)]
    slugs = [force.force_slug for force in places.forces() if force.force_slug not in _NO_SEARCHES]
    answer = [
        {"date": month, "stop-and-search": [slug for slug in slugs if (slug, month) not in _NO_SEARCHES_IN]}
        for month in months
    ]
    path.write_text(json.dumps(answer), encoding="utf-8")


def _write_page(path: Path, rng: np.random.Generator) -> None:
    rows: list[Row] = [["href", "label", "size", "contains", "md5"]]
    for number, (month, before) in enumerate(_ARCHIVES):
        span = f"Contains data from {_in_words(month - before, '%b %Y')} to {_in_words(month, '%b %Y')}"
        size = f"{rng.uniform(1.3, 1.7):.1f} GB"
        # One was uploaded in parts, and has the storage's mark for that.
        md5 = rng.bytes(16).hex() + ("-108" if number == 3 else "")
        rows.append([f"/data/archive/{_named(month)}.zip", _in_words(month, "%B %Y"), size, span, md5])
    write_csv(path, rows)


def _write_count(path: Path) -> None:
    rows: list[Row] = [["police", "series", "first", "last", "files"]]
    for slug in (force.force_slug for force in places.forces() if force.force_slug != "btp"):
        for series in ("outcomes", "stop-and-search", "street"):
            if (slug, series) in _NEVER_COUNTED:
                continue
            late, early, holes = _NOT_WHOLE.get((slug, series), (0, 0, 0))
            first, last = _LAST - _COUNTED_MONTHS + 1 + late, _LAST - early
            ends = [f"{_named(month)}/{_named(month)}-{slug}-{series}.csv" for month in (first, last)]
            rows.append([slug, series, *ends, last - first + 1 - holes])
    write_csv(path, rows)
