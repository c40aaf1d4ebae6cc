"""The app's own tests: the fixture is all they need, nothing is patched."""

import pytest
from loyalty_app import LoyaltyApp


pytestmark = pytest.mark.sessionm_braze_sandbox(braze_external_id="external_id")


@pytest.fixture
def app(sessionm_braze_sandbox):
    """The app on the sandbox."""
    sandbox = sessionm_braze_sandbox
    sandbox.dashboard.add_campaign(
        "offers",
        template="{{${first_name}}}: {{api_trigger_properties.${offer_title}}}",
    )
    return LoyaltyApp(sandbox.core, sandbox.connect, sandbox.braze, "offers")


@pytest.fixture
def ana(sessionm_braze_sandbox):
    """A customer whom both platforms know."""
    return sessionm_braze_sandbox.sessionm.add_customer(
        external_id="100200300", first_name="Ana", points=100
    )


def test_a_big_purchase_tags_for_thirty_days(app, ana, sessionm_braze_sandbox):
    """The tag is there at once, and gone a month later."""
    tags = sessionm_braze_sandbox.sessionm.tags_of

    assert app.purchase("100200300", 120)
    assert tags(ana) == {"big_purchase": {"ttl": 2592000}}

    sessionm_braze_sandbox.clock.advance(days=31)
    assert tags(ana) == {}


def test_a_stranger_is_told_apart(app):
    """A customer whom SessionM does not know is no error of the shop."""
    assert not app.purchase("nobody", 120)


def test_points_are_those_of_the_wallet(app, ana):
    """The points come from SessionM, by the brand's own id."""
    assert app.points("100200300") == 100


def test_every_offer_is_announced_once(app, ana, sessionm_braze_sandbox):
    """Two offers make two messages."""
    for name in ("Free coffee", "Ten off lunch"):
        sessionm_braze_sandbox.sessionm.issue_offer(ana, name=name)

    assert app.announce_offers("100200300") == []
    assert [
        message.text for message in sessionm_braze_sandbox.outbox.to("100200300")
    ] == ["Ana: Free coffee", "Ana: Ten off lunch"]


def test_an_unclear_send_is_reported_and_not_repeated(app, ana, sessionm_braze_sandbox):
    """The line drops after Braze took the message: one message, and somebody looks."""
    offer = sessionm_braze_sandbox.sessionm.issue_offer(ana, name="Free coffee")
    sessionm_braze_sandbox.faults.add(
        service="braze",
        path="/campaigns/trigger/send",
        call=1,
        kind="drop_after_processing",
    )

    assert [offer.offer_id] == app.announce_offers("100200300")
    sessionm_braze_sandbox.outbox.assert_sent_once("100200300")
