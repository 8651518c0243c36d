"""A web page that links to files, where a publisher has no interface and lets programs read the page.

Parameters
    page: the page's address.
    file_pattern: a regular expression that is in the file's name.
    hosts: the hosts that files may lie on (the page's own).
    newest: how many of the matching files to take, in the order of the page; 0 is all (0).
    date_pattern: a regular expression for the publication date in the page's words, in brackets, as
        ``Publication Date:? (\\d+ \\w+ \\d{4})`` (no date).

Links that do not match are not followed, nor are links to other pages. A publisher that refuses programs (403) is
left alone: the error says to save the files by hand.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import date
from urllib.parse import urljoin, urlsplit

from sources.catalogue import Source
from sources.errors import FetchError
from sources.origins import Offer
from sources.origins.discovery.pages import Page, name_of, written_date
from sources.origins.discovery.parameters import Parameters, Value, matches
from sources.origins.http import PoliteClient, problem

log = logging.getLogger(__name__)

PARAMETERS = ("page", "file_pattern", "hosts", "newest", "date_pattern")


def discover(client: PoliteClient, source: Source, parameters: Mapping[str, Value]) -> list[Offer]:
    """The files that the page links to and that match, each once.

    Raises FetchError where the page cannot be read or links to none.
    """
    given = Parameters(source.id, "web_page", parameters, known=PARAMETERS)
    address, newest = given.text("page"), given.whole("newest", 0)
    given.text("file_pattern")  # needed: without it every link would be taken
    file_pattern, date_pattern = given.pattern("file_pattern"), given.pattern("date_pattern")
    hosts = given.texts("hosts", (urlsplit(address).netloc,))
    if date_pattern and date_pattern.groups != 1:
        raise FetchError(
            f"[{source.id}] discovery web_page: date_pattern has to have one pair of brackets, around the date; found"
            f" [{date_pattern.pattern}]"
        )
    page = Page.of(client.text(address))
    published_on = _published_on(page, date_pattern, address)
    offers: dict[str, Offer] = {}
    seen = []
    for href, words in page.links:
        file = urljoin(address, href).partition("#")[0]
        name = name_of(file)
        if urlsplit(file).scheme not in {"http", "https"} or urlsplit(file).netloc not in hosts or "." not in name:
            continue
        seen.append(name)
        if matches(file_pattern, name):
            offers.setdefault(file, Offer(name, file, published_on, words or None))
    if not offers:
        raise problem(
            address,
            expected=f"links to files on {' or '.join(hosts)}"
            + (f" named like [{file_pattern.pattern}]" if file_pattern else ""),
            found=", ".join(f"[{name}]" for name in dict.fromkeys(seen)) or "none",
            advice="Compare the page with file_pattern and hosts in the source's contract",
        )
    return list(offers.values())[:newest] if newest else list(offers.values())


def _published_on(page: Page, pattern: re.Pattern[str] | None, address: str) -> date | None:
    if pattern is None:
        return None
    match = pattern.search(page.words)
    found = written_date(match[1] or "") if match else None
    if found is None:
        log.warning("[%s] gives no date like [%s]: its files come without one", address, pattern.pattern)
    return found
