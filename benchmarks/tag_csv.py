"""Writing tag CSVs beside a bare loop from csv.reader to csv.writer, 1 million rows.

Two sources: a tag CSV of three columns, and a dashboard CSV of 35.  Goals: at least
half the speed of the bare loop, less than 30 MB of memory growth with unique=False,
and at most 120 bytes a customer more with unique=True.
"""

from __future__ import annotations

import csv
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sessionm_braze.tag_csv import read_segment_csv, read_tag_csv, write_tag_csv


ROWS = 1_000_000
ROUNDS = 3


def fill(path: Path, header: list[str], rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(
            [f"4f0c1e7a-0000-11ee-8c00-{n:012d}", "spring", 604800, *header[3:]]
            for n in range(rows)
        )


def bare(source: Path, target: Path) -> None:
    with (
        source.open(encoding="utf-8", newline="") as old,
        target.open("w", encoding="utf-8", newline="") as new,
    ):
        writer = csv.writer(new)
        for row in csv.reader(old):
            writer.writerow(row[:3])


def tag_file(source: Path, target: Path, *, unique: bool = False) -> None:
    write_tag_csv(target, read_tag_csv(source), by="external_id", unique=unique)


def segment_file(source: Path, target: Path, *, unique: bool = False) -> None:
    rows = read_segment_csv(source)
    write_tag_csv(target, rows, tags=["spring"], ttl=604800, unique=unique)


def plain_ids(source: Path, target: Path, *, unique: bool = False) -> None:
    """Hand the rows over one by one, as any iterable does."""
    rows = (row["user_id"] for row in read_segment_csv(source))
    write_tag_csv(target, rows, tags=["spring"], ttl=604800, unique=unique)


def seconds(job: Callable[..., None], *paths: Path, **options: Any) -> float:
    started = time.perf_counter()
    job(*paths, **options)
    return time.perf_counter() - started


def compare(job: Callable[..., None], source: Path, target: Path) -> None:
    pairs = [
        (seconds(bare, source, target), seconds(job, source, target))
        for _ in range(ROUNDS)
    ]
    speed = statistics.median(theirs / ours for theirs, ours in pairs)
    theirs, ours = (statistics.median(p[i] for p in pairs) for i in (0, 1))
    print(
        f"{job.__name__}, {ROWS:,} rows: {speed:.2f} x the speed of the bare loop "
        f"({ours:.2f} s beside {theirs:.2f} s)"
    )


def growth(
    job: Callable[..., None], source: Path, target: Path, *, unique: bool
) -> int:
    """Return by how many bytes a fresh process grows at its peak."""
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_measure, args=(there, job, source, target), kwargs={"unique": unique}
    )
    process.start()
    grown: int = here.recv()
    process.join()
    return grown


def _measure(
    pipe: Any, job: Callable[..., None], source: Path, target: Path, *, unique: bool
) -> None:
    job(source.with_suffix(".small"), target, unique=unique)
    before = _peak()
    job(source, target, unique=unique)
    pipe.send(_peak() - before)


def _peak() -> int:
    """Return the most bytes this process ever had, as Linux tells it."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "out.csv")
        narrow, wide = Path(folder, "tags.csv"), Path(folder, "segment.csv")
        names = [f"column_{number}" for number in range(32)]
        for path, rows in ((narrow, ROWS), (narrow.with_suffix(".small"), 10_000)):
            fill(path, ["external_id", "tag", "ttl"], rows)
        for path, rows in ((wide, ROWS), (wide.with_suffix(".small"), 10_000)):
            fill(path, ["user_id", "country", "email", *names], rows)
        for job, source in (
            (tag_file, narrow),
            (segment_file, wide),
            (plain_ids, wide),
        ):
            compare(job, source, target)
            plain = growth(job, source, target, unique=False)
            more = (growth(job, source, target, unique=True) - plain) / ROWS
            print(f"  memory {plain / 1e6:.1f} MB; unique: {more:.0f} bytes a customer")


if __name__ == "__main__":
    main()
