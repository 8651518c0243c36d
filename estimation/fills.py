"""The fills: read from the tables of a warehouse, written beside them, with what hiding known cells says of them.

Read are the figures (``marts.indicator_value``), the ranges of their counts (``indicators.int_measure``), which area is
in which (``marts.area_relation``), residents (``spine.int_population_by_area``, by age ``spine.int_population_by_age``)
and the publishers' rules (``meta.source``). A fill is a row of ``marts.filled_value``; it never becomes a figure.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from estimation import filling
from estimation.filling import BOUNDED, BY_NEED, BY_POPULATION, Array, Bounded, Hidden, Left, Rule, Slope, Spread
from estimation.run import write
from estimation.tables import TABLES
from estimation.windows import Frame

#: One seed: the same warehouse gives the same fills.
SEED = 2003
#: What says how deprived a place is.
NEED = "imd_average_score"
#: The threshold that is tried on tables whose publisher hides nothing.
TRIED_BELOW = 5
#: An absent part must be in the total: what is left must be at least this share of what it would be expected to have.
LEAST_INCLUDED = 0.25
#: A publisher's smallest count above nought says what it hides only if so many counts are shown.
ENOUGH_SHOWN = 20
#: Fewer hidden cells in a validated table, and its shares say nothing.
FEWEST_HIDDEN = 20
#: So often another fifth of a table's parts is hidden.
ROUNDS = 4
#: So many totals of a table are tried, evenly by code.
MOST_TOTALS = 25

KEY = (
    "indicator_id",
    "period_type",
    "period_start",
    "period_end",
    "sex",
    "age_band",
    "category_type",
    "category",
)
TOTAL = ("child_level", "parent_level", "parent_code")
#: Whose parts a planner asks for, where the figure is of the larger area only: of the larger, and its parts.
ASKED = (
    ("community_safety_partnership", "police_force_area"),
    ("local_authority_district", "integrated_care_board"),
    ("local_authority_district", "region"),
)
#: Where cells are hidden to see how well they are filled, the first that an indicator has.
TRIED = (
    ("community_safety_partnership", "police_force_area"),
    ("local_authority_district", "region"),
    ("upper_tier_local_authority", "region"),
    ("local_authority_district", "integrated_care_board"),
)

_KEYS = ", ".join(KEY)
#: A district of one tier is an upper tier as well: its figures are under the level of districts.
_LEVEL = (
    "(f.area_level = r.child_level"
    " or (r.child_level = 'upper_tier_local_authority' and f.area_level = 'local_authority_district'))"
)


def _prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """The figures as now known, the relations of whole parts, residents and deprivation, as temporary tables."""
    connection.execute(
        # One number for all that a table is told apart by.
        f"create or replace temp table fill_table as select {_KEYS}, row_number() over (order by {_KEYS}) as table_id"
        f" from (select distinct {_KEYS} from marts.indicator_value where is_latest_release"
        " and period_type <> 'rolling_12_months')"
    )
    connection.execute(
        "create or replace temp table fill_figure as"
        " select v.indicator_id, v.area_code, v.area_level, v.period_type, v.period_start, v.period_end, v.sex,"
        " v.age_band, v.category_type, v.category, v.status, v.source_id, v.unit, v.numerator, v.denominator,"
        " coalesce(m.numerator_low, v.numerator) as low, coalesce(m.numerator_high, v.numerator) as high,"
        " m.carried_by in ('as_published', 'renamed') as is_published,"
        " year(v.period_start + cast((v.period_end - v.period_start) / 2 as integer)) as year,"
        " t.table_id"
        " from marts.indicator_value as v inner join indicators.int_measure as m"
        " on v.indicator_id = m.indicator_id and v.area_code = m.area_code and v.period_type = m.period_type"
        " and v.period_start = m.period_start and v.period_end = m.period_end and v.sex = m.sex"
        " and v.age_band = m.age_band and v.release_id = m.release_id"
        " and v.category_type is not distinct from m.category_type and v.category is not distinct from m.category"
        " inner join fill_table as t on v.indicator_id = t.indicator_id and v.period_type = t.period_type"
        " and v.period_start = t.period_start and v.period_end = t.period_end and v.sex = t.sex"
        " and v.age_band = t.age_band and v.category_type is not distinct from t.category_type"
        " and v.category is not distinct from t.category"
        " where v.is_latest_release and v.period_type <> 'rolling_12_months'"
    )
    connection.execute(
        "create or replace temp table fill_relation as"
        " select child_code, child_level, parent_code, parent_level,"
        " count(*) over (partition by child_level, parent_level, parent_code) as children from marts.area_relation"
        " where vintage = (select max(vintage) from marts.area_relation) and child_code <> parent_code"
        # A total with a part that it shares with another is none of its parts alone.
        " qualify bool_and(is_exact) over (partition by child_level, parent_level, parent_code)"
    )
    connection.execute(
        "create or replace temp table fill_residents as"
        " with ages as (select distinct age_from, age_to from indicators.int_indicator"
        " where denominator_kind = 'population' and (coalesce(age_from, 0) > 0 or coalesce(age_to, 200) < 200))"
        " select area_code, sex, 0 as age_from, 200 as age_to, year, population from spine.int_population_by_area"
        " union all"
        " select p.area_code, p.sex, coalesce(a.age_from, 0), coalesce(a.age_to, 200), p.year, sum(p.population)"
        " from spine.int_population_by_age as p inner join ages as a"
        " on p.age between coalesce(a.age_from, 0) and coalesce(a.age_to, 200) group by all"
    )
    connection.execute(
        "create or replace temp table fill_need as"
        " with score as (select area_code, year(period_end) as year, value from marts.indicator_value"
        f" where indicator_id = '{NEED}' and is_latest_release and area_level = 'local_authority_district'"
        " and value is not null),"
        " people as (select area_code, max_by(population, year) as people from spine.int_population_by_area"
        " where sex = 'persons' group by area_code)"
        " select area_code, year, value / 10 as need from score union all"
        " select r.parent_code, s.year, sum(s.value * p.people) / sum(p.people) / 10 as need from score as s"
        " inner join people as p using (area_code) inner join (select distinct child_code, parent_code from"
        " fill_relation where child_level = 'local_authority_district') as r on s.area_code = r.child_code group by all"
    )


#: The parts of totals with what each could be counted among (of the ages, or of all), and how deprived it is. Residents
#: are those of the year or, where that is not at hand, of the newest before it, as for the rates.
_MEASURED = (
    "measured as (select m.*, k.sex, k.indicator_id, i.denominator_kind,"
    " i.method = 'wilson' or i.recomputed_as = 'wilson' as is_share, coalesce(i.age_from, 0) as age_from,"
    " coalesce(i.age_to, 200) as age_to"
    " from member as m inner join fill_table as k using (table_id)"
    " inner join indicators.int_indicator as i on k.indicator_id = i.indicator_id),"
    " aged as (select m.*, case when m.year - p.year <= 5 then p.population end as aged_residents"
    " from measured as m asof left join fill_residents as p"
    " on m.child_code = p.area_code and m.sex = p.sex and m.age_from = p.age_from and m.age_to = p.age_to"
    " and m.year >= p.year),"
    " peopled as (select m.*, case when m.year - p.year <= 5 then p.population end as residents from aged as m"
    " asof left join (select * from fill_residents where sex = 'persons' and age_from = 0 and age_to = 200) as p"
    " on m.child_code = p.area_code and m.year >= p.year)"
    " select p.* exclude (sex, age_from, age_to, year), n.need from peopled as p asof left join fill_need as n"
    " on p.child_code = n.area_code and p.year >= n.year"
)


def _of_gaps(connection: duckdb.DuckDBPyConnection) -> Frame:
    """Every part of every published total of the tables that have an empty cell.

    Of the kinds of total the one with the fewest parts, so that no cell is in two; of the kinds of part the one of
    which the fewest have no row.
    """
    return connection.execute(
        "with tables as (select distinct table_id from fill_figure where numerator is null and is_published),"
        " total as (select r.child_level, r.parent_level, r.parent_code, r.child_code, r.children, f.table_id, f.year,"
        " f.numerator as total, f.low as total_low, f.high as total_high, f.source_id, f.unit"
        " from fill_figure as f inner join fill_relation as r"
        " on r.parent_code = f.area_code and r.parent_level = f.area_level"
        " where f.is_published and f.numerator is not null and r.child_level <> 'country'"
        " and f.table_id in (from tables)),"
        " part as (select r.*, f.area_level, f.numerator, f.denominator, f.low, f.high, f.status, f.is_published"
        f" from total as r left join fill_figure as f on f.area_code = r.child_code and {_LEVEL}"
        " and f.table_id = r.table_id),"
        " kind as (select table_id, child_level, parent_level, parent_code, count(area_level) as shown, count(*) as of"
        " from part group by table_id, child_level, parent_level, parent_code"
        " having bool_or(coalesce(is_published, false)) and count(area_level) * 2 >= count(*)"
        " qualify row_number() over (partition by table_id, parent_level, parent_code"
        " order by count(*) - count(area_level), child_level) = 1),"
        # Districts, upper tiers and partnerships are much the same places.
        " sized as (select *, avg(of) over (partition by table_id, parent_level, family) as parts from (select *,"
        " case when child_level in ('upper_tier_local_authority', 'community_safety_partnership')"
        " then 'local_authority_district' else child_level end as family from kind)),"
        " nearest as (select table_id, child_level, parent_level, parent_code from sized"
        " qualify dense_rank() over (partition by table_id, family order by parts, parent_level) = 1),"
        " member as (select part.* exclude (table_id), part.table_id from part inner join nearest"
        f" using (table_id, child_level, parent_level, parent_code)), {_MEASURED}"
        " order by p.table_id, child_level, parent_level, parent_code, child_code"
    ).df()


def _of_others(connection: duckdb.DuckDBPyConnection) -> tuple[Frame, Frame]:
    """The parts of the newest totals with whole parts (``TRIED``), and of those whose parts have no figure at all.

    Of each indicator the headline group and kind of period, newest first; nothing of an earlier period enters.
    """
    pairs = ", ".join(f"('{child}', '{parent}')" for child, parent in TRIED)
    whole: Frame = connection.execute(
        f"with pair(child_level, parent_level) as (values {pairs}),"
        " headline as (select t.table_id, t.indicator_id, t.period_type, t.period_end from fill_table as t"
        " inner join marts.indicator as i using (indicator_id) where t.category is null"
        " and t.period_type = coalesce(i.headline_period_type, t.period_type)"
        " and t.sex = coalesce(i.headline_sex, t.sex) and t.age_band = coalesce(i.headline_age_band, t.age_band)),"
        " full_total as (select r.child_level, r.parent_level, r.parent_code, f.table_id, h.indicator_id, h.period_end"
        " from headline as h inner join fill_figure as f using (table_id)"
        f" inner join fill_relation as r on f.area_code = r.child_code and {_LEVEL}"
        " inner join pair using (child_level, parent_level)"
        " where f.numerator is not null and f.status not in ('low_reliability', 'estimated') and r.children > 1"
        " group by r.child_level, r.parent_level, r.parent_code, f.table_id, h.indicator_id, h.period_end"
        " having count(*) = max(r.children)),"
        " newest as (select * from full_total qualify period_end = max(period_end)"
        " over (partition by indicator_id, child_level, parent_level)),"
        " member as (select r.child_level, r.parent_level, r.parent_code, r.child_code, f.table_id, f.year,"
        " f.area_level, f.numerator, f.denominator, f.low, f.high, f.status, f.is_published, f.source_id,"
        " p.numerator as total, p.low as total_low, p.high as total_high"
        " from newest as t inner join fill_relation as r using (child_level, parent_level, parent_code)"
        f" inner join fill_figure as f on f.area_code = r.child_code and {_LEVEL} and f.table_id = t.table_id"
        " left join fill_figure as p on p.area_code = t.parent_code and p.table_id = t.table_id and p.is_published),"
        f" {_MEASURED} order by p.table_id, child_level, parent_level, parent_code, child_code"
    ).df()
    asked = ", ".join(f"({rank}, '{child}', '{parent}')" for rank, (child, parent) in enumerate(ASKED))
    without: Frame = connection.execute(
        f"with pair(choice, child_level, parent_level) as (values {asked}),"
        " headline as (select t.*, i.indicator_id as id from fill_table as t"
        " inner join marts.indicator as i using (indicator_id)"
        " where t.category is null and t.period_type = i.headline_period_type and t.sex = i.headline_sex"
        " and t.age_band = i.headline_age_band and i.denominator_kind = 'population'"
        " and (i.method = 'byar' or i.recomputed_as = 'byar')),"
        " total as (select p.child_level, p.parent_level, f.area_code as parent_code, f.table_id, f.year,"
        " f.numerator as total, f.low as total_low, f.high as total_high, f.source_id, f.unit"
        " from headline as h inner join fill_figure as f using (table_id)"
        " inner join pair as p on f.area_level = p.parent_level"
        " where f.is_published and f.numerator is not null and f.status not in ('low_reliability', 'estimated')"
        # Where a part of any kind has a figure of its own, at whatever time, it is not for the larger area to speak.
        " and not exists (select 1 from fill_figure as c inner join fill_table as ct using (table_id)"
        " where ct.indicator_id = h.indicator_id and c.area_level in"
        " ('local_authority_district', 'upper_tier_local_authority', 'community_safety_partnership'))"
        " qualify h.period_end = max(h.period_end) over (partition by h.indicator_id, p.choice)"
        " and p.choice = min(p.choice) over (partition by h.indicator_id)),"
        " member as (select t.*, r.child_code, cast(null as double) as denominator,"
        " cast(null as double) as numerator, cast(null as double) as low, cast(null as double) as high,"
        " 'other_level' as status"
        " from total as t"
        " inner join fill_relation as r using (child_level, parent_level, parent_code) where r.children > 1),"
        f" {_MEASURED} order by p.table_id, parent_code, child_code"
    ).df()
    return whole, without


# --- Cells and their totals ----------------------------------------------------------------------------------------

#: One column of a table, and a table: its columns by name.
Column = Any
Table = dict[str, Column]


def _number(*columns: Column) -> Any:
    """One number for each run of equal rows: the frames come sorted."""
    changes = np.zeros(len(columns[0]), dtype=bool)
    for column in columns:
        changes[1:] |= column[1:] != column[:-1]
    return np.cumsum(changes)


def tables_in(frame: Frame) -> list[Table]:
    """The tables of a sorted frame of parts, one of each kind of part and whole, as columns."""
    columns: dict[str, Column] = {}
    for name in frame.columns:
        kind = float if name in _NUMBERS else bool if name in ("is_published", "is_share") else object
        missing = {float: np.nan, bool: False, object: None}[kind]
        columns[name] = frame[name].to_numpy(dtype=kind, na_value=missing)
    if not len(frame):
        return []
    starts = np.flatnonzero(np.diff(_number(*(columns[c] for c in ("table_id", *TOTAL[:2]))), prepend=-1))
    ends = np.append(starts[1:], len(frame))
    return [{n: c[a:b] for n, c in columns.items()} for a, b in zip(starts, ends, strict=True)]


#: What a total is: its count, the least and the most that it can be.
_WHOLE = ("total", "total_low", "total_high")
_NUMBERS = frozenset(("numerator", "denominator", "low", "high", *_WHOLE, "aged_residents", "residents", "need"))


@dataclass(frozen=True)
class Cells:
    """The parts of some totals of one table, in arrays of one length; totals are numbered from 0."""

    columns: dict[str, Column]
    group: Any
    count: Array
    """NaN where empty."""
    low: Array
    high: Array
    exposure: Array
    """What each is counted among; NaN where a part of the same total has none."""
    basis: str
    """In words, what that is."""
    tilt: Array | None = None
    """The standard error of the logarithm of the exposure, where it is weighted by need."""

    @property
    def known(self) -> Any:
        """Which have a count."""
        return np.isfinite(self.count)

    @property
    def hidden(self) -> Any:
        """Which are suppressed."""
        return (self.columns["status"] == "suppressed") & ~self.known

    def tilt_at(self, at: Any) -> Array | None:
        """The tilt of some cells."""
        return None if self.tilt is None else self.tilt[at]

    def take(self, mask: Any) -> Cells:
        """Some of them; whole totals or parts of them."""
        return Cells(
            {name: column[mask] for name, column in self.columns.items()},
            _number(self.group[mask]) if mask.any() else self.group[mask],
            self.count[mask],
            self.low[mask],
            self.high[mask],
            self.exposure[mask],
            self.basis,
            self.tilt_at(mask),
        )


def _cells_of(table: Table, *, residents: bool = False) -> Cells:
    """A table's parts, by total, counted among ``residents`` if asked. What does not apply is nought there."""
    group = _number(table["parent_code"])
    nil = (table["status"] == "not_applicable") & np.isnan(table["numerator"])
    count, low, high = (np.where(nil, 0.0, table[column]) for column in ("numerator", "low", "high"))
    bases = {
        **({} if residents else {"what each is a share of": np.where(nil, 0.0, table["denominator"])}),
        "residents of the ages and sex": table["aged_residents"],
        "residents": table["residents"],
    }
    for basis, exposure in bases.items():
        # One basis for the table, so that its totals can be compared.
        has = np.isfinite(exposure) & ((exposure > 0) | nil)
        whole = np.bincount(group, weights=~has) == 0
        if whole.mean() > 0.5:
            return Cells(table, group, count, low, high, np.where(whole[group], exposure, np.nan), basis)
    return Cells(table, group, count, low, high, np.full(len(count), np.nan), "residents")


def _spread(cells: Cells) -> Spread | None:
    use = cells.known & np.isfinite(cells.exposure) & (cells.exposure > 0)
    if not use.any():
        return None
    count, group = cells.count[use], _number(cells.group[use])
    return filling.spread_of(count, filling.expected_counts(count, cells.exposure[use], group), group)


def _pooled(spreads: Iterable[Spread | None]) -> Spread | None:
    """One spread of several of the same indicator."""
    known = [s for s in spreads if s is not None]
    freedom = sum(s.freedom for s in known)
    if not freedom:
        return None
    return Spread(math.sqrt(sum(s.freedom * s.sigma**2 for s in known) / freedom), freedom)


def _by_need(cells: Cells) -> Cells | None:
    """The same with residents weighted by need, where the table's known parts say that need matters."""
    need = cells.columns["need"]
    use = cells.known & np.isfinite(cells.exposure) & np.isfinite(need)
    if not use.any():
        return None
    slope = filling.slope_of(cells.count[use], cells.exposure[use], need[use], _number(cells.group[use]))
    return _weighted(cells, slope) if slope is not None and slope.is_sure else None


def _weighted(cells: Cells, slope: Slope) -> Cells:
    """The same with what parts are counted among weighted by need; NaN in a total with a part whose need is unknown."""
    need = cells.columns["need"] - np.nanmean(cells.columns["need"])
    whole = np.bincount(cells.group, weights=~np.isfinite(need)) == 0
    factor = np.where(whole[cells.group], np.exp(slope.slope * need), np.nan)
    basis = f"{cells.basis}, times exp({slope.slope:.3f}) for each ten points of deprivation"
    return replace(cells, exposure=cells.exposure * factor, basis=basis, tilt=slope.error * need)


def _left_of(total: Whole, low: Array, high: Array, count: Array) -> Left:
    """What a total leaves beside its known parts."""
    widths = np.append(high - low, total.high - total.low)
    return Left(
        total.count - float(count.sum()),
        total.low - float(high.sum()),
        total.high - float(low.sum()),
        math.sqrt(float((widths**2).sum()) / 12),
        int((widths > 0).sum()),
    )


@dataclass(frozen=True)
class Whole:
    """A total, and what it can be."""

    count: float
    low: float
    high: float


@dataclass(frozen=True)
class Fill:
    """What is said of one empty cell, or why nothing is."""

    at: int
    """Its place among the cells."""
    method: str | None = None
    said: Bounded | None = None
    basis: str | None = None
    spread: Spread | None = None
    reason: str | None = None


def _refused(at: Iterable[Any], reason: str) -> Iterator[Fill]:
    return (Fill(int(i), reason=reason) for i in at)


NO_SPREAD = "how far parts differ from their whole cannot be estimated: too few parts are known"
NO_EXPOSURE = "what the parts are counted among, or the residents of the period, are not known for all of them"
NO_RULE = "the publisher's threshold is neither stated nor seen in what it shows"
NOT_IN_TOTAL = "the total is that of the other parts: what is missing is not in it"
NO_AGREEMENT = "the total and its known parts do not agree"
NOT_ADDED = "the totals of this table are not the sums of their parts where all of these are known"
GIVEN_AWAY = "what protects a small count would be given away by its total"
TOO_MUCH = "what the total leaves is no small number: other parts are missing with those suppressed"
NO_TOTAL = "no count is published for an area that it is wholly a part of, with half of its parts"


def fill_table(
    cells: Cells,
    rules: list[Rule | None],
    rng: np.random.Generator,
    *,
    by_need: bool = True,
    otherwise: Spread | None = None,
) -> Iterator[Fill]:
    """Fill the empty cells of one table, total by total.

    ``rules`` is what the publisher hides, by cell: of a suppressed cell it says what it can be, of one that is empty
    for another reason what must not be given away. ``otherwise`` is how far parts differ in other tables of the same
    indicator, where this one has too few that are known.
    """
    hidden = cells.hidden
    empty = ~cells.known & ~hidden
    spread = _spread(cells) or otherwise
    if spread is None:
        yield from _refused(np.flatnonzero(~cells.known), NO_SPREAD)
        return
    agreement = _agreement(cells)
    outside = _outside_rate(cells, rules)
    secondary = _secondary(cells, rules, outside, spread)
    shared: list[tuple[Any, Left]] = []
    for group in np.unique(cells.group[~cells.known]):
        at = np.flatnonzero(cells.group == group)
        at_hidden, at_empty, known = at[hidden[at]], at[empty[at]], at[cells.known[at]]
        reason = NO_EXPOSURE if not np.isfinite(cells.exposure[at]).all() else None
        if reason is None and any(rules[i] is None for i in at_hidden):
            reason = NO_RULE
        if reason is not None:
            yield from _refused((*at_hidden, *at_empty), reason)
            continue
        if len(at_hidden) and not agreement.is_sum:
            yield from _refused(at_hidden, NOT_ADDED)
            at_hidden = at_hidden[:0]
        total = agreement.corrected(Whole(*(float(cells.columns[c][at[0]]) for c in _WHOLE)))
        left = _left_of(total, cells.low[known], cells.high[known], cells.count[known])
        of_the_known = cells.count[known].sum() / max(cells.exposure[known].sum(), 1e-9)
        if len(at_empty) and left.high < LEAST_INCLUDED * of_the_known * cells.exposure[at_empty].sum():
            yield from _refused(at_empty, NOT_IN_TOTAL)
            at_empty = at_empty[:0]
        if len(at_hidden):
            both = np.concatenate([at_hidden, at_empty])
            rate = total.count / cells.exposure[at].sum()
            asked = [_hidden_cell(cells, i, rate, outside, rules[i] if hidden[i] else None) for i in both]
            found = filling.bound(asked, left, spread.shape, secondary) if left.high <= filling.MOST_LEFT else None
            if found is None:
                yield from _refused(both, TOO_MUCH if left.high > filling.MOST_LEFT else NO_AGREEMENT)
            else:
                for i, said in zip(both, found, strict=True):
                    yield Fill(int(i), BOUNDED, said, cells.basis, spread) if said else Fill(int(i), reason=GIVEN_AWAY)
        elif len(at_empty):
            if left.high < max(left.low, 0.0):
                yield from _refused(at_empty, NO_AGREEMENT)
            elif len(at_empty) == 1:
                # Nothing is shared out: it is what the total leaves.
                (i,), mean = at_empty, float(outside * cells.exposure[at_empty[0]])
                limits = max(left.low, 0.0), left.high
                said = filling.guard(
                    max(left.middle, 0.0), *limits, rules[i], mean, spread.shape, most=_whole_of(cells, i)
                )
                yield Fill(int(i), BOUNDED, said, cells.basis, spread)
            else:
                shared.append((at_empty, left))
    if shared:
        yield from _shared_out(cells, shared, rules, outside, spread, rng, by_need=by_need)


def _hidden_cell(cells: Cells, i: int, rate: float, outside: float, rule: Rule | None) -> Hidden:
    most = cells.high[i] if np.isfinite(cells.high[i]) else math.inf
    return Hidden(
        float(rate * cells.exposure[i]), float(outside * cells.exposure[i]), rule, min(float(most), _whole_of(cells, i))
    )


def _whole_of(cells: Cells, i: int) -> float:
    """What a cell is a share of, and cannot exceed; infinite where it is no share or that is not known."""
    whole = float(cells.columns["denominator"][i])
    return whole if cells.columns["is_share"][i] and math.isfinite(whole) else math.inf


@dataclass(frozen=True)
class Agreement:
    """How totals stand to the sums of their parts where all of these are known."""

    beside: float = 0.0
    """By what share they exceed them, in the middle."""
    apart: float = 0.0
    """How far that share varies, 95 times in 100."""

    @property
    def is_sum(self) -> bool:
        """Whether they are the sums, but for rounding."""
        return self.beside == self.apart == 0

    def corrected(self, whole: Whole) -> Whole:
        """What the parts of a total are in all, as far as that is known."""
        lower, upper = 1 + self.beside - self.apart, 1 + self.beside + self.apart
        return Whole(whole.count / (1 + self.beside), whole.low / upper, whole.high / max(lower, 0.1))


def _agreement(cells: Cells) -> Agreement:
    """Of a table's totals: a force's crimes, say, are more than its partnerships', for some are put in no place."""
    complete = np.bincount(cells.group, weights=~cells.known) == 0
    if complete.sum() < 3:
        return Agreement()
    use = complete[cells.group]
    group = _number(cells.group[use])
    first = np.flatnonzero(np.diff(group, prepend=-1))
    total, least, most = (cells.columns[c][use][first] for c in _WHOLE)
    count, low, high = (np.bincount(group, weights=part[use]) for part in (cells.count, cells.low, cells.high))
    agrees = (least <= high + 1e-6) & (low <= most + 1e-6)
    if agrees.mean() >= 0.8 or not (count > 0).any():
        return Agreement()
    share = (total / np.maximum(count, 1e-9) - 1)[count > 0]
    middle = float(np.median(share))
    return Agreement(middle, float(np.quantile(np.abs(share - middle), 1 - 2 * filling.TAIL)))


def _outside_rate(cells: Cells, rules: list[Rule | None]) -> float:
    """The rate of all parts of the table, each hidden one in the middle of what is hidden: no total has part in it."""
    hidden = cells.hidden
    middles = np.array(
        [0.0 if r is None or not h else (r.least + r.below - 1) / 2 for r, h in zip(rules, hidden, strict=True)]
    )
    counted = (cells.known | hidden) & np.isfinite(cells.exposure)
    counts = np.where(cells.known, cells.count, middles)[counted]
    return float(counts.sum() / max(cells.exposure[counted].sum(), 1e-9))


def _secondary(cells: Cells, rules: list[Rule | None], rate: float, spread: Spread) -> float:
    """How many of the parts above the threshold are hidden with one below: what is hidden beyond what is expected."""
    from scipy.special import betainc

    asked = [i for i in np.flatnonzero(cells.hidden) if rules[i] is not None and not np.isfinite(cells.high[i])]
    rule = rules[asked[0]] if asked else None
    if rule is None:
        return 0.1
    mean = np.maximum(rate * cells.exposure[np.isfinite(cells.exposure) & (cells.exposure > 0)], 1e-9)
    chance = spread.shape / (spread.shape + mean)
    # The distribution function of the negative binomial is an incomplete beta function.
    small = betainc(spread.shape, rule.below, chance) - (betainc(spread.shape, 1, chance) if rule.least else 0)
    beyond = max(len(asked) - float(small.sum()), 0.0)
    above = int((cells.count[cells.known] >= rule.below).sum())
    return min(max(beyond / max(above + beyond, 1), 0.02), 0.5)


def _shared_out(
    cells: Cells,
    shared: list[tuple[Any, Left]],
    rules: list[Rule | None],
    outside: float,
    spread: Spread,
    rng: np.random.Generator,
    *,
    by_need: bool,
) -> Iterator[Fill]:
    """What totals leave, shared over the parts that have no figure: by need where it matters and is known of all."""
    need = _by_need(cells) if by_need else None
    need_spread = _spread(need) if need is not None else None

    def is_needed(at: Any) -> bool:
        return need is not None and need_spread is not None and bool(np.isfinite(need.exposure[at]).all())

    for method, by, how_far in ((BY_NEED, need, need_spread), (BY_POPULATION, cells, spread)):
        chosen = [(at, left) for at, left in shared if is_needed(at) == (method == BY_NEED)]
        if by is None or how_far is None or not chosen:
            continue
        at = np.concatenate([at for at, _ in chosen])
        sizes = [len(at) for at, _ in chosen]
        low = np.repeat([max(left.low, 0.0) for _, left in chosen], sizes)
        high = np.repeat([left.high for _, left in chosen], sizes)
        group = np.repeat(np.arange(len(sizes)), sizes)
        drawn = filling.apportion(low, high, by.exposure[at], group, [how_far], rng, by.tilt_at(at))
        for i, value, lower, upper in zip(at, *drawn, strict=True):
            mean = float(outside * cells.exposure[i])
            limits = float(value), float(lower), float(upper)
            said = filling.guard(*limits, rules[i], mean, how_far.shape, takes_value=False, most=_whole_of(cells, i))
            yield Fill(int(i), method, said, by.basis, how_far)


def fill_from_whole(
    cells: Cells, rules: list[Rule | None], donors: list[Spread], rng: np.random.Generator, *, by_need: bool = True
) -> Iterator[Fill]:
    """Share out the totals of one table of whose parts nothing is known.

    How far parts differ comes from the parts of other indicators in the same kinds of area (``donors``), any of which
    may be the right one; need, from how the totals themselves go with deprivation.
    """
    usable = np.isfinite(cells.exposure)
    yield from _refused(np.flatnonzero(~usable), NO_EXPOSURE)
    if not donors or not usable.any():
        yield from _refused(np.flatnonzero(usable), NO_SPREAD)
        return
    weighted = _need_of_totals(cells) if by_need else None
    is_needed = usable & np.isfinite(weighted.exposure) if weighted is not None else np.zeros(len(usable), dtype=bool)
    typical = sorted(donors, key=lambda s: s.sigma)[len(donors) // 2]
    for method, chosen, by in ((BY_NEED, is_needed, weighted), (BY_POPULATION, usable & ~is_needed, cells)):
        at = np.flatnonzero(chosen)
        if by is None or not len(at):
            continue
        low, high = cells.columns["total_low"][at], cells.columns["total_high"][at]
        drawn = filling.apportion(low, high, by.exposure[at], _number(cells.group[at]), donors, rng, by.tilt_at(at))
        for i, value, lower, upper in zip(at, *drawn, strict=True):
            # A share of a published total takes nothing from any part: its value gives nothing away.
            limits = float(value), float(lower), float(upper)
            said = filling.guard(*limits, rules[i], float(value), typical.shape, takes_value=False)
            yield Fill(int(i), method, said, by.basis)


def _need_of_totals(cells: Cells) -> Cells | None:
    """The same weighted by need, by the slope of the totals themselves."""
    use = np.isfinite(cells.exposure)
    if not use.any():
        return None
    group = _number(cells.group[use])
    exposure, need = cells.exposure[use], cells.columns["need"][use]
    among: Array = np.bincount(group, weights=exposure).astype(float)
    average = np.bincount(group, weights=exposure * need) / among
    total = cells.columns["total"][use][np.flatnonzero(np.diff(group, prepend=-1))]
    slope = filling.slope_of(total, among, average, np.zeros(len(total), dtype=np.int64))
    return _weighted(cells, slope) if slope is not None and slope.is_sure else None


# --- Hiding known cells --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """Known cells of a table that were hidden, and what was said of them."""

    design: str
    """``small_counts``, ``some_parts`` or ``all_parts``."""
    method: str
    table_id: int
    child_level: str
    parent_level: str
    totals: int
    truth: Array
    fills: list[Fill]

    @property
    def errors(self) -> Frame:
        """One row a hidden cell: what it is, how far off the value, whether the limits hold it, how wide they are."""
        said = [f.said for f in self.fills if f.said is not None]
        value, lower, upper, model_lower, model_upper = np.array(
            [(s.value, s.lower_95, s.upper_95, s.model_lower_95, s.model_upper_95) for s in said]
        ).T
        return pd.DataFrame(
            {
                "truth": self.truth,
                "error": np.abs(value - self.truth),
                "is_held": (lower <= self.truth) & (self.truth <= upper),
                "is_held_by_model": (model_lower <= self.truth) & (self.truth <= model_upper),
                "width": upper - lower,
            }
        )


def small_and_protecting(count: Array, group: Any, below: int) -> Any:
    """The cells that a publisher hides: counts from 1 up to the threshold, and where a total has only one, the next
    larger with it, so that it cannot be worked out."""
    small = (count >= 1) & (count < below)
    hidden = small.copy()
    for alone in np.flatnonzero(np.bincount(group, weights=small) == 1):
        others = np.flatnonzero((group == alone) & (count >= below))
        if len(others):
            hidden[others[np.argmin(count[others])]] = True
    return hidden


def _some(group: Any, rng: np.random.Generator) -> Any:
    """A fifth of the parts of each total, two at least, of totals with four or more."""
    rank = pd.Series(rng.random(len(group))).groupby(group).rank().to_numpy()
    size = np.bincount(group)[group]
    # One total in three stays whole, for from these it is seen whether totals are sums.
    return (rank <= np.maximum(2, size // 5)) & (size >= 4) & ((group % 3 < 2) | (group.max() < 3))


def _emptied(cells: Cells, mask: Any, status: str) -> Cells:
    """The same with some cells empty."""
    count, low, high = (np.where(mask, np.nan, column) for column in (cells.count, cells.low, cells.high))
    columns = cells.columns | {"status": np.where(mask, status, cells.columns["status"])}
    return replace(cells, columns=columns, count=count, low=low, high=high)


def _totalled(cells: Cells) -> Cells:
    """The same, the total of its parts where the whole has no figure of its own."""
    columns = dict(cells.columns)
    for column, part in zip(_WHOLE, (cells.count, cells.low, cells.high), strict=True):
        sums = np.bincount(cells.group, weights=part)[cells.group]
        columns[column] = np.where(np.isfinite(columns[column]), columns[column], sums)
    return replace(cells, columns=columns)


def _evenly(cells: Cells) -> Cells:
    totals = int(cells.group.max()) + 1
    chosen = np.unique(np.linspace(0, totals - 1, min(totals, MOST_TOTALS)).round())
    return cells.take(np.isin(cells.group, chosen))


def trials(tables: list[Table], rules: dict[str, Rule], rng: np.random.Generator) -> Iterator[Trial]:
    """Hide and fill what is known of each table, by every method that applies to it."""
    ranks = {pair: rank for rank, pair in enumerate(TRIED)}
    tables = sorted(tables, key=lambda table: ranks[_pair(table)])
    donors = donors_of(tables)
    tried: set[str] = set()
    seen: set[tuple[str, float]] = set()
    for table in tables:
        indicator, pair = str(table["indicator_id"][0]), _pair(table)
        same = str(table["source_id"][0]), float(table["numerator"].sum())
        # What is hidden is the publisher's own figure, not a sum of ours.
        if table["is_published"].mean() < 0.8 or same in seen:
            continue
        seen.add(same)
        if indicator not in tried:
            done = list(_trials_of_parts(table, rules, rng))
            if done:
                tried.add(indicator)
            yield from done
        if pair in ASKED:
            yield from _trials_of_whole(table, donors.others(*pair, indicator), rng)


def _pair(table: Table) -> tuple[str, str]:
    return str(table["child_level"][0]), str(table["parent_level"][0])


def _trials(design: str, table: Table, known: Cells, group: Any, fills: Iterable[Fill]) -> Iterator[Trial]:
    """What was said of hidden cells, by method."""
    done = [f for f in fills if f.method is not None]
    for method in sorted({str(f.method) for f in done}):
        mine = [f for f in done if f.method == method]
        at = np.array([f.at for f in mine])
        totals = len(np.unique(group[at]))
        yield Trial(design, method, int(table["table_id"][0]), *_pair(table), totals, known.count[at], mine)


def _usable(table: Table, *, residents: bool = False) -> Cells | None:
    cells = _cells_of(table, residents=residents)
    cells = cells.take(np.isfinite(cells.exposure))
    return _totalled(_evenly(cells)) if len(cells.count) >= FEWEST_HIDDEN else None


def _trials_of_parts(table: Table, rules: dict[str, Rule], rng: np.random.Generator) -> Iterator[Trial]:
    cells = _usable(table)
    if cells is None:
        return
    none: list[Rule | None] = [None] * len(cells.count)
    if (cells.low == cells.high).all() and (cells.count == cells.count.round()).all():
        rule = Rule(rules.get(str(table["source_id"][0]), Rule(TRIED_BELOW)).below)
        hidden = _emptied(cells, small_and_protecting(cells.count, cells.group, rule.below), "suppressed")
        if (~hidden.known).sum() >= FEWEST_HIDDEN:
            yield from _trials("small_counts", table, cells, cells.group, fill_table(hidden, [rule] * len(none), rng))
    rounds = [_emptied(cells, _some(cells.group, rng), "not_available") for _ in range(ROUNDS)]
    if sum((~hidden.known).sum() for hidden in rounds) >= FEWEST_HIDDEN:
        by_population = (f for hidden in rounds for f in fill_table(hidden, none, rng, by_need=False))
        yield from _trials("some_parts", table, cells, cells.group, by_population)
        by_need = (f for hidden in rounds for f in fill_table(hidden, none, rng) if f.method == BY_NEED)
        yield from _trials("some_parts", table, cells, cells.group, by_need)


def _trials_of_whole(table: Table, donors: list[Spread], rng: np.random.Generator) -> Iterator[Trial]:
    cells = _usable(table, residents=True) if table["denominator_kind"][0] == "population" else None
    if cells is None:
        return
    none: list[Rule | None] = [None] * len(cells.count)
    by_population = fill_from_whole(cells, none, donors, rng, by_need=False)
    yield from _trials("all_parts", table, cells, cells.group, by_population)
    by_need = (f for f in fill_from_whole(cells, none, donors, rng) if f.method == BY_NEED)
    yield from _trials("all_parts", table, cells, cells.group, by_need)


@dataclass(frozen=True)
class Donors:
    """How far the parts of each indicator lie from their whole, by kind of part and whole."""

    spreads: dict[tuple[str, str], dict[str, Spread]]

    def others(self, child_level: str, parent_level: str, indicator_id: str) -> list[Spread]:
        """Those of all indicators but one."""
        return [s for i, s in self.spreads.get((child_level, parent_level), {}).items() if i != indicator_id]


def donors_of(tables: Iterable[Table]) -> Donors:
    """The spreads among residents of the tables whose parts are counts of residents, one of indicators that count the
    same."""
    spreads: dict[tuple[str, str], dict[str, Spread]] = {}
    seen: set[tuple[str, str, float]] = set()
    for table in tables:
        pair = str(table["child_level"][0]), str(table["parent_level"][0])
        same = (*pair, float(table["numerator"].sum()))
        if table["denominator_kind"][0] != "population" or same in seen:
            continue
        spread = _spread(_cells_of(table, residents=True))
        if spread is not None:
            seen.add(same)
            spreads.setdefault(pair, {})[str(table["indicator_id"][0])] = spread
    return Donors(spreads)


# --- Tables --------------------------------------------------------------------------------------------------------


def rules_of(connection: duckdb.DuckDBPyConnection) -> dict[str, Rule]:
    """What each publisher hides: what it says, else, where it suppresses, what is below the smallest count it shows.

    Noughts are hidden too where none is shown.
    """
    rows = connection.execute(
        "select f.source_id, any_value(s.suppressed_below) as below,"
        " min(f.numerator) filter (f.numerator > 0) as least,"
        " count_if(f.numerator > 0) as shown, count_if(f.numerator = 0) as noughts"
        " from fill_figure as f left join meta.source as s using (source_id)"
        " where f.is_published and f.low = f.high and f.area_level <> 'country' group by f.source_id"
        " having any_value(s.suppressed_below) is not null or f.source_id in"
        " (select source_id from fill_figure where status = 'suppressed') order by f.source_id"
    ).fetchall()
    rules = {}
    for source, stated, least, shown, noughts in rows:
        below = stated or (least if least is not None and shown >= ENOUGH_SHOWN else None)
        if below is not None and below >= 2:
            rules[str(source)] = Rule(math.ceil(below), 1 if noughts else 0)
    return rules


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
    tables = [_cells_of(table) for table in tables_in(_of_gaps(connection))]
    spreads: dict[tuple[str, str, str], list[Spread | None]] = {}
    for cells in tables:
        spreads.setdefault(_indicator_of(cells), []).append(_spread(cells))
    pooled = {of: _pooled(several) for of, several in spreads.items()}
    for cells in tables:
        of_cells = _rules_by_cell(cells, rules)
        fills = fill_table(cells, of_cells, rng, otherwise=pooled[_indicator_of(cells)])
        status = cells.columns["status"]
        rows += _rows(cells, (f for f in fills if status[f.at] in _GAPS), of_cells)
    donors = donors_of(whole)
    for table in tables_in(without):
        cells = _cells_of(table, residents=True)
        of_cells = _rules_by_cell(cells, rules)
        spreads_of = donors.others(*_pair(table), table["indicator_id"][0])
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
order by {_KEYS}, area_code
"""


def run(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Write ``marts.filled_value`` and ``marts.fill_validation`` anew; returns their row counts."""
    _prepare(connection)
    rules = rules_of(connection)
    with_parts, without = _of_others(connection)
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
