"""The command line: thin, the library does the work."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from .._version import __version__
from ._audit_arguments import add_audit
from ._scenario import ScenarioError


__all__ = ["main"]


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction[_Parser]  # noqa: SLF001


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Returns:
        0 on success, 1 when the answer is no, 2 on wrong use.
    """
    chosen = _parser().parse_args(arguments)
    return int(chosen.run(chosen))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="sessionm_braze",
        description="SessionM loyalty in Braze messages, tried out offline.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    rehearse = commands.add_parser(
        "rehearse",
        help="play the whole integration, offline",
        description="Play the integration of SessionM and Braze on the sandbox: tags, "
        "an offer, a wallet message, and triggers. Nothing leaves this machine.",
    )
    rehearse.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="a scenario of your own, as JSON; default: one that is built in",
    )
    rehearse.set_defaults(run=_run_rehearse)
    _add_render(commands)
    _add_check(commands)
    add_audit(commands)
    return parser


def _add_render(commands: _Commands) -> None:
    render = commands.add_parser(
        "render",
        help="show what a template's readers get",
        description="Render a template, or a folder of them, with the variables in "
        "NAME.json, NAME.*.json and NAME/*.json beside NAME.liquid.",
    )
    render.add_argument(
        "template", type=Path, metavar="TEMPLATE", help="a template, or a folder"
    )
    render.add_argument(
        "--variables",
        type=Path,
        metavar="FILE",
        action="append",
        default=[],
        help="variables as a JSON object, or a list of such; can be given repeatedly",
    )
    render.add_argument(
        "--answers",
        type=Path,
        metavar="FILE",
        help="answers to connected_content calls, as JSON; "
        "default: NAME.answers.json or answers.json beside the template",
    )
    render.add_argument(
        "--html",
        type=Path,
        metavar="OUT",
        help="write a page with message, variables, calls and findings; "
        "for several messages a folder of pages",
    )
    render.add_argument(
        "--images", action="store_true", help="let the page load images from elsewhere"
    )
    render.add_argument(
        "--lax", action="store_true", help="pass over what the reference engine does"
    )
    render.add_argument(
        "--now", type=_moment, metavar="TIME", help="the time, as 2026-05-04T12:00:00Z"
    )
    render.set_defaults(run=_run_render)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _run_render(chosen: argparse.Namespace) -> int:
    from ._files import CommandError  # noqa: PLC0415 - as the next
    from ._render import RenderSettings, render  # noqa: PLC0415 - loads the renderer

    settings = RenderSettings(
        variables=chosen.variables,
        answers=chosen.answers,
        html=chosen.html,
        images=chosen.images,
        strict=not chosen.lax,
        now=chosen.now,
    )
    try:
        rendered = render(chosen.template, settings, sys.stdout, sys.stderr)
    except CommandError as error:
        print(f"sessionm_braze render: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    return 0 if rendered else 1


def _add_check(commands: _Commands) -> None:
    check = commands.add_parser(
        "check",
        help="look for mistakes in templates",
        description="Report what is doubtful in templates, without rendering them.",
    )
    check.add_argument(
        "templates",
        nargs="+",
        type=Path,
        metavar="TEMPLATE",
        help="templates, and folders of them",
    )
    check.add_argument(
        "--format",
        dest="form",
        choices=("text", "json", "github"),
        default="text",
        help="how to write the findings; github: as annotations of a workflow",
    )
    check.add_argument(
        "--ignore",
        metavar="CODE",
        action="append",
        default=[],
        help="leave findings with this code out; can be given repeatedly",
    )
    check.add_argument(
        "--fail-on",
        choices=("error", "warning", "info"),
        default="error",
        help="the mildest finding that gives exit code 1; default: error",
    )
    check.set_defaults(run=_run_check)


def _run_check(chosen: argparse.Namespace) -> int:
    from ._check import check  # noqa: PLC0415 - loads the renderer
    from ._files import CommandError  # noqa: PLC0415 - as the line before

    try:
        passed = check(
            chosen.templates,
            sys.stdout,
            form=chosen.form,
            ignore=chosen.ignore,
            fail_on=chosen.fail_on,
        )
    except CommandError as error:
        print(f"sessionm_braze check: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    return 0 if passed else 1


def _run_rehearse(chosen: argparse.Namespace) -> int:
    from ._rehearse import rehearse  # noqa: PLC0415 - loads the sandbox

    try:
        rehearse(chosen.file, sys.stdout)
    except ScenarioError as error:
        line = " ".join(f"{chosen.file}: {error}".split())
        print(f"sessionm_braze rehearse: {line}", file=sys.stderr)
        return 2
    return 0
