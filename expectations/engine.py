"""Great Expectations inside DuckDB: every expectation is pushed down as SQL and no table leaves the database.

Only this module and ``own``, which it imports, import great_expectations. Nothing in them touches the network.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

# Before the import: it is read then.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
from duckdb_engine import Dialect as DuckDBDialect
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext
from great_expectations.data_context.types.base import DataContextConfig, ProgressBarsConfig
from great_expectations.datasource.fluent.interfaces import TestConnectionError
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.expectations.core.expect_column_values_to_be_in_set import ExpectColumnValuesToBeInSet
from great_expectations.expectations.core.expect_column_values_to_be_unique import ExpectColumnValuesToBeUnique
from great_expectations.expectations.core.expect_table_columns_to_match_set import ExpectTableColumnsToMatchSet
from great_expectations.expectations.expectation import Expectation as GXExpectation
from sqlalchemy import text
from sqlalchemy.dialects import registry
from sqlalchemy.engine import URL
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.types import NullType, TypeEngine

from expectations import own, results
from expectations.results import SAMPLE_ROWS, Cell, CheckResult, plain
from expectations.suites import ColumnSet, Expectation, InSet, Limited, NoRows, Severity, Suite, Unique
from sources import clock

_GX_SEVERITY = {"error": "critical", "warn": "warning"}


class _BufferingContext(DuckDBDialect.execution_ctx_cls):
    """Fetches a result as soon as there is one: Great Expectations closes the connection before it reads it."""

    def post_exec(self) -> None:
        super().post_exec()
        if self.cursor.description is not None:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                self.cursor, self.cursor.description, self.cursor.fetchall()
            )


class BufferingDialect(DuckDBDialect):
    """duckdb-engine's dialect, with results that outlive their connection."""

    execution_ctx_cls = _BufferingContext
    supports_statement_cache = False

    def create_connect_args(self, url: URL) -> tuple[tuple[Any, ...], dict[Any, Any]]:
        return super().create_connect_args(url.set(database=unquote(url.database or "")))

    def connect(self, *arguments: Any, **parameters: Any) -> Any:
        connection = super().connect(*arguments, **parameters)
        # Extensions' settings, which cannot be given when the file is opened. A suite reads the same Parquets
        # several times over: their footers are kept.
        connection.execute("load parquet; set parquet_metadata_cache = true; load icu; set TimeZone = 'UTC'")
        return connection

    # Great Expectations asks for each table's columns and key; through the emulated PostgreSQL catalogue each answer
    # takes a tenth of a second.

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> list[Any]:
        found = connection.execute(
            text(
                "select column_name, data_type from information_schema.columns"
                " where table_name = :name and table_schema = coalesce(:schema, current_schema())"
                " order by ordinal_position"
            ),
            {"name": str(table_name), "schema": schema},
        )
        return [
            {"name": name, "type": self._sqlalchemy_type(type_), "nullable": True, "default": None}
            for name, type_ in found.fetchall()
        ]

    def get_pk_constraint(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> Any:
        return {"constrained_columns": [], "name": None}

    def _sqlalchemy_type(self, data_type: str) -> TypeEngine[Any]:
        return self.ischema_names.get(data_type.lower(), NullType)()


# Great Expectations knows DuckDB by this name and by no other.
registry.register("duckdb", __name__, BufferingDialect.__name__)


def _as_gx(expectation: Expectation) -> GXExpectation:
    common = {
        "severity": _GX_SEVERITY[expectation.severity],
        "description": f"{expectation.name}: {expectation.expected}",
        "meta": {"name": expectation.name},
        "notes": f"{expectation.reason} {expectation.advice}",
    }
    match expectation.rule:
        case NoRows(query):
            return own.ExpectNoFailingRows(unexpected_rows_query=own.as_gx_query(query), **common)
        case Unique(column):
            return ExpectColumnValuesToBeUnique(column=column, **common)
        case InSet(column, values):
            return ExpectColumnValuesToBeInSet(column=column, value_set=list(values), **common)
        case ColumnSet(columns, is_exact):
            return ExpectTableColumnsToMatchSet(column_set=list(columns), exact_match=is_exact, **common)
        case limited:
            return own.BY_RULE[type(limited)](**asdict(limited), **common)


def _verbatim(path: Path) -> str:
    """A path as configuration: whole, and with the dollar signs escaped that would name a variable."""
    return str(path.resolve()).replace("$", r"\$")


def _context(store: Path, *, site: Path | None = None) -> EphemeralDataContext:
    """A context whose suites and results are files below ``store``; its data sources live as long as it does.

    With ``site``, it has a Data Docs site there.
    """

    def files(class_name: str, folder: str) -> dict[str, Any]:
        return {
            "class_name": class_name,
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": _verbatim(store / folder),
            },
        }

    sites = site and {
        "checks": {
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": _verbatim(site)},
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        }
    }
    config = DataContextConfig(
        config_version=4.0,
        stores={
            "expectations_store": files("ExpectationsStore", "suites"),
            "validation_results_store": files("ValidationResultsStore", "validations"),
        },
        expectations_store_name="expectations_store",
        validation_results_store_name="validation_results_store",
        data_docs_sites=sites or {},
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
    )
    return gx.get_context(mode="ephemeral", project_config=config)


def _describe_failures(result: Mapping[str, Any], expectation: Expectation) -> tuple[str, int, list[dict[str, Cell]]]:
    """What Great Expectations found, in words, how many, and some of them."""
    match expectation.rule:
        case NoRows():
            count = int(result["observed_value"])
            return _rows(count), count, list(result["details"]["unexpected_rows"])
        case ColumnSet(is_exact=is_exact):
            mismatched = result.get("details", {}).get("mismatched", {})
            missing = mismatched.get("missing", [])
            unknown = mismatched.get("unexpected", []) if is_exact else []
            sample: list[dict[str, Cell]] = [{"column_name": name, "problem": "missing"} for name in missing]
            sample += [{"column_name": name, "problem": "not expected"} for name in unknown]
            words = f"without [{', '.join(missing)}]" if missing else ""
            words += (", " if words and unknown else "") + (f"with [{', '.join(unknown)}] besides" if unknown else "")
            return words or "the columns expected", len(sample), sample
        case Unique(column) | InSet(column, _):
            count = int(result["unexpected_count"] or 0)  # a sum over no rows is null
            found = result.get("partial_unexpected_counts") or []
            return _rows(count), count, [{column: plain(f["value"]), "rows": int(f["count"])} for f in found]
        case _:
            count, details = int(result["observed_value"]), result["details"]
            beyond = f" beyond the {'hard' if details['hard'] == count else 'soft'} limit" if count else ""
            beyond += f", {details['hard']:,} of them beyond the hard one" if 0 < details["hard"] < count else ""
            words = _rows(count) + beyond + (f"; {details['exempt']:,} exempt" if details["exempt"] else "")
            return words, count, list(details["unexpected_rows"])


def _severity(outcome: Mapping[str, Any]) -> Severity:
    """How bad a failure is that has two limits: an error where a row is beyond the hard one."""
    return "error" if outcome["result"]["details"]["hard"] else "warn"


def _rows(count: int) -> str:
    return "no row fails" if count == 0 else "1 row fails" if count == 1 else f"{count:,} rows fail"


def _exception(outcome: Mapping[str, Any]) -> str | None:
    """The first thing that went wrong in an expectation that could not be asked."""
    info = outcome.get("exception_info") or {}
    infos = [info] if "raised_exception" in info else list(info.values())
    return next((str(i["exception_message"]) for i in infos if i.get("raised_exception")), None)


class Engine:
    """Asks suites of the tables in one DuckDB file; made by ``open_engine``."""

    def __init__(self, context: EphemeralDataContext, source: SQLDatasource, store: Path) -> None:
        self.context, self.source, self.store = context, source, store
        self._tables: dict[str, BatchDefinition[Any]] = {}

    def _table(self, name: str) -> BatchDefinition[Any]:
        """A table as Great Expectations knows it: looked up once, however many suites are asked of it."""
        if name not in self._tables:
            schema, _, table = name.partition(".")
            with warnings.catch_warnings():
                # Deprecated in favour of a schema in the connection, which DuckDB's has not and two schemas need.
                warnings.filterwarnings("ignore", message=".*schema_name", category=DeprecationWarning)
                asset = self.source.add_table_asset(name, table_name=table, schema_name=schema)
            self._tables[name] = asset.add_batch_definition_whole_table("whole_table")
        return self._tables[name]

    def check(self, suite: Suite) -> list[CheckResult]:
        """A result for each expectation of the suite, in its order; one that cannot be asked has failed."""
        checked_at = clock.now()
        # Only the newest results are kept; Great Expectations makes folders of a name's dots.
        shutil.rmtree(self.store.joinpath("validations", *suite.table.split(".", 1)), ignore_errors=True)
        try:
            table = self._table(suite.asked_of)
        except TestConnectionError:
            return [
                results.result(
                    suite,
                    expectation,
                    observed=f"the table [{suite.asked_of}] is not there",
                    unexpected_count=0,
                    sample=[],
                    passed=False,
                    checked_at=checked_at,
                )
                for expectation in suite.expectations
            ]
        asked = gx.ExpectationSuite(suite.table, expectations=[_as_gx(e) for e in suite.expectations])
        definition = gx.ValidationDefinition(
            name=suite.table,
            data=table,
            suite=self.context.suites.add_or_update(asked),
        )
        self.context.validation_definitions.add(definition)
        answer = definition.run(result_format={"result_format": "SUMMARY", "partial_unexpected_count": SAMPLE_ROWS})
        outcomes: dict[str, Any] = {}
        for outcome in answer.results:
            assert outcome.expectation_config and outcome.expectation_config.meta
            outcomes[outcome.expectation_config.meta["name"]] = outcome
        return [self._result(suite, e, outcomes[e.name], checked_at) for e in suite.expectations]

    @staticmethod
    def _result(suite: Suite, expectation: Expectation, outcome: Any, checked_at: datetime) -> CheckResult:
        if problem := _exception(outcome):
            return results.result(
                suite,
                expectation,
                observed=f"could not be asked: {problem.splitlines()[0]}",
                unexpected_count=0,
                sample=[],
                passed=False,
                checked_at=checked_at,
            )
        observed, count, sample = _describe_failures(outcome.result, expectation)
        is_limited = isinstance(expectation.rule, Limited)
        return results.result(
            suite,
            expectation,
            observed=observed,
            unexpected_count=0 if outcome.success else count,
            # What is exempt is shown though it passes.
            sample=[] if outcome.success and not is_limited else sample,
            passed=bool(outcome.success),
            checked_at=checked_at,
            severity=_severity(outcome) if is_limited and not outcome.success else expectation.severity,
        )


@contextmanager
def open_engine(database: Path, store: Path) -> Iterator[Engine]:
    """An engine on a DuckDB file, which it opens for reading only and lets go of at the end.

    ``store`` is a folder for suites and results, from which Data Docs are built. No other connection of this
    process may have the file open for writing.
    """
    context = _context(store)
    source = context.data_sources.add_sql(
        "duckdb",
        # A dollar sign would name a variable, a question mark end the path: the dialect reads them back.
        connection_string=f"duckdb:///{quote(str(database.resolve()))}",
        create_temp_table=False,
        kwargs={"connect_args": {"read_only": True}},  # pyright: ignore[reportCallIssue]: the stub lacks it
    )
    try:
        yield Engine(context, source, store)
    finally:
        source.get_execution_engine().close()
        source.get_engine().dispose()


def build_data_docs(store: Path, folder: Path, *, banner: str | None = None) -> Path:
    """Write the Data Docs site of the results in ``store`` into ``folder``; returns its first page.

    The pages ask nothing of the network when they are looked at either: what Great Expectations' templates take
    from content delivery networks is taken out and a small stylesheet put in. Its first page is a table that such a
    script fills, so ours takes its place. ``banner`` stands at the top of every page.
    """
    shutil.rmtree(folder, ignore_errors=True)
    _context(store, site=folder).build_data_docs()
    index = folder / "index.html"
    index.write_text(_index(store, folder), encoding="utf-8")
    for page in folder.rglob("*.html"):
        page.write_text(_without_network(page.read_text(encoding="utf-8"), banner), encoding="utf-8")
    for stylesheet in folder.rglob("*.css"):
        rules = stylesheet.read_text(encoding="utf-8")
        stylesheet.write_text(re.sub(r"url\(\s*['\"]?https?:[^)]*\)", "none", rules), encoding="utf-8")
    return index


def _failed_as(outcome: Mapping[str, Any]) -> str:
    """The severity of a failure as it is stored."""
    details = outcome["result"].get("details") or {}
    if details.get("has_limits"):
        return _severity(outcome)
    return next(ours for ours, gx_name in _GX_SEVERITY.items() if gx_name == outcome["expectation_config"]["severity"])


def _index(store: Path, folder: Path) -> str:
    """A first page: each table with its checks and the names of those that failed."""
    rows = []
    for path in sorted((store / "validations").rglob("*.json")):
        answer = json.loads(path.read_text(encoding="utf-8"))
        page = path.relative_to(store).with_suffix(".html")
        if not (folder / page).exists():
            continue
        failed = [
            f"{outcome['expectation_config']['meta']['name']} ({_failed_as(outcome)})"
            for outcome in answer["results"]
            if not outcome["success"]
        ]
        rows.append(
            f"<tr><td><a href='{quote(page.as_posix())}'>{html.escape(answer['suite_name'])}</a></td>"
            f"<td>{len(answer['results'])}</td><td>{len(failed)}</td><td>{html.escape(', '.join(failed))}</td></tr>"
        )
    return (
        "<!DOCTYPE html>\n<html lang='en-GB'><head><meta charset='utf-8'><title>Checks</title></head>\n<body>"
        "<h1>What was checked</h1>"
        "<table><tr><th>Table</th><th>Checks</th><th>Failed</th><th>Which failed</th></tr>\n"
        + "\n".join(rows)
        + "</table></body></html>\n"
    )


#: Tags that a browser would follow by itself.
_FETCHED = re.compile(
    r"<script\b[^>]*\bsrc\s*=\s*[\"']?(?:https?:)?//[^>]*>\s*</script>"
    r"|<link\b[^>]*\bhref\s*=\s*[\"']?(?:https?:)?//[^>]*>"
    r"|<img\b[^>]*\bsrc\s*=\s*[\"']?(?:https?:)?//[^>]*>",
    re.IGNORECASE,
)
_STYLE = """<style>
body { font-family: system-ui, sans-serif; line-height: 1.4; margin: 0 auto; max-width: 75rem; padding: 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #b1b4b6; padding: .3rem .5rem; text-align: left; vertical-align: top; }
pre, code { white-space: pre-wrap; }
footer, .navbar-brand, .modal, .cooltip { display: none; }
.fa-check-circle::before { color: #00703c; content: "passed"; font-style: normal; }
.fa-times::before { color: #d4351c; content: "failed"; font-style: normal; font-weight: bold; }
.fa-exclamation-triangle::before { color: #d4351c; content: "not asked"; font-style: normal; font-weight: bold; }
.edition { background: #ffdd00; font-weight: bold; padding: .5rem 1rem; }
</style>
"""


def _without_network(page: str, banner: str | None) -> str:
    page = _FETCHED.sub("", page).replace("</head>", f"{_STYLE}</head>", 1)
    if banner:
        page = re.sub(r"<body[^>]*>", rf"\g<0><p class='edition'>{html.escape(banner)}</p>", page, count=1)
    return page
