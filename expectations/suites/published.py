"""A suite for the published file as a whole, asked of the working file before it is published."""

from __future__ import annotations

from expectations.suites import Expectation, NoRows, Suite, text_list

SUITE = "published"
TABLE = "published.health_justice"

#: Names of columns that only a record of one person has.
_OF_A_PERSON = (
    *("forename", "first_name", "surname", "last_name", "full_name", "date_of_birth", "dob", "nhs_number", "ni_number"),
    *("national_insurance_number", "prison_number", "pnc_id", "pnc_number", "cro_number", "noms_number", "noms_id"),
    *("home_postcode", "home_address", "telephone", "phone_number", "email", "crime_id", "person_id", "patient_id"),
    *("offender_id", "nomis_id", "custody_number", "hospital_number"),
)
_TABLES = "t.schema_name in ('marts', 'meta') and not t.internal and t.database_name = current_database()"
#: A table that has lost more than this of its rows since the last build has lost something, unless it had few.
_COLLAPSED, _FEW = 0.5, 20


def suites() -> list[Suite]:
    """The suite, in a list as the others are."""
    return [Suite(SUITE, TABLE, _whole(), checked="meta.build")]


def _whole() -> tuple[Expectation, ...]:
    return (
        Expectation(
            name="every_table_is_described",
            rule=NoRows(
                "select t.schema_name, t.table_name from duckdb_tables() as t"
                f" where {_TABLES} and coalesce(trim(t.comment), '') = ''"
            ),
            severity="error",
            reason="Whoever opens the file has nothing else to go by.",
            expected="a comment on every table of marts and meta",
            advice="Describe the model in its folder's YAML; persist_docs writes it into the file.",
        ),
        Expectation(
            name="every_table_has_a_grain",
            rule=NoRows(
                "select t.schema_name, t.table_name, p.grain from duckdb_tables() as t"
                " left join meta.published_table as p on p.table_schema = t.schema_name and p.table_name = t.table_name"
                f" where {_TABLES} and (p.grain is null or exists (select 1 from ("
                "select unnest(string_split(p.grain, ', ')) as column_name) as g where g.column_name not in ("
                "select c.column_name from duckdb_columns() as c where c.database_name = current_database()"
                " and c.schema_name = t.schema_name and c.table_name = t.table_name)))"
            ),
            severity="error",
            reason="Who does not know what one row is counts rows twice.",
            expected="for every table of marts and meta a grain in meta.published_table, of columns that it has",
            advice="State the grain in config.meta of the model's YAML.",
        ),
        Expectation(
            name="no_column_is_of_a_person",
            rule=NoRows(
                "select c.schema_name, c.table_name, c.column_name from duckdb_columns() as c"
                " where c.schema_name in ('marts', 'meta') and c.database_name = current_database()"
                f" and lower(c.column_name) in ({text_list(_OF_A_PERSON)})"
            ),
            severity="error",
            reason="People are not in the published file.",
            expected="no column that names, numbers or locates one person",
            advice="Take the column out of the mart: records of people leave their zone only as counts.",
        ),
        Expectation(
            name="synthetic_says_so",
            rule=NoRows(
                "select edition, is_synthetic, note from checked"
                " where (edition = 'sample') is distinct from is_synthetic"
                " or (is_synthetic and coalesce(note, '') not like 'SYNTHETIC%')"
                " or (not is_synthetic and coalesce(note, '') like 'SYNTHETIC%')"
            ),
            severity="error",
            reason="A synthetic figure must never pass for a real one.",
            expected="is_synthetic and a note that begins so in the sample edition, and in no other",
            advice="meta.build is written by orchestration/describing.py: see what edition it was given.",
        ),
        Expectation(
            name="every_source_that_is_named_is_described",
            rule=NoRows(
                "select n.table_name, n.source_id, n.rows_of_source from ("
                "select 'marts.indicator' as table_name, source_id, count(*) as rows_of_source from marts.indicator"
                " where source_id is not null group by source_id union all"
                " select 'meta.release', source_id, count(*) from meta.release group by source_id union all"
                " select 'meta.quarantine', source_id, count(*) from meta.quarantine group by source_id union all"
                " select 'meta.granted_exemption', source_id, count(*) from meta.granted_exemption group by source_id"
                ") as n where n.source_id not in (select source_id from meta.source where source_id is not null)"
            ),
            severity="error",
            reason="A figure without a publisher and a licence may not be published.",
            expected="every source_id in meta.source",
            advice="Write the source's id as the catalogue has it; an exemption may be of a source that is gone.",
        ),
        Expectation(
            name="every_source_has_its_licence",
            rule=NoRows(
                "select source_id, publisher, licence, attribution from meta.source"
                " where coalesce(trim(publisher), '') = '' or coalesce(trim(licence), '') = ''"
            ),
            severity="error",
            reason="Without a licence nothing of it may be passed on.",
            expected="publisher and licence of every source in meta.source",
            advice="Complete the source's contract.yaml.",
        ),
        Expectation(
            name="rows_have_not_collapsed",
            rule=NoRows(
                "select table_schema, table_name, row_count, row_count_before from meta.published_table"
                f" where row_count_before >= {_FEW} and row_count < {_COLLAPSED} * row_count_before"
            ),
            severity="warn",
            reason="A table may shrink for good reasons, which only a person can tell.",
            expected=f"every table with at least {_COLLAPSED:.0%} of the rows that it had in the last build"
            f" (of those with {_FEW} or more)",
            advice="Look at meta.change and at what left landing; if the loss is meant, the next build is quiet again.",
        ),
    )
