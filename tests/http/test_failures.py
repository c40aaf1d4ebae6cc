from __future__ import annotations

import pytest
import requests
import urllib3.exceptions as below

from sessionm_braze._http.failures import classify, scrubbed
from sessionm_braze._http.policy import Outcome
from sessionm_braze._secrets import Scrubber, Secret


REFUSED = below.NewConnectionError(None, "refused")


class TestClassify:
    @pytest.mark.parametrize(
        ("error", "outcome"),
        [
            (requests.ConnectTimeout(), Outcome.NO_CONNECTION),
            (requests.ConnectionError(REFUSED), Outcome.NO_CONNECTION),
            (
                requests.ConnectionError(below.MaxRetryError(None, "/", REFUSED)),
                Outcome.NO_CONNECTION,
            ),
            (
                requests.exceptions.ProxyError(below.ProxyError("no", OSError())),
                Outcome.NO_CONNECTION,
            ),
            (requests.exceptions.InvalidHeader(), Outcome.NO_CONNECTION),
            (requests.ReadTimeout(), Outcome.TIMEOUT),
            (
                requests.ConnectionError(below.ReadTimeoutError(None, "/", "slow")),
                Outcome.TIMEOUT,
            ),
            (requests.ConnectionError(), Outcome.CUT),
            (requests.exceptions.SSLError(), Outcome.CUT),
            (requests.exceptions.ChunkedEncodingError(), Outcome.CUT),
            (requests.exceptions.ContentDecodingError(), Outcome.UNREADABLE),
        ],
        ids=repr,
    )
    def test_says_how_far_the_request_came(self, error, outcome):
        """Only what surely wrote nothing is no connection; in doubt it was cut."""
        assert outcome is classify(error)


class TestScrubbed:
    def test_keeps_name_and_text(self):
        """The stand-in has the name and the text, not the secret."""
        error = requests.ConnectionError("no way to /apps/planted-key/x")

        assert "ConnectionError: no way to /apps/***/x" == str(
            scrubbed(error, Scrubber([Secret("planted-key")]))
        )
