"""What a contract tells a kind of discovery, read with each parameter's own type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

from sources.errors import FetchError

Value = str | int | bool | list[str] | list[int] | list[dict[str, str]]
T = TypeVar("T")

#: The parameter that any kind takes: a list of the parameters that differ from one table (page, query) to the next.
TABLES = "tables"


def each_table(parameters: Mapping[str, Value]) -> list[dict[str, Value]]:
    """The parameters of each of the ``tables``, with those that stand for all of them; without tables, one set."""
    tables = parameters.get(TABLES)
    shared = {name: value for name, value in parameters.items() if name != TABLES}
    if not isinstance(tables, list):
        return [dict(parameters)]
    return [{**shared, **table} for table in tables if isinstance(table, dict)]


class Parameters:
    """The parameters of one source's discovery.

    Every getter raises FetchError, naming the source and the parameter, where the value is of another type or a
    parameter without a default is not given. In ``tables`` a contract writes everything as text, so a whole number
    or a truth may be one ("2000", "true").
    """

    def __init__(self, source_id: str, kind: str, given: Mapping[str, Value], *, known: tuple[str, ...]) -> None:
        self._where = f"[{source_id}] discovery {kind}"
        self._given = given
        for name in given:
            if name not in known:
                close = get_close_matches(name, known, n=1)
                hint = f"; did you mean [{close[0]}]?" if close else ""
                raise FetchError(f"{self._where}: unknown parameter [{name}]; known are {', '.join(known)}{hint}")

    def text(self, name: str, default: str | None = None) -> str:
        """A text that is not empty."""
        value = self._value(name, default, str)
        if not value.strip():
            raise FetchError(f"{self._where}: parameter [{name}] is empty")
        return value

    def optional_text(self, name: str) -> str | None:
        """A text, or None where it is not given."""
        return self.text(name) if name in self._given else None

    def base(self, default: str) -> str:
        """The publisher's address, without a slash at its end."""
        return self.text("base", default).rstrip("/")

    def whole(self, name: str, default: int | None = None) -> int:
        """A whole number."""
        return self._value(name, default, int)

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        return self._value(name, default, bool)

    def pattern(self, name: str) -> re.Pattern[str] | None:
        """A regular expression, without regard to case, or None where it is not given."""
        if name not in self._given:
            return None
        text = self.text(name)
        try:
            return re.compile(text, re.IGNORECASE)
        except re.error as error:
            raise FetchError(f"{self._where}: parameter [{name}] is not a regular expression: {error}") from error

    def texts(self, name: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of texts; one text counts as a list of one."""
        return self._list(name, default, str)

    def wholes(self, name: str, default: tuple[int, ...] | None = None) -> tuple[int, ...]:
        """A list of whole numbers; one number counts as a list of one."""
        return self._list(name, default, int)

    def _value(self, name: str, default: T | None, kind: type[T]) -> T:
        value = _from_text(self._given.get(name, default), kind)
        if value is None:
            raise FetchError(f"{self._where}: parameter [{name}] is needed")
        if not _is_a(value, kind):
            raise FetchError(f"{self._where}: parameter [{name}] has to be {kind.__name__}; found [{value!r}]")
        return value  # pyright: ignore[reportReturnType]

    def _list(self, name: str, default: tuple[T, ...] | None, kind: type[T]) -> tuple[T, ...]:
        value = self._given.get(name)
        if value is None:
            if default is None:
                raise FetchError(f"{self._where}: parameter [{name}] is needed")
            return default
        values = value if isinstance(value, list) else [_from_text(value, kind)]
        if not values or not all(_is_a(item, kind) for item in values):
            raise FetchError(
                f"{self._where}: parameter [{name}] has to be a list of {kind.__name__}; found [{value!r}]"
            )
        return tuple(values)  # pyright: ignore[reportReturnType]


def _from_text(value: object, kind: type) -> object:
    """A text as the whole number or truth that it stands for, where one of these is wanted; else as it is."""
    if kind is int and isinstance(value, str) and re.fullmatch(r"\d+", value):
        return int(value)
    if kind is bool and value in ("true", "false"):
        return value == "true"
    return value


def _is_a(value: object, kind: type) -> bool:
    # To Python, True is a whole number; to a contract it is not.
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def matches(pattern: re.Pattern[str] | None, *texts: str) -> bool:
    """Whether a pattern is found in one of the texts; no pattern matches everything."""
    return pattern is None or any(pattern.search(text) for text in texts)
