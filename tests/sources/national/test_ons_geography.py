"""Area codes, names and lookups: the bundled files, how the portal's layout moves, and what is refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources import places
from sources.catalogue import Catalogue
from sources.home import Home
from sources.intake import Intake
from sources.recognise import LooseFile, recognise

TakeIn = Callable[..., tuple[Intake, Home]]
Landed = Callable[[Home, str], pd.DataFrame]

LOOKUP = [
    ["E06000058", "Bournemouth, Christchurch and Poole", "E22000089", "Bournemouth", "E23000039", "Dorset"],
    ["E06000058", "Bournemouth, Christchurch and Poole", "E22000092", "Poole", "E23000039", "Dorset"],
    ["W06000015", "Cardiff", "W14000015", "Cardiff", "W15000003", "South Wales"],
]
LOOKUP_HEADER = ["LAD24CD", "LAD24NM", "CSP24CD", "CSP24NM", "PFA24CD", "PFA24NM"]


def as_csv(header: list[str], rows: list[list[str]], *, line_end: str = "\n") -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator=line_end).writerows([header, *rows])
    return stream.getvalue()


def put(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def quarantined(home: Home) -> list[tuple[str, str, int]]:
    with home.open_ledger() as ledger:
        return [tuple(row) for row in ledger.execute("select cell, reason, source_row from quarantined order by 3")]


@pytest.fixture
def sample(tmp_path: Path, sources: Catalogue) -> Path:
    folder = tmp_path / "sample"
    folder.mkdir()
    sources["ons_geography"].sample.write(folder, seed=1, scale=1.0)
    return folder


def test_every_bundled_file_lands_whole_in_its_own_table(sample: Path, intake: TakeIn, landed: Landed) -> None:
    result, home = intake("ons_geography", *sorted(sample.iterdir()))
    assert result.problems == []
    assert result.rows_quarantined == 0
    lookup = landed(home, "ons_geography__lad_csp_pfa")
    assert len(lookup) == 332
    assert lookup["lad_code"].nunique() == 318
    assert lookup["pfa_code"].nunique() == 43
    assert set(lookup["vintage"]) == {2024}
    assert len(landed(home, "ons_geography__lsoa_lad")) == len(places.lsoas())
    assert len(landed(home, "ons_geography__code_change")) == len(places.code_changes())
    names = landed(home, "ons_geography__area_name")
    assert names.groupby("area_level").size().to_dict() == {
        "local_authority_district": 318,
        "community_safety_partnership": 314,
        "police_force_area": 43,
    }


def test_the_bundled_files_are_the_same_bytes_every_time(tmp_path: Path, sources: Catalogue) -> None:
    written = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        sources["ons_geography"].sample.write(folder, seed=7, scale=1.0)
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert written[0] == written[1]


def test_every_bundled_file_is_recognised_by_its_content(sample: Path, sources: Catalogue) -> None:
    for path in sample.iterdir():
        renamed = path.rename(path.with_name(f"download {path.stem[:3]}{path.stat().st_size}.csv"))
        assert recognise(LooseFile(renamed), sources).source_ids == ("ons_geography",)


@pytest.mark.parametrize(
    "header",
    [
        ["LAD19CD", "LAD19NM", "FRA19CD", "FRA19NM", "FID"],
        ["LTLA23CD", "LTLA23NM", "UTLA23CD", "UTLA23NM"],
        ["ltla22_code", "ltla22_name", "ltla23_code", "ltla23_name"],
        ["LAD21CD", "LAD21NM", "AREAEHECT"],
        ["FID", "LSOA11CD", "LSOA11NM", "UTLA19CD", "UTLA19NM"],
    ],
)
def test_another_lookup_is_not_taken_for_one_of_these(header: list[str], tmp_path: Path, sources: Catalogue) -> None:
    path = put(tmp_path / "lookup.csv", as_csv(header, [["E06000001"] * len(header)]))
    assert "ons_geography" not in recognise(LooseFile(path), sources).source_ids


@pytest.mark.parametrize("place", ["absent", "first", "last"])
@pytest.mark.parametrize("id_name", ["FID", "ObjectId"])
@pytest.mark.parametrize(("line_end", "encoding"), [("\n", "utf-8-sig"), ("\r", "utf-8"), ("\r\n", "utf-16")])
def test_the_portals_own_column_byte_order_marks_and_line_ends_do_not_matter(
    place: str,
    id_name: str,
    line_end: str,
    encoding: str,
    tmp_path: Path,
    intake: TakeIn,
    landed: Landed,
) -> None:
    header, rows = LOOKUP_HEADER, LOOKUP
    if place == "first":
        header, rows = [id_name, *header], [[str(n), *row] for n, row in enumerate(rows)]
    elif place == "last":
        header, rows = [*header, id_name], [[*row, str(n)] for n, row in enumerate(rows)]
    path = put(tmp_path / "lookup.csv", as_csv(header, rows, line_end=line_end), encoding)
    result, home = intake("ons_geography", path)
    assert result.problems == []
    table = landed(home, "ons_geography__lad_csp_pfa")
    assert table[["lad_code", "lad_name", "csp_code", "csp_name", "pfa_code", "pfa_name"]].to_numpy().tolist() == LOOKUP
    assert table["source_row"].tolist() == [2, 3, 4]


@pytest.mark.parametrize(
    ("header", "vintage"),
    [
        (["LAD31CD", "LAD31NM", "CSP31CD", "CSP31NM", "PFA31CD", "PFA31NM"], 2031),
        (["ltla24_code", "ltla24_name", "csp24_code", "csp24_name", "pfa24_code", "pfa24_name"], 2024),
        (["lad25cd", "lad25nm", "csp25cd", "csp25nm", "pfa25cd", "pfa25nm"], 2025),
    ],
)
def test_the_vintage_comes_from_the_column_names(
    header: list[str], vintage: int, tmp_path: Path, intake: TakeIn, landed: Landed
) -> None:
    result, home = intake("ons_geography", put(tmp_path / "lookup.csv", as_csv(header, LOOKUP)))
    assert result.problems == []
    assert set(landed(home, "ons_geography__lad_csp_pfa")["vintage"]) == {vintage}


def test_column_names_of_two_years_are_an_error(tmp_path: Path, intake: TakeIn) -> None:
    header = ["LAD24CD", "LAD24NM", "CSP23CD", "CSP23NM", "PFA24CD", "PFA24NM"]
    result, _ = intake("ons_geography", put(tmp_path / "lookup.csv", as_csv(header, LOOKUP)))
    assert result.rows_landed == 0
    assert "the vintages in the column names disagree" in result.problems[0].text
    assert "[CSP23CD] of 2023" in result.problems[0].text


def test_lines_above_the_header_are_passed_over(tmp_path: Path, intake: TakeIn, landed: Landed) -> None:
    text = "Lookup as at April 2024\n\n" + as_csv(LOOKUP_HEADER, LOOKUP)
    result, home = intake("ons_geography", put(tmp_path / "lookup.csv", text))
    assert result.problems == []
    assert landed(home, "ons_geography__lad_csp_pfa")["source_row"].tolist() == [4, 5, 6]


def test_a_code_of_another_form_is_quarantined_with_its_row(tmp_path: Path, intake: TakeIn, landed: Landed) -> None:
    rows = [
        *LOOKUP,
        ["E12000001", "North East", "E22000001", "X", "E23000001", "Y"],
        ["E06000001", "Hartlepool", "E22000027", "Hartlepool", "L99999999", "-"],
        ["E06000002", "", "E22000029", "Middlesbrough", "E23000013", "Cleveland"],
    ]
    result, home = intake("ons_geography", put(tmp_path / "lookup.csv", as_csv(LOOKUP_HEADER, rows)))
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (6, 3, 3)
    assert quarantined(home) == [
        ("E12000001", "the code has not the form of its level (local authority district)", 5),
        ("L99999999", "the code has not the form of its level (police force area)", 6),
        ("", "the lad name is blank", 7),
    ]


def test_a_repeated_record_lands_once_and_a_contradiction_is_quarantined(tmp_path: Path, intake: TakeIn) -> None:
    other_force = [*LOOKUP[0][:4], "E23000001", "Metropolitan Police"]
    path = put(tmp_path / "lookup.csv", as_csv(LOOKUP_HEADER, [*LOOKUP, LOOKUP[0], other_force]))
    result, home = intake("ons_geography", path)
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (4, 3, 1)
    assert quarantined(home)[0][2] == 6
    assert "an earlier record says something else" in quarantined(home)[0][1]
    assert any("1 records say what an earlier one says" in note for note in result.notes)


def test_areas_of_two_censuses_in_one_file_give_the_rows_of_both_once(
    tmp_path: Path, intake: TakeIn, landed: Landed
) -> None:
    header = ["LSOA11CD", "LSOA11NM", "CHGIND", "LSOA21CD", "LSOA21NM", "LAD22CD", "LAD22NM", "LAD22NMW", "ObjectId"]
    here, there = ["E06000001", "Hartlepool", ""], ["E06000002", "Middlesbrough", ""]
    rows = [
        ["E01000001", "Area 1", "U", "E01000001", "Area 1", *here, "1"],
        # One area split in two, and two merged into one.
        ["E01000002", "Area 2", "S", "E01000012", "Area 12", *here, "2"],
        ["E01000002", "Area 2", "S", "E01000013", "Area 13", *here, "3"],
        ["E01000003", "Area 3", "M", "E01000014", "Area 14", *here, "4"],
        ["E01000004", "Area 4", "M", "E01000014", "Area 14", *here, "5"],
        # One that now lies in two districts.
        ["E01000005", "Area 5", "X", "E01000015", "Area 15", *here, "6"],
        ["E01000005", "Area 5", "X", "E01000016", "Area 16", *there, "7"],
    ]
    result, home = intake("ons_geography", put(tmp_path / "lookup.csv", as_csv(header, rows)))
    assert result.problems == []
    table = landed(home, "ons_geography__lsoa_lad")
    assert table.groupby("lsoa_vintage").size().to_dict() == {2011: 6, 2021: 6}
    assert set(table["lad_vintage"]) == {2022}
    assert table.groupby(["lsoa_vintage", "lsoa_code"]).size().loc[2011, "E01000005"] == 2
    assert any("areas of 2011: 1 of them are in more than one district" in note for note in result.notes)


def test_further_columns_of_an_area_lookup_are_not_read(tmp_path: Path, intake: TakeIn, landed: Landed) -> None:
    header = ["LSOA21CD", "LSOA21NM", "WD25CD", "WD25NM", "LAD25CD", "LAD25NM", "ObjectId"]
    rows = [["W01000001", "Isle of Anglesey 007A", "W05000001", "Somewhere", "W06000001", "Isle of Anglesey", "1"]]
    result, home = intake("ons_geography", put(tmp_path / "lookup.csv", as_csv(header, rows)))
    assert result.problems == []
    row = landed(home, "ons_geography__lsoa_lad").iloc[0]
    assert (row["lsoa_vintage"], row["lad_vintage"], row["lad_code"]) == (2021, 2025, "W06000001")


def test_an_abolished_county_has_no_new_code(tmp_path: Path, intake: TakeIn, landed: Landed) -> None:
    header = ["oldcd", "oldnm", "newcd", "newnm", "type", "start"]
    rows = [
        ["E10000021", "Northamptonshire", "", "", "termination", "2021"],
        ["E08000016", "Barnsley", "E08000038", "Barnsley", "new_code", "2025"],
        ["E08000019", "Sheffield", "E08000039", "Sheffield", "new_code", "soon"],
    ]
    result, home = intake("ons_geography", put(tmp_path / "changes.csv", as_csv(header, rows)))
    assert (result.rows_landed, result.rows_quarantined) == (2, 1)
    assert quarantined(home) == [("soon", "this is not a year", 4)]
    table = landed(home, "ons_geography__code_change").set_index("old_code")
    assert pd.isna(table.loc["E10000021", "new_code"])
    assert table.loc["E08000016", "new_code"] == "E08000038"
    assert table.loc["E08000016", "change_year"] == 2025


def test_welsh_names_are_kept_where_there_are_any(tmp_path: Path, intake: TakeIn, landed: Landed) -> None:
    rows = [["1", "W06000021", "Monmouthshire", "Sir Fynwy"], ["2", "E06000001", "Hartlepool", ""]]
    path = put(tmp_path / "names.csv", as_csv(["FID", "LAD23CD", "LAD23NM", "LAD23NMW"], rows))
    _, home = intake("ons_geography", path)
    names = landed(home, "ons_geography__area_name").set_index("area_code")["area_name_welsh"]
    assert names["W06000021"] == "Sir Fynwy"
    assert pd.isna(names["E06000001"])


@pytest.mark.parametrize(
    ("header", "missing", "unknown"),
    [
        (["LAD24CD", "LAD24NM", "CSPCODE", "CSP24NM", "PFA24CD", "PFA24NM"], "csp", "[CSPCODE]"),
        (["LAD24CD", "District", "CSP24CD", "CSP24NM", "PFA24CD", "PFA24NM"], "(lad|ltla)", "[District]"),
    ],
)
def test_a_renamed_column_is_named_in_the_error(
    header: list[str], missing: str, unknown: str, tmp_path: Path, intake: TakeIn
) -> None:
    result, _ = intake("ons_geography", put(tmp_path / "lookup.csv", as_csv(header, LOOKUP)))
    assert [problem.kind for problem in result.problems] == ["header_changed"]
    assert f"the missing columns [{missing}" in result.problems[0].text
    assert f"found the unknown columns {unknown}" in result.problems[0].text


def test_half_a_file_is_refused(sample: Path, tmp_path: Path, intake: TakeIn) -> None:
    whole = (sample / "LAD24_CSP24_PFA24_EW_LU.csv").read_bytes()
    cut = whole[: whole.rindex(b",", 0, len(whole) // 2)]
    path = tmp_path / "half.csv"
    path.write_bytes(cut)
    result, _ = intake("ons_geography", path)
    assert result.rows_landed == 0
    assert "the file ends in the middle of a record" in result.problems[0].text


def test_an_error_page_is_refused(tmp_path: Path, intake: TakeIn) -> None:
    result, _ = intake("ons_geography", put(tmp_path / "LAD24.csv", "<!DOCTYPE html><html><body>Sorry</body></html>"))
    assert "the bytes are not of the kind that the name says" in result.problems[0].text
    assert "found html" in result.problems[0].text


def test_a_header_without_records_is_refused(tmp_path: Path, intake: TakeIn) -> None:
    result, _ = intake("ons_geography", put(tmp_path / "lookup.csv", as_csv(LOOKUP_HEADER, [])))
    assert "there is no record below the header" in result.problems[0].text
