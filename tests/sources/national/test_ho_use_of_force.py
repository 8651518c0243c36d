"""Police use of force: the sample reads back and adds up, and what may change next is read or refused."""

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

SOURCE = "ho_use_of_force"
Landed = Callable[[Home, str], pd.DataFrame]
Change = Callable[[Sheets], None]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("use_of_force")
    sources[SOURCE].sample.write(folder, seed=1, scale=1.0)
    return next(folder.iterdir())


def _read(path: Path, sources: Catalogue) -> dict[str, Figures]:
    source = sources[SOURCE]
    return {f.table: f for f in source.reader.read(PublishedFile(path, path.name, "0" * 64), source.contract)}


@pytest.fixture(scope="module")
def tables(sample: Path, sources: Catalogue) -> dict[str, Figures]:
    return _read(sample, sources)


@pytest.fixture
def changed(sample: Path, tmp_path: Path, sources: Catalogue) -> Callable[[Change], dict[str, Figures]]:
    """The tables of the sample's workbook with a change to its cells."""
    return lambda change: _read(rewrite(sample, tmp_path / "uof.xlsx", change), sources)


def test_the_sample_is_landed_whole_and_is_of_this_source_alone(
    intake: TakeIn, landed: Landed, sample: Path, sources: Catalogue
) -> None:
    result, home = intake(SOURCE, sample)
    assert result.problems == [] and result.rows_quarantined == 0
    assert recognise(LooseFile(sample), sources).source_ids == (SOURCE,)
    for table, of in sources[SOURCE].contract.tables.items():
        assert not landed(home, f"{SOURCE}__{table}").duplicated(list(of.grain)).any()
    force = landed(home, f"{SOURCE}__use_of_force")
    assert force[force.table_number == "12"].area_level.value_counts().to_dict() == {
        "police_force_area": 43,
        "region": 9,
        "country": 2,
    }
    assert set(force.period_end.astype(str).str[:10]) == {"2025-03-31"}


def test_forces_add_up_to_regions_and_the_whole(tables: dict[str, Figures]) -> None:
    devices = tables["conducted_energy_device"].frame
    parts = devices[devices.area_level == "police_force_area"].groupby("use_type").value.sum()
    regions = devices[(devices.area_level == "region") | (devices.area_name == "Wales")].groupby("use_type").value.sum()
    whole = devices[devices.area_name == "England and Wales"].set_index("use_type").value
    assert len(whole) == 11 and (parts - whole == 0).all() and (regions - whole == 0).all()
    force = tables["use_of_force"].frame
    incidents = force[force.table_number == "12"]
    total = incidents[incidents.area_name == "England and Wales"].value.item()
    assert incidents[incidents.area_level == "police_force_area"].value.sum() == total


def test_groups_of_people_add_up_to_the_totals_beside_them(tables: dict[str, Figures]) -> None:
    force = tables["use_of_force"].frame
    is_of_people = force.breakdown.isin(["age_group", "sex", "ethnicity", "health_condition"])
    people = force[is_of_people & (force.status == "observed")]
    people = people.assign(tactic=people.tactic.fillna("-"))
    key = ["table_number", "area_name", "tactic", "measure"]
    parts = people[people.category.notna()].groupby(key).value.sum()
    totals = people[people.category.isna()].set_index(key).value
    # Ten tactics and the incidents of four tables, and in two more the whole and the forces but Gwent.
    assert len(totals) == 4 * 11 + 2 * 43 and (parts - totals == 0).all()


def test_a_tactic_knows_what_it_is_a_part_of_and_totals_are_marked(tables: dict[str, Figures]) -> None:
    table = tables["use_of_force"].frame.query("table_number == '1' and measure == 'times_tactic_reported'")
    at = table.set_index("tactic")
    groups = at.tactic_group.dropna().to_dict()
    assert groups == dict.fromkeys(
        [
            "Handcuffing, of which",
            "Compliant handcuffing",
            "Non-compliant handcuffing",
            "Handcuffing not stated",
        ],
        "Handcuffing",
    )
    totals = ["Total Tactics", "Total Restraint", "Handcuffing, of which", "Total Firearms", "Total Not reported"]
    assert at.index[at.is_total].tolist() == totals


def test_a_figure_that_a_force_could_not_give_has_a_status_and_no_value(tables: dict[str, Figures]) -> None:
    gwent = tables["use_of_force"].frame.query("area_name == 'Gwent' and breakdown != 'all'")
    assert set(gwent.status) == {"not_available"} and gwent.value.isna().all()


def _r_behind_a_force(sheets: Sheets) -> None:
    rows = sheets["Table_13"]
    rows[row_of(rows, "Hampshire", column=2)][2] = "Hampshire (R)"


def test_a_row_marked_r_is_revised(changed: Callable[[Change], dict[str, Figures]]) -> None:
    devices = changed(_r_behind_a_force)["conducted_energy_device"].frame
    assert set(devices[devices.status == "revised"].area_name) == {"Hampshire"}
    assert (devices.status == "revised").sum() == 11


def _older_words(sheets: Sheets) -> None:
    """As the workbook of 2017/18 had it: disability, a column of blanks and incidents beside a label."""
    rows = sheets["Table_5"]
    rows[0][0] = "Table 5. Number of times tactics were used, by officer perceived disability of subject"
    rows[3][2] = "Perceived disability"
    rows[5][0] = "Total number of incidents involving group"
    rows[6][row_of([[c] for c in rows[6]], "Number of times")] = "Total incidents \nper tactic"


def test_the_words_of_earlier_years_are_read_and_counts_by_incident_told_apart(
    changed: Callable[[Change], dict[str, Figures]], tables: dict[str, Figures]
) -> None:
    old = changed(_older_words)["use_of_force"].frame.query("table_number == '5'")
    new = tables["use_of_force"].frame.query("table_number == '5'")
    assert old.value.tolist() == new.value.tolist()
    assert set(old.measure) == {"incidents", "incidents_involving_tactic"}


def test_an_unknown_force_sets_its_figures_aside_with_the_nearest_names(
    changed: Callable[[Change], dict[str, Figures]],
) -> None:
    def rename(sheets: Sheets) -> None:
        rows = sheets["Table_12"]
        rows[row_of(rows, "Kent", column=1)][1] = "Kentt"

    found = changed(rename)["use_of_force"]
    assert found.rows_in == len(found.frame) + 1
    assert [q.reason.split(";")[0] for q in found.quarantined] == ["no police force is known by the name [Kentt]"]
    assert "[Kent] (E23000032)" in found.quarantined[0].reason


def _new_heading(sheets: Sheets) -> None:
    rows = sheets["Table_6"]
    rows[4][3] = "Protect property"


def _title_of_another_breakdown(sheets: Sheets) -> None:
    sheets["Table_4"][0][0] = sheets["Table_3"][0][0].replace("Table 3", "Table 4")


def _without_end(sheets: Sheets) -> None:
    rows = sheets["Table_1"]
    del rows[row_of(rows, "Handcuffing not stated", column=1)]


def _twice(sheets: Sheets) -> None:
    sheets["Table_99"] = [list(row) for row in sheets["Table_10"]]


def _force_twice(sheets: Sheets) -> None:
    rows = sheets["Table_13"]
    rows.insert(7, list(rows[row_of(rows, "Kent", column=2)]))


def _unknown_table(sheets: Sheets) -> None:
    sheets["Table_12"][0][0] = "Table 12. Complaints by police force"


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (_new_heading, LayoutError, ["[Table_6] row 7", "table 6", "[Protect self]", "[protect property] in D"]),
        (_title_of_another_breakdown, LayoutError, ["[Table_4]", "do not say the same", "['sex']", "[ethnicity]"]),
        (_without_end, LayoutError, ["[Table_1] row", "[Handcuffing]", "not stated", "[Total Firearms]"]),
        (_twice, ReadError, ["table 10 is there twice", "[Table_10] and [Table_99]"]),
        (_force_twice, LayoutError, ["[Table_13]", "same", "D8"]),
        (_unknown_table, LayoutError, ["[Table_12] row 1", "Complaints by police force"]),
    ],
)
def test_what_the_reader_does_not_know_is_refused_with_its_place(
    change: Change, kind: type[Exception], words: list[str], changed: Callable[[Change], dict[str, Figures]]
) -> None:
    with pytest.raises(kind) as error:
        changed(change)
    for word in ["[uof.xlsx]", *words]:
        assert word in str(error.value)
