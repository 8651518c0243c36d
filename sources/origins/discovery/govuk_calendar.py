"""GOV.UK: the statistics that are announced for the days to come, as one CSV (``govuk-release-calendar.csv``).

Parameters
    organisations: the publishers' slugs, as ``ministry-of-justice`` (every publisher).
    base: the site (``https://www.gov.uk``).

The columns are ``title, link, release_timestamp, display_date, state, organisations`` (slugs, with ``|`` between). A
date may be provisional, and is then a month in words. An announcement leaves the list once its statistics are out.
Which of these fields the search gives for announcements has not been seen: one that it leaves out is empty, and an
answer without title, link and any date is refused.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from typing import Any, TextIO
from urllib.parse import urlencode

from sources import clock
from sources.catalogue import Source
from sources.origins import Offer, Validators
from sources.origins.discovery.assembled import assembled
from sources.origins.discovery.dates import LONDON
from sources.origins.discovery.parameters import Parameters, Value
from sources.origins.http import Answer, PoliteClient, problem

#: Begins the addresses that this module's ``fetch`` is for: the search's own address follows.
SCHEME = "govuk-calendar+"

PARAMETERS = ("organisations", "base")

_COUNT = 500
_PAGES = 20
#: The search's fields, and what the file calls them.
_FIELDS = {
    "title": "title",
    "link": "link",
    "release_timestamp": "release_timestamp",
    "display_date": "display_date",
    "statistics_announcement_state": "state",
    "organisations": "organisations",
}
_ADVICE = "If the interface has changed, sources/origins/discovery/govuk_calendar.py has to follow"


def discover(client: PoliteClient, source: Source, parameters: Mapping[str, Value]) -> list[Offer]:
    """The one file; nothing is asked before it is fetched."""
    given = Parameters(source.id, "govuk_calendar", parameters, known=PARAMETERS)
    base = given.base("https://www.gov.uk")
    query = [("filter_format", "statistics_announcement"), ("order", "release_timestamp")]
    query += [("filter_organisations", slug) for slug in given.texts("organisations", ())]
    query += [("fields", field) for field in _FIELDS]
    return [Offer("govuk-release-calendar.csv", f"{SCHEME}{base}/api/search.json?{urlencode(query)}")]


def fetch(client: PoliteClient, offer: Offer, known: Validators) -> Answer:
    """The announcements from today on as a CSV; raises FetchError where some are missing or say too little."""
    requested_at = clock.now()
    address = offer.address.removeprefix(SCHEME)
    today = requested_at.astimezone(LONDON).date().isoformat()
    rows = [_row(result, address) for result in _results(client, address, today)]

    def write(stream: TextIO) -> None:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([*_FIELDS.values()])
        writer.writerows(rows)

    return assembled(client, address, write, requested_at=requested_at)


def _results(client: PoliteClient, address: str, today: str) -> list[dict[str, Any]]:
    """Every announcement, page by page, as many as the search counts."""
    results: list[dict[str, Any]] = []
    total = 0
    for _ in range(_PAGES):
        query = {"filter_release_timestamp": f"from:{today}", "count": _COUNT, "start": len(results)}
        document = client.json(address, parameters=query)
        found, stated = (document.get("results"), document.get("total")) if isinstance(document, dict) else (None, None)
        if not isinstance(found, list) or not isinstance(stated, int):
            raise problem(address, expected="{results: [], total}", found="JSON of another shape", advice=_ADVICE)
        total = stated
        results += [result for result in found if isinstance(result, dict)]
        if len(results) >= total:
            return results
        if not found:
            break
    raise problem(
        address,
        expected=f"{total:,} announcements, as the search counts",
        found=f"{len(results):,}",
        advice="The list may be changing under the request: refresh this source again later",
    )


def _row(result: dict[str, Any], address: str) -> list[str]:
    cells = [_text_of(result.get(field)) for field in _FIELDS]
    title, link, moment, words = cells[:4]
    if not title or not link or not (moment or words):
        raise problem(
            address,
            expected="announcements with a title, a link and a date",
            found=f"one with {', '.join(sorted(result)) or 'nothing'}",
            advice=_ADVICE,
        )
    return cells


def _text_of(value: object) -> str:
    """A field as text; the organisations come as slugs or as objects that have one."""
    if isinstance(value, list):
        slugs = [one.get("slug") or one.get("title") if isinstance(one, dict) else one for one in value]
        return "|".join(map(str, slugs))
    return "" if value is None else str(value)
