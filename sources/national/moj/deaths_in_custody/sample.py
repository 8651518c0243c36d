"""Deaths in prison custody as the copies and the workbook have them: real prisons, synthetic counts.

The copies have no room for words, so that their names say that every figure is synthetic; the workbook's cover does.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources.places.names import register
from sources.writing import Row, write_csv, write_xlsx

_NOTICE = "SYNTHETIC FIGURES: made up for the bundled edition on real prisons; nobody died and nobody was counted."
_CAUSES = ("Homicide", "Natural Causes", "Other", "Self-Inflicted")
_AGES = ("15 to 17", "18 to 20", "21 to 24", "25 to 29", "30 to 39", "40 to 49", "50 to 59", "60 to 69", "70 to 79",
         "80 to 89", "90 and over")  # fmt: skip
_SHARES_OF_CAUSES = np.array([0.01, 0.6, 0.1, 0.29])
_SHARES_OF_AGES = np.array([0.001, 0.009, 0.03, 0.06, 0.15, 0.16, 0.18, 0.15, 0.15, 0.1, 0.01])
_COPIED, _LAST_YEAR = 2024, 2025


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Four copies up to September 2024 and the workbook up to 2025: four years and every fifth prison at scale 1."""
    rng = np.random.default_rng(seed)
    current = sorted({named.name for named in register("prison").names if named.is_current_name})
    prisons = current[:: max(1, round(5 / scale))]
    years = range(_LAST_YEAR - 3, _LAST_YEAR + 1)
    mean = rng.gamma(2, 1, len(prisons))
    shares = np.outer(_SHARES_OF_CAUSES, _SHARES_OF_AGES).ravel()
    # By prison, year, cause and age: a few deaths a prison and year.
    deaths = np.stack([[rng.multinomial(rng.poisson(rate), shares) for _ in years] for rate in mean])
    deaths = deaths.reshape(len(prisons), len(years), len(_CAUSES), len(_AGES))
    _write_copies(folder, deaths[:, [year <= _COPIED for year in years]], prisons, [y for y in years if y <= _COPIED])
    _write_workbook(folder, deaths.sum(axis=3), prisons, list(years))


def _write_copies(folder: Path, deaths: np.ndarray, prisons: list[str], years: list[int]) -> None:
    """Counts are written as the copies have them, ``3.0``; a prison and year with no death has no row."""

    def floats(counts: np.ndarray) -> list[str]:
        return [f"{count:.1f}" for count in (*counts, counts.sum())]

    by_year = deaths.sum(axis=0)
    write_csv(
        folder / "SYNTHETIC_prison_deaths_yearly.csv",
        [
            ["year", *_CAUSES, "Total"],
            *([year, *floats(by_year[at].sum(axis=1))] for at, year in enumerate(years)),
        ],
    )
    write_csv(
        folder / "SYNTHETIC_prison_deaths_age_yearly.csv",
        [
            ["year", "age_band", *_CAUSES, "Total"],
            *(
                [year, age, *floats(by_year[at, :, band])]
                for at, year in enumerate(years)
                for band, age in enumerate(_AGES)
                if by_year[at, :, band].any()
            ),
        ],
    )
    write_csv(
        folder / "SYNTHETIC_prison_deaths_by_age_year.csv",
        [["year", *_AGES, "Total"], *([year, *floats(by_year[at].sum(axis=0))] for at, year in enumerate(years))],
    )
    write_csv(
        folder / "SYNTHETIC_deaths_by_prison_year.csv",
        [
            ["prison", "year", "deaths_all", "deaths_self_inflicted"],
            *(
                [prison, year, int(deaths[place, at].sum()), int(deaths[place, at, 3].sum())]
                for place, prison in enumerate(prisons)
                for at, year in enumerate(years)
                if deaths[place, at].any()
            ),
        ],
    )


def _write_workbook(folder: Path, deaths: np.ndarray, prisons: list[str], years: list[int]) -> None:
    def by_establishment(number: str, title: str, counts: np.ndarray) -> list[Row]:
        return [
            [f"Table {number}: {title} by establishment, England and Wales, {years[0]} to {years[-1]} [note 1]"],
            [_NOTICE],
            [],
            ["Establishment [note 2]", *map(str, years[:-1]), f"{years[-1]} (p)"],
            ["Total", *map(int, counts.sum(axis=0))],
            *([prison, *map(int, row)] for prison, row in zip(prisons, counts, strict=True)),
            [],
            ["[note 1] Deaths awaiting further information may be classified anew."],
        ]

    by_cause: list[Row] = [
        [f"Table 1.1: Deaths in prison custody by apparent cause, England and Wales, {years[0]} to {years[-1]}"],
        [_NOTICE],
        [],
        ["Cause", *map(str, years)],
        *([cause, *map(int, deaths[:, :, at].sum(axis=0))] for at, cause in enumerate(_CAUSES)),
    ]
    write_xlsx(
        folder / "deaths-in-prison-custody-1978-to-2025.xlsx",
        {
            "Cover": [["Deaths in prison custody, 1978 to 2025"], [_NOTICE]],
            "Table_1_1": by_cause,
            "Table_1_16": by_establishment("1.16", "Self-inflicted deaths", deaths[:, :, 3]),
            "Table_1_17": by_establishment("1.17", "Deaths in prison custody", deaths.sum(axis=2)),
        },
    )
