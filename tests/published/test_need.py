"""Old studies and today's people, in a build from real published files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.published.conftest import query

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("whole_folder")]


def test_prisons_hold_41_per_cent_more_people_than_when_the_survey_of_1997_was_done(
    refreshed: tuple[str, Path],
) -> None:
    ((then, now, change, grade),) = query(
        refreshed,
        "select people_then, people_now, people_change_pct, trust_grade from marts.study_age"
        " where study_id = 'ons1997'",
    )
    assert (then, now) == (61944, 87465)
    assert change == pytest.approx(41.2, abs=0.05)
    assert grade in ("poor", "very poor")


def test_every_prison_with_people_has_an_estimate_of_psychosis_and_none_of_smoking(
    refreshed: tuple[str, Path],
) -> None:
    ((prisons, estimated),) = query(
        refreshed,
        "select count(distinct m.place_code), count(distinct e.place_code) from marts.contact_mix as m"
        " left join marts.need_estimate as e on m.place_code = e.place_code and e.setting = 'prison'"
        " and e.condition_id = 'psychosis' and e.status = 'modelled'"
        " where m.setting = 'prison' and m.place_kind = 'prison'",
    )
    assert prisons == estimated > 100
    assert query(refreshed, "select distinct status from marts.need_estimate where condition_id = 'smoking'") == [
        ("not_available",)
    ]


def test_every_force_area_and_local_authority_has_people_on_probation(refreshed: tuple[str, Path]) -> None:
    assert query(
        refreshed,
        "select place_kind, count(distinct place_code), bool_and(lower_95 < value and value < upper_95)"
        " from marts.need_estimate where setting = 'probation' and condition_id = 'hazardous_drinking'"
        " group by place_kind order by place_kind",
    ) == [("country", 1, True), ("local_authority", 318, True), ("police_force_area", 43, True)]


def test_no_estimate_stands_on_what_was_not_read(refreshed: tuple[str, Path]) -> None:
    assert not query(
        refreshed,
        "select * from (select unnest(string_split(estimates, '; ')) as estimate_id from marts.need_estimate) as e"
        " inner join marts.study_estimate as s using (estimate_id) where not s.is_verified",
    )


def test_nothing_is_compared_while_treatment_in_prisons_has_no_figures(refreshed: tuple[str, Path]) -> None:
    assert query(refreshed, "select count(*) from marts.need_estimate where unmet is not null") == [(0,)]
    assert query(
        refreshed,
        "select why_no_unmet from marts.need_estimate where setting = 'prison_in_a_year'"
        " and condition_id = 'drug_dependence'",
    ) == [("No figures of treatment in secure settings have landed for England.",)]
