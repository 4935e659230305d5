"""What happens in the committee when something happens upstream."""

from __future__ import annotations

from typing import Any

from pool.core.access import Actor
from pool.core.signals import background_changed

from . import service


@background_changed.connect
def derive_interests(_sender: Any, *, actor: Actor, user_id: int) -> None:
    """What becomes known of where somebody worked takes effect at once."""
    service.follow_facts(actor, user_id)
