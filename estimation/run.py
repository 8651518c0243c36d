"""The estimated tables: read from the marts of a warehouse, written beside them.

Every intervention with a place and a date is estimated on every indicator that the register says it could move, by both
methods; what cannot be estimated is a row with its reason. Nothing is searched for: the pairs come from the register.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pandas as pd

from estimation.effects import DID, ITS, Estimate, difference_in_differences, interrupted_time_series
from estimation.tables import TABLES
from estimation.windows import PER_YEAR, Break, Frame, Start

#: Where a national intervention is looked for, the widest first.
COUNTRIES = ("K04000001", "E92000001", "W92000004")


def write(connection: duckdb.DuckDBPyConnection, table: str, rows: Frame) -> None:
    """Make a table of ``TABLES`` anew, with its types and its words."""
    described = TABLES[table].columns
    typed = ", ".join(f"{name} {kind}" for name, (kind, _) in described.items())
    connection.execute(f"create or replace table marts.{table} ({typed})")
    if len(rows):
        listed = ", ".join(described)
        cast = ", ".join(f"cast({name} as {kind})" for name, (kind, _) in described.items())
        connection.register("estimated_rows", rows)
        connection.execute(f"insert into marts.{table} ({listed}) select {cast} from estimated_rows")
        connection.unregister("estimated_rows")
    connection.execute(f"comment on table marts.{table} is {_literal(TABLES[table].comment)}")
    for name, (_, meaning) in described.items():
        connection.execute(f"comment on column marts.{table}.{name} is {_literal(meaning)}")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _figures(connection: duckdb.DuckDBPyConnection, indicator_ids: Sequence[str]) -> Frame:
    """The latest figures of some indicators, of everybody, broken down by nothing beyond sex and age."""
    return connection.execute(
        "select indicator_id, area_code, area_level, period_type, period_start, period_end, sex, age_band, value,"
        " lower_95, upper_95, numerator, denominator, unit, status, method, source_id, as_published_area_code"
        " from marts.indicator_value where is_latest_release and category_type is null and category is null"
        " and list_contains(?, indicator_id)"
        " order by indicator_id, area_code, period_type, period_start, period_end",
        [list(indicator_ids)],
    ).df()


def headline(figures: Frame) -> Frame:
    """One group of people of one indicator: everybody where that is published, else the group with most figures."""
    chosen = figures
    for column, everybody in (("sex", "persons"), ("age_band", "All ages")):
        counts = chosen[column].value_counts()
        if len(counts) > 1:
            best = everybody if everybody in counts.index else sorted(counts.index, key=lambda g: (-counts[g], g))[0]
            chosen = chosen[chosen[column] == best]
    return chosen


def _breaks(table: Frame, source_id: str, table_name: str | None, area_code: str) -> list[Break]:
    """The breaks of a source that could touch an indicator in a place."""
    found = []
    mine = table[table["source_id"] == source_id]
    if table_name:
        mine = mine[mine["table_name"] == table_name]
    for row in mine.itertuples():
        applies = json.loads(str(row.applies_to or "{}"))
        places = applies.get("area_code")
        if places and area_code not in places:
            continue
        within = f" (of {', '.join(sorted(applies))} only)" if applies else ""
        found.append(Break(_sure(row.since), f"{row.what}{within}", str(row.effect) == "not_comparable"))
    return found


@dataclass(frozen=True)
class _Case:
    """One intervention in one place, and one indicator that it could move."""

    intervention_id: str
    area_code: str | None
    indicator_id: str
    expected_direction: str
    start: Start
    unit: str
    breaks: list[Break]
    cautions: tuple[str, ...]
    touched: frozenset[str]
    is_national: bool
    figures: Frame
    """The indicator's headline figures, of every place of the level."""
    why_none: str
    """What to say where the place has none."""


def _sure(value: Any) -> date:
    moment: Any = pd.Timestamp(value)
    return moment.date()


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else _sure(value)


def _order(period_type: str) -> tuple[int, str]:
    """Finer kinds of period first."""
    return -PER_YEAR.get(period_type, 0), period_type


def _best(estimates: Sequence[Estimate]) -> Estimate:
    """The estimate of the finest kind of period that has one; else the refusal that came nearest."""
    for estimate in estimates:
        if estimate.is_estimable:
            return estimate
    return max(estimates, key=lambda e: min(e.before, 8) + min(e.after, 4))


def estimates_of(case: _Case) -> Iterator[Estimate]:
    """Both methods on one case."""
    own = case.figures[case.figures["area_code"] == case.area_code]
    kinds = sorted(own["period_type"].unique(), key=_order)
    if not kinds or case.start.is_phased:
        reason = case.start.why_phased if case.start.is_phased else case.why_none
        yield Estimate(ITS, reason=reason)
        yield Estimate(DID, reason=reason)
        return
    others = case.figures[~case.figures["area_code"].isin({case.area_code, *case.touched})]
    yield _best(
        [
            interrupted_time_series(
                own[own["period_type"] == kind],
                case.start,
                unit=case.unit,
                breaks=case.breaks,
                cautions=case.cautions,
                others=None if case.is_national else others[others["period_type"] == kind],
            )
            for kind in kinds
        ]
    )
    if case.is_national:
        yield Estimate(DID, reason="it began everywhere at once: there is no place without it to compare with")
        return
    yield _best(
        [
            difference_in_differences(
                case.figures[case.figures["period_type"] == kind],
                str(case.area_code),
                case.start,
                unit=case.unit,
                breaks=case.breaks,
                cautions=case.cautions,
                touched=case.touched,
            )
            for kind in kinds
        ]
    )


def _why_none(group: Frame) -> str:
    if group.empty:
        return "the warehouse has no figures of this indicator"
    levels = ", ".join(sorted(group["area_level"].dropna().unique()))
    return f"there are no figures of this indicator for this place (there are some by {levels})"


def _cases(connection: duckdb.DuckDBPyConnection) -> Iterator[_Case]:
    placed: Frame = connection.execute(
        "select i.*, o.indicator_id, o.expected_direction, o.table_name"
        " from marts.intervention as i inner join marts.intervention_outcome as o using (intervention_id)"
        " where i.extent in ('place', 'national') and i.started_on is not null"
        " order by i.intervention_id, i.area_code, o.indicator_id"
    ).df()
    if placed.empty:
        return
    figures = _figures(connection, sorted(placed["indicator_id"].unique()))
    units = dict(connection.execute("select indicator_id, coalesce(unit, '') from marts.indicator").fetchall())
    breaks: Frame = connection.execute(
        "select source_id, table_name, since, what, effect, applies_to from meta.series_break order by all"
    ).df()
    groups = {indicator: headline(group) for indicator, group in figures.groupby("indicator_id")}
    none = figures.iloc[:0]
    for row in placed.itertuples():
        is_national = row.extent == "national"
        group = groups.get(row.indicator_id, none)
        there = set(group["area_code"])
        country = next((code for code in COUNTRIES if code in there), None)
        area_code = country if is_national else str(row.area_code)
        own = group[group["area_code"] == area_code]
        level = group[group["area_level"] == own["area_level"].iloc[0]] if len(own) else none
        source_id = str(own["source_id"].iloc[0]) if len(own) else ""
        table_name = None if pd.isna(row.table_name) else str(row.table_name)
        ended, full = _day(row.ended_on), _day(row.fully_in_place_on)
        alike = placed[(placed["indicator_id"] == row.indicator_id) & placed["area_code"].notna()]
        yield _Case(
            str(row.intervention_id),
            area_code,
            str(row.indicator_id),
            str(row.expected_direction),
            Start.of(_sure(row.started_on), str(row.start_precision), full, ended),
            units.get(row.indicator_id) or "the indicator's unit",
            _breaks(breaks, source_id, table_name, str(area_code)),
            () if row.is_place_verified else ("the start was not read in a source",),
            frozenset(alike["area_code"]),
            is_national,
            level,
            _why_none(group),
        )


def _effect_rows(case: _Case, estimate: Estimate) -> Iterator[dict[str, Any]]:
    for effect in estimate.effects or (None,):
        yield {
            "intervention_id": case.intervention_id,
            "area_code": case.area_code,
            "indicator_id": case.indicator_id,
            "method": estimate.method,
            "effect": effect and effect.name,
            "period_type": estimate.period_type,
            "pre_periods": estimate.before,
            "post_periods": estimate.after,
            "comparison_count": len(estimate.places) if estimate.places else None,
            "comparison_places": "; ".join(estimate.places) or None,
            "estimate": effect and effect.estimate,
            "lower_95": effect and effect.lower_95,
            "upper_95": effect and effect.upper_95,
            "estimate_unit": effect and effect.unit,
            "p_value": effect and effect.p_value,
            "expected_direction": case.expected_direction,
            "pre_trend": estimate.pre_trend,
            "pre_trend_p_value": estimate.pre_trend_p_value,
            "pre_trend_differs": estimate.pre_trend_differs,
            "is_estimable": estimate.is_estimable,
            "reason": estimate.reason,
            "diagnostics": "; ".join(estimate.diagnostics) or None,
            "trust": estimate.trust,
            "status": "modelled" if estimate.is_estimable else "not_available",
        }


def _series_rows(case: _Case, estimate: Estimate) -> Frame:
    return estimate.series.assign(
        intervention_id=case.intervention_id,
        area_code=case.area_code,
        indicator_id=case.indicator_id,
        method=estimate.method,
        period_type=estimate.period_type,
        status="modelled",
    )


def run(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Write ``marts.intervention_effect`` and ``marts.intervention_series`` anew; returns their row counts."""
    effects: list[dict[str, Any]] = []
    series: list[Frame] = []
    for case in _cases(connection):
        for estimate in estimates_of(case):
            effects += _effect_rows(case, estimate)
            if estimate.is_estimable:
                series.append(_series_rows(case, estimate))
    tables = {
        "intervention_effect": pd.DataFrame(effects, columns=list(TABLES["intervention_effect"].columns), dtype=object),
        "intervention_series": pd.concat(series, ignore_index=True) if series else pd.DataFrame(),
    }
    for name, rows in tables.items():
        write(connection, name, rows)
    return {name: len(rows) for name, rows in tables.items()}
