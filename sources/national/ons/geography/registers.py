"""What the lists of other keepers of area codes look like: their headers, and what is read from which column.

Such a list says no year in its column names and has a header of its own, by which it is told. Column names are given
here as headers are compared: in lower case.
"""

from __future__ import annotations

from dataclasses import dataclass, field

_LAD = "local_authority_district"

#: An area's code and its name: the columns that they are in.
Area = tuple[str, str]


@dataclass(frozen=True)
class Link:
    """Which columns say what lies in what, or became what. A row whose parent is blank lies in none."""

    child_level: str
    child: Area
    parent_level: str
    parent: Area
    parent_vintage: int | None = None
    only: tuple[str, str] | None = None
    """A column, and the text that it has in the rows that are meant."""


@dataclass(frozen=True)
class Key:
    """Which columns give an area's code in another scheme, and from and until when."""

    scheme: str
    code: str
    name: str
    area: str | None = None
    dates: tuple[str, str] | None = None
    holds_several: bool = False
    """Whether a cell may hold several codes, between commas."""


@dataclass(frozen=True)
class Measure:
    """Which column gives a number about each area."""

    measure: str
    unit: str
    value: str
    level: str
    name: str
    area: str | None = None
    vintage: int | None = None
    """The year that the number is of; without it, the one that the file's name gives, or none."""
    is_dated_by_name: bool = False


@dataclass(frozen=True)
class Register:
    """A list by its header: every column that it has, read or not."""

    columns: tuple[str, ...]
    links: tuple[Link, ...] = ()
    keys: tuple[Key, ...] = ()
    measures: tuple[Measure, ...] = ()
    own_codes: tuple[str, str, str] | None = None
    """Columns with the list's own code of an area, its GSS code and its name: the parents of the links are given by
    the first, several of them between commas."""
    police_forces: str | None = None
    """A column of names of police forces, in a list that has no codes of theirs."""
    not_an_area: frozenset[str] = field(default_factory=frozenset)
    """Names of police forces that have no area of their own."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ABOVE: dict[str, Area] = {
    "current_authority": ("ladcd_active", "ladnm_active"),
    "upper_tier_local_authority": ("utlacd", "utlanm"),
    "combined_authority": ("cauthcd", "cauthnm"),
    "region": ("rgncd", "rgnnm"),
    "country": ("ctrycd", "ctrynm"),
}
_ABOVE_COLUMNS = (*(column for area in _ABOVE.values() for column in area), *_words("ewcd ewnm gbcd gbnm ukcd uknm"))


def _above(level: str, child: Area, *parents: str, only: tuple[str, str] | None = None) -> tuple[Link, ...]:
    """What an area lies in, in the lists that give the levels above beside it."""
    return tuple(Link(level, child, parent, _ABOVE[parent], only=only) for parent in parents)


_DISTRICTS_OF_2014 = Register(
    _words("ltlacd ltlanm ctycd ctynm mctycd mctynm cauthcd cauthnm rgncd rgnnm ctrycd ctrynm"),
    links=(
        Link(_LAD, ("ltlacd", "ltlanm"), "county", ("ctycd", "ctynm")),
        Link(_LAD, ("ltlacd", "ltlanm"), "metropolitan_county", ("mctycd", "mctynm")),
        *_above(_LAD, ("ltlacd", "ltlanm"), "combined_authority", "region", "country"),
    ),
)
_EVERY_DISTRICT = Register(
    ("ladcd", "ladnm", *_ABOVE_COLUMNS, "current", "lad20cd", "lad20nm"),
    links=(
        *_above(_LAD, ("ladcd", "ladnm"), *_ABOVE),
        Link(_LAD, ("ladcd", "ladnm"), _LAD, ("lad20cd", "lad20nm"), parent_vintage=2020),
    ),
)
_EVERY_AREA = Register(
    (*_words("areacode areaname areatype ladcd ladnm"), *_ABOVE_COLUMNS),
    links=(
        *_above(_LAD, ("areacode", "areaname"), *_ABOVE, only=("areatype", "la")),
        *_above(
            "county", ("areacode", "areaname"), "combined_authority", "region", "country", only=("areatype", "utla")
        ),
        *_above("combined_authority", ("areacode", "areaname"), "region", "country", only=("areatype", "cauth")),
        *_above("region", ("areacode", "areaname"), "country", only=("areatype", "rgn")),
    ),
)
_CODES_OF_2003_AND_2009 = Register(
    _words("gor_name la03_code la03_name la09_code la09_name lad10cd lad10nm"),
    keys=(
        Key("old_ons_2003", "la03_code", "la03_name", area="lad10cd"),
        Key("old_ons_2009", "la09_code", "la09_name", area="lad10cd"),
    ),
)
_FORMER_CODES = Register(
    ("current code", "former code", "geography name", "type"),
    keys=(Key("old_ons", "former code", "geography name", area="current code"),),
)
#: Kept by mySociety. What it heads as the old ONS code is the number that the Department for Education gives.
_UK_AUTHORITIES = Register(
    _words(
        "local-authority-code official-name nice-name gss-code start-date end-date replaced-by nation region"
        " local-authority-type local-authority-type-name county-la combined-authority alt-names former-gss-codes notes"
        " current-authority bs-6879 ecode even-older-register-and-code gov-uk-slug area pop-2020 x y lat long powers"
        " lower-or-unitary mapit-area-code ofcom old-ons-la-code old-register-and-code open-council-data-id os-file os"
        " snac wdtk-id"
    ),
    links=(
        Link("local_authority", ("gss-code", "nice-name"), "successor_authority", ("replaced-by", "replaced-by")),
        Link("local_authority", ("gss-code", "nice-name"), "county", ("county-la", "county-la")),
        Link(
            *("local_authority", ("gss-code", "nice-name")),
            *("combined_authority", ("combined-authority", "combined-authority")),
        ),
    ),
    keys=(
        Key("uk_la_register", "local-authority-code", "nice-name", area="gss-code", dates=("start-date", "end-date")),
        Key("former_gss", "former-gss-codes", "nice-name", area="gss-code", holds_several=True),
        Key("dfe_la", "old-ons-la-code", "nice-name", area="gss-code"),
        Key("old_ons", "snac", "nice-name", area="gss-code"),
        Key("dclg_billing", "ecode", "nice-name", area="gss-code"),
        Key("gov_uk_slug", "gov-uk-slug", "nice-name", area="gss-code"),
    ),
    own_codes=("local-authority-code", "gss-code", "nice-name"),
)
_SPELLINGS = Register(
    ("la-name", "local-authority-code"), keys=(Key("uk_la_register", "local-authority-code", "la-name"),)
)
_ENGLISH_AUTHORITIES = Register(
    _words("local-authority-eng local-authority-type name official-name start-date end-date"),
    keys=(
        Key("uk_la_register", "local-authority-eng", "name", dates=("start-date", "end-date")),
        Key("uk_la_register", "local-authority-eng", "official-name", dates=("start-date", "end-date")),
    ),
)
_BILLING_AUTHORITIES = Register(
    _words(
        "local_authority_name opendatacommunitiesuri ons_code dclgbillingauthoritycode la_type_label authority_type"
    ),
    keys=(Key("dclg_billing", "dclgbillingauthoritycode", "local_authority_name", area="ons_code"),),
)
_BOUNDARY_LINE = Register(
    _words(
        "name area_code descriptio file_name number number0 polygon_id unit_id code hectares area type_code descript0"
        " type_cod0 descript1"
    ),
    keys=(Key("os_unit", "unit_id", "name", area="code"),),
    measures=(Measure("boundary_line_extent", "hectares", "hectares", _LAD, "name", area="code"),),
)
_DRUG_ACTION_TEAMS = Register(
    _words("reg_year dat dat_nm regdatrs_nm area_code gss_name"),
    keys=(Key("ndtms_dat", "dat", "dat_nm", area="area_code"),),
)
_CARE_BOARDS = Register(
    ("icb_ods_code", "icb_boundary_code", "icb_name"),
    keys=(Key("nhs_ods", "icb_ods_code", "icb_name", area="icb_boundary_code"),),
)
#: A youth justice service may be of several authorities, so that its name says no area's code.
_YOUTH_JUSTICE_SERVICES = Register(
    _words("ou_code yjs_name pcc_area yjb_country yjb_region yot_region 2018 2019 2020 2021"),
    keys=(Key("yjb_service", "ou_code", "yjs_name"),),
    measures=tuple(
        Measure("population_10_to_17", "people", str(year), "youth_justice_service", "yjs_name", vintage=year)
        for year in (2018, 2019, 2020, 2021)
    ),
)
_POLICE_UK_FORCES = Register(
    ("id", "label", "population 2010"),
    keys=(Key("police_uk_slug", "id", "label", area="label"),),
    measures=(
        Measure(*("population", "people", "population 2010", "police_force_area", "label"), area="label", vintage=2010),
    ),
    police_forces="label",
    not_an_area=frozenset({"British Transport Police", "Police Service of Northern Ireland"}),
)
_POLICE_FORCE_POPULATION = Register(
    ("pfa 2023 code", "pfa 2023 name", "population"),
    measures=(
        Measure(
            *("population", "people", "population", "police_force_area", "pfa 2023 name"),
            area="pfa 2023 code",
            is_dated_by_name=True,
        ),
    ),
)

REGISTERS = (
    _DISTRICTS_OF_2014,
    _EVERY_DISTRICT,
    _EVERY_AREA,
    _CODES_OF_2003_AND_2009,
    _FORMER_CODES,
    _UK_AUTHORITIES,
    _SPELLINGS,
    _ENGLISH_AUTHORITIES,
    _BILLING_AUTHORITIES,
    _BOUNDARY_LINE,
    _DRUG_ACTION_TEAMS,
    _CARE_BOARDS,
    _YOUTH_JUSTICE_SERVICES,
    _POLICE_UK_FORCES,
    _POLICE_FORCE_POPULATION,
)
