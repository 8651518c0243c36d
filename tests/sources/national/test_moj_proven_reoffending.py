"""Proven reoffending: the sample reads back, and what may change next is read, quarantined or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sources import places
from sources.catalogue import Catalogue
from sources.errors import HeaderError, LayoutError, ReadError
from sources.places.names import register
from sources.recognise import LooseFile, recognise
from sources.writing import write_csv
from tests.conftest import TakeIn
from tests.sources.readings import Reading, read_files

SOURCE = "moj_proven_reoffending"
NATIONAL, RATES = "proven_reoffending_data_SYNTHETIC.csv", "reoffending-rates-data_SYNTHETIC.csv"
OVERVIEW = "proven_re-offending_overview_SYNTHETIC.csv"
AREAS = "PRSQ_Geographic_data_April 2021 to March 2024 SYNTHETIC.csv"

Edited = Callable[[str, str, str], Path]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Path:
    folder = tmp_path_factory.mktemp("reoffending")
    sources[SOURCE].sample.write(folder, seed=1, scale=1.0)
    return folder


@pytest.fixture(scope="module")
def reading(sample: Path, sources: Catalogue) -> Reading:
    return read_files(sources[SOURCE], *sorted(sample.iterdir()))


@pytest.fixture
def edited(sample: Path, tmp_path: Path) -> Edited:
    """A file of the sample with one piece of its text changed."""

    def edit(name: str, old: str, new: str) -> Path:
        text = (sample / name).read_bytes().decode()
        assert old in text
        path = tmp_path / name
        path.write_bytes(text.replace(old, new, 1).encode())
        return path

    return edit


def test_the_sample_is_landed_whole_and_known_as_its_own_source(
    sample: Path, intake: TakeIn, sources: Catalogue
) -> None:
    paths = sorted(sample.iterdir())
    result, _ = intake(SOURCE, *paths)
    assert result.problems == [] and result.rows_quarantined == 0
    assert 1_500 < result.rows_in == result.rows_landed < 2_000
    assert {recognise(LooseFile(path), sources).source_ids for path in paths} == {(SOURCE,)}


def test_adults_and_juveniles_make_the_cohort_and_rates_are_of_its_counts(reading: Reading) -> None:
    frame = reading.tables["national"].dropna(subset="value")
    by_age = frame.set_index(["period_type", "period_start", "measure", "age_group"]).value.unstack()
    counts = by_age[by_age.index.get_level_values("measure").isin(["offenders", "reoffenders", "reoffences"])]
    assert len(counts) == 3 * (11 + 3) and (counts.adult + counts.juvenile == counts["all"]).all()
    of = frame.set_index(["period_type", "period_start", "age_group", "measure"]).value.unstack()
    assert (of.reoffending_rate - 100 * of.reoffenders / of.offenders).abs().max() < 1e-9
    assert (of.reoffences_per_reoffender - of.reoffences / of.reoffenders).abs().max() < 1e-9


def test_a_quarter_without_figures_is_missing_not_nought(reading: Reading) -> None:
    frame = reading.tables["national"]
    blank = frame[frame.status == "missing"]
    assert len(blank) == 17 and blank.value.isna().all() and set(blank.period_type) == {"quarter"}


def test_index_offences_stand_apart_from_the_total_and_na_is_not_available(reading: Reading) -> None:
    rates = reading.tables["rate"]
    assert set(rates[rates.is_total].group_name) == {"all"}
    assert set(rates[rates.status == "not_available"].group_name) == {"other"}
    assert set(rates.unit) == {"proportion"} and set(rates.period_type) == {"financial_year"}


def test_every_force_and_authority_has_its_code(reading: Reading) -> None:
    areas = reading.tables["area"]
    codes = areas.groupby("area_level", observed=True).area_code.unique().map(set)
    forces = {register("police_force").resolve(district.pfa_name) for district in places.districts()}
    assert codes["police_force_area"] == forces and len(forces) == 43
    assert codes["upper_tier_local_authority"] == {parents.upper_tier_code for parents in places.parents()}
    assert len(codes["region"]) == 10 and codes["country"] == {"K04000001"}
    cell = areas[areas.status == "suppressed"]
    assert list(cell.measure) == ["reoffences"] and cell.value.isna().all()


@pytest.mark.parametrize(
    ("label", "start", "end", "kind"),
    [
        ("Apr2013-Mar2014", "2013-04-01", "2014-03-31", "financial_year"),
        ("April 2013 to March 2014", "2013-04-01", "2014-03-31", "financial_year"),
        ("Jan2005Dec2005", "2005-01-01", "2005-12-31", "calendar_year"),
        ("AprToMar2014", "2013-04-01", "2014-03-31", "financial_year"),
        ("Jul-Sep 2024", "2024-07-01", "2024-09-30", "quarter"),
    ],
)
def test_a_cohort_is_its_first_and_last_month(
    edited: Edited, sources: Catalogue, label: str, start: str, end: str, kind: str
) -> None:
    read = read_files(sources[SOURCE], edited(OVERVIEW, "Apr2021 to Mar2022", label)).tables["breakdown"]
    first = read[read.source_row == 2].iloc[0]
    assert (str(first.period_start)[:10], str(first.period_end)[:10], first.period_type) == (start, end, kind)


def test_letters_that_sort_labels_are_left_out(reading: Reading) -> None:
    read = reading.tables["breakdown"]
    assert set(read.category) == {"Index offence by previous offence band"}
    assert set(read.subcategory_1) == {"Theft"} and "No previous offences" in set(read.subcategory_2)
    assert set(read.index_disposal) == {"all"}


def test_an_area_that_is_not_known_is_set_aside_with_its_nearest_names(edited: Edited, sources: Catalogue) -> None:
    read = read_files(sources[SOURCE], edited(AREAS, "PFA total,Cumbria", "PFA total,Cumbriashire"))
    reasons = {one.reason for one in read.quarantined}
    (reason,) = reasons
    assert len(read.quarantined) == 3 and "(E23000002)" in reason
    assert reason.startswith("no police force is known by the name [Cumbriashire]; nearest: ")


def test_a_category_or_cohort_that_is_not_known_is_set_aside(edited: Edited, sources: Catalogue) -> None:
    read = read_files(sources[SOURCE], edited(AREAS, "National total", "Probation total"))
    assert {one.reason for one in read.quarantined} == {
        "[Probation total] does not say what kind of area the row is of"
    }
    read = read_files(sources[SOURCE], edited(OVERVIEW, "Apr2021 to Mar2022", "Apr2021 to Mar2023"))
    assert {one.reason for one in read.quarantined} == {
        "[Apr2021 to Mar2023] is a cohort of 24 months, not of 12 or of a quarter's 3"
    }


def test_a_cohort_that_contradicts_its_total_is_set_aside_whole(
    sample: Path, sources: Catalogue, tmp_path: Path
) -> None:
    lines = (sample / NATIONAL).read_text().splitlines()
    at = next(n for n, line in enumerate(lines) if ",annual,2021-04-01,All,cohort," in line)
    lines[at] += "0"
    path = tmp_path / NATIONAL
    path.write_text("\n".join([*lines, ""]))
    read = read_files(sources[SOURCE], path)
    assert len(read.quarantined) == 17
    assert all("the file contradicts itself: offenders of the cohort" in one.reason for one in read.quarantined)
    kept = read.tables["national"]
    assert not ((kept.period_type == "financial_year") & (kept.period_start == "2021-04-01")).any()


def test_a_last_figure_without_a_line_end_is_landed_only_where_a_rate_vouches_for_it(
    sample: Path, sources: Catalogue, tmp_path: Path
) -> None:
    whole, path = (sample / NATIONAL).read_bytes().rstrip(), tmp_path / NATIONAL
    path.write_bytes(whole)
    assert read_files(sources[SOURCE], path).quarantined == []
    path.write_bytes(whole[:-1])
    last = [one for one in read_files(sources[SOURCE], path).quarantined if one.row == whole.count(b"\n") + 1]
    assert len(last) == 1 and last[0].column == "F"


def test_other_files_cut_short_are_refused(sample: Path, sources: Catalogue, tmp_path: Path) -> None:
    for name in (RATES, OVERVIEW, AREAS):
        path = tmp_path / name
        path.write_bytes((sample / name).read_bytes()[:-4])
        with pytest.raises(ReadError, match="the last line has no end"):
            read_files(sources[SOURCE], path)


def test_rates_without_a_year_are_all_set_aside(intake: TakeIn, sources: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "reoffending_by_sentence.csv"
    write_csv(path, [["sentence", "percent"], ["Community order", 1], ["Prison sentence of less than 12 months", 2]])
    assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
    result, _ = intake(SOURCE, path)
    assert (result.rows_in, result.rows_landed, result.rows_quarantined) == (2, 0, 2)


def test_headings_that_are_not_known_or_do_not_belong_together_are_refused(edited: Edited, sources: Catalogue) -> None:
    with pytest.raises(HeaderError, match=r"row 1.*\[Geography\] \(closest: \[Geographical area\]\)"):
        read_files(sources[SOURCE], edited(AREAS, "Geography", "Geographical area"))
    with pytest.raises(HeaderError, match=r"missing columns \[reoffences\]"):
        read_files(sources[SOURCE], edited(OVERVIEW, "reoffences", "repeat offences"))
    with pytest.raises(LayoutError, match="do not belong together"):
        read_files(sources[SOURCE], edited(RATES, "index_offence", "sentence"))


def test_the_break_of_october_2015_is_said_of_every_table(sources: Catalogue) -> None:
    contract = sources[SOURCE].contract
    assert {at.table for at in contract.breaks} == set(contract.tables)
    assert {(str(at.since), at.effect) for at in contract.breaks} == {("2015-10-01", "not_comparable")}
