"""Mistakes that can be seen in the text of an expression, before it is parsed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import attrs
from liquid.token import Token

from .._expressions.reader import Reader
from .findings import FindingCollector


CURLY_QUOTES = "\u2018\u2019\u201c\u201d\u201e\u201a"
_SKIPPED_TEXT = r"'[^']*'|\"[^\"]*\"|\$\{[^{}]*\}"

_CONDITIONS: frozenset[object] = frozenset({Reader.condition})
_VALUES: frozenset[object] = frozenset({Reader.filtered, Reader.assignment})
_FILTERLESS: frozenset[object] = frozenset(
    {Reader.condition, Reader.value, Reader.choices, Reader.loop, Reader.row}
)
"""Grammars of expressions that take no filters."""

_ALL = _FILTERLESS | _VALUES | {Reader.target, Reader.cycle}

_OPERATORS = {
    "&&": "and", "||": "or", "AND": "and", "And": "and", "OR": "or", "Or": "or",
    "=": "==", "===": "==", "!==": "!=", "=>": ">=", "=<": "<=",
    "not": "!= or unless", "NOT": "!= or unless", "!": "!= or unless",
}  # fmt: skip
"""Operators of other languages, and what Liquid has instead."""

_ARITHMETIC = {"+": "plus", "-": "minus", "*": "times", "/": "divided_by"}
_ENTITIES = {
    "gt": ">", "lt": "<", "amp": "&", "quot": '"', "apos": "'", "nbsp": "a blank",
    "#34": '"', "#39": "'", "#60": "<", "#62": ">", "#160": "a blank",
}  # fmt: skip


Said = Callable[[re.Match[str], str], str]
"""Says something of a match, in a tag of that name."""


def _outside_of_quotes(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"{_SKIPPED_TEXT}|{pattern}")


@attrs.frozen
class Mistake:
    """What a mistake looks like, outside of quotes and references."""

    code: str
    grammars: frozenset[object]
    pattern: re.Pattern[str] = attrs.field(converter=_outside_of_quotes)
    """Its group *found* is what is wrong."""

    message: Said
    suggestion: Said


_MISTAKES = (
    Mistake(
        "curly-quotes",
        _ALL,
        rf"(?P<found>[{CURLY_QUOTES}])",
        lambda match, _tag: f"the quote {match['found']} is not a straight one",
        lambda _, _tag: "write ' or \"",
    ),
    Mistake(
        "html-entity",
        _ALL,
        rf"(?P<found>&(?P<name>{'|'.join(_ENTITIES)});)",
        lambda match, _tag: f"'{match['found']}' is HTML and means nothing in a tag",
        lambda match, _tag: f"write {_ENTITIES[match['name']]}",
    ),
    Mistake(
        "reference-form",
        _ALL,
        r"(?P<found>\$(?:\{\{\s*(?P<name>[\w.]+)\s*\}\}|\((?P<other>[\w. ]+)\)"
        r"|(?P<bare>[A-Za-z_]\w*)))",
        lambda match, _tag: f"'{match['found']}' is no reference of Braze",
        lambda match, _tag: (
            "write ${" + (match["name"] or match["other"] or match["bare"]) + "}"
        ),
    ),
    Mistake(
        "reference-form",
        _ALL,
        r"(?<![{$])(?P<found>\{\s*(?P<name>[\w.]+)\s*\})(?!\})",
        lambda match, _tag: f"'{match['found']}' has single braces",
        lambda match, _tag: f"write {{{{{match['name']}}}}}",
    ),
    Mistake(
        "symbol-operator",
        _CONDITIONS,
        r"(?P<found>&&|\|\||===|!==|=>|=<|(?<![=!<>])=(?![=<>])|!(?![=])"
        r"|\b(?:AND|And|OR|Or|NOT|not)\b(?=\s|\())",
        lambda match, _tag: f"'{match['found']}' is no operator of Liquid",
        lambda match, _tag: f"write {_OPERATORS[match['found']]}",
    ),
    Mistake(
        "parentheses",
        _CONDITIONS,
        r"(?P<found>\()(?![^()]*\.\.)",
        lambda _, tag: (
            f"parentheses do not group in '{tag}', conditions are read from the right"
        ),
        lambda _, _tag: "put one 'if' into another",
    ),
    Mistake(
        "filter-in-condition",
        _FILTERLESS,
        r"\|\||(?P<found>\|(?!\|))\s*(?P<name>\w*)",
        lambda match, tag: f"the filter '{match['name']}' does not work in '{tag}'",
        lambda _, _tag: "assign the filtered value to a variable first",
    ),
    Mistake(
        "filter-in-condition",
        _VALUES,
        r"\[[^\[\]|]*(?P<found>\|)\s*(?P<name>\w*)[^\[\]]*\]",
        lambda match, _tag: f"the filter '{match['name']}' does not work inside [ ]",
        lambda _, _tag: "assign the filtered value to a variable first",
    ),
    Mistake(
        "operator-in-value",
        _VALUES,
        r"(?P<found>==|!=|<=|>=|<>|(?<=\s)[<>](?=\s)|(?<=\s)(?:and|or|contains)(?=\s)|&&|\|\|)",
        lambda match, _tag: f"'{match['found']}' works in conditions alone",
        lambda _, _tag: "use 'if', and assign in its branches",
    ),
    Mistake(
        "operator-in-value",
        _VALUES,
        r"(?<=\s)(?P<found>[-+*/])(?=\s)",
        lambda match, _tag: f"Liquid does not calculate with '{match['found']}'",
        lambda match, _tag: f"write | {_ARITHMETIC[match['found']]}: …",
    ),
)

_PLACEHOLDER_WORDS = re.compile(
    r"[A-Z][A-Z0-9]*(?: +[A-Z0-9]+)+|YOUR[-_][A-Z0-9_-]+|<[^<>]+>"
)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|\$\{[^{}]*\}")
_TIGHT = re.compile(
    rf"{_SKIPPED_TEXT}|\}}\}}(?P<found>==|!=|<=|>=|<|>)|(?P<left>==|!=)\{{\{{"
)


def note_mistakes(
    tag: str, grammar: object, token: Token, findings: FindingCollector
) -> bool:
    """Note what is wrong in an expression of *tag*; return whether it may not parse.

    Args:
        tag: Name of the tag.
        grammar: The method of `Reader` that reads the expression; the text of a tag
            with a grammar of its own is left alone.
        token: The expression.
        findings: Where to note it.
    """
    if grammar not in _ALL:
        return False
    if grammar is Reader.filtered and _PLACEHOLDER_WORDS.fullmatch(token.value):
        note_placeholder(token.value, token.start_index, findings)
        return True
    _note_outputs_in_quotes(token, findings)
    _note_missing_blanks(token, findings)
    noted = [_note(each, tag, grammar, token, findings) for each in _MISTAKES]
    return any(noted)


def note_placeholder(found: str, at: int, findings: FindingCollector) -> None:
    """Note a placeholder that nobody has filled in."""
    findings.add(
        "placeholder",
        at,
        f"'{found}' is a placeholder that nobody has filled in",
        suggestion="write the value",
    )


def note_curly_quotes(token: Token, findings: FindingCollector) -> bool:
    """Note the first curly quote in *token*; return whether there is one."""
    return _note(_MISTAKES[0], "", Reader.filtered, token, findings)


def note_curly_quote(token: Token, at: int, findings: FindingCollector) -> None:
    """Note the curly quote at the place *at* of *token*, whatever stands around it."""
    source = token.source
    quote = Token(token.kind, token.value[at], token.start_index + at, source)
    note_curly_quotes(quote, findings)


def note_entities(token: Token, findings: FindingCollector) -> bool:
    """Note the first entity of HTML in *token*; return whether there is one."""
    return _note(_MISTAKES[1], "", Reader.filtered, token, findings)


def _note(
    mistake: Mistake,
    tag: str,
    grammar: object,
    token: Token,
    findings: FindingCollector,
) -> bool:
    """Note the places of a mistake, of quotes and entities only the first."""
    if grammar not in mistake.grammars:
        return False
    found = list(_found(mistake, token.value))
    once = mistake.code in {"curly-quotes", "html-entity"}
    for match in found[:1] if once else found:
        findings.add(
            mistake.code,
            token.start_index + match.start("found"),
            mistake.message(match, tag),
            suggestion=mistake.suggestion(match, tag),
        )
    return bool(found)


def _found(mistake: Mistake, text: str) -> Iterator[re.Match[str]]:
    return (match for match in mistake.pattern.finditer(text) if match["found"])


def _note_outputs_in_quotes(token: Token, findings: FindingCollector) -> None:
    for match in _QUOTED.finditer(token.value):
        at = match[0].find("{{")
        if at > 0 and "}}" in match[0]:
            findings.add(
                "output-in-quotes",
                token.start_index + match.start() + at,
                "an output inside of quotes stays as it is",
                suggestion="use the filter append, or capture",
            )


def _note_missing_blanks(token: Token, findings: FindingCollector) -> None:
    for match in _TIGHT.finditer(token.value):
        operator = match["found"] or match["left"]
        if operator:
            findings.add(
                "missing-blank",
                token.start_index + match.start("found" if match["found"] else "left"),
                f"'{operator}' touches the braces beside it",
                suggestion=f"put a blank on either side of '{operator}'",
            )
