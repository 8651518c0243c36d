"""Reads exports of drug and alcohol treatment in three dialects of headings, and estimates of need."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from sources.contract import Contract
from sources.errors import LayoutError
from sources.places import names
from sources.reading import Figures, PublishedFile, delimited, headers, long, periods, wide
from sources.reading.grid import Grid, is_blank

_SEXES = {"f": "female", "female": "female", "m": "male", "male": "male", "total": "all"}
_SUBSTANCES = {
    "opiate": "opiate",
    "opiates": "opiate",
    "non-opiate only": "non_opiate_only",
    "non-opiates only": "non_opiate_only",
    "non-opiate & alcohol": "non_opiate_and_alcohol",
    "non-opiate and alcohol": "non_opiate_and_alcohol",
    "alcohol & non-opiates": "non_opiate_and_alcohol",
    "alcohol only": "alcohol_only",
    "total": "all",
}
#: Commissioning areas that are several local authorities.
_COMBINED = {names.plain(name) for name in ("Cornwall & Isles of Scilly", "Bournemouth and Poole")}
_POPULATIONS = {
    "allintx": "all_in_treatment",
    "newtx": "new_presentations",
    "all in treatment": "all_in_treatment",
    "new presentation": "new_presentations",
    "new presentations": "new_presentations",
}
#: Topics by how headings begin, in the short dialects of 2023 and in the long one of 2024.
_SHORT_TOPICS = {
    "eth": "ethnicity",
    "referralsource": "referral_source",
    "housingsituation": "housing_situation",
    "waitsfirst": "waiting_time_first_intervention",
    "waitssub": "waiting_time_subsequent_intervention",
    "exits": "treatment_exit",
    "safeguarding": "parental_status",
    "employmentstatus": "employment_status",
    "lengthintreatment": "length_in_treatment",
    "alc_units": "alcohol_units",
    "substanceanycitation": "substance_use",
    "injecting": "injecting",
    "interventions": "intervention",
    "disability": "disability",
    "sexuality": "sexual_orientation",
    "religion": "religion",
    "scnr": "scnr",
}
_LONG_TOPICS = {
    "ethnicity": "ethnicity",
    "referral source": "referral_source",
    "housing situation": "housing_situation",
    "waiting times": "waiting_time",
    "treatment exits": "treatment_exit",
    "clients who are parents/carers": "parental_status",
    "employment status": "employment_status",
    "length in treatment": "length_in_treatment",
    "alcohol consumption": "alcohol_units",
    "substance use/club drugs and nps": "substance_use",
    "club drugs and nps": "substance_use",
    "substance use": "substance_use",
    "injecting behaviour": "injecting",
    "interventions": "intervention",
    "disability": "disability",
    "sexual orientation": "sexual_orientation",
    "religion": "religion",
}
#: Categories that are known to be the same, whatever the dialect calls them.
_SAME = {
    "ethnicity": {
        "asian_asian_british": "asian",
        "black_african_caribbean_black_british": "black",
        "mixed_multiple_ethnic_group": "mixed",
        "other_ethnic_group": "other",
    },
    "referral_source": {"health_services_and_social_care": "health_services_social_care"},
    "housing_situation": {
        "housingproblem": "housing_problem",
        "urgentproblem": "urgent_problem",
        "urgent_housing_problem": "urgent_problem",
        "noproblem": "no_problem",
        "notstatedormissing": "not_stated_or_missing",
    },
    "treatment_exit": {
        "successfulcompletion": "successful_completion",
        "droppedout": "dropped_out",
        "dropped_out_left": "dropped_out",
        "movedaway": "moved_away",
        "noappropriatetreatment": "no_appropriate_treatment",
        "notknown": "not_known",
        "transferrednotincustody": "transferred_not_in_custody",
        "transferredincustody": "transferred_in_custody",
        "referredon": "referred_on",
        "treatmentdeclined": "treatment_declined",
        "treatmentwithdrawn": "treatment_withdrawn",
    },
    "length_in_treatment": {
        "under1year": "under_1_year",
        "1to2years": "1_to_2_years",
        "2to4years": "2_to_4_years",
        "4to6years": "4_to_6_years",
        "over6years": "over_6_years",
    },
    "injecting": {"never_previously_injected": "never"},
}
_Indicator = tuple[str, str | None, str | None]


def read(file: PublishedFile, contract: Contract) -> Iterator[Figures]:
    """The one table that the file has: an export, or estimates of alcohol dependence.

    Raises HeaderError or LayoutError for headings that have no meaning here, ReadError where the file is
    neither or was cut short.
    """
    grid = long.whole_grid(file)
    top = {headers.normal(cell) for row in grid.rows[:40] for cell in row}
    if "area_code_gss" in top:
        yield _need_estimates(grid, contract)
    else:
        yield _export(file, grid, contract)


# Exports ----------------------------------------------------------------------------------------------------------


def _export(file: PublishedFile, grid: Grid, contract: Contract) -> Figures:
    header, found = grid.find_header(contract.tables["treatment"], allow_unknown=True)
    at = found.index
    indicators = _indicators(grid, header, set(at.values()))
    rows = delimited.rows_below(file, grid, header)
    programme = _programme(file.name, grid, rows, at)
    labels: dict[str, list[object]] = {}
    problems: list[str | None] = [None] * len(rows)

    def label(name: str, function: Callable[[str], object], column: str) -> None:
        """One label a row; what cannot be read is the row's problem."""
        made = labels[name] = []
        for number, row in enumerate(rows):
            try:
                made.append(function(grid.text(row, at[column])))
            except ValueError as error:
                made.append(None)
                problems[number] = problems[number] or str(error)

    label("financial_year", lambda text: periods.financial_year_name(_year(text).start), "financial_year")
    label("period_start", lambda text: _year(text).start, "financial_year")
    label("period_end", lambda text: _year(text).end, "financial_year")
    label("area_name", long.required("area"), "area_name")
    label("sex", lambda text: _known(text, _SEXES, "sex"), "sex")
    label("age_group", _age, "age_group")
    label("substance_group", lambda text: _known(text, _SUBSTANCES, "substance group"), "substance_group")
    areas = [_area(name, end) for name, end in zip(labels["area_name"], labels["period_end"], strict=True)]
    labels["area_code"] = [code for code, _, _ in areas]
    labels["area_level"] = [level for _, level, _ in areas]
    labels["is_total"] = [
        "all" in people for people in zip(labels["sex"], labels["age_group"], labels["substance_group"], strict=True)
    ]
    labels["setting"] = [grid.text(row, at["setting"]) or None if "setting" in at else None for row in rows]
    table = wide.WideTable(
        grid,
        rows,
        list(indicators),
        by_row=labels,
        by_column={
            "topic": [topic for topic, _, _ in indicators.values()],
            "category": [category for _, category, _ in indicators.values()],
            "population": [population for _, _, population in indicators.values()],
            "heading": [grid.text(header, column) for column in indicators],
        },
        same={"programme": programme},
        problems=[problem or unknown for problem, (_, _, unknown) in zip(problems, areas, strict=True)],
    )
    read = table.figures("treatment" if programme == "adult_community" else "other_programme", contract)
    is_rounded = (read.frame["status"] == "observed") & (read.frame["area_level"] != "country")
    read.frame["status"] = np.where(is_rounded, "rounded", read.frame["status"].astype(object))
    return read


def _indicators(grid: Grid, header: int, labels: set[int]) -> dict[int, _Indicator]:
    """What each column of figures counts: topic, category, population.

    Raises LayoutError for a heading that has no meaning here and where two have the same.
    """
    indicators: dict[int, _Indicator] = {}
    for column in range(len(grid.rows[header])):
        if column in labels:
            continue
        heading = headers.normal(grid.cell(header, column))
        if not heading and all(is_blank(grid.cell(row, column)) for row in range(header + 1, len(grid))):
            continue
        indicator = _short(heading) if re.fullmatch(r"\w+", heading, re.ASCII) else _long(heading)
        problem = None
        if indicator is None:
            problem = "a heading that has no meaning here"
        elif indicator in indicators.values():
            problem = "a heading that means the same as another"
        if problem or indicator is None:
            raise LayoutError(
                problem or "",
                file=grid.file,
                row=header + 1,
                column=headers.letter(column),
                expected="an indicator, as [exits_prison_allintx] or [Treatment exits - Prison - All in treatment]",
                found=f"[{grid.text(header, column)}]",
            )
        indicators[column] = indicator
    if not indicators:
        raise LayoutError("there is no column of figures", file=grid.file, row=header + 1)
    return indicators


def _short(heading: str) -> _Indicator | None:
    """An indicator of the dialects of 2023: ``exits_prison_allintx``, ``Num_InTreatment_AllInTx``."""
    if heading in {"intreatment_allintx", "num_intreatment_allintx"}:
        return "in_treatment", None, "all_in_treatment"
    if heading == "newpresentation_newtx":
        return "new_presentations", None, "new_presentations"
    topic = next((short for short in _SHORT_TOPICS if heading.startswith(f"{short}_")), None)
    if topic is None:
        return None
    found = re.fullmatch(r"(\w+?)(?:_(allintx|newtx))?", heading.removeprefix(f"{topic}_"))
    assert found
    category, population = found[1], _POPULATIONS.get(found[2])
    name = _SHORT_TOPICS[topic]
    if name == "length_in_treatment" and category.endswith("_exits"):
        name, category = "length_in_treatment_of_exits", category.removesuffix("_exits")
    same = _SAME.get("length_in_treatment" if name == "length_in_treatment_of_exits" else name, {})
    return name, same.get(category, category), population


def _long(heading: str) -> _Indicator | None:
    """An indicator of the dialect of 2024: ``Treatment exits - Prison - All in treatment``; dashes may lack a space."""
    if heading in _POPULATIONS:
        population = _POPULATIONS[heading]
        return ("in_treatment" if population == "all_in_treatment" else population), None, population
    topic = next((name for name in _LONG_TOPICS if re.match(rf"{re.escape(name)}\b(?!/)", heading)), None)
    if topic is None:
        return None
    parts = [part for part in re.split(r"\s+-\s*|-\s+", heading.removeprefix(topic).strip()) if part]
    parts = [part.lstrip("- ") for part in parts]
    population = _POPULATIONS.get(parts[-1]) if parts else None
    words = parts[:-1] if population else parts
    name = _LONG_TOPICS[topic]
    # Only interventions are of nobody in particular.
    if not words or (population is None and name != "intervention"):
        return None
    category = re.sub(r"[^a-z0-9]+", "_", " ".join(words)).strip("_")
    return name, _SAME.get(name, {}).get(category, category), population


def _programme(file: str, grid: Grid, rows: list[int], at: Mapping[str, int]) -> str:
    """Which report an export is of: the adults' one says nothing of it."""
    if "setting" in at or re.search("secure", file, re.IGNORECASE):
        return "secure_settings"
    ages = {grid.text(row, at["age_group"]) for row in rows}
    years = [int(found[0]) for age in ages if (found := re.search(r"\d+", age))]
    is_young = bool(years) and min(years) < 18
    return "young_people" if is_young or re.search("young", file, re.IGNORECASE) else "adult_community"


@cache
def _year(text: str) -> periods.Period:
    return periods.financial_year(text)


def _known(text: str, known: Mapping[str, str], what: str) -> str:
    if text.casefold() not in known:
        raise ValueError(f"[{text}] is not a {what} that is known")
    return known[text.casefold()]


def _age(text: str) -> str:
    if text.casefold() == "total":
        return "all"
    if not re.fullmatch(r"\d{1,2}(-\d{1,2}|\+)?|under \d\d", text, re.IGNORECASE):
        raise ValueError(f"[{text}] is not an age group")
    return text.casefold()


@cache
def _area(name: str | None, on: date | None) -> tuple[str | None, str | None, str | None]:
    """Code and kind of an area, and why it has none."""
    if not name or on is None:
        return None, None, None  # The row has a problem already.
    if name.casefold() == "england":
        return "E92000001", "country", None
    if names.plain(name) in _COMBINED:
        return None, "combined_local_authorities", None
    try:
        return names.register("local_authority").resolve(name, on=on), "upper_tier_local_authority", None
    except names.UnknownNameError as error:
        try:
            return names.register("region").resolve(name, on=on), "region", None
        except names.UnknownNameError:
            return None, None, str(error)


# Estimates of need -------------------------------------------------------------------------------------------------


def _need_estimates(grid: Grid, contract: Contract) -> Figures:
    columns = contract.tables["need_estimate"].columns
    table = long.of_grid(grid, contract.tables["need_estimate"])
    figures = table.figures("value", contract, columns["value"])
    limits = {name: table.figures(name, contract, columns[name])["value"] for name in ("lower_limit", "upper_limit")}
    is_outside = (limits["lower_limit"] > figures["value"]) | (limits["upper_limit"] < figures["value"])
    table.refuse(is_outside.to_numpy(), "the estimate is outside its interval", "value")
    frame = pd.DataFrame(
        {
            "year": table.text("year"),
            "period_start": table.days(lambda text: _any_year(text).start, "year"),
            "period_end": table.days(lambda text: _any_year(text).end, "year"),
            "period_type": table.made(lambda text: _any_year(text).type, "year"),
            "centre_name": table.text("centre_name", lambda text: None if text in {"", "NA"} else text),
            "area_name": table.text("area_name", long.required("area")),
            "area_code": table.made(_code, "area_code", "area_name"),
            "area_level": table.made(_level, "area_code", "area_name"),
            "is_total": table.flags(lambda code: code == "E92000001", "area_code"),
            "substance": table.same("alcohol"),
            "value": figures["value"],
            **limits,
            "status": figures["status"].astype(object).replace("observed", "modelled"),
            **table.provenance("value"),
        }
    )
    landed, quarantined = table.split(frame, "value")
    return Figures("need_estimate", landed, rows_in=len(table), quarantined=quarantined)


def _any_year(text: str) -> periods.Period:
    return periods.financial_year(text) if "/" in text else periods.calendar_year(text)


def _code(code: str, name: str) -> str | None:
    if names.plain(name) in _COMBINED and re.fullmatch(r"E0\d{3}", code):
        return None  # A code of no kind of area, for two that together have none.
    if not re.fullmatch(r"E92000001|E0[6-9]\d{6}|E10\d{6}", code):
        raise ValueError(f"[{code}] is not the code of England or a local authority")
    return code


def _level(code: str, name: str) -> str:
    if names.plain(name) in _COMBINED:
        return "combined_local_authorities"
    return "country" if code == "E92000001" else "upper_tier_local_authority"
