"""Expectations of our own for Great Expectations, each one SQL query inside DuckDB made from typed parameters.

The rules of ``expectations.suites`` say what each asks; here is how. Imported by ``engine`` alone.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar, Literal

from great_expectations.compatibility import pydantic
from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation
from great_expectations.render.components import LegacyDiagnosticRendererType, RenderedTableContent
from great_expectations.render.renderer.renderer import renderer

from expectations import suites
from expectations.results import SAMPLE_ROWS, plain
from expectations.suites import text_list
from sources.landing import literal

# Added to the sample's rows by the query and taken off again.
_COUNT, _HARD, _EXEMPT = "failing_rows_in_all", "hard_rows_in_all", "exempt_rows_in_all"


def as_gx_query(query: str) -> str:
    """A suite's query as Great Expectations wants it: the table as ``checked``, the count beside the first rows."""
    return _gx(f"select *, count(*) over () as {_COUNT} from (\n{query}\n) limit {SAMPLE_ROWS}")


def _as_limited_query(query: str) -> str:
    """The same for rows that say in ``beyond`` what they are beyond (soft, hard) or that they are exempt, the worst
    of them first."""
    return _gx(
        f"select *, count(*) filter (where beyond <> 'exempt') over () as {_COUNT},"
        f" count(*) filter (where beyond = 'hard') over () as {_HARD},"
        f" count(*) filter (where beyond = 'exempt') over () as {_EXEMPT} from (\n{query}\n)"
        f" order by case beyond when 'hard' then 0 when 'soft' then 1 else 2 end limit {SAMPLE_ROWS}"
    )


def _gx(query: str) -> str:
    """SQL with its braces doubled for ``str.format``, and its lone colons escaped, which SQLAlchemy takes for
    parameters."""
    escaped = re.sub(r"(?<!:):(?=\w)", r"\\:", query.replace("{", "{{").replace("}", "}}"))
    return f"with checked as (select * from {{batch}})\n{escaped}"


class ExpectNoFailingRows(UnexpectedRowsExpectation):
    """Passes where a query comes to no row.

    The query brings its own count and no more rows than the sample's, so that it runs once; Great Expectations'
    own runs it twice, once to count.
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table",)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        rows = [{name: plain(cell) for name, cell in row.items()} for row in metrics["unexpected_rows_query.table"]]
        counts = {name: int(rows[0].get(name) or 0) if rows else 0 for name in (_COUNT, _HARD, _EXEMPT)}
        sample = [{name: cell for name, cell in row.items() if name not in counts} for row in rows]
        return {
            "success": counts[_COUNT] == 0,
            "result": {
                "observed_value": counts[_COUNT],
                "details": {"unexpected_rows": sample, **self._limits(counts[_HARD], counts[_EXEMPT])},
            },
        }

    def _limits(self, hard: int, exempt: int) -> dict[str, Any]:
        """What else a result tells, where rows are beyond one limit or another."""
        return {}

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.UNEXPECTED_TABLE)
    def _diagnostic_unexpected_table_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None
    ) -> list[Any] | None:
        """The failing rows as a table of Data Docs, which knows only columns' values otherwise."""
        rows = result.result.get("details", {}).get("unexpected_rows") if result else None
        if not rows:
            return None
        return [
            RenderedTableContent(
                content_block_type="table",
                header_row=list(rows[0]),
                table=[["null" if cell is None else str(cell) for cell in row.values()] for row in rows],
                styling={"body": {"classes": ["table-bordered", "table-sm", "mt-3"]}},
            )
        ]


class _WithinLimits(ExpectNoFailingRows):
    """Passes where a query comes to no row beyond a limit; its rows say in ``beyond`` which: soft, hard, or exempt,
    which is shown and does not count."""

    @pydantic.root_validator(pre=True)
    def _ask(cls, values: dict[str, Any]) -> dict[str, Any]:
        parameters = {name: values[name] for name in cls.__annotations__ if name in values}
        return values | {"unexpected_rows_query": _as_limited_query(cls.sql(**parameters))}

    def _limits(self, hard: int, exempt: int) -> dict[str, Any]:
        return {"has_limits": True, "hard": hard, "exempt": exempt}

    @classmethod
    def sql(cls, **parameters: Any) -> str:
        """The query, over ``checked`` and any other table."""
        raise NotImplementedError


def _exempt(*, source: str, reasons: tuple[str, ...], series: str = "null", area: str = "null") -> str:
    """SQL for whether an exemption in force covers what is of a source, a series and an area (SQL expressions).

    An exemption without a series, an area or a reason covers every one.
    """
    return (
        f"exists (select 1 from meta.granted_exemption as e where e.is_in_force and e.source_id = {source}"
        f" and (e.series_id is null or e.series_id = {series}) and (e.area_code is null or e.area_code = {area})"
        f" and (e.reason_code is null or e.reason_code in ({text_list(reasons)})))"
    )


def _whole_source_exempt(source_id: str, *reasons: str) -> str:
    """SQL for whether an exemption in force covers all of a source: one of a place or a series does not stop a clock."""
    return (
        f"exists (select 1 from meta.granted_exemption as e where e.is_in_force and e.source_id = {literal(source_id)}"
        " and e.series_id is null and e.area_code is null"
        f" and (e.reason_code is null or e.reason_code in ({text_list(reasons)})))"
    )


class ExpectSourceAnswered(_WithinLimits):
    """Whoever was asked last for a source answered; hard from as many days in a row as open an incident."""

    source_id: str
    incident_after: int

    @classmethod
    def sql(cls, *, source_id: str, incident_after: int) -> str:
        return (
            f"select case when {_whole_source_exempt(source_id, 'fetch_failed')} then 'exempt'"
            f" when fetch_state = 'failing' and failing_days >= {incident_after} then 'hard' else 'soft' end as beyond,"
            " source_id, table_name, fetch_state, last_asked_at, last_answered_at, failing_days, fetch_problem"
            f" from checked where scope = 'table' and source_id = {literal(source_id)} and fetch_state <> 'ok'"
            " order by table_name"
        )


class ExpectPublisherOnTime(_WithinLimits):
    """No table of a source is later than its own cadence and lag allow (soft), or later than it may be (hard)."""

    source_id: str

    @classmethod
    def sql(cls, *, source_id: str) -> str:
        return (
            f"select case when {_whole_source_exempt(source_id, 'publisher_late')} then 'exempt'"
            " when release_state = 'very_late' then 'hard' else 'soft' end as beyond,"
            " source_id, table_name, release_state, last_released_on, next_due_on, days_late, in_words"
            f" from checked where scope = 'table' and source_id = {literal(source_id)}"
            " and release_state in ('late', 'very_late') order by days_late desc, table_name"
        )


class ExpectPeriodRecent(_WithinLimits):
    """No table's newest period is older than its contract warns of (soft) or fails at (hard); one that has ended grows
    old and is not late."""

    source_id: str

    @classmethod
    def sql(cls, *, source_id: str) -> str:
        return (
            f"select case when {_whole_source_exempt(source_id, 'publisher_late', 'not_fetched')} then 'exempt'"
            " when period_state = 'very_old' then 'hard' else 'soft' end as beyond,"
            " source_id, table_name, period_state, newest_period_end, period_age_days, release_state, in_words"
            f" from checked where scope = 'table' and source_id = {literal(source_id)} and release_state <> 'ended'"
            " and (period_state in ('old', 'very_old') or release_state = 'nothing_landed')"
            " order by period_age_days desc, table_name"
        )


class ExpectMarkersKnown(_WithinLimits):
    """No cell was put aside for a text that is neither a number nor a marker of the contract; hard where that is more
    of a release's rows than a share."""

    source_id: str
    fail_share: float

    @classmethod
    def sql(cls, *, source_id: str, fail_share: float) -> str:
        of_source = f"source_id = {literal(source_id)}"
        return (
            "select case"
            f" when {_exempt(source=literal(source_id), reasons=('marker_unknown',))} then 'exempt'"
            f" when u.cells > {fail_share!r} * r.rows_in then 'hard' else 'soft' end as beyond,"
            " u.table_name, u.cell, u.release_id, u.cells, r.rows_in, u.first_row, u.source_column"
            " from (select table_name, release_id, cell, count(*) as cells, min(source_row) as first_row,"
            " min(source_column) as source_column from meta.quarantine"
            f" where {of_source} and reason like '%nor a marker that the contract knows%'"
            " group by table_name, release_id, cell) as u"
            f" left join meta.release as r on r.{of_source} and r.release_id = u.release_id"
            " and r.table_name = u.table_name"
            " order by u.cells desc, u.table_name, u.cell"
        )


class ExpectTotalsReconcile(_WithinLimits):
    """A publisher's rates are those of its own counts, beyond the rounding of both."""

    source_id: str
    warn_share: float
    fail_share: float

    @classmethod
    def sql(cls, *, source_id: str, warn_share: float, fail_share: float) -> str:
        exempt = _exempt(source=literal(source_id), reasons=("totals_differ",), series="indicator_id")
        return (
            f"select case when {exempt} then 'exempt'"
            f" when figures_that_differ > {fail_share!r} * figures then 'hard' else 'soft' end as beyond,"
            " indicator_id, release_id, figures, figures_that_differ, farthest_area_code, farthest_period_end,"
            " farthest_published_value, farthest_computed_value from meta.publisher_comparison"
            f" where source_id = {literal(source_id)} and figures_that_differ > {warn_share!r} * figures"
            " order by figures_that_differ desc, indicator_id, release_id"
        )


class ExpectPartsWithinTotal(_WithinLimits):
    """Women and men together are no more than everybody, beyond the rounding of the three."""

    warn_share: float
    fail_share: float

    @classmethod
    def sql(cls, *, warn_share: float, fail_share: float) -> str:
        group = (
            "source_id, indicator_id, release_id, area_code, period_type, period_start, period_end, age_band,"
            " category_type, category"
        )
        exempt = _exempt(source="source_id", reasons=("totals_differ",), series="indicator_id")
        return (
            f"select case when {exempt} then 'exempt' when wrong > {fail_share!r} * compared then 'hard' else 'soft' end"
            " as beyond, * from (select source_id, indicator_id, release_id, count(*) as compared,"
            " count(*) filter (where parts > total + allowance) as wrong,"
            " arg_max(area_code, parts - total) as farthest_area_code, arg_max(parts, parts - total) as women_and_men,"
            " arg_max(total, parts - total) as everybody from (select g.*,"
            # Each of the three is rounded by itself: by half the publisher's unit, where it says one; else to fives,
            # which is the coarsest that any of them rounds to.
            " 1.5 * coalesce(s.rounded_to, 5) as allowance from ("
            f"select {group}, sum(numerator) filter (where sex in ('male', 'female')) as parts,"
            " max(numerator) filter (where coalesce(sex, 'persons') = 'persons') as total"
            f" from checked where numerator is not null and not coalesce(note like 'The sum of%', false) group by {group}"
            " having count(*) filter (where sex in ('male', 'female')) = 2"
            " and count(*) filter (where coalesce(sex, 'persons') = 'persons') = 1) as g"
            " left join meta.source as s on s.source_id = g.source_id) group by source_id, indicator_id, release_id)"
            f" where wrong > {warn_share!r} * compared order by wrong desc, indicator_id, release_id"
        )


class ExpectNoUnexplainedRevision(_WithinLimits):
    """What a later release gives again is what it was, but for a share of the figures; what is marked as revised, was
    provisional or lies across a break of the series is explained."""

    source_id: str
    warn_share: float
    fail_share: float

    @classmethod
    def sql(cls, *, source_id: str, warn_share: float, fail_share: float) -> str:
        exempt = _exempt(source=literal(source_id), reasons=("revised_without_mark",), series="indicator_id")
        return (
            f"select case when {exempt} then 'exempt'"
            f" when unexplained > {fail_share!r} * given_again then 'hard' else 'soft' end as beyond,"
            " indicator_id, release_id, release_before, given_again, changed, unexplained, farthest_area_code,"
            " farthest_period_end, farthest_before, farthest_now from meta.revision"
            f" where source_id = {literal(source_id)} and unexplained > {warn_share!r} * given_again"
            # What is made up for the bundled edition is made anew for each file: none is another's revision.
            " and not (select bool_or(is_synthetic) from meta.build)"
            " order by unexplained desc, indicator_id, release_id"
        )


class ExpectNoDoubleCountAcrossAreas(_WithinLimits):
    """The areas within a larger one come to no more than it has."""

    totals: Literal["summed", "published"]
    tolerance: float

    @classmethod
    def sql(cls, *, totals: str, tolerance: float) -> str:
        # A sum of ours is of one release; a publisher may give its areas and its totals in files of their own.
        group = "indicator_id, source_id, period_type, period_start, period_end, sex, age_band, category_type, category"
        if totals == "summed":
            group += ", release_id"
        columns = ", ".join(f"c.{name}" for name in group.split(", "))
        same = " and ".join(f"p.{name} is not distinct from c.{name}" for name in group.split(", "))
        if totals == "summed":
            wrong = f"abs(children - total) > {tolerance!r} * greatest(abs(total), 1)"
            # Compared with what it says that it is the sum of: another level may be published, and rounded otherwise.
            compared = "added_up = child_level and children_there = whole"
            beyond = "'hard'"
        else:
            wrong = f"children > total * (1 + {tolerance!r}) + allowance"
            # Some of the areas may be missing: counts are not negative, so the rest still come to no more than all.
            compared = "added_up is null and not (select bool_or(is_synthetic) from meta.build)"
            exempt = _exempt(source="source_id", reasons=("totals_differ",), series="indicator_id")
            beyond = f"case when {exempt} then 'exempt' else 'soft' end"
        farthest = f"children - total) filter (where {wrong})"
        return (
            "with relation as (select r.parent_code, r.parent_level, r.child_code, r.child_level,"
            " count(*) over (partition by r.parent_code, r.child_level) as whole from marts.area_relation as r"
            " where r.is_exact and r.child_code <> r.parent_code"
            " and r.vintage = (select max(vintage) from marts.area_relation)),"
            " figure as (select *, case"
            " when regexp_matches(note, '^The (sum of its \\d+ districts|figure of its only district)')"
            " then 'local_authority_district'"
            " when regexp_matches(note, '^The (sum of its \\d+ upper-tier|figure of its only upper-tier)')"
            " then 'upper_tier_local_authority' end as added_up"
            " from checked where numerator is not null and is_latest_release),"
            f" added as (select r.parent_code, r.parent_level, r.child_level, max(r.whole) as whole, {columns},"
            " sum(c.numerator) as children, count(*) as children_there from figure as c"
            " inner join relation as r on r.child_code = c.area_code and r.child_level = c.area_level group by all),"
            " compared as (select c.*, p.numerator as total, p.added_up,"
            # Each of them is rounded by itself, by up to half the publisher's unit.
            " 0.5 * (c.children_there + 1) * coalesce(s.rounded_to, 1) as allowance"
            f" from added as c inner join figure as p on p.area_code = c.parent_code and {same}"
            " left join meta.source as s on s.source_id = c.source_id)"
            f" select {beyond} as beyond, * from (select indicator_id, source_id, parent_level, child_level, count(*) as"
            f" compared, count(*) filter (where {wrong}) as wrong, arg_max(parent_code, {farthest} as farthest_area_code,"
            f" arg_max(period_end, {farthest} as farthest_period_end, arg_max(children, {farthest} as of_its_areas,"
            f" arg_max(total, {farthest} as its_own from compared where {compared}"
            " group by indicator_id, source_id, parent_level, child_level)"
            " where wrong > 0 order by wrong desc, indicator_id"
        )


BY_RULE: dict[type, type[_WithinLimits]] = {
    suites.SourceAnswered: ExpectSourceAnswered,
    suites.PublisherOnTime: ExpectPublisherOnTime,
    suites.PeriodRecent: ExpectPeriodRecent,
    suites.MarkersKnown: ExpectMarkersKnown,
    suites.TotalsReconcile: ExpectTotalsReconcile,
    suites.PartsWithinTotal: ExpectPartsWithinTotal,
    suites.NoUnexplainedRevision: ExpectNoUnexplainedRevision,
    suites.NoDoubleCountAcrossAreas: ExpectNoDoubleCountAcrossAreas,
}
