"""Reads Fingertips downloads: records of figures, indicators' definitions, and the lists of FingertipsNext."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from sources.contract import Contract, Table
from sources.errors import ReadError
from sources.landing import literal, number, quote
from sources.reading import Figures, PublishedFile, Quarantined, Records, delimited, headers

#: Indicators whose values are estimates from a model rather than counts of the area's own events: estimated
#: prevalence of common mental disorders; dependent drinkers and opiate or crack users not in treatment, whose
#: denominators are prevalence estimates.
_MODELLED = (93495, 93517, 93532)

_SUPPRESSED = r"suppress|disclos|small (number|count|value)|(number|count)s? (is |are |was |were )?too small"

#: Rows written by hand or by older versions of the service end before the last columns, which are blank then.
_OPTIONAL_AT_END = 2

#: The month in which the year of an indicator begins where it is not April, by what the publisher's metadata call the
#: year: academic (September), August to July, October to September.
_YEAR_BEGINS = {9: (90323, 92026, 92033, 92199, 93378), 8: (90641,), 10: (92860,)}
#: Indicators whose ``2019/20`` is no whole year of that kind: surveys from November to November, a day at the year's
#: end, the average of a winter.
_YEAR_UNSURE = (93014, 93015, 93088, 93203, 93468)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"

_TAG = re.compile(r"</?(?:a|b|br|div|em|font|h\d|i|li|ol|p|span|strong|sub|sup|table|tbody|td|tr|u|ul)\b[^>]*>", re.I)
_POLARITY = {"low is good": "lower", "high is good": "higher"}
_NO_JUDGEMENT = {"no judgement", "not applicable", "bob - blue orange blue"}
_HEAD = 1 << 16


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures | Records]:
    """One table: that whose columns the file has most of.

    Raises HeaderError where it lacks some or has others, ReadError where it cannot be read at all.
    """
    if file.name.lower().endswith(".json"):
        yield _definitions_of_json(file, contract.tables["indicator_definition"])
        return
    header = _header(file)
    found = {name: len(headers.match(header, table.columns).index) for name, table in contract.tables.items()}
    name = max(found, key=lambda table: found[table])
    table = contract.tables[name]
    if name == "indicator_definition":
        yield _definitions_of_csv(file, table)
        return
    records = delimited.records(file, name, table, optional_at_end=_OPTIONAL_AT_END if name == "indicator_value" else 0)
    cells = {column: quote(text) for column, text in records.columns.items()}
    if name == "indicator_value":
        records.expressions = _values(cells) | _period(cells)
    if name == "fingertips_next_value":
        value = _value(cells)
        records.expressions = {
            "value": value,
            "status": (
                f"case when ({value}) is not null then {_observed(cells)}"
                f" when {cells['value']} = '-1' then 'not_available' else 'missing' end"
            ),
            # Types are in quotes of their own.
            "category_type": f"nullif(trim({cells['category_type']}, '\"'), '')",
        }
    yield records


def _header(file: PublishedFile) -> list[str]:
    """The first line that is not blank, as cells."""
    with file.path.open("rb") as stream:
        head = stream.read(_HEAD)
    text = head.decode(delimited.encoding_of(head), errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    return next((cells for cells in csv.reader(io.StringIO(text)) if any(map(str.strip, cells))), [])


def _is_one_of(cells: Mapping[str, str], indicators: Sequence[int]) -> str:
    return f"{cells['indicator_id']} in ({', '.join(literal(str(one)) for one in indicators)})"


def _observed(cells: Mapping[str, str]) -> str:
    """SQL for the status of a value that is shown."""
    return f"case when {_is_one_of(cells, _MODELLED)} then 'modelled' else 'observed' end"


def _value(cells: Mapping[str, str]) -> str:
    """SQL for a value, null where it is the -1 that stands for none: a real value of -1 has other limits than -1."""
    return (
        f"case when {cells['value']} = '-1' and {cells['lower_95']} = '-1' and {cells['upper_95']} = '-1' then null"
        f" else {number(cells['value'])} end"
    )


def _values(cells: Mapping[str, str]) -> dict[str, str]:
    """SQL for values, whose status, where they are blank, is in the value note, and for names."""
    value = _value(cells)
    note = cells["value_note"]
    return {
        "value": value,
        "status": (
            f"case when ({value}) is not null then {_observed(cells)}"
            f" when regexp_matches({note}, {literal(_SUPPRESSED)}, 'i') then 'suppressed'"
            f" when trim({note}) <> '' or {cells['value']} = '-1' then 'not_available' else 'missing' end"
        ),
        "indicator_name": rf"regexp_replace({cells['indicator_name']}, '^\s+|\s+$', '', 'g')",
    }


def _period(cells: Mapping[str, str]) -> dict[str, str]:
    """SQL for the days and the kind of a period, from its words and, where there is one, its range.

    Words are ``2015``; ``2010/11``; ``2016 - 18`` and ``2016/17 - 18/19``, pooled; ``2015 Q1``; ``2015/16 Q1``, whose
    first quarter begins in April; ``2013/14 Q2 - 2018/19 Q1``; ``Jan 2020``; ``Jan 2020 - Dec 2020``. Null where they
    are others or do not agree with the range.
    """
    length = f"lower(trim({cells['time_period_range']}))" if "time_period_range" in cells else "null"
    begins = "case " + " ".join(
        f"when {_is_one_of(cells, indicators)} then {first}" for first, indicators in _YEAR_BEGINS.items()
    )
    begins += f" when not {_is_one_of(cells, _YEAR_UNSURE)} then 4 end"
    year, last, digit, next_year = (_whole(f"{part}") for part in ("w[:4]", "w[-2:]", "w[-1:]", "w[6:7]"))
    is_split = f"({next_year} - {year} % 100 + 100) % 100 = 1"
    ends_split = f"({last} - {_whole('w[-5:-4]')} + 100) % 100 = 1"
    pooled = f"({last} - {year} % 100 + 100) % 100"
    quarters = f"12 * ({_whole('w[-10:-7]')} - {year}) + 3 * ({digit} - {_whole('w[10:10]')} + 1)"
    until, first_of_two = "trim(split_part(w, '-', 2))", "trim(split_part(w, '-', 1))"
    months = (
        f"12 * ({_whole('w[-4:]')} - {_whole(f'({first_of_two})[-4:]')})"
        f" + {_month(f'({until})[:3]')} - {_month('w[:3]')} + 1"
    )
    a_month = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \\d{4}"
    # For each form of words (w): its first year (y), the month of that in which it begins (m), its months (n), and what
    # has to hold of it.
    forms = (
        (r"\d{4}", year, "1", "12", "true"),
        (r"\d{4}/\d{2}", year, begins, "12", is_split),
        (r"\d{4} ?- ?\d{2}", year, "1", f"12 * (1 + {pooled})", "true"),
        (r"\d{4}/\d{2} ?- ?\d{2}/\d{2}", year, begins, f"12 * ({pooled})", f"{is_split} and {ends_split}"),
        (r"\d{4} q[1-4]", year, f"3 * {digit} - 2", "3", "true"),
        (r"\d{4}/\d{2} q[1-4]", year, f"3 * {digit} + 1", "3", is_split),
        (r"\d{4}/\d{2} q[1-4] ?- ?\d{4}/\d{2} q[1-4]", year, f"3 * {_whole('w[10:10]')} + 1", quarters, is_split),
        (a_month, _whole("w[-4:]"), _month("w[:3]"), "1", "true"),
        (f"{a_month} ?- ?{a_month}", _whole(f"({first_of_two})[-4:]"), _month("w[:3]"), months, "true"),
    )
    form = " ".join(
        f"when regexp_full_match(w, {literal(pattern)}) then case when {holds} then {{y: {y}, m: {m}, n: {n}}} end"
        for pattern, y, m, n, holds in forms
    )
    # ``3y`` is a range of whole years; other ranges (of quarters, cumulative ones) are not compared.
    agrees = f"coalesce(not regexp_full_match({length}, '\\d+y') or {length} = (p.n // 12) || 'y', true)"
    kind = (
        "case when p.n = 1 then 'month' when p.n = 3 then 'quarter' when p.n = 6 then 'half_year'"
        " when p.n > 12 then 'multi_year' when p.n = 12 then case p.m when 1 then 'calendar_year'"
        " when 4 then 'financial_year' when 9 then 'academic_year' else 'rolling_year' end end"
    )
    start = "(make_date(p.y, 1, 1) + to_months(p.m - 1))"

    def made(expression: str) -> str:
        # A list of one gives its element a name: said anew each time it is used, it would be thousands of terms.
        words = f"list_transform([lower(trim({cells['time_period']}))], lambda w: case {form} end)"
        is_dated = f"p.m is not null and ({kind}) is not null and {agrees}"
        return f"list_transform({words}, lambda p: case when {is_dated} then {expression} end)[1]"

    return {
        "period_type": made(kind),
        "period_start": made(f"cast({start} as date)"),
        "period_end": made(f"cast({start} + to_months(p.n) as date) - 1"),
    }


def _whole(text: str) -> str:
    return f"try_cast({text} as integer)"


def _month(text: str) -> str:
    """SQL for the number of a month by the first three letters of its name."""
    return f"cast((instr({literal(_MONTHS)}, {text}) + 3) // 4 as integer)"


def _definitions_of_csv(file: PublishedFile, table: Table) -> Figures:
    """Definitions from the metadata CSV or the short list of indicators: a row a record, words over several lines."""
    grid = delimited.grid(file)
    header = next(number for number, row in enumerate(grid.rows) if any(str(cell).strip() for cell in row))
    cells = [str(cell) for cell in grid.rows[header]]
    records: list[tuple[int, Sequence[Any]]] = [
        (number + 1, grid.rows[number]) for number in range(header + 1, len(grid)) if not grid.is_blank_row(number)
    ]
    return _definitions(file, table, cells, records, header_row=header + 1)


def _definitions_of_json(file: PublishedFile, table: Table) -> Figures:
    """Definitions from the JSON that FingertipsNext's search is set up with: a list of objects."""
    try:
        found = json.loads(delimited.read_text(file.path, file.name))
    except json.JSONDecodeError as error:
        raise ReadError(
            "not JSON that can be read", file=file.name, row=error.lineno, found=error.msg, advice="It may be cut short"
        ) from error
    if not isinstance(found, list) or not found or not all(isinstance(one, dict) for one in found):
        raise ReadError("not a list of indicators", file=file.name, expected="a list of objects, one an indicator")
    keys = list(dict.fromkeys(key for one in found for key in one))
    return _definitions(file, table, keys, [(n, [one.get(k) for k in keys]) for n, one in enumerate(found, start=1)])


def _definitions(
    file: PublishedFile,
    table: Table,
    header: list[str],
    records: list[tuple[int, Sequence[Any]]],
    *,
    header_row: int | None = None,
) -> Figures:
    # Further columns are words, or switches of the service's own pages; no figure can shift into another's place.
    match = headers.require(header, table, file=file.name, row=header_row, allow_unknown=True)
    notes = list(match.notes)
    if match.unknown:
        notes.append("columns that are not read: " + ", ".join(f"[{name}]" for name in match.unknown))
    rows: list[dict[str, Any]] = []
    quarantined: list[Quarantined] = []
    for number_of_row, cells in records:
        id_text = headers.text_of(cells[match.index["indicator_id"]] if cells else None)
        problem = None
        if len(cells) != len(header):
            problem = f"the record has {len(cells)} cells, the header {len(header)}"
        elif not re.fullmatch(r"\d{1,9}", id_text):
            problem = f"[{id_text}] is not the number of an indicator"
        elif not _plain_words(cells[match.index["indicator_name"]]):
            problem = f"indicator {id_text} has no name"
        if problem:
            quarantined.append(Quarantined(problem, id_text or None, row=number_of_row, column="indicator_id"))
            continue
        row: dict[str, Any] = dict.fromkeys(table.columns)
        row |= {name: _plain_words(cells[index]) for name, index in match.index.items()}
        row["indicator_id"] = int(id_text)
        row["unit_value"] = _unit_value(row["unit_value"])
        row["better_when"] = _better_when(row["polarity"])
        row |= {"source_sheet": None, "source_row": number_of_row, "source_column": None}
        rows.append(row)
    frame = pd.DataFrame(rows, columns=[*table.columns, "source_sheet", "source_row", "source_column"], dtype=object)
    return Figures("indicator_definition", frame, rows_in=len(records), quarantined=quarantined, notes=notes)


def _plain_words(cell: object) -> str | None:
    """Text without HTML: tags gone, entities as the letters they stand for, line ends kept, runs of space not."""
    text = html.unescape(_TAG.sub(" ", str(cell))) if cell is not None else ""
    lines = [re.sub(r"[^\S\n]+", " ", line).strip() for line in text.replace("\r\n", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() or None


def _unit_value(text: str | None) -> float | None:
    try:
        return float(text.replace(",", "")) if text else None
    except ValueError:
        return None


def _better_when(polarity: str | None) -> str | None:
    """Which way is good: ``RAG - Low is good`` and ``Low is good`` are one."""
    words = headers.normal(polarity).removeprefix("rag - ")
    return "neither" if words in _NO_JUDGEMENT else _POLARITY.get(words)
