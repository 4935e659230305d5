"""Letters are made after the decision is committed. The PDF library is loaded here, in the worker."""

from __future__ import annotations

from pool.core import jobs
from pool.core.access import system
from pool.core.db import lock

from . import service
from .models import Decision


@jobs.handler("letter")
def make_letter(job: jobs.Job) -> None:
    """Make the letter of one decision and tell the municipality."""
    service.make_letter(system(), lock(Decision, job.payload["decision_id"]))
