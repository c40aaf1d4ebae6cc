"""Expressions as Python expressions, by the rules of `_values`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from liquid.expression import Expression

from .. import _values
from .._expressions.nodes import (
    Comparison,
    Condition,
    Constant,
    FilterCall,
    Filtered,
    Personal,
    Range,
    Step,
    Variable,
)
from .._filters import Filter
from .._namespaces import CONTENT_BLOCKS
from .._plain import Command
from .._references import Braced
from .emitter import MAX_EXPRESSION_DEPTH, Emitter, Unsupported


def value(emitter: Emitter, expression: Expression, depth: int = 0) -> str:
    """Return the Python expression for the value of *expression*.

    Raises:
        Unsupported: If it cannot be compiled.
    """
    emit = _VALUE_EMITTERS.get(type(expression))
    if emit is None or depth > MAX_EXPRESSION_DEPTH:
        raise Unsupported
    return emit(emitter, expression, depth + 1)


def truth(emitter: Emitter, expression: Expression, depth: int = 0) -> str:
    """Return the Python expression for whether *expression* is true."""
    if isinstance(expression, Condition):
        return _condition(emitter, expression, depth)
    if isinstance(expression, Comparison):
        return _comparison(emitter, expression, depth)
    name = emitter.fresh("t")
    code = value(emitter, expression, depth)
    known = f"type({name} := {code}) in TRUE"
    maybe = f"{name} is not None and {name} is not False and is_true({name})"
    return f"({known} or {name} is True or {maybe})"


def _constant(emitter: Emitter, expression: Constant, _: int) -> str:
    return emitter.object(expression.value)


def _variable(emitter: Emitter, expression: Variable, depth: int) -> str:
    if not isinstance(expression.root, str):
        raise Unsupported
    root = emitter.variable(str(expression.root))
    return _path(emitter, root, expression.steps, depth)


def _personal(emitter: Emitter, expression: Personal, depth: int) -> str:
    if expression.namespace == CONTENT_BLOCKS:
        raise Unsupported
    namespace, name = expression.namespace, expression.name
    root = f"c.personal({emitter.object(namespace)}, {emitter.object(name)})"
    return _path(emitter, root, expression.steps, depth)


def _path(emitter: Emitter, code: str, steps: tuple[Step, ...], depth: int) -> str:
    if depth + len(steps) > MAX_EXPRESSION_DEPTH:
        raise Unsupported
    for step in steps:
        code = _step(emitter, code, step, depth)
    return code


def _step(emitter: Emitter, code: str, step: Step, depth: int) -> str:
    if isinstance(step, Expression):
        emitter.may_fault = True
        return f"lookup({code}, {value(emitter, step, depth)})"
    if isinstance(step, Braced):
        return f"look_up_braced({code}, {emitter.object(step)})"
    if type(step) is int and not -_values.INDEX_LIMIT <= step < _values.INDEX_LIMIT:
        emitter.may_fault = True
    key = emitter.object(step)
    # a command is asked of the value, if it is no key
    known = emitter.object(_NO_TYPE if isinstance(step, Command) else dict)
    name = code
    if not name.isidentifier():
        name = emitter.fresh("t")
        code = f"{name} := {code}"
    return f"({name}.get({key}) if type({code}) is {known} else lookup({name}, {key}))"


def _filtered(emitter: Emitter, expression: Filtered, depth: int) -> str:
    code = value(emitter, expression.left, depth)
    calls: list[Any] = expression.filters or []
    if depth + len(calls) > MAX_EXPRESSION_DEPTH:
        raise Unsupported
    weighed = isinstance(expression.left, Constant)
    for call in calls:
        filter_ = call.function
        if filter_ is None:
            if call.children():
                raise Unsupported  # what is given to it may still be a fault
            continue
        if not weighed:
            code = emitter.weighed(code)
        code = _filter(emitter, code, call, filter_, depth)
        weighed = not filter_.bounded
        if weighed:
            code = emitter.weighed(code)
    return code


def _filter(
    emitter: Emitter,
    code: str,
    call: FilterCall,
    filter_: Filter[..., Any],
    depth: int,
) -> str:
    if call.keywords or not filter_.accepts(len(call.arguments)):
        raise Unsupported
    arguments = [_weighed(emitter, item, depth) for item in call.arguments]
    given = ", ".join(["c"] * filter_.contextual + [code, *arguments])
    emitter.may_fault = True
    return f"{emitter.object(filter_.function)}({given})"


def _weighed(emitter: Emitter, expression: Expression, depth: int) -> str:
    code = value(emitter, expression, depth)
    return code if isinstance(expression, Constant) else emitter.weighed(code)


def _range(emitter: Emitter, expression: Range, depth: int) -> str:
    ends = (expression.start, expression.stop)
    emitter.may_fault = True
    return f"between({', '.join(value(emitter, end, depth) for end in ends)})"


def _comparison(emitter: Emitter, expression: Comparison, depth: int) -> str:
    operator = expression.operator
    if operator in {"==", "!=", "<>"}:
        code = _equality(emitter, expression, depth + 1)
        return code if operator == "==" else f"(not {code})"
    emitter.may_fault = True
    if operator == "contains":
        left = _weighed(emitter, expression.left, depth + 1)
        return f"contains({left}, {_weighed(emitter, expression.right, depth + 1)})"
    word = _ORDER_OPERATORS.get(operator)
    if word is None:
        raise Unsupported
    sign = emitter.object(operator)
    if not isinstance(expression.right, Constant):
        left = _weighed(emitter, expression.left, depth + 1)
        right = _weighed(emitter, expression.right, depth + 1)
        return f"order({left}, {right}, {sign})"
    left = value(emitter, expression.left, depth + 1)
    right = value(emitter, expression.right, depth + 1)
    # Python compares numbers as Liquid does, other values in another way
    right_is_number = type(expression.right.value) in _NUMBER_TYPES
    numbers = emitter.object(_NUMBER_TYPES if right_is_number else frozenset())
    name = emitter.fresh("t")
    known = f"type({name} := {left}) in {numbers}"
    slow = f"order(c.weighed({name}), {right}, {sign})"
    return f"({name} {word} {right} if {known} else {slow})"


def _equality(emitter: Emitter, node: Comparison, depth: int) -> str:
    """Compare with a constant quickly where Python compares as Liquid does."""
    left, right = node.left, node.right
    if not isinstance(right, Constant):
        code = _weighed(emitter, left, depth)
        return f"equals({code}, {_weighed(emitter, right, depth)})"
    kind = type(right.value)
    alike = emitter.object(kind if kind in _ALIKE_TYPES else _NO_TYPE)
    name, constant = emitter.fresh("t"), value(emitter, right, depth)
    known = f"type({name} := {value(emitter, left, depth)}) is {alike}"
    slow = f"equals({name}, {constant})"
    return f"({name} == {constant} if {known} else {slow})"


_NO_TYPE = Command
"""A type that no value has."""

_NUMBER_TYPES: frozenset[type] = frozenset({int, float})
_ALIKE_TYPES = _NUMBER_TYPES | {str}
"""Types whose values Python compares as Liquid does."""

_ORDER_OPERATORS = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}
"""How the source writes them."""


def _condition(emitter: Emitter, expression: Condition, depth: int) -> str:
    """Nest the terms to the right, which is how they are read."""
    terms = [truth(emitter, term, depth + 1) for term in expression.terms]
    if depth + len(terms) > MAX_EXPRESSION_DEPTH:
        raise Unsupported
    code = terms[-1]
    for relation, term in zip(
        reversed(expression.relations), reversed(terms[:-1]), strict=True
    ):
        word = "or" if relation == "or" else "and"
        code = f"({term} {word} {code})"
    return code


_VALUE_EMITTERS: dict[type[Any], Callable[[Emitter, Any, int], str]] = {
    Comparison: _comparison,
    Condition: _condition,
    Constant: _constant,
    Filtered: _filtered,
    Personal: _personal,
    Range: _range,
    Variable: _variable,
}
