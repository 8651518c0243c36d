"""Sources as assets: one asset a source (a table each where it has several), and the registry of what landed.

What belongs here: asset specs made from contracts, and the turning of an intake into results and checks. What
does not: how a file is fetched, recognised or read.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import dagster as dg

from orchestration.resources import Refresh
from sources import registry
from sources.catalogue import Catalogue, Source
from sources.intake import Intake, SourceIntake
from sources.landing import sql_type

REGISTRY = dg.AssetKey(["landing", "registry"])
DELIVERED = "publisher_delivered"


def keys(source: Source) -> dict[str, dg.AssetKey]:
    """The asset key of each table of a source: ``landing/<source id>``, with the table where there are several."""
    if len(source.contract.tables) == 1:
        return {name: dg.AssetKey(["landing", source.id]) for name in source.contract.tables}
    return {name: dg.AssetKey(["landing", source.id, name]) for name in source.contract.tables}


def _caution(source: Source, table: str) -> str:
    """What stands first on an asset of whose figures no published file has been read."""
    if source.contract.evidence(table) == "published files":
        return ""
    note = source.contract.tested_on.note or ""
    return f"**Layout only**: the reader has not been tried on a published file of it. {note}".strip() + "\n\n"


def _specs(source: Source) -> Iterator[dg.AssetSpec]:
    contract = source.contract
    for name, key in keys(source).items():
        table, pace = contract.tables[name], contract.pace(name)
        columns = [
            dg.TableColumn(column_name, sql_type(column), description=column.description)
            for column_name, column in table.columns.items()
        ]
        yield dg.AssetSpec(
            key,
            description=f"{_caution(source, name)}{contract.title}. {table.description}\n\n{contract.description}",
            group_name=f"landing_{source.publisher}",
            kinds={"python", "parquet"},
            owners=["team:data-engineering"],
            tags={"level": contract.level, "tested_on": contract.evidence(name).replace(" ", "_")},
            metadata={
                "publisher": contract.publisher,
                "publisher_page": dg.MetadataValue.url(contract.landing_page),
                "licence": contract.licence,
                "cadence": pace.every,
                "usual_lag_days": pace.usual_lag_days,
                "warn_after_days": pace.warn_after_days,
                "fail_after_days": pace.fail_after_days,
                "why these thresholds": pace.reason,
                "tested_on": f"{contract.evidence(name)}: {contract.tested_on.periods}",
                "dagster/column_schema": dg.TableSchema(columns=columns),
            },
        )


def _delivered(source: Source, key: dg.AssetKey, intake: Intake) -> dg.AssetCheckResult:
    problems = [f"{problem.kind}: {problem.text}" for problem in intake.problems]
    return dg.AssetCheckResult(
        check_name=DELIVERED,
        asset_key=key,
        passed=not problems,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(problems[:3]) or "Everything that was offered was fetched and read",
        metadata={
            "offered": intake.offered,
            "arrived": len(intake.arrived),
            "unchanged": intake.unchanged,
            "problems": dg.MetadataValue.md("\n".join(f"- {text}" for text in problems) or "none"),
            "what to do": "The last good data stays in place; open the problem above, then the publisher's page: "
            + source.contract.landing_page,
        },
    )


#: What the ledger knows of each table of a source: what landed, and what its three clocks show.
_LANDED = """
select
    table_name, sum(rows_landed) as rows_landed, count(*) as releases, max(latest_period) as newest_period,
    max(coalesce(published_on, substr(retrieved_at, 1, 10))) as last_released_on
from landed
where source_id = ?
group by table_name
"""


def _clocks(answered_at: str | None, landed: Mapping[str, Any]) -> dict[str, dg.MetadataValue]:
    """The three clocks as facts, those that are known. What they mean for each table is decided once, in
    ``meta.staleness``; that an asset was materialized today says nothing of it: there is no freshness policy."""
    clocks: dict[str, dg.MetadataValue] = {}
    if answered_at:
        clocks["last answered"] = dg.MetadataValue.timestamp(datetime.fromisoformat(answered_at))
    if landed.get("last_released_on"):
        clocks["last released"] = dg.MetadataValue.text(landed["last_released_on"])
    if landed.get("newest_period"):
        clocks["newest period"] = dg.MetadataValue.text(landed["newest_period"])
    return clocks


def _asset(source: Source) -> dg.AssetsDefinition:
    tables = keys(source)

    @dg.multi_asset(
        name=f"landing__{source.id}",
        specs=list(_specs(source)),
        check_specs=[
            dg.AssetCheckSpec(DELIVERED, asset=key, description="What the origin offered was fetched and read")
            for key in tables.values()
        ],
        can_subset=False,
        retry_policy=dg.RetryPolicy(
            max_retries=2, delay=5, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS
        ),
    )
    def land(
        context: dg.AssetExecutionContext, refresh: dg.ResourceParam[Refresh]
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        refresh.reporter.stage("landing")
        intake = SourceIntake(source, refresh.origin, refresh.home, refresh.reporter.step).run()
        refresh.outcome.intakes[source.id] = intake
        for problem in intake.problems:
            context.log.warning(problem.text)
        with refresh.home.open_ledger() as ledger:
            landed = {row["table_name"]: dict(row) for row in ledger.execute(_LANDED, (source.id,))}
            (answered_at,) = ledger.execute(
                "select max(received_at) from receipt where source_id = ? and status <> 'failed'", (source.id,)
            ).fetchone()
        for name, key in tables.items():
            known = landed.get(name, {})
            yield dg.MaterializeResult(
                asset_key=key,
                metadata={
                    "dagster/row_count": known.get("rows_landed", 0),
                    "releases": known.get("releases", 0),
                    "arrived": len(intake.arrived),
                    "unchanged": intake.unchanged,
                    "rows_quarantined": intake.rows_quarantined,
                    "problems": len(intake.problems),
                    **_clocks(answered_at, known),
                },
            )
            yield _delivered(source, key, intake)

    return land


def build_landing(catalogue: Catalogue) -> list[dg.AssetsDefinition]:
    """An asset for every source of the catalogue, and the registry after them."""
    assets = [_asset(source) for source in catalogue.values()]

    @dg.asset(
        key=REGISTRY,
        deps=[key for source in catalogue.values() for key in keys(source).values()],
        group_name="landing_registry",
        kinds={"python", "parquet"},
        owners=["team:data-engineering"],
        description="Sources, releases, quarantined cells and unrecognised files as tables for the models.",
    )
    def landing_registry(refresh: dg.ResourceParam[Refresh]) -> dg.MaterializeResult:
        rows = registry.write(refresh.home, refresh.catalogue)
        return dg.MaterializeResult(metadata={f"rows_{name}": count for name, count in rows.items()})

    return [*assets, landing_registry]
