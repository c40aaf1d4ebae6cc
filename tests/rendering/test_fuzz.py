"""Templates made at random, on values of every kind: a text, or an error of ours."""

import collections
import datetime as dt
import os
import random
import re
import sys
from decimal import Decimal

import numpy as np
import pandas as pd

from sessionm_braze.exceptions import TemplateError
from sessionm_braze.rendering import (
    CannedFetcher,
    Renderer,
    RenderLimits,
    inspect_template,
)
from sessionm_braze.rendering._environment import environment


COUNT = int(os.environ.get("SESSIONM_BRAZE_FUZZ", "1500"))
"""How many templates are tried; `.ci/long` tries many more."""

FILTERS = sorted(environment(strict=True, nesting=100).filters)
NOW = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
LIMITS = RenderLimits(iterations=2_000, output_size=20_000, nesting=20, seconds=5)
PLAIN = [
    *(None, True, False, 0, -1, 7, 2**63, 10**40, 1.5, -0.0, 1e20, 1e308, float("inf")),
    *("", " ", "a", "Zé", "12abc", "1.5", "<b>&amp;", "\\0\\1", "a,b", "[1]", "now"),
    *("2026-05-04", "\ud800", "\u2028", "{{ x }}", "%Y", "x" * 3_000, NOW, NOW.date()),
]
STRANGE = [
    *(
        float("nan"),
        10**5_000,
        range(10**30),
        range(3),
        NOW.replace(year=9999),
        dt.date.min,
    ),
    *map(Decimal, ("1e99999999", "NaN", "sNaN", "-Infinity", "1.5")),
    *(np.float64("nan"), np.int64(7), np.bool_(0), np.str_("a"), pd.NA, pd.NaT),
    *(b"x", {1}, object(), np.array([1, 2]), pd.Series([1]), 1j),
]
OPERATORS = ["==", "!=", "<>", "<", ">", "<=", ">=", "contains", "=", "==="]
NAMES = ["a", "b", "c", "o", "list", "size", "forloop", "blank", "nil", "${first_name}"]
NOISE = [
    "{{",
    "}}",
    "{%",
    "%}",
    "'",
    '"',
    "|",
    ":",
    ",",
    ".",
    "[",
    "]",
    "(",
    "${",
    "\n",
]


class Maker:
    """Makes templates and data from a source of random numbers."""

    def __init__(self, rng):
        self.rng = rng
        self.pick = rng.choice

    def value(self, depth=2):
        """Return a value, rarely one that templates do not know."""
        kind = self.rng.random()
        if depth and kind < 0.25:
            return [self.value(depth - 1) for _ in range(self.rng.randrange(4))]
        if depth and kind < 0.5:
            names = self.rng.sample(["a", "b", "n", "size"], 2)
            return {name: self.value(depth - 1) for name in names}
        return self.pick(PLAIN if kind < 0.97 else STRANGE)

    def variables(self):
        """Return what a template is given."""
        found = {name: self.value() for name in ("a", "b", "o")}
        found["list"] = [self.value() for _ in range(self.rng.randrange(5))]
        found["custom_attribute"] = {"x": self.value()}
        if self.rng.random() < 0.05:
            found["list"].append(found["list"])
        return found

    def operand(self):
        """Return a literal or a path."""
        kind = self.rng.random()
        if kind < 0.2:
            return self.pick(["'a'", '"x y"', "1", "-2.5", "nil", "true", "empty"])
        if kind < 0.25:
            return f"({self.pick('13a')}..{self.pick('25b')})"
        root = self.pick([*NAMES, "custom_attribute.${x}"])
        step = self.pick(
            ["", "", "", ".a", ".size", ".first", "[0]", "[-1]", "[a]", "['n']"]
        )
        return root + step

    def filtered(self):
        """Return an operand and filters."""
        text = self.operand()
        for _ in range(self.rng.randrange(4)):
            count = self.rng.randrange(3)
            given = ", ".join(self.operand() for _ in range(count))
            text += f" | {self.pick(FILTERS)}" + (f": {given}" if given else "")
        return text

    def condition(self):
        """Return comparisons."""
        words = [self.operand(), self.pick(OPERATORS), self.operand()]
        if self.rng.random() < 0.3:
            words += [self.pick(["and", "or"]), self.operand()]
        return " ".join(words)

    def block(self, depth):
        """Return a few nodes."""
        return "".join(self.node(depth) for _ in range(self.rng.randrange(1, 4)))

    def node(self, depth=3):
        """Return one node, or noise."""
        inner = self.block(depth - 1) if depth else "x"
        url = self.pick(
            ["https://h.test/j", "https://h.test/t", "https://h.test/{{ a }}"]
        )
        return self.pick(
            [
                *("{{ " + self.filtered() + " }}",) * 4,
                "text ",
                "{% if " + self.condition() + " %}" + inner + "{% else %}n{% endif %}",
                "{% unless " + self.operand() + " %}" + inner + "{% endunless %}",
                "{% for i in " + self.operand() + " %}{{ i }}" + inner + "{% endfor %}",
                "{% for i in list limit: "
                + self.operand()
                + " %}{{ forloop.index }}{% endfor %}",
                "{% tablerow i in "
                + self.operand()
                + " cols: 2 %}"
                + inner
                + "{% endtablerow %}",
                "{% case "
                + self.operand()
                + " %}{% when "
                + self.operand()
                + " %}"
                + inner
                + "{% endcase %}",
                "{% assign c = " + self.filtered() + " %}{{ c }}",
                "{% capture c %}" + inner + "{% endcapture %}",
                "{% cycle " + self.operand() + ", " + self.operand() + " %}",
                "{% increment " + self.pick("abc") + " %}",
                "{% random " + self.operand() + " %}",
                "{% connected_content "
                + url
                + self.pick(["", " :rerender", " :save c"])
                + " %}",
                "{% raw %}{{ a }}{% endraw %}",
                "{% comment %}" + inner + "{% endcomment %}",
                "{% ifchanged %}" + inner + "{% endifchanged %}",
                "{% break %}",
                "".join(self.pick(NOISE) for _ in range(self.rng.randrange(4))),
            ]
        )


def outcome(renderer, template, variables):
    """Return what a render ends in, and the kind of that."""
    try:
        message = renderer.render(template, variables)
    except TemplateError as error:
        return "error", str(error)
    except TypeError as error:
        if "expected a JSON value" not in str(error):
            raise
        return "foreign value", str(error)
    return ("aborted" if message.aborted else "text"), repr(message)


def test_templates_made_at_random_end_well():
    """Rendered twice, walked and compiled, a template gives the same text or error."""
    rng = random.Random(COUNT)
    fetcher = CannedFetcher(
        {
            "https://h.test/j": {"a": [1, "{{ a }}"]},
            "https://h.test/t": "{{ list | join }}",
        }
    )
    counts = collections.Counter()
    for number in range(COUNT):
        maker = Maker(rng)
        text, variables = maker.block(3), maker.variables()
        strict = number % 2 == 0
        renderer = Renderer(fetcher, now=NOW, limits=LIMITS, strict=strict)
        renderer._workspace.random.seed(number)
        try:
            template = renderer.parse(text)
        except TemplateError:
            counts["does not parse"] += 1
            inspect_template(text)
            continue
        walked = outcome(renderer, template, variables)
        renderer._workspace.random.seed(number)
        compiled = outcome(renderer, template, variables)
        assert without_time(walked) == without_time(compiled), text
        counts[walked[0]] += 1

    sys.stdout.write(f"{COUNT} templates: {dict(counts)}\n")
    assert (
        min(counts[kind] for kind in ("text", "error", "does not parse")) > COUNT / 50
    )


def without_time(found):
    """Leave out how long calls took."""
    kind, shown = found
    return kind, re.sub(r"elapsed=[\d.e-]+", "", shown)
