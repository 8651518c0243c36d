"""StatsWales: the whole of a data set as a CSV, from its newest published revision.

Parameters
    dataset: the data set's id (a UUID); or leave it out and give ``title_pattern``.
    title_pattern: a regular expression that is in the title: every data set that matches and is not archived is
        offered.
    view: which form of the table, as ``raw`` (``raw``).
    language: ``en`` or ``cy`` (``en``).
    name: the file's name, where one data set is offered (``statswales-<id>.csv``).
    base: the interface, without its version (``https://api.stats.gov.wales``).

The old OData service no longer answers. The shapes are those of the publisher's documented interface, which was not
seen at work: an answer of another shape is refused, so that what was received before stays.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sources.catalogue import Source
from sources.errors import FetchError
from sources.origins import Offer
from sources.origins.discovery.dates import london_date
from sources.origins.discovery.parameters import Parameters, Value, matches
from sources.origins.http import PoliteClient, problem, with_parameters

log = logging.getLogger(__name__)

PARAMETERS = ("dataset", "title_pattern", "view", "language", "name", "base")

_PAGE_SIZE = 100
_PAGES = 100
_ADVICE = "If the interface has changed, sources/origins/discovery/statswales.py has to follow"


def discover(client: PoliteClient, source: Source, parameters: Mapping[str, Value]) -> list[Offer]:
    """The data set's CSV, with the date that its newest revision was published.

    Raises FetchError where there is no such data set, it was replaced, or the answer comes in another shape.
    """
    given = Parameters(source.id, "statswales", parameters, known=PARAMETERS)
    base, dataset = given.base("https://api.stats.gov.wales"), given.optional_text("dataset")
    language, view = given.text("language", "en"), given.text("view", "raw")
    pattern, name = given.pattern("title_pattern"), given.optional_text("name")
    if (dataset is None) == (pattern is None):
        raise FetchError(f"[{source.id}] discovery statswales: give one of dataset and title_pattern")
    found = [dataset] if dataset else _found(client, base, language, pattern)
    if name and len(found) > 1:
        raise FetchError(
            f"[{source.id}] discovery statswales: one name [{name}] for {len(found)} data sets: narrow title_pattern"
        )
    return [_offer(client, base, identity, language, view, name) for identity in found]


def _offer(client: PoliteClient, base: str, identity: str, language: str, view: str, name: str | None) -> Offer:
    address = f"{base}/v2/{identity}"
    document = client.json(address, parameters={"lang": language})
    revision = document.get("published_revision") if isinstance(document, dict) else None
    if not isinstance(revision, dict):
        raise problem(
            address, expected="a data set with its published_revision", found="JSON of another shape", advice=_ADVICE
        )
    if document.get("replaced_by"):
        raise problem(
            address,
            expected="a data set in force",
            found=f"one that is replaced by {document['replaced_by']}",
            advice="Look at its successor, and correct dataset in the source's contract",
        )
    if document.get("archived_at"):
        log.warning("[%s] was archived on %s: no new figures come", address, london_date(document["archived_at"]))
    file = with_parameters(f"{base}/v1/{identity}/download/csv", {"view": view, "lang": language})
    published_on = london_date(revision.get("publish_at"))
    return Offer(name or f"statswales-{identity}.csv", file, published_on, _title(revision, language))


def _title(revision: dict[str, Any], language: str) -> str | None:
    texts = [item for item in revision.get("metadata") or [] if isinstance(item, dict)]
    return next((item.get("title") for item in texts if str(item.get("language")).startswith(language)), None)


def _found(client: PoliteClient, base: str, language: str, pattern: re.Pattern[str] | None) -> list[str]:
    address = f"{base}/v2/"
    listed = list(_listed(client, address, language))
    found = [
        str(item["id"])
        for item in listed
        if item.get("id") and not item.get("archived_at") and matches(pattern, str(item.get("title") or ""))
    ]
    if not found:
        raise problem(
            address,
            expected=f"a data set like [{pattern.pattern if pattern else ''}] that is not archived",
            found=f"{len(listed):,} data sets, none of which is",
            advice="Look it up on stats.gov.wales, and correct title_pattern in the source's contract",
        )
    return found


def _listed(client: PoliteClient, address: str, language: str) -> Iterator[dict[str, Any]]:
    """Every data set, page by page; an error where fewer come than the list counts."""
    received, counted = 0, 0
    for number in range(1, _PAGES + 1):
        query = {"page_number": number, "page_size": _PAGE_SIZE, "lang": language}
        document = client.json(address, parameters=query)
        data, count = (document.get("data"), document.get("count")) if isinstance(document, dict) else (None, None)
        if not isinstance(data, list) or not isinstance(count, int):
            raise problem(address, expected="{data: [], count}", found="JSON of another shape", advice=_ADVICE)
        yield from (item for item in data if isinstance(item, dict))
        received, counted = received + len(data), count
        if received >= counted:
            return
        if not data:
            break
    raise problem(
        address,
        expected=f"{counted:,} data sets, as the list counts",
        found=f"{received:,}",
        advice="The list may be changing under the request: refresh this source again later",
    )
