"""Recipients: whom a trigger goes to, with what is theirs alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from .._checks import (
    closest_keywords,
    exactly_one,
    flag,
    items,
    optional_instance,
    optional_properties,
    optional_text,
    required_text,
    sequence,
    told,
)
from ._codec import renamed


__all__ = ["Attachment", "Recipient", "UserAlias"]

FORMER_CONTEXT: Mapping[str, Any] = {"alias": "canvas_entry_properties"}
"""Metadata of ``context``: what Braze called it before, and others still send."""

PRIORITIES = frozenset(
    {"identified", "unidentified", "most_recently_updated", "least_recently_updated"}
)
_ALIAS_BYTES = 236


def _alias_part(alias: object, attribute: attrs.Attribute[Any], value: object) -> None:
    required_text(alias, attribute, value)
    size = len(str(value).encode())
    if size > _ALIAS_BYTES:
        raise ValueError(
            f"UserAlias.{attribute.name} must have at most {_ALIAS_BYTES} bytes, "
            f"got {size}"
        )


@closest_keywords
@attrs.frozen(kw_only=True)
class UserAlias:
    """Another name of a Braze user: one per label (Braze docs, User Alias object)."""

    alias_name: str = attrs.field(validator=_alias_part)
    """The name, case-sensitive; at most 236 bytes."""

    alias_label: str = attrs.field(validator=_alias_part)
    """What kind of name it is; at most 236 bytes."""


@closest_keywords
@attrs.frozen(kw_only=True)
class Attachment:
    """A file sent with a campaign's e-mail, up to 2 MB (Braze docs)."""

    file_name: str = attrs.field(validator=required_text)
    """Name without its extension, which comes from the URL."""

    url: str = attrs.field(validator=required_text)
    """Where Braze fetches the file."""


def take_trigger_properties(
    value: Mapping[str, Any] | None,
) -> Mapping[str, Any] | None:
    """Return a copy of properties for a campaign, checked."""
    return optional_properties(value, "trigger_properties")


def take_context(value: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return a copy of properties for a Canvas, checked."""
    return optional_properties(value, "context")


def _attributes(value: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return optional_properties(value, "attributes")


def _priorities(value: Iterable[str]) -> tuple[str, ...]:
    return items(value, "Recipient.prioritization", str)


@closest_keywords
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
        validator=optional_instance(UserAlias),
    )
    email: str | None = attrs.field(default=None, validator=optional_text)
    braze_id: str | None = attrs.field(default=None, validator=optional_text)
    prioritization: tuple[str, ...] = attrs.field(default=(), converter=_priorities)
    """Which profile an e-mail means: ``identified`` or ``unidentified``, and
    ``most_recently_updated`` or ``least_recently_updated``."""

    trigger_properties: Mapping[str, Any] | None = attrs.field(
        default=None,
        converter=take_trigger_properties,
        hash=False,
    )
    """For a campaign; wins over the trigger's own.  At most 50,000 bytes as JSON."""

    context: Mapping[str, Any] | None = attrs.field(
        default=None,
        converter=take_context,
        hash=False,
        metadata=FORMER_CONTEXT,
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
                f'got {told(list(chosen))}; for example ["identified", '
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
                f"and least_recently_updated, got {told(list(chosen))}"
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


def take_recipients(
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
            f"recipients[{index}] must be a Recipient, got {told(value)}; "
            "for example Recipient(external_user_id=…)"
        )
    alias = value.get("user_alias")
    if isinstance(alias, Mapping):
        field = f"recipients[{index}].user_alias"
        value = {**value, "user_alias": _made(UserAlias, alias, field)}
    made: Recipient = _made(Recipient, value, f"recipients[{index}]")
    return made


def _made(cls: Any, value: Mapping[str, Any], field: str) -> Any:
    """Return *cls* with the fields of *value*, which is Braze's own form of it."""
    fields = attrs.fields_dict(cls)
    value = renamed(cls, value)
    unknown = value.keys() - fields.keys()
    if unknown:
        names = ", ".join(sorted(map(str, unknown)))
        raise ValueError(f"{field} has fields Braze does not know: {names}")
    for name, each in fields.items():
        if each.default is attrs.NOTHING and name not in value:
            raise ValueError(f"{field} needs {name}")
    return cls(**value)
