"""Crime Severity Score: the sample reads back and adds up, and what may change next is read or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from sources.writing import write_csv
from tests.conftest import TakeIn
from tests.sources.workbooks import quarantined

SOURCE, SCORE = "ons_crime_severity", "ons_crime_severity__score"
HEADER = ("offence_group", "code", "name", "year", "severity_score", "year_ending")
KENT = ("Robbery", "E23000032", "Kent", "Apr '24 to \nMar '25...4", "1.25", "2025-03-31")

Landed = Callable[[Home, str], pd.DataFrame]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("ons_crime_severity")
    sources[SOURCE].sample.write(folder, seed=1, scale=1.0)
    return folder


def test_the_sample_reads_back_with_nothing_quarantined(intake: TakeIn, landed: Landed, sample: Path) -> None:
    result, home = intake(SOURCE, *sorted(sample.iterdir()))
    assert result.problems == [] and (result.rows_landed, result.rows_quarantined) == (1587, 0)
    frame = landed(home, SCORE)
    assert frame.area_level.value_counts().to_dict() == {"police_force_area": 1204, "country": 84}
    assert str(frame.period_start.min())[:10] == "2022-04-01" and str(frame.period_end.max())[:10] == "2026-03-31"
    assert len(landed(home, f"{SOURCE}__weight")) == 3


def test_groups_of_offences_sum_to_all_recorded_crime(intake: TakeIn, landed: Landed, sample: Path) -> None:
    _, home = intake(SOURCE, *sample.glob("*pfa*"))
    frame = landed(home, SCORE).query("status == 'observed'")
    keys = ["area_code", "period_end"]
    parts = frame[~frame.is_total].groupby(keys).value.sum()
    whole = frame[frame.is_total].set_index(keys).value.reindex(parts.index)
    assert len(parts) == 45 * 4 and (parts - whole).abs().max() < 1e-9


def test_a_colon_is_a_score_that_there_is_not(intake: TakeIn, landed: Landed, sample: Path) -> None:
    _, home = intake(SOURCE, *sample.glob("*pfa*"))
    london = landed(home, SCORE).query("area_code == 'E23000034'")
    assert set(london.status) == {"not_available"} and london.value.isna().all()


def test_a_score_written_with_an_exponent_is_a_figure(intake: TakeIn, landed: Landed, tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    write_csv(path, [HEADER, [*KENT[:4], "8.3359297476282276E-2", KENT[5]]])
    result, home = intake(SOURCE, path)
    assert result.rows_quarantined == 0
    assert landed(home, SCORE).value.tolist() == [0.083359297476282276]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ([*KENT[:5], "2026-03-31"], "[Apr '24 to Mar '25...4] is not the year that ends on 2026-03-31"),
        ([*KENT[:3], "2024/25", *KENT[4:]], "[2024/25] is not a stretch of months"),
        ([KENT[0], "E07000106", *KENT[2:]], "[E07000106] is the code of no country, region or police force area"),
        ([*KENT[:4], "n/a", KENT[5]], "[n/a] is neither a number nor a marker"),
        (["", *KENT[1:]], "a cell that identifies the row is blank"),
    ],
)
def test_a_row_that_contradicts_itself_is_quarantined(
    row: list[str], words: str, intake: TakeIn, tmp_path: Path
) -> None:
    path = tmp_path / "scores.csv"
    write_csv(path, [HEADER, KENT, row])
    result, home = intake(SOURCE, path)
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (2, 1, 1)
    assert words in quarantined(home)[0]["reason"]


def test_columns_in_another_order_are_read_to_the_same_score(intake: TakeIn, landed: Landed, tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    write_csv(path, [HEADER[::-1], KENT[::-1]])
    _, home = intake(SOURCE, path)
    frame = landed(home, SCORE)
    assert frame[["area_code", "value", "source_column"]].to_numpy().tolist() == [["E23000032", 1.25, "B"]]


def test_weights_of_either_copy_are_the_same_table_without_the_spoilt_codes(
    intake: TakeIn, landed: Landed, tmp_path: Path
) -> None:
    first, second = tmp_path / "severity.csv", tmp_path / "joined.csv"
    header = ["category_counts", "description", "code_severity", "code_original", "category_severity", "offence"]
    cells = ["violence", "Threats to kill", "3B", "3B", "victim based", "Threats to kill"]
    write_csv(first, [[*header, "weight"], [*cells, "275.5"]])
    header = ["ONS_COUNTS_category", "ONS_COUNTS_description", "ONS_SEVERITY_code", "ONS_COUNTS_code"]
    header += ["ONS_SEVERITY_category", "ONS_SEVERITY_offence", "ONS_SEVERITY_weight", "POLICE_UK_CAT_MAP_code"]
    header += [f"POLICE_UK_CAT_MAP_{name}" for name in ("sub_class", "offence", "category")]
    write_csv(second, [header, [*cells, "275.5", "43833", "Violence", "Threats to Kill", "Violent Crime"]])
    result, home = intake(SOURCE, first, second)
    assert result.problems == [] and result.rows_quarantined == 0
    frame = landed(home, f"{SOURCE}__weight")
    assert frame.value.tolist() == [275.5, 275.5] and frame.offence_code.tolist() == ["3B", "3B"]
    assert set(frame.police_uk_category.dropna()) == {"Violent Crime"}
    assert not frame.astype(str).isin(["43833"]).any(axis=None)


def test_a_district_that_was_merged_may_have_several_scores(intake: TakeIn, landed: Landed, tmp_path: Path) -> None:
    path = tmp_path / "districts.csv"
    write_csv(path, [("ltla23_code", "crime_severity_score"), ("E06000061", "15.2"), ("E06000061", ":")])
    _, home = intake(SOURCE, path)
    assert landed(home, f"{SOURCE}__district_score").status.tolist() == ["observed", "not_available"]


def test_another_file_is_refused_with_what_was_expected(intake: TakeIn, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    write_csv(path, [("name", "score"), ("Kent", "1")])
    result, _ = intake(SOURCE, path)
    assert [problem.kind for problem in result.problems] == ["unreadable"]
    assert "[severity_score, year_ending]" in result.problems[0].text and "[name, score]" in result.problems[0].text


def test_the_files_are_recognised_as_this_source_alone_and_named_synthetic(sample: Path, sources: Catalogue) -> None:
    for path in sample.iterdir():
        assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
        assert "SYNTHETIC" in path.name
