"""The ledger and the contracts as landing tables."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sources import catalogue, clock, registry
from sources.archive import QUESTION, Archive, Receipt
from sources.catalogue import Catalogue, Source
from sources.home import Home
from sources.intake import SourceIntake
from sources.landing import Landing
from sources.origins.folder import FolderOrigin
from sources.origins.given import GivenFiles
from tests import otherworld


def _table(home: Home, name: str) -> list[dict[str, Any]]:
    path = home.landing / f"rebalance__{name}" / "registry.parquet"
    found = duckdb.sql(f"select * from read_parquet('{path}')")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def _types(home: Home, name: str) -> dict[str, str]:
    path = home.landing / f"rebalance__{name}" / "registry.parquet"
    found = duckdb.sql(f"select * from read_parquet('{path}')")
    return {n: str(t).lower() for n, t in zip(found.columns, found.types, strict=True)}


@pytest.fixture
def taken_in(tmp_path: Path, otherworld_catalogue: Catalogue, dragons: Source, home: Home) -> Home:
    folder = tmp_path / "dropped"
    folder.mkdir()
    rows = [["E06000001", "Hartlepool", "2024-07", 7, ""], ["E06000002", "Middlesbrough", "2024-07", "several", ""]]
    (folder / "July.csv").write_text(otherworld.published_file(rows), encoding="utf-8")
    (folder / "shopping.csv").write_text("eggs,milk\n", encoding="utf-8")
    Landing(home).prepare(otherworld_catalogue)
    SourceIntake(dragons, FolderOrigin(folder, otherworld_catalogue, home), home).run()
    registry.write(home, otherworld_catalogue)
    return home


def test_every_table_has_its_columns_and_types_with_nothing_taken_in(
    home: Home, otherworld_catalogue: Catalogue
) -> None:
    counts = registry.write(home, otherworld_catalogue)
    assert counts == {
        "source": 1,
        "table": 1,
        "promise": 1,
        "ask": 0,
        "unread": 0,
        "unreadable": 0,
        "release": 0,
        "quarantine": 0,
        "source_column": 13,
        "series_break": 1,
        "unrecognised": 0,
    }
    for name, schema in registry.SCHEMAS.items():
        expected = {n: t.replace("timestamptz", "timestamp with time zone") for n, t in schema.items()}
        assert _types(home, name) == expected
    assert _table(home, "source")[0]["has_rows"] is False
    assert _table(home, "source")[0]["latest_retrieved_at"] is None


def test_a_release_is_registered_with_its_counts_and_its_landing_file(taken_in: Home) -> None:
    (release,) = _table(taken_in, "release")
    assert (release["rows_in"], release["rows_landed"], release["rows_quarantined"]) == (2, 1, 1)
    assert (release["source_id"], release["source_file"]) == (otherworld.SOURCE_ID, "July.csv")
    assert (taken_in.landing / otherworld.TABLE_ID / str(release["landing_file"])).is_file()
    assert (taken_in.archive / str(release["archive_sha256"])[:2] / str(release["archive_sha256"])).is_file()


def test_a_break_in_series_is_registered_with_what_changed(taken_in: Home) -> None:
    (at,) = _table(taken_in, "series_break")
    assert (at["table_name"], str(at["since"])[:10], at["effect"]) == ("sighting", "2024-07-01", "not_comparable")
    assert (at["what"], at["applies_to"]) == ("Dragons without wings are counted too", "{}")


def test_a_release_says_which_period_it_reaches_to(taken_in: Home) -> None:
    assert str(_table(taken_in, "release")[0]["latest_period"])[:10] == "2024-07-01"


def test_a_quarantined_cell_is_registered_with_its_place(taken_in: Home) -> None:
    (cell,) = _table(taken_in, "quarantine")
    assert (cell["source_row"], cell["source_column"], cell["cell"]) == (5, "D", "several")
    assert "neither a number nor a marker" in str(cell["reason"])


def test_a_source_is_registered_with_what_its_contract_says_and_when_it_came(taken_in: Home) -> None:
    (source,) = _table(taken_in, "source")
    assert source["has_rows"] is True
    assert source["latest_retrieved_at"] is not None
    assert source["licence"] == "OGL-UK-3.0"
    assert (source["cadence"], source["usual_lag_days"]) == ("month", 30)


def test_every_column_is_described_and_the_provenance_too(taken_in: Home) -> None:
    columns = {row["column_name"]: row for row in _table(taken_in, "source_column")}
    assert all(row["description"] for row in columns.values())
    assert columns["value"]["published_as"] == '["Dragons seen", "Number of dragons"]'
    assert {"release_id", "source_row", "source_column"} < set(columns)


def test_what_the_publisher_stopped_and_promised_is_registered(taken_in: Home) -> None:
    (table,) = _table(taken_in, "table")
    assert (table["table_name"], table["period_column"], table["ended_after"]) == ("sighting", "month", None)
    (promise,) = _table(taken_in, "promise")
    assert (promise["period_end"], promise["promised_on"]) == (date(2024, 9, 30), date(2024, 10, 25))


def _ask(home: Home, *receipts: tuple[str, str, str]) -> None:
    """Receipts of a source ``s``: day and hour of August 2024, address, status."""
    with home.open_ledger() as ledger:
        for at, address, status in receipts:
            instant = datetime.fromisoformat(f"2024-08-{at}:00:00+00:00")
            problem = "no answer" if status == "failed" else None
            receipt = Receipt("s", address, address, "live", instant, instant, status, "OGL", problem=problem)
            Archive(home).record(ledger, receipt)


def test_a_day_of_asking_counts_what_failed_in_the_end(home: Home, otherworld_catalogue: Catalogue) -> None:
    _ask(home, ("07T02", "a", "failed"), ("07T02", "b", "received"), ("07T03", "a", "received"))
    _ask(home, ("08T02", "a", "received"), ("08T02", "b", "received"), ("08T03", "b", "failed"))
    registry.write(home, otherworld_catalogue)
    days = [(row["asked_on"], row["requests"], row["failed"], row["problem"]) for row in _table(home, "ask")]
    assert days == [(date(2024, 8, 7), 2, 0, None), (date(2024, 8, 8), 2, 1, "no answer")]


def _failing(home: Home, catalogue: Catalogue) -> list[tuple[int, int, int | None, bool]]:
    """Of each day on which ``s`` was asked: the day, the days in a row, the day of the first, whether it answered."""
    registry.write(home, catalogue)
    return [
        (
            row["asked_on"].day,
            row["failing_days"],
            row["failing_since"].day if row["failing_since"] else None,
            row["answered_at"] is not None,
        )
        for row in _table(home, "ask")
    ]


def test_a_source_has_been_failing_since_nothing_was_answered_or_one_address_began_to_fail(
    home: Home, otherworld_catalogue: Catalogue
) -> None:
    _ask(home, ("01T02", "a", "received"), ("01T02", "b", "received"))
    # Now this fails, now that: each day something came, and nothing failed twice in a row.
    _ask(home, ("02T02", "a", "failed"), ("02T02", "b", "received"))
    _ask(home, ("03T02", "a", "received"), ("03T02", "b", "failed"))
    # The same twice, then not even the question was answered.
    _ask(home, ("04T02", "a", "received"), ("04T02", "b", "failed"))
    _ask(home, ("05T02", QUESTION, "failed"))
    _ask(home, ("06T02", QUESTION, "failed"))
    _ask(home, ("07T02", QUESTION, "failed"))
    _ask(home, ("08T02", "a", "not_modified"), ("08T02", "b", "received"))
    assert _failing(home, otherworld_catalogue) == [
        (1, 0, None, True),
        (2, 1, 2, True),
        (3, 1, 3, True),
        (4, 2, 3, True),
        (5, 1, 5, False),
        (6, 2, 5, False),
        (7, 3, 5, False),
        (8, 0, None, True),
    ]


def test_a_question_that_was_answered_later_the_same_day_has_not_failed(
    home: Home, otherworld_catalogue: Catalogue
) -> None:
    _ask(home, ("01T02", QUESTION, "failed"), ("01T03", "a", "received"))
    # Weeks apart, and answered in between: that is no row of failures.
    _ask(home, ("15T02", QUESTION, "failed"), ("15T03", "a", "received"), ("20T02", QUESTION, "failed"))
    assert _failing(home, otherworld_catalogue) == [(1, 0, None, True), (15, 0, None, True), (20, 1, 20, False)]


def test_a_source_that_had_nothing_to_offer_has_answered(home: Home, otherworld_catalogue: Catalogue) -> None:
    _ask(home, ("01T02", QUESTION, "failed"), ("02T02", QUESTION, "nothing_offered"))
    assert _failing(home, otherworld_catalogue) == [(1, 1, 1, False), (2, 0, None, True)]


def test_a_file_that_cannot_be_read_is_registered_until_it_can(
    tmp_path: Path, home: Home, dragons: Source, otherworld_catalogue: Catalogue
) -> None:
    folder = tmp_path / "dropped"
    folder.mkdir()
    text = otherworld.published_file([["E06000001", "Hartlepool", "2024-07", 7, ""]])
    (folder / "July.csv").write_text(text.replace("Area name", "Name of the place"), encoding="utf-8")
    Landing(home).prepare(otherworld_catalogue)
    with clock.at(datetime(2024, 8, 30, 2, tzinfo=UTC)):
        SourceIntake(dragons, GivenFiles(folder / "July.csv"), home).run()
    registry.write(home, otherworld_catalogue)
    (unread,) = _table(home, "unread")
    assert unread["source_file"] == "July.csv"
    assert "Area name" in str(unread["problem"])
    assert str(unread["first_received_at"]).startswith("2024-08-30 02:00")


@pytest.mark.parametrize("how", ["read", "replaced", "withdrawn"])
def test_what_could_not_be_read_is_remembered_until_it_is_read_replaced_or_withdrawn(
    tmp_path: Path, home: Home, dragons: Source, otherworld_catalogue: Catalogue, otherworld_root: Path, how: str
) -> None:
    july, august = tmp_path / "July.csv", tmp_path / "August.csv"
    text = otherworld.published_file([["E06000001", "Hartlepool", "2024-07", 7, ""]])
    july.write_text(text.replace("Area name", "Name of the place"), encoding="utf-8")
    august.write_text(text.replace("2024-07", "2024-08"), encoding="utf-8")
    Landing(home).prepare(otherworld_catalogue)
    for day in (1, 2):
        with clock.at(datetime(2024, 9, day, 2, tzinfo=UTC)):
            SourceIntake(dragons, GivenFiles(july, august), home).run()
    registry.write(home, otherworld_catalogue)
    assert [row["source_file"] for row in _table(home, "unread")] == ["July.csv"]
    (unreadable,) = _table(home, "unreadable")
    assert (unreadable["first_failed_on"], unreadable["settled_on"]) == (date(2024, 9, 1), None)
    source, files = dragons, [july, august]
    if how == "read":
        code = dragons.folder / "contract.yaml"
        code.write_text(code.read_text("utf-8").replace("Area name", "Name of the place"), encoding="utf-8")
        source, files = catalogue.load(otherworld_root)[dragons.id], [july]
    elif how == "replaced":
        july.write_text(text, encoding="utf-8")
    else:
        files = [august]
    with clock.at(datetime(2024, 9, 3, 2, tzinfo=UTC)):
        SourceIntake(source, GivenFiles(*files), home).run()
    registry.write(home, otherworld_catalogue)
    assert _table(home, "unread") == []
    (unreadable,) = _table(home, "unreadable")
    assert (unreadable["first_failed_on"], unreadable["settled_on"]) == (date(2024, 9, 1), date(2024, 9, 3))
    assert unreadable["settled_how"] == how


def test_a_table_has_the_pace_of_its_source_or_its_own(sources: Catalogue, home: Home) -> None:
    registry.write(home, sources)
    paces = {(row["source_id"], row["table_name"]): row for row in _table(home, "table")}
    assert paces["moj_safety_in_custody", "prison_incident"]["cadence"] == "quarter"
    assert paces["moj_safety_in_custody", "national_year"]["cadence"] == "year"
    assert all(row["threshold_reason"] for row in paces.values())


def test_an_unrecognised_file_is_registered(taken_in: Home) -> None:
    assert [row["address"] for row in _table(taken_in, "unrecognised")] == ["shopping.csv"]


def test_writing_again_replaces_and_does_not_add(taken_in: Home, otherworld_catalogue: Catalogue) -> None:
    before = {name: _table(taken_in, name) for name in registry.SCHEMAS}
    registry.write(taken_in, otherworld_catalogue)
    assert {name: _table(taken_in, name) for name in registry.SCHEMAS} == before


def test_a_text_that_only_one_of_many_rows_has_is_kept(home: Home, otherworld_catalogue: Catalogue) -> None:
    with home.open_ledger() as ledger:
        ledger.executemany(
            "insert into quarantined values ('s', 't', 'r', 'f', ?, null, null, null, 'a reason')",
            [("a sheet" if number == 4_321 else None,) for number in range(9_999)],
        )
    registry.write(home, otherworld_catalogue)
    sheets = [row["source_sheet"] for row in _table(home, "quarantine")]
    assert len(sheets) == 9_999
    assert [sheet for sheet in sheets if sheet] == ["a sheet"]
