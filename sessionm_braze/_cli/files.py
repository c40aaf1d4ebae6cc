"""Files that commands read and write; what is wrong with one is told in a line."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from .._display import GENERATOR
from .._files import Drafts, open_regular
from .._foreign import json_value


__all__ = [
    "TEMPLATE_ENDINGS",
    "CommandError",
    "check_bound",
    "check_file",
    "check_output",
    "is_own_page",
    "read_json",
    "read_text",
    "templates",
    "write_pages",
]

_LONGEST = 100_000_000
"""Characters of a file that is read as a whole."""

FOLLOW = "--follow-links reads it"
_HANDED_OVER = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")

TEMPLATE_ENDINGS = (".liquid", ".html", ".txt")
"""Endings of the templates that are looked for in a folder."""

_GENERATOR_TAG = f'<meta name="generator" content="{GENERATOR}">'


class CommandError(Exception):
    """A command that cannot be carried out; the text says what and where."""


def read_text(path: Path, *, named_by_a_file: bool = False) -> str:
    """Return the text of a file.

    Args:
        path: Where.
        named_by_a_file: Whether a file says so; what a shell hands over is the user's.

    Raises:
        CommandError: If it cannot be read, or is too long.
    """
    try:
        # Editors put a byte order mark first.
        opener = open_regular if named_by_a_file else _open_file
        with open(path, encoding="utf-8-sig", opener=opener) as file:
            text = file.read(_LONGEST + 1)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CommandError(f"{path}: not UTF-8 text") from None
    except ValueError as error:  # of a path that can be none
        raise CommandError(f"{path}: {error}") from None
    if len(text) > _LONGEST:
        raise CommandError(f"{path}: longer than {_LONGEST:,} characters")
    return text


def check_file(path: Path) -> None:
    """Find out whether a file can be read, without reading it.

    Raises:
        CommandError: If it cannot be.
    """
    try:
        os.close(_open_file(str(path), os.O_RDONLY))
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise CommandError(f"{path}: {error}") from None


def _open_file(path: str, flags: int) -> int:
    """Open a regular file, or what a shell hands over, such as standard input."""
    handed_over = os.fspath(path).startswith(_HANDED_OVER)
    return (os.open if handed_over else open_regular)(path, flags)


def read_json(path: Path) -> Any:
    """Return the JSON value of a file.

    Raises:
        CommandError: If it cannot be read.
    """
    try:
        return json_value(read_text(path))
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise CommandError(f"{path}: no JSON: {error.msg} @ {place}") from None


def is_own_page(path: Path) -> bool:
    """Return whether a file is a page that was made of a template."""
    return path.suffix == ".html" and _GENERATOR_TAG in read_text(path)


def templates(
    paths: Iterable[Path], notes: Callable[[str], object], *, follow_links: bool = False
) -> dict[Path, Path | None]:
    """Return the templates at *paths*; of a folder, those at any depth.

    Args:
        paths: Templates, and folders of them.
        notes: Told of each file that is passed over, and why.
        follow_links: Whether links in a folder may lead out of it.

    Returns:
        The templates, each with the folder that nothing found for it may lie outside
        of; ``None`` if it may.

    Raises:
        CommandError: If a path is not there, or a folder holds no template.
    """
    found: dict[Path, Path | None] = {}
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112 - false for a path that can be none
            inside = sorted(_templates_in(path, notes, follow_links=follow_links))
            if not inside:
                endings = ", ".join(TEMPLATE_ENDINGS)
                raise CommandError(f"{path}: no template ({endings}) in this folder")
            bound = None if follow_links else path
            found |= {each: bound for each in inside if each not in found}
        else:
            check_file(path)
            found.setdefault(path, None if follow_links else path.parent)
    return found


def _templates_in(
    folder: Path, notes: Callable[[str], object], *, follow_links: bool
) -> Iterator[Path]:
    seen = set()
    for name, folders, files in os.walk(
        folder,
        followlinks=follow_links,
        onerror=lambda error: notes(f"{error.filename}: {error.strerror}"),
    ):
        where = os.path.realpath(name)
        if where in seen:  # links may lead in a circle
            folders.clear()
            continue
        seen.add(where)
        for each in (Path(name, each) for each in (*folders, *files)):
            inside = follow_links or not each.is_symlink() or not leaves(each, folder)
            template = each.suffix in TEMPLATE_ENDINGS and not each.is_dir()
            if not inside and (template or each.is_dir()):
                notes(f"{each}: passed over, a link that leaves {folder}; {FOLLOW}")
            elif template and not each.is_file():
                notes(f"{each}: passed over, not a regular file")
            elif template and is_own_page(each):
                notes(f"{each}: passed over, a page that was made of a template")
            elif template:
                yield each


def leaves(path: Path, folder: Path) -> bool:
    """Return whether *path* in a folder is a link to what is not below it."""
    found = Path(os.path.realpath(path))
    return not found.is_relative_to(os.path.realpath(folder))


def check_bound(path: Path, folder: Path | None) -> Path:
    """Return a *path* that was found, unless it leads out of *folder*.

    Raises:
        CommandError: If it does.
    """
    if folder is not None and leaves(path, folder):
        raise CommandError(f"{path}: a link that leaves {folder}; {FOLLOW}")
    return path


def check_output(path: Path, inputs: Iterable[Path]) -> None:
    """Refuse to write where something is read.

    Raises:
        CommandError: If *path* is one of the *inputs*, under whatever name.
    """
    try:
        Drafts(inputs).keep(path)
    except ValueError as error:
        raise CommandError(str(error)) from None


def write_pages(
    pages: Iterable[tuple[Path, str]], whole: Path, inputs: Iterable[Path]
) -> None:
    """Write pages, all or none, for their owner alone.

    Args:
        pages: Where, and what.
        whole: The page they belong to.
        inputs: Files that no page may replace.

    Raises:
        CommandError: If one cannot be written, or would replace an input.
    """
    try:
        with Drafts(inputs) as drafts:
            for path, text in pages:
                draft = drafts.open(path, of=whole)
                draft.file.write(text)
                draft.finish()
            drafts.publish()
    except OSError as error:
        raise CommandError(f"{error.filename or whole}: {error.strerror}") from None
    except ValueError as error:
        raise CommandError(str(error)) from None
