"""Front (c): requests patched through `responses`, for code with its own sessions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import requests

from .adapter import SandboxAdapter


__all__ = ["mock_requests"]

HTTP_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")

Reply = tuple[int, Mapping[str, str], bytes]


@contextmanager
def mock_requests(
    adapter: SandboxAdapter, *, passthrough: Iterable[str] = ()
) -> Iterator[None]:
    """Send every request of this process to *adapter*, except to *passthrough*.

    Raises:
        ImportError: If `responses` is not installed.
    """
    try:
        import responses  # noqa: PLC0415 - of the extra "testing"
    except ImportError as exc:
        text = "Sandbox.mock() needs responses: pip install 'sessionm-braze[testing]'"
        raise ImportError(text) from exc

    def answer(request: requests.PreparedRequest) -> Reply:
        reply = adapter.send(request)
        return reply.status_code, reply.headers, reply.content

    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for prefix in passthrough:
            mock.add_passthru(prefix)
        for method in HTTP_METHODS:
            anywhere = re.compile("")
            mock.add_callback(method, anywhere, callback=answer, content_type=None)
        yield
