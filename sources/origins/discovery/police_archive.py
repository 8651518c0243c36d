"""data.police.uk: the monthly archives, from the page that lists them.

Parameters
    base: the site (``https://data.police.uk``).
    history: whether to offer the fewest archives that hold every month, not the newest alone (false).
    history_from: with ``history``, the first month wanted, as ``2019-01`` (all there is).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sources.catalogue import Source
from sources.errors import FetchError
from sources.origins import Offer
from sources.origins.discovery.dates import month_number
from sources.origins.discovery.parameters import Parameters, Value
from sources.origins.http import PoliteClient, excerpt_of, problem

log = logging.getLogger(__name__)

PARAMETERS = ("base", "history", "history_from")

_LINK = re.compile(r"""href\s*=\s*["'](?:[^"']*/)?(\d{4})-(\d{2})\.zip["']""", re.IGNORECASE)
_RANGE = re.compile(
    r"Contains\s+data\s+from\s+([A-Za-z]{3})[a-z]*\s+(\d{4})\s+to\s+([A-Za-z]{3})[a-z]*\s+(\d{4})", re.IGNORECASE
)
_MD5 = re.compile(r"""class\s*=\s*["']md5sum["'][^>]*>[^<]*?\b([0-9a-f]{32}(?:-\d+)?)\b""", re.IGNORECASE)


@dataclass(frozen=True)
class _Listed:
    """One archive as the page lists it; months are counted from year 0 so that they can be reckoned with."""

    month: int
    first: int | None
    last: int
    md5: str | None

    @property
    def name(self) -> str:
        return f"{_text_of(self.month)}.zip"


def discover(client: PoliteClient, source: Source, parameters: Mapping[str, Value]) -> list[Offer]:
    """The newest archive with the page's MD5, or those that together hold the history.

    Raises FetchError where the page lists none.
    """
    given = Parameters(source.id, "police_archive", parameters, known=PARAMETERS)
    base = given.base("https://data.police.uk")
    wants_history, first_wanted = given.flag("history", False), _month_given(given, source)
    page = f"{base}/data/archive/"
    text = client.text(page)
    listed = _listed(text)
    if not listed:
        raise _no_archives(page, text)
    newest = max(listed, key=lambda item: item.month)
    chosen = _covering(listed, first_wanted=first_wanted) if wants_history else [newest]
    return [Offer(item.name, f"{base}/data/archive/{item.name}", title=_title(item), md5=item.md5) for item in chosen]


def archive_rows(page: str, address: str) -> list[dict[str, str]]:
    """The archives that a page lists, in its order and words: ``href, label, size, contains, md5``; what the page
    does not say is empty. Raises FetchError where it lists none."""
    rows = []
    for link, block in _blocks(page):
        label, size = re.match(r"[^>]*>([^<]*)<", block), re.search(r"\(([\d.,]+\s*[KMGT]?B)\)", block)
        span, md5 = _RANGE.search(block), _MD5.search(block)
        rows.append(
            {
                "href": f"/data/archive/{link[1]}-{link[2]}.zip",
                "label": " ".join(label[1].split()) if label else "",
                "size": size[1] if size else "",
                "contains": " ".join(span[0].split()) if span else "",
                "md5": md5[1] if md5 else "",
            }
        )
    if not rows:
        raise _no_archives(address, page)
    return rows


def _no_archives(address: str, page: str) -> FetchError:
    return problem(
        address,
        expected="links to monthly archives (YYYY-MM.zip)",
        found=f"a page without one, beginning [{excerpt_of(page.encode())}]",
        advice="If the page has changed, sources/origins/discovery/police_archive.py has to follow",
    )


def _blocks(page: str) -> Iterator[tuple[re.Match[str], str]]:
    """Each link to an archive, with what stands between it and the next."""
    links = list(_LINK.finditer(page))
    for number, link in enumerate(links, start=1):
        yield link, page[link.end() : links[number].start() if number < len(links) else len(page)]


def _listed(page: str) -> list[_Listed]:
    found: dict[int, _Listed] = {}
    for link, block in _blocks(page):
        month = int(link[1]) * 12 + int(link[2]) - 1
        span, md5 = _RANGE.search(block), _MD5.search(block)
        first = _month(span[1], span[2]) if span else None
        last = (_month(span[3], span[4]) if span else None) or month
        # An MD5 with a count behind it is the storage's mark of an upload in parts, not of the file.
        whole = md5[1].lower() if md5 and "-" not in md5[1] else None
        found.setdefault(month, _Listed(month, first, last, whole))
    return list(found.values())


def _covering(listed: list[_Listed], *, first_wanted: int | None) -> list[_Listed]:
    """The fewest archives whose stated ranges touch from the first month on, oldest first.

    Reckoned forward from the oldest month, so that a new archive changes the last of them and no other: the older
    ones are fetched once.
    """
    ranged = [(item, item.first) for item in listed if item.first is not None]
    if not ranged:
        return [max(listed, key=lambda item: item.month)]
    last_of_all = max(item.last for item, _ in ranged)
    next_month = min(first for _, first in ranged)
    if first_wanted is not None:
        next_month = min(max(next_month, first_wanted), last_of_all)
    chosen: list[_Listed] = []
    while next_month <= last_of_all:
        reaching = [item for item, first in ranged if first <= next_month <= item.last]
        if not reaching:
            later = min(first for _, first in ranged if first > next_month)
            log.warning("the archive page lists nothing for %s to %s", _text_of(next_month), _text_of(later - 1))
            next_month = later
            continue
        best = max(reaching, key=lambda item: (item.last, item.month))
        chosen.append(best)
        next_month = best.last + 1
    return chosen


def _month_given(given: Parameters, source: Source) -> int | None:
    text = given.optional_text("history_from")
    if text is None:
        return None
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text)
    if not match:
        raise FetchError(f"[{source.id}] discovery police_archive: history_from has to be as 2019-01; found [{text}]")
    return int(match[1]) * 12 + int(match[2]) - 1


def _month(name: str, year: str) -> int | None:
    number = month_number(name)
    return int(year) * 12 + number - 1 if number else None


def _text_of(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def _title(item: _Listed) -> str:
    return f"{_text_of(item.first)} to {_text_of(item.last)}" if item.first is not None else _text_of(item.month)
