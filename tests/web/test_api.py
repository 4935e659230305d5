"""Open data: refusals as problem+json, and the same facts as the pages."""

from __future__ import annotations

import pytest

from tests.conftest import Client
from tests.support.followup_factory import make_known, make_project
from tests.support.world import World

INVENTED = "De bedragen in deze ronde zijn verzonnen."


@pytest.mark.parametrize(
    ("method", "where", "status"),
    [
        ("GET", "/api/v1/rounds/bestaat-niet/awards", 404),
        ("GET", "/api/v1/rounds/ronde-1/awards", 404),
        ("GET", "/api/v1/bestaat-niet", 404),
        ("GET", "/api/v1/rounds/", 404),
        ("POST", "/api/v1/rounds", 405),
        ("DELETE", "/api/v1/rounds/ronde-1/awards", 405),
    ],
)
def test_refusals_are_problems_in_json(
    client: Client, world: World, method: str, where: str, status: int
) -> None:
    world.round()
    answer = client.open(where, method=method)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert set(answer.json or {}) == {"status", "title", "detail"}
    assert (answer.json or {})["status"] == status
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["API-Version"] == "1.0.0"


def test_other_pages_are_not_open_to_other_sites(client: Client, world: World) -> None:
    for where in ("/", "/register", "/gezond", "/inloggen"):
        answer = client.get(where)
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "API-Version" not in answer.headers


def test_rounds_and_awards(client: Client, world: World) -> None:
    round_ = world.round(ceiling=100_000_000, invented=INVENTED)
    project = make_project(
        world,
        round_,
        title="A & B <b>",
        regions=("kennemerland", "zeeland"),
        requested=5_000_000,
        amount=3_000_050,
    )
    project.application.invented = True
    world.round(slug="ronde-2")
    make_known(world, round_)
    answer = client.get("/api/v1/rounds")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    found = {r["slug"]: r for r in (answer.json or {})["rounds"]}
    assert found["ronde-2"]["awarded"] is found["ronde-2"]["requested"] is found["ronde-2"]["awards"] is None
    assert found["ronde-2"]["links"]["awards"] is None
    one = found["ronde-1"]
    assert (one["ceiling"], one["requested"], one["awarded"]) == ("1000000.00", "50000.00", "30000.50")
    assert (one["applications"], one["awards"], one["invented"]) == (1, 1, INVENTED)
    assert (one["opensAt"], one["state"]) == ("2027-01-04T09:00:00Z", "in_progress")
    body = client.get(one["links"]["awards"]).json or {}
    assert body["round"]["slug"] == "ronde-1"
    [award] = body["awards"]
    assert award == {
        "reference": project.application.reference,
        "title": "A & B <b>",
        "municipality": "Gemeente Haarlem",
        "theme": {"code": "mda", "name": "MDA++"},
        "regions": [
            {"code": "kennemerland", "name": "Kennemerland"},
            {"code": "zeeland", "name": "Zeeland"},
        ],
        "joint": True,
        "outcome": "partly_awarded",
        "amount": "30000.50",
        "decidedOn": "2027-02-23",
        "projectInvented": True,
        "invented": f"Dit project is verzonnen voor de demonstratie. {INVENTED}",
    }
