"""Settings that are wrong: one line with field, value, rule, and what was meant."""

from __future__ import annotations

import pytest

from sessionm_braze import (
    BrazeClient,
    CampaignTrigger,
    Hooks,
    LoyaltyMessage,
    Recipient,
    RetryPolicy,
    SessionMConnectClient,
    SessionMCoreClient,
    UserAlias,
)
from sessionm_braze.bulk import fetch_wallets, send_triggers, tag_customers
from sessionm_braze.testing import Sandbox


class ForeignSession:
    adapters = ()

    def __repr__(self):
        return "<foreign session>"


MAKE = [
    lambda **settings: BrazeClient("US-03", api_key="k", **settings),
    lambda **settings: BrazeClient.from_env(
        {"BRAZE_ENDPOINT": "US-03", "BRAZE_API_KEY": "k"}, **settings
    ),
    lambda **settings: SessionMCoreClient(
        "core.example", api_key="k", api_secret="s", **settings
    ),
    lambda **settings: SessionMConnectClient(
        "connect.example", authorization="a", retailer_id="r", **settings
    ),
]
WRONG = [
    ({"retry": 3}, "retry must be a RetryPolicy, such as RetryPolicy(attempts=5), got"),
    ({"hooks": len}, "hooks must be a Hooks, such as Hooks(before_request=print), got"),
    ({"http": ForeignSession()}, "http must be a Session, such as requests.Session()"),
    ({"clock": 3}, "clock must be a function, got 3"),
    ({"sleep": None}, "sleep must be a function, got None"),
    ({"timeut": 3}, "Client() has no argument 'timeut' (did you mean 'timeout'?)"),
    ({"quux": "s3cret"}, "has no argument 'quux' (endpoint, "),
]
ELSEWHERE = [
    (lambda: RetryPolicy(attempt=3), "RetryPolicy() has no argument 'attempt' (did"),
    (lambda: Hooks(before_retries=len), "(did you mean 'before_retry'?)"),
    (lambda: Hooks(before_retry=3), "Hooks.before_retry must be a function, got 3"),
    (lambda: BrazeClient.from_env(3), "environ must be a mapping, got int"),
    (
        lambda: LoyaltyMessage(campaign_id="c", external_user_id="u", offer={}),
        "LoyaltyMessage.offer must be an OfferProperties, got {}",
    ),
    (lambda: UserAlias(zz=1), "UserAlias() has no argument 'zz' (alias_name, "),
    (lambda: Recipient(emial="a"), "did you mean 'email'?"),
    (lambda: Sandbox(tickin=True), "Sandbox() has no argument 'tickin' (did you"),
    (lambda: Sandbox(strict="yes"), "strict must be True or False, got 'yes'"),
    (lambda: Sandbox(start=3), "start must be a datetime, got 3"),
    (lambda: Sandbox(fetcher=3), "fetcher must be a function, got 3"),
    (
        lambda: Sandbox().dashboard.add_campaign(template="Hi", enabld=True),
        "did you mean 'enabled'?",
    ),
]
RUNS = [
    lambda **run: tag_customers(
        Sandbox().core, [], by="user_id", tags=["a"], ttl=1, **run
    ),
    lambda **run: send_triggers(Sandbox().braze, [], **run),
    lambda **run: fetch_wallets(Sandbox().connect, [], **run),
]


def _fault(make, *args, **settings):
    with pytest.raises((TypeError, ValueError)) as info:
        make(*args, **settings)
    text = str(info.value)
    assert "\n" not in text
    assert "s3cret" not in text
    return text


@pytest.mark.parametrize("make", MAKE)
@pytest.mark.parametrize(("settings", "text"), WRONG)
def test_of_a_client_are_named(make, settings, text):
    """Every way to make a client says the same of a wrong setting."""
    assert text in _fault(make, **settings)


@pytest.mark.parametrize(("make", "text"), ELSEWHERE)
def test_are_named_elsewhere(make, text):
    """So do policies, hooks, messages and the sandbox."""
    assert text in _fault(make)


@pytest.mark.parametrize("start", RUNS)
def test_of_a_run_are_named(start):
    """A bulk run names them before anything is sent."""
    assert "did you mean 'max_workers'?" in _fault(start, max_worker=3)
    assert "on_outcome must be a function, got 3" == _fault(start, on_outcome=3)
    assert "executor must be a concurrent" in _fault(start, executor=3)


@pytest.mark.parametrize(
    ("alias", "text"),
    [
        ({"zz": 1}, "recipients[1].user_alias has fields Braze does not know: zz"),
        ({"alias_name": "n"}, "recipients[1].user_alias needs alias_label"),
    ],
)
def test_of_a_recipient_are_named_with_their_place(alias, text):
    """Recipients in Braze's own form are checked like those of ours."""
    recipients = [Recipient(external_user_id="u"), {"user_alias": alias}]

    assert text == _fault(CampaignTrigger, campaign_id="c", recipients=recipients)
