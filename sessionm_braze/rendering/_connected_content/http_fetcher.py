"""Answers from the network, for those who ask for it, within Braze's limits.

A template decides what is called, so this does not go through a session with its
proxies, cookies and redirects: it resolves the name itself, refuses what is not
public, connects to the very address it has checked, and reads under one deadline.
"""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
from collections.abc import Iterable
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

import attrs

from ..._addresses import Deadline, is_public, resolved
from ...exceptions import ConnectedContentError
from .messages import (
    MAX_BODY_SIZE,
    ConnectedContentRequest,
    ConnectedContentResponse,
    header_fault,
    update_headers,
)


USER_AGENT = "Braze Sender 0"
"""Braze sends this name with a hash that changes (Braze docs, making an API call)."""

READ_SIZE = 65_536
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([\w.-]+)", re.IGNORECASE | re.ASCII)
_CODECS = frozenset(
    {
        *("utf-8", "us-ascii", "ascii", "latin-1", "iso-8859-1", "iso-8859-2"),
        *("iso-8859-15", "windows-1250", "windows-1251", "windows-1252"),
        *("utf-16", "shift_jis", "euc-jp", "euc-kr", "big5", "gbk", "gb2312"),
        "gb18030",
    }
)
"""Charsets a server may name: those that decode in one pass, and to text."""

_PATH_CHARS = "%/:=&?~+!$,;'@()*[]-._"


def _hosts(given: Iterable[str]) -> frozenset[str]:
    if isinstance(given, str):
        raise TypeError(f"allow_hosts: expected a list of host names, not {given!r}")
    hosts = list(given)
    for host in hosts:
        if not isinstance(host, str):
            raise TypeError(f"allow_hosts: expected the name of a host, not {host!r}")
    return frozenset(host.lower().rstrip(".") for host in hosts)


def _ports(given: Iterable[int]) -> tuple[int, ...]:
    if not isinstance(given, Iterable):
        raise TypeError(f"ports: expected a list of ports, not {given!r}")
    return tuple(given)


@attrs.frozen(kw_only=True)
class HttpFetcher:
    """Makes the calls for real.

    A call has *timeout* seconds, two as in Braze, for everything from looking the name
    up to the last byte.  Headers that frame a request (``Host``, ``Content-Length``,
    ``Transfer-Encoding``, ``Connection``) are its own.  An answer is read in the
    charset that it names if that is a usual one, else as UTF-8.

    Example:
        >>> from sessionm_braze.rendering import HttpFetcher, Renderer
        >>> renderer = Renderer(HttpFetcher(allow_hosts=["api.shop.test"]))
        >>> call = "{% connected_content https://elsewhere.test/ %}"
        >>> renderer.render(call)  # doctest: +IGNORE_EXCEPTION_DETAIL
        Traceback (most recent call last):
        sessionm_braze.exceptions.ConnectedContentError: elsewhere.test is not allowed
    """

    allow_hosts: frozenset[str] = attrs.field(converter=_hosts)
    """Hosts that may be called, in full."""

    allow_private: bool = False
    """Whether addresses of private networks and of this machine may be called."""

    ports: tuple[int, ...] = attrs.field(default=(80, 443), converter=_ports)
    """Ports that may be called; Braze allows these two."""

    timeout: float = 2.0
    """Seconds for the whole call: name, connection, request and answer."""

    body_limit: int = MAX_BODY_SIZE
    """Bytes an answer may have."""

    ssl_context: ssl.SSLContext | None = attrs.field(default=None, repr=False)
    """How servers prove who they are; by default by the system's certificates."""

    def __call__(self, request: ConnectedContentRequest) -> ConnectedContentResponse:
        """Send *request* and return what comes back; redirects are not followed.

        Raises:
            ConnectedContentError: If the address may not be called.
            TimeoutError: If there is no whole answer in time.
            ConnectionError: If there is no connection, or the answer is too large.
        """
        deadline = Deadline(self.timeout)
        try:
            url = urlsplit(request.url)
        except ValueError as error:
            raise ConnectedContentError(f"the URL is no address: {error}") from None
        host, port = self._checked(url)
        sock = self._connected(host, port, deadline)
        try:
            if url.scheme == "https":
                context = self.ssl_context or ssl.create_default_context()
                sock.settimeout(deadline.left())
                sock = context.wrap_socket(sock, server_hostname=host)
            return self._exchange(sock, url, request, deadline)
        except (ssl.SSLError, http.client.HTTPException) as error:
            raise ConnectionError(f"{host}: {error}") from None
        except (ValueError, LookupError) as error:  # of the parser of headers
            raise ConnectionError(f"{host}: the answer cannot be read") from error
        except OSError as error:
            raise _as_connection_error(error, host) from None
        finally:
            sock.close()

    def _checked(self, url: SplitResult) -> tuple[str, int]:
        """Return host and port of *url* if they may be called."""
        if url.scheme not in {"http", "https"}:
            raise ConnectedContentError("the URL has to begin with https:// or http://")
        host = (url.hostname or "").lower().rstrip(".")
        if host not in self.allow_hosts:
            raise ConnectedContentError(f"{host} is not allowed, see allow_hosts")
        if url.username is not None:
            raise ConnectedContentError("a URL with a user name is not allowed")
        try:
            port = url.port or (443 if url.scheme == "https" else 80)
        except ValueError:
            raise ConnectedContentError("the URL has no valid port") from None
        if port not in self.ports:
            raise ConnectedContentError(f"port {port} is not allowed, see ports")
        return host, port

    def _connected(self, host: str, port: int, deadline: Deadline) -> socket.socket:
        """Connect to the first address of *host* that may be called and answers."""
        addresses = resolved(host, port, deadline)
        allowed = [entry for entry in addresses if self._may_reach(entry[4][0])]
        if not allowed:
            raise ConnectedContentError(f"{host} leads to a private address")
        for family, kind, protocol, _, address in allowed:
            sock = socket.socket(family, kind, protocol)
            try:
                sock.settimeout(deadline.left())
                sock.connect(address)
                self._check_peer(sock, host)
            except OSError as error:
                failure = error
                sock.close()
            except ConnectedContentError:
                sock.close()
                raise
            else:
                return sock
        raise _as_connection_error(failure, host) from None

    def _check_peer(self, sock: socket.socket, host: str) -> None:
        if not self._may_reach(sock.getpeername()[0]):
            raise ConnectedContentError(f"{host} leads to a private address")

    def _may_reach(self, address: object) -> bool:
        return self.allow_private or is_public(str(address))

    def _exchange(
        self,
        sock: socket.socket,
        url: SplitResult,
        request: ConnectedContentRequest,
        deadline: Deadline,
    ) -> ConnectedContentResponse:
        timed: Any = _TimedSocket(sock, deadline)
        connection = http.client.HTTPConnection(url.hostname or "", url.port)
        connection.sock = timed
        body = None if request.body is None else request.body.encode("utf-8", "replace")
        if fault := header_fault(request.headers):
            raise ConnectedContentError(fault)
        headers = {
            "User-Agent": USER_AGENT,
            "Accept-Encoding": "identity",
            "Host": url.netloc,
            "Connection": "close",
        }
        update_headers(headers, request.headers)
        try:
            connection.request(request.method, _target(url), body, headers)
        except (ValueError, http.client.InvalidURL) as error:
            raise ConnectedContentError(
                f"the call cannot be written: {error}"
            ) from None
        answer = connection.getresponse()
        text = _decoded(answer, self._read(answer, deadline))
        return ConnectedContentResponse(answer.status, text, dict(answer.getheaders()))

    def _read(self, answer: http.client.HTTPResponse, deadline: Deadline) -> bytes:
        buffer = bytearray()
        while chunk := answer.read1(READ_SIZE):
            deadline.left()
            buffer += chunk
            if len(buffer) > self.body_limit:
                raise ConnectionError(
                    f"the answer is larger than {self.body_limit} bytes"
                )
        if answer.length:
            raise ConnectionError("the connection was cut within the answer")
        return bytes(buffer)


class _TimedSocket:
    """A socket for `http.client` whose every read counts against one deadline."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self.sock = sock
        self.deadline = deadline

    def sendall(self, data: Any) -> None:
        self.sock.settimeout(self.deadline.left())
        self.sock.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:  # noqa: ARG002
        return io.BufferedReader(_TimedReader(self.sock, self.deadline))

    def close(self) -> None:
        """Leave closing to the fetcher."""


class _TimedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self.sock = sock
        self.deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.sock.settimeout(self.deadline.left())
        return self.sock.recv_into(buffer)


def _as_connection_error(error: OSError, host: str) -> OSError:
    if isinstance(error, TimeoutError | ConnectionError):
        return error
    return ConnectionError(f"{host}: {error}")


def _target(url: SplitResult) -> str:
    query = f"?{quote(url.query, safe=_PATH_CHARS)}" if url.query else ""
    return (quote(url.path, safe=_PATH_CHARS) or "/") + query


def _decoded(answer: http.client.HTTPResponse, body: bytes) -> str:
    """Decode *body*, by a charset of the list; by any other as UTF-8."""
    named = _CHARSET.search(answer.headers.get("Content-Type", ""))
    charset = named[1].lower() if named else "utf-8"
    return body.decode(charset if charset in _CODECS else "utf-8", "replace")
