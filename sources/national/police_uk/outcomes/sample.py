"""Writes a synthetic archive of crime outcomes in the publisher's layout, of three real forces.

Counts, crimes, places within an area and outcomes are made up; nothing in it happened. What is true to life is the
form: the zip and its members, rows without location, an area name with a comma, crimes that have two outcomes.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sources import places

_MONTHS = ("2026-08", "2026-09")
#: Few, because each file costs the time of its own landing.
_FORCES = ("dorset", "gwent", "metropolitan")
_ROWS_A_FORCE_MONTH = 60
_HEADER = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Outcome type"
#: Outcome types and shares in per cent, made up.
_OUTCOMES: dict[str, float] = {
    "Investigation complete; no suspect identified": 42,
    "Unable to prosecute suspect": 37,
    "Suspect charged": 8,
    "Local resolution": 4,
    "Further investigation is not in the public interest": 3,
    "Action to be taken by another organisation": 2,
    "Offender given a caution": 2,
    "Offender given a drugs possession warning": 1,
    "Formal action is not in the public interest": 1,
}
_LOCATIONS = (
    "On or near Supermarket",
    "On or near Shopping Area",
    "On or near Parking Area",
    "On or near HIGH STREET",
    "On or near STATION ROAD",
)
_README = (
    "SYNTHETIC: every record in this archive was made by a program, in the layout of data.police.uk. The forces and",
    "the codes and names of areas are real; no crime, count, place or outcome in it is.",
)


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write ``2026-09.zip``, six files of about 60 rows at scale 1; the same seed gives the same bytes."""
    rng = np.random.default_rng([seed, 3])
    force_of = {district.lad_code: district.pfa_code for district in places.districts()}
    with zipfile.ZipFile(folder / f"{_MONTHS[-1]}.zip", "w") as archive:

        def add(name: str, lines: Sequence[str]) -> None:
            info = zipfile.ZipInfo(name, date_time=(2026, 11, 3, 9, 30, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, "\r\n".join([*lines, ""]).encode("ascii"), compresslevel=1)

        add("README-SYNTHETIC.txt", _README)
        for month in _MONTHS:
            for force in (force for force in places.forces() if force.force_slug in _FORCES):
                own = [area for area in places.lsoas() if force_of.get(area.lad_code) == force.pfa_code]
                # At least two, so that one crime can have two outcomes.
                count = max(2, int(rng.poisson(_ROWS_A_FORCE_MONTH * scale)))
                rows = _rows(rng, own, month=month, force_name=force.force_name, count=count)
                add(f"{month}/{month}-{force.force_slug}-outcomes.csv", [_HEADER, *rows])


def _rows(
    rng: np.random.Generator, areas: Sequence[places.Lsoa], *, month: str, force_name: str, count: int
) -> list[str]:
    outcomes = rng.choice(list(_OUTCOMES), count, p=np.array(list(_OUTCOMES.values())) / sum(_OUTCOMES.values()))
    crimes = [rng.bytes(32).hex() for _ in range(count)]
    crimes[-1] = crimes[-2]
    rows = []
    for crime, outcome in zip(crimes, outcomes, strict=True):
        where = ",,No location,,"
        if rng.random() > 0.1:
            area = areas[int(rng.integers(len(areas)))]
            name = f'"{area.lsoa_name}"' if "," in area.lsoa_name else area.lsoa_name
            # Somewhere in a box about the middle of England: made up, like all else here.
            point = f"{rng.uniform(-2.6, 0.2):.6f},{rng.uniform(51.2, 54.2):.6f}"
            where = f"{point},{_LOCATIONS[int(rng.integers(len(_LOCATIONS)))]},{area.lsoa_code},{name}"
        rows.append(f"{crime},{month},{force_name},{force_name},{where},{outcome}")
    return rows
