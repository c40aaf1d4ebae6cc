"""Reads connected_content tags: what they call, and the secrets written into them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs
from liquid.exceptions import LiquidSyntaxError
from liquid.token import Token

from ..._secrets import Scrubber, Secret, is_sensitive
from .._credentials import ACCOUNT, PAIR, PARAMETER, is_credential
from .._errors import place
from .._tags._connected_content import Scan
from .._tags._words import Span
from ._mistakes import note_curly_quotes
from ._notes import Notes
from ._report import CallUse


_LONG_KEY = re.compile(r"(?=\S*\d)(?=\S*[A-Za-z])[\w+/=.-]{24,}")
_PLACEHOLDER = re.compile(
    r"your|example|placeholder|changeme|<|\*\*|x{4,}", re.IGNORECASE
)


@attrs.frozen(kw_only=True)
class CallFound:
    """A connected_content tag, and where it stands."""

    use: CallUse
    url: str
    at: int


def read_call(opening: Token, text: Token, notes: Notes) -> CallFound:
    """Return what the tag at *opening* calls; note what is wrong with it."""
    scan = _scanned(text, notes)
    values = {} if scan is None else scan.values
    url = "" if scan is None or scan.url is None else scan.url.text
    headers = list(_headers(text, values.get("headers"), notes))
    if scan is not None and scan.url is not None:
        _note_parameters(text, scan.url, notes)
    line, column, _ = place(opening.source, opening.start_index)
    method, save = values.get("method"), values.get("save")
    use = CallUse(
        line=line,
        column=column,
        method="GET" if method is None else method.text.upper(),
        url=Scrubber(map(Secret, notes.secrets)).text(url),
        save="connected" if save is None else save.text,
        options=() if scan is None else tuple(sorted({*scan.values, *scan.flags})),
        headers=tuple(headers),
    )
    return CallFound(use=use, url=url, at=opening.start_index)


def _scanned(text: Token, notes: Notes) -> Scan | None:
    try:
        scan = Scan(text, strict=True, warnings=[])
    except LiquidSyntaxError as error:
        at = text.start_index if error.token is None else error.token.start_index
        notes.add("syntax-error", at, str(error.message))
        return _loosely(text)
    if scan.url is None:
        message = "'connected_content' needs a URL"
        notes.add("syntax-error", text.start_index, message)
    return scan


def _loosely(text: Token) -> Scan | None:
    try:
        return Scan(text, strict=False, warnings=[])
    except LiquidSyntaxError:
        return None


def _headers(text: Token, span: Span | None, notes: Notes) -> Iterator[str]:
    """Yield the names of the headers; note the secrets among their values."""
    if span is None:
        return
    at = text.start_index + span.start
    note_curly_quotes(Token(text.kind, span.text, at, text.source), notes)
    for match in PAIR.finditer(span.text):
        name, value = match["name"], match["value"]
        yield name
        if _is_secret(name, value):
            notes.secrets.append(value)
            notes.add(
                "literal-secret",
                at + match.start("value"),
                f"the header '{name}' holds a secret that all readers see",
                suggestion="store it in Braze and use :basic_auth or :auth_credentials",
            )


def _note_parameters(text: Token, url: Span, notes: Notes) -> None:
    for match in PARAMETER.finditer(url.text):
        name, value = match["name"], match["value"]
        if is_sensitive(name) and _is_literal(value):
            notes.secrets.append(value)
            notes.add(
                "literal-secret",
                text.start_index + url.start + match.start("value"),
                f"the parameter '{name}' of the URL holds a secret",
                suggestion="store it in Braze and use :auth_credentials",
            )
    account = ACCOUNT.match(url.text)
    if account is not None and _is_literal(account["value"]):
        notes.secrets.append(account["value"])
        notes.add(
            "literal-secret",
            text.start_index + url.start + account.start("value"),
            "the URL holds a user name and a password",
            suggestion="store them in Braze and use :basic_auth",
        )


def _is_secret(name: str, value: str) -> bool:
    telling = is_credential(name, value) or _LONG_KEY.search(value)
    return bool(value and telling) and _is_literal(value)


def _is_literal(value: str) -> bool:
    return "{{" not in value and "${" not in value and not _PLACEHOLDER.search(value)
