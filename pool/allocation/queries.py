"""Reads about allocations. Whoever has an interest in one application of a round meets nothing of it in here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, and_, false, func, or_, select
from sqlalchemy.orm import defer, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from pool.applications.models import Application, ApplicationRegion, ApplicationVersion
from pool.assessment import queries as assessment
from pool.assessment.models import MeritAdoption
from pool.assessment.queries import draws as merit_draws
from pool.core import jobs
from pool.core.access import Actor
from pool.core.db import db
from pool.core.errors import Missing
from pool.regions import queries as regions
from pool.rounds import queries as rounds
from pool.rounds.models import Round
from pool.rounds.states import DECIDED_STATES

from . import studies, telling, wording
from .engine import parse_problem
from .models import Allocation, AllocationSnapshot, AllocationStudy, Scenario
from .rules import ALLOCATED_STATES, READERS
from .snapshot import SHELTER_THEME
from .states import AllocationRule, ScenarioState, StudyKind


def is_barred(actor: Actor, round_id: int) -> bool:
    """Whether the actor has an interest in an application of the round."""
    return round_id in barred_rounds(actor)


def barred_rounds(actor: Actor) -> set[int]:
    """Rounds in which the actor has an interest in an application."""
    hidden = assessment.hidden_from(actor)
    if not hidden:
        return set()
    query = select(Application.round_id).where(Application.id.in_(hidden)).order_by(Application.round_id)
    return set(db.session.scalars(query))


def rounds_to_allocate(actor: Actor) -> list[Round]:
    """Rounds whose merits are adopted, newest first; also those that the actor is barred from."""
    if not actor.has(*READERS):
        return []
    query = rounds.visible_to(actor).where(Round.state.in_(ALLOCATED_STATES))
    return list(db.session.scalars(query).unique())


def _with_outcome() -> tuple[ExecutableOption, ...]:
    return joinedload(Scenario.snapshot, innerjoin=True), joinedload(Scenario.allocation)


def visible_to(actor: Actor) -> Select[Scenario]:
    """Scenarios this actor may see, oldest first, with problem and outcome."""
    query = select(Scenario).options(*_with_outcome()).order_by(Scenario.id)
    if not actor.has(*READERS):
        return query.where(false())
    return query.where(Scenario.round_id.not_in(barred_rounds(actor)))


def get(actor: Actor, round_id: int, ident: int) -> Scenario:
    """A scenario of a round; Missing when there is none for this actor."""
    found = db.session.scalar(visible_to(actor).where(Scenario.id == ident, Scenario.round_id == round_id))
    if found is None:
        raise Missing
    return found


def scenarios(round_id: int) -> list[Scenario]:
    """All scenarios of a round, oldest first, with problem and outcome."""
    query = select(Scenario).where(Scenario.round_id == round_id).options(*_with_outcome())
    return list(db.session.scalars(query.order_by(Scenario.id)))


def scenario_counts(round_ids: Iterable[int]) -> dict[int, int]:
    """How many scenarios rounds have."""
    query = (
        select(Scenario.round_id, func.count())
        .where(Scenario.round_id.in_(list(round_ids)))
        .group_by(Scenario.round_id)
        .order_by(Scenario.round_id)
    )
    return dict(iter(db.session.execute(query)))


def bases_of(round_ids: Iterable[int]) -> dict[int, Scenario]:
    """Per round the scenario that the advice rests on: the one chosen last, else the newest by the published rules."""
    candidates = (
        select(Scenario.round_id, Scenario.id)
        .join(Scenario.snapshot)
        .where(
            Scenario.round_id.in_(list(round_ids)),
            Scenario.state == ScenarioState.DONE,
            or_(
                Scenario.chosen_at.is_not(None),
                and_(Scenario.rule == AllocationRule.OPTIMAL, AllocationSnapshot.changed.is_(False)),
            ),
        )
        # Later rows win: first those that were not chosen, then the chosen ones in order.
        .order_by(Scenario.chosen_at.is_not(None), Scenario.chosen_at, Scenario.id)
    )
    newest = dict(iter(db.session.execute(candidates)))
    query = select(Scenario).where(Scenario.id.in_(newest.values())).options(*_with_outcome())
    return {found.round_id: found for found in db.session.scalars(query.order_by(Scenario.id))}


def base_of(round_id: int) -> Scenario | None:
    """The scenario that the advice of a round rests on; see `bases_of`."""
    return bases_of([round_id]).get(round_id)


def outcome(scenario: Scenario) -> dict[str, Any] | None:
    """The outcome as the published file has it; None while there is none."""
    if scenario.allocation is None:
        return None
    body: dict[str, Any] = json.loads(scenario.allocation.document)
    return body


def awards_of(scenario: Scenario) -> dict[int, int]:
    """Application to what it is awarded, in cents; only those that are awarded. Empty while there is no outcome."""
    body = outcome(scenario)
    names: dict[str, int] = scenario.snapshot.names
    return {names[award["id"]]: award["amount"] for award in body["awards"]} if body else {}


def study(scenario: Scenario, kind: StudyKind) -> dict[str, Any] | None:
    """What was worked out beside the outcome; None while it is not there."""
    query = select(AllocationStudy.document).where(
        AllocationStudy.scenario_id == scenario.id, AllocationStudy.kind == kind
    )
    document = db.session.scalar(query)
    return None if document is None else dict(json.loads(document))


def has_study(scenario_id: int, kind: StudyKind) -> bool:
    query = select(AllocationStudy.id).where(
        AllocationStudy.scenario_id == scenario_id, AllocationStudy.kind == kind
    )
    return db.session.scalar(query) is not None


def has_outcome(scenario_id: int) -> bool:
    return db.session.scalar(select(Allocation.id).where(Allocation.scenario_id == scenario_id)) is not None


def material(scenario: Scenario) -> studies.Material:
    """What the studies of a scenario with an outcome are made from."""
    snapshot = scenario.snapshot
    found = outcome(scenario)
    assert found is not None
    adoption = db.session.get_one(MeritAdoption, snapshot.adoption_id)
    return studies.Material(
        problem=parse_problem(snapshot.problem),
        awards={award["id"]: award["amount"] for award in found["awards"]},
        names=snapshot.names,
        merits=adoption.body,
        merits_sha256=adoption.sha256,
        seed=merit_draws.seed_of(adoption),
    )


def study_key(scenario_id: int, kind: StudyKind) -> str:
    """The job that works out a study."""
    return f"allocation.study:{scenario_id}:{kind.value}"


def jobs_of(scenarios: Iterable[Scenario]) -> dict[int, jobs.Job]:
    """The jobs that calculate the scenarios which are not done yet, by scenario."""
    waiting = {one.job_key: one.id for one in scenarios if one.state == ScenarioState.QUEUED}
    if not waiting:
        return {}
    query = select(jobs.Job).where(jobs.Job.key.in_(waiting)).order_by(jobs.Job.id)
    return {waiting[job.key]: job for job in db.session.scalars(query)}


def submitted(application_ids: Iterable[int]) -> list[tuple[int, str, str]]:
    """(key, reference, hash of the newest submitted version) of applications, by key."""
    query = (
        select(Application.id, Application.reference, ApplicationVersion.sha256)
        .join(ApplicationVersion, ApplicationVersion.application_id == Application.id)
        .where(Application.id.in_(list(application_ids)))
        .order_by(Application.id, ApplicationVersion.number)
    )
    newest = {key: (key, reference, sha) for key, reference, sha in db.session.execute(query)}
    return list(newest.values())


def everyone_in(round_id: int) -> list[Application]:
    """Every application of a round with what an allocation shows of it, by key; without its texts, which are long."""
    query = (
        select(Application)
        .where(Application.round_id == round_id)
        .options(
            defer(Application.content),
            joinedload(Application.organisation, innerjoin=True),
            selectinload(Application.region_links).joinedload(ApplicationRegion.region, innerjoin=True),
        )
        .order_by(Application.id)
    )
    return list(db.session.scalars(query))


def decided_rounds() -> list[Round]:
    """Rounds whose decisions are public, newest first."""
    query = (
        select(Round)
        .where(Round.state.in_(DECIDED_STATES))
        .options(joinedload(Round.scheme, innerjoin=True))
        .order_by(Round.opens_at.desc(), Round.id.desc())
    )
    return list(db.session.scalars(query))


# --- in words -----------------------------------------------------------------------------------------------


def theme_names() -> dict[str, str]:
    """What themes are called in problems, in their own order."""
    return regions.theme_names() | {SHELTER_THEME: "Vrouwenopvang"}


def names(applications: Iterable[tuple[str, Application]]) -> wording.Names:
    """How to speak of things to somebody who may know all applications: (id in the file, application)."""
    spoken = {ident: f"‘{one.title}’ ({one.reference})" for ident, one in applications}
    return wording.Names(spoken, regions.region_names(), theme_names())


def explain(scenario: Scenario, ident: str, spoken: wording.Names) -> telling.Explained | None:
    """The explanation of one application by its id in the file; None while there is none."""
    document = study(scenario, StudyKind.EXPLANATIONS) or {}
    for one in document.get("applications", ()):
        if one["id"] == ident:
            return telling.explain(
                one,
                scenario.snapshot.problem,
                document["objective"],
                spoken,
                document["always"],
                document["never"],
            )
    return None


def base_for(application: Application) -> tuple[Scenario, str] | None:
    """The scenario that the advice on this application rests on, and the application's id in its file."""
    scenario = base_of(application.round_id)
    if scenario is None:
        return None
    for ident, key in scenario.snapshot.names.items():
        if key == application.id:
            return scenario, ident
    return None


def explanation_for(application_id: int) -> telling.Explained | None:
    """The explanation of one application for its own municipality: others go by their names in the public file.

    None when there is no allocation it took part in, or no explanation. Says nothing of who may read it and
    when: that is for the caller.
    """
    application = db.session.get(Application, application_id)
    base = base_for(application) if application else None
    if base is None:
        return None
    return explain(*base, wording.Names({}, regions.region_names(), theme_names()))
