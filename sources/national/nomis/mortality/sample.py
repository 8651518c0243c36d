"""Writes synthetic deaths by underlying cause as Nomis gives them, and two tables by age, on real areas."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources import places
from sources.writing import Cell, write_csv

_DIMENSIONS = ("DATE", "GEOGRAPHY", "CAUSE_OF_DEATH", "GENDER", "AGE", "MEASURE")
_PARTS = ("", "_NAME", "_CODE", "_TYPE", "_TYPECODE", "_SORTORDER")
_HEADER = (
    *(f"{dimension}{part}" for dimension in _DIMENSIONS for part in _PARTS),
    *("MEASURES", "MEASURES_NAME", "OBS_VALUE", "OBS_STATUS", "OBS_STATUS_NAME", "OBS_CONF", "OBS_CONF_NAME"),
    *("URN", "RECORD_OFFSET", "RECORD_COUNT"),
)
#: Name, the interface's code, its kind, and how many of a thousand deaths.
_CAUSES = (
    ("A00-R99,U00-Y89 All causes, all ages", "Total", "cause of death", 1000),
    ("X30 Exposure to excessive natural heat", "X30", "ICD-10 three digit", 1),
    ("X31 Exposure to excessive natural cold", "X31", "ICD-10 three digit", 3),
)
_LEADING = (
    ("All ages", "F01, F03, G30", "Dementia and Alzheimers disease", 0.115),
    ("All ages", "I20-I25", "Ischaemic heart diseases", 0.1),
    ("20 to 34 years", "X60-X84, Y10-Y34", "Intentional self-harm and event of undetermined intent", 0.24),
    ("20 to 34 years", "X40-X49", "Accidental poisoning", 0.13),
)
_BY_AGE = (
    ("All causes", 0.8),
    ("XX: External causes of morbidity and mortality", 0.2),
    ("Intentional self-harm", 0.05),
)


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write an answer of the interface, leading causes and causes by single year of age, with
    the seed's figures. ``scale`` above 1 adds earlier years."""
    rng = np.random.default_rng([seed, 44])
    regions = sorted({(one.region_code, one.region_name) for one in places.parents() if one.region_code})
    years = range(2025 - round(2 * max(scale, 1)), 2026)
    _write_interface(folder / "synthetic-NM_161_1_all_causes.data.csv", regions, years, rng)
    leading: list[list[Cell]] = [
        ["age_group", "icd_10_code", "leading_cause", "deaths", "percentage_of_all_deaths_percent"]
    ]
    leading += [
        [age, code, cause, round(share * (5000 if age[0] == "2" else 540_000)), share]
        for age, code, cause, share in _LEADING
    ]
    write_csv(folder / "synthetic_leading_causes_2025.csv", leading)
    ages = range(15, 80)
    by_age: list[list[Cell]] = [["sex", "year", "cause", *ages]]
    for sex in ("Males", "Females"):
        for cause, share in _BY_AGE:
            by_age += [
                [sex, year, cause, *(int(rng.poisson(share * age * 2)) for age in ages)] for year in (2024, 2025)
            ]
    write_csv(folder / "synthetic_cause_specific_deaths.csv", by_age)


def _write_interface(path: Path, regions: list[tuple[str, str]], years: range, rng: np.random.Generator) -> None:
    """Total mortality, the two countries, each of them and the regions, every total being the sum of its parts."""
    records: list[dict[str, Cell]] = []
    for year in years:
        for cause, code, kind, share in _CAUSES:
            deaths = {area: rng.poisson(share * np.array([29, 30])) for area, _ in regions}
            england = sum(deaths.values(), np.zeros(2, dtype=int))
            wales, elsewhere = rng.poisson(share * np.array([17, 18])), rng.poisson(share / 2, 2)
            areas = [
                ("2092957715", "Total mortality", england + wales + elsewhere),
                ("E92000001", "England", england),
                ("W92000004", "Wales", wales),
                ("K04000001", "England and Wales", england + wales),
                ("J99000001", "Resident outside England and Wales", elsewhere),
                *((area, name, deaths[area]) for area, name in regions),
            ]
            for area, name, (male, female) in areas:
                for number, (sex, value) in enumerate((("Total", male + female), ("Male", male), ("Female", female))):
                    records.append(
                        _dimension("DATE", year, year, year, "date")
                        | _dimension("GEOGRAPHY", 0, name, area, "areas")
                        | _dimension("CAUSE_OF_DEATH", 0, cause, code, kind)
                        | _dimension("GENDER", number, sex, number, "Sex")
                        | _dimension("AGE", 0, "total (all ages)", 0, "ageband")
                        | _dimension("MEASURE", 1, "Deaths", 1, "measures")
                        | {"MEASURES": 20100, "MEASURES_NAME": "Value", "OBS_VALUE": int(value)}
                        | {"OBS_STATUS": "A", "OBS_STATUS_NAME": "Normal Value", "OBS_CONF": "F"}
                        | {"OBS_CONF_NAME": "SYNTHETIC", "URN": f"SYNTHETIC-{len(records)}"}
                        | {"RECORD_OFFSET": len(records)}
                    )
    for record in records:
        record["RECORD_COUNT"] = len(records)
    write_csv(path, [_HEADER, *([record.get(column) for column in _HEADER] for record in records)])


def _dimension(name: str, number: Cell, label: Cell, code: Cell, kind: str) -> dict[str, Cell]:
    """What the interface says of one dimension."""
    return dict(zip((f"{name}{part}" for part in _PARTS), (number, label, code, kind, 1000, number), strict=True))
