"""What the sandbox costs a test suite.  Goal: a fresh one in under 5 ms."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

from sessionm_braze import Recipient
from sessionm_braze.testing import Sandbox


ROUNDS = 50


def milliseconds(call: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - started)
    return best * 1000


def whole_test() -> None:
    with Sandbox() as sandbox:
        sandbox.sessionm.add_customer(user_id="u-1", first_name="Ana")
        sandbox.dashboard.add_campaign("c-1", template="Hi {{${first_name}}}")
        recipients = [Recipient(external_user_id="u-1")]
        sandbox.braze.trigger_campaign("c-1", recipients=recipients)
        sandbox.outbox.assert_sent_once("u-1", text="Hi Ana")


def start(*options: str) -> float:
    """Return the seconds that an empty run of pytest takes."""
    command = [sys.executable, "-m", "pytest", "--co", "-q", "-p", "no:cacheprovider"]
    started = time.perf_counter()
    subprocess.run(
        [*command, "-c", "/dev/null", "--rootdir=/dev", *options, "/dev/null"],
        capture_output=True,
        check=False,
    )
    return time.perf_counter() - started


def main() -> None:
    print(f"a fresh sandbox: {milliseconds(Sandbox):.2f} ms")
    print(f"a whole test on it: {milliseconds(whole_test):.2f} ms")
    runs = [(start(), start("-p", "no:sessionm_braze")) for _ in range(15)]
    with_, without = (min(run[side] for run in runs) for side in (0, 1))
    print(f"the plugin adds {(with_ - without) * 1000:.1f} ms to a run without it")


if __name__ == "__main__":
    main()
