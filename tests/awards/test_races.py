"""Two people at the same moment, in two processes, on a database with real commits."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from pool.awards import queries
from pool.awards.states import AdviceState
from pool.core import audit
from pool.core.db import db
from pool.rounds.models import Budget
from tests.awards.conftest import ASKED, CEILING, Case, make_case
from tests.support.awards_factory import prepare
from tests.support.world import World

ROOT = Path(__file__).resolve().parents[2]
ROOM = ASKED + 1
"""A ceiling that holds one of the two awards, lowered after they were prepared."""

# What a process does: it says `ready`, waits for a line, and ends with what happened as JSON.
PERSON = """
import json, sys, time
sys.path.insert(0, {root!r})
from pathlib import Path
from sqlalchemy import event, select, update
from tests.conftest import settings
from pool.app import create_app
from pool.awards import queries, service
from pool.core.db import _on_begin, db
from pool.core.errors import PoolError
from pool.rounds import service as rounds
from pool.rounds.models import Budget
from tests.support.world import World

app = create_app(settings({url!r}, Path({folder!r})))
world = World(ids={ids!r})

def wait(word):
    print(word, flush=True)
    sys.stdin.readline()

def unguarded(round_id, cents):
    # The broken twin: look first, then write what was seen.
    seen = db.session.scalar(select(Budget.committed).where(Budget.round_id == round_id))
    wait("looked")
    if seen + cents > {room}:
        raise AssertionError("it would have seen the other")
    db.session.execute(update(Budget).where(Budget.round_id == round_id).values(committed=seen + cents))

def decide(proposal_id):
    taken = service.decide_several(world.later("decider", days=60), {round_id}, {{proposal_id: 1}})
    return taken[0].amount

def withdraw(_):
    advice = queries.current_advice({round_id})
    service.withdraw_advice(world.later("chair", days=60), advice, "Een rekenfout.")
    return 0

found = []
with app.app_context():
    if {broken}:
        rounds.commit_money = unguarded
        event.remove(db.engine, "begin", _on_begin)
    db.session.execute(select(1))
    db.session.rollback()
    wait("ready")
    for verb, argument in {work!r}:
        try:
            taken = globals()[verb](argument)
            if {hold}:
                wait("held")
            db.session.commit()
            found.append(taken)
        except PoolError as error:
            db.session.rollback()
            found.append(error.code)
    db.session.remove()
    db.engine.dispose()
print(json.dumps(found), flush=True)
"""


class Person:
    """A process that works through its list when told to go on."""

    def __init__(
        self, app: Flask, case: Case, folder: Path, work: list[tuple[str, int]], **how: bool
    ) -> None:
        code = PERSON.format(
            root=str(ROOT),
            url=app.config["SQLALCHEMY_DATABASE_URI"],
            folder=str(folder),
            ids=case.world.ids,
            round_id=case.round_id,
            room=ROOM,
            work=work,
            broken=how.get("broken", False),
            hold=how.get("hold", False),
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )

    def until(self, word: str) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == f"{word}\n"

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def end(self) -> list[Any]:
        output, _ = self.process.communicate(timeout=120)
        found: list[Any] = json.loads(output.strip().split("\n")[-1])
        return found


def together(people: list[Person], word: str) -> None:
    for person in people:
        person.until(word)
    for person in people:
        person.go()


def one_in_the_middle_of_the_other(one: Person, other: Person) -> None:
    """The other has done its work and holds its commit; then the one begins; then the other commits."""
    one.until("ready")
    other.until("ready")
    other.go()
    other.until("held")
    one.go()
    time.sleep(1)
    other.go()


@pytest.fixture
def prepared(real_app: Flask, real_world: World) -> Case:
    """Two awards are prepared, 50,000 and 40,000; no context stays pushed."""
    with real_app.app_context():
        case = make_case(real_world)
        prepare(real_world, case.round)
        db.session.remove()
    return case


def keys(app: Flask, case: Case, *, room: int = CEILING) -> dict[int, int]:
    """Application to its proposal. room: the ceiling from now on, in cents."""
    with app.app_context():
        case.set_ceiling(room)
        found = {p.application_id: p.id for p in queries.proposals(case.round_id)}
        db.session.remove()
    return found


@pytest.mark.faults
def test_two_deciders_never_pass_the_ceiling(real_app: Flask, prepared: Case, tmp_path: Path) -> None:
    """Together the two awards do not fit; each decider takes them in another order."""
    found = keys(real_app, prepared, room=ROOM)
    orders = ([prepared.good_id, prepared.fair_id], [prepared.fair_id, prepared.good_id])
    people = [Person(real_app, prepared, tmp_path, [("decide", found[i]) for i in order]) for order in orders]
    together(people, "ready")
    outcomes = [person.end() for person in people]
    amounts = [one for outcome in outcomes for one in outcome if isinstance(one, int)]
    assert len(amounts) == 1, outcomes
    assert "over_ceiling" in outcomes[0] + outcomes[1]
    with real_app.app_context():
        assert db.session.get_one(Budget, prepared.round_id).committed == amounts[0] <= ROOM
        assert sum(d.amount for d in queries.decisions(prepared.round_id)) == amounts[0]
        assert audit.verify_all() == []


@pytest.mark.faults
def test_without_the_guard_the_ceiling_is_passed(real_app: Flask, prepared: Case, tmp_path: Path) -> None:
    """The twin that proves the test above can fail: look first, write later, without exclusive transactions."""
    found = keys(real_app, prepared, room=ROOM)
    people = [
        Person(real_app, prepared, tmp_path, [("decide", found[i])], broken=True)
        for i in (prepared.good_id, prepared.fair_id)
    ]
    together(people, "ready")
    for person in people:
        person.until("looked")
    outcomes = []
    for person in people:
        person.go()
        outcomes.append(person.end())
    assert outcomes == [[ASKED], [CEILING - ASKED]]
    with real_app.app_context():
        assert sum(d.amount for d in queries.decisions(prepared.round_id)) > ROOM


@pytest.mark.faults
def test_two_deciders_take_one_decision_once(real_app: Flask, prepared: Case, tmp_path: Path) -> None:
    found = keys(real_app, prepared)
    people = [Person(real_app, prepared, tmp_path, [("decide", found[prepared.good_id])]) for _ in range(2)]
    together(people, "ready")
    outcomes = sorted(str(person.end()[0]) for person in people)
    assert outcomes == [str(ASKED), "state"]
    with real_app.app_context():
        assert db.session.get_one(Budget, prepared.round_id).committed == ASKED


@pytest.mark.faults
def test_an_advice_is_not_taken_back_under_a_decision(
    real_app: Flask, prepared: Case, tmp_path: Path
) -> None:
    """The decider has decided but not committed yet when the chair takes the advice back: the chair waits, and loses."""
    found = keys(real_app, prepared)
    decider = Person(real_app, prepared, tmp_path, [("decide", found[prepared.low_id])], hold=True)
    chair = Person(real_app, prepared, tmp_path, [("withdraw", 0)])
    one_in_the_middle_of_the_other(chair, decider)
    assert (decider.end(), chair.end()) == ([0], ["decided"])


@pytest.mark.faults
def test_a_decision_does_not_follow_an_advice_that_is_taken_back(
    real_app: Flask, prepared: Case, tmp_path: Path
) -> None:
    """The other way round: the chair was first, so there is nothing left to decide on."""
    found = keys(real_app, prepared)
    chair = Person(real_app, prepared, tmp_path, [("withdraw", 0)], hold=True)
    decider = Person(real_app, prepared, tmp_path, [("decide", found[prepared.low_id])])
    one_in_the_middle_of_the_other(decider, chair)
    assert (chair.end(), decider.end()) == ([0], ["lapsed"])
    with real_app.app_context():
        assert queries.decisions(prepared.round_id) == []
        advice = queries.current_advice(prepared.round_id)
        assert advice is not None
        assert (advice.number, advice.state) == (2, AdviceState.DRAFT)
