"""The renderer itself: sharing, repeating, caching, reprs."""

import datetime as dt
import gc
import pickle
import re
import threading
import weakref

import pytest

from sessionm_braze.rendering import (
    BasicAuth,
    CannedFetcher,
    Catalog,
    ConnectedContentRequest,
    ConnectedContentResponse,
    HeaderAuth,
    Renderer,
    RenderLimits,
    _engine,
)
from sessionm_braze.rendering._instrumentation import instrumented


TEMPLATE = (
    "{% assign v = {{${first_name}}} | upcase %}{% increment c %}{% cycle 'a', 'b' %}"
    "{% for i in (1..5) %}{{ i }}{{ v }}{% endfor %}"
    "{% connected_content https://h.test/{{${user_id}}} :save w %}{{ w.id }}"
    "{% message_extras :key k :value {{v}} %}{% ifchanged %}x{% endifchanged %}"
)


def expected(number):
    """Return what the template gives for one person."""
    name = f"N{number}"
    return "0a" + "".join(f"{i}{name}" for i in range(1, 6)) + f"{number}x"


def renderer():
    """Return a renderer whose answers hold the id that was asked for."""
    import re

    answer = {
        re.compile(r"https://h\.test/(\d+)"): lambda r: {
            "id": int(r.url.rsplit("/", 1)[1])
        }
    }
    return Renderer(CannedFetcher(answer))


class TestSharing:
    def test_renders_know_nothing_of_each_other(self):
        """Variables, counters, cycles and extras begin anew each time."""
        engine = renderer()
        template = engine.parse(TEMPLATE)

        for number in (1, 2, 1):
            message = engine.render(
                template, {"first_name": f"n{number}", "user_id": number}
            )
            assert (expected(number), {"k": f"N{number}"}) == (
                message.text,
                dict(message.extras),
            )

    def test_sixteen_threads(self):
        """One renderer and one template serve many threads at once."""
        engine = renderer()
        template = engine.parse(TEMPLATE)
        wrong = []
        barrier = threading.Barrier(16)

        def work(start):
            barrier.wait()
            for number in range(start, start + 60):
                source = template if number % 2 else TEMPLATE + " " * (number % 5)
                text = engine.render(
                    source, {"first_name": f"n{number}", "user_id": number}
                ).text
                if text.rstrip() != expected(number):
                    wrong.append((number, text))

        threads = [threading.Thread(target=work, args=(n * 1_000,)) for n in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert [] == wrong

    def test_texts_are_parsed_once(self, monkeypatch):
        """The same text gives the same nodes, until too many others came between."""
        monkeypatch.setattr(_engine, "MAX_KEPT_SIZE", 1_000_000)
        engine = Renderer()

        first = engine.parse("{{ a }} once")
        assert first._parsed is engine.parse("{{ a }} once")._parsed

        for number in range(501):
            engine.parse(f"{{{{ a }}}} {number}")
        assert first._parsed is not engine.parse("{{ a }} once")._parsed

    def test_an_engine_of_its_own_ends_with_its_renderer(self):
        """Nothing keeps the parsed texts of an audit that is over."""
        renderer = instrumented(Renderer(), lambda _: None, ["{{ a }}"])
        renderer.render("{{ a }}")
        engine = weakref.ref(renderer._env)

        del renderer
        gc.collect()

        assert engine() is None

    def test_a_block_that_changes_is_seen(self):
        """A mapping of blocks may change between renders."""
        blocks = {"b": "one"}
        engine = Renderer(content_blocks=blocks)
        before = engine.render("{{content_blocks.${b}}}").text
        blocks["b"] = "two"

        assert ("one", "two") == (before, engine.render("{{content_blocks.${b}}}").text)

    def test_a_clock_may_be_a_function(self):
        """The time is asked for at each render."""
        times = iter([dt.datetime(2026, 1, day, tzinfo=dt.UTC) for day in (1, 2)])
        engine = Renderer(now=lambda: next(times))

        assert ["01", "02"] == [
            engine.render("{{ 'now' | date: '%d' }}").text for _ in range(2)
        ]


class TestArguments:
    @pytest.mark.parametrize("template", [None, 5, b"text", ["text"]])
    def test_a_template_is_a_text(self, template):
        """Anything but a text or a parsed template is a wrong argument."""
        with pytest.raises(TypeError, match="text"):
            Renderer().render(template)

    @pytest.mark.parametrize("variables", [5, "x", [("a", 1)]])
    def test_variables_are_a_mapping(self, variables):
        """Variables that are no mapping are a wrong argument."""
        with pytest.raises(TypeError, match="variables"):
            Renderer().render("x", variables)

    @pytest.mark.parametrize(
        ("name", "right"),
        [
            ("${first_name}", "give 'first_name' instead"),
            ("custom_attribute.${tier}", "give {'custom_attribute': {'tier': …}} inst"),
        ],
    )
    def test_names_are_not_written_as_in_a_template(self, name, right):
        """No template could ever read such a variable, so the right name is told."""
        with pytest.raises(ValueError, match=re.escape(right)):
            Renderer().render("x", {"user_id": "u-1", name: "x"})

    def test_now_is_a_moment_or_a_function(self):
        """A clock of another kind is a wrong argument."""
        with pytest.raises(TypeError, match="now"):
            Renderer(now="today")
        with pytest.raises(TypeError, match=r"now: .* return a datetime, not str"):
            Renderer(now=lambda: "today").render("{{ 'now' | date: '%F' }}")

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"fetcher": {}}, "fetcher: expected a function"),
            ({"content_blocks": ["x"]}, "content_blocks: expected a mapping, not list"),
            ({"content_blocks": {"b": 5}}, r"content_blocks\['b'\]: expected a text"),
            ({"translations": {"t": None}}, r"translations\['t'\]: expected a text"),
            ({"landing_pages": {"l": 1}}, r"landing_pages\['l'\]: expected a text"),
            ({"catalogs": {"A": {"b": {}}}}, r"catalogs\['A'\]: expected a Catalog"),
            ({"promotions": {"p": "CODE"}}, r"promotions\['p'\]: expected a list of c"),
            (
                {"credentials": {"c": ("u", "p")}},
                r"credentials\['c'\]: expected a Basi",
            ),
            (
                {"shopping_carts": {"s": [1]}},
                r"shopping_carts\['s'\]: expected a mappi",
            ),
            ({"random": 5}, "random: expected a Random, not int"),
            ({"limits": {"seconds": 1}}, "limits: expected a RenderLimits, not dict"),
            ({"cache": {}}, "cache: expected a ConnectedContentCache, not dict"),
        ],
    )
    def test_what_a_renderer_is_given_is_checked(self, settings, message):
        """A wrong kind is told by name before anything is rendered."""
        with pytest.raises(TypeError, match=message):
            Renderer(**settings)

    @pytest.mark.parametrize(
        ("answers", "message"),
        [
            (["a"], "answers: expected a mapping, not list"),
            ({("GET",): 1}, "a pair of method and URL"),
            ({("GET", re.compile("x")): 1}, "a pair of method and URL"),
            ({5: 1}, "a key is a URL"),
        ],
    )
    def test_given_answers_are_checked(self, answers, message):
        """So is a table of answers."""
        with pytest.raises(TypeError, match=message):
            CannedFetcher(answers)

    def test_a_status_is_a_number(self):
        """So is an answer."""
        with pytest.raises(TypeError, match="status_code: expected an integer"):
            ConnectedContentResponse("200")

    @pytest.mark.parametrize(
        "name", ["iterations", "output_size", "nesting", "seconds"]
    )
    @pytest.mark.parametrize("value", [-1, True, "5", None, float("nan")])
    def test_limits_are_above_zero(self, name, value):
        """A limit without sense is refused by name."""
        with pytest.raises(ValueError, match=name):
            RenderLimits(**{name: value})


class TestShowing:
    def test_a_message_reads_as_its_text(self):
        """``str`` of a message is the text."""
        assert "Hi" == str(Renderer().render("Hi"))

    def test_a_template_shows_its_beginning(self):
        """``repr`` of a template is short."""
        assert "Template('Hi {{ a }}')" == repr(Renderer().parse("Hi {{ a }}\nmore"))

    def test_credentials_are_masked(self):
        """No repr shows a password or a stored header."""
        shown = repr(BasicAuth("joe", "pa55word")) + repr(
            HeaderAuth({"X-Token": "t0k3n"}, "h.test")
        )

        assert "pa55" not in shown
        assert "t0k3n" not in shown
        assert "joe" in shown

    def test_a_message_can_be_pickled(self):
        """A message travels between processes."""
        message = renderer().render(TEMPLATE, {"first_name": "n1", "user_id": 1})

        assert message == pickle.loads(pickle.dumps(message))


class TestGivenAnswers:
    def test_from_a_file(self, tmp_path):
        """Answers may lie in a JSON file, alone or under ``http``."""
        entries = (
            '[{"url": "https://h.test/a", "json": {"n": 1}},'
            ' {"method": "POST", "url": "https://h.test/a", "status": 201, "text": "hi",'  # noqa: E501
            ' "request_body_contains": "x"}]'
        )
        for content in (entries, f'{{"http": {entries}}}'):
            path = tmp_path / "answers.json"
            path.write_text(content, "utf-8")
            fetcher = CannedFetcher.from_json(path)

            get = fetcher(ConnectedContentRequest(url="https://h.test/a"))
            post = fetcher(
                ConnectedContentRequest(
                    method="POST", url="https://h.test/a", body="axb"
                )
            )
            other = fetcher(
                ConnectedContentRequest(method="POST", url="https://h.test/a", body="b")
            )

            assert [(200, '{"n": 1}'), (201, "hi"), (404, "")] == [
                (answer.status_code, answer.body) for answer in (get, post, other)
            ]

    @pytest.mark.parametrize(
        "content", ['{"a": 1}', "5", '[{"status": 200}]', '["x"]', "{"]
    )
    def test_a_wrong_file_is_refused(self, tmp_path, content):
        """A file that holds no answers is a clear error."""
        path = tmp_path / "answers.json"
        path.write_text(content, "utf-8")

        with pytest.raises(ValueError, match=r"url|list|Expecting"):
            CannedFetcher.from_json(path)

    @pytest.mark.parametrize(
        ("answer", "expected"),
        [
            ("text", (200, "text")),
            ([1, None], (200, "[1, null]")),
            (None, (200, "null")),
            (ConnectedContentResponse(418), (418, "")),
            (lambda request: {"url": request.url}, (200, '{"url": "https://h.test/"}')),
        ],
    )
    def test_kinds_of_answers(self, answer, expected):
        """An answer may be written in the shortest way."""
        response = CannedFetcher({"https://h.test/": answer})(
            ConnectedContentRequest(url="https://h.test/")
        )

        assert expected == (response.status_code, response.body)

    def test_a_wallet_is_an_answer(self):
        """Anything that keeps its body answers with it."""

        class Wallet:
            raw = {"payload": {"available_points": 100}}  # noqa: RUF012

        template = "{% connected_content https://h.test/ :save w %}{{w.payload.available_points}}"  # noqa: E501

        assert (
            "100"
            == Renderer(CannedFetcher({"https://h.test/": Wallet()}))
            .render(template)
            .text
        )

    @pytest.mark.parametrize("error", [TimeoutError, ConnectionError("reset")])
    def test_errors_stand_for_failing_calls(self, error):
        """An exception is raised, as a class or an object."""
        message = Renderer(CannedFetcher({"https://h.test/": error})).render(
            "[{% connected_content https://h.test/ %}]"
        )

        assert ("[]", None) == (message.text, message.calls[0].status_code)


class TestCatalog:
    def test_find_and_select(self):
        """Items are found by id, selections keep their order."""
        catalog = Catalog(
            items=[{"id": 1}, {"id": "2"}], selections={"s": ["2", 1, "9"]}
        )

        assert ({"id": 1}, None) == (catalog.find("1"), catalog.find("3"))
        assert [{"id": "2"}, {"id": 1}] == catalog.select("s")
        assert catalog.select("none") is None
