"""Explore Education Statistics: the CSV of a data set's newest version, or a file of the data catalogue.

Parameters
    data_set: the data set's id in the public interface; or leave it out and name the two that follow.
    publication: the publication's slug, as ``children-in-need``.
    title_pattern: a regular expression that is in the data set's title: every one of the publication's that matches
        is offered (all).
    version: the versions that will do, as ``2`` (2.0, 2.1, ...) or ``2.1`` (any). A new first number is a break in
        the columns: pin it where the reader knows one layout only.
    catalogue_id: instead of these, the id of a file of the data catalogue that the interface does not have. It is
        that one file, whether or not a later release has another; and it has no date, unless ``publication`` is one
        that the interface has. For the newest release of such a publication see ``ees_release``.
    name: the file's name, where one file is offered (made of the title; ``<catalogue_id>.csv``).
    base: the interface (``https://api.education.gov.uk/statistics/v1``).
    site: the web site (``https://explore-education-statistics.service.gov.uk``).

Only publications with such data sets are in the interface (25 in October 2026). The shapes of its answers are the
publisher's documented ones; none but the list of publications was seen.
"""

from __future__ import annotations

import gzip
import logging
import re
import shutil
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from sources import archive
from sources.catalogue import Source
from sources.errors import FetchError
from sources.origins import Offer, Validators
from sources.origins.discovery.dates import london_date
from sources.origins.discovery.parameters import Parameters, Value, matches
from sources.origins.http import Answer, PoliteClient, excerpt_of, kind_of_body, problem, with_parameters

log = logging.getLogger(__name__)

#: Begins the addresses that this module's ``fetch`` is for: the file's own address follows.
SCHEME = "ees+"

PARAMETERS = ("data_set", "publication", "title_pattern", "version", "catalogue_id", "name", "base", "site")

_PAGES = 50
_SUPERSEDED = 3
_ADVICE = "If the interface has changed, sources/origins/discovery/ees_dataset.py has to follow"


@dataclass(frozen=True)
class _Version:
    """One published version of a data set."""

    number: str
    published_on: date | None


def discover(client: PoliteClient, source: Source, parameters: Mapping[str, Value]) -> list[Offer]:
    """The newest version of each data set, with its publication date.

    Raises FetchError where a data set is withdrawn or not there, has no version that will do, or comes in another
    shape.
    """
    given = Parameters(source.id, "ees_dataset", parameters, known=PARAMETERS)
    base = given.base("https://api.education.gov.uk/statistics/v1")
    site = given.text("site", "https://explore-education-statistics.service.gov.uk").rstrip("/")
    data_set, publication = given.optional_text("data_set"), given.optional_text("publication")
    catalogue_id, name = given.optional_text("catalogue_id"), given.optional_text("name")
    version, pattern = given.optional_text("version"), given.pattern("title_pattern")
    if data_set and catalogue_id:
        raise FetchError(f"[{source.id}] discovery ees_dataset: data_set and catalogue_id exclude one another")
    if catalogue_id:
        published_on = _last_published(client, base, publication) if publication else None
        address = f"{SCHEME}{site}/data-catalogue/data-set/{catalogue_id}/csv"
        return [Offer(name or f"{catalogue_id}.csv", address, published_on)]
    if data_set:
        sets = [_data_set(client, base, data_set)]
    else:
        sets = _sets_of(client, base, given.text("publication"), pattern)
    if name and len(sets) > 1:
        raise FetchError(
            f"[{source.id}] discovery ees_dataset: one name [{name}] for {len(sets)} data sets: narrow title_pattern"
        )
    return [_offer(client, base, found, version, name) for found in sets]


def _offer(client: PoliteClient, base: str, data_set: dict[str, Any], wanted: str | None, name: str | None) -> Offer:
    identity, title = str(data_set["id"]), str(data_set.get("title") or data_set["id"])
    version = _version(client, base, data_set, wanted)
    address = with_parameters(f"{base}/data-sets/{identity}/csv", {"dataSetVersion": version.number})
    file_name = name or f"{re.sub(r'[^a-z0-9]+', '-', title.lower()).strip('-')}.csv"
    return Offer(file_name, f"{SCHEME}{address}", version.published_on, f"{title} (version {version.number})")


def _data_set(client: PoliteClient, base: str, identity: str) -> dict[str, Any]:
    """A data set in force: one that is deprecated gives way to its successor, one withdrawn is refused."""
    first = identity
    for _ in range(_SUPERSEDED + 1):
        address = f"{base}/data-sets/{identity}"
        document = client.json(address)
        if not isinstance(document, dict) or "status" not in document or "id" not in document:
            raise problem(
                address, expected="a data set, with its id and status", found="JSON of another shape", advice=_ADVICE
            )
        status, successor = document["status"], document.get("supersedingDataSetId")
        if status == "Published" or (status == "Deprecated" and not successor):
            return document
        if status != "Deprecated":
            raise problem(
                address,
                expected="a data set that is published",
                found=f"one with the status {status}" + (f", superseded by {successor}" if successor else ""),
                advice="Look for its successor, and correct data_set in the source's contract",
            )
        log.warning("[%s] is superseded by %s: correct data_set in the source's contract", address, successor)
        identity = str(successor)
    raise problem(
        f"{base}/data-sets/{first}",
        expected="a data set that is published",
        found=f"more than {_SUPERSEDED} that are superseded in a row",
        advice="Look the data set up, and correct data_set in the source's contract",
    )


def _version(client: PoliteClient, base: str, data_set: dict[str, Any], wanted: str | None) -> _Version:
    """The newest version that will do."""
    address = f"{base}/data-sets/{data_set['id']}"
    if wanted is None:
        listed = [data_set.get("latestVersion")]
    else:
        address = f"{address}/versions"
        listed = [item for item in _paged(client, address) if item.get("status", "Published") == "Published"]
    found: dict[tuple[int, ...], dict[str, Any]] = {}
    for item in listed:
        number = str(item.get("version") or "") if isinstance(item, dict) else ""
        is_wanted = wanted is None or f"{number}.".startswith(f"{wanted}.")
        if isinstance(item, dict) and re.fullmatch(r"\d+(\.\d+)*", number) and is_wanted:
            found[tuple(map(int, number.split(".")))] = item
    if not found:
        numbers = [item.get("version") for item in listed if isinstance(item, dict)]
        raise problem(
            address,
            expected=f"a published version{f' {wanted}' if wanted else ''}",
            found=f"the versions {numbers}" if numbers else "none",
            advice="Correct version in the source's contract, or see whether the data set goes on under another id",
        )
    newest = found[max(found)]
    return _Version(str(newest["version"]), london_date(newest.get("published")))


def _sets_of(
    client: PoliteClient, base: str, publication: str, pattern: re.Pattern[str] | None
) -> list[dict[str, Any]]:
    """The publication's data sets that match and are not superseded or withdrawn."""
    address = f"{base}/publications/{_publication(client, base, publication)['id']}/data-sets"
    listed = list(_paged(client, address))
    found = [
        item
        for item in listed
        if item.get("status") == "Published" and "id" in item and matches(pattern, str(item.get("title") or ""))
    ]
    if not found:
        raise problem(
            address,
            expected="a published data set" + (f" like [{pattern.pattern}]" if pattern else ""),
            found=", ".join(f"[{item.get('title')}] ({item.get('status')})" for item in listed) or "none",
            advice="Correct title_pattern in the source's contract",
        )
    return found


def _publication(client: PoliteClient, base: str, slug: str) -> dict[str, Any]:
    address = f"{base}/publications"
    listed = list(_paged(client, address))
    found = next((item for item in listed if item.get("slug") == slug and item.get("id")), None)
    if found is None:
        raise problem(
            address,
            expected=f"the publication [{slug}]",
            found=", ".join(f"[{item.get('slug')}]" for item in listed) or "none",
            advice="The interface has few publications: use the kind ees_release, or save the file by hand",
        )
    return found


def _last_published(client: PoliteClient, base: str, slug: str) -> date | None:
    """When the publication last came out, or None where the interface does not have it."""
    listed = _paged(client, f"{base}/publications")
    return next((london_date(item.get("lastPublished")) for item in listed if item.get("slug") == slug), None)


def _paged(client: PoliteClient, address: str) -> Iterator[dict[str, Any]]:
    """Every result of a list, page by page."""
    for number in range(1, _PAGES + 1):
        document = client.json(address, parameters={"page": number, "pageSize": 20})
        results = document.get("results") if isinstance(document, dict) else None
        pages = (document.get("paging") or {}).get("totalPages") if isinstance(document, dict) else None
        if not isinstance(results, list) or not isinstance(pages, int):
            raise problem(
                address, expected="{paging: {totalPages}, results: []}", found="JSON of another shape", advice=_ADVICE
            )
        yield from (item for item in results if isinstance(item, dict))
        if number >= pages:
            return


def fetch(client: PoliteClient, offer: Offer, known: Validators) -> Answer:
    """The file as a CSV, whether it comes packed with gzip or not; raises FetchError for anything else."""
    address = offer.address.removeprefix(SCHEME)
    # A name without a suffix: what the bytes are is looked at below, once they are unpacked.
    answer = client.download(address, name=offer.name.removesuffix(".csv"), known=known)
    if answer.path is None:
        return answer
    try:
        unpacked = _unpacked(client, answer.path, address)
    except BaseException:
        answer.path.unlink(missing_ok=True)
        raise
    if unpacked != answer.path:
        answer.path.unlink()
    try:
        _check_csv(unpacked, address)
    except FetchError:
        unpacked.unlink()
        raise
    return replace(answer, path=unpacked, size_bytes=unpacked.stat().st_size, sha256=archive.sha256_of(unpacked))


def _unpacked(client: PoliteClient, path: Path, address: str) -> Path:
    with path.open("rb") as stream:
        if stream.read(2) != b"\x1f\x8b":
            return path
    target = client.temporary()
    try:
        with gzip.open(path) as packed, target.open("wb") as stream:
            shutil.copyfileobj(packed, stream)
    except BaseException as error:
        target.unlink()
        if not isinstance(error, EOFError | OSError | zlib.error):
            raise
        raise problem(
            address, expected="a CSV packed with gzip", found=f"one that breaks off ({error})", advice="Try again later"
        ) from error
    return target


def _check_csv(path: Path, address: str) -> None:
    with path.open("rb") as stream:
        head = stream.read(1 << 16)
    kind = kind_of_body(head, is_whole=path.stat().st_size <= len(head))
    if kind != "text":
        raise problem(
            address, expected="a CSV", found=f"{kind} with status 200, saying [{excerpt_of(head)}]", advice=_ADVICE
        )
