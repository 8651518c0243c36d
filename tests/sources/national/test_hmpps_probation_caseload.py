"""The probation caseload: the sample reads back, and what may change next is read, quarantined or refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.errors import LayoutError, ReadError
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.readings import read_files

SOURCE, TABLE = "hmpps_probation_caseload", "caseload"
QUARTERLY, ANNUAL = "synthetic_probation_caseload_quarterly.csv", "synthetic_probation_caseload_annual.csv"

Rows = list[list[str]]
Changed = Callable[[str, Callable[[Rows], None]], Path]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("probation")
    sources[SOURCE].sample.write(folder, seed=1, scale=1.0)
    return folder


@pytest.fixture
def changed(sample: Path, tmp_path: Path) -> Changed:
    """A file of the sample with a change to its cells."""

    def write(name: str, change: Callable[[Rows], None]) -> Path:
        rows = list(csv.reader(io.StringIO((sample / name).read_text(encoding="utf-8"))))
        change(rows)
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as text:
            csv.writer(text).writerows(rows)
        return tmp_path / name

    return write


@pytest.fixture(scope="module")
def frame(sample: Path, sources: Catalogue) -> pd.DataFrame:
    return read_files(sources[SOURCE], sample / ANNUAL, sample / QUARTERLY).tables[TABLE]


@pytest.fixture(scope="module")
def quarterly(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(frame[frame.source_file == QUARTERLY])


def test_the_sample_lands_whole_and_is_recognised_as_its_own(
    intake: TakeIn, frame: pd.DataFrame, sample: Path, sources: Catalogue
) -> None:
    files = sorted(sample.iterdir())
    assert {recognise(LooseFile(path), sources).source_ids for path in files} == {(SOURCE,)}
    result, _ = intake(SOURCE, *files)
    assert result.problems == []
    # 19 kinds of everybody and of females, 18 of males, on five days; six kinds in five years.
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (56 * 5 + 6 * 5, len(frame), 0)
    on_a_day = frame[frame.period_end == "2025-12-31"].groupby("source_file").measure.nunique()
    assert on_a_day.to_dict() == {ANNUAL: 6, QUARTERLY: 19}


def test_everybody_is_males_and_females_in_every_kind_of_supervision(quarterly: pd.DataFrame) -> None:
    people = quarterly[(quarterly.unit == "people") & quarterly.value.notna()]
    wide = people.pivot_table(index=["period_end", "measure"], columns="sex", values="value")
    known = wide.dropna(subset=["all", "female"])
    assert len(known) == 17 * 5 - 1
    assert (known["all"] == known.female + known.male.fillna(0)).all()
    assert (known.male.fillna(known.male.max()) > known.female).all()


def test_a_day_with_what_is_run_together_with_it_is_a_day_and_a_note(quarterly: pd.DataFrame) -> None:
    by_day = quarterly.groupby(quarterly.period_end.dt.date.map(str))[["is_break", "note"]].first()
    assert by_day.index.tolist() == ["2025-06-30", "2025-09-30", "2025-12-31", "2026-03-31", "2026-06-30"]
    assert by_day.is_break.tolist() == [False, False, False, True, True]
    assert by_day.note["2026-03-31"] == "(Break in series) [note 49]" and pd.isna(by_day.note["2025-06-30"])


def test_a_label_that_stands_twice_is_told_by_its_place(quarterly: pd.DataFrame, sample: Path) -> None:
    rows = list(csv.reader(io.StringIO((sample / QUARTERLY).read_text(encoding="utf-8"))))
    at = [column for column, text in enumerate(rows[0]) if text.startswith("All court orders |")]
    value = quarterly[quarterly.period_end == "2026-03-31"].set_index(["sex", "measure"]).value
    read = [
        value[sex, measure]
        for sex in ("all", "male", "female")
        for measure in ("court_orders", "contact_suspended_court_orders")
    ]
    assert read == [float(rows[4][column]) for column in at]


def test_markers_blanks_and_revised_figures_have_their_status(frame: pd.DataFrame) -> None:
    odd = frame[frame.status != "observed"].sort_values("status")
    assert odd[["measure", "status"]].to_numpy().tolist() == [
        ["all_in_the_community", "missing"],
        ["youth_rehabilitation_order", "not_available"],
        ["all_supervision", "revised"],
    ]
    assert odd.value.notna().tolist() == [False, False, True]


def _other_notes(rows: Rows) -> None:
    rows[0][:] = [text.replace("[note 16]", "[note 12, 13]").replace("[note 3]", "") for text in rows[0]]


def _preamble(rows: Rows) -> None:
    rows[:0] = [["Probation", *[""] * 56], [""] * 57]


def _without_a_kind(rows: Rows) -> None:
    at = [column for column, text in enumerate(rows[0]) if text.startswith("Deferred sentence")]
    for row in rows:
        for column in at:
            row[column] = ""


@pytest.mark.parametrize("change", [_other_notes, _preamble, _without_a_kind])
def test_what_moves_without_meaning_is_read_to_the_same_figures(
    change: Callable[[Rows], None], quarterly: pd.DataFrame, sources: Catalogue, changed: Changed
) -> None:
    keys = ["period_end", "sex", "measure", "value", "status"]
    read = read_files(sources[SOURCE], changed(QUARTERLY, change))
    assert read.quarantined == []
    before = quarterly[quarterly.measure != "deferred_sentence"] if change is _without_a_kind else quarterly
    before, after = (one[keys].sort_values(keys[:3]).reset_index(drop=True) for one in (before, read.tables[TABLE]))
    assert before.equals(after)


def _swapped(rows: Rows) -> None:
    for row in rows:
        row[19], row[20] = row[20], row[19]


def _sexes_swapped(rows: Rows) -> None:
    for row in rows:
        female = row[38:]
        row[20:] = [*female, *row[20:38]]


def _another_kind(rows: Rows) -> None:
    rows[0][4] = "Community sentence order | " + rows[1][4]


def _headings_apart(rows: Rows) -> None:
    rows[0][4], rows[0][5] = rows[0][4].replace(rows[1][4], "61144"), rows[0][5]


def _without_females(rows: Rows) -> None:
    for row in rows:
        del row[38:]


def _a_heading_that_is_none(rows: Rows) -> None:
    rows[0][7] = "Change since last year"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_swapped, ["row 1", "stands where another has to"]),
        (_sexes_swapped, ["row 2", "not those of everybody, males and females"]),
        (_another_kind, ["[Community sentence order]", "after [all court orders]"]),
        (_headings_apart, ["column [E]", "does not repeat", "expected 61144"]),
        (_without_females, ["the sexes cannot be told apart", "found 2 times"]),
        (_a_heading_that_is_none, ["[Change since last year]"]),
    ],
)
def test_columns_whose_meaning_moved_are_refused_with_their_place(
    change: Callable[[Rows], None], words: list[str], sources: Catalogue, changed: Changed
) -> None:
    with pytest.raises(LayoutError) as error:
        read_files(sources[SOURCE], changed(QUARTERLY, change))
    for word in [QUARTERLY, *words]:
        assert word in str(error.value)


def test_a_kind_of_supervision_or_a_heading_that_is_no_year_is_refused_in_the_annual_copy(
    sources: Catalogue, changed: Changed
) -> None:
    def kind(rows: Rows) -> None:
        rows[5][0] = "Supervision before release"

    def year(rows: Rows) -> None:
        rows[0][5] = "2025/26"

    for change, word in ((kind, "[Supervision before release]"), (year, "column [F]: a heading is not a year")):
        with pytest.raises(LayoutError) as error:
            read_files(sources[SOURCE], changed(ANNUAL, change))
        assert word in str(error.value) and ANNUAL in str(error.value)


def test_figures_of_no_day_no_heading_or_no_meaning_are_quarantined_with_their_cells(
    sources: Catalogue, changed: Changed
) -> None:
    def change(rows: Rows) -> None:
        rows[2][0] = "mid-2025"
        rows[3][4] = "n/k"
        for number, row in enumerate(rows):
            row.append("" if number < 4 else "7")

    read = read_files(sources[SOURCE], changed(QUARTERLY, change))
    assert read.rows_in == 56 * 5 + 2
    of_no_day = [cell for cell in read.quarantined if "[mid-2025] is not a day" in cell.reason]
    others = [(cell.cell, cell.row, cell.column) for cell in read.quarantined if cell not in of_no_day]
    assert len(of_no_day) == 56 and sorted(others) == [("7", 5, "BF"), ("7", 6, "BF"), ("n/k", 4, "E")]


def test_a_file_that_is_cut_short_is_refused(sources: Catalogue, sample: Path, tmp_path: Path) -> None:
    (tmp_path / QUARTERLY).write_bytes((sample / QUARTERLY).read_bytes()[:-60])
    with pytest.raises(ReadError, match=r"row 6: the record is not whole.*cut short"):
        read_files(sources[SOURCE], tmp_path / QUARTERLY)


def test_the_same_seed_writes_the_same_bytes_another_seed_others_and_a_scale_more(
    tmp_path: Path, sources: Catalogue
) -> None:
    contents = {}
    for name, seed, scale in (("first", 3, 0.4), ("again", 3, 0.4), ("other", 4, 0.4), ("more", 3, 1.6)):
        (tmp_path / name).mkdir()
        sources[SOURCE].sample.write(tmp_path / name, seed=seed, scale=scale)
        contents[name] = b"".join(path.read_bytes() for path in sorted((tmp_path / name).iterdir()))
        assert all("synthetic" in path.name.lower() for path in (tmp_path / name).iterdir())
    assert contents["first"] == contents["again"] != contents["other"]
    assert len(contents["more"]) > len(contents["first"])
