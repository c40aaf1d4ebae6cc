"""The sandbox as a program of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

import sessionm_braze
from sessionm_braze.testing import serve_until_interrupted


CODE = """
import json, sys
from sessionm_braze.testing import serve_until_interrupted
seed = json.loads(sys.argv[1])
serve_until_interrupted(sys.stdout, seed=seed)
print("bye")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serves_until_a_signal(number):
    """It says where it is, answers, and ends in peace."""
    seed = {"customers": [{"user_id": "u-1", "tags": {"vip": 60}}]}
    process = subprocess.Popen(
        [sys.executable, "-c", CODE, json.dumps(seed)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(sessionm_braze.__file__).parents[1],
    )
    about = json.loads(process.stdout.readline())
    with urllib.request.urlopen(
        about["braze"] + "/_sandbox/state", timeout=10
    ) as response:
        state = json.load(response)
    process.send_signal(number)
    rest, errors = process.communicate(timeout=10)

    assert ["u-1"] == [customer["user_id"] for customer in state["customers"]]
    assert about["core"] == about["environ"]["SESSIONM_CORE_ENDPOINT"]
    assert ("bye\n", "", 0) == (rest, errors, process.returncode)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(about["core"], timeout=1)


def test_bad_seed_is_named(capsys):
    """A seed that is not understood is an error before anything is opened."""
    with pytest.raises(ValueError, match=r"customers\[0\]"):
        serve_until_interrupted(sys.stdout, seed={"customers": [{"offers": [{}]}]})

    assert "" == capsys.readouterr().out
