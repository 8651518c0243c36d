"""Hospital admissions: the tabulation on sharp objects and the tables on drugs, on their samples and changed copies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.workbooks import Sheets, quarantined, rewrite, row_of

SOURCE = "hes_admissions"
SHARP, DRUGS = f"{SOURCE}__sharp_object_admission", f"{SOURCE}__drug_admission"
Landed = Callable[[Home, str], Any]
Change = Callable[[Sheets], None]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    sources[SOURCE].sample.write(folder, seed=1, scale=1.0)
    return folder


@pytest.fixture
def sharp(sample: Path) -> Path:
    return sample / "synthetic-hes-sharp-object-admissions.xlsx"


@pytest.fixture
def areas(sample: Path) -> Path:
    return sample / "synthetic-drug-admissions.xlsx"


@pytest.fixture
def groups(sample: Path) -> Path:
    return sample / "synthetic-drug-admissions-by-age-and-diagnosis.xlsx"


def _figures(frame: pd.DataFrame) -> list[list[Any]]:
    """What is said, without where it stands."""
    place = ["release_id", "archive_sha256", "source_file", "source_row", "source_column", "source_sheet"]
    plain = frame.drop(columns=place).astype(object)
    return sorted(plain.where(plain.notna(), None).to_numpy().tolist(), key=str)


def test_the_sample_lands_whole_and_is_known(sample: Path, intake: TakeIn, landed: Landed, sources: Catalogue) -> None:
    files = sorted(sample.iterdir())
    for file in files:
        assert recognise(LooseFile(file), sources).source_ids == (SOURCE,)
    result, home = intake(SOURCE, *files)
    assert (result.problems, result.rows_quarantined) == ([], 0)
    for table in ("sharp_object_admission", "drug_admission"):
        frame = landed(home, f"{SOURCE}__{table}")
        grain = list(sources[SOURCE].contract.tables[table].grain)
        assert not frame.duplicated(["source_file", *grain]).any()
    codes = set(landed(home, DRUGS)["area_code"])
    assert len(codes) == 1 + 9 + 153
    assert None not in codes


def test_months_and_groups_of_the_country_add_up_to_the_publishers_totals(
    sharp: Path, intake: TakeIn, landed: Landed
) -> None:
    _, home = intake(SOURCE, sharp)
    frame = landed(home, SHARP)
    country = frame[frame["area_level"] == "country"]
    keys = ["breakdown", "measure", "sex"]
    for breakdown in ("all", "sex"):
        part = country[country["breakdown"] == breakdown]
        months = part[part["period_type"] == "month"].groupby(keys)["value"].sum()
        totals = part[part["period_type"] == "financial_year"].groupby(keys)["value"].sum()
        assert months.to_dict() == totals.to_dict()
    assert country["is_total"].all()
    assert frame.loc[frame["period_type"] == "financial_year", "is_total"].all()


def test_marks_roundings_and_the_provisional_year_are_told_apart(
    sharp: Path, tmp_path: Path, intake: TakeIn, landed: Landed
) -> None:
    def change(sheets: Sheets) -> None:
        for rows in sheets.values():
            for row in rows:
                row[:] = [str(c).replace("(Provisional, Apr 26", "(Apr 26") if "Prov" in str(c) else c for c in row]
        rows = sheets["GOR-Data-Totals"]
        rows[row_of(rows, "2026-27")][2:6] = ["*", "", 0, 15]

    _, home = intake(SOURCE, rewrite(sharp, tmp_path / "a.xlsx", change))
    frame = landed(home, SHARP)
    first = frame[(frame["source_sheet"] == "GOR-Data-Totals") & (frame["period_end"].astype(str) == "2026-04-30")]
    first = first.set_index("source_column")
    assert first.loc[list("CDEF"), "status"].tolist() == ["suppressed", "missing", "observed", "rounded"]
    assert first.loc["E", "value"] == 0
    assert "provisional" not in set(frame["status"])
    _, home = intake(SOURCE, sharp)
    assert {"provisional", "suppressed"} == set(landed(home, SHARP)["status"]) - {"missing", "observed", "rounded"}


def test_words_for_the_same_group_are_one(sharp: Path, tmp_path: Path, intake: TakeIn, landed: Landed) -> None:
    other = {"0-9": "Under 10", "10-19": "10 to 19", "80+": "80 and over", "Unknown": "Unknown Age"}
    other |= {"Not known": "Unknown / Invalid", "Other ethnic group": "Other Ethnic Group", "Not stated": "not stated"}

    def change(sheets: Sheets) -> None:
        for name in ("GOR-Data-Age-Group", "GOR-Data-Ethnicity"):
            for row in sheets[name]:
                row[2] = other.get(str(row[2]), row[2])

    _, home = intake(SOURCE, sharp)
    before = _figures(landed(home, SHARP))
    _, home = intake(SOURCE, rewrite(sharp, tmp_path / "a.xlsx", change))
    frame = landed(home, SHARP)
    assert _figures(frame[frame["source_file"] == "a.xlsx"]) == before


def test_a_total_of_another_year_than_the_months_above_it_is_set_aside(
    sharp: Path, tmp_path: Path, intake: TakeIn
) -> None:
    def change(sheets: Sheets) -> None:
        rows = sheets["GOR-Data-Totals"]
        rows[row_of(rows, "2026-27 Total")][0] = "2025-26 Total"

    result, home = intake(SOURCE, rewrite(sharp, tmp_path / "a.xlsx", change))
    assert result.rows_quarantined == 28
    assert quarantined(home)[0]["reason"] == "the total says 2025-26 and stands below the months of 2026-27"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s["GOR-Data-Totals"][3].__setitem__(2, "Wessex"), "a region that the reader does not know"),
        (lambda s: s["GOR-Data-Totals"][3].__setitem__(4, "North East"), "two columns are headed alike"),
        (lambda s: s["GOR-Data-Totals"][4].__setitem__(3, "Patients"), "a heading of figures"),
        (lambda s: s["GOR-Data-Age-Group"][4].__setitem__(2, "Weapon"), "labels that the reader has no meaning for"),
    ],
)
def test_headings_without_a_known_meaning_are_refused(
    sharp: Path, tmp_path: Path, intake: TakeIn, change: Change, words: str
) -> None:
    result, _ = intake(SOURCE, rewrite(sharp, tmp_path / "a.xlsx", change))
    assert words in result.problems[0].text
    assert "GOR-Data" in result.problems[0].text
    assert result.rows_landed == 0


def test_a_month_or_group_that_cannot_be_read_sets_its_row_aside(sharp: Path, tmp_path: Path, intake: TakeIn) -> None:
    def change(sheets: Sheets) -> None:
        rows = sheets["GOR-Data-Totals"]
        rows[row_of(rows, "May", column=1)][1] = "Spring"
        rows = sheets["GOR-Data-Age-Group"]
        rows[row_of(rows, "0-9", column=2)][2] = "children"

    result, home = intake(SOURCE, rewrite(sharp, tmp_path / "a.xlsx", change))
    assert result.rows_quarantined == 56
    reasons = {row["reason"] for row in quarantined(home)}
    assert reasons == {"[Spring 2026] is not a month", "[children] is no age group"}


def test_a_figure_of_an_area_is_that_of_its_cell_and_minus_one_is_none(
    areas: Path, tmp_path: Path, intake: TakeIn, landed: Landed
) -> None:
    def change(sheets: Sheets) -> None:
        rows = sheets["primary-county"]
        rows[row_of(rows, "E06000001")][3:10] = [15, "*", -1, "", 17.5, "*", "-"]

    result, home = intake(SOURCE, rewrite(areas, tmp_path / "a.xlsx", change))
    assert result.rows_quarantined == 0
    frame = landed(home, DRUGS)
    one = frame[
        (frame["area_code"] == "E06000001") & (frame["diagnosis_group"] == "primary_mental_and_behavioural")
    ].set_index(["measure", "sex"])
    assert one["area_name"].unique().tolist() == ["Hartlepool"]
    assert one["period_start"].astype(str).unique().tolist() == ["2018-04-01"]
    count, rate = "finished_admission_episodes", "admissions_per_100000"
    assert one.loc[(count, "persons"), "value"] == 15
    assert one.loc[(rate, "persons"), "value"] == 17.5
    statuses = one["status"].to_dict()
    assert statuses[(count, "male")] == statuses[(rate, "male")] == "suppressed"
    assert statuses[(count, "female")] == statuses[(rate, "female")] == "not_available"
    assert frame.loc[frame["area_code"] == "E92000001", "area_name"].unique().tolist() == ["England"]


def test_a_negative_count_is_set_aside(areas: Path, tmp_path: Path, intake: TakeIn) -> None:
    def change(sheets: Sheets) -> None:
        rows = sheets["primary-county"]
        rows[row_of(rows, "E06000001")][3] = -5

    result, home = intake(SOURCE, rewrite(areas, tmp_path / "a.xlsx", change))
    assert result.rows_quarantined == 1
    assert quarantined(home)[0]["reason"] == "a count or rate is below 0"


def test_years_that_do_not_follow_each_other_set_their_figures_aside(
    areas: Path, tmp_path: Path, intake: TakeIn
) -> None:
    def change(sheets: Sheets) -> None:
        sheets["misuse-county"][0][3] = "2006-2006"

    result, home = intake(SOURCE, rewrite(areas, tmp_path / "a.xlsx", change))
    assert result.rows_quarantined == 163 * 6
    assert quarantined(home)[0]["reason"] == "[2006-2006] is not a financial year"


def test_two_blocks_of_the_same_year_are_refused(areas: Path, tmp_path: Path, intake: TakeIn) -> None:
    def change(sheets: Sheets) -> None:
        for row in sheets["misuse-county"]:
            row += ["", *row[3:]]

    result, _ = intake(SOURCE, rewrite(areas, tmp_path / "a.xlsx", change))
    assert "two columns are headed alike" in result.problems[0].text


def test_a_table_about_something_else_is_refused(groups: Path, tmp_path: Path, intake: TakeIn) -> None:
    def change(sheets: Sheets) -> None:
        name = "misuse-age-group-2016-2019"
        sheets[name][0][0] = (
            "NHS hospital finished admission episodes with a primary diagnosis of obesity, by age group"
        )

    result, _ = intake(SOURCE, rewrite(groups, tmp_path / "a.xlsx", change))
    assert "the titles do not say one thing" in result.problems[0].text
    assert "obesity" in result.problems[0].text


def test_ages_and_diagnoses_add_up_to_their_totals_and_carry_no_note_digits(
    groups: Path, intake: TakeIn, landed: Landed
) -> None:
    _, home = intake(SOURCE, groups)
    frame = landed(home, DRUGS)
    counts = frame[frame["measure"] == "finished_admission_episodes"]
    keys = ["breakdown", "diagnosis_group", "period_start"]
    parts = counts[~counts["is_total"]].groupby(keys)["value"].sum().to_dict()
    assert parts == counts[counts["is_total"]].groupby(keys)["value"].sum().to_dict()
    assert set(frame["age_band"]) == {*["all", "under 16", "16-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75+"]}
    assert set(frame["diagnosis"]) == {"all", "Diagnosis A", "Diagnosis B", "Diagnosis C"}
