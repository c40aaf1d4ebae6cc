"""Finds credentials in headers, addresses and templates, so that they can be masked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from .._secrets import MASK, Scrubber, Secret, is_sensitive


AUTH_SCHEME = re.compile(
    r"(?P<scheme>Basic|Bearer|Token)\s+(?P<value>\S+)", re.IGNORECASE
)
"""An authorization as a header holds it."""

HEADER_PAIR = re.compile(
    r"[\"'](?P<name>[^\"'\\\s]+)\\?[\"']\s*:\s*\\?[\"'](?P<value>[^\"'\\]*)"
)
"""A header, or a field of a body, as a template writes it."""

URL_PARAMETER = re.compile(r"[?&](?P<name>[\w.-]+)=(?P<value>[^&#\s]+)")
"""A parameter of an address."""

URL_ACCOUNT = re.compile(r"https?://(?P<value>[^/@:\s]*:[^/@\s]+)@", re.IGNORECASE)
"""An address with a user's name and password."""

_APP_KEY = re.compile(r"/priv/v1/apps/(?P<value>[^/?#\s]+)")
"""SessionM's Core API has its key in the path."""

_SCHEME_AND_KEY = re.compile(
    r"\b(?:Basic|Bearer)\s+(?P<value>[A-Za-z0-9+/=._~-]+)", re.IGNORECASE
)
_WRITTEN_SECRETS = (
    _SCHEME_AND_KEY,
    URL_ACCOUNT,
    _APP_KEY,
    HEADER_PAIR,
    URL_PARAMETER,
    re.compile(r"\bassign\s+(?P<name>[\w-]+)\s*=\s*[\"'](?P<value>[^\"']+)"),
    re.compile(
        r"\bcapture\s+[\"']?(?P<name>[\w-]+)[\"']?\s*-?%\}\s*"
        r"(?P<value>[^\s{][^{\r\n]{0,500})"
    ),
    re.compile(r":(?:basic_auth|auth_credentials)\s+(?P<value>[^\s:%{]+:[^\s%{]+)"),
)
_QUOTED = re.compile(r"[\"'](?P<value>[\w+/=.-]{20,500})[\"']")
_LONG_WORD = re.compile(r"(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9+=]{20,}")
"""Letters and digits as a key has them, and neither a name nor a UUID."""

_LIKE_A_KEY = re.compile(r"(?!.*\s).*([\d=+/]|[a-z][A-Z])", re.DOTALL)
_SCHEMES = frozenset({"basic", "bearer", "token"})
_LEAST_LENGTH = 6
"""Characters of a secret that is looked for all over a template."""


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


@lru_cache(maxsize=8)
def written_secrets(source: str) -> tuple[str, ...]:
    """Return the keys and passwords that are written in a template, longest first.

    They stand in headers, bodies and addresses, or in a variable whose name says so;
    and a long text in quotes that looks like a key is taken for one.
    """
    found = {
        match["value"].partition("{")[0].strip(" \"'")
        for pattern in _WRITTEN_SECRETS
        for match in pattern.finditer(source)
        if _holds_secret(match)
    }
    quoted = (match["value"] for match in _QUOTED.finditer(source))
    found.update(value for value in quoted if _LONG_WORD.search(value))
    schemes = [match for value in found if (match := AUTH_SCHEME.match(value))]
    found.update(match["value"] for match in schemes)
    kept = [
        value
        for value in found
        if len(value) >= _LEAST_LENGTH and value.lower() not in _SCHEMES
    ]
    return tuple(sorted(kept, key=len, reverse=True))


def masked(text: str, source: str) -> str:
    """Return *text* without the secrets that are written in the template *source*."""
    for secret in written_secrets(source):
        text = text.replace(secret, MASK)
    return text


def starred(line: str, source: str) -> str:
    """Return a line of the template *source*, each character of a secret a star."""
    for pattern in _WRITTEN_SECRETS:
        line = pattern.sub(_stars, line)
    for secret in written_secrets(source):
        line = line.replace(secret, "*" * len(secret))
    return line


def _holds_secret(match: re.Match[str]) -> bool:
    """Return whether what a pattern has found is one, by its name or its looks."""
    groups = match.groupdict()
    value = groups["value"].partition("{")[0]
    name = groups.get("name")
    if match.re is _SCHEME_AND_KEY or (name is not None and not is_sensitive(name)):
        named = name is None or is_credential(name, value)
        return named and _LIKE_A_KEY.match(value) is not None
    return True


def _stars(match: re.Match[str]) -> str:
    """Return the match, starred up to where something is filled in."""
    groups, whole = match.groupdict(), match[0]
    value = groups["value"].partition("{")[0]
    if "name" in groups and not is_credential(groups["name"], value):
        return whole
    start = match.start("value") - match.start()
    return whole[:start] + "*" * len(value) + whole[start + len(value) :]
