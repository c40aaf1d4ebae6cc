"""Reads connected_content tags: what they call, and the secrets written into them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain

import attrs

from ..._secrets import Scrubber, Secret, is_sensitive
from .._connected_content.request import TRAILING_COMMA
from .._parts import Part
from .._tags.connected_content import ConnectedContentNode
from .._template_secrets import HEADER_PAIR, URL_ACCOUNT, URL_PARAMETER, is_credential
from .expression_mistakes import (
    CURLY_QUOTES,
    note_curly_quote,
    note_curly_quotes,
    note_entities,
    note_placeholder,
)
from .findings import FindingCollector
from .report import CallUse


_KEY_LIKE_TEXT = re.compile(r"(?=\S*\d)(?=\S*[A-Za-z])[\w+/=.-]{24,}")
_PLACEHOLDER = re.compile(
    r"\bYOUR[-_ ][A-Z][A-Z0-9_-]*|<(?=[\w -]*[A-Z_-])[A-Za-z][\w -]*>(?![^<]*</)"
)
_CAPITALS = re.compile(r"(?<=[\"'\s])[A-Z]{3,}(?:[-_][A-Z]{2,})+(?=[\"'])(?!.\s*:)")
"""The value of a header that nobody has filled in, rather than its name."""

_CURLY = re.compile(f"[{CURLY_QUOTES}]")
_PORTS = {"http": "80", "https": "443"}
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_PORT = re.compile(r"(?P<scheme>https?)://[^/{}?#\s]*:(?P<port>\d+)", re.IGNORECASE)
_OUTPUT = re.compile(r"\{\{[^{}]*\}\}")
_QUOTED_OUTPUTS = re.compile(r"\"(?>\{\{.*?\}\}|\\.|[^\"\\])*\"", re.DOTALL)
_PLACEHOLDER_TEXT = re.compile(
    r"your|example|placeholder|changeme|<|\*\*|x{4,}|(?-i:[A-Z]{3,}([-_][A-Z]{2,})+\Z)",
    re.IGNORECASE,
)


@attrs.frozen(kw_only=True)
class CallFound:
    """A connected_content tag, and its index in the source."""

    use: CallUse
    url: str
    at: int
    url_at: int

    @property
    def url_end(self) -> int:
        """Where the address ends in the source."""
        return self.url_at + len(self.url)


def read_call(node: ConnectedContentNode, findings: FindingCollector) -> CallFound:
    """Return what a tag calls; note the secrets that it holds."""
    options = node.options
    headers = list(_headers(options.headers, findings))
    _note_parameters(node.url, findings)
    line, column = findings.place(node.token.start_index)
    given = {
        name for name, part in attrs.asdict(options, recurse=False).items() if part
    }
    use = CallUse(
        line=line,
        column=column,
        method="GET" if options.method is None else options.method.text.upper(),
        url=Scrubber(map(Secret, findings.secrets)).text(node.url.text),
        save=options.saved_as,
        options=tuple(sorted((given - {"flags"}) | options.flags)),
        headers=tuple(headers),
    )
    _check_address(node.url, findings)
    for part in node.parts():
        if part is not options.body:
            note_curly_quotes(part.token, findings)
            note_entities(part.token, findings)
        patterns = [_PLACEHOLDER, *([_CAPITALS] if part is options.headers else [])]
        for match in chain(*(each.finditer(part.text) for each in patterns)):
            place = part.token.start_index + match.start()
            note_placeholder(match[0], place, findings)
    return CallFound(
        use=use,
        url=node.url.text,
        at=node.token.start_index,
        url_at=node.url.token.start_index,
    )


def _check_address(url: Part, findings: FindingCollector) -> None:
    """Note an address that Braze does not call, as far as it is written out."""
    at, text = url.token.start_index, url.text
    if text[0] in "\"'":
        what = "an address stands without quotes"
        findings.add("call-url", at, what, suggestion="take the quotes off")
    elif (scheme := _SCHEME.match(text)) and scheme[1].lower() not in _PORTS:
        what = f"Braze calls no address that begins with {scheme[0]}"
        findings.add("call-url", at, what, suggestion="write https://")
    elif (port := _PORT.match(text)) and port["port"] != _PORTS[port["scheme"].lower()]:
        what = f"Braze does not call the port {port['port']}"
        right = f"{port['scheme']} has the port {_PORTS[port['scheme'].lower()]}"
        findings.add("call-url", at + port.start("port"), what, suggestion=right)


def _check_headers(part: Part, findings: FindingCollector) -> None:
    """Note headers that are no JSON object, whatever is filled in."""
    if _QUOTED_OUTPUTS.sub("", part.text).count("{{") or "${" in part.text:
        return
    try:
        given = json.loads(TRAILING_COMMA.sub(r"\1", _OUTPUT.sub("x", part.text)))
    except ValueError:
        given = None
    curly = _CURLY.search(part.text)
    if not isinstance(given, dict) and curly is not None:
        note_curly_quote(part.token, curly.start(), findings)
    elif not isinstance(given, dict):
        findings.add(
            "call-headers",
            part.token.start_index,
            "':headers' is no JSON object",
            suggestion='write {"Name": "value"}',
        )


def _headers(part: Part | None, findings: FindingCollector) -> Iterator[str]:
    """Yield the names of the headers; note the secrets among their values."""
    if part is None:
        return
    at = part.token.start_index
    if not note_curly_quotes(part.token, findings):
        _check_headers(part, findings)
    for match in HEADER_PAIR.finditer(part.text):
        name, value = match["name"], match["value"]
        yield name
        key_like = is_credential(name, value) or _KEY_LIKE_TEXT.search(value)
        if value and key_like and _is_literal(value):
            what = f"the header '{name}' holds a secret that all readers see"
            instead = "store it in Braze and use :basic_auth or :auth_credentials"
            _note_secret(at, match, what, instead, findings)


def _note_parameters(url: Part, findings: FindingCollector) -> None:
    at = url.token.start_index
    for match in URL_PARAMETER.finditer(url.text):
        name, value = match["name"], match["value"]
        if is_sensitive(name) and _is_literal(value):
            what = f"the parameter '{name}' of the URL holds a secret"
            instead = "store it in Braze and use :auth_credentials"
            _note_secret(at, match, what, instead, findings)
    account = URL_ACCOUNT.match(url.text)
    if account is not None and _is_literal(account["value"]):
        what = "the URL holds a user name and a password"
        instead = "store them in Braze and use :basic_auth"
        _note_secret(at, account, what, instead, findings)


def _note_secret(
    at: int, found: re.Match[str], what: str, instead: str, findings: FindingCollector
) -> None:
    """Report the secret *found* in a part that begins at *at*, and never show it."""
    findings.secrets.append(found["value"])
    place = at + found.start("value")
    findings.add("literal-secret", place, what, suggestion=instead)


def _is_literal(value: str) -> bool:
    filled_in = "{{" in value or "${" in value
    return not filled_in and not _PLACEHOLDER_TEXT.search(value)
