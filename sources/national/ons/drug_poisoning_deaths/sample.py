"""Writes synthetic deaths related to drug poisoning in the publisher's layout, on real areas."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources.places import deaths_by_area
from sources.places.deaths_by_area import SYNTHETIC, Area
from sources.writing import write_csv, write_xlsx

_YEARS = (2025, 2024, 2023)
_SUBSTANCES = (("drug_poisoning", 5400), ("drug_misuse", 3400), ("any_opiate", 2500), ("heroin_morphine", 1300))
_AGES = (("Under 20", 0.01), ("20-29", 0.1), ("30-39", 0.27), ("40-49", 0.35), ("50-69", 0.25), ("70 and over", 0.02))


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write the workbook of local authorities, and the tables of substances, ages and days with the seed's figures.

    ``scale`` adds to the days.
    """
    rng = np.random.default_rng([seed, 41])
    within = deaths_by_area.areas()
    _write_workbook(folder / "synthetic-2025localauthorities.xlsx", within, rng)
    national = [[round(mean * rng.normal(1, 0.02)) for _, mean in _SUBSTANCES] for _ in range(2025, 2020, -1)]
    years = range(2025, 2020, -1)
    rows = [[year, *figures] for year, figures in zip(years, national, strict=True)]
    write_csv(folder / "synthetic_drug_2025registrations.csv", [["year", *(name for name, _ in _SUBSTANCES)], *rows])
    by_age = []
    for year, figures in zip(years, national, strict=True):
        ages = [round(figures[-1] * share) for _, share in _AGES]
        ages[3] += figures[-1] - sum(ages)
        by_age.append([year, *ages])
    write_csv(folder / "synthetic_heroin_morphine_deaths.csv", [["year", *(age for age, _ in _AGES)], *by_age])
    days: list[list[str | int]] = []
    for day in np.arange(
        "2025-01-01", np.datetime64("2025-01-01") + round(60 * max(scale, 0.1)), dtype="datetime64[D]"
    ):
        deaths = int(rng.poisson(14))
        opioid = int(rng.binomial(deaths, 0.35))
        days.append([f"{day.item():%d/%m/%Y}", deaths, opioid if opioid > 2 else "-"])
    write_csv(folder / "synthetic_drug_poisoning_opioid_daily.csv", [["dt", "n", "o"], *days])


def _write_workbook(path: Path, within: list[Area], rng: np.random.Generator) -> None:
    title = "Number of deaths related to drug poisoning by local authority, England and Wales, registered in each year"
    counts = [deaths_by_area.deaths(rng, within, 16) for _ in _YEARS]
    totals = [count["E92000001"] + count["W92000004"] + 25 for count in counts]
    table_1: list[list[str | int | float | None]] = [
        [f"Table 1: {title} between {_YEARS[-1]} and {_YEARS[0]} [notes 1 to 3]"],
        [SYNTHETIC],
        [],
        ["Area Codes", "Area Names", None, None, *_YEARS],
        ["K04000001", "ENGLAND AND WALES", None, None, *totals],
    ]
    table_1 += [[code, *(name or None for name in names), *(c[code] for c in counts)] for code, names, _ in within]
    pooled = deaths_by_area.deaths(rng, within, 30)
    table_6: list[list[str | int | float | None]] = [
        ["Table 6: Age-standardised mortality rates for deaths related to drug misuse by local authority"],
        [SYNTHETIC],
        [],
        [None, None, None, None, "2023 to 2025"],
        ["Area Codes", "Area Names", None, None, "Deaths", "Rate [note 4]", None, "LCL", "UCL"],
    ]
    for code, names, _ in within:
        deaths = pooled[code]
        rate = round(deaths / 6 * (1 if code[1] == "0" else 30 / max(deaths, 1)), 1)
        low, high = round(rate * 0.7, 1), round(rate * 1.4, 1)
        figures = [deaths, rate, "u" if deaths < 20 else None, low, high]
        if deaths < 10:
            figures = [deaths, ":", None, ":", ":"]
        table_6.append([code, *(name or None for name in names), *figures])
    notes = [
        ["Notes"],
        [SYNTHETIC],
        ["The year is that in which a death was registered, not that in which it happened."],
    ]
    write_xlsx(path, {"Notes": notes, "Table 1": table_1, "Table 6": table_6})
