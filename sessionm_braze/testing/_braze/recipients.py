"""Whom a trigger means: recipients checked, found, made (Braze docs, recipients)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from .attributes import attributes_problem, write_attributes
from .state import BrazeState, Profile


__all__ = ["Found", "duplicates_removed", "find", "is_alias", "recipient_problem"]

IDENTIFIERS = ("external_user_id", "user_alias", "email", "braze_id")
MAX_ALIAS_BYTES = 236
_IDENTITY_RULES = {"identified", "unidentified"}
_RECENCY_RULES = {"most_recently_updated", "least_recently_updated"}


@attrs.frozen
class Found:
    """A profile that a recipient stands for, with the recipient's own properties."""

    profile: Profile
    properties: Mapping[str, Any]


def recipient_problem(recipient: Any, /) -> str | None:
    """Return what is wrong with *recipient*, or ``None``."""
    if not isinstance(recipient, dict):
        return "a recipient must be an object"
    given = [name for name in IDENTIFIERS if recipient.get(name) not in (None, "")]
    if len(given) != 1:
        return f"a recipient needs exactly one of {', '.join(IDENTIFIERS)}"
    return _identifier_problem(given[0], recipient) or _rest_problem(recipient)


def _identifier_problem(name: str, recipient: Mapping[str, Any]) -> str | None:
    value = recipient[name]
    if name == "user_alias":
        good = is_alias(value)
        text = "user_alias needs alias_name and alias_label, up to 236 bytes each"
        return None if good else text
    if type(value) is not str and (name, type(value)) != ("external_user_id", int):
        return f"{name} must be text"
    if name == "email" and not _is_prioritization(recipient.get("prioritization")):
        return "email needs prioritization"
    return None


def _rest_problem(recipient: Mapping[str, Any]) -> str | None:
    existing_only = recipient.get("send_to_existing_only")
    if existing_only not in (None, True, False):
        return "send_to_existing_only must be a boolean"
    if existing_only is False and recipient.get("user_alias"):
        return "send_to_existing_only cannot be false with user_alias"
    return attributes_problem(recipient.get("attributes") or {})


def is_alias(alias: Any, /) -> bool:
    """Return whether *alias* is a user alias object."""
    if not isinstance(alias, dict):
        return False
    parts = (alias.get("alias_name"), alias.get("alias_label"))
    return all(
        isinstance(p, str) and 0 < len(p.encode()) <= MAX_ALIAS_BYTES for p in parts
    )


def _is_prioritization(order: Any) -> bool:
    if not isinstance(order, list) or not order:
        return False
    if not all(isinstance(rule, str) for rule in order):
        return False
    named = set(order)
    at_most_one = len(named & _IDENTITY_RULES) <= 1 and len(named & _RECENCY_RULES) <= 1
    return at_most_one and named <= _IDENTITY_RULES | _RECENCY_RULES


def duplicates_removed(
    recipients: Sequence[Mapping[str, Any]], /
) -> list[Mapping[str, Any]]:
    """Return *recipients* with each identifier once: the last entry wins."""
    last: dict[str, Mapping[str, Any]] = {}
    for recipient in recipients:
        name = next(key for key in IDENTIFIERS if recipient.get(key) not in (None, ""))
        key = f"{name} {recipient[name]}"
        last.pop(key, None)
        last[key] = recipient
    return list(last.values())


def find(
    state: BrazeState,
    recipient: Mapping[str, Any],
    property_names: Sequence[str],
    now: float,
    /,
) -> Found | None:
    """Return the profile of *recipient*, made and updated as it asks, or ``None``.

    A recipient whom Braze does not know is passed over in silence, unless it says
    ``send_to_existing_only: false`` and brings attributes.
    """
    profile = _existing(state, recipient)
    attributes = recipient.get("attributes") or {}
    if profile is None:
        if recipient.get("send_to_existing_only") is not False or not attributes:
            return None
        profile = _made(state, recipient, now)
        if profile is None:
            return None
    if attributes:
        write_attributes(profile, attributes, now)
    properties: dict[str, Any] = {}
    for name in property_names:
        properties |= recipient.get(name) or {}
    return Found(profile, properties)


def _existing(state: BrazeState, recipient: Mapping[str, Any]) -> Profile | None:
    if alias := recipient.get("user_alias"):
        return state.by_alias(alias["alias_label"], alias["alias_name"])
    if recipient.get("email"):
        return _by_email(state, recipient["email"], recipient["prioritization"])
    if recipient.get("braze_id"):
        return state.profiles.get(recipient["braze_id"])
    return state.by_external_id(str(recipient["external_user_id"]))


def _made(
    state: BrazeState, recipient: Mapping[str, Any], now: float
) -> Profile | None:
    if recipient.get("external_user_id"):
        return state.add_profile(now, external_id=str(recipient["external_user_id"]))
    if recipient.get("email"):
        return state.add_profile(now, attributes={"email": recipient["email"]})
    return None


def _by_email(state: BrazeState, email: str, order: Sequence[str]) -> Profile | None:
    """Return the one profile that *order* picks; a tie picks nobody."""
    found = list(state.with_email(email))
    for rule in order:
        if rule in _IDENTITY_RULES:
            known = rule == "identified"
            found = [p for p in found if (p.external_id is not None) is known]
        elif found:
            pick = max if rule == "most_recently_updated" else min
            moment = pick(p.updated_at for p in found)
            found = [p for p in found if p.updated_at == moment]
    return found[0] if len(found) == 1 else None
