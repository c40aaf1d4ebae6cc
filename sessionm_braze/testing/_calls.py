"""A call to a service, and its answer, as plain values."""

from __future__ import annotations

import fnmatch
import json
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NoReturn
from urllib.parse import parse_qsl, unquote, urlsplit

import attrs

from ..rendering._walk import COMPACT, json_text
from ._endpoints import Endpoints


__all__ = ["Answer", "Call", "read_call"]


@attrs.frozen(kw_only=True)
class Call:
    """One request as a service receives it."""

    service: str
    """Which service it is for."""

    method: str
    """The HTTP method, in capitals."""

    url: str
    """The whole URL."""

    path: str
    """The path as sent, percent-encoding included."""

    query: Mapping[str, str] = attrs.field(factory=dict)
    """The query parameters; of a repeated one, the last."""

    headers: Mapping[str, str] = attrs.field(factory=dict)
    """The headers, with names in lower case."""

    body: bytes = b""
    """The body as sent."""

    endpoints: Endpoints = attrs.field(factory=Endpoints)
    """The addresses of all services, as the caller sees them."""

    @property
    def segments(self) -> tuple[str, ...]:
        """The parts of the path, each decoded."""
        return tuple(unquote(part) for part in self.path.split("/")[1:])

    def fits(self, path: str, /) -> bool:
        """Return whether the call goes to *path*; ``*`` stands for anything.

        Below a Core app and below the offers service the rest of a path is enough.
        """
        spellings = (path, f"/priv/v1/apps/*{path}", f"/offers{path}")
        return any(fnmatch.fnmatchcase(self.path, each) for each in spellings)

    def json(self) -> Any:
        """Return the decoded body.

        Raises:
            ValueError: If the body is not JSON in UTF-8, or nested too deeply.
        """
        text = self.body.decode("utf-8")
        try:
            return json.loads(text, parse_constant=_refuse_constant)
        except RecursionError:
            raise ValueError("the JSON is nested too deeply") from None

    def repeated_keys(self) -> list[str]:
        """Return the keys that an object of the body has more than once."""
        found: list[str] = []

        def note(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            value = dict(pairs)
            if len(value) < len(pairs):
                counts = Counter(name for name, _ in pairs)
                found.extend(name for name, count in counts.items() if count > 1)
            return value

        with suppress(ValueError, RecursionError):  # not JSON, which is said elsewhere
            json.loads(self.body, object_pairs_hook=note)
        return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def read_call(
    method: str,
    url: str,
    *,
    endpoints: Endpoints,
    service: str,
    headers: Mapping[str, str],
    body: bytes,
) -> Call:
    """Make a `Call` of the parts that a front holds."""
    parts = urlsplit(url)
    # A served sandbox may have a token, with which the paths of its URLs begin.
    base = urlsplit(getattr(endpoints, service)).path
    return Call(
        service=service,
        method=method.upper(),
        url=url,
        path=parts.path.removeprefix(base) or "/",
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
        headers={name.lower(): value for name, value in headers.items()},
        body=body,
        endpoints=endpoints,
    )


@attrs.frozen(kw_only=True)
class Answer:
    """One response as a service gives it."""

    status: int = 200
    """The HTTP status."""

    headers: Mapping[str, str] = attrs.field(factory=dict)
    """The headers."""

    body: bytes = b""
    """The body."""

    @classmethod
    def of(
        cls,
        value: Any,
        /,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return an answer whose body is *value* in JSON."""
        return cls(
            status=status,
            headers={
                "Content-Type": "application/json; charset=utf-8",
                **(headers or {}),
            },
            body=json_text(value, separators=COMPACT).encode(
                "utf-8", "backslashreplace"
            ),
        )

    def json(self) -> Any:
        """Return the decoded body, or its text where it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return self.body.decode("utf-8", "replace")

    def adding(self, headers: Mapping[str, str], /) -> Answer:
        """Return the same answer with more *headers*."""
        return attrs.evolve(self, headers={**self.headers, **headers})
