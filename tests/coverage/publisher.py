"""The Otherworld Office over a year: its contract as that changes, its shelf, and the origin that stands before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import yaml

from sources import catalogue, clock
from sources.catalogue import Catalogue, Source
from sources.errors import FetchError
from sources.origins import Delivery, Offer, Validators
from tests import otherworld

Days = tuple[date, date]
"""A first and a last day, both included."""


def contract(
    *, promised: Mapping[date, date] | None = None, ended_after: date | None = None, why_ended: str = ""
) -> str:
    """The contract of dragon sightings: monthly, due 30 days after the month, late after 45, very late after 90.

    ``promised`` is the office's own calendar, by the last day of the period; ``ended_after`` the last day of the last
    period that it published.
    """
    promises = [
        {"period_end": end, "promised_on": on, "where": "A notice on the watchtower"}
        for end, on in (promised or {}).items()
    ]
    raw = yaml.safe_load(otherworld.CONTRACT)
    raw["cadence"] = {
        "every": "month",
        "usual_lag_days": 30,
        "warn_after_days": 45,
        "fail_after_days": 90,
        "incident_after": 3,
        "reason": "The office counts for four weeks; a quarter without a count means that nobody looks up any more.",
        "promised": promises,
    }
    raw["senders"] = {"level": "local_authority_district", "who": "The keeper of the district's dragons"}
    raw["first_period"] = date(2024, 9, 1)
    raw["breaks"] = []
    if ended_after:
        raw["tables"]["sighting"]["ended"] = {"after": ended_after, "why": why_ended}
    return yaml.safe_dump(raw, sort_keys=False)


def write_source(root: Path, text: str) -> Catalogue:
    """Write the source with this contract below ``root``; returns the catalogue that has it alone."""
    otherworld.write_source(root)
    (root / "national" / "otherworld_office" / "dragon_sightings" / "contract.yaml").write_text(text, encoding="utf-8")
    return catalogue.load(root)


def month_file(month: str, seen: Mapping[str, object], names: Mapping[str, str]) -> str:
    """A month's file (``2025-03``) in the office's layout: a row a district, with what was seen."""
    return otherworld.published_file([[code, names[code], month, count, ""] for code, count in seen.items()])


def without_column(text: str, header: str) -> str:
    """The same file from a day on which a column was dropped."""
    lines = [line.split(",") for line in text.splitlines()]
    place = next(line.index(header) for line in lines if header in line)
    width = len(otherworld.HEADER)
    kept: Iterable[Sequence[str]] = (
        [cell for at, cell in enumerate(line) if at != place] if len(line) == width else line for line in lines
    )
    return "".join(",".join(line) + "\n" for line in kept)


@dataclass(frozen=True)
class Issue:
    """A file put on the shelf on a day; one of the same name takes the place of the one before."""

    on: date
    name: str
    text: str


@dataclass
class Shelf:
    """An origin: what the office has on its shelf on the clock's day, unless it does not answer."""

    issues: Sequence[Issue]
    silent: Sequence[Days]
    folder: Path
    name: str = "live"
    asked: int = field(default=0, init=False)

    def offers(self, source: Source) -> list[Offer]:
        """The newest issue of each file; FetchError on a day without an answer."""
        today = clock.now().date()
        self.asked += 1
        if any(first <= today <= last for first, last in self.silent):
            raise FetchError(f"[{source.id}]: the owl came back with nothing")
        return [
            Offer(issue.name, f"{source.contract.landing_page}/{issue.name}", published_on=issue.on)
            for issue in self._newest(today).values()
        ]

    def fetch(self, offer: Offer, known: Validators) -> Delivery:
        """A file, or that it is the same as it was."""
        issue = self._newest(clock.now().date())[offer.name]
        validators = Validators(etag=hashlib.sha256(issue.text.encode()).hexdigest())
        if validators == known:
            return Delivery(offer, None, clock.now(), clock.now(), http_status=304, validators=validators)
        path = self.folder / offer.name
        path.write_text(issue.text, encoding="utf-8")
        return Delivery(offer, path, clock.now(), clock.now(), is_ours=True, http_status=200, validators=validators)

    def _newest(self, today: date) -> dict[str, Issue]:
        return {issue.name: issue for issue in sorted(self.issues, key=lambda issue: issue.on) if issue.on <= today}
