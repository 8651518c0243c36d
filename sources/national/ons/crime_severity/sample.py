"""Crime severity scores in the layouts of the copies at hand: real areas, synthetic scores.

The layouts have no room for words: that the figures are synthetic is said by the files' names and by the edition.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources import places
from sources.writing import Row, write_csv

_COUNTRIES = (("K04000001", "ENGLAND AND WALES"), ("E92000001", "ENGLAND"), ("W92000004", "WALES"))
_SHARES = {
    "Violence against the person": 0.42,
    "Sexual offences": 0.16,
    "Robbery": 0.07,
    "Theft offences": 0.2,
    "Criminal damage and arson": 0.05,
    "Other crimes against society": 0.1,
}
_LAST = 2026
_CITY_OF_LONDON = "E23000034"
#: Offence code and description, group, and code, offence and group in the table of weights; the weights are made up.
_OFFENCES = (
    ("8N", "Assault with injury", "violence against the person", "8N", "Assault with injury", "violence"),
    ("46", "Shoplifting", "theft offences", "46", "Shoplifting", "theft offences"),
    ("1", "Murder", "violence against the person", "1, 4.1/2/10", "Homicide", "violence"),
)


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Scores of four years at scale 1, of districts once, and three weights; groups sum to all recorded crime."""
    random = np.random.default_rng(seed)
    forces = sorted({(row.pfa_code, row.pfa_name) for row in places.districts()})
    years = range(_LAST - max(2, min(18, round(4 * scale))) + 1, _LAST + 1)
    rows: list[Row] = [("offence_group", "code", "name", "year", "severity_score", "year_ending")]
    totals: list[Row] = []
    for code, name in [*_COUNTRIES, *forces]:
        for number, year in enumerate(years, start=4):
            label = f"Apr '{(year - 1) % 100:02} to \r\nMar '{year % 100:02}...{number}"
            total = 0.0
            for group, share in _SHARES.items():
                score: float | str = round(16 * share * float(random.uniform(0.6, 1.5)), 9)
                if code == _CITY_OF_LONDON:
                    score = ":"
                else:
                    total += float(score)
                rows.append([group, code, name, label, score, f"{year}-03-31"])
            all_crime = total if total else ":"
            totals.append(["Total recorded crime", code, name, label, all_crime, f"{year}-03-31"])
    write_csv(folder / f"SYNTHETIC_ons_crime_severity_pfa_{_LAST}.csv", [rows[0], *totals, *rows[1:]])
    districts = sorted({row.lad_code for row in places.districts() if row.lad_code.startswith("E")})
    of_districts: list[Row] = [
        [code, ":" if code == "E09000001" else round(float(random.uniform(6, 24)), 9)] for code in districts
    ]
    write_csv(folder / "SYNTHETIC_england_crime_severity.csv", [("ltla23_code", "crime_severity_score"), *of_districts])
    weights: list[Row] = [
        [group, description, severity_code, code, f"victim based crime - {category}", offence,
         round(float(random.uniform(2, 900)), 6)]
        for code, description, group, severity_code, offence, category in _OFFENCES
    ]  # fmt: skip
    header = (
        "category_counts",
        "description",
        "code_severity",
        "code_original",
        "category_severity",
        "offence",
        "weight",
    )
    write_csv(folder / "SYNTHETIC_severity_codes.csv", [header, *weights])
