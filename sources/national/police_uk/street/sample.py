"""Writes a synthetic archive of street-level crime in the publisher's layout, on real forces and areas.

Counts, places within an area and outcomes are made up; nothing in it happened. What is true to life is the form:
the zip and its members, blank identifiers, rows without location, rows snapped to another part of the country, an
area name with a comma, a force that is missing for months.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from sources import places

_LAST_YEAR, _LAST_MONTH, _MONTHS = 2026, 9, 13
_ROWS_A_FORCE_MONTH = 60
_HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)
_SOCIAL = "Anti-social behaviour"
#: Crime types and their usual shares in per cent.
_TYPES: dict[str, float] = {
    "Violence and sexual offences": 34,
    _SOCIAL: 16,
    "Criminal damage and arson": 8,
    "Public order": 8,
    "Shoplifting": 8,
    "Other theft": 7,
    "Vehicle crime": 6,
    "Burglary": 4,
    "Drugs": 3,
    "Other crime": 2,
    "Theft from the person": 1.5,
    "Possession of weapons": 1,
    "Bicycle theft": 1,
    "Robbery": 0.5,
}
_OUTCOMES: dict[str, float] = {
    "Unable to prosecute suspect": 38,
    "Investigation complete; no suspect identified": 34,
    "Status update unavailable": 8,
    "Court result unavailable": 6,
    "Awaiting court outcome": 4,
    "Local resolution": 3,
    "Further investigation is not in the public interest": 3,
    "Action to be taken by another organisation": 2,
    "Offender given a caution": 1,
    "Offender given a drugs possession warning": 1,
}
_LOCATIONS = [
    "On or near Supermarket",
    "On or near Shopping Area",
    "On or near Parking Area",
    "On or near Petrol Station",
    "On or near Sports/Recreation Area",
    "On or near High Street",
    "On or near Park/Open Space",
    "On or near Nightclub",
    "On or near Station Road",
    '"On or near Synthetic Park, Sampleton"',
]
#: Force-months that never came, as happens; by force, the first and the last month of the hole.
_MISSING = {"greater-manchester": ("2025-12", "2026-02"), "gwent": ("2026-04", "2026-04")}
_README = (
    "SYNTHETIC: every record in this archive was made by a program, in the layout of data.police.uk. The forces and\n"
    "the codes and names of areas are real; no crime, count, place or outcome in it is.\n"
)


def _months() -> list[str]:
    last = _LAST_YEAR * 12 + _LAST_MONTH - 1
    return [f"{month // 12}-{month % 12 + 1:02d}" for month in range(last - _MONTHS + 1, last + 1)]


def _is_missing(force: str, month: str) -> bool:
    first, last = _MISSING.get(force, ("9999", ""))
    return first <= month <= last


def _choose(rng: np.random.Generator, shares: dict[str, float], count: int) -> np.ndarray:
    weights = np.array(list(shares.values()), dtype=float)
    return rng.choice(np.array(list(shares), dtype=object), count, p=weights / weights.sum())


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write ``2026-09.zip``, about 60 rows a force and month at scale 1; the same seed gives the same bytes."""
    rng = np.random.default_rng([seed, 1])
    areas = [area for area in places.lsoas() if area.lsoa_code[0] in "EW"]
    force_of = {district.lad_code: district.pfa_code for district in places.districts()}
    codes = np.array([area.lsoa_code for area in areas], dtype=object)
    names = np.array([f'"{a.lsoa_name}"' if "," in a.lsoa_name else a.lsoa_name for a in areas], dtype=object)
    homes = np.array([force_of.get(area.lad_code, "") for area in areas])
    # One map point an area, somewhere in a box about the middle of England: made up, like all else here.
    points = np.column_stack([rng.uniform(-2.6, 0.2, len(areas)), rng.uniform(51.2, 54.2, len(areas))])
    texts = np.array([[f"{longitude:.6f}", f"{latitude:.6f}"] for longitude, latitude in points], dtype=object)
    members = {"README-SYNTHETIC.txt": _README}
    for month in _months():
        # More in summer than in winter.
        season = 1 + 0.1 * np.cos((int(month[5:]) - 7) / 12 * 2 * np.pi)
        for force in places.forces():
            if force.force_slug == "northern-ireland" or _is_missing(force.force_slug, month):
                continue
            is_btp = force.force_slug == "btp"
            own = np.flatnonzero(homes == force.pfa_code) if not is_btp else np.arange(len(areas))
            count = max(1, int(rng.poisson(_ROWS_A_FORCE_MONTH * scale * season)))
            place = rng.choice(own, count)
            far = rng.random(count) < 0.01
            place[far] = rng.integers(0, len(areas), int(far.sum()))
            kind = _choose(rng, _TYPES, count)
            outcome = _choose(rng, _OUTCOMES, count)
            if month >= _months()[-3]:
                outcome[rng.random(count) < 0.5] = "Under investigation"
            hexadecimal = rng.bytes(32 * count).hex()
            crime_id = np.array([hexadecimal[64 * i : 64 * i + 64] for i in range(count)], dtype=object)
            # A crime with several offences comes several times.
            again = np.flatnonzero(rng.random(count) < 0.01)
            crime_id[again] = crime_id[np.maximum(again - 1, 0)]
            has_no_id = (kind == _SOCIAL) | is_btp
            crime_id[has_no_id] = ""
            outcome[has_no_id] = ""
            nowhere = rng.random(count) < 0.02
            location = rng.choice(np.array(_LOCATIONS, dtype=object), count)
            location[nowhere] = "No Location"
            where = [texts[place, 0], texts[place, 1], codes[place], names[place]]
            for column in where:
                column[nowhere] = ""
            said = [month] * count
            by = [force.force_name] * count
            columns = [crime_id, said, by, by, where[0], where[1], location, where[2], where[3], kind, outcome]
            lines = [",".join(row) + "," for row in zip(*columns, strict=True)]
            members[f"{month}/{month}-{force.force_slug}-street.csv"] = "\n".join([_HEADER, *lines, ""])
    with zipfile.ZipFile(folder / f"{_months()[-1]}.zip", "w") as archive:
        for name, text in members.items():
            info = zipfile.ZipInfo(name, date_time=(2026, 11, 3, 9, 30, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text.replace("\n", "\r\n").encode("ascii"), compresslevel=1)
