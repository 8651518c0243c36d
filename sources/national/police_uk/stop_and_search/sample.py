"""Writes a synthetic archive of stop and search in the publisher's layout, on real forces.

Counts, times, people and outcomes are made up; nothing in it happened. What is true to life is the form: the zip
and its members, UTC times that cross the edge of a month in summer, columns that some forces never fill, a force
that sends nothing and one that misses a month.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from sources import places

_LAST_YEAR, _LAST_MONTH, _MONTHS = 2026, 9, 13
_ROWS_A_FORCE_MONTH = 20
_HEADER = (
    "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,"
    "Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,Outcome,"
    "Outcome linked to object of search,Removal of more than just outer clothing"
)
#: Values and their usual shares in per cent; blank where the publisher's files have blanks.
_TYPES = {"Person search": 81, "Person and Vehicle search": 14, "Vehicle search": 5}
_GENDERS = {"Male": 88, "Female": 11, "": 1}
_AGES = {"18-24": 33, "25-34": 24, "over 34": 21, "10-17": 17, "": 5}
_ETHNICITIES = {
    ("White - English/Welsh/Scottish/Northern Irish/British", "White"): 62,
    ("Other ethnic group - Not stated", "White"): 12,
    ("White - Any other White background", "White"): 5,
    ("Black/African/Caribbean/Black British - African", "Black"): 5,
    ("Black/African/Caribbean/Black British - Caribbean", "Black"): 4,
    ("Asian/Asian British - Pakistani", "Asian"): 4,
    ("Asian/Asian British - Any other Asian background", "Asian"): 4,
    ("Mixed/Multiple ethnic groups - White and Black Caribbean", "Black"): 2,
    ("Other ethnic group - Any other ethnic group", "Other"): 2,
}
_POWERS = {
    ("Misuse of Drugs Act 1971 (section 23)", "Controlled drugs"): 68,
    ("Police and Criminal Evidence Act 1984 (section 1)", "Offensive weapons"): 12,
    ("Police and Criminal Evidence Act 1984 (section 1)", "Stolen goods"): 8,
    ("Police and Criminal Evidence Act 1984 (section 1)", "Article for use in theft"): 9,
    ("Firearms Act 1968 (section 47)", "Firearms"): 1,
    ("Criminal Justice and Public Order Act 1994 (section 60)", "Anything to threaten or harm anyone"): 2,
}
_OUTCOMES = {
    "A no further action disposal": 72,
    "Arrest": 12,
    "Community resolution": 8,
    "Summons / charged by post": 3,
    "Khat or Cannabis warning": 2,
    "Caution (simple or conditional)": 1,
    "": 2,
}
_NEVER = ("greater-manchester", "northern-ireland")
_MISSING = {("wiltshire", "2026-04")}
_NO_COORDINATES = {"south-yorkshire"}
_NO_LINK_NOR_CLOTHING = {"metropolitan"}
_NO_OPERATION = {"metropolitan", "merseyside", "south-yorkshire", "derbyshire", "btp"}
_README = (
    "SYNTHETIC: every record in this archive was made by a program, in the layout of data.police.uk. The forces are\n"
    "real; no search, person, time, place or outcome in it is.\n"
)


def _months() -> list[date]:
    last = _LAST_YEAR * 12 + _LAST_MONTH - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(last - _MONTHS + 1, last + 1)]


def _clock_change(year: int, month: int) -> np.datetime64:
    """01:00 on the last Sunday of a month of 31 days."""
    last = date(year, month, 31)
    return np.datetime64(last - timedelta(days=(last.weekday() + 1) % 7), "s") + np.timedelta64(1, "h")


def _choose(rng: np.random.Generator, shares: dict[str, int], count: int) -> np.ndarray:
    weights = np.array(list(shares.values()), dtype=float)
    return rng.choice(np.array(list(shares), dtype=object), count, p=weights / weights.sum())


def _choose_pairs(rng: np.random.Generator, shares: dict[tuple[str, str], int], count: int) -> list[np.ndarray]:
    weights = np.array(list(shares.values()), dtype=float)
    chosen = rng.choice(len(shares), count, p=weights / weights.sum())
    return [np.array([pair[side] for pair in shares], dtype=object)[chosen] for side in (0, 1)]


def _yes_or_no(rng: np.random.Generator, share: float, count: int, *, is_blank: bool) -> np.ndarray:
    answers = np.where(rng.random(count) < share, "True", "False").astype(object)
    return np.full(count, "", dtype=object) if is_blank else answers


def _times(rng: np.random.Generator, month: date, count: int) -> np.ndarray:
    """Times in a month of the clock on the wall, in order, as the publisher writes them: in UTC."""
    begin = np.datetime64(month, "s")
    end = np.datetime64((month.replace(day=28) + timedelta(days=4)).replace(day=1), "s")
    local = np.sort(begin + rng.integers(0, (end - begin).astype(int), count).astype("timedelta64[s]"))
    local[0] = begin + np.timedelta64(20, "m")
    is_summer = (local >= _clock_change(month.year, 3)) & (local < _clock_change(month.year, 10))
    utc = local - is_summer.astype("timedelta64[h]")
    return np.char.add(np.datetime_as_string(utc, unit="s"), "+00:00").astype(object)


def _rows(rng: np.random.Generator, force: str, month: date, count: int) -> list[str]:
    kind = _choose(rng, _TYPES, count)
    gender, age = _choose(rng, _GENDERS, count), _choose(rng, _AGES, count)
    self_defined, officer_defined = _choose_pairs(rng, _ETHNICITIES, count)
    power, target = _choose_pairs(rng, _POWERS, count)
    person = [gender, age, self_defined, officer_defined]
    for column in person:
        column[kind == "Vehicle search"] = ""
    points = np.column_stack([rng.uniform(51.2, 54.2, count), rng.uniform(-2.6, 0.2, count)])
    texts = np.array([[f"{latitude:.6f}", f"{longitude:.6f}"] for latitude, longitude in points], dtype=object)
    texts[(rng.random(count) < 0.05) | (force in _NO_COORDINATES)] = ""
    nothing = [""] * count
    columns = [
        kind,
        _times(rng, month, count),
        _yes_or_no(rng, 0.1, count, is_blank=force in _NO_OPERATION),
        nothing,
        texts[:, 0],
        texts[:, 1],
        *person,
        power,
        target,
        _choose(rng, _OUTCOMES, count),
        _yes_or_no(rng, 0.25, count, is_blank=force in _NO_LINK_NOR_CLOTHING),
        _yes_or_no(rng, 0.03, count, is_blank=force in _NO_LINK_NOR_CLOTHING),
    ]
    return [",".join(row) for row in zip(*columns, strict=True)]


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write ``2026-09.zip``, about 20 rows a force and month at scale 1; the same seed gives the same bytes."""
    rng = np.random.default_rng([seed, 2])
    with zipfile.ZipFile(folder / f"{_LAST_YEAR}-{_LAST_MONTH:02d}.zip", "w") as archive:

        def add(name: str, lines: Sequence[str]) -> None:
            info = zipfile.ZipInfo(name, date_time=(2026, 11, 3, 9, 30, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, "\r\n".join([*lines, ""]).encode("ascii"), compresslevel=1)

        add("README-SYNTHETIC.txt", _README.splitlines())
        for month in _months():
            named = f"{month:%Y-%m}"
            for force in places.forces():
                if force.force_slug in _NEVER or (force.force_slug, named) in _MISSING:
                    continue
                count = max(1, int(rng.poisson(_ROWS_A_FORCE_MONTH * scale)))
                lines = [_HEADER, *_rows(rng, force.force_slug, month, count)]
                add(f"{named}/{named}-{force.force_slug}-stop-and-search.csv", lines)
