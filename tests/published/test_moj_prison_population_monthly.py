"""The prison population bulletins: the real files of 2011 to 2024, every one proved by its own totals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.errors import ReadError
from sources.reading import Figures, PublishedFile
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn

SOURCE = "moj_prison_population_monthly"
PRISONS, CENTRES, ESTATE = "prison", "immigration_removal_centre", "all"
COUNTS = ("baseline_cna", "in_use_cna", "operational_capacity", "population")
MEASURES = (*COUNTS, "population_to_in_use_cna", "accommodation_available")
#: The operating margin, until the day given, as NOTES.md tells it and the bulletins' notes have it.
MARGINS = {
    "2020-04-30": 2000,
    "2021-11-30": 3000,
    "2022-03-31": 2750,
    "2022-06-30": 2500,
    "2022-08-31": 2250,
    "2023-02-28": 2000,
    "2023-03-31": 1950,
    "2023-05-31": 1830,
    "2023-06-30": 1680,
    "2023-08-31": 1480,
    "2023-10-31": 1340,
    "2024-12-31": 1350,
}


@pytest.fixture(scope="module")
def justice(request: pytest.FixtureRequest) -> Path:
    return request.getfixturevalue("shared") / "published" / "justice"


@pytest.fixture(scope="module")
def bulletins(justice: Path) -> list[Path]:
    return sorted((justice / "moj_monthly_population_bulletin").glob("as_published*/*"))


@pytest.fixture(scope="module")
def found(bulletins: list[Path], sources: Catalogue) -> dict[str, Figures]:
    """What each bulletin was read as, by its file's name."""
    return {path.name: one_of(path, sources) for path in bulletins}


@pytest.fixture(scope="module")
def frame(found: dict[str, Figures]) -> pd.DataFrame:
    """Every bulletin's figures."""
    return pd.concat([figures.frame.assign(file=name) for name, figures in found.items()], ignore_index=True)


def one_of(path: Path, sources: Catalogue) -> Figures:
    (figures,) = sources[SOURCE].reader.read(PublishedFile(path, path.name, ""), sources[SOURCE].contract)
    return figures


def of_bulletin(frame: pd.DataFrame, on: str, name: str, section: str = PRISONS) -> list[float | str]:
    """A row's figures in the bulletin's own order; the status where there is none."""
    at = frame[
        (frame.period_start == date.fromisoformat(on)) & (frame.prison_name == name) & (frame.section == section)
    ]
    by = at.set_index("measure")
    order = [m for m in (*MEASURES[:3], "useable_operational_capacity", *MEASURES[3:]) if m in by.index]
    return [by.status[m] if pd.isna(by.value[m]) else by.value[m] for m in order]


@pytest.mark.slow
def test_every_bulletin_is_read_and_nothing_is_quarantined(found: dict[str, Figures], frame: pd.DataFrame) -> None:
    assert len(found) == 117
    assert all(figures.quarantined == [] for figures in found.values())
    assert all(figures.rows_in == len(figures.frame) for figures in found.values())
    assert frame.groupby("file").period_start.nunique().eq(1).all()
    assert frame.period_start.nunique() == 117
    assert frame.groupby("section").size().to_dict() == {ESTATE: 584, CENTRES: 1512, PRISONS: 71870}
    places = frame[(frame.measure == "population") & ~frame.is_total].groupby("period_start").size()
    assert (places.min(), places.max()) == (118, 138)


@pytest.mark.slow
def test_the_parts_of_every_bulletin_are_its_totals(found: dict[str, Figures], frame: pd.DataFrame) -> None:
    counts = frame[frame.measure.isin(COUNTS)]
    parts = counts[~counts.is_total].groupby(["file", "section", "measure"]).value.sum()
    totals = counts[counts.is_total & (counts.section != ESTATE)].set_index(["file", "section", "measure"]).value
    more = totals - parts.reindex(totals.index)
    # Five prisons that were about to close are in the totals of March 2013 and not in its list.
    missing_five = {("prison-population-monthly-mar-2013.docx", PRISONS, "baseline_cna"): 968.0}
    assert more[more != 0].to_dict() == missing_five
    estate = frame[frame.is_total & (frame.section == ESTATE)].set_index(["file", "measure"]).value
    sums = parts.groupby(["file", "measure"]).sum()
    for measure in ("baseline_cna", "in_use_cna", "population"):
        more = estate.xs(measure, level="measure") - sums.xs(measure, level="measure")
        assert len(more) == 117
        assert more[more != 0].to_dict() == (
            {"prison-population-monthly-mar-2013.docx": 968.0} if measure == "baseline_cna" else {}
        )
    noted = {name: figures.notes for name, figures in found.items() if figures.notes}
    assert noted == {
        "prison-population-monthly-mar-2013.docx": [
            "the [prison] total of [baseline_cna] is +968 against its parts",
            "the [all] total of [baseline_cna] is +968 against its parts",
        ]
    }


@pytest.mark.slow
def test_useable_capacity_is_the_sum_less_the_operating_margin_of_its_time(frame: pd.DataFrame) -> None:
    useable = frame[(frame.measure == "useable_operational_capacity") & (frame.section == ESTATE)]
    capacity = frame[(frame.measure == "operational_capacity") & ~frame.is_total].groupby("period_start").value.sum()
    margins = capacity - useable.set_index("period_start").value
    assert len(margins) == 117 and margins.notna().all()
    for on, margin in margins.items():
        assert margin == next(by for until, by in MARGINS.items() if str(on) <= until), on
    # Two bulletins of 2011 take it off the prisons' sub-total too.
    others = frame[(frame.measure == "useable_operational_capacity") & (frame.section == PRISONS)]
    assert dict(zip(others.period_start.astype(str), others.value, strict=True)) == {
        "2011-03-25": 87090,
        "2011-04-15": 87165,
    }


@pytest.mark.slow
def test_printed_percentages_are_those_of_the_figures_beside_them(frame: pd.DataFrame) -> None:
    wide = frame[~frame.is_total].pivot(
        index=["period_start", "section", "prison_name"], columns="measure", values="value"
    )
    wrong: set[tuple[str, str, str]] = set()
    for share, part, whole in (
        ("population_to_in_use_cna", "population", "in_use_cna"),
        ("accommodation_available", "in_use_cna", "baseline_cna"),
    ):
        at = wide[wide[share].notna() & wide[part].notna() & (wide[whole] > 0)]
        assert len(at) > 7200
        off = at[(100 * at[part] / at[whole] - at[share]).abs() > 0.51]
        wrong |= {(str(on), str(name), share) for on, _, name in off.index}
    # A figure in the wrong column would be off by far more than a rounding; these are the publisher's own.
    assert wrong == {
        ("2011-01-28", "Usk/ Prescoed", "population_to_in_use_cna"),
        ("2011-04-15", "Usk/ Prescoed", "population_to_in_use_cna"),
        ("2011-04-15", "Grendon/ Spring Hill", "population_to_in_use_cna"),
        ("2011-04-15", "Grendon/ Spring Hill", "accommodation_available"),
        ("2011-04-15", "Lindholme (IRC)", "population_to_in_use_cna"),
    }


@pytest.mark.slow
def test_figures_of_every_format_are_those_that_a_person_reads(frame: pd.DataFrame) -> None:
    missing = "missing"
    expected = {
        ("2011-01-28", "Swaleside (Sheppey Cluster)", PRISONS): [1112, 1112, 1112, 1086, 98, 100],  # RTF named .doc
        ("2011-02-25", "Ashwell", PRISONS): [599, 184, 214, 0, 0, 31],  # DOC, a line typed by hand
        ("2011-04-15", "Morton Hall", PRISONS): [0, 0, 0, 0, 0, 0],  # DOC, a line typed by hand
        ("2011-12-30", "Latchmere House", PRISONS): [207, 0, 0, missing, missing, 0],  # RTF
        ("2012-01-27", "Wandsworth", PRISONS): [1101, 901, 1395, 1395, 155, 82],  # DOC
        ("2012-01-27", "Lindholme (IRC)", CENTRES): [124, 124, 124, missing, missing, 100],
        ("2012-01-27", "Total", ESTATE): [80047, 78322, 89399, 87668, 112, 98],
        ("2012-03-30", "Total", ESTATE): [80521, 78335, 89490, 87868, 96, 97],  # the publisher's 96%
        ("2013-02-22", "Bullwood Hall", PRISONS): [222, 216, 92, 10, 5, 97],  # DOCX
        ("2015-03-27", "Peterborough (Male & Female)", PRISONS): [1132, 1119, 1252, 1191, 106, 99],  # PDF
        ("2015-03-27", "Blantyre House", PRISONS): [122, 0, 0, missing, missing, 0],
        ("2015-03-27", "Total", ESTATE): [79121, 76750, 87720, 85681, 112, 97],
        ("2015-07-31", "Verne (IRC)", CENTRES): [570, 570, 580, 473, 83, 100],  # RTF
        ("2015-07-31", "Total", ESTATE): [79978, 77403, 88180, 86179, 111, 97],
        ("2017-06-30", "Berwyn", PRISONS): [430, 430, 430, 426],  # ODT
        ("2017-06-30", "Total", ESTATE): [78494, 76026, 86849, 85863],
        ("2018-01-26", "The Verne (IRC)", CENTRES): [40, 0, 0, missing],
        ("2018-03-23", "The Verne", PRISONS): [570, missing, missing, missing],  # ODS
        ("2018-03-23", "Total", ESTATE): [79029, 75796, 86515, 83875],
        ("2018-04-27", "Altcourse", PRISONS): [794, 794, 1184, 1166],  # ODS, every figure a text
        ("2021-05-28", "Morton Hall (IRC)", CENTRES): [392, 392, 353, 70],
        ("2024-10-25", "Wymott", PRISONS): [1192, 1068, 1192, 1182],
        ("2024-10-25", "Total", ESTATE): [83525, 79464, 89008, 85867],
    }
    for (on, name, section), figures in expected.items():
        assert of_bulletin(frame, on, name, section) == figures, (on, name)
    block = frame[(frame.period_start == date(2011, 1, 28)) & frame.is_total].set_index("measure").value
    assert block.to_dict() == {
        "baseline_cna": 80093,
        "in_use_cna": 77537,
        "useable_operational_capacity": 88009,
        "population": 84145,
        "population_to_in_use_cna": 109,
        "accommodation_available": 97,
        "out_of_use_accommodation": 2556,
    }


@pytest.mark.slow
def test_one_prison_is_one_series_through_every_change_of_format_and_name(frame: pd.DataFrame) -> None:
    of = frame[(frame.measure == "population") & ~frame.is_total & (frame.section == PRISONS)]
    assert not of[of.prison_code.notna()].duplicated(["period_start", "prison_code"]).any()
    # Altcourse has been in every bulletin; Swaleside under three names but for the months when Sheppey was one row.
    assert of[of.prison_code == "ACI"].period_start.nunique() == 117
    swaleside = of[of.prison_code == "SLI"]
    assert set(swaleside.prison_name) == {"Swaleside (Sheppey Cluster)", "Swaleside (Sheppey)"}
    together = of[of.prison_code.isna()].groupby("prison_name").period_start
    assert {name: sorted(map(str, days.unique())) for name, days in together} == {
        "Sheppey": ["2011-08-26", "2011-09-30", "2011-10-28"],
        "Shepton Mallet / Erlestoke": ["2012-01-27", "2012-02-24", "2012-03-30", "2012-04-27", "2012-05-25"],
    }
    assert swaleside.period_start.nunique() == 114


@pytest.mark.slow
def test_blanks_are_missing_and_everything_else_is_observed(frame: pd.DataFrame) -> None:
    assert frame.status.value_counts().to_dict() == {"observed": 73759, "missing": 207}
    assert frame.value.isna().sum() == 207
    assert frame[frame.status == "missing"].groupby("measure").size().to_dict() == {
        "accommodation_available": 3,
        "in_use_cna": 5,
        "operational_capacity": 5,
        "population": 106,
        "population_to_in_use_cna": 88,
    }


@pytest.mark.slow
def test_the_weekly_series_has_the_prisons_sub_totals_of_the_same_days(
    justice: Path, frame: pd.DataFrame, sources: Catalogue
) -> None:
    weekly = one_of(justice / "moj_prison_population" / "weekly_prison_population_2020-08-07.csv", sources)
    assert (weekly.table, weekly.rows_in, len(weekly.frame)) == ("weekly", 344, 344)
    series = weekly.frame.set_index("period_start")
    assert series.value[date(2020, 8, 7)] == 79499 and series.value[date(2014, 1, 3)] == 83193
    assert (series.status == "missing").sum() == 12
    of = frame[frame.is_total & (frame.measure == "population") & (frame.section != CENTRES)]
    totals = of.sort_values("section", ascending=False).drop_duplicates("period_start").set_index("period_start").value
    both = pd.concat([series.value.rename("weekly"), totals.rename("bulletin")], axis=1, join="inner").dropna()
    assert len(both) == 43
    # The bulletin of March 2018 was revised, or one of the two was.
    differ = both[both.weekly != both.bulletin]
    assert differ.to_dict("index") == {date(2018, 3, 23): {"weekly": 83553.0, "bulletin": 83510.0}}


@pytest.mark.slow
def test_the_derived_copy_has_the_prisons_of_the_bulletins_but_for_known_months(
    justice: Path, frame: pd.DataFrame, sources: Catalogue
) -> None:
    path = justice / "moj_monthly_population_bulletin" / "DERIVED_combined_prison_data_2012_2024.csv"
    copy = one_of(path, sources)
    assert (copy.table, copy.rows_in, len(copy.frame)) == ("establishment_copy", 18586 * 4, 18586 * 4 - 54)
    # In March and April 2013 names were cut to their last word; in ten cells a percentage may stand for people.
    cut = [cell for cell in copy.quarantined if cell.reason.startswith("no prison is known by the name")]
    assert len(cut) == 44
    assert {cell.reason.split("[")[1].split("]")[0] for cell in cut} == {"Camp", "Farms", "Hill", "House", "Low"}
    shares = {(cell.row, cell.cell) for cell in copy.quarantined if "percentage" in cell.reason}
    assert len(shares) == 10 and {(1445, "5.0"), (1762, "100.0"), (2905, "71.0"), (6308, "8.0")} <= shares
    assert copy.frame.period_start.nunique() == 155
    months = copy.frame[copy.frame.measure == "population"]
    copied = months.groupby(months.period_start.map(lambda on: f"{on:%Y-%m}")).value.sum()
    of = frame[frame.is_total & (frame.measure == "population") & (frame.section != CENTRES)]
    totals = of.sort_values("section", ascending=False).drop_duplicates("period_start")
    published = totals.set_index(totals.period_start.map(lambda on: f"{on:%Y-%m}")).value
    differ = (copied - published).dropna()
    assert len(differ) == 106
    assert differ[differ != 0].to_dict() == {
        "2013-03": -23240, "2016-03": -100, "2016-06": -100, "2016-11": -100,
    }  # fmt: skip


@pytest.mark.slow
def test_copied_totals_and_quarterly_figures_are_those_of_their_files(
    justice: Path, sources: Catalogue, intake: TakeIn
) -> None:
    totals = one_of(justice / "moj_monthly_population_bulletin" / "DERIVED_estate_totals_2025_2026.csv", sources).frame
    assert len(totals) == 19 * 8 and totals.is_total.all()
    july = totals[totals.period_start == date(2026, 7, 27)].set_index("measure").value
    assert july[["useable_operational_capacity", "population", "operating_margin"]].tolist() == [88895, 86267, 1640]
    result, _ = intake(SOURCE, justice / "moj_prison_population" / "prisoner-types-data.csv.gz")
    assert (result.problems, result.rows_in, result.rows_landed) == ([], 130, 130)


def test_every_file_is_recognised_as_this_sources(bulletins: list[Path], justice: Path, sources: Catalogue) -> None:
    files = [*bulletins, *(justice / "moj_monthly_population_bulletin").glob("*.csv")]
    files += [*(justice / "moj_prison_population").glob("*.csv*")]
    assert len(files) == 121
    assert [path.name for path in files if recognise(LooseFile(path), sources).source_ids != (SOURCE,)] == []


@pytest.mark.slow
def test_half_of_any_document_is_refused(bulletins: list[Path], sources: Catalogue, tmp_path: Path) -> None:
    def halves() -> Iterator[str]:
        for path in bulletins:
            half = tmp_path / path.name
            half.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
            try:
                one_of(half, sources)
            except ReadError:
                continue
            yield path.name

    assert list(halves()) == []
