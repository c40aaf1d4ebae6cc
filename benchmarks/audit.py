"""An audit of a whole segment: seconds, memory, and what a second process brings.

The segment has a million recipients over 10,000 wallets of 10 offers.  Goals: at most
30 seconds on one core plus reading the input, memory growth under 50 MB, and two
processes that read their own ranges of a file at least 1.6 times as fast as one.

    python benchmarks/audit.py [RECIPIENTS]
"""

from __future__ import annotations

import datetime as dt
import gc
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from sessionm_braze.audit import AuditReport, JsonLines, audit_message
from sessionm_braze.rendering import Renderer


TEMPLATE = """\
Hi {{ nickname | default: 'there' }}, you have \
{{ wallet.payload.available_points }} points.
{% for o in wallet.payload.user_offers %}{% if o.offer_type == 'manual_fulfillment' %}\
* {{ o.name | upcase }} ends {{ o.expiration_date | slice: 0, 10 }} ({{ o.offer_id }})
{% endif %}{% endfor %}\
{% if wallet.payload.total_points > 500 %}Gold{% else %}Basic{% endif %}
"""
WALLETS = 10_000
OFFERS = 10
ROUNDS = 3
NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)


def wallet(number: int) -> dict[str, Any]:
    """Return a wallet; one offer in fifty has ended, which a fifth of all see."""
    offers = [
        {
            "id": f"c0ffee00-{number:08x}-{place:04x}",
            "offer_id": f"0ffe1200-aaaa-4bbb-8ccc-{number % 200:08x}{place:04x}",
            "offer_type": "manual_fulfillment" if place else "percent_discount",
            "name": f"Offer {number % 200} of place {place}",
            "expiration_date": end(number * OFFERS + place - 7),
            "is_redeemable": True,
        }
        for place in range(OFFERS)
    ]
    return {
        "status": "ok",
        "payload": {
            "user_id": f"u-{number}",
            "user_offers": offers,
            "total_records": OFFERS,
            "total_points": number % 1_000,
            "available_points": number % 700,
        },
    }


def end(number: int) -> str:
    day = NOW + dt.timedelta(days=number % 90 + 1 if number % 50 else -3)
    return f"{day:%Y-%m-%dT%H:%M:%SZ}"


def people(count: int) -> Iterator[dict[str, Any]]:
    """Yield recipients; one in twenty has no nickname."""
    for number in range(count):
        person = {"user_id": f"u-{number % WALLETS}", "nickname": f"Nick {number}"}
        if number % 20 == 0:
            del person["nickname"]
        yield person


def peak() -> float:
    """Return the most memory this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(run: Any) -> tuple[AuditReport | None, float, float]:
    """Return what *run* gives, seconds passed, and seconds of this process."""
    wall, used = time.perf_counter(), time.process_time()
    result = run()
    return result, time.perf_counter() - wall, time.process_time() - used


def drained(items: Any) -> None:
    for _ in items:
        pass


def one_core(count: int, wallets: dict[str, Any]) -> None:
    audit_message(TEMPLATE, people(1_000), renderer=Renderer(now=NOW), wallets=wallets)
    gc.collect()
    before = peak()
    _, _, reading = timed(lambda: drained(people(count)))
    report, _, used = timed(
        lambda: audit_message(
            TEMPLATE, people(count), renderer=Renderer(now=NOW), wallets=wallets
        )
    )
    _, _, alone = timed(lambda: rendered(count, wallets))
    print(repr(report))
    each = (used - reading) / count * 1e6
    print(f"audit             {used:8.1f} s   {each:6.1f} µs each")
    print(f"  making input    {reading:8.1f} s")
    print(f"  rendering alone {alone - reading:8.1f} s")
    print(f"  goal            {30 * count / 1e6:8.1f} s   plus the input")
    print(f"memory growth     {peak() - before:8.1f} MB  (goal: under 50)")


def rendered(count: int, wallets: dict[str, Any]) -> None:
    renderer = Renderer(now=NOW)
    template = renderer.parse(TEMPLATE)
    for person in people(count):
        renderer.render(template, {**person, "wallet": wallets[person["user_id"]]})


def two_processes(count: int, wallets: dict[str, Any], path: Path) -> None:
    """Print how fast one and two processes are, at best of some rounds in turn."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(person) + "\n" for person in people(count))
    rounds = [[with_workers(n, wallets, path) for n in (1, 2)] for _ in range(ROUNDS)]
    best = [min(taken) for taken in zip(*rounds, strict=True)]
    (one, one_used), (two, two_used) = best
    for workers, wall, used in ((1, one, one_used), (2, two, two_used)):
        print(f"{workers} process(es)    {wall:8.1f} s   {used:6.1f} s of processors")
    load = os.getloadavg()[0]
    print(f"two are {one / two:.2f} times as fast as one (goal: 1.6; load {load:.1f})")


def with_workers(
    workers: int, wallets: dict[str, Any], path: Path
) -> tuple[float, float]:
    """Return seconds passed and seconds of all processors, start of workers apart."""
    context = multiprocessing.get_context("spawn")
    before = processors()
    with ProcessPoolExecutor(workers, mp_context=context) as executor:
        drained(executor.map(abs, range(workers)))
        _, wall, _ = timed(
            lambda: audit_message(
                TEMPLATE,
                JsonLines(path),
                renderer=Renderer(now=NOW),
                wallets=wallets,
                executor=executor,
            )
        )
    return wall, processors() - before


def processors() -> float:
    """Return the processor seconds of this process and all that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    wallets = {f"u-{number}": wallet(number) for number in range(WALLETS)}
    one_core(count, wallets)
    with tempfile.TemporaryDirectory() as folder:
        two_processes(count, wallets, Path(folder, "recipients.jsonl"))


if __name__ == "__main__":
    main()
