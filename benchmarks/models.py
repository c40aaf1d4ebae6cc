"""From bytes to a wallet of 1,000 offers, beside json and bare cattrs on our models.

Ours keeps unknown fields and the body besides.  Goal: at most 1.1.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from cattrs.preconf.json import make_converter

from sessionm_braze import OfferWallet, models


OFFERS = 1_000
ROUNDS = 15


def body() -> bytes:
    text = "A coffee of your choice, once, at any of our shops. " * 4
    offers = [
        {
            "id": f"c0ffee00-2222-4333-8444-{place:012}",
            "offer_id": f"0ffe1200-aaaa-4bbb-8ccc-{place:012}",
            "root_offer_id": f"0ffe1200-aaaa-4bbb-8ccc-{place:012}",
            "offer_group_id": "00000000-0000-0000-0000-000000000000",
            "offer_type": "percent_discount",
            "name": f"Free coffee {place}",
            "description": text,
            "terms": "One per visit",
            "acquire_date": "2026-03-02T09:15:00Z",
            "redemption_end_date": "2026-06-01T00:00:00Z",
            "expiration_date": "2026-06-01T00:00:00Z",
            "is_redeemable": True,
            "pos_discount_id": "8841",
            "media": [{"uri": "https://img.example/c.png", "content_type": 1}],
        }
        for place in range(OFFERS)
    ]
    payload = {
        "user_id": "u-1",
        "user_offers": offers,
        "total_records": OFFERS,
        "total_points": 1500,
        "available_points": 240,
    }
    return json.dumps({"status": "ok", "payload": payload}).encode()


def bare() -> Callable[[bytes], object]:
    converter = make_converter()
    converter.register_structure_hook_func(
        lambda kind: kind == Mapping[str, Any], lambda value, _: value
    )
    return lambda data: converter.structure(json.loads(data)["payload"], OfferWallet)


def seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def main() -> None:
    data = body()
    plain = bare()
    rounds = [
        (
            seconds(lambda: models.load(OfferWallet, json.loads(data))),
            seconds(lambda: plain(data)),
        )
        for _ in range(ROUNDS)
    ]
    mine, theirs = (min(each[side] for each in rounds) for side in (0, 1))
    print(
        f"{OFFERS} offers, {len(data) / 1e6:.1f} MB: {mine / theirs:.2f} x json and "
        f"cattrs ({mine * 1e3:.1f} ms beside {theirs * 1e3:.1f} ms)"
    )


if __name__ == "__main__":
    main()
