"""The public register: what it hides until it may be known, and what it then shows."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from pool.core.db import db
from pool.core.text import csv_safe
from pool.rounds import service as rounds
from pool.rounds.models import Round
from tests.conftest import Client
from tests.support.applications_factory import make_application, make_complete
from tests.support.followup_factory import decide, make_known, make_project
from tests.support.pages import heading, read, words
from tests.support.world import World

CANARY = "Kanariepiet"
PAGES = ("", ".csv", "/overzicht", "/overzicht.csv", "/overzicht.pdf")
INVENTED = "De bedragen in deze ronde zijn verzonnen."


def rows(response: Any) -> list[dict[str, str]]:
    """A CSV answer as records."""
    assert response.status_code == 200
    assert response.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig")), delimiter=";"))


@pytest.fixture
def decided(world: World) -> Round:
    """A decided round with two awards and a refusal."""
    round_ = world.round(ceiling=100_000_000, invented=INVENTED)
    make_project(world, round_, title="Één plan", regions=("kennemerland", "zeeland"), amount=3_000_000)
    make_project(world, round_, "applicant_b", title="Buurtteam", theme="plegeraanpak")
    refused = make_complete(world, round_, title="Afgewezen plan")
    decide(world, refused, amount=0)
    make_known(world, round_)
    return round_


# --- what is hidden ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [None, "applicant_b", "lead", "programme", "chair", "auditor"])
def test_nothing_of_a_decision_shows_before_it_is_made_known(
    client: Client, world: World, key: str | None
) -> None:
    round_ = world.round(ceiling=77_000_000)
    make_project(world, round_, title=CANARY, requested=1_234_500)
    actor = world.later("programme", days=60)
    if key:
        client.sign_in(world.email(key))
    for move in (None, "begin_assessment", "begin_decision"):
        if move:
            rounds.move(actor, round_, move)
            db.session.commit()
        assert [client.get(f"/register/ronde-1{rest}").status_code for rest in PAGES] == [
            200,
            404,
            404,
            404,
            404,
        ]
        assert client.get("/api/v1/rounds/ronde-1/awards").status_code == 404
        for where in (
            "/register",
            "/register/ronde-1",
            "/register/ronde-1?regio=kennemerland&zoek=kanariepiet",
            f"/register/zoeken?zoek={CANARY}",
            "/register/zoeken?thema=mda",
            "/api/v1/rounds",
            "/",
        ):
            said = client.get(where).text.replace(f"zoek={CANARY}", "").replace(f'value="{CANARY}"', "")
            assert CANARY not in said
            assert "12.345" not in said
            assert "12345" not in said
    rounds.move(actor, round_, "decide")
    db.session.commit()
    assert CANARY in client.get("/register/ronde-1").text


def test_a_refusal_and_a_draft_stay_out(client: Client, world: World, decided: Round) -> None:
    for where in ("/register/ronde-1", "/register/zoeken?zoek=plan", "/register/ronde-1/overzicht"):
        assert "Afgewezen plan" not in client.get(where).text
    for rest in (".csv", "/overzicht.csv"):
        assert "Afgewezen plan" not in client.get(f"/register/ronde-1{rest}").text
    assert "Afgewezen plan" not in client.get("/api/v1/rounds/ronde-1/awards").text


def test_a_round_in_preparation_looks_absent_also_to_who_prepares_it(client: Client, world: World) -> None:
    round_ = world.round()
    # A draft beside it, of the same scheme.
    draft = Round(
        scheme_id=round_.scheme_id,
        slug="geheim",
        title=CANARY,
        year=2028,
        instrument=round_.instrument,
        legal_basis="",
        opens_at=round_.opens_at,
        closes_at=round_.closes_at,
        rules={},
    )
    db.session.add(draft)
    db.session.commit()
    client.sign_in(world.email("programme"))
    assert CANARY not in client.get("/register").text
    assert CANARY not in client.get("/api/v1/rounds").text
    assert client.get("/register/geheim").status_code == 404
    assert client.get("/register/bestaat-niet").status_code == 404


def test_how_many_applied_is_not_told_before_the_decisions(client: Client, world: World) -> None:
    round_ = world.round()
    make_application(world, round_)
    page = read(client.get("/register"))
    assert "€ 50.000" not in words(page).replace("\xa0", " ")


# --- what is shown ----------------------------------------------------------------------------------------


def test_the_register_lists_rounds_with_their_sums(client: Client, decided: Round) -> None:
    page = read(client.get("/register"))
    assert heading(page) == "Openbaar register"
    said = words(page).replace("\xa0", " ")
    assert "€ 150.000" in said  # asked
    assert "€ 80.000" in said  # awarded
    assert "2 van 3" in said
    assert INVENTED in said


def test_a_round_shows_its_awards_and_what_is_invented(client: Client, decided: Round) -> None:
    page = read(client.get("/register/ronde-1"))
    assert heading(page) == "Voorbeeldronde 2027"
    said = words(page).replace("\xa0", " ")
    assert INVENTED in said
    assert "Toegekend (verzonnen)" in said
    assert "2 projecten , samen € 80.000" in said or "2 projecten, samen € 80.000" in said
    assert "Één plan (gezamenlijk)" in said
    assert "deels toegekend op 23 februari 2027" in said
    assert page.select_one("svg.pp-map") is not None


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("thema=mda", ["Één plan"]),
        ("regio=zeeland", ["Één plan"]),
        ("gezamenlijk=nee", ["Buurtteam"]),
        ("gezamenlijk=onzin", ["Buurtteam", "Één plan"]),
        ("zoek=een+plan", ["Één plan"]),
        ("zoek=ZWOLLE+buurt", ["Buurtteam"]),
        ("zoek=pleger", ["Buurtteam"]),
        ("zoek=%25", []),
        ("regio=' OR 1=1 --", []),
    ],
)
def test_filters_and_search(client: Client, decided: Round, query: str, titles: list[str]) -> None:
    for where in (f"/register/ronde-1?{query}", f"/register/zoeken?{query}"):
        page = read(client.get(where))
        found = [cell.get_text() for cell in page.select("tbody th[data-label=Project]")]
        assert sorted(t.replace(" (gezamenlijk)", "") for t in found) == sorted(titles)


def test_a_search_says_what_is_invented(client: Client, decided: Round) -> None:
    page = read(client.get("/register/zoeken?zoek=plan"))
    assert INVENTED in words(page)
    assert page.select(".pp-invented")
    assert "gevonden" not in words(read(client.get("/register/zoeken")))


def test_the_spreadsheet_holds_the_same_and_runs_nothing(client: Client, world: World) -> None:
    round_ = world.round(ceiling=100_000_000, invented=INVENTED)
    project = make_project(world, round_, title='=HYPERLINK("http://x";"A & B <b>")', amount=3_000_000)
    project.application.invented = True
    make_known(world, round_)
    answer = client.get("/register/ronde-1.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="toekenningen-ronde-1.csv"'
    [row] = rows(answer)
    assert row["project"] == csv_safe('=HYPERLINK("http://x";"A & B <b>")')
    assert row["project"].startswith("'=")
    assert (row["toegekend (euro)"], row["besloten op"]) == ("30000.00", "2027-02-23")
    assert row["verzonnen"] == f"Dit project is verzonnen voor de demonstratie. {INVENTED}"
    [row] = rows(client.get("/register/ronde-1/overzicht.csv"))
    assert INVENTED in row["verzonnen"]


def test_a_changed_ceiling_is_told(client: Client, world: World, decided: Round) -> None:
    rounds.change_ceiling(world.later("programme", days=60), decided, 110_000_000, "Er kwam geld bij.")
    db.session.commit()
    said = words(read(client.get("/register/ronde-1"))).replace("\xa0", " ")
    assert "Plafond € 1.100.000 eerst € 1.000.000" in said


@pytest.mark.parametrize(
    "where", ["/register", "/register/ronde-1", "/register/ronde-1/overzicht", "/register/zoeken?zoek=plan"]
)
def test_pages_take_as_many_queries_for_three_as_for_one(
    client: Client, world: World, count_queries: Any, where: str
) -> None:
    counts = []
    for slug, number in (("ronde-1", 1), ("ronde-2", 3)):
        round_ = world.round(slug=slug, ceiling=100_000_000)
        for place in range(number):
            make_project(world, round_, ("applicant", "applicant_b")[place % 2], title=f"Plan {place}")
        make_known(world, round_)
        client.get(where.replace("ronde-1", slug))
        with count_queries() as counted:
            read(client.get(where.replace("ronde-1", slug)))
        counts.append(counted.number)
    assert counts[0] == counts[1]
    assert counts[1] <= 12
