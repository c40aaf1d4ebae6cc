"""``render``: templates as their readers get them, one or a whole folder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TextIO

import attrs

from .._files import make_folder
from ..exceptions import ConnectedContentError, TemplateError
from ..rendering._inspect import secrets_in
from ..rendering._instrumentation import workspace_of
from .answers_file import renderer_with
from .console import print_line, print_message
from .data_sets import data_sets, named_sets
from .files import (
    CommandError,
    check_bound,
    is_own_page,
    read_text,
    templates,
    write_pages,
)
from .preview_page import Preview, index_page, preview_page


__all__ = ["RenderSettings", "render"]

_LONGEST_SLUG = 50
"""Characters of a title in the name of its page."""


@attrs.frozen(kw_only=True)
class RenderSettings:
    """How templates are rendered."""

    variables: Sequence[Path] = ()
    """Files with variables, instead of those named after the template."""

    answers: Path | None = None
    """Answers to calls, instead of the file beside the template."""

    html: Path | None = None
    """Where to write a page: a file, or for several previews a folder."""

    strict: bool = True
    images: bool = False
    """Whether the page may load images from elsewhere."""

    now: datetime | None = None
    follow_links: bool = False
    """Whether links in a folder may lead out of it."""


def render(path: Path, settings: RenderSettings, out: TextIO, notes: TextIO) -> bool:
    """Render the template at *path*, or those in the folder there.

    Args:
        path: A template or a folder of templates.
        settings: How.
        out: Gets the messages.
        notes: Gets warnings, and what went wrong.

    Returns:
        Whether everything rendered; a message that aborts itself did.

    Raises:
        CommandError: If something cannot be read or written.
    """

    def note(text: str) -> None:
        print_line(f"sessionm_braze render: {text}", notes)

    found = templates([path], note, follow_links=settings.follow_links)
    previews = [
        preview
        for file, bound in found.items()
        for preview in _previews(file, bound, settings)
    ]
    several = len(previews) > 1 or path.is_dir()
    if settings.html is not None:
        _write(previews, settings.html, several=several, images=settings.images)
    for preview in previews:
        _tell(preview, out, notes, titled=several)
    return all(preview.message is not None for preview in previews)


def _previews(
    file: Path, bound: Path | None, settings: RenderSettings
) -> Iterator[Preview]:
    source = read_text(file)
    answers = settings.answers or _answers_beside(file, bound)
    given = renderer_with(
        answers, strict=settings.strict, now=settings.now, preview=True
    )
    several = len(settings.variables) > 1
    sets = [
        each
        for path in settings.variables
        for each in named_sets(path, path.stem if several else "")
    ]
    for data in sets if settings.variables else data_sets(file, bound):
        preview = Preview(
            template=file,
            source=source,
            data=data,
            answers=answers,
            tags=tuple(workspace_of(given).tags),
        )
        try:
            message = given.render(source, data.variables)
        except ValueError as error:
            raise CommandError(f"{file}: {error}") from None
        except TemplateError as error:
            told = _problem(error, answered=answers is not None)
            problem = secrets_in(source).text(told)
            yield attrs.evolve(preview, problem=problem)
        else:
            yield attrs.evolve(preview, message=message)


def _answers_beside(file: Path, bound: Path | None) -> Path | None:
    """Return the file of answers beside a template, if there is one."""
    names = (f"{file.stem}.answers.json", "answers.json")
    beside = (p for p in map(file.with_name, names) if os.path.exists(p))  # noqa: PTH110
    return next((check_bound(path, bound) for path in beside), None)


def _problem(error: TemplateError, *, answered: bool) -> str:
    if isinstance(error, ConnectedContentError) and not answered:
        where = "" if error.line is None else f" (line {error.line})"
        return f"a call needs an answer{where}: give a file of them with --answers"
    return str(error).split("\n", 1)[0]


def _tell(preview: Preview, out: TextIO, notes: TextIO, *, titled: bool) -> None:
    message, name = preview.message, preview.title
    if message is None:
        line = " ".join(preview.problem.split())
        print_line(f"sessionm_braze render: {name}: {line}", notes)
        return
    if titled:
        print_line(f"== {name}", out)
    if message.aborted:
        reason = message.abort_reason or "no reason given"
        print_line(f"{name}: aborted: {reason}", notes)
    else:
        print_message(message.text, out)
    for warning in message.warnings:
        print_line(f"{name}: warning: {warning}", notes)


def _write(
    previews: Sequence[Preview], target: Path, *, several: bool, images: bool
) -> None:
    files = [(each.template, each.data.file, each.answers) for each in previews]
    inputs = [file for of_one in files for file in of_one if file is not None]
    if not several:
        text = preview_page(previews[0], images=images)
        write_pages([(target, text)], target, inputs)
        return
    named = []
    for number, preview in enumerate(previews, start=1):
        slug = re.sub(r"[^\w.-]+", "-", preview.title).strip("-.")[-_LONGEST_SLUG:]
        named.append((preview, f"{number:03}-{slug}.html"))
    index = target / "index.html"
    for path in (index, *(target / file for _, file in named)):
        if os.path.lexists(path) and (path.is_symlink() or not is_own_page(path)):
            raise CommandError(
                f"{path} is there, and no page of an earlier run; remove it, or give "
                "another folder"
            )
    try:
        make_folder(target)
    except OSError as error:
        raise CommandError(f"{error.filename or target}: {error.strerror}") from None
    pages = ((target / file, preview_page(each, images=images)) for each, file in named)
    write_pages(chain(pages, [(index, index_page(named))]), index, inputs)
