"""The pytest plugin, in runs of its own, one of them in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points

import pytest


pytest_plugins = ["pytester"]

MODULE = "sessionm_braze._pytest_plugin"
INSTALLED = any(point.value == MODULE for point in entry_points(group="pytest11"))


@pytest.fixture
def run(pytester, monkeypatch):
    """Return a function that runs tests with the plugin."""
    monkeypatch.setenv("PYTHONPATH", str(_root()), prepend=os.pathsep)

    def run(text, *arguments, apart=False):
        pytester.makepyfile(text)
        plugin = () if INSTALLED else ("-p", MODULE)
        start = pytester.runpytest_subprocess if apart else pytester.runpytest_inprocess
        return start(*plugin, *arguments)

    return run


def _root():
    """Return the folder that holds the package."""
    from pathlib import Path

    import sessionm_braze

    return Path(sessionm_braze.__file__).parents[1]


def test_gives_a_sandbox(run):
    """The fixture is a fresh sandbox for each test."""
    result = run(
        """
        import pytest

        @pytest.mark.parametrize("turn", [1, 2])
        def test_it(sessionm_braze_sandbox, turn):
            ana = sessionm_braze_sandbox.sessionm.add_customer(user_id="u-1")
            sessionm_braze_sandbox.core.add_tags(["a"], user_id="u-1", ttl=60)
            assert {"a": {"ttl": 60}} == sessionm_braze_sandbox.sessionm.tags_of(ana)
        """,
        apart=True,
    )

    result.assert_outcomes(passed=2)


def test_unused_fault_is_a_failure(run):
    """The test itself fails, not its teardown."""
    result = run(
        """
        def test_it(sessionm_braze_sandbox):
            sessionm_braze_sandbox.faults.add(kind="timeout")
        """
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*planned, but did not happen: timeout*"])


def test_failed_test_is_reported_alone(run):
    """A test that failed already is not reported twice."""
    result = run(
        """
        def test_it(sessionm_braze_sandbox):
            sessionm_braze_sandbox.faults.add(kind="timeout")
            assert False, "own failure"
        """
    )

    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*planned, but did not happen*")


def test_marker_takes_settings(run):
    """The marker sets up the sandbox; the closest one wins."""
    result = run(
        """
        import pytest

        pytestmark = pytest.mark.sessionm_braze_sandbox(strict=False, seed=1)

        @pytest.mark.sessionm_braze_sandbox(braze_external_id="external_id", seed=2)
        def test_it(sessionm_braze_sandbox):
            ana = sessionm_braze_sandbox.sessionm.add_customer(external_id="card-1")
            assert "card-1" == ana.braze_external_id
            sessionm_braze_sandbox.faults.add(kind="timeout")
        """,
        "--strict-markers",
    )

    result.assert_outcomes(passed=1)


def test_clients_refuse_other_hosts(run):
    """While the fixture is in use, no client gets to a real host; after it, it may."""
    result = run(
        """
        import pytest

        from sessionm_braze import BrazeClient
        from sessionm_braze.testing import UnexpectedRequestError

        def test_it(sessionm_braze_sandbox):
            with pytest.raises(UnexpectedRequestError):
                BrazeClient("US-03", api_key="fake").request("GET", "/campaigns/list")

        def test_guard_is_gone():
            from sessionm_braze._http import connections

            assert [] == connections._guards

        def test_in_a_thread(sessionm_braze_sandbox):
            from concurrent.futures import ThreadPoolExecutor

            client = BrazeClient("US-03", api_key="fake")
            with ThreadPoolExecutor() as pool:
                done = pool.submit(client.request, "GET", "/campaigns/list")
                assert isinstance(done.exception(), UnexpectedRequestError)
        """
    )

    result.assert_outcomes(passed=3)


def test_parallel_runs_do_not_interfere(run):
    """The fixture works under pytest-xdist."""
    pytest.importorskip("xdist")
    result = run(
        """
        import pytest

        @pytest.mark.parametrize("turn", range(20))
        def test_it(sessionm_braze_sandbox, turn):
            sandbox = sessionm_braze_sandbox
            sandbox.sessionm.add_customer(user_id="u-1")
            assert sandbox.serve().core.startswith("http://127.0.0.1:")
            sandbox.core.increment_tags(["n"], user_id="u-1")
            assert {"n": {"count": 1}} == sandbox.sessionm.tags_of("u-1")
        """,
        "-n2",
        apart=True,
    )

    result.assert_outcomes(passed=20)


def test_loads_next_to_nothing():
    """A run that does not use the fixture loads neither requests nor Liquid."""
    code = (
        "import sys, pytest; before = set(sys.modules); "
        f"import {MODULE}; loaded = set(sys.modules) - before; "
        "assert not {'requests', 'liquid', 'attrs'} & loaded, loaded; "
        "print(len(loaded))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=_root(),
    )

    assert int(done.stdout) < 10
