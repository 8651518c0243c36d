"""The marts of every real file at hand: figures that a person can find in a publication, and none counted twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.published.conftest import query

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("whole_folder")]

Refreshed = tuple[str, Path]

#: Indicators of forces whose national total is of the forces of England and Wales alone, so that they add up to it.
OF_FORCES_ALONE = (
    *("arrest_rate", "child_arrest_rate", "women_arrest_rate", "drug_arrest_rate", "ced_use_rate"),
    *("ced_discharge_rate", "firearm_offences_rate", "police_officers_rate", "pcso_rate", "special_constables_rate"),
    *("police_officers_women_share", "use_of_force_rate", "stop_search_rate_ethnic_group"),
)


def test_indicators_of_every_stage_and_group_have_real_figures(refreshed: Refreshed) -> None:
    ours = "from marts.indicator where has_figures and indicator_id not like 'fingertips%'"
    assert query(refreshed, f"select count(*) {ours}")[0][0] >= 60
    stages = dict(query(refreshed, f"select pathway_stage, count(*) {ours} group by pathway_stage"))
    for stage in (
        *("primary_prevention", "police_contact", "courts_sentencing", "custody", "release_resettlement"),
        *("community_sentence", "whole_pathway"),
    ):
        assert stages[stage] >= 5, stage
    groups = dict(query(refreshed, f"select population_group, count(*) {ours} group by population_group"))
    assert groups.keys() == {"everyone", "women", "children", "older people", "ethnic groups"}
    sectors = dict(query(refreshed, f"select sector, count(*) {ours} group by sector"))
    assert sectors["health"] >= 20 and sectors["justice"] >= 60


@pytest.mark.parametrize(
    ("indicator", "area", "start", "end", "column", "expected"),
    [
        # Police powers and procedures, year to March 2019: arrests in England and Wales.
        ("arrest_rate", "K04000001", "2018-04-01", "2019-03-31", "numerator", 671_126),
        # Deaths related to drug poisoning, 2021 registrations.
        ("drug_poisoning_deaths_rate", "K04000001", "2021-01-01", "2021-12-31", "numerator", 4_859),
        # Offender management statistics: the prison population at the end of September 2025.
        ("prison_population", "K04000001", "2025-09-30", "2025-09-30", "value", 87_465),
        # Youth justice statistics: the average population of children in custody, rounded there to 560.
        ("child_custody_population", "K04000001", "2020-04-01", "2021-03-31", "round(value, -1)", 560),
    ],
)
def test_a_figure_is_the_one_that_was_published(
    indicator: str, area: str, start: str, end: str, column: str, expected: float, refreshed: Refreshed
) -> None:
    assert query(
        refreshed,
        f"select {column} from marts.indicator_value where indicator_id = '{indicator}' and area_code = '{area}'"
        f" and period_start = date '{start}' and period_end = date '{end}' and sex = 'persons'"
        " and category_type is null and is_latest_release",
    ) == [(expected,)]


def test_former_districts_are_added_up_to_the_one_that_took_their_place(refreshed: Refreshed) -> None:
    # Autumn 2011: Aylesbury Vale 10, Chiltern 0, South Bucks 0, Wycombe 14; a later release gives their sum itself.
    found = query(
        refreshed,
        "select numerator, status, as_published_area_code from marts.indicator_value"
        " where indicator_id = 'rough_sleeping_count' and area_code = 'E06000060' and period_end = date '2011-11-30'"
        " and category_type is null and sex = 'persons'",
    )
    assert set(found) == {
        (24, "observed", "E07000004 + E07000005 + E07000006 + E07000007"),
        (24, "observed", "E06000060"),
    }
    assert query(
        refreshed, "select count(*) from marts.indicator_value where area_code in ('E07000004', 'E07000007')"
    ) == [(0,)]


def test_a_code_that_was_only_changed_hands_its_figures_on_and_is_kept(refreshed: Refreshed) -> None:
    assert query(refreshed, "select count(*) from marts.indicator_value where area_code = 'E08000019'") == [(0,)]
    codes = dict(
        query(
            refreshed,
            "select as_published_area_code, count(*) from marts.indicator_value where area_code = 'E08000039'"
            " and as_published_area_code is not null group by as_published_area_code",
        )
    )
    assert codes.keys() == {"E08000019", "E08000039"}
    # One series, whichever of the two codes a release has.
    both = query(
        refreshed,
        "select count(distinct as_published_area_code) from marts.indicator_value"
        " where area_code = 'E08000039' group by indicator_id order by 1 desc limit 1",
    )
    assert both == [(2,)]


def test_districts_carried_to_todays_codes_add_up_to_the_larger_areas_that_were_published(refreshed: Refreshed) -> None:
    group = "indicator_id, period_type, period_start, period_end, sex, age_band, release_id"
    rows = query(
        refreshed,
        "with child as (select child_code, parent_code, count(*) over (partition by parent_code) as children"
        " from marts.area_relation where vintage = (select max(vintage) from marts.area_relation)"
        " and child_level = 'local_authority_district' and parent_level in ('region', 'country')"
        " and child_code <> parent_code),"
        " figure as (select * from marts.indicator_value where category_type is null and numerator is not null"
        " and as_published_area_code is not null"
        " and indicator_id in ('rough_sleeping_count', 'drug_poisoning_deaths_rate')),"
        f" summed as (select {group}, parent_code as area_code, sum(numerator) as districts,"
        " bool_or(figure.area_code <> as_published_area_code) as has_moved"
        f" from figure inner join child on figure.area_code = child_code group by {group}, parent_code"
        " having count(*) = max(children))"
        " select indicator_id, count(*), sum(has_moved::int), max(abs(districts - numerator))"
        f" from summed inner join figure using ({group}, area_code) group by indicator_id order by indicator_id",
    )
    assert [(indicator, farthest) for indicator, _, _, farthest in rows] == [
        ("drug_poisoning_deaths_rate", 0),
        ("rough_sleeping_count", 0),
    ]
    assert all(sums >= 300 and moved >= 100 for _, sums, moved, _ in rows)


def test_force_areas_add_up_to_england_and_wales(refreshed: Refreshed) -> None:
    farthest = dict(
        query(
            refreshed,
            f"select indicator_id, max(abs(forces - total)) from ({_FORCES_AND_TOTAL}) group by indicator_id",
        )
    )
    assert {name: farthest[name] for name in OF_FORCES_ALONE if farthest[name] > 1e-6} == {}


def test_force_areas_come_to_no_more_than_england_and_wales_and_lack_only_the_transport_police(
    refreshed: Refreshed,
) -> None:
    # Crimes that the British Transport Police recorded are in the total and in no force's area.
    rows = query(
        refreshed,
        "select f.indicator_id, f.period_start, f.category, forces, total"
        f" from ({_FORCES_AND_TOTAL}) f where f.indicator_id not like 'police_contact%'"
        " and (forces > total + 1e-6 or forces < 0.94 * total)",
    )
    assert rows == []


def test_deaths_that_are_in_no_force_are_counted_among_the_unplaced(refreshed: Refreshed) -> None:
    ((forces, total),) = query(
        refreshed,
        "select sum(numerator) filter (area_level = 'police_force_area'),"
        " sum(numerator) filter (area_code = 'K04000001') from marts.indicator_value"
        " where indicator_id = 'police_contact_deaths' and category_type is null and is_latest_release",
    )
    ((unplaced,),) = query(refreshed, "select sum(quantity) from meta.unplaced where source_id = 'iopc_deaths'")
    # The publisher has the three who were shot in June 2017 with two forces that took part, and once in its total.
    assert forces + unplaced == total + 3


def test_a_district_of_several_partnerships_is_none_of_them(refreshed: Refreshed) -> None:
    partnerships = query(
        refreshed,
        "select parent_code, is_exact from marts.area_relation where child_code = 'E06000060'"
        " and parent_level = 'community_safety_partnership'"
        " and vintage = (select max(vintage) from marts.area_relation)",
    )
    assert len(partnerships) == 4 and not any(is_exact for _, is_exact in partnerships)
    codes = ", ".join(f"'{code}'" for code, _ in partnerships)
    # Each has what is published of it, and nothing that was made from the district's.
    assert query(
        refreshed,
        f"select count(*) from marts.indicator_value where area_code in ({codes}) and as_published_area_code is null",
    ) == [(0,)]
    assert query(
        refreshed,
        "select sum(quantity) > 0 from meta.unplaced where source_id = 'police_uk_street'"
        " and reason = 'several_partnerships'",
    ) == [(True,)]


def test_the_city_of_london_is_there_once_and_wales_is_there(refreshed: Refreshed) -> None:
    assert query(
        refreshed,
        "select distinct area_code, area_level from marts.indicator_value"
        " where area_name like '%City of London%' or area_name like 'London, City of%' order by 1",
    ) == [
        ("E09000001", "local_authority_district"),
        ("E22000180", "community_safety_partnership"),
        ("E23000034", "police_force_area"),
    ]
    assert query(
        refreshed,
        "select area_level, count(distinct area_code) from marts.indicator_value where area_code like 'W%'"
        " group by area_level order by area_level",
    ) == [
        ("community_safety_partnership", 21),
        ("country", 1),
        ("local_authority_district", 22),
        ("local_health_board", 7),
        ("police_force_area", 4),
    ]


def test_no_place_is_a_force_without_an_area_or_a_prison(refreshed: Refreshed) -> None:
    assert query(
        refreshed,
        "select count(*) from marts.indicator_value where area_name ilike '%transport police%'"
        " or area_code in (select prison_code from marts.prison)"
        " or not regexp_full_match(area_code, '[EKW][0-9]{8}')",
    ) == [(0,)]
    labels = query(refreshed, "select label from meta.unplaced where reason = 'force_has_no_area'")
    assert ("btp",) in labels


def test_each_revision_of_a_figure_is_kept_and_one_is_the_latest(refreshed: Refreshed) -> None:
    revisions = query(
        refreshed,
        "select value, is_latest_release from marts.indicator_value where indicator_id = 'prison_population'"
        " and area_code = 'K04000001' and period_end = date '2019-06-30' and sex = 'persons'"
        " and age_band = 'All ages' and category_type is null",
    )
    assert len(revisions) == 4 and {82_676, 82_710} <= {value for value, _ in revisions}
    assert [is_latest for _, is_latest in revisions].count(True) == 1
    assert query(
        refreshed,
        "select count(*) from (select count(*) filter (is_latest_release) as latest from marts.indicator_value"
        f" group by {_FIGURE})"
        " where latest <> 1",
    ) == [(0,)]


def test_on_a_day_one_release_of_each_figure_was_known(refreshed: Refreshed) -> None:
    assert query(
        refreshed,
        "select count(*) from (select count(*) as known from marts.indicator_value"
        " where known_from <= current_date and (known_to is null or known_to > current_date)"
        f" group by {_FIGURE})"
        " where known <> 1",
    ) == [(0,)]


_FIGURE = "indicator_id, area_code, period_type, period_start, period_end, sex, age_band, category_type, category"
_GROUP = "indicator_id, period_type, period_start, period_end, sex, age_band, category_type, category, release_id"
#: Figures that all 43 force areas have in a release which has England and Wales too.
_FORCES_AND_TOTAL = (
    f"select f.*, t.total from (select {_GROUP}, sum(numerator) as forces from marts.indicator_value"
    " where is_latest_release and area_level = 'police_force_area' and as_published_area_code is not null"
    f" group by {_GROUP} having count(numerator) = 43) f inner join (select {_GROUP}, numerator as total"
    " from marts.indicator_value where is_latest_release and area_code = 'K04000001') t on "
    + " and ".join(f"f.{name} is not distinct from t.{name}" for name in _GROUP.split(", "))
)
