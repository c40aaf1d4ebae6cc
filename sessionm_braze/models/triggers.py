"""Triggers: which campaign or Canvas goes to whom, with what, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import attrs

from .._display import model_html
from ..exceptions import ResponseMeta
from ._checks import (
    check_send_id,
    exactly_one,
    flag,
    items,
    optional_properties,
    optional_text,
    required_text,
    sequence,
)
from ._codec import ALWAYS, LOCAL
from .audience import Audience


__all__ = [
    "Attachment",
    "CampaignTrigger",
    "CanvasTrigger",
    "Recipient",
    "Trigger",
    "TriggerReceipt",
    "UserAlias",
]

MAX_RECIPIENTS = 50
"""Recipients that Braze takes in one request."""

PRIORITIES = frozenset(
    {"identified", "unidentified", "most_recently_updated", "least_recently_updated"}
)
_ALIAS_BYTES = 236

T = TypeVar("T")


def _alias_part(alias: object, attribute: attrs.Attribute[Any], value: object) -> None:
    required_text(alias, attribute, value)
    size = len(str(value).encode())
    if size > _ALIAS_BYTES:
        raise ValueError(
            f"UserAlias.{attribute.name} must have at most {_ALIAS_BYTES} bytes, "
            f"got {size}"
        )


@attrs.frozen(kw_only=True)
class UserAlias:
    """Another name of a Braze user: one per label (Braze docs, User Alias object)."""

    alias_name: str = attrs.field(validator=_alias_part)
    """The name, case-sensitive; at most 236 bytes."""

    alias_label: str = attrs.field(validator=_alias_part)
    """What kind of name it is; at most 236 bytes."""


@attrs.frozen(kw_only=True)
class Attachment:
    """A file sent with a campaign's e-mail, up to 2 MB (Braze docs)."""

    file_name: str = attrs.field(validator=required_text)
    """Name without its extension, which comes from the URL."""

    url: str = attrs.field(validator=required_text)
    """Where Braze fetches the file."""


def _trigger_properties(value: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return optional_properties(value, "trigger_properties")


def _context(value: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return optional_properties(value, "context")


def _attributes(value: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return optional_properties(value, "attributes")


def _priorities(value: Iterable[str]) -> tuple[str, ...]:
    return items(value, "Recipient.prioritization", str)


@attrs.frozen(kw_only=True, repr=False)
class Recipient:
    """One person a trigger goes to, with what is theirs alone.

    Source: Braze docs, Recipient object and the two trigger endpoints.

    Raises:
        TypeError: If a field has the wrong type.
        ValueError: If there is not exactly one identifier; if an e-mail comes without
            `prioritization`; if `send_to_existing_only` is false without `attributes`
            or with an alias; if a property object is no JSON or above 50,000 bytes.
    """

    external_user_id: str | None = attrs.field(default=None, validator=optional_text)
    """The user's ``external_id`` in Braze."""

    user_alias: UserAlias | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(attrs.validators.instance_of(UserAlias)),
    )
    email: str | None = attrs.field(default=None, validator=optional_text)
    braze_id: str | None = attrs.field(default=None, validator=optional_text)
    prioritization: tuple[str, ...] = attrs.field(default=(), converter=_priorities)
    """Which profile an e-mail means: ``identified`` or ``unidentified``, and
    ``most_recently_updated`` or ``least_recently_updated``."""

    trigger_properties: Mapping[str, Any] | None = attrs.field(
        default=None,
        converter=_trigger_properties,
        hash=False,
    )
    """For a campaign; wins over the trigger's own.  At most 50,000 bytes as JSON."""

    context: Mapping[str, Any] | None = attrs.field(
        default=None,
        converter=_context,
        hash=False,
    )
    """For a Canvas; wins over the trigger's own.  At most 50,000 bytes as JSON."""

    send_to_existing_only: bool = True
    """Whether a user whom Braze does not know gets nothing; if false, the user is
    made from `attributes` first."""

    attributes: Mapping[str, Any] | None = attrs.field(
        default=None,
        converter=_attributes,
        hash=False,
    )
    """Profile fields written before the message is sent."""

    def __attrs_post_init__(self) -> None:
        exactly_one(
            external_user_id=self.external_user_id,
            user_alias=self.user_alias,
            email=self.email,
            braze_id=self.braze_id,
        )
        self._check_prioritization()
        self._check_creation()

    @property
    def identifier(self) -> tuple[str, str]:
        """Kind and value of the one identifier."""
        if self.user_alias is not None:
            alias = self.user_alias
            return "user_alias", f"{alias.alias_label}:{alias.alias_name}"
        if self.email is not None:
            return "email", self.email
        if self.braze_id is not None:
            return "braze_id", self.braze_id
        return "external_user_id", str(self.external_user_id)

    def _check_prioritization(self) -> None:
        chosen = self.prioritization
        if (self.email is not None) != bool(chosen):
            raise ValueError(
                "Recipient.prioritization must be given with email and only then, "
                f'got {list(chosen)!r}; for example ["identified", '
                '"most_recently_updated"]'
            )
        unknown = set(chosen) - PRIORITIES
        clashes = [
            pair
            for pair in (
                {"identified", "unidentified"},
                {"most_recently_updated", "least_recently_updated"},
            )
            if pair <= set(chosen)
        ]
        if unknown or clashes or len(set(chosen)) != len(chosen):
            raise ValueError(
                "Recipient.prioritization must hold each once: at most one of "
                "identified and unidentified, at most one of most_recently_updated "
                f"and least_recently_updated, got {list(chosen)!r}"
            )

    def _check_creation(self) -> None:
        if flag(self.send_to_existing_only, "Recipient.send_to_existing_only"):
            return
        if not self.attributes:
            raise ValueError(
                "Recipient.attributes must not be empty when send_to_existing_only "
                "is False: the new user is made from them"
            )
        if self.user_alias is not None:
            raise ValueError(
                "Recipient.send_to_existing_only must be True with a user_alias: "
                "Braze makes no alias-only user here"
            )

    def __repr__(self) -> str:
        kind, value = self.identifier
        return f"Recipient({kind}={value!r})"


def _recipients(
    values: Iterable[Recipient | Mapping[str, Any]],
) -> tuple[Recipient, ...]:
    """Take recipients, or mappings in Braze's own form."""
    found = sequence(values, "recipients", Recipient)
    return tuple(_recipient(value, index) for index, value in enumerate(found))


def _recipient(value: object, index: int) -> Recipient:
    if isinstance(value, Recipient):
        return value
    if not isinstance(value, Mapping):
        raise TypeError(
            f"recipients[{index}] must be a Recipient, got {value!r}; "
            "for example Recipient(external_user_id=…)"
        )
    unknown = value.keys() - {field.name for field in attrs.fields(Recipient)}
    if unknown:
        names = ", ".join(sorted(map(str, unknown)))
        raise ValueError(f"recipients[{index}] has fields Braze does not know: {names}")
    alias = value.get("user_alias")
    if isinstance(alias, Mapping):
        value = {**value, "user_alias": UserAlias(**alias)}
    return Recipient(**value)


def _audience(value: Audience | Mapping[str, Any] | None) -> Audience | None:
    return None if value is None else Audience.of(value)


def _attachments(values: Iterable[Attachment]) -> tuple[Attachment, ...]:
    return items(values, "attachments", Attachment)


def _check_target(trigger: CampaignTrigger | CanvasTrigger) -> None:
    """Hold the rules of whom a trigger may address (Braze docs, both endpoints)."""
    broadcast = flag(trigger.broadcast, "broadcast")
    count = len(trigger.recipients)
    if broadcast and count:
        raise ValueError(
            f"recipients must be empty with broadcast=True, got {count}: "
            "a broadcast goes to the whole segment"
        )
    if not broadcast and not count:
        raise ValueError(
            "recipients must hold at least one, got none; "
            "to address the whole segment say broadcast=True"
        )
    if count > MAX_RECIPIENTS:
        raise ValueError(
            f"recipients must be at most {MAX_RECIPIENTS} a request, got {count}; "
            "sessionm_braze.bulk splits longer lists"
        )
    _check_twice(trigger.recipients)


def _check_twice(recipients: Sequence[Recipient]) -> None:
    counts = Counter(recipient.identifier for recipient in recipients)
    twice = [identifier for identifier, count in counts.items() if count > 1]
    if twice:
        kind, value = twice[0]
        raise ValueError(
            f"recipients must be different, got {kind}={value!r} twice: Braze would "
            "send one message only; two messages are two requests"
        )


def _check_foreign(recipients: Sequence[Recipient], field: str, owner: str) -> None:
    for index, recipient in enumerate(recipients):
        if getattr(recipient, field) is not None:
            raise ValueError(f"recipients[{index}].{field} is for {owner} only")


@attrs.frozen(kw_only=True)
class CampaignTrigger:
    """An API-triggered campaign, whom it goes to, and with which properties.

    Templates read ``{{api_trigger_properties.${offer_id}}}``.  Source: Braze docs,
    ``POST /campaigns/trigger/send``; the size limit is 50 KB, taken as 50,000 bytes.

    Raises:
        TypeError: If a field has the wrong type.
        ValueError: If recipients and `broadcast` are both given or neither is; if
            there are more than 50 recipients, or one twice; if `send_id` is no ASCII
            of at most 64 characters; if properties are no JSON or too large.
    """

    campaign_id: str = attrs.field(validator=required_text)
    """Braze's API identifier of the campaign."""

    recipients: tuple[Recipient, ...] = attrs.field(default=(), converter=_recipients)
    trigger_properties: Mapping[str, Any] | None = attrs.field(
        default=None,
        converter=_trigger_properties,
        hash=False,
    )
    """Values for all recipients."""

    broadcast: bool = attrs.field(default=False, metadata=ALWAYS)
    """Whether the message goes to the whole segment of the campaign."""

    audience: Audience | None = attrs.field(default=None, converter=_audience)
    """Narrows whom it reaches."""

    send_id: str | None = attrs.field(default=None, validator=optional_text)
    """Groups sends in Braze's analytics; it is no protection against repeats."""

    attachments: tuple[Attachment, ...] = attrs.field(
        default=(), converter=_attachments
    )

    def __attrs_post_init__(self) -> None:
        _check_target(self)
        _check_foreign(self.recipients, "context", "a Canvas")
        if self.broadcast and self.attachments:
            raise ValueError("attachments must be empty with broadcast=True")
        if self.send_id is not None:
            check_send_id(self.send_id)


@attrs.frozen(kw_only=True)
class CanvasTrigger:
    """An API-triggered Canvas, whom it goes to, and with which context.

    Templates read ``{{context.${offer_id}}}``.  Source: Braze docs,
    ``POST /canvas/trigger/send``; the size limit is 50 KB, taken as 50,000 bytes.

    Raises:
        TypeError: If a field has the wrong type.
        ValueError: If recipients and `broadcast` are both given or neither is; if
            there are more than 50 recipients, or one twice; if the context is no JSON
            or too large.
    """

    canvas_id: str = attrs.field(validator=required_text)
    """Braze's API identifier of the Canvas."""

    recipients: tuple[Recipient, ...] = attrs.field(default=(), converter=_recipients)
    context: Mapping[str, Any] | None = attrs.field(
        default=None,
        converter=_context,
        hash=False,
    )
    """Values for all recipients; formerly ``canvas_entry_properties``."""

    broadcast: bool = attrs.field(default=False, metadata=ALWAYS)
    """Whether the message goes to the whole segment of the Canvas."""

    audience: Audience | None = attrs.field(default=None, converter=_audience)
    """Narrows whom it reaches."""

    def __attrs_post_init__(self) -> None:
        _check_target(self)
        _check_foreign(self.recipients, "trigger_properties", "a campaign")


Trigger = CampaignTrigger | CanvasTrigger
"""What `BrazeClient.send` takes."""


@attrs.frozen(kw_only=True)
class TriggerReceipt:
    """Braze's word on a trigger: taken and queued, which is not yet delivered."""

    message: str = ""
    """``success`` or ``queued``."""

    dispatch_id: str | None = None
    """Identifies the dispatch; for a Canvas, steps have identifiers of their own."""

    errors: tuple[Any, ...] = ()
    """Problems of some recipients; the others get their message."""

    notice: str | None = None
    """Why nothing is sent although the request was taken: the Canvas is paused."""

    send_id: str | None = None
    extra: Mapping[str, Any] = attrs.field(factory=dict, hash=False, repr=False)
    """Fields that this class does not name."""

    meta: ResponseMeta | None = attrs.field(
        default=None, eq=False, repr=False, metadata=LOCAL
    )
    """How the call went."""

    _repr_html_ = model_html

    @property
    def state(self) -> Literal["accepted", "accepted_with_errors", "not_sent"]:
        """``accepted``, ``accepted_with_errors``, or ``not_sent`` after a notice."""
        return receipt_state(self.notice, self.errors)


def receipt_state(
    notice: str | None, errors: Sequence[Any]
) -> Literal["accepted", "accepted_with_errors", "not_sent"]:
    """Say what a yes of Braze's is worth."""
    if notice:
        return "not_sent"
    return "accepted_with_errors" if errors else "accepted"
