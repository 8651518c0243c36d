"""What a web page says, for the kinds that read one: its links, and its words."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from sources.origins.discovery.dates import london_date, month_number

_UNSEEN = frozenset({"script", "style"})


class Page(HTMLParser):
    """A page's links (address as written, words) in order, and all its words; ``Page.of`` makes one."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self._words: list[str] = []
        self._href: str | None = None
        self._begins = 0
        self._unseen = 0

    @classmethod
    def of(cls, text: str) -> Page:
        page = cls()
        page.feed(text)
        page.close()
        return page

    @property
    def words(self) -> str:
        """The page's text in one line."""
        return " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        if tag == "a":
            self._href, self._begins = dict(attrs).get("href"), len(self._words)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        if tag == "a" and self._href:
            self.links.append((self._href, " ".join("".join(self._words[self._begins :]).split())))
            self._href = None


def name_of(address: str) -> str:
    """The file's name at the end of an address."""
    return unquote(urlsplit(address).path.rsplit("/", 1)[-1])


def written_date(text: str) -> date | None:
    """A date as a page writes it ("5 September 2024", "2024-09-05", "05/09/2024"), or None where it is none."""
    text = text.strip()
    try:
        if match := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?\s+([A-Za-z]{3,9}),?\s+(\d{4})", text):
            return date(int(match[3]), month_number(match[2]) or 0, int(match[1]))
        if match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text):
            return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None
    return london_date(text)
