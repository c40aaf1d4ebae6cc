"""The ledger: an SQLite file that knows where every record stands.

It is written so that a process may die at any moment.  A record is ``sent`` in the
file before its request leaves, and settled when the answer is in; so whatever is
``sent`` in the ledger of a dead run was in flight, and nothing else can have been.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Concatenate, Literal, ParamSpec, TypeVar

from .._files import check_regular, file_path
from ..exceptions import LedgerError
from ._records import OUTCOME_NAMES, Done, Record, State, digest
from ._report import BulkOutcome


__all__ = ["Ledger", "Past", "files_of", "read_ledger"]

Given = ParamSpec("Given")
Returned = TypeVar("Returned")

_APPLICATION_ID = 0x534D4242
"""Marks the file as a ledger of this package (SQLite's ``application_id``)."""

_VERSION = 1
"""Of the schema (SQLite's ``user_version``); the first ledgers had no number."""

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

_FOREIGN_VALUES = """
SELECT 1 FROM record WHERE NOT (
    typeof(number) = 'integer' AND number BETWEEN 1 AND 1 << 53
    AND typeof(key) = 'blob'
    AND typeof(run) = 'integer'
    AND typeof(seen) = 'integer'
    AND typeof(state) = 'integer' AND state BETWEEN 0 AND 4
    AND typeof(identifier) = 'text'
    AND typeof(reason) = 'text'
    AND typeof(status_code) IN ('integer', 'null')
    AND typeof(request_id) IN ('text', 'null')
    AND typeof(dispatch_id) IN ('text', 'null')
    AND typeof(attempts) = 'integer'
) LIMIT 1
"""
"""Finds a record that no run has written."""

_CANNOT_WRITE = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}
"""What SQLite says where it may only read."""

_NO_LEDGER = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FORMAT}
"""What SQLite says of a file that it has not written, or not last."""

_OWN = "give the run a ledger of its own"
_MARK = "mark"
_KILLED_IN_FLIGHT = "in flight when an earlier run ended"
_CACHE_KIBIBYTES = 8_000
"""Kibibytes of the file that are kept in memory."""

Past = tuple[State, str]
"""Where a record stood before this run, and why."""


def _told(
    method: Callable[Concatenate[Ledger, Given], Returned],
) -> Callable[Concatenate[Ledger, Given], Returned]:
    """Let what SQLite and the file system say be told as the ledger's error."""

    @wraps(method)
    def told(self: Ledger, /, *args: Given.args, **kwargs: Given.kwargs) -> Returned:
        try:
            return method(self, *args, **kwargs)
        except (sqlite3.Error, OSError) as error:
            raise _ledger_error(self.path, error) from error

    return told


class Ledger:
    """The records of one operation, held by one run at a time.

    Args:
        path: The file, as `file_path` gives it; made if it is not there.  ``""`` is
            one that leaves no trace.
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
        path: str,
        about: Mapping[str, str],
        *,
        repeatable: bool,
        once: bool = False,
        durability: Literal["process", "full"] = "process",
    ) -> None:
        self.path = path
        self._names = [path, f"{path}-wal"] if path else []
        self._once = once
        self.mark: str | None = None
        """How far the file of the runs has come, as `OutputFile.mark` says it."""

        self._closed = False
        self._targeted = False
        self._new: dict[bytes, Record] = {}
        _make_private(self.path)
        self._db = _connect(self.path)
        try:
            self._prepare(durability)
            self._check(about)
            self._begin_run(repeatable=repeatable)
        except (sqlite3.Error, OSError) as error:
            self._db.close()
            raise _ledger_error(self.path, error) from error
        except BaseException:
            self._db.close()
            raise

    @_told
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

    @_told
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

    @_told
    def set_mark(self, mark: str) -> None:
        """Write down how far the run's file has come, if it has come further."""
        if mark != self.mark:
            self._db.execute(
                "INSERT OR REPLACE INTO about VALUES (?, ?)", (_MARK, mark)
            )
            self.mark = mark

    @_told
    def intend(self, records: Sequence[Record]) -> None:
        """Write down that *records* are about to leave."""
        known = [record for record in records if record.key not in self._new]
        self._insert([r for r in records if r.key in self._new], State.SENT)
        if known:
            self._db.executemany(
                "UPDATE record SET state = 1 WHERE number = ?",
                [(record.number,) for record in known],
            )

    @_told
    def settle(self, settled: Sequence[tuple[Record, Done]]) -> None:
        """Write down what came of records."""
        self._insert([record for record, _ in settled if record.key in self._new])
        self._db.executemany(
            "UPDATE record SET state = ?, reason = ?, status_code = ?, "
            "request_id = ?, dispatch_id = ?, attempts = ? WHERE number = ?",
            [
                (
                    int(done.state),
                    _storable(done.reason),
                    done.status_code,
                    done.request_id and _storable(done.request_id),
                    done.dispatch_id and _storable(done.dispatch_id),
                    done.attempts,
                    record.number,
                )
                for record, done in settled
            ],
        )

    @_told
    def commit(self) -> None:
        """Make everything so far survive, in the file that the run began with.

        Raises:
            LedgerError: If it cannot be written, or another file has its name.
        """
        self._db.execute("COMMIT")
        self._db.execute("BEGIN")
        self._check_file()

    def outcomes(self) -> Iterator[BulkOutcome]:
        """Iterate over all records, in the order in which they were first read."""
        return (
            read_ledger(self.path) if self._closed else _outcomes(self._db, self.path)
        )

    @_told
    def close(self) -> None:
        """Let the file go."""
        if self._closed:
            return
        self._closed = True
        with contextlib.closing(self._db):
            self._insert(list(self._new.values()))
            if self._db.in_transaction:
                self._db.execute("COMMIT")
            self._check_file()

    def _prepare(self, durability: str) -> None:
        """Take the file for this run, and make it a ledger if it is new."""
        full = durability == "full"
        if not _is_new(self._db):
            _check_kind(self._db, self.path)  # before what is another's is changed
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute(f"PRAGMA synchronous = {'FULL' if full else 'NORMAL'}")
        self._db.execute("PRAGMA wal_autocheckpoint = 10000")
        self._db.execute(f"PRAGMA cache_size = -{_CACHE_KIBIBYTES}")
        self._db.execute("BEGIN EXCLUSIVE")
        if _is_new(self._db):
            for statement in _SCHEMA.split(";"):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        self._db.execute(f"PRAGMA user_version = {_VERSION}")

    def _found(self) -> list[tuple[int, int]]:
        """Return which files have the names of the ledger and of its journal."""
        status = [os.stat(name) for name in self._names]  # noqa: PTH116 - each commit
        return [(one.st_dev, one.st_ino) for one in status]

    def _check_file(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            if self._found() == self._files:
                return
        raise LedgerError(
            f"the ledger {self.path} was removed or replaced while the run wrote it; "
            "what the run knows is in its report"
        )

    def _check(self, about: Mapping[str, str]) -> None:
        rows = self._db.execute("SELECT name, value FROM about")
        known = {str(name): str(value) for name, value in rows}
        self.mark = known.pop(_MARK, None)
        if not known:
            self._db.executemany("INSERT INTO about VALUES (?, ?)", about.items())
            self._db.execute("INSERT INTO about VALUES ('run', '0')")
            return
        if not re.fullmatch("[0-9]{1,9}", known.pop("run", "")) or not re.fullmatch(
            r"[0-9]{1,15} \S+", self.mark or "0 -"
        ):
            raise _foreign(self.path)
        for name in {**about, **known}:
            if known.get(name) != about.get(name):
                raise LedgerError(
                    f"the ledger {self.path} belongs to a run {_with(name, known)}, "
                    f"and this one is {_with(name, about)}; {_OWN}"
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
        self._db.execute("COMMIT")
        self._db.execute("BEGIN")
        self._names = [name for name in self._names if Path(name).exists()]
        self._files = self._found()

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
                (
                    record.number,
                    record.key,
                    self._run,
                    _storable(record.identifier),
                    int(state),
                )
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
    name = file_path(path, "ledger")
    if not os.path.isfile(name):  # noqa: PTH113 - false for what can be no file
        raise LedgerError(f"there is no ledger {name}")
    return _read(name)


def _read(path: str) -> Iterator[BulkOutcome]:
    try:
        with _opened_to_read(path) as db:
            if _is_new(db):
                return
            _check_kind(db, path)
            yield from _outcomes(db, path)
    except (sqlite3.Error, OSError) as error:
        raise _ledger_error(path, error) from error


@contextlib.contextmanager
def _opened_to_read(path: str) -> Iterator[sqlite3.Connection]:
    """Open a ledger, as a copy where SQLite may not write what it needs beside it."""
    with contextlib.ExitStack() as stack:
        db = stack.enter_context(contextlib.closing(_connect(path)))
        try:
            _is_new(db)
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _CANNOT_WRITE:
                raise
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            copy = str(Path(folder, "ledger"))
            shutil.copyfile(path, copy)
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(f"{path}-wal", f"{copy}-wal")
            db = stack.enter_context(contextlib.closing(_connect(copy)))
        yield db


def _make_private(path: str) -> None:
    """Make the file, if it is not there, so that only its owner can read it.

    SQLite gives what it writes beside it the same mode.
    """
    try:
        if path:
            file = Path(os.path.realpath(path))
            with contextlib.suppress(FileExistsError):
                file.touch(0o600, exist_ok=False)
            if file.is_file() and not file.stat().st_size:
                file.chmod(0o600)
    except OSError as error:
        raise _ledger_error(path, error) from error


def files_of(path: str) -> list[str]:
    """Return the names of a ledger, and of what SQLite keeps beside it."""
    file = os.path.realpath(path)
    return [file + end for end in ("", "-wal", "-shm", "-journal")]


def _connect(path: str) -> sqlite3.Connection:
    """Open a ledger; in SQLite's hands a pipe would be waited for, deaf to Ctrl-C."""
    try:
        for name in files_of(path)[1:] if path else ():
            check_regular(Path(name))
        return sqlite3.connect(
            path, timeout=0, isolation_level=None, check_same_thread=False
        )
    except (sqlite3.Error, OSError) as error:
        raise _ledger_error(path, error) from error


def _is_new(db: sqlite3.Connection) -> bool:
    """Return whether nothing is in the file: a run may have died making it."""
    tables: int = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    return not tables


def _check_kind(db: sqlite3.Connection, path: str) -> None:
    """Raise `LedgerError` if no run of this version has made the file."""
    if db.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
        raise LedgerError(
            f"{path} is a database, and not a ledger of a bulk run; {_OWN}"
        )
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > _VERSION:
        raise LedgerError(
            f"the ledger {path} has version {version}, and this sessionm_braze knows "
            f"versions up to {_VERSION}; use the newer one that began it"
        )
    made = db.execute(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL "
        "AND NOT (type = 'table' AND name GLOB 'sqlite_*')"  # statistics of SQLite's
    )
    ours = {statement.strip() for statement in _SCHEMA.split(";")} - {""}
    if {sql for (sql,) in made} != ours or db.execute(_FOREIGN_VALUES).fetchone():
        raise _foreign(path)


def _foreign(path: str) -> LedgerError:
    return LedgerError(
        f"the ledger {path} was not made by this package, or was changed since: it "
        f"holds what no run writes; {_OWN}"
    )


def _outcomes(db: sqlite3.Connection, path: str) -> Iterator[BulkOutcome]:
    try:
        rows = db.execute(
            "SELECT identifier, state, reason, status_code, request_id, dispatch_id, "
            "attempts FROM record ORDER BY number"
        )
        for identifier, state, reason, status_code, request_id, dispatch_id, n in rows:
            yield BulkOutcome(
                identifier=identifier,
                outcome=OUTCOME_NAMES[state],
                reason=_KILLED_IN_FLIGHT if state == State.SENT else reason,
                status_code=status_code,
                request_id=request_id,
                dispatch_id=dispatch_id,
                attempts=n,
            )
    except sqlite3.Error as error:
        raise _ledger_error(path, error) from error


def _with(name: str, about: Mapping[str, str]) -> str:
    return f"with {name} {about[name]!r}" if name in about else f"without {name}"


def _storable(text: str) -> str:
    """Return *text* as UTF-8 can hold it: half a character is written as its code."""
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _ledger_error(path: str, error: sqlite3.Error | OSError) -> LedgerError:
    story = str(error)
    folder = Path(path).parent
    if "locked" in story and _has_locks(folder):
        return LedgerError(f"another run holds the ledger {path}")
    if _is_about_locks(error):
        story = (
            "its file system has no locks, without which two runs could send the same; "
            "put it on a local disk"
        )
    elif os.path.isdir(path):  # noqa: PTH112 - false for what can be no folder
        story = f"it is a folder; {_OWN}"
    elif not os.path.isdir(folder):  # noqa: PTH112
        story = f"there is no folder {folder}"
    elif os.path.exists(path) and not os.path.isfile(path):  # noqa: PTH110, PTH113
        story = f"it is not a regular file; {_OWN}"
    elif getattr(error, "sqlite_errorcode", 0) & 0xFF in _NO_LEDGER:
        story = f"it is no ledger, or a broken one ({story}); {_OWN}"
    elif "unable to open" in story or "readonly" in story:
        story = f"it cannot be written, or not in its folder ({story})"
    return LedgerError(f"the ledger {path} cannot be used: {story}")


def _is_about_locks(error: sqlite3.Error | OSError) -> bool:
    """Return whether *error* says that a lock cannot be had at all."""
    if isinstance(error, OSError):
        return error.errno == errno.ENOLCK
    name = getattr(error, "sqlite_errorname", "")
    told = {"database is locked", "locking protocol"}
    return str(error) in told or name == "SQLITE_IOERR_LOCK"


def _has_locks(folder: Path) -> bool:
    """Return whether a lock can be had in *folder*, where nobody else wants one."""
    try:
        with (
            tempfile.TemporaryDirectory(dir=folder) as own,
            contextlib.closing(_connect(str(Path(own, "probe")))) as db,
        ):
            db.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        return not _is_about_locks(error)
    except OSError:
        return True
    return True
