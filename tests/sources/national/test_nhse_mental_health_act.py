"""Mental Health Act statistics: the bundled files, how their layout moves, and what is refused.

No published file is at hand: what these tests say of the layout is what the publisher's production code says.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.errors import HeaderError, ReadError
from sources.home import Home
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise
from sources.writing import write_xlsx
from tests.conftest import TakeIn

SOURCE, TABLE = "nhse_mental_health_act", "nhse_mental_health_act__figure"
NAME = "synthetic-mha_annual_suppressed_2025_26.csv"
Landed = Callable[[Home, str], pd.DataFrame]
Rows = list[list[str]]
Changed = Callable[..., Path]
Read = Callable[[Path], Figures]
KEY = ["measure", "measure_subcategory", "demographic", "demographic_group", "organisation_breakdown", "org_code"]
ORG, CODE, NAME_OF = 5, 7, 8


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    sources[SOURCE].sample.write(folder, seed=7, scale=0.2)
    return folder


@pytest.fixture
def read(sources: Catalogue) -> Read:
    source = sources[SOURCE]

    def read_one(path: Path) -> Figures:
        (found,) = source.reader.read(PublishedFile(path, path.name, "0" * 64), source.contract)
        return found

    return read_one


@pytest.fixture
def changed(sample: Path, tmp_path: Path) -> Changed:
    """The sample's last file with its rows changed."""

    def change_rows(change: Callable[[Rows], object]) -> Path:
        rows = _rows(sample)
        change(rows)
        with (tmp_path / NAME).open("w", encoding="utf-8", newline="") as text:
            csv.writer(text).writerows(rows)
        return tmp_path / NAME

    return change_rows


def _rows(sample: Path) -> Rows:
    with (sample / NAME).open(encoding="utf-8", newline="") as text:
        return list(csv.reader(text))


def _plain(found: Figures, columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(found.frame[columns]).astype(object)


def _cell(found: Figures, row: int, kind: str) -> Any:
    frame: Any = found.frame
    return frame[(frame.source_row == row) & (frame.figure_type == kind)].iloc[0]


def test_the_sample_reads_without_quarantine_and_is_known_as_its_own(
    sample: Path, intake: TakeIn, landed: Landed, sources: Catalogue
) -> None:
    files = sorted(sample.iterdir())
    assert all(recognise(LooseFile(path), sources).source_ids == (SOURCE,) for path in files)
    result, home = intake(SOURCE, *files)
    assert result.problems == [] and result.rows_quarantined == 0
    frame = landed(home, TABLE)
    assert not frame.duplicated(list(sources[SOURCE].contract.tables["figure"].grain)).any()
    assert set(frame.demographic) == {"all", "age", "ethnicity", "gender"}
    boards = frame[frame.area_level == "integrated_care_board"]
    assert boards.area_code.str.match(r"E54\d{6}$").all()


def test_counts_of_england_are_sums_of_their_parts(sample: Path, read: Read) -> None:
    frame: Any = read(sample / NAME).frame
    england = frame[(frame.area_level == "country")].pivot(index=KEY, columns="figure_type", values="value")
    assert (england.mhsds_count + england.acute_count == england.total_count).all()
    mhsds = frame[(frame.figure_type == "mhsds_count") & (frame.area_level == "country")]
    for _, of_measure in mhsds.groupby(["measure", "measure_subcategory"], observed=True):
        whole = of_measure[of_measure.demographic == "all"].value.item()
        groups = of_measure[of_measure.demographic != "all"].groupby("demographic").value.sum()
        assert (groups == whole).all()


def test_counts_below_the_country_are_rounded_or_hidden_and_rates_may_not_be_there(
    changed: Changed, read: Read
) -> None:
    def mark(rows: Rows) -> None:
        trust = next(row for row in rows if row[ORG] == "NHS Trust")
        trust[9:] = ["120", "0", "", "12.5", "NULL", ""]
        # A blank for England is no sign of suppression: its counts are never suppressed.
        rows[1][9:12] = ["*", "", "0"]

    found = read(changed(mark))
    row = next(n for n, row in enumerate(_rows(changed(mark).parent), start=1) if row[ORG] == "NHS Trust")
    statuses = [_cell(found, row, kind).status for kind in (
        "mhsds_count", "acute_count", "total_count", "crude_rate", "standardised_rate", "standardised_rate_interval",
    )]  # fmt: skip
    assert statuses == ["rounded", "observed", "suppressed", "observed", "not_available", "not_available"]
    assert [_cell(found, 2, kind).status for kind in ("mhsds_count", "acute_count", "total_count")] == [
        "suppressed", "missing", "observed",
    ]  # fmt: skip


def test_people_on_a_day_are_a_point_in_time_and_the_rest_of_the_year(sample: Path, read: Read) -> None:
    frame: Any = read(sample / NAME).frame.drop_duplicates("measure").set_index("measure")
    on_a_day, all_year = frame.loc["People subject to the Act on 31st March"], frame.loc["All detentions"]
    assert (on_a_day.period_type, on_a_day.unit) == ("point_in_time", "people")
    assert on_a_day.period_start.date() == on_a_day.period_end.date() == date(2026, 3, 31)
    assert (all_year.period_type, all_year.unit) == ("financial_year", "uses of the Act")
    assert (all_year.period_start.date(), all_year.period_end.date()) == (date(2025, 4, 1), date(2026, 3, 31))


def test_codes_of_gender_are_given_as_words(sample: Path, changed: Changed, read: Read) -> None:
    def as_words(rows: Rows) -> None:
        words = {"1": "Male", "2": "Female", "9": "Indeterminate"}
        for row in rows:
            row[4] = words.get(row[4], row[4]) if row[3] == "Gender" else row[4]

    plain, worded = read(sample / NAME).frame, read(changed(as_words)).frame
    assert {"Male", "Female", "Unknown"} <= set(plain.demographic_group)
    assert plain.demographic_group.astype(str).tolist() == worded.demographic_group.astype(str).tolist()


@pytest.mark.parametrize(
    ("breakdown", "code", "level", "area"),
    [
        ("STP", "QOP", "stp", None),
        ("CCG", "00T", "ccg", None),
        ("Sub ICB", "00T", "sub_icb", None),
        ("ICB", "QOP", "integrated_care_board", "E54000057"),
        ("NHS TRUST", "All prov", "country", "E92000001"),
        ("Independent Health Provider", "NMV", "provider", None),
    ],
)
def test_a_breakdown_says_what_the_area_is(
    breakdown: str, code: str, level: str, area: str | None, changed: Changed, read: Read
) -> None:
    def change(rows: Rows) -> None:
        rows[1][ORG], rows[1][CODE], rows[1][NAME_OF] = breakdown, code, "NHS GREATER MANCHESTER INTEGRATED CARE BOARD"

    cell = _cell(read(changed(change)), 2, "mhsds_count")
    assert (cell.area_level, None if pd.isna(cell.area_code) else cell.area_code, cell.is_total) == (level, area, False)


def test_records_that_cannot_be_placed_are_quarantined_figure_by_figure(changed: Changed, read: Read) -> None:
    def spoil(rows: Rows) -> None:
        rows[1][ORG] = "h"
        rows[2][0] = "2025/27"
        rows[3][3] = "Religion"
        rows[4][9] = "<5"
        rows[5][CODE] = "QOP"

    found = read(changed(spoil))
    reasons = {(cell.row, cell.column): cell.reason for cell in found.quarantined}
    assert len(found.quarantined) == 4 * 6 + 1 and found.rows_in == len(found.frame) + len(found.quarantined)
    assert reasons[2, "F"] == "[h] is no kind of organisation that is known"
    assert "2025/27" in reasons[3, "A"] and "[Religion]" in reasons[4, "D"]
    assert "[<5] is neither a number nor a marker" in reasons[5, "J"]
    assert "[QOP] stands where all submissions have [All prov]" in reasons[6, "H"]


def test_columns_may_change_places_and_headings_their_case(sample: Path, changed: Changed, read: Read) -> None:
    def move(rows: Rows) -> None:
        rows[0] = [text.upper() for text in rows[0]]
        for row in rows:
            row.reverse()

    same = [*KEY, "period_end", "figure_type", "value", "status"]
    plain, moved = (_plain(read(path), same) for path in (sample / NAME, changed(move)))
    pd.testing.assert_frame_equal(plain, moved)


def test_another_rate_is_refused_by_its_heading(changed: Changed, read: Read) -> None:
    with pytest.raises(HeaderError, match=r"\[StdRate\].*\[StdRate2021\]"):
        read(changed(lambda rows: rows[0].__setitem__(13, "StdRate2021")))


def test_a_workbook_that_the_file_was_saved_in_reads_the_same(
    sample: Path, tmp_path: Path, read: Read, sources: Catalogue
) -> None:
    book = tmp_path / "synthetic.xlsx"
    rows = [[float(cell) if cell.replace(".", "", 1).isdigit() else cell for cell in row] for row in _rows(sample)]
    write_xlsx(book, {"Dashboard": [["Detentions", 1]], "mha_annual_suppressed_2025_26": rows})
    assert recognise(LooseFile(book), sources).source_ids == (SOURCE,)
    same = [*KEY, "figure_type", "value", "status", "source_row"]
    plain, saved = (_plain(read(path), same) for path in (sample / NAME, book))
    pd.testing.assert_frame_equal(plain, saved)


def test_a_workbook_without_the_sheet_is_refused(tmp_path: Path, read: Read) -> None:
    write_xlsx(tmp_path / "tables.xlsx", {"Table 1a": [["Year", "Measure"]]})
    with pytest.raises(ReadError, match=r"\[mha_annual_suppressed_2023_24\]; found \[Table 1a\]"):
        read(tmp_path / "tables.xlsx")


def test_a_file_cut_short_is_refused(sample: Path, tmp_path: Path, read: Read) -> None:
    (tmp_path / NAME).write_bytes((sample / NAME).read_bytes().rstrip(b"\r\n")[:-1])
    with pytest.raises(ReadError, match="the last line has no end"):
        read(tmp_path / NAME)
