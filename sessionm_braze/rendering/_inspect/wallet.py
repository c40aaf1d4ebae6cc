"""Checks that what a template reads of a wallet is something wallets have."""

from __future__ import annotations

import difflib

import attrs
from liquid.expression import Expression

from .._expressions.nodes import Filtered, Variable
from .events import Bind, Read, Unbind
from .findings import FindingCollector
from .walker import Reading
from .wallet_schema import WALLET, Shape


_CALL = "get_user_offers"
_USUAL_NAME = "wallet"
"""The partner page's name for it; used where the template makes no call itself."""

_SAME_LIST = frozenset(
    {"compact", "concat", "default", "reverse", "slice", "sort", "sort_natural", "uniq"}
    | {"where"}
)
_ELEMENT = frozenset({"first", "last"})
_OF_LISTS = frozenset({"first", "last", "size"})
_CLOSE = 0.7
_USUAL_FIELDS = {
    "expires_at": "expiration_date",
    "image": "media",
    "logo": "media",
    "offer_title": "name",
    "points": "available_points",
    "title": "name",
    "type": "offer_type",
    "url": "uri",
    "user_offer_id": "id",
}
"""Names that messages and other platforms use for a field."""


@attrs.define
class _Scope:
    """The names that hold a wallet, or a part of one, at a place of the template."""

    shapes: dict[str, Shape | None]
    hidden: list[tuple[str, Shape | None]] = attrs.field(factory=list)


def check_wallet(reading: Reading) -> None:
    """Note the fields in *reading* that no wallet has."""
    scope = _Scope({})
    if _USUAL_NAME not in reading.bound():
        scope.shapes[_USUAL_NAME] = WALLET
    for event in reading.events:
        match event:
            case Read():
                if not event.personal and scope.shapes.get(event.name) is not None:
                    _check(event, scope.shapes[event.name], reading.findings)
            case Bind():
                _bind(event, scope)
            case Unbind():
                _unbind(event, scope)


def _bind(bind: Bind, scope: _Scope) -> None:
    shape = None
    if bind.url is not None:
        shape = WALLET if _CALL in bind.url else None
    elif bind.value is not None:
        shape = _shape(bind.value, scope)
    if bind.element:
        scope.hidden.append((bind.name, scope.shapes.get(bind.name)))
        shape = None if shape is None else shape.item
    scope.shapes[bind.name] = shape


def _unbind(event: Unbind, scope: _Scope) -> None:
    if scope.hidden and scope.hidden[-1][0] == event.name:
        name, before = scope.hidden.pop()
        scope.shapes[name] = before


def _shape(value: Expression, scope: _Scope) -> Shape | None:
    """Return the shape of what *value* gives, or None if it is not known."""
    if isinstance(value, Filtered):
        shape = _shape(value.left, scope)
        for call in value.filters or []:
            shape = _filtered(shape, call.name)
        return shape
    if not isinstance(value, Variable) or not isinstance(value.root, str):
        return None
    shape = scope.shapes.get(value.root)
    for step in value.steps:
        shape = _step(shape, step)
    return shape


def _filtered(shape: Shape | None, name: str) -> Shape | None:
    if shape is None or name in _SAME_LIST:
        return shape
    return shape.item if name in _ELEMENT else None


def _step(shape: Shape | None, step: object) -> Shape | None:
    if shape is None:
        return None
    if shape.item is not None:
        is_element = not isinstance(step, str) or step in _ELEMENT
        return shape.item if is_element else None
    return shape.fields.get(step) if isinstance(step, str) else None


def _check(read: Read, shape: Shape | None, findings: FindingCollector) -> None:
    at = read.at + len(read.name)
    for step in read.steps:
        if shape is None:
            return
        if isinstance(step, str):
            at = findings.source.find(step, at)
            if not _has(shape, step):
                _note(shape, step, at, findings)
                return
            at += len(step)
        shape = _step(shape, step)


def _has(shape: Shape, step: str) -> bool:
    if shape.item is not None:
        return step in _OF_LISTS
    return step in shape.fields or step in _OF_LISTS


def _note(shape: Shape, step: str, at: int, findings: FindingCollector) -> None:
    suggestion = _suggestion(shape, step)
    if shape.item is not None:
        message = f"'{shape.name}' is a list and has no field '{step}'"
    else:
        message = f"{shape.name} has no field '{step}'"
    findings.add(
        "unknown-wallet-field",
        at,
        message,
        suggestion=suggestion,
        severity="warning" if suggestion is None else "error",
    )


def _suggestion(shape: Shape, step: str) -> str | None:
    if shape.item is not None:
        return f"take one of them, {shape.name}[0], or go through them with 'for'"
    payload = shape.fields.get("payload")
    if payload is not None and step in payload.fields:
        return f"did you mean 'payload.{step}'?"
    usual = {k: v for k, v in _USUAL_FIELDS.items() if v in shape.fields}
    known = {name: name for name in shape.fields if not name.startswith("__")}
    close = difflib.get_close_matches(step, [*known, *usual], n=1, cutoff=_CLOSE)
    return f"did you mean '{(known | usual)[close[0]]}'?" if close else None
