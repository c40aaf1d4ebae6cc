import gc
import logging

import pytest

from sessionm_braze import LedgerError, NotFoundError, PayloadError
from sessionm_braze.bulk import fetch_wallets


OFFERS = "/api/2.0/offers/get_user_offers"


def ids(count):
    """Yield *count* customers of the sandbox."""
    return (f"u-{number}" for number in range(count))


def test_gives_the_whole_wallet_of_each_customer(sandbox):
    """Every customer comes once, with all offers."""
    ana = sandbox.sessionm.customer("u-7")
    sandbox.sessionm.issue_offer(ana, name="Free coffee")

    run = fetch_wallets(sandbox.connect, ids(20))
    wallets = {result.user_id: result.wallet for result in run}

    assert {f"u-{n}" for n in range(20)} == set(wallets)
    assert ["Free coffee"] == [offer.name for offer in wallets["u-7"]]
    assert 20 == run.report.accepted


def test_asks_in_the_language_wanted(sandbox):
    """The culture goes with each call."""
    list(fetch_wallets(sandbox.connect, ids(2), culture="pt-BR"))

    assert ["pt-BR"] * 2 == [r.json["culture"] for r in sandbox.requests.to("connect")]


def test_an_unknown_customer_has_an_error_instead(sandbox):
    """One customer that is not there keeps no other one from coming."""
    run = fetch_wallets(sandbox.connect, ["nobody", "", "u-1"])
    results = {result.user_id: result for result in run}

    assert ["refused", "refused", "accepted"] == [
        results[name].outcome for name in ("nobody", "", "u-1")
    ]
    assert isinstance(results["nobody"].error, NotFoundError)
    assert isinstance(results[""].error, ValueError)
    assert results["nobody"].wallet is None


def test_a_wallet_of_the_wrong_shape_is_refused(sandbox):
    """It would have the same shape the next time."""
    for call in (1, 2, 3):
        sandbox.faults.add(
            service="connect", path=OFFERS, call=call, kind="truncated_json"
        )

    (result,) = fetch_wallets(sandbox.connect, ["u-1"])

    assert "refused" == result.outcome
    assert isinstance(result.error, PayloadError)


def test_nothing_is_read_before_it_is_asked_for(sandbox):
    """Making the run makes no request; asking for one reads no more than in flight."""
    run = fetch_wallets(sandbox.connect, ids(100), max_workers=2)
    assert 0 == len(sandbox.requests)

    next(run)
    run.close()

    assert 1 <= len(sandbox.requests) <= 8


def test_a_wallet_counts_when_the_next_one_is_asked_for(sandbox, ledger):
    """Whoever dies while working on a wallet gets it again."""
    with fetch_wallets(sandbox.connect, ids(10), ledger=ledger, max_workers=1) as run:
        first = next(run).user_id

    again = [
        (result.user_id, result.outcome)
        for result in fetch_wallets(sandbox.connect, ids(10), ledger=ledger)
    ]
    assert 10 == len(again)
    assert {"accepted"} == {outcome for _, outcome in again}
    assert first in dict(again)
    third = fetch_wallets(sandbox.connect, ids(10), ledger=ledger)
    assert {"skipped"} == {result.outcome for result in third}


def test_what_was_not_handed_over_is_pending(sandbox, ledger):
    """A wallet that was read, and that nobody asked for, is still to do."""
    with fetch_wallets(sandbox.connect, ids(10), ledger=ledger) as run:
        next(run)

    assert {"accepted": 1, "pending": 9} == {
        k: v for k, v in run.report.counts().items() if v
    }


def test_a_ledger_of_another_culture_is_refused(sandbox, ledger):
    """Texts in one language are not those in another."""
    list(fetch_wallets(sandbox.connect, ids(1), ledger=ledger))

    with pytest.raises(LedgerError, match="belongs to a run with culture"):
        fetch_wallets(sandbox.connect, ids(1), ledger=ledger, culture="pt-BR")


def test_a_run_that_was_never_begun_lets_the_ledger_go(sandbox, ledger):
    """Closing is enough, whether or not a result was asked for."""
    run = fetch_wallets(sandbox.connect, ids(1), ledger=ledger)
    with pytest.raises(LedgerError, match="another run holds the ledger"):
        fetch_wallets(sandbox.connect, ids(1), ledger=ledger)

    run.close()

    assert 1 == len(list(fetch_wallets(sandbox.connect, ids(1), ledger=ledger)))


def test_ctrl_c_while_working_on_a_wallet_ends_the_run(sandbox, ledger):
    """The generator is closed with the block, and the ledger with it."""
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012, SIM117 - what users write
        with fetch_wallets(sandbox.connect, ids(50), ledger=ledger) as run:
            for _ in run:
                raise KeyboardInterrupt

    assert 50 == len(list(fetch_wallets(sandbox.connect, ids(50), ledger=ledger)))


@pytest.mark.parametrize(("count", "times"), [(500, 0), (501, 1), (1203, 1)])
def test_above_five_hundred_the_advice_is_logged_once(sandbox, caplog, count, times):
    """The partner page's note reaches whoever reads logs, and does not fill them."""
    with caplog.at_level(logging.WARNING, logger="sessionm_braze"):
        for _ in fetch_wallets(sandbox.connect, (f"u-{n % 200}" for n in range(count))):
            pass

    told = [record for record in caplog.records if "account team" in record.message]
    assert times == len(told)
    gc.collect()
