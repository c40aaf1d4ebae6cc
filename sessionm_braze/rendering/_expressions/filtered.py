"""Values with filters: ``{{ value | filter: argument, name: argument }}``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from liquid.exceptions import LiquidSyntaxError
from liquid.expression import Expression
from liquid.token import Token

from .._errors import did_you_mean
from .._filters import Filter
from .nodes import Constant, FilterCall, Filtered
from .strict import Cursor, parse_value


MAX_SUGGESTIONS = 100
"""Remarks after which no similar names are looked for any more, which takes time."""


_MEANT = {
    "concatenate": "append",
    "count": "size",
    "fallback": "default",
    "float": "times: 1.0",
    "int": "plus: 0",
    "json": "as_json_string",
    "length": "size",
    "lower": "downcase",
    "lowercase": "downcase",
    "parse_json": "json_parse",
    "substr": "slice",
    "substring": "slice",
    "title": "capitalize",
    "to_f": "times: 1.0",
    "to_i": "plus: 0",
    "to_json": "as_json_string",
    "tojson": "as_json_string",
    "trim": "strip",
    "upper": "upcase",
    "uppercase": "upcase",
}
"""Filters of other languages, and what they are here."""


class FilterResolver:
    """Looks filters up; unknown ones are an error or a warning.

    Attributes:
        strict: Whether an unknown filter and a wrong number of arguments are errors.
        warnings: Remarks on filters, each with its position.
    """

    def __init__(
        self,
        filters: Mapping[str, Filter[..., Any]],
        warnings: list[tuple[str, Token]],
        *,
        strict: bool,
    ) -> None:
        self.filters = filters
        self.warnings = warnings
        self.strict = strict

    def call(
        self,
        token: Token,
        name: str,
        arguments: Sequence[Expression],
        keywords: dict[str, Expression],
    ) -> FilterCall:
        """Return the node that applies the filter *name*."""
        function = self.filters.get(name)
        count = len(arguments) + bool(keywords)
        if function is None:
            few = len(self.warnings) < MAX_SUGGESTIONS
            self._unknown(token, name, self._question(name) if few else "")
        else:
            if function.remark:
                self._remarked(token, function.remark)
            if not function.accepts(count):
                takes = f"takes {function.expected}, not {count}"
                self._miscounted(token, f"the filter '{function.name}' {takes}")
        return FilterCall(token, name, function, arguments, keywords)

    def _question(self, name: str) -> str | None:
        meant = _MEANT.get(name)
        return f"did you mean '{meant}'?" if meant else did_you_mean(name, self.filters)

    def _unknown(self, token: Token, name: str, question: str | None) -> None:
        hint = f", {question}" if question else ""
        if self.strict:
            raise LiquidSyntaxError(f"unknown filter '{name}'{hint}", token=token)
        self.warnings.append((f"unknown filter '{name}' is skipped{hint}", token))

    def _miscounted(self, token: Token, message: str) -> None:
        if self.strict:
            raise LiquidSyntaxError(message, token=token)

    def _remarked(self, token: Token, remark: str) -> None:
        self.warnings.append((remark, token))


def parse_filtered(cursor: Cursor, filters: FilterResolver) -> Filtered:
    """Read a value and its filters, to the end; an empty expression is nil."""
    token = cursor.token()
    if cursor.kind == "end":
        return Filtered(token, Constant(token, None), [])
    left = parse_value(cursor)
    calls = []
    while cursor.accept("|"):
        calls.append(_filter(cursor, filters))
    cursor.expect_end()
    return Filtered(token, left, calls)  # type: ignore[arg-type]


def _filter(cursor: Cursor, filters: FilterResolver) -> FilterCall:
    token = cursor.token()
    if cursor.kind != "word":
        cursor.fail("expected the name of a filter")
    name = cursor.next()
    arguments: list[Expression] = []
    keywords: dict[str, Expression] = {}
    if cursor.accept(":"):
        _argument(cursor, arguments, keywords)
        while cursor.accept(","):
            _argument(cursor, arguments, keywords)
    return filters.call(token, name, arguments, keywords)


def _argument(
    cursor: Cursor, arguments: list[Expression], keywords: dict[str, Expression]
) -> None:
    following = cursor.tokens[cursor.at + 1 : cursor.at + 2]
    if cursor.kind == "word" and following and following[0][1] == ":":
        word = cursor.next()
        cursor.next()
        keywords[word] = parse_value(cursor)
    else:
        arguments.append(parse_value(cursor))
