"""Every contract says how its newest files are found, in terms that its kind of discovery understands."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest

from sources import catalogue
from sources.catalogue import Source
from sources.errors import SourceError
from sources.origins.discovery import KINDS
from sources.origins.discovery.parameters import each_table

SOURCES = list(catalogue.load().values())


class _AskedError(Exception):
    """Discovery got as far as to ask the publisher."""


class _Nobody:
    """In a client's place: whatever it is asked, nobody is there."""

    def __getattr__(self, name: str) -> Any:
        def ask(*_: object, **__: object) -> NoReturn:
            raise _AskedError(name)

        return ask


def _by_id(kind: str | None = None) -> list[Any]:
    chosen = [one for one in SOURCES if kind is None or one.contract.discovery.kind == kind]
    return [pytest.param(source, id=source.id) for source in chosen]


@pytest.mark.parametrize("source", _by_id())
def test_a_contracts_discovery_is_understood_as_far_as_it_goes_without_asking(source: Source):
    how = source.contract.discovery
    assert how.kind in KINDS, f"there is no kind [{how.kind}]; there are {', '.join(sorted(KINDS))}"
    unknown = sorted(set(how.parameters) - set(KINDS[how.kind].parameters))
    assert not unknown, f"{how.kind} has no parameters {unknown}; it has {', '.join(KINDS[how.kind].parameters)}"
    tables = each_table(how.parameters)
    assert tables, "tables: is an empty list"
    for table in tables:
        try:
            KINDS[how.kind].discover(_Nobody(), source, table)  # pyright: ignore[reportArgumentType]
        except _AskedError:
            continue
        except SourceError as error:
            pytest.fail(str(error))


@pytest.mark.parametrize("source", _by_id("by_hand"))
def test_a_source_that_is_saved_by_hand_says_where_and_why(source: Source):
    for table in each_table(source.contract.discovery.parameters):
        page, reason = str(table["page"]), str(table["reason"]).strip()
        assert page.startswith("https://"), f"[{page}] is no address that a person can open"
        assert len(reason.split()) >= 8, f"[{reason}] is not a sentence"
        assert reason[:1].isupper(), f"[{reason}] does not begin as a sentence does"
        assert reason.endswith("."), f"[{reason}] has no full stop"


@pytest.mark.parametrize("source", _by_id())
def test_the_files_that_a_contract_names_are_called_differently(source: Source):
    tables = each_table(source.contract.discovery.parameters)
    names = [str(table["name"]) for table in tables if "name" in table]
    assert len(names) == len(set(names)), f"several files are called alike: {names}"
    if source.contract.discovery.kind == "nomis_query" and len(tables) > 1:
        unnamed = [str(table["dataset"]) for table in tables if "name" not in table]
        assert len(unnamed) == len(set(unnamed)), f"several queries of one data set need a name each: {unnamed}"
