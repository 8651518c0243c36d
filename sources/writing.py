"""Writers for the bundled edition: small files in the formats that publishers use, the same bytes for the same cells.

A sheet is a list of rows, a row a list of cells; a cell is text, a number, a date or None.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import xlsxwriter
from odf.element import Element
from odf.namespaces import OFFICENS, TABLENS
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table
from odf.text import P


@dataclass(frozen=True)
class Across:
    """A cell that runs over several columns, and rows (ODS only)."""

    text: str
    columns: int = 1
    rows: int = 1


Cell = str | int | float | date | None
Row = Sequence[Cell | Across]


def write_csv(path: Path, rows: Sequence[Row], *, delimiter: str = ",", encoding: str = "utf-8") -> None:
    """Rows as delimited text with CRLF line ends, as Excel saves it; None is an empty cell."""
    with path.open("w", encoding=encoding, newline="") as text:
        csv.writer(text, delimiter=delimiter).writerows(rows)


def write_xlsx(path: Path, sheets: Mapping[str, Sequence[Row]]) -> None:
    """Sheets by name as an Excel workbook."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001 (a workbook's dates have no zone)
        as_date = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(number, column, datetime(cell.year, cell.month, cell.day), as_date)  # noqa: DTZ001
                    elif isinstance(cell, str):
                        sheet.write_string(number, column, cell)
                    elif cell is not None:
                        sheet.write(number, column, cell)


def write_ods(path: Path, sheets: Mapping[str, Sequence[Row]]) -> None:
    """Sheets by name as an OpenDocument spreadsheet, the container's times being fixed."""
    # odfpy writes every namespace that the process has met so far, whichever document it was met in.
    Element.namespaces.clear()
    document = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = Table(name=name)
        for row in rows:
            line = Element(qname=(TABLENS, "table-row"), check_grammar=False)
            for cell in row or [None]:
                line.addElement(_cell(cell), check_grammar=False)
            table.addElement(line, check_grammar=False)
        document.spreadsheet.addElement(table)  # pyright: ignore[reportAttributeAccessIssue]  odfpy adds it when run
    dated = io.BytesIO()
    document.write(dated)
    with zipfile.ZipFile(dated) as parts, zipfile.ZipFile(path, "w") as target:
        for part in parts.infolist():
            entry = zipfile.ZipInfo(part.filename, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if part.filename == "mimetype" else zipfile.ZIP_DEFLATED
            target.writestr(entry, parts.read(part))


def _cell(value: Cell | Across) -> Element:
    cell = Element(qname=(TABLENS, "table-cell"), check_grammar=False)
    if isinstance(value, Across):
        cell.setAttrNS(TABLENS, "number-columns-spanned", str(value.columns))
        cell.setAttrNS(TABLENS, "number-rows-spanned", str(value.rows))
        value = value.text
    if value is None:
        return cell
    if isinstance(value, date):
        cell.setAttrNS(OFFICENS, "value-type", "date")
        cell.setAttrNS(OFFICENS, "date-value", value.isoformat()[:10])
        text = f"{value:%d/%m/%Y}"
    elif isinstance(value, str):
        cell.setAttrNS(OFFICENS, "value-type", "string")
        text = value
    else:
        cell.setAttrNS(OFFICENS, "value-type", "float")
        cell.setAttrNS(OFFICENS, "value", str(value))
        text = str(value)
    cell.addElement(P(text=text), check_grammar=False)
    return cell
