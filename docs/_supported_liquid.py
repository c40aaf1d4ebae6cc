"""Writes the page *Supported Liquid* from the code that is registered.

Run it after a change to tags, options, filters or names; a test compares the page.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from textwrap import wrap
from typing import Any

from liquid.ast import Node


sys.path.insert(0, str(Path(__file__).parent.parent))

from sessionm_braze.rendering._deadline import without_end
from sessionm_braze.rendering._engine import Engine
from sessionm_braze.rendering._environment import environment
from sessionm_braze.rendering._expressions.nodes import OPERATORS
from sessionm_braze.rendering._filters import Filter
from sessionm_braze.rendering._namespaces import DEFAULT_ATTRIBUTES, NAMESPACES
from sessionm_braze.rendering._tags import TAGS
from sessionm_braze.rendering._tags.connected_content import OPTIONS
from sessionm_braze.rendering._tags.illegal import INTERNAL_TAGS


PAGE = Path(__file__).parent / "reference" / "supported-liquid.rst"
WIDTH = 96


def supported_liquid() -> str:
    """Return the page as reST."""
    env = environment(strict=True, nesting=100)
    filters = sorted(env.filters.values(), key=lambda found: found.name)
    parts = [
        _title("Supported Liquid", "="),
        "This page is made from the code: what stands here is what the renderer knows.",
        _title("Tags", "-"),
        _table(("Tag", "What it is", "Example"), _tags(env)),
        _title("Options of connected_content", "-"),
        _table(
            ("Option", "Meaning"),
            ((f"``:{name}``", OPTIONS[name]) for name in sorted(OPTIONS)),
        ),
        _title("Operators", "-"),
        " ".join(f"``{name}``" for name in (*OPERATORS, "and", "or")),
        _title("Filters that Braze lists", "-"),
        _table(("Filter", "Arguments", "What it does"), map(_filter, _listed(filters))),
        _title("Filters of Liquid 5 that Braze does not list", "-"),
        "They work, with a warning.  Braze says of "
        + " and ".join(f"``{each.name}``" for each in filters if each.refused)
        + " that it does not support them.",
        _table(
            ("Filter", "Arguments", "What it does"), map(_filter, _unlisted(filters))
        ),
        _title("Names", "-"),
        "Default attributes, written ``{{${name}}}``:",
        _names(DEFAULT_ATTRIBUTES),
        "Namespaces, written ``{{namespace.${name}}}``:",
        _table(("Namespace", "Names"), _namespaces()),
    ]
    return "\n\n".join(parts) + "\n"


def _title(text: str, line: str) -> str:
    return f"{text}\n{line * len(text)}"


def _tags(engine: Engine) -> Iterator[tuple[str, str, str]]:
    for name in sorted(TAGS.keys() - INTERNAL_TAGS):
        example = TAGS[name].example.replace("\n", " ")
        summary = _summary(name, engine.parsed(TAGS[name].example, without_end).nodes)
        yield f"``{name}``", summary, f"``{example}``"


def _summary(name: str, nodes: Iterable[Node]) -> str:
    """Return the first line that the docstring of a tag's node has."""
    waiting = list(nodes)
    for node in waiting:
        if node.token.value == name or node.token.value.startswith(f"{name} "):
            return (type(node).__doc__ or "").split("\n", 1)[0]
        waiting += node.children(None, include_partials=False)
    raise LookupError(f"the example of the tag '{name}' does not have it")


def _filter(found: Filter[..., Any]) -> tuple[str, str, str]:
    least, most = found.min_arguments, found.max_arguments
    count = str(least) if least == most else f"{least}-{most}"
    return f"``{found.name}``", count, (found.function.__doc__ or "").split("\n", 1)[0]


def _listed(filters: Iterable[Filter[..., Any]]) -> Iterator[Filter[..., Any]]:
    return (found for found in filters if found.documented)


def _unlisted(filters: Iterable[Filter[..., Any]]) -> Iterator[Filter[..., Any]]:
    return (found for found in filters if not found.documented)


def _names(names: Iterable[str]) -> str:
    return "\n".join(wrap(" ".join(f"``{name}``" for name in sorted(names)), WIDTH))


def _namespaces() -> Iterator[tuple[str, str]]:
    yield "``content_blocks``", "any; the block's text"
    for name, known in sorted(NAMESPACES.items()):
        yield f"``{name}``", ", ".join(f"``{key}``" for key in known) or "any"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [".. list-table::", "   :header-rows: 1", ""]
    for row in (head, *rows):
        lines += [f"   {'  -' if at else '* -'} {cell}" for at, cell in enumerate(row)]
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(supported_liquid(), "utf-8")
