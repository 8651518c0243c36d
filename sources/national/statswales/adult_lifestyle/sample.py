"""A table of adult lifestyles as StatsWales saves it: real areas, synthetic estimates, and its notes say so."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources import places
from sources.places import names
from sources.writing import Row, write_csv

_TITLE = "Adult lifestyles by local authority and health board, 2020-21 onwards"
_NOTICE = "SYNTHETIC ESTIMATES: made up for the bundled edition on real areas; nobody was asked."
_ABOVE = "Average weekly alcohol consumption - above 14 units (over guidelines) "
#: Topics with what their parts are likely to be; a part of None is worked out from others or is no percentage.
_TOPICS: dict[str, dict[str, float | None]] = {
    "Smoking & e-cigarette use ": {"Smoker ": 13, "Ex-smoker ": 29, "Never smoked ": 58, "E-cigarette user ": None},
    "Alcohol ": {
        "Average weekly alcohol consumption - none ": 18,
        "Average weekly alcohol consumption - some, up to 14 units (moderate drinkers) ": 65,
        "Average weekly alcohol consumption - hazardous (over 14 units, up to 50 (m) / 35 (f)) ": 14,
        "Average weekly alcohol consumption - harmful (over 50 (m) / 35 (f) units) ": 3,
        _ABOVE: None,
        "Average annual alcohol consumption (units) - drinkers only (1)": None,
    },
    "Physical activity ": {
        "Active at least 150 minutes in previous week ": 55,
        "Active 30-149 minutes in previous week ": 15,
        "Active less than 30 minutes in previous week ": 30,
    },
    "Body mass index ": {
        "BMI under 18.5 (underweight) ": 2,
        "BMI 18.5 - under 25 (healthy weight) ": 37,
        "BMI 25 - under 30 (overweight but not obese) ": 35,
        "BMI 30+ (obese) ": 26,
    },
    "Combined healthy lifestyles ": {"Fewer than 2 healthy behaviours ": 8, "2 or more healthy behaviours ": 92},
}


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Two tables at scale 1, the newest of 2023-24 and 2024-25; a larger scale adds earlier pairs of survey years."""
    rng = np.random.default_rng(seed)
    boards, authorities = names.register("health_board"), names.register("local_authority")
    areas = [
        "Wales ",
        *(f"{boards.current_name(code)} " for code in sorted({a.health_board_code for a in places.parents()} - {""})),
        *(f"{authorities.current_name(a.lad_code)} " for a in places.parents() if a.health_board_code),
    ]
    for back in range(max(1, min(3, round(2 * scale)))):
        first = 2023 - 2 * back
        years = f"{first}-{(first + 1) % 100:02} & {first + 1}-{(first + 2) % 100:02}"
        rows: list[Row] = [
            [f"National Survey for Wales > Population health > Adult lifestyles > {_TITLE}"],
            [_TITLE],
            [],
            ["Filters:"],
            ["Measure: Percentage of adults (16+)"],
            ["Standardisation: Observed"],
            [f"Year: {years}"],
            [],
            ["", "", *areas],
        ]
        for topic, categories in _TOPICS.items():
            rows.append([topic, "", *["."] * len(areas)])
            parts = [likely for likely in categories.values() if likely is not None]
            shares = iter(100 * rng.dirichlet(np.array(parts), len(areas)).T)
            drawn: list[np.ndarray] = []
            for number, (category, likely) in enumerate(categories.items()):
                loose = (
                    rng.uniform(3, 10, len(areas)) if topic.startswith("Smoking") else rng.uniform(350, 650, len(areas))
                )
                # Who is above the guidelines is hazardous or harmful, the two before.
                loose = drawn[-2] + drawn[-1] if category == _ABOVE else loose
                figures = loose if likely is None else next(shares)
                drawn.append(figures)
                rows.append(["" if number else topic, category, *(round(float(value), 6) for value in figures)])
        rows += [
            [],
            [],
            ["Footnotes:"],
            ["1", "mean not %"],
            [".", "The data item is not applicable."],
            ["Metadata:"],
            ["Title", "National Survey for Wales - adult lifestyle by local authority and health board"],
            ["General description", _NOTICE],
        ]
        width = len(areas) + 2
        padded: list[Row] = [[*row, *[""] * (width - len(row))] for row in rows]
        write_csv(folder / f"adult_lifestyle_statswales_{first}-{(first + 2) % 100:02}.csv", padded)
