"""What can go wrong, as one tree.

::

    SessionMBrazeError
    ├── TransportError                no answer, nothing was done
    │   ├── ConnectError
    │   └── RequestTimeoutError       also a TimeoutError
    ├── OutcomeUnknownError           it may have been done; never repeated
    ├── ResponseError                 an answer that says no
    │   ├── AuthenticationError
    │   ├── NotFoundError
    │   ├── RequestRejectedError
    │   ├── RateLimitError
    │   └── ServerError
    ├── PayloadError                  an answer of the wrong shape
    ├── TemplateError                 a template that does not parse or render
    │   ├── TemplateSyntaxError
    │   └── ConnectedContentError
    └── LedgerError                   a bulk run's ledger that cannot be used

    PayloadWarning                    an answer that is read, and not fully understood

Wrong arguments are plain ``ValueError`` and ``TypeError``: they are faults of the
calling code, found before anything is sent.  To catch everything that a call can
raise besides, catch `SessionMBrazeError`.

No text here ever holds a key, a secret or an authorization string.  What a server, a
template or a file said stands on one line in it, without characters that would steer a
terminal or begin a line of a log; the attributes have it as it came.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from ._foreign import one_line


__all__ = [
    "AuthenticationError",
    "ConnectError",
    "ConnectedContentError",
    "LedgerError",
    "NotFoundError",
    "OutcomeUnknownError",
    "PayloadError",
    "PayloadWarning",
    "RateLimit",
    "RateLimitError",
    "RequestRejectedError",
    "RequestTimeoutError",
    "ResponseError",
    "ResponseMeta",
    "ServerError",
    "SessionMBrazeError",
    "TemplateError",
    "TemplateSyntaxError",
    "TransportError",
]


@attrs.frozen(kw_only=True)
class RateLimit:
    """What the ``X-RateLimit-*`` headers of an answer said (Braze docs, API limits)."""

    limit: int | None = None
    """Requests allowed in the window."""

    remaining: int | None = None
    """Requests left in the window."""

    reset: float | None = None
    """End of the window, in seconds since the epoch (UTC)."""


@attrs.frozen(kw_only=True)
class ResponseMeta:
    """How a call went; both its receipt and its error carry it."""

    status_code: int | None = None
    """HTTP status of the last answer; ``None`` if none came."""

    request_id: str | None = None
    """``X-Request-Id`` of the last answer; quote it to the platform's support."""

    rate_limit: RateLimit | None = None
    """The limit the answer reported, if any."""

    attempts: int = 1
    """Requests made, repeats included."""

    elapsed: float = 0.0
    """Seconds from the first request to the last answer, waits included."""


_WIDTH = 200
"""Characters of a template's line that an error shows."""


class SessionMBrazeError(Exception):
    """Base of every error this package raises for something that went wrong outside.

    Attributes:
        meta: How the call went, or ``None`` if it never reached the network.
    """

    def __init__(self, message: str = "", *, meta: ResponseMeta | None = None) -> None:
        super().__init__(message)
        self.meta = meta

    def __str__(self) -> str:
        return one_line(super().__str__())


class TransportError(SessionMBrazeError):
    """No answer came, and nothing was done, or the call is safe to make again."""


class ConnectError(TransportError):
    """No connection: the host is unknown, refuses, or does not prove who it is."""


class RequestTimeoutError(TransportError, TimeoutError):
    """No answer within the timeout, for a call that is safe to make again."""


class OutcomeUnknownError(SessionMBrazeError):
    """The request may have been carried out, and nobody can tell.

    Raised where repeating could send a message or count a tag twice.  The library
    never repeats after it; look at the platform's side first.
    """


class ResponseError(SessionMBrazeError):
    """The service answered, and the answer is no.

    Attributes:
        status_code: HTTP status; 200 is possible, SessionM can refuse with it.
        code: The platform's own error code, if it gave one.
        errors: What the answer said under ``errors`` or ``error``, secrets masked.
    """

    def __init__(
        self,
        message: str = "",
        *,
        status_code: int | None = None,
        code: str | None = None,
        errors: Sequence[Any] = (),
        meta: ResponseMeta | None = None,
    ) -> None:
        super().__init__(message, meta=meta)
        self.status_code = status_code
        self.code = code
        self.errors = tuple(errors)


class AuthenticationError(ResponseError):
    """The credentials are wrong, or lack a permission (HTTP 401, 403)."""


class NotFoundError(ResponseError):
    """The customer, object or path does not exist (HTTP 404)."""


class RequestRejectedError(ResponseError):
    """The service understood the request and refuses it (other HTTP 4xx)."""


class RateLimitError(ResponseError):
    """Too many requests (HTTP 429), and the wait asked for is too long.

    Attributes:
        retry_after: Seconds to wait before the next try, or ``None`` if unknown.
    """

    def __init__(
        self,
        message: str = "",
        *,
        retry_after: float | None = None,
        status_code: int | None = None,
        code: str | None = None,
        errors: Sequence[Any] = (),
        meta: ResponseMeta | None = None,
    ) -> None:
        super().__init__(
            message, status_code=status_code, code=code, errors=errors, meta=meta
        )
        self.retry_after = retry_after


class ServerError(ResponseError):
    """The service failed (HTTP 5xx)."""


class PayloadError(SessionMBrazeError):
    """A success whose body does not have the promised shape.

    Attributes:
        problems: Every fault found, each as ``what @ path``.
    """

    def __init__(
        self,
        message: str = "",
        *,
        problems: Sequence[str] = (),
        meta: ResponseMeta | None = None,
    ) -> None:
        super().__init__(message, meta=meta)
        self.problems = tuple(problems)


class PayloadWarning(UserWarning):
    """An answer that was read, and of which a part is not known here."""

    def __str__(self) -> str:
        return one_line(super().__str__())


class TemplateError(SessionMBrazeError):
    """A template that cannot be rendered.

    Attributes:
        line: Line of the fault, counted from 1, or ``None``.
        column: Column of the fault, counted from 1, or ``None``.
        source_line: The template's text on that line, or ``None``.
    """

    def __init__(
        self,
        message: str = "",
        *,
        line: int | None = None,
        column: int | None = None,
        source_line: str | None = None,
    ) -> None:
        super().__init__(message)
        self.line = line
        self.column = column
        self.source_line = source_line

    def __str__(self) -> str:
        text = super().__str__()
        if self.line is None:
            return text
        place = f"line {self.line}"
        if self.column is not None:
            place += f", column {self.column}"
        text = f"{text} ({place})"
        if self.source_line is None:
            return text
        line, at = _around(self.source_line, (self.column or 1) - 1)
        return f"{text}\n  {one_line(line)}\n  {' ' * at}^"


def _around(line: str, at: int) -> tuple[str, int]:
    """Return *line*, cut around *at* if it is long, and where *at* is then."""
    start = max(0, at - _WIDTH // 2) if len(line) > _WIDTH else 0
    before = "…" if start else ""
    after = "…" if len(line) > start + _WIDTH else ""
    return f"{before}{line[start : start + _WIDTH]}{after}", at - start + len(before)


class TemplateSyntaxError(TemplateError):
    """A template that does not parse."""


class ConnectedContentError(TemplateError):
    """A connected_content call that cannot be made."""


class LedgerError(SessionMBrazeError):
    """A ledger that belongs to another run, or that another run holds."""
