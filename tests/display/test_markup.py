import re

import pytest

from sessionm_braze._display import (
    Html,
    Section,
    badge,
    element,
    joined,
    page,
    pairs,
    panel,
    sandboxed,
    shortened,
    shown,
    table,
)


HOSTILE = "<script>x</script>\"><img src=x onerror='y'>"
BIDI = "\u202egnp.exe\u2066"


class TestEscaping:
    @pytest.mark.parametrize(
        "build",
        [
            lambda text: element("p", text),
            lambda text: element("p", title=text),
            lambda text: joined([text, text], text),
            badge,
            lambda text: table([text], [[text]], total=1),
            lambda text: table(["a"], [[[text]]]),
            lambda text: pairs({text: text}),
            lambda text: pairs({"a": {text: [text]}}),
            lambda text: panel(text, facts=[text], lead=text),
            lambda text: Section(title=text, body=text).html(),
            lambda text: page(text, text),
            sandboxed,
        ],
    )
    def test_holds_for_every_helper(self, build):
        """No helper lets foreign text become a tag or leave an attribute."""
        html = build(HOSTILE)

        assert isinstance(html, Html)
        assert "<script" not in html
        assert "<img" not in html
        assert "onerror='y'" not in html

    def test_keeps_what_is_html_already(self):
        """What a helper made goes through unharmed."""
        assert "<p><b>a &amp; b</b></p>" == element("p", element("b", "a & b"))

    def test_shows_characters_that_turn_text_around(self):
        """Unseen characters that change how a line reads are made visible."""
        assert "<p>\ufffdgnp.exe\ufffd</p>" == element("p", BIDI)

    def test_takes_attributes_without_a_value(self):
        """True is an attribute alone, None and False are none at all."""
        html = element("details", open=True, id=None, hidden=False, class_="c")

        assert '<details open class="c"></details>' == html

    def test_is_shown_by_a_notebook(self):
        """HTML made here is displayed as HTML."""
        assert "<b>x</b>" == element("b", "x")._repr_html_()


class TestShown:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (None, "\u2013"),
            ("", "\u2013"),
            (0, "0"),
            (True, "yes"),
            (False, "no"),
            (1.5, "1.5"),
            ("a", "a"),
            ({"a": [1, None]}, "<code>{&quot;a&quot;: [1, null]}</code>"),
        ],
    )
    def test_reads_well(self, value, text):
        """Each kind of value has a form for people."""
        assert text == str(shown(value))

    def test_cuts_long_text_and_says_so(self):
        """A text that is cut tells how much is missing."""
        assert "aaa\u2026 (7 more characters)" == shortened("a" * 10, 3)
        assert "aaa" == shortened("aaa", 3)

    @pytest.mark.parametrize(
        "name", ["auth_token", "Authorization", "apiKey", "secret"]
    )
    def test_masks_values_named_as_secrets(self, name):
        """A field whose name says that it is secret is masked, at any depth."""
        assert "***" == shown("hush", name)
        assert "hush" not in shown({"a": [{name: "hush"}]})

    def test_does_not_mask_authors(self):
        """A name that only begins alike is shown."""
        assert "Ana" == shown("Ana", "author")


class TestTable:
    def test_caps_its_rows_and_says_so(self):
        """Only the first rows are read, with a note on the others."""
        html = table(["n"], ([n] for n in range(10_000)), total=10_000, limit=3)

        assert 3 == html.count("<td")
        assert "The first 3 of 10,000 are shown." in html

    def test_reads_no_more_rows_than_it_shows(self):
        """A long iterable is not gone through to its end."""
        rows = iter([[n] for n in range(10)])

        table(["n"], rows, total=10, limit=3)

        assert [3] == next(rows)

    def test_needs_no_note_when_all_is_shown(self):
        """A whole table has no note."""
        assert "are shown" not in table(["n"], [[1]], total=1)


class TestPanel:
    def test_has_no_script(self):
        """Folding works without scripts, handlers and remote files."""
        html = panel("t", sections=[Section(title="s", body="b", count=2, open=True)])

        assert "<details open><summary>s" in html
        assert not re.search(r"<script|\son\w+=|https?:|@import|url\(", html)

    def test_reads_as_text_without_styles(self):
        """With styles and tags stripped the text still says everything."""
        html = panel(
            "Wallet",
            facts=["3 offers"],
            badges=[badge("ends soon")],
            sections=[
                Section(title="offers", body=table(["name"], [["Coffee"]]), count=1)
            ],
        )
        text = re.sub(
            r"<[^>]+>", "", re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
        )

        assert "Wallet \u00b7 3 offers ends soon\noffers (1)\nname\nCoffee" == text


class TestFrame:
    def test_is_a_sandbox_that_allows_nothing(self):
        """The frame has the attribute sandbox without any permission."""
        assert '<iframe sandbox srcdoc="' in sandboxed("<b>Hi</b>")

    def test_loads_nothing_unless_asked(self):
        """The document in the frame forbids every load, or all but images."""
        assert "img-src data:&quot;" in sandboxed("<b>x</b>").replace("&amp;", "&")
        assert "img-src data: http: https:" in sandboxed("<b>x</b>", images=True)

    def test_shows_plain_text_as_it_stands(self):
        """A text without tags keeps its lines and its angle brackets."""
        assert "&lt;pre style=" in sandboxed("a < b\nc")
        assert "a &amp;lt; b\nc" in sandboxed("a < b\nc")
