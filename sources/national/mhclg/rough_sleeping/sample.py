"""Snapshot workbooks in the publisher's layout: real areas, synthetic figures, and the contents page says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sources import places
from sources.writing import Cell, write_xlsx

_LAST_YEAR, _FIRST_YEAR = 2025, 2017
_REGIONS = {
    ("E12000004", "East Midlands"): ("E23000018", "E23000019", "E23000020", "E23000021", "E23000022"),
    ("E12000006", "East of England"): ("E23000023", "E23000024", "E23000025", "E23000026", "E23000027", "E23000028"),
    ("E12000007", "London"): ("E23000001", "E23000034"),
    ("E12000001", "North East"): ("E23000007", "E23000008", "E23000013"),
    ("E12000002", "North West"): ("E23000002", "E23000003", "E23000004", "E23000005", "E23000006"),
    ("E12000008", "South East"): ("E23000029", "E23000030", "E23000031", "E23000032", "E23000033"),
    ("E12000009", "South West"): ("E23000035", "E23000036", "E23000037", "E23000038", "E23000039"),
    ("E12000005", "West Midlands"): ("E23000014", "E23000015", "E23000016", "E23000017"),
    ("E12000003", "Yorkshire and The Humber"): ("E23000009", "E23000010", "E23000011", "E23000012"),
}
_NOTICE = "SYNTHETIC FIGURES: made up for the bundled edition on real areas; nobody was counted."
#: Sheets of groups: their titles, and each group with its share.
_GROUPS = {
    "Table 2a Gender": (
        "Table 2a: Gender of people sleeping rough by local authority district and region 1-3",
        {"Female": 0.15, "Male": 0.82, "Not known": 0.03},
    ),
    "Table 2b Nationality": (
        "Table 2b: Nationality of people sleeping rough by local authority district and region 1-3",
        {"UK": 0.66, "EU": 0.2, "Non-EU, Non-UK": 0.08, "Not known": 0.06},
    ),
    "Table 2c Age": (
        "Table 2c: Age of people sleeping rough by local authority district and region 1-3",
        {"Under 18": 0.001, "18 - 25": 0.06, "Over 26": 0.87, "Not known": 0.069},
    ),
}
_APPROACHES = ["Estimate including spotlight", "Estimate", "Count"]


@dataclass(frozen=True)
class _Authority:
    """A local authority with its people by year, by sheet and by approach."""

    code: str
    name: str
    region_code: str
    region: str
    totals: np.ndarray
    groups: dict[str, np.ndarray]
    approaches: Sequence[str]


def write(folder: Path, *, seed: int, scale: float) -> None:
    """The workbook of autumn 2025 with its last years: four at scale 1, and one local authority of every English police
    force area; a larger scale adds years (nine at most) and authorities (all in the end)."""
    count = max(2, min(_LAST_YEAR - _FIRST_YEAR + 1, round(4 * scale)))
    years = range(_LAST_YEAR - count + 1, _LAST_YEAR + 1)
    rng = np.random.default_rng(seed)
    authorities = sorted(_authorities(rng, len(years), each=max(1, round(scale))), key=lambda one: one.name)
    span = f"England, autumn {years[0]}-{years[-1]}"
    codes: list[Cell] = ["Local authority ONS code", "Local authority", "Region", "Region ONS code"]
    sheets: dict[str, list[list[Cell]]] = {
        "Contents": [
            [],
            ["Annual Rough Sleeping Snapshot in England: autumn 2025"],
            [_NOTICE],
            ["Contents:", "Table 1: Total number of people sleeping rough"],
        ],
        "Table 1 Total": [
            ["Table 1: Total number of people sleeping rough, by local authority district and region 1,2"],
            [span],
            [],
            [*codes, *map(str, years)],
            *_rows(authorities, [one.totals for one in authorities]),
            *_notes(),
        ],
    }
    for sheet, (title, shares) in _GROUPS.items():
        headings = [f"{group} {year}" for year in years for group in [*shares, "Total"]]
        figures = [
            np.concatenate([[*of_year, total] for of_year, total in zip(one.groups[sheet], one.totals, strict=True)])
            for one in authorities
        ]
        sheets[sheet] = [[title], [span], [], [*codes, *headings], *_rows(authorities, figures), *_notes()]
    sheets["Table 3 Approach"] = [
        ["Table 3: Approach used for rough sleeping snapshot by local authority 1,2"],
        [span],
        [],
        ["Local authority", "Local authority ONS code", "Region", "Region ONS code", *map(str, years)],
        *([one.name, one.code, one.region, one.region_code, *one.approaches] for one in authorities),
        *_notes(),
    ]
    sheets["Table 5 Rates"] = [
        ["Table 5: Rate of people sleeping rough per 100,000 people 1,2 by local authority district and region"],
        [_NOTICE],
    ]
    write_xlsx(folder / f"Rough_sleeping_snapshot_in_England_autumn_{_LAST_YEAR}.xlsx", sheets)


def _authorities(rng: np.random.Generator, years: int, *, each: int) -> list[_Authority]:
    of_force: dict[str, dict[str, str]] = {}
    for district in sorted(places.districts(), key=lambda one: one.lad_code):
        of_force.setdefault(district.pfa_code, {})[district.lad_code] = district.lad_name
    found = []
    for (region_code, region), forces in _REGIONS.items():
        for force in forces:
            for code, name in list(of_force[force].items())[:each]:
                totals = rng.poisson(rng.gamma(1.5, 8), years)
                groups = {
                    sheet: np.stack([rng.multinomial(total, _shares(shares)) for total in totals])
                    for sheet, (_, shares) in _GROUPS.items()
                }
                approaches = [str(rng.choice(_APPROACHES, p=[0.5, 0.3, 0.2])) for _ in range(years)]
                found.append(_Authority(code, name, region_code, region, totals, groups, approaches))
    return found


def _shares(of: dict[str, float]) -> np.ndarray:
    shares = np.array(list(of.values()))
    return shares / shares.sum()


def _rows(authorities: Sequence[_Authority], figures: Sequence[np.ndarray]) -> list[list[Cell]]:
    """England, London, the rest of England, the other regions, and the authorities."""

    def summed(name: str, code: str, regions: set[str]) -> list[Cell]:
        inside = [of for one, of in zip(authorities, figures, strict=True) if one.region_code in regions]
        return ["---", "---", name, code, *map(int, np.sum(inside, axis=0))]

    regions = {code for code, _ in _REGIONS}
    return [
        summed("England", "E92000001", regions),
        summed("London", "E12000007", {"E12000007"}),
        summed("Rest of England", "-", regions - {"E12000007"}),
        *(summed(name, code, {code}) for code, name in _REGIONS if name != "London"),
        *(
            [one.code, one.name, one.region, one.region_code, *map(int, of)]
            for one, of in zip(authorities, figures, strict=True)
        ),
    ]


def _notes() -> list[list[Cell]]:
    return [
        [],
        ["Contact:", "roughsleepingstatistics@communities.gov.uk"],
        ["Source:", "MHCLG Annual Rough Sleeping Snapshot"],
        [],
        [f"1 {_NOTICE}"],
        ["2 People sleeping rough are those sleeping or about to bed down in open air locations."],
    ]
