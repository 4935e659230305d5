"""Pages of panel meetings: who gets in, what the room sees and when, and what is in nobody's way."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from sqlalchemy import event

from pool.assessment import queries, routes_item, service
from pool.assessment.models_meeting import Meeting
from pool.assessment.states import InterestAnswer, ItemState
from pool.core.db import db
from tests.assessment.conftest import Committee
from tests.assessment.test_deputy import outsider
from tests.conftest import Client
from tests.support.applications_factory import make_complete
from tests.support.assessment_factory import assess_all, assign_all, score
from tests.support.meeting_factory import HELD, hold, item_of, opened, planned
from tests.support.pages import heading, read, words
from tests.support.pdftext import read as read_pdf
from tests.support.verapdf import assert_accessible
from tests.support.world import START, World

ROOT = "/beoordelen/ronde-1/vergaderingen"
ONE = f"{ROOT}/1"
SECRET = "CANARY-REDEN"


@pytest.fixture(autouse=True)
def _at_the_meeting() -> Iterator[None]:
    with time_machine.travel(START + dt.timedelta(days=HELD, minutes=30), tick=False):
        yield


@pytest.fixture
def browser(world: World, new_client: Callable[[], Client]) -> Callable[[str], Client]:
    return lambda key: new_client().sign_in(world.email(key))


def scored(committee: Committee) -> None:
    for assignment in assign_all(committee.world, committee.round_):
        score(committee.world, assignment, 7, SECRET)


def text(client: Client, url: str, status: int = 200) -> str:
    return words(read(client.get(url), status))


def screen(meeting: Meeting, application_id: int) -> str:
    return f"{ONE}/punt/{item_of(meeting, application_id).id}"


# --- refusals -----------------------------------------------------------------------------------------------


def test_only_a_leader_gets_to_the_screen(committee: Committee, browser: Any) -> None:
    scored(committee)
    meeting = opened(committee.world, committee.round_)
    url = screen(meeting, committee.one.id)
    for key, status in (("assessor", 404), ("programme", 403), ("auditor", 403), ("applicant", 403)):
        client = browser(key)
        assert client.get(url).status_code == status
        assert client.post(url, data={"do": "take"}).status_code == status
    for step in ("sluiten", "openen", "aanwezig", "vervallen"):
        assert browser("assessor").post(f"{ONE}/{step}").status_code == 403
    assert browser("chair").get(f"{ROOT}/2").status_code == 404
    assert (
        browser("assessor").post(f"{ONE}/agenda/{url.rsplit('/', 1)[1]}", data={"do": "up"}).status_code
        == 404
    )


def test_a_plan_that_is_not_right_keeps_what_was_typed(committee: Committee, browser: Any) -> None:
    scored(committee)
    chair = browser("chair")
    data = {"day": "2027-03-01", "clock": "half tien", "place": "Zaal met een naam"}
    page = read(chair.post(f"{ROOT}/plannen", data=data), 422)
    assert "Vul de tijd in als uren en minuten" in words(page)
    assert page.find("input", {"name": "place"})["value"] == "Zaal met een naam"  # type: ignore[index]
    data["clock"] = "9:30"
    late = {**data, "day": "2027-01-05"}
    assert "Kies een moment in de toekomst" in words(read(chair.post(f"{ROOT}/plannen", data=late), 422))
    answer = chair.post(f"{ROOT}/plannen", data=data)
    assert (answer.status_code, answer.location) == (302, ONE)
    assert "1 maart 2027 om 09:30 uur" in text(chair, ONE)
    again = read(chair.post(f"{ROOT}/plannen", data=data), 422)
    assert "Er is al een vergadering gepland of bezig" in words(again)


def test_two_chairs_who_change_the_plan_do_not_overwrite_each_other(
    committee: Committee, browser: Any
) -> None:
    scored(committee)
    chair = browser("chair")
    data = {"day": "2027-03-01", "clock": "09:30", "place": "Zaal 1"}
    chair.post(f"{ROOT}/plannen", data=data)
    form = read(chair.get(f"{ONE}/wijzigen"))
    version = form.find("input", {"name": "version"})["value"]  # type: ignore[index]
    assert (
        chair.post(f"{ONE}/wijzigen", data={**data, "version": version, "place": "Zaal 2"}).status_code == 302
    )
    page = read(chair.post(f"{ONE}/wijzigen", data={**data, "version": version, "place": "Zaal 3"}), 409)
    assert "Zaal 2" in words(page)
    assert page.find("input", {"name": "place"})["value"] == "Zaal 3"  # type: ignore[index]


# --- the room -----------------------------------------------------------------------------------------------


def test_nothing_shows_before_the_room_is_clear(committee: Committee, browser: Any) -> None:
    world = committee.world
    scored(committee)
    reader = queries.counting([committee.one.id])[0].assignment.user
    chair_ = world.later("chair", days=30)
    service.declare_interest(chair_, committee.one.id, InterestAnswer.DECLARED, "Zus.", user_id=reader.id)
    meeting = opened(world, committee.round_)
    chair, url = browser("chair"), screen(meeting, committee.one.id)
    hidden = ("Eerste plan", SECRET, committee.one.reference, "Gemeente Haarlem", "75,0")
    waiting = read(chair.get(url)).get_text()
    assert "Nog niet aan de orde" in waiting
    assert not [word for word in hidden if word in waiting]
    assert chair.post(url, data={"do": "take"}).status_code == 302
    leave = read(chair.get(url)).get_text()
    assert "Verlaat nu de kamer" in leave
    assert reader.name in leave
    assert "Zus." not in leave
    assert not [word for word in hidden if word in leave]
    refused = read(chair.post(url, data={"do": "keep", "revision": "1"}), 422).get_text()
    assert not [word for word in hidden if word in refused]
    chair.post(url, data={"do": "left"})
    shown = text(chair, url)
    assert "Eerste plan" in shown
    assert SECRET in shown
    assert f"Niet in de kamer: {reader.name}" in shown


def test_the_check_above_can_fail(
    committee: Committee, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: without the list of who must leave, the item shows at once."""
    scored(committee)
    reader = queries.counting([committee.one.id])[0].assignment.user
    chair_ = committee.world.later("chair", days=30)
    service.declare_interest(chair_, committee.one.id, InterestAnswer.DECLARED, "Zus.", user_id=reader.id)
    meeting = opened(committee.world, committee.round_)
    chair, url = browser("chair"), screen(meeting, committee.one.id)
    monkeypatch.setattr(queries, "still_inside", lambda _item: [])
    chair.post(url, data={"do": "take"})
    assert "Eerste plan" in text(chair, url)


def test_names_are_letters_unless_the_plan_says_otherwise(committee: Committee, browser: Any) -> None:
    scored(committee)
    meeting = opened(committee.world, committee.round_)
    names = [one.assignment.user.name for one in queries.counting([committee.one.id])]
    chair, url = browser("chair"), screen(meeting, committee.one.id)
    chair.post(url, data={"do": "take"})
    shown = text(chair, url)
    assert "Beoordelaar A" in shown
    assert not [name for name in names if name in shown]
    meeting.show_names = True
    db.session.commit()
    assert all(name in text(chair, url) for name in names)


def test_letters_never_run_out() -> None:
    assert [routes_item.letter(n) for n in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]


def test_an_outcome_is_asked_beside_its_fields(committee: Committee, browser: Any) -> None:
    scored(committee)
    meeting = opened(committee.world, committee.round_)
    item = item_of(meeting, committee.one.id)
    chair, url = browser("chair"), screen(meeting, committee.one.id)
    chair.post(url, data={"do": "take"})
    form = read(chair.get(url))
    revision = form.find("input", {"name": "revision"})["value"]  # type: ignore[index]
    data = {"revision": revision, "notes": "Lang gesproken.", "agreed": "", "reason": ""}
    page = read(chair.post(url, data={**data, "do": "agree"}), 422)
    assert "Vul een aantal punten in" in words(page)
    assert "Schrijf waarom de commissie dit heeft afgesproken" in words(page)
    assert "Lang gesproken." in words(page)
    wrong = read(chair.post(url, data={**data, "do": "agree", "agreed": "honderd", "reason": "x"}), 422)
    assert "bijvoorbeeld 71,5" in words(wrong)
    assert "Schrijf waarom de commissie dit uitstelt" in words(
        read(chair.post(url, data={**data, "do": "postpone"}), 422)
    )
    assert chair.post(url, data={"do": "dansen"}).status_code == 422
    assert item.state == ItemState.OPEN
    answer = chair.post(url, data={**data, "do": "agree", "agreed": "71,5", "reason": "Sterk plan."})
    assert answer.status_code == 302
    shown = text(chair, url)
    assert "Score afgesproken: 71,5 punten" in shown
    assert "Gemiddelde vooraf: 75,0" in shown
    chair.post(url, data={"do": "resume"})
    stale = read(chair.post(url, data={**data, "do": "notes", "notes": "Andere notitie."}), 409)
    assert "Intussen gewijzigd" in words(stale)
    assert "Lang gesproken." in words(stale)
    assert "Andere notitie." in words(stale)


def test_a_whole_meeting_by_its_pages(committee: Committee, browser: Any) -> None:
    world = committee.world
    scored(committee)
    meeting = planned(world, committee.round_)
    chair = browser("chair")
    assert "Kruis aan wie er zijn" in words(read(chair.post(f"{ONE}/openen", data={}), 422))
    people = [str(world.ids[key]) for key in ("chair", "assessor", "assessor_b")]
    assert chair.post(f"{ONE}/openen", data={"present": people}).status_code == 302
    chair.post(f"{ONE}/aanwezig", data={"present": people[:2]})
    item = item_of(meeting, committee.two.id)
    chair.post(f"{ONE}/agenda/{item.id}", data={"do": "discuss"})
    chair.post(f"{ONE}/agenda/{item.id}", data={"do": "up"})
    assert chair.post(f"{ONE}/agenda/{item.id}", data={"do": "weg"}).status_code == 422
    chair.post(f"{ONE}/hamerstukken")
    assert "Schrijf waarom de rest wordt uitgesteld" in words(
        read(chair.post(f"{ONE}/sluiten", data={}), 422)
    )
    url = screen(meeting, committee.two.id)
    chair.post(url, data={"do": "take"})
    revision = read(chair.get(url)).find("input", {"name": "revision"})["value"]  # type: ignore[index]
    chair.post(url, data={"do": "keep", "revision": revision, "notes": "Iedereen eens."})
    adopting = words(read(chair.get("/beoordelen/ronde-1/vaststellen")))
    assert "Vergadering 1 is bezig" in adopting
    assert chair.post(f"{ONE}/sluiten", data={}).location == f"{ONE}/verslag"
    assert chair.get(f"{ONE}/verslag.pdf").status_code == 404
    assert browser("assessor").get(f"{ONE}/verslag").status_code == 404
    assert chair.post(f"{ONE}/verslag", data={}).status_code == 302
    assert "goedgekeurd" in text(chair, f"{ONE}/verslag")
    assert "Iedereen eens." in text(browser("assessor"), f"{ONE}/verslag")
    assert "Vaststellen kan nog niet" not in words(read(chair.get("/beoordelen/ronde-1/vaststellen")))
    chair.post("/beoordelen/ronde-1/vaststellen", data={"sure": "y"})
    assert "vergadering 1" in words(read(chair.get("/beoordelen/ronde-1/vaststellen")))


def test_a_cancelled_meeting_says_so(committee: Committee, browser: Any) -> None:
    scored(committee)
    planned(committee.world, committee.round_)
    chair = browser("chair")
    assert "Geef de reden" in words(read(chair.post(f"{ONE}/vervallen", data={}), 422))
    assert chair.post(f"{ONE}/vervallen", data={"reason": "Ziek."}).status_code == 302
    assert "vervallen" in text(chair, ROOT)


# --- the minutes --------------------------------------------------------------------------------------------


def test_minutes_are_accessible_fixed_and_without_what_is_hidden(committee: Committee, browser: Any) -> None:
    world = committee.world
    scored(committee)
    hold(world, committee.round_)
    chair = browser("chair")
    whole = chair.get(f"{ONE}/verslag.pdf").get_data()
    assert_accessible(whole)
    said = read_pdf(whole)[0].text
    for part in ("Eerste plan", "Tweede plan", "Derde plan", "Wie er waren", "De score blijft"):
        assert part in said, part
    assert (
        chair.get(f"{ONE}/verslag.pdf").get_data()
        == whole
        == browser("auditor").get(f"{ONE}/verslag.pdf").get_data()
    )
    auditor = browser("auditor")
    for target in re.findall(
        r'href="(/beoordelen[^"#]*)"', auditor.get(f"{ONE}/verslag").get_data(as_text=True)
    ):
        assert auditor.get(target).status_code == 200, target
    reader = queries.counting([committee.two.id])[0].assignment.user
    key = next(k for k, ident in world.ids.items() if ident == reader.id)
    member = browser(key)
    assert "Tweede plan" in text(member, f"{ONE}/verslag")
    member.post(
        f"/beoordelen/aanvraag/{committee.two.id}/belang", data={"answer": "declared", "reason": "Oeps."}
    )
    own = member.get(f"{ONE}/verslag.pdf").get_data()
    assert_accessible(own)
    for where in (read_pdf(own)[0].text, text(member, f"{ONE}/verslag"), text(member, ONE)):
        assert "Eerste plan" in where
        assert "Tweede plan" not in where
        assert committee.two.reference not in where
    assert browser("applicant").get(f"{ONE}/verslag.pdf").status_code == 403


# --- members and the deputy ---------------------------------------------------------------------------------


def test_a_member_reports_an_interest_from_the_agenda(committee: Committee, browser: Any) -> None:
    world = committee.world
    scored(committee)
    key = outsider(world, committee.one.id)
    client, url = browser(key), f"/beoordelen/ronde-1/belang/{committee.one.id}"
    assert client.get(url).status_code == 404
    meeting = planned(world, committee.round_)
    assert "Eerste plan" in text(client, ONE)
    asked = read(client.get(url))
    assert heading(asked) == "Hebt u een belang?"
    assert SECRET not in asked.get_text()
    assert "Kies of u een belang hebt" in words(read(client.post(url, data={}), 422))
    assert "Schrijf op waarom" in words(read(client.post(url, data={"answer": "declared"}), 422))
    client.post(url, data={"answer": "declared", "reason": "Mijn buurman."})
    assert "Eerste plan" not in text(client, ONE).replace("Uw belang is vastgelegd", "")
    assert client.get(url).status_code == 404
    assert meeting.number == 1


def test_the_deputy_finds_the_file_and_the_chair_finds_nothing(committee: Committee, browser: Any) -> None:
    world = committee.world
    scored(committee)
    key = outsider(world, committee.two.id)
    programme, url = browser("programme"), f"{ROOT}/plaatsvervanger"
    assert "Geef de reden" in words(read(programme.post(url, data={"user_id": world.ids[key]}), 422))
    programme.post(url, data={"user_id": world.ids[key], "reason": "Belang van de voorzitter."})
    deputy, chair = browser(key), browser("chair")
    assert "nu niets dat u leidt" in text(deputy, f"{ROOT}/plaatsvervangen")
    other = next(k for k in ("assessor", "assessor_b", "assessor_c") if k != key)
    assert browser(other).get(f"{ROOT}/plaatsvervangen").status_code == 404
    service.declare_interest(
        world.later("chair", days=31), committee.two.id, InterestAnswer.DECLARED, "Mijn neef."
    )
    db.session.commit()
    own = f"{ROOT}/plaatsvervangen/{committee.two.id}"
    assert deputy.get(f"{ROOT}/plaatsvervangen/{committee.one.id}").status_code == 404
    assert browser(other).get(own).status_code == 404
    assert deputy.get(own).location == f"/beoordelen/ronde-1/belang/{committee.two.id}"
    answer = deputy.post(f"/beoordelen/ronde-1/belang/{committee.two.id}", data={"answer": "none"})
    assert answer.location == f"{ROOT}/plaatsvervangen"
    assert SECRET in text(deputy, own)
    page = read(deputy.post(own, data={"do": "outcome", "agreed": "", "reason": ""}), 422)
    assert "Vul de afgesproken score in" in words(page)
    deputy.post(own, data={"do": "outcome", "agreed": "62", "reason": "Zo afgesproken."})
    first = queries.counting([committee.two.id])[0]
    assert text(deputy, f"/beoordelen/ronde-1/beoordeling/{first.id}/heropenen")
    assert browser(other).get(f"/beoordelen/ronde-1/beoordeling/{first.id}/heropenen").status_code == 404
    adopt = "/beoordelen/ronde-1/vaststellen"
    assert "plaatsvervangend voorzitter heeft de score nog niet bevestigd" in text(chair, adopt)
    deputy.post(own, data={"do": "confirm"})
    assert chair.post(adopt, data={"sure": "y"}).status_code == 302
    for address in (adopt, ROOT, "/beoordelen/ronde-1/uitslag", "/beoordelen/ronde-1"):
        seen = text(chair, address)
        assert "Tweede plan" not in seen
        assert committee.two.reference not in seen
        assert "62,0" not in seen
    assert queries.merits(committee.round_.id)[committee.two.id] == 62_000


# --- how much it asks of the database -----------------------------------------------------------------------


def count(client: Client, url: str) -> int:
    asked: list[str] = []

    def listen(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", listen)
    try:
        assert client.get(url).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", listen)
    return len(asked)


@pytest.mark.parametrize("key", ["chair", "assessor", "programme"])
def test_an_agenda_of_three_asks_no_more_than_one_of_one(world: World, browser: Any, key: str) -> None:
    numbers = []
    for slug, size in (("kort", 1), ("lang", 3)):
        round_ = world.round(slug=slug, title=slug)
        for place in range(size):
            make_complete(world, round_, title=f"{slug} {place}")
        assess_all(world, round_)
        hold(world, round_)
        client = browser(key)
        for url in (f"/beoordelen/{slug}/vergaderingen/1", f"/beoordelen/{slug}/vergaderingen/1/verslag"):
            client.get(url)
            numbers.append(count(client, url))
    assert numbers[:2] == numbers[2:]
