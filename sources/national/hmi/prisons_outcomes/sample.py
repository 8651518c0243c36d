"""The extract of outcomes of inspections in its layout, synthetic. The file has no room for words, so that its name
says that every figure is made up."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources.writing import Row, write_csv

_TESTS = {"Safety": 55, "Respect": 65, "Purposeful activity": 35, "Preparation for release": 55}
_LAST_YEAR, _NO_INSPECTIONS = 2025, 2020


def write(folder: Path, *, seed: int, scale: float) -> None:
    """The years up to 2025/26, six of them at scale 1; years to 2019/20 have a dash, later ones a hyphen."""
    rng = np.random.default_rng(seed)
    count = max(2, min(18, round(6 * scale)))
    rows: list[Row] = [["year", "percent", "type"]]
    for test, usual in _TESTS.items():
        for year in range(_LAST_YEAR - count + 1, _LAST_YEAR + 1):
            if year != _NO_INSPECTIONS:
                dash = "\N{EN DASH}" if year < _NO_INSPECTIONS else "-"
                percent = int(np.clip(rng.normal(usual, 10), 0, 100))
                rows.append([f"{year}{dash}{(year + 1) % 100:02}", percent, test])
    write_csv(folder / "SYNTHETIC_hmi_prisons_healthy_prison_percent_good_or_reasonably_good.csv", rows)
