from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from sessionm_braze.models import OfferWallet, UserOffer
from sessionm_braze.notebook import plot_by_type, plot_expiry, plot_points


matplotlib = pytest.importorskip(
    "matplotlib", reason="no matplotlib here: pictures are not tried"
)
matplotlib.use("Agg")

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def wallet_of(count, *, user_id="u-1", points=100, step=timedelta(days=2)):
    """Return a wallet whose offers end one after the other, from yesterday on."""
    return OfferWallet(
        user_id=user_id,
        available_points=points,
        user_offers=tuple(
            UserOffer(
                offer_id=f"o-{n}",
                name=f"Offer $x_{n}$ \u2013 {'long ' * 20}",
                offer_type=f"type {n % 7}",
                expiration_date=NOW - timedelta(days=1) + step * n,
            )
            for n in range(count)
        ),
    )


@pytest.fixture(autouse=True)
def _close():
    """Close every figure after a test."""
    yield
    matplotlib.pyplot.close("all")


@pytest.fixture(autouse=True)
def _never_show(monkeypatch):
    """Let a call of show fail."""

    def show(*_, **__):
        raise AssertionError("show was called")

    monkeypatch.setattr("matplotlib.pyplot.show", show)


def texts_overlap(axes):
    """Tell whether two labels of the vertical axis touch each other."""
    axes.figure.canvas.draw()
    boxes = [label.get_window_extent() for label in axes.get_yticklabels()]
    boxes.sort(key=lambda box: box.y0)
    return any(a.y1 > b.y0 for a, b in pairwise(boxes))


def everything_fits(axes):
    """Return whether all that was drawn lies within the figure."""
    box, figure = axes.get_tightbbox(), axes.figure.bbox
    return box.x0 >= -1 and box.y0 >= -1 and box.x1 <= figure.x1 + 1


class TestExpiry:
    def test_has_a_bar_for_each_offer(self):
        """A few offers have a bar each, as long as the days they have left."""
        axes = plot_expiry(wallet_of(5), now=NOW)

        assert [-1, 1, 3, 5, 7] == [bar.get_width() for bar in axes.patches]
        assert "days from 2026-05-04 12:00 UTC" == axes.get_xlabel()
        assert "When offers end: 5 offers" == axes.get_title()

    def test_says_what_the_colours_mean(self):
        """Ended, soon and later are told apart in a legend."""
        legend = plot_expiry(wallet_of(8), now=NOW).get_legend()

        assert ["ended already", "within 7 days", "later"] == [
            text.get_text() for text in legend.get_texts()
        ]

    @pytest.mark.parametrize(
        ("step", "unit"),
        [
            (timedelta(hours=5), "day"),
            (timedelta(days=2), "week"),
            (timedelta(days=8), "month"),
            (timedelta(days=90), "year"),
        ],
    )
    def test_is_legible_with_a_hundred_offers(self, step, unit):
        """Of many offers the bars count, and no label touches another."""
        axes = plot_expiry(wallet_of(100, step=step), now=NOW)

        assert 100 == sum(bar.get_width() for bar in axes.patches)
        assert f"{unit} in which they end" == axes.get_ylabel()
        assert len(axes.patches) <= 32
        assert not texts_overlap(axes)
        assert everything_fits(axes)

    def test_counts_offers_without_an_end(self):
        """Offers that never end are told in the title."""
        wallet = OfferWallet(user_offers=(UserOffer(offer_id="o"),))

        assert "1 offer, 1 without an end" in plot_expiry(wallet, now=NOW).get_title()

    def test_draws_names_as_they_are(self):
        """A name with dollar signs is no formula, and a long one is cut."""
        axes = plot_expiry(wallet_of(30), now=NOW)
        axes.figure.canvas.draw()

        assert (
            axes.get_yticklabels()[3].get_text().startswith("Offer $x_3$ \u2013 long")
        )
        assert axes.get_yticklabels()[3].get_text().endswith("\u2026")
        assert not texts_overlap(axes)
        assert everything_fits(axes)

    def test_draws_on_given_axes(self):
        """Axes that are handed in are drawn on and given back."""
        axes = matplotlib.figure.Figure().subplots()

        assert axes is plot_expiry(wallet_of(3), ax=axes, now=NOW)


class TestByType:
    def test_counts_over_many_wallets(self):
        """Offers of all wallets are counted, the most frequent type on top."""
        axes = plot_by_type([wallet_of(8), wallet_of(1)])

        assert [3, 1, 1, 1, 1, 1, 1] == [bar.get_width() for bar in axes.patches]
        assert "type 0" == axes.get_yticklabels()[0].get_text()
        assert "Offers by type: 9 offers in 2 wallets" == axes.get_title()

    def test_takes_names_as_they_are(self):
        """A name with dollar signs is no formula, which could not be drawn."""
        offer = UserOffer(offer_id="o", offer_type=r"$\half off$")
        axes = plot_by_type(OfferWallet(user_offers=(offer,)))

        axes.figure.canvas.draw()

        assert [r"$\half off$"] == [x.get_text() for x in axes.get_yticklabels()]

    def test_takes_a_lone_wallet(self):
        """One wallet is as good as many."""
        assert "7 offers in 1 wallet" in plot_by_type(wallet_of(7)).get_title()

    def test_puts_rare_types_together(self):
        """Beyond thirty types the rest has one bar."""
        offers = (UserOffer(offer_id="o", offer_type=f"t{n}") for n in range(40))
        axes = plot_by_type(OfferWallet(user_offers=tuple(offers)))

        assert "10 other types" == axes.get_yticklabels()[-1].get_text()
        assert 40 == sum(bar.get_width() for bar in axes.patches)
        assert not texts_overlap(axes)


class TestPoints:
    def test_ranks_customers(self):
        """Customers stand in the order of their points; those without are left out."""
        wallets = [wallet_of(0, user_id=f"u-{p}", points=p) for p in (5, 70, None)]
        axes = plot_points(wallets)

        assert ["u-70", "u-5"] == [each.get_text() for each in axes.get_yticklabels()]
        assert "Points: 75 of 2 customers" == axes.get_title()

    def test_counts_many_customers(self):
        """Many customers are counted by about how many points they have."""
        axes = plot_points([wallet_of(0, points=n) for n in range(100)])

        assert 100 == sum(bar.get_height() for bar in axes.patches)
        assert "customers" == axes.get_ylabel()

    @pytest.mark.parametrize("plot", [plot_points, plot_by_type, plot_expiry])
    def test_an_empty_wallet_gives_empty_axes(self, plot):
        """Nothing to draw is no error."""
        assert 0 == len(plot(OfferWallet()).patches)
