"""What has to hold of the tables, asked in SQL by Great Expectations inside DuckDB.

``suites`` says what is expected, ``engine`` asks, ``run`` is the way in. Great Expectations takes seconds to
import, so only ``engine`` imports it, and ``run`` imports ``engine`` only where a suite is run.
"""
