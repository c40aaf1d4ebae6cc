import pytest
from hypothesis import given, strategies as st

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
    @given(pieces=TEXTS, blanks=st.booleans())
    def test_has_a_report(self, pieces, blanks):
        """Whatever the text is, there is a report, and its places lie in the text."""
        text = (" " if blanks else "").join(pieces)
        lines = text.split("\n")

        for finding in inspect_template(text).findings:
            assert 1 <= finding.line <= len(lines)
            assert 1 <= finding.column <= len(lines[finding.line - 1]) + 1

    @given(pieces=TEXTS)
    def test_has_an_error_if_the_parser_refuses_it(self, pieces):
        """No text that the strict parser refuses passes the check."""
        text = " ".join(pieces)
        try:
            Renderer().parse(text)
        except TemplateError:
            assert inspect_template(text).errors

    @pytest.mark.parametrize(
        ("text", "codes"),
        [
            ("${" + " " * 200_000, []),
            ("a" * 500_000 + "$", []),
            ("{% connected_content https://" + ":" * 500_000 + " %}", []),
            (
                "{% comment %}check: ignore " + " " * 200_000 + "{{",
                ["unclosed-block", "syntax-error"],
            ),
        ],
        ids=["reference", "word", "account", "switch"],
    )
    def test_what_goes_on_and_on_is_read(self, text, codes):
        """What begins like something known has an end, if every step is a short one."""
        report = inspect_template(text)

        assert codes == [finding.code for finding in report.findings]

    def test_faults_are_listed_up_to_the_twentieth(self):
        """Each is searched to the text's end, so the rest of such a text is left."""
        report = inspect_template("{{ 'a' }}" + "{{ '" * 20_000)

        assert 21 == len(report.findings)
        assert (1, 10) == (report.findings[0].line, report.findings[0].column)
        assert "after so many faults nothing more is read" == (
            report.findings[-1].message
        )
