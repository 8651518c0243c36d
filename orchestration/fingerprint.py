"""Whether there is anything to do: what the published file was made of, against what there is now."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orchestration.resources import Refresh
    from sources.home import Home

ROOT = Path(__file__).parents[1]


#: Sources of which the last answer to some question was none.
_FAILING = """
select distinct source_id from receipt
where status = 'failed'
    and receipt_id in (select max(receipt_id) from receipt group by source_id, address)
order by source_id
"""


def inputs_fingerprint(home: Home) -> str:
    """Changes when a release landed or left, when a model, an estimate, an expectation or the publication did, when a
    source begins or ceases to fail, and with each day: what is late today was not late yesterday."""
    digest = hashlib.sha256(home.day.isoformat().encode())
    with home.open_ledger() as ledger:
        for row in ledger.execute(_FAILING):
            digest.update(row["source_id"].encode())
        for row in ledger.execute("select source_id, table_name, file_name from landed order by 1, 2, 3"):
            digest.update("|".join(row).encode())
        for row in ledger.execute("select address from unrecognised order by address"):
            digest.update(row["address"].encode())
    rooms = [ROOT / room for room in ("dbt_project", "estimation", "expectations", "orchestration")]
    for path in sorted(path for room in rooms for path in room.rglob("*")):
        if path.suffix in {".sql", ".yml", ".csv", ".py"} and path.is_file() and "target" not in path.parts:
            digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    for package in ("duckdb", "dbt-core", "statsmodels"):
        digest.update(version(package).encode())
    return digest.hexdigest()


def build_record(home: Home) -> dict[str, Any] | None:
    """What was published last, from the record beside it; None where nothing whole is published."""
    path = home.published / "build.json"
    if not (path.exists() and home.published_file.exists()):
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return None


def is_unchanged(refresh: Refresh) -> bool:
    """Whether the published file was made of just what there is now, and nobody asked to build all the same."""
    record = build_record(refresh.home)
    return (
        not refresh.force
        and record is not None
        and record.get("inputs_fingerprint") == inputs_fingerprint(refresh.home)
    )
