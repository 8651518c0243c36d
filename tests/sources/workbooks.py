"""Changing a workbook of a sample, to try a reader on what a publisher may do next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from sources.home import Home

Sheets = dict[str, list[list[Any]]]


def rewrite(workbook: Path, target: Path, change: Callable[[Sheets], None]) -> Path:
    """Write a workbook's cells, changed, as the xlsx ``target``; ``change`` is given every sheet's rows by name."""
    book = CalamineWorkbook.from_path(str(workbook))
    sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    change(sheets)
    with xlsxwriter.Workbook(str(target)) as written:
        as_date = written.add_format({"num_format": "mmm yyyy"})
        for name, rows in sheets.items():
            sheet = written.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, date):
                        sheet.write_datetime(row, column, cell, as_date)
                    elif isinstance(cell, str):
                        if cell:
                            sheet.write_string(row, column, cell)
                    elif cell is not None:
                        sheet.write(row, column, cell)
    return target


def row_of(rows: list[list[Any]], text: str, *, column: int = 0, after: int = 0) -> int:
    """The first row (0-based, from ``after`` on) whose cell in a column begins with a text."""
    return next(n for n in range(after, len(rows)) if str(rows[n][column]).strip().startswith(text))


def quarantined(home: Home) -> list[dict[str, Any]]:
    """The cells that a home has in quarantine, in the order of their places."""
    with home.open_ledger() as ledger:
        return [dict(row) for row in ledger.execute("select * from quarantined order by source_row, source_column")]
