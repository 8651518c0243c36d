"""Writes synthetic months of attendances in the publisher's layout, and a piece of the long table of years.

The providers are made up: their codes begin with SY, and their names and regions say that they are synthetic.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources.writing import write_csv

_DEPARTMENTS = ("Type 1", "Type 2", "Other Department")
_HEADER = [
    *["Period", "Org Code", "Parent Org", "Org name"],
    *["A&E attendances Type 1", "A&E attendances Type 2", "A&E attendances Other A&E Department"],
    *[f"A&E attendances Booked Appointments {words}" for words in _DEPARTMENTS],
    *[f"Attendances over 4hrs {words}" for words in _DEPARTMENTS],
    *[f"Attendances over 4hrs Booked Appointments {words}" for words in _DEPARTMENTS],
    "Patients who have waited 4-12 hs from DTA to admission",
    "Patients who have waited 12+ hrs from DTA to admission",
    *[f"Emergency admissions via A&E - {words}" for words in ("Type 1", "Type 2", "Other A&E department")],
    "Other emergency admissions",
]
_MONTHS = (("AUGUST", "August", 2026), ("SEPTEMBER", "September", 2026), ("OCTOBER", "October", 2026))
_PROVIDERS = 18


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write three months, a CSV each, and three months of the long table; a seed and scale give the same bytes."""
    rng = np.random.default_rng([seed, 37])
    providers = max(6, round(_PROVIDERS * min(scale, 1.0)))
    sizes = np.exp(rng.normal(8.9, 0.4, providers))
    for upper, title, year in _MONTHS:
        figures = np.array([_provider(rng, size, number) for number, size in enumerate(sizes)])
        rows: list[list[str | int]] = [list(_HEADER)]
        for number, row in enumerate(figures.tolist()):
            region = f"SYNTHETIC REGION {number % 7 + 1}"
            rows.append(
                [f"MSitAE-{upper}-{year}", f"SY{number:02d}", region, f"SYNTHETIC HOSPITAL TRUST {number + 1}", *row]
            )
        rows.append([f"MSitAE-{upper}-{year}", "TOTAL", "", "", *figures.sum(axis=0).tolist()])
        write_csv(folder / f"synthetic-{title}-{year}-CSV.csv", rows)
    long: list[list[str | float]] = [["period", "org_code", "type", "attendances", "breaches", "admissions"]]
    for month in ("2019-01-01", "2019-02-01", "2019-03-01"):
        for number, size in enumerate(sizes):
            row = _provider(rng, size, number)
            for place, kind in enumerate(("1", "2", "other")):
                if row[place]:
                    figures_of = (row[place], row[place + 6], row[place + 14])
                    long.append([month, f"SY{number:02d}", kind, *map(float, figures_of)])
    write_csv(folder / "synthetic-ae_attendances.csv", long)


def _provider(rng: np.random.Generator, size: float, number: int) -> list[int]:
    """A provider's figures in the order of the header: every third has no department but one for minor injuries."""
    is_major = number % 3 != 2
    attended = [rng.poisson(size) if is_major else 0, rng.poisson(size / 20) if is_major else 0, rng.poisson(size / 3)]
    booked = [0, 0, rng.poisson(size / 40)]
    over = [rng.binomial(attended[0], 0.4), rng.binomial(attended[1], 0.05), rng.binomial(attended[2], 0.03)]
    booked_over = [0, 0, rng.binomial(booked[2], 0.02)]
    admitted = [rng.binomial(attended[0], 0.28), rng.binomial(attended[1], 0.02), 0]
    waited = rng.binomial(admitted[0], 0.3)
    long_waited = rng.binomial(waited, 0.3)
    direct = rng.poisson(size / 8) if is_major else 0
    return [
        int(n) for n in (*attended, *booked, *over, *booked_over, waited - long_waited, long_waited, *admitted, direct)
    ]
