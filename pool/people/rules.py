"""Who may do what with accounts."""

from __future__ import annotations

from pool.core.access import YES, Actor, Role, Verdict, no


def can_manage_people(actor: Actor) -> Verdict:
    return YES if actor.has(Role.ADMIN) else no("Alleen een beheerder kan dit.")
