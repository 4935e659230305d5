"""Setting up a draft: who may, what is refused, and that two people never overwrite each other unseen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest

from pool.core import audit
from pool.core.db import db
from pool.core.errors import Conflict, Invalid, InvalidMany, Missing, PoolError, Refused
from pool.rounds import queries, rules, service
from pool.rounds.inputs import (
    Accountability,
    Basics,
    Bottleneck,
    Bound,
    Criterion,
    Dates,
    DocumentRule,
    Money,
    Question,
    RoundRules,
    StartInput,
)
from pool.rounds.models import Round
from pool.rounds.service.configuring import FIELDS
from pool.rounds.states import Instrument, Part
from tests.support.rounds_factory import CLOSES, FULL, OPENS, make_draft_round, make_published_round
from tests.support.world import RULES, World

BASICS = Basics("Ronde", "ronde", 2027, Instrument.SUBSIDY, "Regeling")
Save = Callable[[World, str, Round, int], None]

SAVES: dict[str, Save] = {
    "basics": lambda w, who, r, v: service.save_basics(w.actor(who), r, BASICS, v),
    "dates": lambda w, who, r, v: service.save_dates(w.actor(who), r, Dates(OPENS, CLOSES), v),
    "money": lambda w, who, r, v: service.save_money(w.actor(who), r, Money(1), v),
    "rules": lambda w, who, r, v: service.save_rules(w.actor(who), r, Part.TIES, {"tie_seed": "lot"}, v),
}


def start(title: str = "Nieuwe ronde", **more: Any) -> StartInput:
    return StartInput(
        **{"scheme_slug": "pool", "title": title, "opens_at": OPENS, "closes_at": CLOSES, **more}
    )


# --- refusals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("save", SAVES.values(), ids=SAVES)
@pytest.mark.parametrize("who", ["applicant", "lead", "assessor", "chair", "decider", "auditor", "admin"])
def test_only_the_programme_team_writes(world: World, save: Save, who: str) -> None:
    round_ = make_draft_round(world)
    with pytest.raises(Refused):
        save(world, who, round_, round_.version)


@pytest.mark.parametrize("save", SAVES.values(), ids=SAVES)
def test_nothing_can_be_written_after_publishing(world: World, save: Save) -> None:
    round_ = make_published_round(world)
    with pytest.raises(Refused) as refusal:
        save(world, "programme", round_, round_.version)
    assert refusal.value.code == "state"


@pytest.mark.parametrize("first", SAVES.values(), ids=SAVES)
@pytest.mark.parametrize("second", SAVES.values(), ids=SAVES)
def test_the_second_who_saves_is_told(world: World, first: Save, second: Save) -> None:
    round_ = make_draft_round(world)
    seen = round_.version
    first(world, "programme", round_, seen)
    db.session.commit()
    with pytest.raises(service.StaleRound):
        second(world, "programme_b", round_, seen)
    db.session.rollback()
    second(world, "programme_b", round_, round_.version)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"slug": "Met Hoofdletters"}, "slug"),
        ({"slug": "../beheer"}, "slug"),
        ({"slug": ""}, "slug"),
        ({"slug": "nieuw"}, "slug"),
        ({"slug": "storingen"}, "slug"),
        ({"slug": "bezet"}, "slug"),
        ({"year": 20270}, "year"),
        ({"publication_url": "javascript:alert(1)"}, "publication_url"),
        ({"publication_url": "https://"}, "publication_url"),
        ({"publication_url": 'https://x" onclick="y'}, "publication_url"),
        ({"publication_url": "http://[geen-adres"}, "publication_url"),
    ],
)
def test_basics_that_cannot_be(world: World, change: dict[str, Any], field: str) -> None:
    make_draft_round(world, slug="bezet")
    round_ = make_draft_round(world)
    with pytest.raises(Invalid) as refusal:
        service.save_basics(world.actor("programme"), round_, replace(BASICS, **change), round_.version)
    assert refusal.value.field == field


def test_a_round_closes_after_it_opens(world: World) -> None:
    round_ = make_draft_round(world)
    with pytest.raises(InvalidMany) as refusal:
        service.save_dates(world.actor("programme"), round_, Dates(OPENS, OPENS), round_.version)
    assert refusal.value.field == "closes_on"


CRITERION = RULES.criteria[0]


@pytest.mark.parametrize(
    ("part", "values", "field"),
    [
        (Part.PURPOSE, {"themes": ("bestaat-niet",)}, "themes"),
        (Part.CRITERIA, {"criteria": (CRITERION, CRITERION)}, "criteria"),
        (Part.CRITERIA, {"criteria": (replace(CRITERION, name=" "),)}, "criteria"),
        (Part.CRITERIA, {"criteria": (replace(CRITERION, weight=101),)}, "criteria"),
        (
            Part.CRITERIA,
            {"criteria": tuple(Criterion(f"c{n}", "naam", "", 0, {}) for n in range(41))},
            "criteria",
        ),
        (Part.BOTTLENECKS, {"bottlenecks": FULL.bottlenecks * 2}, "bottlenecks"),
        (Part.BOTTLENECKS, {"bottlenecks": (Bottleneck("huis", " ", "", {}),)}, "bottlenecks"),
        (Part.ALLOCATION, {"value_basis": "gevoel"}, "value_basis"),
        (Part.ALLOCATION, {"joint": "geen"}, "joint"),
        (Part.ALLOCATION, {"min_merit": 100_001}, "min_merit"),
        (Part.ALLOCATION, {"amount_step": 0}, "amount_step"),
        (Part.ALLOCATION, {"spread_steps": (-1,)}, "spread_steps"),
        (Part.ALLOCATION, {"spread_steps": (1,) * 9}, "spread_steps"),
        (Part.ALLOCATION, {"reference_amount": 0}, "reference_amount"),
        (Part.ALLOCATION, {"max_request": 0}, "max_request"),
        (Part.BOUNDS, {"region_bounds": {"atlantis": Bound()}}, "region_bounds"),
        (Part.BOUNDS, {"theme_bounds": {"mda": Bound(2, 1)}}, "theme_bounds"),
        (Part.ASSESSMENT, {"assessors_per_application": 0}, "assessors_per_application"),
        (Part.ASSESSMENT, {"extra_assessor_gap": 0}, "extra_assessor_gap"),
        (Part.ASSESSMENT, {"calibration": "soms"}, "calibration"),
        (Part.TERMS, {"decision_weeks": 0}, "decision_weeks"),
        (Part.TERMS, {"supplement_days": 91}, "supplement_days"),
        (Part.TERMS, {"objection_address": "x" * 501}, "objection_address"),
        (Part.TIES, {"tie_seed": "x" * 201}, "tie_seed"),
        (Part.QUESTIONS, {"questions": (Question("", "Vraag"),)}, "questions"),
        (Part.DOCUMENTS, {"documents": (DocumentRule("plan", "Plan", kinds=()),)}, "documents"),
        (Part.DOCUMENTS, {"documents": (DocumentRule("plan", "Plan", kinds=("exe",)),)}, "documents"),
        (Part.DOCUMENTS, {"documents": (DocumentRule("plan", "Plan", kinds=("docx", "xlsx")),)}, "documents"),
        (Part.REPORTING, {"reporting": Accountability("costs", "performance", "costs")}, "small"),
        (Part.REPORTING, {"reporting": Accountability("sisa", "performance", "costs")}, "small"),
        (Part.REPORTING, {"reporting": Accountability("none", "costs", "costs")}, "middle"),
        (
            Part.REPORTING,
            {"reporting": Accountability("none", "performance", "performance")},
            "risk_analysis",
        ),
    ],
)
def test_rules_that_cannot_be(world: World, part: Part, values: dict[str, Any], field: str) -> None:
    round_ = make_draft_round(world)
    kept = dict(round_.rules)
    with pytest.raises(InvalidMany) as refusal:
        service.save_rules(world.actor("programme"), round_, part, values, round_.version)
    assert field in {problem.field for problem in refusal.value.problems}
    db.session.rollback()
    assert round_.rules == kept


@pytest.mark.parametrize(
    ("instrument", "given"),
    [
        (Instrument.SPECIFIC_GRANT, Accountability("sisa", "sisa", "costs")),
        (Instrument.DECENTRALISED_GRANT, Accountability("none", "none", "on_request")),
    ],
)
def test_what_an_instrument_forbids_to_ask(instrument: Instrument, given: Accountability) -> None:
    assert [p.field for p in rules.unfit_reporting(instrument, given)] == ["large"]


@pytest.mark.parametrize("instrument", Instrument)
def test_what_is_usual_is_allowed(instrument: Instrument) -> None:
    assert rules.unfit_reporting(instrument, rules.standard_reporting(instrument)) == []


def test_a_part_holds_only_its_own_fields(world: World) -> None:
    round_ = make_draft_round(world)
    with pytest.raises(ValueError, match="min_merit"):
        service.save_rules(world.actor("programme"), round_, Part.TIES, {"min_merit": 0}, round_.version)


def test_every_field_of_the_rules_belongs_to_one_part() -> None:
    placed = [name for names in FIELDS.values() for name in names]
    assert sorted(placed) == sorted(field.name for field in fields(RoundRules))


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (start(title=" "), Invalid),
        (start(title="x" * 121), Invalid),
        (start(closes_at=OPENS), Invalid),
        (start(scheme_slug="bestaat-niet"), Invalid),
        (start(copy_of="bestaat-niet"), Missing),
    ],
)
def test_a_round_that_cannot_begin(world: World, given: StartInput, error: type[PoolError]) -> None:
    make_draft_round(world)
    with pytest.raises(error):
        service.copy(world.actor("programme"), given)


def test_only_the_programme_team_copies(world: World) -> None:
    make_draft_round(world)
    with pytest.raises(Refused):
        service.copy(world.actor("chair"), start(copy_of="concept"))


# --- successes --------------------------------------------------------------------------------------------


def test_a_copy_has_all_rules_of_the_original(world: World) -> None:
    source = make_published_round(world, budget_caveat=True)
    copied = service.copy(world.actor("programme"), start(scheme_slug="", copy_of=source.slug))
    assert queries.rules_of(copied) == queries.rules_of(source) == FULL
    for name in ("scheme_id", "instrument", "legal_basis", "articles", "budget_caveat", "invented"):
        assert getattr(copied, name) == getattr(source, name), name
    assert copied.budget.ceiling == source.budget.ceiling
    # What belongs to the publication of the other round is not taken over.
    assert (copied.publication_reference, copied.publication_url, copied.publication_date) == ("", "", None)
    assert (copied.opens_at, copied.closes_at) == (OPENS, CLOSES)


def test_an_empty_round_begins_with_what_is_usual(world: World) -> None:
    make_draft_round(world)
    made = service.copy(world.actor("programme"), start())
    assert queries.rules_of(made) == RoundRules()
    assert made.articles == list(rules.STANDARD_ARTICLES[Instrument.SUBSIDY])


def test_each_round_gets_an_address_of_its_own(world: World) -> None:
    make_draft_round(world)
    titles = ["Één ronde!", "Een ronde", "Nieuw", "..."]
    made = [service.copy(world.actor("programme"), start(title=t)).slug for t in titles]
    assert made == ["een-ronde", "een-ronde-2", "nieuw-2", "ronde"]


def test_saving_is_kept_and_on_record(world: World) -> None:
    round_ = make_draft_round(world)
    for part, names in FIELDS.items():
        values = {name: getattr(RULES, name) for name in names}
        service.save_rules(world.actor("programme"), round_, part, values, round_.version)
    assert queries.rules_of(round_) == RULES
    service.save_money(world.actor("programme"), round_, Money(123, True), round_.version)
    assert (round_.budget.ceiling, round_.budget_caveat) == (123, True)
    trail = audit.trail(round_.audit_chain)
    assert len([entry for entry in trail if entry.action == "round.configure"]) == len(FIELDS) + 1
    assert trail[-1].after == {"part": "plafond", "ceiling": 123, "budget_caveat": True}
    assert audit.verify_all() == []


def test_the_articles_follow_another_instrument(world: World) -> None:
    round_ = make_draft_round(world)
    given = replace(BASICS, instrument=Instrument.SPECIFIC_GRANT, articles=tuple(round_.articles))
    service.save_basics(world.actor("programme"), round_, given, round_.version)
    assert round_.articles == list(rules.STANDARD_ARTICLES[Instrument.SPECIFIC_GRANT])
    own = replace(given, articles=("artikel 4:35 Awb",))
    service.save_basics(world.actor("programme"), round_, own, round_.version)
    assert round_.articles == ["artikel 4:35 Awb"]


def test_two_schemes_do_not_share_a_prefix(world: World) -> None:
    make_draft_round(world)
    with pytest.raises(Exception, match="prefix"):
        service.create_scheme(world.actor("programme"), "ander", "Ander", "Iets", "VDND")


def test_a_stale_refusal_is_a_conflict() -> None:
    assert issubclass(service.StaleRound, Conflict)
    assert service.StaleRound(3).status == 409


def test_old_documents_are_read_with_what_was_not_there_yet() -> None:
    body = RULES.to_json()
    for name in ("conditions", "documents", "calibration", "extra_assessor_gap", "reporting"):
        del body[name]
    assert RoundRules.from_json(body) == RULES


def test_rules_without_bottlenecks_are_hashed_as_before_there_were_any() -> None:
    assert "bottlenecks" not in RULES.to_json()
    assert FULL.to_json()["bottlenecks"][0]["code"] == "huis"


def test_rules_survive_their_json_form() -> None:
    assert RoundRules.from_json(FULL.to_json()) == FULL
