"""Writes the page *Supported Liquid* from the code that is registered.

Run it after a change to tags, options, filters or names; a test compares the page.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from textwrap import wrap
from typing import Any


sys.path.insert(0, str(Path(__file__).parent.parent))

from sessionm_braze.rendering._environment import environment
from sessionm_braze.rendering._expressions.nodes import OPERATORS
from sessionm_braze.rendering._filters import Filter
from sessionm_braze.rendering._namespaces import DEFAULT_ATTRIBUTES, NAMESPACES
from sessionm_braze.rendering._tags.connected_content import OPTIONS


PAGE = Path(__file__).parent / "reference" / "supported-liquid.rst"
WIDTH = 96
INNER = frozenset({"content", "output", "illegal"})
"""Names under which the engine keeps what is not written as a tag."""


def supported_liquid() -> str:
    """Return the page as reST."""
    env = environment(strict=True, nesting=100)
    filters = sorted(env.filters.values(), key=lambda found: found.name)
    parts = [
        _title("Supported Liquid", "="),
        "This page is made from the code: what stands here is what the renderer knows.",
        _title("Tags", "-"),
        _table(("Tag", "What it is"), _tags(env.tags)),
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


def _tags(tags: dict[str, object]) -> Iterator[tuple[str, str]]:
    for name in sorted(tags):
        if name not in INNER:
            yield f"``{name}``", _tag_summary(name, tags[name])


def _tag_summary(name: str, tag: object) -> str:
    """Return the docstring of the node whose syntax begins with the tag's name."""
    module = sys.modules[type(tag).__module__]
    for _, found in inspect.getmembers(module, inspect.isclass):
        summary = (found.__doc__ or "").split("\n", 1)[0]
        if summary.startswith((f"``{{% {name} ", f"``{{% {name}(")):
            return summary
    raise LookupError(f"no node of the tag '{name}' shows its syntax")


def _filter(found: Filter[..., Any]) -> tuple[str, str, str]:
    count = (
        str(found.least) if found.least == found.most else f"{found.least}-{found.most}"
    )
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
