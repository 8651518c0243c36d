"""The registers of names: what resolves, on which day, and that the registers themselves contradict nothing."""

from __future__ import annotations

import csv
import re
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.places import code_changes, districts, names
from sources.places.names import Named, Register, UnknownNameError, plain, register

FOLDER = Path(names.__file__).parent / "names"
KINDS = sorted(path.stem for path in FOLDER.glob("*.csv"))
FORMS = {
    "local_authority": r"(E0[6-9]|E10|W06)\d{6}",
    "police_force": r"(E23|W15)\d{6}",
    "community_safety_partnership": r"(E22|W14)\d{6}",
    "region": r"E12\d{6}",
    "country": r"([EWSN]92|K0[234])\d{6}",
    "integrated_care_board": r"E54\d{6}",
    "health_board": r"W11\d{6}",
    "metropolitan_county": r"E11\d{6}",
    "prison": r"[A-Z][A-Z0-9]{1,3}",
}


def named(code: str, name: str, *, since: date | None = None, until: date | None = None) -> Named:
    return Named(code, name, is_current_name=True, valid_from=since, valid_to=until)


COUNTIES = Register(
    "local_authority",
    [
        named("E10000027", "Somerset", until=date(2023, 3, 31)),
        named("E06000066", "Somerset", since=date(2023, 4, 1)),
        named("E07000189", "South Somerset", until=date(2023, 3, 31)),
    ],
)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Kingston-upon-Hull", "Kingston on Hull"),
        ("St. Helens", "Saint Helens"),
        ("Ynys Môn", "YNYS  MON"),
        ("King’s Lynn & West Norfolk", "Kings Lynn and West Norfolk"),
        ("Bristol, City of", "bristol city of "),
        ("avon-and-somerset", "Avon & Somerset"),
    ],
)
def test_names_that_differ_in_spelling_alone_are_one(left: str, right: str) -> None:
    assert plain(left) == plain(right)


@given(st.text())
def test_any_text_can_be_made_plain_and_a_plain_one_stays_as_it_is(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert once == " ".join(once.split())


def test_the_day_decides_between_two_codes_of_one_name() -> None:
    assert COUNTIES.resolve("Somerset", on=date(2023, 3, 31)) == "E10000027"
    assert COUNTIES.resolve("somerset", on=date(2023, 4, 1)) == "E06000066"


def test_a_name_of_two_codes_without_a_day_is_refused_with_both() -> None:
    with pytest.raises(UnknownNameError, match="is the name of more than one local authority") as caught:
        COUNTIES.resolve("Somerset")
    assert [candidate.code for candidate in caught.value.candidates] == ["E10000027", "E06000066"]


def test_a_name_that_only_ever_meant_one_place_means_it_after_its_time() -> None:
    assert COUNTIES.resolve("South Somerset", on=date(2025, 1, 1)) == "E07000189"


def test_an_unknown_name_is_refused_with_the_nearest_one_a_code() -> None:
    with pytest.raises(UnknownNameError) as caught:
        register("local_authority").resolve("Hartlepol", on=date(2024, 1, 1))
    assert caught.value.candidates[0].code == "E06000001"
    assert "no local authority is known by the name [Hartlepol]; nearest: [Hartlepool] (E06000001)" in str(caught.value)
    codes = [candidate.code for candidate in caught.value.candidates]
    assert len(codes) == len(set(codes)) <= 3


def test_a_name_like_no_other_has_no_candidates() -> None:
    with pytest.raises(UnknownNameError, match="nearest: none") as caught:
        register("region").resolve("qqqqqqqq")
    assert caught.value.candidates == ()


def test_a_joint_service_is_no_local_authority() -> None:
    for name in ("Cornwall & Isles of Scilly", "Cornwall and the Isles of Scilly"):
        with pytest.raises(UnknownNameError):
            register("local_authority").resolve(name)


@pytest.mark.parametrize(
    ("kind", "name", "on", "code"),
    [
        ("local_authority", "St Albans", date(2011, 6, 30), "E07000100"),
        ("local_authority", "St. Albans", date(2013, 6, 30), "E07000240"),
        ("local_authority", "Northumberland UA", date(2013, 3, 31), "E06000048"),
        ("local_authority", "Northumberland", date(2013, 4, 1), "E06000057"),
        ("local_authority", "Sheffield City Council", date(2024, 6, 30), "E08000019"),
        ("local_authority", "Sheffield", date(2025, 6, 30), "E08000039"),
        ("local_authority", "Dorset", date(2019, 3, 31), "E10000009"),
        ("local_authority", "Dorset", date(2019, 4, 1), "E06000059"),
        ("local_authority", "Shepway", date(2020, 1, 1), "E07000112"),
        ("local_authority", "Sir Fynwy", None, "W06000021"),
        ("local_authority", "Rhondda, Cynon, Taff", None, "W06000016"),
        ("local_authority", "Herefordshire", None, "E06000019"),
        ("local_authority", "Hull", None, "E06000010"),
        ("police_force", "Devon & Cornwall", None, "E23000035"),
        ("police_force", "Hampshire and Isle of Wight Constabulary", None, "E23000030"),
        ("police_force", "metropolitan", None, "E23000001"),
        ("community_safety_partnership", "Merthyr Tydfil", date(2016, 4, 1), "W14000017"),
        ("region", "Yorkshire & Humber", None, "E12000003"),
        ("country", "Cymru", None, "W92000004"),
        ("integrated_care_board", "NHS Devon ICB", None, "E54000037"),
        ("health_board", "Cwm Taf UHB", date(2018, 1, 1), "W11000027"),
    ],
)
def test_published_spellings_resolve_to_their_codes(kind: str, name: str, on: date | None, code: str) -> None:
    assert register(kind).resolve(name, on=on) == code


def test_every_district_and_every_changed_code_of_an_authority_has_its_name_in_the_register() -> None:
    authorities = register("local_authority")
    for district in districts():
        assert authorities.resolve(district.lad_name, on=date(2024, 6, 30)) == district.lad_code
        assert (
            register("community_safety_partnership").resolve(district.csp_name, on=date(2024, 6, 30))
            == district.csp_code
        )
        assert register("police_force").resolve(district.pfa_name) == district.pfa_code
    for change in code_changes():
        if re.fullmatch(FORMS["local_authority"], change.old_code):
            last_day = date(int(change.change_year), 3, 31)
            assert authorities.resolve(change.old_name, on=last_day) == change.old_code
            if change.new_code:
                assert authorities.resolve(change.new_name, on=date(int(change.change_year), 4, 1)) == change.new_code


def test_what_a_prison_is_called_does_not_keep_it_from_its_name() -> None:
    prisons = Register("prison", [named("LEI", "Leeds"), named("HMX", "HMP")])
    assert {prisons.resolve(name) for name in ("HMP/YOI Leeds", "LEEDS (HMP & YOI)", "leeds")} == {"LEI"}
    assert prisons.resolve("HMP") == "HMX"
    # Only prisons have designations.
    with pytest.raises(UnknownNameError):
        Register("region", [named("E12000002", "North West")]).resolve("HMP North West")


def test_the_current_name_is_the_one_that_is_said_to_be() -> None:
    assert register("local_authority").current_name("E07000112") == "Folkestone and Hythe"
    with pytest.raises(KeyError):
        register("local_authority").current_name("E07999999")


@pytest.mark.parametrize("kind", KINDS)
def test_every_register_is_well_formed(kind: str) -> None:
    with (FOLDER / f"{kind}.csv").open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert rows
    assert list(rows[0]) == ["code", "name", "is_current_name", "valid_from", "valid_to"]
    assert {row["is_current_name"] for row in rows} <= {"true", "false"}
    for row in rows:
        assert re.fullmatch(FORMS.get(kind, r"\S+"), row["code"]), row
        assert plain(row["name"]), row
        assert row["name"] == row["name"].strip(), row
    for entry in register(kind).names:
        assert entry.valid_from is None or entry.valid_to is None or entry.valid_from <= entry.valid_to, entry


@pytest.mark.parametrize("kind", KINDS)
def test_no_name_means_two_places_on_one_day(kind: str) -> None:
    by_name: dict[str, list[Named]] = {}
    for entry in register(kind).names:
        by_name.setdefault(plain(entry.name), []).append(entry)
    for entries in by_name.values():
        for one, other in combinations(entries, 2):
            starts = max(one.valid_from or date.min, other.valid_from or date.min)
            ends = min(one.valid_to or date.max, other.valid_to or date.max)
            assert one.code == other.code or starts > ends, (one, other)


@pytest.mark.parametrize("kind", KINDS)
def test_each_code_has_one_current_name_at_a_time(kind: str) -> None:
    current: dict[str, list[Named]] = {}
    for entry in register(kind).names:
        if entry.is_current_name:
            current.setdefault(entry.code, []).append(entry)
    assert set(current) == {entry.code for entry in register(kind).names}
    assert [entries for entries in current.values() if len(entries) > 1] == []
