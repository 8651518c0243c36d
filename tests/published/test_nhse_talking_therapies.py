"""NHS Talking Therapies: the real files at hand, against cells and totals that they have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.intake import SourceIntake
from sources.landing import Landing
from sources.origins.given import GivenFiles
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("nhse_talking_therapies")]

SOURCE = "nhse_talking_therapies"
ANNUAL = "measures_annual_2017-18_to_2024-25.parquet"
#: Groups that part everybody, so that they add up.
PARTS = ("Age Group", "BME Group", "Gender", "Indices of Deprivation Decile", "Religion", "Sexual Orientation Type")
Query = Callable[[str], list[tuple]]


@pytest.fixture
def folder(published: Path) -> Path:
    return published / "health" / "nhs_talking_therapies"


@pytest.fixture(scope="module")
def query(published: Path, sources: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Query:
    """Asks the landed annual table ``annual``, four and a half million rows that are taken in once."""
    home = Home(tmp_path_factory.mktemp("home"), "folder").make()
    Landing(home).prepare(Catalogue({SOURCE: sources[SOURCE]}))
    given = GivenFiles(published / "health" / "nhs_talking_therapies" / ANNUAL)
    result = SourceIntake(sources[SOURCE], given, home).run()
    assert result.problems == [] and result.rows_quarantined == 0

    def ask(sql: str) -> list[tuple]:
        with duckdb.connect() as connection:
            path = home.landing / f"{SOURCE}__annual_figure" / "*.parquet"
            connection.execute(f"create view annual as select * from read_parquet('{path}')")
            return connection.execute(sql).fetchall()

    return ask


def test_every_file_is_known(folder: Path, sources: Catalogue) -> None:
    files = [path for path in folder.iterdir() if path.name != "NOTES.md"]
    assert len(files) == 4
    assert all(recognise(LooseFile(path), sources).source_ids == (SOURCE,) for path in files)


def test_every_record_of_the_annual_table_lands(query: Query) -> None:
    assert query("select count(*) from annual") == [(4_529_756,)]
    rows = query(
        "select reporting_period, min(period_start)::varchar, max(period_end)::varchar, count(*)"
        " from annual group by 1 order by 1"
    )
    assert rows[0] == ("2017-18", "2017-04-01", "2018-03-31", 665_280)
    assert rows[-1] == ("2024-25", "2024-04-01", "2025-03-31", 415_114) and len(rows) == 8


def test_markers_are_as_many_as_the_file_has(query: Query) -> None:
    statuses = dict(query("select status, count(*) from annual group by 1"))
    assert statuses["suppressed"] == 1_182_471 and statuses["not_applicable"] == 1_075_617
    assert set(statuses) == {"suppressed", "not_applicable", "observed", "rounded"}
    # A measure is given for a group in a year for every area or for none.
    mixed = query(
        "select 1 from annual group by reporting_period, variable_type, variable_a, variable_b, measure_name,"
        " measure_statistic having count(distinct status = 'not_applicable') > 1"
    )
    assert mixed == []


@pytest.mark.parametrize(
    ("row", "year", "code", "area", "group", "measure", "unit", "value"),
    [
        (938_856, "2022-23", "QYG", "E54000008", None, "referrals_received", "referrals", 70_725),
        (938_869, "2022-23", "QYG", "E54000008", None, "recovery", "per cent", 47),
        (2_575_989, "2019-20", "E54000008", "E54000008", "Female", "finished_course_treatment", "referrals", 15_270),
        (3_573_418, "2018-19", "15F", None, None, "referrals_received", "referrals", 18_620),
        (3_865_136, "2017-18", "All", "E92000001", "10 Most deprived", "referrals_received", "referrals", 201_129),
        (3_865_149, "2017-18", "All", "E92000001", "10 Most deprived", "recovery", "per cent", 41),
        (4_509_757, "2017-18", "RXXY1", None, "Under 16", "improvement", "per cent", None),
        (4_509_785, "2017-18", "RXXY1", None, "18 to 35", "improvement", "per cent", 62),
    ],
)
def test_figures_are_those_of_their_records(
    row: int, year: str, code: str, area: str | None, group: str | None, measure: str, unit: str, value: float | None,
    query: Query,
) -> None:  # fmt: skip
    columns = "reporting_period, org_code, area_code, variable_a, measure_name, unit, value"
    found = query(f"select {columns} from annual where source_row = {row}")
    assert found == [(year, code, area, group, measure, unit, value)]


def test_groups_add_up_to_everybody_in_england_exactly(query: Query) -> None:
    parts = f"variable_type in {PARTS} or (variable_type = 'Ethnic Group' and variable_b = 'All')"
    rows = query(
        "with england as (select * from annual where org_type = 'England' and unit = 'referrals')"
        " select parts.variable_type, count(*), count(*) filter (parts.value <> total.value) from"
        " (select reporting_period, variable_type, measure_name, sum(value) as value from england"
        f" where {parts} group by all) as parts"
        " join england as total using (reporting_period, measure_name) where total.is_total group by 1"
    )
    assert {kind: differ for kind, _, differ in rows} == dict.fromkeys((*PARTS, "Ethnic Group"), 0)
    # Nine measures of eight years; two of the groups began in 2020-21.
    assert {kind: count for kind, count, _ in rows} == {
        **dict.fromkeys((*PARTS, "Ethnic Group"), 72), "BME Group": 45, "Sexual Orientation Type": 45,
    }  # fmt: skip


def test_commissioners_add_up_to_england_as_far_as_rounding_and_suppression_let_them(query: Query) -> None:
    rows = query(
        "select parts.area_level, count(*), max(abs(parts.value - total.value) - 2 * areas - 4 * hidden) from"
        " (select area_level, reporting_period, measure_name, sum(value) as value, count(*) as areas,"
        " count(*) filter (status = 'suppressed') as hidden from annual where is_total and unit = 'referrals'"
        " and area_level not in ('country', 'provider') group by all) as parts"
        " join annual as total using (reporting_period, measure_name)"
        " where total.is_total and total.unit = 'referrals' and total.area_level = 'country' group by 1 order by 1"
    )
    assert [(level, count) for level, count, _ in rows] == [
        ("ccg", 45), ("commissioning_region", 72), ("integrated_care_board", 27), ("stp", 45),
    ]  # fmt: skip
    assert all(excess <= 0 for *_, excess in rows)


def test_every_board_has_its_own_code(query: Query) -> None:
    rows = query("select distinct org_code, area_code from annual where area_level = 'integrated_care_board'")
    assert len(rows) == 43 and len({area for _, area in rows if area}) == 42
    assert [code for code, area in rows if area is None] == ["UNKNOWN"]


def test_a_provider_listed_under_two_names_is_kept_twice(query: Query) -> None:
    names = "select distinct org_name from annual where org_code = 'TAF90' and reporting_period = '2023-24' order by 1"
    assert query(names) == [("KINGSTON DRUG & ALCOHOL SERVICE",), ("KINGSTON SMS",)]


def test_the_head_of_a_monthly_file_lands(
    folder: Path, intake: TakeIn, landed: Callable[[Home, str], pd.DataFrame]
) -> None:
    result, home = intake(SOURCE, folder / "monthly_raw_head_2023-05.csv")
    assert result.problems == [] and result.rows_quarantined == 0
    frame = landed(home, f"{SOURCE}__monthly_figure")
    assert frame.value.tolist() == [146_659, 103_825, 14_028, 606, 5_408]
    assert set(frame.status) == {"observed"} and frame.is_total.all() and set(frame.area_code) == {"E92000001"}
    assert {str(day)[:10] for day in frame.period_end} == {"2023-05-31"}


def test_records_of_columns_land_and_tell_of_the_month_that_differs(
    folder: Path, intake: TakeIn, landed: Callable[[Home, str], pd.DataFrame]
) -> None:
    names = ("annual_main_raw_columns_by_year.csv", "monthly_raw_columns_by_period.csv")
    result, home = intake(SOURCE, *(folder / name for name in names))
    assert result.problems == [] and result.rows_quarantined == 0
    frame = landed(home, f"{SOURCE}__published_column")
    assert frame.groupby("period_type").size().to_dict() == {"financial_year": 1_555, "month": 650}
    unsuppressed = frame[frame.column_name == "MEASURE_VALUE"]
    assert unsuppressed.period.tolist() == ["2021-03"]
    main = frame[frame.csv_file.fillna("").str.contains("main")].groupby("column_name").period
    assert main.max()["CountReferralsReceived"] == "2019-20" and main.min()["Count_ReferralsReceived"] == "2020-21"
