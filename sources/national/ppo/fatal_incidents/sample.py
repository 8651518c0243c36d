"""Fatal incident tables in the layout that is documented; the workbook's cover says that every figure is synthetic."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources.writing import Cell, Row, write_xlsx

_NOTICE = "SYNTHETIC FIGURES: made up for the bundled edition; nobody died and nothing was investigated."
_CAUSES = {
    "Natural causes": 0.58,
    "Self-inflicted": 0.24,
    "Other non-natural": 0.12,
    "Homicide": 0.01,
    "Awaiting classification": 0.05,
}
_SERVICES = {
    "Prisons: male": 0.9,
    "Prisons: female": 0.03,
    "Young offender institutions": 0.01,
    "Approved premises": 0.04,
    "Immigration removal centres": 0.01,
    "Discretionary cases": 0.01,
}
_LAST_YEAR = 2025


def write(folder: Path, *, seed: int, scale: float) -> None:
    """The tables of the report on 2025/26, with the years before it; four at scale 1."""
    rng = np.random.default_rng(seed)
    years = range(_LAST_YEAR - max(2, min(10, round(4 * scale))) + 1, _LAST_YEAR + 1)
    shares = np.outer(list(_CAUSES.values()), list(_SERVICES.values()))
    counts = np.stack([rng.multinomial(rng.poisson(340), shares.ravel()).reshape(shares.shape) for _ in years], -1)
    headings: list[Cell] = []
    for year in years:
        headings += [f"Total {year}/{(year + 1) % 100:02}", "% of total"]
    headings += ["Change year on year", "% change year on year"]

    def sheet(number: int, by: str, label: str, names: list[str], of: np.ndarray) -> list[Row]:
        title = f"Table {number}: Fatal incident investigations started, by {by} [note 1]"
        totals = of.sum(axis=0)
        rows = [_row(name, row, totals) for name, row in zip([*names, "Total"], [*of, totals], strict=True)]
        return [[title], [_NOTICE], [], [label, *headings], *rows, [], ["[note 1] By the day of notification."]]

    write_xlsx(
        folder / "ppo-fatal-incident-tables-2025-26.xlsx",
        {
            "Cover": [["Prisons and Probation Ombudsman: fatal incident investigations, 2025/26"], [_NOTICE]],
            "Table 1": sheet(1, "type of death", "Type of death", list(_CAUSES), counts.sum(axis=1)),
            "Table 2": sheet(2, "service", "Service", list(_SERVICES), counts.sum(axis=0)),
        },
    )


def _row(name: str, counts: np.ndarray, totals: np.ndarray) -> list[Cell]:
    cells: list[Cell] = [name]
    for count, total in zip(counts, totals, strict=True):
        cells += [int(count), f"{100 * count / total:.0f}%"]
    change = int(counts[-1]) - int(counts[-2])
    return [*cells, change, f"{100 * change / counts[-2]:.0f}%" if counts[-2] else "-"]
