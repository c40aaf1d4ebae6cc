"""What ``--answers`` gives: answers to calls, and what else a workspace holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ..rendering import BasicAuth, CannedFetcher, Catalog, HeaderAuth, Renderer
from .files import CommandError, read_json


__all__ = ["renderer_with"]

_PLAIN_KEYS = (
    "content_blocks", "promotions", "shopping_carts", "landing_pages", "translations",
    "tags",
)  # fmt: skip
_KNOWN_KEYS = frozenset(
    {*_PLAIN_KEYS, "http", "catalogs", "catalog_selections", "credentials"}
)
_REFUSALS = (AttributeError, KeyError, TypeError, ValueError, ArithmeticError)


def renderer_with(
    answers: Path | None,
    *,
    strict: bool = True,
    now: datetime | None = None,
    preview: bool = False,
) -> Renderer:
    """Return a renderer with what the file *answers* gives it.

    Args:
        answers: The file.
        strict: See `Renderer`.
        now: See `Renderer`.
        preview: See `Renderer`.

    Raises:
        CommandError: If the file holds something else.
    """
    if answers is None:
        return Renderer(now=now, strict=strict, preview=preview)
    content = read_json(answers)
    given = {"http": content} if isinstance(content, list) else content
    if not isinstance(given, dict):
        raise CommandError(f"{answers}: expected a list of answers, or an object")
    unknown = sorted(given.keys() - _KNOWN_KEYS)
    if unknown:
        known = ", ".join(sorted(_KNOWN_KEYS))
        raise CommandError(f"{answers}: unknown key {unknown[0]!r}; known are {known}")
    try:
        return Renderer(
            fetcher=CannedFetcher.from_entries(given.get("http", [])),
            catalogs=_catalogs(given),
            credentials={
                name: _credential(value)
                for name, value in given.get("credentials", {}).items()
            },
            now=now,
            strict=strict,
            preview=preview,
            **{name: given[name] for name in _PLAIN_KEYS if name in given},
        )
    except _REFUSALS as error:
        raise CommandError(f"{answers}: {error}") from None


def _catalogs(given: Mapping[str, Any]) -> dict[str, Catalog]:
    selections = given.get("catalog_selections", {})
    names = [*given.get("catalogs", {}), *selections]
    return {
        name: Catalog(
            items=given.get("catalogs", {}).get(name, []),
            selections=selections.get(name, {}),
        )
        for name in names
    }


def _credential(value: Mapping[str, Any]) -> BasicAuth | HeaderAuth:
    if "headers" in value:
        return HeaderAuth(value["headers"], domain=value.get("domain"))
    return BasicAuth(value["username"], value["password"])
