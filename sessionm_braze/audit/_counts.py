"""Counters that stay small however many recipients there are, and that can be added."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

import attrs


K = TypeVar("K", bound=Hashable)

MAX_KEYS = 1_000
"""How many different things a table tells apart; the rest is counted together."""


@attrs.define
class Count:
    """How many recipients, and the first few of them."""

    keep: int
    number: int = 0
    sample: list[str] = attrs.field(factory=list)
    note: object = None
    """What the first one brought along."""

    def add(self, who: str) -> None:
        """Count one more."""
        self.number += 1
        if len(self.sample) < self.keep:
            self.sample.append(who)

    def merge(self, later: Count) -> None:
        """Add what was counted after this."""
        self.number += later.number
        self.sample += later.sample[: self.keep - len(self.sample)]
        if self.note is None:
            self.note = later.note


@attrs.define
class CountTable(Generic[K]):
    """Counts by key, for a bounded number of keys."""

    keep: int
    counts: dict[K, Count] = attrs.field(factory=dict)
    others: int = 0
    """What was counted for keys that found no room."""

    def add(self, key: K, who: str, note: object = None) -> None:
        """Count one more for *key*."""
        count = self._at(key)
        if count is None:
            self.others += 1
            return
        if not count.number:
            count.note = note
        count.add(who)

    def merge(self, later: CountTable[K]) -> None:
        """Add what was counted after this."""
        self.others += later.others
        for key, count in later.counts.items():
            mine = self._at(key)
            if mine is None:
                self.others += count.number
            else:
                mine.merge(count)

    def _at(self, key: K) -> Count | None:
        count = self.counts.get(key)
        if count is None and len(self.counts) < MAX_KEYS:
            count = self.counts[key] = Count(self.keep)
        return count

    def most(self) -> Iterator[tuple[K, Count]]:
        """Yield keys and counts, the highest first."""
        yield from sorted(self.counts.items(), key=lambda item: -item[1].number)
