"""Files with a view on an intended refusal: who adds them and when, how they are kept, and who gets them."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from werkzeug.test import TestResponse

from pool.applications import queries, rules, service
from pool.applications.inputs import CheckedPoint, CheckInput, HearingInput
from pool.applications.models import Application, ApplicationFile
from pool.applications.scanning import ScanState, Verdict
from pool.applications.states import Completeness, FileState
from pool.core import audit
from pool.core.access import system
from pool.core.db import db
from pool.core.errors import Conflict, Invalid, Missing, Refused
from tests.applications.test_documents import pdf
from tests.applications.test_hearing import NONE, REASON, VIEW, intended, letters
from tests.conftest import Client
from tests.support import pages
from tests.support.applications_factory import attach_to_view
from tests.support.world import START, World

INFECTED = Verdict(ScanState.INFECTED, "Eicar-Test-Signature")
CLEAN = Verdict(ScanState.CLEAN)


@pytest.fixture
def application(world: World) -> Application:
    return intended(world)


def code_of(kind: type[Exception], call: Callable[[], object]) -> str:
    with pytest.raises(kind) as caught:
        call()
    db.session.rollback()
    return str(caught.value.code)  # type: ignore[attr-defined]


def waiting(application: Application) -> list[str]:
    hearing = application.open_hearing
    assert hearing is not None
    return [row.name for row in queries.waiting_for_view(hearing)]


def sent(application: Application) -> list[str]:
    view = application.hearings[0].view
    assert view is not None
    return [file.name for file in view.files]


# --- who and when -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["applicant_b", "programme", "lead", "assessor", "decider", "auditor"])
def test_only_the_own_municipality_adds_and_removes(world: World, application: Application, key: str) -> None:
    row = attach_to_view(world.later("applicant", days=16), application)
    entry = service.receive(rules.hearing_document(application.hearings[0]), "x.pdf", io.BytesIO(pdf("x")))
    actor = world.later(key, days=16)
    assert code_of(Refused, lambda: service.add_hearing_file(actor, application, entry)) == "refused"
    assert code_of(Refused, lambda: service.remove_hearing_file(actor, application, row.id)) == "refused"
    assert waiting(application) == ["bewijs.pdf"]


def test_nothing_is_added_after_the_date_or_after_the_view(world: World, application: Application) -> None:
    row = attach_to_view(world.later("applicant", days=16), application)
    entry = service.receive(rules.hearing_document(application.hearings[0]), "x.pdf", io.BytesIO(pdf("x")))
    late = world.later("applicant", days=40)
    assert code_of(Refused, lambda: service.add_hearing_file(late, application, entry)) == "late"
    service.be_heard(world.later("applicant", days=17), application, VIEW)
    db.session.commit()
    after = world.later("applicant", days=18)
    assert code_of(Refused, lambda: service.add_hearing_file(after, application, entry)) == "state"
    assert code_of(Refused, lambda: service.remove_hearing_file(after, application, row.id)) == "state"
    assert sent(application) == ["bewijs.pdf"]


def test_what_does_not_fit_is_refused(world: World, application: Application) -> None:
    actor = world.later("applicant", days=16)
    first = attach_to_view(actor, application, "bewijs.pdf", pdf("bewijs"))

    def add(name: str, content: bytes, replaces: int | None = None) -> Callable[[], object]:
        return lambda: attach_to_view(actor, application, name, content, replaces)

    assert code_of(Invalid, add("virus.exe", b"MZ" + bytes(200))) != ""
    assert code_of(Invalid, add("bewijs.pdf", pdf("anders"))) == "name"
    assert attach_to_view(actor, application, "bewijs.pdf", pdf("bewijs")).id == first.id
    assert code_of(Conflict, add("nieuw.pdf", pdf("nieuw"), replaces=999_999)) == "gone"
    assert waiting(application) == ["bewijs.pdf"]
    attach_to_view(actor, application, "beter.pdf", pdf("beter"), first.id)
    assert waiting(application) == ["beter.pdf"]
    for number in range(rules.MAX_FILES - 1):
        attach_to_view(actor, application, f"{number}.pdf", pdf(str(number)))
    assert code_of(Invalid, add("elfde.pdf", pdf("elfde"))) == "too_many"


def test_a_file_for_an_intention_that_is_over_finds_no_place(world: World, application: Application) -> None:
    document = rules.hearing_document(application.hearings[0])
    entry = service.receive(document, "x.pdf", io.BytesIO(pdf("x")))
    boss = world.later("programme", days=17)
    service.drop_intention(boss, application, "Bij nader inzien klopt het.")
    points = tuple(CheckedPoint(p["point"], p["ok"], p["note"]) for p in application.checks[0].points)
    service.check(boss, application, CheckInput(Completeness.INTENDED, points, REASON))
    actor = world.later("applicant", days=18)
    assert code_of(Missing, lambda: service.add_hearing_file(actor, application, entry)) != ""


# --- with the view ----------------------------------------------------------------------------------------


def test_files_go_with_the_view_and_stay(world: World, application: Application) -> None:
    actor = world.later("applicant", days=16)
    rows = [attach_to_view(actor, application, name, pdf(name)) for name in ("b.pdf", "a.pdf")]
    service.be_heard(world.later("applicant", days=17), application, VIEW)
    db.session.commit()
    assert sent(application) == ["b.pdf", "a.pdf"]
    assert [file.sha256 for file in application.hearings[0].view.files] == [row.sha256 for row in rows]  # type: ignore[union-attr]
    heard = next(e for e in audit.trail(application.audit_chain) if e.action == "application.be_heard")
    assert heard.after["files"] == [row.sha256 for row in rows]
    assert "Uw bijlagen:\nb.pdf\na.pdf" in letters("Ontvangen: uw zienswijze")[0].body
    for change in ("UPDATE hearing_file SET name = 'c.pdf'", "DELETE FROM hearing_file"):
        with pytest.raises(DBAPIError, match="immutable"):
            db.session.execute(text(change))
        db.session.rollback()
    with pytest.raises(IntegrityError):
        db.session.execute(delete(ApplicationFile).where(ApplicationFile.id == rows[0].id))
    db.session.rollback()
    # Concluding takes away what was not sent, and nothing else.
    service.refuse(world.later("programme", days=21), application, REASON, "Gelezen en gewogen.")
    assert sent(application) == ["b.pdf", "a.pdf"]


def test_who_has_no_view_sends_no_files(world: World, application: Application) -> None:
    actor = world.later("applicant", days=16)
    row = attach_to_view(actor, application)
    with pytest.raises(Invalid) as caught:
        service.be_heard(actor, application, NONE)
    assert (caught.value.code, caught.value.field) == ("files", "has_view")
    db.session.rollback()
    service.remove_hearing_file(actor, application, row.id)
    service.remove_hearing_file(actor, application, row.id)
    service.be_heard(actor, application, NONE)
    assert sent(application) == []


def test_a_file_that_was_not_sent_goes_when_the_time_has_passed(
    world: World, application: Application
) -> None:
    row = attach_to_view(world.later("applicant", days=16), application)
    service.refuse(world.later("programme", days=40), application, REASON, "")
    db.session.commit()
    assert db.session.get(ApplicationFile, row.id) is None


def test_a_virus_holds_up_the_view_and_a_scan_that_has_not_been_does_not(
    app: Flask, world: World, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "POOL_CLAMD", "unix:/tmp/none")
    actor = world.later("applicant", days=16)
    bad = attach_to_view(actor, application, "virus.pdf", pdf("virus"))
    attach_to_view(actor, application, "wacht.pdf", pdf("wacht"))
    assert bad.state == FileState.QUARANTINED
    service.record_scan(system(actor.at), bad, INFECTED)
    db.session.commit()
    assert "zienswijze nog niet verstuurd" in letters("Virus gevonden")[0].body
    assert code_of(Invalid, lambda: service.be_heard(actor, application, VIEW)) == "infected"
    service.remove_hearing_file(actor, application, bad.id)
    service.be_heard(actor, application, VIEW)
    assert sent(application) == ["wacht.pdf"]


# --- pages ------------------------------------------------------------------------------------------------


def at(days: float) -> time_machine.travel:
    return time_machine.travel(START + dt.timedelta(days=days), tick=False)


def status(client: Client, address: str) -> int:
    response: TestResponse = client.get(address)
    response.get_data()
    response.close()
    return response.status_code


def upload(client: Client, application: Application, name: str, content: bytes, **more: str) -> TestResponse:
    code = rules.hearing_document(application.hearings[0]).code
    data: dict[str, Any] = {"document": code, f"file_{code}": (io.BytesIO(content), name), **more}
    return client.post(
        f"/aanvragen/{application.id}/voornemen/bijlagen", data=data, content_type="multipart/form-data"
    )


def test_a_foreign_municipality_finds_nothing(
    world: World, application: Application, new_client: Callable[[], Client]
) -> None:
    row = attach_to_view(world.later("applicant", days=16), application)
    stem = f"/aanvragen/{application.id}"
    with at(17):
        stranger = new_client().sign_in(world.email("applicant_b"))
        assert stranger.get(f"{stem}/voornemen/bijlagen").status_code == 404
        assert upload(stranger, application, "x.pdf", pdf("x")).status_code == 404
        assert stranger.post(f"{stem}/voornemen/bijlagen/{row.id}/verwijderen").status_code == 404
        assert status(stranger, f"{stem}/documenten/{row.id}") == 404
    assert waiting(application) == ["bewijs.pdf"]


def test_the_municipality_adds_files_and_sends_them(
    client: Client, new_client: Callable[[], Client], world: World, application: Application
) -> None:
    stem = f"/aanvragen/{application.id}"
    with at(17):
        client.sign_in(world.email("applicant"))
        page = pages.read(client.get(f"{stem}/voornemen"))
        assert page.select_one(f"main a[href='{stem}/voornemen/bijlagen']")
        assert "nog geen bijlagen" in pages.words(pages.read(client.get(f"{stem}/voornemen/bijlagen")))
        empty = client.post(f"{stem}/voornemen/bijlagen", data={})
        assert "Kies eerst een bestand" in pages.words(pages.read(empty, 422))
        bad = upload(client, application, "kwaad.exe", b"MZ" + bytes(200))
        page = pages.read(bad, 422)
        code = rules.hearing_document(application.hearings[0]).code
        assert page.select_one(f"[data-error-summary] a[href='#file_{code}']")
        assert upload(client, application, "bewijs.pdf", pdf("bewijs")).status_code == 302
        [row] = queries.waiting_for_view(application.hearings[0])
        page = pages.read(client.get(f"{stem}/voornemen/bijlagen"))
        assert "bewijs.pdf" in pages.words(page)
        assert "gaan mee met uw zienswijze" in pages.words(pages.read(client.get(f"{stem}/voornemen")))
        boss = new_client().sign_in(world.email("programme"))
        file = f"{stem}/documenten/{row.id}"
        assert status(client, file) == 200
        assert status(boss, file) == 404, "not sent yet"
        assert "bewijs.pdf" not in boss.get(stem).get_data(as_text=True)
        assert client.post(f"{stem}/voornemen", data={"has_view": "none"}).status_code == 422
        done = client.post(f"{stem}/voornemen", data={"has_view": "view", "text": "Zie de bijlage."})
        assert done.status_code == 302
        assert client.get(f"{stem}/voornemen/bijlagen").status_code == 403
        for where in (stem, f"{stem}/voornemen/beslissen"):
            assert pages.read(boss.get(where)).select_one(f"main a[href='{file}']"), where
        assert pages.read(client.get(stem)).select_one(f"main a[href='{file}']")
        answer = boss.get(file)
        assert answer.headers["Content-Disposition"] == "attachment; filename=bewijs.pdf"
        answer.close()
        for key, expected in (("lead", 200), ("decider", 200), ("auditor", 200), ("applicant_b", 404)):
            other = new_client().sign_in(world.email(key))
            assert status(other, file) == expected, key
        for key in ("assessor", "chair"):
            assert status(new_client().sign_in(world.email(key)), file) == 403, key


def test_a_file_is_given_to_nobody_before_it_is_clean(
    app: Flask, client: Client, world: World, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "POOL_CLAMD", "unix:/tmp/none")
    row = attach_to_view(world.later("applicant", days=16), application)
    service.be_heard(world.later("applicant", days=17), application, HearingInput(True, "Zie de bijlage."))
    db.session.commit()
    file = f"/aanvragen/{application.id}/documenten/{row.id}"
    with at(18):
        for key in ("applicant", "programme"):
            client.sign_in(world.email(key))
            assert status(client, file) == 403
            page = pages.read(client.get(f"/aanvragen/{application.id}"))
            assert "bewijs.pdf" in pages.words(page)
            assert page.select_one(f"a[href='{file}']") is None
        service.record_scan(system(), row, CLEAN)
        db.session.commit()
        assert status(client, file) == 200


def test_a_file_goes_by_form(client: Client, world: World, application: Application) -> None:
    row = attach_to_view(world.later("applicant", days=16), application)
    with at(17):
        client.sign_in(world.email("applicant"))
        address = f"/aanvragen/{application.id}/voornemen/bijlagen"
        remove = f"{address}/{row.id}/verwijderen"
        for _twice in range(2):
            assert client.post(remove).location == address
    assert waiting(application) == []
