"""What a preview is made with: answers to calls, catalogs, blocks, and data sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs

from ..rendering import BasicAuth, CannedFetcher, Catalog, HeaderAuth, Renderer
from ._files import TEMPLATES, CommandError, read_json


__all__ = ["DataSet", "data_sets", "named_sets", "renderer"]

_PLAIN = (
    "content_blocks", "promotions", "shopping_carts", "landing_pages", "translations",
)  # fmt: skip
_KEYS = frozenset({*_PLAIN, "http", "catalogs", "catalog_selections", "credentials"})


@attrs.frozen
class DataSet:
    """Variables for one render."""

    name: str
    """Told apart by this, where a template has several."""

    variables: Mapping[str, Any]


def data_sets(template: Path) -> list[DataSet]:
    """Return the data sets of a template: the JSON files that are named after it.

    These are ``name.json``, ``name.….json`` and those in a folder ``name``.  Without
    any there is one, and it is empty.

    Raises:
        CommandError: If a file does not hold variables.
    """
    stem = template.stem
    files = [
        *sorted(template.parent.glob(f"{_literal(stem)}.json")),
        *sorted(template.parent.glob(f"{_literal(stem)}.*.json")),
        *sorted((template.parent / stem).glob("*.json")),
    ]
    found = [
        each
        for file in files
        if not file.name.endswith("answers.json")
        and not _belongs_to_another(file, template)
        for each in named_sets(file, _name(file, stem))
    ]
    return found or [DataSet("", {})]


def named_sets(file: Path, name: str) -> Iterator[DataSet]:
    """Yield the data sets in a file: one object, or a list of objects.

    Raises:
        CommandError: If it holds something else.
    """
    content = read_json(file)
    several = isinstance(content, list)
    for index, variables in enumerate(content if several else [content]):
        if not isinstance(variables, dict):
            where = f" @ $[{index}]" if several else ""
            raise CommandError(f"{file}: expected an object of variables{where}")
        number = f"{index + 1}" if several else ""
        yield DataSet(".".join(part for part in (name, number) if part), variables)


def _belongs_to_another(file: Path, template: Path) -> bool:
    """Tell whether a file is named after a template with a longer name."""
    longer = (
        other.stem
        for other in file.parent.iterdir()
        if other.suffix in TEMPLATES and other.stem.startswith(f"{template.stem}.")
    )
    return any(file.stem == stem or file.stem.startswith(f"{stem}.") for stem in longer)


def _name(file: Path, stem: str) -> str:
    return file.stem.removeprefix(stem).removeprefix(".")


def _literal(stem: str) -> str:
    """Return *stem* as a pattern that matches only itself."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in stem)


def renderer(
    answers: Path | None, *, strict: bool = True, now: datetime | None = None
) -> Renderer:
    """Return a renderer with what the file *answers* gives it.

    Raises:
        CommandError: If the file holds something else.
    """
    if answers is None:
        return Renderer(now=now, strict=strict)
    content = read_json(answers)
    given = {"http": content} if isinstance(content, list) else content
    if not isinstance(given, dict):
        raise CommandError(f"{answers}: expected a list of answers, or an object")
    unknown = sorted(given.keys() - _KEYS)
    if unknown:
        known = ", ".join(sorted(_KEYS))
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
            **{name: given[name] for name in _PLAIN if name in given},
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
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
