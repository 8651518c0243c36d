"""Explore Education Statistics: every file of a publication's newest release, as the one zip that its page offers.

Parameters
    publication: the publication's slug, as ``children-in-need``.
    release: the release's slug, as ``2024`` or ``2024-25`` (the newest).
    base: the web site (``https://explore-education-statistics.service.gov.uk``).
    content: where files are served (``https://content.explore-education-statistics.service.gov.uk/api``).

For publications that the interface of ``ees_dataset`` does not have; the source's contract has to name the zip's
members that are its own (``recognise.member``). The release's id stands in the data behind the page, which is no
interface and was read in public programs only: a page without it is refused, so that what was received before stays.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from typing import Any

from sources.catalogue import Source
from sources.origins import Offer
from sources.origins.discovery.dates import london_date
from sources.origins.discovery.parameters import Parameters, Value
from sources.origins.http import PoliteClient, excerpt_of, problem

log = logging.getLogger(__name__)

PARAMETERS = ("publication", "release", "base", "content")

_DATA = re.compile(r"""<script[^>]*\bid\s*=\s*["']__NEXT_DATA__["'][^>]*>(.*?)</script""", re.DOTALL | re.IGNORECASE)


def discover(client: PoliteClient, source: Source, parameters: Mapping[str, Value]) -> list[Offer]:
    """The release's zip, with its publication date where the page's data has one.

    Raises FetchError where the page is not there or its data does not say which release it shows.
    """
    given = Parameters(source.id, "ees_release", parameters, known=PARAMETERS)
    base = given.base("https://explore-education-statistics.service.gov.uk")
    content = given.text("content", "https://content.explore-education-statistics.service.gov.uk/api").rstrip("/")
    publication, release = given.text("publication"), given.optional_text("release")
    page = f"{base}/find-statistics/{publication}" + (f"/{release}" if release else "")
    summary = _summary(client.text(page), page)
    published_on = london_date(summary.get("published"))
    if published_on is None:
        log.warning("[%s] gives no publication date: its files come without one", page)
    title = str(summary["title"]) if summary.get("title") else None
    return [Offer(f"{publication}.zip", f"{content}/releases/{summary['id']}/files", published_on, title)]


def _summary(text: str, page: str) -> dict[str, Any]:
    """What the page's data says of the release that it shows."""
    match = _DATA.search(text)
    try:
        summary = json.loads(match[1])["props"]["pageProps"]["releaseVersionSummary"] if match else None
    except (ValueError, KeyError, TypeError):
        summary = None
    if not isinstance(summary, dict) or not re.fullmatch(r"[\w-]{8,}", str(summary.get("id") or "")):
        raise problem(
            page,
            expected="the release's id, in the data behind the page (releaseVersionSummary)",
            found=f"a page without it, beginning [{excerpt_of(text.encode())}]",
            advice="If the page has changed, sources/origins/discovery/ees_release.py has to follow; meanwhile save"
            " the files by hand and use the folder edition",
        )
    return summary
