"""Mistakes outside of expressions: in texts, reasons, names, and what is compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from liquid.ast import Node
from liquid.expression import Expression
from liquid.token import TOKEN_CONTENT, TOKEN_EXPRESSION, TOKEN_TAG, Token

from .. import _values
from .._expressions.nodes import Comparison, Condition, Constant, Filtered, Variable
from .._parts import children_of
from .._tags import TAGS
from .._tags.assign import AssignNode
from .expression_mistakes import note_placeholder
from .findings import FindingCollector


_JINJA_COMMENT = re.compile(r"\{#(?![\w-]*\s*\{)[^{}]*?#\}")
_WRITTEN_PLACEHOLDER = re.compile(
    r"(?<=[\"'/=])YOUR[-_][A-Z][A-Z0-9_-]*(?=[\"'/?&<\s]|\Z)"
)
_ANGLED = re.compile(r"<[A-Za-z][\w -]*>")
_NAMING_TAGS = frozenset(n for n, tag in TAGS.items() if getattr(tag, "names", False))
_LITERAL_TAGS = frozenset(
    n for n, tag in TAGS.items() if getattr(tag, "literal", False)
)


def check_texts(tokens: Sequence[Token], findings: FindingCollector) -> None:
    """Note what is wrong in the text between tags, and in tags that take a text."""
    depth = 0
    before: Token | None = None
    note = False
    for token in tokens:
        if token.kind == TOKEN_TAG:
            note = token.value == "comment"
        elif token.kind == TOKEN_CONTENT and not note:
            _check_content(token, findings)
            depth = _check_braces(token, before, depth, findings)
        elif before is not None and before.kind == TOKEN_TAG:
            _check_tag(before.value, token, findings)
        before = token


def _check_content(token: Token, findings: FindingCollector) -> None:
    for match in _JINJA_COMMENT.finditer(token.value):
        findings.add(
            "jinja-comment",
            token.start_index + match.start(),
            "{# #} is no comment of Liquid, readers see it",
            suggestion="write {% comment %}…{% endcomment %}",
        )
    for match in _WRITTEN_PLACEHOLDER.finditer(token.value):
        note_placeholder(match[0], token.start_index + match.start(), findings)


def _check_braces(
    token: Token, before: Token | None, depth: int, findings: FindingCollector
) -> int:
    """Note braces right behind an output that close nothing; return the open ones."""
    text = token.value
    closers = len(text) - len(text.lstrip("}"))
    if (
        before is not None
        and before.kind == TOKEN_EXPRESSION
        and closers > max(depth, 1)
    ):
        findings.add(
            "leftover-braces",
            token.start_index,
            f"'{text[:closers]}' is left over, readers see it",
            suggestion="an output ends with }}",
        )
        text = text[closers:]
    for brace in re.findall(r"[{}]", text):
        depth = max(depth + (1 if brace == "{" else -1), 0)
    return depth


def _check_tag(name: str, text: Token, findings: FindingCollector) -> None:
    at = min((i for i in map(text.value.find, ("{{", "${")) if i >= 0), default=-1)
    if name in _LITERAL_TAGS and at >= 0:
        findings.add(
            "liquid-in-name",
            text.start_index + at,
            f"the text of '{name}' cannot contain Liquid, it is taken as it is",
            suggestion="use 'if' and one tag for each text",
        )
    for match in _ANGLED.finditer(text.value if name in _NAMING_TAGS else ""):
        note_placeholder(match[0], text.start_index + match.start(), findings)
    if name == "else" and re.match(r"if\b", text.value):
        findings.add(
            "else-if",
            text.start_index,
            "'else' takes no condition, it is passed over",
            suggestion="write elsif",
        )


def check_comparisons(nodes: Iterable[Node], findings: FindingCollector) -> None:
    """Note variables that hold a date as text and are compared with a number."""
    dates: set[str] = set()
    for node in _all(nodes):
        if isinstance(node, AssignNode):
            dates.discard(str(node.name))
            if _is_date(node.expression):
                dates.add(str(node.name))
            continue
        for expression in node.expressions():
            for comparison in _comparisons(expression):
                _check_comparison(comparison, dates, findings)


def _all(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _all(children_of(node))


def _is_date(expression: object) -> bool:
    calls = expression.filters if isinstance(expression, Filtered) else None
    return bool(calls) and calls[-1].name == "date"  # type: ignore[index]


def _comparisons(expression: Expression) -> Iterator[Comparison]:
    if isinstance(expression, Comparison):
        yield expression
    elif isinstance(expression, Condition):
        for term in expression.terms:
            yield from _comparisons(term)


def _check_comparison(
    comparison: Comparison, dates: set[str], findings: FindingCollector
) -> None:
    sides = (comparison.left, comparison.right)
    for side, other in (sides, sides[::-1]):
        if not isinstance(other, Constant) or not _values.is_number(other.value):
            continue
        if isinstance(side, Variable) and side.root in dates and not side.steps:
            findings.add(
                "text-compared",
                side.token.start_index,
                f"'{side.root}' is a text that date has made, not a number",
                suggestion="add | plus: 0 behind date",
            )
