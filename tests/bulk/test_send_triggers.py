import json
from collections import Counter

import pytest
from hypothesis import given, strategies as st

from sessionm_braze import (
    CampaignTrigger,
    CanvasTrigger,
    LedgerError,
    LoyaltyMessage,
    OfferProperties,
    Recipient,
)
from sessionm_braze.bulk import send_triggers
from sessionm_braze.bulk._grouping import Group, parts_of
from sessionm_braze.bulk._records import Record
from sessionm_braze.models import dump


SEND = "/campaigns/trigger/send"


def message(user="u-1", properties=None, **fields):
    """Return a trigger of campaign c-1 to one person."""
    fields = {"campaign_id": "c-1", **fields}
    return CampaignTrigger(
        recipients=[Recipient(external_user_id=user)],
        trigger_properties=properties,
        **fields,
    )


def bodies(sandbox):
    """Return what was sent, request by request."""
    return [request.json for request in sandbox.requests.to("braze")]


def sizes(sandbox):
    """Return the number of recipients of each request, largest first."""
    return sorted((len(body["recipients"]) for body in bodies(sandbox)), reverse=True)


def counts(report):
    """Return the outcomes that there were."""
    return {name: count for name, count in report.counts().items() if count}


class TestStopped:
    def test_counts_what_is_left_once(self, sandbox):
        """A caller who fails while told of the rest does not have it counted twice."""

        def fail(outcome):
            if "pending" == outcome.outcome and not outcome.reason:
                raise ZeroDivisionError

        messages = [message(f"u-{n}", campaign_id=f"nowhere-{n}") for n in range(4)]
        with pytest.raises(ZeroDivisionError) as info:
            send_triggers(sandbox.braze, messages, max_workers=1, on_outcome=fail)

        assert 4 == info.value.report.records


class TestRequests:
    def test_hold_at_most_fifty_recipients(self, sandbox):
        """Messages of one campaign travel together, fifty at a time."""
        report = send_triggers(sandbox.braze, (message(f"u-{n}") for n in range(120)))

        assert {"accepted": 120} == counts(report)
        assert [50, 50, 20] == sizes(sandbox)
        assert 3 == report.requests

    def test_send_shared_properties_once(self, sandbox):
        """What all have in common stands in the request, the rest with each."""
        send_triggers(
            sandbox.braze,
            (message(f"u-{n}", {"a": "spring", "n": n % 2}) for n in range(3)),
        )

        (body,) = bodies(sandbox)
        assert {"a": "spring"} == body["trigger_properties"]
        assert [{"n": 0}, {"n": 1}, {"n": 0}] == [
            recipient["trigger_properties"] for recipient in body["recipients"]
        ]
        assert ["spring"] * 3 == [sent.text for sent in sandbox.outbox]

    def test_two_messages_for_one_person_are_two_requests(self, sandbox):
        """Braze would send the last one only."""
        texts = [message("u-1", {"a": text}) for text in ("one", "two", "two")]

        report = send_triggers(sandbox.braze, texts)

        assert {"accepted": 3} == counts(report)
        assert [1, 1, 1] == sizes(sandbox)
        assert ["one", "two", "two"] == sorted(sent.text for sent in sandbox.outbox)

    def test_of_different_campaigns_are_different(self, sandbox):
        """Campaigns that alternate still fill their requests."""
        sandbox.dashboard.add_campaign("c-2", template="x")
        sandbox.dashboard.add_canvas("v-1", template="{{context.${a}}}")
        messages = []
        for number in range(20):
            messages += [
                message(f"u-{number}"),
                message(f"u-{number}", campaign_id="c-2"),
                CanvasTrigger(
                    canvas_id="v-1",
                    recipients=[Recipient(external_user_id=f"u-{number}")],
                    context={"a": str(number)},
                ),
            ]

        report = send_triggers(sandbox.braze, messages)

        assert {"accepted": 60} == counts(report)
        assert [20, 20, 20] == sizes(sandbox)

    def test_of_other_audiences_are_different(self, sandbox):
        """What holds for the whole request is never mixed."""
        send_triggers(sandbox.braze, [message("u-1", send_id="s-1"), message("u-2")])

        assert [1, 1] == sizes(sandbox)

    def test_a_broadcast_travels_alone(self, sandbox):
        """A broadcast is one record and one request."""
        report = send_triggers(
            sandbox.braze,
            [message("u-1"), CampaignTrigger(campaign_id="c-1", broadcast=True)],
        )

        assert {"accepted": 2} == counts(report)
        assert [True, False] == sorted(
            (body["broadcast"] for body in bodies(sandbox)), reverse=True
        )

    def test_take_what_sessionm_sends(self, sandbox):
        """Loyalty messages and plain mappings are messages too."""
        report = send_triggers(
            sandbox.braze,
            [
                LoyaltyMessage(
                    campaign_id="c-1",
                    external_user_id="u-1",
                    offer=OfferProperties(offer_id="o-1"),
                ),
                {
                    "campaign_id": "c-1",
                    "recipients": [{"external_user_id": "u-2"}],
                    "trigger_properties": {"offer_id": "o-1"},
                },
            ],
        )

        assert {"accepted": 2} == counts(report)
        (body,) = bodies(sandbox)
        assert {"offer_id": "o-1"} == body["trigger_properties"]

    def test_large_properties_do_not_meet(self, sandbox):
        """A request stays below Braze's 4 MB, and each object below 50 KB."""
        report = send_triggers(
            sandbox.braze,
            (message(f"u-{n}", {"a": f"{n}" + "x" * 45_000}) for n in range(100)),
        )

        assert {"accepted": 100} == counts(report)
        assert 100 == sum(sizes(sandbox))
        assert all(len(json.dumps(body)) < 4_000_000 for body in bodies(sandbox))

    def test_a_message_near_the_limit_keeps_its_form(self, sandbox):
        """Joined they would be too large, so such a message is sent as it is."""
        big = CampaignTrigger(
            campaign_id="c-1",
            trigger_properties={"a": "x" * 40_000},
            recipients=[
                Recipient(
                    external_user_id="u-1", trigger_properties={"b": "y" * 40_000}
                )
            ],
        )

        report = send_triggers(sandbox.braze, [message("u-2"), big])

        assert {"accepted": 2} == counts(report)
        assert dump(big) in bodies(sandbox)


values = st.one_of(
    st.none(), st.booleans(), st.integers(0, 1), st.sampled_from([0.0, 1.0, "a", "é"])
)
properties = st.dictionaries(st.sampled_from(["a", "b", "c"]), values, max_size=3)


@given(st.lists(st.tuples(properties, properties), min_size=1, max_size=6))
def test_joining_changes_nothing_for_anybody(messages):
    """Whatever is shared, each template sees the very properties of its message."""
    triggers = [
        CampaignTrigger(
            campaign_id="c",
            trigger_properties=shared,
            recipients=[Recipient(external_user_id=str(n), trigger_properties=own)],
        )
        for n, (shared, own) in enumerate(messages)
    ]
    records = [Record("", parts_of(trigger), key=b"") for trigger in triggers]
    group = Group(records[0])
    for record in records[1:]:
        group.add(record)

    joined = group.job().payload

    seen = [
        {**(joined.trigger_properties or {}), **(recipient.trigger_properties or {})}
        for recipient in joined.recipients
    ]
    assert [
        json.dumps({**shared, **own}, sort_keys=True) for shared, own in messages
    ] == [json.dumps(one, sort_keys=True) for one in seen]


class TestOutcomes:
    def test_a_request_without_an_answer_is_unknown(self, sandbox, ledger):
        """Its messages are told, and sent again only when asked."""
        sandbox.faults.add(path=SEND, call=1, kind="drop_after_processing")
        messages = [message(f"u-{n}") for n in range(60)]

        first = send_triggers(sandbox.braze, messages, max_workers=1, ledger=ledger)
        second = send_triggers(sandbox.braze, messages, ledger=ledger)

        assert {"accepted": 10, "unknown": 50} == counts(first)
        assert {"unknown": 50, "skipped": 10} == counts(second)
        assert 60 == len(sandbox.outbox)
        third = send_triggers(
            sandbox.braze, messages, ledger=ledger, retry_unknown=True
        )
        assert {"accepted": 50, "skipped": 10} == counts(third)
        assert {1: 10, 2: 50} == Counter(
            Counter(sent.recipient for sent in sandbox.outbox).values()
        )

    def test_a_paused_canvas_stops_the_run(self, sandbox, ledger):
        """A notice means that nothing is sent: refused, and no more are tried."""
        sandbox.dashboard.add_canvas("v-1", template="x", enabled=False)
        messages = [
            CanvasTrigger(
                canvas_id="v-1", recipients=[Recipient(external_user_id=f"u-{n % 190}")]
            )
            for n in range(900)
        ]

        report = send_triggers(sandbox.braze, messages, max_workers=1, ledger=ledger)

        assert "paused" in report.stopped
        assert 0 < report.refused <= 100
        assert 900 == report.refused + report.pending
        assert 0 == len(sandbox.outbox)

    def test_an_unknown_campaign_stops_the_run(self, sandbox, ledger):
        """Nothing is refused for the fault of the campaign: all stays pending."""
        messages = [message(f"u-{n}", campaign_id="nope") for n in range(190)]

        report = send_triggers(sandbox.braze, messages, max_workers=1, ledger=ledger)

        assert {"pending": 190} == counts(report)
        assert "HTTP 400" in report.stopped
        sandbox.dashboard.add_campaign("nope", template="x")
        again = send_triggers(sandbox.braze, messages, ledger=ledger)
        assert {"accepted": 190} == counts(again)

    @pytest.mark.parametrize("status", ["paused", "draft", "archived"])
    def test_a_campaign_that_is_not_launched_stops_the_run(self, sandbox, status):
        """It is the campaign's fault, so nothing is refused."""
        settings = {"enabled": False} if status == "paused" else {status: True}
        sandbox.dashboard.add_campaign("c-9", template="x", **settings)

        report = send_triggers(sandbox.braze, [message("u-1", campaign_id="c-9")])

        assert {"pending": 1} == counts(report)
        assert "HTTP 400" in report.stopped

    def test_a_refused_request_is_taken_apart(self, braze_on_loopback, service, ledger):
        """One message that Braze does not take costs no other one."""
        people = [f"u-{n}" for n in range(40)]
        people[7], people[23] = "bad-1", "bad-2"

        report = send_triggers(
            braze_on_loopback, (message(person) for person in people), ledger=ledger
        )

        assert {"accepted": 38, "refused": 2} == counts(report)
        assert {"bad-1", "bad-2"} == {f.identifier for f in report.failures}
        assert {person: 1 for person in people if person[0] == "u"} == service.counts()

    def test_accepted_with_errors_is_accepted_with_a_note(self, sandbox, ledger):
        """The others of the request get their message, and it says what was wrong."""
        messages = [
            message("u-1"),
            CampaignTrigger(
                campaign_id="c-1",
                recipients=[
                    Recipient(
                        external_user_id="u-2", attributes={"points": {"inc": "x"}}
                    )
                ],
            ),
        ]

        report = send_triggers(sandbox.braze, messages, ledger=ledger)

        assert {"accepted": 2} == counts(report)
        assert ["u-1"] == [sent.recipient for sent in sandbox.outbox]
        assert all(outcome.reason for outcome in report.outcomes())

    def test_a_message_that_breaks_a_rule_is_refused(self, sandbox):
        """A broadcast nobody allowed, or no message at all, costs no request."""
        report = send_triggers(
            sandbox.braze,
            [
                LoyaltyMessage(campaign_id="c-1", broadcast=True),
                {"campaign_id": "c-1"},
                5,
                message("u-1"),
            ],
        )

        assert {"accepted": 1, "refused": 3} == counts(report)
        assert 1 == len(bodies(sandbox))

    def test_the_receipt_is_in_the_ledger(self, sandbox, ledger):
        """Each message has the dispatch id and the request id of its request."""
        report = send_triggers(
            sandbox.braze, (message(f"u-{n}") for n in range(60)), ledger=ledger
        )

        outcomes = list(report.outcomes())
        assert [f"u-{n}" for n in range(60)] == [o.identifier for o in outcomes]
        assert 2 == len({o.dispatch_id for o in outcomes} - {None})
        assert {201} == {o.status_code for o in outcomes}


class TestLedger:
    def test_recognises_messages_in_another_order(self, sandbox, ledger):
        """A message is known by its content, however it travels."""
        messages = [message(f"u-{n}", {"a": str(n)}) for n in range(70)]

        send_triggers(sandbox.braze, messages[:30], ledger=ledger)
        report = send_triggers(sandbox.braze, reversed(messages), ledger=ledger)

        assert {"accepted": 40, "skipped": 30} == counts(report)
        assert 70 == len({sent.recipient for sent in sandbox.outbox})
        assert 70 == len(sandbox.outbox)

    def test_of_another_campaign_is_refused(self, sandbox, ledger):
        """A ledger is not taken from one campaign to the next."""
        send_triggers(sandbox.braze, [message("u-1")], ledger=ledger)

        with pytest.raises(LedgerError, match="is about campaign c-1, and this run"):
            send_triggers(
                sandbox.braze, [message("u-1", campaign_id="c-2")], ledger=ledger
            )
        report = send_triggers(sandbox.braze, [message("u-1")], ledger=ledger)
        assert {"skipped": 1} == counts(report)
