"""Reads the data tables of alcohol and late night refreshment licensing: a table a sheet, all years in each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import pandas as pd

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.places import names
from sources.reading import Figures, PublishedFile, Quarantined, headers, long, markers, periods, wide, workbook
from sources.reading.grid import Grid, is_blank

_SHEET = r"table[ _]?\d+.*"
_TITLE = re.compile(r"table\s*\d+[a-z]?\s*[:.\u2013-]\s*(\S.*)", re.IGNORECASE | re.DOTALL)
_HEADLINE = r"headline statistics"
#: What tables are about, by the beginnings of their titles.
_SUBJECTS = {
    r"premises licences, club premises certificates and personal licences": "fee_band",
    r"premises licences and club premises certificates by licensable activity": "licensable_activity",
    r"premises with 24-hour alcohol licences": "twenty_four_hour_licence",
    r"cumulative impact areas": "cumulative_impact_area",
    r"applications \(total and within": "application",
    r"applications that went to a committee hearing": "committee_hearing",
    r"completed reviews by type": "review",
    r"reasons? for completed review": "review_reason",
    r"completed reviews instigated by": "review_instigator",
    r"action taken following completed reviews": "review_action",
    r"expedited review": "expedited_review",
    r"closure notices": "closure_notice",
    r"section 169a closure notices, by issuing authority": "closure_notice_issuer",
    r"outcome of appeals": "appeal",
    r"judicial reviews": "judicial_review",
    r"standard and late temporary event notices": "temporary_event_notice",
    r"late night lev(y|ies)": "late_night_levy",
    r"late night refreshment exemptions": "late_night_refreshment_exemption",
}
#: Columns that say yes or no of an authority, and of England and Wales how many said yes.
_POLICIES = {"late_night_levy": r"late night lev(y|ies) applied", "late_night_refreshment_exemption": r".*"}
_ANSWERS = {"yes": "yes", "no": "no", "don't know": "not_known", "unknown": "not_known"}
_SCOPES = {"total": "all", "cia": "cumulative_impact_area"}
#: Headline figures of a whole year, those beside them being of its last day.
_OF_THE_YEAR = r"completed reviews|temporary event notices"
_TEMPLES = {"inner temple", "middle temple"}
_DISCONTINUED = re.compile(r"this table has been discontinued", re.IGNORECASE)


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The headline figures, the figures of every other table, and the answers of those that say yes or no.

    Raises LayoutError for a table whose title has no meaning here, HeaderError for one without its labels, ReadError
    where there is no table at all.
    """
    book = workbook.open_workbook(file)
    tables = [_Table.of(book.grid(sheet), contract) for sheet, _ in book.matching(_SHEET)]
    if not tables:
        raise ReadError(
            "there is no table",
            file=file.name,
            expected="sheets named like [Table_2]",
            found=", ".join(f"[{sheet}]" for sheet in book.sheet_names),
        )
    if twice := [table for table in tables if [other.subject for other in tables].count(table.subject) > 1]:
        raise ReadError(
            f"there are two tables of [{twice[0].subject}]", file=file.name, sheet=twice[1].grid.sheet, found="another"
        )
    parts: dict[str, list[Figures]] = {name: [] for name in contract.tables}
    for table in tables:
        for found in table.read(contract):
            parts[found.table].append(found)
    yield from (_joined(name, found) for name, found in parts.items() if found)


def _joined(name: str, parts: Sequence[Figures]) -> Figures:
    return Figures(
        name,
        long.stacked([part.frame for part in parts]),
        rows_in=sum(part.rows_in for part in parts),
        quarantined=[cell for part in parts for cell in part.quarantined],
    )


@dataclass(frozen=True)
class _Row:
    """A row of figures and what its labels say; ``problem`` is why it cannot be landed."""

    number: int
    financial_year: str
    period: periods.Period | None
    region_name: str = ""
    area_name: str = ""
    area_code: str | None = None
    area_level: str = "england_and_wales"
    premises_scope: str = "all"
    problem: str | None = None

    @property
    def is_total(self) -> bool:
        return self.area_level == "england_and_wales"


@dataclass(frozen=True)
class _Table:
    """One table: what it is about, its rows, and its columns of figures with their headings."""

    grid: Grid
    subject: str
    rows: list[_Row]
    measures: dict[int, str]

    @staticmethod
    def of(grid: Grid, contract: Contract) -> _Table:
        title_row, title, subject = _titled(grid)
        name = "headline" if subject == "headline" else "figure"
        table = contract.tables[name]
        header, found = grid.find_header(table, start=title_row, allow_unknown=True)
        measures = _measures(grid, header, set(found.index.values()))
        if name == "headline" and {"region", "licensing authority"} & {text.casefold() for text in measures.values()}:
            raise LayoutError(
                "the headline table has areas",
                file=grid.file,
                sheet=grid.sheet,
                row=header + 1,
                expected="figures of England and Wales alone",
            )
        if subject == "application" and "premises_scope" not in found.index:
            raise LayoutError(
                "applications are not told apart from those within a cumulative impact area",
                file=grid.file,
                sheet=grid.sheet,
                row=header + 1,
                expected="a column headed [Total/CIA]",
                found=", ".join(f"[{text}]" for text in measures.values()),
            )
        # One of years and of their last days together says [as at/year ending].
        as_at = re.search(r"\bas at\b(?!/)", title, re.IGNORECASE) is not None
        rows = [
            _row(grid, row, found.index, as_at=as_at)
            for row in _rows_of_figures(grid, header)
            if not _is_footnote(grid, row, measures)
        ]
        return _Table(grid, subject, rows, measures)

    def read(self, contract: Contract) -> Iterator[Figures]:
        if self.subject == "headline":
            yield self._headline(contract)
            return
        policies = [
            column
            for column, text in self.measures.items()
            if re.fullmatch(_POLICIES.get(self.subject, "(?!)"), text, re.IGNORECASE)
        ]
        counts = [column for column in self.measures if column not in policies]
        if counts:
            yield self._figures(self.rows, counts, contract)
        if policies:
            yield self._figures([row for row in self.rows if row.is_total], policies, contract)
            yield self._policies([row for row in self.rows if not row.is_total], policies, contract)

    def _headline(self, contract: Contract) -> Figures:
        parts = []
        for is_of_year in (False, True):
            columns = [
                column
                for column, text in self.measures.items()
                if bool(re.fullmatch(_OF_THE_YEAR, text, re.IGNORECASE)) is is_of_year
            ]
            of_day = [row if is_of_year or row.period is None else _on_last_day(row) for row in self.rows]
            if columns:
                table = self._wide(of_day, columns, {})
                parts.append(table.figures("headline", contract))
        found = _joined("headline", parts)
        found.frame["status"] = found.frame["status"].astype(object).replace("observed", "estimated")
        return found

    def _figures(self, rows: Sequence[_Row], columns: Sequence[int], contract: Contract) -> Figures:
        labels = {
            "region_name": [row.region_name for row in rows],
            "area_name": [row.area_name for row in rows],
            "area_code": [row.area_code for row in rows],
            "area_level": [row.area_level for row in rows],
            "is_total": [row.is_total for row in rows],
            "premises_scope": [row.premises_scope for row in rows],
        }
        return self._wide(rows, columns, labels, {"subject": self.subject}).figures("figure", contract)

    def _wide(
        self,
        rows: Sequence[_Row],
        columns: Sequence[int],
        labels: dict[str, list[object]],
        same: dict[str, object] | None = None,
    ) -> wide.WideTable:
        return wide.WideTable(
            self.grid,
            [row.number for row in rows],
            columns,
            by_row={
                "financial_year": [row.financial_year for row in rows],
                "period_start": [row.period.start if row.period else None for row in rows],
                "period_end": [row.period.end if row.period else None for row in rows],
                "period_type": [row.period.type if row.period else None for row in rows],
                **labels,
            },
            by_column={"measure": [self.measures[column] for column in columns]},
            same=same or {},
            problems=[row.problem for row in rows],
        )

    def _policies(self, rows: Sequence[_Row], columns: Sequence[int], contract: Contract) -> Figures:
        value = contract.tables["figure"].columns["value"]
        landed: list[dict[str, object]] = []
        quarantined: list[Quarantined] = []
        for row in rows:
            for column in columns:
                answer = _ANSWERS.get(headers.normal(self.grid.cell(row.number, column)).replace("\u2019", "'"))
                status, problem = "observed", row.problem
                if answer is None and problem is None:
                    try:
                        read = markers.figure(self.grid.cell(row.number, column), contract, value)
                        status = read.status
                        problem = None if read.value is None else "a figure where the answer is yes or no"
                    except markers.UnreadableCellError as error:
                        problem = str(error)
                if problem or row.period is None:
                    quarantined.append(self.grid.quarantined(row.number, column, problem or ""))
                    continue
                landed.append(
                    {
                        "subject": self.subject,
                        "financial_year": row.financial_year,
                        "period_start": row.period.start,
                        "period_end": row.period.end,
                        "period_type": row.period.type,
                        "region_name": row.region_name,
                        "area_name": row.area_name,
                        "area_code": row.area_code,
                        "area_level": row.area_level,
                        "measure": self.measures[column],
                        "answer": answer,
                        "status": status,
                        "source_sheet": self.grid.sheet,
                        "source_row": row.number + 1,
                        "source_column": headers.letter(column),
                    }
                )
        return Figures("policy", pd.DataFrame(landed), len(landed) + len(quarantined), quarantined)


def _titled(grid: Grid) -> tuple[int, str, str]:
    """The row of the table's title, the title without its number, and what the table is about."""
    for row in range(min(30, len(grid))):
        for column in range(min(3, len(grid.rows[row]))):
            if found := _TITLE.match(re.sub(r"\s+", " ", grid.text(row, column))):
                if re.match(_HEADLINE, found[1], re.IGNORECASE):
                    return row, found[1], "headline"
                subjects = [s for pattern, s in _SUBJECTS.items() if re.match(pattern, found[1], re.IGNORECASE)]
                if len(subjects) == 1:
                    return row, found[1], subjects[0]
                raise LayoutError(
                    "a table has a title that has no meaning here",
                    file=grid.file,
                    sheet=grid.sheet,
                    row=row + 1,
                    expected="a title that begins as those known, such as [Late night levies]",
                    found=f"[{found[1][:120]}]",
                )
    raise LayoutError("the table has no title", file=grid.file, sheet=grid.sheet, expected="[Table 2: ...] above it")


def _measures(grid: Grid, header: int, labels: set[int]) -> dict[int, str]:
    """Headings of the columns of figures by column, line breaks and marks of notes left out.

    Raises LayoutError where two are the same, or figures stand below no heading.
    """
    texts = {
        column: markers.split_note(re.sub(r"\s+", " ", grid.text(header, column)).strip())[0]
        for column in range(len(grid.rows[header]))
        if column not in labels
    }
    measures = {column: text for column, text in texts.items() if text}
    twice = next((text for text in measures.values() if list(measures.values()).count(text) > 1), None)
    if twice or not measures:
        raise LayoutError(
            "two columns have one heading" if twice else "no column of figures has a heading",
            file=grid.file,
            sheet=grid.sheet,
            row=header + 1,
            found=f"[{twice}]" if twice else None,
        )
    for column in (column for column, text in texts.items() if not text):
        for row in range(header + 1, len(grid)):
            if not is_blank(grid.cell(row, column)):
                raise LayoutError(
                    "a figure below no heading",
                    file=grid.file,
                    sheet=grid.sheet,
                    row=row + 1,
                    column=headers.letter(column),
                    found=f"[{grid.text(row, column)}]",
                )
    return measures


def _rows_of_figures(grid: Grid, header: int) -> list[int]:
    """Rows below the header that have more than one cell; raises ReadError where there is none."""
    rows = [row for row in range(header + 1, len(grid)) if sum(not is_blank(cell) for cell in grid.rows[row]) > 1]
    if not rows:
        raise ReadError("there is no row below the header", file=grid.file, sheet=grid.sheet, row=header + 1)
    return rows


def _is_footnote(grid: Grid, row: int, measures: dict[int, str]) -> bool:
    """Whether a row says that the table has been discontinued and has no figures."""
    says_so = any(isinstance(cell, str) and _DISCONTINUED.match(cell.strip()) for cell in grid.rows[row])
    return says_so and all(is_blank(grid.cell(row, column)) for column in measures)


def _row(grid: Grid, row: int, at: Mapping[str, int], *, as_at: bool) -> _Row:
    year = grid.text(row, at["financial_year"])
    try:
        period = periods.financial_year(year)
    except ValueError as error:
        return _Row(row, year, None, problem=str(error))
    if as_at:
        period = periods.point_in_time(period.end)
    if "area_name" not in at:
        return _Row(row, year, period)
    region, area = (grid.text(row, at[name]).lstrip("*").strip() for name in ("region_name", "area_name"))
    scope, problem = "all", None
    if "premises_scope" in at:
        published = grid.text(row, at["premises_scope"])
        scope = _SCOPES.get(published.casefold(), "")
        problem = None if scope else f"[{published}] is neither [Total] nor [CIA]"
    if area.casefold() == "total" and region.casefold() == "england and wales":
        return _Row(row, year, period, region, area, "K04000001", premises_scope=scope, problem=problem)
    code, level, unknown = _area(area, period.end)
    if not area or not region:
        unknown = "the row has no region or no licensing authority"
    return _Row(row, year, period, region, area, code, level, scope, problem or unknown)


def _on_last_day(row: _Row) -> _Row:
    assert row.period is not None
    return _Row(row.number, row.financial_year, periods.point_in_time(row.period.end), problem=row.problem)


@cache
def _area(name: str, on: date) -> tuple[str | None, str, str | None]:
    """Code and kind of a licensing authority, and why it has none."""
    if name.casefold() in _TEMPLES:
        return None, "inn_of_court", None
    try:
        return names.register("local_authority").resolve(name, on=on), "local_authority_district", None
    except names.UnknownNameError as error:
        return None, "local_authority_district", str(error)
