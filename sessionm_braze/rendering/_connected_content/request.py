"""What a connected_content tag sends (Braze docs, *Making an API call*)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import parse_qsl

import attrs
from liquid.token import Token

from ..._secrets import Scrubber, Secret
from .._context import BrazeContext
from .._errors import Aborted, CallError
from .._parts import Part
from .._resources import HeaderAuth, host_of
from .._template_secrets import header_secrets, url_secrets
from .._values import read_json
from .cache import MIN_CACHE_AGE, clamped
from .messages import ConnectedContentRequest, header_fault, update_headers


_JSON_TYPE = "application/json"
_FORM_TYPE = "application/x-www-form-urlencoded"
TRAILING_COMMA = re.compile(r",(\s*\})\s*\Z")
"""What JSON does not know, and Braze passes over."""


@attrs.frozen(kw_only=True)
class Options:
    """The options of a tag."""

    flags: frozenset[str]
    accept: Part | None = None
    auth_credentials: Part | None = None
    basic_auth: Part | None = None
    body: Part | None = None
    cache_max_age: Part | None = None
    content_type: Part | None = None
    headers: Part | None = None
    method: Part | None = None
    save: Part | None = None

    @property
    def saved_as(self) -> str:
        """The variable that receives the answer."""
        return "connected" if self.save is None else self.save.text

    def parts(self) -> Iterator[Part]:
        """Yield the values that are given."""
        for value in attrs.astuple(self, recurse=False):
            if isinstance(value, Part):
                yield value


def build_request(
    url: Part, options: Options, context: BrazeContext, token: Token
) -> ConnectedContentRequest | None:
    """Return the request of a tag, or None if it cannot be made, in lax mode.

    Raises:
        CallError: If the call cannot be made.
        Aborted: If it must not be made, in lax mode.
    """
    method = _rendered(options.method, context, "get").strip().upper()
    if method not in {"GET", "POST"}:
        _refuse(f"':method' is get or post, not '{method}'", context, token)
        return None
    address = url.filled_in(context).strip()
    headers = _headers(options, context, method, address, token)
    if headers is None:
        return None
    context.secrets.extend((*header_secrets(headers), *url_secrets(address)))
    if not host_of(address):
        shown = scrubber(context).text(address)
        message = (
            f"the URL has to begin with https:// or http:// and a host, it is '{shown}'"
        )
        _refuse(message, context, token)
        return None
    return ConnectedContentRequest(
        method=method,
        url=address,
        headers=headers,
        body=_body(options, context),
        retry="retry" in options.flags,
        cache_max_age=_cache_age(options, context, method),
    )


def _refuse(message: str, context: BrazeContext, token: Token) -> None:
    if context.strict:
        raise CallError(message, token=token)
    context.warn(message, token)


def _rendered(part: Part | None, context: BrazeContext, default: str = "") -> str:
    return default if part is None else part.filled_in(context)


def _headers(
    options: Options, context: BrazeContext, method: str, url: str, token: Token
) -> dict[str, str] | None:
    """Return the headers: explicit ones win, then credentials, then content type."""
    content_type = _rendered(options.content_type, context).strip()
    default = _JSON_TYPE if method == "GET" else _FORM_TYPE
    accept = _rendered(options.accept, context).strip() or content_type or "*/*"
    headers = {"Content-Type": content_type or default, "Accept": accept}
    for option in (options.basic_auth, options.auth_credentials):
        if option is not None:
            found = _credential(option.filled_in(context).strip(), context, url, token)
            if found is None:
                return None
            update_headers(headers, found)
    explicit = _explicit_headers(options, context, token)
    if explicit is None:
        return None
    update_headers(headers, explicit)
    return headers


def _credential(
    name: str, context: BrazeContext, url: str, token: Token
) -> dict[str, str] | None:
    credential = context.workspace.credentials.get(name)
    if credential is None:
        _refuse(f"there is no stored credential '{name}'", context, token)
        return None
    context.secrets.extend(credential.secrets())
    if isinstance(credential, HeaderAuth) and not credential.allows(url):
        message = (
            f"the credential '{name}' is for {credential.domain}, not for "
            f"{host_of(url) or 'this URL'}"
        )
        if context.strict:
            raise CallError(message, token=token)
        context.warn(message, token)
        raise Aborted
    return credential.headers()


def _explicit_headers(
    options: Options, context: BrazeContext, token: Token
) -> dict[str, str] | None:
    """Return the headers that are written out, or None if they cannot be sent."""
    text = _rendered(options.headers, context).strip()
    if not text:
        return {}
    try:
        given = json.loads(TRAILING_COMMA.sub(r"\1", text), strict=False)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        example = '{"X-Name": "value"}'
        message = f"':headers' is not a JSON object such as {example}"
        _refuse(message, context, token)
        return None
    headers = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in given.items()
    }
    if fault := header_fault(headers):
        _refuse(f"':headers': {fault}", context, token)
        return None
    return headers


def _body(options: Options, context: BrazeContext) -> str | None:
    """Return the body; a form becomes JSON where ``:content_type`` is JSON's."""
    if options.body is None:
        return None
    text = options.body.filled_in(context)
    content_type = _rendered(options.content_type, context).strip().lower()
    if (
        content_type.split(";")[0].strip() != _JSON_TYPE
        or _is_json(text)
        or "=" not in text
    ):
        return text
    return json.dumps(
        dict(parse_qsl(text.strip(), keep_blank_values=True)), ensure_ascii=False
    )


def _is_json(text: str) -> bool:
    try:
        read_json(text)
    except ValueError:
        return text.lstrip()[:1] in {"{", "["}
    return True


def _cache_age(options: Options, context: BrazeContext, method: str) -> int | None:
    if "no_cache" in options.flags:
        return None
    given = _rendered(options.cache_max_age, context).strip()
    if given.isdecimal():
        return clamped(int(given[:9]))
    wanted = method == "GET" or "cache_max_age" in options.flags
    return MIN_CACHE_AGE if wanted else None


def scrubber(context: BrazeContext) -> Scrubber:
    """Return a scrubber for the secrets of the calls of a render."""
    return _scrubber(tuple(context.secrets))


@lru_cache(maxsize=64)
def _scrubber(secrets: tuple[Secret, ...]) -> Scrubber:
    return Scrubber(secrets)
