"""The rough sleeping snapshot: the sample reads back, and what may change next is read or refused."""

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

SOURCE = "mhclg_rough_sleeping"
NAME = "Rough_sleeping_snapshot_in_England_autumn_2025.xlsx"
KEY = ["year", "breakdown", "category", "area_level", "area_name", "value", "status"]

Landed = Callable[[Home, str], pd.DataFrame]
Change = Callable[[Sheets], None]
Changed = Callable[[Change], dict[str, Figures]]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    """The workbook of autumn 2025, with the two years up to it."""
    folder = tmp_path_factory.mktemp("rough_sleeping")
    sources[SOURCE].sample.write(folder, seed=1, scale=0.5)
    return next(folder.iterdir())


@pytest.fixture(scope="session")
def sheets(sample: Path) -> Sheets:
    """Its cells."""
    book = CalamineWorkbook.from_path(str(sample))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


@pytest.fixture(scope="session")
def read(sources: Catalogue) -> Callable[[Path], dict[str, Figures]]:
    """What the reader makes of a file, by table."""

    def found(path: Path) -> dict[str, Figures]:
        source = sources[SOURCE]
        figures = source.reader.read(PublishedFile(path, path.name, "0" * 64), source.contract)
        return {one.table: one for one in figures}

    return found


@pytest.fixture(scope="session")
def snapshot(read: Callable[[Path], dict[str, Figures]], sample: Path) -> pd.DataFrame:
    return read(sample)["snapshot"].frame


class HeldWorkbook(Workbook):
    """A workbook of cells that were never written to a file, which would take longer than reading them."""

    def __init__(self, sheets: Sheets) -> None:
        self.name, self.sheets, self.sheet_names = NAME, sheets, list(sheets)

    def grid(self, sheet: str) -> Grid:
        return Grid(self.sheets[sheet], self.name, sheet)


@pytest.fixture
def changed(sheets: Sheets, read: Callable[[Path], dict[str, Figures]], monkeypatch: pytest.MonkeyPatch) -> Changed:
    """What the reader makes of the sample with a change to its cells."""

    def found(change: Change) -> dict[str, Figures]:
        held = {name: [list(row) for row in rows] for name, rows in sheets.items()}
        change(held)
        monkeypatch.setattr(workbook, "open_workbook", lambda file: HeldWorkbook(held))
        return read(Path(NAME))

    return found


def figures(frame: pd.DataFrame) -> list[tuple]:
    """What was read, without where it was read."""
    return sorted(tuple(map(str, row)) for row in frame[KEY].itertuples(index=False))


def test_the_sample_lands_whole_with_nothing_quarantined(
    intake: TakeIn, landed: Landed, sample: Path, sheets: Sheets
) -> None:
    result, home = intake(SOURCE, sample)
    snapshot, approach = landed(home, f"{SOURCE}__snapshot"), landed(home, f"{SOURCE}__approach")
    assert result.problems == []
    assert (result.rows_in, result.rows_quarantined) == (len(snapshot) + len(approach), 0)
    # 39 authorities, 9 regions, England and the rest of it, two years; 1, 4, 5 and 5 columns a year.
    assert len(snapshot) == 50 * 2 * (1 + 4 + 5 + 5) and len(approach) == 39 * 2
    rows = sheets["Table 2a Gender"]
    female = snapshot.query("category == 'female' and year == 2024 and area_level == 'country'")
    assert female.value.item() == rows[row_of(rows, "England", column=2)][4]
    assert set(snapshot.period_start.astype(str)) == {"2024-10-01", "2025-10-01"}
    assert set(approach.approach) <= {"count", "estimate", "estimate_with_spotlight"}


def test_areas_are_told_apart_and_add_up(snapshot: pd.DataFrame) -> None:
    of_all = snapshot.query("breakdown == 'all' and year == 2025").set_index("area_level")
    assert of_all.value["local_authority_district"].sum() == of_all.value["country"]
    assert of_all.value["region"].sum() == of_all.value["country"]
    assert of_all.area_code["country"] == "E92000001" and pd.isna(of_all.area_code["part_of_country"])
    london = snapshot.query("area_name == 'London'")
    assert set(london.area_code) == {"E12000007"} and not london.duplicated(["year", "breakdown", "category"]).any()


def test_columns_in_another_order_and_rows_above_give_the_same_figures(
    changed: Changed, snapshot: pd.DataFrame
) -> None:
    def move(sheets: Sheets) -> None:
        for name in ("Table 1 Total", "Table 2a Gender", "Table 2c Age"):
            # What is not title or notes: areas at the end, years and groups the other way round.
            sheets[name] = [[*row[:3:-1], *row[3::-1]] if row[3] else row for row in sheets[name]]
            sheets[name].insert(2, [""] * len(sheets[name][0]))
        rows = sheets["Table_2b"] = sheets.pop("Table 2b Nationality")
        rows[3] = [
            str(cell).replace("EU 2", "EU (Non-UK) 2") if cell in {"EU 2024", "EU 2025"} else cell for cell in rows[3]
        ]

    assert figures(changed(move)["snapshot"].frame) == figures(snapshot)


def test_a_heading_with_the_year_after_is_read_in_its_place_when_the_group_adds_up(
    changed: Changed, snapshot: pd.DataFrame
) -> None:
    def slip(sheets: Sheets) -> None:
        header = sheets["Table 2b Nationality"][3]
        header[header.index("Non-EU, Non-UK 2024")] = "Non-EU, Non-UK 2025"

    found = changed(slip)["snapshot"]
    assert figures(found.frame) == figures(snapshot)
    assert any("headed [non-eu, non-uk 2025] and stands in 2024" in note for note in found.notes)


@pytest.mark.parametrize(
    ("column", "of", "unchecked"),
    [(2, "England", "England"), (0, "E0", "")],
)
def test_a_figure_that_is_not_given_lands_without_a_value_and_its_sums_are_said_to_be_unchecked(
    column: int, of: str, unchecked: str, changed: Changed, snapshot: pd.DataFrame
) -> None:
    def blank(sheets: Sheets) -> None:
        rows = sheets["Table 2a Gender"]
        rows[row_of(rows, of, column=column)][4] = ""

    found = changed(blank)["snapshot"]
    assert len(found.frame) == len(snapshot) and not found.quarantined
    (row,) = pd.DataFrame(found.frame[found.frame.value.isna()]).to_dict("records")
    assert (row["category"], row["status"]) == ("female", "missing")
    place = f"the first is [female 2024] of {unchecked or row['area_name']}, row {row['source_row']} column E"
    of_sums = [note for note in found.notes if "is not checked 1 times" in note]
    assert len(of_sums) == 2 and all("[Table 2a Gender]" in note and place in note for note in of_sums)


def test_a_table_without_any_figure_of_england_is_refused(changed: Changed) -> None:
    def blank(sheets: Sheets) -> None:
        rows = sheets["Table 1 Total"]
        of_england = rows[row_of(rows, "England", column=2)]
        of_england[4:] = [""] * len(of_england[4:])

    with pytest.raises(ReadError, match=r"England was not found; expected 2 figures of England; found 0"):
        changed(blank)


def swap_groups(sheets: Sheets) -> None:
    header = sheets["Table 2a Gender"][3]
    one, other = header.index("Male 2024"), header.index("Male 2025")
    header[one], header[other] = header[other], header[one]


def drop_authority(sheets: Sheets) -> None:
    rows = sheets["Table 1 Total"]
    del rows[next(n for n, row in enumerate(rows) if str(row[0]).startswith("E0") and row[4])]


def drop_group(sheets: Sheets) -> None:
    rows = sheets["Table 2c Age"]
    for row in rows:
        del row[5:6]


def unknown_group(sheets: Sheets) -> None:
    header = sheets["Table 2a Gender"][3]
    header[header.index("Not known 2025")] = "In custody 2025"


def unknown_table(sheets: Sheets) -> None:
    sheets["Table 6"] = [["Table 6: People sleeping in cars"]]


def no_totals(sheets: Sheets) -> None:
    del sheets["Table 1 Total"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (swap_groups, ["Table 2a Gender", "do not add up"]),
        (drop_authority, ["Table 1 Total", "local authorities do not add up to England"]),
        (drop_group, ["Table 2c Age", "the groups of 2024 are not those of the other years"]),
        (unknown_group, ["Table 2a Gender", "row 4", "in custody 2025"]),
        (unknown_table, ["Table 6", "no table that is known", "sleeping in cars"]),
        (no_totals, ["people sleeping rough was not found", "[Contents]"]),
    ],
)
def test_a_workbook_whose_meaning_moved_is_refused_with_its_place(
    change: Change, words: list[str], changed: Changed
) -> None:
    with pytest.raises(ReadError) as refused:
        changed(change)
    for word in [NAME, *words]:
        assert word.lower() in str(refused.value).lower()


def test_an_unknown_marker_and_figures_of_no_area_are_quarantined_alone(
    changed: Changed, snapshot: pd.DataFrame
) -> None:
    def mark(sheets: Sheets) -> None:
        rows = sheets["Table 1 Total"]
        rows[row_of(rows, "E0")][4] = "n/k"
        rows.insert(10, ["", "Atlantis", "", "", 3.0, 4.0])
        sheets["Table 3 Approach"][4][4] = "Guess"

    found = changed(mark)
    assert [cell.cell for cell in found["snapshot"].quarantined] == ["n/k", "3.0", "4.0"]
    assert "Atlantis" in found["snapshot"].quarantined[1].reason
    assert found["snapshot"].rows_in == len(snapshot) + 2 == len(found["snapshot"].frame) + 3
    assert [cell.cell for cell in found["approach"].quarantined] == ["Guess"]


def test_a_table_saved_as_tidy_csv_is_read_and_one_cut_short_is_refused(
    read: Callable[[Path], dict[str, Figures]], tmp_path: Path
) -> None:
    rows: list[list[str | int]] = [
        ["Local authority ONS code", "Local authority", "Region", "Region ONS code", "Period", "Numerical"]
    ]
    for word, counts in {
        "female-2021": (1, 2),
        "male-2021": (4, 5),
        "not-known-2021": (0, 0),
        "total-2021": (5, 7),
    }.items():
        rows.append(["E00000000", "No relevant LA", "England", "E92000001", word, sum(counts)])
        rows += [
            [code, name, "South East", "E12000008", word, count]
            for (code, name), count in zip((("E07000223", "Adur"), ("E07000224", "Arun")), counts, strict=True)
        ]
    path = tmp_path / "gender-of-people-sleeping-rough.csv"
    write_csv(path, rows)
    frame = read(path)["snapshot"].frame
    assert frame.query("area_name == 'Arun'").set_index("category").value.to_dict() == {
        "female": 2, "male": 5, "not_known": 0, "total": 7,
    }  # fmt: skip
    assert set(frame.breakdown) == {"sex"} and frame.source_row.tolist() == list(range(2, 14))
    write_csv(path, rows[:-1])
    with pytest.raises(ReadError, match="do not add up to England"):
        read(path)
    path.write_text(path.read_text(encoding="utf-8")[:-4], encoding="utf-8")
    with pytest.raises(ReadError, match="cut short"):
        read(path)


def test_the_sample_is_its_own_says_it_is_synthetic_and_is_the_same_for_a_seed(
    sample: Path, sheets: Sheets, tmp_path: Path, sources: Catalogue
) -> None:
    assert recognise(LooseFile(sample), sources).source_ids == (SOURCE,)
    assert "SYNTHETIC" in str(sheets["Contents"]) and "SYNTHETIC" in str(sheets["Table 1 Total"])
    for name, seed in (("again", 1), ("other", 2)):
        (tmp_path / name).mkdir()
        sources[SOURCE].sample.write(tmp_path / name, seed=seed, scale=0.5)
    assert (tmp_path / "again" / NAME).read_bytes() == sample.read_bytes()
    assert (tmp_path / "other" / NAME).read_bytes() != sample.read_bytes()
