"""Writes synthetic workbooks of hospital admissions in the layouts that are read, on real regions and authorities."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sources import places
from sources.writing import Cell, write_xlsx

_YEAR, _MONTHS = "2026-27", ("April", "May")
_ELSEWHERE = (
    "England - Not Otherwise Specified",
    "Foreign (incl. Isle of Man & Channel Islands)",
    "Other UK Country",
    "Unknown",
)
_AGES = ("0-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-69", "80+", "Unknown")
_ETHNICITIES = (
    "Asian or Asian British",
    "Black or Black British",
    "Mixed",
    "Not stated",
    "Other ethnic group",
    "Not known",
    "White",
)
_TITLE = (
    "SYNTHETIC. Count of Finished Admissions Episodes (FAEs)1 and Finished Consultant Episodes (FCEs)2 where the"
    " external cause code3 was X994 - Assault with sharp object by government office region of residence5"
    f" for {_YEAR} (Provisional, Apr 26 – May 26)8,9"
)
_SOURCE = "Source: SYNTHETIC figures in the layout of Hospital Episode Statistics (HES)"
_DRUG_YEAR = "2018-2019"
_DISORDERS = "diagnosis of drug related mental and behavioural disorders, by region and Local Authority (LA)"
_DRUG_SHEETS = {
    "primary-county": (f"a primary {_DISORDERS}", 13.0),
    "secondary-county": (f"a primary or secondary {_DISORDERS}", 170.0),
    "misuse-county": ("a primary diagnosis of poisoning by drug misuse, by region and Local Authority (LA)", 32.0),
}
Rows = list[Sequence[Cell]]


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write a tabulation of sharp objects and two workbooks on drugs; the same seed and scale give the same bytes.

    ``scale`` below 1 takes that part of the authorities.
    """
    rng = np.random.default_rng([seed, 41])
    regions = sorted({(one.region_code, one.region_name) for one in places.parents() if one.region_code})
    write_xlsx(
        folder / "synthetic-hes-sharp-object-admissions.xlsx", _sharp_objects(rng, [name for _, name in regions])
    )
    authorities = sorted(
        {(one.region_code, one.upper_tier_code, one.upper_tier_name) for one in places.parents() if one.region_code}
    )
    authorities = authorities[: max(10, round(len(authorities) * min(scale, 1.0)))]
    write_xlsx(folder / "synthetic-drug-admissions.xlsx", _drugs_by_area(rng, regions, authorities))
    write_xlsx(folder / "synthetic-drug-admissions-by-age-and-diagnosis.xlsx", _drugs_by_group(rng))


def _shown(count: int, *, is_national: bool = False) -> Cell:
    """A count as published: exact for the country, else an asterisk below 8 and rounded to 5."""
    if is_national or count == 0:
        return count
    return "*" if count < 8 else 5 * round(count / 5)


def _sharp_objects(rng: np.random.Generator, regions: list[str]) -> dict[str, Rows]:
    areas = [*regions, *_ELSEWHERE, "England"]
    sheets: dict[str, Rows] = {"Interpretation": [["SYNTHETIC figures, made up for the bundled edition"]]}
    layouts = (
        ("GOR-Data-Totals", None, ("",), ()),
        ("GOR-Data-Gender", None, ("Female", "Male"), ()),
        ("GOR-Data-Age-Group", "Age group", ("",), _AGES),
        ("GOR-Data-Ethnicity", "Ethnicity", ("",), _ETHNICITIES),
    )
    # Women and men together are everybody, on either sheet.
    by_sex = {month: _counts(rng, len(areas), 2, mean=30) for month in _MONTHS}
    for name, label, sexes, groups in layouts:
        left = ["Year", "Month", *([label] if label else [])]
        width = len(areas) * len(sexes) * 2
        over: list[Cell] = [None] * (len(left) + width)
        under: list[Cell] = [None] * (len(left) + width)
        for number, area in enumerate(areas):
            over[len(left) + number * len(sexes) * 2] = area
            for place, sex in enumerate(sexes):
                under[len(left) + (number * len(sexes) + place) * 2] = sex or None
        rows: Rows = [[_TITLE], [None], ["Activity in English NHS Hospitals"], over]
        rows += [under] if sexes[0] else []
        rows.append([*left, *["FAEs", "FCEs"] * (width // 2)])
        total = np.zeros(width, dtype=int)
        for month in _MONTHS:
            for number, group in enumerate(groups or ("",)):
                if groups:
                    counts = _counts(rng, len(areas), 1, mean=30 / len(groups))
                else:
                    counts = by_sex[month].reshape(-1, 2 // len(sexes), len(sexes), 2).sum(axis=1).reshape(-1)
                total += counts
                labels: list[Cell] = [_YEAR if month == _MONTHS[0] and not number else None]
                labels += [month if not number else None, *([group] if label else [])]
                rows.append([*labels, *_row(counts, len(sexes))])
        rows.append([f"{_YEAR} Total", *[None] * (len(left) - 1), *_row(total, len(sexes))])
        rows.append([_SOURCE])
        sheets[name] = rows
    sheets["Footnotes"] = [["1. Finished Admission Episode (FAE)"], ["12. Disclosure Control"]]
    return sheets


def _counts(rng: np.random.Generator, areas: int, sexes: int, *, mean: float) -> np.ndarray:
    """Admissions and episodes of each area but the last, and of England their sum, in the order of the columns."""
    admissions = rng.poisson(mean / sexes, (areas - 1, sexes))
    admissions[-4:] //= 6  # the headings that are no region
    episodes = admissions + rng.binomial(admissions, 0.03)
    both = np.stack([admissions, episodes], axis=2)
    return np.concatenate([both, both.sum(axis=0, keepdims=True)]).reshape(-1)


def _row(counts: np.ndarray, sexes: int) -> list[Cell]:
    country = len(counts) - 2 * sexes
    return [_shown(int(count), is_national=at >= country) for at, count in enumerate(counts)]


def _drugs_by_area(
    rng: np.random.Generator, regions: list[tuple[str, str]], authorities: list[tuple[str, str, str]]
) -> dict[str, Rows]:
    sheets: dict[str, Rows] = {}
    for name, (title, rate) in _DRUG_SHEETS.items():
        people = {code: float(np.exp(rng.normal(12.3, 0.4))) for _, code, _ in authorities}
        male = {code: int(rng.poisson(people[code] * rate * 0.7 / 1e5)) for code in people}
        female = {code: int(rng.poisson(people[code] * rate * 0.3 / 1e5)) for code in people}

        def line(code: str, place: str, members: list[str], *, is_national: bool = False) -> list[Cell]:
            counts = [sum(male[m] for m in members), sum(female[m] for m in members)]  # noqa: B023 (used at once)
            base = max(sum(people[m] for m in members), 1.0)  # noqa: B023
            shown = [_shown(n, is_national=is_national) for n in (sum(counts), *counts)]
            parts = (base, base / 2, base / 2)
            rates: list[Cell] = [
                "*" if cell == "*" else round(n / part * 1e5)
                for cell, n, part in zip(shown, (sum(counts), *counts), parts, strict=True)
            ]
            return [code, None, place, *shown, None, *rates]

        full = f"SYNTHETIC figures: NHS hospital finished admission episodes with {title}"
        rows: Rows = [
            [None] * 3 + [_DRUG_YEAR],
            [None] * 3 + [full],
            [*[None] * 3, "Admissions", *[None] * 3, "Admissions per 100k habitants"],
            [*[None] * 3, "Total", "Male", "Female", None, "Total", "Male", "Female"],
            line("E92000001", "England6", list(people), is_national=True),
            [None],
        ]
        for code, place in regions:
            members = [(one, named) for region, one, named in authorities if region == code]
            rows.append(line(code, place, [one for one, _ in members]))
            rows += [line(one, named, [one]) for one, named in members]
        sheets[name] = rows
    return sheets


def _drugs_by_group(rng: np.random.Generator) -> dict[str, Rows]:
    years = ["2016/17", "2017/18", "2018/19"]
    sheets: dict[str, Rows] = {}
    ages = ("Under 16", "16 to 24", "25 to 34", "35 to 44", "45 to 54", "55 to 64", "65 to 74", "75 \nand over")
    titles = {
        "primary": "a primary diagnosis of drug related mental and behavioural disorders",
        "secondary": "a primary or secondary diagnosis of drug related mental and behavioural disorders",
        "misuse": "a primary diagnosis of poisoning by drug misuse",
    }
    for stem, words in titles.items():
        title = f"SYNTHETIC figures: NHS hospital finished admission episodes with {words}, by"
        counts = rng.poisson(900, (len(ages), len(years)))
        sheets[f"{stem}-age-group-2016-2019"] = [
            [f"{title} age group"],
            [None],
            ["Financial year", *years],
            ["All ages", *counts.sum(axis=0).tolist()],
            *[[age, *row] for age, row in zip(ages, counts.tolist(), strict=True)],
            [None],
            ["All ages (per 100k capita)", *[round(n / 560, 1) for n in counts.sum(axis=0).tolist()]],
        ]
        counts = rng.poisson(500, (3, len(years)))
        sheets[f"{stem}-diagnoses-2016-2019"] = [
            [f"{title} diagnosis and year"],
            [None],
            ["Financial year", *years],
            ["All diagnoses", *counts.sum(axis=0).tolist()],
            *[[f"Diagnosis {name}5", *row] for name, row in zip("ABC", counts.tolist(), strict=True)],
        ]
    return sheets
