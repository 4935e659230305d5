"""Pages about documents: who gets a file, how it is given, and that a refusal keeps everything else."""

from __future__ import annotations

import datetime as dt
import errno
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from werkzeug.test import TestResponse

from pool.applications import queries, service
from pool.applications.models import Application, ApplicationFile
from pool.applications.scanning import ScanState, Verdict
from pool.core import blobs, clock
from pool.core.access import system
from pool.core.db import db
from pool.core.text import sha256_hex
from tests.applications.test_documents import ASKING, LETTERS, PLAN, ask, draft_file, names, pdf
from tests.conftest import Client
from tests.support import pages, uploads
from tests.support.applications_factory import attach, make_application, make_draft
from tests.support.pdftext import read as read_pdf
from tests.support.world import START, World


@pytest.fixture(autouse=True)
def clock_stands_still() -> Iterator[time_machine.Coordinates]:
    """The third day of the test world."""
    with time_machine.travel(START + dt.timedelta(days=2), tick=False) as travel:
        yield travel


@pytest.fixture
def draft(world: World) -> Application:
    return make_draft(world, world.round(rules=ASKING))


def here(application: Application) -> str:
    return f"/aanvragen/{application.id}/onderdelen/documenten"


def url(row: ApplicationFile) -> str:
    return f"/aanvragen/{row.application_id}/documenten/{row.id}"


def send(
    client: Client, application: Application, code: str, name: str, content: bytes, **more: str
) -> TestResponse:
    data = {"document": code, f"file_{code}": (io.BytesIO(content), name), **more}
    return client.post(here(application), data=data, content_type="multipart/form-data")


def download(client: Client, address: str) -> TestResponse:
    response = client.get(address)
    response.get_data()
    response.close()
    return response


# --- who gets in ------------------------------------------------------------------------------------------


def test_a_foreign_file_looks_like_an_absent_one(
    world: World, draft: Application, new_client: Callable[[], Client]
) -> None:
    row = draft_file(draft)
    stranger = new_client().sign_in(world.email("applicant_b"))
    for address in (here(draft), url(row)):
        found = stranger.get(address)
        absent = stranger.get(address.replace(f"/{draft.id}/", "/999999/"))
        assert found.status_code == absent.status_code == 404
    assert stranger.post(f"{url(row)}/verwijderen").status_code == 404
    assert send(stranger, draft, "plan", "x.pdf", pdf("x")).status_code == 404
    assert names(draft) == ["plan.pdf"]


def test_a_file_is_found_only_with_its_own_application(
    world: World, draft: Application, client: Client
) -> None:
    other = make_application(world, draft.round)
    client.sign_in(world.email("applicant"))
    assert client.get(f"/aanvragen/{other.id}/documenten/{draft_file(draft).id}").status_code == 404
    assert client.get(f"/aanvragen/{draft.id}/documenten/999999").status_code == 404


@pytest.mark.parametrize("key", ["programme", "decider", "auditor", "lead"])
def test_readers_get_what_was_submitted_and_nothing_of_a_draft(
    world: World, draft: Application, client: Client, key: str
) -> None:
    row = draft_file(draft)
    client.sign_in(world.email(key))
    assert client.get(url(row)).status_code == 404
    service.submit(world.later("applicant", days=1), draft)
    db.session.commit()
    extra = attach(world.later("applicant", days=1), draft, "steun", "brief.pdf", pdf("brief"))
    given = download(client, url(row)).data
    assert (sha256_hex(given), len(given)) == (row.sha256, row.size)
    assert client.get(url(extra)).status_code == 404
    page = pages.read(client.get(f"/aanvragen/{draft.id}"))
    assert [a["href"] for a in page.select(".pp-files a") if "documenten" in a["href"]] == [url(row)]
    assert "brief.pdf" not in pages.words(page)


def test_a_lead_sees_no_file_when_the_round_keeps_regions_out(world: World, client: Client) -> None:
    application = make_application(world, world.round(rules=replace(ASKING, regional_views=False)))
    client.sign_in(world.email("lead"))
    assert client.get(url(draft_file(application))).status_code == 404


@pytest.mark.parametrize("key", ["assessor", "chair", "admin"])
def test_the_committee_does_not_come_in_by_this_door(world: World, client: Client, key: str) -> None:
    application = make_application(world, world.round(rules=ASKING))
    client.sign_in(world.email(key))
    assert client.get(url(draft_file(application))).status_code == 403


def test_a_round_without_documents_has_no_such_page(world: World, client: Client) -> None:
    application = make_draft(world, world.round())
    client.sign_in(world.email("applicant"))
    assert client.get(here(application)).status_code == 404
    assert "Documenten" not in pages.words(pages.read(client.get(f"/aanvragen/{application.id}")))


# --- how a file is given ----------------------------------------------------------------------------------


def test_a_file_is_given_as_a_download_in_a_sandbox(world: World, draft: Application, client: Client) -> None:
    client.sign_in(world.email("applicant"))
    attach(world.later("applicant", days=1), draft, "steun", '<b>"één".png', uploads.png())
    row = draft_file(draft, "steun")
    response = download(client, url(row))
    assert sha256_hex(response.data) == row.sha256
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert "/" not in row.name
    assert "<" not in row.name
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert (
        response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    )
    assert response.headers["Cache-Control"] == "no-store"


def test_in_quarantine_or_infected_nobody_gets_it(world: World, client: Client, app: Any) -> None:
    app.config["POOL_CLAMD"] = "clamd:3310"
    try:
        application = make_application(world, world.round(rules=ASKING))
    finally:
        app.config["POOL_CLAMD"] = ""
    row = draft_file(application)
    client.sign_in(world.email("programme"))
    waiting = client.get(url(row))
    assert waiting.status_code == 403
    assert "wacht op de viruscontrole" in waiting.get_data(as_text=True)
    page = pages.read(client.get(f"/aanvragen/{application.id}"))
    assert not [a for a in page.select(".pp-files a") if "documenten" in a["href"]]
    assert "‘plan.pdf’ wacht op de viruscontrole" in pages.words(page)
    service.record_scan(system(clock.now()), row, Verdict(ScanState.INFECTED, "Eicar-Test"))
    db.session.commit()
    found = client.get(url(row))
    assert found.status_code == 403
    assert "virus gevonden" in found.get_data(as_text=True)
    for address in (f"/aanvragen/{application.id}", f"/aanvragen/{application.id}/volledigheid"):
        assert "virus gevonden" in pages.words(pages.read(client.get(address)))
    client.post("/uitloggen")
    client.sign_in(world.email("applicant"))
    assert client.get(url(row)).status_code == 403
    own = pages.words(pages.read(client.get(f"/aanvragen/{application.id}")))
    assert "In ‘plan.pdf’ is een virus gevonden" in own


def test_bytes_that_are_gone_are_said_plainly(world: World, draft: Application, client: Client) -> None:
    row = draft_file(draft)
    blobs.path_of(row.sha256).unlink()
    client.sign_in(world.email("applicant"))
    response = client.get(url(row))
    assert response.status_code == 503
    assert "nu niet beschikbaar" in response.get_data(as_text=True)


# --- sending in -------------------------------------------------------------------------------------------


def test_from_nothing_to_submitted_without_a_script(world: World, client: Client) -> None:
    application = make_draft(world, world.round(rules=ASKING))
    client.sign_in(world.email("applicant"))
    client.post(f"{url(draft_file(application))}/verwijderen")
    own = pages.read(client.get(f"/aanvragen/{application.id}"))
    task = next(a for a in own.select(".pp-tasks__link") if a.get_text() == "Documenten")
    assert task["href"] == here(application)
    page = pages.read(client.get(task["href"]))
    assert [h.get_text(" ", strip=True) for h in page.select("main h2")] == [
        "Projectplan",
        "Steunbrieven (niet verplicht)",
    ]
    forms = page.select("main form[enctype='multipart/form-data']")
    assert [f.select_one("input[type=file]")["accept"] for f in forms] == [
        ".pdf,.odt",
        ".pdf,.png,.jpg,.jpeg",
    ]
    missing = pages.words(pages.read(client.get(f"/aanvragen/{application.id}/indienen")))
    assert "Voeg het document ‘Projectplan’ toe." in missing
    sent = send(client, application, "plan", "/mijn map/Plan één.pdf", pdf("plan"))
    assert (sent.status_code, sent.location) == (302, here(application))
    page = pages.read(client.get(here(application)))
    assert "‘Plan één.pdf’ is toegevoegd." in pages.words(page)
    assert "niet op virussen gescand" in pages.words(page)
    submit = pages.read(client.get(f"/aanvragen/{application.id}/indienen"))
    data = {i["name"]: i.get("value", "") for i in submit.select("main form input[name]")}
    done = client.post(f"/aanvragen/{application.id}/indienen", data={**data, "declared": "y"})
    receipt = pages.words(pages.read(client.get(done.location)))
    entry = queries.content(application).documents[0]
    assert f"Plan één.pdf PDF, 1 kB niet op virussen gescand SHA-256: {entry.sha256}" in receipt
    paper = client.get(f"{done.location}/ontvangstbevestiging.pdf").data
    text = read_pdf(paper)[0].text
    assert "Plan één.pdf" in text
    assert entry.sha256 in "".join(text.split())


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("plan.pdf", b"", "Dit bestand is leeg."),
        ("plan.exe", b"MZ" + b"\0" * 100, "Dit soort bestand kunnen we niet gebruiken."),
        ("plan.docx", uploads.docx(), "Lever dit document aan als PDF of ODT (tekst)."),
        ("<script>alert(1)</script>.html", b"<html><script>x</script>", "Dit is een webpagina"),
        ("", b"", "Kies eerst een bestand"),
    ],
)
def test_a_refusal_is_beside_its_field_and_keeps_the_rest(
    world: World, draft: Application, client: Client, name: str, content: bytes, said: str
) -> None:
    client.sign_in(world.email("applicant"))
    page = pages.read(send(client, draft, "steun" if name == "" else "plan", name, content), 422)
    field = page.select_one("#file_steun" if name == "" else "#file_plan")
    error = page.select_one(f"#{field['id']}-fout")
    assert error is not None
    assert said in error.get_text()
    assert f"{field['id']}-fout" in field["aria-describedby"]
    link = page.select_one("[data-error-summary] a")
    assert link["href"] == f"#{field['id']}"
    assert page.title.get_text().startswith("Fout: ")
    assert "plan.pdf" in [a.get_text() for a in page.select(".pp-files a")]
    assert names(draft) == ["plan.pdf"]


def test_one_file_takes_the_place_of_another(world: World, draft: Application, client: Client) -> None:
    client.sign_in(world.email("applicant"))
    ident = str(draft_file(draft).id)
    page = pages.read(client.get(here(draft)))
    choices = [o["value"] for o in page.select("#replaces_plan option")]
    assert choices == ["", ident]
    assert send(client, draft, "plan", "beter.pdf", pdf("beter"), replaces_plan=ident).status_code == 302
    assert names(draft) == ["beter.pdf"]
    stale = send(client, draft, "plan", "nog beter.pdf", pdf("nog beter"), replaces_plan=ident)
    page = pages.read(stale, 409)
    assert "intussen verwijderd of vervangen" in page.select_one("#file_plan-fout").get_text()
    assert names(draft) == ["beter.pdf"]
    broken = send(client, draft, "plan", "x.pdf", pdf("x"), replaces_plan="' OR 1=1")
    assert broken.status_code == 409


def test_sending_a_form_twice_adds_one_file(world: World, draft: Application, client: Client) -> None:
    client.sign_in(world.email("applicant"))
    for _ in range(2):
        assert send(client, draft, "steun", "brief.pdf", pdf("brief"), once="k" * 32).status_code == 302
    assert names(draft, "steun") == ["brief.pdf"]


def test_a_full_disk_is_said_beside_the_field(
    world: World, draft: Application, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.sign_in(world.email("applicant"))

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(blobs.os, "fsync", full)
    page = pages.read(send(client, draft, "steun", "brief.pdf", pdf("brief")), 503)
    assert "‘brief.pdf’ nu niet bewaren" in page.select_one("#file_steun-fout").get_text()
    assert names(draft) == ["plan.pdf"]


def test_under_supplement_only_what_is_asked_can_change(
    world: World, client: Client, clock_stands_still: time_machine.Coordinates
) -> None:
    application = make_application(world, world.round(rules=ASKING))
    ask(world, application, "document_steun")
    clock_stands_still.move_to(START + dt.timedelta(days=16))
    client.sign_in(world.email("applicant"))
    page = pages.read(client.get(here(application)))
    assert [f.select_one("input[type=file]")["id"] for f in page.select("main form[enctype]")] == [
        "file_steun"
    ]
    assert "Over dit document is geen aanvulling gevraagd." in pages.words(page)
    assert send(client, application, "plan", "x.pdf", pdf("x")).status_code == 403
    assert send(client, application, "steun", "brief.pdf", pdf("brief")).status_code == 302
    own = pages.words(pages.read(client.get(f"/aanvragen/{application.id}")))
    assert "Documenten Opgeslagen door Ali Haarlem" in own


@pytest.mark.parametrize("csrf", [False, True])
def test_a_request_that_is_too_large_gets_a_page_and_a_way_back(
    world: World, draft: Application, client: Client, app: Any, csrf: bool
) -> None:
    client.sign_in(world.email("applicant"))
    app.config.update(MAX_CONTENT_LENGTH=2 * 1024 * 1024, WTF_CSRF_ENABLED=csrf)
    try:
        body = b"--x\r\n" + b"x" * 3_000_000
        response = client.post(here(draft), data=body, content_type="multipart/form-data; boundary=x")
        page = pages.read(response, 413)
    finally:
        app.config.update(MAX_CONTENT_LENGTH=30 * 1024 * 1024, WTF_CSRF_ENABLED=False)
    assert pages.heading(page) == "Dit bestand is te groot"
    assert "niet meer dan 2 MB in één keer" in pages.words(page)
    assert page.select_one(f"main a[href='{here(draft)}']") is not None
    # Whoever is signed in still is.
    assert page.select_one("header") is not None
    assert "Ali Haarlem" in page.get_text()


def test_pages_ask_as_much_of_the_database_for_three_files_as_for_one(
    world: World, draft: Application, client: Client, count_queries: Any
) -> None:
    client.sign_in(world.email("applicant"))
    numbers = []
    for files in (1, 3):
        for number in range(1, files):
            attach(world.later("applicant", days=1), draft, "plan", f"deel {number}.pdf", pdf(f"{number}"))
        found = []
        for address in (here(draft), f"/aanvragen/{draft.id}", f"/aanvragen/{draft.id}/indienen"):
            client.get(address)
            with count_queries() as counted:
                pages.read(client.get(address))
            found.append(counted.number)
        numbers.append(found)
    assert numbers[0] == numbers[1]


def test_hostile_names_are_shown_as_text(world: World, draft: Application, client: Client) -> None:
    client.sign_in(world.email("applicant"))
    for place, name in enumerate(("<img src=x onerror=alert(1)>.pdf", "{{ 7*7 }}.pdf", "a\u202efdp.exe.pdf")):
        assert send(client, draft, "steun", name, pdf(str(place))).status_code == 302
    page = pages.read(client.get(here(draft)))
    assert page.select("main img") == []
    assert "49.pdf" not in pages.words(page)
    assert "\u202e" not in page.get_text()
    assert len(names(draft, "steun")) == 3
    assert [PLAN.code, LETTERS.code] == ["plan", "steun"]
