"""A year of the Otherworld Office, 2025, as data: what it did on which day, and what has to be said of it then.

Every day below was worked out by hand from the contract: a month is due 30 days after its last day, late from the
46th and very late from the 91st, unless a day was promised, which it is late from the day after.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sources import clock, registry
from sources.home import Home
from sources.intake import SourceIntake
from sources.landing import Landing
from tests import otherworld
from tests.coverage import publisher
from tests.coverage.publisher import Issue, Shelf
from tests.coverage.replay import Replay

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)

ASHMOOR, BRAMWICK, COLDHARBOUR, DUNMERE = "E07000901", "E07000902", "E07000903", "E07000904"
EASTHOLT, FROSTWICK, GORSELEY = "E07000905", "E07000906", "E07000907"
DUNMERE_NORTH, DUNMERE_SOUTH = "E07000911", "E07000912"
NAMES = {
    ASHMOOR: "Ashmoor",
    BRAMWICK: "Bramwick",
    COLDHARBOUR: "Coldharbour",
    DUNMERE: "Dunmere",
    EASTHOLT: "Eastholt",
    FROSTWICK: "Frostwick",
    GORSELEY: "Gorseley",
    DUNMERE_NORTH: "Dunmere North",
    DUNMERE_SOUTH: "Dunmere South",
}
#: Dunmere's last day was the one before.
SPLIT = date(2025, 4, 1)
_OLD = (ASHMOOR, BRAMWICK, COLDHARBOUR, DUNMERE, EASTHOLT, FROSTWICK, GORSELEY)
_NEW = (ASHMOOR, BRAMWICK, COLDHARBOUR, EASTHOLT, FROSTWICK, GORSELEY, DUNMERE_NORTH, DUNMERE_SOUTH)


def _day(month: int, day: int) -> date:
    return date(2025, month, day)


def _issue(on: date, month: str, *, without: str | None = None, **cells: object) -> Issue:
    """The file of a month: 20 dragons everywhere, but in the districts named here, where ``None`` is no row at all."""
    places = _OLD if month < "2025-04" else _NEW
    seen: dict[str, object] = {code: cells.get(NAMES[code].lower(), 20) for code in places}
    text = publisher.month_file(month, {code: count for code, count in seen.items() if count is not None}, NAMES)
    return Issue(on, f"dragon-sightings-{month}.csv", publisher.without_column(text, without) if without else text)


ISSUES = (
    _issue(date(2024, 10, 28), "2024-09"),
    _issue(date(2024, 11, 27), "2024-10"),
    _issue(date(2024, 12, 28), "2024-11"),
    # Two months in which one district's keeper sends nothing.
    _issue(_day(1, 28), "2024-12", bramwick=None),
    # A figure is revised.
    _issue(_day(2, 10), "2024-11", ashmoor=23),
    _issue(_day(2, 26), "2025-01", bramwick=None),
    # The office goes late with February (due on 30 March), and comes back with two months, then a third.
    _issue(_day(6, 3), "2025-02"),
    _issue(_day(6, 3), "2025-03"),
    _issue(_day(6, 5), "2025-04", eastholt=None),
    # What the district had not sent comes after all.
    _issue(_day(6, 10), "2024-12", bramwick=18),
    _issue(_day(6, 10), "2025-01", bramwick=18),
    # Published on the day that was promised, while the office does not answer.
    _issue(_day(6, 25), "2025-05", eastholt=None),
    # A column is dropped, and put back.
    _issue(_day(7, 28), "2025-06", eastholt=None, without="Dragons seen"),
    _issue(_day(8, 18), "2025-06", eastholt=None),
    # Three days after the day that it was put off to; a district is not shown for two months.
    _issue(_day(9, 28), "2025-07", coldharbour="*"),
    _issue(_day(9, 29), "2025-08", coldharbour="*"),
    # A count that is no number, mended.
    _issue(_day(10, 28), "2025-09", frostwick="lots"),
    _issue(_day(11, 3), "2025-09", frostwick=21),
    # The district is shown.
    _issue(_day(11, 5), "2025-07", coldharbour=3),
    _issue(_day(11, 5), "2025-08", coldharbour=4),
    # Then nothing any more.
)
#: From when to when the office did not answer.
SILENT = ((_day(1, 10), _day(1, 11)), (_day(6, 24), _day(6, 28)))
_MAY, _JULY = {_day(5, 31): _day(6, 25)}, {_day(7, 31): _day(9, 25)}
#: The contract from which day on: on 1 September July's count is put off; on 20 December the office says that it has
#: stopped.
CONTRACTS = {
    FIRST: publisher.contract(promised=_MAY),
    _day(9, 1): publisher.contract(promised=_MAY | _JULY),
    _day(12, 20): publisher.contract(
        promised=_MAY | _JULY,
        ended_after=_day(9, 30),
        why_ended="The office was closed.",
    ),
}

#: The project's models that are run: from published figures to values, then all that is made of them.
MODELS = (
    "stg_rebalance__release",
    *("int_figure_current", "int_figure_rolled", "int_measure", "int_dispersion", "int_rate", "int_value"),
    *("int_awaited_period", "int_place_period", "int_shared_period", "staleness", "incident"),
    *("int_coverage_series", "int_series_end", "int_published_period", "int_rhythm", "int_expected_period"),
    *("int_coverage_period", "int_force_month", "int_source_state", "int_quarantined_place", "int_coverage_cell"),
    *("int_coverage", "int_gap_series", "int_place_need", "int_gap_run", "int_gap_place", "int_gap", "data_gap"),
)


def days() -> Iterator[date]:
    """Every day of the year."""
    for number in range((LAST - FIRST).days + 1):
        yield FIRST + timedelta(number)


def _areas(day: date) -> str:
    """The register of areas as it is on a day."""
    rows = ["('E92000001', 'England', 'country', false, 'England', null::date, null::date)"]
    for code, name in NAMES.items():
        began = f"date '{SPLIT}'" if code in {DUNMERE_NORTH, DUNMERE_SOUTH} else "null::date"
        ended = f"date '{SPLIT - timedelta(1)}'" if code == DUNMERE and day >= SPLIT else "null::date"
        if day >= SPLIT or code in _OLD:
            rows.append(f"('{code}', '{name}', 'local_authority_district', false, 'England', {began}, {ended})")
    return f"""
        select *, valid_to is null as is_current
        from (values {", ".join(rows)}) as area
            (area_code, area_name, area_level, is_upper_tier, country, valid_from, valid_to)
    """


def _successors(day: date) -> str:
    """Dunmere's two halves, from the day that there are; nobody says how many of its people are in which."""
    rows = [
        f"('{DUNMERE}', 'Dunmere', 'local_authority_district', '{code}', '{NAMES[code]}', 'local_authority_district',"
        f" date '{SPLIT}', date '{SPLIT}', 'split', null::double, 1, false, false)"
        for code in (DUNMERE_NORTH, DUNMERE_SOUTH)
    ]
    return f"""
        select *
        from (values {", ".join(rows)}) as successor (
            former_code, former_name, former_level, area_code, area_name, area_level,
            ended_on, changed_on, relation, weight, former_codes_of_area, is_exact, is_whole_known
        )
        where {"true" if day >= SPLIT else "false"}
    """


_INDICATOR = f"""
    select
        'dragons_seen' as indicator_id, 'Dragons seen' as title, 'Dragons seen from the ground' as definition,
        'Dragons' as numerator, null::varchar as denominator, 'none' as denominator_kind,
        null::integer as age_from, null::integer as age_to, 'dragons' as unit, 1.0::double as multiplier,
        'lower_is_better' as polarity, 'as_published' as method, 'none' as recomputed_as, 'single' as events,
        null::varchar as repeat_basis, 'dragons' as domain, null::varchar as pathway_stage,
        'everyone' as population_group, 'health' as sector, '{otherworld.SOURCE_ID}' as source_id,
        'month' as cadence, 30 as usual_lag_days, 'yes' as is_verified, null::varchar as note
"""


def _figures(landing: Path) -> str:
    """Landed sightings in the shape of ``int_figure``: of those releases that are registered."""
    nothing = ", ".join(
        f"null::double as {name}"
        for name in (
            *("lower_95", "upper_95", "numerator", "numerator_low", "numerator_high"),
            *("denominator", "denominator_low", "denominator_high"),
        )
    )
    return f"""
        select
            'dragons_seen' as indicator_id, area_code, 'month' as period_type, month as period_start,
            last_day(month) as period_end, 'persons' as sex, 'All ages' as age_band,
            null::varchar as category_type, null::varchar as category,
            value, {nothing}, status, release_id, note
        from read_parquet('{landing}/{otherworld.TABLE_ID}/*.parquet', union_by_name = true)
        where release_id in (select release_id from '{landing}/rebalance__release/*.parquet')
    """


#: Upstream of the replayed models, what never changes: nobody is counted, and no area is in another.
STANDING = {
    "int_indicator": _INDICATOR,
    "int_area_relation": """
        select
            2025 as vintage, ''::varchar as child_code, ''::varchar as child_level, ''::varchar as parent_code,
            ''::varchar as parent_level, 1 as parents_of_child, 1.0::double as weight,
            'whole' as weight_basis, true as is_exact
        where false
    """,
    "int_population_by_area": """
        select
            unnest([{codes}]) as area_code, 'local_authority_district' as area_level, true as is_current, 2024 as year,
            'persons' as sex, 1000.0::double as population
    """.format(codes=", ".join(f"'{code}'" for code in NAMES)),
    "place_profile": """
        select ''::varchar as area_code, ''::varchar as domain, ''::varchar as compared_with_england
        where false
    """,
    "stg_police_uk__archive_inventory_force_month": """
        select
            ''::varchar as release_id, ''::varchar as force_slug, ''::varchar as area_code, null::date as month,
            ''::varchar as dataset, ''::varchar as listing, false as is_listed
        where false
    """,
    "int_population_by_age": """
        select
            ''::varchar as area_code, 'persons' as sex, 2024 as year, 0 as age, false as is_top_age,
            0.0::double as population
        where false
    """,
}


class Office:
    """The year, lived: an intake, the registry and the project's models, a day at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = Home(folder / "home", "live").make()
        self.shelf = Shelf(ISSUES, SILENT, self.home.work)
        self.catalogue = publisher.write_source(folder / "tree", CONTRACTS[FIRST])
        Landing(self.home).prepare(self.catalogue)
        with clock.at(datetime(2024, 12, 31, 2, tzinfo=UTC)):
            registry.write(self.home, self.catalogue)
        self.replay = Replay(MODELS, landing=self.home.landing, folder=folder)
        for name, select in STANDING.items():
            self.replay.make(name, select)

    def live(self, day: date) -> None:
        """One night: what is new is taken in at two o'clock, and the models are run."""
        with clock.at(datetime.combine(day, time(2), UTC)):
            if day in CONTRACTS:
                self.catalogue = publisher.write_source(self.folder / "tree", CONTRACTS[day])
            SourceIntake(self.catalogue[otherworld.SOURCE_ID], self.shelf, self.home).run()
            registry.write(self.home, self.catalogue)
        self.replay.make("int_area", _areas(day))
        self.replay.make("int_area_successor", _successors(day))
        self.replay.make("int_figure", _figures(self.home.landing))
        self.replay.run(day)
