"""Submitting by two people: nobody signs alone, nothing but the exact text, and never too late."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from sqlalchemy.exc import IntegrityError

from pool.applications import queries, queries_signing, service
from pool.applications.inputs import CheckedPoint, CheckInput
from pool.applications.models import Application
from pool.applications.models_together import SignOff
from pool.applications.rules import check_points
from pool.applications.states import ApplicationState, Completeness, SignOffState
from pool.core import audit
from pool.core.db import db
from pool.core.errors import Conflict, Invalid, InvalidMany, Refused
from pool.people import service as people
from pool.rounds import queries as rounds
from tests.conftest import Client
from tests.support.applications_factory import make_draft
from tests.support.pages import heading, read, words
from tests.support.partners_factory import mails_to
from tests.support.signing_factory import add_colleague, sign_off_on
from tests.support.world import START, World

CLOSES = dt.timedelta(days=14)


@pytest.fixture
def draft(world: World) -> Application:
    """Of Haarlem, where `signer` signs."""
    application = make_draft(world, world.round())
    sign_off_on(world)
    return application


def ask(world: World, draft: Application, who: str = "applicant", days: float = 2) -> SignOff:
    return service.ask_sign_off(world.later(who, days=days), draft, draft.revision, "Wil je kijken?")


def change(world: World, draft: Application, text: str, who: str = "applicant") -> None:
    plan = dataclasses.replace(queries.draft(draft).plan, approach=text)
    service.save_section(world.later(who, days=3), draft, "plan", plan, draft.revision)


# --- refusals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["applicant", "signer"])
def test_nobody_submits_alone(world: World, draft: Application, who: str) -> None:
    with pytest.raises(Refused, match="ondertekent een collega"):
        service.submit(world.later(who, days=2), draft)
    assert draft.state == ApplicationState.DRAFT


def test_who_asked_does_not_sign(world: World, draft: Application) -> None:
    add_colleague(world, "second")
    people.name_signatory(world.later("admin"), draft.organisation, world.ids["second"])
    request = ask(world, draft, "signer")
    with pytest.raises(Refused, match="zelf"):
        service.sign(world.later("signer", days=2), request, request.sha256)
    with pytest.raises(Refused, match="zelf"):
        service.give_back(world.later("signer", days=2), request, "Toch niet")
    assert service.sign(world.later("second", days=2), request, request.sha256).number == 1


def test_the_only_one_who_signs_lets_a_colleague_ask(world: World, draft: Application) -> None:
    with pytest.raises(Refused, match="enige"):
        ask(world, draft, "signer")


@pytest.mark.parametrize("who", ["colleague", "applicant_b", "programme", "lead", "admin"])
def test_nobody_signs_without_authority(world: World, draft: Application, who: str) -> None:
    add_colleague(world, "colleague")
    request = ask(world, draft)
    actor = world.later(who, days=2)
    with pytest.raises(Refused):
        service.sign(actor, request, request.sha256)
    with pytest.raises(Refused):
        service.give_back(actor, request, "Nee")
    assert request.state == SignOffState.ASKED


def test_authority_that_ended_signs_no_more(world: World, draft: Application) -> None:
    add_colleague(world, "second")
    people.name_signatory(world.later("admin"), draft.organisation, world.ids["second"])
    request = ask(world, draft)
    people.end_signatory(world.later("admin"), draft.organisation, world.ids["signer"])
    with pytest.raises(Refused, match="niet aangewezen"):
        service.sign(world.later("signer", days=2), request, request.sha256)


def test_nothing_is_asked_for_a_text_that_lacks_something(world: World, draft: Application) -> None:
    contact = dataclasses.replace(queries.draft(draft).contact, name="")
    service.save_section(world.later("applicant", days=2), draft, "contact", contact, draft.revision)
    with pytest.raises(InvalidMany):
        ask(world, draft)


def test_what_changed_while_reading_is_not_asked(world: World, draft: Application) -> None:
    old = draft.revision
    change(world, draft, "Anders.")
    with pytest.raises(Conflict):
        service.ask_sign_off(world.later("applicant", days=3), draft, old)


def test_one_request_waits_at_a_time(world: World, draft: Application) -> None:
    ask(world, draft)
    with pytest.raises(Conflict):
        ask(world, draft)


def test_signing_is_judged_on_the_moment_of_the_signature(world: World, draft: Application) -> None:
    request = ask(world, draft)
    late = world.later("signer", days=14, microseconds=1)
    with pytest.raises(Refused) as refused:
        service.sign(late, request, request.sha256)
    assert refused.value.code == "late"
    just = world.actor("signer", START + CLOSES)
    version = service.sign(just, request, request.sha256)
    assert version.submitted_at == START + CLOSES


def test_another_text_than_was_read_or_asked_is_not_signed(world: World, draft: Application) -> None:
    request = ask(world, draft)
    with pytest.raises(service.OtherText):
        service.sign(world.later("signer", days=2), request, "0" * 64)
    # Past every lapse: a text that changed behind the request's back is not signed either.
    draft.content = {**draft.content, "answers": {"x": "stiekem"}}
    db.session.flush()
    with pytest.raises(service.OtherText):
        service.sign(world.later("signer", days=2), request, request.sha256)


def test_giving_back_needs_a_reason(world: World, draft: Application) -> None:
    request = ask(world, draft)
    with pytest.raises(Invalid):
        service.give_back(world.later("signer", days=2), request, "  ")


def test_a_request_is_answered_once(world: World, draft: Application) -> None:
    request = ask(world, draft)
    signer = world.later("signer", days=2)
    service.give_back(signer, request, "Kort het in.")
    for verb in (
        lambda: service.sign(signer, request, request.sha256),
        lambda: service.give_back(signer, request, "x"),
    ):
        with pytest.raises(Refused):
            verb()


def test_the_database_refuses_the_own_signature(world: World, draft: Application) -> None:
    request = ask(world, draft)
    request.answered_by = request.asked_by
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


# --- what goes well ---------------------------------------------------------------------------------------


def test_where_nobody_was_named_nothing_changes(world: World) -> None:
    application = make_draft(world, world.round(), "applicant_b")
    sign_off_on(world)
    assert service.submit(world.later("applicant_b", days=2), application).number == 1


def test_signing_submits_in_one_act(world: World, draft: Application) -> None:
    request = ask(world, draft)
    assert queries.signing(world.later("signer", days=2)).to_sign == [request]
    assert queries.signing(world.later("applicant", days=2)).to_sign == []
    assert "Wil je kijken?" in mails_to("signer@example.org")[-1].body
    version = service.sign(world.later("signer", days=2), request, request.sha256)
    assert draft.state == ApplicationState.SUBMITTED
    assert version.sha256 == request.sha256
    assert version.submitted_by == world.ids["signer"]
    assert request.version_id == version.id
    assert any(m.subject.startswith("Ondertekend en ingediend") for m in mails_to("applicant@example.org"))
    assert any(m.subject.startswith("Ontvangen") for m in mails_to("signer@example.org"))
    trail = audit.trail(draft.audit_chain)
    assert [e.action for e in trail if "sign" in e.action or "submit" in e.action] == [
        "sign_off.ask",
        "application.submit",
        "sign_off.sign",
    ]
    assert all("Wil je kijken" not in f"{e.reason}{e.after}" for e in trail)
    with pytest.raises(Conflict, match="al ingediend"):
        ask(world, draft)


@pytest.mark.parametrize("who", ["applicant", "signer"])
def test_a_change_withdraws_the_request(world: World, draft: Application, who: str) -> None:
    request = ask(world, draft)
    change(world, draft, "Anders.", who)
    assert request.state == SignOffState.LAPSED
    told = {key: [m.subject for m in mails_to(f"{key}@example.org")] for key in ("applicant", "signer")}
    other = "signer" if who == "applicant" else "applicant"
    assert any("hoeft nu niet" in subject for subject in told[other])
    assert not any("hoeft nu niet" in subject for subject in told[who])
    again = ask(world, draft, days=4)
    assert service.sign(world.later("signer", days=4), again, again.sha256).number == 1


def test_saving_the_same_text_changes_nothing(world: World, draft: Application) -> None:
    request = ask(world, draft)
    plan = queries.draft(draft).plan
    service.save_section(world.later("signer", days=3), draft, "plan", plan, draft.revision)
    assert request.state == SignOffState.ASKED


def test_given_back_it_waits_for_the_one_who_asked(world: World, draft: Application) -> None:
    service.give_back(world.later("signer", days=2), ask(world, draft), "Kort het in.")
    applicant = world.later("applicant", days=2)
    assert [r.answer for r in queries.signing(applicant).given_back] == ["Kort het in."]
    assert "Kort het in." in mails_to("applicant@example.org")[-1].body
    ask(world, draft, days=3)
    assert queries.signing(applicant).given_back == []


def test_who_asked_and_works_elsewhere_now_hears_no_answer(world: World, draft: Application) -> None:
    request = ask(world, draft)
    world.user("applicant").organisation_id = world.user("applicant_b").organisation_id
    db.session.commit()
    before = len(mails_to("applicant@example.org"))
    service.give_back(world.later("signer", days=2), request, "Kort het in.")
    assert len(mails_to("applicant@example.org")) == before


@pytest.mark.parametrize("how", ["withdraw", "turned off"])
def test_a_request_does_not_outlive_its_reason(world: World, draft: Application, how: str) -> None:
    request = ask(world, draft)
    if how == "withdraw":
        service.withdraw(world.later("applicant", days=2), draft, "Gaat niet door.")
    else:
        people.end_signatory(world.later("admin", days=2), draft.organisation, world.ids["signer"])
        service.submit(world.later("applicant", days=2), draft)
    assert request.state == SignOffState.LAPSED


def test_a_supplement_takes_two_people_as_well(world: World, draft: Application) -> None:
    request = ask(world, draft)
    service.sign(world.later("signer", days=2), request, request.sha256)
    points = tuple(
        CheckedPoint(p.code, p.code != "plan", "Meer." if p.code == "plan" else "")
        for p in check_points(rounds.rules_of(draft.round))
    )
    service.check(world.later("programme", days=15), draft, CheckInput(Completeness.SUPPLEMENT, points))
    plan = dataclasses.replace(queries.draft(draft).plan, approach="Uitgebreider.")
    actor = world.later("applicant", days=16)
    service.save_section(actor, draft, "plan", plan, draft.revision)
    with pytest.raises(Refused):
        service.supplement(actor, draft)
    again = ask(world, draft, days=16)
    version = service.sign(world.later("signer", days=16), again, again.sha256)
    assert (version.number, draft.state) == (2, ApplicationState.SUPPLEMENTED)


# --- pages ------------------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(START + dt.timedelta(days=3), tick=False) as travel:
        yield travel


def test_a_foreign_request_looks_absent(
    client: Client, world: World, draft: Application, clock: time_machine.Coordinates
) -> None:
    request = ask(world, draft)
    client.sign_in(world.email("applicant_b"))
    base = f"/aanvragen/{draft.id}/ondertekenen"
    assert client.get(base).status_code == 404
    for tail in ("tekenen", "teruggeven", "intrekken"):
        assert client.post(f"{base}/{request.id}/{tail}").status_code == 404


def test_from_asking_to_the_receipt(
    client: Client, world: World, draft: Application, clock: time_machine.Coordinates
) -> None:
    base = f"/aanvragen/{draft.id}/ondertekenen"
    client.sign_in(world.email("applicant"))
    assert client.get(f"/aanvragen/{draft.id}/indienen").location.endswith(base)
    assert client.post(f"/aanvragen/{draft.id}/indienen", data={"declared": "y"}).status_code in (403, 422)
    page = read(client.get(base))
    revision = str(page.select_one("main input[name=version]")["value"])  # type: ignore[index]
    stale = read(client.post(base, data={"version": "0", "note": "Kijk je even?"}), 409)
    assert "Kijk je even?" in stale.get_text()
    assert client.post(base, data={"version": revision, "note": "<i>Kijk</i>"}).status_code == 302
    page = read(client.get(base))
    assert "U tekent niet wat u zelf vraagt" in words(page)
    assert "vervalt dat verzoek" in words(read(client.get(f"/aanvragen/{draft.id}/onderdelen/plan")))
    client.sign_in(world.email("signer"))
    assert "wachten" in words(read(client.get("/")))
    page = read(client.get("/aanvragen"))
    assert page.find("a", href=base) is not None
    page = read(client.get(base))
    assert "<i>Kijk</i>" in words(page)
    assert "Gezinnen wachten te lang" in words(page)
    action = next(
        str(f["action"])
        for f in page.select("main form")
        if "tekenen/" in str(f["action"]) and "/tekenen" in str(f["action"])
    )
    sha256 = str(page.select_one("main input[name=sha256]")["value"])  # type: ignore[index]
    refused = read(client.post(action, data={"sha256": sha256}), 422)
    assert "Zet een vinkje" in words(refused)
    done = client.post(action, data={"sha256": sha256, "declared": "y"})
    assert done.status_code == 302
    assert heading(read(client.get(done.location))).startswith("Ontvangstbevestiging")
    assert client.post(action, data={"sha256": sha256, "declared": "y"}).status_code == 404


def test_giving_back_and_taking_back_by_the_page(
    client: Client, world: World, draft: Application, clock: time_machine.Coordinates
) -> None:
    base = f"/aanvragen/{draft.id}/ondertekenen"
    request = ask(world, draft)
    client.sign_in(world.email("signer"))
    assert "Schrijf op" in words(read(client.post(f"{base}/{request.id}/teruggeven", data={}), 422))
    assert client.post(f"{base}/{request.id}/teruggeven", data={"answer": "Kort in"}).status_code == 302
    client.sign_in(world.email("applicant"))
    assert "Kort in" in words(read(client.get(base)))
    assert "teruggaf" in words(read(client.get("/")))
    request = ask(world, draft, days=3)
    assert client.post(f"{base}/{request.id}/intrekken").status_code == 302
    assert queries_signing.open_of(draft.id) is None
