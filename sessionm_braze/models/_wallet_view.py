"""How a wallet looks in a notebook."""

from __future__ import annotations

from collections.abc import Iterator
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
    return panel(
        "Offer wallet",
        facts=_facts(wallet),
        badges=_wallet_badges(wallet, at, soon),
        sections=_sections(wallet, rows, logos=logos, soon=soon, now=at),
    )


def difference_html(difference: WalletDifference) -> Html:
    """Return the view of what changed from one wallet to another."""
    points = difference.available_points
    parts = [
        (name, [_line(offer) for offer in getattr(difference, name)])
        for name in ("gained", "lost")
    ]
    changed = [(*_line(new), _changes(old, new)) for old, new in difference.changed]
    sections = [
        _listed(name, ("offer", "ends (UTC)", "offer id"), rows) for name, rows in parts
    ]
    columns = ("offer", "ends (UTC)", "offer id", "changes")
    return panel(
        "Wallet difference",
        facts=[
            f"{len(difference.gained)} gained",
            f"{len(difference.lost)} lost",
            f"{len(difference.changed)} changed",
            None if points is None else f"{points:+,} points",
        ],
        sections=[*sections, _listed("changed", columns, changed)],
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
    title: str, columns: tuple[str, ...], rows: list[tuple[object, ...]]
) -> Section:
    body = table(columns, rows, total=len(rows))
    return Section(title=title, body=body, count=len(rows), open=bool(rows))


def _facts(wallet: OfferWallet) -> list[object]:
    of_all = ""
    if wallet.total_records is not None and wallet.total_records > len(wallet):
        of_all = f" of {wallet.total_records:,}"
    facts: list[object] = [
        wallet.user_id,
        counted(len(wallet), "offer") + of_all,
    ]
    if wallet.available_points is not None:
        facts.append(f"{number(wallet.available_points)} points available")
    if wallet.total_points is not None:
        facts.append(f"{number(wallet.total_points)} points in total")
    return facts


def _wallet_badges(
    wallet: OfferWallet, now: datetime, soon: timedelta
) -> Iterator[Html]:
    count = len(wallet.expiring(soon, now))
    if count:
        verb = "ends" if count == 1 else "end"
        yield badge(f"{count} {verb} within {_span(soon)}", "warning")


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
    yield Section(title="groups", body=_groups(wallet), count=len(wallet.offer_groups))
    yield Section(
        title="categories", body=_categories(wallet), count=len(wallet.offer_categories)
    )
    yield Section(title="user", body=_user(wallet))
    unknown = list(_unknown(wallet))
    yield Section(
        title="unknown fields",
        body=table(("where", "field", "value"), unknown, total=len(unknown)),
        count=len(unknown),
    )
    yield from (part for part in closing(wallet) if part.title == "call")


def _offer(offer: UserOffer, *, logos: bool, soon: timedelta, now: datetime) -> Html:
    parts: list[object] = [_logo(offer)] if logos else []
    parts.append(element("strong", shown(offer.name or offer.offer_id)))
    parts += [joined((" ", mark)) for mark in _marks(offer, soon, now)]
    if offer.description:
        text = shortened(offer.description, _LONGEST_DESCRIPTION)
        parts.append(element("div", text, class_="smb-soft"))
    return joined(parts)


def _logo(offer: UserOffer) -> Html:
    uri = offer.logo
    if uri is None or not uri.lower().startswith(("http://", "https://")):
        return Html()
    return element(
        "img", src=uri, alt="", class_="smb-logo", referrerpolicy="no-referrer"
    )


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


def _groups(wallet: OfferWallet) -> Html:
    held = [offer.offer_group_id for offer in wallet]
    return table(
        ("name", "offers", "order", "id"),
        (
            (group.name, held.count(group.id), group.sort_order, group.id)
            for group in wallet.offer_groups
        ),
        total=len(wallet.offer_groups),
    )


def _categories(wallet: OfferWallet) -> Html:
    return table(
        ("name", "order", "id"),
        ((each.name, each.sort_order, each.id) for each in wallet.offer_categories),
        total=len(wallet.offer_categories),
    )


def _user(wallet: OfferWallet) -> Html:
    return pairs([] if wallet.user is None else model_fields(wallet.user))


def _unknown(wallet: OfferWallet) -> Iterator[tuple[str, str, Any]]:
    holders: list[tuple[str, Any]] = [("payload", wallet), ("user", wallet.user)]
    for kind in ("user_offers", "offer_groups", "offer_categories"):
        holders += [(f"{kind}[{i}]", m) for i, m in enumerate(getattr(wallet, kind))]
    for where, holder in holders:
        for name, value in (holder.extra if holder is not None else {}).items():
            yield where, name, shown(value, name)
