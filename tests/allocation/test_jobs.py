"""The calculation survives a worker that is killed, and two workers at once; it is stored once."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from pool.allocation import queries, service
from pool.allocation.engine import Problem, verify
from pool.allocation.models import Allocation, AllocationStudy, Scenario
from pool.allocation.states import AllocationRule, ScenarioState
from pool.core import audit, jobs
from pool.core.db import db
from pool.rounds.models import Round
from tests.support.allocation_factory import ALLOCATED, run_jobs
from tests.support.applications_factory import make_complete
from tests.support.assessment_factory import adopt
from tests.support.world import World

ROOT = Path(__file__).resolve().parents[2]
SHORT = dt.timedelta(seconds=1)

# A worker that stops in the middle of its calculation, after it has told how far it is.
WORKER = """
import datetime as dt, sys, time
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.conftest import settings
from pool.app import create_app
from pool.allocation import jobs as allocation_jobs
from pool.core import jobs

jobs.LEASE = dt.timedelta(seconds=1)


def slow(problem, rule, report):
    report(40, "halverwege")
    print("halfway", flush=True)
    time.sleep(600)


allocation_jobs._solve = slow
app = create_app(settings({url!r}, Path({folder!r})))
with app.app_context():
    jobs.carry_out(jobs.claim(jobs.worker_name(), jobs.LEASE))
"""


def _number(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def _make(world: World, round_: Round) -> Scenario:
    made = service.create_scenario(world.later("programme", days=ALLOCATED), round_, "Een")
    db.session.commit()
    return made


@pytest.mark.faults
def test_a_worker_killed_halfway_leaves_nothing_and_the_next_one_finishes_once(
    real_app: Flask, real_world: World, tmp_path: Path
) -> None:
    with real_app.app_context():
        round_ = real_world.round()
        make_complete(real_world, round_)
        adopt(real_world, round_)
        run_jobs()
        scenario_id = _make(real_world, round_).id
        db.session.remove()
    url = real_app.config["SQLALCHEMY_DATABASE_URI"]
    code = WORKER.format(root=str(ROOT), url=url, folder=str(tmp_path))
    worker = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "halfway\n"
    worker.kill()
    worker.communicate()
    with real_app.app_context():
        scenario = db.session.get_one(Scenario, scenario_id)
        job = queries.jobs_of([scenario])[scenario_id]
        assert (scenario.state, job.percent, job.progress) == (ScenarioState.QUEUED, 40, "halverwege")
        assert _number(Allocation) == 0
        db.session.remove()
        time.sleep(1.1)  # until the lease of the dead worker has run out
        jobs.work(until_idle=True)
        scenario = db.session.get_one(Scenario, scenario_id)
        assert scenario.state == ScenarioState.DONE
        assert _number(Allocation) == 1
        assert _number(AllocationStudy) == 3
        outcome = queries.outcome(scenario)
        assert outcome is not None
        assert verify(scenario.snapshot.problem, outcome) == []
        finished = [e for e in audit.trail(scenario.audit_chain) if e.action == "scenario.finish"]
        assert len(finished) == 1
        db.session.remove()


def test_a_worker_that_lost_its_lease_stores_nothing(
    world: World, adopted: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a slow worker calculates, its lease runs out and another one finishes first."""
    from pool.allocation import jobs as allocation_jobs

    run_jobs()
    scenario = _make(world, adopted)
    own = allocation_jobs._solve
    slow = jobs.claim("slow", -SHORT)  # a lease that has run out already
    assert slow is not None

    def overtaken(problem: Problem, rule: AllocationRule, report: allocation_jobs.Report) -> object:
        monkeypatch.setattr(allocation_jobs, "_solve", own)
        quick = jobs.claim("quick")
        assert quick is not None
        assert quick.id == slow.id
        assert jobs.carry_out(quick)
        return own(problem, rule, lambda _percent, _words: None)

    monkeypatch.setattr(allocation_jobs, "_solve", overtaken)
    slow_as_claimed = jobs.Job(id=slow.id, kind=slow.kind, lease_by="slow", payload=slow.payload, attempts=1)
    assert not jobs.carry_out(slow_as_claimed)
    db.session.expire_all()
    assert scenario.state == ScenarioState.DONE
    assert _number(Allocation) == 1
    assert audit.verify_chain(scenario.audit_chain) == []


def test_no_transaction_is_open_while_the_engine_works(
    world: World, adopted: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pool.allocation import jobs as allocation_jobs

    seen: list[bool] = []
    own = allocation_jobs._solve

    def watch(problem: Problem, rule: AllocationRule, report: allocation_jobs.Report) -> object:
        seen.append(db.session().in_transaction())
        return own(problem, rule, report)

    monkeypatch.setattr(allocation_jobs, "_solve", watch)
    scenario = _make(world, adopted)
    run_jobs()
    assert seen == [False]
    assert scenario.state == ScenarioState.DONE


def test_progress_is_told_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    from pool.allocation import jobs as allocation_jobs

    told: list[tuple[int, dt.timedelta]] = []
    moments = iter([10.0, 10.0, 11.0, 12.5, 12.5])
    monkeypatch.setattr(allocation_jobs.time, "monotonic", lambda: next(moments))
    monkeypatch.setattr(jobs, "report", lambda _job, percent, _words, lease: told.append((percent, lease)))
    report = allocation_jobs._reporter(jobs.Job(), allocation_jobs.LARGE + 1)
    for percent in (5, 20, 60):
        report(percent, "bezig")
    assert told == [(5, allocation_jobs.LONG_LEASE), (60, allocation_jobs.LONG_LEASE)]
