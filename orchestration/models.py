"""dbt models as assets.

What belongs here: the manifest, the translation of dbt nodes to asset keys, one run of ``dbt build``. What does
not: any SQL.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from threading import Thread
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtCliResource, dbt_assets
from packaging.version import Version

from orchestration import history, landing
from orchestration.fingerprint import is_unchanged
from orchestration.resources import Refresh
from sources.catalogue import Catalogue
from sources.home import Home

PROJECT = Path(__file__).parents[1] / "dbt_project"
DBT = str(Path(sys.executable).with_name("dbt"))
DBT_CHECKS = "dbt_checks.json"


def project_fingerprint() -> str:
    """Changes when any file of the dbt project that is under version control could have."""
    digest = hashlib.sha256()
    for path in sorted(PROJECT.rglob("*")):
        if path.is_file() and path.suffix in {".sql", ".yml", ".csv"} and "target" not in path.parts:
            digest.update(path.relative_to(PROJECT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _parse(target: Path, surroundings: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    folders = ("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(target))
    return subprocess.run(
        [DBT, "--quiet", "parse", *folders, "--log-path", str(target)],
        env=os.environ | surroundings,
        capture_output=True,
        text=True,
        check=False,
    )


def manifest() -> Path:
    """The dbt manifest, parsed anew only where the project has changed since it was last parsed."""
    path, stamp = PROJECT / "target" / "manifest.json", PROJECT / "target" / "manifest.fingerprint"
    fingerprint = project_fingerprint()
    if not (path.exists() and stamp.exists() and stamp.read_text() == fingerprint):
        parsed = _parse(path.parent, {"DO_NOT_TRACK": "1"})
        if parsed.returncode:
            raise RuntimeError(f"the dbt project cannot be parsed:\n{parsed.stdout}{parsed.stderr}")
        stamp.write_text(fingerprint)
    return path


def environment(home: Home) -> dict[str, str]:
    """What dbt needs to know of an edition."""
    return {
        "REBALANCE_WAREHOUSE": str(home.warehouse),
        "REBALANCE_LANDING": str(home.landing),
        "REBALANCE_EDITION": home.edition,
        "REBALANCE_DAY": home.day.isoformat(),
        "DO_NOT_TRACK": "1",
    }


def _target(home: Home) -> Path:
    return home.base / "dbt"


def parse_ahead(home: Home) -> None:
    """Parse the project for this edition, so that the build need not: dbt parses anew when the paths it is given
    differ. A failure is left for the build to report."""
    # With the day, which some models name.
    stamp, fingerprint = _target(home) / "parsed.fingerprint", f"{project_fingerprint()} {home.day}"
    if not (stamp.exists() and stamp.read_text() == fingerprint):
        _target(home).mkdir(exist_ok=True)
        _parse(_target(home), environment(home))
        stamp.write_text(fingerprint)


class Dbt(DbtCliResource):
    """dbt, without two things that every run would wait seconds for and that are not used here: asking the
    executable for its version (which looks on the network for a newer one), and a second adapter in this process
    (for row counts and column metadata, which are taken here after the build)."""

    @cached_property
    def _cli_version(self) -> Version:
        return Version(version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> Any:
        return None


class Translator(DagsterDbtTranslator):
    """Asset keys follow the flow: ``staging/…``, ``marts/…``; a landing table is its source's asset."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(
            DagsterDbtTranslatorSettings(enable_asset_checks=True, enable_duplicate_source_asset_keys=True)
        )
        self._landing = {
            source.table_id(name): key for source in catalogue.values() for name, key in landing.keys(source).items()
        }

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: Any) -> dg.AssetSpec:
        """The spec of a dbt node: key and group from the room it is in."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = manifest["sources"].get(unique_id) or manifest["nodes"][unique_id]
        if node["resource_type"] == "source":
            return spec.replace_attributes(key=self._landing.get(node["name"], landing.REGISTRY))
        room = "seeds" if node["resource_type"] == "seed" else node["config"].get("schema") or node["schema"]
        grain = node["config"].get("meta", {}).get("grain") or node.get("meta", {}).get("grain")
        return spec.replace_attributes(
            key=dg.AssetKey([room, node["name"]]),
            group_name=room,
            description=node.get("description") or None,
            owners=["team:data-engineering"],
        ).merge_attributes(metadata={"grain": ", ".join(grain)} if grain else {})


def _row_counts(home: Home) -> dict[str, int]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return dict(
            connection.execute(
                "select schema_name || '/' || table_name, estimated_size from duckdb_tables() where not internal"
            ).fetchall()
        )


def _dbt_checks(results: Mapping[str, Any]) -> list[dict[str, Any]]:
    checks = []
    for result in results["results"]:
        kind, _, rest = result["unique_id"].partition(".")
        if kind in {"test", "unit_test"}:
            checks.append(
                {
                    "name": rest.split(".")[1],
                    "status": result["status"],
                    "failures": result.get("failures") or 0,
                    "message": result.get("message"),
                }
            )
    return checks


def _build(context: dg.AssetExecutionContext, dbt: Dbt, refresh: Refresh) -> Iterator[Any]:
    home = refresh.home
    if is_unchanged(refresh):
        refresh.outcome.is_unchanged = True
        context.log.info("Nothing new arrived and nothing of ours changed: what is published stands")
        return
    with home.open_ledger() as ledger:
        if not ledger.execute("select 1 from landed where rows_landed > 0 limit 1").fetchone():
            raise dg.Failure("no source has landed anything yet, so there is nothing to publish", allow_retries=False)
    refresh.reporter.stage("models")
    refresh.wait_for_preparations()
    for table in history.restore(home):
        context.log.info(f"{table} came back from the published file: this warehouse is new")
    refresh.begin_landing_checks()
    # Beside dbt, which is another process: what the estimates need takes seconds to import.
    Thread(target=import_module, args=("estimation.filling.run",), daemon=True).start()
    # Everything that dbt reads from outside comes by environment, so that `dbt build` by hand does the same.
    os.environ |= environment(home)
    invocation = dbt.cli(["build", "--exclude-resource-type", "unit_test"], context=context, target_path=_target(home))
    events = []
    for event in invocation.stream():
        events.append(event)
        if isinstance(event, dg.Output | dg.MaterializeResult):
            refresh.reporter.step(str(getattr(event, "output_name", "")).replace("__", "/"))
    (home.work / DBT_CHECKS).write_text(json.dumps(_dbt_checks(invocation.get_artifact("run_results.json"))))
    # Counted when dbt has let go of the file: DuckDB has one writing process.
    counts = _row_counts(home)
    for event in events:
        if isinstance(event, dg.Output):
            rows = counts.get(event.output_name.replace("__", "/", 1))
            if rows is not None:
                event = event.with_metadata({**event.metadata, "dagster/row_count": rows})
        yield event


def build_models(catalogue: Catalogue) -> dg.AssetsDefinition:
    """The dbt project's models, seeds and tests as assets and checks."""

    @dbt_assets(manifest=manifest(), dagster_dbt_translator=Translator(catalogue), name="dbt_build")
    def dbt_build(context: dg.AssetExecutionContext, dbt: Dbt, refresh: dg.ResourceParam[Refresh]) -> Iterator[Any]:
        yield from _build(context, dbt, refresh)

    return dbt_build


def dbt_resource() -> Dbt:
    """dbt as this environment has it."""
    return Dbt(project_dir=str(PROJECT), profiles_dir=str(PROJECT), dbt_executable=DBT)
