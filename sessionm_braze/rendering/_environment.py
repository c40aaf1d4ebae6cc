"""Joins the engine with Braze's tags, its filters and the compiler."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from ._compiled import compile_nodes
from ._engine import Engine
from ._filters import FILTERS
from ._parsed import Parsed
from ._tags import TAGS


def new_environment(
    *, strict: bool, nesting: int, prepare: Callable[[Parsed], None] | None = None
) -> Engine:
    """Return an engine with Braze's tags and filters; see `Engine`."""
    return Engine(
        TAGS, FILTERS, compile_nodes, strict=strict, nesting=nesting, prepare=prepare
    )


@lru_cache(maxsize=16)
def environment(*, strict: bool, nesting: int) -> Engine:
    """Return the engine for these settings; renderers share it."""
    return new_environment(strict=strict, nesting=nesting)
