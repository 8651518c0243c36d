"""Our trends and comparisons against those that Fingertips prints beside its own figures."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.dbt_project.macros import rows

NAMES = {
    "Area Code": "area",
    "Sex": "sex",
    "Age": "age",
    "Category Type": "kind",
    "Category": "category",
    "Time period Sortable": "period",
    "Value": "value",
    "Lower CI 95.0 limit": "lower",
    "Upper CI 95.0 limit": "upper",
    "Recent Trend": "printed_trend",
    "Compared to England value or percentiles": "printed_comparison",
}
MARKERS = {
    "Increasing and getting worse": "increasing",
    "Decreasing and getting better": "decreasing",
    "No significant change": "no_significant_change",
    "Cannot be calculated": "cannot_be_calculated",
}


@pytest.fixture(scope="module")
def admissions(published: Path) -> pd.DataFrame:
    """Hospital admissions of children for injuries, England, regions and authorities, 2010/11 to 2023/24."""
    frame = pd.read_csv(
        published / "health/ohid_fingertips/90284_region_hospital_admissions_2324.csv", low_memory=False
    )
    frame = frame[list(NAMES)].rename(columns=NAMES)
    frame[["kind", "category"]] = frame[["kind", "category"]].fillna("")
    return frame


def test_every_trend_is_the_one_that_fingertips_prints(admissions: pd.DataFrame) -> None:
    found = rows(
        """
        with trend as (
            {{ recent_trend(
                'figure',
                ['area', 'sex', 'age', 'kind', 'category'],
                'period',
                value='value',
                lower='lower',
                upper='upper',
            ) }}
        )

        select printed_trend, trend.trend, count(*)
        from trend
        inner join printed using (area, sex, age, kind, category)
        group by all
        """,
        # Fingertips passes over years without a figure, whose limits it prints as -1.
        figure=admissions[admissions["value"].notna() & (admissions["lower"] >= 0)],
        printed=admissions[admissions["printed_trend"].notna()],
    )
    assert {(MARKERS[printed], ours): count for printed, ours, count in found} == {
        ("no_significant_change", "no_significant_change"): 290,
        ("decreasing", "decreasing"): 248,
        ("cannot_be_calculated", "cannot_be_calculated"): 9,
        ("increasing", "increasing"): 5,
    }


def test_every_comparison_with_england_is_the_one_that_fingertips_prints(admissions: pd.DataFrame) -> None:
    found = rows(
        """
        select
            lower(place.printed_comparison),
            {{ compared_with_benchmark('england.value', 'place.lower', 'place.upper', "'lower_is_better'") }} as ours,
            count(*)
        from place
        left join england using (sex, age, period)
        where place.printed_comparison <> 'Not compared'
        group by all
        """,
        place=admissions[admissions["area"] != "E92000001"],
        england=admissions[(admissions["area"] == "E92000001") & (admissions["kind"] == "")],
    )
    assert {(printed, ours): count for printed, ours, count in found} == {
        ("better", "better"): 2244,
        ("worse", "worse"): 2048,
        ("similar", "similar"): 1751,
    }
