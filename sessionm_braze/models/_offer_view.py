"""How offers look in a notebook: those of a wallet, and those that changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from .._display import (
    Html,
    Section,
    badge,
    counted,
    element,
    joined,
    model_fields,
    panel,
    shortened,
    shown,
    table,
)
from ._offers import OfferCategory, OfferGroup, UserOffer


_LONGEST_IN_HOURS = timedelta(hours=48)
_LONGEST_DESCRIPTION = 160


def offer_sections(
    offers: Sequence[UserOffer],
    groups: Sequence[OfferGroup],
    categories: Sequence[OfferCategory],
    *,
    rows: int,
    logos: bool,
    soon: timedelta,
    now: datetime,
) -> Iterator[Section]:
    """Yield the offers, at most *rows* of them, their groups and their categories."""
    columns = ("offer", "ends (UTC)", "type", "group", "offer id")
    names = {group.id: group.name for group in groups}
    lines = (
        (
            _offer(offer, logos=logos, soon=soon, now=now),
            offer.ends_at,
            offer.offer_type,
            names.get(offer.offer_group_id) or offer.offer_group_id,
            offer.offer_id,
        )
        for offer in offers
    )
    yield Section(
        title="offers",
        body=table(columns, lines, total=len(offers), limit=rows),
        count=len(offers),
        open=True,
    )
    held = Counter(offer.offer_group_id for offer in offers)
    yield listed(
        "groups",
        ("name", "offers", "order", "id"),
        [(each.name, held[each.id], each.sort_order, each.id) for each in groups],
    )
    yield listed(
        "categories",
        ("name", "order", "id"),
        [(each.name, each.sort_order, each.id) for each in categories],
    )


def ending_badges(count: int, soon: timedelta) -> Iterator[Html]:
    """Yield the mark that *count* offers end within *soon*, if any does."""
    if count:
        verb = "ends" if count == 1 else "end"
        yield badge(f"{count:,} {verb} within {_span(soon)}", "warning")


def difference_html(
    gained: Sequence[UserOffer],
    lost: Sequence[UserOffer],
    changed: Sequence[tuple[UserOffer, UserOffer]],
    points: float | None,
) -> Html:
    """Return the view of `WalletDifference`."""
    columns = ("offer", "ends (UTC)", "offer id")
    more = [_line(offer) for offer in gained]
    less = [_line(offer) for offer in lost]
    other = [(*_line(new), _changes(old, new)) for old, new in changed]
    return panel(
        "Wallet difference",
        facts=[
            f"{len(gained):,} gained",
            f"{len(lost):,} lost",
            f"{len(changed):,} changed",
            None
            if points is None
            else f"{'+' * (points > 0)}{counted(points, 'point')}",
        ],
        sections=[
            listed("gained", columns, more, unfolded=bool(more)),
            listed("lost", columns, less, unfolded=bool(less)),
            listed("changed", (*columns, "changes"), other, unfolded=bool(other)),
        ],
    )


def listed(
    title: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[object, ...]],
    *,
    unfolded: bool = False,
) -> Section:
    """Return *rows* as a section."""
    body = table(columns, rows, total=len(rows))
    return Section(title=title, body=body, count=len(rows), open=unfolded)


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
