"""Drug seizures: the sample reads back, and what may change next is read or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.workbooks import quarantined

SOURCE = "ho_drug_seizures"
SEIZURES, QUANTITIES, SIZES = (f"{SOURCE}__{table}" for table in ("seizure", "quantity", "seizure_size"))
BY_FORCE, AMOUNTS = "Seizures24-25-SYNTHETIC.csv", "Quantities24-25-SYNTHETIC.csv"
BY_SIZE, OVER_YEARS = "Weights24-25-SYNTHETIC.csv", "seizures_EW-SYNTHETIC.csv"
FIGURE = ["area_name", "area_code", "drug", "drug_class", "is_total", "financial_year", "value", "status"]

Landed = Callable[[Home, str], pd.DataFrame]
Changed = Callable[..., Path]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("drug_seizures")
    sources[SOURCE].sample.write(folder, seed=1, scale=1.0)
    return folder


@pytest.fixture
def changed(sample: Path, tmp_path: Path) -> Changed:
    """A file of the sample with texts in it changed, under the same name: ``changed(name, (old, new), ...)``."""

    def write(name: str, *changes: tuple[str, str]) -> Path:
        text = (sample / name).read_bytes().decode("utf-8-sig")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / name
        path.write_bytes(text.encode())
        return path

    return write


def figures(frame: pd.DataFrame) -> list[tuple]:
    """What was read of seizures, without where it was read."""
    return sorted(tuple(map(str, row)) for row in frame[FIGURE].itertuples(index=False))


def test_the_sample_reads_back_whole_and_is_of_this_source_only(
    intake: TakeIn, landed: Landed, sample: Path, sources: Catalogue
) -> None:
    files = sorted(sample.iterdir())
    for file in files:
        assert recognise(LooseFile(file), sources).source_ids == (SOURCE,)
    result, home = intake(SOURCE, *files)
    assert (result.problems, result.rows_quarantined) == ([], 0)
    frames = [landed(home, table) for table in (SEIZURES, QUANTITIES, SIZES)]
    assert [len(frame) for frame in frames] == [41 * 24 + 3 * 27 + 3 * 4, 41 * 17 + 3 * 17, 13 * 9]
    assert frames[0][frames[0].area_level == "police_force_area"].area_code.nunique() == 39
    assert set(frames[1][frames[1].status == "missing"].area_name) == {"Border Force"}


def test_the_year_of_a_table_by_force_is_that_of_its_name_and_over_years_that_of_its_row(
    intake: TakeIn, landed: Landed, sample: Path, tmp_path: Path
) -> None:
    _, home = intake(SOURCE, sample / BY_FORCE, sample / OVER_YEARS)
    frame = landed(home, SEIZURES)
    assert set(frame[frame.area_level == "police_force_area"].period_end) == {pd.Timestamp(2025, 3, 31)}
    assert set(frame[frame.area_level == "england_and_wales"].financial_year) == {"2022/23", "2023/24", "2024/25"}
    unnamed = tmp_path / "seizures by force.csv"
    unnamed.write_bytes((sample / BY_FORCE).read_bytes())
    result, _ = intake(SOURCE, unnamed)
    assert "does not name its year" in result.problems[0].text


def test_totals_are_marked_and_cannabis_is_one_only_beside_its_kinds(
    intake: TakeIn, landed: Landed, sample: Path
) -> None:
    _, home = intake(SOURCE, sample / BY_FORCE, sample / OVER_YEARS)
    frame = landed(home, SEIZURES)
    totals = frame[frame.is_total].groupby("area_level").drug.agg(set).to_dict()
    every = {"All drugs", "All class A", "All class B", "All class C"}
    assert totals["police_force_area"] == every and totals["england_and_wales"] == every | {"All cannabis"}
    counts = frame[(frame.area_name == "Kent")].set_index("drug")
    for drug_class in "ABC":
        parts = counts[(counts.drug_class == drug_class) & ~counts.is_total].value
        assert parts.max() <= counts.value[f"All class {drug_class}"] <= parts.sum()


@pytest.mark.parametrize(
    "changes",
    [
        [("Anabolic-steroids", "Anabolic0steroids"), ('"Mephedrone\n(non-injection)"', "Mephedrone (non-injection)")],
        [("Total Class B", "Total Class C")],
        [("Total Class C", "Other Class C")],
        [("Cumbria", " Cumbria "), ("Police force", "\ufeff Police Force ")],
    ],
    ids=["typing error", "class B under C", "total under other", "spaces"],
)
def test_headings_that_were_published_so_give_the_same_figures(
    intake: TakeIn, landed: Landed, sample: Path, changed: Changed, changes: list[tuple[str, str]]
) -> None:
    _, home = intake(SOURCE, sample / BY_FORCE)
    before = landed(home, SEIZURES)
    result, home = intake(SOURCE, changed(BY_FORCE, *changes))
    after = landed(home, SEIZURES)
    assert result.problems == []
    assert figures(pd.DataFrame(after[after.release_id != before.release_id.iloc[0]])) == figures(before)


def test_of_two_columns_of_one_heading_the_rows_tell_which_is_which_wherever_they_stand(
    intake: TakeIn, landed: Landed, sample: Path, tmp_path: Path
) -> None:
    table = pd.read_csv(sample / BY_FORCE, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    columns = list(table.columns)
    at, other = columns.index("Total Class B"), columns.index("Total Class C")
    columns[at], columns[other] = columns[other], columns[at]
    swapped = table[columns].rename(columns={"Total Class B": "Total Class C"})
    path = tmp_path / BY_FORCE
    swapped.to_csv(path, index=False, lineterminator="\r\n")
    _, home = intake(SOURCE, path)
    frame = landed(home, SEIZURES).set_index(["area_name", "drug"]).value
    for name, row in table.set_index("Police force").iterrows():
        assert frame[name, "All class B"] == float(row["Total Class B"])
        assert frame[name, "All class C"] == float(row["Total Class C"])


def test_ketamine_is_of_class_c_where_mephedrone_is_not_listed(
    intake: TakeIn, landed: Landed, sample: Path, tmp_path: Path
) -> None:
    table = pd.read_csv(sample / BY_FORCE, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    path = tmp_path / "Seizures13-14.csv"
    table.drop(columns="Mephedrone\n(non-injection)").to_csv(path, index=False, lineterminator="\r\n")
    _, home = intake(SOURCE, path, sample / BY_FORCE)
    ketamine = landed(home, SEIZURES).query("drug == 'Ketamine'")
    assert ketamine.groupby("financial_year").drug_class.agg(set).to_dict() == {"2013/14": {"C"}, "2024/25": {"B"}}


def test_quantities_have_their_units_and_plants_are_told_by_their_number(
    intake: TakeIn, landed: Landed, sample: Path, tmp_path: Path
) -> None:
    table = pd.read_csv(sample / AMOUNTS, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    plants = table[" Cannabis Plants "].astype(float)
    paths = {0: tmp_path / "Quantities09-10.csv", 1: tmp_path / "Quantities10-11.csv"}
    for place, divisor in ((0, 1000), (1, plants.max() / 5000)):
        changed = table.assign(**{" Cannabis Plants ": (plants / divisor).map("{:.5f}".format)})
        changed.to_csv(paths[place], index=False, lineterminator="\r\n")
    result, home = intake(SOURCE, sample / AMOUNTS, *paths.values())
    frame = landed(home, QUANTITIES)
    units = frame.groupby(["financial_year", "drug"]).unit.agg(set)
    assert units["2024/25", "Cannabis plants"] == {"plants"}
    assert units["2009/10", "Cannabis plants"] == {"thousand plants"}
    assert units["2024/25", "Heroin"] == {"kilograms"} and units["2024/25", "LSD"] == {"thousand doses"}
    assert "their number does not tell which; expected" in result.problems[0].text
    assert "2010/11" not in set(frame.financial_year)


def test_a_quantity_that_contradicts_its_average_is_quarantined_with_it(
    intake: TakeIn, landed: Landed, sample: Path, tmp_path: Path
) -> None:
    table = pd.read_csv(sample / BY_SIZE, dtype=str, keep_default_na=False, encoding="utf-8-sig", index_col=0)
    table.loc["Total kg", "Heroin"] = "7.00"
    path = tmp_path / BY_SIZE
    table.to_csv(path, lineterminator="\r\n", index_label="")
    result, home = intake(SOURCE, path)
    assert (result.problems, result.rows_quarantined) == ([], 2)
    assert [one["cell"] for one in quarantined(home)] == ["7.00", table.loc["Average kg", "Heroin"]]
    frame = landed(home, SIZES)
    assert set(frame[frame.drug == "Heroin"].measure) == {"seizures", "seizures_of_size"}
    units = frame[frame.measure == "average_quantity"].set_index("drug").unit
    assert (units["Crack"], units["Ecstasy"], units["Cannabis plants"]) == ("grams", "doses", "plants")
    assert frame[frame.drug == "LSD"].set_index("measure").status["average_quantity"] == "not_available"


def test_an_unknown_force_is_quarantined_with_the_nearest_names(intake: TakeIn, changed: Changed) -> None:
    result, home = intake(SOURCE, changed(BY_FORCE, ("Cumbria", "Cumbrya")))
    assert result.problems == [] and result.rows_quarantined == 24
    assert "[Cumbria] (E23000002)" in quarantined(home)[0]["reason"]


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        (BY_FORCE, "Heroin", "Opium", "unknown columns [Opium]"),
        (BY_FORCE, "Crack", "Cocaine", "two columns have the same heading"),
        (BY_FORCE, ",Crack", "", "a record has not the header's number of cells"),
        (BY_SIZE, "Average kg", "Mean kg", "its rows are not those of a table by size"),
        (BY_SIZE, "Class,A", "Class,D", "a drug has no class; expected A, B or C; found [D]"),
        (OVER_YEARS, "Total Cannabis", "Herbal cannabis", "two columns have the same heading"),
    ],
)
def test_a_table_whose_meaning_moved_is_refused(
    intake: TakeIn, changed: Changed, name: str, old: str, new: str, words: str
) -> None:
    result, _ = intake(SOURCE, changed(name, (old, new)))
    text = result.problems[0].text if result.problems else ""
    assert result.rows_landed == 0 and words in text and f"[{name}]" in text


def test_without_a_last_line_end_a_last_cell_is_landed_only_where_it_shows_that_it_is_whole(
    intake: TakeIn, landed: Landed, sample: Path, tmp_path: Path
) -> None:
    def ended(name: str, cut: int) -> Path:
        folder = tmp_path / str(cut)
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes((sample / name).read_bytes()[: -2 - cut])
        return folder / name

    # A total of all drugs cannot have had another digit; one with its last digit off is less than its parts.
    result, home = intake(SOURCE, ended(OVER_YEARS, 0))
    assert (result.rows_quarantined, len(landed(home, SEIZURES))) == (0, 81)
    result, _ = intake(SOURCE, ended(OVER_YEARS, 1))
    assert result.rows_quarantined == 1
    # Two decimals, as in the cells around, are whole; one is not, and the cell contradicts nothing.
    assert intake(SOURCE, ended(AMOUNTS, 0))[0].rows_quarantined == 0
    result, home = intake(SOURCE, ended(AMOUNTS, 1))
    assert result.rows_quarantined == 1
    assert "may have been cut short" in quarantined(home)[-1]["reason"]
