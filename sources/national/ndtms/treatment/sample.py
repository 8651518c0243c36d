"""Exports of drug and alcohol treatment in the publisher's headings: real areas, synthetic counts.

The layouts have no room for words: that the counts are synthetic is said by the files' names and by the edition.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources import places
from sources.writing import Row, write_csv

_LAST = 2025
_LABELS = ("Reporting period", "Area", "Sex", "Age group", "Substance category")
#: Indicators of the long dialect, and each one's share of people in treatment; new presentations come first of theirs.
_INDICATORS = {
    "All in treatment": 1.0,
    "New presentations": 0.5,
    "Referral source - criminal justice - New presentations": 0.08,
    "Referral source - Other - New presentations": 0.03,
    "Referral source - Health services and social care - New presentations": 0.12,
    "Referral source - Substance misuse service - New presentations": 0.03,
    "Referral source - Self, family & friends - New presentations": 0.24,
    "Housing situation - No problem - New presentations": 0.38,
    "Housing situation - Housing problem - New presentations": 0.06,
    "Housing situation - Urgent housing problem - New presentations": 0.05,
    "Treatment exits Not known - All in treatment": 0.0,
    "Treatment exits - Died - All in treatment": 0.01,
    "Treatment exits - Dropped out/left - All in treatment": 0.15,
    "Treatment exits - Transferred (not in custody) - All in treatment": 0.03,
    "Treatment exits - Prison - All in treatment": 0.02,
    "Treatment exits - Successful completion - All in treatment": 0.21,
    "Treatment exits - Transferred (in custody) - All in treatment": 0.02,
}
#: The indicator that was not collected in the first year.
_NOT_KNOWN = list(_INDICATORS).index("Treatment exits Not known - All in treatment")
_SUBSTANCES = {"OPIATES": 0.48, "NON-OPIATES ONLY": 0.1, "ALCOHOL & NON-OPIATES": 0.12, "ALCOHOL ONLY": 0.3}
_AGES = {"18-29": 0.13, "30-49": 0.57, "50+": 0.3}
_ETHNICITIES = {"White": 0.86, "Mixed": 0.03, "Asian": 0.05, "Black": 0.04, "Other": 0.02}


#: Further indicators of the short dialect, and each one's share of people in treatment.
_SHORT = {
    "waitsfirst_3weeksandunder_newtx": 0.49,
    "waitsfirst_3to6weeks_newtx": 0.008,
    "waitsfirst_over6weeks_newtx": 0.004,
    "scnr_intreatment_allintx": 0.9,
    "scnr_scrn_allintx": 0.14,
}


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Three years to 2025/26 of one authority of every police force area of England at scale 1; a larger scale adds
    authorities and years. With it come England by sex, age and substance, secure settings, young people and estimates
    of alcohol dependence."""
    rng = np.random.default_rng(seed)
    areas = _areas(each=max(1, round(scale)))
    years = [_year(first) for first in range(_LAST - max(2, round(3 * scale)) + 1, _LAST + 1)]
    _write_authorities(folder, rng, areas, years)
    _write_england(folder, rng)
    _write_other_programmes(folder, rng)
    _write_need(folder, rng, areas)


def _year(first: int) -> str:
    return f"{first}/{(first + 1) % 100:02}"


def _areas(*, each: int) -> list[tuple[str, str, str]]:
    """Code, name and region of some upper-tier authorities of every police force area of England."""
    parents = {row.lad_code: row for row in places.parents()}
    of_force: dict[str, dict[str, tuple[str, str]]] = {}
    for district in sorted(places.districts(), key=lambda one: one.lad_code):
        row = parents[district.lad_code]
        if row.region_code:
            of_force.setdefault(district.pfa_code, {})[row.upper_tier_code] = (row.upper_tier_name, row.region_name)
    return [(code, *named) for of in of_force.values() for code, named in list(of.items())[:each]]


def _write_authorities(
    folder: Path, rng: np.random.Generator, areas: list[tuple[str, str, str]], years: list[str]
) -> None:
    rows: list[Row] = [[*_LABELS, *_INDICATORS]]
    for _, name, _ in areas:
        treated = int(rng.integers(300, 5000))
        for year in years:
            counts: list[int | str] = [5 * round(rng.poisson(treated * share) / 5) for share in _INDICATORS.values()]
            counts[_NOT_KNOWN] = "" if year == years[0] else counts[_NOT_KNOWN]
            rows.append([year, name, "Total", "Total", "Total", *counts])
    write_csv(folder / "SYNTHETIC_ViewIt Export Data_LAs.csv", rows, encoding="utf-8-sig")


def _write_england(folder: Path, rng: np.random.Generator) -> None:
    """One year in the short dialect; parts add up, as they do in the publisher's exact counts."""
    cells = {
        (substance, sex, age): rng.multinomial(
            rng.poisson(310_000 * of_substance * of_sex * of_age), list(_ETHNICITIES.values())
        )
        for substance, of_substance in _SUBSTANCES.items()
        for sex, of_sex in (("F", 0.33), ("M", 0.67))
        for age, of_age in _AGES.items()
    }
    more = {of: rng.binomial(counts.sum(), list(_SHORT.values())) for of, counts in cells.items()}
    cells = {of: np.append(counts, more[of]) for of, counts in cells.items()}
    rows: list[Row] = [
        ["ReportingPeriod_Data", "Area_Data", "DrugGroup_Data", "Gender_Data", "AgeGroup_Data",
         "Num_InTreatment_AllInTx", *(f"Eth_{name}_AllInTx" for name in _ETHNICITIES), *_SHORT]
    ]  # fmt: skip
    for substance in ("Total", *_SUBSTANCES):
        for sex in ("Total", "F", "M"):
            for age in ("Total", *_AGES):
                wanted = [
                    counts
                    for of, counts in cells.items()
                    if all(one in ("Total", other) for one, other in zip((substance, sex, age), of, strict=True))
                ]
                counts = [int(count) for count in np.sum(wanted, axis=0)]
                rows.append([_year(_LAST), "England", substance, sex, age, sum(counts[: len(_ETHNICITIES)]), *counts])
    write_csv(folder / "SYNTHETIC_ViewIt Export Data_England.csv", rows)


def _write_other_programmes(folder: Path, rng: np.random.Generator) -> None:
    """Secure settings and young people, in the headings of the adults' export, which is an assumption."""
    secure: list[Row] = [[*_LABELS, "Setting type", "All in treatment", "New presentations"]]
    for setting, treated in (("Adult prison", 45_000), ("Immigration removal centre", 900)):
        treated = int(rng.poisson(treated))
        secure.append([_year(_LAST), "England", "Total", "Total", "Total", setting, treated, round(0.62 * treated)])
    write_csv(folder / "SYNTHETIC_ViewIt Export Data_secure settings.csv", secure)
    young: list[Row] = [[*_LABELS, "All in treatment", "Referral source - criminal justice - New presentations"]]
    counts = [int(rng.poisson(mean)) for mean in (1600, 4200, 6400)]
    for age, count in zip(("Under 14", "14-15", "16-17", "Total"), [*counts, sum(counts)], strict=True):
        young.append([_year(_LAST), "England", "Total", age, "Total", count, round(0.14 * count)])
    write_csv(folder / "SYNTHETIC_ViewIt Export Data_young people.csv", young)


def _write_need(folder: Path, rng: np.random.Generator, areas: list[tuple[str, str, str]]) -> None:
    rows: list[Row] = [
        ["PHE_Centre", "Local_Authority", "Area_Code_GSS", "Alcohol_dependent", "Alcohol_lower_CI", "Alcohol_upper_CI",
         "Year"]
    ]  # fmt: skip
    total = np.zeros(3, dtype=int)
    for code, name, region in areas:
        middle = int(rng.integers(800, 9000))
        figures = np.array([middle, round(0.8 * middle), round(1.3 * middle)])
        total += figures
        rows.append([region, name, code, *map(int, figures), _year(_LAST - 1)])
        rows.append(["NA", name, code, middle, "NA", "NA", str(2014)])
    rows.append(["England", "England", "E92000001", *map(int, total), _year(_LAST - 1)])
    write_csv(folder / "SYNTHETIC_alcohol_dependence_estimates_LA.csv", rows)
