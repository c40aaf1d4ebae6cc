"""The services of a sandbox, and the addresses that lead to them."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

import attrs


__all__ = ["SERVICES", "Endpoints", "host_of", "service_at"]

_DEFAULT_PORTS = {"https": 443, "http": 80}

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
    port = _DEFAULT_PORTS.get(parts.scheme)
    return parts.scheme, (parts.hostname or "") + f":{parts.port or port}"
