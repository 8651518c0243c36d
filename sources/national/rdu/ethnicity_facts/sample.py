"""Writes the three downloads in the publisher's layout; every figure is synthetic."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sources import places
from sources.writing import Cell, write_csv

_LAST_YEAR = 2024
_SEARCH_HEADER = (
    "Measure",
    "Time",
    "Time_type",
    "Ethnicity",
    "Ethnicity_type",
    "Geography",
    "Geography_type",
    " Number of stop and searches ",
    " Total number of stop and search carried out in this year in this area (excluding cases where the ethnicity was"
    " unreported) ",
    "Population by ethnicity",
    "Rate per 1,000 population by ethnicity",
    "Proportion of total stop and searches of this ethnicity in the financial year (excludes unreported)",
    "Notes",
)
#: The file has no room for a word about itself but its notes, which are empty in the publisher's.
_SYNTHETIC = "SYNTHETIC FIGURE"
_SEARCH_MEASURE = "Number of stops and searches carried out (excluding vehicle only searches)"
_GROUPS = ("Asian", "Black", "Mixed", "Other", "White", "Unreported")
_SHARES = (0.07, 0.08, 0.03, 0.02, 0.7, 0.1)
_OFFENCES = ("Drug offences", "Miscellaneous crimes agains", "Robbery", "Theft Offences")
_COURT_GROUPS = ("Asian", "Black", "Mixed", "Not stated", "Other inc Chinese", "White")
_NAMES = {
    "E23000034": "London, City of",
    "E23000001": "Metropolitan Police",
    "E23000036": "Avon & Somerset",
    "E23000030": "Hampshire",
}


def _forces() -> list[str]:
    names = []
    for force in places.forces():
        if force.pfa_code:
            name = _NAMES.get(force.pfa_code, force.force_name)
            for ending in (" Police Service", " Constabulary", " Police"):
                name = name.removesuffix(ending) if name != "Metropolitan Police" else name
            names.append(name)
    return sorted(names)


def _number(count: float) -> str:
    """A count as the publisher's spreadsheet formats it: nought is a dash."""
    return f" {count:,.0f} " if count else " -   "


def _records(area: str, counts: Sequence[int], people: Sequence[int] | None, year: str) -> list[list[Cell]]:
    """The records of one area: all groups together, then each."""
    reported = sum(counts[:-1])
    whole = ["All", "All", sum(counts), sum(people[:-1]) if people else None, "N/A"]
    groups = [
        [
            group,
            "ONS 2001 5+1",
            count,
            people[at] if people and group != "Unreported" else None,
            " N/A " if group == "Unreported" else f"{100 * count / max(1, reported):.0f}%",
        ]
        for at, (group, count) in enumerate(zip(_GROUPS, counts, strict=True))
    ]
    rows: list[list[Cell]] = []
    for group, kind, count, population, share in [whole, *groups]:
        of_people: list[Cell] = [" N/A ", " N/A "]
        if population:
            of_people = [f"{population:,}", f"{1000 * count / population:.2f}" if count else " -   "]
        total = " N/A " if group == "Unreported" else _number(reported)
        rows.append(
            [
                _SEARCH_MEASURE,
                year,
                "Financial year",
                group,
                kind,
                area,
                "Police Force Area",
                _number(count),
                total,
                *of_people,
                share,
                _SYNTHETIC,
            ]
        )
    return rows


def _write_searches(folder: Path, rng: np.random.Generator, years: Sequence[int]) -> None:
    rows: list[Sequence[Cell]] = [_SEARCH_HEADER]
    forces = _forces()
    people = {name: rng.multinomial(int(rng.integers(400_000, 2_500_000)), _SHARES).tolist() for name in forces}
    for first in years:
        year = f"{first}/{(first + 1) % 100:02d}"
        counts = {name: rng.multinomial(int(rng.integers(300, 20_000)), _SHARES) for name in forces}
        counts["London, City of"][3] = 0
        every, btp = sum(counts.values()), rng.multinomial(9_000, _SHARES)
        for name in forces:
            rows += _records(name, counts[name].tolist(), people[name], year)
        all_people = np.sum([people[name] for name in forces], axis=0).tolist()
        rows += _records("All - excluding BTP", np.asarray(every).tolist(), all_people, year)
        rows += _records("British Transport Police", btp.tolist(), None, year)
        rows += _records("All - including BTP", (every + btp).tolist(), None, year)
    write_csv(folder / "stop-and-search.csv", rows)


def _write_custody(folder: Path, rng: np.random.Generator, years: Sequence[int]) -> None:
    header = ["Measure", "Year", "Ethnicity", "Ethnicity_type", "Sex", "Age group", "Offence group"]
    rows: list[list[Cell]] = [[*header, "Immediate Custody", "all sentenced", "Value", "Value_type "]]
    for year in years:
        for group in _COURT_GROUPS:
            sentenced = rng.integers(200, 20_000, len(_OFFENCES))
            custody = rng.binomial(sentenced, 0.3)
            kinds = [("All", int(custody.sum()), int(sentenced.sum()))]
            kinds += list(zip(_OFFENCES, custody.tolist(), sentenced.tolist(), strict=True))
            for offence, of_custody, of_all in kinds:
                # Dragging a cell down a spreadsheet makes it count.
                slip = f"ONS 2001 5+{len(rows)}"
                share = f"{100 * of_custody / of_all:.1f}"
                rows.append(
                    [
                        "Sentences and custody SYNTHETIC",
                        year,
                        group,
                        slip,
                        "All",
                        "All",
                        offence,
                        of_custody,
                        of_all,
                        share,
                        "%",
                    ]
                )
    write_csv(folder / "custody-rate.csv", rows)


def _write_lengths(folder: Path, rng: np.random.Generator, years: Sequence[int]) -> None:
    rows: list[list[Cell]] = [["Year", "Sex", "Age group", "Ethnicity", "ACSL (in months)"]]
    for year in years:
        for group in ("Asian", "Black", "Mixed", "Other inc Chinese", "White"):
            for sex, mean in (("Female", 12), ("Male", 20), ("Not known", 2)):
                rows.append([year, sex, "All", group, f"{mean * rng.uniform(0.7, 1.3):.1f}"])
    write_csv(folder / f"acsl-by-ethnicity-and-sex-{years[0]}-{years[-1]}-SYNTHETIC.csv", rows)


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write the stops and searches of 2024/25 and sentences up to 2024; stops of more years at a larger
    scale."""
    rng = np.random.default_rng(seed)
    _write_searches(folder, rng, range(_LAST_YEAR - max(1, min(18, round(scale))) + 1, _LAST_YEAR + 1))
    _write_custody(folder, rng, range(_LAST_YEAR - 1, _LAST_YEAR + 1))
    _write_lengths(folder, rng, range(_LAST_YEAR - 2, _LAST_YEAR + 1))
