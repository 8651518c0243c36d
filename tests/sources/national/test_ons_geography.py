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


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("sample")
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
    areas = landed(home, "ons_geography__lsoa_lad")
    assert len(areas[areas["lad_vintage"] == 2024]) == len(places.lsoas())
    changes = landed(home, "ons_geography__lsoa_change")
    assert len(changes) == len(places.lsoa_changes())
    assert set(changes["change"]) == {"U", "S", "M", "X"}
    assert landed(home, "ons_geography__area_lookup").groupby("parent_level").size().to_dict() == {
        "upper_tier_local_authority": 318,
        "region": 296,
        "local_health_board": 22,
    }
    assert len(landed(home, "ons_geography__other_code")) == 3
    assert len(landed(home, "ons_geography__area_measurement")) == 12
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


def test_every_bundled_file_is_recognised_by_its_content(sample: Path, tmp_path: Path, sources: Catalogue) -> None:
    for path in sample.iterdir():
        renamed = put(tmp_path / "download (1).csv", path.read_text(encoding="utf-8"))
        assert recognise(LooseFile(renamed), sources).source_ids == ("ons_geography",)


@pytest.mark.parametrize(
    "header",
    [
        ["LAD19CD", "LAD19NM", "BUA19CD", "BUA19NM", "FID"],
        ["LTLA23CD", "LTLA23NM", "UTLA23CD", "UTLA23NM", "POPULATION"],
        ["ltla22_code", "ltla22_name", "ward23_code", "ward23_name"],
        ["LAD21CD", "LAD21NM", "AREAEHECT"],
        ["FID", "LSOA11CD", "LSOA11NM", "IMD19"],
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


def looked_up(home: Home, landed: Landed) -> list[tuple[object, ...]]:
    columns = ["child_vintage", "child_level", "child_code", "parent_vintage", "parent_level", "parent_code"]
    table = landed(home, "ons_geography__area_lookup")[columns].astype(object)
    return [tuple(row) for row in table.where(table.notna(), None).sort_values(columns[3:]).to_numpy().tolist()]


def test_a_lookup_of_any_known_levels_gives_the_first_in_each_of_the_others(
    tmp_path: Path, intake: TakeIn, landed: Landed
) -> None:
    header = ["FID", "LAD31NM", "LAD31CD", "RGN31CD", "RGN31NM", "ICB31CD", "ICB31CDH", "ICB31NM"]
    rows = [
        ["1", "Bolton", "E08000001", "E12000002", "North West", "E54000057", "QOP", "Greater Manchester"],
        ["2", "Bury", "E08000002", "E12000002", "North West", "E54000057", "QOP", "Greater Manchester"],
    ]
    result, home = intake("ons_geography", put(tmp_path / "lookup.csv", as_csv(header, rows)))
    assert (result.problems, result.rows_quarantined) == ([], 0)
    lad = "local_authority_district"
    assert looked_up(home, landed) == [
        (2031, lad, "E08000001", 2031, "integrated_care_board", "E54000057"),
        (2031, lad, "E08000002", 2031, "integrated_care_board", "E54000057"),
        (2031, lad, "E08000001", 2031, "region", "E12000002"),
        (2031, lad, "E08000002", 2031, "region", "E12000002"),
    ]
    code = landed(home, "ons_geography__other_code")
    assert code[["scheme", "other_code", "area_code"]].to_numpy().tolist() == [["nhs_ods", "QOP", "E54000057"]]


def test_a_chain_of_years_gives_each_district_in_what_it_was_the_year_after(
    tmp_path: Path, intake: TakeIn, landed: Landed
) -> None:
    header = ["ltla22_code", "ltla22_name", "ltla23_code", "ltla23_name", "ltla24_code", "ltla24_name"]
    rows = [["E07000187", "Mendip", "E06000066", "Somerset", "E06000066", "Somerset"]]
    result, home = intake("ons_geography", put(tmp_path / "chain.csv", as_csv(header, rows)))
    assert result.problems == []
    lad = "local_authority_district"
    assert looked_up(home, landed) == [
        (2022, lad, "E07000187", 2023, lad, "E06000066"),
        (2023, lad, "E06000066", 2024, lad, "E06000066"),
    ]


def test_a_blank_parent_is_no_row_and_one_of_another_form_is_quarantined(tmp_path: Path, intake: TakeIn) -> None:
    header = ["LAD12CD", "LAD12CDO", "LAD12NM", "CTY12CD", "CTY12CDO", "CTY12NM"]
    rows = [
        ["E07000004", "11UB", "Aylesbury Vale", "E10000002", "11", "Buckinghamshire"],
        ["E06000001", "00EB", "Hartlepool", "", "", ""],
        ["E07000005", "11UC", "Chiltern", "E12000008", "11", "Buckinghamshire"],
    ]
    result, home = intake("ons_geography", put(tmp_path / "county.csv", as_csv(header, rows)))
    # The parent of Chiltern is a region: neither the pair nor the code beside it is believed.
    assert [(cell, row) for cell, _, row in quarantined(home)] == [("E12000008", 4), ("E12000008", 4)]
    assert result.rows_in == result.rows_landed + result.rows_quarantined
    assert any("1 records are not of both levels" in note for note in result.notes)


def test_a_renamed_column_of_a_lookup_is_named_in_the_error(tmp_path: Path, intake: TakeIn) -> None:
    header = ["LAD19CD", "LAD19NM", "FRACODE", "FRA19NM"]
    rows = [["E06000022", "Bath and North East Somerset", "E31000001", "Avon"]]
    result, _ = intake("ons_geography", put(tmp_path / "fire.csv", as_csv(header, rows)))
    assert result.rows_landed == 0
    assert "[FRACODE]" in result.problems[0].text


REGISTER_HEADER = [
    *("local-authority-code", "official-name", "nice-name", "gss-code", "start-date", "end-date", "replaced-by"),
    *("nation", "region", "local-authority-type", "local-authority-type-name", "county-la", "combined-authority"),
    *("alt-names", "former-gss-codes", "notes", "current-authority", "BS-6879", "ecode"),
    *("even-older-register-and-code", "gov-uk-slug", "area", "pop-2020", "x", "y", "lat", "long", "powers"),
    *("lower-or-unitary", "mapit-area-code", "ofcom", "old-ons-la-code", "old-register-and-code"),
    *("open-council-data-id", "os-file", "os", "snac", "wdtk-id"),
]


def registered(**cells: str) -> list[str]:
    return [cells.get(name.replace("-", "_"), "") for name in REGISTER_HEADER]


def test_the_register_of_authorities_gives_their_other_codes_and_successors(
    tmp_path: Path, intake: TakeIn, landed: Landed
) -> None:
    rows = [
        registered(
            local_authority_code="CMA", nice_name="Cumbria", gss_code="E10000006", end_date="2023-04-01",
            replaced_by="CBD,WAF", old_ons_la_code="909",
        ),
        registered(local_authority_code="CBD", nice_name="Cumberland", gss_code="E06000063", start_date="2023-04-01"),
        registered(local_authority_code="WAF", nice_name="Westmorland and Furness", gss_code="E06000064"),
        registered(
            local_authority_code="GAT", nice_name="Gateshead", gss_code="E08000037", former_gss_codes="E08000020",
            snac="00CH",
        ),
    ]  # fmt: skip
    result, home = intake("ons_geography", put(tmp_path / "register.csv", as_csv(REGISTER_HEADER, rows)))
    assert (result.problems, result.rows_quarantined) == ([], 0)
    assert looked_up(home, landed) == [
        (None, "local_authority", "E10000006", None, "successor_authority", "E06000063"),
        (None, "local_authority", "E10000006", None, "successor_authority", "E06000064"),
    ]
    codes = landed(home, "ons_geography__other_code")
    assert sorted(
        codes.loc[codes["scheme"] != "uk_la_register", ["scheme", "other_code", "area_code"]].to_numpy().tolist()
    ) == [
        ["dfe_la", "909", "E10000006"],
        ["former_gss", "E08000020", "E08000037"],
        ["old_ons", "00CH", "E08000037"],
    ]
    cumbria = codes[codes["other_code"] == "CMA"].iloc[0]
    assert pd.Timestamp(cumbria["valid_to"]) == pd.Timestamp("2023-04-01")
    assert pd.isna(cumbria["valid_from"])


def test_a_register_with_a_column_more_is_refused(tmp_path: Path, intake: TakeIn) -> None:
    header = ["ICB_ODS_Code", "ICB_Boundary_Code", "ICB_Name", "ICB_Region"]
    result, _ = intake("ons_geography", put(tmp_path / "icb.csv", as_csv(header, [["QOP", "E54000057", "GM", "NW"]])))
    assert result.rows_landed == 0
    assert "no header row was found" in result.problems[0].text


def test_a_register_in_tabs_is_read_as_such(tmp_path: Path, intake: TakeIn, landed: Landed) -> None:
    text = (
        "local-authority-eng\tlocal-authority-type\tname\tofficial-name\tstart-date\tend-date\n"
        "BAS\tUA\tBath and North East Somerset\tBath and North East Somerset Council\t1996-04-01\t\n"
        "BBD\tUA\tBlackburn with Darwen\tBlackburn with Darwen Borough Council\tlong ago\t\n"
    )
    result, home = intake("ons_geography", put(tmp_path / "authorities.tsv", text))
    codes = landed(home, "ons_geography__other_code")
    assert set(codes["name"]) == {"Bath and North East Somerset", "Bath and North East Somerset Council"}
    assert codes["area_code"].isna().all()
    assert (result.rows_in, result.rows_quarantined) == (4, 2)
    assert quarantined(home)[0] == ("long ago", "this is not a date", 3)


def test_police_forces_given_by_name_get_their_codes_and_those_without_an_area_none(
    tmp_path: Path, intake: TakeIn, landed: Landed
) -> None:
    rows = [
        ["avon-and-somerset", "Avon & Somerset Constabulary", "1623200"],
        ["btp", "British Transport Police", ""],
        ["kent", "Kentt Police", "1660100"],
    ]
    path = put(tmp_path / "forces.csv", as_csv(["id", "Label", "Population 2010"], rows))
    result, home = intake("ons_geography", path)
    codes = landed(home, "ons_geography__other_code").set_index("other_code")["area_code"]
    assert codes["avon-and-somerset"] == "E23000036"
    assert pd.isna(codes["btp"])
    population = landed(home, "ons_geography__area_measurement")
    assert population[["vintage", "area_code", "value"]].to_numpy().tolist() == [[2010, "E23000036", 1623200]]
    # Once for the code, once for the number.
    assert [row for _, _, row in quarantined(home)] == [4, 4]
    assert "nearest: [Kent Police] (E23000032)" in quarantined(home)[0][1]
    assert result.rows_in == 5


def test_numbers_that_only_the_files_name_dates_need_a_year_in_it(
    tmp_path: Path, intake: TakeIn, landed: Landed
) -> None:
    text = as_csv(["PFA 2023 Code", "PFA 2023 Name", "Population"], [["E23000002", "Cumbria", "510680"]])
    result, home = intake("ons_geography", put(tmp_path / "pfa_population_2024.csv", text))
    assert result.problems == []
    assert landed(home, "ons_geography__area_measurement").iloc[0]["vintage"] == 2024
    result, _ = intake("ons_geography", put(tmp_path / "pfa_population.csv", text))
    assert "no column says of which year the numbers are" in result.problems[0].text


def test_a_measurement_that_is_no_number_is_quarantined(tmp_path: Path, intake: TakeIn, landed: Landed) -> None:
    header = ["LAD21CD", "LAD21NM", "AREAEHECT", "AREACHECT", "AREAIHECT", "AREALHECT"]
    rows = [["E06000001", "Hartlepool", "9835.11", "9371.7", "-", "9371.7"]]
    _, home = intake("ons_geography", put(tmp_path / "sizes.csv", as_csv(header, rows)))
    assert quarantined(home) == [("-", "this is not a number", 2)]
    assert landed(home, "ons_geography__area_measurement").set_index("measure")["value"].to_dict() == {
        "extent_of_the_realm": 9835.11,
        "clipped_to_coastline": 9371.7,
        "land": 9371.7,
    }


@pytest.mark.parametrize(
    ("prefix", "code", "level"),
    [
        ("LSOA21", "E01000001", "lower_layer_super_output_area"),
        ("ICB23", "E54000008", "integrated_care_board"),
        ("RGN24", "E12000001", "region"),
        ("LHB19", "W11000023", "local_health_board"),
        ("FRA24", "E31000001", "fire_and_rescue_authority"),
    ],
)
def test_a_list_of_names_of_any_known_level_is_recognised_and_read(
    prefix: str, code: str, level: str, tmp_path: Path, sources: Catalogue, intake: TakeIn, landed: Landed
) -> None:
    path = put(tmp_path / "names.csv", as_csv([f"{prefix}CD", f"{prefix}NM", "ObjectId"], [[code, "Somewhere", "1"]]))
    assert recognise(LooseFile(path), sources).source_ids == ("ons_geography",)
    result, home = intake("ons_geography", path)
    assert result.problems == []
    name = landed(home, "ons_geography__area_name").iloc[0]
    assert (name["area_level"], name["area_code"]) == (level, code)
