"""A client call beside a bare requests call, on loopback.

Both send the same bytes to the same server, which runs in its own process.  Rounds
alternate, so that a busy moment hits both; the figure is the median of their ratios.
Goal: at most 1.15.
"""

from __future__ import annotations

import http.server
import json
import multiprocessing
import statistics
import time
from collections.abc import Callable
from typing import Any

import requests

from sessionm_braze import BrazeClient, Recipient, SessionMConnectClient


ROUNDS = 60
CALLS = 50
TRIGGER = {"dispatch_id": "5f0c1d2e3b4a59687766554433221100", "message": "success"}
OFFER = {"id": "c-{0}", "offer_id": "o-{0}", "name": "Offer {0}", "is_redeemable": True}
WALLET = {
    "status": "ok",
    "payload": {
        "user_id": "u-1",
        "user_offers": [
            {key: str(value).format(place) for key, value in OFFER.items()}
            for place in range(10)
        ],
        "total_records": 10,
        "available_points": 100,
    },
}


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers every POST as Braze or SessionM Connect would."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        wallet = self.path.endswith("get_user_offers")
        body = json.dumps(WALLET if wallet else TRIGGER).encode()
        self.send_response(200 if wallet else 201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def serve(port: Any) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port.send(server.server_address[1])
    server.serve_forever()


def seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    for _ in range(CALLS):
        call()
    return time.perf_counter() - started


def compare(name: str, ours: Callable[[], object], bare: Callable[[], object]) -> None:
    seconds(ours), seconds(bare)
    pairs = [(seconds(ours), seconds(bare)) for _ in range(ROUNDS)]
    ratio = statistics.median(a / b for a, b in pairs)
    mine, theirs = (
        statistics.median(p[i] for p in pairs) / CALLS * 1e6 for i in (0, 1)
    )
    print(f"{name}: {ratio:.3f} x bare requests ({mine:.0f} µs beside {theirs:.0f} µs)")


def main() -> None:
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(there,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{here.recv()}"
    session = requests.Session()

    braze = BrazeClient(url, api_key="benchmark-key")
    recipients = [Recipient(external_user_id="u-1")]
    body = {
        "campaign_id": "c-1",
        "recipients": [{"external_user_id": "u-1"}],
        "trigger_properties": {"offer_id": "o-1"},
        "broadcast": False,
    }
    headers = {"Authorization": "Bearer benchmark-key"}
    compare(
        "trigger_campaign",
        lambda: braze.trigger_campaign(
            "c-1", recipients=recipients, trigger_properties={"offer_id": "o-1"}
        ),
        lambda: session.post(
            f"{url}/campaigns/trigger/send", json=body, headers=headers, timeout=30
        ).json(),
    )

    connect = SessionMConnectClient(
        url, authorization="YmVuY2g6bWFyaw==", retailer_id="r"
    )
    ask = {"retailer_id": "r", "user_id": "u-1", "skip": 0, "take": 1000}
    ask |= {"include_pending_extended_data": False, "culture": "en-US"}
    basic = {"Authorization": "Basic YmVuY2g6bWFyaw=="}
    compare(
        "get_user_offers, 10 offers",
        lambda: connect.get_user_offers("u-1"),
        lambda: session.post(
            f"{url}/offers/api/2.0/offers/get_user_offers",
            json=ask,
            headers=basic,
            timeout=30,
        ).json(),
    )
    server.terminate()


if __name__ == "__main__":
    main()
