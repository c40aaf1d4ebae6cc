"""SessionM Connect: offer wallets and points (Braze's partner page for SessionM)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._calls import Answer, Call
from .._clock import iso
from .._routing import Handler, Route, Router
from .profiles import show_balances, show_user
from .state import (
    DEFAULT_CULTURE,
    NO_GROUP,
    CustomerRecord,
    LoyaltyState,
    OfferRecord,
    in_culture,
)


__all__ = ["ROUTER", "find", "respond"]

_ALL_OFFERS = {
    "id": NO_GROUP,
    "name": "All Offers",
    "sort_order": 0,
}


def respond(state: LoyaltyState, call: Call, now: float, /) -> Answer:
    """Answer one call to SessionM Connect."""
    if call.headers.get("authorization") != state.credentials.connect_authorization:
        return _failure("Authorization has been denied for this request.", status=401)
    found = find(state, call)
    if found is None:
        return _failure(f"No HTTP resource was found at {call.path}.", status=404)
    if call.method != "GET":
        try:
            body = call.json()
        except ValueError:
            return _failure("The body is not JSON.", status=400)
        problem = _body_problem(state, body)
        if problem is not None:
            return _failure(problem, status=400)
    handler, named = found
    return handler(state, call, named, now)


def find(
    state: LoyaltyState, call: Call, /
) -> tuple[Handler[LoyaltyState], dict[str, str]] | None:
    """Return what answers *call*: a route of one's own comes first."""
    return Router(state.routes).find(call) or ROUTER.find(call)


def _failure(text: str, /, *, status: int) -> Answer:
    """Return Connect's error envelope."""
    return Answer.of({"status": "error", "errors": {"error": text}}, status=status)


def _body_problem(state: LoyaltyState, body: Any) -> str | None:
    if not isinstance(body, dict):
        return "The body is not an object."
    retailer_id = body.get("retailer_id")
    if not isinstance(retailer_id, str):
        return "retailer_id is required."
    if retailer_id.lower() != state.credentials.retailer_id.lower():
        return "retailer_id is not known."
    return None


def _get_user_offers(
    state: LoyaltyState, call: Call, _named: Mapping[str, str], now: float
) -> Answer:
    body = call.json()
    customer = _customer(state, body)
    if customer is None and state.unknown_user == "not_found":
        return _failure("user_id is not known.", status=404)
    skip, take = body.get("skip", 0), body.get("take", 1000)
    if type(skip) is not int or type(take) is not int or skip < 0 or take < 1:
        return _failure(
            "skip and take must be numbers, skip 0 and take 1 at least.", status=400
        )
    wallet = (
        _empty_wallet(state, body)
        if customer is None
        else _wallet(state, customer, body, now)
    )
    return Answer.of({"status": "ok", "payload": wallet})


def _empty_wallet(state: LoyaltyState, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the offers service, which knows no users, has for an unknown one."""
    return {
        "user_id": body.get("user_id"),
        "user_offers": [],
        "total_records": 0,
        "offer_groups": [_ALL_OFFERS, *state.groups],
        "offer_categories": [_ALL_OFFERS, *state.categories],
        "total_points": 0,
        "available_points": 0,
    }


def _customer(state: LoyaltyState, body: Mapping[str, Any]) -> CustomerRecord | None:
    user_id = body.get("user_id")
    return state.by_user_id(user_id) if isinstance(user_id, str) else None


def _wallet(
    state: LoyaltyState, customer: CustomerRecord, body: Mapping[str, Any], now: float
) -> dict[str, Any]:
    pending = body.get("include_pending_extended_data") is True
    culture = body.get("culture") or DEFAULT_CULTURE
    offers = [
        offer
        for offer in customer.offers
        if offer.issued(now) and (pending or not offer.pending_extended_data)
    ]
    skip = body.get("skip", 0)
    page = offers[skip : skip + body.get("take", 1000)]
    balances = show_balances(customer)["summary"]
    return {
        "user": show_user(customer, {}),
        "user_id": customer.user_id,
        "user_offers": [show_offer(offer, culture=culture, now=now) for offer in page],
        "total_records": len(offers),
        "offer_groups": [_ALL_OFFERS, *state.groups],
        "offer_categories": [_ALL_OFFERS, *state.categories],
        "total_points": _number(
            balances["life_time_points"] - balances["total_points"]
        ),
        "available_points": _number(balances["total_points"]),
    }


def show_offer(offer: OfferRecord, /, *, culture: str, now: float) -> dict[str, Any]:
    """Return one entry of `user_offers`."""
    opens = offer.redemption_start_date
    return {
        "id": offer.id,
        "offer_id": offer.offer_id,
        "root_offer_id": offer.root_offer_id,
        "offer_group_id": offer.offer_group_id,
        "offer_type": offer.offer_type,
        "name": in_culture(offer.name, culture),
        "description": in_culture(offer.description, culture),
        "terms": in_culture(offer.terms, culture),
        "acquire_date": iso(offer.acquire_date),
        "start_date": iso(offer.start_date),
        "end_date": iso(offer.end_date),
        "redemption_start_date": iso(opens),
        "redemption_end_date": iso(offer.redemption_end_date),
        "expiration_date": iso(offer.expiration_date),
        "redeem_date": iso(offer.redeem_date),
        "is_redeemable": offer.issued(now) and (opens is None or opens <= now),
        "media": offer.media,
        "pos_discount_id": offer.pos_discount_id,
        **offer.extra,
    }


def _number(value: float) -> float:
    """Return whole points as an integer, as in the partner page's sample."""
    return int(value) if float(value).is_integer() else value


def _all_balances(
    state: LoyaltyState, call: Call, _named: Mapping[str, str], _now: float
) -> Answer:
    customer = _customer(state, call.json())
    if customer is None:
        return _failure("user_id is not known.", status=404)
    head = {"retailer_id": state.credentials.retailer_id, "user_id": customer.user_id}
    return Answer.of({"status": "ok", "payload": head | show_balances(customer)})


_ROUTES: tuple[Route[LoyaltyState], ...] = (
    Route(
        "POST",
        "/offers/api/2.0/offers/get_user_offers",
        _get_user_offers,
        "read a wallet: issued offers, paging, culture, points",
    ),
    Route(
        "POST",
        "/incentives/api/1.0/user_points/all_balances",
        _all_balances,
        "read the point accounts",
    ),
)

ROUTER = Router(_ROUTES)
