"""Mistakes that are seen in an expression's text, before anything is made of it."""

from __future__ import annotations

import re

from liquid.token import Token

from ._notes import Notes


QUOTES = "\u2018\u2019\u201c\u201d\u201e\u201a"
_SKIPPED = r"'[^']*'|\"[^\"]*\"|\$\{[^{}]*\}"
_CURLY = re.compile(rf"{_SKIPPED}|(?P<found>[{QUOTES}])")
_SYMBOLS = re.compile(rf"{_SKIPPED}|(?P<found>&&|\|\|)")
_FILTER = re.compile(rf"{_SKIPPED}|\|\||(?P<found>\|(?!\|))\s*(?P<name>\w*)")
_WORDS = {"&&": "and", "||": "or"}

UNFILTERED = frozenset({"case", "elsif", "for", "if", "tablerow", "unless", "when"})
"""Tags whose expression takes no filters."""


def note_mistakes(tag: str, token: Token, notes: Notes) -> bool:
    """Note what is wrong in the expression of *tag*; tell whether that is anything."""
    found = [note_curly_quotes(token, notes), _symbols(token, notes)]
    if tag in UNFILTERED:
        found.append(_filters(tag, token, notes))
    return any(found)


def note_curly_quotes(token: Token, notes: Notes) -> bool:
    """Note the first curly quote in *token*; tell whether there is one."""
    for match in _CURLY.finditer(token.value):
        if match["found"]:
            notes.add(
                "curly-quotes",
                token.start_index + match.start("found"),
                f"the quote {match['found']} is not a straight one",
                suggestion="write ' or \"",
            )
            return True
    return False


def _symbols(token: Token, notes: Notes) -> bool:
    found = [each for each in _SYMBOLS.finditer(token.value) if each["found"]]
    for match in found:
        notes.add(
            "symbol-operator",
            token.start_index + match.start(),
            f"'{match['found']}' is no operator of Liquid",
            suggestion=f"write {_WORDS[match['found']]}",
        )
    return bool(found)


def _filters(tag: str, token: Token, notes: Notes) -> bool:
    found = [each for each in _FILTER.finditer(token.value) if each["found"]]
    for match in found:
        notes.add(
            "filter-in-condition",
            token.start_index + match.start("found"),
            f"the filter '{match['name']}' does not work in '{tag}'",
            suggestion="assign the filtered value to a variable first",
        )
    return bool(found)
