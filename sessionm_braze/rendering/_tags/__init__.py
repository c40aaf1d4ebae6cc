"""The tags: one file each, node and tag side by side.

A new tag is a new file here: a class with the tag's name, how it is read, an example,
and the node it becomes.  A node says what it reads through python-liquid's own
protocol: ``expressions()``, ``children()``, ``block_scope()``, ``template_scope()``.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from liquid.tag import Tag


__all__ = ["TAGS"]


def _tags() -> Iterator[type[Tag]]:
    for found in iter_modules(__path__):
        module = import_module(f"{__name__}.{found.name}")
        for value in vars(module).values():
            own = isinstance(value, type) and value.__module__ == module.__name__
            if own and issubclass(value, Tag) and value.name:
                yield value


TAGS: dict[str, type[Tag]] = {tag.name: tag for tag in _tags()}
"""Every tag by its name, outputs and the text between tags included."""
