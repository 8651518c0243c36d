"""Fatal incident tables, to the documented layout: the sample reads back, other layouts are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sources.catalogue import Catalogue
from sources.errors import ReadError
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise
from tests.sources.workbooks import Sheets, rewrite, row_of

SOURCE = "ppo_fatal_incidents"
Change = Callable[[Sheets], None]
Read = Callable[..., Figures]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("ppo")
    sources[SOURCE].sample.write(folder, seed=1, scale=0.5)
    return next(folder.iterdir())


@pytest.fixture
def read(sources: Catalogue, sample: Path, tmp_path: Path) -> Read:
    """What the reader makes of the sample, changed where a change is given."""

    def found(change: Change | None = None) -> Figures:
        path = rewrite(sample, tmp_path / "ppo.xlsx", change) if change else sample
        source = sources[SOURCE]
        (figures,) = source.reader.read(PublishedFile(path, path.name, "0" * 64), source.contract)
        assert figures.rows_in == len(figures.frame) + len(figures.quarantined)
        return figures

    return found


def test_the_sample_is_known_as_its_own_and_read_whole(sample: Path, read: Read, sources: Catalogue) -> None:
    assert recognise(LooseFile(sample), sources).source_ids == (SOURCE,)
    found = read()
    assert len(found.frame) == 2 * (6 + 7) and not found.quarantined
    assert not found.frame.duplicated(list(sources[SOURCE].contract.tables["investigation"].grain)).any()


def test_shares_and_changes_beside_the_counts_are_not_read(read: Read) -> None:
    assert set(read().frame.source_column) == {"B", "D"}


def test_causes_and_services_add_up_to_the_same_total(read: Read) -> None:
    frame = read().frame
    totals = frame[frame.is_total].groupby("period_end").value.unique()
    assert all(len(of_year) == 1 for of_year in totals)
    for kind in ("cause", "service"):
        parts = frame[frame[kind] != "all"].groupby("period_end").value.sum()
        assert parts.tolist() == [of_year[0] for of_year in totals]


def test_no_column_holds_the_name_of_a_person(sources: Catalogue) -> None:
    columns = sources[SOURCE].contract.tables["investigation"].columns
    assert not {name for name in columns if "name" in name or "person" in name}


def test_tables_of_reports_and_of_time_taken_are_left_out(read: Read) -> None:
    def change(sheets: Sheets) -> None:
        sheets["Table 2"][0][0] = "Table 2: Fatal incident investigation reports issued, by service"

    assert set(read(change).frame.service) == {"all"}


def _other_total(sheets: Sheets) -> None:
    sheets["Table 1"][row_of(sheets["Table 1"], "Total")][1] += 1


def _unknown_group(sheets: Sheets) -> None:
    sheets["Table 1"][row_of(sheets["Table 1"], "Type of death")][0] = "Region"


def _unknown_column(sheets: Sheets) -> None:
    sheets["Table 1"][row_of(sheets["Table 1"], "Type of death")][2] = "Complaints"


def _calendar_year(sheets: Sheets) -> None:
    sheets["Table 1"][row_of(sheets["Table 1"], "Type of death")][1] = "2024"


def _no_table(sheets: Sheets) -> None:
    for name in ("Table 1", "Table 2"):
        sheets[name][0][0] = "Complaints received"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_other_total, r"sheet \[Table 1\] row 10 column \[B\]: the parts do not add up"),
        (_unknown_group, r"what a column divides the figures by is not known.*\[Region\]"),
        (_unknown_column, r"a heading among the years is not known.*\[Complaints\]"),
        (_calendar_year, r"a time is no financial year.*\[2024\]"),
        (_no_table, r"no table of investigations was found.*\[Table 2\]"),
    ],
)
def test_what_the_layout_does_not_say_is_refused_with_its_place(change: Change, words: str, read: Read) -> None:
    with pytest.raises(ReadError, match=r"\[ppo.xlsx\].*" + words):
        read(change)


def test_an_unknown_marker_is_set_aside_alone(read: Read) -> None:
    def change(sheets: Sheets) -> None:
        sheets["Table 1"][row_of(sheets["Table 1"], "Homicide")][1] = "n/k"

    found = read(change)
    assert [cell.cell for cell in found.quarantined] == ["n/k"] and len(found.frame) == 25
