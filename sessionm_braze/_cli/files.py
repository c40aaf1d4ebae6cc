"""Files that commands read; what is wrong with one is told in a line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .._display import GENERATOR


__all__ = ["TEMPLATE_ENDINGS", "CommandError", "read_json", "read_text", "templates"]

TEMPLATE_ENDINGS = (".liquid", ".html", ".txt")
"""Endings of the templates that are looked for in a folder."""

_GENERATOR_TAG = f'<meta name="generator" content="{GENERATOR}">'


class CommandError(Exception):
    """A command that cannot be carried out; the text says what and where."""


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises:
        CommandError: If it cannot be read.
    """
    try:
        return path.read_text("utf-8-sig")  # editors put a byte order mark first
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CommandError(f"{path}: not UTF-8 text") from None


def read_json(path: Path) -> Any:
    """Return the JSON value of a file.

    Raises:
        CommandError: If it cannot be read.
    """
    try:
        return json.loads(read_text(path))
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise CommandError(f"{path}: no JSON: {error.msg} @ {place}") from None


def _is_template(path: Path) -> bool:
    """Return whether a file is a template, and not a page that was made of one."""
    if path.suffix not in TEMPLATE_ENDINGS or not path.is_file():
        return False
    return path.suffix != ".html" or _GENERATOR_TAG not in read_text(path)


def templates(paths: Iterable[Path]) -> list[Path]:
    """Return the templates at *paths*; of a folder, those at any depth.

    Raises:
        CommandError: If a path is not there, or a folder holds no template.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = [each for each in path.rglob("*") if _is_template(each)]
            if not inside:
                endings = ", ".join(TEMPLATE_ENDINGS)
                raise CommandError(f"{path}: no template ({endings}) in this folder")
            found += sorted(inside)
        elif path.exists():
            found.append(path)
        else:
            raise CommandError(f"{path}: No such file or directory")
    return list(dict.fromkeys(found))
