"""The folder benchmark, run in a process of its own: every real file at hand, from the folder to landing.

Prints each source that took long, to standard error, then seconds and peak memory in MiB.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from sources import catalogue, registry
from sources.home import Home
from sources.intake import SourceIntake
from sources.landing import Landing
from sources.origins.folder import FolderOrigin

_LONG_SECONDS = 1.0


def main() -> None:
    """Take a folder's files in for every source, as a refresh does before the models."""
    folder, home = Path(sys.argv[1]), Home(Path(sys.argv[2]), "folder").make()
    sources = catalogue.load()
    started = time.monotonic()
    Landing(home).prepare(sources)
    origin = FolderOrigin(folder, sources, home)
    print(f"looking through: {time.monotonic() - started:.1f} s", file=sys.stderr)
    for source in sources.values():
        at = time.monotonic()
        intake = SourceIntake(source, origin, home).run()
        if (seconds := time.monotonic() - at) > _LONG_SECONDS:
            print(f"{source.id}: {seconds:.1f} s, {intake.rows_landed:,} rows", file=sys.stderr)
        for problem in intake.problems:
            print(f"{source.id}: {problem.text}", file=sys.stderr)
    registry.write(home, sources)
    print(time.monotonic() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main()
