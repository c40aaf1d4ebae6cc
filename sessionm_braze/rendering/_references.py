"""Braze's ``${name}`` references and inner braces, made ready for the engine's grammar.

Braze rewrites a template before Liquid reads it.  Here a reference becomes a word of
private characters with the same length, and inner ``{{`` and ``}}`` become blanks, so
every position in an expression stays the position in the template.  Only for the lax
grammar, which ends a value at a blank, they go without a trace.
"""

from __future__ import annotations

import re
from typing import Self

import attrs
from liquid.exceptions import LiquidSyntaxError
from liquid.token import TOKEN_EXPRESSION, Token

from ._values import lookup


OPEN = "\ue000"
FILL = "\ue001"
_FIRST = 0xF0000
_COUNT = 0xFFFD

WORD = f"{OPEN}[{chr(_FIRST)}-{chr(_FIRST + _COUNT)}]{FILL}*"
"""Pattern of a reference in a prepared expression."""

CHARS = f"{OPEN}{FILL}{chr(_FIRST)}-{chr(_FIRST + _COUNT)}"
"""The characters references are made of, for a character class."""


def _parts(braces: str) -> re.Pattern[str]:
    """Return what to look for in an expression; inner braces are like *braces*."""
    return re.compile(
        r"(?P<string>'[^']*'|\"[^\"]*\")"
        r"|(?P<reference>\$\{(?P<name>[^{}]*)\})"
        rf"|(?P<brace>{braces})"
        rf"|(?P<private>[{CHARS}])"
    )


_PARTS = _parts(r"\{\{|\}\}")
_TIGHT_PARTS = _parts(r"\{\{\s*|(?<!\s)\s*\}\}|\}\}")
_PADDED_BRACE = re.compile(r"\{\{\s*|\s*\}\}")
_PLAIN = re.compile(rf"[^${{}}{CHARS}]*")
_OPERATORS = frozenset("=!<>")
_INDEX = re.compile(r"\[ *(-?[0-9]{1,18}) *\]")


@attrs.frozen
class Prepared:
    """An expression's text with its references taken out."""

    text: str
    names: tuple[str, ...]
    start: int
    source: str

    def token(self, start: int, value: str) -> Token:
        """Return a token for *value*, found at *start* of this expression."""
        return Token(TOKEN_EXPRESSION, value, self.start + start, self.source)

    def name(self, word: str) -> str:
        """Return the name that a *word* of private characters stands for."""
        return self.names[ord(word[1]) - _FIRST]

    def has_gap(self, start: int, stop: int) -> bool:
        """Tell whether blanks stand there, other than those inside of braces."""
        written = self.source[self.start + start : self.start + stop]
        return _PADDED_BRACE.sub("", written) != ""


class Braced(str):
    """A key from ``${...}``: looked up as it stands, then as the path it may spell."""

    __slots__ = ("path",)
    path: tuple[str | int, ...]

    def __new__(cls, name: str) -> Self:
        """Return the key for *name*."""
        self = super().__new__(cls, name)
        self.path = _inner_path(name)
        return self


_PIPES = re.compile(rf"{_PARTS.pattern}|(?P<pipe>\|)")


def filter_in_argument(text: str) -> int | None:
    """Return where a braced argument of a filter has a filter itself, if one has.

    With the braces gone, that filter would work on all that stands before it.
    """
    outer: list[bool] = []
    filtered = False
    for match in _PIPES.finditer(text):
        if match[0] == "{{":
            outer.append(filtered)
        elif match[0] == "}}":
            del outer[-1:]
        elif match["pipe"]:
            if any(outer):
                return match.start()
            filtered = True
    return None


def look_up_braced(value: object, name: Braced) -> object:
    """Return what *name* names in *value*: as a key, else as the path it may spell."""
    found = lookup(value, str(name))
    if found is None and name.path:
        found = value
        for part in name.path:
            found = lookup(found, part)
    return found


def prepare(token: Token, *, blanks: bool = True) -> Prepared:
    """Return the expression of *token* with references and inner braces taken out.

    Args:
        token: The expression.
        blanks: Whether blanks take the place of braces, so that all places stay the
            same.  Without, nothing does, unless it is an operator's end: the lax
            grammar ends a value at a blank.

    Raises:
        LiquidSyntaxError: If a reference has no name.
    """
    text = token.value
    if _PLAIN.fullmatch(text):
        return Prepared(text, (), token.start_index, token.source)
    names: list[str] = []

    def replace(match: re.Match[str]) -> str:
        if match["string"] is not None:
            return match[0]
        if match["private"] is not None:
            return "\ufffd"
        if match["brace"] is not None:
            return "  " if blanks else _gap(match)
        return _placeholder(match, names, token)

    pattern = _PARTS if blanks else _TIGHT_PARTS
    return Prepared(
        pattern.sub(replace, text), tuple(names), token.start_index, token.source
    )


def _gap(match: re.Match[str]) -> str:
    """Return what takes a brace's place in the lax grammar: a blank by an operator."""
    before = match.string[match.start() - 1 : match.start()]
    after = match.string[match.end() : match.end() + 1]
    return " " if before in _OPERATORS or after in _OPERATORS else ""


def _placeholder(match: re.Match[str], names: list[str], token: Token) -> str:
    name = match["name"].strip()
    if not name:
        at = token.start_index + match.start()
        raise LiquidSyntaxError(
            "${} needs a name between its braces",
            token=Token(TOKEN_EXPRESSION, match[0], at, token.source),
        )
    if len(names) > _COUNT:
        raise LiquidSyntaxError("too many references in one expression", token=token)
    names.append(name)
    return OPEN + chr(_FIRST + len(names) - 1) + FILL * (len(match[0]) - 2)


def _inner_path(name: str) -> tuple[str | int, ...]:
    """Split ``address.city`` and ``list[0]``, as they occur inside the braces."""
    if "." not in name and "[" not in name:
        return ()
    parts: list[str | int] = []
    for piece in name.split("."):
        bare = piece.split("[", 1)[0]
        if bare:
            parts.append(bare.strip())
        parts.extend(int(index) for index in _INDEX.findall(piece))
    return tuple(parts) if len(parts) > 1 else ()
