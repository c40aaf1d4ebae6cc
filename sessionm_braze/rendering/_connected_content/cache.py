"""Answers kept for reuse, as Braze keeps those of connected_content calls."""

from __future__ import annotations

import threading
from collections import OrderedDict

from .._values import utf8
from .messages import MAX_BODY_SIZE, ConnectedContentRequest, ConnectedContentResponse


MIN_CACHE_AGE = 300
MAX_CACHE_AGE = 14_400
"""Bounds of ``:cache_max_age`` in seconds (Braze docs, caching responses)."""

MAX_KEPT_BYTES = 64_000_000
"""Characters that all answers of a cache may have, with what they are known by."""

Key = tuple[str, ...]


class ConnectedContentCache:
    """Keeps answers between renders; safe to share between threads.

    GET answers are known by their URL alone, as Braze documents it; for POST, where
    nothing is documented, headers and body count too.

    Args:
        size: How many answers are kept, of 64 MB in all; the one unused for longest
            goes first.
    """

    def __init__(self, size: int = 1_000) -> None:
        self._size = size
        self._kept: OrderedDict[Key, tuple[float, ConnectedContentResponse]] = (
            OrderedDict()
        )
        self._bytes = 0
        self._lock = threading.Lock()

    def get(
        self, request: ConnectedContentRequest, now: float
    ) -> ConnectedContentResponse | None:
        """Return the answer kept for *request*, unless it is too old at *now*."""
        key = _key(request)
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                return None
            expires, response = kept
            if expires <= now:
                self._drop(key)
                return None
            self._kept.move_to_end(key)
            return response

    def put(
        self,
        request: ConnectedContentRequest,
        response: ConnectedContentResponse,
        now: float,
    ) -> None:
        """Keep *response* if its request allows it."""
        age = request.cache_max_age
        if age is None or len(utf8(response.body)) > MAX_BODY_SIZE:
            return
        key = _key(request)
        with self._lock:
            self._drop(key)
            self._kept[key] = (now + age, response)
            self._bytes += _length(key, response)
            while len(self._kept) > self._size or self._bytes > MAX_KEPT_BYTES:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        if key in self._kept:
            _, response = self._kept.pop(key)
            self._bytes -= _length(key, response)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def __reduce__(self) -> tuple[type[ConnectedContentCache], tuple[int]]:
        """Return an empty cache of the same size: another process has its own."""
        return type(self), (self._size,)


def _length(key: Key, response: ConnectedContentResponse) -> int:
    return sum(map(len, key)) + len(response.body)


def _key(request: ConnectedContentRequest) -> Key:
    if request.method == "GET":
        return ("GET", request.url)
    headers = (f"{name}: {value}" for name, value in sorted(request.headers.items()))
    return (request.method, request.url, request.body or "", *headers)


def clamped(seconds: int) -> int:
    """Return *seconds* within the bounds Braze sets."""
    return min(max(seconds, MIN_CACHE_AGE), MAX_CACHE_AGE)
