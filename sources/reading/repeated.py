"""Telling two figures that claim to be of the same thing, before they are landed side by side."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sources.errors import LayoutError


def refuse_repeated(frame: pd.DataFrame, grain: Sequence[str], *, file: str) -> None:
    """Raise LayoutError where two rows are the same in a table's grain: the heading or label of one was misread.

    ``frame`` has the grain's columns and ``source_sheet``, ``source_row``, ``source_column``; a null is a value.
    """
    if frame.empty:
        return
    is_repeated = frame.duplicated(list(grain), keep=False)
    if not is_repeated.any():
        return
    repeated = pd.DataFrame(frame[is_repeated])
    key = [tuple(map(str, values)) for values in repeated[list(grain)].itertuples(index=False)]
    places = [
        f"{column}{row}"
        for column, row, of in zip(repeated["source_column"], repeated["source_row"], key, strict=True)
        if of == key[0]
    ]
    raise LayoutError(
        "figures in different places say that they are of the same",
        file=file,
        sheet=repeated["source_sheet"].iloc[0],
        row=int(repeated["source_row"].iloc[0]),
        expected="one figure of each " + ", ".join(grain),
        found="more than one, in " + ", ".join(places),
    )
