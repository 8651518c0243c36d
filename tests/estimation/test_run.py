"""The estimated tables, made in a small warehouse: what is estimated, what is refused and why; all is described."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

import estimation
from estimation.run import headline, run
from estimation.tables import TABLES
from tests.estimation.conftest import made_up_panel, periods

MARTS = """
create schema marts;
create schema meta;
create table marts.intervention (
    intervention_id varchar, extent varchar, area_code varchar, started_on date, start_precision varchar,
    fully_in_place_on date, ended_on date, is_place_verified boolean
);
insert into marts.intervention values
    ('triage', 'place', 'E23000000', '2016-01-01', 'day', null, null, true),
    ('sister', 'place', 'E23000005', '2016-01-01', 'year', null, null, false),
    ('everywhere', 'national', null, '2016-01-01', 'day', null, null, true),
    ('slow', 'national', null, '2012-01-01', 'year', '2018-03-31', null, true),
    ('nowhere', 'not_stated', null, null, null, null, null, null);
create table marts.intervention_outcome (
    intervention_id varchar, indicator_id varchar, expected_direction varchar, table_name varchar, why varchar
);
insert into marts.intervention_outcome values
    ('triage', 'detention', 'down', null, ''),
    ('triage', 'broken', 'down', 'detention', ''),
    ('triage', 'unheard_of', 'up', null, ''),
    ('triage', 'elsewhere', 'up', null, ''),
    ('sister', 'detention', 'down', null, ''),
    ('everywhere', 'detention', 'down', null, ''),
    ('slow', 'detention', 'down', null, ''),
    ('nowhere', 'detention', 'down', null, '');
create table marts.indicator (indicator_id varchar, unit varchar);
insert into marts.indicator values
    ('detention', 'per 100000 people'), ('broken', 'percent'), ('elsewhere', 'percent');
create table meta.series_break (
    source_id varchar, table_name varchar, since date, what varchar, effect varchar, applies_to varchar
);
insert into meta.series_break values
    ('force_returns', 'detention', '2015-01-01', 'Counted anew.', 'not_comparable', '{}'),
    ('force_returns', 'other_table', '2015-01-01', 'Not of this.', 'not_comparable', '{}'),
    ('other_returns', 'detention', '2015-01-01', 'Not of here.', 'not_comparable', '{"area_code": ["E23000001"]}');
"""


def _figures() -> pd.DataFrame:
    """Detentions of 42 forces and of the whole, over 16 years, with an effect of 6 in the first."""
    rng = np.random.default_rng(1)
    forces = made_up_panel(rng, effect=6.0, n=16, before=10).assign(area_level="police_force_area")
    forces["period_start"] -= pd.DateOffset(years=4)
    forces["period_end"] -= pd.DateOffset(years=4)
    whole = periods(1, 16, "2006-01-01").assign(
        area_code="K04000001", area_level="country", value=50 + rng.normal(size=16), denominator=6e7
    )
    both = pd.concat([forces, whole]).assign(sex="persons", age_band="All ages", method="as_published")
    detention = both.assign(indicator_id="detention", source_id="other_returns", unit="per 100000 people")
    # Half of it as the groups' own rows, and an older release, which must not be taken for the figure.
    women = detention.assign(sex="female", value=detention["value"] / 2)
    broken = both.assign(indicator_id="broken", source_id="force_returns", unit="percent")
    elsewhere = whole.assign(
        indicator_id="elsewhere",
        source_id="x",
        unit="percent",
        sex="persons",
        age_band="All ages",
        method="as_published",
    )
    figures = pd.concat([detention, women, broken, elsewhere], ignore_index=True)
    old = detention.assign(value=0.0, is_latest_release=False)
    return pd.concat([figures.assign(is_latest_release=True), old], ignore_index=True).assign(
        category_type=None, category=None
    )


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(MARTS)
        connection.register("figures", _figures())
        connection.execute(
            "create table marts.indicator_value as select * replace (cast(period_start as date) as period_start,"
            " cast(period_end as date) as period_end, cast(category_type as varchar) as category_type,"
            " cast(category as varchar) as category), area_code as as_published_area_code from figures"
        )
        run(connection)
        yield connection


def _row(connection: duckdb.DuckDBPyConnection, intervention: str, indicator: str, method: str) -> dict[str, Any]:
    rows = connection.execute(
        "select * from marts.intervention_effect where intervention_id = ? and indicator_id = ? and method = ?",
        [intervention, indicator, method],
    ).df()
    return rows.iloc[0].to_dict()


def test_the_effect_in_a_place_is_estimated_both_ways(warehouse: duckdb.DuckDBPyConnection) -> None:
    did = _row(warehouse, "triage", "detention", "difference_in_differences")
    assert did["effect"] == "average_change"
    assert did["lower_95"] < 6 < did["upper_95"] and did["p_value"] < 0.05
    assert (did["estimate_unit"], did["status"], did["expected_direction"]) == ("per 100000 people", "modelled", "down")
    assert (did["pre_periods"], did["post_periods"], did["comparison_count"]) == (10, 6, 10)
    its = warehouse.execute(
        "select effect, comparison_places from marts.intervention_effect where intervention_id = 'triage'"
        " and indicator_id = 'detention' and method = 'interrupted_time_series' order by 1"
    ).fetchall()
    assert its == [("level_change", None), ("slope_change", None)]


def test_places_with_something_of_the_kind_are_not_compared_with(warehouse: duckdb.DuckDBPyConnection) -> None:
    did = _row(warehouse, "triage", "detention", "difference_in_differences")
    assert "E23000005" not in did["comparison_places"].split("; ")


def test_a_start_that_was_not_read_in_a_source_is_said(warehouse: duckdb.DuckDBPyConnection) -> None:
    did = _row(warehouse, "sister", "detention", "difference_in_differences")
    assert did["post_periods"] == 5
    assert "the start was not read in a source" in did["diagnostics"]
    assert did["trust"] != "moderate"


@pytest.mark.parametrize(
    ("intervention", "indicator", "method", "reason"),
    [
        ("triage", "unheard_of", "interrupted_time_series", "the warehouse has no figures of this indicator"),
        (
            "triage",
            "elsewhere",
            "difference_in_differences",
            "there are no figures of this indicator for this place (there are some by country)",
        ),
        (
            "triage",
            "broken",
            "interrupted_time_series",
            "too few periods: 1 before of at least 8, 6 after of at least 4 (a series break cuts the window;"
            " 2015-01-01: Counted anew.)",
        ),
        (
            "everywhere",
            "detention",
            "difference_in_differences",
            "it began everywhere at once: there is no place without it to compare with",
        ),
        (
            "slow",
            "detention",
            "interrupted_time_series",
            "it came in over 6 years, so no day divides before from after",
        ),
    ],
)
def test_what_cannot_be_estimated_says_why(
    warehouse: duckdb.DuckDBPyConnection, intervention: str, indicator: str, method: str, reason: str
) -> None:
    row = _row(warehouse, intervention, indicator, method)
    assert (row["reason"], row["is_estimable"], row["status"]) == (reason, False, "not_available")
    assert pd.isna(row["estimate"]) and row["trust"] == "none"


def test_a_national_one_is_estimated_on_the_country(warehouse: duckdb.DuckDBPyConnection) -> None:
    its = _row(warehouse, "everywhere", "detention", "interrupted_time_series")
    assert (its["area_code"], its["is_estimable"]) == ("K04000001", True)


def test_what_has_no_place_and_date_has_no_row(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert not warehouse.execute("select 1 from marts.intervention_effect where intervention_id = 'nowhere'").fetchall()


@pytest.mark.parametrize("table", ["intervention_effect", "intervention_series"])
def test_rows_are_told_apart_by_the_grain_and_all_is_described(
    warehouse: duckdb.DuckDBPyConnection, table: str
) -> None:
    grain = ", ".join(TABLES[table].grain)
    assert warehouse.execute(f"select count(*) > 0 from marts.{table}").fetchall() == [(True,)]
    assert not warehouse.execute(f"select {grain} from marts.{table} group by all having count(*) > 1").fetchall()
    described = warehouse.execute(
        "select column_name, comment from duckdb_columns() where schema_name = 'marts' and table_name = ?", [table]
    ).fetchall()
    assert all(comment for _, comment in described)
    assert [name for name, _ in described] == list(TABLES[table].columns)
    assert set(TABLES[table].grain) <= set(TABLES[table].columns)
    (comment,) = warehouse.execute(
        "select comment from duckdb_tables() where schema_name = 'marts' and table_name = ?", [table]
    ).fetchall()
    assert comment[0]


def test_estimable_means_an_estimate_with_limits_and_no_reason(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert not warehouse.execute(
        "select * from marts.intervention_effect where is_estimable <> (estimate is not null)"
        " or is_estimable <> (reason is null) or (is_estimable and not (lower_95 <= estimate and estimate <= upper_95))"
        " or (status = 'modelled') <> is_estimable"
    ).fetchall()


def test_the_series_is_there_for_what_was_estimated_and_only_that(warehouse: duckdb.DuckDBPyConnection) -> None:
    key = "intervention_id, area_code, indicator_id, method"
    drawn = warehouse.execute(f"select distinct {key} from marts.intervention_series order by all").fetchall()
    estimated = warehouse.execute(
        f"select distinct {key} from marts.intervention_effect where is_estimable order by all"
    ).fetchall()
    assert drawn == estimated


def test_running_again_gives_the_same(warehouse: duckdb.DuckDBPyConnection) -> None:
    first = warehouse.execute("select * from marts.intervention_effect order by all").fetchall()
    run(warehouse)
    assert warehouse.execute("select * from marts.intervention_effect order by all").fetchall() == first


def test_a_warehouse_without_interventions_has_the_tables_empty() -> None:
    with duckdb.connect() as connection:
        connection.execute(MARTS + "delete from marts.intervention;")
        assert run(connection) == {"intervention_effect": 0, "intervention_series": 0}
        assert connection.execute("select count(*) from marts.intervention_series").fetchall() == [(0,)]


def test_everybody_of_all_ages_is_the_headline_else_the_group_with_most() -> None:
    figures = pd.DataFrame(
        {"sex": ["persons", "persons", "female", "persons"], "age_band": ["10-17", "10-17", "10-17", "18+"]}
    )
    assert list(headline(figures).index) == [0, 1]
    figures.loc[3, "age_band"] = "All ages"
    assert list(headline(figures).index) == [3]


def test_the_room_knows_neither_dagster_nor_dbt_nor_how_files_are_read() -> None:
    imported: set[str] = set()
    for path in Path(estimation.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").split(".")[0])
    assert not imported & {"dagster", "dagster_dbt", "dbt", "sources", "expectations", "orchestration"}
