"""Requests as they come in over a connection: read whole, within limits, or refused."""

from __future__ import annotations

import io
import re
import socket
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic
from typing import Any

import attrs

from ..._checks import told
from .._calls import Answer


__all__ = ["Refusal", "Request", "RequestReader", "ServerLimits"]

_METHOD_OR_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_DECIMAL = re.compile(r"[0-9]+")
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{1,16}")

MAX_CHUNK_LINE = 1_024
"""Bytes of the line that opens a chunk, its extensions included."""


@attrs.frozen(kw_only=True)
class ServerLimits:
    """How much of a server one client can take."""

    connections: int = 256
    """Connections that are open at once, on all ports together."""

    head: int = 65_536
    """Bytes of a request line and its headers."""

    body: int = 32_000_000
    """Bytes of a body; more than any service takes."""

    seconds: float = 10
    """Seconds within which a request must be here as a whole."""

    idle_seconds: float = 60
    """Seconds a connection may rest between requests, or take to read an answer."""

    linger_seconds: float = 1
    """Seconds that a refused client is listened to, so that it reads the refusal."""


class Refusal(Exception):  # noqa: N818 - an answer, not an accident
    """A request that no service is to see."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status

    @property
    def answer(self) -> Answer:
        """What the client is told, where Braze and where SessionM say such things."""
        text = f"sandbox: {self}"
        body = {"message": text, "errors": [{"message": text}]}
        return Answer.of(body, status=self.status)


@attrs.frozen(kw_only=True)
class Request:
    """A request without its body."""

    method: str
    """The method, as sent."""

    target: str
    """What the request line asks for, as sent."""

    keeps_alive: bool
    """Whether the client may send another request on the same connection."""

    headers: Mapping[str, str]
    """The headers, with names in lower case; of repeated ones, the list."""

    @property
    def is_chunked(self) -> bool:
        """Whether the body comes in chunks."""
        return "transfer-encoding" in self.headers

    @property
    def has_body(self) -> bool:
        """Whether a body of at least one byte was announced."""
        return self.is_chunked or self.length > 0

    @property
    def length(self) -> int:
        """How many bytes the body has, unless it comes in chunks."""
        return int(self.headers.get("content-length", "0"))


class RequestReader:
    """Reads the requests of one connection.

    Args:
        connection: Where they come from.
        limits: What is too much, and what is too slow.
    """

    def __init__(self, connection: socket.socket, limits: ServerLimits, /) -> None:
        self._limits = limits
        self._bytes = _TimedBytes(connection)
        self._stream = io.BufferedReader(self._bytes)

    def waits_for_request(self) -> bool:
        """Return whether another request begins while the connection may rest."""
        self._bytes.give(self._limits.idle_seconds)
        try:
            return bool(self._stream.peek(1))
        except Refusal:
            return False

    def read_head(self) -> Request | None:
        """Read up to the body; ``None`` if the client hung up before it began.

        Raises:
            Refusal: If it is no request, or too much of one, or too slow.
        """
        self._bytes.give(self._limits.seconds)
        first = self._stream.peek(1)[:1]
        if not first:
            return None
        if not first.isalpha() and first not in b"\r\n":
            text = "this is no HTTP; call the sandbox with http://, not with https://"
            raise Refusal(400, text)
        return _parse_head(self._read_lines(), self._limits)

    def read_body(self, request: Request, /) -> bytes:
        """Read the body of *request*.

        Raises:
            Refusal: If it is broken, or too much, or too slow.
        """
        return (
            self._read_chunks()
            if request.is_chunked
            else self._read_exactly(request.length)
        )

    def _read_lines(self) -> list[str]:
        """Read lines up to an empty one, as long as they are not too long together."""
        lines: list[str] = []
        left = self._limits.head
        while True:
            line = self._stream.readline(left + 1)
            left -= len(line)
            if left < 0:
                status, what = (431, "headers are") if lines else (414, "target is")
                text = f"the {what} longer than {self._limits.head:,} bytes; send less"
                raise Refusal(status, text)
            if not line.endswith(b"\n"):
                raise Refusal(400, "the request ends within its headers; send it whole")
            text = line.decode("latin-1").removesuffix("\n").removesuffix("\r")
            if text:
                lines.append(text)
            elif lines:
                return lines

    def _read_exactly(self, size: int) -> bytes:
        body = self._stream.read(size)
        if len(body) < size:
            text = f"the body ends after {len(body):,} of {size:,} bytes; send it whole"
            raise Refusal(400, text)
        return body

    def _read_chunks(self) -> bytes:
        body = bytearray()
        while size := self._read_chunk_size():
            if len(body) + size > self._limits.body:
                raise _too_large(self._limits)
            body += self._read_exactly(size)
            if self._read_exactly(2) != b"\r\n":
                raise Refusal(400, "a chunk is longer than its size says")
        self._skip_trailers()
        return bytes(body)

    def _read_chunk_size(self) -> int:
        line = self._stream.readline(MAX_CHUNK_LINE).decode("latin-1")
        digits = line.partition(";")[0].strip(" \t\r\n")
        if not line.endswith("\n") or not _HEXADECIMAL.fullmatch(digits):
            text = (
                f"a chunk begins with its size in hexadecimal, got {told(digits[:20])}"
            )
            raise Refusal(400, text)
        return int(digits, 16)

    def _skip_trailers(self) -> None:
        left = self._limits.head
        while (line := self._stream.readline(left + 1)) not in {b"\r\n", b"\n"}:
            left -= len(line)
            if left < 0:
                raise Refusal(431, "the trailers are too long; send none")
            if not line:
                raise Refusal(400, "the body ends without its last chunk")


class _TimedBytes(io.RawIOBase):
    """The bytes of a connection; reading ends at a deadline, however they drip."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__()
        self._connection = connection
        self._seconds = self._deadline = 0.0

    def give(self, seconds: float) -> None:
        """Let reading go on for *seconds* from now."""
        self._seconds = seconds
        self._deadline = monotonic() + seconds

    def readable(self) -> bool:
        """Return ``True``: the class is for reading."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what is there, or wait for it."""
        left = self._deadline - monotonic()
        if left > 0:
            with suppress(TimeoutError):
                self._connection.settimeout(left)
                return self._connection.recv_into(buffer)
        text = f"no whole request within {self._seconds:g} seconds; send it at once"
        raise Refusal(408, text)


def _parse_head(lines: list[str], limits: ServerLimits) -> Request:
    """Return the request whose line and headers are *lines*."""
    method, target, version = _parse_request_line(lines[0])
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or not _METHOD_OR_NAME.fullmatch(name):
            raise Refusal(400, f"a header is 'Name: value', got {told(line[:40])}")
        if _CONTROL_CHARACTER.search(value):
            raise Refusal(400, f"the header {name[:40]} holds control characters")
        # A list of values is what RFC 9110 reads here.  The headers that steer have no
        # lists, so a repeated one is refused where its one value is wanted.
        before = headers.get(name.lower())
        value = value.strip(" \t")
        headers[name.lower()] = value if before is None else f"{before}, {value}"
    _check_framing(headers, version, limits)
    closes = "close" in headers.get("connection", "").lower()
    return Request(
        method=method,
        target=target,
        headers=headers,
        keeps_alive=version == "HTTP/1.1" and not closes,
    )


def _parse_request_line(line: str) -> tuple[str, str, str]:
    parts = line.split(" ")
    if len(parts) != 3 or not _METHOD_OR_NAME.fullmatch(parts[0]):  # noqa: PLR2004
        text = f"a request begins with 'METHOD /path HTTP/1.1', got {told(line[:40])}"
        raise Refusal(400, text)
    method, target, version = parts
    if version not in {"HTTP/1.1", "HTTP/1.0"}:
        raise Refusal(505, f"send HTTP/1.1, got {told(version[:20])}")
    if _CONTROL_CHARACTER.search(target):
        raise Refusal(400, "the request target holds control characters; encode them")
    return method, target, version


def _check_framing(
    headers: Mapping[str, str], version: str, limits: ServerLimits
) -> None:
    """Refuse a body whose end is not sure, or too far away."""
    coding = headers.get("transfer-encoding")
    length = headers.get("content-length")
    if coding is not None and (length is not None or version == "HTTP/1.0"):
        text = "send Content-Length, or Transfer-Encoding in HTTP/1.1, and not both"
        raise Refusal(400, text)
    if coding is not None and coding.lower() != "chunked":
        text = f"Transfer-Encoding can only be chunked, got {told(coding[:40])}"
        raise Refusal(400, text)
    if length is not None and not _DECIMAL.fullmatch(length):
        text = f"Content-Length is one number of bytes, got {told(length[:40])}"
        raise Refusal(400, text)
    # The digits are counted first: int() is slow, or an error, with thousands of them.
    digits = (length or "0").lstrip("0")
    if len(digits) > len(str(limits.body)) or int(digits or 0) > limits.body:
        raise _too_large(limits)


def _too_large(limits: ServerLimits) -> Refusal:
    return Refusal(413, f"the body is longer than {limits.body:,} bytes; send less")
