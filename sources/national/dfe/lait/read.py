"""Reads the store of the Local Authority Interactive Tool (Parquet, or an extract of it in CSV) and its dictionary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import ReadError
from sources.places.names import UnknownNameError, register
from sources.reading import Figures, PublishedFile, Quarantined, delimited, headers, markers
from sources.reading.grid import Grid
from sources.reading.headers import letter, normal

_FIGURE, _MEASURE = "figure", "measure"
_PLACES = "dfe_local_authority"
_LEVELS = {"E92": "country", "E12": "region", "E13": "sub_region"}
_AUTHORITY = "upper_tier_local_authority"
_ENGLAND, _REGIONS = 970, (980, 981, 982, 983, 984, 985, 986, 989, 990)
_LABEL = re.compile(
    r"(?P<first>\d{4})(?:[-/](?P<to>\d{2}))?(?:-(?P<last>\d{2})/(?P<last_to>\d{2}))?"
    r"(?: \((?P<stage>OT|prov|rev|final)\))?",
    re.IGNORECASE,
)
_STAGES = {"ot": "outturn", "prov": "provisional", "rev": "revised", "final": "final"}
#: What kind of year a bare year or pair of years is, for the measures of which the dictionary and the first
#: publication leave no doubt. Of the others the label is all that is known.
_YEAR_KINDS = {
    "FirstYJS": "calendar_year",
    "RTA": "calendar_year",
    "YJS_Caution-Sentence10-17_YO": "financial_year",
    "Hosp_Adm_Alc_<18yrs": "financial_year",
    **dict.fromkeys(
        ["LAC_Convictions", "LACHealth%", "LACVaccinations%", "LACDental%", "LACSubstance", "Emotional_LAC"],
        "financial_year",
    ),
}
#: Rates, of which England's has to lie between those of the regions: the store has had their sum there.
_RATES = ("FirstYJS",)
_SCIENTIFIC = re.compile(r"-?\d+(?:\.\d+)?E[-+]?\d+", re.IGNORECASE)
_NONE = "NA"
#: Day 0 of a spreadsheet's day numbers.
_DAY_ZERO = date(1899, 12, 30)


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The store's figures, or the dictionary's measures: one table a file.

    Raises HeaderError for other columns, and ReadError for a file that is cut short or where an area's number goes
    by two names.
    """
    if Path(file.name).suffix.lower() == ".parquet":
        cells = _parquet(file)
        yield _figures(cells, list(map(str, cells.columns)), file, contract, is_extract=False)
        return
    grid = delimited.grid(file)
    if not len(grid):
        raise ReadError("the file is empty", file=file.name, expected="a header line")
    rows = delimited.rows_below(file, grid, 0)
    if normal("Measure_short") in {normal(cell) for cell in grid.rows[0]}:
        yield _measures(grid, rows, contract)
    else:
        cells = pd.DataFrame([grid.rows[row] for row in rows], index=rows, dtype=object)
        yield _figures(cells, [headers.text_of(cell) for cell in grid.rows[0]], file, contract, is_extract=True)


def _parquet(file: PublishedFile) -> pd.DataFrame:
    try:
        return pd.read_parquet(file.path, engine="pyarrow").reset_index(drop=True)
    except (OSError, ValueError) as error:  # pyarrow's errors are of these two kinds
        raise ReadError(
            "not a Parquet file that can be opened",
            file=file.name,
            found=str(error).splitlines()[0],
            advice="The file may be cut short or be an error page saved under its name",
        ) from error


@dataclass(frozen=True)
class _Distinct:
    """A column as a code for each row and the text of each code."""

    codes: np.ndarray
    texts: list[str]

    @staticmethod
    def of(column: pd.Series) -> _Distinct:
        codes, found = pd.factorize(column, use_na_sentinel=False)
        return _Distinct(codes, [headers.text_of(text) for text in list(found)])

    def take(self, values: Sequence[object]) -> pd.Categorical:
        """A value for each distinct text, as a value for each row."""
        return pd.Categorical(values).take(self.codes)

    def texts_or_null(self) -> pd.Categorical:
        return self.take([text if text not in {"", _NONE} else None for text in self.texts])


def _figures(
    cells: pd.DataFrame, header: list[str], file: PublishedFile, contract: Contract, *, is_extract: bool
) -> Figures:
    table = contract.tables[_FIGURE]
    found = headers.require(header, table, file=file.name, row=1)
    # The rows as a spreadsheet would count them, a Parquet's header being its first.
    rows = cells.index.to_numpy() + (1 if is_extract else 2)
    column = {name: _Distinct.of(cells.iloc[:, index]) for name, index in found.index.items()}
    _require_one_name_each(column["la_number"], column["area_name"], file)
    labels = [_Label.of(text) for text in column["time_label"].texts]
    label_of, number_of = column["time_label"].codes, column["la_number"].codes
    # A CSV made of the store has its numbers as 301.0.
    texts = [text.removesuffix(".0") for text in column["la_number"].texts]
    numbers = [int(text) if text.isdecimal() else None for text in texts]
    frame = pd.DataFrame(
        {name: column[name].texts_or_null() for name in ("measure_code", "measure_name", "time_label", "area_name")}
    )
    frame["region_name"] = column["region_name"].texts_or_null()
    frame["la_number"] = pd.array(numbers, dtype="Int64").take(number_of)
    frame["stage"] = column["time_label"].take([label.stage if label else None for label in labels])
    years = np.array([label.last_year if label else 0 for label in labels])
    frame["last_year"] = years[label_of]
    _add_periods(frame, labels, column)
    problems = _add_areas(frame, numbers, years, column)
    frame["is_extract"] = is_extract
    figures = markers.figures(_plain_numbers(column["value"].texts), contract, table.columns["value"])
    value_of = column["value"].codes
    frame["value"] = figures["value"].to_numpy()[value_of]
    status = figures["status"].astype(object).to_numpy()[value_of]
    stage = frame["stage"].astype(object)
    is_staged = (status == "observed") & stage.isin(["provisional", "revised"])
    frame["status"] = pd.Categorical(np.where(is_staged, stage, status))
    for reason, is_wrong in (
        ("the label is no year", np.array([label is None for label in labels])[label_of]),
        ("it has no measure", frame["measure_code"].isna().to_numpy()),
    ):
        problems[is_wrong] = reason
    unread = figures["problem"].astype(object).to_numpy()[value_of]
    problems = np.where(pd.isna(problems), unread, problems)
    is_sum = _is_sum_of_rates(frame)
    problems[is_sum] = "a rate of England that lies outside the rates of its regions: it is their sum"
    frame["source_sheet"] = None
    frame["source_row"] = rows
    frame["source_column"] = letter(found.index["value"])
    is_rejected = ~pd.isna(problems)
    texts = column["value"].texts
    quarantined = [
        Quarantined(str(problems[row]), texts[value_of[row]], row=int(rows[row]), column=letter(found.index["value"]))
        for row in np.flatnonzero(is_rejected)
    ]
    landed = pd.DataFrame(frame[~is_rejected]) if quarantined else frame
    return Figures(_FIGURE, landed, rows_in=len(cells), quarantined=quarantined, notes=list(found.notes))


def _require_one_name_each(numbers: _Distinct, names: _Distinct, file: PublishedFile) -> None:
    pairs = pd.DataFrame({"number": numbers.codes, "name": names.codes}).drop_duplicates()
    for one, other, of, to in (("number", "name", numbers, names), ("name", "number", names, numbers)):
        twice = pd.DataFrame(pairs[pairs.duplicated(one, keep=False)])
        if len(twice):
            first = pd.DataFrame(twice[twice[one] == twice[one].iloc[0]])
            raise ReadError(
                f"an area's {one} has more than one {other}",
                file=file.name,
                expected=f"one {other} for [{of.texts[int(first[one].iloc[0])]}]",
                found=", ".join(f"[{to.texts[int(code)]}]" for code in first[other]),
            )


@dataclass(frozen=True)
class _Label:
    """What a label of time says: its first and last year, whether it is of years that run over two, and its stage."""

    first_year: int
    last_year: int
    runs_over: bool
    stage: str | None

    @staticmethod
    def of(text: str) -> _Label | None:
        """None where the label is no year, or its years do not follow each other."""
        found = _LABEL.fullmatch(text.strip())
        if not found or not 1990 <= int(found["first"]) <= 2099:
            return None
        first = last = int(found["first"])
        runs_over = found["to"] is not None
        if found["to"] is not None:
            last = first - first % 100 + int(found["to"])
        if found["last_to"] is not None:
            if last != first + 1 or int(found["last_to"]) != int(found["last"]) + 1:
                return None
            last = first - first % 100 + int(found["last_to"])
        stage = _STAGES[found["stage"].lower()] if found["stage"] else None
        return _Label(first, last, runs_over, stage) if runs_over == (last > first) else None

    def period(self, kind: str | None) -> tuple[date, date, str] | None:
        """Its first and last day and type, for a kind of year; None where the label cannot be of that kind."""
        if kind == "calendar_year":
            length = self.last_year - self.first_year
            start, end = date(self.first_year, 1, 1), date(self.last_year, 12, 31)
            return start, end, "multi_year" if length else kind
        if kind == "financial_year":
            # A bare year is the one in which the financial year ends.
            start = date(self.first_year if self.runs_over else self.last_year - 1, 4, 1)
            end = date(self.last_year, 3, 31)
            return start, end, kind if end.year == start.year + 1 else "multi_year"
        return None


def _add_periods(frame: pd.DataFrame, labels: list[_Label | None], column: dict[str, _Distinct]) -> None:
    """Dates where the label or the measure says what kind of year it is, worked out once a measure and label."""
    count = len(labels)
    pair = column["measure_code"].codes * count + column["time_label"].codes
    codes, pairs = pd.factorize(pair)
    periods: list[tuple[date, date, str] | None] = []
    for one in pairs:
        measure, label = column["measure_code"].texts[int(one) // count], labels[int(one) % count]
        kind = "financial_year" if label and label.stage == "outturn" else _YEAR_KINDS.get(measure)
        periods.append(label.period(kind) if label else None)
    for place, name in enumerate(("period_start", "period_end")):
        days = np.array([one[place] if one else None for one in periods], dtype="datetime64[s]")
        frame[name] = days[codes]
    frame["period_type"] = pd.Categorical([one[2] if one else None for one in periods]).take(codes)


def _add_areas(
    frame: pd.DataFrame, numbers: list[int | None], years: np.ndarray, column: dict[str, _Distinct]
) -> np.ndarray:
    """Code and level of each area, worked out once a number and year; returns why a row has none, null where it has."""
    known = register(_PLACES)
    pair = column["la_number"].codes * 10_000 + frame["last_year"].to_numpy()
    codes, pairs = pd.factorize(pair)
    found: list[tuple[str | None, str | None, str | None]] = []
    for one in pairs:
        number, year = numbers[int(one) // 10_000], int(one) % 10_000
        try:
            code = known.resolve(str(number), on=date(year, 3, 31) if year else None)
        except UnknownNameError as error:
            found.append((None, None, str(error)))
        else:
            found.append((code, _LEVELS.get(code[:3], _AUTHORITY), None))
    frame["area_code"] = pd.Categorical([one[0] for one in found]).take(codes)
    frame["area_level"] = pd.Categorical([one[1] for one in found]).take(codes)
    return np.array([one[2] for one in found], dtype=object)[codes]


def _plain_numbers(texts: list[str]) -> list[str | float]:
    """Cells as published, but numbers such as ``4.798E-2`` as numbers, which no marker looks like."""
    return [float(text) if _SCIENTIFIC.fullmatch(text) else text for text in texts]


def _is_sum_of_rates(frame: pd.DataFrame) -> np.ndarray:
    """England's figures of rates that lie outside those of the regions, as no rate of the whole can."""
    is_wrong = np.zeros(len(frame), dtype=bool)
    is_of_rates = frame["measure_code"].isin(_RATES) & frame["la_number"].isin([_ENGLAND, *_REGIONS])
    of_rates = pd.DataFrame(frame[is_of_rates])
    for _, rows in of_rates.groupby(["measure_code", "time_label"], observed=True):
        is_region = rows["la_number"].isin(_REGIONS)
        regions, england = rows["value"][is_region], pd.DataFrame(rows[~is_region])
        outside = england[(england["value"] > regions.max()) | (england["value"] < regions.min())]
        is_wrong[outside.index] = True
    return is_wrong


def _measures(grid: Grid, records: Sequence[int], contract: Contract) -> Figures:
    """The dictionary, a row a measure and topic."""
    table = contract.tables[_MEASURE]
    found = headers.require(grid.rows[0], table, file=grid.file, row=1)
    rows = []
    for record in records:
        cells = {name: _text(grid.rows[record][index]) for name, index in found.index.items()}
        rows.append(
            {
                **cells,
                "last_updated_on": _day(cells["last_update"]),
                "next_update_on": _day(cells["next_update"]),
                "source_sheet": None,
                "source_row": record + 1,
                "source_column": None,
            }
        )
    quarantined = []
    for row in rows:
        places = row["decimal_places"]
        if not (row["measure_code"] and row["topic"] and row["measure_name"]):
            reason = "it has no short name, topic or name"
            quarantined.append(Quarantined(reason, row["measure_number"], row=row["source_row"]))
        elif places and not re.fullmatch(r"\d{1,2}(\.0)?", places):
            reason, column = f"[{places}] is no number of decimal places", letter(found.index["decimal_places"])
            quarantined.append(Quarantined(reason, places, row=row["source_row"], column=column))
    left_out = {row.row for row in quarantined}
    frame = pd.DataFrame([row for row in rows if row["source_row"] not in left_out])
    return Figures(_MEASURE, frame, rows_in=len(records), quarantined=quarantined, notes=list(found.notes))


def _text(cell: object) -> str | None:
    """A cell without the doubled line ends that the dictionary has in quotes; null for R's ``NA``."""
    text = re.sub(r"[ \t]*\n\s*", "\n", str(cell)).strip()
    return text if text not in {"", _NONE} else None


def _day(text: str | None) -> date | None:
    """The day of a spreadsheet's day number; null for a word."""
    return _DAY_ZERO + timedelta(days=int(text)) if text and re.fullmatch(r"\d{5}", text) else None
