"""The ceiling: no two awards together pass it, also not at the same moment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from pool.core.db import db
from pool.core.errors import Conflict, Invalid, Refused
from pool.rounds import service
from pool.rounds.models import Budget
from tests.support.world import World

ROOT = Path(__file__).resolve().parents[2]
AWARDS = 12
EACH = 10_000_000
CEILING = 5 * EACH

TAKER = """
import sys
sys.path.insert(0, {root!r})
from tests.conftest import settings
from pathlib import Path
from pool.app import create_app
from pool.core.db import db
from pool.core.errors import Conflict
from pool.rounds import service
from pool.rounds.models import Budget
from sqlalchemy import select, update

app = create_app(settings({url!r}, Path({folder!r})))

def unguarded(round_id, cents):
    # The broken twin: look first, then write what was seen.
    seen = db.session.scalar(select(Budget.committed).where(Budget.round_id == round_id))
    print("looked", flush=True)
    sys.stdin.readline()
    if seen + cents > {ceiling}:
        raise Conflict("over_ceiling", "")
    db.session.execute(update(Budget).where(Budget.round_id == round_id).values(committed=seen + cents))

take = unguarded if {broken} else service.commit_money
taken = 0
with app.app_context():
    if {broken}:
        from sqlalchemy import event
        from pool.core.db import _on_begin
        event.remove(db.engine, "begin", _on_begin)
    db.session.execute(select(1))
    db.session.rollback()
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range({awards}):
        try:
            take({round_id}, {each})
            db.session.commit()
            taken += {each}
        except Conflict:
            db.session.rollback()
    db.session.remove()
    db.engine.dispose()
print(taken)
"""


def _race(app: Flask, folder: Path, round_id: int, broken: bool) -> int:
    """How many cents two processes together were granted."""
    code = TAKER.format(
        root=str(ROOT),
        url=app.config["SQLALCHEMY_DATABASE_URI"],
        folder=str(folder),
        ceiling=CEILING,
        round_id=round_id,
        awards=1 if broken else AWARDS,
        each=CEILING if broken else EACH,
        broken=broken,
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for _ in range(2)
    ]
    # They go in step: both begin together, and in the broken twin both have looked before either writes.
    _in_step(processes, "ready")
    if broken:
        _in_step(processes, "looked")
    return sum(int(process.communicate(timeout=120)[0]) for process in processes)


def _in_step(processes: list[subprocess.Popen[str]], word: str) -> None:
    """Wait until every process has said the word, then let all of them go on."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == f"{word}\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()


def _round(app: Flask, world: World) -> int:
    with app.app_context():
        round_id = world.round(ceiling=CEILING).id
        db.session.remove()
    return round_id


@pytest.mark.faults
def test_two_processes_never_pass_the_ceiling(real_app: Flask, real_world: World, tmp_path: Path) -> None:
    round_id = _round(real_app, real_world)
    assert _race(real_app, tmp_path, round_id, broken=False) == CEILING
    with real_app.app_context():
        assert db.session.get_one(Budget, round_id).committed == CEILING


@pytest.mark.faults
def test_without_the_guard_the_race_is_lost(real_app: Flask, real_world: World, tmp_path: Path) -> None:
    """The twin that proves the test above can fail: look first, write later, without exclusive transactions."""
    round_id = _round(real_app, real_world)
    assert _race(real_app, tmp_path, round_id, broken=True) == 2 * CEILING


def test_an_award_over_the_ceiling_is_refused(world: World) -> None:
    round_ = world.round(ceiling=CEILING)
    service.commit_money(round_.id, CEILING)
    with pytest.raises(Conflict) as refusal:
        service.commit_money(round_.id, 1)
    assert refusal.value.code == "over_ceiling"


@pytest.mark.parametrize("cents", [0, -1])
def test_an_award_takes_something(world: World, cents: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        service.commit_money(world.round().id, cents)


def test_the_database_itself_keeps_the_ceiling(world: World) -> None:
    round_ = world.round(ceiling=CEILING)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(
            text("UPDATE budget SET committed = ceiling + 1 WHERE round_id = :id"), {"id": round_.id}
        )


def test_the_ceiling_never_goes_below_what_is_committed(world: World) -> None:
    round_ = world.round(ceiling=CEILING)
    service.commit_money(round_.id, EACH)
    with pytest.raises(Invalid) as refusal:
        service.change_ceiling(world.actor("programme"), round_, EACH - 1, "minder geld")
    assert refusal.value.field == "ceiling"


def test_a_change_of_the_ceiling_needs_the_role_and_a_reason(world: World) -> None:
    round_ = world.round(ceiling=CEILING)
    with pytest.raises(Refused):
        service.change_ceiling(world.actor("chair"), round_, 2 * CEILING, "meer geld")
    with pytest.raises(Invalid):
        service.change_ceiling(world.actor("programme"), round_, 2 * CEILING, "  ")


def test_a_change_of_the_ceiling_is_kept_with_its_reason(world: World) -> None:
    round_ = world.round(ceiling=CEILING)
    service.change_ceiling(world.actor("programme"), round_, 2 * CEILING, "Er kwam geld bij.")
    history = service.queries.ceiling_history(round_.id)
    assert [(h.previous, h.ceiling) for h in history] == [(0, CEILING), (CEILING, 2 * CEILING)]
    assert history[-1].reason == "Er kwam geld bij."
