"""The project's own models, compiled once by dbt and run day by day on a small database in memory.

Nothing of a model is written again here: what runs is what dbt compiles, with the day replaced. Relations that no
replayed model makes have to be made by the test before.
"""

from __future__ import annotations

import graphlib
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

_PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
_DBT = Path(sys.executable).with_name("dbt")
#: The day that is compiled in and replaced; no model has a reason to name it.
_SENTINEL = date(1807, 6, 5)


def _quoted(*names: str) -> str:
    return ".".join(f'"{name}"' for name in names)


@dataclass(frozen=True)
class Model:
    """One compiled model."""

    name: str
    relation: str
    first: str
    """Its SELECT while its own table is not there yet (of a model that is not incremental, always)."""
    next: str | None
    """Its SELECT over its own table, of an incremental model."""
    unique_key: tuple[str, ...]
    reads: tuple[str, ...]
    """The relations that it reads, by name; landing Parquet, which it reads where it lies, left out."""


def _dbt(command: str, folder: Path, landing: Path, models: Iterable[str], day: date = _SENTINEL) -> dict[str, Any]:
    """Have dbt compile or run some models on the warehouse in a folder; returns their nodes, compiled."""
    target = folder / "target"
    done = subprocess.run(
        [
            *(str(_DBT), "--quiet", command, "--project-dir", str(_PROJECT), "--profiles-dir", str(_PROJECT)),
            *("--target-path", str(target), "--log-path", str(folder), "--select", *models),
        ],
        env=os.environ
        | {
            "REBALANCE_WAREHOUSE": str(folder / "warehouse.duckdb"),
            "REBALANCE_LANDING": str(landing),
            "REBALANCE_EDITION": "live",
            "REBALANCE_DAY": day.isoformat(),
            "DO_NOT_TRACK": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    wanted = set(models)
    return {
        node["name"]: node
        | {
            "sql": (target / "compiled" / "rebalance" / node["original_file_path"]).read_text(encoding="utf-8"),
            "relations": {
                read["name"]: read
                for read in (manifest["nodes"].get(key) for key in node["depends_on"]["nodes"])
                if read is not None
            },
        }
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["name"] in wanted
    }


def _make_empty(warehouse: Path, nodes: Iterable[Mapping[str, Any]]) -> None:
    """The tables of some models as they are after a first build of nothing, so that dbt compiles the next one."""
    with duckdb.connect(str(warehouse)) as connection:
        for node in nodes:
            columns = ", ".join(f'"{name}" {column["data_type"]}' for name, column in node["columns"].items())
            connection.execute(f"create schema if not exists {node['schema']}")
            connection.execute(f"create or replace table {_quoted(node['schema'], node['alias'])} ({columns})")


class Replay:
    """Some models of the project on a database in memory, whose registry is read from ``landing``."""

    def __init__(self, models: Iterable[str], *, landing: Path, folder: Path) -> None:
        self._folder, self._landing = folder, landing
        names = tuple(models)
        first = _dbt("compile", folder, landing, names)
        assert first.keys() == set(names), f"dbt knows nothing of {sorted(set(names) - first.keys())}"
        incremental = [node for node in first.values() if node["config"]["materialized"] == "incremental"]
        following: dict[str, Any] = {}
        if incremental:
            _make_empty(folder / "warehouse.duckdb", incremental)
            following = _dbt("compile", folder, landing, [node["name"] for node in incremental])
        self.models = {
            name: self._model(first[name], following.get(name))
            for name in graphlib.TopologicalSorter(
                {name: node["relations"].keys() & first.keys() for name, node in first.items()}
            ).static_order()
        }
        #: What the models read and do not make, by name: the nodes of the manifest.
        self.upstream = dict[str, Mapping[str, Any]]()
        self._made_of = dict[str, str]()
        self._content = dict[str, Any]()
        self.connection = duckdb.connect()
        self.connection.execute("set TimeZone = 'UTC'")
        self.connection.execute("set threads to 1")
        self.connection.execute("attach ':memory:' as warehouse")
        self.connection.execute("use warehouse")
        for node in first.values():
            self.connection.execute(f"create schema if not exists {node['schema']}")
            for name, read in node["relations"].items():
                if name not in first and name not in self.upstream:
                    self.upstream[name] = read
                    self.connection.execute(f"create schema if not exists {read['schema']}")
                    if read["resource_type"] == "seed":
                        self._seed(read)

    @staticmethod
    def _model(node: Mapping[str, Any], following: Mapping[str, Any] | None) -> Model:
        config = node["config"]
        strategy, key = config.get("incremental_strategy"), config.get("unique_key") or ()
        if following:
            assert strategy in {None, "delete+insert"}, f"a replay does not know the strategy [{strategy}]"
            assert key, f"[{node['name']}] is incremental without a unique key"
        return Model(
            node["name"],
            _quoted("warehouse", node["schema"], node["alias"]),
            node["sql"],
            following["sql"] if following else None,
            (key,) if isinstance(key, str) else tuple(key),
            tuple(node["relations"]),
        )

    def _seed(self, node: Mapping[str, Any]) -> None:
        types = ", ".join(f"'{column}': '{type_}'" for column, type_ in node["config"]["column_types"].items())
        path = _PROJECT / node["original_file_path"]
        self.make(node["name"], f"select * from read_csv('{path}', header = true, types = {{{types}}})")

    def make(self, name: str, select: str) -> None:
        """Make one of the relations that the models read, as a table, with no column that the real one has not."""
        node = self.upstream[name]
        if self._is_new(name, select, ()):
            relation = _quoted("warehouse", node["schema"], name)
            self.connection.execute(f"create or replace table {relation} as {select}")
            made = {column for column, *_ in self.rows(f"describe {relation}")}
            # A model that hands a landing table on declares none of its own.
            assert not node["columns"] or made <= node["columns"].keys(), f"[{name}] has no {made - {*node['columns']}}"
            self._take_note(name, relation)

    def _is_new(self, name: str, select: str, reads: Iterable[str]) -> bool:
        """Whether anything that a relation is made of has changed since it was made: what would be as it is, stays."""
        digest = hashlib.sha256(select.encode())
        for relation in reads:
            digest.update(repr(self._content[relation]).encode())
        for pattern in sorted(set(re.findall(r"'(/[^']+\.parquet)'", select))):
            folder, _, files = pattern.rpartition("/")
            for path in sorted(Path(folder).glob(files)):
                digest.update(path.name.encode() + path.read_bytes())
        before, self._made_of[name] = self._made_of.get(name), digest.hexdigest()
        return before != self._made_of[name]

    def _take_note(self, name: str, relation: str) -> None:
        self._content[name] = self.rows(f"select count(*), sum(hash(every)::hugeint) from {relation} as every")

    def missing(self) -> set[str]:
        """The relations that the models read and that nobody has made yet."""
        return self.upstream.keys() - {name for (name,) in self.rows("select table_name from duckdb_tables()")}

    def run(self, day: date) -> None:
        """Bring every model to where dbt would have it on this day."""
        for name, model in self.models.items():
            is_there = name in self._made_of
            select = (model.next if model.next and is_there else model.first).replace(
                _SENTINEL.isoformat(), day.isoformat()
            )
            if not self._is_new(name, select, model.reads):
                continue
            if model.next is None or not is_there:
                self.connection.execute(f"create or replace table {model.relation} as {select}")
            else:
                # Delete and insert: what dbt does with a model of this kind.
                self.connection.execute(f"create or replace temp table fresh as {select}")
                same = " and ".join(f"fresh.{column} = {model.relation}.{column}" for column in model.unique_key)
                self.connection.execute(f"delete from {model.relation} using fresh where {same}")
                self.connection.execute(f"insert into {model.relation} by name select * from fresh")
            self._take_note(name, model.relation)

    def content(self, model: str) -> list[tuple[Any, ...]]:
        """All rows of a model."""
        return self.rows(f"select * from {self.models[model].relation} order by all")

    def by_dbt(self, day: date) -> dict[str, list[tuple[Any, ...]]]:
        """What dbt itself makes of all models on a day, on a copy of the database: the rows of each."""
        warehouse = self._folder / "warehouse.duckdb"
        warehouse.unlink(missing_ok=True)
        self.connection.execute(f"attach '{warehouse}' as copied")
        self.connection.execute("copy from database warehouse to copied")
        self.connection.execute("detach copied")
        _dbt("run", self._folder, self._landing, self.models, day)
        with duckdb.connect(str(warehouse), read_only=True) as built:
            built.execute("set TimeZone = 'UTC'")
            return {
                name: built.execute(f"select * from {model.relation} order by all").fetchall()
                for name, model in self.models.items()
            }

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.connection.execute(query).fetchall()
