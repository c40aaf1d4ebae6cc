"""SessionMConnectClient: read the offer wallet and the point balances."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Unpack

from .. import models
from .._checks import flag, json_object, text, whole
from .._http import (
    READ,
    SEND,
    AuthorizationHeader,
    Call,
    CallKind,
    ClientSettings,
    Service,
    base_url,
    basic,
    basic_string,
    check_secret,
)
from .._secrets import Secret
from ._client import ApiResponse, ServiceClient, settings_of
from ._sessionm_answers import explain, refusal_in_success


__all__ = ["SessionMConnectClient"]

_USER_OFFERS_PATH = "/offers/api/2.0/offers/get_user_offers"

_BALANCES_PATH = "/incentives/api/1.0/user_points/all_balances"

PAGE_SIZE = 1000
"""Offers asked for at a time, as in the partner page's sample."""


class SessionMConnectClient(ServiceClient):
    """SessionM Connect: the offer wallet and the point balances in real time.

    Args:
        endpoint: Base URL or host from SessionM's staff, with or without ``/offers``.
        authorization: The Basic string from SessionM's staff, with or without the
            word ``Basic``, or the pair of key and secret behind it.
        retailer_id: GUID that names the brand; part of every call.
        **settings: See `ClientSettings`.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If the endpoint is no https URL, a credential cannot stand in a
            header, or *retailer_id* is blank.
    """

    _service: ClassVar[Service] = Service(
        name="SessionM Connect", refusal_in_success=refusal_in_success, explain=explain
    )
    _environment: ClassVar[Mapping[str, str]] = {
        "endpoint": "SESSIONM_CONNECT_ENDPOINT",
        "authorization": "SESSIONM_CONNECT_AUTHORIZATION",
        "retailer_id": "SESSIONM_CONNECT_RETAILER_ID",
    }
    _send_kind: ClassVar[CallKind] = SEND

    def __init__(
        self,
        endpoint: str,
        *,
        authorization: str | tuple[str, str],
        retailer_id: str,
        **settings: Unpack[ClientSettings],
    ) -> None:
        secrets = _credentials(authorization)
        self._retailer_id = text(retailer_id, "retailer_id")
        super().__init__(
            base_url(endpoint).removesuffix("/offers"),
            authorization=AuthorizationHeader(Secret(f"Basic {secrets[0].reveal()}")),
            secrets=secrets,
            settings=settings,
        )

    def get_user_offers(
        self,
        user_id: str,
        *,
        culture: str = "en-US",
        skip: int = 0,
        take: int = PAGE_SIZE,
        include_pending_extended_data: bool = False,
        extra: Mapping[str, Any] | None = None,
    ) -> models.OfferWallet:
        """Read one page of a customer's wallet (partner page, ``get_user_offers``).

        Args:
            user_id: SessionM's identifier of the customer; an external id goes through
                `SessionMCoreClient.resolve_user_id` first.
            culture: Language tag of the offer texts.
            skip: Offers to leave out from the start.
            take: Offers to return at most, 1 or more.
            include_pending_extended_data: Presumably whether offers whose extended
                data is not there yet come too; the partner page sends false.
            extra: Further fields of the request.

        Returns:
            The wallet of that page; `get_wallet` joins all pages.

        Raises:
            TypeError: If an argument has the wrong type.
            ValueError: If *user_id* or *culture* is blank, *skip* is below 0, *take*
                below 1, or *extra* names a field that has an argument.
            PayloadError: If the answer does not have the shape of a wallet.
            SessionMBrazeError: If the call does not succeed otherwise.

        Example:
            >>> from sessionm_braze.testing import Sandbox
            >>> with Sandbox() as sandbox:
            ...     ana = sandbox.sessionm.add_customer(user_id="u-1")
            ...     _ = sandbox.sessionm.issue_offer(ana, name="Free coffee")
            ...     wallet = sandbox.connect.get_user_offers("u-1", take=10)
            >>> wallet.total_records, wallet[0].name
            (1, 'Free coffee')
        """
        body: dict[str, Any] = {
            "retailer_id": self._retailer_id,
            "user_id": text(user_id, "user_id"),
            "skip": whole(skip, "skip", least=0),
            "take": whole(take, "take", least=1),
            "include_pending_extended_data": flag(
                include_pending_extended_data, "include_pending_extended_data"
            ),
            "culture": text(culture, "culture"),
        }
        further = json_object(extra or {}, "extra")
        if twice := sorted(further.keys() & body.keys()):
            raise ValueError(
                f"extra must not name {', '.join(twice)}: use the argument"
            )
        answer = self._call(
            Call(
                name="get_user_offers",
                method="POST",
                path=_USER_OFFERS_PATH,
                kind=READ,
                json={**body, **further},
                sample={"payload": {"user_id": user_id, "user_offers": []}},
            )
        )
        as_of = datetime.fromtimestamp(settings_of(self).clock(), UTC)
        return self._read(models.OfferWallet, answer, "get_user_offers", as_of=as_of)

    def iter_user_offers(
        self, user_id: str, *, culture: str = "en-US", page_size: int = PAGE_SIZE
    ) -> Iterator[models.UserOffer]:
        """Iterate over all offers of a customer, page by page, each copy once.

        Args:
            user_id: SessionM's identifier of the customer.
            culture: Language tag of the offer texts.
            page_size: Offers to ask for at a time, 1 or more.

        Raises:
            TypeError: If an argument has the wrong type.
            ValueError: If an argument breaks a rule of `get_user_offers`.
            SessionMBrazeError: If a call does not succeed.

        Example:
            >>> from sessionm_braze.testing import Sandbox
            >>> with Sandbox() as sandbox:
            ...     ana = sandbox.sessionm.add_customer(user_id="u-1")
            ...     for name in ("Free coffee", "Ten off lunch"):
            ...         _ = sandbox.sessionm.issue_offer(ana, name=name)
            ...     offers = sandbox.connect.iter_user_offers("u-1", page_size=1)
            ...     [offer.name for offer in offers]
            ['Free coffee', 'Ten off lunch']
        """
        text(user_id, "user_id")
        text(culture, "culture")
        whole(page_size, "page_size", least=1)
        return (
            page.user_offers[place]
            for page, places in self._pages(user_id, culture, page_size)
            for place in places
        )

    def get_wallet(
        self, user_id: str, *, culture: str = "en-US", page_size: int = PAGE_SIZE
    ) -> models.OfferWallet:
        """Read a customer's whole wallet: all pages joined, each copy once.

        Args:
            user_id: SessionM's identifier of the customer.
            culture: Language tag of the offer texts.
            page_size: Offers to ask for at a time, 1 or more.

        Returns:
            The wallet.  Its ``raw`` is the first body with the offers of all pages.

        Raises:
            TypeError: If an argument has the wrong type.
            ValueError: If *user_id* or *culture* is blank, or *page_size* below 1.
            PayloadError: If an answer does not have the shape of a wallet.
            SessionMBrazeError: If a call does not succeed otherwise.

        Example:
            >>> from sessionm_braze.testing import Sandbox
            >>> with Sandbox() as sandbox:
            ...     ana = sandbox.sessionm.add_customer(user_id="u-1")
            ...     _ = sandbox.sessionm.issue_offer(ana, name="Free coffee")
            ...     wallet = sandbox.connect.get_wallet("u-1")
            >>> len(wallet), wallet[0].name
            (1, 'Free coffee')
        """
        whole(page_size, "page_size", least=1)
        pages = list(self._pages(user_id, culture, page_size))
        first, places = pages[0]
        if len(pages) == 1 and len(places) == len(first):
            return first
        offers: list[models.UserOffer] = []
        raw: list[Any] = []
        for page, places in pages:
            sent = _raw_offers(page)
            offers += [page.user_offers[place] for place in places]
            raw += [sent[place] for place in places]
        return first.with_offers(tuple(offers), raw)

    def get_point_balances(
        self, user_id: str, *, culture: str = "en-US"
    ) -> models.PointBalances:
        """Read what a customer's point accounts hold.

        SessionM's public docs do not show this call; path and fields are those that
        clients of live tenants use (``user_points/all_balances``).

        Args:
            user_id: SessionM's identifier of the customer.
            culture: Language tag of the account names.

        Returns:
            The accounts, and their sum.

        Raises:
            TypeError: If an argument has the wrong type.
            ValueError: If an argument is blank.
            PayloadError: If the answer does not have the shape of balances.
            SessionMBrazeError: If the call does not succeed otherwise.

        Example:
            >>> from sessionm_braze.testing import Sandbox
            >>> with Sandbox() as sandbox:
            ...     _ = sandbox.sessionm.add_customer(user_id="u-1")
            ...     balances = sandbox.connect.get_point_balances("u-1")
            >>> balances.user_id
            'u-1'
        """
        answer = self._call(
            Call(
                name="get_point_balances",
                method="POST",
                path=_BALANCES_PATH,
                kind=READ,
                json={
                    "retailer_id": self._retailer_id,
                    "user_id": text(user_id, "user_id"),
                    "culture": text(culture, "culture"),
                },
                sample={"payload": {"user_id": user_id, "details": []}},
            )
        )
        return self._read(models.PointBalances, answer, "get_point_balances")

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        repeatable: bool | None = None,
    ) -> ApiResponse:
        """Make a call this client has no method for; `retailer_id` joins the body.

        Args:
            method: HTTP method.
            path: Path with its service, such as ``/incentives/api/1.0/…``.
            json: Body, as a mapping; one that names `retailer_id` keeps its own.
            params: Query parameters.
            repeatable: Whether the call may be made again after it may have been
                carried out; default: only GET may.

        Raises:
            ValueError: If the path does not begin with one slash, or leaves the base.
            SessionMBrazeError: If the call does not succeed.

        Example:
            >>> from sessionm_braze import SessionMConnectClient
            >>> connect = SessionMConnectClient(
            ...     "connect.example", authorization="your-string", retailer_id="r-1"
            ... ).dry_run()
            >>> path = "/offers/api/2.0/offers/fetch_offers_details"
            >>> _ = connect.request("POST", path, json={"offer_ids": ["o-1"]})
            >>> connect.requests[0].json
            {'retailer_id': 'r-1', 'offer_ids': ['o-1']}
        """
        if text(method, "method").upper() != "GET" and (
            json is None or isinstance(json, Mapping)
        ):
            json = {"retailer_id": self._retailer_id, **(json or {})}
        return super().request(
            method, path, json=json, params=params, repeatable=repeatable
        )

    def _destination(self) -> dict[str, str]:
        return {**super()._destination(), "retailer_id": self._retailer_id}

    def _pages(
        self, user_id: str, culture: str, page_size: int
    ) -> Iterator[tuple[models.OfferWallet, list[int]]]:
        """Yield each page and the places of the offers that no page before it had.

        `total_records` is presumably counted before paging, so it may prolong the
        walk and end it, and a full page is never taken for the last because of it.
        A page without anything new ends the walk: the server ignores ``skip``.
        """
        seen: set[str] = set()
        skip = 0
        while True:
            page = self.get_user_offers(
                user_id, culture=culture, skip=skip, take=page_size
            )
            places = _new_places(_raw_offers(page), seen)
            yield page, places
            skip += len(page)
            total = page.total_records or 0
            full = len(page) >= page_size
            last = len(page) < total <= skip if full else skip >= total
            if not places or last:
                return


def _raw_offers(page: models.OfferWallet) -> list[Any]:
    return list(page.raw["payload"]["user_offers"] or ())


def _new_places(offers: list[Mapping[str, Any]], seen: set[str]) -> list[int]:
    """Return the places of offers not seen yet, and remember them.

    An offer is recognised by its ``id``.  Offers without one are told apart within a
    page, where two like ones are two copies; between pages they are an overlap.
    """
    anonymous: set[str] = set()
    places = []
    for place, offer in enumerate(offers):
        copy = offer.get("id")
        key = str(copy).lower() if copy else json.dumps(offer, sort_keys=True)
        if key in seen:
            continue
        places.append(place)
        (seen if copy else anonymous).add(key)
    seen |= anonymous
    return places


def _credentials(authorization: object) -> tuple[Secret, ...]:
    """Return the encoded Basic string, then the secrets it is made of."""
    if not isinstance(authorization, tuple):
        return (basic_string(authorization, "authorization"),)
    if len(authorization) != 2:  # noqa: PLR2004 - a pair
        raise ValueError(
            "authorization must be a Basic string or a pair of key and secret, "
            f"got {len(authorization)} values"
        )
    key = check_secret(authorization[0], "authorization[0]")
    secret = check_secret(authorization[1], "authorization[1]")
    return basic(key, secret), key, secret
