"""Proven reoffending in the layouts of the copies and CSV files that go about, on real areas. The files have no room
for words, so that their names say that every figure is synthetic."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np

from sources import places
from sources.places.names import register
from sources.reading.periods import Period, quarter, year_ending
from sources.writing import Row, write_csv

#: The last cohort that is out by November 2026, and the last year of such cohorts.
_LAST_QUARTER, _LAST_YEAR = (2024, 4), 2024
_AGES = {"Adult": 0.27, "Juvenile": 0.33}
_OFFENCES = (
    "violence against the person",
    "sexual",
    "robbery",
    "theft",
    "criminal damage and arson",
    "drug",
    "possession of weapons",
    "public order",
    "miscellaneous crimes against society",
    "fraud",
    "summary non-motoring",
    "summary motoring",
    "other",
)
_COUNTED = ("offenders", "reoffenders", "reoffences")
_DISPOSALS = ("a. Custody", "b. Court Order")
_PREVIOUS = ("d. No previous offences", "d. 1 to 2 previous offences", "d. 11 or more previous offences")

Counts = tuple[int, int, int]


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write one file of each layout; the smaller the scale, the fewer years and authorities."""
    rng = np.random.default_rng(seed)
    years = max(2, round(3 * scale))
    write_csv(folder / "proven_reoffending_data_SYNTHETIC.csv", _national(rng, years))
    write_csv(folder / "reoffending-rates-data_SYNTHETIC.csv", _rates(rng, years))
    write_csv(folder / "proven_re-offending_overview_SYNTHETIC.csv", _overview(rng, years))
    first, last = _LAST_YEAR - years, _LAST_YEAR
    name = f"PRSQ_Geographic_data_April {first} to March {last} SYNTHETIC.csv"
    write_csv(folder / name, _geographic(rng, years, scale))


def _counts(rng: np.random.Generator, offenders: int, rate: float) -> Counts:
    """Offenders, about a share of them reoffenders, and 3 to 4 reoffences for each."""
    reoffenders = int(rng.binomial(offenders, rate))
    return offenders, reoffenders, int(reoffenders * rng.uniform(3, 4))


def _national(rng: np.random.Generator, years: int) -> list[Row]:
    """Cohorts of three months and years of them; the first quarter of all is blank, as those of 2001 are."""
    end = 4 * _LAST_QUARTER[0] + _LAST_QUARTER[1] - 1
    quarters = [quarter(number // 4, number % 4 + 1) for number in range(end - 4 * years + 1, end + 1)]
    annual = [year_ending(date(_LAST_YEAR - back, 3, 31)) for back in reversed(range(years))]
    rows: list[Row] = [["measure", "temporal_unit", "date", "group", "rate", "value"]]
    for unit, cohorts, size in (("3-monthly", quarters, 110_000), ("annual", annual, 430_000)):
        for number, cohort in enumerate(cohorts):
            adult = _counts(rng, int(size * rng.uniform(0.9, 1.1)), _AGES["Adult"])
            juvenile = _counts(rng, int(size * rng.uniform(0.03, 0.05)), _AGES["Juvenile"])
            everybody = tuple(map(sum, zip(adult, juvenile, strict=True)))
            is_blank = unit == "3-monthly" and number == 0
            for group, counts in {"Adult": adult, "Juvenile": juvenile, "All": everybody}.items():
                for rate, value in _measures(group, *counts).items():
                    day = cohort.start.isoformat()
                    rows.append(["new", unit, day, group, rate, None if is_blank else value])
    return rows


def _measures(group: str, offenders: int, reoffenders: int, reoffences: int) -> dict[str, float]:
    rate = 100 * reoffenders / offenders
    adjusted = {"adjusted": rate + 1.5, "OGRS4": rate + 2.5} if group == "Adult" else {}
    return {
        "binary": rate,
        **adjusted,
        "frequency": reoffences / reoffenders,
        "reoffences": reoffences,
        "reoffenders": reoffenders,
        "cohort": offenders,
    }


def _rates(rng: np.random.Generator, years: int) -> list[Row]:
    rows: list[Row] = [["year_ending", "age", "index_offence", "proportion"]]
    for year in range(_LAST_YEAR - years + 1, _LAST_YEAR + 1):
        for age, rate in _AGES.items():
            for offence in (*_OFFENCES, f"all {age.lower()} offenders"):
                share = "NA" if offence == "other" else float(rate * rng.uniform(0.6, 1.6))
                rows.append([date(year, 3, 31).isoformat(), age.lower(), offence, share])
    return rows


def _overview(rng: np.random.Generator, years: int) -> list[Row]:
    rows: list[Row] = [
        ["cohort", "adult_juvenile", "category", "subcategory1", "subcategory2", *_COUNTED],
    ]
    category = "d. Index offence by previous offence band"
    for year in range(_LAST_YEAR - years + 1, _LAST_YEAR + 1):
        for age, rate in _AGES.items():
            for band in _PREVIOUS:
                counts = _counts(rng, int(rng.integers(200, 9_000)), rate)
                rows.append([f"Apr{year - 1} to Mar{year}", age, category, "b. Theft", band, *counts])
    return rows


def _geographic(rng: np.random.Generator, years: int, scale: float) -> list[Row]:
    """Both ages of the larger areas in every year, adults of local authorities in the last; one cell is suppressed."""
    rows: list[Row] = [
        ["Cohort", "Adult / Juvenile", "Category", "Geography", "Index disposal", *_COUNTED],
    ]
    cohorts = [year_ending(date(year, 3, 31)) for year in range(_LAST_YEAR - years + 1, _LAST_YEAR + 1)]
    for cohort in cohorts:
        for age in _AGES:
            for category, areas in _larger_areas().items():
                rows += [_row(rng, cohort, age, f"{category} total", area) for area in areas]
    rows += [
        _row(rng, cohorts[-1], "Adult", "Region by index disposal", area, disposal)
        for area in _larger_areas()["Region"]
        for disposal in _DISPOSALS
    ]
    authorities = sorted({parents.upper_tier_name for parents in places.parents()})
    kept = authorities[: max(20, round(len(authorities) * scale))]
    rows += [_row(rng, cohorts[-1], "Adult", "UTLA total", area) for area in kept]
    rows[-1] = [*rows[-1][:-1], "[c]"]
    return rows


def _larger_areas() -> dict[str, Iterable[str]]:
    forces = register("police_force")
    return {
        "National": ["England and Wales"],
        "Region": [*sorted({parents.region_name for parents in places.parents()} - {""}), "Wales"],
        "PFA": sorted({district.pfa_name for district in places.districts() if forces.resolve(district.pfa_name)}),
    }


def _row(
    rng: np.random.Generator, cohort: Period, age: str, category: str, area: str, disposal: str | None = None
) -> Row:
    label = f"Apr {cohort.start.year} to Mar {cohort.end.year}"
    return [label, age, category, area, disposal, *_counts(rng, int(rng.integers(80, 5_000)), _AGES[age])]
