"""Writes synthetic Fingertips downloads in the publisher's layout, on real areas, one file an indicator.

Names of indicators and areas are real; every figure is made up: counts are drawn, values and intervals follow
from them. What is true to life is the form: 27 columns, England with a blank parent and again with itself for
parent, deprivation categories on England's code, suppressed and missing values with their notes, limits of -1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sources import places
from sources.writing import Row, write_csv

_HEADER = (
    "Indicator ID,Indicator Name,Parent Code,Parent Name,Area Code,Area Name,Area Type,Sex,Age,Category Type,Category,"
    "Time period,Value,Lower CI 95.0 limit,Upper CI 95.0 limit,Lower CI 99.8 limit,Upper CI 99.8 limit,Count,"
    "Denominator,Value note,Recent Trend,Compared to England value or percentiles,Compared to percentiles,"
    "Time period Sortable,New data,Compared to goal,Time period range"
)
_ENGLAND = ("E92000001", "England")
_AREA_TYPE = "Districts & UAs (from Apr 2023)"
_DECILES = "District & UA deprivation deciles in England (IMD2019, 4/23 geography)"
_DECILE_NAMES = [
    f"{words} deprived decile (IMD2019)"
    for words in [
        "Most",
        "Second most",
        "Third more",
        "Fourth more",
        "Fifth more",
        "Fifth less",
        "Fourth less",
        "Third less",
        "Second least",
        "Least",
    ]
]
_PERIODS = 6
_Z = {"95": 1.959964, "998": 3.090232}
_SUPPRESSED = "Value suppressed for disclosure control due to small count"
_NOT_PRESENTED = "Not presented due to incomplete records of a hospital trust"
_COMBINED = {
    "E09000001": "Value for Hackney and City of London combined",
    "E09000012": "Value for Hackney and City of London combined",
    "E06000052": "Value for Cornwall and Isles of Scilly combined",
    "E06000053": "Value for Cornwall and Isles of Scilly combined",
}


@dataclass(frozen=True)
class _Indicator:
    """An indicator: ``level`` is about its value, ``per`` what it is per, ``share`` the part of the people it is of."""

    id: int
    name: str
    age: str
    level: float
    per: int
    share: float
    period: str
    has_sexes: bool = False
    has_deciles: bool = False
    is_higher_better: bool = False
    suppresses_below: int = 0

    @property
    def is_proportion(self) -> bool:
        return self.per == 100


_INDICATORS = [
    _Indicator(848, "Depression: QOF prevalence", "18+ yrs", 13.0, 100, 0.8, "financial"),
    _Indicator(10401, "First time entrants to the youth justice system", "10-17 yrs", 170, 100_000, 0.09, "calendar"),
    _Indicator(
        11201,
        "Violent crime - hospital admissions for violence (including sexual violence)",
        "All ages",
        40,
        100_000,
        3,
        "three years",
        has_sexes=True,
        has_deciles=True,
    ),
    _Indicator(11202, "Violent crime - violence offences per 1,000 population", "All ages", 33, 1_000, 1, "financial"),
    _Indicator(
        21001,
        "Emergency Hospital Admissions for Intentional Self-Harm",
        "All ages",
        150,
        100_000,
        1,
        "financial",
        has_sexes=True,
        has_deciles=True,
        suppresses_below=8,
    ),
    _Indicator(
        41001, "Suicide rate", "10+ yrs", 10.5, 100_000, 2.6, "three years", has_sexes=True, suppresses_below=10
    ),
    _Indicator(
        90245,
        "Successful completion of drug treatment: non-opiate users",
        "18+ yrs",
        33,
        100,
        0.003,
        "calendar",
        is_higher_better=True,
        suppresses_below=5,
    ),
    _Indicator(
        91380, "Alcohol-specific mortality", "All ages", 13, 100_000, 3, "three years", has_sexes=True, has_deciles=True
    ),
    _Indicator(
        92313,
        "Percentage of people in employment",
        "16-64 yrs",
        75,
        100,
        0.004,
        "financial",
        is_higher_better=True,
    ),
    _Indicator(92443, "Smoking Prevalence in adults - current smokers (APS)", "18+ yrs", 13, 100, 0.004, "calendar"),
    _Indicator(
        92904,
        "Hospital admission episodes for alcohol-specific conditions aged 17 and under",
        "<18 yrs",
        28,
        100_000,
        0.63,
        "three years",
        suppresses_below=8,
    ),
    _Indicator(
        93701,
        "Children in absolute low income families aged 15 years and under",
        "<16 yrs",
        16,
        100,
        0.18,
        "financial",
        has_deciles=True,
    ),
    _Indicator(93763, "Alcohol-related mortality", "All ages", 38, 100_000, 1, "calendar", has_sexes=True),
]


def _quoted(text: str) -> str:
    return f'"{text}"' if "," in text else text


def _period(kind: str, year: int) -> tuple[str, str]:
    """The words for a period that begins in a year, and its range."""
    if kind == "financial":
        return f"{year}/{(year + 1) % 100:02d}", "1y"
    if kind == "calendar":
        return str(year), "1y"
    return f"{year} - {(year + 2) % 100:02d}", "3y"


def _limits(indicator: _Indicator, count: np.ndarray, base: np.ndarray, z: float) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's limits of a proportion, Byar's of a rate."""
    if indicator.is_proportion:
        share = count / base
        middle, half = share + z**2 / (2 * base), z * np.sqrt(share * (1 - share) / base + z**2 / (4 * base**2))
        lower, upper = (middle - half) / (1 + z**2 / base), (middle + half) / (1 + z**2 / base)
    else:
        safe, more = np.maximum(count, 1), count + 1
        lower = np.where(count > 0, safe * (1 - 1 / (9 * safe) - z / (3 * np.sqrt(safe))) ** 3, 0) / base
        upper = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3 / base
    return np.maximum(lower, 0) * indicator.per, upper * indicator.per


def _texts(values: np.ndarray) -> np.ndarray:
    return np.array([f"{value:.10g}" for value in values.tolist()], dtype=object)


class _File:
    """The lines of one indicator's file."""

    def __init__(self, indicator: _Indicator) -> None:
        self.indicator, self.lines = indicator, [_HEADER]

    def add(
        self,
        areas: Sequence[tuple[str, str, str, str]],
        sex: str,
        year: int,
        count: np.ndarray,
        base: np.ndarray,
        *,
        england: float | None = None,
        category_type: str = "",
        categories: list[str] | None = None,
        notes: np.ndarray | None = None,
        is_last: bool = False,
    ) -> None:
        """Add rows for areas (parent code and name, code, name); ``notes`` decides what is not shown."""
        one, size = self.indicator, len(count)
        value = count / base * one.per
        limits = {name: _limits(one, count, base, z) for name, z in _Z.items()}
        cells = [value, *limits["95"], *limits["998"], count, base]
        texts = [_texts(column) for column in cells]
        note = np.full(size, "", dtype=object) if notes is None else notes
        is_missing, is_not_presented = note == "?", note == _NOT_PRESENTED
        hidden = (note == _SUPPRESSED) | is_not_presented | is_missing
        for place, column in enumerate(texts):
            column[hidden] = ""
            if 1 <= place <= 4:
                column[is_not_presented] = "-1"
        compared = np.full(size, "Not compared", dtype=object)
        if england is not None:
            low, high = ("Worse", "Better") if one.is_higher_better else ("Better", "Worse")
            lower, upper = limits["95"]
            compared = np.where(upper < england, low, np.where(lower > england, high, "Similar")).astype(object)
            compared[hidden] = "Not compared"
        trend = "Cannot be calculated" if is_last and england is not None else ""
        period, length = _period(one.period, year)
        area_type = _AREA_TYPE if england is not None else "England"
        first = f"{one.id},{_quoted(one.name)},"
        last = f",Not compared,{year}0000,,,{length}"
        kinds = categories or [""] * size
        for row in range(size):
            parent_code, parent_name, code, name = areas[row]
            figures = ",".join(column[row] for column in texts)
            said = "" if is_missing[row] else _quoted(note[row])
            self.lines.append(
                f"{first}{parent_code},{parent_name},{code},{_quoted(name)},{area_type},{sex},{one.age},"
                f"{_quoted(category_type)},{kinds[row]},{period},{figures},{said},{trend},{compared[row]}{last}"
            )


def _write(folder: Path, indicator: _Indicator, rng: np.random.Generator, areas: list[tuple[str, str]]) -> None:
    size = len(areas)
    people = np.exp(rng.normal(11.8, 0.5, size))
    deprivation = rng.random(size)
    decile = np.minimum((1 - deprivation) * 10, 9).astype(int)
    # More deprived areas are worse off: higher where a high value is worse, and the other way about.
    slope = 0.25 if indicator.is_proportion else 0.5
    effect = 1 + (-slope if indicator.is_higher_better else slope) * (deprivation - 0.5)
    effect *= np.exp(rng.normal(0, 0.06, size))
    codes = np.array([code for code, _ in areas])
    placed = [(*_ENGLAND, code, name) for code, name in areas]
    sexes = {"Male": 1.25, "Female": 0.75} if indicator.has_sexes else {"Persons": 1.0}
    file = _File(indicator)
    latest = 2021 if indicator.period == "three years" else 2023
    for year in range(latest - _PERIODS + 1, latest + 1):
        trend = 1 + 0.01 * (year - latest)
        drawn: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        for sex, factor in sexes.items():
            base = np.maximum(np.round(people * indicator.share / len(sexes)), 20)
            chance = np.clip(indicator.level / indicator.per * effect * factor * trend, 0, 0.97)
            count = rng.binomial(base.astype(int), chance) if indicator.is_proportion else rng.poisson(base * chance)
            drawn[sex] = count.astype(float), base
        if indicator.has_sexes:
            both = [np.sum([pair[side] for pair in drawn.values()], axis=0) for side in (0, 1)]
            drawn = {"Persons": (both[0], both[1]), **drawn}
        for sex, (count, base) in drawn.items():
            total = np.array([count.sum()]), np.array([base.sum()])
            for parent_code, parent_name in (("", ""), _ENGLAND):
                file.add([(parent_code, parent_name, *_ENGLAND)], sex, year, *total)
            if indicator.has_deciles and sex == "Persons":
                grouped = [np.array([column[decile == d].sum() for d in range(10)]) for column in (count, base)]
                file.add(
                    [("", "", *_ENGLAND)] * 10,
                    sex,
                    year,
                    *[np.maximum(column, 1) for column in grouped],
                    category_type=_DECILES,
                    categories=_DECILE_NAMES,
                )
            notes = np.array([_COMBINED.get(code, "") for code in codes], dtype=object)
            luck = rng.random(size)
            notes[luck < 0.004] = _NOT_PRESENTED
            notes[luck > 0.997] = "?"
            notes[count < indicator.suppresses_below] = _SUPPRESSED
            england = float(total[0][0] / total[1][0] * indicator.per)
            file.add(placed, sex, year, count, base, england=england, notes=notes, is_last=year == latest)
    path = folder / f"synthetic-fingertips-{indicator.id}-501.csv"
    path.write_bytes("\n".join([*file.lines, ""]).encode("utf-8"))


_SAYS_SYNTHETIC = "SYNTHETIC: made up for the bundled edition, in the publisher's layout."
_METADATA = (
    *("Indicator ID", "Indicator", "Indicator full name", "Definition", "Rationale", "Policy", "Data source"),
    *("Indicator production", "Indicator source", "Methodology", "Standard population/values"),
    *("Confidence interval details", "Source of numerator", "Definition of numerator", "Source of denominator"),
    *("Definition of denominator", "Disclosure control", "Caveats", "Copyright", "Data re-use", "Links"),
    *("Indicator number", "Notes", "Frequency", "Rounding", "Data quality", "Indicator Content", "Unit", "Value type"),
    *("Year type", "Polarity"),
)
_NEXT_VALUE = (
    *("IndicatorId", "Category", "CategoryType", "Age", "Sex", "Trend", "Denominator", "CategoryTypeId", "UpperCI"),
    *("Value", "Count", "AreaCode", "SexID", "AgeID", "Year", "LowerCI", "CategoryId"),
)


def _write_definitions(folder: Path) -> None:
    """What the indicators mean, in words that say that they are synthetic, with a line end and HTML as published."""
    rows: list[Row] = [list(_METADATA)]
    for one in _INDICATORS:
        said = {
            "Indicator ID": one.id,
            "Indicator": one.name,
            "Indicator full name": f"{one.name}, {one.age}",
            "Definition": f"{_SAYS_SYNTHETIC}\n<p>How often it is, per {one.per:,}.</p>",
            "Unit": "%" if one.is_proportion else f"per {one.per:,}",
            "Value type": "Proportion" if one.is_proportion else "Crude rate",
            "Year type": "Financial" if one.period == "financial" else "Calendar",
            "Polarity": "RAG - High is good  " if one.is_higher_better else "RAG - Low is good   ",
        }
        rows.append([said.get(name) for name in _METADATA])
    write_csv(folder / "synthetic-fingertips-metadata-1.csv", rows)


def _write_next(folder: Path, rng: np.random.Generator, areas: list[tuple[str, str]]) -> None:
    """The lists of FingertipsNext and a few of its figures, with a byte-order mark as published."""
    header = ("Children", "Parents", "AreaCode", "AreaName", "Level", "HierarchyType", "AreaType", "AreaTypeCode")
    district = (3, "Administrative", "Districts and Unitary Authorities", "districts-and-unitary-authorities")
    listed: list[Row] = [header, (None, None, *_ENGLAND, 0, "Both", "England", "england")]
    listed += [(None, None, code, name, *district) for code, name in areas]
    values: list[Row] = [_NEXT_VALUE]
    for code, _ in [_ENGLAND, *areas[:20]]:
        base = int(np.exp(rng.normal(11.8, 0.5)))
        count = int(rng.poisson(base * 0.00038))
        rate = round(count / base * 100_000, 6)
        limits = rate * 1.1 if count else None, rate * 0.9 if count else None
        cells = dict.fromkeys(_NEXT_VALUE) | {
            "IndicatorId": 93763,
            "Age": "All ages",
            "Sex": "Persons",
            "AreaCode": code,
        }
        cells |= {"Denominator": base, "UpperCI": limits[0], "Value": rate, "Count": count, "SexID": 4, "AgeID": 1}
        values.append(list((cells | {"Year": 2023, "LowerCI": limits[1]}).values()))
    deciles: list[Row] = [("CategoryName", "CategoryTypeName", "Sequence")]
    deciles += [(name, _DECILES, 10 - number) for number, name in enumerate(_DECILE_NAMES)]
    ages: list[Row] = [("AgeID", "Age", "MinYears", "MaxYears"), (-1, "Not applicable", 0, 0), (1, "All ages", 0, 150)]
    for name, rows in (("areas", listed), ("healthdata", values), ("categories", deciles), ("agedata", ages)):
        write_csv(folder / f"synthetic-fingertipsnext-{name}.csv", rows, encoding="utf-8-sig")


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write thirteen files, ``synthetic-fingertips-<indicator>-501.csv``, of six periods each, their definitions, and
    four small files of FingertipsNext.

    ``scale`` below 1 takes that part of the areas. The same seed and scale give the same bytes.
    """
    named = {d.lad_code: d.lad_name for d in places.districts() if d.lad_code[:3] in {"E06", "E07", "E08", "E09"}}
    areas = sorted(named.items())
    areas = areas[: max(10, round(len(areas) * min(scale, 1.0)))]
    for indicator in _INDICATORS:
        _write(folder, indicator, np.random.default_rng([seed, 3, indicator.id]), areas)
    _write_definitions(folder)
    _write_next(folder, np.random.default_rng([seed, 4]), areas)
