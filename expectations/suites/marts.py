"""Suites for the tables that analysts open, written by hand.

They run in the edition's working file after dbt has built it. ``meta.check_result`` and ``meta.change`` are
written from what is found here, so they have no suite.
"""

from __future__ import annotations

from datetime import date

from expectations.suites import WITHOUT_VALUE, Expectation, InSet, NoRows, Suite, sums, text_list
from expectations.suites.table import columns as _columns
from expectations.suites.table import filled as _filled
from expectations.suites.table import unique as _unique
from sources.contract import STATUSES
from sources.home import Edition

SUITE = "marts"

AREA = ("area_code", "area_name", "area_level", "is_upper_tier", "country", "valid_from", "valid_to", "is_current")
AREA_RELATION = (
    *("vintage", "child_code", "child_level", "parent_code", "parent_level"),
    *("parents_of_child", "weight", "weight_basis", "is_exact"),
)
AREA_SUCCESSOR = (
    *("former_code", "former_name", "former_level", "area_code", "area_name", "area_level", "changed_on", "relation"),
    *("weight", "former_codes_of_area", "is_exact", "is_whole_known"),
)
AREA_NEIGHBOUR = (
    *("area_code", "area_name", "area_level", "neighbour_code", "neighbour_name", "neighbour_rank", "distance"),
    *("features", "population_year", "method"),
)
INDICATOR = (
    *("indicator_id", "title", "definition", "numerator", "denominator", "unit", "multiplier", "polarity", "method"),
    *("denominator_kind", "has_figures", "headline_period_type", "baseline_period_start"),
    *("domain", "pathway_stage", "source_id", "cadence"),
)
FIGURE = (
    *("indicator_id", "area_code", "period_type", "period_start", "period_end"),
    *("sex", "age_band", "category_type", "category"),
)
INDICATOR_VALUE = (
    *FIGURE,
    *("area_name", "area_level", "value", "lower_95", "upper_95", "numerator", "denominator", "unit", "status"),
    *("method", "source_id", "release_id", "published_on", "retrieved_at", "is_latest_release", "note"),
    *("as_published_area_code", "lower_998", "upper_998", "possible_low", "possible_high", "known_from", "known_to"),
)

#: Rows whose value is one count over another by our own arithmetic: crude rates and proportions, by the name of
#: their interval. What a publisher computed, and what is standardised, is no plain quotient.
_OURS = (
    "(regexp_matches(lower(method), 'wilson|byar|quotient|repeat')"
    " and not regexp_matches(lower(method), 'publish|standardi|dobson'))"
)


#: Rows whose value and interval a publisher computed.
_AS_PUBLISHED = "(coalesce(lower(method), '') like '%publish%')"


def suites(*, edition: Edition, today: date) -> list[Suite]:
    """A suite for each table, for what an edition built on a day."""
    return [
        Suite(SUITE, "marts.area", _area()),
        Suite(SUITE, "marts.area_relation", _area_relation()),
        Suite(SUITE, "marts.area_successor", _area_successor()),
        Suite(SUITE, "marts.area_neighbour", _area_neighbour()),
        Suite(SUITE, "marts.indicator", _indicator()),
        Suite(SUITE, "marts.indicator_value", _indicator_value(today)),
        Suite(SUITE, "meta.build", _build(edition)),
        Suite(SUITE, "meta.source", _source()),
        Suite(SUITE, "meta.release", _release()),
        Suite(SUITE, "meta.source_column", _source_column()),
        Suite(SUITE, "meta.column", _column()),
    ]


def _area() -> tuple[Expectation, ...]:
    return (
        _columns(AREA),
        _filled("area_code", "area_name", "area_level", "is_current"),
        _unique("key_is_unique", ("area_code",), advice="Two vintages name the area: let the spine keep the newest."),
        Expectation(
            name="valid_to_is_not_before_valid_from",
            rule=NoRows("select * from checked where valid_to < valid_from"),
            severity="error",
            reason="A place that ends before it begins matches no period.",
            expected="valid_to on or after valid_from",
            advice="Look at the code's changes in ons_geography: two of them are in the wrong order.",
        ),
    )


def _area_relation() -> tuple[Expectation, ...]:
    child = "vintage, child_level, child_code, parent_level"
    return (
        _columns(AREA_RELATION),
        _filled("vintage", "child_code", "child_level", "parent_code", "parent_level", "parents_of_child", "is_exact"),
        _unique(
            "key_is_unique",
            ("vintage", "child_level", "child_code", "parent_level", "parent_code"),
            advice="The lookup repeats a pair: take distinct pairs in staging.",
        ),
        Expectation(
            name="parents_are_counted",
            rule=NoRows(
                f"select {child}, count(*) as parents_found, min(parents_of_child) as parents_of_child"
                f" from checked group by {child} having min(parents_of_child) <> count(*)"
                " or max(parents_of_child) <> count(*)"
            ),
            severity="error",
            reason="Whoever sums over the lookup tells by it where a child would be counted twice.",
            expected="parents_of_child equal to the rows of the child at that level and vintage",
            advice="Count the parents after the last join of the model, not before.",
        ),
        Expectation(
            name="no_child_is_counted_twice",
            rule=NoRows(
                f"select {child}, count(*) as parents, sum(weight) as sum_of_weights, bool_or(is_exact) as is_exact"
                f" from checked group by {child}"
                " having abs(sum(weight) - 1) > 1e-9 or count(weight) not in (0, count(*))"
                " or (bool_or(is_exact) and (sum(weight) is null or abs(sum(weight) - 1) > 1e-9))"
            ),
            severity="error",
            reason="A sum over the lookup would count people twice, or lose some.",
            expected="weights of a child's parents at a level and vintage adding up to 1, or none of them known",
            advice="Give a child of several parents weights that add up to 1, or null for every one of them.",
        ),
    )


def _area_successor() -> tuple[Expectation, ...]:
    return (
        _columns(AREA_SUCCESSOR),
        _filled(
            *("former_code", "former_level", "area_code", "area_level", "changed_on", "relation"),
            *("former_codes_of_area", "is_exact", "is_whole_known"),
        ),
        _unique(
            "key_is_unique",
            ("former_code", "area_code"),
            advice="Two ways lead from the former code to the same one: add their shares in the spine.",
        ),
        Expectation(
            name="leads_to_today",
            rule=NoRows("select * from checked where area_code in (select former_code from checked)"),
            severity="error",
            reason="A figure carried to a code that has ended too is lost.",
            expected="no area_code that is itself a former_code",
            advice="A chain of changes is longer than the spine follows, or goes in a circle: see ons_geography.",
        ),
        Expectation(
            name="shares_add_up",
            rule=NoRows(
                "select former_code, count(*) as areas, sum(weight) as sum_of_weights from checked group by former_code"
                " having abs(sum(weight) - 1) > 1e-9 or count(weight) not in (0, count(*))"
                " or (bool_or(is_exact) and sum(weight) is null)"
            ),
            severity="error",
            reason="Carried to today's codes, people would be there twice, or lost.",
            expected="weights of a former code adding up to 1, or none of them known where it was split",
            advice="Look at the populations of former districts in the reference that the shares are made from.",
        ),
    )


def _area_neighbour() -> tuple[Expectation, ...]:
    return (
        _columns(AREA_NEIGHBOUR),
        _filled(*AREA_NEIGHBOUR),
        _unique(
            "key_is_unique",
            ("area_level", "area_code", "neighbour_code"),
            advice="An area is compared twice with another: its level has it under two countries or features.",
        ),
        Expectation(
            name="neighbours_are_ranked",
            rule=NoRows(
                "select area_level, area_code, count(*) as neighbours, max(neighbour_rank) as last_rank from checked"
                " group by area_level, area_code"
                " having max(neighbour_rank) <> count(*) or count(distinct neighbour_rank) <> count(*)"
                " or count(*) > 10 or bool_or(area_code = neighbour_code) or min(distance) < 0"
            ),
            severity="error",
            reason="A comparison with the wrong places misleads more than none.",
            expected="up to ten other areas, ranked from 1 without a gap",
            advice="Rank after the last filter of the model, and leave the area itself out.",
        ),
    )


def _indicator() -> tuple[Expectation, ...]:
    return (
        _columns(INDICATOR),
        _filled("indicator_id", "title", "definition", "method", "has_figures"),
        Expectation(
            name="figures_have_a_source",
            rule=NoRows("select * from checked where has_figures and source_id is null"),
            severity="error",
            reason="Only a measure that nobody is known to publish has no source: it is a gap with a name.",
            expected="a source_id wherever has_figures",
            advice="Name the source in the seed indicator_definition.",
        ),
        _unique("key_is_unique", ("indicator_id",), advice="Two models or seeds define the indicator: keep one."),
    )


def _indicator_value(today: date) -> tuple[Expectation, ...]:
    key = ", ".join(FIGURE)
    return (
        _columns(INDICATOR_VALUE),
        _filled(
            *("indicator_id", "area_code", "period_start", "period_end", "status", "source_id", "is_latest_release")
        ),
        _unique(
            "key_is_unique",
            (*FIGURE, "release_id"),
            advice="A join multiplied the rows: look for a lookup with several parents, or two files of one release.",
        ),
        _unique(
            "figure_has_one_latest_release",
            FIGURE,
            where="is_latest_release",
            advice="Two releases of a figure are both marked the latest: order them by publication, then retrieval.",
        ),
        Expectation(
            name="area_is_known",
            rule=NoRows(
                "select area_code, area_name, area_level, count(*) as rows_of_area, min(source_id) as source_id"
                " from checked where area_code not in (select area_code from marts.area where area_code is not null)"
                " group by area_code, area_name, area_level"
            ),
            severity="error",
            reason="A figure of no known place cannot be found or mapped.",
            expected="every area_code in marts.area",
            advice="Add the vintage that has the code to ons_geography, or let the indicator leave the area to meta.",
        ),
        Expectation(
            name="indicator_is_known",
            rule=NoRows(
                "select indicator_id, count(*) as rows_of_indicator, min(source_id) as source_id from checked"
                " where indicator_id not in (select indicator_id from marts.indicator where indicator_id is not null)"
                " group by indicator_id"
            ),
            severity="error",
            reason="A figure without a definition means nothing.",
            expected="every indicator_id in marts.indicator",
            advice="Define the indicator in the model or seed that marts.indicator is made from.",
        ),
        Expectation(
            name="status_is_known",
            rule=InSet("status", STATUSES),
            severity="error",
            reason="What a status says decides whether a figure is shown.",
            expected=f"status one of {', '.join(STATUSES)}",
            advice="Correct the model that makes the status; the vocabulary is in DESIGN and sources/contract.py.",
        ),
        Expectation(
            name="value_is_null_where_status_says_so",
            rule=NoRows(
                "select value, status, * exclude (value, status) from checked"
                f" where (value is null or isnan(value)) <> (status in ({text_list(WITHOUT_VALUE)}))"
            ),
            severity="error",
            reason="A suppressed figure must not show, and a missing one must not look like one that was seen.",
            expected=f"value null exactly where status is {', '.join(WITHOUT_VALUE)}",
            advice="Take value and status from one row of staging; give a quotient without denominator a status.",
        ),
        Expectation(
            name="limits_bracket_the_value",
            rule=NoRows(_unbracketed(f"not {_AS_PUBLISHED}")),
            severity="error",
            reason="An interval that leaves out its own figure is of another figure.",
            expected="lower_95 <= value <= upper_95 where the method is ours",
            advice="See that figure and interval are computed from one numerator and denominator, in one unit.",
        ),
        Expectation(
            name="published_limits_bracket_the_value",
            rule=NoRows(_unbracketed(_AS_PUBLISHED)),
            severity="warn",
            reason="Publishers do print such intervals; they are shown as published and not corrected.",
            expected="lower_95 <= value <= upper_95 where the method is the publisher's",
            advice="Look at the row in the file. If the file says so, tell the publisher; else columns were mixed up.",
        ),
        Expectation(
            name="rate_is_its_quotient",
            rule=NoRows(
                "select value, numerator * multiplier / nullif(denominator, 0) as quotient, multiplier,"
                " * exclude (value, multiplier) from ("
                " select v.*, (select max(i.multiplier) from marts.indicator i"
                " where i.indicator_id = v.indicator_id) as multiplier from checked v"
                " where numerator is not null and denominator is not null"
                f" and value is not null and {_OURS})"
                " where multiplier is null or denominator = 0"
                " or abs(value - numerator * multiplier / denominator)"
                " > 1e-9 * abs(numerator * multiplier / denominator)"
            ),
            severity="error",
            reason="A rate that is not its own numerator over its denominator is wrong in one of the three.",
            expected="value = numerator / denominator x the indicator's multiplier (to 1e-9) where the method is ours",
            advice="Compute the three in one model, and check the indicator's multiplier against its unit.",
        ),
        Expectation(
            name="force_populations_add_up",
            rule=NoRows(_force_populations()),
            severity="error",
            reason="A force area that is short of people has every rate too high.",
            expected="where every force area has a population, their sum the population of England and Wales",
            advice="See which districts the lookup to force areas lost or repeated for that year.",
        ),
        Expectation(
            name="no_period_is_in_the_future",
            rule=NoRows(
                "select period_start, period_end, * exclude (period_start, period_end) from checked"
                f" where period_end > date '{today.isoformat()}'"
            ),
            severity="error",
            reason="Nothing can have been counted yet: a date was misread.",
            expected=f"period_end no later than {today.isoformat()}",
            advice="Look at how the period was read from the file: day and month, or a two-digit year.",
        ),
        Expectation(
            name="period_end_is_not_before_start",
            rule=NoRows(
                "select period_start, period_end, * exclude (period_start, period_end) from checked"
                " where period_end < period_start"
            ),
            severity="error",
            reason="A period that ends before it starts covers nothing.",
            expected="period_end on or after period_start (both are in the period)",
            advice="Look at how the period was read from the file; financial years end in March of the next year.",
        ),
        Expectation(
            name="modelled_figure_names_its_method",
            rule=NoRows(
                f"select {key}, status, method, lower_95, upper_95 from checked where status = 'modelled'"
                " and (coalesce(method, '') = '' or lower_95 is null or upper_95 is null)"
            ),
            severity="warn",
            reason="A publisher may give an estimate without its interval; it is shown as such.",
            expected="method, lower_95 and upper_95 on every modelled figure",
            advice="Carry method and interval through the model; where the publisher gives none, say so in note.",
        ),
        *sums.expectations(),
    )


def _unbracketed(condition: str) -> str:
    """SQL for rows whose interval leaves out their value, by more than the arithmetic's rounding error."""
    return (
        "select value, lower_95, upper_95, method, * exclude (value, lower_95, upper_95, method) from checked"
        f" where {condition} and (lower_95 - value > 1e-9 * greatest(1, abs(value))"
        " or value - upper_95 > 1e-9 * greatest(1, abs(value)) or lower_95 > upper_95)"
    )


def _force_populations() -> str:
    """SQL for the groups of denominators that are residents, where the force areas do not add up to the country.

    Compared only where every force area of the period has its figure: one that is missing is a gap, which has a
    table of its own. By one in ten thousand they may differ, because some publishers round the people they divide by
    (the City of London is more than that).
    """
    group = "indicator_id, period_type, period_start, period_end, sex, age_band, category_type, category, release_id"
    same = " and ".join(f"f.{name} is not distinct from t.{name}" for name in group.split(", "))
    people = (
        "select v.*, v.denominator as people from checked v where v.indicator_id in"
        " (select i.indicator_id from marts.indicator i where i.denominator_kind = 'population')"
    )
    return (
        "select t.*, f.sum_of_force_areas, f.force_areas from ("
        f"select {group}, count(people) as force_areas, sum(people) as sum_of_force_areas from ({people})"
        f" where area_level = 'police_force_area' group by {group}) f"
        # England and Wales together, or the two where the pair has no row of its own.
        f" inner join (select {group}, coalesce(max(people) filter (area_code = 'K04000001'),"
        " max(people) filter (area_code = 'E92000001') + max(people) filter (area_code = 'W92000004'))"
        f" as england_and_wales from ({people}) group by {group}) t on {same}"
        " where t.england_and_wales is not null"
        " and f.force_areas >= (select count(*) from marts.area a where a.area_level = 'police_force_area'"
        " and coalesce(a.valid_from <= t.period_end, true) and coalesce(a.valid_to >= t.period_start, true))"
        " and abs(f.sum_of_force_areas - t.england_and_wales) > 1e-4 * t.england_and_wales"
    )


def _build(edition: Edition) -> tuple[Expectation, ...]:
    return (
        Expectation(
            name="edition_is_marked",
            rule=NoRows(
                "select 'no row' as problem, null as edition where not exists (select 1 from checked)"
                f" union all select 'another edition', edition from checked where edition is distinct from '{edition}'"
            ),
            severity="error",
            reason="A synthetic figure must never pass for a real one.",
            expected=f"meta.build says that the edition is {edition}",
            advice="Pass the edition to dbt when the file is built; never build one edition in another's home.",
        ),
    )


def _source() -> tuple[Expectation, ...]:
    return (
        _filled("source_id"),
        _unique("key_is_unique", ("source_id",), advice="Write each source of the catalogue once."),
        Expectation(
            name="every_source_of_a_figure_is_described",
            rule=NoRows(
                "select source_id, count(*) as rows_of_source from marts.indicator_value"
                " where source_id not in (select source_id from checked where source_id is not null)"
                " group by source_id"
            ),
            severity="error",
            reason="A figure without a publisher and a licence may not be published.",
            expected="every source_id of marts.indicator_value in meta.source",
            advice="Give indicator_value the source's id as the catalogue has it.",
        ),
    )


def _release() -> tuple[Expectation, ...]:
    return (
        _filled("source_id", "table_name", "release_id"),
        _unique(
            "key_is_unique",
            ("source_id", "table_name", "release_id"),
            advice="The ledger's key is the same: see that the registry is read once.",
        ),
        Expectation(
            name="every_release_has_a_source",
            rule=NoRows(
                "select * from checked"
                " where source_id not in (select source_id from meta.source where source_id is not null)"
            ),
            severity="error",
            reason="A release of nobody's cannot be attributed.",
            expected="every source_id of meta.release in meta.source",
            advice="A source has left the catalogue with releases landed: take its folder out of landing too.",
        ),
        Expectation(
            name="rows_reconcile",
            rule=NoRows(
                "select r.source_id, r.table_name, r.release_id, r.rows_in, r.rows_landed, r.rows_quarantined,"
                " coalesce(q.rows_in_quarantine, 0) as rows_in_quarantine from checked r"
                " left join (select source_id, table_name, release_id, count(*) as rows_in_quarantine"
                " from meta.quarantine group by source_id, table_name, release_id) q"
                " on q.source_id = r.source_id and q.table_name = r.table_name and q.release_id = r.release_id"
                " where r.rows_in is distinct from r.rows_landed + r.rows_quarantined"
                " or r.rows_quarantined is distinct from coalesce(q.rows_in_quarantine, 0)"
            ),
            severity="error",
            reason="Nothing is thrown away silently.",
            expected="rows_in = rows_landed + rows_quarantined, and as many rows in meta.quarantine",
            advice="See that meta.quarantine keeps every row of the ledger: two alike are two rows.",
        ),
    )


def _source_column() -> tuple[Expectation, ...]:
    return (
        _unique(
            "key_is_unique",
            ("source_id", "table_name", "column_name"),
            advice="Write each column of each contract once.",
        ),
        Expectation(
            name="every_landed_column_is_described",
            rule=NoRows("select * from checked where coalesce(trim(description), '') = ''"),
            severity="error",
            reason="A column whose meaning is not written down will be read as something else.",
            expected="a description of every column of every source",
            advice="Describe the column in the source's contract.yaml.",
        ),
    )


def _column() -> tuple[Expectation, ...]:
    return (
        _unique(
            "key_is_unique",
            ("table_schema", "table_name", "column_name"),
            advice="A column is described in two YAML files: keep one.",
        ),
        Expectation(
            name="every_published_column_is_described",
            rule=NoRows(
                "select c.table_schema, c.table_name, c.column_name from information_schema.columns c"
                " left join checked d on d.table_schema = c.table_schema and d.table_name = c.table_name"
                " and d.column_name = c.column_name"
                " where c.table_schema in ('marts', 'meta') and coalesce(trim(d.description), '') = ''"
            ),
            severity="error",
            reason="A column whose meaning is not written down will be read as something else.",
            expected="a description in meta.column for every column of marts and meta",
            advice="Describe the column in its folder's YAML in dbt_project.",
        ),
    )
