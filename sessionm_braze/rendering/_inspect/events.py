"""What happens in a template, in its order: values are read, and names are bound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import attrs
from liquid.expression import Expression

from .._expressions.nodes import Filtered, Personal, Variable


Role = Literal["output", "condition", "value", "text"]
"""Where a value is read: printed, tested, worked with, or put into a call."""


@attrs.frozen(kw_only=True)
class Read:
    """A value that the template reads."""

    at: int
    """Where it stands in the source."""

    namespace: str | None
    """Before ``.${name}``; None for ``${name}`` and for variables of Liquid."""

    name: str
    """The name itself."""

    steps: tuple[object, ...] = ()
    """The path after it; an index that is itself a value is None."""

    personal: bool
    """Whether it is written with ``${}``."""

    role: Role
    """Where it is read."""

    defaulted: bool = False
    """Whether the filter ``default`` takes care of its absence."""


@attrs.frozen(kw_only=True)
class Bind:
    """A name that the template sets."""

    at: int
    """Where that is in the source."""

    name: str
    """The name."""

    value: Expression | None = None
    """What it is set to, if that is an expression."""

    element: bool = False
    """Whether it stands for each element of the value in turn."""

    url: str | None = None
    """The address of the call whose answer it gets."""


@attrs.frozen(kw_only=True)
class Unbind:
    """The end of a loop, whose name is no longer set."""

    name: str


Event = Read | Bind | Unbind


def reads(expression: Expression, role: Role) -> Iterator[Read]:
    """Yield every value that an expression reads, in its order."""
    yield from _reads(expression, role, defaulted=False)


def _reads(value: object, role: Role, *, defaulted: bool) -> Iterator[Read]:
    if isinstance(value, Filtered):
        yield from _filtered(value, role)
    elif isinstance(value, Personal):
        yield _personal(value, role, defaulted=defaulted)
        yield from _inner(value.steps)
    elif isinstance(value, Variable):
        if isinstance(value.root, str):
            yield _variable(value, role, defaulted=defaulted)
        yield from _inner((value.root, *value.steps))
    elif isinstance(value, Expression):
        for child in value.children():
            yield from _reads(child, role, defaulted=False)


def _filtered(value: Filtered, role: Role) -> Iterator[Read]:
    calls = value.filters or []
    defaulted = any(call.name == "default" for call in calls)
    yield from _reads(value.left, role, defaulted=defaulted)
    for call in calls:
        for argument in call.children():
            yield from _reads(argument, "value", defaulted=True)


def _personal(value: Personal, role: Role, *, defaulted: bool) -> Read:
    return Read(
        at=value.token.start_index,
        namespace=value.namespace,
        name=str(value.name),
        steps=_plain(value.steps),
        personal=True,
        role=role,
        defaulted=defaulted,
    )


def _variable(value: Variable, role: Role, *, defaulted: bool) -> Read:
    return Read(
        at=value.token.start_index,
        namespace=None,
        name=str(value.root),
        steps=_plain(value.steps),
        personal=False,
        role=role,
        defaulted=defaulted,
    )


def _plain(steps: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(None if isinstance(step, Expression) else step for step in steps)


def _inner(steps: tuple[object, ...]) -> Iterator[Read]:
    for step in steps:
        if isinstance(step, Expression):
            yield from _reads(step, "value", defaulted=True)
