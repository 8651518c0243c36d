"""Fills made in a small warehouse: what is filled and by what, what is refused and why, what is not given away."""

from __future__ import annotations

import json
from collections.abc import Iterator

import duckdb
import numpy as np
import pandas as pd
import pytest

from estimation.filling import cells as fills
from estimation.filling import inputs, run, trials
from estimation.filling.statistics import Rule
from estimation.tables import TABLES

REGIONS, DISTRICTS = 6, 12
TABLE_NAMES = ("filled_value", "fill_validation")
SCHEMA = """
create schema marts;
create schema meta;
create schema indicators;
create schema spine;
create table marts.area (area_code varchar, area_name varchar, area_level varchar);
create table marts.area_relation (
    vintage integer, child_code varchar, child_level varchar, parent_code varchar, parent_level varchar,
    is_exact boolean
);
create table indicators.int_indicator (
    indicator_id varchar, denominator_kind varchar, multiplier double, method varchar, recomputed_as varchar,
    age_from integer, age_to integer
);
create view marts.indicator as select
    indicator_id, denominator_kind, method, recomputed_as, 'quarter' as headline_period_type,
    'persons' as headline_sex, 'All ages' as headline_age_band
from indicators.int_indicator;
insert into indicators.int_indicator values
    ('needs', 'own', 100, 'wilson', 'none', null, null),
    ('checks', 'population', 1000, 'byar', 'none', null, null),
    ('calls', 'population', 1000, 'byar', 'none', null, null),
    ('arrears', 'population', 1000, 'byar', 'none', null, null),
    ('regional', 'population', 1000, 'byar', 'none', null, null),
    ('lonely', 'population', 1000, 'byar', 'none', null, null),
    ('imd_average_score', 'none', 1, 'as_published', 'none', null, null);
create table spine.int_population_by_area (area_code varchar, sex varchar, year integer, population double);
create table spine.int_population_by_age (
    area_code varchar, sex varchar, year integer, age integer, population double
);
create table meta.source (source_id varchar, suppressed_below double);
insert into meta.source values ('returns', 5), ('open', null);
create table marts.indicator_value (
    indicator_id varchar, area_code varchar, area_level varchar, period_type varchar, period_start date,
    period_end date, sex varchar, age_band varchar, category_type varchar, category varchar, value double,
    numerator double, denominator double, status varchar, source_id varchar, unit varchar, release_id varchar,
    is_latest_release boolean
);
create table indicators.int_measure (
    indicator_id varchar, area_code varchar, period_type varchar, period_start date, period_end date, sex varchar,
    age_band varchar, category_type varchar, category varchar, release_id varchar, numerator_low double,
    numerator_high double, carried_by varchar
);
"""
QUARTER = ("2022-01-01", "2022-03-31")


def _counted(rng: np.random.Generator, rate: float, sigma: float, people: np.ndarray) -> np.ndarray:
    return rng.poisson(people * rate * np.exp(sigma * rng.standard_normal(people.shape))).astype(float)


def _rows(indicator: str, codes: list[str], level: str, counts: np.ndarray, **more: object) -> pd.DataFrame:
    rows = pd.DataFrame({"indicator_id": indicator, "area_code": codes, "area_level": level, "numerator": counts})
    return rows.assign(status="observed", denominator=None, source_id="open").assign(**more)


def _truth() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Places with their people, and every count before anything is hidden."""
    rng = np.random.default_rng(11)
    people = rng.uniform(20_000, 90_000, size=(REGIONS, DISTRICTS)).round()
    score = rng.uniform(10, 40, size=people.shape)
    regions = [f"E1200000{r + 1}" for r in range(REGIONS)]
    districts = [f"E07{r:03d}{d:03d}" for r in range(REGIONS) for d in range(DISTRICTS)]
    places = pd.DataFrame(
        {"area_code": districts, "parent_code": np.repeat(regions, DISTRICTS), "people": people.ravel()}
    ).assign(score=score.ravel())
    every = []
    for indicator, rate, sigma in (("needs", 0.00012, 0.3), ("checks", 0.004, 0.3), ("calls", 0.002, 0.5)):
        counts = _counted(rng, rate, sigma, people)
        owed = {"denominator": np.rint(people.ravel() / 50)} if indicator == "needs" else {}
        source = "returns" if indicator == "needs" else "open"
        every += [
            _rows(indicator, districts, "local_authority_district", counts.ravel(), source_id=source, **owed),
            _rows(indicator, regions, "region", counts.sum(axis=1), source_id=source),
        ]
    # How much is owed goes with deprivation.
    arrears = rng.poisson(people * 0.004 * np.exp(0.06 * score + 0.15 * rng.standard_normal(people.shape)))
    every += [
        _rows("arrears", districts, "local_authority_district", arrears.astype(float).ravel()),
        _rows("arrears", regions, "region", arrears.sum(axis=1).astype(float)),
        _rows("regional", regions, "region", np.rint(people.sum(axis=1) * 0.003)),
        _rows("lonely", districts[:2], "local_authority_district", np.array([4.0, np.nan]), status="missing"),
    ]
    return places, pd.concat(every, ignore_index=True)


def _published(truth: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """What is left after small needs are suppressed, and some districts gave no checks, calls or arrears."""
    shown = truth.merge(places[["area_code", "parent_code"]], how="left")
    needs = (shown["indicator_id"] == "needs") & shown["parent_code"].notna()
    counts = shown.loc[needs, "numerator"].to_numpy()
    group = shown.loc[needs, "parent_code"].factorize()[0]
    hidden = np.zeros(len(shown), dtype=bool)
    hidden[np.flatnonzero(needs)] = trials.small_and_protecting(counts, group, 5)
    gone = shown["area_code"].isin(["E07000000", "E07000003", "E07002005", "E07002006", "E07002007"])
    gone &= shown["indicator_id"].isin(["checks", "arrears"])
    # Who gave no calls is not in the region's calls either.
    left_out = (shown["indicator_id"] == "calls") & (shown["area_code"] == "E07001002")
    region = (shown["indicator_id"] == "calls") & (shown["area_code"] == "E12000002")
    shown.loc[region, "numerator"] -= shown.loc[left_out, "numerator"].to_numpy()[0]
    shown["status"] = np.select([hidden, gone | left_out], ["suppressed", "not_available"], shown["status"])
    shown.loc[hidden | gone | left_out, "numerator"] = np.nan
    return shown.drop(columns="parent_code")


def _fill(connection: duckdb.DuckDBPyConnection, places: pd.DataFrame, figures: pd.DataFrame) -> None:
    connection.execute(SCHEMA)
    connection.register("places", places)
    connection.execute(
        "insert into marts.area select area_code, 'District ' || area_code, 'local_authority_district' from places"
        " union all select distinct parent_code, 'Region ' || parent_code, 'region' from places"
    )
    connection.execute(
        "insert into marts.area_relation select 2022, area_code, 'local_authority_district', parent_code, 'region',"
        " true from places"
    )
    connection.execute(
        "insert into spine.int_population_by_area select area_code, 'persons', 2022, people from places union all"
        " select parent_code, 'persons', 2022, sum(people) from places group by parent_code"
    )
    _publish(connection, figures, *QUARTER)
    connection.execute(
        "insert into marts.indicator_value select 'imd_average_score', area_code, 'local_authority_district',"
        " 'calendar_year', '2019-01-01', '2019-12-31', 'persons', 'All ages', null, null, score, null, null,"
        " 'observed', 'open', 'score', 'r1', true from places"
    )


def _publish(connection: duckdb.DuckDBPyConnection, figures: pd.DataFrame, start: str, end: str) -> None:
    connection.register("figures", figures)
    connection.execute(
        f"insert into marts.indicator_value select indicator_id, area_code, area_level, 'quarter', '{start}', '{end}',"
        " 'persons', 'All ages', null, null, null, numerator, denominator, status, source_id, 'per 1000 people', 'r1',"
        " true from figures"
    )
    connection.execute(
        f"insert into indicators.int_measure select indicator_id, area_code, 'quarter', '{start}', '{end}', 'persons',"
        " 'All ages', null, null, 'r1', null, null, 'as_published' from figures"
    )
    connection.unregister("figures")


@pytest.fixture(scope="module")
def warehouse() -> Iterator[tuple[duckdb.DuckDBPyConnection, pd.DataFrame]]:
    """The warehouse with its fills, and the truth."""
    places, truth = _truth()
    with duckdb.connect() as connection:
        _fill(connection, places, _published(truth, places))
        before = connection.execute("select count(*), sum(hash(v)) from marts.indicator_value as v").fetchall()
        run.run(connection)
        assert connection.execute("select count(*), sum(hash(v)) from marts.indicator_value as v").fetchall() == before
        yield connection, truth


Warehouse = tuple[duckdb.DuckDBPyConnection, pd.DataFrame]


def _filled(warehouse: Warehouse, indicator: str) -> pd.DataFrame:
    connection, truth = warehouse
    rows = connection.execute("select * from marts.filled_value where indicator_id = ?", [indicator]).df()
    true = truth[["indicator_id", "area_code", "numerator"]].rename(columns={"numerator": "truth"})
    return rows.merge(true, how="left")


def test_suppressed_counts_are_bounded_and_none_is_told_from_another_small_one(warehouse: Warehouse) -> None:
    rows = _filled(warehouse, "needs")
    assert len(rows) > 20 and set(rows["gap"]) == {"suppressed"}
    assert set(rows["method"]) == {"bounded_from_totals"} and set(rows["status"]) == {"estimated"}
    small = rows[rows["truth"] < 5]
    assert (small["numerator_lower_95"] <= 1).all() and (small["numerator_upper_95"] >= 4).all()
    assert small["is_guarded"].all()
    assert ((rows["numerator_lower_95"] <= rows["truth"]) & (rows["truth"] <= rows["numerator_upper_95"])).mean() > 0.9
    assert rows["value"].to_numpy() == pytest.approx((rows["numerator"] / rows["denominator"] * 100).to_numpy())


def test_what_a_total_leaves_is_shared_among_those_that_gave_nothing(warehouse: Warehouse) -> None:
    rows = _filled(warehouse, "checks")
    assert set(rows["gap"]) == {"not_available"} and set(rows["status"]) == {"modelled"}
    assert set(rows["method"]) <= {"apportioned_by_population", "apportioned_by_need"} and len(rows) == 5
    shared = rows.groupby("total_area_code")[["numerator", "truth"]].sum()
    assert shared["numerator"].to_numpy() == pytest.approx(shared["truth"].to_numpy())
    assert (rows["numerator_lower_95"] < rows["numerator"]).all()
    assert (rows["numerator"] < rows["numerator_upper_95"]).all()


def test_need_shares_where_it_matters_and_comes_nearer(warehouse: Warehouse) -> None:
    rows = _filled(warehouse, "arrears")
    assert set(rows["method"]) == {"apportioned_by_need"}
    people = warehouse[0].execute("select area_code, population from spine.int_population_by_area").df()
    rows = rows.merge(people)
    of = rows.groupby("total_area_code")
    by_people = of["truth"].transform("sum") * rows["population"] / of["population"].transform("sum")
    assert (rows["numerator"] - rows["truth"]).abs().mean() < (by_people - rows["truth"]).abs().mean()


def test_a_total_that_leaves_out_what_is_missing_is_not_shared(warehouse: Warehouse) -> None:
    (row,) = _filled(warehouse, "calls").to_dict("records")
    assert (row["reason"], row["status"], row["gap"]) == (fills.NOT_IN_TOTAL, "not_available", "not_available")
    assert pd.isna(row["numerator"]) and pd.isna(row["method"])


def test_figures_of_larger_areas_are_shared_by_how_far_others_differ(warehouse: Warehouse) -> None:
    rows = _filled(warehouse, "regional")
    assert len(rows) == REGIONS * DISTRICTS and set(rows["gap"]) == {"other_level"}
    totals = warehouse[1].query("indicator_id == 'regional'").set_index("area_code")["numerator"]
    assert rows.groupby("total_area_code")["numerator"].sum().to_dict() == pytest.approx(totals.to_dict())
    spreads = json.loads(rows["inputs"][0])["spreads_of_other_indicators"]
    assert 0.1 < spreads["least"] < spreads["most"] < 1 and spreads["indicators"] >= 2


def test_what_is_part_of_no_total_says_so(warehouse: Warehouse) -> None:
    (row,) = _filled(warehouse, "lonely").to_dict("records")
    assert (row["reason"], row["gap"]) == (fills.NO_TOTAL, "missing")


def test_no_figure_of_another_period_enters_a_fill(warehouse: Warehouse) -> None:
    places, truth = _truth()
    columns = ", ".join(c for c in TABLES["filled_value"].columns)
    asked = f"select {columns} from marts.filled_value where period_start = '{QUARTER[0]}' order by all"
    with duckdb.connect() as connection:
        _fill(connection, places, _published(truth, places))
        # The quarter before, in which all that is now missing was there, and was a hundred times as large.
        _publish(connection, truth.assign(numerator=truth["numerator"] * 100), "2021-10-01", "2021-12-31")
        run.run(connection)
        assert connection.execute(asked).fetchall() == warehouse[0].execute(asked).fetchall()


@pytest.mark.parametrize("table", TABLE_NAMES)
def test_rows_are_told_apart_by_the_grain_and_all_is_described(warehouse: Warehouse, table: str) -> None:
    connection, _ = warehouse
    grain = ", ".join(TABLES[table].grain)
    assert connection.execute(f"select count(*) > 0 from marts.{table}").fetchall() == [(True,)]
    assert not connection.execute(f"select {grain} from marts.{table} group by all having count(*) > 1").fetchall()
    described = connection.execute(
        "select column_name, comment from duckdb_columns() where schema_name = 'marts' and table_name = ?", [table]
    ).fetchall()
    assert [name for name, _ in described] == list(TABLES[table].columns)
    assert all(comment for _, comment in described)


def test_a_row_has_a_method_with_limits_and_inputs_or_a_reason(warehouse: Warehouse) -> None:
    assert (
        not warehouse[0]
        .execute(
            "select * from marts.filled_value where (method is null) <> (reason is not null)"
            " or (method is null) <> (numerator is null) or (method is null) <> (inputs is null)"
            " or (method is null) <> (status = 'not_available') or total_area_code is null and method is not null"
            " or not (numerator_lower_95 <= numerator and numerator <= numerator_upper_95)"
        )
        .fetchall()
    )


def test_known_cells_are_hidden_filled_and_compared(warehouse: Warehouse) -> None:
    tested = warehouse[0].execute("select * from marts.fill_validation").df()
    assert {"some_parts", "all_parts"} <= set(tested["design"])
    assert {"apportioned_by_population", "apportioned_by_need"} <= set(tested["method"])
    assert set(tested["scope"]) == {"table", "all"}
    assert tested["coverage_95"].between(0.8, 1).all()
    assert (tested["median_absolute_error"] >= 0).all() and (tested["hidden_cells"] >= tested["totals"]).all()
    by_need = tested.query("indicator_id == 'arrears' and design == 'some_parts'").set_index("method")
    error = by_need["median_absolute_error"]
    assert error["apportioned_by_need"] < error["apportioned_by_population"]


def test_running_again_gives_the_same(warehouse: Warehouse) -> None:
    connection, _ = warehouse
    first = [connection.execute(f"select * from marts.{table} order by all").fetchall() for table in TABLE_NAMES]
    run.run(connection)
    assert [connection.execute(f"select * from marts.{t} order by all").fetchall() for t in TABLE_NAMES] == first


def test_a_warehouse_without_figures_has_the_tables_empty() -> None:
    with duckdb.connect() as connection:
        connection.execute(SCHEMA)
        assert run.run(connection) == {"filled_value": 0, "fill_validation": 0}


def test_a_threshold_is_the_publishers_or_seen_in_what_it_shows(warehouse: Warehouse) -> None:
    connection, _ = warehouse
    inputs.prepare(connection)
    noughts = connection.execute("select count(*) from fill_figure where numerator = 0 and source_id = 'returns'")
    assert inputs.rules_of(connection) == {"returns": Rule(5, 1 if noughts.fetchall() != [(0,)] else 0)}
    connection.execute("update meta.source set suppressed_below = null")
    assert inputs.rules_of(connection)["returns"].below >= 5
    connection.execute("update meta.source set suppressed_below = 5 where source_id = 'returns'")


def test_small_counts_are_hidden_with_one_that_protects_them() -> None:
    count = np.array([3.0, 9, 7, 0, 2, 4, 30, 12, 0])
    group = np.array([0, 0, 0, 0, 1, 1, 1, 2, 2])
    hidden = trials.small_and_protecting(count, group, 5)
    assert hidden.tolist() == [True, False, True, False, True, True, False, False, False]


def test_totals_that_are_more_than_their_parts_are_found_out() -> None:
    count = np.arange(1.0, 13) * 10
    group = np.repeat(np.arange(4), 3)
    total = np.bincount(group, weights=count)[group] * np.repeat([1.05, 1.04, 1.06, 1.05], 3)
    columns = {"total": total, "total_low": total, "total_high": total, "status": np.full(12, "observed", dtype=object)}
    cells = fills.Cells(columns, group, count, count, count, np.ones(12), "residents")
    agreement = fills._agreement(cells)  # pyright: ignore[reportPrivateUsage]
    assert not agreement.is_sum
    corrected = agreement.corrected(fills.Whole(105, 105, 105))
    assert corrected.count == pytest.approx(100) and corrected.low < 100 < corrected.high
    summed = {name: np.bincount(group, weights=count)[group] for name in ("total", "total_low", "total_high")}
    same = fills.Cells(columns | summed, group, count, count, count, np.ones(12), "residents")
    assert fills._agreement(same).is_sum  # pyright: ignore[reportPrivateUsage]
