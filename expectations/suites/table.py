"""Expectations that most tables written by hand have: columns, filled columns, a key, statuses, days."""

from __future__ import annotations

from datetime import date

from expectations.suites import WITHOUT_VALUE, ColumnSet, Expectation, NoRows, Unique, text_list


def columns(names: tuple[str, ...]) -> Expectation:
    """The table has these columns, and may have others."""
    return Expectation(
        name="columns_are_as_agreed",
        rule=ColumnSet(names, is_exact=False),
        severity="error",
        reason="Analysts' queries and the pages name these columns.",
        expected=f"the columns {', '.join(names)}",
        advice="Restore the column in the model, or say in the changelog that it goes and change this suite.",
    )


def filled(*names: str) -> Expectation:
    """No row has a null in any of these columns."""
    return Expectation(
        name="required_columns_are_filled",
        rule=NoRows("select * from checked where " + " or ".join(f"{name} is null" for name in names)),
        severity="error",
        reason="A row without it cannot be found or trusted.",
        expected=f"no null in {', '.join(names)}",
        advice="Follow the row to the model that makes it: a join found nothing, or staging let a blank through.",
    )


def unique(name: str, names: tuple[str, ...], *, where: str = "true", advice: str) -> Expectation:
    """No two rows agree in these columns, nulls agreeing with nulls."""
    key = ", ".join(names)
    return Expectation(
        name=name,
        # Nulls are part of these keys (no sex means everybody), and group by counts them as equal.
        rule=Unique(names[0])
        if len(names) == 1
        else NoRows(
            f"select {key}, count(*) as rows_with_this_key from checked where {where}"
            f" group by {key} having count(*) > 1"
        ),
        severity="error",
        reason="A row that is there twice is counted twice.",
        expected=f"one row for each {key}",
        advice=advice,
    )


def value_or_status(name: str) -> Expectation:
    """A column is null exactly where the status says that there is no figure."""
    return Expectation(
        name="value_is_null_where_status_says_so",
        # What a marker for nil or half a digit stands for is rounded and has no figure.
        rule=NoRows(
            f"select * from checked where ({name} is null and status not in ({text_list(WITHOUT_VALUE)}, 'rounded'))"
            f" or ({name} is not null and status in ({text_list(WITHOUT_VALUE)}))"
        ),
        severity="error",
        reason="A suppressed figure must not show, and a missing one must not look like one that was seen.",
        expected=f"{name} null exactly where status is {', '.join(WITHOUT_VALUE)} (or rounded)",
        advice="Take value and status from one row of staging; give a quotient without denominator a status.",
    )


def not_in_the_future(today: date) -> Expectation:
    """No period ends after a day."""
    return Expectation(
        name="no_period_is_in_the_future",
        rule=NoRows(f"select * from checked where period_end > date '{today.isoformat()}'"),
        severity="error",
        reason="Nothing can have been counted yet: a date was misread.",
        expected=f"period_end no later than {today.isoformat()}",
        advice="Look at how the period was read from the file: day and month, or a two-digit year.",
    )
