import ast
import contextlib
import errno
import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from sessionm_braze import LedgerError
from sessionm_braze.bulk import _ledger, read_ledger, tag_customers
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

    @pytest.mark.parametrize(
        ("change", "match"),
        [
            ("PRAGMA user_version = 7", "version 7.* knows versions up to 1; use"),
            ("CREATE TABLE theirs (x)", "holds what no run writes; give"),
            ("ALTER TABLE record ADD COLUMN x", "holds what no run writes"),
            ("DROP TABLE target", "holds what no run writes"),
            (
                "CREATE TRIGGER x AFTER UPDATE ON record BEGIN DELETE FROM record; END",
                "holds what no run writes",
            ),
            (
                "CREATE TRIGGER sqlitex AFTER UPDATE ON record BEGIN SELECT 1; END",
                "holds what no run writes",
            ),
            ("UPDATE record SET state = 9", "holds what no run writes"),
            ("UPDATE record SET state = 'x'", "holds what no run writes"),
            ("UPDATE record SET identifier = x'ff'", "holds what no run writes"),
            ("UPDATE record SET number = -1", "holds what no run writes"),
        ],
    )
    def test_a_ledger_from_elsewhere_is_refused(self, ledger, change, match):
        """Of a newer version, or changed by somebody: nobody knows what it means."""
        held = opened(ledger)
        one = record("a")
        held.recognise(one)
        held.settle([(one, Done(State.ACCEPTED))])
        held.close()
        db = sqlite3.connect(ledger)
        db.executescript(change)
        db.close()

        with pytest.raises(LedgerError, match=match):
            opened(ledger)
        with pytest.raises(LedgerError, match=match):
            list(read_ledger(ledger))

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            *(("run", value) for value in ("'x'", "''", "'99999999999'", "x'ff'")),
            *(("mark", value) for value in ("'x'", "'-1 x'", "x'ff'")),
        ],
    )
    def test_a_ledger_without_a_number_of_its_run_is_refused(self, ledger, name, value):
        """Or of its file: it is read as anything else that no run writes."""
        opened(ledger).close()
        with sqlite3.connect(ledger) as db:
            db.execute(f"INSERT OR REPLACE INTO about VALUES ('{name}', {value})")
        db.close()

        with pytest.raises(LedgerError, match="holds what no run writes"):
            opened(ledger)

    def test_a_ledger_of_before_has_no_version(self, ledger):
        """It is taken, and has one from then on."""
        opened(ledger).close()
        db = sqlite3.connect(ledger)
        db.execute("PRAGMA user_version = 0")
        db.close()

        opened(ledger).close()

        db = sqlite3.connect(ledger)
        assert (1,) == db.execute("PRAGMA user_version").fetchone()
        db.close()

    def test_half_a_character_is_written_as_its_code(self, ledger):
        """What a platform or an export holds does not end a run."""
        held = opened(ledger)
        one = record("a\ud800")
        held.recognise(one)
        held.intend([one])
        held.settle([(one, Done(State.REFUSED, "bad \udfff", request_id="\udc00"))])
        held.close()

        found = next(read_ledger(ledger))

        assert "a\\ud800" == found.identifier
        assert ("bad \\udfff", "\\udc00") == (found.reason, found.request_id)

    def test_only_its_owner_reads_it(self, ledger):
        """It names customers."""
        opened(ledger).close()

        assert 0o600 == stat.S_IMODE(ledger.stat().st_mode)

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="needs another user")
    @pytest.mark.parametrize("ended", [True, False])
    def test_a_ledger_that_cannot_be_written_can_be_read(self, ended):
        """Whole, also what a killed run left in its journal."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name, "archive")
            folder.mkdir()
            kept = folder / "ledger.sqlite"
            script = (
                "import os, sys\n"
                "from sessionm_braze.bulk._ledger import Ledger\n"
                "from sessionm_braze.bulk._records import Record, digest\n"
                "held = Ledger(sys.argv[1], {'operation': 'test'}, repeatable=False)\n"
                "one = Record('a', 'a', key=digest('a'))\n"
                "held.recognise(one)\n"
                "held.intend([one])\n"
                "held.commit()\n"
                "held.close() if sys.argv[2] == 'True' else os._exit(0)\n"
            )
            subprocess.run(
                [sys.executable, "-c", script, str(kept), str(ended)], check=True
            )
            for path in folder.iterdir():
                path.chmod(0o444)
            folder.chmod(0o555)
            Path(name).chmod(0o755)

            assert {"a": "unknown"} == as_another_user(states, kept)

            folder.chmod(0o755)

    @pytest.mark.parametrize(
        ("error", "match"),
        [
            ("locking protocol", "its file system has no locks.* local disk"),
            ("database is locked", "its file system has no locks"),
            ("unable to open database file", "it cannot be written, or not in its"),
            ("database or disk is full", "cannot be used: database or disk is full"),
            ("disk I/O error", "cannot be used: disk I/O error"),
            (OSError(errno.ENOLCK, "No locks available"), "has no locks"),
        ],
    )
    def test_what_the_file_system_lacks_is_told(
        self, ledger, monkeypatch, error, match
    ):
        """In plain words, as the ledger's fault, whatever SQLite calls it."""
        if isinstance(error, str):
            error = sqlite3.OperationalError(error)

        class Broken(sqlite3.Connection):
            def execute(self, *_):
                raise error

        connect = sqlite3.connect
        monkeypatch.setattr(
            _ledger.sqlite3,
            "connect",
            lambda *args, **options: connect(*args, factory=Broken, **options),
        )

        with pytest.raises(LedgerError, match=match):
            opened(ledger)
        with pytest.raises(LedgerError, match=match):
            list(read_ledger(ledger))

    def test_a_folder_is_no_ledger(self, tmp_path):
        """It is told for what it is."""
        with pytest.raises(LedgerError, match="it is a folder"):
            opened(str(tmp_path))

    @pytest.mark.parametrize("kind", ["text", "database", "broken", "pipe"])
    def test_what_is_another_programs_stays_as_it_is(self, kind, tmp_path):
        """It is refused with the way out, and not a byte of it changes."""
        path = tmp_path / "theirs"
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE t (a)")
        if kind == "text":
            path.write_text("some notes")
        elif kind == "broken":
            path.write_bytes(path.read_bytes()[:700])
        elif kind == "pipe":
            path.unlink()
            os.mkfifo(path)
        before = None if kind == "pipe" else path.read_bytes()

        with pytest.raises(LedgerError, match="give the run a ledger of its own"):
            opened(str(path))

        assert [path] == list(tmp_path.iterdir())
        assert kind == "pipe" or before == path.read_bytes()

    @pytest.mark.parametrize("end", ["-journal", "-wal", "-shm"])
    def test_a_pipe_beside_it_is_refused(self, ledger, end):
        """SQLite would wait for somebody to write into it, and hear no Ctrl-C."""
        opened(ledger).close()
        link = ledger.with_name("link")
        link.symlink_to(ledger)
        os.mkfifo(f"{ledger}{end}")

        for name in (ledger, link):
            with pytest.raises(LedgerError, match=f"not a regular file: .*{end}"):
                opened(str(name))
            with pytest.raises(LedgerError, match=f"not a regular file: .*{end}"):
                list(read_ledger(name))

    @pytest.mark.parametrize("kind", ["new", "empty", "link"])
    def test_is_its_owners_alone(self, kind, tmp_path):
        """Nobody else can read it, nor what SQLite writes beside it."""
        path = tmp_path / "run.sqlite"
        if kind == "empty":
            path.touch(0o644)
        elif kind == "link":
            path.symlink_to(tmp_path / "elsewhere")
        before = os.umask(0)
        try:
            held = opened(str(path))
            new = record("a")
            held.recognise(new)
            held.intend([new])
            held.commit()
            modes = [each.stat().st_mode for each in tmp_path.iterdir()]
            held.close()
        finally:
            os.umask(before)

        assert 2 <= len(modes)
        assert {0o600} == set(map(stat.S_IMODE, modes))


def as_another_user(function, *args):
    """Return what *function* gives to somebody who may write nothing of ours."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        with os.fdopen(writer, "w") as answer:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            try:
                answer.write(repr(function(*args)))
            except BaseException as error:  # noqa: BLE001 - told to the parent
                answer.write(repr(repr(error)))
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        told = answer.read()
    os.waitpid(child, 0)
    return ast.literal_eval(told)


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


OPTIONS = {"by": "user_id", "tags": ["a"], "counter": True}


def counts(report):
    """Return the outcomes that there were."""
    return {name: count for name, count in report.counts().items() if count}


class TestRuns:
    @pytest.mark.parametrize(
        "path", ["", ":memory:", Path(":memory:"), "a\0b", "a\ud800b"]
    )
    def test_a_ledger_that_no_later_run_finds_is_refused(self, sandbox, path):
        """Before anything is sent, with field, value and rule."""
        with pytest.raises(ValueError, match=r"the path of a file, .* got"):
            tag_customers(sandbox.core, ["u-1"], ledger=path, **OPTIONS)
        with pytest.raises(ValueError, match=r"the path of a file, .* got"):
            read_ledger(path)

        assert [] == list(sandbox.requests)

    @pytest.mark.parametrize("path", [5, b"ledger", ["ledger"]])
    def test_what_is_no_path_is_refused(self, sandbox, path):
        """By its type, and before anything is sent."""
        with pytest.raises(TypeError, match="ledger must be the path of a file, got"):
            tag_customers(sandbox.core, ["u-1"], ledger=path, **OPTIONS)

        assert [] == list(sandbox.requests)

    def test_a_relative_path_survives_a_change_of_directory(
        self, sandbox, tmp_path, monkeypatch
    ):
        """It is that of the file when the run begins; the report finds it later."""
        begun, other = tmp_path / "begun", tmp_path / "other"
        begun.mkdir()
        other.mkdir()
        monkeypatch.chdir(begun)

        def customers():
            yield "u-1"
            os.chdir(other)
            yield "u-2"

        report = tag_customers(sandbox.core, customers(), ledger="here", **OPTIONS)

        assert ["u-1", "u-2"] == [found.identifier for found in report.outcomes()]
        assert ["here"] == [path.name for path in begun.iterdir()]
        assert [] == list(other.iterdir())

    def test_a_full_disk_ends_the_run_with_its_report(
        self, sandbox, ledger, monkeypatch
    ):
        """No request leaves that is not written down, and every record is told."""
        connect = sqlite3.connect

        def small(*args, **options):
            db = connect(*args, **options)
            db.execute("PRAGMA max_page_count = 8")
            return db

        monkeypatch.setattr(_ledger.sqlite3, "connect", small)
        with pytest.raises(LedgerError, match="disk is full") as info:
            tag_customers(
                sandbox.core, [f"u-{n}" for n in range(200)], ledger=ledger, **OPTIONS
            )
        monkeypatch.undo()

        report = info.value.report
        assert 200 == report.records
        assert 0 < report.accepted == len(sandbox.requests)
        again = tag_customers(
            sandbox.core, [f"u-{n}" for n in range(200)], ledger=ledger, **OPTIONS
        )
        assert report.accepted == again.skipped + again.unknown
        assert report.pending == again.accepted
        assert 200 == len(sandbox.requests)

    @pytest.mark.parametrize("gone", ["", "-wal"])
    @pytest.mark.parametrize("replaced", [False, True])
    def test_a_ledger_that_is_taken_away_stops_the_run(
        self, sandbox, ledger, gone, replaced
    ):
        """What is written to it would be lost, so nothing more is sent."""

        def customers():
            for number in range(200):
                if number == 50:
                    path = Path(f"{ledger}{gone}")
                    path.unlink()
                    if replaced:
                        path.touch()
                yield f"u-{number}"

        with pytest.raises(LedgerError, match="was removed or replaced") as info:
            tag_customers(
                sandbox.core, customers(), ledger=ledger, max_workers=2, **OPTIONS
            )

        assert {"accepted": 50, "pending": 1} == counts(info.value.report)
        assert 50 == len(sandbox.requests)


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
