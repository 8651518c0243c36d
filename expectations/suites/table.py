"""Expectations that most tables written by hand have: columns, filled columns, a key."""

from __future__ import annotations

from expectations.suites import ColumnSet, Expectation, NoRows, Unique


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
