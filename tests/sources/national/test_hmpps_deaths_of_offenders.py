"""Deaths of offenders in the community, to the documented layout: the sample reads back, other layouts are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sources.catalogue import Catalogue
from sources.errors import ReadError
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise
from tests.sources.workbooks import Sheets, rewrite, row_of

SOURCE = "hmpps_deaths_of_offenders"
Change = Callable[[Sheets], None]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("offenders")
    sources[SOURCE].sample.write(folder, seed=1, scale=0.5)
    return next(folder.iterdir())


@pytest.fixture
def read(sources: Catalogue, sample: Path, tmp_path: Path) -> Callable[..., Figures]:
    """What the reader makes of the sample, changed where a change is given."""

    def found(change: Change | None = None) -> Figures:
        path = rewrite(sample, tmp_path / "deaths.xlsx", change) if change else sample
        source = sources[SOURCE]
        (figures,) = source.reader.read(PublishedFile(path, path.name, "0" * 64), source.contract)
        assert figures.rows_in == len(figures.frame) + len(figures.quarantined)
        return figures

    return found


def test_the_sample_is_known_as_its_own_and_read_whole(
    sample: Path, read: Callable[..., Figures], sources: Catalogue
) -> None:
    assert recognise(LooseFile(sample), sources).source_ids == (SOURCE,)
    found = read()
    assert len(found.frame) == 80 and not found.quarantined
    assert not found.frame.duplicated(list(sources[SOURCE].contract.tables["death"].grain)).any()


def test_every_table_has_the_same_total_of_a_year_and_its_parts_add_up(read: Callable[..., Figures]) -> None:
    frame = read().frame
    groups = ["supervision", "cause", "sex", "probation_region"]
    totals = frame[(frame[groups] == "all").all(axis=1)]
    assert totals.groupby("period_end").value.nunique().eq(1).all() and len(totals) == 6
    parts = frame[~frame.is_total].groupby(["table_title", "period_end"], observed=True).value.sum()
    assert parts.eq(totals.set_index(["table_title", "period_end"]).value.reindex(parts.index)).all()


def test_an_outer_label_stands_for_the_rows_below_it(read: Callable[..., Figures]) -> None:
    frame = read().frame
    assert set(frame.supervision) == {"court orders", "post-release supervision", "other", "all"}
    assert frame.groupby("supervision").cause.nunique().min() == 6


def test_years_are_financial_years_however_they_are_written(read: Callable[..., Figures]) -> None:
    def change(sheets: Sheets) -> None:
        rows = sheets["Table_2"]
        at = row_of(rows, "Sex")
        rows[at][1:3] = ["12 months ending March 2025", "Year ending March 2026 (p)"]

    one, other = (found.frame[found.frame.sex != "all"] for found in (read(), read(change)))
    assert one.period_end.tolist() == other.period_end.tolist() and one.value.tolist() == other.value.tolist()
    assert other.status.tolist() == ["observed", "provisional"] * 2


def test_a_marker_is_a_status_and_an_unknown_one_is_set_aside(read: Callable[..., Figures]) -> None:
    def change(sheets: Sheets) -> None:
        row = sheets["Table_3"][row_of(sheets["Table_3"], "Wales")]
        row[1:3] = ["[c]", "few"]

    found = read(change)
    assert [cell.cell for cell in found.quarantined] == ["few"]
    wales = found.frame.query("probation_region == 'wales'")
    assert wales.status.tolist() == ["suppressed"] and wales.value.isna().all()


def _unknown_group(sheets: Sheets) -> None:
    sheets["Table_2"][row_of(sheets["Table_2"], "Sex")][0] = "Nationality"


def _calendar_years(sheets: Sheets) -> None:
    sheets["Table_2"][row_of(sheets["Table_2"], "Sex")][1] = "2024"


def _other_total(sheets: Sheets) -> None:
    sheets["Table_3"][row_of(sheets["Table_3"], "Total")][1] += 1


def _group_twice(sheets: Sheets) -> None:
    rows = sheets["Table_3"]
    rows[row_of(rows, "Wales")][0] = "London"


def _same_title(sheets: Sheets) -> None:
    sheets["Table_2"][0][0] = sheets["Table_3"][0][0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_unknown_group, r"sheet \[Table_2\] row 4: what a column divides.*\[Nationality\]"),
        (_calendar_years, "a time is no financial year"),
        (_other_total, r"sheet \[Table_3\] row 17 column \[B\]: the parts do not add up"),
        (_group_twice, "a group stands twice"),
        (_same_title, "two tables have one title"),
    ],
)
def test_what_the_layout_does_not_say_is_refused_with_its_place(
    change: Change, words: str, read: Callable[..., Figures]
) -> None:
    with pytest.raises(ReadError, match=r"\[deaths.xlsx\].*" + words):
        read(change)


def test_a_table_of_rates_is_left_out_and_a_book_without_counts_refused(read: Callable[..., Figures]) -> None:
    def one(sheets: Sheets) -> None:
        sheets["Table_2"][0][0] = "Table 2: Rate of deaths of offenders per 1,000 supervised, by sex"

    assert set(read(one).frame.sex) == {"all"}

    def every(sheets: Sheets) -> None:
        for name in ("Table_1", "Table_2", "Table_3"):
            sheets[name][0][0] = "Something else"

    with pytest.raises(ReadError, match=r"no table of deaths.*\[Table_1\]"):
        read(every)
