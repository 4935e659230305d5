"""Interests that follow from the facts: what bars at once, what the chair weighs, and what that does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from pool.assessment import queries, service
from pool.assessment.models import Assignment, InterestMeasure
from pool.assessment.states import InterestAnswer, Measure, TieKind
from pool.assessment.ties import Asked, Person, derive, direct
from pool.core import audit
from pool.core.db import db
from pool.core.errors import Invalid, Missing, Refused
from pool.core.outbox import Mail
from pool.people import service as people
from pool.people.inputs import EmployerInput
from pool.people.models import Organisation
from pool.people.states import OrganisationKind
from pool.rounds.states import OwnRegion
from tests.assessment.conftest import Committee
from tests.conftest import Client
from tests.support.assessment_factory import assign_all, member, open_file, score
from tests.support.pages import read, words
from tests.support.world import RULES, START, World

CLOSED = dt.date(2027, 1, 18)
ASKED = Asked(1, 7, "Gemeente Haarlem", frozenset({"blijf groep"}), frozenset({3}), CLOSED, OwnRegion.SOFT)
OTHER = replace(
    ASKED, application_id=2, organisation_id=8, applicant="Gemeente Zwolle", region_ids=frozenset({4})
)
NONE, DECLARED = InterestAnswer.NONE, InterestAnswer.DECLARED


def kinds(person: Person, asked: Asked = ASKED, *others: Asked) -> list[tuple[TieKind, bool]]:
    return [(tie.kind, tie.hard) for tie in derive(person, asked, others)]


@pytest.mark.parametrize(
    ("person", "found"),
    [
        (Person(1), []),
        (Person(1, "Gemeente Haarlem", 7), [(TieKind.EMPLOYER, True)]),
        (Person(1, "Blijf  groep", 9), [(TieKind.PARTNER, True)]),
        (Person(1, "Gemeente Utrecht", 9), []),
        (Person(1, former=(("haarlem", dt.date(2024, 1, 18)),)), [(TieKind.FORMER_EMPLOYER, True)]),
        (Person(1, former=(("Gemeente Haarlem", dt.date(2024, 1, 17)),)), []),
        (Person(1, former=(("Blijf Groep", dt.date(2026, 5, 1)),)), [(TieKind.FORMER_PARTNER, False)]),
        (Person(1, "Gemeente Zandvoort", 9, 3), [(TieKind.REGION, False)]),
        (Person(1, "Gemeente Haarlem", 7, 3), [(TieKind.EMPLOYER, True), (TieKind.REGION, False)]),
    ],
)
def test_what_the_facts_say(person: Person, found: list[tuple[TieKind, bool]]) -> None:
    assert kinds(person) == found


def test_the_own_region_bars_when_the_round_says_so() -> None:
    tie = direct(Person(1, "Gemeente Zandvoort", 9, 3), replace(ASKED, own_region=OwnRegion.HARD))[0]
    assert (tie.kind, tie.hard) == (TieKind.REGION, True)


def test_a_tie_to_a_competitor_is_soft_and_names_nobody() -> None:
    person = Person(1, "Gemeente Zwolle", 8)
    assert kinds(person, ASKED, OTHER) == [(TieKind.COMPETITOR, False)]
    assert "Zwolle" not in derive(person, ASKED, [OTHER])[0].words
    # The region of a competitor is no tie to it.
    assert kinds(Person(1, "Gemeente Deventer", 9, 4), ASKED, OTHER) == []


def test_three_years_before_a_leap_day_is_the_28th() -> None:
    leap = replace(ASKED, closed_on=dt.date(2028, 2, 29))
    assert direct(Person(1, former=(("Haarlem", dt.date(2025, 2, 28)),)), leap) != []
    assert direct(Person(1, former=(("Haarlem", dt.date(2025, 2, 27)),)), leap) == []


# --- in the committee -----------------------------------------------------------------------------------------


def organisation(world: World, key: str, name: str, kind: OrganisationKind) -> None:
    found = Organisation(kind=kind, name=name)
    db.session.add(found)
    db.session.flush()
    world.user(key).organisation_id = found.id
    db.session.commit()


def left_partner(committee: Committee, assignment: Assignment) -> None:
    """The assessor worked for a partner in every application until last year: soft everywhere."""
    person = assignment.user
    given = EmployerInput("Blijf Groep", dt.date(2026, 6, 1))
    people.add_employer(member(committee.world, assignment, 21), person, given)
    db.session.commit()


@pytest.fixture
def assignment(committee: Committee) -> Assignment:
    found = assign_all(committee.world, committee.round_)
    return next(one for one in found if one.application_id == committee.one.id)


def test_who_works_for_a_partner_meets_nothing_of_the_application(committee: Committee) -> None:
    organisation(committee.world, "assessor", "Blijf Groep", OrganisationKind.SHELTER)
    ident = committee.world.ids["assessor"]
    assert queries.barred_applications(ident) == {committee.one.id, committee.two.id, committee.three.id}
    assert queries.hidden_from(committee.world.actor("programme")) == set()


def test_a_former_employer_bars_at_once_and_quarantines_scores(
    committee: Committee, assignment: Assignment
) -> None:
    done = score(committee.world, assignment, 7)
    given = EmployerInput("Haarlem", dt.date(2026, 12, 31))
    noted = people.add_employer(member(committee.world, assignment, 26), assignment.user, given)
    assert done.quarantined
    with pytest.raises(Missing):
        queries.own_assignment(member(committee.world, assignment, 26), committee.one.id)
    people.drop_employer(member(committee.world, assignment, 27), assignment.user, noted.id)
    assert not done.quarantined
    actions = [entry.action for entry in audit.trail(committee.one.audit_chain)][-2:]
    assert actions == ["assessment.quarantine", "assessment.release"]


def test_what_is_soft_stays_shut_until_the_chair_allows_it(
    committee: Committee, assignment: Assignment
) -> None:
    world, ident = committee.world, committee.one.id
    left_partner(committee, assignment)
    service.declare_interest(member(world, assignment, 22), ident, NONE)
    db.session.refresh(assignment)
    assert assignment.assessment is None
    assert [m.user_id for m in db.session.scalars(select(Mail).where(Mail.key.startswith("interest:")))] == [
        world.ids["chair"]
    ]
    chair = world.later("chair", days=23)
    service.decide_measure(chair, ident, assignment.user_id, Measure.ALLOWED, "Lang geleden, ander werk.")
    db.session.refresh(assignment)
    assert assignment.assessment is not None
    service.decide_measure(chair, ident, assignment.user_id, Measure.BARRED, "Toch niet.")
    assert assignment.assessment.quarantined
    assert ident in queries.barred_applications(assignment.user_id)
    assert len(list(db.session.scalars(select(InterestMeasure)))) == 2


def test_what_was_declared_may_be_allowed_until_it_is_declared_again(
    committee: Committee, assignment: Assignment
) -> None:
    world, ident = committee.world, committee.one.id
    done = score(world, assignment, 7)
    service.declare_interest(member(world, assignment, 26), ident, DECLARED, "Verre neef.")
    assert done.quarantined
    chair = world.later("chair", days=27)
    service.decide_measure(chair, ident, assignment.user_id, Measure.ALLOWED, "Te ver om te tellen.")
    assert not done.quarantined
    assert ident not in queries.barred_applications(assignment.user_id)


def test_refusals_of_the_decision(committee: Committee, assignment: Assignment) -> None:
    world, ident, who = committee.world, committee.one.id, assignment.user_id
    chair = world.later("chair", days=23)
    for key in ("assessor", "programme", "admin"):
        with pytest.raises(Refused):
            service.decide_measure(world.later(key, days=23), ident, who, Measure.ALLOWED, "Omdat.")
    with pytest.raises(Refused, match="eigen belang"):
        service.decide_measure(chair, ident, world.ids["chair"], Measure.ALLOWED, "Omdat.")
    with pytest.raises(Refused, match="geen belang waarover"):
        service.decide_measure(chair, ident, who, Measure.ALLOWED, "Omdat.")
    left_partner(committee, assignment)
    with pytest.raises(Invalid):
        service.decide_measure(chair, ident, who, Measure.ALLOWED, " ")
    assignment.user.organisation_id = committee.one.organisation_id
    db.session.flush()
    with pytest.raises(Refused, match="volgt vast"):
        service.decide_measure(chair, ident, who, Measure.ALLOWED, "Omdat.")
    service.declare_interest(chair, ident, DECLARED, "Ook ik.")
    with pytest.raises(Missing):
        service.decide_measure(chair, ident, who, Measure.BARRED, "Omdat.")


def test_a_decision_never_changes(committee: Committee, assignment: Assignment) -> None:
    left_partner(committee, assignment)
    chair = committee.world.later("chair", days=23)
    made = service.decide_measure(chair, committee.one.id, assignment.user_id, Measure.ALLOWED, "Ver weg.")
    db.session.commit()
    made.reason = "Anders."
    with pytest.raises(Refused):
        db.session.flush()
    db.session.rollback()
    with pytest.raises(IntegrityError):
        db.session.execute(InterestMeasure.__table__.update().values(reason="Anders."))  # type: ignore[attr-defined]


def test_a_round_in_which_the_own_region_is_hard_never_assigns_it(world: World) -> None:
    from tests.support.applications_factory import make_complete

    round_ = world.round(rules=replace(RULES, own_region="hard", assessors_per_application=2))
    made = make_complete(world, round_)
    region = Organisation(
        kind=OrganisationKind.MUNICIPALITY, name="Gemeente Zandvoort", municipality_id=_zandvoort()
    )
    db.session.add(region)
    db.session.flush()
    world.user("assessor").organisation_id = region.id
    db.session.commit()
    assert queries.barred_applications(world.ids["assessor"]) == {made.id}
    assert world.ids["assessor"] not in {one.user_id for one in assign_all(world, round_)}


def _zandvoort() -> int:
    from pool.regions import queries as regions

    found = regions.municipality_by_name("Zandvoort")
    assert found is not None
    return found.id


# --- on the pages ---------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _thirty_days_later() -> Iterator[None]:
    with time_machine.travel(START + dt.timedelta(days=30), tick=False):
        yield


def test_the_whole_way_on_the_pages(
    committee: Committee, assignment: Assignment, new_client: Callable[[], Client]
) -> None:
    world, ident, who = committee.world, committee.one.id, assignment.user_id
    reader = new_client().sign_in(assignment.user.email)
    page = f"/mensen/{who}/werk-en-kennis"
    assert reader.get(f"/mensen/{world.ids['chair']}/werk-en-kennis").status_code == 404
    wrong = read(
        reader.post(f"/mensen/{who}/werkgevers", data={"employer": "Blijf Groep", "until": "1-1-2030"}), 422
    )
    assert "voorbij" in words(wrong)
    assert wrong.select_one("[name=employer]")["value"] == "Blijf Groep"  # type: ignore[index]
    given = {"employer": "Blijf Groep", "until": "2026-06-01"}
    assert reader.post(f"/mensen/{who}/werkgevers", data=given).location.endswith(page)
    assert "Blijf Groep" in words(read(reader.get(page)))
    asked = f"/beoordelen/aanvraag/{ident}/belang"
    assert "U werkte tot en met 1 juni 2026 bij Blijf Groep" in words(read(reader.get(asked)))
    reader.post(asked, data={"answer": "none"})
    assert "De voorzitter beslist" in words(read(reader.get(asked)))
    assert reader.get(f"/beoordelen/aanvraag/{ident}").status_code == 302
    chair = new_client().sign_in(world.email("chair"))
    listed = read(chair.get("/beoordelen/ronde-1/belangen"))
    assert "u moet nog beslissen" in words(listed)
    decide = f"/beoordelen/ronde-1/belangen/{ident}/{who}"
    assert decide in {link["href"] for link in listed.select("main a")}
    assert chair.post(decide, data={"reason": "Ver weg."}).status_code == 422
    read(chair.get(decide))
    assert chair.post(decide, data={"measure": "allowed", "reason": "Ver weg."}).status_code == 302
    assert (
        chair.get(f"/beoordelen/ronde-1/belangen/{committee.two.id}/{world.ids['admin']}").status_code == 404
    )
    assert reader.get(f"/beoordelen/aanvraag/{ident}").status_code == 200


def test_what_somebody_knows_is_kept_and_counts(
    committee: Committee, assignment: Assignment, new_client: Callable[[], Client]
) -> None:
    who = assignment.user_id
    admin = new_client().sign_in(committee.world.email("admin"))
    theme = committee.one.theme_id
    assert admin.post(f"/mensen/{who}/kennis", data={"themes": [str(theme)]}).status_code == 302
    page = read(admin.get(f"/mensen/{who}/werk-en-kennis"))
    assert [box["value"] for box in page.select("[name=themes][checked]")] == [str(theme)]
    assert admin.post(f"/mensen/{who}/kennis", data={"themes": ["99999"]}).status_code == 422


def test_the_list_of_interests_asks_as_often_for_one_as_for_three(
    committee: Committee, new_client: Callable[[], Client], count_queries: Callable[[], object]
) -> None:
    world = committee.world
    found = assign_all(world, committee.round_)
    chair = new_client().sign_in(world.email("chair"))
    counts = []
    for number in (0, 1, 2):
        one = found[number]
        open_file(world, one)
        service.declare_interest(member(world, one, 26), one.application_id, DECLARED, "Buren.")
        db.session.commit()
        with count_queries() as counted:  # type: ignore[attr-defined]
            assert chair.get("/beoordelen/ronde-1/belangen").status_code == 200
        counts.append(counted.number)
    assert counts[0] == counts[2], counts
