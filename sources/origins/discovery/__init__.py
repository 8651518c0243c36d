"""How the live edition learns what a publisher has now: one module a kind of publisher's interface.

A contract names the kind and its parameters. Each module's ``discover`` makes offers of what the publisher says;
one that has to put a file together from several answers has a ``fetch`` too, and an address scheme of its own.

=====================  =============================================  ================================================
kind                   what it is for                                 parameters (needed ones first; see the module)
=====================  =============================================  ================================================
arcgis_item            ONS Open Geography: a file's newest vintage    title; name, title_pattern
arcgis_table           ONS Open Geography: a table's newest vintage   title; title_pattern, all_vintages, layer, where
by_hand                no interface, or programs are refused          page, reason
ckan_package           a CKAN catalogue (London Datastore)            package; formats, file_pattern
ees_dataset            Explore Education Statistics                   data_set, or publication (title_pattern, version),
                                                                      or catalogue_id; name
ees_release            the same, the zip of a release's files         publication; release
fingertips             OHID Fingertips                                indicator_ids; area_type_ids, only_available,
                                                                      indicators_a_file, metadata
govuk_attachments      GOV.UK publication, data set or collection     path; member_pattern, newest_members,
                                                                      document_types, attachment_pattern
govuk_calendar         GOV.UK: statistics that are announced          organisations
nomis_query            Nomis, paged by its row limit                  dataset, geography; date, dimensions, select, name
ons_dataset            www.ons.gov.uk dataset pages                   path; edition_pattern, file_pattern
police_archive         data.police.uk monthly archives                history, history_from
police_availability    data.police.uk: months and archives there are  (none)
statswales             StatsWales                                     dataset or title_pattern; view, language, name
web_file               a file whose address does not change           address; name
web_page               a page with links, where programs are let in   page, file_pattern; hosts, newest, date_pattern
wordpress_page         NHS England's statistics pages                 slug; file_pattern, newest_months
=====================  =============================================  ================================================

Most have ``base`` too, the publisher's address. Every kind also takes ``tables``: for several tables (pages, queries),
a list of the parameters that differ from one to the next, all as text; those outside it stand for all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from sources.catalogue import Source
from sources.origins import Offer, Validators
from sources.origins.discovery import (
    arcgis_item,
    arcgis_table,
    by_hand,
    ckan_package,
    ees_dataset,
    ees_release,
    fingertips,
    govuk_attachments,
    govuk_calendar,
    nomis_query,
    ons_dataset,
    police_archive,
    police_availability,
    statswales,
    web_file,
    web_page,
    wordpress_page,
)
from sources.origins.discovery.parameters import TABLES, Value, each_table
from sources.origins.http import Answer, PoliteClient


class Discover(Protocol):
    """Learns what there is for a source; raises FetchError."""

    def __call__(self, client: PoliteClient, source: Source, parameters: Mapping[str, Value]) -> list[Offer]: ...


class Fetch(Protocol):
    """Puts together one offered file; raises FetchError."""

    def __call__(self, client: PoliteClient, offer: Offer, known: Validators) -> Answer: ...


@dataclass(frozen=True)
class Kind:
    """One kind of discovery; ``scheme`` begins the addresses that its own ``fetch`` is for."""

    discover: Discover
    parameters: tuple[str, ...] = ()
    """The names that a contract may give."""
    fetch: Fetch | None = None
    scheme: str | None = None


_EACH: dict[str, Kind] = {
    "arcgis_item": Kind(arcgis_item.discover, arcgis_item.PARAMETERS),
    "arcgis_table": Kind(arcgis_table.discover, arcgis_table.PARAMETERS, arcgis_table.fetch, arcgis_table.SCHEME),
    "by_hand": Kind(by_hand.discover, by_hand.PARAMETERS),
    "ckan_package": Kind(ckan_package.discover, ckan_package.PARAMETERS),
    "ees_dataset": Kind(ees_dataset.discover, ees_dataset.PARAMETERS, ees_dataset.fetch, ees_dataset.SCHEME),
    "ees_release": Kind(ees_release.discover, ees_release.PARAMETERS),
    "fingertips": Kind(fingertips.discover, fingertips.PARAMETERS),
    "govuk_attachments": Kind(govuk_attachments.discover, govuk_attachments.PARAMETERS),
    "govuk_calendar": Kind(
        govuk_calendar.discover, govuk_calendar.PARAMETERS, govuk_calendar.fetch, govuk_calendar.SCHEME
    ),
    "nomis_query": Kind(nomis_query.discover, nomis_query.PARAMETERS, nomis_query.fetch, nomis_query.SCHEME),
    "ons_dataset": Kind(ons_dataset.discover, ons_dataset.PARAMETERS),
    "police_archive": Kind(police_archive.discover, police_archive.PARAMETERS),
    "police_availability": Kind(
        police_availability.discover,
        police_availability.PARAMETERS,
        police_availability.fetch,
        police_availability.SCHEME,
    ),
    "statswales": Kind(statswales.discover, statswales.PARAMETERS),
    "web_file": Kind(web_file.discover, web_file.PARAMETERS),
    "web_page": Kind(web_page.discover, web_page.PARAMETERS),
    "wordpress_page": Kind(wordpress_page.discover, wordpress_page.PARAMETERS),
}


def _of_each_table(discover: Discover) -> Discover:
    """The same discovery, which understands ``tables`` too."""

    def discover_each(client: PoliteClient, source: Source, parameters: Mapping[str, Value]) -> list[Offer]:
        return [offer for table in each_table(parameters) for offer in discover(client, source, table)]

    return discover_each


KINDS: dict[str, Kind] = {
    name: replace(kind, discover=_of_each_table(kind.discover), parameters=(*kind.parameters, TABLES))
    for name, kind in _EACH.items()
}
