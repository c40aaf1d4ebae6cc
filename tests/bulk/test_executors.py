import importlib
import os
import signal
import sys
import threading
import time
import types
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest

from sessionm_braze import (
    CampaignTrigger,
    Hooks,
    NotFoundError,
    Recipient,
    SessionMConnectClient,
    SessionMCoreClient,
)
from sessionm_braze.audit import WalletLines
from sessionm_braze.bulk import fetch_wallets, send_triggers, tag_customers
from sessionm_braze.testing import Sandbox


HERE = Path(__file__).parent


def counts(report):
    """Return the outcomes that there were."""
    return {name: count for name, count in report.counts().items() if count}


def messages(count):
    """Yield messages to different people."""
    return (
        CampaignTrigger(
            campaign_id="c-1", recipients=[Recipient(external_user_id=f"r-{number}")]
        )
        for number in range(count)
    )


@contextmanager
def local_cluster(threads):
    """Give a client of Dask's local cluster, two workers in processes of their own."""
    distributed = pytest.importorskip("distributed", reason="Dask is not installed")
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=threads,
            dashboard_address=":0",
            silence_logs=50,
        ) as local,
        distributed.Client(local) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def threads():
    """Give a pool of threads."""
    with ThreadPoolExecutor(4) as pool:
        yield pool


@pytest.fixture(scope="module")
def processes():
    """Give a pool of processes that share nothing with this one."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.fixture(scope="module")
def cluster():
    """Give a cluster of Dask whose workers can import what stands here."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.syspath_prepend(HERE)
        with local_cluster(threads=2) as client:
            yield client


@pytest.fixture(scope="module")
def dask(cluster):
    """Give Dask's own executor."""
    return cluster.get_executor()


@pytest.fixture(
    params=["threads", "processes", pytest.param("dask", marks=pytest.mark.slow)]
)
def executor(request):
    """Give one executor after the other."""
    return request.getfixturevalue(request.param)


def test_tags_come_out_the_same(executor, core_on_loopback, service, ledger):
    """Wherever requests are made, each customer is tagged once and accounted for."""
    customers = [f"r-{number % 90}" for number in range(100)]

    report = tag_customers(
        core_on_loopback,
        customers,
        by="user_id",
        tags=["a"],
        counter=True,
        executor=executor,
        ledger=ledger,
    )

    assert {"accepted": 100} == counts(report)
    assert {f"r-{n}": 2 if n < 10 else 1 for n in range(90)} == service.counts()


def test_messages_come_out_the_same(executor, braze_on_loopback, service):
    """Fifty a request, each once, and an executor of the caller's stays open."""
    report = send_triggers(braze_on_loopback, messages(120), executor=executor)

    assert {"accepted": 120} == counts(report)
    assert 3 == service.requests()
    assert {1} == set(service.counts().values())
    assert 4 == executor.submit(pow, 2, 2).result()


def test_wallets_come_out_the_same(executor, tmp_path):
    """Wallets and errors travel back from another process, and into a file."""
    into = tmp_path / "wallets.jsonl"
    with Sandbox(unknown_user="not_found") as sandbox:
        sandbox.serve()
        for number in range(20):
            customer = sandbox.sessionm.add_customer(user_id=f"u-{number}")
            sandbox.sessionm.issue_offer(customer, name=f"Offer {number}")
        with SessionMConnectClient.from_env(sandbox.environ) as connect:
            run = fetch_wallets(
                connect,
                [*(f"u-{n}" for n in range(20)), "nobody"],
                executor=executor,
                into=into,
            )
            results = {result.user_id: result for result in run}

    assert {"accepted": 20, "refused": 1} == counts(run.report)
    assert "Offer 7" == results["u-7"].wallet[0].name
    assert isinstance(results["nobody"].error, NotFoundError)
    assert 404 == results["nobody"].error.status_code
    kept = {wallet.user_id: wallet for wallet in WalletLines(into)}
    assert {f"u-{n}": results[f"u-{n}"].wallet for n in range(20)} == kept


def test_connections_are_kept_in_other_processes(executor, core_on_loopback, service):
    """A worker process unpacks the client once, not for each request."""
    before = service.connections()

    report = tag_customers(
        core_on_loopback,
        (f"r-{number}" for number in range(60)),
        by="user_id",
        tags=["a"],
        ttl=60,
        executor=executor,
    )

    assert {"accepted": 60} == counts(report)
    assert service.connections() - before <= 10


def test_a_401_stops_the_run_everywhere(executor, core_on_loopback, service, ledger):
    """The error of another process is read like one's own."""
    service.reset(expires_after=20)
    options = {"by": "user_id", "tags": ["a"], "counter": True, "ledger": ledger}

    report = tag_customers(
        core_on_loopback,
        [f"r-{number}" for number in range(100)],
        executor=executor,
        max_workers=4,
        **options,
    )

    assert {"accepted": 20, "pending": 80} == counts(report)
    assert "HTTP 401" in report.stopped


@pytest.fixture
def mortal(service, tmp_path, monkeypatch):
    """Give a client that ends its process after its first request."""
    monkeypatch.syspath_prepend(HERE)
    hook = importlib.import_module("dying_hook").DiesOnce(str(tmp_path / "died"))
    return SessionMCoreClient(
        service.url,
        api_key="fake-core-key",
        api_secret="fake-core-secret",
        hooks=Hooks(after_response=hook),
    )


def test_a_dead_worker_leaves_its_requests_unknown(mortal, service, ledger):
    """What a worker had in hand may have been done: it is told, and not repeated."""
    options = {"by": "user_id", "tags": ["a"], "counter": True, "ledger": ledger}
    customers = [f"r-{number}" for number in range(50)]

    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        report = tag_customers(
            mortal, customers, executor=pool, max_workers=2, **options
        )

    assert "a worker failed: BrokenProcessPool" in report.stopped
    assert 1 <= report.unknown <= 4
    assert 50 == sum(report.counts().values())
    again = tag_customers(mortal, customers, **options)
    assert report.unknown == again.unknown
    assert report.pending == again.accepted
    assert 1 == max(service.counts().values())


@pytest.mark.slow
def test_dask_does_not_send_again_for_a_dead_worker(cluster, mortal, service, tmp_path):
    """Its scheduler gives the task to another worker, which finds it claimed."""
    report = tag_customers(
        mortal,
        [f"r-{number}" for number in range(30)],
        by="user_id",
        tags=["a"],
        counter=True,
        executor=cluster.get_executor(),
        max_workers=2,
    )

    assert 30 == report.accepted + report.unknown
    assert 1 <= report.unknown <= 4
    assert 1 == max(service.counts().values())
    assert (tmp_path / "died").exists()
    deadline = time.monotonic() + 5
    while remembered(cluster) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [] == remembered(cluster)


@pytest.mark.slow
def test_dask_does_not_send_again_what_is_done(service):
    """A finished request whose result is lost with its worker is not made again.

    Dask computes it anew as long as somebody holds its future: while the run goes on,
    and when it is over.
    """
    distributed = pytest.importorskip("distributed", reason="Dask is not installed")
    held, killed = [], []
    with local_cluster(threads=1) as client:

        def submit(*args, **options):
            held.append(type(client).submit(client, *args, **options))
            return held[-1]

        def kill():
            """Kill the worker that has most results, and let Dask compute them anew."""
            address, lost = max(client.has_what().items(), key=lambda e: len(e[1]))
            pid = client.run(os.getpid, workers=[address])[address]
            before = {future.key for future in held}
            os.kill(pid, signal.SIGKILL)
            while client.has_what().get(address) == lost:
                time.sleep(0.01)
            distributed.wait([f for f in held if f.key in before], timeout=20)
            killed.append(len(lost))

        def on_outcome(_):
            if len(held) >= 10 and not killed:
                kill()

        client.submit = submit
        report = tag_customers(
            SessionMCoreClient(
                service.url, api_key="fake-key", api_secret="fake-secret"
            ),
            [f"r-{number}" for number in range(20)],
            by="user_id",
            tags=["a"],
            counter=True,
            executor=client.get_executor(),
            max_workers=2,
            on_outcome=on_outcome,
        )
        kill()
        left = remembered(client)

    assert all(killed)
    assert 20 == report.accepted + report.unknown
    assert {1} == set(service.counts().values())
    assert [] == left


@pytest.fixture
def busy(cluster):
    """Give the cluster, all of its threads busy until ``cluster.gate`` is set."""
    distributed = importlib.import_module("distributed")
    cluster.gate = distributed.Event(client=cluster)
    wait = distributed.Event.wait
    held = [cluster.submit(wait, cluster.gate, pure=False) for _ in range(8)]
    yield cluster
    cluster.gate.set()
    distributed.wait(held)


def once_submitted(executor, *functions):
    """Call functions one after the other, once *executor* has something to do.

    Return an event that ends the calls; without it the last one is repeated.
    """
    ended = threading.Event()

    def call():
        while not executor._futures:
            time.sleep(0.01)
        for function in functions:
            time.sleep(0.2)
            function()
        while not ended.wait(0.2):
            functions[-1]()

    threading.Thread(target=call, daemon=True).start()
    return ended


def count_two(core, executor):
    """Count a tag up on two customers, one request at a time."""
    options = {"by": "user_id", "tags": ["a"], "counter": True, "max_workers": 1}
    return tag_customers(core, ["r-1", "r-2"], executor=executor, **options)


@pytest.mark.slow
def test_what_dask_cancels_before_it_began_is_pending(busy, core_on_loopback, service):
    """Nobody has made it, and nobody will: its permit is taken back."""
    executor = busy.get_executor()
    ended = once_submitted(executor, lambda: busy.cancel(list(executor._futures)))

    report = count_two(core_on_loopback, executor)

    ended.set()
    assert {"pending": 2} == counts(report)
    assert "cancelled before it began" in report.stopped
    assert 0 == service.requests()


@pytest.mark.slow
def test_a_second_ctrl_c_takes_back_what_dask_has_not_begun(
    busy, core_on_loopback, service
):
    """The run does not wait, and nothing of it is sent when Dask has time for it."""
    executor = busy.get_executor()
    interrupt = partial(os.kill, os.getpid(), signal.SIGINT)
    once_submitted(executor, interrupt, interrupt).set()

    with pytest.raises(KeyboardInterrupt) as info:
        count_two(core_on_loopback, executor)

    assert {"pending": 2} == counts(info.value.report)
    busy.gate.set()
    assert 4 == busy.get_executor().submit(pow, 2, 2).result()
    assert 0 == service.requests()


class Handing(Executor):
    """An executor that hands what it is given to another."""

    def __init__(self, inner):
        self._inner = inner

    def submit(self, *args, **options):
        """Hand it on."""
        return self._inner.submit(*args, **options)


def test_dask_in_disguise_is_refused(dask, core_on_loopback, service):
    """Where the run cannot see Dask, nothing that counts is sent; what repeats is."""
    options = {"by": "user_id", "tags": ["a"], "executor": Handing(dask)}

    report = tag_customers(core_on_loopback, ["r-1"], counter=True, **options)

    assert {"pending": 1} == counts(report)
    assert "give the run what Client.get_executor() returns" in report.stopped
    assert 0 == service.requests()
    report = tag_customers(core_on_loopback, ["r-1"], ttl=60, **options)
    assert {"accepted": 1} == counts(report)


def remembered(cluster):
    """Return what Dask's scheduler still remembers of a run."""
    names = cluster.run_on_scheduler(
        lambda dask_scheduler: [
            *dask_scheduler.extensions["events"]._events,
            *dask_scheduler.extensions["queues"].queues,
        ]
    )
    return [name for name in names if "sessionm-braze" in name]


class Late(Executor):
    """An executor that was shut down."""

    def submit(self, *_args, **_options):
        """Refuse, as executors do."""
        raise RuntimeError("cannot schedule new futures after shutdown")


def test_an_executor_that_is_shut_down_stops_the_run(core_on_loopback, ledger):
    """Nothing has left, so everything stays pending."""
    options = {"by": "user_id", "tags": ["a"], "counter": True, "ledger": ledger}

    report = tag_customers(core_on_loopback, ["r-1"], executor=Late(), **options)

    assert {"pending": 1} == counts(report)
    assert "after shutdown" in report.stopped
    again = tag_customers(core_on_loopback, ["r-1"], **options)
    assert {"accepted": 1} == counts(again)


class Cancelling(ThreadPoolExecutor):
    """An executor that drops what it is given."""

    def submit(self, *_args, **_options):
        """Return a future that is cancelled."""
        future = Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future


def test_a_cancelled_request_is_accounted_for(core_on_loopback):
    """Whatever an executor does, each record has an outcome."""
    with Cancelling() as pool:
        report = tag_customers(
            core_on_loopback,
            ["r-1"],
            by="user_id",
            tags=["a"],
            counter=True,
            executor=pool,
        )

    assert {"pending": 1} == counts(report)


def test_a_client_that_cannot_travel_is_told_before_anything_is_sent(
    service, processes, ledger
):
    """A hook made on the spot cannot go to another process."""
    core = SessionMCoreClient(
        service.url,
        api_key="fake-core-key",
        api_secret="fake-core-secret",
        hooks=Hooks(before_request=lambda _: None),
    )
    options = {"by": "user_id", "tags": ["a"], "ttl": 60, "ledger": ledger}

    with pytest.raises(TypeError, match="the client cannot go to another process"):
        tag_customers(core, ["r-1"], executor=processes, **options)

    assert {"accepted": 1} == counts(tag_customers(core, ["r-1"], **options))
    assert 1 == service.requests()


def test_a_worker_that_cannot_open_the_client_says_so(
    executor, core_on_loopback, service, ledger, monkeypatch
):
    """What a worker lacks is told, nothing is sent, and nothing hangs."""
    only_here = types.ModuleType("only_here")
    exec("def hook(event): pass", only_here.__dict__)
    monkeypatch.setitem(sys.modules, "only_here", only_here)
    core = SessionMCoreClient(
        service.url,
        api_key="fake-core-key",
        api_secret="fake-core-secret",
        hooks=Hooks(before_request=only_here.hook),
    )
    options = {"by": "user_id", "tags": ["a"], "counter": True, "ledger": ledger}
    customers = [f"r-{number}" for number in range(20)]

    report = tag_customers(core, customers, executor=executor, **options)

    if isinstance(executor, ThreadPoolExecutor):
        assert {"accepted": 20} == counts(report)
        return
    assert {"pending": 20} == counts(report)
    assert "a worker cannot open the client: ModuleNotFoundError" in report.stopped
    assert 0 == service.requests()
    again = tag_customers(core_on_loopback, customers, **options)
    assert {"accepted": 20} == counts(again)
