"""Rendering and parsing beside python-liquid's own, with the same plain template.

Rounds alternate, so that a busy moment hits both; the figure is the median of their
ratios.  Goals: a render at most 1.25, parsing at most 2.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from liquid import Environment

from sessionm_braze.rendering import Renderer
from sessionm_braze.rendering._deadline import without_end
from sessionm_braze.rendering._environment import new_environment


ROUNDS = 40
TEMPLATE = """\
Hi {{ nickname | default: 'there' }}, \
you have {{ wallet.payload.available_points }} points.
{% for o in wallet.payload.user_offers %}\
{% if o.offer_type == 'manual_fulfillment' %}\
* {{ o.name | upcase }} ends {{ o.expiration_date | slice: 0, 10 }} ({{ o.offer_id }})
{% endif %}{% endfor %}\
{% if wallet.payload.total_points > 500 %}Gold{% else %}Basic{% endif %}
"""


def variables(offers: int) -> dict[str, Any]:
    kinds = ("manual_fulfillment", "auto")
    return {
        "nickname": "Ana",
        "wallet": {
            "payload": {
                "available_points": 100,
                "total_points": 1_000,
                "user_offers": [
                    {
                        "offer_id": f"o-{place}",
                        "offer_type": kinds[place % 2],
                        "name": f"Free coffee {place}",
                        "expiration_date": "2026-05-04T00:00:00Z",
                    }
                    for place in range(offers)
                ],
            }
        },
    }


def seconds(call: Callable[[], object], times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        call()
    return time.perf_counter() - started


def compare(
    name: str, ours: Callable[[], object], plain: Callable[[], object], times: int
) -> None:
    seconds(ours, times), seconds(plain, times)
    pairs = [(seconds(ours, times), seconds(plain, times)) for _ in range(ROUNDS)]
    ratio = statistics.median(a / b for a, b in pairs)
    mine, theirs = (
        statistics.median(pair[side] for pair in pairs) / times * 1e6 for side in (0, 1)
    )
    print(f"{name}: {ratio:.2f} x python-liquid ({mine:.0f} µs beside {theirs:.0f} µs)")


def main() -> None:
    plain = Environment()
    theirs = plain.from_string(TEMPLATE)
    renderer = Renderer()
    mine = renderer.parse(TEMPLATE)

    for offers in (1, 10, 100):
        data = variables(offers)
        if theirs.render(data) != renderer.render(mine, data).text:
            raise SystemExit(
                "the two do not print the same, so there is nothing to time"
            )
        compare(
            f"render, {offers} offers",
            lambda data=data: renderer.render(mine, data),
            lambda data=data: theirs.render(data),
            max(2_000 // offers, 20),
        )

    environment = new_environment(strict=True, nesting=100)
    compare(
        "parse",
        lambda: environment.parse_once(TEMPLATE, without_end),
        lambda: plain.from_string(TEMPLATE),
        100,
    )


if __name__ == "__main__":
    main()
