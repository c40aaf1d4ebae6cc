"""What commands print reaches any console, and a closed pipe ends them quietly."""

from __future__ import annotations

import codecs
import io
import json
import os
import sys
from contextlib import suppress
from typing import Any, TextIO

from .._foreign import in_json, one_line, visible


__all__ = [
    "BROKEN_PIPE",
    "drop_output",
    "json_text",
    "prepare_streams",
    "print_line",
    "print_message",
]

BROKEN_PIPE = 141
"""Exit code of a command whose reader has gone, as the shell gives it for SIGPIPE."""

_LOOKALIKES = {
    "…": "...", "→": "->", "←": "<-", "─": "-", "│": "|", "┌": "+",
    "┐": "+", "└": "+", "┘": "+",
}  # fmt: skip
"""What is printed for our own signs where a console does not have them."""

_HANDLER = "sessionm_braze.lookalikes"


def _look_alike(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    shown = (
        _LOOKALIKES.get(char) or char.encode("ascii", "backslashreplace").decode()
        for char in error.object[error.start : error.end]
    )
    return "".join(shown), error.end


def prepare_streams() -> None:
    """Let standard output and error show what the console has no character for."""
    codecs.register_error(_HANDLER, _look_alike)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def drop_output() -> None:
    """Send the rest of the output nowhere: Python writes it once more at its end."""
    with suppress(io.UnsupportedOperation):  # a stand-in for the stream has no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_line(text: object, out: TextIO) -> None:
    """Print *text* on one line, which commands no terminal and no CI system."""
    print(one_line(text), file=out)


def print_message(text: str, out: TextIO) -> None:
    """Print a message as it is to whatever reads on, and made safe to a terminal."""
    shown = visible(text) if out.isatty() else text
    print(shown, file=out, end="" if shown.endswith("\n") else "\n")


def json_text(value: Any, out: TextIO) -> str:
    """Return *value* as JSON that *out* can hold as it is."""
    unicode = (out.encoding or "utf-8").lower().startswith("utf")
    return in_json(json.dumps(value, indent=2, ensure_ascii=not unicode))
