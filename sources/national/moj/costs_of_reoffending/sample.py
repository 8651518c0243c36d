"""The supplementary tables and the one-page table of the costs of reoffending, in their layouts. Every figure is
synthetic, as the cover and the title say."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np

from sources.writing import Row, write_ods, write_xlsx

_YEAR = 2016
_SYNTHETIC = "SYNTHETIC FIGURES, made up for trying the software out"
_GROUPS: tuple[str, ...] = (
    "Criminal damage and arson",
    "Drug offences",
    "Fraud offences",
    "Miscellaneous crimes against society",
    "Possession of weapons offences",
    "Public order offences",
    "Robbery",
    "Sexual offences",
    "Summary motoring",
    "Summary non-motoring",
    "Theft offences",
    "Violence against the person",
)
_ADULTS: str = "Adults"
_CHILDREN: str = "Children and young people"
_BASKETS: dict[str, str] = {
    "defensive_expenditure": "Costs in anticipation of crime",
    "harm": "Costs as a consequence of crime",
    "police_costs": "Costs in response to crime",
}
_LENGTHS = ("12 months and over", "Less than 12 months", "Less than or equal to 6 months")
_ORDERS = ("Court Order - Community Order", "Court Order - Suspended Sentence Order")
_DISPOSALS = {
    _ADULTS: (("Caution", "-"), ("Court Order", "-"), *((order, "-") for order in _ORDERS), ("Fine", "-")),
    _CHILDREN: (("First Tier Penalty", "-"), ("Youth Rehabilitation Order", "-")),
}


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write both workbooks; the smaller the scale, the fewer types of reoffence in the largest table."""
    rng = np.random.default_rng(seed)
    ages = (_ADULTS, _CHILDREN)
    unit = {pair: round(float(rng.uniform(0, 900)), 10) for pair in product(_GROUPS, _BASKETS)}
    number = {pair: float(rng.uniform(500, 40_000)) for pair in product(_GROUPS, ages)}
    by_disposal = _GROUPS[: max(1, round(2 * scale))]
    tables = {
        "Cover_and_contents": _cover(),
        "Table_A": _unit_costs(unit),
        "Table_B": _total_costs(unit, number),
        "Table_C": _costs_by_disposal(rng, unit, by_disposal),
    }
    write_ods(folder / "costs-of-reoffending-supplementary-tables.ods", tables)
    write_xlsx(folder / "costs-of-reoffending-by-type-of-reoffence.xlsx", {"Sheet1": _summary(unit, number)})


def _cover() -> list[Row]:
    title = (
        "Economic and social costs of reoffending in England & Wales over a 12-month follow-up period based on a"
        f" {_YEAR} offender cohort - Supplementary tables"
    )
    return [
        [None, None, title, None],
        [None, None, _SYNTHETIC, None],
        ["Coverage:", None, None, None],
        ["England and Wales", None, "Data sources", None],
        [f"Based on an offender cohort from {_YEAR}", None, None, None],
        [None, None, "Symbols used", None],
        [None, None, "0.0", "Nil or less than half the final digit shown"],
        [None, None, "-", "Not applicable"],
    ]


def _unit_costs(unit: dict[tuple[str, str], float]) -> list[Row]:
    rows: list[Row] = [["reoffence_group", "cost_basket", "unit_cost", "major_cost_category"]]
    return rows + [[group, basket, cost, _BASKETS[basket]] for (group, basket), cost in unit.items()]


def _total_costs(unit: dict[tuple[str, str], float], number: dict[tuple[str, str], float]) -> list[Row]:
    rows: list[Row] = [
        ["reoffence_group", "age", "number_wider_reoffences", "cost_basket", "total_cost", "major_cost_category"]
    ]
    return rows + [
        [group, age, reoffences, basket, reoffences * unit[group, basket], _BASKETS[basket]]
        for (group, age), reoffences in number.items()
        for basket in _BASKETS
    ]


def _costs_by_disposal(
    rng: np.random.Generator, unit: dict[tuple[str, str], float], groups: tuple[str, ...]
) -> list[Row]:
    """A court order is the sum of its two kinds, custody of up to 6 months part of custody of less than 12."""
    rows: list[Row] = [
        [
            *("reoffence_group", "age", "index_disposal_group", "prison_length_group", "number_wider_reoffences"),
            *("cost_basket", "total_cost", "major_cost_category"),
        ]
    ]
    for group, age in product(groups, (_ADULTS, _CHILDREN)):
        disposals = [*_DISPOSALS[age], *(("Custody", length) for length in _LENGTHS)]
        number = {disposal: float(rng.uniform(100, 9_000)) for disposal in disposals}
        if age == _ADULTS:
            number["Court Order", "-"] = sum(number[order, "-"] for order in _ORDERS)
        number["Custody", _LENGTHS[2]] = number["Custody", _LENGTHS[1]] * 0.8
        for (disposal, length), reoffences in number.items():
            for basket, category in _BASKETS.items():
                cost = reoffences * unit[group, basket]
                rows.append([group, age, disposal, length, reoffences, basket, cost, category])
    return rows


def _summary(unit: dict[tuple[str, str], float], number: dict[tuple[str, str], float]) -> list[Row]:
    """Rounded costs, the unrounded ones beside them without a heading, as in the copy that goes about."""
    cost = {
        (group, age): sum(reoffences * unit[group, basket] for basket in _BASKETS)
        for (group, age), reoffences in number.items()
    }
    rows: list[Row] = [
        ["The cost of reoffending to society by type of reoffence", None, None, None],
        [
            f"England and Wales, over a 12-month follow-up period based on a {_YEAR} offender cohort. {_SYNTHETIC}",
            *[None] * 3,
        ],
        [None] * 4,
        ["Reoffence group", "Age", "Total cost to society", None],
        [None, None, "(thousands)", None],
    ]
    for group in _GROUPS:
        for label, age in ((group, _ADULTS), (None, _CHILDREN)):
            rows.append([label, age, _rounded(cost[group, age]), cost[group, age]])
        rows.append([None] * 4)
    totals = {age: sum(cost[group, age] for group in _GROUPS) for age in (_ADULTS, _CHILDREN)}
    totals["All"] = sum(totals.values())
    for label, (age, total) in zip(("Total cost of reoffending", None, None), totals.items(), strict=True):
        rows.append([label, age, _rounded(total), total])
    return rows


def _rounded(pounds: float) -> int:
    return round(pounds / 100_000) * 100
