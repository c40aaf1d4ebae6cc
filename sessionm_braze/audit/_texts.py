"""The most frequent texts of a stream, in bounded memory (Misra and Gries, 1982)."""

from __future__ import annotations

import hashlib

import attrs


CAPACITY = 1_000
"""Texts that are surely kept: all that occur more often than once in so many."""

LONGEST = 2_000
"""Characters up to which a text stands for itself; longer ones are known by digest."""

Entry = list[int | str]
"""How often, and for whom first."""


@attrs.define
class Texts:
    """Counts texts; those that are rare are forgotten when there are too many.

    The counts are exact until more than twice `CAPACITY` different texts were seen;
    from then on they are too low by at most `lost`.
    """

    entries: dict[str, Entry] = attrs.field(factory=dict)
    lost: int = 0

    def add(self, text: str, who: str) -> None:
        """Count *text* once."""
        key = text if len(text) <= LONGEST else _digested(text)
        entry = self.entries.get(key)
        if entry is not None:
            entry[0] += 1  # type: ignore[operator]
            return
        self.entries[key] = [1, who]
        if len(self.entries) > 2 * CAPACITY:
            self._forget()

    def merge(self, later: Texts) -> None:
        """Add what was counted after this."""
        self.lost += later.lost
        for key, (number, who) in later.entries.items():
            entry = self.entries.setdefault(key, [0, who])
            entry[0] += number  # type: ignore[operator]
        if len(self.entries) > 2 * CAPACITY:
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
        taken = numbers[-CAPACITY - 1]
        self.lost += taken
        self.entries = {
            key: [int(entry[0]) - taken, entry[1]]
            for key, entry in self.entries.items()
            if int(entry[0]) > taken
        }


def _digested(text: str) -> str:
    """Return a short form of a long text that no other text has."""
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16)
    return f"{text[:LONGEST]}\u2026 ({len(text):,} characters, {digest.hexdigest()})"
