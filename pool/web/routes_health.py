"""Whether the site can do its work, for whoever watches it: no names, no versions, no data."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import current_app, jsonify
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from pool.core.access import current_actor, door
from pool.core.db import db
from pool.core.jobs import Job

from .blueprint import bp

LONGEST_WAIT = 600
"""Seconds that a job may wait before something is wrong with the worker."""


@cache
def _heads(folder: str) -> frozenset[str]:
    """The newest migrations that this code knows; they do not change while it runs."""
    config = Config()
    config.set_main_option("script_location", folder)
    config.set_main_option("path_separator", "os")
    return frozenset(ScriptDirectory.from_config(config).get_heads())


def _seconds(at: dt.datetime, since: dt.datetime | None) -> int:
    return int((at - since).total_seconds()) if since else 0


def _troubles(at: dt.datetime) -> dict[str, int]:
    """Jobs that failed: those that are tried again, how long ago the oldest of them was asked for, and set aside."""
    failing, oldest = db.session.execute(
        select(func.count(), func.min(Job.created_at)).where(
            Job.done_at.is_(None), Job.dead_at.is_(None), Job.error != ""
        )
    ).one()
    set_aside = db.session.scalar(select(func.count()).where(Job.dead_at.is_not(None), Job.done_at.is_(None)))
    return {
        "failingJobs": failing,
        "oldestFailingJobSeconds": _seconds(at, oldest),
        "setAsideJobs": set_aside or 0,
    }


@bp.get("/gezond")
@door(public=True)
def health() -> Any:
    """200 when the database answers, is migrated, and no job waits too long; else 503.

    Jobs that failed and wait for another attempt, and those that were set aside, are counted and change nothing:
    the site does its work, and somebody should look (`flask jobs`).
    """
    at = current_actor().at
    found: dict[str, Any] = {
        "database": False,
        "migrations": False,
        "oldestWaitingJobSeconds": None,
        "failingJobs": None,
        "oldestFailingJobSeconds": None,
        "setAsideJobs": None,
    }
    try:
        db.session.execute(select(1))
        found["database"] = True
        rows = db.session.execute(text("SELECT version_num FROM alembic_version ORDER BY version_num"))
        heads = _heads(str(current_app.extensions["migrate"].directory))
        found["migrations"] = frozenset(rows.scalars()) == heads
        waiting = select(func.min(Job.run_at)).where(
            Job.done_at.is_(None), Job.dead_at.is_(None), Job.run_at <= at
        )
        oldest = db.session.scalar(waiting)
        found["oldestWaitingJobSeconds"] = _seconds(at, oldest)
        found.update(_troubles(at))
    except SQLAlchemyError:
        # What went wrong is for the log of the server, not for whoever asks.
        db.session.rollback()
        current_app.logger.exception("health check failed")
    waited = found["oldestWaitingJobSeconds"]
    well = found["database"] and found["migrations"] and waited is not None and waited <= LONGEST_WAIT
    answer = jsonify(status="ok" if well else "not ok", **found)
    return answer, 200 if well else 503
