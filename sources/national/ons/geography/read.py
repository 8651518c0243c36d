"""Reads a lookup, a list of names, the code changes or a register of other codes: which of them its header says.

Headers of the Open Geography portal are made of levels and years (``LAD24CD``), and a lookup between any levels known
here is read from them. The lists of other keepers of area codes say no year; ``registers`` describes each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd

from sources.contract import Contract, Table
from sources.errors import ReadError
from sources.national.ons.geography.registers import REGISTERS, Key, Link, Measure, Register
from sources.places import names
from sources.reading import Figures, PublishedFile, Quarantined, delimited, headers
from sources.reading.grid import Grid

#: Columns that the portal adds for itself, in any place, and Welsh names that a lookup has beside the English.
_NOT_READ = re.compile(r"fid|objectid(_\d+)?|globalid|(lad|ltla|csp|pfa)\d{2}_?(nmw|name_welsh)")
_YEAR = re.compile(r"([a-z]+)(\d{2})_?(?:cd|code|nm|name|nmw|name_welsh)")
_BESIDE = re.compile(r"fid|objectid(_\d+)?|globalid|chgind|change_code")
#: What a cell of a portal's header is of its level. Beside the GSS code some lookups have the one before 2011
#: (``LAD12CDO``) or the health service's (``ICB24CDH``).
_PARTS = {"cd": "code", "code": "code", "nm": "name", "name": "name", "nmw": "welsh", "name_welsh": "welsh"} | {
    "cdo": "old_ons",
    "cdh": "nhs_ods",
}
_CELL = re.compile(rf"([a-z]+)(\d{{2}})_?({'|'.join(_PARTS)})")
_LEVELS = {
    "lad": "local_authority_district",
    "ltla": "local_authority_district",
    "csp": "community_safety_partnership",
    "pfa": "police_force_area",
    "ctyua": "upper_tier_local_authority",
    "utla": "upper_tier_local_authority",
    "rgn": "region",
    "ctry": "country",
    "ua": "local_authority_district",
    "cty": "county",
    "mcty": "metropolitan_county",
    "cauth": "combined_authority",
    "fra": "fire_and_rescue_authority",
    "lhb": "local_health_board",
    "phec": "public_health_england_centre",
    "phereg": "public_health_england_region",
    "ccg": "clinical_commissioning_group",
    "sicbl": "sub_integrated_care_board_location",
    "stp": "sustainability_and_transformation_partnership",
    "icb": "integrated_care_board",
    "nhser": "nhs_england_region",
    "lsoa": "lower_layer_super_output_area",
}
#: What a code of a level looks like. Areas of Scotland and Northern Ireland are in the lists of the United Kingdom.
_FORMS = {
    "local_authority_district": r"(E0[6-9]|W06|S12|N09)\d{6}",
    "community_safety_partnership": r"(E22|W14)\d{6}",
    "police_force_area": r"(E23|W15|S23)\d{6}",
    "lower_layer_super_output_area": r"[EW]01\d{6}",
    # The lookup of 2017 has the metropolitan counties and Inner and Outer London in place of their districts.
    "upper_tier_local_authority": r"(E0[689]|E1[013]|W06|S12|N09)\d{6}",
    # A country without regions may stand for its one.
    "region": r"(E12|[NSW]92)\d{6}",
    "country": r"[EWSNK]\d{8}",
    "county": r"E1[01]\d{6}",
    "metropolitan_county": r"E11\d{6}",
    "combined_authority": r"E(47|61)\d{6}",
    "fire_and_rescue_authority": r"(E31|W25)\d{6}",
    "local_health_board": r"W11\d{6}",
    "public_health_england_centre": r"E45\d{6}",
    "public_health_england_region": r"E46\d{6}",
    "clinical_commissioning_group": r"E38\d{6}",
    "sub_integrated_care_board_location": r"E38\d{6}",
    "sustainability_and_transformation_partnership": r"E54\d{6}",
    "integrated_care_board": r"E54\d{6}",
    "nhs_england_region": r"E40\d{6}",
    "local_authority": r"(E0[6-9]|E10|E47|E61|W06|S12|N09)\d{6}",
    "current_authority": r"(E0[6-9]|E10|W06|S12|N09)\d{6}",
    "successor_authority": r"(E0[6-9]|E10|E47|W06|S12|N09)\d{6}",
    "authority before or after a change": r"(E0[6-9]|E10|E11|E47|W06|S12|N09)\d{6}",
}
_SIZES = {
    "areaehect": "extent_of_the_realm",
    "areachect": "clipped_to_coastline",
    "areaihect": "inland_water",
    "arealhect": "land",
}
_MOST_HEADER_ROWS = 40
_BY_COLUMN = ("lad_csp_pfa", "lsoa_lad", "code_change", "area_name")
"""Tables that a file has as its columns; the others are put together from the levels of its header."""
_OPEN = {"lsoa_lad"}
"""Tables whose files have further columns (wards, health areas) that are not read."""


@dataclass
class _Group:
    """The columns of a header that are about one level in one year: ``LAD24CD``, ``LAD24NM``."""

    level: str
    vintage: int
    index: dict[str, int] = field(default_factory=dict)


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The tables that the header says the file has: one, or several where a lookup has more levels or other codes.

    Raises HeaderError for a header that is none of those known, and ReadError where the vintages in it disagree or the
    file ends in the middle of a record.
    """
    grid = delimited.grid(file, delimiter="\t" if file.name.lower().endswith(".tsv") else ",")
    for row in range(min(len(grid), _MOST_HEADER_ROWS)):
        texts = [headers.normal(cell) for cell in grid.rows[row]]
        if found := next((list_ for list_ in REGISTERS if set(list_.columns) == set(texts) - {""}), None):
            yield from _of_register(grid, row, found, contract)
            return
        if set(_SIZES) <= set(texts):
            yield _sizes(grid, row, contract.tables["area_measurement"])
            return
        if _is_lookup(texts):
            yield from _lookups(grid, row, _groups(texts), contract)
            return
    yield from _by_column(grid, contract)


def _by_column(grid: Grid, contract: Contract) -> Iterator[Figures]:
    """A table that the file has as its columns."""
    row, name = _find_table(grid, contract)
    table = contract.tables[name]
    if name == "lsoa_lad":
        yield _lsoa_lad(grid, row, table)
        texts = [headers.normal(cell) for cell in grid.rows[row]]
        yield from _lsoa_change(grid, row, texts, contract.tables["lsoa_change"])
        others = [group for group in _groups(texts) if group.level != "local_authority_district"]
        yield from _lookups(grid, row, others, contract)
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
        for name in _BY_COLUMN:
            found = headers.match(cells, contract.tables[name].columns)
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


def _groups(texts: Sequence[str]) -> list[_Group]:
    """The levels and years that a header is made of, in its order; those with no code or no name are left out."""
    found: dict[tuple[str, str], _Group] = {}
    for index, text in enumerate(texts):
        if (match := _CELL.fullmatch(text)) and match[1] in _LEVELS:
            group = found.setdefault((match[1], match[2]), _Group(_LEVELS[match[1]], 2000 + int(match[2])))
            group.index.setdefault(_PARTS[match[3]], index)
    return [group for group in found.values() if {"code", "name"} <= group.index.keys()]


def _is_lookup(texts: Sequence[str]) -> bool:
    """Whether a header is a lookup between known levels, with nothing else in it and no table of its own."""
    cells = [match for text in texts if (match := _CELL.fullmatch(text))]
    prefixes = {match[1] for match in cells}
    groups = _groups(texts)
    return (
        len(groups) > 1
        and sum(len(group.index) for group in groups) == len(cells)
        and all(not text or _CELL.fullmatch(text) or _BESIDE.fullmatch(text) for text in texts)
        and "csp" not in prefixes
        and not ("lsoa" in prefixes and prefixes & {"lad", "ltla"})
    )


def _lookups(grid: Grid, row: int, groups: Sequence[_Group], contract: Contract) -> Iterator[Figures]:
    """Each area of the first level in each of the others, and the other codes that stand beside the GSS codes.

    Where the first level is there for several years, the areas of each year in those of the next: what they became.
    """
    if len(groups) < 2:
        return
    first = groups[0]
    years = [group for group in groups if group.level == first.level]
    pairs = list(pairwise(years)) if first.level != "lower_layer_super_output_area" else []
    pairs += [(first, group) for group in groups if group.level != first.level]
    links = [_pair(grid, row, child, parent, contract.tables["area_lookup"]) for child, parent in pairs]
    if links:
        yield _together("area_lookup", links)
    keys = [
        _keyed(_Body(grid, row, index), contract.tables["other_code"], scheme, form=_FORMS[group.level])
        for group in groups
        for scheme in ("old_ons", "nhs_ods")
        if (index := _codes_beside(group, scheme))
    ]
    if keys:
        yield _together("other_code", keys)


def _pair(grid: Grid, row: int, child: _Group, parent: _Group, table: Table) -> Figures:
    index = _columns(
        child_code=child.index["code"],
        child_name=child.index["name"],
        parent_code=parent.index["code"],
        parent_name=parent.index["name"],
    )
    return _linked(
        _Body(grid, row, index), table, child=(child.vintage, child.level), parent=(parent.vintage, parent.level)
    )


def _codes_beside(group: _Group, scheme: str) -> headers.Match | None:
    if scheme not in group.index:
        return None
    return _columns(area_code=group.index["code"], other_code=group.index[scheme], name=group.index["name"])


def _columns(**index: int) -> headers.Match:
    return headers.Match(index, (), (), ())


def _linked(body: _Body, table: Table, *, child: tuple[int | None, str], parent: tuple[int | None, str]) -> Figures:
    """Which area is in which; records that name no area of one of the two levels are passed over."""
    of_both = (body.frame["child_code"] != "") & (body.frame["parent_code"] != "")
    body.keep(of_both, f"are not of both levels, {child[1]} and {parent[1]},")
    body.check({"child_code": child[1], "parent_code": parent[1]})
    body.constants(child_vintage=child[0], child_level=child[1], parent_vintage=parent[0], parent_level=parent[1])
    return body.figures("area_lookup", table)


def _keyed(body: _Body, table: Table, scheme: str, *, form: str = r"[EWSN]\d{8}") -> Figures:
    """The codes of one scheme; records that have none in it are passed over."""
    body.keep(body.frame["other_code"] != "", f"have no code of the scheme {scheme}")
    body.check({}, optional=tuple(name for name in body.frame if name not in {"other_code", "name"}))
    if "area_code" in body.frame:
        body.reject_unless("area_code", form, "the code has not the form of an area's code")
    for name in {"valid_from", "valid_to"} & set(body.frame):
        body.reject_unless(name, r"\d{4}-\d{2}-\d{2}", "this is not a date")
    body.constants(scheme=scheme)
    return body.figures("other_code", table)


def _lsoa_change(grid: Grid, row: int, texts: Sequence[str], table: Table) -> Iterator[Figures]:
    """What became of each area of one census at the next, where the file has both and says how."""
    censuses = [group for group in _groups(texts) if group.level == "lower_layer_super_output_area"]
    change = next((index for index, text in enumerate(texts) if text in {"chgind", "change_code"}), None)
    if len(censuses) != 2 or change is None:
        return
    old, new = sorted(censuses, key=lambda group: group.vintage)
    index = _columns(
        old_code=old.index["code"],
        old_name=old.index["name"],
        new_code=new.index["code"],
        new_name=new.index["name"],
        change=change,
    )
    body = _Body(grid, row, index)
    body.check({"old_code": old.level, "new_code": new.level})
    body.reject_unless("change", "[USMX]", "this is no kind of change that is known")
    body.constants(old_vintage=old.vintage, new_vintage=new.vintage)
    yield body.figures("lsoa_change", table)


def _sizes(grid: Grid, row: int, table: Table) -> Figures:
    """The standard area measurements: four numbers of hectares a district."""
    texts = [headers.normal(cell) for cell in grid.rows[row]]
    groups = _groups(texts)
    strange = [t for t in texts if t and t not in _SIZES and not _CELL.fullmatch(t) and not _BESIDE.fullmatch(t)]
    if len(groups) != 1 or strange:
        raise ReadError(
            "the header of the area measurements has changed",
            file=grid.file,
            row=row + 1,
            expected="the code and the name of one level, and " + ", ".join(f"[{text}]" for text in _SIZES),
            found=", ".join(f"[{text}]" for text in strange) or f"{len(groups)} levels",
        )
    group = groups[0]
    parts = []
    for column, measure in _SIZES.items():
        index = _columns(area_code=group.index["code"], area_name=group.index["name"], value=texts.index(column))
        parts.append(_measured(_Body(grid, row, index), table, group.level, measure, "hectares", group.vintage))
    return _together("area_measurement", parts)


def _measured(body: _Body, table: Table, level: str, measure: str, unit: str, vintage: int | None) -> Figures:
    """A number about each area; records that give none are passed over."""
    body.keep(body.frame["value"] != "", f"give no {measure}")
    body.check({}, optional=("area_code",))
    body.reject_unless("value", r"\d+(\.\d+)?", "this is not a number")
    if "area_code" in body.frame:
        body.reject_unless("area_code", _FORMS[level], f"the code has not the form of its level ({level})")
    body.constants(vintage=vintage, area_level=level, measure=measure, unit=unit, status="observed")
    figures = body.figures("area_measurement", table)
    figures.frame["value"] = pd.to_numeric(figures.frame["value"])
    return figures


def _together(table: str, parts: Sequence[Figures]) -> Figures:
    return Figures(
        table,
        pd.concat([part.frame.astype(object) for part in parts], ignore_index=True),
        rows_in=sum(part.rows_in for part in parts),
        quarantined=[row for part in parts for row in part.quarantined],
        notes=[note for part in parts for note in part.notes],
    )


def _of_register(grid: Grid, row: int, list_: Register, contract: Contract) -> Iterator[Figures]:
    """The tables of a list of another keeper of codes."""
    index = {headers.normal(cell): place for place, cell in enumerate(grid.rows[row])}
    tables = contract.tables
    if links := [_link(grid, row, index, list_, link, tables["area_lookup"]) for link in list_.links]:
        yield _together("area_lookup", links)
    if keys := [_key(grid, row, index, list_, key, tables["other_code"]) for key in list_.keys]:
        yield _together("other_code", keys)
    if measures := [_measure(grid, row, index, list_, m, tables["area_measurement"]) for m in list_.measures]:
        yield _together("area_measurement", measures)


def _link(grid: Grid, row: int, index: Mapping[str, int], list_: Register, link: Link, table: Table) -> Figures:
    columns = {
        "child_code": index[link.child[0]],
        "child_name": index[link.child[1]],
        "parent_code": index[link.parent[0]],
        "parent_name": index[link.parent[1]],
    }
    if link.only:
        columns["kind"] = index[link.only[0]]
    body = _Body(grid, row, _columns(**columns), several=("parent_code", "parent_name") if list_.own_codes else ())
    if link.only:
        body.keep(body.frame["kind"] == link.only[1], "are of another kind")
        body.drop("kind")
    if list_.own_codes:
        own, gss, name = (index[column] for column in list_.own_codes)
        body.translate("parent_code", _pairs(grid, row, own, gss))
        body.translate("parent_name", _pairs(grid, row, own, name))
    return _linked(body, table, child=(None, link.child_level), parent=(link.parent_vintage, link.parent_level))


def _pairs(grid: Grid, row: int, key: int, value: int) -> dict[str, str]:
    return {grid.text(r, key): grid.text(r, value) for r in range(row + 1, len(grid)) if not grid.is_blank_row(r)}


def _key(grid: Grid, row: int, index: Mapping[str, int], list_: Register, key: Key, table: Table) -> Figures:
    columns = {"other_code": index[key.code], "name": index[key.name]}
    if key.area:
        columns["area_code"] = index[key.area]
    if key.dates:
        columns |= {"valid_from": index[key.dates[0]], "valid_to": index[key.dates[1]]}
    body = _Body(grid, row, _columns(**columns), several=("other_code",) if key.holds_several else ())
    _find_codes(body, list_)
    return _keyed(body, table, key.scheme)


def _measure(
    grid: Grid, row: int, index: Mapping[str, int], list_: Register, measure: Measure, table: Table
) -> Figures:
    columns = {"area_name": index[measure.name], "value": index[measure.value]}
    if measure.area:
        columns["area_code"] = index[measure.area]
    body = _Body(grid, row, _columns(**columns))
    _find_codes(body, list_)
    vintage = measure.vintage
    if measure.is_dated_by_name:
        years = re.findall(r"(?<!\d)20\d{2}(?!\d)", grid.file)
        if len(years) != 1:
            raise ReadError(
                "no column says of which year the numbers are",
                file=grid.file,
                expected="one year in the file's name, as in [pfa_population_2024.csv]",
                found=", ".join(years) or "none",
            )
        vintage = int(years[0])
    return _measured(body, table, measure.level, measure.measure, measure.unit, vintage)


def _find_codes(body: _Body, list_: Register) -> None:
    """Blank out what stands for no code, and find the codes of police forces that are given by name."""
    if "area_code" not in body.frame:
        return
    if not list_.police_forces:
        body.translate("area_code", {"NA": ""}, keep_others=True)
        return
    forces = names.register("police_force")
    codes, unknown = dict.fromkeys(list_.not_an_area, ""), {}
    for name in {str(name) for name in body.frame["area_code"]} - codes.keys():
        try:
            codes[name] = forces.resolve(name)
        except names.UnknownNameError as error:
            unknown[name] = str(error)
    for name, reason in unknown.items():
        body.reject(body.frame["area_code"] == name, "area_code", reason)
    body.translate("area_code", codes, keep_others=True)


class _Body:
    """The records below a header, and what is wrong with some of them."""

    def __init__(self, grid: Grid, header_row: int, found: headers.Match, *, several: Sequence[str] = ()) -> None:
        """``several`` names columns whose cells may hold several texts between commas, each of which is a record."""
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
        if several:
            self._split([list(found.index).index(name) for name in several])
        self._restart()

    def _restart(self) -> None:
        self.frame = pd.DataFrame(self._records, columns=list(self._index), dtype=object)
        self._reason = pd.Series(None, index=self.frame.index, dtype=object)
        self._column = pd.Series(None, index=self.frame.index, dtype=object)

    def _split(self, columns: Sequence[int]) -> None:
        rows, records = [], []
        for row, record in zip(self._rows, self._records, strict=True):
            for text in dict.fromkeys(part.strip() for part in record[columns[0]].split(",")):
                rows.append(row)
                records.append(tuple(text if i in columns else cell for i, cell in enumerate(record)))
        self._rows, self._records = rows, records

    def keep(self, wanted: object, what: str) -> None:
        """Pass over the records that are not wanted, and say so: they are not rows of the table."""
        is_wanted = np.asarray(wanted, dtype=bool)
        if count := int(np.count_nonzero(~is_wanted)):
            self._notes.append(f"{count:,} records {what} and are passed over")
        kept = np.flatnonzero(is_wanted)
        self._rows = [self._rows[i] for i in kept]
        self._records = [self._records[i] for i in kept]
        self.frame, self._reason, self._column = (
            part.iloc[kept].reset_index(drop=True) for part in (self.frame, self._reason, self._column)
        )

    def drop(self, name: str) -> None:
        """Leave out a column that served to tell records apart."""
        del self.frame[name]
        self._index = {column: place for column, place in self._index.items() if column != name}

    def translate(self, name: str, texts: Mapping[str, str], *, keep_others: bool = False) -> None:
        """Replace the texts of a column, those that are not known by nothing (or by themselves)."""
        self.frame[name] = [texts.get(text, text if keep_others else "") for text in self.frame[name]]

    def constants(self, **values: object) -> None:
        """Columns that say the same in every record."""
        for name, value in values.items():
            self.frame[name] = pd.Series([value] * len(self.frame), index=self.frame.index, dtype=object)

    def check(self, forms: dict[str, str], *, optional: tuple[str, ...] = ()) -> None:
        """Codes have the form of their level, and no cell is blank but the optional ones."""
        for name in self._index:
            texts = self.frame[name]
            if name in forms:
                level = forms[name]
                bad = ~texts.str.fullmatch(_FORMS[level])
                if name in optional:
                    bad &= texts != ""
                self.reject(bad, name, f"the code has not the form of its level ({level.replace('_', ' ')})")
            if name not in optional:
                self.reject(texts == "", name, f"the {name.replace('_', ' ')} is blank")

    def check_years(self, name: str) -> None:
        """Years are four digits."""
        self.reject(~self.frame[name].str.fullmatch(r"(19|20)\d{2}"), name, "this is not a year")

    def reject_unless(self, name: str, form: str, reason: str) -> None:
        """A cell is blank or has a form."""
        self.reject((self.frame[name] != "") & ~self.frame[name].str.fullmatch(form), name, reason)

    def reject(self, bad: object, name: str, reason: str) -> None:
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
        self.reject(again, grain[-1], "an earlier record says something else of the same " + " and ".join(grain))
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
