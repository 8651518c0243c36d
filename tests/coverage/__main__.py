"""Writes the simulated year as a timeline: ``python -m tests.coverage``."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.coverage.diary import keep, timeline
from tests.coverage.year import Office

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        print(timeline(keep(Office(Path(folder)))))
