"""`/users/track` and the exports of users (Braze docs, user data and export)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._calls import Answer, Call
from .._clock import iso
from .attributes import DEFAULT_ATTRIBUTES, attributes_problem, write_attributes
from .recipients import is_alias
from .refusals import RefusalError, json_object
from .state import BrazeState, Profile


__all__ = ["export_ids", "show_profile", "track"]

MAX_OBJECTS = 75
MAX_IDS = 50
_IDENTIFIERS = ("external_id", "user_alias", "braze_id", "email", "phone")
_ARRAY_NAMES = ("attributes", "events", "purchases")
_REQUIRED_FIELDS = {
    "attributes": (),
    "events": ("name", "time"),
    "purchases": ("product_id", "currency", "price", "time"),
}


def track(state: BrazeState, call: Call, now: float, /) -> Answer:
    """Answer `/users/track`: each object is taken or refused for itself.

    Raises:
        RefusalError: If nothing of it can be taken.
    """
    arrays = _arrays(json_object(call))
    errors: list[dict[str, Any]] = []
    done: dict[str, int] = {}
    for kind, array in arrays.items():
        problems = [_take(state, kind, item, now) for item in array]
        errors += [
            {"type": problem, "input_array": kind, "index": index}
            for index, problem in enumerate(problems)
            if problem is not None
        ]
        if array:
            done[f"{kind}_processed"] = problems.count(None)
    if not any(done.values()):
        raise RefusalError(
            "Valid data must be provided in the 'attributes', 'events', or "
            "'purchases' fields.",
            errors=errors,
        )
    extra = {"errors": errors} if errors else {}
    return Answer.of({"message": "success", **done, **extra}, status=201)


def _arrays(body: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the three arrays of a request, empty where they are not given."""
    arrays = {kind: body.get(kind) or [] for kind in _ARRAY_NAMES}
    if not all(isinstance(array, list) for array in arrays.values()):
        raise RefusalError("attributes, events and purchases must be arrays")
    if sum(map(len, arrays.values())) > MAX_OBJECTS:
        raise RefusalError("Max Input Length Exceeded")
    return arrays


def _take(state: BrazeState, kind: str, item: Any, now: float) -> str | None:
    """Take in one object; return what is wrong with it, or ``None``."""
    if not isinstance(item, dict):
        return "an object is required"
    missing = [name for name in _REQUIRED_FIELDS[kind] if item.get(name) in (None, "")]
    if missing:
        return f"'{missing[0]}' is required"
    alias = item.get("user_alias")
    if alias is not None and not is_alias(alias):
        return "'user_alias' needs 'alias_name' and 'alias_label'"
    if not any(item.get(name) for name in _IDENTIFIERS):
        return f"{' or '.join(map(repr, _IDENTIFIERS))} is required"
    if kind == "attributes" and (problem := attributes_problem(item)):
        return problem
    profile = _profile(state, item, now)
    if profile is None:
        return None
    if kind == "attributes":
        write_attributes(profile, _without_identity(item), now)
    else:
        getattr(profile, kind).append(item)
        profile.updated_at = now
    return None


def _without_identity(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of *item* without the e-mail or phone that only finds."""
    if any(item.get(name) for name in ("external_id", "user_alias", "braze_id")):
        return dict(item)
    by = "email" if item.get("email") else "phone"
    return {name: value for name, value in item.items() if name != by}


def _profile(state: BrazeState, item: Mapping[str, Any], now: float) -> Profile | None:
    """Return the profile that *item* is about, made if that is allowed."""
    external_id, alias = item.get("external_id"), item.get("user_alias")
    if external_id:
        found = state.by_external_id(str(external_id))
        new: dict[str, Any] = {"external_id": str(external_id)}
    elif alias:
        found = state.by_alias(alias["alias_label"], alias["alias_name"])
        new = {"aliases": {alias["alias_label"]: alias["alias_name"]}}
    elif item.get("braze_id"):
        return state.profiles.get(str(item["braze_id"]))
    else:
        by = "email" if item.get("email") else "phone"
        found = _with_attribute(state, by, item[by])
        new = {"attributes": {by: item[by]}}
    existing_only = item.get("_update_existing_only", alias is not None)
    return (
        found if found is not None or existing_only else state.add_profile(now, **new)
    )


def _with_attribute(state: BrazeState, name: str, value: Any) -> Profile | None:
    found = (p for p in state.profiles.values() if p.attributes.get(name) == value)
    return next(found, None)


def export_ids(state: BrazeState, call: Call, _now: float, /) -> Answer:
    """Answer `/users/export/ids`.

    Raises:
        RefusalError: If there is no id, or more than 50.
    """
    body = json_object(call)
    _check_ids(body)
    asked = _asked(body)
    if not asked:
        raise RefusalError("an identifier is required")
    found: dict[str, Profile] = {}
    unknown: list[Any] = []
    for name, value in asked:
        matches = _matches(state, name, value)
        found |= {profile.braze_id: profile for profile in matches}
        if not matches:
            unknown.append(value)
    fields = body.get("fields_to_export") or None
    answer: dict[str, Any] = {
        "users": [show_profile(profile, fields) for profile in found.values()],
        "message": "success",
    }
    if unknown:
        answer["invalid_user_ids"] = unknown
    return Answer.of(answer, status=201)


def _check_ids(body: Mapping[str, Any]) -> None:
    for name in ("external_ids", "user_aliases", "fields_to_export"):
        value = body.get(name) or []
        if not isinstance(value, list):
            raise RefusalError(f"{name} must be an array")
        if name != "fields_to_export" and len(value) > MAX_IDS:
            raise RefusalError("The max number of ids per request was exceeded")
        if name != "user_aliases" and not all(isinstance(v, str | int) for v in value):
            raise RefusalError(f"{name} must hold texts")


def _asked(body: Mapping[str, Any]) -> list[tuple[str, Any]]:
    asked = [("external_id", value) for value in body.get("external_ids") or []]
    asked += [("user_alias", value) for value in body.get("user_aliases") or []]
    asked += [
        (name, body[name])
        for name in ("braze_id", "email_address", "phone", "device_id")
        if body.get(name)
    ]
    return asked


def _matches(state: BrazeState, name: str, value: Any) -> list[Profile]:
    if name == "external_id":
        found = state.by_external_id(str(value))
    elif name == "braze_id":
        found = state.profiles.get(str(value))
    elif name == "user_alias":
        ok = is_alias(value)
        found = (
            state.by_alias(value["alias_label"], value["alias_name"]) if ok else None
        )
    elif name == "email_address":
        return list(state.with_email(str(value)))
    else:
        found = _with_attribute(state, name, value)
    return [] if found is None else [found]


def show_profile(profile: Profile, fields: list[str] | None, /) -> dict[str, Any]:
    """Return *profile* as exports show it; what is empty is left out."""
    shown: dict[str, Any] = {
        "external_id": profile.external_id,
        "braze_id": profile.braze_id,
        "user_aliases": [
            {"alias_name": name, "alias_label": label}
            for label, name in profile.aliases.items()
        ],
        "created_at": iso(profile.created_at),
        "random_bucket": profile.random_bucket,
        **{name: profile.attributes.get(name) for name in sorted(DEFAULT_ATTRIBUTES)},
        "email_subscribe": profile.attributes.get("email_subscribe", "subscribed"),
        "custom_attributes": profile.custom,
        "custom_events": _counted(profile.events, "name"),
        "purchases": _counted(profile.purchases, "product_id"),
    }
    wanted = set(fields) if fields is not None else set(shown)
    return {
        name: value
        for name, value in shown.items()
        if name in wanted and (not _is_empty(value) or name == "user_aliases")
    }


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, dict | list) and not value)


def _counted(items: list[dict[str, Any]], by: str) -> list[dict[str, Any]]:
    """Return *items* summed up by name: first, last and count."""
    groups: dict[str, list[str]] = {}
    for item in items:
        groups.setdefault(str(item[by]), []).append(str(item["time"]))
    return [
        {"name": name, "first": min(times), "last": max(times), "count": len(times)}
        for name, times in groups.items()
    ]
