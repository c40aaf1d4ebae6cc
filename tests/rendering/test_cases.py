"""The conformance cases: templates with what Braze makes of them."""

import json
from pathlib import Path

import pytest

from sessionm_braze.exceptions import TemplateError
from sessionm_braze.rendering import (
    BasicAuth,
    CannedFetcher,
    Catalog,
    HeaderAuth,
    Renderer,
)


CASES = [
    case
    for name in ("liquid_cases.json", "liquid_cases_2.json")
    for case in json.loads(
        Path(__file__).with_name("cases").joinpath(name).read_text("utf-8")
    )
]


def credential(given):
    """Return the stored credential that a case describes."""
    if "username" in given:
        return BasicAuth(given["username"], given["password"])
    return HeaderAuth(given["headers"], given.get("domain"))


def renderer(context, answers, now):
    """Return the renderer a case asks for; what is left of *context* are variables."""
    selections = context.pop("catalog_selections", {})
    catalogs = {
        name: Catalog(items=items, selections=selections.get(name, {}))
        for name, items in context.pop("catalogs", {}).items()
    }
    credentials = context.pop("credentials", {})
    return Renderer(
        CannedFetcher.from_entries(answers),
        context.pop("content_blocks", None),
        catalogs,
        context.pop("promotions", None),
        {name: credential(given) for name, given in credentials.items()},
        now=now,
    )


def outcome(case, now):
    """Return what a case gives, in the words of its ``expect``."""
    context = dict(case["context"])
    engine = renderer(context, case.get("http", []), now)
    variables = {**context.pop("user", {}), **context.pop("variables", {}), **context}
    try:
        message = engine.render(case["template"], variables)
    except TemplateError:
        return {"error": True}
    return {"abort": message.abort_reason or None} if message.aborted else message.text


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case(case, now):
    """A template of the conformance set gives what its source says."""
    assert case["expect"] == outcome(case, now)


def test_cases_are_there():
    """The set is whole, so that nothing passes for being absent."""
    assert 94 + 13 == len(CASES)
