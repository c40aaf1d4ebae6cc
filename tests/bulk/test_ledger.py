import sqlite3
import subprocess
import sys

import pytest

from sessionm_braze import LedgerError
from sessionm_braze.bulk import read_ledger, tag_customers
from sessionm_braze.bulk._ledger import Ledger
from sessionm_braze.bulk._records import Done, Record, State, digest


ABOUT = {"operation": "test"}


def opened(path, **options):
    """Open a ledger of work that may not be repeated."""
    return Ledger(path, ABOUT, **{"repeatable": False, **options})


def record(name):
    """Return a record."""
    return Record(name, name, key=digest(name))


def states(path):
    """Return the outcome of each record."""
    return {found.identifier: found.outcome for found in read_ledger(path)}


class TestLedger:
    def test_remembers_where_each_record_stands(self, ledger):
        """Pending, sent, accepted, refused, unknown: each is told as it is."""
        held = opened(ledger)
        records = [record(name) for name in ("a", "b", "c", "d", "e")]
        for one in records:
            assert held.recognise(one) is None
        held.intend(records[1:])
        ends = [State.ACCEPTED, State.REFUSED, State.UNKNOWN]
        held.settle(list(zip(records[2:], map(Done, ends), strict=True)))
        held.close()

        assert {
            "a": "pending",
            "b": "unknown",
            "c": "accepted",
            "d": "refused",
            "e": "unknown",
        } == states(ledger)

    @pytest.mark.parametrize(
        ("repeatable", "state"), [(True, State.PENDING), (False, State.UNKNOWN)]
    )
    def test_what_was_in_flight(self, ledger, repeatable, state):
        """It is to be done again if it may be, and unknown if it may not."""
        held = opened(ledger)
        held.recognise(record("a"))
        held.intend([record_of(held, "a")])
        held.close()

        again = opened(ledger, repeatable=repeatable)

        assert state == again.recognise(record("a"))[0]
        again.close()

    def test_nothing_before_a_commit_survives(self, ledger):
        """A process that dies leaves the file as it was at the last commit."""
        script = (
            "import os, sys\n"
            "from sessionm_braze.bulk._ledger import Ledger\n"
            "from sessionm_braze.bulk._records import Record, digest\n"
            "held = Ledger(sys.argv[1], {'operation': 'test'}, repeatable=False)\n"
            "for name in 'ab':\n"
            "    one = Record(name, name, key=digest(name))\n"
            "    held.recognise(one)\n"
            "    held.intend([one])\n"
            "    if name == 'a':\n"
            "        held.commit()\n"
            "os._exit(9)\n"
        )
        subprocess.run([sys.executable, "-c", script, str(ledger)], check=False)

        assert {"a": "unknown"} == states(ledger)

    def test_another_run_at_the_same_time_is_refused(self, ledger):
        """Two runs with one ledger would send twice."""
        held = opened(ledger)

        with pytest.raises(LedgerError, match="another run holds the ledger"):
            opened(ledger)
        with pytest.raises(LedgerError, match="another run holds the ledger"):
            list(read_ledger(ledger))

        held.close()
        opened(ledger).close()

    def test_another_process_is_refused_too(self, ledger):
        """It does not matter where the other run is."""
        held = opened(ledger)
        script = (
            "import sys\n"
            "from sessionm_braze.bulk._ledger import Ledger\n"
            "Ledger(sys.argv[1], {'operation': 'test'}, repeatable=False)\n"
        )

        run = subprocess.run(
            [sys.executable, "-c", script, str(ledger)],
            capture_output=True,
            text=True,
            check=False,
        )

        assert "LedgerError: another run holds the ledger" in run.stderr
        held.close()

    @pytest.mark.parametrize("durability", ["process", "full"])
    def test_waits_for_the_disk_when_asked(self, ledger, durability):
        """SQLite is told to survive a loss of power, or the end of the process."""
        held = opened(ledger, durability=durability)

        level = held._db.execute("PRAGMA synchronous").fetchone()[0]
        assert {"process": 1, "full": 2}[durability] == level
        assert "wal" == held._db.execute("PRAGMA journal_mode").fetchone()[0]
        held.close()

    def test_a_file_that_is_none_is_refused(self, ledger):
        """Neither text nor somebody's database is written to."""
        ledger.write_text("no database at all, but long enough to be one" * 50)
        with pytest.raises(LedgerError, match="cannot be used"):
            opened(ledger)

        other = ledger.with_name("other.sqlite")
        with sqlite3.connect(other) as db:
            db.execute("CREATE TABLE theirs (x)")
        db.close()
        before = other.read_bytes()
        with pytest.raises(LedgerError, match="not a ledger"):
            opened(other)
        with pytest.raises(LedgerError, match="not a ledger"):
            list(read_ledger(other))
        assert b"theirs" in before
        assert b"target" not in other.read_bytes()

    def test_a_folder_that_is_not_there(self, tmp_path):
        """A path that cannot be opened is told as the ledger's fault."""
        with pytest.raises(LedgerError, match="cannot be used"):
            opened(tmp_path / "no" / "ledger")
        with pytest.raises(LedgerError, match="there is no ledger"):
            read_ledger(tmp_path / "no")

    @pytest.mark.parametrize("made", [[], ["PRAGMA journal_mode = WAL"]])
    def test_an_empty_file_becomes_a_ledger(self, ledger, made):
        """A file made beforehand, or by a run that died at once, is a new ledger."""
        ledger.touch()
        db = sqlite3.connect(ledger)
        for statement in made:
            db.execute(statement)
        db.close()
        assert {} == states(ledger)

        opened(ledger).close()

        assert {} == states(ledger)


def record_of(held, name):
    """Return a record that the ledger knows already."""
    found = record(name)
    held.recognise(found)
    return record_again(held, name)


def record_again(held, name):
    """Return the record called *name* with its row."""
    found = record(name)
    row = held._db.execute(
        "SELECT number FROM record WHERE key = ?", (found.key,)
    ).fetchone()
    found.number = row[0]
    return found


class TestReport:
    def test_outcomes_can_be_read_during_and_after_the_run(self, sandbox, ledger):
        """The report reads the ledger while the run holds it, and later."""
        seen = []

        def progress(report):
            seen.append([outcome.identifier for outcome in report.outcomes()])

        report = tag_customers(
            sandbox.core,
            ["u-1", "u-2", "nobody"],
            by="user_id",
            tags=["a"],
            ttl=60,
            ledger=ledger,
            max_workers=1,
            progress=progress,
        )

        assert seen[0] == ["u-1", "u-2", "nobody"][: len(seen[0])]
        assert ["u-1", "u-2", "nobody"] == seen[-1]
        assert seen[-1] == [outcome.identifier for outcome in report.outcomes()]

    def test_a_frame_has_a_row_for_each_record(self, sandbox, ledger):
        """Columns and types are the same, whatever came of it."""
        pytest.importorskip("pandas")
        report = tag_customers(
            sandbox.core,
            ["u-1", "nobody"],
            by="user_id",
            tags=["a"],
            ttl=60,
            ledger=ledger,
        )

        frame = report.to_frame()

        assert ["u-1", "nobody"] == list(frame["identifier"])
        assert ["accepted", "refused"] == list(frame["outcome"])
        assert [200, 404] == list(frame["status_code"])
        assert list(frame.columns) == list(type(report)(operation="x").to_frame())

    def test_the_html_escapes_what_is_foreign(self, sandbox):
        """An identifier cannot become markup in a notebook."""
        report = tag_customers(
            sandbox.core, ["<script>x", "u-1"], by="user_id", tags=["a"], ttl=60
        )

        page = report._repr_html_()

        assert "&lt;script&gt;x" in page
        assert "<script" not in page
        assert "tag_customers" in page

    def test_the_repr_is_short(self, sandbox):
        """A line says what happened, without what did not."""
        report = tag_customers(
            sandbox.core, ["u-1", "nobody"], by="user_id", tags=["a"], ttl=60
        )

        assert "<BulkReport tag_customers: 1 accepted, 1 refused>" == repr(report)
