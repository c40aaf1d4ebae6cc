"""The lax grammar of expressions: the reference engine's patterns, one by one.

Lax parsing takes what looks like a value and passes over the rest.  It is not a
grammar but a set of regular expressions, so they are kept as they are in Liquid 5.4,
with the characters of prepared references added to those of a name.
"""

from __future__ import annotations

import re

from liquid.exceptions import LiquidSyntaxError
from liquid.expression import Expression

from .._lexer import BLANKS
from .._plain import Command
from .._references import REFERENCE_CHARS, REFERENCE_OPEN, Braced, Prepared
from .._values import BLANK, EMPTY
from .filtered import FilterResolver
from .loops import Loop, LoopOptions
from .nodes import (
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
from .strict import COMMANDS, LITERALS, bracketed_root, number


_FLAGS = re.ASCII | re.DOTALL
QUOTED_TEXT = r"(?:\"[^\"]*\"|'[^']*')"
VALUE_TEXT = rf"(?:{QUOTED_TEXT}|(?:[^\s,|'\"]|{QUOTED_TEXT})+)"
_NAME = rf"[\w\-{REFERENCE_CHARS}]"

_VALUE = re.compile(rf"({VALUE_TEXT})(.*)", _FLAGS)
_FILTERS = re.compile(r"\|\s*(.*)", _FLAGS)
_FILTER = re.compile(rf"(?:\s+|{VALUE_TEXT}|,)+", _FLAGS)
_ARGUMENT = re.compile(rf"[:,]\s*((?:\w+\s*:\s*)?{VALUE_TEXT})", _FLAGS)
_KEYWORD = re.compile(rf"(\w[\w-]{{0,200}})\s*:\s*({VALUE_TEXT})", _FLAGS)
_FIRST_WORD = re.compile(r"\w+", _FLAGS)
_INTEGER = re.compile(r"-?[0-9]+")
_FLOAT = re.compile(r"-?[0-9][0-9.]+")
_RANGE = re.compile(r"\(\s*(?>(\S+)\s*\.\.)\s*(\S+)\s*\)", _FLAGS)
_PATH_NAME = re.compile(rf"{_NAME}+\??", _FLAGS)
_PATH = re.compile(rf"\[[^\]]+\]|{_PATH_NAME.pattern}", _FLAGS)
_COMPARISON = re.compile(rf"({VALUE_TEXT})\s*([=!<>a-z_]+)?\s*({VALUE_TEXT})?", _FLAGS)
_AND_OR = r"(?u:\b)(?:\s?and\s?|\s?or\s?)(?u:\b)"
_TERMS = re.compile(
    rf"(?:{_AND_OR}|(?:\s*(?!{_AND_OR})(?:{VALUE_TEXT}|\S+)\s*)+)", _FLAGS
)
_FOR = re.compile(rf"({_NAME}+)\s+in\s+({VALUE_TEXT}+)\s*(reversed)?", _FLAGS)


def lax_value(
    prepared: Prepared, text: str, at: int, *, conditional: bool = False
) -> Expression:
    """Read *text*, found at *at*, as one value."""
    token = prepared.token(at, text)
    stripped = text.strip(BLANKS)
    if conditional and stripped in {"blank", "empty"}:
        return Constant(token, BLANK if stripped == "blank" else EMPTY)
    if len(stripped) > 1 and stripped[0] in "\"'" and stripped[-1] == stripped[0]:
        return Constant(token, prepared.written(stripped[1:-1]))
    if _INTEGER.fullmatch(stripped):
        return Constant(token, number(stripped))
    if (ends := _RANGE.fullmatch(stripped)) is not None:
        return Range(
            token, lax_value(prepared, ends[1], at), lax_value(prepared, ends[2], at)
        )
    if _FLOAT.fullmatch(stripped):
        whole, _, rest = stripped.partition(".")
        return Constant(token, float(f"{whole}.{rest.split('.', 1)[0] or '0'}"))
    if not stripped or stripped in LITERALS:
        return Constant(token, LITERALS.get(stripped))
    return _path(prepared, stripped, at)


def _path(prepared: Prepared, text: str, at: int) -> Expression:
    token = prepared.token(at, text)
    closed = (
        text.rfind("]") + 1
    )  # behind it a search for the end of brackets is in vain
    parts = _PATH.findall(text, 0, closed) + _PATH_NAME.findall(text, closed)
    if not parts:
        return Variable(token, Constant(token, None), ())
    root = _step(prepared, parts[0], at)
    steps = [_step(prepared, part, at) for part in parts[1:]]
    if isinstance(root, Braced):
        return Personal(token, None, root, steps)
    if steps and isinstance(steps[0], Braced) and isinstance(root, str):
        return Personal(token, root, steps[0], steps[1:])
    if isinstance(root, Command):
        root = str(root)
    return Variable(token, bracketed_root(token, root), steps)


def _step(prepared: Prepared, part: str, at: int) -> Step:
    if part.startswith(REFERENCE_OPEN):
        return Braced(prepared.name(part))
    if not part.startswith("["):
        return Command(part) if part in COMMANDS else prepared.written(part)
    inner = lax_value(prepared, part[1:-1], at)
    if isinstance(inner, Constant) and type(inner.value) in {str, int}:
        return inner.value  # type: ignore[return-value]
    return inner


def lax_filtered(
    prepared: Prepared, filters: FilterResolver, start: int = 0
) -> Filtered:
    """Read a value and its filters from *start* on, passing over what does not fit."""
    token = prepared.token(start, prepared.text[start:])
    match = _VALUE.search(prepared.text, start)
    if match is None:
        return Filtered(token, Constant(token, None), [])
    left = lax_value(prepared, match[1], match.start(1))
    calls: list[FilterCall] = []
    chain = _FILTERS.search(prepared.text, match.start(2))
    if chain is not None:
        for part in _FILTER.finditer(prepared.text, chain.start(1)):
            call = _filter(prepared, filters, part)
            if call is not None:
                calls.append(call)
    return Filtered(token, left, calls)  # type: ignore[arg-type]


def _filter(
    prepared: Prepared, filters: FilterResolver, part: re.Match[str]
) -> FilterCall | None:
    word = _FIRST_WORD.search(part[0])
    if word is None:
        return None
    arguments: list[Expression] = []
    keywords: dict[str, Expression] = {}
    for match in _ARGUMENT.finditer(part[0]):
        at = part.start() + match.start(1)
        named = _KEYWORD.fullmatch(match[1])
        if named is None:
            arguments.append(lax_value(prepared, match[1], at))
        else:
            keywords[named[1]] = lax_value(prepared, named[2], at)
    token = prepared.token(part.start() + word.start(), word[0])
    return filters.call(token, word[0], arguments, keywords)


def lax_condition(prepared: Prepared) -> Condition:
    """Read comparisons joined by ``and`` and ``or``."""
    token = prepared.token(0, prepared.text)
    parts = [(match[0], match.start()) for match in _TERMS.finditer(prepared.text)]
    if not parts:
        raise LiquidSyntaxError("expected a condition", token=token)
    terms = [_comparison(prepared, *parts.pop())]
    relations: list[str] = []
    while parts:
        relation = parts.pop()[0].strip()
        if relation not in {"and", "or"} or not parts:
            raise LiquidSyntaxError("the condition cannot be read", token=token)
        terms.append(_comparison(prepared, *parts.pop()))
        relations.append(relation)
    return Condition(token, terms[::-1], relations[::-1])


def _comparison(prepared: Prepared, text: str, at: int) -> Expression:
    match = _COMPARISON.search(text)
    if match is None:
        raise LiquidSyntaxError("expected a condition", token=prepared.token(at, text))
    left = lax_value(prepared, match[1], at + match.start(1), conditional=True)
    if match[2] is None:
        return left
    right_at = at + (match.start(3) if match[3] else match.end(2))
    right = lax_value(prepared, match[3] or "", right_at, conditional=True)
    return Comparison(
        prepared.token(at + match.start(2), match[2]), left, match[2], right
    )


def lax_loop(prepared: Prepared) -> Loop:
    """Read ``item in list`` and its options."""
    token = prepared.token(0, prepared.text)
    match = _FOR.match(prepared.text)
    if match is None:
        raise LiquidSyntaxError("expected 'for item in list'", token=token)
    options = {"reversed": match[3] is not None}
    return Loop(
        token,
        prepared.written(match[1]),
        lax_value(prepared, match[2], match.start(2)),
        name=prepared.written(f"{match[1]}-{match[2]}"),
        options=loop_options(prepared, **options),
    )


def loop_options(prepared: Prepared, *, reversed: bool) -> LoopOptions:  # noqa: A002
    """Return the ``limit``, ``offset`` and ``cols`` written anywhere in the text."""
    found: dict[str, Expression] = {}
    resume = False
    for match in _KEYWORD.finditer(prepared.text):
        if match[1] == "offset" and match[2] == "continue":
            resume = True
        elif match[1] in {"limit", "offset", "cols"}:
            found[match[1]] = lax_value(prepared, match[2], match.start(2))
            resume = resume and match[1] != "offset"
    return LoopOptions(**found, reversed=reversed, resume=resume)
