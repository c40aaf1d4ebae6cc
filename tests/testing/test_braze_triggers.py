"""Braze: campaigns and Canvases, triggered now."""

from __future__ import annotations

import json

import pytest

from sessionm_braze.exceptions import AuthenticationError
from sessionm_braze.models import Recipient, custom_attribute


SEND = "/campaigns/trigger/send"
CANVAS = "/canvas/trigger/send"
ALIAS = {"alias_name": "K-88", "alias_label": "till"}
HI = "Hi {{${first_name}}}: {{api_trigger_properties.${offer}}}"


@pytest.fixture
def campaign(sandbox):
    """Return the id of a campaign."""
    return sandbox.dashboard.add_campaign("c-1", template=HI).id


@pytest.fixture
def canvas(sandbox):
    """Return the id of a Canvas."""
    template = "{{context.${offer}}} and {{canvas_entry_properties.${offer}}}"
    return sandbox.dashboard.add_canvas("v-1", template=template).id


def to(*ids, **more):
    """Return the part of a request that names recipients."""
    return {"recipients": [{"external_user_id": i} for i in ids], **more}


@pytest.mark.usefixtures("ana", "campaign")
class TestCampaign:
    def test_answer(self, front):
        """Success is 201 with a dispatch id of 32 hex digits."""
        answer = front.braze("POST", SEND, json={"campaign_id": "c-1", **to("u-1")})

        assert 201 == answer.status_code
        assert {"dispatch_id", "message"} == answer.json().keys()
        assert "success" == answer.json()["message"]
        assert 32 == len(bytes.fromhex(answer.json()["dispatch_id"])) * 2

    def test_recipient_properties_win(self, front):
        """Each recipient's own properties win over the shared ones."""
        front.sandbox.sessionm.add_customer(user_id="u-2", first_name="Bo")
        recipients = [
            {"external_user_id": "u-1"},
            {"external_user_id": "u-2", "trigger_properties": {"offer": "tea"}},
        ]
        body = {
            "campaign_id": "c-1",
            "recipients": recipients,
            "trigger_properties": {"offer": "coffee"},
        }

        front.braze("POST", SEND, json=body)

        texts = [message.text for message in front.sandbox.outbox]
        assert ["Hi Ana: coffee", "Hi Bo: tea"] == texts

    def test_last_duplicate_wins(self, front):
        """Of one person named twice, the last entry counts."""
        recipients = [
            {"external_user_id": "u-1", "trigger_properties": {"offer": "first"}},
            {"external_user_id": "u-1", "trigger_properties": {"offer": "last"}},
        ]
        body = {"campaign_id": "c-1", "recipients": recipients}

        front.braze("POST", SEND, json=body)

        front.sandbox.outbox.assert_sent_once("u-1", text="Hi Ana: last")

    def test_unknown_person_is_passed_over_in_silence(self, front):
        """Nobody hears of a recipient whom Braze does not know."""
        body = {"campaign_id": "c-1", **to("nobody", "u-1")}

        answer = front.braze("POST", SEND, json=body)

        assert "errors" not in answer.json()
        assert ["u-1"] == [m.recipient for m in front.sandbox.outbox]

    def test_new_person_is_made_when_asked(self, front):
        """`send_to_existing_only: false` with attributes makes a profile first."""
        recipient = {
            "external_user_id": "new",
            "send_to_existing_only": False,
            "attributes": {"first_name": "Noa", "tier": "gold"},
        }
        body = {"campaign_id": "c-1", "recipients": [recipient]}

        front.braze("POST", SEND, json=body)

        front.sandbox.outbox.assert_sent_once("new", text="Hi Noa: ")
        assert {"tier": "gold"} == front.sandbox.dashboard.profile("new").custom

    def test_new_person_by_address(self, front):
        """An address that nobody has makes an anonymous profile, when asked."""
        recipient = {
            "email": "noa@example.org",
            "prioritization": ["unidentified"],
            "send_to_existing_only": False,
            "attributes": {"first_name": "Noa"},
        }
        body = {"campaign_id": "c-1", "recipients": [recipient]}

        for _ in range(2):
            front.braze("POST", SEND, json=body)

        texts = [m.text for m in front.sandbox.outbox.to("noa@example.org")]
        assert ["Hi Noa: "] * 2 == texts
        assert 2 == len(front.sandbox.dashboard.profiles())

    def test_braze_id_finds_a_profile(self, front, ana):
        """Braze's own id works; an unknown one reaches nobody."""
        known = front.sandbox.dashboard.profile(ana).braze_id
        recipients = [{"braze_id": known}, {"braze_id": "0" * 24}]
        body = {"campaign_id": "c-1", "recipients": recipients}

        front.braze("POST", SEND, json=body)

        assert ["u-1"] == [m.recipient for m in front.sandbox.outbox]

    @pytest.mark.parametrize(
        ("order", "found"),
        [
            (["identified", "most_recently_updated"], "late"),
            (["identified", "least_recently_updated"], "early"),
            (["most_recently_updated"], "anonymous"),
            (["unidentified", "least_recently_updated"], "anonymous"),
        ],
    )
    def test_prioritization(self, front, order, found):
        """The order of rules picks one of several profiles with an address."""
        for name in ("early", "late", None):
            front.sandbox.dashboard.add_profile(
                name, email="k@example.org", first_name=name or "anonymous"
            )
            front.sandbox.clock.advance(seconds=1)
        recipient = {"email": "k@example.org", "prioritization": order}

        front.braze(
            "POST", SEND, json={"campaign_id": "c-1", "recipients": [recipient]}
        )

        assert [f"Hi {found}: "] == [m.text for m in front.sandbox.outbox]

    def test_new_person_without_attributes_is_not_made(self, front):
        """Without attributes the create-then-send does not happen."""
        recipient = {"external_user_id": "new", "send_to_existing_only": False}
        body = {"campaign_id": "c-1", "recipients": [recipient]}

        front.braze("POST", SEND, json=body)

        front.sandbox.outbox.assert_nothing_sent()

    def test_attributes_are_written_before_the_message(self, front):
        """A recipient's attributes are seen by its own message."""
        recipient = {"external_user_id": "u-1", "attributes": {"first_name": "Anna"}}
        body = {"campaign_id": "c-1", "recipients": [recipient]}

        front.braze("POST", SEND, json=body)

        front.sandbox.outbox.assert_sent_once("u-1", text="Hi Anna: ")

    @pytest.mark.parametrize(
        "recipient",
        [
            {"user_alias": {"alias_name": "K-88", "alias_label": "till"}},
            {"email": "kai@example.org", "prioritization": ["most_recently_updated"]},
        ],
    )
    def test_other_identifiers(self, front, recipient):
        """An alias and an e-mail address find a profile too."""
        front.sandbox.dashboard.add_profile(
            aliases={"till": "K-88"}, email="Kai@example.org", first_name="Kai"
        )

        front.braze(
            "POST", SEND, json={"campaign_id": "c-1", "recipients": [recipient]}
        )

        assert ["Hi Kai: "] == [message.text for message in front.sandbox.outbox]

    def test_tie_of_addresses_sends_nothing(self, front):
        """An address must lead to exactly one profile."""
        for number in range(2):
            front.sandbox.dashboard.add_profile(f"k-{number}", email="k@example.org")
        recipient = {"email": "k@example.org", "prioritization": ["identified"]}

        front.braze(
            "POST", SEND, json={"campaign_id": "c-1", "recipients": [recipient]}
        )

        front.sandbox.outbox.assert_nothing_sent()

    def test_bad_recipient_does_not_stop_the_others(self, front):
        """A recipient with a fault is reported, and the rest goes out."""
        recipients = [
            {"external_user_id": "u-1"},
            {"email": "x@example.org"},
            {"external_user_id": "u-2", "braze_id": "b"},
        ]
        body = {"campaign_id": "c-1", "recipients": recipients}

        answer = front.braze("POST", SEND, json=body)

        assert (201, 2) == (answer.status_code, len(answer.json()["errors"]))
        front.sandbox.outbox.assert_sent_once("u-1")

    @pytest.mark.parametrize(
        "recipient",
        [
            "u-1",
            {},
            {"external_user_id": ""},
            {"external_user_id": True},
            {"external_user_id": "u-1", "user_alias": ALIAS},
            {"external_user_id": "u-1", "attributes": ["x"]},
            {"external_user_id": "u-1", "send_to_existing_only": "no"},
            {"user_alias": {"alias_name": "K-88"}},
            {"user_alias": {"alias_name": "K-88", "alias_label": ""}},
            {"user_alias": {"alias_name": "é" * 119, "alias_label": "till"}},
            {
                "user_alias": ALIAS,
                "send_to_existing_only": False,
                "attributes": {"a": 1},
            },
            {"email": "ana@example.org"},
            {"email": "ana@example.org", "prioritization": []},
            {"email": "ana@example.org", "prioritization": ["oldest"]},
            {
                "email": "ana@example.org",
                "prioritization": ["identified", "unidentified"],
            },
            {
                "email": "ana@example.org",
                "prioritization": ["most_recently_updated", "least_recently_updated"],
            },
            {"braze_id": 7},
        ],
    )
    def test_each_fault_of_a_recipient(self, front, recipient):
        """Every rule for recipients is kept: a fault is named, and nothing goes out."""
        front.sandbox.dashboard.add_profile(aliases={"till": "K-88", "": "K-88"})
        front.sandbox.sessionm.add_customer(user_id="u-2")
        recipients = [recipient, {"external_user_id": "u-2"}]
        body = {"campaign_id": "c-1", "recipients": recipients}

        answer = front.braze("POST", SEND, json=body)

        assert (201, 1) == (answer.status_code, len(answer.json()["errors"]))
        assert ["u-2"] == [m.recipient for m in front.sandbox.outbox]

    def test_audience_of_the_dashboard_counts(self, front):
        """A named recipient gets the message only if the dashboard's audience fits."""
        gold = custom_attribute("tier").equals("gold")
        front.sandbox.dashboard.add_campaign("gold", template="x", audience=gold)
        front.sandbox.sessionm.add_customer(
            user_id="u-2", custom_attributes={"tier": "gold"}
        )

        front.braze("POST", SEND, json={"campaign_id": "gold", **to("u-1", "u-2")})

        assert ["u-2"] == [m.recipient for m in front.sandbox.outbox]

    def test_audience_of_the_request_counts(self, front):
        """The request's audience narrows a broadcast."""
        front.sandbox.sessionm.add_customer(
            user_id="u-2", custom_attributes={"points": 9}
        )
        audience = custom_attribute("points").greater_than(5).body
        body = {"campaign_id": "c-1", "broadcast": True, "audience": audience}

        front.braze("POST", SEND, json=body)

        assert ["u-2"] == [m.recipient for m in front.sandbox.outbox]

    def test_broadcast_reaches_the_segment(self, front):
        """A broadcast reaches everybody in the segment, and has a send id."""
        side = front.sandbox.sessionm
        bo = side.add_customer(user_id="u-2")
        segment = front.sandbox.dashboard.add_segment(members=[bo])
        front.sandbox.dashboard.add_campaign("seg", template="x", segment=segment)

        answer = front.braze(
            "POST", SEND, json={"campaign_id": "seg", "broadcast": True}
        )

        assert answer.json()["send_id"]
        assert ["u-2"] == [m.recipient for m in front.sandbox.outbox]
        assert front.sandbox.outbox[0].trigger.broadcast

    def test_attachments_travel_with_the_message(self, front):
        """The outbox shows the attachments of the request."""
        files = [{"file_name": "menu", "url": "https://files.example/menu.pdf"}]
        body = {"campaign_id": "c-1", "attachments": files, **to("u-1")}

        front.braze("POST", SEND, json=body)

        assert tuple(files) == front.sandbox.outbox[0].attachments


@pytest.mark.usefixtures("ana", "canvas")
class TestCanvas:
    @pytest.mark.parametrize("key", ["context", "canvas_entry_properties"])
    def test_both_names_of_the_properties(self, front, key):
        """The former name of `context` still works, in request and template."""
        body = {"canvas_id": "v-1", key: {"offer": "tea"}, **to("u-1")}

        front.braze("POST", CANVAS, json=body)

        front.sandbox.outbox.assert_sent_once("u-1", text="tea and tea")

    def test_trigger_properties_are_for_campaigns(self, front):
        """A Canvas does not see `trigger_properties`."""
        body = {
            "canvas_id": "v-1",
            "trigger_properties": {"offer": "x"},
            **to("u-1"),
        }

        front.braze("POST", CANVAS, json=body)

        front.sandbox.outbox.assert_sent_once("u-1", text=" and ")

    @pytest.mark.parametrize(
        ("change", "opening"),
        [
            ({"enabled": False}, "The Canvas is paused."),
            ({"archived": True}, "The Canvas is archived."),
        ],
    )
    def test_paused_canvas_sends_nothing(self, front, change, opening):
        """The answer is 201 with a notice, and nothing goes out."""
        front.sandbox.dashboard.change("v-1", **change)

        answer = front.braze("POST", CANVAS, json={"canvas_id": "v-1", **to("u-1")})

        assert 201 == answer.status_code
        assert answer.json()["notice"].startswith(opening)
        front.sandbox.outbox.assert_nothing_sent()


@pytest.mark.usefixtures("ana", "campaign", "canvas")
class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (to(), "No Recipients"),
            ({}, "No Recipients"),
            (to(*(f"u-{n}" for n in range(51))), "The max number of external_ids"),
            (to("u-1", broadcast=True), "recipients cannot be given"),
            (to("u-1", broadcast="yes"), "broadcast must be"),
            (to("u-1", campaign_id="other"), "Invalid campaign ID"),
            (to("u-1", campaign_id=7), "campaign_id must be a string"),
            (to("u-1", trigger_properties=[1]), "trigger_properties must be"),
            (to("u-1", trigger_properties={"x": "y" * 50_000}), "trigger_properties"),
            (to("u-1", audience={"spends": {"comparison": "is"}}), "unknown filter"),
            (to("u-1", send_id="never-made"), "Invalid send_id"),
            (to("u-1", attachments=[{"file_name": "x"}]), "an attachment needs"),
            ({"broadcast": True, "attachments": [{}]}, "attachments cannot be"),
            ({"recipients": [{"email": "x@example.org"}]}, "No Recipients"),
        ],
    )
    def test_whole_request_is_refused(self, front, change, message):
        """What breaks a rule is 400, and nothing is sent."""
        answer = front.braze("POST", SEND, json={"campaign_id": "c-1", **change})

        assert 400 == answer.status_code
        assert answer.json()["message"].startswith(message)
        front.sandbox.outbox.assert_nothing_sent()

    def test_reasons_of_a_refusal(self, front):
        """Where no recipient is good, each fault is named; else there is no list."""
        bad = [{"email": "x@example.org"}, {}]

        faults = front.braze(
            "POST", SEND, json={"campaign_id": "c-1", "recipients": bad}
        ).json()
        nobody = front.braze("POST", SEND, json={"campaign_id": "c-1"}).json()

        assert ("No Recipients", 2) == (faults["message"], len(faults["errors"]))
        assert {"message": "No Recipients"} == nobody

    def test_unknown_canvas(self, front):
        """An unknown Canvas is 400, not 404."""
        answer = front.braze("POST", CANVAS, json={"canvas_id": "c-1", **to("u-1")})

        assert (400, "Invalid Canvas ID") == (
            answer.status_code,
            answer.json()["message"],
        )

    def test_paused_campaign(self, front):
        """A campaign that is not running refuses."""
        front.sandbox.dashboard.change("c-1", enabled=False)

        answer = front.braze("POST", SEND, json={"campaign_id": "c-1", **to("u-1")})

        assert 400 == answer.status_code


class TestEveryAnswer:
    def test_headers(self, front):
        """Each answer has a request id and the state of its rate limit."""
        headers = front.braze("GET", "/campaigns/list").headers

        assert ("250000", "249999") == (
            headers["X-RateLimit-Limit"],
            headers["X-RateLimit-Remaining"],
        )
        assert 0 == int(headers["X-RateLimit-Reset"]) % 3600
        assert headers["X-Request-Id"]

    def test_wrong_key_is_echoed_with_empty_headers(self, front):
        """The 401 repeats the key it was given, and its limit headers are empty."""
        wrong = {"Authorization": "Bearer wrong-key"}

        answer = front.braze("GET", "/campaigns/list", headers=wrong)

        assert 401 == answer.status_code
        assert {"message": "Invalid API key: wrong-key"} == answer.json()
        assert "" == answer.headers["X-RateLimit-Reset"]
        assert answer.headers["X-Request-Id"]

    def test_missing_key(self, front):
        """Without a key there is nothing to echo."""
        answer = front.braze("GET", "/campaigns/list", auth=False)

        assert (401, "Error authenticating credentials") == (
            answer.status_code,
            answer.json()["message"],
        )

    def test_broken_json_has_an_error_field(self, front):
        """A body that is no JSON is answered with `error` in place of `message`."""
        headers = {"Content-Type": "application/json"}

        answer = front.braze("POST", SEND, data=b'{"a": NaN}', headers=headers)

        assert (400, {"error"}) == (answer.status_code, set(answer.json()))

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [("POST", "/nowhere", 404), ("GET", "/campaigns/list/", 403)],
    )
    def test_wrong_paths(self, front, method, path, status):
        """An unknown path is 404, a trailing slash 403."""
        assert status == front.braze(method, path).status_code

    def test_wrong_content_type(self, front):
        """A body must say that it is JSON."""
        headers = {"Content-Type": "text/plain"}

        assert 415 == front.braze("POST", SEND, data=b"{}", headers=headers).status_code

    def test_huge_body(self, front):
        """More than 4 MB is too much."""
        body = {"campaign_id": "c-1", "attributes": "x" * 4_000_000}

        assert 413 == front.braze("POST", SEND, json=body).status_code


@pytest.mark.usefixtures("ana", "campaign", "canvas")
class TestRealClient:
    def test_sends(self, front):
        """The client reads the receipts."""
        braze = front.braze_client()
        person = Recipient(external_user_id="u-1")

        one = braze.trigger_campaign(
            "c-1", recipients=[person], trigger_properties={"offer": "tea"}
        )
        two = braze.trigger_canvas("v-1", recipients=[person], context={"offer": 5})

        assert ["accepted", "accepted"] == [one.state, two.state]
        assert one.dispatch_id == front.sandbox.outbox[0].trigger.dispatch_id
        assert ["Hi Ana: tea", "5 and 5"] == [m.text for m in front.sandbox.outbox]

    def test_paused_canvas_is_told_apart(self, front):
        """A notice becomes the state of the receipt."""
        front.sandbox.dashboard.change("v-1", enabled=False)

        receipt = front.braze_client().trigger_canvas(
            "v-1", recipients=[Recipient(external_user_id="u-1")]
        )

        assert "not_sent" == receipt.state

    def test_wrong_key_stays_secret(self, front):
        """The error of a 401 does not show the key that the answer echoed."""
        braze = type(front.braze_client())(
            front.urls.braze, api_key="planted-secret-key", **front.settings()
        )

        with pytest.raises(AuthenticationError) as info:
            braze.trigger_campaign(
                "c-1", recipients=[Recipient(external_user_id="u-1")]
            )

        assert "planted-secret-key" not in f"{info.value!r} {info.value}"

    def test_journal_masks_the_key(self, front):
        """The journal shows the request without its secrets."""
        front.braze_client().trigger_campaign(
            "c-1", recipients=[Recipient(external_user_id="u-1")]
        )

        (record,) = front.sandbox.requests
        key = front.sandbox.credentials.braze_api_key
        assert "Bearer ***" == record.headers["authorization"]
        assert "c-1" == record.json["campaign_id"]
        assert (201, "success") == (record.status, record.answer["message"])
        assert key not in json.dumps([str(record), repr(record)])
