"""The way in: what is planned is what is checked, on landing as intake wrote it and on a working file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path

import duckdb
import pytest

from expectations import run
from expectations.passed import Passed
from sources.catalogue import Catalogue
from sources.home import Home
from sources.intake import Intake
from sources.landing import Landing
from tests.expectations import (
    test_estimate_suites,
    test_evidence_suites,
    test_gap_suites,
    test_place_suites,
    test_subject_suites,
)
from tests.expectations.test_mart_suites import GOOD

# Importing Great Expectations takes longer than all of these.
pytestmark = pytest.mark.slow

TakeIn = Callable[..., tuple[Intake, Home]]

STREET = "police_uk_street__crime"
HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)


def _street(folder: Path, month: str, *, rows: int, longitude: str = "-0.1") -> Path:
    """A force's month of synthetic crimes, one of them with a quoted field."""
    lines = [HEADER]
    for number in range(rows):
        location = '"On or near Broad Street, North"' if number == 0 else "On or near High Street"
        lines.append(
            f"{number:064x},{month},City of London Police,City of London Police,{longitude},51.5,{location},"
            "E01000001,City of London 001A,Burglary,Under investigation,"
        )
    path = folder / f"{month}-city-of-london-street.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _good_marts(connection: duckdb.DuckDBPyConnection) -> None:
    """Every table that has a suite, with rows that meet it or with none."""
    connection.execute(GOOD)
    subjects = {f"marts.{table}": columns for table, columns in test_subject_suites.TABLES.items()}
    studies = {f"marts.{table}": columns for table, columns in test_evidence_suites.TABLES.items()}
    for tables, values in (
        (subjects, test_subject_suites.VALUES),
        (studies, test_evidence_suites.VALUES),
        (test_place_suites.TABLES, test_place_suites.VALUES),
        (test_estimate_suites.TABLES, test_estimate_suites.VALUES),
    ):
        for table, columns in tables.items():
            row = ", ".join(f"{values.get(name, repr(name))} as {name}" for name in columns)
            connection.execute(f"create table {table} as select {row} limit 0")
    connection.execute(test_evidence_suites.ESTIMATED)
    connection.execute("delete from marts.need_prevalence; delete from marts.need_estimate")
    connection.execute("drop table meta.publisher_comparison")
    test_gap_suites.build(connection)
    # Of no day: the tests below choose their own.
    for table in ("marts.coverage", "marts.data_gap", "marts.place_gap", "meta.incident", "meta.granted_exemption"):
        connection.execute(f"delete from {table}")
    connection.execute(
        "insert into marts.period select distinct period_type, period_start, period_end, '12', 2024, 'All of it.'"
        " from marts.indicator_value"
    )
    connection.execute(
        "insert into meta.column select table_schema, table_name, column_name, 'What it is.'"
        " from information_schema.columns anti join meta.column using (table_schema, table_name, column_name)"
        " where table_schema in ('marts', 'meta')"
    )


@pytest.fixture
def one(sources: Catalogue) -> Catalogue:
    """A catalogue of one source: each has a suite of its own, and one is as good as fifty."""
    return Catalogue({"police_uk_street": sources["police_uk_street"]})


def _failed(results: list[run.CheckResult]) -> list[tuple[str, str]]:
    return [(result.table, result.expectation) for result in results if not result.passed]


def test_what_intake_landed_meets_its_contract(tmp_path: Path, intake: TakeIn, sources: Catalogue) -> None:
    _, home = intake("police_uk_street", _street(tmp_path, "2024-01", rows=30), _street(tmp_path, "2024-02", rows=25))
    results = run.check_landing(home, sources, [STREET])
    assert [result.observed for result in results if not result.passed] == []
    assert {result.table for result in results} == {f"landing.{STREET}"}


def test_what_is_planned_is_what_is_checked(tmp_path: Path, intake: TakeIn, sources: Catalogue) -> None:
    _, home = intake("police_uk_street", _street(tmp_path, "2024-01", rows=3))
    few = Catalogue({name: sources[name] for name in ("iopc_deaths", "police_uk_street")})
    Landing(home).prepare(few)
    warehouse = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        _good_marts(connection)
    found = [*run.check_landing(home, few), *run.check_marts(warehouse, home, few)]
    planned = run.plan(few)
    assert [(p.suite, p.table, p.expectation, p.severity) for p in planned] == [
        (r.suite, r.table, r.expectation, r.severity) for r in found
    ]
    assert all(check.reason and check.expected for check in planned)
    assert len({(check.table, check.expectation) for check in planned}) == len(planned)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", check.expectation) for check in planned)
    assert json.loads(json.dumps([asdict(result) for result in found], default=str))
    assert _failed(found) == []


def test_a_point_outside_the_contract_is_found_with_its_file(
    tmp_path: Path, intake: TakeIn, sources: Catalogue
) -> None:
    files = _street(tmp_path, "2024-01", rows=3), _street(tmp_path, "2024-02", rows=12, longitude="51.5")
    _, home = intake("police_uk_street", *files)
    results = run.check_landing(home, sources, [STREET])
    assert _failed(results) == [
        (f"landing.{STREET}", "figures_are_in_range"),
        (f"landing.{STREET}", "row_count_is_within_tolerance"),
    ]
    (outside, row_count) = (result for result in results if not result.passed)
    assert (outside.severity, outside.unexpected_count, len(outside.sample)) == ("error", 12, 10)
    assert outside.sample[0]["wrong_column"] == "longitude"
    assert outside.sample[0]["found"] == "51.5"
    assert outside.sample[0]["source_file"] == "2024-02-city-of-london-street.csv"
    assert row_count.severity == "warn"
    assert row_count.sample[0]["rows_landed"] == 12
    assert row_count.sample[0]["rows_before"] == 3


def test_a_parquet_that_the_ledger_does_not_name_is_found(tmp_path: Path, intake: TakeIn, sources: Catalogue) -> None:
    _, home = intake("police_uk_street", _street(tmp_path, "2024-01", rows=3))
    folder = home.landing / STREET
    duckdb.execute(
        f"copy (select * replace ('stray' as release_id) from read_parquet('{folder}/2*.parquet'))"
        f" to '{folder}/stray.parquet' (format parquet)"
    )
    results = run.check_landing(home, sources, [STREET])
    assert _failed(results) == [(f"landing.{STREET}", "ledger_reconciles")]
    (stray,) = (result.sample for result in results if not result.passed)
    assert stray[0]["release_id"] == "stray"
    assert (stray[0]["rows_landed"], stray[0]["rows_in_parquet"]) == (None, 3)


def test_landing_with_nothing_in_it_passes_and_a_table_without_a_folder_fails(
    tmp_path: Path, sources: Catalogue
) -> None:
    home = Home(tmp_path / "home", "folder").make()
    nothing_there = run.check_landing(home, sources, [STREET])
    assert {result.observed for result in nothing_there} == {f"the table [landing.{STREET}] is not there"}
    assert not any(result.passed for result in nothing_there)
    Landing(home).prepare(sources)
    assert all(result.passed for result in run.check_landing(home, sources, [STREET]))


def test_checking_leaves_no_scratch_file(tmp_path: Path, intake: TakeIn, sources: Catalogue) -> None:
    _, home = intake("police_uk_street", _street(tmp_path, "2024-01", rows=3))
    run.check_landing(home, sources, [STREET])
    assert sorted(path.name for path in home.work.iterdir()) == ["expectations", "expectations_passed.json"]


def test_a_table_that_the_catalogue_does_not_have_is_refused_by_name(tmp_path: Path, sources: Catalogue) -> None:
    with pytest.raises(KeyError, match=r"no landing table is called \[police_uk_street__crimes\]"):
        run.check_landing(Home(tmp_path, "folder").make(), sources, ["police_uk_street__crimes"])


def test_a_working_file_that_is_not_there_is_named(tmp_path: Path, one: Catalogue) -> None:
    home = Home(tmp_path, "folder").make()
    with pytest.raises(FileNotFoundError, match=r"warehouse\.duckdb\] is not there"):
        run.check_marts(home.warehouse, home, one)


def test_a_synthetic_file_in_the_home_of_real_ones_blocks_publication(tmp_path: Path, one: Catalogue) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        _good_marts(connection)
        connection.execute(
            "update meta.build set edition = 'sample', is_synthetic = true, note = 'SYNTHETIC: all of it'"
        )
    real, synthetic = Home(tmp_path, "live").make(), Home(tmp_path, "sample").make()
    assert _failed(run.check_marts(warehouse, real, one)) == [("meta.build", "edition_is_marked")]
    assert _failed(run.check_marts(warehouse, synthetic, one)) == []


def test_the_day_of_the_check_decides_what_is_in_the_future(tmp_path: Path, one: Catalogue) -> None:
    home = Home(tmp_path, "folder").make()
    with duckdb.connect(str(home.warehouse)) as connection:
        _good_marts(connection)
    assert _failed(run.check_marts(home.warehouse, home, one, today=date(2025, 3, 31))) == []
    early = run.check_marts(home.warehouse, home, one, today=date(2025, 3, 30))
    assert _failed(early) == [("marts.indicator_value", "no_period_is_in_the_future")]


def test_data_docs_show_every_table_and_fetch_nothing(
    tmp_path: Path, intake: TakeIn, sources: Catalogue, one: Catalogue, no_network: list[object]
) -> None:
    _, home = intake("police_uk_street", _street(tmp_path, "2024-01", rows=3, longitude="51.5"))
    with duckdb.connect(str(home.warehouse)) as connection:
        _good_marts(connection)
    results = []
    for _ in range(2):  # only the latest results are shown
        results = [*run.check_landing(home, sources, [STREET]), *run.check_marts(home.warehouse, home, one)]
    index = run.build_data_docs(home, tmp_path / "docs")
    assert index == tmp_path / "docs" / "index.html"
    pages = {path: path.read_text(encoding="utf-8") for path in (tmp_path / "docs").rglob("*.html")}
    validations = [path for path in pages if "validations" in path.relative_to(tmp_path / "docs").parts]
    tables = {result.table for result in results}
    assert len(validations) == len(tables)
    assert {"/".join(path.relative_to(tmp_path / "docs" / "validations").parts[:2]) for path in validations} == {
        table.replace(".", "/") for table in tables
    }
    (street,) = (text for path, text in pages.items() if path in validations and STREET in str(path))
    assert "figures_are_in_range" in street
    assert ">51.5<" in re.sub(r"\s+", "", street)
    assert f">landing.{STREET}</a></td><td>7</td><td>1</td><td>figures_are_in_range (error)<" in pages[index]
    for link in re.findall(r"href='([^']*)'", pages[index]):
        assert (tmp_path / "docs" / link).is_file()
    for path, text in pages.items():
        assert "every value here is synthetic" not in text
        fetched = re.findall(r"<(?:script|link|img|iframe)\b[^>]*(?:https?:)?//[^>]*>", text)
        assert fetched == [], path
    for path in (tmp_path / "docs").rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", path.read_text(encoding="utf-8")), path
    assert no_network == []


def test_every_page_on_synthetic_values_says_so(tmp_path: Path, one: Catalogue) -> None:
    home = Home(tmp_path / "home", "sample").make()
    with duckdb.connect(str(home.warehouse)) as connection:
        _good_marts(connection)
    run.check_marts(home.warehouse, home, one)
    run.build_data_docs(home, tmp_path / "docs")
    pages = list((tmp_path / "docs").rglob("*.html"))
    assert len(pages) > 8
    assert all("every value here is synthetic" in page.read_text(encoding="utf-8") for page in pages)


def test_rows_that_passed_are_not_asked_again_and_rows_that_failed_are(
    intake: Callable[..., tuple[Intake, Home]], sources: Catalogue, tmp_path: Path
) -> None:
    good, bad = tmp_path / "2021-08-kent-street.csv", tmp_path / "2021-09-kent-street.csv"
    row = ",2021-08,Kent Police,Kent Police,{},51.2,On or near Road,E01024000,Ashford 001A,Drugs,,\n"
    header = (
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
        "Last outcome category,Context\n"
    )
    good.write_text(header + row.format("0.5") * 30, encoding="utf-8")
    bad.write_text(header + row.format("170.0") * 30, encoding="utf-8")
    table = "police_uk_street__crime"
    _, home = intake("police_uk_street", good)
    assert all(result.passed for result in run.check_landing(home, sources, [table]))
    assert [path.name for path in Passed(home).to_check(table)] == ["_schema.parquet"]
    _, home = intake("police_uk_street", good, bad)
    for _ in range(2):
        failed = [r for r in run.check_landing(home, sources, [table]) if not r.passed]
        assert [(r.expectation, r.unexpected_count) for r in failed] == [("figures_are_in_range", 30)]
        assert [path.name.split(".")[0][:15] for path in Passed(home).to_check(table)] == ["_schema", "2021-09-kent-st"]
