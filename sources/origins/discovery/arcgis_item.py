"""ONS Open Geography: a file of the newest vintage, as the zip of the Code History Database or a postcode directory.

Parameters
    title: a text that is in the title, as ``Code History Database``; the search's words.
    name: the file's name (``<item's name>.zip``): its suffix says what the bytes have to be.
    title_pattern: a regular expression that is in the title, to tell one of several such items (all).
    owner: whose items (``ONSGeography_data``).
    base: the portal (``https://www.arcgis.com/sharing/rest``).

Each edition is an item of its own. As with ``arcgis_table``, the date in the title is the vintage, and the publication
date is when the item was created.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from sources.catalogue import Source
from sources.errors import FetchError
from sources.origins import Offer
from sources.origins.discovery.arcgis_table import search, vintage_of
from sources.origins.discovery.dates import london_date_of_milliseconds
from sources.origins.discovery.parameters import Parameters, Value, matches
from sources.origins.http import PoliteClient, problem

PARAMETERS = ("title", "name", "title_pattern", "owner", "base")


def discover(client: PoliteClient, source: Source, parameters: Mapping[str, Value]) -> list[Offer]:
    """The newest vintage's file.

    Raises FetchError where no item matches or none of those that do gives a vintage.
    """
    given = Parameters(source.id, "arcgis_item", parameters, known=PARAMETERS)
    base, title = given.base("https://www.arcgis.com/sharing/rest"), given.text("title")
    owner, pattern = given.text("owner", "ONSGeography_data"), given.pattern("title_pattern")
    name = given.optional_text("name")
    if '"' in title + owner:
        raise FetchError(f"[{source.id}] discovery arcgis_item: title and owner cannot hold quotation marks")
    results = search(client, f"{base}/search", f'owner:{owner} AND title:"{title}"')
    # As in arcgis_table: what the search sends is looked at again. A service is a table, not a file.
    wanted = [
        item
        for item in results
        if item.get("owner", owner) == owner
        and "Service" not in str(item.get("type"))
        and matches(pattern, str(item.get("title") or ""))
        and re.fullmatch(r"[0-9a-f]{32}", str(item.get("id")))
        and vintage_of(str(item.get("title") or ""))
    ]
    if not wanted:
        raise problem(
            f"{base}/search",
            expected=f"a file of {owner} with [{title}] in its title, and a month and year",
            found=", ".join(f"[{item.get('title')}] ({item.get('type')})" for item in results) or "none",
            advice="Correct title or title_pattern in the source's contract",
        )
    newest = max(wanted, key=_order)
    stem = re.sub(r"[^\w.-]+", "_", str(newest.get("name") or newest["title"])).strip("_")
    return [
        Offer(
            name or (stem if stem.lower().endswith(".zip") else f"{stem}.zip"),
            f"{base}/content/items/{newest['id']}/data",
            london_date_of_milliseconds(newest.get("created")),
            str(newest["title"]),
        )
    ]


def _order(item: dict[str, Any]) -> tuple[date, date, str]:
    created_on = london_date_of_milliseconds(item.get("created"))
    return vintage_of(str(item["title"])) or date.min, created_on or date.min, str(item["id"])
