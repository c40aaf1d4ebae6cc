"""Errors inside the engine, and the public errors they become."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from liquid.exceptions import LiquidError
from liquid.token import Token

from ..exceptions import ConnectedContentError, TemplateError, TemplateSyntaxError
from ._template_secrets import masked, starred


MAX_MESSAGE_LENGTH = 1_000
"""Characters of the longest message about a value."""


class FaultError(LiquidError):
    """A run-time error of the reference engine, such as a division by zero.

    Strict rendering raises it; lax rendering prints it.
    """

    def __init__(self, message: str, *, token: Token | None = None) -> None:
        super().__init__(shortened(message), token=token)


class LimitError(LiquidError):
    """A template that asks for more than `RenderLimits` allows."""

    def __init__(self, message: str, *, token: Token | None = None) -> None:
        super().__init__(message, token=token)


class CallError(LiquidError):
    """A connected_content call that cannot be made."""

    def __init__(self, message: str, *, token: Token | None = None) -> None:
        super().__init__(message, token=token)


class Aborted(Exception):  # noqa: N818 - a result, not an error
    """Ends a render: the message is not sent.

    It is not an error of the engine, which a block might handle.
    """

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


def shortened(message: str) -> str:
    """Return *message*, cut if it quotes a very long value."""
    if len(message) <= MAX_MESSAGE_LENGTH:
        return message
    return message[:MAX_MESSAGE_LENGTH] + "\u2026"


def position_of(source: str, index: int) -> tuple[int, int, str]:
    """Return line, column (both from 1) and text of the line around *index*."""
    before = source[:index]
    line = before.count("\n") + 1
    start = before.rfind("\n") + 1
    end = source.find("\n", index)
    text = source[start : len(source) if end < 0 else end]
    return line, index - start + 1, text.rstrip("\r")


def with_position(message: str, token: Token) -> str:
    """Return *message* behind the position of *token*, if it has one."""
    if token.start_index < 0:
        return message
    line, column, _ = position_of(token.source, token.start_index)
    return f"line {line}, column {column}: {message}"


def error_at(
    kind: type[TemplateError], message: str, token: Token | None
) -> TemplateError:
    """Return an error of *kind* that points at *token*."""
    if token is None or token.start_index < 0:
        return kind(message)
    line, column, text = position_of(token.source, token.start_index)
    return kind(
        masked(message, token.source),
        line=line,
        column=column,
        source_line=starred(text, token.source),
    )


def syntax_error(error: LiquidError) -> TemplateError:
    """Return the public form of an *error* met while parsing."""
    kind = TemplateError if isinstance(error, LimitError) else TemplateSyntaxError
    return error_at(kind, message_of(error), error.token)


def render_error(error: LiquidError) -> TemplateError:
    """Return the public form of an *error* met while rendering."""
    kind: type[TemplateError] = TemplateError
    if isinstance(error, CallError):
        kind = ConnectedContentError
    return error_at(kind, message_of(error), error.token)


def note_line(error: Exception, line: int) -> None:
    """Add to an *error* of other code the line it came from, unless it is there."""
    if not getattr(error, "__notes__", None):
        error.add_note(f"line {line} of the template")


@contextmanager
def errors_in(text: str) -> Iterator[None]:
    """Add to an error that its position is in *text*, which is not the message."""
    try:
        yield
    except (LiquidError, TemplateError) as error:
        message = error.args[0] if error.args else type(error).__name__
        error.args = (f"{message}, in {text}", *error.args[1:])
        raise


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """Return a question with the known name most similar to *name*, if there is one."""
    close = difflib.get_close_matches(name, sorted(known), n=1)
    return f"did you mean '{close[0]}'?" if close else None


def message_of(error: LiquidError) -> str:
    """Return the text of an *error*, without its position."""
    return str(error.message or type(error).__name__)
