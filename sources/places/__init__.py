"""Real places: which there are, for the bundled edition, and which names stand for which codes, for readers.

Facts about names and codes only (Office for National Statistics, Open Geography portal, and data.police.uk; Open
Government Licence v3.0). This module has those that samples are written on: districts, community safety partnerships
and police force areas as at 2024, what else a district lies in, up to three lower layer super output areas (2021) of
each district, some areas of 2011 with what became of them, the codes that were replaced since 2019, and the forces of
data.police.uk. ``names`` has the registers in which readers look up a place that a publisher gives by name alone. No
model uses either.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class District:
    """A district in a community safety partnership in a police force area (2024); a district that sits in several
    partnerships is several rows."""

    lad_code: str
    lad_name: str
    csp_code: str
    csp_name: str
    pfa_code: str
    pfa_name: str


@dataclass(frozen=True)
class Lsoa:
    """A lower layer super output area (2021) and the district (2024) that it is in."""

    lsoa_code: str
    lsoa_name: str
    lad_code: str


@dataclass(frozen=True)
class Parents:
    """What a district (2024) lies in: its upper tier, itself where it has one tier; an English one a region, a Welsh
    one a local health board, the other being empty."""

    lad_code: str
    upper_tier_code: str
    upper_tier_name: str
    region_code: str
    region_name: str
    health_board_code: str
    health_board_name: str


@dataclass(frozen=True)
class LsoaChange:
    """What an area of 2011 became in 2021 (unchanged U, split S, merged M, irregular X) and its district of 2022."""

    old_code: str
    old_name: str
    change: str
    new_code: str
    new_name: str
    lad_code: str
    lad_name: str


@dataclass(frozen=True)
class Force:
    """A police force as data.police.uk spells it; ``pfa_code`` is empty for a force that has no area here."""

    force_slug: str
    force_name: str
    pfa_code: str


@dataclass(frozen=True)
class CodeChange:
    """A local authority whose code ended: merged into another, given a new one, or abolished (no new code)."""

    old_code: str
    old_name: str
    new_code: str
    new_name: str
    change_type: str
    change_year: str


def _rows(name: str) -> list[dict[str, str]]:
    with (_FOLDER / name).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


@cache
def districts() -> tuple[District, ...]:
    """Every district of England and Wales with its partnership and force area: 332 rows, 318 districts."""
    return tuple(District(**row) for row in _rows("districts.csv"))


@cache
def lsoas() -> tuple[Lsoa, ...]:
    """Up to three areas of every district: 991 rows."""
    return tuple(Lsoa(**row) for row in _rows("lsoas.csv"))


@cache
def parents() -> tuple[Parents, ...]:
    """What every district lies in: 318 rows."""
    return tuple(Parents(**row) for row in _rows("parents.csv"))


@cache
def lsoa_changes() -> tuple[LsoaChange, ...]:
    """Changes of each kind, whole: every part of an area that was split, every area of those that were merged."""
    return tuple(LsoaChange(**row) for row in _rows("lsoa_changes.csv"))


@cache
def forces() -> tuple[Force, ...]:
    """The 43 territorial forces of England and Wales, British Transport Police and Northern Ireland."""
    return tuple(Force(**row) for row in _rows("forces.csv"))


@cache
def code_changes() -> tuple[CodeChange, ...]:
    """Codes of English local authorities that ended from 2019 to 2025 (none did in Wales): 50 rows."""
    return tuple(CodeChange(**row) for row in _rows("code_changes.csv"))
