"""Statistics in the background, and reminders on their day. The statistics are loaded here, in the worker.

No transaction is open while the numbers are worked out: inputs are read first, and what comes out is kept
afterwards, together with the mark that the job is done.
"""

from __future__ import annotations

from pool.core import jobs
from pool.core.access import system
from pool.core.db import db
from pool.rounds.models import Round

from . import figures, queries, service
from .calibration.scores import BadScoresError
from .states import StudyKind


@jobs.handler("assessment.study")
def work_out(job: jobs.Job) -> None:
    """Work out one study of what a round's scores are now, for who may not see `hidden`."""
    round_id, hidden = int(job.payload["round_id"]), {int(x) for x in job.payload["hidden"]}
    round_ = db.session.get_one(Round, round_id)
    found = queries.given(round_, hidden)
    inputs = queries.inputs_of(StudyKind(job.payload["kind"]), round_, found, hidden)
    done = queries.study(inputs) is not None
    db.session.commit()
    if done:
        return
    try:
        body = figures.work_out(inputs)
    except BadScoresError:
        # The scores changed since this was asked for, and nothing is left to compare.
        return
    service.keep_study(system(), round_id, inputs, body)


@jobs.handler("assessment.remind")
def remind(job: jobs.Job) -> None:
    """Remind who is not ready, on the day that was agreed."""
    service.remind_all(system(), int(job.payload["deadline_id"]), over=job.payload["when"] == "over")
