"""Use of force workbooks in the publisher's layout, on real forces; every figure is synthetic."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sources import places
from sources.writing import Across, Cell, Row, write_ods

_LAST_YEAR, _MOST_WORKBOOKS = 2024, 5
_SYNTHETIC = "SYNTHETIC FIGURES for trying the software out: not one of them is of real people"
_ALL = "Total (excluding not reported and tactical communication)"
#: Type of force, tactic, and how many in 1,000 incidents.
_TACTICS = (
    (_ALL, "Total Tactics", 1450),
    ("Restraint", "Total Restraint", 920),
    ("Restraint", "Handcuffing, of which", 710),
    ("Restraint", "Compliant handcuffing", 400),
    ("Restraint", "Non-compliant handcuffing", 230),
    ("Restraint", "Handcuffing not stated", 80),
    ("Restraint", "Ground restraint", 140),
    ("Firearms", "Total Firearms", 10),
    ("Not reported", "Total Not reported", 3),
    ("Tactical communication", "Tactical communication (with other tactic)", 430),
)
#: Words of the title, the heading, and the groups with their shares.
_BREAKDOWNS: Sequence[tuple[str, str, dict[str, float]]] = (
    (
        "officer perceived age of person involved",
        "Perceived age",
        {"Under 11 years": 0.01, "11 - 17 years": 0.1, "18 - 34 years": 0.54, "35 - 49 years": 0.24,
         "50 - 64 years": 0.06, "65 and over": 0.01, "Not reported": 0.04},
    ),
    (
        "officer perceived gender of person involved",
        "Perceived gender",
        {"Male": 0.82, "Female": 0.16, "Other": 0.01, "Not reported": 0.01},
    ),
    (
        "officer perceived ethnicity of person involved",
        "Perceived ethnicity",
        {"White": 0.7, "Black (or Black British)": 0.16, "Asian (or Asian British)": 0.07, "Mixed": 0.03,
         "Other": 0.02, "Not reported": 0.02},
    ),
    (
        "officer perceived health condition of person involved",
        "Perceived health condition",
        {"Mental": 0.14, "Physical": 0.01, "Physical and mental": 0.01, "None": 0.8, "Not reported": 0.04},
    ),
    (
        "reason for using force",
        "Reason for force",
        {"Protect self": 0.68, "Protect public": 0.32, "Protect subject": 0.41, "Protect other officers": 0.58,
         "Prevent offence": 0.33, "Secure evidence": 0.18, "Effect search": 0.27, "Effect arrest": 0.51,
         "Method of entry": 0.01, "Remove handcuffs": 0.05, "Prevent harm": 0.36, "Prevent escape": 0.45,
         "Other": 0.07},
    ),
    (
        "impact factor",
        "Impact factor",
        {"Possession of a weapon": 0.16, "Alcohol": 0.37, "Drugs": 0.3, "Mental health": 0.21,
         "Prior knowledge": 0.22, "Size/gender/\nbuild": 0.3, "Acute behavioural disturbance": 0.03,
         "Crowd": 0.1, "Other": 0.17},
    ),
    (
        "incident outcome",
        "Outcome",
        {"Made off/escaped": 0.01, "Arrested": 0.76, "Hospitalised": 0.04, "Detained (Mental Health Act)": 0.04,
         "Fatality": 0.001, "Other": 0.17},
    ),
    (
        "incident location",
        "Incident location",
        {"Public": 0.6, "Street/ highway": 0.4, "Retail premises": 0.2, "Medical setting": 0.05,
         "Mental health setting": 0.03, "Ambulance": 0.02, "Dwelling": 0.22, "Other": 0.04},
    ),
)  # fmt: skip
_GROUPS = {"Public": 2, "Medical setting": 2}
_USES = ("Drawn ", "Aimed", "Red-dot", "Arced"), ("Drive stun", "Fired", "Angled drive stun"), ("CED not \nstated",)
_NOTES = [
    [],
    ["Notes"],
    [_SYNTHETIC],
    ["These figures are as perceived by the reporting officer, and should not be considered as reliable as others."],
]


def _regions() -> dict[str, list[str]]:
    """The publisher's names of forces, by region and in its order of names; Wales last."""
    region_of = {parent.lad_code: parent.region_name or "Wales" for parent in places.parents()}
    names: dict[str, str] = {}
    for force in places.forces():
        name = force.force_name
        for ending in (" Police Service", " Constabulary", " Police"):
            name = name.removesuffix(ending)
        names[force.pfa_code] = name.replace(" and ", " & ")
    found: dict[str, set[str]] = {}
    for district in places.districts():
        region = region_of[district.lad_code].replace(" The ", " the ")
        found.setdefault(region, set()).add(names[district.pfa_code])
    order = [*sorted(name for name in found if name != "Wales"), "Wales"]
    return {region: sorted(found[region]) for region in order}


def _counts(rng: np.random.Generator, total: float, shares: Sequence[float], *, is_split: bool) -> list[int]:
    """Figures of groups that share a total out, or of things that may come together."""
    if is_split:
        return [int(count) for count in rng.multinomial(round(total), np.array(shares) / sum(shares))]
    return [int(rng.binomial(round(total), min(share, 1.0))) for share in shares]


def _of_groups(rng: np.random.Generator, groups: dict[str, float], total: float, *, is_split: bool) -> list[int]:
    """The figures of a row; a location that others are parts of is their sum."""
    counts = _counts(rng, total, list(groups.values()), is_split=is_split)
    for number, name in enumerate(groups):
        if parts := _GROUPS.get(name):
            counts[number] = sum(counts[number + 1 : number + 1 + parts])
    return counts


class _Workbook:
    def __init__(self, rng: np.random.Generator, year: int) -> None:
        self.rng, self.year = rng, year
        self.regions = _regions()
        self.incidents = {f: int(rng.integers(800, 20_000)) for forces in self.regions.values() for f in forces}
        self.total = sum(self.incidents.values())
        self.ending = f"year ending March {year + 1}"
        self.sheets: dict[str, list[Row]] = {}
        self.contents: list[list[Cell]] = []

    def add(self, title: str, rows: Sequence[Row]) -> None:
        number = len(self.contents) + 1
        self.contents.append([number, title, f"Year ending 31 March {self.year + 1}", "Official"])
        self.sheets[f"Table_{number}"] = [[f"Table {number}. {title}"], ["Contents"], [], *rows, *_NOTES]

    def write(self, folder: Path) -> None:
        self._tactics()
        self._injuries()
        self._by_force()
        span = f"1 April {self.year} to 31 March {self.year + 1}"
        cover: list[Row] = [*[[]] * 6, [None, "Police use of force statistics, England and Wales"], [None, _SYNTHETIC]]
        contents: list[Row] = [
            [f"Police use of force statistics, England and Wales, {span}"],
            [f"Publication Date: December {self.year + 1}"],
            ["Table", "Title", "Period covered", "Type of statistics"],
            *self.contents,
        ]
        name = f"police-use-of-force-apr{self.year}-mar{self.year + 1}-tables.ods"
        write_ods(folder / name, {"Cover_sheet": cover, "Contents": contents, **self.sheets})

    def _tactics(self) -> None:
        rows: list[Row] = [
            ["Type of force", "Tactic", "Number of times tactic reported", "Number of incidents involving tactic"]
        ]
        sizes = [round(self.total * share / 1000) for _, _, share in _TACTICS]
        for (kind, tactic, _), size in zip(_TACTICS, sizes, strict=True):
            rows.append([kind, tactic, size, round(size * 0.9)])
        self.add(f"Number of times tactics were used and total number of incidents, {self.ending}", rows)
        for number, (words, heading, groups) in enumerate(_BREAKDOWNS):
            is_split = number < 4
            involving = "reason" if "Reason" in heading else "group"
            incidents = _of_groups(self.rng, groups, self.total, is_split=is_split)
            rows = [
                [None, None, Across(f"{heading} (Total number of incidents involving {involving})", len(groups))],
                [None, None, *groups, "Total number of incidents"],
                [None, None, *incidents, self.total],
                ["Type of force", "Tactic", *[None] * len(groups), "Number of times tactic reported"],
            ]
            for (kind, tactic, _), size in zip(_TACTICS, sizes, strict=True):
                rows.append([kind, tactic, *_of_groups(self.rng, groups, size, is_split=is_split), size])
            self.add(f"Number of times tactics were used, by {words}, {self.ending}", rows)

    def _injuries(self) -> None:
        cases = [(injured, assault) for injured in ("Yes", "No") for assault in ("Yes", "No", "Not reported")]
        drawn = np.array([self.rng.integers(0, [400, 20, 9000]) for _ in cases])
        rows: list[Row] = [
            [None, None, Across("Officer injury level", 4)],
            ["Officer injured as a result of incident", "Intentional assault", "Total incidents", "Minor", "Severe",
             "Not reported"],
        ]  # fmt: skip
        for number, (injured, assault) in enumerate(cases):
            counts = [int(count) for count in drawn[number]]
            rows.append([injured if assault == "Yes" else None, assault, sum(counts), *counts])
        rows += [[], ["Total incidents", None, int(drawn.sum()), *map(int, drawn.sum(axis=0))]]
        self.add(f"Injuries to officers, {self.ending}", rows)
        of_people = np.array([self.rng.integers(0, [300, 20, 2, 9000]) for _ in range(4)])
        rows = [
            [None, Across("Person involved injury level", 5)],
            ["Person involved injured as a result of officer use of force", "Total incidents", "Minor", "Severe",
             "Death", "Not reported"],
        ]  # fmt: skip
        for injured, drawn_row in zip(("Yes", "No", "Unknown", "Not reported"), of_people, strict=True):
            rows.append([injured, int(drawn_row.sum()), *map(int, drawn_row)])
        rows += [[], ["Total incidents", int(of_people.sum()), *map(int, of_people.sum(axis=0))]]
        self.add(f"Injuries to person involved, {self.ending}", rows)

    def _by_force(self) -> None:
        rows: list[Row] = [
            ["Region", "Police force", "Total"],
            ["England and Wales", "Total England and Wales", self.total],
        ]
        for region, forces in self.regions.items():
            rows.append([region, f"Total {region} ", sum(self.incidents[force] for force in forces)])
            rows += [[region, force, self.incidents[force]] for force in forces]
        self.add(f"Incidents by police force, {self.ending}", rows)
        self._devices()
        for words, heading, groups in (_BREAKDOWNS[2], _BREAKDOWNS[3]):
            rows = [
                [Across("Total number of incidents involving group", 3), None, None, Across(heading, len(groups))],
                ["Police force", "Type of force", "Tactic", *groups, "Number of times tactic reported"],
            ]
            drawn = {
                force: _counts(self.rng, count * 1.45, list(groups.values()), is_split=True)
                for force, count in self.incidents.items()
            }
            # One force cannot give its figures.
            drawn["Gwent"] = [0] * len(groups)
            whole = [int(count) for count in np.array(list(drawn.values())).sum(axis=0)]
            rows.append(["Total England and Wales", _ALL, "*Total Tactics", *whole, sum(whole)])
            for force, counts in sorted(drawn.items()):
                cells: list[Cell] = [*counts, sum(counts)]
                if force == "Gwent":
                    cells = [":"] * len(cells)
                rows.append([force, _ALL, "*Total Tactics", *cells])
            self.add(f"Number of times tactics were used, by police force and {words}, {self.ending}", rows)
            self.sheets[f"Table_{len(self.contents)}"].insert(-2, [": = not available."])

    def _devices(self) -> None:
        year = f"{self.year}/{(self.year + 1) % 100:02d}"
        head = ["Total", "Total non-discharge", *_USES[0], "Total discharge", *_USES[1], *_USES[2]]

        def cells(counts: np.ndarray) -> list[int]:
            held, used, unknown = counts[:4], counts[4:7], counts[7:]
            figures = [counts.sum(), held.sum(), *held, used.sum(), *used, *unknown]
            return [int(figure) for figure in figures]

        drawn = {force: self.rng.poisson([120, 40, 200, 2, 1, 40, 1, 5]) for force in self.incidents}
        rows: list[Row] = [["Financial year", "Region", "Police force", *head]]
        rows.append([year, "England and Wales", "*Total England and Wales", *cells(sum(drawn.values(), np.zeros(8)))])
        for region, forces in self.regions.items():
            rows.append([year, region, f"*Total {region} ", *cells(sum((drawn[f] for f in forces), np.zeros(8)))])
            rows += [[year, region, force, *cells(drawn[force])] for force in forces]
        self.add(f"Use of CED by type and police force: 1 April {self.year} to 31 March {self.year + 1}", rows)


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write the workbook of 2024/25; a larger scale adds those of earlier years."""
    rng = np.random.default_rng(seed)
    for earlier in range(min(max(1, round(scale)), _MOST_WORKBOOKS)):
        _Workbook(rng, _LAST_YEAR - earlier).write(folder)
