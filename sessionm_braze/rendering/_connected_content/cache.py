"""Answers kept for reuse, as Braze keeps those of connected_content calls."""

from __future__ import annotations

import threading
from collections import OrderedDict

from .._values import utf8
from .messages import MAX_BODY_SIZE, ConnectedContentRequest, ConnectedContentResponse


MIN_CACHE_AGE = 300
MAX_CACHE_AGE = 14_400
"""Bounds of ``:cache_max_age`` in seconds (Braze docs, caching responses)."""

Key = tuple[str, ...]


class ConnectedContentCache:
    """Keeps answers between renders; safe to share between threads.

    GET answers are known by their URL alone, as Braze documents it; for POST, where
    nothing is documented, headers and body count too.

    Args:
        size: How many answers are kept; the one unused for longest goes first.
    """

    def __init__(self, size: int = 1_000) -> None:
        self._size = size
        self._kept: OrderedDict[Key, tuple[float, ConnectedContentResponse]] = (
            OrderedDict()
        )
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
                del self._kept[key]
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
        with self._lock:
            self._kept[_key(request)] = (now + age, response)
            self._kept.move_to_end(_key(request))
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)

    def __reduce__(self) -> tuple[type[ConnectedContentCache], tuple[int]]:
        """Return an empty cache of the same size: another process has its own."""
        return type(self), (self._size,)


def _key(request: ConnectedContentRequest) -> Key:
    if request.method == "GET":
        return ("GET", request.url)
    headers = (f"{name}: {value}" for name, value in sorted(request.headers.items()))
    return (request.method, request.url, request.body or "", *headers)


def clamped(seconds: int) -> int:
    """Return *seconds* within the bounds Braze sets."""
    return min(max(seconds, MIN_CACHE_AGE), MAX_CACHE_AGE)
