"""Keeps clients of this package away from every host but the sandbox's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import attrs

from .._http import guard_hosts
from ._endpoints import Endpoints
from ._errors import UnexpectedRequestError


__all__ = ["only_hosts_of"]


@contextmanager
def only_hosts_of(fronts: Callable[[], tuple[Endpoints, ...]], /) -> Iterator[None]:
    """Refuse other hosts to all clients of this process."""

    def guard(host: str) -> Exception | None:
        known = {
            urlsplit(url).netloc for front in fronts() for url in attrs.astuple(front)
        }
        if host in known:
            return None
        return UnexpectedRequestError(
            f"a client was about to call {host}, which is not the sandbox"
        )

    with guard_hosts(guard):
        yield
