"""Reads a force's month of crime outcomes."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date

from sources.contract import Contract
from sources.errors import ReadError
from sources.reading import PublishedFile, Records, delimited

_NAMED = r"(?:.*_)?(?P<month>\d{4}-(?:0[1-9]|1[0-2]))(?:-(?P<force>.+))?-outcomes\.csv"
_TAIL = 1 << 16
#: Outcome types that have been published, without those that another one begins with ("Suspect charged"): a last cell
#: that is one of them is whole. A new one need not be added, for a file as published ends with a line end.
_WHOLE = {
    "Action to be taken by another organisation",
    "Awaiting court outcome",
    "Court case unable to proceed",
    "Court result unavailable",
    "Defendant found not guilty",
    "Defendant sent to Crown Court",
    "Formal action is not in the public interest",
    "Further action is not in the public interest",
    "Further investigation is not in the public interest",
    "Investigation complete; no suspect identified",
    "Local resolution",
    "Offender deprived of property",
    "Offender fined",
    "Offender given a caution",
    "Offender given a drugs possession warning",
    "Offender given absolute discharge",
    "Offender given community sentence",
    "Offender given conditional discharge",
    "Offender given penalty notice",
    "Offender given suspended prison sentence",
    "Offender ordered to pay compensation",
    "Offender otherwise dealt with",
    "Offender sent to prison",
    "Status update unavailable",
    "Suspect charged as part of another case",
    "Unable to prosecute suspect",
    "Under investigation",
}


def read(file: PublishedFile, contract: Contract) -> Iterator[Records]:
    """One table, a row a record, read by DuckDB; the file's month and force come from its name.

    Raises ReadError where the last line has no end and its last cell is no outcome type that is known to be whole.
    """
    named = re.fullmatch(_NAMED, file.name, re.IGNORECASE)
    found = delimited.records(
        file,
        "outcome",
        contract.tables["outcome"],
        constants={
            "file_month": date.fromisoformat(named["month"] + "-01") if named else None,
            "force_slug": named["force"].lower() if named and named["force"] else None,
        },
    )
    _require_end(file, ends_with_outcome=found.columns["outcome_type"] == found.header[-1])
    yield found


def _require_end(file: PublishedFile, *, ends_with_outcome: bool) -> None:
    """Raise ReadError where the file may have been cut short within its last cell, which still looks like one then."""
    with file.path.open("rb") as stream:
        stream.seek(max(0, file.path.stat().st_size - _TAIL))
        tail = stream.read()
    if tail.rstrip(b"\0").endswith((b"\n", b"\r")):
        return
    last_line = tail.decode("utf-8", errors="replace").splitlines()[-1]
    last_cell = next(csv.reader([last_line]), [""])[-1]
    if not (ends_with_outcome and last_cell in _WHOLE):
        raise ReadError(
            "the last line has no end",
            file=file.name,
            expected="a line end after the last record, or an outcome type that is known to be whole",
            found=f"[{last_cell}] in its last cell",
            advice="The file may have been cut short: get it again",
        )
