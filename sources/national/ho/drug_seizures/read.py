"""Reads tables of drug seizures saved as text: by force, over the years, by size, and Border Force alone."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import HeaderError, LayoutError, ReadError
from sources.places.names import UnknownNameError, register
from sources.reading import Figures, PublishedFile, delimited, long, periods
from sources.reading.grid import Grid
from sources.reading.headers import letter, normal
from sources.reading.markers import UnreadableCellError, figure
from sources.reading.periods import Period
from sources.reading.repeated import refuse_repeated
from sources.reading.wide import WideTable

_ENGLAND_AND_WALES = "K04000001"
_KILOGRAMS, _DOSES, _PLANTS = "kilograms", "doses", "plants"


@dataclass(frozen=True)
class _Drug:
    """A drug or a total of drugs: the spellings of it as letters alone, its class, and what it is measured in."""

    name: str
    letters: tuple[str, ...]
    drug_class: str | None = None
    unit: str | None = None
    is_total: bool = False


_DRUGS = (
    _Drug("All drugs", ("alldrugs", "total"), is_total=True),
    _Drug("All class A", ("totalclassa", "allclassa"), "A", is_total=True),
    _Drug("All class B", ("totalclassb", "allclassb"), "B", is_total=True),
    _Drug("All class C", ("totalclassc", "allclassc"), "C", is_total=True),
    _Drug("Cocaine", ("cocaine",), "A", _KILOGRAMS),
    _Drug("Crack", ("crack",), "A", _KILOGRAMS),
    _Drug("Ecstasy", ("ecstasy",), "A", _DOSES),
    _Drug("Heroin", ("heroin",), "A", _KILOGRAMS),
    _Drug("LSD", ("lsd",), "A", _DOSES),
    _Drug("Methadone", ("methadone",), "A", _DOSES),
    _Drug("Morphine", ("morphine",), "A", _DOSES),
    _Drug("Other class A", ("otherclassa",), "A"),
    _Drug("All cannabis", ("allcannabis", "totalcannabis"), "B"),
    _Drug("Herbal cannabis", ("herbalcannabis",), "B", _KILOGRAMS),
    _Drug("Cannabis resin", ("cannabisresin",), "B", _KILOGRAMS),
    _Drug("Cannabis plants", ("cannabisplants",), "B", _PLANTS),
    _Drug("Amphetamines", ("amphetamines",), "B", _KILOGRAMS),
    _Drug("Barbiturates", ("barbiturates",), "B", _DOSES),
    _Drug("Ketamine", ("ketamine",), None, _KILOGRAMS),
    _Drug("Mephedrone (non-injection)", ("mephedronenoninjection", "mephedrone"), "B"),
    _Drug("Other class B", ("otherclassb",), "B"),
    _Drug("Anabolic steroids", ("anabolicsteroids",), "C", _DOSES),
    _Drug("Benzodiazepines", ("benzodiazepines",), "C", _DOSES),
    _Drug("GHB", ("ghb",), "C", _DOSES),
    _Drug("Temazepam", ("temazepam",), "C", _DOSES),
    _Drug("Other class C", ("otherclassc",), "C"),
    _Drug("Unknown", ("unknown",)),
)
_BY_LETTERS = {letters: drug for drug in _DRUGS for letters in drug.letters}
_BY_NAME = {drug.name: drug for drug in _DRUGS}
#: What every table of a kind has; the others come and go.
_NEEDED = {
    "seizures": {"All drugs", "All class A", "All class B", "All class C", "Cocaine", "Crack", "Heroin"},
    "quantities": {"Cocaine", "Crack", "Heroin", "Herbal cannabis", "Cannabis resin", "Cannabis plants"},
}
_NOT_AREAS = {"british transport police": "british_transport_police", "border force": "border_force"}
_FILE_YEARS = re.compile(r".*?(\d\d)[-_](\d\d)(?!\d).*\.csv", re.IGNORECASE)
#: Where no row has as many plants as the first, they are thousands of plants; where one has the second, plants.
_THOUSANDS_BELOW, _PLANTS_FROM = 1_000, 10_000
_BAND = re.compile(r"[<>]\s*\d+\s*k?g|\d+\s*k?g\s*-\s*\d+\s*k?g|\d+\s*-\s*\d*\s*doses|>\s*\d+\s*doses", re.IGNORECASE)
_HEADER_ROWS, _FEWEST_DRUGS = 40, 5


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The table that the header says: ``seizure``, ``quantity`` or ``seizure_size``.

    Raises HeaderError or LayoutError for headings that are not known, ReadError where the file is cut short, does not
    name its year or is none of the tables.
    """
    grid = delimited.grid(file)
    for row in range(min(_HEADER_ROWS, len(grid))):
        filled = [normal(cell) for cell in grid.rows[row] if normal(cell)]
        if set(filled) == {"year_ending", "drug", "seizures"}:
            yield _border_force(file, grid, row, contract)
            return
        if sum(_letters(text) in _BY_LETTERS for text in filled) < _FEWEST_DRUGS:
            continue
        if {"police force", "year"} & set(filled):
            yield _Wide(file, grid, row, contract).figures()
        else:
            yield _Sizes(file, grid, row, contract).figures()
        return
    raise ReadError(
        "no header of a table of seizures was found",
        file=file.name,
        expected="a line with [Police force], [year] or [year_ending], or with drugs and nothing before them",
        found=f"none in the first {_HEADER_ROWS} lines",
    )


def _letters(text: object) -> str:
    """A heading as its letters alone, in which the spellings of a drug agree (``Anabolic0steroids``)."""
    return re.sub(r"[^a-z]", "", re.sub(r"\[[^\]]*\]", "", normal(text)))


def _year_of_file(file: PublishedFile) -> Period:
    found = _FILE_YEARS.fullmatch(file.name)
    try:
        return periods.financial_year(f"{found[1]}/{found[2]}" if found else "")
    except ValueError as error:
        raise ReadError(
            "the file does not name its year, and nothing in it does",
            file=file.name,
            expected="a name with two years that follow each other, such as Seizures09-10.csv",
            found=f"[{file.name}]",
        ) from error


def _year(text: str) -> Period:
    """The financial year that ends in a year (``2019``) or on a 31 March (``2019-03-31``); ValueError for another."""
    found = re.fullmatch(r"((?:19|20)\d\d)(-03-31)?", text)
    if not found:
        raise ValueError(f"[{text}] is not the end of a financial year")
    return periods.financial_year(f"{int(found[1]) - 1}/{found[1]}")


def _of_periods(years: Sequence[Period | None]) -> dict[str, Sequence[object]]:
    return {
        "financial_year": [year and periods.financial_year_name(year.start) for year in years],
        "period_start": [year and year.start for year in years],
        "period_end": [year and year.end for year in years],
    }


def _rows_below(file: PublishedFile, grid: Grid, header: int) -> tuple[list[int], tuple[int, int] | None]:
    """The rows of records, and the file's last cell (row and column) where it may have been cut short.

    Whoever saved these files ended none with a line end. The last cell is whole where it has as many decimals as the
    one above it or beside it, or is 0 among whole numbers, with which no longer one begins. Raises ReadError where
    another cell is not there.
    """
    width, last = len(grid.rows[header]), len(grid) - 1
    try:
        return delimited.rows_below(file, grid, header), None
    except ReadError:
        rows = [row for row in range(header + 1, len(grid)) if not grid.is_blank_row(row)]
        if not rows or rows[-1] != last or any(len(grid.rows[row]) != width for row in rows):
            raise
    cell = grid.text(last, width - 1)
    beside = [grid.text(last - 1, width - 1), grid.text(last, width - 2)]
    decimals = [len(text.partition(".")[2]) for text in beside]
    of_cell = len(cell.partition(".")[2])
    is_whole = of_cell in decimals if of_cell else cell == "0" and not any(decimals)
    return rows, None if is_whole else (last, width - 1)


def _refuse_doubtful(doubtful: tuple[int, int] | None) -> Callable[[pd.DataFrame], np.ndarray] | None:
    """For ``WideTable``: the reason not to land a last cell that may have been cut short."""
    if doubtful is None:
        return None

    def refuse(frame: pd.DataFrame) -> np.ndarray:
        row, column = doubtful
        reasons = np.full(len(frame), None, dtype=object)
        is_it = (frame["source_row"] == row + 1) & (frame["source_column"] == letter(column))
        reasons[is_it.to_numpy()] = "the last line has no end, and its last cell may have been cut short"
        return reasons

    return refuse


def _drugs_of(file: PublishedFile, grid: Grid, header: int, columns: Sequence[int]) -> dict[int, str]:
    """The drug of each column; HeaderError where one is not known."""
    found: dict[int, str] = {}
    unknown = []
    for column in columns:
        drug = _BY_LETTERS.get(_letters(grid.cell(header, column)))
        if drug:
            found[column] = drug.name
        else:
            unknown.append(grid.text(header, column))
    if unknown:
        names = {drug.name: list(drug.letters) for drug in _DRUGS}
        raise HeaderError(file=file.name, row=header + 1, missing=[], unknown=unknown, known_names=names)
    return found


# --- by force, and over the years -----------------------------------------------------------------------------------


class _Wide:
    """A table with drugs across, and forces of one year or years of England and Wales down."""

    def __init__(self, file: PublishedFile, grid: Grid, header: int, contract: Contract) -> None:
        self.file, self.grid, self.header, self.contract = file, grid, header, contract
        texts = [normal(cell) for cell in grid.rows[header]]
        self.is_by_force = "police force" in texts
        self.label = texts.index("police force" if self.is_by_force else "year")
        self.columns = [column for column, text in enumerate(texts) if text and column != self.label]
        self.rows, self.doubtful = _rows_below(file, grid, header)
        self.drugs = self._drugs()
        self.kind = "seizures" if "All drugs" in self.drugs.values() else "quantities"
        missing = sorted(_NEEDED[self.kind] - set(self.drugs.values()))
        if missing:
            names = {drug.name: [drug.name] for drug in _DRUGS}
            raise HeaderError(file=file.name, row=header + 1, missing=missing, unknown=[], known_names=names)
        if self.doubtful and self._is_proved(*self.doubtful):
            self.doubtful = None

    def _is_proved(self, row: int, column: int) -> bool:
        """Whether a total of all drugs is whole: with a digit more it would be larger than all that it is of."""
        if self.drugs.get(column) != "All drugs":
            return False
        whole = {name: self._count(row, at) for at, name in self.drugs.items()}
        parts = [whole.get(name) for name in ("All class A", "All class B", "All class C", "Unknown")]
        known, total = [part for part in parts if part is not None], whole["All drugs"]
        return total is not None and len(known) == len(parts) and max(known) <= total <= sum(known) < 10 * total

    def _drugs(self) -> dict[int, str]:
        """The drug of each column. Where a total stands under a wrong heading, which of two columns of one heading it
        is, is told by the rows: a class's total is no smaller than any of its parts and no larger than their sum."""
        drugs = _drugs_of(self.file, self.grid, self.header, self.columns)
        twice = {name for name in drugs.values() if list(drugs.values()).count(name) > 1}
        lacking = {"All class B", "All class C"} - set(drugs.values())
        # The two slips that are known: [Total Class C] for that of class B, and [Other Class C] for that of class C.
        is_known = (twice, lacking) in (({"All class C"}, {"All class B"}), ({"Other class C"}, {"All class C"}))
        if not twice:
            return drugs
        if is_known:
            own, other = *twice, *lacking
            pair = [column for column, name in drugs.items() if name == own]
            fitting = [
                drugs | dict(zip(order, (own, other), strict=True))
                for order in itertools.permutations(pair)
                if len(pair) == 2 and self._adds_up(drugs | dict(zip(order, (own, other), strict=True)))
            ]
            if len(fitting) == 1:
                return fitting[0]
        raise LayoutError(
            "two columns have the same heading, and the rows do not tell which is which",
            file=self.file.name,
            row=self.header + 1,
            expected="each drug once",
            found=", ".join(f"[{self.grid.text(self.header, c)}]" for c in self.columns if drugs[c] in twice),
        )

    def _adds_up(self, drugs: Mapping[int, str]) -> bool:
        columns = {name: column for column, name in drugs.items()}
        for row, drug_class in itertools.product(self.rows, "BC"):
            parts = [self._count(row, c) for name, c in columns.items() if self._is_part(name, drug_class, columns)]
            total = self._count(row, columns[f"All class {drug_class}"])
            known = [part for part in parts if part is not None]
            if total is not None and known and len(known) == len(parts) and not max(known) <= total <= sum(known):
                return False
        return True

    @staticmethod
    def _is_part(name: str, drug_class: str, columns: Mapping[str, int]) -> bool:
        drug = _BY_NAME[name]
        return not drug.is_total and (_class_of(name, columns) == drug_class)

    def _count(self, row: int, column: int) -> float | None:
        value = self.contract.tables["seizure"].columns["value"]
        try:
            return figure(self.grid.cell(row, column), self.contract, value).value
        except UnreadableCellError:
            return None

    def figures(self) -> Figures:
        name = "seizure" if self.kind == "seizures" else "quantity"
        labels, problems = self._forces() if self.is_by_force else self._years()
        drugs = [self.drugs[column] for column in self.columns]
        by_column: dict[str, Sequence[object]] = {"drug": drugs}
        if name == "seizure":
            has_kinds = "Herbal cannabis" in drugs
            by_column["drug_class"] = [_class_of(drug, set(drugs)) for drug in drugs]
            by_column["is_total"] = [
                _BY_NAME[drug].is_total or (drug == "All cannabis" and has_kinds) for drug in drugs
            ]
        else:
            by_column["unit"] = [self._unit(column) for column in self.columns]
        read = WideTable(
            self.grid, self.rows, self.columns, by_row=labels, by_column=by_column, problems=problems
        ).figures(name, self.contract, refuse=_refuse_doubtful(self.doubtful))
        refuse_repeated(read.frame, self.contract.tables[name].grain, file=self.file.name)
        return read

    def _forces(self) -> tuple[dict[str, Sequence[object]], list[str | None]]:
        year = _year_of_file(self.file)
        names = [self.grid.text(row, self.label) for row in self.rows]
        codes, problems = list[str | None](), list[str | None]()
        for name in names:
            code, problem = None, None
            if normal(name) not in _NOT_AREAS:
                try:
                    code = register("police_force").resolve(name, on=year.end)
                except UnknownNameError as error:
                    problem = str(error)
            codes.append(code)
            problems.append(problem)
        levels = [_NOT_AREAS.get(normal(name), "police_force_area") for name in names]
        years = _of_periods([year] * len(names))
        return {"area_code": codes, "area_name": names, "area_level": levels, **years}, problems

    def _years(self) -> tuple[dict[str, Sequence[object]], list[str | None]]:
        years, problems = list[Period | None](), list[str | None]()
        for row in self.rows:
            year, problem = None, None
            try:
                year = _year(self.grid.text(row, self.label))
            except ValueError as error:
                problem = str(error)
            years.append(year)
            problems.append(problem)
        count = len(self.rows)
        area = {
            "area_code": [_ENGLAND_AND_WALES] * count,
            "area_name": ["England and Wales"] * count,
            "area_level": ["england_and_wales"] * count,
        }
        return {**area, **_of_periods(years)}, problems

    def _unit(self, column: int) -> str:
        drug = _BY_NAME[self.drugs[column]]
        if drug.unit is None:
            raise LayoutError(
                "there is no quantity of this in the tables of quantities that are known",
                file=self.file.name,
                row=self.header + 1,
                found=f"[{self.grid.text(self.header, column)}]",
            )
        if drug.unit != _PLANTS:
            return _KILOGRAMS if drug.unit == _KILOGRAMS else "thousand doses"
        most = max((self._count(row, column) or 0 for row in self.rows), default=0)
        if _THOUSANDS_BELOW <= most < _PLANTS_FROM:
            raise LayoutError(
                "cannabis plants are in plants or in thousands of them, and their number does not tell which",
                file=self.file.name,
                row=self.header + 1,
                expected=f"some row of less than {_THOUSANDS_BELOW:,} at most, or of {_PLANTS_FROM:,} at least",
                found=f"{most:,} at most",
            )
        return _PLANTS if most >= _PLANTS_FROM else "thousand plants"


def _class_of(name: str, columns: Mapping[str, int] | set[str]) -> str | None:
    """The class that a table counts a drug in: ketamine in B since mephedrone was listed, in C before."""
    if name == "Ketamine":
        return "B" if "Mephedrone (non-injection)" in columns else "C"
    return _BY_NAME[name].drug_class


# --- Border Force alone ---------------------------------------------------------------------------------------------


def _border_force(file: PublishedFile, grid: Grid, header: int, contract: Contract) -> Figures:
    texts = [normal(cell) for cell in grid.rows[header]]
    at = {name: texts.index(name) for name in ("year_ending", "drug", "seizures")}
    rows, doubtful = _rows_below(file, grid, header)
    drugs, years, problems = list[_Drug | None](), list[Period | None](), list[str | None]()
    for row in rows:
        drug, year, problem = _BY_LETTERS.get(_letters(grid.cell(row, at["drug"]))), None, None
        try:
            year = _year(grid.text(row, at["year_ending"]))
        except ValueError as error:
            problem = str(error)
        if drug is None:
            problem = f"[{grid.text(row, at['drug'])}] is not a drug that is known"
        drugs.append(drug)
        years.append(year)
        problems.append(problem)
    by_row: dict[str, Sequence[object]] = {
        "drug": [drug and drug.name for drug in drugs],
        "drug_class": [drug and drug.drug_class for drug in drugs],
        # The kinds of cannabis stand beside their total here.
        "is_total": [bool(drug and (drug.is_total or drug.name == "All cannabis")) for drug in drugs],
        **_of_periods(years),
    }
    same: dict[str, Any] = {"area_code": None, "area_name": "Border Force", "area_level": "border_force"}
    read = WideTable(grid, rows, [at["seizures"]], by_row=by_row, same=same, problems=problems).figures(
        "seizure", contract, refuse=_refuse_doubtful(doubtful)
    )
    refuse_repeated(read.frame, contract.tables["seizure"].grain, file=file.name)
    return read


# --- by size --------------------------------------------------------------------------------------------------------


class _Sizes:
    """A table with drugs across, and class, seizures, bands of sizes, quantity and average down, first of kilograms
    and then of doses; each drug has one of the two."""

    def __init__(self, file: PublishedFile, grid: Grid, header: int, contract: Contract) -> None:
        self.file, self.grid, self.contract = file, grid, contract
        self.year = _year_of_file(file)
        self.rows, self.doubtful = _rows_below(file, grid, header)
        self.label = 0
        columns = [column for column in range(1, len(grid.rows[header])) if grid.text(header, column)]
        self.drugs = _drugs_of(file, grid, header, columns)
        self.at = self._labelled(header)
        self.classes = {column: self._class(column) for column in columns}

    def _error(self, problem: str, row: int, *, found: str, expected: str | None = None) -> LayoutError:
        return LayoutError(problem, file=self.file.name, row=row + 1, expected=expected, found=found)

    def _labelled(self, header: int) -> dict[str, int]:
        """The row of each label but those of bands."""
        found: dict[str, int] = {}
        for row in self.rows:
            text = normal(self.grid.text(row, self.label))
            if _BAND.fullmatch(text):
                continue
            if text in found:
                raise self._error("a row is there twice", row, found=f"[{text}]")
            found[text] = row
        wanted = {"class", "seizures", "total kg", "average kg", "total doses", "average doses"}
        if set(found) != wanted:
            odd = sorted(set(found) ^ wanted)
            expected = "each of " + ", ".join(f"[{text}]" for text in sorted(wanted))
            raise self._error("its rows are not those of a table by size", header, found=f"{odd}", expected=expected)
        return found

    def _class(self, column: int) -> str:
        text = self.grid.text(self.at["class"], column).upper()
        if text not in {"A", "B", "C"}:
            raise self._error("a drug has no class", self.at["class"], found=f"[{text}]", expected="A, B or C")
        return text

    def _is_of(self, column: int, words: str) -> bool:
        """Whether a drug is measured in the unit of the rows called by these words."""
        return (_BY_NAME[self.drugs[column]].unit == _KILOGRAMS) == (words == "kg")

    def figures(self) -> Figures:
        parts = [self._part(list(self.drugs), "seizures", "seizures", [self.at["seizures"]])]
        for words in ("kg", "doses"):
            columns = [column for column in self.drugs if self._is_of(column, words)]
            bands = [row for row in self.rows if self._unit_of_band(row) == words]
            total, average = self.at[f"total {words}"], self.at[f"average {words}"]
            self._refuse_others(words, [*bands, total, average])
            parts.append(self._part(columns, "seizures_of_size", "seizures", bands))
            by_units: dict[tuple[str, str, str | None], list[int]] = {}
            for column in columns:
                by_units.setdefault(self._units(column, total, average), []).append(column)
            for (unit, unit_of_average, problem), of_units in by_units.items():
                parts.append(self._part(of_units, "quantity", unit, [total], problem))
                parts.append(self._part(of_units, "average_quantity", unit_of_average, [average], problem))
        frame = long.stacked([part.frame for part in parts])
        refuse_repeated(frame, self.contract.tables["seizure_size"].grain, file=self.file.name)
        quarantined = [one for part in parts for one in part.quarantined]
        return Figures("seizure_size", frame, sum(part.rows_in for part in parts), quarantined)

    def _unit_of_band(self, row: int) -> str | None:
        text = normal(self.grid.text(row, self.label))
        if not _BAND.fullmatch(text):
            return None
        return "doses" if "doses" in text else "kg"

    def _refuse_others(self, words: str, rows: Sequence[int]) -> None:
        for row, column in itertools.product(rows, self.drugs):
            if not self._is_of(column, words) and self.grid.text(row, column):
                raise self._error(
                    f"[{self.drugs[column]}] has a figure among the sizes of another unit",
                    row,
                    found=f"[{self.grid.text(row, column)}] in [{self.grid.text(row, self.label)}]",
                    expected="a blank cell",
                )

    def _part(
        self, columns: Sequence[int], measure: str, unit: str, rows: Sequence[int], problem: str | None = None
    ) -> Figures:
        labels = [re.sub(r"\s+", " ", self.grid.text(row, self.label)) for row in rows]
        count = len(rows)
        return WideTable(
            self.grid,
            rows,
            columns,
            by_row={
                "size_band": labels if measure == "seizures_of_size" else [None] * count,
                **_of_periods([self.year] * count),
            },
            by_column={
                "drug": [self.drugs[column] for column in columns],
                "drug_class": [self.classes[column] for column in columns],
            },
            same={
                "area_code": _ENGLAND_AND_WALES,
                "area_name": "England and Wales",
                "measure": measure,
                "unit": unit,
            },
            problems=[problem] * count,
        ).figures("seizure_size", self.contract, refuse=_refuse_doubtful(self.doubtful))

    def _units(self, column: int, total_row: int, average_row: int) -> tuple[str, str, str | None]:
        """What a drug's quantity and its average are in, or why neither can be landed.

        The average is the quantity by the seizures: in grams of kilograms, in doses (or plants) of thousands of them,
        or of plants themselves, whichever agrees within the rounding of the two.
        """
        drug = _BY_NAME[self.drugs[column]]
        thousand, single = {
            _KILOGRAMS: (_KILOGRAMS, "grams"),
            _DOSES: ("thousand doses", "doses"),
            _PLANTS: ("thousand plants", "plants"),
        }[drug.unit or _DOSES]
        total, average = self._figure(total_row, column), self._figure(average_row, column)
        seizures = self._figure(self.at["seizures"], column)
        if total is None or average is None or not seizures:
            unknown = f"the unit of {drug.name} cannot be told without its quantity, its average and its seizures"
            return thousand, single, unknown if drug.unit == _PLANTS and (total or average) else None
        units = [(thousand, 1000)] + ([(single, 1)] if drug.unit == _PLANTS else [])
        slack, slack_of_average = (self._rounding(row, column) for row in (total_row, average_row))
        for unit, times in units:
            least, most = ((total + by) * times / seizures for by in (-slack, slack))
            if least - slack_of_average <= average <= most + slack_of_average:
                return unit, single, None
        return (
            thousand,
            single,
            f"the quantity {total:g} of {seizures:g} seizures contradicts their average {average:g}",
        )

    def _figure(self, row: int, column: int) -> float | None:
        value = self.contract.tables["seizure_size"].columns["value"]
        try:
            return figure(self.grid.cell(row, column), self.contract, value).value
        except UnreadableCellError:
            return None

    def _rounding(self, row: int, column: int) -> float:
        """Half of the last digit that a cell shows."""
        _, _, decimals = self.grid.text(row, column).partition(".")
        return 0.5 * 10 ** -len(decimals) + 1e-9


__all__ = ["read"]
