"""Writes synthetic children's social care downloads in the publisher's layout, on real authorities.

The names of areas, groups and columns are real; every figure is made up. What is true to life is the form: England
and its regions rounded to 10, small numbers of authorities suppressed with their shares, markers for what was not
collected, byte-order marks on some files, and codes and names in different orders. The layout has no room for words,
so that the names of the files say that they are synthetic.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sources.places import education

_YEARS = (2026, 2025, 2024)
_AREA = ("time_period", "time_identifier", "geographic_level", "country_code", "country_name", "region_code")
_CODE_FIRST = (*_AREA, "region_name", "old_la_code", "new_la_code", "la_name")
_NAME_FIRST = (*_AREA, "region_name", "old_la_code", "la_name", "new_la_code")
_ENGLAND = ("E92000001", "England")
_SUPPRESSED_BELOW = 6
_OUTCOMES = {
    "Convictions: Children looked after Ages 10 to 17 years": {
        "Convicted or subject to youth cautions, or youth conditional cautions during the year": 0.02,
        "Total ages 10 to 17 years": 0.5,
    },
    "Substance misuse: Children looked after all ages": {
        "Identified as having a substance misuse problem": 0.03,
        "Total all ages": 0.7,
    },
    "Health assessments: Children looked after all ages": {
        "Had their annual health assessment": 0.62,
        "Total all ages": 0.7,
    },
}
_SCORE = "Ages 5 to 16 years with SDQ score"
#: Figures whose share is not of their group's total: the group, the figure, and the parts of all that both are.
_PARTS = (
    (
        "Substance misuse: Children looked after all ages",
        "Received an intervention for their substance misuse problem",
        *(0.012, 0.03),
    ),
    (_SCORE, "SDQ score is a cause for concern", 0.2, 0.5),
    (_SCORE, "SDQ score was received", 0.5, 0.6),
    (_SCORE, "Total ages 5 to 16 years", 0.6, 0.6),
)
_SUITABILITY = {
    "Accommodation considered suitable": 0.9,
    "Accommodation considered unsuitable": 0.04,
    "No information": 0.06,
    "Suitability total": 1.0,
}
_CHILDREN_IN_NEED = {
    "Anypoint_episodes": 9.0,
    "Anypoint_child": 8.4,
    "Started_episodes": 4.7,
    "Started_child": 4.4,
    "Ended_episodes": 4.2,
    "Ended_child": 4.0,
    "At31_episodes": 4.8,
    "awaiting_assessment": 0.2,
}
_FACTORS = [
    *(
        f"{factor}_{whose}"
        for factor in (
            "Alcohol_Misuse",
            "Drug_Misuse",
            "Domestic_Abuse",
            "Mental_Health",
            "Learning_Disability",
            "Physical_Disability",
        )
        for whose in ("child", "parent", "person")
    ),
    "Young_Carer",
    "Privately_fostered",
    "Unaccompanied_asylum_seeker",
    "Going_missing",
    "Child_sexual_exploitation",
    "Trafficking",
    "Gangs",
    "Socially_unacceptable_behaviour",
    "Self_harm",
    "Neglect",
    "Emotional_Abuse",
    "Physical_Abuse_unknown",
    "Physical_Abuse_child_on_child",
    "Physical_Abuse_adult_on_child",
    "Sexual_Abuse_unknown",
    "Sexual_Abuse_child_on_child",
    "Sexual_Abuse_adult_on_child",
    "Female_Genital_Mutilation",
    "Faith_linked_abuse",
    "Child_criminal_exploitation",
    "Other",
]


@dataclass(frozen=True)
class _Area:
    """An area's cells, and how many children are looked after in its authorities."""

    level: str
    region: tuple[str, str]
    authority: tuple[str, str, str]
    sizes: tuple[int, ...]

    def cells(self, year: int, header: Sequence[str]) -> list[str]:
        number, code, name = self.authority
        last = (number, code, name) if header is _CODE_FIRST else (number, name, code)
        return [str(year), "Reporting year", self.level, *_ENGLAND, *self.region, *last]

    @property
    def is_authority(self) -> bool:
        return self.level == "Local authority"


def _areas(rng: np.random.Generator, scale: float) -> list[_Area]:
    known = education.authorities()
    known = known[: max(12, round(len(known) * min(scale, 1.0)))]
    sizes = dict(zip((one.la_code for one in known), rng.integers(80, 1400, len(known)).tolist(), strict=True))
    none = ("", "", "")
    areas = [_Area("National", ("", ""), none, tuple(sizes.values()))]
    for _, code, name in education.REGIONS:
        parts = {"E13000001", "E13000002"} if name == "London" else {code}
        within = tuple(sizes[one.la_code] for one in known if one.region_code in parts)
        areas.append(_Area("Regional", (code, name), none, within))
    for one in known:
        region = (one.region_code, one.region_name)
        areas.append(_Area("Local authority", region, (one.la_number, one.la_code, one.la_name), (sizes[one.la_code],)))
    return areas


def _count(area: _Area, share: float) -> int:
    """How many there are, before anything is rounded or hidden."""
    return sum(round(size * share) for size in area.sizes)


def _number(area: _Area, share: float) -> str:
    """A number as published: exact or suppressed for an authority, rounded to 10 for England and regions."""
    total = _count(area, share)
    if not area.is_authority:
        return str(round(total, -1))
    return "c" if 0 < total < _SUPPRESSED_BELOW else str(total)


def _pairs(area: _Area, parts: Mapping[str, float], drift: float) -> list[list[str]]:
    """Each breakdown of a group with its number and its share of the last, which is the total."""
    base = list(parts.values())[-1]
    rows = []
    for words, share in parts.items():
        is_total = share == base
        share = share if is_total else share * drift
        number, whole = _number(area, share), _count(area, base)
        percent = "100" if is_total else str(round(100 * _count(area, share) / whole)) if whole else "0"
        rows.append([words, number, "c" if number == "c" else "k" if percent == "0" else percent])
    return rows


def _part(area: _Area, share: float, of: float) -> list[str]:
    """The number of a part of all children and its share of another part."""
    number, whole = _count(area, share), _count(area, of)
    printed = _number(area, share)
    return [printed, "z" if not whole else "c" if printed == "c" else str(round(100 * number / whole))]


def _write(path: Path, rows: Sequence[Sequence[str]], *, has_mark: bool = False) -> None:
    with path.open("w", encoding="utf-8-sig" if has_mark else "utf-8", newline="") as text:
        csv.writer(text, lineterminator="\n").writerows(rows)


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write five files of three years; ``scale`` below 1 takes that part of the authorities.

    Numbers looked after and outcomes are of every authority, the other data sets of every fifth. The same seed and
    scale give the same bytes.
    """
    rng = np.random.default_rng([seed, 71])
    areas = _areas(rng, scale)
    fewer = [area for place, area in enumerate(areas) if not area.is_authority or place % 5 == 0]
    drift = {(year, area): float(rng.uniform(0.9, 1.1)) for year in _YEARS for area in areas}

    looked_after = [[*_NAME_FIRST, "population_type", "population_estimate", "children_count", "rate_per_10000"]]
    outcomes = [[*_NAME_FIRST, "characteristic", "breakdown", "children_count", "children_percent"]]
    for year in _YEARS:
        for area in areas:
            cells, change = area.cells(year, _NAME_FIRST), drift[year, area]
            number = _number(area, change)
            population = sum(area.sizes) * 150
            rate = "c" if number == "c" else str(round(10_000 * int(number) / population)) if population else "z"
            words = "Children looked after on 31 March each year"
            looked_after.append([*cells, words, str(population), number, rate])
            for group, parts in _OUTCOMES.items():
                outcomes += [[*cells, group, *row] for row in _pairs(area, parts, change)]
            # Those with a problem drift, and those of them who were helped with them; scores are of everybody.
            outcomes += [
                [*cells, group, words, *_part(area, part * by, of * by)]
                for group, words, part, of in _PARTS
                for by in [1.0 if group == _SCORE else change]
            ]
            score = f"{14 * change:.1f}" if not area.is_authority or area.sizes[0] > 100 else "c"
            outcomes.append([*cells, _SCORE, "SDQ average score", score, "z"])
    _write(folder / "synthetic-cla_number_and_rate_per_10k_children.csv", looked_after, has_mark=True)
    _write(folder / "synthetic-la_conviction_health_outcome_cla.csv", outcomes)

    accommodation = [[*_NAME_FIRST, "care_leaver_age", "breakdown", "care_leaver_count", "care_leaver_percent"]]
    in_need = [[*_CODE_FIRST, "category", *_CHILDREN_IN_NEED]]
    factors = [[*_CODE_FIRST, "category", "Episodes_with_assessment_factor", *_FACTORS]]
    shares = dict(zip(_FACTORS, rng.uniform(0.005, 1.5, len(_FACTORS)).tolist(), strict=True))
    for year in _YEARS:
        for place, area in enumerate(fewer):
            change = drift[year, area]
            cells = area.cells(year, _NAME_FIRST)
            for age in ("17 to 18 years", "19 to 21 years"):
                accommodation += [[*cells, age, *row] for row in _pairs(area, _SUITABILITY, 1.0)]
            cells = area.cells(year, _CODE_FIRST)
            # One authority gave no return in the first of the years.
            is_absent = area.is_authority and place == len(fewer) - 1 and year == _YEARS[-1]
            numbers = [_number(area, share * change) for share in _CHILDREN_IN_NEED.values()]
            in_need.append([*cells, "Children in Need", *(["x"] * len(numbers) if is_absent else numbers)])
            if place % 2 == 0 or not area.is_authority:
                numbers = [_number(area, 6 * change), *(_number(area, shares[name] * change) for name in _FACTORS)]
                factors.append([*cells, "Factors identified at the end of assessment", *numbers])
    _write(folder / "synthetic-la_care_leavers_accommodation_suitability.csv", accommodation)
    _write(folder / "synthetic-b1_children_in_need_2024_to_2026.csv", in_need)
    _write(folder / "synthetic-c3_factors_identified_at_end_of_assessment_2024_to_2026.csv", factors, has_mark=True)
