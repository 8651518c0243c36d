"""The register of names: every name by which a place has been published, and the code that it stands for.

A file of ``names/`` is one kind of place: a row a code and a name that it goes by, with the first and last day on
which that name meant that code, where this is known. A publisher that gives a name and no code is resolved here; a
name that is not in the register is never guessed at: the caller quarantines it with the nearest names.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "names"
_ABBREVIATED = {"&": "and", "saint": "st", "upon": "on"}
#: By kind, words before or after a name that say what the place is and not which; the same place has them in one list
#: (``HMP/YOI Leeds``, ``LEEDS (HMP)``) and not in the next.
_DESIGNATIONS = {
    "prison": frozenset({"and", "hm", "hmirc", "hmp", "hmpyoi", "hmyoi", "irc", "prison", "rc", "stc", "yoi"}),
}


def plain(name: str) -> str:
    """A name as names are compared: without case, accents, punctuation, ``&`` for ``and`` and runs of space."""
    text = name.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    for _ in range(2):  # Folding case can bring forth accents and compounds anew.
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    words = re.sub(r"[^\w&.]+", " ", text.replace("'", "").replace("&", " & ")).replace("_", " ").split()
    stripped = [word.strip(".") for word in words]
    return " ".join(_ABBREVIATED.get(word, word) for word in stripped if word)


def _without_designation(key: str, designations: frozenset[str]) -> str:
    """A plain name without the designations at its ends; as it was where it has no other words."""
    words = key.split()
    of_the_name = [at for at, word in enumerate(words) if word not in designations]
    return " ".join(words[of_the_name[0] : of_the_name[-1] + 1]) if of_the_name else key


@dataclass(frozen=True)
class Named:
    """A name that stands for a code, from and until a day where these are known."""

    code: str
    name: str
    is_current_name: bool
    valid_from: date | None
    valid_to: date | None

    def held_on(self, on: date | None) -> bool:
        return on is None or (
            (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)
        )


class UnknownNameError(ValueError):
    """A name that the register does not have, or has for several places; ``candidates`` are the nearest, best first."""

    def __init__(self, kind: str, name: str, candidates: tuple[Named, ...], *, is_ambiguous: bool = False) -> None:
        self.kind, self.name, self.candidates = kind, name, candidates
        near = ", ".join(f"[{c.name}] ({c.code})" for c in candidates) or "none"
        what = kind.replace("_", " ")
        super().__init__(
            f"[{name}] is the name of more than one {what}: {near}"
            if is_ambiguous
            else f"no {what} is known by the name [{name}]; nearest: {near}"
        )


class Register:
    """The names of one kind of place."""

    def __init__(self, kind: str, names: list[Named]) -> None:
        self.kind, self.names = kind, names
        self._by_name = defaultdict[str, list[Named]](list)
        for named in names:
            self._by_name[plain(named.name)].append(named)

    def resolve(self, name: str, *, on: date | None = None) -> str:
        """The code that a name stands for (on a day, where one is given).

        A name that the register has not is tried without the designation at its ends (``HMP``, ``(HMP & YOI)``), for
        kinds of place that have them. Names whose time is not known hold on every day; where a name has meant several
        codes, the day decides. Raises UnknownNameError, with the nearest names, where none or several are meant.
        """
        key = plain(name)
        known = self._by_name.get(key) or self._by_name.get(self._shortened(key), [])
        codes = {named.code for named in known if named.held_on(on)}
        if len(codes) == 1:
            return codes.pop()
        if codes:
            raise UnknownNameError(self.kind, name, tuple(n for n in known if n.held_on(on)), is_ambiguous=True)
        if known and len({named.code for named in known}) == 1:
            # Publishers go on using a name after its time (or begin before); it can still mean one place only.
            return known[0].code
        raise UnknownNameError(self.kind, name, self.nearest(name))

    def nearest(self, name: str, *, count: int = 3) -> tuple[Named, ...]:
        """The names most like one, best first; at most one a code."""
        found: dict[str, Named] = {}
        for key in get_close_matches(self._shortened(plain(name)), self._by_name, n=3 * count, cutoff=0.6):
            for named in self._by_name[key]:
                found.setdefault(named.code, named)
        return tuple(found.values())[:count]

    def _shortened(self, key: str) -> str:
        return _without_designation(key, _DESIGNATIONS.get(self.kind, frozenset()))

    def current_name(self, code: str) -> str:
        """The name that a code goes by now; raises KeyError for a code that is not in the register."""
        named = [n for n in self.names if n.code == code]
        if not named:
            raise KeyError(code)
        return next((n.name for n in named if n.is_current_name), named[0].name)


@cache
def register(kind: str) -> Register:
    """The register of one kind of place, by the name of its file: ``prison``, ``local_authority``, ``police_force`` ...

    Raises FileNotFoundError where there is none.
    """
    with (_FOLDER / f"{kind}.csv").open(encoding="utf-8", newline="") as text:
        return Register(
            kind,
            [
                Named(
                    code=row["code"],
                    name=row["name"],
                    is_current_name=row["is_current_name"] == "true",
                    valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
                    valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                )
                for row in csv.DictReader(text)
            ],
        )
