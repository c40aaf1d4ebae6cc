"""Watching a message does not change it."""

import copy
import datetime as dt
import itertools
import json
from pathlib import Path

import pytest

from sessionm_braze.audit._expiry import OfferExpiry
from sessionm_braze.audit._probe_placement import ProbePlacer
from sessionm_braze.audit._probes import Sightings
from sessionm_braze.exceptions import TemplateError
from sessionm_braze.rendering import CannedFetcher, Catalog, Renderer
from sessionm_braze.rendering._deadline import without_end
from sessionm_braze.rendering._instrumentation import instrumented


NOW = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
CASES = json.loads(
    Path(__file__)
    .parent.parent.joinpath("rendering", "cases", "liquid_cases.json")
    .read_text("utf-8")
)


def renderer_of(case):
    """Return the renderer and the variables that a case describes."""
    context = copy.deepcopy(case["context"])
    context.pop("credentials", None)
    selections = context.pop("catalog_selections", {})
    catalogs = {
        name: Catalog(items=items, selections=selections.get(name, {}))
        for name, items in context.pop("catalogs", {}).items()
    }
    renderer = Renderer(
        CannedFetcher.from_entries(case.get("http", [])),
        context.pop("content_blocks", None),
        catalogs,
        context.pop("promotions", None),
        now=NOW,
    )
    return renderer, {
        **context.pop("user", {}),
        **context.pop("variables", {}),
        **context,
    }


def outcome(renderer, template, variables):
    """Return what is sent, why it is not, or what is wrong and where."""
    try:
        message = renderer.render(template, variables)
    except TemplateError as error:
        return (type(error).__name__, str(error))
    return (message.text, message.aborted, message.abort_reason, message.extras)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_watched_message_is_the_same_message(case):
    """Each case of the conformance set gives the same, watched or not."""
    renderer, variables = renderer_of(case)
    sources = [case["template"], *case["context"].get("content_blocks", {}).values()]
    watcher = ProbePlacer(Sightings(), OfferExpiry(NOW, None))
    watched = instrumented(renderer, watcher, sources)

    assert outcome(renderer, case["template"], variables) == outcome(
        watched, case["template"], variables
    )


def test_fetched_text_is_not_watched():
    """Only the template and its blocks are prepared, not what answers hold."""
    seen = Sightings()
    renderer = Renderer(CannedFetcher({"https://a.test/": "Hi {{x}}"}))
    template = "{% connected_content https://a.test/ :rerender %}{{x}}"
    watched = instrumented(
        renderer, ProbePlacer(seen, OfferExpiry(NOW, None)), [template]
    )

    assert "Hi " == watched.render(template).text
    assert [(1, 52)] == [(site.line, site.column) for site in seen.blanks]


def test_a_watched_template_is_still_compiled():
    """Probes cost calls, but do not send the template back to walking its nodes."""
    template = (
        "{{ nickname | default: 'you' }} {{ wallet.payload.available_points }}"
        "{% for o in wallet.payload.user_offers %}{% if o.offer_type == 'a' %}"
        "{{ o.name | upcase }}{{ o.media[0].uri }}{% endif %}{% endfor %}"
        "{% assign n = wallet.payload.user_offers[0].name %}{{ n }}"
        "{% if wallet.payload.total_points > 500 %}Gold{% endif %}"
    )
    watched = instrumented(
        Renderer(), ProbePlacer(Sightings(), OfferExpiry(NOW, None)), [template]
    )

    (function,) = watched.parse(template)._parsed.program(without_end)
    lines = function.source.splitlines()

    walked = [
        line
        for before, line in itertools.pairwise(lines)
        if "walk(" in line and "except " not in before
    ]
    assert [] == walked
    assert any("for " in line for line in lines)
