"""The words after each command; the commands themselves are loaded when they run."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import Any


__all__ = ["add_check", "add_lax_and_now", "add_rehearse", "add_render", "add_serve"]


def add_rehearse(commands: argparse._SubParsersAction[Any]) -> None:
    """Teach the parser the command ``rehearse``."""
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


def _run_rehearse(chosen: argparse.Namespace) -> int:
    from .rehearse import rehearse  # noqa: PLC0415 - loads the sandbox

    rehearse(chosen.file, sys.stdout)
    return 0


def add_render(commands: argparse._SubParsersAction[Any]) -> None:
    """Teach the parser the command ``render``."""
    render = commands.add_parser(
        "render",
        help="show what a template's readers get",
        description="Render a template, or a folder of them, with the variables in "
        "NAME.json, NAME.*.json and NAME/*.json beside NAME.liquid.  As in Braze's "
        "previews, calls with :retry are not repeated.",
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
    add_follow_links(render)
    add_lax_and_now(render)
    render.set_defaults(run=_run_render)


def _run_render(chosen: argparse.Namespace) -> int:
    from .render import RenderSettings, render  # noqa: PLC0415 - loads the renderer

    settings = RenderSettings(
        variables=chosen.variables,
        answers=chosen.answers,
        html=chosen.html,
        images=chosen.images,
        strict=not chosen.lax,
        now=chosen.now,
        follow_links=chosen.follow_links,
    )
    rendered = render(chosen.template, settings, sys.stdout, sys.stderr)
    return 0 if rendered else 1


def add_follow_links(command: argparse.ArgumentParser) -> None:
    """Teach a command that reads folders how far it goes."""
    command.add_argument(
        "--follow-links",
        action="store_true",
        help="read what links lead to outside of the folder; default: pass it over",
    )


def add_lax_and_now(command: argparse.ArgumentParser) -> None:
    """Teach a command that renders how strict it is, and what time it is."""
    command.add_argument(
        "--lax", action="store_true", help="pass over what the reference engine does"
    )
    command.add_argument(
        "--now",
        type=datetime.fromisoformat,
        metavar="TIME",
        help="the time of sending, as 2026-05-04T12:00:00Z; default: now",
    )


def add_check(commands: argparse._SubParsersAction[Any]) -> None:
    """Teach the parser the command ``check``."""
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
        "--variables",
        metavar="NAMES",
        action="append",
        default=[],
        help="plain variables that something else sets, or a JSON file of variables; "
        "can be given repeatedly",
    )
    check.add_argument(
        "--fail-on",
        choices=("error", "warning", "info"),
        default="error",
        help="the mildest finding that gives exit code 1; default: error",
    )
    add_follow_links(check)
    check.set_defaults(run=_run_check)


def _run_check(chosen: argparse.Namespace) -> int:
    from .check import check  # noqa: PLC0415 - loads the renderer

    passed = check(
        chosen.templates,
        sys.stdout,
        sys.stderr,
        form=chosen.form,
        ignore=chosen.ignore,
        variables=chosen.variables,
        fail_on=chosen.fail_on,
        follow_links=chosen.follow_links,
    )
    return 0 if passed else 1


def add_serve(commands: argparse._SubParsersAction[Any]) -> None:
    """Teach the parser the command ``serve``."""
    serve = commands.add_parser(
        "serve",
        help="serve the sandbox on loopback",
        description="Serve stand-ins of SessionM Core, SessionM Connect and Braze on "
        "the loopback address until interrupted, and print their URLs as JSON.",
    )
    serve.add_argument(
        "--port",
        type=int,
        default=0,
        metavar="N",
        help="port of SessionM Core, the others follow it; default: free ones",
    )
    serve.add_argument(
        "--seed", type=Path, metavar="FILE", help="a state to begin with, as JSON"
    )
    serve.add_argument(
        "--token",
        nargs="?",
        const="",
        metavar="TOKEN",
        help="let in only who has the printed URLs, on a machine that others use, too; "
        "default: a new token, since others may see the arguments of a program",
    )
    serve.set_defaults(run=_run_serve)


def _run_serve(chosen: argparse.Namespace) -> int:
    from .serve import serve  # noqa: PLC0415 - loads the sandbox

    serve(chosen.port, chosen.seed, chosen.token, sys.stdout)
    return 0
