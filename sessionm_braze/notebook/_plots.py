"""Pictures of wallets; each returns the axes it drew on, and shows nothing itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .._display import counted
from .._foreign import one_line
from ..models import OfferWallet, UserOffer


if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.container import BarContainer
    from matplotlib.patches import Rectangle


Wallets = OfferWallet | Iterable[OfferWallet]

MOST_BARS = 30
"""Bars up to which each thing has a bar of its own."""

_ROW_HEIGHT = 0.28
_FIGURE_WIDTH = 8.0
_LONGEST_NAME = 32
_SOON_ENDING = timedelta(days=7)
_COLOURS = {"soon": "#c0572b", "later": "#3b6ea5", "ended": "#8a929b"}
_MEANINGS = {"soon": "within 7 days", "later": "later", "ended": "ended already"}


def plot_expiry(
    wallet: OfferWallet, *, ax: Axes | None = None, now: datetime | None = None
) -> Axes:
    """Draw when the offers of a wallet end.

    Up to thirty offers have a bar each, from now to the end, the soonest on top; of
    more, the bars count how many end on a day, in a week or in a month.

    Args:
        wallet: The wallet; offers without an end are counted in the title.
        ax: Axes to draw on; by default new ones.
        now: An aware datetime to count from; by default the wallet's `as_of`, or the
            current time for one made by hand.

    Raises:
        ImportError: If matplotlib is not installed.
    """
    start = wallet.moment(now)
    ending = sorted(
        ((offer.ends_at, offer) for offer in wallet if offer.ends_at is not None),
        key=lambda pair: pair[0],
    )
    each = len(ending) <= MOST_BARS
    axes = ax or _axes(len(ending) if each else MOST_BARS // 2)
    if each:
        _offer_bars(axes, ending, start)
    else:
        _date_bars(axes, [end for end, _ in ending], start)
    rest = len(wallet) - len(ending)
    without = f", {rest} without an end" if rest else ""
    axes.set_title(f"When offers end: {counted(len(wallet), 'offer')}{without}")
    return axes


def plot_by_type(wallets: Wallets, *, ax: Axes | None = None) -> Axes:
    """Draw how many offers there are of each type.

    Args:
        wallets: A wallet, or many.
        ax: Axes to draw on; by default new ones.

    Raises:
        ImportError: If matplotlib is not installed.
    """
    given = _several(wallets)
    counts = Counter(offer.offer_type or "no type" for each in given for offer in each)
    ranked = counts.most_common()
    bars = ranked[:MOST_BARS]
    if len(ranked) > MOST_BARS:
        others = sum(count for _, count in ranked[MOST_BARS:])
        bars.append((counted(len(ranked) - MOST_BARS, "other type"), others))
    axes = ax or _axes(len(bars))
    _bars(axes, [name for name, _ in bars], [count for _, count in bars])
    axes.set_xlabel("offers")
    axes.locator_params(axis="x", integer=True)
    total = counted(sum(counts.values()), "offer")
    axes.set_title(f"Offers by type: {total} in {counted(len(given), 'wallet')}")
    return axes


def plot_points(wallets: Wallets, *, ax: Axes | None = None) -> Axes:
    """Draw the points that customers can spend.

    Up to thirty customers have a bar each; of more, the bars count how many customers
    have about as many points.

    Args:
        wallets: A wallet, or many; those without a figure are left out.
        ax: Axes to draw on; by default new ones.

    Raises:
        ImportError: If matplotlib is not installed.
    """
    found = [
        (each.user_id or "?", each.available_points)
        for each in _several(wallets)
        if each.available_points is not None
    ]
    found.sort(key=lambda pair: -pair[1])
    points = [value for _, value in found]
    if len(found) <= MOST_BARS:
        axes = ax or _axes(len(found))
        _bars(axes, [name for name, _ in found], points)
        axes.set_xlabel("points available")
    else:
        axes = ax or _axes(MOST_BARS // 2)
        axes.hist(points, bins="auto", color=_COLOURS["later"])
        axes.set_xlabel("points available")
        axes.set_ylabel("customers")
    axes.set_title(f"Points: {sum(points):,} of {counted(len(found), 'customer')}")
    return axes


def _several(wallets: Wallets) -> Sequence[OfferWallet]:
    return [wallets] if isinstance(wallets, OfferWallet) else list(wallets)


def _axes(rows: int) -> Axes:
    """Return new axes with room for a number of rows."""
    try:
        from matplotlib import pyplot as plt  # noqa: PLC0415 - an extra
    except ImportError:
        raise ImportError(
            "pictures need matplotlib: pip install 'sessionm-braze[notebook]'"
        ) from None
    height = max(rows, 3) * _ROW_HEIGHT + 1.2
    _, axes = plt.subplots(figsize=(_FIGURE_WIDTH, height), layout="constrained")
    return axes


def _bars(axes: Axes, names: Sequence[str], values: Sequence[float]) -> BarContainer:
    """Draw bars from the left, the first on top, with the value at each end."""
    places = range(len(names))
    drawn = axes.barh(places, list(values), color=_COLOURS["later"])
    axes.bar_label(drawn, [f"{value:,}" for value in values], padding=3)
    _name_rows(axes, names)
    axes.margins(x=0.12, y=0.02)
    return drawn


def _name_rows(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [_one_line(name) for name in names])
    for label in axes.get_yticklabels():
        label.set_parse_math(False)
    axes.invert_yaxis()


def _one_line(name: str) -> str:
    """Return a name that fits beside a bar, on one line."""
    line = one_line(" ".join(name.split()))
    return line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1] + "\u2026"


def _offer_bars(
    axes: Axes, ending: Sequence[tuple[datetime, UserOffer]], now: datetime
) -> None:
    days = [(end - now) / timedelta(days=1) for end, _ in ending]
    drawn = axes.barh(range(len(days)), days)
    _colour(axes, drawn, [_when(end, now) for end, _ in ending])
    axes.margins(y=0.02)
    axes.axvline(0, color="#8a929b", linewidth=1)
    _name_rows(axes, [offer.name or offer.offer_id for _, offer in ending])
    axes.set_xlabel(f"days from {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC")


def _colour(axes: Axes, drawn: BarContainer, kinds: Sequence[str]) -> None:
    """Colour bars by when they end, and say what the colours mean."""
    known: dict[str, Rectangle] = {}
    for patch, kind in zip(drawn, kinds, strict=True):
        patch.set_color(_COLOURS[kind])
        known.setdefault(kind, patch)
    if known:
        axes.legend(list(known.values()), [_MEANINGS[kind] for kind in known])


def _when(end: datetime, now: datetime) -> str:
    if end < now:
        return "ended"
    return "soon" if end - now <= _SOON_ENDING else "later"


def _date_bars(axes: Axes, ends: Sequence[datetime], now: datetime) -> None:
    span = ends[-1] - ends[0]
    word, form = _unit(span)
    counts: Counter[Any] = Counter()
    kinds: dict[Any, str] = {}
    for end in ends:
        key = _first_day(end.astimezone(UTC), word)
        counts[key] += 1
        kinds.setdefault(key, _when(end, now))
    names = [f"{key:{form}}" for key in counts]
    drawn = _bars(axes, names, list(counts.values()))
    _colour(axes, drawn, list(kinds.values()))
    axes.locator_params(axis="x", integer=True)
    axes.set_xlabel("offers")
    axes.set_ylabel(f"{word} in which they end")


def _unit(span: timedelta) -> tuple[str, str]:
    if span <= timedelta(days=MOST_BARS):
        return "day", "%Y-%m-%d"
    if span <= timedelta(weeks=MOST_BARS):
        return "week", "from %Y-%m-%d"
    return (
        ("month", "%Y-%m") if span <= timedelta(days=30 * MOST_BARS) else ("year", "%Y")
    )


def _first_day(moment: datetime, unit: str) -> Any:
    day = moment.date()
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if unit == "year" else day
