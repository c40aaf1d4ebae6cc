"""An audit of a whole segment: seconds, memory, and what a second process brings.

The segment has a million recipients over 10,000 wallets of 10 offers.  Goals: at most
30 seconds on one core plus reading the input, memory growth under 50 MB, and two
processes that read their own ranges of a file at least 1.6 times as fast as one.

    python benchmarks/audit.py [RECIPIENTS [ROUNDS]]
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


def two_processes(count: int, rounds: int, wallets: dict[str, Any], path: Path) -> None:
    """Print how fast one and two processes are, at best of some rounds in turn.

    On a busy machine the seconds passed say little; there the processor seconds of the
    process with most work tell what a free one would give.
    """
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(person) + "\n" for person in people(count))
    taken = [[with_workers(n, wallets, path) for n in (1, 2)] for _ in range(rounds)]
    walls, works = [], []
    for workers, runs in zip((1, 2), zip(*taken, strict=True), strict=True):
        walls.append(min(wall for wall, _ in runs))
        works.append(min(work for _, work in runs))
        shown = f"{walls[-1]:8.1f} s   {works[-1]:6.1f} s of processor"
        print(f"{workers} process(es)    {shown}")
    load = os.getloadavg()[0]
    print(f"two are {walls[0] / walls[1]:.2f} times as fast as one (load {load:.1f}),")
    print(f"by processor seconds {works[0] / works[1]:.2f} times  (goal: 1.6)")


def with_workers(
    workers: int, wallets: dict[str, Any], path: Path
) -> tuple[float, float]:
    """Return seconds passed, and processor seconds of this process and one worker."""
    context = multiprocessing.get_context("spawn")
    before = os.times()
    with ProcessPoolExecutor(workers, mp_context=context) as executor:
        drained(executor.map(abs, range(workers)))
        _, wall, used = timed(
            lambda: audit_message(
                TEMPLATE,
                JsonLines(path),
                renderer=Renderer(now=NOW),
                wallets=wallets,
                executor=executor,
            )
        )
    after = os.times()
    ended = after.children_user + after.children_system
    ended -= before.children_user + before.children_system
    return wall, used + ended / workers


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS  # noqa: PLR2004
    wallets = {f"u-{number}": wallet(number) for number in range(WALLETS)}
    one_core(count, wallets)
    with tempfile.TemporaryDirectory() as folder:
        two_processes(count, rounds, wallets, Path(folder, "recipients.jsonl"))


if __name__ == "__main__":
    main()
