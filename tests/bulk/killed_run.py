"""Runs bulk operations in children that a test can kill.

Reads a JSON object a line from standard input, forks, lets the child run it, prints
the child's pid, and then how it ended.
"""

from __future__ import annotations

import json
import os
import random
import sys

from sessionm_braze import (
    BrazeClient,
    CampaignTrigger,
    Recipient,
    SessionMConnectClient,
    SessionMCoreClient,
)
from sessionm_braze.bulk import fetch_wallets, send_triggers, tag_customers


def run(order):
    """Run one operation over the numbered records, in an order of its own."""
    records = [f"r-{number}" for number in range(order["records"])]
    random.Random(order["seed"]).shuffle(records)
    settings = {
        "ledger": order["ledger"],
        "max_workers": 4,
        "retry_unknown": order.get("retry_unknown", False),
    }
    if order["operation"] == "send_triggers":
        braze = BrazeClient(order["url"], api_key="fake-braze-key")
        messages = (
            CampaignTrigger(
                campaign_id="c-1",
                recipients=[Recipient(external_user_id=record)],
                trigger_properties={"name": record, "season": "spring"},
            )
            for record in records
        )
        return send_triggers(braze, messages, **settings)
    if order["operation"] == "fetch_wallets":
        connect = SessionMConnectClient(
            order["url"], authorization=("fake-key", "fake-secret"), retailer_id="r-1"
        )
        return fetch_wallets(connect, records, into=order["into"], **settings).finish()
    core = SessionMCoreClient(
        order["url"], api_key="fake-core-key", api_secret="fake-core-secret"
    )
    kind = {"ttl": 60} if order["operation"] == "add_tags" else {"counter": True}
    return tag_customers(core, records, by="user_id", tags=["a"], **kind, **settings)


def main():
    """Run what is asked for, one after the other."""
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if not child:
            report = run(order)
            sys.stdout.write(json.dumps(report.counts()) + "\n")
            sys.stdout.flush()
            os._exit(0)
        print(child, flush=True)  # noqa: T201
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
