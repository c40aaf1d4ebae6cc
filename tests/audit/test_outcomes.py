"""Who would be sent a message, and who would not."""

import datetime as dt
import itertools

import pytest

from sessionm_braze.exceptions import TemplateSyntaxError
from sessionm_braze.rendering import Renderer


PEOPLE = [
    {"user_id": "u-1", "first_name": "Ana", "custom_attribute": {"n": 1}},
    {"user_id": "u-2", "first_name": "Rui", "custom_attribute": {"n": 0}},
    {"user_id": "u-3", "custom_attribute": {"n": 2}},
]


class TestCounts:
    def test_counts_messages_that_are_sent(self, audit):
        """Everyone for whom the message renders is sent one."""
        report = audit("Hi {{${first_name}}}!", PEOPLE)

        assert 3 == report.recipients
        assert 3 == report.sent
        assert 7 == report.longest

    def test_an_empty_segment_is_no_trouble(self, audit):
        """Nobody to send to gives an empty report, and shares of 0."""
        report = audit("Hi", [])

        assert 0 == report.recipients
        assert 0.0 == report.share(report.sent)

    def test_takes_ids_alone(self, audit):
        """A recipient may be an id, which the template sees as ``user_id``."""
        report = audit("{{${user_id}}}", ["u-1", "u-1", "u-2"])

        assert ("u-1", 2) == (report.texts[0].text, report.texts[0].count)

    def test_adds_what_all_have_in_common(self, audit):
        """Common variables reach every template; a recipient's own ones win."""
        people = ["u-1", {"user_id": "u-2", "shop": "B"}, "u-3"]

        report = audit("{{shop}}", people, variables={"shop": "A"})

        assert [("A", 2)] == [(text.text, text.count) for text in report.texts]

    def test_takes_a_parsed_template(self, audit):
        """What ``parse`` returned is as good as its text."""
        report = audit(Renderer().parse("Hi"), ["u-1"])

        assert 1 == report.sent

    def test_streams(self, audit):
        """Recipients are never all in memory: an endless input is read as it goes."""
        taken = itertools.count()
        people = (f"u-{next(taken)}" for _ in range(10_000))

        def watched():
            for person in people:
                if next(taken) > 50:
                    raise StopAsyncIteration
                yield person

        with pytest.raises(StopAsyncIteration):
            audit("Hi", watched())

    def test_a_recipient_of_another_kind_is_a_mistake(self, audit):
        """Numbers and models are refused by their kind."""
        with pytest.raises(
            TypeError, match="a recipient is a mapping or an id, not int"
        ):
            audit("Hi", [7])

    @pytest.mark.parametrize("recipients", ["u-1", PEOPLE[0]])
    def test_a_single_recipient_is_a_mistake(self, audit, recipients):
        """An id is no list of letters, and a mapping no list of its keys."""
        with pytest.raises(
            TypeError,
            match=r"recipients must be an iterable of mappings, got (a dict|'u-1')",
        ):
            audit("Hi", recipients)

    def test_an_executor_executes(self, audit):
        """A number of workers is not an executor."""
        with pytest.raises(TypeError, match=r"executor is a .*Executor, not int"):
            audit("Hi", PEOPLE, executor=2)

    def test_a_negative_time_is_a_mistake(self, audit):
        """Offers that have ended are told in any case."""
        with pytest.raises(ValueError, match="ends_within is not negative"):
            audit("Hi", PEOPLE, ends_within=dt.timedelta(-1))

    def test_a_template_that_does_not_parse_is_told_at_once(self, audit):
        """A syntax error concerns nobody in particular."""
        with pytest.raises(TemplateSyntaxError, match="'if' is never closed"):
            audit("{% if x %}", PEOPLE)

    @pytest.mark.parametrize(("name", "value"), [("sample", -1), ("max_length", -1)])
    def test_a_setting_out_of_range_is_a_mistake(self, audit, name, value):
        """Negative settings are refused by name."""
        with pytest.raises(ValueError, match=f"{name} is at least 0, not -1"):
            audit("Hi", PEOPLE, **{name: value})


class TestAborts:
    def test_are_counted_by_reason(self, audit):
        """Each reason has its number and its people."""
        template = (
            "{% if custom_attribute.${n} == 0 %}{% abort_message('no n') %}"
            "{% elsif ${first_name} == blank %}{% abort_message() %}{% endif %}Hi"
        )

        report = audit(template, [*PEOPLE, PEOPLE[1]])

        assert (1, 3) == (report.sent, report.aborted)
        assert [("no n", 2, ("u-2", "u-2")), ("", 1, ("u-3",))] == [
            (abort.reason, abort.count, abort.sample) for abort in report.aborts
        ]

    def test_say_nothing_of_what_was_printed_before(self, audit):
        """Blanks of a message that is not sent concern nobody."""
        report = audit("{{${first_name}}}{% abort_message %}", PEOPLE)

        assert () == report.empty_variables


class TestErrors:
    def test_are_counted_by_kind_and_place(self, audit):
        """One line for each kind and place, with what the first error says."""
        template = "Hi\n{{ 6 | divided_by: custom_attribute.${n} }}"

        report = audit(template, [*PEOPLE, PEOPLE[1]])

        failure = report.failures[0]
        assert (2, 2) == (report.sent, report.errors)
        assert ("TemplateError", 2, 2) == (failure.kind, failure.line, failure.count)
        assert "divided by 0" == failure.message
        assert ("u-2", "u-2") == failure.sample

    def test_a_broken_content_block_is_an_error_of_its_readers(self, audit):
        """A block that does not parse fails where it is printed, and only there."""
        template = (
            "{% if custom_attribute.${n} == 1 %}{{content_blocks.${b}}}{% endif %}"
        )

        report = audit(template, PEOPLE, Renderer(content_blocks={"b": "{% if %}"}))

        assert (2, 1) == (report.sent, report.errors)
        assert "TemplateSyntaxError" == report.failures[0].kind

    def test_a_call_that_nobody_answers_is_an_error(self, audit):
        """Without a fetcher the audit says what a render says."""
        report = audit("{% connected_content https://a.test/ %}", PEOPLE)

        assert 3 == report.errors
        assert "ConnectedContentError" == report.failures[0].kind
        assert report.failures[0].message.startswith("nobody answers")


class TestEmptyTexts:
    def test_are_counted_among_those_sent(self, audit):
        """A message of whitespace goes out, which nobody wants."""
        report = audit(" {{${first_name}}}\n", PEOPLE)

        assert 3 == report.sent
        assert (1, ("u-3",)) == (report.empty.count, report.empty.sample)


class TestLengths:
    def test_longer_messages_are_counted(self, audit):
        """Above the limit a message is too long; at the limit it is not."""
        report = audit("{{${user_id}}}", ["aaa", "aaaa", "aaaaa"], max_length=3)

        assert (2, ("aaaa", "aaaaa")) == (report.too_long.count, report.too_long.sample)
        assert 5 == report.longest


class TestSamples:
    def test_are_the_first_recipients(self, audit):
        """So many people are named as were asked for, in their order."""
        report = audit("", [f"u-{n}" for n in range(9)], sample=2)

        assert (9, ("u-0", "u-1")) == (report.empty.count, report.empty.sample)

    @pytest.mark.parametrize(
        ("recipient", "name"),
        [
            ({"user_id": 7, "external_id": "x"}, "7"),
            ({"external_id": "x", "braze_id": "b"}, "x"),
            ({"braze_id": "b"}, "b"),
            ({"first_name": "Ana"}, "(no id)"),
        ],
    )
    def test_name_people_by_the_id_they_have(self, audit, recipient, name):
        """The template's own id comes first."""
        assert (name,) == audit("", [recipient]).empty.sample
