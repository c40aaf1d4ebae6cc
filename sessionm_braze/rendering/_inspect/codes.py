"""The kinds of findings: each has a code by which it can be switched off."""

from __future__ import annotations

from typing import Literal

import attrs


Severity = Literal["error", "warning", "info"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""From the gravest to the least grave."""


@attrs.frozen
class Code:
    """A kind of finding."""

    severity: Severity
    """Severity, unless the finding has another."""

    meaning: str
    """The meaning, in a sentence."""


CODES: dict[str, Code] = {
    "syntax-error": Code("error", "The template does not parse."),
    "unclosed-block": Code("error", "A block is never closed, or closes nothing."),
    "unknown-tag": Code("error", "Braze has no tag of that name."),
    "unknown-filter": Code("error", "Braze has no filter of that name."),
    "filter-arguments": Code("error", "A filter got too few or too many arguments."),
    "unlisted-filter": Code("warning", "A filter of Liquid that Braze does not list."),
    "triple-braces": Code("error", "An output has two braces, not three."),
    "curly-quotes": Code("error", "Quotes have to be straight."),
    "html-entity": Code("error", "An entity of HTML means nothing in a tag."),
    "symbol-operator": Code("error", "An operator is another language's."),
    "missing-blank": Code("warning", "An operator has no blank beside it."),
    "parentheses": Code("error", "Parentheses do not group conditions."),
    "operator-in-value": Code("error", "Operators work in conditions alone."),
    "text-compared": Code("error", "A text is compared with a number."),
    "else-if": Code("error", "Liquid says 'elsif'."),
    "filter-in-condition": Code(
        "error", "Filters do not work in conditions and loops."
    ),
    "unknown-namespace": Code("error", "Braze has no namespace of that name."),
    "unknown-attribute": Code("error", "Braze has no attribute of that name."),
    "reference-form": Code("error", "A reference is written in another way."),
    "unset-variable": Code("info", "Nothing in the template sets a variable."),
    "missing-braces": Code("error", "A Braze value has to be written with ${}."),
    "bare-reference": Code("warning", "Braze fills ${} only within {{ }}."),
    "leftover-braces": Code("warning", "Braces are left over behind an output."),
    "jinja-comment": Code("error", "A comment is another language's."),
    "output-in-quotes": Code("warning", "An output in quotes stays as it is."),
    "liquid-in-name": Code("error", "A reason or a name cannot contain Liquid."),
    "placeholder": Code("error", "A placeholder was not filled in."),
    "missing-default": Code("info", "A value that may be absent has no default."),
    "call-url": Code("error", "Braze does not call such an address."),
    "call-headers": Code("error", "The headers of a call are no JSON object."),
    "literal-secret": Code("warning", "A key or password stands in the template."),
    "liquid-in-comment": Code("info", "Liquid stands in a comment of HTML."),
    "unescaped-value": Code(
        "warning", "A value goes into JSON, a URL or a header without being escaped."
    ),
    "missing-status-check": Code(
        "warning", "The answer of a call is used without a look at its status."
    ),
    "retry-and-abort": Code(
        "warning", "The message aborts before ':retry' can repeat a call."
    ),
    "unknown-wallet-field": Code("error", "No wallet has a field of that name."),
}
"""Every code, in the order of the reference."""


def known_codes(codes: object, what: str) -> frozenset[str]:
    """Return *codes* as a set.

    Raises:
        ValueError: If one of them is no code.
        TypeError: If it is a lone string.
    """
    if isinstance(codes, str):
        raise TypeError(f"{what} takes several codes, not the text {codes!r}")
    given = frozenset(codes)  # type: ignore[call-overload]
    unknown = sorted(given - CODES.keys())
    if unknown:
        raise ValueError(
            f"{what}: there is no code {unknown[0]!r}; known are {', '.join(CODES)}"
        )
    return frozenset(given)
