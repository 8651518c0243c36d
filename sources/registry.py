"""The ledger and the contracts as landing tables, so that models can say where every figure came from.

Written as ``rebalance__<name>`` beside the sources' own tables after each intake; rewritten whole, being small.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pandas as pd

from sources.archive import QUESTION
from sources.catalogue import Catalogue
from sources.contract import PROVENANCE
from sources.home import Home
from sources.landing import literal, quote

#: Each table's columns and their DuckDB types.
SCHEMAS: dict[str, dict[str, str]] = {
    "source": {
        "source_id": "varchar",
        "title": "varchar",
        "description": "varchar",
        "publisher": "varchar",
        "licence": "varchar",
        "attribution": "varchar",
        "landing_page": "varchar",
        "level": "varchar",
        "cadence": "varchar",
        "usual_lag_days": "bigint",
        "warn_after_days": "bigint",
        "fail_after_days": "bigint",
        "threshold_reason": "varchar",
        "incident_after": "bigint",
        "sender_level": "varchar",
        "sender": "varchar",
        "coverage": "varchar",
        "area_levels": "varchar",
        "recipients": "varchar",
        "weaknesses": "varchar",
        "disclosure": "varchar",
        "rounded_to": "double",
        "suppressed_below": "double",
        "tested_on": "varchar",
        "tested_periods": "varchar",
        "has_rows": "boolean",
        "latest_retrieved_at": "timestamptz",
        "latest_published_on": "date",
    },
    "table": {
        "source_id": "varchar",
        "table_name": "varchar",
        "description": "varchar",
        "kind": "varchar",
        "period_column": "varchar",
        "period_column_type": "varchar",
        "cadence": "varchar",
        "usual_lag_days": "bigint",
        "warn_after_days": "bigint",
        "fail_after_days": "bigint",
        "threshold_reason": "varchar",
        "tested_on": "varchar",
        "ended_after": "date",
        "ended_why": "varchar",
        "replaced_by": "varchar",
    },
    "promise": {"source_id": "varchar", "period_end": "date", "promised_on": "date", "where_promised": "varchar"},
    "ask": {
        "source_id": "varchar",
        "asked_on": "date",
        "asked_at": "timestamptz",
        "answered_at": "timestamptz",
        "requests": "bigint",
        "failed": "bigint",
        "failing_days": "bigint",
        "failing_since": "date",
        "problem": "varchar",
    },
    "unread": {
        "source_id": "varchar",
        "source_file": "varchar",
        "archive_sha256": "varchar",
        "problem": "varchar",
        "first_received_at": "timestamptz",
    },
    "unreadable": {
        "source_id": "varchar",
        "source_file": "varchar",
        "archive_sha256": "varchar",
        "problem": "varchar",
        "first_failed_on": "date",
        "settled_on": "date",
        "settled_how": "varchar",
    },
    "release": {
        "source_id": "varchar",
        "table_name": "varchar",
        "release_id": "varchar",
        "source_file": "varchar",
        "archive_sha256": "varchar",
        "origin": "varchar",
        "address": "varchar",
        "published_on": "date",
        "retrieved_at": "timestamptz",
        "landed_at": "timestamptz",
        "rows_in": "bigint",
        "rows_landed": "bigint",
        "rows_quarantined": "bigint",
        "notes": "varchar",
        "latest_period": "date",
        "landing_file": "varchar",
    },
    "quarantine": {
        "source_id": "varchar",
        "table_name": "varchar",
        "release_id": "varchar",
        "source_file": "varchar",
        "source_sheet": "varchar",
        "source_row": "bigint",
        "source_column": "varchar",
        "cell": "varchar",
        "reason": "varchar",
    },
    "source_column": {
        "source_id": "varchar",
        "table_name": "varchar",
        "column_name": "varchar",
        "type": "varchar",
        "unit": "varchar",
        "description": "varchar",
        "published_as": "varchar",
        "tested_on": "varchar",
    },
    "series_break": {
        "source_id": "varchar",
        "table_name": "varchar",
        "since": "date",
        "what": "varchar",
        "effect": "varchar",
        "applies_to": "varchar",
    },
    "unrecognised": {"address": "varchar", "size_bytes": "bigint", "nearest": "varchar"},
}


#: Each day on which a source was asked: what failed of the last that was asked of each address, so that a file that
#: came at the second try counts as come, and for how many days on which it was asked it has been failing: nothing came
#: at all, or one and the same address failed each time. Only addresses that ever failed are followed day by day: after
#: some years there are a million receipts, and nearly all of them are of files that came.
_ASKS = f"""
with followed as (
    select
        receipt.source_id, receipt.address, substr(receipt.received_at, 1, 10) as asked_on,
        max(receipt_id) as receipt_id
    from (select distinct source_id, address from receipt where status = 'failed') as failed
    inner join receipt on receipt.source_id = failed.source_id and receipt.address = failed.address
    where receipt.name <> '{QUESTION}'
    group by receipt.source_id, receipt.address, asked_on
),
in_a_row as (
    select
        followed.*, receipt.problem, receipt.status = 'failed' as is_failed,
        row_number() over (partition by followed.source_id, followed.address order by asked_on)
        - row_number() over (
            partition by followed.source_id, followed.address, receipt.status = 'failed' order by asked_on
        ) as spell
    from followed
    inner join receipt on receipt.receipt_id = followed.receipt_id
),
failing as (
    select source_id, asked_on, problem, count(*) over spell_so_far as days, min(asked_on) over spell_so_far as since
    from in_a_row
    where is_failed
    window spell_so_far as (
        partition by source_id, address, spell order by asked_on rows unbounded preceding
    )
),
failing_day as (
    select
        source_id, asked_on, count(*) as files_failed, max(days) as days, min(since) as since, max(problem) as problem
    from failing
    group by source_id, asked_on
),
receipt_day as (
    select
        source_id, substr(received_at, 1, 10) as asked_on, max(received_at) as asked_at,
        count(distinct case when name <> '{QUESTION}' then address end) as files,
        max(case when name <> '{QUESTION}' and status <> 'failed' then received_at end) as file_answered_at,
        max(case when name = '{QUESTION}' and status <> 'failed' then received_at end) as question_answered_at,
        max(case when status <> 'failed' then receipt_id end) as answer_id,
        max(case when name = '{QUESTION}' then receipt_id end) as question_id,
        max(case when name = '{QUESTION}' then problem end) as question_problem
    from receipt
    group by source_id, asked_on
),
day as (
    select
        receipt_day.*, coalesce(files_failed, 0) as files_failed, days, since, problem,
        -- The question counts where it is all that was asked, or where it failed after everything else.
        coalesce(question_id > coalesce(answer_id, 0), 0) as question_failed,
        case when files > 0 then file_answered_at else question_answered_at end as answered_at
    from receipt_day
    left join failing_day
        on failing_day.source_id = receipt_day.source_id and failing_day.asked_on = receipt_day.asked_on
),
silent as (
    select
        *,
        row_number() over (partition by source_id order by asked_on)
        - row_number() over (partition by source_id, answered_at is null order by asked_on) as spell
    from day
),
no_answer as (
    select
        *,
        case when answered_at is null then count(*) over spell_so_far else 0 end as silent_days,
        min(asked_on) over spell_so_far as silent_since
    from silent
    window spell_so_far as (
        partition by source_id, answered_at is null, spell order by asked_on rows unbounded preceding
    )
)
select
    source_id, asked_on, asked_at, answered_at,
    files + (files = 0 or question_failed) as requests,
    files_failed + question_failed as failed,
    case when question_failed then question_problem else problem end as problem,
    max(silent_days, coalesce(days, 0)) as failing_days,
    case when silent_days > 0 and silent_days >= coalesce(days, 0) then silent_since else since end as failing_since
from no_answer
order by source_id, asked_on
"""
#: Every file that ever could not be read, since when, and until when: until it was read, other bytes took its place at
#: its address, or the publisher no longer offered it (the day on which others of its source were fetched without it).
_UNREADABLE = """
with offered as (
    select
        unreadable.rowid as unreadable_id, receipt.address, max(receipt.receipt_id) as receipt_id
    from unreadable
    inner join receipt
        on receipt.source_id = unreadable.source_id and receipt.sha256 = unreadable.blob_sha256
    group by unreadable.rowid, receipt.address
),
address as (
    select
        offered.unreadable_id,
        min(case when later.sha256 is not null and later.receipt_id > offered.receipt_id then later.received_at end)
            as replaced_at,
        max(substr(later.received_at, 1, 10)) as last_asked_on
    from offered
    inner join unreadable on unreadable.rowid = offered.unreadable_id
    inner join receipt as later on later.source_id = unreadable.source_id and later.address = offered.address
    group by offered.unreadable_id, offered.address
),
ended as (
    select
        unreadable.*,
        address.replaced_at,
        (
            select min(receipt.received_at) from receipt
            where
                receipt.source_id = unreadable.source_id and receipt.status <> 'failed'
                and substr(receipt.received_at, 1, 10) > address.last_asked_on
        ) as withdrawn_at
    from unreadable
    left join (
        select
            unreadable_id,
            -- Offered at several addresses, it is gone when it is gone from all of them.
            case when count(*) = count(replaced_at) then max(replaced_at) end as replaced_at,
            max(last_asked_on) as last_asked_on
        from address
        group by unreadable_id
    ) as address on address.unreadable_id = unreadable.rowid
)
select
    source_id, name as source_file, blob_sha256 as archive_sha256, problem,
    first_failed_at as first_received_at, substr(first_failed_at, 1, 10) as first_failed_on,
    substr(min(
        coalesce(read_at, '9999'), coalesce(replaced_at, '9999'), coalesce(withdrawn_at, '9999')
    ), 1, 10) as settled_on,
    case min(coalesce(read_at, '9999'), coalesce(replaced_at, '9999'), coalesce(withdrawn_at, '9999'))
        when '9999' then null when read_at then 'read' when replaced_at then 'replaced' else 'withdrawn'
    end as settled_how
from ended
order by source_id, first_failed_at, source_file
"""


def write(home: Home, catalogue: Catalogue) -> dict[str, int]:
    """Write every registry table to landing; returns the rows of each."""
    with home.open_ledger() as ledger:
        releases = [
            dict(row) for row in ledger.execute("select * from landed order by source_id, table_name, release_id")
        ]
        quarantine = [dict(row) for row in ledger.execute("select * from quarantined")]
        unrecognised = [dict(row) for row in ledger.execute("select address, size_bytes, nearest from unrecognised")]
        receipts = {
            row["source_id"]: (row["retrieved_at"], row["published_on"])
            for row in ledger.execute(
                "select source_id, max(received_at) as retrieved_at, max(published_on) as published_on"
                " from receipt where status in ('received', 'not_modified') group by source_id"
            )
        }
        asks = [dict(row) for row in ledger.execute(_ASKS)]
        unreadable = [dict(row) for row in ledger.execute(_UNREADABLE)]
    for file in unreadable:
        file["settled_on"] = file["settled_on"] if file["settled_how"] else None
    for release in releases:
        release["landing_file"] = release.pop("file_name")
    landed = {release["source_id"] for release in releases if release["rows_landed"]}
    rows: dict[str, Sequence[dict[str, object]]] = {
        "source": list(_sources(catalogue, landed, receipts)),
        "table": list(_tables(catalogue)),
        "promise": list(_promises(catalogue)),
        "ask": asks,
        "unread": [file for file in unreadable if file["settled_on"] is None],
        "unreadable": unreadable,
        "release": releases,
        "quarantine": quarantine,
        "source_column": list(_columns(catalogue)),
        "series_break": list(_breaks(catalogue)),
        "unrecognised": unrecognised,
    }
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, schema in SCHEMAS.items():
            _write_table(connection, home.landing / f"rebalance__{name}", schema, rows[name])
    return {name: len(table) for name, table in rows.items()}


def _write_table(
    connection: duckdb.DuckDBPyConnection, folder: Path, schema: dict[str, str], rows: Sequence[dict[str, object]]
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame([[row.get(name) for name in schema] for row in rows], columns=list(schema), dtype=object)
    columns = ", ".join(f"cast({quote(name)} as {type_}) as {quote(name)}" for name, type_ in schema.items())
    connection.register("rows", frame)
    temporary = folder / ".writing"
    connection.execute(f"copy (select {columns} from rows) to {literal(temporary)} (format parquet)")
    temporary.replace(folder / "registry.parquet")
    connection.unregister("rows")


def _sources(
    catalogue: Catalogue, landed: set[str], receipts: dict[str, tuple[str, str | None]]
) -> Iterator[dict[str, object]]:
    for source in catalogue.values():
        contract = source.contract
        retrieved_at, published_on = receipts.get(source.id, (None, None))
        yield {
            "source_id": source.id,
            "title": contract.title,
            "description": contract.description.strip(),
            "publisher": contract.publisher,
            "licence": contract.licence,
            "attribution": contract.attribution,
            "landing_page": contract.landing_page,
            "level": contract.level,
            "cadence": contract.cadence.every,
            "usual_lag_days": contract.cadence.usual_lag_days,
            "warn_after_days": contract.cadence.warn_after_days,
            "fail_after_days": contract.cadence.fail_after_days,
            "threshold_reason": contract.cadence.reason,
            "incident_after": contract.cadence.incident_after,
            "sender_level": contract.senders.level if contract.senders else None,
            "sender": contract.senders.who if contract.senders else None,
            "coverage": contract.coverage,
            "area_levels": ", ".join(contract.area_levels),
            "recipients": ", ".join(contract.recipients),
            "weaknesses": "\n".join(contract.weaknesses),
            "disclosure": contract.disclosure.rule,
            "rounded_to": contract.disclosure.rounded_to,
            "suppressed_below": contract.disclosure.suppressed_below,
            "tested_on": contract.tested_on.evidence,
            "tested_periods": contract.tested_on.periods,
            "has_rows": source.id in landed,
            "latest_retrieved_at": retrieved_at,
            "latest_published_on": published_on,
        }


def _tables(catalogue: Catalogue) -> Iterator[dict[str, object]]:
    for source, table_name, table in catalogue.tables():
        pace = source.contract.pace(table_name)
        yield {
            "source_id": source.id,
            "table_name": table_name,
            "description": table.description.strip(),
            "kind": table.kind,
            "period_column": table.period_column,
            "period_column_type": table.columns[table.period_column].type if table.period_column else None,
            "cadence": pace.every,
            "usual_lag_days": pace.usual_lag_days,
            "warn_after_days": pace.warn_after_days,
            "fail_after_days": pace.fail_after_days,
            "threshold_reason": pace.reason,
            "tested_on": source.contract.evidence(table_name),
            "ended_after": table.ended.after if table.ended else None,
            "ended_why": table.ended.why if table.ended else None,
            "replaced_by": table.ended.replaced_by if table.ended else None,
        }


def _promises(catalogue: Catalogue) -> Iterator[dict[str, object]]:
    for source in catalogue.values():
        for promise in source.contract.cadence.promised:
            yield {
                "source_id": source.id,
                "period_end": promise.period_end,
                "promised_on": promise.promised_on,
                "where_promised": promise.where,
            }


def _columns(catalogue: Catalogue) -> Iterator[dict[str, object]]:
    for source, table_name, table in catalogue.tables():
        for name, column in table.columns.items():
            yield {
                "source_id": source.id,
                "table_name": table_name,
                "column_name": name,
                "type": column.type,
                "unit": column.unit,
                "description": column.description,
                "published_as": json.dumps([published.name for published in column.published_as]),
                "tested_on": source.contract.evidence(table_name),
            }
        for name in table.provenance:
            yield {
                "source_id": source.id,
                "table_name": table_name,
                "column_name": name,
                "type": "integer" if name == "source_row" else "text",
                "unit": None,
                "description": PROVENANCE[name],
                "published_as": "[]",
                "tested_on": source.contract.evidence(table_name),
            }


def _breaks(catalogue: Catalogue) -> Iterator[dict[str, object]]:
    for source in catalogue.values():
        for at in source.contract.breaks:
            yield {
                "source_id": source.id,
                "table_name": at.table,
                "since": at.since,
                "what": at.what,
                "effect": at.effect,
                "applies_to": json.dumps(at.where),
            }
