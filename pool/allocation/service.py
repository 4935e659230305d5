"""The verbs about allocations: make a scenario, finish it, and keep what was worked out beside it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pool.applications import queries as applications
from pool.applications.models import Application
from pool.assessment import queries as assessment
from pool.assessment.models import MeritAdoption
from pool.core import audit, clock, jobs
from pool.core.access import Actor, require
from pool.core.db import db, lock
from pool.core.errors import Invalid, InvalidMany, Refused
from pool.core.text import clean_line, sha256_hex
from pool.regions import queries as regions
from pool.rounds import queries as rounds
from pool.rounds.models import Round

from . import queries, rules
from .engine import ProblemError, canonical_json
from .inputs import NO_CHANGES, Changes, Forced
from .lifecycle import LIFE
from .models import Allocation, AllocationSnapshot, AllocationStudy, Scenario
from .snapshot import file_names, freeze
from .states import AllocationRule, ScenarioState, StudyKind

MAX_NAME = 80
MAX_SPREAD_PERCENT = 1000
PATIENCE = dt.timedelta(minutes=2)
"""How long the draws wait: they take a worker the longest, and what people wait for goes first, such as the next
scenario, letters and mail."""


def create_scenario(
    actor: Actor,
    round_: Round,
    name: str,
    rule: AllocationRule = AllocationRule.OPTIMAL,
    changes: Changes | None = None,
) -> Scenario:
    """Freeze the round as it is now, with changes when asked for, and have it calculated.

    Raises Refused for who may not, for whoever has an interest, and before the merits are adopted; InvalidMany
    beside the fields.
    """
    require(rules.can_make(actor, round_, queries.is_barred(actor, round_.id)))
    adoption = assessment.latest_adoption(round_.id)
    if adoption is None:
        raise Refused("early", rules.TOO_EARLY)
    changes = changes or NO_CHANGES
    merits = {merit.application_id: merit.merit for merit in adoption.merits}
    found = [a for a in applications.complete_of_round(round_.id) if a.id in merits]
    name = _checked(round_, clean_line(name), changes, found)
    snapshot = _freeze(actor, round_, adoption, found, merits, changes)
    scenario = Scenario(
        round_id=round_.id,
        name=name,
        snapshot=snapshot,
        rule=rule,
        created_at=actor.at,
        created_by=actor.user_id,
        created_by_name=actor.name,
    )
    db.session.add(scenario)
    db.session.flush()
    audit.record(
        actor,
        "scenario.create",
        scenario.audit_chain,
        f"scenario:{scenario.id}",
        {},
        {
            "name": name,
            "rule": rule.value,
            "problem_sha256": snapshot.sha256,
            "changes": changes.to_json() if changes else {},
        },
    )
    _enqueue(scenario)
    return scenario


def _checked(round_: Round, name: str, changes: Changes, found: list[Application]) -> str:
    problems = []
    if not name:
        problems.append(Invalid("name", "Geef het scenario een naam.", "name"))
    elif len(name) > MAX_NAME:
        problems.append(Invalid("name", f"Gebruik niet meer dan {MAX_NAME} tekens.", "name"))
    elif any(other.name.casefold() == name.casefold() for other in queries.scenarios(round_.id)):
        problems.append(Invalid("name_taken", "Er is in deze ronde al een scenario met deze naam.", "name"))
    if changes.ceiling is not None and changes.ceiling <= 0:
        problems.append(Invalid("ceiling", "Vul een bedrag in dat hoger is dan nul.", "ceiling"))
    if not 0 <= changes.spread_percent <= MAX_SPREAD_PERCENT:
        text = f"Vul een percentage in van 0 tot en met {MAX_SPREAD_PERCENT}."
        problems.append(Invalid("spread_percent", text, "spread_percent"))
    problems += _wrong_forced(changes.forced, {application.id for application in found})
    if not found:
        problems.append(Invalid("empty", "Er zijn geen volledige aanvragen om over te verdelen."))
    if problems:
        raise InvalidMany(problems)
    return name


def _wrong_forced(forced: tuple[Forced, ...], known: set[int]) -> list[Invalid]:
    problems, seen = [], set()
    for one in forced:
        if one.application_id not in known:
            problems.append(Invalid("forced", "Deze aanvraag hoort niet bij de verdeling.", "forced"))
        elif one.application_id in seen:
            problems.append(Invalid("forced", "Leg een aanvraag maar één keer vast.", "forced"))
        elif not one.reason.strip():
            text = "Schrijf waarom u deze aanvraag vooraf vastlegt."
            problems.append(Invalid("reason", text, "forced"))
        seen.add(one.application_id)
    return problems


def _freeze(
    actor: Actor,
    round_: Round,
    adoption: MeritAdoption,
    found: list[Application],
    merits: dict[int, int],
    changes: Changes,
) -> AllocationSnapshot:
    rule_set = rounds.rule_set(round_)
    names = file_names(queries.submitted(merits), rule_set.sha256)
    try:
        frozen = freeze(
            f"{round_.slug}: {round_.invented}" if round_.invented else round_.slug,
            rounds.rules_of(round_),
            round_.budget.ceiling,
            regions.all_regions(),
            found,
            merits,
            names,
            changes,
        )
    except ProblemError as error:
        text = "De gegevens van deze ronde passen niet in het model van de verdeling: "
        raise Invalid("problem", text + "; ".join(str(one) for one in error.errors[:3])) from error
    snapshot = AllocationSnapshot(
        round_id=round_.id,
        adoption_id=adoption.id,
        rule_set_id=rule_set.id,
        problem=frozen.problem,
        names=frozen.names,
        changes=changes.to_json(),
        changed=bool(changes),
        sha256=frozen.sha256,
        taken_at=actor.at,
    )
    db.session.add(snapshot)
    return snapshot


def _enqueue(scenario: Scenario) -> None:
    jobs.enqueue("allocation", scenario.job_key, {"scenario_id": scenario.id})


def finish(actor: Actor, scenario_id: int, document: dict[str, Any]) -> None:
    """Store the outcome that the engine gave and plan the studies. A second time changes nothing."""
    scenario = lock(Scenario, scenario_id)
    if scenario.state != ScenarioState.QUEUED:
        return
    text = canonical_json(document)
    sha256 = sha256_hex(text)
    db.session.add(
        Allocation(scenario_id=scenario.id, document=text.decode(), sha256=sha256, completed_at=actor.at)
    )
    LIFE.move(actor, scenario, "finish", facts={"outcome_sha256": sha256, "status": document["status"]})
    for kind in StudyKind if document["status"] != "infeasible" else ():
        if kind == StudyKind.RANKINGS or scenario.rule == AllocationRule.OPTIMAL:
            key = queries.study_key(scenario.id, kind)
            at = clock.now() + PATIENCE if kind == StudyKind.STABILITY else None
            jobs.enqueue("allocation.study", key, {"scenario_id": scenario.id, "kind": kind.value}, at)


def fail(actor: Actor, scenario_id: int, reason: str) -> None:
    """Say, in Dutch, why there is no outcome. Nothing when there is one after all."""
    scenario = lock(Scenario, scenario_id)
    if scenario.state != ScenarioState.QUEUED:
        return
    scenario.failure = reason
    LIFE.move(actor, scenario, "fail", reason)


def retry(actor: Actor, round_: Round, scenario: Scenario) -> None:
    """Calculate a scenario that failed once more, on the same frozen problem."""
    require(rules.can_make(actor, round_, queries.is_barred(actor, round_.id)))
    LIFE.move(actor, scenario, "retry")
    scenario.failure = ""
    scenario.attempt += 1
    db.session.flush()
    _enqueue(scenario)


def keep_study(actor: Actor, scenario_id: int, kind: StudyKind, document: dict[str, Any]) -> None:
    """Store what was worked out beside an outcome. A second time changes nothing."""
    lock(Scenario, scenario_id)
    if queries.has_study(scenario_id, kind):
        return
    text = canonical_json(document).decode()
    db.session.add(AllocationStudy(scenario_id=scenario_id, kind=kind, document=text, completed_at=actor.at))
    db.session.flush()


def choose(actor: Actor, scenario: Scenario) -> None:
    """Take a scenario as the base of the advice: what is published and explained afterwards is this one.

    The one that was taken last counts.
    """
    require(rules.can_choose(actor, scenario))
    if queries.is_barred(actor, scenario.round_id):
        raise Refused("barred", rules.BARRED)
    locked = lock(Scenario, scenario.id)
    locked.chosen_at = actor.at
    audit.record(actor, "scenario.choose", locked.audit_chain, f"scenario:{locked.id}", {}, {"chosen": True})
