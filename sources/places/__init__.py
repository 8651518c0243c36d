"""Real places for the bundled edition: which districts, partnerships and police forces there are.

Facts about names and codes only (Office for National Statistics, Open Geography portal, and data.police.uk; Open
Government Licence v3.0): districts, community safety partnerships and police force areas as at 2024, up to three
lower layer super output areas (2021) of each district, the codes that were replaced since 2019, and the forces of
data.police.uk. Samples are written on them; no reader and no model uses them.
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
def forces() -> tuple[Force, ...]:
    """The 43 territorial forces of England and Wales, British Transport Police and Northern Ireland."""
    return tuple(Force(**row) for row in _rows("forces.csv"))


@cache
def code_changes() -> tuple[CodeChange, ...]:
    """Codes of English local authorities that ended from 2019 to 2025 (none did in Wales): 50 rows."""
    return tuple(CodeChange(**row) for row in _rows("code_changes.csv"))
