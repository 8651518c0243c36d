"""A table of opt-out testing in the assumed layout: real regions, synthetic counts; its cover says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources.writing import Row, write_ods

_REGIONS = (
    "East Midlands",
    "East of England",
    "London",
    "North East",
    "North West",
    "South East",
    "South West",
    "West Midlands",
    "Yorkshire and The Humber",
)
#: Share of those tested who have the virus; of hepatitis C also of those with antibodies who have RNA.
_POSITIVE = {"Hepatitis B": 0.012, "Hepatitis C": 0.08, "HIV": 0.006}
_RNA = 0.35
_HEADER: Row = [
    "Financial year",
    "Quarter",
    "Region",
    "Virus",
    "New receptions",
    "Offered a test",
    "Tested [note 1]",
    "Tested positive",
    "Antibody positive",
    "RNA positive",
    "Referred for treatment",
    "Started treatment",
]
_NOTICE = "SYNTHETIC FIGURES in an assumed layout: made up for the bundled edition; nobody was tested."


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Four quarters of 2025/26 for England's regions at scale 1; a larger scale adds quarters before them."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for back in reversed(range(max(1, round(4 * scale)))):
        year, quarter = 2025 - back // 4, 4 - back % 4
        label: Row = [f"{year}/{(year + 1) % 100:02}", f"Q{quarter}"]
        for virus, share in _POSITIVE.items():
            counts = np.array([_counts(rng, virus, share) for _ in _REGIONS])
            for region, of_region in [*zip(_REGIONS, counts, strict=True), ("England", counts.sum(axis=0))]:
                rows.append([*label, region, virus, *_cells(virus, [int(count) for count in of_region], region)])
    write_ods(
        folder / "Bloodborne_virus_opt-out_testing_in_prisons_2025-26.ods",
        {
            "Cover": [["Opt-out testing for bloodborne viruses in prisons, England"], [_NOTICE]],
            "Table_1": [
                ["Table 1: People received into prison by test for bloodborne viruses, region and quarter"],
                [_NOTICE],
                _HEADER,
                *rows,
            ],
            "Notes": [["Note 1", "Tested within four weeks of reception."], [_NOTICE]],
        },
    )


def _counts(rng: np.random.Generator, virus: str, share: float) -> list[int]:
    received = int(rng.integers(1200, 4200))
    offered = int(rng.binomial(received, 0.85))
    tested = int(rng.binomial(offered, 0.6))
    positive = int(rng.binomial(tested, share))
    rna = int(rng.binomial(positive, _RNA)) if virus == "Hepatitis C" else 0
    referred = int(rng.binomial(rna or positive, 0.85))
    return [received, offered, tested, positive, rna, referred, int(rng.binomial(referred, 0.8))]


def _cells(virus: str, counts: list[int], region: str) -> Row:
    """Hepatitis C has antibodies and RNA, the others one result; very small numbers of a region are suppressed."""
    received, offered, tested, positive, rna, referred, treated = counts
    results: list[int | str] = ["[z]", positive, rna] if virus == "Hepatitis C" else [positive, "[z]", "[z]"]
    shown = [
        "[c]" if isinstance(count, int) and count < 5 and region != "England" else count
        for count in [*results, referred, treated]
    ]
    return [received, offered, tested, *shown]
