"""The strict grammar of expressions: the reference engine's, in strict mode."""

from __future__ import annotations

import re
from typing import NoReturn

from liquid.exceptions import LiquidSyntaxError
from liquid.expression import Expression
from liquid.token import Token

from .._errors import FaultError
from .._plain import MAX_DIGITS, Command
from .._references import (
    REFERENCE_CHARS,
    REFERENCE_OPEN,
    REFERENCE_WORD,
    Braced,
    Prepared,
)
from .._values import BLANK, EMPTY
from .nodes import Comparison, Condition, Constant, Personal, Range, Step, Variable


COMMANDS = frozenset({"size", "first", "last"})

LITERALS: dict[str, object] = {
    "nil": None,
    "null": None,
    "true": True,
    "false": False,
    "blank": "",
    "empty": "",
}

MAX_BRACKET_DEPTH = 50
"""How deep brackets may nest."""

_TOKEN = re.compile(
    r"(?P<comparison>==|!=|<>|<=?|>=?|contains(?=\s|\Z))"
    r"|(?P<string>'[^']*'|\"[^\"]*\")"
    r"|(?P<number>-?[0-9]+(?:\.[0-9]+)?)"
    rf"|(?P<braced>{REFERENCE_WORD})"
    rf"|(?P<word>[^\W\d{REFERENCE_CHARS}][\w-]*\??)"
    r"|(?P<dots>\.\.)"
    r"|(?P<special>[|.:,=\[\]()])"
    r"|(?P<wrong>[^ \t\n\v\f\r])"
)
_OPERATOR_IN_NAME = re.compile(r"(?:^|-)(?:and|or)(?:-|$)")
_ASCII_TOKEN = re.compile(_TOKEN.pattern, re.ASCII)


class Cursor:
    """Steps through the tokens of one prepared expression.

    Args:
        prepared: The expression.
        foreign: Whether names may have letters beyond ASCII.
        loose: Whether a value may contain blanks, as in outputs.
    """

    def __init__(
        self, prepared: Prepared, *, foreign: bool = True, loose: bool = False
    ) -> None:
        self.prepared = prepared
        self.loose = loose
        pattern = _TOKEN if foreign else _ASCII_TOKEN
        self.tokens = [
            (str(match.lastgroup), match[0], match.start())
            for match in pattern.finditer(prepared.text)
        ]
        self.at = 0
        self.depth = 0

    @property
    def kind(self) -> str:
        """Kind of the current token."""
        return self.tokens[self.at][0] if self.at < len(self.tokens) else "end"

    @property
    def text(self) -> str:
        """Text of the current token."""
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def token(self) -> Token:
        """Return the current token, for nodes and errors."""
        if self.at < len(self.tokens):
            _, text, start = self.tokens[self.at]
            return self.prepared.token(start, text)
        return self.prepared.token(max(len(self.prepared.text) - 1, 0), "")

    def check_alone(self) -> None:
        """Refuse a current token, not the first, without a blank on either side."""
        _, text, start = self.tokens[self.at]
        stop = start + len(text)
        beside = self.prepared.text[start - 1], self.prepared.text[stop : stop + 1]
        if "".join(beside).strip():
            self.fail(f"expected a blank on either side of '{text}'")

    def next(self) -> str:
        """Return the current token's text and advance."""
        text = self.text
        self.at += 1
        return text

    def accept(self, text: str) -> bool:
        """Advance if the current token is *text*; return whether it was."""
        if self.kind in {"special", "dots", "word"} and self.text == text:
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> None:
        """Skip *text*, which has to be the current token."""
        if not self.accept(text):
            self.fail(f"expected '{text}'")

    def expect_end(self) -> None:
        """Make sure that nothing is left."""
        if self.kind != "end":
            self.fail("expected the end of the expression")

    def fail(self, message: str) -> NoReturn:
        """Raise a syntax error at the current token."""
        raise LiquidSyntaxError(f"{message}, found {self.found()}", token=self.token())

    def found(self) -> str:
        """Describe the current token, with a hint where a mistake is well known."""
        if self.kind == "end":
            return "its end"
        if self.text in _HINTS:
            return f"'{self.text}' ({_HINTS[self.text]})"
        if self.text.startswith(REFERENCE_OPEN):
            return f"'${{{self.prepared.name(self.text)}}}'"
        return f"'{self.text}'"


_QUOTE_HINT = "quotes have to be straight"
_HINTS = {
    "&": "Liquid says 'and' for '&&'",
    **dict.fromkeys("\u2018\u2019\u201c\u201d", _QUOTE_HINT),
    **dict.fromkeys("'\"", "a quote is not closed"),
}


def parse_value(cursor: Cursor, *, conditional: bool = False) -> Expression:
    """Read one value: a literal, a range, a variable or a Braze value.

    Args:
        cursor: Where to read.
        conditional: Whether ``blank`` and ``empty`` are tests, as in conditions.
    """
    start = cursor.at
    value = _value(cursor, conditional=conditional)
    if not cursor.loose:
        _check_blanks(cursor, start)
    return value


def _check_blanks(cursor: Cursor, start: int) -> None:
    """Refuse blanks inside of a value, where Ruby's lax parsing would end it."""
    for at in range(start + 1, cursor.at):
        (_, text, before), (_, _, here) = cursor.tokens[at - 1 : at + 1]
        if cursor.prepared.has_gap(before + len(text), here):
            cursor.at = at
            cursor.fail("expected no blank inside of a value")


def _value(cursor: Cursor, *, conditional: bool) -> Expression:
    token = cursor.token()
    match cursor.kind:
        case "string":
            return Constant(token, cursor.next()[1:-1])
        case "number":
            return Constant(token, number(cursor.next()))
        case "word":
            return _variable(cursor, token, conditional=conditional)
        case "braced":
            name = Braced(cursor.prepared.name(cursor.next()))
            return Personal(token, None, name, _steps(cursor))
    if cursor.text == "(":
        return _range(cursor, token)
    if cursor.text == "[":
        return Variable(
            token, bracketed_root(token, _bracketed(cursor)), _steps(cursor)
        )
    return cursor.fail("expected a value")


def bracketed_root(token: Token, inner: Step) -> str | Expression:
    """Return the root of a path that starts with brackets: a name or an expression."""
    return Constant(token, inner) if isinstance(inner, int) else inner


def number(text: str) -> int | float:
    """Return the number that *text* writes."""
    if len(text) > MAX_DIGITS:
        raise FaultError("a number is too long")
    return float(text) if "." in text else int(text)


def _variable(cursor: Cursor, token: Token, *, conditional: bool) -> Expression:
    word = cursor.next()
    if cursor.kind == "special" and cursor.text in ".[":
        if cursor.text == "." and _peek_kind(cursor) == "braced":
            cursor.next()
            name = Braced(cursor.prepared.name(cursor.next()))
            return Personal(token, word, name, _steps(cursor))
        return Variable(token, word, _steps(cursor))
    if conditional and word in {"blank", "empty"}:
        return Constant(token, BLANK if word == "blank" else EMPTY)
    if word in LITERALS:
        return Constant(token, LITERALS[word])
    return Variable(token, word, ())


def _peek_kind(cursor: Cursor) -> str:
    at = cursor.at + 1
    return cursor.tokens[at][0] if at < len(cursor.tokens) else "end"


def _steps(cursor: Cursor) -> list[Step]:
    steps: list[Step] = []
    while cursor.kind == "special" and cursor.text in ".[":
        if cursor.text == "[":
            steps.append(_bracketed(cursor))
            continue
        cursor.next()
        if cursor.kind == "braced":
            steps.append(Braced(cursor.prepared.name(cursor.next())))
        elif cursor.kind == "word":
            word = cursor.next()
            steps.append(Command(word) if word in COMMANDS else word)
        else:
            cursor.fail("expected a name after '.'")
    return steps


def _bracketed(cursor: Cursor) -> Step:
    cursor.expect("[")
    inner = _nested(cursor)
    cursor.expect("]")
    if isinstance(inner, Constant) and type(inner.value) in {str, int}:
        return inner.value  # type: ignore[return-value]
    return inner


def _nested(cursor: Cursor) -> Expression:
    cursor.depth += 1
    if cursor.depth > MAX_BRACKET_DEPTH:
        raise LiquidSyntaxError(
            "brackets stand too deep in each other", token=cursor.token()
        )
    inner = parse_value(cursor)
    cursor.depth -= 1
    return inner


def _range(cursor: Cursor, token: Token) -> Expression:
    cursor.expect("(")
    start = _nested(cursor)
    cursor.expect("..")
    stop = _nested(cursor)
    cursor.expect(")")
    return Range(token, start, stop)


def parse_condition(cursor: Cursor) -> Condition:
    """Read comparisons joined by ``and`` and ``or``, to the end."""
    token = cursor.token()
    terms = [_comparison(cursor)]
    relations: list[str] = []
    operators: set[int] = set()
    while cursor.kind == "word" and cursor.text in {"and", "or"}:
        cursor.check_alone()
        operators.add(cursor.at)
        relations.append(cursor.next())
        terms.append(_comparison(cursor))
    cursor.expect_end()
    _check_names(cursor, operators)
    return Condition(token, terms, relations)


def _check_names(cursor: Cursor, operators: set[int]) -> None:
    """Refuse names with ``and`` or ``or`` in them, which Ruby takes for operators."""
    for at, (kind, text, _) in enumerate(cursor.tokens):
        if kind == "word" and at not in operators and _OPERATOR_IN_NAME.search(text):
            cursor.at = at
            cursor.fail("expected a name without 'and' and 'or' as a word of it")


def _comparison(cursor: Cursor) -> Expression:
    left = parse_value(cursor, conditional=True)
    if cursor.kind != "comparison":
        return left
    check_gap(cursor, cursor.text)
    token = cursor.token()
    operator = cursor.next()
    check_gap(cursor, operator)
    return Comparison(token, left, operator, parse_value(cursor, conditional=True))


def check_gap(cursor: Cursor, shown: str) -> None:
    """Refuse what touches the token before it where Ruby would read the two as one.

    Lax parsing, which is the reference engine's default, takes ``a=='b'`` for a name.
    """
    if cursor.kind in {"word", "comparison"} and touches(cursor):
        cursor.fail(f"a blank is missing at '{shown}'")


def touches(cursor: Cursor) -> bool:
    """Return whether no blank separates the current token from the previous one."""
    if not cursor.at or cursor.kind == "end":
        return False
    kind, text, start = cursor.tokens[cursor.at - 1]
    return kind != "string" and start + len(text) == cursor.tokens[cursor.at][2]
