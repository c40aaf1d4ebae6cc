"""Finds credentials in headers, addresses and templates, so that they can be masked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from .._secrets import MASK, Scrubber, Secret, is_sensitive


AUTH_SCHEME = re.compile(
    r"(?P<scheme>Basic|Bearer|Token)\s+(?P<value>\S+)", re.IGNORECASE
)
"""An authorization as a header holds it."""

HEADER_PAIR = re.compile(r"[\"'](?P<name>[^\"'\s]+)[\"']\s*:\s*[\"'](?P<value>[^\"']*)")
"""A header, as a template writes it."""

URL_PARAMETER = re.compile(r"[?&](?P<name>[\w.-]+)=(?P<value>[^&#\s]+)")
"""A parameter of an address."""

URL_ACCOUNT = re.compile(r"https?://(?P<value>[^/@:\s]*:[^/@\s]+)@", re.IGNORECASE)
"""An address with a user's name and password."""

_APP_KEY = re.compile(r"/priv/v1/apps/(?P<value>[^/?#\s]+)")
"""SessionM's Core API has its key in the path."""

_WRITTEN_SECRETS = (
    URL_ACCOUNT,
    _APP_KEY,
    HEADER_PAIR,
    URL_PARAMETER,
    re.compile(r"\b(?:Basic|Bearer)\s+(?P<value>[A-Za-z0-9+/=._~-]+)", re.IGNORECASE),
)


def is_credential(name: str, value: str) -> bool:
    """Return whether a header carries credentials, by its name or its scheme."""
    named = is_sensitive(name) or "key" in name.lower()
    return named or AUTH_SCHEME.match(value) is not None


def masked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return *headers* with the values of those that carry credentials masked."""
    return {
        name: MASK if is_credential(name, value) else value
        for name, value in headers.items()
    }


def header_secrets(headers: Mapping[str, str]) -> Iterator[Secret]:
    """Yield the values of headers that carry credentials, with and without scheme."""
    for name, value in headers.items():
        if value and is_credential(name, value):
            yield Secret(value)
            scheme, _, rest = value.partition(" ")
            if rest.strip() and scheme.isalpha():
                yield Secret(rest.strip())


def url_secrets(url: str) -> Iterator[Secret]:
    """Yield the account, the key of an app and the secret parameters of an address."""
    for pattern in (URL_ACCOUNT, _APP_KEY):
        yield from (Secret(match["value"]) for match in pattern.finditer(url))
    for match in URL_PARAMETER.finditer(url):
        if is_sensitive(match["name"]):
            yield Secret(match["value"])


def masked_url(url: str) -> str:
    """Return an address without its credentials."""
    return Scrubber(url_secrets(url)).text(url)


def starred(line: str) -> str:
    """Return a template's *line*, each character of a credential in it an asterisk."""
    for pattern in _WRITTEN_SECRETS:
        line = pattern.sub(_stars, line)
    return line


def _stars(match: re.Match[str]) -> str:
    """Return the match, starred up to where something is filled in."""
    groups, whole = match.groupdict(), match[0]
    value = groups["value"].partition("{")[0]
    if "name" in groups and not is_credential(groups["name"], value):
        return whole
    start = match.start("value") - match.start()
    return whole[:start] + "*" * len(value) + whole[start + len(value) :]
