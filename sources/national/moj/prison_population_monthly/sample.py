"""Writes bulletins in the publisher's layouts, of workbooks and of printed documents, and the series beside them; every
figure is synthetic."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from sources.writing import Row, write_csv, write_ods

_LAST = (2026, 10)
_MARGIN = 1640
_NOTICE = "SYNTHETIC: every figure in this bulletin is made up by Rebalance for its bundled edition; none is published."
#: The establishments of a bulletin, as one of 2024 names them.
_ESTABLISHMENTS = """
Altcourse; Ashfield; Askham Grange; Aylesbury; Bedford; Belmarsh; Berwyn; Birmingham; Brinsford; Bristol;
Brixton; Bronzefield; Buckley Hall; Bullingdon; Bure; Cardiff; Channings Wood; Chelmsford; Coldingley;
Cookham Wood; Dartmoor; Deerbolt; Doncaster; Dovegate; Downview; Drake Hall; Durham; East Sutton Park;
Eastwood Park; Elmley (Sheppey); Erlestoke; Exeter; Featherstone; Feltham; Five Wells; Ford; Forest Bank;
Fosse Way; Foston Hall; Frankland; Full Sutton; Garth; Gartree; Grendon / Springhill; Guys Marsh; Hatfield;
Haverigg; Hewell; High Down; Highpoint (North and South); Hindley; Hollesley Bay; Holme House; Hull; Humber;
Huntercombe; Isis; Isle of Wight; Kirkham; Kirklevington Grange; Lancaster Farms; Leeds; Leicester; Lewes;
Leyhill; Lincoln; Lindholme; Littlehey; Liverpool; Long Lartin; Low Newton; Lowdham Grange; Maidstone;
Manchester; Moorland; Morton Hall; New Hall; North Sea Camp; Northumberland; Norwich; Nottingham; Oakwood;
Onley; Parc; Pentonville; Peterborough (Male & Female); Portland; Preston; Ranby; Risley; Rochester; Rye Hill;
Send; Stafford; Standford Hill (Sheppey); Stocken; Stoke Heath; Styal; Sudbury; Swaleside (Sheppey); Swansea;
Swinfen Hall; Thameside; The Mount; The Verne; Thorn Cross; Usk / Prescoed; Wakefield; Wandsworth; Warren Hill;
Wayland; Wealstun; Werrington; Wetherby; Whatton; Whitemoor; Winchester; Woodhill; Wormwood Scrubs; Wymott
"""
#: Has a place on the list and no places in use.
_CLOSED = "Dartmoor"
_CENTRES = ("Morton Hall (IRC)", "The Verne (IRC)")
_HEADER = ("Prison Name", "Baseline CNA", "In Use CNA", "Operational Capacity", "Population *")
_NOTES = (
    "Report produced by Capacity Management Team.  The CNA and Operational Capacity figures are taken from the latest"
    " signed cell certificates held by CMT.",
    "*The prison unlock figure may be lower than the 'Population', as the 'Population' includes prisoners on"
    " authorised absence.",
    f"** Useable Operational Capacity of the estate is the sum of all establishments’ operational capacity less"
    f" {_MARGIN} places.",
)
_DEFINITIONS = (
    "Definitions of Accommodation Terms",
    "Certified Normal Accommodation (CNA)",
    "Certified Normal Accommodation (CNA), or uncrowded capacity, is the Prison Service’s own measure of"
    " accommodation.",
    "Baseline CNA",
    "Baseline CNA is the sum total of all certified accommodation in an establishment except, normally:",
    "•Cells in punishment or segregation units.",
)
_OFFENCES = {
    "Violence against the person": 0.27,
    "Sexual offences": 0.2,
    "Robbery": 0.1,
    "Theft Offences": 0.1,
    "Drug offences": 0.17,
    "Possession of weapons": 0.04,
    "Summary motoring": 0.005,
}


@dataclass(frozen=True)
class _Place:
    """An establishment on one day; None where the bulletin's cell is blank."""

    name: str
    baseline: int
    in_use: int
    capacity: int
    population: int | None


def _places(random: np.random.Generator, names: list[str]) -> list[_Place]:
    places = []
    for name in names:
        baseline = int(random.integers(120, 1300))
        if name == _CLOSED:
            places.append(_Place(name, baseline, 0, 0, None))
            continue
        in_use = baseline - int(random.integers(0, 1 + baseline // 10))
        capacity = in_use + int(random.integers(0, 1 + in_use // 3))
        places.append(_Place(name, baseline, in_use, capacity, capacity - int(random.integers(0, 1 + capacity // 12))))
    return places


def _sum(name: str, places: list[_Place], *, margin: int = 0) -> _Place:
    return _Place(
        name,
        sum(place.baseline for place in places),
        sum(place.in_use for place in places),
        sum(place.capacity for place in places) - margin,
        sum(place.population or 0 for place in places),
    )


def _last_monday(year: int, month: int) -> date:
    end = date(year, month, monthrange(year, month)[1])
    return end - timedelta(days=end.weekday())


def _workbook(path: Path, on: date, places: list[_Place]) -> None:
    total = _sum("Total", places, margin=_MARGIN)
    rows: list[Row] = [
        [f"Monthly Bulletin - {on:%B %Y}"],
        [f"Report Date : {on:%d/%m/%Y}"],
        [],
        list(_HEADER),
        *([p.name, p.baseline, p.in_use, p.capacity, p.population] for p in places),
        [total.name, total.baseline, total.in_use, f"{total.capacity}**", total.population],
        [],
        [_NOTICE],
        *([note] for note in _NOTES),
        [f"The report is compiled from data on the last working Monday in {on:%B %Y} ."],
        [],
        *([line] for line in _DEFINITIONS),
    ]
    write_ods(path, {"MonthlyBulletin": rows})


#: Where the printed bulletin's headings and figures stand, in twips.
_STOPS = (2611, 3534, 4499, 5577, 6718, 8129)
_PRINTED_HEADER = (
    ("Baseline ", "In Use CNA", "Operational ", "Population *", "% Pop to     In ", "% Accommodation "),
    ("CNA", "", "Capacity", "", "Use CNA", "Available"),
)


def _printed(path: Path, on: date, prisons: list[_Place], centres: list[_Place]) -> None:
    """The printed layout of 2011 to 2018, in RTF: a paragraph a line, each with the stops of the cells that it has."""
    page = [(f"Report Date:\t{on:%d/%m/%Y}\tPage\t{{}}", (1200, 8685, 8908))]
    header = [("\tPrison Name\t" + "\t".join(_PRINTED_HEADER[0]), (1072, *_STOPS))]
    header += [
        (
            "\t" + "\t".join(text for text in _PRINTED_HEADER[1] if text),
            tuple(stop for stop, text in zip(_STOPS, _PRINTED_HEADER[1], strict=True) if text),
        )
    ]
    lines = [(f"\tMonthly Bulletin - {on:%B %Y}", (4507,)), (page[0][0].format(1), page[0][1]), *header]
    for number, place in enumerate(prisons):
        if number == 60:
            lines += [(page[0][0].format(2), page[0][1]), *header]
        lines.append(_line(place))
    lines.append(_line(_sum("Sub total", prisons)))
    lines.append(("HMPPS Operated Immigration Removal Centres (IRCs)", (90,)))
    lines += [_line(place) for place in [*centres, _sum("Sub total", centres)]]
    lines.append(_line(_sum("Total", [*prisons, *centres], margin=_MARGIN), mark="**"))
    lines += [(text, ()) for text in (_NOTICE, *_NOTES, *_DEFINITIONS)]
    body = "".join(
        "\\pard\\plain" + "".join(f"\\tqc\\tx{stop}" for stop in stops) + "{\\plain\\fs16 " + _escaped(text) + "\\par}"
        for text, stops in lines
    )
    path.write_bytes(("{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}\n" + body + "}").encode("cp1252"))


def _line(place: _Place, *, mark: str = "") -> tuple[str, tuple[int, ...]]:
    """An establishment's line: a blank cell leaves neither its tab nor its stop."""
    texts = [f"{place.baseline:,}", f"{place.in_use:,}", f"{place.capacity:,}"]
    texts += ["", ""] if place.population is None else [f"{place.population:,}", _share(place.population, place.in_use)]
    texts.append(_share(place.in_use, place.baseline))
    cells = [(stop, text) for stop, text in zip(_STOPS, texts, strict=True) if text]
    if mark:
        cells.insert(3, (4860, mark))
    return "\t".join([place.name, *(text for _, text in cells)]), (90, *(stop for stop, _ in cells))


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole if whole else 0:.0f}%"


def _escaped(text: str) -> str:
    return text.replace("\t", "\\tab ").replace("’", "\\rquote ").replace("•", "\\bullet ")


def _months_before(random: np.random.Generator, days: list[date], places: list[_Place]) -> list[Row]:
    """The rows of the copy for some days: the places as they are, with people coming and going."""
    return [
        [float(p.capacity), float(p.in_use), p.name, on, p.baseline, (p.population or 0) - int(random.integers(0, 5))]
        for on in days
        for p in places
    ]


def _copies(folder: Path, days: list[date], places: list[_Place], random: np.random.Generator) -> None:
    """The derived copies, of earlier months: some establishments on some days, and the estate's totals of the last."""
    on = days[0]
    write_csv(
        folder / "combined_prison_data_synthetic.csv",
        [
            ["Operational Capacity", "In Use CNA", "Prison Name", "Report_Date", "Baseline CNA", "Population *"],
            *_months_before(random, days, places[:20]),
        ],
    )
    total = _sum("Total", places)
    write_csv(
        folder / "estate_totals_synthetic.csv",
        [
            [
                *("month", "n_prisons", "sum_op_cap", "sum_pop", "sum_baseline_cna", "sum_in_use_cna", "published_uoc"),
                *("cells_out_of_use", "report_date", "derived_margin", "uoc", "pop", "uoc_gap", "pop_gap"),
            ],
            [
                *(on.replace(day=1), len(places), float(total.capacity), float(total.population or 0)),
                *(float(total.baseline), float(total.in_use), float(total.capacity - _MARGIN)),
                *(float(total.baseline - total.in_use), on, float(_MARGIN)),
                *(float(total.capacity - _MARGIN), float(total.population or 0), 0.0, 0.0),
            ],
        ],
    )


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Workbooks of the last months (two at scale 1), a printed bulletin of the month before them, derived copies back
    to January of the year before, half a year of weeks, and sentenced people by offence at the end of a quarter."""
    random = np.random.default_rng(seed)
    names = [name.strip() for name in _ESTABLISHMENTS.replace("\n", " ").split(";")]
    months = max(1, round(2 * scale))
    days: list[date] = []
    for back in range(max(months + 2, _LAST[1] + 12)):
        year, month = divmod(12 * _LAST[0] + _LAST[1] - 1 - back, 12)
        days.append(_last_monday(year, month + 1))
    for on in days[:months]:
        _workbook(folder / f"prison-pop-{on:%B-%Y}.ods".lower(), on, _places(random, names))
    on = days[months]
    _printed(folder / f"prison-pop-{on:%B-%Y}.rtf".lower(), on, _places(random, names), _places(random, list(_CENTRES)))
    _copies(folder, days[months + 1 :], _places(random, names), np.random.default_rng([seed, 1]))
    friday = date(2026, 10, 30)
    people = 87_000 + random.integers(-60, 60, 26).cumsum()
    weeks = [friday - timedelta(weeks=25 - week) for week in range(26)]
    missing = {3}
    write_csv(
        folder / "weekly_prison_population_synthetic.csv",
        [
            ["date", "population"],
            *([on, None if n in missing else int(people[n])] for n, on in enumerate(weeks)),
        ],
    )
    write_csv(
        folder / "prisoner_types_synthetic.csv",
        [
            ["offence", "sex", "quarter_ending", "count"],
            *(
                [offence, sex, "2026-06-30T00:00:00Z", int(random.poisson(60_000 * share * of_sex))]
                for offence, share in _OFFENCES.items()
                for sex, of_sex in (("male", 0.96), ("female", 0.04))
            ),
        ],
    )
