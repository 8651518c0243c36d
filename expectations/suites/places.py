"""Suites for the marts that put figures side by side: places, change, paths, deaths, and what publishers computed."""

from __future__ import annotations

from datetime import date

from expectations.suites import Expectation, NoRows, Suite, text_list
from expectations.suites.marts import SUITE
from expectations.suites.table import columns, filled, not_in_the_future, unique, value_or_status

PERIOD = ("period_type", "period_start", "period_end", "months", "aligned_year", "alignment")
PLACE_PROFILE = (
    *("area_code", "area_name", "area_level", "indicator_id", "title", "sector", "domain", "pathway_stage"),
    *("population_group", "polarity", "unit", "sex", "age_band", "period_type", "period_start", "period_end"),
    *("is_newest_period", "value", "lower_95", "upper_95", "possible_low", "possible_high", "numerator"),
    *("denominator", "status"),
    *("rank_from_highest", "places_ranked", "england_value", "compared_with_england", "wales_value"),
    *("compared_with_wales", "england_and_wales_value", "compared_with_england_and_wales", "funnel_position"),
    *("parent_code", "parent_name", "parent_value", "compared_with_parent", "neighbours_value"),
    *("neighbours_with_figure", "compared_with_neighbours", "recent_trend", "recent_trend_judged", "trend_points"),
    *("baseline_period_start", "baseline_period_end", "baseline_kind", "baseline_value", "change_since_baseline"),
    *("change_since_baseline_lower_95", "change_since_baseline_upper_95", "change_since_baseline_judged"),
    *("paired_indicator_id", "paired_title", "paired_sector", "paired_value", "paired_unit", "paired_status"),
    *("paired_period_start", "paired_period_end", "source_id", "release_id", "published_on"),
    *("is_layout_only", "note"),
)
PROGRESS = (
    *("area_code", "area_name", "area_level", "indicator_id", "title", "sector", "domain", "pathway_stage"),
    *("polarity", "unit", "period_type", "baseline_period_start", "baseline_period_end", "baseline_kind"),
    *("baseline_value", "baseline_lower_95", "baseline_upper_95", "period_start", "period_end", "value"),
    *("lower_95", "upper_95", "change", "change_lower_95", "change_upper_95", "change_ratio", "change_judged"),
    *("comparison_area_code", "comparison_baseline_value", "comparison_value", "comparison_change"),
    *("difference_in_change", "difference_lower_95", "difference_upper_95", "difference_judged", "is_unbroken"),
    *("series_breaks", "source_id"),
)
PLACE_LINK = (
    *("pair_id", "title", "why", "area_code", "area_name", "area_level", "aligned_year", "health_indicator_id"),
    *("health_period_type", "health_period_start", "health_period_end", "health_value", "health_lower_95"),
    *("health_upper_95", "health_unit", "health_status", "justice_indicator_id", "justice_period_type"),
    *("justice_period_start", "justice_period_end", "justice_value", "justice_lower_95", "justice_upper_95"),
    *("justice_unit", "justice_status", "is_same_period", "alignment", "correlation_over", "correlation_pairs"),
    *("correlation", "correlation_lower_95", "correlation_upper_95", "rank_correlation", "warning"),
)
PATH = (
    *("area_code", "area_name", "area_level", "aligned_year", "step_order", "step_id", "title", "indicator_id"),
    *("period_type", "period_start", "period_end", "people", "people_are", "rate", "rate_lower_95"),
    *("rate_upper_95", "rate_unit", "denominator", "step_before", "times_step_before", "times_lower_95"),
    *("times_upper_95", "status", "gap", "gap_note", "who_has_it", "source_id", "release_id"),
)
DEATHS_IN_CONTACT = (
    *("setting", "cause", "area_code", "area_name", "area_level", "period_type", "period_start", "period_end"),
    *("sex", "age_band", "deaths", "deaths_lower_95", "deaths_upper_95", "people", "people_are", "rate_per_1000"),
    *("rate_lower_95", "rate_upper_95", "status", "source_id", "release_id", "published_on", "is_latest_release"),
    *("is_layout_only", "note"),
)
PUBLISHER_COMPARISON = (
    *("indicator_id", "source_id", "release_id", "figures", "figures_that_differ", "published_decimals"),
    *("largest_difference", "farthest_area_code", "farthest_period_start", "farthest_period_end"),
    *("farthest_published_value", "farthest_computed_value", "agrees"),
)

_COMPARISONS = ("better", "similar", "worse", "higher", "lower", "not_compared")
_FUNNEL = ("within", "above_95", "above_998", "below_95", "below_998", "not_compared")
_TRENDS = (
    *("increasing", "decreasing", "no_significant_change", "cannot_be_calculated"),
    *("getting_better", "getting_worse"),
)
_PLACE = ("area_code", "area_name", "area_level")
_PERIOD = ("period_type", "period_start", "period_end")
_ADVICE = "A join multiplied the rows: look for a lookup with several parents, or two headline figures of a period."


def suites(*, today: date) -> list[Suite]:
    """A suite for each table."""
    return [
        Suite(
            SUITE,
            "marts.period",
            (
                columns(PERIOD),
                filled(*PERIOD),
                unique(
                    "key_is_unique", _PERIOD, advice="The same period has two middle years: see int_figure's dates."
                ),
                Expectation(
                    name="every_period_of_a_figure_is_there",
                    rule=NoRows(
                        f"select {', '.join(_PERIOD)}, count(*) as figures from marts.indicator_value"
                        f" anti join checked using ({', '.join(_PERIOD)}) group by all"
                    ),
                    severity="error",
                    reason="A period that is not there cannot be set beside another.",
                    expected="every period of marts.indicator_value",
                    advice="marts.period is made from the figures as published: see what changes a period after that.",
                ),
            ),
        ),
        Suite(
            SUITE,
            "marts.place_profile",
            (
                columns(PLACE_PROFILE),
                filled(*_PLACE, "indicator_id", "title", *_PERIOD, "status", "recent_trend", "source_id", "release_id"),
                unique("key_is_unique", ("indicator_id", "area_code"), advice=_ADVICE),
                _words(
                    {
                        **dict.fromkeys(
                            [
                                f"compared_with_{other}"
                                for other in (*("england", "wales", "england_and_wales", "parent", "neighbours"),)
                            ],
                            _COMPARISONS,
                        ),
                        "funnel_position": _FUNNEL,
                        "recent_trend_judged": _TRENDS,
                    }
                ),
                Expectation(
                    name="value_is_the_latest_headline",
                    rule=NoRows(
                        "with headline as (select v.* from marts.indicator_value v"
                        " inner join marts.indicator i on v.indicator_id = i.indicator_id"
                        " and v.period_type = i.headline_period_type and v.sex = i.headline_sex"
                        " and v.age_band = i.headline_age_band"
                        " where v.is_latest_release and v.category_type is null)"
                        " select p.indicator_id, p.area_code, p.period_end, p.value, max(h.period_end) as newest,"
                        " max(h.value) filter (h.period_start = p.period_start and h.period_end = p.period_end)"
                        " as headline_value from checked p left join headline h"
                        " on p.indicator_id = h.indicator_id and p.area_code = h.area_code"
                        " group by p.indicator_id, p.area_code, p.period_end, p.value"
                        " having p.value is distinct from headline_value"
                        " or max(h.period_end) filter (h.value is not null) > p.period_end"
                    ),
                    severity="error",
                    reason="A page that shows another figure than the table of figures cannot be trusted.",
                    expected="value equal to the place's newest headline figure in marts.indicator_value",
                    advice="See int_headline_value, and how place_profile chooses a place's newest period.",
                ),
            ),
        ),
        Suite(
            SUITE,
            "marts.progress",
            (
                columns(PROGRESS),
                filled(*_PLACE, "indicator_id", *_PERIOD, "baseline_period_end", "baseline_value", "value", "change"),
                unique("key_is_unique", ("indicator_id", "area_code"), advice=_ADVICE),
                _words(
                    {
                        "change_judged": _COMPARISONS,
                        "difference_judged": _COMPARISONS,
                        "baseline_kind": ("holds_11_january_2017", "first_after"),
                    }
                ),
                Expectation(
                    name="change_is_from_the_baseline_to_now",
                    rule=NoRows(
                        "select * from checked where baseline_period_end >= period_start"
                        " or abs(change - (value - baseline_value)) > 1e-9 * greatest(1, abs(value))"
                        " or (comparison_area_code is null) <> (difference_in_change is null)"
                    ),
                    severity="error",
                    reason="A change between other figures than those beside it is not the place's.",
                    expected="change = value - baseline_value, forward in time; a difference where a country is named",
                    advice="See how progress chooses the baseline and the country beside it.",
                ),
            ),
        ),
        Suite(
            SUITE,
            "marts.place_link",
            (
                columns(PLACE_LINK),
                filled("pair_id", *_PLACE, "aligned_year", "alignment", "correlation_over", "warning"),
                unique("key_is_unique", ("pair_id", "area_code", "aligned_year"), advice=_ADVICE),
                Expectation(
                    name="correlation_is_one",
                    rule=NoRows(
                        "select pair_id, area_code, aligned_year, correlation_pairs, correlation, rank_correlation"
                        " from checked where abs(correlation) > 1 + 1e-9 or abs(rank_correlation) > 1 + 1e-9"
                        " or correlation < correlation_lower_95 - 1e-9 or correlation > correlation_upper_95 + 1e-9"
                        " or (correlation is not null and coalesce(correlation_pairs, 0) < 3)"
                    ),
                    severity="error",
                    reason="What is not between -1 and 1, or is of two places, is no correlation.",
                    expected="correlations within -1 and 1, within their limits, and of three pairs or more",
                    advice="See the macros of statistics/correlate.sql and what place_link groups by.",
                ),
            ),
        ),
        _path("marts.pathway_stage"),
        _path("marts.continuity_of_care"),
        Suite(
            SUITE,
            "marts.deaths_in_contact",
            (
                columns(DEATHS_IN_CONTACT),
                filled("setting", "cause", *_PLACE, "sex", "age_band", "status", "is_latest_release", "note"),
                unique(
                    "key_is_unique",
                    ("setting", "cause", "area_code", *_PERIOD, "sex", "age_band", "release_id"),
                    advice="A publication gives a total in several tables: keep one of them.",
                ),
                value_or_status("deaths"),
                not_in_the_future(today),
                Expectation(
                    name="limits_bracket_the_deaths",
                    rule=NoRows(
                        "select * from checked where deaths < deaths_lower_95 or deaths > deaths_upper_95"
                        " or rate_per_1000 < rate_lower_95 or rate_per_1000 > rate_upper_95"
                        " or (people > 0 and abs(rate_per_1000 - 1000 * deaths / people) > 1e-9 * rate_per_1000)"
                    ),
                    severity="error",
                    reason="An interval that leaves out its own figure is of another figure.",
                    expected="deaths and their rate within their limits, and the rate their quotient",
                    advice="See that deaths, people and limits are of one row.",
                ),
            ),
        ),
        Suite(
            SUITE,
            "meta.publisher_comparison",
            (
                columns(PUBLISHER_COMPARISON),
                filled("indicator_id", "release_id", "figures", "figures_that_differ", "agrees"),
                unique(
                    "key_is_unique", ("indicator_id", "release_id"), advice="One row for each indicator and release."
                ),
                Expectation(
                    name="publisher_agrees_with_its_own_counts",
                    rule=NoRows("select * from checked where figures_that_differ > 0"),
                    severity="warn",
                    reason="A publisher may round, correct or err: its figure is shown, and so is the difference.",
                    expected="no published figure farther from its own counts than rounding explains",
                    advice="Look at the farthest figure in the file. If the file says so, tell the publisher;"
                    " else columns were mixed up.",
                ),
            ),
        ),
    ]


def _path(table: str) -> Suite:
    return Suite(
        SUITE,
        table,
        (
            columns(PATH),
            filled(*_PLACE, "aligned_year", "step_order", "step_id", "title", "status", "who_has_it"),
            unique("key_is_unique", ("area_code", "aligned_year", "step_id"), advice=_ADVICE),
            Expectation(
                name="step_has_a_figure_or_says_why_not",
                rule=NoRows(
                    "select * from checked where (coalesce(rate, people) is null) <> (gap is not null)"
                    " or (gap is null) <> (gap_note is null) or (times_step_before is not null and step_before is null)"
                ),
                severity="error",
                reason="An empty step reads as nobody, when it is that nobody knows.",
                expected="people or rate, or gap and gap_note; a step before wherever a count is set against it",
                advice="See the cases of gap in the macro steps_of_path.",
            ),
        ),
    )


def _words(vocabulary: dict[str, tuple[str, ...]]) -> Expectation:
    return Expectation(
        name="words_are_of_the_vocabulary",
        rule=NoRows(
            "select * from checked where "
            + " or ".join(f"coalesce({name}, '') not in ({text_list(words)})" for name, words in vocabulary.items())
        ),
        severity="error",
        reason="Pages choose colours and sentences by these words.",
        expected="; ".join(f"{name} one of {', '.join(words)}" for name, words in vocabulary.items()),
        advice="A macro of statistics/compare.sql, funnel.sql or trend.sql has another word: change both.",
    )
