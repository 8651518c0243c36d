"""Writes tables of drug seizures in the layouts that are read; every figure is synthetic, as the file names say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from sources import places
from sources.writing import Cell, write_csv

_LAST_YEAR = 2024
#: What a force seizes in a year, by the heading of the drug; the totals' headings stand for their classes.
_CLASS_A = {
    "Cocaine": 300,
    "Crack": 110,
    "Ecstasy": 60,
    "Heroin": 150,
    "LSD": 3,
    "Methadone": 9,
    "Morphine": 4,
    "Other Class A": 20,
}
_CLASS_B = {
    "All Cannabis": 1900,
    "Amphetamines": 70,
    "Barbiturates": 0.2,
    "Ketamine": 20,
    "Mephedrone\n(non-injection)": 2,
    "Other Class B": 50,
}
_CLASS_C = {"Anabolic-steroids": 8, "Benzodiazepines": 40, "GHB": 1, "Temazepam": 1, "Other Class C": 40}
_CANNABIS = {"Herbal cannabis": 0.85, "Cannabis resin": 0.06, "Cannabis plants": 0.09}
_KILOGRAMS = ("Cocaine", "Crack", "Heroin", "Herbal Cannabis", "Cannabis Resin", "Amphetamines", "Ketamine")
_IN_DOSES = ("Ecstasy", "LSD", "Methadone", "Morphine", "Cannabis Plants", "Anabolic steroids")
_QUANTITIES = (
    *("Cocaine", "Crack", "Ecstasy", "Heroin", "LSD", "Methadone", "Morphine"),
    *("Herbal Cannabis", "Cannabis Resin", "Cannabis Plants", "Amphetamines", "Barbiturates"),
    *("Ketamine", "Anabolic \nsteroids", "Benzodiazepines", "GHB", "Temazepam"),
)
_BANDS = {
    "kg": ("<1g", "1g-500g", "500g-1kg", "1kg-10kg", "10kg-100kg", ">100kg"),
    "doses": ("1-50 doses", "51-100 doses", "101-500 doses", "501-1000 doses", "1001-10000 doses", "10000- doses"),
}
_BAND_SHARES = (0.6, 0.35, 0.02, 0.02, 0.009, 0.001)
_OTHERS = ("British Transport Police", "Border Force")


def _areas() -> list[str]:
    """The forces of England as the files name them, and the two that have no area."""
    names = []
    for force in places.forces():
        if force.pfa_code.startswith("E"):
            name = force.force_name
            for ending in (" Police Service", " Constabulary", " Police"):
                name = name.removesuffix(ending)
            names.append({"City of London": "London, City of", "Metropolitan": "Metropolitan Police"}.get(name, name))
    return [*sorted(names), *_OTHERS]


def _of_class(rng: np.random.Generator, means: Mapping[str, float]) -> tuple[list[int], int]:
    """Seizures of the drugs of a class, and of the class: some were of several drugs."""
    counts = [int(count) for count in rng.poisson(list(means.values()))]
    return counts, max(*counts, round(0.97 * sum(counts)))


def _numbers(rng: np.random.Generator, scale: float) -> list[int]:
    """A row of seizures: of all drugs, of each and of the classes, and of unknown drugs."""
    row: list[int] = []
    totals = []
    for means in (_CLASS_A, _CLASS_B, _CLASS_C):
        counts, total = _of_class(rng, {name: mean * scale for name, mean in means.items()})
        row += [*counts, total]
        totals.append(total)
    unknown = int(rng.poisson(100 * scale))
    return [max(*totals, round(0.97 * (sum(totals) + unknown))), *row, unknown]


def _words(first: int) -> str:
    return f"{first % 100:02d}-{(first + 1) % 100:02d}-SYNTHETIC"


def _write_by_force(folder: Path, rng: np.random.Generator, first: int) -> None:
    heads = [*_CLASS_A, "Total Class A", *_CLASS_B, "Total Class B", *_CLASS_C, "Total Class C", "Unknown"]
    seizures: list[Sequence[Cell]] = [["Police force", "All drugs", *heads]]
    quantities: list[Sequence[Cell]] = [["Police Force", *(f" {name} " for name in _QUANTITIES)]]
    for name in _areas():
        scale = 10.0 if name == "Metropolitan Police" else float(rng.uniform(0.4, 2.5))
        seizures.append([name, *_numbers(rng, scale)])
        row: list[Cell] = [name]
        for drug in _QUANTITIES:
            quantity = float(rng.gamma(0.5, 6.0)) * scale
            row.append(f"{round(1000 * quantity) + 50}.00" if drug == "Cannabis Plants" else f"{quantity:.2f}")
        quantities.append(row)
    # Border Force gives no doses of what it hardly finds.
    blank = {_QUANTITIES.index(name) + 1 for name in ("Methadone", "Barbiturates", "Benzodiazepines")}
    quantities[-1] = [None if column in blank else cell for column, cell in enumerate(quantities[-1])]
    write_csv(folder / f"Seizures{_words(first)}.csv", seizures, encoding="utf-8-sig")
    write_csv(folder / f"Quantities{_words(first)}.csv", quantities, encoding="utf-8-sig")


def _write_over_years(folder: Path, rng: np.random.Generator, years: Sequence[int]) -> None:
    kinds = [*_CANNABIS, "Total Cannabis"]
    class_b = [*kinds, *list(_CLASS_B)[1:]]
    heads = [*_CLASS_A, "All Class A", *class_b, "All Class B", *_CLASS_C, "All Class C", "Unknown", "Total"]
    plain = [head.replace("\n", " ").replace("-steroids", " steroids") for head in heads]
    seizures: list[Sequence[Cell]] = [["year", *plain]]
    names = [name.replace(" \n", " ").capitalize() if " " in name else name for name in _QUANTITIES]
    quantities: list[Sequence[Cell]] = [["year", *names]]
    border: list[Sequence[Cell]] = [["year_ending", "drug", "seizures"]]
    for first in years:
        total, *row = _numbers(rng, 60)
        cannabis = row[len(_CLASS_A) + 1]
        of_kinds = [round(cannabis * share) for share in _CANNABIS.values()]
        at = len(_CLASS_A) + 1
        seizures.append([first + 1, *row[:at], *of_kinds, cannabis, *row[at + 1 :], total])
        values = [f"{300_000 if n == 'Cannabis plants' else 900 * rng.uniform(0.5, 1.5):.2f}" for n in names]
        quantities.append([first + 1, *values])
        for drug, mean in (
            ("Cocaine", 1100),
            ("All Class A", 1400),
            ("Herbal cannabis", 3000),
            ("Total cannabis", 3500),
        ):
            border.append([f"{first + 1}-03-31", drug, int(rng.poisson(mean))])
    write_csv(folder / "seizures_EW-SYNTHETIC.csv", seizures, encoding="utf-8-sig")
    write_csv(folder / "quantities_EW-SYNTHETIC.csv", quantities, encoding="utf-8-sig")
    write_csv(folder / "border-force-seizures-SYNTHETIC.csv", border)


def _write_sizes(folder: Path, rng: np.random.Generator, first: int) -> None:
    drugs = [*_KILOGRAMS, *_IN_DOSES]
    classes = dict.fromkeys(drugs, "A") | dict.fromkeys(
        ("Herbal Cannabis", "Cannabis Resin", "Amphetamines", "Ketamine", "Cannabis Plants"), "B"
    )
    classes["Anabolic steroids"] = "C"
    seizures = {drug: int(rng.integers(200, 15_000)) for drug in drugs}
    bands = {drug: rng.multinomial(round(0.98 * seizures[drug]), _BAND_SHARES).tolist() for drug in drugs}
    totals = {drug: round(float(rng.uniform(20, 5_000)), 2) for drug in drugs}
    totals["Cannabis Plants"] = float(rng.integers(200_000, 500_000))
    rows: list[list[Cell]] = [
        [None, *drugs],
        ["Class", *(classes[drug] for drug in drugs)],
        ["Seizures", *(seizures[drug] for drug in drugs)],
    ]
    for unit, own in (("kg", _KILOGRAMS), ("doses", _IN_DOSES)):
        for at, band in enumerate(_BANDS[unit]):
            rows.append([band, *(bands[drug][at] if drug in own else None for drug in drugs)])
        times = {drug: 1 if drug == "Cannabis Plants" else 1000 for drug in drugs}
        averages = {drug: f"{totals[drug] * times[drug] / seizures[drug]:.2f}" for drug in drugs}
        averages["LSD"] = ".."
        rows.append([f"Total {unit}", *(f"{totals[drug]:.2f}" if drug in own else None for drug in drugs)])
        rows.append([f"Average {unit}", *(averages[drug] if drug in own else None for drug in drugs)])
    write_csv(folder / f"Weights{_words(first)}.csv", rows, encoding="utf-8-sig")


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write the tables of 2024/25 by force and by size, and of three years for England and Wales and for Border Force;
    of more years by force at a larger scale."""
    rng = np.random.default_rng(seed)
    for first in range(_LAST_YEAR - max(1, min(15, round(scale))) + 1, _LAST_YEAR + 1):
        _write_by_force(folder, rng, first)
        _write_sizes(folder, rng, first)
    _write_over_years(folder, rng, range(_LAST_YEAR - 2, _LAST_YEAR + 1))
