"""The message for one recipient, and its view in a notebook."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from .._display import (
    Html,
    Section,
    badge,
    counted,
    element,
    is_html,
    joined,
    pairs,
    panel,
    sandboxed,
    table,
    text_block,
)
from ._connected_content.messages import SUCCESS_STATUSES, ConnectedContentCall


@attrs.frozen(kw_only=True)
class RenderedMessage:
    """What one recipient gets."""

    text: str = ""
    """The message; empty if it is aborted."""

    aborted: bool = False
    """Whether nothing is sent."""

    abort_reason: str = ""
    """What ``abort_message`` gave as the reason, if anything."""

    extras: Mapping[str, str] = attrs.field(factory=dict)
    """Pairs of ``message_extras``."""

    calls: tuple[ConnectedContentCall, ...] = ()
    """The connected_content calls made, in order, secrets masked."""

    warnings: tuple[str, ...] = ()
    """Remarks that are not errors."""

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return message_html(self)


def message_html(message: RenderedMessage) -> Html:
    """Return the view of a message."""
    return panel(
        "Message",
        facts=message_facts(message),
        badges=message_badges(message),
        lead=_lead(message),
        sections=message_sections(message),
    )


def message_facts(message: RenderedMessage) -> list[str]:
    """Return the short line on a message."""
    return [
        counted(len(message.text), "character"),
        counted(len(message.calls), "call"),
    ]


def message_badges(message: RenderedMessage) -> list[Html]:
    """Return the marks on a message."""
    marks = [badge("aborted", "bad")] if message.aborted else []
    if message.warnings:
        marks.append(badge(counted(len(message.warnings), "warning"), "warning"))
    return marks


def message_sections(message: RenderedMessage) -> list[Section]:
    """Return the parts of a message: its text, calls, extras and warnings."""
    warnings = element("ul", *(element("li", each) for each in message.warnings))
    columns = ("call", "answer", "seconds", "headers", "body")
    rows = (_row(number, call) for number, call in enumerate(message.calls, start=1))
    parts = [
        Section(
            title="calls",
            body=table(columns, rows, total=len(message.calls)),
            count=len(message.calls),
            open=bool(message.calls),
        )
    ]
    if message.extras:
        count = len(message.extras)
        parts.append(
            Section(title="extras", body=pairs(message.extras), count=count, open=True)
        )
    if message.warnings:
        count = len(message.warnings)
        parts.append(Section(title="warnings", body=warnings, count=count, open=True))
    if is_html(message.text):
        parts.append(Section(title="source", body=text_block(message.text)))
    return parts


def _lead(message: RenderedMessage) -> Html:
    if message.aborted:
        return aborted(message)
    if is_html(message.text):
        return sandboxed(message.text)
    return text_block(message.text)


def aborted(message: RenderedMessage) -> Html:
    """Return the view of a message that is not sent."""
    reason = message.abort_reason or "no reason is given"
    return element("p", f"Nothing is sent: {reason}")


def _row(number: int, call: ConnectedContentCall) -> tuple[object, ...]:
    request = call.request
    headers = [f"{name}: {value}" for name, value in request.headers.items()]
    return (
        f"{number}. {request.method} {request.url}",
        _answer(call),
        f"{call.elapsed:.3f}",
        joined(headers, Html("<br>")),
        request.body,
    )


def _answer(call: ConnectedContentCall) -> Html:
    if call.status_code is None:
        return badge(call.error or "no answer", "bad")
    kind = "good" if call.status_code in SUCCESS_STATUSES else "bad"
    marks = [badge(str(call.status_code), kind)]
    if call.from_cache:
        marks.append(badge("from cache"))
    if call.error:
        marks.append(badge(call.error, "bad"))
    return joined(marks, " ")
