"""The own order of equal totals: an assessor's private note, and a hint for the chair once all own scores are in."""

from __future__ import annotations

from collections.abc import Mapping

from pool.core import audit
from pool.core.access import Actor, require
from pool.core.db import db, lock
from pool.core.errors import Conflict, Invalid, InvalidMany
from pool.rounds.models import Round

from .. import queries, rules
from ..models import Assignment, OwnPlace


def order_ties(actor: Actor, round_: Round, places: Mapping[int, int], sha256: str | None = None) -> int:
    """Put own equal totals in order; returns how many places changed.

    places: application to its place within its group of equal totals, from 1. Groups that are not named at all stay
    as they are. No score changes. sha256: of the order that was looked at. Raises Conflict `stale` when it was
    changed meanwhile, Invalid beside each place that is missing, double or off the scale.
    """
    require(rules.can_order_ties(actor, round_))
    own = queries.own_scores(actor, round_)
    for one in sorted(own.handed_in, key=lambda one: one.assignment.id):
        lock(Assignment, one.assignment.id)
    own = queries.own_scores(actor, round_)
    if sha256 is not None and sha256 != own.sha256:
        raise Conflict(
            "stale", "U hebt deze volgorde in een ander venster gewijzigd. Bekijk die eerst en kies opnieuw."
        )
    problems: list[Invalid] = []
    changes: list[tuple[queries.OwnScore, int]] = []
    known = {one.application.id for group in own.ties for one in group}
    if places.keys() - known:
        problems.append(Invalid("tie", "Deze aanvraag heeft geen gelijk totaal. Laad de pagina opnieuw."))
    for group in own.ties:
        if not any(one.application.id in places for one in group):
            continue
        allowed = range(1, len(group) + 1)
        taken: dict[int, int] = {}
        for one in group:
            ident = one.application.id
            place = places.get(ident)
            field = f"place_{ident}"
            if place is None or place not in allowed:
                problems.append(Invalid("place", f"Kies een plaats van 1 tot en met {len(group)}.", field))
            elif place in taken:
                problems.append(Invalid("double", f"Plaats {place} is al gekozen.", field))
            else:
                taken[place] = ident
                if place != one.place:
                    changes.append((one, place))
    if problems:
        raise InvalidMany(problems)
    for one, place in changes:
        row = db.session.get(OwnPlace, one.assignment.id)
        if row is None:
            row = OwnPlace(assignment_id=one.assignment.id)
            db.session.add(row)
        row.place, row.set_at = place, actor.at
        audit.record(
            actor,
            "assessment.place",
            one.application.audit_chain,
            f"assignment:{one.assignment.id}",
            {} if one.place is None else {"place": one.place},
            {"place": place},
        )
    db.session.flush()
    return len(changes)
