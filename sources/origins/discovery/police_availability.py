"""data.police.uk: what there is of its data, from its interface and its page of archives.

Parameters
    base: the site (``https://data.police.uk``).

Two files: ``crimes-street-dates.json`` as the interface answers (each month, newest first, with the forces that gave
stop and search; it says nothing of the forces that gave crimes), and ``police_archive_page_rows.csv``, a row for each
archive that the page lists (``href, label, size, contains, md5``, in the page's words). Neither has a publication date.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from typing import TextIO

from sources import clock
from sources.catalogue import Source
from sources.origins import Offer, Validators
from sources.origins.discovery.assembled import assembled
from sources.origins.discovery.parameters import Parameters, Value
from sources.origins.discovery.police_archive import archive_rows
from sources.origins.http import Answer, PoliteClient

#: Begins the addresses that this module's ``fetch`` is for: the page's own address follows.
SCHEME = "police-archives+"

PARAMETERS = ("base",)


def discover(client: PoliteClient, source: Source, parameters: Mapping[str, Value]) -> list[Offer]:
    """Both files; nothing is asked before they are fetched."""
    base = Parameters(source.id, "police_availability", parameters, known=PARAMETERS).base("https://data.police.uk")
    return [
        Offer("crimes-street-dates.json", f"{base}/api/crimes-street-dates", title="Months that there are"),
        Offer("police_archive_page_rows.csv", f"{SCHEME}{base}/data/archive/", title="Archives that there are"),
    ]


def fetch(client: PoliteClient, offer: Offer, known: Validators) -> Answer:
    """The page's archives as a CSV; raises FetchError where it lists none."""
    requested_at = clock.now()
    address = offer.address.removeprefix(SCHEME)
    rows = archive_rows(client.text(address), address)

    def write(stream: TextIO) -> None:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows(row.values() for row in rows)

    return assembled(client, address, write, requested_at=requested_at)
