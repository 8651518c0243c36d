"""Two workbooks of accommodation outcomes in the layout that is expected of them: no real one was at hand. Every figure
is synthetic, as each cover and table says."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources.writing import Row, write_ods

_SYNTHETIC = "SYNTHETIC FIGURES for trying the software out: not one of them is of real people"
_LAST_YEAR = 2026
_REGIONS = (
    "East Midlands",
    "East of England",
    "Greater Manchester",
    "Kent, Surrey and Sussex",
    "London",
    "North East",
    "North West",
    "South Central",
    "South West",
    "Wales",
    "West Midlands",
    "Yorkshire and the Humber",
)
_GROUPS = {
    "Sex": ("Female", "Male"),
    "Age group": ("18 to 24", "25 to 34", "35 to 49", "50 and over"),
}
_CIRCUMSTANCES = {
    "Settled": 0.5,
    "Bail or probation accommodation": 0.17,
    "Other housed": 0.14,
    "Homeless, not rough sleeping": 0.04,
    "Rough sleeping": 0.11,
    "Unknown": 0.04,
}
_HOUSED = "housed on release from custody"
_SETTLED = "in settled accommodation at 3 months post release from custody"


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write both workbooks; the smaller the scale, the fewer years."""
    rng = np.random.default_rng(seed)
    first = _LAST_YEAR - max(2, round(4 * scale))
    years = [f"{year}/{(year + 1) % 100:02}" for year in range(first, _LAST_YEAR)]
    housed = {
        "Cover": _cover("Housed on release from custody"),
        "Table_1": _by_circumstance(rng, years),
        "Table_2": _shares(rng, 2, _HOUSED, years, "Probation region [note 2]", _REGIONS, 0.84),
        "Table_3": _shares(rng, 3, _HOUSED, years, "Sex", _GROUPS["Sex"], 0.84),
        "Table_4": _shares(rng, 4, _HOUSED, years, "Age group", _GROUPS["Age group"], 0.84),
    }
    write_ods(folder / "Housed_on_Release_from_Custody_Data_Tables_SYNTHETIC.ods", housed)
    before, after = ["April 2024"], ["1 May 2024 to 31 March 2025", "2025/26"]
    supervised = f"{_SETTLED}, supervised cases"
    settled = {
        "Cover": _cover("Settled accommodation at 3 months"),
        "Table_1": _shares(rng, 1, _SETTLED, before, "Probation region [note 2]", _REGIONS, 0.73),
        "Table_2": _shares(rng, 2, supervised, after, "Probation region [note 2]", _REGIONS, 0.7),
    }
    write_ods(folder / "Settled_Accommodation_at_3_Months_Data_Tables_SYNTHETIC.ods", settled)


def _cover(title: str) -> list[Row]:
    return [
        [f"Offender accommodation outcomes: {title}"],
        [_SYNTHETIC],
        ["[c] confidential, [x] not available, [z] not applicable"],
    ]


def _above(number: int, what: str, by: str) -> list[Row]:
    return [[f"Table {number}: {what}, by {by}, England and Wales [note 1]"], [_SYNTHETIC]]


def _by_circumstance(rng: np.random.Generator, years: list[str]) -> list[Row]:
    """Releases by where people lived, with their total."""
    counts = {name: rng.poisson(50_000 * share, len(years)) for name, share in _CIRCUMSTANCES.items()}
    rows = _above(1, f"Number of people {_HOUSED} and elsewhere", "accommodation circumstance")
    rows.append(["Accommodation circumstance", *years])
    rows += [[name, *map(int, found)] for name, found in counts.items()]
    return [*rows, ["Total", *map(int, np.sum(list(counts.values()), axis=0))]]


def _shares(
    rng: np.random.Generator,
    number: int,
    what: str,
    columns: list[str],
    heading: str,
    groups: tuple[str, ...],
    mean: float,
) -> list[Row]:
    rows = _above(number, f"Percentage of people {what}", heading.split(" [")[0].lower())
    rows.append([heading, *columns])
    for group in ("England and Wales", *groups):
        rows.append([group, *(round(100 * mean + float(rng.uniform(-6, 6)), 1) for _ in columns)])
    if number == 3:
        rows[-1][1:2] = ["[c]"]  # pyright: ignore[reportIndexIssue]  a list, as made above
    return rows
