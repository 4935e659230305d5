"""Who reads what: a proposal by the statistics, made final by the programme team, and changes by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from pool.applications import queries as applications
from pool.applications.models import Application
from pool.core import audit, outbox
from pool.core.access import Actor, Role, require
from pool.core.db import db
from pool.core.delivery import MailKind
from pool.core.errors import Conflict, Invalid, Refused
from pool.core.text import fingerprint
from pool.people import queries as people
from pool.people.models import User
from pool.regions import queries as themes
from pool.rounds import queries as rounds
from pool.rounds import service as rounds_service
from pool.rounds.models import Round
from pool.rounds.states import RoundState

from .. import mail, queries, rules
from ..calibration import assignment as plans
from ..inputs import AssignOptions
from ..models import Assignment


@dataclass(frozen=True)
class Proposal:
    """A plan that is not carried out yet.

    pairs: (application, assessor) that come on top of what is assigned already. loads: applications per
    assessor afterwards, by name. coverage: assessors per application afterwards. reasons: in Dutch, why there is
    no plan; then there are no pairs. maximum: per assessor, as used. sha256: of the pairs, to confirm by.
    """

    pairs: tuple[tuple[Application, User], ...]
    loads: tuple[tuple[User, int], ...]
    coverage: tuple[tuple[Application, int], ...]
    needed: int
    maximum: int
    reasons: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        return fingerprint({"pairs": sorted([a.id, u.id] for a, u in self.pairs)})


def default_maximum(needed: int, assessors: int) -> int:
    """An even load with room for two more, so that interests have somewhere to go."""
    return -(-needed // max(1, assessors)) + 2


def propose(actor: Actor, round_: Round, options: AssignOptions | None = None) -> Proposal:
    """The plan that `assign` would carry out now. Changes nothing; the same facts give the same plan."""
    require(rules.can_assign(actor, round_))
    options = options or AssignOptions()
    round_rules = rounds.rules_of(round_)
    found = applications.complete_of_round(round_.id)
    assessors = people.with_role(Role.ASSESSOR)
    per_application = round_rules.assessors_per_application
    maximum = options.maximum or default_maximum(per_application * len(found), len(assessors))
    # Who gave an application back is not asked for it again.
    barred = queries.barred_pairs(round_.id) | queries.abstained_pairs(round_.id)
    soft = queries.ties.soft_pairs(round_.id, [user.id for user in assessors])
    running = {
        (a.application_id, a.user_id): a
        for a in queries.assignments_of_round(round_.id)
        if queries.is_reader(a, barred)
    }
    # Who lost the role keeps what was handed in, but reads nothing new and is no part of the plan.
    pins = {pair for pair in running if pair[1] in {user.id for user in assessors}}
    elsewhere = Counter(application for application, _ in running.keys() - pins)
    pinned = Counter(application for application, _ in pins)
    names = _unique_names(assessors)
    regions = queries.own_regions(user.id for user in assessors)
    known = people.expertise(user.id for user in assessors)
    slugs = {theme.id: theme.slug for theme in themes.all_themes()}
    demand = {a.id: max(per_application - elsewhere[a.id], pinned[a.id]) for a in found}
    problem = plans.Problem(
        applications=tuple(
            plans.Application(
                key=a.reference,
                region=a.reference,
                themes=frozenset({a.theme.slug} if a.theme else ()),
                scores=demand[a.id],
            )
            for a in found
        ),
        assessors=tuple(
            plans.Assessor(
                key=names[user.id],
                regions=frozenset({f"region {regions[user.id]}"} if user.id in regions else ()),
                expertise=frozenset(slugs[ident] for ident in known.get(user.id, ())),
                maximum=max(maximum, sum(pair[1] == user.id for pair in pins)),
            )
            for user in assessors
        ),
        barred=frozenset(
            (a.reference, names[u.id])
            for a in found
            for u in assessors
            if (a.id, u.id) in barred
            or (not options.own_region and (a.id, u.id) not in pins and _near(a, regions.get(u.id)))
        ),
        pins=frozenset((a.reference, names[u.id]) for a in found for u in assessors if (a.id, u.id) in pins),
        # An application lies in several regions, so each is a place of its own: 0 steps from an assessor whose
        # own region is among them, else 1. What is not barred above is then avoided while there is a choice.
        distances={
            (a.reference, f"region {region}"): 0
            for a in found
            for region in regions.values()
            if _near(a, region)
        },
        # Not everybody tells what he or she knows, so expertise is a wish and no rule.
        rules=plans.Rules(experts=0, closest=0, far=1),
    )
    by_reference = {a.reference: a for a in found}
    by_application = {a.id: a.reference for a in found}
    by_name = {names[user.id]: user for user in assessors}
    # What the chair would have to weigh first is left alone, unless nobody else can read it.
    weighed = frozenset((by_application[a], names[u]) for a, u in soft - pins if a in by_application)
    share = sum(demand.values()) // max(1, len(assessors))
    try:
        plan = _plan(problem, weighed, share) if found else ()
        reasons: tuple[str, ...] = ()
    except plans.InfeasibleError as error:
        plan, reasons = (), tuple(reason.text for reason in error.reasons)
    new = tuple(
        (by_reference[a], by_name[u]) for a, u in plan if (by_reference[a].id, by_name[u].id) not in pins
    )
    after = [*running, *((a.id, u.id) for a, u in new)]
    load, cover = Counter(u for _, u in after), Counter(a for a, _ in after)
    return Proposal(
        pairs=new,
        loads=tuple((user, load[user.id]) for user in assessors),
        coverage=tuple((a, cover[a.id]) for a in found),
        needed=per_application,
        maximum=maximum,
        reasons=reasons,
    )


def _plan(problem: plans.Problem, avoid: frozenset[plans.Pair], share: int) -> tuple[plans.Pair, ...]:
    """A plan without the pairs to avoid, or else with some of them; InfeasibleError when there is none."""
    if avoid:
        try:
            return _evenly(replace(problem, barred=problem.barred | avoid), share)
        except plans.InfeasibleError:
            pass
    return _evenly(problem, share)


def _evenly(problem: plans.Problem, share: int) -> tuple[plans.Pair, ...]:
    """A plan in which everybody reads at least an even share, or else any plan; InfeasibleError when there is none."""
    reach = Counter(key for eligible in problem.eligible.values() for key in eligible)
    even = tuple(replace(one, minimum=min(share, reach[one.key], one.maximum)) for one in problem.assessors)
    try:
        return plans.assign(replace(problem, assessors=even)).pairs
    except plans.InfeasibleError:
        return plans.assign(problem).pairs


def _near(application: Application, region_id: int | None) -> bool:
    return region_id is not None and region_id in {region.id for region in application.regions}


def _unique_names(users: Sequence[User]) -> dict[int, str]:
    """A name to call each by in a reason; equal names get their e-mail address with it."""
    times = Counter(user.name for user in users)
    return {user.id: user.name if times[user.name] == 1 else f"{user.name} ({user.email})" for user in users}


def assign(
    actor: Actor, round_: Round, options: AssignOptions | None = None, sha256: str | None = None
) -> list[Assignment]:
    """Carry out the automatic assignment and let the assessment begin; returns the new assignments.

    Run again while assessing, it fills what is open and moves nobody. sha256: of the proposal that was looked
    at; Conflict when the facts have changed since. Raises Refused with readable reasons when there is no plan.
    """
    rounds_service.follow_clock(actor, round_)
    proposal = propose(actor, round_, options)
    if proposal.reasons:
        raise Refused("infeasible", " ".join(proposal.reasons))
    if not proposal.coverage:
        raise Refused("empty", "Er zijn nog geen volledige aanvragen in deze ronde.")
    if sha256 is not None and sha256 != proposal.sha256:
        raise Conflict("stale", "Er is iets veranderd sinds dit voorstel. Bekijk het nieuwe voorstel.")
    made = [_put(actor, a, u, "Automatische toewijzing.") for a, u in proposal.pairs]
    if round_.state == RoundState.CLOSED:
        rounds_service.move(actor, round_, "begin_assessment")
        _tell(actor, round_, queries.assignments_of_round(round_.id))
    else:
        _tell(actor, round_, made)
    return made


def add_assignment(actor: Actor, round_: Round, application_id: int, user_id: int, reason: str) -> Assignment:
    """Let one assessor read one application, with a reason. Raises Invalid beside the field that is wrong."""
    require(rules.can_assign(actor, round_))
    application = queries.committee_file(actor, application_id)
    user = next((u for u in people.with_role(Role.ASSESSOR) if u.id == user_id), None)
    if user is None:
        raise Invalid("assessor", "Kies een beoordelaar.", "user_id")
    if not reason.strip():
        raise Invalid("reason", "Geef de reden.", "reason")
    if (application_id, user_id) in queries.barred_pairs(round_.id):
        raise Invalid("interest", f"{user.name} heeft een belang bij deze aanvraag.", "user_id")
    made = _put(actor, application, user, reason.strip())
    if round_.state == RoundState.IN_ASSESSMENT:
        _tell(actor, round_, [made])
    return made


def _put(actor: Actor, application: Application, user: User, reason: str) -> Assignment:
    """A running assignment: new, or one that had ended taken up again with the work that was done."""
    found = db.session.scalar(
        select(Assignment).where(Assignment.application_id == application.id, Assignment.user_id == user.id)
    )
    if found is not None and found.ended_at is None:
        raise Conflict("assigned", f"{user.name} beoordeelt deze aanvraag al.", "user_id")
    if found is None:
        found = Assignment(application=application, user=user)
        db.session.add(found)
    found.assigned_at, found.assigned_by = actor.at, actor.user_id
    found.ended_at, found.ended_reason = None, ""
    db.session.flush()
    audit.record(
        actor,
        "assignment.add",
        application.audit_chain,
        f"assignment:{found.id}",
        {},
        {"user": user.id},
        reason,
    )
    return found


def _tell(actor: Actor, round_: Round, made: Sequence[Assignment]) -> None:
    """One mail per assessor, that names no application: an interest in one may still have to be declared."""
    users = {assignment.user_id: assignment.user for assignment in made}
    newest = max((assignment.id for assignment in made), default=0)
    for user_id in sorted(users):
        user = users[user_id]
        subject, body = mail.assigned(user.name, round_.title)
        key = f"assigned:{round_.id}:{user_id}:{newest}:{actor.at.isoformat()}"
        outbox.post(
            actor,
            key,
            user.email,
            subject,
            body,
            user_id,
            kind=MailKind.ASSESSMENT,
            chain=f"round:{round_.id}",
            thing="assessing",
        )


def end_assignment(actor: Actor, assignment: Assignment, reason: str) -> None:
    """Take an application from an assessor, with a reason; what was written stays, and counts nowhere."""
    require(rules.can_unassign(queries.acting(actor, assignment.application), assignment))
    if not reason.strip():
        raise Invalid("reason", "Geef de reden.", "reason")
    assignment.ended_at, assignment.ended_reason = actor.at, reason.strip()
    audit.record(
        actor,
        "assignment.end",
        assignment.application.audit_chain,
        f"assignment:{assignment.id}",
        {"user": assignment.user_id},
        {},
        reason.strip(),
    )
    db.session.flush()
