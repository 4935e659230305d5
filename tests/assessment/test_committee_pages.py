"""The committee's pages as each role meets them: refusals first, and nothing that is not theirs to see."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine

from pool.applications import service as applications
from pool.assessment import letter, queries, service
from pool.assessment.states import InterestAnswer
from pool.core import pdf
from pool.core.db import db
from pool.rounds.states import RoundState
from tests.assessment.conftest import Committee
from tests.conftest import Client
from tests.support.applications_factory import make_complete
from tests.support.assessment_factory import adopt, assess_all, assign_all, open_file, score
from tests.support.pdftext import read as read_pdf
from tests.support.verapdf import assert_accessible
from tests.support.world import RULES, START, World

ROUND = "/beoordelen/ronde-1"


@pytest.fixture(autouse=True)
def _thirty_days_later() -> Iterator[None]:
    with time_machine.travel(START + dt.timedelta(days=30), tick=False):
        yield


@pytest.fixture
def browser(world: World, new_client: Callable[[], Client]) -> Callable[[str], Client]:
    """A browser in which this person is signed in."""
    return lambda key: new_client().sign_in(world.email(key))


def key_of(world: World, user_id: int) -> str:
    return next(key for key, ident in world.ids.items() if ident == user_id)


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response.get_data(as_text=True)
    return str(response.get_data(as_text=True))


def pdf_text(content: bytes) -> str:
    return read_pdf(content)[0].text


def own_urls(application_id: int) -> list[str]:
    return [f"/beoordelen/aanvraag/{application_id}", f"/beoordelen/aanvraag/{application_id}/belang"]


def round_urls(committee: Committee) -> list[str]:
    return [
        ROUND,
        f"{ROUND}/belangen",
        f"{ROUND}/uitslag",
        f"{ROUND}/uitslag.csv",
        f"{ROUND}/uitslag.pdf",
        f"{ROUND}/uitslag/{committee.one.id}",
        f"{ROUND}/vaststellen",
    ]


# --- refusals -----------------------------------------------------------------------------------------------


def test_who_is_not_assigned_finds_nothing(committee: Committee, browser: Any) -> None:
    world = committee.world
    made = assign_all(world, committee.round_)
    taken = {a.user_id for a in made if a.application_id == committee.one.id}
    outsider = next(k for k in ("assessor", "assessor_b", "assessor_c") if world.ids[k] not in taken)
    client = browser(outsider)
    for url in own_urls(committee.one.id):
        page(client, url, 404)
        assert client.post(url, data={"answer": "none"}).status_code == 404
    for key in ("chair", "programme", "applicant"):
        page(browser(key), own_urls(committee.one.id)[0], 403)


def test_an_assessor_sees_no_pages_of_the_committee(committee: Committee, browser: Any) -> None:
    assess_all(committee.world, committee.round_)
    client = browser("assessor")
    for url in round_urls(committee):
        page(client, url, 403)
    assert client.post(f"{ROUND}/toewijzen").status_code == 403
    assert "Uitslag" not in page(client, "/beoordelen")


def test_before_no_interest_is_confirmed_only_title_and_applicant_show(
    world: World, browser: Any, new_client: Any
) -> None:
    round_ = world.round()
    application = make_complete(world, round_, title="Plan met een naam")
    applications.give_view(
        world.later("lead", days=16), application, application.regions[0].id, "CANARY-VIEW"
    )
    db.session.commit()
    assignment = assign_all(world, round_)[0]
    client = browser(key_of(world, assignment.user_id))
    url = own_urls(application.id)[0]
    response = client.get(url)
    assert (response.status_code, response.location) == (302, own_urls(application.id)[1])
    shut = page(client, own_urls(application.id)[1]) + page(client, "/beoordelen")
    assert "Plan met een naam" in shut
    assert "Gemeente Haarlem" in shut
    for secret in ("Een vast team per wijk", "50.000", "CANARY-VIEW", "Blijf Groep", "contact@example.org"):
        assert secret not in shut
    assert client.post(url, data={"do": "save"}).status_code == 302
    assert assignment.assessment is None
    client.post(own_urls(application.id)[1], data={"answer": "none"})
    opened = page(client, url)
    for part in ("Een vast team per wijk", "50.000", "CANARY-VIEW", "Blijf Groep"):
        assert part in opened
    assert "contact@example.org" not in opened


def test_an_interest_is_asked_properly(committee: Committee, browser: Any) -> None:
    assignment = assign_all(committee.world, committee.round_)[0]
    client = browser(key_of(committee.world, assignment.user_id))
    url = own_urls(assignment.application_id)[1]
    for data, message in (
        ({}, "Kies of u een belang hebt"),
        ({"answer": "misschien"}, "Kies of u een belang hebt"),
        ({"answer": "declared", "reason": " "}, "Schrijf op waarom"),
    ):
        response = client.post(url, data=data)
        assert response.status_code == 422
        assert message in response.get_data(as_text=True)
    assert queries.barred_applications(assignment.user_id) == set()


def test_a_declared_interest_closes_everything_at_once(committee: Committee, browser: Any) -> None:
    world, round_ = committee.world, committee.round_
    assess_all(world, round_)
    assessment = next(a for a in queries.counting([committee.one.id]))
    key = key_of(world, assessment.assignment.user_id)
    client = browser(key)
    assert "Eerste plan" in page(client, "/beoordelen")
    answer = client.post(own_urls(committee.one.id)[1], data={"answer": "declared", "reason": "Mijn zus."})
    assert answer.location == "/beoordelen"
    for url in own_urls(committee.one.id):
        page(client, url, 404)
        assert client.post(url, data={"answer": "none", "do": "save"}).status_code == 404
    assert "Eerste plan" not in page(client, "/beoordelen").replace("Uw belang is vastgelegd", "")
    chair = page(browser("chair"), f"{ROUND}/belangen")
    assert "Mijn zus." in chair


def test_a_barred_chair_meets_the_application_nowhere(committee: Committee, browser: Any) -> None:
    world, round_ = committee.world, committee.round_
    done = assess_all(world, round_)
    two = next(a for a in done if a.assignment.application_id == committee.two.id)
    chair = browser("chair")
    assert "Tweede plan" in page(chair, f"{ROUND}/uitslag")
    answer = chair.post(
        f"{ROUND}/belangen",
        data={
            "application_id": committee.two.id,
            "user_id": world.ids["chair"],
            "answer": "declared",
            "reason": "Oud-collega.",
        },
    )
    assert answer.status_code == 302
    for url in round_urls(committee):
        body = chair.get(url).get_data()
        text = pdf_text(body) if url.endswith(".pdf") else body.decode()
        assert "Eerste plan" in text or url.endswith("belangen"), url
        assert "Tweede plan" not in text, url
        assert committee.two.reference not in text, url
    ranking = page(chair, f"{ROUND}/uitslag")
    assert "van de 2" in ranking
    for url in (
        f"{ROUND}/uitslag/{committee.two.id}",
        f"{ROUND}/beoordeling/{two.id}/heropenen",
        f"{ROUND}/toewijzing/{two.assignment_id}/beeindigen",
    ):
        page(chair, url, 404)
        assert chair.post(url, data={"agreed": "50", "reason": "x"}).status_code == 404
    everything = page(browser("programme"), f"{ROUND}/uitslag")
    assert "Tweede plan" in everything


def test_the_checks_above_can_fail(
    committee: Committee, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: with what hides an interest taken away, the application is there to be found."""
    assess_all(committee.world, committee.round_)
    chair = committee.world.later("chair", days=29)
    service.declare_interest(chair, committee.two.id, InterestAnswer.DECLARED, "Oud-collega.")
    db.session.commit()
    assert "Tweede plan" not in page(browser("chair"), f"{ROUND}/uitslag")
    monkeypatch.setattr(queries, "hidden_from", lambda _actor: set())
    assert "Tweede plan" in page(browser("chair"), f"{ROUND}/uitslag")


def test_a_barred_assessor_sees_the_adopted_ranking_without_the_application(
    committee: Committee, browser: Any
) -> None:
    world, round_ = committee.world, committee.round_
    adopt(world, round_)
    mine = queries.counting([committee.one.id])[0].assignment
    client = browser(key_of(world, mine.user_id))
    assert "Eerste plan" in page(client, f"{ROUND}/uitslag")
    answer = client.post(own_urls(committee.one.id)[1], data={"answer": "declared", "reason": "Nieuwe baan."})
    assert answer.status_code == 302
    ranking = page(client, f"{ROUND}/uitslag")
    assert "Eerste plan" not in ranking
    assert committee.one.reference not in ranking
    assert "van de 2" in ranking
    assert "50.000,00" in ranking, "the others are still there"
    assert "87,5" not in ranking


def test_scores_of_others_stay_hidden_until_the_own_are_in(committee: Committee, browser: Any) -> None:
    world = committee.world
    made = assign_all(world, committee.round_)
    mine, other = [a for a in made if a.application_id == committee.one.id]
    score(world, other, {"kwaliteit": 9, "impuls": 2, "leren": 3}, "CANARY-REDEN")
    open_file(world, mine)
    client = browser(key_of(world, mine.user_id))
    secrets = ("CANARY-REDEN", other.user.name, "50,6", "Een andere beoordelaar")
    for url in ("/beoordelen", *own_urls(committee.one.id)):
        before = page(client, url)
        for secret in secrets:
            assert secret not in before
    url = own_urls(committee.one.id)[0]
    first = page(client, url)
    others = (a for a in made if a.application_id == committee.two.id and a.user_id != mine.user_id)
    score(world, next(others), 4)
    assert strip(page(client, url)) == strip(first), "nothing shows who has finished"
    data = {"do": "submit", "version": str(mine.assessment.version)}  # type: ignore[union-attr]
    for code in ("kwaliteit", "impuls", "leren"):
        data |= {f"level_{code}": "5", f"reason_{code}": "Mijn reden."}
    assert client.post(url, data=data).status_code == 302
    after = page(client, url)
    assert "CANARY-REDEN" in after
    assert other.user.name not in after
    service.reopen(world.later("chair", days=30), mine.assessment, "Nog eens kijken.")  # type: ignore[arg-type]
    db.session.commit()
    assert "CANARY-REDEN" not in page(client, url)


def strip(body: str) -> str:
    """A page without what differs each time: keys and tokens."""
    return re.sub(r'value="[0-9a-f]{32}"', "", body)


def test_a_chair_who_scores_too_sees_no_results_before_the_own_scores(
    committee: Committee, browser: Any
) -> None:
    from pool.core.access import Role
    from pool.people.models import RoleGrant

    world = committee.world
    db.session.add(RoleGrant(user_id=world.ids["chair"], role=Role.ASSESSOR, started_at=START))
    for key in ("assessor", "assessor_b"):
        world.user(key).is_active = False
    db.session.flush()
    made = assign_all(world, committee.round_)
    for assignment in made:
        if assignment.user_id != world.ids["chair"]:
            score(world, assignment, 5, "CANARY-REDEN")
    chair = browser("chair")
    for url in round_urls(committee)[2:]:
        assert "CANARY" not in page(chair, url, 403)
    for assignment in made:
        if assignment.user_id == world.ids["chair"]:
            score(world, assignment, 5)
    page(chair, f"{ROUND}/uitslag")


def test_a_form_that_is_refused_loses_nothing(committee: Committee, browser: Any) -> None:
    world = committee.world
    assignment = assign_all(world, committee.round_)[0]
    open_file(world, assignment)
    client = browser(key_of(world, assignment.user_id))
    url = own_urls(assignment.application_id)[0]
    data = {"do": "submit", "version": "1", "level_impuls": "7", "reason_impuls": "Een <b>lange</b> reden."}
    response = client.post(url, data=data)
    body = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "Kwaliteit: kies een niveau." in body
    assert "Een &lt;b&gt;lange&lt;/b&gt; reden." in body
    assert re.search(r'id="level_impuls-6"[^>]*checked', body)
    assert "<title>Fout: " in body
    off = client.post(url, data=data | {"do": "save", "level_impuls": "10"})
    assert off.status_code == 422
    assert "kies een niveau van 1 tot en met 9" in off.get_data(as_text=True)
    assert queries.levels(assignment.assessment) == {}  # type: ignore[arg-type]


def test_not_adopted_early(committee: Committee, browser: Any) -> None:
    assign_all(committee.world, committee.round_)
    chair = browser("chair")
    assert "Vaststellen kan nog niet" in page(chair, f"{ROUND}/vaststellen")
    response = chair.post(f"{ROUND}/vaststellen", data={"sure": "y"})
    assert response.status_code == 422
    assert committee.round_.state == RoundState.IN_ASSESSMENT


@pytest.mark.parametrize("entered", ["", "abc", "101", "100,001", "-1", "71.5", "1e2", "٧١"])
def test_points_that_cannot_be_read_are_refused(committee: Committee, browser: Any, entered: str) -> None:
    assess_all(committee.world, committee.round_)
    url = f"{ROUND}/uitslag/{committee.one.id}"
    response = browser("chair").post(url, data={"agreed": entered, "reason": "Omdat."})
    assert response.status_code == 422
    assert queries.outcomes([committee.one.id]) == {}


# --- successes ----------------------------------------------------------------------------------------------


def test_the_work_of_a_committee_from_proposal_to_adoption(committee: Committee, browser: Any) -> None:
    round_ = committee.round_
    programme, chair = browser("programme"), browser("chair")
    assert programme.post(f"{ROUND}/toewijzen", data={}).status_code == 302
    version = re.search(r'name="version"[^>]*value="(\d+)"', page(programme, f"{ROUND}/toewijzen"))
    assert version is not None
    final = f"{ROUND}/toewijzen/vaststellen"
    assert programme.post(final, data={"version": "99"}).status_code == 422
    assert programme.post(final, data={"version": version[1]}).status_code == 302
    assert round_.state == RoundState.IN_ASSESSMENT
    for key in ("assessor", "assessor_b", "assessor_c"):
        client = browser(key)
        for ident in re.findall(r"/beoordelen/aanvraag/(\d+)", page(client, "/beoordelen")):
            do_file(client, int(ident))
        assert "nog bezig" not in page(client, "/beoordelen")
    assert "6" in page(chair, ROUND)
    recorded = chair.post(
        f"{ROUND}/uitslag/{committee.two.id}", data={"agreed": "71,25", "reason": "Overtuigend besproken."}
    )
    assert recorded.status_code == 302
    assert "71,3" in page(chair, f"{ROUND}/uitslag")
    assert chair.post(f"{ROUND}/vaststellen", data={}).status_code == 422
    assert chair.post(f"{ROUND}/vaststellen", data={"sure": "y"}).status_code == 302
    assert round_.state == RoundState.IN_DECISION
    assert queries.merits(round_.id)[committee.two.id] == 71_250
    assert "vastgesteld" in page(browser("assessor"), f"{ROUND}/uitslag")
    assert "vastgezet" in page(browser("assessor"), "/beoordelen")


def do_file(client: Client, application_id: int) -> None:
    shut, url = own_urls(application_id)[1], own_urls(application_id)[0]
    assert client.post(shut, data={"answer": "none"}).location == url
    version = re.search(r'name="version"[^>]*value="(\d+)"', page(client, url))
    assert version is not None
    data = {"version": version[1], "do": "save", "level_kwaliteit": "6", "reason_kwaliteit": "Eerste indruk."}
    assert client.post(url, data=data).status_code == 302
    assert "Eerste indruk." in page(client, url)
    for code in ("kwaliteit", "impuls", "leren"):
        data |= {f"level_{code}": "6", f"reason_{code}": "Helder."}
    stale = client.post(url, data=data | {"do": "submit"})
    assert stale.status_code == 422, "the first save made a new version"
    version = re.search(r'name="version"[^>]*value="(\d+)"', page(client, url))
    assert version is not None
    assert client.post(url, data=data | {"do": "submit", "version": version[1]}).status_code == 302
    assert "62,5" in page(client, url)


def test_the_ranking_as_csv_and_pdf(committee: Committee, browser: Any) -> None:
    world, round_ = committee.world, committee.round_
    committee.one.title = '=cmd|"x"'
    committee.two.invented = True
    db.session.flush()
    adopt(world, round_, {committee.one.id: 8, committee.two.id: 7, committee.three.id: 7})
    programme = browser("programme")
    response = programme.get(f"{ROUND}/uitslag.csv")
    assert response.content_type == "text/csv; charset=utf-8"
    lines = response.get_data().decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert "'=cmd" in lines[1]
    assert [line.split(";")[0] for line in lines] == ["plaats", "1", "2", "2"]
    assert ["deze aanvraag is verzonnen" in line for line in lines] == [False, False, True, False]
    first, second = (programme.get(f"{ROUND}/uitslag.pdf").get_data() for _ in range(2))
    assert first == second
    text = pdf_text(first)
    for part in (
        "Tweede plan (verzonnen)",
        "87,5",
        committee.two.reference,
        "Vastgesteld door de commissie",
    ):
        assert part in text


def test_a_ranking_of_an_invented_round_says_so(committee: Committee) -> None:
    facts = letter.RankingFacts(
        "Ronde", "De bedragen zijn verzonnen.", 1, 0, (), queries.results(committee.round_).rows, START
    )
    assert letter.spreadsheet(facts).decode().count("De bedragen zijn verzonnen.") == 3
    content = pdf.render(letter.document(facts))
    assert "De bedragen zijn verzonnen." in pdf_text(content)
    assert_accessible(content)


def test_by_hand_and_waiving(committee: Committee, browser: Any) -> None:
    world, round_ = committee.world, committee.round_
    made = assign_all(world, round_)
    programme, chair = browser("programme"), browser("chair")
    taken = {a.user_id for a in made if a.application_id == committee.one.id}
    free = next(u for k, u in world.ids.items() if k.startswith("assessor") and u not in taken)
    url = f"{ROUND}/toewijzen/{committee.one.id}"
    assert programme.post(url, data={"user_id": free, "reason": ""}).status_code == 422
    assert programme.post(url, data={"user_id": free, "reason": "Extra blik."}).status_code == 302
    assert len([a for a in queries.readers_of_round(round_.id) if a.application_id == committee.one.id]) == 3
    end = f"{ROUND}/toewijzing/{made[0].id}/beeindigen"
    assert made[0].user.name in page(chair, end)
    assert chair.post(end, data={"reason": ""}).status_code == 422
    assert chair.post(end, data={"reason": "Ziek."}).status_code == 302
    assert made[0].ended_reason == "Ziek."
    page(chair, end, 403)


def test_reopening(committee: Committee, browser: Any) -> None:
    world = committee.world
    mine = assess_all(world, committee.round_)[0]
    chair = browser("chair")
    url = f"{ROUND}/beoordeling/{mine.id}/heropenen"
    assert chair.post(url, data={"reason": " "}).status_code == 422
    assert chair.post(url, data={"reason": "Reden ontbrak."}).status_code == 302
    page(chair, url, 403)
    client = browser(key_of(world, mine.assignment.user_id))
    assert "nog bezig" in page(client, "/beoordelen")


# --- weight -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "url"),
    [
        ("assessor", "/beoordelen"),
        ("programme", "/beoordelen"),
        ("chair", ROUND),
        ("programme", f"{ROUND}/toewijzen"),
        ("chair", f"{ROUND}/belangen"),
        ("chair", f"{ROUND}/uitslag"),
        ("programme", f"{ROUND}/uitslag.csv"),
        ("chair", f"{ROUND}/vaststellen"),
    ],
)
def test_a_list_costs_the_same_for_one_and_for_three(
    world: World, browser: Any, count_queries: Any, key: str, url: str
) -> None:
    round_ = world.round(rules=replace(RULES, assessors_per_application=3))
    make_complete(world, round_)
    assess_all(world, round_)
    client = browser(key)
    page(client, url)
    with count_queries() as one:
        page(client, url)
    for place in range(2):
        application = make_complete(world, round_, "applicant_b", title=f"Plan {place}")
        for assignment in assign_all(world, round_):
            score(world, assignment, 6)
        assert application.title
    for assignment in queries.readers_of_round(round_.id):
        service.declare_interest(
            world.later("chair", days=29),
            assignment.application_id,
            InterestAnswer.NONE,
            "Nagevraagd.",
            user_id=assignment.user_id,
        )
    db.session.commit()
    db.session.expire_all()
    with count_queries() as three:
        page(client, url)
    assert three.number <= one.number, "\n".join(x[:150] + x[-150:] for x in three.statements)
