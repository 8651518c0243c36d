"""The prison register and lists of prisons: the real files, against cells that a person can find."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sources.catalogue import Catalogue
from sources.home import Home
from sources.intake import SourceIntake
from sources.landing import Landing
from sources.origins.given import GivenFiles
from sources.places.names import UnknownNameError, register
from sources.recognise import LooseFile, recognise
from tests.conftest import TakeIn
from tests.sources.workbooks import quarantined

SOURCE = "hmpps_prison_register"
#: What is not landed: a row that says nothing, a list's analyst, two clusters without a code, and totals.
REFUSED = {
    "hmpps_prisons_only.json": ["prison-122"],
    "hmpps_sites_map.json": ["prison-122"],
    "openregister2017_lists_noms-codes_prison-codes.tsv": ["Tackler Analytical"],
    "prison_name_groups_and_categories.csv": [
        "Sheppey",
        "Shepton Mallet / Erlestoke",
        "Sub Total",
        "Sub total",
        "Total",
    ],
}
#: Files of the folders that have no register or list: notes, and addresses of web pages that are gone.
NOT_READ = {"NOTES.md", "openregister2017_lists_prison-finder_prison-urls.tsv"}
#: Records in each file, the header and repeated page heads not counted.
RECORDS = {
    "DERIVED_nomis_reference_agency_type.csv": ("nomis_reference", 21),
    "DERIVED_nomis_reference_area.csv": ("nomis_reference", 104),
    "DERIVED_nomis_reference_local_authority.csv": ("nomis_reference", 393),
    "DERIVED_nomis_reference_region.csv": ("nomis_reference", 16),
    "DERIVED_prison_register_replayed.csv": ("prison", 174),
    "Prison_Estate_and_Probation_Service_Region_register_June_23__Prison_Estate.csv": ("estate", 124),
    "hmpps_prisons_only.json": ("site", 123),
    "hmpps_probation_centres.json": ("site", 311),
    "hmpps_sites_map.json": ("site", 766),
    "openregister2017_lists_contracted-out_prisons.tsv": ("listing", 14),
    "openregister2017_lists_former-prisons_prisons.tsv": ("listing", 30),
    "openregister2017_lists_legal-aid-agency_prison-codes.tsv": ("listing", 141),
    "openregister2017_lists_nomis-codes_nomis-codes.tsv": ("listing", 128),
    "openregister2017_lists_noms-codes_prison-codes.tsv": ("listing", 153),
    "openregister2017_lists_prison-estate_list.tsv": ("listing", 121),
    "openregister2017_lists_prison-estate_prison_estate.tsv": ("estate", 121),
    "openregister2017_lists_prison-finder_prison-address-text.tsv": ("listing", 124),
    "openregister2017_lists_prison-map_prisons.tsv": ("listing", 123),
    "openregister2017_lists_prison-performance-stats-2016_prisons.tsv": ("listing", 118),
    "openregister2017_prison.tsv": ("listing", 153),
    "prison_estate_geocoded_2017-02-27.csv": ("estate", 121),
    "prison_name_groups_and_categories.csv": ("listing", 176),
    "maps_nomis-code.tsv": ("listing", 155),
}

Landed = Callable[[Home, str], pd.DataFrame]


@pytest.fixture(scope="module")
def home(published: Path, tmp_path_factory: pytest.TempPathFactory, sources: Catalogue) -> Home:
    """A home with every file of the list above; those that both folders have are of the same bytes."""
    folders = (published / "health" / "prisons_reference", published / "justice" / "ref_prisons")
    files = {path.name: path for folder in folders for path in sorted(folder.iterdir())}
    home = Home(tmp_path_factory.mktemp("prison_register") / "home", "folder").make()
    Landing(home).prepare(Catalogue({SOURCE: sources[SOURCE]}))
    result = SourceIntake(sources[SOURCE], GivenFiles(*(files[name] for name in RECORDS)), home).run()
    assert result.problems == []
    assert result.rows_in == sum(count for _, count in RECORDS.values())
    assert result.rows_quarantined == sum(map(len, REFUSED.values()))
    return home


def test_every_register_and_list_is_recognised_and_nothing_else_of_their_folders(
    published: Path, sources: Catalogue
) -> None:
    for folder in (published / "health" / "prisons_reference", published / "justice" / "ref_prisons"):
        for path in folder.iterdir():
            expected = () if path.name in NOT_READ else (SOURCE,)
            assert recognise(LooseFile(path), sources).source_ids == expected, path.name


@pytest.mark.slow
def test_every_record_is_landed_or_refused_by_name(home: Home, landed: Landed, sources: Catalogue) -> None:
    refused = [str(row["cell"]) for row in quarantined(home)]
    assert sorted(refused) == sorted(cell for cells in REFUSED.values() for cell in cells)
    rows = {}
    for table in sources[SOURCE].contract.tables:
        frame = landed(home, f"{SOURCE}__{table}")
        rows |= {name: (table, len(part)) for name, part in frame.groupby("source_file")}
    assert rows == {name: (table, count - len(REFUSED.get(name, []))) for name, (table, count) in RECORDS.items()}


@pytest.mark.slow
def test_the_register_has_what_its_rows_say(home: Home, landed: Landed) -> None:
    frame = landed(home, f"{SOURCE}__prison")
    assert frame.prison_code.nunique() == 173
    assert (frame.is_active.sum(), frame.drop_duplicates("prison_code").is_active.sum()) == (126, 125)
    assert frame.loc[
        frame.duplicated("prison_code", keep=False), ["prison_code", "address_number"]
    ].values.tolist() == [
        ["HDI", 1],
        ["HDI", 2],
    ]
    at = frame.set_index("prison_code")
    columns = ["prison_name", "is_active", "holds_men", "is_contracted", "types", "categories", "operators"]
    assert at.loc["ACI", columns].tolist() == ["Altcourse (HMP & YOI)", True, True, True, "HMP,YOI", "B", "G4S"]
    assert at.loc["ACI", ["gp_practice_code", "postcode", "country"]].tolist() == ["Y05527", "L9 7LH", "England"]
    assert at.loc["BWI", ["prison_name_welsh", "gp_practice_code"]].tolist() == ["Carchar y Berwyn", "W00160"]
    assert at.loc["STC2", ["is_active", "operators"]].tolist() == [False, "MTCNovo"]
    practices = frame.drop_duplicates("prison_code").dropna(subset="gp_practice_code").groupby("gp_practice_code")
    shared = [codes for codes in practices.prison_code.agg(sorted).tolist() if len(codes) > 1]
    assert (practices.ngroups, sorted(shared)) == (122, [["FMI", "FYI"], ["PBI", "PFI"], ["UKI", "UPI"]])


@pytest.mark.slow
def test_the_list_of_prisons_has_every_prison_once_in_each_edition(home: Home, landed: Landed) -> None:
    frame = landed(home, f"{SOURCE}__estate")
    assert not frame.duplicated(["source_file", "prison_code"]).any()
    assert frame.fillna({"edition": "none"}).edition.value_counts().to_dict() == {
        "Revised July 2023": 124,
        "2017-02-27": 121,
        "none": 121,
    }
    # The publisher's own count: 120 prisons, three of them counted as two, and a secure training centre.
    of_2023 = frame[frame.edition == "Revised July 2023"].set_index("prison_code")
    assert len(of_2023) == 120 + 3 + 1
    assert sorted(of_2023.list_number.dropna()) == list(range(1, 124)) and pd.isna(of_2023.list_number["FEI"])
    columns = [
        "estate_region",
        "predominant_function",
        "cohort",
        "probation_region",
        "postcode",
        "resettlement_regions",
    ]
    assert of_2023.loc["DGI", columns].tolist() == [
        "Privately Managed Prisons",
        "Cat B",
        "Trainer, Reception & Resettlement",
        "Region E - West Midlands",
        "ST14 8XR",
        "Region E - West Midlands; National Resource (Trainer)",
    ]
    of_2017 = frame[frame.edition == "2017-02-27"].set_index("prison_code")
    assert of_2017.loc["ASI", ["longitude", "latitude", "postcode"]].tolist() == [-2.4390751, 51.4830582, "BS16 9QJ"]
    assert of_2017.loc["ACI", ["contract_package_area", "resettlement_provider"]].tolist() == ["6", "Purple Futures"]


@pytest.mark.slow
def test_the_lists_codes_and_days_are_those_of_their_rows(home: Home, landed: Landed) -> None:
    frame = landed(home, f"{SOURCE}__listing").astype(object).where(lambda cells: cells.notna(), None)
    at = frame.set_index(["list_name", "listed_name"])
    assert at.loc[("former_prisons", "Kingston"), ["prison_code", "closed", "address", "postcode"]].tolist() == [
        "PTI", "2013-03-28", "122 Milton Road, Portsmouth, Hampshire", "PO3 6AS",
    ]  # fmt: skip
    closed = {
        name: str(at.loc[("former_prisons", name), "closed_by"])[:10] for name in ("Kingston", "Ashwell", "Haslar")
    }
    assert closed == {"Kingston": "2013-03-28", "Ashwell": "2011-03-31", "Haslar": "2015-12-31"}
    assert at.loc[("lids_codes", "Usk/Prescoed"), ["lids_code", "nomis_code", "prison_code"]].tolist() == [
        "UK",
        "UKI",
        "UKI",
    ]
    assert at.loc[("lids_codes", "Grendon"), ["lids_code", "nomis_code", "prison_code"]].tolist() == ["GN", None, "GNI"]
    assert at.loc[("legal_aid_codes", "HIGHDOWN"), ["legal_aid_code", "prison_code"]].tolist() == ["HOAM", "HOI"]
    assert at.loc[("contracted_out", "Altcourse"), ["company_number", "prison_code"]].tolist() == ["02984969", "ACI"]
    assert at.loc[("name_groups", "Acklington / Castington"), ["other_name", "prison_code"]].tolist() == [
        "Northumberland",
        "NLI",
    ]


@pytest.mark.slow
def test_a_code_that_a_list_gives_is_the_code_of_the_lists_name(home: Home, landed: Landed) -> None:
    frame = landed(home, f"{SOURCE}__listing")
    given = frame[frame.nomis_code.notna() & ~frame.listed_name.str.fullmatch("(?i)transfer")]
    assert len(given) > 400
    pairs = zip(given.listed_name, given.nomis_code, strict=True)
    wrong = {(name, code) for name, code in pairs if register("prison").resolve(str(name)) != code}
    assert wrong == set()


@pytest.mark.slow
def test_the_sites_have_the_words_of_their_descriptions(home: Home, landed: Landed) -> None:
    frame = landed(home, f"{SOURCE}__site")
    sites = frame[frame.source_file == "hmpps_sites_map.json"]
    assert sites.site_type.value_counts().to_dict() == {"hmcts_site": 332, "probation_centre": 311, "prison": 122}
    at = sites.set_index("site_id")
    columns = ["local_authority_name", "local_authority_code", "postcode", "telephone"]
    office = ["East Riding of Yorkshire", "E06000011", "DN14 6XA", "01405 766194"]
    assert at.loc["1-airmyn-road", columns].tolist() == office
    feltham = at[at.prison_code == "FMI"].iloc[0]
    assert feltham[["cohort", "sex_held"]].tolist() == ["Young People, Trainer & Resettlement", "Mens Prison"]
    assert at.loc["royal-courts-of-justice", ["postcode", "region"]].tolist() == ["WC2A 2LL", "LON"]
    assert at[at.site_type == "prison"].prison_code.is_unique
    offices = at[at.site_type == "probation_centre"]
    # Forty are towns, misspellings or several at once; the register of names may come to know some of them.
    assert len(offices) - 40 <= offices.local_authority_code.notna().sum() < len(offices)


def test_the_recorded_answer_of_the_interface_reads_as_the_register_does(
    shared: Path, intake: TakeIn, landed: Landed, sources: Catalogue
) -> None:
    path = shared / "live" / "examples" / "prison_register_prisons.json"
    assert recognise(LooseFile(path), sources).source_ids == (SOURCE,)
    result, home = intake(SOURCE, path)
    assert (result.problems, result.rows_in, result.rows_landed) == ([], 2, 2)
    moorland = landed(home, f"{SOURCE}__prison").set_index("prison_code").loc["MDI"]
    assert moorland[["postcode", "operators", "categories"]].tolist() == ["DN7 6BW", "PSP", "B,C"]


@pytest.mark.parametrize(
    ("path", "column", "unresolved"),
    [
        # Broken words of a bulletin that was taken apart by somebody's program are no prisons.
        (
            "moj_monthly_population_bulletin/DERIVED_combined_prison_data_2012_2024.csv",
            "Prison Name",
            {"Camp", "Farms", "Hill", "House", "Low", "Shepton Mallet / Erlestoke"},
        ),
        ("moj_deaths_in_custody/DERIVED_deaths_by_prison_year.csv", "prison", {"Escort Areas"}),
        ("moj_omsq/AdjudicationsQ32022.csv", "Establishment", set()),
    ],
)
def test_every_prison_that_is_named_in_other_publications_has_a_code(
    published: Path, path: str, column: str, unresolved: set[str]
) -> None:
    with (published / "justice" / path).open(encoding="utf-8-sig", newline="") as text:
        names = {row[column] for row in csv.DictReader(text)} - {""}
    nobodys: dict[str, list[str]] = {}
    for name in names:
        try:
            register("prison").resolve(name)
        except UnknownNameError as error:
            nobodys[name] = [candidate.code for candidate in error.candidates]
    assert len(names) > 100 and set(nobodys) == unresolved
    if "Shepton Mallet / Erlestoke" in nobodys:
        assert nobodys["Shepton Mallet / Erlestoke"] == ["SMI"]
