"""Criminal court statistics in their layouts: a workbook of remand status, and copies of the caseload and of sentence
lengths. Every figure is synthetic, as files say where they have room for words, the others in their names."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sources.writing import Row, write_csv, write_ods

_SYNTHETIC = "SYNTHETIC FIGURES for trying the software out: not one of them is of real defendants"
#: The last quarter whose caseload, and the last year whose remands, are out by November 2026.
_LAST_QUARTER, _LAST_YEAR = (2026, 2), 2026
_OFFENCES = {
    "Indictable only": 22_000,
    "Triable either way": 210_000,
    "Summary non-motoring": 290_000,
    "Summary motoring": 700_000,
    "Offence unknown": 0,
}
_STATUSES = ("Not applicable or unknown [note 51]", "Bailed", "Remanded in custody [note 53]")
_ARRESTED = ("Not applicable or unknown [note 51]", "Arrested and bailed", "Arrested and held in custody [note 50]")
_AT_MAGISTRATES = "at magistrates' courts, by remand status"
_TABLES = {
    "Q4_1": ("Q4.1", f"Defendants directed to appear {_AT_MAGISTRATES} prior to appearing at court"),
    "Q4_2": ("Q4.2", f"Defendants proceeded against {_AT_MAGISTRATES}"),
    "Q4_3": ("Q4.3", "Defendants dealt with at the Crown Court, by remand status"),
}
_SHARES = (0.82, 0.13, 0.05)
_LENGTHS = {
    "Up to and including 1 month": 11_000,
    "Over 1 month and up to and including 2 months": 10_000,
    "Over 2 months and up to and including 3 months": 7_500,
    "Over 3 months and less than 6 months": 11_000,
    "6 months": 4_600,
    "Over 6 months and less than 12 months": 7_000,
    "12 months": 3_900,
    "Over 12 months and up to and including 4 years": 24_000,
    "Over 4 years and less than life": 8_300,
    "Indeterminate Sentence": 0,
    "Life": 300,
    "Not known": 30,
}


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write the workbook and both copies; the smaller the scale, the fewer years."""
    rng = np.random.default_rng(seed)
    years = list(range(_LAST_YEAR - max(2, round(5 * scale)) + 1, _LAST_YEAR + 1))
    sheets = {sheet: _remand(rng, sheet, years) for sheet in _TABLES}
    write_ods(folder / "criminal-justice-statistics-overview-tables-SYNTHETIC.ods", {"Cover": _cover(), **sheets})
    write_csv(folder / "ccsq_receipts_disposals_outstanding_SYNTHETIC.csv", _caseload(rng, years))
    write_csv(folder / "immediate_custody_by_sentence_length_SYNTHETIC.csv", _immediate_custody(rng, years))


def _cover() -> list[Row]:
    return [
        ["Criminal justice statistics: overview tables"],
        [_SYNTHETIC],
        ["[c] confidential, [x] not available, [z] not applicable"],
    ]


def _remand(rng: np.random.Generator, sheet: str, years: list[int]) -> list[Row]:
    """Numbers by type of offence and remand status with their totals, and shares of a type's total."""
    number, title = _TABLES[sheet]
    span = f"12 months ending March {years[0]} to 12 months ending March {years[-1]}"
    rows: list[Row] = [
        [f"Table {number} - {title} and offence type, {span}, England and Wales [note 1][note 46]"],
        ["This worksheet contains one table."],
        [f"This table contains notes, which can be found in the Notes worksheet. {_SYNTHETIC}"],
        ["Source: Ministry of Justice Court Proceedings Database"],
        [
            "Offence type [note 13]",
            "Remand status [note 49]",
            *(f"Number of defendants {year}" for year in years),
            *(f"Percentages {year}" for year in years),
        ],
    ]
    statuses = _ARRESTED if sheet == "Q4_1" else _STATUSES
    counts = {
        (offence, status): rng.poisson(mean * share, len(years))
        for offence, mean in _OFFENCES.items()
        for status, share in zip(statuses, _SHARES, strict=True)
    }
    for status in statuses:
        counts["All offence types", status] = np.sum([counts[offence, status] for offence in _OFFENCES], axis=0)
    for offence in ("All offence types", *_OFFENCES):
        total = np.sum([counts[offence, status] for status in statuses], axis=0)
        for status, found in ((f"{offence} total", total), *((status, counts[offence, status]) for status in statuses)):
            shares = [int(part) / int(whole) if whole else "[z]" for part, whole in zip(found, total, strict=True)]
            rows.append([offence, status, *map(int, found), *shares])
    return rows


def _caseload(rng: np.random.Generator, years: list[int]) -> list[Row]:
    """Years and then quarters of two courts side by side; the last column has the copyist's key."""
    headings = ["Year", "Quarter", "All cases: Receipts", "All cases: Disposals"]
    rows: list[Row] = [
        [*headings, "All cases: Outstanding (MAGS)", *headings, "All cases: outstanding CROWN", None, None]
    ]
    quarters = [(year, quarter) for year in years for quarter in (1, 2, 3, 4) if (year, quarter) <= _LAST_QUARTER]
    flows: dict[tuple[int, int], list[list[int]]] = {}
    left = [340_000, 70_000]
    for at in quarters:
        flows[at] = []
        for court, mean in enumerate((340_000, 27_000)):
            receipts, disposals = map(int, rng.poisson(mean, 2))
            left[court] += receipts - disposals
            flows[at].append([receipts, disposals, left[court]])
    for year in years:
        of = [flows[year, quarter] for quarter in (1, 2, 3, 4) if (year, quarter) in flows]
        if len(of) == 4:
            total = [
                [sum(one[court][0] for one in of), sum(one[court][1] for one in of), of[-1][court][2]]
                for court in (0, 1)
            ]
            rows.append([year, "All", *total[0], year, "All", *total[1], None, f"{year}All"])
    for number, (year, quarter) in enumerate(quarters):
        name = f"Q{quarter}" + (" [note 7]" if number == 1 else "")
        magistrates, crown = flows[year, quarter]
        rows.append([year, name, *magistrates, year, f"Q{quarter}", *crown, None, f"{year}Q{quarter}"])
    return rows


def _immediate_custody(rng: np.random.Generator, years: list[int]) -> list[Row]:
    counts = {length: rng.poisson(mean, len(years)) for length, mean in _LENGTHS.items()}
    total = np.sum(list(counts.values()), axis=0)
    rows: list[Row] = [[None, *years]]
    rows.append(["All offence types | Sentenced to immediate custody total", *map(float, total)])
    rows += [[f"All offence types | {length}", *map(float, found)] for length, found in counts.items()]
    means = [round(float(rng.uniform(18, 22)), 1) for _ in years]
    return [*rows, ["All offence types | Average custodial sentence length (months) [note 15]", *means]]
