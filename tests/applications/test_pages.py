"""Pages about applications: who gets in, what is refused, and that nothing typed is lost."""

from __future__ import annotations

import copy
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pikepdf
import pytest
import time_machine
from bs4 import BeautifulSoup
from sqlalchemy import select
from werkzeug.test import TestResponse

from pool.applications import queries, rules, service
from pool.applications.inputs import CheckedPoint, CheckInput, Content, Project
from pool.applications.models import Application, ApplicationVersion
from pool.applications.states import ApplicationState, Completeness
from pool.core.db import db
from pool.core.outbox import Mail
from pool.core.text import fingerprint, sha256_hex
from pool.rounds.inputs import Question
from tests.conftest import Client
from tests.support.applications_factory import make_application, make_complete, make_draft, special_round
from tests.support.world import RULES, START, World

CLOSES = START + dt.timedelta(days=14)
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "A & B <b>vet</b> &amp; {{ 7*7 }} {% raw %}",
    "'; DROP TABLE application; --",
    '=HYPERLINK("http://x")',
    "Ѐ 漢字 🦊 é ﷺ",
)


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    """The second day of the test world, standing still."""
    with time_machine.travel(START + dt.timedelta(days=1), tick=False) as travel:
        yield travel


def soup(response: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def ident_of(response: TestResponse) -> int:
    assert response.status_code == 302, response.get_data(as_text=True)
    return int(response.location.rstrip("/").split("/")[2])


def revision(page: BeautifulSoup) -> str:
    return str(page.select_one("main input[name=version]")["value"])


# --- who gets in ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tail",
    [
        "",
        "/onderdelen/project",
        "/indienen",
        "/intrekken",
        "/concept.pdf",
        "/versies/1",
        "/versies/1/ontvangstbevestiging.pdf",
    ],
)
def test_a_foreign_application_looks_like_an_absent_one(
    client: Client, world: World, clock: time_machine.Coordinates, tail: str
) -> None:
    application = make_application(world, world.round())
    client.sign_in(world.email("applicant_b"))
    foreign, absent = client.get(f"/aanvragen/{application.id}{tail}"), client.get(f"/aanvragen/999999{tail}")
    assert foreign.status_code == absent.status_code == 404
    own = foreign.get_data(as_text=True).replace(f"/aanvragen/{application.id}{tail}", "")
    assert own == absent.get_data(as_text=True).replace(f"/aanvragen/999999{tail}", "")


def test_posting_to_a_foreign_application_changes_nothing(
    client: Client, world: World, clock: time_machine.Coordinates
) -> None:
    application = make_draft(world, world.round())
    before = dict(application.content)
    client.sign_in(world.email("applicant_b"))
    for tail in ("/onderdelen/project", "/indienen", "/intrekken"):
        response = client.post(
            f"/aanvragen/{application.id}{tail}",
            data={"title": "Gekaapt", "version": "99", "declared": "y", "reason": "weg"},
        )
        assert response.status_code == 404
    assert application.content == before
    assert application.state == ApplicationState.DRAFT


def test_starting_in_a_closed_or_absent_round(client: Client, world: World) -> None:
    world.round()
    client_at = CLOSES + dt.timedelta(microseconds=1)
    with time_machine.travel(client_at, tick=False):
        client.sign_in(world.email("applicant"))
        assert client.post("/rondes/ronde-1/aanvragen").status_code == 403
        assert client.post("/rondes/bestaat-niet/aanvragen").status_code == 404
    assert db.session.scalars(select(Application)).all() == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_programme_team_does_not_write_for_a_municipality(
    client: Client, world: World, clock: time_machine.Coordinates, method: str
) -> None:
    application = make_application(world, world.round())
    client.sign_in(world.email("programme"))
    for tail in ("/onderdelen/project", "/indienen", "/intrekken", "/zienswijze/kennemerland"):
        assert getattr(client, method)(f"/aanvragen/{application.id}{tail}").status_code == 403


# --- one journey ------------------------------------------------------------------------------------------


def fill(client: Client, ident: int, slug: str, data: dict[str, object]) -> TestResponse:
    address = f"/aanvragen/{ident}/onderdelen/{slug}"
    return client.post(address, data={**data, "version": revision(soup(client.get(address)))})


PROJECT = {"title": "Veilig thuis", "summary": "Kort.", "purpose": "versnelling", "theme": "mda"}
PLAN = {
    **{name: f"Tekst over {name}." for name in ("occasion", "approach", "results", "sharing", "embedding")},
    "starts_on": "01-09-2027",
    "ends_on": "2028-08-31",
}
BUDGET = {
    "lines-0-kind": "cost",
    "lines-0-description": "Projectleider",
    "lines-0-amount": "60.000",
    "lines-1-kind": "own",
    "lines-1-description": "Eigen uren",
    "lines-1-amount": "€ 10.000,00",
    "requested": "50.000,00",
    "minimum": "40000",
}
CONTACT = {"name": "Jo Jansen", "function": "adviseur", "email": "jo@example.org", "phone": ""}
REACH = {
    "others": ["ijsselland"],
    "partners-0-name": "Blijf",
    "partners-0-kind": "shelter",
    "partners-0-role": "Doet",
}


def test_from_call_to_receipt_and_the_same_submit_twice(
    client: Client, world: World, clock: time_machine.Coordinates
) -> None:
    world.round()
    client.sign_in(world.email("applicant"))
    assert "/rondes/ronde-1/aanvragen" in client.get("/aanvragen").get_data(as_text=True)
    ident = ident_of(client.post("/rondes/ronde-1/aanvragen", data={"once": "start"}))
    assert ident_of(client.post("/rondes/ronde-1/aanvragen", data={"once": "start"})) == ident
    tasks = soup(client.get(f"/aanvragen/{ident}")).select(".pp-tasks__item")
    assert [t.select_one("a")["href"].rsplit("/", 1)[1] for t in tasks] == [
        "project",
        "regios",
        "plan",
        "begroting",
        "contact",
    ]
    page = soup(client.get(f"/aanvragen/{ident}/indienen"))
    assert page.select_one(f"a[href='/aanvragen/{ident}/onderdelen/begroting#requested']")
    assert page.select_one("main form") is None, "nothing to submit yet"
    for slug, data in (
        ("begroting", BUDGET),
        ("contact", CONTACT),
        ("plan", PLAN),
        ("regios", REACH),
        ("project", PROJECT),
    ):
        assert fill(client, ident, slug, data).status_code == 302
    assert all(
        "compleet" in t.text for t in soup(client.get(f"/aanvragen/{ident}")).select(".pp-tasks__item")
    )
    page = soup(client.get(f"/aanvragen/{ident}/indienen"))
    form = page.select_one("main form")
    assert form["action"] == f"/aanvragen/{ident}/indienen"
    data = {"version": revision(page), "once": form.select_one("[name=once]")["value"]}
    undeclared = client.post(f"/aanvragen/{ident}/indienen", data=data)
    assert undeclared.status_code == 422
    assert "vinkje" in soup(undeclared).select_one("[data-error-summary]").text
    answers = [client.post(f"/aanvragen/{ident}/indienen", data={**data, "declared": "y"}) for _ in range(2)]
    assert [a.location for a in answers] == [f"/aanvragen/{ident}/versies/1"] * 2
    application = db.session.get_one(Application, ident)
    assert len(application.versions) == 1
    receipt = soup(client.get(answers[0].location))
    assert receipt.h1.text == "Ontvangstbevestiging"
    assert receipt.title.text.startswith(f"Ontvangstbevestiging {application.reference}")
    for words in (application.versions[0].sha256, "5 januari 2027 om 10:00:00 uur", application.reference):
        assert words in receipt.text
    mails = db.session.scalars(select(Mail)).all()
    assert sorted(m.recipient for m in mails) == ["applicant@example.org", "jo@example.org"]


def test_submitting_late_by_one_microsecond_keeps_the_text(client: Client, world: World) -> None:
    application = make_draft(world, world.round())
    with time_machine.travel(CLOSES, tick=False) as travel:
        client.sign_in(world.email("applicant"))
        address = f"/aanvragen/{application.id}/indienen"
        data = {"version": str(application.revision), "declared": "y"}
        travel.shift(dt.timedelta(microseconds=1))
        late = client.post(address, data=data)
        assert late.status_code == 403
        assert "gesloten" in late.get_data(as_text=True)
        assert client.get(f"/aanvragen/{application.id}").status_code == 200
        travel.shift(dt.timedelta(microseconds=-1))
        assert client.post(address, data=data).status_code == 302


def test_submitting_what_a_colleague_changed_meanwhile(
    client: Client, world: World, clock: time_machine.Coordinates
) -> None:
    application = make_draft(world, world.round())
    client.sign_in(world.email("applicant"))
    address = f"/aanvragen/{application.id}/indienen"
    read = revision(soup(client.get(address)))
    service.save_section(
        world.later("applicant", days=1), application, "project", Project(**PROJECT), application.revision
    )
    response = client.post(address, data={"version": read, "declared": "y"})
    assert response.status_code == 409
    assert application.versions == []
    again = {"version": revision(soup(response)), "declared": "y"}
    assert client.post(address, data=again).status_code == 302


# --- writing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "data", "field", "typed"),
    [
        ("begroting", {**BUDGET, "requested": "1.50"}, "requested", "1.50"),
        ("begroting", {**BUDGET, "lines-1-amount": "tien"}, "lines-1-amount", "tien"),
        ("plan", {**PLAN, "ends_on": "31-02-2028"}, "ends_on", "31-02-2028"),
        ("project", {**PROJECT, "title": "x" * 151}, "title", "x" * 151),
        ("contact", {**CONTACT, "phone": "1" * 41}, "phone", "1" * 41),
    ],
)
def test_what_cannot_be_read_is_shown_again_with_its_error(
    client: Client,
    world: World,
    clock: time_machine.Coordinates,
    slug: str,
    data: dict[str, str],
    field: str,
    typed: str,
) -> None:
    application = make_draft(world, world.round())
    before = dict(application.content)
    client.sign_in(world.email("applicant"))
    response = fill(client, application.id, slug, data)
    assert response.status_code == 422
    page = soup(response)
    assert page.title.text.startswith("Fout: ")
    assert page.select_one(f"[data-error-summary] a[href='#{field}']")
    for name, value in data.items():
        if name in ("purpose", "theme"):
            continue
        found = page.select_one(f"main [name='{name}']")
        kept = found.text.strip() if found.name == "textarea" else found.get("value") or value
        assert kept == value, name
    assert page.select_one(f"[name='{field}']")["value"] == typed
    assert application.content == before


def test_both_texts_are_shown_and_the_second_chooses(
    client: Client, world: World, clock: time_machine.Coordinates
) -> None:
    application = make_draft(world, world.round())
    client.sign_in(world.email("applicant"))
    address = f"/aanvragen/{application.id}/onderdelen/project"
    old = revision(soup(client.get(address)))
    colleague = replace(world.later("applicant", days=1), name="Collega Kim")
    theirs = Project(title="Titel van Kim", summary="Samenvatting van Kim")
    service.save_section(colleague, application, "project", theirs, application.revision)
    mine = {**PROJECT, "title": "Mijn titel", "version": old}
    response = client.post(address, data=mine)
    assert response.status_code == 409
    page = soup(response)
    assert "Samenvatting van Kim" in page.text
    assert page.select_one("[name=title]")["value"] == "Mijn titel"
    assert page.select("[data-autosave]") == [], "the person chooses, not a script"
    assert queries.draft(application).project.title == "Titel van Kim"
    assert client.post(address, data={**mine, "version": revision(page)}).status_code == 302
    assert queries.draft(application).project.title == "Mijn titel"


def test_autosave_answers_in_json(client: Client, world: World, clock: time_machine.Coordinates) -> None:
    application = make_draft(world, world.round())
    client.sign_in(world.email("applicant"))
    address = f"/aanvragen/{application.id}/onderdelen/contact"
    old, json = revision(soup(client.get(address))), {"Accept": "application/json"}
    saved = client.post(address, data={**CONTACT, "version": old}, headers=json)
    assert saved.json == {"version": application.revision, "saved_at": "10:00 uur"}
    stale = client.post(address, data={**CONTACT, "name": "Ander", "version": old}, headers=json)
    assert (stale.status_code, "Ali Haarlem" in stale.json["detail"]) == (409, True)
    new = {**CONTACT, "version": str(saved.json["version"])}
    assert client.post(address, data={**new, "phone": "9" * 50}, headers=json).status_code == 422
    assert client.post(address, data={**new, "name": "Ander"}, headers=json).status_code == 200


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999", "١"])
def test_a_revision_that_is_no_number_counts_as_stale(
    client: Client, world: World, clock: time_machine.Coordinates, version: str
) -> None:
    application = make_draft(world, world.round())
    client.sign_in(world.email("applicant"))
    response = client.post(
        f"/aanvragen/{application.id}/onderdelen/contact", data={**CONTACT, "version": version}
    )
    assert response.status_code == 409


def test_rows_come_and_go_by_plain_buttons(
    client: Client, world: World, clock: time_machine.Coordinates
) -> None:
    application = make_draft(world, world.round())
    before = dict(application.content)
    client.sign_in(world.email("applicant"))
    address = f"/aanvragen/{application.id}/onderdelen/begroting"

    def descriptions(extra: dict[str, str]) -> list[str]:
        page = soup(client.post(address, data={**BUDGET, "version": "1", **extra}))
        assert page.h1.text == "Begroting"
        return [i.get("value", "") for i in page.select("input[name$=-description]")]

    assert descriptions({"add_row": "1"}) == ["Projectleider", "Eigen uren", ""]
    assert descriptions({"remove_row": "0"}) == ["Eigen uren"]
    assert descriptions({"remove_row": "7"}) == ["Projectleider", "Eigen uren"]
    assert descriptions({"recount": "1"}) == ["Projectleider", "Eigen uren"]
    page = soup(client.post(address, data={**BUDGET, "requested": "49.000", "recount": "1"}))
    assert re.search(r"€\s1\.000,00 nodig", page.text)
    assert application.content == before, "looking is not saving"


def test_the_first_button_saves_so_that_enter_removes_nothing(
    client: Client, world: World, clock: time_machine.Coordinates
) -> None:
    application = make_draft(world, world.round())
    client.sign_in(world.email("applicant"))
    page = soup(client.get(f"/aanvragen/{application.id}/onderdelen/begroting"))
    assert page.select("main form button[type=submit]")[0].get("name") is None


def test_own_questions_of_the_round(client: Client, world: World, clock: time_machine.Coordinates) -> None:
    question = Question("overlap", "Sluit het aan bij <iets>?", "Noem het.")
    application = make_draft(world, world.round(rules=replace(RULES, questions=(question,))))
    client.sign_in(world.email("applicant"))
    assert fill(client, application.id, "vragen", {"q_overlap": "Nee", "q_ander": "x"}).status_code == 302
    assert queries.draft(application).answers == {"overlap": "Nee"}
    plain = make_draft(world, world.round(slug="ronde-2"))
    assert client.get(f"/aanvragen/{plain.id}/onderdelen/vragen").status_code == 404
    assert client.get(f"/aanvragen/{plain.id}/onderdelen/state").status_code == 404


# --- hostile text -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_as_text(
    client: Client, new_client: Callable[[], Client], world: World, clock: time_machine.Coordinates, text: str
) -> None:
    round_ = world.round(rules=replace(RULES, questions=(Question("overlap", "Sluit het aan?"),)))
    application = make_draft(world, round_)
    client.sign_in(world.email("applicant"))
    forms: dict[str, dict[str, object]] = {
        "project": {**PROJECT, "title": text, "summary": f"{text}\n\n{text}"},
        "regios": {**REACH, "partners-0-name": text, "partners-0-role": text},
        "plan": {**PLAN, **dict.fromkeys(("occasion", "approach", "results", "sharing", "embedding"), text)},
        "begroting": {**BUDGET, "lines-0-description": text, "explanation": text},
        "contact": {**CONTACT, "name": text, "function": text, "phone": text[:40]},
        "vragen": {"q_overlap": text},
    }
    for slug, data in forms.items():
        assert fill(client, application.id, slug, data).status_code == 302, slug
        again = soup(client.get(f"/aanvragen/{application.id}/onderdelen/{slug}"))
        for name, value in data.items():
            found = again.select_one(f"main [name='{name}']")
            if value == text:
                assert (found.text.strip() if found.name == "textarea" else found["value"]) == text
    service.submit(world.later("applicant", days=1), application)
    programme = new_client()
    programme.sign_in(world.email("programme"))
    for browser, address in (
        (client, f"/aanvragen/{application.id}"),
        (client, f"/aanvragen/{application.id}/versies/1"),
        (programme, "/aanvragen"),
        (programme, f"/aanvragen/{application.id}"),
        (programme, f"/aanvragen/{application.id}/volledigheid"),
    ):
        page = soup(browser.get(address))
        assert text in page.text, address
        assert page.select("main script, main img, main b") == []
    pdf = client.get(f"/aanvragen/{application.id}/versies/1/ontvangstbevestiging.pdf")
    assert pdf.mimetype == "application/pdf"
    assert pdf.data.startswith(b"%PDF-")


def test_the_receipt_as_pdf_holds_the_content_and_its_bytes(
    client: Client, world: World, clock: time_machine.Coordinates
) -> None:
    from tests.support import pdftext

    application = make_application(world, world.round(), title="A & B <b>")
    client.sign_in(world.email("applicant"))
    address = f"/aanvragen/{application.id}/versies/1/ontvangstbevestiging.pdf"
    first, second = client.get(address), client.get(address)
    assert first.data == second.data
    text = pdftext.read(first.data)[0].text
    version = application.versions[0]
    for words in ("A & B <b>", version.sha256, "5 januari 2027 om 10:00:00 uur", application.reference):
        assert words in text


# --- lists ------------------------------------------------------------------------------------------------


def titles(response: TestResponse) -> list[str]:
    return [a.text for a in soup(response).select("main tbody th a")]


def test_the_programme_team_filters_and_sorts(
    client: Client, world: World, clock: time_machine.Coordinates
) -> None:
    round_ = world.round()
    make_draft(world, round_, title="Concept")
    make_application(world, round_, title="Alfa 100%", days=0.5)
    make_complete(
        world, round_, "applicant_b", title="Beta", theme="plegeraanpak", days=0.2, checked_days=0.6
    )
    wanted = make_application(world, round_, title="Gamma", regions=("kennemerland", "zeeland"), days=0.3)
    points = tuple(CheckedPoint(p.code, False, "Leg uit.") for p in rules.check_points(RULES))
    service.check(world.later("programme", days=0.7), wanted, CheckInput(Completeness.SUPPLEMENT, points))
    client.sign_in(world.email("programme"))

    def found(query: str) -> list[str]:
        return titles(client.get(f"/aanvragen?{query}"))

    assert found("") == ["Gamma", "Alfa 100%", "Beta"]
    assert found("volgorde=oldest") == ["Beta", "Gamma", "Alfa 100%"]
    assert found("volgorde=title") == ["Alfa 100%", "Beta", "Gamma"]
    assert found("status=to_check") == ["Alfa 100%"]
    assert found("status=complete") == ["Beta"]
    assert found("thema=plegeraanpak") == ["Beta"]
    assert found("regio=zeeland") == ["Gamma"]
    assert found("zoek=zwolle+beta") == ["Beta"]
    assert found("zoek=100%25") == ["Alfa 100%"]
    assert found("zoek=%25&ronde=ronde-1") == ["Alfa 100%"]
    assert found("ronde=bestaat-niet") == []
    assert found("status=onzin&volgorde=onzin&page=0") == ["Gamma", "Beta", "Alfa 100%"]
    tabs = [t.text.split() for t in soup(client.get("/aanvragen")).select(".pp-tabs a")]
    # Nobody is heard about an intention, and nobody wrote a message.
    assert [t[-1] for t in tabs] == ["3", "1", "1", "0", "0", "1", "0", "0"]


@pytest.mark.parametrize("key", ["programme", "applicant", "lead"])
def test_the_list_takes_as_many_queries_for_three_rows_as_for_one(
    client: Client, world: World, clock: time_machine.Coordinates, count_queries, key: str
) -> None:
    round_ = world.round()
    client.sign_in(world.email(key))
    numbers = []
    for regions in ((), ("zeeland",), ("ijsselland", "twente")):
        make_application(world, round_, regions=("kennemerland", *regions))
        with count_queries() as counted:
            assert client.get("/aanvragen").status_code == 200
        numbers.append(counted.number)
    assert len(set(numbers)) == 1, numbers


def test_the_list_goes_by_the_end_of_the_decision_term(client: Client, world: World) -> None:
    """22 weeks from closing; each day of waiting for a supplement comes on top. Closed on 18 and 25 January 2027."""
    round_ = world.round()
    later = special_round(world, "later", closes_at=round_.closes_at + dt.timedelta(days=7))
    waits = make_application(world, round_, title="Wacht")
    make_application(world, later, title="Latere ronde")
    make_application(world, round_, title="Gewoon")
    refused = make_application(world, round_, title="Niet behandeld")
    make_draft(world, round_, title="Concept")
    points = tuple(CheckedPoint(p.code, False, "Leg uit.") for p in rules.check_points(RULES))
    boss = world.later("programme", days=15)
    for application in (waits, refused):
        service.check(boss, application, CheckInput(Completeness.SUPPLEMENT, points))
    service.check(
        world.later("programme", days=31), refused, CheckInput(Completeness.NOT_HANDLED, points, "Te laat.")
    )
    db.session.commit()
    with time_machine.travel(START + dt.timedelta(days=32), tick=False):
        client.sign_in(world.email("programme"))
        page = client.get("/aanvragen?volgorde=decision")
        assert titles(page) == ["Gewoon", "Latere ronde", "Wacht", "Niet behandeld"]
        cells = [td.text.strip() for td in soup(page).select("tbody td[data-label='Besluit uiterlijk']")]
        assert cells == ["21 juni 2027", "28 juni 2027", "5 juli 2027", "–geen"]
        assert titles(client.get("/aanvragen?volgorde=decision&ronde=later")) == ["Latere ronde"]
        assert titles(client.get("/aanvragen?volgorde=decision&page=2")) == []
        assert client.get(f"/aanvragen?page={10**30}").status_code == 200
        client.sign_in(world.email("applicant"))
        own = soup(client.get("/aanvragen"))
        assert "Besluit uiterlijk" not in own.text
        assert not own.select("select[name=volgorde] option[value=decision]")


def test_the_hint_of_an_overlap_is_a_link_for_team_and_region(
    client: Client, world: World, clock: time_machine.Coordinates, count_queries
) -> None:
    earlier, round_ = world.round(slug="eerder", title="Eerdere ronde"), world.round()
    application = make_application(world, round_, title="Dit")
    address = f"/aanvragen/{application.id}"
    numbers = []
    for number in (1, 2):
        for _ in range(number):
            other = make_application(world, earlier, title="Eerder idee")
        for key, tail in (("programme", "/volledigheid"), ("programme", ""), ("lead", "")):
            client.sign_in(world.email(key))
            with count_queries() as counted:
                page = soup(client.get(f"{address}{tail}"))
            numbers.append(counted.number)
            link = page.select_one(f"main a[href='/aanvragen/{other.id}']")
            assert "Kennemerland, Eerdere ronde" in link.parent.text
    assert numbers[:3] == numbers[3:]
    for key in ("applicant", "auditor"):
        client.sign_in(world.email(key))
        assert "Kijk of er overlap is" not in client.get(address).get_data(as_text=True)


def test_the_receipt_holds_the_content_as_it_was_stored(
    client: Client, world: World, clock: time_machine.Coordinates
) -> None:
    """Also of a version from before the plan had indicators: read and written again it would get another SHA-256."""
    application = make_application(world, world.round())
    version = application.versions[0]
    old = copy.deepcopy(version.content)
    old["plan"].pop("indicators", None)
    old["plan"].pop("milestones", None)
    old["plan"].pop("ends_on")
    assert Content.from_json(old).to_json() != old
    add = ApplicationVersion(
        application_id=application.id,
        number=2,
        content=old,
        sha256=fingerprint(old),
        submitted_at=version.submitted_at,
        submitted_by_name=version.submitted_by_name,
    )
    db.session.add(add)
    db.session.commit()
    client.sign_in(world.email("applicant"))
    given = client.get(f"/aanvragen/{application.id}/versies/2/ontvangstbevestiging.pdf").get_data()
    with pikepdf.open(io.BytesIO(given)) as found:
        data = found.attachments["aanvraag.json"].get_file().read_bytes()
    assert sha256_hex(data) == add.sha256


# --- programme team and regions ---------------------------------------------------------------------------


def test_the_check_by_form(client: Client, world: World, clock: time_machine.Coordinates) -> None:
    application = make_application(world, world.round())
    client.sign_in(world.email("programme"))
    address = f"/aanvragen/{application.id}/volledigheid"
    assert soup(client.get(address)).select_one("main form")["action"] == address
    empty = client.post(address, data={})
    assert empty.status_code == 422
    codes = [p.code for p in rules.check_points(RULES)]
    data = {f"ok_{code}": "yes" for code in codes}
    wrong = client.post(address, data={**data, "ok_budget": "no", "outcome": "supplement"})
    assert wrong.status_code == 422
    assert soup(wrong).select_one("[data-error-summary] a[href='#note_budget']")
    given = {**data, "ok_budget": "no", "note_budget": "Leg uit.", "outcome": "supplement"}
    assert client.post(address, data={**given, "supplement_by": "2027-02-01"}).status_code == 302
    assert application.state == ApplicationState.SUPPLEMENT_REQUESTED
    assert client.get(address).status_code == 403, "the municipality still has time"
    page = client.get(f"/aanvragen/{application.id}").get_data(as_text=True)
    assert "1 februari 2027" in page
    assert f"/aanvragen/{application.id}/uitstel" in page
    extend = {"supplement_by": "2027-03-01", "reason": "Ziekte"}
    assert client.post(f"/aanvragen/{application.id}/uitstel", data=extend).status_code == 302
    assert application.checks[-1].supplement_by == "2027-03-01"


def test_an_outcome_is_taken_back_by_form(
    client: Client, world: World, clock: time_machine.Coordinates
) -> None:
    application = make_complete(world, world.round(), checked_days=1)
    client.sign_in(world.email("programme"))
    address = f"/aanvragen/{application.id}/opnieuw-toetsen"
    assert address in client.get(f"/aanvragen/{application.id}").get_data(as_text=True)
    assert client.post(address, data={"reason": ""}).status_code == 422
    assert client.post(address, data={"reason": "Vergissing"}).status_code == 302
    assert client.get(address).status_code == 403
    assert application.state == ApplicationState.SUBMITTED


def test_the_check_says_until_when_it_can_be_refused(client: Client, world: World) -> None:
    application = make_application(world, world.round())
    points = tuple(CheckedPoint(p.code, False, "Leg uit.") for p in rules.check_points(RULES))
    service.check(world.later("programme", days=15), application, CheckInput(Completeness.SUPPLEMENT, points))
    # Until Tuesday 2 February; four weeks later is 2 March.
    with time_machine.travel(START + dt.timedelta(days=30), tick=False):
        client.sign_in(world.email("programme"))
        page = soup(client.get(f"/aanvragen/{application.id}/volledigheid"))
    assert "uiterlijk op 2 maart 2027" in page.text


def test_the_applicant_supplements_what_was_asked(client: Client, world: World) -> None:
    application = make_application(world, world.round())
    points = tuple(
        CheckedPoint(p.code, p.code != "budget", "Leg <uit>." if p.code == "budget" else "")
        for p in rules.check_points(RULES)
    )
    given = CheckInput(Completeness.SUPPLEMENT, points)
    service.check(world.later("programme", days=15), application, given)
    with time_machine.travel(START + dt.timedelta(days=16), tick=False):
        client.sign_in(world.email("applicant"))
        page = soup(client.get(f"/aanvragen/{application.id}"))
        assert "Leg <uit>." in page.text
        links = [a["href"] for a in page.select(".pp-tasks a")]
        assert links == [f"/aanvragen/{application.id}/onderdelen/begroting"]
        words = [b.text for b in page.select(".pp-tasks .pp-badge")]
        assert words == ["niet gevraagd", "niet gevraagd", "niet gevraagd", "nog aanvullen", "niet gevraagd"]
        assert client.get(f"/aanvragen/{application.id}/onderdelen/project").status_code == 403
        data = {**BUDGET, "explanation": "Nu uitgelegd"}
        assert fill(client, application.id, "begroting", data).status_code == 302
        assert "aangevuld" in soup(client.get(f"/aanvragen/{application.id}")).select_one(".pp-tasks").text
        send = soup(client.get(f"/aanvragen/{application.id}/indienen"))
        assert "Nu uitgelegd" in send.text
        answer = client.post(
            f"/aanvragen/{application.id}/indienen", data={"version": revision(send), "declared": "y"}
        )
        assert answer.location == f"/aanvragen/{application.id}/versies/2"
    assert application.state == ApplicationState.SUPPLEMENTED


def test_the_view_of_the_region_by_form(
    client: Client, new_client: Callable[[], Client], world: World, clock: time_machine.Coordinates
) -> None:
    application = make_application(world, world.round(), regions=("kennemerland", "zeeland"))
    client.sign_in(world.email("lead"))
    address = f"/aanvragen/{application.id}/zienswijze/kennemerland"
    assert client.get(f"/aanvragen/{application.id}/zienswijze/zeeland").status_code == 404
    assert client.get(f"/aanvragen/{application.id}/zienswijze/twente").status_code == 404
    assert client.post(address, data={"text": " "}).status_code == 422
    assert client.post(address, data={"text": "Wij <b>steunen</b> dit."}).status_code == 302
    assert soup(client.get(address)).select_one("[name=text]").text.strip() == "Wij <b>steunen</b> dit."
    own = soup(client.get(f"/aanvragen/{application.id}"))
    assert "Wij <b>steunen</b> dit." in own.text
    assert "Verloop" not in own.text, "the trail is for those who handle the application"
    applicant = new_client()
    applicant.sign_in(world.email("applicant"))
    assert "steunen" not in applicant.get(f"/aanvragen/{application.id}").get_data(as_text=True)


def test_withdrawing_by_form(client: Client, world: World, clock: time_machine.Coordinates) -> None:
    application = make_application(world, world.round())
    client.sign_in(world.email("applicant"))
    address = f"/aanvragen/{application.id}/intrekken"
    assert client.post(address, data={"reason": " "}).status_code == 422
    assert client.post(address, data={"reason": "Geen menskracht"}).status_code == 302
    assert client.get(address).status_code == 403
    page = soup(client.get(f"/aanvragen/{application.id}"))
    assert "ingetrokken" in page.text
    assert page.select(".pp-tasks") == []


@pytest.mark.parametrize("key", ["applicant", "programme", "lead"])
def test_what_is_made_up_says_so(
    client: Client, world: World, clock: time_machine.Coordinates, key: str
) -> None:
    round_ = special_round(world, "verzonnen", invented="De bedragen zijn verzonnen.")
    application = make_application(world, round_)
    application.invented = True
    db.session.commit()
    client.sign_in(world.email(key))
    assert "verzonnen" in soup(client.get("/aanvragen")).select_one("main tbody").text
    for tail in ("", "/versies/1"):
        page = soup(client.get(f"/aanvragen/{application.id}{tail}")).text
        assert "Deze aanvraag is verzonnen" in page
        assert "De bedragen zijn verzonnen." in page


@pytest.mark.parametrize(
    ("key", "tail", "title"),
    [
        ("applicant", "", "Samen sneller naar veiligheid"),
        ("applicant", "/onderdelen/project", "Het project"),
        ("applicant", "/onderdelen/regios", "Regio's en partners"),
        ("applicant", "/onderdelen/plan", "Plan"),
        ("applicant", "/onderdelen/begroting", "Begroting"),
        ("applicant", "/onderdelen/contact", "Contactpersoon"),
        ("applicant", "/indienen", "Controleren en indienen"),
        ("applicant", "/intrekken", "Aanvraag intrekken"),
        ("programme", "/volledigheid", "Volledigheid toetsen"),
        ("lead", "/zienswijze/kennemerland", "Zienswijze van Kennemerland"),
    ],
)
def test_each_page_has_one_heading_a_title_and_ids_that_differ(
    client: Client, world: World, clock: time_machine.Coordinates, key: str, tail: str, title: str
) -> None:
    application = make_application(world, world.round())
    client.sign_in(world.email(key))
    address = f"/aanvragen/{application.id}{tail}"
    page = soup(client.get(address))
    assert [h.text for h in page.select("h1")] == [title]
    assert page.title.text == f"{title} – Projectenpool"
    ids = [e["id"] for e in page.select("[id]")]
    assert len(ids) == len(set(ids))
    posts = page.select("main form[method=post]")
    assert [f["action"] for f in posts] == ([address] if tail else [])
    assert all(f.select_one("[name=csrf_token]") for f in posts)
