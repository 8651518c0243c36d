"""Alcohol-specific deaths: the bundled files, how the layouts move, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.errors import LayoutError, ReadError
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise
from tests.sources.workbooks import Sheets, rewrite

Read = Callable[[Path], Figures]
SOURCE = "ons_alcohol_specific_deaths"
CAUSES = "synthetic-deathsbyindividualcause.xlsx"
TIDY = "synthetic_alcohol_specific_deaths.csv"


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


def by_key(found: Figures) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    frame = found.frame.astype(object)
    keys = zip(
        *(frame[n] for n in ("area_code", "sex", "age_group", "icd10_code", "cause", "period_start")), strict=True
    )
    return dict(zip(keys, zip(frame["value"], frame["is_total"], strict=True), strict=True))


def test_the_bundled_files_are_known_and_land_whole(sample: Path, sources: Catalogue, intake: Any, landed: Any) -> None:
    paths = sorted(sample.iterdir())
    assert all(recognise(LooseFile(path), sources).source_ids == (SOURCE,) for path in paths)
    result, home = intake(SOURCE, *paths)
    assert (result.problems, result.rows_quarantined, result.rows_landed) == ([], 0, 1977)
    areas = landed(home, f"{SOURCE}__local_authority")
    assert areas.loc[areas["area_level"].isin(["unitary_authority", "district"]), "area_code"].nunique() > 200
    assert set(areas["sex"]) == {"persons"}


def test_the_sexes_are_the_persons_and_the_ages_all_ages(sample: Path, read: Read) -> None:
    frame = read(sample / CAUSES).frame.astype({"sex": object, "age_group": object})
    assert set(frame["area_code"]) == {"E92000001", "W92000004"}
    persons = frame[frame["sex"] == "persons"].groupby(["area_code", "age_group"], observed=True)["value"].sum()
    sexes = frame[frame["sex"] != "persons"].groupby(["area_code", "age_group"], observed=True)["value"].sum()
    assert (persons == sexes).all()
    is_part = ~frame["is_total"].astype(bool)
    assert set(frame.loc[is_part, "sex"]) == {"male", "female"}
    assert "All ages" not in set(frame.loc[is_part, "age_group"])
    assert (
        frame.loc[is_part, "value"].sum()
        == frame.loc[(frame["sex"] == "persons") & (frame["age_group"] == "All ages"), "value"].sum()
    )


def test_a_tidy_copy_has_the_same_figures_without_an_area(sample: Path, read: Read) -> None:
    tidy = by_key(read(sample / TIDY))
    wales = {
        (None, key[1], key[2], None, *key[4:]): value
        for key, value in by_key(read(sample / CAUSES)).items()
        if key[0] == "W92000004" and not value[1]
    }
    plain = {
        tuple(None if part is None or part != part else part for part in key): value for key, value in tidy.items()
    }
    assert plain == wales


def test_columns_in_another_order_and_other_notes_do_not_matter(sample: Path, tmp_path: Path, read: Read) -> None:
    def move(sheets: Sheets) -> None:
        for name in ("Table 2", "Table 3"):
            rows = sheets[name]
            rows[3] = [str(cell).replace("note 3", "note 8") for cell in rows[3]]
            rows[3:] = [[row[-1], *row[1:4], row[0], *row[4:-1]] for row in rows[3:]]

    assert by_key(read(rewrite(sample / CAUSES, tmp_path / CAUSES, move))) == by_key(read(sample / CAUSES))


@pytest.mark.parametrize(
    ("row", "column", "text", "expected"),
    [
        (3, 6, "Rate", "year, sex, ICD-10 code, individual cause or an age, each once; found [Rate]"),
        (3, 6, "01-04", "year, sex, ICD-10 code, individual cause or an age, each once; found [01-04]"),
        (3, 1, "", "year, sex, ICD-10 code, individual cause or an age, each once"),
        (0, 0, "Table 2: Alcohol-specific deaths by individual cause", "a title with one of United Kingdom, England"),
        (0, 0, "Table 2: Individual causes, Wales", "another table than that of sheet [Table 2]"),
    ],
)
def test_what_a_sheet_or_column_is_of_is_never_guessed(
    sample: Path, tmp_path: Path, read: Read, row: int, column: int, text: str, expected: str
) -> None:
    def change(sheets: Sheets) -> None:
        sheets["Table 2"][row][column] = text

    with pytest.raises(LayoutError) as refused:
        read(rewrite(sample / CAUSES, tmp_path / CAUSES, change))
    assert f"[{CAUSES}] sheet [" in str(refused.value)
    assert expected in str(refused.value)


def test_ages_that_do_not_add_up_are_refused_and_a_bad_cell_is_set_aside(
    sample: Path, tmp_path: Path, read: Read
) -> None:
    def add(sheets: Sheets) -> None:
        sheets["Table 2"][4][10] += 1

    def spoil(sheets: Sheets) -> None:
        sheets["Table 2"][4][10] = "about 5"
        sheets["Table 3"][5][1] = "Everybody"

    with pytest.raises(ReadError, match=r"sheet \[Table 2\] row 5: the ages do not add up to their total"):
        read(rewrite(sample / CAUSES, tmp_path / CAUSES, add))
    found = read(rewrite(sample / CAUSES, tmp_path / CAUSES, spoil))
    assert {(cell.sheet, cell.row, cell.reason) for cell in found.quarantined} == {
        ("Table 2", 5, "[about 5] is neither a number nor a marker that the contract knows"),
        ("Table 3", 6, "[Everybody] is no sex that is known"),
    }
    assert len(found.quarantined) == 1 + 21


def test_a_tidy_copy_cut_short_or_with_a_row_twice_is_refused(sample: Path, tmp_path: Path, read: Read) -> None:
    lines = (sample / TIDY).read_text().splitlines(keepends=True)
    path = tmp_path / TIDY
    path.write_text("".join([*lines, lines[5]]))
    with pytest.raises(ReadError, match=r"row 82: a year, age, sex and cause stand twice"):
        read(path)
    path.write_text("".join(lines).rstrip())
    with pytest.raises(ReadError, match="the last line has no end"):
        read(path)
    path.write_text("".join(lines)[:-20])
    with pytest.raises(ReadError, match="number of cells"):
        read(path)


def test_a_workbook_of_other_deaths_is_refused(sample: Path, tmp_path: Path, read: Read) -> None:
    name = "synthetic-alcoholspecificdeathsbylocalauthority2025.xlsx"

    def other(sheets: Sheets) -> None:
        del sheets["Table_1"][12:], sheets["Table_2"]
        sheets["Table_1"][0][0] = "Table 1: Suicides by local authority"

    def none(sheets: Sheets) -> None:
        del sheets["Table_1"], sheets["Table_2"]

    with pytest.raises(LayoutError, match="a title of all alcohol-specific deaths"):
        read(rewrite(sample / name, tmp_path / name, other))
    with pytest.raises(ReadError, match="no sheet has a table of causes or areas"):
        read(rewrite(sample / name, tmp_path / name, none))
    assert isinstance(read(sample / name).frame, pd.DataFrame)
