from __future__ import annotations

import pickle

import pytest

from sessionm_braze import BrazeClient


ANA = {"external_user_id": "ana"}


class TestDryRun:
    def test_sends_nothing_and_keeps_the_requests(self, core, connect, braze, wire):
        """Calls are checked, written down, and answered with a plain yes."""
        dry_core, dry_connect, dry_braze = (
            client.dry_run() for client in (core, connect, braze)
        )
        receipt = dry_core.add_tags(["vip"], user_id="u", ttl=60)
        wallet = dry_connect.get_wallet("u")
        answer = dry_braze.trigger_campaign("c", recipients=[ANA])

        assert [] == wire.requests
        assert (("vip",), 0, "accepted") == (receipt.tags, len(wallet), answer.state)
        assert 0 == answer.meta.attempts
        ((tagged,), (read,), (sent,)) = (
            client.requests for client in (dry_core, dry_connect, dry_braze)
        )
        assert (
            "SessionM Core",
            "add_tags",
            "POST",
            "https://core.example/priv/v1/apps/***/users/u/tags",
            {"tags": ["vip"], "ttl": 60},
        ) == (tagged.service, tagged.call, tagged.method, tagged.url, tagged.json)
        assert "u" == read.json["user_id"]
        assert {"campaign_id": "c", "broadcast": False, "recipients": [ANA]} == (
            sent.json
        )

    def test_leaves_the_client_alone(self, core, wire):
        """The client itself goes on sending, and has nothing written down."""
        dry = core.dry_run()
        core.increment_tags(["seen"], user_id="u")

        assert 1 == len(wire.requests)
        assert () == core.requests == dry.requests

    def test_still_checks(self, braze, core):
        """What a client refuses, its dry run refuses."""
        with pytest.raises(ValueError, match="recipients must hold at least one"):
            braze.dry_run().trigger_campaign("c")
        with pytest.raises(ValueError, match="exactly one of user_id, external_id"):
            core.dry_run().get_tags()

    def test_checks_the_size(self, braze):
        """A request above 4 MB is refused in a dry run too."""
        attributes = {f"field_{n}": "x" * 1000 for n in range(45)}
        recipients = [
            {
                "external_user_id": str(n),
                "attributes": attributes,
                "context": attributes,
            }
            for n in range(50)
        ]
        with pytest.raises(ValueError, match="at most 4,000,000"):
            braze.dry_run().trigger_canvas("c", recipients=recipients)

    def test_resolves_ids(self, core):
        """An external id gets a user id that says what it stands for."""
        assert "user-id-of-e-1" == core.dry_run().resolve_user_id("e-1")

    def test_does_not_share_what_was_learnt(self, core, wire):
        """Ids that a dry run made up stay out of the client's memory."""
        wire.answer = {"status": "ok", "user": {"id": "u-1"}}
        core.dry_run().resolve_user_id("e-1")

        assert "u-1" == core.resolve_user_id("e-1")

    def test_masks_secrets(self, settings):
        """A key that stands in a body by mistake is masked."""
        client = BrazeClient("US-01", api_key="planted-key-0815", **settings).dry_run()
        client.request("POST", "/x", json={"note": "planted-key-0815"}, params={"a": 1})

        (request,) = client.requests
        assert ({"note": "***"}, {"a": 1}) == (request.json, request.params)
        assert "planted" not in repr(request)

    def test_can_be_pickled(self, braze):
        """A dry run keeps what it wrote down on its way to another process."""
        dry = braze.dry_run()
        dry.request("GET", "/x")

        assert dry.requests == pickle.loads(pickle.dumps(dry.requests))

    def test_knows_its_kind(self, braze):
        """A dry run is a client like the one it came from."""
        dry = braze.dry_run()

        assert isinstance(dry, BrazeClient)
        assert repr(braze) == repr(dry)
        with dry:
            dry.trigger_canvas("c", broadcast=True)


class TestUserAgent:
    def test_has_a_suffix(self, settings, wire):
        """An app adds its own name to the package's."""
        client = BrazeClient("US-01", api_key="k", user_agent="my-app/1.2", **settings)
        client.request("GET", "/x")

        agent = wire.requests[0].headers["User-Agent"]
        assert agent.startswith("sessionm-braze/")
        assert agent.endswith(" my-app/1.2")

    @pytest.mark.parametrize(
        ("wrong", "error"), [("", ValueError), ("a\nb", ValueError), (7, TypeError)]
    )
    def test_fits_a_header(self, wrong, error):
        """A name that no header can carry is refused."""
        with pytest.raises(error, match="user_agent must be"):
            BrazeClient("US-01", api_key="k", user_agent=wrong)
