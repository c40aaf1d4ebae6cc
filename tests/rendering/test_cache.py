"""Answers that are kept: which, for how long, between whom."""

import datetime as dt
import threading

import pytest

from sessionm_braze.rendering import (
    ConnectedContentCache,
    ConnectedContentRequest,
    ConnectedContentResponse,
    Renderer,
)


URL = "https://api.shop.test/x"


class Shop:
    """A server that counts, and a clock beside it."""

    def __init__(self, **settings):
        self.count = 0
        self.time = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
        self.status = 200
        self.size = 0
        self.renderer = Renderer(self.answer, now=lambda: self.time, **settings)

    def answer(self, request):  # noqa: ARG002
        """Answer with the number of the call."""
        self.count += 1
        return ConnectedContentResponse(self.status, f"{self.count}" + " " * self.size)

    def render(self, *tags):
        """Render the tags, each with what it bound."""
        template = "".join(
            "{% connected_content " + tag + " %}{{connected}};" for tag in tags
        )
        return self.renderer.render(template)


class TestWithinOneRender:
    @pytest.mark.parametrize(
        ("tags", "expected"),
        [
            ([URL, URL], "1;1;"),
            ([URL, URL + "?b"], "1;2;"),
            ([URL + " :no_cache", URL + " :no_cache"], "1;2;"),
            ([URL + " :method post"] * 2, "1;2;"),
            ([URL + " :method post :cache_max_age 600"] * 2, "1;1;"),
            ([URL + " :method post :cache_max_age"] * 2, "1;1;"),
            ([URL + " :cache_max_age"] * 2, "1;1;"),
            ([URL, URL + ' :headers {"X-A": "1"}'], "1;1;"),
            (
                [
                    URL + " :method post :cache 600 :body a",
                    URL + " :method post :cache 600 :body b",
                ],
                "1;2;",
            ),
        ],
    )
    def test_what_is_kept(self, tags, expected):
        """GET is kept under its URL; POST if the tag says so, under all it sends."""
        assert expected == Shop().render(*tags).text

    def test_calls_say_where_an_answer_came_from(self):
        """An answer from the cache is listed as such."""
        assert [False, True] == [
            call.from_cache for call in Shop().render(URL, URL).calls
        ]

    def test_a_failure_is_not_kept(self):
        """After a failing call the next one goes out again."""
        shop = Shop()
        shop.status = 500
        shop.render(URL, URL)

        assert 2 == shop.count

    def test_a_large_answer_is_not_kept(self):
        """Answers above the limit are fetched each time, and count as failed."""
        shop = Shop()
        shop.size = 1_048_576
        shop.render(URL, URL)

        assert 2 == shop.count


class TestBetweenRenders:
    def test_nothing_is_shared_by_default(self):
        """Each render has its own answers."""
        shop = Shop()

        assert ["1;", "2;"] == [shop.render(URL).text, shop.render(URL).text]

    @pytest.mark.parametrize(
        ("option", "seconds", "expected"),
        [
            ("", 299, "1;"),
            ("", 300, "2;"),
            (":cache_max_age 10", 299, "1;"),
            (":cache_max_age 900", 899, "1;"),
            (":cache_max_age 900", 901, "2;"),
            (":cache_max_age 99999", 14_399, "1;"),
            (":cache_max_age 99999", 14_401, "2;"),
        ],
    )
    def test_a_shared_cache_keeps_as_long_as_braze(self, option, seconds, expected):
        """Five minutes by default, four hours at most, never less than five minutes."""
        shop = Shop(cache=ConnectedContentCache())
        shop.render(f"{URL} {option}")
        shop.time += dt.timedelta(seconds=seconds)

        assert expected == shop.render(f"{URL} {option}").text

    def test_the_oldest_goes_first(self):
        """A cache has an end."""
        cache = ConnectedContentCache(size=2)
        requests = [
            ConnectedContentRequest(url=f"https://h.test/{n}", cache_max_age=300)
            for n in range(3)
        ]
        for request in requests:
            cache.put(request, ConnectedContentResponse(body=request.url), now=0)

        assert [None, "https://h.test/1", "https://h.test/2"] == [
            found and found.body
            for found in (cache.get(request, 1) for request in requests)
        ]

    def test_it_is_safe_between_threads(self):
        """Many threads on one cache lose nothing and break nothing."""
        shop = Shop(cache=ConnectedContentCache())
        shop.render(URL)
        texts = []

        def work():
            texts.extend(shop.render(URL).text for _ in range(50))

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert ["1;"] * 400 == texts

    @pytest.mark.parametrize(("more", "kept"), [(0, True), (1, False)])
    def test_it_refuses_a_large_answer_by_itself(self, more, kept):
        """Above 1 MB of UTF-8 an answer is not kept, whoever hands it over."""
        cache = ConnectedContentCache()
        request = ConnectedContentRequest(url="https://h.test", cache_max_age=300)

        body = "\u00e9" * 524_288 + "x" * more
        cache.put(request, ConnectedContentResponse(body=body), now=0)

        assert kept is (cache.get(request, now=1) is not None)

    def test_it_can_be_emptied(self):
        """A cache forgets on demand."""
        cache = ConnectedContentCache()
        shop = Shop(cache=cache)
        shop.render(URL)
        cache.clear()

        assert (0, "2;") == (len(cache), shop.render(URL).text)


def test_large_answers_make_room():
    """A cache holds 64 MB at most, however many answers that are."""
    cache = ConnectedContentCache()

    for number in range(100):
        request = ConnectedContentRequest(url=f"{URL}/{number}", cache_max_age=300)
        cache.put(request, ConnectedContentResponse(body="x" * 1_000_000), now=0)
    assert len(cache) < 65

    assert cache.get(request, now=1) is not None
    assert cache.get(request, now=301) is None
    for _ in range(3):
        cache.put(request, ConnectedContentResponse(body="x" * 1_000_000), now=0)
    assert 60 < len(cache) < 65
