"""Writes synthetic alcohol-specific deaths, by local authority and by individual cause, in the publisher's layout."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources import places
from sources.writing import write_csv, write_xlsx

_SYNTHETIC = "SYNTHETIC figures, made up for the bundled edition; not those of the publisher"
_CAUSES = (
    ("K70", "Alcoholic liver disease", 9.0),
    ("X45", "Accidental poisoning by and exposure to alcohol", 2.0),
)
_AGES = ("<1", "01-04", "05-09", *(f"{age}-{age + 4}" for age in range(10, 90, 5)), "90+")


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write the workbooks of local authorities and of individual causes and a tidy copy of one table of these, with the
    seed's figures; ``scale`` above 1 adds earlier years of local authorities."""
    rng = np.random.default_rng([seed, 42])
    areas = _areas()
    _write_causes(folder, rng)
    years = range(2025, 2025 - round(3 * max(scale, 1)), -1)
    counts = [_deaths(rng, areas, 10) for _ in years]
    heading = ["Area Code \r\n[note 2]", "Country or Region", "Unitary Authority or County", "Local Authority District"]
    above = [[""], [_SYNTHETIC], ["This worksheet has one table."], []]
    table_1: list[list[str | int | float | None]] = [
        ["Table 1: Alcohol-specific deaths by local authority, England and Wales, registered in each year [note 1]"],
        *above,
        [*heading, *years],
    ]
    table_1 += [[code, *(name or None for name in names), *(c[code] for c in counts)] for code, names, _ in areas]
    table_2: list[list[str | int | float | None]] = [
        ["Table 2: Alcohol-specific death rates by local authority, three-year periods [note 1]"],
        *above,
        [
            *heading,
            "2023 to 2025 \r\nNumber of deaths",
            "2023 to 2025 \r\nRate per 100,000 \r\n[note 4]",
            "2023 to 2025 \r\nRate unreliability marker \r\n[note 5]",
            "2023 to 2025 \r\nLower confidence limit",
            "2023 to 2025 \r\nUpper confidence limit",
        ],
    ]
    for code, names, _ in areas:
        deaths = sum(count[code] for count in counts[:3])
        rate = round(deaths / 4 * (1 if code[1] == "0" else 40 / max(deaths, 1)), 1)
        figures: list[str | int | float | None] = [deaths, rate, "[u]" if deaths < 20 else None]
        figures += [round(rate * 0.7, 1), round(rate * 1.4, 1)]
        if deaths < 10:
            figures = [deaths, "[x]", None, "[x]", "[x]"]
        table_2.append([code, *(name or None for name in names), *figures])
    cover = [
        ["Alcohol-specific deaths by local authority"],
        [_SYNTHETIC],
        ["The year is that of registration, not of death."],
    ]
    write_xlsx(
        folder / "synthetic-alcoholspecificdeathsbylocalauthority2025.xlsx",
        {"Cover_sheet": cover, "Table_1": table_1, "Table_2": table_2},
    )


def _write_causes(folder: Path, rng: np.random.Generator) -> None:
    """Individual causes of two countries by sex and age, and the second's sexes again as a tidy copy."""
    sheets: dict[str, list[list[str | int]]] = {"Cover_sheet": [["Alcohol-specific deaths"], [_SYNTHETIC]]}
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
            [_SYNTHETIC],
            [],
            ["Year [note 3]", "Sex", "ICD-10 code", "Individual cause of death description", *_AGES, "All ages"],
            *rows,
        ]
    write_xlsx(folder / "synthetic-deathsbyindividualcause.xlsx", sheets)
    write_csv(folder / "synthetic_alcohol_specific_deaths.csv", tidy)


def _areas() -> list[tuple[str, tuple[str, str, str], str]]:
    """England, its regions and their districts, Wales and its authorities, in the publisher's order: code, what stands
    in the three columns of names, and the code of what each is counted in."""
    parents = places.parents()
    names = {one.lad_code: one.lad_name for one in places.districts()}
    regions = sorted({(one.region_code, one.region_name) for one in parents if one.region_code})
    found = [("E92000001", ("ENGLAND", "", ""), "")]
    for region_code, region in regions:
        found.append((region_code, (region.upper(), "", ""), "E92000001"))
        for one in parents:
            if one.region_code == region_code:
                is_lower = one.lad_code.startswith("E07")
                name = names[one.lad_code]
                found.append((one.lad_code, ("", "" if is_lower else name, name if is_lower else ""), region_code))
    found.append(("W92000004", ("WALES", "", ""), ""))
    found += [(one.lad_code, ("", names[one.lad_code], ""), "W92000004") for one in parents if not one.region_code]
    return found


def _deaths(
    rng: np.random.Generator, areas: list[tuple[str, tuple[str, str, str], str]], mean: float
) -> dict[str, int]:
    """Deaths of each area, those of regions and countries being the sums of their parts."""
    found = dict.fromkeys((code for code, _, _ in areas), 0)
    for code, _, within in reversed(areas):
        if code[:3] not in {"E92", "E12", "W92"}:
            found[code] = int(rng.poisson(mean * rng.lognormal(-0.3, 0.8)))
        if within:
            found[within] += found[code]
    return found
