"""What a template may be given: plain values, what stands for one, and nothing else."""

import datetime as dt
import tracemalloc
import uuid
from collections import OrderedDict, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from sessionm_braze import OfferWallet, Recipient
from sessionm_braze.audit import audit_message
from sessionm_braze.exceptions import TemplateError
from sessionm_braze.models import load
from sessionm_braze.rendering import (
    CannedFetcher,
    Catalog,
    ConnectedContentResponse,
    Renderer,
)
from sessionm_braze.rendering._environment import environment
from sessionm_braze.testing import Sandbox


NOW = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
DAY = dt.date(2026, 5, 4)
FILTERS = sorted(environment(strict=True, nesting=100).filters)
HELD = [
    (np.float64(7.5), 7.5),
    (np.float16(1.5), 1.5),
    (np.longdouble(1.5), 1.5),
    (np.int64(7), 7),
    (np.uint8(7), 7),
    (np.bool_(1), True),
    (np.bool_(0), False),
    (np.str_("a"), "a"),
    (np.datetime64("2026-05-04"), DAY),
    (np.datetime64("2026-05-04T12:00:00"), dt.datetime(2026, 5, 4, 12)),  # noqa: DTZ001
    (np.datetime64("2026-05-04T12:00:00", "ns"), dt.datetime(2026, 5, 4, 12)),  # noqa: DTZ001
    (pd.Timestamp("2026-05-04T12:00:00Z"), NOW),
]
NIL = [
    *(
        float("nan"),
        np.float64("nan"),
        np.float32("nan"),
        Decimal("NaN"),
        Decimal("sNaN"),
    ),
    *(pd.NA, pd.NaT, np.datetime64("NaT")),
]
FOREIGN = [
    *(
        b"x",
        bytearray(b"x"),
        {1},
        frozenset(),
        1j,
        Fraction(1, 2),
        object(),
        int,
        iter(""),
    ),
    *(deque([1]), {"a": 1}.keys(), range(0, 9, 2), uuid.UUID(int=1), dt.timedelta(1)),
    *(
        np.array([1]),
        np.array(1),
        np.timedelta64(1, "D"),
        np.complex64(1),
        np.bytes_(b"a"),
    ),
    *(
        pd.Series([1]),
        pd.DataFrame({"raw": [1]}),
        pd.Timedelta(1, "D"),
        pd.Period("2026"),
    ),
]
PLACES = [
    "{{ V }}",
    "{% if V %}yes{% else %}no{% endif %}",
    "{% if V == 7 %}yes{% elsif V == 'a' %}text{% elsif V == nil %}nil{% endif %}",
    "{% if V != w and V contains 'a' %}yes{% endif %}",
    "{% case V %}{% when 7 %}seven{% when w %}same{% else %}other{% endcase %}",
    "{% for i in V %}[{{ i }}]{% else %}none{% endfor %}",
    "{% for i in (1..3) limit: V %}{{ i }}{% endfor %}",
    "{% tablerow i in list cols: V %}{{ i }}{% endtablerow %}",
    "{% assign z = V | default: 'd' %}{{ z }}{{ z.size }}{{ V.first }}{{ V[0] }}",
    "{% cycle V: 'a', 'b' %}{% cycle V, V %}",
    "{{ list | where: 'n', V | size }}{{ list | map: 'n' | sort | join }}",
    "{{ list | sum: 'n' }}{{ list | compact: 'n' | size }}{{ list | uniq: 'n' }}",
    "{% unless V %}no{% endunless %}{% capture c %}{{ V }}{% endcapture %}{{ c }}",
]
ways = pytest.mark.parametrize("place", ["v", "o.x", "l[0]", "custom_attribute.${x}"])


def variables(value):
    """Return the value wherever a template may find one."""
    return {
        "v": value,
        "o": {"x": value},
        "l": [value],
        "list": [{"n": value}, {"n": 1}],
        "custom_attribute": {"x": value},
        "w": 7,
    }


def twice(template, given, **settings):
    """Return what a template prints, or its error: walked, then compiled."""
    renderer = Renderer(now=NOW, strict=False, **settings)
    parsed, found = renderer.parse(template), []
    for _ in range(2):
        try:
            found.append(renderer.render(parsed, given).text)
        except TemplateError as error:
            found.append(str(error))
    assert found[0] == found[1]
    return found[0]


@ways
@pytest.mark.parametrize("template", PLACES)
class TestScalars:
    @pytest.mark.parametrize(
        ("value", "held"), HELD, ids=lambda value: repr(value)[:40]
    )
    def test_count_as_the_value_that_they_hold(self, template, place, value, held):
        """A scalar of numpy or pandas is what it holds, in every construct."""
        text = template.replace("V", place)

        assert twice(text, variables(held)) == twice(text, variables(value))

    @pytest.mark.parametrize("value", NIL, ids=repr)
    def test_that_are_missing_are_nil(self, template, place, value):
        """NaN, NA and NaT are nil, in every construct."""
        text = template.replace("V", place)

        assert twice(text, variables(None)) == twice(text, variables(value))


class TestFilters:
    @pytest.mark.parametrize("name", FILTERS)
    @settings(max_examples=settings.default.max_examples // 10)
    @given(
        pair=st.sampled_from([*HELD, *((value, None) for value in NIL)]),
        arguments=st.lists(st.sampled_from(["v", "1", "'a'", "list"]), max_size=2),
        subject=st.sampled_from(["v", "l", "list", "o", "'ab'", "3"]),
    )
    def test_take_a_scalar_for_what_it_holds(self, name, pair, arguments, subject):
        """No filter tells a scalar from its value, be it given one or an argument."""
        call = f"{subject} | {name}" + (
            ": " + ", ".join(arguments) if arguments else ""
        )
        text = "{{ " + call + " }}{% assign r = " + call + " %}{{ r | as_json_string }}"
        value, held = pair

        assert twice(text, variables(held)) == twice(text, variables(value))

    def test_a_result_that_is_not_a_number_is_printed(self):
        """What Ruby calculates to NaN is printed as such; only given ones are nil."""
        assert "NaN NaN no" == twice(
            "{% assign n = 0.0 | divided_by: 0 %}{{ n }} {{ n | plus: 1 }} "
            "{% if n == n %}yes{% else %}no{% endif %}",
            {},
        )


class TestForeignValues:
    @ways
    @pytest.mark.parametrize("value", FOREIGN, ids=lambda value: type(value).__name__)
    def test_are_refused_by_name(self, place, value):
        """Anything else is a TypeError that says where it is and what is expected."""
        path = place.replace("${x}", "x").replace("l[0]", "list[0].n")
        for template in PLACES:
            text = template.replace("V", place)
            renderer = Renderer(now=NOW)
            parsed = renderer.parse(text)
            for _ in range(2):
                given = variables(value)
                if place != "v":
                    given["v"] = 1
                if place != "custom_attribute.${x}":
                    given["custom_attribute"] = {}
                with pytest.raises(TypeError, match="expected a JSON value") as info:
                    renderer.render(parsed, given)
                assert type(value).__name__ in str(info.value)
                assert str(info.value).split(":")[0] in {
                    path,
                    "o.x",
                    "l[0]",
                    "list[0].n",
                }

    @pytest.mark.parametrize("value", FOREIGN, ids=lambda value: type(value).__name__)
    def test_are_refused_in_answers(self, value):
        """An answer that was given as a value names the place in it."""
        template = "{% connected_content https://h.test/ :save r %}{{ r.a[0].b }}"
        answer = {"a": [{"b": value}]}

        for fetcher in (
            CannedFetcher({"https://h.test/": answer}),
            lambda _: ConnectedContentResponse(json=answer),
        ):
            with pytest.raises(TypeError, match=r"^a\[0\]\.b: expected a JSON value"):
                Renderer(fetcher).render(template)

    def test_are_refused_in_an_audit(self):
        """An audit does not count as sent what would have been an object's repr."""
        recipients = [{"user_id": "1", "custom_attribute": {"x": b"1"}}]

        with pytest.raises(TypeError, match=r"custom_attribute\.x: expected"):
            audit_message("{{custom_attribute.${x}}}", recipients, renderer=Renderer())

    def test_are_found_beside_large_data(self):
        """Looking for the place keeps nothing of what lies on the way."""
        given = {"l": [0] * 200_000, "d": {"x": [1, {1}]}}
        tracemalloc.start()
        try:
            with pytest.raises(TypeError, match=r"d\.x\[1\]: expected"):
                Renderer().render("{{ d.x }}", given)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

        assert peak < 5_000_000

    def test_no_trace_of_them_is_needed(self):
        """An attribute that the template does not read is refused, too."""
        with pytest.raises(TypeError, match=r"custom_attribute\.other: expected"):
            Renderer().render("Hi", {"custom_attribute": {"x": 1, "other": {1}}})


class TestGivenOtherwise:
    def test_an_audit_of_a_frame_sees_what_is_missing(self):
        """Missing cells of a frame are blanks, not the text "nan"."""
        frame = pd.DataFrame({"user_id": ["1", "2"], "first_name": ["Ana", None]})
        frame["custom_attribute"] = [{"x": np.int64(5)}, {"x": np.nan}]

        report = audit_message(
            "Hi {{${first_name} | default: 'you'}} {{custom_attribute.${x}}}",
            frame.to_dict("records"),
            renderer=Renderer(),
        )

        assert (2, len("Hi Ana 5")) == (report.sent, report.longest)
        assert [1] == [each.count for each in report.empty_variables]

    @pytest.mark.parametrize(
        ("value", "held"), HELD, ids=lambda value: repr(value)[:40]
    )
    def test_answers_and_catalogs_take_scalars(self, value, held):
        """An answer or an item may hold what a variable may."""
        template = (
            "{% connected_content https://h.test/ :save r %}{{ r.x }}"
            "{{ r | as_json_string }}"
            "{% catalog_items c 1 %}{{ items[0].x }}{% if items[0].x %}yes{% endif %}"
        )

        def printed(one):
            fetcher = CannedFetcher({"https://h.test/": {"x": one, "n": float("nan")}})
            catalogs = {"c": Catalog(items=[{"id": 1, "x": one}])}
            return twice(template, {}, fetcher=fetcher, catalogs=catalogs)

        assert printed(held) == printed(value)

    @pytest.mark.parametrize(("value", "held"), HELD, ids=lambda pair: repr(pair)[:40])
    def test_a_sandbox_takes_scalars(self, value, held):
        """Attributes and fields of offers in a sandbox may be scalars of a frame."""

        def seen(one):
            sandbox = Sandbox()
            ana = sandbox.sessionm.add_customer(
                user_id="u", external_id="u", custom_attributes={"x": one}
            )
            sandbox.sessionm.issue_offer(ana, name="Free", offer_id="o", worth=one)
            sandbox.dashboard.add_campaign("c", template="{{custom_attribute.${x}}}")
            sandbox.braze.trigger_campaign(
                "c", recipients=[Recipient(external_user_id="u")]
            )
            worth = sandbox.connect.get_wallet("u")[0].extra["worth"]
            return worth, [sent.text for sent in sandbox.outbox]

        assert seen(held) == seen(value)

    def test_a_sandbox_names_what_it_cannot_answer(self):
        """A field of an offer that is no JSON is refused by its path."""
        sandbox = Sandbox()
        ana = sandbox.sessionm.add_customer(user_id="u")
        sandbox.sessionm.issue_offer(ana, name="Free", picture=b"GIF")

        with pytest.raises(TypeError, match=r"user_offers\[0\]\.picture: expected"):
            sandbox.connect.get_wallet("u")

    def test_models_are_what_a_template_sees(self):
        """A wallet is its answer wherever it is given, and an offer its part of it."""
        body = {
            "status": "ok",
            "payload": {"user_offers": [{"offer_id": "o", "name": "N"}]},
        }
        wallet = load(OfferWallet, body)
        path = "payload.user_offers[0].name"

        assert "N" == twice("{{ w." + path + " }}", {"w": wallet})
        assert "N" == twice("{{ d.w." + path + " }}", {"d": {"w": wallet}})
        assert "N" == twice("{{ l[0].name }}", {"l": list(wallet)})

    def test_mappings_of_any_kind_are_objects(self):
        """A mapping need not be a dict, and is not changed by being asked."""
        asked = defaultdict(lambda: "made", a=1)
        template = "{{ d.a }}{{ d.b }}{{ d['c'] }}{{ d | property_accessor: 'e' }}"

        for mapping in (asked, OrderedDict(a=1), MappingProxyType({"a": 1})):
            assert "1" == twice(template, {"d": mapping})
        assert "" == twice("{{custom_attribute.${b}}}", {"custom_attribute": asked})
        assert {"a": 1} == asked
