"""What fills are made from, read from a warehouse: totals with their parts, residents, deprivation, publishers' rules.

Read are the figures (``marts.indicator_value``), the ranges of their counts (``indicators.int_measure``), definitions
(``indicators.int_indicator``), which area is in which (``marts.area_relation``), residents (``spine``, by place and by
age) and what publishers say that they hide (``meta.source``).
"""

from __future__ import annotations

import math
from typing import Any

import duckdb
import numpy as np

from estimation.filling.statistics import Rule
from estimation.windows import Frame

#: What says how deprived a place is.
NEED = "imd_average_score"
#: A publisher's smallest count above nought says what it hides only if so many counts are shown.
ENOUGH_SHOWN = 20

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

KEYS = ", ".join(KEY)
#: A district of one tier is an upper tier as well: its figures are under the level of districts.
_LEVEL = (
    "(f.area_level = r.child_level"
    " or (r.child_level = 'upper_tier_local_authority' and f.area_level = 'local_authority_district'))"
)


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """The figures as now known, the relations of whole parts, residents and deprivation, as temporary tables."""
    connection.execute(
        # One number for all that a table is told apart by.
        f"create or replace temp table fill_table as select {KEYS}, row_number() over (order by {KEYS}) as table_id"
        f" from (select distinct {KEYS} from marts.indicator_value where is_latest_release"
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


def of_gaps(connection: duckdb.DuckDBPyConnection) -> Frame:
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


def of_others(connection: duckdb.DuckDBPyConnection) -> tuple[Frame, Frame]:
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


#: One column of a table, and a table: its columns by name.
Column = Any
Table = dict[str, Column]


def number(*columns: Column) -> Any:
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
    starts = np.flatnonzero(np.diff(number(*(columns[c] for c in ("table_id", *TOTAL[:2]))), prepend=-1))
    ends = np.append(starts[1:], len(frame))
    return [{n: c[a:b] for n, c in columns.items()} for a, b in zip(starts, ends, strict=True)]


#: What a total is: its count, the least and the most that it can be.
WHOLE = ("total", "total_low", "total_high")
_NUMBERS = frozenset(("numerator", "denominator", "low", "high", *WHOLE, "aged_residents", "residents", "need"))


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
