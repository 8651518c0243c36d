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
CONTRACT_KEPT = "contract_is_kept"
_MOST_METADATA_ROWS = 10


def _landing_keys(catalogue: Catalogue) -> dict[str, dg.AssetKey]:
    """The asset of each landing table, as suites name it: ``landing.<source>__<table>``."""
    return {
        f"landing.{source.table_id(name)}": key
        for source in catalogue.values()
        for name, key in landing.keys(source).items()
    }


def _groups(catalogue: Catalogue) -> dict[tuple[str, str], list[suites.PlannedCheck]]:
    """What each asset check stands for, by table and name: a mart's expectations one by one, a landing table's
    together, because they are the same few for every one of a hundred tables."""
    groups: dict[tuple[str, str], list[suites.PlannedCheck]] = {}
    for check in suites.plan(catalogue):
        groups.setdefault(_check_name(check.table, check.expectation), []).append(check)
    return groups


def _check_name(table: str, expectation: str) -> tuple[str, str]:
    return table, CONTRACT_KEPT if table.startswith("landing.") else expectation


def _specs(catalogue: Catalogue) -> list[dg.AssetCheckSpec]:
    landed = _landing_keys(catalogue)
    return [
        dg.AssetCheckSpec(
            name=name,
            asset=landed.get(table) or dg.AssetKey(table.split(".")),
            description="\n".join(f"- {c.expectation}: {c.expected}. {c.severity}: {c.reason}" for c in checks),
            # A publisher's bad file must not keep the others' good ones from analysts; a broken mart must.
            blocking=any(c.severity == "error" for c in checks) and not table.startswith("landing."),
        )
        for (table, name), checks in _groups(catalogue).items()
    ]


def _failing_rows(check: CheckResult) -> str:
    names = list(check.sample[0])
    rows = [[str(row.get(name)) for name in names] for row in check.sample[:_MOST_METADATA_ROWS]]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [names, ["---"] * len(names), *rows])


def _result(key: dg.AssetKey, name: str, checks: list[CheckResult]) -> dg.AssetCheckResult:
    """One asset check's result: what failed of it first, each with what to do next and the failing rows."""
    failed = sorted((c for c in checks if not c.passed), key=lambda c: c.severity)  # error before warn
    shown = failed or checks[:1]
    metadata: dict[str, dg.MetadataValue] = {
        "expected": dg.MetadataValue.text("; ".join(c.expected for c in (failed or checks))),
        "observed": dg.MetadataValue.text("; ".join(c.observed for c in shown)),
        "unexpected_count": dg.MetadataValue.int(sum(c.unexpected_count for c in checks)),
        "what to do": dg.MetadataValue.text(" ".join(dict.fromkeys(c.advice for c in shown))),
    }
    for check in failed:
        if check.sample:
            title = "failing rows" if len(failed) == 1 else f"failing rows of {check.expectation}"
            metadata[title] = dg.MetadataValue.md(_failing_rows(check))
    worst = (failed or sorted(checks, key=lambda c: c.severity))[0].severity
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=name,
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR if worst == "error" else dg.AssetCheckSeverity.WARN,
        description="\n".join(f"Expected {c.expected}; observed {c.observed}. {c.advice}" for c in failed) or None,
        metadata=metadata,
    )


def build_checks(catalogue: Catalogue) -> dg.AssetChecksDefinition:
    """The expectation suites as checks on their assets: one a landing table, one an expectation of a mart."""

    @dg.multi_asset_check(specs=_specs(catalogue), name="expectation_suites", can_subset=False)
    def expectation_suites(refresh: dg.ResourceParam[Refresh]) -> Iterator[dg.AssetCheckResult]:
        home = refresh.home
        refresh.reporter.stage("checks")
        begun = refresh.landing_checks
        of_landing = begun.result() if begun else suites.check_landing(home, refresh.catalogue)
        results = [*of_landing, *suites.check_marts(home.warehouse, home)]
        stored = json.dumps([asdict(result) for result in results], default=str)
        (home.work / RESULTS).write_text(stored, encoding="utf-8")
        refresh.outcome.checks = results
        groups: dict[tuple[str, str], list[CheckResult]] = {}
        for result in results:
            groups.setdefault(_check_name(result.table, result.expectation), []).append(result)
        landed = _landing_keys(refresh.catalogue)
        for (table, name), checks in groups.items():
            yield _result(landed.get(table) or dg.AssetKey(table.split(".")), name, checks)

    return expectation_suites
