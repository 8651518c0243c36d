"""Expectations of our own for Great Expectations, each one SQL query inside DuckDB made from typed parameters.

The rules of ``expectations.suites`` say what each asks; here is how. Imported by ``engine`` alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar, Literal

from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation
from great_expectations.render.components import LegacyDiagnosticRendererType, RenderedTableContent
from great_expectations.render.renderer.renderer import renderer
from pydantic.v1 import root_validator

from expectations import suites
from expectations.results import SAMPLE_ROWS, plain
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

    sql: ClassVar[Callable[..., str]]
    """The query of the parameters, over ``checked`` and any other table."""

    @root_validator(pre=True)
    def _ask(cls, values: dict[str, Any]) -> dict[str, Any]:  # noqa: N805 (of the class, to pydantic)
        parameters = {name: values[name] for name in cls.__annotations__ if name in values}
        return values | {"unexpected_rows_query": _as_limited_query(cls.sql(**parameters))}

    def _limits(self, hard: int, exempt: int) -> dict[str, Any]:
        return {"has_limits": True, "hard": hard, "exempt": exempt}


def _exempt(*, source: str, reason: str, series: str = "null", area: str = "null") -> str:
    """SQL for whether an exemption in force covers what is of a source, a series and an area for a reason (SQL
    expressions); one without a series, an area or a reason covers every one."""
    return (
        f"exists (select 1 from meta.granted_exemption as e where e.is_in_force and e.source_id = {source}"
        f" and (e.series_id is null or e.series_id = {series}) and (e.area_code is null or e.area_code = {area})"
        f" and (e.reason_code is null or e.reason_code = {reason}))"
    )


class ExpectSourceAnswered(_WithinLimits):
    """Whoever was asked last for a source answered; hard from as many days in a row as open an incident."""

    source_id: str
    incident_after: int

    @staticmethod
    def sql(*, source_id: str, incident_after: int) -> str:
        return (
            f"select case when {_exempt(source=literal(source_id), reason=literal('fetch_failed'))} then 'exempt'"
            f" when fetch_state = 'failing' and failing_days >= {incident_after} then 'hard' else 'soft' end as beyond,"
            " source_id, table_name, fetch_state, last_asked_at, last_answered_at, failing_days, fetch_problem"
            f" from checked where scope = 'table' and source_id = {literal(source_id)} and fetch_state <> 'ok'"
            " order by table_name"
        )


class ExpectPublisherOnTime(_WithinLimits):
    """No table of a source is later than its own cadence and lag allow (soft), or later than it may be (hard)."""

    source_id: str

    @staticmethod
    def sql(*, source_id: str) -> str:
        return (
            f"select case when {_exempt(source=literal(source_id), reason=literal('publisher_late'))} then 'exempt'"
            " when release_state = 'very_late' then 'hard' else 'soft' end as beyond,"
            " source_id, table_name, release_state, last_released_on, next_due_on, days_late, in_words"
            f" from checked where scope = 'table' and source_id = {literal(source_id)}"
            " and release_state in ('late', 'very_late') order by days_late desc, table_name"
        )


class ExpectPeriodRecent(_WithinLimits):
    """No table's newest period is older than its contract warns of (soft) or fails at (hard); one that has ended grows
    old and is not late."""

    source_id: str

    @staticmethod
    def sql(*, source_id: str) -> str:
        reason = "case release_state when 'nothing_landed' then 'not_fetched' else 'publisher_late' end"
        return (
            f"select case when {_exempt(source=literal(source_id), reason=reason)} then 'exempt'"
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

    @staticmethod
    def sql(*, source_id: str, fail_share: float) -> str:
        of_source = f"source_id = {literal(source_id)}"
        return (
            "select case"
            f" when {_exempt(source=literal(source_id), reason=literal('marker_unknown'))} then 'exempt'"
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

    @staticmethod
    def sql(*, source_id: str, warn_share: float, fail_share: float) -> str:
        exempt = _exempt(source=literal(source_id), reason=literal("totals_differ"), series="indicator_id")
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

    @staticmethod
    def sql(*, warn_share: float, fail_share: float) -> str:
        group = (
            "source_id, indicator_id, release_id, area_code, period_type, period_start, period_end, age_band,"
            " category_type, category"
        )
        return (
            f"select case when wrong > {fail_share!r} * compared then 'hard' else 'soft' end as beyond, *"
            " from (select source_id, indicator_id, release_id, count(*) as compared,"
            " count(*) filter (where parts > total + allowance) as wrong,"
            " arg_max(area_code, parts - total) as farthest_area_code, arg_max(parts, parts - total) as women_and_men,"
            " arg_max(total, parts - total) as everybody from (select g.*,"
            # Each of the three is rounded by itself: by half the publisher's unit, where it says one; else to fives,
            # which is the coarsest that any of them rounds to.
            " 1.5 * coalesce(s.rounded_to, 5) as allowance from ("
            f"select {group}, sum(numerator) filter (where sex in ('male', 'female')) as parts,"
            " max(numerator) filter (where coalesce(sex, 'persons') = 'persons') as total"
            " from checked where numerator is not null and not coalesce(note like 'The sum of%', false)"
            f" group by {group} having count(*) filter (where sex in ('male', 'female')) = 2"
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

    @staticmethod
    def sql(*, source_id: str, warn_share: float, fail_share: float) -> str:
        exempt = _exempt(source=literal(source_id), reason=literal("revised_without_mark"), series="indicator_id")
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

    @staticmethod
    def sql(*, totals: str, tolerance: float) -> str:
        # A sum of ours is of one release; a publisher may give its areas and its totals in files of their own.
        key = "source_id, period_type, period_start, period_end, sex, age_band, category_type, category"
        if totals == "summed":
            key += ", release_id"
            wrong = f"abs(children - total) > {tolerance!r} * greatest(abs(total), 1)"
            # Compared with what it says that it is the sum of: another level may be published, and rounded otherwise.
            compared = "p.added_up = c.child_level and c.children_there = c.whole"
            beyond = "hard"
        else:
            wrong = f"children > total * (1 + {tolerance!r}) + allowance"
            # Some of the areas may be missing: counts are not negative, so the rest still come to no more than all.
            compared = "p.added_up is null and not (select bool_or(is_synthetic) from meta.build)"
            beyond = "soft"
        farthest = f"children - total) filter (where {wrong})"
        return (
            "with relation as (select r.parent_code, r.parent_level, r.child_code, r.child_level,"
            " count(*) over (partition by r.parent_code, r.child_level) as whole from marts.area_relation as r"
            " where r.is_exact and r.child_code <> r.parent_code"
            " and r.vintage = (select max(vintage) from marts.area_relation)),"
            # One number for what a figure is of, besides indicator and place: quicker to add up by than nine names.
            " figure as (select indicator_id, source_id, area_code, area_level, period_end, numerator,"
            f" hash({key}) as key, case"
            " when regexp_matches(note, '^The (sum of its \\d+ districts|figure of its only district)')"
            " then 'local_authority_district'"
            " when regexp_matches(note, '^The (sum of its \\d+ upper-tier|figure of its only upper-tier)')"
            " then 'upper_tier_local_authority' end as added_up"
            " from checked where numerator is not null and is_latest_release),"
            " added as (select r.parent_code, r.parent_level, r.child_level, max(r.whole) as whole, c.indicator_id,"
            " c.key, sum(c.numerator) as children, count(*) as children_there from figure as c"
            " inner join relation as r on r.child_code = c.area_code and r.child_level = c.area_level group by all),"
            " compared as (select c.*, p.source_id, p.period_end, p.numerator as total,"
            # Each of them is rounded by itself, by up to half the publisher's unit.
            " 0.5 * (c.children_there + 1) * coalesce(s.rounded_to, 1) as allowance"
            " from added as c inner join figure as p on p.area_code = c.parent_code and p.indicator_id = c.indicator_id"
            f" and p.key = c.key left join meta.source as s on s.source_id = p.source_id where {compared})"
            f" select '{beyond}' as beyond, * from (select indicator_id, source_id, parent_level, child_level,"
            f" count(*) as compared, count(*) filter (where {wrong}) as wrong,"
            f" arg_max(parent_code, {farthest} as farthest_area_code,"
            f" arg_max(period_end, {farthest} as farthest_period_end, arg_max(children, {farthest} as of_its_areas,"
            f" arg_max(total, {farthest} as its_own from compared"
            " group by indicator_id, source_id, parent_level, child_level)"
            " where wrong > 0 order by wrong desc, indicator_id"
        )


class ExpectCoverageComplete(_WithinLimits):
    """No theme lacks more of what is due than a share (soft); nothing is lacking without a reason (hard)."""

    warn_share: float

    @staticmethod
    def sql(*, warn_share: float) -> str:
        exempt = _exempt(source="c.source_id", series="c.series_id", area="c.area_code", reason="c.reason")
        return (
            "select case when without_reason > 0 then 'hard' else 'soft' end as beyond, * from ("
            "select coalesce(i.domain, c.series_id) as theme, count(*) as cells_due,"
            f" count(*) filter (where c.state = 'absent' and not {exempt}) as cells_absent,"
            f" count(*) filter (where c.state = 'absent' and {exempt}) as cells_exempt,"
            " count(*) filter (where c.state in ('absent', 'empty') and c.reason is null) as without_reason"
            " from checked as c left join marts.indicator as i on i.indicator_id = c.indicator_id"
            # What is to come, and what has ended, is not due.
            " where c.state <> 'explained' and coalesce(c.reason, '') not in ('not_yet_due', 'series_discontinued')"
            " group by coalesce(i.domain, c.series_id))"
            f" where without_reason > 0 or cells_absent > {warn_share!r} * cells_due"
            " order by cells_absent / cells_due desc, theme"
        )


class ExpectExemptionsNeeded(_WithinLimits):
    """Each exemption is complete and short enough (hard), and what it covers is still there while it has not ended
    (soft)."""

    longest_days: int

    @staticmethod
    def sql(*, longest_days: int) -> str:
        unread = "reason like '%nor a marker that the contract knows%'"
        clock = "select source_id, null, null, '{}' from meta.staleness where scope = 'table' and {}"
        needs = " union all ".join(
            (
                "select source_id, series_id, area_code, reason as reason_code from marts.data_gap"
                " where is_open and reason <> 'not_yet_due'",
                clock.format("fetch_failed", "fetch_state in ('failing', 'partly_failing')"),
                clock.format(
                    "publisher_late",
                    "(release_state in ('late', 'very_late')"
                    " or (release_state <> 'ended' and period_state in ('old', 'very_old')))",
                ),
                clock.format("not_fetched", "release_state = 'nothing_landed'"),
                f"select source_id, null, null, 'marker_unknown' from meta.quarantine where {unread}",
                "select source_id, indicator_id, null, 'totals_differ' from meta.publisher_comparison where not agrees",
                "select source_id, indicator_id, null, 'revised_without_mark' from meta.revision where unexplained > 0",
            )
        )
        return (
            f"with needs as materialized (select distinct * from ({needs})),"
            " judged as (select e.*, b.reckoned_on, b.is_synthetic, exists (select 1 from needs as n"
            " where n.source_id = e.source_id and (e.series_id is null or e.series_id = n.series_id)"
            " and (e.area_code is null or e.area_code = n.area_code)"
            " and (e.reason_code is null or e.reason_code = n.reason_code)) as is_needed"
            " from checked as e cross join meta.build as b)"
            " select case when problem in ('incomplete', 'too_long') then 'hard' else 'soft' end as beyond, problem,"
            " exemption_id, source_id, series_id, area_code, reason_code, owner_role, granted_on, ends_on, why from ("
            "select *, case when coalesce(trim(why), '') = '' or coalesce(trim(owner_role), '') = ''"
            " or granted_on is null or ends_on is null or ends_on < granted_on then 'incomplete'"
            f" when ends_on - granted_on > {longest_days} then 'too_long'"
            # Exemptions are of real gaps: what is made up has others.
            " when is_synthetic then null when not is_needed then 'not_needed'"
            " when ends_on < reckoned_on then 'ended' end as problem from judged)"
            " where problem is not null order by problem, exemption_id"
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
    suites.CoverageComplete: ExpectCoverageComplete,
    suites.ExemptionsNeeded: ExpectExemptionsNeeded,
}
