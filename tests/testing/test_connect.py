"""SessionM Connect: wallets, points, and routes of one's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sessionm_braze.exceptions import AuthenticationError, NotFoundError
from sessionm_braze.testing import Answer, Sandbox


WALLET = "/offers/api/2.0/offers/get_user_offers"
BALANCES = "/incentives/api/1.0/user_points/all_balances"


def payload(answer):
    """Return the payload of a success."""
    assert (200, "ok") == (answer.status_code, answer.json()["status"])
    return answer.json()["payload"]


@pytest.mark.usefixtures("ana")
class TestWallet:
    def test_shape_of_an_empty_wallet(self, front):
        """All fields of the partner page are there, also without offers."""
        front.sandbox.sessionm.deposit_points("u-1", 1100)
        front.sandbox.sessionm.spend_points("u-1", 1000)

        wallet = payload(front.connect(WALLET, user_id="u-1"))

        everything = {
            "id": "00000000-0000-0000-0000-000000000000",
            "name": "All Offers",
            "sort_order": 0,
        }
        assert ("u-1", [], 0) == (
            wallet["user_id"],
            wallet["user_offers"],
            wallet["total_records"],
        )
        assert [everything] == wallet["offer_groups"] == wallet["offer_categories"]
        assert (1000, 100) == (wallet["total_points"], wallet["available_points"])
        assert {"opted_in", "activated"} <= wallet["user"].keys()

    def test_fields_of_an_offer(self, front):
        """An offer carries what was said when it was issued, times in UTC."""
        offer = front.sandbox.sessionm.issue_offer(
            "u-1",
            name="Free coffee",
            description="One espresso",
            terms="Once",
            offer_type="percent_discount",
            group="Drinks",
            media=[{"uri": "https://img.example/d.mp4", "content_type": 2}],
            expires=timedelta(days=30),
            logo="https://img.example/c.png",
            pos_discount_id="8841",
            quantity=1,
        )

        wallet = payload(front.connect(WALLET, user_id="u-1"))
        (shown,) = wallet["user_offers"]

        assert offer.id == shown["id"]
        assert (offer.offer_id, offer.root_offer_id) == (
            shown["offer_id"],
            shown["root_offer_id"],
        )
        assert "2026-06-03T12:00:00Z" == shown["expiration_date"]
        assert "2026-05-04T12:00:00Z" == shown["acquire_date"]
        assert [1, 2] == [medium["content_type"] for medium in shown["media"]]
        assert "https://img.example/c.png" == shown["media"][0]["uri"]
        assert shown["offer_group_id"] == wallet["offer_groups"][1]["id"]
        assert (True, None, 1) == (
            shown["is_redeemable"],
            shown["redeem_date"],
            shown["quantity"],
        )

    def test_offers_share_a_group(self, front):
        """A group is made once, and its offers refer to it."""
        for name in ("tea", "coffee"):
            front.sandbox.sessionm.issue_offer("u-1", name=name, group="Drinks")

        wallet = payload(front.connect(WALLET, user_id="u-1"))

        (drinks,) = wallet["offer_groups"][1:]
        assert {drinks["id"]} == {o["offer_group_id"] for o in wallet["user_offers"]}

    def test_culture_without_the_default(self, front):
        """Where even the default culture is missing, any text is better than none."""
        front.sandbox.sessionm.issue_offer("u-1", name={"de-DE": "Kaffee"})

        wallet = payload(front.connect(WALLET, user_id="u-1", culture="fr-FR"))

        assert "Kaffee" == wallet["user_offers"][0]["name"]

    def test_used_revoked_and_expired_offers_are_gone(self, front):
        """The wallet holds what is issued now, and nothing else."""
        side = front.sandbox.sessionm
        used = side.issue_offer("u-1", name="used")
        taken = side.issue_offer("u-1", name="taken away")
        side.issue_offer("u-1", name="over soon", expires=timedelta(hours=1))
        side.issue_offer("u-1", name="stays", expires=timedelta(hours=2))
        side.redeem_offer(used)
        side.revoke_offer(taken)
        front.sandbox.clock.advance(hours=1)

        wallet = payload(front.connect(WALLET, user_id="u-1"))

        assert ["stays"] == [offer["name"] for offer in wallet["user_offers"]]

    def test_offer_that_starts_later_cannot_be_redeemed_yet(self, front):
        """An offer is in the wallet before its redemption opens."""
        opens = datetime(2026, 5, 5, tzinfo=UTC)
        front.sandbox.sessionm.issue_offer("u-1", name="tomorrow", starts=opens)

        before = payload(front.connect(WALLET, user_id="u-1"))["user_offers"][0]
        front.sandbox.clock.advance(days=1)
        after = payload(front.connect(WALLET, user_id="u-1"))["user_offers"][0]

        assert [False, True] == [before["is_redeemable"], after["is_redeemable"]]

    def test_pages(self, front):
        """`skip` and `take` cut a page; the total is that before paging."""
        for number in range(5):
            front.sandbox.sessionm.issue_offer("u-1", name=f"offer {number}")

        page = payload(front.connect(WALLET, user_id="u-1", skip=3, take=4))

        names = [offer["name"] for offer in page["user_offers"]]
        assert (["offer 3", "offer 4"], 5) == (names, page["total_records"])

    @pytest.mark.parametrize(
        ("culture", "name"),
        [
            ("pt-BR", "Café grátis"),
            ("pt", "Café grátis"),
            ("en-US", "Free coffee"),
            ("fr-FR", "Free coffee"),
            (None, "Free coffee"),
        ],
    )
    def test_culture(self, front, culture, name):
        """Texts come in the culture asked for, a bare language included."""
        texts = {"en-US": "Free coffee", "pt-BR": "Café grátis"}
        front.sandbox.sessionm.issue_offer("u-1", name=texts)

        wallet = payload(front.connect(WALLET, user_id="u-1", culture=culture))

        assert name == wallet["user_offers"][0]["name"]

    def test_pending_offers_come_only_when_asked_for(self, front):
        """Offers with pending extended data are left out by default."""
        side = front.sandbox.sessionm
        side.issue_offer("u-1", name="pending", pending_extended_data=True)

        without = payload(front.connect(WALLET, user_id="u-1"))
        with_them = payload(
            front.connect(WALLET, user_id="u-1", include_pending_extended_data=True)
        )

        assert [0, 1] == [without["total_records"], with_them["total_records"]]

    @pytest.mark.parametrize("page", [{"skip": -1}, {"take": 0}, {"take": "10"}])
    def test_bad_page_is_refused(self, front, page):
        """A page that makes no sense is 400."""
        answer = front.connect(WALLET, user_id="u-1", **page)

        assert (400, "error") == (answer.status_code, answer.json()["status"])


class TestPoints:
    def test_balances(self, front, ana):
        """Each account shows what is left and what was ever given."""
        side = front.sandbox.sessionm
        side.deposit_points(ana, 100)
        side.deposit_points(ana, 7.5, account="Bonus points")
        side.spend_points(ana, 60)

        balances = payload(front.connect(BALANCES, user_id=ana.user_id))

        shown = {
            account["account_name"]: (
                account["available_balance"],
                account["life_time_value"],
            )
            for account in balances["details"]
        }
        assert {"Base points": (40, 100), "Bonus points": (7.5, 7.5)} == shown
        assert {"total_points": 47.5, "life_time_points": 107.5} == balances["summary"]


class TestOwnRoutes:
    def test_function_answers(self, front):
        """What the function returns is the payload."""
        front.sandbox.sessionm.route("/catalog/x", lambda body: {"got": body["item"]})

        answer = front.connect("/catalog/x", item=7)

        assert {"got": 7} == payload(answer)
        assert [] == front.sandbox.problems()

    def test_function_may_refuse(self, front):
        """An `Answer` is sent as it is, with whatever status."""
        refusal = Answer.of({"status": "error"}, status=299, headers={"X-Own": "1"})
        front.sandbox.sessionm.route("/catalog/x", lambda _body: refusal)

        answer = front.connect("/catalog/x")

        assert (299, "1") == (answer.status_code, answer.headers["x-own"])


class TestRefusals:
    def test_wrong_credential(self, front):
        """Connect has a credential of its own."""
        wrong = {"Authorization": front.authorization("core")}

        answer = front.call("connect", "POST", WALLET, json={}, headers=wrong)

        assert 401 == answer.status_code

    @pytest.mark.parametrize("body", [{}, {"retailer_id": "other"}, []])
    def test_retailer_is_needed(self, front, body):
        """Every body names the retailer."""
        answer = front.call("connect", "POST", WALLET, json=body)

        assert (400, "error") == (answer.status_code, answer.json()["status"])

    def test_broken_json(self, front):
        """A body that is no JSON is 400."""
        answer = front.call("connect", "POST", WALLET, data=b"{")

        assert (400, "error") == (answer.status_code, answer.json()["status"])

    def test_unknown_user_has_an_empty_wallet(self, front):
        """The offers service knows no users, so that a wrong id has no offers."""
        shown = payload(front.connect(WALLET, user_id="nobody"))

        assert ("nobody", [], 0) == (
            shown["user_id"],
            shown["user_offers"],
            shown["total_records"],
        )
        assert [] == front.sandbox.problems()

    def test_unknown_user_may_be_404(self):
        """A sandbox can be told to refuse unknown users."""
        with Sandbox(unknown_user="not_found") as sandbox:
            with pytest.raises(NotFoundError):
                sandbox.connect.get_wallet("nobody")
            sandbox.reset()
            with pytest.raises(NotFoundError):
                sandbox.connect.get_wallet("nobody")
        with pytest.raises(ValueError, match="unknown_user must be 'empty' or"):
            Sandbox(unknown_user="404")

    def test_unknown_route_is_404_and_noted(self, front):
        """Nobody answers where no route is, and a strict sandbox fails."""
        assert 404 == front.connect("/catalog/none").status_code
        assert ["no such route: POST connect /catalog/none"] == front.sandbox.problems()


class TestRealClient:
    def test_joins_the_pages(self, front, ana):
        """The client gets every offer once, over all pages."""
        for number in range(25):
            front.sandbox.sessionm.issue_offer(ana, name=f"offer {number}")

        offers = front.connect_client().iter_user_offers(ana.user_id, page_size=10)

        assert [f"offer {n}" for n in range(25)] == [offer.name for offer in offers]
        assert 3 == len(front.sandbox.requests.to("connect", WALLET))

    def test_errors(self, front):
        """The client raises what the status asks for."""
        client = front.connect_client()

        with pytest.raises(NotFoundError):
            client.request("POST", "/none")
        front.sandbox.reset()
        denied = type(client)(
            front.urls.connect,
            authorization="Basic d3Jvbmc=",
            retailer_id="r",
            **front.settings(),
        )
        with pytest.raises(AuthenticationError):
            denied.get_user_offers("u-1")
