"""Front (c): sessions that the tested code makes by itself."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import attrs
import requests
from requests.adapters import BaseAdapter, HTTPAdapter

from .adapter import SandboxAdapter


__all__ = ["environment", "mock_requests", "mock_within"]

HTTP_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")

Reply = tuple[int, Mapping[str, str], bytes]


@contextmanager
def mock_requests(
    adapter: SandboxAdapter, *, passthrough: Iterable[str] = ()
) -> Iterator[None]:
    """Send what the sessions of this process send to *adapter*.

    Where another mock is at work, before this one or within it, it gets what is for
    other hosts; nothing gets out.  *passthrough* are beginnings of URLs left alone.
    """
    prefixes = tuple(passthrough)
    before = requests.Session.get_adapter

    def get_adapter(session: requests.Session, url: str) -> BaseAdapter:
        passes = url.startswith(prefixes)
        if not passes and adapter.serves(url):
            return adapter
        found = before(session, url)
        return found if passes or not _leads_out(found) else adapter

    requests.Session.get_adapter = get_adapter  # type: ignore[assignment]
    try:
        yield
    finally:
        requests.Session.get_adapter = before  # type: ignore[method-assign]


def _leads_out(adapter: BaseAdapter) -> bool:
    """Return whether nobody stands between *adapter* and the network."""
    replaced = HTTPAdapter.send.__module__ != HTTPAdapter.__module__
    own = isinstance(adapter, SandboxAdapter)
    return isinstance(adapter, HTTPAdapter) and not own and not replaced


@contextmanager
def mock_within(mock: Any, adapter: SandboxAdapter) -> Iterator[None]:
    """Add the sandbox's hosts to *mock*, a mock of `responses`, for a while."""
    from responses import CallbackResponse  # noqa: PLC0415 - the caller has it

    def answer(request: requests.PreparedRequest) -> Reply:
        reply = adapter.send(request)
        return reply.status_code, reply.headers, reply.content

    added = [
        CallbackResponse(
            method,
            re.compile(rf"{re.escape(url)}(?![^/?#])"),
            answer,
            content_type=None,
        )
        for endpoints in adapter.fronts()
        for url in attrs.astuple(endpoints)
        for method in HTTP_METHODS
    ]
    for each in added:
        mock.add(each)
    try:
        yield
    finally:
        for each in added:
            mock.remove(each)


@contextmanager
def environment(variables: Mapping[str, str | None]) -> Iterator[None]:
    """Set *variables* of this process, or take them out, and put them back after."""
    before = {name: os.environ.get(name) for name in variables}
    _set(variables)
    try:
        yield
    finally:
        _set(before)


def _set(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
