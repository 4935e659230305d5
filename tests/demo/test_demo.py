"""The demonstration: the facts of 2019 count up exactly, and what is invented says so."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from pool.allocation import queries as allocations
from pool.allocation.engine import verify
from pool.app import create_app
from pool.applications import queries as applications
from pool.applications.states import RECEIVED
from pool.assessment.queries import coverage
from pool.awards import queries as awards
from pool.awards.models import Letter
from pool.awards.states import Outcome
from pool.core import audit, clock
from pool.core.db import db
from pool.demo import accounts, service
from pool.demo.accounts import Cast
from pool.demo.facts import POOL, SHELTER, of
from pool.followup import queries as followup
from pool.followup.inputs import ProjectFilter
from pool.rounds.models import Round
from pool.rounds.states import RoundState
from tests.conftest import Client, Databases, settings

# The first test loads the whole demonstration.
pytestmark = pytest.mark.timeout(900)
FACTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "ghnt-2019.json"


@pytest.fixture(scope="module")
def demo_app(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = create_app(settings(databases.make(), tmp_path_factory.mktemp("demo")))
    app.test_client_class = Client
    with app.app_context():
        assert service.load(clock.now())
        service.finish_jobs()
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def inside(demo_app: Flask) -> Iterator[Flask]:
    with demo_app.app_context():
        yield demo_app
        db.session.remove()


def _round(slug: str) -> Round:
    return db.session.scalars(select(Round).where(Round.slug == slug)).one()


def test_the_pool_of_2019_counts_up(inside: Flask) -> None:
    lines = {line.slug: line for line in service.status()}
    line = lines["projectenpool-2019"]
    assert (line.awards, line.region_entries, line.themes, line.regions_reached) == (51, 61, 11, 28)
    assert line.awarded == 3_199_042_00
    assert line.asked > 5_500_000_00


def test_the_shelter_experiments_of_2019_count_up(inside: Flask) -> None:
    line = {line.slug: line for line in service.status()}["vrouwenopvang-2019"]
    assert (line.awards, line.region_entries) == (6, 13)
    assert (line.awarded, line.ceiling) == (435_000_00, 450_000_00)
    assert line.asked > 850_000_00


def test_the_ceiling_was_raised_once_with_a_reason(inside: Flask) -> None:
    from pool.rounds import queries as rounds

    history = rounds.ceiling_history(_round("projectenpool-2019").id)
    assert [h.ceiling for h in history] == [3_000_000_00, 3_199_042_00]
    assert history[-1].reason


@pytest.mark.parametrize(("slug", "scheme"), [("projectenpool-2019", POOL), ("vrouwenopvang-2019", SHELTER)])
def test_the_awards_are_the_real_projects(inside: Flask, slug: str, scheme: str) -> None:
    granted = [d.application for d in awards.decisions(_round(slug).id) if d.amount]
    assert not any(application.invented for application in granted)
    told = sorted((a.theme.slug if a.theme else "", tuple(r.slug for r in a.regions)) for a in granted)
    assert told == sorted((p.theme, p.regions) for p in of(scheme).projects)
    assert {p.title for p in of(scheme).projects if p.title} <= {a.title for a in granted}


def test_some_awards_were_partial_and_every_refusal_is_marked_as_invented(inside: Flask) -> None:
    found = awards.decisions(_round("projectenpool-2019").id)
    assert any(d.outcome == Outcome.PARTLY_AWARDED for d in found)
    assert all(d.application.invented for d in found if d.outcome == Outcome.REFUSED)


@pytest.mark.parametrize("slug", ["projectenpool-2019", "vrouwenopvang-2019"])
def test_the_computed_allocation_gives_the_record_of_2019(inside: Flask, slug: str) -> None:
    round_ = _round(slug)
    scenario = allocations.scenarios(round_.id)[0]
    record = {d.application_id: d.amount for d in awards.decisions(round_.id) if d.amount}
    assert allocations.awards_of(scenario) == record
    outcome = allocations.outcome(scenario)
    assert outcome is not None
    assert outcome["status"] == "optimal"
    assert verify(scenario.snapshot.problem, outcome) == []


def test_every_decision_has_its_letter(inside: Flask) -> None:
    decisions = [d for round_ in db.session.scalars(select(Round)) for d in awards.decisions(round_.id)]
    assert len(decisions) > 57
    letters = {letter.decision_id: letter for letter in db.session.scalars(select(Letter))}
    assert {d.id for d in decisions} == set(letters)
    assert all(letter.pdf.startswith(b"%PDF") for letter in letters.values())


def test_one_can_apply_in_the_second_round_today(inside: Flask) -> None:
    now = clock.now()
    round_ = _round("open-ronde")
    assert round_.opens_at < now < round_.closes_at
    assert round_.closes_at - now > dt.timedelta(days=7)


def test_one_can_score_and_then_decide_in_the_third_round(inside: Flask) -> None:
    from pool.assessment import queries as assessments

    round_ = _round("ronde-in-beoordeling")
    assert round_.state == RoundState.IN_ASSESSMENT
    readers = assessments.readers_of_round(round_.id)
    waiting = [r for r in readers if r.assessment is None or r.assessment.submitted_at is None]
    assert 0 < len(waiting) <= 6
    asked = sum(a.requested for a in applications.of_round(round_.id, RECEIVED))
    assert asked > round_.budget.ceiling


def test_the_trail_is_whole(inside: Flask) -> None:
    assert audit.verify_all() == []


def test_loading_twice_changes_nothing(inside: Flask) -> None:
    before = service.status()
    assert service.load(clock.now()) is False
    assert service.status() == before


def test_every_sample_account_can_sign_in(demo_app: Flask) -> None:
    for sample in accounts.SAMPLES:
        client = demo_app.test_client()
        client.sign_in(sample.email, accounts.PASSWORD)  # type: ignore[attr-defined]
        assert client.get("/").status_code == 200


def test_the_commands_tell_how_the_rounds_stand(demo_app: Flask) -> None:
    output = demo_app.test_cli_runner().invoke(args=["demo", "status"]).output.replace("\u00a0", " ")
    assert "toegekend:        € 3.199.042,00 aan 51 aanvragen" in output
    assert "regio's bereikt:  28 (61 keer een regio)" in output
    assert "toegekend:        € 435.000,00 aan 6 aanvragen" in output


@pytest.mark.parametrize("slug", ["projectenpool-2019", "vrouwenopvang-2019"])
def test_what_is_invented_is_marked_on_screen_and_in_exports(demo_app: Flask, slug: str) -> None:
    client = demo_app.test_client()
    page = BeautifulSoup(client.get(f"/register/{slug}").data, "html5lib").get_text(" ", strip=True)
    assert "Verzonnen" in page
    body = client.get(f"/register/{slug}.csv").get_data(as_text=True).lstrip("\ufeff")
    assert "verzonnen" in body.lower()
    rows = list(csv.reader(io.StringIO(body), delimiter=";" if ";" in body.splitlines()[0] else ","))
    assert len(rows) > (51 if slug.startswith("proj") else 6)


def test_the_facts_in_the_project_are_those_of_the_source() -> None:
    if not FACTS.exists():
        pytest.skip(f"the source of the facts is not on this machine ({FACTS.name}): not compared")
    source = json.loads(FACTS.read_text(encoding="utf-8"))["schemes"]
    for scheme in (POOL, SHELTER):
        told = [
            (p.get("title") or "", p.get("theme", ""), tuple(p["regions"]))
            for p in source[scheme]["projects"]
        ]
        assert told == [(p.title, p.theme, p.regions) for p in of(scheme).projects]
        assert of(scheme).awarded == source[scheme]["awarded_eur"] * 100


def test_the_shelter_round_was_marked_by_invented_assessors(inside: Flask) -> None:
    """Every bottleneck of every experiment has its marks, and where these were far apart the committee agreed."""
    round_ = _round("vrouwenopvang-2019")
    found = coverage.coverage(round_)
    assert all(len(cell.marks) == 3 for line in found.lines for cell in line.cells)
    assert not coverage.wide_gaps(found)
    assert any(cell.holds for line in found.lines for cell in line.cells)
    left = coverage.sentence(found, coverage.awarded(round_))
    assert left == "Geen enkele toegekende aanvraag pakt deze knelpunten aan: Eigen inkomen en Schulden."
    assert "cijfers per knelpunt" in round_.invented


def test_of_small_projects_the_leads_tell_and_one_has_not_yet(inside: Flask) -> None:
    """No report is asked of the municipalities; the regions say how it goes all the same."""
    now = clock.now()
    lead = Cast().at("projectleider kennemerland", now)
    slug = next(line.slug for line in service.status() if line.slug.startswith("kleine-projecten-"))
    small = followup.found(Cast().at("programma", now), ProjectFilter(round_slug=slug))
    assert len(small) == 2
    assert all(not project.periods and project.half_years for project in small)
    assert any(project.views for project in small)
    [asked] = followup.views_due(lead, lead.region_ids)
    assert asked.project_id in {project.id for project in small}
    assert len(followup.views_due(Cast().at("programma", now))) == 1
