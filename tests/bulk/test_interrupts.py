import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from sessionm_braze import Hooks, SessionMCoreClient
from sessionm_braze.bulk import fetch_wallets, tag_customers


ROUNDS = int(os.environ.get("SESSIONM_BRAZE_INTERRUPTS", "12"))

SCRIPT = """
import json, signal, sys, time
from sessionm_braze import SessionMCoreClient
from sessionm_braze.bulk import fetch_wallets, tag_customers

core = SessionMCoreClient(sys.argv[1], api_key="fake-key", api_secret="fake-secret")

def customers():
    for number in range(100_000):
        if number == 40:
            print("running", flush=True)
        yield f"r-{number}"

try:
    tag_customers(
        core, customers(), by="user_id", tags=["a"], counter=True, ledger=sys.argv[2]
    )
except KeyboardInterrupt as error:
    print(json.dumps(error.report.counts()))
"""


def counts(report):
    """Return the outcomes that there were."""
    return {name: count for name, count in report.counts().items() if count}


def test_ctrl_c_finishes_what_is_in_flight(service, ledger, tmp_path):
    """No new work, every request settled, and the report comes with the interrupt."""
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(SCRIPT))
    run = subprocess.Popen(
        [sys.executable, str(script), service.url, str(ledger)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert "running\n" == run.stdout.readline()

    run.send_signal(signal.SIGINT)
    report = json.loads(run.stdout.read())
    run.wait()
    run.stdout.close()

    assert 0 == report["unknown"] == report["refused"]
    assert 0 < report["accepted"] < 100_000
    assert report["accepted"] == len(service.counts())
    assert {1} == set(service.counts().values())


def interrupting(sandbox, when):
    """Return a client that gets Ctrl-C from inside its call number *when*."""
    calls = []

    def interrupt(event):
        calls.append(event)
        if len(calls) == when:
            os.kill(os.getpid(), signal.SIGINT)

    return SessionMCoreClient.from_env(
        sandbox.environ,
        **sandbox.client_settings(),
        hooks=Hooks(before_request=interrupt),
    )


def test_the_rest_is_pending_and_the_next_run_does_it(sandbox, ledger):
    """The ledger is written, and the handler of before is back."""
    options = {"by": "user_id", "tags": ["a"], "counter": True, "ledger": ledger}
    before = signal.getsignal(signal.SIGINT)
    customers = [f"u-{n}" for n in range(200)]

    with pytest.raises(KeyboardInterrupt) as info:
        tag_customers(interrupting(sandbox, 50), customers, **options)

    report = info.value.report
    assert 200 == report.accepted + report.pending
    assert 50 <= report.accepted <= 80
    assert before is signal.getsignal(signal.SIGINT)
    again = tag_customers(sandbox.core, customers, **options)
    assert {"accepted": report.pending, "skipped": report.accepted} == counts(again)
    assert 200 == len(sandbox.requests)


def test_a_program_with_a_handler_of_its_own_keeps_it(sandbox):
    """The run does not take Ctrl-C from whoever handles it."""
    came = []
    before = signal.signal(signal.SIGINT, lambda *_: came.append(1))
    try:
        report = tag_customers(
            interrupting(sandbox, 5),
            [f"u-{n}" for n in range(20)],
            by="user_id",
            tags=["a"],
            ttl=60,
        )
    finally:
        signal.signal(signal.SIGINT, before)

    assert {"accepted": 20} == counts(report)
    assert [1] == came


def test_ctrl_c_ends_an_input_that_waits(sandbox):
    """Reading may take for ever; an interrupt does not wait for it."""

    def customers():
        yield "u-1"
        threading.Timer(0.02, os.kill, (os.getpid(), signal.SIGINT)).start()
        threading.Event().wait(30)
        yield "u-2"

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt) as info:
        tag_customers(sandbox.core, customers(), by="user_id", tags=["a"], ttl=60)

    assert time.monotonic() - started < 10
    assert {"accepted": 1} == counts(info.value.report)


def test_runs_in_other_threads_leave_signals_alone(sandbox):
    """Only the main thread may take Ctrl-C in, and a run anywhere else works."""
    reports = []

    def work():
        reports.append(
            tag_customers(sandbox.core, ["u-1"], by="user_id", tags=["a"], ttl=60)
        )

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert {"accepted": 1} == counts(reports[0])


def test_an_interrupt_from_a_callback_goes_on_with_the_report(sandbox, ledger):
    """Whatever ends the run carries the report, and leaves the ledger in order."""

    def on_outcome(_):
        raise KeyboardInterrupt

    options = {"by": "user_id", "tags": ["a"], "counter": True, "ledger": ledger}
    customers = [f"u-{n}" for n in range(100)]
    with pytest.raises(KeyboardInterrupt) as info:
        tag_customers(sandbox.core, customers, on_outcome=on_outcome, **options)

    report = info.value.report
    sent = len(sandbox.requests)
    assert 0 < sent == report.accepted
    again = tag_customers(sandbox.core, customers, **options)
    assert {"accepted": 100 - sent, "skipped": sent} == counts(again)


def test_a_second_ctrl_c_does_not_wait(sandbox, ledger):
    """What is being sent is unknown, what had not begun is pending; both are told."""
    begun, release = threading.Semaphore(0), threading.Event()

    def hold(_):
        begun.release()
        release.wait(30)

    def press():
        begun.acquire()
        begun.acquire()
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    core = SessionMCoreClient.from_env(
        sandbox.environ,
        **sandbox.client_settings(),
        hooks=Hooks(before_request=hold),
    )
    options = {"by": "user_id", "tags": ["a"], "counter": True, "ledger": ledger}
    started = time.monotonic()
    threading.Thread(target=press).start()
    with pytest.raises(KeyboardInterrupt) as info:
        tag_customers(core, [f"u-{n}" for n in range(10)], max_workers=2, **options)
    release.set()

    assert time.monotonic() - started < 20
    assert {"unknown": 2, "pending": 8} == counts(info.value.report)
    outcomes = [outcome.outcome for outcome in info.value.report.outcomes()]
    assert 2 == outcomes.count("unknown")
    assert {"unknown", "pending"} >= set(outcomes)


class Presses(threading.Thread):
    """Presses Ctrl-C at random moments, as long as a run takes it in."""

    def __init__(self, seed):
        super().__init__()
        self.count = 0
        self._random = random.Random(seed)
        self._ended = threading.Event()

    def run(self):
        """Press now and then."""
        handler = signal.default_int_handler
        pause = self._random.choice([0.0001, 0.002, 0.02])
        while not self._ended.wait(self._random.uniform(0, pause)):
            if signal.getsignal(signal.SIGINT) is not handler:
                os.kill(os.getpid(), signal.SIGINT)
                self.count += 1

    def end(self):
        """Stop pressing."""
        self._ended.set()
        self.join()


@pytest.fixture
def watchdog():
    """End a run that hangs, which a test would wait for without end."""
    timer = threading.Timer(60 + ROUNDS, os._exit, (70,))
    timer.start()
    yield
    timer.cancel()


@pytest.mark.usefixtures("watchdog")
def test_any_number_of_ctrl_c_ends_a_run(core_on_loopback, service, tmp_path):
    """It never hangs; report, ledger and service agree about every record."""
    customers = [f"r-{number}" for number in range(60)]
    options = {"by": "user_id", "tags": ["a"], "counter": True, "max_workers": 3}
    for seed in range(ROUNDS):
        service.reset()
        options["ledger"] = tmp_path / f"{seed}.sqlite"
        presses = Presses(seed)
        presses.start()
        try:
            with pytest.raises(KeyboardInterrupt) as info:
                tag_customers(core_on_loopback, customers, **options)
        finally:
            presses.end()
        report = info.value.report
        again = tag_customers(core_on_loopback, customers, **options)

        assert 60 == report.records == again.records
        assert report.accepted == again.skipped
        assert report.unknown == again.unknown
        assert report.pending == again.accepted
        assert 1 == max(service.counts().values())


@pytest.mark.usefixtures("watchdog")
def test_any_number_of_ctrl_c_ends_the_reading_of_wallets(sandbox, tmp_path):
    """Each of them is taken in while a result is waited for, and none is lost."""
    for seed in range(ROUNDS):
        presses = Presses(seed)
        run = fetch_wallets(
            sandbox.connect,
            [f"u-{number}" for number in range(60)],
            ledger=tmp_path / f"{seed}.sqlite",
            max_workers=3,
        )
        presses.start()
        try:
            with pytest.raises(KeyboardInterrupt) as info:
                for _ in run:
                    pass
        finally:
            presses.end()

        assert 60 == info.value.report.records
        assert info.value.report.accepted < 60
        assert run.report is info.value.report
