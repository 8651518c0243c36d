"""The table of alcohol-specific admissions as at hand: real authorities, synthetic rates, and a sheet says so."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import numpy as np

from sources import places
from sources.places import names
from sources.writing import Row, write_xlsx

_NOTICE = "SYNTHETIC FIGURES: made up for the bundled edition on real areas; nobody was admitted."
_LAST = 2024


def write(folder: Path, *, seed: int, scale: float) -> None:
    """A workbook a year: 2022/23 to 2024/25 at scale 1; a larger scale adds years before them (seven at most)."""
    rng = np.random.default_rng(seed)
    boards, authorities = names.register("health_board"), names.register("local_authority")
    places_of = sorted(
        (boards.current_name(area.health_board_code).split(" University")[0].split(" Teaching")[0], area.lad_code)
        for area in places.parents()
        if area.health_board_code
    )
    for year in range(_LAST - max(1, min(7, round(3 * scale))) + 1, _LAST + 1):

        def name(first: int) -> str:
            return f"{first}/{(first + 1) % 100:02}"

        rows: list[Row] = [
            [
                "Health Board",
                "Local Authority",
                f"EASR per 100,000 population {name(year)}",
                f"Change since {name(year - 1)}",
                f"Change since {name(year - 5)}",
            ]
        ]
        for board, members in groupby(places_of, key=lambda place: place[0]):
            for number, (_, code) in enumerate(members):
                rows.append(["" if number else board, authorities.current_name(code), *_figures(rng)])
        rows.append(["Wales", "Wales", *_figures(rng)])
        write_xlsx(
            folder / f"alcohol_misuse_PHW_{name(year).replace('/', '-')}.xlsx", {"Sheet1": rows, "About": [[_NOTICE]]}
        )


def _figures(rng: np.random.Generator) -> Row:
    return [int(rng.integers(180, 400)), *(round(float(change), 2) for change in rng.normal((-0.03, -0.2), 0.12))]
