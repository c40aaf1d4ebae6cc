"""Keeps clients of this package away from every host but the sandbox's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import attrs

from .._http import host_guard
from ._endpoints import Endpoints
from ._errors import UnexpectedRequestError


__all__ = ["only_hosts_of"]


@contextmanager
def only_hosts_of(fronts: Callable[[], tuple[Endpoints, ...]], /) -> Iterator[None]:
    """Refuse other hosts to clients, in this context."""

    def guard(host: str) -> None:
        known = {
            urlsplit(url).netloc for front in fronts() for url in attrs.astuple(front)
        }
        if host not in known:
            raise UnexpectedRequestError(
                f"a client was about to call {host}, which is not the sandbox"
            )

    token = host_guard.set(guard)
    try:
        yield
    finally:
        host_guard.reset(token)
