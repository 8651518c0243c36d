"""Suites for the marts of a subject: prisons, women and children in custody, transfers to secure hospitals."""

from __future__ import annotations

from datetime import date

from expectations.suites import Suite
from expectations.suites.marts import SUITE
from expectations.suites.table import columns, filled, not_in_the_future, unique, value_or_status

PRISON = (
    *("prison_code", "prison_name", "names", "prison_type", "operator", "sex_held", "is_open", "region_code"),
    *("region_status", "district_code", "force_area_code", "gp_practice_code", "source_id", "release_id"),
)
PRISON_PROFILE = (
    *("prison_code", "prison_name", "measure_id", "measure_title", "unit", "domain", "period_type", "period_start"),
    *("period_end", "category_type", "category", "value", "lower_95", "upper_95", "numerator", "denominator"),
    *("status", "source_id", "release_id", "is_latest", "is_latest_release", "is_layout_only", "note"),
)
WOMEN_IN_CUSTODY = (
    *("measure_id", "measure_title", "unit", "domain", "period_type", "period_start", "period_end"),
    *("category_type", "category", "women_value", "men_value", "ratio", "ratio_lower_95", "ratio_upper_95"),
    *("status", "men_status", "source_id", "release_id", "is_latest", "is_latest_release", "is_layout_only"),
    *("note", "who_could_fill"),
)
CHILDREN_IN_CUSTODY = (
    *("measure_id", "measure_title", "unit", "domain", "area_code", "area_name", "area_level", "period_type"),
    *("period_start", "period_end", "sex", "age_band", "ethnic_group", "category_type", "category", "value"),
    *("lower_95", "upper_95", "numerator", "denominator", "status", "secure_stairs", "secure_stairs_evidence"),
    *("source_id", "release_id", "is_latest", "is_latest_release", "is_layout_only", "note"),
)
SECURE_HOSPITAL_TRANSFER = (
    *("measure_id", "measure_title", "unit", "domain", "area_code", "area_name", "area_level", "period_type"),
    *("period_start", "period_end", "category_type", "category", "part_of_the_act", "value", "status"),
    *("source_id", "release_id", "is_latest", "is_latest_release", "is_layout_only", "note", "who_could_fill"),
)

_PERIOD = ("period_type", "period_start", "period_end")
_GROUP = ("category_type", "category")
_ADVICE = "A join multiplied the rows: look for two names of one group, or two files of one release."


def suites(*, today: date) -> list[Suite]:
    """A suite for each table."""
    return [
        Suite(
            SUITE,
            "marts.prison",
            (
                columns(PRISON),
                filled("prison_code", "prison_name", "names", "region_status", "source_id"),
                unique("key_is_unique", ("prison_code",), advice="A register or a list gives the prison twice."),
            ),
        ),
        Suite(
            SUITE,
            "marts.prison_profile",
            (
                columns(PRISON_PROFILE),
                filled("prison_code", "prison_name", "measure_id", *_PERIOD, "status", "source_id", "release_id"),
                unique("key_is_unique", ("prison_code", "measure_id", *_PERIOD, *_GROUP, "release_id"), advice=_ADVICE),
                value_or_status("value"),
                not_in_the_future(today),
            ),
        ),
        Suite(
            SUITE,
            "marts.women_in_custody",
            (
                columns(WOMEN_IN_CUSTODY),
                filled("measure_id", "measure_title", "unit", "status", "men_status", "is_latest_release"),
                unique("key_is_unique", ("measure_id", *_PERIOD, *_GROUP, "release_id"), advice=_ADVICE),
                value_or_status("women_value"),
                not_in_the_future(today),
            ),
        ),
        Suite(
            SUITE,
            "marts.children_in_custody",
            (
                columns(CHILDREN_IN_CUSTODY),
                filled("measure_id", "area_level", *_PERIOD, "sex", "age_band", "status", "source_id", "release_id"),
                unique(
                    "key_is_unique",
                    (
                        *("measure_id", "area_code", "area_name", *_PERIOD, "sex", "age_band", "ethnic_group"),
                        *(*_GROUP, "source_id", "release_id"),
                    ),
                    advice=_ADVICE,
                ),
                value_or_status("value"),
                not_in_the_future(today),
            ),
        ),
        Suite(
            SUITE,
            "marts.secure_hospital_transfer",
            (
                columns(SECURE_HOSPITAL_TRANSFER),
                filled("measure_id", "area_code", "area_name", "area_level", "status", "is_latest_release"),
                unique(
                    "key_is_unique",
                    ("measure_id", "area_code", *_PERIOD, *_GROUP, "part_of_the_act", "release_id"),
                    advice=_ADVICE,
                ),
                value_or_status("value"),
                not_in_the_future(today),
            ),
        ),
    ]
