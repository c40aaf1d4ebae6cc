"""``audit``: what a whole segment would receive, for people and for CI."""

from __future__ import annotations

import multiprocessing
from collections.abc import Mapping
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

import attrs

from .._display import page
from ..audit import AuditError, AuditReport, JsonLines, WalletLines, audit_message
from ..exceptions import TemplateSyntaxError
from .answers_file import renderer_with
from .console import json_text, print_line
from .files import (
    CommandError,
    check_file,
    check_output,
    read_json,
    read_text,
    write_pages,
)


__all__ = ["AuditSettings", "audit"]


@attrs.frozen(kw_only=True)
class AuditSettings:
    """How a segment is audited."""

    recipients: Path
    """A JSON Lines file: for each recipient the variables, or the id."""

    wallets: Path | None = None
    """A JSON Lines file of wallets."""

    variables: Path | None = None
    """A JSON object with what all recipients have in common."""

    answers: Path | None = None
    """Answers to calls, and what else a workspace holds."""

    thresholds: Mapping[str, float] = attrs.field(factory=dict)
    """Arguments of `AuditReport.raise_if`."""

    html: Path | None = None
    """Where to write a page."""

    form: str = "text"
    """How the report is printed: ``text`` or ``json``."""

    workers: int = 1
    sample: int = 5
    ends_within: timedelta | None = None
    max_length: int | None = None
    strict: bool = True
    now: datetime | None = None


def audit(
    template: Path, settings: AuditSettings, out: TextIO, problems: TextIO
) -> bool:
    """Audit the template at *template*; return whether the message may be sent.

    Args:
        template: The template.
        settings: For whom, and how.
        out: Gets the report.
        problems: Gets the thresholds that were passed, or why nothing was audited.

    Raises:
        CommandError: If something cannot be read or written.
    """
    given = (settings.recipients, settings.wallets, settings.variables)
    inputs = [path for path in (template, *given, settings.answers) if path is not None]
    for path in inputs:
        check_file(path)
    if settings.html is not None:
        check_output(settings.html, inputs)
    try:
        report = _report(template, settings)
    except TemplateSyntaxError as error:
        first = str(error).split("\n", 1)[0]
        print_line(f"sessionm_braze audit: {template}: {first}", problems)
        return False
    if settings.form == "json":
        print(json_text(report.to_dict(), out), file=out)
    else:
        for line in str(report).split("\n"):
            print_line(line, out)
    if settings.html is not None:
        content = page(f"Audit of {template}", report.to_html())
        write_pages([(settings.html, content)], settings.html, inputs)
    try:
        if settings.thresholds:
            report.raise_if(**settings.thresholds)
    except AuditError as error:
        for problem in error.problems:
            print_line(f"sessionm_braze audit: {problem}", problems)
        return False
    return True


def _report(template: Path, settings: AuditSettings) -> AuditReport:
    source = read_text(template)
    renderer = renderer_with(settings.answers, strict=settings.strict, now=settings.now)
    variables = {} if settings.variables is None else read_json(settings.variables)
    if not isinstance(variables, dict):
        raise CommandError(f"{settings.variables}: expected an object of variables")
    with _executor(settings.workers) as executor:
        try:
            return audit_message(
                source,
                JsonLines(settings.recipients),
                renderer=renderer,
                wallets=None
                if settings.wallets is None
                else WalletLines(settings.wallets),
                executor=executor,
                sample=settings.sample,
                ends_within=settings.ends_within,
                max_length=settings.max_length,
                variables=variables,
            )
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from None
        except (ValueError, TypeError) as error:
            raise CommandError(str(error)) from None
        except BrokenExecutor as error:
            raise CommandError(f"a worker has ended: {error}") from None


def _executor(workers: int) -> AbstractContextManager[Executor | None]:
    if workers == 1:
        return nullcontext()
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context)
