"""Writes a synthetic store and dictionary of the Local Authority Interactive Tool, on real authorities.

Names of areas and measures are real; every figure is made up. The dictionary's descriptions and the store's metadata
say so.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sources.places import education

_SAYS = "SYNTHETIC: every figure of this measure is made up."
#: The store's words for the regions that the Department's other data sets call differently.
_REGION_NAMES = {
    "Yorkshire and The Humber": "Yorkshire and the Humber",
    "Inner London": "London (Inner)",
    "Outer London": "London (Outer)",
}


@dataclass(frozen=True)
class _Measure:
    """A measure, its labels of time, and about how high its figures are."""

    code: str
    number: str
    topic: str
    name: str
    unit: str
    year_type: str
    labels: tuple[str, ...]
    level: float
    decimals: int = 0
    has_regions: bool = True


_MEASURES = (
    _Measure(
        "FirstYJS", "111", "Youth Offending", "First Time entrants to the Youth Justice System",
        "Rate per 100,000 of 10-17 population", "Calendar Year", ("2023", "2024", "2025"), 140,
    ),
    _Measure(
        "ReoffYO15-17", "114", "Youth Offending", "Re-offending by young offenders (15-17 year olds)",
        "% of reoffending", "Financial Year", ("2024",), 32, decimals=2, has_regions=False,
    ),
    _Measure(
        "YJS_Caution-Sentence10-17_YO", "394", "Youth Offending",
        "Rate of Children cautioned or sentenced per 10,000 of 10-17 population",
        "Rate per 10,000 of 10-17 population", "Financial Year", ("2024-25",), 20, has_regions=False,
    ),
    _Measure(
        "LAC_Convictions", "202", "Children Looked After",
        "Children looked after who are convicted or subject to a youth caution (%)",
        "% of Children Looked After", "Financial Year", ("2024", "2025"), 2,
    ),
    _Measure(
        "YouthJusticeFinance", "327", "Children's Service Finance", "Youth Justice  (finance) - Gross", "Spend",
        "Financial Year", ("2024-25 (OT)",), 900_000,
    ),
    _Measure(
        "Hosp_Adm_Alc_<18yrs", "16", "Health and Wellbeing", "Hospital admissions for alcohol, under 18",
        "Rate per 100,000",
        "Financial Year", ("2021/22-23/24",), 28, decimals=1,
    ),
    _Measure(
        "KS1P_all", "229", "Key Stage 1 and Phonics", "Phonics, all pupils", "% achieving expected standard",
        "Academic Year", ("2025 (prov)",), 80,
    ),
    _Measure(
        "ReoffYO", "114", "Youth Offending", "Re-offending by young offenders (10-14 year olds)",
        "% of reoffending", "Financial Year", ("2024",), 30, decimals=2, has_regions=False,
    ),
    _Measure(
        "LACSubstance", "239", "Children Looked After", "% of CLA Substance misuse",
        "% of Children Looked After", "Financial Year", ("2024", "2025"), 3,
    ),
    _Measure(
        "Children_missing", "161", "Children Looked After", "% Children looked after who were missing",
        "% of children", "Financial Year", ("2025",), 11,
    ),
    _Measure(
        "CareLeaverEET", "113", "Children Looked After",
        "Care Leavers - Education, Employment & Training (EET) (%)", "% of leavers", "Financial Year", ("2025",), 50,
    ),
    _Measure(
        "CareLeavers_LA_NotInTouch", "317", "Children Looked After", "Care Leavers - Local authority not in touch (%)",
        "% of young people", "Financial Year", ("2025",), 6,
    ),
)  # fmt: skip
_DICTIONARY = (
    "Measure_code", "Topic", "Measure", "Chart_title", "Measure_short", "Polarity", "y_axis_name", "state_funded_flag",
    "Table_status", "Description", "Last Update", "Next Update", "Data Owner (DO) /Supplier and Contact Details",
    "Methodology", "Hyperlink(s)", "dps", "Year_Type", "No_Quartile",
)  # fmt: skip


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write the store (Parquet) and the dictionary (CSV) of twelve measures; ``scale`` below 1 takes that part of the
    authorities. The same seed and scale give the same bytes."""
    rng = np.random.default_rng([seed, 73])
    known = education.authorities()
    known = known[: max(12, round(len(known) * min(scale, 1.0)))]
    areas = [(one.la_name, float(one.la_number), one.region_name) for one in known]
    whole = [education.ENGLAND, *education.REGIONS]
    areas += [(_REGION_NAMES.get(name, name), float(number), "NA") for number, _, name in whole]
    rows: list[tuple[object, ...]] = []
    for measure in _MEASURES:
        for place, label in enumerate(measure.labels):
            # England's figure is the middle of them all, which a rate of the whole has to be near.
            drawn = np.append(rng.uniform(0.3, 1.9, len(known)), [1.0, *rng.uniform(0.8, 1.2, len(whole) - 1)])
            for (name, number, region), share in zip(areas, drawn.tolist(), strict=True):
                value: str = f"{measure.level * share:.{measure.decimals}f}"
                if (number >= 970 and not measure.has_regions) or (share < 0.34 and number < 970):
                    value = "-"
                rows.append((measure.code, measure.name if place == 0 else None, label, name, value, number, region))
    columns = ("Short Desc", "Data item", "Years", "LA and Regions", "Values", "LA Number", "Region")
    store = pa.table({name: list(column) for name, column in zip(columns, zip(*rows, strict=True), strict=True)})
    store = store.replace_schema_metadata({"note": _SAYS})
    pq.write_table(store, folder / "synthetic_lait_bds_long_0.parquet")
    with (folder / "synthetic_lait_data_dictionary.csv").open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, quoting=csv.QUOTE_ALL)
        writer.writerow(_DICTIONARY)
        for measure in _MEASURES:
            writer.writerow([
                measure.number, measure.topic, measure.name, measure.name, measure.code, "Low", measure.unit, "NA",
                "None standard - manual process", f"{_SAYS}\r\r\n\r\r\n{measure.name}.", "46054", "TBC",
                "Youth Justice Board", "Made up\r\r\nfrom a fixed seed.", "https://www.gov.uk/", str(measure.decimals),
                measure.year_type, "NA",
            ])  # fmt: skip
