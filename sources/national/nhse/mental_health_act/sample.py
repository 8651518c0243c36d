"""Writes synthetic years of the Mental Health Act statistics' main data file, in the publisher's order and words.

The areas are the real integrated care boards; the providers are made up and their names say that they are synthetic.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources.places.names import register
from sources.writing import write_csv

_HEADER = (
    *("Year", "Measure", "MeasureSubcategory", "Demographic", "DemographicBreakdown", "OrganisationBreakdown"),
    *("Datasource", "OrgID", "OrgName", "MHSDS_Count", "Acute_Count", "Total_Count"),
    *("CrudeRate", "StdRate", "Confidence_interval"),
)
_YEARS = ((2024, "2024_25"), (2025, "2025_26"))
_DETENTIONS, _ORDERS, _SECTION = "All detentions", "Short term orders", "Section 136"
_SUBJECT = "People subject to the Act on 31st March"
#: Detentions on admission that go through a court or a prison, in the words of the publisher's production code, and
#: about how many.
_ADMISSIONS, _PART_3 = "Detentions on admission to hospital", "All detentions under Part 3"
_SECTIONS = {
    "Section 35": 60,
    "Section 36": 20,
    "Section 37": 350,
    "Section 37 with S41 restrictions": 300,
    "Section 45A": 30,
    "Section 47": 90,
    "Section 47 with S49 restrictions": 420,
    "Section 48": 60,
    "Section 48 with S49 restrictions": 450,
    "Detentions under other sections (38,44 and 46)": 40,
}
_AGES = ("15 and under", "16 to 17", "18 to 34", "35 to 49", "50 to 64", "65 and over")
_ETHNICITIES = ("Asian or Asian British", "Black or Black British", "Mixed", "Other Ethnic Groups", "Unknown", "White")
_GENDERS = ("1", "2", "9", "Unknown")
_GROUPS = (("Age", _AGES), ("Ethnicity", _ETHNICITIES), ("Gender", _GENDERS))
_EVERYBODY = ("All submissions", "All prov", "All providers")
_PER_PERSON = 100_000 / 57_000_000
_PROVIDERS = 4
_Row = tuple[str | int | float, ...]


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write two years, a CSV each; a seed and scale give the same bytes."""
    rng = np.random.default_rng([seed, 63])
    of_sections = np.random.default_rng([seed, 64])
    boards = sorted(named.name for named in register("integrated_care_board").names if named.is_current_name)
    boards = boards[: max(6, round(len(boards) * min(scale, 1.0)))]
    for first, name in _YEARS:
        year = f"{first}/{first % 100 + 1}"
        rows: list[_Row] = [_HEADER]
        detained = rng.multinomial(52_000, np.full(len(boards), 1 / len(boards)))
        for measure, part, mhsds, acute in (
            (_DETENTIONS, "All", int(detained.sum()), 1_200),
            (_ORDERS, "All", 30_000, 4_000),
            (_ORDERS, _SECTION, 19_000, 3_500),
            (_SUBJECT, "All", 22_000, 0),
        ):
            rows.append(_of_country(year, measure, part, "All", "All", mhsds, acute))
            if measure == _SUBJECT or (measure, part) == (_ORDERS, "All"):
                continue
            for demographic, groups in _GROUPS:
                shares = rng.multinomial(mhsds, np.full(len(groups), 1 / len(groups)))
                for group, count in zip(groups, shares.tolist(), strict=True):
                    rows.append(_of_country(year, measure, part, demographic, group, count, 0))
        for number, (board, count) in enumerate(zip(boards, detained.tolist(), strict=True)):
            area = ("ICB", "MHSDS", f"SY{number:02d}", board.upper())
            rate = round(count * _PER_PERSON * len(boards), 1)
            rows.append((year, _DETENTIONS, "All", "All", "All", *area, *_shown(count, None), rate, "NULL", "NULL"))
        for number in range(_PROVIDERS):
            breakdown = "Independent Health Provider" if number % 2 else "NHS Trust"
            area = (breakdown, "Both", f"SYP{number}", f"SYNTHETIC PROVIDER {number + 1}")
            # The second has fewer than are shown, from both sources.
            count, acute = (3, 4) if number == 1 else (int(rng.poisson(400)), int(rng.poisson(30)) if number else 0)
            cells = _shown(count, acute)
            rows.append((year, _ORDERS, _SECTION, "All", "All", *area, *cells, "NULL", "NULL", "NULL"))
        sections = {section: int(of_sections.poisson(usual)) for section, usual in _SECTIONS.items()}
        for section, count in [(_PART_3, sum(sections.values())), *sections.items()]:
            rows.append(_of_country(year, _ADMISSIONS, section, "All", "All", count, 0))
        write_csv(folder / f"synthetic-mha_annual_suppressed_{name}.csv", rows)


def _of_country(year: str, measure: str, part: str, demographic: str, group: str, mhsds: int, acute: int) -> _Row:
    """A record of England, whose counts are exact; groups of ethnicity have a standardised rate."""
    breakdown, code, name = _EVERYBODY
    crude: str | float = round(mhsds * _PER_PERSON, 1) if part in {"All", _SECTION} else "NULL"
    is_standardised = demographic == "Ethnicity" and group != "Unknown"
    standard: tuple[str | float, str | float] = (
        (round(mhsds * _PER_PERSON * 1.1, 1), 2.4) if is_standardised else ("NULL", "NULL")
    )
    where = (demographic, group, breakdown, "Both", code, name)
    return (year, measure, part, *where, mhsds, acute, mhsds + acute, crude, *standard)


def _shown(mhsds: int, acute: int | None) -> tuple[str | int, str | int, str | int]:
    """The three counts below the national level, rounded to 5 or hidden; so is the acute one where there is none."""
    total = mhsds + (acute or 0)
    hides_total = (total < 7 and (acute or 0) < 7) or (mhsds < 5 and (acute or 0) < 7)
    return (
        _rounded(mhsds) if mhsds >= 5 else "*",
        "*" if acute is None or 0 < acute < 7 else _rounded(acute),
        "*" if hides_total else _rounded(total),
    )


def _rounded(count: int) -> int:
    return 5 * round(count / 5)
