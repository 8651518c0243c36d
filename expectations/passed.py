"""Which landed files have passed every check of their rows: they are not asked again.

A landed file never changes (its name holds its release and the fingerprint of the code that read it), so neither does
what is found in it. What the ledger is asked (row counts between releases) is asked of everything each time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from sources.home import Home

_EMPTY = "_schema.parquet"


def _code() -> str:
    """Changes when any expectation could have."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class Passed:
    """The record of one edition, kept in its working folder: losing it costs a check of everything."""

    def __init__(self, home: Home) -> None:
        self._home, self._path, self._key = home, home.work / "expectations_passed.json", _code()
        self._files: dict[str, set[str]] = {}
        if self._path.exists():
            stored = json.loads(self._path.read_text(encoding="utf-8"))
            if stored["code"] == self._key:
                self._files = {table: set(files) for table, files in stored["files"].items()}

    def to_check(self, table_id: str) -> list[Path]:
        """The files of a landing table that have not passed yet, after the empty one that has its columns."""
        files = sorted((self._home.landing / table_id).glob("*.parquet"))
        passed = self._files.get(table_id, set())
        return [path for path in files if path.name == _EMPTY] + [
            path for path in files if path.name != _EMPTY and path.name not in passed
        ]

    def record(self, table_id: str, files: Sequence[Path]) -> None:
        """Note that these files have passed."""
        self._files.setdefault(table_id, set()).update(path.name for path in files if path.name != _EMPTY)

    def save(self) -> None:
        """Write the record; files that are no longer there are left out of it."""
        there = {
            table: sorted(name for name in names if (self._home.landing / table / name).exists())
            for table, names in self._files.items()
        }
        temporary = self._path.with_suffix(".writing")
        temporary.write_text(json.dumps({"code": self._key, "files": there}), encoding="utf-8")
        temporary.replace(self._path)
