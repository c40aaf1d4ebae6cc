"""The same templates through Ruby's Liquid, byte for byte."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from generated_templates import (
    DOCUMENTED,
    damaged,
    moments,
    soups,
    templates,
    with_data,
    zoned,
)
from hypothesis import assume, given, settings, strategies as st

from sessionm_braze.exceptions import TemplateError, TemplateSyntaxError
from sessionm_braze.rendering import Renderer


COUNT = int(os.environ.get("SESSIONM_BRAZE_REFERENCE_TEMPLATES", "1000"))
"""How many templates are compared; a long run sets a larger number."""

NOW = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
BEFORE_ALL_YEARS = re.compile(r"-|0000")
"""Years that Python does not know."""

SCRIPT = Path(__file__).with_name("reference_engine.rb")


def _without_ruby():
    ruby = shutil.which("ruby")
    if ruby is None:
        return "Ruby is not installed, so there is nothing to compare with"
    found = subprocess.run(
        [ruby, "-e", "require 'liquid'"], capture_output=True, check=False
    )
    return (
        None if found.returncode == 0 else "Ruby is there, but its gem 'liquid' is not"
    )


REASON = _without_ruby()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(REASON is not None, reason=str(REASON)),
]


class Reference:
    """One Ruby process that renders for the whole module."""

    def __init__(self):
        self.process = subprocess.Popen(
            ["ruby", str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        _, self.version, self.has_zones = json.loads(self.process.stdout.readline())

    def render(self, template, variables):
        """Return the kind of answer and its text."""
        self.process.stdin.write(json.dumps([template, variables]) + "\n")
        self.process.stdin.flush()
        kind, text = json.loads(self.process.stdout.readline())
        return kind, text

    def close(self):
        """Let the process end."""
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture(scope="module")
def reference():
    """The engine for this module."""
    engine = Reference()
    yield engine
    engine.close()


def run(**settings_):
    """Return how many templates a test draws, the same each time unless asked."""
    return settings(
        derandomize="SESSIONM_BRAZE_REFERENCE_TEMPLATES" not in os.environ,
        **settings_,
    )


def lax(template, variables):
    """Return the outcome of lax rendering in the words of the reference."""
    try:
        message = Renderer(now=NOW, strict=False).render(template, variables)
    except TemplateSyntaxError:
        return "error", None
    left_out = any("unknown tag" in warning for warning in message.warnings)
    return ("error", None) if left_out else ("text", message.text)


broken = st.one_of(damaged(), soups()).filter(
    lambda template: not DOCUMENTED.search(template)
)


class TestAgreement:
    @run(max_examples=COUNT)
    @given(case=with_data(templates))
    def test_lax_rendering_gives_the_same_bytes(self, reference, case):
        """What Ruby renders, lax rendering renders to the byte."""
        assert reference.render(*case) == lax(*case)

    @run(max_examples=COUNT // 4)
    @given(case=with_data(broken))
    def test_damaged_templates_are_read_alike(self, reference, case):
        """What Ruby makes of a broken template, or refuses, lax parsing does, too."""
        kind, expected = reference.render(*case)

        assert (kind, None if kind == "error" else expected) == lax(*case)

    @run(max_examples=COUNT // 4)
    @given(case=with_data(broken))
    def test_strict_rendering_agrees_or_refuses(self, reference, case):
        """A template that renders strictly gives Ruby's bytes."""
        template, data = case
        try:
            text = Renderer(now=NOW).render(template, data).text
        except TemplateError:
            return

        assert reference.render(template, data) == ("text", text)

    @run(max_examples=COUNT // 4)
    @given(moment=moments)
    def test_dates_are_found_alike(self, reference, moment):
        """A text speaks of the moment that Ruby finds in it, or of none."""
        template = "{{ moment | date: '%F %T.%L %z' }}"
        kind, expected = reference.render(template, {"moment": moment})
        assume(not BEFORE_ALL_YEARS.match(expected))

        assert (kind, expected) == lax(template, {"moment": moment})

    @run(max_examples=COUNT // 10)
    @given(case=with_data(zoned))
    def test_time_zones_are_alike(self, reference, case):
        """A time in a zone that Rails knows is the same time there."""
        if not reference.has_zones:
            pytest.skip("Ruby has no ActiveSupport, which time_zone comes from")

        assert reference.render(*case) == lax(*case)
