"""The README's tour: each query gives what the README says it gives.

``python -m tests.orchestration.test_readme FILE`` writes the answers of a published file into the README.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import duckdb
import pytest

README = Path(__file__).parents[2] / "README.md"
_QUERY_AND_ANSWER = re.compile(r"```sql\n(?P<query>.*?)```\n\n(?P<answer>(?:\|[^\n]*\|\n)*)", re.DOTALL)


def answer(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """A query's answer as a Markdown table."""
    result = connection.execute(query)
    names = [column[0] for column in result.description or []]
    rows = [["" if cell is None else str(cell) for cell in row] for row in result.fetchall()]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in [names, ["---"] * len(names), *rows])


@pytest.mark.slow
@pytest.mark.xdist_group("refresh")
def test_every_query_of_the_tour_gives_what_the_readme_says(home: Path) -> None:
    file = home / "sample/published/health_justice_synthetic.duckdb"
    found = list(_QUERY_AND_ANSWER.finditer(README.read_text(encoding="utf-8")))
    assert len(found) >= 5
    with duckdb.connect(str(file), read_only=True) as connection:
        for match in found:
            assert answer(connection, match["query"]) == match["answer"], match["query"]


def main(file: str) -> None:
    with duckdb.connect(file, read_only=True) as connection:
        text = _QUERY_AND_ANSWER.sub(
            lambda match: f"```sql\n{match['query']}```\n\n{answer(connection, match['query'])}",
            README.read_text(encoding="utf-8"),
        )
    README.write_text(re.sub(r"(\|\n)(?=[^|\n])", r"\1\n", text), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
