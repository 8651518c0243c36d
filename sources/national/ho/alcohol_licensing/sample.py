"""A workbook of licensing tables in the publisher's layout: real authorities, synthetic counts; its cover says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sources import places
from sources.writing import Cell, Row, write_ods

_NOTICE = "SYNTHETIC FIGURES: made up for the bundled edition on real areas; no premises were counted."
_LAST = 2025
_FILTERS = (
    "Filters are active in cell C8 and may hide some data. To turn off all filters select the 'Data' ribbon then"
    " 'Filters' button or use [Ctrl, Shift, L]. Some shorthand is used in this table, [x] = not available."
)
_WORKSHEET = "This worksheet contains one table. Some cells refer to notes which can be found in the notes worksheet."
_HEADLINE = (
    "Premises licences",
    "Premises licences on-sales of alcohol only",
    "Premises licences off-sales of alcohol only",
    "Premises licences both on- and off-sales of alcohol",
    "Premises with 24-hour alcohol licences",
    "Club premises certificates",
    "Personal licences",
    "Completed reviews",
    "Temporary event notices",
)


@dataclass(frozen=True)
class _Table:
    """A table by authority: its number, title and columns, each with its usual count."""

    number: int
    title: str
    columns: dict[str, float]
    is_as_at: bool = False


_TABLES = (
    _Table(
        3,
        "Premises licences and club premises certificates by licensable activity, England and Wales, as at 31 March",
        {
            "Premises licences selling alcohol": 0,
            "Premises licences: On-sales of alcohol only": 110,
            "Premises licences: Off-sales of alcohol only": 160,
            "Premises licences: Both on- and off-sales of alcohol": 240,
        },
        is_as_at=True,
    ),
    _Table(
        4,
        "Premises with 24-hour alcohol licences by premises type, England and Wales, as at 31 March",
        {
            "Premises with 24-hour alcohol licences": 0,
            "Pubs, bars and nightclubs": 3,
            "Supermarkets and stores": 11,
            "Hotel bars": 9,
            "Other premises \ntypes": 8,
        },
        is_as_at=True,
    ),
    _Table(5, "Cumulative impact areas, England and Wales, as at 31 March", {"Total": 0.6}, is_as_at=True),
    _Table(
        10,
        "Completed reviews instigated by each responsible authority, England and Wales, year ending March",
        {
            "Total completed reviews": 0,
            "Police": 0.8,
            "Trading Standards Officers": 0.4,
            "Environmental Health \nOfficers": 0.2,
            "Local residents": 0.1,
        },
    ),
    _Table(
        18,
        "Late night levies and amount raised by levies, England and Wales, as at/year ending 31 March",
        {"Late night levies applied": 0, "Total amount raised \n(£s)": 0},
    ),
)


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Two collections (2023/24 and 2025/26) of one district of every police force area at scale 1; a larger scale adds
    districts."""
    rng = np.random.default_rng(seed)
    areas = _areas(each=max(1, round(scale)))
    years = [f"{first}/{(first + 1) % 100:02}" for first in (_LAST - 2, _LAST)]
    sheets: dict[str, Sequence[Row]] = {
        "Cover_sheet": [
            [],
            ["", f"Alcohol and late night refreshment licensing, England and Wales, year ending 31 March {_LAST + 1}"],
            ["", _NOTICE],
        ],
        "Contents": [["Table of contents"], ["Table", "Title"], *([table.number, table.title] for table in _TABLES)],
        "Notes": [["Notes table"], ["Note number", "Note text"], [1, "[x] = Not available."], [2, _NOTICE]],
        "Table_1": _headline(rng),
    }
    for table in _TABLES:
        header: list[Cell] = ["Year \n(as at 31 March)" if table.is_as_at else "Year", "Region", "Licensing authority"]
        rows: list[Row] = [
            [_FILTERS],
            [f"Table {table.number}: {table.title} {_LAST - 1} to 31 March {_LAST + 1} [Note 1][Note 20]"],
            [_WORKSHEET],
            ["Source: Home Office"],
            [_NOTICE],
            ["Contents"],
            ["Notes"],
            [*header, *table.columns],
        ]
        for year in years:
            figures = [_figures(rng, table) for _ in areas]
            rows.append([year, "*England and Wales", "*Total", *_totals(figures)])
            rows += [[year, region, name, *of] for (name, region), of in zip(areas, figures, strict=True)]
        sheets[f"Table_{table.number}"] = rows
    write_ods(folder / f"alcohol-late-night-licensing-tables-{_LAST + 1}.ods", sheets)


def _areas(*, each: int) -> list[tuple[str, str]]:
    """Name and region of some districts of every police force area; both Temples, which are in none."""
    regions = {row.lad_code: row.region_name or "Wales" for row in places.parents()}
    of_force: dict[str, dict[str, str]] = {}
    for district in sorted(places.districts(), key=lambda one: one.lad_code):
        of_force.setdefault(district.pfa_code, {})[district.lad_code] = district.lad_name
    found = [(name, regions[code]) for of in of_force.values() for code, name in list(of.items())[:each]]
    return sorted([*found, ("Inner Temple", "London"), ("Middle Temple", "London")])


def _figures(rng: np.random.Generator, table: _Table) -> list[int | float | str]:
    if table.number == 18:
        return ["Yes", round(float(rng.uniform(3e4, 4e5)), 2)] if rng.random() < 0.05 else ["No", "z"]
    counts = [int(rng.poisson(mean)) for mean in table.columns.values()]
    if len(counts) > 1:
        counts[0] = sum(counts[1:])
    return list(counts) if rng.random() > 0.04 else ["x"] * len(counts)


def _totals(figures: list[list[int | float | str]]) -> list[int | float]:
    """Sums over authorities; of answers, how many said yes."""
    return [
        round(sum(1 if cell == "Yes" else cell for cell in column if not isinstance(cell, str) or cell == "Yes"), 2)
        for column in zip(*figures, strict=True)
    ]


def _headline(rng: np.random.Generator) -> list[Row]:
    counts = (222_000, 42_000, 58_000, 88_000, 10_600, 13_500, 817_000, 400, 98_000)
    return [
        ["Some shorthand is used in this table, [x] = not available."],
        [
            "Table 1: Headline statistics, which include imputed estimates for non-responding licensing authorities,"
            f" England and Wales, as at/year ending 31 March {_LAST - 1} to 31 March {_LAST + 1} [Note 1][Note 4]"
        ],
        [_WORKSHEET],
        [_NOTICE],
        ["Year", *_HEADLINE],
        *(
            [
                f"{first}/{(first + 1) % 100:02}",
                *("x" if first == _LAST - 1 else 100 * round(rng.normal(mean, mean / 50) / 100) for mean in counts),
            ]
            for first in range(_LAST - 2, _LAST + 1)
        ),
    ]
