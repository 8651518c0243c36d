"""Street-level crime and stop and search: names, booleans, months, and the synthetic archives."""

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

from sources import catalogue, places
from sources.catalogue import Catalogue
from sources.home import Home
from sources.intake import SourceIntake
from sources.landing import Landing
from sources.origins.discovery import KINDS
from sources.origins.discovery.parameters import Parameters
from sources.origins.sample import SampleOrigin

Landed = Callable[[Home, str], Any]
STREET = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)
SEARCH = (
    "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,"
    "Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,Outcome,"
    "Outcome linked to object of search,Removal of more than just outer clothing"
)
BOTH = ("police_uk_street", "police_uk_stop_and_search")


def _search(time: str, linked: str = "", operation: str = "") -> str:
    return f"Person search,{time},{operation},,51.5,-0.1,Male,18-24,,White,,Controlled drugs,Arrest,{linked},"


def _file(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("\r\n".join([*lines, ""]), encoding="utf-8", newline="")
    return path


def test_the_month_of_a_search_is_that_of_the_file_and_not_of_its_time(
    tmp_path: Path, intake: Callable, landed: Landed
) -> None:
    path = _file(tmp_path, "2026-07-kent-stop-and-search.csv", SEARCH, _search("2026-06-30T23:20:00+00:00"))
    _, home = intake("police_uk_stop_and_search", path)
    row = landed(home, "police_uk_stop_and_search__search").iloc[0]
    assert (row["month"].date(), row["force_slug"]) == (date(2026, 7, 1), "kent")
    assert row["occurred_at"] == pd.Timestamp("2026-06-30T23:20:00Z")


@pytest.mark.parametrize(
    ("name", "month", "force"),
    [
        ("api_south-wales_2019-04.csv", date(2019, 4, 1), "south-wales"),
        ("sample_2020-03-stop-and-search.csv", date(2020, 3, 1), None),
        ("2020-03-DEVON-and-cornwall-stop-and-search.csv", date(2020, 3, 1), "devon-and-cornwall"),
    ],
)
def test_month_and_force_come_from_every_form_of_the_name(
    tmp_path: Path, intake: Callable, landed: Landed, name: str, month: date, force: str | None
) -> None:
    _, home = intake("police_uk_stop_and_search", _file(tmp_path, name, SEARCH, _search("2020-01-01T00:00:00+00:00")))
    row = landed(home, "police_uk_stop_and_search__search").iloc[0]
    assert row["month"].date() == month
    assert row["force_slug"] == force if force else pd.isna(row["force_slug"])


def test_searches_in_a_file_whose_name_gives_no_month_are_not_landed(tmp_path: Path, intake: Callable) -> None:
    path = _file(tmp_path, "searches.csv", SEARCH, _search("2020-01-01T00:00:00+00:00"))
    result, _ = intake("police_uk_stop_and_search", path)
    assert [problem.kind for problem in result.problems] == ["unreadable"]
    assert "[searches.csv]: its name does not say which month it is of" in result.problems[0].text


def test_booleans_are_read_in_every_form_and_nothing_else_is_one(
    tmp_path: Path, intake: Callable, landed: Landed
) -> None:
    answers = ["True", "False", "1.0", "0.0", "", "Maybe"]
    lines = [_search("2026-01-01T10:00:00+00:00", linked=answer) for answer in answers]
    path = _file(tmp_path, "2026-01-kent-stop-and-search.csv", SEARCH, *lines)
    result, home = intake("police_uk_stop_and_search", path)
    column = landed(home, "police_uk_stop_and_search__search")["is_outcome_linked_to_object"]
    assert column.astype("object").where(column.notna(), None).tolist() == [True, False, True, False, None]
    assert (result.rows_in, result.rows_quarantined) == (6, 1)
    with home.open_ledger() as ledger:
        aside = ledger.execute("select source_row, source_column, cell from quarantined").fetchall()
    assert [tuple(row) for row in aside] == [(7, "is_outcome_linked_to_object", "Maybe")]


def test_a_first_column_without_a_heading_is_passed_over(tmp_path: Path, intake: Callable, landed: Landed) -> None:
    path = _file(tmp_path, "api_kent_2026-01.csv", "," + SEARCH, "0," + _search("2026-01-01T10:00:00+00:00"))
    result, home = intake("police_uk_stop_and_search", path)
    assert not result.problems
    assert landed(home, "police_uk_stop_and_search__search")["type"].tolist() == ["Person search"]


def test_a_header_that_lost_a_column_stops_the_file_and_names_the_column(tmp_path: Path, intake: Callable) -> None:
    header = STREET.replace("Crime type", "Category of crime")
    result, _ = intake("police_uk_street", _file(tmp_path, "2026-01-kent-street.csv", header))
    assert [problem.kind for problem in result.problems] == ["header_changed"]
    assert "[Crime type]" in result.problems[0].text
    assert "[Category of crime]" in result.problems[0].text


def test_an_error_page_under_the_name_of_a_file_is_not_landed(tmp_path: Path, intake: Callable) -> None:
    path = _file(tmp_path, "2026-01-kent-street.csv", "<!DOCTYPE html><html><body>Service unavailable</body></html>")
    result, _ = intake("police_uk_street", path)
    assert "found html" in result.problems[0].text
    assert result.rows_landed == 0


@pytest.mark.parametrize("source_id", BOTH)
def test_the_live_edition_knows_the_contracts_way_of_discovery(sources: Catalogue, source_id: str) -> None:
    how = sources[source_id].contract.discovery
    assert how.kind == "police_archive"
    assert how.kind in KINDS
    Parameters(source_id, how.kind, how.parameters, known=("base", "history", "history_from"))


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    found = {}
    for source_id in BOTH:
        folder = tmp_path_factory.mktemp(source_id)
        catalogue.load()[source_id].sample.write(folder, seed=5, scale=0.2)
        found[source_id] = folder / "2026-09.zip"
    return found


@pytest.mark.parametrize("source_id", BOTH)
def test_the_same_seed_writes_the_same_bytes_and_another_does_not(
    tmp_path: Path, sources: Catalogue, archives: dict[str, Path], source_id: str
) -> None:
    for seed in (5, 6):
        (tmp_path / str(seed)).mkdir()
        sources[source_id].sample.write(tmp_path / str(seed), seed=seed, scale=0.2)
    written = archives[source_id].read_bytes()
    assert (tmp_path / "5" / "2026-09.zip").read_bytes() == written
    assert (tmp_path / "6" / "2026-09.zip").read_bytes() != written


@pytest.mark.parametrize("source_id", BOTH)
def test_a_sample_says_that_it_is_synthetic(archives: dict[str, Path], source_id: str) -> None:
    with zipfile.ZipFile(archives[source_id]) as archive:
        assert archive.read("README-SYNTHETIC.txt").startswith(b"SYNTHETIC")


def _members(path: Path) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(path) as archive:
        return {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode("ascii"), newline="")))
            for name in archive.namelist()
            if name.endswith(".csv")
        }


def test_a_street_sample_has_the_quirks_of_the_real_thing(archives: dict[str, Path]) -> None:
    members = _members(archives["police_uk_street"])
    months = {name[:7] for name in members}
    assert (min(months), max(months), len(months)) == ("2025-09", "2026-09", 13)
    forces = {name.removesuffix("-street.csv")[16:] for name in members}
    assert len(forces) == 44
    assert "2026-01/2026-01-greater-manchester-street.csv" not in members
    assert "2026-03/2026-03-greater-manchester-street.csv" in members
    rows = [row for found in members.values() for row in found]
    social = [row for row in rows if row["Crime type"] == "Anti-social behaviour"]
    assert social
    assert not any(row["Crime ID"] or row["Last outcome category"] for row in social)
    nowhere = [row for row in rows if row["Location"] == "No Location"]
    assert nowhere
    assert not any(row["Longitude"] or row["LSOA code"] for row in nowhere)
    assert any(row["LSOA name"].startswith("Bournemouth, Christchurch and Poole") for row in rows)
    assert not any(row["Context"] for row in rows)
    btp = members["2026-09/2026-09-btp-street.csv"]
    assert btp
    assert not any(row["Crime ID"] for row in btp)
    kent = [row for name, found in members.items() if name.endswith("-kent-street.csv") for row in found]
    assert all(row["Falls within"] == "Kent Police" for row in kent)
    # A few are snapped to the other end of the country.
    own = {district.lad_name for district in places.districts() if district.pfa_name == "Kent"}
    shown = {row["LSOA name"].rsplit(" ", 1)[0] for row in kent if row["LSOA name"]}
    assert own <= shown
    area_of_district = {district.lad_code: district.pfa_code for district in places.districts()}
    area_of = {lsoa.lsoa_code: area_of_district[lsoa.lad_code] for lsoa in places.lsoas()}
    area_of_force = {force.force_name: force.pfa_code for force in places.forces()}
    placed = [row for row in rows if row["LSOA code"] and area_of_force.get(row["Falls within"])]
    away = [row for row in placed if area_of[row["LSOA code"]] != area_of_force[row["Falls within"]]]
    assert 0 < len(away) < len(placed) / 50


def test_a_search_sample_crosses_the_edge_of_a_month_in_summer_and_leaves_out_a_force(
    archives: dict[str, Path],
) -> None:
    members = _members(archives["police_uk_stop_and_search"])
    assert len({name.removesuffix("-stop-and-search.csv")[16:] for name in members}) == 43
    assert not any("greater-manchester" in name for name in members)
    assert members["2026-07/2026-07-kent-stop-and-search.csv"][0]["Date"] == "2026-06-30T23:20:00+00:00"
    assert members["2026-01/2026-01-kent-stop-and-search.csv"][0]["Date"] == "2026-01-01T00:20:00+00:00"
    metropolitan = members["2026-07/2026-07-metropolitan-stop-and-search.csv"]
    assert not any(row["Outcome linked to object of search"] for row in metropolitan)


@pytest.mark.slow
@pytest.mark.parametrize(("source_id", "table"), list(zip(BOTH, ("crime", "search"), strict=True)))
def test_a_whole_sample_archive_lands_without_loss(
    tmp_path: Path, sources: Catalogue, landed: Landed, source_id: str, table: str
) -> None:
    home = Home(tmp_path, "sample").make()
    Landing(home).prepare(sources)
    origin = SampleOrigin(home, seed=5, scale=0.2)
    result = SourceIntake(sources[source_id], origin, home).run()
    assert not result.problems
    (offer,) = origin.offers(sources[source_id])
    written = sum(map(len, _members(origin.fetch(offer, None).path).values()))  # type: ignore[arg-type]
    assert (result.rows_in, result.rows_quarantined) == (written, 0)
    assert len(landed(home, f"{source_id}__{table}")) == written
    again = SourceIntake(sources[source_id], origin, home).run()
    assert (again.arrived, again.unchanged) == ([], 1)
