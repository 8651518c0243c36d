"""Every source in the tree, found by its folder.

``national/<publisher>/<dataset>/`` and ``local/<kind>/`` each hold ``contract.yaml``, ``read.py`` and
``sample.py``; the folder gives the source its id, so adding a folder is all that adding a source takes.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType

from sources import contract as contracts
from sources.errors import ContractError

ROOT = Path(__file__).parent


@dataclass(frozen=True)
class Source:
    """One source: its id, its contract and the code beside it."""

    id: str
    folder: Path
    contract: contracts.Contract

    @property
    def publisher(self) -> str:
        """The publisher's folder, or ``local``: what sources are grouped by."""
        return "local" if self.contract.level == "local" else self.folder.parent.name

    def table_id(self, table: str) -> str:
        """The landing table's name: ``<source id>__<table>``."""
        return f"{self.id}__{table}"

    @cached_property
    def reader(self) -> ModuleType:
        """The module ``read.py``, which has ``read(file, contract)``."""
        return self._module("read")

    @cached_property
    def sample(self) -> ModuleType:
        """The module ``sample.py``, which has ``write(folder, seed, scale)``."""
        return self._module("sample")

    @cached_property
    def fingerprint(self) -> str:
        """Changes when the contract, the reader or the reading tools change: what other code landed is read again."""
        digest = hashlib.sha256()
        shared = [*sorted((ROOT / "reading").glob("*.py")), ROOT / "landing.py", ROOT / "contract.py"]
        shared += [ROOT / "places" / "names.py", *sorted((ROOT / "places" / "names").glob("*.csv"))]
        for path in [
            *sorted(p for p in self.folder.rglob("*") if p.suffix in {".py", ".yaml", ".csv"}),
            *shared,
        ]:
            if path.name != "sample.py":
                digest.update(path.read_bytes())
        return digest.hexdigest()[:12]

    def _module(self, name: str) -> ModuleType:
        path = self.folder / f"{name}.py"
        if not path.exists():
            raise ContractError(f"source [{self.id}] has no {name}.py in {self.folder}")
        qualified = f"_rebalance_source_{self.id}_{name}"
        spec = importlib.util.spec_from_file_location(qualified, path)
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        sys.modules[qualified] = module
        spec.loader.exec_module(module)
        return module


class Catalogue(Mapping[str, Source]):
    """Sources by id, in order of id."""

    def __init__(self, sources: dict[str, Source]) -> None:
        self._sources = dict(sorted(sources.items()))

    def __getitem__(self, source_id: str) -> Source:
        return self._sources[source_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    def tables(self) -> Iterator[tuple[Source, str, contracts.Table]]:
        """Every landing table of every source."""
        for source in self._sources.values():
            for name, table in source.contract.tables.items():
                yield source, name, table


def load(*roots: Path) -> Catalogue:
    """Find and check every contract below ``roots`` (by default this package).

    Raises ContractError for a contract that is not well formed or an id that is used twice.
    """
    found: dict[str, Source] = {}
    for root in roots or (ROOT,):
        for path in sorted([*root.glob("national/*/*/contract.yaml"), *root.glob("local/*/contract.yaml")]):
            folder = path.parent
            source_id = "_".join(folder.relative_to(root / folder.relative_to(root).parts[0]).parts)
            if folder.relative_to(root).parts[0] == "local":
                source_id = f"local_{source_id}"
            if not re.fullmatch(r"[a-z][a-z0-9_]*", source_id):
                raise ContractError(
                    f"[{folder}] would give the source the id [{source_id}]; name its folders in lower-case letters,"
                    " digits and underscores"
                )
            if source_id in found:
                raise ContractError(f"source id [{source_id}] is used by {found[source_id].folder} and {folder}")
            found[source_id] = Source(source_id, folder, contracts.load(path))
    return Catalogue(found)
