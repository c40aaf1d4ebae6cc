"""Whatever a template does to data, it ends in a text or in an error of ours."""

import datetime as dt
import time

import pytest
from hypothesis import given, settings, strategies as st

from sessionm_braze.exceptions import TemplateError
from sessionm_braze.rendering import CannedFetcher, Renderer, RenderLimits
from sessionm_braze.rendering._environment import environment


NOW = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
FILTERS = sorted(environment(strict=True, nesting=100).filters)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.sampled_from(
        [10**20, -(10**25), 10**4_200, 2**63, 0.0, -0.0, 1e308, 5e-324, 1e16]
    ),
    st.sampled_from([float("inf"), float("-inf"), float("nan")]),
    st.floats(allow_nan=True),
    st.text(max_size=6),
    st.sampled_from(
        ["now", "%Y", "1.5", "-3", "12abc", "9" * 5_000, "<a", "[1]", "{", "size"]
    ),
    st.sampled_from([NOW, NOW.date(), range(3), range(0)]),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(["a", "b", "size"]), inner, max_size=3),
    ),
    max_leaves=6,
)


def failure(action):
    """Return the error of ours that *action* ends in, or None."""
    try:
        action()
    except TemplateError as error:
        return error
    return None


class TestFilters:
    @pytest.mark.parametrize("name", FILTERS)
    @settings(max_examples=settings.default.max_examples // 10)
    @given(value=values, arguments=st.lists(values, max_size=3))
    def test_no_value_breaks_a_filter(self, name, value, arguments):
        """A filter takes any value and any arguments, or refuses them."""
        names = [f"a{at}" for at in range(len(arguments))]
        call = f"v | {name}" + (": " + ", ".join(names) if names else "")
        variables = {"v": value, **dict(zip(names, arguments, strict=True))}
        template = (
            "{{ " + call + " }}{% assign r = " + call + " %}{{ r | as_json_string }}"
        )

        assert isinstance(
            Renderer(now=NOW, strict=False).render(template, variables).text, str
        )
        error = failure(lambda: Renderer(now=NOW).render(template, variables))
        assert error is None or error.line is not None


class TestTags:
    @given(
        a=values,
        b=values,
        operator=st.sampled_from(["==", "<", ">=", "contains", "!="]),
    )
    def test_no_value_breaks_a_tag(self, a, b, operator):
        """Conditions, loops, look-ups and counters take any value."""
        template = (
            "{% if a "
            + operator
            + " b %}1{% endif %}{% case a %}{% when b %}2{% endcase %}"
            "{% for i in a limit: b offset: b %}{{ i }}{% endfor %}"
            "{% tablerow i in a cols: b limit: b %}{{ i }}{% endtablerow %}"
            "{{ a[b] }}{{ a[b].size }}{{ a.first }}{{ a.last }}{{ [a] }}{{ (a..b) | size }}"  # noqa: E501
            "{% cycle a, b %}{% cycle a: b, a %}{% increment a %}{% decrement b %}"
            "{{ custom_attribute.${x}[a] }}{{ ${city}.size }}"
        )
        variables = {"a": a, "b": b, "custom_attribute": {"x": b}, "city": a}

        assert isinstance(
            Renderer(now=NOW, strict=False).render(template, variables).text, str
        )

    @given(text=st.text("{%}-|'\"$[].:,=<> \nabcforindlutgs${", max_size=60))
    def test_no_text_breaks_the_parser(self, text):
        """Any text parses, or is refused with a place."""
        for strict in (True, False):
            error = failure(lambda mode=strict: Renderer(strict=mode).render(text))
            assert error is None or error.line is not None


LONG = 200_000


class TestSpeed:
    @pytest.mark.parametrize(
        "template",
        [
            "{{ " + "9" * LONG + " }}",
            "{{ a[" + "9" * LONG + "] }}",
            "{{ ${a[" + "9" * LONG + "]} }}",
            "{{" * LONG,
            "{{ ' }}" * 20_000,
            "{% raw %}" + "{% endraw " * LONG,
            "{% comment %}" + "{% comment " * LONG,
            "{% connected_content " + "{{" * LONG + " %}",
            "{% connected_content https://h.test " + ":body " * 20_000 + " %}",
            "{% connected_content https://h.test :headers " + "{" * LONG + " %}",
            "{% message_extras :key k" + " " * LONG + " %}",
            "{% message_extras :key " + "k :valu " * LONG + " %}",
            "{% abort_message(" + "(" * LONG + ") %}",
            "{% catalog_items " + "a " * 20_000 + " %}",
            "{{ a" + " " * LONG + "b }}",
            "{% if " + " " * LONG + "a %}{% endif %}",
            "{% if a" + " and" * 20_000 + " %}{% endif %}",
            "{% assign " + "a" * LONG + " %}",
            "{% for " + "a" * LONG + " in b %}{% endfor %}",
            "{% cycle " + "," * LONG + " %}",
            "{% case a %}{% when " + "a or " * 20_000 + "a %}{% endcase %}",
            "{% liquid " + "\n" * LONG + "%}",
            "${" * LONG,
            "{% " * LONG,
            "{{ a | " + "b: 'c'," * 20_000 + " }}",
        ],
    )
    @pytest.mark.parametrize("strict", [True, False])
    def test_long_templates_end_soon(self, template, strict):
        """No text makes the parser go over it again and again."""
        start = time.process_time()

        error = failure(lambda: Renderer(strict=strict).parse(template))

        assert error is None or len(str(error)) < 3 * len(template)
        assert time.process_time() - start < 30

    @pytest.mark.parametrize(
        ("call", "text"),
        [
            ("strip_html", "<script"),
            ("strip_html", "<"),
            ("strip_html", "<!--"),
            ("number_with_delimiter", "9"),
            ("date: '%Y'", "a "),
            ("date: '%Y'", "12:"),
            ("date: '%Y'", " "),
            ("time_zone: 'UTC'", "1-"),
            ("escape_once", "&a"),
            ("truncatewords: 3", "a "),
            ("split: ' ' | sort | join", "b a "),
            ("split: '' | sort_natural | uniq | join", "ab"),
            ("url_decode", "%4"),
            ("json_escape", "\n"),
            ("json_parse | size", "["),
            ("newline_to_br | strip_newlines", "\n"),
            ("plus: 1", "1_"),
            ("money", "1"),
            ("round: 2", "1."),
            ("replace: 'a', 'bb' | remove: 'b'", "a"),
            ("base64_decode", "QQ"),
        ],
    )
    def test_long_values_end_soon(self, call, text):
        """No value makes a filter go over it again and again."""
        limits = RenderLimits(seconds=3)
        start = time.process_time()

        failure(
            lambda: Renderer(limits=limits).render(
                "{{ v | " + call + " }}", {"v": text * LONG}
            )
        )

        assert time.process_time() - start < 30

    def test_rerendering_a_long_answer_ends_soon(self, render):
        """Looking for names in a long message is no effort."""
        template = "a" * LONG + "{% connected_content https://h.test/ :rerender %}"
        answer = "{{ x }}" + "b" * LONG
        start = time.process_time()

        render(template, fetcher=CannedFetcher({"https://h.test/": answer}))

        assert time.process_time() - start < 30
