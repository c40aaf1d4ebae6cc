"""Whatever is posted, the services answer as services do."""

from __future__ import annotations

import copy
import json

import pytest

from sessionm_braze.testing import Sandbox
from sessionm_braze.testing._calls import read_call
from sessionm_braze.testing._endpoints import Endpoints


WHO = {"external_id": "u-1"}
ALIAS = {"alias_name": "a", "alias_label": "a"}
AUDIENCE = {
    "AND": [
        {
            "OR": [
                {"email_subscription_status": {"comparison": "is", "value": "opted_in"}}
            ]
        },
        {
            "custom_attribute": {
                "custom_attribute_name": "tier",
                "comparison": "matches_regex",
                "value": "g.*",
            }
        },
        {"last_used_app": {"comparison": "after", "value": "2026-01-01T00:00:00Z"}},
    ]
}
RECIPIENTS = [
    {
        "external_user_id": "u-1",
        "send_to_existing_only": False,
        "attributes": {"first_name": "A", "points": {"inc": 1}, "list": {"add": [1]}},
        "trigger_properties": {"x": 1},
        "context": {"x": 1},
    },
    {"user_alias": ALIAS},
    {"email": "x@example.org", "prioritization": ["identified"]},
]
TRIGGER = {
    "campaign_id": "c-1",
    "canvas_id": "v-1",
    "broadcast": False,
    "recipients": RECIPIENTS,
    "audience": {"custom_attribute": AUDIENCE["AND"][1]["custom_attribute"]},
    "trigger_properties": {"y": 2},
    "context": {"y": 2},
    "attachments": [{"file_name": "a", "url": "https://files.example/a.pdf"}],
    "send_id": "made",
}
BROADCAST = {
    "campaign_id": "c-1",
    "canvas_id": "v-1",
    "broadcast": True,
    "audience": AUDIENCE,
}
SCHEDULE = {"time": "2026-05-05T10:00:00", "in_local_time": True}
SCHEDULED = {key: TRIGGER[key] for key in ("campaign_id", "canvas_id", "recipients")}
TRACK = {
    "attributes": [WHO | {"points": {"inc": 1}, "email": "a@example.org"}],
    "events": [{"user_alias": ALIAS, "name": "n", "time": "2026-05-05T10:00:00Z"}],
    "purchases": [
        {
            "email": "x@example.org",
            "product_id": "p",
            "currency": "EUR",
            "price": 1,
            "time": "2026-05-05T10:00:00Z",
        }
    ],
}
IDS = {
    "external_ids": ["u-1"],
    "user_aliases": [ALIAS],
    "email_address": "x@example.org",
    "braze_id": "b",
    "phone": "1",
    "fields_to_export": ["email"],
}
USER = {
    "user": {
        "external_id": "y",
        "external_id_type": "card",
        "opted_in": "true",
        "user_profile": {"a": 1},
        "phone_numbers": [],
    }
}

GOOD = [
    ("core", "/users/u-1/tags", {"tags": ["a", "b"], "ttl": 5}),
    ("core", "/users", USER),
    (
        "connect",
        "/offers/api/2.0/offers/get_user_offers",
        {
            "user_id": "u-1",
            "skip": 0,
            "take": 5,
            "culture": "pt",
            "include_pending_extended_data": False,
        },
    ),
    ("connect", "/incentives/api/1.0/user_points/all_balances", {"user_id": "u-1"}),
    *(
        ("braze", f"/{kind}/trigger/{path}", body)
        for kind in ("campaigns", "canvas")
        for path, body in (
            ("send", TRIGGER),
            ("send", BROADCAST),
            ("schedule/create", SCHEDULED | {"schedule": SCHEDULE}),
            ("schedule/update", TRIGGER | {"schedule_id": "s", "schedule": SCHEDULE}),
            ("schedule/delete", TRIGGER | {"schedule_id": "s"}),
        )
    ),
    ("braze", "/sends/id/create", {"campaign_id": "c-1", "send_id": "x"}),
    ("braze", "/users/track", TRACK),
    ("braze", "/users/export/ids", IDS),
    (
        "braze",
        "/users/export/segment",
        {
            "segment_id": "s-1",
            "fields_to_export": ["email"],
            "custom_attributes_to_export": ["tier"],
        },
    ),
    ("braze", "/export/segment/cancel", {"segment_id": "s-1"}),
]

JUNK = [
    None,
    True,
    0,
    -1,
    1.5,
    10**30,
    "",
    "x",
    "(",
    "2026-05-05T10:00:00Z",
    "9999-12-31T23:59:59",
    "0001-01-01T00:00:00",
    [],
    [1],
    [[]],
    [{}],
    {},
    {"a": 1},
    {"add": {}},
    {"inc": "x"},
]


def places(value, path=()):
    """Yield the path of every value in *value*, the whole included."""
    yield path
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            yield from places(inner, (*path, key))


def spoiled(value, path, junk):
    """Return a copy of *value* with *junk* at *path*."""
    if not path:
        return junk
    fresh = copy.deepcopy(value)
    place = fresh
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = junk
    return fresh


def prepared():
    """Return a sandbox that holds a bit of everything."""
    sandbox = Sandbox(strict=False)
    sandbox.seed(
        {
            "customers": [
                {"user_id": "u-1", "external_id": "x", "time_zone": "?"}
                | {"custom_attributes": {"tier": "gold", "points": 1}}
            ],
            "profiles": [{"aliases": {"a": "a"}, "email": "x@example.org"}],
            "campaigns": [{"id": "c-1", "template": "x"}],
            "canvases": [{"id": "v-1", "template": "x"}],
            "segments": [{"id": "s-1"}],
        }
    )
    sandbox._services.braze.send_ids["c-1"] = {"made"}
    return sandbox


def post(sandbox, service, path, body):
    """Post *body* with the right credentials, and return the answer."""
    keys, endpoints = sandbox.credentials, Endpoints()
    authorization = {
        "core": keys.core_authorization,
        "connect": keys.connect_authorization,
        "braze": f"Bearer {keys.braze_api_key}",
    }[service]
    if service == "connect" and isinstance(body, dict):
        body = {**body, "retailer_id": keys.retailer_id}
    app = f"/priv/v1/apps/{keys.core_api_key}" if service == "core" else ""
    call = read_call(
        "POST",
        f"{getattr(endpoints, service)}{app}{path}",
        endpoints=endpoints,
        service=service,
        headers={"Authorization": authorization, "Content-Type": "application/json"},
        body=json.dumps(body).encode(),
    )
    return sandbox._services.handle(call)


def trouble(sandbox, service, path, body):
    """Return what is wrong with how *body* was answered, or ``None``."""
    try:
        answer = post(sandbox, service, path, body)
        sandbox.clock.advance(days=3)
        sandbox.clock.advance(days=3)
        read = post(sandbox, "braze", "/users/export/ids", IDS)
    except Exception as exc:  # noqa: BLE001 - any is what the test looks for
        return repr(exc)
    if answer.status not in {200, 201, 400, 404} or read.status != 201:
        return f"{answer.status}, then {read.status}"
    return None if isinstance(answer.json(), dict) else "no object"


@pytest.mark.parametrize(
    ("service", "path", "body"), GOOD, ids=[f"{g[0]} {g[1]}" for g in GOOD]
)
def test_junk_in_any_place_is_answered(service, path, body):
    """Junk in place of any part of a good body is taken or refused, never a crash."""
    sandbox = prepared()
    before = sandbox.snapshot()
    wrong = []
    for place in places(body):
        for junk in JUNK:
            sandbox.restore(before)
            problem = trouble(sandbox, service, path, spoiled(body, place, junk))
            if problem is not None:
                wrong.append((place, junk, problem))

    assert [] == wrong
