"""Braze's other tags, and the standard ones where they need care."""

import datetime as dt
import random
from typing import ClassVar

import pytest

from sessionm_braze.exceptions import TemplateError, TemplateSyntaxError
from sessionm_braze.rendering import Catalog, Renderer


class TestAbortMessage:
    @pytest.mark.parametrize(
        ("tag", "reason"),
        [
            ("{% abort_message() %}", ""),
            ("{% abort_message %}", ""),
            ("{% abort_message () %}", ""),
            ("{%abort_message('why')%}", "why"),
            ('{%- abort_message("it\'s why") -%}', "it's why"),
            ("{% abort_message( 'why' ) %}", "why"),
            ("{% abort_message(no stock left) %}", "no stock left"),
            ("{% abort_message('{{x}}') %}", "{{x}}"),
        ],
    )
    def test_ends_the_message(self, tag, reason):
        """Whatever its form, nothing is sent, and the reason is kept."""
        message = Renderer().render(f"text{tag}more", {"x": 1})

        assert (True, "", reason) == (
            message.aborted,
            message.text,
            message.abort_reason,
        )

    @pytest.mark.parametrize(
        "template",
        [
            "{% capture c %}{% abort_message('in') %}{% endcapture %}",
            "{% for i in (1..3) %}{% abort_message('in') %}{% endfor %}",
            "{{content_blocks.${stop}}}",
            "{% liquid\nabort_message('in')\n%}",
            "{% if true %}  {% abort_message('in') %}  {% endif %}",
        ],
    )
    def test_works_anywhere(self, template):
        """Captures, loops, blocks and blank branches do not hold it back."""
        renderer = Renderer(content_blocks={"stop": "{% abort_message('in') %}"})

        assert "in" == renderer.render(template).abort_reason

    def test_the_first_one_counts(self):
        """What comes after is not reached."""
        template = "{% abort_message('a') %}{% abort_message('b') %}"

        assert "a" == Renderer().render(template).abort_reason


class TestMessageExtras:
    def _extras(self, template, variables=None):
        return dict(Renderer().render(template, variables).extras)

    def test_pairs_are_kept(self):
        """Keys and values may be outputs; blanks around them go."""
        template = "{% message_extras :key {{k}} :value  {{v}} and more  %}"

        assert {"kk": "x and more"} == self._extras(template, {"k": "kk", "v": "x"})

    def test_the_first_of_equal_keys_wins(self):
        """A later pair with the same key is dropped."""
        template = (
            "{% message_extras :key a :value 1 %}{% message_extras :key a :value 2 %}"
        )

        assert {"a": "1"} == self._extras(template)

    @pytest.mark.parametrize(
        "tag",
        [
            ":value 1 :key a",
            ":key a",
            ":key :value 1",
            "",
            ":key {{none}} :value 1",
            "a :key b :value 1",
        ],
    )
    def test_a_malformed_pair_is_dropped(self, tag):
        """What is not written as Braze wants it is dropped, with a warning."""
        message = Renderer().render("{% message_extras " + tag + " %}")

        assert ({}, 1) == (dict(message.extras), len(message.warnings))

    def test_one_kilobyte_is_the_limit(self):
        """All keys and values together are cut to 1,024 bytes."""
        template = "{% message_extras :key a :value {{v}} %}{% message_extras :key b :value 1 %}"  # noqa: E501

        assert {"a": "x" * 1_023} == self._extras(template, {"v": "x" * 2_000})


class TestContentBlocks:
    BLOCKS: ClassVar = {
        "hello": "Hi {{${first_name}}}",
        "sets": "{% assign x = 'set' %}",
        "reads": "<{{ x }}>",
        "two": "2{{content_blocks.${three}}}",
        "three": "3{{content_blocks.${four}}}",
        "four": "4",
        "list": "a,b",
        "self": "s{{content_blocks.${self}}}",
        "name with blanks": "ok",
    }

    @pytest.mark.parametrize(
        ("template", "expected"),
        [
            ("{{content_blocks.${hello}}}", "Hi Ana"),
            ("{{ content_blocks.${hello} | id: 'cb1' }}", "Hi Ana"),
            ("{{content_blocks.${hello} | upcase}}", "HI ANA"),
            ("{{content_blocks.${sets}}}{{x}}", "set"),
            ("{% assign x = 'out' %}{{content_blocks.${reads}}}", "<out>"),
            ("{% for x in (1..2) %}{{content_blocks.${reads}}}{% endfor %}", "<1><2>"),
            ("{{content_blocks.${two}}}", "23"),
            ("{{content_blocks.${self}}}", "ss"),
            ("{{content_blocks.${name with blanks}}}", "ok"),
            ("{% assign l = {{content_blocks.${list}}} | split: ',' %}{{l[1]}}", "b"),
        ],
    )
    def test_stand_in_for_their_text(self, render, template, expected):
        """A block shares the message's scope, both ways, two levels deep."""
        assert expected == render(
            template, {"first_name": "Ana"}, content_blocks=self.BLOCKS
        )


class TestCatalogs:
    ITEMS: ClassVar = [
        {
            "id": "t1",
            "title": "Kite",
            "note": "Hi {{${first_name}}}{% catalog_items Toys t2 %}",
        },
        {"id": "t2", "title": "Yoyo", "price": 3},
        {"id": 3, "title": "Drum"},
    ]

    def _toys(self):
        return {
            "Toys": Catalog(
                items=self.ITEMS, selections={"cheap": ["t2", "t1"], "all": self.ITEMS}
            )
        }

    @pytest.mark.parametrize(
        ("template", "expected"),
        [
            ("{% catalog_items Toys t2 %}{{items[0].title}}", "Yoyo"),
            (
                "{% catalog_items Toys t2 t1 3 %}{{items | map: 'title' | join}}",
                "Yoyo Kite Drum",
            ),
            ("{% catalog_items Toys {{w[1]}} %}{{items[0].title}}", "Kite"),
            ("{% catalog_items {{c}} t1 %}{{items[0].title}}", "Kite"),
            ("{% catalog_items Toys nope %}{{items.size}}", "0"),
            ("{% catalog_items Toys t2 nope %}{{items.size}}", "1"),
            (
                "{% catalog_selection_items Toys cheap %}{{items | map: 'id' | join}}",
                "t2 t1",
            ),
            ("{% catalog_selection_items Toys all %}{{items.size}}", "3"),
            ("{% catalog_items Toys t1 %}{{items[0].note | slice: 0, 8}}", "Hi {{${f"),
            (
                "{% catalog_items Toys t1 :rerender %}{{items[0].note}}",
                "Hi Ana",
            ),
        ],
    )
    def test_bind_items(self, render, template, expected):
        """Both tags bind ``items``; Liquid in fields is rendered on demand alone."""
        variables = {"w": ["t3", "t1"], "first_name": "Ana", "c": "Toys"}

        assert expected == render(template, variables, catalogs=self._toys())

    def test_a_selection_has_at_most_fifty(self, render):
        """Braze cuts a selection at fifty items."""
        items = [{"id": str(n)} for n in range(60)]
        catalogs = {"C": Catalog(items=items, selections={"all": items})}

        assert "50" == render(
            "{% catalog_selection_items C all %}{{items.size}}", catalogs=catalogs
        )

    def test_items_may_be_given_alone(self, render):
        """A plain list is a catalog without selections."""
        assert "a" == render(
            "{% catalog_items C a %}{{items[0].id}}", catalogs={"C": [{"id": "a"}]}
        )

    @pytest.mark.parametrize(
        "tag", ["catalog_items Toys", "catalog_items", "catalog_selection_items T a b"]
    )
    def test_what_is_wanted_has_to_be_said(self, tag):
        """A tag that names too little or too much does not parse."""
        with pytest.raises(TemplateSyntaxError):
            Renderer().parse("{% " + tag + " %}")


class TestPromotion:
    def test_one_code_for_a_message(self):
        """The same list gives the same code throughout, in every render."""
        renderer = Renderer(promotions={"spring": ["S-1", "S-2"]})
        template = "{% promotion('spring') %} {% promotion \"spring\" %}"

        assert ["S-1 S-1"] * 2 == [renderer.render(template).text for _ in range(2)]

    def test_an_empty_list_cancels(self):
        """Without a code nothing is sent."""
        assert Renderer(promotions={"p": []}).render("{% promotion('p') %}").aborted


class TestShoppingCart:
    CARTS: ClassVar = {
        "c1": {"products": [{"name": "Mug"}], "total": 9},
        "c2": {"abandoned": False, "total": 5},
    }

    @pytest.mark.parametrize(
        ("tag", "expected"),
        [
            ("{{context.${cart_id}}}", "Mug 9"),
            ("c1 :abort_if_not_abandoned true", "Mug 9"),
            ("c2 :abort_if_not_abandoned false", " 5"),
        ],
    )
    def test_binds_the_cart(self, render, tag, expected):
        """The cart is there under its own name."""
        template = (
            "{% shopping_cart "
            + tag
            + " %}{{shopping_cart.products[0].name}} {{shopping_cart.total}}"
        )

        assert expected == render(
            template, {"context": {"cart_id": "c1"}}, shopping_carts=self.CARTS
        )

    def test_a_cart_that_was_bought_aborts(self):
        """A cart that is no longer abandoned cancels the message."""
        assert (
            Renderer(shopping_carts=self.CARTS).render("{% shopping_cart c2 %}").aborted
        )


class TestSmallTags:
    def test_random_is_below_its_bound(self):
        """Numbers run from 0 up to, but without, the bound."""
        renderer = Renderer(random=random.Random(1))
        numbers = {renderer.render("{% random 3 %}").text for _ in range(60)}

        assert {"0", "1", "2"} == numbers

    @pytest.mark.parametrize("tag", ["random {{n}}", "random n", "random '1'"])
    def test_random_takes_a_variable(self, render, tag):
        """The bound may be a value."""
        assert "0" == render("{% " + tag + " %}", {"n": 1})

    def test_random_without_a_bound(self, render):
        """Without a bound it is some number."""
        assert render("{% random %}").isdigit()

    def test_landing_page_url(self, render):
        """A landing page is known by its handle."""
        pages = {"summer": "https://p.test/summer"}

        assert "https://p.test/summer" == render(
            "{% landing_page_url summer %}", landing_pages=pages
        )

    def test_translation(self, render):
        """The default text stands unless a translation is given."""
        template = "{% translation hi %}Hi {{x}}{% endtranslation %}"

        assert "Hi 1" == render(template, {"x": 1})
        assert "Hola 1" == render(template, {"x": 1}, translations={"hi": "Hola {{x}}"})

    @pytest.mark.parametrize(
        ("template", "expected"),
        [
            ("{% form_field_name :email_global_state %}", "email_global_state"),
            ("{% form_field_name :subscription_group {{x}} %}", "subscription_group_1"),
            ("?lid={{ ${cblid} | lid: 'ai8kexrx' }}", "?lid=ai8kexrx"),
        ],
    )
    def test_names_that_braze_writes(self, render, template, expected):
        """Names of fields and links stand in for Braze's own."""
        assert expected == render(template, {"x": 1})

    @pytest.mark.parametrize(
        "template", ["{% form_field_name x %}", "{% form_field_name %}"]
    )
    def test_a_form_field_needs_its_kind(self, render, template):
        """A field without the colon is an error that shows one."""
        with pytest.raises(TemplateSyntaxError, match=":email_global_state"):
            render(template)

    def test_a_message_component_is_noted(self):
        """Nobody here knows which variant is sent: nothing is printed, with a note."""
        message = Renderer().render('[{% message_component "Primary CTA" %}]')

        assert "[]" == message.text
        assert "'Primary CTA'" in message.warnings[0]


class TestGivenTags:
    TAGS: ClassVar = {
        "stamp": "★",
        "shout": str.upper,
        "message_component": {"Subject": "Hi"}.get,
    }

    @pytest.mark.parametrize(
        ("template", "expected"),
        [
            ("{% stamp %}{%- stamp :with 'words' -%} ", "★★"),
            ("{% shout a 'b {{x}} %}", "A 'B Y"),
            ("{% shout '{{x}}' %}{% shout 'a' 'b' %}", "Y'A' 'B'"),
            ('{% message_component "Subject" %}', "Hi"),
            ("{% for i in (1..2) %}{% shout n{{i}} %}{% endfor %}", "N1N2"),
            ("{{content_blocks.${b}}}{% liquid\nshout z\n%}", "★Z"),
        ],
    )
    @pytest.mark.parametrize("strict", [True, False])
    def test_print_what_was_given(self, template, expected, strict):
        """A tag prints its text, or what its function makes of the text behind it."""
        renderer = Renderer(
            tags=self.TAGS, content_blocks={"b": "{% stamp %}"}, strict=strict
        )
        template = renderer.parse(template)

        assert [expected] * 2 == [
            renderer.render(template, {"x": "y"}).text for _ in "12"
        ]
        assert () == template.inspect().of("error")

    @pytest.mark.parametrize(
        ("tags", "error", "words"),
        [
            (["stamp"], TypeError, "tags: expected a mapping"),
            ({"stamp": 5}, TypeError, "text or a function, not int"),
            ({"two words": "x"}, ValueError, "'two words'"),
            ({"if": "x"}, ValueError, "'if' belongs to a block"),
            ({"else": "x"}, ValueError, "'else' belongs to a block"),
            ({"endfor": "x"}, ValueError, "'endfor' belongs to a block"),
        ],
    )
    def test_what_cannot_be_one_is_refused(self, tags, error, words):
        """A tag is a word that is no part of a block, with a text or a function."""
        with pytest.raises(error, match=words):
            Renderer(tags=tags)

    def test_a_function_returns_a_text(self):
        """Anything else is named."""
        with pytest.raises(TypeError, match="return a text, not int"):
            Renderer(tags={"n": len}).render("{% n abc %}")

    def test_an_unknown_tag_is_left_out_in_lax_mode(self):
        """An unknown tag is noted there and prints nothing."""
        message = Renderer(strict=False).render("a{% new_tag :b 1 %}c{% iff %}")

        assert "ac" == message.text
        assert "unknown tag 'new_tag' is left out" in message.warnings[0]
        assert "did you mean 'if'?" in message.warnings[1]

    def test_an_unknown_tag_is_an_error_in_strict_mode(self, render):
        """A misspelt tag is not passed over where nothing is."""
        with pytest.raises(TemplateSyntaxError, match="unknown tag 'new_tag'"):
            render("{% new_tag %}")


class TestHtmlComments:
    TEMPLATE = (
        "<!--{% if x %}-->a <!-- b\n\n --> {%- endif %}{% raw %}c<!-- d -->{% endraw %}"
    )

    def test_liquid_in_them_runs(self, render):
        """By default a comment is text as any other."""
        text = "<!---->a <!-- b\n\n -->c<!-- d -->"

        assert text == render(self.TEMPLATE, {"x": 1})

    @pytest.mark.parametrize(
        ("template", "expected"),
        [
            (
                "<!--{% nope %}{{ -->a <!-- b -->{% if x -%} <!-- c --> d{% endif %}",
                "a d",
            ),
            ("a <!-- b --> {%- if x %} <!-- <!-- -->c{% endif %}", "a c"),
            ("{% raw %}c<!-- d -->{% endraw %}<!-- {{x}}", "c<!-- 1"),
            ("{{content_blocks.${b}}}", "ef"),
            ("a<!-->b-->c", "ac"),
        ],
    )
    def test_they_can_be_removed_first(self, template, expected):
        """Removed comments hide their Liquid, and leave no blanks to a trim."""
        renderer = Renderer(
            html_comments="removed", content_blocks={"b": "e<!-- {{x}} -->f"}
        )

        assert [expected] * 2 == [
            renderer.render(template, {"x": 1}).text for _ in "12"
        ]

    def test_places_stay_those_of_the_template(self):
        """An error behind a removed comment names its line and column."""
        with pytest.raises(TemplateSyntaxError) as info:
            Renderer(html_comments="removed").parse("<!--\n-->b {{ a | nope }}")

        assert (2, 13) == (info.value.line, info.value.column)

    def test_another_word_is_refused(self):
        """There are two ways."""
        with pytest.raises(ValueError, match="'kept' or 'removed'"):
            Renderer(html_comments="gone")


class TestStandardTags:
    @pytest.mark.parametrize(
        ("template", "expected"),
        [
            (
                "{% for i in (1..4) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{i}}{% endfor %}",  # noqa: E501
                "13",
            ),
            (
                "{% for i in (1..3) %}{% capture c %}{{i}}{% break %}{% endcapture %}{% endfor %}{{c}}",  # noqa: E501
                "1",
            ),
            (
                "{% for a in (1..2) %}{% for b in (1..2) %}{{forloop.parentloop.index}}{{b}} {% endfor %}{% endfor %}",  # noqa: E501
                "11 12 21 22 ",
            ),
            (
                "{% for i in l limit:1 %}{{i}}{% endfor %}{% for i in l offset:continue %}{{i}}{% endfor %}",  # noqa: E501
                "abc",
            ),
            (
                "{% for i in l %}{{forloop}}{% break %}{% endfor %}",
                "Liquid::ForloopDrop",
            ),
            ("{% increment n %}{% increment n %}{{n}}{% decrement n %}", "7898"),
            (
                "{% cycle 'a', 'b' %}{% cycle 'a', 'b' %}{% cycle 'x': 'a', 'b' %}",
                "aba",
            ),
            (
                "{% tablerow i in l cols:2 %}{{i}}{% endtablerow %}",
                '<tr class="row1">\n<td class="col1">a</td><td class="col2">b</td></tr>\n<tr class="row2"><td class="col1">c</td></tr>\n',  # noqa: E501
            ),
            (
                "{% comment %}{% nope %}{% comment %}{% endcomment %}{% if %}{% endcomment %}ok",  # noqa: E501
                "ok",
            ),
            ("{% # a note\n # goes on %}ok", "ok"),
            ("{% # it's a note %}o{% # isn't it %}k", "ok"),
            ("{% liquid\n # it's a note\n echo 'o' %}{{ \"it's\" | size }}", "o4"),
            ("a {%- raw -%} b {% endraw -%} c", "a b c"),
            ("a {{-}} b", "ab"),
            (
                "{% ifchanged %}a{% endifchanged %}{% ifchanged %}a{% endifchanged %}",
                "a",
            ),
            ("{% ifchanged %}a{% break %}b{% endifchanged %}c", "a"),
            ("{% if x %}  {% assign y = 1 %}\n{% endif %}[{{y}}]", "[1]"),
            ("{% capture 'quoted' %}q{% endcapture %}{{quoted}}", "q"),
            ("{% capture nl %}\n{% endcapture %}[{{nl}}]", "[\n]"),
            ("{% if x %} {% capture c %} {% endcapture %} {% endif %}[{{c}}]", "[ ]"),
            (
                "{% if x %} {% tablerow i in (1..1) %} {% endtablerow %} {% endif %}",
                '<tr class="row1">\n<td class="col1"> </td></tr>\n',
            ),
            ("{% break %}unseen", ""),
            ("{% if a or b and c %}1{% else %}2{% endif %}", "2"),
        ],
    )
    def test_behave_as_in_ruby(self, render, template, expected):
        """Loops, counters, blanks and comments do what the reference engine does."""
        assert expected == render(
            template, {"l": ["a", "b", "c"], "n": 7, "x": True, "b": True}
        )

    def test_now_is_the_renderers(self, render):
        """The clock is the one that was given."""
        assert "2026-05-04 12:00" == render("{{ 'now' | date: '%F %R' }}")
        assert "" == render("{{ now }}{{ today }}{{ partial }}")

    def test_a_naive_moment_is_utc(self):
        """A time without a zone is taken to be UTC."""
        renderer = Renderer(now=dt.datetime(2026, 1, 2, 3))  # noqa: DTZ001

        assert "03 +0000" == renderer.render("{{ 'today' | date: '%H %z' }}").text

    def test_nested_interrupt_at_the_top_of_a_block(self):
        """Only the tags of Braze and Liquid exist."""
        with pytest.raises(TemplateError):
            Renderer().render("{% doc %}{% enddoc %}")


class TestCase:
    def test_a_block_counts_for_the_values_after_it(self):
        """A ``when`` compares value by value, with what its block has bound so far."""
        template = (
            "{% case missing %}{% when other, bound %}"
            "{% assign bound = 5 %}{{ bound }}{% else %}none{% endcase %}"
        )

        assert "5" == Renderer().render(template).text

    def test_a_block_is_printed_for_each_value_that_fits(self):
        """Two values that fit print the block twice, as in Ruby."""
        template = "{% case x %}{% when 1, 1 %}a{% else %}none{% endcase %}"

        assert "aa" == Renderer().render(template, {"x": 1}).text
