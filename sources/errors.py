"""What can go wrong between a publisher and a tidy table, each with its place.

An error here stops one source, or one file of it, and nothing else: ``sources.intake`` turns it into a line
of the run's summary.
"""

from __future__ import annotations

from difflib import SequenceMatcher


class SourceError(Exception):
    """Any failure that belongs to one source; its text is written for the person who has to act on it."""

    kind = "failed"


class ContractError(SourceError):
    """A contract that is not well formed: names the file and the key."""

    kind = "contract"


class FetchError(SourceError):
    """A publisher that did not answer, or answered with something that is not the file."""

    kind = "fetch_failed"


class ReadError(SourceError):
    """A file that cannot be read as its contract says.

    ``file``, ``sheet``, ``row`` (1-based, as a spreadsheet counts) and ``column`` say where.
    """

    kind = "unreadable"

    def __init__(
        self,
        problem: str,
        *,
        file: str,
        sheet: str | None = None,
        row: int | None = None,
        column: str | None = None,
        expected: str | None = None,
        found: str | None = None,
        advice: str | None = None,
    ) -> None:
        self.problem, self.file, self.sheet, self.row, self.column = problem, file, sheet, row, column
        self.expected, self.found, self.advice = expected, found, advice
        place = f"[{file}]"
        if sheet:
            place += f" sheet [{sheet}]"
        if row is not None:
            place += f" row {row}"
        if column:
            place += f" column [{column}]"
        text = f"{place}: {problem}"
        if expected is not None:
            text += f"; expected {expected}"
        if found is not None:
            text += f"; found {found}"
        if advice:
            text += f". {advice}"
        super().__init__(text)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.casefold(), other.casefold()).ratio()


class LayoutError(ReadError):
    """A heading, title or sheet that the reader has no meaning for; guessing one would mislabel figures."""

    kind = "header_changed"


class HeaderError(ReadError):
    """A header beyond what the contract knows: names the missing and the unknown columns, with the closest match."""

    kind = "header_changed"

    def __init__(
        self,
        *,
        file: str,
        missing: list[str],
        unknown: list[str],
        known_names: dict[str, list[str]],
        sheet: str | None = None,
        row: int | None = None,
    ) -> None:
        self.missing, self.unknown = missing, unknown
        parts = []
        for column in missing:
            names = known_names.get(column, [column])
            likeness = {u: max(_likeness(name, u) for name in names) for u in unknown}
            near = max(likeness, key=lambda u: likeness[u], default=None)
            if near is not None and likeness[near] < 0.5:
                near = None
            parts.append(f"[{names[0]}]" + (f" (closest: [{near}])" if near else ""))
        super().__init__(
            "the header is not one that the contract knows",
            file=file,
            sheet=sheet,
            row=row,
            expected="the missing columns " + ", ".join(parts) if missing else "no unknown columns",
            found="the unknown columns " + ", ".join(f"[{u}]" for u in unknown)
            if unknown
            else "nothing in their place",
            advice="If the publisher renamed a column, add the new name to its published_as in contract.yaml",
        )
