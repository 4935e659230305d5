"""What awards does when something happens upstream, in the same transaction."""

from __future__ import annotations

from typing import Any

from pool.applications.models import Application
from pool.core import signals
from pool.core.access import Actor

from . import service


@signals.application_withdrawn.connect
def let_go(_sender: Any, *, actor: Actor, application: Application) -> None:
    """An application that was decided on cannot be withdrawn any more; what was only prepared lapses."""
    service.let_go(actor, application)
