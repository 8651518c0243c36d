"""Seconds that one more month of street crime costs, landing and models, after a number of months; peak memory in MiB.

``python -m tests.bench.months FOLDER MONTHS``
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import duckdb

from orchestration.models import DBT, PROJECT, environment
from sources import catalogue, registry
from sources.catalogue import Catalogue
from sources.home import Home
from sources.intake import SourceIntake
from sources.landing import Landing
from sources.origins.given import GivenFiles

ROWS = 20_000
FORCE = "kent"


def write_month(folder: Path, number: int) -> None:
    """One synthetic month, counted from January 2012."""
    month = f"{2012 + number // 12}-{number % 12 + 1:02}"
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            copy (
                select sha256((i + {number} * 1000000)::varchar) as "Crime ID", '{month}' as "Month",
                    'Kent Police' as "Reported by", 'Kent Police' as "Falls within", 0.5 as "Longitude",
                    51.2 as "Latitude", 'On or near Road' as "Location",
                    'E010' || lpad((24000 + hash(i) % 900)::varchar, 5, '0') as "LSOA code",
                    'Ashford 00' || (hash(i) % 9) || 'A' as "LSOA name", 'Drugs' as "Crime type",
                    'Under investigation' as "Last outcome category", null as "Context"
                from range({ROWS}) as r (i)
            ) to '{folder}/{month}-{FORCE}-street.csv' (header)
            """
        )


def take_in_and_build(home: Home, folder: Path, sources: Catalogue) -> None:
    """Land what is new, and bring the models up to date."""
    Landing(home).prepare(sources)
    result = SourceIntake(sources["police_uk_street"], GivenFiles(*sorted(folder.glob("*.csv"))), home).run()
    assert not result.problems, result.problems
    registry.write(home, sources)
    subprocess.run(
        [
            *(DBT, "--quiet", "build", "--exclude-resource-type", "unit_test"),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", str(home.work / "target")),
        ],
        check=True,
        capture_output=True,
        env=os.environ | environment(home),
    )


def main() -> None:
    folder, months = Path(sys.argv[1]), int(sys.argv[2])
    files = folder / "files"
    files.mkdir(parents=True)
    home = Home(folder / "home", "folder").make()
    sources = catalogue.load()
    for number in range(months):
        write_month(files, number)
    take_in_and_build(home, files, sources)
    write_month(files, months)
    started = time.monotonic()
    take_in_and_build(home, files, sources)
    print(time.monotonic() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main()
