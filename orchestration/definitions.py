"""Everything that Dagster sees, in one screen."""

from __future__ import annotations

import dagster as dg

from orchestration.checks import build_checks
from orchestration.describing import build_describing
from orchestration.estimates import build_estimates
from orchestration.landing import build_landing
from orchestration.models import build_models, dbt_resource, parse_ahead
from orchestration.publishing import build_publishing
from orchestration.resources import Refresh, refresh_resource
from orchestration.schedules import nightly, nightly_refresh
from orchestration.sensors import digest_of_a_failure, digest_of_the_night, dropped_files
from sources import catalogue as catalogues
from sources.catalogue import Catalogue


def build_definitions(*, catalogue: Catalogue | None = None, refresh: Refresh | None = None) -> dg.Definitions:
    """The whole graph; tests and the command line swap the catalogue or the refresh."""
    catalogue = catalogue or catalogues.load()
    models = build_models(catalogue)
    estimates = build_estimates(models)
    built = [models, estimates]
    return dg.Definitions(
        assets=[*build_landing(catalogue), *built, build_describing(built), build_publishing(built)],
        asset_checks=[build_checks(catalogue)],
        jobs=[nightly_refresh],
        schedules=[nightly],
        sensors=[dropped_files, digest_of_the_night, digest_of_a_failure],
        resources={"refresh": refresh_resource(refresh, ahead=[parse_ahead]), "dbt": dbt_resource()},
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """What ``dagster dev`` and ``dg dev`` load."""
    return build_definitions()
