"""A workbook of deaths of offenders in the community in the layout that is documented; its cover says that every figure
is synthetic."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources.writing import Cell, Row, write_ods

_NOTICE = "SYNTHETIC FIGURES: made up for the bundled edition; nobody died and nobody was counted."
_SUPERVISION = {"Court orders": 0.54, "Post-release supervision": 0.44, "Other": 0.02}
_CAUSES = {
    "Natural causes": 0.44,
    "Self-inflicted": 0.33,
    "Homicide": 0.02,
    "Other": 0.19,
    "Awaiting further information": 0.02,
}
_SEXES = {"Male": 0.87, "Female": 0.13}
_REGIONS = (
    "North East", "North West", "Greater Manchester", "Yorkshire and the Humber", "East Midlands", "West Midlands",
    "East of England", "London", "South Central", "Kent, Surrey and Sussex", "South West", "Wales",
)  # fmt: skip
_LAST_YEAR = 2025


def write(folder: Path, *, seed: int, scale: float) -> None:
    """The workbook of the year to March 2026, with the years before it; four at scale 1."""
    rng = np.random.default_rng(seed)
    years = range(_LAST_YEAR - max(2, min(10, round(4 * scale))) + 1, _LAST_YEAR + 1)
    headings: list[Cell] = [f"{year}/{(year + 1) % 100:02}" for year in years]
    headings[-1] = f"{headings[-1]} [note 1]"
    shares = np.einsum("i,j,k->ijk", *(list(of.values()) for of in (_SUPERVISION, _CAUSES, _SEXES)))
    deaths = np.stack([rng.multinomial(rng.poisson(1_430), shares.ravel()).reshape(shares.shape) for _ in years], -1)
    regions = np.stack([rng.multinomial(total, [1 / len(_REGIONS)] * len(_REGIONS)) for total in deaths.sum((0, 1, 2))])

    def sheet(number: int, by: str, labels: list[Cell], rows: list[Row]) -> list[Row]:
        span = f"England and Wales, {headings[0]} to {years[-1]}/{(years[-1] + 1) % 100:02}"
        title = f"Table {number}: Number of deaths of offenders in the community by {by}, {span}"
        return [[title], [_NOTICE], [], [*labels, *headings], *rows, [], ["[note 1] Deaths may be classified anew."]]

    def with_total(names: list[str], counts: np.ndarray) -> list[Row]:
        rows: list[Row] = [[name, *map(int, row)] for name, row in zip(names, counts, strict=True)]
        return [*rows, ["Total", *map(int, counts.sum(axis=0))]]

    both: list[Row] = []
    for supervision, counts in zip([*_SUPERVISION, "Total"], [*deaths.sum(2), deaths.sum((0, 2))], strict=True):
        causes = with_total(list(_CAUSES), counts)
        both += [[supervision if at == 0 else None, *row] for at, row in enumerate(causes)]
    write_ods(
        folder / "deaths-of-offenders-in-the-community-2026-tables.ods",
        {
            "Cover": [["Deaths of offenders in the community, annual update to March 2026"], [_NOTICE]],
            "Table_1": sheet(1, "type of supervision and apparent cause", ["Supervision type", "Apparent cause"], both),
            "Table_2": sheet(2, "sex", ["Sex"], with_total(list(_SEXES), deaths.sum((0, 1)))),
            "Table_3": sheet(3, "probation region", ["Probation region"], with_total(list(_REGIONS), regions.T)),
        },
    )
