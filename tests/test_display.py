from __future__ import annotations

import base64
import copy
import json
import pickle
from urllib.parse import quote

import pytest
from hypothesis import given, strategies as st

from sessionm_braze._secrets import Scrubber, Secret


class TestSecret:
    def test_shows_itself_to_nobody(self):
        """No way of printing shows the value."""
        secret = Secret("hidden-value")

        assert "Secret('***')" == repr(secret)
        assert "***" == str(secret) == f"{secret}"
        assert "hidden-value" not in repr({"key": secret})
        assert "hidden-value" == secret.reveal()

    def test_travels(self):
        """A secret can be copied, pickled and compared."""
        secret = Secret("hidden-value")

        assert secret == copy.deepcopy(secret) == pickle.loads(pickle.dumps(secret))


class TestScrubber:
    @given(secret=st.text(min_size=8, max_size=40), before=st.text(), after=st.text())
    def test_masks_every_spelling(self, secret, before, after):
        """Plain, percent-encoded, base64 and JSON forms are masked."""
        scrub = Scrubber([Secret(secret)])
        for form in (
            secret,
            quote(secret, safe=""),
            quote(secret),
            base64.b64encode(secret.encode()).decode(),
            json.dumps(secret)[1:-1],
        ):
            assert form not in scrub.text(f"{before} {form} {after}")

    def test_masks_values_and_keys(self):
        """JSON values are masked at any depth, keys included; others stay."""
        scrub = Scrubber([Secret("hidden-value")])

        assert {"a***": [1, None, True, {"b": "x *** y"}]} == scrub.value(
            {"ahidden-value": [1, None, True, {"b": "x hidden-value y"}]}
        )

    @pytest.mark.parametrize(
        ("text", "masked"),
        [("key abc", "key ***"), ("abcdef", "abcdef"), ("x/abc/y", "x/***/y")],
    )
    def test_masks_short_secrets_as_words_only(self, text, masked):
        """A short secret does not eat the words it happens to be part of."""
        assert masked == Scrubber([Secret("abc")]).text(text)

    def test_masks_the_longest_first(self):
        """Of two secrets one within the other, nothing is left over."""
        scrub = Scrubber([Secret("hidden-value"), Secret("hidden-value-and-more")])

        assert "*** ***" == scrub.text("hidden-value-and-more hidden-value")

    def test_without_secrets_changes_nothing(self):
        """No secret, no mask."""
        assert "text" == Scrubber([]).text("text")
        assert "text" == Scrubber([Secret("")]).text("text")
