"""What a rehearsal prints: numbered steps, requests with their answers, messages."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any, TextIO

from ..rendering import RenderedMessage
from ..testing import SandboxRequest, SentMessage


__all__ = ["Transcript"]

_MAX_ANSWER_LENGTH = 220
"""Characters of an answer that are shown."""


class Transcript:
    """Writes a rehearsal to a stream, in colour where a person reads along."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._steps = 0
        self._colour = out.isatty() and "NO_COLOR" not in os.environ

    def title(self, *lines: str) -> None:
        """Write the first lines."""
        self._write(self._strong(lines[0]))
        for line in lines[1:]:
            self._write(line)

    def step(self, text: str) -> None:
        """Begin the next step."""
        self._steps += 1
        self._write("")
        self._write(self._strong(f"{self._steps}. {text}"))

    def line(self, text: str) -> None:
        """Write one line of the step."""
        self._write(f"   {text}")

    def template(self, text: str) -> None:
        """Show a template."""
        for line in text.strip("\n").splitlines():
            self._write(f"   {self._pale('|')} {line}".rstrip())

    def data(self, label: str, value: Any) -> None:
        """Show a JSON value."""
        self.line(f"{label}:")
        for line in json.dumps(value, indent=2, ensure_ascii=False).splitlines():
            self._write(f"   {line}")

    def requests(self, requests: Iterable[SandboxRequest]) -> None:
        """Show requests and their answers."""
        for request in requests:
            self.line(f"{self._pale('→')} {request.method} {request.url}")
            authorization = request.headers.get("authorization")
            if authorization:
                self.line(f"  Authorization: {authorization}")
            if request.json is not None:
                self.line(f"  {_compact(request.json)}")
            answer = _compact(request.answer)
            if len(answer) > _MAX_ANSWER_LENGTH:
                answer = f"{answer[:_MAX_ANSWER_LENGTH]}…"
            self.line(f"{self._pale('←')} HTTP {request.status} {answer}")

    def message(self, message: RenderedMessage | SentMessage) -> None:
        """Show a message as its reader gets it, or why nobody does."""
        if message.aborted:
            self.line(f"aborted: {message.abort_reason or 'no reason given'}")
            return
        lines = message.text.strip("\n").splitlines() or ["(an empty message)"]
        width = max(map(len, lines))
        self._write(f"   ┌{'─' * (width + 2)}┐")
        for line in lines:
            self._write(f"   │ {line.ljust(width)} │")
        self._write(f"   └{'─' * (width + 2)}┘")

    def _write(self, text: str) -> None:
        print(text, file=self._out)

    def _strong(self, text: str) -> str:
        return f"\033[1m{text}\033[0m" if self._colour else text

    def _pale(self, text: str) -> str:
        return f"\033[2m{text}\033[0m" if self._colour else text


def _compact(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
