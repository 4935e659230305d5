"""Calculating in the background. The solver is loaded here, in the worker, and nowhere else.

No transaction is open while the engine works: the frozen problem is read first, and what comes out is stored
afterwards together with the mark that the job is done. A worker that dies in between leaves nothing behind but
a lease that runs out; the next one starts over from the same problem.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

from pool.core import jobs
from pool.core.access import system
from pool.core.db import db

from . import queries, service, studies
from .engine import Problem, parse_problem, verify
from .models import Scenario
from .states import AllocationRule, ScenarioState, StudyKind

LARGE = 2000
"""From this many applications a single step of the solver can take long; the lease is longer then."""
LONG_LEASE = dt.timedelta(minutes=10)
PAUSE = 2.0
"""Seconds between two reports of progress."""

BROKE = "De berekening is een aantal keren gestopt. Vraag de beheerder om naar de melding te kijken."
NOTHING_FOUND = (
    "Binnen de grens van het rekenwerk is geen verdeling gevonden die aan alle regels voldoet, en ook geen bewijs "
    "dat die er niet is."
)
NOT_CONFIRMED = "De uitkomst is nagerekend en klopte niet. Daarom is zij niet bewaard."

Report = Callable[[int, str], None]


def _reporter(job: jobs.Job, size: int) -> Report:
    """Tells how far the work is, now and then, and keeps the lease."""
    lease = LONG_LEASE if size > LARGE else jobs.LEASE
    last = [float("-inf")]

    def report(percent: int, words: str) -> None:
        if time.monotonic() - last[0] >= PAUSE:
            last[0] = time.monotonic()
            jobs.report(job, percent, words, lease)

    return report


def _load(scenario_id: int) -> tuple[ScenarioState, AllocationRule, Problem, dict[str, Any]]:
    """What the engine needs, read in a transaction that has ended when this returns."""
    scenario = db.session.get_one(Scenario, scenario_id)
    found = scenario.state, scenario.rule, scenario.snapshot.problem
    db.session.commit()
    return found[0], found[1], parse_problem(found[2]), found[2]


@jobs.handler("allocation")
def calculate(job: jobs.Job) -> None:
    """Solve the frozen problem of a scenario, check the answer, and store it."""
    scenario_id, attempts = int(job.payload["scenario_id"]), job.attempts
    if attempts > jobs.MAX_ATTEMPTS:
        # Workers died on it again and again, without a chance to say why.
        service.fail(system(), scenario_id, BROKE)
        return
    state, rule, problem, source = _load(scenario_id)
    if state != ScenarioState.QUEUED:
        return
    try:
        document = _solve(problem, rule, _reporter(job, len(problem.applications)))
    except Exception:
        db.session.rollback()
        if attempts < jobs.MAX_ATTEMPTS:
            raise
        service.fail(system(), scenario_id, BROKE)
        return
    if document is None:
        service.fail(system(), scenario_id, NOTHING_FOUND)
    elif verify(source, document):
        service.fail(system(), scenario_id, NOT_CONFIRMED)
    else:
        service.finish(system(), scenario_id, document)


def _solve(problem: Problem, rule: AllocationRule, report: Report) -> dict[str, Any] | None:
    from .engine import NoOutcomeError, solve

    def progress(facts: dict[str, Any]) -> None:
        report(50, f"{facts['nodes']} mogelijkheden onderzocht")

    report(5, "het rekenwerk begint")
    try:
        return solve(problem, rule.value, progress=progress).to_dict()
    except NoOutcomeError:
        return None


@jobs.handler("allocation.study")
def work_out(job: jobs.Job) -> None:
    """Work out one study beside an outcome: the plain rankings, the explanations, the frontier, or the draws."""
    scenario_id, kind = int(job.payload["scenario_id"]), StudyKind(job.payload["kind"])
    if queries.has_study(scenario_id, kind):
        return
    scenario = db.session.get_one(Scenario, scenario_id)
    material = queries.material(scenario)
    db.session.commit()
    report = _reporter(job, len(material.problem.applications))
    report(5, "het rekenwerk begint")
    document = studies.WORK[kind](material, report)
    service.keep_study(system(), scenario_id, kind, document)
