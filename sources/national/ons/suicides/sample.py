"""Writes synthetic suicides by local authority in the publisher's layout, on real areas."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources import places
from sources.writing import write_xlsx

_SYNTHETIC = "SYNTHETIC figures, made up for the bundled edition; not those of the publisher"


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write the workbook of local authorities with the seed's figures; ``scale`` above 1 adds earlier years."""
    rng = np.random.default_rng([seed, 43])
    areas = _areas()
    years = range(2025, 2025 - round(3 * max(scale, 1)), -1)
    counts = [_deaths(rng, areas, 7) for _ in years]
    heading = ["Area Code \r\n[note 2]", "Country or Region", "Unitary Authority or County", "Local Authority District"]
    above = [[""], [_SYNTHETIC], ["This worksheet has one table."], []]
    table_1: list[list[str | int | float | None]] = [
        ["Table 1: Number of suicides by local authority, England and Wales, registered in each year [note 1]"],
        *above,
        [*heading, *years],
    ]
    table_1 += [[code, *(name or None for name in names), *(c[code] for c in counts)] for code, names, _ in areas]
    table_2: list[list[str | int | float | None]] = [
        ["Table 2: Suicide rates by local authority, England and Wales, three-year periods [note 1]"],
        *above,
        [
            *heading,
            "2023 to 2025 \r\nNumber of deaths",
            "2023 to 2025 \r\nRate per 100,000 \r\n[note 4]",
            "2023 to 2025 \r\nRate unreliability marker \r\n[note 5]",
            "2023 to 2025 \r\nLower confidence limit",
            "2023 to 2025 \r\nUpper confidence limit",
        ],
    ]
    for code, names, _ in areas:
        deaths = sum(count[code] for count in counts[:3])
        rate = round(deaths / 4 * (1 if code[1] == "0" else 40 / max(deaths, 1)), 1)
        figures: list[str | int | float | None] = [deaths, rate, "[u]" if deaths < 20 else None]
        figures += [round(rate * 0.7, 1), round(rate * 1.4, 1)]
        if deaths < 10:
            figures = [deaths, "[x]", None, "[x]", "[x]"]
        table_2.append([code, *(name or None for name in names), *figures])
    cover = [
        ["Number of suicides by local authority"],
        [_SYNTHETIC],
        ["The year is that of registration, not of death."],
    ]
    write_xlsx(
        folder / "synthetic-suicidesbylocalauthority2025.xlsx",
        {"Cover_sheet": cover, "Table_1": table_1, "Table_2": table_2},
    )


def _areas() -> list[tuple[str, tuple[str, str, str], str]]:
    """England, its regions and their districts, Wales and its authorities, in the publisher's order: code, what stands
    in the three columns of names, and the code of what each is counted in."""
    parents = places.parents()
    names = {one.lad_code: one.lad_name for one in places.districts()}
    regions = sorted({(one.region_code, one.region_name) for one in parents if one.region_code})
    found = [("E92000001", ("ENGLAND", "", ""), "")]
    for region_code, region in regions:
        found.append((region_code, (region.upper(), "", ""), "E92000001"))
        for one in parents:
            if one.region_code == region_code:
                is_lower = one.lad_code.startswith("E07")
                name = names[one.lad_code]
                found.append((one.lad_code, ("", "" if is_lower else name, name if is_lower else ""), region_code))
    found.append(("W92000004", ("WALES", "", ""), ""))
    found += [(one.lad_code, ("", names[one.lad_code], ""), "W92000004") for one in parents if not one.region_code]
    return found


def _deaths(
    rng: np.random.Generator, areas: list[tuple[str, tuple[str, str, str], str]], mean: float
) -> dict[str, int]:
    """Deaths of each area, those of regions and countries being the sums of their parts."""
    found = dict.fromkeys((code for code, _, _ in areas), 0)
    for code, _, within in reversed(areas):
        if code[:3] not in {"E92", "E12", "W92"}:
            found[code] = int(rng.poisson(mean * rng.lognormal(-0.3, 0.8)))
        if within:
            found[within] += found[code]
    return found
