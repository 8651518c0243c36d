"""OHID Fingertips: one CSV an indicator and area type, dated by the indicators' metadata.

Parameters
    indicator_ids: whole numbers.
    area_type_ids: whole numbers (502 upper-tier authorities from April 2023, 501 lower-tier, 6 regions); left out,
        every area type that Fingertips says it has figures for.
    only_available: whether to leave out the area types that Fingertips says it has no figures for (false).
    parent_area_type_id: the areas that each is compared with (15, England).
    indicators_a_file: how many indicators to ask for at once, up to 100 (1). Larger files are fewer requests, but
        one that is too much for the service fails whole.
    metadata: whether to offer the indicators' definitions too, as ``fingertips-metadata-<number>.csv`` (false).
    base: the interface (``https://fingertips.phe.org.uk/api``).

A file of several indicators has the date of the newest upload among them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sources.catalogue import Source
from sources.errors import FetchError
from sources.origins import Offer
from sources.origins.discovery.dates import london_date
from sources.origins.discovery.parameters import Parameters, Value
from sources.origins.http import PoliteClient, problem, with_parameters

log = logging.getLogger(__name__)

PARAMETERS = (
    "indicator_ids",
    "area_type_ids",
    "only_available",
    "parent_area_type_id",
    "indicators_a_file",
    "metadata",
    "base",
)

_IDS_A_CALL = 100
_ADVICE = "If the interface has changed, sources/origins/discovery/fingertips.py has to follow"


@dataclass(frozen=True)
class _Described:
    """What the metadata says of an indicator."""

    uploaded_on: date | None = None
    name: str | None = None


def discover(client: PoliteClient, source: Source, parameters: Mapping[str, Value]) -> list[Offer]:
    """An offer for each indicator (or group of them) and area type, and the metadata where it is wanted.

    Raises FetchError where an answer comes in another shape. An indicator without metadata is still offered, without
    a date: its own file then says what is the matter with it, and the others come.
    """
    given = Parameters(source.id, "fingertips", parameters, known=PARAMETERS)
    base, indicators = given.base("https://fingertips.phe.org.uk/api"), given.wholes("indicator_ids")
    area_types = given.wholes("area_type_ids", ())
    only_available = given.flag("only_available", False) or not area_types
    parent, a_file = given.whole("parent_area_type_id", 15), given.whole("indicators_a_file", 1)
    wants_metadata = given.flag("metadata", False)
    if not 1 <= a_file <= _IDS_A_CALL:
        raise FetchError(
            f"[{source.id}] discovery fingertips: indicators_a_file has to be 1 to {_IDS_A_CALL}; found [{a_file}]"
        )
    described: dict[int, _Described] = {}
    for some in _parts(indicators, _IDS_A_CALL):
        described |= _described(client, base, some)
    for indicator in indicators:
        if indicator not in described:
            log.warning("[%s] Fingertips gives no metadata for indicator %d", source.id, indicator)
    pairs = [(indicator, area_type) for indicator in indicators for area_type in area_types]
    if only_available:
        pairs = _available(client, base, indicators, area_types)
    offers = []
    for some, area_type in _files(pairs, a_file):
        query = {
            "indicator_ids": ",".join(map(str, some)),
            "child_area_type_id": area_type,
            "parent_area_type_id": parent,
            "include_sortable_time_periods": "yes",
        }
        address = with_parameters(f"{base}/all_data/csv/by_indicator_id", query)
        span = f"{some[0]}" if len(some) == 1 else f"{some[0]}-to-{some[-1]}"
        offers.append(Offer(f"fingertips-{span}-{area_type}.csv", address, *_said_of(some, described)))
    if wants_metadata:
        for number, some in enumerate(_parts(indicators, _IDS_A_CALL), start=1):
            address = f"{base}/indicator_metadata/csv/by_indicator_id"
            address = with_parameters(address, {"indicator_ids": ",".join(map(str, some))})
            uploaded_on, _ = _said_of(some, described)
            offers.append(Offer(f"fingertips-metadata-{number}.csv", address, uploaded_on, "Indicators' definitions"))
    return offers


def _parts(indicators: Sequence[int], size: int) -> list[tuple[int, ...]]:
    return [tuple(indicators[start : start + size]) for start in range(0, len(indicators), size)]


def _files(pairs: list[tuple[int, int]], a_file: int) -> list[tuple[tuple[int, ...], int]]:
    """The indicators and area type of each file: one call takes several indicators but one area type."""
    if a_file == 1:
        return [((indicator,), area_type) for indicator, area_type in pairs]
    by_area_type: dict[int, list[int]] = {}
    for indicator, area_type in pairs:
        by_area_type.setdefault(area_type, []).append(indicator)
    return [(some, area_type) for area_type, all_of_it in by_area_type.items() for some in _parts(all_of_it, a_file)]


def _said_of(indicators: Sequence[int], described: Mapping[int, _Described]) -> tuple[date | None, str | None]:
    """The newest upload of some indicators, and the name where it is one."""
    known = [described[indicator] for indicator in indicators if indicator in described]
    newest = max((one.uploaded_on for one in known if one.uploaded_on), default=None)
    if len(indicators) == 1:
        return newest, known[0].name if known else None
    return newest, f"{len(indicators)} indicators"


def _available(
    client: PoliteClient, base: str, indicators: Sequence[int], area_types: Sequence[int]
) -> list[tuple[int, int]]:
    """Each indicator with each area type (of those wanted, or of all) that Fingertips says it has figures for."""
    address = f"{base}/available_data"
    document = client.json(address)
    rows = document if isinstance(document, list) else []
    # Public clients read the two by their place or in another case.
    lowered = [{str(key).lower(): value for key, value in row.items()} for row in rows if isinstance(row, dict)]
    ids = [(row.get("indicatorid"), row.get("areatypeid")) for row in lowered]
    pairs = {(one, kind) for one, kind in ids if isinstance(one, int) and isinstance(kind, int)}
    if not pairs:
        raise problem(
            address,
            expected="a list of {IndicatorId, AreaTypeId}",
            found="JSON of another shape",
            advice="Give area_type_ids in the source's contract, without only_available. " + _ADVICE,
        )
    kinds = area_types or sorted({area_type for _, area_type in pairs})
    found = [(one, kind) for one in indicators for kind in kinds if (one, kind) in pairs]
    if not found:
        raise problem(
            address,
            expected=f"figures for one of the {len(indicators)} indicators wanted",
            found="none" + (f" for the area types {', '.join(map(str, area_types))}" if area_types else ""),
            advice="Correct indicator_ids or area_type_ids in the source's contract",
        )
    for indicator in sorted(set(indicators) - {one for one, _ in found}):
        log.warning("[%s] has no figures of indicator %d for the area types wanted", address, indicator)
    return found


def _described(client: PoliteClient, base: str, indicators: Sequence[int]) -> dict[int, _Described]:
    """The upload date and name of each indicator that the publisher describes."""
    address = f"{base}/indicator_metadata/by_indicator_id"
    document = client.json(address, parameters={"indicator_ids": ",".join(map(str, indicators))})
    if not isinstance(document, dict) or not all(isinstance(item, dict) for item in document.values()):
        raise problem(
            address,
            expected="an object with an entry for each indicator id",
            found=f"{type(document).__name__} of another shape",
            advice=_ADVICE,
        )
    return {
        int(key): _Described(
            # Without a zone: taken as the publisher's own clock.
            london_date((item.get("DataChange") or {}).get("LastUploadedAt")),
            (item.get("Descriptive") or {}).get("Name"),
        )
        for key, item in document.items()
        if key.isdigit()
    }
