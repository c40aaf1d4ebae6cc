"""Claims about messages, and how they read when they are wrong."""

from __future__ import annotations

import pytest

from sessionm_braze.exceptions import TemplateSyntaxError
from sessionm_braze.models import Recipient
from sessionm_braze.testing import SandboxError


@pytest.fixture
def send(sandbox, ana):
    """Return a function that sends one message to Ana."""
    template = (
        "{% if {{api_trigger_properties.${stop}}} %}"
        "{% abort_message('why') %}{% endif %}"
        "Hi {{${first_name}}}, {{api_trigger_properties.${offer}}}"
    )
    sandbox.dashboard.add_campaign("c-1", template=template)
    person = Recipient(external_user_id=ana.user_id)

    def send(**properties):
        sandbox.braze.trigger_campaign(
            "c-1", recipients=[person], trigger_properties=properties
        )

    return send


class TestOutbox:
    def test_picks_by_recipient_and_campaign(self, sandbox, ana, send):
        """`to` takes a customer or an id, `of` a campaign."""
        send(offer="tea")

        by_customer, by_id = sandbox.outbox.to(ana), sandbox.outbox.to("u-1")

        assert [sandbox.outbox[0]] == list(by_customer) == list(by_id)
        assert 0 == len(sandbox.outbox.to("nobody"))
        assert (1, 0) == (len(sandbox.outbox.of("c-1")), len(sandbox.outbox.of("c-2")))

    def test_aborted_message_is_no_delivery(self, sandbox, send):
        """A message that its template stopped is kept, with the reason."""
        send(stop=True)

        (message,) = sandbox.outbox
        assert (True, "why", "") == (
            message.aborted,
            message.abort_reason,
            message.text,
        )
        sandbox.outbox.assert_nothing_sent()

    def test_reads_well(self, sandbox, send):
        """The repr shows a line per message."""
        send(offer="tea")
        send(stop=True)

        expected = (
            "u-1 <- campaign c-1: 'Hi Ana, tea'\nu-1 <- campaign c-1: ABORTED, 'why'"
        )
        assert expected == repr(sandbox.outbox)

    def test_something_that_is_no_recipient(self, sandbox):
        """A mistake in the test is a TypeError."""
        with pytest.raises(TypeError, match="a recipient is"):
            sandbox.outbox.to(7)


class TestAssertions:
    def test_sent_once(self, sandbox, ana, send):
        """The claim returns the message."""
        send(offer="tea", price=3)

        message = sandbox.outbox.assert_sent_once(
            ana, target_id="c-1", text="Hi Ana, tea", properties={"offer": "tea"}
        )

        assert {"offer": "tea", "price": 3} == message.trigger.properties

    def test_sent_twice(self, sandbox, ana, send):
        """Two messages are not one; the outbox is shown."""
        send(offer="tea")
        send(offer="tea")

        with pytest.raises(SandboxError) as info:
            sandbox.outbox.assert_sent_once(ana)

        assert "expected one message to 'u-1', found 2" in str(info.value)
        assert 2 == str(info.value).count("Hi Ana, tea")

    def test_difference_of_texts(self, sandbox, ana, send):
        """Another text is shown line by line."""
        send(offer="tea")

        with pytest.raises(SandboxError) as info:
            sandbox.outbox.assert_sent_once(ana, text="Hi Ana, coffee")

        assert "  - Hi Ana, coffee" in str(info.value)
        assert "  + Hi Ana, tea" in str(info.value)

    def test_difference_of_properties(self, sandbox, ana, send):
        """Other properties are shown line by line."""
        send(offer="tea")

        with pytest.raises(SandboxError) as info:
            sandbox.outbox.assert_sent_once(ana, properties={"offer": "coffee"})

        assert '-   "offer": "coffee"' in str(info.value)
        assert '+   "offer": "tea"' in str(info.value)

    def test_nothing_sent(self, sandbox, ana, send):
        """The claim names the messages that should not be."""
        sandbox.outbox.assert_nothing_sent()
        send(offer="tea")
        sandbox.outbox.assert_nothing_sent("somebody else")

        with pytest.raises(SandboxError) as info:
            sandbox.outbox.assert_nothing_sent(ana)

        assert "u-1 <- campaign c-1: 'Hi Ana, tea'" in str(info.value)


class TestTemplates:
    def test_broken_template_is_refused_at_once(self, sandbox):
        """A template that does not parse never gets into the dashboard."""
        with pytest.raises(TemplateSyntaxError):
            sandbox.dashboard.add_campaign("c-1", template="{% if %}")

        assert [] == sandbox.dashboard.targets()

    def test_template_that_fails_while_rendering(self, sandbox, ana):
        """The message has the error, and a strict sandbox fails on it."""
        sandbox.dashboard.add_campaign("c-1", template="{{ 1 | divided_by: 0 }}")

        person = Recipient(external_user_id=ana.user_id)
        sandbox.braze.trigger_campaign("c-1", recipients=[person])

        assert sandbox.outbox[0].error is not None
        assert "did not render" in sandbox.problems()[0]
        sandbox.outbox.assert_nothing_sent()
