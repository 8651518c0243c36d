"""The published tables as a Frictionless data package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import duckdb

from sources.home import Home

_TYPES = {
    "VARCHAR": "string",
    "BIGINT": "integer",
    "INTEGER": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP WITH TIME ZONE": "datetime",
    "TIMESTAMP": "datetime",
}


def _field_type(data_type: str) -> str:
    return "number" if data_type.startswith("DECIMAL") else _TYPES.get(data_type, "any")


def data_package(home: Home, build_id: str, built_at: datetime, grains: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The descriptor of the published Parquet files (Data Package, version 1), read from the published file."""
    resources: list[dict[str, Any]] = []
    with duckdb.connect(str(home.published_file), read_only=True) as connection:
        for schema, table, comment in connection.execute(
            "select schema_name, table_name, comment from duckdb_tables() order by all"
        ).fetchall():
            fields = [
                {"name": name, "type": _field_type(type_), "description": description}
                for name, type_, description in connection.execute(
                    "select column_name, data_type, comment from duckdb_columns()"
                    " where schema_name = ? and table_name = ? order by column_index",
                    [schema, table],
                ).fetchall()
            ]
            resource: dict[str, Any] = {
                "name": f"{schema}.{table}".replace("_", "-"),
                "title": f"{schema}.{table}",
                "description": comment or "",
                "path": f"parquet/{schema}.{table}.parquet",
                "format": "parquet",
                "mediatype": "application/vnd.apache.parquet",
                "schema": {"fields": fields},
            }
            if grain := grains.get(f"{schema}.{table}"):
                resource["schema"]["primaryKey"] = list(grain)
            resources.append(resource)
        sources = connection.execute("select title, landing_page from meta.source order by source_id").fetchall()
    synthetic = " SYNTHETIC: every figure is made up." if home.is_synthetic else ""
    return {
        "name": home.published_file.stem.replace("_", "-"),
        "id": build_id,
        "title": "Rebalance: health and justice by place" + (" (synthetic)" if home.is_synthetic else ""),
        "description": "Health and justice figures for places in England and Wales, with the source, the status and"
        f" the interval of each.{synthetic}",
        "created": built_at.isoformat(),
        "licenses": [
            {
                "name": "OGL-UK-3.0",
                "title": "Open Government Licence v3.0",
                "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
            }
        ],
        "sources": [{"title": title, "path": path} for title, path in sources],
        "resources": resources,
    }
