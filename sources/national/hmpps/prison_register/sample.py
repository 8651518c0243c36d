"""Prison registers in the publisher's layouts. Prisons, codes and names are real; all else is synthetic and says so."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

from sources import places, writing
from sources.places.names import Named, register

#: Prisons with no day of closing in the lists of 2017 that the register has as inactive.
_LONG_CLOSED = {"ANI", "CEI", "CPI", "CRI", "FII", "GPI", "MWI", "NOI", "OXI", "PCI", "RLI", "RUI", "STC2", "TAI"}
_CONTRACTED = {
    "ACI",
    "ASI",
    "BZI",
    "DGI",
    "DNI",
    "FBI",
    "FEI",
    "FWI",
    "LGI",
    "NLI",
    "OWI",
    "PBI",
    "PFI",
    "PRI",
    "PYI",
    "RHI",
    "STC3",
    "TSI",
}
_WOMEN = {"AGI", "BZI", "DHI", "DWI", "ESI", "EWI", "FHI", "LNI", "NHI", "PFI", "SDI", "STI"}
_WALES = {"BWI", "CFI", "PRI", "PYI", "SWI", "UKI", "UPI"}
_REGIONS = (
    "Region A - North East",
    "Region B - North West",
    "Region C - Yorkshire and Humberside",
    "Region D - Wales",
    "Region E - West Midlands",
    "Region F - East Midlands",
    "Region G - South West",
    "Region H - South Central",
    "Region I - East of England",
    "Region J - London",
    "Region K - Kent, Surrey and Sussex",
    "Region L - Greater Manchester",
)
_REGISTER = (
    "prison_id",
    "name",
    "active",
    "male",
    "female",
    "contracted",
    "inactive_date",
    "prison_name_in_welsh",
    "types",
    "categories",
    "operators",
    "gp_practice_code",
    "address_line1",
    "address_line2",
    "town",
    "county",
    "postcode",
    "country",
)
_ESTATE = (
    "Prison",
    "HMPPS Region",
    "Operator",
    "Predominant Function",
    "Cohort of Prisoners Held",
    "Designation",
    "Notes",
    "Postal Address ",
    "Telephone",
    "Probation Service Region",
    "Expected Resettlement Region",
    "UI",
)
_PAGE = 16


def write(folder: Path, *, seed: int, scale: float) -> None:
    """The register, the list of prisons, the NOMIS codes, the site map and a code list; the same for every scale.

    ``prison_register.csv`` (171 prisons), ``Prison_Estate_register.xlsx`` (the open ones, with the page heads and the
    key of the real list), ``nomis-codes.tsv``, ``hmpps_sites_map.json`` (prisons, an office a police force area, two
    courts) and ``nomis_reference_region.csv``.
    """
    del scale
    chance = random.Random(seed)
    prisons = [named for named in register("prison").names if named.is_current_name]
    still_open = [named for named in prisons if not named.valid_to and named.code not in _LONG_CLOSED]
    _write_register(folder / "prison_register.csv", prisons, {named.code for named in still_open})
    _write_estate(folder / "Prison_Estate_register.xlsx", still_open, chance)
    writing.write_csv(
        folder / "nomis-codes.tsv",
        [["nomis", "name"], *([named.code, f"{named.name.upper()} (HMP)"] for named in still_open)],
        delimiter="\t",
    )
    _write_sites(folder / "hmpps_sites_map.json", still_open)
    regions = (("LON", "London"), ("WALES", "Wales"), ("YP", "Young People"))
    rows = [["code", "description", "active"], *([code, name, "true"] for code, name in regions)]
    writing.write_csv(folder / "nomis_reference_region.csv", rows)


def _operator(prison: Named) -> str:
    return "Contractor (synthetic)" if prison.code in _CONTRACTED else "PSP"


def _write_register(path: Path, prisons: Sequence[Named], still_open: set[str]) -> None:
    rows: list[list[str]] = []
    for number, prison in enumerate(prisons, start=1):
        is_open = prison.code in still_open
        is_for_women = prison.code in _WOMEN
        country = "Wales" if prison.code in _WALES else "England"
        place = [f"Y9{number:04}", "SYNTHETIC address", "", "Synthetic Town", "", f"ZZ{number % 90 + 1} 1ZZ", country]
        rows.append(
            [
                prison.code,
                f"{prison.name} (HMP)",
                str(int(is_open)),
                str(int(is_open and not is_for_women)),
                str(int(is_open and is_for_women)),
                str(int(_operator(prison) != "PSP")),
                "",
                "",
                "HMP" if is_open else "",
                "B,C" if is_open and number % 3 == 0 else "",
                _operator(prison),
                *(place if is_open else [""] * len(place)),
            ]
        )
    writing.write_csv(path, [_REGISTER, *rows])


def _write_estate(path: Path, prisons: Sequence[Named], chance: random.Random) -> None:
    title = (
        "The prison estate in England and Wales, including public and contracted prisons. Revised July 2026. SYNTHETIC"
    )
    rows: list[list[str | int | None]] = [[None, title], list(_ESTATE)]
    for number, prison in enumerate(prisons, start=1):
        if number % _PAGE == 0:
            rows.append([*_ESTATE[:-1], None])
        is_for_women = prison.code in _WOMEN
        region = "Region D - Wales" if prison.code in _WALES else chance.choice(_REGIONS)
        rows.append(
            [
                prison.name,
                "Women’s Estate" if is_for_women else "Synthetic Group",
                _operator(prison),
                "Female" if is_for_women else chance.choice(["Reception", "Cat C", "Cat B", "Open"]),
                chance.choice(["Reception & Resettlement", "Trainer", "Resettlement"]),
                "Dual Designated Prison" if is_for_women else "Prison",
                "Synthetic",
                f"1 Synthetic Road, \nZZ{number % 90 + 1} 1ZZ",
                "(01234) 567 890",
                region,
                f"{region} \nNational Resource",
                number,
            ]
        )
    rows += [[], [], ["Key"], ["PSP", "Public sector prison"], [], ["Summary"], ["Every detail here is SYNTHETIC."]]
    writing.write_xlsx(path, {"Prison Estate": rows})


def _write_sites(path: Path, prisons: Sequence[Named]) -> None:
    address = "SYNTHETIC address, ZZ1 1ZZ"
    sites = []
    for prison in prisons:
        about = {
            "Address": address,
            "Prison Region": "SYNTHETIC GROUP",
            "Operator": "Public Sector Prison",
            "Telephone": "(01234) 567 890",
            "Cohort of Prisoners Held": "Trainer, \nResettlement",
            "Predominant Function": "Cat C Trainer",
            "Gender": "Womens Prison" if prison.code in _WOMEN else "Mens Prison",
            "Prison Sub-Group 1": "PUBLIC SECTOR PRISONS",
            "Prison Sub-Group 2": "None",
            "Information": "Nothing said here is real.",
        }
        sites.append(_site(f"HMP {prison.name}", "prison", "Prison addresses", about))
    first_of_area = {district.pfa_code: district for district in reversed(places.districts())}
    for district in sorted(first_of_area.values(), key=lambda one: one.pfa_code):
        about = {
            "Probation Region": "Synthetic",
            "Local Authority": f"{district.lad_name} ",
            "Type of Building": "Contact Centre/Probation Office",
            "Address": address,
            "Functional Mail Box/E-mail (for public queries)": "one@example.org\ntwo@example.org",
            "Office Phone Number": "01234 567890",
        }
        name = f"{district.lad_name} Probation Office"
        sites.append(_site(name, "probation_centre", "Probation Service reporting & contact centres", about))
    for town in ("Synthetic Magistrates", "Synthetic Crown"):
        about = {
            "Adress": "SYNTHETIC STREET",
            "Postcode": "ZZ11ZZ",
            "Court Region": "LON",
            "Jurisdiction (From MDS)": "Crime",
        }
        sites.append(_site(f"{town} Court", "hmcts_site", "HMCTS addresses", about))
    path.write_text(json.dumps(sites, indent=2, ensure_ascii=False), encoding="utf-8")


def _site(name: str, kind: str, group: str, about: dict[str, str]) -> dict[str, str | None]:
    return {
        "id": name.lower().replace(" ", "-"),
        "name": name,
        "type": kind,
        "source_group": group,
        "description": "\n".join(f"{label}: {text}" for label, text in about.items()),
        "styleUrl": "#icon",
        "latitude": None,
        "longitude": None,
    }
