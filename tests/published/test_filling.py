"""Fills made of the real files: hidden cells come back within their limits, and what a publisher hides stays hidden."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.published.conftest import query

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("whole_folder")]

#: So many hidden cells, and a share of them says something of the limits.
ENOUGH = 80


@pytest.mark.parametrize(
    ("design", "method", "least"),
    [
        ("some_parts", "apportioned_by_population", 10),
        ("some_parts", "apportioned_by_need", 3),
        ("all_parts", "apportioned_by_population", 3),
    ],
)
def test_95_limits_hold_90_to_99_of_100_hidden_cells_of_many_tables(
    refreshed: tuple[str, Path], design: str, method: str, least: int
) -> None:
    found = query(
        refreshed,
        "select indicator_id from marts.fill_validation where scope = 'table' and coverage_95 between 0.90 and 0.99"
        f" and hidden_cells >= {ENOUGH} and design = '{design}' and method = '{method}'",
    )
    assert len(found) >= least


def test_every_method_is_tested_and_its_limits_hold_90_of_100(refreshed: tuple[str, Path]) -> None:
    found = query(
        refreshed,
        "select design, method, coverage_95, hidden_cells from marts.fill_validation where scope = 'all' order by all",
    )
    assert [row[:2] for row in found] == [
        ("all_parts", "apportioned_by_need"),
        ("all_parts", "apportioned_by_population"),
        ("small_counts", "bounded_from_totals"),
        ("some_parts", "apportioned_by_need"),
        ("some_parts", "apportioned_by_population"),
    ]
    assert all(coverage >= 0.90 and cells >= 500 for _, _, coverage, cells in found)
    assert {
        m for (m,) in query(refreshed, "select distinct method from marts.filled_value where method is not null")
    } == {method for _, method, _, _ in found}


def test_need_comes_nearer_than_population_where_all_parts_are_hidden(refreshed: tuple[str, Path]) -> None:
    assert query(
        refreshed,
        "select count(*) >= 5 and bool_and(n.median_absolute_error < p.median_absolute_error)"
        " from marts.fill_validation as n inner join marts.fill_validation as p"
        " using (design, indicator_id, child_level, parent_level) where design = 'all_parts'"
        " and n.method = 'apportioned_by_need' and p.method = 'apportioned_by_population'",
    ) == [(True,)]


def test_the_model_of_small_counts_holds_them_within_its_own_limits_too(refreshed: tuple[str, Path]) -> None:
    ((coverage,),) = query(
        refreshed,
        "select model_coverage_95 from marts.fill_validation where scope = 'all' and method = 'bounded_from_totals'",
    )
    assert coverage >= 0.95


def test_some_thousand_gaps_are_filled(refreshed: tuple[str, Path]) -> None:
    filled = dict(
        query(refreshed, "select gap, count(*) from marts.filled_value where method is not null group by gap")
    )
    assert filled["suppressed"] > 2000 and filled["not_available"] > 1500 and filled["other_level"] > 3000


def test_no_limits_cut_what_a_publisher_hides(refreshed: tuple[str, Path]) -> None:
    hidden_to, hidden_from = (f"cast(inputs ->> '{name}' as double)" for name in ("hidden_to", "hidden_from"))
    assert query(
        refreshed,
        "select count(*) from marts.filled_value where gap = 'suppressed' and method is not null"
        f" and numerator_lower_95 <= {hidden_to} and not (numerator_lower_95 <= {hidden_from}"
        f" and numerator_upper_95 >= least({hidden_to}, coalesce(denominator, 'inf')))",
    ) == [(0,)]


def test_nothing_is_filled_that_was_published_and_no_fill_is_a_figure(refreshed: tuple[str, Path]) -> None:
    of_the_same = (
        "f.indicator_id = v.indicator_id and f.area_code = v.area_code and f.period_type = v.period_type"
        " and f.period_start = v.period_start and f.period_end = v.period_end and f.sex = v.sex"
        " and f.age_band = v.age_band and f.category is not distinct from v.category"
        " and f.category_type is not distinct from v.category_type"
    )
    assert query(
        refreshed,
        "select count(*) from marts.filled_value as f inner join marts.indicator_value as v"
        f" on {of_the_same} where v.is_latest_release and v.numerator is not null",
    ) == [(0,)]


def test_no_share_is_more_than_all(refreshed: tuple[str, Path]) -> None:
    assert query(
        refreshed, "select count(*) from marts.filled_value where unit = 'percent' and upper_95 > 100 + 1e-9"
    ) == [(0,)]
