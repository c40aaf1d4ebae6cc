import gc
import tracemalloc

import pytest
import requests

from sessionm_braze import (
    BrazeClient,
    CampaignTrigger,
    Recipient,
    SessionMConnectClient,
    SessionMCoreClient,
)
from sessionm_braze.bulk import fetch_wallets, send_triggers, tag_customers


class Canned(requests.Session):
    """Answers at once, without a network."""

    def request(self, *_args, **_options):
        """Say yes, as both platforms do."""
        answer = requests.Response()
        answer.status_code = 200
        answer._content = (
            b'{"status": "ok", "message": "success", "payload": {"user_offers": []}}'
        )
        return answer


def tag(numbers, ledger):
    """Tag many customers."""
    core = SessionMCoreClient(
        "https://core.test", api_key="fake-key", api_secret="fake-key", http=Canned()
    )
    return tag_customers(
        core,
        (f"customer-{number}" for number in numbers),
        by="user_id",
        tags=["a"],
        ttl=60,
        ledger=ledger,
        max_workers=1,
    )


def send(numbers, ledger):
    """Send many messages."""
    braze = BrazeClient("US-03", api_key="fake-key", http=Canned())
    return send_triggers(
        braze,
        (
            CampaignTrigger(
                campaign_id="c-1",
                recipients=[Recipient(external_user_id=f"customer-{number}")],
            )
            for number in numbers
        ),
        ledger=ledger,
        max_workers=1,
    )


def read(numbers, ledger):
    """Read many wallets into a file, without a ledger of the caller's."""
    connect = SessionMConnectClient(
        "https://connect.test",
        authorization=("fake-key", "fake-key"),
        retailer_id="r-1",
        http=Canned(),
    )
    customers = (f"customer-{number}" for number in numbers)
    into = ledger.with_name("wallets.jsonl")
    return fetch_wallets(connect, customers, into=into, max_workers=1).finish()


@pytest.mark.parametrize("operation", [tag, send, read])
def test_three_times_the_records_need_no_more_memory(operation, tmp_path):
    """Nothing of a record stays behind in the process."""
    peaks = []

    def numbers():
        yield from range(1500)
        peaks.append(tracemalloc.get_traced_memory()[1])
        yield from range(1500, 4500)

    gc.collect()
    tracemalloc.start()
    report = operation(numbers(), tmp_path / "ledger.sqlite")
    peaks.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()

    assert 4500 == report.accepted
    assert peaks[1] < peaks[0] + 250_000
