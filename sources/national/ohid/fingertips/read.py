"""Reads a Fingertips download: one record a row, as the service gives it by indicator or by profile."""

from __future__ import annotations

from collections.abc import Iterator

from sources.contract import Contract
from sources.landing import literal, number, quote
from sources.reading import PublishedFile, Records, delimited

#: Indicators whose values are estimates from a model rather than counts of the area's own events: estimated
#: prevalence of common mental disorders; dependent drinkers and opiate or crack users not in treatment, whose
#: denominators are prevalence estimates.
_MODELLED = (93495, 93517, 93532)

_SUPPRESSED = r"suppress|disclos|small (number|count|value)|(number|count)s? (is |are |was |were )?too small"

#: Rows written by hand or by older versions of the service end before the last columns, which are blank then.
_OPTIONAL_AT_END = 2


def read(file: PublishedFile, contract: Contract) -> Iterator[Records]:
    """One table, a row a record, read by DuckDB; blank values get their status from the value note."""
    records = delimited.records(
        file, "indicator_value", contract.tables["indicator_value"], optional_at_end=_OPTIONAL_AT_END
    )
    cells = {name: quote(header) for name, header in records.columns.items()}
    # A real value of -1 has other limits than -1.
    value = (
        f"case when {cells['value']} = '-1' and {cells['lower_95']} = '-1' and {cells['upper_95']} = '-1' then null"
        f" else {number(cells['value'])} end"
    )
    note = cells["value_note"]
    is_modelled = f"{cells['indicator_id']} in ({', '.join(literal(str(one)) for one in _MODELLED)})"
    records.expressions = {
        "value": value,
        "status": (
            f"case when ({value}) is not null then case when {is_modelled} then 'modelled' else 'observed' end"
            f" when regexp_matches({note}, {literal(_SUPPRESSED)}, 'i') then 'suppressed'"
            f" when trim({note}) <> '' or {cells['value']} = '-1' then 'not_available' else 'missing' end"
        ),
        "indicator_name": rf"regexp_replace({cells['indicator_name']}, '^\s+|\s+$', '', 'g')",
    }
    yield records
