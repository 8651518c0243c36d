"""The tables of the fills, ``marts.filled_value`` and ``marts.fill_validation``: made anew from a warehouse.

A fill is a row of its own table; it never becomes a figure.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from estimation.filling.cells import (
    NO_TOTAL,
    Cells,
    Fill,
    cells_of,
    donors_of,
    fill_from_whole,
    fill_table,
    pair_of,
    pooled,
    spread_among,
)
from estimation.filling.inputs import KEY, KEYS, Table, of_gaps, of_others, prepare, rules_of, tables_in
from estimation.filling.statistics import BOUNDED, Rule, Spread
from estimation.filling.trials import FEWEST_HIDDEN, trials
from estimation.run import write
from estimation.tables import TABLES
from estimation.windows import Frame

#: One seed: the same warehouse gives the same fills.
SEED = 2003


def _rules_by_cell(cells: Cells, rules: dict[str, Rule]) -> list[Rule | None]:
    """The rule of each cell: the range that came with it, else its publisher's."""
    given = np.isfinite(cells.low) & np.isfinite(cells.high) & cells.hidden
    return [
        Rule(math.floor(high) + 1, math.ceil(low)) if is_given else rules.get(source)
        for is_given, low, high, source in zip(given, cells.low, cells.high, cells.columns["source_id"], strict=True)
    ]


def _rows(
    cells: Cells, fills: Iterable[Fill], rules: list[Rule | None], spreads: list[Spread] | None = None
) -> Iterator[tuple[Any, ...]]:
    """The fills as rows of ``_ROW``."""
    columns = cells.columns
    sizes, known = np.bincount(cells.group), np.bincount(cells.group, weights=cells.known)
    is_population = columns["denominator_kind"][0] == "population"
    below = np.where(
        np.isnan(columns["denominator"]) & is_population, columns["aged_residents"], columns["denominator"]
    )
    others = None
    if spreads is not None:
        sigmas = sorted(s.sigma for s in spreads) or [math.nan]
        others = {
            "indicators": len(spreads),
            "least": sigmas[0],
            "middle": sigmas[len(sigmas) // 2],
            "most": sigmas[-1],
        }
        others = {name: round(value, 3) for name, value in others.items()}
    for fill in fills:
        i, said = fill.at, fill.said
        group = cells.group[i]
        yield (
            columns["table_id"][i],
            columns["child_code"][i],
            columns["child_level"][i],
            columns["status"][i] or "no_row",
            fill.method,
            *((said.value, said.lower_95, said.upper_95) if said else (None, None, None)),
            below[i],
            columns["unit"][i],
            columns["parent_code"][i],
            said.is_guarded if said else None,
            _inputs(cells, fill, rules[i], int(sizes[group]), int(known[group]), others) if said else None,
            fill.reason,
            columns["source_id"][i],
            sizes[group],
        )


def _inputs(
    cells: Cells, fill: Fill, rule: Rule | None, parts: int, known: int, others: dict[str, float] | None
) -> str:
    """What a fill was made from; nothing that would give a hidden count away."""
    inputs: dict[str, Any] = {
        "total": {"area_level": cells.columns["parent_level"][fill.at], "count": cells.columns["total"][fill.at]},
        "parts": parts,
        "parts_known": known,
        "shared_by": fill.basis,
    }
    if fill.spread is not None:
        inputs |= {"spread": round(fill.spread.sigma, 3), "degrees_of_freedom": fill.spread.freedom}
    if others is not None:
        inputs["spreads_of_other_indicators"] = others
    if rule is not None:
        inputs |= {"hidden_from": rule.least, "hidden_to": rule.below - 1}
    return json.dumps(inputs)


def _filled(connection: duckdb.DuckDBPyConnection, rules: dict[str, Rule], whole: list[Table], without: Frame) -> Frame:
    """A row for every empty cell, with what fills it or why nothing does, and for every part asked for."""
    rng = np.random.default_rng(SEED)
    rows: list[tuple[Any, ...]] = []
    tables = [cells_of(table) for table in tables_in(of_gaps(connection))]
    spreads: dict[tuple[str, str, str], list[Spread | None]] = {}
    for cells in tables:
        spreads.setdefault(_indicator_of(cells), []).append(spread_among(cells))
    of_indicator = {of: pooled(several) for of, several in spreads.items()}
    for cells in tables:
        of_cells = _rules_by_cell(cells, rules)
        fills = fill_table(cells, of_cells, rng, otherwise=of_indicator[_indicator_of(cells)])
        status = cells.columns["status"]
        rows += _rows(cells, (f for f in fills if status[f.at] in _GAPS), of_cells)
    donors = donors_of(whole)
    for table in tables_in(without):
        cells = cells_of(table, residents=True)
        of_cells = _rules_by_cell(cells, rules)
        spreads_of = donors.others(*pair_of(table), table["indicator_id"][0])
        rows += _rows(cells, fill_from_whole(cells, of_cells, spreads_of, rng), of_cells, spreads_of)
    return pd.DataFrame(rows, columns=list(_ROW)).astype(_ROW)


def _indicator_of(cells: Cells) -> tuple[str, str, str]:
    first = {name: cells.columns[name][0] for name in ("indicator_id", "child_level", "parent_level")}
    return first["indicator_id"], first["child_level"], first["parent_level"]


#: Why a cell is empty, where it is because it was not given; a rate without its count is not a gap.
_GAPS = ("suppressed", "not_available", "missing", "other_level", None)


#: What a row of a fill is made of, before its key and place are joined to it.
_ROW = {
    "table_id": "int64",
    "area_code": "object",
    "child_level": "object",
    "gap": "object",
    "method": "object",
    "numerator": "float64",
    "numerator_lower_95": "float64",
    "numerator_upper_95": "float64",
    "denominator": "float64",
    "unit": "object",
    "total_area_code": "object",
    "is_guarded": "boolean",
    "inputs": "object",
    "reason": "object",
    "source_id": "object",
    "children": "int64",
}


def _tested(connection: duckdb.DuckDBPyConnection, rules: dict[str, Rule], whole: list[Table]) -> Frame:
    """What hiding known cells says of each method, by table and altogether."""
    made = list(trials(whole, rules, np.random.default_rng(SEED)))
    if not made:
        return pd.DataFrame(columns=list(TABLES["fill_validation"].columns))
    errors = [t.errors.assign(design=t.design, method=t.method) for t in made]
    named = connection.execute(f"select table_id, {', '.join(KEY[:4])} from fill_table").fetchall()
    keys = {row[0]: dict(zip(KEY[:4], row[1:], strict=True)) for row in named}
    by_table = [
        {
            "design": t.design,
            "method": t.method,
            "scope": "table",
            "child_level": t.child_level,
            "parent_level": t.parent_level,
            **keys[t.table_id],
            "totals": t.totals,
            **_summary(e),
        }
        for t, e in zip(made, errors, strict=True)
        if len(e) >= FEWEST_HIDDEN
    ]
    together = pd.concat(errors, ignore_index=True)
    overall = [
        {
            "design": design,
            "method": method,
            "scope": "all",
            "totals": sum(t.totals for t in made if (t.design, t.method) == (design, method)),
            **_summary(group),
        }
        for (design, method), group in _by_method(together)
    ]
    return pd.DataFrame([*by_table, *overall], columns=list(TABLES["fill_validation"].columns), dtype=object)


def _by_method(errors: Frame) -> Iterator[tuple[tuple[str, str], Frame]]:
    for of in sorted(set(zip(errors["design"], errors["method"], strict=True))):
        yield of, errors[(errors["design"] == of[0]) & (errors["method"] == of[1])]


def _summary(errors: Frame) -> dict[str, Any]:
    some = errors[errors["truth"] > 0]
    return {
        "hidden_cells": len(errors),
        "median_count": float(errors["truth"].median()),
        "median_absolute_error": float(errors["error"].median()),
        "median_relative_error": float((some["error"] / some["truth"]).median()) if len(some) else None,
        "coverage_95": float(errors["is_held"].mean()),
        "model_coverage_95": float(errors["is_held_by_model"].mean()),
        "mean_width": float(errors["width"].mean()),
    }


#: One row a cell: of two totals the one with fewer parts. Empty cells below no total say so; values are of the counts.
_FINAL = f"""
with found as (
    select * from fill_rows
    qualify row_number() over (
        partition by table_id, area_code order by method is null, children, total_area_code, child_level
    ) = 1
),

gap as (
    select * from fill_figure
    where is_published and numerator is null and status in ('suppressed', 'not_available', 'missing')
),

-- A district of one tier is asked as a district and as an upper tier; its figure is of one level.
cell as (
    select
        f.table_id, f.area_code, f.gap, f.method, f.numerator, f.numerator_lower_95, f.numerator_upper_95,
        coalesce(f.denominator, g.denominator) as denominator, coalesce(g.unit, f.unit) as unit, f.total_area_code,
        f.is_guarded, f.inputs, f.reason, f.source_id
    from found as f left join gap as g on f.table_id = g.table_id and f.area_code = g.area_code
    union all
    select
        g.table_id, g.area_code, g.status, null, null, null, null, g.denominator, g.unit, null, null, null,
        '{NO_TOTAL}', g.source_id
    from gap as g
    where not exists (select 1 from found as f where f.table_id = g.table_id and f.area_code = g.area_code)
),

valued as (
    select
        c.*, t.* exclude (table_id), a.area_name, a.area_level, i.denominator_kind,
        case
            when not (i.method in ('byar', 'wilson', 'quotient') or i.recomputed_as in ('byar', 'wilson')) then null
            when i.denominator_kind = 'none' then coalesce(i.multiplier, 1)
            when c.denominator > 0 then coalesce(i.multiplier, 1) / c.denominator
        end as multiplier
    from cell as c
    inner join fill_table as t using (table_id)
    inner join marts.area as a using (area_code)
    inner join indicators.int_indicator as i using (indicator_id)
)

select
    indicator_id, area_code, area_name, area_level, period_type, period_start, period_end, sex, age_band, category_type,
    category, gap, method, numerator, numerator_lower_95, numerator_upper_95, denominator,
    numerator * multiplier as value, numerator_lower_95 * multiplier as lower_95,
    numerator_upper_95 * multiplier as upper_95, unit,
    case
        when method is null then 'not_available' when method = '{BOUNDED}' then 'estimated' else 'modelled'
    end as status,
    total_area_code, inputs, is_guarded, reason, source_id
from valued
order by {KEYS}, area_code
"""


def run(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Write ``marts.filled_value`` and ``marts.fill_validation`` anew; returns their row counts."""
    prepare(connection)
    rules = rules_of(connection)
    with_parts, without = of_others(connection)
    whole = tables_in(with_parts)
    filled = _filled(connection, rules, whole, without)
    connection.register("fill_rows", filled)
    rows: Frame = connection.execute(_FINAL).df()
    connection.unregister("fill_rows")
    tested = _tested(connection, rules, whole)
    write(connection, "filled_value", rows)
    write(connection, "fill_validation", tested)
    for name in ("figure", "table", "relation", "residents", "need"):
        connection.execute(f"drop table fill_{name}")
    return {"filled_value": len(rows), "fill_validation": len(tested)}
