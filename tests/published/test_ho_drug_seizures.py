"""Drug seizures: the real tables, against cells that a person can find and against one another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.intake import Intake, SourceIntake
from sources.landing import Landing
from sources.origins.given import GivenFiles
from sources.recognise import LooseFile, recognise
from tests.sources.workbooks import quarantined

SOURCE = "ho_drug_seizures"
SEIZURES, QUANTITIES, SIZES = (f"{SOURCE}__{table}" for table in ("seizure", "quantity", "seizure_size"))
#: Of other things: offences with knives, whose columns somebody else named.
NOT_READ = {"knifecrime_polices.csv"}

pytestmark = pytest.mark.slow

Landed = Callable[[Home, str], pd.DataFrame]


@pytest.fixture(scope="module")
def files(published: Path) -> list[Path]:
    folder = published / "justice" / "ho_drug_seizures"
    found = sorted(p for p in folder.iterdir() if p.suffix in {".csv", ".gz"} and p.name not in NOT_READ)
    assert len(found) == 23
    return found


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue, files: list[Path]) -> tuple[Intake, Home]:
    """Every file taken in, once for all tests."""
    home = Home(tmp_path_factory.mktemp("drug_seizures") / "home", "folder").make()
    Landing(home).prepare(Catalogue({SOURCE: sources[SOURCE]}))
    return SourceIntake(sources[SOURCE], GivenFiles(*files), home).run(), home


def test_every_file_is_of_this_source_only_and_the_one_of_knives_is_not(files: list[Path], sources: Catalogue) -> None:
    for path in files:
        assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
    assert SOURCE not in recognise(LooseFile(files[0].parent / "knifecrime_polices.csv"), sources).source_ids


def test_every_figure_is_landed_or_quarantined(taken: tuple[Intake, Home], landed: Landed) -> None:
    result, home = taken
    assert result.problems == []
    frames = [landed(home, table) for table in (SEIZURES, QUANTITIES, SIZES)]
    assert [len(frame) for frame in frames] == [5 * 943 + 297 + 240, 5 * 697 - 4 + 187, 3 * 99 - 6 + 7 * 117]
    assert [(frame.status != "observed").sum() for frame in frames] == [40, 29, 1]
    reasons = [(one["source_file"], one["reason"].split(" of ")[0], one["cell"]) for one in quarantined(home)]
    contradicted = [cell for file, _, cell in reasons if file == "Weights09-10.csv"]
    # In 2009/10 the doses of ecstasy, LSD and methadone contradict their averages.
    assert sorted(contradicted) == ["13879.75", "14893.43", "149", "171", "3", "533.81"]
    unended = sorted(file for file, reason, _ in reasons if reason.startswith("the last line has no end"))
    # Border Force's temazepam, the last cell of the file, is blank, which a cut cell would be too.
    assert unended == [f"Quantities{years}.csv" for years in ("10-11", "11-12", "12-13", "13-14")]
    assert len(reasons) == result.rows_quarantined == 10


def test_figures_are_those_of_the_cells_they_name(taken: tuple[Intake, Home], landed: Landed) -> None:
    _, home = taken
    seizures = landed(home, SEIZURES).set_index(["financial_year", "area_name", "drug"]).sort_index()
    assert seizures.value["2009/10", "Cleveland", "All drugs"] == 2462
    assert seizures.value["2009/10", "Metropolitan Police", "All cannabis"] == 57_612
    assert seizures.value["2018/19", "England and Wales", "All drugs"] == 153_135
    assert seizures.area_code["2009/10", "London, City of", "Crack"] == "E23000034"
    assert (seizures.status.loc["2012/13", "Hampshire"] == "missing").all()
    quantities = landed(home, QUANTITIES).set_index(["financial_year", "area_name", "drug"]).sort_index()
    plants = quantities.loc[("2009/10", "Northumbria", "Cannabis plants")]
    assert (plants.value, plants.unit) == (59.552, "thousand plants")
    plants = quantities.loc[("2010/11", "Northumbria", "Cannabis plants")]
    assert (plants.value, plants.unit) == (10_509, "plants")
    sizes = landed(home, SIZES).set_index(["financial_year", "drug", "measure", "size_band"]).sort_index()
    assert sizes.value["2015/16", "Cocaine", "seizures_of_size", "1g-500g"] == 5445.63
    average = sizes.loc[("2018/19", "Methadone", "average_quantity")].iloc[0]
    assert pd.isna(average.value) and average.status == "not_available"


def test_totals_of_classes_lie_between_their_largest_part_and_the_sum(
    taken: tuple[Intake, Home], landed: Landed
) -> None:
    _, home = taken
    frame = landed(home, SEIZURES)
    frame = frame[(frame.status == "observed") & (frame.area_level != "border_force")]
    keys = ["area_name", "financial_year", "drug_class"]
    own = frame[~frame.is_total & ~frame.drug.isin(["Herbal cannabis", "Cannabis resin", "Cannabis plants"])]
    # Over the years the kinds of cannabis are there beside their total, which stands for them.
    cannabis = frame[frame.drug == "All cannabis"]
    parts = pd.concat([own[own.drug != "All cannabis"], cannabis]).groupby(keys).value.agg(["max", "sum"])
    totals = frame[frame.drug.str.match("All class")].set_index(keys).value
    assert len(totals) == 3 * (5 * 40 - 1 + 11)
    both = parts.join(totals.rename("total"))
    assert (both["max"] <= both.total).all() and (both.total <= both["sum"]).all()


def test_the_sizes_agree_with_the_tables_over_years_in_the_year_that_was_not_revised(
    taken: tuple[Intake, Home], landed: Landed
) -> None:
    _, home = taken
    sizes, seizures, quantities = (landed(home, table) for table in (SIZES, SEIZURES, QUANTITIES))
    sizes = sizes[sizes.financial_year == "2018/19"]
    for measure, whole, off in (("seizures", seizures, 0), ("quantity", quantities, 0.005)):
        of_year = whole[(whole.financial_year == "2018/19") & (whole.area_name == "England and Wales")]
        of_sizes = sizes[sizes.measure == measure].set_index("drug")
        others = of_year.set_index("drug").loc[of_sizes.index]
        different = (of_sizes.value - others.value).abs()
        assert different[different > off + 1e-9].to_dict() == {}
        if measure == "quantity":
            assert (of_sizes.unit == others.unit).all()


def test_bands_are_no_more_than_all_the_seizures_but_for_their_rounding(
    taken: tuple[Intake, Home], landed: Landed
) -> None:
    _, home = taken
    frame = landed(home, SIZES)
    keys = ["financial_year", "drug"]
    bands = frame[frame.measure == "seizures_of_size"].groupby(keys).value.sum()
    whole = frame[frame.measure == "seizures"].set_index(keys).value
    over = (bands - whole)[bands - whole > 0.05]
    assert len(bands) == 3 * 11 + 7 * 13
    # One more by the rounding of each band.
    assert over.to_dict() == {("2014/15", "Methadone"): 1, ("2016/17", "Crack"): 1, ("2016/17", "Ketamine"): 1}


def test_border_force_alone_agrees_with_the_tables_by_force(taken: tuple[Intake, Home], landed: Landed) -> None:
    _, home = taken
    frame = landed(home, SEIZURES)
    frame = frame[frame.area_name == "Border Force"]
    is_alone = frame.source_file.str.startswith("border_force")
    keys = ["financial_year", "drug"]
    both = frame[is_alone].merge(frame[~is_alone], on=keys, suffixes=("", "_by_force"))
    assert both.financial_year.nunique() == 5 and len(both) == 80
    different = both[both.value != both.value_by_force].set_index(keys)
    # Totals of one year were revised between the two.
    assert {drug: tuple(row) for (_, drug), row in different[["value", "value_by_force"]].iterrows()} == {
        "All cannabis": (1562, 1600),
        "All class A": (1091, 1115),
        "All class B": (1718, 1770),
        "All class C": (856, 862),
    }
    assert {year for year, _ in different.index} == {"2011/12"}
