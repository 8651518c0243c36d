"""NHS Talking Therapies: the bundled files, how their layout moves, and what is refused."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sources.catalogue import Catalogue
from sources.errors import HeaderError, ReadError
from sources.home import Home
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn

SOURCE = "nhse_talking_therapies"
ANNUAL, MONTHLY = "synthetic-measures_annual_2024-25_to_2025-26.parquet", "synthetic-monthly-activity-2026-09.csv"
OF_YEARS, OF_MONTHS = "synthetic-annual_main_raw_columns_by_year.csv", "synthetic-monthly_raw_columns_by_period.csv"
KEY = ["org_type", "org_code", "variable_type", "variable_a", "variable_b", "measure_name", "measure_statistic"]
Landed = Callable[[Home, str], pd.DataFrame]
Rows = list[list[str]]
Changed = Callable[..., Any]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    sources[SOURCE].sample.write(folder, seed=7, scale=0.2)
    return folder


@pytest.fixture
def read(sources: Catalogue) -> Callable[[Path], Figures]:
    source = sources[SOURCE]

    def read_one(path: Path) -> Figures:
        (found,) = source.reader.read(PublishedFile(path, path.name, "0" * 64), source.contract)
        return found

    return read_one


@pytest.fixture
def annual(sample: Path, tmp_path: Path, read: Callable[[Path], Figures]) -> Changed:
    """The annual table as read from the sample's records, changed."""

    def read_changed(change: Callable[[list[dict[str, Any]]], object] = lambda records: None) -> Figures:
        records = pq.read_table(sample / ANNUAL).to_pylist()
        change(records)
        pq.write_table(pa.Table.from_pylist(records), tmp_path / ANNUAL)
        return read(tmp_path / ANNUAL)

    return read_changed


@pytest.fixture
def monthly(sample: Path, tmp_path: Path, intake: TakeIn, landed: Landed) -> Changed:
    """What lands of the last month's file with its rows changed, by row of the file."""

    def read_changed(change: Callable[[Rows], object] = lambda rows: None) -> Any:
        with (sample / MONTHLY).open(encoding="utf-8", newline="") as text:
            rows = list(csv.reader(text))
        change(rows)
        with (tmp_path / MONTHLY).open("w", encoding="utf-8", newline="") as text:
            csv.writer(text, lineterminator="\n").writerows(rows)
        result, home = intake(SOURCE, tmp_path / MONTHLY)
        assert result.problems == []
        frame: Any = landed(home, f"{SOURCE}__monthly_figure").set_index("source_row").sort_index()
        frame = frame[frame.archive_sha256 == hashlib.sha256((tmp_path / MONTHLY).read_bytes()).hexdigest()]
        frame.attrs["quarantined"] = result.rows_quarantined
        return frame

    return read_changed


def test_the_sample_reads_without_quarantine_and_is_known_as_its_own(
    sample: Path, intake: TakeIn, landed: Landed, sources: Catalogue
) -> None:
    files = sorted(sample.iterdir())
    assert all(recognise(LooseFile(path), sources).source_ids == (SOURCE,) for path in files)
    result, home = intake(SOURCE, *files)
    assert result.problems == [] and result.rows_quarantined == 0
    for name, table in sources[SOURCE].contract.tables.items():
        frame = landed(home, f"{SOURCE}__{name}")
        assert len(frame) and not frame.duplicated(list(table.grain)).any()


def test_groups_add_up_to_everybody_in_england(annual: Changed) -> None:
    frame = annual().frame.query(
        "area_level == 'country' and unit == 'referrals' and measure_name == 'referrals_received'"
    )
    for _, of_year in frame.astype({"variable_b": object}).groupby("period_end"):
        total = of_year[of_year.is_total].value.item()
        assert of_year[of_year.variable_type == "Gender"].value.sum() == total
        ethnic = of_year[of_year.variable_type == "Ethnic Group"]
        broad, parts = ethnic[ethnic.variable_b == "All"], ethnic[ethnic.variable_b != "All"]
        assert broad.value.sum() == parts.value.sum() == total


def test_markers_and_rounding_are_statuses(annual: Changed) -> None:
    def mark(records: list[dict[str, Any]]) -> None:
        for record, value in zip(records, ("*", "NULL", "", "1,205"), strict=False):
            record["value"] = value

    frame = annual(mark).frame
    assert frame.status[:4].tolist() == ["suppressed", "not_applicable", "missing", "observed"]
    assert frame.value[3] == 1205 and frame.value[:3].isna().all()
    shown = frame[(frame.area_level != "country") & frame.value.notna()]
    assert set(shown.status) == {"rounded"} and (shown[shown.unit == "referrals"].value % 5 == 0).all()


def test_a_year_is_that_of_its_days_and_null_groups_are_none(annual: Changed) -> None:
    row = annual().frame.iloc[0]
    assert (row.reporting_period, row.area_code, row.is_total) == ("2025-26", "E92000001", True)
    assert pd.isna(row.variable_a) and pd.isna(row.variable_b)
    assert (row.period_start.date(), row.period_end.date()) == (date(2025, 4, 1), date(2026, 3, 31))


def test_a_partnership_is_not_taken_for_the_board_that_has_its_name_now(annual: Changed) -> None:
    def as_partnership(records: list[dict[str, Any]]) -> None:
        for record, code in zip(records, ("E54000007", "QOP"), strict=False):
            record.update(org_type="STP", org_code=code, org_name="Greater Manchester")
        records[2].update(org_type="ICB", org_code="QOP", org_name="Greater Manchester")
        records[3].update(org_type="ICB", org_code="UNKNOWN", org_name="UNKNOWN")

    codes = annual(as_partnership).frame.area_code[:4]
    assert [None if pd.isna(code) else code for code in codes] == ["E54000007", None, "E54000057", None]


def test_records_that_cannot_be_placed_are_quarantined_with_their_cell(annual: Changed) -> None:
    def spoil(records: list[dict[str, Any]]) -> None:
        records[0]["org_type"] = "Ward"
        records[1]["reporting_period"] = "2024-25"
        records[2]["measure_statistic"] = "median"
        records[3]["value"] = "12~"
        records[4]["reporting_period"] = "2025-27"

    found = annual(spoil)
    assert found.rows_in == len(found.frame) + 5
    reasons = {cell.row: (cell.reason, cell.column) for cell in found.quarantined}
    assert reasons[2] == ("[Ward] is no kind of organisation that is known", "D")
    assert reasons[3] == ("the first day [2025-04-01] is not that of 2024-25", "B")
    assert reasons[4] == ("[median] is no statistic that is known", "K")
    assert "[12~] is neither a number nor a marker" in reasons[5][0] and "2025-27" in reasons[6][0]


def test_another_column_in_the_annual_table_is_refused(annual: Changed) -> None:
    with pytest.raises(HeaderError, match=r"\[measure_name\].*\[measure_id\]"):
        annual(lambda records: [record.update(measure_id=record.pop("measure_name")) for record in records])


def test_an_annual_table_cut_short_is_refused(sample: Path, tmp_path: Path, read: Callable[[Path], Figures]) -> None:
    (tmp_path / ANNUAL).write_bytes((sample / ANNUAL).read_bytes()[:-40])
    with pytest.raises(ReadError, match="not a Parquet file that can be opened"):
        read(tmp_path / ANNUAL)


def test_a_monthly_row_is_of_a_commissioner_or_of_a_provider(monthly: Changed) -> None:
    frame = monthly()
    codes = frame.groupby("area_level")[["commissioner_code", "provider_code"]].count()
    assert codes.loc["country"].tolist() == [0, 0]
    assert codes.loc["sub_icb"].tolist() == [16, 0] and codes.loc["provider"].tolist() == [0, 8]
    assert frame.is_total.sum() == 2 and set(frame[frame.is_total].status) == {"observed"}
    assert frame[frame.unit == "count"].measure_statistic.eq("count").all()
    assert frame[frame.measure_statistic == "mean"].unit.isna().all()


def test_days_may_be_in_iso_form_and_the_value_be_called_as_in_march_2021(monthly: Changed) -> None:
    def as_in_2021(rows: Rows) -> None:
        rows[0][-1] = "MEASURE_VALUE"
        for row in rows[1:]:
            row[:2] = ["2021-03-01", "2021-03-31"]

    plain, then = monthly(), monthly(as_in_2021)
    assert {str(day)[:10] for day in then.period_end} == {"2021-03-31"}
    pd.testing.assert_series_equal(then.value, plain.value)


def test_a_row_of_more_than_a_month_is_quarantined(monthly: Changed) -> None:
    frame = monthly(lambda rows: rows[1].__setitem__(0, "01/07/2026"))
    assert frame.attrs["quarantined"] == 1 and 2 not in frame.index


def test_an_unknown_group_type_is_other_and_no_total(monthly: Changed) -> None:
    row = monthly(lambda rows: rows[1].__setitem__(2, "Primary care network")).loc[2]
    assert (row.area_level, row.is_total) == ("other", False) and pd.isna(row.area_code)


def test_records_of_columns_are_of_months_or_of_financial_years(
    sample: Path, tmp_path: Path, read: Callable[[Path], Figures]
) -> None:
    # 2011-12 is a year in the one and December 2011 in the other.
    for name, period in ((OF_YEARS, "2024-25"), (OF_MONTHS, "2026-08")):
        text = (sample / name).read_text(encoding="utf-8").replace(period, "2011-12", 1)
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    year = read(tmp_path / OF_YEARS).frame.query("period == '2011-12'").iloc[0]
    month = read(tmp_path / OF_MONTHS).frame.query("period == '2011-12'").iloc[0]
    assert (year.period_type, str(year.period_start)[:10]) == ("financial_year", "2011-04-01")
    assert (month.period_type, str(month.period_start)[:10]) == ("month", "2011-12-01")


@pytest.mark.parametrize("name", [MONTHLY, OF_MONTHS])
def test_a_text_file_cut_short_is_refused(
    name: str, sample: Path, tmp_path: Path, read: Callable[[Path], Figures]
) -> None:
    (tmp_path / name).write_bytes((sample / name).read_bytes().rstrip(b"\r\n")[:-1])
    with pytest.raises(ReadError, match="the last line has no end"):
        read(tmp_path / name)
