"""Whose wallet a message sees, and what comes of its calls."""

import pytest

from sessionm_braze.exceptions import ConnectError, NotFoundError, ServerError
from sessionm_braze.models import OfferWallet, UserOffer
from sessionm_braze.rendering import CannedFetcher, ConnectedContentResponse, Renderer
from sessionm_braze.snippets import wallet_block


NAME = "{{ wallet.payload.user_offers[0].name }}{{ wallet.user_offers }}"
CALL = (
    '{% capture body %}{"user_id": "{{${user_id}}}", "skip": 0, "take": 2}'
    "{% endcapture %}{% connected_content https://c.test/offers/api/2.0/offers/"
    "get_user_offers :method post :content_type application/json :body {{body}}"
    " :save mine %}{% for o in mine.payload.user_offers %}{{ o.name }}{% endfor %}-"
)


def texts(report):
    """Return the texts that occurred more than once."""
    return {each.text: each.count for each in report.texts}


@pytest.fixture
def tea():
    """A wallet with the offer of tea."""
    return OfferWallet(user_offers=(UserOffer(offer_id="o-1", name="Tea"),))


class TestUnderTheName:
    def test_by_id(self, audit, tea):
        """A mapping gives each recipient the wallet of their id."""
        report = audit(NAME, ["u-1", "u-2", "u-1"], wallets={"u-1": tea})

        assert {"Tea": 2} == texts(report)
        assert (1, ("u-2",)) == (
            report.without_wallet.count,
            report.without_wallet.sample,
        )

    def test_by_a_function(self, audit, tea):
        """A function such as ``get_wallet`` is asked by user id."""
        asked = []

        def get_wallet(user_id):
            asked.append(user_id)
            return tea

        audit(NAME, [{"external_id": "x-1"}, "u-2", {"first_name": "Ana"}],
              wallets=get_wallet)  # fmt: skip

        assert ["x-1", "u-2"] == asked

    def test_in_step(self, audit, tea):
        """An iterable gives each recipient the wallet in the same place."""
        report = audit(NAME, ["u-1", "u-2", "u-3"], wallets=iter([tea, None, tea]))

        assert {"Tea": 2} == texts(report)
        assert ("u-2",) == report.without_wallet.sample

    @pytest.mark.parametrize(
        "body",
        [
            {"status": "ok", "payload": {"user_offers": [{"name": "Tea"}]}},
            {"user_offers": [{"name": "Tea"}]},
        ],
    )
    def test_as_a_body(self, audit, body):
        """A wallet may be an answer as it came, or its payload alone."""
        assert {"Tea": 2} == texts(audit(NAME, ["a", "b"], wallets=[body, body]))

    def test_too_few_in_step_are_a_mistake(self, audit, tea):
        """Recipients without a wallet in their place would see a wrong message."""
        with pytest.raises(
            ValueError, match="no more than 1 wallet for more recipients"
        ):
            audit(NAME, ["u-1", "u-2"], wallets=[tea])

    def test_a_function_may_not_know_somebody(self, audit):
        """SessionM's 404 means that there is no wallet."""

        def get_wallet(user_id):
            raise NotFoundError(user_id, status_code=404)

        report = audit(NAME + "-", ["u-1"], wallets=get_wallet)

        assert (1, 1) == (report.sent, report.without_wallet.count)

    def test_a_function_that_fails_is_an_error_of_the_recipient(self, audit):
        """Other failures of SessionM are told by their kind."""

        def get_wallet(_):
            raise ServerError("busy", status_code=500)

        report = audit(NAME, ["u-1"], wallets=get_wallet)

        assert [("ServerError", None, "busy")] == [
            (each.kind, each.line, each.message) for each in report.failures
        ]

    @pytest.mark.parametrize("error", [TimeoutError("slow"), ConnectionError("no")])
    def test_a_function_may_fail_by_itself(self, audit, error):
        """Python's own errors of the network concern one recipient, too."""

        def get_wallet(_):
            raise error

        report = audit(NAME, ["u-1"], wallets=get_wallet)

        assert [type(error).__name__] == [each.kind for each in report.failures]

    @pytest.mark.parametrize(
        ("wallets", "kind"), [(OfferWallet(), "OfferWallet"), ("x", "str"), (5, "int")]
    )
    def test_a_single_one_is_a_mistake(self, audit, wallets, kind):
        """What holds no wallets is refused by its kind."""
        with pytest.raises(TypeError, match=f"wallets is a mapping.* {kind}"):
            audit(NAME, ["u-1"], wallets=wallets)

    def test_something_else_in_its_place_is_a_mistake(self, audit):
        """A wallet is a model or a body."""
        with pytest.raises(TypeError, match=r"a wallet is an OfferWallet.* not int"):
            audit(NAME, ["u-1"], wallets=[7])


class TestCalls:
    def test_are_answered_by_id(self, audit, tea):
        """The call gets the wallet of the id in its body, and there is no variable."""
        report = audit(CALL + "{{wallet}}", ["u-1", "u-1", "u-2"], wallets={"u-1": tea})

        assert {"Tea-": 2} == texts(report)
        assert (3, 1, {200: 2, 404: 1}) == (
            report.calls.made,
            report.calls.failed,
            report.calls.statuses,
        )
        assert ("u-2",) == report.without_wallet.sample
        assert "wallet" in {each.variable for each in report.empty_variables}

    def test_of_the_snippet_abort_where_there_is_no_wallet(self, audit, tea):
        """The block to paste asks for the wallet, and stops without one."""
        template = wallet_block() + "{{wallet.payload.user_offers[0].name}}"
        common = {"endpoint_connect": "https://c.test"}

        report = audit(template, ["u-1", "u-2"], wallets={"u-1": tea}, variables=common)

        assert (1, 1) == (report.sent, report.aborted)
        assert [("the wallet could not be read", ("u-2",))] == [
            (abort.reason, abort.sample) for abort in report.aborts
        ]

    def test_are_answered_in_step(self, audit, tea):
        """Without ids the wallet at hand answers."""
        assert {"Tea-": 2} == texts(audit(CALL, ["a", "b"], wallets=[tea, tea]))

    def test_are_answered_by_the_page_asked_for(self, audit):
        """``skip`` and ``take`` count, as they do at SessionM."""
        offers = tuple(UserOffer(offer_id=n, name=n) for n in "abc")

        report = audit(
            CALL, ["u", "u"], wallets=lambda _: OfferWallet(user_offers=offers)
        )

        assert {"ab-": 2} == texts(report)

    def test_of_content_blocks_count_too(self, audit, tea):
        """The template asks for the wallet if one of its blocks does."""
        renderer = Renderer(content_blocks={"w": CALL, "other": ""})

        report = audit(
            "{{content_blocks.${w}}}", ["u-1"] * 2, renderer, wallets={"u-1": tea}
        )

        assert {"Tea-": 2} == texts(report)

    def test_without_an_id_find_nobody(self, audit, tea):
        """An empty ``user_id`` is told as an empty variable and a failed call."""
        report = audit(CALL, [{"first_name": "Ana"}], wallets={"u-1": tea})

        assert "${user_id}" == report.empty_variables[0].variable
        assert [("status 404", 1)] == [
            (f.reason, f.count) for f in report.calls.failures
        ]

    @pytest.mark.parametrize(
        ("error", "reason"),
        [
            (ServerError(status_code=503), "status 503"),
            (TimeoutError(), "timeout"),
            (ConnectError("no"), "no connection"),
        ],
    )
    def test_fail_as_the_function_does(self, audit, error, reason):
        """A wallet function that raises stands for exactly that failure."""

        def get_wallet(_):
            raise error

        report = audit(CALL, ["u-1"], wallets=get_wallet)

        assert [(reason, 1, ("u-1",))] == [
            (each.reason, each.count, each.sample) for each in report.calls.failures
        ]
        assert (1, 1) == (report.sent, report.calls.failed)

    def test_to_others_are_left_to_the_fetcher(self, audit, tea):
        """Wallets answer their own call only."""
        other = "{% connected_content https://o.test/ :save o %}{{ o.x }}"
        fetcher = CannedFetcher({"https://o.test/": {"x": 1}})

        report = audit(
            CALL + other, ["u-1"] * 2, Renderer(fetcher), wallets={"u-1": tea}
        )

        assert {"Tea-1": 2} == texts(report)

    def test_to_others_that_nobody_answers_are_errors(self, audit, tea):
        """Without a fetcher of its own the renderer has no answer."""
        other = "{% connected_content https://o.test/ %}"

        report = audit(CALL + other, ["u-1"], wallets={"u-1": tea})

        assert ["ConnectedContentError"] == [each.kind for each in report.failures]
        assert "o.test" in report.failures[0].message
        assert (2, 1) == (report.calls.made, report.calls.failed)

    def test_without_wallets_are_the_fetchers(self, audit):
        """An audit without wallets changes nothing."""
        fetcher = CannedFetcher({})

        report = audit(CALL, ["u-1"], Renderer(fetcher))

        assert {404: 1} == report.calls.statuses
        assert 0 == report.without_wallet.count

    def test_of_failed_renders_count(self, audit):
        """What was asked before the render failed was asked."""
        fetcher = CannedFetcher({"https://o.test/": ConnectedContentResponse(500)})
        template = "{% connected_content https://o.test/ %}{{ 1 | divided_by: 0 }}"

        report = audit(template, ["u-1"], Renderer(fetcher))

        assert 1 == report.errors
        assert (1, {500: 1}) == (report.calls.failed, report.calls.statuses)
