"""Which function answers which method and path."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

import attrs

from ._calls import Answer, Call


__all__ = ["Handler", "Route", "Router"]

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
        parts = self.pattern.split("/")[1:]
        if method != self.method or len(parts) != len(segments):
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
