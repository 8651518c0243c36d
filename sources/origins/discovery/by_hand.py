"""A publisher without an interface, or one that refuses programs: a person saves the files.

Parameters
    page: where the files are.
    reason: why no program fetches them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from sources.catalogue import Source
from sources.origins import Offer
from sources.origins.discovery.parameters import Parameters, Value
from sources.origins.http import PoliteClient

log = logging.getLogger(__name__)

PARAMETERS = ("page", "reason")


def discover(client: PoliteClient, source: Source, parameters: Mapping[str, Value]) -> list[Offer]:
    """Nothing: that a source has to be fetched by hand is no failure of the night's; its age shows elsewhere."""
    given = Parameters(source.id, "by_hand", parameters, known=PARAMETERS)
    page, reason = given.text("page"), given.text("reason")
    log.info("[%s] is saved by hand from %s (%s); bring it with the folder edition", source.id, page, reason)
    return []
