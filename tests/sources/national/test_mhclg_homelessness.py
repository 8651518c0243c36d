"""Statutory homelessness: the sample reads back, and what may change next is read or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from sources.catalogue import Catalogue
from sources.errors import ReadError
from sources.home import Home
from sources.reading import Figures, PublishedFile, workbook
from sources.reading.grid import Grid
from sources.reading.workbook import Workbook
from sources.recognise import LooseFile, recognise
from sources.writing import write_csv
from tests.conftest import TakeIn
from tests.sources.workbooks import Sheets, row_of

SOURCE, TABLE = "mhclg_homelessness", "mhclg_homelessness__figure"
NAME = "Statutory_Homelessness_Detailed_Local_Authority_Data_202606.xlsx"
KEY = ["measure", "households", "category", "area_name", "period_start", "value", "unit", "status", "part_of"]

Landed = Callable[[Home, str], pd.DataFrame]
Change = Callable[[Sheets], None]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    """The workbook of April to June 2026, with an authority of each region."""
    folder = tmp_path_factory.mktemp("mhclg")
    sources[SOURCE].sample.write(folder, seed=1, scale=0.4)
    return next(folder.iterdir())


@pytest.fixture(scope="session")
def sheets(sample: Path) -> Sheets:
    """Its cells."""
    book = CalamineWorkbook.from_path(str(sample))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


@pytest.fixture(scope="session")
def read(sources: Catalogue) -> Callable[[Path], Figures]:
    """What the reader makes of a file."""

    def found(path: Path) -> Figures:
        source = sources[SOURCE]
        (figures,) = source.reader.read(PublishedFile(path, path.name, "0" * 64), source.contract)
        return figures

    return found


@pytest.fixture(scope="session")
def frame(read: Callable[[Path], Figures], sample: Path) -> pd.DataFrame:
    return read(sample).frame


class HeldWorkbook(Workbook):
    """A workbook of cells that were never written to a file, which would take longer than reading them."""

    def __init__(self, sheets: Sheets) -> None:
        self.name, self.sheets, self.sheet_names = NAME, sheets, list(sheets)

    def grid(self, sheet: str) -> Grid:
        return Grid(self.sheets[sheet], self.name, sheet)


@pytest.fixture
def changed(
    sheets: Sheets, read: Callable[[Path], Figures], monkeypatch: pytest.MonkeyPatch
) -> Callable[[Change], Figures]:
    """What the reader makes of the sample with a change to its cells."""

    def found(change: Change) -> Figures:
        held = {name: [list(row) for row in rows] for name, rows in sheets.items()}
        change(held)
        monkeypatch.setattr(workbook, "open_workbook", lambda file: HeldWorkbook(held))
        return read(Path(NAME))

    return found


def figures(frame: pd.DataFrame) -> list[tuple]:
    """What was read, without where it was read."""
    return sorted(tuple(map(str, row)) for row in frame[KEY].itertuples(index=False))


def column_of(rows: list[list], text: str, *, above: str = "E92000001") -> int:
    """The last column that has a heading above the figures, counted from 0."""
    last = row_of(rows, above)
    return max(n for row in rows[:last] for n, cell in enumerate(row) if str(cell).strip() == text)


def test_the_sample_lands_whole_with_nothing_quarantined(
    intake: TakeIn, landed: Landed, sample: Path, sheets: Sheets
) -> None:
    result, home = intake(SOURCE, sample)
    frame = landed(home, TABLE)
    assert result.problems == []
    assert (result.rows_in, result.rows_quarantined) == (len(frame), 0)
    assert set(frame.period_start.astype(str)) == {"2026-04-01"} and set(frame.period_end.astype(str)) == {"2026-06-30"}
    assert frame.groupby("measure").households.unique().map(sorted).to_dict() == {
        "assessment": ["assessed"],
        "reason_for_loss": ["owed_prevention", "owed_relief"],
        "support_need": ["owed_prevention_or_relief"],
        "accommodation_at_application": ["owed_prevention", "owed_relief"],
        "referral": ["assessed_after_referral"],
        "outcome": ["prevention_duty_ended", "relief_duty_ended"],
    }
    rows = sheets["A4R"]
    cell = rows[row_of(rows, "E92000001")][column_of(rows, "Custody")]
    england = frame.query("measure == 'accommodation_at_application' and households == 'owed_relief'")
    england = england.query("category == 'left_custody' and area_level == 'country'").iloc[0]
    assert (england.value, england.status, england.area_code) == (cell, "rounded", "E92000001")


def test_parts_add_up_to_totals_and_tables_agree(frame: pd.DataFrame) -> None:
    local = frame.query("area_level == 'local_authority_district' and status == 'observed'").astype({"part_of": object})
    key = ["measure", "households", "area_name"]
    parts = local[local.part_of.notna()].groupby([*key, "part_of"], observed=True).value.sum()
    totals = local[local.is_total].set_index([*key, "category"]).value
    joined = parts.to_frame("parts").join(totals.rename("total").rename_axis([*key, "part_of"]))
    assert len(joined) > 150 and (joined.parts == joined.total).all()
    prevention = local[local.category == "owed_a_prevention_duty"].set_index("area_name").value
    reasons = local.query("measure == 'reason_for_loss' and households == 'owed_prevention' and category == 'total'")
    assert prevention.to_dict() == reasons.set_index("area_name").value.to_dict()


def test_areas_are_told_apart_and_london_is_read_once(frame: pd.DataFrame) -> None:
    one = frame.query("measure == 'assessment' and category == 'total'")
    assert one.area_level.value_counts().to_dict() == {
        "local_authority_district": 9, "region": 9, "country": 1, "part_of_country": 1,
    }  # fmt: skip
    assert one[one.area_code.isna()].area_name.tolist() == ["Rest of England"]
    assert (one.area_name == "London").sum() == 1


def test_an_authority_that_sent_nothing_and_needs_of_a_few_households_have_their_statuses(
    read: Callable[[Path], Figures], frame: pd.DataFrame, sheets: Sheets, changed: Callable[[Change], Figures]
) -> None:
    silent = next(row[1] for row in sheets["A1"] if row[4] == "..")
    assert set(frame[frame.area_name == silent].status) == {"not_available"}

    def few_needs(sheets: Sheets) -> None:
        rows = sheets["A3"]
        row, start = rows[-12 - 1], column_of(rows, "Young person aged 16-17 years")
        row[start:] = ["-"] * len(row[start:])

    needs = changed(few_needs).frame.query("status == 'suppressed'")
    assert len(needs) == 24 and needs.value.isna().all()
    assert set(needs.part_of) == {"support_needs"} and "offending_history" in set(needs.category)


def test_titles_decide_whatever_sheets_rows_and_footnote_numbers_are_called(
    frame: pd.DataFrame, changed: Callable[[Change], Figures]
) -> None:
    def move(sheets: Sheets) -> None:
        sheets["A4R_"] = sheets.pop("A4R")
        sheets["Justice"] = sheets.pop("A7")
        sheets["'file:///D:/old.xlsx'#A3"] = [["Table A3 - support needs of households"], ["E92000001", "ENGLAND"]]
        sheets["A2P"].insert(0, ["Accredited official statistics"])
        sheets["A2P"].insert(3, [])
        for row in [*sheets["A3"][:5], *sheets["A2R"][:7]]:
            row[:] = [str(cell).replace("1,2", "7,8").replace("duty1", "duty9") for cell in row]

    assert figures(changed(move).frame) == figures(frame)


def test_headings_of_every_time_mean_the_same(
    read: Callable[[Path], Figures], frame: pd.DataFrame, changed: Callable[[Change], Figures]
) -> None:
    def rename(sheets: Sheets) -> None:
        for name, old, new in (
            ("A7", "Probation Service", "National \nProbation \nService"),
            ("A1", "Total owed a prevention or relief duty", "Total"),
            ("A2P", "Other violence or harrassment", "Other violence or harassment"),
        ):
            rows = sheets[name]
            column = column_of(rows, old)
            row = max(n for n in range(row_of(rows, "E92000001")) if rows[n][column] == old)
            rows[row][column] = new

    assert figures(changed(rename).frame) == figures(frame)


def drop_custody(sheets: Sheets) -> None:
    column = column_of(sheets["A4P"], "Custody")
    for row in sheets["A4P"]:
        del row[column : column + 1]


def rename_custody(sheets: Sheets) -> None:
    rows = sheets["A2R"]
    column = column_of(rows, "Custody")
    for row in rows[: row_of(rows, "E92000001")]:
        row[column] = "Prison hulk" if row[column] == "Custody" else row[column]


def swap_groups(sheets: Sheets) -> None:
    # The same heading stands below tenancies and below supported housing.
    rows = sheets["A2P"]
    one, other = (column_of(rows, f"Other reasons / not known{note}") for note in (3, 4))
    for row in rows[row_of(rows, "E92000001") :]:
        if len(row) > other:
            row[one], row[other] = row[other], row[one]


def other_quarter(sheets: Sheets) -> None:
    sheets["R1"][0][0] = sheets["R1"][0][0].replace("April to June", "January to March")


def no_quarter(sheets: Sheets) -> None:
    sheets["A1"][0][0] = "Table A1 - Number of households by initial assessment of homelessness"


def no_referrals(sheets: Sheets) -> None:
    del sheets["A7"]


def no_relief(sheets: Sheets) -> None:
    del sheets["A4R"]


def other_duty(sheets: Sheets) -> None:
    sheets["A4P"][0][0] = sheets["A4P"][0][0].replace("prevention", "relief")


def second_relief(sheets: Sheets) -> None:
    sheets["A2R_"] = [list(row) for row in sheets["A2R"]]


def heading_of_the_other_duty(sheets: Sheets) -> None:
    for row in sheets["A4P"][1:5]:
        row[4] = str(row[4]).replace("prevention", "relief")


def no_england(sheets: Sheets) -> None:
    sheets["A1"] = [row for row in sheets["A1"] if str(row[0]) != "E92000001"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (drop_custody, ["A4P", "not known", "general hospital"]),
        (rename_custody, ["A2R", "not known", "prison hulk", "departure from institution"]),
        (swap_groups, ["A2P", "do not add up", "another group"]),
        (other_quarter, ["different quarters", "March 2026 and June 2026"]),
        (no_quarter, ["A1", "quarter cannot be told", "April to June 2018"]),
        (no_referrals, ["tables were not found", "referred to a local authority", "[A3]"]),
        (no_relief, ["tables were not found", "time of application (relief duty)"]),
        (other_duty, ["time of application (prevention duty)"]),
        (second_relief, ["A2R", "given twice", "owed_relief"]),
        (heading_of_the_other_duty, ["A4P", "different duties", "a relief duty"]),
        (no_england, ["A1", "row of England was not found"]),
    ],
)
def test_a_workbook_whose_meaning_moved_is_refused_with_its_place(
    change: Change, words: list[str], read: Callable[[Path], Figures], changed: Callable[[Change], Figures]
) -> None:
    with pytest.raises(ReadError) as refused:
        changed(change)
    for word in [NAME, *words]:
        assert word.lower() in str(refused.value).lower()


def test_a_file_named_for_another_quarter_is_refused(
    read: Callable[[Path], Figures], sample: Path, tmp_path: Path
) -> None:
    path = tmp_path / "Detailed_LA_202503.xlsx"
    path.write_bytes(sample.read_bytes())
    with pytest.raises(ReadError, match="expected 202503; found 202606"):
        read(path)


def test_an_unknown_marker_a_stray_figure_and_a_wrong_rate_are_quarantined_alone(
    frame: pd.DataFrame, changed: Callable[[Change], Figures]
) -> None:
    places: dict[str, int] = {}

    def mark(sheets: Sheets) -> None:
        a7, a1 = sheets["A7"], sheets["A1"]
        places["a7"], places["a1"] = row_of(a7, "E0"), row_of(a1, "E92000001")
        a7[places["a7"]][4:6] = ["n/k", 3.0]
        a1[places["a1"]][column_of(a1, "Households assessed as homeless\nper (000s)")] = 0.62

    found = changed(mark)
    assert {(cell.sheet, cell.row, cell.column, cell.cell) for cell in found.quarantined} == {
        ("A7", places["a7"] + 1, "E", "n/k"),
        ("A7", places["a7"] + 1, "F", "3.0"),
        ("A1", places["a1"] + 1, "R", "0.62"),
    }
    assert found.rows_in == len(frame) + 1 == len(found.frame) + 3


def test_the_p1e_section_gives_custody_as_a_priority_need_and_grossed_totals_apart(
    intake: TakeIn, landed: Landed, tmp_path: Path, sources: Catalogue
) -> None:
    header = [
        "ONS Code", "Laname", "Applicant homeless in emergency", "Households with dependent children, with 1 child",
        "Households with dependent children, with 2 children", "Households with dependent children, with 3 children",
        "Total housholds children", "Households with pregnant member & no other dependent children",
        "Aged 16/17 years old", "In care and aged 18 to 20", "Old age", "Physical disability",
        "Mental illness or handicap", "Drug dependency", "Alcohol dependency", "Former asylum seeker", "Other",
        "Been in care", "Served in HM forces", "Been in custody/on remand", "Violence / threat of violence",
        "Domestic violence", "Total households",
    ]  # fmt: skip
    known = [0, 6, 6, 6, 18, *[0] * 12, ".", 0, 0, 20]
    england = [0, 60, 60, 60, 180, *[0] * 12, 10, 0, 0, 190]
    rows = [
        header,
        ["E07000223", "Adur", *known],
        ["E07000026", "Allerdale", *[".."] * 20, "-"],
        [None, "Grossed data for households", *[None] * 21],
        [None, "England", *england],
        ["1 Coventry entered annual totals instead of quarterly figures for Jul-Sep 2014.", *[None] * 22],
    ]
    write_csv(tmp_path / "P1E_section_E2.csv", rows)
    assert recognise(LooseFile(tmp_path / "P1E_section_E2.csv"), sources).source_ids == (SOURCE,)
    result, home = intake(SOURCE, tmp_path / "P1E_section_E2.csv")
    assert result.problems == [] and (result.rows_in, result.rows_quarantined) == (63, 0)
    frame = landed(home, TABLE).set_index(["category", "area_name"])
    assert frame.status["custody_or_remand"].to_dict() == {
        "Adur": "suppressed", "Allerdale": "not_available", "England": "estimated",
    }  # fmt: skip
    assert frame.status["total", "Allerdale"] == "suppressed"
    assert set(frame.period_start.astype(str)) == {"2014-07-01"} and set(frame.collection) == {"p1e"}
    write_csv(tmp_path / "P1E_section_E2.csv", rows[:3])
    result, _ = intake(SOURCE, tmp_path / "P1E_section_E2.csv")
    assert "row of England was not found" in result.problems[0].text


def test_the_sample_is_its_own_says_it_is_synthetic_and_is_the_same_for_a_seed(
    sample: Path, sheets: Sheets, tmp_path: Path, sources: Catalogue
) -> None:
    assert recognise(LooseFile(sample), sources).source_ids == (SOURCE,)
    assert "SYNTHETIC" in str(sheets["Contents"]) and "SYNTHETIC" in str(sheets["A7"])
    for name, seed in (("again", 1), ("other", 2)):
        (tmp_path / name).mkdir()
        sources[SOURCE].sample.write(tmp_path / name, seed=seed, scale=0.4)
    assert (tmp_path / "again" / NAME).read_bytes() == sample.read_bytes()
    assert (tmp_path / "other" / NAME).read_bytes() != sample.read_bytes()
