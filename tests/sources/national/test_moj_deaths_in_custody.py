"""Deaths in prison custody: the sample reads back, and what may change next is read or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.errors import LayoutError, ReadError
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise
from tests.sources.workbooks import Sheets, rewrite, row_of

SOURCE = "moj_deaths_in_custody"
Read = Callable[[Path], Figures]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("deaths")
    sources[SOURCE].sample.write(folder, seed=1, scale=0.5)
    return {path.name.removeprefix("SYNTHETIC_").split(".")[0]: path for path in folder.iterdir()}


@pytest.fixture(scope="module")
def read(sources: Catalogue) -> Read:
    def found(path: Path) -> Figures:
        source = sources[SOURCE]
        (figures,) = source.reader.read(PublishedFile(path, path.name, "0" * 64), source.contract)
        assert figures.rows_in == len(figures.frame) + len(figures.quarantined)
        return figures

    return found


def _changed(path: Path, folder: Path, *changes: tuple[str, str]) -> Path:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    target = folder / path.name
    target.write_text(text, encoding="utf-8", newline="")
    return target


def test_every_file_of_the_sample_is_read_whole_and_known_as_its_own(
    sample: dict[str, Path], read: Read, sources: Catalogue
) -> None:
    assert len(sample) == 5
    for path in sample.values():
        assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
        found = read(path)
        assert len(found.frame) and not found.quarantined
        assert not found.frame.duplicated(list(sources[SOURCE].contract.tables["death"].grain)).any()


def test_the_copies_agree_with_each_other_year_by_year(sample: dict[str, Path], read: Read) -> None:
    frames = {name: read(path).frame for name, path in sample.items() if path.suffix == ".csv"}
    totals = frames["prison_deaths_yearly"].query("cause == 'all'").groupby("period_end").value.sum()
    ages = frames["prison_deaths_by_age_year"]
    both = frames["prison_deaths_age_yearly"]
    prisons = frames["deaths_by_prison_year"]
    assert ages.query("~is_total").groupby("period_end").value.sum().eq(totals).all()
    assert both.query("~is_total").groupby("period_end").value.sum().eq(totals).all()
    assert prisons.query("cause == 'all'").groupby("period_end").value.sum().eq(totals).all()


def test_the_last_year_of_the_copies_ends_in_september(sample: dict[str, Path], read: Read) -> None:
    frame = read(sample["prison_deaths_yearly"]).frame
    last = frame[frame.period_start == "2024-01-01"]
    assert set(last.period_type) == {"part_year"} and set(last.period_end) == {pd.Timestamp(2024, 9, 30)}
    assert set(frame[frame.period_start < "2024-01-01"].period_type) == {"calendar_year"}


def test_a_copy_of_a_later_year_is_refused_because_nobody_knows_how_much_of_it_there_is(
    sample: dict[str, Path], read: Read, tmp_path: Path
) -> None:
    with pytest.raises(LayoutError, match=r"yearly.csv\] row 4.*years up to 2024.*\[2025\]"):
        read(_changed(sample["prison_deaths_yearly"], tmp_path, ("\n2024,", "\n2025,")))


def test_causes_are_known_in_the_case_and_order_of_another_release(
    sample: dict[str, Path], read: Read, tmp_path: Path
) -> None:
    path = sample["prison_deaths_yearly"]
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    moved = tmp_path / path.name
    moved.write_text("\n".join(",".join([r[0], r[4], r[2], r[3], r[1], r[5]]) for r in rows) + "\n", encoding="utf-8")
    moved = _changed(moved, tmp_path, ("Natural Causes", "Natural causes"), ("Self-Inflicted", "Self-inflicted"))
    key = ["period_end", "cause"]
    one, other = (read(p).frame.set_index(key).value.sort_index() for p in (path, moved))
    assert one.equals(other)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("Homicide", "Suicide"), "not those of a copy that is known"),
        (("Total", "Homicide"), "a heading stands twice"),
    ],
)
def test_a_heading_that_is_not_known_is_refused(
    change: tuple[str, str], words: str, sample: dict[str, Path], read: Read, tmp_path: Path
) -> None:
    with pytest.raises(LayoutError, match=words):
        read(_changed(sample["prison_deaths_yearly"], tmp_path, change))


def test_causes_that_do_not_add_up_to_their_total_are_refused(
    sample: dict[str, Path], read: Read, tmp_path: Path
) -> None:
    line = sample["prison_deaths_yearly"].read_text(encoding="utf-8").splitlines()[1]
    year, first, rest = line.split(",", 2)
    with pytest.raises(ReadError, match=r"row 2 column \[F\]: the parts of a record do not add up"):
        read(_changed(sample["prison_deaths_yearly"], tmp_path, (line, f"{year},{float(first) + 1},{rest}")))


def test_a_prison_that_is_not_known_is_set_aside_with_the_nearest_names(
    sample: dict[str, Path], read: Read, tmp_path: Path
) -> None:
    path = sample["deaths_by_prison_year"]
    name = path.read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    found = read(_changed(path, tmp_path, (f"\n{name},", f"\n{name}zz,")))
    assert len(found.quarantined) == 2
    assert f"[{name}zz]" in found.quarantined[0].reason and f"[{name}] (" in found.quarantined[0].reason


def test_deaths_in_escort_areas_are_at_no_prison(sample: dict[str, Path], read: Read, tmp_path: Path) -> None:
    path = sample["deaths_by_prison_year"]
    name = path.read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    escort = read(_changed(path, tmp_path, (f"\n{name},", "\nEscort Areas,"))).frame.query("area_level == 'escort'")
    assert len(escort) == 2 and escort.prison_code.isna().all()


def test_a_copy_cut_short_is_refused(sample: dict[str, Path], read: Read, tmp_path: Path) -> None:
    path = sample["deaths_by_prison_year"]
    (tmp_path / path.name).write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ReadError, match="cut short"):
        read(tmp_path / path.name)


def test_the_workbook_gives_each_cause_by_establishment_and_its_total(sample: dict[str, Path], read: Read) -> None:
    frame = read(sample["deaths-in-prison-custody-1978-to-2025"]).frame
    assert set(frame.cause) == {"all", "self_inflicted"} and set(frame.published_by) == {"publisher"}
    for _, of_cause in frame.groupby("cause"):
        totals = of_cause[of_cause.is_total].set_index("period_end").value
        assert of_cause[~of_cause.is_total].groupby("period_end").value.sum().eq(totals).all()
    assert set(frame[frame.period_end == "2025-12-31"].status) == {"provisional"}


def test_a_workbook_whose_establishments_do_not_add_up_is_refused(
    sample: dict[str, Path], read: Read, tmp_path: Path
) -> None:
    def change(sheets: Sheets) -> None:
        rows = sheets["Table_1_16"]
        rows[row_of(rows, "Total")][1] += 1

    path = rewrite(sample["deaths-in-prison-custody-1978-to-2025"], tmp_path / "deaths.xlsx", change)
    with pytest.raises(ReadError, match=r"sheet \[Table_1_16\].*do not add up to their total"):
        read(path)


def test_a_workbook_without_tables_by_establishment_is_refused(
    sample: dict[str, Path], read: Read, tmp_path: Path
) -> None:
    def change(sheets: Sheets) -> None:
        for name in ("Table_1_16", "Table_1_17"):
            sheets[name][0][0] = "Table: something else"

    path = rewrite(sample["deaths-in-prison-custody-1978-to-2025"], tmp_path / "deaths.xlsx", change)
    with pytest.raises(ReadError, match=r"no table of deaths by establishment.*\[Table_1_1\]"):
        read(path)
