"""What has to hold of the marts: each expectation passes on good tables and fails on the row that breaks it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pytest

from expectations.results import CheckResult
from expectations.suites import marts, sums

pytestmark = pytest.mark.slow

TODAY = date(2026, 1, 31)

GOOD = """
create schema marts;
create schema meta;
create table marts.area (
    area_code varchar, area_name varchar, area_level varchar, is_upper_tier boolean, country varchar,
    valid_from date, valid_to date, is_current boolean
);
insert into marts.area values
    ('E23000001', 'North', 'police_force_area', false, 'England', '2009-01-01', null, true),
    ('W15000001', 'South', 'police_force_area', false, 'Wales', null, null, true),
    ('E23000099', 'Abolished', 'police_force_area', false, 'England', '1974-01-01', '2013-03-31', false),
    ('K04000001', 'England and Wales', 'country', false, 'England and Wales', null, null, true),
    ('E92000001', 'England', 'country', false, 'England', null, null, true),
    ('W92000004', 'Wales', 'country', false, 'Wales', null, null, true),
    ('E07000001', 'Split', 'local_authority_district', false, 'England', null, null, true);
create table marts.area_relation (
    vintage integer, child_code varchar, child_level varchar, parent_code varchar, parent_level varchar,
    parents_of_child integer, weight double, weight_basis varchar, is_exact boolean
);
insert into marts.area_relation values
    (2024, 'E23000001', 'police_force_area', 'E92000001', 'country', 1, 1, 'whole', true),
    (2023, 'E23000001', 'police_force_area', 'E92000001', 'country', 1, 1, 'whole', true),
    (2024, 'E07000001', 'local_authority_district', 'E23000001', 'police_force_area', 2, 0.25, 'population', true),
    (2024, 'E07000001', 'local_authority_district', 'W15000001', 'police_force_area', 2, 0.75, 'population', true),
    (2023, 'E07000001', 'local_authority_district', 'E23000001', 'police_force_area', 2, null, null, false),
    (2023, 'E07000001', 'local_authority_district', 'W15000001', 'police_force_area', 2, null, null, false);
create table marts.area_successor (
    former_code varchar, former_name varchar, former_level varchar, area_code varchar, area_name varchar,
    area_level varchar, changed_on date, relation varchar, weight double, former_codes_of_area integer,
    is_exact boolean, is_whole_known boolean
);
insert into marts.area_successor values
    ('E10000001', 'County', 'upper_tier_local_authority', 'E06000001', 'East', 'local_authority_district',
     '2021-04-01', 'split', 0.4, 1, false, false),
    ('E10000001', 'County', 'upper_tier_local_authority', 'E06000002', 'West', 'local_authority_district',
     '2021-04-01', 'split', 0.6, 1, false, false),
    ('E07000009', 'Town', 'local_authority_district', 'E06000001', 'East', 'local_authority_district',
     '2021-04-01', 'renamed', 1, 1, true, true);
create table marts.area_neighbour (
    area_code varchar, area_name varchar, area_level varchar, neighbour_code varchar, neighbour_name varchar,
    neighbour_rank integer, distance double, features varchar, population_year integer, method varchar
);
insert into marts.area_neighbour values
    ('E06000001', 'East', 'local_authority_district', 'E06000002', 'West', 1, 0.5, 'population', 2024, 'nearest'),
    ('E06000001', 'East', 'local_authority_district', 'E06000003', 'South', 2, 0.7, 'population', 2024, 'nearest');
create table marts.indicator (
    indicator_id varchar, title varchar, definition varchar, numerator varchar, denominator varchar, unit varchar,
    multiplier double, denominator_kind varchar, polarity varchar, method varchar, domain varchar,
    pathway_stage varchar, source_id varchar, cadence varchar, has_figures boolean, headline_period_type varchar,
    baseline_period_start date
);
insert into marts.indicator values
    ('crime', 'Crime', 'Crimes.', 'crimes', 'Resident population', 'per 1,000 people', 1000, 'population', 'lower',
     'byar', 'd', 's', 'police', 'month', true, 'year', '2016-04-01'),
    ('survey', 'Survey', 'Share.', 'yes', 'answers', 'per cent', 100, 'own', 'lower', 'as_published', 'd', 's', 'ohid',
     'year', true, 'year', null),
    ('gap', 'Gap', 'Nobody publishes it.', 'some', 'all', 'per cent', 100, 'own', 'lower', 'wilson', 'd', 's', null,
     null, false, null, null);
create table marts.indicator_value (
    indicator_id varchar, area_code varchar, area_name varchar, area_level varchar, period_type varchar,
    period_start date, period_end date, sex varchar, age_band varchar, category_type varchar, category varchar,
    value double, lower_95 double, upper_95 double, numerator double, denominator double, unit varchar,
    status varchar, method varchar, source_id varchar, release_id varchar, published_on date,
    retrieved_at timestamptz, is_latest_release boolean, note varchar
);
insert into marts.indicator_value
select 'crime', code, name, level, 'year', date '2024-04-01', date '2025-03-31', null, null, null, null,
    count * 1000.0 / people, count * 900.0 / people, count * 1100.0 / people, count, people, 'per 1,000 people',
    'observed', 'byar', 'police', 'r1', date '2025-06-01', timestamptz '2025-06-02 00:00+00', true, null
from (values
    ('E23000001', 'North', 'police_force_area', 7, 300), ('W15000001', 'South', 'police_force_area', 5, 100),
    ('K04000001', 'England and Wales', 'country', 12, 400)
) as figures (code, name, level, count, people);
insert into marts.indicator_value values
    ('survey', 'E23000001', 'North', 'police_force_area', 'year', '2024-04-01', '2025-03-31', 'female', '18+', null,
     null, 41.7, 40, 45, 5, 13, 'per cent', 'modelled', 'as_published', 'ohid', 'r2', '2025-06-01',
     '2025-06-02 00:00+00', true, null),
    ('survey', 'E23000001', 'North', 'police_force_area', 'year', '2024-04-01', '2025-03-31', 'female', '18+', null,
     null, 41.5, 40, 45, null, null, 'per cent', 'observed', 'as_published', 'ohid', 'r0', '2025-01-01',
     '2025-06-02 00:00+00', false, null),
    ('survey', 'W15000001', 'South', 'police_force_area', 'year', '2024-04-01', '2025-03-31', 'female', '18+', null,
     null, null, null, null, null, null, 'per cent', 'suppressed', 'as_published', 'ohid', 'r2', '2025-06-01',
     '2025-06-02 00:00+00', true, null);
alter table marts.indicator add column headline_sex varchar;
alter table marts.indicator add column headline_age_band varchar;
alter table marts.indicator_value add column as_published_area_code varchar;
alter table marts.indicator_value add column lower_998 double;
alter table marts.indicator_value add column upper_998 double;
alter table marts.indicator_value add column possible_low double;
alter table marts.indicator_value add column possible_high double;
alter table marts.indicator_value add column known_from date;
alter table marts.indicator_value add column known_to date;
create table meta.build (edition varchar, is_synthetic boolean, note varchar, reckoned_on date);
insert into meta.build values ('folder', false, 'Figures as published.', '2026-01-31');
create table meta.source (
    source_id varchar, publisher varchar, licence varchar, attribution varchar, rounded_to double
);
insert into meta.source values ('police', 'P', 'OGL', null, null), ('ohid', 'O', 'OGL', null, 5);
create table meta.release (
    source_id varchar, table_name varchar, release_id varchar, rows_in bigint, rows_landed bigint,
    rows_quarantined bigint
);
insert into meta.release values
    ('police', 'crime', 'r1', 3, 3, 0), ('ohid', 'value', 'r2', 4, 2, 2), ('ohid', 'value', 'r0', 1, 1, 0);
create table meta.quarantine (
    source_id varchar, table_name varchar, release_id varchar, reason varchar, cell varchar, source_row bigint,
    source_column varchar
);
insert into meta.quarantine values
    ('ohid', 'value', 'r2', 'Alike.', 'x', 1, 'A'), ('ohid', 'value', 'r2', 'Alike.', 'x', 1, 'A');
create table meta.source_column (
    source_id varchar, table_name varchar, column_name varchar, description varchar
);
insert into meta.source_column values ('police', 'crime', 'month', 'The month.'), ('ohid', 'value', 'sex', 'Sex.');
create table meta.column (table_schema varchar, table_name varchar, column_name varchar, description varchar);
insert into meta.column
select table_schema, table_name, column_name, 'What it is.' from information_schema.columns
where table_schema in ('marts', 'meta');
"""

VALUE = "marts.indicator_value"
NORTH = "indicator_id = 'crime' and area_code = 'E23000001'"


@dataclass(frozen=True)
class Case:
    """A change to good tables, the expectation of a table that has to see it, and what its first row has to say."""

    table: str
    expectation: str
    change: str
    sample: dict[str, object]
    count: int = 1
    also: tuple[str, ...] = ()
    """Others of the table that the same change has to fail."""


CASES = [
    Case(
        "marts.area",
        "columns_are_as_agreed",
        "alter table marts.area drop column country",
        {"column_name": "country", "problem": "missing"},
    ),
    Case(
        "marts.area",
        "required_columns_are_filled",
        "update marts.area set area_name = null where area_code = 'E07000001'",
        {"area_code": "E07000001", "area_name": None},
    ),
    Case(
        "marts.area",
        "key_is_unique",
        "insert into marts.area select * from marts.area where area_code = 'E07000001'",
        {"area_code": "E07000001", "rows": 2},
        2,
    ),
    Case(
        "marts.area",
        "valid_to_is_not_before_valid_from",
        "update marts.area set valid_to = '1973-01-01' where area_code = 'E23000099'",
        {"area_code": "E23000099", "valid_to": "1973-01-01"},
    ),
    Case(
        "marts.area_relation",
        "columns_are_as_agreed",
        "alter table marts.area_relation rename column vintage to year",
        {"column_name": "vintage", "problem": "missing"},
        also=(
            "required_columns_are_filled",
            "key_is_unique",
            "parents_are_counted",
            "no_child_is_counted_twice",
        ),
    ),
    Case(
        "marts.area_relation",
        "required_columns_are_filled",
        "update marts.area_relation set is_exact = null where vintage = 2023 and child_code = 'E23000001'",
        {"vintage": 2023, "child_code": "E23000001", "is_exact": None},
    ),
    Case(
        "marts.area_relation",
        "key_is_unique",
        "insert into marts.area_relation values"
        " (2024, 'X', 'ward', 'Y', 'country', 2, 0.5, null, true),"
        " (2024, 'X', 'ward', 'Y', 'country', 2, 0.5, null, true)",
        {"vintage": 2024, "child_code": "X", "parent_code": "Y", "rows_with_this_key": 2},
    ),
    Case(
        "marts.area_relation",
        "parents_are_counted",
        "update marts.area_relation set parents_of_child = 1 where vintage = 2023",
        {"vintage": 2023, "child_code": "E07000001", "parents_found": 2, "parents_of_child": 1},
    ),
    Case(
        "marts.area_relation",
        "no_child_is_counted_twice",
        "update marts.area_relation set weight = 1 where vintage = 2023",
        {"child_code": "E07000001", "parents": 2, "sum_of_weights": 2.0, "is_exact": False},
    ),
    Case(
        "marts.area_relation",
        "no_child_is_counted_twice",
        "update marts.area_relation set weight = 0.9 where vintage = 2023 and child_code = 'E23000001'",
        {"child_code": "E23000001", "parents": 1, "sum_of_weights": 0.9, "is_exact": True},
    ),
    Case(
        "marts.area_relation",
        "no_child_is_counted_twice",
        "update marts.area_relation set weight = null where vintage = 2024 and child_code = 'E23000001'",
        {"child_code": "E23000001", "sum_of_weights": None, "is_exact": True},
    ),
    Case(
        "marts.area_successor",
        "columns_are_as_agreed",
        "alter table marts.area_successor drop column former_name",
        {"column_name": "former_name", "problem": "missing"},
    ),
    Case(
        "marts.area_successor",
        "required_columns_are_filled",
        "update marts.area_successor set relation = null where former_code = 'E07000009'",
        {"former_code": "E07000009", "relation": None},
    ),
    Case(
        "marts.area_successor",
        "key_is_unique",
        "insert into marts.area_successor select * replace (0 as weight) from marts.area_successor"
        " where former_code = 'E07000009'",
        {"former_code": "E07000009", "area_code": "E06000001", "rows_with_this_key": 2},
    ),
    Case(
        "marts.area_successor",
        "leads_to_today",
        "update marts.area_successor set area_code = 'E10000001' where former_code = 'E07000009'",
        {"former_code": "E07000009", "area_code": "E10000001"},
    ),
    Case(
        "marts.area_successor",
        "shares_add_up",
        "update marts.area_successor set weight = 0.7 where area_code = 'E06000002'",
        {"former_code": "E10000001", "areas": 2, "sum_of_weights": 1.1},
    ),
    Case(
        "marts.area_successor",
        "shares_add_up",
        "update marts.area_successor set weight = null where former_code = 'E07000009'",
        {"former_code": "E07000009", "sum_of_weights": None},
    ),
    Case(
        "marts.area_neighbour",
        "columns_are_as_agreed",
        "alter table marts.area_neighbour add column kind varchar; alter table marts.area_neighbour"
        " rename column method to way",
        {"column_name": "method", "problem": "missing"},
        also=("required_columns_are_filled",),
    ),
    Case(
        "marts.area_neighbour",
        "required_columns_are_filled",
        "update marts.area_neighbour set neighbour_name = null where neighbour_rank = 2",
        {"neighbour_code": "E06000003", "neighbour_name": None},
    ),
    Case(
        "marts.area_neighbour",
        "key_is_unique",
        "insert into marts.area_neighbour select * replace (3 as neighbour_rank) from marts.area_neighbour"
        " where neighbour_rank = 2",
        {"area_code": "E06000001", "neighbour_code": "E06000003", "rows_with_this_key": 2},
    ),
    Case(
        "marts.area_neighbour",
        "neighbours_are_ranked",
        "update marts.area_neighbour set neighbour_rank = 3 where neighbour_rank = 2",
        {"area_code": "E06000001", "neighbours": 2, "last_rank": 3},
    ),
    Case(
        "marts.indicator",
        "columns_are_as_agreed",
        "alter table marts.indicator drop column polarity",
        {"column_name": "polarity", "problem": "missing"},
    ),
    Case(
        "marts.indicator",
        "required_columns_are_filled",
        "update marts.indicator set definition = null where indicator_id = 'crime'",
        {"indicator_id": "crime", "definition": None},
    ),
    Case(
        "marts.indicator",
        "figures_have_a_source",
        "update marts.indicator set source_id = null where indicator_id = 'crime'",
        {"indicator_id": "crime", "source_id": None},
    ),
    Case(
        "marts.indicator",
        "key_is_unique",
        "insert into marts.indicator select * from marts.indicator where indicator_id = 'crime'",
        {"indicator_id": "crime", "rows": 2},
        2,
    ),
    Case(
        VALUE,
        "columns_are_as_agreed",
        f"alter table {VALUE} drop column upper_998",
        {"column_name": "upper_998", "problem": "missing"},
    ),
    Case(
        VALUE,
        "required_columns_are_filled",
        f"update {VALUE} set source_id = null where {NORTH}",
        {"source_id": None, "area_code": "E23000001"},
    ),
    Case(
        VALUE,
        "key_is_unique",
        f"insert into {VALUE} select * replace (false as is_latest_release) from {VALUE} where {NORTH}",
        {"indicator_id": "crime", "area_code": "E23000001", "release_id": "r1", "sex": None, "rows_with_this_key": 2},
        also=("force_populations_add_up",),
    ),
    Case(
        VALUE,
        "figure_has_one_latest_release",
        f"update {VALUE} set is_latest_release = true",
        {"indicator_id": "survey", "area_code": "E23000001", "rows_with_this_key": 2},
    ),
    Case(
        VALUE,
        "area_is_known",
        f"update {VALUE} set area_code = 'E99' where indicator_id = 'survey' and area_code = 'W15000001'",
        {"area_code": "E99", "area_name": "South", "rows_of_area": 1, "source_id": "ohid"},
    ),
    Case(
        VALUE,
        "indicator_is_known",
        "delete from marts.indicator where indicator_id = 'survey'",
        {"indicator_id": "survey", "rows_of_indicator": 3, "source_id": "ohid"},
    ),
    Case(
        VALUE,
        "status_is_known",
        f"update {VALUE} set status = 'guessed' where {NORTH}",
        {"status": "guessed", "rows": 1},
    ),
    Case(
        VALUE,
        "value_is_null_where_status_says_so",
        f"update {VALUE} set value = 3 where status = 'suppressed'",
        {"value": 3.0, "status": "suppressed", "area_code": "W15000001"},
    ),
    Case(
        VALUE,
        "value_is_null_where_status_says_so",
        f"update {VALUE} set value = null where release_id = 'r0'",
        {"value": None, "status": "observed", "release_id": "r0"},
    ),
    Case(
        VALUE,
        "limits_bracket_the_value",
        f"update {VALUE} set lower_95 = value + 0.001 where {NORTH}",
        {"area_code": "E23000001", "method": "byar"},
    ),
    Case(
        VALUE,
        "limits_bracket_the_value",
        f"update {VALUE} set upper_95 = value - 0.001 where {NORTH}",
        {"area_code": "E23000001", "method": "byar"},
    ),
    Case(
        VALUE,
        "published_limits_bracket_the_value",
        f"update {VALUE} set upper_95 = 41 where release_id = 'r2' and value is not null",
        {"value": 41.7, "lower_95": 40.0, "upper_95": 41.0},
    ),
    Case(
        VALUE,
        "rate_is_its_quotient",
        f"update {VALUE} set value = value * (1 + 1e-8) where {NORTH}",
        {"numerator": 7.0, "denominator": 300.0, "multiplier": 1000.0, "quotient": 7000 / 300},
    ),
    Case(
        VALUE,
        "rate_is_its_quotient",
        "update marts.indicator set multiplier = 100000 where indicator_id = 'crime'",
        {"multiplier": 100000.0},
        3,
    ),
    Case(
        VALUE,
        "rate_is_its_quotient",
        "update marts.indicator set multiplier = null where indicator_id = 'crime'",
        {"multiplier": None},
        3,
    ),
    Case(
        VALUE,
        "force_populations_add_up",
        f"update {VALUE} set denominator = 299, value = 7000.0 / 299 where {NORTH}",
        {"indicator_id": "crime", "sum_of_force_areas": 399.0, "england_and_wales": 400.0, "force_areas": 2},
    ),
    Case(
        VALUE,
        "force_populations_add_up",
        f"insert into {VALUE} select * replace ('W92000004' as area_code, 90 as denominator, null as numerator)"
        f" from {VALUE} where area_code = 'K04000001'; update {VALUE} set area_code = 'E92000001'"
        " where area_code = 'K04000001'",
        {"sum_of_force_areas": 400.0, "england_and_wales": 490.0},
    ),
    Case(
        VALUE,
        "no_period_is_in_the_future",
        f"update {VALUE} set period_end = '2026-02-01' where {NORTH}",
        {"period_end": "2026-02-01", "area_code": "E23000001"},
    ),
    Case(
        VALUE,
        "period_end_is_not_before_start",
        f"update {VALUE} set period_start = '2025-04-01' where {NORTH}",
        {"period_start": "2025-04-01", "period_end": "2025-03-31", "area_code": "E23000001"},
    ),
    Case(
        VALUE,
        "modelled_figure_names_its_method",
        f"update {VALUE} set lower_95 = null where status = 'modelled'",
        {"indicator_id": "survey", "status": "modelled", "lower_95": None},
    ),
    Case(
        "meta.build",
        "edition_is_marked",
        "update meta.build set edition = 'sample'",
        {"problem": "another edition", "edition": "sample"},
    ),
    Case("meta.build", "edition_is_marked", "delete from meta.build", {"problem": "no row", "edition": None}),
    Case(
        "meta.source",
        "required_columns_are_filled",
        "insert into meta.source (source_id) values (null)",
        {"source_id": None},
    ),
    Case(
        "meta.source",
        "key_is_unique",
        "insert into meta.source (source_id) values ('ohid')",
        {"source_id": "ohid", "rows": 2},
        2,
    ),
    Case(
        "meta.source",
        "every_source_of_a_figure_is_described",
        "delete from meta.source where source_id = 'police'",
        {"source_id": "police", "rows_of_source": 3},
    ),
    Case(
        "meta.release",
        "required_columns_are_filled",
        "insert into meta.release values ('ohid', 'value', null, 1, 1, 0)",
        {"source_id": "ohid", "release_id": None},
    ),
    Case(
        "meta.release",
        "key_is_unique",
        "insert into meta.release select * from meta.release where release_id = 'r1'",
        {"source_id": "police", "table_name": "crime", "release_id": "r1", "rows_with_this_key": 2},
    ),
    Case(
        "meta.release",
        "rows_reconcile",
        "update meta.release set rows_in = 9 where release_id = 'r1'",
        {"release_id": "r1", "rows_in": 9, "rows_landed": 3, "rows_quarantined": 0},
    ),
    Case(
        "meta.release",
        "rows_reconcile",
        "create or replace table meta.quarantine as select distinct * from meta.quarantine",
        {"release_id": "r2", "rows_quarantined": 2, "rows_in_quarantine": 1},
    ),
    Case(
        "meta.source_column",
        "key_is_unique",
        "insert into meta.source_column values ('ohid', 'value', 'sex', 'Again.')",
        {"source_id": "ohid", "column_name": "sex", "rows_with_this_key": 2},
    ),
    Case(
        "meta.source_column",
        "every_landed_column_is_described",
        "update meta.source_column set description = '' where column_name = 'sex'",
        {"source_id": "ohid", "column_name": "sex", "description": ""},
    ),
    Case(
        "meta.release",
        "every_release_has_a_source",
        "insert into meta.release values ('gone', 'value', 'r7', 1, 1, 0)",
        {"source_id": "gone", "release_id": "r7"},
    ),
    Case(
        "meta.column",
        "key_is_unique",
        "insert into meta.column values ('marts', 'area', 'area_code', 'Again.')",
        {"table_name": "area", "column_name": "area_code", "rows_with_this_key": 2},
    ),
    Case(
        "meta.column",
        "every_published_column_is_described",
        "alter table marts.area add column surprise varchar",
        {"table_schema": "marts", "table_name": "area", "column_name": "surprise"},
    ),
    Case(
        "meta.column",
        "every_published_column_is_described",
        "update meta.column set description = ' ' where table_name = 'build'",
        {"table_schema": "meta", "table_name": "build", "column_name": "edition"},
        4,
    ),
]

Check = Callable[[str, str], dict[str, CheckResult]]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of good tables, made once and copied by each test."""
    path = tmp_path_factory.mktemp("good") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(GOOD)
    return path


@pytest.fixture
def check(tmp_path: Path, good: Path) -> Check:
    """The results of one mart's suite, by name, after a change to good tables: ``check(table, change)``."""
    from expectations.engine import open_engine

    def run(table: str, change: str) -> dict[str, CheckResult]:
        path = tmp_path / "warehouse.duckdb"
        shutil.copyfile(good, path)
        if change:
            with duckdb.connect(str(path)) as connection:
                connection.execute(change)
        (suite,) = [s for s in marts.suites(edition="folder", today=TODAY) if s.table == table]
        with open_engine(path, tmp_path / "store") as engine:
            return {found.expectation: found for found in engine.check(suite)}

    return run


@pytest.mark.parametrize("table", [suite.table for suite in marts.suites(edition="folder", today=TODAY)])
def test_good_tables_meet_every_expectation(check: Check, table: str) -> None:
    assert {name: r.observed for name, r in check(table, "").items() if not r.passed} == {}


def test_every_expectation_has_a_case_that_it_fails() -> None:
    suites = marts.suites(edition="folder", today=TODAY)
    # What sums must come to is tested with the gaps, in which limits are.
    of_sums = {(VALUE, expectation.name) for expectation in sums.expectations()}
    asked = {(s.table, e.name) for s in suites for e in s.expectations}
    assert asked - of_sums == {(c.table, c.expectation) for c in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.table} {case.expectation}: {case.change[:50]}")
def test_a_broken_row_fails_its_expectation_alone(check: Check, case: Case) -> None:
    found = check(case.table, case.change)
    assert {name for name, result in found.items() if not result.passed} == {case.expectation, *case.also}
    failed = found[case.expectation]
    assert failed.unexpected_count == case.count
    shown = failed.sample[0]
    assert {name: shown.get(name, "not shown") for name in case.sample} == pytest.approx(case.sample)
    assert failed.advice


@pytest.mark.parametrize(
    "change",
    [
        # A force area whose period has no figure is a gap, which has its own table, and no wrong sum.
        f"delete from {VALUE} where {NORTH}",
        # What is over people of another kind is not the population.
        "update marts.indicator set denominator_kind = 'own' where indicator_id = 'crime';"
        f" update {VALUE} set denominator = 1, numerator = value / 1000 where {NORTH}",
    ],
)
def test_only_populations_of_every_force_area_are_added_up(check: Check, change: str) -> None:
    assert check(VALUE, change)["force_populations_add_up"].passed


def test_a_limit_a_rounding_error_away_from_its_value_brackets_it(check: Check) -> None:
    found = check(VALUE, f"update {VALUE} set lower_95 = value * (1 + 1e-15) where {NORTH}")
    assert found["limits_bracket_the_value"].passed


def test_a_published_rate_need_not_be_its_quotient(check: Check) -> None:
    # The survey's 41.7 is not 5 / 13: the publisher weighted it.
    assert check(VALUE, "")["rate_is_its_quotient"].passed
