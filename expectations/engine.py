"""Great Expectations inside DuckDB: every expectation is pushed down as SQL and no table leaves the database.

This is the only module that imports great_expectations. Nothing in it touches the network.
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
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, unquote

# Before the import: it is read then.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
from duckdb_engine import Dialect as DuckDBDialect
from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext
from great_expectations.data_context.types.base import DataContextConfig, ProgressBarsConfig
from great_expectations.datasource.fluent.interfaces import TestConnectionError
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.expectations.core.expect_column_values_to_be_in_set import ExpectColumnValuesToBeInSet
from great_expectations.expectations.core.expect_column_values_to_be_unique import ExpectColumnValuesToBeUnique
from great_expectations.expectations.core.expect_table_columns_to_match_set import ExpectTableColumnsToMatchSet
from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation
from great_expectations.expectations.expectation import Expectation as GXExpectation
from great_expectations.render.components import LegacyDiagnosticRendererType, RenderedTableContent
from great_expectations.render.renderer.renderer import renderer
from sqlalchemy import text
from sqlalchemy.dialects import registry
from sqlalchemy.engine import URL
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.types import NullType, TypeEngine

from expectations import results
from expectations.results import SAMPLE_ROWS, Cell, CheckResult, plain
from expectations.suites import ColumnSet, Expectation, InSet, NoRows, Suite, Unique
from sources import clock

_GX_SEVERITY = {"error": "critical", "warn": "warning"}
#: Added to the sample's rows by the engine and taken off again.
_COUNT = "failing_rows_in_all"


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


class ExpectNoFailingRows(UnexpectedRowsExpectation):
    """Passes where a query comes to no row.

    The query brings its own count and no more rows than the sample's, so that it runs once; Great Expectations'
    own runs it twice, once to count.
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table",)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: Any = None,
    ) -> dict[str, Any]:
        rows = [{name: plain(cell) for name, cell in row.items()} for row in metrics["unexpected_rows_query.table"]]
        count = rows[0][_COUNT] if rows else 0
        sample = [{name: cell for name, cell in row.items() if name != _COUNT} for row in rows]
        return {"success": not rows, "result": {"observed_value": count, "details": {"unexpected_rows": sample}}}

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.UNEXPECTED_TABLE)
    def _diagnostic_unexpected_table_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None
    ) -> list[Any] | None:
        """The failing rows as a table of Data Docs, which knows only columns' values otherwise."""
        rows = result.result.get("details", {}).get("unexpected_rows") if result else None
        if not rows:
            return None
        return [
            RenderedTableContent(
                content_block_type="table",
                header_row=list(rows[0]),
                table=[["null" if cell is None else str(cell) for cell in row.values()] for row in rows],
                styling={"body": {"classes": ["table-bordered", "table-sm", "mt-3"]}},
            )
        ]


def _as_gx_query(query: str) -> str:
    """A suite's query as Great Expectations wants it: the table as ``checked``, the count beside the first rows.

    Its braces are doubled for ``str.format``, and its lone colons escaped, which SQLAlchemy takes for parameters.
    """
    escaped = re.sub(r"(?<!:):(?=\w)", r"\\:", query.replace("{", "{{").replace("}", "}}"))
    return (
        f"with checked as (select * from {{batch}})\n"
        f"select *, count(*) over () as {_COUNT} from (\n{escaped}\n) limit {SAMPLE_ROWS}"
    )


def _as_gx(expectation: Expectation) -> GXExpectation:
    common = {
        "severity": _GX_SEVERITY[expectation.severity],
        "description": f"{expectation.name}: {expectation.expected}",
        "meta": {"name": expectation.name},
        "notes": f"{expectation.reason} {expectation.advice}",
    }
    match expectation.rule:
        case NoRows(query):
            return ExpectNoFailingRows(unexpected_rows_query=_as_gx_query(query), **common)
        case Unique(column):
            return ExpectColumnValuesToBeUnique(column=column, **common)
        case InSet(column, values):
            return ExpectColumnValuesToBeInSet(column=column, value_set=list(values), **common)
        case ColumnSet(columns, is_exact):
            return ExpectTableColumnsToMatchSet(column_set=list(columns), exact_match=is_exact, **common)


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

    def check(self, suite: Suite) -> list[CheckResult]:
        """A result for each expectation of the suite, in its order; one that cannot be asked has failed."""
        checked_at = clock.now()
        schema, _, table = suite.table.partition(".")
        # Only the newest results are kept; Great Expectations makes folders of a name's dots.
        shutil.rmtree(self.store.joinpath("validations", schema, table), ignore_errors=True)
        try:
            with warnings.catch_warnings():
                # Deprecated in favour of a schema in the connection, which DuckDB's has not and two schemas need.
                warnings.filterwarnings("ignore", message=".*schema_name", category=DeprecationWarning)
                asset = self.source.add_table_asset(suite.table, table_name=table, schema_name=schema)
        except TestConnectionError:
            return [
                results.result(
                    suite,
                    expectation,
                    observed=f"the table [{suite.table}] is not there",
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
            data=asset.add_batch_definition_whole_table("whole_table"),
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
        return results.result(
            suite,
            expectation,
            observed=observed,
            unexpected_count=0 if outcome.success else count,
            sample=[] if outcome.success else sample,
            passed=bool(outcome.success),
            checked_at=checked_at,
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


def _index(store: Path, folder: Path) -> str:
    """A first page: each table with its checks and the names of those that failed."""
    rows, severity = [], {gx_severity: ours for ours, gx_severity in _GX_SEVERITY.items()}
    for path in sorted((store / "validations").rglob("*.json")):
        answer = json.loads(path.read_text(encoding="utf-8"))
        page = path.relative_to(store).with_suffix(".html")
        if not (folder / page).exists():
            continue
        failed = [
            f"{outcome['expectation_config']['meta']['name']} ({severity[outcome['expectation_config']['severity']]})"
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
