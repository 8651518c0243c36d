"""What tests share: real published files where they are at hand, and a way to take files in."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from sources import catalogue
from sources.catalogue import Catalogue
from sources.home import Home
from sources.intake import Intake, SourceIntake
from sources.landing import Landing
from sources.origins.given import GivenFiles

_SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real files and recorded answers beside the checkout; skips where it is not there."""
    if not _SHARED.is_dir():
        pytest.skip("the folder of real published files is not beside this checkout")
    return _SHARED


@pytest.fixture(scope="session")
def published(shared: Path) -> Path:
    """Real files as their publishers issued them."""
    return shared / "published"


@pytest.fixture(scope="session")
def sources() -> Catalogue:
    """Every source of the project."""
    return catalogue.load()


TakeIn = Callable[..., tuple[Intake, Home]]


@pytest.fixture(scope="session")
def empty_tables(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Callable[[str], Path]:
    """The folder of a source's landing tables with nothing landed; made once a source, as making it takes longer than
    most tests."""

    @cache
    def made(source_id: str) -> Path:
        home = Home(tmp_path_factory.mktemp("empty"), "folder").make()
        Landing(home).prepare(Catalogue({source_id: sources[source_id]}))
        return home.landing

    return made


@pytest.fixture
def intake(tmp_path: Path, sources: Catalogue, empty_tables: Callable[[str], Path]) -> TakeIn:
    """Take files in for a source, into a home of the test's own: ``intake(source_id, *paths)``."""

    def take_in(source_id: str, *paths: Path) -> tuple[Intake, Home]:
        home = Home(tmp_path / "home", "folder").make()
        shutil.copytree(empty_tables(source_id), home.landing, dirs_exist_ok=True)
        return SourceIntake(sources[source_id], GivenFiles(*paths), home).run(), home

    return take_in


@pytest.fixture
def landed() -> Callable[[Home, str], pd.DataFrame]:
    """A landing table as a frame, every release of it: ``landed(home, table_id)``."""

    def read(home: Home, table_id: str) -> pd.DataFrame:
        pattern = str(home.landing / table_id / "*.parquet")
        return duckdb.sql(f"select * from read_parquet('{pattern}', union_by_name = true)").df()

    return read
