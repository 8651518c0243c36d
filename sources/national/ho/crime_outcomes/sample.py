"""Outcomes open data in the layout of the copy at hand: real forces, synthetic counts.

The layout has no room for words: that the figures are synthetic is said by the file's name and by the edition.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources import places
from sources.writing import Row, write_csv

_HEADER = (
    "financial_year",
    "financial_quarter",
    "force_name",
    "offence_description",
    "offence_group",
    "offence_subgroup",
    "offence_code",
    "offence_code_expired",
    "outcome_description",
    "outcome_group",
    "outcome_type",
    "force_outcomes_for_offences_recorded_in_quarter",
    "force_outcomes_recorded_in_quarter",
)
_OFFENCE = ("Assault with injury", "Violence against the person", "Violence with injury", "8N", "FALSE")
#: Description, group, number, and how many a quarter among 1,000 offences.
_OUTCOMES = (
    ("Not yet assigned an outcome", "Not yet assigned an outcome", "0", 90),
    ("Charged/Summonsed", "Charged/Summonsed", "1", 110),
    ("Caution \N{EN DASH} youths", "Out-of-court (formal)", "2", 12),
    ("Community Resolution", "Out-of-court (informal)", "8", 45),
    (
        "Evidential difficulties: suspect identified; victim does not support further action",
        "Evidential difficulties (victim does not support action)",
        "16",
        260,
    ),
    (
        "Investigation complete \N{EN DASH} no suspect identified",
        "Investigation complete \N{EN DASH} no suspect identified",
        "18",
        380,
    ),
    (
        "Diversionary, educational or intervention activity; further action is not in the public interest",
        "Diversionary, educational or intervention activity",
        "22",
        8,
    ),
)
#: Quarters up to that which ends in June 2026, newest last.
_QUARTERS = [(year, quarter) for year in range(2024, 2027) for quarter in range(1, 5)][:9]


def write(folder: Path, *, seed: int, scale: float) -> None:
    """One CSV of five quarters at scale 1: the 43 forces and British Transport Police by seven outcomes."""
    random = np.random.default_rng(seed)
    forces = sorted({row.pfa_name for row in places.districts()})
    rows: list[Row] = [_HEADER]
    for year, quarter in _QUARTERS[-max(1, min(len(_QUARTERS), round(5 * scale))) :]:
        for force in [*forces, "British Transport Police"]:
            size = float(random.uniform(0.4, 4))
            for description, group, kind, expected in _OUTCOMES:
                first = int(random.poisson(expected * size))
                # What has no outcome was given none in the quarter; outcomes of an earlier one may be cancelled.
                second = "NA" if kind == "0" else -1 if force == "Kent" and kind == "2" else int(random.poisson(first))
                label = f"{year}/{(year + 1) % 100}"
                rows.append([label, quarter, force, *_OFFENCE, description, group, kind, first, second])
    write_csv(folder / "SYNTHETIC_prc-outcomes-open-data-jun2026.csv", rows)
