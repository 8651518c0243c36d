"""The adjudications data tool in its layout, on real establishments. The file has no room for words, so that its name
says that every figure is synthetic."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources.writing import Row, write_csv

_HEADER = (
    "Date",
    "Outcomes",
    "Predominant function of establishment",
    "Establishment",
    "Adjudicator",
    "Sex",
    "Age group",
    "Ethnicity",
    "Religion",
    "Offence",
    "Detailed offence",
    "Count",
)
_QUARTERS = ((1, 2026), (2, 2026))
#: Establishments as the tool spells them, by predominant function.
_ESTABLISHMENTS = {
    "Category A (High Security)": ("Belmarsh", "Frankland", "Woodhill"),
    "Category B": ("Garth", "Isle of Wight", "Swaleside (Sheppey Cluster)"),
    "Category C": ("Berwyn", "Mount (The)", "The Verne", "Channings Wood"),
    "Category D (Open)": ("Grendon/Spring Hill", "Standford Hill (Sheppey cluster)", "Leyhill"),
    "Female": ("East Sutton ParK", "Peterborough Female", "Styal"),
    "Local": ("Leeds", "Cardiff", "Elmley (Sheppey cluster)", "Peterborough Male", "Wandsworth"),
    "Young Offender Institution (YOI)": ("Aylesbury", "Feltham"),
    "Youth Justice Board": ("Werrington", "Wetherby"),
}
_OUTCOMES = ("Dismissed", "Not proceeded with", "Other", "Proved")
_ADJUDICATORS = ("Governor", "Governor", "Governor", "Independent adjudicator", "Missing")
_AGES = ("21 - 24", "25 - 29", "30 - 39", "40 - 49", "50 - 59", "60 - 69", "70 and over")
_YOUNG = ("15 - 17", "18 - 20")
_ETHNIC_GROUPS = (
    "a Asian or Asian British",
    "b Black/ African/ Caribbean/ Black British",
    "c Mixed/ Multiple ethnic groups",
    "d Other ethnic group",
    "e White",
    "f Not known",
)
_RELIGIONS = (
    "a Christian",
    "b Muslim",
    "c Hindu",
    "d Sikh",
    "e Buddhist",
    "f Jewish",
    "i No religion",
    "j Not recorded",
)
_OFFENCES = (
    ("Disobedience/disrespect", "Disobeys any lawful order"),
    ("Disobedience/disrespect", "Threats/Abusive and Insulting racist words/behaviour"),
    ("Other offences", " Endangers health/safety of any person"),
    ("Unauthorised transactions", "Drug related offence"),
    ("Unauthorised transactions", "Possession of unauthorised articles"),
    ("Violence", "Assault on a prisoner"),
    ("Violence", "Fights with any person"),
    ("Wilful Damage", "Cause damage to any part of a prison"),
)


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write the tool of two quarters, some 12 rows an establishment times the scale."""
    rng = np.random.default_rng(seed)

    def one_of(words: tuple[str, ...]) -> str:
        return words[int(rng.integers(len(words)))]

    for number, year in _QUARTERS:
        counts: dict[tuple[str, ...], int] = {}
        for function, names in _ESTABLISHMENTS.items():
            ages = _YOUNG if function.startswith("Yo") else _AGES
            sex = "F" if function == "Female" else "M"
            for name in names:
                for _ in range(max(2, round(12 * scale))):
                    offence, detail = _OFFENCES[int(rng.integers(len(_OFFENCES)))]
                    who = (sex, one_of(ages), one_of(_ETHNIC_GROUPS), one_of(_RELIGIONS))
                    key = (one_of(_OUTCOMES), function, name, one_of(_ADJUDICATORS), *who, offence, detail)
                    counts[key] = int(rng.geometric(0.7))
        rows: list[Row] = [_HEADER]
        rows += [[f"Q{number}", *key, count] for key, count in sorted(counts.items())]
        write_csv(folder / f"Synthetic_AdjudicationsQ{number}{year}.csv", rows)
