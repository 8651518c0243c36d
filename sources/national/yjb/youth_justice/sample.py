"""Writes synthetic youth justice statistics: the local level open data as a zip of ODS, and tidy copies as CSV.

Names of services, sentences and columns are real; every figure is made up. The workbooks say so on their covers; the
copies, which have no room for words, in their names.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from sources.places.names import register
from sources.writing import Row, write_csv, write_ods

_SAYS = "SYNTHETIC DATA: every figure in this workbook is made up."
_YEARS = ("2022-23", "2023-24", "2024-25")
_SENTENCES = (
    ("Pre Court", "Youth Caution"),
    ("First Tier", "Referral Order"),
    ("Community", "Youth Rehabilitation Order"),
    ("Custody", "Detention and Training Order"),
)
_WELSH = (
    "Blaenau Gwent and Caerphilly", "Bridgend", "Cardiff", "Carmarthenshire", "Ceredigion", "Conwy and Denbighshire",
    "Cwm Taf", "Flintshire", "Gwynedd and Ynys Mon", "Monmouthshire and Torfaen", "Neath Port Talbot", "Newport",
    "Pembrokeshire", "Powys", "Swansea", "Vale of Glamorgan", "Wrexham",
)  # fmt: skip
_AREAS = ("Birmingham", "West Midlands (region)", "England", "Eng/Wales")


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write one zip and three CSVs; ``scale`` below 1 takes that part of the services.

    The same seed and scale give the same bytes.
    """
    rng = np.random.default_rng([seed, 79])
    names = [named.name for named in register("youth_justice_service").names if named.is_current_name]
    names = names[: max(10, round(len(names) * min(scale, 1.0)))]
    sizes = dict(zip(names, rng.integers(8, 400, len(names)).tolist(), strict=True))
    country = {name: "Wales" if name in _WELSH else "England" for name in names}
    children: list[Row] = [["Financial_Year", "England_Wales", "YJS", "Number_Children"]]
    for place, year in enumerate(_YEARS):
        children += [[year, country[name], name, max(3, sizes[name] - 5 * place)] for name in names]
    outcomes: list[Row] = [
        (
            *("Financial_Year", "YJS", "England_Wales"),
            *("Caution_or_sentence_tier", "Caution_or_sentence_type", "Number_Cautioned_Sentenced"),
        )
    ]
    for name in names:
        outcomes += [
            [_YEARS[-1], name, country[name], tier, sentence, round(sizes[name] / (2 * part + 2))]
            for part, (tier, sentence) in enumerate(_SENTENCES)
        ]
    tables = {"Children_Table.ods": children, "Outcomes_Table.ods": outcomes}
    with zipfile.ZipFile(folder / "synthetic_Local_level_open_data_tables.zip", "w") as target:
        for name, rows in tables.items():
            path = folder / name
            cover: list[Row] = [["Youth Justice Statistics: local level open data"], [_SAYS]]
            write_ods(path, {"Cover": cover, "Notes": [["Years end on 31 March."]], "Data": rows})
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, path.read_bytes())
            path.unlink()
    _write_copies(folder, rng)


def _write_copies(folder: Path, rng: np.random.Generator) -> None:
    """First-time entrants, custody and reoffending in the columns of the tidy copies."""
    years = (2022, 2023, 2024, 2025)
    level = {"Birmingham": 300, "West Midlands (region)": 1100, "England": 8000, "Eng/Wales": 8400}
    rows: list[Row] = [["end_period_year", "level", "count", "end_period_month", "period_length"]]
    rows += [
        [f"{year}.0", area, f"{round(level[area] * float(rng.uniform(0.9, 1.1)))}.0", "December", "Year"]
        for year in years
        for area in _AREAS
    ]
    write_csv(folder / "synthetic_fte_22to25.csv", rows)
    rows = [["legal_basis", "end_period_year", "level", "count", "end_period_month", "period_length"]]
    rows += [
        [basis, f"{year}.0", "Eng/Wales", f"{size * float(rng.uniform(0.9, 1.1)):.4f}", "March", "Year"]
        for basis, size in (("Remand", 190), ("Detention and Training Order", 110), ("Other", 20))
        for year in years
    ]
    write_csv(folder / "synthetic_custody_avpop_22to25_legal_basis.csv", rows)
    rows = [["gender", "measure", "end_period_year", "count", "end_period_month", "period_length"]]
    for gender, size in (("Girls", 2600), ("Boys", 12000)):
        for measure, share in (
            ("Number of reoffences", 1.4),
            ("Number of reoffenders", 0.33),
            ("Number of children in cohort", 1.0),
        ):
            rows += [[gender, measure, f"{year}.0", f"{round(size * share)}.0", "March", "Year"] for year in years[:2]]
    write_csv(folder / "synthetic_reoffending_22to23_gender.csv", rows)
