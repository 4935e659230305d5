"""The machine and the trail: what is refused, what is written, and that tampering shows."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from pool.core import audit
from pool.core.access import YES, no
from pool.core.db import IMMUTABLE_TABLES, db
from pool.core.errors import Refused
from pool.core.machine import Lifecycle, Move
from pool.rounds import service as rounds
from pool.rounds.lifecycle import LIFE
from pool.rounds.states import RoundState
from tests.support.world import World


def test_a_move_from_the_wrong_state_is_refused_with_the_state(world: World) -> None:
    round_ = world.round()
    with pytest.raises(Refused) as refusal:
        LIFE.move(world.actor("programme"), round_, "publish")
    assert refusal.value.code == "state"
    assert "gepubliceerd" in refusal.value.message


def test_a_move_by_the_wrong_role_changes_nothing(world: World) -> None:
    round_ = world.round()
    rounds.follow_clock(world.later("programme", days=15), round_)
    with pytest.raises(Refused):
        LIFE.move(world.later("applicant", days=15), round_, "begin_assessment")
    assert round_.state == RoundState.CLOSED


def test_the_rule_is_asked_on_the_fresh_row(world: World) -> None:
    """Somebody moved the row in the database; what this session still remembers does not count."""
    round_ = world.round()
    db.session.commit()
    assert round_.state == RoundState.PUBLISHED
    db.session.execute(text("UPDATE round SET state = 'closed' WHERE id = :id"), {"id": round_.id})
    with pytest.raises(Refused):
        LIFE.move(world.actor("programme"), round_, "open")


def test_open_moves_are_those_the_rule_allows() -> None:
    def rule(actor: object, _thing: object) -> object:
        return YES if actor == "yes" else no("nee")

    class Thing:
        id, state, audit_chain = 1, RoundState.DRAFT, "x:1"

    life = Lifecycle("x", [Move("go", "Ga", frozenset({RoundState.DRAFT}), RoundState.OPEN, rule)])  # type: ignore[arg-type]
    assert [m.name for m in life.open_moves("yes", Thing())] == ["go"]  # type: ignore[arg-type]
    assert life.open_moves("no", Thing()) == []  # type: ignore[arg-type]


def test_every_move_leaves_one_row_in_a_whole_chain(world: World) -> None:
    round_ = world.round()
    rounds.follow_clock(world.later("programme", days=15), round_)
    entries = audit.trail(round_.audit_chain)
    assert [e.action for e in entries] == ["round.create", "round.publish", "round.open", "round.close"]
    assert audit.verify_all() == []


def _without_triggers(table: str) -> None:
    """What somebody with full rights on the database could do."""
    if db.session.get_bind().dialect.name == "sqlite":
        db.session.execute(text(f"DROP TRIGGER keep_{table}_update"))
        db.session.execute(text(f"DROP TRIGGER keep_{table}_delete"))
    else:
        db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER keep_{table}"))


@pytest.mark.parametrize(
    ("tampering", "finding"),
    [
        ("UPDATE audit_entry SET reason = 'anders' WHERE chain = :c AND seq = 2", "row 2 was changed"),
        ("UPDATE audit_entry SET actor_name = 'niemand' WHERE chain = :c AND seq = 1", "row 1 was changed"),
        ("DELETE FROM audit_entry WHERE chain = :c AND seq = 1", "row 1 is missing"),
        ("DELETE FROM audit_entry WHERE chain = :c AND seq = 2", "does not end where its head says"),
    ],
)
def test_tampering_shows(world: World, tampering: str, finding: str) -> None:
    chain = world.round().audit_chain
    _without_triggers("audit_entry")
    db.session.execute(text(tampering), {"c": chain})
    db.session.expire_all()
    assert any(finding in problem for problem in audit.verify_chain(chain))


def test_the_database_refuses_to_change_what_is_written_once(world: World) -> None:
    world.round()
    for statement in ("UPDATE rule_set SET reason = 'x'", "DELETE FROM rule_set", "DELETE FROM audit_entry"):
        with pytest.raises(DBAPIError), db.session.begin_nested():
            db.session.execute(text(statement))


def test_the_orm_refuses_to_change_what_is_written_once(world: World) -> None:
    frozen = world.round().rule_sets[-1]
    frozen.reason = "achteraf"
    with pytest.raises(Refused):
        db.session.flush()
    db.session.rollback()


def test_every_immutable_table_has_its_triggers(app: Flask) -> None:
    if db.session.get_bind().dialect.name == "sqlite":
        rows = db.session.execute(text("SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'"))
    else:
        query = "SELECT DISTINCT event_object_table FROM information_schema.triggers"
        rows = db.session.execute(text(query))
    assert {row[0] for row in rows} == IMMUTABLE_TABLES
