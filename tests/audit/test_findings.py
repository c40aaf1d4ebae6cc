"""What is wrong with messages that are sent."""

import datetime as dt
import tracemalloc

import pytest

from sessionm_braze.models import OfferWallet, UserOffer
from sessionm_braze.rendering import Renderer


PAST = "2026-04-30T12:00:00Z"
SOON = "2026-05-03T12:00:00Z"
LATER = "2026-06-01T00:00:00Z"
EACH = "{% for o in wallet.payload.user_offers %}"
OFFERS = EACH + "{{ o.name }} {% endfor %}"


def places(found):
    """Return variables with line, column and count."""
    return [(each.variable, each.line, each.column, each.count) for each in found]


class TestEmptyVariables:
    def test_are_told_with_their_place(self, audit):
        """Each output that printed nothing has its line, column and people."""
        people = [{"user_id": "u-1", "first_name": "Ana"}, "u-2", "u-3"]

        report = audit("Hi\n {{ ${first_name} }}, {{ ${city} | upcase }}", people)

        assert [("${city}", 2, 26, 3), ("${first_name}", 2, 5, 2)] == places(
            report.empty_variables
        )
        assert ("u-2", "u-3") == report.empty_variables[1].sample

    @pytest.mark.parametrize(
        ("value", "count"),
        [
            (None, 1),
            ("", 1),
            (" \n", 1),
            ([], 1),
            (0, 0),
            (False, 0),
            ("x", 0),
            ({}, 0),
        ],
    )
    def test_print_nothing_but_whitespace(self, audit, value, count):
        """What counts is what is printed: 0 and false are something."""
        report = audit("-{{x}}", [{"user_id": "u-1", "x": value}])

        assert count == len(report.empty_variables)

    def test_a_default_fills_them(self, audit):
        """The filters have their say first."""
        report = audit("{{ ${first_name} | default: 'there' }}", ["u-1"])

        assert () == report.empty_variables

    def test_count_people_not_turns_of_a_loop(self, audit):
        """A blank in every turn is one finding of one recipient."""
        report = audit("{% for n in (1..3) %}{{ x }}{% endfor %}-", ["u-1", "u-2"])

        assert [("x", 1, 25, 2)] == places(report.empty_variables)

    def test_a_branch_not_taken_prints_nothing_and_misses_nothing(self, audit):
        """Only outputs that are reached count."""
        template = "{% if ${city} %}{{${first_name}}}{% else %}-{% endif %}"

        assert () == audit(template, ["u-1"]).empty_variables

    @pytest.mark.parametrize(
        "template",
        [
            "{% capture a %}{{ x }}{% endcapture %}-",
            "{% if true %}{% unless false %}{{ x }}{% endunless %}{% endif %}-",
            "{% case 1 %}{% when 1 %}{{ x }}{% endcase %}-",
            "{% for n in (1..2) %}{% else %}{% endfor %}{% liquid\n echo x %}-",
            "{% tablerow n in (1..2) %}{{ x }}{% endtablerow %}",
            "{% message_extras :key a :value -{{ x }} %}-",
            "{% for n in none %}{% else %}{{ x }}{% endfor %}-",
            "{% ifchanged %}{{ x }}{% endifchanged %}-",
            "{% translation t %}{{ x }}{% endtranslation %}-",
        ],
    )
    def test_are_found_in_every_tag(self, audit, template):
        """Wherever a tag lets something be printed, it is seen."""
        assert ["x"] == [
            each.variable for each in audit(template, ["u-1"]).empty_variables
        ]

    def test_are_found_in_content_blocks(self, audit):
        """The place is that in the block, and the block is named."""
        blocks = {"a": "{{content_blocks.${b}}}", "b": "Hi\n{{${first_name}}}", "c": ""}

        report = audit(
            "{{content_blocks.${a}}}", ["u-1"], Renderer(content_blocks=blocks)
        )

        assert [("${first_name}", 2, 3, 1)] == places(report.empty_variables)
        assert "b" == report.empty_variables[0].block

    def test_other_texts_do_not_count(self, audit):
        """Constants are what the author wrote."""
        assert () == audit("{{ '' }}-", ["u-1"]).empty_variables


class TestOffers:
    def test_that_have_ended_are_told(self, audit, wallet):
        """An offer that ended before the time of sending has its id, name and end."""
        report = audit(OFFERS, ["u-1"], wallets={"u-1": wallet(PAST, LATER)})

        offer = report.offers[0]
        assert 1 == len(report.offers)
        assert ("o-1", "Offer 1", True) == (offer.offer_id, offer.name, offer.ended)
        assert dt.datetime(2026, 4, 30, 12, tzinfo=dt.UTC) == offer.earliest
        assert (1, 45) == (offer.line, offer.column)
        assert 1 == report.with_ended_offers.count

    def test_of_an_inner_loop_are_told_although_its_name_is_taken(self, audit, wallet):
        """The name stands for another offer there, whatever it stood for before."""
        template = EACH + "{{ o.name }}{% for o in o.more %}{{ o.name }}"
        inner = {"offer_id": "in", "name": "Cake", "expiration_date": PAST}
        outer = {"offer_id": "out", "name": "Tea", "more": [inner]}

        report = audit(
            template + "{% endfor %}{% endfor %}", ["u"], wallets=[wallet(outer)]
        )

        assert ["in"] == [offer.offer_id for offer in report.offers]

    def test_that_end_soon_are_told_on_request(self, audit, wallet):
        """Within the time given, and no later."""
        wallets = {"u-1": wallet(SOON, LATER)}

        assert () == audit(OFFERS, ["u-1"], wallets=wallets).offers
        report = audit(
            OFFERS, ["u-1"], wallets=wallets, ends_within=dt.timedelta(days=2)
        )
        assert [("o-1", False)] == [(o.offer_id, o.ended) for o in report.offers]
        assert (0, 1) == (
            report.with_ended_offers.count,
            report.with_ending_offers.count,
        )

    def test_count_only_if_they_are_printed(self, audit, wallet):
        """An ended offer that the message skips harms nobody."""
        template = (
            EACH + "{% if o.expiration_date > '2026-05-01' %}{{ o.name }}{% endif %}"
            "{% endfor %}"
        )

        report = audit(template, ["u-1"], wallets={"u-1": wallet(PAST, LATER)})

        assert () == report.offers

    @pytest.mark.parametrize(
        "template",
        [
            "{{ wallet.payload.user_offers[0].name }}",
            "{{ wallet.payload.user_offers.first.name }}",
            "{% assign w = wallet.payload %}{{ w.user_offers[0].media[0].uri }}-",
            "{% assign o = wallet.payload.user_offers | first %}{{ o.name }}",
            "{% assign name = wallet.payload.user_offers[0].name %}{{ name }}",
            EACH + "{% if true %}{{ o.name }}{% endif %}{% endfor %}",
            EACH
            + "{% for o in (1..2) %}{{ o.x }}-{% endfor %}{{ o.name }}{% endfor %}",
            EACH
            + "{% if false %}{{ o.name }}{% else %}{{ o.id }}-{% endif %}{% endfor %}",
        ],
    )
    def test_are_recognised_however_they_are_reached(self, audit, wallet, template):
        """By loop, index, assignment: an offer is what has an ``offer_id``."""
        report = audit(template, ["u-1"], wallets={"u-1": wallet(PAST)})

        assert ["o-1"] == [offer.offer_id for offer in report.offers]

    def test_of_trigger_properties_count_too(self, audit):
        """An offer may come with the trigger instead of the wallet."""
        offer = {"offer_id": "o-9", "name": "Tea", "expiration_date": PAST}
        person = {"user_id": "u-1", "api_trigger_properties": {"offer": offer}}

        report = audit("{{api_trigger_properties.${offer}.name}}", [person])

        assert ["o-9"] == [each.offer_id for each in report.offers]

    @pytest.mark.parametrize(
        "fields",
        [
            {"redemption_end_date": PAST, "end_date": LATER},
            {"expiration_date": None, "end_date": PAST},
            {"expiration_date": "soon", "redemption_end_date": PAST},
            {"expiration_date": 7, "end_date": PAST},
            {"expiration_date": "2026" * 30, "end_date": PAST},
            {"expiration_date": "2026-05-01 11:59:59"},
        ],
    )
    def test_end_as_the_model_says(self, audit, wallet, fields):
        """The end is that of ``UserOffer.ends_at``, unreadable dates passed over."""
        offer = {"offer_id": "o-1", **fields}

        report = audit("{{ wallet.payload.user_offers[0].name }}-", ["u-1"],
                       wallets={"u-1": wallet(offer)})  # fmt: skip

        assert 1 == len(report.offers)

    def test_copies_are_one_finding_with_first_and_last_end(self, audit, wallet):
        """The same offer of many customers is told once."""
        ends = ["2026-04-02T00:00:00Z", "2026-04-01T00:00:00Z", "2026-04-03T00:00:00Z"]
        wallets = {f"u-{n}": wallet(end) for n, end in enumerate(ends)}

        report = audit(OFFERS, list(wallets), wallets=wallets)

        offer = report.offers[0]
        assert 3 == offer.count
        assert (1, 3) == (offer.earliest.day, offer.latest.day)

    def test_of_models_are_seen_through_their_body(self, audit):
        """A wallet may be a model."""
        ended = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
        offer = UserOffer(offer_id="o-1", name="Tea", expiration_date=ended)

        report = audit(
            OFFERS, ["u-1"], wallets={"u-1": OfferWallet(user_offers=(offer,))}
        )

        assert ["Tea"] == [each.name for each in report.offers]


class TestPoints:
    def test_missing_and_negative_ones_are_told(self, audit, wallet):
        """Printed points have to be there, and not below zero."""
        wallets = [wallet(available_points=n) for n in (5, 0, None, -1, "-2", "many")]

        report = audit(
            "{{ wallet.payload.available_points }}-",
            map(str, range(6)),
            wallets=wallets,
        )

        assert [("negative", 2, ("3", "4")), ("missing", 1, ("2",))] == [
            (each.problem, each.count, each.sample) for each in report.points
        ]

    def test_are_seen_before_the_filters(self, audit):
        """A default hides them from the reader, not from the audit."""
        report = audit("{{ custom_attribute.${points} | default: 0 }}", ["u-1"])

        assert [("custom_attribute.${points}", 1, 4, 1)] == places(report.points)

    def test_are_seen_where_they_are_compared(self, audit, wallet):
        """A condition on missing points fails without a word."""
        template = "{% if 1 == 1 and wallet.payload.total_points > 9 %}A{% endif %}-"

        report = audit(template, ["u-1"], wallets={"u-1": wallet()})

        assert [("wallet.payload.total_points", 1, 18, 1)] == places(report.points)

    def test_other_numbers_may_be_missing(self, audit):
        """A word that only looks like points is none."""
        assert () == audit("{{ pointless }}{{ x }}-", ["u-1"]).points


class TestFrequentTexts:
    def test_are_told_with_their_number(self, audit):
        """What several people would read alike, the most frequent first."""
        people = [{"user_id": f"u-{n}", "first_name": "ABBCCC"[n]} for n in range(6)]

        report = audit("{{${first_name}}}", people)

        assert [("C", 3, 3, ("u-3",)), ("B", 2, 2, ("u-1",))] == [
            (each.text, each.count, each.at_most, each.sample) for each in report.texts
        ]

    def test_are_found_among_any_number(self, audit):
        """Thousands of different texts are forgotten, the frequent one is not."""
        people = [f"u-{n if n % 2 else 0}" for n in range(20_000)]

        report = audit("{{${user_id}}}", people)

        found = report.texts[0]
        assert "u-0" == found.text
        assert found.count <= 10_000 <= found.at_most

    def test_long_ones_are_told_apart(self, audit):
        """Texts that differ far behind are different texts."""
        people = [{"user_id": "u", "x": "a" * 5_000 + end} for end in "ABBA"]

        report = audit("{{x}}", people)

        assert [2, 2] == [each.count for each in report.texts]
        assert all("5,001 characters" in each.text for each in report.texts)


class TestBounds:
    def test_kinds_of_findings_are_bounded(self, audit, wallet):
        """Beyond a thousand kinds the rest is counted together."""

        def wallets(user_id):
            return wallet({"offer_id": user_id, "expiration_date": PAST})

        report = audit(
            "{{ wallet.payload.user_offers[0].offer_id }}",
            (f"u-{n}" for n in range(1_500)),
            wallets=wallets,
        )

        assert (1_000, 500) == (len(report.offers), report.unlisted)
        assert 1_500 == report.with_ended_offers.count


class TestWatching:
    def test_leaves_the_renderer_as_it_was(self, audit):
        """The template audited renders as before, and is not watched elsewhere."""
        renderer = Renderer()
        template = renderer.parse("Hi {{${first_name}}}")
        before = len(template._parsed.nodes[1].expression.filters)

        report = audit(template, ["u-1"], renderer)

        assert before == len(template._parsed.nodes[1].expression.filters)
        assert 1 == len(report.empty_variables)
        assert "Hi " == renderer.render(template).text

    def test_memory_is_flat(self, audit):
        """Ten times as many people take no more memory, whatever they would read."""

        def peak(count):
            people = ({"user_id": f"u-{n}", "x": f"{n}" * 50} for n in range(count))
            tracemalloc.start()
            audit("{{x}}{{${first_name}}}", people)
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            return most

        peak(10)
        assert peak(30_000) < peak(3_000) * 1.5
