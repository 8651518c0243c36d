"""How things are shown on a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Column

_NOT_A_TERMINAL = 160


def console(**options: Any) -> Console:
    """Somewhere to print: as wide as the terminal, and wide enough for a table where it is a file or a pipe."""
    made = Console(**options)
    return made if made.is_terminal else Console(width=max(made.width, _NOT_A_TERMINAL), **options)


def named(header: str) -> Column:
    """A column of names or numbers, which are never cut short: half a number is another."""
    return Column(header, no_wrap=True, overflow="ignore")
