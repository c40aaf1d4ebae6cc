"""Which messages travel in one request, and what they share in it.

Braze takes 50 recipients a request and sends one message to each.  Properties of a
recipient win over those of the request, so what all have in common can be sent once,
and the rest with the recipient, without any change to what a template sees.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar

import attrs

from .._checks import PROPERTIES_LIMIT
from ..models import CampaignTrigger, CanvasTrigger, Recipient, dump
from ..models.triggers import MAX_RECIPIENTS, Trigger
from ._records import Job, Record, as_text


__all__ = ["Group", "Parts", "parts_of"]

Model = TypeVar("Model", bound=Recipient | CampaignTrigger | CanvasTrigger)

_MAX_REQUEST_BYTES = 3_500_000
"""Size of a request, with room to Braze's 4 MB."""

_RECIPIENT_BYTES = 1000
"""Bytes a recipient takes besides properties and attributes, at most."""

_RECIPIENTS_NAMED = 3
"""Recipients that an identifier names."""


@attrs.frozen(kw_only=True)
class Parts:
    """A message, taken apart as far as it can travel with others."""

    trigger: Trigger
    identifier: str
    """Whom it goes to."""

    target: str
    """The campaign or Canvas."""

    kind: str
    """The same for messages that may share a request."""

    recipients: tuple[tuple[tuple[str, str], Mapping[str, str]], ...]
    """Identifier and all properties of each recipient, values as JSON text."""

    size: int
    """Bytes it takes in a request, at most."""

    alone: bool
    """Whether it travels in a request of its own."""


def parts_of(trigger: Trigger) -> Parts:
    """Take *trigger* apart."""
    name = _properties_name(trigger)
    shared = _texts(getattr(trigger, name))
    recipients = tuple(
        (recipient.identifier, {**shared, **_texts(getattr(recipient, name))})
        for recipient in trigger.recipients
    )
    sizes = [sum(map(_size, own.items())) for _, own in recipients]
    attributes = [json.dumps(recipient.attributes) for recipient in trigger.recipients]
    body = dump(trigger)
    body.pop("recipients", None)
    body.pop(name, None)
    target = (
        f"Canvas {trigger.canvas_id}"
        if isinstance(trigger, CanvasTrigger)
        else f"campaign {trigger.campaign_id}"
    )
    return Parts(
        trigger=trigger,
        identifier=_identifier(trigger, target),
        target=target,
        kind=as_text(body),
        recipients=recipients,
        size=sum(sizes)
        + sum(map(len, attributes))
        + _RECIPIENT_BYTES * len(recipients),
        alone=trigger.broadcast or max(sizes, default=0) > PROPERTIES_LIMIT,
    )


class Group:
    """Messages that will travel in one request; begins with one."""

    def __init__(self, record: Record) -> None:
        self._records: list[Record] = []
        self._people: set[tuple[str, str]] = set()
        self._size = 0
        self.add(record)

    def takes(self, parts: Parts) -> bool:
        """Return whether *parts* still fits: in number, in size, and nobody twice."""
        people = {who for who, _ in parts.recipients}
        return (
            len(self._people) + len(people) <= MAX_RECIPIENTS
            and self._size + parts.size <= _MAX_REQUEST_BYTES
            and not self._people & people
        )

    def add(self, record: Record) -> None:
        """Take a message in."""
        parts: Parts = record.payload
        self._records.append(record)
        self._people |= {who for who, _ in parts.recipients}
        self._size += parts.size

    def job(self) -> Job:
        """Return the request."""
        records = tuple(self._records)
        if len(records) == 1:
            return Job(records, records[0].payload.trigger)
        return Job(records, _joined_trigger([record.payload for record in records]))


def _joined_trigger(group: list[Parts]) -> Trigger:
    """Return one trigger that does what those of *group* do."""
    first = group[0].trigger
    name = _properties_name(first)
    everyone = [own for parts in group for _, own in parts.recipients]
    shared = dict(everyone[0])
    for own in everyone[1:]:
        shared = {key: text for key, text in shared.items() if own.get(key) == text}
    recipients: list[Recipient] = [
        r for parts in group for r in parts.trigger.recipients
    ]
    parted = [
        _evolved(recipient, {name: _values(own, without=shared)})
        for recipient, own in zip(recipients, everyone, strict=True)
    ]
    return _evolved(first, {"recipients": parted, name: _values(shared)})


def _evolved(model: Model, changes: Mapping[str, Any]) -> Model:
    return attrs.evolve(model, **changes)


def _properties_name(trigger: Trigger) -> str:
    return "context" if isinstance(trigger, CanvasTrigger) else "trigger_properties"


def _texts(properties: Mapping[str, Any] | None) -> dict[str, str]:
    """Return *properties* with values as text, which compares 1, 1.0 and true right."""
    return {key: json.dumps(value) for key, value in (properties or {}).items()}


def _size(item: tuple[str, str]) -> int:
    """Return the bytes that a property takes as JSON, at most."""
    key, text = item
    return len(json.dumps(key)) + len(text) + 2


def _values(
    texts: Mapping[str, str], without: Mapping[str, str] | None = None
) -> dict[str, Any] | None:
    """Return the properties that *texts* stands for, or ``None`` if there are none."""
    left = {
        key: json.loads(text)
        for key, text in texts.items()
        if key not in (without or {})
    }
    return left or None


def _identifier(trigger: Trigger, target: str) -> str:
    """Return whom *trigger* goes to, in short."""
    names = [recipient.identifier[1] for recipient in trigger.recipients]
    if len(names) > _RECIPIENTS_NAMED:
        names = [*names[:_RECIPIENTS_NAMED], f"{len(names) - _RECIPIENTS_NAMED} more"]
    return ", ".join(names) or f"broadcast of {target}"
