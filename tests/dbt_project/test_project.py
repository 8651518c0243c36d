"""The dbt project as a whole: what every model owes its reader, and that it parses and builds."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from sources import registry
from sources.catalogue import Catalogue
from sources.home import Home
from sources.landing import Landing
from tests.conftest import TakeIn

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
DBT = Path(sys.executable).with_name("dbt")
ROOMS = ("staging", "spine", "figures", "indicators", "subjects", "coverage", "marts", "meta")


def _declared(kind: str) -> dict[str, dict[str, Any]]:
    """Models or seeds by name, as the YAML files declare them."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted([*PROJECT.glob("models/**/*.yml"), *PROJECT.glob("seeds/**/*.yml")]):
        for node in yaml.safe_load(path.read_text(encoding="utf-8")).get(kind, []):
            assert node["name"] not in found, f"{node['name']} is declared twice"
            found[node["name"]] = node | {"folder": path.parent.relative_to(PROJECT).as_posix()}
    return found


MODELS, SEEDS = _declared("models"), _declared("seeds")
#: Staging models that hand a landing table on as it is: what its columns mean and what a row of it is, its contract
#: says, and the landing suite checks. By model, the landing table.
HANDED_ON: dict[str, str] = {
    name: node["config"]["meta"]["landing"] for name, node in MODELS.items() if "landing" in node["config"]["meta"]
}


#: Models of one shape, whose columns and their meaning are those of the model that is named here and tested on its grain:
#: figures, which int_figure puts together, and values, which indicator_value hands on.
SHAPES = {"figure": "int_figure", "value": "indicator_value"}
SHAPED = {
    name: SHAPES[node["config"]["meta"]["shape"]]
    for name, node in MODELS.items()
    if "shape" in node["config"]["meta"]
}
FIGURES = {name for name, like in SHAPED.items() if like == "int_figure"}


def test_every_model_and_seed_is_declared_in_the_yaml_of_its_folder() -> None:
    files = {p.stem: p.parent for p in [*PROJECT.glob("models/**/*.sql"), *PROJECT.glob("seeds/**/*.csv")]}
    assert files.keys() == (MODELS | SEEDS).keys()
    for name, node in (MODELS | SEEDS).items():
        assert files[name].relative_to(PROJECT).as_posix() == node["folder"], name


def _handed_on(sources: Catalogue) -> dict[str, list[str]]:
    """The columns of each of those models, as the contracts have them."""
    return {
        source.table_id(name): [
            "release_id",
            *table.columns,
            *(column for column in ("source_sheet", "source_row", "source_column") if column in table.provenance),
        ]
        for source, name, table in sources.tables()
    }


def test_every_landing_table_is_a_source_of_the_project_and_is_staged(sources: Catalogue) -> None:
    landing = yaml.safe_load((PROJECT / "models" / "staging" / "_sources.yml").read_text(encoding="utf-8"))
    (declared,) = landing["sources"]
    tables = {source.table_id(name) for source, name, _ in sources.tables()}
    assert {table["name"] for table in declared["tables"]} == tables | {f"rebalance__{n}" for n in registry.SCHEMAS}
    staging = "".join(path.read_text(encoding="utf-8") for path in PROJECT.glob("models/staging/*/*.sql"))
    staged = set(re.findall(r"source\('landing', '(\w+)'\)", staging))
    newest = re.findall(r"of_newest_release\(\s*'(\w+)', '(\w+)'", staging)
    assert tables <= staged | {f"{source_id}__{table}" for source_id, table in newest}


def test_a_model_that_hands_a_landing_table_on_has_the_columns_of_its_contract(sources: Catalogue) -> None:
    columns = _handed_on(sources)
    for name, table in HANDED_ON.items():
        text = (PROJECT / MODELS[name]["folder"] / f"{name}.sql").read_text(encoding="utf-8")
        listed = ",\n".join(f"    {column}" for column in columns[table])
        assert text == f"select\n{listed}\nfrom {{{{ source('landing', '{table}') }}}}\n", name
        assert MODELS[name].get("description")


def test_a_model_of_figures_says_what_it_has_and_is_put_with_the_others() -> None:
    assert {name for name in MODELS if name.startswith("int_figure_")} - FIGURES == {
        "int_figure_current",
        "int_figure_rolled",
    }
    together = (PROJECT / "models" / "indicators" / "int_figure.sql").read_text(encoding="utf-8")
    for name in FIGURES:
        assert f"'{name}'" in together, name
    assert all(MODELS[name].get("description") for name in SHAPED)


@pytest.mark.parametrize("name", sorted((MODELS | SEEDS).keys() - HANDED_ON.keys() - SHAPED.keys()))
def test_a_model_says_what_it_is_and_what_a_row_of_it_is_and_is_tested_on_that(name: str) -> None:
    node = (MODELS | SEEDS)[name]
    assert node.get("description")
    grain = node["config"]["meta"]["grain"]
    tested = [test["unique_grain"]["arguments"]["columns"] for test in node["data_tests"] if "unique_grain" in test]
    assert grain in tested
    columns = {column["name"]: column for column in node["columns"]}
    assert set(grain) <= columns.keys()
    assert not [column for column, about in columns.items() if not about.get("description")]


@pytest.mark.parametrize("name", sorted(n for n, m in MODELS.items() if m["folder"].split("/")[1] in {"marts", "meta"}))
def test_a_published_table_has_a_type_for_every_column(name: str) -> None:
    assert all(column.get("data_type") for column in MODELS[name]["columns"])


def test_marts_and_meta_have_their_contracts_enforced() -> None:
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    for room in ("marts", "meta"):
        assert project["models"]["rebalance"][room]["+contract"] == {"enforced": True}


@pytest.mark.parametrize("path", sorted(PROJECT.glob("models/**/*.sql")), ids=lambda path: path.stem)
def test_a_model_has_no_sql_that_only_one_engine_understands(path: Path) -> None:
    # What DuckDB alone spells so belongs in macros/engine, behind adapter.dispatch.
    only_duckdb = (
        r"::|\bqualify\b|\bread_parquet\b|\bstring_agg\b|\bregexp_\w+\b|\bexclude\s*\(|\bgroup by all\b|\blist_\w+\("
    )
    assert not re.findall(only_duckdb, path.read_text(encoding="utf-8"), re.IGNORECASE)


@dataclass(frozen=True)
class Build:
    """Runs dbt on one home, with its target and logs in a folder of the test's own."""

    home: Home
    scratch: Path

    def run(self, *arguments: str) -> None:
        environment = os.environ | {
            "REBALANCE_WAREHOUSE": str(self.home.warehouse),
            "REBALANCE_LANDING": str(self.home.landing),
            "REBALANCE_EDITION": self.home.edition,
            "DBT_TARGET_PATH": str(self.scratch / "target"),
            "DBT_LOG_PATH": str(self.scratch / "logs"),
            "DO_NOT_TRACK": "1",
        }
        done = _dbt(*arguments, environment=environment)
        assert done.returncode == 0, done.stdout[-4000:]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.home.warehouse), read_only=True) as connection:
            return connection.execute(query).fetchall()


def _dbt(*arguments: str, environment: dict[str, str] | os._Environ[str]) -> subprocess.CompletedProcess[str]:
    where = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    return subprocess.run(
        [str(DBT), "--no-use-colors", *arguments, *where], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_the_project_parses_with_no_settings_at_all(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("REBALANCE_")}
    environment |= {"DBT_TARGET_PATH": str(tmp_path / "target"), "DBT_LOG_PATH": str(tmp_path / "logs")}
    done = _dbt("parse", environment=environment)
    assert done.returncode == 0, done.stdout
    assert "Deprecat" not in done.stdout


@pytest.fixture(scope="module")
def nothing_landed(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Iterator[Build]:
    """Every model and test of the project, on a landing zone in which nothing has landed."""
    scratch = tmp_path_factory.mktemp("nothing")
    home = Home(scratch / "home", "sample").make()
    Landing(home).prepare(sources)
    registry.write(home, sources)
    build = Build(home, scratch)
    # Unit tests after it: that of a model which reads its own table needs the table to be there.
    build.run("build", "--exclude-resource-type", "unit_test")
    yield build


@pytest.mark.slow
def test_all_of_it_builds_and_passes_with_nothing_landed(nothing_landed: Build) -> None:
    assert nothing_landed.rows("select count(*) from marts.indicator_value") == [(0,)]
    # Every indicator that is defined here is there, though none has a figure.
    defined = nothing_landed.rows("select indicator_id, false from reference.indicator_definition order by indicator_id")
    assert nothing_landed.rows("select indicator_id, has_figures from marts.indicator order by indicator_id") == defined


@pytest.mark.slow
def test_the_unit_tests_were_run_and_are_not_none(nothing_landed: Build) -> None:
    nothing_landed.run("test", "--select", "test_type:unit")
    results = yaml.safe_load((nothing_landed.scratch / "target" / "run_results.json").read_text(encoding="utf-8"))
    statuses = [result["status"] for result in results["results"]]
    assert len(statuses) >= 6
    assert set(statuses) == {"pass"}


@pytest.mark.slow
def test_every_column_of_every_model_is_described_and_every_description_is_of_a_column(
    nothing_landed: Build, sources: Catalogue
) -> None:
    built: dict[str, set[str]] = {}
    for table, column in nothing_landed.rows(
        "select table_name, column_name from duckdb_columns() where not internal"
        f" and schema_name in {(*ROOMS, 'reference', 'evidence')}"
    ):
        built.setdefault(table, set()).add(column)
    described = {name: {c["name"] for c in node.get("columns", [])} for name, node in (MODELS | SEEDS).items()}
    described |= {name: set(_handed_on(sources)[table]) for name, table in HANDED_ON.items()}
    described |= {name: described[name] | described[like] for name, like in SHAPED.items()}
    assert built == described


@pytest.mark.slow
def test_what_a_table_and_a_column_mean_can_be_read_in_the_file(nothing_landed: Build) -> None:
    tables = "select count(*) from duckdb_tables() where schema_name in ('marts', 'meta') and comment is null"
    columns = "select count(*) from duckdb_columns() where schema_name in ('marts', 'meta') and comment is null"
    assert nothing_landed.rows(tables) == [(0,)]
    assert nothing_landed.rows(columns) == [(0,)]


_HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)


def _street(folder: Path, month: str, *, drugs: int) -> Path:
    """A made-up month of City of London crime: so many drug offences, one burglary and one anti-social behaviour."""
    path = folder / f"{month}-city-of-london-street.csv"
    place = "-0.1,51.5,On or near Somewhere,E01000001,City of London 001A"
    kinds = ["Drugs"] * drugs + ["Burglary", "Anti-social behaviour"]
    force = "City of London Police,City of London Police"
    path.write_text("\n".join([_HEADER, *(f",{month},{force},{place},{kind},," for kind in kinds)]) + "\n")
    return path


_STREET_MODELS = ("--indirect-selection", "buildable", "--select", "police_force", "+int_street_crime_placed")


@pytest.mark.slow
def test_a_month_that_is_added_is_all_that_is_staged_and_one_that_goes_is_forgotten(
    tmp_path: Path, intake: TakeIn, sources: Catalogue
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    _, home = intake("police_uk_street", _street(folder, "2024-01", drugs=2), _street(folder, "2024-02", drugs=3))
    Landing(home).prepare(sources)
    registry.write(home, sources)
    build = Build(home, tmp_path)
    staged = "select month::varchar, sum(crimes) from staging.stg_police_uk__street group by 1 order by 1"
    builds = "select month::varchar, count(distinct staged_at) from staging.stg_police_uk__street group by 1 order by 1"
    drugs = "select month::varchar, sum(drug_offences) from figures.int_street_crime_placed group by 1 order by 1"

    build.run("build", *_STREET_MODELS)
    assert build.rows(staged) == [("2024-01-01", 4), ("2024-02-01", 5)]
    first = build.rows("select max(staged_at) from staging.stg_police_uk__street")

    intake("police_uk_street", _street(folder, "2024-03", drugs=4))
    registry.write(home, sources)
    build.run("build", *_STREET_MODELS)
    assert build.rows(staged) == [("2024-01-01", 4), ("2024-02-01", 5), ("2024-03-01", 6)]
    assert build.rows(builds) == [("2024-01-01", 1), ("2024-02-01", 1), ("2024-03-01", 1)]
    again = "select distinct month::varchar from staging.stg_police_uk__street where staged_at > ?::timestamp"
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        assert connection.execute(again, [first[0][0]]).fetchall() == [("2024-03-01",)]
    assert build.rows(drugs) == [("2024-01-01", 2), ("2024-02-01", 3), ("2024-03-01", 4)]

    with home.open_ledger() as ledger:
        ledger.execute("delete from landed where source_file like '2024-02%'")
    registry.write(home, sources)
    build.run("build", *_STREET_MODELS)
    assert build.rows(staged) == [("2024-01-01", 4), ("2024-03-01", 6)]
    assert build.rows(drugs) == [("2024-01-01", 2), ("2024-03-01", 4)]
