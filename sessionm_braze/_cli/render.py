"""``render``: templates as their readers get them, one or a whole folder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TextIO

import attrs

from ..exceptions import ConnectedContentError, TemplateError
from ..rendering._inspect import secrets_in
from .answers_file import renderer_with
from .data_sets import data_sets, named_sets
from .files import CommandError, read_text, templates
from .preview_page import Preview, index_page, preview_page


__all__ = ["RenderSettings", "render"]


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
    previews = [
        preview for file in templates([path]) for preview in _previews(file, settings)
    ]
    several = len(previews) > 1 or path.is_dir()
    for preview in previews:
        _tell(preview, out, notes, titled=several)
    if settings.html is not None:
        _write(previews, settings.html, several=several, images=settings.images)
    return all(preview.message is not None for preview in previews)


def _previews(file: Path, settings: RenderSettings) -> Iterator[Preview]:
    source = read_text(file)
    answers = settings.answers or _answers_beside(file)
    given = renderer_with(answers, strict=settings.strict, now=settings.now)
    several = len(settings.variables) > 1
    sets = [
        each
        for path in settings.variables
        for each in named_sets(path, path.stem if several else "")
    ]
    for data in sets if settings.variables else data_sets(file):
        try:
            message = given.render(source, data.variables)
        except ValueError as error:
            raise CommandError(f"{file}: {error}") from None
        except TemplateError as error:
            told = _problem(error, answered=answers is not None)
            problem = secrets_in(source).text(told)
            yield Preview(template=file, source=source, data=data, problem=problem)
        else:
            yield Preview(template=file, source=source, data=data, message=message)


def _answers_beside(file: Path) -> Path | None:
    """Return the file of answers beside a template, if there is one."""
    names = (f"{file.stem}.answers.json", "answers.json")
    return next((p for p in (file.with_name(n) for n in names) if p.exists()), None)


def _problem(error: TemplateError, *, answered: bool) -> str:
    if isinstance(error, ConnectedContentError) and not answered:
        where = "" if error.line is None else f" (line {error.line})"
        return f"a call needs an answer{where}: give a file of them with --answers"
    return str(error).split("\n", 1)[0]


def _tell(preview: Preview, out: TextIO, notes: TextIO, *, titled: bool) -> None:
    message, name = preview.message, preview.title
    if message is None:
        line = " ".join(preview.problem.split())
        print(f"sessionm_braze render: {name}: {line}", file=notes)
        return
    if titled:
        print(f"== {name}", file=out)
    if message.aborted:
        reason = message.abort_reason or "no reason given"
        print(f"{name}: aborted: {reason}", file=notes)
    else:
        print(message.text, file=out, end="" if message.text.endswith("\n") else "\n")
    for warning in message.warnings:
        print(f"{name}: warning: {warning}", file=notes)


def _write(
    previews: Sequence[Preview], target: Path, *, several: bool, images: bool
) -> None:
    try:
        if not several:
            target.write_text(preview_page(previews[0], images=images), "utf-8")
            return
        target.mkdir(parents=True, exist_ok=True)
        named = []
        for number, preview in enumerate(previews, start=1):
            slug = re.sub(r"[^\w.-]+", "-", preview.title).strip("-.")[-60:]
            file = f"{number:03}-{slug}.html"
            named.append((preview, file))
            (target / file).write_text(preview_page(preview, images=images), "utf-8")
        (target / "index.html").write_text(index_page(named), "utf-8")
    except OSError as error:
        raise CommandError(f"{error.filename or target}: {error.strerror}") from None
