"""Pages of advice and decisions: who gets in, what is refused, and the way from advice to published awards."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator

import pytest
import time_machine
from bs4 import BeautifulSoup
from werkzeug.test import TestResponse

from pool.assessment import service as assessment
from pool.assessment.states import InterestAnswer
from pool.awards import listing, queries, service
from pool.awards.inputs import ProposalInput
from pool.awards.states import AdviceState, Ground
from pool.core.db import db
from pool.core.pdf import render
from pool.rounds.states import RoundState
from tests.awards.conftest import Case
from tests.conftest import Client
from tests.support.allocation_factory import make_allocation
from tests.support.applications_factory import make_complete
from tests.support.awards_factory import advise, decide_all, prepare, publish
from tests.support.pdftext import read
from tests.support.verapdf import assert_accessible
from tests.support.world import START, World

ROUND = "/besluiten/ronde-1"


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """Long after the decisions of the factory."""
    with time_machine.travel(START + dt.timedelta(days=70), tick=False):
        yield


@pytest.fixture
def sign_in(new_client: Callable[[], Client]) -> Callable[[str], Client]:
    """A browser in which this person of the world is signed in."""
    return lambda key: new_client().sign_in(f"{key}@example.org")


SignIn = Callable[[str], Client]


def soup(response: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


def said(response: TestResponse) -> str:
    main = soup(response).main
    assert main is not None
    return " ".join(main.get_text(" ").split())


def hidden(page: BeautifulSoup, name: str) -> str:
    return str(page.select_one(f"main input[name={name}]")["value"])  # type: ignore[index]


# --- who gets in ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tail", ["", "/brief.pdf"])
def test_a_foreign_decision_looks_like_an_absent_one(case: Case, sign_in: SignIn, tail: str) -> None:
    decide_all(case.world, case.round)
    ident = case.decision(case.good_id).id
    client = sign_in("applicant_b")
    foreign, absent = client.get(f"/besluit/{ident}{tail}"), client.get(f"/besluit/999999{tail}")
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert foreign.data.replace(f"/besluit/{ident}{tail}".encode(), b"") == absent.data.replace(
        f"/besluit/999999{tail}".encode(), b""
    )


def test_the_page_of_an_application_leads_to_the_decision_once_it_is_known(
    case: Case, sign_in: SignIn
) -> None:
    client = sign_in("applicant")
    address = f"/aanvragen/{case.low_id}"
    assert "Over deze ronde is besloten" not in client.get(address).get_data(as_text=True)
    publish(case.world, case.round)
    shown = client.get(address).get_data(as_text=True)
    assert "Over deze ronde is besloten" in shown
    assert 'href="/besluiten"' in shown
    assert "U krijgt bericht als we iets van u nodig hebben" not in shown


def test_a_decision_without_its_letter_is_not_there_yet_for_the_municipality(
    case: Case, sign_in: SignIn
) -> None:
    decide_all(case.world, case.round, letters=False)
    decision = case.decision(case.good_id)
    client = sign_in("applicant")
    assert "Er is nog geen besluit" in said(client.get("/besluiten"))
    assert client.get(f"/besluit/{decision.id}").status_code == 404
    assert sign_in("programme").get(f"/besluit/{decision.id}/brief.pdf").status_code == 404
    service.make_letter(case.who("decider"), decision)
    db.session.commit()
    assert client.get(f"/besluit/{decision.id}").status_code == 200


def test_a_region_sees_a_decision_only_when_it_is_published(case: Case, sign_in: SignIn) -> None:
    decide_all(case.world, case.round)
    client, ident = sign_in("lead"), case.decision(case.good_id).id
    assert client.get(f"/besluit/{ident}").status_code == 404
    publish(case.world, case.round)
    assert client.get(f"/besluit/{ident}").status_code == 200
    assert client.get(f"/besluit/{ident}/brief.pdf").status_code == 403
    elsewhere = case.decision(case.fair_id).id
    assert client.get(f"/besluit/{elsewhere}").status_code == 404


@pytest.mark.parametrize("tail", ["/advies", "/voorbereiding", "/nemen", "/bekendmaken", "", "/lijst.csv"])
def test_a_round_that_is_not_there_yet_is_absent(world: World, sign_in: SignIn, tail: str) -> None:
    world.round()
    who = {"/nemen": "decider"}.get(tail, "programme")
    assert sign_in(who).get(f"{ROUND}{tail}").status_code == 404


def test_a_draft_of_the_advice_is_for_the_committee_and_its_helpers(drafted: Case, sign_in: SignIn) -> None:
    answers = {key: sign_in(key).get(f"{ROUND}/advies").status_code for key in ("chair", "programme")}
    answers |= {key: sign_in(key).get(f"{ROUND}/advies").status_code for key in ("decider", "auditor")}
    assert answers == {"chair": 200, "programme": 200, "decider": 403, "auditor": 403}
    advise(drafted.world, drafted.round)
    for key in answers:
        assert sign_in(key).get(f"{ROUND}/advies").status_code == 200


BARRED_PAGES = ("/advies", "/advies/geven", "/advies/terugnemen", "", "/lijst.pdf", "/lijst.csv")


def test_a_chair_with_an_interest_sees_nothing_of_the_round(drafted: Case, sign_in: SignIn) -> None:
    assessment.declare_interest(
        drafted.who("chair"), drafted.low_id, InterestAnswer.DECLARED, "Mijn broer werkt daar."
    )
    db.session.commit()
    client = sign_in("chair")
    for tail in (*BARRED_PAGES, f"/advies/{drafted.good_id}"):
        answer = client.get(f"{ROUND}{tail}")
        assert answer.status_code == 403, tail
        assert "U hebt een belang bij een aanvraag in deze ronde" in said(answer)
        assert drafted.good.title not in said(answer)
    index = client.get("/besluiten")
    assert "U hebt een belang" in said(index)
    assert soup(index).select(f'main a[href^="{ROUND}"]') == []
    advise_by_another = client.post(f"{ROUND}/advies/geven", data={"note": ""})
    assert advise_by_another.status_code == 403
    assert drafted.advice.state == AdviceState.DRAFT


def test_a_chair_with_an_interest_does_not_see_that_decision(case: Case, sign_in: SignIn) -> None:
    decide_all(case.world, case.round)
    assessment.declare_interest(
        case.who("chair"), case.low_id, InterestAnswer.DECLARED, "Mijn broer werkt daar."
    )
    db.session.commit()
    client = sign_in("chair")
    assert client.get(f"/besluit/{case.decision(case.low_id).id}").status_code == 404
    assert client.get(f"/besluit/{case.decision(case.low_id).id}/brief.pdf").status_code == 404


# --- the advice -------------------------------------------------------------------------------------------


def test_the_advice_by_form(case: Case, sign_in: SignIn) -> None:
    client = sign_in("chair")
    assert "Er is nog geen verdeling die klaar is" in said(client.get(f"{ROUND}/advies"))
    scenario = make_allocation(case.world, case.round)
    begin_page = soup(client.get(f"{ROUND}/advies"))
    assert begin_page.select_one("main form")["action"] == f"{ROUND}/advies"  # type: ignore[index]
    assert client.post(f"{ROUND}/advies", data={}).status_code == 422
    assert client.post(f"{ROUND}/advies", data={"scenario_id": 999}).status_code == 422
    assert client.post(f"{ROUND}/advies", data={"scenario_id": scenario.id}).status_code == 302
    line = f"{ROUND}/advies/{case.good_id}"
    assert "Nul is niets toekennen" in said(client.get(line))
    wrong = client.post(line, data={"amount": "45.000", "reason": ""})
    assert wrong.status_code == 422
    assert "Schrijf waarom de commissie daarvan afwijkt" in said(wrong)
    assert soup(wrong).select_one("input[name=amount]")["value"] == "45.000"  # type: ignore[index]
    assert soup(wrong).title.get_text().startswith("Fout:")  # type: ignore[union-attr]
    assert client.post(line, data={"amount": "45.000", "reason": "Dubbele <b>kosten</b>."}).status_code == 302
    page = client.get(f"{ROUND}/advies")
    assert "minder dan berekend" in said(page)
    assert "Dubbele <b>kosten</b>." in said(page)
    assert "5.000,00" in said(page)
    assert client.post(f"{ROUND}/advies/geven", data={"note": "Let op."}).status_code == 302
    given = client.get(f"{ROUND}/advies")
    assert "Het verandert niet meer" in said(given)
    assert client.get(line).status_code == 403
    assert client.post(line, data={"amount": "0", "reason": "Toch niet."}).status_code == 403
    back = f"{ROUND}/advies/terugnemen"
    assert client.post(back, data={"reason": ""}).status_code == 422
    assert client.post(back, data={"reason": "Rekenfout."}).status_code == 302
    assert "Rekenfout." in said(client.get(f"{ROUND}/advies"))


def test_above_the_ceiling_is_said_while_writing_and_refused_when_giving(
    drafted: Case, sign_in: SignIn
) -> None:
    client = sign_in("chair")
    data = {"amount": "50.000", "reason": "Het hele bedrag is nodig."}
    client.post(f"{ROUND}/advies/{drafted.fair_id}", data=data)
    text = said(client.get(f"{ROUND}/advies"))
    assert "meer dan het plafond" in text
    assert "Te veel" in text
    assert client.post(f"{ROUND}/advies/geven", data={"note": ""}).status_code == 422
    assert drafted.advice.state == AdviceState.DRAFT


# --- from preparing to publishing -------------------------------------------------------------------------


def test_from_advice_to_published_awards_by_form(drafted: Case, sign_in: SignIn) -> None:
    programme, decider = sign_in("programme"), sign_in("decider")
    assert "Het advies is nog niet gegeven" in said(programme.get(f"{ROUND}/voorbereiding"))
    assert programme.post(f"{ROUND}/voorbereiding", data={}).status_code == 422
    advise(drafted.world, drafted.round)
    assert programme.post(f"{ROUND}/voorbereiding", data={}).status_code == 302
    low = drafted.proposal(drafted.low_id)
    address = f"{ROUND}/voorbereiding/{low.id}"
    form = soup(programme.get(address))
    version = hidden(form, "version")
    empty = programme.post(address, data={"reason": " ", "version": version})
    assert empty.status_code == 422
    data = {"reason": "Het plan is <i>te</i> dun.", "ground": "quality", "version": version}
    assert programme.post(address, data=data).status_code == 302
    stale = programme.post(address, data=data | {"reason": "Nog iets."})
    assert stale.status_code == 422
    assert "terwijl u bezig was" in said(stale)
    assert "Nog iets." in stale.get_data(as_text=True)

    page = soup(decider.get(f"{ROUND}/nemen"))
    boxes = [str(box["value"]) for box in page.select("input[name=chosen]")]
    assert len(boxes) == 3
    assert decider.post(f"{ROUND}/nemen", data={}).status_code == 422
    assert decider.post(f"{ROUND}/nemen", data={"chosen": ["x", "1", "1.x"]}).status_code == 422
    assert programme.post(f"{ROUND}/nemen", data={"chosen": boxes}).status_code == 403
    assert programme.post(f"{ROUND}/bekendmaken", data={}).status_code == 422
    assert decider.post(f"{ROUND}/nemen", data={"chosen": boxes[:1]}).status_code == 302
    again = decider.post(f"{ROUND}/nemen", data={"chosen": boxes[:1]})
    assert again.status_code == 422
    assert decider.post(f"{ROUND}/nemen", data={"chosen": boxes[1:]}).status_code == 302
    assert "Er is niets om over te besluiten" in said(decider.get(f"{ROUND}/nemen"))
    assert programme.post(f"{ROUND}/bekendmaken", data={}).status_code == 302
    assert drafted.round.state == RoundState.IN_PROGRESS
    assert programme.get(f"{ROUND}/bekendmaken").status_code == 403
    assert "Het plan is <i>te</i> dun." in said(
        sign_in("auditor").get(f"/besluit/{drafted.decision(drafted.low_id).id}")
    )


def test_a_rewritten_proposal_is_not_decided_unread(case: Case, sign_in: SignIn) -> None:
    prepare(case.world, case.round)
    decider = sign_in("decider")
    boxes = [str(b["value"]) for b in soup(decider.get(f"{ROUND}/nemen")).select("input[name=chosen]")]
    service.revise(
        case.who("programme_b"), case.proposal(case.low_id), ProposalInput("Anders.", Ground.QUALITY)
    )
    db.session.commit()
    answer = decider.post(f"{ROUND}/nemen", data={"chosen": boxes})
    assert answer.status_code == 422
    assert "Er is nu niets besloten" in said(answer)
    assert queries.decisions(case.round_id) == []


def test_a_proposal_of_another_round_is_absent(case: Case, sign_in: SignIn) -> None:
    prepare(case.world, case.round)
    ident = case.proposal(case.low_id).id
    assert sign_in("programme").get(f"/besluiten/elders/voorbereiding/{ident}").status_code == 404


# --- reading ----------------------------------------------------------------------------------------------


def test_the_municipality_reads_its_decision_and_fetches_the_letter(case: Case, sign_in: SignIn) -> None:
    decide_all(case.world, case.round)
    client, decision = sign_in("applicant_b"), case.decision(case.fair_id)
    index = said(client.get("/besluiten"))
    assert case.fair.title in index
    assert case.good.title not in index
    text = said(client.get(f"/besluit/{decision.id}"))
    for part in ("deels toegekend", "16 april 2027", decision.reason.split("\n")[0]):
        assert part in text
    for part in ("Controlespoor", "Petra Programma", "Advies van de commissie"):
        assert part not in text
    letter = client.get(f"/besluit/{decision.id}/brief.pdf")
    assert letter.content_type == "application/pdf"
    assert letter.headers["Content-Disposition"] == f"attachment; filename=besluit-{case.fair.reference}.pdf"
    assert letter.headers["X-Content-Type-Options"] == "nosniff"
    assert decision.letter is not None
    assert letter.data == decision.letter.pdf


def test_the_auditor_sees_the_whole_trail_and_whether_it_is_whole(case: Case, sign_in: SignIn) -> None:
    decide_all(case.world, case.round)
    text = said(sign_in("auditor").get(f"/besluit/{case.decision(case.good_id).id}"))
    assert "De keten van deze aanvraag is heel" in text
    assert "proposal.decide" in text


def test_the_list_as_page_pdf_and_csv(case: Case, sign_in: SignIn) -> None:
    case.low.title = '=HYPERLINK("http://x")'
    case.low.invented = True
    db.session.commit()
    decide_all(case.world, case.round)
    client = sign_in("auditor")
    page = said(client.get(ROUND))
    assert "verzonnen" in page
    assert "Toegekend € 90.000,00" in page.replace("\xa0", " ")
    answer = client.get(f"{ROUND}/lijst.csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert [row["toegekend (euro)"] for row in rows] == ["50000.00", "40000.00", "0.00"]
    assert rows[2]["project"] == '\'=HYPERLINK("http://x")'
    assert [row["verzonnen"] for row in rows] == ["", "", "deze aanvraag is verzonnen"]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    content = client.get(f"{ROUND}/lijst.pdf").data
    assert_accessible(content)
    assert '=HYPERLINK("http://x") (verzonnen)' in read(content)[0].text
    assert client.get(f"{ROUND}/lijst.pdf").data == content


def test_the_list_of_an_invented_round_says_so_in_each_form(case: Case) -> None:
    facts = listing.ListFacts(
        round_title="Ronde",
        invented="Deze ronde is verzonnen.",
        ceiling=1,
        rows=decide_all(case.world, case.round),
        merits={},
        at=case.who("auditor").at,
        published=False,
    )
    rows = list(csv.DictReader(io.StringIO(listing.spreadsheet(facts).decode("utf-8-sig")), delimiter=";"))
    assert {row["verzonnen"] for row in rows} == {"Deze ronde is verzonnen."}
    text = read(render(listing.document(facts)))[0].text
    assert "VERZONNEN / DEMONSTRATIE. Deze ronde is verzonnen." in text
    assert "alleen voor intern gebruik" in text


def test_what_somebody_typed_is_shown_as_text(case: Case, sign_in: SignIn) -> None:
    case.good.title = "A & B <b>vet</b> <img src=x onerror=alert(1)>"
    db.session.commit()
    decide_all(case.world, case.round)
    ident = case.decision(case.good_id).id
    for key, address in (
        *((key, f"/besluit/{ident}") for key in ("applicant", "programme", "auditor")),
        ("chair", f"{ROUND}/advies"),
        ("programme", f"{ROUND}/voorbereiding"),
        ("decider", ROUND),
        ("applicant", "/besluiten"),
    ):
        body = sign_in(key).get(address).get_data(as_text=True)
        assert "A &amp; B &lt;b&gt;vet&lt;/b&gt; &lt;img src=x" in body, address
        assert "<img src=x" not in body


# --- how much the database is asked -----------------------------------------------------------------------


LISTS = [
    ("programme", "/besluiten"),
    ("applicant", "/besluiten"),
    ("chair", "{round}/advies"),
    ("programme", "{round}/voorbereiding"),
    ("decider", "{round}/nemen"),
    ("auditor", "{round}"),
    ("programme", "{round}/bekendmaken"),
]


def test_lists_ask_as_often_for_three_applications_as_for_one(
    case: Case, sign_in: SignIn, count_queries: Callable[[], object]
) -> None:
    """One round has one application, the other three."""
    world = case.world
    small = world.round(slug="klein")
    make_complete(world, small)
    browsers = {key: sign_in(key) for key in {key for key, _ in LISTS}}
    counts: dict[tuple[str, str, str], set[int]] = {}
    for round_ in (small, case.round):
        for stage, step in (("prepared", prepare), ("decided", decide_all)):
            step(world, round_)
            slug = round_.slug
            for key, pattern in LISTS:
                address = pattern.format(round=f"/besluiten/{slug}")
                with count_queries() as counted:  # type: ignore[attr-defined]
                    assert browsers[key].get(address).status_code == 200, address
                # Before there is a first decision a municipality's page has nothing to load.
                if (stage, key) != ("prepared", "applicant"):
                    counts.setdefault((stage, key, pattern), set()).add(counted.number)
    spread = {place: found for place, found in counts.items() if max(found) - min(found) > 0}
    assert spread == {}
