"""What a rehearsal prints: numbered steps, requests with their answers, messages."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from typing import Any, TextIO

from .._foreign import one_line
from ..rendering import RenderedMessage
from ..testing import SandboxRequest, SentMessage


__all__ = ["Transcript"]

_STRONG, _PALE, _PLAIN = "\033[1m", "\033[2m", "\033[0m"
_MAX_ANSWER_LENGTH = 220
"""Characters of an answer that are shown."""

_MAX_WIDTH = 200
"""Characters of a frame's width; each line is filled up to it, longer ones jut out."""


class Transcript:
    """Writes a rehearsal to a stream, in colour where a person reads along.

    What is foreign in it stands on lines of its own making, and shows no secret.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._steps = 0
        self._colour = out.isatty() and "NO_COLOR" not in os.environ
        self.masked: Callable[[str], str] = str
        """Masks secrets in all that is written from now on."""

    def title(self, *lines: str) -> None:
        """Write the first lines."""
        self._write(lines[0], style=_STRONG)
        for line in lines[1:]:
            self._write(line)

    def step(self, text: str) -> None:
        """Begin the next step."""
        self._steps += 1
        self._write("")
        self._write(f"{self._steps}. {text}", style=_STRONG)

    def line(self, text: str, mark: str = "") -> None:
        """Write one line of the step, behind a mark."""
        self._write(text, before="   ", mark=mark)

    def template(self, text: str) -> None:
        """Show a template."""
        for line in text.strip("\n").splitlines():
            self.line(line, "|")

    def data(self, label: str, value: Any) -> None:
        """Show a JSON value."""
        self.line(f"{label}:")
        for line in json.dumps(value, indent=2, ensure_ascii=False).split("\n"):
            self.line(line)

    def requests(self, requests: Iterable[SandboxRequest]) -> None:
        """Show requests and their answers."""
        for request in requests:
            self.line(f"{request.method} {request.url}", "→")
            authorization = request.headers.get("authorization")
            if authorization:
                self.line(f"  Authorization: {authorization}")
            if request.json is not None:
                self.line(f"  {_compact(request.json)}")
            answer = self.masked(_compact(request.answer))  # before half of one is cut
            if len(answer) > _MAX_ANSWER_LENGTH:
                answer = f"{answer[:_MAX_ANSWER_LENGTH]}…"
            self.line(f"HTTP {request.status} {answer}", "←")

    def message(self, message: RenderedMessage | SentMessage) -> None:
        """Show a message as its reader gets it, or why nobody does."""
        if message.aborted:
            self.line(f"aborted: {message.abort_reason or 'no reason given'}")
            return
        text = self.masked(message.text).strip("\n")
        lines = [one_line(line) for line in text.splitlines()] or ["(an empty message)"]
        width = min(max(map(len, lines)), _MAX_WIDTH)
        self.line(f"┌{'─' * (width + 2)}┐")
        for line in lines:
            self.line(f"│ {line.ljust(width)} │")
        self.line(f"└{'─' * (width + 2)}┘")

    def _write(
        self, text: str, *, before: str = "", mark: str = "", style: str = ""
    ) -> None:
        text = self.masked(text)
        shown = one_line(f"{before}{mark} {text}" if mark else before + text).rstrip()
        if self._colour and style:
            shown = f"{style}{shown}{_PLAIN}"
        elif self._colour and mark:
            shown = shown.replace(mark, f"{_PALE}{mark}{_PLAIN}", 1)
        print(shown, file=self._out)


def _compact(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
