"""The tables of facts of studies say what the registers that they were compiled in say, figure by figure."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds" / "evidence"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _verified(row: dict[str, str]) -> str:
    return {"yes": "true", "no": "false"}[row["verified"]]


@pytest.fixture(scope="module")
def registers(shared: Path) -> Path:
    return shared / "registers"


def test_every_study_is_there_and_verified_where_the_register_says_so(registers: Path) -> None:
    ours = {row["study_id"]: row for row in _rows(SEEDS / "study_register.csv")}
    theirs = {row["study_id"]: row for row in _rows(registers / "studies.csv")}
    assert ours.keys() == theirs.keys()
    same = ("title", "year_published", "fieldwork_start_year", "fieldwork_end_year", "country", "design", "sample_size")
    for study_id, row in theirs.items():
        assert ours[study_id]["is_verified"] == _verified(row), study_id
        assert [ours[study_id][name] for name in same] == [row[name] for name in same], study_id
        assert ours[study_id]["source_url"] == row["url"], study_id


def test_every_figure_is_there_as_it_was_read(registers: Path) -> None:
    ours = {"estimate_pct": "estimate_pct", "lower_95": "ci_low", "upper_95": "ci_high", "range_low": "range_low"}
    ours |= {name: name for name in ("study_id", "condition", "subgroup", "numerator", "denominator", "range_high")}
    ours |= {name: name for name in ("other_measure", "other_value", "reference_period", "source_url")}
    found = [(*(row[name] for name in ours), row["is_verified"]) for row in _rows(SEEDS / "study_figure.csv")]
    read = [
        (*(row[name] for name in ours.values()), _verified(row)) for row in _rows(registers / "study_estimates.csv")
    ]
    assert sorted(found) == sorted(read)


def test_every_day_of_the_prison_population_is_there(registers: Path) -> None:
    counts = ("total", "male", "female", "remand", "sentenced", "non_criminal", "under_18", "aged_50_plus")
    key = ("date_type", "coverage", "source_url", *counts)
    found = [
        (row["date_as_published"], *(row[name] for name in key))
        for row in _rows(SEEDS / "prison_population_history.csv")
    ]
    read = [(row["date"], *(row[name] for name in key)) for row in _rows(registers / "prison_population.csv")]
    assert sorted(found) == sorted(read)
