"""The clients on the sandbox: the whole surface, against services with state."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sessionm_braze import (
    NotFoundError,
    OfferWallet,
    OutcomeUnknownError,
    RateLimitError,
    RequestRejectedError,
    RequestTimeoutError,
    Schedule,
)
from sessionm_braze.models import dump, load
from sessionm_braze.testing import Sandbox


@pytest.fixture
def sandbox():
    """A sandbox with two customers, a campaign and a Canvas."""
    with Sandbox() as made:
        for name in ("ana", "noa"):
            made.sessionm.add_customer(
                user_id=name, external_id=f"card-{name}", points=240
            )
        made.dashboard.add_campaign("campaign-1", template="{{${user_id}}}", name="Hi")
        made.dashboard.add_canvas("canvas-1", template="{{context.${offer}}}")
        yield made


def _in(sandbox, **delta):
    return Schedule(time=sandbox.clock.now + timedelta(**delta))


TO_ANA = {"recipients": [{"external_user_id": "ana"}]}


class TestSchedules:
    def test_go_out_when_they_are_due(self, sandbox):
        """A scheduled campaign goes out at its time, not before."""
        receipt = sandbox.braze.schedule_campaign(
            "campaign-1", schedule=_in(sandbox, hours=2), **TO_ANA
        )
        assert receipt.schedule_id
        sandbox.clock.advance(hours=1)
        assert 0 == len(sandbox.outbox)

        sandbox.clock.advance(hours=2)
        assert ["ana"] == [message.text for message in sandbox.outbox]

    def test_can_be_moved(self, sandbox):
        """A changed schedule counts, the first one no longer."""
        receipt = sandbox.braze.schedule_canvas(
            "canvas-1",
            schedule=_in(sandbox, hours=2),
            context={"offer": "Free coffee"},
            **TO_ANA,
        )
        sandbox.braze.update_canvas_schedule(
            "canvas-1", receipt.schedule_id, schedule=_in(sandbox, days=2)
        )
        sandbox.clock.advance(days=1)
        assert 0 == len(sandbox.outbox)

        sandbox.clock.advance(days=2)
        assert ["Free coffee"] == [message.text for message in sandbox.outbox]

    def test_can_be_deleted(self, sandbox):
        """A deleted schedule sends nothing."""
        receipt = sandbox.braze.schedule_campaign(
            "campaign-1", schedule=_in(sandbox, hours=2), broadcast=True
        )
        sandbox.braze.delete_campaign_schedule("campaign-1", receipt.schedule_id)
        sandbox.clock.advance(days=1)

        assert 0 == len(sandbox.outbox)


class TestLookingFirst:
    def test_lists(self, sandbox):
        """What was added to the dashboard is listed, page by page."""
        for number in range(130):
            sandbox.dashboard.add_segment(f"s-{number}", name=f"Segment {number}")

        assert 130 == len({each.id for each in sandbox.braze.list_segments()})
        assert ["campaign-1"] == [each.id for each in sandbox.braze.list_campaigns()]
        assert ["canvas-1"] == [each.id for each in sandbox.braze.list_canvases()]

    def test_details(self, sandbox):
        """Details say whether a trigger would send."""
        sandbox.dashboard.add_segment("s-1", name="Gold")

        assert "Gold" == sandbox.braze.get_segment("s-1").name
        assert () == sandbox.braze.get_campaign("campaign-1").obstacles
        sandbox.dashboard.change("canvas-1", enabled=False)
        assert ("not enabled",) == sandbox.braze.get_canvas("canvas-1").obstacles
        with pytest.raises(RequestRejectedError, match="api identifier"):
            sandbox.braze.get_campaign("unknown")

    def test_send_id(self, sandbox):
        """A send id can be used for a send."""
        send_id = sandbox.braze.create_send_id("campaign-1").send_id
        receipt = sandbox.braze.trigger_campaign(
            "campaign-1", send_id=send_id, **TO_ANA
        )

        assert "accepted" == receipt.state


class TestUsers:
    def test_track_and_export(self, sandbox):
        """What is tracked is exported; what is refused comes back by object."""
        given = [
            {"external_id": "ana", "tier": "gold", "first_name": "Ana"},
            {"external_id": "noa", "tier": "silver"},
        ]
        receipt = sandbox.braze.track_users(attributes=given)
        assert (2, ()) == (receipt.attributes_processed, receipt.problems)

        export = sandbox.braze.export_users(
            ["ana", "nobody"], fields_to_export=["external_id", "custom_attributes"]
        )
        assert [("ana", {"tier": "gold"})] == [
            (user["external_id"], user["custom_attributes"]) for user in export
        ]
        assert ("nobody",) == export.invalid_user_ids


class TestSegmentExport:
    def test_is_waited_for_and_read(self, sandbox):
        """The file is there after a while; each member comes out once."""
        sandbox.dashboard.add_segment("s-1", members=["ana", "noa"])
        export = sandbox.braze.export_segment(
            "s-1", fields_to_export=["external_id", "user_aliases"]
        )
        before = sandbox.clock.now
        profiles = list(sandbox.braze.read_segment_export(export, wait=600))

        assert {"ana", "noa"} == {profile["external_id"] for profile in profiles}
        assert sandbox.clock.now > before

    def test_runs_once_at_a_time(self, sandbox):
        """A second export of the segment is refused while the first runs."""
        sandbox.dashboard.add_segment("s-1")
        sandbox.braze.export_segment("s-1", fields_to_export=["external_id"])

        with pytest.raises(RateLimitError, match="only one can"):
            sandbox.braze.export_segment("s-1", fields_to_export=["external_id"])

    def test_is_deleted_after_hours(self, sandbox):
        """A file that is gone is told as one that may still come."""
        sandbox.dashboard.add_segment("s-1")
        export = sandbox.braze.export_segment("s-1", fields_to_export=["external_id"])
        sandbox.clock.advance(hours=5)

        with pytest.raises(RequestTimeoutError, match="or its file is gone"):
            list(sandbox.braze.read_segment_export(export, wait=60))

    def test_tags_the_segment(self, sandbox):
        """From a segment in Braze to tags in SessionM, without a webhook."""
        sandbox.dashboard.add_segment("s-1", members=["noa"])
        export = sandbox.braze.export_segment("s-1", fields_to_export=["external_id"])
        for profile in sandbox.braze.read_segment_export(export):
            sandbox.core.add_tags(["vip"], user_id=profile["external_id"], ttl=60)

        assert "vip" in sandbox.core.get_tags(user_id="noa")
        assert "vip" not in sandbox.core.get_tags(user_id="ana")


class TestPoints:
    def test_balances(self, sandbox):
        """Balances are read per account and in sum."""
        balances = sandbox.connect.get_point_balances("ana")

        assert (240, "ana") == (balances.total_points, balances.user_id)
        assert 240 == sum(account.available_balance for account in balances)
        first = balances.details[0]
        assert first is balances.find(first.account_name)
        assert balances.find("no such account") is None

    def test_of_an_unknown_customer(self, sandbox):
        """An unknown customer is refused."""
        with pytest.raises((NotFoundError, RequestRejectedError)):
            sandbox.connect.get_point_balances("nobody")


class TestSends:
    def test_lost_answers_stay_unknown(self, sandbox):
        """A send whose answer was lost has happened, once."""
        sandbox.faults.add(
            path="/campaigns/trigger/send", kind="drop_after_processing", call=1
        )
        with pytest.raises(OutcomeUnknownError):
            sandbox.braze.trigger_campaign("campaign-1", **TO_ANA)

        assert 1 == len(sandbox.outbox)

    def test_declined_sends_are_repeated(self, sandbox):
        """A send that Braze declined happens once, with the second request."""
        sandbox.faults.add(path="/campaigns/trigger/send", kind="server_error", call=1)
        receipt = sandbox.braze.trigger_campaign("campaign-1", **TO_ANA)

        assert (2, 1) == (receipt.meta.attempts, len(sandbox.outbox))


class TestWalletsClock:
    def test_a_live_offer_is_shown_as_live(self, sandbox):
        """A wallet counts from when its client's clock read it, in views too."""
        end = sandbox.clock.now + timedelta(days=3)
        sandbox.sessionm.issue_offer("ana", name="Tea", expires=end)

        wallet = sandbox.connect.get_wallet("ana")

        assert sandbox.clock.now == wallet.as_of
        assert 1 == len(wallet.expiring(timedelta(days=7)))
        assert 1 == len(wallet[0:1].expiring(timedelta(days=7)))
        assert "ended" not in wallet.to_html()
        later = end + timedelta(days=1)
        assert 0 == len(wallet.expiring(timedelta(days=7), now=later))
        assert "ended" in wallet.to_html(now=later)

    def test_is_not_part_of_the_body(self, sandbox):
        """What SessionM said stays what it said."""
        wallet = sandbox.connect.get_user_offers("ana")

        assert "as_of" not in dump(wallet)["payload"]
        assert load(OfferWallet, dump(wallet)).as_of is None

    @pytest.mark.parametrize("draw", ["expiring", "to_html"])
    def test_wants_aware_moments(self, draw, sandbox):
        """A datetime without a time zone is refused with the way out."""
        wallet = sandbox.connect.get_wallet("ana")
        naive = datetime(2031, 1, 1)  # noqa: DTZ001 - that is what is refused
        arguments = {"within": timedelta(days=1)} if draw == "expiring" else {}

        with pytest.raises(ValueError, match="now must be a datetime with a time zone"):
            getattr(wallet, draw)(now=naive, **arguments)
