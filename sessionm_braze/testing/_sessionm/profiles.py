"""The `user` object of SessionM Core: read and written (SessionM docs, profiles)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from .state import CustomerRecord, LoyaltyState


__all__ = ["apply_fields", "show_balances", "show_user"]

_TYPE_OF_FIELD = {"external_id": str, "external_id_type": str, "user_profile": dict}
_READ_ONLY_FIELDS = ("id", "created_at", "updated_at", "identifiers", "tier_details")


def apply_fields(
    state: LoyaltyState, customer: CustomerRecord, fields: Mapping[str, Any], /
) -> None:
    """Write the fields of a create or update request to *customer*.

    Raises:
        ValueError: If a field is of the wrong type, or the external id belongs to
            somebody else.
    """
    for name, wanted in _TYPE_OF_FIELD.items():
        if not isinstance(fields.get(name, wanted()), wanted):
            raise ValueError(f"{name} is of the wrong type")  # noqa: TRY004 - of JSON
    left = {key: value for key, value in fields.items() if key not in _READ_ONLY_FIELDS}
    external_id = left.pop("external_id", None)
    kind = left.pop("external_id_type", "default")
    if external_id is not None:
        state.claim(external_id, customer)
        others = [pair for pair in customer.external_ids if pair[0] != external_id]
        customer.external_ids = [*others, (external_id, kind)]
    customer.user_profile.update(left.pop("user_profile", None) or {})
    if "opted_in" in left:
        left["opted_in"] = left["opted_in"] in (True, "true")
    if left.get("phone_numbers") == []:
        left["phone_numbers"] = None
    customer.fields.update(left)


def show_user(customer: CustomerRecord, query: Mapping[str, str], /) -> dict[str, Any]:
    """Return *customer* as Core shows it; *query* asks for the optional parts."""
    shown: dict[str, Any] = {
        "id": customer.user_id,
        "opted_in": False,
        "activated": False,
        **customer.fields,
        "created_at": _stamp(customer.created_at),
        "updated_at": _stamp(customer.updated_at),
    }
    if customer.external_ids:
        external_id, kind = customer.external_ids[-1]
        shown |= {"external_id": external_id, "external_id_type": kind}
    if query.get("user[user_profile]") == "true":
        shown["user_profile"] = {"_version": 1, **customer.user_profile}
    if query.get("show_identifiers") == "true":
        shown["identifiers"] = [
            {"external_id": external_id, "external_id_type": kind}
            for external_id, kind in customer.external_ids
        ]
    if query.get("expand_incentives") == "true":
        shown["tier_details"] = {
            "tier_levels": [],
            "point_account_balances": show_balances(customer),
        }
    return shown


def show_balances(customer: CustomerRecord, /) -> dict[str, Any]:
    """Return the point accounts of *customer* with their sums."""
    accounts = list(customer.accounts.values())
    return {
        "summary": {
            "total_points": sum(account.available for account in accounts),
            "life_time_points": sum(account.life_time for account in accounts),
        },
        "details": [
            {
                "account_name": account.name,
                "user_point_account_id": account.user_point_account_id,
                "point_account_id": account.point_account_id,
                "grouping_label": account.grouping_label,
                "available_balance": account.available,
                "life_time_value": account.life_time,
            }
            for account in accounts
        ],
    }


def _stamp(seconds: float) -> str:
    """Return a time as Core writes it, without a zone."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
