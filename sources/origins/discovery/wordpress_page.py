"""A site made with WordPress (NHS England's statistics): the files that a page links to, through its interface.

Parameters
    slug: the page's own name, the last part of its address, as ``bed-availability-and-occupancy-kh03``.
    file_pattern: a regular expression that is in the file's name or the link's words.
    newest_months: of how many months of upload to take the files; 0 is all (1).
    base: the site (``https://www.england.nhs.uk/statistics``).

Files lie below ``wp-content/uploads/.../YYYY/MM/``: the month in which they were uploaded, not that of their data.
The page's own date stands for the files of the month that it was changed in; an older file has none. Whether the
interface is still open has not been seen: a refusal is an error, and what was received before stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urljoin, urlsplit

from sources.catalogue import Source
from sources.origins import Offer
from sources.origins.discovery.dates import london_date
from sources.origins.discovery.pages import Page, name_of
from sources.origins.discovery.parameters import Parameters, Value, matches
from sources.origins.http import PoliteClient, problem

PARAMETERS = ("slug", "file_pattern", "newest_months", "base")

_UPLOAD = re.compile(r"/wp-content/uploads/(?:sites/\d+/)?(\d{4})/(0[1-9]|1[0-2])/[^/]+$")


def discover(client: PoliteClient, source: Source, parameters: Mapping[str, Value]) -> list[Offer]:
    """The files of the newest months of upload that match.

    Raises FetchError where the page is not there, comes in another shape, or links to no such file.
    """
    given = Parameters(source.id, "wordpress_page", parameters, known=PARAMETERS)
    base, slug = given.base("https://www.england.nhs.uk/statistics"), given.text("slug")
    pattern, newest = given.pattern("file_pattern"), given.whole("newest_months", 1)
    address = f"{base}/wp-json/wp/v2/pages"
    found = _page(client, address, slug)
    modified_on = london_date(found.get("modified"))
    offers: dict[str, tuple[tuple[int, int], Offer]] = {}
    names = []
    for href, words in Page.of(found["content"]["rendered"]).links:
        file = urljoin(str(found.get("link") or f"{base}/"), href)
        upload = _UPLOAD.search(urlsplit(file).path)
        if not upload or urlsplit(file).netloc != urlsplit(base).netloc:
            continue
        name = name_of(file)
        names.append(name)
        if matches(pattern, name, words):
            month = int(upload[1]), int(upload[2])
            offers.setdefault(file, (month, Offer(name, file, _published_on(modified_on, month), words or None)))
    if not offers:
        raise problem(
            f"{address}?slug={slug}",
            expected="links to uploaded files" + (f" like [{pattern.pattern}]" if pattern else ""),
            found=", ".join(f"[{name}]" for name in names) or "none",
            advice="Compare the page with file_pattern in the source's contract",
        )
    months = sorted({month for month, _ in offers.values()}, reverse=True)
    taken = set(months[:newest] if newest else months)
    return [offer for month, offer in offers.values() if month in taken]


def _published_on(modified_on: date | None, month: tuple[int, int]) -> date | None:
    return modified_on if modified_on and (modified_on.year, modified_on.month) == month else None


def _page(client: PoliteClient, address: str, slug: str) -> dict[str, Any]:
    document = client.json(address, parameters={"slug": slug, "_fields": "content,link,modified,title"})
    page = document[0] if isinstance(document, list) and len(document) == 1 else None
    content = page.get("content") if isinstance(page, dict) else None
    if not isinstance(page, dict) or not isinstance(content, dict) or not isinstance(content.get("rendered"), str):
        shape = f"{len(document)} pages" if isinstance(document, list) else type(document).__name__
        raise problem(
            f"{address}?slug={slug}",
            expected="a list of the one page, with its content",
            found=f"{shape}, or one without",
            advice="Look the page up on the site and correct slug in the source's contract",
        )
    return page
