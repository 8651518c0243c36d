"""Copies of series of Offender Management Statistics Quarterly, in their layouts. Every figure is synthetic; files say
so where they have room for words, the others in their names."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from sources.reading.periods import Period, quarter
from sources.writing import Row, write_csv

_SYNTHETIC = "SYNTHETIC FIGURES for trying the software out: not one of them is of real people in prison"
#: The last quarter whose flows, and the last quarter's end whose population, are out by November 2026.
_LAST_FLOW, _LAST_DAY = (2026, 2), (2026, 3)
_MOST_YEARS = 16
_QUARTERS = ("Jan-Mar", "Apr-Jun", "Jul-Sep", "Oct-Dec")
_AGES = ("Age_15_20", "Age_21_29", "Age_30_39", "Age_40_49", "Age_50+")
_AGE_SHARES = (0.045, 0.255, 0.325, 0.195, 0.18)
_SHARE_AGES = ("15 to 17", "18 to 20", "21 to 24", "25 to 29", "30 to 39", "40 to 49", "50 to 59", "60 and over")
_NATIONALITIES = ("British nationals", "Foreign nationals", "Nationality not recorded")


class _Sample:
    def __init__(self, rng: np.random.Generator, years: int) -> None:
        self.rng, self.years = rng, years

    def around(self, mean: float) -> int:
        """A count within a tenth of a mean."""
        return int(self.rng.integers(round(mean * 0.9), round(mean * 1.1)))

    def quarters(self, last: tuple[int, int]) -> list[Period]:
        """The quarters up to a last one, oldest first."""
        end = 4 * last[0] + last[1] - 1
        return [quarter(number // 4, number % 4 + 1) for number in range(end - 4 * self.years + 1, end + 1)]

    def receptions(self) -> list[Row]:
        rows: list[Row] = [
            [
                "Period",
                "First receptions",
                "Remand admissions",
                "Sentenced admissions",
                "Recall admissions",
                *[None] * 3,
            ]
        ]
        for number, period in enumerate(self.quarters(_LAST_FLOW)):
            counts = [self.around(mean) for mean in (17_500, 9_000, 11_500, 8_000)]
            recalls = "[x]" if number == 1 else counts[3]
            rows.append([_months(period), *counts[:3], recalls, None, period.start.isoformat(), _number(period)])
        rows.append([*[None] * 6, date(2026, 7, 1).isoformat(), "Q3 2026"])
        return rows

    def releases(self) -> list[Row]:
        rows: list[Row] = [["Period", "Releases from sentences", None, None]]
        return rows + [
            [_months(period), self.around(13_000), None, period.start.isoformat()]
            for period in self.quarters(_LAST_FLOW)
        ]

    def first_receptions(self) -> list[Row]:
        about = "A first reception is a first movement into custody."
        rows: list[Row] = [
            [f"Manually copied from a table of Justice Data. {_SYNTHETIC}", *[None] * 6],
            [None] * 7,
            [None, "Prison first receptions", None, None, about, None, None],
            [None] * 7,
            [None, "Period", "Prison first receptions (quarterly)", *[None] * 4],
        ]
        for number, period in enumerate(self.quarters(_LAST_FLOW)):
            count = None if number == 2 else self.around(17_500)
            rows.append([None, _months(period), count, None, *_helpers(period)])
        return rows

    def justice_data_releases(self) -> list[Row]:
        periods = self.quarters(_LAST_FLOW)
        above: list[Row] = [[None] * 7, *([*[None] * 4, *_helpers(period)] for period in periods[:2])]
        header: Row = ["Period", "Prison Releases (Quarterly)", None, None, *_helpers(periods[2])]
        rows = [*above, header]
        for number, period in enumerate(periods[3:]):
            count = self.around(13_000)
            rows.append([_months(period), f"{count} [rev]" if number == 1 else count, None, None, *_helpers(period)])
        return rows

    def recalls(self) -> list[Row]:
        rows: list[Row] = [[None, "0"]]
        return rows + [[period.start.isoformat(), self.around(11_000)] for period in self.quarters(_LAST_FLOW)]

    def by_year(self) -> list[Row]:
        rows: list[Row] = [
            [None, "recalls", "releases", "sentence_len", "time_served", "served_pct", "recalls_per_100_releases"]
        ]
        for year in range(2026 - self.years, 2026):
            recalls, releases = self.around(35_000), self.around(55_000)
            length, served = self.around(2_600) / 100, self.around(1_550) / 100
            share, rate = round(100 * served / length, 2), 100 * recalls / releases
            rows.append([str(year), float(recalls), float(releases), length, served, share, rate])
        return rows

    def by_custody_type(self) -> list[Row]:
        headings = ["Remand", "Sentenced", "Non Criminal Prisoners", "Total Prisoners"]
        rows: list[Row] = [
            [None] * 9,
            [None, f"This tab contains data on the England and Wales prison population. {_SYNTHETIC}", *[None] * 7],
            [None] * 9,
            [*[None] * 4, "Prison Population as of Date", *[None] * 4],
            [*[None] * 4, *headings, None],
            [None, "Calendar Year", "Date", None, *headings, None],
        ]
        for period in self.quarters(_LAST_DAY):
            remand, sentenced, other = self.around(17_000), self.around(70_000), self.around(450)
            total = remand + sentenced + other
            year, month = period.end.year, f"{period.end:%Y-%m}"
            rows.append([None, year, month, None, remand, sentenced, other, total, sentenced + other])
        return rows

    def by_age(self) -> list[Row]:
        rows: list[Row] = [["Year", *_AGES, "Total", *(f"Prop_{age}" for age in _AGES)]]
        for year in range(2027 - self.years, 2027):
            counts = [self.around(87_000 * share) for share in _AGE_SHARES]
            shares = [round(count / sum(counts), 4) for count in counts]
            rows.append([year, *counts, sum(counts), *shares])
        return rows

    def at_projection_base(self) -> list[Row]:
        parts = ("determinate", "indeterminate", "remand", "recall", "non-criminal", "fine_defaulters")
        rows: list[Row] = [["edition", "scenario", "ref_date", "total", *parts, "base_date", "sentenced_share"]]
        for year in range(2026 - self.years, 2026):
            counts = [self.around(mean) for mean in (48_000, 8_500, 17_000, 12_500, 380, 24)]
            total, day = sum(counts), date(year, 9, 30).isoformat()
            share = 100 * (counts[0] + counts[1]) / total
            rows.append([f"{year}-{year + 5}", "actual", day, float(total), *map(float, counts), day, share])
        return rows

    def remand_share(self) -> list[Row]:
        header: Row = ["Year", "Sex", "Age", "Nationality", "Units", "Unit multiplier", "Observation status", "Value"]
        groups = [(sex, age, None) for sex in (None, "Male", "Female") for age in (None, *_SHARE_AGES)]
        groups += [(None, None, nationality) for nationality in _NATIONALITIES]
        rows: list[Row] = [header]
        for sex, age, nationality in groups:
            for year in range(2027 - self.years, 2027):
                share: str | float = round(float(self.rng.uniform(10, 40)), 13)
                if (sex, age) == ("Female", "15 to 17"):
                    share = "[c]" if year == 2026 else 0.0
                rows.append([year, sex, age, nationality, "Percentage (%)", "Units", "Undefined", share])
        return rows


def _months(period: Period) -> str:
    return f"{_QUARTERS[period.end.month // 3 - 1]} {period.end.year}"


def _number(period: Period) -> str:
    return f"Q{period.end.month // 3} {period.end.year}"


def _helpers(period: Period) -> list[str]:
    """The financial year, first day and number of a quarter, as the copyist put them beside it."""
    first = period.start.year if period.start.month > 3 else period.start.year - 1
    return [f"{first}-{first + 1}", period.start.isoformat(), _number(period)]


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write the ten copies, of five years times the scale up to June or September 2026."""
    made = _Sample(np.random.default_rng(seed), min(_MOST_YEARS, max(1, round(5 * scale))))
    for name, rows in {
        "prison_receptions_quarterly": made.receptions(),
        "prison_releases_quarterly": made.releases(),
        "justice_data_first_receptions_quarterly": made.first_receptions(),
        "justice_data_releases_quarterly": made.justice_data_releases(),
        "licence_recalls_quarterly": made.recalls(),
        "releases_recalls_annual": made.by_year(),
        "prison_population_remand_sentenced_quarterly": made.by_custody_type(),
        "prison_population_by_age": made.by_age(),
        "population_composition_at_projection_base": made.at_projection_base(),
        "sdg_16-3-2_remand_share_of_prison_population": made.remand_share(),
    }.items():
        write_csv(folder / f"synthetic_{name}.csv", rows)
