"""Nomis: one CSV a query, put together from as many calls as the row limit takes.

Parameters
    dataset: the data set's id, as ``NM_2002_1``.
    geography: a type (``TYPE424``) or GSS codes; a list counts as one query.
    date: which periods, as ``latest`` or ``2023,2024`` (``latest``, unless ``dimensions`` has a ``time``).
    dimensions: the data set's other dimensions as in an address, ``gender=1,2&c_age=101...191&measures=20100``; one
        text, or a list of texts. What is not named comes whole.
    select: the columns wanted, in upper case (all); those that count the rows are always asked for as well.
    exclude_missing: whether to leave out rows without a value (false).
    name: the file's name (``<dataset>.data.csv``); needed where several queries are of one data set.
    page_size: rows asked for at a time; a guest gets no more than 25,000 (25000).
    base: the interface (``https://www.nomisweb.co.uk/api/v01``).

The publication date is the day of the data set's last update or revision. A dimension that the data set does not
have is refused before anything is fetched, for fear that it be ignored and other figures sent. Codes differ from one
data set to the next: readers go by ``_NAME`` and ``_CODE`` columns.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TextIO
from urllib.parse import parse_qsl, urlsplit

from sources import clock
from sources.catalogue import Source
from sources.errors import FetchError
from sources.origins import Offer, Validators
from sources.origins.discovery.assembled import assembled
from sources.origins.discovery.dates import london_date
from sources.origins.discovery.parameters import Parameters, Value
from sources.origins.http import Answer, PoliteClient, problem, with_parameters

#: Begins the addresses that this module's ``fetch`` is for: the query's own address follows.
SCHEME = "nomis+"

PARAMETERS = (
    "dataset",
    "geography",
    "date",
    "dimensions",
    "select",
    "exclude_missing",
    "name",
    "page_size",
    "base",
)

_OFFSET, _COUNT = "RECORD_OFFSET", "RECORD_COUNT"
_DATES = ("LastUpdated", "LastRevised", "FirstReleased")
#: Ways to choose periods that no data set lists among its dimensions.
_ALWAYS_KNOWN = frozenset({"time", "date", "freq", "measures"})
_ADVICE = "If the interface has changed, sources/origins/discovery/nomis_query.py has to follow"


@dataclass(frozen=True)
class _Definition:
    """What Nomis says about a data set."""

    title: str | None
    published_on: date | None
    dimensions: frozenset[str]


def discover(client: PoliteClient, source: Source, parameters: Mapping[str, Value]) -> list[Offer]:
    """The query's one file, with the date of the data set's last update.

    Raises FetchError where the data set is not there, is described in another shape, or lacks a dimension.
    """
    given = Parameters(source.id, "nomis_query", parameters, known=PARAMETERS)
    base, dataset = given.base("https://www.nomisweb.co.uk/api/v01"), given.text("dataset")
    dimensions = _dimensions(given, source)
    query: dict[str, str | int] = {"geography": ",".join(given.texts("geography"))}
    if "time" not in dimensions:
        query["date"] = given.text("date", "latest")
    query |= dimensions
    columns = [column.upper() for column in given.texts("select", ())]
    if columns:
        query["select"] = ",".join(dict.fromkeys([*columns, _OFFSET, _COUNT]))
    if given.flag("exclude_missing", False):
        query["ExcludeMissingValues"] = "true"
    query["RecordLimit"] = given.whole("page_size", 25_000)
    name = given.text("name", f"{dataset}.data.csv")
    definition = _definition(client, f"{base}/dataset/{dataset}/def.sdmx.json", dataset)
    unknown = sorted(set(dimensions) - definition.dimensions - _ALWAYS_KNOWN)
    if unknown:
        raise problem(
            f"{base}/dataset/{dataset}/def.sdmx.json",
            expected=f"the dimensions {', '.join(unknown)}, as the source's contract has them",
            found=f"the dimensions {', '.join(sorted(definition.dimensions))}",
            advice="Correct dimensions in the source's contract",
        )
    address = with_parameters(f"{base}/dataset/{dataset}.data.csv", query)
    return [Offer(name, f"{SCHEME}{address}", definition.published_on, definition.title)]


def _dimensions(given: Parameters, source: Source) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in given.texts("dimensions", ()):
        for name, value in parse_qsl(text, keep_blank_values=True):
            if not name or not value or name.lower() in found:
                raise FetchError(
                    f"[{source.id}] discovery nomis_query: dimensions has to be as gender=1,2&measures=20100, each"
                    f" named once; found [{text}]"
                )
            found[name.lower()] = value
    return found


def _definition(client: PoliteClient, address: str, dataset: str) -> _Definition:
    document = client.json(address)
    try:
        families = _as_list(document["structure"]["keyfamilies"]["keyfamily"])
        family = next(family for family in families if str(family["id"]).upper() == dataset.upper())
        listed = _as_list(family["components"]["dimension"])
        dimensions = frozenset(str(dimension["conceptref"]).lower() for dimension in listed)
        annotations = {
            str(note["annotationtitle"]): note.get("annotationtext")
            for note in _as_list((family.get("annotations") or {}).get("annotation") or [])
        }
        title = (family.get("name") or {}).get("value")
    except (KeyError, TypeError, AttributeError, StopIteration) as error:
        raise problem(
            address,
            expected=f"the definition of the data set {dataset}, with its dimensions",
            found=f"JSON without it ({type(error).__name__}: {error})",
            advice="Look the data set up on nomisweb.co.uk and correct dataset in the source's contract. " + _ADVICE,
        ) from error
    days = [day for title_of_date in _DATES if (day := london_date(annotations.get(title_of_date)))]
    return _Definition(str(title) if title else None, max(days, default=None), dimensions)


def _as_list(value: Any) -> list[Any]:
    """A list as it is, and one thing as a list of one: which of the two comes depends on how many there are."""
    return value if isinstance(value, list) else [value]


def fetch(client: PoliteClient, offer: Offer, known: Validators) -> Answer:
    """Every row of the query as one CSV; raises FetchError where rows are missing or there are none.

    ``known`` is of no use here: a validator would be of one page, not of the whole.
    """
    requested_at = clock.now()
    address = offer.address.removeprefix(SCHEME)

    def write(stream: TextIO) -> None:
        writer = csv.writer(stream, lineterminator="\n")
        for rows in _pages(client, address):
            writer.writerows(rows)

    return assembled(client, address, write, requested_at=requested_at)


def _pages(client: PoliteClient, address: str) -> Iterator[list[list[str]]]:
    """The header, then the rows of each page; the pages' own counts say whether all came, and in order."""
    header: list[str] = []
    received, expected = 0, None
    while expected is None or received < expected:
        page_address = with_parameters(address, {"recordoffset": received}) if received else address
        page = _page(client, page_address)
        if not header:
            header = page[0]
            for column in (_OFFSET, _COUNT):
                if column not in header:
                    raise problem(
                        page_address,
                        expected=f"the column {column}, which says whether every row came",
                        found=f"the columns {', '.join(header)}",
                        advice=_ADVICE,
                    )
            yield [header]
        rows = page[1:]
        counts = {row[header.index(_COUNT)] for row in rows if len(row) == len(header)}
        expected = expected if expected is not None else _whole(counts)
        offsets = [row[header.index(_OFFSET)] for row in rows if len(row) == len(header)]
        in_order = offsets == [str(number) for number in range(received, received + len(rows))]
        if page[0] != header or not rows or not in_order or counts != {str(expected)}:
            raise problem(
                page_address,
                expected=f"rows {received:,} onwards of {expected if expected is not None else 'one or more'},"
                " under the same header and numbered in order",
                found=_said(rows, offsets, counts, is_same_header=page[0] == header),
                advice="If the query is right, the table may be changing under it: refresh this source again later",
            )
        yield rows
        received += len(rows)


def _page(client: PoliteClient, address: str) -> list[list[str]]:
    """One answer's rows; the client refuses a page of HTML or a sentence in the place of a table."""
    answer = client.download(address, name=f"{urlsplit(address).path.rsplit('/', 1)[-1]}")
    assert answer.path is not None
    try:
        with answer.path.open(encoding="utf-8-sig", newline="") as stream:
            return [row for row in csv.reader(stream) if row] or [[]]
    except (UnicodeDecodeError, csv.Error) as error:
        raise problem(address, expected="a CSV in UTF-8", found=str(error), advice=_ADVICE) from error
    finally:
        answer.path.unlink(missing_ok=True)


def _whole(counts: set[str]) -> int | None:
    text = next(iter(counts), "")
    return int(text) if text.isdigit() else None


def _said(rows: list[list[str]], offsets: list[str], counts: set[str], *, is_same_header: bool) -> str:
    if not rows:
        return "no row"
    header = "" if is_same_header else ", under another header"
    span = f", numbered [{offsets[0]}] to [{offsets[-1]}]" if offsets else ""
    short = f", {len(rows) - len(offsets):,} of them broken off" if len(offsets) != len(rows) else ""
    return f"{len(rows):,} rows{header}{span}{short}, of {' or '.join(sorted(counts)) or 'an unknown number'}"
