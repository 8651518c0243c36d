"""SQL for the cells of large delimited files, which DuckDB reads: days, kinds of period, codes of named places."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

from sources.landing import literal
from sources.places.names import register


def day(cell: str) -> str:
    """SQL for a day written ``30/09/2024`` or ``2024-09-30``; null where it is neither."""
    forms = ", ".join(f"try_strptime(trim({cell}), '{form}')" for form in ("%d/%m/%Y", "%Y-%m-%d"))
    return f"cast(coalesce({forms}) as date)"


def period_type(start: str, end: str) -> str:
    """SQL for the kind of a stretch of whole months from its first and last day; null where it is of no kind.

    Any three months are a quarter, and any twelve that are no calendar, financial or academic year a rolling one.
    """
    year = (
        f"case month({start}) when 1 then 'calendar_year' when 4 then 'financial_year' when 9 then 'academic_year'"
        f" else 'rolling_year' end"
    )
    return (
        f"case when day({start}) = 1 and {end} = last_day({end}) then case date_diff('month', {start}, {end}) + 1"
        f" when 1 then 'month' when 3 then 'quarter' when 6 then 'half_year' when 12 then {year} end end"
    )


def code_of_name(kind: str, cell: str) -> str:
    """SQL for the code of a place from its published name; null where the register of that kind of place does not
    have the name, or has it for several."""
    known = _codes(kind)
    names, codes = (f"[{', '.join(map(literal, texts))}]" for texts in (known.keys(), known.values()))
    plain = f"trim(regexp_replace(replace(replace(lower({cell}), '''', ''), '&', ' and '), '[^a-z0-9]+', ' ', 'g'))"
    # A case of so many names would make the name plain again for each of them.
    return f"({codes})[list_position({names}, {plain})]"


@cache
def _codes(kind: str) -> dict[str, str]:
    """Codes by name as the SQL compares names: small letters and digits, a space between words."""
    found = defaultdict[str, set[str]](set)
    for named in register(kind).names:
        text = named.name.lower().replace("'", "").replace("&", " and ")
        found[re.sub(r"[^a-z0-9]+", " ", text).strip()].add(named.code)
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}
