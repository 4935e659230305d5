"""Staged fixtures: built once, the same for every test, and untouched by what a test does."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from pool.core.db import db
from pool.rounds.models import Round
from tests.support.stages import Stages, freeze, staged
from tests.support.world import World

_built: list[str] = []


@dataclass
class Pair:
    first: Round
    others: list[Round]


@staged
def pair(world: World) -> Pair:
    _built.append("pair")
    return Pair(world.round(slug="een"), [world.round(slug="twee")])


@staged
def spent(pair: Pair) -> Round:
    _built.append("spent")
    pair.first.budget.committed = 7
    db.session.commit()
    return pair.first


@pytest.mark.parametrize("turn", [1, 2])
def test_it_is_built_once_and_spoiling_it_spoils_nothing(pair: Pair, turn: int) -> None:
    assert _built.count("pair") == 1
    assert (pair.first.slug, [r.slug for r in pair.others]) == ("een", ["twee"])
    assert pair.first.budget.committed == 0
    pair.first.budget.committed = 99
    db.session.commit()


@pytest.mark.parametrize("turn", [1, 2])
def test_a_later_stage_rests_on_the_earlier_and_leaves_it_alone(spent: Round, pair: Pair, turn: int) -> None:
    assert spent is pair.first
    assert spent.budget.committed == 7
    assert _built.count("spent") == 1


def test_the_earlier_stage_does_not_know_the_later(pair: Pair) -> None:
    assert pair.first.budget.committed == 0


def test_a_test_without_stages_begins_empty(app: Flask) -> None:
    assert Stages.current is None
    assert db.session.query(Round).count() == 0


def test_rows_do_not_keep_their_session(pair: Pair) -> None:
    kept = freeze(pair)
    assert not isinstance(kept.first, Round)
    assert not isinstance(kept.others[0], Round)
