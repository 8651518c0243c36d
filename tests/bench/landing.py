"""The parts of the landing benchmark, each run in a process of its own: ``write``, ``copy`` and ``land``.

Prints seconds and peak memory in MiB.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from sources import catalogue
from sources.home import Home
from sources.landing import Arrival, Landing
from sources.reading import PublishedFile

_HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)


def write(path: Path, rows: int) -> None:
    """Synthetic street crime in the publisher's layout: identifiers, coordinates, some quoted and some blank fields."""
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            copy (
                select
                    case when i % 5 = 0 then null else sha256(i::varchar) end as "Crime ID",
                    '2021-08' as "Month", 'Kent Police' as "Reported by", 'Kent Police' as "Falls within",
                    case when i % 12 = 0 then null else printf('%.6f', -2 + (hash(i) % 1000000) / 1e6) end
                        as "Longitude",
                    case when i % 12 = 0 then null else printf('%.6f', 51 + (hash(i + 1) % 1000000) / 1e6) end
                        as "Latitude",
                    'On or near Street ' || (hash(i) % 20000) as "Location",
                    'E010' || lpad((hash(i) % 33000)::varchar, 5, '0') as "LSOA code",
                    case when hash(i) % 500 = 0 then 'Bournemouth, Christchurch and Poole 043B'
                        else 'Ashford 00' || (hash(i) % 10) || 'A' end as "LSOA name",
                    ['Anti-social behaviour', 'Drugs', 'Violence and sexual offences', 'Burglary'][
                        1 + (hash(i) % 4)::int]
                        as "Crime type",
                    case when i % 5 = 0 then null else 'Under investigation' end as "Last outcome category",
                    null as "Context"
                from range({rows}) as r (i)
            ) to '{path}' (header, delimiter ',', quote '"')
            """
        )


def copy(path: Path, target: Path) -> None:
    """DuckDB's own CSV-to-Parquet copy, dialect and columns stated, row order kept."""
    names = _HEADER.split(",")
    columns = ", ".join(f"'{n}': '{'DOUBLE' if n in ('Longitude', 'Latitude') else 'VARCHAR'}'" for n in names)
    with duckdb.connect() as connection:
        connection.execute("set preserve_insertion_order = true")
        connection.execute(
            f"copy (from read_csv('{path}', header = true, auto_detect = false, delim = ',', quote = '\"',"
            f" escape = '\"', columns = {{{columns}}})) to '{target}' (format parquet)"
        )


def land(path: Path, scratch: Path) -> None:
    """The project's own way: header matched, records read, counted, reconciled, written with provenance."""
    source = catalogue.load()["police_uk_street"]
    file = PublishedFile(path, "2021-08-kent-street.csv", "0" * 64)
    home = Home(scratch, "folder").make()
    arrival = Arrival("0" * 64, "folder", str(path), None, "2026-01-01T00:00:00+00:00")
    for found in source.reader.read(file, source.contract):
        Landing(home).land(source, file, found, arrival)


def main() -> None:
    what, path = sys.argv[1], Path(sys.argv[2])
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        started = time.monotonic()
        if what == "write":
            write(path, int(sys.argv[3]))
        elif what == "copy":
            copy(path, Path(scratch) / "copy.parquet")
        else:
            land(path, Path(scratch))
        seconds = time.monotonic() - started
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main()
