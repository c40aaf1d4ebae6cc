from __future__ import annotations

import pytest

from sessionm_braze import PayloadError


def _offer(number, **more):
    return {"id": f"copy-{number}", "offer_id": f"offer-{number}", **more}


def _wallet(offers, **more):
    payload = {"user_id": "u", "user_offers": offers, **more}
    return {"status": "ok", "payload": payload}


class Server:
    """Answers `get_user_offers` from a list, page by page."""

    def __init__(self, offers, *, shift=0, ignores_skip=False, cap=None, total=True):
        self.offers = offers
        self.shift = shift
        self.ignores_skip = ignores_skip
        self.cap = cap
        self.total = total
        self.asked = []

    def __call__(self, body):
        """Return one page."""
        self.asked.append((body["skip"], body["take"]))
        take = min(body["take"], self.cap or body["take"])
        start = 0 if self.ignores_skip else max(0, body["skip"] - self.shift)
        more = {"total_records": len(self.offers)} if self.total else {}
        return _wallet(self.offers[start : start + take], **more)


@pytest.fixture
def serve(wire):
    """Let a server answer every request."""

    def put(server):
        wire.answer = server
        return server

    return put


class TestGetUserOffers:
    def test_sends_the_page_request(self, connect, wire):
        """The request is that of the partner page."""
        wire.answer = _wallet([])
        connect.get_user_offers("u-1")

        assert ["/offers/api/2.0/offers/get_user_offers"] == wire.paths
        assert {
            "retailer_id": "retailer-1",
            "user_id": "u-1",
            "skip": 0,
            "take": 1000,
            "include_pending_extended_data": False,
            "culture": "en-US",
        } == wire.body

    def test_takes_further_fields(self, connect, wire):
        """Fields of the request that have no argument go through `extra`."""
        wire.answer = _wallet([])
        extra = {"store_id": "s", "nested": {"a": [1]}}
        connect.get_user_offers(
            "u",
            culture="pt-BR",
            skip=20,
            take=10,
            include_pending_extended_data=True,
            extra=extra,
        )

        sent = {"culture": "pt-BR", "skip": 20, "take": 10, "store_id": "s"}
        assert sent.items() <= wire.body.items()
        assert {"store_id": "s", "nested": {"a": [1]}} == extra

    @pytest.mark.parametrize(
        ("wrong", "error", "says"),
        [
            ({"user_id": ""}, ValueError, "user_id must not be blank, got ''"),
            ({"user_id": None}, TypeError, "user_id must be a string, got None"),
            ({"take": 0}, ValueError, "take must be 1 or more, got 0"),
            ({"take": True}, TypeError, "take must be an int, got True"),
            ({"skip": -1}, ValueError, "skip must be 0 or more, got -1"),
            ({"skip": 1.0}, TypeError, "skip must be an int, got 1.0"),
            ({"culture": " "}, ValueError, "culture must not be blank"),
            (
                {"include_pending_extended_data": 1},
                TypeError,
                "include_pending_extended_data must be True or False, got 1",
            ),
            ({"extra": {"take": 5}}, ValueError, "extra must not name take"),
            ({"extra": ["x"]}, TypeError, "extra must be a mapping"),
        ],
        ids=str,
    )
    def test_refuses_bad_input_unsent(self, wrong, error, says, connect, wire):
        """Bad input names the field, the value and the rule; nothing is sent."""
        arguments = {"user_id": "u", **wrong}
        with pytest.raises(error, match=says):
            connect.get_user_offers(arguments.pop("user_id"), **arguments)

        assert [] == wire.requests

    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            ({"status": "ok"}, "required field missing @ $.payload"),
            (
                {"status": "ok", "payload": []},
                "expected an object, got list @ $.payload",
            ),
            (
                {"status": "ok", "payload": {}},
                "required field missing @ $.payload.user_offers",
            ),
            (_wallet({}), "expected a list, got dict @ $.payload.user_offers"),
            (
                _wallet([{"offer_type": "x"}]),
                "required field missing @ $.payload.user_offers[0].offer_id",
            ),
            (
                _wallet([_offer(1), {"offer_id": []}]),
                "expected text, got list @ $.payload.user_offers[1].offer_id",
            ),
        ],
    )
    def test_names_the_fault(self, body, problem, connect, wire):
        """A wallet of the wrong shape is refused with the path to the fault."""
        wire.answer = body

        with pytest.raises(PayloadError) as info:
            connect.get_user_offers("u")

        assert (problem,) == info.value.problems
        assert "SessionM Connect get_user_offers" in str(info.value)
        assert 1 == info.value.meta.attempts

    def test_names_every_fault(self, connect, wire):
        """All faults of an answer are told at once."""
        wire.answer = _wallet([{}, {"offer_id": "o"}, {"offer_id": 1.5}])

        with pytest.raises(PayloadError) as info:
            connect.get_user_offers("u")

        assert 2 == len(info.value.problems)


class TestGetWallet:
    @pytest.mark.parametrize("total", [True, False])
    def test_joins_three_pages_of_which_two_overlap(self, total, connect, serve):
        """2,500 offers over three pages: every offer once, in order."""
        offers = [_offer(number) for number in range(2500)]
        server = serve(Server(offers, total=total))
        asked = server.asked

        def overlapping(body):
            page = server(body)
            if body["skip"] == 1000:  # the second page repeats ten of the first
                page["payload"]["user_offers"] = offers[990:1990]
            return page

        serve(overlapping)
        wallet = connect.get_wallet("u")

        ids = [offer.id for offer in wallet]
        assert len(set(ids)) == len(ids)
        assert (0, 1000) == asked[0]
        missing = {f"copy-{number}" for number in range(1990, 2000)}
        assert {offer["id"] for offer in offers} - set(ids) == missing

    def test_joins_pages_that_shifted(self, connect, serve):
        """When an offer was added in between, the overlap is dropped."""
        offers = [_offer(number) for number in range(2500)]
        server = serve(Server(offers, shift=10, total=False))

        wallet = connect.get_wallet("u")

        assert [offer["id"] for offer in offers] == [offer.id for offer in wallet]
        assert [(0, 1000), (1000, 1000), (2000, 1000)] == server.asked

    def test_raw_is_the_first_body_with_all_offers(self, connect, serve):
        """A template sees the joined wallet as one body."""
        offers = [_offer(number, unknown=number) for number in range(25)]
        serve(Server(offers))

        wallet = connect.get_wallet("u", page_size=10)

        assert _wallet(offers, total_records=25) == wallet.raw

    def test_server_that_ignores_skip_ends_the_walk(self, connect, serve):
        """A page without anything new is the last."""
        server = serve(
            Server([_offer(n) for n in range(10)], ignores_skip=True, total=False)
        )

        assert 10 == len(connect.get_wallet("u", page_size=10))
        assert 2 == len(server.asked)

    def test_server_that_ignores_skip_and_has_no_ids(self, connect, serve):
        """Without ids the same page again is recognised too, twins included."""
        twins = [{"offer_id": "o"}, {"offer_id": "o"}, {"offer_id": "p"}]
        serve(Server(twins, ignores_skip=True, total=False))

        wallet = connect.get_wallet("u", page_size=3)

        assert ["o", "o", "p"] == [offer.offer_id for offer in wallet]

    def test_offers_without_id_are_one_between_pages(self, connect, serve):
        """Between pages, like offers without an id are an overlap."""
        offers = [{"offer_id": name} for name in "aabbcc"]
        serve(Server(offers, shift=1, total=False))

        wallet = connect.get_wallet("u", page_size=3)

        assert ["a", "a", "b", "c"] == [offer.offer_id for offer in wallet]

    def test_twins_on_the_first_page_do_not_hide_the_second(self, connect, serve):
        """A copy sent twice is dropped, and what follows is still joined."""
        pages = [[_offer(1), _offer(1), _offer(2)], [_offer(3)]]
        serve(lambda body: _wallet(pages[1 if body["skip"] else 0]))

        wallet = connect.get_wallet("u", page_size=3)

        assert ["copy-1", "copy-2", "copy-3"] == [offer.id for offer in wallet]
        assert 3 == len(wallet.raw["payload"]["user_offers"])

    def test_server_with_a_smaller_page(self, connect, serve):
        """A server that gives less than asked goes on by what it gave."""
        offers = [_offer(number) for number in range(25)]
        server = serve(Server(offers, cap=10))

        assert 25 == len(connect.get_wallet("u", page_size=1000))
        assert [0, 10, 20] == [skip for skip, _ in server.asked]

    def test_full_page_is_not_the_last(self, connect, serve):
        """A total that equals the page may be that of the page alone."""
        offers = [_offer(number) for number in range(15)]
        pages = Server(offers, total=False)

        def total_of_page(body):
            page = pages(body)
            page["payload"]["total_records"] = len(page["payload"]["user_offers"])
            return page

        serve(total_of_page)

        assert 15 == len(connect.get_wallet("u", page_size=10))

    def test_empty_wallet_takes_one_call(self, connect, wire, serve):
        """No offers, one request."""
        serve(Server([]))

        assert 0 == len(connect.get_wallet("u"))
        assert 1 == len(wire.requests)

    def test_null_offers_are_none(self, connect, wire):
        """A null list is an empty one."""
        wire.answer = _wallet(None)

        assert 0 == len(connect.get_wallet("u"))

    def test_passes_the_culture(self, connect, wire, serve):
        """Every page is asked for in the same language."""
        serve(Server([_offer(n) for n in range(3)]))
        connect.get_wallet("u", culture="pt-BR", page_size=2)

        assert "pt-BR" == wire.body["culture"]


class TestIterUserOffers:
    def test_asks_page_by_page(self, connect, serve, wire):
        """A page is asked for when the one before is used up."""
        serve(Server([_offer(number) for number in range(25)]))
        offers = connect.iter_user_offers("u", page_size=10)
        first = [next(offers) for _ in range(10)]

        assert 1 == len(wire.requests)
        assert "copy-9" == first[-1].id
        assert 15 == len(list(offers))

    def test_refuses_bad_input_at_once(self, connect, wire):
        """Bad input is refused by the call, not by the first step."""
        with pytest.raises(ValueError, match="page_size must be 1 or more"):
            connect.iter_user_offers("u", page_size=0)
        with pytest.raises(ValueError, match="user_id must not be blank"):
            connect.iter_user_offers("")

        assert [] == wire.requests
