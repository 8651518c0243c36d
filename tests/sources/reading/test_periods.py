"""Published words for time as periods with dates."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.reading import periods
from sources.reading.periods import Period

_ANY = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.from_regex(r"[0-9]{1,4} ?[-/–] ?[0-9]{1,4}", fullmatch=True),
    st.from_regex(r"(Jan|Sept|august|Foo)[ '.-]{0,2}[0-9]{1,4}", fullmatch=True),
)


@pytest.mark.parametrize(
    "text",
    [
        "2021-08",
        "2021/8",
        "Aug 2021",
        "August-21",
        "aug'21",
        "AUG. 2021",
        " August   2021 ",
        "Aug21",
        "01/08/2021",
        date(2021, 8, 1),
        datetime(2021, 8, 1, 12, 30),  # noqa: DTZ001 (as a spreadsheet has it)
    ],
)
def test_a_month_is_read_however_it_is_written(text: object) -> None:
    assert periods.month(text) == Period(date(2021, 8, 1), date(2021, 8, 31), "month")


def test_a_month_ends_on_its_last_day_in_a_leap_year_too() -> None:
    assert periods.month("Feb 2024").end == date(2024, 2, 29)
    assert periods.month("Feb 2023").end == date(2023, 2, 28)
    assert periods.month("Dec-99").start == date(1999, 12, 1)


@pytest.mark.parametrize(
    "text",
    ["2021-13", "2021-00", "0000-01", "Mistmonth 2021", "2021", "02/08/2021", date(2021, 8, 2), "", None, 2021.0],
)
def test_what_is_not_a_month_is_refused_and_never_guessed(text: object) -> None:
    with pytest.raises(ValueError, match=r"\[|year"):
        periods.month(text)


@pytest.mark.parametrize("text", ["2004/05", "04/05", "2004-05", "2004/2005", "2004–05", " 2004 / 05 "])
def test_a_financial_year_runs_from_april_to_march(text: str) -> None:
    assert periods.financial_year(text) == Period(date(2004, 4, 1), date(2005, 3, 31), "financial_year")


def test_a_financial_year_over_the_turn_of_the_century_is_one() -> None:
    expected = Period(date(1999, 4, 1), date(2000, 3, 31), "financial_year")
    assert [periods.financial_year(text) for text in ("1999/00", "99/00", "1999/2000")] == [expected] * 3


@pytest.mark.parametrize(
    "text", ["2004/06", "2004/04", "2005/04", "2004/2105", "1999/1900", "2004/1905", "2004", "2004/5", "2004-2005-06"]
)
def test_years_that_do_not_follow_each_other_are_no_financial_year(text: str) -> None:
    with pytest.raises(ValueError, match="is not a financial year"):
        periods.financial_year(text)


@pytest.mark.parametrize("text", ["2019", " 2019 ", 2019, 2019.0])
def test_a_calendar_year_is_read_from_text_and_from_a_number(text: object) -> None:
    assert periods.calendar_year(text) == Period(date(2019, 1, 1), date(2019, 12, 31), "calendar_year")


@pytest.mark.parametrize("text", ["19", "2019.0", 2019.5, "2019/20", None, True, float("nan"), float("inf"), "1066"])
def test_what_is_not_a_calendar_year_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="is not a calendar year"):
        periods.calendar_year(text)


def test_a_mid_year_is_one_day() -> None:
    assert periods.mid_year(2021) == Period(date(2021, 6, 30), date(2021, 6, 30), "point_in_time")


@given(_ANY)
def test_anything_at_all_is_a_whole_period_or_refused(text: object) -> None:
    for read, days in (
        (periods.month, range(28, 32)),
        (periods.financial_year, range(365, 367)),
        (periods.calendar_year, range(365, 367)),
    ):
        try:
            period = read(text)
        except ValueError:
            continue
        assert period.start.day == 1
        assert (period.end - period.start).days + 1 in days
        assert (period.end + timedelta(days=1)).day == 1


@given(st.dates(date(1970, 1, 1), date(2069, 12, 31)))
def test_a_month_written_any_way_is_read_back(day: date) -> None:
    first = day.replace(day=1)
    for written in ("%Y-%m", "%b %Y", "%B %y", "01/%m/%Y"):
        assert periods.month(first.strftime(written)).start == first


@given(st.integers(1970, 2068))
def test_a_financial_year_written_any_way_is_read_back(year: int) -> None:
    short, after = f"{year % 100:02d}", f"{(year + 1) % 100:02d}"
    for text in (f"{year}/{after}", f"{year}/{year + 1}", f"{short}-{after}"):
        assert periods.financial_year(text).start == date(year, 4, 1)


def test_a_financial_quarter_is_told_by_a_year_and_a_number_with_or_without_a_letter() -> None:
    assert periods.financial_quarter_of("2018/19", "Q4") == periods.financial_quarter_of("2018-19", 4)
    assert periods.financial_quarter_of("2018/19", "4").start == date(2019, 1, 1)
    assert periods.financial_year_name(date(2019, 3, 31)) == "2018/19"
    assert periods.financial_year_name(date(2099, 4, 1)) == "2099/00"
    with pytest.raises(ValueError, match=r"\[5\] is not a quarter"):
        periods.financial_quarter_of("2018/19", "5")
