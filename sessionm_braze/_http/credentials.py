"""Where a service is, and how a client proves who it is; checked before use."""

from __future__ import annotations

import base64
import ipaddress
import re
from functools import lru_cache
from urllib.parse import quote, urlsplit

import requests
import requests.auth

from .._checks import told
from .._secrets import Secret


__all__ = [
    "AuthorizationHeader",
    "base_url",
    "basic",
    "basic_string",
    "check_secret",
    "check_storage_url",
    "is_loopback",
    "is_safe",
    "path_segment",
]

_HOST = re.compile(
    r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9]([A-Za-z0-9.\-]*[A-Za-z0-9])?)(:\d+)?"
)


class AuthorizationHeader(requests.auth.AuthBase):
    """Sets the ``Authorization`` header, so that no ``.netrc`` can replace it."""

    def __init__(self, value: Secret) -> None:
        self._value = value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._value.reveal()
        return request

    def __repr__(self) -> str:
        return "AuthorizationHeader('***')"


def check_secret(value: object, field: str) -> Secret:
    """Return *value* as a secret that can stand in a header.

    Raises:
        TypeError: If it is not a string.
        ValueError: If it is empty or holds blanks or control characters.  The
            message never shows the value.
    """
    if isinstance(value, Secret):
        value = value.reveal()
    if not isinstance(value, str):
        raise TypeError(f"{field} must be a string, got {type(value).__name__}")
    if not value:
        raise ValueError(f"{field} must not be empty")
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError(
            f"{field} must be printable ASCII without blanks or line breaks "
            "(the value is not shown)"
        )
    return Secret(value)


def basic(key: Secret, secret: Secret) -> Secret:
    """Return the Basic credential of *key* and *secret*, without the word Basic."""
    pair = f"{key.reveal()}:{secret.reveal()}"
    return Secret(base64.b64encode(pair.encode()).decode())


def basic_string(value: object, field: str) -> Secret:
    """Return the encoded part of a Basic string, given with or without its prefix."""
    if isinstance(value, str):
        head, _, rest = value.partition(" ")
        if head.lower() == "basic":
            value = rest.strip(" ")
    return check_secret(value, field)


def base_url(endpoint: object, field: str = "endpoint") -> str:
    """Return *endpoint* as a URL without a trailing slash; a bare host means https.

    Raises:
        TypeError: If it is not a string.
        ValueError: If it is not an https URL with a host.  Plain http is accepted for
            loopback addresses only.
    """
    if not isinstance(endpoint, str):
        raise TypeError(f"{field} must be a string, got {type(endpoint).__name__}")
    text = endpoint.strip()
    if "@" in text or "?" in text or "#" in text:
        raise ValueError(
            f"{field} must be a plain base URL without user, query or fragment"
        )
    if not text.isprintable() or " " in text:
        raise ValueError(
            f"{field} must be a URL without blanks or line breaks, got {told(endpoint)}"
        )
    url = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"{field} must be a URL, got {told(url)}: {error}") from None
    plain = parts.scheme == "http" and is_loopback(parts.hostname)
    if parts.scheme != "https" and not plain:
        raise ValueError(
            f"{field} must be an https URL (plain http is for loopback addresses only)"
            f", got {told(endpoint)}"
        )
    if not _HOST.fullmatch(parts.netloc):
        raise ValueError(f"{field} must name a host, got {told(endpoint)}")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def path_segment(value: str, field: str) -> str:
    """Return *value* percent-encoded as one segment of a path.

    Raises:
        ValueError: If it is ``.`` or ``..``, which a path would swallow.
    """
    if value in {".", ".."}:
        raise ValueError(
            f"{field} must not be {value!r}: it would change the path of the call"
        )
    return quote(value, safe="")


def check_storage_url(url: str) -> str:
    """Return *url* if a file may be fetched from there.

    Raises:
        ValueError: If it is no https URL, or names a user; plain http is for loopback
            addresses only.  The message shows no more of it than the host.
    """
    if not is_safe(url):
        parts = urlsplit(url)
        raise ValueError(
            "the URL of an export must be https (plain http is for loopback addresses "
            f"only) without a user, got {parts.scheme}://{parts.hostname or ''}/…"
        )
    return url


def is_safe(url: str) -> bool:
    """Return whether *url* names no user and is https, or http on this machine."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if "@" in parts.netloc:
        return False
    if parts.scheme == "http":
        return is_loopback(parts.hostname)
    return parts.scheme == "https" and bool(parts.hostname)


@lru_cache(maxsize=64)
def is_loopback(host: str | None) -> bool:
    """Return whether *host* is this machine, by name or by address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
