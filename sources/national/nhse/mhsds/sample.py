"""Writes synthetic waiting-times files of the monthly mental health statistics, each with its two windows.

The areas are the real integrated care boards; the providers are made up and their names say that they are synthetic.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources.places.names import register
from sources.writing import write_csv

_HEADER = (
    *("REPORTING_PERIOD_START", "REPORTING_PERIOD_END", "STATUS", "BREAKDOWN", "PRIMARY_LEVEL"),
    *("PRIMARY_LEVEL_DESCRIPTION", "SECONDARY_LEVEL", "SECONDARY_LEVEL_DESCRIPTION"),
    *("MEASURE_ID", "MEASURE_NAME", "MEASURE_VALUE"),
)
_MONTHS = (
    ("JulPerf_2026", "01/05/2026", "01/07/2026", "31/07/2026"),
    ("AugPerf_2026", "01/06/2026", "01/08/2026", "31/08/2026"),
    ("SepPerf_2026", "01/07/2026", "01/09/2026", "30/09/2026"),
)
_STOPPED = ("MRS01", "Number of CMH referral-spells receiving a full clock stop in the RP")
_IN_TIME = ("MRS01a", "Number of CMH referral-spells receiving a full clock stop in less than 4 weeks in the RP")
_SHARE = ("MRS01b", "Proportion of CMH referral-spells receiving a full clock stop in less than 4 weeks in the RP")
_WAITING = (
    "MRS02",
    "Number of CMH referral-spells waiting for a full clock stop that were still open at the end of the RP",
)
_MEDIAN = ("MRS03a", "Median time (days) for open CMH referral-spells waiting for a 2nd contact at the end of the RP")
_OPEN = " that were still open at the end of the RP"
#: Further measures: whether each is of the three months, which figure it goes by (0 ended, 2 waiting), its part of it.
_MORE = (
    ("MRS02e", f"Number of CMH referral-spells waiting more than 52 weeks for full clock stop{_OPEN}", False, 2, 0.39),
    ("MRS03", "Number of open CMH referral-spells waiting for a 2nd contact at the end of the RP", False, 2, 0.41),
    ("MRS07e", f"Number of CMH referral-spells waiting more than 52 weeks for a 2nd contact{_OPEN}", False, 2, 0.09),
    ("MRS04", "Number of CMH referral-spells that started in the RP", True, 0, 14.0),
    ("MRS09", f"Number of CYP referral-spells waiting for a full clock stop{_OPEN}", False, 2, 1.4),
    ("MRS09e", f"Number of CYP referral-spells waiting more than 52 weeks for full clock stop{_OPEN}", False, 2, 0.67),
    ("MRS11", "Number of CYP referral-spells that started in the RP", True, 0, 12.0),
)
_PROVIDERS = 8


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write three months, a CSV each; a seed and scale give the same bytes."""
    rng = np.random.default_rng([seed, 61])
    boards = [(named.code, named.name) for named in register("integrated_care_board").names if named.is_current_name]
    boards = sorted(boards)[: max(6, round(len(boards) * min(scale, 1.0)))]
    sizes = np.exp(rng.normal(5.5, 0.6, len(boards)))
    providers = np.append(np.exp(rng.normal(5.0, 1.0, _PROVIDERS - 2)), [4.0, 2.0])
    for name, first_of_three, first, last in _MONTHS:
        rows: list[tuple[str | int, ...]] = [_HEADER]
        parts = np.array([_figures(rng, size) for size in sizes])
        totals = parts.sum(axis=0)
        starts = (first_of_three, first_of_three, first_of_three, first, first)

        def add(breakdown: str, code: str, area: str, cells: list[str], starts=starts, last=last, rows=rows) -> None:
            for start, (measure, words), cell in zip(
                starts, (_STOPPED, _IN_TIME, _SHARE, _WAITING, _MEDIAN), cells, strict=True
            ):
                rows.append((start, last, "Performance", breakdown, code, area, "NONE", "NONE", measure, words, cell))

        share = f"{100 * totals[1] / totals[0]:.6f}"
        add("England", "England", "England", [*map(str, totals[:2]), share, str(totals[2]), "151"])
        for number, ((_, board), figures) in enumerate(zip(boards, parts, strict=True)):
            add("ICB of GP Practice or Residence", f"SY{number:02d}", board.upper(), _shown(figures, rng))
        add("ICB of GP Practice or Residence", "UNKNOWN", "UNKNOWN", _shown(np.array([9, 2, 60]), rng))
        for number, size in enumerate(providers):
            add("Provider", f"SYN{number:02d}", f"SYNTHETIC TRUST {number + 1}", _shown(_figures(rng, size), rng))
        for measure, words, of_three, by, part in _MORE:
            start = first_of_three if of_three else first
            places = [("England", "England", "England", str(round(part * totals[by])))]
            places += [
                ("ICB of GP Practice or Residence", f"SY{number:02d}", board.upper(), _rounded(part * figures[by]))
                for number, ((_, board), figures) in enumerate(zip(boards, parts, strict=True))
            ]
            rows += [
                (start, last, "Performance", *place, "NONE", "NONE", measure, words, cell) for *place, cell in places
            ]
        write_csv(folder / f"synthetic-MHSDS_Data_4WW_{name}.csv", rows)


def _figures(rng: np.random.Generator, size: float) -> np.ndarray:
    """Spells that ended their wait, those of them within four weeks, and spells still waiting."""
    stopped = rng.poisson(size)
    return np.array([stopped, rng.binomial(stopped, 0.12), rng.poisson(size * 25)])


def _shown(figures: np.ndarray, rng: np.random.Generator) -> list[str]:
    """The five cells below the national level: counts rounded to 5; what is under 5 or worked out from it is hidden."""
    stopped, in_time, waiting = (_rounded(count) for count in figures.tolist())
    share = f"{100 * figures[1] / figures[0]:.0f}" if "*" not in {stopped, in_time} else "*"
    median = str(rng.integers(90, 220)) if waiting != "*" else "*"
    return [stopped, in_time, share, waiting, median]


def _rounded(count: float) -> str:
    return str(5 * round(count / 5)) if count >= 5 else "*"
