"""Where many belong, one alone is refused, and so is a data frame."""

import io

import pandas as pd
import pytest

from sessionm_braze.audit import audit_message
from sessionm_braze.bulk import fetch_wallets, send_triggers, tag_customers
from sessionm_braze.rendering import Renderer
from sessionm_braze.snippets import tag_webhook, trigger_properties_block
from sessionm_braze.tag_csv import write_tag_csv
from sessionm_braze.testing import Sandbox


SPRING = {"tags": ["spring"], "ttl": 60}
TAKERS = {
    "write_tag_csv": lambda _, many: write_tag_csv(io.StringIO(), many, **SPRING),
    "audit_message": lambda _, many: audit_message("Hi", many, renderer=Renderer()),
    "tag_customers": lambda s, many: tag_customers(
        s.core, many, by="user_id", **SPRING
    ),
    "send_triggers": lambda s, many: send_triggers(s.braze, many),
    "fetch_wallets": lambda s, many: list(fetch_wallets(s.connect, many)),
    "add_tags": lambda s, many: s.core.add_tags(many, user_id="u", ttl=60),
    "increment_tags": lambda s, many: s.core.increment_tags(many, user_id="u"),
    "export_users": lambda s, many: s.braze.export_users(
        many, fields_to_export=["email"]
    ),
    "fields_to_export": lambda s, many: s.braze.export_segment(
        "s-1", fields_to_export=many
    ),
    "tag_webhook": lambda _, many: tag_webhook(many, ttl=60),
    "names": lambda _, many: trigger_properties_block(many),
}
LONE = {
    "text": "100",
    "bytes": b"100",
    "mapping": {"user_id": "100"},
    "number": 100,
    "nothing": None,
    "frame": pd.DataFrame({"user_id": ["100", "101"]}),
}


@pytest.mark.parametrize(
    ("taker", "lone"),
    [(taker, lone) for taker in TAKERS for lone in LONE],
)
def test_one_alone_is_refused(taker, lone):
    """A text, bytes, a mapping and a frame are refused before anything is sent."""
    with Sandbox(strict=False) as sandbox:
        with pytest.raises(TypeError, match="must be a") as info:
            TAKERS[taker](sandbox, LONE[lone])

        assert [] == list(sandbox.requests)
    wants = 'df.to_dict("records")' if lone == "frame" else "must be"
    assert wants in str(info.value)


@pytest.mark.parametrize("taker", ["write_tag_csv", "tag_customers"])
def test_what_the_refusal_says_works(taker):
    """The records of a frame, and a column as a list, are taken."""
    frame = pd.DataFrame({"user_id": ["100", "101"], "external_id": ["100", "101"]})
    with Sandbox() as sandbox:
        for each in ("100", "101"):
            sandbox.sessionm.add_customer(user_id=each)
        TAKERS[taker](sandbox, frame.to_dict("records"))
        TAKERS[taker](sandbox, frame["user_id"].tolist())
