"""Deaths related to drug poisoning: the bundled files, how the layouts move, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sources.catalogue import Catalogue
from sources.errors import LayoutError, ReadError
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise
from tests.sources.workbooks import Sheets, rewrite

Read = Callable[[Path], Figures]
SOURCE = "ons_drug_poisoning_deaths"
WORKBOOK = "synthetic-2025localauthorities.xlsx"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    sources[SOURCE].sample.write(folder, seed=5, scale=1)
    return folder


@pytest.fixture(scope="module")
def read(sources: Catalogue) -> Read:
    def read_one(path: Path) -> Figures:
        (found,) = sources[SOURCE].reader.read(PublishedFile(path, path.name, "0" * 64), sources[SOURCE].contract)
        assert len(found.frame) + len(found.quarantined) == found.rows_in
        return found

    return read_one


@pytest.fixture(scope="module")
def short(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled workbook with a few areas, to be moved about."""

    def shorten(sheets: Sheets) -> None:
        del sheets["Table 1"][12:], sheets["Table 6"][12:]

    return rewrite(sample / WORKBOOK, tmp_path_factory.mktemp("short") / WORKBOOK, shorten)


def changed(short: Path, tmp_path: Path, change: Callable[[Sheets], None]) -> Path:
    return rewrite(short, tmp_path / WORKBOOK, change)


def cells(found: Figures) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    frame = found.frame.astype(object)
    keys = zip(*(frame[name] for name in ("area_code", "cause", "measure", "period_start")), strict=True)
    says = zip(*(frame[name].where(frame[name].notna(), None) for name in ("value", "status", "lower_95")), strict=True)
    return dict(zip(keys, says, strict=True))


def test_the_bundled_files_are_known_and_land_whole(sample: Path, sources: Catalogue, intake: Any, landed: Any) -> None:
    paths = sorted(sample.iterdir())
    assert all(recognise(LooseFile(path), sources).source_ids == (SOURCE,) for path in paths)
    result, home = intake(SOURCE, *paths)
    assert (result.problems, result.rows_quarantined, result.rows_landed) == ([], 0, 1818)
    areas = landed(home, f"{SOURCE}__local_authority")
    counts = areas[(areas["measure"] == "deaths") & (areas["period_type"] == "calendar_year")]
    for _, year in counts.groupby("period_start"):
        by_level = year.groupby("area_level")["value"].sum()
        england_and_wales = year.set_index("area_code")["value"][["E92000001", "W92000004"]].sum()
        districts = year[~year["area_level"].isin(["country", "region"])]
        assert districts["value"].sum() == england_and_wales
        assert by_level["region"] == year.set_index("area_code")["value"]["E92000001"]
    substances = landed(home, f"{SOURCE}__substance")
    heroin = substances[substances["substance"] == "heroin_morphine"].groupby(["period_start", "is_total"])["value"]
    assert (heroin.sum().unstack()[True] == heroin.sum().unstack()[False]).all()


def test_a_rate_has_its_limits_and_says_whether_it_is_reliable_or_given_at_all(sample: Path, read: Read) -> None:
    frame = read(sample / WORKBOOK).frame
    rates = frame[frame["measure"] == "rate"]
    assert set(rates["period_type"]) == {"multi_year"}
    assert set(rates["period_start"].dt.date) == {date(2023, 1, 1)}
    assert set(rates["period_end"].dt.date) == {date(2025, 12, 31)}
    assert set(rates["cause"]) == {"drug_misuse"}
    deaths = frame[(frame["measure"] == "deaths") & (frame["cause"] == "drug_misuse")].set_index("area_code")["value"]
    of_area = deaths[rates["area_code"]].to_numpy()
    assert (rates["status"].to_numpy() == "not_available").tolist() == (of_area < 10).tolist()
    assert (rates["status"].to_numpy() == "low_reliability").tolist() == ((of_area >= 10) & (of_area < 20)).tolist()
    given = rates[rates["value"].notna()]
    assert ((given["lower_95"] <= given["value"]) & (given["value"] <= given["upper_95"])).all()


def test_a_mark_glued_to_a_rate_is_the_same_as_one_beside_it(short: Path, tmp_path: Path, read: Read) -> None:
    def glue(sheets: Sheets) -> None:
        row = sheets["Table 6"][6]
        row[5], row[6] = f"{row[5]} u", ""

    found = cells(read(changed(short, tmp_path, glue)))
    before = cells(read(short))
    different = [key for key in before if before[key] != found[key]]
    assert len(different) == 1
    assert found[different[0]][:2] == (before[different[0]][0], "low_reliability")


def test_headings_in_one_row_are_read_as_those_in_two(short: Path, tmp_path: Path, read: Read) -> None:
    def join(sheets: Sheets) -> None:
        above, header = sheets["Table 6"][3:5]
        del sheets["Table 6"][3]
        for column in (4, 5, 7, 8):
            header[column] = f"{above[4]} \r\n{header[column]} \r\n[note 7]"
        header[6] = f"{above[4]} marker"

    assert cells(read(changed(short, tmp_path, join))) == cells(read(short))


def test_table_numbers_notes_and_rows_above_do_not_matter(short: Path, tmp_path: Path, read: Read) -> None:
    def move(sheets: Sheets) -> None:
        for name in ("Table 1", "Table 6"):
            rows = sheets[name]
            rows[0][0] = rows[0][0].replace(name, "Table 9") + " [note 9]"
            rows[1:1] = [["Deaths related to drug poisoning by local authority", *[""] * (len(rows[0]) - 1)]]

    assert cells(read(changed(short, tmp_path, move))) == cells(read(short))


@pytest.mark.parametrize(
    ("sheet", "row", "column", "text", "expected"),
    [
        ("Table 6", 4, 7, "Median delay", "years with deaths, a rate, its limits or its marker; found [Median delay]"),
        ("Table 6", 4, 4, "Rate", "each figure of each period once"),
        ("Table 6", 0, 0, "Table 6: Rates by local authority", "a title with drug poisoning or drug misuse"),
        ("Table 1", 0, 0, "Table 1: Drug poisoning, by date of death", "a title of deaths by registration"),
        ("Table 1", 0, 0, "Table 1: Drug poisoning, males and females", "one sex, or all persons"),
    ],
)
def test_what_a_table_or_column_is_of_is_never_guessed(
    short: Path, tmp_path: Path, read: Read, sheet: str, row: int, column: int, text: str, expected: str
) -> None:
    def change(sheets: Sheets) -> None:
        sheets[sheet][row][column] = text

    with pytest.raises(LayoutError) as refused:
        read(changed(short, tmp_path, change))
    assert f"[{WORKBOOK}] sheet [{sheet}]" in str(refused.value)
    assert expected in str(refused.value)


def test_the_same_table_twice_and_an_area_twice_are_refused(short: Path, tmp_path: Path, read: Read) -> None:
    def add_sheet(sheets: Sheets) -> None:
        sheets["Table 2"] = [list(row) for row in sheets["Table 1"]]

    def add_row(sheets: Sheets) -> None:
        sheets["Table 1"].append(list(sheets["Table 1"][-1]))

    with pytest.raises(LayoutError, match=r"another table than that of sheet \[Table 1\]"):
        read(changed(short, tmp_path, add_sheet))
    with pytest.raises(ReadError, match=r"row 13: an area stands twice in one table"):
        read(changed(short, tmp_path, add_row))


def test_what_cannot_be_read_is_set_aside_with_its_cell(short: Path, tmp_path: Path, read: Read) -> None:
    def spoil(sheets: Sheets) -> None:
        sheets["Table 1"][6][4] = "-"
        sheets["Table 1"][7][0] = "North East"
        sheets["Table 6"][7][7] = 999

    found = read(changed(short, tmp_path, spoil))
    reasons = [(cell.sheet, cell.row, cell.column, cell.reason) for cell in found.quarantined]
    assert reasons == [
        ("Table 1", 7, "E", "[-] is neither a number nor a marker that the contract knows"),
        *(("Table 1", 8, column, "[North East] is no area's code") for column in "EFG"),
        ("Table 6", 8, "F", "the rate is not between its limits"),
    ]


def test_a_table_of_areas_saved_as_csv_is_told_by_its_name(tmp_path: Path, read: Read) -> None:
    text = "code,name,2020,2019\r\nE92000001,ENGLAND,4312,4115\r\nW06000001,Isle of Anglesey / Ynys M\xf4n,12,13\r\n"
    path = tmp_path / "drug_misuse_registrations_by_LA.csv"
    path.write_bytes(text.encode("cp1252"))
    frame = read(path).frame
    assert set(frame["cause"]) == {"drug_misuse"}
    assert frame["area_name"].tolist()[-1] == "Isle of Anglesey / Ynys Môn"
    assert frame["value"].tolist() == [4312, 4115, 12, 13]
    assert frame["period_start"].dt.year.tolist() == [2020, 2019, 2020, 2019]
    with pytest.raises(LayoutError, match="a name with drug_poisoning or drug_misuse"):
        read(path.rename(tmp_path / "registrations_by_LA.csv"))


def test_a_dash_is_an_unshown_number_by_day_and_nowhere_else(sample: Path, tmp_path: Path, read: Read) -> None:
    frame = read(sample / "synthetic_drug_poisoning_opioid_daily.csv").frame
    unshown = frame[frame["status"] == "suppressed"]
    assert not unshown.empty
    assert set(unshown["substance"]) == {"opioid"}
    assert unshown["deaths"].isna().all()
    assert frame.loc[frame["substance"] == "opioid", "deaths"].min() == 3
    path = tmp_path / "heroin_morphine_deaths.csv"
    path.write_text("year,Under 20,20-29\n2019,-,133\n2018,8,140\n")
    (cell,) = read(path).quarantined
    assert (cell.row, cell.column, cell.cell) == (2, "B", "-")


def test_a_day_left_out_or_a_file_cut_short_is_refused(sample: Path, tmp_path: Path, read: Read) -> None:
    name = "synthetic_drug_poisoning_opioid_daily.csv"
    lines = (sample / name).read_text().splitlines(keepends=True)
    path = tmp_path / name
    path.write_text("".join(lines[:9] + lines[10:]))
    with pytest.raises(
        ReadError, match=r"row 10 column \[A\].*expected the day after 08/01/2025; found \[10/01/2025\]"
    ):
        read(path)
    path.write_text("".join(lines)[:-1].rstrip("\n"))
    with pytest.raises(ReadError, match="the last line has no end"):
        read(path)
    path.write_text("")
    with pytest.raises(ReadError, match="the file is empty"):
        read(path)
