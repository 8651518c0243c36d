"""docs/coverage.md: what the readers make of the real files at hand, and why some are not read.

``python -m tests.published.coverage FILE`` writes the table of sources from a file that the folder edition published of
them, and asks for a reason where one is lacking; the reasons are written by hand.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb

from sources.archive import sha256_of

PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"
_TABLE = re.compile(r"(?<=<!-- sources -->\n).*?(?=<!-- end -->)", re.DOTALL)
_NO_REASON = "NO REASON IS GIVEN YET"


@dataclass(frozen=True)
class Reading:
    """What a published file says of the real files: those read and not read, and a row a source."""

    read: frozenset[str]
    unread: frozenset[str]
    """Recognised by no source, or refused whole by every one that recognised it."""
    table: str


def reading(published_file: Path, folder: Path) -> Reading:
    """What was read of a folder of real files; notes about the files, and their list, are no published files."""
    there = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in {"NOTES.md", "MANIFEST.csv"}
    }
    with duckdb.connect(str(published_file), read_only=True) as connection:
        # By content: of two files alike, one is read.
        hashes = {row[0] for row in connection.execute("select distinct archive_sha256 from meta.release").fetchall()}
        rows = connection.execute(
            "select s.source_id, s.tested_on, count(distinct r.address), coalesce(sum(r.rows_landed), 0)::bigint,"
            " coalesce(sum(r.rows_quarantined), 0)::bigint"
            " from meta.source as s left join meta.release as r on r.source_id = s.source_id"
            " group by s.source_id, s.tested_on order by s.source_id"
        ).fetchall()
    lines = ["| source | tested on | files | rows landed | quarantined |", "| --- | --- | --- | --- | --- |"]
    lines += [
        f"| `{name}` | {tested} | {files:,} | {landed:,} | {bad:,} |" for name, tested, files, landed, bad in rows
    ]
    read = {name for name in there if sha256_of(folder / name) in hashes}
    return Reading(frozenset(read), frozenset(there - read), "\n".join(lines) + "\n")


def explained(heading: str) -> dict[str, str]:
    """The files listed below a heading of the page, each with its reason."""
    _, _, section = PAGE.read_text(encoding="utf-8").partition(f"## {heading}\n")
    lines = re.findall(r"^- `(.+?)`: (.+)$", section.partition("\n## ")[0], re.MULTILINE)
    return dict(lines)


OF_A_SOURCE, OF_NO_SOURCE = "Files of a source that are not read", "Files of no source"


def main() -> None:
    """Rewrite the page's table and its lists from a published file and the folder that it was made of."""
    found = reading(Path(sys.argv[1]), Path(sys.argv[2]))
    of_a_source, of_no_source = explained(OF_A_SOURCE), explained(OF_NO_SOURCE)
    page = _TABLE.sub(lambda _: found.table, PAGE.read_text(encoding="utf-8"))
    head = page.partition(f"## {OF_A_SOURCE}\n")[0]
    of_a_source = {name: why for name, why in of_a_source.items() if name in found.unread}
    of_a_source |= dict.fromkeys(found.unread - of_a_source.keys() - of_no_source.keys(), _NO_REASON)
    share = len(of_a_source) / (len(of_a_source) + len(found.read))
    for heading, said, files in (
        (
            OF_A_SOURCE,
            f"{len(of_a_source)} of {len(of_a_source) + len(found.read)} files that a source covers ({share:.1%}).",
            of_a_source,
        ),
        (
            OF_NO_SOURCE,
            "Nothing here reads them, because they are not what any source publishes.",
            {name: why for name, why in of_no_source.items() if name in found.unread},
        ),
    ):
        head += f"## {heading}\n{said}\n\n" + "".join(f"- `{name}`: {files[name]}\n" for name in sorted(files)) + "\n"
    PAGE.write_text(head.rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
