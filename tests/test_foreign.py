"""Whatever a template, a server or a file says steers no terminal, log or CI system."""

import json
import logging
import re
import traceback

import pytest
from hypothesis import given, strategies as st

from sessionm_braze import BrazeClient
from sessionm_braze._foreign import in_json, json_value, one_line, visible
from sessionm_braze.bulk import BulkReport
from sessionm_braze.exceptions import (
    LedgerError,
    PayloadError,
    PayloadWarning,
    ResponseError,
    TemplateSyntaxError,
)
from sessionm_braze.models import (
    CustomerTags,
    OfferWallet,
    PointBalances,
    Tag,
    load,
)
from sessionm_braze.notebook import liquid_view
from sessionm_braze.tag_csv import Reject


STEERING = [*range(32), *range(127, 160), 0x61C, 0x200E, 0x200F, 0x2028, 0x2029]
STEERING += [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xD800, 0xDFFF]
STEERING = "".join(map(chr, STEERING))
EVIL = f"::error file=a::b\n::add-mask::c\r  ::d ##[error]e ##vso[f]{STEERING}"
texts = st.text(
    st.one_of(st.sampled_from(f"{STEERING}:#[ ab"), st.characters(codec=None))
)


def lines_are_harmless(text):
    """Return whether no line of *text* steers anything."""
    lines = text.split("\n")
    commands = [line for line in lines if re.match(r"\s*::", line)]
    return not (commands or re.search(r"##\w*\[", text)) and not (
        set(text) - {"\n"} & set(STEERING)
    )


class TestTexts:
    @given(texts)
    def test_one_line_is_one_line(self, text):
        """Every text becomes one harmless line, each character in its place."""
        line = one_line(text)

        assert len(text) == len(line)
        assert "\n" not in line
        assert lines_are_harmless(line)

    @given(texts)
    def test_a_visible_text_keeps_its_lines_and_nothing_that_steers(self, text):
        """Ends of lines and tabs stay; everything else that steers is seen."""
        shown = visible(text)

        assert text.count("\n") == shown.count("\n")
        assert not set(shown.replace("\r\n", "")) - {"\n", "\t"} & set(STEERING)

    @given(texts)
    def test_json_stays_json(self, text):
        """JSON text with nothing in it that steers holds the same value."""
        written = in_json(json.dumps([text], ensure_ascii=False, indent=2))

        assert [text] == json.loads(written)
        assert lines_are_harmless(written)

    @pytest.mark.parametrize(
        "text", ["żółw", "日本\u3000語", "👩\u200d👧", "a\u00a0b: #[]"]
    )
    def test_what_people_write_stays(self, text):
        """Letters of all scripts, wide blanks and joined signs are left alone."""
        assert text == one_line(text) == visible(text)


class TestJsonFromFiles:
    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ("[" * 10_000, "line 1 column 101"),
            ("[" * 10_000 + "]" * 10_000, "line 1 column 101"),
            ('{"a":' * 101 + "1" + "}" * 101, "line 1 column 501"),
            ('{"a":\n' + "9" * 5000 + "}", "line 2 column 1"),
            ("[1,\n nope]", "line 2 column 2"),
        ],
    )
    def test_what_cannot_be_read_is_named_with_its_place(self, text, place):
        """Too deep, too many digits and no JSON are one error."""
        with pytest.raises(json.JSONDecodeError, match=place):
            json_value(text)

    def test_many_brackets_are_not_deep(self):
        """A wide value is read, and so are brackets in a text."""
        assert [[[]] * 999, "[" * 999] == json_value(
            json.dumps([[[]] * 999, "[" * 999])
        )


ERRORS = [
    LedgerError(EVIL),
    ResponseError(EVIL, code=EVIL, errors=[EVIL]),
    PayloadError(EVIL, problems=[EVIL]),
    PayloadWarning(EVIL),
    TemplateSyntaxError(EVIL, line=1, column=5, source_line=EVIL),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda each: type(each).__name__)
def test_errors_say_foreign_text_on_lines_of_their_own(error):
    """Neither the text of an error nor its traceback holds a line of a server's."""
    assert lines_are_harmless(str(error))
    assert lines_are_harmless("".join(traceback.format_exception_only(error)))


def test_attributes_keep_what_came():
    """Programs get what the server sent."""
    assert (EVIL,) == PayloadError("x", problems=[EVIL]).problems


@pytest.mark.parametrize(
    "shown",
    [
        OfferWallet(user_id=EVIL),
        CustomerTags(tags=(Tag(name=EVIL),)),
        PointBalances(user_id=EVIL),
        Reject(1, EVIL),
        BulkReport(operation=EVIL),
        liquid_view(load(OfferWallet, {EVIL: 1, "payload": {"user_offers": []}})),
    ],
    ids=lambda each: type(each).__name__,
)
def test_short_forms_are_one_line(shown):
    """What a notebook or a log shows of a value is one line."""
    text = str(shown) if isinstance(shown, Reject) else repr(shown)

    assert "\n" not in text
    assert not set(text) & set(STEERING)


def test_log_records_are_one_line(caplog):
    """A server's request id does not write a line of its own into the log."""
    BrazeClient("US-01", api_key="any-key")  # the first client sets the logger up
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("sessionm_braze").debug("answer: %s (%d)", EVIL, 200)

    assert lines_are_harmless(caplog.records[-1].getMessage())
