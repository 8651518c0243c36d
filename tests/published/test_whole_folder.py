"""Every real file at hand, taken in by one refresh of the folder edition."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from sources.catalogue import Catalogue
from tests.published import coverage
from tests.published.conftest import query

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("whole_folder")]


def test_every_source_lands_what_is_there_and_nothing_fails(refreshed: tuple[str, Path], sources: Catalogue) -> None:
    landed = dict(query(refreshed, "select source_id, sum(rows_landed) from meta.release group by source_id"))
    with_files = {s.id for s in sources.values() if s.contract.tested_on.evidence == "published files"}
    assert set(landed) == with_files
    assert all(rows > 0 for rows in landed.values())
    for source in sources:
        line = next(line for line in refreshed[0].splitlines() if line.strip().startswith(source))
        assert line.split()[-1] == "0", line


def test_rows_in_are_rows_landed_and_rows_quarantined(refreshed: tuple[str, Path]) -> None:
    assert query(
        refreshed, "select count(*) from meta.release where rows_in <> rows_landed + rows_quarantined or rows_in = 0"
    ) == [(0,)]
    quarantined = query(refreshed, "select sum(rows_quarantined) from meta.release")
    kept = query(refreshed, "select count(*) from meta.quarantine where reason <> '' and source_row is not null")
    assert quarantined == kept


def test_what_no_source_recognises_is_listed_and_left_alone(refreshed: tuple[str, Path], published: Path) -> None:
    listed = {row[0] for row in query(refreshed, "select address from meta.unrecognised")}
    there = {path.relative_to(published).as_posix() for path in published.rglob("*") if path.is_file()}
    read = {row[0] for row in query(refreshed, "select distinct address from meta.release")}
    assert listed | read <= there
    assert not listed & read
    assert any(name.endswith("NOTES.md") for name in listed)
    assert f"{len(listed):,} files belong to no source" in refreshed[0]
    nearest = query(refreshed, "select count(*) from meta.unrecognised where nearest is not null")
    assert nearest[0][0] > 0


def test_the_page_of_coverage_says_what_is_read_and_gives_each_other_file_its_reason(
    refreshed: tuple[str, Path], published: Path
) -> None:
    found = coverage.reading(refreshed[1], published)
    of_a_source, of_no_source = coverage.explained(coverage.OF_A_SOURCE), coverage.explained(coverage.OF_NO_SOURCE)
    assert not of_a_source.keys() & of_no_source.keys()
    assert of_a_source.keys() | of_no_source.keys() == found.unread
    assert found.table in coverage.PAGE.read_text(encoding="utf-8")
    assert len(of_a_source) <= 0.05 * (len(of_a_source) + len(found.read))


def test_real_figures_say_that_they_are_not_synthetic(refreshed: tuple[str, Path]) -> None:
    assert query(refreshed, "select edition, is_synthetic from meta.build") == [("folder", False)]
    assert refreshed[1].name == "health_justice.duckdb"


def test_a_rate_can_be_followed_back_to_its_file(refreshed: tuple[str, Path], published: Path) -> None:
    ((numerator, name),) = query(
        refreshed,
        "select v.numerator, r.source_file from marts.indicator_value as v"
        " join meta.release as r on r.release_id = v.release_id and r.source_id = v.source_id"
        " where v.indicator_id = 'recorded_crime_rate' and v.area_code = 'E23000032'"
        " and v.period_type = 'month' and v.period_start = date '2021-08-01'",
    )
    (path,) = published.rglob(name)
    with path.open(encoding="utf-8-sig", newline="") as text:
        # Anti-social behaviour is an incident, not a recorded crime.
        crimes = sum(row["Crime type"] != "Anti-social behaviour" for row in csv.DictReader(text))
    assert numerator == crimes > 15_000
