"""Checks that what a template reads of a wallet is something wallets have."""

from __future__ import annotations

import difflib

import attrs
from liquid.expression import Expression

from .._expressions.nodes import Filtered, Variable
from .findings import FindingCollector
from .reads_and_bindings import Bind, Read, Unbind
from .walker import Reading
from .wallet_schema import WALLET, WALLET_CALL, Shape


_WALLET_VARIABLE = "wallet"
"""The partner page's name for it; used where the template makes no call itself."""

_LIST_FILTERS = frozenset(
    {"compact", "concat", "default", "reverse", "slice", "sort", "sort_natural", "uniq"}
    | {"where"}
)
_ELEMENT_STEPS = frozenset({"first", "last"})
_LIST_STEPS = frozenset({"first", "last", "size"})
_MIN_FIELD_SIMILARITY = 0.7
_FIELD_SYNONYMS = {
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
    """The names that hold a wallet, or a part of one, at one point of the template."""

    shapes: dict[str, Shape | None]
    hidden: list[tuple[str, Shape | None]] = attrs.field(factory=list)


def check_wallet(reading: Reading) -> None:
    """Note the fields in *reading* that no wallet has."""
    scope = _Scope({})
    if _WALLET_VARIABLE not in reading.bound():
        scope.shapes[_WALLET_VARIABLE] = WALLET
    for event in reading.events:
        match event:
            case Read():
                if not event.personal and scope.shapes.get(event.name) is not None:
                    _check(event, scope.shapes[event.name], reading.findings)
            case Bind():
                _bind(event, scope)
            case Unbind():
                if scope.hidden and scope.hidden[-1][0] == event.name:
                    name, before = scope.hidden.pop()
                    scope.shapes[name] = before


def _bind(bind: Bind, scope: _Scope) -> None:
    shape = None
    if bind.url is not None:
        shape = WALLET if WALLET_CALL in bind.url else None
    elif bind.value is not None:
        shape = _shape(bind.value, scope)
    if bind.element:
        scope.hidden.append((bind.name, scope.shapes.get(bind.name)))
        shape = None if shape is None else shape.item
    scope.shapes[bind.name] = shape


def _shape(value: Expression, scope: _Scope) -> Shape | None:
    """Return the shape of the result of *value*, or None if it is unknown."""
    if isinstance(value, Filtered):
        shape = _shape(value.left, scope)
        for call in value.filters or []:
            if shape is not None and call.name not in _LIST_FILTERS:
                shape = shape.item if call.name in _ELEMENT_STEPS else None
        return shape
    if not isinstance(value, Variable) or not isinstance(value.root, str):
        return None
    shape = scope.shapes.get(value.root)
    for step in value.steps:
        shape = _step(shape, step)
    return shape


def _step(shape: Shape | None, step: object) -> Shape | None:
    if shape is None:
        return None
    if shape.item is not None:
        is_element = not isinstance(step, str) or step in _ELEMENT_STEPS
        return shape.item if is_element else None
    return shape.fields.get(step) if isinstance(step, str) else None


def _check(read: Read, shape: Shape | None, findings: FindingCollector) -> None:
    at = read.at + len(read.name)
    for step in read.steps:
        if shape is None:
            return
        if isinstance(step, str):
            at = findings.source.find(step, at)
            known = step in shape.fields and shape.item is None
            if not known and step not in _LIST_STEPS:
                _note(shape, step, at, findings)
                return
            at += len(step)
        shape = _step(shape, step)


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
    usual = {k: v for k, v in _FIELD_SYNONYMS.items() if v in shape.fields}
    known = {name: name for name in shape.fields if not name.startswith("__")}
    close = difflib.get_close_matches(
        step, [*known, *usual], n=1, cutoff=_MIN_FIELD_SIMILARITY
    )
    return f"did you mean '{(known | usual)[close[0]]}'?" if close else None
