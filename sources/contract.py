"""What a source promises, as a pydantic model of its ``contract.yaml``; unknown keys are refused."""

from __future__ import annotations

import re
from collections.abc import Hashable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from sources.errors import ContractError

if TYPE_CHECKING or not yaml.__with_libyaml__:
    from yaml import SafeLoader as _SafeLoader
else:  # In C, which parses ten times as fast: there is a contract to load for every source.
    from yaml import CSafeLoader as _SafeLoader

Status = Literal[
    "observed",
    "provisional",
    "revised",
    "estimated",
    "modelled",
    "suppressed",
    "rounded",
    "low_reliability",
    "not_applicable",
    "not_available",
    "missing",
]
#: The vocabulary: what a figure may say of itself.
STATUSES: tuple[str, ...] = get_args(Status)

#: Added to every landed table by ``sources.landing``; described once, here.
PROVENANCE = {
    "release_id": "The publication that the figure came in: the file's name and the first characters of its hash",
    "archive_sha256": "SHA-256 of the archived bytes that the figure was read from",
    "source_file": "The file as the publisher named it; inside a zip, the member",
    "source_sheet": "The sheet of a workbook; null for a text file",
    "source_row": "The row in the sheet or record in the text file, the header being counted, as a spreadsheet counts",
    "source_column": "The column of the figure, as a spreadsheet letters it; null where the whole record is the figure",
}

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
#: Words for a person; blank ones say nothing.
Words = Annotated[str, Field(pattern=r"\S")]


def _compiled(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"[{pattern}] is not a regular expression: {error}") from error
    return pattern


Pattern = Annotated[str, AfterValidator(_compiled)]


class Strict(BaseModel):
    """A part of a contract: frozen, and a key that is not known is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PublishedName(Strict):
    """A header that the publisher has used for a column.

    ``name`` is compared without regard to case, outer space or runs of space; where ``is_pattern``, it is a
    regular expression that the whole header has to match.
    """

    name: str
    is_pattern: bool = False
    first_seen: str | None = None
    last_seen: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _compiles(self) -> PublishedName:
        if self.is_pattern:
            _compiled(self.name)
        return self


class Column(Strict):
    """One column of a landed table."""

    type: Literal["text", "integer", "number", "boolean", "date", "month", "timestamp"]
    description: Words
    unit: str | None = None
    published_as: tuple[PublishedName, ...] = ()
    is_required: bool = True
    """Whether a file may come without it (a column that was added or dropped over time is not required)."""
    is_nullable: bool = True
    carries_notes: bool = False
    """Whether figures in it may have footnote marks glued to them (``175~``, ``3^``), to be split off."""
    is_derived: bool = False
    """Made by the reader from the file's name, sheet or layout, not from a column of the file."""
    values: tuple[str, ...] | None = None
    """The values it may take, where they are known and closed."""
    minimum: float | None = None
    maximum: float | None = None

    @field_validator("published_as", mode="before")
    @classmethod
    def _plain_names(cls, value: object) -> object:
        if isinstance(value, list):
            return tuple({"name": item} if isinstance(item, str) else item for item in value)
        return value


class RowCountTolerance(Strict):
    """How far a release's row count may be from the last one before a check warns (shares of the last count)."""

    lower: float = 0.5
    upper: float = 2.0
    reason: Words
    series: str | None = None
    """A regular expression whose first group is what makes two file names the same file at two times; without one,
    names that differ in digits and months alone are."""


class Table(Strict):
    """One landed table."""

    description: Words
    kind: Literal["events", "figures", "lookup"]
    """``events``: a row a record, in the file's order, with no ``source_row`` or ``source_column`` (row n of the
    Parquet is record n of the file). ``figures`` and ``lookup`` carry both."""
    grain: tuple[str, ...]
    """The columns that identify a row within a release; empty where the publisher gives no key."""
    grain_reason: Words | None = None
    columns: dict[Slug, Column]
    row_count: RowCountTolerance | None = None
    cadence: Pace | None = None
    """Where it comes otherwise than the source as a whole (a yearly table beside quarterly ones)."""
    ended: Ended | None = None
    """Where the publisher has stopped it."""
    is_layout_only: bool = False
    """Of a source that is tested on published files: whether none with this table was at hand."""

    @model_validator(mode="after")
    def _grain_is_of_columns(self) -> Table:
        unknown = [name for name in self.grain if name not in self.columns]
        if unknown:
            raise ValueError(f"grain names columns that the table does not have: {unknown}")
        if not self.grain and not self.grain_reason:
            raise ValueError("a table without a grain has to say why (grain_reason)")
        clash = sorted(set(self.columns) & set(PROVENANCE))
        if clash:
            raise ValueError(f"columns {clash} are added by landing and cannot be declared")
        return self

    @property
    def period_column(self) -> str | None:
        """The column that tells what time a row is of: ``period_end``, or the one month or date of a table without."""
        if "period_end" in self.columns:
            return "period_end"
        times = [name for name, column in self.columns.items() if column.type in {"month", "date"}]
        return times[0] if len(times) == 1 and self.kind != "lookup" else None

    @property
    def provenance(self) -> tuple[str, ...]:
        """The provenance columns that this table carries."""
        whole_record = ("release_id", "archive_sha256", "source_file")
        return whole_record if self.kind == "events" else tuple(PROVENANCE)


class Marker(Strict):
    """A published marker in place of a figure, and the status that it means."""

    text: str
    status: Status
    meaning: Words
    columns: tuple[Slug, ...] = ()
    """The columns in which it is a marker, where it could be a figure in others; empty for all."""


class HeaderPatterns(Strict):
    """A header whose texts move from year to year (``LAD19CD``, ``LAD24CD``), as regular expressions for its cells."""

    has: tuple[Pattern, ...]
    """Each matches some whole cell of the line, without regard to case."""
    others: Pattern | None = None
    """Matches every other cell of the line, a second cell for one of ``has`` too; without it they may be anything."""


class Recognise(Strict):
    """How the source's files look, so that one can be told among loose files."""

    name: tuple[Pattern, ...] = ()
    """Regular expressions, one of which the whole file name matches, without regard to case."""
    member: tuple[Pattern, ...] = ()
    """For a zip: regular expressions for the members that belong to this source."""
    header: tuple[tuple[str, ...], ...] = ()
    """Alternative sets of header texts, all of a set being in one of the first 40 lines of a text file."""
    header_patterns: tuple[HeaderPatterns, ...] = ()
    """As ``header``, for headers that cannot be given as texts."""
    sheets: tuple[tuple[Pattern, ...], ...] = ()
    """Alternative sets of regular expressions, each of a set matching some sheet name of a workbook."""
    title: tuple[Pattern, ...] = ()
    """For a workbook of one sheet, whose name says nothing (``Data``): regular expressions, one of which its first
    filled cell matches as a whole, without regard to case."""
    exclude: tuple[Pattern, ...] = ()
    """Regular expressions for file names that look alike and are not this source's; first to be asked."""

    @model_validator(mode="after")
    def _is_not_empty(self) -> Recognise:
        if not (self.name or self.member or self.header or self.header_patterns or self.sheets or self.title):
            raise ValueError("recognise needs at least one of name, member, header, header_patterns, sheets, title")
        return self


class Promise(Strict):
    """A day on which the publisher itself has said that it will publish a period."""

    period_end: date
    promised_on: date
    where: Words
    """Where it says so: an address, or a page's name."""

    @model_validator(mode="after")
    def _is_of_a_period_that_is_over(self) -> Promise:
        if self.promised_on <= self.period_end:
            raise ValueError(f"it is promised on {self.promised_on}, before its period is over")
        return self


class Pace(Strict):
    """How often something is published, and how late is late; days are counted from the end of the period covered."""

    every: Literal["month", "quarter", "year", "irregular"]
    usual_lag_days: int
    """Until a period is usually published: until then it is not yet due."""
    warn_after_days: int
    """Until a period that is not there is late; of an irregular source, until the newest period is old."""
    fail_after_days: int
    """Until it is so late, or so old, that something has to be done about it."""
    reason: Words
    """Why these thresholds."""

    @model_validator(mode="after")
    def _is_in_order(self) -> Pace:
        if not self.usual_lag_days <= self.warn_after_days <= self.fail_after_days:
            raise ValueError("a period is due (usual_lag_days) before it is late (warn_after_days, fail_after_days)")
        return self


class Cadence(Pace):
    """When the publisher publishes."""

    promised: tuple[Promise, ...] = ()
    """What the publisher's calendar says, which goes before what is usual: late is the day after."""
    incident_after: int = Field(default=3, ge=1)
    """How many days on which it was asked in a row have to go wrong before there is an incident."""

    @field_validator("promised")
    @classmethod
    def _promises_are_one_a_period(cls, value: tuple[Promise, ...]) -> tuple[Promise, ...]:
        periods = [promise.period_end for promise in value]
        if twice := sorted({f"{period}" for period in periods if periods.count(period) > 1}):
            raise ValueError(f"the periods that end on {twice} are promised twice")
        return value


class Senders(Strict):
    """Who sends the publisher its figures, each of their own place: a hole in one place is then its sender's."""

    level: Slug
    """The level of area that a sender stands for, as area levels are named."""
    who: Words


class Ended(Strict):
    """A table that its publisher has stopped: what is not there any more is not late."""

    after: date
    """The last day of the last period published."""
    why: Words
    replaced_by: Words | None = None
    """What to read instead, where there is something."""


class Discovery(Strict):
    """How the live edition finds the newest files: a kind of ``sources.origins.discovery`` and its parameters."""

    kind: Slug
    parameters: dict[str, str | int | bool | list[str] | list[int] | list[dict[str, str]]] = {}


class Tolerance(Strict):
    """Something let pass, with its reason and where it stops being let pass."""

    what: Words
    limit: float
    reason: Words


class Disclosure(Strict):
    """How the publisher protects people in what it publishes; nothing here is undone by a reader."""

    rule: Words
    rounded_to: float | None = None
    """The base that published figures are rounded to, such as 5; none where they are exact."""
    suppressed_below: float | None = None
    """Counts from 1 up to but not including this are not shown; none where every count is."""


class SeriesBreak(Strict):
    """A point from which figures do not mean what they meant before, so that a chart can draw it and a trend test
    can refuse to cross it."""

    table: Slug
    since: date
    """The first day of the first period on the new footing."""
    what: Words
    effect: Literal["not_comparable", "partly_comparable"]
    where: dict[Slug, tuple[str, ...]] = {}
    """Columns of the table and their values that it touches; empty where it touches all of it."""


Evidence = Literal["published files", "layout only"]


class TestedOn(Strict):
    """What the reader has been tested on; nobody may take it for more than it is."""

    evidence: Evidence
    periods: str
    note: str | None = None


class Contract(Strict):
    """What one source promises."""

    title: str
    description: str
    publisher: str
    licence: str
    attribution: str
    landing_page: str
    level: Literal["national", "local"]
    cadence: Cadence
    coverage: str
    first_period: date | None = None
    area_levels: tuple[str, ...]
    recipients: tuple[str, ...]
    """The roles who should be receiving it."""
    senders: Senders | None = None
    """Who sends the publisher the figures; none where it counts them itself."""
    weaknesses: tuple[str, ...]
    disclosure: Disclosure
    breaks: tuple[SeriesBreak, ...] = ()
    recognise: Recognise
    discovery: Discovery
    markers: tuple[Marker, ...] = ()
    tolerances: tuple[Tolerance, ...] = ()
    tested_on: TestedOn
    tables: dict[Slug, Table]

    @field_validator("markers")
    @classmethod
    def _markers_are_distinct(cls, value: tuple[Marker, ...]) -> tuple[Marker, ...]:
        texts = [marker.text for marker in value]
        if len(texts) != len(set(texts)):
            raise ValueError("a marker is declared twice")
        return value

    @model_validator(mode="after")
    def _markers_are_of_columns(self) -> Contract:
        known = {name for table in self.tables.values() for name in table.columns}
        unknown = sorted({name for marker in self.markers for name in marker.columns} - known)
        if unknown:
            raise ValueError(f"markers name columns that no table has: {unknown}")
        return self

    @model_validator(mode="after")
    def _breaks_are_of_tables(self) -> Contract:
        for at in self.breaks:
            if at.table not in self.tables:
                raise ValueError(f"a break names the table [{at.table}], which there is not")
            if unknown := sorted(set(at.where) - set(self.tables[at.table].columns)):
                raise ValueError(f"a break of [{at.table}] names columns that it does not have: {unknown}")
        return self

    @model_validator(mode="after")
    def _senders_are_of_a_level(self) -> Contract:
        if self.senders and self.senders.level not in self.area_levels:
            raise ValueError(f"senders stand for a [{self.senders.level}], which is not among the area_levels")
        return self

    def evidence(self, table: str) -> Evidence:
        """What the reading of one table has been tested on."""
        return "layout only" if self.tables[table].is_layout_only else self.tested_on.evidence

    def pace(self, table: str) -> Pace:
        """How often one table is published: its own cadence, else the source's."""
        return self.tables[table].cadence or self.cadence

    def markers_of(self, column: Column) -> tuple[Marker, ...]:
        """The markers that may stand in this column (one of this contract's own)."""
        names = {n for table in self.tables.values() for n, known in table.columns.items() if known is column}
        return tuple(m for m in self.markers if not m.columns or names.intersection(m.columns))


class _Loader(_SafeLoader):
    """Refuses a key that stands twice, of which YAML would keep the last without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.value != "<<"]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise yaml.YAMLError(f"the keys {twice} stand twice in the mapping{node.start_mark}")
        return super().construct_mapping(node, deep)


def load(path: Path) -> Contract:
    """Read and check one ``contract.yaml``.

    Raises ContractError, naming the file and each key that is wrong.
    """
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # a SafeLoader, made stricter
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ContractError(f"[{path}] is not YAML: {error}") from error
    try:
        return Contract.model_validate(raw)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc'])) or '(top)'}: {e['msg']}" for e in error.errors())
        raise ContractError(f"[{path}] is not a contract: {problems}") from error
