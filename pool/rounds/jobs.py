"""What happens to a round by the clock."""

from __future__ import annotations

from pool.core import jobs
from pool.core.access import system
from pool.core.db import lock

from . import service
from .models import Round


@jobs.handler("round.open")
@jobs.handler("round.close")
def follow_clock(job: jobs.Job) -> None:
    """Let the state of a round follow its published moments."""
    service.follow_clock(system(), lock(Round, job.payload["round_id"]))
