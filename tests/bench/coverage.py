"""Seconds that the grid of what should be there takes, for 80 indicators in 400 places over 10 years, and its cells.

``python -m tests.bench.coverage FOLDER`` compiles the models as they are, and runs them on made-up figures.
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
from sources.home import Home
from sources.landing import Landing

INDICATORS, PLACES, YEARS = 80, 400, 10
#: Persons, females and males of two ages: real files have five groups to an indicator and kind of area, at the mean.
GROUPS = [(sex, age) for sex in ("persons", "female", "male") for age in ("All ages", "10-17")]
MODELS = (
    *("int_source_state", "int_force_month", "int_quarantined_place", "int_coverage_series", "int_series_end"),
    *("int_published_period", "int_rhythm", "int_expected_period", "int_coverage_period", "int_coverage_cell"),
    *("int_coverage", "coverage"),
)
#: What the models read of others, with what they use of it.
UPSTREAM = {
    "spine.int_area": "area_code varchar, area_name varchar, area_level varchar, is_upper_tier boolean,"
    " valid_from date, valid_to date, is_current boolean",
    "spine.int_area_successor": "area_code varchar",
    "indicators.int_indicator": "indicator_id varchar, source_id varchar",
    "indicators.int_value": "indicator_id varchar, source_id varchar, area_code varchar, area_level varchar,"
    " period_type varchar, period_start date, period_end date, sex varchar, age_band varchar, category_type varchar,"
    " category varchar, value double, status varchar, numerator double, denominator double, carried_by varchar,"
    " release_id varchar, is_latest_release boolean",
    "staging.stg_police_uk__archive_inventory_force_month": "dataset varchar, force_slug varchar, area_code varchar,"
    " month date, is_listed boolean",
    "reference.reported_with": "area_code varchar, reported_with_code varchar, applies_to varchar, reason varchar,"
    " until date",
    "reference.series_end": "indicator_id varchar, period_type varchar, last_period_end date, why varchar,"
    " replaced_by varchar",
}


def compiled(home: Home) -> dict[str, str]:
    """The SQL of each model, for this home."""
    subprocess.run(
        [
            *(DBT, "--quiet", "compile", "--select", *MODELS),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", str(home.work / "target"), "--log-path", str(home.work / "logs")),
        ],
        check=True,
        capture_output=True,
        env=os.environ | environment(home),
    )
    found = {path.stem: path for path in (home.work / "target" / "compiled").rglob("*.sql")}
    return {model: found[model].read_text(encoding="utf-8") for model in MODELS}


def write_figures(connection: duckdb.DuckDBPyConnection) -> None:
    """Made-up figures of which nine in ten are there."""
    for table, columns in UPSTREAM.items():
        connection.execute(f"create schema if not exists {table.partition('.')[0]}")
        connection.execute(f"create table {table} ({columns})")
    groups = ", ".join(f"('{sex}', '{age}')" for sex, age in GROUPS)
    connection.execute(
        f"""
        insert into spine.int_area by name
        select
            'E07' || lpad(n::varchar, 6, '0') as area_code, 'Place ' || n as area_name,
            'local_authority_district' as area_level, false as is_upper_tier, true as is_current
        from range({PLACES}) as place (n);
        insert into indicators.int_indicator
        select 'indicator_' || i, 'ho_police_powers' from range({INDICATORS}) as indicator (i);
        insert into indicators.int_value by name
        select
            'indicator_' || i as indicator_id, 'ho_police_powers' as source_id, area_code, area_level,
            'financial_year' as period_type, make_date(2014 + y::integer, 4, 1) as period_start,
            make_date(2015 + y::integer, 3, 31) as period_end, sex, age as age_band, 1.0 as value,
            'observed' as status, 'release' as release_id, true as is_latest_release, 'as_published' as carried_by
        from
            range({INDICATORS}) as indicator (i), range({YEARS}) as year (y), spine.int_area,
            (values {groups}) as people (sex, age)
        where hash(i, y, area_code, sex, age) % 10 > 0
        """
    )


def main(folder: Path) -> None:
    home = Home(folder, "sample").make()
    sources = catalogue.load()
    Landing(home).prepare(sources)
    registry.write(home, sources)
    models = compiled(home)
    home.warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("set threads = 2")
        write_figures(connection)
        connection.execute("create schema coverage; create schema marts")
        started = time.monotonic()
        for model, query in models.items():
            schema = "marts" if model == "coverage" else "coverage"
            connection.execute(f"create table {schema}.{model} as ({query})")
        seconds = time.monotonic() - started
        row = connection.execute("select count(*) from marts.coverage where state <> 'present'").fetchone()
        cells = connection.execute("select count(*) from marts.coverage").fetchone()
    print(f"{cells[0] if cells else 0:,} cells, {row[0] if row else 0:,} of them without a figure")
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
