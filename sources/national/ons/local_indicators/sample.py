"""Writes synthetic files of Explore local statistics in the publisher's layout, on real areas."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources import places
from sources.writing import write_csv

_HEADER = (
    *("areacd", "areanm", "geography", "indicator", "period", "observation"),
    *("measure", "unit", "lci_95", "uci_95", "status", "notes"),
)
_NOTE = "SYNTHETIC figure, made up for the bundled edition"
#: File, indicators, first years of the pooled periods and their length, about what value, how wide its interval is.
_FILES = (
    ("synthetic-cigarette-smokers.csv", ("Cigarette smokers",), (2020, 2021), 5, 12.0, 1.8, "Percentage", "%"),
    (
        "synthetic-healthy-life-expectancy.csv",
        ("Male healthy life expectancy", "Female healthy life expectancy"),
        (2021, 2022),
        3,
        61.0,
        2.4,
        "Years",
        "yrs",
    ),
)


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write two files on England, its regions and the upper-tier authorities of England, with the seed's figures.

    ``scale`` below 1 takes that part of the authorities.
    """
    parents = [one for one in places.parents() if one.region_code]
    regions = sorted({(one.region_code, one.region_name) for one in parents})
    authorities = sorted({(one.upper_tier_code, one.upper_tier_name) for one in parents})
    authorities = authorities[: max(10, round(len(authorities) * min(scale, 1.0)))]
    areas = [("E92000001", "England", "Nation")]
    areas += [(*region, "Region") for region in regions]
    areas += [(*authority, "County or Unitary Authority") for authority in authorities]
    rng = np.random.default_rng([seed, 31])
    for name, indicators, years, length, level, width, measure, unit in _FILES:
        rows: list[list[str | float]] = [list(_HEADER)]
        for indicator in indicators:
            for year in reversed(years):
                for code, area, geography in areas:
                    value = round(level * (1 + rng.normal(0, 0.06)), 1)
                    half = width * (0.1 if geography == "Nation" else 1)
                    limits = round(value - half, 1), round(value + half, 1)
                    period = f"{year}-01-01/P{length}Y"
                    rows.append([code, area, geography, indicator, period, value, measure, unit, *limits, "", _NOTE])
        write_csv(folder / name, rows)
