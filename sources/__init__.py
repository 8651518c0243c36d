"""From a publisher's bytes to tidy tables.

This package knows publishers, files, formats and contracts. It knows nothing of Dagster, dbt, Great
Expectations or the published DuckDB file.
"""
