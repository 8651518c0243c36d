"""Writes time series workbooks in the publisher's layout; every figure is synthetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from sources import places
from sources.writing import Across, Cell, write_ods

_FIRST_YEAR, _LAST_YEAR = 2004, 2024
_MOST_WORKBOOKS = 18
_AGES = ["Under 18", "18 - 20", "21 - 30", "31 - 40", "41 - 50", "51 - 60", "61 & over", "Not known"]
_AGE_SHARES = [0.05, 0.07, 0.24, 0.22, 0.2, 0.12, 0.09, 0.01]
_ETHNIC_GROUPS = ["White", "Asian", "Black", "Mixed", "Other^"]
_ETHNIC_SHARES = [0.81, 0.06, 0.07, 0.03, 0.02, 0.01]
_RTI_TYPES = ["Pursuit-related", "Emergency response related", "Other"]
_UPDATED = (
    "~ This table presents the most up-to-date set of figures; any updates to previously published data are indicated."
)
_ETHNICITY_CHANGE = (
    "Following changes to ethnicity classification by the Office for National Statistics, since 2015/16 the Asian"
    " ethnic group now includes Chinese. This was previously recorded under the 'Other' ethnic group. Data recorded"
    " for previous years, maintains the old classification where Chinese is included in the 'Other' ethnic group."
)
_DEFINITION_CHANGE = "*Change in definition in 2010/11 to include only cases subject to an independent investigation."
_EXPANSION = (
    "**Expansion of IOPC investigative resource and capacity to carry out more independent investigations into"
    " serious and sensitive matters - this has a direct impact on the number of 'other contact deaths' that are"
    " reported."
)
_OTHER_AUTHORITIES = ["British Transport Police", "HMRC", "Ministry of Defence", "SOCA / NCA", "Home Office^"]
_OF_HOME_OFFICE = "^This includes UKBF, UKIE and UKVI"


@dataclass(frozen=True)
class _Kind:
    """One type of death: its number, its sheet, its words and how many there are in a year."""

    number: int
    sheet: str
    force_sheet: str
    heading: str
    contents: str
    definition: str
    mean: float
    extra_deaths: float
    """Deaths beyond the first in an incident, for each incident."""
    male: float


_KINDS = (
    _Kind(
        1,
        "RTI",
        "RTI_By_Force",
        "Road traffic incidents - fatalities",
        "Road traffic incidents",
        "This includes deaths of motorists, cyclists or pedestrians arising from police pursuits, police vehicles"
        " responding to emergency calls and other police traffic-related activity. ",
        26,
        0.12,
        0.8,
    ),
    _Kind(
        2,
        "Shootings",
        "Shootings_By_Force",
        "Fatal shootings",
        "Fatal shootings",
        "This includes fatalities where police officers fired the fatal shot using a conventional firearm.",
        2.6,
        0.05,
        0.97,
    ),
    _Kind(
        3,
        "Custody",
        "Custody_By_Force",
        "Deaths in or following police custody",
        "Deaths in or following police custody",
        "This includes deaths that occur while a person is being arrested or taken into detention.",
        19,
        0.0,
        0.88,
    ),
    _Kind(
        4,
        "Apparent_suicides",
        "Apparent_suicides_By_Force",
        "Apparent suicides following police custody",
        "Apparent suicides following police custody",
        "This includes apparent suicides that occur within two days of release from police custody.",
        56,
        0.0,
        0.91,
    ),
    _Kind(
        5,
        "Other_contact",
        "Other_contact_by_force",
        "Other deaths following police contact",
        "Other deaths following police contact",
        "This includes deaths that follow contact with the police, either directly or indirectly, that did not"
        " involve arrest or detention under the Mental Health Act 1983 and were subject to an independent"
        " investigation.",
        70,
        0.05,
        0.68,
    ),
)


@dataclass
class _Counts:
    """The figures of one type of death, a column a year."""

    incidents: np.ndarray
    fatalities: np.ndarray
    force_incidents: np.ndarray
    force_fatalities: np.ndarray
    type_incidents: np.ndarray
    type_fatalities: np.ndarray
    sex: np.ndarray
    age: np.ndarray
    ethnicity: np.ndarray


@dataclass
class _Sheet:
    """A sheet as rows of cells, and the titles of the tables on it."""

    name: str
    rows: list[list[Cell | Across]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)

    def add(self, *rows: Sequence[Cell | Across]) -> None:
        self.rows += [list(row) for row in rows]

    def title(self, text: str) -> None:
        self.titles.append(text)
        self.add([text])


def _authorities() -> list[str]:
    """Police forces as this publisher writes them, and the other authorities below them."""
    names = []
    for force in places.forces():
        if not force.pfa_code:
            continue
        name = force.force_name
        for ending in (" Police Service", " Constabulary", " Police"):
            name = name.removesuffix(ending)
        names.append(name.replace(" and ", " & "))
    return [*sorted(names), *_OTHER_AUTHORITIES]


def _spread(rng: np.random.Generator, totals: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Share out each year's total: an array of groups by years whose columns add up to the totals."""
    return np.stack([rng.multinomial(total, shares / shares.sum()) for total in totals], axis=1)


def _with_extra(rng: np.random.Generator, incidents: np.ndarray, extra: np.ndarray) -> np.ndarray:
    """Deaths of each group and year: its incidents and its share of the further deaths in them."""
    added = [
        rng.multinomial(more, of / of.sum()) if of.sum() else np.zeros_like(of)
        for of, more in zip(incidents.T, extra, strict=True)
    ]
    return incidents + np.stack(added, axis=1)


def _draw(rng: np.random.Generator, kind: _Kind, weights: np.ndarray, years: int) -> _Counts:
    """Figures that agree with one another in every table of one type of death."""
    means = np.full(years, kind.mean)
    if kind.number == 5:  # fewer before the publisher investigated more of them
        means = np.where(np.arange(years) < years - 10, kind.mean / 2, kind.mean * 1.8)
    incidents = rng.poisson(means)
    extra = np.where(incidents > 0, rng.poisson(incidents * kind.extra_deaths), 0)
    by_force = _spread(rng, incidents, weights)
    by_type = _spread(rng, incidents, np.array([0.6, 0.12, 0.28]))
    fatalities = incidents + extra
    return _Counts(
        incidents=incidents,
        fatalities=fatalities,
        force_incidents=by_force,
        force_fatalities=_with_extra(rng, by_force, extra),
        type_incidents=by_type,
        type_fatalities=_with_extra(rng, by_type, extra),
        sex=_spread(rng, fatalities, np.array([kind.male, 1 - kind.male])),
        age=_spread(rng, fatalities, np.array(_AGE_SHARES)),
        ethnicity=_spread(rng, fatalities, np.array(_ETHNIC_SHARES)),
    )


class _Workbook:
    """One year's workbook: the years up to its last, from the figures that all workbooks share."""

    def __init__(self, rng: np.random.Generator, counts: dict[int, _Counts], first: int, last: int) -> None:
        self.rng, self.counts, self.first, self.last = rng, counts, first, last
        self.years = range(first, last + 1)
        self.span = f"{self._long(first)} to {self._long(last)}"
        self.authorities = _authorities()
        self.sheets = [sheet for kind in _KINDS for sheet in self._of(kind)]

    @staticmethod
    def _long(year: int) -> str:
        return f"{year}/{(year + 1) % 100:02d}"

    def _short(self, year: int, marks: dict[int, str]) -> str:
        return f"{year % 100:02d}/{(year + 1) % 100:02d}{marks.get(year, '')}"

    def _cut(self, figures: np.ndarray) -> np.ndarray:
        """The columns of this workbook's years; what was drawn begins with the first."""
        return figures[..., : len(self.years)]

    def _crosstab(
        self,
        sheet: _Sheet,
        title: str,
        label: str,
        names: Sequence[str],
        figures: np.ndarray,
        total: str,
        *,
        spanning: str = "Financial year",
        label_above: bool = True,
        total_head: str | None = None,
        totals: np.ndarray | None = None,
        year_marks: dict[int, str] | None = None,
        cell_marks: dict[tuple[str, int], str] | None = None,
        notes: Sequence[str] = (),
    ) -> None:
        """A title, two header rows, a row a group, the row of totals and the footnotes; ``cell_marks`` are of a
        group and a year."""
        figures = self._cut(figures)
        annual = figures.sum(axis=0) if totals is None else self._cut(totals)
        width = len(self.years)
        head = total_head or total
        years: list[Cell | Across] = [self._short(year, year_marks or {}) for year in self.years]
        sheet.title(title)
        blank: list[Cell | Across] = [None] * (width - 1)
        if label_above:
            sheet.add([Across(label, rows=2), Across(spanning, columns=width), *blank, Across(head, rows=2)])
            sheet.add([None, *years])
        else:
            sheet.add([None, Across(spanning, columns=width), *blank, Across(head, rows=2)])
            sheet.add([label, *years])
        for name, values in zip([*names, total], [*figures, annual], strict=True):
            row: list[Cell | Across] = [name, *(int(value) for value in values), int(values.sum())]
            for (marked, year), mark in (cell_marks or {}).items():
                if marked == name and year in self.years:
                    position = 1 + year - self.first
                    row[position] = mark.format(row[position])
            sheet.add(row)
        sheet.add(*([note] for note in notes), [])

    def _of(self, kind: _Kind) -> tuple[_Sheet, _Sheet]:
        """The two sheets of one type of death."""
        counts, number = self.counts[kind.number], kind.number
        updated = self.last - 1
        main = _Sheet(kind.sheet)
        main.add([kind.heading], [], [], ["Definition:"], [kind.definition], [])
        if number == 1:
            main.add(
                ["Notes:"],
                ["· In 2011 the ACPO guidance on police pursuits was issued as a statutory code of practice."],
                [],
            )
        definition = {2010: "*", 2015: "**"} if number == 5 else {}
        changed = [_DEFINITION_CHANGE, _EXPANSION] if number == 5 else []

        main.title(f"Table {number}.1 Number of fatalities and incidents by financial year, {self.span}")
        main.add(["Financial year", "Number of fatalities", "Number of incidents"])
        fatalities, incidents = self._cut(counts.fatalities), self._cut(counts.incidents)
        for year, died, happened in zip(self.years, fatalities, incidents, strict=True):
            mark = "~" if number == 5 and year == updated else ""
            glued: list[Cell] = [f"{died}~", f"{happened}~"] if mark else [int(died), int(happened)]
            main.add([self._long(year) + definition.get(year, ""), *glued])
        remark: list[Cell | Across] = []
        if number == 4:
            remark = [
                None,
                None,
                "Operational advice note issued in 2007 on the referral of apparent suicides following release from"
                " custody",
            ]
        main.add(["Total", int(fatalities.sum()), int(incidents.sum()), *remark])
        main.add(*([note] for note in [*changed, _UPDATED] if number == 5), [])

        table = 2
        if number == 1:
            for measure, word, figures in (
                ("Incidents", "incident", counts.type_incidents),
                ("Fatalities", "fatality", counts.type_fatalities),
            ):
                self._crosstab(
                    main,
                    f"Table 1.{table} Type of road traffic {word}, {self.span}",
                    "RTI type",
                    _RTI_TYPES,
                    figures,
                    f"Total {measure.upper()}",
                    spanning=measure,
                    total_head=f"Total {measure.lower()}",
                )
                table += 1
        self._crosstab(
            main,
            f"Table {number}.{table} Gender by financial year, {self.span}",
            "Gender",
            ["Male", "Female"],
            counts.sex,
            "Total fatalities",
            label_above=False,
            year_marks=definition,
            cell_marks={("Male", updated): "{}~", ("Female", updated): "{}~"} if number == 5 else {},
            notes=[*changed, _UPDATED] if number == 5 else [],
        )
        main.add([], [kind.heading], [])
        self._crosstab(
            main,
            f"Table {number}.{table + 1} Age group by financial year, {self.span}",
            "Age group",
            _AGES,
            counts.age,
            "Total fatalities",
            label_above=number == 4,
            year_marks=definition,
            cell_marks={("31 - 40", updated): "{}~", ("41 - 50", updated): "{}~"} if number >= 4 else {},
            notes=[*changed, _UPDATED] if number == 5 else [_UPDATED] if number == 4 else [],
        )
        mark = '"' if number == 5 else "*"
        not_known = "Not known / Not stated" if number == 1 else "Not known / stated"
        self._crosstab(
            main,
            f"Table {number}.{table + 2} Ethnicity by financial year, {self.span}",
            "Ethnic group",
            [*_ETHNIC_GROUPS, not_known],
            counts.ethnicity,
            "Total fatalities",
            label_above=False,
            year_marks=definition | {2015: '" **' if number == 5 else "*"},
            notes=[
                *changed[:1],
                f"{mark}{_ETHNICITY_CHANGE}",
                "^Prior to 2015/16, this ethnic group included 'Chinese'.",
                *changed[1:],
            ],
        )
        return main, self._by_force(kind, table + 3)

    def _by_force(self, kind: _Kind, table: int) -> _Sheet:
        counts, number, updated = self.counts[kind.number], kind.number, self.last - 1
        sheet = _Sheet(kind.force_sheet)
        sheet.add([kind.heading], [], [])
        names = list(self.authorities)
        measures = {"INCIDENTS": counts.force_incidents, "FATALITIES": counts.force_fatalities}
        if number in (2, 3, 4):
            del measures["INCIDENTS"]
        elif number == 5:
            sheet.add(
                [
                    "One incident can result in more than one fatality, the tables below have been separated to show"
                    " the number of fatalities and the number of incidents."
                ],
                [],
            )
        for measure, figures in measures.items():
            notes, cell_marks, year_marks = [_OF_HOME_OFFICE], {}, {}
            totals = figures.sum(axis=0)
            if number == 2:
                sheet.add(["Only forces that recorded a fatal police shooting are listed below"], [])
                figures, names, notes, cell_marks = self._shared_shooting(figures, names)
            if number == 4:
                cell_marks = {("Hampshire", updated): "{}~", ("Hertfordshire", 2016): "{}*"}
                notes += ["* For one of these fatalities, the NCA are also under investigation.", _UPDATED]
            if number == 5:
                word = "incident" if measure == "INCIDENTS" else "fatality"
                year_marks = {2010: "*", 2015: "**"}
                cell_marks = {("Essex", updated): "{}~", ("City of London", 2016): '{}"'}
                notes = [
                    _DEFINITION_CHANGE,
                    "^ This includes UKBF, UKIE and UKVI.",
                    f'" The Metropolitan Police are also under investigation for this {word}.',
                    _EXPANSION,
                    _UPDATED,
                ]
            self._crosstab(
                sheet,
                f"Table {number}.{table} Number of {'' if number == 1 else ' '}{measure} by appropriate authority and"
                f" financial year, {self.span}",
                "Appropriate authority",
                ["British Transport" if number > 2 and name == "British Transport Police" else name for name in names],
                figures,
                f"Total {measure}",
                total_head="Total" if number in (3, 4) else f"Total  {measure}" if number > 1 else None,
                totals=totals,
                year_marks=year_marks,
                cell_marks=cell_marks,
                notes=notes,
            )
            table += 1
            if number == 1:
                sheet.add(["Road traffic fatalities"], [])
        return sheet

    def _shared_shooting(
        self, figures: np.ndarray, names: list[str]
    ) -> tuple[np.ndarray, list[str], list[str], dict[tuple[str, int], str]]:
        """Only the forces with a shooting; one shooting stands under two forces, so that the forces add up to one
        more than the publisher's total, as they do in the real tables."""
        metropolitan, city = names.index("Metropolitan"), names.index("City of London")
        figures = self._cut(figures).copy()
        cell_marks: dict[tuple[str, int], str] = {}
        notes = ["* One incident resulted in two fatalities"]
        of_metropolitan = np.flatnonzero(figures[metropolitan])
        if len(of_metropolitan):
            first, last = (int(of_metropolitan[end]) for end in (0, -1))
            figures[city, last] += 1
            cell_marks[("Metropolitan", self.first + first)] = " {}*"
            cell_marks |= {(name, self.first + last): "{}^" for name in ("Metropolitan", "City of London")}
            notes.append("^ Officers from City of London and Metropolitan Police were involved in one incident.")
        kept = figures.sum(axis=1) > 0
        return figures[kept], [n for n, keep in zip(names, kept, strict=True) if keep], notes, cell_marks

    def save(self, folder: Path) -> None:
        """Write ``Time_series_tables_<year>.ods``."""
        cover = _Sheet("Cover")
        cover.add(
            *[[] for _ in range(12)],
            ["SYNTHETIC FIGURES for trying the software out: not one of them is of real deaths"],
            ["Deaths during or following police contact:"],
            ["Statistics for England and Wales"],
            [],
            ["Time series tables"],
            [self.span],
        )
        contents = _Sheet("Contents")
        contents.add(["List of tables"], [])
        for number, sheet in enumerate(self.sheets):
            kind = _KINDS[number // 2]
            contents.add(
                [kind.contents + (" by appropriate authority" if number % 2 else "")], *([t] for t in sheet.titles), []
            )
        name = f"Time_series_tables_{self.last}-{(self.last + 1) % 100:02d}.ods"
        write_ods(folder / name, {sheet.name: sheet.rows for sheet in [cover, contents, *self.sheets]})


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Write the workbook of 2004/05 to 2024/25; a scale below 1 shortens it to its last years, one above 1 adds
    the workbooks of earlier years, as a publisher's archive has them."""
    rng = np.random.default_rng(seed)
    years = _LAST_YEAR - _FIRST_YEAR + 1
    kept = max(3, round(years * min(scale, 1.0)))
    weights = rng.gamma(2.0, 1.0, len(_authorities()))
    weights[[name == "Metropolitan" for name in _authorities()]] = weights.sum() * 0.15
    weights[-len(_OTHER_AUTHORITIES) :] *= 0.1
    only_forces = np.where(np.arange(len(weights)) < len(weights) - len(_OTHER_AUTHORITIES), weights, 0.0)
    counts = {k.number: _draw(rng, k, only_forces if k.number == 2 else weights, years) for k in _KINDS}
    if kept < years:
        counts = {n: _Counts(**{k: v[..., -kept:] for k, v in vars(c).items()}) for n, c in counts.items()}
    first = _LAST_YEAR - kept + 1
    for earlier in range(min(max(1, round(scale)), _MOST_WORKBOOKS)):
        _Workbook(rng, counts, first, _LAST_YEAR - earlier).save(folder)
