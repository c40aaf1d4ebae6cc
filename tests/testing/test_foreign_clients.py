"""Clients of other projects and languages on the loopback front.

Each is driven where it is installed: ``NODE_PATH``, ``RUBYLIB`` and ``PYTHONPATH`` may
say where.  curl is enough for the partner page's own line.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


HERE = Path(__file__).parent / "foreign"

CURL = r"""
curl -g --location --request POST \
'{{endpoint_core}}/priv/v1/apps/{{apikey_core}}/users/{{user_id}}/tags' \
--header 'Authorization: Basic {{encoded_pair}}' \
--header 'Content-Type: application/json' \
--data-raw '{
"tags":[
"spring",
"lisbon"
],
"ttl":86400
}'
"""
"""Built as the partner page's line: a body over several lines, and ``--data-raw``."""

CLIENTS = {
    "node": (["node", "-e", "require('braze-api')"], ["node", "drive.js"]),
    "ruby": (["ruby", "-e", "require 'braze_ruby'"], ["ruby", "drive.rb"]),
    "python": (
        [sys.executable, "-c", "import braze.exceptions"],
        [sys.executable, "drive.py"],
    ),
}


def works(command):
    """Tell whether *command* can be run here."""
    if shutil.which(command[0]) is None:
        return False
    return 0 == subprocess.run(command, capture_output=True, check=False).returncode


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_curl_line_of_the_partner_page(sandbox, ana):
    """A line built as the page's, its placeholders filled in, tags the customer."""
    keys = sandbox.credentials
    line = CURL
    for placeholder, value in {
        "{{endpoint_core}}": sandbox.serve().core,
        "{{apikey_core}}": keys.core_api_key,
        "{{user_id}}": ana.user_id,
        "{{encoded_pair}}": keys.core_authorization.removeprefix("Basic "),
    }.items():
        line = line.replace(placeholder, value)

    done = subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, check=True, timeout=30
    )

    tags = {"spring": {"ttl": 86400}, "lisbon": {"ttl": 86400}}
    assert {"status": "ok", "tags": tags} == json.loads(done.stdout)
    assert tags == sandbox.sessionm.tags_of(ana)


@pytest.mark.parametrize("name", CLIENTS)
def test_public_client(name, sandbox, ana):
    """A public client of Braze sends, writes and is refused as on the real service."""
    probe, drive = CLIENTS[name]
    if not works(probe):
        pytest.skip(f"the public client for {name} is not installed")
    campaign = "campaign: {{api_trigger_properties.${offer}}}"
    sandbox.dashboard.add_campaign("c-1", template=campaign)
    sandbox.dashboard.add_canvas("v-1", template="canvas: {{context.${offer}}}")
    sandbox.serve()

    done = subprocess.run(
        drive,
        env=os.environ | sandbox.environ,
        cwd=HERE,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    seen = json.loads(done.stdout)
    assert ["campaign: tea", "canvas: tea"] == [
        message.text for message in sandbox.outbox
    ]
    assert [m.trigger.dispatch_id for m in sandbox.outbox] == [
        seen[kind]["dispatch_id"] for kind in ("campaign", "canvas")
    ]
    assert "gold" == sandbox.dashboard.profile(ana).custom["tier"]
    assert "Invalid campaign ID" in seen["refusal"]["message"]
    assert [] == sandbox.problems()
