"""Front (b): the services as HTTP servers on the loopback address."""

from __future__ import annotations

import selectors
import socket
import struct
import sys
import threading
from contextlib import suppress
from email.utils import formatdate
from http.client import responses as REASONS  # noqa: N812 - a table
from socketserver import BaseRequestHandler, ThreadingTCPServer
from time import monotonic
from typing import Any

import attrs

from .._calls import Answer, read_call
from .._dashboards.braze import Dashboard
from .._dashboards.sessionm import SessionMSide
from .._endpoints import SERVICES, Endpoints
from .._faults import WireFault
from .._services import Services
from .control import CONTROL_PREFIX, ControlApi
from .gate import Gate
from .incoming import Refusal, Request, RequestReader, ServerLimits


__all__ = ["LoopbackServer"]

LOOPBACK_HOST = "127.0.0.1"
LIMITS = ServerLimits()
"""What all servers hold their clients to."""

MAX_HOLD_SECONDS = 60
"""Seconds after which a connection that is to time out is cut anyway."""

_PAUSE_SECONDS = 0.05
"""Seconds before the next try when no connection can be accepted."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class LoopbackServer:
    """Four HTTP servers, one per service, in threads of this process.

    Args:
        services: Who answers.
        sessionm: SessionM's side, for calls below `CONTROL_PREFIX`.
        dashboard: Braze's side, for them too.
        port: Port of Core; the others follow.  0 takes four free ones.
        token: What callers must know, if anything.
    """

    def __init__(
        self,
        services: Services,
        sessionm: SessionMSide,
        dashboard: Dashboard,
        *,
        port: int = 0,
        token: str | None = None,
    ) -> None:
        self._services = services
        self.limits = LIMITS
        gate = Gate((), token)
        self.closing = threading.Event()
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._servers: dict[str, _Server] = {}
        try:
            for place, service in enumerate(SERVICES):
                address = (LOOPBACK_HOST, port + place if port else 0)
                self._servers[service] = _Server(address, service, self)
        except OSError:
            self._close_listeners()
            raise
        ports = {name: server.port for name, server in self._servers.items()}
        path = "" if token is None else f"/{token}"
        self.endpoints = Endpoints(
            **{n: f"http://{LOOPBACK_HOST}:{port}{path}" for n, port in ports.items()}
        )
        self.gate = attrs.evolve(gate, ports=tuple(ports.values()))
        if token is not None:
            services.mask(token)
        self._control = ControlApi(services, sessionm, dashboard, self.endpoints)
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(
            target=self._accept, name="sessionm_braze sandbox", daemon=True
        )
        self._thread.start()

    def answer(self, service: str, request: Request, path: str, body: bytes) -> Answer:
        """Answer one request that was let in.

        Raises:
            WireFault: If the fault plan says that no answer comes.
        """
        method = request.method
        if path.startswith(CONTROL_PREFIX):
            return self._control.answer(method, path.removeprefix(CONTROL_PREFIX), body)
        call = read_call(
            method,
            getattr(self.endpoints, service) + path,
            endpoints=self.endpoints,
            service=service,
            headers=request.headers,
            body=body,
        )
        return self._services.handle(call)

    def failed(self, error: Exception, /) -> None:
        """Note that *error* came up while answering."""
        self._services.astray.append(f"while answering: {error!r}")

    def opened(self, connection: socket.socket, /) -> bool:
        """Note an open connection, and return whether there is room for it."""
        with self._lock:
            if len(self._connections) >= self.limits.connections:
                return False
            self._connections.add(connection)
            return True

    def closed(self, connection: socket.socket, /) -> None:
        """Note that a connection is no more."""
        with self._lock:
            self._connections.discard(connection)

    def close(self) -> None:
        """Stop listening and cut what is open."""
        self.closing.set()
        self._wake.send(b"x")
        self._thread.join()
        self._close_listeners()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # the other side was faster
                connection.close()
        self._wake.close()
        self._woken.close()

    def _close_listeners(self) -> None:
        for server in self._servers.values():
            server.server_close()

    def _accept(self) -> None:
        """Take connections in on all ports, until told to stop."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._woken, selectors.EVENT_READ)
            for server in self._servers.values():
                selector.register(server.socket, selectors.EVENT_READ, server)
            while not self.closing.is_set():
                for key, _ in selector.select():
                    if isinstance(key.data, _Server):
                        key.data.take_in()


class _Server(ThreadingTCPServer):
    """One port."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], service: str, front: LoopbackServer
    ) -> None:
        self.service = service
        self.front = front
        super().__init__(address, _Handler)
        self.socket.settimeout(0)  # a client may be gone before it is accepted

    @property
    def port(self) -> int:
        """The port it listens at."""
        return int(self.server_address[1])

    def take_in(self) -> None:
        """Accept one connection and give it a thread, if there is room."""
        try:
            connection, address = self.get_request()
        except OSError:  # gone before it was accepted, or no file handle is left
            self.front.closing.wait(_PAUSE_SECONDS)
            return
        try:
            if self.front.opened(connection):
                self.process_request(connection, address)
                return
            text = f"{self.front.limits.connections} connections are open"
        except RuntimeError as error:  # no thread is left
            text = str(error)
        with suppress(OSError):
            connection.settimeout(0)
            connection.send(
                _response(
                    Refusal(503, f"{text}; use fewer at a time").answer, closes=True
                )
            )
        self.shutdown_request(connection)

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that has ended."""
        self.front.closed(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Note what is a fault of ours: a client may hang up whenever it likes."""
        del request, client_address
        error = sys.exception()
        if isinstance(error, Exception) and not isinstance(error, OSError):
            self.front.failed(error)


class _Handler(BaseRequestHandler):
    """One connection."""

    server: _Server
    request: socket.socket

    def handle(self) -> None:
        """Answer requests until either side has enough."""
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reader = RequestReader(self.request, self.server.front.limits)
        try:
            while self._answer_next(reader) and reader.waits_for_request():
                pass
        except Refusal as refusal:
            self._send(_response(refusal.answer, closes=True))
            self._linger()

    def _answer_next(self, reader: RequestReader) -> bool:
        """Answer one request, and return whether another one may follow."""
        front = self.server.front
        request = reader.read_head()
        if request is None:
            return False
        path = front.gate.admit(request, self.server.port)
        if request.has_body and "expect" in request.headers:
            self._send(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = reader.read_body(request)
        try:
            answer = front.answer(self.server.service, request, path, body)
        except WireFault as fault:
            self._cut(hold=fault.kind == "timeout")
            return False
        except Exception as error:  # noqa: BLE001 - the test's own code may raise it
            front.failed(error)
            answer = Answer.of({"message": f"sandbox: {error}"}, status=500)
        response = _response(answer, closes=not request.keeps_alive)
        without_body = len(answer.body) if request.method == "HEAD" else 0
        self._send(response[: len(response) - without_body])
        return request.keeps_alive

    def _send(self, response: bytes) -> None:
        self.request.settimeout(self.server.front.limits.idle_seconds)
        self.request.sendall(response)

    def _linger(self) -> None:
        """Take what the client still sends: else it is reset, and reads no answer."""
        self.request.shutdown(socket.SHUT_WR)
        deadline = monotonic() + self.server.front.limits.linger_seconds
        while (left := deadline - monotonic()) > 0:
            self.request.settimeout(left)
            if not self.request.recv(65_536):
                return

    def _cut(self, *, hold: bool) -> None:
        """Cut the connection; with *hold*, wait until the client has given up."""
        if hold:
            self.request.settimeout(MAX_HOLD_SECONDS)
            with suppress(OSError):
                self.request.recv(1)
        else:
            linger = (socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self.request.setsockopt(*linger)
        self.request.close()


def _response(answer: Answer, *, closes: bool) -> bytes:
    """Return *answer* as it goes over the wire."""
    headers = {
        "Date": formatdate(usegmt=True),
        **answer.headers,
        "Content-Length": str(len(answer.body)),
        **({"Connection": "close"} if closes else {}),
    }
    lines = [f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, '')}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + answer.body
