"""The audit's counts beside those read off the messages themselves."""

import datetime as dt
import random
import re

import pytest

from sessionm_braze.exceptions import TemplateError
from sessionm_braze.rendering import Renderer


NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
TEMPLATE = """\
[1:{{ ${first_name} }}][2:{{ ${city} | default: 'town' }}]
{% assign best = wallet.payload.user_offers | first %}[4:{{ best.name }}]
{% if custom_attribute.${tier} == 'none' %}{% abort_message('none') %}{% endif %}
{% for o in wallet.payload.user_offers limit: 4 %}{% if o.offer_type == 'a' %}
[5:{{ o.name }}]<{{ o.offer_id }}>{% else %}{% unless o.terms == blank %}
[7:{{ o.terms | upcase }}]<{{ o.offer_id }}>{% endunless %}{% endif %}
{% if forloop.index > 2 %}{% break %}{% endif %}{% endfor %}
{% capture part %}[9:{{ custom_attribute.${tier} }}]{% endcapture %}{{ part }}
{% case custom_attribute.${tier} %}{% when 'gold' %}[11:{{ ${last_name} }}]
{% when 'odd' %}{{ 'x' | divided_by: 0 }}{% else %}[13:{{ nickname }}]{% endcase %}"""
LINES = {1: 1, 2: 1, 4: 2, 5: 5, 7: 6, 9: 8, 11: 9, 13: 10}
"""Line of each output in brackets, by its number."""


def people(chance, count):
    """Yield recipients with their wallets, fields missing or blank at random."""
    for number in range(count):
        person = {
            "user_id": f"u-{number}",
            "first_name": chance.choice(["Ana", "", " ", None]),
            "last_name": chance.choice(["Silva", None]),
            "custom_attribute": {
                "tier": chance.choice(["gold", "none", "odd", "", None, "blue"])
            },
        }
        if chance.random() < 0.5:
            person["nickname"] = chance.choice(["N", [], False, 0])
        yield person, wallet(chance)


def wallet(chance):
    """Return a wallet of some offers, of which some have ended."""
    offers = []
    for number in range(chance.randrange(6)):
        days = chance.choice([-1, 1, 30])
        end = NOW + dt.timedelta(days=days)
        offers.append(
            {
                "offer_id": f"{number}{'-' if days < 0 else '+'}",
                "offer_type": chance.choice("ab"),
                "name": chance.choice(["Tea", ""]),
                "terms": chance.choice(["t", None]),
                "expiration_date": f"{end:%Y-%m-%dT%H:%M:%SZ}",
            }
        )
    return {"payload": {"user_offers": offers}}


@pytest.mark.parametrize("seed", range(5))
def test_blanks_and_ended_offers_are_those_in_the_texts(audit, seed):
    """Every blank bracket and ended offer in a text is counted, and no other."""
    renderer = Renderer(now=NOW)
    chosen = list(people(random.Random(seed), 200))
    blanks, ended, sent, errors = {}, 0, 0, 0
    for person, held in chosen:
        try:
            message = renderer.render(TEMPLATE, {**person, "wallet": held})
        except TemplateError:
            errors += 1
            continue
        if message.aborted:
            continue
        sent += 1
        for number in set(re.findall(r"\[(\d+):\s*\]", message.text)):
            line = LINES[int(number)]
            blanks[line, number] = blanks.get((line, number), 0) + 1
        first = held["payload"]["user_offers"][:1]
        printed = re.findall(r"<\d(.)>", message.text)
        ended += "-" in printed or bool(first and "-" in first[0]["offer_id"])

    report = audit(
        TEMPLATE,
        [person for person, _ in chosen],
        renderer,
        wallets=[held for _, held in chosen],
    )

    assert (sent, errors) == (report.sent, report.errors)
    assert sorted((line, n) for (line, _), n in blanks.items()) == sorted(
        (found.line, found.count) for found in report.empty_variables
    )
    assert ended == report.with_ended_offers.count
    assert sent > 50
    assert ended > 10
