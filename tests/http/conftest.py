"""A server on loopback that misbehaves as it is told, and clients that talk to it."""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sessionm_braze import (
    BrazeClient,
    RetryPolicy,
    SessionMConnectClient,
    SessionMCoreClient,
)


NOW = 1_900_000_000.0
"""What the clients' clock shows when a test begins."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        """Send at once, so that timings are those of the fault."""
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def handle_one_request(self):
        """Serve any method."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline:
            self.close_connection = True
            return
        if self.parse_request():
            self._serve()
            self.wfile.flush()

    def _serve(self):
        faulty = self.server.owner
        if faulty.cuts_before_reading:
            faulty.reached.append((self.command, self.path, dict(self.headers), None))
            self.reset()
            return
        size = int(self.headers.get("Content-Length") or 0)
        text = self.rfile.read(size).decode()
        body = json.loads(text) if text else None
        faulty.reached.append((self.command, self.path, dict(self.headers), body))
        faulty.behaviour(self)

    def reset(self):
        """Cut the connection so that the client sees a reset."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.connection.close()
        self.rfile.close()
        self.wfile = open("/dev/null", "wb")  # noqa: PTH123, SIM115

    def answer(self, status, body=b"", headers=(), *, cut_to=None):
        """Write an answer; *cut_to* bytes of the body only, if given."""
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if cut_to is None else body[:cut_to])
        if cut_to is not None:
            self.close_connection = True

    def log_message(self, *_):
        """Stay silent."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64  # a connection beyond the queue waits for a whole second


class FaultyServer:
    """Counts what reaches it; `behaviour` decides what comes back."""

    def __init__(self):
        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.owner = self
        self._server.handle_error = lambda *_: None
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.reached: list[tuple] = []
        self.cuts_before_reading = False
        self.behaviour: Callable[[Handler], None] = lambda h: h.answer(200)
        self.released = threading.Event()
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )
        self._thread.start()

    def says(self, status, body=b"", headers=()):
        """Answer every request the same way; *body* may be JSON data."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.behaviour = lambda handler: handler.answer(status, raw, headers)

    def says_in_turn(self, *answers):
        """Give one answer after the other, the last one for ever."""
        waiting = list(answers)

        def behave(handler):
            status, body = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            handler.answer(status, json.dumps(body).encode())

        self.behaviour = behave

    def wait_for(self, count):
        """Wait until *count* requests were read, in case the client left early."""
        end = time.monotonic() + 10
        while len(self.reached) < count and time.monotonic() < end:
            time.sleep(0.001)

    def close(self):
        """Stop serving, whatever is still waiting."""
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def server():
    """A server of its own for each test."""
    faulty = FaultyServer()
    yield faulty
    faulty.close()


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self):
        self.now = NOW
        self.sleeps: list[float] = []

    def __call__(self):
        """Return the seconds since the epoch."""
        return self.now

    def sleep(self, seconds):
        """Pass time at once."""
        self.sleeps.append(seconds)
        self.now += seconds


@pytest.fixture
def clock():
    """A clock that the test moves."""
    return Clock()


@pytest.fixture
def impatient():
    """A setting under which a server that says nothing is left soon."""
    return {"timeout": (5, 0.03)}


@pytest.fixture
def settings(clock):
    """Settings under which a test never waits for long."""
    return {
        "timeout": (5, 10),
        "retry": RetryPolicy(attempts=3),
        "clock": clock,
        "sleep": clock.sleep,
    }


@pytest.fixture
def make(server, settings):
    """Make clients that talk to the server, with further settings."""

    def make_client(kind, **more):
        keywords = {**settings, **more}
        url = keywords.pop("url", server.url)
        if kind == "braze":
            client = BrazeClient(url, api_key="braze-key-0123456789", **keywords)
        elif kind == "core":
            client = SessionMCoreClient(
                url, api_key="core-key-0123456789", api_secret="core-secret", **keywords
            )
        else:
            client = SessionMConnectClient(
                url,
                authorization=("connect-key", "connect-secret"),
                retailer_id="retailer-1",
                **keywords,
            )
        made.append(client)
        return client

    made: list = []
    yield make_client
    for client in made:
        client.close()


@pytest.fixture
def gzipped():
    """Compress JSON data."""
    return lambda data: gzip.compress(json.dumps(data).encode())
