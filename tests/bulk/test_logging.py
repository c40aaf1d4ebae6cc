"""What a run says in the log."""

from __future__ import annotations

import logging
import re
import subprocess
import sys

import pytest

from sessionm_braze.bulk import BulkOutcome, send_triggers, tag_customers


@pytest.fixture
def records(caplog):
    """Return what is logged at INFO and above, as level and text."""
    caplog.set_level(logging.INFO, "sessionm_braze")
    return lambda: [(each.levelname, each.getMessage()) for each in caplog.records]


def run(sandbox, customers, **options):
    """Tag customers, one at a time."""
    wish = {"by": "user_id", "tags": ["a"], "ttl": 60, "max_workers": 1, **options}
    return tag_customers(sandbox.core, customers, **wish)


def test_says_where_it_begins_and_how_it_ends(sandbox, records):
    """The first record names the destination, the last one the counts."""
    run(sandbox, ["u-0", "u-1", "nobody"])

    (first, begins), (last, ended) = records()
    assert "INFO" == first == last
    assert "tag_customers begins: 3 records, 1 request at a time, no ledger" in begins
    assert "https://core.sandbox.test/priv/v1/apps/***" in begins
    assert "tag_customers ended: 2 accepted, 1 refused; 3 requests, " in ended


def test_says_once_a_minute_how_it_stands(sandbox, records):
    """Two and a half minutes of the client's clock are two records in between."""

    def pass_time(_: BulkOutcome) -> None:
        sandbox.clock.advance(seconds=15)

    run(sandbox, [f"u-{n}" for n in range(10)], on_outcome=pass_time)

    standing = [text for _, text in records() if "goes on" in text]
    assert 2 == len(standing)
    assert re.match(r"tag_customers goes on: \d accepted; \d requests, ", standing[0])


def test_tells_of_pauses_and_of_an_early_end(sandbox, records):
    """A 429 and a stop are warnings that say no more than the status."""
    sandbox.faults.add(service="core", call=1, kind="rate_limited")
    sandbox.faults.add(service="core", call=3, kind="wrong_content_type")
    run(sandbox, ["u-0"])
    sandbox.dashboard.add_canvas("v", template="Hi", enabled=False)
    person = {"external_user_id": "u-1"}
    send_triggers(sandbox.braze, [{"canvas_id": "v", "recipients": [person]}])

    warnings = [text for level, text in records() if level == "WARNING"]
    assert "tag_customers: HTTP 429, request id " in warnings[0]
    assert "pause 1 of the whole run" in warnings[0]
    assert "send_triggers stopped: HTTP 201, request id " in warnings[-1]
    assert "send_triggers ended before its input did" in records()[-1][1]
    assert "u-1" not in str(records())
    sandbox.faults.clear()


def test_without_tqdm_the_hint_reaches_who_configures_no_log():
    """It stands where the bar would be."""
    program = (
        "import sys; sys.modules['tqdm'] = sys.modules['tqdm.auto'] = None\n"
        "from sessionm_braze.bulk import tag_customers\n"
        "from sessionm_braze.testing import Sandbox\n"
        "core = Sandbox().core\n"
        "tag_customers(core, [], by='user_id', tags=['a'], ttl=1, progress=True)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert "if tqdm is installed, and it is not: pip install tqdm\n" in done.stderr
