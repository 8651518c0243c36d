"""Writes synthetic indicators of the Sustainable Development Goals in the publisher's five layouts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from sources import places
from sources.writing import Cell, write_csv

_AGES = ("16 to 24", "25 to 34", "35 to 44", "45 to 54", "55 to 64", "65 to 74", "75 and over")
_PER_CENT = {"Units": "Percentage (%)", "Unit measure": "Percentage (%)"}
_HEADERS = {
    "16-1-1": "Year|Age|Sex|Unit measure|Unit multiplier|Observation status|Value",
    "16-1-3": "Year|Series|Violence type|Age|Sex|Country of birth|Disability status|Sexual orientation|Ethnicity"
    "|Ethnic group|Highest qualification|Household income|Region|Urban or rural|Observation status|Unit multiplier"
    "|Units|GeoCode|Value",
    "16-2-2": "Year|Series|Sex|Age|Unit multiplier|Units|Observation status|Value",
    "5-2-1": "Year|Series|Units|Type of partner abuse|Abuse sub-category|Age|Ethnicity|Ethnic group|Disability status"
    "|Country of birth|Region|Urban or Rural|Sexual orientation|Gender identity|Highest qualification|Household income"
    "|Unit multiplier|Observation status|GeoCode|Value",
    "5-2-2": "Year|Type of non-partner abuse|Abuse sub-type|Relationship to perpetrator|Age|Observation status"
    "|Unit multiplier|Unit measure|Value",
}
_YEARS = ("2022/23", "2023/24", "2024/25")


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write the five files with the seed's figures; their names say that they are synthetic, for the layout has no
    room to. ``scale`` below 1 takes that part of the years."""
    rng = np.random.default_rng([seed, 45])
    years = _YEARS[-max(1, round(3 * min(scale, 1))) :]
    regions = sorted({(one.region_name, one.region_code) for one in places.parents() if one.region_code})
    sexes = ("Male", "Female", "")
    rate, count = {"Unit measure": "Rate per 100,000 population"}, {"Units": "Number"}
    homicide = [{"Year": y, "Age": age, "Sex": sex, **rate} for y in years for age in (*_AGES, "") for sex in sexes]
    violence = [{"Year": y, "Series": "(a) Physical violence - 16 and over", **_PER_CENT} for y in years]
    violence = [{**row, **group} for row in violence for group in _groups(regions, "Violence type", "Wounding")]
    trafficking = [
        {"Year": y[:4], "Series": "Detected victims of human trafficking (Number)", "Age": age, "Sex": sex, **count}
        for y in years
        for age in ("0 to 14", "15 to 17", "")
        for sex in sexes
    ]
    partners = [{"Year": y, "Series": "Women aged 16 and over", **_PER_CENT} for y in years]
    partners = [
        {**row, **group} for row in partners for group in _groups(regions, "Type of partner abuse", "Non-sexual")
    ]
    others = [
        {
            "Year": y,
            "Type of non-partner abuse": kind,
            "Relationship to perpetrator": "Family member",
            "Age": "16 and over",
            **_PER_CENT,
        }
        for y in years
        for kind in ("Sexual (including attempts)", "Stalking")
    ]
    figures = {"16-1-1": (homicide, 1.2), "16-1-3": (violence, 2.0), "16-2-2": (trafficking, 400.0)}
    figures |= {"5-2-1": (partners, 5.0), "5-2-2": (others, 0.3)}
    for indicator, (rows, level) in figures.items():
        _write(folder / f"synthetic-indicator_{indicator}.csv", indicator, rows, level, rng)


def _groups(regions: list[tuple[str, str]], kind: str, of_kind: str) -> list[dict[str, str]]:
    """Who is asked: everybody, one kind of violence, ages, sexual orientations and regions."""
    found = [{}, {kind: of_kind}, *({"Age": age} for age in _AGES)]
    found += [{"Sexual orientation": group} for group in ("Gay/Lesbian", "Heterosexual/straight")]
    return found + [{"Region": name, "GeoCode": code} for name, code in regions]


def _write(path: Path, indicator: str, rows: list[dict[str, str]], level: float, rng: np.random.Generator) -> None:
    """A row a figure; of one in thirty the publisher says that it is suppressed."""
    header = _HEADERS[indicator].split("|")
    normal, suppressed = (
        ("Undefined", "Missing data; suppressed")
        if indicator == "16-1-1"
        else (
            "Normal value",
            "Missing value; suppressed",
        )
    )
    body: list[list[Cell]] = []
    for number, row in enumerate(rows):
        is_shown = number % 30 != 29
        value = round(float(rng.gamma(9, level / 9)), 4)
        said: Mapping[str, Cell] = {
            **row,
            "Unit multiplier": "Units",
            "Observation status": normal if is_shown else suppressed,
            "Value": (round(value) if indicator == "16-2-2" else value) if is_shown else None,
        }
        body.append([said.get(column) for column in header])
    write_csv(path, [header, *body])
