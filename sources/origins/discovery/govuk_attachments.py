"""GOV.UK: the files attached to a publication, a data set, or the newest members of a collection.

Parameters
    path: the page's path, as ``/government/collections/...``.
    document_types: in a collection, the members that count (official and national statistics, and data sets).
    member_pattern: in a collection, a regular expression that is in the member's title or path (all).
    newest_members: in a collection, how many of the newest members to take; 0 is all (1).
    content_types: the attachments' content types (spreadsheets, CSV, zip).
    attachment_pattern: a regular expression that is in the attachment's title or file name (all).
    base: the site (``https://www.gov.uk``).
    assets_host: the host that files lie on, for pages with no list of attachments
        (``assets.publishing.service.gov.uk``).
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from sources.catalogue import Source
from sources.errors import FetchError
from sources.origins import Offer
from sources.origins.discovery.dates import london_date, london_moment
from sources.origins.discovery.pages import Page, name_of
from sources.origins.discovery.parameters import Parameters, Value, matches
from sources.origins.http import HttpError, PoliteClient, excerpt_of, problem

log = logging.getLogger(__name__)

PARAMETERS = (
    "path",
    "document_types",
    "member_pattern",
    "newest_members",
    "content_types",
    "attachment_pattern",
    "base",
    "assets_host",
)
_DOCUMENT_TYPES = (
    "official_statistics",
    "national_statistics",
    "accredited_official_statistics",
    "statistical_data_set",
)
_TYPES_BY_SUFFIX = {
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xlsm": "application/vnd.ms-excel.sheet.macroenabled.12",
    ".xls": "application/vnd.ms-excel",
    ".csv": "text/csv",
    ".zip": "application/zip",
}
_REDIRECTS = 3
_LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True)
class _Wishes:
    """What a contract asks for; read whole before anything is asked of the publisher."""

    path: str
    document_types: tuple[str, ...]
    member_pattern: re.Pattern[str] | None
    newest_members: int
    content_types: frozenset[str]
    attachment_pattern: re.Pattern[str] | None
    base: str
    assets_host: str

    @classmethod
    def of(cls, given: Parameters) -> _Wishes:
        return cls(
            path=given.text("path"),
            document_types=given.texts("document_types", _DOCUMENT_TYPES),
            member_pattern=given.pattern("member_pattern"),
            newest_members=given.whole("newest_members", 1),
            content_types=frozenset(
                text.lower() for text in given.texts("content_types", tuple(_TYPES_BY_SUFFIX.values()))
            ),
            attachment_pattern=given.pattern("attachment_pattern"),
            base=given.base("https://www.gov.uk"),
            assets_host=given.text("assets_host", "assets.publishing.service.gov.uk"),
        )


@dataclass(frozen=True)
class _Attachment:
    """One file on a page."""

    name: str
    address: str
    title: str
    content_type: str


def discover(client: PoliteClient, source: Source, parameters: Mapping[str, Value]) -> list[Offer]:
    """The files that match, each with the London date of its page's last public update.

    Raises FetchError for a page that is gone, withdrawn or moved off the site, and where nothing matches: the text
    names what there was.
    """
    wishes = _Wishes.of(Parameters(source.id, "govuk_attachments", parameters, known=PARAMETERS))
    page = _item(client, wishes.base, wishes.path)
    if page.get("schema_name") == "document_collection":
        return _offers_of_members(client, page, wishes)
    return _offers(page, wishes, fallback=None)


def _offers_of_members(client: PoliteClient, page: dict[str, Any], wishes: _Wishes) -> list[Offer]:
    """The files of the collection's newest members; one member without any does not hide the others'."""
    offers: list[Offer] = []
    failures: list[FetchError] = []
    for path, updated_on in _members(page, wishes):
        try:
            offers += _offers(_item(client, wishes.base, path), wishes, fallback=updated_on)
        except FetchError as error:
            log.warning("%s", error)
            failures.append(error)
    if not offers:
        raise failures[0]
    return offers


def _api_address(base: str, path: str) -> str:
    return f"{base}/api/content/{path.strip('/')}"


def _item(client: PoliteClient, base: str, path: str) -> dict[str, Any]:
    """One content item, redirect items followed."""
    for _ in range(_REDIRECTS + 1):
        document = _ask(client, base, path)
        if document.get("schema_name") == "gone":
            raise _gone(_api_address(base, path), document)
        if document.get("schema_name") != "redirect":
            _refuse_withdrawn(_api_address(base, path), document)
            return document
        path = _destination(document, base, path)
    raise problem(
        _api_address(base, path),
        expected="a page",
        found=f"more than {_REDIRECTS} redirect items in a row",
        advice="Look the page up on GOV.UK and correct path in the source's contract",
    )


def _ask(client: PoliteClient, base: str, path: str) -> dict[str, Any]:
    address = _api_address(base, path)
    try:
        document = client.json(address)
    except HttpError as error:
        if error.http_status == 410:
            raise _gone(address, _json_or_empty(error.body)) from error
        raise
    if not isinstance(document, dict) or "schema_name" not in document:
        raise problem(
            address,
            expected="a content item, with its schema_name",
            found=f"{type(document).__name__} without one",
            advice="If the interface has changed, sources/origins/discovery/govuk_attachments.py has to follow",
        )
    return document


def _json_or_empty(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _gone(address: str, document: dict[str, Any]) -> FetchError:
    details = document.get("details") or {}
    explanation = excerpt_of(str(details.get("explanation") or "").encode())
    instead = details.get("alternative_path")
    return problem(
        address,
        expected="a page",
        found="that the publisher took it away" + (f", saying [{explanation}]" if explanation else ""),
        advice=(f"It points to [{instead}] instead: check that, and" if instead else "Look for its successor, and")
        + " correct path in the source's contract",
    )


def _refuse_withdrawn(address: str, document: dict[str, Any]) -> None:
    notice = document.get("withdrawn_notice") or {}
    if notice:
        explanation = excerpt_of(str(notice.get("explanation") or "").encode())
        raise problem(
            address,
            expected="a page in force",
            found=f"one withdrawn on {london_date(notice.get('withdrawn_at'))}, saying [{explanation}]",
            advice="Look for its successor, and correct path in the source's contract",
        )


def _destination(document: dict[str, Any], base: str, path: str) -> str:
    """Where a redirect item points to, as a path on the same site."""
    here = "/" + path.strip("/")
    target = None
    for rule in document.get("redirects") or []:
        start, end = str(rule.get("path") or ""), str(rule.get("destination") or "")
        if rule.get("type") == "exact" and start == here:
            target = end
            break
        if rule.get("type") == "prefix" and f"{here}/".startswith(f"{start.rstrip('/')}/"):
            keeps = rule.get("segments_mode") == "preserve"
            target = end.rstrip("/") + here.removeprefix(start.rstrip("/")) if keeps else end
    parts = urlsplit(target or "")
    if not parts.path or (parts.netloc and parts.netloc != urlsplit(base).netloc):
        raise problem(
            _api_address(base, path),
            expected="a page",
            found=f"a redirect to [{target}], off the site" if target else "a redirect that does not say where to",
            advice="Look the page up on GOV.UK and correct the source's contract",
        )
    return parts.path


def _members(page: dict[str, Any], wishes: _Wishes) -> list[tuple[str, date | None]]:
    """The paths and dates of the collection's newest members of the types that count.

    Their order in the collection is an editor's, and the collection's own date is often years older than theirs.
    """
    types, pattern = wishes.document_types, wishes.member_pattern
    listed = [item for item in (page.get("links") or {}).get("documents") or [] if isinstance(item, dict)]
    wanted = [
        item
        for item in listed
        if item.get("document_type") in types
        and not item.get("withdrawn")
        and isinstance(item.get("base_path"), str)
        and matches(pattern, str(item.get("title") or ""), item["base_path"])
    ]
    if not wanted:
        kinds = sorted({str(item.get("document_type")) for item in listed})
        like = f" like [{pattern.pattern}]" if pattern else ""
        raise problem(
            _api_address(wishes.base, str(page.get("base_path") or wishes.path)),
            expected=f"members of the types {', '.join(types)}{like}, not withdrawn",
            found=f"{len(listed)} members, of the types {', '.join(kinds)}"
            if listed
            else "a collection without members",
            advice="Correct document_types or member_pattern in the source's contract",
        )
    wanted.sort(key=lambda item: item["base_path"])
    wanted.sort(key=lambda item: london_moment(item.get("public_updated_at")) or _LONG_AGO, reverse=True)
    count = wishes.newest_members
    return [
        (item["base_path"], london_date(item.get("public_updated_at")))
        for item in (wanted[:count] if count else wanted)
    ]


def _offers(page: dict[str, Any], wishes: _Wishes, *, fallback: date | None) -> list[Offer]:
    types, pattern = wishes.content_types, wishes.attachment_pattern
    here = str(page.get("base_path") or wishes.path)
    files = _attachments(page, wishes.base, wishes.assets_host)
    wanted = [file for file in files if file.content_type in types and matches(pattern, file.title, file.name)]
    if not wanted:
        raise problem(
            _api_address(wishes.base, here),
            expected=f"attachments like [{pattern.pattern}]" if pattern else "attachments that are data",
            found=", ".join(f"[{file.title}] ({file.content_type or 'no type'})" for file in files) or "none",
            advice="Correct attachment_pattern or content_types in the source's contract",
        )
    published_on = london_date(page.get("public_updated_at")) or fallback
    return [Offer(file.name, file.address, published_on, file.title) for file in wanted]


def _attachments(page: dict[str, Any], base: str, assets_host: str) -> list[_Attachment]:
    """The page's files: from its list of attachments, else (older pages) from the links in its body."""
    details = page.get("details") or {}
    listed = [item for item in details.get("attachments") or [] if isinstance(item, dict) and item.get("url")]
    if listed:
        files = []
        for item in listed:
            if item.get("attachment_type", "file") != "file":
                continue
            address = urljoin(f"{base}/", item["url"])
            name = item.get("filename") or name_of(address)
            content_type = str(item.get("content_type") or "").lower()
            files.append(_Attachment(name, address, str(item.get("title") or name), content_type))
        return files
    found: dict[str, _Attachment] = {}
    for href, text in Page.of(str(details.get("body") or "")).links:
        address = urljoin(f"{base}/", href)
        if urlsplit(address).netloc == assets_host:
            name = name_of(address)
            suffix = re.search(r"\.[A-Za-z0-9]+$", name)
            content_type = _TYPES_BY_SUFFIX.get(suffix[0].lower(), "") if suffix else ""
            found.setdefault(address, _Attachment(name, address, text or name, content_type))
    return list(found.values())
