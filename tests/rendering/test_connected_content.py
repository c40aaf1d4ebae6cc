"""The connected_content tag: its shape, what it sends, and what an answer does."""

import json
from pathlib import Path

import pytest

from sessionm_braze.exceptions import ConnectedContentError, TemplateSyntaxError
from sessionm_braze.rendering import (
    BasicAuth,
    CannedFetcher,
    Catalog,
    ConnectedContentResponse,
    HeaderAuth,
    Renderer,
)


URL = "https://api.shop.test/x"
PAGE = Path(__file__).with_name("cases") / "wallet_block.liquid"


class Recorder:
    """A fetcher that keeps the requests and answers each with the next answer."""

    def __init__(self, *answers):
        self.requests = []
        self.answers = list(answers) or [ConnectedContentResponse(json={"ok": True})]

    def __call__(self, request):
        """Answer, or raise the answer."""
        self.requests.append(request)
        answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


def sent(tag, variables=None, **settings):
    """Return the request that a tag sends."""
    recorder = Recorder()
    Renderer(recorder, **settings).render(
        "{% connected_content " + tag + " %}", variables
    )
    return recorder.requests[0]


def shown(tag, *answers, rest="", **settings):
    """Return the message that a tag with these answers gives."""
    template = "[{% connected_content " + tag + " %}]" + rest
    return Renderer(Recorder(*answers), **settings).render(template)


class TestPartnerPage:
    def test_the_wallet_block_renders(self):
        """A block built as the partner page's, odd blanks and all, makes its call."""
        wallet = {"status": "ok", "payload": {"available_points": 100}}
        recorder = Recorder(ConnectedContentResponse(json=wallet))
        template = PAGE.read_text("utf-8") + "{{wallet.payload.available_points}}"

        message = Renderer(recorder).render(
            template, {"user_id": "u-1", "endpoint_connect": "https://connect.test"}
        )

        request = recorder.requests[0]
        assert "100" == message.text.strip()
        assert "POST" == request.method
        assert (
            "https://connect.test/offers/api/2.0/offers/get_user_offers" == request.url
        )
        assert "application/json" == request.headers["Content-Type"]
        assert "Basic YOUR-ENCODED-KEY" == request.headers["Authorization"]
        assert {
            "retailer_id": "YOUR-RETAILER-ID",
            "user_id": "u-1",
            "skip": 0,
            "take": 500,
            "culture": "pt-PT",
        } == json.loads(request.body)


class TestUrl:
    @pytest.mark.parametrize(
        ("tag", "url"),
        [
            (URL, URL),
            (
                "https://h.test/u?e={{${email_address} | url_param_escape}}",
                "https://h.test/u?e=k%40x.test",
            ),
            ("https://h.test/{{ loc[0].code }}/", "https://h.test/A1/"),
            ("{{endpoint}}/offers", "https://c.test/offers"),
            (
                "{{ endpoint | append: '/a b' | replace: ' ', '-' }}",
                "https://c.test/a-b",
            ),
            ("https://h.test/${language}", "https://h.test/de"),
            ("https://h.test/?p=event_properties.${p}", "https://h.test/?p=7"),
            ("https://h.test/?c=event_properties.${o}.${c}&d", "https://h.test/?c=8&d"),
            ("https://h.test/?f=event_properties.${l}[1]", "https://h.test/?f=b"),
            ("https://app.${language}.test/", "https://app.de.test/"),
            ("https://h.test/x.${language}", "https://h.test/x.de"),
            ("https://h.test/it's", "https://h.test/it's"),
            (":method get https://h.test/late", "https://h.test/late"),
            ("\n   https://h.test/lines\n   :save x\n", "https://h.test/lines"),
        ],
    )
    def test_is_filled_in(self, tag, url):
        """A URL may begin with, hold or consist of outputs, and stand anywhere."""
        variables = {
            "email_address": "k@x.test",
            "language": "de",
            "loc": [{"code": "A1"}],
            "endpoint": "https://c.test",
            "event_properties": {"p": 7, "o": {"c": 8}, "l": ["a", "b"]},
        }

        assert url == sent(tag, variables).url

    @pytest.mark.parametrize(
        "url",
        [
            "ftp://h.test",
            "h.test/x",
            "{{ missing }}/x",
            "https://",
            "https://h.test]/",
            "https://[::1/a",
            "https://exa\u2100mple.test/",
        ],
    )
    def test_has_to_be_http(self, url):
        """What is no address of http or https is refused, or left out in lax mode."""
        recorder = Recorder()
        template = "{% connected_content " + url + " :auth_credentials c %}"
        settings = {"credentials": {"c": HeaderAuth({"X-A": "1"})}}

        with pytest.raises(ConnectedContentError, match="https://"):
            Renderer(recorder, **settings).render(template)
        message = Renderer(recorder, strict=False, **settings).render(template)

        assert [] == recorder.requests
        assert "begin with https:// or http://" in message.warnings[0]

    def test_options_are_told_apart_by_blanks(self):
        """A known option that touches the word before it is no unknown one."""
        with pytest.raises(
            TemplateSyntaxError, match="a blank is missing before ':save'"
        ):
            sent(URL + ' :headers {"X-A": "1"}:save x')

    @pytest.mark.parametrize(
        "tag",
        [
            "",
            ":save x",
            URL + " and more",
            URL + " :nope 1",
            URL + " :save 'x'",
            URL + " :save",
        ],
    )
    def test_a_tag_without_sense_is_refused(self, tag):
        """A missing URL, loose words and unknown options are syntax errors."""
        with pytest.raises(TemplateSyntaxError):
            sent(tag)


class TestSending:
    def test_get_defaults(self):
        """A GET says JSON and accepts anything."""
        request = sent(URL)

        assert ("GET", None) == (request.method, request.body)
        assert {"Content-Type": "application/json", "Accept": "*/*"} == dict(
            request.headers
        )

    def test_post_defaults(self):
        """A POST is a form, sent as written."""
        request = sent(URL + " :method POST :body a=1&b={{x}} :save r", {"x": "two"})

        assert ("POST", "a=1&b=two") == (request.method, request.body)
        assert "application/x-www-form-urlencoded" == request.headers["Content-Type"]

    @pytest.mark.parametrize("rest", ["", " :content_type text/plain"])
    def test_accept_says_what_is_wanted(self, rest):
        """``:accept`` sets that header alone."""
        headers = sent(URL + " :accept application/{{k}}" + rest, {"k": "xml"}).headers

        assert "application/xml" == headers["Accept"]
        assert "application/xml" != headers["Content-Type"]

    def test_content_type_sets_both_headers(self):
        """``:content_type`` is what is sent and what is wanted."""
        headers = sent(URL + " :content_type application/json").headers

        assert ["application/json"] * 2 == [headers["Content-Type"], headers["Accept"]]

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ("a=1&b={{x}}", '{"a": "1", "b": "two"}'),
            ("a=1%202+3", '{"a": "1 2 3"}'),
            ('{"a":"{{1|plus:1}}"}', '{"a":"2"}'),
            ("{{json}}", '{"q": "a b", "n": 2}'),
        ],
    )
    def test_json_type_turns_a_form_into_json(self, body, expected):
        """With a JSON type a form becomes an object of texts; JSON stays as it is."""
        tag = f"{URL} :method post :body {body} :content_type application/json"
        variables = {"x": "two", "json": '{"q": "a b", "n": 2}'}

        assert json.loads(expected) == json.loads(sent(tag, variables).body)

    def test_a_type_in_the_headers_leaves_the_body(self):
        """A type that is given as a header changes nothing about the body."""
        tag = (
            URL
            + ' :method post :headers {"Content-Type": "application/json"} :body a=1'
        )

        assert "a=1" == sent(tag).body

    def test_headers(self):
        """Headers span lines, hold outputs, and become text."""
        tag = (
            URL
            + ' :headers {\n "X-A": "{{x}}",\n "X-N": 5, "accept": "text/plain"\n } :save r'  # noqa: E501
        )

        headers = sent(tag, {"x": "one"}).headers

        assert ["one", "5", "text/plain"] == [
            headers[k] for k in ("X-A", "X-N", "accept")
        ]
        assert "Accept" not in headers

    def test_braces_in_a_header_are_text(self):
        """A header object ends with its own brace, whatever stands in its texts."""
        tag = (
            URL
            + ' :headers {"X-A": "} :save c", "X-B": "{\\"",'
            + ' "X-C": "{{x | append: "}"}}"} :method post :body a=1'
        )

        request = sent(tag, {"x": "one"})

        assert ["} :save c", '{"', "one}"] == [
            request.headers[name] for name in ("X-A", "X-B", "X-C")
        ]
        assert "a=1" == request.body

    @pytest.mark.parametrize(
        ("header", "says"),
        [('"Host": "inside.test"', "the header Host belongs to the connection"),
         ('"content-length": 5', "the header content-length belongs"),
         ('"Transfer-Encoding": "chunked"', "belongs to the connection: leave it out"),
         ('"CONNECTION": "close"', "belongs"),
         ('"X-A": "a\\r\\nX-B: b"', "the header X-A must be one line of text"),
         ('"X-A": "a\n b"', "one line"), ('"X-A": "a\\u0000"', "one line"),
         ('"X A": "b"', "'X A' is not the name of a header"),
         ('"X-A": "{{x}}"', "one line")],
    )  # fmt: skip
    def test_headers_frame_no_request(self, header, says):
        """What says where a request ends, or whom it is for, is no template's."""
        with pytest.raises(ConnectedContentError, match=says) as info:
            sent(URL + f" :headers {{{header}}}", {"x": "se\ncret"})

        assert "cret" not in str(info.value).partition("(line")[0]

    def test_broken_headers_are_refused(self):
        """Headers that are no JSON object are an error, in the library's own words."""
        with pytest.raises(ConnectedContentError, match="JSON object such as") as info:
            sent(URL + " :headers {oops}")

        assert "Expecting" not in str(info.value)

    @pytest.mark.parametrize(
        "option",
        [
            ":headers {oops}",
            ':headers {"a": "b"',
            ":headers [1]",
            ":headers {{x}}",
            ':headers {"a": "{{x}}"}',
            ':headers {"Host": "b"}',
            ":headers " + "[" * 5_000,
            ":method {{x}}",
        ],
    )
    def test_lax_mode_never_raises_for_them(self, option):
        """There the call is not made, its variable is nil, and the message says why."""
        recorder = Recorder()
        message = Renderer(recorder, strict=False).render(
            "{% connected_content https://h.test " + option + " :save r %}[{{r.ok}}]",
            {"x": 'a"\n', "r": {"ok": 1}},
        )

        assert ("[]", []) == (message.text, recorder.requests)
        assert option.partition(" ")[0] in message.warnings[0]

    def test_basic_auth(self):
        """``:basic_auth`` sends the stored name and password."""
        request = sent(
            URL + " :basic_auth c", credentials={"c": BasicAuth("joe", "pa55word")}
        )

        assert "Basic am9lOnBhNTV3b3Jk" == request.headers["Authorization"]
        assert "am9l" not in repr(request)

    def test_auth_credentials(self):
        """``:auth_credentials`` sends the stored headers to their domain alone."""
        credentials = {"c": HeaderAuth({"X-Token": "t0ken-value"}, "shop.test")}

        assert (
            "t0ken-value"
            == sent(URL + " :auth_credentials c", credentials=credentials).headers[
                "X-Token"
            ]
        )
        with pytest.raises(ConnectedContentError, match=r"other\.test") as info:
            sent("https://other.test/ :auth_credentials c", credentials=credentials)
        assert "t0ken" not in str(info.value)

    def test_explicit_headers_win(self):
        """A header in the tag goes before a stored one and before the content type."""
        tag = (
            URL
            + ' :basic_auth c :content_type text/plain :headers {"Authorization": "Bearer abcdefghij", "Accept": "a/b"}'  # noqa: E501
        )

        headers = sent(tag, credentials={"c": BasicAuth("joe", "pa55word")}).headers

        assert ("Bearer abcdefghij", "a/b", "text/plain") == (
            headers["Authorization"], headers["Accept"], headers["Content-Type"],
        )  # fmt: skip

    def test_a_missing_credential_is_an_error(self):
        """A credential nobody stored is named; in lax mode the call is not made."""
        with pytest.raises(ConnectedContentError, match="'c'"):
            sent(URL + " :basic_auth c")

        message = shown(URL + " :basic_auth c", strict=False)
        assert ("[]", ()) == (message.text, message.calls)

    def test_a_wrong_domain_aborts_in_lax_mode(self):
        """In lax mode a stored header that may not go out aborts the message."""
        credentials = {"c": HeaderAuth({"X-Token": "t0ken-value"}, "elsewhere.test")}

        assert shown(
            URL + " :auth_credentials c", strict=False, credentials=credentials
        ).aborted


class TestAnswer:
    @pytest.mark.parametrize(
        ("answer", "expected"),
        [
            (ConnectedContentResponse(json={"a": 1}), "[]1 200"),
            (ConnectedContentResponse(201, json={"a": 1}), "[]1 201"),
            (
                ConnectedContentResponse(
                    200, '{"a": 2}', {"Content-Type": "text/plain"}
                ),
                "[]2 200",
            ),
            (ConnectedContentResponse(json=[1, 2]), "[] "),
            (ConnectedContentResponse(body="plain words"), "[plain words] "),
            (ConnectedContentResponse(body="NaN"), "[NaN] "),
            (ConnectedContentResponse(body='{"a": Infinity}'), '[{"a": Infinity}] '),
            (ConnectedContentResponse(body=""), "[] "),
            (ConnectedContentResponse(404, "gone"), "[] "),
            (ConnectedContentResponse(404, json={"a": 1}), "[] "),
            (ConnectedContentResponse(500, "boom"), "[] "),
            (ConnectedContentResponse(403, json={"a": 1}), "[] "),
            (ConnectedContentResponse(302, "moved"), "[] "),
            (ConnectedContentResponse(598), "[] "),
            (TimeoutError("slow"), "[] "),
            (ConnectionError("refused"), "[] "),
            (ConnectedContentResponse(body="x" * 1_048_577), "[] "),
        ],
    )
    def test_is_bound_or_printed(self, answer, expected):
        """JSON of a success is bound, other text printed, a failure leaves nothing."""
        rest = "{{r.a}} {{r.__http_status_code__}}"

        assert expected == shown(URL + " :save r", answer, rest=rest).text

    def test_half_a_pair_harms_nobody(self):
        """JSON may hold the half of an emoji; it can be measured, kept and compared."""
        rest = (
            "{{ r.a | date: '%Y' | size }}{% if r.a < 'b' %}!{% endif %}"
            "{% message_extras :key a :value {{r.a}} %}"
        )
        answer = ConnectedContentResponse(body='{"a": "a \\ud83d"}')

        message = shown(URL + " :save r", answer, rest=rest)

        assert "[]3!" == message.text
        assert {"a": "a "} == message.extras

    def test_a_failure_leaves_no_status(self):
        """The usual guard on the status holds after a failure."""
        rest = "{% if connected.__http_status_code__ != 200 %}failed{% endif %}"

        assert "[]failed" == shown(URL, ConnectionError(), rest=rest).text

    def test_a_failure_forgets_the_answer_before(self):
        """After a failing call the variable does not hold the call's before."""
        recorder = Recorder(ConnectedContentResponse(json={"a": 1}), ConnectionError())
        template = (
            "{% connected_content https://h.test/1 :save r %}"
            "{% connected_content https://h.test/2 :save r %}[{{r.a}}]"
        )

        assert "[]" == Renderer(recorder).render(template).text

    def test_a_given_value_is_not_changed(self):
        """The status is added to a copy of what the fetcher gave."""
        value = {"a": [1]}

        shown(URL, ConnectedContentResponse(json=value))

        assert {"a": [1]} == value

    def test_a_fetcher_has_to_return_a_response(self):
        """A fetcher that returns something else is told so."""
        with pytest.raises(TypeError, match="ConnectedContentResponse"):
            Renderer(lambda _: "text").render("{% connected_content https://h.test %}")

    def test_other_exceptions_of_a_fetcher_come_through(self):
        """A fault in a fetcher is not taken for a failing call."""
        with pytest.raises(KeyError):
            shown(URL, KeyError("bug"))


class TestRetry:
    def test_a_success_ends_it(self):
        """Retrying goes on until a call succeeds."""
        answers = [
            ConnectedContentResponse(503),
            TimeoutError(),
            ConnectedContentResponse(json={"a": 7}),
        ]

        message = shown(URL + " :retry", *answers, rest="{{connected.a}}")

        assert ("[]7", 3) == (message.text, len(message.calls))
        assert [503, None, 200] == [call.status_code for call in message.calls]

    @pytest.mark.parametrize(
        "answer",
        [
            ConnectedContentResponse(500),
            ConnectedContentResponse(429),
            ConnectedContentResponse(408),
            TimeoutError(),
        ],
    )
    def test_six_failures_abort(self, answer):
        """After five repeats nothing is sent."""
        message = shown(URL + " :retry", answer)

        assert (True, "", "", 6) == (
            message.aborted, message.text, message.abort_reason, len(message.calls),
        )  # fmt: skip

    def test_a_refusal_is_not_repeated(self):
        """An answer that will stay the same is taken as it is."""
        message = shown(URL + " :retry", ConnectedContentResponse(403))

        assert ("[]", 1) == (message.text, len(message.calls))

    @pytest.mark.parametrize(
        "guard",
        [
            "{% if r.__http_status_code__ != 2 %}{% abort_message('no') %}{% endif %}",
            "{% unless r.a %}{% abort_message('no') %}{% endunless %}",
            "{% if r == blank %}{% abort_message('no') %}{% endif %}",
            "{% for x in r.l %}{{x}}{% else %}{% abort_message('no') %}{% endfor %}",
            "{% case r.a %}{% when nil %}{% abort_message('no') %}{% endcase %}",
            "{% if r %}{{ r.a }}{% else %}{{ 1 }}{% abort_message('no') %}{% endif %}",
        ],
    )
    def test_an_abort_of_the_message_comes_first(self, guard):
        """Where the message aborts for the failure itself, there is one call."""
        answers = [ConnectedContentResponse(500), ConnectedContentResponse(json={})]

        message = shown(URL + " :retry :save r", *answers, rest=guard)

        assert (True, "no", 1) == (
            message.aborted, message.abort_reason, len(message.calls),
        )  # fmt: skip

    def test_what_succeeded_is_kept(self):
        """Other calls are made once, and what they gave counts in every attempt."""
        answers = [
            ConnectedContentResponse(json={"n": 1}),
            ConnectedContentResponse(json={"n": 2}),
            ConnectedContentResponse(503),
            ConnectedContentResponse(503),
            ConnectedContentResponse(json={"n": 3}),
        ]
        post = "{% connected_content https://h.test/p :method post :save "
        template = (
            post + "a %}" + post + "b %}"
            "{% connected_content https://h.test/g :retry :save c %}"
            "{{a.n}}{{b.n}}{{c.n}}"
        )

        message = Renderer(Recorder(*answers)).render(template)

        assert ("123", 5) == (message.text, len(message.calls))

    def test_a_fault_for_want_of_the_answer_is_none(self):
        """What cannot be done without the answer waits for the next attempt."""
        answers = [
            ConnectedContentResponse(503),
            ConnectedContentResponse(json={"url": "https://h.test/2", "n": 2}),
            ConnectedContentResponse(json={"m": 3}),
        ]
        rest = (
            "{{ 6 | divided_by: r.n }}{% connected_content {{r.url}} %}{{connected.m}}"
        )

        message = shown(URL + " :retry :save r", *answers, rest=rest)

        assert ("[]33", ()) == (message.text, message.warnings)

    def test_a_preview_does_not_repeat(self):
        """A preview makes one call, renders on, and says what a send would do."""
        message = Renderer(Recorder(TimeoutError()), preview=True).render(
            "a\n{% connected_content https://h.test :retry :save r %}[{{r.a}}]"
        )

        assert ("a\n[]", 1) == (message.text, len(message.calls))
        assert message.warnings[0].startswith("line 2, column 4: a preview does not")

    def test_without_retry_there_is_one_call(self):
        """Nobody repeats what the tag does not ask to repeat."""
        assert 1 == len(shown(URL, ConnectedContentResponse(500)).calls)


class TestRerender:
    ANSWER = ConnectedContentResponse(body="yo {{${first_name}}} {{x}}")

    def test_liquid_in_an_answer_stays(self, render):
        """Without the option an answer is text."""
        template = "{{${first_name}}}: {% connected_content https://h.test/a %}"

        assert "Ilse: yo {{${first_name}}} {{x}}" == render(
            template, {"first_name": "Ilse", "x": 1}, fetcher=Recorder(self.ANSWER)
        )

    def test_it_is_rendered_once(self, render):
        """With the option it is rendered, and no deeper."""
        template = (
            "{{${first_name}}}: {% connected_content https://h.test/a :rerender %}"
        )

        assert "Ilse: yo Ilse {{y}}" == render(
            template,
            {"first_name": "Ilse", "x": "{{y}}"},
            fetcher=Recorder(self.ANSWER),
        )

    def test_references_need_no_braces(self, render):
        """Braze's page on user fields writes ``Hi ${first_name},`` into an answer."""
        template = (
            "{{${first_name}}} {{custom_attribute.${tier}}}:"
            "{% connected_content https://h.test/a :rerender %}"
        )
        answer = ConnectedContentResponse(
            body="Hi ${first_name}, custom_attribute.${tier} for $5"
        )

        assert "Ilse gold:Hi Ilse, gold for $5" == render(
            template,
            {"first_name": "Ilse", "custom_attribute": {"tier": "gold"}},
            fetcher=Recorder(answer),
        )

    def test_fields_not_named_before_are_empty(self, now):
        """Braze loads only the fields that the message names before the call."""
        template = (
            "{% connected_content https://h.test/a :rerender %} {{${first_name}}}"
        )

        message = Renderer(Recorder(self.ANSWER), now=now).render(
            template, {"first_name": "Ilse"}
        )

        assert "yo   Ilse" == message.text
        assert "first_name" in message.warnings[0]

    @pytest.mark.parametrize(
        "template",
        [
            "{% connected_content https://h.test/{{${first_name}}} :rerender %}",
            "{{content_blocks.${hi}}}{% connected_content https://h.test/a :rerender %}",  # noqa: E501
            "{% comment %}{{${first_name}}}{% endcomment %}{{content_blocks.${call}}}",
        ],
    )
    def test_naming_a_field_anywhere_before_is_enough(self, render, template):
        """The call itself, a block and a comment name a field, too."""
        blocks = {
            "hi": "{% assign n = ${first_name} %}",
            "call": "{% connected_content https://h.test/a :rerender %}",
        }

        assert "yo Ilse " == render(
            template,
            {"first_name": "Ilse"},
            fetcher=Recorder(self.ANSWER),
            content_blocks=blocks,
        )

    def test_json_is_seen_after_rendering(self, render):
        """A value that breaks the JSON makes the answer text."""
        answer = ConnectedContentResponse(body='{"a": "{{x}}"}')
        template = "[{% connected_content https://h.test/a :rerender :save r %}]{{r.a}}"

        assert "[]ok" == render(template, {"x": "ok"}, fetcher=Recorder(answer))
        assert '[{"a": """}]' == render(template, {"x": '"'}, fetcher=Recorder(answer))

    def test_calls_in_an_answer_are_left_out(self, now):
        """Neither calls nor catalogs of fetched text are carried out."""
        body = "a{% connected_content https://h.test/b %}{% catalog_items C i %}b"
        recorder = Recorder(ConnectedContentResponse(body=body))

        message = Renderer(recorder, now=now).render(
            "{% connected_content https://h.test/a :rerender %}"
        )

        assert ("ab", 1, 2) == (
            message.text,
            len(recorder.requests),
            len(message.warnings),
        )


class TestCalls:
    def test_are_listed_without_secrets(self):
        """A message lists its calls; what must not be shown is not there."""
        template = (
            "{% connected_content https://h.test/?k=s3cr3t-k3y :method post"
            ' :headers {"X-Api-Key": "s3cr3t-k3y", "Authorization": "Basic c2VjcmV0OnBhc3M="}'  # noqa: E501
            " :body key=s3cr3t-k3y&token=c2VjcmV0OnBhc3M= %}"
        )
        recorder = Recorder()

        message = Renderer(recorder).render(template)

        text = repr(message) + repr(recorder.requests)
        assert "s3cr3t-k3y" in recorder.requests[0].url
        assert "s3cr3t-k3y" not in repr(message)
        assert (
            "c2VjcmV0OnBhc3M=" not in text.split("requests=")[0].split("body='key=")[0]
        )
        assert "c2VjcmV0OnBhc3M=" not in repr(message)
        assert ("POST", 200, False) == (
            message.calls[0].request.method,
            message.calls[0].status_code,
            message.calls[0].from_cache,
        )

    def test_a_scheme_tells_a_secret(self):
        """A header is masked for its name, or for how its value begins."""
        message = shown(URL + ' :headers {"X": "Bearer 0pen-s3same", "Y": "Basically"}')

        assert "0pen-s3same" not in repr(message)
        assert "Basically" == message.calls[0].request.headers["Y"]

    @pytest.mark.parametrize(
        "url",
        [
            "https://ana:0pen-s3same@h.test/",
            "https://h.test/?a=1&api_key=0pen-s3same",
            "https://h.test/priv/v1/apps/0pen-s3same/users/1/tags",
        ],
    )
    def test_addresses_are_listed_without_secrets(self, url):
        """Accounts, keys of SessionM apps and telling parameters are masked."""
        recorder = Recorder()
        message = Renderer(recorder).render("{% connected_content " + url + " %}")

        assert url == recorder.requests[0].url
        assert url.replace("ana:", "").replace("0pen-s3same", "***") == (
            message.calls[0].request.url
        )
        assert "0pen" not in repr(message) + repr(recorder.requests[0])

    def test_an_answer_that_is_missing_is_told_without_secrets(self):
        """The error of a fetcher that quotes the address has its secrets masked."""

        def fetch(request):
            raise ConnectedContentError(f"{request.url} may not be called")

        with pytest.raises(ConnectedContentError) as info:
            Renderer(fetch).render("{% connected_content https://a:0pen@h.test/ %}")

        assert "https://***@h.test/ may not be called" in str(info.value)

    def test_errors_are_described(self):
        """A call without an answer says what happened."""
        message = shown(URL, TimeoutError("2 s"))

        assert "timeout: 2 s" == message.calls[0].error

    def test_a_branch_not_taken_calls_nobody(self):
        """A tag is evaluated only where the message gets to it."""
        template = (
            "{% if false %}{% connected_content https://h.test :retry %}{% endif %}"
        )

        assert () == Renderer(Recorder()).render(template).calls


class TestCannedAnswers:
    def test_by_url_method_and_pattern(self, render):
        """The most exact entry answers; everything else is 404."""
        import re

        fetcher = CannedFetcher(
            {
                "https://h.test/a": "any",
                ("POST", "https://h.test/a"): "post",
                re.compile(r"https://h\.test/p/\d+"): lambda request: request.url[-1],
            }
        )
        template = (
            "{% connected_content https://h.test/a %}"
            "{% connected_content https://h.test/a :method post :body x %}"
            "{% connected_content https://h.test/p/7 :save p %}{{p}}"
            "{% connected_content https://h.test/p/7x %}"
        )

        assert "anypost7" == render(template, fetcher=fetcher).replace("\n", "")


class TestWhatIsStored:
    @pytest.mark.parametrize(
        ("make", "says"),
        [
            (lambda: HeaderAuth("X-Key: t0ken"), "headers: expected a mapping"),
            (lambda: HeaderAuth({"X-Key": 5}), "the header X-Key: expected a text"),
            (lambda: HeaderAuth({5: "t0ken"}), "the name of a header: expected a text"),
            (lambda: HeaderAuth({"X-Key": "t0ken"}, domain=5), "domain: expected"),
            (lambda: BasicAuth(5, "t0ken"), "username: expected a text"),
            (lambda: BasicAuth("ana", None), "password: expected a text"),
            (lambda: Catalog(items="shoes"), "items must be a list"),
            (lambda: Catalog(items=["shoes"]), r"items\[0\] must be a Mapping"),
        ],
    )
    def test_names_what_is_wrong(self, make, says):
        """A mistake is found when it is made, and a credential is not quoted."""
        with pytest.raises(TypeError, match=says) as info:
            make()

        assert "t0ken" not in str(info.value)

    def test_an_answer_may_begin_with_a_mark(self):
        """A byte order mark is no part of an answer, be it JSON or text."""
        fetcher = CannedFetcher({"https://h.test/": "\ufeff{}"})
        template = "{% connected_content https://h.test/ :save r %}{{ r }}"

        assert (
            '{"__http_status_code__"=>200}' == Renderer(fetcher).render(template).text
        )
        assert "hi" == ConnectedContentResponse(body="\ufeffhi".encode()).body
