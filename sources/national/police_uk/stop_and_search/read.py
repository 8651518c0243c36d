"""Reads a force's month of stop and search."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from sources.contract import Contract
from sources.errors import ReadError
from sources.reading import PublishedFile, Records, delimited

_ARCHIVE = r"(?:.*_)?(?P<month>\d{4}-(?:0[1-9]|1[0-2]))(?:-(?P<force>.+))?-stop-and-search\.csv"
#: A month of one force, saved from the publisher's interface.
_SAVED = r"(?:.*_)?(?P<force>[a-z-]+)_(?P<month>\d{4}-(?:0[1-9]|1[0-2]))\.csv"


def read(file: PublishedFile, contract: Contract) -> Iterator[Records]:
    """One table, a row a record, read by DuckDB; the month and the force come from the file's name.

    Raises ReadError where the name gives no month: the records' times are in UTC, and in summer the first hour of
    a month lies in the month before.
    """
    named = re.fullmatch(_ARCHIVE, file.name, re.IGNORECASE) or re.fullmatch(_SAVED, file.name, re.IGNORECASE)
    if not named:
        raise ReadError(
            "its name does not say which month it is of",
            file=file.name,
            expected="a name such as 2026-09-kent-stop-and-search.csv",
            advice="Give it its published name again",
        )
    yield delimited.records(
        file,
        "search",
        contract.tables["search"],
        constants={
            "month": date.fromisoformat(named["month"] + "-01"),
            "force_slug": named["force"].lower() if named["force"] else None,
        },
    )
