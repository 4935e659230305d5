"""Writers on SQLite take turns; who reads does not wait, also not a writer before it locks or writes.

A turn ends with its transaction, or with its process.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, column, create_engine, event, select, table, text
from sqlalchemy.exc import OperationalError

from pool.core.db import prepare_engine, reading
from pool.core.turns import line_up


def prepared(url: str | URL) -> Engine:
    """An engine on which SQLite itself does not wait: without turns a second writer fails at once."""
    made = create_engine(url)
    prepare_engine(made)
    event.listen(made, "connect", lambda connection, _record: connection.execute("PRAGMA busy_timeout=0"))
    return made


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = prepared(f"sqlite:///{tmp_path}/turns.db")
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE said (word TEXT)"))
    yield made
    made.dispose()


def say(engine: Engine, word: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO said VALUES (:word)"), {"word": word})


def say_nonsense(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO said VALUES ('never')"))
        connection.execute(text("INSERT INTO heard VALUES ('never')"))


def said(engine: Engine) -> list[str]:
    token = reading.set(True)
    try:
        with engine.begin() as connection:
            return list(connection.execute(text("SELECT word FROM said ORDER BY rowid")).scalars())
    finally:
        reading.reset(token)


@pytest.mark.parametrize("elsewhere", [False, True], ids=["same process", "another process"])
def test_the_second_writer_waits_and_a_reader_does_not(engine: Engine, elsewhere: bool) -> None:
    # Another process has the same file, and shares nothing in memory.
    other = prepared(engine.url) if elsewhere else engine
    with engine.begin() as first:
        first.execute(text("INSERT INTO said VALUES ('first')"))
        second = threading.Thread(target=say, args=(other, "second"))
        second.start()
        second.join(0.2)
        assert second.is_alive()
        assert said(other) == []
    second.join(10)
    assert said(engine) == ["first", "second"]
    other.dispose()


def test_a_command_that_only_looked_keeps_nobody_waiting(engine: Engine) -> None:
    with engine.begin() as looking:
        assert looking.execute(text("SELECT count(*) FROM said")).scalar_one() == 0
        say(engine, "meanwhile")


@pytest.mark.parametrize("locks", [True, False], ids=["with a lock", "without"])
def test_after_the_lock_a_command_sees_what_others_did_before_it(engine: Engine, locks: bool) -> None:
    said_ = table("said", column("word"))
    query = select(said_.c.word)
    with engine.begin() as slow:
        assert slow.execute(query).all() == []
        say(engine, "meanwhile")
        # What was read once stays so, up to the lock: on this a decision may not rest.
        found = slow.execute(query.with_for_update() if locks else query).scalars().all()
        assert found == (["meanwhile"] if locks else [])
        if locks:
            waiting = threading.Thread(target=say, args=(engine, "after it"))
            waiting.start()
            waiting.join(0.2)
            assert waiting.is_alive()
    if locks:
        waiting.join(10)
        assert said(engine) == ["meanwhile", "after it"]


def test_a_turn_ends_when_the_transaction_fails(engine: Engine) -> None:
    with pytest.raises(OperationalError):
        say_nonsense(engine)
    say(engine, "next")
    assert said(engine) == ["next"]


def test_a_turn_ends_when_the_process_is_killed(engine: Engine) -> None:
    program = (
        "import sys; from sqlalchemy import create_engine, text; from pool.core.db import prepare_engine\n"
        "engine = create_engine(sys.argv[1]); prepare_engine(engine)\n"
        "with engine.begin() as c:\n"
        "    c.execute(text(\"INSERT INTO said VALUES ('lost')\")); print('holds', flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, str(engine.url)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"holds\n"
        waiting = threading.Thread(target=say, args=(engine, "kept"))
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        holder.send_signal(signal.SIGKILL)
        waiting.join(10)
    assert said(engine) == ["kept"]


def test_nobody_stands_in_line_for_a_database_in_memory() -> None:
    made = create_engine("sqlite://")
    line_up(made)
    with made.connect() as connection:
        assert connection.info == {}
