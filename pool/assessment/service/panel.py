"""What the committee decides together: agreed outcomes, and the merits it adopts and freezes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from pool.core import audit
from pool.core.access import Actor, require
from pool.core.db import db, lock
from pool.core.errors import Conflict, Invalid, InvalidMany, Refused
from pool.core.text import canonical_json, fingerprint, sha256_hex
from pool.rounds import queries as rounds
from pool.rounds import service as rounds_service
from pool.rounds.models import Round

from .. import queries, rules, rules_meeting
from ..lifecycle import LIFE
from ..models import Assessment, Merit, MeritAdoption, PanelOutcome
from ..ranking import Row
from .coding import adopted_marks
from .scoring import scores_sha256

SCALE = range(100_001)
"""Thousandths of a point."""
UNCONFIRMED = (
    "Een aanvraag die u niet mag zien: de plaatsvervangend voorzitter heeft de score nog niet bevestigd."
)


def record_outcome(
    actor: Actor, round_: Round, application_id: int, agreed: int, reason: str
) -> PanelOutcome:
    """Record what the committee agreed about one application, beside the mean of before the meeting.

    agreed in thousandths of a point. Without a recorded outcome the mean counts. Recording again replaces the
    earlier outcome; the trail keeps both. Raises Invalid beside the field, Refused while there is no score.
    """
    application = queries.committee_file(actor, application_id)
    require(rules.can_record_outcome(queries.acting(actor, application), round_))
    require(rules_meeting.can_open_file(queries.must_still(actor, application)))
    if application.round_id != round_.id:
        raise Invalid("round", "Deze aanvraag hoort niet bij deze ronde.")
    problems = []
    if agreed not in SCALE:
        problems.append(Invalid("agreed", "Vul een aantal punten in van 0 tot en met 100.", "agreed"))
    if not reason.strip():
        problems.append(Invalid("reason", "Schrijf waarom de commissie dit heeft afgesproken.", "reason"))
    if problems:
        raise InvalidMany(problems)
    before = queries.mean_of(round_, application_id)
    if before is None:
        raise Refused("unscored", "Deze aanvraag heeft nog geen score. Er is nog niets te bespreken.")
    query = select(PanelOutcome).where(PanelOutcome.application_id == application_id).with_for_update()
    outcome = db.session.scalar(query)
    earlier = {"agreed": outcome.agreed, "before": outcome.before} if outcome else {}
    if outcome is None:
        outcome = PanelOutcome(application_id=application_id)
        db.session.add(outcome)
    outcome.before, outcome.agreed, outcome.reason = before, agreed, reason.strip()
    outcome.recorded_at, outcome.recorded_by = actor.at, actor.user_id
    audit.record(
        actor,
        "panel.outcome",
        application.audit_chain,
        f"application:{application_id}",
        earlier,
        {"agreed": agreed, "before": before},
        reason.strip(),
    )
    db.session.flush()
    return outcome


def adoption_problems(actor: Actor, round_: Round) -> list[Invalid]:
    """What still stands in the way of adopting the merits, in Dutch.

    Of an application hidden from the actor it says one thing only, whatever the matter is: that a deputy has not
    confirmed its merit. A confirmation counts as long as nothing that the merit follows from changes.
    """
    hidden = queries.hidden_from(actor)
    problems: list[Invalid] = []
    pending = queries.pending(round_.id)
    if pending:
        text = f"Nog niet alle aanvragen zijn op volledigheid getoetst (nog {pending})."
        problems.append(Invalid("pending", text))
    for meeting in queries.unfinished(round_.id):
        text = f"Vergadering {meeting.number} is {meeting.state.label}. Sluit haar eerst, of laat haar vervallen."
        problems.append(Invalid("meeting", text))
    entries = adoption_body(round_)["applications"]
    if not entries:
        problems.append(Invalid("empty", "Er zijn geen volledige aanvragen in deze ronde."))
    wrong = what_stands_in_the_way(round_)
    confirmed = queries.confirmations({one["id"] for one in entries if one["id"] in hidden})
    for entry in entries:
        ident = entry["id"]
        if ident in hidden:
            word = confirmed.get(ident)
            if ident in wrong or word is None or word.sha256 != fingerprint(entry):
                problems.append(Invalid("unconfirmed", UNCONFIRMED))
        else:
            said = wrong.get(ident, [])
            problems += [Invalid("open", f"Aanvraag {entry['reference']}: {text}") for text in said]
    return problems


def what_stands_in_the_way(round_: Round) -> dict[int, list[str]]:
    """Per application what is still open, in Dutch; for services, which decide who may hear it."""
    results = queries.results(round_)
    waiting, met = queries.waiting_for_scores(round_.id), queries.concluded(round_.id)
    recorded = queries.outcomes(row.application.id for row in results.rows)
    postponed = queries.postponed(round_.id)
    wrong: dict[int, list[str]] = {}
    for row in results.rows:
        ident = row.application.id
        said = _what_is_wrong(row, ident in waiting, recorded.get(ident), met.get(ident))
        if said:
            wrong[ident] = [said]
        if ident in postponed:
            wrong.setdefault(ident, []).append("uitgesteld in de vergadering en nog niet besproken.")
    return wrong


def _what_is_wrong(row: Row, waiting: bool, outcome: PanelOutcome | None, met: int | None) -> str:
    """met: the mean of the scores when the committee talked about it in a meeting, if it did."""
    if waiting:
        return "nog niet alle beoordelingen zijn ingediend."
    if row.mean is None:
        return "er is nog geen score."
    heard = outcome.before if outcome is not None else met
    if heard is not None and heard != row.mean:
        return "na het overleg is een score veranderd. Leg de uitkomst opnieuw vast."
    return ""


def adopt_merits(actor: Actor, round_: Round) -> MeritAdoption:
    """Adopt the merits: freeze and hash them with what they were made from, lock every score, and let the round
    move on to the decisions. Before any regional spread is applied, and once.

    Raises Refused for who may not or too late, InvalidMany with what is still open.
    """
    lock(Round, round_.id)
    if queries.latest_adoption(round_.id) is not None:
        raise Conflict("adopted", "De kwaliteitsscores van deze ronde zijn al vastgesteld.")
    require(rules.can_adopt(actor, round_))
    problems = adoption_problems(actor, round_)
    if problems:
        raise InvalidMany(problems)
    rows = sorted(queries.results(round_).rows, key=lambda row: row.application.id)
    body = adoption_body(round_)
    adoption = MeritAdoption(
        round_id=round_.id,
        number=1,
        body=body,
        sha256=sha256_hex(canonical_json(body)),
        adopted_at=actor.at,
        adopted_by=actor.user_id,
        merits=[Merit(application_id=row.application.id, merit=row.value or 0) for row in rows],
    )
    db.session.add(adoption)
    db.session.flush()
    for one in queries.counting(row.application.id for row in rows):
        for score in one.scores:
            score.locked = True
        for coding in one.codings:
            coding.locked = True
        LIFE.move(actor, one, "lock")
    audit.record(
        actor,
        "merits.adopt",
        round_.audit_chain,
        f"merit_adoption:{adoption.id}",
        {},
        {"sha256": adoption.sha256, "applications": len(rows)},
    )
    rounds_service.move(actor, round_, "begin_decision")
    return adoption


def adoption_body(round_: Round) -> dict[str, Any]:
    """The merits with everything they follow from, and the marks of bottlenecks where a round has any: published rules, versions judged, levels, whether and why the
    correction for strict and lenient assessors counts, agreed outcomes. Reasons are in it as a hash only. Whole, also
    for who may not see it all: to freeze and hash, not to show."""
    found = queries.results(round_)
    rows = sorted(found.rows, key=lambda row: row.application.id)
    ids = [row.application.id for row in rows]
    recorded = queries.outcomes(ids)
    scores: dict[int, list[Assessment]] = {}
    for one in queries.counting(ids):
        scores.setdefault(one.assignment.application_id, []).append(one)
    round_rules = rounds.rules_of(round_)
    return {
        "round": round_.slug,
        "rules_sha256": rounds.rule_set(round_).sha256,
        "correction": _correction_json(found.correction),
        "merits": {str(row.application.id): row.value for row in rows},
        "applications": [
            {
                "id": row.application.id,
                "reference": row.application.reference,
                "mean": row.mean,
                # Only where it counts: a figure that does not is no part of what a merit follows from.
                "adjusted": row.adjusted if found.correction.counts else None,
                "agreed": row.agreed,
                "agreed_reason": recorded[row.application.id].reason if row.agreed is not None else "",
                "merit": row.value,
                "scores": [
                    {
                        "assessment": one.id,
                        "assessor": one.assignment.user_id,
                        "version_sha256": one.judged.sha256,
                        "levels": queries.levels(one),
                        "total": round_rules.points(queries.levels(one)),
                        "sha256": scores_sha256(one),
                    }
                    for one in scores.get(row.application.id, [])
                ],
            }
            for row in rows
        ],
        **({"bottlenecks": adopted_marks(ids)} if round_rules.bottlenecks else {}),
    }


def _correction_json(correction: queries.Correction) -> dict[str, Any]:
    """What was decided about the correction, with the hash of the totals it was made from.
    means: all adjusted ones, also where they were advice. coupling: thousandths."""
    adjusted = correction.adjusted
    return {
        "rule": correction.rule.value,
        "counts": correction.counts,
        "why": correction.why,
        "means": dict(adjusted.means) if adjusted else {},
        "coupling": adjusted.index if adjusted else None,
        "totals_sha256": adjusted.sha256 if adjusted else None,
    }
