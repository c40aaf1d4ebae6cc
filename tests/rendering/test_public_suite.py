"""The public suite golden-liquid, where its file is present.

``SESSIONM_BRAZE_CASES`` names the folder of ``golden_liquid.json``; without it the file
is looked for in ``shared/cases`` beside the checkout.
"""

import json
import os
import re
from pathlib import Path

import pytest

from sessionm_braze.exceptions import TemplateError
from sessionm_braze.rendering import Renderer


BESIDE = Path(__file__).parents[3] / "shared" / "cases"
FOLDER = Path(os.environ.get("SESSIONM_BRAZE_CASES", BESIDE))
SUITE = FOLDER / "golden_liquid.json"
MISSES = {
    "filters, find index": "Braze lists find_index as not supported",
    "filters, has": "newer than Liquid 5.4",
    "filters, reject, first argument is undefined": "newer than Liquid 5.4",
    "tags, doc": "newer than Liquid 5.4",
    "tags, tablerow, no cols param": "col_last is as in Liquid 5.4",
    "tags, comment": "other tags in a comment are passed over, as from Liquid 5.5 on",
    "identifiers, trailing question mark in for": "lax parsing refuses it in Ruby, too",
    "range, whitespace before and after dots": "lax parsing ends the value at a blank",
    "tags, case, unexpected when token": "strict: what Ruby passes over is refused",
    "tags, for, some comma separated arguments": "strict: so is a comma at the end",
}
"""Tests that are expected to fail, by how their names begin, and why."""


def passes(test, *, strict):
    """Return whether a test of the suite gives what it says."""
    try:
        text = Renderer(strict=strict).render(test["template"], test.get("data")).text
    except TemplateError:
        return bool(test.get("invalid"))
    return text in (test.get("results") or [test.get("result")])


@pytest.mark.skipif(not SUITE.exists(), reason=f"there is no {SUITE.name}")
@pytest.mark.parametrize("strict", [True, False])
def test_gives_what_the_suite_says(strict):
    """All holds but for what is listed; what lax mode mends is left out there."""
    tests = json.loads(SUITE.read_text("utf-8"))["tests"]
    missed = [
        test["name"]
        for test in tests
        if not test.get("templates")
        and (strict or not test.get("invalid"))
        and not passes(test, strict=strict)
    ]
    known = re.compile("|".join(map(re.escape, MISSES)))

    assert [] == [name for name in missed if not known.match(name)]
