"""Looks for Liquid inside of comments of HTML."""

from __future__ import annotations

from collections.abc import Sequence

from liquid.token import TOKEN_CONTENT, TOKEN_EXPRESSION, Token

from .findings import FindingCollector


def check_comments(tokens: Sequence[Token], findings: FindingCollector) -> None:
    """Note the first comment of HTML that Liquid stands in; one says it for all."""
    opened, within = False, None
    for token in tokens:
        if token.kind == TOKEN_EXPRESSION:
            continue
        if token.kind != TOKEN_CONTENT:
            within = within or (token if opened else None)
            continue
        at = 0
        while (found := token.value.find("-->" if opened else "<!--", at)) >= 0:
            at = found + len("-->" if opened else "<!--")
            opened = not opened
            if not opened and within is not None:
                findings.add(
                    "liquid-in-comment",
                    within.start_index,
                    "Liquid in a comment of HTML runs, though Braze's documents say"
                    " that comments are removed first",
                    suggestion="do not rely on either",
                )
                return
