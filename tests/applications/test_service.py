"""Starting, writing, submitting and withdrawing: refusals first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from pool.applications import queries, service
from pool.applications.inputs import Budget, BudgetLine, Contact, Project, Reach
from pool.applications.models import Application, ApplicationVersion
from pool.applications.states import ApplicationState
from pool.core import audit
from pool.core.access import Role
from pool.core.db import db
from pool.core.errors import Conflict, Invalid, InvalidMany, Missing, Refused
from pool.core.outbox import Mail
from pool.core.text import canonical_json, sha256_hex
from pool.rounds import service as rounds
from pool.rounds.models import Round
from tests.support.applications_factory import make_application, make_complete, make_draft, special_round
from tests.support.world import RULES, START, World

CLOSES = START + dt.timedelta(days=14)
MICROSECOND = dt.timedelta(microseconds=1)


def refused(code: str, call: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        call()
    db.session.rollback()
    assert caught.value.code == code, caught.value.message
    return caught.value


# --- start ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["lead", "assessor", "chair", "programme", "decider", "auditor", "admin"])
def test_only_a_municipality_starts(world: World, key: str) -> None:
    round_ = world.round()
    refused("refused", lambda: service.start(world.later(key, days=1), round_))
    assert db.session.scalars(select(Application)).all() == []


def test_an_organisation_that_is_no_municipality_does_not_start(world: World) -> None:
    round_ = world.round()
    actor = replace(world.later("programme", days=1), roles=frozenset({Role.APPLICANT}))
    refused("refused", lambda: service.start(actor, round_))


def test_no_start_before_opening_or_after_closing(world: World) -> None:
    round_ = world.round()
    refused("early", lambda: service.start(world.actor("applicant", START - MICROSECOND), round_))
    refused("late", lambda: service.start(world.actor("applicant", CLOSES + MICROSECOND), round_))


def test_references_count_on_per_scheme_and_year(world: World) -> None:
    first, second = world.round(), world.round(slug="ronde-2")
    actor = world.later("applicant", days=1)
    found = [service.start(actor, r).reference for r in (first, second, first)]
    assert found == ["VDND-2027-001", "VDND-2027-002", "VDND-2027-003"]


def test_references_go_on_past_999(world: World) -> None:
    round_ = world.round()
    actor = world.later("applicant", days=1)
    application = service.start(actor, round_)
    application.reference = "VDND-2027-999"
    assert service.start(actor, round_).reference == "VDND-2027-1000"
    assert service.start(actor, round_).reference == "VDND-2027-1001"


def test_a_new_draft_knows_its_municipality(world: World) -> None:
    application = service.start(world.later("applicant", days=1), world.round())
    assert application.state == ApplicationState.DRAFT
    assert [r.slug for r in application.regions] == ["kennemerland"]
    assert queries.draft(application).contact.email == world.email("applicant")
    assert [e.action for e in audit.trail(application.audit_chain)] == ["application.start"]


# --- who sees ---------------------------------------------------------------------------------------------


def test_who_sees_a_draft(world: World) -> None:
    application = make_draft(world, world.round())
    for key in world.users:
        actor = world.later(key, days=2)
        if key == "applicant":
            assert queries.get(actor, application.id) is application
            continue
        with pytest.raises(Missing):
            queries.get(actor, application.id)


def test_who_sees_a_submitted_application(world: World) -> None:
    application = make_application(world, world.round())
    sees = set()
    for key in world.users:
        try:
            sees.add(key) if queries.get(world.later(key, days=2), application.id) else None
        except Missing:
            continue
    assert sees == {"applicant", "lead", "programme", "programme_b", "decider", "auditor"}


def test_the_lead_sees_own_regions_only_and_only_when_the_round_says_so(world: World) -> None:
    here = make_application(world, world.round())
    make_application(world, here.round, "applicant_b")
    closed = world.round(slug="ronde-2", rules=replace(RULES, regional_views=False))
    make_application(world, closed)
    joint = make_application(world, here.round, "applicant_b", regions=("ijsselland", "kennemerland"))
    lead = world.later("lead", days=2)
    assert set(db.session.scalars(queries.visible_to(lead)).unique()) == {here, joint}


def test_a_member_of_the_committee_does_not_come_in_by_another_role(world: World) -> None:
    application = make_application(world, world.round())
    both = replace(world.later("programme", days=2), roles=frozenset({Role.PROGRAMME, Role.ASSESSOR}))
    with pytest.raises(Missing):
        queries.get(both, application.id)


def test_a_withdrawn_draft_stays_unseen(world: World) -> None:
    application = make_draft(world, world.round())
    service.withdraw(world.later("applicant", days=2), application, "Toch niet")
    with pytest.raises(Missing):
        queries.get(world.later("programme", days=2), application.id)
    assert db.session.scalars(select(Mail)).all() == []


# --- write ------------------------------------------------------------------------------------------------


def test_a_colleague_writes_too_but_nobody_else(world: World) -> None:
    application = make_draft(world, world.round())
    value = Project(title="Nieuw")
    for key in ("applicant_b", "programme", "lead", "admin"):
        actor = world.later(key, days=2)
        refused("refused", lambda a=actor: service.save_section(a, application, "project", value, 99))
    colleague = replace(world.later("applicant", days=2), user_id=None, name="Een collega")
    service.save_section(colleague, application, "project", value, application.revision)
    assert application.title == "Nieuw"


def test_nothing_is_written_after_closing(world: World) -> None:
    application = make_draft(world, world.round())
    late = world.actor("applicant", CLOSES + MICROSECOND)
    refused("late", lambda: service.save_section(late, application, "project", Project(), 99))
    in_time = world.actor("applicant", CLOSES)
    service.save_section(in_time, application, "project", Project(title="Net"), application.revision)


def test_the_second_saver_sees_both_texts(world: World) -> None:
    application = make_draft(world, world.round())
    started = application.revision
    first = replace(world.later("applicant", days=2), name="Eerste")
    second = replace(world.later("applicant", days=2), name="Tweede")
    service.save_section(first, application, "project", Project(title="Van de eerste"), started)
    with pytest.raises(service.StaleSection) as caught:
        service.save_section(second, application, "project", Project(title="Van de tweede"), started)
    assert (caught.value.theirs.title, caught.value.mine.title) == ("Van de eerste", "Van de tweede")
    assert caught.value.saved_by == "Eerste"
    assert queries.draft(application).project.title == "Van de eerste"
    # Having seen it, the second may choose.
    mine = Project(title="Van de tweede")
    service.save_section(second, application, "project", mine, caught.value.revision)
    assert queries.draft(application).project.title == "Van de tweede"


def test_another_section_is_no_obstacle_and_the_same_text_no_conflict(world: World) -> None:
    application = make_draft(world, world.round())
    started, actor = application.revision, world.later("applicant", days=2)
    service.save_section(actor, application, "project", Project(title="Van de eerste"), started)
    service.save_section(actor, application, "contact", Contact(name="Iemand"), started)
    before = application.revision
    service.save_section(actor, application, "project", Project(title="Van de eerste"), started)
    assert application.revision == before


def test_values_that_no_form_can_hold_are_refused_together(world: World) -> None:
    application = make_draft(world, world.round())
    actor = world.later("applicant", days=2)
    bad = Project(title="x" * 151, theme="bestaat-niet")
    with pytest.raises(InvalidMany) as caught:
        service.save_section(actor, application, "project", bad, application.revision)
    assert {p.field for p in caught.value.problems} == {"title", "theme"}
    for regions in (("kennemerland", "atlantis"), ("kennemerland", "kennemerland")):
        with pytest.raises(InvalidMany):
            service.save_section(actor, application, "reach", Reach(regions), application.revision)
    with pytest.raises(Missing):
        service.save_section(actor, application, "state", "complete", application.revision)


def test_regions_change_places_without_a_clash(world: World) -> None:
    application = make_draft(world, world.round(), regions=("kennemerland", "zeeland", "ijsselland"))
    actor = world.later("applicant", days=2)
    for regions in (
        ("kennemerland", "ijsselland", "zeeland"),
        ("zeeland", "kennemerland"),
        ("kennemerland",),
    ):
        service.save_section(actor, application, "reach", Reach(regions), application.revision)
        db.session.expire_all()
        assert tuple(r.slug for r in application.regions) == regions


def test_a_draft_may_ask_less_than_it_needs_and_the_columns_stay_in_order(world: World) -> None:
    application = make_draft(world, world.round())
    budget = Budget(requested=100, minimum=500)
    actor = world.later("applicant", days=2)
    service.save_section(actor, application, "budget", budget, application.revision)
    assert (application.requested, application.minimum) == (100, 100)
    assert queries.draft(application).budget.minimum == 500


def test_without_partial_awards_the_minimum_follows(world: World) -> None:
    application = make_draft(world, world.round(rules=replace(RULES, partial_awards=False)))
    actor = world.later("applicant", days=2)
    service.save_section(actor, application, "budget", Budget(requested=700, minimum=1), application.revision)
    assert queries.draft(application).budget.minimum == 700


def test_text_is_kept_clean(world: World) -> None:
    application = make_draft(world, world.round())
    actor = world.later("applicant", days=2)
    value = Project(title="  Een\ttitel\x00\u202e met\nregel ", summary="a\r\nb\x07")
    service.save_section(actor, application, "project", value, application.revision)
    assert queries.draft(application).project.title == "Een titel met regel"
    assert queries.draft(application).project.summary == "a\nb"


# --- submit -----------------------------------------------------------------------------------------------


def test_an_incomplete_draft_is_not_submitted(world: World) -> None:
    application = service.start(world.later("applicant", days=1), world.round())
    db.session.commit()
    with pytest.raises(InvalidMany) as caught:
        service.submit(world.later("applicant", days=1), application)
    assert len(caught.value.problems) > 10
    db.session.rollback()
    assert application.versions == []
    assert db.session.scalars(select(Mail)).all() == []


def test_only_the_own_municipality_submits(world: World) -> None:
    application = make_draft(world, world.round())
    for key in ("applicant_b", "programme", "lead", "decider"):
        refused("refused", lambda k=key: service.submit(world.later(k, days=2), application))


def test_one_microsecond_decides(world: World) -> None:
    round_ = world.round()
    late, in_time = make_draft(world, round_), make_draft(world, round_)
    refused("late", lambda: service.submit(world.actor("applicant", CLOSES + MICROSECOND), late))
    assert late.state == ApplicationState.DRAFT
    assert service.submit(world.actor("applicant", CLOSES), in_time).submitted_at == CLOSES


@pytest.mark.parametrize("day", [dt.date(2027, 3, 28), dt.date(2027, 10, 31)])
def test_the_deadline_is_exact_on_the_nights_that_the_clock_changes(world: World, day: dt.date) -> None:
    # Closes in the middle of the night, an hour after the change, so a mistake with the offset shows.
    closes = dt.datetime.combine(day, dt.time(2, 30), tzinfo=dt.UTC)
    round_ = special_round(world, "nacht", closes_at=closes)
    first, second = make_draft(world, round_), make_draft(world, round_)
    for early in (0, 1, 60 * 60 * 1_000_000):
        actor = world.actor("applicant", closes - early * MICROSECOND)
        service.save_section(actor, first, "contact", Contact(name=str(early)), first.revision)
    refused("late", lambda: service.submit(world.actor("applicant", closes + MICROSECOND), second))
    refused("late", lambda: service.submit(world.actor("applicant", closes + dt.timedelta(hours=1)), second))
    assert service.submit(world.actor("applicant", closes), second).submitted_at == closes


def test_what_was_submitted_is_hashed_mailed_and_on_record(world: World) -> None:
    application = make_application(world, world.round())
    version = application.versions[0]
    assert version.sha256 == sha256_hex(canonical_json(version.content))
    assert version.submitted_by_name == "Ali Haarlem"
    mails = db.session.scalars(select(Mail).order_by(Mail.id)).all()
    assert [m.recipient for m in mails] == [world.email("applicant"), "contact@example.org"]
    assert [m.user_id for m in mails] == [world.users["applicant"].id, None]
    for mail in mails:
        assert version.sha256 in mail.body
        assert "5 januari 2027 om 10:00:00 uur" in mail.body
    entry = audit.trail(application.audit_chain)[-1]
    assert (entry.action, entry.after["sha256"]) == ("application.submit", version.sha256)
    assert audit.verify_all() == []


def test_submitting_the_same_again_gives_the_same_version(world: World) -> None:
    application = make_application(world, world.round())
    again = service.submit(world.later("applicant", days=3), application)
    assert again is application.versions[0]
    assert len(application.versions) == 1
    assert len(db.session.scalars(select(Mail)).all()) == 2


def test_text_that_changed_since_it_was_read_is_not_submitted(world: World) -> None:
    application = make_draft(world, world.round())
    read = application.revision
    actor = world.later("applicant", days=2)
    service.save_section(actor, application, "contact", Contact(name="Ander"), application.revision)
    with pytest.raises(Conflict):
        service.submit(actor, application, read)


def test_until_closing_a_new_version_replaces_the_first(world: World) -> None:
    application = make_application(world, world.round())
    actor = world.later("applicant", days=3)
    first = application.versions[0]
    value = replace(queries.draft(application).project, title="Tweede titel")
    service.save_section(actor, application, "project", value, application.revision)
    assert (application.state, application.title) == (
        ApplicationState.SUBMITTED,
        "Samen sneller naar veiligheid",
    )
    assert queries.content(application).project.title == "Samen sneller naar veiligheid"
    second = service.submit(actor, application)
    assert (second.number, application.title) == (2, "Tweede titel")
    assert queries.content(application).project.title == "Tweede titel"
    assert first.sha256 == sha256_hex(canonical_json(first.content))
    assert application.submitted_at == actor.at


def test_replacing_a_checked_application_asks_for_a_new_check(world: World) -> None:
    application = make_complete(world, world.round(), checked_days=2)
    actor = world.later("applicant", days=3)
    value = replace(queries.draft(application).project, title="Tweede titel")
    service.save_section(actor, application, "project", value, application.revision)
    assert application.state == ApplicationState.COMPLETE
    service.submit(actor, application)
    assert application.state == ApplicationState.SUBMITTED


def test_the_database_itself_keeps_a_version(world: World) -> None:
    application = make_application(world, world.round())
    for statement in (
        "UPDATE application_version SET sha256 = 'x'",
        "DELETE FROM application_version",
    ):
        with pytest.raises(DatabaseError), db.session.begin_nested():
            db.session.execute(text(statement))
    application.versions[0].sha256 = "x"
    with pytest.raises(Refused):
        db.session.flush()
    db.session.rollback()
    assert db.session.scalar(select(ApplicationVersion.sha256)) != "x"


# --- withdraw ---------------------------------------------------------------------------------------------


def test_withdrawing_needs_a_reason_and_the_right_person(world: World) -> None:
    application = make_application(world, world.round())
    with pytest.raises(Invalid):
        service.withdraw(world.later("applicant", days=2), application, " \n")
    for key in ("applicant_b", "programme", "lead"):
        refused("refused", lambda k=key: service.withdraw(world.later(k, days=2), application, "Nee"))


def test_withdrawn_once_and_for_good(world: World) -> None:
    application = make_application(world, world.round())
    actor = world.later("applicant", days=2)
    service.withdraw(actor, application, "Geen menskracht")
    assert application.state == ApplicationState.WITHDRAWN
    assert audit.trail(application.audit_chain)[-1].reason == "Geen menskracht"
    db.session.commit()
    refused("state", lambda: service.withdraw(actor, application, "Nog eens"))
    refused("state", lambda: service.save_section(actor, application, "project", Project(), 99))
    refused("state", lambda: service.submit(actor, application))
    assert len(application.versions) == 1


def test_withdrawing_is_possible_until_the_decision(world: World) -> None:
    round_ = world.round()
    early, late = make_complete(world, round_), make_complete(world, round_)
    for name in ("begin_assessment", "begin_decision"):
        rounds.move(world.later("programme", days=20), round_, name)
    service.withdraw(world.later("applicant", days=21), early, "Toch niet")
    rounds.move(world.later("programme", days=22), round_, "decide")
    db.session.commit()
    refused("decided", lambda: service.withdraw(world.later("applicant", days=23), late, "Te laat"))


def test_lists_for_what_comes_after(world: World) -> None:
    round_ = world.round()
    first, second = make_complete(world, round_), make_complete(world, round_, "applicant_b")
    third = make_application(world, round_)
    assert queries.complete_of_round(round_.id) == [first, second]
    assert queries.of_round(round_.id, [ApplicationState.SUBMITTED]) == [third]
    assert isinstance(first.round, Round)
    assert BudgetLine("cost", "Projectleider", 5_000_000) in queries.content(first).budget.lines
