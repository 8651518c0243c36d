"""How things are shown on a terminal."""

from __future__ import annotations

from rich.table import Column


def named(header: str) -> Column:
    """A column of names or numbers, which are never cut short: half a number is another."""
    return Column(header, no_wrap=True, overflow="ignore")
