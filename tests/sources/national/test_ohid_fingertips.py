"""Fingertips: a header that drifts, statuses from notes, -1 for nothing, and the synthetic files."""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sources import catalogue
from sources.catalogue import Catalogue
from sources.home import Home
from sources.origins.discovery import KINDS
from sources.origins.discovery.parameters import Parameters

Landed = Callable[[Home, str], Any]
TABLE = "ohid_fingertips__indicator_value"
ENGLAND = "Compared to England value or percentiles"
HEADER = [
    *["Indicator ID", "Indicator Name", "Parent Code", "Parent Name", "Area Code", "Area Name", "Area Type", "Sex"],
    *["Age", "Category Type", "Category", "Time period", "Value", "Lower CI 95.0 limit", "Upper CI 95.0 limit"],
    *["Lower CI 99.8 limit", "Upper CI 99.8 limit", "Count", "Denominator", "Value note", "Recent Trend", ENGLAND],
    *["Compared to percentiles", "Time period Sortable", "New data", "Compared to goal", "Time period range"],
]
ROW = {
    "Indicator ID": "41001",
    "Indicator Name": "Suicide rate",
    "Parent Code": "E92000001",
    "Parent Name": "England",
    "Area Code": "E06000001",
    "Area Name": "Hartlepool",
    "Area Type": "Districts & UAs (from Apr 2023)",
    "Sex": "Persons",
    "Age": "10+ yrs",
    "Time period": "2021 - 23",
    "Value": "12.5",
    "Lower CI 95.0 limit": "8",
    "Upper CI 95.0 limit": "18",
    "Count": "30",
    "Denominator": "240000",
    ENGLAND: "Similar",
    "Compared to percentiles": "Not compared",
    "Time period Sortable": "20210000",
    "Time period range": "3y",
}


def _write(path: Path, *rows: dict[str, str], header: list[str] = HEADER) -> Path:
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([(ROW | row).get(name, "") for name in HEADER[: len(header)]] for row in rows)
    return path


@pytest.mark.parametrize(
    "heading",
    [
        *["Compared to percentiles", "Compared to Regions (statistical) value or percentiles", "Column not used"],
        *["Compared to Region value or percentiles", "Compared to parent value or percentiles"],
        "Compared to ICBs value or percentiles",
    ],
)
def test_the_comparison_with_the_parent_is_known_under_any_heading_and_not_taken_for_englands(
    tmp_path: Path, intake: Callable, landed: Landed, heading: str
) -> None:
    header = [heading if name == "Compared to percentiles" else name for name in HEADER]
    row = {ENGLAND: "Worse", "Compared to percentiles": "Better", "Compared to goal": "Goal met"}
    result, home = intake("ohid_fingertips", _write(tmp_path / "a.csv", row, header=header))
    assert not result.problems
    found = landed(home, TABLE).iloc[0]
    assert (found["compared_to_england"], found["compared_to_parent"]) == ("Worse", "Better")
    assert found["compared_to_goal"] == "Goal met"


def test_a_file_without_the_comparison_with_england_is_refused(tmp_path: Path, intake: Callable) -> None:
    header = ["Compared to nobody" if name == ENGLAND else name for name in HEADER]
    result, _ = intake("ohid_fingertips", _write(tmp_path / "a.csv", {}, header=header))
    assert [problem.kind for problem in result.problems] == ["header_changed"]
    assert f"[{ENGLAND}]" in result.problems[0].text


def test_area_name_in_one_word_is_the_same_column(tmp_path: Path, intake: Callable, landed: Landed) -> None:
    header = ["AreaName" if name == "Area Name" else name for name in HEADER]
    result, home = intake("ohid_fingertips", _write(tmp_path / "a.csv", {}, header=header))
    assert not result.problems
    assert landed(home, TABLE)["area_name"].tolist() == ["Hartlepool"]


@pytest.mark.parametrize(
    ("note", "status"),
    [
        ("Value suppressed for disclosure control due to small count", "suppressed"),
        ("Not shown because of small numbers", "suppressed"),
        ("Value missing due to disclosure control", "suppressed"),
        ("Value for Hackney and City of London combined", "not_available"),
        ("", "missing"),
    ],
)
def test_a_blank_value_has_its_status_from_its_note(
    tmp_path: Path, intake: Callable, landed: Landed, note: str, status: str
) -> None:
    path = _write(tmp_path / "a.csv", {"Value": "", "Value note": note}, {"Value note": note})
    _, home = intake("ohid_fingertips", path)
    frame = landed(home, TABLE).sort_values("source_row")
    assert frame["status"].tolist() == [status, "observed"]
    assert frame["value"].isna().tolist() == [True, False]


def test_minus_one_is_nothing_in_limits_counts_and_denominators_and_a_value_between_real_limits(
    tmp_path: Path, intake: Callable, landed: Landed
) -> None:
    limits = {"Lower CI 95.0 limit": "-1", "Upper CI 95.0 limit": "-1"}
    path = _write(
        tmp_path / "a.csv",
        {"Value": "-1", "Lower CI 95.0 limit": "-3", "Upper CI 95.0 limit": "1.5"},
        {"Value": "-1", **limits, "Count": "-1", "Denominator": "-1"},
        {"Value": "4.5", **limits},
    )
    result, home = intake("ohid_fingertips", path)
    assert (result.rows_landed, result.rows_quarantined) == (3, 0)
    frame = landed(home, TABLE).sort_values("source_row").astype(object)
    frame = frame.where(frame.notna(), None)
    columns = ["value", "lower_95", "upper_95", "count", "status"]
    assert frame[columns].to_numpy().tolist() == [
        [-1.0, -3.0, 1.5, 30.0, "observed"],
        [None, None, None, None, "not_available"],
        [4.5, None, None, 30.0, "observed"],
    ]


def test_counts_with_separators_fractions_and_exponents_are_read(
    tmp_path: Path, intake: Callable, landed: Landed
) -> None:
    path = _write(tmp_path / "a.csv", *[{"Count": count} for count in ("74,588", "4018.333333", "1E-05", "x")])
    result, home = intake("ohid_fingertips", path)
    assert sorted(landed(home, TABLE)["count"]) == [1e-05, 4018.333333, 74588.0]
    with home.open_ledger() as ledger:
        aside = ledger.execute("select source_row, source_column, cell from quarantined").fetchall()
    assert [tuple(row) for row in aside] == [(5, "count", "x")]
    assert (result.rows_in, result.rows_landed) == (4, 3)


def test_an_estimate_from_a_model_is_never_observed(tmp_path: Path, intake: Callable, landed: Landed) -> None:
    rows = [{"Indicator ID": one} for one in ("93495", "93517", "93532", "41001")]
    _, home = intake("ohid_fingertips", _write(tmp_path / "a.csv", *rows))
    frame = landed(home, TABLE).sort_values("indicator_id")
    assert dict(zip(frame["indicator_id"], frame["status"], strict=True)) == {
        41001: "observed",
        93495: "modelled",
        93517: "modelled",
        93532: "modelled",
    }


def test_an_old_download_of_26_columns_with_mixed_line_ends_short_rows_and_a_mark_is_read(
    tmp_path: Path, intake: Callable, landed: Landed
) -> None:
    header = ",".join(HEADER[:26])
    cells = [(ROW | {"Indicator Name": '"Rate/1,000\n"'}).get(name, "") for name in HEADER[:26]]
    path = tmp_path / "indicators.data.csv"
    lines = [header, ",".join(cells), ",".join(cells[:25]), ",".join(cells[:20])]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode() + b"\n")
    result, home = intake("ohid_fingertips", path)
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (3, 2, 1)
    frame = landed(home, TABLE).sort_values("source_row")
    assert frame["source_row"].tolist() == [2, 3]
    assert frame["indicator_name"].tolist() == ["Rate/1,000"] * 2
    assert "[time_period_range] is not in this file" in result.notes[0]


def test_england_with_a_blank_parent_and_as_its_own_parent_both_land(
    tmp_path: Path, intake: Callable, landed: Landed
) -> None:
    england = {"Area Code": "E92000001", "Area Name": "England", "Area Type": "England"}
    path = _write(tmp_path / "a.csv", {**england, "Parent Code": "", "Parent Name": ""}, england)
    _, home = intake("ohid_fingertips", path)
    assert sorted(landed(home, TABLE)["parent_code"].fillna("")) == ["", "E92000001"]


def test_an_error_page_with_status_200_is_not_landed(tmp_path: Path, intake: Callable) -> None:
    path = tmp_path / "fingertips-41001-501.csv"
    path.write_text("<html><head><title>Error</title></head></html>", encoding="utf-8")
    result, _ = intake("ohid_fingertips", path)
    assert "found html" in result.problems[0].text


def test_seven_thousand_rows_are_read_in_under_a_second(tmp_path: Path, intake: Callable) -> None:
    path = _write(tmp_path / "a.csv", *[{"Count": str(number)} for number in range(7_000)])
    intake("ohid_fingertips", _write(tmp_path / "first.csv", {}))
    start = time.process_time()
    result, _ = intake("ohid_fingertips", path)
    assert result.rows_landed == 7_000
    assert time.process_time() - start < 1


def test_the_live_edition_knows_the_contracts_way_of_discovery(sources: Catalogue) -> None:
    how = sources["ohid_fingertips"].contract.discovery
    assert how.kind in KINDS
    given = Parameters("ohid_fingertips", how.kind, how.parameters, known=KINDS[how.kind].parameters)
    assert {41001, 90284, 93553, 93763} < set(given.wholes("indicator_ids"))
    assert given.wholes("area_type_ids", ()) == ()
    assert given.flag("metadata", False)


@pytest.mark.parametrize(
    "name",
    [
        *["fingertips-41001-502.csv", "fingertips-1-to-9-502.csv", "fingertips-metadata-1.csv"],
        *["indicators-CountyUA.data.csv", "LocalAuthorityHealthProfiles.metadata.csv"],
    ],
)
def test_a_file_under_any_name_that_it_is_offered_under_is_expected(sources: Catalogue, name: str) -> None:
    assert any(re.fullmatch(pattern, name) for pattern in sources["ohid_fingertips"].contract.recognise.name)


@pytest.mark.parametrize(
    ("indicator", "words", "length", "expected"),
    [
        ("41001", "2015", "1y", ("calendar_year", "2015-01-01", "2015-12-31")),
        ("41001", "2015", "3y", (None, None, None)),
        ("41001", "2010/11", "1y", ("financial_year", "2010-04-01", "2011-03-31")),
        ("41001", "2010/12", "1y", (None, None, None)),
        ("92033", "2019/20", "1y", ("academic_year", "2019-09-01", "2020-08-31")),
        ("90641", "2016/17", "1y", ("rolling_year", "2016-08-01", "2017-07-31")),
        ("93015", "2019/20", "1y", (None, None, None)),
        ("41001", "1999 - 01", "3y", ("multi_year", "1999-01-01", "2001-12-31")),
        ("41001", "2016 - 18", "2y", (None, None, None)),
        ("92904", "2016/17 - 18/19", "3y", ("multi_year", "2016-04-01", "2019-03-31")),
        ("92904", "2016/17 - 18/20", "", (None, None, None)),
        ("41001", "2019 Q2", "1q", ("quarter", "2019-04-01", "2019-06-30")),
        ("41001", "2019/20 Q4", "1q", ("quarter", "2020-01-01", "2020-03-31")),
        ("91112", "2013/14 Q2 - 2018/19 Q1", "5y", ("multi_year", "2013-07-01", "2018-06-30")),
        ("41001", "Feb 2020", "1m", ("month", "2020-02-01", "2020-02-29")),
        ("41001", "Mar 2020 - Feb 2021", "1y", ("rolling_year", "2020-03-01", "2021-02-28")),
        ("41001", "spring 2019", "", (None, None, None)),
    ],
)
def test_a_periods_words_are_dated_where_their_meaning_is_sure(
    sources: Catalogue, indicator: str, words: str, length: str, expected: tuple[str | None, ...]
) -> None:
    source = sources["ohid_fingertips"]
    names = ["indicator_id", "time_period", "time_period_range"]
    made = source.reader._period({name: f'"{name}"' for name in names})
    columns = ", ".join(f"cast({made[name]} as varchar)" for name in ("period_type", "period_start", "period_end"))
    query = f"select {columns} from (values (?, ?, nullif(?, ''))) as v (indicator_id, time_period, time_period_range)"
    assert duckdb.execute(query, [indicator, words, length]).fetchall() == [expected]


def test_a_dated_period_lands_beside_its_words(tmp_path: Path, intake: Callable, landed: Landed) -> None:
    result, home = intake("ohid_fingertips", _write(tmp_path / "a.csv", {}, {"Time period": "2021 to 23"}))
    assert result.rows_landed == 2
    frame = landed(home, TABLE).sort_values("source_row")
    assert frame["period_type"].tolist()[0] == "multi_year"
    assert frame["period_end"].isna().tolist() == [False, True]
    assert str(frame["period_end"].iloc[0])[:10] == "2023-12-31"


def _definitions(path: Path, *rows: tuple[str, ...]) -> Path:
    header = (
        *("Indicator ID", "Indicator", "Definition", "Source of numerator", "Definition of denominator", "Value type"),
        *("Year type", "Polarity", "Impact of COVID-19"),
    )
    with path.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows([header, *rows])
    return path


def test_a_definition_is_in_plain_words_and_a_polarity_says_which_way_is_good(
    tmp_path: Path, intake: Callable, landed: Landed
) -> None:
    words = 'Rate of people aged <75.\r\n<a href="x">Guide</a>&nbsp;&amp; notes'
    row = ("108", "Mortality", words, "ONS", "", "Crude rate", "Calendar", "RAG - High is good  ", "none")
    other = ("109", "Other", "", "", "", "", "", "BOB - Blue orange blue", "")
    result, home = intake("ohid_fingertips", _definitions(tmp_path / "a.csv", row, other))
    assert (result.problems, result.rows_landed) == ([], 2)
    assert any("[Impact of COVID-19]" in note for note in result.notes)
    frame = landed(home, "ohid_fingertips__indicator_definition").set_index("indicator_id")
    assert frame.loc[108, "definition"] == "Rate of people aged <75.\nGuide & notes"
    assert frame["better_when"].to_dict() == {108: "higher", 109: "neither"}
    assert frame["numerator_source"].isna().tolist() == [False, True]


def test_a_definition_without_a_number_or_cut_short_is_set_aside(tmp_path: Path, intake: Callable) -> None:
    good = ("1", "One", "", "", "", "", "", "", "")
    path = _definitions(tmp_path / "a.csv", good, ("x", *good[1:]), ("3", "Three"))
    result, home = intake("ohid_fingertips", path)
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (3, 1, 2)
    with home.open_ledger() as ledger:
        reasons = [row["reason"] for row in ledger.execute("select reason from quarantined order by source_row")]
    assert reasons == ["[x] is not the number of an indicator", "the record has 2 cells, the header 9"]


def test_definitions_cut_short_in_json_are_refused(tmp_path: Path, intake: Callable) -> None:
    path = tmp_path / "fingertipsnext_indicators_metadata.json"
    path.write_text('[{"indicatorID": 1, "indicatorName": "One"}, {"indic', encoding="utf-8")
    result, _ = intake("ohid_fingertips", path)
    assert "not JSON that can be read" in result.problems[0].text
    assert "cut short" in result.problems[0].text


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    catalogue.load()["ohid_fingertips"].sample.write(folder, seed=5, scale=1.0)
    return folder


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path, sources: Catalogue) -> None:
    written = []
    for name in ("first", "again"):
        (tmp_path / name).mkdir()
        sources["ohid_fingertips"].sample.write(tmp_path / name, seed=5, scale=0.1)
        written.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert written[0] == written[1]
    assert len(written[0]) == 18 and all(name.startswith("synthetic-") for name in written[0])


@pytest.mark.slow
def test_sample_files_land_whole_with_intervals_about_values_that_follow_from_counts(
    samples: Path, intake: Callable, landed: Landed, sources: Catalogue
) -> None:
    paths = sorted(samples.iterdir())
    result, home = intake("ohid_fingertips", *paths)
    written = 0
    for path in paths:
        with path.open(encoding="utf-8", newline="") as text:
            written += sum(1 for _ in csv.reader(text)) - 1
    assert (len(paths), result.problems, result.rows_quarantined) == (18, [], 0)
    assert result.rows_in == result.rows_landed == written
    for name, table in sources["ohid_fingertips"].contract.tables.items():
        rows = landed(home, f"ohid_fingertips__{name}")
        assert len(rows) > 0
        assert not table.grain or not rows.duplicated(list(table.grain)).any()
    frame = landed(home, TABLE)
    assert frame["period_end"].notna().all()
    assert set(landed(home, "ohid_fingertips__indicator_definition")["indicator_id"]) == set(frame["indicator_id"])
    assert frame.groupby("indicator_id")["time_period"].nunique().eq(6).all()
    assert {"observed", "suppressed", "not_available", "missing"} == set(frame["status"])
    shown = frame[frame["status"] == "observed"]
    assert shown["value"].notna().all()
    assert (shown["lower_998"] <= shown["lower_95"]).all()
    assert (shown["lower_95"] <= shown["value"]).all()
    assert (shown["value"] <= shown["upper_95"]).all()
    assert (shown["upper_95"] <= shown["upper_998"]).all()
    per = shown["value"] / (shown["count"] / shown["denominator"])
    smooth = shown["count"] > 0
    assert per[smooth].round(3).isin([100, 1_000, 100_000]).all()
    assert frame[frame["status"] != "observed"]["value"].isna().all()
    codes = set(frame["area_code"].str[:3])
    assert codes == {"E92", "E06", "E07", "E08", "E09"}
