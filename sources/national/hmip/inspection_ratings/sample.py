"""The scrape of inspection ratings in its layout, on real services. The file has no room for words, so that its name
and its addresses say that every rating is made up."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np

from sources.places.names import register
from sources.writing import Row, write_csv

_HEADER = (
    "la_name", "la_ref", "score_%", "overall_rating", "publication_date", "report_url", "staff",
    "partnerships_and_services", "information_and_facilities", "assessment", "planning", "reviewing",
    "implementation_and_delivery", "resettlement_policy_and_provision", "governance_and_leadership",
    "outofcourt_disposal_policy_and_provision", "policy_and_provision", "joint_working",
)  # fmt: skip
_LAST_DAY = date(2026, 11, 3)
_RATINGS = ("Inadequate", "Requires Improvement", "Good", "Outstanding")
_POINTS = 36


def write(folder: Path, *, seed: int, scale: float) -> None:
    """A report a service, one a fortnight back from November 2026; every third service at scale 1."""
    rng = np.random.default_rng(seed)
    names = sorted(named.name for named in register("youth_justice_service").names if named.is_current_name)
    services = rng.permutation(names[:: max(1, round(3 / scale))])
    rows: list[Row] = [_HEADER]
    for number, name in enumerate(services):
        points = int(np.clip(rng.normal(22, 8), 0, _POINTS))
        rating = _RATINGS[0 if points < 7 else 1 if points < 19 else 2 if points < 31 else 3]
        day = _LAST_DAY - timedelta(days=14 * number)
        # As in the file at hand no standard is rated Requires improvement: it is blank.
        standards = [str(rng.choice(["Inadequate", "", "Good", "Good", "Outstanding"])) for _ in _HEADER[6:-2]]
        reference = f"synthetic{number}yjs"
        rows.append(
            [
                f"{name} - JI" if number % 9 == 4 else name,
                reference,
                f"{100 * points / _POINTS:.2f}",
                rating,
                f"{day:%d/%m/%y}",
                f"https://example.org/synthetic/{reference}/",
                *standards,
                None,
                None,
            ]
        )
    write_csv(folder / "SYNTHETIC_hmi_youth_justice_inspection_ratings.csv", rows)
