"""Lookups in the layout of the Open Geography portal; codes, names and changes are real, nothing is made up."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from sources import places


def write(folder: Path, *, seed: int, scale: float) -> None:
    """The 2024 lookups and lists, and the code changes since 2019; the same for every seed and scale.

    ``LAD24_CSP24_PFA24_EW_LU.csv`` (332 rows), ``LSOA21_LAD24_EW_LU.csv`` (up to three areas of each district; the
    portal's own has wards between), ``ltla_changes_2019-2025.csv`` and the names and codes of districts, partnerships
    and force areas.
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


def _write(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], *, has_byte_order_mark: bool = True
) -> None:
    encoding = "utf-8-sig" if has_byte_order_mark else "utf-8"
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
