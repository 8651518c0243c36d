"""Recorded crime in the publishers' layouts: real forces and partnerships, synthetic counts, and the notes say so."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources import places
from sources.writing import Row, write_csv, write_ods, write_xlsx

_SYNTHETIC = "SYNTHETIC FIGURES: made up for the bundled edition on real places; not counts of any recorded crime."
#: Quarters up to that which ends in June 2026, newest last: the first year of the financial year, and the quarter.
_QUARTERS = [(year, quarter) for year in range(2023, 2027) for quarter in range(1, 5)][:13]
#: Description, group, subgroup, code, and how many a quarter among 1,000 people.
_OFFENCES = (
    ("Assault with injury", "Violence against the person", "Violence with injury", "8N", 2.2),
    ("Shoplifting", "Theft offences", "Shoplifting", "46", 1.9),
    ("Possession of controlled drugs (Cannabis)", "Drug offences", "Possession of drugs", "92E", 0.4),
    ("Trafficking in controlled drugs", "Drug offences", "Trafficking of drugs", "92A", 0.2),
    ("Rape of a female aged 16 and over", "Sexual offences", "Rape offences", "19C", 0.2),
)
_BODIES = (
    ("Action Fraud", "Fraud offences recorded by Action Fraud", "Fraud: Action Fraud", "AF"),
    ("CIFAS", "Fraud offences recorded by CIFAS", "Fraud: CIFAS", "CIFAS"),
    ("UK Finance", "Fraud offences recorded by UK Finance", "Fraud: UK Finance", "UK Finance"),
)
_GROUPS = (
    "Violence against the person",
    "Sexual offences",
    "Robbery",
    "Theft offences",
    "Criminal damage and arson",
    "Drug offences",
    "Possession of weapons offences",
    "Public order offences",
    "Miscellaneous crimes against society",
)
_SHARES = np.array([0.37, 0.04, 0.015, 0.335, 0.09, 0.035, 0.01, 0.085, 0.02])
#: Police force areas by region (2024), as the workbook of ONS orders them.
_REGIONS = {
    ("E12000001", "North East"): ("E23000013", "E23000008", "E23000007"),
    ("E12000002", "North West"): ("E23000006", "E23000002", "E23000005", "E23000003", "E23000004"),
    ("E12000003", "Yorkshire and The Humber"): ("E23000012", "E23000009", "E23000011", "E23000010"),
    ("E12000004", "East Midlands"): ("E23000018", "E23000021", "E23000020", "E23000022", "E23000019"),
    ("E12000005", "West Midlands"): ("E23000015", "E23000017", "E23000016", "E23000014"),
    ("E12000006", "East"): ("E23000026", "E23000023", "E23000028", "E23000027", "E23000024", "E23000025"),
    ("E12000007", "London"): ("E23000034", "E23000001"),
    ("E12000008", "South East"): ("E23000030", "E23000032", "E23000031", "E23000033", "E23000029"),
    ("E12000009", "South West"): ("E23000036", "E23000035", "E23000039", "E23000037", "E23000038"),
}
_WELSH = ("W15000004", "W15000002", "W15000001", "W15000003")


def write(folder: Path, *, seed: int, scale: float) -> None:
    """The force file (ODS), the partnership file (as xlsx, which is quicker to write), the reference table (CSV) and
    the workbook of ONS: five quarters of forces and two of partnerships at scale 1.

    A force's count is that of its partnerships and of what is in none; groups, forces and regions sum to their totals.
    """
    random = np.random.default_rng(seed)
    of_forces = _QUARTERS[-max(2, min(len(_QUARTERS), round(5 * scale))) :]
    of_partnerships = set(of_forces[-max(1, min(len(of_forces), round(2 * scale))) :])
    forces: dict[str, list[Row]] = {}
    partnerships: dict[str, list[Row]] = {}
    for year, quarter in of_forces:
        sheet, label = f"{year}_{(year + 1) % 100}", f"{year}/{(year + 1) % 100}"
        for number, (description, group, subgroup, code, per_thousand) in enumerate(_OFFENCES):
            offence = (description, group, subgroup, code)
            for force, areas in _partnerships().items():
                expected = per_thousand * 180 * (0.6 + 0.8 * random.random())
                counts = [int(random.poisson(expected)) for _ in areas]
                # Offences of an earlier quarter that were cancelled can outnumber those of this one.
                unplaced = -2 if force == "Kent" and not number else int(random.poisson(6))
                forces.setdefault(sheet, []).append([label, quarter, force, *offence, sum(counts) + unplaced])
                if not number and (year, quarter) in of_partnerships:
                    rows = partnerships.setdefault(sheet, [])
                    for name, count in zip([*areas, f"Unassigned {force}"], [*counts, unplaced], strict=True):
                        rows.append([label, f"Q{quarter}", force, name, *offence, count])
            forces[sheet].append([label, quarter, "British Transport Police", *offence, int(random.poisson(300))])
        for body, description, subgroup, code in _BODIES:
            fraud = int(random.poisson(80_000))
            forces[sheet].append([label, quarter, body, description, "Fraud offences", subgroup, code, fraud])
    notes: list[Row] = [["Police recorded crime open data tables"], ["Updated: 22 October 2026"], [_SYNTHETIC]]
    of_offence = ["Offence Description", "Offence Group", "Offence Subgroup", "Offence Code"]
    first: Row = ["Financial Year", "Financial Quarter", "Force Name", *of_offence, "Number of Offences"]
    write_ods(
        folder / "prc-pfa-mar2013-onwards-tables-221026.ods",
        {"Notes": notes} | {sheet: [first, *rows] for sheet, rows in forces.items()},
    )
    first = ["Financial Year", "Financial Quarter", "Police Force", "CSP Name", *of_offence, "Offence Count"]
    write_xlsx(
        folder / "prc-csp-mar2021-mar2026-tables-221026.xlsx",
        {"Notes": notes} | {sheet: [first, *rows] for sheet, rows in partnerships.items()},
    )
    write_csv(folder / "prc-geog-ref-table-221026.csv", _reference())
    write_xlsx(folder / "policeforceareatablesyejune2026.xlsx", _workbook(random))


def _partnerships() -> dict[str, dict[str, str]]:
    """The code of each partnership by name, by force."""
    found: dict[str, dict[str, str]] = {}
    for row in sorted(places.districts(), key=lambda row: (row.pfa_name, row.csp_name)):
        found.setdefault(row.pfa_name, {})[row.csp_name] = row.csp_code
    return found


def _reference() -> list[Row]:
    regions = {pfa: f"{name} Region" for (_, name), pfas in _REGIONS.items() for pfa in pfas}
    rows = {
        (row.csp_name, row.pfa_name, regions.get(row.pfa_code, "Wales"), row.csp_code) for row in places.districts()
    }
    return [["CSP Name", "Force Name", "Region", "ONS Code"], *sorted(rows)]


def _combined() -> list[Row]:
    """The districts of partnerships that have several, their names in the first row of each alone."""
    inside: dict[str, list[places.District]] = {}
    for row in places.districts():
        inside.setdefault(row.csp_code, []).append(row)
    rows: list[Row] = []
    for districts in inside.values():
        for number, row in enumerate(districts if len(districts) > 1 else []):
            rows.append([*(("", "") if number else (row.pfa_name, row.csp_name)), row.lad_code, row.lad_name])
    return rows


def _workbook(random: np.random.Generator) -> dict[str, list[Row]]:
    """Tables P1, P2, C1 and C2 of the workbook of ONS, for the year to June 2026, with its notes and markers."""
    by_force: dict[str, dict[str, np.ndarray]] = {}
    districts: dict[str, list[tuple[str, str]]] = {}
    names = {row.pfa_code: row.pfa_name for row in places.districts()}
    for row in places.districts():
        by_force.setdefault(row.pfa_code, {}).setdefault(row.csp_code, random.poisson(15_000 * _SHARES))
        districts.setdefault(row.csp_code, []).append((row.lad_code, row.lad_name))
    unplaced = {code: random.poisson(200 * _SHARES) for code in by_force}
    partnerships = {row.csp_code: row.csp_name for row in places.districts()}
    forces = {code: sum(areas.values()) + unplaced[code] for code, areas in by_force.items()}
    transport = random.poisson(80_000 * _SHARES)

    def rows_p(figure_of: dict[str, list[int | float | str]]) -> list[Row]:
        return [[code, name, *figure_of[code or name]] for code, name in listed]

    totals = {code: np.sum([forces[pfa] for pfa in pfas], axis=0) for (code, _), pfas in _REGIONS.items()}
    england = np.sum(list(totals.values()), axis=0)
    wales = np.sum([forces[pfa] for pfa in _WELSH], axis=0)
    everywhere = {
        "K04000001": england + wales + transport,
        "E92000001": england,
        "W92000004": wales,
        "British Transport Police": transport,
        **totals,
        **forces,
    }
    listed = [("K04000001", "ENGLAND AND WALES [note 3]"), ("E92000001", "ENGLAND ")]
    for (code, name), pfas in _REGIONS.items():
        listed += [(code, name), *((pfa, names[pfa]) for pfa in pfas)]
    listed += [("W92000004", "WALES"), *((pfa, names[pfa]) for pfa in _WELSH), ("", "British Transport Police")]
    total = "Total recorded crime\n (excluding fraud) \n[note 2]"
    counts = {key: [int(groups.sum()), *map(int, groups)] for key, groups in everywhere.items()}
    changes: dict[str, list[int | float | str]] = {
        key: [round(float(random.normal(-2, 5)), 6), "[u]" if groups[2] < 300 else round(float(random.normal(0, 9)), 6)]
        for key, groups in everywhere.items()
    }
    area = ["Police Force\nArea code", "Police Force\nArea name", "Community Safety\nPartnership code"]
    area += ["Community Safety\nPartnership name", "Local Authority code", "Local Authority name"]
    of_partnerships: list[Row] = []
    for code, areas in sorted(by_force.items(), key=lambda item: names[item[0]]):
        of_partnerships.append([code, names[code], "", "", "", "", *counts[code][:2]])
        for csp, groups in areas.items():
            inside = districts[csp]
            district = inside[0] if len(inside) == 1 else ("Combined Local Authorities", "")
            row = [code, names[code], csp, partnerships[csp], *district, int(groups.sum()), int(groups[0])]
            of_partnerships.append(row)
        rest = [int(unplaced[code].sum()), int(unplaced[code][0])]
        of_partnerships.append([code, names[code], "", f"Unassigned {names[code]}", "", "", *rest])
    year = "year ending June 2026"
    title = "Police recorded crime by offence group and police force area, England and Wales"
    lines: list[Row] = [
        ["This worksheet contains one table. Some cells refer to notes which can be found on the notes worksheet."],
        ["Synthetic figures: see the cover sheet."],
        ["Link to Notes page"],
        ["Link to Table of Contents"],
        ["Source: Home Office - Police recorded crime "],
    ]
    shorthand: Row = ["Some shorthand is used in this table, [u] indicates a small base of less than 50."]
    return {
        "Cover_sheet": [[f"Police force area data tables - {year}"], [_SYNTHETIC]],
        "Notes- PFA ": [["Notes"], ["Note number", "Note text"], [1, "Synthetic figures on real areas."]],
        "Table P1": [
            [f"Table P1:  {title}, number of offences, {year} [note 1]"],
            *lines,
            ["Area Code", "Area Name", total, *_GROUPS],
            *rows_p({key: list(row) for key, row in counts.items()}),
        ],
        "Table P2": [
            [f"Table P2:  {title}, percentage change, {year} compared with year ending June 2025 [note 1]"],
            *lines,
            shorthand,
            ["Area Code", "Area Name", "Total recorded crime (excludinging fraud) \n[note 2]", "Robbery"],
            *rows_p(changes),
        ],
        "Table C1": [
            ["Table C1: List of combined Local Authorities by Community Safety Partnership in England and Wales"],
            ["This worksheet contains one table."],
            ["Link to table of contents"],
            [
                "Police Force Area name",
                "Community Safety Partnership name",
                "Local Authority code",
                "Local Authority name",
            ],
            *_combined(),
        ],
        "Table C2": [
            ["Table C2: Number of police recorded crimes for headline offences by Community Safety Partnership area, "
             f"England and Wales, {year} [note 1][note 2]"],
            *lines,
            [*area, "Total recorded crime\n (excluding fraud)", "Violence against the person"],
            *of_partnerships,
        ],
    }  # fmt: skip
