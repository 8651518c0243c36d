"""Telling which source a loose file belongs to."""

from __future__ import annotations

import gzip
import random
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
import xlwt

from sources import catalogue
from sources.catalogue import Catalogue
from sources.recognise import LooseFile, Recognition, catalogue_fingerprint, kind_by_bytes, recognise
from tests import otherworld

_ROWS = [["E06000001", "Hartlepool", "2024-07", 7, ""]]
_TEXT = otherworld.published_file(_ROWS)
_ERROR_PAGE = "<!DOCTYPE html>\n<html><head><title>504</title></head><body>Gateway Time-out</body></html>\n"
_WITH_SHEETS = """\
  sheets:
    - ['Dragons', 'Notes( and definitions)?']
"""


@pytest.fixture
def with_sheets(otherworld_root: Path) -> Catalogue:
    """The made-up source, known by its sheets besides."""
    path = otherworld_root / "national/otherworld_office/dragon_sightings/contract.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  exclude:", _WITH_SHEETS + "  exclude:"), encoding="utf-8")
    return catalogue.load(otherworld_root)


def _file(folder: Path, name: str, content: str | bytes) -> LooseFile:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return LooseFile(path)


def _zip(folder: Path, name: str, *members: str) -> LooseFile:
    with zipfile.ZipFile(folder / name, "w") as archive:
        for member in members:
            archive.writestr(member, _TEXT)
    return LooseFile(folder / name)


def _workbook(folder: Path, name: str, *sheets: str) -> LooseFile:
    with xlsxwriter.Workbook(folder / name) as book:
        for sheet in sheets:
            book.add_worksheet(sheet).write(0, 0, "x")
    return LooseFile(folder / name)


@pytest.mark.parametrize("name", ["dragon-sightings-2024-07.csv", "Copy of export (3).csv", "x.txt", "noextension"])
def test_a_text_file_is_known_by_its_header_whatever_it_is_called(
    tmp_path: Path, otherworld_catalogue: Catalogue, name: str
) -> None:
    assert recognise(_file(tmp_path, name, _TEXT), otherworld_catalogue) == Recognition((otherworld.SOURCE_ID,))


@pytest.mark.parametrize(
    "content",
    [
        _TEXT.encode("utf-8-sig"),
        _TEXT.encode("utf-16"),
        _TEXT.replace("Hartlepool", "Ynys Môn").encode("cp1252"),
        _TEXT.replace("\n", "\r").encode(),
        _TEXT.replace("\n", "\r\n").encode(),
        _TEXT.upper().encode(),
        _TEXT.replace("Area name", "  Area   name ").encode(),
        _TEXT.replace("Area code,Area name", "Remarks 2,Area name,Area code").encode(),
    ],
)
def test_encoding_line_ends_case_space_and_order_do_not_hide_a_header(
    tmp_path: Path, otherworld_catalogue: Catalogue, content: bytes
) -> None:
    assert recognise(_file(tmp_path, "a.csv", content), otherworld_catalogue).source_ids == (otherworld.SOURCE_ID,)


def test_a_file_of_tabs_is_split_at_its_tabs(tmp_path: Path, otherworld_catalogue: Catalogue) -> None:
    found = recognise(_file(tmp_path, "a.tsv", _TEXT.replace(",", "\t")), otherworld_catalogue)
    assert found.source_ids == (otherworld.SOURCE_ID,)


def test_a_header_below_the_first_40_lines_is_not_looked_for(tmp_path: Path, otherworld_catalogue: Catalogue) -> None:
    last, below = "note\n" * 37 + _TEXT, "note\n" * 38 + _TEXT
    assert recognise(_file(tmp_path, "a.csv", last), otherworld_catalogue).source_ids
    assert not recognise(_file(tmp_path, "b.csv", below), otherworld_catalogue).source_ids


def test_a_name_that_is_excluded_is_not_taken_for_its_header(tmp_path: Path, otherworld_catalogue: Catalogue) -> None:
    assert not recognise(_file(tmp_path, "Dragon-TEMPLATE.csv", _TEXT), otherworld_catalogue).source_ids


def test_a_file_with_neither_header_nor_sheets_is_known_by_its_name(tmp_path: Path, otherworld_root: Path) -> None:
    contract = otherworld_root / "national" / "otherworld_office" / "dragon_sightings" / "contract.yaml"
    text = contract.read_text(encoding="utf-8")
    contract.write_text(text.replace("recognise:\n", "recognise:\n  name: ['dragons.*']\n", 1), encoding="utf-8")
    dragons = catalogue.load(otherworld_root)
    assert recognise(_file(tmp_path, "dragons.json", '{"seen": 3}'), dragons).source_ids == (otherworld.SOURCE_ID,)
    assert not recognise(_file(tmp_path, "dragons.csv", "no,header\nof,theirs\n"), dragons).source_ids


def test_a_zip_is_known_by_a_member_and_not_by_its_name(tmp_path: Path, otherworld_catalogue: Catalogue) -> None:
    ours = _zip(tmp_path, "latest.zip", "readme.txt", "2024/Dragon-Sightings-2024-07.csv")
    other = _zip(tmp_path, "dragon-sightings.zip", "griffins.csv")
    assert recognise(ours, otherworld_catalogue).source_ids == (otherworld.SOURCE_ID,)
    assert not recognise(other, otherworld_catalogue).source_ids


def test_the_hidden_twins_that_a_mac_puts_into_a_zip_are_nobodys_files(
    tmp_path: Path, otherworld_catalogue: Catalogue
) -> None:
    members = ("__MACOSX/dragon-sightings-2024-07.csv", ".Trash/dragon-sightings-2024-07.csv")
    assert not recognise(_zip(tmp_path, "a.zip", *members), otherworld_catalogue).source_ids


def test_a_zip_may_serve_several_sources(tmp_path: Path, otherworld_root: Path) -> None:
    folder = otherworld_root / "local" / "dragons"
    folder.mkdir(parents=True)
    (folder / "contract.yaml").write_text(otherworld.CONTRACT, encoding="utf-8")
    found = recognise(_zip(tmp_path, "a.zip", "dragon-sightings-1.csv"), catalogue.load(otherworld_root))
    assert found.source_ids == ("local_dragons", otherworld.SOURCE_ID)


def test_a_workbook_is_known_by_its_sheets_all_of_a_set(tmp_path: Path, with_sheets: Catalogue) -> None:
    whole = _workbook(tmp_path, "renamed.xlsx", "Cover", "dragons", "Notes and definitions")
    assert recognise(whole, with_sheets).source_ids == (otherworld.SOURCE_ID,)
    half = recognise(_workbook(tmp_path, "half.xlsx", "Dragons", "Griffins"), with_sheets)
    assert half == Recognition((), f"{otherworld.SOURCE_ID} (50% of its sheets)")


def test_a_workbook_of_one_sheet_is_known_by_its_title_and_one_of_several_is_not(
    tmp_path: Path, otherworld_root: Path
) -> None:
    path = otherworld_root / "national/otherworld_office/dragon_sightings/contract.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  exclude:", "  title: ['dragons seen in 2\\d{3}']\n  exclude:"), encoding="utf-8")
    known = catalogue.load(otherworld_root)

    def titled(name: str, title: str, *others: str) -> LooseFile:
        with xlsxwriter.Workbook(tmp_path / name) as book:
            book.add_worksheet("Data").write(2, 1, title)
            for other in others:
                book.add_worksheet(other).write(0, 0, title)
        return LooseFile(tmp_path / name)

    assert recognise(titled("a.xlsx", " Dragons seen in 2024 "), known).source_ids == (otherworld.SOURCE_ID,)
    assert recognise(titled("b.xlsx", "Dragons seen in 2024", "Notes"), known).source_ids == ()
    assert recognise(titled("c.xlsx", "Griffins seen in 2024"), known).source_ids == ()
    assert recognise(_workbook(tmp_path, "d.xlsx", "Empty"), known).source_ids == ()


def test_a_file_that_nearly_fits_is_not_taken_and_the_nearest_is_said(
    tmp_path: Path, otherworld_catalogue: Catalogue
) -> None:
    found = recognise(_file(tmp_path, "a.csv", _TEXT.replace("Dragons seen", "Dragons heard")), otherworld_catalogue)
    assert found == Recognition((), f"{otherworld.SOURCE_ID} (75% of its header)")


def test_a_file_that_is_like_nothing_has_no_nearest(tmp_path: Path, otherworld_catalogue: Catalogue) -> None:
    assert recognise(_file(tmp_path, "shopping.csv", "eggs,milk\n1,2\n"), otherworld_catalogue) == Recognition(())


def test_a_text_packed_with_gzip_is_known_by_its_header(tmp_path: Path, otherworld_catalogue: Catalogue) -> None:
    packed = gzip.compress(otherworld.published_file([["E06000001", "A place", "2024-07", 3, ""]]).encode())
    found = recognise(_file(tmp_path, "anything.csv.gz", packed), otherworld_catalogue)
    assert found.source_ids == (otherworld.SOURCE_ID,)
    assert not recognise(_file(tmp_path, "cut.csv.gz", packed[:20]), otherworld_catalogue).source_ids


@pytest.mark.parametrize("name", ["dragon-sightings-2024-07.csv", "a.xlsx", "a.zip", "a.xls", "a.ods"])
def test_an_error_page_is_nothing_under_any_name_and_is_called_one(
    tmp_path: Path, with_sheets: Catalogue, name: str
) -> None:
    found = recognise(_file(tmp_path, name, _ERROR_PAGE), with_sheets)
    assert found.source_ids == ()
    assert "it is a web page" in str(found.nearest)


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".txt", "", ".xlsx", ".xls", ".ods", ".zip", ".pdf", ".docx"])
def test_binary_junk_and_an_empty_file_are_nothing_under_any_name(
    tmp_path: Path, with_sheets: Catalogue, suffix: str
) -> None:
    for seed in range(5):
        junk = random.Random(seed).randbytes(5_000)
        assert recognise(_file(tmp_path, f"junk{suffix}", junk), with_sheets).source_ids == ()
    empty = recognise(_file(tmp_path, f"empty{suffix}", b""), with_sheets)
    assert empty == Recognition((), "none, but it is empty")


def test_a_zip_cut_short_at_any_place_is_nothing_and_said_to_be_broken(
    tmp_path: Path, otherworld_catalogue: Catalogue
) -> None:
    whole = _zip(tmp_path, "a.zip", "dragon-sightings-1.csv").path.read_bytes()
    for length in range(4, len(whole), 37):
        found = recognise(_file(tmp_path, "cut.zip", whole[:length]), otherworld_catalogue)
        assert found.source_ids == ()
        assert "cannot be opened as a zip" in str(found.nearest)


def test_a_workbook_cut_short_at_any_place_is_nothing_and_stops_nobody(tmp_path: Path, with_sheets: Catalogue) -> None:
    old = xlwt.Workbook()
    for name in ("Dragons", "Notes"):
        old.add_sheet(name).write(0, 0, "x")
    old.save(str(tmp_path / "whole.xls"))
    assert recognise(LooseFile(tmp_path / "whole.xls"), with_sheets).source_ids == (otherworld.SOURCE_ID,)
    new = _workbook(tmp_path, "whole.xlsx", "Dragons", "Notes").path.read_bytes()
    for name, whole in (("cut.xls", (tmp_path / "whole.xls").read_bytes()[:4_500]), ("cut.xlsx", new)):
        for length in range(8, len(whole), 211):
            assert recognise(_file(tmp_path, name, whole[:length]), with_sheets).source_ids == ()


def test_a_blob_is_looked_into_by_the_name_that_it_came_under(tmp_path: Path, otherworld_catalogue: Catalogue) -> None:
    blob = _zip(tmp_path, "0a1b2c", "dragon-sightings-1.csv").path
    assert recognise(LooseFile(blob, "latest.zip"), otherworld_catalogue).source_ids == (otherworld.SOURCE_ID,)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"PK\x03\x04rest", "zip"),
        (b"PK\x05\x06" + b"\0" * 18, "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
        (b"%PDF-1.7", "pdf"),
        (b"\xef\xbb\xbf \r\n<!doctype HTML>", "html"),
        (b"<html lang='cy'>", "html"),
        (b"<?xml version='1.0'?><!DOCTYPE html><html>", "html"),
        (b"<?xml version='1.0'?><data/>", "text"),
        (b'{"error": 404}', "json"),
        (b"Area code,Value\n", "text"),
        ("Area code,Value\n".encode("utf-16"), "text"),
        (b"", "text"),
        (b"\x7fELF\x02\x01\x01\x00", "binary"),
    ],
)
def test_the_first_bytes_say_what_a_file_is(head: bytes, kind: str) -> None:
    assert kind_by_bytes(head) == kind


def test_files_are_looked_at_again_when_a_contract_recognises_them_another_way(otherworld_root: Path) -> None:
    before = catalogue_fingerprint(catalogue.load(otherworld_root))
    path = otherworld_root / "national/otherworld_office/dragon_sightings/contract.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("unit: dragons", "unit: beasts"), encoding="utf-8")
    assert catalogue_fingerprint(catalogue.load(otherworld_root)) == before
    path.write_text(text.replace("-template", "-draft"), encoding="utf-8")
    assert catalogue_fingerprint(catalogue.load(otherworld_root)) != before
