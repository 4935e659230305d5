"""Publishing: what it refuses, that nothing changes afterwards, and what an amendment may."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm.attributes import set_committed_value

from pool.core import audit, jobs
from pool.core.db import db
from pool.core.errors import Conflict, InvalidMany, Refused
from pool.core.text import canonical_json, sha256_hex
from pool.rounds import queries, rules, service
from pool.rounds.inputs import (
    STANDARD_MARKS,
    Accountability,
    AmendmentInput,
    Bottleneck,
    Bound,
    DocumentRule,
    Question,
    RoundRules,
)
from pool.rounds.models import PUBLISHED_COLUMNS, Round
from pool.rounds.states import Instrument, Part, RoundState
from tests.support.rounds_factory import CLOSES, FULL, OPENS, make_draft_round, make_published_round
from tests.support.world import START, World

# --- what is missing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "part", "complaint"),
    [
        ({"legal_basis": ""}, Part.BASICS, "grondslag"),
        ({"publication_reference": ""}, Part.BASICS, "vindplaats"),
        ({"publication_date": None}, Part.BASICS, "datum van de bekendmaking"),
        ({"publication_date": OPENS.date() + dt.timedelta(days=1)}, Part.BASICS, "vóór de bekendmaking"),
        ({"opens_at": START}, Part.DATES, "al voorbij"),
        ({"ceiling": 0}, Part.MONEY, "plafond ontbreekt"),
        ({"rules": replace(FULL, themes=(), grounds=(), theme_bounds={})}, Part.PURPOSE, "thema"),
        ({"rules": replace(FULL, criteria=())}, Part.CRITERIA, "geen criteria"),
        ({"rules": replace(FULL, criteria=FULL.criteria[:2])}, Part.CRITERIA, "zijn ze samen 75%"),
        (
            {"rules": replace(FULL, criteria=(replace(FULL.criteria[0], weight=100, question=" "),))},
            Part.CRITERIA,
            "de vraag ontbreekt",
        ),
        (
            {
                "rules": replace(
                    FULL,
                    criteria=(
                        replace(FULL.criteria[0], weight=100, anchors={**FULL.criteria[0].anchors, "7": " "}),
                    ),
                )
            },
            Part.CRITERIA,
            "van een niveau ontbreekt (7)",
        ),
        ({"rules": replace(FULL, reference_amount=None)}, Part.ALLOCATION, "precies één keer"),
        ({"rules": replace(FULL, spread_steps=(1, 2))}, Part.ALLOCATION, "gelijk blijven of dalen"),
        ({"rules": replace(FULL, max_request=15_000_050)}, Part.ALLOCATION, "geen veelvoud"),
        ({"rules": replace(FULL, max_request=20_000_100)}, Part.ALLOCATION, "hoger dan het plafond"),
        (
            {"rules": replace(FULL, theme_bounds={"traumascreening": Bound(1)})},
            Part.BOUNDS,
            "niet in deze ronde",
        ),
        (
            {"rules": replace(FULL, bottlenecks=(Bottleneck("huis", "Huis", "", STANDARD_MARKS),))},
            Part.BOTTLENECKS,
            "uitleg ontbreekt",
        ),
        (
            {"rules": replace(FULL, bottlenecks=(Bottleneck("huis", "Huis", "Uitleg.", {"0": "Niets."}),))},
            Part.BOTTLENECKS,
            "van cijfers ontbreekt (1, 2 en 3)",
        ),
        ({"rules": replace(FULL, tie_seed="")}, Part.TIES, "loting"),
        ({"rules": replace(FULL, objection_address="")}, Part.TERMS, "bezwaar"),
        ({"instrument": Instrument.SPECIFIC_GRANT}, Part.REPORTING, "SiSa"),
    ],
)
def test_publishing_names_what_is_missing_and_where(
    world: World, change: dict[str, Any], part: Part, complaint: str
) -> None:
    round_ = make_draft_round(world, change.pop("rules", FULL), **change)
    found = rules.lacks(round_, round_.budget.ceiling, START)
    assert {lack.part for lack in found} == {part}
    assert complaint in found[0].message
    with pytest.raises(InvalidMany) as refusal:
        service.publish(world.actor("programme"), round_)
    assert complaint in refusal.value.problems[0].message
    db.session.rollback()
    assert (round_.state, round_.rule_sets) == (RoundState.DRAFT, [])


def test_everything_that_is_missing_is_said_at_once(world: World) -> None:
    round_ = make_draft_round(world, RoundRules(), legal_basis="", ceiling=0)
    parts = [lack.part for lack in rules.lacks(round_, 0)]
    assert parts == [Part.BASICS, Part.MONEY, Part.PURPOSE, Part.CRITERIA, Part.TIES, Part.TERMS]


def test_a_round_is_published_once(world: World) -> None:
    round_ = make_published_round(world)
    with pytest.raises(Refused):
        service.publish(world.actor("programme"), round_)


def test_nobody_publishes_what_was_changed_meanwhile(world: World) -> None:
    round_ = make_draft_round(world)
    seen = round_.version
    service.save_rules(world.actor("programme_b"), round_, Part.TIES, {"tie_seed": "anders"}, seen)
    with pytest.raises(Conflict) as refusal:
        service.publish(world.actor("programme"), round_, seen)
    assert refusal.value.code == "stale"


# --- what is published stays ------------------------------------------------------------------------------


def test_the_hash_covers_the_round_and_every_rule(world: World) -> None:
    frozen = queries.rule_set(make_published_round(world))
    assert frozen.sha256 == sha256_hex(canonical_json(frozen.document))
    assert set(frozen.document["rules"]) == {field.name for field in fields(RoundRules)}
    assert frozen.document["round"]["ceiling"] == 20_000_000
    assert frozen.document["round"]["closes_at"] == CLOSES.isoformat(timespec="microseconds")
    assert frozen.document["round"]["publication_date"] == "2027-01-04"


ANOTHER: dict[str, str] = {
    "scheme_id": "scheme_id + 1",
    "year": "year + 1",
    "budget_caveat": "NOT budget_caveat",
    "publication_date": "NULL",
    "published_at": "NULL",
    "rules": "'{}'",
    "articles": "'[]'",
    "opens_at": "closes_at",
    "instrument": "'decentralisatie_uitkering'",
}


QUOTED_X = "'x'"
NEEDED = ("scheme_id", "opens_at")
"""Columns that other rules of the database guard as well."""


@pytest.mark.parametrize("column", PUBLISHED_COLUMNS)
def test_the_database_keeps_every_published_column(world: World, column: str) -> None:
    make_published_round(world)
    with pytest.raises(DatabaseError, match="immutable"), db.session.begin_nested():
        db.session.execute(text(f"UPDATE round SET {column} = {ANOTHER.get(column, QUOTED_X)}"))


@pytest.mark.parametrize("column", [c for c in PUBLISHED_COLUMNS if c not in NEEDED])
def test_the_twin_a_draft_may_change_all_of_them(world: World, column: str) -> None:
    make_draft_round(world)
    db.session.execute(text(f"UPDATE round SET {column} = {ANOTHER.get(column, QUOTED_X)}"))


def test_a_closing_moment_never_moves_forward_and_a_published_round_stays(world: World) -> None:
    make_published_round(world)
    for statement in ("UPDATE round SET closes_at = opens_at", "DELETE FROM round"):
        with pytest.raises(DatabaseError), db.session.begin_nested():
            db.session.execute(text(statement))


def test_the_orm_does_not_get_around_it(world: World) -> None:
    round_ = make_published_round(world)
    round_.title = "Anders"
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()
    frozen = queries.rule_set(round_)
    frozen.facts = {}
    with pytest.raises(Refused):
        db.session.flush()
    db.session.rollback()


def test_what_is_published_is_fixed_although_the_round_lives_on(world: World) -> None:
    round_ = make_published_round(world)
    service.follow_clock(world.actor("programme", OPENS), round_)
    assert round_.state == RoundState.OPEN


# --- amendments -------------------------------------------------------------------------------------------

LATER = dt.timedelta(days=1)


def amend(world: World, round_: Round, new: RoundRules, who: str = "programme", **more: Any) -> Any:
    given = {"reason": "De vraag was onduidelijk.", **more}
    at = given.pop("at", START + LATER)
    number = given.pop("number", round_.rule_sets[-1].number)
    return service.amend(world.actor(who, at), round_, AmendmentInput(new, **given), number)


ALLOWED = {
    "objection_address": "Nieuw adres",
    "decision_weeks": 20,
    "supplement_days": 21,
    "assessors_per_application": 4,
    "questions": (replace(FULL.questions[0], hint="Noem leeftijd.", required=False), FULL.questions[1]),
    "documents": (replace(FULL.documents[0], hint="", required=False),),
}
FORBIDDEN: dict[str, Any] = {
    "criteria": (
        replace(FULL.criteria[0], weight=41),
        replace(FULL.criteria[1], weight=34),
        FULL.criteria[2],
    ),
    "themes": ("mda",),
    "grounds": (),
    "shelter_partner": False,
    "value_basis": "application",
    "reference_amount": 1,
    "spread_steps": (),
    "joint": "every",
    "min_merit": 0,
    "partial_awards": False,
    "amount_step": 100_000,
    "max_request": None,
    "region_bounds": {},
    "theme_bounds": {},
    "tie_seed": "een ander lot",
    "regional_views": False,
    "grounds_of_choice": (),
    "bottlenecks": (),
    "conditions": (),
    "calibration": "off",
    "extra_assessor_gap": None,
    "own_region": "hard",
    "reporting": Accountability("on_request", "performance", "costs"),
}


def test_every_rule_may_or_may_not_be_amended() -> None:
    assert set(ALLOWED) == set(rules.AMENDABLE)
    assert set(ALLOWED) | set(FORBIDDEN) == {field.name for field in fields(RoundRules)}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_what_decides_who_gets_money_is_never_amended(world: World, name: str) -> None:
    round_ = make_published_round(world)
    with pytest.raises(InvalidMany) as refusal:
        amend(world, round_, replace(FULL, **{name: FORBIDDEN[name]}))
    assert refusal.value.problems[0].code == "frozen"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("objection_address", ""),
        ("decision_weeks", 23),
        ("supplement_days", 13),
        ("assessors_per_application", 1),
        ("questions", FULL.questions[:1]),
        ("questions", (*FULL.questions, Question("meer", "Nog een vraag?"))),
        ("questions", (replace(FULL.questions[0], label="Iets anders?"), FULL.questions[1])),
        ("documents", (replace(FULL.documents[0], kinds=("pdf",)),)),
        ("documents", (*FULL.documents, DocumentRule("extra", "Begroting"))),
    ],
)
def test_an_amendment_never_makes_it_worse(world: World, name: str, value: Any) -> None:
    round_ = make_published_round(world)
    with pytest.raises(InvalidMany):
        amend(world, round_, replace(FULL, **{name: value}))


def test_a_duty_cannot_come_back(world: World) -> None:
    round_ = make_published_round(world)
    lighter = replace(FULL, questions=ALLOWED["questions"])
    amend(world, round_, lighter)
    with pytest.raises(InvalidMany):
        amend(world, round_, FULL)


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"who": "chair"}, Refused),
        ({"who": "decider"}, Refused),
        ({"reason": " \n"}, InvalidMany),
        ({"reason": "x" * 3001}, InvalidMany),
        ({"number": 0}, Conflict),
    ],
)
def test_an_amendment_that_is_refused(world: World, more: dict[str, Any], error: type[Exception]) -> None:
    round_ = make_published_round(world)
    with pytest.raises(error):
        amend(world, round_, replace(FULL, decision_weeks=20), **more)


def test_nothing_changes_is_no_amendment(world: World) -> None:
    round_ = make_published_round(world)
    with pytest.raises(InvalidMany) as refusal:
        amend(world, round_, FULL)
    assert refusal.value.code == "invalid"
    assert refusal.value.problems[0].code == "unchanged"


def test_a_draft_is_not_amended(world: World) -> None:
    with pytest.raises(Refused):
        service.amend(world.actor("programme"), make_draft_round(world), AmendmentInput(FULL, "x"), 1)


def test_no_amendment_after_the_assessment_began(world: World) -> None:
    round_ = make_published_round(world)
    after = world.actor("programme", CLOSES + LATER)
    service.move(after, round_, "begin_assessment")
    with pytest.raises(Refused) as refusal:
        amend(world, round_, replace(FULL, decision_weeks=20), at=CLOSES + LATER)
    assert refusal.value.code == "state"


@pytest.mark.parametrize("name", ALLOWED)
def test_an_amendment_is_a_new_set_that_names_the_old_one(world: World, name: str) -> None:
    round_ = make_published_round(world)
    old = queries.rule_set(round_)
    new = amend(world, round_, replace(FULL, **{name: ALLOWED[name]}), reference="Staatscourant 2027, 2")
    assert (new.number, new.replaces, new.reference) == (2, old, "Staatscourant 2027, 2")
    assert new.document["replaces"] == old.sha256
    assert new.sha256 == sha256_hex(canonical_json(new.document)) != old.sha256
    assert queries.rules_of(round_) == replace(FULL, **{name: ALLOWED[name]})
    assert RoundRules.from_json(old.body) == FULL
    entry = audit.trail(round_.audit_chain)[-1]
    assert (entry.action, entry.reason) == ("round.amend", "De vraag was onduidelijk.")
    assert set(entry.after) == {"rules_sha256", name}
    assert audit.verify_all() == []


def test_rules_are_kept_by_their_own_hash(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who read the round just before an amendment gets the rules of then, and nobody gets them for the new ones."""
    monkeypatch.setattr(queries, "_published", {})
    round_ = make_published_round(world)
    before = round_.rules_sha256
    amended = replace(FULL, decision_weeks=20)
    amend(world, round_, amended)
    after = round_.rules_sha256
    set_committed_value(round_, "rules_sha256", before)
    assert queries.rules_of(round_) == FULL
    set_committed_value(round_, "rules_sha256", after)
    assert queries.rules_of(round_) == amended


def test_two_amendments_follow_each_other(world: World) -> None:
    round_ = make_published_round(world)
    amend(world, round_, replace(FULL, decision_weeks=20))
    with pytest.raises(Conflict):
        amend(world, round_, replace(FULL, decision_weeks=19), number=1)
    amend(world, round_, replace(FULL, decision_weeks=19))
    assert [s.number for s in round_.rule_sets] == [1, 2, 3]


def test_opening_and_closing_are_planned(world: World) -> None:
    round_ = make_published_round(world)
    found = [jobs.by_key(f"round.{name}:{round_.id}") for name in ("open", "close")]
    assert [job.run_at for job in found if job] == [OPENS, CLOSES]
