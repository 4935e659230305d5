"""What happens to projects when something happens upstream."""

from __future__ import annotations

from typing import Any

from pool.awards.models import Decision
from pool.core.access import Actor
from pool.core.signals import decision_taken

from . import service


@decision_taken.connect
def begin_project(_sender: Any, *, actor: Actor, decision: Decision) -> None:
    """An award starts a project, in the transaction of the decision."""
    if decision.amount > 0:
        service.start(actor, decision)
