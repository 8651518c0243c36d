"""Trying one file on the sources, keeping nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sources import catalogue as catalogues
from sources.catalogue import Source
from sources.home import Home
from sources.intake import SourceIntake
from sources.landing import Landing, literal
from sources.origins.given import GivenFiles
from sources.recognise import LooseFile, recognise


def try_file(path: Path, out: Console) -> int:
    """Say which source recognises a file and what it would land; returns the exit code."""
    catalogue = catalogues.load()
    found = recognise(LooseFile(path), catalogue)
    if not found.source_ids:
        out.print(f"No source recognises [{path.name}].", markup=False)
        out.print(f"The nearest is {found.nearest}." if found.nearest else "None comes near.")
        return 2
    code = 0
    with tempfile.TemporaryDirectory() as scratch:
        home = Home(Path(scratch), "folder").make()
        Landing(home).prepare(catalogue)
        for source_id in found.source_ids:
            source = catalogue[source_id]
            out.print(f"[bold]{source.contract.title}[/bold] ({source_id})")
            result = SourceIntake(source, GivenFiles(path), home).run()
            for problem in result.problems:
                out.print(f"[red]{problem.kind}[/red] {escape(problem.text)}")
                code = 1
            for note in result.notes[:10]:
                out.print(f"[dim]{escape(note)}[/dim]")
            if result.arrived:
                out.print(
                    f"{result.rows_in:,} rows in, {result.rows_landed:,} would land,"
                    f" {result.rows_quarantined:,} would be quarantined"
                )
                _show_tables(home, source, out)
                _show_quarantine(home, source_id, out)
    return code


def _show_tables(home: Home, source: Source, out: Console) -> None:
    for name in source.contract.tables:
        pattern = literal(home.landing / source.table_id(name) / "*.parquet")
        with duckdb.connect() as connection:
            frame = connection.execute(f"select * from read_parquet({pattern}, union_by_name = true)").df()
        if not frame.empty:
            shown = [column for column in frame.columns if column != "archive_sha256"][:9]
            title = f"{source.table_id(name)}: {len(frame):,} rows"
            table = Table(*shown, box=None, title=title, title_justify="left")
            for row in frame[shown].head(5).itertuples(index=False):
                table.add_row(*["" if pd.isna(cell) else escape(str(cell)[:40]) for cell in row])
            out.print(table)


def _show_quarantine(home: Home, source_id: str, out: Console) -> None:
    with home.open_ledger() as ledger:
        for row in ledger.execute("select * from quarantined where source_id = ? limit 10", (source_id,)):
            place = (
                f"{row['source_file']} {row['source_sheet'] or ''} row {row['source_row']} {row['source_column'] or ''}"
            )
            out.print(f"[yellow]quarantined[/yellow] {escape(place)}: {escape(row['reason'])}")
