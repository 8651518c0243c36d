"""Reads a force's month of street-level crime."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sources.contract import Contract
from sources.reading import PublishedFile, Records, delimited


def read(file: PublishedFile, contract: Contract) -> Iterator[Records]:
    """One table, a row a record, read by DuckDB; the force comes from the file's name."""
    named = re.fullmatch(r"\d{4}-\d{2}-(?P<force>.+)-street\.csv", file.name, re.IGNORECASE)
    yield delimited.records(
        file,
        "crime",
        contract.tables["crime"],
        constants={"force_slug": named["force"].lower() if named else None},
    )
