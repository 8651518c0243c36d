"""How the live edition learns what a publisher has now: one module a kind of publisher's interface.

A contract names the kind and its parameters. Each module's ``discover`` makes offers of what the publisher says;
one that has to put a file together from several answers has a ``fetch`` too, and an address scheme of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sources.catalogue import Source
from sources.origins import Offer, Validators
from sources.origins.discovery import (
    arcgis_table,
    by_hand,
    ckan_package,
    fingertips,
    govuk_attachments,
    ons_dataset,
    police_archive,
)
from sources.origins.discovery.parameters import Value
from sources.origins.http import Answer, PoliteClient


class Discover(Protocol):
    """Learns what there is for a source; raises FetchError."""

    def __call__(self, client: PoliteClient, source: Source, parameters: Mapping[str, Value]) -> list[Offer]: ...


class Fetch(Protocol):
    """Puts together one offered file; raises FetchError."""

    def __call__(self, client: PoliteClient, offer: Offer, known: Validators) -> Answer: ...


@dataclass(frozen=True)
class Kind:
    """One kind of discovery; ``scheme`` begins the addresses that its own ``fetch`` is for."""

    discover: Discover
    parameters: tuple[str, ...] = ()
    """The names that a contract may give."""
    fetch: Fetch | None = None
    scheme: str | None = None


KINDS: dict[str, Kind] = {
    "arcgis_table": Kind(arcgis_table.discover, arcgis_table.PARAMETERS, arcgis_table.fetch, arcgis_table.SCHEME),
    "by_hand": Kind(by_hand.discover, by_hand.PARAMETERS),
    "ckan_package": Kind(ckan_package.discover, ckan_package.PARAMETERS),
    "fingertips": Kind(fingertips.discover, fingertips.PARAMETERS),
    "govuk_attachments": Kind(govuk_attachments.discover, govuk_attachments.PARAMETERS),
    "ons_dataset": Kind(ons_dataset.discover, ons_dataset.PARAMETERS),
    "police_archive": Kind(police_archive.discover, police_archive.PARAMETERS),
}
