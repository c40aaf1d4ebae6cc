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
from .._references import Braced
from . import runtime
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
    return f"(({name} := {code}) is not None and {name} is not False)"


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
    key, name = emitter.object(step), code
    if not name.isidentifier():
        name = emitter.fresh("t")
        code = f"{name} := {code}"
    known = f"type({code}) is dict and {key} in {name}"
    return f"({name}[{key}] if {known} else lookup({name}, {key}))"


def _filtered(emitter: Emitter, expression: Filtered, depth: int) -> str:
    code = value(emitter, expression.left, depth)
    calls: list[Any] = expression.filters or []
    if depth + len(calls) > MAX_EXPRESSION_DEPTH:
        raise Unsupported
    checked = isinstance(expression.left, Constant)
    for call in calls:
        filter_ = call.function
        if filter_ is None:
            if call.children():
                raise Unsupported  # what is given to it may still be a fault
            continue
        if not checked and not filter_.light:
            code = emitter.limited(code, "weighed")
        code = _filter(emitter, code, call, filter_, depth)
        checked = not filter_.bounded
        if checked:
            code = emitter.limited(code, "checked")
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
    arguments = [value(emitter, item, depth) for item in call.arguments]
    given = ", ".join(["c"] * filter_.contextual + [code, *arguments])
    emitter.may_fault = True
    return f"{emitter.object(filter_.function)}({given})"


def _range(emitter: Emitter, expression: Range, depth: int) -> str:
    ends = (expression.start, expression.stop)
    emitter.may_fault = True
    return f"between({', '.join(value(emitter, end, depth) for end in ends)})"


def _comparison(emitter: Emitter, expression: Comparison, depth: int) -> str:
    left = value(emitter, expression.left, depth + 1)
    operator = expression.operator
    if operator in {"==", "!=", "<>"}:
        code = _equality(emitter, left, expression, depth + 1)
        return code if operator == "==" else f"(not {code})"
    right = value(emitter, expression.right, depth + 1)
    emitter.may_fault = True
    if operator == "contains":
        return f"contains({left}, {right})"
    word = _ORDER_OPERATORS.get(operator)
    if word is None:
        raise Unsupported
    sign = emitter.object(operator)
    if not isinstance(expression.right, Constant):
        return f"order({left}, {right}, {sign})"
    # Python compares numbers as Liquid does, other values in another way
    right_is_number = type(expression.right.value) in _NUMBER_TYPES
    numbers = emitter.object(_NUMBER_TYPES if right_is_number else frozenset())
    name = emitter.fresh("t")
    known = f"type({name} := {left}) in {numbers}"
    return f"({name} {word} {right} if {known} else order({name}, {right}, {sign}))"


def _equality(emitter: Emitter, left: str, node: Comparison, depth: int) -> str:
    """Compare with a constant on the right quickly; one on the left may be a test."""
    right = node.right
    if not isinstance(right, Constant) or isinstance(node.left, Constant):
        return f"equals({left}, {value(emitter, right, depth)})"
    plain = right.value is None or type(right.value) is str
    known = right.value if plain else runtime.Comparable(right.value)
    return f"({left} == {emitter.object(known)})"


_NUMBER_TYPES: frozenset[type] = frozenset({int, float})
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
