"""Police recorded crime: the sample reads back and adds up, and what may change next is read or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue, Source
from sources.home import Home
from sources.reading import PublishedFile
from sources.recognise import LooseFile, recognise
from sources.writing import write_csv
from tests.conftest import TakeIn
from tests.sources.workbooks import Sheets, quarantined, rewrite, row_of

SOURCE = "ho_recorded_crime"
OFFENCE, HEADLINE = f"{SOURCE}__offence", f"{SOURCE}__headline"
FORCES, PARTNERSHIPS = "prc-pfa-mar2013-onwards-tables-221026.ods", "prc-csp-mar2021-mar2026-tables-221026.xlsx"
WORKBOOK, REFERENCE = "policeforceareatablesyejune2026.xlsx", "prc-geog-ref-table-221026.csv"
HEADER = ("Financial Year", "Financial Quarter", "Force Name", "Offence Description", "Offence Group")
HEADER += ("Offence Subgroup", "Offence Code", "Number of Offences")
ASSAULT = ("Assault with injury", "Violence against the person", "Violence with injury", "8N")

Landed = Callable[[Home, str], pd.DataFrame]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("ho_recorded_crime")
    sources[SOURCE].sample.write(folder, seed=1, scale=1.0)
    return folder


@pytest.fixture
def changed(sample: Path, tmp_path: Path) -> Callable[[Callable[[Sheets], None]], Path]:
    """The workbook of ONS with a change to its cells."""
    return lambda change: rewrite(sample / WORKBOOK, tmp_path / WORKBOOK, change)


def figures(source: Source, path: Path) -> list[tuple]:
    """The headline figures of a workbook, without where they were read; nothing may be quarantined."""
    file = PublishedFile(path, path.name, "0" * 64)
    found = {table.table: table for table in source.reader.read(file, source.contract)}["headline"]
    assert found.quarantined == []
    kept = ["table_number", "measure", "offence", "part_of", "period_start", "period_end", "area_level", "area_code"]
    kept += ["area_name", "police_force_code", "district_code", "is_total", "unit", "value", "status"]
    return sorted(tuple(map(str, row)) for row in found.frame[kept].itertuples(index=False))


@pytest.fixture(scope="session")
def before(sample: Path, sources: Catalogue) -> list[tuple]:
    """The headline figures of the sample as it is written."""
    return figures(sources[SOURCE], sample / WORKBOOK)


def test_the_sample_reads_back_with_nothing_quarantined(intake: TakeIn, landed: Landed, sample: Path) -> None:
    result, home = intake(SOURCE, *sorted(sample.iterdir()))
    assert result.problems == [] and result.rows_quarantined == 0
    assert result.rows_in == result.rows_landed
    offences = landed(home, OFFENCE)
    assert offences.area_level.value_counts().to_dict() == {
        "community_safety_partnership": 628,
        "police_force_area": 1075,
        "unassigned": 86,
        "national_body": 15,
        "transport_police": 25,
    }
    assert offences[offences.area_level == "police_force_area"].area_code.nunique() == 43
    assert str(offences.period_end.max())[:10] == "2026-06-30"
    assert len(landed(home, f"{SOURCE}__csp_reference")) == 314


def test_partnerships_and_what_is_in_none_sum_to_their_force(intake: TakeIn, landed: Landed, sample: Path) -> None:
    _, home = intake(SOURCE, sample / FORCES, sample / PARTNERSHIPS)
    frame = landed(home, OFFENCE).query("offence_code == '8N' and police_force_code.notna()")
    keys = ["period_start", "police_force_code"]
    is_force = frame.area_level == "police_force_area"
    parts = frame[~is_force].groupby(keys).value.sum()
    assert len(parts) == 2 * 43
    assert parts.equals(frame[is_force].set_index(keys).value.reindex(parts.index))


def test_bodies_that_are_no_force_have_no_area_and_a_negative_count_stays(
    intake: TakeIn, landed: Landed, sample: Path
) -> None:
    _, home = intake(SOURCE, sample / FORCES, sample / PARTNERSHIPS)
    frame = landed(home, OFFENCE)
    bodies = frame[frame.area_level.isin(["national_body", "transport_police"])]
    assert set(bodies.police_force_name) == {"Action Fraud", "CIFAS", "UK Finance", "British Transport Police"}
    assert bodies.area_code.isna().all() and bodies.police_force_code.isna().all()
    kent = frame.query("area_name == 'Unassigned Kent'")
    assert kent.value.tolist() == [-2, -2] and set(kent.status) == {"observed"}
    assert set(kent.police_force_code) == {"E23000032"} and kent.area_code.isna().all()


def test_the_workbooks_totals_are_marked_and_are_the_sums_of_their_parts(
    intake: TakeIn, landed: Landed, sample: Path
) -> None:
    _, home = intake(SOURCE, sample / WORKBOOK)
    frame = landed(home, HEADLINE)
    assert {str(day)[:10] for day in frame.period_start} == {"2025-07-01"} and set(frame.period_type) == {
        "rolling_year"
    }
    p1 = frame[frame.table_number == "P1"]
    by_level = p1.pivot_table(index="offence", columns="area_level", values="value", aggfunc="sum")
    countries = p1.loc[p1.area_level == "country"].pivot(index="offence", columns="area_code", values="value")
    assert by_level.police_force_area.equals(countries.E92000001 + countries.W92000004)
    assert by_level.region.equals(countries.E92000001)
    assert countries.K04000001.equals(by_level.police_force_area + by_level.transport_police)
    places = ["area_level", "area_name"]
    whole = p1.loc[p1.offence == "Total recorded crime (excluding fraud)"].set_index(places).value
    parts = p1.loc[p1.part_of == "Total recorded crime (excluding fraud)"].groupby(places).value.sum()
    assert len(parts) == 56 and (parts == whole.reindex(parts.index)).all()
    c2 = frame[frame.table_number == "C2"]
    sums = c2.groupby(["offence", "police_force_code", "is_total"]).value.sum().unstack("is_total")
    assert len(sums) == 2 * 43 and (sums[True] == sums[False]).all()


def test_a_marker_for_a_small_base_is_a_suppressed_change(intake: TakeIn, landed: Landed, sample: Path) -> None:
    _, home = intake(SOURCE, sample / WORKBOOK)
    changes = landed(home, HEADLINE).query("measure == 'percentage_change'")
    assert set(changes.unit) == {"per cent"} and set(changes.status) == {"observed", "suppressed"}
    assert changes[changes.status == "suppressed"].value.isna().all()


def test_combined_partnerships_list_every_district_under_the_name_above(
    intake: TakeIn, landed: Landed, sample: Path
) -> None:
    _, home = intake(SOURCE, sample / WORKBOOK)
    frame = landed(home, f"{SOURCE}__combined_district")
    dartford = frame[frame.community_safety_partnership_code == "E22000352"]
    assert dartford.district_code.tolist() == ["E07000107", "E07000109"]
    assert set(dartford.police_force_code) == {"E23000032"}


def _more_preamble(sheets: Sheets) -> None:
    for rows in sheets.values():
        rows.insert(1 if len(rows) < 9 else 3, ["Accredited official statistics"])


def _shifted_right(sheets: Sheets) -> None:
    for name, rows in sheets.items():
        sheets[name] = [["", "", *row] for row in rows]


def _other_notes_and_spellings(sheets: Sheets) -> None:
    for name in ("Table P1", "Table C2"):
        rows = sheets[name]
        header = row_of(rows, "Area Code" if name == "Table P1" else "Police Force")
        rows[header] = [str(cell).replace("note 2", "note 4,5").replace("\n", " \n ") for cell in rows[header]]
        rows[header][-1] = rows[header][-1].replace("Miscellaneous crimes against society", "Miscellaneous crimes")


def _columns_in_another_order(sheets: Sheets) -> None:
    rows = sheets["Table P1"]
    header = row_of(rows, "Area Code")
    for row in rows[header:]:
        row[2], row[5] = row[5], row[2]


def _other_sheet_names(sheets: Sheets) -> None:
    for name in [name for name in sheets if name.startswith("Table")]:
        sheets[name.removeprefix("Table ") + " "] = sheets.pop(name)


@pytest.mark.parametrize(
    "change",
    [_more_preamble, _shifted_right, _other_notes_and_spellings, _columns_in_another_order, _other_sheet_names],
)
def test_a_layout_that_moved_is_read_to_the_same_figures(
    change: Callable[[Sheets], None],
    sources: Catalogue,
    before: list[tuple],
    changed: Callable[[Callable[[Sheets], None]], Path],
) -> None:
    assert figures(sources[SOURCE], changed(change)) == before


def _with_an_unknown_offence(sheets: Sheets) -> None:
    rows = sheets["Table P1"]
    rows[row_of(rows, "Area Code")][4] = "Retail crime"


def _with_a_column_twice(sheets: Sheets) -> None:
    rows = sheets["Table P1"]
    rows[row_of(rows, "Area Code")][4] = "Robbery"


def _with_a_title_that_counts_nothing(sheets: Sheets) -> None:
    rows = sheets["Table P1"]
    rows[0][0] = rows[0][0].replace("number of offences", "share of offences")


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (_with_an_unknown_offence, "header_changed", ["sheet [Table P1]", "row 7", "[Retail crime]"]),
        (_with_a_column_twice, "header_changed", ["sheet [Table P1]", "[Robbery (twice)]"]),
        (_with_a_title_that_counts_nothing, "unreadable", ["sheet [Table P1]", "what the table counts"]),
    ],
)
def test_a_workbook_beyond_what_the_reader_knows_is_refused_with_its_place(
    change: Callable[[Sheets], None],
    kind: str,
    words: list[str],
    intake: TakeIn,
    changed: Callable[[Callable[[Sheets], None]], Path],
) -> None:
    result, _ = intake(SOURCE, changed(change))
    assert [problem.kind for problem in result.problems] == [kind]
    for word in [WORKBOOK, *words]:
        assert word in result.problems[0].text


def test_a_force_beside_another_forces_code_is_followed_only_where_the_row_names_it_twice(
    intake: TakeIn, landed: Landed, changed: Callable[[Callable[[Sheets], None]], Path]
) -> None:
    def swap(sheets: Sheets) -> None:
        rows = sheets["Table C2"]
        rows[row_of(rows, "Unassigned Gwent", column=3)][0] = "W15000003"
        rows[row_of(rows, "Torfaen", column=3)][0] = "W15000003"

    result, home = intake(SOURCE, changed(swap))
    assert result.problems == []
    assert any("[W15000003] is not of [Gwent]" in note for note in result.notes)
    gwent = landed(home, HEADLINE).query("area_name == 'Unassigned Gwent'")
    assert set(gwent.police_force_code) == {"W15000002"}
    cells = quarantined(home)
    assert len(cells) == 2 and all("not of the police force [Gwent], which is W15000002" in c["reason"] for c in cells)


def test_padded_counts_a_signed_nought_and_the_columns_that_copies_add_are_read(
    intake: TakeIn, landed: Landed, tmp_path: Path
) -> None:
    path = tmp_path / "copy.csv"
    rows = [["", *HEADER, "ITL1 region"]]
    for number, count in enumerate([" 1,203 ", "-00", "-45"]):
        rows.append([str(number), "2017/18", "4", "Kent", *ASSAULT, count, "UK"])
    write_csv(path, rows)
    result, home = intake(SOURCE, path)
    assert result.problems == [] and result.rows_quarantined == 0
    frame = landed(home, OFFENCE)
    assert frame.value.tolist() == [1203, 0, -45] and str(frame.value[1]) == "0.0"
    assert frame.part.tolist() == [1, 2, 3]
    assert {str(day)[:10] for day in frame.period_start} == {"2018-01-01"}


def test_unknown_names_years_and_counts_are_quarantined_with_their_place(
    intake: TakeIn, landed: Landed, tmp_path: Path
) -> None:
    path = tmp_path / "prc.csv"
    good = ["2017/18", "1", "Kent", *ASSAULT, "5"]
    bad = [
        ["2017/18", "1", "Northumbira", *ASSAULT, "5"],
        ["2017/19", "1", "Kent", *ASSAULT, "5"],
        ["2017/18", "5", "Kent", *ASSAULT, "5"],
        ["2017/18", "1", "Kent", *ASSAULT, "n/k"],
        ["2017/18", "1", "Kent", *ASSAULT, ""],
    ]
    write_csv(path, [HEADER, good, *bad])
    path.write_bytes(path.read_bytes() + b"2017/18,1,Kent,Assault with inj\r\n")
    result, home = intake(SOURCE, path)
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (7, 1, 6)
    reasons = {row["source_row"]: (row["cell"], row["source_column"], row["reason"]) for row in quarantined(home)}
    assert reasons[3][:2] == ("Northumbira", "C") and "(E23000007)" in reasons[3][2]
    assert "19 does not follow 2017" in reasons[4][2]
    assert "[5] is not a quarter" in reasons[5][2]
    assert reasons[6] == ("n/k", "H", "[n/k] is neither a number nor a marker that the contract knows")
    assert reasons[7][2] == "the row has no count"
    assert reasons[8][2] == "the record has 4 cells, the header 8"


def test_a_file_whose_last_line_has_no_end_is_refused_for_the_count_may_be_cut(intake: TakeIn, tmp_path: Path) -> None:
    path = tmp_path / "prc.csv"
    write_csv(path, [HEADER, ["2017/18", "1", "Kent", *ASSAULT, "512"]])
    path.write_bytes(path.read_bytes()[:-3])
    result, _ = intake(SOURCE, path)
    assert [problem.kind for problem in result.problems] == ["unreadable"]
    assert "prc.csv] row 2: the last line has no end" in result.problems[0].text and "[51]" in result.problems[0].text


def test_partnerships_that_ended_have_the_codes_of_the_reference_table(
    intake: TakeIn, landed: Landed, tmp_path: Path
) -> None:
    path = tmp_path / "csp.csv"
    header = [*HEADER[:2], "Police Force", "CSP Name", *HEADER[3:7], "Offence Count"]
    names = {"South Worcs_Wychavon": "West Mercia", "North Hampshire_Hart": "Hampshire", "Hart": "Kent"}
    write_csv(path, [header, *(["2017/18", "Q1", force, name, *ASSAULT, 3] for name, force in names.items())])
    result, home = intake(SOURCE, path)
    frame = landed(home, OFFENCE)
    assert frame.area_code.tolist() == ["E07000238", "E22000114"]
    assert frame.area_level.tolist() == ["local_authority_district", "community_safety_partnership"]
    # There was no such partnership in Kent.
    assert result.rows_quarantined == 1 and quarantined(home)[0]["cell"] == "Hart"


def test_a_partnership_that_no_register_has_is_quarantined_with_the_nearest(
    intake: TakeIn, sample: Path, tmp_path: Path
) -> None:
    def rename(sheets: Sheets) -> None:
        rows = sheets["2026_27"]
        rows[row_of(rows, "Ashford", column=3)][3] = "Ashforth"

    result, home = intake(SOURCE, rewrite(sample / PARTNERSHIPS, tmp_path / PARTNERSHIPS, rename))
    assert result.problems == [] and result.rows_quarantined == 1
    assert "[Ashforth]; nearest: [Ashford]" in quarantined(home)[0]["reason"]


def test_a_sheet_of_another_year_than_its_name_lands_nothing_of_it(
    intake: TakeIn, landed: Landed, sample: Path, tmp_path: Path
) -> None:
    def rename(sheets: Sheets) -> None:
        sheets["2024_25"] = sheets.pop("2026_27")

    result, home = intake(SOURCE, rewrite(sample / PARTNERSHIPS, tmp_path / PARTNERSHIPS, rename))
    assert result.rows_landed == result.rows_quarantined == 357
    assert set(landed(home, OFFENCE).financial_year) == {"2025/26"}
    assert "not the financial year that the sheet is named after" in quarantined(home)[0]["reason"]


def test_a_stacked_parquet_is_recognised_and_read_and_one_cut_short_is_not(
    intake: TakeIn, landed: Landed, tmp_path: Path, sources: Catalogue
) -> None:
    path = tmp_path / "stacked.parquet"
    names = ["FY", "Financial Quarter", "Force", "Offence Description", "Group", "Offence Subgroup", "Offence Code"]
    rows = [["2024/25", 2.0, "London, City of", *ASSAULT, 12.0, True], ["2024/25", 2.0, "CIFAS", *ASSAULT, 7.0, False]]
    pd.DataFrame(rows, columns=[*names, "n", "territorial"]).to_parquet(path)
    assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
    result, home = intake(SOURCE, path)
    assert result.problems == [] and result.rows_quarantined == 0
    frame = landed(home, OFFENCE)
    assert frame.area_code.fillna("").tolist() == ["E23000034", ""]
    assert frame.source_row.tolist() == [2, 3] and frame.financial_quarter.tolist() == [2, 2]
    half = tmp_path / "half.parquet"
    half.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    result, _ = intake(SOURCE, half)
    assert [problem.kind for problem in result.problems] == ["unreadable"]


def test_a_column_that_is_not_known_stops_the_file(intake: TakeIn, tmp_path: Path) -> None:
    path = tmp_path / "prc.csv"
    write_csv(path, [[*HEADER, "Outcome Type"], ["2017/18", "1", "Kent", *ASSAULT, "5", "1"]])
    result, _ = intake(SOURCE, path)
    assert [problem.kind for problem in result.problems] == ["header_changed"]
    assert "[Outcome Type]" in result.problems[0].text


def test_each_file_is_recognised_as_this_source_alone_and_says_that_it_is_synthetic(
    sample: Path, sources: Catalogue, tmp_path: Path
) -> None:
    for path in sample.iterdir():
        assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
    book: dict[str, str] = {}
    rewrite(sample / WORKBOOK, tmp_path / WORKBOOK, lambda s: book.update({k: str(v) for k, v in s.items()}))
    assert "SYNTHETIC" in book["Cover_sheet"]


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(tmp_path: Path, sources: Catalogue) -> None:
    contents = {}
    for name, seed in (("first", 3), ("again", 3), ("other", 4)):
        (tmp_path / name).mkdir()
        sources[SOURCE].sample.write(tmp_path / name, seed=seed, scale=0.2)
        contents[name] = [path.read_bytes() for path in sorted((tmp_path / name).iterdir())]
    assert contents["first"] == contents["again"] != contents["other"]
