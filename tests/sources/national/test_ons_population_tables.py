"""The tables beside the estimates of population: the bundled files, copies of other layouts, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.errors import HeaderError, LayoutError, ReadError
from sources.reading import PublishedFile
from sources.recognise import LooseFile, recognise
from tests.sources.workbooks import Sheets, rewrite

Read = Callable[[Path], Any]
SOURCE = "ons_population"
AGES = [*map(str, range(90)), "90+"]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    sources[SOURCE].sample.write(folder, seed=1, scale=0.5)
    return folder


@pytest.fixture(scope="module")
def read(sources: Catalogue) -> Read:
    """The tables of a file that is recognised as the source's and no other's."""

    def read_one(path: Path) -> Any:
        assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
        found = list(sources[SOURCE].reader.read(PublishedFile(path, path.name, "0" * 64), sources[SOURCE].contract))
        assert all(len(one.frame) + len(one.quarantined) == one.rows_in for one in found)
        return found

    return read_one


def one(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


def as_csv(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def test_the_bundled_tables_agree_with_the_bundled_estimates(sample: Path, read: Read) -> None:
    (estimate,) = read(one(sample, "mye25*"))
    people = (
        estimate.frame.astype({"area_code": str, "sex": str})
        .set_index(["area_code", "sex", "age_label"])["value"]
        .sort_index()
    )
    (deciles,) = read(one(sample, "populationbyimd*"))
    by_age = deciles.frame.groupby(["area_code", "sex", "age_label"], observed=True)["value"].sum()
    assert len(deciles.frame) == 2 * 10 * 2 * 91
    assert (by_age == people.reindex(by_age.index)).all()
    (children,) = read(one(sample, "*0-17*"))
    last = children.frame[children.frame["year"] == 2025].set_index("area_code")["value"]
    assert last["E92000001"] == people["E92000001", "persons"][list(map(str, range(18)))].sum()
    (change,) = read(one(sample, "MYEB3*"))
    stock = change.frame[(change.frame["component"] == "population") & (change.frame["year"] == 2025)]
    assert len(stock) == 318
    assert all(people[code, "persons", "All ages"] == value for code, value in stock[["area_code", "value"]].to_numpy())


def test_a_tidy_copy_gives_estimates_and_groups_of_ages_by_the_sex_of_each_row(tmp_path: Path, read: Read) -> None:
    header = ["period,area_code,area_name,geography,sex,all_ages,aged_0_to_15,aged_65_and_over", *AGES]
    place = "2024-06-30,E08000009,Trafford,Local authority"
    rows = [f"{place},{sex},4095,120,2015,{','.join(map(str, range(91)))}" for sex in ("Persons", "Males", "Folk")]
    estimate, groups = read(as_csv(tmp_path / "a.csv", ",".join(header), *rows))
    assert (estimate.rows_in, len(estimate.quarantined)) == (3 * 92, 92)
    assert estimate.quarantined[0].reason == "[Folk] is not a sex"
    assert set(estimate.frame["sex"]) == {"persons", "male"}
    assert set(estimate.frame["year"]) == {2024}
    kept = groups.frame[["sex", "age_from", "age_to", "is_total", "value"]]
    assert kept.astype(object).where(kept.notna(), None).to_numpy().tolist() == [
        ["persons", 0, 15, False, 120],
        ["persons", 65, None, False, 2015],
        ["male", 0, 15, False, 120],
        ["male", 65, None, False, 2015],
    ]


def test_a_copy_of_persons_has_its_year_in_its_name_or_is_refused(tmp_path: Path, read: Read) -> None:
    lines = (
        ",".join(["ltla21_code,ltla21_name,total_population", *AGES]),
        ",".join(["E06000001,Hartlepool,91"] + ["1.0"] * 91),
    )
    (found,) = read(as_csv(tmp_path / "population20_ltla21.csv", *lines))
    assert set(found.frame["year"]) == {2020}
    assert found.frame.loc[found.frame["is_total"], "value"].tolist() == [91]
    with pytest.raises(ReadError, match="the year of the estimates cannot be told"):
        read(as_csv(tmp_path / "b.csv", *lines))


CHILDREN = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code,"
    "new_la_code,la_name,age_group,population_estimate"
)


def test_children_that_the_department_has_no_number_of_are_not_available(tmp_path: Path, read: Read) -> None:
    england, ages = "Reporting year,{},E92000001,England", "Children aged 0 to 17 years"
    (found,) = read(
        as_csv(
            tmp_path / "a.csv",
            CHILDREN,
            f"2024,{england.format('National')},,,,,,{ages},12183016",
            f"2018,{england.format('Local authority')},E12000009,South West,837,E06000028,Bournemouth,{ages},x",
            f"2018,{england.format('Ward')},E12000009,South West,,E05000001,Somewhere,{ages},5",
            f"2018,{england.format('National')},,,,,,Everybody,6",
        )
    )
    assert found.frame[["area_code", "status", "age_from", "age_to"]].to_numpy().tolist() == [
        ["E92000001", "observed", 0, 17],
        ["E06000028", "not_available", 0, 17],
    ]
    assert found.frame["value"].isna().tolist() == [False, True]
    assert [q.reason for q in found.quarantined] == [
        "[] has not the form of an area code",
        "[Everybody] is not a group of ages",
    ]


BANDS = "year,sex,Aged under 1 year,Aged 1 - 4 years,Aged 5 - 9 years,Aged 85 and over"


def test_bands_without_an_area_are_told_by_their_people_of_2011(tmp_path: Path, read: Read) -> None:
    header = BANDS.replace("Aged 5 - 9 years", "Aged 5 - 84 years")
    (found,) = read(
        as_csv(tmp_path / "a.csv", header, "2011,m,1,2,27000000,4", "2011,f,1,2,26107100,4", "2012,f,1,2,3,4")
    )
    assert set(found.frame["area_code"]) == {"E92000001"}
    assert found.frame["sex"].tolist() == ["male"] * 4 + ["female"] * 8
    with pytest.raises(ReadError, match=r"the area of the bands cannot be told; .*found 20"):
        read(as_csv(tmp_path / "b.csv", header, "2011,m,1,2,3,4", "2011,f,1,2,3,4"))
    with pytest.raises(LayoutError, match="the bands leave out ages"):
        read(as_csv(tmp_path / "c.csv", BANDS, "2011,m,1,2,3,4"))


QUERY = (
    "",
    '"Population estimates - local authority based by single year of age"',
    '"ONS Crown Copyright Reserved [from Nomis on 10 June 2021]"',
    '"Gender     :","Total"',
    '"Age        :","All Ages"',
    "",
    '"local authority: county / unitary (as of April 2021)","2019"',
    "",
    '"North Northamptonshire",348228',
    '"Atlantis",1',
    "",
    "",
)


def test_an_answer_of_nomis_has_its_areas_by_name(tmp_path: Path, read: Read) -> None:
    (found,) = read(as_csv(tmp_path / "a.csv", *QUERY))
    row = found.frame.iloc[0]
    assert (row["area_code"], row["value"], row["sex"], bool(row["is_total"])) == (
        "E06000061",
        348_228,
        "persons",
        True,
    )
    assert pd.Timestamp(row["period_end"]).date() == date(2019, 6, 30)
    assert "no local authority is known by the name [Atlantis]" in found.quarantined[0].reason


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda text: text.replace("Gender", "Religion"), "what was asked of Nomis cannot be told"),
        (lambda text: text.replace('"2019"', '"Mid"'), "a column is of no year"),
        (lambda text: text[: text.index('"Atlantis"') + 10].rstrip("\n"), "does not end as answers of Nomis do"),
    ],
    ids=["other question", "no year", "cut short"],
)
def test_an_answer_of_nomis_to_another_question_or_cut_short_is_refused(
    change: Callable[[str], str], text: str, tmp_path: Path, read: Read
) -> None:
    (tmp_path / "a.csv").write_text(change("\n".join(QUERY)))
    with pytest.raises(ReadError, match=text):
        read(tmp_path / "a.csv")


def test_components_that_do_not_make_the_population_are_refused(sample: Path, tmp_path: Path, read: Read) -> None:
    path = one(sample, "MYEB3*")
    lines = path.read_text().splitlines()
    cells = lines[1].split(",")
    cells[3] = str(int(cells[3]) + 1000)
    with pytest.raises(ReadError, match="row 2: the components of 2025 do not make the population"):
        read(as_csv(tmp_path / path.name, lines[0], ",".join(cells)))
    with pytest.raises(HeaderError, match=r"row 1: .*the unknown columns \[borns_2025\]"):
        read_as_is(tmp_path, lines, read)


def read_as_is(folder: Path, lines: list[str], read: Read) -> Any:
    """A file that is known by the births of one year, those of another being named otherwise."""
    header = lines[0].replace("births_2025", "borns_2025") + ",births_2023"
    return read(as_csv(folder / "renamed.csv", header, *(f"{line},1" for line in lines[1:])))


def test_the_year_of_a_change_is_from_july_to_june(sample: Path, read: Read) -> None:
    (found,) = read(one(sample, "MYEB3*"))
    births = found.frame[found.frame["component"] == "births"].iloc[0]
    assert (pd.Timestamp(births["period_start"]).date(), pd.Timestamp(births["period_end"]).date()) == (
        date(2024, 7, 1),
        date(2025, 6, 30),
    )
    assert set(found.frame.loc[found.frame["is_total"], "component"]) == {
        "natural_change",
        "internal_net",
        "international_net",
    }


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda rows: rows[1].__setitem__(0, "Estimates, England"), "the table is not by decile"),
        (lambda rows: rows[3].__setitem__(20, "19 to 20"), "the table is not by decile and single year of age"),
        (lambda rows: rows.pop(6), "the rows are not ten deciles a sex"),
        (lambda rows: rows[15].__setitem__(0, "Others"), "the rows are not ten deciles a sex"),
    ],
    ids=["no year", "other ages", "a decile gone", "another group"],
)
def test_a_table_by_deprivation_of_another_shape_is_refused(
    change: Callable[[list[list[Any]]], object], text: str, sample: Path, tmp_path: Path, read: Read
) -> None:
    def alter(sheets: Sheets) -> None:
        change(sheets["Table 1 - England"])

    with pytest.raises(LayoutError, match=text):
        read(rewrite(one(sample, "populationbyimd*"), tmp_path / "a.xlsx", alter))


def test_sexes_are_carried_down_and_the_index_is_that_of_the_notes(sample: Path, read: Read) -> None:
    (found,) = read(one(sample, "populationbyimd*"))
    table = found.frame.set_index(["source_sheet", "source_row", "source_column"])
    welsh = table.loc[("Table 2 - Wales", 25, "CO")]
    assert (welsh["sex"], welsh["decile"], welsh["age_label"], bool(welsh["is_top_age"])) == ("female", 10, "90+", True)
    assert (welsh["index_name"], welsh["edition"], welsh["year"]) == ("welsh_imd", 2019, 2025)


def test_deaths_are_known_by_the_title_of_their_only_sheet_and_refused_where_another_thing_was_asked(
    sample: Path, tmp_path: Path, read: Read
) -> None:
    path = one(sample, "nomis_deaths*")
    (found,) = read(path)
    assert (len(found.frame), found.frame["area_code"].nunique()) == (60, 10)
    assert found.frame.loc[found.frame["is_total"], "cause_code"].unique().tolist() == ["A00-R99,U00-Y89"]

    def change(row: int, cell: str) -> Path:
        return rewrite(path, tmp_path / "a.xlsx", lambda sheets: sheets["Data"][row].__setitem__(1, cell))

    with pytest.raises(LayoutError, match=r"found .*\[measure: Rate\]"):
        read(change(6, "Rate"))
    with pytest.raises(LayoutError, match=r"a column is of no region; found no region is known by the name .Mercia."):
        read(change(8, "Mercia"))
