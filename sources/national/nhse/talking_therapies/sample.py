"""Writes synthetic NHS Talking Therapies figures: the long annual table, monthly activity files, records of columns.

The areas are the real integrated care boards; regions and providers are made up and their names say that they are
synthetic.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sources.places.names import register
from sources.writing import write_csv

_YEARS = (2025, 2024)
_GROUPS: dict[str, tuple[tuple[str, str, float], ...]] = {
    "Gender": (
        ("Female", "NULL", 0.64),
        ("Male", "NULL", 0.33),
        ("Not stated/Not known/Invalid", "NULL", 0.03),
    ),
    "Ethnic Group": (
        ("Mixed", "All", 0.05),
        ("Mixed", "White and Asian", 0.02),
        ("Mixed", "White and Black Caribbean", 0.03),
        ("White", "All", 0.95),
        ("White", "British", 0.85),
        ("White", "Irish", 0.10),
    ),
}
#: A kind of group of which one measure alone is given.
_WAITS = (("Accessing services", "<6 weeks", 0.9), ("Accessing services", ">90 days", 0.1))
_OUTCOMES = ("improvement", "deterioration", "no_reliable_change", "reliable_recovery", "recovery")
_SHARES = (0.67, 0.06, 0.27, 0.47, 0.5)
_MONTHLY_HEADER = (
    *("REPORTING_PERIOD_START", "REPORTING_PERIOD_END", "GROUP_TYPE", "ORG_CODE1", "ORG_NAME1"),
    *("ORG_CODE2", "ORG_NAME2", "MEASURE_ID", "MEASURE_NAME", "MEASURE_VALUE_SUPPRESSED"),
)
_MONTHS = (("01/08/2026", "31/08/2026", "2026-08"), ("01/09/2026", "30/09/2026", "2026-09"))
_REGIONS, _PROVIDERS = 3, 4
_Row = tuple[str, date, date, str, str, str, str, str, str, str, str, str]


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write two years in a Parquet file, two months, and the columns of both; a seed and scale give the same bytes."""
    rng = np.random.default_rng([seed, 62])
    boards = sorted(named.name for named in register("integrated_care_board").names if named.is_current_name)
    boards = boards[: max(6, round(len(boards) * min(scale, 1.0)))]
    sizes = np.exp(rng.normal(10.0, 0.5, len(boards)))
    rows: list[_Row] = []
    for first in _YEARS:
        total = round(float(sizes.sum() * rng.normal(1.0, 0.01)))
        rows += _year(first, "England", "All", "All", total, has_groups=True)
        organisations = [("ICB", f"SY{n:02d}", board.upper(), sizes[n]) for n, board in enumerate(boards)]
        organisations += [
            ("Commissioning Region", f"SYR{n}", f"SYNTHETIC COMMISSIONING REGION {n + 1}", total / _REGIONS)
            for n in range(_REGIONS)
        ]
        providers = np.exp(rng.normal(8.0, 1.0, _PROVIDERS))
        organisations += [
            ("Provider", f"SYP{n:02d}", f"SYNTHETIC SERVICE {n + 1}", size if n else 6)
            for n, size in enumerate(providers)
        ]
        for kind, code, name, size in organisations:
            rows += _year(first, kind, code, name, round(float(size)), has_groups=code == "SYP01")
    names = ("reporting_period", "start_date", "end_date", "org_type", "org_code", "org_name", "variable_type",
             "variable_a", "variable_b", "measure_name", "measure_statistic", "value")  # fmt: skip
    columns = zip(*rows, strict=True)
    pq.write_table(
        pa.table({name: list(cells) for name, cells in zip(names, columns, strict=True)}),
        folder / "synthetic-measures_annual_2024-25_to_2025-26.parquet",
    )
    for first_day, last_day, month in _MONTHS:
        write_csv(folder / f"synthetic-monthly-activity-{month}.csv", _month(rng, first_day, last_day, sizes, boards))
    write_csv(
        folder / "synthetic-monthly_raw_columns_by_period.csv",
        [
            ("period", "dataset", "column"),
            *((month, "measures_monthly", c) for *_, month in _MONTHS for c in _MONTHLY_HEADER),
        ],
    )
    write_csv(
        folder / "synthetic-annual_main_raw_columns_by_year.csv",
        [
            ("period", "archive_name", "csv_file", "column"),
            *(
                (
                    f"{first}-{first % 100 + 1}",
                    "annual_main",
                    f"SYNTHETIC-psych-ther-ann-rep-csv-{first}-main.csv",
                    column,
                )
                for first in _YEARS
                for column in (
                    "OrgType",
                    "OrgCode",
                    "VariableType",
                    "VariableA",
                    "VariableB",
                    "Count_ReferralsReceived",
                )
            ),
        ],
    )


def _year(first: int, kind: str, code: str, name: str, size: int, *, has_groups: bool) -> list[_Row]:
    """An organisation's rows of a year: all people, and, where it has groups, those too."""
    label = (f"{first}-{first % 100 + 1}", date(first, 4, 1), date(first + 1, 3, 31), kind, code, name)
    rows: list[_Row] = []

    def add(group: str, a: str, b: str, count: int, *, only_finished: bool = False) -> None:
        for measure, statistic, value in _measures(count):
            shown = _exact(value) if kind == "England" else _shown(value, statistic, count)
            if only_finished and measure != "finished_course_treatment":
                shown = "NULL"
            rows.append((*label, group, a, b, measure, statistic, shown))

    add("Total", "NULL", "NULL", size)
    if has_groups:
        for group, parts in _GROUPS.items():
            # The last part takes what the others leave, so that parts add up.
            for a, b, share in parts:
                add(group, a, b, _part(size, parts, (a, b), share))
        for a, b, share in _WAITS:
            add("Waiting Time", a, b, round(size * share), only_finished=True)
    return rows


def _part(size: int, parts: tuple[tuple[str, str, float], ...], of: tuple[str, str], share: float) -> int:
    """A group's people; of those that have parts, and of the whole, the last gets the rest."""
    a, b = of
    if b in {"NULL", "All"}:
        tops = [part for part in parts if part[1] in {"NULL", "All"}]
        counts = [round(size * part[2]) for part in tops[:-1]]
        counts.append(size - sum(counts))
        return counts[[part[:2] for part in tops].index(of)]
    whole = _part(size, parts, (a, "All"), share)
    within = [part for part in parts if part[0] == a and part[1] != "All"]
    first = round(whole * within[0][2] / sum(part[2] for part in within))
    return first if b == within[0][1] else whole - first


def _measures(size: int) -> list[tuple[str, str, float]]:
    """The fourteen figures of a group, from how many were referred."""
    finished = round(size * 0.37)
    at_caseness = round(finished * 0.94)
    found: list[tuple[str, str, float]] = [
        ("referrals_received", "count", size),
        ("finished_course_treatment", "count", finished),
        ("at_caseness", "count", at_caseness),
        ("not_at_caseness", "count", finished - at_caseness),
    ]
    for measure, share in zip(_OUTCOMES, _SHARES, strict=True):
        count = round(finished * share)
        # Recovery is of those who were at caseness when they began.
        whole = at_caseness if measure.endswith("recovery") else finished
        found += [
            (measure, "count", count),
            (measure, "percentage", round(100 * count / whole, 1) if whole else 0),
        ]
    return found


def _exact(value: float) -> str:
    return f"{value:g}" if value < 1000 else str(round(value))


def _shown(value: float, statistic: str, size: int) -> str:
    """A cell below the national level: counts rounded to 5, percentages to 1, * for what is small or made of it."""
    if statistic == "percentage":
        return str(round(value)) if size >= 40 and value >= 1 else "*"
    return str(5 * round(value / 5)) if value >= 5 else "*"


def _month(
    rng: np.random.Generator, first_day: str, last_day: str, sizes: np.ndarray, boards: list[str]
) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [_MONTHLY_HEADER]
    counts = rng.poisson(sizes / 12)

    def add(group: str, organisations: tuple[str, str, str, str], count: int, mean: str) -> None:
        received = str(count) if group == "England" else _shown(count, "count", count)
        waited = "*" if received == "*" else mean
        for code, measure, cell in (
            ("M001", "Count_ReferralsReceived", received),
            ("M048", "Mean_WaitEnteredTreatment", waited),
        ):
            rows.append((first_day, last_day, group, *organisations, code, measure, cell))

    everyone = ("all", "all Providers")
    add("England", ("all", "all SubICBs", *everyone), int(counts.sum()), "21.4")
    for number, (board, count) in enumerate(zip(boards, counts.tolist(), strict=True)):
        add("SubICB", (f"S{number:02d}", f"{board} - S{number:02d} (SYNTHETIC)", *everyone), count, "20")
    for number in range(_PROVIDERS):
        organisations = ("all", "all SubICBs", f"SYP{number:02d}", f"SYNTHETIC SERVICE {number + 1}")
        add("Provider", organisations, int(rng.poisson(3 if number == 0 else 400)), "25")
    return rows
