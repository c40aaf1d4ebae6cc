"""The data sets of a template: the variables in the JSON files named after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from .files import TEMPLATE_ENDINGS, CommandError, check_bound, read_json


__all__ = ["DataSet", "data_sets", "named_sets"]


@attrs.frozen
class DataSet:
    """Variables for one render."""

    name: str
    """Told apart by this, where a template has several."""

    variables: Mapping[str, Any]

    file: Path | None = None
    """Where they were read."""


def data_sets(template: Path, bound: Path | None = None) -> list[DataSet]:
    """Return the data sets of a template: the JSON files that are named after it.

    These are ``name.json``, ``name.….json`` and those in a folder ``name``.  Without
    any there is one, and it is empty.

    Args:
        template: The template.
        bound: The folder that the files have to lie in, if there is one.

    Raises:
        CommandError: If a file does not hold variables, or lies elsewhere.
    """
    stem = template.stem
    if not stem.strip("."):  # such as that of "...liquid", which is the parent folder
        return [DataSet("", {})]
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
        for each in named_sets(
            check_bound(file, bound), file.stem.removeprefix(stem).removeprefix(".")
        )
    ]
    return found or [DataSet("", {})]


def named_sets(file: Path, name: str) -> Iterator[DataSet]:
    """Yield the data sets in a file: one object, or a list of objects.

    Raises:
        CommandError: If it holds something else.
    """
    content = read_json(file)
    several = isinstance(content, list)
    if several and not content:
        raise CommandError(f"{file}: expected an object of variables, got none")
    for index, variables in enumerate(content if several else [content]):
        if not isinstance(variables, dict):
            where = f" @ $[{index}]" if several else ""
            raise CommandError(f"{file}: expected an object of variables{where}")
        number = f"{index + 1}" if several else ""
        full_name = ".".join(part for part in (name, number) if part)
        yield DataSet(full_name, variables, file)


def _belongs_to_another(file: Path, template: Path) -> bool:
    """Return whether a file is named after a template with a longer name."""
    longer = (
        other.stem
        for other in file.parent.iterdir()
        if other.suffix in TEMPLATE_ENDINGS
        and other.stem.startswith(f"{template.stem}.")
    )
    return any(file.stem == stem or file.stem.startswith(f"{stem}.") for stem in longer)


def _literal(stem: str) -> str:
    """Return *stem* as a pattern that matches only itself."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in stem)
