"""The recipe of CONTRIBUTING.md: a new source is one new folder, and nothing else is edited."""

from __future__ import annotations

import json
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from expectations import run as suites
from orchestration import landing as landing_assets
from orchestration.checks import CONTRACT_KEPT, UP_TO_DATE
from orchestration.definitions import build_definitions
from orchestration.landing import build_landing
from orchestration.resources import Refresh, refresh_resource
from orchestration.settings import Settings
from sources import catalogue as catalogues
from sources import registry
from sources.catalogue import Catalogue
from sources.landing import Landing
from tests import otherworld


@pytest.fixture(scope="module")
def with_dragons(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The project's catalogue and a made-up publisher's, found by its folder."""
    root = tmp_path_factory.mktemp("tree")
    otherworld.write_source(root)
    return catalogues.load(catalogues.ROOT, root)


def test_the_catalogue_finds_the_folder_and_names_the_source_after_it(with_dragons: Catalogue) -> None:
    assert otherworld.SOURCE_ID in with_dragons
    assert len(with_dragons) == len(catalogues.load()) + 1


def test_dagster_gets_its_asset_with_the_publishers_page_and_its_checks(with_dragons: Catalogue) -> None:
    definitions = build_definitions(catalogue=with_dragons)
    key = dg.AssetKey(["landing", otherworld.SOURCE_ID])
    specs = {spec.key: spec for spec in definitions.resolve_all_asset_specs()}
    assert specs[key].metadata["publisher"] == "Otherworld Office"
    assert specs[key].metadata["tested_on"].startswith("layout only")
    assert (specs[key].description or "").startswith("**Layout only**")
    assert specs[key].tags["tested_on"] == "layout_only"
    checks = {check.name for check in definitions.resolve_asset_graph().asset_check_keys if check.asset_key == key}
    assert checks == {landing_assets.DELIVERED, CONTRACT_KEPT, UP_TO_DATE}
    assert definitions.resolve_job_def("nightly_refresh")


def test_great_expectations_gets_its_suite(with_dragons: Catalogue) -> None:
    planned = [check for check in suites.plan(with_dragons) if check.table == f"landing.{otherworld.TABLE_ID}"]
    assert len(planned) > 5


def test_its_sample_is_taken_in_by_dagster_and_meets_its_contract(with_dragons: Catalogue, tmp_path: Path) -> None:
    refresh = Refresh(Settings(home=tmp_path, edition="sample"))
    refresh.catalogue = Catalogue({otherworld.SOURCE_ID: with_dragons[otherworld.SOURCE_ID]})
    result = dg.materialize(
        build_landing(refresh.catalogue), resources={"refresh": refresh_resource(refresh)}, raise_on_error=False
    )
    assert result.success
    (delivered,) = result.get_asset_check_evaluations()
    assert delivered.passed
    landed = refresh.outcome.intakes[otherworld.SOURCE_ID]
    assert landed.rows_landed > 0
    assert landed.rows_in == landed.rows_landed + landed.rows_quarantined
    with duckdb.connect() as connection:
        rows = connection.execute(f"select count(*) from '{refresh.home.landing}/{otherworld.TABLE_ID}/*.parquet'")
        assert rows.fetchone() == (landed.rows_landed,)


def test_a_publisher_that_fails_gives_a_failed_check_and_the_run_goes_on(
    with_dragons: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = with_dragons[otherworld.SOURCE_ID]
    refresh = Refresh(Settings(home=tmp_path, edition="sample"))
    refresh.catalogue = Catalogue({source.id: source})

    def breaks(*_: object, **__: object) -> None:
        raise OSError("no dragon came")

    monkeypatch.setattr(source.sample, "write", breaks)
    result = dg.materialize(
        build_landing(refresh.catalogue), resources={"refresh": refresh_resource(refresh)}, raise_on_error=False
    )
    assert result.success
    (delivered,) = result.get_asset_check_evaluations()
    assert not delivered.passed
    assert "no dragon came" in str(delivered.description)


def test_the_dictionary_gets_its_columns_with_the_publishers_own_names(with_dragons: Catalogue, tmp_path: Path) -> None:
    home = Settings(home=tmp_path, edition="sample").state.make()
    Landing(home).prepare(with_dragons)
    registry.write(home, with_dragons)
    with duckdb.connect() as connection:
        columns = connection.execute(
            f"select column_name, published_as from '{home.landing}/rebalance__source_column/*.parquet'"
            f" where source_id = '{otherworld.SOURCE_ID}'"
        ).fetchall()
    published = {name: json.loads(names) for name, names in columns}
    assert any("Dragons seen" in names for names in published.values())
