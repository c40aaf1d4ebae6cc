"""``check``: what is doubtful in templates, for people, programs and pull requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TextIO

from .._display import counted
from .._foreign import one_line
from ..rendering import TemplateReport, inspect_template
from ..rendering._inspect import SEVERITIES
from .console import json_text, print_line
from .data_sets import named_sets
from .files import CommandError, read_text, templates


__all__ = ["FORMATS", "check"]

Reports = dict[Path, TemplateReport]


def check(
    paths: Sequence[Path],
    out: TextIO,
    notes: TextIO,
    *,
    form: str = "text",
    ignore: Iterable[str] = (),
    variables: Iterable[str] = (),
    fail_on: str = "error",
    follow_links: bool = False,
) -> bool:
    """Write the findings on the templates at *paths*; return whether they pass.

    Args:
        paths: Templates, and folders of them.
        out: Where to write.
        notes: Gets what was passed over.
        form: One of `FORMATS`.
        ignore: Codes that are left out.
        variables: Names that something else sets, or JSON files of variables.
        fail_on: The mildest severity with which a template does not pass.
        follow_links: Whether links in a folder may lead out of it.

    Raises:
        CommandError: If a template cannot be read, or a code is unknown.
    """

    def note(text: str) -> None:
        print_line(f"sessionm_braze check: {text}", notes)

    codes = [code for given in ignore for code in given.split(",")]
    known = [name for given in variables for name in _names(given)]
    reports = {}
    for path in templates(paths, note, follow_links=follow_links):
        try:
            reports[path] = inspect_template(
                read_text(path), ignore=codes, variables=known
            )
        except ValueError as error:
            raise CommandError(f"{path}: {error}") from None
    FORMATS[form](reports, out)
    grave = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    return not any(
        finding.severity in grave
        for report in reports.values()
        for finding in report.findings
    )


def _names(given: str) -> Iterable[str]:
    """Return names that are separated by commas, or those that a JSON file gives."""
    if not given.endswith(".json"):
        return given.split(",")
    return [name for each in named_sets(Path(given), "") for name in each.variables]


def _write_text(reports: Reports, out: TextIO) -> None:
    for path, report in reports.items():
        for finding in report.findings:
            print_line(f"{path}:{finding}", out)
    findings = tuple(each for report in reports.values() for each in report.findings)
    total = TemplateReport(findings=findings).summary()
    print(f"{counted(len(reports), 'template')}: {total}", file=out)


def _write_json(reports: Reports, out: TextIO) -> None:
    entries = [{"template": str(p), **r.to_dict()} for p, r in reports.items()]
    print(json_text(entries, out), file=out)


def _write_github(reports: Reports, out: TextIO) -> None:
    """Write findings as annotations: workflow commands of GitHub."""
    for path, report in reports.items():
        for finding in report.findings:
            fields = {
                "file": path.as_posix(),
                "line": str(finding.line),
                "col": str(finding.column),
                "title": finding.code,
            }
            given = ",".join(f"{k}={_escaped(v, ':,')}" for k, v in fields.items())
            hint = f" ({finding.suggestion})" if finding.suggestion else ""
            text = _escaped(finding.message + hint)
            command = _COMMAND_OF_SEVERITY[finding.severity]
            print(f"::{command} {given}::{text}", file=out)


_COMMAND_OF_SEVERITY = {"error": "error", "warning": "warning", "info": "notice"}


def _escaped(text: str, more: str = "") -> str:
    """Escape what has a meaning of its own in GitHub's workflow commands."""
    text = one_line(text)
    for character in "%" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


FORMATS: dict[str, Callable[[Reports, TextIO], None]] = {
    "text": _write_text,
    "json": _write_json,
    "github": _write_github,
}
"""How findings can be written."""
