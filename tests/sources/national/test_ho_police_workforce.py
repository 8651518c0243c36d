"""Police workforce: the sample reads back, and what may change next is read or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.reading import PublishedFile
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.workbooks import Sheets, quarantined, rewrite, row_of

SOURCE = "ho_police_workforce"
FORCES, SERIES, RANKS = (f"{SOURCE}__{table}" for table in ("force_strength", "national_series", "rank_strength"))
KEY = ["worker_type", "measure", "area_code", "area_name", "area_level", "is_total", "period_end", "value", "status"]

Landed = Callable[[Home, str], pd.DataFrame]
Change = Callable[[Callable[[Sheets], None]], Path]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("workforce")
    sources[SOURCE].sample.write(folder, seed=1, scale=1.0)
    return folder


@pytest.fixture(scope="session")
def workbook(sample: Path) -> Path:
    return next(sample.glob("*.ods"))


@pytest.fixture(scope="session")
def text(sample: Path) -> Path:
    return next(sample.glob("*.csv"))


def figures(frame: pd.DataFrame, keys: list[str]) -> list[tuple]:
    """What was read, without where it was read."""
    return sorted(tuple(map(str, row)) for row in frame[keys].astype({"period_end": str}).itertuples(index=False))


@pytest.fixture(scope="session")
def frames(tmp_path_factory: pytest.TempPathFactory, sample: Path, sources: Catalogue) -> dict[str, pd.DataFrame]:
    """Every table of the sample, read once, by its name."""
    read = sources[SOURCE].reader.read
    found: dict[str, pd.DataFrame] = {}
    for file in sorted(sample.iterdir()):
        for table in read(PublishedFile(file, file.name, "0" * 64), sources[SOURCE].contract):
            assert table.rows_in == len(table.frame) and not table.quarantined
            found[table.table] = table.frame.astype({"period_end": "datetime64[s]", "period_start": "datetime64[s]"})
    return found


@pytest.fixture
def changed(workbook: Path, tmp_path: Path) -> Change:
    """The first table of the workbook and the series, with a change to their cells."""

    def write(change: Callable[[Sheets], None]) -> Path:
        def shortened(sheets: Sheets) -> None:
            for name in set(sheets) - {"Index", "Table_1", "Table_6"}:
                del sheets[name]
            change(sheets)

        return rewrite(workbook, tmp_path / "police-workforce-sep25-tables.xlsx", shortened)

    return write


def test_the_sample_reads_back_whole_and_is_of_this_source_only(
    intake: TakeIn, landed: Landed, text: Path, sample: Path, sources: Catalogue, frames: dict[str, pd.DataFrame]
) -> None:
    for file in sorted(sample.iterdir()):
        assert recognise(LooseFile(file), sources).source_ids == (SOURCE,)
    result, home = intake(SOURCE, text)
    assert (result.problems, result.rows_quarantined, result.rows_in) == ([], 0, len(landed(home, RANKS)))
    forces, series, ranks = (frames[name] for name in ("force_strength", "national_series", "rank_strength"))
    assert forces[forces.area_level == "police_force_area"].area_code.nunique() == 43
    assert ranks.area_code.nunique() == 43
    assert set(series.period_end.dt.year) == set(range(2006, 2026))


def test_forces_add_up_to_their_regions_and_these_to_the_43_forces(frames: dict[str, pd.DataFrame]) -> None:
    frame = frames["force_strength"]
    keys = ["worker_type", "measure", "period_end"]
    parts = frame[frame.area_level == "police_force_area"].groupby(keys).value.sum()
    regions = frame[frame.area_level.isin(["region", "country"])].groupby(keys).value.sum()
    whole = frame[frame.area_level == "england_and_wales"].set_index(keys).value
    every = frame[frame.area_level == "all_bodies"].set_index(keys).value
    others = frame[frame.area_level == "other_body"].groupby(keys).value.sum()
    assert len(whole) == 15
    for found in (parts, regions, every - others):
        assert (found - whole).abs().max() < 0.01


def test_the_region_and_the_force_of_one_name_are_told_apart(frames: dict[str, pd.DataFrame]) -> None:
    frame = frames["force_strength"]
    named = frame[frame.area_name == "West Midlands"]
    codes = named.groupby("area_level").area_code.agg(set).to_dict()
    assert codes == {"region": {"E12000005"}, "police_force_area": {"E23000014"}}
    assert list(frame[frame.area_name == "Wiltshire"].area_code.unique()) == ["E23000038"]


def test_a_force_that_cannot_say_is_not_available_and_not_nought(frames: dict[str, pd.DataFrame]) -> None:
    frame = frames["force_strength"]
    without = frame[(frame.worker_type == "designated_officer") & (frame.area_name == "Cleveland")]
    assert without.value.isna().all() and list(without.status) == ["not_available"] * 3
    assert (frame.status != "observed").sum() == 3


def test_a_note_on_a_year_is_no_part_of_it(frames: dict[str, pd.DataFrame]) -> None:
    frame = frames["national_series"]
    assert frame.period_end.min() == pd.Timestamp(2006, 9, 30)
    assert (frame.period_end == pd.Timestamp(2012, 9, 30)).sum() == 4
    assert (frame.period_end == frame.period_start).all()


def test_what_moves_without_meaning_changes_no_figure(
    intake: TakeIn, landed: Landed, changed: Change, frames: dict[str, pd.DataFrame]
) -> None:
    def move(sheets: Sheets) -> None:
        for name in [name for name in sheets if name != "Index"]:
            rows = sheets.pop(name)
            header = next(n for n, row in enumerate(rows) if "number" in row or "Police Staff" in row)
            # Notes of other numbers, two columns the other way round, a line above and a sheet of another name.
            rows[0][0] = rows[0][0].replace("Table ", "Table 1") + "[note 4]"
            for row in rows[header:]:
                row[1], row[2] = row[2], row[1]
                for old, new in (
                    ("Wiltshire3", "Wiltshire1, 2"),
                    ("43 forces", "43 forces5"),
                    ("20122", "2012[note 1]"),
                ):
                    row[0] = str(row[0]).replace(old, new)
            sheets[f"T{name}"] = [["" for _ in rows[0]], *rows]

    result, home = intake(SOURCE, changed(move))
    assert result.problems == [] and result.rows_quarantined == 0
    forces = frames["force_strength"]
    officers = pd.DataFrame(forces[forces.worker_type == "police_officer"])
    for table, old in ((FORCES, officers), (SERIES, frames["national_series"])):
        new = landed(home, table)
        keys = [key for key in KEY if key in new]
        assert figures(new, keys) == figures(old, keys)


def test_an_unknown_force_is_quarantined_with_the_nearest_names(intake: TakeIn, changed: Change) -> None:
    def rename(sheets: Sheets) -> None:
        rows = sheets["Table_1"]
        rows[row_of(rows, "Northumbria")][0] = "Northumbrai"

    result, home = intake(SOURCE, changed(rename))
    assert result.problems == [] and result.rows_quarantined == 3
    rejected = quarantined(home)
    assert "[Northumbrai]" in rejected[0]["reason"] and "[Northumbria] (E23000007)" in rejected[0]["reason"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rows: rows.__delitem__(slice(row_of(rows, "Surrey"), None)), "a row [Total]"),
        (
            lambda rows: rows[0].__setitem__(0, "Table 1: Police horses by police force area"),
            "[police horses by police",
        ),
        (lambda rows: rows[2].__setitem__(7, "Hundreds"), "the unit is not said once"),
        (lambda rows: rows[5].__setitem__(3, "soon"), "heading that is not known; found [soon]"),
        (lambda rows: rows[0].__setitem__(0, rows[0][0].replace("FTE", "headcount")), "fte, headcount"),
        (
            lambda rows: rows.insert(row_of(rows, "Total 43"), rows.pop(row_of(rows, "West Midlands"))),
            "the region [West Midlands] has fewer than its force",
        ),
    ],
    ids=["cut short", "other workers", "other unit", "other heading", "two units", "region below its force"],
)
def test_a_table_whose_meaning_moved_is_refused_with_its_place(
    intake: TakeIn, changed: Change, change: Callable[[list[list]], None], words: str
) -> None:
    def spoil(sheets: Sheets) -> None:
        change(sheets["Table_1"])

    result, _ = intake(SOURCE, changed(spoil))
    assert result.rows_landed == 0
    text = result.problems[0].text
    assert "police-workforce-sep25-tables.xlsx] sheet [Table_1]" in text and words in text


def test_a_record_whose_code_is_not_that_of_its_force_is_quarantined(
    intake: TakeIn, landed: Landed, text: Path, tmp_path: Path
) -> None:
    path = tmp_path / text.name
    path.write_text(text.read_text(encoding="utf-8").replace("E23000007,Northumbria", "E23000008,Northumbria", 1))
    result, home = intake(SOURCE, path)
    assert result.rows_quarantined == 2
    assert quarantined(home)[0]["reason"] == "[E23000008] is not the code of Northumbria"
    assert set(landed(home, RANKS).period_end) == {pd.Timestamp(2026, 3, 31)}


def test_a_column_that_is_renamed_beyond_what_is_known_is_refused(intake: TakeIn, text: Path, tmp_path: Path) -> None:
    path = tmp_path / text.name
    path.write_text(text.read_text(encoding="utf-8").replace("total_fte", "total_posts", 1))
    result, _ = intake(SOURCE, path)
    assert result.rows_landed == 0 and "[total_posts]" in result.problems[0].text
