"""The database: typed base, column types, the SQLite recipe, locks and immutability.

SQLite: WAL, synchronous=FULL, foreign keys on; a transaction reads a snapshot until it locks or writes, takes its
turn then and goes on IMMEDIATE, and is query-only while a reading request is served. PostgreSQL: row locks for
writers, READ ONLY transactions for readers. So on both, what decides is read after the lock (see `lock`).
All of it is set here, once, for every connection.
"""

from __future__ import annotations

import datetime as dt
import functools
import sqlite3
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, BigInteger, Dialect, Enum, Integer, MetaData, Select, bindparam, event, select
from sqlalchemy import DateTime as SADateTime
from sqlalchemy.engine import Connection, Engine, ExecutionContext
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Mapper, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from . import turns
from .errors import Missing, Refused
from .text import LabeledEnum

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[dt.datetime]):
    """An aware moment in UTC with microseconds, in and out, on both databases. Naive input is refused."""

    impl = SADateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment must carry its time zone")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


Cents = Annotated[int, mapped_column(BigInteger)]
"""Money in euro cents."""
Thousandths = Annotated[int, mapped_column(Integer)]
"""Merit or points in thousandths of a point, 0 … 100 000."""
Moment = Annotated[dt.datetime, mapped_column(UTCDateTime)]


_TYPES = {dt.datetime: UTCDateTime, dict[str, Any]: JSON, list[Any]: JSON}


class Base(DeclarativeBase):
    # On the registry, because Flask-SQLAlchemy derives a base of its own from this one.
    registry = registry(metadata=MetaData(naming_convention=NAMING), type_annotation_map=_TYPES)


db = SQLAlchemy(model_class=Base)
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model

E_ = TypeVar("E_", bound=LabeledEnum)


def enum_type(cls: type[LabeledEnum]) -> Enum:
    """Column type for a labelled enum: its values as text, guarded by a CHECK."""
    name = "".join("_" + c.lower() if c.isupper() else c for c in cls.__name__).lstrip("_")
    return Enum(
        cls,
        values_callable=lambda e: [m.value for m in e],
        native_enum=False,
        create_constraint=True,
        length=40,
        name=name,
    )


# --- transactions -------------------------------------------------------------------------------------------

reading: ContextVar[bool] = ContextVar("reading", default=False)
"""True while a request that may only read is served; the database then refuses to write."""


def _on_connect(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        # The site knows more statements than the hundred that psycopg keeps prepared by itself.
        connection.prepared_max = 300
        return
    # Own BEGIN (see _on_begin): the driver's implicit one comes too late to protect what was read before it.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


_QUERY_ONLY, _SNAPSHOT = "query_only", "snapshot"
_READS = ("SELECT", "PRAGMA", "WITH")


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast(sqlite3.Connection, connection.connection.driver_connection)


def _on_begin(connection: Connection) -> None:
    read_only = reading.get()
    if connection.dialect.name == "sqlite":
        driver = _driver(connection)
        if connection.info.get(_QUERY_ONLY) != read_only:
            driver.execute(f"PRAGMA query_only={'ON' if read_only else 'OFF'}")
            connection.info[_QUERY_ONLY] = read_only
        driver.execute("BEGIN")
        connection.info[_SNAPSHOT] = not read_only
    elif read_only:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def _locks_or_writes(statement: str, context: ExecutionContext | None) -> bool:
    if not statement.lstrip()[:6].upper().startswith(_READS):
        return True
    compiled = getattr(context, "compiled", None)
    return compiled is not None and getattr(compiled.statement, "_for_update_arg", None) is not None


def _before_execute(
    connection: Connection,
    _cursor: Any,
    statement: str,
    _parameters: Any,
    context: ExecutionContext | None,
    _many: bool,
) -> None:
    """Exchange the snapshot of a writing transaction on SQLite for the database as it is, and keep others out."""
    if not connection.info.get(_SNAPSHOT) or not _locks_or_writes(statement, context):
        return
    connection.info[_SNAPSHOT] = False
    driver = _driver(connection)
    driver.execute("COMMIT")
    turns.take(connection)
    driver.execute("BEGIN IMMEDIATE")


def prepare_engine(engine: Engine) -> None:
    """Put the recipe on an engine. create_app does this for its own; tools with an engine call it themselves."""
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "before_cursor_execute", _before_execute)
    turns.line_up(engine)


def init_db(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)


def end_reading() -> None:
    """End a transaction in which nothing was written.

    A commit, because at a rollback psycopg forgets every statement that it had prepared, and PostgreSQL reads and
    plans them all again.
    """
    db.session.commit()


M = TypeVar("M", bound=DeclarativeBase)


def lock(cls: type[M], ident: int | str) -> M:
    """The row with this key, locked until the transaction ends and read afresh; Missing when absent.

    On SQLite this locks the whole database (see `_before_execute`).
    """
    found = lock_if_any(cls, ident)
    if found is None:
        raise Missing
    return found


def lock_if_any(cls: type[M], ident: int | str) -> M | None:
    """The same; None when absent."""
    # Not `get`: of a row that is loaded already and was changed meanwhile, it compares versions and gives up.
    found: M | None = db.session.scalar(_locking(cls), {"ident": ident})
    return found


@functools.cache
def _locking(cls: type[M]) -> Select[M]:
    key = cls.__mapper__.primary_key[0]
    query = select(cls).where(key == bindparam("ident")).with_for_update(of=cls)
    return query.execution_options(populate_existing=True)


def lock_again(thing: DeclarativeBase) -> None:
    """Lock the row of something that was read, until the transaction ends; Missing when the row is gone.

    It is read afresh when it changed since, which its version tells; a class without versions cannot be asked.
    """
    ident = thing.__mapper__.primary_key_from_instance(thing)[0]
    current = db.session.scalar(_locking_version(type(thing)), {"ident": ident})
    if current is None:
        raise Missing
    if current != getattr(thing, _version(type(thing)).key):
        db.session.refresh(thing)


def _version(cls: type[DeclarativeBase]) -> InstrumentedAttribute[int]:
    mapper = cls.__mapper__
    assert mapper.version_id_col is not None
    return cast(
        "InstrumentedAttribute[int]", mapper.get_property_by_column(mapper.version_id_col).class_attribute
    )


@functools.cache
def _locking_version(cls: type[DeclarativeBase]) -> Select[int]:
    key = cls.__mapper__.primary_key[0]
    return select(_version(cls)).where(key == bindparam("ident")).with_for_update(of=cls)


# --- what never changes -------------------------------------------------------------------------------------

IMMUTABLE_TABLES: set[str] = set()
FROZEN_WHEN: dict[str, str] = {}
"""Of tables whose rows become immutable at some point: the SQL condition on `OLD` from which on they are."""


def _refuse_change(_mapper: Mapper[Any], _connection: Connection, target: Any) -> None:
    raise Refused("immutable", f"{type(target).__name__} is vastgelegd en verandert niet meer.")


def immutable(cls: type[M]) -> type[M]:
    """Class decorator: rows of this table are written once. Kept by the ORM here and by database triggers."""
    IMMUTABLE_TABLES.add(str(cls.__tablename__))
    event.listen(cls, "before_update", _refuse_change)
    event.listen(cls, "before_delete", _refuse_change)
    return cls


def frozen_when(condition: str) -> Callable[[type[M]], type[M]]:
    """Class decorator: a row that meets this SQL condition on `OLD` never changes again. Kept by triggers."""

    def decorate(cls: type[M]) -> type[M]:
        IMMUTABLE_TABLES.add(str(cls.__tablename__))
        FROZEN_WHEN[str(cls.__tablename__)] = condition
        return cls

    return decorate


_REFUSE_CHANGE = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '% is immutable', TG_TABLE_NAME USING ERRCODE = '23001'; END $$"
)

FROZEN_COLUMNS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {}
"""Of tables of which a part becomes immutable: the SQL condition on `OLD`, the columns that then stay as they
are, and the columns that can then only grow."""


def frozen_columns(
    condition: str, columns: tuple[str, ...], growing: tuple[str, ...] = ()
) -> Callable[[type[M]], type[M]]:
    """Class decorator: once a row meets this SQL condition on `OLD`, these columns never change again.

    The row cannot be deleted any more either. growing: columns that may then only become larger. Kept by triggers.
    """

    def decorate(cls: type[M]) -> type[M]:
        IMMUTABLE_TABLES.add(str(cls.__tablename__))
        FROZEN_COLUMNS[str(cls.__tablename__)] = (condition, columns, growing)
        return cls

    return decorate


def _partly_immutable(table: str, dialect: str) -> list[str]:
    condition, columns, growing = FROZEN_COLUMNS[table]
    differs = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
    # As text, because PostgreSQL cannot compare JSON.
    changes = [f"CAST(OLD.{c} AS text) {differs} CAST(NEW.{c} AS text)" for c in columns]
    changes += [f"NEW.{c} < OLD.{c}" for c in growing]
    update, delete = f"({condition}) AND ({' OR '.join(changes)})", condition
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER keep_{table}_{verb.lower()} BEFORE {verb} ON {table} WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is immutable'); END"
            for verb, when in (("UPDATE", update), ("DELETE", delete))
        ]
    return [
        f"CREATE TRIGGER keep_{table}_{verb.lower()} BEFORE {verb} ON {table} "
        f"FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION refuse_change()"
        for verb, when in (("UPDATE", update), ("DELETE", delete))
    ]


def immutable_triggers(table: str, dialect: str) -> list[str]:
    """SQL that makes the database itself refuse UPDATE and DELETE on a table; used by the migrations.

    For a table in FROZEN_WHEN only rows that meet its condition are refused; of a table in FROZEN_COLUMNS only
    changes of those columns.
    """
    if table in FROZEN_COLUMNS:
        return [*([_REFUSE_CHANGE] if dialect != "sqlite" else []), *_partly_immutable(table, dialect)]
    when = f"WHEN ({FROZEN_WHEN[table]}) " if table in FROZEN_WHEN else ""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER keep_{table}_{verb.lower()} BEFORE {verb} ON {table} {when}"
            f"BEGIN SELECT RAISE(ABORT, '{table} is immutable'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        _REFUSE_CHANGE,
        f"CREATE TRIGGER keep_{table} BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW {when}EXECUTE FUNCTION refuse_change()",
    ]


def drop_immutable_triggers(table: str, dialect: str) -> list[str]:
    """SQL that takes the triggers of `immutable_triggers` away again, for a migration's way down."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS keep_{table}_{verb}" for verb in ("update", "delete")]
    return [
        f"DROP TRIGGER IF EXISTS keep_{table}{part} ON {table}"
        for part in (("_update", "_delete") if table in FROZEN_COLUMNS else ("",))
    ]
