"""Errors: where they point, what is one in which mode, what they never show."""

import pytest

from sessionm_braze.exceptions import (
    ConnectedContentError,
    TemplateError,
    TemplateSyntaxError,
)
from sessionm_braze.rendering import CannedFetcher, Renderer


class TestPlace:
    @pytest.mark.parametrize(
        ("template", "line", "column"),
        [
            ("a\n b {{ x | nosuch }}", 2, 11),
            ("{% if a %}\n\nopen", 1, 4),
            ("text\n{% nosuchtag %}", 2, 4),
            ("{% endif %}", 1, 4),
            ("a {{ x", 1, 3),
            ("{{ custom_attribute.${a b} ~ }}", 1, 28),
            ("{% assign a = {{${x}}} | plus: %}", 1, 30),
            ("{% liquid\n assign a = 1\n nope 2\n%}", 3, 2),
            ("{% connected_content https://h.test :method put %}", 1, 45),
            ("{% connected_content https://h.test/{{ x | nope }} %}", 1, 44),
            ("\n{% for i in %}{% endfor %}", 2, 11),
            ("{% if a and l [0] %}{% endif %}", 1, 15),
        ],
    )
    def test_syntax_errors_point(self, template, line, column):
        """A template that does not parse says in which line and column."""
        with pytest.raises(TemplateSyntaxError) as info:
            Renderer().parse(template)

        assert (line, column) == (info.value.line, info.value.column)
        assert template.split("\n")[line - 1] == info.value.source_line

    @pytest.mark.parametrize(
        ("template", "message"),
        [
            ("{% asign x = 1 %}", "unknown tag 'asign', did you mean 'assign'?"),
            ("{% illegal %}", "unknown tag 'illegal'"),
            ("{% outputt %}", "unknown tag 'outputt'"),
            ("{% endoutput %}", "unknown tag 'endoutput'"),
            ("{{ x | upcas }}", "unknown filter 'upcas', did you mean 'upcase'?"),
            ("{{ x | zzz }}", "unknown filter 'zzz'"),
        ],
    )
    def test_a_guess_is_something_that_can_be_written(self, template, message):
        """An unknown name comes with the known one it is close to, if there is one."""
        with pytest.raises(TemplateSyntaxError) as info:
            Renderer().parse(template)

        assert message == info.value.args[0]

    @pytest.mark.parametrize(
        ("template", "message"),
        [
            (
                "one\n{{content_blocks.${b}}}",
                "unknown filter 'nosuch', in the content block 'b' (line 2, column 8)",
            ),
            (
                "{{content_blocks.${out}}}",
                "divided by 0, in the content block 'in', in the content block 'out' (line 1, column 8)",  # noqa: E501
            ),
            (
                "{% translation t %}{% endtranslation %}",
                "divided by 0, in the translation 't' (line 1, column 9)",
            ),
            (
                "{% connected_content https://h.test :rerender %}",
                "divided by 0, in fetched text (line 1, column 10)",
            ),
        ],
    )
    def test_the_text_that_a_place_is_in_is_named(self, template, message):
        """A place in a block, a translation or an answer is none in the message."""
        renderer = Renderer(
            CannedFetcher({"https://h.test": "ab{{ 1 | divided_by: 0 }}"}),
            content_blocks={
                "b": "x\n{{ 1 | nosuch }}",
                "out": "{{content_blocks.${in}}}",
                "in": "{{ 1 | divided_by: 0 }}",
            },
            translations={"t": "a{{ 1 | divided_by: 0 }}"},
        )

        with pytest.raises(TemplateError) as info:
            renderer.render(template)

        assert message == str(info.value).split("\n", 1)[0]

    @pytest.mark.parametrize(
        "line",
        [
            "{% assign api_key = 'planted-key' %}",
            "{% capture auth %}planted-key{% endcapture %}",
            '{% connected_content https://a.test :body {"password": "planted-key"} %}',
            "{% connected_content https://a.test :body a=1&secret=planted-key %}",
            "{% connected_content https://a.test/priv/v1/apps/planted-key/users %}",
        ],
    )
    def test_keys_are_shown_nowhere(self, line):
        """Neither on the line of the fault nor where the key stands once more."""
        for source in (
            f"{line}{{{{ 'planted-key' | nosuch }}}}",
            f"{line}\n{{% if %}}",
        ):
            with pytest.raises(TemplateError) as info:
                Renderer().render(source)

            shown = f"{info.value}{info.value.source_line}"
            assert "planted-key" not in shown

    def test_run_time_errors_point(self):
        """An error while rendering says where, too."""
        with pytest.raises(TemplateError) as info:
            Renderer().render("a\n{{ 1 | divided_by: 0 }}")

        assert (2, 8) == (info.value.line, info.value.column)
        assert (
            "divided by 0 (line 2, column 8)\n  {{ 1 | divided_by: 0 }}\n         ^"
            == str(info.value)
        )

    def test_errors_in_a_block_point_into_the_block(self):
        """An error in a content block shows the block's own line."""
        with pytest.raises(TemplateError) as info:
            Renderer(content_blocks={"b": "x\n{{ 1 | modulo: 0 }}"}).render(
                "{{content_blocks.${b}}}"
            )

        assert "{{ 1 | modulo: 0 }}" == info.value.source_line

    def test_an_unclosed_block_points_at_its_start(self):
        """A missing end is reported where the block begins."""
        with pytest.raises(TemplateSyntaxError, match="'endif' is missing") as info:
            Renderer().parse("x\n{% if a %}{% for i in l %}{% endfor %}")

        assert 2 == info.value.line

    def test_a_guess_is_offered(self):
        """A misspelt tag or filter is answered with the likely one."""
        with pytest.raises(TemplateSyntaxError, match="'assign'"):
            Renderer().parse("{% asign a = 1 %}")
        with pytest.raises(TemplateSyntaxError, match="'upcase'"):
            Renderer().parse("{{ a | upcas }}")


class TestQuotes:
    @pytest.mark.parametrize(
        ("template", "expected"),
        [
            ("{% assign a = '%}' %}{{ a }}", "%}"),
            ("{{ '}}' }}", "}}"),
            ("{{ 'a {{b}} c {{d}}' }}", "a {{b}} c {{d}}"),
            ("{% if custom_attribute.${it's} %}y{% endif %}'", "y'"),
        ],
    )
    def test_a_delimiter_in_quotes_is_text(self, template, expected):
        """What stands in quotes does not end a tag or an output."""
        variables = {"custom_attribute": {"it's": 1}}

        assert expected == Renderer().render(template, variables).text

    @pytest.mark.parametrize(
        "template",
        [
            "{{ a | append: ' }} and {{ b | append: ' }}",
            "{% assign a = ' %}x{% assign b = ' %}",
            "{{ it's }} it's {{ a }}",
            "{% if a == 'b %}{% if c == 'd' %}{% endif %}{% endif %}",
        ],
    )
    def test_a_missing_quote_is_an_error(self, template):
        """A quote that would swallow the next tag is taken for a mistake."""
        with pytest.raises(TemplateSyntaxError) as info:
            Renderer().parse(template)

        assert info.value.column < 20


class TestStrict:
    @pytest.mark.parametrize(
        "template",
        [
            "{{ 'a' | nosuch }}",
            "{{ 'a' | upcase: 1 }}",
            "{{ 'a' | append }}",
            "{% if 1 == 1 && 2 == 3 %}t{% endif %}",
            "{{ x y }}",
            "{{ 'a' 'b' }}",
            "{% include 'a' %}",
            "{% render 'a' %}",
            "{% for i in l limit:2 reversed %}{% endfor %}",
            "{% cycle 'a,b', 'c' %}",
            "{% if a=='b' %}{% endif %}",
            "{% if l [0] %}{% endif %}",
            "{% if custom_attribute. ${l} == 1 %}{% endif %}",
            "{% unless l[ 0] %}{% endunless %}",
            "{% case l [0] %}{% when 1 %}{% endcase %}",
            "{% case 1 %}{% when l .size %}{% endcase %}",
            "{% if 'a'=='b'or c %}{% endif %}",
            "{% case 1 %}{% when 1or 2 %}{% endcase %}",
            "{% case 1 %}{% when 'a'or 2 %}{% endcase %}",
            "{% case 1 %}{% when 1 or'a' %}{% endcase %}",
            "{% tablerow i- in l %}{% endtablerow %}",
            "{% tablerow a-b in l %}{% endtablerow %}",
            "{% for i in (1 .. 3) %}{% endfor %}",
            "{% for i in 'a'reversed %}{% endfor %}",
            "{% tablerow i in 'a'reversed %}{% endtablerow %}",
            "{% for i in l limit: l [0] %}{% endfor %}",
            "{% tablerow i in o ['a'] %}{% endtablerow %}",
            "{% cycle l [0], 2 %}",
            "{% if a== 'b' %}{% endif %}",
            "{% if ${a}=='b' %}{% endif %}",
            "{% if a ==b %}{% endif %}",
            "{% if 1.0and a %}{% endif %}",
            "{% for i in (1..3)reversed %}{% endfor %}",
            "{% for i in list[0]limit:2 %}{% endfor %}",
        ],
    )
    def test_what_the_reference_engine_passes_over_is_an_error(self, template):
        """Strict parsing refuses what would be dropped in silence."""
        with pytest.raises(TemplateSyntaxError):
            Renderer().parse(template)

    @pytest.mark.parametrize(
        "condition",
        ["a == 'b'", "a =='b'", "1 == l[l[0]]", "'b'== a", "{{${city}}}=='b'", "1 <2"],
    )
    def test_blanks_that_do_no_harm_may_be_left_out(self, condition):
        """Where Ruby reads a comparison without a blank, so does strict parsing."""
        template = "{% if " + condition + " %}T{% endif %}"

        assert (
            "T"
            == Renderer().render(template, {"a": "b", "city": "b", "l": [1, 1]}).text
        )

    @pytest.mark.parametrize(
        "template",
        [
            "{{ 1 | divided_by: 0 }}",
            "{% if 'a' < 1 %}{% endif %}",
            "{{ 'a' | slice: 'x' }}",
            "{{ 'x' | concat: 'y' }}",
            "{{ '{' | json_parse }}",
            "{{ 'x' | money }}",
            "{{ '17.8' | money }}",
            "{{ 'now' | time_zone: 'Nowhere/Town' }}",
            "{{content_blocks.${none}}}",
            "{% catalog_items None a %}",
            "{% catalog_selection_items None a %}",
            "{% promotion('none') %}",
            "{% landing_page_url none %}",
            "{% shopping_cart none %}",
            "{% random 0 %}",
        ],
    )
    def test_faults_are_raised(self, template):
        """What Ruby raises, and what a workspace does not have, is an error."""
        with pytest.raises(TemplateError) as info:
            Renderer().render(template)

        assert info.value.line is not None


class TestLax:
    @pytest.mark.parametrize(
        ("template", "expected"),
        [
            ("{{ 'a' | nosuch | upcase }}", "A"),
            ("{% assign t = true %}{{ t ['s'] | contains }}", "true"),
            (
                "{% assign l = 'b' | split: '' %}{{ 'a' | nosuch: (1..l) }}",
                "Liquid error: invalid integer",
            ),
            (
                "{% assign l = 'a' | split: '' %}{% tablerow i in l cols:l %}.{% endtablerow %}",  # noqa: E501
                "Liquid error: internal",
            ),
            ("{{ 1 | divided_by: 0 }}", "Liquid error: divided by 0"),
            (
                "{% if 'a' < 1 %}x{% endif %}",
                "Liquid error: comparison of String with 1 failed",
            ),
            (
                "{{ 'a' | upcase: 1 }}",
                "Liquid error: wrong number of arguments (given 2, expected 1)",
            ),
            ("{% if 1 == 1 && 2 == 3 %}t{% endif %}", "t"),
            ("{{ }}|{{ 'a' 'b' }}|{{{x}}}", "|a|5}"),
            ("{% assign x = 1 | plus: %}{{x}}", "5"),
            ("{% assign y == x %}[{{y}}]", "[]"),
            ("{% assign y 'z=x | plus: 1' %}{{z}}", "6"),
            ("{% case 1 %}{% when 1or 1 %}a{% when 1 [0] %}b{% endcase %}", "b"),
            ("{% if a =! b %}x{% endif %}", "Liquid error: Unknown operator =!"),
            ("{{ x | plus: 1 | }}", "6"),
            ("{% for i in (1..3) limit:2 reversed %}{{i}}{% endfor %}", "12"),
            ("{{content_blocks.${none}}}", ""),
            ("{% catalog_items None a %}{{ items.size }}", "0"),
            ("{% landing_page_url none %}", ""),
        ],
    )
    def test_follows_the_reference_engine(self, lax, template, expected):
        """Lax rendering prints errors in place and skips what it does not know."""
        assert expected == lax(template, {"x": 5})

    def test_collects_what_was_passed_over(self):
        """Each thing skipped leaves a warning with its place."""
        message = Renderer(strict=False).render(
            "a\n{{ 'a' | nosuch }}{{ 1 | divided_by: 0 }}"
        )

        assert 2 == len(message.warnings)
        assert message.warnings[0].startswith(
            "line 2, column 10: unknown filter 'nosuch'"
        )

    def test_filters_beyond_brazes_are_noted(self):
        """A filter that Braze does not list, or says it lacks, works with a warning."""
        message = Renderer().render("{{ ' a%20' | url_decode | lstrip }}")

        assert "a " == message.text
        assert [
            "the filter 'url_decode' is Liquid's; Braze does not list it",
            "the filter 'lstrip' is Liquid's; Braze lists it as not supported",
        ] == [warning.partition(": ")[2] for warning in message.warnings]

    def test_structure_is_checked_all_the_same(self):
        """A block without an end is an error in any mode."""
        with pytest.raises(TemplateSyntaxError):
            Renderer(strict=False).parse("{% if true %}open")

    def test_a_capture_needs_a_name_of_ascii_letters(self):
        """The reference engine finds no name in others, and refuses the tag."""
        with pytest.raises(TemplateSyntaxError, match="expected a name"):
            Renderer(strict=False).parse("{% capture é %}x{% endcapture %}")


class TestWarnings:
    def test_filters_braze_does_not_list_are_noted(self):
        """A filter of Liquid 5 works, with a warning."""
        message = Renderer().render("{{ ' a' | lstrip }}{{ l | sum }}", {"l": [1, 2]})

        assert "a3" == message.text
        assert ["lstrip", "sum"] == [w.split("'")[1] for w in message.warnings]

    def test_a_block_speaks_up_too(self):
        """Remarks on a content block name the block."""
        renderer = Renderer(content_blocks={"b": "Hi ${first_name}"})

        message = renderer.render("{{content_blocks.${b}}}")

        assert "Hi ${first_name}" == message.text
        assert "(content block 'b')" in message.warnings[0]

    def test_foreign_names_are_noted(self):
        """A variable's name with other than ASCII letters works, with a warning."""
        message = Renderer().render("{% assign größe = 4 %}{{ größe }}")

        assert "4" == message.text
        assert "ASCII" in message.warnings[0]

    @pytest.mark.parametrize(
        "template", ["{% assign 1a = 1 %}", "{% capture 1a %}{% endcapture %}"]
    )
    def test_names_that_begin_with_a_digit_are_noted(self, template):
        """Variables of Braze do not begin with a digit, which a warning says."""
        assert "'1a'" in Renderer().render(template).warnings[0]

    def test_warnings_are_not_repeated(self):
        """A loop does not say the same a hundred times."""
        template = "{% for i in (1..100) %}{{ first_name }}{% endfor %}"

        assert 1 == len(Renderer().render(template, {"first_name": "A"}).warnings)


class TestSecrets:
    @pytest.mark.parametrize(
        "call",
        [
            'https://h.test :headers {"Authorization": "Basic 0pen-s3same"}',
            'https://h.test :headers {"Authorization": "Token 0pen-s3same"}',
            'https://h.test :headers {"Authorization": "0pen-s3same"}',
            'https://h.test :headers {"X-Api-Key":"0pen-s3same"}',
            "https://h.test :headers {'Cookie': '0pen-s3same}",
            'https://h.test :method post :body {"password":"0pen-s3same"}',
            "https://h.test/?a=1&api_key=0pen-s3same",
            "https://ana:0pen-s3same@h.test/",
            "https://h.test/priv/v1/apps/0pen-s3same/users/1/tags",
        ],
    )
    def test_a_source_line_does_not_show_credentials(self, call):
        """The line under an error has its credentials masked, each in its length."""
        template = "{% connected_content " + call + " %}{{ a | nosuch }}"

        with pytest.raises(TemplateSyntaxError) as info:
            Renderer().parse(template)

        assert "0pen" not in str(info.value)
        assert info.value.source_line is not None
        assert len(template) == len(info.value.source_line)

    def test_a_source_line_shows_what_is_filled_in(self):
        """Outputs inside of a header are no credentials, and often the error."""
        template = (
            '{% connected_content https://h.test :headers {"X-Key": "{{ k | no }}"} %}'
        )

        with pytest.raises(TemplateSyntaxError) as info:
            Renderer().parse(template)

        assert template == info.value.source_line

    def test_a_missing_fetcher_is_explained(self):
        """Without a fetcher the error says how to give one."""
        with pytest.raises(ConnectedContentError, match="CannedFetcher") as info:
            Renderer().render("x\n{% connected_content https://h.test/ %}")

        assert 2 == info.value.line


class TestOperatorsInNames:
    @pytest.mark.parametrize(
        ("condition", "column"),
        [("a and and-1", 13), ("x-or-y == 1", 7), ("a.or", 9), ("and == 1", 7)],
    )
    def test_are_refused_where_ruby_would_split_the_name(self, condition, column):
        """In a condition Ruby takes every ``and`` and ``or`` for the operator."""
        with pytest.raises(TemplateSyntaxError) as info:
            Renderer().parse(f"{{% if {condition} %}}y{{% endif %}}")

        assert (1, column) == (info.value.line, info.value.column)

    def test_are_fine_as_a_part_of_a_word(self):
        """Only whole words count: ``order`` and ``brand`` are names."""
        text = "{% if order.id == 1 and brand or android %}y{% endif %}"

        assert "y" == Renderer().render(text, {"order": {"id": 1}, "brand": "b"}).text
