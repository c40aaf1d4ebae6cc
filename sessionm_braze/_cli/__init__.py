"""The command line: thin, the library does the work."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from .._version import __version__
from .arguments import add_check, add_rehearse, add_render, add_serve
from .audit_arguments import add_audit
from .console import BROKEN_PIPE, drop_output, prepare_streams, print_line
from .files import CommandError


__all__ = ["main"]


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        print_line(f"{self.prog}: {message}", sys.stderr)
        self.exit(2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Returns:
        0 on success, 1 when the answer is no, 2 on wrong use; 130 after Ctrl-C, and 141
        when the reader of the output has gone.
    """
    prepare_streams()
    try:
        try:
            return _run(arguments)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        drop_output()
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return 130


def _run(arguments: Sequence[str] | None) -> int:
    parser = _Parser(
        prog="sessionm_braze",
        description="SessionM loyalty in Braze messages, tried out offline.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (add_rehearse, add_render, add_check, add_audit, add_serve):
        add(commands)
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except CommandError as error:
        line = " ".join(str(error).split())
        print_line(f"sessionm_braze {chosen.command}: {line}", sys.stderr)
        return 2
