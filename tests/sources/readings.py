"""What a source's reader makes of files, without landing it: for tests that read many changed files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sources.catalogue import Source
from sources.reading import PublishedFile, Quarantined, long


@dataclass(frozen=True)
class Reading:
    """The rows counted in the files, their tables (``source_file`` naming the file of each row), and what was set
    aside."""

    rows_in: int
    tables: Mapping[str, pd.DataFrame]
    quarantined: list[Quarantined]


def read_files(source: Source, *paths: Path) -> Reading:
    """Read files as the intake does; raises what the reader raises, and AssertionError where rows are lost."""
    parts, quarantined, rows_in = defaultdict[str, list[pd.DataFrame]](list), list[Quarantined](), 0
    for path in paths:
        for found in source.reader.read(PublishedFile(path, path.name, "0" * 64), source.contract):
            assert found.rows_in == len(found.frame) + len(found.quarantined), f"{path.name} loses rows"
            days = {name: pd.to_datetime(found.frame[name]) for name in ("period_start", "period_end")}
            parts[found.table].append(found.frame.assign(source_file=path.name, **days))
            quarantined += found.quarantined
            rows_in += found.rows_in
    return Reading(rows_in, {table: long.stacked(frames) for table, frames in parts.items()}, quarantined)
