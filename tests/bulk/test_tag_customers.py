import io
import itertools
import threading
from datetime import timedelta

import pytest

from sessionm_braze import (
    Hooks,
    LedgerError,
    RetryPolicy,
    SessionMCoreClient,
)
from sessionm_braze.bulk import BulkError, tag_customers
from sessionm_braze.tag_csv import read_segment_csv


TAGS = "/users/*/tags"


def ids(count, first=0):
    """Yield *count* customers of the sandbox."""
    return (f"u-{number}" for number in range(first, first + count))


def spring(sandbox, customers, **options):
    """Tag customers with an expiring tag."""
    settings = {"by": "user_id", "tags": ["spring"], "ttl": 60, **options}
    return tag_customers(sandbox.core, customers, **settings)


def counts(report):
    """Return the outcomes that there were."""
    return {name: count for name, count in report.counts().items() if count}


def tagged(sandbox):
    """Return the customers that were asked to be tagged, in the order of requests."""
    return [request.path.split("/")[-2] for request in sandbox.requests.to("core")]


class TestInput:
    def test_ids_are_tagged_one_by_one(self, sandbox):
        """Each customer gets every tag, with the ttl in seconds."""
        report = spring(sandbox, ids(100), tags=["a", "b"], ttl=timedelta(minutes=2))

        assert {"accepted": 100} == counts(report)
        assert {f"u-{n}" for n in range(100)} == set(tagged(sandbox))
        assert [{"tags": ["a", "b"], "ttl": 120}] * 100 == [
            request.json for request in sandbox.requests
        ]

    def test_rows_of_the_dashboard_go_straight_in(self, sandbox):
        """From a segment to tags in one go, users without an id told apart."""
        text = "email,user_id\na@example.org,u-1\nb@example.org,\nc@example.org,u-2\n"

        report = spring(sandbox, read_segment_csv(io.StringIO(text)))

        assert {"accepted": 2, "refused": 1} == counts(report)
        assert ["user_id is blank"] == [f.reason for f in report.failures]

    def test_lines_that_cannot_be_read_are_refused(self, sandbox):
        """A line that was cut short is a record like any other, with its line."""
        text = "user_id,email\nu-1,a\nu-2\nu-3,c\nu-"

        report = spring(sandbox, read_segment_csv(io.StringIO(text)))

        assert {"accepted": 2, "refused": 2} == counts(report)
        assert [
            "line 3: 1 cells where 2 belong",
            "line 5: 1 cells where 2 belong",
        ] == [failure.reason for failure in report.failures]

    def test_ids_that_a_spreadsheet_spoilt_are_refused(self, sandbox):
        """A rounded id in a file is nobody's, and is told apart."""
        text = "user_id,email\nu-1,a\n1.23457E+11,b\nNULL,c\n"

        report = spring(sandbox, read_segment_csv(io.StringIO(text)))

        assert {"accepted": 1, "refused": 2} == counts(report)
        assert "spoilt by a spreadsheet" in report.failures[0].reason
        assert "stands for no value" in report.failures[1].reason

    def test_rows_of_a_file_stay_as_they_were(self, sandbox):
        """What the caller handed in is read, and not changed."""
        rows = read_segment_csv(io.StringIO("user_id,email\nu-1,a\nu-2\n"))
        before = {**vars(rows)}

        spring(sandbox, rows)

        assert rows.on_reject is None
        assert before.items() <= vars(rows).items()

    @pytest.mark.parametrize(
        ("by", "profile"),
        [
            ("external_id", {"external_id": "e-7", "braze_id": "66aa"}),
            ("user_id", {"external_id": "u-7", "braze_id": "66aa"}),
            ("user_id", {"external_id": "e-7", "user_id": "u-7"}),
        ],
    )
    def test_profiles_of_an_export_go_straight_in(self, sandbox, by, profile):
        """The id that Braze knows is the customer's, whichever of the two it is."""
        report = spring(sandbox, [profile], by=by)

        assert {"accepted": 1} == counts(report)
        assert {"spring": {"ttl": 60}} == sandbox.sessionm.tags_of(
            sandbox.sessionm.customer("u-7")
        )

    def test_a_dry_run_shows_what_would_be_sent(self, sandbox):
        """A dry client records every request of the run, and nothing leaves."""
        dry = sandbox.core.dry_run()

        report = tag_customers(dry, ids(20), by="user_id", tags=["a"], ttl=60)

        assert {"accepted": 20} == counts(report)
        assert [{"tags": ["a"], "ttl": 60}] * 20 == [r.json for r in dry.requests]
        assert 0 == len(sandbox.requests)

    def test_counter_tags_are_counted(self, sandbox):
        """Each record counts, a customer that comes twice counts twice."""
        report = spring(sandbox, ["u-1", "u-1"], ttl=None, counter=True)

        assert {"accepted": 2} == counts(report)
        assert {"spring": {"count": 2}} == sandbox.sessionm.tags_of(
            sandbox.sessionm.customer("u-1")
        )

    @pytest.mark.parametrize(
        ("options", "error", "message"),
        [
            ({"ttl": None}, ValueError, "exactly one of ttl and counter"),
            ({"counter": True}, ValueError, "exactly one of ttl and counter"),
            ({"ttl": 0}, ValueError, "ttl must be 1 or more"),
            ({"tags": []}, ValueError, "tags must hold at least one"),
            ({"by": "email"}, ValueError, "by must be"),
            ({"max_workers": 0}, ValueError, "max_workers must be 1 or more"),
            ({"requests_per_second": 0}, ValueError, "requests_per_second must be"),
            ({"durability": "most"}, ValueError, "durability must be"),
            ({"keep_failures": -1}, ValueError, "keep_failures must be 0 or more"),
            ({"executor": 4}, TypeError, "executor must be"),
            ({"progress": 4}, TypeError, "progress must be"),
            ({"retry_unknown": 1}, TypeError, "retry_unknown must be"),
            ({"patience": 1}, TypeError, "patience"),
        ],
    )
    def test_wrong_arguments_are_told_before_anything_is_sent(
        self, sandbox, options, error, message
    ):
        """The error names the argument, and no request was made."""
        with pytest.raises(error, match=message):
            spring(sandbox, ["u-1"], **options)

        assert [] == list(sandbox.requests)

    @pytest.mark.parametrize("customers", ["u-1", b"u-1", {"user_id": "u-1"}, 5])
    def test_a_single_customer_is_no_list(self, sandbox, customers):
        """A lone text is not taken for a list of its letters."""
        with pytest.raises(TypeError, match="customers must be an iterable"):
            spring(sandbox, customers)

    def test_another_client_is_told(self, sandbox):
        """A client of the other platform is a mistake, not a run of refusals."""
        with pytest.raises(TypeError, match="must be a SessionMCoreClient, got Braze"):
            tag_customers(sandbox.braze, ["u-1"], by="user_id", tags=["a"], ttl=60)

    def test_what_cannot_be_sent_is_refused_and_the_rest_goes_on(self, sandbox):
        """A record of the wrong kind costs no request and no other record."""
        report = spring(sandbox, ["u-1", 7, {"email": "a"}, {"user_id": 7}, "u-2"])

        assert {"accepted": 2, "refused": 3} == counts(report)
        assert ["u-1", "u-2"] == sorted(tagged(sandbox))

    def test_at_most_twice_as_many_as_workers_are_read_ahead(self, sandbox):
        """The input is pulled as requests end, never further."""
        read = []
        ahead = []

        def customers():
            for customer in ids(100):
                read.append(customer)
                yield customer

        def on_outcome(_):
            ahead.append(len(read) - len(ahead))

        spring(sandbox, customers(), max_workers=3, on_outcome=on_outcome)

        assert 100 == len(ahead)
        assert max(ahead) <= 6

    def test_a_slow_input_does_not_hold_requests_back(self, sandbox):
        """A record that is there is sent, though the next one is not there yet."""
        arrived = threading.Event()
        watched = SessionMCoreClient.from_env(
            sandbox.environ,
            **sandbox.client_settings(),
            hooks=Hooks(after_response=lambda _: arrived.set()),
        )

        def customers():
            yield "u-1"
            threading.Event().wait(0.01)
            yield "u-2"
            assert arrived.wait(5)
            yield "u-3"

        report = tag_customers(watched, customers(), by="user_id", tags=["a"], ttl=1)

        assert {"accepted": 3} == counts(report)

    def test_a_failing_input_settles_what_is_in_flight(self, sandbox, ledger):
        """The error goes on with the report; a second run does the rest."""

        def customers():
            yield from ids(20)
            raise OSError("the source broke")

        with pytest.raises(OSError, match="the source broke") as info:
            spring(sandbox, customers(), ledger=ledger)

        done = info.value.report.accepted
        assert done == len(tagged(sandbox))
        report = spring(sandbox, ids(30), ledger=ledger)
        assert {"accepted": 30 - done, "skipped": done} == counts(report)
        assert 30 == len(set(tagged(sandbox))) == len(tagged(sandbox))


class TestOutcomes:
    def test_an_unknown_customer_is_refused(self, sandbox):
        """The failure has the reason and the status; the others are tagged."""
        report = spring(sandbox, ["u-1", "nobody"])

        assert {"accepted": 1, "refused": 1} == counts(report)
        (failure,) = report.failures
        assert ("nobody", "refused", 404, 1) == (
            failure.identifier,
            failure.outcome,
            failure.status_code,
            failure.attempts,
        )
        assert "user_not_found" in failure.reason

    def test_what_may_be_sent_again_is_pending(self, sandbox, ledger):
        """An expiring tag without an answer is done by the next run."""
        for call in (1, 2, 3):
            sandbox.faults.add(
                service="core", path="/users/u-0/tags", call=call, kind="server_error"
            )

        report = spring(sandbox, ids(3), ledger=ledger)

        assert {"accepted": 2, "pending": 1} == counts(report)
        assert ["u-0"] == [failure.identifier for failure in report.failures]
        again = spring(sandbox, ids(3), ledger=ledger)
        assert {"accepted": 1, "skipped": 2} == counts(again)

    def test_a_counter_that_got_no_answer_is_unknown(self, sandbox, ledger):
        """It is told in every run, and sent again only when asked."""
        sandbox.faults.add(
            service="core", path="/users/u-1/tags", kind="drop_after_processing"
        )
        counter = {"ttl": None, "counter": True, "ledger": ledger}

        first = spring(sandbox, ids(3), **counter)
        second = spring(sandbox, ids(3), **counter)
        third = spring(sandbox, ids(3), retry_unknown=True, **counter)

        assert {"accepted": 2, "unknown": 1} == counts(first)
        assert {"unknown": 1, "skipped": 2} == counts(second)
        assert ["u-1"] == [failure.identifier for failure in second.failures]
        assert {"accepted": 1, "skipped": 2} == counts(third)
        assert 4 == len(tagged(sandbox))

    def test_wrong_credentials_stop_the_run(self, sandbox, ledger):
        """A 401 ends it within what is in flight; the next run finishes it."""
        wrong = SessionMCoreClient(
            sandbox.endpoints.core,
            api_key=sandbox.credentials.core_api_key,
            api_secret="fake-and-wrong",
            **sandbox.client_settings(),
        )
        options = {"by": "user_id", "tags": ["a"], "ttl": 60, "ledger": ledger}

        report = tag_customers(wrong, list(ids(100)), max_workers=4, **options)

        assert {"pending": 100} == counts(report)
        assert "HTTP 401" in report.stopped
        assert 0 < len(sandbox.requests) <= 8
        again = tag_customers(sandbox.core, ids(100), **options)
        assert {"accepted": 100} == counts(again)

    def test_a_401_in_the_middle_stops_within_what_is_in_flight(
        self, core_on_loopback, service, ledger
    ):
        """What was accepted stays so, the rest is pending, and the next run ends it."""
        service.reset(expires_after=50)
        options = {"by": "user_id", "tags": ["a"], "ttl": None, "counter": True}
        options |= {"ledger": ledger, "max_workers": 4}

        report = tag_customers(core_on_loopback, list(ids(100)), **options)

        assert {"accepted": 50, "pending": 50} == counts(report)
        assert "HTTP 401" in report.stopped
        assert service.requests() <= 50 + 8
        service.reset()
        again = tag_customers(core_on_loopback, ids(100), **options)
        assert {"accepted": 50, "skipped": 50} == counts(again)
        assert {1} == set(service.counts().values())
        assert 50 == len(service.counts())

    def test_a_service_that_is_gone_stops_the_run(self, sandbox):
        """After many requests without any answer no more are made."""
        for call in range(1, 41):
            sandbox.faults.add(service="core", path=TAGS, call=call, kind="refused")
        core = SessionMCoreClient.from_env(
            sandbox.environ, **sandbox.client_settings(), retry=RetryPolicy(attempts=1)
        )

        report = tag_customers(
            core, ids(200), by="user_id", tags=["a"], ttl=60, max_workers=2
        )

        assert "20 requests in a row failed" in report.stopped
        assert len(sandbox.requests) <= 24
        sandbox.faults.clear()

    def test_a_broken_hook_costs_nothing(self, sandbox, caplog):
        """A fault of the caller's own code hides no outcome; it is logged."""

        def broken(_):
            raise ZeroDivisionError("oops")

        core = SessionMCoreClient.from_env(
            sandbox.environ,
            **sandbox.client_settings(),
            hooks=Hooks(after_response=broken),
        )

        report = tag_customers(
            core, ids(100), by="user_id", tags=["a"], counter=True, max_workers=1
        )

        assert {"accepted": 100} == counts(report)
        assert 100 == len(sandbox.requests)
        assert "ZeroDivisionError: oops" in caplog.text

    def test_on_outcome_has_every_record_in_the_callers_thread(self, sandbox):
        """The callback sees each outcome once, from the thread that called."""
        seen = []

        spring(
            sandbox,
            [*ids(10), "nobody"],
            on_outcome=lambda outcome: seen.append((outcome, threading.get_ident())),
        )

        assert {threading.get_ident()} == {thread for _, thread in seen}
        assert ["accepted"] * 10 + ["refused"] == sorted(o.outcome for o, _ in seen)

    def test_failures_are_kept_up_to_a_number(self, sandbox):
        """Counts are complete, the list of failures is not longer than asked."""
        report = spring(sandbox, (f"no-{n}" for n in range(50)), keep_failures=3)

        assert 50 == report.refused
        assert 3 == len(report.failures) == len(list(report.outcomes()))

    def test_raise_for_failures(self, sandbox):
        """A run with failures raises when asked, one without does not."""
        spring(sandbox, ids(3)).raise_for_failures()

        with pytest.raises(BulkError, match="1 refused; first: nobody") as info:
            spring(sandbox, ["nobody"]).raise_for_failures()

        assert 1 == info.value.report.refused


class TestKeys:
    def test_a_key_is_done_once(self, sandbox, ledger):
        """Records with the same name are one, in this run and the next."""
        rows = [{"user_id": f"u-{n}", "order": n % 3} for n in range(9)]
        counter = {"ttl": None, "counter": True, "key": lambda row: row["order"]}

        first = spring(sandbox, rows, ledger=ledger, **counter)
        second = spring(sandbox, reversed(rows), ledger=ledger, **counter)

        assert {"accepted": 3, "skipped": 6} == counts(first)
        assert {"skipped": 9} == counts(second)

    def test_a_ledger_with_other_keys_is_refused(self, sandbox, ledger):
        """Records that were known by other names would all be new."""
        spring(sandbox, ["u-1"], ledger=ledger)

        with pytest.raises(LedgerError, match="belongs to a run with key 'default'"):
            spring(sandbox, ["u-1"], ledger=ledger, key=lambda customer: customer)

    def test_a_key_works_without_a_ledger(self, sandbox):
        """Within one run the same name is done once."""
        report = spring(sandbox, ["u-1", "u-2"], key=lambda _: "same")

        assert {"accepted": 1, "skipped": 1} == counts(report)

    def test_occurrences_are_told_apart(self, sandbox, ledger):
        """A customer that comes three times is three records, in any order."""
        counter = {"ttl": None, "counter": True, "ledger": ledger}

        spring(sandbox, ["u-1", "u-2", "u-1"], **counter)
        report = spring(sandbox, ["u-1", "u-1", "u-1", "u-2"], **counter)

        assert {"accepted": 1, "skipped": 3} == counts(report)
        assert {"spring": {"count": 3}} == sandbox.sessionm.tags_of(
            sandbox.sessionm.customer("u-1")
        )


class TestPace:
    def test_the_run_keeps_the_pace(self, sandbox):
        """Requests leave no faster than asked, whatever the number of workers."""
        started = sandbox.clock()

        spring(sandbox, ids(40), requests_per_second=10, max_workers=8)

        assert 3.8 <= sandbox.clock() - started <= 4.2

    def test_the_clients_own_pace_holds_for_the_run(self, sandbox):
        """Without a pace of its own the run takes that of the client."""
        core = SessionMCoreClient.from_env(
            sandbox.environ, **sandbox.client_settings(), requests_per_second=20
        )
        started = sandbox.clock()

        tag_customers(core, ids(40), by="user_id", tags=["a"], ttl=60)

        assert 1.9 <= sandbox.clock() - started <= 2.1

    def test_a_429_holds_the_whole_run_back(self, sandbox):
        """Nobody sends until the wait is over, and the record is sent again."""
        sandbox.faults.add(
            service="core", path=TAGS, call=5, kind="rate_limited", retry_after=30
        )

        report = spring(sandbox, ids(40), max_workers=2)

        assert {"accepted": 40} == counts(report)
        times = [request.at for request in sandbox.requests]
        waits = [later - sooner for sooner, later in itertools.pairwise(times)]
        assert [30] == [wait for wait in waits if wait]
        assert 41 == len(tagged(sandbox)) == report.requests

    def test_a_wait_that_is_too_long_stops_the_run(self, sandbox):
        """Beyond the client's max_wait the run ends and says how long it would be."""
        sandbox.faults.add(
            service="core", path=TAGS, call=5, kind="rate_limited", retry_after=3000
        )

        report = spring(sandbox, list(ids(100)), max_workers=1)

        assert "rate limit: 3000 s to wait" in report.stopped
        assert 100 == report.accepted + report.pending
        assert report.accepted < 10

    def test_endless_429s_end_the_run(self, sandbox):
        """A platform that never takes anything is not asked for ever."""
        for call in range(1, 60):
            sandbox.faults.add(
                service="core", path=TAGS, call=call, kind="rate_limited", retry_after=1
            )

        report = spring(sandbox, list(ids(10)), max_workers=1)

        assert "still there after 10 pauses" in report.stopped
        assert {"pending": 10} == counts(report)
        sandbox.faults.clear()


class TestLedgerOfAnother:
    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"tags": ["autumn"]}, "tags"),
            ({"ttl": 61}, "ttl"),
            ({"ttl": None, "counter": True}, "ttl"),
            ({"by": "external_id"}, "by"),
        ],
    )
    def test_a_ledger_of_other_tags_is_refused(self, sandbox, ledger, change, named):
        """The error says what differs, and nothing is sent."""
        spring(sandbox, ids(3), ledger=ledger)
        sandbox.requests.clear()

        with pytest.raises(LedgerError, match=f"belongs to a run with {named} "):
            spring(sandbox, ids(3), ledger=ledger, **change)

        assert [] == list(sandbox.requests)

    def test_a_ledger_of_another_endpoint_is_refused(self, sandbox, ledger, service):
        """What was done at one service was not done at another."""
        spring(sandbox, ids(3), ledger=ledger)
        other = SessionMCoreClient(
            service.url, api_key="fake-key", api_secret="fake-secret"
        )

        with pytest.raises(LedgerError, match="belongs to a run with endpoint "):
            tag_customers(
                other, ids(3), by="user_id", tags=["spring"], ttl=60, ledger=ledger
            )

    def test_no_secret_is_in_the_ledger(self, sandbox, ledger):
        """The file holds no key, no secret and no authorization string."""
        spring(sandbox, ["u-1", "nobody"], ledger=ledger)

        data = ledger.read_bytes()
        assert sandbox.credentials.core_api_key.encode() not in data
        assert sandbox.credentials.core_api_secret.encode() not in data
        assert b"nobody" in data
