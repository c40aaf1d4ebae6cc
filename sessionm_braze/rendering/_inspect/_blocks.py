"""Whether blocks are closed, and whether tags are known."""

from __future__ import annotations

import attrs
from liquid.token import Token

from .._environment import BrazeEnvironment
from .._errors import guess
from .._tags._illegal import NOT_TAGS
from ._notes import Notes


_INNER = {
    "elsif": frozenset({"if", "unless"}),
    "else": frozenset({"if", "unless", "case", "for"}),
    "when": frozenset({"case"}),
}
_CLOSED_BY_LEXER = frozenset({"comment", "raw", "endcomment"})


@attrs.define
class Blocks:
    """The blocks that are open at a place of the template."""

    env: BrazeEnvironment
    notes: Notes
    open: list[Token] = attrs.field(factory=list)

    def tag(self, token: Token) -> None:
        """Take notice of a tag."""
        name = token.value
        tag = None if name in NOT_TAGS else self.env.tags.get(name)
        if name in _CLOSED_BY_LEXER:
            return
        if tag is not None:
            if tag.block:
                self.open.append(token)
        elif name in _INNER:
            if not self.open or self.open[-1].value not in _INNER[name]:
                self._stray(token, f"'{name}' stands outside of its block")
        elif self._closes(name):
            self._close(token)
        else:
            self._unknown(token)

    def finish(self) -> None:
        """Note the blocks that are still open at the end."""
        for token in self.open:
            self._unclosed(token)
        self.open.clear()

    def _closes(self, name: str) -> bool:
        opening = self.env.tags.get(name.removeprefix("end"))
        return name.startswith("end") and opening is not None and bool(opening.block)

    def _close(self, token: Token) -> None:
        opening = token.value.removeprefix("end")
        if opening not in {each.value for each in self.open}:
            self._stray(token, f"'{token.value}' closes nothing")
            return
        while (last := self.open.pop()).value != opening:
            self._unclosed(last)

    def _unclosed(self, token: Token) -> None:
        end = f"end{token.value}"
        self.notes.add(
            "unclosed-block",
            token.start_index,
            f"'{token.value}' is never closed",
            suggestion=f"'{end}' is missing",
        )

    def _stray(self, token: Token, message: str) -> None:
        self.notes.add("unclosed-block", token.start_index, message)

    def _unknown(self, token: Token) -> None:
        ends = {f"end{name}" for name, tag in self.env.tags.items() if tag.block}
        known = ({*self.env.tags, *ends, *_INNER}) - NOT_TAGS
        self.notes.add(
            "unknown-tag",
            token.start_index,
            f"there is no tag '{token.value}'",
            suggestion=guess(token.value, known),
        )
