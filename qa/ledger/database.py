"""One SQLite file for many threads: readers side by side, one writer that commits what has gathered in one go.

Knows SQLite and the steps of the schema; it must not know what the tables mean.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from index.errors import UserError
from qa.ledger.records import Unwritten
from qa.ledger.schema import APPLICATION, STEPS

BUSY = 5.0
"""Seconds to wait for a lock that another process holds."""

PATIENCE = 2.0
"""Seconds that a caller waits for its row to reach the disk."""

QUEUE = 2000
"""Writes that may wait; more are refused at once, so that a hanging disk does not fill the memory."""

_BATCH = 200
_PAGE = 500
_IDLE_READERS = 4
_PAGES_KB = 256  # of the file that a connection keeps; the system keeps them too, and SQLite's 2 MB fill only slowly
_QUIET = 60.0  # seconds between two complaints about the same disk

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], Any]
log = logging.getLogger(__name__)


class Database:
    """Opened by `open_database`. A write that returned is on the disk, whatever kills the process or the power."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._jobs: queue.Queue[tuple[Job, Future[Any]] | None] = queue.Queue(QUEUE)
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._closed = False
        self._stuck = False
        self._complained = 0.0
        self._writer: sqlite3.Connection | None = None
        self._thread = threading.Thread(target=self._serve, name="ledger", daemon=True)
        self._thread.start()

    def write(self, job: Callable[[sqlite3.Connection], T], patience: float = PATIENCE) -> T:
        """What `job` returns, once its changes are on the disk. It runs in the writer's thread and transaction.

        Unwritten where the disk is full, fails or takes more than `patience` seconds; an exception of the job's own
        undoes what this job did and is raised here.
        """
        future = self.submit(job)
        try:
            # A disk that just hung does not get to hold up every request; those after it only leave their row.
            return future.result(0.0 if self._stuck else patience)
        except TimeoutError:
            self._stuck = True
            raise Unwritten(f"{self.path} does not answer; the row follows when it does") from None

    def submit(self, job: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """As `write` without the waiting. Unwritten where too much waits already, or the ledger is closed."""
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise Unwritten(f"{self.path} is closed")
            try:
                self._jobs.put_nowait((job, future))
            except queue.Full:
                raise Unwritten(f"{self.path}: {QUEUE} rows wait already") from None
        return future

    @contextlib.contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the file throughout and cannot change it."""
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            connection = _connect(self.path)
            connection.execute("PRAGMA query_only = ON")
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            with self._lock:
                keep = not self._closed and len(self._idle) < _IDLE_READERS
                if keep:
                    self._idle.append(connection)
            if not keep:
                connection.close()

    def pages(self, query: str, since: str, until: str) -> Iterator[Sequence[Any]]:
        """The rows of `query`, oldest first; its first column is a number that ascends.

        It takes the number to go on from, `since`, `until` twice ("" for no bound), and how many rows. Page by page: a
        long read would keep the file from shrinking, and the server from going on.
        """
        last = 0
        while True:
            with self.read() as connection:
                found = connection.execute(query, (last, since, until, until, _PAGE)).fetchall()
            yield from found
            if len(found) < _PAGE:
                return
            last = found[-1][0]

    @property
    def waiting(self) -> int:
        """Writes that have not been tried yet."""
        return self._jobs.qsize()

    def copy_to(self, path: Path) -> None:
        """A copy of one moment, which is itself a whole file without a log beside it; `path` must not exist."""
        with contextlib.closing(_connect(self.path)) as connection:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            with contextlib.closing(sqlite3.connect(path)) as copy:
                connection.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")

    def close(self) -> None:
        """Writes what waits and closes the file. Later writes raise Unwritten. Closing twice is no mistake."""
        with self._lock:
            closed, self._closed = self._closed, True
            idle, self._idle = self._idle, []
        if closed:
            return
        for connection in idle:
            connection.close()
        with contextlib.suppress(queue.Full):  # a disk that hangs does not hold up the end
            self._jobs.put(None, timeout=PATIENCE)
        self._thread.join(BUSY + PATIENCE)

    def _serve(self) -> None:
        going = True
        while going:
            taken = [self._jobs.get()]
            with contextlib.suppress(queue.Empty):
                while len(taken) < _BATCH:
                    taken.append(self._jobs.get_nowait())
            batch = [item for item in taken if item is not None]
            going = len(batch) == len(taken)
            if batch:
                self._commit(batch)
            self._stuck = False
        self._drop_writer()

    def _commit(self, batch: Sequence[tuple[Job, Future[Any]]]) -> None:
        """One transaction for all of `batch`; each job alone may fail without the others."""
        outcomes: list[tuple[bool, Any]] = []
        try:
            if self._writer is None:
                self._writer = _connect(self.path)
            self._writer.execute("BEGIN IMMEDIATE")
            outcomes = [_attempt(self._writer, job) for job, _ in batch]
            self._writer.execute("COMMIT")
        except Exception as error:
            # Whatever state the connection is in, a new one finds the last commit.
            self._drop_writer()
            self._complain(len(batch), error)
            for _, future in batch:
                future.set_exception(Unwritten(f"{self.path}: {error}"))
            return
        for (_, future), (well, value) in zip(batch, outcomes, strict=True):
            if well:
                future.set_result(value)
            else:
                future.set_exception(value)

    def _drop_writer(self) -> None:
        if self._writer is not None:
            with contextlib.suppress(sqlite3.Error):
                self._writer.close()
            self._writer = None

    def _complain(self, rows: int, error: Exception) -> None:
        if time.monotonic() - self._complained > _QUIET or not self._complained:
            self._complained = time.monotonic()
            log.error("the ledger %s cannot be written (%d rows lost in this try): %s", self.path, rows, error)


def _attempt(connection: sqlite3.Connection, job: Job) -> tuple[bool, Any]:
    connection.execute("SAVEPOINT job")
    try:
        value = job(connection)
    except Exception as error:
        if not connection.in_transaction:
            raise  # a full disk undoes the whole transaction, the other jobs' rows with it
        connection.execute("ROLLBACK TO job")
        connection.execute("RELEASE job")
        if isinstance(error, sqlite3.OperationalError):
            raise  # of the file, not of this row
        return False, error
    connection.execute("RELEASE job")
    return True, value


def open_database(path: Path, steps: Sequence[Sequence[str]] = STEPS) -> Database:
    """The database at `path`, made (readable by its owner only) or brought to the newest version.

    UserError where the file is no ledger, is damaged, was written by a newer version, or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Not by SQLite, which would make it readable for all; the files beside it take its rights over.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = _connect(path)
        try:
            # Nothing is written where nothing is to be changed: a full disk does not keep a server from starting.
            if _version(connection, path, len(steps)) < len(steps):
                _migrate(connection, steps)
        finally:
            connection.close()
    except (OSError, sqlite3.Error) as error:
        raise UserError(
            f"the ledger {path} cannot be opened ({error})",
            "a SQLite file that can be written, on a local disk",
            "Check the folder's rights and the disk's space; a damaged file: move it away or restore a copy.",
        ) from error
    return Database(path)


def _version(connection: sqlite3.Connection, path: Path, newest: int) -> int:
    """The file's version, 0 for a new one. UserError where it is none of ours, or newer than this program."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application != APPLICATION:
        raise UserError(f"{path} is another program's SQLite file", "a ledger or no file", "Name another path.")
    if version > newest:
        raise UserError(
            f"the ledger {path} has version {version}", f"at most {newest}", "Use the program version that wrote it."
        )
    return int(version)


def _migrate(connection: sqlite3.Connection, steps: Sequence[Sequence[str]]) -> None:
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # has an effect before the first table only
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    # Asked again under the lock: another process may have taken the steps in the meantime.
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for number, step in enumerate(steps[version:], version + 1):
        for statement in step:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute("COMMIT")


def _connect(path: Path) -> sqlite3.Connection:
    """A connection of ours, which only one thread at a time uses; it never makes the file."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA journal_size_limit = 16777216")
    connection.execute(f"PRAGMA cache_size = -{_PAGES_KB}")
    return connection
