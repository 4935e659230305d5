"""The completeness check, supplements and regional views: refusals first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from pool.applications import queries, rules, service
from pool.applications.inputs import CheckedPoint, CheckInput, Project
from pool.applications.models import Application
from pool.applications.states import ApplicationState, Completeness
from pool.core import audit
from pool.core.clock import end_of_day
from pool.core.db import db
from pool.core.errors import Invalid, InvalidMany, Refused
from pool.core.outbox import Mail
from pool.rounds import service as rounds
from tests.support.applications_factory import make_application, make_complete, make_draft
from tests.support.world import RULES, START, World

S, C = ApplicationState, Completeness
MICROSECOND = dt.timedelta(microseconds=1)
OK = rules.all_ok(RULES)


def lacking(*codes: str, note: str = "Leg dit uit.") -> tuple[CheckedPoint, ...]:
    return tuple(CheckedPoint(p.code, p.code not in codes, note if p.code in codes else "") for p in OK)


def refused(code: str, call: Callable[[], object]) -> None:
    with pytest.raises(Refused) as caught:
        call()
    db.session.rollback()
    assert caught.value.code == code, caught.value.message


def asked(world: World, *codes: str, days: float = 15) -> Application:
    """An application of which a supplement is asked for these points."""
    application = make_application(world, world.round())
    given = CheckInput(C.SUPPLEMENT, lacking(*(codes or ("budget",))))
    service.check(world.later("programme", days=days), application, given)
    db.session.commit()
    return application


# --- the check --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["applicant", "lead", "assessor", "chair", "decider", "auditor", "admin"])
def test_only_the_programme_team_checks(world: World, key: str) -> None:
    application = make_application(world, world.round())
    actor = world.later(key, days=15)
    refused("refused", lambda: service.check(actor, application, CheckInput(C.COMPLETE, OK)))
    assert application.checks == []


def test_a_draft_is_not_checked(world: World) -> None:
    application = make_draft(world, world.round())
    actor = world.later("programme", days=15)
    refused("state", lambda: service.check(actor, application, CheckInput(C.COMPLETE, OK)))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (CheckInput(C.COMPLETE, ()), None),
        (CheckInput(C.COMPLETE, OK[1:]), None),
        (CheckInput(C.COMPLETE, (*OK, OK[0])), None),
        (CheckInput(C.COMPLETE, lacking("budget")), "outcome"),
        (CheckInput(C.SUPPLEMENT, OK), "outcome"),
        (CheckInput(C.SUPPLEMENT, lacking("budget", note=" ")), "note_budget"),
        (CheckInput(C.SUPPLEMENT, lacking("budget"), supplement_by=dt.date(2027, 1, 19)), "supplement_by"),
        (CheckInput(C.INTENDED, lacking("budget"), reason=" \n"), "reason"),
        (CheckInput(C.INTENDED, OK, "Past niet.", hearing_by=dt.date(2027, 1, 19)), "hearing_by"),
        (CheckInput(C.INADMISSIBLE, lacking("budget"), "Past niet."), "outcome"),
    ],
)
def test_an_outcome_that_the_points_do_not_carry(world: World, given: CheckInput, field: str | None) -> None:
    application = make_application(world, world.round())
    with pytest.raises(InvalidMany) as caught:
        service.check(world.later("programme", days=15), application, given)
    assert [p.field for p in caught.value.problems] == [field]
    db.session.rollback()
    assert application.state == S.SUBMITTED


def test_two_people_cannot_both_decide(world: World) -> None:
    application = make_complete(world, world.round())
    actor = world.later("programme_b", days=15)
    given = CheckInput(C.INTENDED, lacking("budget"), "Te laat")
    refused("state", lambda: service.check(actor, application, given))


def test_complete_is_told(world: World) -> None:
    application = make_complete(world, world.round())
    mails = db.session.scalars(select(Mail).where(Mail.subject.like("Volledig%"))).all()
    assert {m.recipient for m in mails} == {world.email("applicant"), "contact@example.org"}
    assert application.checks[0].supplement_by is None


def test_not_handled_is_told_with_reason_and_objection(world: World) -> None:
    application = asked(world, "budget")
    given = CheckInput(C.NOT_HANDLED, lacking("budget"), "De begroting kwam niet.")
    service.check(world.later("programme", days=30), application, given)
    assert application.state == S.INADMISSIBLE
    assert application.supplement_until is None
    mail = db.session.scalars(select(Mail).where(Mail.subject.like("Niet in behandeling%"))).first()
    assert mail is not None
    # Announced on 3 February 2027; six weeks later is 17 March.
    for words in ("De begroting kwam niet.", "artikel 4:5", "17 maart 2027", "Postbus 1"):
        assert words in mail.body
    actor = world.later("applicant", days=31)
    refused("late", lambda: service.save_section(actor, application, "project", Project(), 99))


def test_left_unhandled_only_after_a_supplement_was_asked_and_is_missing(world: World) -> None:
    application = make_application(world, world.round())
    given = CheckInput(C.NOT_HANDLED, lacking("budget"), "Niet compleet.")
    refused("not_asked", lambda: service.check(world.later("programme", days=15), application, given))
    service.check(world.later("programme", days=15), application, CheckInput(C.SUPPLEMENT, lacking("budget")))
    db.session.commit()
    refused("early", lambda: service.check(world.later("programme", days=20), application, given))
    for key in ("applicant", "decider", "lead"):
        refused("refused", lambda k=key: service.check(world.later(k, days=30), application, given))
    # Whoever says that everything is in order cannot say that something is missing.
    with pytest.raises(InvalidMany) as caught:
        service.check(world.later("programme", days=30), application, CheckInput(C.NOT_HANDLED, OK, "Nee"))
    assert [p.field for p in caught.value.problems] == ["outcome"]


def test_four_weeks_after_the_supplement_it_has_to_be_judged(world: World) -> None:
    application = asked(world, "budget")
    # Until 2 February; four weeks later is 2 March (4:5, fourth lid).
    term = rules.not_handled_term(application)
    assert term is not None
    assert term.last_day == dt.date(2027, 3, 2)
    given = CheckInput(C.NOT_HANDLED, lacking("budget"), "De begroting kwam niet.")
    late = world.actor("programme", term.ends_at + MICROSECOND)
    refused("late", lambda: service.check(late, application, given))
    service.check(world.actor("programme", term.ends_at), application, given)
    assert application.state == S.INADMISSIBLE


def test_the_four_weeks_run_from_the_day_of_the_supplement(world: World) -> None:
    application = asked(world, "budget")
    service.supplement(world.later("applicant", days=18), application)
    term = rules.not_handled_term(application)
    assert term is not None
    # Supplied on Friday 22 January.
    assert term.last_day == dt.date(2027, 2, 19)


def test_an_outcome_is_taken_back_with_a_reason_until_assessment_begins(world: World) -> None:
    application = make_complete(world, world.round())
    for key in ("applicant", "decider", "auditor"):
        refused("refused", lambda k=key: service.reconsider(world.later(k, days=16), application, "Fout"))
    with pytest.raises(Invalid):
        service.reconsider(world.later("programme", days=16), application, " ")
    service.reconsider(world.later("programme", days=16), application, "Verkeerde aanvraag")
    db.session.commit()
    assert application.state == S.SUBMITTED
    mail = db.session.scalars(select(Mail).where(Mail.subject.like("Opnieuw%"))).first()
    assert mail is not None
    assert "Verkeerde aanvraag" in mail.body
    refused("state", lambda: service.reconsider(world.later("programme", days=16), application, "Nog eens"))
    service.check(world.later("programme", days=16), application, CheckInput(C.COMPLETE, OK))
    rounds.move(world.later("programme", days=17), application.round, "begin_assessment")
    db.session.commit()
    refused("late", lambda: service.reconsider(world.later("programme", days=18), application, "Te laat"))


def test_applications_that_may_overlap_are_pointed_out(world: World) -> None:
    round_ = world.round()
    application = make_application(world, round_, title="Zelfde Titel")
    other = make_application(world, round_, "applicant_b", title="zelfde titel")
    same = make_application(world, round_, title="Iets anders")
    make_application(world, round_, "applicant_b", title="Iets heel anders")
    make_draft(world, round_, title="Zelfde Titel")
    assert queries.alike(application) == [other, same]


def test_overlap_is_the_same_theme_in_a_shared_region_in_any_round(world: World) -> None:
    earlier, round_ = world.round(slug="eerder", title="Eerdere ronde"), world.round()
    places = ("kennemerland", "zeeland")
    application = make_application(world, round_, title="Dit", regions=places)
    before = make_application(world, earlier, title="Eerder", theme="mda")
    joint = make_application(world, round_, "applicant_b", title="Samen", regions=("ijsselland", "zeeland"))
    make_application(world, round_, title="Ander thema", theme="overig")
    make_application(world, round_, "applicant_b", title="Andere regio")
    make_draft(world, round_, title="Concept")
    gone = make_application(world, round_, title="Ingetrokken")
    service.withdraw(world.later("applicant", days=2), gone, "Toch niet")
    db.session.commit()
    assert queries.overlapping(world.later("programme", days=15), application) == [joint, before]
    # The lead of Kennemerland sees what is for that region only; the municipality sees its own.
    assert queries.overlapping(world.later("lead", days=15), application) == [before]
    assert queries.overlapping(world.later("applicant", days=15), application) == [before]
    for key in ("assessor", "chair", "admin"):
        assert queries.overlapping(world.later(key, days=15), application) == []


# --- supplement -------------------------------------------------------------------------------------------


def test_the_term_is_computed_from_the_rules(world: World) -> None:
    application = asked(world, days=18)
    # Asked on Friday 22 January; fourteen days later is Friday 5 February.
    assert application.supplement_until == end_of_day(dt.date(2027, 2, 5))
    mail = db.session.scalars(select(Mail).where(Mail.subject.like("Aanvulling%"))).first()
    assert mail is not None
    assert "tot en met 5 februari 2027" in mail.body
    assert "Leg dit uit." in mail.body


def test_a_term_that_ends_in_the_weekend_runs_on(world: World) -> None:
    application = asked(world, days=19)
    assert application.supplement_until == end_of_day(dt.date(2027, 2, 8))


def test_no_supplement_unless_asked(world: World) -> None:
    application = make_application(world, world.round())
    refused("state", lambda: service.supplement(world.later("applicant", days=2), application))


def test_only_the_own_municipality_supplements(world: World) -> None:
    application = asked(world)
    for key in ("applicant_b", "programme", "lead"):
        refused("refused", lambda k=key: service.supplement(world.later(k, days=16), application))


def test_only_the_parts_that_were_asked_change(world: World) -> None:
    application = asked(world, "budget")
    actor = world.later("applicant", days=16)
    value = replace(queries.draft(application).project, title="Iets anders")
    refused("not_asked", lambda: service.save_section(actor, application, "project", value, 99))
    budget = replace(queries.draft(application).budget, explanation="Uitgelegd")
    service.save_section(actor, application, "budget", budget, application.revision)
    version = service.supplement(actor, application)
    assert (version.number, application.state) == (2, S.SUPPLEMENTED)
    assert queries.content(application).budget.explanation == "Uitgelegd"
    assert application.supplement_until is None


def test_what_was_never_submitted_does_not_slip_in_with_a_supplement(world: World) -> None:
    application = make_application(world, world.round())
    actor = world.later("applicant", days=3)
    value = replace(queries.draft(application).project, title="Nooit ingediend")
    service.save_section(actor, application, "project", value, application.revision)
    given = CheckInput(C.SUPPLEMENT, lacking("budget"))
    service.check(world.later("programme", days=15), application, given)
    service.supplement(world.later("applicant", days=16), application)
    assert queries.content(application).project.title == "Samen sneller naar veiligheid"
    assert application.title == "Samen sneller naar veiligheid"
    assert queries.draft(application).project.title == "Nooit ingediend", "what was kept is not lost"


def test_one_microsecond_decides_about_a_supplement(world: World) -> None:
    application = asked(world)
    until = application.supplement_until
    assert until is not None
    late = world.actor("applicant", until + MICROSECOND)
    refused("late", lambda: service.supplement(late, application))
    budget = replace(queries.draft(application).budget, explanation="Te laat")
    refused("late", lambda: service.save_section(late, application, "budget", budget, 99))
    assert service.supplement(world.actor("applicant", until), application).submitted_at == until


def test_the_programme_team_waits_for_the_term_to_pass(world: World) -> None:
    application = asked(world)
    until = application.supplement_until
    assert until is not None
    given = CheckInput(C.NOT_HANDLED, lacking("budget"), "Niet aangevuld.")
    refused("early", lambda: service.check(world.actor("programme", until), application, given))
    service.check(world.actor("programme", until + MICROSECOND), application, given)
    assert application.state == S.INADMISSIBLE


def test_more_time_makes_late_in_time(world: World) -> None:
    application = asked(world)
    until = application.supplement_until
    assert until is not None
    after = until + dt.timedelta(days=1)
    refused("late", lambda: service.supplement(world.actor("applicant", after), application))
    boss = world.actor("programme", after)
    new = dt.date(2027, 2, 15)
    refused(
        "refused",
        lambda: service.extend_supplement(world.actor("applicant", after), application, new, "Ziekte"),
    )
    for day, reason in ((new, " "), (after.date(), "Ziekte")):
        with pytest.raises(InvalidMany):
            service.extend_supplement(boss, application, day, reason)
        db.session.rollback()
    service.extend_supplement(boss, application, new, "Ziekte")
    assert [c.supplement_by for c in application.checks] == ["2027-02-02", "2027-02-15"]
    assert audit.trail(application.audit_chain)[-1].reason == "Ziekte"
    service.supplement(world.actor("applicant", end_of_day(new)), application)
    assert application.state == S.SUPPLEMENTED


def test_the_decision_term_stands_still_while_we_wait(world: World) -> None:
    plain = make_complete(world, world.round())
    undisturbed = rules.decision_term(plain, RULES)
    application = make_application(world, plain.round)
    given = CheckInput(C.SUPPLEMENT, lacking("budget"))
    service.check(world.later("programme", days=15), application, given)
    service.supplement(world.later("applicant", days=20), application)
    term = rules.decision_term(application, RULES)
    # Asked on the 19th, supplied on the 24th: the 20th to the 23rd do not count.
    assert term.suspended_days == 4
    assert term.last_day == undisturbed.last_day + dt.timedelta(days=4)


def test_a_supplemented_application_is_checked_again(world: World) -> None:
    application = asked(world)
    service.supplement(world.later("applicant", days=16), application)
    service.check(world.later("programme", days=17), application, CheckInput(C.COMPLETE, OK))
    assert application.state == S.COMPLETE
    assert [c.outcome for c in application.checks] == [C.SUPPLEMENT, C.COMPLETE]


def test_withdrawing_ends_the_term(world: World) -> None:
    application = asked(world)
    service.withdraw(world.later("applicant", days=16), application, "Toch niet")
    assert application.supplement_until is None


# --- the region -------------------------------------------------------------------------------------------


def region(world: World) -> int:
    (ident,) = world.later("lead").region_ids
    return ident


def test_only_the_lead_of_the_region_gives_a_view(world: World) -> None:
    application = make_application(world, world.round())
    ident = region(world)
    for key in ("applicant", "programme", "assessor", "auditor"):
        actor = world.later(key, days=2)
        refused("refused", lambda a=actor: service.give_view(a, application, ident, "Steun"))
    lead = world.later("lead", days=2)
    refused("refused", lambda: service.give_view(lead, application, ident + 1, "Steun"))
    elsewhere = make_application(world, application.round, "applicant_b")
    refused("refused", lambda: service.give_view(lead, elsewhere, ident, "Steun"))


def test_no_view_on_a_draft_or_after_withdrawal(world: World) -> None:
    draft = make_draft(world, world.round())
    lead, ident = world.later("lead", days=2), region(world)
    refused("state", lambda: service.give_view(lead, draft, ident, "Steun"))
    gone = make_application(world, draft.round)
    service.withdraw(world.later("applicant", days=2), gone, "Toch niet")
    db.session.commit()
    refused("state", lambda: service.give_view(lead, gone, ident, "Steun"))


def test_a_view_is_replaced_until_the_round_is_in_decision(world: World) -> None:
    application = make_complete(world, world.round())
    ident = region(world)
    service.give_view(world.later("lead", days=16), application, ident, "Eerste")
    rounds.move(world.later("programme", days=17), application.round, "begin_assessment")
    service.give_view(world.later("lead", days=18), application, ident, "Tweede")
    assert [v.text for v in queries.views_of(application.id)] == ["Tweede"]
    entry = audit.trail(application.audit_chain)[-1]
    assert (entry.before["text"], entry.after["text"]) == ("Eerste", "Tweede")
    rounds.move(world.later("programme", days=19), application.round, "begin_decision")
    db.session.commit()
    refused("late", lambda: service.give_view(world.later("lead", days=20), application, ident, "Derde"))


def test_no_views_in_a_round_without_them(world: World) -> None:
    round_ = world.round(rules=replace(RULES, regional_views=False))
    application = make_application(world, round_)
    refused(
        "refused",
        lambda: service.give_view(world.later("lead", days=2), application, region(world), "Steun"),
    )


def test_start_is_a_monday() -> None:
    # The terms above are worked out by hand from this day.
    assert START.date() == dt.date(2027, 1, 4)
