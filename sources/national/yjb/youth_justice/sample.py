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
    """Write one zip and eight CSVs; ``scale`` below 1 takes that part of the services.

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
    _write_custody_and_needs(folder, rng, years)


def _write_custody_and_needs(folder: Path, rng: np.random.Generator, years: tuple[int, ...]) -> None:
    """Nights in custody, remand, knife offences and the needs of sentenced children."""
    rows: list[Row] = [["end_period_year", "nights", "measure", "period_length", "end_period_month", "level"]]
    rows += [[f"{year}.0", f"{rng.integers(80, 120)}.0", "Median", "Year", "March", "Eng/Wales"] for year in years]
    write_csv(folder / "synthetic_custody_avduration_22to25.csv", rows)
    rows = [["end_period_year", "end_period_month", "period_length", "level", "gender", "count"]]
    rows += [
        [f"{year}.0", "Unknown", "Year", "Eng/Wales", gender, f"{size * float(rng.uniform(0.9, 1.1)):.4f}"]
        for gender, size in (("Female", 6), ("Male", 190))
        for year in years
    ]
    write_csv(folder / "synthetic_remand_count_22to25_gender.csv", rows)
    rows = [["outcome", "court_type", "end_period_year", "count", "level", "end_period_month", "period_length"]]
    rows += [
        [outcome, court, f"{year}.0", f"{rng.integers(40, 260)}.0", "Eng/Wales", "Unknown", "Year"]
        for court in ("Magistrates' courts", "Crown court")
        for outcome in ("Acquitted", "Immediate custody", "Non-custodial sentence - community")
        for year in years
    ]
    write_csv(folder / "synthetic_remand_count_22to25_outcome.csv", rows)
    words, year_ended = "Possession Offences Only", ("March", "Year")
    rows = [
        (
            *("end_period_year", "disposal", "age", "gender", "offence"),
            *("count", "level", "end_period_month", "period_length"),
        )
    ]
    rows += [
        [str(year), disposal, age, gender, words, str(rng.integers(20, 900)), level, *year_ended]
        for level in ("Eng/Wales", "West Midlands (police)")
        for disposal in ("Caution", "Community Sentence")
        for age in ("10-15", "16-17")
        for gender in ("Girls", "Boys")
        for year in years
    ]
    write_csv(folder / "synthetic_knife_offence_22to25_disposal_age_gen.csv", rows)
    rows = [["need", "need_status", "count", "end_period_year", "end_period_month", "period_length", "level"]]
    needs = ("Child in need", "Child protection plan", "Care order", "Eligible child", "Siblings in care")
    rows += [
        [need, status, f"{round(size * float(rng.uniform(0.8, 1.2)))}.0", f"{year}.0", "March", "Year", "Eng/Wales"]
        for need in needs
        for status, size in (("Currently/Yes", 900), ("Never/No", 6000), ("Previously", 400), ("Withheld", 250))
        for year in years
    ]
    write_csv(folder / "synthetic_sentenced_needs_22to25_history.csv", rows)
