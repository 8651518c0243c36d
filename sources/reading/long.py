"""Long tables, a row a figure or two: read column by column, each distinct text being looked at once.

Hundreds of thousands of rows have a few hundred distinct years, places and offences between them: what a reader makes
of a text is asked once a text and spread over the rows, so that a large file takes as long as its cells take to load.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pandas.api.extensions import ExtensionArray

from sources.contract import Column, Contract, Table
from sources.errors import ReadError
from sources.reading import PublishedFile, Quarantined, delimited, headers, markers
from sources.reading.grid import Cell, Grid

_T = TypeVar("_T")
_MOST_ROWS_ABOVE = 60


class LongTable:
    """The rows below a header, by contract column; a row that cannot be read collects the first reason why.

    ``columns`` has the cells of each contract column that the file has, ``rows`` each row's number as a spreadsheet
    counts. Rows whose width is not the header's are problems from the start.
    """

    def __init__(
        self,
        columns: Mapping[str, Sequence[Cell] | pd.Series],
        rows: Sequence[int] | np.ndarray,
        *,
        letters: Mapping[str, str],
        sheet: str | None = None,
        problems: np.ndarray | None = None,
    ) -> None:
        self._cells, self._letters, self.sheet = dict(columns), dict(letters), sheet
        self.rows = np.asarray(rows, dtype="int64")
        self._problems = np.full(len(self.rows), None, dtype=object) if problems is None else problems
        self._problem_columns = np.full(len(self.rows), None, dtype=object)
        self._distinct: dict[str, tuple[np.ndarray, list[str]]] = {}

    def share_problems(self, other: LongTable) -> None:
        """Take over the problems so far of a table of the same rows with another column of figures."""
        self._problems, self._problem_columns = other._problems.copy(), other._problem_columns.copy()

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, column: str) -> bool:
        return column in self._cells

    def _texts(self, column: str) -> tuple[np.ndarray, list[str]]:
        """A code for each row and the stripped text of each code; every row has the empty text where the file has
        not the column."""
        if column not in self._cells:
            return np.zeros(len(self), dtype="int64"), [""]
        if column not in self._distinct:
            cells = self._cells[column]
            if not isinstance(cells, pd.Series):
                held = np.empty(len(cells), dtype=object)
                held[:] = cells
                cells = held
            codes, found = pd.factorize(cells, use_na_sentinel=False)
            self._distinct[column] = np.asarray(codes, dtype="int32"), [headers.text_of(cell) for cell in found]
        return self._distinct[column]

    def _each(self, function: Callable[..., _T], columns: Sequence[str]) -> tuple[np.ndarray, list[_T | None]]:
        """What a function makes of each distinct combination of texts: None and a problem for a ValueError."""
        parts = [self._texts(column) for column in columns]
        if len(parts) == 1 and len(self):
            codes, keys = parts[0][0], range(len(parts[0][1]))
        else:
            combined = parts[0][0].astype("int64")
            for codes, texts in parts[1:]:
                combined = combined * len(texts) + codes
            codes, keys = pd.factorize(combined)
        results: list[_T | None] = []
        for number, key in enumerate(keys):
            texts = []
            for _, known in reversed(parts):
                key, at = divmod(int(key), len(known))
                texts.append(known[at])
            try:
                results.append(function(*reversed(texts)))
            except ValueError as error:
                results.append(None)
                given = zip(columns, reversed(texts), strict=True)
                blamed = next((name for name, text in given if text and f"[{text}]" in str(error)), columns[-1])
                self.refuse(np.asarray(codes == number), str(error), blamed)
        return np.asarray(codes), results

    def refuse(self, which: np.ndarray, reason: str, column: str | None = None) -> None:
        """Give a reason to those rows that have none yet."""
        which = which & (self._problems == None)  # noqa: E711 (of each)
        self._problems[which] = reason
        self._problem_columns[which] = column

    def text(self, column: str, function: Callable[[str], str | None] | None = None) -> pd.Categorical:
        """A column's texts, or what a function makes of each; null where blank."""
        return self.made(function or (lambda text: text or None), column)

    def made(self, function: Callable[..., str | None], *columns: str) -> pd.Categorical:
        """What a function makes of several columns' texts together; a ValueError of its is the row's problem."""
        codes, results = self._each(function, columns)
        return pd.Categorical(results).take(codes) if len(codes) else pd.Categorical([])

    def days(self, function: Callable[..., date], *columns: str) -> np.ndarray:
        """As ``made``, for a function that makes a day."""
        codes, results = self._each(function, columns)
        days = np.array([np.datetime64(day, "s") if day else np.datetime64("NaT") for day in results], "datetime64[s]")
        return days[codes] if len(codes) else days

    def whole(self, function: Callable[..., int], *columns: str) -> ExtensionArray:
        """As ``made``, for a function that makes a whole number."""
        codes, results = self._each(function, columns)
        return pd.array(results, dtype="Int64").take(codes)

    def flags(self, function: Callable[..., bool | None], *columns: str) -> ExtensionArray:
        """As ``made``, for a function that makes True or False, or None where it is not known."""
        codes, results = self._each(function, columns)
        return pd.array(results, dtype="boolean").take(codes)

    def figures(self, column: str, contract: Contract, of: Column) -> pd.DataFrame:
        """``markers.figures`` of a column; what cannot be read is the row's problem, and -0 is 0."""
        cells, codes = self._cells[column], None
        if isinstance(cells, pd.Series) and isinstance(cells.dtype, pd.CategoricalDtype):
            codes, cells = pd.factorize(cells, use_na_sentinel=False)
        read = markers.figures(np.asarray(cells, dtype=object), contract, of)
        if codes is not None:
            read = read.take(codes).reset_index(drop=True)
        found = pd.Series(read["problem"]).astype(object)
        for reason in found.dropna().unique():
            self.refuse(np.asarray(found == reason), str(reason), column)
        return read.assign(value=read["value"] + 0.0)

    def same(self, text: str | None) -> pd.Categorical:
        """A text for every row."""
        return pd.Categorical([text]).take(np.zeros(len(self), dtype="int64"))

    def provenance(self, figure_column: str) -> dict[str, object]:
        """The frame's columns that say where each figure stands."""
        return {
            "source_sheet": self.same(self.sheet),
            "source_row": self.rows,
            "source_column": self.same(self._letters[figure_column]),
        }

    def split(self, frame: pd.DataFrame, figure_column: str) -> tuple[pd.DataFrame, list[Quarantined]]:
        """The rows of a frame (a row a row of the table) that have no problem, and the others with theirs."""
        bad = np.flatnonzero(self._problems != None)  # noqa: E711 (of each)
        if not len(bad):
            return frame, []
        quarantined = []
        for at in map(int, bad):
            column = self._problem_columns[at] or figure_column
            cell = self._cells[column][at] if column in self._cells else None
            text = headers.text_of(cell)
            quarantined.append(
                Quarantined(
                    reason=str(self._problems[at]),
                    cell=text or None,
                    sheet=self.sheet,
                    row=int(self.rows[at]),
                    column=self._letters.get(column),
                )
            )
        return pd.DataFrame(frame.drop(index=frame.index[bad])), quarantined


def required(what: str) -> Callable[[str], str]:
    """For ``LongTable.text``: a text as it is, a blank one being the row's problem."""

    def text(cell: str) -> str:
        if not cell:
            raise ValueError(f"the row has no {what}")
        return cell

    return text


def whole_grid(file: PublishedFile) -> Grid:
    """A delimited file as a grid, as ``delimited.grid``; raises ReadError where its last line has no end, for the last
    cell may have been cut short then and still look like a figure."""
    grid = delimited.grid(file)
    with file.path.open("rb") as stream:
        stream.seek(max(0, file.path.stat().st_size - 4))
        is_ended = stream.read().rstrip(b"\0").endswith((b"\n", b"\r"))
    if not is_ended:
        raise ReadError(
            "the last line has no end",
            file=file.name,
            row=len(grid) or None,
            expected="a line end after the last record",
            found=f"[{grid.text(len(grid) - 1, len(grid.rows[-1]) - 1)}] in its last cell" if len(grid) else "nothing",
            advice="The file may have been cut short: get it again",
        )
    return grid


def of_grid(grid: Grid, table: Table, *, leave_out: Sequence[str] = ()) -> LongTable:
    """The rows below a contract table's header; columns named in ``leave_out`` (in small letters) are not read.

    Wholly blank rows and footnotes of a sheet (text in the first cell alone) are left out; a row of another width
    than the header's is a problem. Raises HeaderError for other columns than the contract's, ReadError where there is
    no row.
    """
    top = [["" if headers.normal(cell) in leave_out else cell for cell in row] for row in grid.rows[:_MOST_ROWS_ABOVE]]
    header_row, found = Grid(top, grid.file, grid.sheet).find_header(table, scan=_MOST_ROWS_ABOVE)
    width = len(grid.rows[header_row])
    body = grid.rows[header_row + 1 :]
    numbers, kept, uneven = range(header_row + 2, len(grid) + 1), body, list[int]()
    # Most files need no look at each row; of those that do, most are sheets.
    if grid.sheet is not None or set(map(len, body)) != {width} or not all(map(any, body)):
        numbers, kept, uneven = _rows_of_figures(grid, header_row)
    if not kept:
        raise ReadError("there is no row below the header", file=grid.file, sheet=grid.sheet, row=header_row + 1)
    problems = np.full(len(kept), None, dtype=object)
    for at in uneven:
        problems[at] = f"the record has {len(grid.rows[numbers[at] - 1])} cells, the header {width}"
    across = list(zip(*kept, strict=True))
    return LongTable(
        {name: across[index] for name, index in found.index.items()},
        numbers,
        letters={name: headers.letter(index) for name, index in found.index.items()},
        sheet=grid.sheet,
        problems=problems,
    )


def _rows_of_figures(grid: Grid, header_row: int) -> tuple[list[int], list[Sequence[Cell]], list[int]]:
    """The rows that have cells beside the first, with the number of each, made as wide as the header; and which of
    them were not."""
    width = len(grid.rows[header_row])
    numbers, kept, uneven = list[int](), list[Sequence[Cell]](), list[int]()
    for number in range(header_row + 1, len(grid)):
        row = grid.rows[number]
        if not any(row):
            continue
        if grid.sheet is not None and not any(str(cell).strip() for cell in row[1:] if cell is not None):
            continue
        if len(row) != width:
            uneven.append(len(kept))
            row = [*row[:width], *[""] * (width - len(row))]
        numbers.append(number + 1)
        kept.append(row)
    return numbers, kept, uneven


def stacked(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames of several tables one below the other; categories, which are each table's own, become plain texts."""
    if len(parts) == 1:
        return parts[0]
    plain = [
        part.astype({name: object for name, kind in part.dtypes.items() if isinstance(kind, pd.CategoricalDtype)})
        for part in parts
    ]
    return pd.concat(plain, ignore_index=True)


def of_parquet(file: PublishedFile, table: Table, *, leave_out: Sequence[str] = ()) -> LongTable:
    """The records of a Parquet file, their header counted as row 1; columns named in ``leave_out`` are not read.

    Raises HeaderError for other columns than the contract's, ReadError where the file cannot be opened.
    """
    header = parquet_columns(file.path, file.name)
    kept = [name for name in header if headers.normal(name) not in leave_out]
    match = headers.require(kept, table, file=file.name, row=1)
    frame = _parquet_frame(file.path, kept)
    return LongTable(
        {name: pd.Series(frame[kept[index]]) for name, index in match.index.items()},
        np.arange(2, len(frame) + 2),
        letters={name: headers.letter(header.index(kept[index])) for name, index in match.index.items()},
    )


def _parquet_frame(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """A Parquet file's columns, texts and days as categories: millions of rows have a few hundred between them."""
    kinds = pq.read_schema(path)
    texts = [name for name in columns if pa.types.is_string(kinds.field(name).type)]
    table = pq.read_table(path, columns=list(columns), read_dictionary=texts)
    for place, name in enumerate(table.column_names):
        if pa.types.is_date(table.schema.field(name).type):
            table = table.set_column(place, name, table.column(name).dictionary_encode())
    # Each column is let go of as soon as it is converted: both at once would take twice the memory.
    return table.to_pandas(split_blocks=True, self_destruct=True)


def parquet_columns(path: Path, name: str) -> list[str]:
    """The columns of a Parquet file; raises ReadError where it is none or is cut short (its end lists them)."""
    try:
        return duckdb.read_parquet(str(path), connection=duckdb.connect()).columns
    except duckdb.Error as error:
        raise ReadError("not a Parquet file that can be opened", file=name, found=str(error).splitlines()[0]) from error


__all__ = ["LongTable", "of_grid", "of_parquet", "parquet_columns", "required", "stacked", "whole_grid"]
