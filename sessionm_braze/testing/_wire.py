"""What goes over the wire, as plain values: a call, its answer, the addresses."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn
from urllib.parse import parse_qsl, unquote, urlsplit

import attrs


__all__ = [
    "SERVICES",
    "Answer",
    "Call",
    "Endpoints",
    "host_of",
    "read_call",
    "service_at",
]

_PORTS = {"https": 443, "http": 80}

SERVICES = ("core", "connect", "braze", "storage")
"""The services of a sandbox; `storage` is where Braze puts exported segments."""


@attrs.frozen(kw_only=True)
class Endpoints:
    """Base URLs of the services, as one front shows them."""

    core: str = "https://core.sandbox.test"
    """SessionM Core: customers and tags."""

    connect: str = "https://connect.sandbox.test"
    """SessionM Connect: wallets and points."""

    braze: str = "https://braze.sandbox.test"
    """The Braze REST API."""

    storage: str = "https://storage.sandbox.test"
    """Where the files of segment exports are fetched from."""

    def service_at(self, url: str, /) -> str | None:
        """Return the service that listens at *url*, or ``None`` for a foreign host."""
        place = _origin(url)
        for service in SERVICES:
            if place == _origin(getattr(self, service)):
                return service
        return None


def service_at(
    fronts: Iterable[Endpoints], url: str, /
) -> tuple[Endpoints, str] | None:
    """Return the front and the service that listen at *url*, or ``None``."""
    for endpoints in fronts:
        service = endpoints.service_at(url)
        if service is not None:
            return endpoints, service
    return None


def host_of(url: str, /) -> str:
    """Return scheme and host of *url*: what can be shown of a URL with secrets."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}"


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    port = _PORTS.get(parts.scheme)
    return parts.scheme, (parts.hostname or "") + f":{parts.port or port}"


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
        """Tell whether the call goes to *path*; ``*`` stands for anything.

        Below a Core app and below the offers service the rest of a path is enough.
        """
        spellings = (path, f"/priv/v1/apps/*{path}", f"/offers{path}")
        return any(fnmatch.fnmatchcase(self.path, each) for each in spellings)

    def json(self) -> Any:
        """Return the decoded body.

        Raises:
            ValueError: If the body is not JSON in UTF-8.
        """
        return json.loads(self.body.decode("utf-8"), parse_constant=_refuse_constant)


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
    return Call(
        service=service,
        method=method.upper(),
        url=url,
        path=parts.path or "/",
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
            body=json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(),
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
