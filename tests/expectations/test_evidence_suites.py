"""What has to hold of the marts of studies and of the need estimated from them: the good passes, the broken fails."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from expectations.results import CheckResult
from expectations.suites import evidence

pytestmark = pytest.mark.slow

VALUES = {
    **dict.fromkeys(("is_verified", "is_used"), "true"),
    "why_not_used": "null::varchar",
    "measure": "'prevalence'",
    **dict.fromkeys(("standard_error", "people"), "1.0"),
    "people_log_sd": "0.0",
    "place_kind": "'country'",
    "place_code": "'K04000001'",
    "setting": "'prison'",
    "trust_grade": "'poor'",
    "counted_on": "date '2024-12-31'",
}
TABLES = {
    "study": evidence.STUDY,
    "study_estimate": evidence.STUDY_ESTIMATE,
    "study_age": evidence.STUDY_AGE,
    "contact_mix": evidence.CONTACT_MIX,
    "need_comparison": evidence.NEED_COMPARISON,
}
#: What the estimated tables say of the one figure, twice over strata.
ESTIMATED = """
create table marts.need_prevalence as select 'condition_id' as condition_id, 'prison' as setting, 'male' as sex,
    'remand' as custody_type, '21-29' as age_band, 'estimate_id' as estimates;
create table marts.need_estimate as select 'modelled' as status, 3.0 as value, 1.0 as lower_95, 7.0 as upper_95,
    10.0 as people, 10.0 as people_covered, 'poor' as trust_grade, null::double as unmet, null::double as observed,
    'Nobody counts them.' as why_no_unmet, null as reason, 'estimate_id' as estimates;
"""
FIGURE, MIX = "marts.study_estimate", "marts.contact_mix"

Check = Callable[[str, str], dict[str, CheckResult]]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("good") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts")
        for table, columns in TABLES.items():
            row = ", ".join(f"{VALUES.get(name, repr(name))} as {name}" for name in columns)
            connection.execute(f"create table marts.{table} as select {row}")
        connection.execute(ESTIMATED)
    return path


@pytest.fixture
def check(tmp_path: Path, good: Path) -> Check:
    """The results of one mart's suite, by name, after a change to good tables: ``check(table, change)``."""
    from expectations.engine import open_engine

    def run(table: str, change: str) -> dict[str, CheckResult]:
        path = tmp_path / "warehouse.duckdb"
        shutil.copyfile(good, path)
        if change:
            with duckdb.connect(str(path)) as connection:
                connection.execute(change)
        (suite,) = [s for s in evidence.suites() if s.table == table]
        with open_engine(path, tmp_path / "store") as engine:
            return {found.expectation: found for found in engine.check(suite)}

    return run


@pytest.mark.parametrize("table", [f"marts.{name}" for name in TABLES])
def test_good_tables_meet_every_expectation(check: Check, table: str) -> None:
    assert {name: r.observed for name, r in check(table, "").items() if not r.passed} == {}


@pytest.mark.parametrize(
    ("table", "change", "expectation"),
    [
        ("marts.study", "alter table marts.study drop column note", "columns_are_as_agreed"),
        (FIGURE, f"alter table {FIGURE} drop column note", "columns_are_as_agreed"),
        ("marts.study_age", "alter table marts.study_age drop column people_now", "columns_are_as_agreed"),
        (MIX, f"alter table {MIX} drop column place_name", "columns_are_as_agreed"),
        ("marts.need_comparison", "alter table marts.need_comparison drop column note", "columns_are_as_agreed"),
        *((f"marts.{name}", f"insert into marts.{name} from marts.{name}", "key_is_unique")
          for name in ("study", "study_age", "need_comparison")),
        (FIGURE, f"update {FIGURE} set sex = null", "required_columns_are_filled"),
        (FIGURE, f"update {FIGURE} set is_verified = false", "only_figures_that_were_read_are_used"),
        (FIGURE, f"update {FIGURE} set measure = 'positivity'", "only_figures_that_were_read_are_used"),
        (FIGURE, f"update {FIGURE} set why_not_used = 'why'", "only_figures_that_were_read_are_used"),
        (
            FIGURE,
            f"insert into {FIGURE} select * replace ('other' as estimate_id) from {FIGURE};"
            " update marts.need_prevalence set estimates = 'estimate_id; other'",
            "no_pool_has_two_figures_of_one_fieldwork",
        ),
        (FIGURE, "update marts.need_estimate set estimates = 'unheard_of'", "estimates_stand_on_used_figures_alone"),
        (FIGURE, "update marts.need_estimate set upper_95 = 2", "estimated_need_has_limits_or_a_reason"),
        (FIGURE, "update marts.need_estimate set people_covered = 2", "estimated_need_has_limits_or_a_reason"),
        (FIGURE, "update marts.need_estimate set why_no_unmet = null", "estimated_need_has_limits_or_a_reason"),
        (FIGURE, "update marts.need_estimate set status = 'not_available'", "estimated_need_has_limits_or_a_reason"),
        ("marts.study_age", "update marts.study_age set trust_grade = 'fair'", "grades_are_those_that_are_explained"),
        (MIX, f"update {MIX} set setting = 'court'", "settings_are_those_that_are_explained"),
        (
            MIX,
            f"insert into {MIX} select * replace ('prison' as place_kind, 'LPI' as place_code, 5 as people) from {MIX}",
            "places_add_up_to_the_country",
        ),
    ],
)  # fmt: skip
def test_what_is_broken_fails_its_expectation_alone(check: Check, table: str, change: str, expectation: str) -> None:
    assert [name for name, r in check(table, change).items() if not r.passed] == [expectation]
