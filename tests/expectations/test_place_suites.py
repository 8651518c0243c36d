"""What has to hold of the marts that put figures side by side: their suites pass on good tables and see the bad row."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from expectations.results import CheckResult
from expectations.suites import places

pytestmark = pytest.mark.slow

TODAY = date(2026, 1, 31)

#: Columns whose value in a good row is not a text of their own name.
VALUES = {
    **dict.fromkeys(("period_start", "health_period_start", "justice_period_start"), "date '2024-01-01'"),
    **dict.fromkeys(("period_end", "health_period_end", "justice_period_end"), "date '2024-12-31'"),
    "baseline_period_start": "date '2017-01-01'",
    "baseline_period_end": "date '2017-12-31'",
    "aligned_year": "2024",
    "status": "'observed'",
    **dict.fromkeys(("is_latest_release", "is_newest_period", "is_unbroken", "is_same_period", "agrees"), "true"),
    "is_layout_only": "false",
    "baseline_kind": "'first_after'",
    "funnel_position": "'within'",
    **dict.fromkeys(("recent_trend", "recent_trend_judged"), "'no_significant_change'"),
    **dict.fromkeys(
        [f"compared_with_{name}" for name in ("england", "wales", "england_and_wales", "parent", "neighbours")],
        "'similar'",
    ),
    **dict.fromkeys(("change_judged", "difference_judged"), "'not_compared'"),
    **dict.fromkeys(("value", "rate", "deaths", "rate_per_1000", "people"), "2.0"),
    **dict.fromkeys(("lower_95", "rate_lower_95", "deaths_lower_95", "baseline_value"), "1.0"),
    **dict.fromkeys(("upper_95", "rate_upper_95", "deaths_upper_95"), "3.0"),
    **dict.fromkeys(("change", "difference_in_change"), "1.0"),
    **dict.fromkeys(("correlation", "rank_correlation"), "0.5"),
    "correlation_lower_95": "0.1",
    "correlation_upper_95": "0.8",
    "correlation_pairs": "9",
    "people": "1000.0",
    "times_step_before": "0.5",
    **dict.fromkeys(("gap", "gap_note"), "cast(null as varchar)"),
    "figures": "9",
    "figures_that_differ": "0",
}
TABLES = {
    "marts.period": places.PERIOD,
    "marts.place_profile": places.PLACE_PROFILE,
    "marts.progress": places.PROGRESS,
    "marts.place_link": places.PLACE_LINK,
    "marts.pathway_stage": places.PATH,
    "marts.continuity_of_care": places.PATH,
    "marts.deaths_in_contact": places.DEATHS_IN_CONTACT,
    "meta.publisher_comparison": places.PUBLISHER_COMPARISON,
}
#: What the suites look up beside the table: the figure that place_profile's row shows, and its headline.
BESIDE = """
create table marts.indicator_value as
select 'indicator_id' as indicator_id, 'area_code' as area_code, 'period_type' as period_type,
    date '2024-01-01' as period_start, date '2024-12-31' as period_end, 'persons' as sex, 'All ages' as age_band,
    cast(null as varchar) as category_type, 2.0 as value, true as is_latest_release;
create table marts.indicator as
select 'indicator_id' as indicator_id, 'period_type' as headline_period_type, 'persons' as headline_sex,
    'All ages' as headline_age_band
"""
PROFILE, PROGRESS, LINK = "marts.place_profile", "marts.progress", "marts.place_link"
PATH, DEATHS, COMPARISON = "marts.continuity_of_care", "marts.deaths_in_contact", "meta.publisher_comparison"

Check = Callable[[str, str], dict[str, CheckResult]]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("good") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts; create schema meta")
        for table, columns in TABLES.items():
            row = ", ".join(f"{VALUES.get(name, repr(name))} as {name}" for name in columns)
            connection.execute(f"create table {table} as select {row}")
        connection.execute(BESIDE)
    return path


@pytest.fixture
def check(tmp_path: Path, good: Path) -> Check:
    """The results of one table's suite, by name, after a change to good tables: ``check(table, change)``."""
    from expectations.engine import open_engine

    def run(table: str, change: str) -> dict[str, CheckResult]:
        path = tmp_path / "warehouse.duckdb"
        shutil.copyfile(good, path)
        if change:
            with duckdb.connect(str(path)) as connection:
                connection.execute(change)
        (suite,) = [s for s in places.suites(today=TODAY) if s.table == table]
        with open_engine(path, tmp_path / "store") as engine:
            return {found.expectation: found for found in engine.check(suite)}

    return run


@pytest.mark.parametrize("table", TABLES)
def test_good_tables_meet_every_expectation(check: Check, table: str) -> None:
    assert {name: r.observed for name, r in check(table, "").items() if not r.passed} == {}


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_is_there_twice_is_seen(check: Check, table: str) -> None:
    found = check(table, f"insert into {table} select * from {table}")
    assert [name for name, r in found.items() if not r.passed] == ["key_is_unique"]


@pytest.mark.parametrize(
    ("table", "change", "expectation"),
    [
        (PROFILE, f"alter table {PROFILE} drop column note", "columns_are_as_agreed"),
        (PROFILE, f"update {PROFILE} set recent_trend = null", "required_columns_are_filled"),
        (PROFILE, f"update {PROFILE} set compared_with_wales = 'good'", "words_are_of_the_vocabulary"),
        (PROFILE, f"update {PROFILE} set value = 2.5", "value_is_the_latest_headline"),
        (PROFILE, f"update {PROFILE} set value = null", "value_is_the_latest_headline"),
        (PROFILE, "delete from marts.indicator_value", "value_is_the_latest_headline"),
        (
            PROFILE,
            "insert into marts.indicator_value select * replace (date '2025-01-01' as period_start,"
            " date '2025-12-31' as period_end) from marts.indicator_value",
            "value_is_the_latest_headline",
        ),
        ("marts.period", "update marts.period set period_type = 'year'", "every_period_of_a_figure_is_there"),
        (PROGRESS, f"update {PROGRESS} set change = 2", "change_is_from_the_baseline_to_now"),
        (PROGRESS, f"update {PROGRESS} set period_start = baseline_period_end", "change_is_from_the_baseline_to_now"),
        (PROGRESS, f"update {PROGRESS} set difference_in_change = null", "change_is_from_the_baseline_to_now"),
        (PROGRESS, f"update {PROGRESS} set change_judged = 'good'", "words_are_of_the_vocabulary"),
        (LINK, f"update {LINK} set correlation = 1.1, correlation_upper_95 = 2", "correlation_is_one"),
        (LINK, f"update {LINK} set correlation_lower_95 = 0.6", "correlation_is_one"),
        (LINK, f"update {LINK} set correlation_pairs = 2", "correlation_is_one"),
        (PATH, f"update {PATH} set rate = null, people = null", "step_has_a_figure_or_says_why_not"),
        (PATH, f"update {PATH} set gap = 'no_data', gap_note = 'None.'", "step_has_a_figure_or_says_why_not"),
        (PATH, f"update {PATH} set rate = null, people = null, gap = 'no_data'", "step_has_a_figure_or_says_why_not"),
        (PATH, f"update {PATH} set step_before = null", "step_has_a_figure_or_says_why_not"),
        (DEATHS, f"update {DEATHS} set deaths_lower_95 = 2.1", "limits_bracket_the_deaths"),
        (DEATHS, f"update {DEATHS} set rate_per_1000 = 2.5", "limits_bracket_the_deaths"),
        (DEATHS, f"update {DEATHS} set deaths = null, rate_per_1000 = null", "value_is_null_where_status_says_so"),
        (DEATHS, f"update {DEATHS} set period_end = date '2026-02-01'", "no_period_is_in_the_future"),
        (COMPARISON, f"update {COMPARISON} set figures_that_differ = 1", "publisher_agrees_with_its_own_counts"),
    ],
)
def test_a_broken_row_fails_its_expectation_alone(check: Check, table: str, change: str, expectation: str) -> None:
    assert [name for name, r in check(table, change).items() if not r.passed] == [expectation]


def test_a_step_that_says_why_it_has_no_figure_is_no_fault(check: Check) -> None:
    change = (
        f"update {PATH} set rate = null, people = null, gap = 'no_data', gap_note = 'None.', status = 'not_available'"
    )
    assert all(r.passed for r in check(PATH, change).values())


def test_a_publisher_that_errs_does_not_stop_publication(check: Check) -> None:
    found = check(COMPARISON, f"update {COMPARISON} set figures_that_differ = 1")
    assert found["publisher_agrees_with_its_own_counts"].severity == "warn"
