"""Whether the site can do its work, for whoever watches it: no names, no versions, no data."""

from __future__ import annotations

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


@bp.get("/gezond")
@door(public=True)
def health() -> Any:
    """200 when the database answers, is migrated, and no job waits too long; else 503."""
    at = current_actor().at
    found: dict[str, Any] = {"database": False, "migrations": False, "oldestWaitingJobSeconds": None}
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
        found["oldestWaitingJobSeconds"] = int((at - oldest).total_seconds()) if oldest else 0
    except SQLAlchemyError:
        # What went wrong is for the log of the server, not for whoever asks.
        db.session.rollback()
        current_app.logger.exception("health check failed")
    waited = found["oldestWaitingJobSeconds"]
    well = found["database"] and found["migrations"] and waited is not None and waited <= LONGEST_WAIT
    answer = jsonify(status="ok" if well else "not ok", **found)
    return answer, 200 if well else 503
