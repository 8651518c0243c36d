"""Expectation suites as asset checks.

What belongs here: which check is shown on which asset and which of them stop publication. What does not: what a
check asks. One step runs every suite, because importing Great Expectations takes longer than running one.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict

import dagster as dg

from expectations import run as suites
from expectations.results import CheckResult
from orchestration import landing
from orchestration.resources import Refresh
from sources.catalogue import Catalogue

RESULTS = "check_results.json"
_MOST_METADATA_ROWS = 10


def asset_key(table: str, catalogue: Catalogue) -> dg.AssetKey:
    """The asset that a checked table is: ``landing.<source>__<table>`` or ``<schema>.<model>``."""
    schema, _, name = table.partition(".")
    if schema != "landing":
        return dg.AssetKey([schema, name])
    by_table = {
        source.table_id(table_name): key
        for source in catalogue.values()
        for table_name, key in landing.keys(source).items()
    }
    return by_table[name]


def _specs(catalogue: Catalogue) -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(
            name=check.expectation,
            asset=asset_key(check.table, catalogue),
            description=f"{check.expected}. {check.severity}: {check.reason}",
            # A publisher's bad file must not keep the others' good ones from analysts; a broken mart must.
            blocking=check.severity == "error" and not check.table.startswith("landing."),
        )
        for check in suites.plan(catalogue)
    ]


def _result(check: CheckResult, catalogue: Catalogue) -> dg.AssetCheckResult:
    metadata: dict[str, dg.MetadataValue] = {
        "expected": dg.MetadataValue.text(check.expected),
        "observed": dg.MetadataValue.text(check.observed),
        "unexpected_count": dg.MetadataValue.int(check.unexpected_count),
        "what to do": dg.MetadataValue.text(check.advice),
    }
    if check.sample:
        names = list(check.sample[0])
        rows = [[str(row.get(name)) for name in names] for row in check.sample[:_MOST_METADATA_ROWS]]
        lines = ["| " + " | ".join(cells) + " |" for cells in [names, ["---"] * len(names), *rows]]
        metadata["failing rows"] = dg.MetadataValue.md("\n".join(lines))
    return dg.AssetCheckResult(
        asset_key=asset_key(check.table, catalogue),
        check_name=check.expectation,
        passed=check.passed,
        severity=dg.AssetCheckSeverity.ERROR if check.severity == "error" else dg.AssetCheckSeverity.WARN,
        description=None if check.passed else f"Expected {check.expected}; observed {check.observed}. {check.advice}",
        metadata=metadata,
    )


def build_checks(catalogue: Catalogue) -> dg.AssetChecksDefinition:
    """Every expectation of every suite as a check on its asset."""

    @dg.multi_asset_check(specs=_specs(catalogue), name="expectation_suites", can_subset=False)
    def expectation_suites(refresh: dg.ResourceParam[Refresh]) -> Iterator[dg.AssetCheckResult]:
        home = refresh.home
        refresh.reporter.stage("checks")
        results = [*suites.check_landing(home, refresh.catalogue), *suites.check_marts(home.warehouse, home)]
        stored = json.dumps([asdict(result) for result in results], default=str)
        (home.work / RESULTS).write_text(stored, encoding="utf-8")
        refresh.outcome.checks = results
        for result in results:
            yield _result(result, refresh.catalogue)

    return expectation_suites
