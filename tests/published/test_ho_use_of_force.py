"""Police use of force: the real workbooks, against cells that a person can find and the publisher's own totals."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise

SOURCE = "ho_use_of_force"
DEVICES_2016 = "police-use-of-conducted-energy-devices-2016.ods"
FORCE_2018 = "police-use-of-force-apr2017-mar2018-hosb3018-tables.ods"
FORCE_2020 = "police-use-of-force-apr2019-mar2020-hosb3720-tables.ods"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def workbooks(published: Path, sources: Catalogue) -> dict[str, dict[str, Figures]]:
    """The tables of each workbook."""
    source, found = sources[SOURCE], {}
    for name in (DEVICES_2016, FORCE_2018, FORCE_2020):
        path = published / "justice" / "ho_police_powers" / name
        assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
        read = source.reader.read(PublishedFile(path, name, "0" * 64), source.contract)
        found[name] = {figures.table: figures for figures in read}
    return found


def _at(figures: Figures, sheet: str, cell: str) -> dict[str, object]:
    """The landed figure of a cell, without its blanks."""
    frame = figures.frame
    at = frame[(frame.source_sheet == sheet) & (frame.source_column + frame.source_row.astype(str) == cell)]
    return {str(name): value for name, value in at.iloc[0].items() if pd.notna(value)}


def test_every_figure_is_landed_and_none_set_aside(workbooks: dict[str, dict[str, Figures]]) -> None:
    read = {
        (name, table): (figures.rows_in, len(figures.frame), len(figures.quarantined))
        for name, tables in workbooks.items()
        for table, figures in tables.items()
    }
    assert read == {
        (DEVICES_2016, "conducted_energy_device"): (1254, 1254, 0),
        (FORCE_2018, "use_of_force"): (2741, 2741, 0),
        (FORCE_2018, "conducted_energy_device"): (1782, 1782, 0),
        (FORCE_2018, "injury"): (65, 65, 0),
        (FORCE_2020, "use_of_force"): (46576, 46576, 0),
        (FORCE_2020, "conducted_energy_device"): (1782, 1782, 0),
        (FORCE_2020, "injury"): (65, 65, 0),
    }
    force = workbooks[FORCE_2020]["use_of_force"].frame
    assert force.status.value_counts().to_dict() == {"observed": 45198, "not_available": 1378}
    statuses = [w["conducted_energy_device"].frame.status.eq("revised").sum() for w in workbooks.values()]
    assert statuses == [79, 58, 11]


@pytest.mark.parametrize(
    ("workbook", "table", "sheet", "cell", "expected"),
    [
        (FORCE_2018, "use_of_force", "Table_1", "C4", {"measure": "incidents", "value": 313137}),
        (FORCE_2018, "use_of_force", "Table_1", "C19", {"tactic_group": "Baton", "tactic": "Not stated", "value": 893}),
        (
            FORCE_2018, "use_of_force", "Table_5", "C11",
            {"category": "Mental", "tactic": "Compliant handcuffing", "value": 7748,
             "measure": "incidents_involving_tactic", "breakdown": "health_condition"},
        ),
        (FORCE_2018, "use_of_force", "Table_7", "F6", {"category": "Mental health", "value": 68990}),
        (
            FORCE_2018, "use_of_force", "Table_8", "F6",
            {"category": "Detained (Mental Health Act)", "value": 11932, "measure": "incidents"},
        ),
        (FORCE_2018, "use_of_force", "Table_12", "C50", {"area_name": "Devon & Cornwall", "area_code": "E23000035"}),
        (FORCE_2018, "conducted_energy_device", "Table_14", "C41", {"period_type": "quarter", "value": 578}),
        (
            FORCE_2018, "conducted_energy_device", "Table_15", "C8",
            {"area_name": "Durham", "value": 234, "status": "revised", "period_type": "calendar_year"},
        ),
        (FORCE_2018, "injury", "Table_10", "E11", {"was_injured": "No", "injury_level": "severe", "value": 94}),
        (FORCE_2018, "injury", "Table_11", "E11", {"who": "person_involved", "injury_level": "death", "value": 8}),
        (
            FORCE_2020, "use_of_force", "Table_5", "C6",
            {"category": "Mental", "value": 66996, "measure": "incidents", "is_total": False},
        ),
        (
            FORCE_2020, "use_of_force", "Table_14", "G87",
            {"area_name": "Bedfordshire", "tactic": "Handcuffing not stated", "value": 0},
        ),
        (
            FORCE_2020, "use_of_force", "Table_14", "F46",
            {"area_name": "Avon & Somerset", "category": "18 - 34 years", "value": 4278,
             "measure": "times_tactic_reported", "type_of_force": "Restraint", "is_total": True},
        ),
        (FORCE_2020, "use_of_force", "Table_14", "F47", {"status": "not_available"}),
        (
            FORCE_2020, "conducted_energy_device", "Table_13", "F113",
            {"area_level": "country", "use_type": "drawn", "value": 7141, "is_total": False},
        ),
        (DEVICES_2016, "conducted_energy_device", "Table_1", "J4", {"value": 2457, "status": "revised"}),
        (
            DEVICES_2016, "conducted_energy_device", "Table_2", "X25",
            {"area_level": "region", "area_code": "E12000005", "value": 1518},
        ),
        (
            DEVICES_2016, "conducted_energy_device", "Table_2", "X29",
            {"area_level": "police_force_area", "area_code": "E23000014", "value": 852},
        ),
    ],
)  # fmt: skip
def test_figures_are_those_of_the_cells_they_name(
    workbooks: dict[str, dict[str, Figures]],
    workbook: str,
    table: str,
    sheet: str,
    cell: str,
    expected: dict[str, object],
) -> None:
    read = _at(workbooks[workbook][table], sheet, cell)
    assert {name: read.get(name) for name in expected} == expected


@pytest.mark.parametrize("workbook", [DEVICES_2016, FORCE_2018, FORCE_2020])
def test_devices_add_up_by_force_by_region_and_by_use(workbooks: dict[str, dict[str, Figures]], workbook: str) -> None:
    frame = workbooks[workbook]["conducted_energy_device"].frame
    key = ["table_number", "period_end", "use_type"]
    whole = frame[frame.area_name == "England and Wales"].set_index(key).value
    forces = frame[frame.area_level == "police_force_area"]
    regions = frame[(frame.area_level == "region") | (frame.area_name == "Wales")]
    for parts in (forces, regions):
        over = (parts.groupby(key).value.sum() - whole).dropna()
        assert len(over) in {22, 33} and (over == 0).all()
    uses = frame.pivot_table(
        index=["table_number", "period_end", "area_level", "area_name"], columns="use_type", values="value"
    )
    assert (uses.total == uses.total_non_discharge + uses.total_discharge + uses.not_stated).all()
    assert (uses.total_non_discharge == uses.drawn + uses.aimed + uses.red_dot + uses.arced).all()
    assert (uses.total_discharge == uses.drive_stun + uses.fired + uses.angled_drive_stun).all()


def test_forces_add_up_in_every_table_by_force(workbooks: dict[str, dict[str, Figures]]) -> None:
    frame = workbooks[FORCE_2020]["use_of_force"].frame
    frame = frame[frame.table_number.isin(["14", "15", "16", "17"])].fillna({"tactic_group": "-", "category": "-"})
    key = ["table_number", "type_of_force", "tactic_group", "tactic", "category"]
    whole = frame[frame.area_level == "country"].set_index(key).value
    forces = frame[frame.area_level == "police_force_area"].groupby(key).value.sum()
    assert len(whole) == len(forces) == 304 + 190 + 266 + 228
    assert (forces - whole == 0).all()
    for workbook, total in ((FORCE_2018, 313137), (FORCE_2020, 491984)):
        incidents = workbooks[workbook]["use_of_force"].frame.query("table_number == '12'")
        assert incidents[incidents.area_level == "police_force_area"].value.sum() == total
        assert incidents[incidents.area_level == "region"].value.sum() + incidents[
            incidents.area_name == "Wales"
        ].value.sum() == total  # fmt: skip


def test_groups_add_up_but_for_the_five_that_the_publisher_notes(workbooks: dict[str, dict[str, Figures]]) -> None:
    over: dict[tuple[str, str], int] = {}
    for workbook, tables in workbooks.items():
        if "use_of_force" not in tables:
            continue
        frame = tables["use_of_force"].frame
        frame = frame[frame.breakdown.isin(["age_group", "sex", "ethnicity", "health_condition"])]
        frame = frame[frame.tactic.notna() & (frame.status == "observed")].fillna({"tactic_group": "-"})
        key = ["table_number", "area_name", "type_of_force", "tactic_group", "tactic"]
        parts = frame[frame.category.notna()].groupby(key).value.sum()
        differ = (parts - frame[frame.category.isna()].set_index(key).value).loc[lambda by: by != 0]
        over |= {
            (workbook, "/".join(map(str, name))): int(by) for name, by in differ.items() if name[4] == "CED discharge"
        }
        assert set(differ.index.get_level_values("tactic")) <= {
            "CED discharge", "CED of which", "Total Less lethal weapons",
        }  # fmt: skip
    # "The sum of tactics used on under 11s differs by 5 ... data submitted by two police forces."
    assert {name: by for (_, name), by in over.items()} == {
        "2/England and Wales/Less lethal weapons/CED/CED discharge": -5,
        "14/England and Wales/Less lethal weapons/CED/CED discharge": -5,
        "14/Bedfordshire/Less lethal weapons/CED/CED discharge": -1,
        "14/Greater Manchester/Less lethal weapons/CED/CED discharge": -4,
    }


@pytest.mark.parametrize("workbook", [FORCE_2018, FORCE_2020])
def test_injuries_add_up_to_all_incidents(workbooks: dict[str, dict[str, Figures]], workbook: str) -> None:
    frame = workbooks[workbook]["injury"].frame
    assert frame[frame.was_injured.isna() & (frame.injury_level == "total")].value.nunique() == 1
    for _, of in frame.groupby("who"):
        is_total_row = of.was_injured.isna()
        by_level = of[~is_total_row].groupby("injury_level").value.sum()
        assert (by_level - of[is_total_row].set_index("injury_level").value == 0).all()
        by_row = of[of.injury_level != "total"].groupby("source_row").value.sum()
        assert (by_row - of[of.injury_level == "total"].set_index("source_row").value == 0).all()
