"""Studies are pooled as published examples are, applied to today's people, and refused where they must be."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import norm, t
from statsmodels.stats.meta_analysis import combine_effects

from estimation.need import (
    AGE_VARIANCE_A_YEAR,
    BETWEEN_VARIANCE,
    Figure,
    Stratum,
    between_variance,
    borrowed_variance,
    one_a_fieldwork,
    pool,
    run,
    standardised,
)
from estimation.tables import TABLES

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds" / "evidence"

#: Colditz et al. 1994, JAMA 271:698: tuberculosis among vaccinated and others, 13 trials (cases and others of each).
BCG = np.array(
    [
        *([4, 119, 11, 128], [6, 300, 29, 274], [3, 228, 11, 209], [62, 13536, 248, 12619], [33, 5036, 47, 5761]),
        *([180, 1361, 372, 1079], [8, 2537, 10, 619], [505, 87886, 499, 87892], [29, 7470, 45, 7232]),
        *([17, 1699, 65, 1600], [186, 50448, 141, 27197], [5, 2493, 3, 2338], [27, 16886, 29, 17825]),
    ],
    dtype=float,
)
LOG_RATIO = np.log(BCG[:, 0] / BCG[:, :2].sum(axis=1)) - np.log(BCG[:, 2] / BCG[:, 2:].sum(axis=1))
VARIANCE = 1 / BCG[:, 0] - 1 / BCG[:, :2].sum(axis=1) + 1 / BCG[:, 2] - 1 / BCG[:, 2:].sum(axis=1)

MEN_ON_REMAND = Stratum("male", "remand", "21-29", 21, 29)


def figure(share: float = 0.3, **changes: Any) -> Figure:
    """A figure of everybody in prison, of a fieldwork of its own, without age."""
    name = str(changes.get("estimate_id", f"study_{share}"))
    made = Figure(name, name, "all", "all", None, None, float(logit(share)), 0.1, 2026.0, 0.0, "good")
    return replace(made, **changes)


def test_the_variance_between_studies_is_that_of_a_published_example() -> None:
    # Viechtbauer 2010, J Stat Softw 36(3): I squared 92.12%; Paule and Mandel's estimate (empirical Bayes) is 0.3181.
    found, i_squared = between_variance(list(LOG_RATIO), list(VARIANCE))
    assert found == pytest.approx(0.3181, abs=0.0001)
    assert i_squared == pytest.approx(0.9212, abs=0.0001)
    # What defines it: Cochran's Q with these weights is what is expected of it.
    weight = 1 / (VARIANCE + found)
    mean = weight @ LOG_RATIO / weight.sum()
    assert weight @ (LOG_RATIO - mean) ** 2 == pytest.approx(12, abs=0.01)


def test_a_pool_is_the_librarys_random_effects_and_its_limits_those_of_a_new_place() -> None:
    figures = [
        figure(estimate_id=f"trial_{at}", log_odds=float(effect), standard_error=float(np.sqrt(variance)))
        for at, (effect, variance) in enumerate(zip(LOG_RATIO, VARIANCE, strict=True))
    ]
    found = pool(figures, 5.0)
    reference: Any = combine_effects(LOG_RATIO, VARIANCE, method_re="iterated")
    assert found.log_odds == pytest.approx(reference.mean_effect_re) == pytest.approx(-0.7150, abs=0.0001)
    assert found.sampling + found.between == pytest.approx(reference.sd_eff_w_re**2)
    assert found.variance_basis == "these studies"
    # Higgins, Thompson and Spiegelhalter 2009, J R Stat Soc A 172:137: the spread of a new study's true effect.
    half = t.ppf(0.975, 12) * np.sqrt(reference.sd_eff_w_re**2 + reference.tau2)
    assert found.limits == pytest.approx((found.log_odds - half, found.log_odds + half))


def test_few_studies_borrow_the_usual_variance_unless_they_differ_more() -> None:
    assert pool([figure()], 0.4).between_variance == 0.4
    alike = pool([figure(0.30), figure(0.31)], 0.4)
    assert (alike.between_variance, alike.variance_basis) == (0.4, "all studies")
    unlike = pool([figure(0.10), figure(0.80)], 0.4)
    assert unlike.between_variance > 3
    assert unlike.variance_basis == "these studies"


def test_the_usual_variance_is_the_median_of_what_several_studies_showed() -> None:
    strata = [[(figure(0.2), figure(share))] for share in (0.3, 0.5, 0.8)]
    middle = pool(strata[1][0], 0.0).between_variance
    assert borrowed_variance(strata) == pytest.approx(middle)
    assert borrowed_variance([[(figure(),)]]) == BETWEEN_VARIANCE


def test_years_widen_the_limits_and_lessen_the_weight_and_what_passed_for_both_is_shared() -> None:
    young, old = figure(0.3), figure(0.3, years=30.0)
    assert pool([old], 0.0).age == pytest.approx(30 * AGE_VARIANCE_A_YEAR)
    assert pool([old], 0.2).limits[0] < pool([young], 0.2).limits[0]
    both = pool([figure(0.2), figure(0.4, years=30.0)], 0.2)
    assert both.log_odds < (logit(0.2) + logit(0.4)) / 2
    # Two studies of one year have drifted as far as one has.
    assert pool([old, figure(0.31, years=30.0)], 0.0).age == pytest.approx(30 * AGE_VARIANCE_A_YEAR)


def test_the_variance_of_a_year_is_what_two_reviews_of_young_people_in_detention_show() -> None:
    with (SEEDS / "study_figure.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["study_id"] in ("fazel2008youth", "beaudry2021")]
    found: dict[tuple[str, str], dict[str, float]] = {}
    for row in rows:
        found.setdefault((row["condition_id"], row["sex"]), {})[row["study_id"]] = float(row["estimate_pct"]) / 100
    moved = [logit(pair["beaudry2021"]) - logit(pair["fazel2008youth"]) for pair in found.values() if len(pair) == 2]
    assert len(moved) == 8
    assert np.mean(np.square(moved)) / (2021 - 2008) == pytest.approx(AGE_VARIANCE_A_YEAR, rel=0.1)


def test_of_one_fieldwork_the_narrowest_figure_speaks_and_two_are_never_pooled() -> None:
    narrow = figure(0.5, fieldwork_id="survey", sex="male", custody_type="remand")
    wide = figure(0.2, fieldwork_id="survey", standard_error=0.01)
    other = figure(0.4)
    assert set(one_a_fieldwork([wide, other, narrow])) == {narrow, other}
    with pytest.raises(ValueError, match="two figures of one fieldwork"):
        pool([wide, narrow], 0.1)


@pytest.mark.parametrize(
    ("changes", "covers"),
    [
        ({}, True),
        ({"sex": "male", "custody_type": "remand"}, True),
        ({"sex": "female"}, False),
        ({"custody_type": "sentenced"}, False),
        ({"age_from": 21, "age_to": 29}, True),
        ({"age_from": 25, "age_to": 74}, False),
    ],
)
def test_a_figure_covers_a_stratum_whose_people_are_all_among_its_own(changes: dict[str, Any], covers: bool) -> None:
    assert figure(**changes).covers(MEN_ON_REMAND) is covers


def test_people_of_unknown_sex_or_age_are_covered_by_figures_of_everybody_alone() -> None:
    unknown = Stratum("all", "all", "All ages", None, None)
    assert figure().covers(unknown)
    assert not figure(sex="male").covers(unknown)
    assert not figure(age_from=18, age_to=99).covers(unknown)


def test_a_place_has_the_prevalence_of_each_of_its_strata() -> None:
    people = np.array([[100.0, 0.0], [50.0, 150.0]])
    found = standardised(people, np.zeros(2), [pool([figure(0.2)], 0.1), pool([figure(0.4)], 0.1)])
    assert found["value"] == pytest.approx([20, 0.2 * 50 + 0.4 * 150])
    assert found["prevalence_pct"] == pytest.approx([20, 35])


def test_limits_are_those_of_the_log_odds_and_the_shares_those_of_their_variance() -> None:
    one = pool([figure(0.3, years=20.0)], 0.3)
    found = standardised(np.array([[1000.0]]), np.zeros(1), [one])
    half = norm.ppf(0.975) * np.sqrt(0.01 + 20 * AGE_VARIANCE_A_YEAR + 2 * 0.3)
    for name, sign in (("lower_95", -1), ("upper_95", 1)):
        assert found[name][0] == pytest.approx(1000 * expit(logit(0.3) + sign * half), rel=0.05)
    total = 0.01 + 20 * AGE_VARIANCE_A_YEAR + 0.6
    assert found["share_sampling"][0] == pytest.approx(0.01 / total)
    assert found["share_age"][0] == pytest.approx(20 * AGE_VARIANCE_A_YEAR / total)
    assert found["share_between_studies"][0] == pytest.approx(0.6 / total)


def test_a_whole_country_is_no_further_from_the_mean_and_shared_people_are_less_sure() -> None:
    one, people = pool([figure(0.3)], 0.3), np.array([[1000.0]])
    place = standardised(people, np.zeros(1), [one])
    country = standardised(people, np.zeros(1), [one], is_place=False)
    shared = standardised(people, np.array([0.3]), [one])
    assert place["lower_95"][0] < country["lower_95"][0] < country["upper_95"][0] < place["upper_95"][0]
    assert shared["upper_95"][0] > place["upper_95"][0]
    assert shared["prevalence_upper_95"][0] == place["prevalence_upper_95"][0]
    assert shared["share_people"][0] > 0 == place["share_people"][0]


MARTS = """
create schema marts;
create table marts.study_age (
    study_id varchar, fieldwork_year double, years_since_fieldwork double, trust_grade varchar, people_change_pct double
);
insert into marts.study_age values ('survey', 1997, 29, 'poor', 41), ('again', 1997, 29, 'poor', 41),
    ('small', 2018, 8, 'very poor', -5), ('future', 2027, -1, 'good', null);
create table marts.study_estimate (
    estimate_id varchar, study_id varchar, fieldwork_id varchar, condition_id varchar, condition_title varchar,
    domain varchar, setting varchar, sex varchar, custody_type varchar, age_from integer, age_to integer,
    measure varchar, estimate_pct double, standard_error double, is_used boolean, why_not_used varchar
);
insert into marts.study_estimate values
    ('p_men', 'survey', 'f1', 'psychosis', 'Psychosis', 'health', 'prison', 'male', 'all', null, null,
     'prevalence', 10, 0.3, true, null),
    ('p_all', 'again', 'f1', 'psychosis', 'Psychosis', 'health', 'prison', 'all', 'all', null, null,
     'prevalence', 5, 0.1, true, null),
    ('p_small', 'small', 'f2', 'psychosis', 'Psychosis', 'health', 'prison', 'all', 'all', null, null,
     'prevalence', 12, 0.2, true, null),
    ('d_all', 'small', 'f2', 'drugs', 'Drugs', 'health', 'prison', 'all', 'all', null, null,
     'prevalence', 50, 0.2, true, null),
    ('n_remand', 'survey', 'f1', 'neurotic', 'Neurotic', 'health', 'prison', 'all', 'remand', null, null,
     'prevalence', 59, 0.1, true, null),
    ('h_tested', 'survey', 'f1', 'hiv', 'HIV', 'health', 'prison', 'all', 'all', null, null,
     'positivity', 1, 0.2, false, 'Of those tested.'),
    ('o_prob', 'future', 'f3', 'alcohol', 'Alcohol', 'health', 'probation', 'all', 'all', null, null,
     'prevalence', 60, 0.2, true, null);
create table marts.contact_mix (
    setting varchar, place_kind varchar, place_code varchar, place_name varchar, sex varchar, custody_type varchar,
    age_band varchar, age_from integer, age_to integer, people double, people_log_sd double, counted_on date,
    mix_basis varchar
);
insert into marts.contact_mix values
    ('prison', 'prison', 'AAI', 'A', 'male', 'remand', '21-29', 21, 29, 100, 0, '2024-12-31', 'list'),
    ('prison', 'prison', 'AAI', 'A', 'male', 'sentenced', '21-29', 21, 29, 300, 0, '2024-12-31', 'list'),
    ('prison', 'prison', 'BBI', 'B', 'female', 'sentenced', '21-29', 21, 29, 80, 0, '2024-12-31', 'list'),
    ('prison', 'country', 'K04000001', 'All', 'male', 'remand', '21-29', 21, 29, 100, 0, '2024-12-31', 'list'),
    ('prison', 'country', 'K04000001', 'All', 'male', 'sentenced', '21-29', 21, 29, 300, 0, '2024-12-31', 'list'),
    ('prison', 'country', 'K04000001', 'All', 'female', 'sentenced', '21-29', 21, 29, 80, 0, '2024-12-31', 'list'),
    ('prison_in_a_year', 'country', 'E92000001', 'E', 'male', 'all', '21-29', 21, 29, 900, 0.1, '2024-12-31', 'year'),
    ('probation', 'local_authority', 'E06000001', 'L', 'male', 'all', '18+', 18, 69, 200, 0.3, '2026-03-31', 'shared');
create table marts.need_comparison (
    setting varchar, condition_id varchar, indicator_id varchar, category_type varchar, category varchar,
    why_no_unmet varchar, note varchar
);
insert into marts.need_comparison values
    ('prison', null, null, null, null, 'Nobody counts them.', null),
    ('prison_in_a_year', null, null, null, null, 'All substances together.', null),
    ('prison_in_a_year', 'drugs', 'treated', 'setting', 'Adult prison', 'No figures.', 'Of any substance.'),
    ('probation', null, null, null, null, 'Other people.', null);
create table marts.indicator_value (
    indicator_id varchar, area_code varchar, sex varchar, category_type varchar, category varchar, period_start date,
    period_end date, value double, numerator double, is_latest_release boolean
);
insert into marts.indicator_value values
    ('treated', 'E92000001', 'persons', 'setting', 'Adult prison', '2025-04-01', '2026-03-31', 400, null, true),
    ('treated', 'E92000001', 'persons', 'setting', 'Adult prison', '2024-04-01', '2025-03-31', 1, null, true),
    ('treated', 'E92000001', 'persons', 'setting', 'Removal centre', '2025-04-01', '2026-03-31', 2, null, true);
"""


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(MARTS)
        assert run(connection) == {"need_prevalence": 10, "need_estimate": 15}
        yield connection


def _row(connection: duckdb.DuckDBPyConnection, setting: str, condition: str, place: str) -> dict[str, Any]:
    rows = connection.execute(
        "select * from marts.need_estimate where setting = ? and condition_id = ? and place_code = ?",
        [setting, condition, place],
    ).df()
    (row,) = rows.to_dict("records")
    return row


def test_each_stratum_stands_on_the_narrowest_figure_of_each_fieldwork(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = dict(
        warehouse.execute(
            "select sex, any_value(estimates) from marts.need_prevalence"
            " where setting = 'prison' and condition_id = 'psychosis' group by sex"
        ).fetchall()
    )
    assert found == {"male": "p_men; p_small", "female": "p_all; p_small"}


def test_a_place_says_what_it_stands_on(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = _row(warehouse, "prison", "psychosis", "AAI")
    assert row["status"] == "modelled"
    assert (row["people"], row["people_covered"]) == (400, 400)
    assert row["lower_95"] < row["value"] < row["upper_95"]
    assert row["value"] == pytest.approx(4 * row["prevalence_pct"])
    assert (row["fieldworks"], row["oldest_fieldwork_year"], row["trust_grade"]) == (2, 1997, "very poor")
    assert (row["years_since_fieldwork"], row["people_change_pct"]) == (29, 41)
    assert row["why_no_unmet"] == "Nobody counts them."
    parts = ("share_sampling", "share_age", "share_between_studies", "share_people")
    assert sum(row[name] for name in parts) == pytest.approx(1)


def test_those_whom_no_study_covers_are_left_out_and_named(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = _row(warehouse, "prison", "neurotic", "AAI")
    assert (row["people"], row["people_covered"]) == (400, 100)
    assert row["value"] == pytest.approx(59)
    assert row["coverage_note"] == "No study covers men who are sentenced."
    nobody = _row(warehouse, "prison", "neurotic", "BBI")
    assert (nobody["status"], nobody["reason"]) == ("not_available", "No study covers women who are sentenced.")


def test_a_need_of_which_no_figure_can_be_used_says_why(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = _row(warehouse, "prison", "hiv", "K04000001")
    assert (row["status"], row["reason"]) == ("not_available", "h_tested: Of those tested.")


def test_what_is_observed_of_the_same_people_is_taken_off(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = _row(warehouse, "prison_in_a_year", "drugs", "E92000001")
    assert (row["observed"], row["observed_indicator_id"]) == (400, "treated")
    assert row["unmet"] == pytest.approx(row["value"] - 400) == pytest.approx(50)
    assert row["unmet_lower_95"] == pytest.approx(row["lower_95"] - 400)
    assert row["comparison_note"] == "Of any substance."
    assert row["why_no_unmet"] is None
    assert _row(warehouse, "prison_in_a_year", "psychosis", "E92000001")["why_no_unmet"] == "All substances together."


def test_a_study_of_this_year_has_no_age(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = _row(warehouse, "probation", "alcohol", "E06000001")
    assert row["share_age"] == 0
    assert row["share_people"] > 0


def test_the_same_people_and_studies_give_the_same_rows(warehouse: duckdb.DuckDBPyConnection) -> None:
    first = warehouse.execute("select * from marts.need_estimate order by all").fetchall()
    run(warehouse)
    assert warehouse.execute("select * from marts.need_estimate order by all").fetchall() == first


@pytest.mark.parametrize("table", ["need_prevalence", "need_estimate"])
def test_every_row_is_there_once_and_every_column_says_what_it_is(
    warehouse: duckdb.DuckDBPyConnection, table: str
) -> None:
    described = dict(
        warehouse.execute(
            "select column_name, comment from duckdb_columns() where schema_name = 'marts' and table_name = ?", [table]
        ).fetchall()
    )
    assert described == {name: meaning for name, (_, meaning) in TABLES[table].columns.items()}
    key = ", ".join(TABLES[table].grain)
    assert not warehouse.execute(f"select {key} from marts.{table} group by {key} having count(*) > 1").fetchall()


@pytest.mark.parametrize("emptied", ["study_estimate", "contact_mix"])
def test_a_warehouse_without_studies_or_people_has_the_tables_empty(emptied: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(MARTS + f"delete from marts.{emptied};")
        assert run(connection) == {"need_prevalence": 0, "need_estimate": 0}
        assert connection.execute("select count(*) from marts.need_estimate").fetchall() == [(0,)]
