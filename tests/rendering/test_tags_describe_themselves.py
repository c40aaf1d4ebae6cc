"""A tag says what it reads: what its example asks for is what the report lists."""

from contextlib import suppress

import pytest

from sessionm_braze.rendering import (
    ConnectedContentResponse,
    Renderer,
    inspect_template,
)
from sessionm_braze.rendering._context import BrazeContext
from sessionm_braze.rendering._deadline import deadline
from sessionm_braze.rendering._errors import Aborted
from sessionm_braze.rendering._tags import TAGS
from sessionm_braze.rendering._tags.illegal import INTERNAL_TAGS


NUMBERS = {"most": 2, "start": 0, "columns": 2}
WORLDS = {
    "all values are alike": lambda _kind, _name: "value",
    "a value is its name": lambda _kind, name: name,
    "no two values are alike": lambda kind, name: f"{kind} {name}",
    "all values are lists": lambda _kind, _name: [{"name": "n"}] * 2,
    "there are no values": lambda _kind, _name: None,
}
"""Data in which other branches are taken, other loops run."""


class Asked(dict):
    """Data that has every name, and writes down which it was asked for."""

    def __init__(self, kind, world, asked):
        super().__init__()
        self.kind, self.world, self.asked = kind, world, asked

    def __contains__(self, name):
        self.asked.add((self.kind, str(name)))
        return True

    def __getitem__(self, name):
        self.asked.add((self.kind, str(name)))
        return NUMBERS.get(name, self.world(self.kind, str(name)))

    def get(self, name, default=None):  # noqa: ARG002 - nothing is missing
        """Return the value of *name*."""
        return self[name]


def walk(template, context):
    """Render by walking the nodes."""
    context.rendered(template._parsed.nodes)


def run(template, context):
    """Render through the compiled function."""
    template._parsed.run(context, context.check_time, [])


def asked_by(text, way):
    """Return what renders of *text* ask their data for; twice, for what takes turns."""
    asked = set()
    renderer = Renderer(
        lambda _: ConnectedContentResponse(json={"points": 1}),
        catalogs={"Shoes": [{"id": "value"}]},
        promotions={"spring": ["CODE"]},
        strict=False,
    )
    template = renderer.parse(text * 2)
    for world in WORLDS.values():
        context = BrazeContext(
            template._env, template.source, {}, renderer._workspace, deadline(60)
        )
        context.attributes = Asked("default_attributes", world, asked)
        context.globals = Asked("liquid", world, asked)
        context.namespaces = {
            name: Asked(name, world, asked) for name in ("custom_attribute", "context")
        }
        with suppress(Aborted):
            way(template, context)
    return asked


def listed_in(report):
    """Return what a report lists as read."""
    return {
        (namespace, name)
        for namespace, names in report.variables.items()
        for name in names
    }


WRITTEN = sorted(TAGS.keys() - INTERNAL_TAGS)


@pytest.mark.parametrize("way", [walk, run])
@pytest.mark.parametrize("name", [*WRITTEN, "output", "content"])
def test_what_is_asked_for_is_what_is_listed(name, way):
    """The report lists what rendering the example asks for, nothing more or less."""
    example = TAGS[name].example

    assert asked_by(example, way) == listed_in(inspect_template(example))


@pytest.mark.parametrize("name", WRITTEN)
def test_the_example_shows_the_tag(name):
    """An example holds its tag, and nothing is wrong with it."""
    example = TAGS[name].example
    report = inspect_template(example, ignore=["missing-default"])

    assert f"{{% {name}" in example
    assert ((), ()) == (report.errors, report.of("warning"))
    if name not in {"#", "comment", "raw"}:
        assert name in report.tags


def test_a_tag_that_hides_what_it_reads_is_found(monkeypatch):
    """The test above fails for a tag that does not say what it reads."""
    node = type(Renderer().parse(TAGS["random"].example)._parsed.nodes[0])
    monkeypatch.setattr(node, "expressions", lambda _self: [])
    example = TAGS["random"].example

    assert asked_by(example, walk) != listed_in(inspect_template(example))
