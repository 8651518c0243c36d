"""Real authorities for the bundled edition: those with children's services, as the Department for Education has them.

Facts about names, numbers and codes only (Department for Education, Explore Education Statistics, 2025; Open
Government Licence v3.0). Samples are written on them; no reader and no model uses them.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "dfe_authorities.csv"


@dataclass(frozen=True)
class Authority:
    """A local authority with children's services and the region that it is in (London as its inner or outer part)."""

    la_number: str
    la_code: str
    la_name: str
    region_code: str
    region_name: str


#: England and its regions with the Department's numbers, London as a whole and in its parts.
ENGLAND = ("970", "E92000001", "England")
REGIONS = (
    ("980", "E12000001", "North East"),
    ("981", "E12000002", "North West"),
    ("982", "E12000003", "Yorkshire and The Humber"),
    ("983", "E12000004", "East Midlands"),
    ("984", "E12000005", "West Midlands"),
    ("985", "E12000006", "East of England"),
    ("986", "E12000007", "London"),
    ("987", "E13000001", "Inner London"),
    ("988", "E13000002", "Outer London"),
    ("989", "E12000008", "South East"),
    ("990", "E12000009", "South West"),
)


@cache
def authorities() -> tuple[Authority, ...]:
    """The 153 authorities of 2025, in the order of the Department's numbers."""
    with _FILE.open(encoding="utf-8", newline="") as text:
        return tuple(Authority(**row) for row in csv.DictReader(text))
