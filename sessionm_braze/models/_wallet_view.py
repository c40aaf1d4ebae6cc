"""How a wallet looks in a notebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from .._display import (
    Html,
    Section,
    badge,
    closing,
    counted,
    element,
    joined,
    model_fields,
    number,
    pairs,
    panel,
    shortened,
    shown,
    table,
)
from .wallet import OfferWallet, UserOffer, WalletDifference


_LONGEST_IN_HOURS = timedelta(hours=48)
_LONGEST_DESCRIPTION = 160


def wallet_html(
    wallet: OfferWallet,
    *,
    rows: int,
    logos: bool,
    soon: timedelta,
    now: datetime | None,
) -> Html:
    """Return the view of *wallet*; see `OfferWallet.to_html`."""
    at = now or datetime.now(UTC)
    count = counted(len(wallet), "offer")
    if wallet.total_records is not None and wallet.total_records > len(wallet):
        count += f" of {wallet.total_records:,}"
    facts: list[object] = [wallet.user_id, count]
    if wallet.available_points is not None:
        facts.append(f"{number(wallet.available_points)} points available")
    if wallet.total_points is not None:
        facts.append(f"{number(wallet.total_points)} points in total")
    ending = len(wallet.expiring(soon, at))
    verb = "ends" if ending == 1 else "end"
    mark = badge(f"{ending} {verb} within {_span(soon)}", "warning")
    return panel(
        "Offer wallet",
        facts=facts,
        badges=[mark] if ending else [],
        sections=_sections(wallet, rows, logos=logos, soon=soon, now=at),
    )


def difference_html(difference: WalletDifference) -> Html:
    """Return the view of what changed from one wallet to another."""
    points = difference.available_points
    gained = [_line(offer) for offer in difference.gained]
    lost = [_line(offer) for offer in difference.lost]
    changed = [(*_line(new), _changes(old, new)) for old, new in difference.changed]
    columns = ("offer", "ends (UTC)", "offer id")
    return panel(
        "Wallet difference",
        facts=[
            f"{len(gained)} gained",
            f"{len(lost)} lost",
            f"{len(changed)} changed",
            None if points is None else f"{points:+,} points",
        ],
        sections=[
            _listed("gained", columns, gained, unfolded=bool(gained)),
            _listed("lost", columns, lost, unfolded=bool(lost)),
            _listed("changed", (*columns, "changes"), changed, unfolded=bool(changed)),
        ],
    )


def _line(offer: UserOffer) -> tuple[object, ...]:
    return offer.name or offer.offer_id, offer.ends_at, offer.offer_id


def _changes(old: UserOffer, new: UserOffer) -> Html:
    before, after = dict(model_fields(old)), dict(model_fields(new))
    names = [name for name in before | after if before.get(name) != after.get(name)]
    return joined(
        (
            joined((f"{n}: ", shown(before.get(n)), " \u2192 ", shown(after.get(n))))
            for n in names
        ),
        Html("<br>"),
    )


def _listed(
    title: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[object, ...]],
    *,
    unfolded: bool = False,
) -> Section:
    body = table(columns, rows, total=len(rows))
    return Section(title=title, body=body, count=len(rows), open=unfolded)


def _sections(
    wallet: OfferWallet, rows: int, *, logos: bool, soon: timedelta, now: datetime
) -> Iterator[Section]:
    columns = ("offer", "ends (UTC)", "type", "group", "offer id")
    groups = {group.id: group.name for group in wallet.offer_groups}
    offers = (
        (
            _offer(offer, logos=logos, soon=soon, now=now),
            offer.ends_at,
            offer.offer_type,
            groups.get(offer.offer_group_id) or offer.offer_group_id,
            offer.offer_id,
        )
        for offer in wallet
    )
    yield Section(
        title="offers",
        body=table(columns, offers, total=len(wallet), limit=rows),
        count=len(wallet),
        open=True,
    )
    held = Counter(offer.offer_group_id for offer in wallet)
    yield _listed(
        "groups",
        ("name", "offers", "order", "id"),
        [(g.name, held[g.id], g.sort_order, g.id) for g in wallet.offer_groups],
    )
    yield _listed(
        "categories",
        ("name", "order", "id"),
        [(c.name, c.sort_order, c.id) for c in wallet.offer_categories],
    )
    user = [] if wallet.user is None else model_fields(wallet.user)
    yield Section(title="user", body=pairs(user))
    yield _listed("unknown fields", ("where", "field", "value"), [*_unknown(wallet)])
    yield from (part for part in closing(wallet) if part.title == "call")


def _offer(offer: UserOffer, *, logos: bool, soon: timedelta, now: datetime) -> Html:
    parts: list[object] = []
    logo = offer.logo if logos else None
    if logo and logo.lower().startswith(("http://", "https://")):
        rule = "no-referrer"
        parts.append(
            element("img", src=logo, alt="", class_="smb-logo", referrerpolicy=rule)
        )
    parts.append(element("strong", shown(offer.name or offer.offer_id)))
    parts += [joined((" ", mark)) for mark in _marks(offer, soon, now)]
    if offer.description:
        text = shortened(offer.description, _LONGEST_DESCRIPTION)
        parts.append(element("div", text, class_="smb-soft"))
    return joined(parts)


def _marks(offer: UserOffer, soon: timedelta, now: datetime) -> Iterator[Html]:
    if offer.redeem_date is not None:
        yield badge("redeemed")
        return
    if offer.is_redeemable is False:
        yield badge("not redeemable")
    if offer.ends_at is None:
        return
    left = offer.ends_at - now
    if left < timedelta():
        yield badge("ended", "bad")
    elif left <= soon:
        yield badge(f"ends in {_span(left)}", "warning")


def _span(time: timedelta) -> str:
    if time < timedelta(hours=1):
        return counted(int(time / timedelta(minutes=1)), "minute")
    if time < _LONGEST_IN_HOURS:
        return counted(int(time / timedelta(hours=1)), "hour")
    return counted(time.days, "day")


def _unknown(wallet: OfferWallet) -> Iterator[tuple[str, str, Any]]:
    holders: list[tuple[str, Any]] = [("payload", wallet), ("user", wallet.user)]
    for kind in ("user_offers", "offer_groups", "offer_categories"):
        holders += [(f"{kind}[{i}]", m) for i, m in enumerate(getattr(wallet, kind))]
    for where, holder in holders:
        for name, value in (holder.extra if holder is not None else {}).items():
            yield where, name, shown(value, name)
