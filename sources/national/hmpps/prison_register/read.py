"""Reads the prison register, the published list of prisons, lists of names and codes, and the map of sites.

Which of them a file is, is told by its header; JSON by what is in it.
"""

from __future__ import annotations

import calendar
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from datetime import date
from typing import Any

import pandas as pd

from sources.contract import Contract, Table
from sources.errors import HeaderError, LayoutError, ReadError
from sources.places.names import UnknownNameError, register
from sources.reading import Figures, PublishedFile, Quarantined, delimited, headers
from sources.reading.grid import Grid, is_blank
from sources.reading.workbook import open_workbook

_WORKBOOKS = (".xlsx", ".xls", ".ods", ".xlsm")
_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{2})\b", re.IGNORECASE)

#: The lists of names and codes: the columns that each has, and what they are called in the table ``listing``.
_LISTS: Mapping[str, Mapping[str, str]] = {
    "nomis_codes": {"nomis": "nomis_code", "name": "listed_name"},
    "lids_codes": {"lids": "lids_code", "nomis": "nomis_code", "name": "listed_name"},
    "nomis_code_map": {
        "nomis": "nomis_code",
        "prison": "register_code",
        "name": "listed_name",
        "nomis-name": "other_name",
    },
    "legal_aid_codes": {"location": "listed_name", "code": "legal_aid_code"},
    "estate_list_2017": {
        "prison": "register_code",
        "prefix": "name_prefix",
        "name": "listed_name",
        "suffix": "name_suffix",
        "designation": "designation",
        "operator": "operator",
    },
    "register_2017": {
        "prison-estate": "register_code",
        "name": "listed_name",
        "start-date": "opened",
        "end-date": "closed",
    },
    "former_prisons": {
        "prison": "register_code",
        "nomis": "nomis_code",
        "name": "listed_name",
        "official-name": "other_name",
        "start-date": "opened",
        "end-date": "closed",
        "address-text": "address",
        "postcode": "postcode",
    },
    "contracted_out": {"name": "listed_name", "supplier": "supplier", "company": "company_number"},
    "prison_finder_addresses": {"name": "listed_name", "address-text": "address", "postcode": "postcode"},
    "prison_map": {"name": "listed_name", "official-name": "other_name"},
    "performance_statistics_2016": {"prison": "listed_name"},
    "name_groups": {
        "prison_name_original": "listed_name",
        "prison_name_group": "other_name",
        "operator": "operator",
        "opened": "opened",
        "closed": "closed",
    },
}
#: Of the list of name groups: flags made by hand and where they were looked up.
_NOT_READ = re.compile(
    r"cat_[a-d]|open|male|youth|adult|local|high_security|sex_offender|done|prison_meta_info_source|https?://.*"
)

#: The map's sites: the labels that each type's description is made of, in the order of the map.
_LABELS: Mapping[str, Mapping[str, str]] = {
    "prison": {
        "Address": "address",
        "Prison Region": "region",
        "Operator": "operator",
        "Telephone": "telephone",
        "Cohort of Prisoners Held": "cohort",
        "Predominant Function": "predominant_function",
        "Gender": "sex_held",
        "Prison Sub-Group 1": "",
        "Prison Sub-Group 2": "",
        "Information": "information",
    },
    "probation_centre": {
        "Probation Region": "region",
        "Local Authority": "local_authority_name",
        "Type of Building": "building_type",
        "Address": "address",
        "Functional Mail Box/E-mail (for public queries)": "public_email",
        "Office Phone Number": "telephone",
    },
    "hmcts_site": {
        "Adress": "address",
        "Postcode": "postcode",
        "Court Region": "region",
        "Jurisdiction (From MDS)": "jurisdiction",
    },
}
_SITE_KEYS = {"id", "name", "type", "source_group", "description", "styleUrl", "latitude", "longitude"}
#: The columns of the list of prisons that have numbers.
_NUMBERS: Mapping[str, Callable[[str], float]] = {"longitude": float, "latitude": float, "list_number": int}
_MOST_ROWS_ABOVE = 60
_FLAGS = {"1": True, "0": False, "true": True, "false": False}


class _UnreadableCellError(ValueError):
    """A cell that is no number; ``column`` is where it stands."""

    def __init__(self, text: str, column: int) -> None:
        super().__init__(f"[{text}] is no number such as the column has")
        self.column = column


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """One table: the register, the list of prisons, a list of names or codes, the sites or the code lists of NOMIS.

    Raises HeaderError for a header that is none of theirs, LayoutError for a site that is described in other words,
    and ReadError for a file that is cut short or is something else.
    """
    if file.name.lower().endswith(".json"):
        yield _json(file, contract)
    elif file.name.lower().endswith(_WORKBOOKS):
        book = open_workbook(file)
        yield _estate(book.grid(book.require("prison estate", "the list of prisons")), contract.tables["estate"])
    else:
        yield _text(file, contract)


def _text(file: PublishedFile, contract: Contract) -> Figures:
    grid = delimited.grid(file)
    if grid.rows and any("\t" in str(cell) for cell in grid.rows[0]):
        grid = delimited.grid(file, delimiter="\t")
    first = next((row for row in range(len(grid)) if not grid.is_blank_row(row)), None)
    if first is None:
        raise ReadError("the file is empty", file=grid.file, expected="a header line")
    cells = {headers.normal(cell) for cell in grid.rows[first]} - {""}
    for name, columns in _LISTS.items():
        own = {cell for cell in cells if name != "name_groups" or not _NOT_READ.fullmatch(cell)}
        if own == set(columns):
            return _listing(grid, first, name, contract.tables["listing"])
    if {"code", "description", "active"} <= cells:
        return _nomis_reference(grid, first, contract.tables["nomis_reference"])
    if cells & {"prison_id", "prisonid"}:
        return _prison(grid, first, contract.tables["prison"])
    nearest = _nearest(cells, contract)
    if nearest in _LISTS:
        names = _LISTS[nearest].keys()
        raise HeaderError(
            file=grid.file,
            row=first + 1,
            missing=sorted(names - cells),
            unknown=sorted(cells - names),
            known_names={},
        )
    if nearest == "nomis_reference":
        return _nomis_reference(grid, first, contract.tables[nearest])
    if nearest == "prison":
        return _prison(grid, first, contract.tables[nearest])
    estate = contract.tables["estate"]
    if all(len(headers.match(row, estate.columns).index) < 2 for row in grid.rows[:_MOST_ROWS_ABOVE]):
        raise ReadError(
            "the first line is the header of no list that is known",
            file=grid.file,
            row=first + 1,
            expected="one of " + "; ".join(", ".join(f"[{name}]" for name in names) for names in _LISTS.values()),
            found=", ".join(f"[{cell}]" for cell in sorted(cells)),
            advice="A list has its header in its first line",
        )
    return _estate(grid, estate)


def _nearest(cells: Set[str], contract: Contract) -> str:
    """The list or table that has most of a first line's names, of several the one of fewest columns; the list of
    prisons, which stands below a title, where none has any."""
    known: dict[str, Set[str]] = {name: columns.keys() for name, columns in _LISTS.items()}
    for name in ("prison", "nomis_reference", "estate"):
        columns = contract.tables[name].columns.values()
        known[name] = {headers.normal(text.name) for column in columns for text in column.published_as}
    found = max(known, key=lambda name: (len(cells & known[name]), -len(known[name])))
    return found if cells & known[found] else "estate"


def _body(grid: Grid, header: int) -> list[int]:
    """The rows below a header; raises ReadError where one has fewer or more cells, as the last of a file cut short."""
    rows = [row for row in range(header + 1, len(grid)) if not grid.is_blank_row(row)]
    width = len(grid.rows[header])
    for row in rows:
        if len(grid.rows[row]) != width:
            raise ReadError(
                "the record has not the header's number of cells",
                file=grid.file,
                row=row + 1,
                expected=f"{width} cells",
                found=f"{len(grid.rows[row])}",
                advice="The file may have been cut short: get it again",
            )
    if not rows:
        raise ReadError("there is no record below the header", file=grid.file, row=header + 1)
    return rows


def _frame(table: Table, records: Sequence[Mapping[str, object]], grid: Grid | None) -> pd.DataFrame:
    frame = pd.DataFrame(list(records), columns=[*table.columns, "source_row"], dtype=object)
    return frame.assign(source_sheet=grid.sheet if grid else None, source_column=None)


def _or_null(text: str) -> str | None:
    return re.sub(r"\s+", " ", text).strip() or None


def _prison_code(name: str) -> str:
    return register("prison").resolve(name)


def _prison(grid: Grid, header: int, table: Table) -> Figures:
    found = headers.require(grid.rows[header], table, file=grid.file, row=header + 1)
    records = []
    for row in _body(grid, header):
        record: dict[str, object] = {name: _or_null(grid.text(row, column)) for name, column in found.index.items()}
        for name in [n for n, column in table.columns.items() if column.type == "boolean" and n in record]:
            record[name] = _flag(record[name], grid, row, found.index[name])
        record["inactive_date"] = _date(record.get("inactive_date"), grid.file, row + 1)
        records.append(record | {"source_row": row + 1})
    return Figures("prison", _numbered(_frame(table, records, grid)), len(records), notes=list(found.notes))


def _flag(value: object, grid: Grid, row: int, column: int) -> bool | None:
    if value is None:
        return None
    if str(value).casefold() not in _FLAGS:
        raise ReadError(
            "the cell is neither yes nor no",
            file=grid.file,
            row=row + 1,
            column=headers.letter(column),
            expected="1, 0, true or false",
            found=f"[{value}]",
        )
    return _FLAGS[str(value).casefold()]


def _date(value: object, file: str, row: int | None) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise ReadError(
            "the day cannot be read", file=file, row=row, expected="2026-01-31", found=f"[{value}]"
        ) from error


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(address_number=frame.groupby("prison_code").cumcount() + 1)


def _nomis_reference(grid: Grid, header: int, table: Table) -> Figures:
    values = table.columns["list_name"].values or ()
    of_name = re.search(rf"nomis_reference_({'|'.join(values)})\b", grid.file, re.IGNORECASE)
    if not of_name:
        raise ReadError(
            "which code list it is cannot be told from the file's name",
            file=grid.file,
            expected=" or ".join(f"[nomis_reference_{value}]" for value in values) + " in it",
        )
    found = headers.require(grid.rows[header], table, file=grid.file, row=header + 1)
    records = []
    for row in _body(grid, header):
        record: dict[str, object] = {name: _or_null(grid.text(row, column)) for name, column in found.index.items()}
        for name in [n for n in ("is_prison_area", "is_active") if n in record]:
            record[name] = _flag(record[name], grid, row, found.index[name])
        records.append(record | {"list_name": of_name[1].lower(), "source_row": row + 1})
    return Figures("nomis_reference", _frame(table, records, grid), len(records), notes=list(found.notes))


def _last_day(text: str | None) -> date | None:
    """The last day of a year, month or day (2013, 2013-09 or 2013-03-28); none for other words and no such day."""
    if not text or not re.fullmatch(r"\d{4}(-\d{2}){0,2}", text):
        return None
    year, month, day = [*map(int, text.split("-")), 0, 0][:3]
    try:
        return date(year, month or 12, day or calendar.monthrange(year, month or 12)[1])
    except ValueError:
        return None


def _listing(grid: Grid, header: int, list_name: str, table: Table) -> Figures:
    names = _LISTS[list_name]
    index = {names[text]: column for column, text in enumerate(map(headers.normal, grid.rows[header])) if text in names}
    records, quarantined = [], []
    rows = _body(grid, header)
    for row in rows:
        record: dict[str, object] = {
            name: _or_null(grid.text(row, column).replace("|", ", ")) for name, column in index.items()
        }
        listed, given = str(record["listed_name"] or ""), record.get("nomis_code")
        try:
            # A code that the list gives is the publisher's; only a name without one is looked up.
            record["prison_code"] = given or _prison_code(re.sub(r"\*+$", "", listed))
        except UnknownNameError as error:
            quarantined.append(grid.quarantined(row, index["listed_name"], str(error)))
            continue
        closed = record.get("closed")
        records.append(
            record
            | {
                "list_name": list_name,
                "closed_by": _last_day(str(closed) if closed else None),
                "source_row": row + 1,
            }
        )
    return Figures("listing", _frame(table, records, grid), len(rows), quarantined)


def _estate(grid: Grid, table: Table) -> Figures:
    header, found = grid.find_header(table)
    _require_nothing_above(grid, header, table, columns=len(found.index))
    repeated = [headers.normal(grid.cell(header, column)) for column in found.index.values()]
    edition = _edition(grid, header)
    records, quarantined, rows_in, has_ended = [], list[Quarantined](), 0, False
    for row in range(header + 1, len(grid)):
        cells = [headers.normal(grid.cell(row, column)) for column in found.index.values()]
        filled = sum(bool(cell) for cell in cells)
        if sum(cell == text for cell, text in zip(cells, repeated, strict=True)) >= len(cells) - 1:
            continue  # the head of a printed page
        if filled < len(cells) / 2:
            # The prisons end at the first blank line; the key and the legends below fill a column or three.
            has_ended = has_ended or not filled
            if filled and not has_ended:
                raise _cut_short(grid, row, len(cells), filled)
            continue
        if has_ended:
            raise LayoutError(
                "a prison stands below the end of the list",
                file=grid.file,
                sheet=grid.sheet,
                row=row + 1,
                expected="no blank line within the list",
                found=f"[{grid.text(row)}]",
            )
        if not grid.sheet and len(grid.rows[row]) != len(grid.rows[header]):
            raise _cut_short(grid, row, len(grid.rows[header]), len(grid.rows[row]))
        rows_in += 1
        try:
            records.append(_estate_record(grid, row, found.index, edition))
        except UnknownNameError as error:
            quarantined.append(grid.quarantined(row, found.index["prison_name"], str(error)))
        except _UnreadableCellError as error:
            quarantined.append(grid.quarantined(row, error.column, str(error)))
    if not rows_in:
        raise ReadError("there is no record below the header", file=grid.file, sheet=grid.sheet, row=header + 1)
    if "cohort" in found.index and not has_ended:
        raise ReadError(
            "the list has no end",
            file=grid.file,
            sheet=grid.sheet,
            row=len(grid),
            expected="a blank line and the key below the last prison, as the list has had since it gave cohorts",
            advice="The file may have been cut short: get it again",
        )
    return Figures("estate", _frame(table, records, grid), rows_in, quarantined, list(found.notes))


def _require_nothing_above(grid: Grid, header: int, table: Table, *, columns: int) -> None:
    """Raises HeaderError or LayoutError where rows as full as a prison's stand above the header found: it is that of
    a later page, and the first page's has changed or gone."""
    for row in range(header):
        if sum(not is_blank(cell) for cell in grid.rows[row]) < columns / 2:
            continue
        if len(headers.match(grid.rows[row], table.columns).index) > 1:
            headers.require(grid.rows[row], table, file=grid.file, sheet=grid.sheet, row=row + 1)
        raise LayoutError(
            "a prison stands above the header",
            file=grid.file,
            sheet=grid.sheet,
            row=row + 1,
            expected=f"no record above row {header + 1}, which is the first that has the list's columns",
            found=f"[{grid.text(row)}]",
        )


def _cut_short(grid: Grid, row: int, expected: int, found: int) -> ReadError:
    return ReadError(
        "the record is not whole",
        file=grid.file,
        sheet=grid.sheet,
        row=row + 1,
        expected=f"{expected} cells",
        found=f"{found}",
        advice="The file may have been cut short: get it again",
    )


def _edition(grid: Grid, header: int) -> str | None:
    above = " ".join(grid.text(row, column) for row in range(header) for column in range(len(grid.rows[row])))
    said = re.search(r"Revised\s+(?:\d{1,2}\s+)?[A-Z][a-z]+\s+\d{4}", above) or re.search(
        r"20\d{2}-\d{2}-\d{2}", grid.file
    )
    return said[0] if said else None


def _estate_record(grid: Grid, row: int, index: Mapping[str, int], edition: str | None) -> dict[str, object]:
    raw = {name: grid.text(row, column) for name, column in index.items()}
    record: dict[str, object] = {name: _or_null(text) for name, text in raw.items()}
    lines = [line.strip(" ,") for line in raw["postal_address"].splitlines()]
    record["postal_address"] = _or_null(", ".join(line for line in lines if line))
    record["postcode"] = record.get("postcode") or _postcode(raw["postal_address"])
    if "resettlement_regions" in raw:
        regions = [line.strip() for line in raw["resettlement_regions"].splitlines()]
        record["resettlement_regions"] = "; ".join(filter(None, regions)) or None
    for name, number in _NUMBERS.items():
        if text := raw.get(name):
            try:
                record[name] = number(text)
            except ValueError as error:
                raise _UnreadableCellError(text, index[name]) from error
    return record | {
        "edition": edition,
        "prison_code": _prison_code(str(record["prison_name"] or "")),
        "source_row": row + 1,
    }


def _postcode(address: str) -> str | None:
    """The last postcode in an address."""
    found = _POSTCODE.findall(address)
    return " ".join(found[-1]).upper() if found else None


def _json(file: PublishedFile, contract: Contract) -> Figures:
    try:
        items = json.loads(file.path.read_bytes())
    except ValueError as error:
        advice = "It may have been cut short, or be an error page saved under the file's name"
        raise ReadError("the file is not JSON", file=file.name, found=str(error), advice=advice) from error
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise ReadError("the JSON is no list of prisons or sites", file=file.name, expected="a list of objects")
    if "prisonId" in items[0]:
        return _of_interface(items, file.name, contract.tables["prison"])
    return _sites(items, file.name, contract.tables["site"])


def _of_interface(items: Sequence[Mapping[str, Any]], name: str, table: Table) -> Figures:
    """The register as its interface answers: a row an address of a prison, or one where it has none."""
    records = []
    for number, item in enumerate(items, start=1):
        if not item.get("prisonId") or not item.get("prisonName") or not isinstance(item.get("active"), bool):
            raise ReadError(
                "the prison has not what each has",
                file=name,
                row=number,
                expected="prisonId, prisonName and active",
                found=", ".join(sorted(item)),
            )
        prison = {
            "prison_code": item["prisonId"],
            "prison_name": item["prisonName"],
            "prison_name_welsh": item.get("prisonNameInWelsh"),
            "is_active": item["active"],
            "holds_men": item.get("male"),
            "holds_women": item.get("female"),
            "is_contracted": item.get("contracted"),
            "is_long_term_high_security": item.get("lthse"),
            "inactive_date": _date(item.get("inactiveDate"), name, number),
            "types": _joined(item.get("types"), "code"),
            "categories": _joined(item.get("categories"), "code"),
            "operators": _joined(item.get("operators"), "name"),
            "gp_practice_code": item.get("gpPracticeCode"),
            "source_row": number,
        }
        for address in item.get("addresses") or [{}]:
            records.append(
                prison
                | {
                    "address_line1": address.get("addressLine1"),
                    "address_line2": address.get("addressLine2"),
                    "town": address.get("town"),
                    "county": address.get("county"),
                    "postcode": address.get("postcode"),
                    "country": address.get("country"),
                }
            )
    rows_in = sum(max(1, len(item.get("addresses") or [])) for item in items)
    return Figures("prison", _numbered(_frame(table, records, None)), rows_in)


def _joined(values: Sequence[Any] | None, key: str) -> str | None:
    """What a list says, with commas between: texts, or objects with the text under a key."""
    texts = [str(value[key] if isinstance(value, dict) else value) for value in values or []]
    return ",".join(sorted(texts)) or None


def _sites(items: Sequence[Mapping[str, Any]], name: str, table: Table) -> Figures:
    records, quarantined, unplaced = [], list[Quarantined](), list[str]()
    for number, item in enumerate(items, start=1):
        if set(item) != _SITE_KEYS:
            raise HeaderError(
                file=name,
                row=number,
                missing=sorted(_SITE_KEYS - set(item)),
                unknown=sorted(set(item) - _SITE_KEYS),
                known_names={},
            )
        described = _described(item, name, number)
        if not item["name"] and not any(described.values()):
            quarantined.append(Quarantined("the site has no name and says nothing", str(item["id"]), row=number))
            continue
        record: dict[str, object] = {key: value or None for key, value in described.items() if key}
        record["postcode"] = _postcode(described.get("postcode") or described["address"])
        if item["type"] == "prison":
            try:
                record["prison_code"] = _prison_code(item["name"])
            except UnknownNameError as error:
                quarantined.append(Quarantined(str(error), item["name"], row=number, column="name"))
                continue
        elif typed := described.get("local_authority_name"):
            try:
                # The map is of today's offices: a name that several codes have had means the one in force.
                record["local_authority_code"] = register("local_authority").resolve(typed, on=date.max)
            except UnknownNameError:
                unplaced.append(typed)
        records.append(
            record
            | {
                "site_id": item["id"],
                "site_name": item["name"],
                "site_type": item["type"],
                "latitude": item["latitude"],
                "longitude": item["longitude"],
                "source_row": number,
            }
        )
    notes = [f"{len(unplaced)} local authorities are nobody's or several's names: {'; '.join(sorted(set(unplaced)))}"]
    return Figures("site", _frame(table, records, None), len(items), quarantined, notes if unplaced else [])


def _described(item: Mapping[str, Any], file: str, number: int) -> dict[str, str]:
    """The fields of a description: a line a field, led by its label; lines without one go on with the last."""
    labels = _LABELS.get(item["type"])
    if labels is None:
        raise LayoutError(
            "the type of the site is not known",
            file=file,
            row=number,
            expected=" or ".join(f"[{known}]" for known in _LABELS),
            found=f"[{item['type']}]",
        )
    lines = [(re.match(r"\s*([^:]+?)\s*:(.*)", line), line) for line in item["description"].split("\n")]
    marked = [(m[1] if m and m[1] in labels else None, m[2] if m and m[1] in labels else line) for m, line in lines]
    given = [label for label, _ in marked if label]
    if sorted(given) != sorted(labels) or marked[0][0] is None:
        raise LayoutError(
            "the description has not the labels of its type, each once",
            file=file,
            row=number,
            expected=", ".join(f"[{label}]" for label in labels),
            found=", ".join(f"[{label}]" for label in given) or "none of them",
        )
    fields: dict[str, str] = {}
    label = ""
    for at, text in marked:
        label = at or label
        said = re.sub(r"\s+", " ", text).strip()
        joint = "; " if labels[label] == "public_email" else " "
        fields[labels[label]] = joint.join(filter(None, [fields.get(labels[label], ""), said]))
    return fields
