"""What tests of the real files share: one refresh of the folder edition with all of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def refreshed(published: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What the command printed, and the file that it published; made once for every module that asks it."""
    home = tmp_path_factory.mktemp("home")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("REBALANCE_", "DAGSTER_"))}
    done = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("rebalance")), "refresh", "--edition", "folder"),
            *("--from", str(published), "--home", str(home)),
        ],
        cwd=ROOT,
        env=kept | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, home / "folder/published/health_justice.duckdb"


def query(refreshed: tuple[str, Path], sql: str) -> list[tuple]:
    """The rows of a query of the published file."""
    with duckdb.connect(str(refreshed[1]), read_only=True) as connection:
        return connection.execute(sql).fetchall()
