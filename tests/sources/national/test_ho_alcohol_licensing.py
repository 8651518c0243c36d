"""Alcohol and late night refreshment licensing: the reader on the bundled sample and on changed copies of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.workbooks import Sheets, quarantined, rewrite, row_of

SOURCE, TABLE = "ho_alcohol_licensing", "ho_alcohol_licensing__figure"

Landed = Callable[[Home, str], pd.DataFrame]


@pytest.fixture(scope="module")
def sample(sources: Catalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("licensing")
    sources[SOURCE].sample.write(folder, seed=20260331, scale=1.0)
    (path,) = folder.iterdir()
    return path


@pytest.fixture
def changed(sample: Path, tmp_path: Path) -> Callable[[Callable[[Sheets], None]], Path]:
    return lambda change: rewrite(sample, tmp_path / "licensing-2026.xlsx", change)


def test_the_sample_is_recognised_as_its_own_and_its_parts_add_up(
    sample: Path, sources: Catalogue, intake: TakeIn, landed: Landed
) -> None:
    assert recognise(LooseFile(sample), sources).source_ids == (SOURCE,)
    result, home = intake(SOURCE, sample)
    assert result.problems == [] and result.rows_quarantined == 0 and result.rows_in == result.rows_landed
    frame = landed(home, TABLE)
    keys = ["subject", "measure", "premises_scope", "financial_year"]
    answers = frame[frame.measure == "Late night levies applied"]
    counts = frame.drop(index=answers.index)
    totals = counts[counts.is_total].set_index(keys).value
    sums = counts[~counts.is_total].groupby(keys).value.sum()
    assert len(totals) == 32 and (sums - totals).abs().max() < 0.005
    policy = landed(home, "ho_alcohol_licensing__policy")
    said_yes = policy[policy.answer == "yes"].groupby("financial_year").size()
    assert (answers.set_index("financial_year").value == said_yes.reindex(answers.financial_year, fill_value=0)).all()
    assert policy.area_name.nunique() == 45
    assert set(policy[policy.area_code.isna()].area_name) == {"Inner Temple", "Middle Temple"}


def test_figures_of_a_day_and_of_a_year_are_told_apart(sample: Path, intake: TakeIn, landed: Landed) -> None:
    _, home = intake(SOURCE, sample)
    frame = landed(home, TABLE)
    kinds = frame.groupby("subject").period_type.unique().map(list).to_dict()
    assert kinds["twenty_four_hour_licence"] == kinds["cumulative_impact_area"] == ["point_in_time"]
    assert kinds["review_instigator"] == kinds["late_night_levy"] == ["financial_year"]
    headline = landed(home, "ho_alcohol_licensing__headline").set_index(["measure", "financial_year"])
    assert headline.period_start["Personal licences", "2025/26"] == pd.Timestamp("2026-03-31")
    assert headline.period_start["Completed reviews", "2025/26"] == pd.Timestamp("2025-04-01")
    assert set(headline.status) == {"estimated", "not_available"}
    assert headline[headline.status == "not_available"].value.isna().all()


def _more_preamble(sheets: Sheets) -> None:
    for rows in sheets.values():
        rows.insert(0, ["Accredited official statistics"])


def _other_notes_and_line_breaks(sheets: Sheets) -> None:
    for rows in sheets.values():
        for row in rows:
            row[:] = [c.replace("[Note 20]", "[Note 3]").replace(" \n", " ") if isinstance(c, str) else c for c in row]
    header = sheets["Table_4"][row_of(sheets["Table_4"], "Year")]
    header[3] += " [Note 7]"


def _tables_numbered_anew(sheets: Sheets) -> None:
    sheets["Table_5"], sheets["Table_10"] = sheets["Table_10"], sheets["Table_5"]


def _discontinued(sheets: Sheets) -> None:
    sheets["Table_4"].append(["This table has been discontinued [Note 22]", "", "*Total"])


def test_a_layout_that_moved_is_read_to_the_same_figures(
    sample: Path,
    intake: TakeIn,
    landed: Landed,
    changed: Callable[[Callable[[Sheets], None]], Path],
    tmp_path: Path,
) -> None:
    keys = ["subject", "measure", "area_name", "financial_year", "value", "status", "period_start"]

    def figures(home: Home) -> pd.DataFrame:
        return landed(home, TABLE)[keys].sort_values(keys, ignore_index=True)

    def move(sheets: Sheets) -> None:
        for change in (_more_preamble, _other_notes_and_line_breaks, _tables_numbered_anew, _discontinued):
            change(sheets)

    _, home = intake(SOURCE, sample)
    before = figures(home)
    (tmp_path / "home").rename(tmp_path / "before")
    result, home = intake(SOURCE, changed(move))
    assert result.problems == [] and result.rows_quarantined == 0
    pd.testing.assert_frame_equal(figures(home), before)


def _another_title(sheets: Sheets) -> None:
    rows = sheets["Table_10"]
    rows[row_of(rows, "Table 10")][0] = "Table 10: Reviews of gambling licences, year ending March 2026"


def _without_authorities(sheets: Sheets) -> None:
    rows = sheets["Table_5"]
    rows[row_of(rows, "Year")][2] = "Council"


def _headline_by_region(sheets: Sheets) -> None:
    rows = sheets["Table_1"]
    rows[row_of(rows, "Year")][1] = "Region"


def _one_heading_twice(sheets: Sheets) -> None:
    rows = sheets["Table_4"]
    header = rows[row_of(rows, "Year")]
    header[4] = header[5]


def _a_figure_below_no_heading(sheets: Sheets) -> None:
    rows = sheets["Table_4"]
    rows[row_of(rows, "Year")].append("")
    rows[-1].append(3)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_another_title, ["sheet [Table_10]", "[Reviews of gambling licences", "[Late night levies]"]),
        (_without_authorities, ["sheet [Table_5]", "[Licensing authority]", "[Council]"]),
        (_headline_by_region, ["sheet [Table_1]", "England and Wales alone"]),
        (_one_heading_twice, ["sheet [Table_4]", "two columns have one heading", "[Supermarkets and stores]"]),
        (_a_figure_below_no_heading, ["sheet [Table_4]", "column [I]", "found [3]"]),
    ],
)
def test_a_workbook_beyond_what_the_reader_knows_is_refused_with_its_place(
    change: Callable[[Sheets], None],
    words: list[str],
    intake: TakeIn,
    changed: Callable[[Callable[[Sheets], None]], Path],
) -> None:
    result, _ = intake(SOURCE, changed(change))
    assert [problem.kind for problem in result.problems] == ["header_changed"] and result.rows_landed == 0
    assert all(word in result.problems[0].text for word in ["licensing-2026.xlsx", *words])


def test_what_cannot_be_read_is_quarantined_with_the_reason(
    intake: TakeIn, landed: Landed, changed: Callable[[Callable[[Sheets], None]], Path]
) -> None:
    def spoil(sheets: Sheets) -> None:
        rows = sheets["Table_5"]
        rows[-1][0], rows[-2][2], rows[-3][3] = "2025/27", "Wreham", ":"
        rows = sheets["Table_18"]
        rows[-1][3] = "Perhaps"

    result, home = intake(SOURCE, changed(spoil))
    assert result.problems == [] and result.rows_quarantined == 4
    reasons = "\n".join(cell["reason"] for cell in quarantined(home))
    for words in ("2025/27", "[Wrexham]", "[:] is neither", "[Perhaps] is neither"):
        assert words in reasons
    assert result.rows_in == result.rows_landed + 4


def test_names_are_those_of_the_authorities_of_the_year(sources: Catalogue) -> None:
    reader = sources[SOURCE].reader
    assert reader._area("East Herts", pd.Timestamp("2012-03-31").date())[0] == "E07000097"
    assert reader._area("East Herts", pd.Timestamp("2016-03-31").date())[0] == "E07000242"
    assert reader._area("BCP", pd.Timestamp("2022-03-31").date())[0] == "E06000058"
    assert reader._area("Inner Temple", pd.Timestamp("2022-03-31").date()) == (None, "inn_of_court", None)


def test_a_workbook_cut_in_half_is_unreadable(sample: Path, intake: TakeIn, tmp_path: Path) -> None:
    half = tmp_path / sample.name
    half.write_bytes(sample.read_bytes()[: sample.stat().st_size // 2])
    result, _ = intake(SOURCE, half)
    assert [problem.kind for problem in result.problems] == ["unreadable"]
