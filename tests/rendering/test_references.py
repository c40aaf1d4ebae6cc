"""The ``${}`` form: everything Braze documents about naming a value."""

import re
from typing import ClassVar

import pytest
from hypothesis import given, strategies as st

from sessionm_braze.exceptions import TemplateError, TemplateSyntaxError
from sessionm_braze.rendering import (
    ConnectedContentResponse,
    Renderer,
    inspect_template,
)


PERSON = {
    "first_name": "Ilse",
    "language": "de",
    "phone_number": "555-0142",
    "custom_attribute": {
        "zip code": "04107",
        "pts": 60,
        "two": 2,
        "song": {"artist": "Nina", "tags": ["a", "b"]},
        "address": {"city": "Lima"},
        "address.city": "exact",
        "list": ["x", "y"],
        "tamaño de pie": 39,
        "a-b": "dash",
        "it's": "quote",
        'say "x"': "double",
    },
    "event_properties": {"tracks": [{"title": "t0"}, {"title": "t1"}], "at": 1},
    "api_trigger_properties": {"details": {"colour": "red"}, "offer title": "Coffee"},
    "app": {"api_id": "k2"},
    "wallet": {"payload": {"points": 7, "odd name": 8}},
    "n": 1,
}


@pytest.mark.parametrize("strict", [True, False], ids=["strict", "lax"])
class TestWriting:
    @pytest.mark.parametrize(
        ("template", "expected"),
        [
            ("{{${first_name}}}", "Ilse"),
            ("{{ '{{' }}{{ '${' }}{{${first_name}}}", "{{${Ilse"),
            ("{{ ${first_name} }}", "Ilse"),
            ("{{ ${ first_name } }}", "Ilse"),
            ("{{custom_attribute.${zip code}}}", "04107"),
            ("{{custom_attribute.${tamaño de pie}}}", "39"),
            ("{{custom_attribute.${a-b}}}", "dash"),
            ("{{custom_attribute.${it's}}}", "quote"),
            ('{{custom_attribute.${say "x"}}}', "double"),
            ("{{custom_attribute.${song}.artist}}", "Nina"),
            ("{{custom_attribute.${song}['artist']}}", "Nina"),
            ("{{custom_attribute.${song}.tags[1]}}", "b"),
            ("{{custom_attribute.${song.artist}}}", "Nina"),
            ("{{custom_attribute.${song.tags[0]}}}", "a"),
            ("{{custom_attribute.${address.city}}}", "exact"),
            ("{{custom_attribute.${list[0]}}}", "x"),
            ("{{event_properties.${tracks}[1].title}}", "t1"),
            ("{{event_properties.${tracks}[event_properties.${at}].title}}", "t1"),
            ("{{event_properties.${tracks}[n].title}}", "t1"),
            ("{{api_trigger_properties.${details}.${colour}}}", "red"),
            ("{{api_trigger_properties.${offer title}}}", "Coffee"),
            ("{{wallet.payload.${odd name}}}", "8"),
            ("[{{custom_attribute.${unset}}}]", "[]"),
            ("[{{custom_attribute.${unset}.deeper[2]}}]", "[]"),
            ("[{{event_properties.${unset}}}]", "[]"),
            ("Due: ${{custom_attribute.${pts}}}", "Due: $60"),
            (
                '{"user":{"points":{{custom_attribute.${pts}}}}}',
                '{"user":{"points":60}}',
            ),
        ],
    )
    def test_output(self, render, template, expected, strict):
        """An output finds the value, however its name is written."""
        assert expected == render(template, PERSON, strict=strict)

    @pytest.mark.parametrize(
        ("template", "expected"),
        [
            ("{% if {{custom_attribute.${pts}}} > 50 %}top{% endif %}", "top"),
            ("{% if custom_attribute.${pts} > 50 %}top{% endif %}", "top"),
            ("{% unless {{${language}}} == 'en' %}de{% endunless %}", "de"),
            ("{% assign t = {{custom_attribute.${pts} | plus: 15}} %}{{t}}", "75"),
            ("{% assign t = {{custom_attribute.${pts}}} | plus: 15 %}{{t}}", "75"),
            ("{% assign w = {{custom_attribute.${list}}}%}{{w[1]}}", "y"),
            ("{% assign b = 3 %}{{custom_attribute.${pts} | plus: {{b}}}}", "63"),
            ("{{custom_attribute.${pts} | plus: custom_attribute.${two}}}", "62"),
            ("{{custom_attribute.${pts} | plus: {{custom_attribute.${two}}}}}", "62"),
            ("{{ 'x' | append: ${first_name} }}", "xIlse"),
            ("{% for i in {{custom_attribute.${list}}} %}{{i}};{% endfor %}", "x;y;"),
            ("{% for i in custom_attribute.${list} reversed %}{{i}}{% endfor %}", "yx"),
            ("{% case {{${language}}} %}{% when 'de' %}D{% endcase %}", "D"),
            ("{% case 'de' %}{% when {{${language}}} %}D{% endcase %}", "D"),
            (
                "{% assign k = 'k1,k2' | split: ',' %}{% if k contains {{app.${api_id}}} %}y{% endif %}",  # noqa: E501
                "y",
            ),
            (
                "{% liquid\nassign n = custom_attribute.${pts} | plus: 1\necho n\n%}",
                "61",
            ),
            ("{% capture c %}<{{${first_name}}}>{% endcapture %}{{c}}", "<Ilse>"),
            ("{% cycle {{${first_name}}}, 'b' %}", "Ilse"),
            ("{% cycle {{ n }}, 'b' %}", "1"),
            ("{% if {{${language}}}=='de' %}D{% endif %}", "D"),
            ("{% if 'de'=={{${language}}} %}D{% endif %}", "D"),
            ("{% if {{custom_attribute.${pts}}}>50 %}top{% endif %}", "top"),
            ("{% if custom_attribute.${50%} == nil %}none{% endif %}", "none"),
            (
                "{% for i in {{custom_attribute.${song}}}.tags %}{{i}};{% endfor %}",
                "a;b;",
            ),
            (
                "{% for i in {{ event_properties.${tracks} }} %}{{i.title}}{% endfor %}",  # noqa: E501
                "t0t1",
            ),
            ("{% for i in (1..{{custom_attribute.${two}}}) %}{{i}}{% endfor %}", "12"),
            ("{% for i in ({{ n }}..2) %}{{i}}{% endfor %}", "12"),
            ("{% if custom_attribute.${list}[{{ n }}] == 'y' %}y{% endif %}", "y"),
            (
                "{% unless custom_attribute.${list}[{{ n }}] == 'y' %}n{% endunless %}",
                "",
            ),
            (
                "{% case custom_attribute.${list}[{{ n }}] %}{% when 'y' %}y{% endcase %}",  # noqa: E501
                "y",
            ),
            (
                "{% tablerow i in {{custom_attribute.${song}}}.tags %}{{i}}{% endtablerow %}",  # noqa: E501
                '<tr class="row1">\n<td class="col1">a</td><td class="col2">b</td></tr>\n',  # noqa: E501
            ),
        ],
    )
    def test_tag(self, render, template, expected, strict):
        """Inside a tag the inner braces are optional, and filters may stand in them."""
        assert expected == render(template, PERSON, strict=strict)

    @pytest.mark.parametrize(
        "template",
        [
            "{% raw %}{{${first_name}}}{% endraw %}",
            "{% assign s = '{{${first_name}}}' %}{{s}}",
            '{% assign s = "{{${first_name}}}" %}{{ s }}',
            "{{ '{{${first_name}}}' }}",
        ],
    )
    def test_quoted_and_raw_text_stays(self, render, template, strict):
        """Text in quotes and in ``raw`` is never replaced."""
        assert "{{${first_name}}}" == render(template, PERSON, strict=strict)


class TestMeaning:
    def test_a_default_attribute_needs_its_braces(self, now):
        """A plain name prints nothing, as in Braze, and the message says why."""
        message = Renderer(now=now).render("[{{first_name}}]", PERSON)

        assert "[]" == message.text
        assert "${first_name}" in message.warnings[0]

    def test_a_namespace_needs_its_braces(self, now):
        """A namespace without braces prints nothing, with a warning."""
        message = Renderer(now=now).render("[{{custom_attribute.pts}}]", PERSON)

        assert "[]" == message.text
        assert "custom_attribute" in message.warnings[0]

    def test_content_blocks_need_their_braces(self, now):
        """So does a content block."""
        message = Renderer(now=now, content_blocks={"b": "x"}).render(
            "[{{content_blocks.b}}]"
        )

        assert "[]" == message.text
        assert "content_blocks.${...}" in message.warnings[0]

    def test_a_plain_variable_needs_none(self, render):
        """Every other name is a Liquid variable."""
        assert "https://c.test" == render(
            "{{endpoint}}", {"endpoint": "https://c.test"}
        )

    def test_a_variable_may_be_named_like_an_attribute(self, render):
        """``assign`` makes a variable beside the attribute of the same name."""
        template = "{% assign language = 'fr' %}{{language}} {{${language}}}"

        assert "fr de" == render(template, PERSON)

    @pytest.mark.parametrize(
        ("name", "warnings"),
        [
            ("first_name", 0),
            ("email_footer", 0),
            ("preference_center_url", 0),
            ("shoe", 1),
            ("address.city", 1),
        ],
    )
    def test_a_given_attribute_prints(self, now, name, warnings):
        """Braze adds to its attributes: what is given prints, and unknown is noted."""
        given = {"address": {"city": "x"}} if "." in name else {name: "x"}
        message = Renderer(now=now).render("[{{${" + name + "}}}]", given)

        assert ("[x]", warnings) == (message.text, len(message.warnings))

    def test_an_unknown_attribute_has_a_suggestion(self, now):
        """A name that nobody knows is empty, and the warning says what was meant."""
        message = Renderer(now=now).render("[{{${frist_name}}}]")

        assert "[]" == message.text
        assert "did you mean ${first_name}?" in message.warnings[0]

    @pytest.mark.parametrize(
        ("given", "asked"),
        [
            ("context", "canvas_entry_properties"),
            ("canvas_entry_properties", "context"),
        ],
    )
    def test_canvas_names_mean_the_same(self, render, given, asked):
        """Context and Canvas entry properties stand in for each other."""
        assert "9" == render("{{" + asked + ".${total}}}", {given: {"total": 9}})

    def test_text_outside_of_braces_stays_and_is_noted(self, now):
        """A bare reference in the text is left as it is, with a warning."""
        message = Renderer(now=now).render("Hi ${first_name},", PERSON)

        assert "Hi ${first_name}," == message.text
        assert "${first_name}" in message.warnings[0]

    def test_two_attributes_in_one_output_are_noted(self, now):
        """Braze says two custom attributes in one output do not work; so does this."""
        template = "{{custom_attribute.${pts} | plus: {{custom_attribute.${two}}}}}"

        message = Renderer(now=now).render(template, PERSON)

        assert "62" == message.text
        assert "two" in message.warnings[0]

    def test_a_model_with_a_body_is_seen_as_the_body(self, render):
        """A variable that keeps a raw mapping, such as a wallet, is that mapping."""

        class Wallet:
            raw: ClassVar = {"payload": {"available_points": 100}}

        assert "100" == render("{{w.payload.available_points}}", {"w": Wallet()})

    def test_variables_are_not_changed(self, render):
        """Neither tags nor filters touch what the caller handed in."""
        variables = {"l": [3, 1, 2], "n": 1, "o": {"a": [1]}}
        template = (
            "{% assign l = l | sort | concat: l %}{% increment n %}{% assign o = 5 %}"
            "{{ l | reverse | uniq | join }}"
        )

        render(template, variables)

        assert {"l": [3, 1, 2], "n": 1, "o": {"a": [1]}} == variables


class TestMistakes:
    @pytest.mark.parametrize(
        ("template", "word"),
        [
            ("{{${}}}", "name"),
            ("{{content_blocks.${}}}", "name"),
            ("{{{${first_name}}}}", "three braces"),
            ("{{${first_name}}", "not closed"),
            ("{{ “x” }}", "straight"),
            ("{% if a && b %}{% endif %}", "and"),
            ("{{ 'a' | append: {{ x | upcase }} }}", "assign it first"),
        ],
    )
    def test_well_known_mistakes_are_named(self, render, template, word):
        """A mistake that is made often is called by its name."""
        with pytest.raises(TemplateSyntaxError, match=word):
            render(template, PERSON)

    def test_private_characters_are_no_way_in(self, render):
        """Characters used inside of the parser mean nothing in a template."""
        with pytest.raises(TemplateSyntaxError):
            render("{{ \ue000\U000f0000 }}", PERSON)


SHELLS = [
    "{{ § }}", "{{ 'a' | append: § | § }}", "{% assign § = § %}{{ § }}", "{% echo § %}",
    "{% if § %}{% elsif § == § %}{% endif %}", "{% capture § %}{% endcapture %}{{ § }}",
    "{% for § in § %}{{ § }}{{ forloop.name }}{% endfor %}", "{% cycle §: §, § %}",
    "{% for i in § limit: § § %}{{ i }}{{ forloop.name }}{% endfor %}", "{% § § %}",
    "{% tablerow i in § cols: § %}{{ i }}{% endtablerow %}", "{% random § %}",
    "{% case § %}{% when §, § %}{% endcase %}", "{% increment § %}", "{{ x[§].§ }}",
    "{% connected_content https://h.test/§ :body § :save § %}", "{% promotion § %}",
    "{% catalog_items § § %}", "{% liquid\nfor i in §\necho forloop.name\nendfor\n%}",
]  # fmt: skip
FRAGMENTS = st.lists(
    st.sampled_from([
        "${a}", "custom_attribute.${b}", "{{", "}}", "x", "'", '"', " ", ".", "[", "]",
        "(", "..", ")", "and", "==", "|", ":", ",", "-", "1", "'y'", "?", "continue",
    ]),
    max_size=5,
).map("".join)  # fmt: skip


class TestPlaceholders:
    @given(
        shell=st.sampled_from(SHELLS),
        fragments=st.lists(FRAGMENTS, min_size=4, max_size=4),
        strict=st.booleans(),
    )
    def test_never_leave_the_grammar(self, shell, fragments, strict):
        """What stands for a reference is in no text, warning, error or report."""
        pieces = iter(fragments)
        template = re.sub("§", lambda _: next(pieces), shell)
        renderer = Renderer(
            lambda _: ConnectedContentResponse(json={"a": 1}),
            catalogs={"c": []},
            strict=strict,
        )
        seen = [inspect_template(template)]
        try:
            seen += [renderer.render(template, {"a": [1], "x": {"y": 2}}) for _ in "12"]
        except TemplateError as error:
            seen.append(str(error))

        assert not re.search("[\ue000-\uf8ff\U000f0000-\U0010ffff]", repr(seen))
        assert "\\ue00" not in repr(seen)


class TestIdentityOfLists:
    @pytest.mark.parametrize("strict", [True, False])
    @pytest.mark.parametrize(
        ("expression", "name"),
        [
            ("custom_attribute.${ab}", "i-custom_attribute.${ab}"),
            ("{{custom_attribute.${ab}}}", "i-custom_attribute.${ab}"),
            ("{{ custom_attribute.${ab} }}", "i-custom_attribute.${ab}"),
            ("${ab}", "i-${ab}"),
            ("xs", "i-xs"),
            ("xs[0].ys", "i-xs[0].ys"),
        ],
    )
    def test_is_the_text_of_the_expression(self, expression, name, strict):
        """``forloop.name`` shows by what text a list is known."""
        values = {"custom_attribute": {"ab": [1]}, "ab": [1], "xs": [{"ys": [1]}]}
        template = "{% for i in " + expression + " %}{{ forloop.name }}{% endfor %}"
        renderer = Renderer(strict=strict)

        assert [name] * 2 == [renderer.render(template, values).text for _ in "12"]

    @pytest.mark.parametrize("strict", [True, False])
    def test_equally_long_names_are_different_lists(self, strict):
        """``offset:continue`` goes on with the list that it names."""
        loops = [
            "{% for i in custom_attribute.${"
            + name
            + "} "
            + rest
            + " %}{{i}}{% endfor %}"
            for name, rest in [
                ("ab", "limit:1"),
                ("cd", "limit:2"),
                ("ab", "offset:continue"),
                ("cd", "offset:continue"),
            ]
        ]
        values = {"custom_attribute": {"ab": [1, 2, 3], "cd": [4, 5, 6]}}

        assert "145236" == Renderer(strict=strict).render("".join(loops), values).text

    @pytest.mark.parametrize("strict", [True, False])
    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ("offset:continue limit:3 offset:2", "345"),
            ("offset:2 limit:3 offset:continue", "234"),
            ("limit:1 limit:2", "12"),
            ("offset:1 offset:4", "56"),
        ],
    )
    def test_the_last_of_equal_arguments_counts(self, options, expected, strict):
        """An argument that is repeated overrides the one before."""
        template = (
            "{% for i in xs limit:1 %}{% endfor %}"
            "{% for i in xs " + options + " %}{{i}}{% endfor %}"
        )
        renderer = Renderer(strict=strict)

        assert expected == renderer.render(template, {"xs": [1, 2, 3, 4, 5, 6]}).text
