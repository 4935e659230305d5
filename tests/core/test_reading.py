"""While a page is read the database itself refuses to write, and the same connection writes again for a command.

And what was only read ends with a commit.
"""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.exc import DBAPIError

from pool.core.access import HandledCommand
from pool.core.db import db, reading

AT = dt.datetime(2027, 1, 5, 9, 0, tzinfo=dt.UTC)


def keep(key: str, *, while_reading: bool) -> None:
    token = reading.set(while_reading)
    try:
        db.session.add(HandledCommand(key=key, who="1", endpoint="any", location="/", at=AT))
        db.session.commit()
    finally:
        db.session.rollback()
        reading.reset(token)


def kept() -> int:
    return db.session.scalar(select(func.count()).select_from(HandledCommand)) or 0


def test_a_page_cannot_write_and_a_command_after_it_can(real_app: Flask) -> None:
    with real_app.app_context():
        before = kept()
        db.session.rollback()
        with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
            keep("page", while_reading=True)
        assert kept() == before
        db.session.rollback()
        keep("command", while_reading=False)
        assert kept() == before + 1
        # In turn once more, because what a connection was told last stays with it.
        db.session.rollback()
        with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
            keep("page", while_reading=True)
        db.session.remove()


def test_a_page_ends_with_a_commit(real_app: Flask) -> None:
    """At a rollback psycopg forgets what it prepared, and PostgreSQL reads and plans every statement again."""
    ends: list[str] = []
    with real_app.app_context():
        for name in ("commit", "rollback"):
            event.listen(db.engine, name, lambda _connection, name=name: ends.append(name))
    assert real_app.test_client().get("/rondes/overzicht").status_code == 404
    assert real_app.test_client().get("/").status_code == 200
    assert ends == ["rollback", "commit"]
