"""Dagster's own SQLite event storage, with one engine and connection a file instead of new ones for each event.

A refresh stores well over a thousand events. Dagster makes a new SQLAlchemy engine for each statement of each, and
with it opens the file and compiles the statement anew, which takes longer than storing it. Delete this when Dagster
keeps its engines.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from dagster._config.config_schema import UserConfigSchema
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import StaticPool


class EventLogStorage(SqliteEventLogStorage):
    """As its parent, in the same files of Dagster's home; only the engines are kept, with their connections."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        return cls(base_dir=str(Path(os.environ["DAGSTER_HOME"]) / "history" / "runs"), inst_data=inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            if shard not in self._engines:
                engine = create_engine(
                    self.conn_string_for_shard(shard),
                    # One connection for every thread: the lock lets one of them have it at a time.
                    poolclass=StaticPool,
                    connect_args={"timeout": 60, "check_same_thread": False},
                )
                # With a write-ahead log this loses at most the last events when the power goes, never the file.
                event.listen(engine, "connect", lambda opened, _: opened.execute("pragma synchronous = normal"))
                self._initdb(engine)
                self._initialized_dbs.add(shard)
                self._engines[shard] = engine
            with self._engines[shard].connect() as connection, connection.begin():
                yield connection
