"""Several workers find what one finds."""

import datetime as dt
import functools
import multiprocessing
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from sessionm_braze.audit import JsonLines, WalletLines, _workers
from sessionm_braze.rendering import Renderer


TEMPLATE = (
    "{{${first_name}}} {{ wallet.payload.available_points }}"
    "{% for o in wallet.payload.user_offers %} {{ o.name }}{% endfor %}"
    "{% if ${first_name} == 'N3' %}{% abort_message('three') %}{% endif %}"
    "{{ 1 | divided_by: n }}"
)
CALL = (
    "{% connected_content https://c.test/get_user_offers :method post"
    " :content_type application/json :body user_id={{${user_id}}}"
    " :save wallet %}" + TEMPLATE
)
NOW = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)


def people(count=250):
    """Return recipients, some without a name, some with a broken number."""
    for n in range(count):
        name = f"N{n % 7}" if n % 5 else ""
        yield {"user_id": f"u-{n % 40}", "first_name": name, "n": n % 11}


def wallet(user_id):
    """Return the wallet of *user_id*, whose offer may have ended."""
    number = int(user_id[2:])
    if number == 7:
        return None
    end = NOW + dt.timedelta(days=number - 5)
    offer = {"offer_id": "o", "name": "Tea", "expiration_date": end.isoformat()}
    points = {"available_points": number - 2, "user_offers": [offer]}
    return {"status": "ok", "payload": {"user_id": user_id, **points}}


WALLETS = {f"u-{n}": wallet(f"u-{n}") for n in range(40)}


@pytest.fixture(scope="module")
def processes():
    """Two worker processes that share nothing with this one."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as executor:
        yield executor


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    """Make the test's segment one of several chunks."""
    monkeypatch.setattr(_workers, "CHUNK_SIZE", 40)


@pytest.mark.parametrize("template", [TEMPLATE, CALL], ids=["name", "call"])
@pytest.mark.parametrize(
    "wallets",
    [WALLETS, wallet, functools.partial(map, wallet)],
    ids=["mapping", "function", "in step"],
)
class TestSameReport:
    def wallets_for(self, wallets):
        """Return fresh wallets in step, or the others as they are."""
        if isinstance(wallets, functools.partial):
            return wallets(person["user_id"] for person in people())
        return wallets

    def test_from_threads(self, audit, template, wallets):
        """Threads count what one thread counts, samples in the same order."""
        alone = audit(template, people(), wallets=self.wallets_for(wallets))
        with ThreadPoolExecutor(3) as executor:
            shared = audit(
                template, people(), wallets=self.wallets_for(wallets), executor=executor
            )

        assert alone == shared
        assert (250, True) == (alone.recipients, alone.with_ended_offers.count > 9)

    def test_from_processes(self, audit, template, wallets, processes):
        """So do processes."""
        alone = audit(template, people(), wallets=self.wallets_for(wallets))
        shared = audit(
            template, people(), wallets=self.wallets_for(wallets), executor=processes
        )

        assert alone == shared


class TestRanges:
    @pytest.fixture
    def lines(self, tmp_path, write_lines):
        """The recipients as a file."""
        return JsonLines(write_lines(tmp_path / "people.jsonl", people()))

    @pytest.fixture
    def wallet_file(self, tmp_path, write_lines):
        """The wallets as a file."""
        held = filter(None, WALLETS.values())
        return WalletLines(write_lines(tmp_path / "wallets.jsonl", held))

    @pytest.mark.parametrize("wallets", [WALLETS, wallet])
    def test_are_read_by_the_processes(self, audit, lines, processes, wallets):
        """Each process reads its own part of the file; nothing is lost or doubled."""
        alone = audit(TEMPLATE, people(), wallets=WALLETS)

        assert alone == audit(TEMPLATE, lines, wallets=wallets, executor=processes)

    def test_go_with_a_file_of_wallets(self, audit, lines, processes, wallet_file):
        """Each process looks wallets up by itself, too."""
        alone = audit(TEMPLATE, people(), wallets=WALLETS)

        assert alone == audit(TEMPLATE, lines, wallets=wallet_file, executor=processes)

    def test_are_not_used_for_wallets_in_step(self, audit, lines, processes):
        """Wallets in step belong to places in the file, so it is read here."""
        wallets = [wallet(person["user_id"]) for person in people()]

        shared = audit(TEMPLATE, lines, wallets=wallets, executor=processes)

        assert audit(TEMPLATE, people(), wallets=WALLETS) == shared


class TestTrouble:
    def test_what_cannot_be_sent_is_told(self, audit, processes):
        """A function without a name stays in its process; the error says so."""
        with pytest.raises(
            TypeError, match="cannot go to another process, use threads"
        ):
            audit(TEMPLATE, people(), wallets=lambda _: None, executor=processes)

    def test_a_mistake_in_a_worker_is_raised_here(self, audit, processes):
        """The caller hears of a wrong recipient wherever it is met."""
        with pytest.raises(TypeError, match="a recipient is a mapping or an id"):
            audit("Hi", [7], executor=processes)

    def test_only_a_few_chunks_are_under_way(self, audit):
        """No more is read than a few chunks ahead of what was counted."""
        read, counted, ahead = [], [], []

        def noted():
            for person in people(4_000):
                read.append(person)
                yield person

        class Later(Future):
            def result(self):
                counted.append(self)
                return self.task()

        class Executor(ThreadPoolExecutor):
            def submit(self, function, *given):
                ahead.append(len(read) // 40 - len(counted))
                future = Later()
                future.task = functools.partial(function, *given)
                return future

        report = audit("Hi", noted(), executor=Executor(1))

        assert (100, 4_000) == (len(counted), report.recipients)
        assert 2 == max(ahead)

    def test_texts_that_each_worker_forgot_are_allowed_for(
        self, audit, tmp_path, write_lines
    ):
        """A frequent text's count is too low by no more than the report says."""
        names = (n if n % 2 else 0 for n in range(10_000))
        path = write_lines(tmp_path / "p.jsonl", ({"user_id": f"u-{n}"} for n in names))

        with ThreadPoolExecutor(2) as executor:
            report = audit("{{${user_id}}}", JsonLines(path), executor=executor)

        assert "u-0" == report.texts[0].text
        assert report.texts[0].count < 5_000 <= report.texts[0].at_most

    def test_the_renderer_goes_along(self, audit, processes):
        """Blocks and time of the renderer are those of this process."""
        renderer = Renderer(now=NOW, content_blocks={"b": "{{ 'now' | date: '%F' }}"})

        report = audit(
            "{{content_blocks.${b}}}", ["a", "b"], renderer, executor=processes
        )

        assert ["2026-05-01"] == [each.text for each in report.texts]
