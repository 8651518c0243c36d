"""Reads the scrape of inspection ratings of youth justice services: a record a report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd

from sources.contract import Contract
from sources.errors import HeaderError, ReadError
from sources.places.names import UnknownNameError, register
from sources.reading import Figures, PublishedFile, Quarantined, delimited, headers
from sources.reading.grid import Grid
from sources.reading.markers import UnreadableCellError, figure

_OWN = ("la_name", "la_ref", "score_%", "publication_date", "report_url")
#: What each column of ratings rates, by its heading.
_STANDARDS = {
    "overall_rating": "overall",
    "staff": "staff",
    "partnerships_and_services": "partnerships_and_services",
    "information_and_facilities": "information_and_facilities",
    "assessment": "assessment",
    "planning": "planning",
    "reviewing": "reviewing",
    "implementation_and_delivery": "implementation_and_delivery",
    "resettlement_policy_and_provision": "resettlement_policy_and_provision",
    "governance_and_leadership": "governance_and_leadership",
    "outofcourt_disposal_policy_and_provision": "out_of_court_disposal_policy_and_provision",
    "policy_and_provision": "policy_and_provision",
    "joint_working": "joint_working",
}
_RATINGS = {
    "outstanding": "outstanding",
    "good": "good",
    "requires improvement": "requires_improvement",
    "inadequate": "inadequate",
}
#: An overall rating's least points of 36, from the highest.
_POINTS, _LEAST_POINTS = 36, {"outstanding": 31, "good": 19, "requires_improvement": 7, "inadequate": 0}
#: Services by names that this inspectorate alone gives them.
_ALSO_CALLED = {
    "county durham": "Durham",
    "dorset": "Dorset Combined YOS",
    "hull": "Kingston upon Hull",
    "newcastle": "Newcastle upon Tyne",
    "royal borough of greenwich": "Greenwich",
}


@dataclass(frozen=True)
class _Report:
    """What a record says of its report."""

    row: int
    name: str
    code: str | None
    area_code: str | None
    published: date
    is_joint: bool


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """``score``, the overall score of each report, and ``rating``, its ratings.

    Reports of a service that the register does not know, and ratings that are none, are quarantined. Raises HeaderError
    for other headings, ReadError where a report stands twice.
    """
    grid = delimited.grid(file)
    header, at = _header(grid)
    rows = delimited.rows_below(file, grid, header)
    scores, ratings = list[dict[str, object]](), list[dict[str, object]]()
    bad_scores, bad_ratings = list[Quarantined](), list[Quarantined]()
    seen: dict[tuple[str, date], int] = {}
    for row in rows:
        try:
            report = _report(grid, row, at)
        except ValueError as error:
            bad_scores.append(grid.quarantined(row, at["la_name"], str(error)))
            bad_ratings += [grid.quarantined(row, at[heading], str(error)) for heading in _STANDARDS]
            continue
        if (before := seen.setdefault((report.name, report.published), row)) != row:
            raise ReadError(
                "a report stands twice",
                file=file.name,
                row=row + 1,
                expected="a record a report",
                found=f"[{report.name}] of {report.published} in row {before + 1} as well",
            )
        is_sound = _go_together(grid.text(row, at["score_%"]), _RATINGS.get(_rating_text(grid, row, at)))
        try:
            scores.append(_score(grid, report, at, contract, is_sound=is_sound))
        except UnreadableCellError as error:
            bad_scores.append(grid.quarantined(row, at["score_%"], str(error)))
        for heading, standard in _STANDARDS.items():
            text = headers.normal(grid.text(row, at[heading]))
            if text and text not in _RATINGS:
                bad_ratings.append(grid.quarantined(row, at[heading], "it is no rating that is known"))
                continue
            is_doubted = standard == "overall" and not is_sound
            ratings.append(
                _of(report, at[heading])
                | {
                    "standard": standard,
                    "rating": _RATINGS.get(text),
                    "status": "missing" if not text else "low_reliability" if is_doubted else "observed",
                }
            )
    columns = contract.tables["score"].columns, contract.tables["rating"].columns
    provenance = ("source_sheet", "source_row", "source_column")
    yield Figures("score", pd.DataFrame(scores, columns=pd.Index([*columns[0], *provenance])), len(rows), bad_scores)
    yield Figures(
        "rating",
        pd.DataFrame(ratings, columns=pd.Index([*columns[1], *provenance])),
        len(rows) * len(_STANDARDS),
        bad_ratings,
    )


def _header(grid: Grid) -> tuple[int, dict[str, int]]:
    wanted = [*_OWN, *_STANDARDS]
    for row in range(min(5, len(grid))):
        texts = [headers.normal(cell) for cell in grid.rows[row]]
        if "la_name" in texts:
            missing = [name for name in wanted if name not in texts]
            unknown = [text for text in texts if text and (text not in wanted or texts.count(text) > 1)]
            if missing or unknown:
                known = {name: [name] for name in wanted}
                raise HeaderError(file=grid.file, row=row + 1, missing=missing, unknown=unknown, known_names=known)
            return row, {text: index for index, text in enumerate(texts) if text}
    raise ReadError("no heading [la_name] was found", file=grid.file, expected="one in the first five lines")


def _report(grid: Grid, row: int, at: dict[str, int]) -> _Report:
    """Raises ValueError for a day that is none and a service that the register does not know."""
    published = grid.text(row, at["publication_date"])
    found = re.fullmatch(r"(\d\d)/(\d\d)/(\d\d)", published)
    if not found:
        raise ValueError(f"[{published}] is no day written as 31/12/24")
    day = date(2000 + int(found[3]), int(found[2]), int(found[1]))
    text = grid.text(row, at["la_name"])
    name = re.sub(r"^an inspection of | - ji$", "", text, flags=re.IGNORECASE)
    known = register("youth_justice_service")
    try:
        code = known.resolve(_ALSO_CALLED.get(headers.normal(name), name), on=day)
    except UnknownNameError:
        # A service of an authority that is newer than the register of services.
        code, area_code = None, _authority(name, day)
        if area_code is None:
            raise
    else:
        area_code = _authority(known.current_name(code), day)
    return _Report(row, name, code, area_code, day, is_joint=text.lower().endswith(" - ji"))


def _authority(name: str, on: date) -> str | None:
    """The local authority that goes by a name on that very day; None for a service of several authorities."""
    authorities = register("local_authority")
    try:
        code = authorities.resolve(name, on=on)
    except UnknownNameError:
        return None
    return code if any(named.code == code and named.held_on(on) for named in authorities.names) else None


def _rating_text(grid: Grid, row: int, at: dict[str, int]) -> str:
    return headers.normal(grid.text(row, at["overall_rating"]))


def _go_together(score: str, rating: str | None) -> bool:
    """Whether a score is a number of points of 36, halves too, and its rating the one that these points have; true
    where either is not given."""
    if not re.fullmatch(r"\d+(\.\d+)?", score) or rating is None:
        return True
    points = round(float(score) * 2 * _POINTS / 100) / 2
    is_share = abs(float(score) - 100 * points / _POINTS) < 0.006
    return is_share and rating == next(name for name, least in _LEAST_POINTS.items() if points >= least)


def _of(report: _Report, column: int) -> dict[str, object]:
    return {
        "service_name": report.name,
        "service_code": report.code,
        "area_code": report.area_code,
        "report_published": report.published,
        "source_sheet": None,
        "source_row": report.row + 1,
        "source_column": headers.letter(column),
    }


def _score(grid: Grid, report: _Report, at: dict[str, int], contract: Contract, *, is_sound: bool) -> dict[str, object]:
    """Raises UnreadableCellError for a score that is no number."""
    column = contract.tables["score"].columns["value"]
    read = figure(grid.cell(report.row, at["score_%"]), contract, column)
    return _of(report, at["score_%"]) | {
        "area_level": "youth_justice_service",
        "is_joint_inspection": report.is_joint,
        "report_url": grid.text(report.row, at["report_url"]) or None,
        "value": read.value,
        "status": read.status if is_sound or read.value is None else "low_reliability",
    }
