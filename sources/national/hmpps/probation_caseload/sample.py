"""The two copies of the probation caseload, in their layouts. They have no room for words, so that their names say that
every figure is synthetic."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources.writing import Cell, Row, write_csv

#: The last five quarters' ends that are out by November 2026, and what the publisher wrote beside them.
_DAYS = (
    "30 June2025",
    "30 September2025",
    "31 December2025",
    "31 March2026(Break in series) [note 49]",
    "30 June2026(Break in series) [note 49]",
)
#: Kinds of supervision as the copy heads them, with a mean for males; a length is in months.
_KINDS = (
    ("All supervision", 225_000),
    ("All supervision in the community [note 16]", 150_000),
    ("All court orders", 94_000),
    ("All community sentences", 52_000),
    ("Community order", 51_500),
    ("All pre-Criminal Justice Act 2003 orders", 2),
    ("Youth Rehabilitation Order [note 3]", 550),
    ("Supervision Default Order [note 4]", 45),
    ("Average length of community order (months)", None),
    ("Other sentences", 44_000),
    ("Deferred sentence", 2),
    ("Suspended sentence order with requirements [note 5]", 43_998),
    ("Average length of suspended sentence order (months)", None),
    ("All pre- and post-release supervision", 135_000),
    ("Pre-release supervision", 74_000),
    ("Post-release supervision", 62_000),
    ("Contact supervision suspended under Probation Reset / Impact [note 16, 46, 47]", 35_000),
    ("All court orders", 20_000),
    ("Post-release supervision", 15_500),
)
_NOT_OF_MALES = "All pre-Criminal Justice Act 2003 orders"
_ANNUAL = (
    ("All supervision [note 5]", 240_000),
    ("All supervision in the community [note 30]", 168_000),
    ("All court orders [note 5]", 108_000),
    ("All pre- and post-release supervision [note 10]", 137_000),
    ("Pre-release supervision", 75_000),
    ("Post-release supervision", 62_000),
)


def _figures(rng: np.random.Generator, label: str, mean: int | None) -> list[int | float]:
    """A figure each of everybody, who are the sum of the others, of males and of females."""
    if mean is None:
        return [float(rng.uniform(14, 20)) for _ in range(3)]
    means = (mean, 0.12 * mean)
    male, female = (int(rng.integers(int(0.95 * each), int(1.05 * each) + 1)) for each in means)
    if label == _NOT_OF_MALES:
        male = 0
    return [male + female, male, female]


def _quarterly(rng: np.random.Generator) -> list[Row]:
    """A row a day; a column a kind of supervision, of everybody, then of males, then of females."""
    drawn = [[_figures(rng, label, mean) for label, mean in _KINDS] for _ in _DAYS]
    columns = [
        (sex, kind) for sex in range(3) for kind, (label, _) in enumerate(_KINDS) if sex != 1 or label != _NOT_OF_MALES
    ]
    headings = [f"{_KINDS[kind][0]} | {drawn[0][kind][sex]}" for sex, kind in columns]
    lines: list[list[Cell]] = [[figures[kind][sex] for sex, kind in columns] for figures in drawn]
    lines[1][6], lines[2][0] = "[x]", f"{lines[2][0]} [r]"
    return [[None, *headings], *([day, *line] for day, line in zip(_DAYS, lines, strict=True))]


def _annual(rng: np.random.Generator, years: int) -> list[Row]:
    rows: list[Row] = [[None, *range(2026 - years, 2026)]]
    for number, (label, mean) in enumerate(_ANNUAL):
        counts: list[Cell] = [float(rng.integers(int(0.95 * mean), int(1.05 * mean))) for _ in range(years)]
        if number == 1:
            counts[0] = None
        rows.append([label, *counts])
    return rows


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write the quarterly copy of June 2025 to June 2026, and the annual one of five years times the scale."""
    rng = np.random.default_rng(seed)
    write_csv(folder / "synthetic_probation_caseload_quarterly.csv", _quarterly(rng))
    write_csv(folder / "synthetic_probation_caseload_annual.csv", _annual(rng, min(12, max(2, round(5 * scale)))))
