"""The graph that Dagster sees."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import dagster as dg
import pytest
import yaml

from orchestration import definitions as definitions_module
from orchestration.definitions import build_definitions

GRAPH = Path(__file__).with_name("asset_graph.txt")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return build_definitions()


def drawn(definitions: dg.Definitions) -> str:
    """The graph as text: each asset, its group and what it stands on; then each check, and whether it blocks."""
    graph = definitions.resolve_asset_graph()
    lines = []
    for key in sorted(graph.get_all_asset_keys(), key=lambda k: k.path):
        node = graph.get(key)
        if node.is_executable:
            parents = ", ".join(sorted("/".join(parent.path) for parent in node.parent_keys))
            lines.append(f"{'/'.join(key.path)} ({node.group_name}) <- {parents or 'nothing'}")
    checks = sorted(graph.asset_check_keys, key=lambda c: (c.asset_key.path, c.name))
    for check in checks:
        blocking = " blocking" if graph.get(check).blocking else ""
        lines.append(f"check {'/'.join(check.asset_key.path)}: {check.name}{blocking}")
    return "\n".join(lines) + "\n"


def test_the_asset_graph_is_the_one_that_was_reviewed(definitions: dg.Definitions) -> None:
    found = drawn(definitions)
    assert found == GRAPH.read_text(encoding="utf-8"), (
        "the graph has changed; if that is meant, write it again with"
        " `python -m tests.orchestration.test_definitions` and review the difference"
    )


def test_every_asset_says_what_it_is_and_who_owns_it(definitions: dg.Definitions) -> None:
    for spec in definitions.resolve_all_asset_specs():
        if spec.group_name and not spec.metadata.get("dagster/external"):
            assert spec.description, spec.key
            assert spec.owners, spec.key


def test_every_landing_asset_links_to_its_publisher_and_says_when_it_is_late(definitions: dg.Definitions) -> None:
    landing = [
        s for s in definitions.resolve_all_asset_specs() if s.key.path[0] == "landing" and s.key.path[1] != "registry"
    ]
    assert landing
    for spec in landing:
        assert isinstance(spec.metadata["publisher_page"], dg.UrlMetadataValue), spec.key
        assert spec.metadata["usual_lag_days"] <= spec.metadata["warn_after_days"] <= spec.metadata["fail_after_days"]
        assert spec.metadata["why these thresholds"], spec.key
        # A policy of Dagster's would go by when the asset was made, and each night would make it fresh.
        assert spec.freshness_policy is None, spec.key
        assert spec.metadata["dagster/column_schema"].columns


def test_a_digest_follows_each_refresh_that_ended(definitions: dg.Definitions) -> None:
    for name in ("digest_of_the_night", "digest_of_a_failure"):
        sensor = definitions.resolve_sensor_def(name)
        assert sensor.default_status == dg.DefaultSensorStatus.RUNNING


def test_the_nightly_refresh_is_at_two_in_london_and_off_until_switched_on(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("nightly")
    assert schedule.cron_schedule == "0 2 * * *"
    assert schedule.execution_timezone == "Europe/London"
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED


def test_the_published_file_stands_on_every_published_model(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    parents = graph.get(dg.AssetKey(["published", "health_justice"])).parent_keys
    published = {key for key in graph.get_all_asset_keys() if key.path[0] in {"marts", "meta"}}
    assert parents == published


def test_loading_the_definitions_imports_neither_great_expectations_nor_statistics() -> None:
    code = "import sys; from orchestration import definitions as d; d.build_definitions();"
    code += "sys.exit(bool({'great_expectations', 'statsmodels', 'scipy'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_workspace_and_the_dg_project_load_the_same_definitions() -> None:
    workspace = yaml.safe_load((ROOT / "workspace.yaml").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["dg"]["project"]
    (location,) = workspace["load_from"]
    assert (
        location["python_module"]["module_name"]
        == project["code_location_target_module"]
        == definitions_module.__name__
    )


@pytest.mark.slow
def test_dagster_loads_the_workspace(tmp_path: Path) -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("dagster")), "definitions", "validate", "-w", "workspace.yaml"],
        cwd=ROOT,
        env=os.environ | {"DAGSTER_HOME": str(tmp_path), "REBALANCE_HOME": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


if __name__ == "__main__":
    GRAPH.write_text(drawn(build_definitions()), encoding="utf-8")
