"""Mid-year estimates in the publishers' layouts: real areas, synthetic figures, and covers and notes say so."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from sources import places
from sources.writing import Row, write_csv, write_xlsx

_FIRST, _LAST = 2019, 2025
_AGES = 91
#: Police force areas by region (2024): each is in one.
_REGIONS = {
    ("E12000001", "NORTH EAST"): ("E23000007", "E23000008", "E23000013"),
    ("E12000002", "NORTH WEST"): ("E23000002", "E23000003", "E23000004", "E23000005", "E23000006"),
    ("E12000003", "YORKSHIRE AND THE HUMBER"): ("E23000009", "E23000010", "E23000011", "E23000012"),
    ("E12000004", "EAST MIDLANDS"): ("E23000018", "E23000019", "E23000020", "E23000021", "E23000022"),
    ("E12000005", "WEST MIDLANDS"): ("E23000014", "E23000015", "E23000016", "E23000017"),
    ("E12000006", "EAST"): ("E23000023", "E23000024", "E23000025", "E23000026", "E23000027", "E23000028"),
    ("E12000007", "LONDON"): ("E23000001", "E23000034"),
    ("E12000008", "SOUTH EAST"): ("E23000029", "E23000030", "E23000031", "E23000032", "E23000033"),
    ("E12000009", "SOUTH WEST"): ("E23000035", "E23000036", "E23000037", "E23000038", "E23000039"),
}
_GEOGRAPHY = {
    "E06": "Unitary Authority",
    "E07": "Non-metropolitan District",
    "E08": "Metropolitan District",
    "E09": "London Borough",
    "W06": "Unitary Authority",
}
#: Districts far from the usual size, in people: a sample with half of everybody in the City of London looks broken.
_SMALL = {"E06000053": 2_000, "E09000001": 10_000}


def write(folder: Path, *, seed: int, scale: float) -> None:
    """A workbook a year up to mid-2025: four at scale 1, two at the least, seven at the most; and of the last year
    the people by deprivation and the dead by cause, of the last two the children and what changed between them.

    People are whole; ages sum to all ages, females and males to persons, districts to regions and countries, and so
    do deciles and children.
    """
    years = max(2, min(_LAST - _FIRST + 1, round(4 * scale)))
    people = {year: _people(seed, year) for year in range(_LAST - years + 1, _LAST + 1)}
    for year, of_year in people.items():
        _write_workbook(folder / f"mye{year % 100}tablesew.xlsx", year, of_year)
    draw = np.random.default_rng([seed, 1])
    _write_deciles(folder / f"populationbyimdenglandandwales{_LAST}.xlsx", draw, people[_LAST])
    _write_children(folder / "ons_mid-year_population_estimates_0-17_SYNTHETIC.csv", people)
    _write_deaths(folder / f"nomis_deaths_{_LAST}.xlsx", draw)
    _write_change(folder / "MYEB3_summary_components_of_change_series_EW_SYNTHETIC.csv", draw, people)


def _people(seed: int, year: int) -> dict[str, np.ndarray]:
    """Females and males (first axis) by age of each district; a district is of about the same size every year."""
    ages = np.arange(_AGES)
    codes = sorted({row.lad_code for row in places.districts()})
    # The districts are drawn from the seed alone and the year's growth on top: years resemble each other.
    fixed, yearly = np.random.default_rng(seed), np.random.default_rng([seed, year])
    found = {}
    for code in codes:
        size = _SMALL.get(code) or float(np.clip(fixed.lognormal(11.95, 0.45), 40_000, 1_200_000))
        student, old = fixed.uniform(0, 0.5), fixed.uniform(72, 82)
        shape = 1 / (1 + np.exp((ages - old) / 6.5)) + student * np.exp(-(((ages - 21) / 3.5) ** 2))
        shape[-1] *= 4  # everybody of 90 and over
        expected = size * 1.006 ** (year - _FIRST) * shape / shape.sum()
        # Women live longer.
        women = 0.488 + 0.16 * (ages / 90) ** 4
        found[code] = np.stack([yearly.poisson(expected * women), yearly.poisson(expected * (1 - women))])
    return found


def _areas(people: dict[str, np.ndarray]) -> list[tuple[str, str, str, np.ndarray]]:
    """Code, name, type and people of every row, in the publisher's order: an area before those that it is made of."""
    districts = {row.lad_code: row for row in places.districts()}
    regions = {pfa: region for region, pfas in _REGIONS.items() for pfa in pfas}

    def rows_of(codes: list[str]) -> list[tuple[str, str, str, np.ndarray]]:
        return [(code, districts[code].lad_name, _GEOGRAPHY[code[:3]], people[code]) for code in sorted(codes)]

    welsh = rows_of([code for code in districts if code.startswith("W")])
    english: list[tuple[str, str, str, np.ndarray]] = []
    for region in _REGIONS:
        inside = rows_of([code for code, row in districts.items() if regions.get(row.pfa_code) == region])
        english += [(*region, "Region", np.sum([row[3] for row in inside], axis=0)), *inside]
    england = np.sum([row[3] for row in english if row[2] == "Region"], axis=0)
    wales = np.sum([row[3] for row in welsh], axis=0)
    return [
        ("K04000001", "ENGLAND AND WALES", "Country", england + wales),
        ("E92000001", "ENGLAND", "Country", england),
        *english,
        ("W92000004", "WALES", "Country", wales),
        *welsh,
    ]


def _write_workbook(path: Path, year: int, people: dict[str, np.ndarray]) -> None:
    areas = _areas(people)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    book.set_properties({"created": datetime(year + 1, 7, 15)})  # noqa: DTZ001 (a workbook's dates have no zone)
    cover = [
        f"Mid-Year Population Estimates, England and Wales, June {year}",
        "SYNTHETIC FIGURES: made up for the bundled edition on real areas; not estimates of anybody.",
        "This spreadsheet follows the layout of the tables that the Office for National Statistics publishes.",
    ]
    _write_lines(book.add_worksheet("Cover sheet"), cover)
    _write_lines(
        book.add_worksheet("Notes"),
        ["Notes related to the data in this spreadsheet", "Synthetic figures on real areas, from a fixed seed."],
    )
    of_sex = {"Persons": lambda both: both.sum(axis=0), "Females": lambda both: both[0], "Males": lambda both: both[1]}
    # The publisher has the last two in one order in some years and in the other in others.
    order = ["Persons", "Females", "Males"] if year % 2 else ["Persons", "Males", "Females"]
    for sex in order:
        rows = [(code, name, kind, of_sex[sex](both)) for code, name, kind, both in areas]
        _write_mye2(book.add_worksheet(f"MYE2 - {sex}"), year, sex, rows)
    # With a space in the name until mid-2021.
    other = book.add_worksheet("MYE5" if year > 2021 else "MYE 5")
    _write_lines(other, [f"MYE5: Population of countries and regions, mid-{year}", *_NOTES])
    header = ["Code", "Name", "Geography", f"Estimated Population mid-{year}"]
    totals = [(code, name, kind, int(both.sum())) for code, name, kind, both in areas if kind in {"Country", "Region"}]
    for number, row in enumerate([header, *totals], start=7):
        other.write_row(number, 0, row)
    book.close()


_NOTES = (
    "This worksheet contains one table. Freeze panes are turned on. ",
    "To turn off freeze panes select the 'View' ribbon then 'Freeze Panes' then 'Unfreeze Panes' or use [Alt W, F]",
    "Synthetic figures: see the cover sheet.",
    "Please choose from the links presented in the cells below to e-mail us your opinion on this table: ",
    "This met my needs, please produce it next year",
    "I need something slightly different (please specify)",
)


def _write_lines(sheet: Worksheet, lines: list[str]) -> None:
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line)


def _write_mye2(sheet: Worksheet, year: int, sex: str, rows: list[tuple[str, str, str, np.ndarray]]) -> None:
    """One sheet: seven lines, the header in row 8 with the ages as text, and a row an area."""
    title = f"MYE2: {sex} by single year of age and sex for local authorities in England and Wales, mid-{year}"
    _write_lines(sheet, [title, *_NOTES])
    header = ["Code", "Name", "Geography", "All ages", *map(str, range(_AGES - 1)), "90+"]
    for column, text in enumerate(header):
        sheet.write_string(7, column, text)
    for number, (code, name, kind, ages) in enumerate(rows, start=8):
        for column, text in enumerate((code, name, kind)):
            sheet.write_string(number, column, text)
        for column, people in enumerate([int(ages.sum()), *ages.tolist()], start=3):
            sheet.write_number(number, column, people)


def _write_deciles(path: Path, draw: np.random.Generator, people: dict[str, np.ndarray]) -> None:
    """Each country's people over ten deciles, the young more often in the first."""
    cover: list[Row] = [
        [None, f"Population estimates by sex, single year of age and deprivation decile, England and Wales, {_LAST}"],
        [None, "SYNTHETIC FIGURES: made up for the bundled edition; not estimates of anybody."],
    ]
    sheets: dict[str, list[Row]] = {"Notes, terms and conditions": cover}
    lean = np.linspace(0.03, -0.03, 10)[None, :] * np.linspace(1, -1, _AGES)[:, None]
    for number, (country, index) in enumerate({"England": "IMD 2019", "Wales": "WIMD 2019"}.items(), start=1):
        both = np.sum([ages for code, ages in people.items() if code[0] == country[0]], axis=0)
        rows: list[Row] = [
            [],
            [f"Mid-year population estimates in deprivation decile areas by sex and age, {country}, {_LAST}1,2"],
            [],
            [None, "Deprivation Decile (IMD 2020)", *range(_AGES - 1), "90+"],
        ]
        for sex, ages in (("Males", both[1]), ("Females", both[0])):
            deciles = draw.multinomial(ages, 0.1 + lean).T.tolist()
            rows += [[None if tenth else sex, tenth + 1, *deciles[tenth]] for tenth in range(10)]
            rows.append([])
        rows += [["1 Synthetic figures."], [f"2 In this table, data is based on LSOA 2011/{index}."]]
        sheets[f"Table {number} - {country}"] = rows
    write_xlsx(path, sheets)


def _write_children(path: Path, people: dict[int, dict[str, np.ndarray]]) -> None:
    """Children in the layout of the Department for Education, the last two years, the last first."""
    header = (
        "time_period time_identifier geographic_level country_code country_name region_code region_name old_la_code"
    )
    rows: list[Row] = [[*header.split(), "new_la_code", "la_name", "age_group", "population_estimate"]]
    english = [row for row in places.parents() if row.region_code]
    country = ("E92000001", "England")
    for year in (_LAST, _LAST - 1):
        regions: dict[tuple[str, str], int] = {}
        tiers: dict[tuple[str, str, str, str], int] = {}
        for row in english:
            children = int(people[year][row.lad_code][:, :18].sum())
            region, tier = (row.region_code, row.region_name), (row.upper_tier_code, row.upper_tier_name)
            regions[region] = regions.get(region, 0) + children
            tiers[*region, *tier] = tiers.get((*region, *tier), 0) + children
        figures: list[tuple[str, Row, int]] = [("National", [None] * 5, sum(regions.values()))]
        figures += [("Regional", [*area, None, None, None], count) for area, count in sorted(regions.items())]
        figures += [("Local authority", [*a[:2], None, *a[2:]], count) for a, count in sorted(tiers.items())]
        rows += [
            [year, "Reporting year", level, *country, *area, "Children aged 0 to 17 years", count]
            for level, area, count in figures
        ]
    write_csv(path, rows, encoding="utf-8-sig")


def _write_change(path: Path, draw: np.random.Generator, people: dict[int, dict[str, np.ndarray]]) -> None:
    """What made the last year's people of the year's before, other_change being what is left."""
    parts = "births deaths natchange internal_in internal_out internal_net international_in international_out"
    names = [*parts.split(), "international_net", "other_change", "population"]
    header = ["ladcode24", "laname24", "country", f"population_{_LAST - 1}", *(f"{name}_{_LAST}" for name in names)]
    rows: list[Row] = [header]
    for code, name in sorted({(row.lad_code, row.lad_name) for row in places.districts()}):
        before, after = (int(people[year][code].sum()) for year in (_LAST - 1, _LAST))
        births, deaths, moved_in, moved_out, came, went = (
            int(count) for count in draw.poisson(np.array([0.0095, 0.009, 0.05, 0.05, 0.014, 0.007]) * before)
        )
        nets = (births - deaths, moved_in - moved_out, came - went)
        moves = [births, deaths, nets[0], moved_in, moved_out, nets[1], came, went, nets[2]]
        rows.append([code, name, code[0], before, *moves, after - before - sum(nets), after])
    write_csv(path, rows)


_CAUSES = (
    ("A00-R99,U00-Y89 All causes, all ages", 6000),
    ("C33-C34 Malignant neoplasm of trachea, bronchus and lung", 280),
    ("F01-F03 Dementias", 560),
    ("I20-I25 Ischaemic heart diseases", 550),
    ("K70 Alcoholic liver disease", 60),
    ("X60-X84 Intentional self-harm", 50),
)


def _write_deaths(path: Path, draw: np.random.Generator) -> None:
    """An answer of Nomis: deaths by cause in each region and Wales."""
    areas = [*sorted({row.region_name for row in places.parents()} - {""}), "Wales"]
    rows: list[Row] = [
        ["Mortality statistics - underlying cause, sex and age"],
        ["SYNTHETIC FIGURES: made up for the bundled edition; nobody's deaths."],
        [],
        ["date", _LAST],
        ["gender", "Total"],
        ["age", "total (all ages)"],
        ["measure", "Deaths"],
        [],
        ["cause of death", *areas],
        *[[cause, *draw.poisson(10 * usual, len(areas)).tolist()] for cause, usual in _CAUSES],
    ]
    write_xlsx(path, {"Data": rows})
