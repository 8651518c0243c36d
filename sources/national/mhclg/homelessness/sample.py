"""H-CLIC workbooks in the publisher's layout: real areas, synthetic figures, and the contents page says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sources import places
from sources.writing import Cell, write_xlsx

#: The last day of the newest quarter that is out in November 2026, and how many before it there can be.
_LAST_YEAR, _LAST_QUARTER, _MOST_QUARTERS = 2026, 2, 8
_MONTHS = ("January to March", "April to June", "July to September", "October to December")
_REGIONS = {
    ("E12000001", "North East"): ("E23000007", "E23000008", "E23000013"),
    ("E12000002", "North West"): ("E23000002", "E23000003", "E23000004", "E23000005", "E23000006"),
    ("E12000003", "Yorkshire and The Humber"): ("E23000009", "E23000010", "E23000011", "E23000012"),
    ("E12000004", "East Midlands"): ("E23000018", "E23000019", "E23000020", "E23000021", "E23000022"),
    ("E12000005", "West Midlands"): ("E23000014", "E23000015", "E23000016", "E23000017"),
    ("E12000006", "East of England"): ("E23000023", "E23000024", "E23000025", "E23000026", "E23000027", "E23000028"),
    ("E12000007", "London"): ("E23000001", "E23000034"),
    ("E12000008", "South East"): ("E23000029", "E23000030", "E23000031", "E23000032", "E23000033"),
    ("E12000009", "South West"): ("E23000035", "E23000036", "E23000037", "E23000038", "E23000039"),
}
_NOTICE = "SYNTHETIC FIGURES: made up for the bundled edition on real areas; not one of them is of real households."


@dataclass(frozen=True)
class _Column:
    """A column: its headings from the first header row down (empty where none stands there), the key of its figures,
    and its share of the total that it is a part of. Without a key it is the gap between two blocks."""

    headings: tuple[str, ...] = ()
    key: str = ""
    share: float = 0.0
    of: str = "total"


def _columns(*lines: str) -> list[_Column]:
    """Columns as lines of ``heading | heading | ... @ key share of``; an empty line is a gap."""
    found = []
    for line in lines:
        headings, _, figures = line.partition("@")
        key, share, of = [*figures.split(), "", "", ""][:3]
        texts = tuple(text.strip().replace("/n", "\n") for text in headings.split("|"))
        found.append(_Column(texts, key, float(share or 0), of or "total") if key else _Column())
    return found


_A1 = _columns(
    "Total initial assessments1,2,6 @ total",
    "",
    "Assessed as owed a duty | Total owed a prevention or relief duty @ owed",
    " | Threatened with homelessness within 56 days - /nPrevention duty owed @ prevention",
    " | Of which: | due to service of valid Section 21 Notice3 @ section_21",
    " | Homeless - /nRelief duty owed4 @ relief",
    "",
    "Not homeless nor threatened with homelessness within 56 days - no duty owed @ not_threatened",
    "Withdrew application  before assessment - no duty owed @ withdrew",
    "Not eligible / no longer eligible - no duty owed @ not_eligible",
    "",
    "Number of households/n in area5 (000s) @ area",
    "Households assessed as threatened with homelessness/nper (000s) @ prevention_rate",
    "Households assessed as homeless/nper (000s) @ relief_rate",
)
_A2 = _columns(
    "Total owed a {duty} duty1 @ total",
    "",
    "End of assured shorthold (AST) private rented tenancy, due to: | Total end/n of AST @ ast 22",
    "",
    " | Of which: | Rent arrears, due to: | Tenant difficulty budgeting or making other payment(s)  @ budget 5 ast",
    " |  |  | Increase/n in rent \xa0 @ rent 2 ast",
    " |  |  | Reduction in employment income @ income 2 ast",
    " |  |  | Changes/n in benefit entitlement @ benefit 1 ast",
    " |  |  | Change in personal circumstances  @ circumstances 4 ast",
    "",
    " |  | Breach of tenancy, not related to rent arrears @ breach 2 ast",
    "",
    " | Landlord wishing to sell or re-let the property"
    " | Total Landlord wishing to sell or re-let the property @ landlord 64 ast",
    " |  | Of which: | sell the property @ sell 70 landlord",
    " |  |  | re-let the property @ relet 30 landlord",
    ' |  |  | Retired "Landlord wishing to" option @ landlord_retired 0 landlord',
    "",
    " |  | Tenant complained to the council / agent / landlord about disrepair @ disrepair 2 ast",
    " |  | Illegal eviction  @ eviction 1 ast",
    " |  | Tenant abandoned property @ abandoned 1 ast",
    " |  | Other reasons / not known @ ast_other 16 ast",
    "",
    "End of non-AST private rented tenancy @ non_ast 4",
    "Family or friends no longer willing or able to accommodate @ family 26",
    "Non-violent relationship breakdown with partner @ breakdown 6",
    "",
    "Domestic abuse |  | Total Domestic abuse @ abuse 12",
    " |  | Of which: | Victim @ victim 95 abuse",
    " |  |  | Alleged perpetrator @ perpetrator 5 abuse",
    ' |  |  | Retired "Domestic abuse" option @ abuse_retired 0 abuse',
    "",
    "Other violence or harrassment @ violence 2",
    "",
    "End of social rented tenancy, due to: | Total end of social rented tenancy @ social 4",
    " | Of which: | Rent arrears2 @ social_arrears 60 social",
    " |  | Breach of tenancy, not related to rent arrears @ social_breach 10 social",
    " |  | Other reasons / not known3 @ social_other 30 social",
    "",
    "Eviction from supported housing, due to: | Total evicted from supported housing @ supported 4",
    " | Of which: | Rent arrears @ supported_arrears 12 supported",
    " |  | Breach of tenancy or licence, not related to rent arrears @ supported_breach 28 supported",
    " |  | Other reasons / not known4 @ supported_other 60 supported",
    "",
    "Departure from institution : | Total Departure from institution @ institution 5",
    " | Of which: | Custody @ custody 68 institution",
    " |  | Hospital (psychiatric) @ psychiatric 8 institution",
    " |  | Hospital (general) @ hospital 9 institution",
    " |  | Looked After Child Placement @ placement 15 institution",
    ' |  | Retired "Left institution" option @ institution_retired 0 institution',
    "",
    "Required to leave accommodation provided by Home Office as asylum support @ asylum 6",
    "Home no longer suitable - disability / ill health 6 @ unsuitable 2",
    "Loss of placement or sponsorship provided through a resettlement scheme @ resettlement 1",
    "Other reasons / not known5 @ other 6",
)
_NEEDS = {
    "Young person aged 16-17 years": 1,
    "Young person aged 18-25 years requiring support to manage independently": 5,
    "Young parent requiring support to manage independently": 1,
    "Care leaver aged 18-20 years": 2,
    "Care leaver aged 21-24 3": 1,
    "Care leaver aged 25+ 4": 1,
    "Care leaver - retired option 5": 0,
    "Physical ill health and disability": 23,
    "History of mental health problems": 30,
    "Learning disability": 7,
    "At risk of / has experienced sexual abuse / exploitation": 3,
    "At risk of / has experienced domestic abuse": 14,
    "At risk of / has experienced abuse (non-domestic abuse)": 3,
    "Drug dependency needs": 7,
    "Alcohol dependency needs": 5,
    "Offending history": 9,
    "History of repeat homelessness": 8,
    "History of rough sleeping": 6,
    "Former asylum seeker": 4,
    "Old age": 2,
    "Served in HM Forces": 1,
    "Access to education, employment or training": 6,
    "Victim of modern slavery ": 0.5,
    "Difficulties budgeting": 6,
}
_A3 = _columns(
    " | Households with no support needs owed duty1,2 @ none",
    " | Households with unknown support needs owed duty @ unknown",
    "",
    " | Households with one or more support needs owed duty1,2 | Total households with support needs @ any",
    " |  | 1 @ one 45 any",
    " |  | 2 @ two 25 any",
    "Number of households |  | 3+ @ three 30 any",
    "",
    "Total number of support needs1 @ needs",
    *(
        f"{'Of which households with:' if number == 0 else ''} | {heading} @ need_{number} {share} needs"
        for number, (heading, share) in enumerate(_NEEDS.items())
    ),
)
_A4 = _columns(
    "Total owed a {duty} duty1,2 @ total",
    "",
    "Private rented sector | Total PRS @ prs 30",
    " | Of which: | Self-contained @ self_contained 85 prs",
    " |  | House in multiple occupation (HMO) @ hmo 11 prs",
    " |  | Lodging (not with family or friends) @ lodging 4 prs",
    "",
    "Social rented sector | Total SRS @ srs 11",
    " | Of which: | Council /ntenant @ council 30 srs",
    " |  | Registered provider tenant @ provider 30 srs",
    " |  | Supported housing / hostel @ hostel 40 srs",
    "",
    "Owner-occupier / shared ownership @ owner 1",
    "Living with family @ family 24",
    "Living with friends @ friends 10",
    "Temporary accommodation @ temporary 2",
    "",
    "No fixed abode | Total No fixed abode @ nfa 7",
    " | Of which: | Slept rough in the last year @ nfa_year 25 nfa",
    " |  | Previously slept rough @ nfa_before 10 nfa",
    " |  | Never slept rough @ nfa_never 65 nfa",
    ' |  | Retired "No fixed abode" option @ nfa_retired 0 nfa',
    "",
    "Rough/n sleeping @ rough 5",
    "Refuge @ refuge 1",
    "National Asylum Seeker Support (NASS) accommodation @ nass 3",
    "",
    "Homeless on departure from institution: | Total homeless on departure from institution @ institution 4",
    " | Of which: | Custody @ custody 62 institution",
    " |  | General /nhospital @ hospital 22 institution",
    " |  | Psychiatric hospital @ psychiatric 16 institution",
    "",
    "Other / not known3 @ other 2",
)
_A7 = _columns(
    "Total households assessed as a result of a referral1,5 @ total",
    "",
    "Households referred by a public body under the Duty to Refer2"
    " | Total households referred under the Duty to Refer2 @ dtr 53",
    " | Of which: | Adult Secure Estate (prison) @ prison 3 dtr",
    " |  | Youth Secure Estate @ youth 0.2 dtr",
    " |  | Probation Service @ probation 38 dtr",
    " |  | Community Rehabilitation Company (retired option) 6 @ crc 0 dtr",
    " |  | Hospital A&E, Urgent Treatment Centres or in-patient care @ hospital 14 dtr",
    " |  | Mental Health in-patient care @ mental 5 dtr",
    " |  | Jobcentre Plus @ jobcentre 10 dtr",
    " |  | Adult Social Services @ adult 10 dtr",
    " |  | Children's Social Services @ child 15 dtr",
    " |  | Children's Early Help Services/Children's centres @ early 1 dtr",
    " |  | Nil Recourse Team3 @ nil 0.6 dtr",
    " |  | Secretary of State for defence in relation to members of the armed forces @ forces 0.2 dtr",
    " |  | Other / /nnot known4 @ other 2 dtr",
    "",
    "Households referred by an agency (not subject to the Duty to Refer) @ agency 45",
    "Households referred by another local authority @ authority 2",
)
_P1 = _columns(
    "Total number of households whose prevention duty ended1,2 @ total",
    "",
    "Secured accommodation for 6+ months | Total secured accommodation @ secured 53",
    " | Stayed in existing accommodation @ stayed 34 secured",
    " | Moved to alternative accommodation @ moved 66 secured",
    "",
    "Homeless (including intentionally homeless)3 @ homeless 25",
    "Refused suitable accommodation offer @ refused 1",
    "Refused to cooperate @ uncooperative 1",
    "Contact lost @ lost 9",
    "",
    "Withdrew application / applicant deceased | Total withdrew /  deceased @ withdrew 3",
    " | Withdrew application @ withdrawn 96 withdrew",
    " | Applicant deceased @ deceased 4 withdrew",
    ' | Retired "withdrew/ deceased" option @ withdrew_retired 0 withdrew',
    "",
    "56 days elapsed and no further action @ elapsed 7",
    "No longer eligible @ ineligible 1",
    "Not known4 @ unknown 0",
)
_R1 = _columns(
    "Total number of households /nwhose relief duty ended1,2  @ total",
    "Secured /naccommodation for 6+ months @ secured 34",
    "56 days /nelapsed3 @ elapsed 49",
    "Local connection referral accepted by other LA @ connection 1",
    "Intentionally homeless from accommodation provided @ intentional 1",
    "Refused final accommodation @ refused 2",
    "Notice served due to refusal to cooperate @ uncooperative 1",
    "Contact lost @ lost 8",
    "",
    "Withdrew application / applicant deceased | Total withdrew /  deceased @ withdrew 4",
    " | Withdrew application @ withdrawn 96 withdrew",
    " | Applicant deceased @ deceased 4 withdrew",
    ' | Retired "withdrew/ deceased" option @ withdrew_retired 0 withdrew',
    "",
    " | No longer eligible @ ineligible 1",
    " | Not known4 @ unknown 0",
)
Counts = dict[str, float]
_Rows = list[list[Cell]]


def _shared_out(rng: np.random.Generator, columns: Sequence[_Column], totals: Counts) -> Counts:
    """Every column's figure: totals as given, parts shared out so that they add up to what they are parts of."""
    found = dict(totals)
    for of in dict.fromkeys(column.of for column in columns if column.share):
        parts = [column for column in columns if column.of == of and column.key and column.key not in totals]
        shares = np.array([column.share for column in parts])
        drawn = rng.multinomial(int(found[of]), shares / shares.sum())
        found |= {part.key: int(count) for part, count in zip(parts, drawn, strict=True)}
    return found


@dataclass
class _Authority:
    """One local authority's figures of a quarter, by sheet; ``sends`` is whether it sent any."""

    code: str
    name: str
    region: str
    sends: bool
    sheets: dict[str, Counts]


def _authority(
    rng: np.random.Generator, place: places.District, region: str, households: float, *, sends: bool
) -> _Authority:
    """Figures that agree with one another from table to table; ``households`` are the area's, in thousands."""
    prevention, relief = (int(rng.poisson(households * rate)) for rate in (1.5, 1.85))
    refused = {key: int(rng.poisson(households * r)) for key, r in (("not_threatened", 0.15), ("withdrew", 0.14))}
    not_eligible = int(rng.poisson(households * 0.03))
    owed, area = prevention + relief, round(households, 3)
    a1: Counts = {
        "total": owed + sum(refused.values()) + not_eligible,
        "owed": owed,
        "prevention": prevention,
        "relief": relief,
        "section_21": int(rng.binomial(prevention, 0.16)),
        **refused,
        "not_eligible": not_eligible,
        "area": area,
        "prevention_rate": prevention / area,
        "relief_rate": relief / area,
    }
    any_need = int(rng.binomial(owed, 0.57))
    known: Counts = {"any": any_need, "none": owed - any_need, "unknown": 0, "needs": int(any_need * 2.3)}
    referred, ended = int(rng.binomial(int(a1["total"]), 0.17)), int(rng.poisson(households * 1.5))
    relieved = int(rng.poisson(households * 2))
    return _Authority(
        place.lad_code,
        place.lad_name.replace(" and ", " & "),
        region,
        sends,
        {
            "A1": a1,
            "A2P": _shared_out(rng, _A2, {"total": prevention}),
            "A2R": _shared_out(rng, _A2, {"total": relief}),
            "A3": _shared_out(rng, _A3, known),
            "A4P": _shared_out(rng, _A4, {"total": prevention}),
            "A4R": _shared_out(rng, _A4, {"total": relief}),
            "A7": _shared_out(rng, _A7, {"total": referred}),
            "P1": _shared_out(rng, _P1, {"total": ended}),
            "R1": _shared_out(rng, _R1, {"total": relieved}),
        },
    )


def _summed(authorities: Iterable[_Authority], sheet: str) -> Counts:
    """The figures of a region, rounded to ten as the publisher's are."""
    found: Counts = {}
    for authority in authorities:
        for key, value in authority.sheets[sheet].items():
            found[key] = found.get(key, 0) + value
    if "area" in found:
        found["prevention_rate"] = found["prevention"] / found["area"]
        found["relief_rate"] = found["relief"] / found["area"]
    exact = {"area", "prevention_rate", "relief_rate"}
    return {key: value if key in exact else round(value, -1) for key, value in found.items()}


def _cells(columns: Sequence[_Column], counts: Counts | None, *, hidden: Iterable[str] = ()) -> list[Cell]:
    """A row's figures: ``..`` for an authority that sent nothing, ``-`` for what is not shown."""
    masked = set(hidden)
    if counts is None:
        return [".." if column.key else None for column in columns]
    return ["-" if column.key in masked else counts[column.key] if column.key else None for column in columns]


def _sheet(name: str, title: str, columns: Sequence[_Column], authorities: Sequence[_Authority], quarter: str) -> _Rows:
    """One table: title, rows of the look-up pages, unit, headings, England, regions, authorities, notes."""
    depth = max(len(column.headings) for column in columns)
    gap: list[Cell] = [None] * 4
    header: _Rows = [
        [*gap, *((column.headings[row] or None) if row < len(column.headings) else None for column in columns)]
        for row in range(depth)
    ]
    unit: list[Cell] = [*gap, *([None] * (len(columns) - 1)), "Number of households"]
    # What the look-up pages and the publisher's database call the columns.
    helper: list[Cell] = [*gap, *(column.headings[-1] or None if column.key else None for column in columns)]
    rows: _Rows = [[f"{title}\nEngland, {quarter}"], helper, *([] if name == "A3" else [unit]), *header]
    london = [authority for authority in authorities if authority.region == "E12000007"]
    others = [authority for authority in authorities if authority.region != "E12000007"]
    rows.append(["E92000001", "ENGLAND", None, None, *_cells(columns, _summed(authorities, name))])
    if name == "A7":
        shares: list[Cell] = [0.93 if column.key else None for column in columns]
        rows.append(["     % assessed as owed a duty", None, None, None, *shares])
    rows.append(["E12000007", "London", None, None, *_cells(columns, _summed(london, name))])
    rows += [["-", "Rest of England", None, None, *_cells(columns, _summed(others, name))], []]
    for code, region in _REGIONS:
        inside = [authority for authority in authorities if authority.region == code]
        rows.append([code, region, None, None, *_cells(columns, _summed(inside, name))])
    rows.append([])
    names = {code: region for code, region in _REGIONS}  # noqa: C416 (pyright takes dict() for one of pairs)
    needs = [column.key for column in columns if column.of == "needs" and column.key]
    for authority in authorities:
        counts = authority.sheets[name]
        hidden = needs if name == "A3" and counts["any"] < 5 else ()
        cells = _cells(columns, counts if authority.sends else None, hidden=hidden)
        rows.append([authority.code, authority.name, names[authority.region], authority.region, *cells])
    rows += [
        [],
        ["Notes:"],
        [1, "The outcome of the assessment whether the household is owed a duty."],
        [None, _NOTICE],
        [None, "Total figures are presented rounded to the nearest 10 households."],
        [None, "Totals may not equal the sum of components because of rounding."],
        ["-", "Support need breakdowns have been suppressed for local authorities with fewer than 5 households."],
        ["..", "Authority with missing data."],
        [],
        ["Source", "MHCLG H-CLIC Homelessness returns (quarterly)"],
    ]
    return rows


def _titled(name: str) -> tuple[str, list[_Column]]:
    """A sheet's title and columns."""
    duty = {"P": "prevention", "R": "relief"}.get(name[-1], "")
    columns = {"A1": _A1, "A2": _A2, "A3": _A3, "A4": _A4, "A7": _A7, "P1": _P1, "R1": _R1}[name[:2]]
    titles = {
        "A1": "Table A1 - Number of households by initial assessment of homelessness circumstances and needs",
        "A2": f"Table {name} - Number of households owed a {duty} duty by reason for loss, or threat of loss, of last"
        " settled home",
        "A3": "Table A3 \N{EN DASH} Number of households owed a homelessness duty by support needs of household",
        "A4": f"Table {name} - Number of households owed a {duty} duty by accommodation at time of application",
        "A7": "Table A7 \N{EN DASH} Number of households assessed as a result of a referral, including under the Duty"
        " to Refer",
        "P1": "Table P1 - Number of households whose prevention duty ended by reason for duty end",
        "R1": "Table R1 - Number of households whose relief duty ended by reason for duty end",
    }
    named = [
        _Column(tuple(text.format(duty=duty) for text in column.headings), column.key, column.share, column.of)
        for column in columns
    ]
    return titles[name[:2]], named


def write(folder: Path, *, seed: int, scale: float) -> None:
    """Workbooks of the newest quarters: two at scale 1, with one local authority of every English police force area; a
    larger scale adds quarters (eight at most) and authorities (all in the end), one below a half leaves one authority a
    region."""
    quarters = max(1, min(_MOST_QUARTERS, round(2 * scale)))
    of_force: dict[str, list[places.District]] = {}
    for district in sorted(
        {(d.lad_code, d.pfa_code): d for d in places.districts()}.values(), key=lambda d: d.lad_code
    ):
        if district.lad_code.startswith("E"):
            of_force.setdefault(district.pfa_code, []).append(district)
    chosen = [
        (district, region)
        for (region, _), forces in _REGIONS.items()
        for force in (forces if scale >= 0.5 else forces[:1])
        for district in of_force[force][: max(1, round(scale))]
    ]
    chosen.sort(key=lambda item: item[0].lad_name)
    sizes = np.clip(np.random.default_rng(seed).lognormal(4.2, 0.5, len(chosen)), 20, 400)
    sizes[[place.lad_code == "E09000001" for place, _ in chosen]] = 2
    for back in range(quarters):
        year, number = divmod(_LAST_YEAR * 4 + _LAST_QUARTER - 1 - back, 4)
        rng = np.random.default_rng([seed, year, number])
        silent = int(rng.integers(len(chosen)))
        authorities = [
            _authority(rng, place, region, float(size), sends=place_number != silent)
            for place_number, ((place, region), size) in enumerate(zip(chosen, sizes, strict=True))
        ]
        _write_workbook(folder, year, number, authorities)


def _write_workbook(folder: Path, year: int, number: int, authorities: Sequence[_Authority]) -> None:
    quarter = f"{_MONTHS[number]} {year}"
    read = ("A1", "A2P", "A2R", "A3", "A4P", "A4R", "A7", "P1", "R1")
    sheets: dict[str, _Rows] = {
        "Contents": [
            [f"Statutory homelessness: detailed local authority tables, England, {quarter}"],
            [_NOTICE],
            *([_titled(name)[0]] for name in read),
        ],
        "LA_dropdown_(A1-A12)": [["Select a local authority"], ["E92000001", "ENGLAND"]],
    }
    for name in read:
        title, columns = _titled(name)
        sheets[name] = _sheet(name, title, columns, authorities, quarter)
        if name == "A4R":
            sheets["A5P"] = [["Table A5P - Number of households owed a prevention duty by household type"], [_NOTICE]]
    sheets["TA1"] = [["Table TA1 - Number of households by type of temporary accommodation provided"], [_NOTICE]]
    name = f"Statutory_Homelessness_Detailed_Local_Authority_Data_{year}{3 * number + 3:02d}.xlsx"
    write_xlsx(folder / name, sheets)
