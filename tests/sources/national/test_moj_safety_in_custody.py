"""Safety in custody: the sample reads back, and what may change next is read or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sources.catalogue import Catalogue
from sources.errors import LayoutError, ReadError
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise
from tests.sources.workbooks import Sheets, rewrite, row_of

SOURCE = "moj_safety_in_custody"
WORKBOOK = "safety-in-custody-summary-q1-2026_summary_tables"
Read = Callable[[Path], Figures]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("safety")
    sources[SOURCE].sample.write(folder, seed=1, scale=0.3)
    return {path.name.removeprefix("SYNTHETIC_").split(".")[0]: path for path in folder.iterdir()}


@pytest.fixture(scope="module")
def read(sources: Catalogue) -> Read:
    def found(path: Path) -> Figures:
        source = sources[SOURCE]
        (figures,) = source.reader.read(PublishedFile(path, path.name, "0" * 64), source.contract)
        assert figures.rows_in == len(figures.frame) + len(figures.quarantined)
        return figures

    return found


def _changed(path: Path, folder: Path, old: str, new: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert old in text
    target = folder / path.name
    target.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")
    return target


def test_every_file_of_the_sample_is_read_whole_and_known_as_its_own(
    sample: dict[str, Path], read: Read, sources: Catalogue
) -> None:
    assert len(sample) == 5
    for path in sample.values():
        assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
        found = read(path)
        assert len(found.frame) and not found.quarantined
        assert not found.frame.duplicated(list(sources[SOURCE].contract.tables[found.table].grain)).any()


def test_months_and_whole_years_are_read_by_establishment_and_the_total_of_a_part_of_a_year_is_not(
    sample: dict[str, Path], read: Read
) -> None:
    frame = read(sample[WORKBOOK]).frame
    one = frame[(frame.measure == "self_harm_incidents") & frame.is_total]
    assert one.groupby("period_type", observed=True).size().to_dict() == {"calendar_year": 1, "month": 15}
    year = one[one.period_type == "calendar_year"].value.item()
    assert one[(one.period_type == "month") & (one.period_end <= "2025-12-31")].value.sum() == year
    assert set(frame[frame.period_end > "2026-01-01"].status) <= {"provisional", "suppressed", "rounded"}


def test_markers_are_statuses_and_never_noughts(sample: dict[str, Path], read: Read, tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        for at, marker in enumerate(["[..]", "[0]", "[~]", "[-]", ""], start=1):
            sheets["Table_8a"][-1][at] = marker

    frame = read(rewrite(sample[WORKBOOK], tmp_path / "safety.xlsx", change)).frame
    assaults = frame[frame.measure == "assaults"]
    said = assaults[assaults.source_row == assaults.source_row.max()].set_index("source_column")
    assert said.loc[["B", "C", "D", "E", "F"]].value.isna().all()
    statuses = ["suppressed", "rounded", "not_applicable", "not_applicable", "missing"]
    assert said.loc[["B", "C", "D", "E", "F"]].status.tolist() == statuses


def test_incidents_and_individuals_are_measures_of_their_own(
    sample: dict[str, Path], read: Read, tmp_path: Path
) -> None:
    def change(sheets: Sheets) -> None:
        sheets["Table_8a"][0][0] = "Table 9b: Individuals who self-harmed, self-harm by establishment"

    assert set(read(rewrite(sample[WORKBOOK], tmp_path / "safety.xlsx", change)).frame.measure) == {
        "self_harm_individuals",
        "self_harm_incidents",
    }


def test_a_table_of_rates_is_left_out(sample: dict[str, Path], read: Read, tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        sheets["Table_8a"][0][0] = "Table 8b: Rate of assault incidents per 1,000 prisoners by establishment"

    assert set(read(rewrite(sample[WORKBOOK], tmp_path / "s.xlsx", change)).frame.measure) == {"self_harm_incidents"}


def _twice(sheets: Sheets) -> None:
    sheets["Table_8a"][0][0] = "Table 9c: Self-harm incidents by establishment"


def _two_totals(sheets: Sheets) -> None:
    rows = sheets["Table_9a"]
    rows.append(list(rows[row_of(rows, "Total")]))


def _other_total(sheets: Sheets) -> None:
    rows = sheets["Table_9a"]
    rows[row_of(rows, "Total")][2] += 1


def _other_year(sheets: Sheets) -> None:
    rows = sheets["Table_9a"]
    total = row_of(rows, "Total")
    for row in rows[total:]:
        row[1], row[13] = row[13], row[1]


def _other_heading(sheets: Sheets) -> None:
    rows = sheets["Table_9a"]
    rows[row_of(rows, "Total") - 2][0] = "Region"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_twice, "two tables by establishment count the same"),
        (_two_totals, "a table has two totals"),
        (_other_total, "do not add up to their total"),
        (_other_year, "do not add up to their total"),
        (_other_heading, r"not that of establishments.*\[Region\]"),
    ],
)
def test_a_workbook_that_contradicts_itself_is_refused_with_its_place(
    change: Callable[[Sheets], None], words: str, sample: dict[str, Path], read: Read, tmp_path: Path
) -> None:
    with pytest.raises(ReadError, match=r"\[safety.xlsx\] sheet \[Table_[89]a\].*" + words):
        read(rewrite(sample[WORKBOOK], tmp_path / "safety.xlsx", change))


def test_an_establishment_that_is_not_known_is_set_aside(sample: dict[str, Path], read: Read, tmp_path: Path) -> None:
    def change(sheets: Sheets) -> None:
        sheets["Table_9a"][-1][0] = "Wymmott-on-Sea"

    found = read(rewrite(sample[WORKBOOK], tmp_path / "safety.xlsx", change))
    assert len(found.quarantined) == 16 and "no prison is known" in found.quarantined[0].reason


def test_the_deaths_of_an_unstated_year_have_no_period_and_add_up(sample: dict[str, Path], read: Read) -> None:
    frame = read(sample["deaths_by_cause_and_sex"]).frame
    assert frame.period_end.isna().all() and set(frame.period_type) == {"rolling_year"}
    total = frame[(frame.cause == "all") & frame.is_total].value.item()
    assert frame[~frame.is_total].value.sum() == total


def test_deaths_without_their_last_cause_are_refused(sample: dict[str, Path], read: Read, tmp_path: Path) -> None:
    path = sample["deaths_by_cause_and_sex"]
    short = tmp_path / path.name
    short.write_text("\n".join(path.read_text(encoding="utf-8").splitlines()[:-3]) + "\n", encoding="utf-8")
    with pytest.raises(ReadError, match="do not add up to their total"):
        read(short)


def test_men_that_are_a_share_and_not_a_base_of_100_are_refused(
    sample: dict[str, Path], read: Read, tmp_path: Path
) -> None:
    with pytest.raises(LayoutError, match="not the base of a chart"):
        read(_changed(sample["self_harm_women_share_percent"], tmp_path, ",100", ",74"))


@pytest.mark.parametrize("missing", [1, 2, 3, 6])
def test_an_extract_without_its_last_line_end_is_read_and_one_cut_short_is_refused(
    missing: int, sample: dict[str, Path], read: Read, tmp_path: Path
) -> None:
    path = sample["self_harm_rate_and_incidents"]
    whole = path.read_bytes().rstrip(b"\r\n")
    (tmp_path / path.name).write_bytes(whole)
    assert len(read(tmp_path / path.name).frame) == 12
    (tmp_path / path.name).write_bytes(whole[:-missing])
    with pytest.raises(ReadError):
        read(tmp_path / path.name)


def test_a_count_that_no_prison_population_would_give_at_its_rate_is_refused(
    sample: dict[str, Path], read: Read, tmp_path: Path
) -> None:
    path = sample["self_harm_rate_and_incidents"]
    line = path.read_text(encoding="utf-8").splitlines()[1]
    with pytest.raises(ReadError, match="do not go together"):
        read(_changed(path, tmp_path, line, f"{line}0"))
