"""Front (b): the services as HTTP servers on the loopback address."""

from __future__ import annotations

import select
import selectors
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .._calls import Answer, read_call
from .._dashboards.braze import Dashboard
from .._dashboards.sessionm import SessionMSide
from .._endpoints import SERVICES, Endpoints
from .._faults import WireFault
from .._services import Services
from .control import ControlApi


__all__ = ["CONTROL_PREFIX", "LoopbackServer"]

CONTROL_PREFIX = "/_sandbox/"
"""Paths below it steer the sandbox itself, on every port."""

LOOPBACK_HOST = "127.0.0.1"
MAX_HOLD_SECONDS = 60
"""Seconds after which a connection that is to time out is cut anyway."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class LoopbackServer:
    """Four HTTP servers, one per service, in threads of this process.

    Args:
        services: Who answers.
        sessionm: SessionM's side, for calls below `CONTROL_PREFIX`.
        dashboard: Braze's side, for them too.
        port: Port of Core; the others follow.  0 takes four free ones.
    """

    def __init__(
        self,
        services: Services,
        sessionm: SessionMSide,
        dashboard: Dashboard,
        *,
        port: int = 0,
    ) -> None:
        self._services = services
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
        self.endpoints = Endpoints(
            **{
                service: f"http://{LOOPBACK_HOST}:{server.server_address[1]}"
                for service, server in self._servers.items()
            }
        )
        self._control = ControlApi(services, sessionm, dashboard, self.endpoints)
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(
            target=self._accept, name="sessionm_braze sandbox", daemon=True
        )
        self._thread.start()

    def answer(
        self, service: str, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> Answer:
        """Answer one request.

        Raises:
            WireFault: If the fault plan says that no answer comes.
        """
        if path.startswith(CONTROL_PREFIX):
            return self._control.answer(method, path.removeprefix(CONTROL_PREFIX), body)
        call = read_call(
            method,
            getattr(self.endpoints, service) + path,
            endpoints=self.endpoints,
            service=service,
            headers=headers,
            body=body,
        )
        return self._services.handle(call)

    def failed(self, error: Exception, /) -> None:
        """Note that *error* came up while answering."""
        self._services.astray.append(f"while answering: {error!r}")

    def opened(self, connection: socket.socket, /) -> None:
        """Note an open connection."""
        with self._lock:
            self._connections.add(connection)

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


class _Server(ThreadingHTTPServer):
    """One port."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self, address: tuple[str, int], service: str, front: LoopbackServer
    ) -> None:
        self.service = service
        self.front = front
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind without asking the resolver for a host name, which can take long."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = LOOPBACK_HOST, self.server_address[1]

    def take_in(self) -> None:
        """Accept one connection and give it a thread."""
        try:
            connection, address = self.get_request()
        except OSError:  # gone before it was accepted
            return
        self.front.opened(connection)
        self.process_request(connection, address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that has ended."""
        self.front.closed(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay quiet: a client may hang up whenever it likes."""


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def _serve(self) -> None:
        body = self._read_body()
        headers = {name.lower(): value for name, value in self.headers.items()}
        front = self.server.front
        try:
            answer = front.answer(
                self.server.service, self.command, self.path, headers, body
            )
        except WireFault as fault:
            self._cut(hold=fault.kind == "timeout")
            return
        except Exception as error:  # noqa: BLE001 - the test's own code may raise it
            front.failed(error)
            answer = Answer.of({"message": f"sandbox: {error}"}, status=500)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    def __getattr__(self, name: str) -> Any:
        """Serve every method: the base class looks for ``do_GET`` and the like."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return b"".join(iter(self._read_chunk, b""))
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _read_chunk(self) -> bytes:
        size = int(self.rfile.readline().partition(b";")[0], 16)
        chunk = self.rfile.read(size)
        self.rfile.readline()
        return chunk

    def _cut(self, *, hold: bool) -> None:
        """Cut the connection; with *hold*, wait until the client has given up."""
        if hold:
            waited = 0.0
            while waited < MAX_HOLD_SECONDS and not self.server.front.closing.is_set():
                if select.select([self.connection], [], [], 0.1)[0]:
                    break
                waited += 0.1
        else:
            linger = (socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self.connection.setsockopt(*linger)
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as inherited
        """Say nothing; the journal has it all."""
