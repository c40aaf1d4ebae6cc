"""Braze's ``${name}`` references and inner braces, made ready for the engine's grammar.

Braze rewrites a template before Liquid reads it.  Here a reference becomes a word of
private characters with the same length, and inner ``{{`` and ``}}`` become blanks, so
every position in an expression stays the position in the template.  Only for the lax
grammar, which ends a value at a blank, braces are removed.
"""

from __future__ import annotations

import re
from typing import Self

import attrs
from liquid.exceptions import LiquidSyntaxError
from liquid.token import TOKEN_EXPRESSION, Token

from ._values import lookup


REFERENCE_OPEN = "\ue000"
REFERENCE_FILL = "\ue001"
_FIRST_CODE = 0xF0000
_LAST_CODE = 0xFFFFD
_NUMBER_CHARS = f"{chr(_FIRST_CODE)}-{chr(_LAST_CODE)}"

REFERENCE_WORD = f"{REFERENCE_OPEN}[{_NUMBER_CHARS}]{REFERENCE_FILL}*"
"""Pattern of a reference in a prepared expression."""

REFERENCE_CHARS = REFERENCE_OPEN + REFERENCE_FILL + _NUMBER_CHARS
"""The characters references are made of, for a character class."""


def _parts(braces: str) -> re.Pattern[str]:
    """Return what to look for in an expression; inner braces are like *braces*."""
    return re.compile(
        r"(?P<string>'[^']*'|\"[^\"]*\")"
        r"|(?P<reference>\$\{(?P<name>[^{}]*)\})"
        rf"|(?P<brace>{braces})"
        rf"|(?P<private>[{REFERENCE_CHARS}])"
    )


_WORD = re.compile(REFERENCE_WORD)
_EXPRESSION_PARTS = _parts(r"\{\{|\}\}")
_TIGHT_EXPRESSION_PARTS = _parts(r"\{\{\s*|(?<!\s)\s*\}\}|\}\}")
_PADDED_BRACE = re.compile(r"\{\{\s*|\s*\}\}")
_PLAIN_TEXT = re.compile(rf"[^${{}}{REFERENCE_CHARS}]*")
_OPERATOR_CHARS = frozenset("=!<>")
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
        value = self.written(value)
        return Token(TOKEN_EXPRESSION, value, self.start + start, self.source)

    def written(self, text: str) -> str:
        """Return a piece of this expression with its references put back.

        Whatever leaves the grammar as a text goes through here.
        """
        if not self.names or REFERENCE_OPEN not in text:
            return text
        return _WORD.sub(lambda word: f"${{{self.name(word[0])}}}", text)

    def name(self, word: str) -> str:
        """Return the name that a *word* of private characters replaces."""
        return self.names[ord(word[1]) - _FIRST_CODE]

    def has_gap(self, start: int, stop: int) -> bool:
        """Return whether there are blanks, other than those inside of braces."""
        written = self.source[self.start + start : self.start + stop]
        return _PADDED_BRACE.sub("", written) != ""


class Braced(str):
    """A key from ``${...}``: looked up as a whole, then as the path it may spell."""

    __slots__ = ("path",)
    path: tuple[str | int, ...]

    def __new__(cls, name: str) -> Self:
        """Return the key for *name*."""
        self = super().__new__(cls, name)
        self.path = _inner_path(name)
        return self


_PIPE_PARTS = re.compile(rf"{_EXPRESSION_PARTS.pattern}|(?P<pipe>\|)")


def filter_in_argument(text: str) -> int | None:
    """Return where a braced argument of a filter has a filter itself, if one has.

    Without the braces, that filter would apply to everything before it.
    """
    outer: list[bool] = []
    filtered = False
    for match in _PIPE_PARTS.finditer(text):
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
        blanks: Whether braces are replaced with blanks, so that all positions stay the
            same.  Otherwise they are removed, except next to an operator: the lax
            grammar ends a value at a blank.

    Raises:
        LiquidSyntaxError: If a reference has no name.
    """
    text = token.value
    if _PLAIN_TEXT.fullmatch(text):
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

    pattern = _EXPRESSION_PARTS if blanks else _TIGHT_EXPRESSION_PARTS
    return Prepared(
        pattern.sub(replace, text), tuple(names), token.start_index, token.source
    )


def _gap(match: re.Match[str]) -> str:
    """Return the replacement of a brace in the lax grammar: a blank by an operator."""
    before = match.string[match.start() - 1 : match.start()]
    after = match.string[match.end() : match.end() + 1]
    return " " if before in _OPERATOR_CHARS or after in _OPERATOR_CHARS else ""


def _placeholder(match: re.Match[str], names: list[str], token: Token) -> str:
    name = match["name"].strip()
    if not name:
        at = token.start_index + match.start()
        raise LiquidSyntaxError(
            "${} needs a name between its braces",
            token=Token(TOKEN_EXPRESSION, match[0], at, token.source),
        )
    if _FIRST_CODE + len(names) > _LAST_CODE:
        raise LiquidSyntaxError("too many references in one expression", token=token)
    names.append(name)
    return (
        REFERENCE_OPEN
        + chr(_FIRST_CODE + len(names) - 1)
        + REFERENCE_FILL * (len(match[0]) - 2)
    )


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
