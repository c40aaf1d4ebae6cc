"""Hostile templates and data: each ends in a clear error, soon."""

import itertools
import subprocess
import sys
import threading
import time
import tracemalloc
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from subprocess import PIPE

import limit_trials
import pytest

from sessionm_braze.exceptions import TemplateError
from sessionm_braze.rendering import (
    ConnectedContentResponse,
    Renderer,
    RenderLimits,
    _deadline,
)


SMALL = RenderLimits(iterations=1_000, output_size=10_000, nesting=30, seconds=5)


def refused(template, variables=None, *, limits=SMALL, **settings):
    """Render a hostile template and return what its error says."""
    start = time.monotonic()
    with pytest.raises(TemplateError) as info:
        Renderer(limits=limits, **settings).render(template, variables)
    assert time.monotonic() - start < 30
    return str(info.value)


class TestIterations:
    @pytest.mark.parametrize(
        "template",
        [
            "{% for i in (1..1001) %}{% endfor %}",
            "{% for i in (1..100) %}{% for j in (1..100) %}x{% endfor %}{% endfor %}",
            "{% for i in (1..99999999999999) %}x{% endfor %}",
            "{% tablerow i in (1..1001) %}{% endtablerow %}",
            "{% for i in l %}{% for j in l %}{% for k in l %}{% endfor %}{% endfor %}{% endfor %}",  # noqa: E501
        ],
    )
    @pytest.mark.parametrize("strict", [True, False])
    def test_loops_have_an_end(self, template, strict):
        """The turns of all loops together are counted."""
        limits = RenderLimits(iterations=1_000)

        assert "1000 turns" in refused(
            template, {"l": [1] * 20}, limits=limits, strict=strict
        )

    def test_a_loop_within_the_limit_runs(self, render):
        """The limit itself is allowed."""
        assert "x" * 1_000 == render(
            "{% for i in (1..1000) %}x{% endfor %}", limits=SMALL
        )


class TestSize:
    @pytest.mark.parametrize(
        "template",
        [
            "{% for i in (1..900) %}{{ s }}{% endfor %}",
            "{{ s | replace: 's', s | replace: 's', s | replace: 's', s }}",
            "{% for i in (1..40) %}{% assign s = s | append: s %}{% endfor %}",
            "{% for i in (1..40) %}{% assign l = l | concat: l %}{% endfor %}",
            "{% for i in (1..40) %}{% capture s %}{{ s }}{{ s }}{% endcapture %}{% endfor %}",  # noqa: E501
            "{{ l | join: s | split: '' | join: s | split: '' | join: s }}",
            "{{ (1..9999999999) | join: ',' }}",
            "{{ (1..9999999999) | map: 'a' }}",
            "{{ (1..9999999999) | as_json_string }}",
            "{{content_blocks.${b}}}" * 20,
        ],
    )
    @pytest.mark.parametrize("strict", [True, False])
    def test_values_do_not_grow_without_end(self, template, strict):
        """Doubling texts and lists is stopped before it hurts, in both modes."""
        variables = {"s": "s" * 100, "l": ["a"] * 50}
        blocks = {"b": "x" * 1_000}

        assert refused(template, variables, strict=strict, content_blocks=blocks)

    @pytest.mark.parametrize(
        "template",
        [
            "{% for i in (1..40) %}{% assign n = n | times: n %}{% endfor %}{{ n }}",
            "{{ 'now' | date: '%999999999Y' }}",
            "{{ 'now' | date: '%20000Y' }}",
            "{{ d | plus: 1 }}",
        ],
    )
    def test_numbers_and_fields_do_not_grow_without_end(self, template):
        """A number or a date's field of thousands of digits is a fault."""
        assert refused(template, {"n": 9, "d": "9" * 10_000})

    @pytest.mark.parametrize(
        "template",
        [
            "{% assign n = 9 %}{% for i in (1..40) %}{% assign n = n | times: n %}{% endfor %}{{ n }}",  # noqa: E501
            "{{ 'now' | date: '%999999999Y' }}",
            "{{ d | plus: 1 }}",
            "{{ big }}",
            "{{ 1 | round: 999999999 }}{{ 1.5 | round: 999999999 }}{{ 1.5 | round: -999999999 }}",  # noqa: E501
            "{{ '1.5' | times: 1e9999999 }}{{ '9.9' | divided_by: 0.0 }}",
        ],
    )
    def test_lax_rendering_survives_them(self, template):
        """In lax mode the same is an error text at most, and quick."""
        start = time.monotonic()

        Renderer(limits=SMALL, strict=False).render(
            template, {"d": "9" * 10_000, "big": 10**5_000}
        )

        assert time.monotonic() - start < 30


@pytest.fixture(scope="module")
def deep():
    """Two lists that hold lists, and a text of the like."""
    value, other = [], []
    for _ in range(100_000):
        value, other = [value], [other]
    return {"v": value, "w": other, "text": "[" * 100_000 + "]" * 100_000}


class TestNesting:
    @pytest.mark.parametrize(
        "template",
        [
            "{% if true %}" * 31 + "{% endif %}" * 31,
            "{% if true %}" * 50_000,
            "{% for i in l %}" * 2_000 + "{% endfor %}" * 2_000,
            "{% capture a %}{% case 1 %}{% when 1 %}" * 500,
            "{% liquid\n" + "if true\n" * 3_000 + "%}",
            "{{ a" + "[a" * 5_000 + "]" * 5_000 + " }}",
            "{% if " + "(" * 3_000 + " %}{% endif %}",
            "{{ " + "(1.." * 3_000 + "2" + ")" * 3_000 + " }}",
        ],
    )
    def test_blocks_and_brackets_do_not_go_deep(self, template):
        """Depth is refused while parsing, in the mode for people."""
        assert refused(template)

    def test_lax_parsing_refuses_depth_too(self):
        """Blocks that are too deep for strict parsing are so for lax parsing."""
        assert refused("{% if true %}" * 50_000, strict=False)

    @pytest.mark.parametrize(
        "template",
        [
            "{{ a" + "[a" * 5_000 + "]" * 5_000 + " }}",
            "{{ a" + ".b" * 20_000 + " }}",
            "{{ a" + " | upcase" * 5_000 + " }}",
        ],
    )
    def test_lax_parsing_reads_what_is_only_long(self, template):
        """A long path or chain of filters of something missing prints nothing."""
        assert "" == Renderer(strict=False).render(template).text

    @pytest.mark.parametrize("word", ["if", "unless"])
    @pytest.mark.parametrize("count", [100, 3_000, 12_000])
    def test_long_chains_of_branches_are_flat(self, render, word, count):
        """A chain of ``elsif`` may have any length."""
        start = f"{{% {word} {'true' if word == 'unless' else 'false'} %}}"
        chain = "{% elsif false %}" * count

        assert "b" == render(f"{start}{chain}{{% else %}}b{{% end{word} %}}")

    def test_long_conditions_are_flat(self, render):
        """A condition of many terms is no depth at all."""
        assert "y" == render(
            "{% if " + "a and " * 20_000 + "a %}y{% endif %}", {"a": 1}
        )

    @pytest.mark.parametrize(
        "template",
        [
            "{{ v }}",
            "{{ v | join: ',' }}",
            "{{ v | as_json_string }}",
            "{{ v | upcase }}",
            "{% if v == w %}{% endif %}",
            "{{ v | uniq }}",
            "{{ v | sort }}",
            "{{ text | json_parse }}",
        ],
    )
    def test_deep_values_are_refused(self, template, deep):
        """Lists that hold lists without end end in an error of this package."""
        assert refused(template, deep)

    def test_a_deep_answer_is_no_json(self):
        """An answer that nests without end does not break the renderer."""
        answer = ConnectedContentResponse(body="[" * 200_000)
        template = "{% connected_content https://h.test/ :save r %}{{ r }}"

        with pytest.raises(TemplateError):
            Renderer(lambda _: answer).render(template)


class TestTime:
    def test_a_render_ends_in_time(self):
        """A loop that would run for minutes ends with the limit on time."""
        limits = RenderLimits(iterations=10**9, output_size=10**9, seconds=0.2)
        template = "{% for i in (1..999999999) %}{{ i | plus: 1 }}{% endfor %}"

        assert "0.2 s" in refused(template, limits=limits)

    @pytest.mark.parametrize(
        "template",
        [
            "{% for i in (1..40) %}{% assign c = b | sort_natural %}{% endfor %}",
            "{% assign c = b | sort_natural %}" * 40,
            "{{ b" + " | reverse | sort_natural" * 15 + " | size }}",
            "{% assign l = b %}{% if l contains 'c' %}{% endif %}",
            "{% cycle b: 1 %}",
            "{% assign l = b %}{{ 'a' | remove: l }}",
            "{{ i | plus: 1 }}" * 300,
        ],
        ids=["loop", "statements", "filters", "test", "cycle", "argument", "small"],
    )
    @pytest.mark.parametrize("strict", [True, False])
    def test_large_values_count(self, template, strict):
        """Time is looked at wherever a value is large, and between many statements."""
        limits = RenderLimits(seconds=0)

        assert "longer than 0 s" in refused(
            template, {"b": ["b", "A"] * 600}, limits=limits, strict=strict
        )

    def test_calls_count(self):
        """Time spent by a fetcher belongs to the render's."""
        clock = threading.Event()

        def slow(_):
            clock.wait(0.03)
            return ConnectedContentResponse(503)

        template = "{% connected_content https://h.test/ :retry %}" * 3
        limits = RenderLimits(seconds=0.05)

        assert "0.05 s" in refused(template, limits=limits, fetcher=slow)


class TestUniqueness:
    def test_large_lists_are_quick(self, render):
        """Filters on large lists do not compare every pair."""
        values = [{"n": n % 50_000} for n in range(100_000)]
        start = time.monotonic()

        assert "50000" == render("{{ l | uniq | size }}", {"l": values})
        assert time.monotonic() - start < 30


def shared(levels):
    """Return a list that has the next one twice, and so on: 2 ** levels texts."""
    value = ["a"]
    for _ in range(levels):
        value = [value, value]
    return value


def objects(levels):
    """Return an object that has the next one twice."""
    value = {"a": 1}
    for _ in range(levels):
        value = {"a": value, "b": value}
    return value


def itself():
    """Return a list that holds itself."""
    value = [1]
    value.append(value)
    return value


ENDLESS = {
    "shared lists": lambda: {"v": shared(40), "w": shared(40)},
    "shared objects": lambda: {"v": objects(40), "w": objects(40)},
    "references to a text": lambda: {
        "v": ["x" * 4_000_000] * 1_024,
        "w": ["x" * 4_000_000] * 1_024,
    },
    "itself": lambda: {"v": itself(), "w": itself()},
}
WALKS = [
    "{{ v }}",
    "{{ v | join: ', ' | size }}",
    "{{ v | upcase | size }}",
    "{{ 'a' | append: v | size }}",
    "{{ 'x' | replace: 'x', v | size }}",
    "{{ v | as_json_string | size }}",
    "{{ v | sort_natural | size }}",
    "{{ v | sort | join | size }}",
    "{{ v | uniq | join | size }}",
    "{{ v | map: 'a' | join | size }}",
    "{{ v | concat: v | join | size }}",
    "{% if v == w %}{% endif %}{{ v }}",
    "{% if w contains v %}{% endif %}{{ v }}",
    "{% case v %}{% when w %}{% endcase %}{{ v }}",
    "{% cycle v: 1, 2 %}{{ v }}",
    "{% cycle v, v %}{{ v }}",
    "{% for i in v %}{% capture c %}{{ i }}{{ c }}{{ c }}{% endcapture %}{% endfor %}",
]


class TestWhatIsHeld:
    @pytest.mark.parametrize("data", ENDLESS)
    @pytest.mark.parametrize("template", WALKS)
    def test_counts_and_not_what_it_is_held_in(self, data, template):
        """A short list may hold more than any machine: work on it ends soon."""
        start = time.process_time()
        renderer = Renderer(limits=RenderLimits(seconds=2))

        with suppress(TemplateError):
            renderer.render(template, ENDLESS[data]())

        assert time.process_time() - start < 10

    @pytest.mark.parametrize(
        ("template", "given"),
        [
            ("{{ s | replace: s, r }}", {"s": "x" * 1_000_000, "r": "\\0" * 1_000}),
            ("{{ s | replace: 'x', r }}", {"s": "x" * 1_000_000, "r": "\\0" * 1_000}),
            ("{{ s | replace_first: s, r }}", {"s": "x" * 1_000_000, "r": "\\&" * 99}),
            ("{{ d.s | upcase | size }}", {"d": {"s": "x" * 6_000_000}}),
            ("{{ d.s.size | plus: d.s }}", {"d": {"s": "x" * 6_000_000}}),
            ("{{ d.l | first }}", {"d": {"l": [1] * 6_000_000}}),
            ("{% assign l = s | split: '' %}", {"s": "x" * 4_000_000}),
        ],
    )
    def test_counts_before_it_is_made(self, template, given):
        """What would be too large is not even begun."""
        refused(template, given, limits=RenderLimits(seconds=5))

    def test_variables_bound_anew_make_room(self, render):
        """Only what is still held counts, however often a variable is bound."""
        template = "{% for i in (1..300) %}{% assign a = t | append: i %}{% endfor %}ok"
        limits = RenderLimits(output_size=10_000)

        assert "ok" == render(template, {"t": "x" * 9_000}, limits=limits)

    def test_variables_add_up(self):
        """Many large variables are too many, and parsed JSON counts for more."""
        limits = RenderLimits(output_size=10_000)
        texts = "".join(f"{{% assign a{n} = t | append: '{n}' %}}" for n in range(20))
        values = "".join(f"{{% assign a{n} = j | json_parse %}}" for n in range(20))
        given = {"t": "x" * 9_000, "j": '{"a": "' + "x" * 8_000 + '"}'}

        assert "the variables grew" in refused(texts, given, limits=limits)
        assert "the variables grew" in refused(values, given, limits=limits)


STRANGE_NUMBERS = {
    "large": Decimal("1e99999999"),
    "below zero": Decimal("-1e99999999"),
    "small": Decimal("1e-99999999"),
    "nan": Decimal("NaN"),
    "signalling nan": Decimal("sNaN"),
    "infinity": Decimal("Infinity"),
    "integer": 10**5_000,
    "negative integer": -(10**100_000),
    "float nan": float("nan"),
    "float infinity": float("inf"),
    "range": range(10**30),
}
OF_TWO = ("modulo", "plus", "times", "divided_by", "at_most", "round")
OF_ONE = (
    "ceil",
    "floor",
    "abs",
    "money",
    "size",
    "sort",
    "sum",
    "join",
    "as_json_string",
)


class TestNumbers:
    @pytest.mark.parametrize("number", STRANGE_NUMBERS)
    @pytest.mark.parametrize(
        "template",
        [
            *(f"{{{{ v | {name}: 7 }}}}{{{{ 7 | {name}: v }}}}" for name in OF_TWO),
            *(f"{{{{ v | {name} }}}}" for name in OF_ONE),
            "{{ l | sort | size }}{{ l | uniq | size }}{{ l | map: v }}{{ l[v] }}",
            "{% if v > 1 or 1 < v or v == f or v contains 1 %}{% endif %}",
            "{% for i in l limit: v offset: v %}{% endfor %}",
            "{% for i in v %}{% endfor %}{% tablerow i in v %}{% endtablerow %}",
            "{% tablerow i in l cols: v limit: v %}{% endtablerow %}",
            "{% random v %}{{ (1..v) | size }}{% increment v %}",
        ],
    )
    def test_of_any_size_end_soon(self, template, number):
        """A number beyond all bounds is printed, or refused in words of ours."""
        number = STRANGE_NUMBERS[number]
        given = {"v": number, "l": [number, 1, 2.5], "f": 1.5}
        start = time.process_time()

        for strict in (True, False):
            with suppress(TemplateError):
                Renderer(strict=strict).render(template, given)

        assert time.process_time() - start < 10


class TestParsing:
    def test_belongs_to_the_time(self, monkeypatch):
        """Parsing and compiling end with the time of the render that wants them."""
        ticks = itertools.count()
        monkeypatch.setattr(_deadline, "monotonic", lambda: next(ticks) / 1_000)
        limits, long = RenderLimits(seconds=1), "{{ a | upcase }}" * 1_500
        call = "{% connected_content https://h.test/ :rerender %}"

        with pytest.raises(TemplateError, match="longer than 1 s"):
            Renderer(limits=limits).parse(long)
        assert "longer than 1 s" in refused(
            call, limits=limits, fetcher=lambda _: ConnectedContentResponse(body=long)
        )
        assert "longer than 1 s" in refused(
            "{{content_blocks.${b}}}", limits=limits, content_blocks={"b": long}
        )

    def test_compiling_belongs_to_the_time(self, monkeypatch):
        """The second render, which compiles, ends in time, too."""
        renderer = Renderer(limits=RenderLimits(seconds=1))
        template = renderer.parse(
            "{% if a %}" + "{{ a | upcase }}" * 1_500 + "{% endif %}"
        )
        renderer.render(template)
        ticks = itertools.count()
        monkeypatch.setattr(_deadline, "monotonic", lambda: next(ticks) / 1_000)

        with pytest.raises(TemplateError, match="longer than 1 s"):
            renderer.render(template)

    @pytest.mark.parametrize(
        "template",
        [
            "{{ a }}" * 15_700,
            pytest.param(
                "{% if a %}" + "{{ a | plus: 1 }}" * 6_400 + "{% endif %}",
                marks=pytest.mark.slow,
            ),
            "{% for i in a %}"
            + "{{ i.b }}{{ forloop.index }}" * 3_800
            + "{% endfor %}",
        ],
    )
    def test_takes_little_memory(self, template):
        """A template of 110 kB takes less than 100 MB, while it is compiled, too."""
        renderer = Renderer(limits=RenderLimits(seconds=60))
        tracemalloc.start()
        try:
            parsed = renderer.parse(template)
            for _ in range(2):
                renderer.render(parsed)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

        assert peak < 100_000_000


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux")
@pytest.mark.parametrize("kind", ["texts", *limit_trials.DATA])
def test_limits_hold_in_little_memory(kind):
    """Every filter and tag on data of every kind ends in time, in 3 GB of memory."""
    run = subprocess.run(
        [sys.executable, limit_trials.__file__, kind],
        stdout=PIPE,
        check=True,
        text=True,
    )

    assert "" == run.stdout
