"""Reads the children's social care downloads of Explore Education Statistics: wide columns of figures as rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import HeaderError, LayoutError, ReadError
from sources.reading import Figures, PublishedFile, Quarantined, delimited, headers, markers
from sources.reading.grid import Grid, is_blank
from sources.reading.headers import letter, normal

_TABLE = "figure"
_YEAR = r"(?:19|20)\d{2}"
_CODE = r"[EW]\d{8}"
_REPORTING_YEAR = "Reporting year"
#: The columns of an area's code and name at each of the publisher's levels, and what the level is here.
_LEVELS = {
    "National": ("country", "country_code", "country_name"),
    "Regional": ("region", "region_code", "region_name"),
    "Local authority": ("upper_tier_local_authority", "la_code", "la_name"),
}
_SUB_REGION = "E13"
_AVERAGE = "SDQ average score"
#: Numbers of England and its regions are rounded to this.
_ROUNDED_TO = 10

_FACTORS = (
    *(
        f"{factor}_{whose}"
        for factor in (
            "Alcohol_Misuse",
            "Drug_Misuse",
            "Domestic_Abuse",
            "Mental_Health",
            "Learning_Disability",
            "Physical_Disability",
        )
        for whose in ("child", "parent", "person")
    ),
    *("Young_Carer", "Privately_fostered", "Unaccompanied_asylum_seeker", "Going_missing"),
    *("Child_sexual_exploitation", "Trafficking", "Gangs", "Socially_unacceptable_behaviour", "Self_harm"),
    *("Neglect", "Emotional_Abuse"),
    *(
        f"{kind}_Abuse_{by}"
        for kind in ("Physical", "Sexual")
        for by in ("unknown", "child_on_child", "adult_on_child")
    ),
    *("Female_Genital_Mutilation", "Faith_linked_abuse", "Child_criminal_exploitation", "Other"),
)
#: Factors that came after the first release of their data set.
_LATER_FACTORS = {
    *(f"{kind}_Abuse_{by}" for kind in ("Physical", "Sexual") for by in ("child_on_child", "adult_on_child")),
    "Child_criminal_exploitation",
}


@dataclass(frozen=True)
class _Dataset:
    """A data set: its columns of figures with the unit of each, and words that one of its breakdowns holds."""

    name: str
    units: Mapping[str, str]
    says: str | None = None
    optional: frozenset[str] = field(default_factory=frozenset)

    def fits(self, columns: set[str]) -> bool:
        known = {normal(name) for name in self.units}
        return columns <= known and known - {normal(name) for name in self.optional} <= columns


_OUTCOMES = "Convicted or subject to youth cautions"
_DATASETS = (
    _Dataset(
        "children_in_need",
        {
            **{f"{when}_{what}": unit for when in ("Anypoint", "Started", "Ended") for what, unit in (
                ("episodes", "episodes"), ("child", "children"),
            )},
            "At31_episodes": "episodes",
            "awaiting_assessment": "episodes",
        },
    ),
    _Dataset(
        "assessment_factors",
        {"Episodes_with_assessment_factor": "episodes", **dict.fromkeys(_FACTORS, "episodes")},
        optional=frozenset(_LATER_FACTORS),
    ),
    _Dataset(
        "looked_after",
        {"population_estimate": "children", "children_count": "children", "rate_per_10000": "per 10 000 children"},
    ),
    _Dataset(
        "care_leaver_accommodation",
        {"care_leaver_count": "care leavers", "care_leaver_percent": "per cent"},
        says="Accommodation considered suitable",
    ),
    _Dataset("looked_after_outcomes", {"children_count": "children", "children_percent": "per cent"}, says=_OUTCOMES),
    _Dataset("looked_after_outcomes", {"number": "children", "percentage": "per cent"}, says=_OUTCOMES),
)  # fmt: skip
_SAME_INDICATOR = {"number": "children_count", "percentage": "children_percent"}


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """One table, a row a figure.

    Raises HeaderError for a header of none of the data sets, LayoutError for a file of the same columns about
    something else, and ReadError where the file ends in the middle of a record.
    """
    grid = delimited.grid(file)
    header_row, found = _find_header(grid, contract)
    dataset, columns = _dataset(grid, header_row, found)
    rows = delimited.rows_below(file, grid, header_row)
    records = pd.DataFrame([grid.rows[row] for row in rows], index=rows, dtype=object)
    if dataset.says and not any(dataset.says in text for text in records[found.index["breakdown"]].unique()):
        raise LayoutError(
            "the columns are those of a data set that the file is not of",
            file=file.name,
            row=header_row + 1,
            expected=f"[{dataset.says}] among the breakdowns, as in {dataset.name}",
            found=", ".join(f"[{text}]" for text in records[found.index["breakdown"]].unique()[:5]),
        )
    named = pd.DataFrame({name: records[index] for name, index in found.index.items()})
    described = _described(named, dataset)
    problems = _problems(named)
    yield _figures(_Body(grid, header_row, records, described, problems), dataset, columns, contract, notes=found.notes)


def _find_header(grid: Grid, contract: Contract) -> tuple[int, headers.Match]:
    """The first line that is not blank, with the columns that say when, where and of whom."""
    row = next((row for row in range(len(grid)) if not grid.is_blank_row(row)), None)
    if row is None:
        raise ReadError("the file is empty", file=grid.file, expected="a header line")
    return row, headers.require(
        grid.rows[row], contract.tables[_TABLE], file=grid.file, row=row + 1, allow_unknown=True
    )


def _dataset(grid: Grid, header_row: int, found: headers.Match) -> tuple[_Dataset, dict[str, int]]:
    """The data set that the remaining columns are of, and where each column of figures is, by its known name."""
    taken = set(found.index.values())
    left = {
        index: grid.text(header_row, index)
        for index in range(len(grid.rows[header_row]))
        if index not in taken and not _is_empty(grid, header_row, index)
    }
    names = [normal(text) for text in left.values()]
    for dataset in _DATASETS:
        if dataset.fits(set(names)) and len(set(names)) == len(names):
            if dataset.says and "breakdown" not in found.index:
                continue
            known = {normal(name): name for name in dataset.units}
            return dataset, {known[normal(text)]: index for index, text in left.items()}
    nearest = max(_DATASETS, key=lambda dataset: len({normal(name) for name in dataset.units} & set(names)))
    known = {normal(name) for name in nearest.units}
    raise HeaderError(
        file=grid.file,
        row=header_row + 1,
        missing=[name for name in nearest.units if normal(name) not in names and name not in nearest.optional],
        unknown=[text or "(no header)" for text in left.values() if normal(text) not in known]
        + [f"{text} (twice)" for text in left.values() if names.count(normal(text)) > 1],
        known_names={},
    )


def _is_empty(grid: Grid, header_row: int, column: int) -> bool:
    """Whether a column has neither a header nor a cell."""
    return all(is_blank(grid.cell(row, column)) for row in range(header_row, len(grid)))


def _described(named: pd.DataFrame, dataset: _Dataset) -> pd.DataFrame:
    """What every figure of a record shares: when, where, of whom."""
    named = pd.DataFrame({name: column.str.strip() for name, column in named.items()})
    level = named["area_level"]
    out = pd.DataFrame(index=named.index)
    out["dataset"] = dataset.name
    out["time_period"], out["time_identifier"] = named["time_period"], named["time_identifier"]
    years = named["time_period"].where(named["time_period"].str.fullmatch(_YEAR))
    ends = {year: date(int(year), 3, 31) for year in years.dropna().unique()}
    out["period_end"] = years.map(ends.get)
    out["period_start"] = years.map({year: date(end.year - 1, 4, 1) for year, end in ends.items()}.get)
    for name, part in (("area_code", 1), ("area_name", 2)):
        out[name] = np.select([level == words for words in _LEVELS], [named[of[part]] for of in _LEVELS.values()], "")
    out["area_level"] = level.map({words: of[0] for words, of in _LEVELS.items()}.get)
    is_part = (out["area_level"] == "region") & out["area_code"].str.startswith(_SUB_REGION)
    out.loc[is_part, "area_level"] = "sub_region"
    for name in ("country_code", "country_name", "region_code", "region_name", "la_number", "la_code", "la_name"):
        out[name] = named[name].where(named[name] != "", None)
    out["population_group"] = named["population_group"]
    out["breakdown"] = named.get("breakdown")
    out["is_total"] = named["breakdown"].str.contains(r"\btotal\b", case=False) if "breakdown" in named else False
    return out


def _problems(named: pd.DataFrame) -> pd.Series:
    """Why a record cannot be landed; null where it can."""
    reasons = pd.Series(None, index=named.index, dtype=object)
    level = named["area_level"].str.strip()
    code = np.select([level == words for words in _LEVELS], [named[of[1]].str.strip() for of in _LEVELS.values()], "")
    for is_wrong, reason in (
        (~pd.Series(code, named.index).str.fullmatch(_CODE), "the area's code has not the form of one"),
        (~level.isin(list(_LEVELS)), "the geographic level is none that is known: " + ", ".join(_LEVELS)),
        (named["time_identifier"].str.strip() != _REPORTING_YEAR, f"the time identifier is not [{_REPORTING_YEAR}]"),
        (~named["time_period"].str.strip().str.fullmatch(_YEAR), "the time period is not a year"),
    ):
        reasons[is_wrong] = reason
    return reasons


@dataclass(frozen=True)
class _Body:
    """The records of a file, what describes each, and what is wrong with it."""

    grid: Grid
    header_row: int
    records: pd.DataFrame
    described: pd.DataFrame
    problems: pd.Series


def _figures(
    body: _Body, dataset: _Dataset, columns: Mapping[str, int], contract: Contract, *, notes: tuple[str, ...]
) -> Figures:
    """Records and columns of figures as one row a figure, in the file's order."""
    cells = body.records[list(columns.values())].to_numpy(dtype=object)
    down, across = cells.shape
    row_of, column_of = np.repeat(np.arange(down), across), np.tile(np.arange(across), down)
    read = markers.figures(cells.ravel(), contract, contract.tables[_TABLE].columns["value"])
    shared = {
        name: pd.Categorical(column).take(row_of) for name, column in body.described.items() if name != "is_total"
    }
    frame = pd.DataFrame(shared)
    frame["is_total"] = body.described["is_total"].to_numpy()[row_of]
    names = [_SAME_INDICATOR.get(name, name) for name in columns]
    frame["indicator"] = np.array(names, dtype=object)[column_of]
    frame["unit"] = np.array([dataset.units[name] for name in columns], dtype=object)[column_of]
    is_average = ((frame["breakdown"] == _AVERAGE) & (frame["indicator"] == "children_count")).to_numpy()
    frame.loc[is_average, ["indicator", "unit"]] = ["children_average_score", "score"]
    on_the_day = (
        (frame["indicator"] == "At31_episodes")
        | frame["population_group"].astype(str).str.contains("on 31 March", regex=False)
        | (frame["indicator"] == "awaiting_assessment")
    )
    frame["period_type"] = np.where(on_the_day, "point_in_time", "financial_year")
    frame["period_start"] = frame["period_start"].astype(object).where(~on_the_day, frame["period_end"].astype(object))
    frame["value"] = read["value"].to_numpy()
    status = read["status"].astype(object)
    is_whole_area = frame["area_level"].isin(["country", "region", "sub_region"])
    is_number = frame["unit"].isin(["children", "episodes", "care leavers"]) & (
        frame["indicator"] != "population_estimate"
    )
    is_rounded = is_whole_area & is_number & (frame["value"] % _ROUNDED_TO == 0) & (status == "observed")
    frame["status"] = status.where(~is_rounded, "rounded")
    rows = body.records.index.to_numpy() + 1
    letters = np.array([letter(index) for index in columns.values()], dtype=object)
    frame["source_sheet"] = None
    frame["source_row"] = rows[row_of]
    frame["source_column"] = letters[column_of]
    of_record = body.problems.to_numpy(dtype=object)[row_of]
    reasons = np.where(pd.isna(of_record), read["problem"].astype(object).to_numpy(), of_record)
    is_rejected = ~pd.isna(reasons)
    quarantined = [
        Quarantined(
            reason=str(reasons[place]),
            cell=str(cells[place // across, place % across]),
            row=int(rows[place // across]),
            column=str(letters[place % across]),
        )
        for place in map(int, np.flatnonzero(is_rejected))
    ]
    landed = pd.DataFrame(frame[~is_rejected]) if quarantined else frame
    return Figures(_TABLE, landed, rows_in=cells.size, quarantined=quarantined, notes=list(notes))
