import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessionm_braze.exceptions import TemplateError
from sessionm_braze.rendering import Renderer, inspect_template


WORDS = """
{{ }} {% %} {%- -%} ${ } { $ | || && = == : , . ( ) [0] ' " \u201c \u2018 # - -%}
if elsif else endif unless endunless case when endcase for in endfor tablerow
assign capture endcapture echo cycle increment liquid raw endraw comment endcomment
connected_content https://a.test/get_user_offers :save :headers :body :method post
catalog_items promotion('p') abort_message message_extras :key shopping_cart translation
x 1 wallet .payload .user_offers .name default: upcase custom_attribute. first_name
user_id} (1..2) content_blocks.
"""
TEXTS = st.lists(
    st.sampled_from([*WORDS.split(), " ", "\n", "\x00", "\r"]), max_size=25
)


class TestAnyText:
    @settings(max_examples=400, deadline=None)
    @given(pieces=TEXTS, blanks=st.booleans())
    def test_has_a_report(self, pieces, blanks):
        """Whatever the text is, there is a report, and its places lie in the text."""
        text = (" " if blanks else "").join(pieces)
        lines = text.split("\n")

        for finding in inspect_template(text).findings:
            assert 1 <= finding.line <= len(lines)
            assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1

    @settings(max_examples=400, deadline=None)
    @given(pieces=TEXTS)
    def test_has_an_error_if_the_parser_refuses_it(self, pieces):
        """No text that the strict parser refuses passes the check."""
        text = " ".join(pieces)
        try:
            Renderer().parse(text)
        except TemplateError:
            assert inspect_template(text).errors

    @pytest.mark.parametrize(
        "text",
        [
            "${" + " " * 20_000,
            "a" * 50_000 + "$",
            "{% comment %}check: ignore " + " " * 20_000 + "{{",
            "{% connected_content https://" + ":" * 100_000 + " %}",
        ],
        ids=["reference", "word", "switch", "account"],
    )
    def test_is_read_in_time(self, text):
        """What begins like something known, and goes on and on, takes no longer."""
        start = time.process_time()

        inspect_template(text)

        assert time.process_time() - start < 5
