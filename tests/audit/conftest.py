import datetime as dt
import json

import pytest

from sessionm_braze.audit import audit_message
from sessionm_braze.rendering import Renderer


NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def audit():
    """Audit a template at a fixed time."""

    def run(template, recipients, renderer=None, **settings):
        return audit_message(
            template, recipients, renderer=renderer or Renderer(now=NOW), **settings
        )

    return run


@pytest.fixture
def wallet():
    """Return a wallet body with offers given by their end, or as mappings."""

    def body(*offers, user_id="u-1", **payload):
        listed = [
            {"offer_id": f"o-{n}", "name": f"Offer {n}", "expiration_date": offer}
            if isinstance(offer, str)
            else offer
            for n, offer in enumerate(offers, 1)
        ]
        payload = {"user_id": user_id, "user_offers": listed, **payload}
        return {"status": "ok", "payload": payload}

    return body


@pytest.fixture
def write_lines():
    """Write values to a file, each on a line as JSON, and return its path."""

    def write(path, values):
        path.write_text("".join(json.dumps(v) + "\n" for v in values), "utf-8")
        return path

    return write
