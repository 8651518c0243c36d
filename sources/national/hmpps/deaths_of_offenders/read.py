"""Reads deaths of offenders in the community, to the documented layout: groups down, financial years across."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.reading import Figures, PublishedFile, across
from sources.reading.long import stacked
from sources.reading.workbook import open_workbook

_TITLE = r"\b(?:number of )?deaths\b.*\b(?:offenders|supervis|probation|community)"
_IS_NO_COUNT = re.compile(r"\b(?:rates?|percentages?|proportions?|per 1,000|shares?)\b", re.IGNORECASE)
#: What a label column divides deaths by, from its heading in small letters.
_DIVIDED_BY = {
    r"(?:type of )?supervision(?: type| status)?|offender type": "supervision",
    r"(?:apparent )?cause(?: of death)?|classification": "cause",
    r"sex|gender": "sex",
    r"age(?: group| band)?(?: at death)?": "age_band",
    r"ethnicity|ethnic group": "ethnicity",
    r"(?:probation )?region": "probation_region",
}
_TOTAL = re.compile(r"(?:grand )?total(?: .*)?|all(?: .*)?|england (?:and|&) wales", re.IGNORECASE)
_NOT_READ = r"(?:%|percentage|per cent)?\s*change.*"


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The one table, ``death``, from every sheet of counts; tables of rates and shares are left out.

    Raises LayoutError for a heading that is not known or a time that is no financial year, ReadError where no table of
    deaths is found or parts do not add up to their total.
    """
    book = open_workbook(file)
    parts: list[Figures] = []
    titles: list[str] = []
    for sheet in filter(across.has_tables, book.sheet_names):
        grid = book.grid(sheet)
        title = across.title_of(grid, _TITLE)
        if title is None or _IS_NO_COUNT.search(title):
            continue
        if title in titles:
            raise LayoutError("two tables have one title", file=file.name, sheet=sheet, found=f"[{title}]")
        titles.append(title)
        parts.append(_table(across.find(grid, title=title, not_read=_NOT_READ), contract))
    if not parts:
        raise ReadError(
            "no table of deaths was found",
            file=file.name,
            expected="a sheet whose title says [deaths of offenders], with years across",
            found=", ".join(f"[{sheet}]" for sheet in book.sheet_names),
        )
    frame = stacked([part.frame for part in parts])
    quarantined = [cell for part in parts for cell in part.quarantined]
    yield Figures("death", frame, sum(part.rows_in for part in parts), quarantined)


def _table(table: across.TimeTable, contract: Contract) -> Figures:
    grid = table.grid
    for column in table.columns:
        if column.period.type != "financial_year":
            raise LayoutError(
                "a time is no financial year",
                file=grid.file,
                sheet=grid.sheet,
                row=table.header_row + 1,
                expected="years that end in March",
                found=f"[{column.heading}]",
            )
    groups = table.groups(_DIVIDED_BY, _TOTAL)
    regions = groups.get("probation_region", ["all"] * len(table.rows))
    found = table.figures(
        "death",
        contract,
        by_row={
            **groups,
            "is_total": ["all" in row for row in zip(*groups.values(), strict=True)],
            "area_level": ["country" if region == "all" else "probation_region" for region in regions],
        },
        same={name: "all" for name in _DIVIDED_BY.values() if name not in groups} | {"table_title": table.title},
    )
    if not found.quarantined:
        table.refuse_uneven_groups(found.frame, list(groups))
    return found
