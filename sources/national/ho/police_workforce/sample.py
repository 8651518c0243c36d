"""Writes a workbook of workforce tables and an open data table by rank in the publisher's layout; every figure is
synthetic."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from sources import places
from sources.writing import Cell, write_csv, write_ods

_LAST_YEAR = 2025
_SYNTHETIC = "SYNTHETIC FIGURES for trying the software out: not one of them is of a real force"
_NAMES = {
    "E23000034": "London, City of",
    "E23000001": "Metropolitan Police",
    "E23000036": "Avon & Somerset",
    "E23000035": "Devon & Cornwall",
    "E23000030": "Hampshire",
}
_REGION_NAMES = {"East of England": "Eastern", "Yorkshire and The Humber": "Yorkshire and the Humber"}
_TABLES = (
    ("Police officers", "Full-time equivalents", 2900),
    ("Police staff", "Full-time equivalents", 1500),
    ("Designated officers (s.38, s.391)", "Full-time equivalents", 110),
    ("Police community support officers", "Full-time equivalents", 180),
    ("Special constables", "Headcount", 130),
)
_SERIES = ("Police officers1", "Police Staff", "Designated officers", "Police community support officers")
_RANKS = (
    ("Constable", "police officer", 1100),
    ("Sergeant", "police officer", 240),
    ("Police Staff", "police staff", 800),
    ("Community Support Officer", "police community support officer", 90),
)
#: The force that cannot tell its designated officers from other staff.
_WITHOUT = "Cleveland"


def _regions() -> dict[str, dict[str, str]]:
    """The publisher's names of forces with their codes, by region; Wales last."""
    region_of = {parent.lad_code: parent.region_name or "Wales" for parent in places.parents()}
    names = dict(_NAMES)
    for force in places.forces():
        name = force.force_name
        for ending in (" Police Service", " Constabulary", " Police"):
            name = name.removesuffix(ending)
        names.setdefault(force.pfa_code, name)
    found: dict[str, dict[str, str]] = {}
    for district in places.districts():
        region = region_of[district.lad_code]
        found.setdefault(_REGION_NAMES.get(region, region), {})[names[district.pfa_code]] = district.pfa_code
    return {name: dict(sorted(found[name].items())) for name in sorted(found, key=lambda name: (name == "Wales", name))}


def _counts(rng: np.random.Generator, mean: float, days: int, *, whole: bool) -> np.ndarray:
    """A force's counts on each day."""
    counts = mean * rng.gamma(4.0, 0.25) * (1 + 0.03 * rng.standard_normal(days))
    return np.round(np.maximum(counts, 1), 0 if whole else 2)


def _with_changes(counts: Sequence[float] | None) -> list[Cell]:
    """The three days and the changes in twelve and in six months, number and per cent."""
    if counts is None:
        return [".."] * 7
    first, second, last = counts
    changes = [[round(last - other, 2), round(100 * (last - other) / other, 2)] for other in (first, second)]
    return [*(round(float(count), 2) for count in counts), *map(float, changes[0]), *map(float, changes[1])]


def _table(rng: np.random.Generator, number: int, days: Sequence[date]) -> list[list[Cell]]:
    worker, unit, mean = _TABLES[number - 1]
    whole = unit == "Headcount"
    spans = [f"{day:%b-%y} to {days[-1]:%b-%y}" for day in days[:2]]
    said = "headcount" if whole else "FTE"
    dates = f"{days[0]:%d %B %Y}, {days[1]:%d %B %Y} and {days[2]:%d %B %Y}2"
    rows: list[list[Cell]] = [
        [f"Table {number}: {worker} by police force area, England and Wales, {dates} ({said})"],
        [],
        ["England and Wales", None, None, None, None, None, None, unit],
        [None, "As at:", None, None, f"Change in 12 months\n{spans[0]}", None, f"Change in 6 months \n{spans[1]}"],
        [],
        [None, *days, "number", "%", "number", "%"],
    ]
    total = np.zeros(len(days))
    for region, forces in _regions().items():
        counts = {name: _counts(rng, mean, len(days), whole=whole) for name in forces}
        if worker.startswith("Designated"):
            counts.pop(_WITHOUT, None)
        whole_region = sum(counts.values(), np.zeros(len(days)))
        rows.append([f"{region} ", *_with_changes(whole_region.tolist())])
        for name in forces:
            mark = "3" if name == "Wiltshire" and number == 1 else ""
            rows.append([name + mark, *_with_changes(counts[name].tolist() if name in counts else None)])
        total += whole_region
    rows.append(["Total 43 forces", *_with_changes(total.tolist())])
    others = ["Central Service Secondments", "British Transport Police"][0 if number == 1 else 1 :]
    for name in others:
        counts_of_other = _counts(rng, mean / 2, len(days), whole=whole)
        rows.append([name, *_with_changes(counts_of_other.tolist())])
        total = total + counts_of_other
    return [
        *rows,
        ["Total", *_with_changes(total.tolist())],
        [None, None, None, None, None, None, None, "Source: Home Office"],
        ["Notes"],
        [f"1. {_SYNTHETIC}."],
        ["'..' Denotes data not available"],
    ]


def _series(rng: np.random.Generator, number: int) -> list[list[Cell]]:
    title = "Police officers1, police staff, designated officers and police community support officers"
    rows: list[list[Cell]] = [
        [f"Table {number}: {title}, England and Wales, 30 September 2006 to {_LAST_YEAR} (FTE)"],
        [],
        ["England and Wales", None, None, None, "Full-time equivalents"],
        [None, *_SERIES],
    ]
    for year in range(2006, _LAST_YEAR + 1):
        mark = "2" if year == 2012 else ""
        counts = [round(float(mean * rng.uniform(0.9, 1.1)), 2) for mean in (125_000, 65_000, 4_000, 10_000)]
        rows.append([f"30 September {year}{mark}", *counts])
    return [
        *rows,
        [None, None, None, None, "Source: Home Office"],
        ["Notes"],
        [f"1. {_SYNTHETIC}."],
        ["2. The designated officers figure for 30 September 2012 excludes Northamptonshire."],
    ]


def _write_workbook(folder: Path, rng: np.random.Generator) -> None:
    days = [date(_LAST_YEAR - 1, 9, 30), date(_LAST_YEAR, 3, 31), date(_LAST_YEAR, 9, 30)]
    index: list[list[Cell]] = [[f"Police Workforce, England and Wales, 30 September {_LAST_YEAR}"], [_SYNTHETIC], []]
    index.append(["Table number", "Title", "Period covered", "National Statistics", "Last updated"])
    sheets: dict[str, list[list[Cell]]] = {}
    for number in range(1, len(_TABLES) + 2):
        sheets[f"Table_{number}"] = _series(rng, number) if number > len(_TABLES) else _table(rng, number, days)
        index.append([f"Table {number}", sheets[f"Table_{number}"][0][0], f"to {days[-1]:%B %Y}", "Yes", "SYNTHETIC"])
    write_ods(folder / f"police-workforce-sep{_LAST_YEAR % 100}-tables.ods", {"Index": index, **sheets})


def _write_ranks(folder: Path, rng: np.random.Generator, years: Sequence[int]) -> None:
    header = ["date", "geo_code", "force_name", "region", "sex", "rank_description", "worker_type"]
    rows: list[list[Cell]] = [[*header, "total_headcount", "total_fte"]]
    for year in years:
        for region, forces in _regions().items():
            for name, code in forces.items():
                for sex, share in (("Female", 0.4), ("Male", 0.6)):
                    for rank, worker, mean in _RANKS:
                        count = int(rng.poisson(mean * share))
                        fte = round(count * float(rng.uniform(0.93, 1)), 2)
                        rows.append([f"{year}-03-01", code, name, region, sex, rank, worker, count, fte])
    write_csv(folder / f"police-workforce-open-data-{years[-1]}-SYNTHETIC.csv", rows)


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write the workbook of September 2025 and the open data by rank of March 2026, of more years at a larger scale."""
    rng = np.random.default_rng(seed)
    _write_workbook(folder, rng)
    _write_ranks(folder, rng, range(_LAST_YEAR + 2 - max(1, min(19, round(scale))), _LAST_YEAR + 2))
