"""Runs that die at any moment, and what the ledger makes of it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sessionm_braze.audit import WalletLines
from sessionm_braze.bulk import read_ledger


KILLS = int(os.environ.get("SESSIONM_BRAZE_KILLS", "10"))
RUNNER = Path(__file__).with_name("killed_run.py")
LONGEST = 0.15
"""Seconds that a run lives at most before it is killed."""


class Runner:
    """Runs operations in children, and kills them."""

    def __init__(self):
        self._process = subprocess.Popen(
            [sys.executable, str(RUNNER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, order):
        """Start a run and return its process id."""
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self):
        """Return the counts of the run, or ``None`` if it was killed."""
        line = self._process.stdout.readline()
        if line.startswith("{"):
            self._process.stdout.readline()
            return json.loads(line)
        assert f"-{signal.SIGKILL.value}" == line.strip()
        return None

    def close(self):
        """Let the process end."""
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


@pytest.fixture(scope="module")
def runner():
    """Give a runner that all tests here use."""
    started = Runner()
    yield started
    started.close()


RECORDS = {"fetch_wallets": 400, "send_triggers": 1_200}
"""Records a kill, so many that a run is not over before it; 120 where it is slow."""


class Killed:
    """A run that was killed and started again until it came to its end."""

    def __init__(self, runner, service, ledger, operation, kills):
        self.runner = runner
        self.order = {
            "operation": operation,
            "url": service.url,
            "ledger": str(ledger),
            "into": str(ledger.with_name("wallets.jsonl")),
            "records": RECORDS.get(operation, 120) * kills,
        }
        self.ledger = ledger
        self.in_flight = set()
        self.kills = 0
        chance = random.Random(kills)
        for number in range(kills):
            self.kill(number, after=chance.uniform(0, LONGEST))
        self.counts = self.run(kills)

    def kill(self, number, *, after):
        """Let a run live for a while, and remember what was in flight."""
        child = self.runner.start({**self.order, "seed": number})
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
        if self.runner.end() is None:
            self.kills += 1
        if self.ledger.exists() and self.ledger.stat().st_size:
            self.in_flight |= self.identifiers("unknown")

    def run(self, number, **settings):
        """Let a run come to its end, its input in another order."""
        self.runner.start({**self.order, "seed": number, **settings})
        return self.runner.end()

    def identifiers(self, outcome):
        """Return the records that the ledger holds with *outcome*."""
        return {
            found.identifier
            for found in read_ledger(self.ledger)
            if found.outcome == outcome
        }

    def everything(self):
        """Return all records of the input."""
        return {f"r-{number}" for number in range(self.order["records"])}


@pytest.mark.slow
def test_tags_that_expire_are_all_there(runner, service, ledger):
    """Each is accepted in the end, and only what was in flight is sent again."""
    killed = Killed(runner, service, ledger, "add_tags", KILLS)

    counts = service.counts()
    assert killed.everything() == killed.identifiers("accepted") == set(counts)
    assert {record for record, n in counts.items() if n > 1} <= killed.in_flight
    assert killed.kills >= KILLS / 2


class KilledReading(Killed):
    """A run that keeps wallets in a file."""

    def __init__(self, runner, service, ledger, kills):
        self.file = ledger.with_name("wallets.jsonl")
        super().__init__(runner, service, ledger, "fetch_wallets", kills)

    def kill(self, number, *, after):
        """See that what the ledger calls accepted is in the file at once."""
        super().kill(number, after=after)
        if self.ledger.exists() and self.ledger.stat().st_size:
            assert self.identifiers("accepted") <= set(self.kept())

    def kept(self):
        """Return whose wallets stand in the file, without a line that is torn."""
        if not self.file.exists():
            return []
        whole = self.file.read_bytes().rpartition(b"\n")[0].splitlines()
        return [json.loads(line)["payload"]["user_id"] for line in whole]


@pytest.mark.parametrize("kills", [2, pytest.param(KILLS, marks=pytest.mark.slow)])
def test_a_file_of_wallets_is_whole(runner, service, ledger, kills):
    """No wallet is lost, none is there twice, and the audit reads the file."""
    killed = KilledReading(runner, service, ledger, kills)

    assert sorted(killed.everything()) == sorted(killed.kept())
    assert killed.everything() == killed.identifiers("accepted")
    assert len(killed.everything()) == len(WalletLines(killed.file))
    assert killed.kills >= kills / 2


@pytest.mark.parametrize(
    ("operation", "kills"),
    [
        ("increment_tags", 2),
        pytest.param("increment_tags", KILLS, marks=pytest.mark.slow),
        pytest.param("send_triggers", KILLS, marks=pytest.mark.slow),
    ],
)
def test_what_counts_is_never_done_twice(runner, service, ledger, operation, kills):
    """Accepted means once, unknown is told and at most once, and none is missing."""
    killed = Killed(runner, service, ledger, operation, kills)

    counts = service.counts()
    accepted = killed.identifiers("accepted")
    unknown = killed.identifiers("unknown")
    assert 1 == max(counts.values())
    assert accepted <= set(counts)
    assert killed.everything() == accepted | unknown
    assert unknown <= killed.in_flight
    assert len(unknown) == killed.counts["unknown"]
    assert killed.kills >= kills / 2

    counts = killed.run(kills + 1, retry_unknown=True)

    assert killed.everything() == set(service.counts())
    assert killed.everything() == killed.identifiers("accepted")
    assert {"accepted": len(unknown), "skipped": len(accepted)} == {
        name: count for name, count in counts.items() if count
    }
