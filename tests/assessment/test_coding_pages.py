"""The pages about bottlenecks: scoring them, agreeing a mark, and the table of all proposals."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup

from pool.applications.models import Application
from pool.assessment import queries, service
from pool.assessment.states import InterestAnswer
from pool.core.access import Actor
from pool.core.db import db
from tests.assessment.conftest import Committee
from tests.assessment.test_coding import shelter
from tests.assessment.test_deputy import appoint, no_interest, outsider
from tests.conftest import Client
from tests.support.applications_factory import make_complete
from tests.support.assessment_factory import QUOTATION, adopt, assess_all, assign_all, open_file, score
from tests.support.awards_factory import advise, publish
from tests.support.bottlenecks import SHELTER_RULES
from tests.support.meeting_factory import at_meeting, bar, discuss, item_of, opened, planned
from tests.support.pages import read, words
from tests.support.pdftext import read as read_pdf
from tests.support.verapdf import assert_accessible
from tests.support.world import START, World

__all__ = ["shelter"]


@pytest.fixture(autouse=True)
def _thirty_days_later() -> Iterator[None]:
    with time_machine.travel(START + dt.timedelta(days=30), tick=False):
        yield


@pytest.fixture
def browser(world: World, new_client: Callable[[], Client]) -> Callable[[str], Client]:
    """A browser in which this person is signed in."""
    return lambda key: new_client().sign_in(world.email(key))


def typed(**more: str) -> dict[str, str]:
    """A scoring form with everything filled in."""
    data = {"do": "submit", "version": "1"}
    for code in ("kwaliteit", "impuls", "leren"):
        data |= {f"level_{code}": "6", f"reason_{code}": "Goed onderbouwd."}
    for code in ("nazorg", "schulden", "wonen"):
        data |= {f"mark_{code}": "2", f"quotation_{code}": QUOTATION}
    return data | more


def test_marks_that_are_refused_stay_as_typed(shelter: Committee, browser: Any) -> None:
    assignment = queries.readers_of_round(shelter.round_.id)[0]
    open_file(shelter.world, assignment)
    client = browser(shelter.world.key_of(assignment.user_id))
    url = f"/beoordelen/aanvraag/{assignment.application_id}"
    wrong = "Dit staat <b>nergens</b>."
    sent = typed(quotation_nazorg=wrong, mark_wonen="1", quotation_wonen="")
    page = read(client.post(url, data=sent), 422)
    assert "Nazorg: dit citaat staat niet in de aanvraag." in words(page)
    assert "Een eigen huis: neem over waar dit in de aanvraag staat." in words(page)
    assert page.select("#quotation_nazorg")[0].get_text().strip() == wrong
    assert page.select("#mark_wonen-1")[0].has_attr("checked")
    described = str(page.select("#quotation_nazorg")[0]["aria-describedby"]).split()
    assert "Fout: Nazorg" in " ".join(page.select(f"#{ident}")[0].get_text() for ident in described)
    for nonsense in ("vier", "²", "9"):
        read(client.post(url, data=typed(mark_wonen=nonsense)), 422)
    assert client.post(url, data=typed(quotation_wonen="Een vast\n team")).status_code == 302
    shown = words(read(client.get(url)))
    assert "Uw cijfers per knelpunt" in shown
    assert "Een vast team" in shown


def test_marks_of_others_stay_hidden_until_the_own_are_in(shelter: Committee, browser: Any) -> None:
    mine, other = [
        one for one in queries.readers_of_round(shelter.round_.id) if one.application_id == shelter.one.id
    ]
    score(shelter.world, other, 6, marks=3)
    open_file(shelter.world, mine)
    client = browser(shelter.world.key_of(mine.user_id))
    url = f"/beoordelen/aanvraag/{shelter.one.id}"
    assert "van deze beoordelaar" not in words(read(client.get(url)))
    assert client.post(url, data=typed()).status_code == 302
    assert "Cijfers per knelpunt van deze beoordelaar" in words(read(client.get(url)))
    assert mine.assessment is not None
    service.reopen(shelter.world.later("chair", days=30), mine.assessment, "Nog eens kijken.")
    db.session.commit()
    assert "van deze beoordelaar" not in words(read(client.get(url)))


def test_a_round_without_bottlenecks_does_not_speak_of_them(committee: Committee, browser: Any) -> None:
    assign_all(committee.world, committee.round_)
    assignment = queries.readers_of_round(committee.round_.id)[0]
    open_file(committee.world, assignment)
    client = browser(committee.world.key_of(assignment.user_id))
    page = read(client.get(f"/beoordelen/aanvraag/{assignment.application_id}"))
    assert "nelpunt" not in words(page)


# --- the table of all proposals ---------------------------------------------------------------------------

TABLE = "/beoordelen/ronde-1/knelpunten"
MARKS = ({"nazorg": 3, "schulden": 0, "wonen": 0}, {"nazorg": 1, "schulden": 0, "wonen": 1})


def score_apart(shelter: Committee, others: int = 6) -> None:
    """The first proposal is marked differently, the others get a two for a house and nothing else. others: their
    level."""
    two = iter(MARKS)
    for assignment in queries.readers_of_round(shelter.round_.id):
        first = assignment.application_id == shelter.one.id
        level = 6 if first else others
        score(
            shelter.world,
            assignment,
            level,
            marks=next(two) if first else {**MARKS[0], "nazorg": 0, "wonen": 2},
        )


def rows(page: BeautifulSoup) -> list[list[str]]:
    """The cells of the table, without the row of sums."""
    found = page.select("table tbody tr:not(.pp-total)")
    return [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in found]


def test_the_table_is_as_blind_as_the_scores(shelter: Committee, browser: Any) -> None:
    score_apart(shelter)
    for key in ("assessor", "decider", "auditor", "applicant", "lead", "admin"):
        assert browser(key).get(TABLE).status_code == 403, key
    for key in ("chair", "programme"):
        read(browser(key).get(TABLE))
    adopt(shelter.world, shelter.round_)
    for key in ("assessor", "decider", "auditor", "chair", "programme"):
        page = read(browser(key).get(TABLE))
        assert len(rows(page)) == 3, key
        assert ("alfa" in words(page)) == (key in ("chair", "programme"))
    assert browser("applicant").get(TABLE).status_code == 403


def test_a_round_without_bottlenecks_has_no_table(committee: Committee, browser: Any) -> None:
    adopt(committee.world, committee.round_)
    for key in ("chair", "programme", "decider", "auditor"):
        assert browser(key).get(TABLE).status_code == 404
        assert browser(key).get("/beoordelen/bestaat-niet/knelpunten").status_code == 404
    assert TABLE not in browser("chair").get("/beoordelen/ronde-1/uitslag").get_data(as_text=True)
    assert browser("chair").get(f"{TABLE}/{committee.one.id}").status_code == 404


def test_who_has_an_interest_meets_neither_row_nor_count(shelter: Committee, browser: Any) -> None:
    """Also the sentence, the sums and the measure of agreement are made without it."""
    score_apart(shelter)
    chair = shelter.world.later("chair", days=30)
    for key in ("assessor", "chair"):
        ident = shelter.world.ids[key]
        service.declare_interest(
            chair, shelter.two.id, InterestAnswer.DECLARED, "Woont ernaast.", user_id=ident
        )
    db.session.commit()
    whole, own = read(browser("programme").get(TABLE)), read(browser("chair").get(TABLE))
    assert [row[0] for row in rows(own)] == [row[0] for row in rows(whole) if "Tweede plan" not in row[0]]
    assert "Tweede plan" not in words(own)
    assert [cell.get_text() for cell in whole.select(".pp-total td")] == ["1", "0", "2", ""]
    assert [cell.get_text() for cell in own.select(".pp-total td")] == ["1", "0", "1", ""]
    assert "waarbij u een belang hebt" in words(own)
    assert browser("chair").get(f"{TABLE}/{shelter.two.id}").status_code == 404


def test_the_twin_without_the_filter_shows_the_row(
    shelter: Committee, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    score_apart(shelter)
    chair = shelter.world.later("chair", days=30)
    service.declare_interest(chair, shelter.two.id, InterestAnswer.DECLARED, "Woont ernaast.")
    db.session.commit()
    monkeypatch.setattr(queries, "hidden_from", lambda _actor: set())
    assert "Tweede plan" in words(read(browser("chair").get(TABLE)))


def test_the_table_says_what_was_given_and_sorts_by_it(shelter: Committee, browser: Any) -> None:
    score_apart(shelter)
    client = browser("programme")
    page = read(client.get(TABLE))
    titles = ["Eerste plan", "Tweede plan", "Derde plan"]
    assert [title in row[0] for title, row in zip(titles, rows(page), strict=True)] == [True] * 3
    assert rows(page)[0][1:] == ["(1 en 3) 2", "0", "0,5", "2,5"]
    assert rows(page)[1][1:] == ["0", "0", "2", "2"]
    shades = [tag["class"][1] for tag in page.select(".pp-heat")]
    assert shades[:3] == ["pp-heat--2", "pp-heat--0", "pp-heat--1"]
    assert "Geen enkele aanvraag pakt dit knelpunt aan: Schulden." in words(page)
    assert "style=" not in str(page.main)
    link = page.select("a.pp-sort")[0]["href"]
    most = read(client.get(str(link)))
    assert [row[-1] for row in rows(most)] == ["2,5", "2", "2"]
    assert most.select("th[aria-sort]")[0]["aria-sort"] == "descending"
    least = read(client.get(str(most.select("a.pp-sort")[0]["href"])))
    assert [row[-1] for row in rows(least)] == ["2", "2", "2,5"]
    assert rows(read(client.get(f"{TABLE}?volgorde=onzin"))) == rows(page)


def test_the_sentence_follows_the_awards_once_they_are_public(shelter: Committee, browser: Any) -> None:
    """Only the first proposal is good enough, and it does not tackle what the others do."""
    score_apart(shelter, others=3)
    adopt(shelter.world, shelter.round_)
    advise(shelter.world, shelter.round_)
    assert "toegekende" not in words(read(browser("decider").get(TABLE)))
    publish(shelter.world, shelter.round_)
    page = read(browser("auditor").get(TABLE))
    assert [row[0].endswith("toegekend") for row in rows(page)] == [True, False, False]
    said = "Geen enkele toegekende aanvraag pakt deze knelpunten aan: Schulden en Een eigen huis."
    assert said in words(page)


def test_nothing_handed_in_yet(shelter: Committee, browser: Any) -> None:
    page = read(browser("chair").get(TABLE))
    assert "Er zijn nog geen cijfers ingediend." in words(page)
    assert "Er zijn te weinig cijfers" in words(page)
    assert "nog geen beoordeling ingediend" in words(read(browser("chair").get(f"{TABLE}/{shelter.one.id}")))


@pytest.mark.parametrize("tail", ["", "one"])
def test_the_table_costs_the_same_for_one_and_for_three(
    world: World, browser: Any, count_queries: Any, tail: str
) -> None:
    round_ = world.round(rules=SHELTER_RULES)
    first = make_complete(world, round_)
    assess_all(world, round_)
    client, url = browser("chair"), f"{TABLE}/{first.id}" if tail else TABLE
    read(client.get(url))
    with count_queries() as one:
        read(client.get(url))
    for place in range(2):
        make_complete(world, round_, "applicant_b", title=f"Plan {place}")
    for assignment in assign_all(world, round_):
        score(world, assignment, 6)
    db.session.expire_all()
    with count_queries() as three:
        read(client.get(url))
    assert three.number <= one.number, "\n".join(three.statements)


# --- agreeing a mark --------------------------------------------------------------------------------------


def test_who_does_not_lead_agrees_nothing(shelter: Committee, browser: Any) -> None:
    score_apart(shelter)
    url = f"{TABLE}/{shelter.one.id}"
    data = {"bottleneck": "nazorg", "agreed": "2", "reason": "Er is een plan."}
    assert browser("assessor").get(url).status_code == 404
    assert browser("decider").get(url).status_code == 403
    page = read(browser("programme").get(url))
    assert "Cijfer afspreken" not in words(page)
    assert "Een vast team" in words(page)
    assert not any(name in words(page) for name in ("Ada", "Bob", "Cas"))
    read(browser("programme").post(url, data=data), 422)
    assert queries.agreed_marks([shelter.one.id]) == {}


def test_the_chair_agrees_a_mark(shelter: Committee, browser: Any) -> None:
    score_apart(shelter)
    client, url = browser("chair"), f"{TABLE}/{shelter.one.id}"
    attention = "/beoordelen/ronde-1/aandacht"
    assert "Bij knelpunt 'Nazorg' liggen de cijfers 2 uit elkaar." in words(read(client.get(attention)))
    planned(shelter.world, shelter.round_)
    item = item_of(queries.unfinished(shelter.round_.id)[0], shelter.one.id)
    assert item.why == ["Bij knelpunt ‘Nazorg’ liggen de cijfers 2 uit elkaar."]
    page = read(client.get(f"{url}?knelpunt=wonen"))
    assert "verschil van 2" in words(page)
    assert page.select("select#bottleneck option[selected]")[0]["value"] == "wonen"
    refused = read(client.post(url, data={"bottleneck": "nazorg", "reason": "Bewaar <mij>."}), 422)
    assert "Kies een cijfer van 0 tot en met 3." in words(refused)
    assert refused.select("#reason")[0].get_text().strip() == "Bewaar <mij>."
    for wrong in ({"bottleneck": "verzonnen"}, {"agreed": "4"}, {"agreed": "²"}, {"reason": " "}):
        data = {"bottleneck": "nazorg", "agreed": "3", "reason": "Het plan is rond."} | wrong
        read(client.post(url, data=data), 422)
    good = {"bottleneck": "nazorg", "agreed": "3", "reason": "Het plan is rond."}
    assert client.post(url, data=good).location == url
    page = read(client.get(url))
    assert "afgesproken: 3" in words(page)
    assert "Het plan is rond." in words(page)
    assert rows(read(client.get(TABLE)))[0][1] == "3 * afgesproken"
    assert "Nazorg" not in words(read(client.get(attention)))


def test_the_minutes_list_the_marks_that_were_agreed_there(shelter: Committee, browser: Any) -> None:
    """Of this meeting, the last per bottleneck; for who may know of it, and with letters for names."""
    world = shelter.world
    score_apart(shelter)

    def agree(actor: Actor, about: Application, mark: int, why: str) -> None:
        service.agree_mark(actor, shelter.round_, about.id, "nazorg", mark, why)

    agree(world.later("chair", days=31), shelter.one, 1, "Voor de vergadering.")
    agree(world.later("chair", days=31), shelter.two, 1, "Voor de vergadering.")
    meeting = opened(world, shelter.round_)
    agree(at_meeting(world, "chair", 1), shelter.one, 0, "Eerst zo.")
    agree(at_meeting(world, "chair", 2), shelter.one, 3, "Ada Beoordelaar zag het plan.")
    agree(at_meeting(world, "chair", 3), shelter.three, 2, "Bij het hamerstuk.")
    for item in queries.agenda(at_meeting(world, "chair"), meeting):
        discuss(world, item)
    service.close_meeting(at_meeting(world, "chair", 90), meeting)
    service.approve_minutes(at_meeting(world, "chair", 120), meeting)
    db.session.commit()
    assert meeting.minutes is not None
    items = {one["application"]: one for one in meeting.minutes.facts["items"]}
    assert items[shelter.one.id]["marks"] == [
        {"title": "Nazorg", "before": [1, 3], "agreed": 3, "reason": "Ada Beoordelaar zag het plan."}
    ]
    assert "marks" not in items[shelter.two.id]
    assert not items[shelter.three.id]["formality"]
    url = "/beoordelen/ronde-1/vergaderingen/1/verslag"
    agree(world.later("chair", days=34), shelter.one, 1, "Na de vergadering.")
    db.session.commit()
    pdf = browser("chair").get(f"{url}.pdf").get_data()
    assert_accessible(pdf)
    page = read(browser("chair").get(url))
    for said in (" ".join(read_pdf(pdf)[0].text.split()), words(page)):
        assert "Afgesproken cijfers per knelpunt" in said
        assert "Ada Beoordelaar zag het plan." in said
        assert "Bij het hamerstuk." in said
        for other in ("Voor de vergadering.", "Eerst zo.", "Na de vergadering."):
            assert other not in said
    assert ["Nazorg", "1 en 3", "3", "Ada Beoordelaar zag het plan."] in rows(page)
    reader = next(one for one in queries.counting([shelter.three.id]))
    member = world.key_of(reader.assignment.user_id)
    other = next(key for key in ("assessor_b", "assessor_c") if key != member)
    said = words(read(browser(other).get(url)))
    assert "zag het plan." in said
    assert "Ada" not in said
    bar(world, member, shelter.three.id)
    assert "Bij het hamerstuk." not in words(read(browser(member).get(url)))


def test_the_dossier_holds_marks_and_what_was_agreed(shelter: Committee) -> None:
    score_apart(shelter)
    chair = shelter.world.later("chair", days=30)
    service.agree_mark(chair, shelter.round_, shelter.one.id, "nazorg", 3, "Ada Beoordelaar zag het plan.")
    db.session.commit()
    programme = shelter.world.later("programme", days=31)
    found = json.loads(service.produce_dossier(programme, shelter.one.id, coded=True, as_pdf=False))
    quoted = [one["quotation"] for each in found["assessments"] for one in each["marks"] if one["mark"]]
    assert quoted == [QUOTATION] * 3
    assert [one["agreed"] for one in found["agreed_marks"]] == [3]
    assert "Ada" not in found["agreed_marks"][0]["reason"]
    said = read_pdf(service.produce_dossier(programme, shelter.one.id, coded=False, as_pdf=True))[0].text
    assert "Cijfers per knelpunt van" in said
    assert "Afgesproken cijfers" in said
    assert QUOTATION in said


def test_a_dossier_without_bottlenecks_does_not_speak_of_them(committee: Committee) -> None:
    adopt(committee.world, committee.round_)
    programme = committee.world.later("programme", days=41)
    found = service.produce_dossier(programme, committee.one.id, coded=True, as_pdf=False)
    assert b"bottleneck" not in found
    assert b"marks" not in found


def test_a_deputy_agrees_what_the_chair_may_not_see(shelter: Committee, browser: Any) -> None:
    """Once the deputy said to have no interest; and only of what no chair may see."""
    score_apart(shelter)
    key = outsider(shelter.world, shelter.one.id)
    appoint(shelter, key)
    bar(shelter.world, "chair", shelter.one.id)
    client, url = browser(key), f"{TABLE}/{shelter.one.id}"
    good = {"bottleneck": "nazorg", "agreed": "2", "reason": "Er is een plan."}
    assert client.get(url).status_code == 403
    no_interest(shelter.world, key, shelter.one.id)
    assert client.get(f"{TABLE}/{shelter.two.id}").status_code == 404
    assert "verschil van 2" in words(read(client.get(url)))
    assert browser("chair").post(url, data=good).status_code == 404
    assert client.post(url, data=good).location == url
    assert queries.agreed_marks([shelter.one.id])[shelter.one.id, "nazorg"].agreed == 2
    deputising = f"/beoordelen/ronde-1/vergaderingen/plaatsvervangen/{shelter.one.id}"
    assert url in client.get(deputising).get_data(as_text=True)
