"""Identifiers that look like the platforms' own and repeat from run to run."""

from __future__ import annotations

import random
import uuid


__all__ = ["Ids"]


class Ids:
    """Makes identifiers from a seed.

    Args:
        seed: The same seed gives the same identifiers in the same order.
    """

    def __init__(self, seed: int = 0, /) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self._number = 0

    def uuid(self) -> str:
        """Return a UUID, as both platforms use for most objects."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def hex(self, digits: int, /) -> str:
        """Return *digits* hexadecimal digits."""
        return f"{self._random.getrandbits(4 * digits):0{digits}x}"

    def number(self) -> int:
        """Return the next number, 1 at first."""
        self._number += 1
        return self._number

    def below(self, limit: int, /) -> int:
        """Return a number from 0 to *limit* - 1."""
        return self._random.randrange(limit)
