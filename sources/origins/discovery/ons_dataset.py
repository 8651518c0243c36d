"""www.ons.gov.uk: the files of a dataset, from the JSON behind its pages.

Parameters
    path: the landing page's path, as ``/peoplepopulationandcommunity/.../datasets/...``.
    edition_pattern: a regular expression for the editions wanted, by their address (``current``, or all where
        there is none).
    all_editions: whether to offer every edition that matches, not the newest alone (false).
    file_pattern: a regular expression that is in the file's name (all files).
    base: the site (``https://www.ons.gov.uk``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote, urlsplit

from sources.catalogue import Source
from sources.origins import Offer
from sources.origins.discovery.dates import london_date
from sources.origins.discovery.parameters import Parameters, Value, matches
from sources.origins.http import PoliteClient, problem

PARAMETERS = ("path", "edition_pattern", "all_editions", "file_pattern", "base")


@dataclass(frozen=True)
class _Edition:
    """One edition of a dataset: its files, and when they came out."""

    uri: str
    downloads: list[dict[str, Any]]
    released_on: date | None
    title: str | None


def discover(client: PoliteClient, source: Source, parameters: Mapping[str, Value]) -> list[Offer]:
    """The files of the newest edition (or of all).

    Raises FetchError where the pages are of another shape or no file matches.
    """
    given = Parameters(source.id, "ons_dataset", parameters, known=PARAMETERS)
    base, path = given.base("https://www.ons.gov.uk"), "/" + given.text("path").strip("/")
    file_pattern, wants_all = given.pattern("file_pattern"), given.flag("all_editions", False)
    editions = _editions(client, base, path, given.pattern("edition_pattern"))
    if not wants_all:
        editions = [max(editions, key=lambda edition: (edition.released_on or date.min, edition.uri))]
    offers, names = [], []
    for edition in editions:
        for name, address, title in _files(base, edition):
            names.append(name)
            if matches(file_pattern, name):
                offers.append(Offer(name, address, edition.released_on, title or edition.title))
    if not offers:
        raise problem(
            f"{base}{path}/data",
            expected=f"files named like [{file_pattern.pattern}]" if file_pattern else "files to download",
            found="files " + ", ".join(f"[{name}]" for name in names) if names else "none",
            advice="If the publisher renamed its files, correct file_pattern in the source's contract",
        )
    return offers


def _editions(client: PoliteClient, base: str, path: str, pattern: re.Pattern[str] | None) -> list[_Edition]:
    landing = _page(client, base, path)
    if landing.get("downloads"):
        return [_edition(landing, path)]
    listed = [item.get("uri") for item in landing.get("datasets") or [] if isinstance(item, dict)]
    uris = [urlsplit(uri).path for uri in listed if isinstance(uri, str)]
    current = [uri for uri in uris if uri.rstrip("/").endswith("/current")]
    wanted = [uri for uri in uris if matches(pattern, uri)] if pattern else (current or uris)
    if not wanted:
        raise problem(
            f"{base}{path}/data",
            expected=f"editions like [{pattern.pattern}]" if pattern else "editions (datasets) or files (downloads)",
            found=f"editions {uris}" if uris else f"a page of type [{landing.get('type')}] with neither",
            advice="Compare the source's landing page with its contract",
        )
    fallback = _released_on(landing)
    # With one edition the landing page's date is its date; with more, it is the newest one's only.
    return [_edition(_page(client, base, uri), uri, fallback if len(uris) == 1 else None) for uri in wanted]


def _page(client: PoliteClient, base: str, path: str) -> dict[str, Any]:
    address = f"{base}{path}/data"
    document = client.json(address)
    if not isinstance(document, dict) or "type" not in document:
        raise problem(
            address,
            expected="a page's JSON, with its type",
            found=f"{type(document).__name__} without one",
            advice="The publisher may be retiring this route: see the source's landing page",
        )
    return document


def _released_on(page: dict[str, Any]) -> date | None:
    return london_date((page.get("description") or {}).get("releaseDate"))


def _edition(page: dict[str, Any], uri: str, fallback: date | None = None) -> _Edition:
    downloads = [item for item in page.get("downloads") or [] if isinstance(item, dict)]
    title = (page.get("description") or {}).get("title")
    return _Edition(uri, downloads, _released_on(page) or fallback, title)


def _files(base: str, edition: _Edition) -> list[tuple[str, str, str | None]]:
    """Name, address and title of each file; an entry without a file (a list of series) is no file."""
    found = []
    for item in edition.downloads:
        file = item.get("file")
        if not isinstance(file, str) or not file.strip():
            continue
        uri = file if file.startswith("/") else f"{edition.uri.rstrip('/')}/{file}"
        found.append((uri.rsplit("/", 1)[-1], f"{base}/file?uri={quote(uri, safe='/')}", item.get("title")))
    return found
