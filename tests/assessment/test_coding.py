"""Marks of bottlenecks: with a quotation that the application holds, and as blind and as fixed as scores."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from pool.assessment import queries, service
from pool.assessment.inputs import BottleneckMark, ScoresInput
from pool.assessment.models import Assessment
from pool.assessment.quotation import occurs
from pool.assessment.service.scoring import scores_sha256
from pool.assessment.states import AssessmentState, InterestAnswer
from pool.core import audit
from pool.core.db import db
from pool.core.errors import Conflict, InvalidMany, Missing, PoolError, Refused
from pool.core.text import canonical_json, sha256_hex
from tests.assessment.conftest import Committee
from tests.support.applications_factory import make_complete
from tests.support.assessment_factory import (
    QUOTATION,
    adopt,
    assess_all,
    assign_all,
    member,
    open_file,
    score,
    scores_input,
)
from tests.support.bottlenecks import SHELTER_RULES
from tests.support.stages import staged
from tests.support.world import World


@staged
def shelter(world: World) -> Committee:
    round_ = world.round(ceiling=12_000_000, rules=SHELTER_RULES)
    one = make_complete(world, round_, title="Eerste plan")
    two = make_complete(world, round_, "applicant_b", title="Tweede plan")
    three = make_complete(world, round_, title="Derde plan", requested=4_500_000)
    assign_all(world, round_)
    return Committee(world, round_, one, two, three)


@staged
def mine(shelter: Committee) -> Assessment:
    return open_file(shelter.world, queries.readers_of_round(shelter.round_.id)[0])


def given(shelter: Committee, **marks: BottleneckMark | None) -> ScoresInput:
    """All scores and marks, but for these bottlenecks, which say this or nothing."""
    whole = scores_input(shelter.round_, 6)
    codings = [marks.get(one.bottleneck, one) for one in whole.codings]
    return replace(whole, codings=tuple(one for one in codings if one is not None))


# --- what is refused --------------------------------------------------------------------------------------


def test_a_round_without_bottlenecks_takes_no_marks(committee: Committee) -> None:
    own = open_file(committee.world, assign_all(committee.world, committee.round_)[0])
    sent = replace(scores_input(committee.round_, 5), codings=(BottleneckMark("nazorg", 2, QUOTATION),))
    with pytest.raises(InvalidMany):
        service.save_scores(member(committee.world, own.assignment), own, sent)


@pytest.mark.parametrize("mark", [-1, 4, 99])
def test_a_mark_off_the_scale_is_refused(shelter: Committee, mine: Assessment, mark: int) -> None:
    sent = given(shelter, nazorg=BottleneckMark("nazorg", mark, QUOTATION))
    with pytest.raises(InvalidMany) as found:
        service.save_scores(member(shelter.world, mine.assignment), mine, sent)
    assert found.value.field == "mark_nazorg"


def test_a_quotation_has_an_end(shelter: Committee, mine: Assessment) -> None:
    sent = given(shelter, nazorg=BottleneckMark("nazorg", 1, "x" * 2001))
    with pytest.raises(InvalidMany) as found:
        service.save_scores(member(shelter.world, mine.assignment), mine, sent)
    assert found.value.field == "quotation_nazorg"


@pytest.mark.parametrize(
    ("coding", "field"),
    [
        (None, "mark_nazorg"),
        (BottleneckMark("nazorg", None), "mark_nazorg"),
        (BottleneckMark("nazorg", 1), "quotation_nazorg"),
        (BottleneckMark("nazorg", 3, "  \n "), "quotation_nazorg"),
        (BottleneckMark("nazorg", 2, "Dit staat er niet."), "quotation_nazorg"),
        (BottleneckMark("nazorg", 0, "Dit staat er niet."), "quotation_nazorg"),
        # Of two answers, and who to contact, which the committee does not read.
        (BottleneckMark("nazorg", 2, "Een vast team per wijk. Binnen vijf dagen"), "quotation_nazorg"),
        (BottleneckMark("nazorg", 2, "contact@example.org"), "quotation_nazorg"),
    ],
)
def test_handing_in_names_what_lacks(
    shelter: Committee, mine: Assessment, coding: BottleneckMark | None, field: str
) -> None:
    actor = member(shelter.world, mine.assignment)
    with pytest.raises(InvalidMany) as found:
        service.submit_assessment(actor, mine, given(shelter, nazorg=coding))
    assert [problem.field for problem in found.value.problems] == [field]
    assert found.value.problems[0].message.startswith("Nazorg: ")
    db.session.rollback()
    assert mine.state == AssessmentState.DRAFT


def test_marks_are_locked_with_the_scores(shelter: Committee) -> None:
    adopt(shelter.world, shelter.round_)
    for change in ("mark = 3", "quotation = 'Iets anders'"):
        with pytest.raises(DatabaseError), db.session.begin_nested():
            db.session.execute(text(f"UPDATE coding SET {change}"))


def test_the_database_refuses_what_cannot_be(shelter: Committee, mine: Assessment) -> None:
    service.save_scores(member(shelter.world, mine.assignment), mine, given(shelter))
    for change in ("mark = 4", "quotation = '', locked = true", "mark = NULL, locked = true"):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(text(f"UPDATE coding SET {change}"))


def test_the_second_window_does_not_overwrite(shelter: Committee, mine: Assessment) -> None:
    """Also when only a mark changed."""
    actor, seen = member(shelter.world, mine.assignment), mine.version
    service.save_scores(actor, mine, given(shelter))
    db.session.commit()
    between = mine.version
    later = member(shelter.world, mine.assignment, 26)
    service.save_scores(later, mine, given(shelter, wonen=BottleneckMark("wonen", 0)))
    db.session.commit()
    assert mine.version > between > seen
    with pytest.raises(Conflict):
        service.save_scores(actor, mine, replace(given(shelter), version=between))


# --- what is kept -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quotation", "found"),
    [
        ("vast team", True),
        ("vast\n\tteam ", True),
        ("vastteam", True),
        ("Vast team", False),
        ("vast teams", False),
        (" \n", False),
    ],
)
def test_white_space_does_not_count_in_a_quotation(quotation: str, found: bool) -> None:
    assert occurs(quotation, ["Een vast\u00a0team per wijk.", "Iets anders"]) is found


def test_a_draft_may_say_anything(shelter: Committee, mine: Assessment) -> None:
    sent = given(shelter, nazorg=BottleneckMark("nazorg", 2, "Nog zoeken."), wonen=None)
    service.save_scores(member(shelter.world, mine.assignment), mine, sent)
    db.session.commit()
    kept = {one.bottleneck: (one.mark, one.quotation) for one in mine.codings}
    assert kept == {"nazorg": (2, "Nog zoeken."), "schulden": (2, QUOTATION)}


def test_marks_change_no_total_and_are_in_the_hash(shelter: Committee) -> None:
    first, *rest = queries.readers_of_round(shelter.round_.id)
    other = next(one for one in rest if one.application_id == first.application_id)
    one, two = score(shelter.world, first, 6, marks=0), score(shelter.world, other, 6, marks=3)
    totals = {queries.mean_of(shelter.round_, first.application_id)}
    assert totals == {62_500}
    assert scores_sha256(one) != scores_sha256(two)
    trail = audit.trail(one.audit_chain)
    hashes = [entry.after["sha256"] for entry in trail if entry.action == "assessment.submit"]
    assert hashes == [scores_sha256(one), scores_sha256(two)]


def test_scores_without_marks_are_hashed_as_before(committee: Committee) -> None:
    own = score(committee.world, assign_all(committee.world, committee.round_)[0], 6)
    scores = [{"criterion": code, "level": 6, "reason": "Goed."} for code in ("impuls", "kwaliteit", "leren")]
    assert scores_sha256(own) == sha256_hex(canonical_json(scores))


def test_giving_scores_back_keeps_the_marks_of_before(shelter: Committee, mine: Assessment) -> None:
    score(shelter.world, mine.assignment, 6)
    service.reopen(shelter.world.later("chair", days=26), mine, "Kijk nog eens.")
    db.session.commit()
    entry = next(e for e in audit.trail(mine.audit_chain) if e.action == "assessment.reopen")
    assert {one["mark"] for one in entry.after["codings"]} == {2}
    assert queries.marks_by_bottleneck([mine.assignment.application_id]) == {}
    sent = given(shelter, wonen=BottleneckMark("wonen", 0))
    service.submit_assessment(member(shelter.world, mine.assignment, 27), mine, sent)
    assert queries.marks_by_bottleneck([mine.assignment.application_id])[
        mine.assignment.application_id, "wonen"
    ] == [0]


def test_others_are_seen_once_ones_own_is_in(shelter: Committee, mine: Assessment) -> None:
    other = next(
        one
        for one in queries.readers_of_round(shelter.round_.id)
        if one.application_id == mine.assignment.application_id and one.id != mine.assignment_id
    )
    score(shelter.world, other, 5, marks=3)
    assert queries.others_scores(mine) == []
    score(shelter.world, mine.assignment, 5)
    assert [one.mark for a in queries.others_scores(mine) for one in a.codings] == [3, 3, 3]


def test_marks_in_quarantine_count_nowhere(shelter: Committee, mine: Assessment) -> None:
    score(shelter.world, mine.assignment, 5)
    ident = mine.assignment.application_id
    assert queries.marks_by_bottleneck([ident])
    actor = member(shelter.world, mine.assignment, 26)
    service.declare_interest(actor, ident, InterestAnswer.DECLARED, "Toch een belang.")
    assert queries.marks_by_bottleneck([ident]) == {}


# --- what the committee agrees ----------------------------------------------------------------------------


def test_who_may_not_agree_a_mark(shelter: Committee) -> None:
    assess_all(shelter.world, shelter.round_)
    for key in ("assessor", "programme", "decider", "admin"):
        with pytest.raises((Missing, Refused)):
            service.agree_mark(
                shelter.world.later(key, days=30), shelter.round_, shelter.one.id, "nazorg", 1, "Zo is het."
            )


@pytest.mark.parametrize(
    ("bottleneck", "agreed", "reason", "fields"),
    [
        ("verzonnen", 1, "Zo is het.", None),
        ("nazorg", None, "Zo is het.", ["agreed"]),
        ("nazorg", 4, " ", ["agreed", "reason"]),
    ],
)
def test_an_agreement_that_cannot_be(
    shelter: Committee, bottleneck: str, agreed: int | None, reason: str, fields: list[str] | None
) -> None:
    assess_all(shelter.world, shelter.round_)
    with pytest.raises(PoolError) as found:
        service.agree_mark(
            shelter.world.later("chair", days=30), shelter.round_, shelter.one.id, bottleneck, agreed, reason
        )
    if fields is not None:
        assert isinstance(found.value, InvalidMany)
        assert [problem.field for problem in found.value.problems] == fields


def test_nothing_is_agreed_before_there_is_a_mark(shelter: Committee) -> None:
    with pytest.raises(Refused):
        service.agree_mark(
            shelter.world.later("chair", days=30), shelter.round_, shelter.one.id, "nazorg", 1, "Zo is het."
        )


def test_nothing_is_agreed_about_what_is_hidden(shelter: Committee) -> None:
    assess_all(shelter.world, shelter.round_)
    chair = shelter.world.later("chair", days=30)
    service.declare_interest(chair, shelter.one.id, InterestAnswer.DECLARED, "Woont ernaast.")
    with pytest.raises(Missing):
        service.agree_mark(chair, shelter.round_, shelter.one.id, "nazorg", 1, "Zo is het.")


def test_nothing_is_agreed_after_the_merits_were_adopted(shelter: Committee) -> None:
    adopt(shelter.world, shelter.round_)
    with pytest.raises(Refused):
        service.agree_mark(
            shelter.world.later("chair", days=41), shelter.round_, shelter.one.id, "nazorg", 1, "Zo is het."
        )


def test_an_agreement_stays_beside_what_was_given(shelter: Committee) -> None:
    """The newest counts, both stay, and the adoption freezes all of it."""
    first, second = [
        one for one in queries.readers_of_round(shelter.round_.id) if one.application_id == shelter.one.id
    ]
    score(shelter.world, first, 6, marks=0)
    score(shelter.world, second, 6, marks=3)
    chair = shelter.world.later("chair", days=30)
    service.agree_mark(chair, shelter.round_, shelter.one.id, "nazorg", 1, "Het wordt genoemd.")
    service.agree_mark(chair, shelter.round_, shelter.one.id, "nazorg", 2, "Er is toch een plan.")
    db.session.commit()
    found = queries.agreed_marks([shelter.one.id])[shelter.one.id, "nazorg"]
    assert (found.agreed, found.before, found.reason) == (2, [0, 3], "Er is toch een plan.")
    entries = [e for e in audit.trail(shelter.one.audit_chain) if e.action == "panel.mark"]
    assert [(e.before.get("agreed"), e.after["agreed"]) for e in entries] == [(None, 1), (1, 2)]
    with pytest.raises(DatabaseError), db.session.begin_nested():
        db.session.execute(text("UPDATE agreed_mark SET agreed = 0"))
    adoption = adopt(shelter.world, shelter.round_)
    kept = [one for one in adoption.body["bottlenecks"] if one["application"] == shelter.one.id]
    assert {one["bottleneck"]: (one["marks"], one["agreed"]) for one in kept} == {
        "nazorg": ([0, 3], 2),
        "schulden": ([0, 3], None),
        "wonen": ([0, 3], None),
    }


def test_an_agreement_about_other_marks_does_not_count(shelter: Committee, mine: Assessment) -> None:
    ident = mine.assignment.application_id
    score(shelter.world, mine.assignment, 6, marks=0)
    chair = shelter.world.later("chair", days=30)
    service.agree_mark(chair, shelter.round_, ident, "nazorg", 2, "Er is een plan.")
    service.reopen(chair, mine, "Kijk nog eens.")
    service.submit_assessment(member(shelter.world, mine.assignment, 31), mine, given(shelter))
    db.session.commit()
    adoption = adopt(shelter.world, shelter.round_)
    agreed = {
        one["agreed"]
        for one in adoption.body["bottlenecks"]
        if (one["application"], one["bottleneck"]) == (ident, "nazorg")
    }
    assert agreed == {None}
