"""The plan of who reads what: made by the solver, adjusted by hand, and made final in one step.

Until then only the programme team knows of it. Every step is checked against the hard rules, and says what it
changed beside what was asked.
"""

from __future__ import annotations

from dataclasses import replace

from pool.applications.models import Application
from pool.core import audit
from pool.core.access import Actor, require
from pool.core.db import db, lock
from pool.core.errors import Conflict, Invalid, InvalidMany, Missing, Refused
from pool.core.text import fingerprint
from pool.people.models import User
from pool.rounds import service as rounds_service
from pool.rounds.models import Round
from pool.rounds.states import RoundState

from .. import planning, queries, rules
from ..inputs import PlanOptions
from ..lifecycle import PLAN
from ..models import Assignment, AssignmentPlan
from ..plan import MOST_CALIBRATION, Pair, Pairs
from ..queries import plans
from ..states import Excluded, PlanState
from .assigning import put, tell

STALE = "Iemand anders heeft het plan net gewijzigd. Bekijk eerst het nieuwe plan."


def options_of(plan: AssignmentPlan) -> PlanOptions:
    """What the programme team chose for a plan."""
    return PlanOptions(plan.maximum, plan.own_region, Pairs.of(plan.body).calibration)


def make_plan(
    actor: Actor, round_: Round, options: PlanOptions | None = None, version: int | None = None
) -> AssignmentPlan:
    """Make a plan, or work the present one out anew: pins stay and as little else changes as can be.

    options: None takes over those of the plan, or of the one before. version: of the plan that was looked at; None:
    do not check. Raises InvalidMany with readable reasons when no plan keeps every rule; then nothing changes.
    """
    require(rules.can_plan(actor, round_))
    rounds_service.follow_clock(actor, round_)
    # One at a time, so that two people do not both make the first plan.
    round_ = lock(Round, round_.id)
    plan = plans.draft_plan(actor, round_)
    if plan is not None:
        _check(plan, version)
    elif version:
        raise Conflict("stale", STALE)
    found = plans.situation(round_)
    if not found.files:
        raise Refused("empty", "Er zijn nog geen volledige aanvragen in deze ronde.")
    held = Pairs.of(plan.body) if plan else Pairs()
    options = options or _usual(round_, plan)
    _check_calibration(found, options)
    held = replace(held, calibration=options.calibration)
    made = _solved(found, options, held)
    if plan is None:
        if not made.pairs:
            raise Refused("nothing", "Alle aanvragen hebben genoeg beoordelaars. Er is niets te plannen.")
        plan = AssignmentPlan(
            round=round_, state=PlanState.DRAFT, body={}, made_at=actor.at, made_by=actor.user_id
        )
        db.session.add(plan)
        # What came first is not a change to anything.
        made = replace(made, added=frozenset())
    plan.maximum, plan.own_region = options.maximum, options.own_region
    _store(actor, plan, made, "make")
    return plan


def pin(
    actor: Actor, plan: AssignmentPlan, application_id: int, user_id: int, version: int | None = None
) -> None:
    """Let this assessor read this application, also after a rerun; somebody else makes room when needed."""
    found, held = _open(actor, plan, version)
    pair = _pair(found, application_id, user_id)
    _check_free(found, options_of(plan), held, pair)
    held = replace(held, pinned=held.pinned | {pair}, forbidden=held.forbidden - {pair})
    _step(actor, plan, found, held, "pin", again=pair not in held.pairs)


def unpin(
    actor: Actor, plan: AssignmentPlan, application_id: int, user_id: int, version: int | None = None
) -> None:
    """Let a rerun move this pair again."""
    found, held = _open(actor, plan, version)
    pair = _pair(found, application_id, user_id)
    _step(actor, plan, found, replace(held, pinned=held.pinned - {pair}), "unpin", again=False)


def forbid(
    actor: Actor, plan: AssignmentPlan, application_id: int, user_id: int, version: int | None = None
) -> None:
    """Do not let this assessor read this application, also after a rerun; somebody else takes the place."""
    found, held = _open(actor, plan, version)
    pair = _pair(found, application_id, user_id)
    held = replace(held, pinned=held.pinned - {pair}, forbidden=held.forbidden | {pair})
    _step(actor, plan, found, held, "forbid", again=pair in held.pairs)


def allow(
    actor: Actor, plan: AssignmentPlan, application_id: int, user_id: int, version: int | None = None
) -> None:
    """Take back what `forbid` said; nothing moves."""
    found, held = _open(actor, plan, version)
    pair = _pair(found, application_id, user_id)
    _step(actor, plan, found, replace(held, forbidden=held.forbidden - {pair}), "allow", again=False)


def move(
    actor: Actor,
    plan: AssignmentPlan,
    application_id: int,
    user_id: int,
    to_application_id: int,
    version: int | None = None,
) -> None:
    """Let an assessor read another application instead; the rest makes room with as few changes as can be."""
    found, held = _open(actor, plan, version)
    old = _planned(found, held, application_id, user_id)
    new = _pair(found, to_application_id, user_id, "to_application_id")
    _check_new(found, held, new, "to_application_id")
    _check_free(found, options_of(plan), held, new, "to_application_id")
    held = replace(
        held,
        pinned=held.pinned - {old} | {new},
        forbidden=held.forbidden - {new} | {old},
    )
    _step(actor, plan, found, held, "move", again=True)


def swap(
    actor: Actor,
    plan: AssignmentPlan,
    application_id: int,
    user_id: int,
    other: Pair,
    version: int | None = None,
) -> None:
    """Let two assessors change places, and pin both. other: (application, assessor) of the second one."""
    found, held = _open(actor, plan, version)
    options = options_of(plan)
    one, two = _planned(found, held, application_id, user_id), _planned(found, held, *other, "other")
    crossed = (one[0], two[1]), (two[0], one[1])
    if one[0] == two[0] or one[1] == two[1]:
        raise Invalid("same", "Kies een andere beoordelaar bij een andere aanvraag.", "other")
    for pair in crossed:
        _check_new(found, held, pair, "other")
        _check_free(found, options, held, pair, "other")
    pairs = held.pairs - {one, two} | set(crossed)
    pinned = held.pinned - {one, two} | set(crossed)
    made = replace(held.now(pairs), pinned=pinned, forbidden=held.forbidden - set(crossed))
    worse = set(planning.problems(found, options, made)) - set(planning.problems(found, options, held))
    if worse:
        raise _many(sorted(worse))
    _store(actor, plan, made, "swap")


def drop_plan(actor: Actor, plan: AssignmentPlan, version: int | None = None) -> None:
    """Throw a plan away. Nobody else knew of it."""
    _open(actor, plan, version)
    PLAN.move(actor, plan, "drop")


def finalise_plan(actor: Actor, plan: AssignmentPlan, version: int | None = None) -> list[Assignment]:
    """Carry out a plan: the work opens for the assessors, and they get a mail. Returns the new assignments.

    Raises InvalidMany when the plan no longer keeps every rule, for example after an interest that came in since.
    """
    round_ = plan.round
    rounds_service.follow_clock(actor, round_)
    found, held = _open(actor, plan, version)
    broken = planning.problems(found, options_of(plan), held)
    if broken:
        raise _many(broken)
    made = [
        put(actor, _file(found, application), _assessor(found, user), "Automatische toewijzing.")
        for application, user in sorted(held.pairs)
    ]
    plan.sha256, plan.final_at, plan.final_by = fingerprint(plan.body), actor.at, actor.user_id
    PLAN.move(actor, plan, "finalise", facts={"pairs": len(made), "sha256": plan.sha256})
    begins = round_.state == RoundState.CLOSED
    if begins:
        rounds_service.move(actor, round_, "begin_assessment")
    tell(actor, round_, queries.assignments_of_round(round_.id) if begins else made)
    return made


# --- parts ----------------------------------------------------------------------------------------------------


def _open(actor: Actor, plan: AssignmentPlan, version: int | None) -> tuple[plans.Situation, Pairs]:
    """The plan locked for a change, with what it has to reckon with now."""
    require(rules.can_know_plan(actor))
    plan = lock(AssignmentPlan, plan.id)
    require(rules.can_change_plan(actor, plan))
    if plan.state != PlanState.DRAFT:
        raise Conflict("state", f"Dit plan is al {plan.state.label}.")
    _check(plan, version)
    return plans.situation(plan.round), Pairs.of(plan.body)


def _check(plan: AssignmentPlan, version: int | None) -> None:
    if version is not None and version != plan.version:
        raise Conflict("stale", STALE)


def _usual(round_: Round, plan: AssignmentPlan | None) -> PlanOptions:
    """The options of the plan, or of the last one that was made final."""
    before = plan or plans.final_plan(round_)
    return options_of(before) if before else PlanOptions()


def _check_calibration(found: plans.Situation, options: PlanOptions) -> None:
    if len(options.calibration) > MOST_CALIBRATION:
        message = f"Kies hoogstens {MOST_CALIBRATION} aanvragen die iedereen leest."
        raise Invalid("calibration", message, "calibration")
    if not options.calibration <= {a.id for a in found.files}:
        raise Invalid("calibration", "Een gekozen aanvraag doet niet meer mee.", "calibration")


def _file(found: plans.Situation, application_id: int) -> Application:
    file = found.file(application_id)
    if file is None:
        raise Missing
    return file


def _assessor(found: plans.Situation, user_id: int, field: str | None = None) -> User:
    user = found.assessor(user_id)
    if user is None:
        raise Invalid("assessor", "Kies een beoordelaar.", field)
    return user


def _pair(found: plans.Situation, application_id: int, user_id: int, field: str = "user_id") -> Pair:
    """A pair that can be planned: both take part, and the work has not begun."""
    file, user = _file(found, application_id), _assessor(found, user_id, field)
    if (application_id, user_id) in found.reads:
        message = f"{user.name} leest {file.reference} al. Beëindig zo nodig die toewijzing."
        raise Invalid("running", message, field)
    return application_id, user_id


def _planned(
    found: plans.Situation, held: Pairs, application_id: int, user_id: int, field: str = "user_id"
) -> Pair:
    pair = _pair(found, application_id, user_id, field)
    if pair not in held.pairs:
        raise Invalid("planned", "Kies een beoordelaar die in dit plan bij de aanvraag staat.", field)
    return pair


def _check_free(
    found: plans.Situation, options: PlanOptions, held: Pairs, pair: Pair, field: str = "user_id"
) -> None:
    """Whether a pair may be. What the team itself had forbidden gives way to what it asks now."""
    file, user = _file(found, pair[0]), _assessor(found, pair[1], field)
    why = planning.excluded(found, options, replace(held, forbidden=held.forbidden - {pair})).get(pair)
    if why == Excluded.REGION:
        message = (
            f"{user.name} werkt in de regio van {file.reference}. Sta eerst toe dat iemand een aanvraag uit de eigen "
            "regio leest."
        )
        raise Invalid("region", message, field)
    if why is not None:
        raise Invalid(why.value, f"{user.name} kan {file.reference} niet lezen: {why.label}.", field)


def _check_new(found: plans.Situation, held: Pairs, pair: Pair, field: str) -> None:
    if pair in held.pairs:
        user, file = _assessor(found, pair[1]), _file(found, pair[0])
        raise Invalid("planned", f"{user.name} leest {file.reference} al in dit plan.", field)


def _step(
    actor: Actor, plan: AssignmentPlan, found: plans.Situation, held: Pairs, verb: str, *, again: bool
) -> None:
    """Keep an adjustment. again: work the plan out anew, because the adjustment does not fit it."""
    made = _solved(found, options_of(plan), held) if again else held.now(held.pairs)
    _store(actor, plan, made, verb)


def _solved(found: plans.Situation, options: PlanOptions, held: Pairs) -> Pairs:
    try:
        return planning.solve(found, options, held)
    except planning.ImpossibleError as error:
        raise _many(error.reasons) from error


def _many(reasons: tuple[str, ...] | list[str]) -> InvalidMany:
    return InvalidMany([Invalid("infeasible", reason) for reason in reasons])


def _store(actor: Actor, plan: AssignmentPlan, made: Pairs, verb: str) -> None:
    plan.body = made.body()
    plan.changed_at, plan.changed_by = actor.at, actor.user_id
    db.session.flush()
    audit.record(
        actor,
        f"assignment_plan.{verb}",
        plan.audit_chain,
        f"assignment_plan:{plan.id}",
        {},
        {key: plan.body[key] for key in ("added", "dropped", "pinned", "forbidden", "calibration")},
    )
