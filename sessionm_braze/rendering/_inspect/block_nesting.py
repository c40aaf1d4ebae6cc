"""Checks that blocks are closed and that tags are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest

import attrs
from liquid.tag import Tag
from liquid.token import TOKEN_EXPRESSION, TOKEN_TAG, Token

from .._errors import did_you_mean
from .._tags.base import BrazeTag
from .._tags.illegal import INTERNAL_TAGS, meant_tag
from .expression_mistakes import note_curly_quotes
from .findings import FindingCollector


_TEXT_TAGS = frozenset({"#", "comment", "endcomment", "raw"})
"""Tags of which the lexer has cut out the text."""


def check_nesting(
    tokens: Sequence[Token],
    tags: Mapping[str, Tag],
    used: dict[str, None],
    findings: FindingCollector,
) -> None:
    """Note unclosed blocks and unknown tags; add known ones to *used*."""
    nesting = _Nesting(tags, findings)
    for token, following in zip_longest(tokens, tokens[1:]):
        if token.kind != TOKEN_TAG or token.value in _TEXT_TAGS:
            continue
        nesting.tag(token)
        tag = tags.get(token.value)
        if token.value in tags:
            used[token.value] = None
        named = isinstance(tag, BrazeTag) and tag.names
        if named and following is not None and following.kind == TOKEN_EXPRESSION:
            note_curly_quotes(following, findings)
    nesting.finish()


@attrs.define
class _Nesting:
    """The blocks that are open."""

    tags: Mapping[str, Tag]
    findings: FindingCollector
    open: list[Token] = attrs.field(factory=list)

    def tag(self, token: Token) -> None:
        name = token.value
        tag = None if name in INTERNAL_TAGS else self.tags.get(name)
        opening = self.tags.get(name.removeprefix("end"))
        if tag is not None:
            if tag.end:
                self.open.append(token)
        elif inner := self.inner_of(name):
            if not self.open or self.open[-1].value not in inner:
                self.stray(token, f"'{name}' stands outside of its block")
        elif name.startswith("end") and opening is not None and opening.end:
            self.close(token)
        elif (meant := meant_tag(name)) and meant.startswith("end") and self.open:
            self.close(Token(token.kind, meant, token.start_index, token.source))
        else:
            self.unknown(token)

    def inner_of(self, name: str) -> set[str]:
        """Return the tags whose blocks the tag *name* divides."""
        return {
            tag.name
            for tag in self.tags.values()
            if isinstance(tag, BrazeTag) and name in tag.inner
        }

    def close(self, token: Token) -> None:
        opening = token.value.removeprefix("end")
        if opening not in {each.value for each in self.open}:
            self.stray(token, f"'{token.value}' closes nothing")
            return
        while (last := self.open.pop()).value != opening:
            self.unclosed(last)

    def finish(self) -> None:
        for token in self.open:
            self.unclosed(token)

    def unclosed(self, token: Token) -> None:
        self.findings.add(
            "unclosed-block",
            token.start_index,
            f"'{token.value}' is never closed",
            suggestion=f"'end{token.value}' is missing",
        )

    def stray(self, token: Token, message: str) -> None:
        self.findings.add("unclosed-block", token.start_index, message)

    def unknown(self, token: Token) -> None:
        known = {*self.tags, *(tag.end for tag in self.tags.values())}
        for tag in self.tags.values():
            known.update(getattr(tag, "inner", ()))
        meant = meant_tag(token.value)
        question = did_you_mean(token.value, known - INTERNAL_TAGS - {""})
        self.findings.add(
            "unknown-tag",
            token.start_index,
            f"there is no tag '{token.value}'",
            suggestion=f"did you mean '{meant}'?" if meant else question,
        )
        if meant and meant in self.tags and self.tags[meant].end:
            self.open.append(Token(token.kind, meant, token.start_index, token.source))
