"""Reads the expressions of tags, strictly or as the reference engine does."""

from __future__ import annotations

import re

import attrs
from liquid.exceptions import LiquidSyntaxError
from liquid.expression import Expression
from liquid.token import Token

from .._references import REFERENCE_WORD, Prepared, filter_in_argument, prepare
from .filtered import FilterResolver, parse_filtered
from .lax import (
    QUOTED_TEXT,
    VALUE_TEXT,
    lax_condition,
    lax_filtered,
    lax_loop,
    lax_value,
    loop_options,
)
from .loops import Loop, LoopOptions
from .nodes import Condition, Constant, Filtered
from .strict import Cursor, parse_condition, parse_value, touches


_CUSTOM_ATTRIBUTE = re.compile(rf"custom_attribute\s*\.\s*{REFERENCE_WORD}")
_ASSIGN = re.compile(r"(\(?[\w\-.\[\]]+\)?)\s*=\s*")
_LAX_TARGET = re.compile(r"(?:\(?[\w\-.\[\]]\)?)+", re.ASCII)
_LAX_TARGET_BACKWARDS = re.compile(r"(?:\)?[\w\-.\[\]]\(?)+", re.ASCII)
_MAX_TARGET_LENGTH = 1_000
_QUOTED_TEXT = re.compile(QUOTED_TEXT)
_TARGET = re.compile(r"\(?[\w\-.\[\]]+\)?")
_FIRST_VALUE = re.compile(rf"({VALUE_TEXT})", re.ASCII)
_LAX_CHOICE = re.compile(
    rf"({VALUE_TEXT})(?:(\s+or\s+|\s*,\s*)(?={VALUE_TEXT}))?", re.ASCII
)
_LAX_GROUP = re.compile(rf"({VALUE_TEXT})\s*:\s*(.*)", re.ASCII | re.DOTALL)
_LAX_ROW = re.compile(rf"(\w{{1,200}})\s+in\s+({VALUE_TEXT}+)", re.ASCII)


class Reader:
    """Turns the expression of a tag or an output into nodes.

    Attributes:
        filters: The filters.
        strict: Whether only the strict grammar is accepted.
        warnings: Remarks on the template, each with its position.
    """

    def __init__(self, filters: FilterResolver) -> None:
        self.filters = filters
        self.strict = filters.strict
        self.warnings = filters.warnings

    def _prepare(self, token: Token) -> Prepared:
        prepared = prepare(token, blanks=self.strict)
        if self.strict and "{{" in token.value:
            at = filter_in_argument(token.value)
            if at is not None:
                message = "a braced argument cannot have a filter, assign it first"
                pipe = Token(token.kind, "|", token.start_index + at, token.source)
                raise LiquidSyntaxError(message, token=pipe)
        if self.strict and not prepared.text.isascii():
            bare = _QUOTED_TEXT.sub("", prepared.text)
            if any(not char.isascii() and char.isalpha() for char in bare):
                remark = "Braze's variables have names of ASCII letters alone"
                self.warnings.append((remark, token))
        return prepared

    def filtered(self, token: Token) -> Filtered:
        """Read the expression of an output."""
        prepared = self._prepare(token)
        if len(_CUSTOM_ATTRIBUTE.findall(prepared.text)) > 1:
            remark = "two custom attributes in one output do not work in Braze"
            self.warnings.append((f"{remark}: {token.value}", token))
        return self._filtered(prepared)

    def _filtered(self, prepared: Prepared, start: int = 0) -> Filtered:
        remarks = len(self.warnings)
        rest = " " * start + prepared.text[start:]
        try:
            whole = attrs.evolve(prepared, text=rest)
            cursor = Cursor(whole, foreign=self.strict, loose=True)
            return parse_filtered(cursor, self.filters)
        except LiquidSyntaxError:
            if self.strict:
                raise
            del self.warnings[remarks:]
            return lax_filtered(prepared, self.filters, start)

    def condition(self, token: Token) -> Condition:
        """Read the expression of ``if``, ``elsif`` or ``unless``."""
        prepared = self._prepare(token)
        if self.strict:
            return parse_condition(Cursor(prepared, foreign=self.strict))
        return lax_condition(prepared)

    def assignment(self, token: Token) -> tuple[str, Filtered]:
        """Read ``name = value | filter``."""
        prepared = self._prepare(token)
        found = (_strict_target if self.strict else _lax_target)(prepared.text)
        if found is None:
            raise LiquidSyntaxError("expected 'assign name = value'", token=token)
        self._check_name(found[0], token)
        return found[0], self._filtered(prepared, found[1])

    def target(self, token: Token) -> str:
        """Read the name that ``capture`` binds; quotes around it do not matter."""
        pattern = _TARGET if self.strict else _LAX_TARGET
        match = pattern.search(self._prepare(token).text)
        if match is None:
            raise LiquidSyntaxError("expected a name", token=token)
        self._check_name(match[0], token)
        return match[0]

    def _check_name(self, name: str, token: Token) -> None:
        if self.strict and name[0].isdigit():
            remark = f"Braze's variables do not begin with a digit, as '{name}' does"
            self.warnings.append((remark, token))

    def value(self, token: Token) -> Expression:
        """Read one value, as ``case`` takes it."""
        prepared = self._prepare(token)
        if not self.strict:
            match = _FIRST_VALUE.search(prepared.text)
            if match is None:
                raise LiquidSyntaxError("expected a value", token=token)
            return lax_value(prepared, match[1], match.start(1))
        cursor = Cursor(prepared, foreign=self.strict)
        value = parse_value(cursor)
        cursor.expect_end()
        return value

    def choices(self, token: Token) -> list[Expression]:
        """Read the values of ``when``, separated by commas or ``or``."""
        prepared = self._prepare(token)
        if not self.strict:
            return _lax_choices(prepared)
        cursor = Cursor(prepared, foreign=True)
        values = [parse_value(cursor, conditional=True)]
        while cursor.accept(",") or _accept_or(cursor):
            values.append(parse_value(cursor, conditional=True))
        cursor.expect_end()
        return values

    def cycle(self, token: Token) -> tuple[Expression | None, list[Expression]]:
        """Read the values of ``cycle``, perhaps with a group before a colon."""
        prepared = self._prepare(token)
        if not self.strict:
            return _lax_cycle(prepared)
        cursor = Cursor(prepared, foreign=self.strict)
        if any(kind == "string" and "," in text for kind, text, _ in cursor.tokens):
            message = "'cycle' takes a comma for a separator, even inside quotes"
            raise LiquidSyntaxError(message, token=token)
        first = parse_value(cursor)
        group, values = (first, []) if cursor.accept(":") else (None, [first])
        if values and cursor.kind != "end":
            cursor.expect(",")
        while cursor.kind != "end":
            values.append(parse_value(cursor))
            if cursor.kind != "end":
                cursor.expect(",")
        return group, _without_nil(values)

    def loop(self, token: Token) -> Loop:
        """Read the expression of ``for``."""
        prepared = self._prepare(token)
        return _strict_loop(prepared) if self.strict else lax_loop(prepared)

    def row(self, token: Token) -> Loop:
        """Read the expression of ``tablerow``."""
        prepared = self._prepare(token)
        if self.strict:
            loop = _strict_loop(prepared)
            if "-" in loop.identifier:
                message = "'tablerow' needs a name without '-' for the element"
                raise LiquidSyntaxError(message, token=loop.token)
            return loop
        match = _LAX_ROW.search(prepared.text)
        if match is None:
            raise LiquidSyntaxError("expected 'tablerow item in list'", token=token)
        iterable = lax_value(prepared, match[2], match.start(2))
        options = loop_options(prepared, reversed=False)
        name = prepared.written(f"{match[1]}-{match[2]}")
        return Loop(
            prepared.token(0, prepared.text),
            match[1],
            iterable,
            name=name,
            options=options,
        )


def _strict_target(text: str) -> tuple[str, int] | None:
    """Return the name before the first ``=``, and where the value begins."""
    match = _ASSIGN.match(text)
    return None if match is None else (match[1], match.end())


def _lax_target(text: str) -> tuple[str, int] | None:
    """Return the last name before an ``=`` that has one, as a search would find it."""
    at = text.find("=")
    while at >= 0:
        before = text[max(at - _MAX_TARGET_LENGTH, 0) : at].rstrip()
        name = _LAX_TARGET_BACKWARDS.match(before[::-1])
        if name is not None:
            return name[0][::-1], at + 1
        at = text.find("=", at + 1)
    return None


def _accept_or(cursor: Cursor) -> bool:
    """Skip ``or``, which needs a blank on either side, next to a quote, too."""
    if cursor.kind == "word" and cursor.text == "or":
        cursor.check_alone()
    return cursor.accept("or")


def _lax_choices(prepared: Prepared) -> list[Expression]:
    values: list[Expression] = []
    at: int = 0
    while (match := _LAX_CHOICE.search(prepared.text, at)) is not None:
        values.append(lax_value(prepared, match[1], match.start(1), conditional=True))
        if match[2] is None:
            return values
        at = match.end()
    raise LiquidSyntaxError("expected 'when value'", token=prepared.token(at, ""))


def _lax_cycle(prepared: Prepared) -> tuple[Expression | None, list[Expression]]:
    if _FIRST_VALUE.match(prepared.text) is None:
        token = prepared.token(0, prepared.text)
        raise LiquidSyntaxError("expected 'cycle value, value'", token=token)
    start, group = 0, None
    if (named := _LAX_GROUP.match(prepared.text)) is not None:
        group = lax_value(prepared, named[1], 0)
        start = named.start(2)
    values = []
    for part in re.finditer(r"[^,]+", prepared.text[start:]):
        if (match := _FIRST_VALUE.search(part[0])) is not None:
            at = start + part.start() + match.start(1)
            values.append(lax_value(prepared, match[1], at))
    return group, _without_nil(values)


def _without_nil(values: list[Expression]) -> list[Expression]:
    """Leave literal nils out, as the reference engine does."""
    return [
        value
        for value in values
        if not (isinstance(value, Constant) and value.value is None)
    ]


def _strict_loop(prepared: Prepared) -> Loop:
    cursor = Cursor(prepared)
    token = cursor.token()
    if cursor.kind != "word":
        cursor.fail("expected a name for the element")
    if cursor.text.endswith("?"):
        cursor.fail("expected a name without '?'")
    identifier = cursor.next()
    cursor.expect("in")
    if touches(cursor):
        cursor.fail("a blank is missing after 'in'")
    start = cursor.tokens[cursor.at][2] if cursor.kind != "end" else 0
    iterable = parse_value(cursor)
    stop = cursor.tokens[cursor.at][2] if cursor.kind != "end" else len(prepared.text)
    name = prepared.written(f"{identifier}-{prepared.text[start:stop].rstrip(', ')}")
    if cursor.kind == "word" and prepared.text[stop - 1].strip():
        cursor.fail(f"a blank is missing at '{cursor.text}'")
    backwards = cursor.accept("reversed")
    options = _options(cursor, backwards=backwards)
    return Loop(token, identifier, iterable, name=name, options=options)


def _options(cursor: Cursor, *, backwards: bool) -> LoopOptions:
    found: dict[str, Expression] = {}
    resume = False
    while cursor.accept(",") or cursor.kind != "end":
        word = cursor.text
        if word == "reversed":
            cursor.fail("'reversed' has to come right after the list")
        if word not in {"limit", "offset", "cols"}:
            cursor.fail("expected 'limit', 'offset', 'cols' or 'reversed'")
        cursor.next()
        cursor.expect(":")
        if word == "offset":
            resume = cursor.accept("continue")
        if word != "offset" or not resume:
            found[word] = parse_value(cursor)
    return LoopOptions(**found, reversed=backwards, resume=resume)
