"""What figures of places and of parts have to add up to."""

from __future__ import annotations

from expectations.suites import Expectation, NoDoubleCountAcrossAreas, PartsWithinTotal


def expectations() -> tuple[Expectation, ...]:
    """Expectations of marts.indicator_value."""
    return (
        Expectation(
            name="sums_count_each_area_once",
            rule=NoDoubleCountAcrossAreas("summed", 1e-9),
            severity="error",
            reason="A sum of ours that counts an area twice, or loses one, is wrong for everybody who reads it.",
            expected="every sum of ours over districts or upper tiers equal to what they come to, each once",
            advice="Look at the area's rows of marts.area_relation: a child is in it twice, or a former code is carried"
            " to two of them.",
        ),
        Expectation(
            name="areas_are_within_their_total",
            rule=NoDoubleCountAcrossAreas("published", 0.01),
            severity="warn",
            reason="Publishers round, and revise a total before its parts; their figures stand.",
            expected="areas that lie wholly in a larger one come to no more than its published count, by over a"
            " hundredth and the rounding of them all",
            advice="Compare the farthest area with the file: an area that is counted in two, or parts and total of two"
            " releases. Where the publisher counts people once in each place they were in, grant an exemption.",
        ),
        Expectation(
            name="parts_are_within_their_total",
            rule=PartsWithinTotal(0.01, 1.0),
            severity="warn",
            reason="Publishers round each part by itself; their figures stand.",
            expected="women and men together no more than everybody, beyond rounding, but for a hundredth of an"
            " indicator's figures in a release",
            advice="Compare the farthest area with the file: the total may be of another group, or of another year.",
        ),
    )
