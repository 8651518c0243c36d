"""A suite per landing table, made from its contract.

The checks run in a scratch database with a view ``landing.<table>`` over each table's Parquets, and the ledger's
rows in ``ledger.landed`` and ``ledger.quarantined``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from expectations.suites import (
    WITH_VALUE,
    WITHOUT_VALUE,
    ColumnSet,
    Expectation,
    InSet,
    NoRows,
    Suite,
    text_list,
)
from sources.catalogue import Catalogue, Source
from sources.contract import PROVENANCE, STATUSES, Table
from sources.landing import literal, quote, sql_type

SUITE = "landing"

# What information_schema calls the types that landing writes.
_DATA_TYPES = {
    "varchar": "VARCHAR",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
}

_MONTH_WORDS = (
    "jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?"
    "|aug(ust)?|sep(t(ember)?)?|oct(ober)?|nov(ember)?|dec(ember)?"
)


def suites(catalogue: Catalogue, tables: Collection[str] | None = None) -> list[Suite]:
    """A suite for each landing table of the catalogue, or for those whose ids (``<source>__<table>``) are given."""
    return [
        suite(source, name, table)
        for source, name, table in catalogue.tables()
        if tables is None or source.table_id(name) in tables
    ]


def suite(source: Source, name: str, table: Table) -> Suite:
    """What one table's contract promises, as expectations."""
    expectations = [_columns(table), _types(source.table_id(name), table)]
    if table.grain:
        expectations.append(_grain(table))
    if required := [n for n, column in table.columns.items() if not column.is_nullable]:
        expectations.append(_required(table, required))
    expectations.append(_provenance(table))
    if any(column.values is not None for column in table.columns.values()):
        expectations.append(_values(table))
    if any(c.minimum is not None or c.maximum is not None for c in table.columns.values()):
        expectations.append(_ranges(table))
    if "status" in table.columns:
        expectations.append(_statuses())
        if "value" in table.columns:
            expectations.append(_value_and_status(table))
    if table.row_count:
        expectations.append(_row_count(source, name, table))
    expectations.append(_ledger(source, name))
    return Suite(SUITE, f"{SUITE}.{source.table_id(name)}", tuple(expectations))


def _place(table: Table) -> list[str]:
    """The columns that tell a reader which row of which file a failing row is."""
    place = ["source_file", "source_sheet", "source_row", "source_column"]
    return [*table.grain, *(name for name in place if name in table.provenance)]


def _cells(table: Table, bad: Mapping[str, str]) -> str:
    """SQL for the rows where a column's condition of ``bad`` holds, with the first such column and what is in it."""
    names = " ".join(f"when {condition} then {literal(name)}" for name, condition in bad.items())
    cells = " ".join(f"when {condition} then cast({quote(name)} as varchar)" for name, condition in bad.items())
    columns = ", ".join(quote(name) for name in ["release_id", *_place(table)])
    return (
        f"select case {names} end as wrong_column, case {cells} end as found, {columns}"
        f" from checked where {' or '.join(bad.values())}"
    )


def _columns(table: Table) -> Expectation:
    return Expectation(
        name="columns_are_the_contracts",
        rule=ColumnSet((*table.columns, *table.provenance), is_exact=True),
        severity="error",
        reason="Models select these columns by name.",
        expected=f"the contract's {len(table.columns)} columns, {len(table.provenance)} of provenance, and no others",
        advice="Refresh the source: a changed contract has its releases read again. "
        "If it stays, a Parquet of another contract is in the table's landing folder.",
    )


def _types(table_id: str, table: Table) -> Expectation:
    expected = {name: _DATA_TYPES[sql_type(column)] for name, column in table.columns.items()}
    expected |= {name: "BIGINT" if name == "source_row" else "VARCHAR" for name in table.provenance}
    rows = ", ".join(f"({literal(name)}, {literal(type_)})" for name, type_ in expected.items())
    return Expectation(
        name="types_are_the_contracts",
        rule=NoRows(
            "select e.column_name, e.expected_type, c.data_type as found_type"
            f" from (values {rows}) as e (column_name, expected_type)"
            f" inner join information_schema.columns as c on c.table_schema = '{SUITE}'"
            f" and c.table_name = {literal(table_id)} and c.column_name = e.column_name"
            " where c.data_type <> e.expected_type"
        ),
        severity="error",
        reason="A figure of another type sorts, joins and adds up differently.",
        expected="every column of the type that its contract gives it",
        advice="Refresh the source: a changed contract has its releases read again.",
    )


def _grain(table: Table) -> Expectation:
    columns = ", ".join(quote(name) for name in ["release_id", *table.grain])
    return Expectation(
        name="grain_is_unique",
        rule=NoRows(
            f"select {columns}, count(*) as rows_with_this_key, min(source_file) as source_file"
            f" from checked group by {columns} having count(*) > 1"
        ),
        severity="error",
        reason="A figure that is there twice is counted twice.",
        expected=f"one row for each {', '.join(table.grain)} in a release",
        advice="Look at the rows in the file: the publisher repeats a row, or the contract's grain lacks a column.",
    )


def _required(table: Table, required: list[str]) -> Expectation:
    return Expectation(
        name="required_columns_are_filled",
        rule=NoRows(_cells(table, {name: f"{quote(name)} is null" for name in required})),
        severity="error",
        reason="A row without it cannot be placed.",
        expected=f"no null in {', '.join(required)}",
        advice="Look at the row in the file. If it is left blank on purpose, say is_nullable in the contract.",
    )


def _provenance(table: Table) -> Expectation:
    filled = [name for name in ("release_id", "source_file") if name in table.provenance]
    conditions = [f"coalesce({name}, '') = ''" for name in filled]
    conditions.append("not coalesce(regexp_full_match(archive_sha256, '[0-9a-f]{64}'), false)")
    return Expectation(
        name="provenance_is_complete",
        rule=NoRows(f"select {', '.join(table.provenance)} from checked where {' or '.join(conditions)}"),
        severity="error",
        reason="A figure that cannot be traced to a file cannot be published.",
        expected=f"{', '.join(n for n in PROVENANCE if n in filled)} filled and archive_sha256 a SHA-256 on every row",
        advice="Landing writes these: this is a fault in sources/landing.py or a Parquet written by something else.",
    )


def _values(table: Table) -> Expectation:
    closed = {name: column.values for name, column in table.columns.items() if column.values is not None}
    return Expectation(
        name="values_are_known",
        rule=NoRows(
            _cells(
                table,
                {
                    name: f"(cast({quote(name)} as varchar) not in ({text_list(values)}))"
                    for name, values in closed.items()
                },
            )
        ),
        severity="warn",
        reason="A publisher's new category is news, and no reason to hold back every other source.",
        expected=f"only the values that the contract lists in {', '.join(closed)}",
        advice="If the publisher has a new category, add it to the column's values and see that the models place it.",
    )


def _ranges(table: Table) -> Expectation:
    bad = {}
    for name, column in table.columns.items():
        limits = []
        if column.minimum is not None:
            limits.append(f"{quote(name)} < {column.minimum!r}")
        if column.maximum is not None:
            limits.append(f"{quote(name)} > {column.maximum!r}")
        if limits:
            bad[name] = f"({' or '.join(limits)})"
    return Expectation(
        name="figures_are_in_range",
        rule=NoRows(_cells(table, bad)),
        severity="error",
        reason="A figure that cannot be true would be published as one.",
        expected=f"{', '.join(bad)} between the contract's minimum and maximum",
        advice="Look at the cell in the file. If the publisher means it, widen the contract's limits and say why.",
    )


def _statuses() -> Expectation:
    return Expectation(
        name="statuses_are_known",
        rule=InSet("status", STATUSES),
        severity="error",
        reason="What a status says decides whether a figure is shown.",
        expected=f"status one of {', '.join(STATUSES)}",
        advice="The reader gave a status that is not in the vocabulary: correct it, or the contract's marker.",
    )


def _value_and_status(table: Table) -> Expectation:
    place = ", ".join(quote(name) for name in ["release_id", *_place(table)])
    return Expectation(
        name="value_is_null_where_status_says_so",
        rule=NoRows(
            f"select value, status, {place} from checked"
            f" where status is null"
            f" or (status in ({text_list(WITHOUT_VALUE)}) and value is not null)"
            f" or (status in ({text_list(WITH_VALUE)}) and (value is null or isnan(cast(value as double))))"
        ),
        severity="error",
        reason="A suppressed figure must not show, and a missing one must not look like one that was seen.",
        expected=f"value null where status is {', '.join(WITHOUT_VALUE)}; there where it is {', '.join(WITH_VALUE)}",
        advice="Correct the reader: value and status come together from sources.reading.markers.figure.",
    )


def _row_count(source: Source, name: str, table: Table) -> Expectation:
    tolerance = table.row_count
    assert tolerance
    # A source may be a file a force and month: like is compared with like.
    series = (
        f"regexp_extract(lower(source_file), {literal(tolerance.series)}, 1)"
        if tolerance.series
        else f"regexp_replace(regexp_replace(lower(source_file), '(^|[^a-z])({_MONTH_WORDS})($|[^a-z])', '\\1', 'g'),"
        " '[0-9]+', '', 'g')"
    )
    return Expectation(
        name="row_count_is_within_tolerance",
        rule=NoRows(
            "select release_id, rows_landed, release_before, rows_before from ("
            "select release_id, rows_landed, lag(release_id) over before as release_before,"
            " lag(rows_landed) over before as rows_before, lead(release_id) over before is null as is_newest"
            f" from (select *, {series} as series from ledger.landed"
            f" where source_id = {literal(source.id)} and table_name = {literal(name)})"
            " window before as (partition by series order by coalesce(published_on, ''), source_file, landed_at)"
            f") where is_newest and (rows_landed < {tolerance.lower!r} * rows_before"
            f" or rows_landed > {tolerance.upper!r} * rows_before)"
        ),
        severity="warn",
        reason=tolerance.reason,
        expected=f"the newest release of each file between {tolerance.lower:g} and {tolerance.upper:g} times the rows"
        " of the one before",
        advice="Compare the two files. If the change is real, nothing is to be done; else ask the publisher.",
    )


def _ledger(source: Source, name: str) -> Expectation:
    of_table = f"source_id = {literal(source.id)} and table_name = {literal(name)}"
    return Expectation(
        name="ledger_reconciles",
        rule=NoRows(
            "select coalesce(l.release_id, p.release_id) as release_id, l.source_file, l.rows_in, l.rows_landed,"
            " p.rows_in_parquet, l.rows_quarantined, q.rows_kept_in_quarantine"
            f" from (select * from ledger.landed where {of_table}) as l"
            " full join (select release_id, sum(rows) as rows_in_parquet from ledger.parquet"
            f" where table_id = {literal(source.table_id(name))} group by release_id) as p"
            " on p.release_id = l.release_id"
            " left join (select release_id, count(*) as rows_kept_in_quarantine"
            f" from ledger.quarantined where {of_table} group by release_id) as q on q.release_id = l.release_id"
            " where l.rows_in is distinct from l.rows_landed + l.rows_quarantined"
            " or l.rows_landed is distinct from coalesce(p.rows_in_parquet, 0)"
            " or l.rows_quarantined is distinct from coalesce(q.rows_kept_in_quarantine, 0)"
        ),
        severity="error",
        reason="Nothing is thrown away silently.",
        expected="for each release, rows in = rows landed (in the Parquet) + rows quarantined (in quarantine)",
        advice="Refresh the source: what the ledger does not name is swept away and what it lacks is read again.",
    )
