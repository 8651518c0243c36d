"""What the tests of the sources share: a made-up publisher, and a home to take its files into."""

from __future__ import annotations

from pathlib import Path

import pytest

from sources import catalogue
from sources.catalogue import Catalogue, Source
from sources.home import Home
from tests import otherworld


@pytest.fixture
def otherworld_root(tmp_path: Path) -> Path:
    """A tree of sources with the made-up publisher alone."""
    otherworld.write_source(tmp_path / "tree")
    return tmp_path / "tree"


@pytest.fixture
def otherworld_catalogue(otherworld_root: Path) -> Catalogue:
    return catalogue.load(otherworld_root)


@pytest.fixture
def dragons(otherworld_catalogue: Catalogue) -> Source:
    """The made-up source."""
    return otherworld_catalogue[otherworld.SOURCE_ID]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home of the folder edition."""
    return Home(tmp_path / "home", "folder").make()
