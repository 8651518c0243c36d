"""A suite for each source: its three clocks, and whether what it publishes holds together.

They are asked of the working file once dbt has built it, and never stop publication: one publisher's failure must not
keep the others' figures away. A soft limit warns; a hard one is an error on the source's own tables.
"""

from __future__ import annotations

from expectations.suites import (
    Expectation,
    MarkersKnown,
    NoUnexplainedRevision,
    PeriodRecent,
    PublisherOnTime,
    SourceAnswered,
    Suite,
    TotalsReconcile,
)
from sources.catalogue import Catalogue, Source

SUITE = "source"
#: Expectations that say whether a source is up to date; the others say whether its figures hold together.
CLOCKS = ("source_answered", "publisher_is_on_time", "period_is_recent")

#: More of a release's rows than this with one unknown marker is a change of the publisher's notation, and no slip.
_MARKED = 0.01
#: Any rate that is not that of its counts warns; where one in twenty is not, the two are not of the same thing.
_DIFFER, _MOST_DIFFER = 0.0, 0.05
#: Publishers correct single figures without a word; one in twenty warns, and half of them are another series.
_REVISED, _MOST_REVISED = 0.05, 0.5

_NOT_OURS = "It is the publisher's, and the others' figures are published all the same."


def suites(catalogue: Catalogue) -> list[Suite]:
    """A suite for each source of the catalogue."""
    return [suite(source) for source in catalogue.values()]


def suite(source: Source) -> Suite:
    """What is expected of one source, beyond the contract of its tables."""
    return Suite(SUITE, f"{SUITE}.{source.id}", (*_clocks(source), *_figures(source)), checked="meta.staleness")


def _clocks(source: Source) -> tuple[Expectation, ...]:
    contract, cadence = source.contract, source.contract.cadence
    return (
        Expectation(
            name="source_answered",
            rule=SourceAnswered(source.id, cadence.incident_after),
            severity="error",
            reason=f"One bad night is none of anybody's business; {cadence.incident_after} in a row are an incident.",
            expected="an answer from all that was asked when it was asked last;"
            f" an error after {cadence.incident_after} days in a row without",
            advice="Read fetch_problem: where the address has moved, correct it in the contract; where the publisher is"
            f" down, wait. Its page is {contract.landing_page}",
        ),
        Expectation(
            name="publisher_is_on_time",
            rule=PublisherOnTime(source.id),
            severity="error",
            reason=f"{cadence.reason} {_NOT_OURS}",
            expected=f"a release each {cadence.every}, late {cadence.warn_after_days} days after its period ended"
            f" (or a day after the promised one) and an error after {cadence.fail_after_days}; by its own cadence where"
            " a table has one",
            advice=f"Look on {contract.landing_page} whether it is out under another name, or what the publisher"
            " says of the delay; grant an exemption where it is known and nothing can be done.",
        ),
        Expectation(
            name="period_is_recent",
            rule=PeriodRecent(source.id),
            severity="error",
            reason=f"An old figure looks like any other. {_NOT_OURS}",
            expected="a newest period no older than cadence and thresholds of the contract allow, in every table that"
            " has not ended",
            advice="Where the publisher has stopped, say ended in the contract's table; where a newer file exists, take"
            f" it in: {contract.landing_page}",
        ),
    )


def _figures(source: Source) -> tuple[Expectation, ...]:
    return (
        Expectation(
            name="markers_are_known",
            rule=MarkersKnown(source.id, _MARKED),
            severity="error",
            reason=f"A cell that is not understood is set aside; over {_MARKED:.0%} of a release, a figure that should"
            " be there is not.",
            expected="no cell set aside for a text that is neither a number nor a marker of the contract;"
            f" an error over {_MARKED:.0%} of the rows of a release",
            advice="Find the marker's meaning in the file's notes and add it to the contract's markers; the release is"
            " read again by itself.",
        ),
        Expectation(
            name="totals_reconcile",
            rule=TotalsReconcile(source.id, _DIFFER, _MOST_DIFFER),
            severity="error",
            reason=f"The publisher's value stands. {_NOT_OURS}",
            expected="every rate that the publisher computed, within the rounding of it and of its counts;"
            f" an error where more than {_MOST_DIFFER:.0%} of an indicator's in a release are not",
            advice="Compare the farthest figure with its row in the file: if the file says so, tell the publisher; else"
            " rate and counts were read from columns of different things.",
        ),
        Expectation(
            name="no_revision_is_unexplained",
            rule=NoUnexplainedRevision(source.id, _REVISED, _MOST_REVISED),
            severity="error",
            reason=f"A series that is restated without a word cannot be followed over time. {_NOT_OURS}",
            expected=f"at most {_REVISED:.0%} of an indicator's figures that a release gives again changed by over a"
            f" hundredth with no mark and no break of the series; an error over {_MOST_REVISED:.0%}",
            advice="Compare the two releases: where the publisher says why, add a break to the contract; where it"
            " restates as a matter of course, grant an exemption; else two different measures share an indicator.",
        ),
    )
