"""How things are shown on a terminal."""

from __future__ import annotations

from rich.table import Column


def named(header: str) -> Column:
    """A column of names, which are never cut short: they are copied and typed again."""
    return Column(header, no_wrap=True, overflow="ignore")
