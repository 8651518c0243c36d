"""Deaths during or following police contact: the sample reads back, and what may change next is read or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.readings import read_files
from tests.sources.workbooks import Sheets, quarantined, rewrite, row_of

SOURCE, TABLE = "iopc_deaths", "iopc_deaths__death"
TABLES = [f"{n}.{m}" for n, last in ((1, 8), (2, 5), (3, 5), (4, 5), (5, 6)) for m in range(1, last + 1)]
KEY = ["table_number", "measure", "breakdown", "category", "is_total", "financial_year", "value", "status"]

Landed = Callable[[Home, str], pd.DataFrame]


@pytest.fixture(scope="session")
def long_sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    """The workbook of 2004/05 to 2024/25."""
    folder = tmp_path_factory.mktemp("iopc_long")
    sources[SOURCE].sample.write(folder, seed=1, scale=1.0)
    return next(folder.iterdir())


@pytest.fixture(scope="session")
def short_sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    """A workbook of its last six years."""
    folder = tmp_path_factory.mktemp("iopc_short")
    sources[SOURCE].sample.write(folder, seed=1, scale=0.3)
    return next(folder.iterdir())


@pytest.fixture(scope="session")
def long_frame(long_sample: Path, sources: Catalogue) -> pd.DataFrame:
    """What is read of the long workbook."""
    return read_files(sources[SOURCE], long_sample).tables["death"]


@pytest.fixture(scope="session")
def short_figures(short_sample: Path, sources: Catalogue) -> list[tuple]:
    """What is read of the short workbook."""
    return figures(read_files(sources[SOURCE], short_sample).tables["death"])


@pytest.fixture
def changed(short_sample: Path, tmp_path: Path) -> Callable[[Callable[[Sheets], None]], Path]:
    """The short workbook with a change to its cells."""
    return lambda change: rewrite(short_sample, tmp_path / "Time_series_tables_2024-25.xlsx", change)


def figures(frame: pd.DataFrame) -> list[tuple]:
    """What was read, without where it was read."""
    return sorted(tuple(map(str, row)) for row in frame[KEY].itertuples(index=False))


def unequal_sums(frame: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Where the parts of a crosstab do not add up to its row or column of totals: by table and year or group, how
    much the parts are above the total."""
    found: dict[tuple[str, str], float] = {}
    for number, table in frame[frame.breakdown != "all"].groupby("table_number"):
        is_total_row, is_total_column = table.category.str.match("(?i)total"), table.financial_year.isna()
        by_year = table[~is_total_row & ~is_total_column].groupby("financial_year").value.sum()
        by_group = table[~is_total_column].groupby("category").value.sum()
        for parts, totals in (
            (by_year, table[is_total_row & ~is_total_column].set_index("financial_year").value),
            (by_group, table[is_total_column].set_index("category").value),
        ):
            assert set(parts.index) == set(totals.index)
            over = parts - totals
            found |= {(str(number), str(key)): float(by) for key, by in over[over != 0].items()}
    return found


def test_the_sample_reads_back_with_every_table_and_nothing_quarantined(
    intake: TakeIn, landed: Landed, long_sample: Path
) -> None:
    result, home = intake(SOURCE, long_sample)
    frame = landed(home, TABLE)
    assert result.problems == []
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (len(frame), len(frame), 0)
    assert sorted(frame.table_number.unique()) == TABLES
    assert frame.financial_year.dropna().nunique() == 21
    assert set(frame.breakdown) == {"all", "force", "sex", "age_group", "ethnicity", "incident_type"}
    assert not frame.duplicated(["table_number", "measure", "category", "period_start", "period_end"]).any()


def test_the_sample_cells_equal_a_plain_reading_of_the_workbook(long_frame: pd.DataFrame, long_sample: Path) -> None:
    frame = long_frame
    rows = (
        CalamineWorkbook.from_path(str(long_sample)).get_sheet_by_name("RTI_By_Force").to_python(skip_empty_area=False)
    )
    title = row_of(rows, "Table 1.7")
    kent = row_of(rows, "Kent", after=title)
    read = frame[(frame.table_number == "1.7") & (frame.category == "Kent")].sort_values("period_start", kind="stable")
    by_year = read[read.financial_year.notna()].value.tolist()
    assert by_year == rows[kent][1:22]
    assert read[read.financial_year.isna()].value.tolist() == [rows[kent][22]]
    assert set(read.source_row) == {kent + 1}


def test_the_sample_adds_up_but_for_the_shooting_that_stands_under_two_forces(
    long_frame: pd.DataFrame,
) -> None:
    frame = long_frame
    assert [(table, by) for (table, _), by in unequal_sums(frame).items()] == [("2.5", 1.0)]
    for number in range(1, 6):
        listed = frame[(frame.table_number == f"{number}.1") & (frame.measure == "fatalities") & ~frame.is_total]
        of_sex = frame[(frame.death_type == listed.death_type.iloc[0]) & (frame.breakdown == "sex") & ~frame.is_total]
        assert listed.groupby("financial_year").value.sum().equals(of_sex.groupby("financial_year").value.sum())


def test_a_mark_for_an_update_makes_a_figure_revised_and_other_marks_only_a_note(
    long_frame: pd.DataFrame,
) -> None:
    frame = long_frame.set_index(["table_number", "category", "financial_year"])
    revised = frame.loc[("5.2", "Male", "2023/24")]
    assert revised.status == "revised" and revised.note.startswith("~ This table presents the most up-to-date")
    home_office = frame.loc[("4.5", "Home Office", "2023/24")]
    assert home_office.status == "observed" and home_office.note == "^This includes UKBF, UKIE and UKVI".replace(
        "^", "^ "
    )
    other = frame.loc[("5.4", "Other", "2015/16")]
    assert [line.split(" ")[0] for line in other.note.splitlines()] == ["^", '"', "**"]


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(
    short_sample: Path, tmp_path: Path, sources: Catalogue
) -> None:
    contents = {}
    for name, seed in (("again", 1), ("other", 2)):
        (tmp_path / name).mkdir()
        sources[SOURCE].sample.write(tmp_path / name, seed=seed, scale=0.3)
        contents[name] = next((tmp_path / name).iterdir()).read_bytes()
    assert short_sample.read_bytes() == contents["again"] != contents["other"]


@pytest.mark.slow
def test_a_larger_scale_adds_the_workbooks_of_earlier_years(tmp_path: Path, sources: Catalogue) -> None:
    sources[SOURCE].sample.write(tmp_path, seed=3, scale=2)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "Time_series_tables_2023-24.ods",
        "Time_series_tables_2024-25.ods",
    ]


def test_the_sample_says_on_its_cover_that_it_is_synthetic(short_sample: Path) -> None:
    cover = CalamineWorkbook.from_path(str(short_sample)).get_sheet_by_name("Cover").to_python()
    assert any("SYNTHETIC" in str(cell) for row in cover for cell in row)


def test_the_workbook_is_recognised_by_its_sheets_whatever_its_name(
    short_sample: Path, tmp_path: Path, sources: Catalogue
) -> None:
    renamed = tmp_path / "download (3).ods"
    renamed.write_bytes(short_sample.read_bytes())
    assert recognise(LooseFile(renamed), sources).source_ids == (SOURCE,)


def _more_preamble(sheets: Sheets) -> None:
    for rows in sheets.values():
        rows.insert(0, ["Accredited official statistics"])


def _shifted_right(sheets: Sheets) -> None:
    for name, rows in sheets.items():
        sheets[name] = [["", "", *row] for row in rows]


def _blank_rows_in_the_tables(sheets: Sheets) -> None:
    for rows in sheets.values():
        for at in reversed([n for n, row in enumerate(rows) if str(row[0]) in {"Male", "Kent", "White", "Under 18"}]):
            rows.insert(at, [""] * len(rows[at]))


def _other_marks(sheets: Sheets) -> None:
    for rows in sheets.values():
        for row in rows:
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    row[column] = cell.replace("~", " [2] ").strip() if "~" in cell else cell.replace("^", "†")


def _sheet_names_in_other_letters(sheets: Sheets) -> None:
    for name in list(sheets):
        sheets[name.upper().replace("_", " ")] = sheets.pop(name)


@pytest.mark.parametrize(
    "change",
    [_more_preamble, _shifted_right, _blank_rows_in_the_tables, _other_marks, _sheet_names_in_other_letters],
)
def test_a_layout_that_moved_is_read_to_the_same_figures(
    change: Callable[[Sheets], None],
    short_figures: list[tuple],
    changed: Callable[[Callable[[Sheets], None]], Path],
    sources: Catalogue,
) -> None:
    found = read_files(sources[SOURCE], changed(change))
    assert found.quarantined == []
    assert figures(found.tables["death"]) == short_figures


def _without_a_sheet(sheets: Sheets) -> None:
    del sheets["Custody_By_Force"]


def _with_a_new_kind_of_death(sheets: Sheets) -> None:
    sheets["Taser"] = [["Table 6.1 Number of fatalities by financial year"], ["Financial year", "Number of fatalities"]]


def _with_a_renamed_label(sheets: Sheets) -> None:
    rows = sheets["Shootings"]
    rows[row_of(rows, "Gender")][0] = "Sex at birth"


def _with_a_heading_that_is_no_year(sheets: Sheets) -> None:
    rows = sheets["Custody"]
    rows[row_of(rows, "Gender")][3] = "22/24"


def _with_a_renamed_measure(sheets: Sheets) -> None:
    rows = sheets["RTI"]
    rows[row_of(rows, "Financial year")][2] = "Number of collisions"


def _with_another_thing_counted(sheets: Sheets) -> None:
    rows = sheets["RTI"]
    row = rows[row_of(rows, "RTI type")]
    row[1], row[-1] = "Collisions", "Total collisions"


def _without_totals(sheets: Sheets) -> None:
    rows = sheets["Apparent_suicides_By_Force"]
    del rows[row_of(rows, "Total")]


def _with_a_title_in_another_form(sheets: Sheets) -> None:
    rows = sheets["Other_contact"]
    rows[row_of(rows, "Table 5.3")][0] = "Tabl 5.3 Age group"


def _with_a_table_twice(sheets: Sheets) -> None:
    sheets["Custody"] += sheets["Shootings"]


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (_without_a_sheet, "unreadable", ["Custody", "by force", "[Shootings_By_Force]"]),
        (_with_a_new_kind_of_death, "header_changed", ["sheet [Taser]", "table 6.1"]),
        (_with_a_renamed_label, "header_changed", ["sheet [Shootings]", "table 2.2", "[Sex at birth]", "[gender]"]),
        (_with_a_heading_that_is_no_year, "header_changed", ["sheet [Custody]", "row", "[22/24] in D"]),
        (_with_a_renamed_measure, "header_changed", ["sheet [RTI]", "table 1.1", "[Number of collisions]"]),
        (_with_another_thing_counted, "header_changed", ["table 1.2", "[Total collisions]"]),
        (_without_totals, "unreadable", ["sheet [Apparent_suicides_By_Force]", "table 4.5 has no row of totals"]),
        (_with_a_title_in_another_form, "unreadable", ["table 5.3"]),
        (_with_a_table_twice, "unreadable", ["table 2.1 is there twice", "[Shootings]"]),
    ],
)
def test_a_workbook_beyond_what_the_reader_knows_is_refused_with_its_place(
    change: Callable[[Sheets], None],
    kind: str,
    words: list[str],
    intake: TakeIn,
    landed: Landed,
    changed: Callable[[Callable[[Sheets], None]], Path],
) -> None:
    result, home = intake(SOURCE, changed(change))
    assert [problem.kind for problem in result.problems] == [kind]
    for word in ["Time_series_tables_2024-25.xlsx", *words]:
        assert word.lower() in result.problems[0].text.lower()
    assert len(landed(home, TABLE)) == 0


def test_a_file_cut_in_half_is_unreadable(intake: TakeIn, short_sample: Path, tmp_path: Path) -> None:
    half = tmp_path / short_sample.name
    half.write_bytes(short_sample.read_bytes()[: short_sample.stat().st_size // 2])
    result, _ = intake(SOURCE, half)
    assert [problem.kind for problem in result.problems] == ["unreadable"]
    assert "cut short" in result.problems[0].text


def test_a_page_saved_under_the_workbooks_name_is_told_as_one(intake: TakeIn, tmp_path: Path) -> None:
    page = tmp_path / "Time_series_tables_2024-25.ods"
    page.write_text("<!DOCTYPE html><html><body>Sorry, something went wrong</body></html>", encoding="utf-8")
    result, _ = intake(SOURCE, page)
    assert [problem.kind for problem in result.problems] == ["unreadable"]
    assert "html" in result.problems[0].text and page.name in result.problems[0].text


def test_an_unknown_marker_quarantines_that_cell_only(
    intake: TakeIn, landed: Landed, changed: Callable[[Callable[[Sheets], None]], Path]
) -> None:
    places: dict[str, int] = {}

    def mark(sheets: Sheets) -> None:
        rows = sheets["Custody_By_Force"]
        places["row"] = row_of(rows, "Kent")
        rows[places["row"]][2] = "n/k"

    result, home = intake(SOURCE, changed(mark))
    assert result.problems == [] and result.rows_quarantined == 1
    assert result.rows_in == result.rows_landed + 1
    (cell,) = quarantined(home)
    assert (cell["source_sheet"], cell["source_row"], cell["source_column"]) == (
        "Custody_By_Force",
        places["row"] + 1,
        "C",
    )
    assert cell["cell"] == "n/k"
    kent = landed(home, TABLE).query("table_number == '3.5' and category == 'Kent'")
    assert len(kent) == 6 and "C" not in set(kent.source_column)


def test_a_blank_cell_is_a_missing_figure_not_a_nought(
    intake: TakeIn, landed: Landed, changed: Callable[[Callable[[Sheets], None]], Path]
) -> None:
    def blank(sheets: Sheets) -> None:
        rows = sheets["Custody_By_Force"]
        rows[row_of(rows, "Kent")][2] = ""

    result, home = intake(SOURCE, changed(blank))
    assert result.rows_quarantined == 0
    cell = landed(home, TABLE).query("table_number == '3.5' and category == 'Kent' and source_column == 'C'")
    assert cell.status.tolist() == ["missing"] and cell.value.isna().all()


def test_figures_that_stand_apart_are_quarantined_and_remarks_are_noted(
    intake: TakeIn, changed: Callable[[Callable[[Sheets], None]], Path]
) -> None:
    def add(sheets: Sheets) -> None:
        rows = sheets["Custody_By_Force"]
        kent = row_of(rows, "Kent")
        rows[kent] += ["", 7, "see the report"]
        rows.insert(kent, ["", 3])

    result, home = intake(SOURCE, changed(add))
    assert result.problems == []
    assert [(row["cell"], row["reason"]) for row in quarantined(home)] == [
        ("3.0", "a figure beside no label"),
        ("7.0", "a figure below no heading"),
    ]
    assert any("see the report" in note and "Custody_By_Force" in note for note in result.notes)


def test_a_copy_by_ethnic_group_is_read_and_what_it_does_not_know_set_aside(
    intake: TakeIn, landed: Landed, tmp_path: Path
) -> None:
    copy = tmp_path / "copied.csv"
    lines = ["type,ethnic_group,year,count", "traffic,White,2004-2005,38", "custody,Asian,2018-2019,x"]
    copy.write_text("\n".join([*lines, "pursuit,White,2004-2005,1", "suicide,Black,2004-2006,1", ""]), encoding="utf-8")
    result, home = intake(SOURCE, copy)
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (4, 1, 3)
    (row,) = landed(home, TABLE).to_dict("records")
    assert (row["table_number"], row["category"], row["financial_year"], row["value"]) == (
        "1.6",
        "White",
        "2004/05",
        38,
    )
    assert ["[x]" in cell["reason"] for cell in quarantined(home)] == [True, False, False]
    copy.write_text("type,sex,year,count\ntraffic,Male,2004-2005,38\n", encoding="utf-8")
    assert "[sex]" in intake(SOURCE, copy)[0].problems[0].text
