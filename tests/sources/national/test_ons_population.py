"""Mid-year population estimates: the bundled workbooks, how the layout moves, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from sources.catalogue import Catalogue
from sources.home import Home
from sources.intake import Intake
from sources.recognise import LooseFile, recognise
from tests.sources.readings import read_files

TakeIn = Callable[..., tuple[Intake, Home]]
Landed = Callable[[Home, str], pd.DataFrame]
TABLE = "ons_population__estimate"

AGES = [*map(str, range(90)), "90+"]
HEADER = ["Code", "Name", "Geography", "All ages", *AGES]


def figures(start: int) -> list[int]:
    ages = [start + age for age in range(91)]
    return [sum(ages), *ages]


@dataclass(frozen=True)
class Book:
    """A small workbook in the publisher's layout, to be moved about."""

    year: int = 2022
    order: Sequence[str] = ("Persons", "Females", "Males")
    header: Sequence[object] = tuple(HEADER)
    lines_above: int = 7
    title: str = "MYE2: {sex} by single year of age and sex for local authorities in the UK, mid-{year}"
    rows: Sequence[Sequence[object]] = ()
    below: Sequence[Sequence[object]] = ()

    def write(self, path: Path) -> Path:
        book = xlsxwriter.Workbook(str(path))
        book.add_worksheet("Cover sheet").write(0, 0, "Mid-Year Population Estimates")
        for sex in self.order:
            sheet = book.add_worksheet(f"MYE2 - {sex}")
            size = {"Persons": 30, "Females": 20, "Males": 10}[sex]
            lines: list[Sequence[object]] = [[self.title.format(sex=sex, year=self.year)]]
            lines += [["This met my needs, please produce it next year"]] * (self.lines_above - 1)
            rows = self.rows or [
                ["E92000001", "ENGLAND", "Country", *figures(size)],
                ["E06000001", "Hartlepool", "Unitary Authority", *figures(size)],
            ]
            for number, line in enumerate([*lines, self.header, *rows, *self.below]):
                sheet.write_row(number, 0, line)
        book.add_worksheet("MYE 5").write(0, 0, "MYE5: Population density, mid-2011 and mid-2022")
        book.close()
        return path


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    sources["ons_population"].sample.write(folder, seed=1, scale=0.5)
    return folder


@pytest.mark.slow
def test_the_bundled_files_land_whole(sample: Path, intake: TakeIn, landed: Landed, sources: Catalogue) -> None:
    files = sorted(sample.iterdir())
    result, home = intake("ons_population", *files)
    assert (result.problems, result.rows_quarantined) == ([], 0)
    read = read_files(sources["ons_population"], *files)
    assert result.rows_landed == read.rows_in
    assert {name: len(landed(home, f"ons_population__{name}")) for name in read.tables} == {
        name: len(frame) for name, frame in read.tables.items()
    }


def test_the_bundled_workbooks_are_read_whole_and_their_sums_hold(sample: Path, sources: Catalogue) -> None:
    read = read_files(sources["ons_population"], *sorted(sample.glob("*.xlsx")))
    assert read.quarantined == []
    table = read.tables["estimate"]
    assert set(table["year"]) == {2024, 2025}
    # 318 districts, nine regions, England, Wales, and the two together; three sexes, two years, 92 figures.
    assert len(table) == 330 * 3 * 2 * 92
    assert set(table["status"]) == {"observed"}
    key = ["year", "area_code", "sex"]
    ages = table[~table["is_total"]].groupby(key)["value"].sum()
    totals = table[table["is_total"]].set_index(key)["value"]
    assert (ages - totals).abs().max() == 0
    wide = totals.unstack("sex")
    assert (wide["persons"] == wide["female"] + wide["male"]).all()
    is_region = table["is_total"] & (table["geography"] == "Region")
    regions = table[is_region].groupby(["year", "sex"])["value"].sum()
    england = table[table["is_total"] & (table["area_code"] == "E92000001")].set_index(["year", "sex"])["value"]
    assert (regions - england).abs().max() == 0
    districts = table[table["is_total"] & table["area_code"].str.match("[EW]0[6-9]")]
    both = table[table["is_total"] & (table["area_code"] == "K04000001")].set_index(["year", "sex"])["value"]
    assert districts["area_code"].nunique() == 318
    assert (districts.groupby(["year", "sex"])["value"].sum() - both).abs().max() == 0


def test_the_bundled_workbooks_say_that_they_are_synthetic(sample: Path) -> None:
    from python_calamine import CalamineWorkbook

    for path in sample.glob("*.xlsx"):
        cover = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
        assert "SYNTHETIC" in str(cover)
    assert all("SYNTHETIC" in path.name for path in sample.glob("*.csv"))


@pytest.mark.slow
def test_the_bundled_workbooks_are_the_same_bytes_for_a_seed_and_others_for_another(
    sample: Path, tmp_path: Path, sources: Catalogue
) -> None:
    for seed in (1, 2):
        (tmp_path / str(seed)).mkdir()
        sources["ons_population"].sample.write(tmp_path / str(seed), seed=seed, scale=0.5)
    for path in sample.iterdir():
        assert (tmp_path / "1" / path.name).read_bytes() == path.read_bytes()
        assert (tmp_path / "2" / path.name).read_bytes() != path.read_bytes()


def test_a_workbook_is_recognised_by_its_sheets_whatever_it_is_called(tmp_path: Path, sources: Catalogue) -> None:
    path = Book().write(tmp_path / "download (3).xlsx")
    assert recognise(LooseFile(path), sources).source_ids == ("ons_population",)


def test_a_figure_says_which_cell_it_was_read_from(tmp_path: Path, intake: TakeIn, landed: Landed) -> None:
    _, home = intake("ons_population", Book().write(tmp_path / "mye22final.xlsx"))
    table = landed(home, TABLE)
    is_it = (table["area_code"] == "E06000001") & (table["sex"] == "female") & (table["age_label"] == "17")
    row = table[is_it].iloc[0]
    assert (row["source_sheet"], row["source_row"], row["source_column"]) == ("MYE2 - Females", 10, "V")
    assert (row["value"], row["age"], row["is_top_age"], row["is_total"]) == (37, 17, False, False)
    assert pd.Timestamp(row["period_start"]).date() == date(2022, 6, 30)
    assert pd.Timestamp(row["period_end"]).date() == date(2022, 6, 30)


def test_the_last_age_is_open_and_all_ages_is_the_publishers_total(
    tmp_path: Path, intake: TakeIn, landed: Landed
) -> None:
    _, home = intake("ons_population", Book().write(tmp_path / "mye22final.xlsx"))
    table = landed(home, TABLE)
    assert set(table.loc[table["is_top_age"], "age_label"]) == {"90+"}
    assert set(table.loc[table["is_top_age"], "age"]) == {90}
    totals = table[table["is_total"]]
    assert set(totals["age_label"]) == {"All ages"}
    assert totals["age"].isna().all()
    assert len(totals) == 2 * 3


@pytest.mark.parametrize(
    "book",
    [
        Book(order=("Persons", "Males", "Females")),
        Book(header=(*HEADER[:4], *range(90), "90+")),
        Book(header=("CODE", "NAME ", "GEOGRAPHY", "ALL AGES", *AGES)),
        Book(lines_above=3),
        Book(lines_above=12),
        Book(below=([], ["Source: Office for National Statistics"])),
    ],
    ids=["males first", "ages as numbers", "capitals", "header in row 4", "header in row 13", "a footnote"],
)
def test_what_moves_between_years_does_not_matter(book: Book, tmp_path: Path, intake: TakeIn, landed: Landed) -> None:
    result, home = intake("ons_population", book.write(tmp_path / "mye22final.xlsx"))
    assert result.problems == []
    table = landed(home, TABLE)
    assert len(table) == result.rows_in == 2 * 3 * 92
    values = table[table["age_label"] == "0"].groupby("sex")["value"].first().to_dict()
    assert values == {"persons": 30, "female": 20, "male": 10}


def test_rows_below_a_blank_row_are_not_lost(tmp_path: Path, intake: TakeIn, landed: Landed) -> None:
    below = ([], ["W92000004", "WALES", "Country", *figures(5)])
    _, home = intake("ons_population", Book(below=below).write(tmp_path / "mye22final.xlsx"))
    assert set(landed(home, TABLE)["area_code"]) == {"E92000001", "E06000001", "W92000004"}


def as_csv(header: Sequence[object], rows: Sequence[Sequence[object]], line_end: str = "\r\n") -> str:
    return "".join(",".join(map(str, row)) + line_end for row in [header, *rows])


@pytest.mark.parametrize(("encoding", "line_end"), [("utf-8-sig", "\r\n"), ("utf-8", "\r"), ("utf-8", "\n")])
def test_one_sheet_saved_as_csv_takes_its_year_and_sex_from_its_name(
    encoding: str, line_end: str, tmp_path: Path, sources: Catalogue, intake: TakeIn, landed: Landed
) -> None:
    path = tmp_path / "mye24tablesew_MYE2_persons.csv"
    rows = [["E06000001", "Hartlepool", "Unitary Authority", *figures(3)]]
    path.write_bytes(as_csv(HEADER, rows, line_end).encode(encoding))
    assert recognise(LooseFile(path), sources).source_ids == ("ons_population",)
    result, home = intake("ons_population", path)
    assert result.problems == []
    table = landed(home, TABLE)
    assert len(table) == 92
    assert set(table["year"]) == {2024}
    assert set(table["sex"]) == {"persons"}
    assert table["source_sheet"].isna().all()


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("population_persons.csv", "the year of the estimates cannot be told"),
        ("mye24tablesew.csv", "the file does not say which sex"),
    ],
)
def test_a_csv_whose_name_does_not_say_is_refused(name: str, problem: str, tmp_path: Path, intake: TakeIn) -> None:
    rows = [["E06000001", "Hartlepool", "Unitary Authority", *figures(3)]]
    (tmp_path / name).write_text(as_csv(HEADER, rows))
    result, _ = intake("ons_population", tmp_path / name)
    assert problem in result.problems[0].text


LONG_HEADER = ["name", "code", "year", *(f"Age {age}" for age in range(90)), "Aged 90+"]


def test_a_dash_is_not_available_and_never_nought(tmp_path: Path, intake: TakeIn, landed: Landed) -> None:
    rows = [
        ["Darlington", "E06000005", 1997, *range(85), *["-"] * 6],
        ["Darlington", "E06000005", 2001, *range(91)],
    ]
    path = tmp_path / "estimates.csv"
    path.write_text(as_csv(LONG_HEADER, rows))
    result, home = intake("ons_population", path)
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (182, 182, 0)
    table = landed(home, TABLE)
    dashes = table[table["status"] == "not_available"]
    assert set(dashes["age"]) == {85, 86, 87, 88, 89, 90}
    assert set(dashes["year"]) == {1997}
    assert dashes["value"].isna().all()
    assert (table["sex"] == "persons").all()
    assert not table["is_total"].any()
    # Nought people is a figure.
    assert table.loc[table["age"] == 0, "value"].tolist() == [0, 0]


def test_a_cell_that_is_no_figure_and_a_row_without_a_code_are_quarantined(
    tmp_path: Path, intake: TakeIn, landed: Landed
) -> None:
    rows = [
        ["Darlington", "E06000005", 2001, "1,234", "12e", *range(2, 91)],
        ["Nowhere", "", 2001, *range(91)],
        ["Hartlepool", "E06000001", "01/02", *range(91)],
        ["Stockton-on-Tees", "E06000004", 2001, *range(90)],
        ["Middlesbrough", "E06000002", 2001, *range(91)],
    ]
    path = tmp_path / "estimates.csv"
    path.write_text(as_csv(LONG_HEADER, [[f'"{cell}"' for cell in row] for row in rows]))
    result, home = intake("ons_population", path)
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (455, 181, 274)
    with home.open_ledger() as ledger:
        found = {row["source_row"]: dict(row) for row in ledger.execute("select * from quarantined order by 1 desc")}
    assert found[2]["cell"] == "12e"
    assert found[2]["source_column"] == "E"
    assert "[] has not the form of an area code" in found[3]["reason"]
    assert "[01/02] is not a year" in found[4]["reason"]
    assert found[5]["reason"] == "the record has 93 cells, the header 94"
    table = landed(home, TABLE)
    assert table.loc[(table["area_code"] == "E06000005") & (table["age"] == 0), "value"].tolist() == [1234]


@pytest.mark.parametrize(
    ("book", "kind", "texts"),
    [
        (
            Book(header=("Area", *HEADER[1:])),
            "header_changed",
            ["sheet [MYE2 - Persons] row 8", "the missing columns [Code]", "the unknown columns [Area]"],
        ),
        (
            Book(header=(*HEADER[:21], "Seventeen", *HEADER[22:])),
            "header_changed",
            ["the missing columns [17]", "the unknown columns [Seventeen]"],
        ),
        (Book(header=(*HEADER[:-1], "90")), "header_changed", ["the missing columns [90+]"]),
        (Book(header=(*HEADER[:5], "0", *HEADER[6:])), "header_changed", ["[0 (twice)]"]),
        (Book(order=("Persons", "Females")), "unreadable", ["the sheet with males was not found once"]),
        (Book(title="MYE2: {sex}, mid-2021 and mid-2022"), "unreadable", ["the year of the estimates cannot be told"]),
        (
            Book(title="MYE2: Males by single year of age, mid-2022"),
            "unreadable",
            ["the title is of another sex", "expected persons", "found male"],
        ),
    ],
    ids=["code renamed", "age renamed", "no open age", "age twice", "sheet gone", "two years", "title of another sex"],
)
def test_a_workbook_beyond_its_contract_is_refused_with_the_place(
    book: Book, kind: str, texts: list[str], tmp_path: Path, intake: TakeIn
) -> None:
    result, _ = intake("ons_population", replace(book).write(tmp_path / "mye22final.xlsx"))
    assert result.rows_landed == 0
    assert [problem.kind for problem in result.problems] == [kind]
    for text in texts:
        assert text in result.problems[0].text


def test_half_a_workbook_is_refused(sample: Path, tmp_path: Path, intake: TakeIn) -> None:
    whole = next(iter(sorted(sample.glob("mye*.xlsx")))).read_bytes()
    path = tmp_path / "mye22final.xlsx"
    path.write_bytes(whole[: len(whole) // 2])
    result, _ = intake("ons_population", path)
    assert "not a workbook that can be opened" in result.problems[0].text


def test_half_a_csv_is_refused(tmp_path: Path, intake: TakeIn) -> None:
    rows = [["Darlington", "E06000005", year, *range(91)] for year in range(2001, 2011)]
    whole = as_csv(LONG_HEADER, rows)
    path = tmp_path / "estimates.csv"
    path.write_text(whole[: len(whole) // 2])
    result, _ = intake("ons_population", path)
    assert result.rows_landed == 0
    assert "the file ends in the middle of a record" in result.problems[0].text


@pytest.mark.parametrize("name", ["mye22final.xlsx", "estimates.csv"])
def test_an_error_page_is_refused(name: str, tmp_path: Path, intake: TakeIn) -> None:
    (tmp_path / name).write_text("<!DOCTYPE html><html><body>Not found</body></html>")
    result, _ = intake("ons_population", tmp_path / name)
    assert "found html" in result.problems[0].text
