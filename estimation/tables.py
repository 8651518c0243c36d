"""The tables that are estimated: what each says, what a row of it is, and what its columns mean."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """One table of the schema ``marts``."""

    comment: str
    grain: tuple[str, ...]
    columns: dict[str, tuple[str, str]]
    """By column, its type and what it means."""


_KEY: dict[str, tuple[str, str]] = {
    "intervention_id": ("varchar", "The intervention; marts.intervention describes it"),
    "area_code": (
        "varchar",
        "The place where it was begun; of a national one the country whose figures were used, null where it has none",
    ),
    "indicator_id": ("varchar", "The indicator that it could move; marts.intervention_outcome says why"),
    "method": (
        "varchar",
        "interrupted_time_series: against the place's own past; difference_in_differences: against places like it",
    ),
}

_NEED: dict[str, tuple[str, str]] = {
    "condition_id": ("varchar", "The condition; marts.study_estimate has what studies found of it"),
    "condition_title": ("varchar", "What it is called"),
    "domain": ("varchar", "What kind of need it is"),
    "setting": ("varchar", "Where the people are; marts.contact_mix describes the settings"),
}
_EVIDENCE: dict[str, tuple[str, str]] = {
    "estimates": ("varchar", "The figures it stands on, by estimate_id, with semicolons between"),
    "fieldworks": ("integer", "How many fieldworks they come from"),
    "oldest_fieldwork_year": ("double", "The middle of the oldest fieldwork"),
    "years_since_fieldwork": ("double", "Years since then"),
    "people_change_pct": (
        "double",
        "By how much the people of the setting have grown since a fieldwork, per cent of then: of the fieldwork since"
        " which they changed most; null where not known",
    ),
    "trust_grade": ("varchar", "The worst grade of their studies in marts.study_age: good, caution, poor or very poor"),
    "status": ("varchar", "modelled; not_available where nothing can be estimated"),
    "method": (
        "varchar",
        "random_effects_standardised: log odds pooled by random effects, applied to today's people; null where none is",
    ),
}

TABLES: dict[str, Table] = {
    "need_prevalence": Table(
        "How common each need is among people of one sex, kind of custody and age, pooled from the studies that cover"
        " them, one a fieldwork. Modelled, with limits for a place that is none of the studies'.",
        ("condition_id", "setting", "sex", "custody_type", "age_band"),
        {
            **_NEED,
            "sex": ("varchar", "male or female; all where the sex of the people is not known"),
            "custody_type": ("varchar", "remand, sentenced, arrest or all, as in marts.contact_mix"),
            "age_band": ("varchar", "The ages, as in marts.contact_mix"),
            "prevalence_pct": ("double", "Per cent who have it: the middle of what is believed"),
            "lower_95": ("double", "Lower 95% limit in a place that is none of the studies', per cent"),
            "upper_95": ("double", "Upper 95% limit in a place that is none of the studies', per cent"),
            "log_odds": ("double", "The pooled log odds"),
            "variance_sampling": ("double", "Variance of the log odds from the studies' sampling"),
            "variance_age": ("double", "Variance of the log odds from the years since the fieldwork"),
            "variance_between_studies": ("double", "Variance of the log odds from differences between studies"),
            "between_studies": ("double", "Variance of the true log odds between studies (tau squared)"),
            "between_studies_basis": (
                "varchar",
                "these studies; all studies: with fewer than three, no less than is usual among all conditions",
            ),
            "i_squared": ("double", "Share of the spread that is no sampling error, 0 to 1; null with one fieldwork"),
            **_EVIDENCE,
        },
    ),
    "need_estimate": Table(
        "How many people in contact with the justice system would have a need today, by place, if old studies held for"
        " today's people: pooled prevalence applied to today's sex, custody and age. Modelled, never observed:"
        " docs/old-evidence.md says what it does not say.",
        ("condition_id", "setting", "place_kind", "place_code"),
        {
            **_NEED,
            "place_kind": ("varchar", "country, prison, police_force_area or local_authority"),
            "place_code": ("varchar", "The prison's code, or the area's ONS code"),
            "place_name": ("varchar", "Its name"),
            "people": ("double", "People of the setting in the place (arrests, of police custody)"),
            "people_covered": ("double", "Those of them whom a study covers: the estimate is of them alone"),
            "prevalence_pct": ("double", "Per cent of those covered who would have it"),
            "prevalence_lower_95": ("double", "Its lower 95% limit"),
            "prevalence_upper_95": ("double", "Its upper 95% limit"),
            "value": ("double", "How many would have it; null where nothing can be estimated"),
            "lower_95": ("double", "Lower 95% limit of the expected number"),
            "upper_95": ("double", "Upper 95% limit of the expected number"),
            "share_sampling": ("double", "Share of the variance of value that the studies' sampling makes, 0 to 1"),
            "share_age": ("double", "Share that the years since the fieldwork make"),
            "share_between_studies": ("double", "Share that the differences between studies make"),
            "share_people": ("double", "Share that sharing people out between places makes"),
            **_EVIDENCE,
            "counted_on": ("date", "The day, or the last day of the year, that the people are of"),
            "mix_basis": ("varchar", "What their sex, custody and age rest on"),
            "coverage_note": ("varchar", "Whom no study covers; null where everybody is covered"),
            "observed": ("double", "How many of the same people are counted as treated; null where nobody counts them"),
            "observed_indicator_id": ("varchar", "The indicator that counts them"),
            "observed_period_end": ("date", "Last day of the period of that count"),
            "unmet": ("double", "value less observed; null where nothing is observed. Negative where more are treated"),
            "unmet_lower_95": ("double", "lower_95 less observed: the count is taken as exact"),
            "unmet_upper_95": ("double", "upper_95 less observed"),
            "comparison_note": ("varchar", "What to know of the comparison"),
            "why_no_unmet": ("varchar", "Why nothing is compared; null where something is"),
            "reason": ("varchar", "Why nothing can be estimated; null where something is"),
        },
    ),
    "intervention_effect": Table(
        "What the figures of a place say of an intervention begun there, by two methods; and, where they say nothing,"
        " why. Modelled, never observed. It is no trial: docs/interventions.md says what it does not say.",
        ("intervention_id", "area_code", "indicator_id", "method", "effect"),
        {
            **_KEY,
            "effect": (
                "varchar",
                "level_change: the jump in the first period after; slope_change: how much faster it has changed since,"
                " a year; average_change: the mean change over all periods after; null where not estimable",
            ),
            "period_type": ("varchar", "The kind of period of the series that was used"),
            "pre_periods": ("integer", "How many periods before it were used"),
            "post_periods": ("integer", "How many periods after it were used"),
            "comparison_count": ("integer", "How many places it is compared with; null where it is its own past"),
            "comparison_places": ("varchar", "Their codes, with semicolons between"),
            "estimate": ("double", "What changed, in estimate_unit; null where not estimable"),
            "lower_95": ("double", "Lower 95% limit of the estimate"),
            "upper_95": ("double", "Upper 95% limit of the estimate"),
            "estimate_unit": (
                "varchar",
                "rate ratio (1 is no change), rate ratio a year, the indicator's unit, or that unit a year",
            ),
            "p_value": (
                "double",
                "How often a change as large would be seen were there none: by Student's t in a time series, by rank"
                " among the other places in difference-in-differences",
            ),
            "expected_direction": ("varchar", "Which way the register says it should move: up, down or unclear"),
            "pre_trend": (
                "double",
                "The trend before, a year: of the place itself in a time series (a ratio where the estimate is one), of"
                " the gap between it and its comparison in difference-in-differences",
            ),
            "pre_trend_p_value": ("double", "How often a trend as steep would be seen were there none"),
            "pre_trend_differs": (
                "boolean",
                "Whether the place was already drifting away from its comparison (p below 0.1): then the estimate"
                " cannot be told from that; null where there is no comparison",
            ),
            "is_estimable": ("boolean", "Whether there is an estimate"),
            "reason": ("varchar", "Why there is none; null where there is"),
            "diagnostics": ("varchar", "How it was made and what speaks against it, in words"),
            "trust": (
                "varchar",
                "How far it can be trusted: moderate, low, very_low, or none where not estimable. A time series alone"
                " is never above low; each thing that speaks against it lowers it by a step",
            ),
            "status": ("varchar", "modelled; not_available where not estimable"),
        },
    ),
    "intervention_series": Table(
        "The series behind marts.intervention_effect, to be drawn: what was observed, what would have been expected"
        " without the intervention, and the mean of the places compared with.",
        ("intervention_id", "area_code", "indicator_id", "method", "period_start"),
        {
            **_KEY,
            "period_type": ("varchar", "The kind of period"),
            "period_start": ("date", "First day of the period"),
            "period_end": ("date", "Last day of the period, itself within it"),
            "phase": ("varchar", "before or after; periods in which it may or may not have begun are left out"),
            "observed": ("double", "The figure, in the indicator's unit"),
            "counterfactual": (
                "double",
                "What the model expects without the intervention, in the indicator's unit; before it, what it fits",
            ),
            "comparison_mean": ("double", "The mean of the comparison places; null where there are none"),
            "status": ("varchar", "modelled: the counterfactual is"),
        },
    ),
    "filled_value": Table(
        "Figures that a publisher did not give, as far as others of the same period say what they could be: suppressed"
        " counts bounded from published totals, and figures of larger areas apportioned to their parts. Each is a row"
        " of its own with method, inputs and interval, and is no figure of marts.indicator_value; what cannot be filled"
        " says why. Nothing is said of a count below its publisher's threshold but that it is below it, and no earlier"
        " figure is carried forward. docs/filling.md has the methods and how well they do; marts.fill_validation too.",
        (
            "indicator_id",
            "area_code",
            "period_type",
            "period_start",
            "period_end",
            "sex",
            "age_band",
            "category_type",
            "category",
        ),
        {
            "indicator_id": ("varchar", "The indicator; marts.indicator describes it"),
            "area_code": ("varchar", "The place whose figure is missing, on today's codes"),
            "area_name": ("varchar", "Its name"),
            "area_level": ("varchar", "What kind of area it is"),
            "period_type": ("varchar", "The kind of period"),
            "period_start": ("date", "First day of the period"),
            "period_end": ("date", "Last day of the period"),
            "sex": ("varchar", "male, female or persons"),
            "age_band": ("varchar", "The ages"),
            "category_type": (
                "varchar",
                "What figures are broken down by beside sex and age; null where by nothing",
            ),
            "category": ("varchar", "The part of that breakdown"),
            "gap": (
                "varchar",
                "Why it is empty: suppressed, not_available or missing as the publisher says; no_row: it names the"
                " place's neighbours and not the place; other_level: it has figures of larger areas only",
            ),
            "method": (
                "varchar",
                "bounded_from_totals: what a published total leaves for its hidden parts; apportioned_by_population,"
                " apportioned_by_need: a share of a larger area's figure, or of what its known parts leave of it; null"
                " where nothing is said",
            ),
            "numerator": ("double", "The count, as far as it is known: what is expected of it, not a whole number"),
            "numerator_lower_95": ("double", "Lower 95% limit of the count, or of what its publisher hides"),
            "numerator_upper_95": ("double", "Upper 95% limit of the count, or of what its publisher hides"),
            "denominator": ("double", "What is below the line, as published, or the residents; null where not known"),
            "value": (
                "double",
                "The count in the indicator's unit; null where that is no plain quotient or what is below the line is"
                " not known",
            ),
            "lower_95": ("double", "Lower limit of the value, of the count's lower limit"),
            "upper_95": ("double", "Upper limit of the value, of the count's upper limit"),
            "unit": ("varchar", "The unit of the value"),
            "status": (
                "varchar",
                "estimated where bounded, modelled where apportioned, not_available where nothing is said; never"
                " observed",
            ),
            "total_area_code": ("varchar", "The larger area whose published figure it is a part of"),
            "inputs": (
                "varchar",
                "What it was made from, as JSON: the total's kind of area and count, how many parts it has and how many"
                " of them are known, what it was shared by, how far parts differ (a standard deviation of the logarithm"
                " of their rate, or those of other indicators), and the least and the most of what the publisher hides",
            ),
            "is_guarded": (
                "boolean",
                "Whether the limits are as wide as what the publisher hides, because the count could be below its"
                " threshold",
            ),
            "reason": ("varchar", "Why nothing is said; null where something is"),
            "source_id": ("varchar", "The source of the total and of its known parts"),
        },
    ),
    "fill_validation": Table(
        "How well each way of filling does on figures that are known: they are hidden as a publisher would, filled, and"
        " compared. Made anew with each build, from a fixed seed.",
        ("design", "method", "scope", "indicator_id", "child_level", "parent_level"),
        {
            "design": (
                "varchar",
                "What was hidden: small_counts (those below a threshold, and what protects them), some_parts (a fifth"
                " of each total's), all_parts (every part of each total)",
            ),
            "method": ("varchar", "The method, as in marts.filled_value"),
            "scope": ("varchar", "table: of one indicator; all: all cells of the design and method together"),
            "indicator_id": ("varchar", "The indicator whose figures were hidden; null for all together"),
            "child_level": ("varchar", "The kind of area whose figures were hidden; null for all together"),
            "parent_level": ("varchar", "The kind of area whose figures are the totals; null for all together"),
            "period_type": ("varchar", "The kind of period of the figures; null for all together"),
            "period_start": ("date", "First day of their period; null for all together"),
            "period_end": ("date", "Last day of their period; null for all together"),
            "totals": ("integer", "How many totals had parts hidden"),
            "hidden_cells": ("integer", "How many figures were hidden and filled"),
            "median_count": ("double", "The median of what they are"),
            "median_absolute_error": ("double", "The median of how far a fill is from what it should be, as a count"),
            "median_relative_error": (
                "double",
                "The median of the error as a share of what it should be, of counts above nought; null where none is",
            ),
            "coverage_95": ("double", "The share of hidden figures that lie within the limits as they are published"),
            "model_coverage_95": (
                "double",
                "The share that lie within the model's limits, before they are widened to what a publisher hides",
            ),
            "mean_width": ("double", "The mean distance between the limits as they are published, as a count"),
        },
    ),
}
