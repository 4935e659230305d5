"""The advice: who may write it, what it may hold, and that it stays as it was given."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from pool.allocation import queries as allocation
from pool.allocation import service as allocation_service
from pool.applications import service as applications
from pool.assessment import service as assessment
from pool.assessment.states import InterestAnswer
from pool.awards import queries, rules, service
from pool.awards.states import AdviceState
from pool.core import audit
from pool.core.db import db
from pool.core.errors import Conflict, Invalid, InvalidMany, Missing, PoolError, Refused
from tests.awards.conftest import ASKED, CEILING, Case
from tests.support.allocation_factory import make_allocation
from tests.support.awards_factory import advise, begin, decide_all, prepare
from tests.support.world import World

NOT_CHAIR = ("applicant", "assessor", "programme", "decider", "auditor", "admin", "lead")


def fields(error: pytest.ExceptionInfo[InvalidMany]) -> list[str | None]:
    return [problem.field for problem in error.value.problems]


# --- beginning --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", NOT_CHAIR)
def test_only_the_chair_begins(case: Case, key: str) -> None:
    scenario = make_allocation(case.world, case.round)
    with pytest.raises(Refused):
        service.begin_advice(case.who(key), scenario)
    assert queries.current_advice(case.round_id) is None


def test_not_before_the_merits_are_adopted(world: World) -> None:
    verdict = rules.can_advise(world.actor("chair"), world.round(), barred=False)
    assert (bool(verdict), verdict.code) == (False, "early")


def test_not_from_a_scenario_that_is_not_done(case: Case) -> None:
    scenario = allocation_service.create_scenario(case.who("programme"), case.round, "Nog niet")
    with pytest.raises(Refused, match="nog niet klaar"):
        service.begin_advice(case.who("chair"), scenario)


def test_not_with_an_interest_in_one_of_the_applications(case: Case) -> None:
    scenario = make_allocation(case.world, case.round)
    chair = case.who("chair", 46)
    assessment.declare_interest(chair, case.low_id, InterestAnswer.DECLARED, "Mijn broer werkt daar.")
    with pytest.raises(Refused) as refusal:
        service.begin_advice(chair, scenario)
    assert refusal.value.code == "barred"


def test_one_advice_at_a_time(drafted: Case) -> None:
    scenario = allocation.base_of(drafted.round_id)
    assert scenario is not None
    with pytest.raises(Conflict):
        service.begin_advice(drafted.who("chair"), scenario)


def test_it_begins_with_a_line_per_application_from_the_scenario(case: Case) -> None:
    advice = begin(case.world, case.round)
    lines = {line.application_id: (line.computed, line.amount) for line in advice.lines}
    scenario = allocation.base_of(case.round_id)
    assert scenario is not None
    awards = allocation.awards_of(scenario)
    assert lines == {i: (awards.get(i, 0),) * 2 for i in (case.good_id, case.fair_id, case.low_id)}
    assert (lines[case.low_id], advice.total) == ((0, 0), CEILING)
    assert scenario.chosen_at is not None


# --- lines ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", NOT_CHAIR)
def test_only_the_chair_changes_a_line(drafted: Case, key: str) -> None:
    with pytest.raises(Refused):
        service.set_line(drafted.who(key), drafted.advice, drafted.good_id, 0, "Omdat het moet.")


def test_a_chair_with_an_interest_changes_nothing(drafted: Case) -> None:
    chair = drafted.who("chair")
    assessment.declare_interest(chair, drafted.low_id, InterestAnswer.DECLARED, "Mijn broer werkt daar.")
    for attempt in (
        lambda: service.set_line(chair, drafted.advice, drafted.good_id, 0, "Omdat."),
        lambda: service.give_advice(chair, drafted.advice),
        lambda: service.discard_advice(chair, drafted.advice, "Omdat."),
    ):
        with pytest.raises(Refused) as refusal:
            attempt()
        assert refusal.value.code == "barred"


def test_a_deviation_needs_a_reason(drafted: Case) -> None:
    with pytest.raises(InvalidMany) as refusal:
        service.set_line(drafted.who("chair"), drafted.advice, drafted.good_id, 0, "  \n ")
    assert fields(refusal) == ["reason"]


@pytest.mark.parametrize("amount", [1, 3_999_999, ASKED + 1, 4_000_050, -1])
def test_an_amount_lies_between_minimum_and_asked_in_whole_steps(drafted: Case, amount: int) -> None:
    with pytest.raises(InvalidMany) as refusal:
        service.set_line(drafted.who("chair"), drafted.advice, drafted.good_id, amount, "Een reden.")
    assert fields(refusal) == ["amount"]


def test_below_the_published_minimum_score_nothing_is_advised(drafted: Case) -> None:
    with pytest.raises(InvalidMany) as refusal:
        service.set_line(drafted.who("chair"), drafted.advice, drafted.low_id, ASKED, "Toch een mooi plan.")
    assert fields(refusal) == ["amount"]
    assert "niets toegekend" in refusal.value.message


def test_an_application_outside_the_advice_is_not_there(drafted: Case) -> None:
    with pytest.raises(Missing):
        service.set_line(drafted.who("chair"), drafted.advice, 999_999, 0, "Een reden.")


@pytest.mark.parametrize("amount", [0, 4_000_000, 4_500_000])
def test_a_deviation_is_kept_with_its_reason_and_on_the_trail(drafted: Case, amount: int) -> None:
    line = service.set_line(
        drafted.who("chair"), drafted.advice, drafted.good_id, amount, " Dubbel betaald. "
    )
    assert (line.amount, line.computed, line.reason, line.deviates) == (
        amount,
        ASKED,
        "Dubbel betaald.",
        True,
    )
    entry = audit.trail(f"round:{drafted.round_id}")[-1]
    assert (entry.action, entry.after["amount"], entry.reason) == (
        "advice.set_line",
        amount,
        "Dubbel betaald.",
    )


def test_back_to_what_was_computed_needs_no_reason_any_more(drafted: Case) -> None:
    chair = drafted.who("chair")
    service.set_line(chair, drafted.advice, drafted.good_id, 0, "Toch niet.")
    line = service.set_line(chair, drafted.advice, drafted.good_id, ASKED, "blijft niet staan")
    assert (line.reason, line.deviates) == ("", False)


# --- giving -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", NOT_CHAIR)
def test_only_the_chair_gives(drafted: Case, key: str) -> None:
    with pytest.raises(Refused):
        service.give_advice(drafted.who(key), drafted.advice)


def test_nothing_is_given_above_the_ceiling(drafted: Case) -> None:
    chair = drafted.who("chair")
    service.set_line(chair, drafted.advice, drafted.fair_id, ASKED, "Het hele bedrag is nodig.")
    with pytest.raises(InvalidMany) as refusal:
        service.give_advice(chair, drafted.advice)
    assert refusal.value.problems[0].code == "over_ceiling"
    assert "€ 10.000,00 meer" in refusal.value.message.replace("\xa0", " ")
    assert drafted.advice.state == AdviceState.DRAFT


def test_no_money_for_an_application_that_was_withdrawn(drafted: Case) -> None:
    applications.withdraw(drafted.who("applicant"), drafted.good, "Geen capaciteit.")
    chair = drafted.who("chair")
    with pytest.raises(InvalidMany) as refusal:
        service.give_advice(chair, drafted.advice)
    assert refusal.value.problems[0].code == "withdrawn"
    with pytest.raises(InvalidMany):
        service.set_line(chair, drafted.advice, drafted.good_id, 4_000_000, "Minder dan.")
    service.set_line(chair, drafted.advice, drafted.good_id, 0, "De aanvraag is ingetrokken.")
    assert service.give_advice(chair, drafted.advice).state == AdviceState.GIVEN


def test_what_was_given_is_fixed_hashed_and_on_the_trail(drafted: Case) -> None:
    advice = advise(drafted.world, drafted.round, note="Let op het delen van lessen.")
    assert (advice.state, advice.note, len(advice.sha256)) == (
        AdviceState.GIVEN,
        "Let op het delen van lessen.",
        64,
    )
    entry = audit.trail(f"round:{drafted.round_id}")[-1]
    assert (entry.action, entry.after["sha256"]) == ("advice.give", advice.sha256)
    with pytest.raises(Refused):
        service.set_line(drafted.who("chair"), advice, drafted.good_id, 0, "Toch niet.")
    with pytest.raises(Refused):
        service.give_advice(drafted.who("chair"), advice)


def test_the_database_itself_keeps_the_lines_of_a_given_advice(drafted: Case) -> None:
    advise(drafted.world, drafted.round)
    for sql in ("UPDATE advice_line SET amount = 0, reason = 'x'", "DELETE FROM advice_line"):
        with pytest.raises(DBAPIError, match="immutable"), db.session.begin_nested():
            db.session.execute(text(sql))


# --- revising ---------------------------------------------------------------------------------------------


def test_taking_back_needs_a_reason_and_the_chair(drafted: Case) -> None:
    advise(drafted.world, drafted.round)
    with pytest.raises(Invalid):
        service.withdraw_advice(drafted.who("chair"), drafted.advice, " ")
    with pytest.raises(Refused):
        service.withdraw_advice(drafted.who("programme"), drafted.advice, "Een reden.")
    with pytest.raises(Refused):
        service.discard_advice(drafted.who("chair"), drafted.advice, "Dit advies is al gegeven.")


def test_no_taking_back_once_something_is_decided(case: Case) -> None:
    prepare(case.world, case.round)
    service.decide(case.who("decider"), case.proposal(case.low_id))
    with pytest.raises(Refused) as refusal:
        service.withdraw_advice(case.who("chair"), case.advice, "Een rekenfout.")
    assert refusal.value.code == "decided"


def test_taking_back_gives_a_new_draft_and_what_was_prepared_lapses(case: Case) -> None:
    advise(case.world, case.round, {case.fair_id: (0, "Het plan is niet uitvoerbaar.")})
    prepare(case.world, case.round)
    old = case.advice
    new = service.withdraw_advice(case.who("chair"), old, "Een rekenfout.")
    assert (old.state, old.withdrawn_reason, len(old.lines)) == (AdviceState.WITHDRAWN, "Een rekenfout.", 3)
    assert (new.number, new.state, case.advice) == (2, AdviceState.DRAFT, new)
    assert [(x.application_id, x.amount, x.reason) for x in new.lines] == [
        (x.application_id, x.amount, x.reason) for x in old.lines
    ]
    assert queries.proposals(case.round_id) == []
    assert audit.trail(f"application:{case.good_id}")[-1].action == "proposal.lapse"
    with pytest.raises(Refused):
        service.prepare(case.who("programme"), case.round)
    service.set_line(case.who("chair"), new, case.fair_id, 4_000_000, "Toch wel.")
    service.give_advice(case.who("chair"), new)
    decide_all(case.world, case.round)
    assert case.decision(case.fair_id).amount == 4_000_000


def test_a_draft_can_be_put_aside_for_another_scenario(drafted: Case) -> None:
    service.discard_advice(drafted.who("chair"), drafted.advice, "Liever de rangorde.")
    assert queries.current_advice(drafted.round_id) is None
    other = make_allocation(drafted.world, drafted.round, name="Nog eens")
    advice = service.begin_advice(drafted.who("chair"), other)
    assert (advice.number, advice.scenario_id) == (2, other.id)
    assert [a.state for a in queries.advices(drafted.round_id)] == [AdviceState.WITHDRAWN, AdviceState.DRAFT]


def test_a_lower_ceiling_is_felt_when_the_advice_is_given(drafted: Case) -> None:
    drafted.set_ceiling(CEILING - 100)
    with pytest.raises(PoolError) as refusal:
        service.give_advice(drafted.who("chair"), drafted.advice)
    assert refusal.value.code == "invalid"
