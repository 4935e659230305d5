"""Work that happens after a commit: one table, leases, retries, progress, and a worker that may be killed.

A job row is written in the same transaction as what caused it. A worker claims it with a lease, and carries
out its handler. What a handler changes in the database is committed together with the mark `done`, guarded by
the lease, so it happens once. What a handler does outside the database must be idempotent by the job's key.
"""

from __future__ import annotations

import datetime as dt
import os
import socket
import time
import traceback
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import CheckConstraint, Index, bindparam, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Mapped, mapped_column

from . import clock
from .db import Model, Moment, db, end_reading

log = structlog.get_logger()

LEASE = dt.timedelta(seconds=60)
MAX_ATTEMPTS = 8
RETRY_BASE_SECONDS = 5


class Job(Model):
    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("attempts >= 0", "attempts_not_negative"),
        CheckConstraint("percent between 0 and 100", "percent_in_range"),
        Index("ix_job_open", "done_at", "dead_at", "run_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[Moment]
    run_at: Mapped[Moment]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[Moment | None]
    lease_by: Mapped[str | None]
    percent: Mapped[int] = mapped_column(default=0)
    progress: Mapped[str] = mapped_column(default="")
    done_at: Mapped[Moment | None]
    dead_at: Mapped[Moment | None]
    error: Mapped[str] = mapped_column(default="")

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.dead_at is None


Handler = Callable[[Job], None]
_handlers: dict[str, Handler] = {}
_attempts: dict[str, int] = {}


class GiveUp(Exception):
    """Raised by a handler when trying again makes no sense: the job is put aside at once."""


def handler(kind: str, attempts: int = MAX_ATTEMPTS) -> Callable[[Handler], Handler]:
    """Register the function that carries out jobs of this kind. attempts: after so many failures it is put aside."""

    def decorate(function: Handler) -> Handler:
        _handlers[kind] = function
        _attempts[kind] = attempts
        return function

    return decorate


def enqueue(kind: str, key: str, payload: dict[str, Any], at: dt.datetime | None = None) -> Job:
    """Add a job to the running transaction. The same key twice is one job: the first is returned."""
    existing = by_key(key)
    if existing is not None:
        return existing
    now = clock.now()
    job = Job(kind=kind, key=key, payload=payload, created_at=now, run_at=at or now)
    db.session.add(job)
    db.session.flush()
    return job


_BY_KEY = select(Job).where(Job.key == bindparam("key"))


def by_key(key: str) -> Job | None:
    return db.session.scalar(_BY_KEY, {"key": key})


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def claim(me: str, lease: dt.timedelta = LEASE) -> Job | None:
    """Take the oldest job that is due and not leased; commits the lease. None when there is nothing to do."""
    now = clock.now()
    due = (
        select(Job.id)
        .where(Job.done_at.is_(None), Job.dead_at.is_(None), Job.run_at <= now)
        .where(or_(Job.lease_until.is_(None), Job.lease_until < now))
        .order_by(Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    ident = db.session.scalar(due)
    if ident is None:
        end_reading()
        return None
    job = db.session.get_one(Job, ident, populate_existing=True)
    job.lease_until, job.lease_by = now + lease, me
    job.attempts += 1
    db.session.commit()
    return job


def report(job: Job, percent: int, progress: str, lease: dt.timedelta = LEASE) -> None:
    """Tell how far a long job is and prolong its lease. Commits; call it only between transactions."""
    _guarded(job.id, str(job.lease_by), percent=percent, progress=progress, lease_until=clock.now() + lease)
    db.session.commit()


def try_again(job: Job, at: dt.datetime) -> None:
    """Take a job that was put aside back into the queue, with all its attempts before it."""
    job.dead_at, job.attempts, job.run_at = None, 0, at
    job.lease_until = job.lease_by = None
    db.session.flush()


class LeaseLost(RuntimeError):
    """Another worker has taken this job over; whatever was done here must not be committed."""


def _guarded(ident: int, me: str, **values: Any) -> None:
    statement = update(Job).where(Job.id == ident, Job.lease_by == me, Job.done_at.is_(None)).values(**values)
    result = db.session.execute(statement)
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise LeaseLost(f"job {ident}")


def carry_out(job: Job) -> bool:
    """Run one claimed job to its end; True when done. A failure is stored and tried again later, with back-off."""
    ident, me, kind = job.id, str(job.lease_by), job.kind
    try:
        _handlers[kind](job)
        _guarded(ident, me, done_at=clock.now(), percent=100, lease_until=None, error="")
        db.session.commit()
        return True
    except LeaseLost:
        db.session.rollback()
        log.warning("job.lease_lost", job=ident, kind=kind)
        return False
    except Exception as error:
        db.session.rollback()
        log.error("job.failed", job=ident, kind=kind, error=repr(error))
        message = traceback.format_exception_only(error)[-1].strip()
        _note_failure(ident, me, message, give_up=isinstance(error, GiveUp))
        return False


def _note_failure(ident: int, me: str, message: str, *, give_up: bool) -> None:
    job = db.session.get_one(Job, ident, populate_existing=True)
    now = clock.now()
    wait = dt.timedelta(seconds=RETRY_BASE_SECONDS * 2 ** min(job.attempts - 1, 10))
    dead = now if give_up or job.attempts >= _attempts.get(job.kind, MAX_ATTEMPTS) else None
    try:
        _guarded(ident, me, error=message[:2000], run_at=now + wait, dead_at=dead, lease_until=None)
        db.session.commit()
    except LeaseLost:
        db.session.rollback()


def troubled() -> list[Job]:
    """Jobs that failed and are not done: tried again later, or set aside. The longest asked for comes first."""
    query = select(Job).where(Job.done_at.is_(None), or_(Job.error != "", Job.dead_at.is_not(None)))
    return list(db.session.scalars(query.order_by(Job.created_at, Job.id)))


def again(ident: int) -> bool:
    """Let a job that was set aside be tried again, from its first attempt; False when there is none. Commits."""
    statement = (
        update(Job)
        .where(Job.id == ident, Job.dead_at.is_not(None), Job.done_at.is_(None))
        .values(dead_at=None, attempts=0, run_at=clock.now(), lease_until=None)
    )
    result = db.session.execute(statement)
    assert isinstance(result, CursorResult)
    db.session.commit()
    return result.rowcount == 1


def work(
    *, until_idle: bool = False, pause: float = 1.0, keep_going: Callable[[], bool] = lambda: True
) -> int:
    """Carry out jobs until told to stop, or until nothing is due. Returns how many were done."""
    me, done = worker_name(), 0
    while keep_going():
        job = claim(me)
        if job is None:
            if until_idle:
                break
            time.sleep(pause)
            continue
        done += carry_out(job)
    return done
