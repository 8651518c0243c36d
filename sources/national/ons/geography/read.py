"""Reads a lookup, a list of names or the code changes of the Open Geography portal: which of them its header says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from sources.contract import Contract, Table
from sources.errors import ReadError
from sources.reading import Figures, PublishedFile, Quarantined, delimited, headers
from sources.reading.grid import Grid

#: Columns that the portal adds for itself, in any place, and Welsh names that a lookup has beside the English.
_NOT_READ = re.compile(r"fid|objectid(_\d+)?|globalid|(lad|ltla|csp|pfa)\d{2}_?(nmw|name_welsh)")
_YEAR = re.compile(r"([a-z]+)(\d{2})_?(?:cd|code|nm|name|nmw|name_welsh)")
_LEVELS = {
    "lad": "local_authority_district",
    "ltla": "local_authority_district",
    "csp": "community_safety_partnership",
    "pfa": "police_force_area",
    "ctyua": "upper_tier_local_authority",
    "utla": "upper_tier_local_authority",
    "rgn": "region",
    "ctry": "country",
}
#: What a code of a level looks like. Areas of Scotland and Northern Ireland are in the lists of the United Kingdom.
_FORMS = {
    "local_authority_district": r"(E0[6-9]|W06|S12|N09)\d{6}",
    "community_safety_partnership": r"(E22|W14)\d{6}",
    "police_force_area": r"(E23|W15|S23)\d{6}",
    "lower_layer_super_output_area": r"[EW]01\d{6}",
    "upper_tier_local_authority": r"(E0[689]|E10|W06|S12|N09)\d{6}",
    "region": r"E12\d{6}",
    "country": r"[EWSNK]\d{8}",
    "authority before or after a change": r"(E0[6-9]|E10|E11|E47|W06|S12|N09)\d{6}",
}
_MOST_HEADER_ROWS = 40
_OPEN = {"lsoa_lad"}
"""Tables whose files have further columns (wards, health areas) that are not read."""


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """One table: a lookup, a list of names or the code changes.

    Raises HeaderError for a header that is none of them, and ReadError where the vintages in it disagree or the file
    ends in the middle of a record.
    """
    grid = delimited.grid(file)
    row, name = _find_table(grid, contract)
    table = contract.tables[name]
    if name == "lsoa_lad":
        yield _lsoa_lad(grid, row, table)
        return
    cells = _without(grid.rows[row], _NOT_READ if name != "area_name" else re.compile(r"fid|objectid(_\d+)?|globalid"))
    found = headers.require(cells, table, file=grid.file, row=row + 1)
    body = _Body(grid, row, found)
    if name == "code_change":
        authority = "authority before or after a change"
        body.check({"old_code": authority, "new_code": authority}, optional=("new_code", "new_name"))
        body.check_years("change_year")
    elif name == "lad_csp_pfa":
        body.frame.insert(0, "vintage", _vintage(grid, row, [cells[i] for i in found.index.values()]))
        body.check(
            {
                "lad_code": "local_authority_district",
                "csp_code": "community_safety_partnership",
                "pfa_code": "police_force_area",
            }
        )
    else:
        level = _level(grid, row, [cells[i] for i in found.index.values()])
        body.frame.insert(0, "vintage", _vintage(grid, row, [cells[i] for i in found.index.values()]))
        body.frame.insert(1, "area_level", level)
        body.check({"area_code": level}, optional=("area_name_welsh",))
    yield body.figures(name, table)


def _find_table(grid: Grid, contract: Contract) -> tuple[int, str]:
    """The header's row and the table that it is the header of, or the one that it comes nearest to."""
    best: tuple[float, int, str] | None = None
    for row in range(min(len(grid), _MOST_HEADER_ROWS)):
        cells = _without(grid.rows[row], _NOT_READ)
        for name, table in contract.tables.items():
            found = headers.match(cells, table.columns)
            needed = len(found.index) + len(found.missing) + (0 if name in _OPEN else len(found.unknown))
            likeness = len(found.index) / needed if needed else 0.0
            if likeness and (best is None or likeness > best[0]):
                best = (likeness, row, name)
    if best is None:
        raise ReadError(
            "no header row was found",
            file=grid.file,
            expected="a row with the columns of a lookup, as [LAD24CD], [LAD24NM], [CSP24CD]",
            found=f"none in rows 1 to {min(len(grid), _MOST_HEADER_ROWS)}",
        )
    return best[1], best[2]


def _without(cells: Sequence[object], pattern: re.Pattern[str]) -> list[str]:
    return ["" if pattern.fullmatch(headers.normal(cell)) else str(cell) for cell in cells]


def _years(cells: Sequence[object]) -> dict[str, int]:
    """The year in each header text that has one."""
    found = ((str(cell), _YEAR.fullmatch(headers.normal(cell))) for cell in cells)
    return {text: 2000 + int(match[2]) for text, match in found if match}


def _vintage(grid: Grid, row: int, cells: Sequence[object]) -> int:
    years = _years(cells)
    if len(set(years.values())) != 1:
        raise ReadError(
            "the vintages in the column names disagree",
            file=grid.file,
            row=row + 1,
            expected="one year in all of them",
            found=", ".join(f"[{text}] of {year}" for text, year in years.items()),
        )
    return next(iter(years.values()))


def _level(grid: Grid, row: int, cells: Sequence[object]) -> str:
    prefixes = [match[1] for cell in cells if (match := _YEAR.fullmatch(headers.normal(cell)))]
    levels = sorted({_LEVELS[prefix] for prefix in prefixes})
    if len(levels) != 1:
        raise ReadError(
            "the column names are of different levels",
            file=grid.file,
            row=row + 1,
            expected="code and name of one level",
            found=" and ".join(levels),
        )
    return levels[0]


def _lsoa_lad(grid: Grid, row: int, table: Table) -> Figures:
    """The rows of each census's areas that the file has; both censuses side by side are two sets of rows."""
    cells = grid.rows[row]
    censuses = sorted(
        {year for text, year in _years(cells).items() if re.match(r"lsoa\d{2}_?(cd|code)$", headers.normal(text))}
    )
    if not censuses:
        headers.require(cells, table, file=grid.file, row=row + 1, allow_unknown=True)
    parts = []
    for census in censuses:
        others = re.compile("|".join(rf"lsoa{other % 100:02}.*" for other in censuses if other != census) or r"(?!)")
        own = _without(cells, others)
        found = headers.require(own, table, file=grid.file, row=row + 1, allow_unknown=True)
        used = {name: own[index] for name, index in found.index.items()}
        body = _Body(grid, row, found)
        body.frame.insert(0, "lsoa_vintage", _vintage(grid, row, [used["lsoa_code"], used["lsoa_name"]]))
        body.frame.insert(3, "lad_vintage", _vintage(grid, row, [used["lad_code"], used["lad_name"]]))
        body.check({"lsoa_code": "lower_layer_super_output_area", "lad_code": "local_authority_district"})
        part = body.figures("lsoa_lad", table)
        several = int(np.count_nonzero(part.frame["lsoa_code"].value_counts().to_numpy() > 1))
        if several:
            part.notes.append(f"{several} of them are in more than one district")
        part.notes = [f"areas of {census}: {note}" for note in part.notes]
        parts.append(part)
    return Figures(
        "lsoa_lad",
        pd.concat([part.frame for part in parts], ignore_index=True),
        rows_in=sum(part.rows_in for part in parts),
        quarantined=[row for part in parts for row in part.quarantined],
        notes=[note for part in parts for note in part.notes],
    )


class _Body:
    """The records below a header, and what is wrong with some of them."""

    def __init__(self, grid: Grid, header_row: int, found: headers.Match) -> None:
        self._grid, self._index = grid, found.index
        self._notes = list(found.notes)
        width = len(grid.rows[header_row])
        rows = [row for row in range(header_row + 1, len(grid)) if not grid.is_blank_row(row)]
        if not rows:
            raise ReadError("there is no record below the header", file=grid.file, row=header_row + 1)
        if len(grid.rows[rows[-1]]) < width:
            raise ReadError(
                "the file ends in the middle of a record",
                file=grid.file,
                row=rows[-1] + 1,
                expected=f"{width} cells",
                found=f"{len(grid.rows[rows[-1]])}",
                advice="It may have been cut short: get it again",
            )
        self._ragged = [row for row in rows if len(grid.rows[row]) != width]
        ragged = set(self._ragged)
        self._rows = [row for row in rows if row not in ragged]
        places = list(found.index.values())
        self._records = [tuple(str(grid.rows[row][i]).strip() for i in places) for row in self._rows]
        self.frame = pd.DataFrame(self._records, columns=list(found.index), dtype=object)
        self._reason = pd.Series(None, index=self.frame.index, dtype=object)
        self._column = pd.Series(None, index=self.frame.index, dtype=object)

    def check(self, forms: dict[str, str], *, optional: tuple[str, ...] = ()) -> None:
        """Codes have the form of their level, and no cell is blank but the optional ones."""
        for name in self._index:
            texts = self.frame[name]
            if name in forms:
                level = forms[name]
                bad = ~texts.str.fullmatch(_FORMS[level])
                if name in optional:
                    bad &= texts != ""
                self._reject(bad, name, f"the code has not the form of its level ({level.replace('_', ' ')})")
            if name not in optional:
                self._reject(texts == "", name, f"the {name.replace('_', ' ')} is blank")

    def check_years(self, name: str) -> None:
        """Years are four digits."""
        self._reject(~self.frame[name].str.fullmatch(r"(19|20)\d{2}"), name, "this is not a year")

    def _reject(self, bad: object, name: str, reason: str) -> None:
        fresh = np.asarray(bad, dtype=bool) & self._reason.isna().to_numpy()
        self._reason[fresh] = reason
        self._column[fresh] = name

    def figures(self, name: str, table: Table) -> Figures:
        """The table: records that say the same are one, records that contradict each other do not land."""
        grain = [column for column in table.grain if column in self.frame.columns]
        repeats = self.frame.duplicated(keep="first") & self._reason.isna()
        if count := int(repeats.sum()):
            self._notes.append(f"{count:,} records say what an earlier one says and are landed once")
        keys = pd.DataFrame(self.frame.loc[self._reason.isna() & ~repeats, grain])
        again = keys.duplicated(keep="first").reindex(self.frame.index, fill_value=False)
        self._reject(again, grain[-1], "an earlier record says something else of the same " + " and ".join(grain))
        rejected = self._reason.notna()
        good = self.frame[~rejected & ~repeats].replace("", None)
        rows = np.asarray(self._rows, dtype="int64") + 1
        frame = good.assign(source_sheet=None, source_row=rows[good.index], source_column=None)
        for column in table.columns:
            if column not in frame.columns:
                frame[column] = None
        quarantined = [
            Quarantined(
                reason=str(self._reason[i]),
                cell=str(self.frame.at[i, self._column[i]]),
                row=int(rows[i]),
                column=headers.letter(self._index[str(self._column[i])]),
            )
            for i in np.flatnonzero(rejected)
        ] + [
            Quarantined(
                reason=f"the record has {len(self._grid.rows[row])} cells, the header another number",
                cell=",".join(map(str, self._grid.rows[row])),
                row=row + 1,
            )
            for row in self._ragged
        ]
        # Counted from the file's own cells. A record that is refused counts each time, one that repeats only once.
        refused = [self._records[i] for i in np.flatnonzero(rejected)]
        distinct = len(set(self._records) - set(refused)) + len(refused)
        return Figures(name, frame, distinct + len(self._ragged), quarantined, self._notes)
