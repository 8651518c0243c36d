"""A file under an address that stays the same from one release to the next.

Parameters
    address: the file's address.
    name: the file's name (the end of the address).

Such an address gives no publication date: the day it was fetched and the file's own words have to do. Publishers
that have an interface are asked through that instead.
"""

from __future__ import annotations

from collections.abc import Mapping

from sources.catalogue import Source
from sources.errors import FetchError
from sources.origins import Offer
from sources.origins.discovery.pages import name_of
from sources.origins.discovery.parameters import Parameters, Value
from sources.origins.http import PoliteClient

PARAMETERS = ("address", "name")


def discover(client: PoliteClient, source: Source, parameters: Mapping[str, Value]) -> list[Offer]:
    """The one file; nothing is asked before it is fetched."""
    given = Parameters(source.id, "web_file", parameters, known=PARAMETERS)
    address = given.text("address")
    name = given.text("name", name_of(address) or None)
    if "." not in name:
        raise FetchError(f"[{source.id}] discovery web_file: name has to have the file's suffix; found [{name}]")
    return [Offer(name, address)]
