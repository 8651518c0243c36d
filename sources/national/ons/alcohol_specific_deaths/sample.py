"""Writes synthetic alcohol-specific deaths, by local authority and by individual cause, in the publisher's layout."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources.places import deaths_by_area
from sources.places.deaths_by_area import SYNTHETIC
from sources.writing import write_csv, write_xlsx

_CAUSES = (
    ("K70", "Alcoholic liver disease", 9.0),
    ("X45", "Accidental poisoning by and exposure to alcohol", 2.0),
)
_AGES = ("<1", "01-04", "05-09", *(f"{age}-{age + 4}" for age in range(10, 90, 5)), "90+")


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write the workbooks of local authorities and of individual causes and a tidy copy of one table of these, with the
    seed's figures; ``scale`` above 1 adds earlier years of local authorities."""
    rng = np.random.default_rng([seed, 42])
    _write_causes(folder, rng)
    deaths_by_area.write_workbook(
        folder / "synthetic-alcoholspecificdeathsbylocalauthority2025.xlsx",
        rng,
        subject="Alcohol-specific deaths by local authority",
        counts_title="Alcohol-specific deaths by local authority, England and Wales, registered in each year",
        rates_title="Alcohol-specific death rates by local authority, three-year periods",
        mean=10,
        scale=scale,
    )


def _write_causes(folder: Path, rng: np.random.Generator) -> None:
    """Individual causes of two countries by sex and age, and the second's sexes again as a tidy copy."""
    sheets: dict[str, list[list[str | int]]] = {"Cover_sheet": [["Alcohol-specific deaths"], [SYNTHETIC]]}
    tidy: list[list[str | int]] = [["year", "age_group", "sex", "individual_cause_of_death_description", "n"]]
    for number, country in enumerate(("England", "Wales"), start=2):
        rows: list[list[str | int]] = []
        for code, cause, mean in _CAUSES:
            by_sex = [
                [0 if age < 4 else int(rng.poisson(mean / number)) for age in range(len(_AGES))] for _ in range(2)
            ]
            sexes = {
                "Persons": [sum(both) for both in zip(*by_sex, strict=True)],
                "Males": by_sex[0],
                "Females": by_sex[1],
            }
            rows += [[2025, sex, code, cause, *ages, sum(ages)] for sex, ages in sexes.items()]
        tidy_rows = [row for row in rows if row[1] != "Persons"]
        tidy = tidy[:1] + [[2025, age, row[1], row[3], row[4 + n]] for row in tidy_rows for n, age in enumerate(_AGES)]
        sheets[f"Table {number}"] = [
            [f"Table {number}: Alcohol-specific deaths by sex, age and individual cause of death, {country} [note 1]"],
            [SYNTHETIC],
            [],
            ["Year [note 3]", "Sex", "ICD-10 code", "Individual cause of death description", *_AGES, "All ages"],
            *rows,
        ]
    write_xlsx(folder / "synthetic-deathsbyindividualcause.xlsx", sheets)
    write_csv(folder / "synthetic_alcohol_specific_deaths.csv", tidy)
