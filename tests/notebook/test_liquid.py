import pytest

from sessionm_braze.models import OfferWallet, load
from sessionm_braze.notebook import liquid_view
from sessionm_braze.rendering import CannedFetcher, Renderer


BODY = {
    "status": "ok",
    "payload": {
        "user": {"opted_in": True, "shoe size": 38},
        "user_offers": [
            {"offer_id": "o-1", "name": "Tea", "media": []},
            {"offer_id": "o-2", "name": "<b>Cake</b>", "points": 1.5},
        ],
        "offer_groups": [],
        "available_points": 100,
        "total_points": None,
        "auth_token": "hush",
        "extras": {},
    },
}


@pytest.fixture
def wallet():
    """Return a wallet as the server would send it."""
    return load(OfferWallet, BODY)


class TestPaths:
    def test_hold_every_value(self, wallet):
        """Each path has its value, sizes of lists among them."""
        view = liquid_view(wallet)

        assert "o-2" == view["wallet.payload.user_offers[1].offer_id"]
        assert 2 == view["wallet.payload.user_offers.size"]
        assert 38 == view['wallet.payload.user["shoe size"]']
        assert view["wallet.payload.total_points"] is None

    def test_are_what_a_template_can_use(self, wallet):
        """Every path, written into a template, gives what the value prints as."""
        url = "https://c.test/offers/api/2.0/offers/get_user_offers"
        renderer = Renderer(CannedFetcher({url: wallet}))
        call = f"{{% connected_content {url} :method post :save w %}}"
        view = liquid_view(wallet, "w")

        for path, value in view.items():
            printed = renderer.render(f"{call}{{{{{path}}}}}").text
            bare = renderer.render("{{ value }}", {"value": value}).text
            assert (path, bare) == (path, printed)

    def test_begin_with_the_name_after_save(self, wallet):
        """The name is the one that the template saves under."""
        assert all(
            path.startswith("offers_of.") for path in liquid_view(wallet, "offers_of")
        )

    def test_refuse_a_name_that_is_none(self, wallet):
        """What Liquid cannot read as a name is refused."""
        with pytest.raises(ValueError, match="name must be a word"):
            liquid_view(wallet, "my wallet")


class TestSearch:
    def test_looks_at_paths_and_values(self, wallet):
        """A word is found in a path or in a value, in any case."""
        view = liquid_view(wallet)

        assert ["wallet.payload.user_offers[0].name"] == list(view.search("tea"))
        assert 2 == len(view.search("OFFER_ID"))
        assert ["wallet.payload.user_offers[1].name"] == list(view.search("name cake"))
        assert 0 == len(view.search("nowhere"))


class TestViews:
    def test_repr_is_one_line(self, wallet):
        """The repr says how many paths there are."""
        assert "LiquidView(16 paths, first wallet.status)" == repr(liquid_view(wallet))

    def test_html_is_escaped_and_masked(self, wallet):
        """A notebook shows paths and values, foreign text as text, and no token."""
        html = liquid_view(wallet)._repr_html_()

        assert "{{wallet.payload.available_points}}" in html
        assert "&lt;b&gt;Cake&lt;/b&gt;" in html
        assert "hush" not in html

    def test_html_is_capped(self):
        """A large wallet's view shows its first paths, and says so."""
        offers = [{"offer_id": str(n)} for n in range(500)]
        wallet = load(OfferWallet, {"payload": {"user_offers": offers}})

        assert "The first 200 of 502 are shown." in liquid_view(wallet)._repr_html_()

    def test_is_a_frame_too(self, wallet):
        """Paths and values make a frame."""
        pytest.importorskip("pandas", reason="no pandas here: frames are not tried")
        frame = liquid_view(wallet).to_frame()

        assert ["path", "value"] == list(frame.columns)
        assert len(liquid_view(wallet)) == len(frame)
