"""Overviews of messages, made in the worker at the moment for which they were planned."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from pool.core import clock, jobs
from pool.core.db import db
from pool.core.delivery import Delivery

from . import service_mail


@jobs.handler("digest")
def send_digest(job: jobs.Job) -> None:
    """Write one person's overview; its mail is a job of its own, committed together with this one's end."""
    # Not `run_at`: that moves when an attempt fails.
    planned = dt.datetime.fromisoformat(job.payload["digest_at"])
    # Held to the end: a message that joins this overview is there already, or finds it closed and takes the next.
    db.session.execute(select(jobs.Job.id).where(jobs.Job.id == job.id).with_for_update())
    service_mail.send_digest(job.payload["user_id"], Delivery(job.payload["delivery"]), planned, clock.now())
