"""Requests and responses of connected_content calls."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from ..._secrets import Scrubber
from .._template_secrets import masked_headers, masked_url
from .._values import read_json
from .._walk import json_text


def _frozen_headers(given: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): str(value) for name, value in given.items()}


@attrs.frozen(kw_only=True)
class ConnectedContentRequest:
    """One call, as Braze would send it."""

    method: str = "GET"
    """``GET`` or ``POST``."""

    url: str = attrs.field(repr=lambda url: repr(masked_url(url)))
    """The address, with everything filled in."""

    headers: Mapping[str, str] = attrs.field(
        factory=dict,
        converter=_frozen_headers,
        repr=lambda headers: repr(masked_headers(headers)),
    )
    """Headers, those of stored credentials included."""

    body: str | None = None
    """The body as text, or None."""

    retry: bool = False
    """Whether the tag has ``:retry``; the renderer repeats, not the fetcher."""

    cache_max_age: int | None = None
    """Seconds for which the answer may be reused; None if it may not."""

    timeout: float = 2.0
    """Seconds after which Braze gives up."""

    def masked(self, scrubber: Scrubber) -> ConnectedContentRequest:
        """Return a copy that can be shown: no credential in headers, URL or body."""
        headers = {
            name: scrubber.text(value)
            for name, value in masked_headers(self.headers).items()
        }
        body = None if self.body is None else scrubber.text(self.body)
        return attrs.evolve(
            self, url=scrubber.text(self.url), headers=headers, body=body
        )


_NO_JSON: Any = object()


class ConnectedContentResponse:
    """What a server answered.

    Args:
        status_code: HTTP status.
        body: The body as text.
        headers: Headers of the answer.
        json: A decoded value instead of *body*; it is never changed.

    Raises:
        TypeError: If *status_code* is no integer, or *body* no text.

    Example:
        >>> from sessionm_braze.rendering import ConnectedContentResponse
        >>> ConnectedContentResponse(json={"points": 5}).body
        '{"points": 5}'
    """

    __slots__ = ("_body", "_json", "headers", "status_code")

    def __init__(
        self,
        status_code: int = 200,
        body: str | bytes = "",
        headers: Mapping[str, str] | None = None,
        *,
        json: Any = _NO_JSON,
    ) -> None:
        if not isinstance(status_code, int):
            raise TypeError(f"status_code: expected an integer, not {status_code!r}")
        text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
        if not isinstance(text, str):
            raise TypeError(f"body: expected a text, not {type(body).__name__}")
        text = text.removeprefix("\ufeff")
        self.status_code = status_code
        self.headers: Mapping[str, str] = _frozen_headers(headers or {})
        self._json = json
        self._body: str | None = text if json is _NO_JSON else None

    @property
    def body(self) -> str:
        """The body as text.

        Raises:
            TypeError: If what was given is no JSON value; the text says where.
        """
        if self._body is None:
            self._body = json_text(self._json)
        return self._body

    def json(self) -> Any:
        """Return the body decoded.

        Raises:
            ValueError: If it is not JSON.
        """
        return read_json(self.body) if self._json is _NO_JSON else self._json

    def __repr__(self) -> str:
        shown = f"status_code={self.status_code}, body={self.body[:80]!r}"
        return f"ConnectedContentResponse({shown})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ConnectedContentResponse):
            return NotImplemented
        mine = (self.status_code, self.body, self.headers)
        return mine == (other.status_code, other.body, other.headers)

    __hash__ = None  # type: ignore[assignment]


def update_headers(headers: dict[str, str], more: Mapping[str, str]) -> None:
    """Add *more*, whose names may be written in another case."""
    for name, value in more.items():
        for known in [known for known in headers if known.lower() == name.lower()]:
            del headers[known]
        headers[name] = value


_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_FRAMING = frozenset(
    {
        *("connection", "content-length", "expect", "host", "http2-settings"),
        *("keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding"),
        "upgrade",
    }
)
"""Headers that say where a request ends, whom it is for, or what follows it."""


def header_fault(headers: Mapping[str, str]) -> str:
    """Return what is wrong with the *headers* of a call, or nothing.

    No value is quoted: it may be a credential.
    """
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            return f"{name!r} is not the name of a header"
        if name.lower() in _FRAMING:
            return f"the header {name} belongs to the connection: leave it out"
        if _CONTROL.search(value):
            return f"the value of the header {name} must be one line of text"
    return ""


SUCCESS_STATUSES = range(200, 300)
"""Statuses of answers that are used."""

MAX_BODY_SIZE = 1_048_576
"""Bytes above which Braze neither uses an answer nor keeps it."""

Fetcher = Callable[[ConnectedContentRequest], ConnectedContentResponse]
"""A function that takes a request and returns a response.

It may raise ``TimeoutError`` or ``ConnectionError``.
"""


@attrs.frozen(kw_only=True)
class ConnectedContentCall:
    """One call a render made, for looking at afterwards; secrets are masked."""

    request: ConnectedContentRequest
    """The request."""

    status_code: int | None = None
    """HTTP status of the answer; None if there was none."""

    elapsed: float = 0.0
    """Seconds the fetcher took."""

    from_cache: bool = False
    """Whether an earlier answer was used."""

    error: str | None = None
    """Why there is no usable answer."""
