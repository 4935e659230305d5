"""Pages about partners: what each sees, that a link shows no more than it should, and that nothing typed is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
import time_machine

from pool.applications import service
from pool.applications.models import Application
from pool.core.db import db
from tests.conftest import Client, Counted
from tests.support.pages import heading, read, words
from tests.support.partners_factory import OUTSIDE, REGION, link_in, mails_to, make_joint
from tests.support.world import START, World

HAARLEM = "municipality:haarlem"


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(START + dt.timedelta(days=3), tick=False) as travel:
        yield travel


@pytest.fixture
def joint(world: World, clock: time_machine.Coordinates) -> Application:
    return make_joint(world, world.round())


def ask(client: Client, joint: Application, name: str, email: str = "") -> None:
    """By the pages: from the list of partners to the page that asks one."""
    page = read(client.get(f"/aanvragen/{joint.id}/partners"))
    card = next(card for card in page.select("article") if name in card.get_text())
    address = next(a["href"] for a in card.select("a") if "vragen" in str(a["href"]))
    form = read(client.get(str(address))).select_one("main form")
    assert form is not None
    assert form["action"] == address
    response = client.post(str(address), data={"email": email})
    assert response.status_code == 302, words(read(response, response.status_code))


def test_foreign_requests_look_absent(client: Client, world: World, joint: Application) -> None:
    request = service.ask(world.later("applicant_b", days=2), joint, HAARLEM)
    client.sign_in(world.email("applicant"))
    for tail in ("/partners", "/partners/abc/vragen"):
        assert client.get(f"/aanvragen/{joint.id}{tail}").status_code == 404
    for tail in ("opnieuw", "intrekken"):
        assert client.post(f"/aanvragen/{joint.id}/partnerverzoeken/{request.id}/{tail}").status_code == 404
    client.sign_in(world.email("applicant_b"))
    assert client.get(f"/partnerverzoeken/{request.id}").status_code == 404
    other = make_joint(world, world.round(slug="tweede"))
    assert client.post(f"/aanvragen/{other.id}/partnerverzoeken/{request.id}/intrekken").status_code == 404


def test_from_asking_to_answering_inside_the_system(client: Client, world: World, joint: Application) -> None:
    client.sign_in(world.email("applicant_b"))
    assert "0 van de 3 partners hebben bevestigd" in words(read(client.get(f"/aanvragen/{joint.id}")))
    ask(client, joint, "Haarlem")
    client.sign_in(world.email("applicant"))
    assert "Partnerverzoeken die op uw antwoord wachten" in words(read(client.get("/")))
    page = read(client.get("/partnerverzoeken"))
    address = str(page.select_one("main table a")["href"])  # type: ignore[index]
    page = read(client.get(address))
    assert "Doet mee met twee teams" in words(page)
    assert "Twee medewerkers" in words(page)
    seen = str(page.select_one("main input[name=sha256]")["value"])  # type: ignore[index]
    # Nothing chosen, and declined without a note: the page stays, with what was typed.
    refused = read(client.post(address, data={"sha256": seen, "note": "Even kijken"}), 422)
    assert "Kies of dit klopt" in words(refused)
    assert refused.select_one("textarea[name=note]").get_text().strip() == "Even kijken"  # type: ignore[union-attr]
    read(client.post(address, data={"sha256": seen, "choice": "no"}), 422)
    assert client.post(address, data={"sha256": seen, "choice": "yes", "note": "Fijn."}).status_code == 302
    page = read(client.get(address))
    assert heading(page).startswith("U hebt geantwoord")
    assert "Fijn." in words(page)
    client.sign_in(world.email("applicant_b"))
    assert "Fijn." in words(read(client.get(f"/aanvragen/{joint.id}/partners")))


def test_a_change_while_reading_shows_the_new_text(client: Client, world: World, joint: Application) -> None:
    request = service.ask(world.later("applicant_b", days=2), joint, HAARLEM)
    client.sign_in(world.email("applicant"))
    data = {"sha256": "0" * 64, "choice": "yes", "note": "Prima zo"}
    page = read(client.post(f"/partnerverzoeken/{request.id}", data=data), 409)
    assert "gewijzigd terwijl u las" in words(page)
    assert page.select_one("textarea[name=note]").get_text().strip() == "Prima zo"  # type: ignore[union-attr]
    assert page.select_one("main input[name=sha256]")["value"] != "0" * 64  # type: ignore[index]


def test_an_invitation_shows_only_what_it_asks(client: Client, world: World, joint: Application) -> None:
    client.sign_in(world.email("applicant_b"))
    ask(client, joint, "Blijf Groep", "anna@blijf.example")
    client.post("/uitloggen")
    path = link_in(mails_to("anna@blijf.example")[-1])
    page = read(client.get(path))
    for told in ("Samen sneller naar veiligheid", "Gemeente Zwolle", "Voert het project uit", "€ 10.000"):
        assert told in words(page)
    body = page.get_text()
    for hidden in ("50.000", joint.reference, "Twee medewerkers", "Gezinnen wachten", "contact@example.org"):
        assert hidden not in body
    seen = str(page.select_one("main input[name=sha256]")["value"])  # type: ignore[index]
    data = {"sha256": seen, "choice": "yes", "note": "<b>Graag</b>"}
    refused = read(client.post(path, data=data), 422)
    assert "Vul uw naam en functie in" in words(refused)
    assert "<b>Graag</b>" in refused.get_text()
    assert client.post(path, data={**data, "name": "Anna, directeur"}).status_code == 302
    # Used once, it tells no more than that it was used.
    page = read(client.get(path))
    assert heading(page).startswith("U hebt geantwoord")
    assert "Samen sneller" not in page.get_text()
    assert client.post(path, data={**data, "choice": "no", "name": "Anna"}).status_code == 200
    client.sign_in(world.email("applicant_b"))
    shown = read(client.get(f"/aanvragen/{joint.id}/partners"))
    assert "Anna, directeur" in words(shown)
    assert "<b>Graag</b>" in words(shown)


def test_a_forged_an_expired_and_a_taken_back_link(
    client: Client, world: World, joint: Application, clock: time_machine.Coordinates
) -> None:
    request = service.ask(world.later("applicant_b", days=2), joint, OUTSIDE, "anna@blijf.example")
    path = link_in(mails_to("anna@blijf.example")[-1])
    forged = client.get(path[:-2] + "xx")
    assert forged.status_code == client.get("/partnerverzoek/onzin").status_code == 404
    service.submit(world.later("applicant_b", days=2), joint)
    clock.move_to(START + dt.timedelta(days=2 + 21, seconds=1))
    page = read(client.get(path), 410)
    assert "verlopen" in words(page)
    assert "Samen sneller" not in page.get_text()
    clock.move_to(START + dt.timedelta(days=3))
    service.withdraw_request(world.later("applicant_b", days=3), request)
    assert "ingetrokken" in words(read(client.get(path), 410))


def test_sending_again_and_taking_back_by_the_page(client: Client, world: World, joint: Application) -> None:
    client.sign_in(world.email("applicant_b"))
    ask(client, joint, "Blijf Groep", "anna@blijf.example")
    for word, number in (("opnieuw", 2), ("intrekken", 3)):
        page = read(client.get(f"/aanvragen/{joint.id}/partners"))
        action = next(str(f["action"]) for f in page.select("main form") if word in str(f["action"]))
        assert client.post(action).status_code == 302
        assert len(mails_to("anna@blijf.example")) == number
    assert "niet gevraagd" in words(read(client.get(f"/aanvragen/{joint.id}/partners")))


def test_the_programme_team_sees_how_it_stands(client: Client, world: World, joint: Application) -> None:
    service.ask(world.later("applicant_b", days=2), joint, REGION)
    service.submit(world.later("applicant_b", days=2), joint)
    client.sign_in(world.email("programme"))
    for tail in ("", "/volledigheid"):
        page = read(client.get(f"/aanvragen/{joint.id}{tail}"))
        rows = {row.th.get_text(strip=True): row.get_text(" ") for row in page.select("tbody tr") if row.th}
        assert "gevraagd" in rows["Regio Kennemerland"]
        assert "niet gevraagd" in rows["Haarlem"]
    file = words(read(client.get(f"/aanvragen/{joint.id}")))
    assert "Partner gevraagd om te bevestigen: Regio Kennemerland" in file


def test_the_list_asks_as_much_for_three_as_for_one(
    client: Client,
    world: World,
    clock: time_machine.Coordinates,
    count_queries: Callable[[], AbstractContextManager[Counted]],
) -> None:
    client.sign_in(world.email("applicant"))
    numbers = []
    for count in (1, 2, 3):
        joint = make_joint(world, world.round(slug=f"ronde-{count}"))
        service.ask(world.later("applicant_b", days=2), joint, HAARLEM)
        db.session.commit()
        with count_queries() as counted:
            page = read(client.get("/partnerverzoeken"))
        assert len(page.select("main tbody tr")) == count
        numbers.append(counted.number)
    assert numbers[0] == numbers[2]
