"""Reminders of what regions have to say about the projects, on their day."""

from __future__ import annotations

from pool.core import jobs
from pool.core.access import system

from . import service
from .periods import parse


@jobs.handler("followup.views")
def remind_leads(job: jobs.Job) -> None:
    """Remind the regional leads who have not yet said how their projects go over a half-year."""
    period = parse(job.payload["period"])
    assert period is not None
    service.remind_leads(system(), period, job.payload["when"])
