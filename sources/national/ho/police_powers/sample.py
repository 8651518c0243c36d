"""Arrests, stops and searches and section 136 detentions in the layouts that are read; every figure is synthetic."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sources import places
from sources.writing import Across, Cell, Row, write_csv, write_ods

_LAST_YEAR = 2024
_SYNTHETIC = "SYNTHETIC FIGURES for trying the software out: not one of them is of real people"
_AGES = ("Aged 10-17", "Aged 18-20", "Aged 21 and over", "Age unknown")
_OFFENCES = ("Violence against the person", "Theft offences", "Drug offences")
_DETAINED_AGES = ("Under 18", "18 - 64", "65 and over", "Age not known")
_PLACES = ("Health-based place of safety", "Accident and emergency", "Police station", "Not known")
_TRANSPORTS = ("Police vehicle", "Ambulance", "Other health vehicle", "Not known")
_ETHNIC = ("White", "Black (or Black British)", "Asian (or Asian British)", "Mixed", "Chinese or Other", "Not stated")
_SHARES = (0.7, 0.1, 0.07, 0.04, 0.02, 0.07)


def _year(first: int) -> str:
    return f"{first}/{(first + 1) % 100:02d}"


def _regions() -> dict[str, list[str]]:
    """The publisher's names of forces, by region; Wales last."""
    region_of = {parent.lad_code: parent.region_name or "Wales" for parent in places.parents()}
    names = {"E23000034": "London, City of", "E23000001": "Metropolitan Police"}
    for force in places.forces():
        name = force.force_name
        for ending in (" Police Service", " Constabulary", " Police"):
            name = name.removesuffix(ending)
        names.setdefault(force.pfa_code, name.replace(" & ", " and "))
    found: dict[str, set[str]] = {}
    for district in places.districts():
        found.setdefault(region_of[district.lad_code].replace(" The ", " the "), set()).add(names[district.pfa_code])
    return {r: sorted(found[r]) for r in [*sorted(r for r in found if r != "Wales"), "Wales"]}


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write the tables of arrests and of detentions of 2024/25, and the open data of arrests and of stop and search
    in the layouts before and after 2021, and a file of rates; open data of more years at a larger scale."""
    rng = np.random.default_rng(seed)
    _write_arrest_tables(folder, rng)
    _write_detentions(folder, rng)
    years = range(_LAST_YEAR - max(1, min(8, round(2 * scale))) + 1, _LAST_YEAR + 1)
    _write_arrests(folder, rng, years)
    _write_searches(folder, rng)
    _write_rates(folder, rng)


# --- workbooks -----------------------------------------------------------------------------------------------------


def _by_force(rng: np.random.Generator, means: Sequence[float], *, without: str | None = None) -> list[list[Cell]]:
    """Rows of forces, regions and countries with figures that add up; ``..`` for the force without."""
    width = len(means)
    rows: list[list[Cell]] = []
    england, wales = np.zeros(width, dtype=int), np.zeros(width, dtype=int)
    for region, forces in _regions().items():
        of_region = np.zeros(width, dtype=int)
        for force in forces:
            counts = rng.poisson(means)
            if force == without:
                rows.append([f"{force}2", *[".."] * width])
                continue
            of_region += counts
            rows.append([force, *map(int, counts)])
        if region == "Wales":
            wales = of_region
            rows += [["WALES", *map(int, wales)], []]
        else:
            england += of_region
            rows += [[f"{region} Region", *map(int, of_region)], []]
        if region == "Yorkshire and the Humber":
            rows += [["ENGLAND", *map(int, england)], []]
    return [*rows, ["ENGLAND AND WALES", *map(int, england + wales)]]


def _with_totals(rows: list[list[Cell]], starts: Sequence[tuple[int, int]]) -> list[list[Cell]]:
    """A total put behind the figures of each block of columns, counted from the first figure."""
    for row in rows:
        if len(row) < 2:
            continue
        cells: list[Cell] = [row[0]]
        for first, last in starts:
            block = row[1 + first : 1 + last]
            numbers = [cell for cell in block if isinstance(cell, int)]
            cells += [*block, sum(numbers) if numbers else ".."]
        row[:] = cells
    return rows


def _sheet(number: str, title: str, units: str, body: Sequence[Row], notes: Sequence[str] = ()) -> list[Row]:
    width = max(len(row) for row in body) - 2
    return [
        [f"{number}:   {title}"],
        [],
        [units, *[None] * width, "England and Wales"],
        *body,
        ["Source: Home Office"],
        [],
        ["Notes"],
        [_SYNTHETIC],
        *([note] for note in notes),
    ]


def _index(title: str, sheets: dict[str, list[Row]]) -> list[Row]:
    return [[title], [_SYNTHETIC], [], ["Table", "Title"], *([name, str(rows[0][0])] for name, rows in sheets.items())]


def _write_arrest_tables(folder: Path, rng: np.random.Generator) -> None:
    years = [_year(first) for first in range(_LAST_YEAR - 4, _LAST_YEAR + 1)]
    last, before = years[-1], years[-2]
    notes = ["' .. ' = Data not available", "1.  All tables exclude Lancashire.", "2.  Lancashire gave no data."]
    by_sex = rng.integers([500_000, 90_000], [600_000, 110_000], (len(years), 2))
    sheets: dict[str, list[Row]] = {}
    span = f"{years[0]} to {last}1"
    rows: list[Row] = [["Year", "Males", "Females", "Persons"], []]
    rows += [
        [year, *(int(count) / 1000 for count in counts), int(counts.sum()) / 1000]
        for year, counts in zip(years, by_sex, strict=True)
    ]
    rows += [[], [f"Change from {before} to {last}1"], [], ["   Number", 12, -3, 9], ["%", 0.1, -0.2, 0.1]]
    sheets["A_01a"] = _sheet(
        "A.01a",
        f"Number of persons arrested for notifiable offences by sex, {span}",
        "Numbers (thousands)",
        rows,
        notes,
    )
    ages = ["Under 101", *_AGES, "Total"]
    rows = [["Year", Across("Persons", len(ages))], [None, *ages], []]
    for year, counts in zip(years, by_sex, strict=True):
        shared = rng.multinomial(int(counts.sum()), [0.001, 0.09, 0.09, 0.818, 0.001])
        rows.append([year, *map(int, shared), int(counts.sum())])
    sheets["A_01b"] = _sheet(
        "A_01b", f"Number of persons arrested for notifiable offences by age group, {span}", "Numbers", rows, notes
    )
    rows = [["Sex and Year", "Total", *_OFFENCES], []]
    of_sex = {
        name: rng.multinomial(int(by_sex[-1, n]), [0.6, 0.25, 0.15]) for n, name in enumerate(("Males", "Females"))
    }
    of_sex["All Persons"] = of_sex["Males"] + of_sex["Females"]
    for sex, counts in of_sex.items():
        rows += [[sex], [f"{last}3, 4", int(counts.sum()), *map(int, counts)], []]
    title = "Persons arrested for notifiable offences by type of offence and sex"
    sheets["A_02"] = _sheet("A.02", f"{title}, {last}1, 2", "Numbers (thousands)", rows, notes)
    sexes = ("Males", "Females", "Persons")
    heads: list[Cell] = ["Under 102", *_AGES, "Total"]
    top: list[Cell | Across] = ["Offence Group"]
    for sex in sexes:
        top += [Across(sex, len(heads)), *[None] * len(heads)]
    rows = [top, [None, *heads, None, *heads, None, *heads], [], [last]]
    counts = rng.poisson(400, (len(_OFFENCES) + 1, 2, len(_AGES) + 1))
    counts[-1] = counts[:-1].sum(axis=0)
    for offence, of_offence in zip([*_OFFENCES, "Total "], counts, strict=True):
        cells: list[Cell] = [offence]
        for of_group in (*of_offence, of_offence.sum(axis=0)):
            cells += [*map(int, of_group), int(of_group.sum()), None]
        rows.append(cells[:-1])
    title = "Persons arrested for notifiable offences by type of offence, sex and age group"
    sheets["A_03"] = _sheet("A.03", f"{title}, {last}1,2", "Numbers", rows, notes)
    rows = [
        [None, Across("Males", 2), None, None, Across("Females", 2), None, None, Across("Persons", 2), None],
        ["Police Force Area", before, last, None, before, last, None, before, last],
        [],
    ]
    for row in _by_force(rng, [9000, 8800, 1500, 1450], without="Lancashire"):
        if len(row) < 2:
            rows.append(row)
            continue
        figures = [cell if isinstance(cell, int) else None for cell in row[1:]]
        sums: list[Cell] = [
            one + other if one is not None and other is not None else ".."
            for one, other in zip(figures[:2], figures[2:], strict=True)
        ]
        # Formulas over the empty columns give noughts in the rows of regions.
        gap = 0 if str(row[0]).endswith("Region") else None
        rows.append([row[0], *row[1:3], gap, *row[3:5], gap, *sums])
    title = "Persons arrested for notifiable offences by sex and police force area"
    sheets["A_05"] = _sheet("A.05", f"{title}, {before} and {last}1, 2", "Numbers", rows, notes)
    name = f"arrest-police-powers-procedures-mar{(_LAST_YEAR + 1) % 100}-tables.ods"
    write_ods(folder / name, {"Index": _index(f"Arrest statistics, {last}", sheets), **sheets})


def _write_detentions(folder: Path, rng: np.random.Generator) -> None:
    year = _year(_LAST_YEAR)
    what = "Detentions under section 136 of the Mental Health Act 1983 by"
    sheets: dict[str, list[Row]] = {}
    for number, words, groups, means in (
        ("01", "police force area and age group", _DETAINED_AGES, [60, 600, 30, 4]),
        ("02", "police force area and place of safety", _PLACES, [520, 160, 3, 8]),
        ("04", "police force area and method of transport", _TRANSPORTS, [350, 250, 20, 30]),
    ):
        rows = _with_totals(_by_force(rng, means), [(0, len(groups))])
        body: list[Row] = [["Police Force Area", *groups, "Total"], [], *rows]
        sheets[f"MHA_{number}"] = _sheet(f"MHA.{number}", f"{what} {words}, {year}", "Numbers", body)
    counts = np.array([rng.multinomial(int(rng.integers(13_000, 18_000)), _SHARES) for _ in range(2)])
    rows = [
        [ethnicity, *map(int, of), int(of.sum())]
        for ethnicity, of in zip([*_ETHNIC, "Total"], [*counts.T, counts.sum(axis=1)], strict=True)
    ]
    body = [["Self-defined ethnicity", "Males", "Females", "Persons"], [], *rows]
    sheets["MHA_03"] = _sheet("MHA.03", f"{what} self-defined ethnicity and sex, {year}", "Numbers", body)
    name = f"detentions-mental-health-act-mar{(_LAST_YEAR + 1) % 100}-tables.ods"
    write_ods(folder / name, {"Index": _index(f"Detentions under section 136, {year}", sheets), **sheets})


# --- text files ----------------------------------------------------------------------------------------------------


def _write_arrests(folder: Path, rng: np.random.Generator, years: Sequence[int]) -> None:
    rows: list[Row] = [
        ["financial_year", "force_name", "offence_group", "ethnic_group", "age_group", "sex", "arrests", "year_ending"]
    ]
    for year in years:
        for force in sorted(force for forces in _regions().values() for force in forces):
            for ethnic_group, offence, age_group, sex, mean in (
                ("White", "Violence against the person", "21 years and over", "Male", 900),
                ("Black or Black British", "Violence against the person", "21 years and over", "Male", 110),
                ("White", "Violence against the person", "21 years and over", "Female", 210),
                ("White", "Violence against the person", "10 - 17 years", "Male", 120),
                ("White", "Drug offences", "18 - 20 years", "Male", 90),
            ):
                count: Cell = "NA" if force == "Lancashire" and year == years[0] else int(rng.poisson(mean))
                who = [f"2015/16 onwards - {offence}", ethnic_group, age_group, sex]
                rows.append([_year(year), force, *who, count, f"{year + 1}-03-31"])
    write_csv(folder / "SYNTHETIC_arrests_open_data.csv", rows)


def _write_searches(folder: Path, rng: np.random.Generator) -> None:
    codes = sorted(force.pfa_code for force in places.forces() if force.pfa_code)
    head = ["Financial Year", "Geocode", "Region", "Reason for search / arrest", "Ethnicity (self-defined)"]
    rows: list[Row] = [[*head, "Searches", "Resultant arrests"]]
    for code in codes:
        searches = int(rng.poisson(700))
        rows.append(["2019/20", code, "As published", "Drugs", "White", searches, int(rng.binomial(searches, 0.1))])
    write_csv(folder / "SYNTHETIC_stop_search_open_data_to_2020.csv", rows)
    rows = [
        ["financial_year", "financial_year_quarter", "geocode", "region", "reason_for_search", "combined_ethnicity",
         "sex", "age_group", "outcome", "number_of_searches"]
    ]  # fmt: skip
    for code in codes:
        for quarter in range(1, 5):
            for ethnicity, sex, age_group, mean in (
                ("White", "Male", "18-24", 300),
                ("White", "Male", "10-17", 120),
                ("N/A - vehicle search", "N/A", "18-24", 5),
            ):
                of = ["Drugs", ethnicity, sex, age_group, "No further action", int(rng.poisson(mean))]
                rows.append([_year(_LAST_YEAR), f"Q{quarter}", code, "As published", *of])
    write_csv(folder / "SYNTHETIC_stop_search_open_data_from_2021.csv", rows)


def _write_rates(folder: Path, rng: np.random.Generator) -> None:
    means = np.array([10.0, 35.0, 18.0, 24.0, 6.0, 12.0])
    names = [name for forces in _regions().values() for name in forces]
    areas = sorted({*names, "London"} - {"London, City of", "Metropolitan Police"})
    rows: list[Row] = [["area", "White", "Black", "Asian", "Mixed", "Chinese or Other", "Total"]]
    for area in [*areas, "E&W excl. London", "England and Wales"]:
        rates = [float(rate) for rate in np.round(means * rng.uniform(0.5, 2, len(means)), 1)]
        rows.append([f"{area}(1)" if area == "London" else area, *rates])
    write_csv(folder / "SYNTHETIC_stops-and-searches-2013-2014.csv", rows)
