"""A home with one published build of the bundled edition, made once for all the tests that look at it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REBALANCE = str(Path(sys.executable).with_name("rebalance"))


def environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("REBALANCE_", "DAGSTER_"))}
    return kept | {"COLUMNS": "200"}


def rebalance(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [REBALANCE, *arguments, "--home", str(home)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one published build of the bundled edition."""
    folder = tmp_path_factory.mktemp("home")
    done = rebalance("refresh", home=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder
