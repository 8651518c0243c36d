"""Writes the London Ambulance Service's workbook in its layout; every figure is synthetic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import xlwt

from sources import places

_FIRST, _LAST = date(2022, 1, 1), date(2026, 9, 1)
#: From here on the sender's headings are date cells; before, text.
_DATES_FROM = date(2024, 1, 1)
_SUMMARY_FROM, _SUMMARY_DATES_FROM = date(2022, 6, 1), date(2023, 1, 1)
_MOST_WORKBOOKS = 24


@dataclass(frozen=True)
class _Category:
    """A sheet, its column in the summary, incidents in London in a month and how they change in a year."""

    sheet: str
    summary: str | None
    mean: float
    yearly_change: float = 0.0
    first: date = _FIRST
    note: str | None = None
    note_row: int = 38
    unplaced: float = 0.002
    """Incidents in the summary for London beyond the boroughs' total, for each in it."""


_CATEGORIES = (
    _Category("All Ambulance Attended", None, 88_000, 0.005),
    _Category("Binge Drinking Report", "BingeDrinking", 2_700, 0.0, date(2023, 1, 1), unplaced=0.0),
    _Category(
        "All Assaults Borough",
        "AllAssaults",
        2_900,
        -0.02,
        note="The number of assault incidents in the London area attended by the ambulance service. ",
    ),
    _Category(
        "Gun Injury Borough",
        "GunInjury",
        21,
        -0.03,
        note="The number of incidents where a gun injury emergency has been reported to the ambulance service",
        note_row=39,
    ),
    _Category(
        "Knife Injury Borough",
        "KnifeInjury",
        140,
        0.015,
        note="The number of incidents where a knife injury emergency has been reported to the ambulance service",
        note_row=39,
    ),
    _Category(
        "All Weapons Borough",
        "AllWeaponInjuries",
        105,
        -0.01,
        note="The number of weapon injuries incidents in the London area attended by the ambulance service. ",
        note_row=40,
    ),
    _Category(
        "Injured by Animal Borough",
        "AnimalInjury",
        43,
        0.01,
        note="The number of incidents where a animal bite injury has been reported to the ambulance service. ",
        note_row=40,
    ),
    _Category("Assault Against Women Borough", "AssaultsAgainstWomen", 900, -0.02),
    _Category("Assault Against Teens", "AssaultsAgainstTeens", 370, -0.04),
    _Category("Cocaine Overdose Report", "CocaineOverdose", 26, 0.04),
    _Category("Heroin Overdose Report", "HeroinOverdose", 27, 0.02),
)
_WITHIN_WEAPONS = ("Gun Injury Borough", "Knife Injury Borough")
_METADATA = (
    ("Name", "Ambulance call out data by type of incidents - SYNTHETIC FIGURES for trying the software out"),
    ("ShortName", "Ambulance data"),
    (),
    (),
    (),
    ("Theme", "Crime and Community Safety"),
    ("Sub-theme", "Ambulance"),
    (),
    ("Title", "Monthly Ambulance incidents by borough"),
    (
        "Description",
        "SYNTHETIC: not one figure in this workbook is of real incidents. Borough names and codes are real.",
    ),
    ("Subject", "Ambulance call out data"),
    ("Coverage.spatial", "Borough"),
    ("Coverage.temporal", "Monthly"),
    ("Measure", "Numbers"),
    ("Warnings/Notes", "Written in the layout of the London Ambulance Service's workbook."),
)


def _months(first: date, last: date) -> list[date]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(count)]


def _boroughs() -> list[tuple[str, str]]:
    """The codes and names of the 33 boroughs, in order of their names, as the sender has them."""
    found = {(d.lad_code, d.lad_name) for d in places.districts() if d.lad_code.startswith("E09")}
    return sorted(found, key=lambda borough: borough[1])


def _draw(rng: np.random.Generator, months: list[date], weights: np.ndarray) -> dict[str, np.ndarray]:
    """Incidents by sheet: an array of boroughs by months that runs from the first month of all."""
    found: dict[str, np.ndarray] = {}
    season = np.array([1 + 0.08 * np.cos((month.month - 7) * np.pi / 6) for month in months])
    years = np.array([(month - _FIRST).days / 365.25 for month in months])
    for category in _CATEGORIES:
        level = category.mean * season * (1 + category.yearly_change) ** years
        found[category.sheet] = rng.poisson(weights[:, None] * level[None, :])
    found["All Weapons Borough"] = found["All Weapons Borough"] + sum(found[sheet] for sheet in _WITHIN_WEAPONS)
    return found


class _Writer:
    """One release's workbook: the months up to its last."""

    def __init__(self, rng: np.random.Generator, incidents: dict[str, np.ndarray], months: list[date]) -> None:
        self.rng, self.incidents, self.months = rng, incidents, months
        self.book = xlwt.Workbook()
        self.as_month = xlwt.easyxf(num_format_str="mmm yyyy")
        self.bold = xlwt.easyxf("font: bold on")
        self._metadata()
        self._summary()
        for category in _CATEGORIES:
            self._sheet(category)

    def _month(self, sheet: xlwt.Worksheet, row: int, column: int, month: date, dates_from: date) -> None:
        if month < dates_from:
            sheet.write(row, column, month.strftime("%b %Y"), self.bold)
        else:
            sheet.write(row, column, month, self.as_month)  # pyright: ignore[reportArgumentType]  dates are taken

    def _metadata(self) -> None:
        sheet = self.book.add_sheet("Metadata")
        for row, cells in enumerate(_METADATA):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)
        sheet.write(len(_METADATA), 0, "Date.available")
        first, last = self.months[0], self.months[-1]
        sheet.write(len(_METADATA), 1, f"{first:%b-%y} to {last:%b-%y} (Borough)")

    def _summary(self) -> None:
        """Totals for London, months down, below three rows of changes; one column has some of its months as text."""
        sheet = self.book.add_sheet("London Summary")
        named = [category for category in _CATEGORIES if category.summary]
        columns = []
        for category in named:
            total = self.incidents[category.sheet][:, : len(self.months)].sum(axis=0)
            columns.append(total + self.rng.binomial(total, category.unplaced))
        for column, (heading, category) in enumerate([("Indicator", None), *((c.summary, c) for c in named)]):
            sheet.write(0, column, heading, self.bold)
            if category is None:
                sheet.write(1, 0, "Change between most recent quarter and same period in the previous year")
                sheet.write(2, 0, "Average number of Incidents per month in most recent year")
                sheet.write(5, 0, f"Report For {self.months[-1]:%B %Y}")
                continue
            values = columns[column - 1]
            if len(values) >= 15 and values[-15:-12].sum():
                sheet.write(1, column, round(float(values[-3:].sum() / values[-15:-12].sum() - 1), 6))
            sheet.write(2, column, round(float(values[-12:].mean()), 2))
        shown = [n for n, month in enumerate(self.months) if month >= _SUMMARY_FROM]
        for row, number in enumerate(shown, start=8):
            self._month(sheet, row, 0, self.months[number], _SUMMARY_DATES_FROM)
            for column, (category, values) in enumerate(zip(named, columns, strict=True), start=1):
                value = int(values[number])
                as_text = category.summary == "AssaultsAgainstTeens" and number % 8 == 0
                sheet.write(row, column, str(value) if as_text else value)

    def _sheet(self, category: _Category) -> None:
        sheet = self.book.add_sheet(category.sheet)
        shown = [n for n, month in enumerate(self.months) if month >= category.first]
        sheet.write(0, 0, "Code", self.bold)
        sheet.write(0, 1, "Borough", self.bold)
        boroughs = _boroughs()
        figures = self.incidents[category.sheet]
        for column, number in enumerate(shown, start=2):
            self._month(sheet, 0, column, self.months[number], _DATES_FROM)
            for row, value in enumerate(figures[:, number], start=1):
                sheet.write(row, column, int(value))
            sheet.write(len(boroughs) + 1, column, int(figures[:, number].sum()))
        for row, (code, name) in enumerate(boroughs, start=1):
            sheet.write(row, 0, code)
            sheet.write(row, 1, name)
        sheet.write(len(boroughs) + 1, 1, "Total", self.bold)
        if category.note:
            sheet.write(category.note_row - 1, 1, category.note)


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write the workbook of January 2022 to September 2026; a scale below 1 shortens it to its last months, one above
    1 adds the workbooks of earlier months."""
    rng = np.random.default_rng(seed)
    months = _months(_FIRST, _LAST)
    weights = rng.gamma(6.0, 1.0, len(_boroughs()))
    weights[[name == "City of London" for _, name in _boroughs()]] *= 0.2
    incidents = _draw(rng, months, weights / weights.sum())
    if scale < 1:
        kept = max(12, round(len(months) * scale))
        months, incidents = months[-kept:], {sheet: figures[:, -kept:] for sheet, figures in incidents.items()}
    for earlier in range(min(max(1, round(scale)), _MOST_WORKBOOKS)):
        name = "ambulance-borough-monthly" + (f"-{months[-1 - earlier]:%Y-%m}" if earlier else "")
        release = months[: len(months) - earlier]
        _Writer(rng, incidents, release).book.save(str(folder / f"{name}.xls"))
