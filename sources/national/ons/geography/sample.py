"""Lookups in the layout of the Open Geography portal; codes, names and changes are real, nothing is made up."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from sources import places

#: A few real ones of either list: codes of care boards in the health service, and districts with their hectares.
_CARE_BOARDS = (
    ["QOP", "E54000057", "NHS Greater Manchester Integrated Care Board"],
    ["QWO", "E54000054", "NHS West Yorkshire Integrated Care Board"],
    ["QGH", "E54000019", "NHS Herefordshire and Worcestershire Integrated Care Board"],
)
_SIZES = (
    ["E06000001", "Hartlepool", "9835.11", "9371.7", "0", "9371.7"],
    ["E06000002", "Middlesbrough", "5455.37", "5388.16", "0", "5388.16"],
    ["E06000003", "Redcar and Cleveland", "25378.57", "24506.97", "0", "24506.97"],
)


def write(folder: Path, *, seed: int, scale: float) -> None:
    """The 2024 lookups and lists, and the code changes since 2019; the same for every seed and scale.

    ``LAD24_CSP24_PFA24_EW_LU.csv`` (332 rows), ``LSOA21_LAD24_EW_LU.csv`` (up to three areas of each district; the
    portal's own has wards between), ``ltla_changes_2019-2025.csv``, the names and codes of districts, partnerships and
    force areas, the upper tiers, regions and Welsh health boards of the districts, some areas of 2011 with what became
    of them, the codes that three care boards have in the health
    service, and how large three districts are.
    """
    del seed, scale
    districts = places.districts()
    names = {row.lad_code: row.lad_name for row in districts}
    _write(
        folder / "LAD24_CSP24_PFA24_EW_LU.csv",
        ["LAD24CD", "LAD24NM", "CSP24CD", "CSP24NM", "PFA24CD", "PFA24NM", "ObjectId"],
        (
            [d.lad_code, d.lad_name, d.csp_code, d.csp_name, d.pfa_code, d.pfa_name, number]
            for number, d in enumerate(districts, start=1)
        ),
    )
    _write(
        folder / "LSOA21_LAD24_EW_LU.csv",
        ["LSOA21CD", "LSOA21NM", "LAD24CD", "LAD24NM", "ObjectId"],
        (
            [area.lsoa_code, area.lsoa_name, area.lad_code, names[area.lad_code], number]
            for number, area in enumerate(places.lsoas(), start=1)
        ),
    )
    _write(
        folder / "ltla_changes_2019-2025.csv",
        ["oldcd", "oldnm", "newcd", "newnm", "type", "start"],
        ([c.old_code, c.old_name, c.new_code, c.new_name, c.change_type, c.change_year] for c in places.code_changes()),
    )
    parents = places.parents()
    _write_lookup(
        folder / "LTLA24_UTLA24_EW_LU.csv",
        "LTLA24",
        "UTLA24",
        ((p.lad_code, names[p.lad_code], p.upper_tier_code, p.upper_tier_name) for p in parents),
    )
    _write_lookup(
        folder / "LAD24_RGN24_EN_LU.csv",
        "LAD24",
        "RGN24",
        ((p.lad_code, names[p.lad_code], p.region_code, p.region_name) for p in parents if p.region_code),
    )
    _write_lookup(
        folder / "LAD24_LHB24_WA_LU.csv",
        "LAD24",
        "LHB24",
        (
            (p.lad_code, names[p.lad_code], p.health_board_code, p.health_board_name)
            for p in parents
            if p.health_board_code
        ),
    )
    _write(
        folder / "LSOA11_LSOA21_LAD22_EW_LU.csv",
        ["LSOA11CD", "LSOA11NM", "CHGIND", "LSOA21CD", "LSOA21NM", "LAD22CD", "LAD22NM", "ObjectId"],
        (
            [c.old_code, c.old_name, c.change, c.new_code, c.new_name, c.lad_code, c.lad_name, number]
            for number, c in enumerate(places.lsoa_changes(), start=1)
        ),
    )
    _write(folder / "ICB_metadata.csv", ["ICB_ODS_Code", "ICB_Boundary_Code", "ICB_Name"], _CARE_BOARDS)
    _write(
        folder / "SAM_LAD_2021.csv", ["LAD21CD", "LAD21NM", "AREAEHECT", "AREACHECT", "AREAIHECT", "AREALHECT"], _SIZES
    )
    for level, pairs in {
        "LAD": names.items(),
        "CSP": {(row.csp_code, row.csp_name) for row in districts},
        "PFA": {(row.pfa_code, row.pfa_name) for row in districts},
    }.items():
        _write(
            folder / f"{level}24_names_codes.csv",
            ["FID", f"{level}24CD", f"{level}24NM"],
            ([number, code, name] for number, (code, name) in enumerate(sorted(pairs), start=1)),
            has_byte_order_mark=False,
        )


def _write_lookup(path: Path, child: str, parent: str, rows: Iterable[Sequence[str]]) -> None:
    header = [f"{child}CD", f"{child}NM", f"{parent}CD", f"{parent}NM", "ObjectId"]
    _write(path, header, ([*row, number] for number, row in enumerate(rows, start=1)))


def _write(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], *, has_byte_order_mark: bool = True
) -> None:
    encoding = "utf-8-sig" if has_byte_order_mark else "utf-8"
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
