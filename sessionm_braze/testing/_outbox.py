"""The messages that people got, and what a test can claim about them."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, overload

import attrs

from .._foreign import one_line
from ._errors import SandboxError


__all__ = ["Outbox", "SentMessage", "SentTrigger"]


@attrs.frozen(kw_only=True)
class SentTrigger:
    """What made a message go out."""

    kind: Literal["campaign", "canvas"]
    """Whether it was a campaign or a Canvas."""

    id: str
    """Its id in Braze."""

    name: str
    """Its name in the dashboard."""

    source: Literal["api", "schedule", "launch"]
    """A trigger of the API, a schedule that came due, or a launch in the dashboard."""

    dispatch_id: str
    """The dispatch, as in the answer to the request."""

    properties: Mapping[str, Any]
    """The trigger properties or context of this recipient, shared ones included."""

    broadcast: bool = False
    """Whether the whole audience was meant."""

    send_id: str | None = None
    schedule_id: str | None = None


@attrs.frozen(kw_only=True)
class SentMessage:
    """One message to one person, as rendered."""

    recipient: str
    """Braze's external id of the person; without one, alias, e-mail or braze_id."""

    text: str
    """The rendered text; empty if aborted.  For a webhook, the body it sent."""

    aborted: bool
    """Whether the template stopped it, so that nothing was delivered."""

    abort_reason: str = ""
    """The reason the template gave."""

    trigger: SentTrigger
    """What made it go out."""

    at: float
    """When, in seconds since the epoch, by the sandbox's clock."""

    extras: Mapping[str, Any] = attrs.field(factory=dict)
    """What ``message_extras`` collected."""

    warnings: Sequence[Any] = ()
    """Warnings of the renderer."""

    attachments: Sequence[Mapping[str, Any]] = ()
    """Attachments of the trigger."""

    response_status: int | None = None
    """For a webhook, the HTTP status that came back; ``None`` if none did."""

    error: Exception | None = None
    """Why it could not be rendered; then there is no text."""

    @property
    def delivered(self) -> bool:
        """Whether the person got it."""
        return not self.aborted and self.error is None


class Outbox(Sequence[SentMessage]):
    """All messages in order, the aborted ones among them."""

    def __init__(self, messages: Sequence[SentMessage] = (), /) -> None:
        self._messages = list(messages)

    @overload
    def __getitem__(self, index: int) -> SentMessage: ...
    @overload
    def __getitem__(self, index: slice) -> Outbox: ...
    def __getitem__(self, index: int | slice) -> SentMessage | Outbox:
        found = self._messages[index]
        return Outbox(found) if isinstance(found, list) else found

    def __len__(self) -> int:
        return len(self._messages)

    def __iter__(self) -> Iterator[SentMessage]:
        return iter(list(self._messages))

    def __repr__(self) -> str:
        return "\n".join(map(_line, self)) or "(no messages)"

    def put(self, message: SentMessage, /) -> None:
        """Add a message."""
        self._messages.append(message)

    def clear(self) -> None:
        """Forget all messages."""
        self._messages.clear()

    def replace(self, messages: Sequence[SentMessage], /) -> None:
        """Hold *messages* and nothing else."""
        self._messages = list(messages)

    def to(self, recipient: object, /) -> Outbox:
        """Return the messages to *recipient*, a customer or an id that Braze knows."""
        name = recipient_name(recipient)
        return Outbox([message for message in self if message.recipient == name])

    def of(self, target_id: str, /) -> Outbox:
        """Return the messages of the campaign or Canvas *target_id*."""
        return Outbox([message for message in self if message.trigger.id == target_id])

    @property
    def delivered(self) -> Outbox:
        """The messages that people got: neither aborted nor broken."""
        return Outbox([message for message in self if message.delivered])

    def assert_sent_once(
        self,
        recipient: object,
        /,
        *,
        target_id: str | None = None,
        text: str | None = None,
        properties: Mapping[str, Any] | None = None,
    ) -> SentMessage:
        """Claim that *recipient* got exactly one message, and that it is this one.

        Args:
            recipient: A customer, or an id that Braze knows.
            target_id: Look at messages of this campaign or Canvas only.
            text: The text it must have.
            properties: Trigger properties it must have, among others.

        Returns:
            The message.

        Raises:
            SandboxError: If not; the text shows the difference.
        """
        found = self.to(recipient).delivered
        if target_id is not None:
            found = found.of(target_id)
        if len(found) != 1:
            name = recipient_name(recipient)
            raise SandboxError(
                f"expected one message to {name!r}, found {len(found)}.\n"
                f"The outbox holds:\n{_indented(repr(self))}"
            )
        message = found[0]
        if text is not None and message.text != text:
            raise SandboxError(_difference("text", text, message.text))
        if properties is not None:
            _compare_properties(properties, message.trigger.properties)
        return message

    def assert_nothing_sent(self, recipient: object = None, /) -> None:
        """Claim that nobody, or that *recipient*, got no message.

        Raises:
            SandboxError: If somebody did; the text lists the messages.
        """
        found = self.delivered if recipient is None else self.to(recipient).delivered
        if found:
            raise SandboxError(f"expected no message, found:\n{_indented(repr(found))}")


def recipient_name(recipient: object, /) -> str:
    """Return the name under which the outbox files messages to *recipient*."""
    if isinstance(recipient, str):
        return recipient
    name = getattr(recipient, "braze_external_id", None)
    if not isinstance(name, str):
        raise TypeError(f"a recipient is a customer or an id, not {recipient!r}")
    return name


def _compare_properties(wanted: Mapping[str, Any], held: Mapping[str, Any]) -> None:
    shown = {key: held[key] for key in wanted if key in held}
    if shown != dict(wanted):
        raise SandboxError(_difference("properties", _pretty(wanted), _pretty(shown)))


def _pretty(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, default=repr)


def _difference(what: str, expected: str, found: str) -> str:
    lines = difflib.ndiff(expected.splitlines(), found.splitlines())
    compared = _indented("\n".join(line.rstrip("\n") for line in lines))
    return (
        f"expected the {what}:\n{_indented(expected)}\n"
        f"found:\n{_indented(found)}\n"
        f"- is what was expected, + what was found:\n{compared}"
    )


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def _line(message: SentMessage) -> str:
    if message.error is not None:
        what = f"NOT RENDERED, {message.error}"
    elif message.aborted:
        what = f"ABORTED, {message.abort_reason!r}"
    else:
        what = repr(message.text)
    how = f"{message.trigger.kind} {message.trigger.id}"
    return one_line(f"{message.recipient} <- {how}: {what}")
