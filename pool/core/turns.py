"""Turns for those who write on SQLite: one after the other, in the order in which they came.

SQLite lets a second writer try again after pauses that grow to a tenth of a second. In a rush the database then
stands idle between two writers, and who has waited long is no nearer. Here they wait in line: threads of a process
for a lock in memory, processes for a lock on a file beside the database. The system hands that on at once, and
takes it back from a process that dies. What protects the data is still SQLite's own lock; this only says whose
turn it is.
"""

from __future__ import annotations

import fcntl
import os
import threading
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

LONGEST_WAIT = 30.0
"""Seconds that a thread waits for another one of its process, as long as SQLite itself would wait."""
_LINE, _HELD = "line", "turn"


class Line:
    """Those who wait to write in one database file."""

    def __init__(self, database: str) -> None:
        self._path = f"{database}-turn"
        self._threads = threading.Lock()

    def wait(self) -> int:
        """Wait for one's turn; what to give back after it. TimeoutError when a thread keeps its turn for too long."""
        if not self._threads.acquire(timeout=LONGEST_WAIT):
            raise TimeoutError("another thread has been writing to the database for too long")
        try:
            # Opened anew each time, because a process that was forked would share the lock of an open file.
            held = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(held, fcntl.LOCK_EX)
        except BaseException:
            self._threads.release()
            raise
        return held

    def leave(self, held: int) -> None:
        os.close(held)
        self._threads.release()


def take(connection: Connection) -> None:
    """Wait until this connection may write; it may until it goes back to its pool."""
    line: Line | None = connection.info.get(_LINE)
    if line is not None and _HELD not in connection.info:
        connection.info[_HELD] = line.wait()


def line_up(engine: Engine) -> None:
    """Let the writers of an engine take turns, when it is a file that others can write in as well."""
    database = engine.url.database
    if engine.dialect.name != "sqlite" or not database or ":memory:" in database:
        return
    line = Line(database)

    def show(_connection: Any, record: Any) -> None:
        record.info[_LINE] = line

    def give_back(_connection: Any, record: Any) -> None:
        held = record.info.pop(_HELD, None)
        if held is not None:
            line.leave(held)

    event.listen(engine, "connect", show)
    event.listen(engine, "checkin", give_back)
