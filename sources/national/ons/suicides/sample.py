"""Writes synthetic suicides by local authority in the publisher's layout, on real areas."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources.places import deaths_by_area


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write the workbook of local authorities with the seed's figures; ``scale`` above 1 adds earlier years."""
    deaths_by_area.write_workbook(
        folder / "synthetic-suicidesbylocalauthority2025.xlsx",
        np.random.default_rng([seed, 43]),
        subject="Number of suicides by local authority",
        counts_title="Number of suicides by local authority, England and Wales, registered in each year",
        rates_title="Suicide rates by local authority, England and Wales, three-year periods",
        mean=7,
        scale=scale,
    )
