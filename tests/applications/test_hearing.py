"""A municipality is heard before its application is refused (4:7 Awb): refusals first, then services and pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from pool.applications import rules, service
from pool.applications.inputs import CheckedPoint, CheckInput, HearingInput
from pool.applications.models import Application, Hearing, HearingView
from pool.applications.states import ApplicationState, Completeness, HearingOutcome
from pool.core import audit
from pool.core.clock import end_of_day
from pool.core.db import db
from pool.core.delivery import LEGAL, MailKind
from pool.core.errors import Invalid, InvalidMany, Refused
from pool.core.outbox import Mail
from pool.web import tasks
from tests.conftest import Client
from tests.support.applications_factory import make_application
from tests.support.world import RULES, START, World

S, C = ApplicationState, Completeness
MICROSECOND = dt.timedelta(microseconds=1)
LAST_DAY = dt.date(2027, 2, 2)
"""Two weeks after Tuesday 19 January 2027, on which the intention is told."""
VIEW = HearingInput(True, "Wij zijn wél een gemeente. Zie de bijlage.")
NONE = HearingInput(False)
REASON = "De aanvraag is niet van een gemeente."
WHY = "Bij nader inzien klopt het."


def points(*codes: str) -> tuple[CheckedPoint, ...]:
    return tuple(
        CheckedPoint(p.code, p.code not in codes, "Wie vraagt aan?" if p.code in codes else "")
        for p in rules.all_ok(RULES)
    )


def intended(world: World, *, days: float = 15, **more: Any) -> Application:
    """An application that the programme team intends to refuse."""
    application = make_application(world, world.round(**more))
    service.check(
        world.later("programme", days=days), application, CheckInput(C.INTENDED, points("requester"), REASON)
    )
    db.session.commit()
    return application


def heard(world: World, given: HearingInput = VIEW) -> Application:
    application = intended(world)
    service.be_heard(world.later("applicant", days=20), application, given)
    db.session.commit()
    return application


def refused(code: str, call: Callable[[], object]) -> None:
    with pytest.raises(Refused) as caught:
        call()
    db.session.rollback()
    assert caught.value.code == code, caught.value.message


def fields(call: Callable[[], object]) -> list[str | None]:
    """The fields that are refused."""
    with pytest.raises(Invalid) as caught:
        call()
    db.session.rollback()
    error = caught.value
    return [p.field for p in error.problems] if isinstance(error, InvalidMany) else [error.field]


def letters(subject: str) -> list[Mail]:
    return list(db.session.scalars(select(Mail).where(Mail.subject.startswith(subject)).order_by(Mail.id)))


# --- the intention ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["applicant", "lead", "assessor", "chair", "decider", "auditor", "admin"])
def test_only_the_programme_team_intends_and_concludes(world: World, key: str) -> None:
    application = intended(world)
    actor = world.later(key, days=40)
    given = CheckInput(C.INTENDED, points("plan"), REASON)
    refused("refused", lambda: service.refuse(actor, application, REASON, ""))
    refused("refused", lambda: service.drop_intention(actor, application, WHY))
    other = make_application(world, application.round, "applicant_b")
    refused("refused", lambda: service.check(actor, other, given))


def test_an_intention_is_no_refusal_and_is_told_with_reason_points_and_date(world: World) -> None:
    application = intended(world)
    hearing = application.open_hearing
    assert hearing is not None
    assert (application.state, hearing.until) == (S.HEARING, end_of_day(LAST_DAY))
    (first, second) = letters("Voornemen: aanvraag")
    assert {first.recipient, second.recipient} == {world.email("applicant"), "contact@example.org"}
    for words in (REASON, "Wie vraagt aan?", "tot en met 2 februari 2027", "artikel 4:7", "nog geen besluit"):
        assert words in first.body
    assert first.kind in LEGAL
    assert letters("Niet in behandeling") == []
    assert application.checks[-1].supplement_by is None


def test_the_decision_term_runs_on(world: World) -> None:
    application = intended(world)
    assert rules.decision_term(application, RULES).suspended_days == 0


def test_another_last_day(world: World) -> None:
    application = make_application(world, world.round())
    given = CheckInput(C.INTENDED, points("plan"), REASON, hearing_by=dt.date(2027, 1, 25))
    service.check(world.later("programme", days=15), application, given)
    assert application.open_hearing is not None
    assert application.open_hearing.until == end_of_day(dt.date(2027, 1, 25))


def test_no_other_outcome_and_no_second_intention_while_the_municipality_is_heard(world: World) -> None:
    application = intended(world)
    boss = world.later("programme", days=40)
    for outcome in (C.COMPLETE, C.SUPPLEMENT, C.NOT_HANDLED, C.INTENDED, C.INADMISSIBLE):
        given = CheckInput(outcome, points("plan"), REASON)
        refused("state", lambda g=given: service.check(boss, application, g))
    assert len(application.hearings) == 1


# --- the view ---------------------------------------------------------------------------------------------


def test_only_the_own_municipality_is_heard(world: World) -> None:
    application = intended(world)
    for key in ("applicant_b", "programme", "lead", "decider"):
        refused("refused", lambda k=key: service.be_heard(world.later(k, days=16), application, VIEW))


def test_nobody_is_heard_without_an_intention(world: World) -> None:
    application = make_application(world, world.round())
    refused("state", lambda: service.be_heard(world.later("applicant", days=2), application, VIEW))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (HearingInput(True, " \n"), "text"),
        (HearingInput(False, "Toch iets."), "has_view"),
        (HearingInput(True, "a" * (rules.LIMITS["view"] + 1)), "text"),
    ],
)
def test_a_view_that_cannot_be(world: World, given: HearingInput, field: str) -> None:
    application = intended(world)
    actor = world.later("applicant", days=16)
    assert fields(lambda: service.be_heard(actor, application, given)) == [field]
    assert application.state == S.HEARING


def test_one_microsecond_decides_about_a_view(world: World) -> None:
    application = intended(world)
    until = end_of_day(LAST_DAY)
    late = world.actor("applicant", until + MICROSECOND)
    refused("late", lambda: service.be_heard(late, application, VIEW))
    service.be_heard(world.actor("applicant", until), application, VIEW)
    assert application.state == S.HEARD
    assert application.hearings[0].answered_at == until


def test_a_view_is_given_once_confirmed_and_never_changes(world: World) -> None:
    application = heard(world)
    refused("state", lambda: service.be_heard(world.later("applicant", days=21), application, NONE))
    view = application.hearings[0].view
    assert view is not None
    assert (view.text, view.given_by_name) == (VIEW.text, "Ali Haarlem")
    receipt = letters("Ontvangen: uw zienswijze")[0]
    assert VIEW.text in receipt.body
    assert receipt.kind == MailKind.RECEIPT
    for change in (
        "UPDATE hearing_view SET text = 'Akkoord'",
        "DELETE FROM hearing_view",
    ):
        with pytest.raises(DBAPIError, match="immutable"):
            db.session.execute(text(change))
        db.session.rollback()


# --- the decision -----------------------------------------------------------------------------------------


def test_no_refusal_before_a_view_or_the_date(world: World) -> None:
    application = intended(world)
    until = end_of_day(LAST_DAY)
    early = world.actor("programme", until)
    refused("early", lambda: service.refuse(early, application, REASON, ""))
    service.refuse(world.actor("programme", until + MICROSECOND), application, REASON, "")
    assert application.state == S.INADMISSIBLE
    assert application.hearings[0].outcome == HearingOutcome.UPHELD


def test_the_database_too_knows_that_the_municipality_is_heard_first(world: World) -> None:
    application = intended(world)
    row = db.session.get_one(Hearing, application.hearings[0].id)
    row.outcome, row.concluded_at = HearingOutcome.UPHELD, row.until
    with pytest.raises(DBAPIError, match="refused_after_hearing"):
        db.session.flush()
    db.session.rollback()
    row.answered_at = row.until + MICROSECOND
    with pytest.raises(DBAPIError, match="answer_in_time"):
        db.session.flush()


def test_a_refusal_says_its_reason_and_how_the_view_was_weighed(world: World) -> None:
    application = heard(world)
    boss = world.later("programme", days=21)
    assert fields(lambda: service.refuse(boss, application, " ", " ")) == ["reason", "weighing"]
    service.refuse(boss, application, REASON, "Een stichting is geen gemeente.")
    db.session.commit()
    assert [c.outcome for c in application.checks] == [C.INTENDED, C.INADMISSIBLE]
    assert application.checks[1].points == application.checks[0].points
    letter = letters("Niet in behandeling")[0]
    # Announced on 25 January 2027; six weeks later is 8 March.
    for words in (REASON, "Een stichting is geen gemeente.", "8 maart 2027", "Postbus 1"):
        assert words in letter.body
    assert "4:5" not in letter.body
    refused("state", lambda: service.refuse(boss, application, REASON, "Nog eens."))
    refused("state", lambda: service.drop_intention(boss, application, WHY))
    with pytest.raises(DBAPIError, match="immutable"):
        db.session.execute(text("UPDATE hearing SET weighing = 'Anders'"))


def test_whoever_has_no_view_needs_no_weighing(world: World) -> None:
    application = heard(world, NONE)
    boss = world.later("programme", days=21)
    assert fields(lambda: service.refuse(boss, application, REASON, "Gelezen.")) == ["weighing"]
    service.refuse(boss, application, REASON, "")
    assert application.state == S.INADMISSIBLE
    assert "zienswijze" not in letters("Niet in behandeling")[0].body


@pytest.mark.parametrize("with_view", [True, False])
def test_an_intention_is_dropped_with_a_reason_and_the_check_goes_on(world: World, with_view: bool) -> None:
    application = heard(world) if with_view else intended(world)
    boss = world.later("programme_b", days=21)
    assert fields(lambda: service.drop_intention(boss, application, " ")) == ["why"]
    service.drop_intention(boss, application, WHY)
    db.session.commit()
    assert (application.state, application.open_hearing) == (S.SUBMITTED, None)
    assert WHY in letters("Voornemen ingetrokken")[0].body
    service.check(boss, application, CheckInput(C.COMPLETE, rules.all_ok(RULES)))
    assert application.state == S.COMPLETE
    assert audit.verify_chain(application.audit_chain) == []


def test_after_a_dropped_intention_a_new_one_is_heard_anew(world: World) -> None:
    application = heard(world)
    boss = world.later("programme", days=21)
    service.drop_intention(boss, application, WHY)
    service.check(boss, application, CheckInput(C.INTENDED, points("plan"), "Het plan past niet."))
    db.session.commit()
    refused("early", lambda: service.refuse(boss, application, REASON, ""))
    assert len(application.hearings) == 2


def test_withdrawing_ends_the_intention(world: World) -> None:
    application = intended(world)
    service.withdraw(world.later("applicant", days=16), application, "Toch niet")
    assert (application.state, application.hearings[0].outcome) == (S.WITHDRAWN, HearingOutcome.LAPSED)
    refused("state", lambda: service.refuse(world.later("programme", days=50), application, REASON, ""))


def test_a_new_version_before_closing_ends_the_intention(world: World) -> None:
    application = intended(world, days=3)
    service.submit(world.later("applicant", days=4), application)
    assert (application.state, application.hearings[0].outcome) == (S.SUBMITTED, HearingOutcome.LAPSED)
    assert "hearing.lapse" in [entry.action for entry in audit.trail(application.audit_chain)]


# --- what waits, for whom ---------------------------------------------------------------------------------


def waiting(world: World, key: str, days: float) -> dict[str, int]:
    return {t.label: t.count for t in tasks.waiting_for(world.later(key, days=days))}


def test_the_home_page_says_what_waits(world: World) -> None:
    own, theirs = "Aanvragen die wij van plan zijn niet in behandeling te nemen", "Voornemens om een aanvraag"
    application = intended(world)
    assert waiting(world, "applicant", 16)[own] == 1
    assert own not in waiting(world, "applicant_b", 16)
    assert own not in waiting(world, "applicant", 50), "too late"
    assert not any(label.startswith(theirs) for label in waiting(world, "programme", 16))
    assert any(label.startswith(theirs) for label in waiting(world, "programme", 50))
    service.be_heard(world.later("applicant", days=17), application, NONE)
    assert any(label.startswith(theirs) for label in waiting(world, "programme", 18))
    assert own not in waiting(world, "applicant", 18)


# --- pages ------------------------------------------------------------------------------------------------


def soup(response: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def at(days: float) -> time_machine.travel:
    return time_machine.travel(START + dt.timedelta(days=days), tick=False)


def test_the_intention_by_form(client: Client, world: World) -> None:
    application = make_application(world, world.round())
    address = f"/aanvragen/{application.id}/volledigheid"
    with at(15):
        client.sign_in(world.email("programme"))
        page = soup(client.get(address))
        values = [i["value"] for i in page.select("input[name=outcome]")]
        assert values == ["complete", "supplement", "intended"], "nothing was asked yet"
        assert page.select_one("[name=hearing_by]")["value"] == "2027-02-02"
        data = {f"ok_{p.code}": "yes" for p in points()}
        assert (
            client.post(address, data={**data, "outcome": "inadmissible", "reason": "x"}).status_code == 422
        )
        given = {**data, "outcome": "intended", "hearing_by": "2027-02-02"}
        wrong = client.post(address, data=given)
        assert wrong.status_code == 422
        assert soup(wrong).select_one("[data-error-summary] a[href='#reason']")
        assert client.post(address, data={**given, "reason": REASON}).status_code == 302
    assert application.state == S.HEARING


def test_the_municipality_reads_the_intention_and_gives_its_view(
    client: Client, new_client: Callable[[], Client], world: World
) -> None:
    application = intended(world)
    address = f"/aanvragen/{application.id}/voornemen"
    other = new_client()
    with at(16):
        other.sign_in(world.email("applicant_b"))
        assert other.get(address).status_code == 404
        client.sign_in(world.email("applicant"))
        own = soup(client.get(f"/aanvragen/{application.id}"))
        assert own.select_one(f"main a[href='{address}']")
        page = soup(client.get(address))
        assert REASON in page.text
        assert "Wie vraagt aan?" in page.text
        wrong = client.post(address, data={"has_view": "none", "text": "Dit <b>klopt</b> niet."})
        assert wrong.status_code == 422
        assert soup(wrong).select_one("[name=text]").text.strip() == "Dit <b>klopt</b> niet."
        assert client.post(address, data={"has_view": "view", "text": ""}).status_code == 422
        assert client.post(address, data={"text": "Zonder keuze"}).status_code == 422
        sent = client.post(address, data={"has_view": "view", "text": "Dit <b>klopt</b> niet."})
        assert sent.status_code == 302
        assert client.get(address).status_code == 403, "once"
        assert "Dit <b>klopt</b> niet." in soup(client.get(f"/aanvragen/{application.id}")).text


def test_too_late_is_said_on_the_page(client: Client, world: World) -> None:
    application = intended(world)
    with at(40):
        client.sign_in(world.email("applicant"))
        own = soup(client.get(f"/aanvragen/{application.id}"))
        assert "Dat is voorbij" in own.text
        assert own.select(f"main a[href='/aanvragen/{application.id}/voornemen']") == []
        late = client.post(f"/aanvragen/{application.id}/voornemen", data={"has_view": "none"})
        assert late.status_code == 403
    assert db.session.scalars(select(HearingView)).all() == []


def test_the_programme_team_sees_the_view_beside_the_intention_and_decides(
    client: Client, world: World
) -> None:
    application = heard(world)
    address = f"/aanvragen/{application.id}/voornemen/beslissen"
    with at(21):
        client.sign_in(world.email("programme"))
        assert soup(client.get(f"/aanvragen/{application.id}")).select_one(f"main a[href='{address}']")
        page = soup(client.get(address))
        assert [h.text for h in page.select(".pp-card__title")] == [
            "Ons voornemen",
            "Zienswijze van de gemeente",
        ]
        assert VIEW.text in page.text
        assert page.select_one("[name=reason]").text.strip() == REASON
        wrong = client.post(address, data={"reason": "Toch niet.", "weighing": ""})
        assert wrong.status_code == 422
        assert soup(wrong).select_one("[name=reason]").text.strip() == "Toch niet."
        assert soup(wrong).select_one("[data-error-summary] a[href='#weighing']")
        done = client.post(address, data={"reason": "Toch niet.", "weighing": "Gelezen, maar nee."})
        assert done.status_code == 302
        assert client.get(address).status_code == 404
        assert "Gelezen, maar nee." in soup(client.get(f"/aanvragen/{application.id}")).text
    assert application.state == S.INADMISSIBLE


def test_before_the_date_the_intention_can_only_be_dropped(client: Client, world: World) -> None:
    application = intended(world)
    stem = f"/aanvragen/{application.id}/voornemen"
    with at(16):
        client.sign_in(world.email("programme"))
        page = soup(client.get(f"{stem}/beslissen"))
        assert [f["action"] for f in page.select("main form[method=post]")] == [f"{stem}/intrekken"]
        assert client.post(f"{stem}/beslissen", data={"reason": "Nu al"}).status_code == 403
        assert client.post(f"{stem}/intrekken", data={"why": ""}).status_code == 422
        done = client.post(f"{stem}/intrekken", data={"why": WHY})
        assert done.location == f"/aanvragen/{application.id}/volledigheid"
    assert application.state == S.SUBMITTED


def test_the_lists_of_intentions(client: Client, world: World) -> None:
    round_ = world.round()
    found = [make_application(world, round_, title=title) for title in ("Alfa", "Beta")]
    for application, day in zip(found, (dt.date(2027, 2, 9), dt.date(2027, 2, 1)), strict=True):
        given = CheckInput(C.INTENDED, points("plan"), REASON, hearing_by=day)
        service.check(world.later("programme", days=15), application, given)
    service.be_heard(world.later("applicant", days=16), found[0], NONE)
    db.session.commit()
    with at(20):
        client.sign_in(world.email("programme"))

        def rows(query: str) -> list[str]:
            return [a.text for a in soup(client.get(f"/aanvragen?{query}")).select("main tbody th a")]

        assert rows("volgorde=deadline") == ["Beta", "Alfa"]
        assert rows("status=hearing") == ["Beta"]
        assert rows("status=to_conclude") == ["Alfa"]
    with at(30):
        client.sign_in(world.email("programme"))
        assert rows("status=to_conclude&volgorde=deadline") == ["Beta", "Alfa"]


# --- the migration ----------------------------------------------------------------------------------------


def test_the_migration_keeps_applications_and_lets_them_be_heard(real_app: Flask) -> None:
    """With rows that point to an application: SQLite cannot make that table anew."""
    folder = str(Path(__file__).resolve().parents[2] / "migrations")
    with real_app.app_context():
        world = World.build()
        application = intended(world)
        ident = application.id
        db.session.close()
        downgrade(directory=folder, revision="0011")
        kept = db.session.execute(text("SELECT state FROM application")).scalar_one()
        assert kept == "submitted"
        with pytest.raises(DBAPIError):
            db.session.execute(text("UPDATE application SET state = 'hearing'"))
        db.session.close()
        upgrade(directory=folder)
        again = db.session.get_one(Application, ident)
        assert (len(again.versions), again.hearings) == (1, [])
        given = CheckInput(C.INTENDED, points("plan"), REASON)
        service.check(world.later("programme", days=15), again, given)
        db.session.commit()
        assert again.state == S.HEARING
