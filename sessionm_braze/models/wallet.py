"""The offer wallet: what a SessionM customer holds right now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, overload

import attrs

from .._checks import aware
from .._display import Section, closing, counted, model_fields, pairs, panel, shown
from .._foreign import one_line
from ._answers import Answer, shared_fields_last
from ._codec import ALWAYS, LOCAL, REQUIRED, dump
from ._offer_frame import COLUMNS, offers_frame
from ._offer_view import difference_html, ending_badges, listed, offer_sections
from ._offers import OfferCategory, OfferGroup, OfferMedia, UserOffer
from .customers import Customer


if TYPE_CHECKING:
    from pandas import DataFrame


__all__ = [
    "OfferCategory",
    "OfferGroup",
    "OfferMedia",
    "OfferWallet",
    "UserOffer",
    "WalletDifference",
]

_SHOWN_OFFERS = 50
"""Offers that a notebook shows unless more are asked for."""

_SOON_ENDING = timedelta(days=7)
"""How near the end of an offer is worth a mark."""


@attrs.frozen(kw_only=True)
class WalletDifference:
    """What changed from one wallet to a later one of the same customer."""

    gained: tuple[UserOffer, ...] = ()
    """Offers that only the later wallet holds."""

    lost: tuple[UserOffer, ...] = ()
    """Offers that only the earlier wallet holds."""

    changed: tuple[tuple[UserOffer, UserOffer], ...] = ()
    """Offers in both whose fields differ: earlier, later."""

    available_points: int | float | None = None
    """Points gained (or lost, below zero); ``None`` if either wallet has no figure."""

    def _repr_html_(self) -> str:
        return difference_html(
            self.gained, self.lost, self.changed, self.available_points
        )


@attrs.frozen(kw_only=True, repr=False, field_transformer=shared_fields_last)
class OfferWallet(Answer):
    """All offers one customer holds, with the points balance (partner page).

    ``len``, iteration and indexing act on the offers; a slice, `by_type` and
    `expiring` give a wallet with fewer of them.  A wallet is true even when empty.
    """

    _envelope = "payload"

    user_id: str | None = None
    """SessionM's identifier of the customer."""

    user: Customer | None = None
    """The customer; the page names ``opted_in`` and ``activated``."""

    user_offers: tuple[UserOffer, ...] = attrs.field(
        default=(), metadata={**REQUIRED, **ALWAYS}
    )
    """Issued offers, in the order SessionM sent them."""

    total_records: int | None = None
    """Number of offers, presumably before paging."""

    offer_groups: tuple[OfferGroup, ...] = attrs.field(default=(), metadata=ALWAYS)
    offer_categories: tuple[OfferCategory, ...] = attrs.field(
        default=(), metadata=ALWAYS
    )
    total_points: int | float | None = None
    """Not defined by the page; SessionM's SDK calls it points spent so far."""

    available_points: int | float | None = None
    """Points the customer can spend now."""

    as_of: datetime | None = attrs.field(
        default=None, eq=False, repr=False, metadata=LOCAL
    )
    """The moment it was read, by its client's clock; ``None`` for one made by hand."""

    raw: Mapping[str, Any] = attrs.field(
        default=attrs.Factory(dump, takes_self=True), eq=False, metadata=LOCAL
    )
    """The body ``{"status": …, "payload": {…}}`` as received, or what a wallet made by
    hand stands for; a template sees this."""

    def find(self, offer_id: str) -> UserOffer | None:
        """Return the first offer with that ``offer_id`` or ``id``, or ``None``.

        Identifiers are compared without case, as SessionM writes both.

        Example:
            >>> from sessionm_braze import OfferWallet, UserOffer
            >>> offer = UserOffer(offer_id="o-1", name="Tea")
            >>> wallet = OfferWallet(user_offers=(offer,))
            >>> wallet.find("O-1")
            UserOffer('Tea')
        """
        wanted = offer_id.lower()
        for offer in self.user_offers:
            if wanted in {each.lower() for each in (offer.offer_id, offer.id) if each}:
                return offer
        return None

    def by_type(self, *offer_types: str) -> OfferWallet:
        """Return the wallet with the offers of the given types only.

        Example:
            >>> from sessionm_braze import OfferWallet, UserOffer
            >>> offer = UserOffer(offer_id="o-1", offer_type="percent_discount")
            >>> wallet = OfferWallet(user_offers=(offer, UserOffer(offer_id="o-2")))
            >>> len(wallet.by_type("percent_discount", "fixed_amount_discount"))
            1
        """
        return self._keep(lambda offer: offer.offer_type in offer_types)

    def expiring(self, within: timedelta, now: datetime | None = None) -> OfferWallet:
        """Return the wallet with the offers that end soon.

        Args:
            within: How soon; offers that have ended already are left out.
            now: An aware datetime to count from; by default `as_of`, or the current
                time for a wallet made by hand.

        Raises:
            ValueError: If *now* has no time zone.

        Example:
            >>> from datetime import UTC, datetime, timedelta
            >>> from sessionm_braze import OfferWallet, UserOffer
            >>> offer = UserOffer(
            ...     offer_id="o-1", end_date=datetime(2031, 3, 5, tzinfo=UTC)
            ... )
            >>> wallet = OfferWallet(user_offers=(offer,))
            >>> now = datetime(2031, 3, 1, tzinfo=UTC)
            >>> len(wallet.expiring(timedelta(days=7), now=now))
            1
        """
        start = self.moment(now)
        return self._keep(
            lambda offer: (
                offer.ends_at is not None
                and timedelta() <= offer.ends_at - start <= within
            )
        )

    def moment(self, now: datetime | None = None) -> datetime:
        """Return the moment to count from: *now*, else `as_of`, else the current time.

        Raises:
            TypeError: If *now* is not a datetime.
            ValueError: If *now* has no time zone.

        Example:
            >>> from datetime import UTC, datetime
            >>> from sessionm_braze import OfferWallet
            >>> wallet = OfferWallet(as_of=datetime(2031, 3, 1, tzinfo=UTC))
            >>> f"{wallet.moment():%Y-%m-%d}"
            '2031-03-01'
        """
        if now is not None:
            return aware(now, "now")
        return self.as_of or datetime.now(UTC)

    def difference(self, other: OfferWallet) -> WalletDifference:
        """Return what changed from this wallet to the later wallet *other*.

        Example:
            >>> from sessionm_braze import OfferWallet, UserOffer
            >>> earlier = OfferWallet(available_points=100)
            >>> later = OfferWallet(
            ...     user_offers=(UserOffer(offer_id="o-1"),), available_points=40
            ... )
            >>> change = earlier.difference(later)
            >>> change.gained, change.available_points
            ((UserOffer('o-1'),), -60)
        """
        mine, theirs = _by_copy(self), _by_copy(other)
        both = [key for key in mine if key in theirs]
        points = None
        if self.available_points is not None and other.available_points is not None:
            points = other.available_points - self.available_points
        return WalletDifference(
            gained=tuple(theirs[key] for key in theirs if key not in mine),
            lost=tuple(mine[key] for key in mine if key not in theirs),
            changed=tuple(
                (mine[key], theirs[key]) for key in both if mine[key] != theirs[key]
            ),
            available_points=points,
        )

    def to_records(self, *, unknown: bool = False) -> list[dict[str, Any]]:
        """Return a plain dictionary for each offer, always with the same keys.

        Args:
            unknown: Add each offer's unknown fields, as ``extra.…``.
        """
        groups = {group.id: group.name for group in self.offer_groups}
        records = []
        for offer in self:
            group = groups.get(offer.offer_group_id)
            more = {"user_id": self.user_id, "offer_group": group}
            record = {n: more[n] if n in more else getattr(offer, n) for n in COLUMNS}
            if unknown:
                record |= {f"extra.{n}": value for n, value in offer.extra.items()}
            records.append(record)
        return records

    def to_frame(self, *, unknown: bool = False) -> DataFrame:
        """Return the offers as a frame of pandas.

        The columns are the same for every wallet, an empty one too; dates are in UTC,
        and whole numbers may be missing.  A ``status`` is a number until one is a word.

        Args:
            unknown: Add the offers' unknown fields, as columns ``extra.…``.

        Raises:
            ImportError: If pandas is not installed.
        """
        return offers_frame(self.to_records(unknown=unknown))

    def to_html(
        self,
        *,
        rows: int = _SHOWN_OFFERS,
        logos: bool = False,
        soon: timedelta = _SOON_ENDING,
        now: datetime | None = None,
    ) -> str:
        """Return the wallet as HTML without scripts; a notebook shows it as such.

        Everything in it is escaped: texts of offers are foreign HTML.

        Args:
            rows: Offers shown; a note says how many there are.
            logos: Show the offers' images, which loads them from where they are.
            soon: How near the end of an offer gets a mark.
            now: An aware datetime to count from; by default `as_of`, or the current
                time for a wallet made by hand.

        Raises:
            ValueError: If *now* has no time zone.
        """
        at = self.moment(now)
        count = counted(len(self), "offer")
        if self.total_records is not None and self.total_records > len(self):
            count += f" of {self.total_records:,}"
        facts = [self.user_id, count]
        if self.available_points is not None:
            facts.append(f"{counted(self.available_points, 'point')} available")
        if self.total_points is not None:
            facts.append(f"{counted(self.total_points, 'point')} in total")
        user = [] if self.user is None else model_fields(self.user)
        unknown = list(_unknown_fields(self))
        return panel(
            "Offer wallet",
            facts=facts,
            badges=ending_badges(len(self.expiring(soon, at)), soon),
            sections=[
                *offer_sections(
                    self.user_offers,
                    self.offer_groups,
                    self.offer_categories,
                    rows=rows,
                    logos=logos,
                    soon=soon,
                    now=at,
                ),
                Section(title="user", body=pairs(user)),
                listed("unknown fields", ("where", "field", "value"), unknown),
                *(part for part in closing(self) if part.title == "call"),
            ],
        )

    def _repr_html_(self) -> str:
        return self.to_html()

    def with_offers(
        self, offers: tuple[UserOffer, ...], raw_offers: list[Any]
    ) -> OfferWallet:
        """Return this wallet with other offers, in `raw` too."""
        payload = {**self.raw.get("payload", {}), "user_offers": raw_offers}
        return attrs.evolve(
            self, user_offers=offers, raw={**self.raw, "payload": payload}
        )

    def _keep(self, wanted: Callable[[UserOffer], bool]) -> OfferWallet:
        places = [i for i, offer in enumerate(self.user_offers) if wanted(offer)]
        return self._at(places)

    def _at(self, places: list[int]) -> OfferWallet:
        raw = self.raw.get("payload", {}).get("user_offers") or []
        return self.with_offers(
            tuple(self.user_offers[place] for place in places),
            [raw[place] for place in places],
        )

    def __len__(self) -> int:
        return len(self.user_offers)

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[UserOffer]:
        return iter(self.user_offers)

    @overload
    def __getitem__(self, index: int) -> UserOffer: ...
    @overload
    def __getitem__(self, index: slice) -> OfferWallet: ...
    def __getitem__(self, index: int | slice) -> UserOffer | OfferWallet:
        if isinstance(index, slice):
            return self._at(list(range(len(self))[index]))
        return self.user_offers[index]

    def __repr__(self) -> str:
        parts = [counted(len(self), "offer")]
        if self.available_points is not None:
            parts.append(f"{counted(self.available_points, 'point')} available")
        ends = min((o.ends_at for o in self if o.ends_at), default=None)
        if ends is not None:
            parts.append(f"next ends {ends:%Y-%m-%d}")
        return one_line(f"OfferWallet({self.user_id}: {', '.join(parts)})")


def _by_copy(wallet: OfferWallet) -> dict[tuple[str, int], UserOffer]:
    """Return the offers by what tells copies apart: id, else version, and its count."""
    found: dict[tuple[str, int], UserOffer] = {}
    before: Counter[str] = Counter()
    for offer in wallet:
        key = (offer.id or offer.offer_id).lower()
        found[key, before[key]] = offer
        before[key] += 1
    return found


def _unknown_fields(wallet: OfferWallet) -> Iterator[tuple[str, str, Any]]:
    holders: list[tuple[str, Any]] = [("payload", wallet), ("user", wallet.user)]
    for kind in ("user_offers", "offer_groups", "offer_categories"):
        holders += [(f"{kind}[{i}]", m) for i, m in enumerate(getattr(wallet, kind))]
    for where, holder in holders:
        for name, value in (holder.extra if holder is not None else {}).items():
            yield where, name, shown(value, name)
