"""The summary tables by establishment and the four extracts of national figures: real prisons, synthetic counts.

The extracts have no room for words, so that their names say that every figure is synthetic; the workbook's cover does.
"""

from __future__ import annotations

from calendar import month_name
from pathlib import Path

import numpy as np

from sources.places.names import register
from sources.writing import Cell, Row, write_csv, write_xlsx

_NOTICE = "SYNTHETIC FIGURES: made up for the bundled edition on real prisons; nobody was hurt and nobody was counted."
#: The tables by establishment, with the usual number of incidents a month and prison.
_TABLES = {
    "Table_8a": ("Table 8a: Assault incidents by establishment", 20),
    "Table_9a": ("Table 9a: Self-harm incidents by establishment", 45),
}
_LAST_YEAR, _LAST_MONTH = 2026, 3
_NOTES = (
    "[note 1] Figures are from the incident reporting system and may change.",
    "[note 2] Establishments open at any time since 2004.",
    "[..] Figures suppressed due to 2 or less incidents",
    "[0] Nil or less than half the final digit shown",
    "[-] Not applicable",
    "[~] Not applicable - youth estate",
    "(p) Provisional data",
)


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Months from January of the year before last up to March 2026 and the extracts; at scale 1 every fifth prison."""
    rng = np.random.default_rng(seed)
    current = sorted({named.name for named in register("prison").names if named.is_current_name})
    prisons = current[:: max(1, round(5 / scale))]
    sheets: dict[str, list[Row]] = {
        "Cover": [["Safety in custody summary tables to March 2026"], [_NOTICE]],
        "Notes": [["Notes"], *([note] for note in _NOTES)],
    }
    for sheet, (title, usual) in _TABLES.items():
        sheets[sheet] = _by_establishment(rng, title, usual, prisons)
    write_xlsx(folder / "safety-in-custody-summary-q1-2026_summary_tables.xlsx", sheets)
    _write_extracts(folder, rng)


def _by_establishment(rng: np.random.Generator, title: str, usual: int, prisons: list[str]) -> list[Row]:
    """Years over months and a total a year; a small count is suppressed, and the year's total with it."""
    years: list[Cell] = ["Establishment [note 2]"]
    months: list[Cell] = [None]
    for year in (_LAST_YEAR - 1, _LAST_YEAR):
        last = 12 if year < _LAST_YEAR else _LAST_MONTH
        years += [f"{year} (p)" if year == _LAST_YEAR else str(year), *([None] * last)]
        months += [*month_name[1 : last + 1], "Total"]
    rates = rng.gamma(1.2, usual / 1.2, len(prisons))
    counts = np.stack([rng.poisson(rate, 12 + _LAST_MONTH) for rate in rates])
    with_totals = np.column_stack(
        [counts[:, :12], counts[:, :12].sum(axis=1), counts[:, 12:], counts[:, 12:].sum(axis=1)]
    )
    return [
        [f"{title}, England and Wales, January {_LAST_YEAR - 1} to March {_LAST_YEAR} [note 1]"],
        [_NOTICE],
        [],
        [],
        years,
        months,
        ["Total", *map(int, with_totals.sum(axis=0))],
        *([prison, *_shown(row)] for prison, row in zip(prisons, with_totals, strict=True)),
    ]


def _shown(counts: np.ndarray) -> list[Cell]:
    return ["[..]" if 0 < count < 3 else "[0]" if count == 0 else int(count) for count in counts]


def _write_extracts(folder: Path, rng: np.random.Generator) -> None:
    years = range(2019, 2025)
    incidents = rng.integers(50_000, 80_000, len(years))
    write_csv(
        folder / "SYNTHETIC_self_harm_rate_and_incidents.csv",
        [["year", "rate", "incidents"], *([y, round(n / 82), int(n)] for y, n in zip(years, incidents, strict=True))],
    )
    assaults = rng.integers(250, 360, len(years))
    write_csv(
        folder / "SYNTHETIC_assault_rates_per_1000.csv",
        [["year", "assaults", "serious"], *([y, int(n), int(n) // 9] for y, n in zip(years, assaults, strict=True))],
    )
    write_csv(
        folder / "SYNTHETIC_self_harm_women_share_percent.csv",
        [["year", "women", "men"], *([year, int(rng.integers(18, 30)), 100] for year in years)],
    )
    deaths = {"Self-inflicted": (90, 5), "Natural causes": (210, 4), "Homicide": (5, 0), "Other": (80, 3)}
    made = {cause: (int(rng.poisson(male)), int(rng.poisson(female))) for cause, (male, female) in deaths.items()}
    rows: list[Row] = [["Total deaths", "Total deaths", sum(map(sum, made.values())), None]]
    for cause, (male, female) in made.items():
        rows += [
            [cause, cause, male + female, "Total deaths"],
            [f"{cause} - Male", "Male", male, cause],
            [f"{cause} - Female", "Female", female, cause],
        ]
    write_csv(folder / "SYNTHETIC_deaths_by_cause_and_sex.csv", [["ids", "death_type", "value", "parent"], *rows])
