"""A CKAN catalogue (the London Datastore): the files of one data set.

How the London Datastore answers this call since it was rebuilt has not been seen: an answer of another shape is
refused, so that what was received before stays.

Parameters
    package: the data set's id or name.
    formats: the formats wanted, as ``csv`` (all).
    file_pattern: a regular expression that is in the file's or resource's name (all).
    base: the catalogue's interface (``https://data.london.gov.uk/api/3/action``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from sources.catalogue import Source
from sources.origins import Offer
from sources.origins.discovery.dates import london_date
from sources.origins.discovery.parameters import Parameters, Value, matches
from sources.origins.http import PoliteClient, problem, with_parameters

PARAMETERS = ("package", "formats", "file_pattern", "base")


def discover(client: PoliteClient, source: Source, parameters: Mapping[str, Value]) -> list[Offer]:
    """The data set's files that match.

    Raises FetchError where the catalogue answers in another shape or nothing matches.
    """
    given = Parameters(source.id, "ckan_package", parameters, known=PARAMETERS)
    base, package = given.base("https://data.london.gov.uk/api/3/action"), given.text("package")
    formats = {text.lower().lstrip(".") for text in given.texts("formats", ())}
    pattern = given.pattern("file_pattern")
    address = with_parameters(f"{base}/package_show", {"id": package})
    result = _result(client.json(address), address)
    offers, found = [], []
    for resource in result["resources"]:
        if not isinstance(resource, dict) or not isinstance(resource.get("url"), str) or not resource["url"]:
            continue
        title, form = str(resource.get("name") or ""), str(resource.get("format") or "").lower().lstrip(".")
        name = _name(resource["url"], title, form)
        found.append(f"[{name}] ({form or 'no format'})")
        if (not formats or form in formats) and matches(pattern, name, title):
            offers.append(
                Offer(name, urljoin(f"{base}/", resource["url"]), _published_on(resource, result), title or None)
            )
    if not offers:
        raise problem(
            address,
            expected=f"files of the formats {sorted(formats) or 'any'}"
            + (f" named like [{pattern.pattern}]" if pattern else ""),
            found=", ".join(found) or "a data set without files",
            advice="Correct formats or file_pattern in the source's contract",
        )
    return offers


def _result(document: object, address: str) -> dict[str, Any]:
    """The data set in CKAN's envelope."""
    result = document.get("result") if isinstance(document, dict) and document.get("success") is True else None
    if not isinstance(result, dict) or not isinstance(result.get("resources"), list):
        shape = sorted(map(str, document)) if isinstance(document, dict) else type(document).__name__
        raise problem(
            address,
            expected="CKAN's {success: true, result: {resources: [...]}}",
            found=f"JSON of another shape ({shape})",
            advice="Save the file by hand from the source's landing page and use the folder edition",
        )
    return result


def _published_on(resource: dict[str, Any], package: dict[str, Any]) -> date | None:
    """The date of the data; never ``metadata_modified``, which any edit of the description moves."""
    dates = (resource.get("last_modified"), package.get("date_updated"), package.get("date_released"))
    return next((found for text in dates if (found := london_date(text))), None)


def _name(url: str, title: str, form: str) -> str:
    """The file's name: the address's where that is one, else made of the resource's name and format."""
    last = unquote(urlsplit(url).path.rsplit("/", 1)[-1])
    if re.search(r"\.[A-Za-z0-9]{2,4}$", last):
        return last
    stem = re.sub(r"[^A-Za-z0-9]+", "-", title or last).strip("-").lower() or "file"
    return f"{stem}.{form}" if re.fullmatch(r"[a-z0-9]{2,4}", form) else stem
