"""Reads fatal incident tables, to the documented layout: groups down, a total a financial year and its share across."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.reading import Figures, PublishedFile, across
from sources.reading.long import stacked
from sources.reading.workbook import open_workbook

_TITLE = r"\b(?:fatal incident|deaths?)\b.*\binvestigat|\binvestigat.*\b(?:fatal incident|deaths?)\b"
#: Tables of reports and of how long they took have the same words in their titles.
_IS_NO_COUNT = re.compile(r"\b(?:reports?|recommendations?|timeliness|weeks|rates?|percentages?)\b", re.IGNORECASE)
#: What a label column divides investigations by, from its heading in small letters.
_DIVIDED_BY = {
    r"(?:type of |apparent )?(?:death|cause)(?: of death)?|classification|case type": "cause",
    r"service(?: in remit)?|(?:type of )?establishment(?: type)?|location|remit": "service",
    r"sex|gender": "sex",
    r"age(?: group| band)?(?: at death)?": "age_band",
}
_TOTAL = re.compile(r"(?:grand )?total(?: .*)?|all(?: .*)?", re.IGNORECASE)
_NOT_READ = r"%.*|per ?cent.*|.*\bchange\b.*|share.*"


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The one table, ``investigation``, from every sheet that counts investigations begun.

    Raises LayoutError for a heading that is not known or a time that is no financial year, ReadError where no such
    table is found or parts do not add up to their total.
    """
    book = open_workbook(file)
    parts: dict[str, Figures] = {}
    for sheet in filter(across.has_tables, book.sheet_names):
        grid = book.grid(sheet)
        title = across.title_of(grid, _TITLE)
        if title is None or _IS_NO_COUNT.search(title):
            continue
        if title in parts:
            raise LayoutError("two tables have one title", file=file.name, sheet=sheet, found=f"[{title}]")
        parts[title] = _table(across.find(grid, title=title, not_read=_NOT_READ), contract)
    if not parts:
        raise ReadError(
            "no table of investigations was found",
            file=file.name,
            expected="a sheet whose title says [fatal incident investigations]",
            found=", ".join(f"[{sheet}]" for sheet in book.sheet_names),
        )
    frame = stacked([part.frame for part in parts.values()])
    quarantined = [cell for part in parts.values() for cell in part.quarantined]
    yield Figures("investigation", frame, sum(part.rows_in for part in parts.values()), quarantined)


def _table(table: across.TimeTable, contract: Contract) -> Figures:
    for column in table.columns:
        if column.period.type != "financial_year":
            raise LayoutError(
                "a time is no financial year",
                file=table.grid.file,
                sheet=table.grid.sheet,
                row=table.header_row + 1,
                expected="years such as [2024/25]",
                found=f"[{column.heading}]",
            )
    groups = table.groups(_DIVIDED_BY, _TOTAL)
    found = table.figures(
        "investigation",
        contract,
        by_row={**groups, "is_total": ["all" in row for row in zip(*groups.values(), strict=True)]},
        same={name: "all" for name in _DIVIDED_BY.values() if name not in groups}
        | {"table_title": table.title, "area_level": "country"},
    )
    if not found.quarantined:
        table.refuse_uneven_groups(found.frame, list(groups))
    return found
