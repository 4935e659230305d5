"""What awards does when something happens upstream, in the same transaction, and what it tells upstream."""

from __future__ import annotations

from typing import Any

from pool.applications.models import Application
from pool.assessment.queries.coverage import knows_awards
from pool.core import signals
from pool.core.access import Actor
from pool.rounds.models import Round
from pool.rounds.states import DECIDED_STATES

from . import queries, service


@signals.application_withdrawn.connect
def let_go(_sender: Any, *, actor: Actor, application: Application) -> None:
    """An application that was decided on cannot be withdrawn any more; what was only prepared lapses."""
    service.let_go(actor, application)


@knows_awards
def awarded(round_: Round) -> set[int] | None:
    """The applications that were awarded, once the decisions of the round are published."""
    if round_.state not in DECIDED_STATES:
        return None
    return {one.application_id for one in queries.public_awards(round_.id)}
