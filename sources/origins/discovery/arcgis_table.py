"""ONS Open Geography: a table of the newest vintage, put together from the pages of a feature service.

Parameters
    title: a text that is in the title, as ``Community Safety``; the search's words.
    title_pattern: a regular expression that is in the title, to tell one of several such items (all).
    all_vintages: whether to offer every vintage, not the newest alone (false).
    owner: whose items (``ONSGeography_data``).
    layer: the layer's or table's number in the service (0).
    where: which rows (``1=1``, all).
    page_size: rows asked for at a time; the service may send fewer (2000).
    base: the search (``https://www.arcgis.com/sharing/rest``).

An item's ``modified`` was set anew for nearly all of them at once, so it says nothing: the vintage is the date in
the title, and the publication date is when the item was created.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TextIO
from urllib.parse import parse_qs, quote, urlsplit

from sources import clock
from sources.catalogue import Source
from sources.errors import FetchError
from sources.origins import Offer, Validators
from sources.origins.discovery.assembled import assembled
from sources.origins.discovery.dates import london_date_of_milliseconds, month_number
from sources.origins.discovery.parameters import Parameters, Value, matches
from sources.origins.http import Answer, PoliteClient, problem

#: Begins the addresses that this module's ``fetch`` is for: the layer's own address follows.
SCHEME = "arcgis+"

PARAMETERS = ("title", "title_pattern", "all_vintages", "owner", "layer", "where", "page_size", "base")
_VINTAGE = re.compile(r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?:[a-z]*)[\s_]+(\d{4})\b", re.IGNORECASE)
_SEARCH_PAGES = 20
_ADVICE = "If the interface has changed, sources/origins/discovery/arcgis_table.py has to follow"


@dataclass(frozen=True)
class _Item:
    """One item of the search whose title gives a vintage."""

    title: str
    name: str
    url: str
    vintage: date
    version: int
    created_on: date | None


def discover(client: PoliteClient, source: Source, parameters: Mapping[str, Value]) -> list[Offer]:
    """The newest vintage's table (or all of them) as a CSV.

    Raises FetchError where no item matches or none of those that do gives a vintage.
    """
    given = Parameters(source.id, "arcgis_table", parameters, known=PARAMETERS)
    title, pattern = given.text("title"), given.pattern("title_pattern")
    address = f"{given.base('https://www.arcgis.com/sharing/rest')}/search"
    owner, wants_all = given.text("owner", "ONSGeography_data"), given.flag("all_vintages", False)
    query = f"where={quote(given.text('where', '1=1'), safe='')}&page={given.whole('page_size', 2000)}"
    layer = given.whole("layer", 0)
    if '"' in title + owner:
        raise FetchError(f"[{source.id}] discovery arcgis_table: title and owner cannot hold quotation marks")
    results = search(client, address, f'owner:{owner} AND title:"{title}" AND type:"Feature Service"')
    # The search finds by words and may ignore what it is asked: what it sends is looked at again.
    wanted = [r for r in results if r.get("owner", owner) == owner and matches(pattern, str(r.get("title") or ""))]
    items = [item for result in wanted if (item := _item(result))]
    if not items:
        titles = ", ".join(f"[{result.get('title')}]" for result in wanted or results)
        raise problem(
            address,
            expected=f"an item of {owner} with [{title}] in its title, and a month and year",
            found=titles or "none",
            advice="Correct title or title_pattern in the source's contract",
        )
    items.sort(key=lambda i: (i.vintage, i.version, i.created_on or date.min, i.name), reverse=True)
    chosen = _best_of_each_vintage(items) if wants_all else items[:1]
    return [
        Offer(f"{item.name}.csv", f"{SCHEME}{item.url}/{layer}?{query}", item.created_on, item.title) for item in chosen
    ]


def search(client: PoliteClient, address: str, query: str) -> list[dict[str, Any]]:
    """Every item that a search finds, page by page; raises FetchError for an answer of another shape."""
    results: list[dict[str, Any]] = []
    start = 1
    for _ in range(_SEARCH_PAGES):
        parameters = {
            "q": query,
            "f": "json",
            "num": 100,
            "start": start,
            "sortField": "created",
            "sortOrder": "desc",
        }
        document = client.json(address, parameters=parameters)
        if not isinstance(document, dict) or not isinstance(document.get("results"), list):
            raise problem(address, expected="results of a search", found="JSON of another shape", advice=_ADVICE)
        results += [item for item in document["results"] if isinstance(item, dict)]
        following = document.get("nextStart", -1)
        if not isinstance(following, int) or following <= start:
            break
        start = following
    return results


def _item(result: dict[str, Any]) -> _Item | None:
    title, url = str(result.get("title") or ""), result.get("url")
    vintage = vintage_of(title)
    if vintage is None or not isinstance(url, str) or not url:
        return None
    service = re.search(r"/services/(?:.*/)?([^/]+)/(?:Feature|Map)Server", url)
    name = str(result.get("name") or (service[1] if service else "") or result.get("id"))
    version = re.search(r"[_ ]v(\d+)$", name, re.IGNORECASE) or re.search(r"[_ ]v(\d+)\b", title, re.IGNORECASE)
    return _Item(
        title=title,
        name=re.sub(r"[^\w.-]+", "_", name),
        url=url.rstrip("/"),
        vintage=vintage,
        version=int(version[1]) if version else 1,
        created_on=london_date_of_milliseconds(result.get("created")),
    )


def vintage_of(title: str) -> date | None:
    """The first day of the (latest) month in a title, or None where there is none."""
    months = (date(int(year), month_number(month) or 1, 1) for month, year in _VINTAGE.findall(title))
    return max(months, default=None)


def _best_of_each_vintage(items: list[_Item]) -> list[_Item]:
    best: dict[date, _Item] = {}
    for item in items:
        best.setdefault(item.vintage, item)
    return list(best.values())


def fetch(client: PoliteClient, offer: Offer, known: Validators) -> Answer:
    """The whole table as one CSV, in the order of its object ids; raises FetchError where rows are missing.

    ``known`` is of no use here: the service has no validator for a table, only for each page of it.
    """
    requested_at = clock.now()
    parts = urlsplit(offer.address.removeprefix(SCHEME))
    layer = f"{parts.scheme}://{parts.netloc}{parts.path}"
    query = parse_qs(parts.query)
    where, page_size = query.get("where", ["1=1"])[0], int(query.get("page", ["2000"])[0])
    columns, order_by = _columns(client, layer)
    expected = _count(client, layer, where)
    rows = _rows(client, layer, where=where, order_by=order_by, page_size=page_size, expected=expected)

    def write(stream: TextIO) -> None:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([[row.get(column) for column in columns] for row in rows])

    return assembled(client, layer, write, requested_at=requested_at)


def _columns(client: PoliteClient, layer: str) -> tuple[list[str], str]:
    """The layer's columns, and the one that holds its object ids (``FID`` or ``ObjectId``, first or last)."""
    document = client.json(layer, parameters={"f": "json"})
    fields = document.get("fields") if isinstance(document, dict) else None
    if not isinstance(fields, list) or not all(isinstance(f, dict) and isinstance(f.get("name"), str) for f in fields):
        raise problem(layer, expected="a layer with its fields", found="JSON of another shape", advice=_ADVICE)
    columns = [f["name"] for f in fields if f.get("type") != "esriFieldTypeGeometry"]
    by_type = next((f["name"] for f in fields if f.get("type") == "esriFieldTypeOID"), None)
    stated = document.get("objectIdField")
    by_name = next((name for name in columns if name.lower() in {"fid", "objectid"}), None)
    order_by = stated if stated in columns else by_type or by_name
    if not columns or order_by is None:
        raise problem(layer, expected="a column of object ids", found=f"the columns {columns}", advice=_ADVICE)
    return columns, order_by


def _count(client: PoliteClient, layer: str, where: str) -> int:
    document = client.json(f"{layer}/query", parameters={"where": where, "returnCountOnly": "true", "f": "json"})
    count = document.get("count") if isinstance(document, dict) else None
    if not isinstance(count, int):
        raise problem(f"{layer}/query", expected="a count of rows", found="JSON of another shape", advice=_ADVICE)
    return count


def _rows(
    client: PoliteClient, layer: str, *, where: str, order_by: str, page_size: int, expected: int
) -> list[dict[str, Any]]:
    """Every row, page by page: the service may send fewer than asked, and says whether there are more."""
    address = f"{layer}/query"
    rows: list[dict[str, Any]] = []
    while True:
        parameters = {
            "where": where,
            "outFields": "*",
            "returnGeometry": "false",
            "orderByFields": order_by,
            "resultOffset": len(rows),
            "resultRecordCount": page_size,
            "f": "json",
        }
        document = client.json(address, parameters=parameters)
        features = document.get("features") if isinstance(document, dict) else None
        if not isinstance(features, list):
            raise problem(address, expected="rows (features)", found="JSON of another shape", advice=_ADVICE)
        page = [f["attributes"] for f in features if isinstance(f, dict) and isinstance(f.get("attributes"), dict)]
        rows += page
        if not page or not (document.get("exceededTransferLimit") or len(rows) < expected):
            break
    if len(rows) != expected or len({row.get(order_by) for row in rows}) != expected:
        raise problem(
            address,
            expected=f"{expected:,} rows, each with its own {order_by}, as the service counts",
            found=f"{len(rows):,} rows with {len({row.get(order_by) for row in rows}):,} of them",
            advice="The table may be changing under the request: refresh this source again later",
        )
    return rows
