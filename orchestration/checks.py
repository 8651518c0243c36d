"""Expectation suites as asset checks.

What belongs here: which check is shown on which asset and which of them stop publication. What does not: what a
check asks. One step runs every suite, because importing Great Expectations takes longer than running one.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace

import dagster as dg

from expectations import run as suites
from expectations.results import CheckResult
from expectations.suites import published, sources
from orchestration import landing
from orchestration.resources import Refresh
from sources.catalogue import Catalogue

RESULTS = "check_results.json"
CONTRACT_KEPT = "contract_is_kept"
UP_TO_DATE = "up_to_date"
_MOST_METADATA_ROWS = 10


#: Where each check is shown: on which asset, under which name.
_Place = tuple[dg.AssetKey, str]


def _landing_keys(catalogue: Catalogue) -> dict[str, dg.AssetKey]:
    """The asset of each landing table, as suites name it: ``landing.<source>__<table>``."""
    return {
        f"landing.{source.table_id(name)}": key
        for source in catalogue.values()
        for name, key in landing.keys(source).items()
    }


def _places(catalogue: Catalogue) -> Callable[[str, str], dict[_Place, str | None]]:
    """Tells of a check, by table and expectation, where it is shown, and narrowed to which landing table there.

    A mart's expectations are shown one by one. Those of a landing table are together one check, because they are the
    same few for every one of a hundred tables, and so are the clocks of each table of a source; what else is asked of
    a source is shown with the first of its tables. The published file is made when its checks have passed: they are
    shown on meta.build.
    """
    landed = _landing_keys(catalogue)

    def places(table: str, expectation: str) -> dict[_Place, str | None]:
        room, _, name = table.partition(".")
        if room == "landing":
            return {(landed[table], CONTRACT_KEPT): None}
        if room == sources.SUITE:
            tables = landing.keys(catalogue[name])
            if expectation in sources.CLOCKS:
                return {(key, UP_TO_DATE): table_name for table_name, key in tables.items()}
            return {(next(iter(tables.values())), CONTRACT_KEPT): None}
        if table == published.TABLE:
            return {(dg.AssetKey(["meta", "build"]), expectation): None}
        return {(dg.AssetKey(table.split(".")), expectation): None}

    return places


def _specs(catalogue: Catalogue) -> list[dg.AssetCheckSpec]:
    places = _places(catalogue)
    groups: dict[_Place, list[suites.PlannedCheck]] = {}
    for check in suites.plan(catalogue):
        for place in places(check.table, check.expectation):
            groups.setdefault(place, []).append(check)
    return [
        dg.AssetCheckSpec(
            name=name,
            asset=key,
            description="\n".join(f"- {c.expectation}: {c.expected}. {c.severity}: {c.reason}" for c in checks),
            # A publisher's bad file must not keep the others' good ones from analysts; a broken mart must.
            blocking=any(c.severity == "error" for c in checks) and key.path[0] != "landing",
        )
        for (key, name), checks in groups.items()
    ]


def _of_table(check: CheckResult, table_name: str | None) -> CheckResult:
    """What a source's result says of one of its tables: a source has fewer tables than a result shows rows."""
    if table_name is None or not check.sample:
        return check
    rows = [row for row in check.sample if row.get("table_name") == table_name]
    failing = [row for row in rows if row["beyond"] != "exempt"]
    return replace(
        check,
        passed=not failing,
        severity="error" if any(row["beyond"] == "hard" for row in failing) else "warn",
        unexpected_count=len(failing),
        observed="; ".join(str(row.get("in_words") or row.get("fetch_problem") or row["beyond"]) for row in rows)
        or "nothing amiss",
        sample=rows,
    )


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
    for check in (c for c in checks if c.sample):
        # A check that passes shows what is exempt of it.
        kind = "exempt rows" if check.passed else "failing rows"
        title = kind if not check.passed and len(failed) == 1 else f"{kind} of {check.expectation}"
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
    """The expectation suites as checks on their assets: two a landing table, one an expectation of a mart."""

    @dg.multi_asset_check(specs=_specs(catalogue), name="expectation_suites", can_subset=False)
    def expectation_suites(refresh: dg.ResourceParam[Refresh]) -> Iterator[dg.AssetCheckResult]:
        home = refresh.home
        refresh.reporter.stage("checks")
        begun = refresh.landing_checks
        of_landing = begun.result() if begun else suites.check_landing(home, refresh.catalogue)
        results = [*of_landing, *suites.check_marts(home.warehouse, home, refresh.catalogue)]
        stored = json.dumps([asdict(result) for result in results], default=str)
        (home.work / RESULTS).write_text(stored, encoding="utf-8")
        refresh.outcome.checks = results
        places = _places(refresh.catalogue)
        groups: dict[_Place, list[CheckResult]] = {}
        for result in results:
            for place, table_name in places(result.table, result.expectation).items():
                groups.setdefault(place, []).append(_of_table(result, table_name))
        for (key, name), checks in groups.items():
            yield _result(key, name, checks)

    return expectation_suites
