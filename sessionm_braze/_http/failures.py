"""Exceptions of requests and urllib3, read once and replaced by scrubbed ones."""

from __future__ import annotations

import logging
import re
import socket
import ssl
import traceback
from contextvars import ContextVar

import requests
import urllib3.exceptions

from .._foreign import one_line
from .._secrets import MASK, Scrubber
from .bounds import CertificatesError
from .policy import Outcome


__all__ = ["Cause", "OneLineFilter", "classify", "hidden", "reason", "scrubbed"]


class Cause(Exception):  # noqa: N818 - it stands for an error, it is never raised
    """What went wrong below: stands in for an exception whose text holds secrets."""


def classify(error: requests.RequestException) -> Outcome:
    """Say how far the request came that ended with *error*.

    Only what surely happened before the first byte was written counts as
    ``NO_CONNECTION``; in doubt the connection was cut.
    """
    if isinstance(error, requests.ConnectTimeout):
        return Outcome.NO_CONNECTION
    if isinstance(error, requests.exceptions.ContentDecodingError):
        return Outcome.UNREADABLE
    roots = _roots(error)
    if any(isinstance(root, urllib3.exceptions.InvalidHeader) for root in roots):
        return Outcome.UNREADABLE  # of the answer; that of a request is requests' own
    if any(isinstance(root, _BEFORE_WRITING) for root in roots) or _in_handshake(roots):
        return Outcome.NO_CONNECTION
    if any(isinstance(root, urllib3.exceptions.ReadTimeoutError) for root in roots):
        return Outcome.TIMEOUT
    if isinstance(error, requests.ReadTimeout):
        return Outcome.TIMEOUT
    return Outcome.CUT


def reason(error: BaseException, origin: str) -> str:
    """Say in words why there is no connection to *origin*, or say nothing."""
    host = origin.partition("://")[2]
    roots = [each for root in _roots(error) for each in (root, root.__cause__) if each]
    if isinstance(error, CertificatesError):
        return str(error)
    for kind, words in _REASONS:
        found = next((root for root in roots if isinstance(root, kind)), None)
        if found is not None:
            detail: object = getattr(found, "reason", "")
            if isinstance(found, ssl.SSLCertVerificationError):
                detail = found.verify_message
            elif isinstance(found, urllib3.exceptions.ProxyError):
                detail = found.original_error
            return f"{host}: {words}{f' ({detail})' if detail else ''}"
    return host


def scrubbed(error: BaseException, scrub: Scrubber) -> Cause:
    """Return a stand-in for *error* that keeps its name and text, not its secrets."""
    return Cause(one_line(scrub.text(f"{type(error).__name__}: {error}")))


_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (urllib3.exceptions.ProxyError, "the proxy does not connect"),
    (urllib3.exceptions.NameResolutionError, "the name is not known"),
    (socket.gaierror, "the name is not known"),
    (ssl.SSLCertVerificationError, "its certificate is not trusted"),
    (ssl.SSLError, "TLS was not agreed on"),
    (ConnectionRefusedError, "nothing listens there, the connection was refused"),
    (urllib3.exceptions.ConnectTimeoutError, "no answer to the connection in time"),
)

_BEFORE_WRITING = (
    CertificatesError,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.ProxyError,
    ssl.SSLCertVerificationError,
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
)


def _roots(error: BaseException) -> list[BaseException]:
    """Return *error* and everything it wraps, outermost first."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        current = waiting.pop()
        if isinstance(current, BaseException) and current not in found:
            found.append(current)
            waiting += [*current.args, getattr(current, "reason", None)]
    return found


hidden: ContextVar[bool] = ContextVar("sessionm_braze_hidden", default=False)
"""Whether the address that is being asked may stand in no log."""


def _in_handshake(roots: list[BaseException]) -> bool:
    """Return whether a failure began while TLS was agreed on, before any request.

    Only explicit links are followed: the context of an error may be one that the
    caller was handling, and says nothing of this request.
    """
    explicit = [each for root in roots for each in (root, root.__cause__) if each]
    return any(
        frame.f_code.co_name == "do_handshake"
        for each in explicit
        for frame, _ in traceback.walk_tb(each.__traceback__)
    )


class OneLineFilter(logging.Filter):
    """Keeps what is foreign in a log record from beginning a line of its own."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(map(self._shown, record.args))
        return True

    def _shown(self, value: object) -> object:
        return one_line(value) if isinstance(value, str | Exception) else value


class _PathFilter(OneLineFilter):
    """Masks keys and whole addresses in the paths that urllib3 writes to its logs."""

    _key = re.compile(r"(/apps/)[^/?\s\"']+")

    def _shown(self, value: object) -> object:
        if isinstance(value, str) and hidden.get() and value.startswith("/"):
            return f"/{MASK}"
        shown = super()._shown(value)
        return self._key.sub(rf"\1{MASK}", shown) if isinstance(shown, str) else shown


for _name in ("connection", "connectionpool", "poolmanager", "util.retry"):
    logging.getLogger(f"urllib3.{_name}").addFilter(_PathFilter())
