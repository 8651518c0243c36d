"""Ambulance incidents by borough: the sample reads back, and what may change next is read or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from sources.catalogue import Catalogue
from sources.errors import ContractError
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.workbooks import Sheets, quarantined, rewrite, row_of

SOURCE, TABLE = "local_ambulance_incidents", "local_ambulance_incidents__incident"
KEY = ["category", "area_code", "area_name", "period_start", "period_end", "is_total", "value", "status"]
MONTHS = (2026 - 2022) * 12 + 9 - 1 + 1

Landed = Callable[[Home, str], pd.DataFrame]
Change = Callable[[Sheets], None]


@pytest.fixture(scope="session")
def long_sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    """The workbook of January 2022 to September 2026."""
    folder = tmp_path_factory.mktemp("ambulance_long")
    sources[SOURCE].sample.write(folder, seed=1, scale=1.0)
    return next(folder.iterdir())


@pytest.fixture(scope="session")
def short_sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    """A workbook of its last year."""
    folder = tmp_path_factory.mktemp("ambulance_short")
    sources[SOURCE].sample.write(folder, seed=1, scale=0.05)
    return next(folder.iterdir())


@pytest.fixture
def changed(short_sample: Path, tmp_path: Path) -> Callable[[Change], Path]:
    """The short workbook with a change to its cells."""
    return lambda change: rewrite(short_sample, tmp_path / "ambulance-borough-monthly.xlsx", change)


def figures(frame: pd.DataFrame) -> list[tuple]:
    """What was read, without where it was read."""
    return sorted(tuple(map(str, row)) for row in frame[KEY].itertuples(index=False))


def test_the_sample_reads_back_with_every_category_and_nothing_quarantined(
    intake: TakeIn, landed: Landed, long_sample: Path
) -> None:
    result, home = intake(SOURCE, long_sample)
    frame = landed(home, TABLE)
    assert result.problems == [] and result.notes == []
    assert (result.rows_in, result.rows_quarantined) == (result.rows_landed, 0)
    figures_of = frame.groupby("category").size().to_dict()
    binge = 34 * (MONTHS - 12)
    assert figures_of.pop("binge_drinking") == binge and set(figures_of.values()) == {34 * MONTHS}
    assert len(figures_of) == 10
    assert frame.area_code.nunique() == 33 and frame.area_code.dropna().str.fullmatch(r"E09\d{6}").all()
    assert (frame.period_start.min(), frame.period_end.max()) == (
        pd.Timestamp("2022-01-01"),
        pd.Timestamp("2026-09-30"),
    )
    assert not frame.duplicated(["category", "area_code", "period_start"]).any()


def test_the_sample_adds_up_to_its_totals_and_its_summary_is_not_below_them(
    intake: TakeIn, landed: Landed, long_sample: Path
) -> None:
    _, home = intake(SOURCE, long_sample)
    frame = landed(home, TABLE)
    parts = frame[~frame.is_total].groupby(["category", "period_start"]).value.sum()
    totals = frame[frame.is_total].set_index(["category", "period_start"]).value.sort_index()
    assert parts.equals(totals)
    rows = CalamineWorkbook.from_path(str(long_sample)).get_sheet_by_name("London Summary").to_python()
    knife = rows[0].index("KnifeInjury")
    last = rows[-1]
    total = totals["knife_injury", pd.Timestamp(last[0])]
    assert total <= last[knife] <= total * 1.05 + 5
    assert {row[0].__class__.__name__ for row in rows[8:]} == {"str", "date"}


def test_months_as_text_and_as_dates_stand_in_one_header(long_sample: Path) -> None:
    header = CalamineWorkbook.from_path(str(long_sample)).get_sheet_by_name("Heroin Overdose Report").to_python()[0]
    assert header[:3] == ["Code", "Borough", "Jan 2022"]
    assert {cell.__class__.__name__ for cell in header[2:]} == {"str", "date"}


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(tmp_path: Path, sources: Catalogue) -> None:
    contents = {}
    for name, seed in (("first", 3), ("other", 4), ("again", 3)):
        (tmp_path / name).mkdir()
        sources[SOURCE].sample.write(tmp_path / name, seed=seed, scale=0.05)
        contents[name] = next((tmp_path / name).iterdir()).read_bytes()
    assert contents["first"] == contents["again"] != contents["other"]


def test_the_sample_says_in_its_metadata_that_it_is_synthetic(short_sample: Path) -> None:
    metadata = CalamineWorkbook.from_path(str(short_sample)).get_sheet_by_name("Metadata").to_python()
    assert any("SYNTHETIC" in str(cell) for row in metadata for cell in row)


def test_the_workbook_is_recognised_by_its_sheets_whatever_its_name(
    short_sample: Path, tmp_path: Path, sources: Catalogue
) -> None:
    renamed = tmp_path / "download (3).xls"
    renamed.write_bytes(short_sample.read_bytes())
    assert recognise(LooseFile(renamed), sources).source_ids == (SOURCE,)


def _more_preamble(sheets: Sheets) -> None:
    for rows in sheets.values():
        rows[:0] = [["London Ambulance Service"], []]


def _shifted_right(sheets: Sheets) -> None:
    for name, rows in sheets.items():
        sheets[name] = [["", *row] for row in rows]


def _names_before_codes(sheets: Sheets) -> None:
    for name, rows in sheets.items():
        if name != "London Summary":
            sheets[name] = [[row[1], row[0], *row[2:]] for row in rows]


def _months_written_otherwise(sheets: Sheets) -> None:
    rows = sheets["Knife Injury Borough"]
    rows[0][2:] = [f"{cell:%B-%y}" for cell in rows[0][2:]]


def _figures_as_text(sheets: Sheets) -> None:
    rows = sheets["All Ambulance Attended"]
    for row in rows[1:]:
        row[2:] = [f"{cell:,.0f}" for cell in row[2:]]


def _boroughs_below_the_total(sheets: Sheets) -> None:
    rows = sheets["Gun Injury Borough"]
    rows[row_of(rows, "Total", column=1) + 1] = rows.pop(5)


@pytest.mark.parametrize(
    "change",
    [
        _more_preamble,
        _shifted_right,
        _names_before_codes,
        _months_written_otherwise,
        _figures_as_text,
        _boroughs_below_the_total,
    ],
)
def test_a_layout_that_moved_is_read_to_the_same_figures(
    change: Change,
    intake: TakeIn,
    landed: Landed,
    short_sample: Path,
    changed: Callable[[Change], Path],
    tmp_path: Path,
) -> None:
    _, home = intake(SOURCE, short_sample)
    before = figures(landed(home, TABLE))
    (tmp_path / "home").rename(tmp_path / "before")
    result, home = intake(SOURCE, changed(change))
    assert result.problems == [] and result.rows_quarantined == 0
    assert figures(landed(home, TABLE)) == before


def test_a_sheet_under_another_name_that_the_mapping_knows_is_read_and_noted(
    intake: TakeIn, landed: Landed, changed: Callable[[Change], Path]
) -> None:
    def rename(sheets: Sheets) -> None:
        sheets["Cocaine Overdose"] = sheets.pop("Cocaine Overdose Report")

    result, home = intake(SOURCE, changed(rename))
    assert result.problems == []
    assert any("[Cocaine Overdose], before on [Cocaine Overdose Report]" in note for note in result.notes)
    read = landed(home, TABLE).query("category == 'cocaine_overdose'")
    assert len(read) == 34 * 12 and set(read.source_sheet) == {"Cocaine Overdose"}


def _without_a_sheet(sheets: Sheets) -> None:
    del sheets["Heroin Overdose Report"]


def _with_a_sheet_that_no_mapping_knows(sheets: Sheets) -> None:
    sheets["Ketamine Overdose Report"] = sheets["Heroin Overdose Report"]


def _with_a_renamed_heading(sheets: Sheets) -> None:
    sheets["Knife Injury Borough"][0][1] = "Boro"


def _with_a_heading_that_is_no_month(sheets: Sheets) -> None:
    sheets["Knife Injury Borough"][0][4] = "Q3 2026"


def _with_a_month_twice(sheets: Sheets) -> None:
    header = sheets["Knife Injury Borough"][0]
    header[4] = header[3]


def _without_boroughs(sheets: Sheets) -> None:
    del sheets["Knife Injury Borough"][1:34]


def _of_nobody_known(sheets: Sheets) -> None:
    for name in list(sheets):
        sheets[name[:20] + " 2026"] = sheets.pop(name)


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (_without_a_sheet, "unreadable", ["[heroin_overdose]", "[Heroin Overdose Report]", "[Knife Injury Borough]"]),
        (_with_a_sheet_that_no_mapping_knows, "header_changed", ["sheet [Ketamine Overdose Report]", "mapping"]),
        (
            _with_a_renamed_heading,
            "header_changed",
            ["sheet [Knife Injury Borough] row 1", "[Borough] (closest: [Boro])"],
        ),
        (_with_a_heading_that_is_no_month, "header_changed", ["row 1 column [E]", "[Q3 2026]"]),
        (_with_a_month_twice, "header_changed", ["a month is there twice", "column [E]"]),
        (_without_boroughs, "unreadable", ["sheet [Knife Injury Borough]", "no boroughs"]),
        (_of_nobody_known, "unreadable", ["no sender's mapping", "[London Ambulance Service]"]),
    ],
)
def test_a_workbook_beyond_what_the_mapping_knows_is_refused_with_its_place(
    change: Change,
    kind: str,
    words: list[str],
    intake: TakeIn,
    landed: Landed,
    changed: Callable[[Change], Path],
) -> None:
    result, home = intake(SOURCE, changed(change))
    assert [problem.kind for problem in result.problems] == [kind]
    for word in ["ambulance-borough-monthly.xlsx", *words]:
        assert word in result.problems[0].text
    assert len(landed(home, TABLE)) == 0


def test_a_file_cut_in_half_is_unreadable(intake: TakeIn, short_sample: Path, tmp_path: Path) -> None:
    half = tmp_path / short_sample.name
    half.write_bytes(short_sample.read_bytes()[: short_sample.stat().st_size // 2])
    result, _ = intake(SOURCE, half)
    assert [problem.kind for problem in result.problems] == ["unreadable"]
    assert half.name in result.problems[0].text


def test_a_page_saved_under_the_workbooks_name_is_told_as_one(intake: TakeIn, tmp_path: Path) -> None:
    page = tmp_path / "ambulance-borough-monthly.xls"
    page.write_text("<!DOCTYPE html><html><body>Sorry, something went wrong</body></html>", encoding="utf-8")
    result, _ = intake(SOURCE, page)
    assert [problem.kind for problem in result.problems] == ["unreadable"]
    assert "html" in result.problems[0].text and page.name in result.problems[0].text


def test_an_unknown_marker_quarantines_that_cell_only(
    intake: TakeIn, landed: Landed, changed: Callable[[Change], Path]
) -> None:
    def mark(sheets: Sheets) -> None:
        sheets["Knife Injury Borough"][3][4] = "<5"

    result, home = intake(SOURCE, changed(mark))
    assert result.problems == [] and result.rows_in == result.rows_landed + 1
    (cell,) = quarantined(home)
    assert (cell["source_sheet"], cell["source_row"], cell["source_column"], cell["cell"]) == (
        "Knife Injury Borough", 4, "E", "<5",
    )  # fmt: skip
    row = landed(home, TABLE).query("category == 'knife_injury' and source_row == 4")
    assert len(row) == 11 and "E" not in set(row.source_column)


def test_a_blank_cell_is_a_missing_figure_not_a_nought(
    intake: TakeIn, landed: Landed, changed: Callable[[Change], Path]
) -> None:
    def blank(sheets: Sheets) -> None:
        sheets["Knife Injury Borough"][3][4] = ""

    result, home = intake(SOURCE, changed(blank))
    assert result.rows_quarantined == 0
    cell = landed(home, TABLE).query("category == 'knife_injury' and source_row == 4 and source_column == 'E'")
    assert cell.status.tolist() == ["missing"] and cell.value.isna().all()


def test_figures_without_an_area_or_a_month_are_quarantined_and_remarks_are_noted(
    intake: TakeIn, landed: Landed, changed: Callable[[Change], Path]
) -> None:
    def add(sheets: Sheets) -> None:
        rows = sheets["Gun Injury Borough"]
        rows[2][0] = "E12000007"
        rows[3] += [9, "checked"]
        rows.append(["", "Unknown", 4])

    result, home = intake(SOURCE, changed(add))
    assert result.problems == []
    found = [(row["source_row"], row["reason"]) for row in quarantined(home)]
    assert found == [
        *[(3, "[E12000007] is not an area code like [E09\\d{6}]")] * 12,
        (4, "a figure below no month"),
        (40, "a figure beside no area code"),
    ]
    assert any("P4 has a remark: checked" in note for note in result.notes)
    assert len(landed(home, TABLE).query("category == 'gun_injury'")) == 33 * 12


def test_a_mapping_with_an_unknown_key_is_refused_by_name(
    sources: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = sources[SOURCE].reader
    (tmp_path / "somewhere.yaml").write_text(
        "sender: Somewhere\ncolumns: {area_code: [Code], area_name: [Name]}\ntotal_label: Total\n"
        "area_code_pattern: 'E0'\nsheets: [{name: A, category: a, description: d, unit: calls}]\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(reader, "_MAPPINGS", tmp_path)
    reader.mappings.cache_clear()
    try:
        with pytest.raises(ContractError, match=r"somewhere\.yaml.*sheets\.0\.unit"):
            reader.mappings()
    finally:
        reader.mappings.cache_clear()


def test_every_mapped_category_is_one_of_the_contracts(sources: Catalogue) -> None:
    source = sources[SOURCE]
    values = source.contract.tables["incident"].columns["category"].values
    mapped = {sheet.category for mapping in source.reader.mappings() for sheet in mapping.sheets}
    assert values is not None and mapped == set(values)
