"""The most frequent texts of a stream, in bounded memory (Misra and Gries, 1982)."""

from __future__ import annotations

import hashlib

import attrs


TEXTS_KEPT = 1_000
"""Texts that are surely kept: all that occur more often than once in so many."""

MAX_TEXT_LENGTH = 2_000
"""Characters up to which a text stands for itself; longer ones are known by digest."""

TextCount = list[int | str]
"""How often, and for whom first."""


@attrs.define
class TextCounts:
    """Counts texts; those that are rare are forgotten when there are too many.

    The counts are exact until more than twice `TEXTS_KEPT` different texts were seen;
    from then on they are too low by at most `lost`.
    """

    entries: dict[str, TextCount] = attrs.field(factory=dict)
    lost: int = 0

    def add(self, text: str, who: str) -> None:
        """Count *text* once."""
        key = text
        if len(text) > MAX_TEXT_LENGTH:
            data = text.encode("utf-8", "surrogatepass")
            digest = hashlib.blake2b(data, digest_size=16).hexdigest()
            beginning = text[:MAX_TEXT_LENGTH]
            key = f"{beginning}\u2026 ({len(text):,} characters, {digest})"
        entry = self.entries.get(key)
        if entry is not None:
            entry[0] += 1  # type: ignore[operator]
            return
        self.entries[key] = [1, who]
        if len(self.entries) > 2 * TEXTS_KEPT:
            self._forget()

    def merge(self, later: TextCounts) -> None:
        """Add what was counted after this."""
        self.lost += later.lost
        for key, (number, who) in later.entries.items():
            entry = self.entries.setdefault(key, [0, who])
            entry[0] += number  # type: ignore[operator]
        if len(self.entries) > 2 * TEXTS_KEPT:
            self._forget()

    def most(self, number: int) -> list[tuple[str, int, str]]:
        """Return the *number* most frequent texts, how often, and for whom first."""
        repeated = [
            (key, int(entry[0]), str(entry[1]))
            for key, entry in self.entries.items()
            if int(entry[0]) > 1
        ]
        repeated.sort(key=lambda item: -item[1])
        return repeated[:number]

    def _forget(self) -> None:
        """Take from every count what the first one without room has."""
        numbers = sorted((int(entry[0]) for entry in self.entries.values()), key=int)
        taken = numbers[-TEXTS_KEPT - 1]
        self.lost += taken
        self.entries = {
            key: [int(entry[0]) - taken, entry[1]]
            for key, entry in self.entries.items()
            if int(entry[0]) > taken
        }
