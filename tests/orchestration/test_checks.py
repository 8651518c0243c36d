"""Where checks are shown, how bad they are there, and which of them stop publication."""

from __future__ import annotations

from datetime import UTC, datetime

import dagster as dg
import pytest

from expectations.results import CheckResult
from expectations.suites import Severity
from orchestration import checks
from sources.catalogue import Catalogue

DRUGS = "ho_drug_seizures"


@pytest.fixture
def few(sources: Catalogue) -> Catalogue:
    """Two sources: one of a single table, one of several."""
    return Catalogue({name: sources[name] for name in ("iopc_deaths", DRUGS)})


def found(*rows: dict[str, object], passed: bool = False, severity: Severity = "warn") -> CheckResult:
    """What came of a clock of a source."""
    return CheckResult(
        suite="source",
        table=f"source.{DRUGS}",
        expectation="publisher_is_on_time",
        severity=severity,
        passed=passed,
        observed="something",
        expected="that it is on time",
        unexpected_count=len(rows),
        sample=list(rows),  # pyright: ignore[reportArgumentType]
        advice="Ask.",
        checked_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_clocks_are_on_every_table_of_a_source_and_other_expectations_with_the_contracts(few: Catalogue) -> None:
    specs = {(spec.asset_key.to_user_string(), spec.name): spec for spec in checks._specs(few)}
    tables = [f"landing/{DRUGS}/{name}" for name in few[DRUGS].contract.tables]
    assert len(tables) > 1
    for asset in ("landing/iopc_deaths", *tables):
        assert "publisher_is_on_time" in (specs[asset, "up_to_date"].description or "")
        assert "totals_reconcile" not in (specs[asset, "up_to_date"].description or "")
        has_rest = "totals_reconcile" in (specs[asset, "contract_is_kept"].description or "")
        assert has_rest == (asset in {"landing/iopc_deaths", tables[0]})


def test_a_source_never_stops_publication_and_the_file_and_the_marts_do(few: Catalogue) -> None:
    specs = checks._specs(few)
    assert not any(spec.blocking for spec in specs if spec.asset_key.path[0] == "landing")
    blocking = {(spec.asset_key.to_user_string(), spec.name) for spec in specs if spec.blocking}
    assert {
        ("meta/build", "no_column_is_of_a_person"),
        ("marts/indicator_value", "sums_count_each_area_once"),
        ("marts/coverage", "coverage_is_complete"),
        ("marts/data_gap", "every_missing_cell_is_in_one_gap"),
    } <= blocking
    assert ("meta/build", "rows_have_not_collapsed") not in blocking
    assert ("marts/indicator_value", "areas_are_within_their_total") not in blocking


def test_a_table_shows_its_own_lateness_and_not_its_neighbours() -> None:
    late = found(
        {"beyond": "hard", "table_name": "seizure", "in_words": "Very late."},
        {"beyond": "soft", "table_name": "quantity", "in_words": "Late."},
        {"beyond": "exempt", "table_name": "known", "in_words": "Known to be late."},
        severity="error",
    )
    shown = {name: checks._of_table(late, name) for name in ("seizure", "quantity", "known", "other")}
    assert {name: (r.passed, r.severity, r.observed) for name, r in shown.items() if not r.passed} == {
        "seizure": (False, "error", "Very late."),
        "quantity": (False, "warn", "Late."),
    }
    assert (shown["known"].passed, shown["known"].observed) == (True, "Known to be late.")
    assert (shown["other"].passed, shown["other"].sample) == (True, [])


def test_a_clock_that_could_not_be_asked_fails_on_every_table() -> None:
    assert not checks._of_table(found(), "seizure").passed


def test_what_failed_is_told_with_what_to_do_and_what_is_exempt_is_shown() -> None:
    key = dg.AssetKey(["landing", DRUGS])
    late = found({"beyond": "soft", "table_name": "seizure", "in_words": "Late."})
    known = found({"beyond": "exempt", "table_name": "seizure", "in_words": "Known."}, passed=True)
    told = checks._result(key, "up_to_date", [late, known])
    assert (told.passed, told.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert "Ask." in (told.description or "")
    assert "Late." in str(told.metadata["failing rows"].value)
    quiet = checks._result(key, "up_to_date", [known])
    assert quiet.passed
    assert "Known." in str(quiet.metadata["exempt rows of publisher_is_on_time"].value)
