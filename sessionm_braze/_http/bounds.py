"""One request and its answer within a deadline and a size, whatever a server does.

The timeouts of requests bound one wait for bytes, and reading is over when the server
says so.  Here the connection itself reads, and writes, under the deadline of the
exchange: endless headers, ``100 Continue`` without end and a byte now and then end
with it.  What cannot be bounded is the look-up of a host's name, which is the
system's, and each address of a host has the timeout for connecting.
"""

from __future__ import annotations

import functools
import http.client
import io
import os
import socket
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import requests.adapters
import urllib3.exceptions

from .._addresses import Deadline
from .credentials import is_loopback


__all__ = [
    "ENCODINGS",
    "Bounds",
    "ExceededError",
    "exchange",
    "keep_bounds",
    "read_whole",
]

_CHUNK_BYTES = 65_536
_PIECE_BYTES = 16_384
"""Bytes that are written at a time: what one record of TLS holds."""

_HEAD_BYTES = 1_000_000
"""Bytes of headers and framing that an answer may have beside twice its size."""

ENCODINGS = "gzip, deflate"
_KNOWN_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
"""What an answer may be packed in, once: other decoders may know no limit."""


class ExceededError(Exception):
    """An answer is beyond a bound; never leaves this room."""

    def __init__(self, problem: str, response: requests.Response | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.response = response
        """Without a body; or None if its headers were not whole."""


class Bounds:
    """What one exchange may take.

    Args:
        deadline: Seconds from now until the last byte.
        deadline_name: The argument it was given as, for the error.
        size: Bytes of the decoded body.
        size_name: As *deadline_name*.
        spent: Seconds of the deadline that are over.
    """

    def __init__(
        self,
        deadline: float,
        deadline_name: str,
        size: int,
        size_name: str,
        *,
        spent: float = 0.0,
    ) -> None:
        self._deadline = Deadline(deadline - spent)
        self._names = deadline, deadline_name, size_name
        self._size = size
        self._most_received = 2 * size + _HEAD_BYTES
        self._received = 0

    def left(self, longest: float | None) -> float:
        """Return the seconds for one wait, at most *longest*.

        Raises:
            TimeoutError: If there are none.
        """
        left = self._deadline.left()
        return left if longest is None or left < longest else longest

    def count(self, received: int) -> None:
        """Count bytes *received*; body, headers and all that frames them.

        Raises:
            OSError: If they are more than any answer of that size takes.
        """
        self._received += received
        if self._received > self._most_received:
            raise OSError(self.problem)

    @property
    def problem(self) -> str:
        """What of an answer that has begun is beyond a bound, or nothing."""
        deadline, deadline_name, size_name = self._names
        if self._received > self._most_received:
            return f"an answer of more than {self._size:,} bytes ({size_name})"
        if self._received and time.monotonic() >= self._deadline.end:
            return f"no whole answer within {deadline:g} s ({deadline_name})"
        return ""

    def _check(self, size: int, response: requests.Response) -> None:
        self._received = self._received or size  # where no connection of ours counts
        if size > self._size:
            self._received = self._most_received + 1
        if self.problem:
            raise ExceededError(self.problem, response)

    def body_of(self, response: requests.Response) -> Iterator[bytes]:
        """Yield the decoded body of *response*, which is closed at a fault.

        Raises:
            ExceededError: If it is beyond a bound.
            requests.RequestException: If it is cut, or cannot be decoded.
        """
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        if encoding not in _KNOWN_ENCODINGS:
            response.close()
            text = f"the answer is packed in a way not asked for: {encoding[:40]!r}"
            raise requests.exceptions.ContentDecodingError(text)
        chunks: Iterable[bytes] = response.iter_content(_CHUNK_BYTES)
        if isinstance(response._content, bytes):  # noqa: SLF001 - a stand-in read it
            chunks = (response.content,)
        size = 0
        try:
            for chunk in chunks:
                size += len(chunk)
                self._check(size, response)
                yield chunk
        except requests.RequestException:
            response.close()
            if self.problem:
                raise ExceededError(self.problem, response) from None
            raise
        except (ValueError, urllib3.exceptions.HTTPError) as error:
            response.close()
            raise requests.exceptions.ChunkedEncodingError(error) from error
        except BaseException:
            response.close()
            raise


_bounds: ContextVar[Bounds | None] = ContextVar("sessionm_braze_bounds", default=None)
"""Of the exchange that is under way; connections used otherwise have none."""


def read_whole(response: requests.Response, bounds: Bounds) -> None:
    """Read the body of *response*, so that its ``content`` is at hand.

    Raises:
        ExceededError: If it is beyond a bound.
        requests.RequestException: If it is cut, or cannot be decoded.
    """
    content = bytearray()
    for chunk in bounds.body_of(response):
        content += chunk
    response._content = bytes(content)  # noqa: SLF001 - what its own reading does
    response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001


class CertificatesError(requests.RequestException):
    """The file of certificates to trust is not there."""


def _way_there(session: requests.Session, url: str) -> dict[str, Any]:
    """Return what a request trusts, and that it takes no proxy to this machine.

    A session's own certificates win over those of the environment, which requests
    prefers if it is left to itself.
    """
    trusted: Any = session.verify
    if trusted is True and session.trust_env:
        variables = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
        trusted = next(filter(None, map(os.environ.get, variables)), True)
    if not isinstance(trusted, bool) and not Path(trusted).exists():
        raise CertificatesError(
            f"there are no certificates at {str(trusted)!r}; check session.verify, "
            "REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE"
        )
    way = {"verify": trusted}
    if is_loopback(urlsplit(url).hostname):
        way["proxies"] = {"http": "", "https": ""}
    return way


def exchange(
    session: requests.Session,
    method: str,
    url: str,
    *,
    bounds: Bounds,
    timeout: float | tuple[float, float],
    take: Callable[[requests.Response], None],
    **arguments: Any,
) -> requests.Response:
    """Send a request through *session* and return its answer, redirects not followed.

    Args:
        session: Its adapters are under `keep_bounds`; others are bounded as far as
            they keep the timeouts.
        method: HTTP method.
        url: Where to.
        bounds: For this exchange alone.
        timeout: Seconds to connect and to wait for bytes, or one number for both.
        take: Reads the body through the bounds, or closes the response; called
            before anybody else can read it.
        **arguments: As for ``requests.Session.request``.

    Raises:
        ExceededError: If the answer is beyond a bound.
        requests.RequestException: If there is no answer.
    """
    connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    answers: list[requests.Response] = []
    targets: list[str] = []

    def hide_target(response: requests.Response, **_: Any) -> None:
        """Keep requests from reading where a redirect leads, and all of its body."""
        target = response.headers.pop("Location", None)
        if target is not None:
            targets.append(target)

    def first(response: requests.Response, **_: Any) -> None:
        answers.append(response)
        take(response)

    arguments |= _way_there(session, url)
    given = session.hooks.get("response") or ()
    hooks = [first, *([given] if callable(given) else given), hide_target]
    token = _bounds.set(bounds)
    try:
        timeout = bounds.left(connect), bounds.left(read)
        response = session.request(
            method,
            url,
            timeout=timeout,
            allow_redirects=False,
            stream=True,
            hooks={"response": hooks},
            **arguments,
        )
    except requests.RequestException:
        if bounds.problem:
            raise ExceededError(bounds.problem) from None
        raise
    except TimeoutError as error:
        raise requests.ConnectTimeout(error) from error
    except (ValueError, LookupError, urllib3.exceptions.HTTPError) as error:
        if answers:  # of a hook of the session's own
            raise
        raise requests.exceptions.ContentDecodingError(error) from error
    finally:
        _bounds.reset(token)
    if targets:
        response.headers["Location"] = targets[0]
    return response


def keep_bounds(adapter: requests.adapters.BaseAdapter) -> None:
    """Make the connections of *adapter* keep the bounds of an exchange.

    Those it opens for others behave as they always did.
    """
    name = "get_connection_with_tls_context"
    if isinstance(adapter, requests.adapters.HTTPAdapter) and name not in vars(adapter):
        method = getattr(type(adapter), name)
        setattr(
            adapter,
            name,
            functools.partial(_bounded_pool, method, weakref.proxy(adapter)),
        )


def _bounded_pool(method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    pool = method(*args, **kwargs)
    pool.ConnectionCls = _bounded_connection(pool.ConnectionCls)
    return pool


@functools.cache
def _bounded_connection(kind: type) -> type:
    if issubclass(kind, _BoundedWriter):
        return kind
    return type(f"Bounded{kind.__name__}", (_BoundedWriter, kind), {})


class _BoundedReader(io.RawIOBase):
    """The bytes of an answer, each wait for them within the bounds."""

    def __init__(self, raw: Any, sock: socket.socket, bounds: Bounds) -> None:
        self._raw = raw
        self._sock = sock
        self._timeout = sock.gettimeout()
        self._bounds = bounds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._bounds.left(self._timeout))
        received: int = self._raw.readinto(buffer)
        self._bounds.count(received)
        return received

    def close(self) -> None:
        self._raw.close()
        super().close()


class _BoundedAnswer(http.client.HTTPResponse):
    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        bounds = _bounds.get()
        if bounds is not None:
            raw = self.fp.detach()  # the socket's, without its buffer
            self.fp = io.BufferedReader(_BoundedReader(raw, sock, bounds))


class _BoundedWriter(http.client.HTTPConnection):
    """Mixed into a connection of urllib3."""

    response_class = _BoundedAnswer

    def send(self, data: Any) -> None:
        bounds = _bounds.get()
        if bounds is None or not isinstance(data, bytes) or len(data) <= _PIECE_BYTES:
            super().send(data)
            return
        for start in range(0, len(data), _PIECE_BYTES):
            if self.sock is not None:
                self.sock.settimeout(bounds.left(self.timeout))
            super().send(data[start : start + _PIECE_BYTES])
