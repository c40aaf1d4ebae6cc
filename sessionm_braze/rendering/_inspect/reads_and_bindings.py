"""The values that a template reads and the names that it binds, in order."""

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
    """Index in the source."""

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

    name: str
    """The name."""

    value: Expression | None = None
    """What it is set to, if that is an expression."""

    element: bool = False
    """Whether it is bound to each element of the value in turn."""

    url: str | None = None
    """The address of the call whose answer it gets."""


@attrs.frozen(kw_only=True)
class Unbind:
    """The end of a loop, whose name is no longer set."""

    name: str


Event = Read | Bind | Unbind


def reads(value: object, role: Role, *, defaulted: bool = False) -> Iterator[Read]:
    """Yield every value that an expression reads, in its order."""
    if isinstance(value, Filtered):
        calls = value.filters or []
        has_default = any(call.name == "default" for call in calls)
        yield from reads(value.left, role, defaulted=has_default)
        for call in calls:
            for argument in call.children():
                yield from reads(argument, "value", defaulted=True)
    elif isinstance(value, Personal | Variable):
        personal = isinstance(value, Personal)
        root = value.name if isinstance(value, Personal) else value.root
        if isinstance(root, str):
            yield Read(
                at=value.token.start_index,
                namespace=value.namespace if isinstance(value, Personal) else None,
                name=str(root),
                steps=tuple(
                    None if isinstance(step, Expression) else step
                    for step in value.steps
                ),
                personal=personal,
                role=role,
                defaulted=defaulted,
            )
        for step in (root, *value.steps):
            if isinstance(step, Expression):
                yield from reads(step, "value", defaulted=True)
    elif isinstance(value, Expression):
        for child in value.children():
            yield from reads(child, role, defaulted=defaulted)
