"""Reads statutory homelessness by local authority: H-CLIC workbooks, and two files of P1E, which came before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import HeaderError, LayoutError, ReadError
from sources.reading import Figures, PublishedFile, Quarantined, delimited, headers, markers, periods, workbook
from sources.reading.grid import Grid, is_blank

_CODE = re.compile(r"E\d{8}")
_QUARTER = re.compile(
    r"(january to march|april to june|july to september|october to december|jan-mar|apr-jun|jul-sep|oct-dec)"
    r"\s+(20\d{2})",
    re.IGNORECASE,
)
#: Footnote numbers stuck to a heading: ``needs1,2``, ``(AST)3``, ``aged 25+ 4``, ``aged 21-24 3``.
_NOTE_NUMBERS = re.compile(r"(?:(?<=[a-z)\]:\"'+%])\s*|(?<=\d)\s+)\d{1,2}(?:\s*,\s*\d{1,2})*$")
_NO_HEADING = re.compile(r"of which( households with)?|number of households")
#: Sheets that are no tables: look-up pages, and cached copies of other workbooks that LibreOffice leaves in an ODS.
_NOT_A_TABLE = re.compile(r"contents|.*drop\s?down.*|'file:.*|.*\.xlsx?'#.*", re.IGNORECASE)
_LIKELY_SHEET = re.compile(r"(A[1-4][PR]?|A7|P1|R1)[_ ]*(-.*)?", re.IGNORECASE)

_HOUSEHOLDS, _RATE, _NEEDS = "households", "per 1,000 households", "support needs"
_THOUSANDS = "thousand households"
_DUTIES = {
    "prevention or relief": "owed_prevention_or_relief",
    "prevention": "owed_prevention",
    "relief": "owed_relief",
}
_ENGLAND, _LONDON, _REST = "E92000001", "E12000007", "rest of england"
#: So few figures in a column that has no heading are slips of a hand, and more of them a column.
_FEW = 0.05


@dataclass(frozen=True)
class _Category:
    """A column of figures: what it is, whose part it is, and its headings from the top as ``group > own heading``."""

    name: str
    heading: str
    part_of: str | None = None
    unit: str = _HOUSEHOLDS
    is_required: bool = True


@dataclass(frozen=True)
class _Layout:
    """One kind of table: how its title and the heading of its total are worded, and its categories."""

    measure: str
    households: str | None
    """Whom it counts; None where the heading of the total says which duty they are owed."""
    title: str
    total: str
    categories: tuple[_Category, ...]


def _parts(part_of: str, group: str, named: Mapping[str, str], *, is_required: bool = True) -> tuple[_Category, ...]:
    """Categories below a group heading that are parts of one total."""
    return tuple(
        _Category(name, f"{group} > {heading}", part_of, is_required=is_required) for name, heading in named.items()
    )


_PUBLIC_BODY = "(households (referred|assessed as a result of a referral) by a public body under the duty to refer > )?"
_AST = r"end of assured shorthold \(ast\) private rented tenancy"
_LANDLORD = f"{_AST} > landlord wishing to sell or re-let the property"
_SOCIAL, _SUPPORTED = "end of social rented tenancy", "eviction from supported housing"
_LEFT = "departure from institution"
_PRS, _SRS, _NFA = "private rented sector", "social rented sector", "no fixed abode"
_FROM_INSTITUTION = "homeless on departure from institution"
_NEEDING = "households with one or more support needs( owed duty)?"
_WITHDREW = "withdrew application / applicant deceased"


def _optional(**named: str) -> tuple[_Category, ...]:
    return tuple(_Category(name, heading, "total", is_required=False) for name, heading in named.items())


_LAYOUTS = (
    _Layout(
        "assessment",
        "assessed",
        r"number of households (assessed and owed a|by initial assessment)",
        "total initial assessments",
        (
            _Category("total", "total initial assessments"),
            _Category(
                "owed_a_duty", "assessed as owed a duty > total( owed a prevention or relief duty)?", part_of="total"
            ),
            _Category(
                "owed_a_prevention_duty",
                "assessed as owed a duty > threatened with homelessness( within 56 days)? - prevention duty owed",
                part_of="owed_a_duty",
            ),
            # A part of those owed a prevention duty, its only published one.
            _Category(
                "owed_a_prevention_duty_section_21",
                "assessed as owed a duty > (.* > )?due to service of valid section 21 notice",
            ),
            _Category(
                "owed_a_relief_duty", "assessed as owed a duty > homeless - relief duty owed", part_of="owed_a_duty"
            ),
            _Category(
                "no_duty_not_threatened",
                "not (homeless nor )?threatened with homelessness within 56 days - no duty owed",
                part_of="total",
            ),
            *_optional(
                no_duty_withdrew="withdrew application before assessment - no duty owed",
                no_duty_not_eligible="not eligible / no longer eligible - no duty owed",
            ),
            _Category(
                "households_in_area", r"number of households in area\d* \(000s\)", unit=_THOUSANDS, is_required=False
            ),
            _Category(
                "owed_a_prevention_duty_rate",
                r"households assessed as threatened with homelessness per \(000s\)",
                unit=_RATE,
                is_required=False,
            ),
            _Category(
                "owed_a_relief_duty_rate",
                r"households assessed as homeless per \(000s\)",
                unit=_RATE,
                is_required=False,
            ),
        ),
    ),
    _Layout(
        "reason_for_loss",
        None,
        r"reason for (loss|threat of loss)",
        "total owed a (prevention or relief|prevention|relief) duty",
        (
            _Category("total", "total owed a (prevention or relief|prevention|relief) duty"),
            _Category("end_of_ast", f"{_AST} > total( end of ast)?", "total"),
            *_parts(
                "end_of_ast",
                f"{_AST} > rent arrears",
                {
                    "end_of_ast_arrears_budgeting": r"tenant difficulty budgeting or making other payment\(s\)",
                    "end_of_ast_arrears_rent_increase": "increase in rent",
                    "end_of_ast_arrears_employment": "reduction in employment income",
                    "end_of_ast_arrears_benefits": "changes in benefit entitlement",
                    "end_of_ast_arrears_circumstances": "change in personal circumstances",
                },
            ),
            _Category("end_of_ast_breach", f"{_AST} > breach of tenancy, not related to rent arrears", "end_of_ast"),
            _Category(
                "end_of_ast_landlord_sale_or_relet",
                f"{_LANDLORD}( > total landlord wishing to sell or re-let the property)?",
                "end_of_ast",
            ),
            *_parts(
                "end_of_ast_landlord_sale_or_relet",
                _LANDLORD,
                {
                    "end_of_ast_landlord_sale": "sell the property",
                    "end_of_ast_landlord_relet": "re-let the property",
                    "end_of_ast_landlord_retired": 'retired "landlord wishing to" option',
                },
                is_required=False,
            ),
            *_parts(
                "end_of_ast",
                f"{_AST}( > landlord wishing to sell or re-let the property)?",
                {
                    "end_of_ast_disrepair": "tenant complained to the council / agent / landlord about disrepair",
                    "end_of_ast_illegal_eviction": "illegal eviction",
                    "end_of_ast_abandoned": "tenant abandoned property",
                    "end_of_ast_other": "other reasons / not known",
                },
            ),
            _Category("end_of_other_private_tenancy", "end of non-ast private rented tenancy", "total"),
            _Category("family_or_friends", "family or friends no longer willing or able to accommodate", "total"),
            _Category("relationship_breakdown", "non-violent relationship breakdown with partner", "total"),
            _Category("domestic_abuse", "domestic abuse( > total domestic abuse)?", "total"),
            *_parts(
                "domestic_abuse",
                "domestic abuse",
                {
                    "domestic_abuse_victim": "victim",
                    "domestic_abuse_alleged_perpetrator": "alleged perpetrator",
                    "domestic_abuse_retired": 'retired "domestic abuse" option',
                },
                is_required=False,
            ),
            _Category("other_violence", "other violence or harr?assment", "total"),
            _Category("end_of_social_tenancy", f"{_SOCIAL} > total( end of social rented tenancy)?", "total"),
            *_parts(
                "end_of_social_tenancy",
                _SOCIAL,
                {
                    "end_of_social_tenancy_arrears": "rent arrears",
                    "end_of_social_tenancy_breach": "breach of tenancy, not related to rent arrears",
                    "end_of_social_tenancy_other": "other reasons / not known",
                },
            ),
            _Category("left_supported_housing", f"{_SUPPORTED} > total( evicted from supported housing)?", "total"),
            *_parts(
                "left_supported_housing",
                _SUPPORTED,
                {
                    "left_supported_housing_arrears": "rent arrears",
                    "left_supported_housing_breach": "breach of tenancy or licence, not related to rent arrears",
                    "left_supported_housing_other": "other reasons / not known",
                },
            ),
            _Category(
                "left_institution",
                f"left institution with no accommodation available|{_LEFT} > total departure from institution",
                "total",
            ),
            *_parts(
                "left_institution",
                _LEFT,
                {
                    "left_custody": "custody",
                    "left_psychiatric_hospital": r"hospital \(psychiatric\)",
                    "left_general_hospital": r"hospital \(general\)",
                    "left_looked_after_placement": "looked after child placement",
                    "left_institution_retired": 'retired "left institution" option',
                },
                is_required=False,
            ),
            _Category(
                "left_asylum_support",
                "required to leave accommodation provided by home office as asylum support",
                "total",
            ),
            *_optional(
                home_not_suitable="home no longer suitable - disability / ill health",
                resettlement_scheme_ended=("loss of placement or sponsorship provided through a resettlement scheme"),
            ),
            _Category("other", "other reasons / not known", "total"),
        ),
    ),
    _Layout(
        "support_need",
        "owed_prevention_or_relief",
        r"support needs of household",
        "households with no support needs( owed duty)?",
        (
            _Category("no_support_needs", "households with no support needs( owed duty)?"),
            _Category("support_needs_not_known", "households with unknown support needs( owed duty)?"),
            _Category("any_support_need", f"{_NEEDING} > total( households with support needs)?"),
            *_parts(
                "any_support_need",
                _NEEDING,
                {"one_support_need": "1", "two_support_needs": "2", "three_or_more_support_needs": r"3 ?\+"},
            ),
            _Category("support_needs", "total number of support needs", unit=_NEEDS),
            *(
                _Category(name, heading, "support_needs")
                for name, heading in {
                    "young_person_16_17": "young person aged 16-17 years",
                    "young_person_18_25": ("young person aged 18-25 years requiring support to manage independently"),
                    "young_parent": "young parent requiring support to manage independently",
                    "care_leaver_18_20": "care leaver aged 18-20 years",
                    "care_leaver_21_and_over": r"care leaver aged 21\+ years|care leaver - retired option",
                    "physical_ill_health": "physical ill health and disability",
                    "mental_health_history": "history of mental health problems",
                    "learning_disability": "learning disability",
                    "sexual_abuse": "at risk of / has experienced sexual abuse / exploitation",
                    "domestic_abuse": "at risk of / has experienced domestic abuse",
                    "other_abuse": r"at risk of / has experienced abuse \(non-domestic abuse\)",
                    "drug_dependency": "drug dependency needs",
                    "alcohol_dependency": "alcohol dependency needs",
                    "offending_history": "offending history",
                    "repeat_homelessness": "history of repeat homelessness",
                    "rough_sleeping_history": "history of rough sleeping",
                    "former_asylum_seeker": "former asylum seeker",
                    "old_age": "old age",
                    "served_in_forces": "served in hm forces",
                    "education_employment_training": "access to education, employment or training",
                }.items()
            ),
            *(
                _Category(name, heading, "support_needs", is_required=False)
                for name, heading in {
                    "care_leaver_21_24": "care leaver aged 21-24( years)?",
                    "care_leaver_25_and_over": r"care leaver aged 25\+( years)?",
                    "modern_slavery": "victim of modern slavery",
                    "budgeting": "difficulties budgeting",
                }.items()
            ),
        ),
    ),
    _Layout(
        "accommodation_at_application",
        None,
        r"accommodation at time of application",
        "total owed a (prevention or relief|prevention|relief) duty",
        (
            _Category("total", "total owed a (prevention or relief|prevention|relief) duty"),
            _Category("private_rented", f"{_PRS} > total( prs)?", "total"),
            *_parts(
                "private_rented",
                _PRS,
                {
                    "private_self_contained": "self-contained",
                    "private_multiple_occupation": r"house in multiple occupation \(hmo\)",
                    "private_lodging": r"lodging \(not with family or friends\)",
                },
            ),
            _Category("social_rented", f"{_SRS} > total( srs)?", "total"),
            *_parts(
                "social_rented",
                _SRS,
                {
                    "council_tenant": "council tenant",
                    "registered_provider_tenant": "registered provider tenant",
                    "supported_housing_or_hostel": "supported housing / hostel",
                },
            ),
            _Category("owner_occupier", "owner-occupier / shared ownership", "total"),
            _Category("with_family", "living with family", "total"),
            _Category("with_friends", "living with friends", "total"),
            _Category("temporary_accommodation", "temporary accommodation", "total"),
            _Category("no_fixed_abode", f"{_NFA}( > total no fixed abode)?", "total"),
            *_parts(
                "no_fixed_abode",
                _NFA,
                {
                    "no_fixed_abode_slept_rough_in_year": "slept rough in the last year",
                    "no_fixed_abode_slept_rough_before": "previously slept rough",
                    "no_fixed_abode_never_slept_rough": "never slept rough",
                    "no_fixed_abode_retired": 'retired "no fixed abode" option',
                },
                is_required=False,
            ),
            _Category("rough_sleeping", "rough sleeping", "total"),
            _Category("refuge", "refuge", "total"),
            _Category("asylum_support", r"national asylum seeker support \(nass\) accommodation", "total"),
            _Category(
                "left_institution", f"{_FROM_INSTITUTION} > total( homeless on departure from institution)?", "total"
            ),
            *_parts(
                "left_institution",
                _FROM_INSTITUTION,
                {
                    "left_custody": "custody",
                    "left_general_hospital": "general hospital",
                    "left_psychiatric_hospital": "psychiatric hospital",
                },
            ),
            _Category("other", "other / not known", "total"),
        ),
    ),
    _Layout(
        "referral",
        "assessed_after_referral",
        r"households (assessed as a result of a referral|referred to a local authority)",
        "total households (assessed as a result of a referral|referred to a local authority)",
        (
            _Category("total", "total households (assessed as a result of a referral|referred to a local authority)"),
            _Category(
                "duty_to_refer",
                f"{_PUBLIC_BODY}total households (referred|assessed as a result of a referral) under the duty to refer"
                "|households referred by a public body under the duty to refer",
                "total",
            ),
            *(
                _Category(name, _PUBLIC_BODY + heading, "duty_to_refer")
                for name, heading in {
                    "prison": r"adult secure estate \(prison\)",
                    "youth_custody": "youth secure estate",
                    "probation": "(national )?probation service",
                    "community_rehabilitation_company": (r"community rehabilitation company( \(retired option\))?"),
                    "hospital": "hospital a&e, urgent treatment centres or in-patient care",
                    "mental_health_inpatient": "mental health in-patient care",
                    "jobcentre": "jobcentre plus",
                    "adult_social_services": "adult social services",
                    "childrens_social_services": "children's social services",
                    "no_recourse_team": "nil recourse team",
                    "armed_forces": ("secretary of state for defence in relation to members of the armed forces"),
                    "not_known": "other / not known",
                }.items()
            ),
            _Category(
                "childrens_early_help",
                _PUBLIC_BODY + "children's early help services/children's centres",
                "duty_to_refer",
                is_required=False,
            ),
            _Category(
                "other_agency",
                r"households referred by an agency \(not subject to the duty to refer\)"
                "|households assessed as a result of a referral by an agency not subject to the duty to refer",
                "total",
            ),
            _Category(
                "other_local_authority",
                "households (referred|assessed as a result of a referral) by another local authority",
                "total",
            ),
        ),
    ),
    _Layout(
        "outcome",
        "prevention_duty_ended",
        r"reason for households' prevention duty ending|prevention duty ended by reason",
        "total number of households (where|whose) prevention duty ended",
        (
            _Category("total", "total number of households (where|whose) prevention duty ended"),
            _Category(
                "secured_accommodation",
                r"secured accommodation for 6\+ months > total( secured accommodation)?",
                "total",
            ),
            *_parts(
                "secured_accommodation",
                r"secured accommodation for 6\+ months",
                {
                    "stayed_in_accommodation": "stayed in existing accommodation",
                    "moved_to_accommodation": "moved to alternative accommodation",
                },
            ),
            _Category("homeless", r"homeless \(including intentionally homeless\)", "total"),
            _Category("refused_offer", "refused suitable accommodation offer", "total"),
            _Category("refused_to_cooperate", "refused to cooperate", "total"),
            _Category("contact_lost", "contact lost", "total"),
            _Category("withdrew_or_deceased", f"{_WITHDREW}( > total withdrew / deceased)?", "total"),
            *_parts(
                "withdrew_or_deceased",
                _WITHDREW,
                {
                    "withdrew": "withdrew application",
                    "deceased": "applicant deceased",
                    "withdrew_or_deceased_retired": 'retired "withdrew/ deceased" option',
                },
                is_required=False,
            ),
            _Category("fifty_six_days_elapsed", "56 days elapsed and no further action", "total"),
            _Category("no_longer_eligible", "no longer eligible", "total"),
            _Category("not_known", "not known", "total"),
        ),
    ),
    _Layout(
        "outcome",
        "relief_duty_ended",
        r"reason for households' relief duty ending|relief duty ended by reason",
        "total number of households (where|whose) relief duty ended",
        (
            _Category("total", "total number of households (where|whose) relief duty ended"),
            _Category("secured_accommodation", r"secured accommodation for 6\+ months", "total"),
            _Category("fifty_six_days_elapsed", "56 days elapsed", "total"),
            _Category("referred_to_other_authority", "local connection referral accepted by other la", "total"),
            _Category("intentionally_homeless", "intentionally homeless from accommodation provided", "total"),
            _Category("refused_offer", "refused final accommodation", "total"),
            _Category("refused_to_cooperate", "notice served due to refusal to cooperate", "total"),
            _Category("contact_lost", "contact lost", "total"),
            _Category("withdrew_or_deceased", f"{_WITHDREW}( > total withdrew / deceased)?", "total"),
            *_parts(
                "withdrew_or_deceased",
                _WITHDREW,
                {
                    "withdrew": "withdrew application",
                    "deceased": "applicant deceased",
                    "withdrew_or_deceased_retired": 'retired "withdrew/ deceased" option',
                },
                is_required=False,
            ),
            # From 2023 these two stand one row lower, beside the parts of those who withdrew.
            _Category("no_longer_eligible", f"({_WITHDREW} > )?no longer eligible", "total"),
            _Category("not_known", f"({_WITHDREW} > )?not known", "total"),
        ),
    ),
)


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """One table, a row a published figure: of an H-CLIC workbook, of the P1E CSV or of the boroughs' P1E workbook.

    Raises ReadError where a table is missing or its quarter cannot be told, LayoutError and HeaderError where a
    heading is unknown or missing, and ReadError where the parts of a local authority do not add up to its total.
    """
    if Path(file.name).suffix.lower() == ".csv":
        yield _priority_need(delimited.grid(file), contract)
        return
    book = workbook.open_workbook(file)
    trend = next((name for name, _ in book.matching("trend data")), None)
    yield _borough_trend(book.grid(trend), contract) if trend else _workbook(book, contract)


# H-CLIC -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Found:
    """A sheet that is one of the tables, with its quarter and its header rows (the first row of figures excluded)."""

    grid: Grid
    layout: _Layout
    quarter: periods.Period
    header: range


def _workbook(book: workbook.Workbook, contract: Contract) -> Figures:
    found = _find_tables(book)
    quarters = {table.quarter for table in found}
    if len(quarters) > 1:
        raise ReadError(
            "the tables are of different quarters",
            file=book.name,
            expected="one quarter in their titles",
            found=" and ".join(f"{quarter.end:%B %Y}" for quarter in sorted(quarters)),
        )
    quarter = quarters.pop()
    if (named := re.search(r"(?<!\d)(20\d{2})(0[1-9]|1[0-2])(?!\d)", book.name)) and (
        int(named[1]),
        int(named[2]),
    ) != (quarter.end.year, quarter.end.month):
        raise ReadError(
            "the file is named for another quarter than its tables",
            file=book.name,
            expected=f"{named[1]}{named[2]}",
            found=f"{quarter.end:%Y%m} in their titles",
        )
    parts = [_read_table(table, contract) for table in found]
    frame = pd.concat([part.frame for part in parts], ignore_index=True)
    key = ["measure", "households", "category", "area_level", "area_name"]
    if (twice := frame.duplicated(key)).any():
        first = frame[twice].iloc[0]
        raise ReadError(
            "a figure is given twice",
            file=book.name,
            sheet=first["source_sheet"],
            row=int(first["source_row"]),
            column=first["source_column"],
            found=" ".join(str(first[name]) for name in key),
        )
    return Figures(
        "figure",
        frame,
        rows_in=sum(part.rows_in for part in parts),
        quarantined=[row for part in parts for row in part.quarantined],
        notes=list(dict.fromkeys(note for part in parts for note in part.notes)),
    )


def _find_tables(book: workbook.Workbook) -> list[_Found]:
    """Every table that is read, by its title: first among the sheets whose names are like it, then among the others.

    Raises ReadError where one is missing; referrals were first collected in October 2018.
    """
    names = [name for name in book.sheet_names if not _NOT_A_TABLE.fullmatch(name.strip())]
    names.sort(key=lambda name: not _LIKELY_SHEET.fullmatch(name.strip()))
    found: list[_Found] = []
    for name in names:
        if not _LIKELY_SHEET.fullmatch(name.strip()) and not _missing(found):
            break
        grid = book.grid(name)
        if layout := next((layout for layout in _LAYOUTS if re.search(layout.title, _title(grid))), None):
            found.append(_Found(grid, layout, _quarter(grid), _header_rows(grid, layout)))
    if missing := _missing(found):
        raise ReadError(
            "tables were not found",
            file=book.name,
            expected="sheets titled with " + ", ".join(f"[{name}]" for name in missing),
            found=", ".join(f"[{name}]" for name in names),
        )
    return found


def _missing(found: Sequence[_Found]) -> list[str]:
    """The tables that are still to be found, by their titles: those by duty for both duties, together or apart."""
    start = min((table.quarter.start for table in found), default=date.max)
    missing = []
    for layout in _LAYOUTS:
        duties = {_duty_in_title(table.grid) for table in found if table.layout is layout}
        if layout.measure == "referral" and start < date(2018, 10, 1):
            continue
        if not duties:
            missing.append(layout.title)
        elif layout.households is None and "prevention or relief" not in duties:
            missing += [f"{layout.title} ({duty} duty)" for duty in ("prevention", "relief") if duty not in duties]
    return missing


def _duty_in_title(grid: Grid) -> str:
    """The duty that a title speaks of; both where it names none (a homelessness duty)."""
    title = _title(grid)
    return next((name for name in _DUTIES if f"owed a {name} duty" in title), "prevention or relief")


def _title(grid: Grid) -> str:
    """What stands in the first column above the figures."""
    return _plain(" ".join(grid.text(row) for row in range(min(6, len(grid))) if not _CODE.match(grid.text(row))))


def _quarter(grid: Grid) -> periods.Period:
    title = _title(grid)
    named = _QUARTER.search(title)
    if not named:
        raise ReadError(
            "the quarter cannot be told from the title",
            file=grid.file,
            sheet=grid.sheet,
            row=1,
            expected="three months and a year, as April to June 2018",
            found=f"[{title[:120]}]",
        )
    first = ("jan", "apr", "jul", "oct").index(named[1][:3].lower())
    return periods.quarter(int(named[2]), first + 1)


@cache
def _plain(text: str) -> str:
    """A heading for comparison: without case, runs of space, curly quotes, footnote numbers and words at its end that
    only lead on to the columns below it."""
    text = headers.normal(text).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("\N{EN DASH}", "-")
    return re.sub(r"[\s:.,]+$|,? due to[\s:.,]*$", "", _NOTE_NUMBERS.sub("", text))


def _header_rows(grid: Grid, layout: _Layout) -> range:
    """The rows of the real headings.

    Since 2021 rows of other headings (those of the look-up pages and of the publisher's database) stand above them,
    so the heading of the total is looked for from below. In table A3 it stands one row lower than others, next to
    the unit.
    """
    first = next((row for row, _ in grid.rows_matching(f"{_ENGLAND}$")), None)
    if first is None:
        raise ReadError(
            "the row of England was not found", file=grid.file, sheet=grid.sheet, expected=f"[{_ENGLAND}] in column A"
        )
    total = re.compile(layout.total)
    for row in range(first - 1, -1, -1):
        if any(total.fullmatch(_plain(headers.text_of(cell))) for cell in grid.rows[row]):
            has_unit = row and any(
                _plain(headers.text_of(cell)) == "number of households" for cell in grid.rows[row - 1]
            )
            return range(row - 1 if has_unit else row, first)
    raise LayoutError(
        "the heading of the total was not found",
        file=grid.file,
        sheet=grid.sheet,
        row=first + 1,
        expected=f"a heading like [{layout.total}] above the row of England",
        found="none",
    )


def _headings(grid: Grid, header: range) -> dict[int, str]:
    """The headings of each column that has one of its own, from the top, joined by ``>``.

    A heading above runs on to the right until a column has another in its row or in a row above.
    """
    above: dict[int, str] = {}
    found: dict[int, str] = {}
    for column in range(max(len(grid.rows[row]) for row in header)):
        has_own = False
        for row in header:
            text = _plain(grid.text(row, column))
            if text and text != "number of households":
                above = {known: heading for known, heading in above.items() if known < row} | {row: text}
                has_own = True
        if has_own:
            lowest = max(row for row in header if not is_blank(grid.cell(row, column)))
            path = [heading for row, heading in sorted(above.items()) if row <= lowest]
            found[column] = " > ".join(heading for heading in path if not _NO_HEADING.fullmatch(heading))
    return found


def _read_table(table: _Found, contract: Contract) -> Figures:
    grid, layout = table.grid, table.layout
    rows, notes = _area_rows(grid, table.header.stop)
    columns, stray = _columns(table, rows, notes)
    households = layout.households or _duty(table, columns)
    cells = np.empty((len(rows), len(columns)), dtype=object)
    for number, area in enumerate(rows):
        line = grid.rows[area.row]
        cells[number] = [line[column] if column < len(line) else None for column in columns]
    found = _tidy(
        grid,
        contract,
        rows,
        [_Series(column, category, heading) for column, (category, heading) in columns.items()],
        cells,
        constants={
            "collection": "h_clic",
            "measure": layout.measure,
            "households": households,
            "period": table.quarter,
        },
        notes=notes,
    )
    stray += _other_london(grid, rows, list(columns), table.header.stop, found.notes)
    found.quarantined += stray
    found.rows_in += len(stray)
    return found


@dataclass(frozen=True)
class _Area:
    """A row of figures: which area it is of."""

    row: int
    code: str | None
    name: str
    level: str


def _area_rows(grid: Grid, first: int) -> tuple[list[_Area], list[str]]:
    """The rows of areas, and notes on those left out. London stands twice, above the regions and among them: only the
    last of its rows is kept here."""
    found: dict[str, _Area] = {}
    notes: list[str] = []
    for row in range(first, len(grid)):
        code, name = grid.text(row), grid.text(row, 1)
        if _CODE.fullmatch(code):
            level = {"E92": "country", "E12": "region"}.get(code[:3], "local_authority_district")
            if code in found and code != _LONDON:
                raise ReadError(
                    "an area stands twice",
                    file=grid.file,
                    sheet=grid.sheet,
                    row=row + 1,
                    expected=f"[{code}] in row {found[code].row + 1} alone",
                    found=f"[{code}] again",
                )
            found[code] = _Area(row, code, name, level)
        elif headers.normal(name) == _REST:
            found[_REST] = _Area(row, None, name, "part_of_country")
        elif code.startswith("%"):
            notes.append(f"[{grid.sheet}] row {row + 1} [{code}] is a share of the row above and is not read")
    if not any(area.level in {"local_authority_district", "region"} for area in found.values()):
        raise ReadError("there is no row of a local authority or region", file=grid.file, sheet=grid.sheet)
    return list(found.values()), notes


def _other_london(
    grid: Grid, rows: Sequence[_Area], columns: Sequence[int], first: int, notes: list[str]
) -> list[Quarantined]:
    """What is in London's row above the regions and not, alike, in its row among them: hardly ever anything."""
    kept = next((area.row for area in rows if area.code == _LONDON), None)
    above = next((row for row, _ in grid.rows_matching(f"{_LONDON}$", start=first)), None)
    if kept is None or above is None or kept == above:
        return []
    notes.append("London stands above the regions and among them, and is read among them")
    return [
        grid.quarantined(above, column, f"London stands twice, in row {kept + 1} with [{grid.text(kept, column)}]")
        for column in columns
        if grid.cell(above, column) != grid.cell(kept, column)
    ]


def _columns(
    table: _Found, rows: Sequence[_Area], notes: list[str]
) -> tuple[dict[int, tuple[_Category, str]], list[Quarantined]]:
    """The columns of figures with the category and heading of each, and the figures that stray below no heading.

    Raises LayoutError for a heading that is not known or a column of figures below none, HeaderError where a category
    is missing or there twice.
    """
    grid, layout = table.grid, table.layout
    headings = _headings(grid, table.header)
    found: dict[int, tuple[_Category, str]] = {}
    stray: list[Quarantined] = []
    for column in range(2, max(len(grid.rows[area.row]) for area in rows)):
        heading = headings.get(column)
        category = next((c for c in layout.categories if heading and re.fullmatch(c.heading, heading)), None)
        if category:
            found[column] = category, heading or ""
            continue
        cells = {area.row: grid.cell(area.row, column) for area in rows}
        figures = [row for row, cell in cells.items() if isinstance(cell, int | float)]
        if figures and not heading and len(figures) <= _FEW * len(rows):
            stray += [grid.quarantined(row, column, "a figure below no heading") for row in figures]
        elif figures:
            raise LayoutError(
                "figures are below a heading that is not known" if heading else "figures are below no heading",
                file=grid.file,
                sheet=grid.sheet,
                row=table.header.stop,
                column=headers.letter(column),
                expected=f"one of the headings of the {layout.measure} table",
                found=f"[{heading or ''}]",
                advice="If the publisher renamed it, add its name to the categories in read.py",
            )
        elif column > 3 and (texts := [str(cell) for cell in cells.values() if not is_blank(cell)]):
            notes.append(
                f"[{grid.sheet}] column {headers.letter(column)} has text and no figures, as [{texts[0][:40]}]"
            )
    names = [category.name for category, _ in found.values()]
    missing = [c.name for c in layout.categories if c.is_required and c.name not in names]
    if missing or len(set(names)) < len(names):
        raise HeaderError(
            file=grid.file,
            sheet=grid.sheet,
            row=table.header.stop,
            missing=missing,
            unknown=sorted({f"{name} (twice)" for name in names if names.count(name) > 1}),
            known_names={c.name: [c.heading] for c in layout.categories},
        )
    return found, stray


def _duty(table: _Found, columns: Mapping[int, tuple[_Category, str]]) -> str:
    """Which duty the households are owed, from the heading of the total; the title may not say another."""
    heading = next(heading for category, heading in columns.values() if category.name == "total")
    duty = heading.removeprefix("total owed a ").removesuffix(" duty")
    in_title = _duty_in_title(table.grid)
    if duty != in_title:
        raise ReadError(
            "the title and the heading of the total are of different duties",
            file=table.grid.file,
            sheet=table.grid.sheet,
            row=1,
            expected=f"a {duty} duty",
            found=f"[{_title(table.grid)}]",
        )
    return _DUTIES[duty]


# Both collections -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Series:
    """A column of figures, with its own period where the columns differ in that."""

    column: int
    category: _Category
    heading: str
    period: periods.Period | None = None


def _tidy(
    grid: Grid,
    contract: Contract,
    rows: Sequence[_Area],
    series: Sequence[_Series],
    cells: np.ndarray,
    *,
    constants: Mapping[str, object],
    notes: Sequence[str],
) -> Figures:
    """Rows of areas by columns of categories as one row a figure, in the file's order.

    ``constants`` holds what is the same for all: the collection, the measure, whom it counts and the period.
    """
    read = markers.figures(cells.ravel(), contract, contract.tables["figure"].columns["value"])
    across, down = len(series), len(rows)
    row_of, column_of = np.repeat(np.arange(down), across), np.tile(np.arange(across), down)
    named = {one.category.name for one in series}
    with_parts = {one.category.part_of for one in series} & named

    def by_row(values: Sequence[object]) -> pd.Categorical:
        return pd.Categorical(values).take(row_of)

    def by_column(values: Sequence[object]) -> pd.Categorical:
        return pd.Categorical(values).take(column_of)

    common = constants.get("period")
    spans = [one.period or common for one in series]
    assert all(isinstance(span, periods.Period) for span in spans)
    spans = [span for span in spans if isinstance(span, periods.Period)]
    starts = np.array([np.datetime64(span.start, "s") for span in spans])
    ends = np.array([np.datetime64(span.end, "s") for span in spans])
    letters = [headers.letter(one.column) for one in series]
    status = read["status"].astype(object).to_numpy()
    is_summary = np.array([area.level != "local_authority_district" for area in rows])[row_of]
    is_count = np.array([one.category.unit in {_HOUSEHOLDS, _NEEDS} for one in series])[column_of]
    # Rounded to ten, and with estimates for authorities that sent nothing.
    of_summary = "rounded" if constants["collection"] == "h_clic" else "estimated"
    status = np.where((status == "observed") & is_summary & is_count, of_summary, status)
    frame = pd.DataFrame(
        {
            **{
                name: pd.Categorical([constants[name]]).take(np.zeros(across * down, dtype="int64"))
                for name in ("collection", "measure", "households")
            },
            "period_start": starts[column_of],
            "period_end": ends[column_of],
            "period_type": by_column([span.type for span in spans]),
            "area_code": by_row([area.code for area in rows]),
            "area_name": by_row([area.name for area in rows]),
            "area_level": by_row([area.level for area in rows]),
            "category": by_column([one.category.name for one in series]),
            "heading": by_column([one.heading for one in series]),
            "part_of": by_column([one.category.part_of if one.category.part_of in named else None for one in series]),
            "is_total": np.array([one.category.name in with_parts for one in series])[column_of],
            "value": read["value"].to_numpy(),
            "unit": by_column([one.category.unit for one in series]),
            "status": pd.Categorical(status),
            "source_sheet": by_row([grid.sheet] * down),
            "source_row": np.array([area.row for area in rows], dtype="int64")[row_of] + 1,
            "source_column": by_column(letters),
        }
    )
    values, found_notes = read["value"].to_numpy().reshape(cells.shape), list(notes)
    _check_sums(grid, rows, series, values, found_notes)
    problems = read["problem"].astype(object).to_numpy()
    problems = np.where(pd.isna(problems), _rate_problems(series, values).ravel(), problems)
    rejected = ~pd.isna(problems)
    quarantined = [
        grid.quarantined(rows[place // across].row, series[place % across].column, str(problems[place]))
        for place in map(int, np.flatnonzero(rejected))
    ]
    landed = pd.DataFrame(frame[~rejected]) if quarantined else frame
    return Figures("figure", landed, rows_in=cells.size, quarantined=quarantined, notes=found_notes)


def _check_sums(
    grid: Grid, rows: Sequence[_Area], series: Sequence[_Series], values: np.ndarray, notes: list[str]
) -> None:
    """Tell totals that are not their parts in local authorities, whose figures are exact.

    The same heading stands below several groups (``other reasons / not known``), so a column that was moved could be
    taken for another group's. The totals of groups are their parts in every file so far: LayoutError where they are
    not in more than a few authorities. All households, and all support needs, are off in some of the publisher's own
    tables by households that had no single answer: a note.
    """
    is_local = np.array([area.level == "local_authority_district" for area in rows])
    where = {one.category.name: number for number, one in enumerate(series)}
    for name in sorted({one.category.part_of for one in series if one.category.part_of} & set(where)):
        parts = [number for number, one in enumerate(series) if one.category.part_of == name]
        over = values[:, parts].sum(axis=1) - values[:, where[name]]
        unequal = np.flatnonzero(is_local & (np.abs(over) > 0.5))
        if len(unequal) > _FEW * is_local.sum() and name not in {"total", "support_needs"}:
            row = rows[int(unequal[0])].row
            raise LayoutError(
                f"the parts of [{series[where[name]].heading}] do not add up to it",
                file=grid.file,
                sheet=grid.sheet,
                row=row + 1,
                column=headers.letter(series[where[name]].column),
                expected=grid.text(row, series[where[name]].column),
                found=f"{values[unequal[0], parts].sum():g} in all, and other sums in {len(unequal)} authorities",
                advice="A column may stand below the heading of another group",
            )
        if len(unequal):
            first = rows[int(unequal[0])]
            notes.append(
                f"[{grid.sheet}] the parts of [{name}] are not its total in {len(unequal)} authorities,"
                f" by {over[unequal[0]]:+g} in {first.name}"
            )


def _rate_problems(series: Sequence[_Series], values: np.ndarray) -> np.ndarray:
    """Why a published rate cannot be landed: it is not the published households over the area's; None where it can.

    In two quarters the rates of England and of London above the regions are of other figures.
    """
    found = np.full(values.shape, None, dtype=object)
    where = {one.category.name: number for number, one in enumerate(series)}
    for rate, count in (
        ("owed_a_prevention_duty_rate", "owed_a_prevention_duty"),
        ("owed_a_relief_duty_rate", "owed_a_relief_duty"),
    ):
        if rate in where and "households_in_area" in where:
            area = values[:, where["households_in_area"]]
            with np.errstate(divide="ignore", invalid="ignore"):
                expected = values[:, where[count]] / area
                # Counts of regions are rounded to ten, and some areas' households to a thousand.
                slack = 6 / area + expected * np.minimum(0.6 / area, 0.2) + 0.01
            wrong = np.abs(values[:, where[rate]] - expected) > slack
            for row in np.flatnonzero(wrong):
                found[row, where[rate]] = (
                    f"the rate is not the published households over the area's ({expected[row]:.2f})"
                )
    return found


# P1E, before April 2018 -------------------------------------------------------------------------------------------

_ACCEPTED = "accepted"
_PRIORITY_NEEDS = (
    _Category("emergency", "applicant homeless in emergency", "total"),
    _Category("dependent_children", "total hous(e)?holds children", "total"),
    _Category("dependent_children_1", "households with dependent children, with 1 child", "dependent_children"),
    _Category("dependent_children_2", "households with dependent children, with 2 children", "dependent_children"),
    _Category(
        "dependent_children_3_or_more", "households with dependent children, with 3 children", "dependent_children"
    ),
    _Category("pregnant", "households with pregnant member & no other dependent children", "total"),
    _Category("young_person_16_17", "aged 16/17 years old", "total"),
    _Category("care_leaver_18_20", "in care and aged 18 to 20", "total"),
    _Category("old_age", "old age", "total"),
    _Category("physical_disability", "physical disability", "total"),
    _Category("mental_illness", "mental illness or handicap", "total"),
    _Category("drug_dependency", "drug dependency", "total"),
    _Category("alcohol_dependency", "alcohol dependency", "total"),
    _Category("former_asylum_seeker", "former asylum seeker", "total"),
    _Category("other", "other", "total"),
    _Category("care_history", "been in care", "total"),
    _Category("served_in_forces", "served in hm forces", "total"),
    _Category("custody_or_remand", "been in custody/on remand", "total"),
    _Category("violence", "violence / threat of violence", "total"),
    # Of those fleeing violence, the only part that is published.
    _Category("domestic_violence", "domestic violence"),
    _Category("total", "total households"),
)
_SUMMARIES = {"england": (_ENGLAND, "country"), "london": (_LONDON, "region")}


def _priority_need(grid: Grid, contract: Contract) -> Figures:
    """Section E2 of one quarter: households accepted as homeless, by why they were in priority need.

    Raises HeaderError for another header, and ReadError where the row of England, which comes last, is not there.
    """
    header = next((row for row, _ in grid.rows_matching("ONS Code$")), None)
    if header is None:
        raise ReadError("no header row was found", file=grid.file, expected="[ONS Code] in the first column")
    texts = {column: headers.normal(text) for column, text in enumerate(grid.rows[header]) if headers.normal(text)}
    name_column = next((column for column, text in texts.items() if text == "laname"), None)
    series = [
        _Series(column, category, text)
        for column, text in texts.items()
        for category in _PRIORITY_NEEDS
        if re.fullmatch(category.heading, text)
    ]
    known = {one.column for one in series} | {0, name_column}
    found = [one.category.name for one in series]
    missing = [c.name for c in _PRIORITY_NEEDS if found.count(c.name) != 1]
    unknown = [text for column, text in texts.items() if column not in known]
    if missing or unknown or name_column is None:
        raise HeaderError(
            file=grid.file,
            row=header + 1,
            missing=missing if name_column is not None else ["Laname", *missing],
            unknown=unknown,
            known_names={c.name: [c.heading] for c in _PRIORITY_NEEDS},
        )
    rows = list[_Area]()
    for row in range(header + 1, len(grid)):
        code, name = grid.text(row), grid.text(row, name_column)
        if not _CODE.fullmatch(code) and headers.normal(name) not in _SUMMARIES:
            continue
        if len(grid.rows[row]) != len(grid.rows[header]):
            raise ReadError(
                "a record has not the cells of the header",
                file=grid.file,
                row=row + 1,
                expected=f"{len(grid.rows[header])} cells",
                found=f"{len(grid.rows[row])}",
                advice="It may have been cut short: get it again",
            )
        summary = _SUMMARIES.get(headers.normal(name)) if not code else None
        rows.append(
            _Area(row, summary[0] if summary else code, name, summary[1] if summary else "local_authority_district")
        )
    if not any(area.level == "country" for area in rows):
        raise ReadError(
            "the row of England was not found",
            file=grid.file,
            row=len(grid),
            expected="grossed figures of England below the authorities",
            advice="It may have been cut short: get it again",
        )
    cells = np.empty((len(rows), len(series)), dtype=object)
    for number, area in enumerate(rows):
        cells[number] = [grid.rows[area.row][one.column] for one in series]
    return _tidy(
        grid,
        contract,
        rows,
        series,
        cells,
        constants={
            "collection": "p1e",
            "measure": "priority_need",
            "households": _ACCEPTED,
            "period": _quarter_of_section(grid),
        },
        notes=[],
    )


def _quarter_of_section(grid: Grid) -> periods.Period:
    """The quarter of a CSV that has none in its header: from its name (2014Q3), from a footnote, or both alike."""
    found = set[periods.Period]()
    if named := re.search(r"(20\d{2})[ _-]?Q([1-4])(?!\d)", grid.file, re.IGNORECASE):
        found.add(periods.quarter(int(named[1]), int(named[2])))
    for row in range(len(grid)):
        if not _CODE.fullmatch(grid.text(row)) and (noted := _QUARTER.search(grid.text(row))):
            first = ("jan", "apr", "jul", "oct").index(noted[1][:3].lower())
            found.add(periods.quarter(int(noted[2]), first + 1))
    if len(found) != 1:
        raise ReadError(
            "the quarter cannot be told",
            file=grid.file,
            expected="one quarter in the file's name, as 2014Q3, and in its footnotes, as Jul-Sep 2014",
            found=" and ".join(f"{period.start} to {period.end}" for period in sorted(found)) or "none",
        )
    return found.pop()


_TRENDS = {
    # Headed by the decisions, of which it gives the acceptances, as the sheets of the years do under their own heading.
    "decisions made during the year per 1,000 households": (
        "acceptance",
        _Category("accepted_rate", "decisions made during the year per 1,000 households", unit=_RATE),
    ),
    "households accommodated by the authority on 31 march per 1,000 households": (
        "temporary_accommodation",
        _Category(
            "in_temporary_accommodation_rate",
            "households accommodated by the authority on 31 march per 1,000 households",
            unit=_RATE,
        ),
    ),
}


def _borough_trend(grid: Grid, contract: Contract) -> Figures:
    """The boroughs' rates by financial year, and on its last day, from the sheet of trends.

    Raises LayoutError where a column of figures is below another heading or below no financial year.
    """
    header = next((row for row, _ in grid.rows_matching("Current ONS code$")), None)
    if not header:
        raise ReadError(
            "no header row was found",
            file=grid.file,
            sheet=grid.sheet,
            expected="[Current ONS code] in column A, below a row of headings",
        )
    rows = list[_Area]()
    for row in range(header + 1, len(grid)):
        code, name = grid.text(row), grid.text(row, 1)
        if _CODE.fullmatch(code):
            rows.append(_Area(row, code, name, "local_authority_district"))
        elif summary := _SUMMARIES.get(headers.normal(name)):
            rows.append(_Area(row, summary[0], name, summary[1]))
    headings = grid.stacked(header - 1, 1)
    series: dict[str, list[_Series]] = {heading: [] for heading in _TRENDS}
    heading = ""
    for column in range(2, len(grid.rows[header])):
        heading = headers.normal(headings[column]) or heading
        if all(is_blank(grid.cell(area.row, column)) for area in rows):
            continue
        try:
            year = periods.financial_year(grid.text(header, column))
        except ValueError as error:
            year = None
            problem = str(error)
        else:
            problem = f"[{heading}]"
        if year is None or heading not in _TRENDS:
            raise LayoutError(
                "figures are below a heading that is not known",
                file=grid.file,
                sheet=grid.sheet,
                row=header + 1,
                column=headers.letter(column),
                expected="a financial year below one of " + ", ".join(f"[{known}]" for known in _TRENDS),
                found=problem,
            )
        is_day = "31 march" in heading
        period = periods.point_in_time(year.end) if is_day else year
        series[heading].append(_Series(column, _TRENDS[heading][1], heading, period))
    parts = []
    for heading, columns in series.items():
        years = [one.period for one in columns]
        if not columns or len(set(years)) < len(years):
            raise LayoutError(
                "a heading has no financial years, or one of them twice",
                file=grid.file,
                sheet=grid.sheet,
                row=header,
                expected=f"financial years below [{heading}]",
                found=f"{len(years)} columns",
            )
        cells = np.empty((len(rows), len(columns)), dtype=object)
        for number, area in enumerate(rows):
            cells[number] = [grid.cell(area.row, one.column) for one in columns]
        measure, category = _TRENDS[heading]
        constants = {
            "collection": "p1e",
            "measure": measure,
            "households": _ACCEPTED if measure == "acceptance" else category.name.removesuffix("_rate"),
        }
        parts.append(_tidy(grid, contract, rows, columns, cells, constants=constants, notes=[]))
    return Figures(
        "figure",
        pd.concat([part.frame for part in parts], ignore_index=True),
        rows_in=sum(part.rows_in for part in parts),
        quarantined=[row for part in parts for row in part.quarantined],
        notes=["the sheets of the single years are not read: their headings are laid out anew in almost every year"],
    )
