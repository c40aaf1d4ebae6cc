"""The ledger: an SQLite file that knows where every record stands.

It is written so that a process may die at any moment.  A record is ``sent`` in the
file before its request leaves, and settled when the answer is in; so whatever is
``sent`` in the ledger of a dead run was in flight, and nothing else can have been.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from ..exceptions import LedgerError
from ._records import OUTCOME_NAMES, Done, Record, State, digest
from ._report import BulkOutcome


__all__ = ["Ledger", "Past", "read_ledger"]

_APPLICATION_ID = 0x534D4242
"""Marks the file as a ledger of this package (SQLite's ``application_id``)."""

_SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE target (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE record (
    number INTEGER PRIMARY KEY,
    key BLOB NOT NULL,
    run INTEGER NOT NULL,
    seen INTEGER NOT NULL DEFAULT 1,
    state INTEGER NOT NULL DEFAULT 0,
    identifier TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    status_code INTEGER,
    request_id TEXT,
    dispatch_id TEXT,
    attempts INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX record_key ON record (key);
"""

_KILLED_IN_FLIGHT = "in flight when an earlier run ended"
_CACHE_KIBIBYTES = 8_000
"""Kibibytes of the file that are kept in memory."""

Past = tuple[State, str]
"""Where a record stood before this run, and why."""


class Ledger:
    """The records of one operation, held by one run at a time.

    Args:
        path: The file; made if it is not there.  ``""`` is one that leaves no trace.
        about: What the run does.  A ledger of something else is refused.
        repeatable: Whether what was in flight may simply be sent again.
        once: Whether a key stands for one record, however often it comes.
        durability: Whether each commit waits for the disk.

    Raises:
        LedgerError: If the file is no ledger, belongs to something else, or another
            run holds it.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        about: Mapping[str, str],
        *,
        repeatable: bool,
        once: bool = False,
        durability: Literal["process", "full"] = "process",
    ) -> None:
        self.path = os.fspath(path)
        self._once = once
        self._closed = False
        self._targeted = False
        self._new: dict[bytes, Record] = {}
        self._db = _connect(self.path)
        try:
            self._prepare(durability)
            self._check(about)
            self._begin_run(repeatable=repeatable)
        except sqlite3.Error as error:
            self._db.close()
            raise _ledger_error(self.path, error) from error
        except LedgerError:
            self._db.close()
            raise

    def recognise(self, record: Record) -> Past | None:
        """Find *record*, or add it; return where it stood before this run.

        The same key a second time in one run is another record, unless a key stands
        for one only; that is then done with.
        """
        if record.key in self._new:
            self._insert([self._new[record.key]])
        row = self._find(record.key)
        if row is None:
            self._add(record)
            return None
        number, run, seen, state, reason = row
        if run != self._run:
            self._db.execute(
                "UPDATE record SET run = ?, seen = 1 WHERE number = ?",
                (self._run, number),
            )
            record.number = number
            return State(state), reason
        if self._once:
            return State.ACCEPTED, "the same key came before"
        self._db.execute(
            "UPDATE record SET seen = seen + 1 WHERE number = ?", (number,)
        )
        record.key = digest(record.key, str(seen + 1))
        row = self._find(record.key)
        if row is None:
            self._add(record)
            return None
        number, _, _, state, reason = row
        record.number = number
        return State(state), reason

    def add_target(self, name: str) -> None:
        """Remember a campaign or Canvas, or refuse a run that is about others.

        Raises:
            LedgerError: If the run's first target is none the ledger knows.
        """
        if name not in self._targets:
            if self._targets and not self._targeted:
                raise LedgerError(
                    f"the ledger {self.path} is about "
                    f"{', '.join(sorted(self._targets))}, and this run begins with "
                    f"{name}; give it a ledger of its own"
                )
            self._db.execute("INSERT INTO target VALUES (?)", (name,))
            self._targets.add(name)
        self._targeted = True

    def intend(self, records: Sequence[Record]) -> None:
        """Write down that *records* are about to leave."""
        known = [record for record in records if record.key not in self._new]
        self._insert([r for r in records if r.key in self._new], State.SENT)
        if known:
            self._db.executemany(
                "UPDATE record SET state = 1 WHERE number = ?",
                [(record.number,) for record in known],
            )

    def settle(self, settled: Sequence[tuple[Record, Done]]) -> None:
        """Write down what came of records."""
        self._insert([record for record, _ in settled if record.key in self._new])
        self._db.executemany(
            "UPDATE record SET state = ?, reason = ?, status_code = ?, "
            "request_id = ?, dispatch_id = ?, attempts = ? WHERE number = ?",
            [
                (
                    int(done.state),
                    done.reason,
                    done.status_code,
                    done.request_id,
                    done.dispatch_id,
                    done.attempts,
                    record.number,
                )
                for record, done in settled
            ],
        )

    def commit(self) -> None:
        """Make everything so far survive."""
        self._db.execute("COMMIT")
        self._db.execute("BEGIN")

    def outcomes(self) -> Iterator[BulkOutcome]:
        """Iterate over all records, in the order in which they were first read."""
        return read_ledger(self.path) if self._closed else _outcomes(self._db)

    def close(self) -> None:
        """Let the file go."""
        if self._closed:
            return
        self._insert(list(self._new.values()))
        if self._db.in_transaction:
            self._db.execute("COMMIT")
        self._db.close()
        self._closed = True

    def _prepare(self, durability: str) -> None:
        """Take the file for this run, and make it a ledger if it is new."""
        full = durability == "full"
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute(f"PRAGMA synchronous = {'FULL' if full else 'NORMAL'}")
        self._db.execute("PRAGMA wal_autocheckpoint = 10000")
        self._db.execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
        self._db.execute("BEGIN EXCLUSIVE")
        if not _is_new(self._db):
            _check_kind(self._db, self.path)
            return
        for statement in _SCHEMA.split(";"):
            self._db.execute(statement)
        self._db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")

    def _check(self, about: Mapping[str, str]) -> None:
        known = dict(self._db.execute("SELECT name, value FROM about"))
        if not known:
            self._db.executemany("INSERT INTO about VALUES (?, ?)", about.items())
            self._db.execute("INSERT INTO about VALUES ('run', '0')")
            return
        for name, value in about.items():
            if known.get(name) != value:
                raise LedgerError(
                    f"the ledger {self.path} belongs to a run with {name} "
                    f"{known.get(name)!r}, and this one has {value!r}; give it a "
                    "ledger of its own"
                )

    def _begin_run(self, *, repeatable: bool) -> None:
        known = self._db.execute("SELECT value FROM about WHERE name = 'run'")
        self._run = int(known.fetchone()[0]) + 1
        self._db.execute(
            "UPDATE about SET value = ? WHERE name = 'run'", (str(self._run),)
        )
        after = State.PENDING if repeatable else State.UNKNOWN
        self._db.execute(
            "UPDATE record SET state = ?, reason = ? WHERE state = 1",
            (int(after), "" if repeatable else _KILLED_IN_FLIGHT),
        )
        last = self._db.execute("SELECT max(number) FROM record").fetchone()[0]
        self._last = last or 0
        targets = self._db.execute("SELECT name FROM target")
        self._targets = {name for (name,) in targets}
        self.commit()

    def _find(self, key: bytes) -> tuple[int, int, int, int, str] | None:
        found: tuple[int, int, int, int, str] | None = self._db.execute(
            "SELECT number, run, seen, state, reason FROM record WHERE key = ?", (key,)
        ).fetchone()
        return found

    def _add(self, record: Record) -> None:
        """Give a new record its number; it is written with its intent, in one go."""
        self._last += 1
        record.number = self._last
        self._new[record.key] = record

    def _insert(self, records: Sequence[Record], state: State = State.PENDING) -> None:
        if not records:
            return
        self._db.executemany(
            "INSERT INTO record (number, key, run, identifier, state) "
            "VALUES (?, ?, ?, ?, ?)",
            [
                (record.number, record.key, self._run, record.identifier, int(state))
                for record in records
            ],
        )
        for record in records:
            del self._new[record.key]


def read_ledger(path: str | os.PathLike[str]) -> Iterator[BulkOutcome]:
    """Iterate over all records of a ledger that no run holds.

    Args:
        path: The file.

    Returns:
        What came of each record, in the order in which they were first read.  What
        was in flight when a run was killed is ``unknown``.

    Raises:
        LedgerError: If it is not there, is no ledger, or a run holds it.
    """
    name = os.fspath(path)
    if not Path(name).is_file():
        raise LedgerError(f"there is no ledger {name}")
    return _read(name)


def _read(path: str) -> Iterator[BulkOutcome]:
    db = _connect(path)
    try:
        if _is_new(db):
            return
        _check_kind(db, path)
        yield from _outcomes(db)
    except sqlite3.Error as error:
        raise _ledger_error(path, error) from error
    finally:
        db.close()


def _connect(path: str) -> sqlite3.Connection:
    try:
        return sqlite3.connect(
            path, timeout=0, isolation_level=None, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise _ledger_error(path, error) from error


def _is_new(db: sqlite3.Connection) -> bool:
    """Return whether nothing is in the file: a run may have died making it."""
    tables: int = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    return not tables


def _check_kind(db: sqlite3.Connection, path: str) -> None:
    if db.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
        raise LedgerError(f"{path} is a database, and not a ledger of a bulk run")


def _outcomes(db: sqlite3.Connection) -> Iterator[BulkOutcome]:
    rows = db.execute(
        "SELECT identifier, state, reason, status_code, request_id, dispatch_id, "
        "attempts FROM record ORDER BY number"
    )
    for identifier, state, reason, status_code, request_id, dispatch_id, tries in rows:
        yield BulkOutcome(
            identifier=identifier,
            outcome=OUTCOME_NAMES[state],
            reason=_KILLED_IN_FLIGHT if state == State.SENT else reason,
            status_code=status_code,
            request_id=request_id,
            dispatch_id=dispatch_id,
            attempts=tries,
        )


def _ledger_error(path: str, error: sqlite3.Error) -> LedgerError:
    if "locked" in str(error):
        return LedgerError(f"another run holds the ledger {path}")
    return LedgerError(f"the ledger {path} cannot be used: {error}")
