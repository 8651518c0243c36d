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

TABLES: dict[str, Table] = {
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
}
