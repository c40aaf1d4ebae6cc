"""Braze users: read them by their ids, and write attributes, events and purchases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ... import models
from ..._checks import items, plain, sequence, text, told, whole
from ..._http import DECLINABLE_SEND, READ, REPEATABLE_WRITE
from .base import BrazeCalls


__all__ = ["UserCalls"]

MAX_IDS = 50
"""Identifiers of a kind that Braze takes in one request."""

MAX_OBJECTS = 75
"""Objects that Braze takes in one request by default; contracts differ."""

_OBJECT_KINDS = ("attributes", "events", "purchases")
_IDENTIFIER_FIELDS = ("external_id", "user_alias", "braze_id", "email", "phone")
_REQUIRED_FIELDS: Mapping[str, tuple[str, ...]] = {
    "attributes": (),
    "events": ("name", "time"),
    "purchases": ("product_id", "currency", "price", "time"),
}
_COUNTING_KEYS = frozenset({"inc", "$add"})
"""Keys under which writing a value twice is not writing it once."""


class UserCalls(BrazeCalls):
    """Calls about users."""

    def export_users(
        self,
        external_ids: Iterable[str] = (),
        *,
        user_aliases: Iterable[models.UserAlias] = (),
        braze_id: str | None = None,
        email_address: str | None = None,
        phone: str | None = None,
        device_id: str | None = None,
        fields_to_export: Iterable[str] = (),
    ) -> models.UserExport:
        """Read users by their ids (Braze docs, ``POST /users/export/ids``).

        Args:
            external_ids: At most 50.
            user_aliases: At most 50.
            braze_id: Braze's own identifier of one user.
            email_address: One address; not with *phone* or *device_id*.
            phone: One number; not with *email_address* or *device_id*.
            device_id: One device; not with *email_address* or *phone*.
            fields_to_export: Names of what to read; newer accounts must say them.

        Returns:
            The profiles Braze found, and the identifiers that matched nobody.

        Raises:
            TypeError: If an argument has the wrong type.
            ValueError: If no identifier is given, more than 50 of a kind, or more than
                one of address, number and device.
            SessionMBrazeError: If the call does not succeed; it is safe to repeat.

        Example:
            >>> from sessionm_braze import BrazeClient
            >>> braze = BrazeClient("US-03", api_key="your-key").dry_run()
            >>> _ = braze.export_users(["u-1"], fields_to_export=["external_id"])
            >>> braze.requests[0].json
            {'external_ids': ['u-1'], 'fields_to_export': ['external_id']}
        """
        lists = {
            "external_ids": [
                text(each, "external_ids")
                for each in _few(items(external_ids, "external_ids", str))
            ],
            "user_aliases": [
                models.dump(each)
                for each in _few(items(user_aliases, "user_aliases", models.UserAlias))
            ],
        }
        single = {
            "email_address": email_address,
            "phone": phone,
            "device_id": device_id,
        }
        given = {
            key: text(value, key) for key, value in single.items() if value is not None
        }
        if len(given) > 1:
            raise ValueError(
                "only one of email_address, phone and device_id may be given, got "
                + " and ".join(given)
            )
        if braze_id is not None:
            given["braze_id"] = text(braze_id, "braze_id")
        body: dict[str, Any] = {**{k: v for k, v in lists.items() if v}, **given}
        if not body:
            raise ValueError("export_users() needs an identifier, got none")
        fields = items(fields_to_export, "fields_to_export", str)
        if fields:
            body["fields_to_export"] = list(fields)
        answer = self._post(
            "export_users", "/users/export/ids", body, kind=READ, sample={"users": []}
        )
        return self._read(models.UserExport, answer, "export_users")

    def track_users(
        self,
        *,
        attributes: Iterable[Mapping[str, Any]] = (),
        events: Iterable[Mapping[str, Any]] = (),
        purchases: Iterable[Mapping[str, Any]] = (),
        max_objects: int = MAX_OBJECTS,
    ) -> models.TrackReceipt:
        """Write attributes, events and purchases (Braze docs, ``POST /users/track``).

        The call may be repeated if it holds plain attributes only.  An event or a
        purchase would be stored twice, and an attribute that counts (``{"inc": 1}``)
        would count twice.

        Args:
            attributes: Objects with an identifier and the fields to write.
            events: Objects with an identifier, ``name`` and ``time``.
            purchases: Objects with an identifier, ``product_id``, ``currency``,
                ``price`` and ``time``.
            max_objects: Objects that the contract with Braze allows in one request,
                all three kinds together.

        Returns:
            What Braze queued, and which of the objects given it refused:
            `TrackReceipt.problems` holds the caller's own objects.

        Raises:
            TypeError: If an object is no mapping, or no JSON; nothing was sent.
            ValueError: If there is no object or too many, or one has no identifier or
                lacks a field; nothing was sent.
            OutcomeUnknownError: If something may have been written and nobody can
                tell, and it holds more than plain attributes.
            ResponseError: If Braze refused all of it.
            TransportError: If no answer came; the call is safe to repeat.

        Example:
            >>> from sessionm_braze import BrazeClient
            >>> braze = BrazeClient("US-03", api_key="your-key").dry_run()
            >>> braze.track_users(
            ...     attributes=[{"external_id": "u-1", "loyalty_tier": "gold"}]
            ... ).state
            'accepted'
        """
        given = dict(zip(_OBJECT_KINDS, (attributes, events, purchases), strict=True))
        sent = {key: sequence(value, key, Mapping) for key, value in given.items()}
        body = {
            key: [_tracked(each, f"{key}[{i}]", key) for i, each in enumerate(objects)]
            for key, objects in sent.items()
            if objects
        }
        count = sum(map(len, body.values()))
        if not count:
            raise ValueError("track_users() needs at least one object, got none")
        if count > whole(max_objects, "max_objects", least=1):
            raise ValueError(
                f"track_users() takes at most {max_objects} objects a request, "
                f"got {count}"
            )
        plainly = body.keys() == {"attributes"} and not _counts(body)
        answer = self._post(
            "track_users",
            "/users/track",
            body,
            kind=REPEATABLE_WRITE if plainly else DECLINABLE_SEND,
        )
        read = self._read if plainly else self._read_receipt
        return read(models.TrackReceipt, answer, "track_users").placed(sent)


def _few(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(values) > MAX_IDS:
        raise ValueError(
            f"export_users() takes at most {MAX_IDS} ids of a kind, got {len(values)}"
        )
    return values


def _tracked(value: object, path: str, array: str) -> Any:
    if not isinstance(value, Mapping):
        raise TypeError(f"{path} must be a mapping, got {told(value)}")
    if not any(value.get(name) for name in _IDENTIFIER_FIELDS):
        raise ValueError(
            f"{path} must have an identifier: one of {', '.join(_IDENTIFIER_FIELDS)}"
        )
    missing = [name for name in _REQUIRED_FIELDS[array] if value.get(name) is None]
    if missing:
        raise ValueError(f"{path} must have {' and '.join(missing)}")
    alias = value.get("user_alias")
    if isinstance(alias, models.UserAlias):
        value = {**value, "user_alias": models.dump(alias)}
    return plain(value, path)


def _counts(value: object) -> bool:
    """Return whether writing *value* twice differs from writing it once."""
    if isinstance(value, dict):
        return bool(_COUNTING_KEYS & value.keys()) or any(map(_counts, value.values()))
    return isinstance(value, list) and any(map(_counts, value))
