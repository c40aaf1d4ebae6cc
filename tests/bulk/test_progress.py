import io
import sys

import pytest

from sessionm_braze.bulk import tag_customers


def run(sandbox, customers, **options):
    """Tag customers."""
    return tag_customers(
        sandbox.core, customers, by="user_id", tags=["a"], ttl=60, **options
    )


class Terminal(io.StringIO):
    """A text stream that says somebody is watching."""

    def isatty(self):
        """Say so."""
        return True


def test_a_function_is_told_now_and_then_and_in_the_end(sandbox):
    """It gets the live report, and the last call has the final counts."""
    told = []

    report = run(
        sandbox,
        (f"u-{n}" for n in range(200)),
        progress=lambda so_far: told.append(so_far.records),
    )

    assert sorted(told) == told
    assert 200 == told[-1] == report.records
    assert len(told) < 50


def test_a_bar_shows_rate_total_and_failures(sandbox, monkeypatch):
    """On a terminal there is one line, and it ends complete."""
    pytest.importorskip("tqdm")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)

    run(sandbox, [*(f"u-{n}" for n in range(50)), "nobody"], progress=True)

    last = terminal.getvalue().split("\r")[-1]
    assert "tag_customers: 100%" in last
    assert "51/51" in last
    assert "records/s" in last
    assert "failures=1" in last


def test_nothing_is_shown_in_a_pipe(sandbox, monkeypatch):
    """Logs are not filled with bars."""
    pytest.importorskip("tqdm")
    pipe = io.StringIO()
    monkeypatch.setattr(sys, "stderr", pipe)

    run(sandbox, ["u-1"], progress=True)

    assert "" == pipe.getvalue()


def test_without_tqdm_the_run_goes_on(sandbox, monkeypatch, caplog):
    """A missing extra costs the bar, not the run, and is said once."""
    for name in [name for name in sys.modules if name.split(".")[0] == "tqdm"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)

    report = run(sandbox, ["u-1"], progress=True)

    assert 1 == report.accepted
    assert ["tqdm" in record.message for record in caplog.records] == [True]
