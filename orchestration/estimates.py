"""The estimated tables as assets.

What belongs here: when they are made and what they stand on. What does not: any statistics, which ``estimation`` has.
"""

import dagster as dg
import duckdb

from estimation import tables
from orchestration.resources import Refresh


def build_estimates(model_assets: dg.AssetsDefinition) -> dg.AssetsDefinition:
    """The assets of the estimated tables, after the models: effects of interventions, today's need, fills."""
    # Not on marts/indicator_value and the marts of studies, which they read: their checks wait for meta/column, and
    # that waits for these tables. One step builds every model: they are there when the models below them are.
    register = (dg.AssetKey(["marts", name]) for name in ("intervention", "intervention_outcome"))
    below = (dg.AssetKey(["subjects", name]) for name in ("int_contact_measure", "int_contact_mix"))
    deps = [*register, *below, *(spec.key for spec in model_assets.specs if spec.key.path[0] == "indicators")]
    specs = [
        dg.AssetSpec(
            dg.AssetKey(["marts", name]),
            deps=deps,
            description=table.comment,
            group_name="marts",
            kinds={"duckdb", "python"},
            owners=["team:data-engineering"],
            metadata={"grain": ", ".join(table.grain)},
        )
        for name, table in tables.TABLES.items()
    ]

    @dg.multi_asset(specs=specs, name="estimate_effects", can_subset=False)
    def estimate_effects(refresh: dg.ResourceParam[Refresh]):
        # The statistics library takes seconds to import: only where it runs.
        from estimation import need, run
        from estimation.filling.run import run as fill

        refresh.reporter.step("estimating the effects of interventions and today's need")
        with duckdb.connect(str(refresh.home.warehouse)) as connection:
            counts = run.run(connection) | need.run(connection)
            refresh.reporter.step("filling what publishers left empty")
            counts |= fill(connection)
        for spec in specs:
            yield dg.MaterializeResult(asset_key=spec.key, metadata={"dagster/row_count": counts[spec.key.path[-1]]})

    return estimate_effects
