"""Fixtures for bulk runs: the sandbox, and a service that counts in a process apart."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from sessionm_braze import BrazeClient, SessionMCoreClient
from sessionm_braze.testing import Sandbox


HERE = Path(__file__).parent


class CountingService:
    """The service of `counting_service.py`, seen from a test."""

    def __init__(self, latency):
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "counting_service.py"), str(latency)],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.url = f"http://127.0.0.1:{self._process.stdout.readline().strip()}"

    def counts(self):
        """Return how often each record was processed."""
        return self._read("counts")

    def requests(self):
        """Return how many requests came."""
        return self._read("requests")

    def connections(self):
        """Return how many connections were opened, this one included."""
        return self._read("connections")

    def _read(self, name):
        with urllib.request.urlopen(f"{self.url}/counts") as answer:
            return json.load(answer)[name]

    def reset(self, **orders):
        """Forget what was processed."""
        request = urllib.request.Request(
            f"{self.url}/reset", method="POST", data=json.dumps(orders).encode()
        )
        with urllib.request.urlopen(request):
            pass

    def close(self):
        """End the process."""
        self._process.terminate()
        self._process.wait()
        self._process.stdout.close()


@pytest.fixture(scope="session")
def _counting_service():
    service = CountingService(latency=0.004)
    yield service
    service.close()


@pytest.fixture
def service(_counting_service):
    """Return the counting service, all counts at zero."""
    _counting_service.reset()
    return _counting_service


@pytest.fixture
def core_on_loopback(service):
    """Give a client of the counting service."""
    client = SessionMCoreClient(
        service.url, api_key="fake-core-key", api_secret="fake-core-secret"
    )
    yield client
    client.close()


@pytest.fixture
def braze_on_loopback(service):
    """Give another client of the counting service."""
    client = BrazeClient(service.url, api_key="fake-braze-key")
    yield client
    client.close()


@pytest.fixture
def sandbox():
    """A sandbox with customers u-0 to u-199, and campaign c-1."""
    with Sandbox(unknown_user="not_found") as made:
        for number in range(200):
            made.sessionm.add_customer(user_id=f"u-{number}", external_id=f"e-{number}")
        made.dashboard.add_campaign("c-1", template="{{api_trigger_properties.${a}}}")
        yield made


@pytest.fixture
def ledger(tmp_path):
    """Return where a ledger may be."""
    return tmp_path / "ledger.sqlite"


@pytest.fixture(autouse=True)
def _ctrl_c():
    """Let Ctrl-C interrupt, here and in children, even if a shell has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
