"""The command line: thin, the library does the work."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from .._version import __version__
from ._scenario import ScenarioError


__all__ = ["main"]


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


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
    return parser


def _run_rehearse(chosen: argparse.Namespace) -> int:
    from ._rehearse import rehearse  # noqa: PLC0415 - loads the sandbox

    try:
        rehearse(chosen.file, sys.stdout)
    except ScenarioError as error:
        line = " ".join(f"{chosen.file}: {error}".split())
        print(f"sessionm_braze rehearse: {line}", file=sys.stderr)
        return 2
    return 0
