"""Which function answers which method and path."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import attrs

from .._checks import function as checked_function, text, told
from ._calls import Answer, Call


__all__ = ["Handler", "Route", "RouteFunction", "Router", "fits", "own_route"]

S = TypeVar("S")

Handler = Callable[[S, Call, Mapping[str, str], float], Answer]
"""Answers a call: the state, the call, the named path segments, and the time."""


@attrs.frozen
class Route(Generic[S]):
    """One documented endpoint of a service."""

    method: str
    """The HTTP method."""

    pattern: str
    """The path, with named segments in braces."""

    handler: Handler[S]
    """The function that answers it."""

    summary: str
    """What it does, for the page that lists the routes."""

    def match(self, method: str, segments: Sequence[str], /) -> dict[str, str] | None:
        """Return the named segments if the route fits, else ``None``."""
        return fits(self.pattern, segments) if method == self.method else None


def fits(pattern: str, segments: Sequence[str], /) -> dict[str, str] | None:
    """Return the named segments if a path of *segments* fits, else ``None``."""
    parts = pattern.split("/")[1:]
    if len(parts) != len(segments):
        return None
    named: dict[str, str] = {}
    for part, segment in zip(parts, segments, strict=True):
        if part.startswith("{"):
            named[part[1:-1]] = segment
        elif part != segment:
            return None
    return named


@attrs.frozen
class Router(Generic[S]):
    """The endpoints of a service."""

    routes: tuple[Route[S], ...]

    def find(self, call: Call, /) -> tuple[Handler[S], dict[str, str]] | None:
        """Return the handler for *call* and its named segments, or ``None``."""
        segments = call.segments
        for route in self.routes:
            named = route.match(call.method, segments)
            if named is not None:
                return route.handler, named
        return None


RouteFunction = Callable[..., Any]
"""Answers a call of one's own: takes what was sent, and the named path segments."""


def own_route(
    method: str,
    path: str,
    function: RouteFunction,
    answer: Callable[[Call, Any], Answer],
) -> Route[Any]:
    """Return a route that a *function* of a test answers.

    Args:
        method: The HTTP method.
        path: The path, with named segments in braces.
        function: Takes the decoded body, or without one the query, and the named
            segments as keywords.
        answer: Makes an answer of what it returns, unless that is an `Answer`.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If *path* does not begin with a slash.
    """
    verb = text(method, "method").upper()
    if not text(path, "path").startswith("/"):
        raise ValueError(f"path must begin with a slash, got {told(path)}")
    called = checked_function(function, "function")

    def handle(_: Any, call: Call, named: Mapping[str, str], __: float) -> Answer:
        sent = call.json() if call.body else dict(call.query)
        result = called(sent, **named)
        return result if isinstance(result, Answer) else answer(call, result)

    return Route(verb, path, handle, "a route of one's own")
