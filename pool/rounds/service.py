"""The verbs about rounds: configure, publish, move on, and keep the ceiling."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.engine import CursorResult

from pool.core import audit, jobs
from pool.core.access import Actor, require
from pool.core.db import db, lock
from pool.core.errors import Conflict, Invalid, InvalidMany
from pool.core.text import canonical_json, sha256_hex

from . import queries, rules
from .inputs import RoundInput
from .lifecycle import LIFE
from .models import Budget, CeilingDecision, Round, RuleSet, Scheme
from .states import RoundState


def create_scheme(actor: Actor, slug: str, name: str, purpose: str, prefix: str) -> Scheme:
    """Make a scheme. prefix: the first part of the references of its applications."""
    require(rules.can_configure(actor))
    scheme = Scheme(slug=slug, name=name, purpose=purpose, prefix=prefix)
    db.session.add(scheme)
    db.session.flush()
    return scheme


def create(actor: Actor, given: RoundInput) -> Round:
    """Make a round as a draft."""
    require(rules.can_configure(actor))
    scheme = queries.scheme_by_slug(given.scheme_slug)
    if scheme is None:
        raise Invalid("scheme", "Deze regeling bestaat niet.", "scheme_slug")
    if given.closes_at <= given.opens_at:
        raise Invalid("closes_at", "De ronde moet sluiten na de opening.", "closes_at")
    round_ = Round(
        scheme=scheme,
        slug=given.slug,
        title=given.title,
        year=given.year,
        instrument=given.instrument,
        legal_basis=given.legal_basis,
        publication_reference=given.publication_reference,
        opens_at=given.opens_at,
        closes_at=given.closes_at,
        rules=given.rules.to_json(),
        invented=given.invented,
        budget=Budget(ceiling=given.ceiling, committed=0),
    )
    db.session.add(round_)
    db.session.flush()
    audit.record(actor, "round.create", round_.audit_chain, f"round:{round_.id}", {}, {"slug": round_.slug})
    return round_


def publish(actor: Actor, round_: Round) -> RuleSet:
    """Freeze and hash the rules, fix the ceiling, and plan opening and closing. InvalidMany says what is missing."""
    require(rules.can_configure(actor))
    lacks = rules.missing_for_publishing(round_, round_.budget.ceiling)
    if lacks:
        raise InvalidMany([Invalid("incomplete", lack) for lack in lacks])
    body = round_.rules
    frozen = RuleSet(
        round_id=round_.id,
        number=1,
        body=body,
        sha256=sha256_hex(canonical_json(body)),
        published_at=actor.at,
        published_by=actor.user_id,
    )
    ceiling = round_.budget.ceiling
    LIFE.move(actor, round_, "publish", facts={"rules_sha256": frozen.sha256, "ceiling": ceiling})
    round_.published_at = actor.at
    db.session.add(frozen)
    _record_ceiling(actor, round_.id, 0, ceiling, "Vastgesteld bij publicatie van de ronde.")
    jobs.enqueue("round.open", f"round.open:{round_.id}", {"round_id": round_.id}, at=round_.opens_at)
    jobs.enqueue("round.close", f"round.close:{round_.id}", {"round_id": round_.id}, at=round_.closes_at)
    db.session.flush()
    db.session.expire(round_, ["rule_sets"])
    return frozen


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


def _record_ceiling(actor: Actor, round_id: int, previous: int, ceiling: int, reason: str) -> None:
    db.session.add(
        CeilingDecision(
            round_id=round_id,
            previous=previous,
            ceiling=ceiling,
            reason=reason,
            decided_at=actor.at,
            decided_by=actor.user_id,
        )
    )


def change_ceiling(actor: Actor, round_: Round, ceiling: int, reason: str) -> None:
    """Change the ceiling of a published round by a dated, reasoned decision. Never below what is committed."""
    require(rules.can_configure(actor))
    if not reason.strip():
        raise Invalid("reason", "Geef de reden van de wijziging.", "reason")
    budget = lock(Budget, round_.id)
    if ceiling < budget.committed:
        raise Invalid("ceiling", "Er is al meer toegekend dan dit bedrag.", "ceiling")
    previous, budget.ceiling = budget.ceiling, ceiling
    _record_ceiling(actor, round_.id, previous, ceiling, reason)
    audit.record(
        actor,
        "round.change_ceiling",
        round_.audit_chain,
        f"round:{round_.id}",
        {"ceiling": previous},
        {"ceiling": ceiling},
        reason,
    )


def commit_money(round_id: int, cents: int) -> None:
    """Take money of a round for an award; Conflict `over_ceiling` when it does not fit.

    One guarded UPDATE decides, so that two awards at the same time can never pass the ceiling together.
    """
    if cents <= 0:
        raise ValueError("an award takes a positive amount")
    statement = (
        update(Budget)
        .where(Budget.round_id == round_id, Budget.committed + cents <= Budget.ceiling)
        .values(committed=Budget.committed + cents)
        .execution_options(synchronize_session=False)
    )
    result = db.session.execute(statement)
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        raise Conflict("over_ceiling", "Dit past niet binnen het plafond van deze ronde.", "amount")
