"""Children's social care downloads: the bundled files, how their layout moves, and what is refused."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.errors import HeaderError, LayoutError, ReadError
from sources.home import Home
from sources.places import education
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn

SOURCE, TABLE = "dfe_social_care", "dfe_social_care__figure"
Read = Callable[[Path], Figures]
Landed = Callable[[Home, str], pd.DataFrame]
Rows = list[list[str]]
OUTCOMES = "synthetic-la_conviction_health_outcome_cla.csv"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    sources[SOURCE].sample.write(folder, seed=7, scale=0.1)
    return folder


@pytest.fixture
def read(sources: Catalogue) -> Read:
    source = sources[SOURCE]

    def read_one(path: Path) -> Figures:
        (found,) = source.reader.read(PublishedFile(path, path.name, "0" * 64), source.contract)
        return found

    return read_one


@pytest.fixture
def changed(sample: Path, tmp_path: Path) -> Callable[..., Path]:
    """A file of the sample with its rows changed: ``changed(name, change)``."""

    def change_rows(name: str, change: Callable[[Rows], None]) -> Path:
        with (sample / name).open(encoding="utf-8-sig", newline="") as text:
            rows = list(csv.reader(text))
        change(rows)
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as text:
            csv.writer(text).writerows(rows)
        return tmp_path / name

    return change_rows


def test_the_sample_reads_without_quarantine_and_is_known_as_its_own(
    sample: Path, intake: TakeIn, landed: Landed, sources: Catalogue
) -> None:
    files = sorted(sample.iterdir())
    assert all(recognise(LooseFile(path), sources).source_ids == (SOURCE,) for path in files)
    result, home = intake(SOURCE, *files)
    assert result.problems == [] and result.rows_quarantined == 0
    frame = landed(home, TABLE)
    assert set(frame.dataset) == set(sources[SOURCE].contract.tables["figure"].columns["dataset"].values or ())
    assert not frame.duplicated(list(sources[SOURCE].contract.tables["figure"].grain)).any()
    assert set(frame[frame.status == "rounded"].area_level) == {"country", "region", "sub_region"}


def test_the_sample_at_full_size_has_every_authority(tmp_path: Path, sources: Catalogue) -> None:
    sources[SOURCE].sample.write(tmp_path, seed=1, scale=1.0)
    with (tmp_path / OUTCOMES).open(encoding="utf-8", newline="") as text:
        codes = {row["new_la_code"] for row in csv.DictReader(text)} - {""}
    assert codes == {one.la_code for one in education.authorities()} and len(codes) == 153


def test_a_count_on_the_day_is_a_point_in_time_and_others_are_of_the_year(sample: Path, read: Read) -> None:
    england = (
        read(sample / "synthetic-b1_children_in_need_2024_to_2026.csv")
        .frame.query("area_level == 'country' and time_period == '2025'")
        .set_index("indicator")
    )
    on_the_day, over_the_year = england.loc["At31_episodes"], england.loc["Started_episodes"]
    assert on_the_day.period_type == "point_in_time"
    assert on_the_day.period_start == on_the_day.period_end == date(2025, 3, 31)
    assert over_the_year.period_type == "financial_year"
    assert (over_the_year.period_start, over_the_year.period_end) == (date(2024, 4, 1), date(2025, 3, 31))


def test_the_average_score_is_no_number_of_children(sample: Path, read: Read) -> None:
    frame = read(sample / OUTCOMES).frame
    score = frame[frame.indicator == "children_average_score"]
    assert set(score.unit) == {"score"} and set(score.breakdown) == {"SDQ average score"}
    assert not ((frame.indicator == "children_count") & (frame.breakdown == "SDQ average score")).any()


def test_each_marker_has_its_status(changed: Callable[..., Path], read: Read) -> None:
    markers = {"c": "suppressed", "x": "not_available", "z": "not_applicable", "u": "low_reliability", "k": "rounded",
               "low": "rounded", ":": "not_available", "": "missing"}  # fmt: skip

    def mark(rows: Rows) -> None:
        for number, text in enumerate(markers, start=1):
            rows[number][-1] = text

    frame = read(changed(OUTCOMES, mark)).frame.query("source_column == 'N'").set_index("source_row")
    assert [frame.status[number] for number in range(2, 10)] == list(markers.values())
    assert frame.value[range(2, 10)].isna().all()


def test_the_layout_of_2023_means_the_same_though_a_word_in_it_means_another(
    changed: Callable[..., Path], read: Read, sample: Path
) -> None:
    def as_in_2023(rows: Rows) -> None:
        rows[0][10:] = ["cla_group", "characteristic", "number", "percentage"]

    now = read(sample / OUTCOMES).frame
    then = read(changed(OUTCOMES, as_in_2023)).frame
    columns = ["dataset", "population_group", "breakdown", "indicator", "unit", "area_code", "value", "status"]
    pd.testing.assert_frame_equal(pd.DataFrame(then[columns]), pd.DataFrame(now[columns]))


def test_columns_may_change_places(changed: Callable[..., Path], read: Read) -> None:
    def swap(rows: Rows) -> None:
        for row in rows:
            row[8], row[9] = row[9], row[8]

    hackney = read(changed(OUTCOMES, swap)).frame.query("la_number == '204'")
    assert set(hackney.area_code) == {"E09000012"} and set(hackney.area_name) == {"Hackney"}


def test_a_factor_that_is_not_known_is_refused_by_its_name(changed: Callable[..., Path], read: Read) -> None:
    name = "synthetic-c3_factors_identified_at_end_of_assessment_2024_to_2026.csv"
    with pytest.raises(HeaderError, match=r"\[Alcohol_Misuse_person\].*\[Vaping_child\]"):
        read(changed(name, lambda rows: rows[0].__setitem__(14, "Vaping_child")))


def test_factors_of_before_2021_may_lack_the_later_columns(changed: Callable[..., Path], read: Read) -> None:
    name = "synthetic-c3_factors_identified_at_end_of_assessment_2024_to_2026.csv"
    later = {"Physical_Abuse_child_on_child", "Physical_Abuse_adult_on_child", "Sexual_Abuse_child_on_child",
             "Sexual_Abuse_adult_on_child", "Child_criminal_exploitation"}  # fmt: skip

    def drop(rows: Rows) -> None:
        kept = [place for place, text in enumerate(rows[0]) if text not in later]
        rows[:] = [[row[place] for place in kept] for row in rows]

    assert read(changed(name, drop)).frame.indicator.nunique() == 40 - len(later)


def test_another_data_set_with_the_same_columns_is_refused(changed: Callable[..., Path], read: Read) -> None:
    def other(rows: Rows) -> None:
        for row in rows[1:]:
            row[11] = "In education, employment or training"

    with pytest.raises(LayoutError, match=r"\[Accommodation considered suitable\].*\[In education"):
        read(changed("synthetic-la_care_leavers_accommodation_suitability.csv", other))


def test_a_record_that_cannot_be_placed_is_quarantined_whole(changed: Callable[..., Path], read: Read) -> None:
    def spoil(rows: Rows) -> None:
        rows[1][0], rows[2][1], rows[3][2] = "2025/26", "Academic year", "Ward"
        rows[-1][9] = "NZ123"

    found = read(changed(OUTCOMES, spoil))
    assert len(found.quarantined) == 8 and found.rows_in == len(found.frame) + 8
    reasons = [cell.reason for cell in found.quarantined][::2]
    assert [reason.split(":")[0] for reason in reasons] == [
        "the time period is not a year",
        "the time identifier is not [Reporting year]",
        "the geographic level is none that is known",
        "the area's code has not the form of one",
    ]
    assert not found.frame.source_row.isin([2, 3, 4]).any()


@pytest.mark.parametrize("cut", [4, 9, 40])
def test_a_file_cut_short_is_refused(cut: int, sample: Path, read: Read, tmp_path: Path) -> None:
    short = tmp_path / OUTCOMES
    short.write_bytes((sample / OUTCOMES).read_bytes()[:-cut])
    with pytest.raises(ReadError, match="cut short"):
        read(short)
