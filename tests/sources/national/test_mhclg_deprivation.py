"""Indices of deprivation: the bundled files, how the layouts move, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from sources.catalogue import Catalogue
from sources.errors import HeaderError, LayoutError, ReadError
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise
from tests.sources.workbooks import Sheets, rewrite

Read = Callable[[Path], Figures]
SOURCE = "mhclg_deprivation"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    sources[SOURCE].sample.write(folder, seed=3, scale=1)
    return folder


@pytest.fixture(scope="module")
def read(sources: Catalogue) -> Read:
    def read_one(path: Path) -> Figures:
        (found,) = sources[SOURCE].reader.read(PublishedFile(path, path.name, "0" * 64), sources[SOURCE].contract)
        assert len(found.frame) + len(found.quarantined) == found.rows_in
        return found

    return read_one


@pytest.fixture(scope="module")
def summary(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled workbook with four authorities, to be moved about."""

    def shorten(sheets: Sheets) -> None:
        for rows in sheets.values():
            del rows[5:]

    return rewrite(one(sample, "File_10*"), tmp_path_factory.mktemp("summary") / "File_10.xlsx", shorten)


def one(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


def test_the_bundled_files_are_known_and_land_whole(sample: Path, sources: Catalogue, intake: Any, landed: Any) -> None:
    for path in sample.iterdir():
        assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
    result, home = intake(SOURCE, *sorted(sample.iterdir()))
    assert (result.problems, result.rows_quarantined) == ([], 0)
    table = landed(home, f"{SOURCE}__local_authority")
    assert table.groupby("nation")["area_code"].nunique().to_dict() == {"england": 296, "wales": 22}
    english = table[table["nation"] == "england"]
    assert english["domain"].nunique() == 10
    ranks = english[english["measure"].str.startswith("rank_of_")].groupby(["domain", "measure"])["value"]
    assert all(sorted(values) == list(range(1, 297)) for _, values in ranks)
    small = landed(home, f"{SOURCE}__lsoa")
    assert small["lad_code"].nunique() == 296
    assert set(small["edition"]) == {2025}
    assert set(small.loc[small["measure"] == "decile", "value"]) == set(range(1, 11))


def test_the_bundled_files_say_that_they_are_synthetic_and_follow_from_the_seed(
    sample: Path, tmp_path: Path, sources: Catalogue
) -> None:
    notes = CalamineWorkbook.from_path(str(one(sample, "*.xlsx"))).get_sheet_by_name("Notes").to_python()
    assert "SYNTHETIC" in str(notes)
    assert all("SYNTHETIC" in path.name for path in sample.glob("*.csv"))
    sources[SOURCE].sample.write(tmp_path, seed=3, scale=1)
    assert all((tmp_path / path.name).read_bytes() == path.read_bytes() for path in sample.iterdir())


def as_csv(path: Path, header: str, *rows: str, end: str = "\r\n") -> Path:
    path.write_bytes("".join(line + end for line in [header, *rows]).encode("utf-8-sig"))
    return path


AREAS = "LSOA code ({0}),LSOA name ({0}),Local Authority District code ({1}),Local Authority District name ({1})"
CITY = "E01000001,City of London 001A,E09000001,City of London"
BARKING = "E01000005,City of London 001E,E09000001,City of London"


@pytest.mark.parametrize(("small", "district", "edition"), [(2011, 2013, 2015), (2011, 2019, 2019), (2021, 2024, 2025)])
def test_the_edition_is_told_by_the_areas_that_it_is_on(
    small: int, district: int, edition: int, tmp_path: Path, read: Read
) -> None:
    header = AREAS.format(small, district) + ",Crime Rank (where 1 is most deprived)"
    frame = read(as_csv(tmp_path / "a.csv", header, f'{CITY},"1"', f"{BARKING},2")).frame
    assert set(frame["edition"]) == {edition}
    assert frame["value"].tolist() == [1, 2]
    assert set(frame["period_end"]) == {pd.Timestamp(date(edition, 12, 31))}


def test_scores_of_sub_domains_and_people_of_a_june_are_read_by_their_headings(tmp_path: Path, read: Read) -> None:
    header = (
        AREAS.format(2011, 2019)
        + ",Income Score (rate),Income Deprivation Affecting Older People (IDAOPI) Score (rate)"
        + ",Indoors Sub-domain Score"
        + ",Total population: mid 2015 (excluding prisoners)"
        + ",Working age population 18-59/64: for use with Employment Deprivation Domain (excluding prisoners)"
    )
    path = as_csv(tmp_path / "a.csv", header, f'{CITY},0.007,0.05,-1.2,"1,296",715')
    frame = read(path).frame.set_index(["domain", "measure"])
    assert frame["value"].to_dict() == {
        ("income", "score"): 0.007,
        ("idaopi", "score"): 0.05,
        ("living_indoors", "score"): -1.2,
        ("population", "total_population"): 1296,
        ("population", "working_age_18_to_59_or_64"): 715,
    }
    people = frame.loc["population"]
    assert set(people["period_start"]) == {pd.Timestamp(date(2015, 6, 30))}
    assert set(people["unit"]) == {"people"}


def test_a_decile_that_is_not_its_ranks_and_a_code_of_no_small_area_are_set_aside(tmp_path: Path, read: Read) -> None:
    header = AREAS.format(2011, 2019) + ",Crime Rank,Crime Decile"
    rows = [f"{CITY},1,3", f"{BARKING},2,1", "X,Nowhere,E09000001,City of London,3,10", f"{CITY},4.5,11"]
    found = read(as_csv(tmp_path / "a.csv", header, *rows))
    assert [(q.row, q.column, q.cell) for q in found.quarantined] == [
        (3, "F", "1"),
        (4, "E", "3"),
        (4, "F", "10"),
        (5, "E", "4.5"),
        (5, "F", "11"),
    ]
    reasons = [q.reason for q in found.quarantined]
    assert reasons[0] == "the decile is not the one that the area's rank is in"
    assert reasons[1] == "[X] has not the form of a code of a small area"
    assert reasons[3:] == ["a rank is a whole number from 1", "a decile is a whole number from 1 to 10"]


def test_a_part_of_an_edition_and_a_file_cut_short_are_refused(tmp_path: Path, read: Read, sample: Path) -> None:
    header = AREAS.format(2011, 2019) + ",Crime Rank"
    with pytest.raises(ReadError, match=r"not every area that was ranked; expected 29199 areas.*found 1"):
        read(as_csv(tmp_path / "a.csv", header, f"{CITY},29199"))
    whole = one(sample, "File_1_*").read_bytes()
    for cut in (len(whole) // 2, len(whole) - 2):
        (tmp_path / "b.csv").write_bytes(whole[:cut])
        with pytest.raises(ReadError, match=r"number of cells|the last line has no end|quoting is broken"):
            read(tmp_path / "b.csv")


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        (("Crime Rank", "Crime Place"), HeaderError, "the unknown columns .Crime Place."),
        (("Crime Rank", "Cryme Rank"), HeaderError, "the unknown columns .Cryme Rank."),
        (("LSOA code (2011)", "Area (2011)"), HeaderError, "row 1: the header is not one"),
        (("code (2019)", "code (2021)"), LayoutError, "the edition cannot be told; .*found .Local Authority District"),
        (("Crime Decile", "Crime Rank"), LayoutError, "the columns of figures are not those of any edition"),
    ],
    ids=["measure renamed", "domain renamed", "code renamed", "areas of another year", "twice"],
)
def test_headings_with_another_meaning_are_refused(
    change: tuple[str, str], error: type[ReadError], text: str, tmp_path: Path, read: Read
) -> None:
    header = (AREAS.format(2011, 2019) + ",Crime Rank,Crime Decile").replace(*change)
    with pytest.raises(error, match=text):
        read(as_csv(tmp_path / "a.csv", header, f"{CITY},1,1"))


def test_a_summary_gives_the_same_wherever_its_header_and_columns_stand(
    summary: Path, tmp_path: Path, read: Read
) -> None:
    def move(sheets: Sheets) -> None:
        for name, rows in sheets.items():
            if name != "Notes":
                sheets[name] = [["Table [note 2]"], [], *[[*row[:2], *reversed(row[2:])] for row in rows], ["Source"]]

    def figures(path: Path) -> Any:
        frame = read(path).frame.astype({"domain": str, "measure": str, "area_code": str})
        return frame.set_index(["domain", "measure", "area_code"])["value"].sort_index()

    moved = rewrite(summary, tmp_path / summary.name, move)
    pd.testing.assert_series_equal(figures(moved), figures(summary))


def test_a_sheet_of_another_domain_than_the_others_is_refused(summary: Path, tmp_path: Path, read: Read) -> None:
    def copy(sheets: Sheets) -> None:
        sheets["Crime"] = sheets["Health"]

    with pytest.raises(LayoutError, match=r"two sheets are of the same domain; found \[Health\] and \[Crime\]"):
        read(rewrite(summary, tmp_path / "a.xlsx", copy))


def test_a_missing_sheet_and_a_renamed_column_of_a_workbook_are_refused(
    summary: Path, tmp_path: Path, read: Read
) -> None:
    def remove(sheets: Sheets) -> None:
        del sheets["IDACI"]

    with pytest.raises(ReadError, match="the domain IDACI was not found once"):
        read(rewrite(summary, tmp_path / "a.xlsx", remove))

    def rename(sheets: Sheets) -> None:
        sheets["Crime"][0][2] = "Crime - Median rank"

    with pytest.raises(HeaderError, match=r"sheet \[Crime\] row 1: .* the unknown columns \[Crime - Median rank\]"):
        read(rewrite(summary, tmp_path / "b.xlsx", rename))


TIDY = "{0},{1},index_domain,rank_average_score,proportion_bottom_decile,{2}"


@pytest.mark.parametrize("names", [("lad19cd", "lad19nm", "year"), ("area_code", "area_name", "deprivation_data_year")])
def test_a_tidy_copy_has_its_domain_and_edition_in_each_row(
    names: tuple[str, str, str], tmp_path: Path, read: Read, sources: Catalogue
) -> None:
    rows = ["E06000001,Hartlepool,Health and Disability,16,3.6E-1,2015", "E06000002,Middlesbrough,Wealth,1,0.5,2015"]
    path = as_csv(tmp_path / "a.csv", TIDY.format(*names), *rows)
    assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
    found = read(path)
    assert found.frame[["edition", "domain", "measure", "value", "unit"]].to_numpy().tolist() == [
        [2015, "health", "rank_of_average_score", 16, "rank"],
        [2015, "health", "proportion_most_deprived", 0.36, "share"],
    ]
    assert {q.reason for q in found.quarantined} == {"[Wealth] is not a domain that is known here"}


def test_an_older_table_with_other_authorities_and_welsh_one_with_fewer_are_refused(tmp_path: Path, read: Read) -> None:
    old = "LA CODE,LA NAME,Extent,Rank of Extent,Average Score,Rank of Average Score"
    with pytest.raises(ReadError, match="expected the 326 authorities of 2010; found 1 rows"):
        read(as_csv(tmp_path / "a.csv", old, "00AA,City of London,0,294,11.15,262"))
    with pytest.raises(ReadError, match="expected the 22 Welsh authorities; found 1 rows"):
        read(as_csv(tmp_path / "b.csv", "LAD19CD,Proportion,Extent,Score", "W06000001,0.02,0.1,0"))
