"""Joins the engine with Braze's tags, its filters and the compiler."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from ._compiled import compile_nodes
from ._engine import Engine
from ._filters import FILTERS
from ._parsed import Parsed
from ._tags import TAGS
from ._tags.given import GivenTag


def new_environment(
    *,
    strict: bool,
    nesting: int,
    comments: bool = True,
    tags: Iterable[str] = (),
    prepare: Callable[[Parsed], None] | None = None,
) -> Engine:
    """Return an engine with Braze's tags and filters; see `Engine`.

    Args:
        strict: See `Engine`.
        nesting: See `Engine`.
        comments: See `Engine`.
        tags: Names of further tags, for which renderers are given texts or functions.
        prepare: See `Engine`.
    """
    return Engine(
        {**TAGS, **dict.fromkeys(tags, GivenTag)},
        FILTERS,
        compile_nodes,
        strict=strict,
        nesting=nesting,
        comments=comments,
        prepare=prepare,
    )


@lru_cache(maxsize=16)
def environment(
    *,
    strict: bool,
    nesting: int,
    comments: bool = True,
    tags: frozenset[str] = frozenset(),
) -> Engine:
    """Return the engine for these settings; renderers share it."""
    return new_environment(strict=strict, nesting=nesting, comments=comments, tags=tags)
