"""The prison register and lists of prisons: the sample reads back, and what may change next is read or refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.places.names import UnknownNameError, register
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.workbooks import Sheets, quarantined, rewrite, row_of

SOURCE = "hmpps_prison_register"

Landed = Callable[[Home, str], pd.DataFrame]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("prison_register")
    sources[SOURCE].sample.write(folder, seed=1, scale=1.0)
    return folder


@pytest.fixture
def changed_sites(sample: Path, tmp_path: Path) -> Callable[[Callable[[list[dict[str, Any]]], None]], Path]:
    """The map's sites with a change."""

    def write(change: Callable[[list[dict[str, Any]]], None]) -> Path:
        sites = json.loads((sample / "hmpps_sites_map.json").read_text(encoding="utf-8"))
        change(sites)
        target = tmp_path / "hmpps_sites_map.json"
        target.write_text(json.dumps(sites), encoding="utf-8")
        return target

    return write


def changed_text(path: Path, target: Path, old: str, new: str) -> Path:
    text = path.read_bytes().decode()
    assert old in text
    target.write_bytes(text.replace(old, new, 1).encode())
    return target


def test_the_sample_reads_back_whole_and_is_recognised(
    intake: TakeIn, landed: Landed, sample: Path, sources: Catalogue
) -> None:
    files = sorted(sample.iterdir())
    assert {recognise(LooseFile(path), sources).source_ids for path in files} == {(SOURCE,)}
    result, home = intake(SOURCE, *files)
    assert result.problems == [] and result.rows_quarantined == 0
    rows = {table: len(landed(home, f"{SOURCE}__{table}")) for table in sources[SOURCE].contract.tables}
    assert sum(rows.values()) == result.rows_in == result.rows_landed
    prisons = landed(home, f"{SOURCE}__prison").set_index("prison_code")
    assert prisons.loc["LEI", ["prison_name", "is_active", "holds_women"]].tolist() == ["Leeds (HMP)", True, False]
    assert prisons.loc["HYI", ["prison_name", "is_active"]].tolist() == ["Holloway (HMP)", False]
    estate = landed(home, f"{SOURCE}__estate")
    assert len(estate) == int(prisons.is_active.sum()) == rows["listing"]
    assert set(estate.prison_code) == set(prisons.index[prisons.is_active])
    assert set(estate.edition) == {"Revised July 2026"}
    assert landed(home, f"{SOURCE}__site").site_type.tolist().count("probation_centre") == 43


def test_columns_may_move_and_the_page_heads_and_the_key_are_no_prisons(
    intake: TakeIn, landed: Landed, sample: Path, tmp_path: Path
) -> None:
    def turn(sheets: Sheets) -> None:
        rows = sheets["Prison Estate"]
        rows.insert(0, [""])
        for row in rows:
            row[:] = [*row[1:12], row[0]] if len(row) == 12 else row

    turned = rewrite(sample / "Prison_Estate_register.xlsx", tmp_path / "turned.xlsx", turn)
    columns = ["prison_code", "prison_name", "probation_region", "postcode", "resettlement_regions", "list_number"]
    read = []
    for path in (sample / "Prison_Estate_register.xlsx", turned):
        result, home = intake(SOURCE, path)
        assert result.problems == [] and result.rows_quarantined == 0
        frame = landed(home, f"{SOURCE}__estate")
        read.append(frame.loc[frame.source_file == path.name, columns].reset_index(drop=True))
    pd.testing.assert_frame_equal(*read)
    assert len(read[0]) > 100 and read[0].list_number.tolist() == list(range(1, len(read[0]) + 1))
    assert read[0].resettlement_regions.str.endswith("; National Resource").all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows, header: rows[header].__setitem__(1, "HMPPS Area"), "the unknown columns [HMPPS Area]"),
        (lambda rows, header: rows.__delitem__(header), "a prison stands above the header"),
    ],
)
def test_prisons_above_the_header_of_a_later_page_are_not_passed_over(
    change: Callable[[list[list[Any]], int], None], said: str, intake: TakeIn, sample: Path, tmp_path: Path
) -> None:
    def take_away(sheets: Sheets) -> None:
        rows = sheets["Prison Estate"]
        change(rows, row_of(rows, "Prison"))

    result, _ = intake(SOURCE, rewrite(sample / "Prison_Estate_register.xlsx", tmp_path / "pages.xlsx", take_away))
    assert result.rows_landed == 0 and said in result.problems[0].text and "row 2" in result.problems[0].text


def test_a_word_for_the_lists_own_number_sets_its_prison_aside(intake: TakeIn, sample: Path, tmp_path: Path) -> None:
    def mark(sheets: Sheets) -> None:
        rows = sheets["Prison Estate"]
        rows[row_of(rows, "Leeds")][11] = "n/a"

    result, home = intake(SOURCE, rewrite(sample / "Prison_Estate_register.xlsx", tmp_path / "marked.xlsx", mark))
    assert (result.problems, result.rows_quarantined) == ([], 1)
    (row,) = quarantined(home)
    assert (row["reason"], row["source_column"]) == ("[n/a] is no number such as the column has", "L")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("nomis-codes.tsv", "name", "title", "expected the missing columns [name]"),
        ("nomis_reference_region.csv", "description", "words", "expected the missing columns [description]"),
        ("prison_register.csv", "prison_id", "prison_number", "expected the missing columns [prison_id]"),
    ],
)
def test_a_list_with_another_header_is_refused_by_its_own_columns(
    file: str, old: str, new: str, said: str, intake: TakeIn, sample: Path, tmp_path: Path
) -> None:
    result, _ = intake(SOURCE, changed_text(sample / file, tmp_path / file, old, new))
    (problem,) = result.problems
    assert problem.kind == "header_changed" and said in problem.text and f"[{new}]" in problem.text


def test_a_list_below_a_title_is_refused_by_the_headers_that_are_known(
    intake: TakeIn, sample: Path, tmp_path: Path
) -> None:
    path = tmp_path / "nomis-codes.tsv"
    path.write_bytes(b"Codes of prisons\n" + (sample / "nomis-codes.tsv").read_bytes())
    (problem,) = intake(SOURCE, path)[0].problems
    assert "row 1" in problem.text and "[codes of prisons]" in problem.text and "[nomis], [name];" in problem.text


def test_a_prison_below_the_end_of_the_list_is_refused(intake: TakeIn, sample: Path, tmp_path: Path) -> None:
    def part(sheets: Sheets) -> None:
        rows = sheets["Prison Estate"]
        rows.insert(row_of(rows, "Leeds"), [""])

    result, _ = intake(SOURCE, rewrite(sample / "Prison_Estate_register.xlsx", tmp_path / "parted.xlsx", part))
    (problem,) = result.problems
    assert problem.kind == "header_changed"
    assert "a prison stands below the end of the list" in problem.text and "[Leeds]" in problem.text


def test_a_list_that_stops_before_its_key_is_refused(intake: TakeIn, sample: Path, tmp_path: Path) -> None:
    def stop(sheets: Sheets) -> None:
        rows = sheets["Prison Estate"]
        del rows[row_of(rows, "Leeds") :]

    result, _ = intake(SOURCE, rewrite(sample / "Prison_Estate_register.xlsx", tmp_path / "stopped.xlsx", stop))
    assert "the list has no end" in result.problems[0].text and result.rows_landed == 0


def test_a_prison_of_an_unknown_name_is_quarantined_with_the_nearest(
    intake: TakeIn, sample: Path, tmp_path: Path
) -> None:
    def misspell(sheets: Sheets) -> None:
        rows = sheets["Prison Estate"]
        rows[row_of(rows, "Leeds")][0] = "Leads"

    result, home = intake(SOURCE, rewrite(sample / "Prison_Estate_register.xlsx", tmp_path / "misspelt.xlsx", misspell))
    assert result.problems == [] and result.rows_quarantined == 1
    (row,) = quarantined(home)
    assert row["cell"] == "Leads" and row["source_column"] == "A"
    assert "no prison is known by the name [Leads]; nearest: [Leeds] (LEI)" in row["reason"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("gp_practice_code", "gp_code", "the unknown columns [gp_code]"),
        (",Synthetic Town,", ",", "the record has not the header's number of cells"),
        ("Askham Grange (HMP),1", "Askham Grange (HMP),perhaps", "expected 1, 0, true or false; found [perhaps]"),
    ],
)
def test_a_register_with_another_header_a_cell_too_few_or_an_odd_flag_is_refused(
    intake: TakeIn, sample: Path, tmp_path: Path, old: str, new: str, said: str
) -> None:
    result, _ = intake(SOURCE, changed_text(sample / "prison_register.csv", tmp_path / "register.csv", old, new))
    assert result.rows_landed == 0
    assert said in result.problems[0].text and "[register.csv]" in result.problems[0].text


def test_a_list_cut_in_the_middle_of_a_record_is_refused(intake: TakeIn, sample: Path, tmp_path: Path) -> None:
    raw = (sample / "nomis-codes.tsv").read_bytes()
    cut = tmp_path / "nomis-codes.tsv"
    cut.write_bytes(raw[: raw.rindex(b"\t") - 1])
    result, _ = intake(SOURCE, cut)
    assert "The file may have been cut short" in result.problems[0].text and result.rows_landed == 0


def test_a_year_or_month_of_closing_is_its_last_day_and_other_words_are_none(
    intake: TakeIn, landed: Landed, tmp_path: Path
) -> None:
    rows = [("HMP Leeds", ""), ("HMP Holloway", "2016-02"), ("HMP Dover", "2015"), ("HMP Wolds", "2014-13")]
    path = tmp_path / "prison.tsv"
    lines = ["prison-estate\tname\tstart-date\tend-date", *(f"XX\t{name}\t\t{closed}" for name, closed in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    result, home = intake(SOURCE, path)
    assert result.problems == [] and result.rows_quarantined == 0
    frame = landed(home, f"{SOURCE}__listing").set_index("prison_code")
    closed_by = {str(code): str(day)[:10] for code, day in frame.closed_by.dropna().items()}
    assert closed_by == {"HYI": "2016-02-29", "DVI": "2015-12-31"}
    assert frame.loc["WOI", "closed"] == "2014-13" and set(frame.list_name) == {"register_2017"}


def test_the_interfaces_answer_reads_as_the_register_does(intake: TakeIn, landed: Landed, tmp_path: Path) -> None:
    answer = [
        {"prisonId": "LEI", "prisonName": "Leeds HMP", "active": True, "male": True, "female": False, "addresses": []},
        {
            "prisonId": "HDI",
            "prisonName": "Hatfield (HMP & YOI)",
            "active": True,
            "lthse": False,
            "categories": ["C", "B"],
            "types": [{"code": "YOI", "description": "Young"}, {"code": "HMP", "description": "Prison"}],
            "operators": [{"name": "PSP"}],
            "addresses": [{"town": "Doncaster", "postcode": "DN7 6FA"}, {"town": "Doncaster", "postcode": "DN7 6EL"}],
        },
    ]
    path = tmp_path / "prison_register_prisons.json"
    path.write_text(json.dumps(answer), encoding="utf-8")
    result, home = intake(SOURCE, path)
    assert (result.problems, result.rows_in, result.rows_landed) == ([], 3, 3)
    frame = landed(home, f"{SOURCE}__prison").sort_values(["prison_code", "address_number"])
    columns = ["prison_code", "address_number", "postcode", "types", "categories", "operators"]
    assert frame[columns].replace({float("nan"): None}).values.tolist() == [
        ["HDI", 1, "DN7 6FA", "HMP,YOI", "B,C", "PSP"],
        ["HDI", 2, "DN7 6EL", "HMP,YOI", "B,C", "PSP"],
        ["LEI", 1, None, None, None, None],
    ]


def test_a_site_without_a_name_is_quarantined_and_a_local_authority_of_no_name_is_noted(
    intake: TakeIn, landed: Landed, changed_sites: Callable[..., Path]
) -> None:
    def change(sites: list[dict[str, Any]]) -> None:
        labels = [line.split(":")[0] for line in sites[0]["description"].split("\n") if ":" in line]
        sites[0] |= {"name": "", "description": "\n".join(f"{label}: " for label in labels)}
        office = next(site for site in sites if site["type"] == "probation_centre")
        office["description"] = office["description"].replace("Local Authority: ", "Local Authority: Wisbech or ")

    result, home = intake(SOURCE, changed_sites(change))
    assert result.problems == [] and result.rows_in == result.rows_landed + 1
    assert quarantined(home)[0]["reason"] == "the site has no name and says nothing"
    assert any("Wisbech or " in note for note in result.notes)
    offices = landed(home, f"{SOURCE}__site").query("site_type == 'probation_centre'")
    assert offices[offices.local_authority_name.str.startswith("Wisbech")].local_authority_code.isna().all()
    assert offices.local_authority_code.notna().sum() == 42
    assert set(offices.public_email) == {"one@example.org; two@example.org"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Predominant Function: ", "Main Function: ", "expected [Address], [Prison Region]"),
        ("Operator: ", "Address: ", "each once"),
    ],
)
def test_a_site_described_in_other_words_is_refused(
    intake: TakeIn, changed_sites: Callable[..., Path], old: str, new: str, said: str
) -> None:
    def change(sites: list[dict[str, Any]]) -> None:
        sites[1]["description"] = sites[1]["description"].replace(old, new)

    result, _ = intake(SOURCE, changed_sites(change))
    (problem,) = result.problems
    assert problem.kind == "header_changed" and said in problem.text and "row 2" in problem.text


def test_an_error_page_under_the_maps_name_is_refused(intake: TakeIn, tmp_path: Path) -> None:
    page = tmp_path / "hmpps_sites_map.json"
    page.write_text("<!DOCTYPE html><html><body>403 Forbidden</body></html>", encoding="utf-8")
    result, _ = intake(SOURCE, page)
    assert result.rows_landed == 0 and "hmpps_sites_map.json" in result.problems[0].text


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Leeds", "LEI"),
        ("HMP/YOI Altcourse", "ACI"),
        ("ALTCOURSE (HMP)", "ACI"),
        ("HMP & YOI Bronzefield", "BZI"),
        ("GLEN PARVA (HMPYOI & RC)", "GPI"),
        ("Mount (The)", "MTI"),
        ("Verne (IRC)", "VEI"),
        ("Oakhill STC", "STC3"),
        ("Feltham", "FMI"),
        ("HMYOI Feltham", "FMI"),
        ("Feltham (HMYOI)", "FYI"),
        ("Peterborough Female", "PFI"),
        ("Peterborough Male", "PBI"),
        ("Grendon/ Spring Hill", "GNI"),
        ("Spring Hill", "SPI"),
        ("Usk\\Prescoed", "UKI"),
        ("Prescoed", "UPI"),
        ("Moorland / Hatfield", "MDI"),
        ("Hatfield", "HDI"),
        ("IoW: Albany", "ALI"),
        ("Isle of Wight", "IWI"),
        ("Acklington / Castington", "NLI"),
        ("Acklington", "AKI"),
        ("Elmley (Sheppey cluster)", "EYI"),
    ],
)
def test_a_prison_is_known_by_its_names_with_and_without_designation(name: str, code: str) -> None:
    assert register("prison").resolve(name) == code


@pytest.mark.parametrize("name", ["Sheppey", "Shepton Mallet / Erlestoke", "HMP", "Hill", "Total"])
def test_a_cluster_without_a_code_and_a_part_of_a_name_are_nobodys(name: str) -> None:
    with pytest.raises(UnknownNameError, match="no prison is known by the name"):
        register("prison").resolve(name)


def test_a_closed_prisons_name_still_means_it_after_its_time() -> None:
    assert register("prison").resolve("Holloway", on=date(2024, 1, 1)) == "HYI"
    assert register("prison").current_name("NLI") == "Northumberland"
