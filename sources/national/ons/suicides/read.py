"""Reads suicides by local authority: a workbook with a table of counts by year and one of rates of pooled years."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sources.contract import Contract
from sources.errors import LayoutError, ReadError
from sources.reading import Figures, PublishedFile, area_years
from sources.reading.periods import Period
from sources.reading.workbook import open_workbook


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The sheets that have a table of areas, as one table; each measure of each period comes once.

    Raises LayoutError for a heading that is not known or a title without the word suicide or with one sex, ReadError
    where there is no table.
    """
    workbook = open_workbook(file)
    met: dict[tuple[str, Period], str] = {}
    found: list[Figures] = []
    for sheet, _ in workbook.matching(r"table[ _]?\d+.*"):
        table = area_years.find(workbook.grid(sheet))
        if table is None:
            continue
        again = [met[key] for c in table.columns if met.setdefault(key := (c.measure, c.period), sheet) != sheet]
        is_of_one_sex = re.search(r"\b(fe)?males?\b", table.title, re.IGNORECASE)
        if again or is_of_one_sex or not re.search(r"\bsuicides?\b", table.title, re.IGNORECASE):
            raise LayoutError(
                "what the table is of is not known",
                file=file.name,
                sheet=sheet,
                expected=f"another table than that of sheet [{again[0]}]" if again else "a title of all suicides",
                found=f"[{table.title[:200]}]",
            )
        found.append(table.figures("local_authority", contract, same={"sex": "persons"}))
    if not found:
        raise ReadError(
            "no sheet has a table of areas",
            file=file.name,
            expected="sheets like [Table_1] with a heading [Area Code]",
            found=", ".join(f"[{name}]" for name in workbook.sheet_names),
        )
    yield area_years.together(found)
