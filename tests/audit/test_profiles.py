"""Profiles that Braze has exported are recipients as they are."""

import multiprocessing
import string
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import attrs
import pytest
from hypothesis import given, strategies as st

from sessionm_braze.audit import JsonLines, audit_message
from sessionm_braze.rendering import Renderer, profile_variables
from sessionm_braze.testing import Sandbox


NAMES = {
    "country": "${country}",
    "dob": "${date_of_birth}",
    "email": "${email_address}",
    "first_name": "${first_name}",
    "gender": "${gender}",
    "home_city": "${city}",
    "language": "${language}",
    "last_name": "${last_name}",
    "last_used_app_date": "${last_used_app_date}",
    "phone": "${phone_number}",
    "time_zone": "${time_zone}",
}
READ = [
    *NAMES.values(),
    *("${braze_id}", "${random_bucket_number}", "${user_id}"),
    *("custom_attribute.${a}", "custom_attribute.${b}"),
    *("subscribed_state.${email_global}", "subscribed_state.${g-1}"),
]
TEMPLATE = "|".join("{{" + name + "}}" for name in READ)
PEOPLE = [
    {"external_id": "u-1", "first_name": "Ana", "custom_attributes": {"n": 1}},
    {"braze_id": "b-2", "user_aliases": [], "first_name": "Rui"},
    {"user_id": "u-3", "first_name": "Noa", "custom_attribute": {"n": 3}},
]

texts = st.text(string.ascii_letters + "é {}|", max_size=5)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | texts,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2)
    ),
    max_leaves=4,
)
states = st.sampled_from(["subscribed", "unsubscribed"])
groups = st.lists(
    st.fixed_dictionaries(
        {"subscription_group_id": st.just("g-1"), "subscription_state": states}
    ),
    max_size=1,
)
profiles = st.fixed_dictionaries(
    {"custom_attributes": st.dictionaries(st.sampled_from("ab"), values)},
    optional={
        **dict.fromkeys(NAMES, texts),
        "email_subscribe": states | st.just("opted_in"),
        "subscription_groups": groups,
    },
)


@given(st.lists(profiles, max_size=4), st.booleans())
def test_an_export_audits_as_it_is_sent(people, whole):
    """The audit of an export has the texts that the sandbox sends to the same people.

    They are those of each profile rendered by hand, too.
    """
    with Sandbox(strict=False) as sandbox:
        dashboard = sandbox.dashboard
        for number, person in enumerate(people):
            dashboard.add_profile(f"u-{number}" if number else None, **person)
        dashboard.add_segment("all", audience=lambda _: True)
        campaign = dashboard.add_campaign(
            template=TEMPLATE, segment="all", api_triggered=False
        )
        dashboard.launch(campaign)
        sent = sorted(message.text for message in sandbox.outbox)
        if whole:
            found = sandbox.braze.export_segment("all", fields_to_export=FIELDS)
            exported = list(sandbox.braze.read_segment_export(found))
        else:
            exported = [
                sandbox.braze.export_users(braze_id=profile.braze_id).users[0]
                for profile in dashboard.profiles()
            ]

    renderer = Renderer()
    report = audit_message(TEMPLATE, exported * 2, renderer=renderer)

    assert sent == sorted(
        renderer.render(TEMPLATE, profile_variables(each)).text for each in exported
    )
    assert Counter(sent * 2) == {each.text: each.count for each in report.texts}


FIELDS = [
    *NAMES,
    *("braze_id", "custom_attributes", "email_subscribe", "external_id"),
    *("random_bucket", "subscription_groups", "user_aliases"),
]


def test_profiles_and_other_recipients_mix(audit):
    """Of each the template sees the person, and findings name the person."""
    template = (
        "{{${first_name}}} {{custom_attribute.${n}}}{{${user_id}}}{{external_id}}"
    )

    report = audit(template, [*PEOPLE, *PEOPLE])

    assert {"Ana 1u-1", "Rui ", "Noa 3u-3"} == {each.text for each in report.texts}
    blank = {each.variable: each.sample[0] for each in report.empty_variables}
    assert "b-2" == blank["custom_attribute.${n}"]
    assert "u-1" == blank["external_id"]


def test_models_of_profiles_are_taken(audit):
    """What holds a profile as ``raw`` counts as that profile; no other model does."""

    @attrs.frozen
    class Person:
        raw: dict

    report = audit("{{${first_name}}}", [Person(PEOPLE[0])] * 2)

    assert ["Ana"] == [each.text for each in report.texts]
    with pytest.raises(TypeError, match="a recipient is a mapping or an id"):
        audit("Hi", [Person({"user_offers": []})])


def test_wallets_are_found_by_the_external_id(audit, wallet):
    """Where it is SessionM's id, a template without a call finds the wallet by it."""
    report = audit(
        "{{wallet.payload.user_id}}",
        PEOPLE[:1] * 2,
        wallets={"u-1": wallet(user_id="u-1")},
    )

    assert ["u-1"] == [each.text for each in report.texts]


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_workers_read_files_of_profiles(audit, tmp_path, write_lines, kind):
    """A file of profiles gives what the profiles give, whoever reads it."""
    people = [
        {"external_id": f"u-{n}", "custom_attributes": {"n": n % 3}} for n in range(90)
    ]
    lines = JsonLines(write_lines(tmp_path / "people.jsonl", people))
    template = "{{custom_attribute.${n}}}{{${first_name}}}"
    context = multiprocessing.get_context("spawn")
    executors = {
        "threads": lambda: ThreadPoolExecutor(2),
        "processes": lambda: ProcessPoolExecutor(2, mp_context=context),
    }

    with executors[kind]() as executor:
        report = audit(template, lines, executor=executor)

    assert audit(template, people) == report
    assert {("0", 30), ("1", 30), ("2", 30)} == {
        (t.text, t.count) for t in report.texts
    }


def test_attributes_that_are_none_are_told(audit):
    """Custom attributes as text would be blanks, so they are an error."""
    with pytest.raises(
        TypeError, match="custom_attributes: expected a mapping, not str"
    ):
        audit("Hi", [{"external_id": "u-1", "custom_attributes": "{}"}])
