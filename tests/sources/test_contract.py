"""Contracts: what is refused, and what every contract of the tree keeps to."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from sources import contract as contracts
from sources.catalogue import Catalogue
from sources.contract import PROVENANCE, STATUSES, Contract, Status
from sources.errors import ContractError
from tests import otherworld

Load = Callable[[str], Contract]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load_text(text: str) -> Contract:
        path = tmp_path / "contract.yaml"
        path.write_text(text, encoding="utf-8")
        return contracts.load(path)

    return load_text


_ANOTHER = "    - {period_end: 2024-09-30, promised_on: 2024-11-01, where: A rumour}\n"
_PACE = "every: year, usual_lag_days: 200, warn_after_days: 300, fail_after_days: 400"
_ENDED = "{after: 2024-12-31, why: No dragons are left, replaced_by: ' '}"


def _changed(old: str, new: str) -> str:
    assert old in otherworld.CONTRACT
    return otherworld.CONTRACT.replace(old, new, 1)


def test_a_whole_contract_loads(load: Load) -> None:
    contract = load(otherworld.CONTRACT)
    assert contract.tables["sighting"].grain == ("area_code", "month")
    assert contract.tables["sighting"].columns["value"].published_as[1].name == "Number of dragons"


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("title: Sightings of dragons\n", "title: Sightings of dragons\nlicense: OGL-UK-3.0\n", "license"),
        ("  usual_lag_days: 30\n", "  usual_lag_days: 30\n  lag: 3\n", "cadence.lag"),
        ("        unit: dragons\n", "        units: dragons\n", "tables.sighting.columns.value.units"),
        ("meaning: A count below three}", "meaning: A count below three, colour: red}", "markers.0.colour"),
        ("publisher: Otherworld Office\n", "", "publisher"),
    ],
)
def test_a_key_that_is_unknown_or_missing_is_refused_by_name(load: Load, old: str, new: str, named: str) -> None:
    with pytest.raises(ContractError, match=re.escape(f"{named}: ")) as refused:
        load(_changed(old, new))
    assert "contract.yaml" in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("grain: [area_code, month]", "grain: [area_code, phase_of_moon]", "phase_of_moon"),
        ("grain: [area_code, month]", "grain: []", "grain_reason"),
        ("grain: [area_code, month]", "grain: []\n    grain_reason: ' '", "grain_reason"),
        ("      remarks:\n", "      source_row:\n", r"\['source_row'\] are added by landing"),
        ("{text: '-', status: not", "{text: '*', status: not", "declared twice"),
        ("status: suppressed", "status: hidden", "markers.0.status"),
        ("status: suppressed", "columns: [moon], status: suppressed", "moon"),
        ("limit: 0.1, reason: Small districts share a watchtower", "limit: 0.1", "tolerances.0.reason"),
        ("reason: Small districts share a watchtower", "reason: ' '", "tolerances.0.reason"),
        ("reason: Few districts stop or start reporting.", "reason: ''", "row_count.reason"),
        ("      area_name:\n", "      Area Name:\n", "Area Name"),
        ("  every: month", "  every: full moon", "cadence.every"),
        ("{table: sighting, since", "{table: burning, since", r"the table \[burning\], which there is not"),
        ("effect: not_comparable}", "effect: not_comparable, where: {moon: [full]}}", r"columns .*\['moon'\]"),
        ("warn_after_days: 60", "warn_after_days: 20", "due .* before it is late"),
        ("fail_after_days: 120", "fail_after_days: 59", "due .* before it is late"),
        ("fail_after_days: 120", "fail_after_days: 120\n  incident_after: 0", "cadence.incident_after"),
        (", where: A notice on the watchtower", "", "cadence.promised.0.where"),
        (", where: A notice on the watchtower", ", where: ' '", "cadence.promised.0.where"),
        ("promised_on: 2024-10-25", "promised_on: soon", "cadence.promised.0.promised_on"),
        ("promised_on: 2024-10-25", "promised_on: 2024-09-30", "promised on 2024-09-30, before its period is over"),
        ("  promised:\n", f"  promised:\n{_ANOTHER}", r"\['2024-09-30'\] are promised twice"),
        ("weaknesses:", "senders: {level: watchtower, who: Watchers}\nweaknesses:", r"\[watchtower\].*area_levels"),
        ("weaknesses:", "senders: {level: local_authority_district}\nweaknesses:", "senders.who"),
        ("    kind: figures", "    ended: {after: 2024-12-31}\n    kind: figures", "tables.sighting.ended.why"),
        (
            "    kind: figures",
            "    ended: {after: 2024-12-31, why: ''}\n    kind: figures",
            "tables.sighting.ended.why",
        ),
        ("    kind: figures", "    ended: {why: No dragons}\n    kind: figures", "tables.sighting.ended.after"),
        ("    kind: figures", f"    ended: {_ENDED}\n    kind: figures", "tables.sighting.ended.replaced_by"),
        ("    kind: figures", f"    cadence: {{{_PACE}}}\n    kind: figures", "tables.sighting.cadence.reason"),
        (
            "    kind: figures",
            f"    cadence: {{{_PACE}, reason: None, promised: []}}\n    kind: figures",
            "tables.sighting.cadence.promised",
        ),
        (
            "    kind: figures",
            f"    cadence: {{{_PACE.replace('300', '30')}, reason: None}}\n    kind: figures",
            "due .* before it is late",
        ),
    ],
)
def test_a_contract_that_contradicts_itself_or_gives_no_reason_is_refused(
    load: Load, old: str, new: str, says: str
) -> None:
    with pytest.raises(ContractError, match=says):
        load(_changed(old, new))


def test_a_contract_says_who_sends_what_is_promised_and_what_has_ended(load: Load) -> None:
    told = _changed("weaknesses:", "senders: {level: local_authority_district, who: Watchtowers}\nweaknesses:")
    ended = "    ended: {after: 2024-12-31, why: No dragons are left}\n    kind: figures"
    contract = load(told.replace("    kind: figures", ended, 1))
    assert contract.senders
    assert contract.senders.who == "Watchtowers"
    assert contract.cadence.incident_after == 3
    assert [(p.period_end.month, p.promised_on.day) for p in contract.cadence.promised] == [(9, 25)]
    assert contract.tables["sighting"].ended
    plain = load(otherworld.CONTRACT)
    assert (plain.senders, plain.tables["sighting"].ended) == (None, None)


def test_a_table_without_a_grain_is_taken_where_it_says_why(load: Load) -> None:
    contract = load(_changed("grain: [area_code, month]", "grain: []\n    grain_reason: Dragons are not numbered."))
    assert contract.tables["sighting"].grain_reason == "Dragons are not numbered."


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"member: ['(?:.*/)?dragon", r"member: ['(?:.*/?dragon"),
        (r"exclude: ['.*-template\.csv']", r"exclude: ['*.csv']"),
        (r"exclude: ['.*-template\.csv']", "sheets: [['(']]"),
        (r"exclude: ['.*-template\.csv']", "header_patterns: [{has: ['[']}]"),
        ("published_as: [Remarks]", "published_as: [{name: 'Remarks (', is_pattern: true}]"),
    ],
)
def test_a_broken_regular_expression_is_refused_with_the_contract_named(load: Load, old: str, new: str) -> None:
    with pytest.raises(ContractError, match=r"contract\.yaml.* is not a regular expression"):
        load(_changed(old, new))


def test_a_plain_published_name_may_hold_what_would_break_a_regular_expression(load: Load) -> None:
    contract = load(_changed("published_as: [Remarks]", "published_as: ['Remarks (free text']"))
    assert contract.tables["sighting"].columns["remarks"].published_as[0].name == "Remarks (free text"


def test_a_key_that_stands_twice_is_refused_and_not_silently_lost(load: Load) -> None:
    twice = _changed("      remarks:\n", "      area_name: {type: text, description: Again.}\n      remarks:\n")
    with pytest.raises(ContractError, match=r"\['area_name'\] stand twice"):
        load(twice)


@pytest.mark.parametrize("raw", [b"", b"title: [", b"title: caf\xe9\n", b"- a\n- b\n", b"\x00"])
def test_what_is_no_contract_at_all_is_refused_with_the_file_named(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "contract.yaml"
    path.write_bytes(raw)
    with pytest.raises(ContractError, match=r"contract\.yaml"):
        contracts.load(path)


def test_a_contract_cannot_be_changed_once_it_is_loaded(load: Load) -> None:
    contract = load(otherworld.CONTRACT)
    with pytest.raises(ValueError, match="frozen"):
        contract.title = "Sightings of griffins"  # pyright: ignore[reportAttributeAccessIssue]


def test_a_marker_of_one_column_is_no_marker_in_another(load: Load) -> None:
    contract = load(_changed("{text: '-', ", "{text: '-', columns: [value], "))
    columns = contract.tables["sighting"].columns
    assert [m.text for m in contract.markers_of(columns["value"])] == ["*", "-"]
    assert [m.text for m in contract.markers_of(columns["remarks"])] == ["*"]


def test_a_table_of_which_no_file_was_at_hand_says_so_for_itself(load: Load) -> None:
    tried = otherworld.CONTRACT.replace("evidence: layout only", "evidence: published files", 1)
    assert load(tried).evidence("sighting") == "published files"
    untried = tried.replace("    kind: figures\n", "    kind: figures\n    is_layout_only: true\n", 1)
    assert load(untried).evidence("sighting") == "layout only"
    assert load(otherworld.CONTRACT).evidence("sighting") == "layout only"


def test_the_statuses_are_the_vocabulary_that_was_agreed() -> None:
    agreed = (
        "observed provisional revised estimated modelled suppressed rounded low_reliability not_applicable"
        " not_available missing"
    )
    assert tuple(agreed.split()) == STATUSES == get_args(Status)


def test_every_contract_of_the_tree_loads_and_there_are_some(sources: Catalogue) -> None:
    assert "police_uk_street" in sources
    assert all(source.contract.tables for source in sources.values())


def test_every_marker_of_the_tree_means_a_status_of_the_vocabulary(sources: Catalogue) -> None:
    wrong = [(s.id, m.text) for s in sources.values() for m in s.contract.markers if m.status not in STATUSES]
    assert not wrong


def test_every_tolerance_of_the_tree_gives_a_reason_of_several_words(sources: Catalogue) -> None:
    reasons = {
        f"{source.id}: {where}": reason
        for source in sources.values()
        for where, reason in [
            *((tolerance.what, tolerance.reason) for tolerance in source.contract.tolerances),
            *((name, t.row_count.reason) for name, t in source.contract.tables.items() if t.row_count),
            *((name, t.grain_reason or "") for name, t in source.contract.tables.items() if not t.grain),
            ("cadence", source.contract.cadence.reason),
        ]
    }
    assert reasons
    assert not {where: reason for where, reason in reasons.items() if len(reason.split()) < 3}


def test_every_column_of_the_tree_can_be_found_in_a_file_or_is_made_by_its_reader(sources: Catalogue) -> None:
    lost = [
        f"{source.id}.{table}.{name}"
        for source, table, declared in sources.tables()
        for name, column in declared.columns.items()
        if not column.published_as and not column.is_derived
    ]
    assert not lost


def test_every_table_of_the_tree_carries_the_provenance_of_its_kind(sources: Catalogue) -> None:
    for _, _, table in sources.tables():
        whole_record = ("release_id", "archive_sha256", "source_file")
        assert table.provenance == (whole_record if table.kind == "events" else tuple(PROVENANCE))


def test_a_promised_day_of_the_tree_is_near_the_day_that_is_usual(sources: Catalogue) -> None:
    """More than two months off is a slip of the pen, or a usual lag that is no longer usual."""
    far = [
        (source.id, str(promise.period_end), lag)
        for source in sources.values()
        for promise in source.contract.cadence.promised
        if abs((lag := (promise.promised_on - promise.period_end).days) - source.contract.cadence.usual_lag_days) > 62
    ]
    assert not far


def test_a_missing_quarter_or_year_of_the_tree_is_late_before_the_next_one_is_due(sources: Catalogue) -> None:
    """Thresholds are of one period, counted from its end, and not of how old the newest may get till the next comes."""
    length = {"quarter": 92, "year": 366}
    wrong = {
        source.id: (cadence.usual_lag_days, cadence.warn_after_days)
        for source in sources.values()
        if (cadence := source.contract.cadence).every in length
        and cadence.warn_after_days > cadence.usual_lag_days + length[cadence.every]
    }
    assert not wrong


def test_a_table_of_the_tree_ends_with_a_reason_and_never_with_all_of_a_regular_source(
    sources: Catalogue,
) -> None:
    ended = [(source, name) for source, name, table in sources.tables() if table.ended]
    assert ("hes_admissions", "drug_admission") in {(source.id, name) for source, name in ended}
    for source, name in ended:
        end = source.contract.tables[name].ended
        assert end
        assert len(end.why.split()) > 3
        assert end.after >= (source.contract.first_period or end.after)
        alive = [other for other, table in source.contract.tables.items() if not table.ended]
        assert alive or source.contract.cadence.every == "irregular"


def test_figures_that_police_forces_and_local_authorities_send_say_so(sources: Catalogue) -> None:
    levels = {source.id: source.contract.senders.level for source in sources.values() if source.contract.senders}
    police = [i for i in sources if i.startswith("police_uk_") or (i.startswith("ho_") and i != "ho_alcohol_licensing")]
    assert {levels[i] for i in police} == {"police_force_area"}
    assert levels["mhclg_homelessness"] == "local_authority_district"
    assert levels["dfe_social_care"] == "upper_tier_local_authority"
    assert not [i for i in levels if i.startswith(("ons_", "nomis_", "moj_"))]


def test_a_table_goes_at_the_pace_of_its_source_unless_it_has_its_own(load: Load) -> None:
    assert load(otherworld.CONTRACT).pace("sighting").every == "month"
    own = load(_changed("    kind: figures", f"    cadence: {{{_PACE}, reason: Dragons winter}}\n    kind: figures"))
    assert own.pace("sighting").every == "year"
    assert own.cadence.every == "month"
