"""Bulk runs beside bare requests, the ledger alone, and the memory of long runs.

The service has 50 ms latency and runs in a process of its own.  Rounds alternate, so
that a busy moment hits both; the figure is the median of their ratios.  Goals: at
least 0.95 x the throughput of bare requests with 32 threads, ledger on; a ledger that
takes at least 20,000 records a second; memory that does not grow with the input.

Usage: python benchmarks/bulk.py [RECORDS]; with RECORDS only the memory of so many,
otherwise everything and the memory of 200,000.  Memory is read as Linux tells it.
"""

from __future__ import annotations

import multiprocessing
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests
import requests.adapters

from sessionm_braze import SessionMCoreClient
from sessionm_braze.bulk import tag_customers
from sessionm_braze.bulk._ledger import Ledger
from sessionm_braze.bulk._records import Done, Record, State, digest


WORKERS = 32
ROUNDS = 7
CALLS = 3000
LEDGER_RECORDS = 200_000
SERVICE = Path(__file__).parent.parent / "tests" / "bulk" / "counting_service.py"


def customers(count: int) -> list[str]:
    return [f"4f0c1e7a-0000-11ee-8c00-{number:012d}" for number in range(count)]


def bare(url: str) -> float:
    """Post the same bodies with the same number of threads, and nothing around it."""
    session = requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=WORKERS))
    body = {"tags": ["spring"], "ttl": 604800}

    def tag(customer: str) -> None:
        answer = session.post(
            f"{url}/priv/v1/apps/bench-key/users/{customer}/tags",
            json=body,
            headers={"Authorization": "Basic YmVuY2g6bWFyaw=="},
            timeout=30,
        )
        assert answer.json()["status"] == "ok"

    started = time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        for _ in pool.map(tag, customers(CALLS)):
            pass
    return CALLS / (time.perf_counter() - started)


def bulk(url: str, folder: Path) -> float:
    core = SessionMCoreClient(url, api_key="bench-key", api_secret="bench-secret")
    started = time.perf_counter()
    report = tag_customers(
        core,
        customers(CALLS),
        by="user_id",
        tags=["spring"],
        ttl=604800,
        max_workers=WORKERS,
        ledger=folder / f"{time.time_ns()}.sqlite",
    )
    assert report.accepted == CALLS
    return CALLS / (time.perf_counter() - started)


def throughput(folder: Path) -> None:
    service = subprocess.Popen(
        [sys.executable, str(SERVICE), "0.05"], stdout=subprocess.PIPE, text=True
    )
    assert service.stdout is not None
    url = f"http://127.0.0.1:{service.stdout.readline().strip()}"
    bare(url), bulk(url, folder)
    pairs = [(bulk(url, folder), bare(url)) for _ in range(ROUNDS)]
    service.terminate()
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    mine, theirs = (statistics.median(pair[i] for pair in pairs) for i in (0, 1))
    print(
        f"{WORKERS} workers, 50 ms latency, ledger on: {ratio:.3f} x bare requests "
        f"({mine:.0f} beside {theirs:.0f} requests/s)"
    )


def ledger_alone(folder: Path, *, together: int) -> None:
    """Write intents and outcomes, as a run does, with nothing in between.

    Args:
        folder: Where the file goes.
        together: Records that travel in one request, whose intents are one commit.
    """
    ledger = Ledger(folder / f"{together}.sqlite", {"a": "b"}, repeatable=False)
    done = Done(State.ACCEPTED, "", 200, "request-0123456789", None, 1)
    names = iter(customers(LEDGER_RECORDS))
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(LEDGER_RECORDS // 50):
        settled = []
        for _ in range(50 // together):
            records = [_record(next(names)) for _ in range(together)]
            for record in records:
                ledger.recognise(record)
            ledger.intend(records)
            ledger.commit()
            settled += [(record, done) for record in records]
        ledger.settle(settled)
        ledger.commit()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    ledger.close()
    print(
        f"ledger alone, {together} a request: {LEDGER_RECORDS / wall:,.0f} records/s "
        f"({LEDGER_RECORDS / cpu:,.0f} a second of processor time)"
    )


def _record(name: str) -> Record:
    return Record(name, name, key=digest(name))


class Canned(requests.Session):
    """Answers at once, without a network, so that millions take minutes."""

    def request(self, *_: object, **__: object) -> requests.Response:
        """Say yes."""
        answer = requests.Response()
        answer.status_code = 200
        answer._content = b'{"status": "ok"}'
        return answer


def memory(records: int, folder: Path) -> None:
    """Say by how much a long run grows beyond a short one, each in a fresh process."""
    context = multiprocessing.get_context("spawn")
    peaks, started = [], time.perf_counter()
    for count in (10_000, records):
        here, there = context.Pipe()
        started = time.perf_counter()
        context.Process(target=_run_and_measure, args=(there, count, folder)).start()
        peaks.append(here.recv())
    rate = records / (time.perf_counter() - started)
    print(
        f"memory: {(peaks[1] - peaks[0]) / 1e6:.1f} MB more for {records:,} records "
        f"than for 10,000 ({peaks[1] / 1e6:.0f} MB in all, up to 8 MB of the ledger; "
        f"{rate:,.0f} records/s)"
    )


def _run_and_measure(pipe: Any, count: int, folder: Path) -> None:
    report = tag_customers(
        SessionMCoreClient(
            "https://core.test", api_key="bench-key", api_secret="s" * 9, http=Canned()
        ),
        (f"4f0c1e7a-0000-11ee-8c00-{number:012d}" for number in range(count)),
        by="user_id",
        tags=["spring"],
        ttl=604800,
        max_workers=2,
        ledger=folder / f"memory-{count}.sqlite",
    )
    assert report.accepted == count
    status = Path("/proc/self/status").read_text("ascii")
    pipe.send(int(status.split("VmHWM:")[1].split()[0]) * 1024)


def main() -> None:
    records = int(sys.argv[1]) if sys.argv[1:] else 200_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not sys.argv[1:]:
            throughput(folder)
            ledger_alone(folder, together=1)
            ledger_alone(folder, together=50)
        memory(records, folder)


if __name__ == "__main__":
    main()
