"""Everything about the assessment of one application as plain facts, with names or with codes.

Coded means: assessors are letters, others their role, and what may point to a person (reasons of interests, details of
the trail) is left out. Names of committee members in running text are replaced where they are written in full.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from pool.applications.models import Application
from pool.core import audit
from pool.core.access import Actor
from pool.people.models import User
from pool.rounds import queries as rounds
from pool.rounds.inputs import RoundRules

from . import queries
from .models import Assessment, Assignment, InterestStatement
from .models_meeting import MeetingItem
from .naming import Names, codes
from .states import COUNTING

SCHEMA = "pool-dossier/1"
LEFT_OUT = "weggelaten"
KINDS = ("interest.", "assignment.", "assessment.", "panel.", "meeting_item.", "merit.", "dossier.")
"""Actions of the trail that are about the assessment; the rest of it belongs to the applicant."""


def names_for(readers: Iterable[User], committee: Iterable[User], chairs: set[int], *, coded: bool) -> Names:
    """Names, or codes: readers in the given order are Beoordelaar A, B, …, other members follow, the chair is that."""
    people = {user.id: user.name for user in [*readers, *committee]}
    return codes(people, dict.fromkeys(chairs, "de voorzitter")) if coded else Names(False, people)


def facts(actor: Actor, application: Application, *, coded: bool) -> dict[str, Any]:
    """The dossier of one application at this moment, JSON-ready. The caller has checked who may have it."""
    round_ = application.round
    assignments = queries.assignments_of(application.id)
    statements = queries.statements_about(application.id)
    readers = [one.user for one in assignments]
    committee = [*queries.committee_members(), *queries.users(s.user_id for s in statements)]
    names = names_for(readers, committee, queries.chair_ids(), coded=coded)
    rule_set, rules = rounds.rule_set(round_), rounds.rules_of(round_)
    trail = [row for row in audit.trail(application.audit_chain) if row.action.startswith(KINDS)]
    return {
        "schema": SCHEMA,
        "names": "coded" if coded else "shown",
        "produced_at": iso(actor.at),
        "round": {
            "slug": round_.slug,
            "title": round_.title,
            "invented": round_.invented,
            "rules_sha256": rule_set.sha256,
        },
        "application": {
            "reference": application.reference,
            "title": application.title,
            "applicant": application.organisation.name,
            "state": application.state.value,
            "state_label": application.state.label,
            "requested": application.requested,
            "minimum": application.minimum,
            "invented": application.invented,
        },
        "versions": [
            {"number": one.number, "sha256": one.sha256, "submitted_at": iso(one.submitted_at)}
            for one in application.versions
        ],
        "criteria": [{"code": c.code, "name": c.name, "weight": c.weight} for c in rules.criteria],
        **_bottlenecks(application, rules, names),
        "assignments": [_assignment(one, names) for one in assignments],
        "interests": [_interest(one, names) for one in statements],
        "assessments": [
            _assessment(one.assessment, one, names, rules.points)
            for one in assignments
            if one.assessment is not None
        ],
        "reopened": [
            {
                "at": iso(row.at),
                "by": names.of(row.actor_id, row.actor_name),
                "reason": names.text(row.reason),
                "scores": [
                    {**one, "reason": names.text(one["reason"])} for one in row.after.get("scores", [])
                ],
                **(
                    {
                        "marks": [
                            {**one, "quotation": names.text(one["quotation"])} for one in row.after["codings"]
                        ]
                    }
                    if "codings" in row.after
                    else {}
                ),
            }
            for row in trail
            if row.action == "assessment.reopen"
        ],
        "meetings": [_item(one, names) for one in queries.items_about([application.id])],
        "outcome": _outcome(application.id, names),
        "merit": _merit(application, names),
        "calibration": _calibration(actor, application),
        "trail": [
            {
                "seq": row.seq,
                "at": iso(row.at),
                "who": names.of(row.actor_id, row.actor_name),
                "action": row.action,
                "reason": _reason(row, names),
                "hash": row.hash,
                **({} if coded else {"before": row.before, "after": row.after}),
            }
            for row in trail
        ],
    }


def iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _reason(row: audit.AuditEntry, names: Names) -> str:
    if names.coded and row.reason and row.action.startswith("interest."):
        return LEFT_OUT
    return names.text(row.reason)


def _assignment(one: Assignment, names: Names) -> dict[str, Any]:
    return {
        "assessor": names.of(one.user_id),
        "assigned_at": iso(one.assigned_at),
        "ended_at": iso(one.ended_at) if one.ended_at else None,
        "ended_reason": names.text(one.ended_reason),
    }


def _interest(one: InterestStatement, names: Names) -> dict[str, Any]:
    return {
        "member": names.of(one.user_id),
        "answer": one.answer.value,
        "answer_label": one.answer.label,
        "reason": LEFT_OUT if names.coded and one.reason else one.reason,
        "stated_at": iso(one.stated_at),
        "stated_by": names.of(one.stated_by),
    }


def _assessment(one: Assessment, assignment: Assignment, names: Names, points: Any) -> dict[str, Any]:
    levels = queries.levels(one)
    done = one.state in COUNTING
    return {
        "assessor": names.of(assignment.user_id),
        "version": one.judged.number,
        "version_sha256": one.judged.sha256,
        "state": one.state.value,
        "state_label": one.state.label,
        "counts": done and not one.quarantined and assignment.ended_at is None,
        "started_at": iso(one.started_at),
        "submitted_at": iso(one.submitted_at) if one.submitted_at else None,
        "total": points(levels) if done else None,
        "scores": [
            {"criterion": score.criterion, "level": score.level, "reason": names.text(score.reason)}
            for score in sorted(one.scores, key=lambda score: score.criterion)
        ]
        if done
        else [],
        **(
            {
                "marks": [
                    {
                        "bottleneck": coding.bottleneck,
                        "mark": coding.mark,
                        "quotation": names.text(coding.quotation),
                    }
                    for coding in sorted(one.codings, key=lambda coding: coding.bottleneck)
                ]
            }
            if done and one.codings
            else {}
        ),
    }


def _bottlenecks(application: Application, rules: RoundRules, names: Names) -> dict[str, Any]:
    """The bottlenecks of the round with every mark that was agreed; nothing in a round without any."""
    if not rules.bottlenecks:
        return {}
    return {
        "bottlenecks": [{"code": one.code, "title": one.title} for one in rules.bottlenecks],
        "agreed_marks": [
            {
                "bottleneck": one.bottleneck,
                "before": one.before,
                "agreed": one.agreed,
                "reason": names.text(one.reason),
                "recorded_at": iso(one.recorded_at),
                "recorded_by": names.of(one.recorded_by),
            }
            for one in queries.agreements(application.id)
        ],
    }


def _item(one: MeetingItem, names: Names) -> dict[str, Any]:
    return {
        "meeting": one.meeting.number,
        "opened_at": iso(one.meeting.opened_at) if one.meeting.opened_at else "",
        "kind": one.kind.value,
        "why": [names.text(text) for text in one.why],
        "left": [
            {"member": names.of(left.user_id), "reason": left.reason.value, "at": iso(left.left_at)}
            for left in one.absences
        ],
        "state": one.state.value,
        "outcome": one.outcome.value if one.outcome else None,
        "before": one.before,
        "counts": one.counts,
        "reason": names.text(one.reason),
        "notes": names.text(one.notes),
        "led_by": names.of(one.concluded_by, one.concluded_by_name),
    }


def _outcome(application_id: int, names: Names) -> dict[str, Any] | None:
    found = queries.outcomes([application_id]).get(application_id)
    if found is None:
        return None
    return {
        "before": found.before,
        "agreed": found.agreed,
        "reason": names.text(found.reason),
        "recorded_at": iso(found.recorded_at),
        "recorded_by": names.of(found.recorded_by),
    }


def _merit(application: Application, names: Names) -> dict[str, Any] | None:
    adoption = queries.latest_adoption(application.round_id)
    found = [m for m in adoption.merits if m.application_id == application.id] if adoption else []
    if adoption is None or not found:
        return None
    confirmed = queries.confirmations({application.id}).get(application.id)
    return {
        "merit": found[0].merit,
        "adopted_at": iso(adoption.adopted_at),
        "adopted_by": names.of(adoption.adopted_by),
        "adoption_sha256": adoption.sha256,
        "confirmed_by": names.of(confirmed.confirmed_by) if confirmed else None,
    }


def _calibration(actor: Actor, application: Application) -> dict[str, Any] | None:
    """The adjusted mean as the committee saw it, and whether it counts. None when none was shown."""
    found = queries.results(application.round, queries.hidden_from(actor))
    row = next((row for row in found.rows if row.application.id == application.id), None)
    if row is None or row.adjusted is None:
        return None
    return {
        "mean": row.mean,
        "adjusted": row.adjusted,
        "remark": f"{found.correction.comparable} {found.correction.why}",
    }
