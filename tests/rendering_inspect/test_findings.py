import json
from pathlib import Path

import pytest

from sessionm_braze.exceptions import TemplateError
from sessionm_braze.rendering import Renderer, inspect_template
from sessionm_braze.rendering._inspect import CODES


CASES = json.loads(
    (
        Path(__file__).parent.parent / "rendering" / "cases" / "liquid_cases.json"
    ).read_text("utf-8")
)
CORRECT = [case for case in CASES if case["expect"] != {"error": True}]
CALL = "{% connected_content https://c.test/offers/api/2.0/offers/get_user_offers "
GUARD = "{% if wallet.__http_status_code__ != 200 %}{% abort_message() %}{% endif %}"
KNOWN = ["a", "b", "c", "x", "n", "cards", "list", "token", "BASE_URL"]
RETRIED = "{% connected_content https://a.test :retry :save r %}"
SAVED = "{% connected_content https://a.test :save r %}"
WALLET = CALL + ":save wallet %}" + GUARD

# In each template a mark (^) stands right before what is wrong; it is taken out.
PLANTED = [
    *(
        ("symbol-operator", "{% if " + marked + " %}c{% endif %}", hint)
        for marked, hint in [
            ("a ^OR b", "or"),
            ("a == 1 ^AND b == 2", "and"),
            ("a ^= 'b'", "=="),
            ("a ^=== 'b'", "=="),
            ("a ^=> 1", ">="),
            ("^not a", "unless"),
            ("^!a", "unless"),
        ]
    ),
    ("parentheses", "{% if ^(a and b) or c %}d{% endif %}", "'if'"),
    ("operator-in-value", "{% assign a = b ^== c %}", "'if'"),
    ("operator-in-value", "{{ a ^or b }}", "'if'"),
    ("operator-in-value", "{{ a ^+ 1 }}", "| plus"),
    ("operator-in-value", "{% assign a = b ^* c %}", "| times"),
    ("filter-in-condition", "{{ list[a ^| size] }}", None),
    ("missing-blank", "{% if {{a}}^=='b' %}c{% endif %}", "blank"),
    ("html-entity", "{% if a ^&gt; 1 %}b{% endif %}", ">"),
    ("html-entity", "{% if a == ^&quot;b&quot; %}c{% endif %}", '"'),
    ("html-entity", "{% connected_content https://a.test?b=c^&amp;d=e %}", "&"),
    (
        "text-compared",
        "{% assign d = a | date: '%s' %}{% if ^d > 5 %}{% endif %}",
        "plus: 0",
    ),
    ("else-if", "{% if a %}b{% else ^if c %}d{% endif %}", "elsif"),
    ("reference-form", "{{^$first_name}}", "${first_name}"),
    ("reference-form", "{{ ^$(first_name) }}", "${first_name}"),
    ("reference-form", "{% if ^${{city}} == 'a' %}b{% endif %}", "${city}"),
    ("reference-form", "{% if ^{a} == 1 %}b{% endif %}", "{{a}}"),
    ("unset-variable", "Hi {{^nickname}} {{nickname}}", "assign"),
    ("unset-variable", "{{base}}{% connected_content {{^base}}/x :retry %}", "assign"),
    ("leftover-braces", "{{ 'a' }}^}}}} b", "}}"),
    ("jinja-comment", "a ^{# b #} c", "{% comment %}"),
    ("output-in-quotes", "{% assign a = 'Hi ^{{${city}}}' %}", "append"),
    ("liquid-in-name", "{% abort_message('no ^{{a}}') %}", "if"),
    ("liquid-in-name", "{% promotion('^{{a}}') %}", "if"),
    ("placeholder", "{{^CAMPAIGN ID}}", None),
    ("placeholder", "{{ ^<name> }}", None),
    ("placeholder", "{{^subscribed_state.${<group id>}}}", None),
    ("placeholder", "{% catalog_items ^<catalog name> a %}{{ items[0].b }}", None),
    ("placeholder", CALL + ':headers {"Authorization": "Basic ^YOUR-KEY"} %}', None),
    ("placeholder", '{% capture b %}{"r":"^YOUR-RETAILER-ID"}{% endcapture %}', None),
    ("placeholder", "{% connected_content https://^<your-host>/x :retry %}", None),
    ("call-url", '{% connected_content ^"https://a.test" :retry %}', "quotes"),
    ("call-url", "{% connected_content ^ftp://a.test :retry %}", "https://"),
    ("call-url", "{% connected_content https://a.test:^8443/x :retry %}", "443"),
    ("placeholder", CALL + ':headers {"X-Token": "^SHOP-APP-TOKEN"} %}', None),
    ("curly-quotes", CALL + ':headers {"a": "b^\u201d, "c": "d"} %}', "'"),
    ("call-headers", CALL + ':headers ^{"a": "b" "c": "d"} %}', '{"Name": "value"}'),
    ("syntax-error", "{% connected_content https://a.test^:save r %}", None),
    (
        "curly-quotes",
        "{% connected_content https://a.test :save ^\u201cr\u201d %}",
        "'",
    ),
    ("unknown-filter", "Hi\n{{ ${city} | ^upcas }}", "'upcase'"),
    *(
        ("unknown-filter", "{{ x | ^" + wrong + " }}", f"'{right}'")
        for wrong, right in [
            ("substring: 1, 2", "slice"),
            ("lower", "downcase"),
            ("count", "size"),
            ("length", "size"),
            ("to_json", "as_json_string"),
            ("tojson", "as_json_string"),
            ("json", "as_json_string"),
            ("fallback: 'x'", "default"),
            ("to_i", "plus: 0"),
            ("float", "times: 1.0"),
        ]
    ),
    ("unknown-tag", "{% ^set x = 1 %}", "'assign'"),
    (
        "unknown-tag",
        "{% ^switch x %}{% when 1 %}a{% else %}b{% endswitch %}",
        "'case'",
    ),
    ("unknown-tag", "{% if a %}{% ^elseif b %}{% endif %}", "'elsif'"),
    ("unknown-attribute", "{{canvas.${^id}}}", "${api_id}"),
    ("unknown-filter", "{% assign a = b | append: 'x' | ^trunc: 3 %}", None),
    ("unknown-tag", "Hi\n\n  {% ^asign x = 1 %}", "'assign'"),
    ("unknown-tag", "{% if a %}{% ^endfi %}{% endif %}", "'endif'"),
    ("unknown-namespace", "Dear {{^custom_atribute.${tier}}}", "'custom_attribute'"),
    ("unknown-namespace", "{% if ^api_trigger_propertys.${x} == 1 %}{% endif %}", None),
    ("unknown-attribute", "Hi {{${^frist_name}}}", "${first_name}"),
    ("unknown-attribute", "Hi\n{{ ${ ^email } | default: 'x' }}", "${email_address}"),
    ("unknown-attribute", "{{campaign.${^nmae}}}", "${name}"),
    ("literal-secret", "{% connected_content https://^me:pw@a.test/ %}", ":basic_auth"),
    ("unknown-attribute", "{{${^context.total}}}", "context.${total}"),
    ("missing-braces", "Hi {{ ^first_name | default: 'you' }}", "${first_name}"),
    ("missing-braces", "{% if ^custom_attribute.tier == 1 %}{% endif %}", "${tier}"),
    ("missing-default", "Hi {{^${first_name} | capitalize}}", "default"),
    ("missing-default", "a\nb {{^context.${total}}}", "default"),
    ("triple-braces", "a\n^{{{${user_id}}}}", "{{"),
    ("curly-quotes", "{{ ${city} | default: ^\u2018town\u2019 }}", "'"),
    ("curly-quotes", "{% if ${city} == ^\u201cLima\u201d %}a{% endif %}", "'"),
    ("curly-quotes", CALL + ':headers {^\u201cX-A\u201d: "b"} %}', "'"),
    ("symbol-operator", "{% if a == 1 ^&& b == 2 %}c{% endif %}", "and"),
    ("symbol-operator", "{% unless a ^|| b %}c{% endunless %}", "or"),
    ("filter-in-condition", "{% if ${city} ^| downcase == 'lima' %}a{% endif %}", None),
    ("filter-in-condition", "{% for x in list ^| sort %}{{x}}{% endfor %}", None),
    ("filter-in-condition", "{% liquid\nif a ^| size > 1\nendif\n%}", None),
    ("literal-secret", CALL + ':headers {"Authorization": "^Basic QWxh"} %}', None),
    ("literal-secret", CALL + ":headers {'X-Api-Key': '^k3y'} %}", ":basic_auth"),
    ("literal-secret", "{% connected_content https://a.test/?token=^abc1 %}", None),
    *(
        ("unescaped-value", template, hint)
        for template, hint in [
            ("{% connected_content https://a.test/{{^${city}}} %}", "url_param_escape"),
            (CALL + ':headers {"X-Name": "{{^${first_name}}}"} %}', "json_escape"),
            (CALL + ':body {"culture":"{{^${language}}}"} %}', "json_escape"),
            (CALL + ":body a=1&b={{^custom_attribute.${b}}} %}", "url_param_escape"),
            (CALL + ':body {"n":{{^custom_attribute.${n}}}} %}', "as_json_string"),
            (
                '{% capture b %}{"user_id":"{{^${user_id}}}"}{% endcapture %}'
                + CALL
                + ":body {{b}} %}",
                "json_escape",
            ),
            (
                "{% assign l = ${language} | downcase %}"
                + CALL
                + ':body {"l":"{{^l}}"} %}',
                "json_escape",
            ),
            ('{\n  "name": "{{^event_properties.${name}}}"\n}', "json_escape"),
            ('{"a": [{% if x %}"{{^${city}}}"{% endif %}]}', "json_escape"),
        ]
    ),
    (
        "missing-status-check",
        "{% ^connected_content https://a.test :save r %}{{r}}",
        "r",
    ),
    (
        "missing-status-check",
        "{% ^connected_content https://a.test %}{{connected.x}}",
        "",
    ),
    (
        "missing-status-check",
        "{% ^connected_content https://a.test :save r %}{{r[0].x}}",
        "r == blank",
    ),
    *(
        ("retry-and-abort", RETRIED + test, "take out")
        for test in [
            "{% if r.__http_status_code__ != 200 %}{% ^abort_message() %}{% endif %}",
            "{% unless r.ok %}{% ^abort_message() %}{% endunless %}",
            "{% if r and r.n > 1 %}{{r.n}}{% else %}{% ^abort_message() %}{% endif %}",
            "{% if r.n == blank or x %}{% ^abort_message() %}{% endif %}",
            "{% assign n = r.a | size %}{% if n < 1 %}{% ^abort_message %}{% endif %}",
            "{% case r.s %}{% when 1 %}a{% else %}{% ^abort_message() %}{% endcase %}",
            "{% for a in r.l %}{{a}}{% else %}{% ^abort_message() %}{% endfor %}",
        ]
    ),
    (
        "unknown-wallet-field",
        WALLET + "{{wallet.payload.^user_offer[0].id}}",
        "user_offers",
    ),
    (
        "unknown-wallet-field",
        WALLET + "{{wallet.^user_offers[0].id}}",
        "payload.user_offers",
    ),
    ("unknown-wallet-field", WALLET + "{{wallet.payload.user_offers.^name}}", "[0]"),
    (
        "unknown-wallet-field",
        WALLET + "{% for o in wallet.payload.user_offers %}{{o.^nmae}}{% endfor %}",
        "'name'",
    ),
    (
        "unknown-wallet-field",
        WALLET + "{% assign o = wallet.payload.user_offers | sort: 'name' | first %}"
        "{{o.media[0].^url}}",
        "'uri'",
    ),
    (
        "unknown-wallet-field",
        "{{wallet.payload.^availabel_points}}",
        "available_points",
    ),
    ("unclosed-block", "a\n{% ^if x %}b", "'endif'"),
    ("unclosed-block", "{% for x in y %}{% ^if x %}{% endfor %}", "'endif'"),
    ("unclosed-block", "{% ^raw %}x", None),
    ("unclosed-block", "a{% ^endif %}", None),
    ("filter-arguments", "{{ x | ^truncate: 1, 2, 3 }}", None),
    ("unlisted-filter", "{{ x | ^url_decode }}", None),
    ("liquid-in-comment", "<!--{% ^if a %}-->b<!--{% endif %}-->", None),
    ("liquid-in-comment", "<!-- c -->{{d}}<!--[if mso]>^{{a}}<![endif]-->", None),
    ("missing-default", "{{^${city}}}{{${city}}} {{${city | upcase}}}", None),
    ("missing-braces", "{{^city}}{{city}}", "${city}"),
    ("bare-reference", "<script>`${city}`</SCRIPT>^${city}", "{{${city}}}"),
    ("bare-reference", "Hi ^${first_name}!", "{{${first_name}}}"),
    ("bare-reference", "{color} {{a}} ^{first_name}!", "{{${first_name}}}"),
    ("bare-reference", "<script>a={city}</script>^$(first_name)", "{{${first_name}}}"),
    ("syntax-error", "a ^{{ b", None),
    ("syntax-error", "{% connected_content https://a.test ^:bogus 1 %}", None),
    ("syntax-error", "{{ a ^b }}", None),
]


def planted(marked):
    """Return the template without its mark, and the place of the mark."""
    before, _, after = marked.partition("^")
    lines = before.split("\n")
    return before + after, (len(lines), len(lines[-1]) + 1)


class TestPlantedMistakes:
    @pytest.mark.parametrize(("code", "marked", "hint"), PLANTED)
    def test_is_found_where_it_stands(self, code, marked, hint):
        """Each planted mistake is named with its line and column."""
        text, place = planted(marked)

        found = [f for f in inspect_template(text).findings if f.code == code]

        assert [place] == [(finding.line, finding.column) for finding in found]
        assert hint is None or hint in found[0].suggestion

    @pytest.mark.parametrize(("code", "marked"), [each[:2] for each in PLANTED])
    def test_can_be_switched_off(self, code, marked):
        """A code that is ignored gives no finding, and the others stay."""
        text, _ = planted(marked)
        others = [f for f in inspect_template(text).findings if f.code != code]

        assert tuple(others) == inspect_template(text, ignore=[code]).findings

    def test_covers_every_code(self):
        """No code is without a planted mistake."""
        assert set(CODES) == {code for code, _, _ in PLANTED}

    @pytest.mark.parametrize(
        "marked",
        [
            "{{ a | default: ^'b }}, {{ c | default: 'd' }}",
            "{{ a | default: b^' }}, it's {{ c | default: 'd' }}",
            "{% if a == ^'b %}c{% endif %} {{ 'd' }}",
            '{% if a == ^"b %}c{% endif %} "d" {{ e }}',
            "{% assign a = ^'b %}{% assign c = 'd' %}{{ a }}{{ c }}",
            "{% assign a = b | append: ^'c | upcase %}{% assign d = 'e' %}",
            "^{% assign a = 'b' \n{% assign c = 'd' %}{{ c }}",
            "^{% assign a = 'b \n{% assign c = 'd' %}{{ c }}",
            "a ^{% if b \n c {{ d }}{% endif %}",
            "a ^{% if b == 1 } c {% else %} d {% endif %}",
            "{% if a %} b ^{% endif }\n c {{ d }}",
            "{% for a in b %}^{% if a %\n{{ a }}{% endif %}{% endfor %}",
            "^{{ ${city} } a {{ b }}",
            "a ^{{ ${city} a\n{% if b %}c{% endif %}",
            "^{{ a %} b {{ c }}",
            "^{% assign a = 1 }} {{ a }}",
            "^{% connected_content https://a.test :save r {% if r %}a{% endif %}",
        ],
    )
    def test_one_mistake_is_one_finding(self, marked):
        """A quote or a tag that is not closed is blamed itself, and nothing else is."""
        text, place = planted(marked)

        ignored = ["missing-default", "unset-variable"]
        found = inspect_template(text, ignore=ignored).findings

        assert [("syntax-error", *place)] == [
            (each.code, each.line, each.column) for each in found
        ]

    def test_finds_all_mistakes_at_once(self):
        """One mistake does not hide the next."""
        text = (
            "{{{${user_id}}}} {% asign %} {{ a | nope }}\n"
            "{% if a && b | size > 1 %}{{ ${city} | default: \u2018x\u2019 }}"
        )
        codes = {finding.code for finding in inspect_template(text).findings}

        assert {
            "triple-braces",
            "unknown-tag",
            "unknown-filter",
            "symbol-operator",
            "filter-in-condition",
            "curly-quotes",
            "unclosed-block",
        } <= codes

    @pytest.mark.parametrize("text", [planted(marked)[0] for _, marked, _ in PLANTED])
    def test_agrees_with_the_parser(self, text):
        """What the strict parser refuses has an error in the report."""
        try:
            Renderer().parse(text)
        except TemplateError:
            assert inspect_template(text).errors


@pytest.mark.parametrize("text", ["{tag}", "{found}", "{0.real}", "{found.strip}"])
def test_findings_quote_a_template_as_it_is(text):
    """What a template says fills in no message."""
    findings = inspect_template("{{ a | append: " + text + " }}").findings

    assert f"'{text}' has single braces" in [finding.message for finding in findings]


class TestUnsetVariables:
    @pytest.mark.parametrize(
        ("template", "severity"),
        [
            ("{{ a }}", "info"),
            ("<html>{{ a }}</html>", "warning"),
            ("<BODY>{{ a }}", "warning"),
            ('{"b": "{{ a }}"}', "warning"),
            ("{% connected_content {{a}}/b :retry %}", "error"),
            ("{% connected_content {{a}}/{{content_blocks.${c}}} :retry %}", "info"),
            ("<html>{{content_blocks.${b}}}{{ a }}", "info"),
        ],
    )
    def test_weigh_what_they_break(self, template, severity):
        """An address cannot work without it, a whole message is odd, a part may be."""
        found = inspect_template(template).findings

        assert [severity] == [f.severity for f in found if f.code == "unset-variable"]


class TestUnescapedValues:
    @pytest.mark.parametrize(
        ("value", "severity"),
        [
            ("${first_name}", "warning"),
            ("${language}", "warning"),
            ("custom_attribute.${tier}", "warning"),
            ("event_properties.${city}", "warning"),
            ("${user_id}", "info"),
            ("api_trigger_properties.${offer_id}", "info"),
        ],
    )
    def test_weigh_more_where_customers_set_them(self, value, severity):
        """A value that a customer can set is a warning, an identifier a remark."""
        report = inspect_template('{"v": "{{' + value + '}}"}')

        assert severity in {
            each.severity for each in report.findings if each.code == "unescaped-value"
        }

    @pytest.mark.parametrize(
        "template",
        [
            'Hi {{${first_name}}}, "{{${city}}}" {ok}',
            '{"n": "{{${first_name} | json_escape}}"}',
            '{"a": {{${city} | as_json_string}}}',
            '{"n": {{custom_attribute.${points} | plus: 0}}}',
            "{% connected_content {{endpoint}}/x?q={{${city} | url_param_escape}} %}",
            "{% connected_content https://a.test/{{${email_address} | md5}} %}",
            '{% capture x %}{"a": "{{${city}}}"}{% endcapture %}{{ x | size }}',
        ],
    )
    def test_escaped_ones_are_fine(self, template):
        """Escaped values, numbers, digests and plain messages are left alone."""
        codes = {each.code for each in inspect_template(template).findings}

        assert "unescaped-value" not in codes


class TestCorrectTemplates:
    @pytest.mark.parametrize("case", CORRECT, ids=lambda case: case["id"])
    def test_have_no_errors(self, case):
        """A template that renders has no finding of the level error."""
        assert () == inspect_template(case["template"]).errors

    @pytest.mark.parametrize(
        "text",
        [
            "{% assign first_name = 'x' %}{{first_name}}",
            "{% for card in cards %}{{card.name}}{% endfor %}",
            "{% capture city %}x{% endcapture %}{{city}}",
            "{% if ${first_name} != blank %}{{${first_name}}}{% endif %}",
            "{{${first_name} | default: 'you'}} {{${user_id}}}",
            "{{custom_attribute.${what\u2019s on} | default: '\u201cx\u201d'}}",
            "{% comment %}{{ a | nope }} {% if && %}{% endcomment %}",
            "{% comment %}<!-- ${city} {{ a }} -->{% endcomment %}<!-- b -->{{ c }}",
            "<script>`${i * 100}% ${city}`; {{ x }} ${country}</script>${price}",
            "{% if ${city.a} %}{{${city.b}}}{% endif %}",
            "{% if custom_attribute.${a.b} %}{{custom_attribute.${a[0].c}}}{% endif %}",
            "<!-- a {% comment %} b {% endcomment %}",
            "{% if a contains 'OR' or b == 'AND (x)' %}a{% endif %}",
            "{{ a | append: ' - b = c' }}",
            "{% for i in (1..3) %}{{i}}{% endfor %}",
            "{% assign x = -1 | plus: -2 %}{{ x }}",
            "{% assign n = 'now' | date: '%s' | plus: 0 %}{% if n > 5 %}a{% endif %}",
            '{"a": {"b": "{{${user_id} | json_escape}}"}}',
            "<style>a{b{c:{{ x }}}}</style> ${{ x }} {a} (b and c) = {{ BASE_URL }}",
            SAVED + "{{ r.x | default: '&nbsp;' }}",
            "{% connected_content https://a.test :retry :body it\u2019s=&amp; %}",
            CALL + ':body {"type":"CART_ABANDONED"} :headers {"CONTENT-TYPE": "a"} %}',
            CALL + ':headers {"A": "{{a}}", "B": {{b}},} %}',
            "{% capture y %}{% endcapture %}{{ y }}{% increment z %}{{ z }}",
            "{% for i in list %}{{ i }}{{ forloop.index }}{% endfor %}",
            "{% raw %}{{ first_name }} {% nope %} ${city}{% endraw %}",
            "{% if a == '&&' or b == '|' %}{% endif %}",
            "{% abort_message(we\u2019re out) %}",
            "Price: ${{custom_attribute.${owed} | default: 0}} or ${price}",
            CALL + ':headers {"Authorization": "Bearer {{token}}"} %}',
            CALL
            + ":basic_auth key :save w %}{% if w %}{{w.payload.user_id}}{% endif %}",
            "{% connected_content https://a.test/{{${user_id} | url_param_escape}} %}",
            WALLET + "{{wallet.payload.user_offers.size}}{{wallet.status}}",
            RETRIED + "{{r.x}}",
            RETRIED + "{% if r.rows.size < 6 %}{% abort_message() %}{% endif %}",
            RETRIED + "{% if r.gone and x %}{% abort_message() %}{% endif %}",
            RETRIED + "{% if ${city} == 'x' %}{% abort_message() %}{% endif %}{{r.x}}",
            SAVED + "{{r.x | default: 'y'}}",
            SAVED + "{% if r.a.b.c %}{{r.x}}{% endif %}",
            SAVED + "{% assign n = r.l | size %}{% if n > 0 %}{{r.l[0]}}{% endif %}",
            SAVED + "{% for o in r.l %}{% if o.x %}{{o.x}}{% endif %}{% endfor %}",
            SAVED
            + "{% for o in r.l %}{{o}}{% else %}{% abort_message() %}{% endfor %}",
            WALLET + "{% for o in wallet.payload.user_offers %}{{o.terms}}{% endfor %}"
            "{% assign o = 1 %}{{o.bogus}}",
            "{% connected_content https://a.test :save wallet %}"
            + GUARD
            + "{{wallet.x}}",
        ],
    )
    def test_are_not_remarked_upon(self, text):
        """What is right in Braze's dialect has no finding at all."""
        assert () == inspect_template(text, variables=KNOWN).findings


class TestSwitches:
    def test_a_comment_switches_off(self):
        """A comment in the template does what the argument does."""
        text = (
            "{% comment %}check: ignore missing-default, unknown-filter{% endcomment %}"
        )

        assert () == inspect_template(text + "{{${city} | nope}}").findings

    def test_an_unknown_code_is_refused(self):
        """A misspelt code is an error that lists the known ones."""
        with pytest.raises(ValueError, match="no code 'unknown-fitler'; known are"):
            inspect_template("x", ignore=["unknown-fitler"])

    def test_an_unknown_code_in_a_comment_is_refused(self):
        """So is one in a comment."""
        with pytest.raises(ValueError, match="the comment 'check: ignore'"):
            inspect_template("{% comment %}check: ignore nope{% endcomment %}")

    def test_a_lone_text_is_refused(self):
        """Codes come as a list, so a text is a mistake."""
        with pytest.raises(TypeError, match="several codes"):
            inspect_template("x", ignore="unknown-filter")
