"""One source from its origin to landing: what is read, what is kept, and what a failure costs."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from sources import archive, catalogue, clock
from sources.catalogue import Catalogue, Source
from sources.contract import Contract
from sources.errors import FetchError, ReadError
from sources.home import Home
from sources.intake import Intake, SourceIntake
from sources.landing import Landing
from sources.origins import Delivery, Offer, Validators
from sources.origins.given import GivenFiles
from sources.reading import Figures, PublishedFile
from tests import otherworld

_ERROR_PAGE = "<!DOCTYPE html>\n<html><body>503 Service Unavailable</body></html>\n"


def _month(number: int, *rows: tuple[str, object]) -> str:
    return otherworld.published_file([[code, "A place", f"2024-{number:02d}", seen, ""] for code, seen in rows])


@pytest.fixture
def drop(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file as if it had just been downloaded."""
    (tmp_path / "dropped").mkdir()

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / "dropped" / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def drop_zip(tmp_path: Path) -> Callable[..., Path]:
    def write(name: str, **members: str) -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("readme.txt", "Dragons bite.")
            for month, text in members.items():
                packed.writestr(f"2024/dragon-sightings-{month}.csv", text)
        return path

    return write


@pytest.fixture
def reads(dragons: Source, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that the reader was called for, in order."""
    called: list[str] = []
    real = dragons.reader.read

    def counting(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
        called.append(file.name)
        return real(file, contract)

    monkeypatch.setattr(dragons.reader, "read", counting)
    return called


@pytest.fixture
def take_in(home: Home, dragons: Source, otherworld_catalogue: Catalogue) -> Callable[..., Intake]:
    Landing(home).prepare(otherworld_catalogue)

    def run(*paths: Path, source: Source = dragons) -> Intake:
        return SourceIntake(source, GivenFiles(*paths), home).run()

    return run


def _rows(query: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(query).fetchall()


def _landed(home: Home) -> list[tuple[object, ...]]:
    """Code, month, value and status of everything landed, in order."""
    pattern = str(home.landing / otherworld.TABLE_ID / "*.parquet")
    return _rows(f"select area_code, month, value, status from read_parquet('{pattern}') order by all")


def _parquets(home: Home) -> set[str]:
    return {path.name for path in (home.landing / otherworld.TABLE_ID).iterdir()} - {"_schema.parquet"}


def _ledger(home: Home, query: str) -> list[dict[str, object]]:
    with home.open_ledger() as ledger:
        return [dict(row) for row in ledger.execute(query)]


def _july(seen: object) -> tuple[object, ...]:
    return ("E06000001", date(2024, 7, 1), seen, "observed")


# What lands


def test_figures_markers_and_notes_land_with_their_status_and_place(
    take_in: Callable[..., Intake], drop: Callable[..., Path], home: Home
) -> None:
    rows = [("E06000001", 7), ("E06000002", "*"), ("E06000003", "-"), ("E06000004", ""), ("E06000005", "12~")]
    path = drop("dragons.csv", _month(7, *rows))
    result = take_in(path)
    assert not result.problems
    assert (result.offered, result.rows_in, result.rows_landed, result.rows_quarantined) == (1, 5, 5, 0)
    july = date(2024, 7, 1)
    assert _landed(home) == [
        ("E06000001", july, 7.0, "observed"),
        ("E06000002", july, None, "suppressed"),
        ("E06000003", july, None, "not_applicable"),
        ("E06000004", july, None, "missing"),
        ("E06000005", july, 12.0, "observed"),
    ]
    pattern = str(home.landing / otherworld.TABLE_ID / "*.parquet")
    places = _rows(
        f"select source_file, source_row, source_column, archive_sha256, note from read_parquet('{pattern}')"
        " where area_code = 'E06000005'"
    )
    assert places == [("dragons.csv", 8, "D", archive.sha256_of(path), "~")]


def test_a_receipt_is_written_for_what_came(
    take_in: Callable[..., Intake], drop: Callable[..., Path], home: Home
) -> None:
    path = drop("dragons.csv", _month(7, ("E06000001", 7)))
    take_in(path)
    (receipt,) = _ledger(home, "select * from receipt")
    assert receipt["source_id"] == otherworld.SOURCE_ID
    assert (receipt["status"], receipt["origin"], receipt["address"]) == ("received", "folder", str(path))
    assert (receipt["size_bytes"], receipt["sha256"]) == (path.stat().st_size, archive.sha256_of(path))
    assert receipt["licence"] == "OGL-UK-3.0"
    assert str(receipt["requested_at"]) <= str(receipt["received_at"])


def test_a_cell_that_cannot_be_read_is_quarantined_with_its_place_and_the_rest_lands(
    take_in: Callable[..., Intake], drop: Callable[..., Path], home: Home
) -> None:
    text = _month(7, ("E06000001", 7), ("E06000002", "several")).replace(
        "E06000001,A place,2024-07", "E06000009,A place,Mistmonth,1,\nE06000001,A place,2024-07"
    )
    result = take_in(drop("dragons.csv", text))
    assert not result.problems
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (3, 1, 2)
    assert _landed(home) == [_july(7.0)]
    cells = _ledger(home, "select source_file, source_row, source_column, cell, reason from quarantined")
    assert [tuple(cell.values())[:4] for cell in cells] == [
        ("dragons.csv", 4, "C", "Mistmonth"),
        ("dragons.csv", 6, "D", "several"),
    ]
    assert "[several] is neither a number nor a marker" in str(cells[1]["reason"])


@pytest.mark.parametrize("rows_in", [0, 1, 3])
def test_a_reader_that_loses_or_invents_a_row_lands_nothing(
    take_in: Callable[..., Intake],
    drop: Callable[..., Path],
    home: Home,
    dragons: Source,
    monkeypatch: pytest.MonkeyPatch,
    rows_in: int,
) -> None:
    real = dragons.reader.read

    def careless(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
        for found in real(file, contract):
            found.rows_in = rows_in
            yield found

    monkeypatch.setattr(dragons.reader, "read", careless)
    result = take_in(drop("dragons.csv", _month(7, ("E06000001", 7), ("E06000002", 8))))
    assert [problem.kind for problem in result.problems] == ["unreadable"]
    assert "do not reconcile" in result.problems[0].text
    assert _landed(home) == []
    assert _parquets(home) == set()


def test_a_reader_that_gives_a_table_twice_lands_nothing_rather_than_half(
    take_in: Callable[..., Intake],
    drop: Callable[..., Path],
    home: Home,
    dragons: Source,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = dragons.reader.read
    monkeypatch.setattr(dragons.reader, "read", lambda file, contract: [*real(file, contract), *real(file, contract)])
    result = take_in(drop("dragons.csv", _month(7, ("E06000001", 7))))
    assert [problem.kind for problem in result.problems] == ["reader_failed"]
    assert "[sighting] twice" in result.problems[0].text
    assert _ledger(home, "select * from landed") == []


# Unchanged bytes cost nothing


def test_an_unchanged_file_is_not_read_again(
    take_in: Callable[..., Intake], drop: Callable[..., Path], home: Home, reads: list[str]
) -> None:
    path = drop("dragons.csv", _month(7, ("E06000001", 7)))
    first, parquets = take_in(path), _parquets(home)
    second = take_in(path)
    assert reads == ["dragons.csv"]
    assert (len(first.arrived), first.unchanged) == (1, 0)
    assert (second.arrived, second.unchanged, second.rows_in) == ([], 1, 0)
    assert _parquets(home) == parquets
    assert len(_ledger(home, "select * from receipt")) == 2
    assert len([p for p in home.archive.rglob("*") if p.is_file()]) == 1


def test_a_new_month_beside_an_unchanged_one_costs_one_reading(
    take_in: Callable[..., Intake], drop: Callable[..., Path], home: Home, reads: list[str]
) -> None:
    july = drop("july.csv", _month(7, ("E06000001", 7)))
    take_in(july)
    result = take_in(july, drop("august.csv", _month(8, ("E06000001", 8))))
    assert reads == ["july.csv", "august.csv"]
    assert (result.unchanged, len(result.arrived)) == (1, 1)
    assert [row[2] for row in _landed(home)] == [7.0, 8.0]


def test_a_revised_file_is_a_release_beside_the_earlier_one(
    take_in: Callable[..., Intake], drop: Callable[..., Path], home: Home
) -> None:
    take_in(drop("dragons.csv", _month(7, ("E06000001", 7))))
    take_in(drop("dragons.csv", _month(7, ("E06000001", 9))))
    assert _landed(home) == [_july(7.0), _july(9.0)]
    assert len({row["release_id"] for row in _ledger(home, "select release_id from landed")}) == 2


@pytest.mark.parametrize("name", ["contract.yaml", "read.py"])
def test_a_changed_contract_or_reader_reads_the_file_again_and_replaces_what_it_landed(
    take_in: Callable[..., Intake],
    drop: Callable[..., Path],
    home: Home,
    dragons: Source,
    otherworld_root: Path,
    name: str,
) -> None:
    path = drop("dragons.csv", _month(7, ("E06000001", 7), ("E06000002", "*"), ("E06000003", "several")))
    take_in(path)
    before = _parquets(home)
    code = dragons.folder / name
    text = code.read_text(encoding="utf-8")
    changed = text.replace("status: suppressed", "status: low_reliability").replace(
        "for row in body:", "for row in body[:]:"
    )
    assert changed != text
    code.write_text(changed, encoding="utf-8")
    result = take_in(path, source=catalogue.load(otherworld_root)[dragons.id])
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (3, 2, 1)
    assert len(_landed(home)) == 2
    assert _landed(home)[1][3] == ("low_reliability" if name == "contract.yaml" else "suppressed")
    assert len(_parquets(home)) == 1
    assert _parquets(home) != before
    assert len(_ledger(home, "select * from landed")) == len(_ledger(home, "select * from quarantined")) == 1


def test_reading_again_makes_nothing_newer(
    take_in: Callable[..., Intake],
    drop: Callable[..., Path],
    drop_zip: Callable[..., Path],
    home: Home,
    dragons: Source,
    otherworld_root: Path,
) -> None:
    plain = drop("dragons.csv", _month(7, ("E06000001", 7)))
    packed = drop_zip("latest.zip", **{"2024-08": _month(8, ("E06000001", 8))})
    with clock.at(datetime(2024, 9, 1, 2, tzinfo=UTC)):
        take_in(plain, packed)
    code = dragons.folder / "read.py"
    code.write_text(code.read_text(encoding="utf-8").replace("for row in body:", "for row in body[:]:"), "utf-8")
    # Another zip with the same member in it, and all of it read again by another reader, in landing swept empty.
    larger = drop_zip("larger.zip", **{"2024-08": _month(8, ("E06000001", 8)), "2024-09": _month(9, ("E06000001", 9))})
    for parquet in _parquets(home):
        (home.landing / otherworld.TABLE_ID / parquet).unlink()
    with clock.at(datetime(2025, 3, 1, 2, tzinfo=UTC)):
        again = take_in(plain, larger, source=catalogue.load(otherworld_root)[dragons.id])
    assert len(again.arrived) == 3
    came = _ledger(home, "select latest_period, substr(retrieved_at, 1, 10) as came from landed order by 1")
    assert [tuple(row.values()) for row in came] == [
        ("2024-07-01", "2024-09-01"),
        ("2024-08-01", "2024-09-01"),
        ("2024-09-01", "2025-03-01"),
    ]


def test_a_changed_reader_that_fails_leaves_what_the_earlier_one_landed(
    take_in: Callable[..., Intake], drop: Callable[..., Path], home: Home, dragons: Source, otherworld_root: Path
) -> None:
    path = drop("dragons.csv", _month(7, ("E06000001", 7)))
    take_in(path)
    code = dragons.folder / "read.py"
    code.write_text(code.read_text(encoding="utf-8").replace("rows.append(", "rows.appendix("), encoding="utf-8")
    changed = catalogue.load(otherworld_root)
    result = take_in(path, source=changed[dragons.id])
    assert [problem.kind for problem in result.problems] == ["reader_failed"]
    Landing(home).prepare(changed)
    assert _landed(home) == [_july(7.0)]


def test_a_table_that_a_changed_reader_no_longer_finds_is_not_left_behind(
    take_in: Callable[..., Intake], drop: Callable[..., Path], home: Home, dragons: Source, otherworld_root: Path
) -> None:
    contract = dragons.folder / "contract.yaml"
    text = contract.read_text(encoding="utf-8")
    contract.write_text(text + text[text.index("  sighting:") :].replace("  sighting:", "  roar:"), encoding="utf-8")
    reader = dragons.folder / "read.py"
    code = reader.read_text(encoding="utf-8")
    both = code + '    yield Figures("roar", pd.DataFrame(rows, columns=columns), len(body), quarantined)\n'
    reader.write_text(both, encoding="utf-8")
    path = drop("dragons.csv", _month(7, ("E06000001", 7), ("E06000002", "several")))
    assert take_in(path, source=catalogue.load(otherworld_root)[dragons.id]).rows_landed == 2
    roars = home.landing / f"{dragons.id}__roar"
    assert len(list(roars.glob("*.parquet"))) == 1

    reader.write_text(code, encoding="utf-8")
    take_in(path, source=catalogue.load(otherworld_root)[dragons.id])
    assert list(roars.glob("*.parquet")) == []
    assert [row["table_name"] for row in _ledger(home, "select table_name from landed")] == ["sighting"]
    assert [row["table_name"] for row in _ledger(home, "select table_name from quarantined")] == ["sighting"]


def test_what_somebody_deleted_from_landing_is_built_again_from_the_archive(
    take_in: Callable[..., Intake], drop: Callable[..., Path], home: Home, reads: list[str]
) -> None:
    path = drop("dragons.csv", _month(7, ("E06000001", 7)))
    take_in(path)
    for parquet in _parquets(home):
        (home.landing / otherworld.TABLE_ID / parquet).unlink()
    take_in(path)
    assert reads == ["dragons.csv", "dragons.csv"]
    assert _landed(home) == [_july(7.0)]


def test_the_same_file_in_two_folders_lands_once(
    take_in: Callable[..., Intake], drop: Callable[..., Path], home: Home, tmp_path: Path, reads: list[str]
) -> None:
    path = drop("dragons.csv", _month(7, ("E06000001", 7)))
    (tmp_path / "elsewhere").mkdir()
    twin = tmp_path / "elsewhere" / "dragons.csv"
    twin.write_bytes(path.read_bytes())
    result = take_in(path, twin)
    assert (result.offered, result.unchanged, reads) == (2, 1, ["dragons.csv"])
    assert _landed(home) == [_july(7.0)]


# Failures cost one file


class _Answers(GivenFiles):
    """A publisher that fails for some of its files."""

    def __init__(self, *paths: Path, failing: dict[str, Exception]) -> None:
        super().__init__(*paths)
        self.failing = failing

    def fetch(self, offer: Offer, known: Validators) -> Delivery:
        if offer.name in self.failing:
            raise self.failing[offer.name]
        return super().fetch(offer, known)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (FetchError("[https://otherworld.example]: no answer in 30 s"), "no answer in 30 s"),
        (ConnectionResetError("reset by a dragon"), "ConnectionResetError: reset by a dragon"),
    ],
)
def test_a_publisher_that_does_not_answer_costs_one_line_and_one_failed_receipt(
    take_in: Callable[..., Intake],
    drop: Callable[..., Path],
    home: Home,
    dragons: Source,
    error: Exception,
    says: str,
) -> None:
    july, august = drop("july.csv", _month(7, ("E06000001", 7))), drop("august.csv", _month(8, ("E06000001", 8)))
    take_in(july)
    result = SourceIntake(dragons, _Answers(july, august, failing={"july.csv": error}), home).run()
    assert [(problem.kind, problem.name) for problem in result.problems] == [("fetch_failed", "july.csv")]
    assert says in result.problems[0].text
    assert result.has_failed
    assert [row[2] for row in _landed(home)] == [7.0, 8.0]
    failed = _ledger(home, "select name, sha256, problem from receipt where status = 'failed'")
    assert [(row["name"], row["sha256"]) for row in failed] == [("july.csv", None)]
    assert says in str(failed[0]["problem"])


@pytest.mark.parametrize("error", [FetchError("the site is down"), KeyError("attachments")])
def test_a_publisher_that_cannot_even_be_asked_costs_its_source_one_line(
    take_in: Callable[..., Intake], drop: Callable[..., Path], home: Home, dragons: Source, error: Exception
) -> None:
    path = drop("dragons.csv", _month(7, ("E06000001", 7)))
    take_in(path)

    class Silent(GivenFiles):
        def offers(self, source: Source) -> list[Offer]:
            raise error

    result = SourceIntake(dragons, Silent(), home).run()
    assert [(problem.kind, problem.name) for problem in result.problems] == [("fetch_failed", dragons.id)]
    assert _landed(home) == [_july(7.0)]
    asked = "select status, problem from receipt where name = 'what there is'"
    (failed,) = _ledger(home, asked)
    assert failed["status"] == "failed"
    assert failed["problem"] == result.problems[0].text
    for _ in range(2):
        take_in(path)
    assert [row["status"] for row in _ledger(home, asked)] == ["failed", "not_modified"]


def test_a_publisher_that_has_nothing_to_offer_has_answered(take_in: Callable[..., Intake], home: Home) -> None:
    assert not take_in().problems
    assert _ledger(home, "select name, status, sha256, problem from receipt") == [
        {"name": archive.QUESTION, "status": "nothing_offered", "sha256": None, "problem": None}
    ]


_CUT_ZIP = b"PK\x03\x04\x14\x00\x00\x00\x08\x00cut short"
_DRIFTED = _month(7, ("E06000001", 7)).replace("Dragons seen", "Dragons heard")


@pytest.mark.parametrize(
    ("name", "content", "kind", "says"),
    [
        ("dragons.csv", _ERROR_PAGE, "unreadable", "expected text; found html"),
        ("dragons.xlsx", _ERROR_PAGE, "unreadable", "expected zip; found html"),
        ("dragons.zip", _ERROR_PAGE, "unreadable", "An error page saved under the file's name"),
        ("dragons.csv", b"\x89\x00\x01junk\x00", "unreadable", "expected text; found binary"),
        ("dragons.zip", _CUT_ZIP, "unreadable", "the zip is broken"),
        ("dragons.xlsx", _CUT_ZIP, "unreadable", "dragons.xlsx"),
        ("dragons.csv", _DRIFTED, "header_changed", "[Dragons seen] (closest: [Dragons heard])"),
        ("dragons.csv", "", "unreadable", "no header row was found"),
        ("dragons.csv", _month(7, ("E06000001", '"7')), "unreadable", "the quoting is broken"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_one_line_and_the_others_land(
    take_in: Callable[..., Intake],
    drop: Callable[..., Path],
    home: Home,
    name: str,
    content: str | bytes,
    kind: str,
    says: str,
) -> None:
    take_in(drop("june.csv", _month(6, ("E06000001", 6))))
    result = take_in(drop(name, content), drop("august.csv", _month(8, ("E06000001", 8))))
    assert [(problem.kind, problem.name) for problem in result.problems] == [(kind, name)]
    assert says in result.problems[0].text
    assert f"[{name}]" in result.problems[0].text
    assert [row[2] for row in _landed(home)] == [6.0, 8.0]
    assert len(_parquets(home)) == 2


def test_a_reader_with_a_mistake_is_one_line_with_the_file_and_is_tried_again(
    take_in: Callable[..., Intake],
    drop: Callable[..., Path],
    home: Home,
    dragons: Source,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = dragons.reader.read

    def mistaken(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
        if file.name == "july.csv":
            raise IndexError("list index out of range")
        return real(file, contract)

    paths = [drop(f"{name}.csv", _month(n, ("E06000001", n))) for n, name in ((7, "july"), (8, "august"))]
    with monkeypatch.context() as patch:
        patch.setattr(dragons.reader, "read", mistaken)
        result = take_in(*paths)
    assert [(p.kind, p.name) for p in result.problems] == [("reader_failed", "july.csv")]
    assert result.problems[0].text == "[july.csv]: the reader failed with IndexError: list index out of range"
    assert [row[2] for row in _landed(home)] == [8.0]
    assert not take_in(*paths).problems
    assert [row[2] for row in _landed(home)] == [7.0, 8.0]


def test_a_file_that_could_not_be_read_is_reported_again_and_not_read_again(
    take_in: Callable[..., Intake], drop: Callable[..., Path], home: Home, reads: list[str]
) -> None:
    path = drop("dragons.csv", _DRIFTED)
    first, second = take_in(path), take_in(path)
    assert reads == ["dragons.csv"]
    assert first.problems == second.problems
    assert len(second.problems) == 1
    repaired = take_in(drop("dragons.csv", _month(7, ("E06000001", 7))))
    assert not repaired.problems
    assert _landed(home) == [_july(7.0)]


def test_a_download_that_is_refused_leaves_no_temporary_and_no_blob(
    home: Home, dragons: Source, drop: Callable[..., Path]
) -> None:
    class Downloads(GivenFiles):
        def fetch(self, offer: Offer, known: Validators) -> Delivery:
            return Delivery(offer, Path(offer.address), clock.now(), clock.now(), is_ours=True)

    path = drop("dragons.csv", _ERROR_PAGE)
    assert SourceIntake(dragons, Downloads(path), home).run().has_failed
    assert not path.exists()
    assert [p for p in home.archive.rglob("*") if p.is_file()] == []


def test_a_publisher_that_says_unchanged_costs_no_bytes_and_lands_what_the_archive_has(
    home: Home, dragons: Source, drop: Callable[..., Path], reads: list[str]
) -> None:
    asked: list[Validators] = []

    class Conditional(GivenFiles):
        def fetch(self, offer: Offer, known: Validators) -> Delivery:
            asked.append(known)
            path = None if known.etag else Path(offer.address)
            return Delivery(offer, path, clock.now(), clock.now(), validators=Validators('"7"'))

    origin = Conditional(drop("dragons.csv", _month(7, ("E06000001", 7))))
    results = [SourceIntake(dragons, origin, home).run() for _ in range(3)]
    assert [v.etag for v in asked] == [None, '"7"', '"7"']
    assert [result.unchanged for result in results] == [0, 1, 1]
    assert reads == ["dragons.csv"]
    statuses = [row["status"] for row in _ledger(home, "select status from receipt order by receipt_id")]
    assert statuses == ["received", "not_modified", "not_modified"]


# Zips


def test_the_members_of_a_zip_land_each_under_its_own_name(
    take_in: Callable[..., Intake], drop_zip: Callable[..., Path], home: Home, reads: list[str]
) -> None:
    path = drop_zip("latest.zip", **{"2024-07": _month(7, ("E06000001", 7)), "2024-08": _month(8, ("E06000001", 8))})
    result = take_in(path)
    assert not result.problems
    assert reads == ["dragon-sightings-2024-07.csv", "dragon-sightings-2024-08.csv"]
    blob = archive.sha256_of(path)
    assert {row["archive_sha256"] for row in _ledger(home, "select archive_sha256 from landed")} == {blob}
    assert not list(home.work.iterdir())


def test_a_member_that_another_zip_brought_unchanged_is_neither_unpacked_nor_read_again(
    take_in: Callable[..., Intake],
    drop_zip: Callable[..., Path],
    home: Home,
    reads: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    july, august = _month(7, ("E06000001", 7)), _month(8, ("E06000001", 8))
    take_in(drop_zip("2024-07.zip", **{"2024-07": july}))
    unpacked: list[str] = []
    real = zipfile.ZipFile.open

    def watched(self: zipfile.ZipFile, name: zipfile.ZipInfo, *args: object, **options: object) -> object:
        unpacked.append(name.filename)
        return real(self, name, *args, **options)  # pyright: ignore[reportArgumentType, reportCallIssue]

    later = drop_zip("2024-08.zip", **{"2024-07": july, "2024-08": august})
    again = drop_zip("2024-09.zip", **{"2024-07": july.replace(",7,", ",9,"), "2024-08": august})
    monkeypatch.setattr(zipfile.ZipFile, "open", watched)
    result = take_in(later)
    assert (unpacked, len(result.arrived)) == (["2024/dragon-sightings-2024-08.csv"], 1)
    take_in(again)
    names = ["dragon-sightings-2024-07.csv", "dragon-sightings-2024-08.csv", "dragon-sightings-2024-07.csv"]
    assert reads == names
    assert unpacked[1:] == ["2024/dragon-sightings-2024-07.csv"]
    assert [row[2] for row in _landed(home)] == [7.0, 9.0, 8.0]


def test_a_broken_member_is_one_line_and_the_other_members_land(
    take_in: Callable[..., Intake], drop_zip: Callable[..., Path], home: Home
) -> None:
    months = {f"2024-{n:02d}": _month(n, *((f"E0600000{i}", n) for i in range(1, 9))) for n in (7, 8, 9)}
    path = drop_zip("latest.zip", **months)
    with zipfile.ZipFile(path) as packed:
        start = packed.getinfo("2024/dragon-sightings-2024-08.csv").header_offset
    raw = bytearray(path.read_bytes())
    for place in range(start + 90, start + 110):
        raw[place] ^= 0xFF
    path.write_bytes(raw)
    result = take_in(path)
    assert [(p.kind, p.name) for p in result.problems] == [("unreadable", "dragon-sightings-2024-08.csv")]
    assert "latest.zip: 2024/dragon-sightings-2024-08.csv" in result.problems[0].text
    assert {row[1] for row in _landed(home)} == {date(2024, 7, 1), date(2024, 9, 1)}


def test_a_zip_cut_short_anywhere_is_one_line_and_stops_nobody(
    take_in: Callable[..., Intake], drop_zip: Callable[..., Path], drop: Callable[..., Path], home: Home
) -> None:
    whole = drop_zip("latest.zip", **{"2024-07": _month(7, ("E06000001", 7))}).read_bytes()
    cuts = [drop(f"cut {length}.zip", whole[:length]) for length in range(8, len(whole), len(whole) // 5)]
    result = take_in(*cuts, drop("august.csv", _month(8, ("E06000001", 8))))
    assert [problem.name for problem in result.problems] == [cut.name for cut in cuts]
    assert [row[2] for row in _landed(home)] == [8.0]


def test_a_text_packed_with_gzip_lands_under_its_own_name(
    drop: Callable[[str, str | bytes], Path], take_in: Callable[..., Intake], home: Home
) -> None:
    packed = drop("dragons.csv.gz", gzip.compress(_month(7, ("E06000001", 7)).encode()))
    assert take_in(packed).rows_landed == 1
    assert _ledger(home, "select source_file, latest_period from landed") == [
        {"source_file": "dragons.csv", "latest_period": "2024-07-01"}
    ]
    again = take_in(packed)
    assert (again.unchanged, again.arrived) == (1, [])


def test_a_gzip_cut_short_is_one_line_and_lands_nothing(
    drop: Callable[[str, str | bytes], Path], take_in: Callable[..., Intake]
) -> None:
    whole = gzip.compress(_month(7, ("E06000001", 7)).encode())
    broken = take_in(drop("dragons.csv.gz", whole[: len(whole) // 2]))
    assert broken.rows_landed == 0
    (problem,) = broken.problems
    assert problem.text.startswith("[dragons.csv.gz]: the gzip is broken")


def test_a_zip_with_a_password_is_one_line_that_says_so(
    take_in: Callable[..., Intake], drop_zip: Callable[..., Path]
) -> None:
    path = drop_zip("latest.zip", **{"2024-07": "a", "2024-08": "b"})
    raw = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = raw.find(signature)
        while place >= 0:
            raw[place + offset] |= 1
            place = raw.find(signature, place + 4)
    path.write_bytes(raw)
    result = take_in(path)
    assert len(result.problems) == 1
    assert "the zip is locked" in result.problems[0].text


def test_a_zip_without_a_file_of_the_source_says_what_it_holds(
    take_in: Callable[..., Intake], drop_zip: Callable[..., Path]
) -> None:
    (problem,) = take_in(drop_zip("latest.zip")).problems
    assert problem.kind == "unreadable"
    assert "found readme.txt" in problem.text


# Interrupted runs


def test_preparing_sweeps_what_the_ledger_does_not_name_and_keeps_the_schema(
    take_in: Callable[..., Intake], drop: Callable[..., Path], home: Home, otherworld_catalogue: Catalogue
) -> None:
    take_in(drop("dragons.csv", _month(7, ("E06000001", 7))))
    kept, folder = _parquets(home), home.landing / otherworld.TABLE_ID
    (named,) = kept
    (folder / "half-0123456789.aaaaaaaaaaaa.parquet").write_bytes((folder / named).read_bytes())
    (folder / f".{named}.writing").write_bytes(b"PAR1")
    Landing(home).prepare(otherworld_catalogue)
    assert {path.name for path in folder.iterdir()} == kept | {"_schema.parquet"}
    assert _landed(home) == [_july(7.0)]


def test_an_empty_landing_has_every_table_with_its_columns_and_no_rows(
    home: Home, otherworld_catalogue: Catalogue
) -> None:
    Landing(home).prepare(otherworld_catalogue)
    files = f"read_parquet('{home.landing / otherworld.TABLE_ID}/*.parquet')"
    assert _rows(f"select * from {files}") == []
    columns = [row[0] for row in _rows(f"describe select * from {files}")]
    assert columns[:3] == ["area_code", "area_name", "month"]
    assert columns[-3:] == ["source_sheet", "source_row", "source_column"]


def test_a_run_that_stops_between_landing_and_the_ledger_is_made_good_by_the_next(
    take_in: Callable[..., Intake],
    drop: Callable[..., Path],
    home: Home,
    otherworld_catalogue: Catalogue,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = drop("dragons.csv", _month(7, ("E06000001", 7)))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Landing, "commit", killed)
        with pytest.raises(KeyboardInterrupt):
            take_in(path)
    assert len(_parquets(home)) == 1
    Landing(home).prepare(otherworld_catalogue)
    assert _parquets(home) == set()
    assert take_in(path).rows_landed == 1
    assert _landed(home) == [_july(7.0)]


def test_a_reader_that_finds_nothing_is_a_problem_and_not_a_silence(
    take_in: Callable[..., Intake], drop: Callable[..., Path], dragons: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dragons.reader, "read", lambda file, contract: iter(()))
    (problem,) = take_in(drop("dragons.csv", _month(7))).problems
    assert "nothing was found in it to read" in problem.text


def test_columns_that_are_not_the_contracts_are_refused_by_name(
    take_in: Callable[..., Intake], drop: Callable[..., Path], dragons: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = dragons.reader.read

    def renaming(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
        for found in real(file, contract):
            found.frame = pd.DataFrame(found.frame.rename(columns={"value": "dragons"}))
            yield found

    monkeypatch.setattr(dragons.reader, "read", renaming)
    (problem,) = take_in(drop("dragons.csv", _month(7, ("E06000001", 7)))).problems
    assert "without ['value'], with ['dragons'] besides" in problem.text


def test_an_error_of_reading_names_its_place_in_words() -> None:
    error = ReadError("no", file="a.xlsx", sheet="S", row=3, column="B", expected="x", found="y", advice="Look")
    assert str(error) == "[a.xlsx] sheet [S] row 3 column [B]: no; expected x; found y. Look"
