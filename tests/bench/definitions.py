"""Seconds that loading the definitions takes beyond importing dagster and dagster_dbt, and peak memory in MiB."""

from __future__ import annotations

import resource
import sys
import time

import dagster  # noqa: F401
import dagster_dbt  # noqa: F401


def main() -> None:
    started = time.monotonic()
    from orchestration import definitions

    definitions.build_definitions()
    seconds = time.monotonic() - started
    assert "great_expectations" not in sys.modules
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main()
