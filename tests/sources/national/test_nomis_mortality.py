"""Mortality by underlying cause: the bundled files, how the layouts move, and what is refused."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.errors import HeaderError, LayoutError, ReadError
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise

Read = Callable[[Path], Figures]
Records = list[dict[str, str]]
SOURCE = "nomis_mortality"
INTERFACE = "synthetic-NM_161_1_all_causes.data.csv"
BY_AGE = "synthetic_cause_specific_deaths.csv"
LEADING = "synthetic_leading_causes_2025.csv"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    sources[SOURCE].sample.write(folder, seed=5, scale=1)
    return folder


@pytest.fixture(scope="module")
def read(sources: Catalogue) -> Read:
    def read_one(path: Path) -> Figures:
        (found,) = sources[SOURCE].reader.read(PublishedFile(path, path.name, "0" * 64), sources[SOURCE].contract)
        assert len(found.frame) + len(found.quarantined) == found.rows_in
        return found

    return read_one


def changed(path: Path, target: Path, change: Callable[[Records], None]) -> Path:
    """A copy of a CSV whose records were changed; their columns are those of the first."""
    with path.open(encoding="utf-8", newline="") as text:
        records = list(csv.DictReader(text))
    change(records)
    with target.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(records[0]))
        writer.writeheader()
        writer.writerows(records)
    return target


def test_the_bundled_files_are_known_and_land_whole(sample: Path, sources: Catalogue, intake: Any, landed: Any) -> None:
    paths = sorted(sample.iterdir())
    assert all(recognise(LooseFile(path), sources).source_ids == (SOURCE,) for path in paths)
    result, home = intake(SOURCE, *paths)
    assert (result.problems, result.rows_quarantined, result.rows_landed) == ([], 0, 1166)
    assert set(landed(home, f"{SOURCE}__cause_by_age")["cause_level"]) == {"all_causes", "chapter", "cause"}


def test_sexes_and_areas_add_up_to_their_totals(sample: Path, read: Read) -> None:
    frame = read(sample / INTERFACE).frame.astype({"area_name": object, "sex": object, "cause": object})
    by_sex = frame.pivot(index=["period_start", "cause", "area_name"], columns="sex", values="value")
    assert (by_sex["persons"] == by_sex["male"] + by_sex["female"]).all()
    by_area = frame.pivot(index=["period_start", "cause", "sex"], columns="area_name", values="value")
    assert (by_area["England and Wales"] == by_area["England"] + by_area["Wales"]).all()
    elsewhere = by_area["Resident outside England and Wales"]
    assert (by_area["Total mortality"] == by_area["England and Wales"] + elsewhere).all()
    assert frame.loc[frame["area_name"] == "Total mortality", "area_code"].isna().all()
    assert frame.loc[frame["area_name"] != "Total mortality", "area_code"].notna().all()


def test_a_cause_has_the_codes_that_lead_its_name(sample: Path, tmp_path: Path, read: Read) -> None:
    names = {
        "C33-C34 Malignant neoplasm of trachea, bronchus and lung": "C33-C34",
        "U07.1 COVID-19, virus identified": "U07.1",
        "LC02m Malignant neoplasm of trachea, bronchus and lung": "LC02m",
        "A00-R99,U00-Y89 All causes, all ages": "A00-R99,U00-Y89",
        "All ages": None,
    }

    def rename(records: Records) -> None:
        del records[len(names) :]
        for record, name in zip(records, names, strict=True):
            record |= {"CAUSE_OF_DEATH_NAME": name, "CAUSE_OF_DEATH_CODE": "Total", "RECORD_COUNT": str(len(names))}

    found = read(changed(sample / INTERFACE, tmp_path / INTERFACE, rename))
    assert dict(zip(found.frame["cause"], found.frame["cause_code"], strict=True)) == {
        name: code for name, code in names.items() if code
    }
    assert [cell.reason for cell in found.quarantined] == ["[All ages] does not begin with the codes of a cause"]
    assert found.frame["is_all_causes"].tolist() == [False, False, False, True]


def test_what_the_interface_says_of_a_figure_decides_its_status(sample: Path, tmp_path: Path, read: Read) -> None:
    def spoil(records: Records) -> None:
        records[0] |= {"OBS_VALUE": "", "OBS_STATUS": "Q"}
        records[1] |= {"OBS_STATUS": "Z"}
        records[2] |= {"OBS_VALUE": ""}
        records[3] |= {"CAUSE_OF_DEATH_CODE": "X99"}
        records[4] |= {"GENDER_NAME": "Both"}

    found = read(changed(sample / INTERFACE, tmp_path / INTERFACE, spoil))
    first = found.frame.iloc[0]
    assert (pd.isna(first["value"]), first["status"], first["published_status"]) == (True, "missing", "Q")
    assert [(cell.row, cell.reason) for cell in found.quarantined] == [
        (3, "[Z] is no status that is known, or it stands without a figure"),
        (4, "[A] is no status that is known, or it stands without a figure"),
        (5, "[X99] is not the code that leads [A00-R99,U00-Y89 All causes, all ages]"),
        (6, "[Both] is no sex that is known"),
    ]


def test_an_answer_with_rows_missing_is_refused(sample: Path, tmp_path: Path, read: Read) -> None:
    def drop(records: Records) -> None:
        del records[100]

    with pytest.raises(ReadError, match=r"not every row of the answer is there; expected 378 rows.*found 377"):
        read(changed(sample / INTERFACE, tmp_path / INTERFACE, drop))


def test_columns_that_are_not_read_may_be_left_out_of_a_query(sample: Path, tmp_path: Path, read: Read) -> None:
    kept = ["OBS_VALUE", "DATE_NAME", "GEOGRAPHY_NAME", "GEOGRAPHY_CODE", "CAUSE_OF_DEATH_NAME"]
    kept += ["GENDER_NAME", "AGE_NAME", "MEASURE_NAME"]

    def select(records: Records) -> None:
        records[:] = [{name: record[name] for name in kept} for record in records]

    found = read(changed(sample / INTERFACE, tmp_path / INTERFACE, select)).frame
    assert found["value"].tolist() == read(sample / INTERFACE).frame["value"].tolist()
    assert found["cause_published_code"].isna().all()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("OBS_VALUE", "FIGURE", "missing columns [OBS_VALUE]"),
        ("AGE_TYPE", "RURAL_NAME", "unknown columns [RURAL_NAME]"),
        (",Value,", ",Percent,", "expected MEASURES_NAME [Value]; found ['Percent', 'Value']"),
    ],
)
def test_another_kind_of_answer_is_refused(
    sample: Path, tmp_path: Path, read: Read, old: str, new: str, expected: str
) -> None:
    path = tmp_path / INTERFACE
    path.write_text((sample / INTERFACE).read_text().replace(old, new, 1))
    with pytest.raises((HeaderError, LayoutError)) as refused:
        read(path)
    assert expected in str(refused.value)


def test_leading_causes_have_the_year_of_their_files_name(sample: Path, tmp_path: Path, read: Read) -> None:
    frame = read(sample / LEADING).frame
    assert set(frame["period_end"].dt.year) == {2025}
    assert frame.loc[frame["measure"] == "share_of_all_deaths", "value"].tolist() == [0.115, 0.1, 0.24, 0.13]
    unnamed = tmp_path / "leading_causes.csv"
    unnamed.write_bytes((sample / LEADING).read_bytes())
    assert read(unnamed).frame["period_end"].isna().all()


def test_shares_that_are_percentages_after_all_are_refused(sample: Path, tmp_path: Path, read: Read) -> None:
    path = tmp_path / LEADING
    path.write_text((sample / LEADING).read_text().replace("0.115", "11.5"))
    with pytest.raises(LayoutError, match=r"expected shares such as 0.115, as they have been; found 11.5"):
        read(path)


def test_ages_are_those_of_the_headings_wherever_they_stand(sample: Path, tmp_path: Path, read: Read) -> None:
    def turn(records: Records) -> None:
        records[:] = [dict(reversed(record.items())) for record in records]

    key = ["sex", "cause", "age", "period_start"]
    before = read(sample / BY_AGE).frame.sort_values(key)
    after = read(changed(sample / BY_AGE, tmp_path / BY_AGE, turn)).frame.sort_values(key)
    assert before[[*key, "value"]].to_numpy().tolist() == after[[*key, "value"]].to_numpy().tolist()
    assert sorted(set(before["age"])) == list(range(15, 80))


def test_an_age_that_is_no_age_is_refused_and_a_bad_row_set_aside(sample: Path, tmp_path: Path, read: Read) -> None:
    text = (sample / BY_AGE).read_text()
    path = tmp_path / BY_AGE
    path.write_text(text.replace(",79\n", ",80+\n", 1).replace(",79\r\n", ",80+\r\n", 1))
    with pytest.raises(LayoutError, match=r"column \[BP\]: a heading among the ages is not known.*found \[80\+\]"):
        read(path)
    path.write_text(text.replace("Males,2024", "Everybody,2024", 1))
    found = read(path)
    assert {cell.reason for cell in found.quarantined} == {"[Everybody] is no sex that is known"}
    assert len(found.quarantined) == 65
