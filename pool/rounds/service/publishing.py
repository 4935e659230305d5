"""Publishing a round, and following its published moments."""

from __future__ import annotations

from typing import Any

from pool.core import jobs
from pool.core.access import Actor, require
from pool.core.db import db, lock
from pool.core.errors import Conflict, Invalid, InvalidMany
from pool.core.text import fingerprint

from .. import rules
from ..inputs import RoundRules
from ..lifecycle import LIFE
from ..models import CeilingDecision, Round, RuleSet
from ..states import Distribution, RoundState


def publish(actor: Actor, round_: Round, version: int | None = None) -> RuleSet:
    """Freeze and hash the rules, fix the ceiling, and plan opening and closing. InvalidMany says what is missing.

    version: of the round as the person saw it; Conflict `stale` when somebody changed it meanwhile.
    """
    require(rules.can_configure(actor))
    # Held from here, so that nobody changes what was just found complete.
    lock(Round, round_.id)
    require(rules.can_edit(actor, round_))
    if version is not None and version != round_.version:
        raise Conflict(
            "stale", "Iemand anders heeft deze ronde net gewijzigd. Bekijk eerst hoe zij er nu uitziet."
        )
    lacks = rules.missing_for_publishing(round_, round_.budget.ceiling, actor.at)
    if lacks:
        raise InvalidMany([Invalid("incomplete", lack) for lack in lacks])
    # A draft may have been written before the rules knew every field; what is published says them all.
    body = RoundRules.from_json(round_.rules).to_json()
    round_.rules, round_.published_at = body, actor.at
    frozen = RuleSet(
        round_id=round_.id,
        number=1,
        body=body,
        facts=facts_of(round_),
        published_at=actor.at,
        published_by=actor.user_id,
        reason="",
    )
    frozen.sha256 = fingerprint(frozen.document)
    ceiling = round_.budget.ceiling
    LIFE.move(actor, round_, "publish", facts={"rules_sha256": frozen.sha256, "ceiling": ceiling})
    db.session.add(frozen)
    record_ceiling(actor, round_.id, 0, ceiling, "Vastgesteld bij publicatie van de ronde.")
    jobs.enqueue("round.open", f"round.open:{round_.id}", {"round_id": round_.id}, at=round_.opens_at)
    plan_closing(round_, 0)
    db.session.flush()
    db.session.expire(round_, ["rule_sets", "rules_sha256"])
    return frozen


def facts_of(round_: Round) -> dict[str, Any]:
    """The round itself as it is published, ready for JSON. Moments in UTC, the ceiling in cents."""
    published = round_.publication_date
    return {
        "scheme": round_.scheme.name,
        "slug": round_.slug,
        "title": round_.title,
        "year": round_.year,
        "instrument": round_.instrument.value,
        "articles": list(round_.articles),
        "legal_basis": round_.legal_basis,
        "publication_reference": round_.publication_reference,
        "publication_url": round_.publication_url,
        "publication_date": published.isoformat() if published else "",
        "budget_caveat": round_.budget_caveat,
        "opens_at": round_.opens_at.isoformat(timespec="microseconds"),
        "closes_at": round_.closes_at.isoformat(timespec="microseconds"),
        "ceiling": round_.budget.ceiling,
        "distribution": Distribution.RANKED.value,
        "invented": round_.invented,
    }


def plan_closing(round_: Round, extension: int) -> None:
    """Plan the job that closes the round after its closing moment. extension: which one this is, 0 at first."""
    key = f"round.close:{round_.id}" + (f":{extension}" if extension else "")
    jobs.enqueue("round.close", key, {"round_id": round_.id}, at=round_.closes_at)


def record_ceiling(
    actor: Actor,
    round_id: int,
    previous: int,
    ceiling: int,
    reason: str,
    reference: str = "",
    from_budget: bool = False,
) -> None:
    """Keep a decision about the ceiling; amounts in cents."""
    db.session.add(
        CeilingDecision(
            round_id=round_id,
            previous=previous,
            ceiling=ceiling,
            reason=reason,
            reference=reference,
            from_budget=from_budget,
            decided_at=actor.at,
            decided_by=actor.user_id,
        )
    )


def follow_clock(actor: Actor, round_: Round) -> None:
    """Open and close by the published moments, as of the actor's moment."""
    if round_.state == RoundState.PUBLISHED and actor.at >= round_.opens_at:
        LIFE.move(actor, round_, "open")
    if round_.state == RoundState.OPEN and actor.at > round_.closes_at:
        LIFE.move(actor, round_, "close")


def move(actor: Actor, round_: Round, name: str, reason: str = "") -> None:
    """Carry out a move of the round's lifecycle by name; the clock is followed first."""
    follow_clock(actor, round_)
    LIFE.move(actor, round_, name, reason)
