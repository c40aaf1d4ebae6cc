"""One call of a service, before and after it is made."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from .._checks import check_depth
from ..exceptions import ResponseMeta
from .policy import CallKind


__all__ = ["Answer", "Call", "decode", "encode"]


class Call(NamedTuple):
    """One call of a service, ready to be made any number of times."""

    name: str
    method: str
    path: str
    """Percent-encoded, below the base URL."""

    kind: CallKind
    target: str = ""
    """What the error says after the name; logs leave it out, it may name a person."""

    json: Any = None
    params: Mapping[str, Any] | None = None
    max_bytes: int | None = None
    """Size of the encoded body that the service accepts."""

    any_json: bool = False
    """Take every JSON value for an answer, and an empty 204."""

    limit: str = ""
    """What a 429 means for this call, for its error."""

    sample: Mapping[str, Any] = MappingProxyType({})
    """What a dry run answers, beside the service's plain yes."""


class Answer(NamedTuple):
    """A success: the decoded body, and how the call went."""

    status_code: int
    headers: Mapping[str, str]
    data: Any
    meta: ResponseMeta


def encode(call: Call) -> bytes | None:
    """Return the body of *call* as bytes; raise `ValueError` if they are too many."""
    if call.json is None:
        return None
    text = json.dumps(
        call.json, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    body = text.encode()
    if call.max_bytes is not None and len(body) > call.max_bytes:
        raise ValueError(
            f"{call.name}: the request has {len(body):,} bytes; "
            f"at most {call.max_bytes:,} are accepted"
        )
    return body


def decode(content: bytes, /) -> Any:
    """Return the JSON value that *content* holds.

    Raises:
        ValueError: If it is no JSON, nests too deeply, or holds a number that is not
            finite, which Python's own decoder takes.
    """
    text = content.decode(json.detect_encoding(content), "surrogatepass")
    try:
        value = _DECODER.decode(text.removeprefix("\ufeff"))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if isinstance(value, dict | list):
        check_depth(value)
    return value


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"no JSON number: {text[:20]}")
    return number


_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_finite)
