"""Mistakes that can be seen in the text of an expression, before it is parsed."""

from __future__ import annotations

import re

from liquid.token import Token

from .._expressions.reader import Reader
from .findings import FindingCollector


CURLY_QUOTES = "\u2018\u2019\u201c\u201d\u201e\u201a"
_SKIPPED_TEXT = r"'[^']*'|\"[^\"]*\"|\$\{[^{}]*\}"
_CURLY_QUOTE = re.compile(rf"{_SKIPPED_TEXT}|(?P<found>[{CURLY_QUOTES}])")
_SYMBOL_OPERATOR = re.compile(rf"{_SKIPPED_TEXT}|(?P<found>&&|\|\|)")
_PIPE = re.compile(rf"{_SKIPPED_TEXT}|\|\||(?P<found>\|(?!\|))\s*(?P<name>\w*)")
_OPERATOR_WORDS = {"&&": "and", "||": "or"}

_FILTERLESS_GRAMMARS: frozenset[object] = frozenset(
    {Reader.condition, Reader.value, Reader.choices, Reader.loop, Reader.row}
)
"""Grammars of expressions that take no filters."""

_OTHER_GRAMMARS: frozenset[object] = frozenset(
    {Reader.filtered, Reader.assignment, Reader.target, Reader.cycle}
)


def note_mistakes(
    tag: str, grammar: object, token: Token, findings: FindingCollector
) -> bool:
    """Note what is wrong in an expression of *tag*; return whether anything is.

    Args:
        tag: Name of the tag.
        grammar: The method of `Reader` that reads the expression; the text of a tag
            with a grammar of its own is left alone.
        token: The expression.
        findings: Where to note it.
    """
    if grammar not in _FILTERLESS_GRAMMARS | _OTHER_GRAMMARS:
        return False
    found = [note_curly_quotes(token, findings), _symbols(token, findings)]
    if grammar in _FILTERLESS_GRAMMARS:
        found.append(_filters(tag, token, findings))
    return any(found)


def note_curly_quotes(token: Token, findings: FindingCollector) -> bool:
    """Note the first curly quote in *token*; return whether there is one."""
    for match in _CURLY_QUOTE.finditer(token.value):
        if match["found"]:
            findings.add(
                "curly-quotes",
                token.start_index + match.start("found"),
                f"the quote {match['found']} is not a straight one",
                suggestion="write ' or \"",
            )
            return True
    return False


def _symbols(token: Token, findings: FindingCollector) -> bool:
    found = [each for each in _SYMBOL_OPERATOR.finditer(token.value) if each["found"]]
    for match in found:
        findings.add(
            "symbol-operator",
            token.start_index + match.start(),
            f"'{match['found']}' is no operator of Liquid",
            suggestion=f"write {_OPERATOR_WORDS[match['found']]}",
        )
    return bool(found)


def _filters(tag: str, token: Token, findings: FindingCollector) -> bool:
    found = [each for each in _PIPE.finditer(token.value) if each["found"]]
    for match in found:
        findings.add(
            "filter-in-condition",
            token.start_index + match.start("found"),
            f"the filter '{match['name']}' does not work in '{tag}'",
            suggestion="assign the filtered value to a variable first",
        )
    return bool(found)
