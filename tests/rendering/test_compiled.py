"""Compiled templates do what walking their nodes does."""

import datetime as dt

import pytest
from generated_templates import VARIABLES, damaged, templates, with_data
from hypothesis import given, strategies as st
from liquid.exceptions import LiquidError

from sessionm_braze.exceptions import TemplateError
from sessionm_braze.rendering import (
    CannedFetcher,
    ConnectedContentResponse,
    Renderer,
    RenderLimits,
)
from sessionm_braze.rendering._context import BrazeContext
from sessionm_braze.rendering._deadline import deadline, without_end
from sessionm_braze.rendering._errors import render_error


NOW = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)


terms = st.sampled_from(
    [
        *("nil", "true", "false", "blank", "empty", "''", "'a'", "1", "0", "2.5"),
        *("s", "e", "sp", "list", "none", "o", "missing", "yes", "no", "n"),
    ]
)
operators = st.sampled_from(["==", "!=", "<>", "<", ">", "<=", ">=", "contains"])
comparisons = st.builds("{} {} {}".format, terms, operators, terms)
conditions = st.builds(
    "{} {} {} {} {}".format,
    comparisons,
    st.sampled_from(["and", "or"]),
    terms,
    st.sampled_from(["and", "or"]),
    comparisons,
)


def walked(template, context):
    """Return what walking the nodes prints."""
    parts = []
    template._parsed.walk(context, parts)
    return "".join(parts)


def compiled(template, context):
    """Return what the compiled function prints."""
    parts = []
    template._parsed.run(context, context.check_time, parts)
    return "".join(parts)


def outcome(way, text, variables, *, strict):
    """Return everything a render leaves behind, as text."""
    renderer = Renderer(now=NOW, strict=strict)
    template = renderer.parse(text)
    context = BrazeContext(
        template._env, template.source, variables, renderer._workspace, deadline(60)
    )
    try:
        printed = way(template, context)
    except LiquidError as error:
        return repr(render_error(error)), str(render_error(error))
    return repr((printed, list(context.warned), context.locals, context.counters))


class TestOneMeaning:
    @pytest.mark.parametrize("strict", [True, False])
    @given(case=with_data(st.one_of(templates, templates, damaged())))
    def test_both_ways_leave_the_same_behind(self, case, strict):
        """Output, warnings, variables, counters and errors are those of the walk."""
        text, data = case
        try:
            Renderer(strict=strict).parse(text)
        except TemplateError:
            return

        assert outcome(walked, text, data, strict=strict) == outcome(
            compiled, text, data, strict=strict
        )

    @pytest.mark.parametrize("strict", [True, False])
    @given(condition=conditions, choice=terms, options=st.lists(terms, min_size=1))
    def test_conditions_hold_alike(self, condition, choice, options, strict):
        """Every literal on either side of every operator decides the same way."""
        text = f"{{% if {condition} %}}A{{% else %}}B{{% endif %}}"
        text += (
            f"{{% case {choice} %}}{{% when {', '.join(options)} %}}C{{% endcase %}}"
        )

        assert outcome(walked, text, VARIABLES, strict=strict) == outcome(
            compiled, text, VARIABLES, strict=strict
        )

    @pytest.mark.parametrize(
        "text",
        [
            "{% for i in list %}{{ forloop.index }}{% break %}{% endfor %}x",
            "{% for i in list %}{% cycle 'a', 'b' %}{{ i | modulo: 0 }}{% endfor %}",
            """{% for i in list %}{% for j in i %}{{ forloop.parentloop.index }}
            {% endfor %}{% endfor %}""",
            """{% capture c %}{% for i in list %}{% if i > 1 %}{% break %}{% endif %}
            {{ i }}{% endfor %}{% endcapture %}[{{ c }}]""",
            """{% for i in list %}{% capture c %}{{ i }}{% continue %}{% endcapture %}
            {% endfor %}{{ c }}""",
            "{% tablerow i in list %}{{ i }}{{ tablerowloop.col }}{% endtablerow %}",
            """{% for i in list limit: 1 %}{{ i }}{% endfor %}
            {% for i in list offset: continue %}{{ i }}{% endfor %}""",
            """{% if blank == '' %}a{% endif %}{% if empty == nil %}b{% endif %}
            {% if nil == blank %}c{% endif %}{% if 'x' == nil %}d{% endif %}
            {% if blank == false %}e{% endif %}{% if none == empty %}f{% endif %}""",
            "{% for i in (list[0]..3) %}{{ i }}{% endfor %}{{ (1..3) | join: '-' }}",
            "{% increment n %}{{ n }}{% assign n = 'own' %}{{ n }}",
            "{% break %}never",
            """{% for i in list %}{% ifchanged %}a{% break %}b{% endifchanged %}
            {% endfor %}c""",
            "{% ifchanged %}a{% continue %}b{% endifchanged %}c",
            """a{{ list[big] }}b{% assign x = list[big] %}c
            {% if list[big] %}d{% endif %}e
            {% for i in list[big] %}f{% endfor %}g{{ words[9223372036854775808] }}h""",
            "{% if 'a' > 1 %}yes{% else %}no{% endif %}after",
            "{% liquid\nassign a = 1\nif a == 1\necho 'one'\nendif\n%}",
            "{% for pair in o %}{{ pair[0] }}={{ pair[1] }};{% endfor %}",
            "{{custom_attribute.${tier}}} {{ tier }} {{${first_name}}}",
            "a{% case (1..list) %}{% when 1 %}b{% endcase %}c",
            "a{% case 1 %}{% when 1 %}b{% when (1..list) %}c{% endcase %}d",
            """{% for i in list %}{% capture c %}x{% translation t %}y{% break %}
            {% endtranslation %}{% endcapture %}{% endfor %}[{{ c }}]""",
        ],
    )
    @pytest.mark.parametrize("strict", [True, False])
    def test_at_known_corners(self, text, strict):
        """Loops, captures, counters, faults and interrupts are alike."""
        variables = {
            "list": [1, [2], 3],
            "o": {"a": 1, "b": [2]},
            "first_name": "Ana",
            "custom_attribute": {"tier": "gold"},
        }

        assert outcome(walked, text, variables, strict=strict) == outcome(
            compiled, text, variables, strict=strict
        )


class TestWhatIsNotCompiled:
    def test_an_unknown_node_is_walked_with_its_loop(self):
        """A tag without an emitter sees the variables of the loops around it."""
        fetcher = CannedFetcher(
            {
                f"https://h.test/{n}": ConnectedContentResponse(json={"n": n})
                for n in (1, 2)
            }
        )
        text = (
            "{% for i in list %}{% connected_content https://h.test/{{ i }} :save r %}"
            "{{ r.n }}{{ forloop.last }} {% endfor %}{{ r.n }}"
        )

        assert "1false 2true 2" == Renderer(fetcher).render(text, {"list": [1, 2]}).text

    def test_deep_templates_fall_back_to_walking(self):
        """What Python could not nest is walked, and prints the same."""
        loops = "{% for i in one %}" * 30 + "x" + "{% endfor %}" * 30
        branches = "{% if true %}" * 90 + "y" + "{% endif %}" * 90
        chain = "{{ 'a'" + " | append: 'b'" * 300 + " }}"

        message = Renderer().render(loops + branches + chain, {"one": [1]})

        assert "xya" + "b" * 300 == message.text


class TestWhatIsCompiled:
    @pytest.mark.parametrize(
        "text",
        [
            "{% for i in list %}{% comment %}note{% endcomment %}{{ i }}{% endfor %}",
            "{% for i in list %}{% # note %}{{ i }}{% endfor %}",
            "{% liquid\n# note\nfor i in list\n# note\necho i\nendfor %}",
        ],
    )
    def test_a_comment_slows_nothing(self, text):
        """A comment leaves no trace: nothing is walked because of it."""
        template = Renderer().parse(text)
        source = template._parsed.program(without_end)[0].source

        assert source.count("walk(") == source.count("except LiquidError:")
        assert "12" == Renderer().render(template, {"list": [1, 2]}).text


class TestPlace:
    @pytest.mark.parametrize(
        "template",
        [
            "one\n{% if true %}\n{% connected_content https://a.b %}{% endif %}",
            (
                "{% comment %}\n{% endcomment %}{% assign a = 1 %}\n"
                "{% for i in (1..2) %}{% connected_content https://a.b %}{% endfor %}"
            ),
        ],
    )
    def test_an_error_of_foreign_code_leads_back_to_the_template(self, template):
        """What a fetcher raises that is none of ours says which line called it."""

        def broken(_request):
            raise ZeroDivisionError

        parsed = Renderer().parse(template)
        for _ in ("walked", "compiled"):
            with pytest.raises(ZeroDivisionError) as info:
                Renderer(broken).render(parsed)

            assert ["line 3 of the template"] == info.value.__notes__


class TestLimits:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("{% for i in (1..2000) %}{% endfor %}", "more than 1000 turns of loops"),
            (
                "{% for i in (1..40) %}{% for j in (1..40) %}{% endfor %}{% endfor %}",
                "more than 1000 turns of loops",
            ),
            ("{% for i in (1..900) %}{{ s }}{% endfor %}", "output is longer than 500"),
            ("{{ s | append: s | append: s | append: s | append: s }}", "larger than"),
            (
                """{% for i in (1..900) %}
                {% capture c %}{{ s }}{{ c }}{% endcapture %}{% endfor %}""",
                "larger than",
            ),
        ],
    )
    def test_end_a_render_with_the_place(self, text, message):
        """Turns, output and variables are bounded, and the error says where."""
        limits = RenderLimits(iterations=1_000, output_size=500)

        with pytest.raises(TemplateError, match=message) as info:
            Renderer(limits=limits).render(text, {"s": "y" * 120})

        assert info.value.line in {1, 2, None}

    def test_time_is_looked_at_within_a_long_loop(self):
        """A render whose time is over ends."""
        limits = RenderLimits(seconds=0)

        with pytest.raises(TemplateError, match="longer than 0 s"):
            Renderer(limits=limits).render("{% for i in (1..300) %}x{% endfor %}")
