import copy
import datetime as dt
import pickle

from sessionm_braze.rendering import (
    CannedFetcher,
    ConnectedContentCache,
    ConnectedContentRequest,
    Renderer,
)


NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
DAY = "{{ 'now' | date: '%Y-%m-%d' }} {{content_blocks.${greeting}}}"


def moment():
    """Return a time without a zone, as a caller's clock may."""
    return dt.datetime(2026, 5, 1, 12)  # noqa: DTZ001 - it is what is tested


def sent(renderer):
    """Return *renderer* as another process gets it."""
    return pickle.loads(pickle.dumps(renderer))


class TestRenderer:
    def test_renders_alike_in_another_process(self):
        """What a renderer was given goes along when it is pickled."""
        renderer = Renderer(now=NOW, content_blocks={"greeting": "Hello"})

        assert "2026-05-01 Hello" == sent(renderer).render(DAY).text

    def test_takes_a_clock_along(self):
        """A function of a module is a clock in another process too."""
        renderer = Renderer(now=moment, content_blocks={"greeting": "Hello"})

        assert "2026-05-01 Hello" == sent(renderer).render(DAY).text

    def test_is_lax_there_too(self):
        """Lax stays lax."""
        renderer = sent(Renderer(strict=False))

        assert "a" == renderer.render("{{ 'a' | no_such_filter }}").text

    def test_reads_the_clock_of_the_other_process(self):
        """Without a time given, now is now."""
        text = sent(Renderer()).render("{{ 'now' | date: '%Y' }}").text

        assert f"{dt.datetime.now(dt.UTC):%Y}" == text

    def test_can_be_copied(self):
        """A copy has the same workspace."""
        renderer = copy.copy(Renderer(content_blocks={"greeting": "Hello"}))

        assert "Hello" == renderer.render("{{content_blocks.${greeting}}}").text


class TestCache:
    def test_starts_empty_in_another_process(self):
        """A cache goes along as its size: answers are not shared between processes."""
        cache = sent(ConnectedContentCache(size=3))

        assert 0 == len(cache)
        assert 3 == cache._size


class TestFetcher:
    def test_of_a_file_of_answers_goes_along(self):
        """Canned answers answer in another process too, by the body if need be."""
        url = "https://a.test/"
        fetcher = sent(
            CannedFetcher.from_entries(
                [
                    {"url": url, "request_body_contains": "1", "text": "one"},
                    {"url": url, "text": "any"},
                ]
            )
        )
        bodies = ("x=1", "x=2")

        assert ["one", "any"] == [
            fetcher(ConnectedContentRequest(url=url, body=body)).body for body in bodies
        ]
