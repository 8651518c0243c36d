"""What has to hold of what is missing, late, exempt or restated: good tables pass, and each fault is seen alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pytest

from expectations.results import CheckResult
from expectations.suites import Suite, gaps, marts, published
from expectations.suites import sources as of_sources
from sources.catalogue import Catalogue
from tests.expectations.test_mart_suites import GOOD

pytestmark = pytest.mark.slow

TODAY = date(2026, 1, 31)
SOURCE = "source.iopc_deaths"

#: Added to the good marts: one row or a few of each table, all of them in order.
GAPS = """
create table marts.coverage (
    series_id varchar, indicator_id varchar, source_id varchar, area_code varchar, area_name varchar,
    area_level varchar, period_type varchar, period_start date, period_end date, sex varchar, age_band varchar,
    category_type varchar, category varchar, state varchar, reason varchar, explanation varchar, due_on date,
    late_from date
);
insert into marts.coverage
select indicator_id, indicator_id, source_id, area_code, area_name, area_level, period_type, period_start, period_end,
    sex, age_band, category_type, category, case when value is null then 'empty' else 'present' end,
    case when value is null then 'publisher_suppressed' end, null, date '2025-06-30', date '2025-08-01'
from marts.indicator_value where is_latest_release;
insert into marts.coverage values
    ('crime', 'crime', 'police', 'E23000099', 'Abolished', 'police_force_area', 'year', '2025-04-01', '2026-03-31',
     null, null, null, null, 'absent', 'not_yet_due', null, '2026-06-30', '2026-08-01'),
    ('crime', 'crime', 'police', 'E07000001', 'Split', 'local_authority_district', 'year', '2024-04-01', '2025-03-31',
     null, null, null, null, 'explained', null, 'Reported with North.', null, null),
    ('crime', 'crime', 'police', 'E92000001', 'England', 'country', 'year', '2024-04-01', '2025-03-31',
     null, null, null, null, 'absent', 'publisher_late', null, '2025-06-30', '2025-08-01');
create table marts.data_gap (
    gap_id varchar, opened_on date, series_id varchar, indicator_id varchar, title varchar, area_code varchar,
    area_name varchar, area_level varchar, period_type varchar, period_from date, period_to date, periods integer,
    cells integer, group_names varchar, reason varchar, reason_in_words varchar, people double, due_on date,
    source_id varchar, who_could_fill varchar, how_to_fill varchar, exemption_id varchar, need double, updated_on date,
    closed_on date, days_open integer, is_open boolean, is_exempt boolean, priority double
);
insert into marts.data_gap values
    ('late', '2025-09-01', 'crime', 'crime', 'Crime', 'E92000001', 'England', 'country', 'year', '2024-04-01',
     '2025-03-31', 1, 1, 'everybody', 'publisher_late', 'It is late.', 9, '2025-06-30', 'police', 'The police',
     'https://example.org', null, 0.5, '2025-09-01', null, 215, true, false, 2.0),
    ('hidden', '2025-09-01', 'survey', 'survey', 'Survey', 'W15000001', 'South', 'police_force_area', 'year',
     '2024-04-01', '2025-03-31', 1, 1, 'women', 'publisher_suppressed', 'It is hidden.', 9, '2025-06-30', 'ohid',
     'OHID', 'https://example.org', null, 0.5, '2025-09-01', null, 215, true, false, 1.0),
    ('next', '2025-09-01', 'crime', 'crime', 'Crime', 'E23000099', 'Abolished', 'police_force_area', 'year',
     '2025-04-01', '2026-03-31', 1, 1, 'everybody', 'not_yet_due', 'It is to come.', 9, '2026-06-30', 'police', null,
     null, null, 0.5, '2025-09-01', null, 0, true, false, 0.0),
    ('filled', '2025-09-01', 'crime', 'crime', 'Crime', 'E23000001', 'North', 'police_force_area', 'year',
     '2024-04-01', '2025-03-31', 1, 1, 'everybody', 'publisher_late', 'It was late.', 9, '2025-06-30', 'police', null,
     null, null, 0.5, '2025-10-01', '2025-10-01', 30, false, false, 0.0);
create table marts.place_gap (
    area_code varchar, area_name varchar, area_level varchar, gap_id varchar, opened_on date, priority double,
    rank_in_place integer
);
insert into marts.place_gap values ('E92000001', 'England', 'country', 'late', '2025-09-01', 2.0, 1);
create table meta.staleness (
    scope varchar, source_id varchar, table_name varchar, area_code varchar, area_name varchar, area_level varchar,
    last_asked_at timestamptz, last_answered_at timestamptz, days_since_answer bigint, failing_days bigint,
    fetch_problem varchar, fetch_state varchar, last_released_on date, last_released_basis varchar, next_due_on date,
    late_from date, very_late_from date, days_late bigint, release_state varchar, newest_period_end date,
    period_age_days bigint, period_state varchar, cadence varchar, warn_after_days bigint, fail_after_days bigint,
    incident_after bigint, threshold_reason varchar, state varchar, severity varchar, in_words varchar
);
insert into meta.staleness
select scope, source_id, table_name, area_code, null, null, timestamptz '2026-01-31 02:00+00',
    timestamptz '2026-01-31 02:00+00', 0, 0, null, 'ok', date '2025-07-30', 'published', date '2026-07-30',
    date '2026-08-31', date '2026-12-01', 0, 'on_time', date '2025-03-31', 306, 'recent', 'year', 150, 240, 3,
    'Because.', 'well', 'ok', 'All is well.'
from (values
    ('table', 'police', 'crime', null), ('table', 'ohid', 'value', null), ('table', 'iopc_deaths', 'death', null),
    ('place', 'police', null, 'E23000001')
) as clocks (scope, source_id, table_name, area_code);
create table meta.incident (
    incident_id varchar, source_id varchar, sender_area_code varchar, sender_area_name varchar, kind varchar,
    kinds varchar, first_failed_on date, opened_on date, updated_on date, closed_on date, failures bigint,
    last_problem varchar, what_to_do varchar, in_words varchar, is_open boolean
);
insert into meta.incident values
    ('i1', 'police', null, null, 'fetch_failed', 'fetch_failed', '2025-01-01', '2025-01-03', '2025-01-09', '2025-01-09',
     7, 'No answer.', 'Wait.', 'It was down.', false),
    ('i2', 'police', null, null, 'fetch_failed', 'fetch_failed', '2025-01-09', '2025-01-11', '2026-01-31', null,
     9, 'No answer.', 'Wait.', 'It is down.', true),
    ('i3', 'police', 'E23000001', 'North', 'sender_silent', 'sender_silent', '2025-01-09', '2025-01-11', '2026-01-31',
     null, 3, 'Nothing came.', 'Ask.', 'North is silent.', true);
create table meta.granted_exemption (
    exemption_id varchar, source_id varchar, series_id varchar, area_code varchar, reason_code varchar, why varchar,
    owner_role varchar, granted_on date, ends_on date, is_in_force boolean
);
insert into meta.granted_exemption values
    ('of_england', 'police', 'crime', 'E92000001', 'publisher_late', 'They moved.', 'data engineer', '2025-10-01',
     '2026-06-30', true);
create table meta.revision (
    source_id varchar, indicator_id varchar, release_id varchar, release_before varchar, given_again bigint,
    changed bigint, unexplained bigint, farthest_area_code varchar, farthest_period_end date, farthest_before double,
    farthest_now double
);
insert into meta.revision values
    ('iopc_deaths', 'crime', 'r2', 'r1', 100, 20, 5, 'E23000001', '2024-03-31', 5, 6),
    ('iopc_deaths', 'crime', 'r3', 'r2', 100, 0, 0, null, null, null, null);
create table meta.publisher_comparison (
    indicator_id varchar, source_id varchar, release_id varchar, figures bigint, figures_that_differ bigint,
    published_decimals integer, largest_difference double, farthest_area_code varchar, farthest_period_start date,
    farthest_period_end date, farthest_published_value double, farthest_computed_value double, agrees boolean
);
insert into meta.publisher_comparison values
    ('crime', 'iopc_deaths', 'r1', 100, 0, 1, 0, 'E23000001', '2023-04-01', '2024-03-31', 1.0, 1.0, true);
create table meta.published_table (
    table_schema varchar, table_name varchar, description varchar, grain varchar, row_count bigint,
    row_count_before bigint
);
insert into meta.published_table
select t.schema_name, t.table_name, 'What it holds', (
    select min(c.column_name) from duckdb_columns() as c
    where c.schema_name = t.schema_name and c.table_name = t.table_name
), 30, 40
from duckdb_tables() as t where t.schema_name in ('marts', 'meta');
"""


def build(connection: duckdb.DuckDBPyConnection) -> None:
    """The tables of gaps, clocks and the file beside the good marts, each with its comment and its grain."""
    connection.execute(GAPS)
    for schema, table in connection.execute(
        "select schema_name, table_name from duckdb_tables() where schema_name in ('marts', 'meta')"
    ).fetchall():
        connection.execute(f"comment on table {schema}.\"{table}\" is 'What it holds'")


Check = Callable[[str, str], dict[str, CheckResult]]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("good") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(GOOD)
        build(connection)
    return path


@pytest.fixture(scope="module")
def suites(sources: Catalogue) -> dict[str, Suite]:
    """Each suite that is tested here, by what it is of; of the sources one is as good as all."""
    of_marts = [s for s in marts.suites(edition="folder", today=TODAY) if s.table == "marts.indicator_value"]
    found = [
        *gaps.suites(today=TODAY),
        *of_marts,
        of_sources.suite(sources["iopc_deaths"]),
        *published.suites(),
    ]
    return {suite.table: suite for suite in found}


@pytest.fixture
def check(tmp_path: Path, good: Path, suites: dict[str, Suite]) -> Check:
    """The results of one suite, by name, after a change to good tables: ``check(table, change)``."""
    from expectations.engine import open_engine

    def run(table: str, change: str) -> dict[str, CheckResult]:
        path = tmp_path / "warehouse.duckdb"
        shutil.copyfile(good, path)
        if change:
            with duckdb.connect(str(path)) as connection:
                connection.execute(change)
        with open_engine(path, tmp_path / "store") as engine:
            return {found.expectation: found for found in engine.check(suites[table])}

    return run


@dataclass(frozen=True)
class Case:
    """A change to good tables, the expectation of a suite that has to see it, as what, and what its first row says."""

    table: str
    expectation: str
    change: str
    sample: dict[str, object]
    severity: str = "error"
    also: tuple[str, ...] = ()
    """Others of the suite that the same change has to fail."""


_COVERAGE, _GAP, _CLOCKS = "marts.coverage", "marts.data_gap", "meta.staleness"
_LATE = "source_id = 'iopc_deaths'"
_NORTH = "indicator_id = 'crime' and area_code = 'E23000001'"
#: England's sum of its two force areas, as a model of ours would say it.
_SUM_OF_OURS = (
    "insert into marts.area_relation values (2025, 'E23000001', 'local_authority_district', 'E92000001', 'country', 1,"
    " 1, 'whole', true); update marts.area_relation set vintage = 2025;"
    " insert into marts.indicator_value by name (select * replace ('E92000001' as area_code, 'country' as area_level,"
    " {numerator} as numerator, {numerator} * 1000.0 / denominator as value, 0 as lower_95, 1e9 as upper_95,"
    f" {{note}} as note) from marts.indicator_value where {_NORTH});"
    f" update marts.indicator_value set area_level = 'local_authority_district' where {_NORTH};"
)

CASES = [
    # The grid.
    Case(_COVERAGE, "columns_are_as_agreed", f"alter table {_COVERAGE} drop column area_name", {"problem": "missing"}),
    Case(
        _COVERAGE,
        "required_columns_are_filled",
        f"update {_COVERAGE} set area_level = null where area_code = 'E92000001'",
        {"area_code": "E92000001", "area_level": None},
    ),
    Case(
        _COVERAGE,
        "key_is_unique",
        f"insert into {_COVERAGE} select * from {_COVERAGE} where area_code = 'E07000001'",
        {"area_code": "E07000001", "rows_with_this_key": 2},
    ),
    Case(
        _COVERAGE,
        "states_are_known",
        f"update {_COVERAGE} set reason = 'lost' where area_code = 'E92000001'",
        {"reason": "lost"},
    ),
    Case(
        _COVERAGE,
        "coverage_is_complete",
        f"update {_COVERAGE} set reason = null where area_code = 'E92000001'",
        {"beyond": "hard", "theme": "d", "without_reason": 1},
    ),
    Case(
        _COVERAGE,
        "coverage_is_complete",
        "delete from meta.granted_exemption; update marts.coverage set state = 'absent' where area_code = 'W15000001'"
        " and indicator_id = 'survey'",
        {"beyond": "soft", "theme": "d", "cells_due": 6, "cells_absent": 2, "cells_exempt": 0},
        "warn",
    ),
    Case(
        _COVERAGE,
        "only_what_is_missing_has_a_reason",
        f"update {_COVERAGE} set reason = 'publisher_late' where state = 'present' and area_code = 'W15000001'",
        {"state": "present", "reason": "publisher_late"},
    ),
    Case(
        _COVERAGE,
        "only_what_is_missing_has_a_reason",
        f"update {_COVERAGE} set explanation = ' ' where state = 'explained'",
        {"state": "explained"},
    ),
    Case(
        _COVERAGE,
        "late_is_after_it_was_due",
        f"update {_COVERAGE} set late_from = '2026-01-31', due_on = '2026-01-30' where reason = 'not_yet_due'",
        {"reason": "not_yet_due", "late_from": "2026-01-31"},
    ),
    Case(
        _COVERAGE,
        "late_is_after_it_was_due",
        f"update {_COVERAGE} set late_from = '2026-02-01' where reason = 'publisher_late'",
        {"reason": "publisher_late", "late_from": "2026-02-01"},
    ),
    Case(
        _COVERAGE,
        "what_is_present_is_there",
        f"delete from marts.indicator_value where {_NORTH}",
        {"series_id": "crime", "area_code": "E23000001"},
    ),
    # The gaps.
    Case(_GAP, "columns_are_as_agreed", f"alter table {_GAP} drop column need", {"column_name": "need"}),
    Case(
        _GAP,
        "required_columns_are_filled",
        f"update {_GAP} set reason_in_words = null where gap_id = 'late'",
        {"gap_id": "late"},
    ),
    Case(
        _GAP,
        "key_is_unique",
        f"insert into {_GAP} select * from {_GAP} where gap_id = 'filled'",
        {"gap_id": "filled", "rows_with_this_key": 2},
    ),
    Case(
        _GAP,
        "states_are_known",
        f"update {_GAP} set reason = 'lost' where gap_id = 'filled'",
        {"reason": "lost"},
    ),
    *(
        Case(_GAP, "a_gap_closes_after_it_opened", f"update {_GAP} set {change} where gap_id = 'filled'", {})
        for change in (
            "closed_on = '2025-08-31'",
            "updated_on = '2025-08-31'",
            "is_open = null, closed_on = '2026-02-01'",
            "opened_on = '2026-02-01', updated_on = '2026-02-01', closed_on = '2026-02-01'",
            "period_to = '2024-03-31'",
        )
        if "null" not in change
    ),
    Case(
        _GAP,
        "a_gap_closes_after_it_opened",
        f"update {_GAP} set closed_on = null where gap_id = 'filled'",
        {"gap_id": "filled", "is_open": False, "closed_on": None},
    ),
    Case(
        _GAP,
        "runs_do_not_overlap",
        f"insert into {_GAP} select * replace ('within' as gap_id, date '2024-06-01' as period_from) from {_GAP}"
        " where gap_id = 'late'; update marts.data_gap set cells = 0 where gap_id = 'within'",
        {"gap_id": "late", "within_it": "within"},
    ),
    Case(
        _GAP,
        "one_of_a_gap_is_open",
        f"insert into {_GAP} select * replace (date '2025-09-02' as opened_on, date '2025-09-02' as updated_on,"
        f" 0 as cells) from {_GAP} where gap_id = 'late'",
        {"gap_id": "late", "open_rows": 2},
    ),
    Case(
        _GAP,
        "every_missing_cell_is_in_one_gap",
        f"delete from {_GAP} where gap_id = 'hidden'",
        {"series_id": "survey", "reason": "publisher_suppressed", "cells_of_the_grid": 1, "cells_of_gaps": 0},
    ),
    Case(
        _GAP,
        "who_could_fill_it_is_known",
        f"update {_GAP} set how_to_fill = '' where gap_id = 'late'",
        {"gap_id": "late", "how_to_fill": ""},
        "warn",
    ),
    Case(
        "marts.place_gap",
        "columns_are_as_agreed",
        "alter table marts.place_gap drop column rank_in_place",
        {"column_name": "rank_in_place"},
    ),
    Case("marts.place_gap", "required_columns_are_filled", "update marts.place_gap set area_code = null", {}),
    Case(
        "marts.place_gap",
        "key_is_unique",
        "insert into marts.place_gap select * from marts.place_gap",
        {"gap_id": "late", "rows_with_this_key": 2},
    ),
    Case(
        "marts.place_gap",
        "every_one_is_an_open_gap",
        "update marts.data_gap set is_open = false where gap_id = 'late'",
        {"gap_id": "late"},
    ),
    # The clocks.
    Case(_CLOCKS, "columns_are_as_agreed", f"alter table {_CLOCKS} drop column cadence", {"column_name": "cadence"}),
    Case(_CLOCKS, "required_columns_are_filled", f"update {_CLOCKS} set in_words = null where {_LATE}", {}),
    Case(
        _CLOCKS,
        "key_is_unique",
        f"insert into {_CLOCKS} select * from {_CLOCKS} where scope = 'place'",
        {"scope": "place", "rows_with_this_key": 2},
    ),
    Case(
        _CLOCKS,
        "states_are_known",
        f"update {_CLOCKS} set period_state = 'stale' where {_LATE}",
        {"period_state": "stale"},
    ),
    *(
        Case(_CLOCKS, "late_is_after_it_was_due", f"update {_CLOCKS} set {change} where {_LATE}", {})
        for change in (
            "release_state = 'late', days_late = 3",
            "release_state = 'very_late', days_late = 3, late_from = '2025-01-01'",
            "days_late = 3",
            "release_state = 'late', days_late = 0, late_from = '2026-01-31'",
            "very_late_from = '2026-08-30'",
        )
    ),
    Case(
        _CLOCKS,
        "every_table_of_a_source_has_its_clocks",
        f"delete from {_CLOCKS} where source_id = 'police' and scope = 'table'",
        {"source_id": "police", "table_name": "crime"},
    ),
    Case(
        _CLOCKS,
        "nothing_is_from_the_future",
        f"update {_CLOCKS} set period_age_days = -1 where {_LATE}",
        {"period_age_days": -1},
    ),
    Case(
        "meta.incident",
        "columns_are_as_agreed",
        "alter table meta.incident drop column kinds",
        {"column_name": "kinds"},
    ),
    Case("meta.incident", "required_columns_are_filled", "update meta.incident set what_to_do = null", {}),
    Case(
        "meta.incident",
        "key_is_unique",
        "insert into meta.incident select * replace ('ohid' as source_id) from meta.incident where incident_id = 'i1'",
        {"incident_id": "i1", "rows": 2},
    ),
    Case(
        "meta.incident",
        "states_are_known",
        "update meta.incident set kind = 'odd' where incident_id = 'i1'",
        {"kind": "odd"},
    ),
    *(
        Case("meta.incident", "an_incident_closes_after_it_opened", f"update meta.incident set {change}", {})
        for change in (
            "closed_on = '2025-01-02' where incident_id = 'i1'",
            "is_open = true where incident_id = 'i1'",
            "first_failed_on = '2025-01-12' where incident_id = 'i3'",
            "updated_on = '2025-01-10' where incident_id = 'i3'",
            "opened_on = '2026-02-01', updated_on = '2026-02-01' where incident_id = 'i3'",
        )
    ),
    Case(
        "meta.incident",
        "one_incident_at_a_time",
        "update meta.incident set closed_on = '2025-01-12' where incident_id = 'i1'",
        {"incident_id": "i1", "other": "i2"},
    ),
    # Exemptions.
    Case(
        "meta.granted_exemption",
        "columns_are_as_agreed",
        "alter table meta.granted_exemption drop column granted_on",
        {"column_name": "granted_on"},
        also=("exemptions_are_needed",),
    ),
    Case(
        "meta.granted_exemption",
        "key_is_unique",
        "insert into meta.granted_exemption select * from meta.granted_exemption",
        {"exemption_id": "of_england", "rows": 2},
    ),
    *(
        Case(
            "meta.granted_exemption",
            "exemptions_are_needed",
            f"update meta.granted_exemption set {change}",
            {"beyond": "hard", "problem": problem},
        )
        for change, problem in (
            ("why = ' '", "incomplete"),
            ("owner_role = null", "incomplete"),
            ("ends_on = null", "incomplete"),
            ("ends_on = '2025-09-30'", "incomplete"),
            ("ends_on = '2027-10-01'", "too_long"),
        )
    ),
    *(
        Case(
            "meta.granted_exemption",
            "exemptions_are_needed",
            change,
            {"beyond": "soft", "problem": problem, "exemption_id": "of_england"},
            "warn",
        )
        for change, problem in (
            ("update meta.granted_exemption set ends_on = '2026-01-30'", "ended"),
            ("update marts.data_gap set is_open = false where gap_id = 'late'", "not_needed"),
            ("update meta.granted_exemption set reason_code = 'fetch_failed'", "not_needed"),
            ("update meta.granted_exemption set area_code = 'W92000004'", "not_needed"),
            ("update meta.granted_exemption set series_id = 'survey'", "not_needed"),
        )
    ),
    # Revisions.
    Case(
        "meta.revision",
        "columns_are_as_agreed",
        "alter table meta.revision drop column farthest_now",
        {"column_name": "farthest_now"},
    ),
    Case(
        "meta.revision",
        "required_columns_are_filled",
        "update meta.revision set release_before = null where release_id = 'r3'",
        {"release_id": "r3"},
    ),
    Case(
        "meta.revision",
        "key_is_unique",
        "insert into meta.revision select * from meta.revision where release_id = 'r3'",
        {"rows_with_this_key": 2},
    ),
    *(
        Case("meta.revision", "changes_are_counted", f"update meta.revision set {change} where release_id = 'r3'", {})
        for change in ("unexplained = 1", "changed = 101, farthest_area_code = 'x'", "farthest_area_code = 'x'")
    ),
    # A source.
    *(
        Case(
            SOURCE,
            "source_answered",
            f"update {_CLOCKS} set fetch_state = '{state}', failing_days = {days}, fetch_problem = 'No.' where {_LATE}",
            {"beyond": beyond, "table_name": "death", "fetch_state": state, "fetch_problem": "No."},
            severity,
        )
        for state, days, beyond, severity in (
            ("failing", 2, "soft", "warn"),
            ("failing", 3, "hard", "error"),
            ("partly_failing", 9, "soft", "warn"),
            ("never_asked", 0, "soft", "warn"),
        )
    ),
    *(
        Case(
            SOURCE,
            "publisher_is_on_time",
            f"update {_CLOCKS} set release_state = '{state}', days_late = 9 where {_LATE}",
            {"beyond": beyond, "release_state": state, "days_late": 9},
            severity,
        )
        for state, beyond, severity in (("late", "soft", "warn"), ("very_late", "hard", "error"))
    ),
    *(
        Case(
            SOURCE,
            "period_is_recent",
            f"update {_CLOCKS} set {change} where {_LATE}",
            {"beyond": beyond, "table_name": "death"},
            severity,
        )
        for change, beyond, severity in (
            ("period_state = 'old'", "soft", "warn"),
            ("period_state = 'very_old'", "hard", "error"),
            ("period_state = 'no_period', release_state = 'nothing_landed'", "soft", "warn"),
        )
    ),
    *(
        Case(
            SOURCE,
            "markers_are_known",
            f"insert into meta.release values ('iopc_deaths', 'death', 'r9', {rows}, 0, 0); insert into meta.quarantine"
            " values ('iopc_deaths', 'death', 'r9', '[~] is neither a number nor a marker that the contract knows',"
            " '~', 7, 'C')",
            {"beyond": beyond, "table_name": "death", "cell": "~", "cells": 1, "first_row": 7},
            severity,
        )
        for rows, beyond, severity in ((100, "soft", "warn"), (99, "hard", "error"))
    ),
    *(
        Case(
            SOURCE,
            "totals_reconcile",
            f"update meta.publisher_comparison set figures_that_differ = {count}, agrees = false",
            {"beyond": beyond, "indicator_id": "crime", "figures_that_differ": count},
            severity,
        )
        for count, beyond, severity in ((5, "soft", "warn"), (6, "hard", "error"))
    ),
    *(
        Case(
            SOURCE,
            "no_revision_is_unexplained",
            f"update meta.revision set changed = {count}, unexplained = {count} where release_id = 'r2'",
            {"beyond": beyond, "release_id": "r2", "release_before": "r1", "unexplained": count},
            severity,
        )
        for count, beyond, severity in ((6, "soft", "warn"), (50, "soft", "warn"), (51, "hard", "error"))
    ),
    # Sums.
    Case(
        marts_value := "marts.indicator_value",
        "sums_count_each_area_once",
        _SUM_OF_OURS.format(numerator="2 * numerator", note="'The sum of its 1 districts.'"),
        {"beyond": "hard", "wrong": 1, "farthest_area_code": "E92000001", "of_its_areas": 7.0, "its_own": 14.0},
    ),
    Case(
        marts_value,
        "areas_are_within_their_total",
        _SUM_OF_OURS.format(numerator="5", note="null"),
        {"beyond": "soft", "wrong": 1, "farthest_area_code": "E92000001", "of_its_areas": 7.0, "its_own": 5.0},
        "warn",
    ),
    Case(
        marts_value,
        "parts_are_within_their_total",
        "insert into marts.indicator_value by name (select * exclude (s, n) replace (s as sex,"
        " n as numerator, n * 1000.0 / denominator as value, 0 as lower_95, 1e9 as upper_95)"
        f" from marts.indicator_value, (values ('male', 8.0), ('female', 7.0)) as parts (s, n) where {_NORTH})",
        {"beyond": "soft", "wrong": 1, "women_and_men": 15.0, "everybody": 7.0},
        "warn",
    ),
    # The file.
    Case(
        published.TABLE,
        "every_table_is_described",
        "comment on table marts.area is ' '",
        {"schema_name": "marts", "table_name": "area"},
    ),
    Case(
        published.TABLE,
        "every_table_has_a_grain",
        "delete from meta.published_table where table_name = 'area'",
        {"table_name": "area", "grain": None},
    ),
    Case(
        published.TABLE,
        "every_table_has_a_grain",
        "update meta.published_table set grain = 'area_code, colour' where table_name = 'area'",
        {"table_name": "area", "grain": "area_code, colour"},
    ),
    Case(
        published.TABLE,
        "no_column_is_of_a_person",
        "alter table marts.area add column NHS_number varchar",
        {"table_name": "area", "column_name": "NHS_number"},
    ),
    *(
        Case(published.TABLE, "synthetic_says_so", f"update meta.build set {change}", {})
        for change in (
            "edition = 'sample'",
            "is_synthetic = true",
            "note = 'SYNTHETIC: made up.'",
            "edition = 'sample', is_synthetic = true",
        )
    ),
    *(
        Case(
            published.TABLE,
            "every_source_that_is_named_is_described",
            change,
            {"table_name": table, "source_id": "gone"},
        )
        for table, change in (
            ("marts.indicator", "update marts.indicator set source_id = 'gone' where indicator_id = 'survey'"),
            ("meta.release", "update meta.release set source_id = 'gone' where release_id = 'r0'"),
            ("meta.quarantine", "update meta.quarantine set source_id = 'gone'"),
            ("meta.granted_exemption", "update meta.granted_exemption set source_id = 'gone'"),
        )
    ),
    Case(
        published.TABLE,
        "every_source_has_its_licence",
        "update meta.source set licence = '' where source_id = 'ohid'",
        {"source_id": "ohid", "licence": ""},
    ),
    Case(
        published.TABLE,
        "rows_have_not_collapsed",
        "update meta.published_table set row_count = 19 where table_name = 'area'",
        {"table_name": "area", "row_count": 19, "row_count_before": 40},
        "warn",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.table} {case.expectation}: {case.change[:60]}")
def test_a_fault_fails_its_expectation_alone_and_as_badly_as_it_is(check: Check, case: Case) -> None:
    found = check(case.table, case.change)
    assert {name for name, r in found.items() if not r.passed} == {case.expectation, *case.also}
    failed = found[case.expectation]
    assert not failed.observed.startswith("could not be asked"), failed.observed
    assert failed.severity == case.severity
    assert failed.sample[0] | case.sample == failed.sample[0]
    assert failed.advice


def test_good_tables_meet_every_expectation_and_what_is_exempt_is_shown(check: Check, suites: dict[str, Suite]) -> None:
    for table in suites:
        assert {name: r.observed for name, r in check(table, "").items() if not r.passed} == {}, table


def test_every_expectation_has_a_case_that_it_fails(suites: dict[str, Suite]) -> None:
    tested = {(case.table, case.expectation) for case in CASES}
    asked = {(s.table, e.name) for s in suites.values() for e in s.expectations if s.table != "marts.indicator_value"}
    assert asked <= tested
