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
from estimation.filling import BOUNDED, BY_NEED, BY_POPULATION, Array, Hidden, Left, Rule, Spread
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
    """The figures as they are now known, the whole relations, the residents and the deprivation, as temporary tables."""
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
    "measured as (select m.*, k.sex, i.denominator_kind, coalesce(i.age_from, 0) as age_from, coalesce(i.age_to, 200) as age_to"
    " from member as m inner join fill_table as k using (table_id)"
    " inner join indicators.int_indicator as i on k.indicator_id = i.indicator_id),"
    " aged as (select m.*, p.population as aged_residents from measured as m asof left join fill_residents as p"
    " on m.child_code = p.area_code and m.sex = p.sex and m.age_from = p.age_from and m.age_to = p.age_to"
    " and m.year >= p.year),"
    " peopled as (select m.*, p.population as residents from aged as m"
    " asof left join (select * from fill_residents where sex = 'persons' and age_from = 0 and age_to = 200) as p"
    " on m.child_code = p.area_code and m.year >= p.year)"
    " select p.* exclude (sex, age_from, age_to, year), n.need from peopled as p asof left join fill_need as n"
    " on p.child_code = n.area_code and p.year >= n.year"
)


def _of_gaps(connection: duckdb.DuckDBPyConnection) -> Frame:
    """Every part of every published total of the tables that have an empty cell.

    A total is asked about one kind of part, the one with the fewest parts that have no row; a country only about parts
    of which nothing smaller has a total.
    """
    return connection.execute(
        "with tables as (select distinct table_id from fill_figure where numerator is null and is_published),"
        " total as (select r.child_level, r.parent_level, r.parent_code, r.child_code, r.children, f.table_id, f.year,"
        " f.numerator as total, f.low as total_low, f.high as total_high, f.source_id, f.unit"
        " from fill_figure as f inner join fill_relation as r"
        " on r.parent_code = f.area_code and r.parent_level = f.area_level"
        " where f.is_published and f.numerator is not null and r.child_level <> 'country' and f.table_id in (from tables)),"
        " part as (select r.*, f.area_level, f.numerator, f.denominator, f.low, f.high, f.status, f.is_published"
        f" from total as r left join fill_figure as f on f.area_code = r.child_code and {_LEVEL}"
        " and f.table_id = r.table_id),"
        " kind as (select table_id, child_level, parent_level, parent_code, count(area_level) as shown, count(*) as of"
        " from part group by table_id, child_level, parent_level, parent_code"
        " having bool_or(coalesce(is_published, false)) and count(area_level) * 2 >= count(*)"
        " qualify row_number() over (partition by table_id, parent_level, parent_code"
        " order by count(*) - count(area_level), child_level) = 1),"
        " nearest as (select * from kind qualify (parent_level = 'country')"
        " <= min(parent_level = 'country') over (partition by table_id)),"
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
        " t.indicator_id, p.numerator as total, p.low as total_low, p.high as total_high"
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
        " total as (select p.child_level, p.parent_level, f.area_code as parent_code, f.table_id, f.year, h.indicator_id,"
        " h.period_end, f.numerator as total, f.low as total_low, f.high as total_high, f.source_id, f.unit"
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
        " cast(null as double) as numerator, cast(null as double) as low, cast(null as double) as high, 'other_level' as status"
        " from total as t"
        " inner join fill_relation as r using (child_level, parent_level, parent_code) where r.children > 1),"
        f" {_MEASURED} order by p.table_id, parent_code, child_code"
    ).df()
    return whole, without


# --- Cells and their totals ----------------------------------------------------------------------------------------


def _number(*columns: Any) -> Any:
    """One number for each run of equal rows: the frames come sorted."""
    changes = np.zeros(len(columns[0]), dtype=bool)
    for column in columns:
        values = np.asarray(column)
        changes[1:] |= values[1:] != values[:-1]
    return np.cumsum(changes)


@dataclass(frozen=True)
class Cells:
    """The parts of some totals of one table, in arrays of one length; totals are numbered from 0."""

    frame: Frame
    group: Any
    count: Array
    """NaN where empty."""
    low: Array
    high: Array
    exposure: Array
    """What each is counted among; NaN where a part of the same total has none."""
    basis: str
    """In words, what that is."""

    @property
    def known(self) -> Any:
        """Which have a count."""
        return np.isfinite(self.count)

    def take(self, mask: Any) -> Cells:
        """Some of them; whole totals or parts of them."""
        return Cells(
            self.frame[mask],
            _number(self.group[mask]) if mask.any() else self.group[mask],
            self.count[mask],
            self.low[mask],
            self.high[mask],
            self.exposure[mask],
            self.basis,
        )


def _cells_of(table: Frame, *, residents: bool = False) -> Cells:
    """A table's parts, by total, counted among ``residents`` if asked. What does not apply in a place is nought there."""
    group = _number(table["child_level"], table["parent_level"], table["parent_code"])
    nil = (table["status"] == "not_applicable").to_numpy() & table["numerator"].isna().to_numpy()
    count, low, high = (
        np.where(nil, 0.0, table[column].to_numpy(dtype=float, na_value=np.nan))
        for column in ("numerator", "low", "high")
    )
    own = np.where(nil, 0.0, table["denominator"].to_numpy(dtype=float, na_value=np.nan))
    bases = {
        **({} if residents else {"what each is a share of": own}),
        "residents of the ages and sex": table["aged_residents"].to_numpy(dtype=float, na_value=np.nan),
        "residents": table["residents"].to_numpy(dtype=float, na_value=np.nan),
    }
    for basis, exposure in bases.items():
        # One basis for the table, so that its totals can be compared.
        has = np.isfinite(exposure) & ((exposure > 0) | nil)
        whole = np.bincount(group, weights=~has) == 0
        if whole.mean() > 0.5:
            return Cells(table, group, count, low, high, np.where(whole[group], exposure, np.nan), basis)
    return Cells(table, group, count, low, high, np.full(len(table), np.nan), "residents")


def _spread(cells: Cells) -> Spread | None:
    known = cells.take(cells.known & np.isfinite(cells.exposure) & (cells.exposure > 0))
    if not len(known.count):
        return None
    expected = filling.expected_counts(known.count, known.exposure, known.group)
    return filling.spread_of(known.count, expected, known.group)


def _by_need(cells: Cells) -> Cells | None:
    """The same with residents weighted by need, where the table's known parts say that need matters."""
    need = cells.frame["need"].to_numpy(dtype=float, na_value=np.nan)
    use = cells.take(cells.known & np.isfinite(cells.exposure) & np.isfinite(need))
    if not len(use.count) or not np.isfinite(need).any():
        return None
    slope = filling.slope_of(use.count, use.exposure, use.frame["need"].to_numpy(dtype=float), use.group)
    if slope is None or not slope.is_sure:
        return None
    return _weighted(cells, slope.slope)


def _weighted(cells: Cells, slope: float) -> Cells:
    """The same with what parts are counted among weighted by need; NaN in a total with a part whose need is not known."""
    need = cells.frame["need"].to_numpy(dtype=float, na_value=np.nan)
    whole = np.bincount(cells.group, weights=~np.isfinite(need)) == 0
    factor = np.where(whole[cells.group], np.exp(slope * (need - np.nanmean(need))), np.nan)
    basis = f"{cells.basis}, times exp({slope:.3f}) for each ten points of deprivation"
    return replace(cells, exposure=cells.exposure * factor, basis=basis)


def _left_of(total: tuple[float, float, float], low: Array, high: Array, count: Array) -> Left:
    """What a total leaves beside its known parts."""
    middle, least, most = total
    widths = np.append(high - low, most - least)
    return Left(
        middle - count.sum(),
        least - high.sum(),
        most - low.sum(),
        math.sqrt(float((widths**2).sum()) / 12),
        int((widths > 0).sum()),
    )


@dataclass(frozen=True)
class Fill:
    """What is said of one empty cell, or why nothing is."""

    at: int
    """Its place in the frame of cells."""
    method: str | None = None
    value: float | None = None
    lower_95: float | None = None
    upper_95: float | None = None
    model_lower_95: float | None = None
    model_upper_95: float | None = None
    is_guarded: bool = False
    basis: str | None = None
    spread: Spread | None = None
    reason: str | None = None


NO_SPREAD = "how far parts differ from their whole cannot be estimated: too few parts are known"
NO_EXPOSURE = "what the parts are counted among, or the residents of the period, are not known for all of them"
NO_RULE = "the publisher's threshold is neither stated nor seen in what it shows"
NOT_IN_TOTAL = "the total is that of the other parts: what is missing is not in it"
NO_AGREEMENT = "the total and its known parts do not agree"
NOT_ADDED = "the totals of this table are not the sums of their parts where all of these are known"
NO_TOTAL = "no count is published for an area that it is wholly a part of, with half of its parts"


def fill_table(
    cells: Cells, rules: list[Rule | None], rng: np.random.Generator, *, by_need: bool = True
) -> Iterator[Fill]:
    """Fill the empty cells of one table, total by total.

    ``rules`` is what the publisher hides, by cell: of a suppressed cell it says what it can be, of one that is empty for
    another reason it says what must not be given away.
    """
    hidden = (cells.frame["status"] == "suppressed").to_numpy() & ~cells.known
    empty = ~cells.known & ~hidden
    spread = _spread(cells)
    if spread is None:
        yield from (Fill(int(i), reason=NO_SPREAD) for i in np.flatnonzero(~cells.known))
        return
    beside, apart, adds_up = _agreement(cells)
    outside = _outside_rate(cells, rules)
    secondary = _secondary(cells, rules, hidden, outside, spread)
    need = _by_need(cells) if by_need and empty.any() else None
    need_spread = _spread(need) if need else None
    totals = cells.frame[["total", "total_low", "total_high"]].to_numpy(dtype=float)
    for group in np.unique(cells.group[~cells.known]):
        at = np.flatnonzero(cells.group == group)
        at_hidden, at_empty = at[hidden[at]], at[empty[at]]
        known = at[cells.known[at]]
        if not np.isfinite(cells.exposure[at]).all():
            yield from (Fill(int(i), reason=NO_EXPOSURE) for i in (*at_hidden, *at_empty))
            continue
        if any(rules[i] is None for i in at_hidden):
            yield from (Fill(int(i), reason=NO_RULE) for i in (*at_hidden, *at_empty))
            continue
        whole = tuple(float(v) for v in totals[at[0]])
        if len(at_hidden) and not adds_up:
            yield from (Fill(int(i), reason=NOT_ADDED) for i in at_hidden)
            at_hidden = at_hidden[:0]
        if not adds_up:
            whole = whole[0] / (1 + beside), whole[1] / (1 + beside + apart), whole[2] / (1 + beside - apart)
        left = _left_of(whole, cells.low[known], cells.high[known], cells.count[known])
        rate = whole[0] / cells.exposure[at].sum()
        of_the_known = cells.count[known].sum() / max(cells.exposure[known].sum(), 1e-9)
        if len(at_empty) and left.high < LEAST_INCLUDED * of_the_known * cells.exposure[at_empty].sum():
            yield from (Fill(int(i), reason=NOT_IN_TOTAL) for i in at_empty)
            at_empty = at_empty[:0]
        if len(at_hidden):
            both = np.concatenate([at_hidden, at_empty])
            found = filling.bound(
                [
                    Hidden(
                        rate * cells.exposure[i],
                        outside * cells.exposure[i],
                        rules[i] if hidden[i] else None,
                        _most(cells, i),
                    )
                    for i in both
                ],
                left,
                spread.shape,
                secondary,
            )
            for place, i in enumerate(both):
                if found is None:
                    yield Fill(int(i), reason=NO_AGREEMENT)
                    continue
                one = found[place]
                yield Fill(
                    int(i),
                    BOUNDED,
                    one.value,
                    one.lower_95,
                    one.upper_95,
                    one.model_lower_95,
                    one.model_upper_95,
                    one.is_guarded,
                    cells.basis,
                    spread,
                )
        elif len(at_empty):
            if left.high < 0 or left.low > left.high:
                yield from (Fill(int(i), reason=NO_AGREEMENT) for i in at_empty)
                continue
            is_needed = (
                need is not None and need_spread is not None and bool(np.isfinite(need.exposure[at_empty]).all())
            )
            yield from _shared_out(
                need if need is not None and is_needed else cells,
                at_empty,
                (max(left.low, 0.0), left.high),
                need_spread if need_spread is not None and is_needed else spread,
                [rules[i] for i in at_empty],
                outside * cells.exposure[at_empty],
                BY_NEED if is_needed else BY_POPULATION,
                rng,
            )


def _agreement(cells: Cells) -> tuple[float, float, bool]:
    """By what share totals exceed the sum of their parts where all are known, how far that share varies, and whether
    they are the sums, but for rounding.

    A force's crimes are more than its partnerships', for some are put in no place.
    """
    complete = np.bincount(cells.group, weights=~cells.known) == 0
    known = cells.take(complete[cells.group])
    if complete.sum() < 3:
        return 0.0, 0.0, True
    first = np.flatnonzero(np.diff(known.group, prepend=-1))
    total, least, most = (known.frame[c].to_numpy(dtype=float)[first] for c in ("total", "total_low", "total_high"))
    count, low, high = (np.bincount(known.group, weights=part) for part in (known.count, known.low, known.high))
    agrees = (least <= high + 1e-6) & (low <= most + 1e-6)
    if agrees.mean() >= 0.8:
        return 0.0, 0.0, True
    share = (total / np.maximum(count, 1e-9) - 1)[count > 0]
    middle = float(np.median(share))
    return middle, min(float(np.quantile(np.abs(share - middle), 1 - 2 * filling.TAIL)), 0.5), False


def _most(cells: Cells, i: int) -> float:
    """What a cell cannot exceed: the publisher's range, or what it is a share of."""
    most = cells.high[i] if np.isfinite(cells.high[i]) else math.inf
    return min(most, cells.exposure[i]) if cells.basis == "what each is a share of" else most


def _outside_rate(cells: Cells, rules: list[Rule | None]) -> float:
    """The rate of all parts of the table, each hidden one in the middle of what is hidden: no total has part in it."""
    middles = np.array([0.0 if r is None else (r.least + r.below - 1) / 2 for r in rules])
    hidden = ~cells.known & (cells.frame["status"] == "suppressed").to_numpy()
    counted = (cells.known | hidden) & np.isfinite(cells.exposure)
    counts = np.where(cells.known, cells.count, middles)[counted]
    return float(counts.sum() / max(cells.exposure[counted].sum(), 1e-9))


def _secondary(cells: Cells, rules: list[Rule | None], hidden: Any, rate: float, spread: Spread) -> float:
    """How many of the parts above the threshold are hidden with one below it: what is hidden beyond what is expected."""
    from scipy import stats

    asked = [i for i in np.flatnonzero(hidden) if rules[i] is not None and not np.isfinite(cells.high[i])]
    if not asked:
        return 0.1
    rule = rules[asked[0]]
    assert rule is not None
    mean = np.maximum(rate * cells.exposure[np.isfinite(cells.exposure) & (cells.exposure > 0)], 1e-9)
    small = stats.nbinom.cdf([[rule.below - 1], [rule.least - 1]], spread.shape, spread.shape / (spread.shape + mean))
    beyond = max(len(asked) - float((small[0] - small[1]).sum()), 0.0)
    above = int((cells.count[cells.known] >= rule.below).sum())
    return min(max(beyond / max(above + beyond, 1), 0.02), 0.5)


def _shared_out(
    cells: Cells,
    at: Any,
    total: tuple[float, float],
    spread: Spread,
    rules: list[Rule | None],
    outside: Array,
    method: str,
    rng: np.random.Generator,
) -> Iterator[Fill]:
    """One total shared over some of its parts."""
    ends = np.full((2, len(at)), np.array(total)[:, None])
    together = np.zeros(len(at), dtype=np.int64)
    drawn = filling.apportion(ends[0], ends[1], cells.exposure[at], together, [spread], rng)
    yield from _kept(at, drawn, rules, outside, spread, method, cells.basis)


def _kept(
    at: Any,
    drawn: tuple[Array, Array, Array],
    rules: list[Rule | None],
    outside: Array,
    spread: Spread,
    method: str,
    basis: str,
    *,
    says_spread: bool = True,
) -> Iterator[Fill]:
    """What is said of apportioned cells: nothing below a publisher's threshold given away."""
    for i, value, lower, upper, rule, mean in zip(at, *drawn, rules, outside, strict=True):
        said = filling.guard(float(value), float(lower), float(upper), rule, float(mean), spread.shape)
        yield Fill(
            int(i),
            method,
            said.value,
            said.lower_95,
            said.upper_95,
            said.model_lower_95,
            said.model_upper_95,
            said.is_guarded,
            basis,
            spread if says_spread else None,
        )


def fill_from_whole(
    cells: Cells, rules: list[Rule | None], donors: list[Spread], rng: np.random.Generator, *, by_need: bool = True
) -> Iterator[Fill]:
    """Share out the totals of one table of whose parts nothing is known.

    How far parts differ comes from the parts of other indicators in the same kind of area (``donors``), any of which may
    be the right one; need, from how the totals themselves go with deprivation.
    """
    usable = np.isfinite(cells.exposure)
    yield from (Fill(int(i), reason=NO_EXPOSURE) for i in np.flatnonzero(~usable))
    if not donors:
        yield from (Fill(int(i), reason=NO_SPREAD) for i in np.flatnonzero(usable))
        return
    if not usable.any():
        return
    part = cells.take(usable)
    weighted = _need_of_totals(part) if by_need else None
    total = cells.frame[["total", "total_low", "total_high"]].to_numpy(dtype=float)
    rate = total[usable, 0].sum() / _whole_exposure(part)
    exposure = np.full(len(cells.count), np.nan)
    if weighted is not None:
        exposure[usable] = weighted.exposure
    typical = sorted(donors, key=lambda s: s.sigma)[len(donors) // 2]
    for method, chosen, shares, basis in (
        (BY_NEED, np.isfinite(exposure), exposure, weighted.basis if weighted is not None else ""),
        (BY_POPULATION, usable & ~np.isfinite(exposure), cells.exposure, cells.basis),
    ):
        at = np.flatnonzero(chosen)
        if len(at):
            drawn = filling.apportion(total[at, 1], total[at, 2], shares[at], _number(cells.group[at]), donors, rng)
            outside = rate * cells.exposure[at]
            yield from _kept(at, drawn, [rules[i] for i in at], outside, typical, method, basis, says_spread=False)


def _whole_exposure(cells: Cells) -> float:
    """What the totals, each once for each of its parts, are counted among."""
    return float(np.bincount(cells.group, weights=cells.exposure)[cells.group].sum())


def _need_of_totals(cells: Cells) -> Cells | None:
    need = cells.frame["need"].to_numpy(dtype=float, na_value=np.nan)
    size = np.bincount(cells.group)
    exposure: Array = np.bincount(cells.group, weights=cells.exposure).astype(float)
    average = np.bincount(cells.group, weights=cells.exposure * need) / exposure
    total = np.bincount(cells.group, weights=cells.frame["total"].to_numpy(dtype=float)) / size
    slope = filling.slope_of(total, exposure, average, np.zeros(len(total), dtype=np.int64))
    return _weighted(cells, slope.slope) if slope is not None and slope.is_sure else None


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
        """One row a hidden cell: what it is, how far the value is off, whether the limits hold it, how wide they are."""
        said = pd.DataFrame(
            [(f.value, f.lower_95, f.upper_95, f.model_lower_95, f.model_upper_95) for f in self.fills],
            columns=["value", "lower", "upper", "model_lower", "model_upper"],
            dtype=float,
        ).assign(truth=self.truth)
        return pd.DataFrame(
            {
                "truth": said["truth"],
                "error": (said["value"] - said["truth"]).abs(),
                "is_held": (said["lower"] <= said["truth"]) & (said["truth"] <= said["upper"]),
                "is_held_by_model": (said["model_lower"] <= said["truth"]) & (said["truth"] <= said["model_upper"]),
                "width": said["upper"] - said["lower"],
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


def _hidden(cells: Cells, mask: Any, status: str) -> Cells:
    """The same with some cells empty."""
    count, low, high = (np.where(mask, np.nan, column) for column in (cells.count, cells.low, cells.high))
    frame = cells.frame.assign(status=np.where(mask, status, cells.frame["status"].to_numpy()))
    return replace(cells, frame=frame, count=count, low=low, high=high)


def _totalled(cells: Cells) -> Cells:
    """The same, the total of its parts where the whole has no figure of its own."""
    frame = cells.frame
    for column, part in (("total", cells.count), ("total_low", cells.low), ("total_high", cells.high)):
        sums = np.bincount(cells.group, weights=part)[cells.group]
        given = frame[column].to_numpy(dtype=float, na_value=np.nan)
        frame = frame.assign(**{column: np.where(np.isfinite(given), given, sums)})
    return replace(cells, frame=frame)


def _evenly(cells: Cells) -> Cells:
    totals = int(cells.group.max()) + 1
    chosen = np.unique(np.linspace(0, totals - 1, min(totals, MOST_TOTALS)).round())
    return cells.take(np.isin(cells.group, chosen))


def trials(whole: Frame, rules: dict[str, Rule], rng: np.random.Generator) -> Iterator[Trial]:
    """Hide and fill what is known of each table, by every method that applies to it."""
    ranks = {pair: rank for rank, pair in enumerate(TRIED)}
    tables = [table for _, table in whole.groupby(["child_level", "parent_level", "table_id"], sort=True)]
    tables.sort(key=lambda t: ranks[t["child_level"].iloc[0], t["parent_level"].iloc[0]])
    donors = donors_of(tables)
    tried: set[str] = set()
    seen: set[tuple[str, float]] = set()
    for table in tables:
        indicator, pair = str(table["indicator_id"].iloc[0]), _pair(table)
        same = str(table["source_id"].iloc[0]), float(table["numerator"].sum())
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


def _pair(table: Frame) -> tuple[str, str]:
    return str(table["child_level"].iloc[0]), str(table["parent_level"].iloc[0])


def _trials(design: str, table: Frame, known: Cells, group: Any, fills: Iterable[Fill]) -> Iterator[Trial]:
    """What was said of hidden cells, by method."""
    done = [f for f in fills if f.method is not None]
    for method in sorted({str(f.method) for f in done}):
        mine = [f for f in done if f.method == method]
        at = np.array([f.at for f in mine])
        totals = len(np.unique(group[at]))
        yield Trial(design, method, int(table["table_id"].iloc[0]), *_pair(table), totals, known.count[at], mine)


def _usable(table: Frame, *, residents: bool = False) -> Cells | None:
    cells = _cells_of(table, residents=residents)
    cells = cells.take(np.isfinite(cells.exposure))
    return _totalled(_evenly(cells)) if len(cells.count) >= FEWEST_HIDDEN else None


def _trials_of_parts(table: Frame, rules: dict[str, Rule], rng: np.random.Generator) -> Iterator[Trial]:
    cells = _usable(table)
    if cells is None:
        return
    none: list[Rule | None] = [None] * len(cells.count)
    if (cells.low == cells.high).all() and (cells.count == cells.count.round()).all():
        rule = Rule(rules.get(str(table["source_id"].iloc[0]), Rule(TRIED_BELOW)).below)
        hidden = _hidden(cells, small_and_protecting(cells.count, cells.group, rule.below), "suppressed")
        if (~hidden.known).sum() >= FEWEST_HIDDEN:
            yield from _trials("small_counts", table, cells, cells.group, fill_table(hidden, [rule] * len(none), rng))
    hidden = _hidden(cells, _some(cells.group, rng), "not_available")
    if (~hidden.known).sum() >= FEWEST_HIDDEN:
        by_population = fill_table(hidden, none, rng, by_need=False)
        yield from _trials("some_parts", table, cells, cells.group, by_population)
        by_need = (f for f in fill_table(hidden, none, rng) if f.method == BY_NEED)
        yield from _trials("some_parts", table, cells, cells.group, by_need)


def _trials_of_whole(table: Frame, donors: list[Spread], rng: np.random.Generator) -> Iterator[Trial]:
    cells = _usable(table, residents=True) if table["denominator_kind"].iloc[0] == "population" else None
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


def donors_of(tables: Iterable[Frame]) -> Donors:
    """The spreads among residents of the tables whose parts are counts of residents, one of indicators that count the
    same."""
    spreads: dict[tuple[str, str], dict[str, Spread]] = {}
    seen: set[tuple[str, str, float]] = set()
    for table in tables:
        pair = str(table["child_level"].iloc[0]), str(table["parent_level"].iloc[0])
        same = (*pair, float(table["numerator"].sum()))
        if table["denominator_kind"].iloc[0] != "population" or same in seen:
            continue
        spread = _spread(_cells_of(table, residents=True))
        if spread is not None:
            seen.add(same)
            spreads.setdefault(pair, {})[str(table["indicator_id"].iloc[0])] = spread
    return Donors(spreads)


# --- Tables --------------------------------------------------------------------------------------------------------


def rules_of(connection: duckdb.DuckDBPyConnection) -> dict[str, Rule]:
    """What each publisher hides: what it says, else, where it suppresses, what is below the smallest count it shows.

    Noughts are hidden too where none is shown.
    """
    rows = connection.execute(
        "select f.source_id, any_value(s.suppressed_below) as below, min(f.numerator) filter (f.numerator > 0) as least,"
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
    given = np.isfinite(cells.low) & np.isfinite(cells.high) & (cells.frame["status"] == "suppressed").to_numpy()
    return [
        Rule(math.floor(high) + 1, math.ceil(low)) if is_given else rules.get(str(source))
        for is_given, low, high, source in zip(given, cells.low, cells.high, cells.frame["source_id"], strict=True)
    ]


def _rows(
    cells: Cells, fills: Iterable[Fill], rules: list[Rule | None], says: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    frame = cells.frame
    columns = {
        c: frame[c].to_numpy() for c in (*TOTAL, "table_id", "child_code", "status", "source_id", "unit", "total")
    }
    denominator = frame["denominator"].to_numpy(dtype=float, na_value=np.nan)
    residents = frame["aged_residents"].to_numpy(dtype=float, na_value=np.nan)
    is_population = str(frame["denominator_kind"].iloc[0]) == "population"
    sizes, known = np.bincount(cells.group), np.bincount(cells.group, weights=cells.known)
    for fill in fills:
        of = {name: values[fill.at] for name, values in columns.items()}
        below = denominator[fill.at]
        if np.isnan(below) and is_population:
            below = residents[fill.at]
        rule = rules[fill.at]
        group = cells.group[fill.at]
        yield {
            "table_id": of["table_id"],
            "area_code": of["child_code"],
            "child_level": of["child_level"],
            "gap": "no_row" if pd.isna(of["status"]) else of["status"],
            "method": fill.method,
            "numerator": fill.value,
            "numerator_lower_95": fill.lower_95,
            "numerator_upper_95": fill.upper_95,
            "denominator": None if np.isnan(below) else below,
            "unit": of["unit"],
            "total_area_code": of["parent_code"],
            "is_guarded": fill.is_guarded if fill.method else None,
            "inputs": json.dumps(
                {
                    "total": {"area_level": of["parent_level"], "count": of["total"]},
                    "parts": int(sizes[group]),
                    "parts_known": int(known[group]),
                    "shared_by": fill.basis,
                    **(
                        {"spread": round(fill.spread.sigma, 3), "spread_freedom": fill.spread.freedom}
                        if fill.spread
                        else says
                    ),
                    **({"hidden_below": rule.below} if rule else {}),
                }
            )
            if fill.method
            else None,
            "reason": fill.reason,
            "source_id": of["source_id"],
            "children": int(sizes[group]),
        }


def _filled(connection: duckdb.DuckDBPyConnection, rules: dict[str, Rule], whole: Frame, without: Frame) -> Frame:
    """A row for every empty cell, with what fills it or why nothing does, and for every part asked for."""
    rng = np.random.default_rng(SEED)
    rows: list[dict[str, Any]] = []
    for _, table in _of_gaps(connection).groupby(["table_id", "child_level", "parent_level"], sort=True):
        cells = _cells_of(table)
        of_cells = _rules_by_cell(cells, rules)
        wanted = (f for f in fill_table(cells, of_cells, rng) if _is_gap(table["status"].iloc[f.at]))
        rows += _rows(cells, wanted, of_cells, {})
    donors = donors_of(table for _, table in whole.groupby(["child_level", "parent_level", "table_id"], sort=True))
    for _, table in without.groupby("table_id", sort=True):
        cells = _cells_of(table, residents=True)
        of_cells = _rules_by_cell(cells, rules)
        spreads = donors.others(*_pair(table), "")
        sigmas = sorted(round(s.sigma, 3) for s in spreads)
        says = {"spreads_of_other_indicators": sigmas[:: max(len(sigmas) // 5, 1)], "other_indicators": len(spreads)}
        rows += _rows(cells, fill_from_whole(cells, of_cells, spreads, rng), of_cells, says)
    typed = pd.DataFrame(rows, columns=list(_ROW)).astype(_ROW)
    return typed.where(typed.notna(), None) if len(typed) else typed


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


def _is_gap(status: Any) -> bool:
    """Whether a cell is empty because of what was not given; a rate without its count is not."""
    return bool(pd.isna(status)) or status in ("suppressed", "not_available", "missing")


def _tested(connection: duckdb.DuckDBPyConnection, rules: dict[str, Rule], whole: Frame) -> Frame:
    """What hiding known cells says of each method, by table and altogether."""
    made = list(trials(whole, rules, np.random.default_rng(SEED)))
    if not made:
        return pd.DataFrame(columns=list(TABLES["fill_validation"].columns))
    errors = [t.errors.assign(design=t.design, method=t.method) for t in made]
    keys = connection.execute(f"select table_id, {', '.join(KEY[:4])} from fill_table").df().set_index("table_id")
    by_table = [
        {
            "design": t.design,
            "method": t.method,
            "scope": "table",
            "child_level": t.child_level,
            "parent_level": t.parent_level,
            **keys.loc[t.table_id].to_dict(),
            "totals": t.totals,
            **_summary(e),
        }
        for t, e in zip(made, errors, strict=True)
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
        for (design, method), group in together.groupby(["design", "method"])
    ]
    return pd.DataFrame([*by_table, *overall], columns=list(TABLES["fill_validation"].columns), dtype=object)


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
    whole, without = _of_others(connection)
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
