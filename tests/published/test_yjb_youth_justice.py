"""Youth justice statistics: the real tidy copies, against each other and published totals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.reading import PublishedFile
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn

pytestmark = pytest.mark.slow

SOURCE = "yjb_youth_justice"
#: A file as read: ``Figures``, of whose frame columns are asked by name.
Read = Callable[[str], Any]


@pytest.fixture(scope="module")
def folder(published: Path) -> Path:
    return published / "justice" / "moj_youth_justice"


@pytest.fixture
def read(folder: Path, sources: Catalogue) -> Read:
    def read_one(name: str) -> Any:
        path = folder / name if name == "children_offending.csv" else folder / "DERIVED_csv" / f"{name}.csv"
        (found,) = sources[SOURCE].reader.read(PublishedFile(path, path.name, "0" * 64), sources[SOURCE].contract)
        return found

    return read_one


def by_year(frame: Any, area: str) -> dict[int, float]:
    rows = frame[frame.area_name == area]
    return {end.year: value for end, value in rows.groupby("period_end").value.sum().items()}


def test_every_copy_is_taken_in_and_what_cannot_be_placed_is_told(
    folder: Path, intake: TakeIn, sources: Catalogue
) -> None:
    files = [*sorted((folder / "DERIVED_csv").iterdir()), folder / "children_offending.csv"]
    assert len(files) == 32
    assert all(recognise(LooseFile(path), sources).source_ids == (SOURCE,) for path in files)
    result, home = intake(SOURCE, *files)
    assert result.problems == []
    # 14,352 records of the copies and 242 of one authority and those like it.
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (14_594, 14_585, 9)
    with home.open_ledger() as ledger:
        reasons = [
            (row["source_file"], row["n"])
            for row in ledger.execute("select source_file, count(*) n from quarantined group by 1 order by 1")
        ]
    assert reasons == [
        ("custody_strip_search_19to21_outcome_age.csv", 6),
        ("disposals_10to17_gender.csv", 2),
        ("fte_09to20.csv", 1),
    ]


def test_figures_are_those_of_the_cells_they_name(read: Read) -> None:
    entrants = read("fte_09to20").frame.set_index("source_row")
    assert entrants.loc[2, ["area_code", "value", "status"]].tolist() == ["E08000025", 1389, "observed"]
    assert str(entrants.loc[2, "period_end"]) == "2009-12-31"
    custody = read("custody_avduration_10to19_legal_basis").frame.set_index("source_row")
    assert custody.loc[2, ["measure", "value", "unit"]].tolist() == ["mean_nights", 109, "nights"]
    knife = read("knife_offence_12to22_disposal_age_gen_eth").frame
    assert len(knife) == 4448 and set(knife.area_code) == {"K04000001", "E23000014"}
    authority = read("children_offending.csv").frame.set_index("source_row")
    assert authority.loc[2, ["area_code", "value"]].tolist() == ["E09000006", 204]
    assert authority.loc[3, "measure"] == "children_cautioned_or_sentenced_rate"


def test_the_average_custody_population_is_the_published_one(read: Read) -> None:
    custody = by_year(read("custody_avpop_10to21_legal_basis").frame, "England and Wales")
    # Youth justice statistics 2020/21: 560 on average, after 781 in 2019/20 and 859 in 2018/19.
    assert {year: round(custody[year]) for year in (2019, 2020, 2021)} == {2019: 859, 2020: 781, 2021: 560}


def test_cautions_and_sentences_are_the_same_by_every_characteristic(read: Read) -> None:
    whole = read("disposals_10to21").frame
    for part in ("age", "ethnicity", "gender"):
        found = read(f"disposals_10to17_{part}")
        for area in ("England and Wales", "West Midlands (region)", "Birmingham"):
            sums = by_year(found.frame, area)
            # Two figures for one group of 2015, 2 and 1, are held back.
            held_back = 3.0 if (part, area) == ("gender", "England and Wales") else 0.0
            expected = {year: by_year(whole, area)[year] - held_back * (year == 2015) for year in sums}
            assert sums == expected, (part, area)


def test_reoffending_is_the_same_by_every_characteristic(read: Read) -> None:
    def totals(name: str) -> Any:
        return read(name).frame.groupby(["measure", "period_start", "period_end"]).value.sum()

    by_sex = totals("reoffending_10to20_gender")
    pd.testing.assert_series_equal(totals("reoffending_10to20_offence"), by_sex)
    pd.testing.assert_series_equal(totals("reoffending_10to20_prevoffences"), by_sex)
    pd.testing.assert_series_equal(totals("reoffending_10to20_timetoreoffence"), by_sex.loc[["reoffences"]])
    year = by_sex[[end.year == 2020 and (end - start).days > 100 for _, start, end in by_sex.index]]
    quarters = by_sex[[(end - start).days < 100 for _, start, end in by_sex.index]]
    assert len(quarters) == 12
    assert quarters.groupby("measure").sum().to_dict() == year.groupby("measure").sum().to_dict()


def test_totals_of_disposals_are_the_sums_of_theirs(read: Read) -> None:
    frame = read("reoffending_10to20_disposal").frame
    table = frame.pivot_table(index=["measure", "period_start", "period_end"], columns="disposal", values="value")
    assert set(frame[frame.is_total].disposal) == {"First tier penalty", "Youth community penalty"}
    first_tier = ["Youth discharge", "Youth fine", "Youth referral order", "Youth reparation order"]
    assert table[first_tier].sum(axis=1).equals(table["First tier penalty"])
    others = {
        "First tier penalty",
        "Youth community penalty",
        "Youth rehabilitation order",
        "Caution",
        "Custody",
        "Other",
    }
    community = [name for name in table.columns if name not in {*first_tier, *others}]
    assert len(community) == 7 and table[community].sum(axis=1).equals(table["Youth community penalty"])


def test_remand_is_decisions_in_2010_and_children_on_remand_since(read: Read) -> None:
    decisions = read("remand_count_10192021_type_gender").frame
    held = read("custody_avpop_10to21_legal_basis").frame.query("legal_basis == 'Remand'")
    for part in ("age", "gender", "ethnicity"):
        frame = read(f"remand_count_10to21_{part}").frame
        first = frame[frame.measure == "remand_decisions"]
        assert (
            by_year(first, "England and Wales")
            == {2010: 76_593}
            == {2010: by_year(decisions, "England and Wales")[2010]}
        )
        since = by_year(frame[frame.measure == "average_children_on_remand"], "England and Wales")
        assert sorted(since) == list(range(2011, 2022))
        # The two are from tables of the same chapter and a third of a child apart at most.
        expected = by_year(held, "England and Wales")
        assert all(abs(since[year] - expected[year]) < 0.5 for year in range(2012, 2022)), part


def test_needs_add_up_to_the_same_number_of_children(read: Read) -> None:
    frame = read("sentenced_needs_19to20_history").frame
    sums = frame.groupby(["period_end", "need"]).value.sum().unstack()
    assert sums.to_numpy().tolist() == [[9201.0] * 8, [7630.0] * 8]
    assert (frame.status == "missing").sum() == 2
    shares = read("sentenced_needs_20_region").frame
    assert shares.value.between(0, 1).all() and set(shares.area_code) == {"E92000001", "W92000004", "E12000005"}


def test_first_time_entrants_are_the_same_by_offence_and_by_disposal(read: Read) -> None:
    key = ["period_start", "period_end", "sex"]
    offence = read("fte_09to21_offence_gender").frame.groupby(key).value.sum()
    disposal = read("fte_09to21_disposal_gender").frame.groupby(key).value.sum()
    # A few entrants have no offence; both are scaled up from those with details.
    assert len(offence) == 44 and (offence - disposal).abs().max() < 5
