"""Workbooks (xlsx, xls, ods) as grids, by python-calamine."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from sources.errors import ReadError
from sources.reading import PublishedFile
from sources.reading.grid import Grid


@contextmanager
def _as_read_error(
    problem: str, *, file: str, sheet: str | None = None, advice: str | None = None
) -> Generator[None, None, None]:
    """Turns what calamine raises into a ReadError; on an xls that is cut short it panics, which is no Exception."""
    try:
        yield
    except BaseException as error:
        is_panic = type(error).__name__ == "PanicException"
        if not is_panic and not isinstance(error, CalamineError | OSError | ValueError):
            raise
        raise ReadError(problem, file=file, sheet=sheet, found=str(error), advice=advice) from error


class Workbook:
    """An open workbook; sheets are read only when they are asked for."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        advice = "The file may be cut short or be an error page saved under a workbook's name"
        with _as_read_error("not a workbook that can be opened", file=name, advice=advice):
            self._book = CalamineWorkbook.from_object(BytesIO(path.read_bytes()))
        self.sheet_names: list[str] = self._book.sheet_names

    def grid(self, sheet: str) -> Grid:
        """One sheet from its first cell on, so that row and column are the spreadsheet's own."""
        with _as_read_error("the sheet cannot be read", file=self.name, sheet=sheet):
            rows = self._book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        return Grid(rows, self.name, sheet)

    def matching(self, pattern: str) -> Iterator[tuple[str, re.Match[str]]]:
        """The sheets whose whole name matches a pattern, without regard to case."""
        compiled = re.compile(pattern, re.IGNORECASE)
        for sheet in self.sheet_names:
            if found := compiled.fullmatch(sheet.strip()):
                yield sheet, found

    def require(self, pattern: str, meaning: str) -> str:
        """The one sheet that matches; raises ReadError naming the sheets that there are."""
        found = [sheet for sheet, _ in self.matching(pattern)]
        if len(found) != 1:
            raise ReadError(
                f"the sheet with {meaning} was not found once",
                file=self.name,
                expected=f"one sheet named like [{pattern}]",
                found=f"{len(found)} among " + ", ".join(f"[{s}]" for s in self.sheet_names),
            )
        return found[0]


def open_workbook(file: PublishedFile) -> Workbook:
    """Open a published workbook; raises ReadError where it is not one."""
    return Workbook(file.path, file.name)
