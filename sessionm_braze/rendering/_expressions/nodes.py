"""The nodes of expressions, evaluated by Ruby's rules of values."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from liquid import RenderContext
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.expressions.filtered import Filter as LiquidFilter
from liquid.exceptions import LiquidError
from liquid.expression import Expression
from liquid.token import Token

from .. import _values
from .._context import BrazeContext
from .._errors import FaultError
from .._filters import Filter
from .._references import Braced, look_up_braced


class Constant(Expression):
    """A value that is the same in every render."""

    __slots__ = ("value",)

    def __init__(self, token: Token, value: object) -> None:
        super().__init__(token)
        self.value = value

    def __str__(self) -> str:
        return _values.inspect(self.value)

    def evaluate(self, context: RenderContext) -> object:  # noqa: ARG002
        """Return the value."""
        return self.value

    def children(self) -> list[Expression]:
        """Return no parts."""
        return []


Step = str | int | Expression


class Variable(Path):
    """A Liquid variable, perhaps with a path: ``wallet.payload.user_offers[0]``."""

    __slots__ = ("root", "steps")

    def __init__(
        self, token: Token, root: str | Expression, steps: Sequence[Step]
    ) -> None:
        super().__init__(token, [root, *steps])  # type: ignore[list-item]
        self.root = root
        self.steps = tuple(steps)

    def evaluate(self, context: BrazeContext) -> object:  # type: ignore[override]
        """Return what the path leads to, or None."""
        root = self.root
        if not isinstance(root, str):
            root = root.evaluate(context)  # type: ignore[assignment]
            if not isinstance(root, str):
                return None
        return follow_steps(context.variable(root), self.steps, context)


class Personal(Path):
    """A Braze value: ``${name}`` or ``namespace.${name}``, perhaps with a path."""

    __slots__ = ("name", "namespace", "steps")

    def __init__(
        self, token: Token, namespace: str | None, name: Braced, steps: Sequence[Step]
    ) -> None:
        super().__init__(token, [namespace or "${}", name, *steps])  # type: ignore[list-item]
        self.namespace = namespace
        self.name = name
        self.steps = tuple(steps)

    def __str__(self) -> str:
        root = f"{self.namespace}." if self.namespace else ""
        return f"{root}${{{self.name}}}" + "".join(f"[{step}]" for step in self.steps)

    def evaluate(self, context: BrazeContext) -> object:  # type: ignore[override]
        """Return the value for this recipient, or None."""
        return follow_steps(
            context.personal(self.namespace, self.name), self.steps, context
        )


def follow_steps(
    value: object, steps: tuple[Step, ...], context: BrazeContext
) -> object:
    """Follow *steps* from *value*."""
    for step in steps:
        if value is None:
            return None
        if isinstance(step, Braced):
            value = look_up_braced(value, step)
            continue
        key = step.evaluate(context) if isinstance(step, Expression) else step
        value = _values.lookup(value, key)
    return value


MAX_RANGE_LENGTH = sys.maxsize
"""Python cannot return the length of a longer one."""


class Range(Expression):
    """``(1..3)``; both ends count."""

    __slots__ = ("start", "stop")

    def __init__(self, token: Token, start: Expression, stop: Expression) -> None:
        super().__init__(token)
        if isinstance(start, Constant) and isinstance(stop, Constant):
            start, stop = _whole(start), _whole(stop)
        self.start = start
        self.stop = stop

    def __str__(self) -> str:
        return f"({self.start}..{self.stop})"

    def evaluate(self, context: RenderContext) -> range:
        """Return the range; it is empty when it runs downwards."""
        start, stop = self.start.evaluate(context), self.stop.evaluate(context)
        try:
            return between(start, stop)
        except LiquidError as error:
            error.token = error.token or self.token
            raise

    def children(self) -> list[Expression]:
        """Return both ends."""
        return [self.start, self.stop]


def between(start: object, stop: object) -> range:
    """Return the range from *start* to *stop*, both included."""
    first, end = _range_end(start), _range_end(stop) + 1
    if end - first > MAX_RANGE_LENGTH:
        raise FaultError("a range is too long")
    return range(first, end)


def _whole(end: Constant) -> Constant:
    """Cut a written number to an integer; one from a variable has to be whole."""
    if isinstance(end.value, float):
        return Constant(end.token, int(end.value))
    return end


def _range_end(value: object) -> int:
    if value is None:
        return 0
    if isinstance(value, str):
        return _values.leading_integer(value)
    return _values.to_integer(value)


class FilterCall(LiquidFilter):
    """One filter with its arguments."""

    __slots__ = ("arguments", "function", "keywords")

    def __init__(
        self,
        token: Token,
        name: str,
        function: Filter[..., Any] | None,
        arguments: Sequence[Expression],
        keywords: dict[str, Expression],
    ) -> None:
        super().__init__(token, name, [])
        self.function = function
        self.arguments = tuple(arguments)
        self.keywords = keywords

    def evaluate(self, left: object, context: BrazeContext) -> object:  # type: ignore[override]
        """Return the filter's result for *left*, which is *left* if it is unknown."""
        arguments = [context.weighed(each.evaluate(context)) for each in self.arguments]
        if self.keywords:
            arguments.append({k: v.evaluate(context) for k, v in self.keywords.items()})
        if self.function is None:
            return left
        try:
            given = context.weighed(left)
            return context.weighed(self.function.apply(context, given, arguments))
        except LiquidError as error:
            error.token = error.token or self.token
            raise

    def children(self) -> list[Expression]:
        """Return the arguments."""
        return [*self.arguments, *self.keywords.values()]


class Filtered(FilteredExpression):
    """A value and the filters it goes through."""

    __slots__ = ()


class Comparison(Expression):
    """Two values and an operator."""

    __slots__ = ("left", "operator", "right", "test")

    def __init__(
        self, token: Token, left: Expression, operator: str, right: Expression
    ) -> None:
        super().__init__(token)
        self.left = left
        self.operator = operator
        self.right = right
        self.test = OPERATORS.get(operator)

    def __str__(self) -> str:
        return f"{self.left} {self.operator} {self.right}"

    def evaluate(self, context: BrazeContext) -> bool:  # type: ignore[override]
        """Return whether the comparison holds."""
        left = context.weighed(self.left.evaluate(context))
        right = context.weighed(self.right.evaluate(context))
        if self.test is None:
            raise FaultError(f"Unknown operator {self.operator}", token=self.token)
        try:
            return self.test(left, right)
        except LiquidError as error:
            error.token = error.token or self.token
            raise

    def children(self) -> list[Expression]:
        """Return both sides."""
        return [self.left, self.right]


OPERATORS: dict[str, Callable[[object, object], bool]] = {
    "==": _values.equals,
    "!=": lambda left, right: not _values.equals(left, right),
    "<>": lambda left, right: not _values.equals(left, right),
    "contains": _values.contains,
    "<": lambda left, right: _values.order(left, right, "<"),
    "<=": lambda left, right: _values.order(left, right, "<="),
    ">": lambda left, right: _values.order(left, right, ">"),
    ">=": lambda left, right: _values.order(left, right, ">="),
}
"""Comparison operators, and the functions that compare."""


class Condition(Expression):
    """Terms joined by ``and`` and ``or``, read from the right as Ruby does.

    ``a or b and c`` is ``a or (b and c)``, and ``a and b or c`` is ``a and (b or c)``:
    evaluating from the left until the first term that decides gives the same.
    """

    __slots__ = ("relations", "terms")

    def __init__(
        self, token: Token, terms: Sequence[Expression], relations: Sequence[str]
    ) -> None:
        super().__init__(token)
        self.terms = tuple(terms)
        self.relations = tuple(relations)

    def __str__(self) -> str:
        words: list[Any] = [self.terms[0]]
        for relation, term in zip(self.relations, self.terms[1:], strict=True):
            words += [relation, term]
        return " ".join(map(str, words))

    def evaluate(self, context: RenderContext) -> bool:
        """Return whether the condition holds."""
        held = False
        for at, term in enumerate(self.terms):
            held = _values.is_true(term.evaluate(context))
            if at < len(self.relations) and held == (self.relations[at] == "or"):
                return held
        return held

    def children(self) -> list[Expression]:
        """Return the terms."""
        return list(self.terms)
