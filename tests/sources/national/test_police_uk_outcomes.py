"""Crime outcomes: months and forces from names, files cut short, and the synthetic archive."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sources import catalogue
from sources.catalogue import Catalogue, Source
from sources.errors import HeaderError, ReadError
from sources.home import Home
from sources.reading import PublishedFile, Records
from sources.recognise import LooseFile, recognise

SOURCE = "police_uk_outcomes"
HEADER = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Outcome type"
NAME = "2026-09-dorset-outcomes.csv"
Landed = Callable[[Home, str], pd.DataFrame]


def _row(outcome: str = "Local resolution", *, longitude: str = "-1.9", month: str = "2026-09") -> str:
    area = 'E01035288,"Bournemouth, Christchurch and Poole 031E"'
    return f"{'a1' * 32},{month},Dorset Police,Dorset Police,{longitude},50.7,On or near High Street,{area},{outcome}"


def _reversed(row: str) -> tuple[str, str]:
    """The header and a record, columns from last to first."""
    cells = next(csv.reader([row]))
    return ",".join(reversed(HEADER.split(","))), ",".join(f'"{cell}"' for cell in reversed(cells))


def _file(folder: Path, *rows: str, name: str = NAME, header: str = HEADER, end: str = "\r\n") -> Path:
    path = folder / name
    path.write_bytes(("\r\n".join([header, *rows]) + end).encode())
    return path


def _first(frame: pd.DataFrame) -> dict[str, Any]:
    return frame.astype(object).where(frame.notna(), None).iloc[0].to_dict()


def _read(source: Source, path: Path) -> Records:
    (found,) = source.reader.read(PublishedFile(path, path.name, "0" * 64), source.contract)
    assert isinstance(found, Records)
    return found


@pytest.fixture
def source(sources: Catalogue) -> Source:
    return sources[SOURCE]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The synthetic archive."""
    folder = tmp_path_factory.mktemp(SOURCE)
    catalogue.load()[SOURCE].sample.write(folder, seed=5, scale=1)
    return folder / "2026-09.zip"


def _members(path: Path) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(path) as packed:
        return {
            name: list(csv.DictReader(io.StringIO(packed.read(name).decode("ascii"), newline="")))
            for name in packed.namelist()
            if name.endswith(".csv")
        }


def test_a_record_is_landed_with_its_quoted_area_name_whole(tmp_path: Path, intake: Callable, landed: Landed) -> None:
    result, home = intake(SOURCE, _file(tmp_path, _row(), _row("Suspect charged")))
    assert (result.problems, result.rows_in, result.rows_landed) == ([], 2, 2)
    row = _first(landed(home, f"{SOURCE}__outcome"))
    assert row["lsoa_name"] == "Bournemouth, Christchurch and Poole 031E"
    assert (row["crime_id"], row["outcome_type"], row["longitude"]) == ("a1" * 32, "Local resolution", -1.9)


def test_the_month_of_the_row_and_that_of_the_file_are_kept_apart(
    tmp_path: Path, intake: Callable, landed: Landed
) -> None:
    _, home = intake(SOURCE, _file(tmp_path, _row(month="2026-08")))
    row = _first(landed(home, f"{SOURCE}__outcome"))
    assert (row["month"].date(), row["file_month"].date()) == (date(2026, 8, 1), date(2026, 9, 1))


@pytest.mark.parametrize(
    ("name", "month", "force"),
    [
        ("2020-03-DEVON-and-cornwall-outcomes.csv", "2020-03-01", "devon-and-cornwall"),
        ("sample_2020-03-outcomes.csv", "2020-03-01", None),
        ("2021-12-outcomes.csv", "2021-12-01", None),
        ("2021-13-kent-outcomes.csv", None, None),
        ("outcomes.csv", None, None),
    ],
)
def test_month_and_force_come_from_every_form_of_the_name(
    tmp_path: Path, source: Source, name: str, month: str | None, force: str | None
) -> None:
    constants = _read(source, _file(tmp_path, _row(), name=name)).constants
    assert constants == {"file_month": month and date.fromisoformat(month), "force_slug": force}


def test_columns_in_another_order_are_read_by_their_names(tmp_path: Path, intake: Callable, landed: Landed) -> None:
    header, line = _reversed(_row())
    result, home = intake(SOURCE, _file(tmp_path, line, header=header))
    assert not result.problems
    first = _first(landed(home, f"{SOURCE}__outcome"))
    assert (first["outcome_type"], first["lsoa_code"]) == ("Local resolution", "E01035288")


def test_a_header_beyond_the_contract_stops_the_file_and_names_the_column(tmp_path: Path, source: Source) -> None:
    path = _file(tmp_path, _row(), header=HEADER.replace("Outcome type", "Result"))
    with pytest.raises(HeaderError, match=r"\[Outcome type\].*\[Result\]"):
        _read(source, path)


@pytest.mark.parametrize("outcome", ["Local resol", "Suspect charged", "An outcome that nobody has used"])
def test_a_last_line_without_an_end_is_refused_where_its_outcome_may_go_on(
    tmp_path: Path, source: Source, outcome: str
) -> None:
    with pytest.raises(ReadError) as refused:
        _read(source, _file(tmp_path, _row(), _row(outcome), end=""))
    assert f"[{NAME}]: the last line has no end" in str(refused.value)
    assert f"found [{outcome}] in its last cell" in str(refused.value)


def test_a_last_line_without_an_end_is_refused_where_its_last_cell_is_no_outcome(
    tmp_path: Path, source: Source
) -> None:
    header, line = _reversed(_row())
    with pytest.raises(ReadError, match=r"the last line has no end.* found \[a1"):
        _read(source, _file(tmp_path, line, header=header, end=""))


def test_a_last_line_without_an_end_is_read_where_its_outcome_is_known_to_be_whole(
    tmp_path: Path, intake: Callable
) -> None:
    result, _ = intake(SOURCE, _file(tmp_path, _row(), _row("Unable to prosecute suspect"), end=""))
    assert (result.problems, result.rows_landed) == ([], 2)


def test_a_last_record_without_all_of_its_cells_is_set_aside(tmp_path: Path, intake: Callable) -> None:
    cut = _row().rsplit(",", 1)[0]
    result, home = intake(SOURCE, _file(tmp_path, _row(), cut))
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (2, 1, 1)
    with home.open_ledger() as ledger:
        (aside,) = ledger.execute("select source_row, reason from quarantined").fetchall()
    assert tuple(aside) == (3, "the record cannot be split into the 10 cells of the header")


def test_a_cell_that_is_no_number_is_set_aside_with_its_record(tmp_path: Path, intake: Callable) -> None:
    result, home = intake(SOURCE, _file(tmp_path, _row(), _row(longitude="west")))
    assert (result.rows_landed, result.rows_quarantined) == (1, 1)
    with home.open_ledger() as ledger:
        (aside,) = ledger.execute("select source_row, source_column, cell from quarantined").fetchall()
    assert tuple(aside) == (3, "longitude", "west")


def test_the_sample_lands_without_loss(intake: Callable, landed: Landed, archive: Path) -> None:
    members = _members(archive)
    result, home = intake(SOURCE, archive)
    assert (result.problems, result.rows_quarantined) == ([], 0)
    frame = landed(home, f"{SOURCE}__outcome")
    by_file = frame.groupby("source_file").size().to_dict()
    assert by_file == {Path(name).name: len(rows) for name, rows in members.items()}
    assert frame["month"].tolist() == frame["file_month"].tolist()
    assert sum(by_file.values()) == result.rows_in == result.rows_landed


def test_the_sample_has_the_quirks_of_the_real_thing_and_says_that_it_is_synthetic(archive: Path) -> None:
    members = _members(archive)
    assert len(members) == 6
    rows = [row for found in members.values() for row in found]
    nowhere = [row for row in rows if row["Location"] == "No location"]
    assert nowhere
    assert not any(row["Longitude"] or row["LSOA code"] for row in nowhere)
    assert any("," in row["LSOA name"] for row in rows)
    assert len({row["Crime ID"] for row in rows}) == len(rows) - len(members)
    with zipfile.ZipFile(archive) as packed:
        assert packed.read("README-SYNTHETIC.txt").startswith(b"SYNTHETIC")


def test_the_same_seed_writes_the_same_bytes_and_another_does_not(
    tmp_path: Path, sources: Catalogue, archive: Path
) -> None:
    for seed in (5, 6):
        (tmp_path / str(seed)).mkdir()
        sources[SOURCE].sample.write(tmp_path / str(seed), seed=seed, scale=1)
    assert (tmp_path / "5" / archive.name).read_bytes() == archive.read_bytes()
    assert (tmp_path / "6" / archive.name).read_bytes() != archive.read_bytes()


def test_outcomes_are_told_from_crimes_whatever_the_file_is_called(
    tmp_path: Path, sources: Catalogue, archive: Path
) -> None:
    assert recognise(LooseFile(archive), sources).source_ids == (SOURCE,)
    assert recognise(LooseFile(_file(tmp_path, _row(), name="renamed.csv")), sources).source_ids == (SOURCE,)
    street = HEADER.replace("Outcome type", "Crime type,Last outcome category,Context")
    crimes = _file(tmp_path, header=street, name="2026-09-kent-outcomes.csv")
    assert recognise(LooseFile(crimes), sources).source_ids == ("police_uk_street",)
