"""Indices of deprivation read from files as they were published, or copied."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.reading import PublishedFile
from sources.recognise import LooseFile, recognise

SOURCE = "mhclg_deprivation"
FILE_10 = "File_10_IoD2019_LAD_Summaries_lower-tier.xlsx"
Frame = Callable[[str], Any]


@pytest.fixture(scope="module")
def frame(published: Path, sources: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Frame:
    """The figures of a file, which all land."""

    def read(name: str) -> Any:
        path = published / "health" / "mhclg_deprivation" / name
        assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
        if path.suffix == ".gz":
            unpacked = tmp_path_factory.mktemp("unpacked") / path.stem
            unpacked.write_bytes(gzip.decompress(path.read_bytes()))
            path = unpacked
        (found,) = sources[SOURCE].reader.read(PublishedFile(path, path.name, "0" * 64), sources[SOURCE].contract)
        assert (len(found.frame), found.quarantined) == (found.rows_in, [])
        assert not found.frame.duplicated(list(sources[SOURCE].contract.tables[found.table].grain)).any()
        assert set(found.frame["status"]) == {"observed"}
        return found.frame

    return read


def values(frame: Any) -> Any:
    keys = ["area_code", "domain", "measure"]
    return frame.astype(dict.fromkeys(keys, str)).set_index(keys)["value"].sort_index()


@pytest.mark.slow
def test_ranks_and_deciles_of_every_small_area_are_read_and_agree_between_files(frame: Frame) -> None:
    domains = frame("File_2_-_IoD2019_Domains_of_Deprivation.csv.gz")
    assert len(domains) == 32_844 * 16
    found = values(domains)
    assert found["E01000001", "income", "rank"] == 32_831
    assert found["E01000002", "health", "decile"] == 10
    assert found["E01000001", "barriers", "rank"] == 7_319
    assert found["E01000002", "living_environment", "decile"] == 4
    overall = values(frame("File_1_-_IMD2019_Index_of_Multiple_Deprivation.csv.gz"))
    assert len(overall) == 32_844 * 2
    assert overall["E01000001", "imd", "rank"] == 29_199
    pd.testing.assert_series_equal(overall, found[overall.index])
    deciles = domains[domains["measure"] == "decile"].groupby(["domain", "value"], observed=True).size()
    assert deciles.between(3_270, 3_295).all()


@pytest.mark.slow
def test_people_by_age_add_up_to_the_people_of_every_small_area(frame: Frame) -> None:
    found = frame("File_6_-_IoD2019_Population_Denominators.csv.gz")
    people = found.pivot(index="area_code", columns="measure", values="value")
    parts = people["children_0_to_15"] + people["aged_16_to_59"] + people["aged_60_and_over"]
    assert len(people) == 32_844
    assert (parts == people["total_population"]).all()
    assert people["total_population"].sum() == 54_728_204
    assert people.loc["E01000001"].to_dict() == {
        "total_population": 1296,
        "children_0_to_15": 175,
        "aged_16_to_59": 656,
        "aged_60_and_over": 465,
        "working_age_18_to_59_or_64": 715,
    }
    assert set(found["period_end"]) == {pd.Timestamp("2015-06-30")}


def test_the_summaries_by_local_authority_are_read_whole_and_the_copies_agree(frame: Frame) -> None:
    official = frame(FILE_10)
    assert len(official) == 317 * (6 * 10 + 4 + 2 + 2)
    found = values(official)
    assert found["E06000009", "imd", "rank_of_average_rank"] == 1
    assert found["E06000001", "imd", "local_concentration"] == 32_560.44
    assert found["E06000001", "income", "scale"] == 21_084
    assert found["E06000011", "health", "average_score"] == -0.39
    assert found["E09000033", "crime", "rank_of_proportion_most_deprived"] == 102
    boroughs = frame("Borough_summary_measures_ID2019_GLA.xlsx")
    assert (len(boroughs), set(boroughs["compiled_by"])) == (330, {"greater_london_authority"})
    pd.testing.assert_series_equal(values(boroughs), found[values(boroughs).index])
    tidy = frame("IoD2019_LAD_tidy_trafford.csv")
    assert (len(tidy), set(tidy["edition"])) == (317 * 60, {2019})
    pd.testing.assert_series_equal(values(tidy), found[values(tidy).index])


def test_the_edition_of_2010_has_todays_kind_of_codes_by_name(frame: Frame) -> None:
    table = frame("deprivation_indices_2010_LA.csv")
    assert len(table) == 326 * 12
    kinds = table.drop_duplicates("area_code")["area_code"].astype(str).str[:3].value_counts().to_dict()
    assert kinds == {"E07": 201, "E06": 56, "E08": 36, "E09": 33}
    codes = table.drop_duplicates("area_code").set_index("published_code")["area_code"]
    assert codes["00AA"] == "E09000001"
    assert codes["47UG"] == "E07000239"
    assert codes["00EJ"] == "E06000047"
    found = values(table)
    assert found["E07000239", "imd", "rank_of_average_rank"] == 128
    assert found["E09000002", "employment", "scale"] == 12_872
    assert found["E09000012", "imd", "rank_of_extent"] == 1


def test_the_welsh_summary_has_two_measures_and_no_score(frame: Frame) -> None:
    table = frame("Welsh_IMD_LA.csv")
    assert len(table) == 22 * 2
    assert values(table)["W06000024", "imd", "proportion_most_deprived"] == 0.2222222222222222
    assert set(table["nation"]) == {"wales"}
