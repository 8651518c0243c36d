"""Indices of deprivation in the publisher's layout: real areas, synthetic figures, and the notes say so."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources import places
from sources.writing import Row, write_csv, write_xlsx

_SHEETS = {
    "IMD": "IMD",
    "Income": "Income",
    "Employment": "Employment",
    "Education": "Education, Skills and Training",
    "Health": "Health Deprivation and Disability",
    "Crime": "Crime",
    "Barriers": "Barriers to Housing and Services",
    "Living": "Living Environment",
    "IDACI": "IDACI",
    "IDAOPI": "IDAOPI",
}
_SYNTHETIC = "SYNTHETIC FIGURES: made up for the bundled edition on real areas; not indices of anywhere."
_PROPORTION = "proportion of LSOAs in most deprived 10% nationally"


def write(folder: Path, *, seed: int, scale: float) -> None:
    """The edition of 2025 by local authority, its overall index by small area (one to three a district, as scale
    says), and the Welsh summary of 2019."""
    draw = np.random.default_rng(seed)
    districts = {row.lad_code: row.lad_name for row in places.districts() if row.lad_code.startswith("E")}
    need = dict(zip(districts, draw.normal(0, 1, len(districts)).tolist(), strict=True))
    _write_small_areas(folder, draw, districts, need, most=max(1, min(3, round(scale))))
    sheets: dict[str, list[Row]] = {"Notes": [[_SYNTHETIC]]}
    for sheet, domain in _SHEETS.items():
        own = {code: value + float(draw.normal(0, 0.4)) for code, value in need.items()}
        sheets[sheet] = _summary(
            domain, districts, own, has_more=sheet == "IMD", has_scale=domain[:3] in {"Inc", "Emp"}
        )
    name = "File_10_-_IoD2025_Local_Authority_District_Summaries__lower-tier__.xlsx"
    write_xlsx(folder / name, sheets)
    welsh = sorted({row.lad_code for row in places.districts() if row.lad_code.startswith("W")})
    shares = [(float(share), float(draw.uniform(0, 0.4))) for share in draw.uniform(0, 0.25, len(welsh))]
    rows: list[Row] = [["LAD19CD", "Proportion", "Extent", "Score"]]
    rows += [[code, *pair, 0] for code, pair in zip(welsh, shares, strict=True)]
    write_csv(folder / "Welsh_IMD_LA_SYNTHETIC.csv", rows)


def _ranks(values: np.ndarray, *, high_is_first: bool = True) -> list[int]:
    """1 for the most deprived; each rank once."""
    order = np.argsort(-values if high_is_first else values, kind="stable")
    ranks = np.empty(len(values), dtype=int)
    ranks[order] = np.arange(1, len(values) + 1)
    return [int(rank) for rank in ranks]


def _write_small_areas(
    folder: Path, draw: np.random.Generator, districts: dict[str, str], need: dict[str, float], *, most: int
) -> None:
    taken: dict[str, int] = {}
    areas = []
    for area in places.lsoas():
        if area.lad_code in districts and taken.get(area.lad_code, 0) < most:
            taken[area.lad_code] = taken.get(area.lad_code, 0) + 1
            areas.append(area)
    ranks = _ranks(np.array([need[area.lad_code] for area in areas]) + draw.normal(0, 0.7, len(areas)))
    header: Row = [
        "LSOA code (2021)",
        "LSOA name (2021)",
        "Local Authority District code (2024)",
        "Local Authority District name (2024)",
        "Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)",
        "Index of Multiple Deprivation (IMD) Decile (where 1 is most deprived 10% of LSOAs)",
    ]
    rows: list[Row] = [
        [
            area.lsoa_code,
            area.lsoa_name,
            area.lad_code,
            districts[area.lad_code],
            rank,
            -(-10 * rank // len(areas)),
        ]
        for area, rank in zip(areas, ranks, strict=True)
    ]
    write_csv(
        folder / "File_1_-_IMD2025_Index_of_Multiple_Deprivation_SYNTHETIC.csv", [header, *rows], encoding="utf-8-sig"
    )


def _summary(
    domain: str, districts: dict[str, str], need: dict[str, float], *, has_more: bool, has_scale: bool
) -> list[Row]:
    values = np.array([need[code] for code in districts])
    share = np.clip(0.08 + 0.1 * values, 0, 0.6).round(4)
    measures = {"average rank": (16_900 + 4_500 * values).clip(1_000, 31_000).round(2)}
    measures["average score"] = (21 + 7 * values).clip(4, 60).round(3)
    measures[_PROPORTION] = share
    # The publisher's headings end with a space, most of them.
    headings = [f"{domain} - {text} " for name in measures for text in (name.capitalize(), f"Rank of {name}")]
    if has_more:
        measures["extent"] = (share * 1.4).clip(0, 1).round(4)
        measures["local concentration"] = (29_000 + 1_500 * values).clip(15_000, 32_800).round(2)
        for name in ("extent", "local concentration"):
            headings += [f"{domain} 2025 - {name.capitalize()} ", f"{domain} 2025 - Rank of {name} "]
    if has_scale:
        measures["scale"] = (15_000 + 6_000 * values).clip(200, None).round()
        headings += [f"{domain} scale", f"Rank of {domain} Scale"]
    columns = [column for found in measures.values() for column in (found.tolist(), _ranks(found))]
    rows = zip(districts, districts.values(), *columns, strict=True)
    return [
        ["Local Authority District code (2024)", "Local Authority District name (2024)", *headings],
        *[list(row) for row in rows],
    ]
