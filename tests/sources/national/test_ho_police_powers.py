"""Police powers: every file of the sample reads back and adds up, and what may change next is read or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.errors import LayoutError, ReadError
from sources.home import Home
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.workbooks import Sheets, rewrite, row_of

SOURCE = "ho_police_powers"
ARRESTS, DETENTIONS = (
    "arrest-police-powers-procedures-mar25-tables.ods",
    "detentions-mental-health-act-mar25-tables.ods",
)
OPEN_ARRESTS, RATES = "SYNTHETIC_arrests_open_data.csv", "SYNTHETIC_stops-and-searches-2013-2014.csv"
OLD_SEARCHES = "SYNTHETIC_stop_search_open_data_to_2020.csv"
NEW_SEARCHES = "SYNTHETIC_stop_search_open_data_from_2021.csv"

Landed = Callable[[Home, str], pd.DataFrame]
Change = Callable[[Sheets], None]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("police_powers")
    sources[SOURCE].sample.write(folder, seed=1, scale=1.0)
    return folder


def _read(path: Path, sources: Catalogue) -> Figures:
    """The one table of a file."""
    source = sources[SOURCE]
    (found,) = source.reader.read(PublishedFile(path, path.name, "0" * 64), source.contract)
    return found


@pytest.fixture(scope="module")
def arrests(sample: Path, sources: Catalogue) -> pd.DataFrame:
    return _read(sample / ARRESTS, sources).frame


@pytest.fixture
def changed(sample: Path, tmp_path: Path, sources: Catalogue) -> Callable[[Change], Figures]:
    """The tables of arrests with a change to the workbook's cells."""
    return lambda change: _read(rewrite(sample / ARRESTS, tmp_path / "arrests.xlsx", change), sources)


@pytest.fixture
def rewritten(sample: Path, tmp_path: Path, sources: Catalogue) -> Callable[[str, Callable[[str], str]], Figures]:
    """A text file with a change to its text."""

    def read(name: str, change: Callable[[str], str]) -> Figures:
        with (sample / name).open(encoding="utf-8", newline="") as text:
            (tmp_path / name).write_bytes(change(text.read()).encode())
        return _read(tmp_path / name, sources)

    return read


def test_the_sample_is_landed_whole_and_is_of_this_source_alone(
    intake: TakeIn, landed: Landed, sample: Path, sources: Catalogue
) -> None:
    paths = sorted(sample.iterdir())
    assert all(recognise(LooseFile(path), sources).source_ids == (SOURCE,) for path in paths)
    result, home = intake(SOURCE, *paths)
    assert result.problems == [] and result.rows_quarantined == 0
    for table, of in sources[SOURCE].contract.tables.items():
        frame = landed(home, f"{SOURCE}__{table}")
        assert len(frame) and not frame.duplicated(["source_file", *(of.grain or ["source_row", "measure"])]).any()
        assert set(frame.area_code.dropna().str[:3]) <= {"E23", "W15", "E12", "K04", "E92", "W92"}


def test_forces_add_up_to_regions_and_the_whole(arrests: pd.DataFrame, sample: Path, sources: Catalogue) -> None:
    for frame in (arrests, _read(sample / DETENTIONS, sources).frame):
        by_force = frame[frame.area_name.isin(frame[frame.area_level == "police_force_area"].area_name)]
        key = ["table_number", "source_column"]
        whole = frame[frame.area_name == "ENGLAND AND WALES"].set_index(key).value
        regions = frame[(frame.area_level == "region") | (frame.area_name == "WALES")]
        assert len(whole) >= 6
        assert (by_force.groupby(key).value.sum() - whole == 0).all()
        assert (regions.groupby(key).value.sum() - whole == 0).all()


def test_sexes_and_ages_add_up_and_their_totals_are_marked(arrests: pd.DataFrame) -> None:
    table = arrests[arrests.table_number == "A.03"]
    sexes = table[table.sex.notna()].groupby(["age_group", "offence_group"], dropna=False).value.sum()
    both = table[table.sex.isna()].set_index(["age_group", "offence_group"]).value
    assert len(both) == 24 and sorted(sexes) == sorted(both) and both.sum() == sexes.sum()
    parts = table[~table.is_total]
    assert parts.sex.notna().all() and parts.age_group.notna().all() and parts.offence_group.notna().all()
    assert parts.value.sum() == table[table[["sex", "age_group", "offence_group"]].isna().all(axis=1)].value.item()


def test_notes_glued_to_labels_and_years_are_split_off(arrests: pd.DataFrame) -> None:
    assert set(arrests.age_group.dropna()) == {
        "Under 10", "Aged 10-17", "Aged 18-20", "Aged 21 and over", "Age unknown",
    }  # fmt: skip
    assert set(arrests[arrests.table_number == "A.02"].period_end.astype(str)) == {"2025-03-31"}
    assert arrests.table_title.str.endswith("2024/25").all()
    lancashire = arrests[arrests.area_name == "Lancashire"]
    assert set(lancashire.status) == {"not_available"} and set(lancashire.area_code) == {"E23000003"}


def test_thousands_become_arrests_unless_the_words_were_left_there_by_mistake(
    arrests: pd.DataFrame, changed: Callable[[Change], Figures]
) -> None:
    """A.01a is in thousands with decimals, A.02 says thousands above single arrests."""
    by_year = arrests[(arrests.period_end.astype(str) == "2025-03-31") & (arrests.measure == "count")]
    persons = by_year[by_year[["sex", "age_group", "offence_group"]].isna().all(axis=1)].set_index("table_number").value
    assert persons["A.01a"] == persons["A.01b"] == persons["A.02"] > 500_000

    def plain(sheets: Sheets) -> None:
        sheets["A_01a"][2][0] = "Numbers"

    unscaled = changed(plain).frame.query("table_number == 'A.01a'")
    assert unscaled.value.max() < 1000


def test_detentions_have_their_place_of_safety_and_ages(sample: Path, sources: Catalogue) -> None:
    frame = _read(sample / DETENTIONS, sources).frame
    kent = frame[frame.area_name == "Kent"]
    assert set(kent.place_of_safety.dropna()) == {
        "Health-based place of safety", "Accident and emergency", "Police station", "Not known",
    }  # fmt: skip
    assert set(kent.age_group.dropna()) == {"Under 18", "18 - 64", "65 and over", "Age not known"}
    for number, column in (("MHA.01", "age_group"), ("MHA.02", "place_of_safety")):
        of = kent[kent.table_number == number]
        assert of[of[column].notna()].value.sum() == of[of[column].isna()].value.item()


def test_searches_of_both_layouts_have_their_force_by_code(sample: Path, sources: Catalogue) -> None:
    old, new = _read(sample / OLD_SEARCHES, sources), _read(sample / NEW_SEARCHES, sources)
    assert old.frame.groupby("measure", observed=True).size().to_dict() == {"searches": 43, "resultant_arrests": 43}
    assert set(old.frame.period_type) == {"financial_year"} and set(new.frame.period_type) == {"quarter"}
    kent = new.frame[new.frame.area_name == "Kent Police"]
    assert set(kent.area_code) == {"E23000032"} and set(kent.ethnicity) == {"White", "N/A - vehicle search"}
    assert set(kent.period_start.astype(str)) == {"2024-04-01", "2024-07-01", "2024-10-01", "2025-01-01"}


def test_searches_with_a_code_of_no_force_are_set_aside(
    rewritten: Callable[[str, Callable[[str], str]], Figures],
) -> None:
    found = rewritten(OLD_SEARCHES, lambda text: text.replace("E23000032", "E99999999"))
    assert (found.rows_in, len(found.frame)) == (86, 84)
    assert {q.reason for q in found.quarantined} == {"[E99999999] is no force area's code"}


def test_a_missing_count_of_arrests_is_not_nought(sample: Path, sources: Catalogue) -> None:
    frame = _read(sample / OPEN_ARRESTS, sources).frame
    gone = frame[frame.status == "not_available"]
    assert set(gone.area_name) == {"Lancashire"} and gone.value.isna().all() and len(gone) == 5
    assert set(frame.offence_classification) == {"from_2015_16"}
    assert set(frame.offence_group) == {"Violence against the person", "Drug offences"}


def test_rows_of_open_data_that_contradict_or_name_no_force_are_set_aside(
    rewritten: Callable[[str, Callable[[str], str]], Figures],
) -> None:
    found = rewritten(
        OPEN_ARRESTS, lambda text: text.replace("2025-03-31", "2026-03-31", 1).replace(",Kent,", ",Kint,")
    )
    assert found.rows_in == 430 and len(found.frame) == 430 - 1 - 10
    reasons = {q.reason.split(";")[0] for q in found.quarantined}
    assert reasons == {
        "[2026-03-31] is not the end of the financial year [2024/25]",
        "no police force is known by the name [Kint]",
    }


def test_a_rate_keeps_the_mark_glued_to_it_as_a_note(
    rewritten: Callable[[str, Callable[[str], str]], Figures],
) -> None:
    def glue(text: str) -> str:
        first, kent, rest = text.partition("\r\nKent,")
        return first + kent + "7.5a" + rest[rest.index(",") :]

    found = rewritten(RATES, glue)
    kent = found.frame[(found.frame.area_name == "Kent") & (found.frame.ethnic_group == "White")]
    assert kent[["value", "status", "note"]].values.tolist() == [[7.5, "observed", "a"]]
    assert found.quarantined == [] and set(found.frame[found.frame.area_name == "London"].area_level) == {"region"}


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        (RATES, lambda text: text.rstrip()[:-2], ["row 45", "the last line has no end"]),
        (RATES, lambda text: text[: text.index("England and Wales")], ["England and Wales", "cut short"]),
        (RATES, lambda text: text.replace("Mixed", "Dual heritage", 1), ["row 1", "[Dual heritage] in E"]),
        (OPEN_ARRESTS, lambda text: text[:-12], ["row 431", "the last line has no end"]),
        (OPEN_ARRESTS, lambda text: text.replace("ethnic_group", "ethnicity", 1), ["[ethnic_group]", "[ethnicity]"]),
        (NEW_SEARCHES, lambda text: text.replace("number_of_searches", "stops", 1), ["no header", "[Searches]"]),
    ],
)
def test_a_text_file_cut_short_or_with_another_header_is_refused(
    name: str,
    change: Callable[[str], str],
    words: list[str],
    rewritten: Callable[[str, Callable[[str], str]], Figures],
) -> None:
    with pytest.raises(ReadError) as error:
        rewritten(name, change)
    for word in [name, *words]:
        assert word in str(error.value)


def _new_age(sheets: Sheets) -> None:
    rows = sheets["A_01b"]
    rows[4][2] = "Teenagers"


def _unknown_offence(sheets: Sheets) -> None:
    rows = sheets["A_03"]
    rows[row_of(rows, "Theft")][0] = "Cyber offences"


def _no_units(sheets: Sheets) -> None:
    sheets["A_05"][2][0] = ""


def _of_something_else(sheets: Sheets) -> None:
    sheets["A_02"][0][0] = "A.02: Persons cautioned, 2024/25"


def _moved_heading(sheets: Sheets) -> None:
    """Females' heading one column to the left, so that it stands over males' figures."""
    rows = sheets["A_05"]
    rows[3][2], rows[3][4] = "Females", ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_new_age, ["[A_01b] row 5", "table A.01b", "age_group", "[Teenagers] in C"]),
        (_unknown_offence, ["[A_03] row", "[Cyber offences] in A"]),
        (_no_units, ["[A_05] row 1", "row of units"]),
        (_of_something_else, ["[A_02] row 1", "[Persons cautioned, 2024/25]"]),
        (_moved_heading, ["[A_05]", "figures in different places say that they are of the same"]),
    ],
)
def test_a_workbook_beyond_what_the_reader_knows_is_refused_with_its_place(
    change: Change, words: list[str], changed: Callable[[Change], Figures]
) -> None:
    with pytest.raises(LayoutError) as error:
        changed(change)
    for word in ["[arrests.xlsx]", *words]:
        assert word in str(error.value)
