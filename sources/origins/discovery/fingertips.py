"""OHID Fingertips: one CSV an indicator and area type, dated by the indicators' metadata.

Parameters
    indicator_ids: whole numbers.
    area_type_ids: whole numbers (502 upper-tier authorities from April 2023, 501 lower-tier, 6 regions).
    parent_area_type_id: the areas that each is compared with (15, England).
    base: the interface (``https://fingertips.phe.org.uk/api``).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import date

from sources.catalogue import Source
from sources.origins import Offer
from sources.origins.discovery.dates import london_date
from sources.origins.discovery.parameters import Parameters, Value
from sources.origins.http import PoliteClient, problem, with_parameters

log = logging.getLogger(__name__)

PARAMETERS = ("indicator_ids", "area_type_ids", "parent_area_type_id", "base")

_IDS_A_CALL = 100


def discover(client: PoliteClient, source: Source, parameters: Mapping[str, Value]) -> list[Offer]:
    """An offer for each indicator and area type.

    Raises FetchError where the metadata comes in another shape. An indicator without metadata is still offered,
    without a date: its own file then says what is the matter with it, and the others come.
    """
    given = Parameters(source.id, "fingertips", parameters, known=PARAMETERS)
    base = given.base("https://fingertips.phe.org.uk/api")
    indicators, area_types = given.wholes("indicator_ids"), given.wholes("area_type_ids")
    parent = given.whole("parent_area_type_id", 15)
    described: dict[int, tuple[date | None, str | None]] = {}
    for start in range(0, len(indicators), _IDS_A_CALL):
        described |= _metadata(client, base, indicators[start : start + _IDS_A_CALL])
    offers = []
    for indicator in indicators:
        if indicator not in described:
            log.warning("[%s] Fingertips gives no metadata for indicator %d", source.id, indicator)
        published_on, title = described.get(indicator, (None, None))
        for area_type in area_types:
            query = {
                "indicator_ids": indicator,
                "child_area_type_id": area_type,
                "parent_area_type_id": parent,
                "include_sortable_time_periods": "yes",
            }
            address = with_parameters(f"{base}/all_data/csv/by_indicator_id", query)
            offers.append(Offer(f"fingertips-{indicator}-{area_type}.csv", address, published_on, title))
    return offers


def _metadata(
    client: PoliteClient, base: str, indicators: tuple[int, ...]
) -> dict[int, tuple[date | None, str | None]]:
    """The upload date and name of each indicator that the publisher describes."""
    address = f"{base}/indicator_metadata/by_indicator_id"
    document = client.json(address, parameters={"indicator_ids": ",".join(map(str, indicators))})
    if not isinstance(document, dict) or not all(isinstance(item, dict) for item in document.values()):
        raise problem(
            address,
            expected="an object with an entry for each indicator id",
            found=f"{type(document).__name__} of another shape",
            advice="If the interface has changed, sources/origins/discovery/fingertips.py has to follow",
        )
    return {
        int(key): (
            # Without a zone: taken as the publisher's own clock.
            london_date((item.get("DataChange") or {}).get("LastUploadedAt")),
            (item.get("Descriptive") or {}).get("Name"),
        )
        for key, item in document.items()
        if key.isdigit()
    }
