"""Drug and alcohol treatment: the reader on the bundled sample and on changed copies of it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.reading import PublishedFile
from sources.recognise import LooseFile, recognise
from sources.writing import write_csv
from tests.conftest import TakeIn
from tests.sources.workbooks import quarantined

SOURCE, TABLE = "ndtms_treatment", "ndtms_treatment__treatment"
EXPORT, ENGLAND = "SYNTHETIC_ViewIt Export Data_LAs.csv", "SYNTHETIC_ViewIt Export Data_England.csv"
LABELS = ["Reporting period", "Area", "Sex", "Age group", "Substance category"]
TOTAL = ["2024/25", "England", "Total", "Total", "Total"]

Landed = Callable[[Home, str], pd.DataFrame]


@pytest.fixture(scope="module")
def sample(sources: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ndtms")
    sources[SOURCE].sample.write(folder, seed=20260331, scale=1.0)
    return folder


def changed(path: Path, target: Path, change: Callable[[list[list[str]]], None]) -> Path:
    rows = list(csv.reader(path.open(encoding="utf-8-sig", newline="")))
    change(rows)
    write_csv(target, rows)
    return target


def test_the_sample_is_recognised_as_its_own_and_read_whole(
    sample: Path, sources: Catalogue, intake: TakeIn, landed: Landed
) -> None:
    paths = sorted(sample.iterdir())
    assert {recognise(LooseFile(path), sources).source_ids for path in paths} == {(SOURCE,)}
    result, home = intake(SOURCE, *paths)
    assert result.problems == [] and result.rows_quarantined == 0 and result.rows_in == result.rows_landed
    frame = landed(home, TABLE)
    assert frame.programme.value_counts().to_dict() == {"adult_community": 1989 + 660}
    others = landed(home, f"{SOURCE}__other_programme")
    assert others.programme.value_counts().to_dict() == {"young_people": 8, "secure_settings": 4}
    assert frame[frame.area_level != "country"].area_name.nunique() == 39
    assert not frame.duplicated(list(sources[SOURCE].contract.tables["treatment"].grain)).any()


def test_counts_of_authorities_are_rounded_and_those_of_england_exact(
    sample: Path, intake: TakeIn, landed: Landed
) -> None:
    _, home = intake(SOURCE, sample / EXPORT, sample / ENGLAND)
    frame = landed(home, TABLE)
    local = frame[frame.area_level == "upper_tier_local_authority"]
    assert set(local.status) == {"rounded", "not_available"} and (local.value.dropna() % 5 == 0).all()
    assert local[local.status == "not_available"].value.isna().all()
    assert set(frame[frame.area_level == "country"].status) == {"observed"}


def test_parts_by_sex_age_substance_and_ethnicity_add_up_to_englands_totals(
    sample: Path, intake: TakeIn, landed: Landed
) -> None:
    _, home = intake(SOURCE, sample / ENGLAND)
    frame = landed(home, TABLE)
    treated = frame[frame.topic == "in_treatment"]
    everybody = treated.query("sex == 'all' and age_group == 'all' and substance_group == 'all'").value.item()
    assert treated[~treated.is_total].value.sum() == everybody
    ethnicity = frame[(frame.topic == "ethnicity") & ~frame.is_total].value.sum()
    assert ethnicity == everybody and set(frame[~frame.is_total].age_group) == {"18-29", "30-49", "50+"}


HEADINGS = {
    "intreatment_allintx": ("in_treatment", None, "all_in_treatment"),
    "Num_InTreatment_AllInTx": ("in_treatment", None, "all_in_treatment"),
    "referralsource_criminal_justice_newtx": ("referral_source", "criminal_justice", "new_presentations"),
    "exits_prison_allintx": ("treatment_exit", "prison", "all_in_treatment"),
    "lengthintreatment_over6years_exits_allintx": (
        "length_in_treatment_of_exits",
        "over_6_years",
        "all_in_treatment",
    ),
    "interventions_psy_total": ("intervention", "psy_total", None),
    "Treatment exits Not known - All in treatment": ("treatment_exit", "not_known", "all_in_treatment"),
    "Treatment exits - Transferred (not in custody)  - All in treatment": (
        "treatment_exit",
        "transferred_not_in_custody",
        "all_in_treatment",
    ),
    "Substance use/Club drugs and NPS - Ecstasy- New presentations": ("substance_use", "ecstasy", "new_presentations"),
    "Substance use  - Cocaine - New presentation": ("substance_use", "cocaine", "new_presentations"),
    "Interventions - Psychosocial  - Inpatient unit": ("intervention", "psychosocial_inpatient_unit", None),
    "Disability - Personal, self-care and continence - New presentations": (
        "disability",
        "personal_self_care_and_continence",
        "new_presentations",
    ),
}


@pytest.mark.parametrize("heading", HEADINGS)
def test_headings_of_every_dialect_are_taken_apart(heading: str, sources: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    write_csv(path, [[*LABELS, heading], [*TOTAL, 7]])
    (found,) = sources[SOURCE].reader.read(PublishedFile(path, path.name, ""), sources[SOURCE].contract)
    (row,) = found.frame[["topic", "category", "population", "heading", "value"]].astype(object).values.tolist()
    assert tuple(None if pd.isna(cell) else cell for cell in row[:3]) == HEADINGS[heading]
    assert row[3:] == [heading, 7]


@pytest.mark.parametrize(
    ("headings", "words"),
    [
        (["All in treatment", "Wait for a bed - All in treatment"], ["G", "no meaning", "[Wait for a bed"]),
        (["All in treatment", "moods_low_newtx"], ["[moods_low_newtx]"]),
        (["Treatment exits - Prison - All in treatment", "exits_prison_allintx"], ["the same as another"]),
        (["Referral source - Other - Somebody else"], ["[Referral source - Other - Somebody else]"]),
        (["All in treatment", ""], ["column [G]"]),
    ],
)
def test_a_heading_without_a_known_meaning_refuses_the_file(
    headings: list[str], words: list[str], intake: TakeIn, landed: Landed, tmp_path: Path
) -> None:
    write_csv(tmp_path / "export.csv", [[*LABELS, *headings], [*TOTAL, *[7] * len(headings)]])
    result, home = intake(SOURCE, tmp_path / "export.csv")
    assert [problem.kind for problem in result.problems] == ["header_changed"]
    assert all(word in result.problems[0].text for word in ["export.csv", "row 1", *words])
    assert landed(home, TABLE).empty


def test_rows_whose_labels_cannot_be_read_are_quarantined_with_the_nearest_names(
    sample: Path, intake: TakeIn, tmp_path: Path
) -> None:
    def spoil(rows: list[list[str]]) -> None:
        rows[1][1] = "Hartlepol"
        rows[2][0] = "2023/25"
        rows[3][2] = "X"

    path = changed(sample / EXPORT, tmp_path / EXPORT, spoil)
    result, home = intake(SOURCE, path)
    assert result.problems == [] and result.rows_quarantined == 51
    reasons = {cell["source_row"]: cell["reason"] for cell in quarantined(home)}
    assert "[Hartlepol]" in reasons[2] and "[Hartlepool] (E06000001)" in reasons[2]
    assert "[2023/25] is not a financial year" in reasons[3] and "[X] is not a sex" in reasons[4]


def test_null_is_not_available_and_an_unknown_marker_quarantines_its_cell(
    sample: Path, intake: TakeIn, landed: Landed, tmp_path: Path
) -> None:
    def mark(rows: list[list[str]]) -> None:
        rows[1][5], rows[1][6] = "NULL", "n/a"

    result, home = intake(SOURCE, changed(sample / EXPORT, tmp_path / EXPORT, mark))
    (cell,) = quarantined(home)
    assert result.rows_quarantined == 1
    assert (cell["cell"], cell["source_row"], cell["source_column"]) == ("n/a", 2, "G")
    assert landed(home, TABLE).query("source_row == 2 and source_column == 'F'").status.tolist() == ["not_available"]


def test_several_authorities_commissioned_together_have_no_code(intake: TakeIn, landed: Landed, tmp_path: Path) -> None:
    areas = ["Cornwall & Isles of Scilly", "Bournemouth and Poole", "Yorkshire and Humberside", "Gateshead"]
    rows = [["2011/12", area, "F", "18-29", "Opiate", 5] for area in areas]
    write_csv(tmp_path / "export.csv", [[*LABELS, "All in treatment"], *rows])
    _, home = intake(SOURCE, tmp_path / "export.csv")
    frame = landed(home, TABLE).sort_values("source_row")
    assert frame.area_level.tolist() == ["combined_local_authorities"] * 2 + ["region", "upper_tier_local_authority"]
    # Gateshead has another code since April 2013.
    assert frame.area_code.fillna("none").tolist() == ["none", "none", "E12000003", "E08000020"]


@pytest.mark.parametrize("name", [EXPORT, "SYNTHETIC_alcohol_dependence_estimates_LA.csv"])
def test_a_file_cut_short_is_refused_or_lands_no_part_of_the_cut_row(
    name: str, sample: Path, intake: TakeIn, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes((sample / name).read_bytes()[:-12])
    result, _ = intake(SOURCE, tmp_path / name)
    assert [problem.kind for problem in result.problems] == ["unreadable"] and result.rows_landed == 0
    assert "no end" in result.problems[0].text or "number of cells" in result.problems[0].text


def test_estimates_of_need_are_modelled_and_keep_their_intervals(sample: Path, intake: TakeIn, landed: Landed) -> None:
    _, home = intake(SOURCE, sample / "SYNTHETIC_alcohol_dependence_estimates_LA.csv")
    frame = landed(home, "ndtms_treatment__need_estimate")
    assert set(frame.status) == {"modelled"} and frame.value.notna().all()
    early, late = (frame[frame.period_type == kind] for kind in ("calendar_year", "financial_year"))
    assert early.lower_limit.isna().all() and early.centre_name.isna().all()
    assert ((late.lower_limit <= late.value) & (late.value <= late.upper_limit)).all()
    assert late[~late.is_total].value.sum() == late[late.is_total].value.item()


def test_an_estimate_outside_its_interval_or_of_an_unknown_code_is_quarantined(
    sample: Path, intake: TakeIn, tmp_path: Path
) -> None:
    def spoil(rows: list[list[str]]) -> None:
        rows[1][4], rows[3][2] = "999999", "Z06000001"

    name = "SYNTHETIC_alcohol_dependence_estimates_LA.csv"
    result, home = intake(SOURCE, changed(sample / name, tmp_path / name, spoil))
    assert [cell["reason"] for cell in quarantined(home)] == [
        "the estimate is outside its interval",
        "[Z06000001] is not the code of England or a local authority",
    ]
    assert result.rows_in == result.rows_landed + 2
