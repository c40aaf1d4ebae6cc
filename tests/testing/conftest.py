"""One sandbox, reached through either front."""

from __future__ import annotations

import json
import select
import socket
import time

import attrs
import pytest
import requests

from sessionm_braze import BrazeClient, SessionMConnectClient, SessionMCoreClient
from sessionm_braze.testing import Endpoints, Sandbox
from sessionm_braze.testing._fronts import server
from sessionm_braze.testing._fronts.incoming import ServerLimits


PATIENCE = 5
"""Seconds after which a socket gives up; nothing takes as long."""


@attrs.frozen
class Front:
    """A sandbox as a client meets it: its addresses, and a session that gets there."""

    name: str
    sandbox: Sandbox
    urls: Endpoints
    http: requests.Session

    def call(self, service, method, path, *, json=None, auth=True, **options):
        """Make one bare request, with the right credentials unless told otherwise."""
        headers = dict(options.pop("headers", {}))
        if auth:
            headers.setdefault("Authorization", self.authorization(service))
        url = getattr(self.urls, service) + path
        options.setdefault("timeout", 5)
        return self.http.request(method, url, json=json, headers=headers, **options)

    def authorization(self, service):
        """Return the header that opens *service*."""
        keys = self.sandbox.credentials
        return {
            "core": keys.core_authorization,
            "connect": keys.connect_authorization,
            "braze": f"Bearer {keys.braze_api_key}",
        }[service]

    def core(self, method, path, **options):
        """Make one bare request to Core, below the app."""
        app = f"/priv/v1/apps/{self.sandbox.credentials.core_api_key}"
        return self.call("core", method, app + path, **options)

    def connect(self, path, **body):
        """Make one bare request to Connect."""
        body.setdefault("retailer_id", self.sandbox.credentials.retailer_id)
        return self.call("connect", "POST", path, json=body)

    def braze(self, method, path, **options):
        """Make one bare request to Braze."""
        return self.call("braze", method, path, **options)

    def settings(self):
        """Return keyword settings of a client on this front."""
        clock = self.sandbox.clock
        return {"http": self.http, "clock": clock, "sleep": clock.sleep}

    def core_client(self):
        """Return a real client of Core."""
        keys = self.sandbox.credentials
        return SessionMCoreClient(
            self.urls.core,
            api_key=keys.core_api_key,
            api_secret=keys.core_api_secret,
            **self.settings(),
        )

    def connect_client(self):
        """Return a real client of Connect."""
        keys = self.sandbox.credentials
        return SessionMConnectClient(
            self.urls.connect,
            authorization=keys.connect_authorization,
            retailer_id=keys.retailer_id,
            **self.settings(),
        )

    def braze_client(self, **settings):
        """Return a real client of Braze."""
        key = self.sandbox.credentials.braze_api_key
        return BrazeClient(self.urls.braze, api_key=key, **self.settings(), **settings)


@pytest.fixture
def sandbox():
    """Return a sandbox that does not judge at the end."""
    with Sandbox(strict=False) as sandbox:
        yield sandbox


@pytest.fixture(params=["adapter", "loopback"])
def front(request, sandbox):
    """Return the sandbox behind each of its fronts."""
    if request.param == "adapter":
        with sandbox.session() as http:
            yield Front("adapter", sandbox, sandbox.endpoints, http)
        return
    with requests.Session() as http:
        http.trust_env = False
        yield Front("loopback", sandbox, sandbox.serve(), http)


@pytest.fixture
def ana(sandbox):
    """Return a customer whom both platforms know."""
    return sandbox.sessionm.add_customer(
        user_id="u-1",
        external_id="card/1 &2",
        first_name="Ana",
        email="ana@example.org",
        language="pt",
    )


@attrs.frozen
class Reply:
    """An answer as it came over a socket."""

    status: int
    head: str
    body: bytes

    @property
    def message(self):
        """What the sandbox says."""
        return json.loads(self.body)["message"]


@attrs.frozen
class Wire:
    """One port of a served sandbox; ``PORT`` in what is sent stands for its number."""

    sandbox: Sandbox
    service: str = "core"

    @property
    def port(self):
        """The number of the port."""
        address = getattr(self.sandbox.serve(), self.service).removeprefix("http://")
        return int(address.partition("/")[0].rpartition(":")[2])

    def to(self, service):
        """Return the port of another service."""
        return Wire(self.sandbox, service)

    def begin(self, data):
        """Open a connection, send bytes, and return it."""
        address = ("127.0.0.1", self.port)
        connection = socket.create_connection(address, timeout=PATIENCE)
        connection.sendall(data.replace(b"PORT", b"%d" % self.port))
        return connection

    def send(self, data):
        """Send bytes on a connection of their own, and return the answer."""
        with self.begin(data) as connection:
            return self.read(connection)

    def ask(self, *headers, line="GET /_sandbox/state HTTP/1.1"):
        """Send a request that is written out, and return the answer."""
        return self.send("\r\n".join([line, *headers, "", ""]).encode())

    def read(self, connection):
        """Return one answer, or ``None`` if the connection ends without one."""
        return self.read_from(connection.makefile("rb"))

    def read_from(self, stream):
        """Return the next answer of a stream, or ``None`` at its end."""
        line = stream.readline()
        if not line:
            return None
        head = line + b"".join(iter(stream.readline, b"\r\n"))
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        return Reply(int(line.split()[1]), head.decode().lower(), stream.read(length))

    def drip(self, connection, drop, *, pause=0.02):
        """Send a piece again and again until there is an answer, and return it."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if select.select([connection], [], [], pause)[0]:
                return self.read(connection)
            try:
                connection.sendall(drop)
            except OSError:
                return self.read(connection)
        raise AssertionError("no answer")

    def assert_no_connection_is_held(self):
        """Claim that all connections have ended, or end within a moment."""
        deadline = time.monotonic() + PATIENCE
        while self.sandbox._server._connections:
            assert time.monotonic() < deadline
            time.sleep(0.01)


@pytest.fixture
def limits():
    """Return limits of size that are soon reached."""
    return ServerLimits(connections=8, head=2_000, body=1_000)


@pytest.fixture
def served(sandbox, limits, monkeypatch):
    """Return the sandbox, served with limits that are soon reached."""
    monkeypatch.setattr(server, "LIMITS", limits)
    sandbox.serve()
    return sandbox


@pytest.fixture
def wire(served):
    """Return the port of Core, with limits that are soon reached."""
    return Wire(served)


@pytest.fixture(scope="module")
def open_wire():
    """Return a port of a sandbox that serves all examples of a test."""
    with Sandbox(strict=False) as sandbox:
        yield Wire(sandbox)
