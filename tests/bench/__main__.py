"""``make bench``: speed and memory as ratios against a baseline of the same run, written to docs/benchmarks.md.

Nothing here asserts a time: a busy machine would make it lie. The table says what the aim is and what was measured.
"""

from __future__ import annotations

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "docs" / "benchmarks.md"
PUBLISHED = ROOT.parent / "shared" / "published"
RUNS = 3


@dataclass(frozen=True)
class Measured:
    """A line of the report."""

    what: str
    baseline: str
    result: str
    aim: str
    is_met: bool


def child(*arguments: str) -> tuple[float, float]:
    """Run a module of this folder in a process of its own; returns its seconds and its peak memory in MiB.

    The seconds are those that the child prints last; importing is not among them.
    """
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False, env=environment()
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr}")
    *_, seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


def environment() -> dict[str, str]:
    """This process's environment without a setting that would change what is measured."""
    return {k: v for k, v in os.environ.items() if not k.startswith("REBALANCE_")} | {"PYTHONPATH": str(ROOT)}


def median(measure: Callable[[], float], runs: int = RUNS) -> float:
    """The median of several runs."""
    return statistics.median(measure() for _ in range(runs))


def refresh(home: Path) -> float:
    """Seconds of one whole ``rebalance refresh`` of the sample edition, process start included."""
    started = time.monotonic()
    command = [str(Path(sys.executable).with_name("rebalance")), "refresh", "--home", str(home)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env=environment())
    return time.monotonic() - started


def bench_refresh(scratch: Path) -> list[Measured]:
    """From nothing, and with nothing new."""
    from_nothing, nothing_new = [], []
    for run in range(RUNS):
        home = scratch / f"refresh-{run}"
        from_nothing.append(refresh(home))
        nothing_new.append(refresh(home))
        shutil.rmtree(home)
    whole, again = statistics.median(from_nothing), statistics.median(nothing_new)
    return [
        Measured("Sample refresh from nothing", "60 s", f"{whole:.1f} s", "at most 60 s on two cores", whole <= 60),
        Measured(
            "Sample refresh with nothing new",
            f"from nothing, {whole:.1f} s",
            f"{again:.1f} s, {again / whole:.2f} of it",
            "at most 0.25",
            again / whole <= 0.25,
        ),
    ]


def bench_landing(scratch: Path) -> list[Measured]:
    """Street crime from CSV to landing, against DuckDB's own copy of the same bytes, at ten million rows."""
    module = "tests.bench.landing"
    child(module, "write", str(scratch / "street.csv"), "10000000")
    ratios, speeds, peaks = [], [], []
    for _ in range(RUNS):
        own, _peak = child(module, "copy", str(scratch / "street.csv"))
        ours, peak = child(module, "land", str(scratch / "street.csv"))
        ratios.append(own / ours)
        speeds.append(ours)
        peaks.append(peak)
    size = (scratch / "street.csv").stat().st_size / 1e6
    ratio, peak = statistics.median(ratios), max(peaks)
    return [
        Measured(
            f"Street crime CSV to landing, 10 million rows, {size:,.0f} MB",
            "DuckDB's own CSV-to-Parquet copy",
            f"{ratio:.2f} of its speed ({statistics.median(speeds):.1f} s)",
            "at least 0.70",
            ratio >= 0.70,
        ),
        Measured("The same, peak memory", "1.5 GiB", f"{peak:,.0f} MiB", "under 1,536 MiB", peak < 1536),
    ]


def bench_month(scratch: Path) -> list[Measured]:
    """A month added to 120 months, against a month added to 12."""
    module = "tests.bench.months"
    few, _ = zip(*(child(module, str(scratch / f"few-{run}"), "12") for run in range(RUNS)), strict=True)
    many, _ = zip(*(child(module, str(scratch / f"many-{run}"), "120") for run in range(RUNS)), strict=True)
    ratio = statistics.median(many) / statistics.median(few)
    return [
        Measured(
            "A month of street crime added to 120 months (landing, models)",
            f"added to 12 months, {statistics.median(few):.1f} s",
            f"{ratio:.2f} times",
            "at most 1.2 times",
            ratio <= 1.2,
        )
    ]


def bench_folder(scratch: Path) -> list[Measured]:
    """Every real file at hand, from the folder to landing, and again with nothing changed."""
    if not PUBLISHED.is_dir():
        print("  the folder of real published files is not beside this checkout: not measured", flush=True)
        return []
    size = sum(path.stat().st_size for path in PUBLISHED.rglob("*") if path.is_file()) / 1e6
    first, again, peaks = [], [], []
    for run in range(RUNS):
        for seconds in (first, again):
            took, peak = child("tests.bench.folder", str(PUBLISHED), str(scratch / f"folder-{run}"))
            seconds.append(took)
            peaks.append(peak)
    whole, unchanged, peak = statistics.median(first), statistics.median(again), max(peaks)
    return [
        Measured(
            f"Every real file at hand to landing, {size:,.0f} MB",
            "90 s",
            f"{whole:.1f} s",
            "under 90 s on two cores",
            whole < 90,
        ),
        Measured("The same, with nothing changed", "10 s", f"{unchanged:.1f} s", "under 10 s", unchanged < 10),
        Measured("The same, peak memory", "2 GiB", f"{peak:,.0f} MiB", "under 2,048 MiB", peak < 2048),
    ]


def bench_coverage(scratch: Path) -> list[Measured]:
    """The grid of what should be there, for 80 indicators, 400 places, 10 years and 6 groups."""
    seconds, peaks = zip(
        *(child("tests.bench.coverage", str(scratch / f"grid-{run}")) for run in range(RUNS)), strict=True
    )
    return [
        Measured(
            "The grid of coverage: 80 indicators, 400 places, 10 years, 6 groups",
            "10 s",
            f"{statistics.median(seconds):.1f} s",
            "under 10 s on two cores",
            statistics.median(seconds) < 10,
        ),
        Measured("The same, peak memory", "none", f"{max(peaks):,.0f} MiB", "none", True),
    ]


def bench_definitions(_: Path) -> list[Measured]:
    """Loading the definitions, beyond importing Dagster."""
    child("tests.bench.definitions")
    seconds = median(lambda: child("tests.bench.definitions")[0], 5)
    return [
        Measured(
            "Definitions load, beyond importing dagster and dagster_dbt",
            "2 s",
            f"{seconds:.2f} s",
            "under 2 s",
            seconds < 2,
        )
    ]


def write_report(rows: Sequence[Measured]) -> None:
    """The measurements and the machine, as Markdown."""
    lines = [
        "# Benchmarks",
        "",
        f"Written by `make bench` on {datetime.now(UTC):%d %B %Y}: medians of {RUNS} runs (peak memory: the largest).",
        f"Machine: {os.cpu_count()} cores, {platform.machine()}, {platform.system()},"
        f" Python {platform.python_version()}.",
        "",
        "| what | baseline | measured | aim | met |",
        "| --- | --- | --- | --- | --- |",
        *(f"| {m.what} | {m.baseline} | {m.result} | {m.aim} | {'yes' if m.is_met else 'no'} |" for m in rows),
        "",
        "The ten million rows are synthetic, in the publisher's layout, with a share of quoted fields. The ratio is of",
        "two processes run one after the other, so that a slower machine slows both. Landing begins with the archived",
        "file and ends with the reconciled Parquet; copying into the archive and hashing come before it.",
        "",
    ]
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text("\n".join(lines), encoding="utf-8")


def main(names: Sequence[str]) -> None:
    """Run every benchmark, or those named (definitions, refresh, landing, month, folder, coverage); the report is of
    all."""
    every = {
        "definitions": bench_definitions,
        "refresh": bench_refresh,
        "landing": bench_landing,
        "month": bench_month,
        "folder": bench_folder,
        "coverage": bench_coverage,
    }
    rows: list[Measured] = []
    for name, bench in every.items():
        if names and name not in names:
            continue
        print(f"{name} …", flush=True)
        with tempfile.TemporaryDirectory() as scratch:
            for measured in bench(Path(scratch)):
                rows.append(measured)
                print(f"  {measured.what}: {measured.result} (aim: {measured.aim})", flush=True)
    if not names:
        write_report(rows)
        print(f"written to {REPORT.relative_to(ROOT)}")


if __name__ == "__main__":
    main(sys.argv[1:])
