"""Changing what was published: by a dated, reasoned decision that everybody can see."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pool.core import audit
from pool.core.access import Actor, require
from pool.core.db import db, lock
from pool.core.errors import Conflict, Invalid, InvalidMany
from pool.core.text import fingerprint

from .. import queries, rules
from ..inputs import AmendmentInput, CeilingInput, ExtensionInput, OutageInput, RoundRules
from ..lifecycle import LIFE
from ..models import Budget, Extension, Outage, Round, RuleSet
from ..states import RoundState
from .publishing import follow_clock, plan_closing, record_ceiling

NO_REASON = "Geef de reden van de wijziging."


def _reasoned(reason: str) -> list[Invalid]:
    if not reason.strip():
        return [Invalid("reason", NO_REASON, "reason")]
    if len(reason) > rules.LIMITS["reason"]:
        return [Invalid("long", f"Gebruik niet meer dan {rules.LIMITS['reason']} tekens.", "reason")]
    return []


def _note(
    actor: Actor, action: str, round_: Round, before: dict[str, Any], after: dict[str, Any], why: str
) -> None:
    audit.record(actor, action, round_.audit_chain, f"round:{round_.id}", before, after, why)


def change_ceiling(
    actor: Actor, round_: Round, ceiling: int, reason: str, reference: str = "", from_budget: bool = False
) -> None:
    """Change the ceiling of a published round by a dated, reasoned decision. Never below what is committed.

    A lowering follows articles 4:27 and 4:28 Awb, see `rules.can_change_ceiling`. ceiling in cents; reference:
    where it was published; from_budget: it follows from the adoption of the budget.
    """
    require(rules.can_configure(actor))
    given = CeilingInput(ceiling, reason, reference, from_budget)
    if problems := _reasoned(given.reason):
        raise InvalidMany(problems)
    budget = lock(Budget, round_.id)
    if given.ceiling < budget.committed:
        raise Invalid("ceiling", "Er is al meer toegekend dan dit bedrag.", "ceiling")
    if given.ceiling == budget.ceiling:
        raise Invalid("ceiling", "Dit is het plafond al.", "ceiling")
    if not (allowed := rules.can_change_ceiling(actor, round_, given.ceiling, given.from_budget)):
        raise Invalid(allowed.code, allowed.reason, "ceiling")
    previous, budget.ceiling = budget.ceiling, given.ceiling
    record_ceiling(
        actor, round_.id, previous, given.ceiling, given.reason, given.reference, given.from_budget
    )
    _note(
        actor,
        "round.change_ceiling",
        round_,
        {"ceiling": previous},
        {"ceiling": given.ceiling, "reference": given.reference, "from_budget": given.from_budget},
        given.reason,
    )


def amend(actor: Actor, round_: Round, given: AmendmentInput, number: int) -> RuleSet:
    """Replace the published rules by a new set that names the old one, its reason and where it was published.

    number: of the set that the person saw; Conflict `stale` when it was replaced meanwhile. Only what
    `rules.AMENDABLE` names can change, and only before the assessment begins.
    """
    held = lock(Round, round_.id)
    follow_clock(actor, held)
    require(rules.can_amend(actor, held))
    old = queries.rule_set(held)
    if old.number != number:
        raise Conflict("stale", "Iemand anders heeft de regels net gewijzigd. Bekijk eerst wat er nu staat.")
    before = RoundRules.from_json(old.body)
    problems = [*_reasoned(given.reason), *rules.unfit_amendment(before, given.rules)]
    if problems:
        raise InvalidMany(problems)
    frozen = RuleSet(
        round_id=held.id,
        number=old.number + 1,
        body=given.rules.to_json(),
        facts=old.facts,
        replaces=old,
        reason=given.reason,
        reference=given.reference,
        published_at=actor.at,
        published_by=actor.user_id,
    )
    frozen.sha256 = fingerprint(frozen.document)
    db.session.add(frozen)
    changed = rules.amended_fields(old.body, frozen.body)
    _note(
        actor,
        "round.amend",
        held,
        {"rules_sha256": old.sha256, **{c.field: c.before for c in changed}},
        {"rules_sha256": frozen.sha256, **{c.field: c.after for c in changed}},
        given.reason,
    )
    db.session.flush()
    db.session.expire(held, ["rule_sets", "rules_sha256"])
    return frozen


def extend(actor: Actor, round_: Round, given: ExtensionInput) -> Extension:
    """Move the closing moment to a later one, and open the round again when it was closed because of an outage.

    What comes in is judged on the new moment from here on; the job that closes the round is planned anew.
    """
    held = lock(Round, round_.id)
    follow_clock(actor, held)
    outage = queries.outage(given.outage_id) if given.outage_id is not None else None
    require(rules.can_extend(actor, held, outage))
    problems = _reasoned(given.reason)
    if given.closes_at <= held.closes_at:
        problems.append(Invalid("closes_at", "Kies een later moment dan de sluiting van nu.", "closes_on"))
    elif given.closes_at <= actor.at:
        problems.append(Invalid("closes_at", "Kies een moment dat nog moet komen.", "closes_on"))
    if problems:
        raise InvalidMany(problems)
    previous = held.closes_at
    made = Extension(
        round_id=held.id,
        previous=previous,
        closes_at=given.closes_at,
        outage=outage,
        reason=given.reason,
        reference=given.reference,
        decided_at=actor.at,
        decided_by=actor.user_id,
    )
    db.session.add(made)
    held.closes_at = given.closes_at
    db.session.flush()
    facts = {"closes_at": given.closes_at.isoformat(), "outage": given.outage_id}
    _note(actor, "round.extend", held, {"closes_at": previous.isoformat()}, facts, given.reason)
    if held.state == RoundState.CLOSED:
        LIFE.move(actor, held, "reopen", given.reason)
    plan_closing(held, made.id)
    return made


def record_outage(actor: Actor, given: OutageInput) -> Outage:
    """Put a disturbance in the register, while it lasts or afterwards."""
    require(rules.can_configure(actor))
    problems = []
    if not given.what.strip():
        problems.append(Invalid("what", "Schrijf op wat er niet werkte.", "what"))
    if len(given.what) > rules.LIMITS["what"]:
        problems.append(Invalid("long", f"Gebruik niet meer dan {rules.LIMITS['what']} tekens.", "what"))
    if given.started_at > actor.at:
        problems.append(Invalid("started_at", "Het begin van de storing ligt in de toekomst.", "started_on"))
    problems += _unfit_end(actor, given.started_at, given.ended_at)
    if problems:
        raise InvalidMany(problems)
    outage = Outage(
        started_at=given.started_at,
        ended_at=given.ended_at,
        what=given.what,
        recorded_at=actor.at,
        recorded_by=actor.user_id,
    )
    db.session.add(outage)
    db.session.flush()
    ended = given.ended_at.isoformat() if given.ended_at else ""
    facts = {"started_at": given.started_at.isoformat(), "ended_at": ended, "what": given.what}
    audit.record(actor, "outage.record", outage.audit_chain, f"outage:{outage.id}", {}, facts)
    return outage


def _unfit_end(actor: Actor, started_at: dt.datetime, ended_at: dt.datetime | None) -> list[Invalid]:
    if ended_at is None:
        return []
    if ended_at <= started_at:
        return [Invalid("ended_at", "Het einde ligt niet na het begin.", "ended_on")]
    if ended_at > actor.at:
        return [Invalid("ended_at", "Het einde van de storing ligt in de toekomst.", "ended_on")]
    return []


def end_outage(actor: Actor, outage_id: int, ended_at: dt.datetime) -> None:
    """Write down when a disturbance was over. From then on the row no longer changes."""
    require(rules.can_configure(actor))
    outage = lock(Outage, outage_id)
    if outage.ended_at is not None:
        raise Conflict("ended", "Het einde van deze storing staat al vast.")
    if problems := _unfit_end(actor, outage.started_at, ended_at):
        raise InvalidMany(problems)
    outage.ended_at = ended_at
    db.session.flush()
    audit.record(
        actor,
        "outage.end",
        outage.audit_chain,
        f"outage:{outage.id}",
        {"ended_at": ""},
        {"ended_at": ended_at.isoformat()},
    )
