"""The ``rebalance`` command, without a refresh."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration import cli
from orchestration.cli import app
from sources import catalogue as catalogues
from sources.catalogue import Catalogue
from sources.home import Home
from sources.intake import SourceIntake
from sources.origins.given import GivenFiles

ROOT = Path(__file__).parents[2]
runner = CliRunner(env={"TERM": "dumb"})


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REBALANCE_HOME", str(tmp_path))
    monkeypatch.setattr(cli, "out", Console(width=240))


@pytest.mark.parametrize("words", [[], ["refresh"], ["sources"], ["sources", "check"], ["status"], ["where"], ["ui"]])
def test_every_command_explains_itself(words: list[str]) -> None:
    result = runner.invoke(app, [*words, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.output


def test_sources_list_names_every_source_and_what_it_was_tested_on(sources: Catalogue) -> None:
    result = runner.invoke(app, ["sources", "list"])
    assert result.exit_code == 0
    for source in sources.values():
        assert source.id in result.output
        assert source.contract.tested_on.evidence in result.output


def test_sources_by_itself_is_the_list_of_them() -> None:
    alone = runner.invoke(app, ["sources"])
    assert alone.exit_code == 0
    assert alone.output == runner.invoke(app, ["sources", "list"]).output


def test_sources_list_names_the_tables_that_no_published_file_was_read_of() -> None:
    listed = runner.invoke(app, ["sources", "list"]).output
    (line,) = [line for line in listed.splitlines() if line.split()[:1] == ["ho_police_powers"]]
    assert "layout only: mental_health_detention" in line


def test_sources_list_says_which_period_has_landed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cli, "out", Console(width=200))
    month = tmp_path / "2024-02-kent-street.csv"
    month.write_text(
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
        "Last outcome category,Context\n"
        ",2024-02,Kent Police,Kent Police,0.5,51.2,On or near Road,E01024000,Ashford 001A,Anti-social behaviour,,\n"
    )
    home = Home(tmp_path / "home", "folder").make()
    source = catalogues.load()["police_uk_street"]
    assert SourceIntake(source, GivenFiles(month), home).run().rows_landed == 1
    listed = runner.invoke(app, ["sources", "list", "--edition", "folder", "--home", str(tmp_path / "home")]).output
    lines = {line.split()[0]: line for line in listed.splitlines() if line.strip()}
    assert "2024-02-01" in lines["police_uk_street"]
    assert "nothing landed" in lines["iopc_deaths"]


def _flat(text: str) -> str:
    return " ".join(text.split())


def test_sources_show_gives_columns_with_the_names_that_the_publisher_uses() -> None:
    result = runner.invoke(app, ["sources", "show", "police_uk_street"])
    assert result.exit_code == 0
    assert "Last outcome category" in result.output
    assert "last_outcome_category" in result.output


def test_sources_show_says_when_it_is_late_what_is_promised_who_sends_it_and_what_has_ended() -> None:
    quarterly = runner.invoke(app, ["sources", "show", "moj_offender_management"]).output
    assert "every quarter, usually 121 days after the period; late after 152, very late after 215" in _flat(quarterly)
    assert "promised 28 January 2027: the period to 30 September 2026 (https://www.gov.uk/" in _flat(quarterly)
    assert "the publisher itself" in quarterly
    assert "(a sender a police force area)" in _flat(runner.invoke(app, ["sources", "show", "police_uk_street"]).output)
    once = _flat(runner.invoke(app, ["sources", "show", "ons_drug_poisoning_deaths"]).output)
    assert (
        "ended 31 December 2018: Made once by the Office for National Statistics, at the request of one user. Instead"
        in once
    )
    assert once.count("ended ") == 1
    made_on_request = _flat(runner.invoke(app, ["sources", "show", "hes_admissions"]).output)
    assert "irregularly, usually 300 days after the period; old after 1500 days, very old after 3650" in made_on_request


def test_sources_show_of_an_unknown_source_names_those_that_there_are() -> None:
    result = runner.invoke(app, ["sources", "show", "nonsense"])
    assert result.exit_code == 2
    assert "There is no source [nonsense]. There are:" in _flat(result.output)
    assert "police_uk_street" in result.output


def test_sources_check_says_what_a_file_would_land(tmp_path: Path) -> None:
    path = tmp_path / "somebody renamed this.csv"
    path.write_text(
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
        "Last outcome category,Context\n"
        ",2024-01,Kent Police,Kent Police,0.5,51.2,On or near Road,E01024000,Ashford 001A,Anti-social behaviour,,\n",
        encoding="utf-8",
    )
    result = runner.invoke(app, ["sources", "check", str(path)])
    assert result.exit_code == 0, result.output
    assert "1 rows in, 1 would land, 0 would be quarantined" in result.output


def test_sources_check_of_a_file_of_no_source_gives_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "half.csv"
    path.write_text("Crime ID,Month,Reported by,Crime type,Context,Something else\n1,2,3,4,5,6\n", encoding="utf-8")
    result = runner.invoke(app, ["sources", "check", str(path)])
    assert result.exit_code == 2
    assert "nearest is police_uk_street" in result.output


def test_sources_check_of_a_changed_header_names_the_columns(tmp_path: Path) -> None:
    path = tmp_path / "2024-01-kent-street.csv"
    path.write_text(
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
        "Last outcome category,Context,Victim age\n,2024-01,,,,,,,,Drugs,,,\n",
        encoding="utf-8",
    )
    result = runner.invoke(app, ["sources", "check", str(path)])
    assert result.exit_code == 1
    assert "Victim age" in result.output


def test_status_before_the_first_refresh_says_what_to_do() -> None:
    result = runner.invoke(app, ["status"])
    assert result.exit_code == 0
    assert "rebalance refresh" in result.output


def test_where_names_the_published_file(tmp_path: Path) -> None:
    result = runner.invoke(app, ["where"])
    assert "health_justice_synthetic.duckdb" in result.output.replace("\n", "")


def test_the_folder_edition_without_a_folder_is_refused_with_words() -> None:
    result = runner.invoke(app, ["refresh", "--edition", "folder"])
    assert result.exit_code == 2
    assert "--from" in result.output


def test_an_edition_that_does_not_exist_is_refused() -> None:
    result = runner.invoke(app, ["refresh", "--edition", "nightly"])
    assert result.exit_code == 2


def test_listing_sources_imports_neither_dagster_nor_great_expectations() -> None:
    code = (
        "import sys; import orchestration.cli;"
        "sys.exit(any(m in sys.modules for m in ('dagster', 'dbt', 'great_expectations')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_no_name_and_no_path_is_cut_short_on_a_narrow_terminal(
    monkeypatch: pytest.MonkeyPatch, sources: Catalogue, tmp_path: Path
) -> None:
    monkeypatch.setattr(cli, "out", Console(width=60))
    listed = runner.invoke(app, ["sources", "list"]).output
    assert all(source_id in listed for source_id in sources)
    assert f"{tmp_path}/sample/published/health_justice_synthetic.duckdb" in runner.invoke(app, ["where"]).output
