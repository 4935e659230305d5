"""Home per role, navigation, health, and what the site tells about itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from pool.applications import service as applications
from pool.applications.inputs import CheckedPoint, CheckInput
from pool.applications.rules import check_points
from pool.applications.states import Completeness
from pool.assessment import service as assessment
from pool.assessment.models import Assignment
from pool.assessment.states import InterestAnswer
from pool.awards import queries as awards
from pool.core import jobs
from pool.core.access import Role
from pool.core.db import db
from pool.followup import queries as followup
from pool.rounds import queries as rounds
from pool.rounds import service as rounds_service
from pool.stages import NAVIGATION
from pool.web.tasks import waiting_for
from tests.conftest import Client
from tests.support import awards_factory
from tests.support.applications_factory import make_application, make_complete, make_draft
from tests.support.assessment_factory import adopt, assess_all, assign_all
from tests.support.followup_factory import make_known, make_project, running_project, submit_report
from tests.support.pages import heading, read, words
from tests.support.world import START, World

WHO = {role: role.value for role in Role} | {Role.REGIONAL_LEAD: "lead"}


def waiting(world: World, key: str, **later: float) -> dict[str, int]:
    return {task.label: task.count for task in waiting_for(world.later(key, **later))}


# --- what waits for whom ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_in_an_empty_pool_nothing_waits(client: Client, world: World, role: Role) -> None:
    client.sign_in(world.email(WHO[role]))
    page = read(client.get("/"))
    assert heading(page) == "Overzicht"
    assert "Er wacht nu niets op u." in words(page)


def test_what_waits_before_the_assessment(world: World) -> None:
    round_ = world.round()
    make_draft(world, round_, title="Concept")
    submitted = make_application(world, round_, title="Ingediend")
    assert waiting(world, "applicant", days=2) == {"Concepten die nog niet zijn ingediend": 1}
    assert waiting(world, "applicant_b", days=2) == {}
    assert waiting(world, "programme", days=2) == {"Aanvragen waarvan u de volledigheid moet toetsen": 1}
    assert waiting(world, "lead", days=2) == {"Aanvragen waarop uw regio nog geen zienswijze gaf": 1}
    applications.give_view(world.later("lead", days=3), submitted, submitted.region_links[0].region_id, "Ja.")
    assert waiting(world, "lead", days=3) == {}
    points = tuple(
        CheckedPoint(p.code, place > 0, "" if place else "Licht dit toe.")
        for place, p in enumerate(check_points(rounds.rules_of(round_)))
    )
    applications.check(
        world.later("programme", days=15), submitted, CheckInput(Completeness.SUPPLEMENT, points)
    )
    # The round has closed: the draft is too late, and no longer waits.
    assert waiting(world, "applicant", days=15) == {"Aanvragen die u moet aanvullen": 1}
    assert waiting(world, "programme", days=15)["Aanvragen die wachten op aanvulling"] == 1


def test_what_waits_for_committee_and_deciders(world: World) -> None:
    round_ = world.round()
    for key in ("applicant", "applicant_b"):
        make_complete(world, round_, key)
    rounds_label = "Gesloten rondes die u moet toewijzen aan beoordelaars"
    rounds_service.follow_clock(world.later("programme", days=16), round_)
    assert waiting(world, "programme", days=16) == {rounds_label: 1}
    assigned = assign_all(world, round_)
    for_one = sum(a.user_id == world.ids["assessor"] for a in assigned)
    assert waiting(world, "assessor", days=21).get("Aanvragen die u nog moet beoordelen", 0) == for_one
    assert waiting(world, "chair", days=21) == {"Rondes waarin de commissie nog beoordeelt": 1}
    assess_all(world, round_)
    adopt(world, round_)
    assert waiting(world, "assessor", days=41) == {}
    assert waiting(world, "chair", days=41) == {"Rondes die op het advies van de commissie wachten": 1}
    awards_factory.advise(world, round_)
    assert waiting(world, "chair", days=51) == {}
    assert waiting(world, "programme", days=51) == {"Rondes waarin u besluiten moet voorbereiden": 1}
    awards_factory.prepare(world, round_)
    assert waiting(world, "programme", days=56) == {}
    assert waiting(world, "decider", days=56) == {"Besluiten die klaarliggen": 2}
    awards_factory.decide_all(world, round_)
    assert waiting(world, "decider", days=61) == {}
    assert waiting(world, "programme", days=61) == {"Rondes waarvan u de besluiten bekend kunt maken": 1}
    awards_factory.publish(world, round_)
    assert waiting(world, "programme", days=66) == {}
    # What the deciders awarded has become projects, and stands in the register.
    awarded = [d.application_id for d in awards.public_awards(round_.id)]
    assert awarded
    visible = db.session.scalars(followup.visible_to(world.later("programme", days=66))).unique()
    assert sorted(p.application_id for p in visible) == sorted(awarded)


def test_an_interest_hides_what_waits(world: World) -> None:
    round_ = world.round()
    application = make_complete(world, round_)
    assign_all(world, round_)
    who = {world.ids[k]: k for k in ("assessor", "assessor_b", "assessor_c")}
    assignment = db.session.scalars(db.select(Assignment).order_by(Assignment.id)).first()
    assert assignment is not None
    key = who[assignment.user_id]
    assert waiting(world, key, days=21) == {"Aanvragen die u nog moet beoordelen": 1}
    assessment.declare_interest(
        world.later(key, days=21), application.id, InterestAnswer.DECLARED, "Ik werkte er."
    )
    assert waiting(world, key, days=22) == {}


def test_what_waits_after_the_award(world: World) -> None:
    project = running_project(world)
    label = "Voortgangsrapportages die u moet indienen"
    assert waiting(world, "applicant", days=300) == {}
    assert waiting(world, "applicant", days=370) == {label: 1}  # 9 January 2028
    lacking = {"Beelden van regio’s die nog niet binnen zijn": 1}
    late = {"Voortgangsrapportages die nog niet binnen zijn": 1}
    assert waiting(world, "programme", days=400) == {**late, **lacking}
    assert waiting(world, "lead", days=300) == {}
    submit_report(world, project)
    assert waiting(world, "applicant", days=400) == {}
    assert waiting(world, "programme", days=400) == lacking
    [task] = waiting_for(world.later("lead", days=370))
    assert (task.label, task.count) == ("Beelden van uw regio die u moet geven", 1)
    assert task.hint == "De eerste uiterlijk op 31 januari 2028."
    [task] = waiting_for(world.later("lead", days=400))
    assert task.hint == "1 beeld is te laat."


def test_every_line_leads_somewhere(client: Client, world: World) -> None:
    round_ = world.round()
    make_draft(world, round_)
    make_application(world, round_, "applicant_b")
    with time_machine.travel(START + dt.timedelta(days=2), tick=False):
        for key in ("applicant", "programme"):
            client.sign_in(world.email(key))
            page = read(client.get("/"))
            links = [a["href"] for a in page.select(".pp-tasks a")]
            assert links
            for link in links:
                assert client.get(str(link)).status_code == 200


@pytest.mark.parametrize("key", [None, "applicant", "lead", "assessor", "chair", "programme", "decider"])
def test_home_takes_as_many_queries_for_three_as_for_one(
    client: Client, world: World, count_queries: Any, key: str | None
) -> None:
    round_ = world.round(ceiling=100_000_000)
    if key:
        client.sign_in(world.email(key))
    counts = []
    with time_machine.travel(START + dt.timedelta(days=2), tick=False):
        if key:
            client.sign_in(world.email(key))
        for number in (1, 2):
            for _ in range(number):
                make_application(world, round_)
                make_draft(world, round_)
            client.get("/")
            with count_queries() as counted:
                read(client.get("/"))
            counts.append(counted.number)
    assert counts[0] == counts[1]
    assert counts[1] <= 25


def test_a_visitor_reads_what_it_is_and_what_is_open(client: Client, world: World) -> None:
    done = world.round(slug="oud", title="Oude ronde", invented="Alles is verzonnen.")
    make_project(world, done)
    make_known(world, done)
    world.round(slug="nieuw", title="Nieuwe ronde")
    with time_machine.travel(START + dt.timedelta(days=1), tick=False):
        page = read(client.get("/"))
    said = words(page).replace("\xa0", " ")
    assert heading(page) == "Projectenpool"
    assert "Nieuwe ronde" in said
    assert "tot en met 18 januari 2027" in said
    assert "1 project, samen € 50.000" in said
    assert "Alles is verzonnen." in said
    with time_machine.travel(START + dt.timedelta(days=30), tick=False):
        assert "Er is nu geen ronde open." in words(read(client.get("/")))


# --- navigation -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [None, *Role])
def test_the_menu_leads_where_one_may_go_and_says_where_one_is(
    client: Client, world: World, role: Role | None
) -> None:
    if role:
        client.sign_in(world.email(WHO[role]))
    page = read(client.get("/"))
    links = [str(a["href"]) for a in page.select(".pp-nav__link")]
    wanted = (
        [item.label for item in NAVIGATION if role in item.roles]
        if role
        else ["Overzicht", "Openbaar register"]
    )
    assert [a.get_text() for a in page.select(".pp-nav__link")] == wanted
    for link in links:
        there = read(client.get(link))
        current = [str(a["href"]) for a in there.select('.pp-nav__link[aria-current="page"]')]
        assert current == [link]


def test_pages_below_mark_their_part_of_the_menu(client: Client, world: World) -> None:
    project = running_project(world)
    client.sign_in(world.email("programme"))
    for where, label in (
        (f"/projecten/{project.id}", "Projecten"),
        ("/register/ronde-1", "Openbaar register"),
        ("/register/ronde-1/overzicht", "Openbaar register"),
        ("/register/zoeken", "Openbaar register"),
        ("/rondes/ronde-1/beheer", "Rondes"),
    ):
        page = read(client.get(where))
        assert [a.get_text() for a in page.select('.pp-nav__link[aria-current="page"]')] == [label]


# --- what the site tells about itself -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "title"),
    [("/toegankelijkheid", "Toegankelijkheid"), ("/privacy", "Privacy"), ("/colofon", "Colofon")],
)
def test_about_the_site(client: Client, world: World, where: str, title: str) -> None:
    page = read(client.get(where))
    assert heading(page) == title
    assert page.title is not None
    assert page.title.get_text() == f"{title} – Projectenpool"
    for link in page.select("main a[href^='/'], footer a"):
        assert client.get(str(link["href"])).status_code == 200


def test_files_for_robots_and_for_who_finds_a_weakness(client: Client, world: World) -> None:
    robots = client.get("/robots.txt")
    assert robots.mimetype == "text/plain"
    assert "Disallow: /inloggen" in robots.text
    with time_machine.travel(START, tick=False):
        found = client.get("/.well-known/security.txt")
    assert found.content_type == "text/plain; charset=utf-8"
    lines = dict(line.split(": ", 1) for line in found.text.strip().split("\n"))
    assert lines["Contact"] == "mailto:projectenpool@example.org"
    assert lines["Canonical"] == "http://localhost/.well-known/security.txt"
    expires = dt.datetime.fromisoformat(lines["Expires"])
    assert dt.timedelta(days=30) < expires - START < dt.timedelta(days=365)


# --- health -----------------------------------------------------------------------------------------------


def test_health_says_no_when_a_job_waits_too_long(client: Client, world: World) -> None:
    with time_machine.travel(START, tick=False):
        jobs.enqueue("mail", "test:1", {"mail_id": 0})
        db.session.commit()
    for seconds, status in ((600, 200), (601, 503)):
        with time_machine.travel(START + dt.timedelta(seconds=seconds), tick=False):
            answer = client.get("/gezond")
        assert (answer.status_code, (answer.json or {})["oldestWaitingJobSeconds"]) == (status, seconds)


def test_health_counts_jobs_that_failed_and_that_were_set_aside(
    client: Client, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_job: jobs.Job) -> None:
        raise RuntimeError("secret")

    monkeypatch.setitem(jobs._handlers, "letter", fails)
    runner = app.test_cli_runner()
    assert "no job failed" in runner.invoke(args=["jobs", "list"]).output
    with time_machine.travel(START, tick=False):
        ident = jobs.enqueue("letter", "test:1", {}).id
        db.session.commit()
        assert runner.invoke(args=["jobs", "again", str(ident)]).exit_code == 1
    for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
        with time_machine.travel(START + dt.timedelta(hours=attempt), tick=False):
            jobs.work(until_idle=True)
            answer = client.get("/gezond")
        dead = attempt == jobs.MAX_ATTEMPTS
        assert answer.status_code == 200
        assert "secret" not in answer.text
        told = {
            key: (answer.json or {})[key]
            for key in ("failingJobs", "oldestFailingJobSeconds", "setAsideJobs")
        }
        assert told == {
            "failingJobs": 0 if dead else 1,
            "oldestFailingJobSeconds": 0 if dead else attempt * 3600,
            "setAsideJobs": int(dead),
        }
    listed = runner.invoke(args=["jobs", "list"]).output
    assert f"{ident}  letter  test:1  8 attempts, set aside: RuntimeError: secret" in listed
    monkeypatch.setitem(jobs._handlers, "letter", lambda _job: None)
    assert runner.invoke(args=["jobs", "again", str(ident)]).exit_code == 0
    jobs.work(until_idle=True)
    assert "no job failed" in runner.invoke(args=["jobs", "list"]).output
    assert (client.get("/gezond").json or {})["setAsideJobs"] == 0


def test_health_says_no_when_the_database_is_not_migrated(client: Client) -> None:
    db.session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    db.session.commit()
    answer = client.get("/gezond")
    assert answer.status_code == 503
    assert answer.json == {
        "status": "not ok",
        "database": True,
        "migrations": False,
        "oldestWaitingJobSeconds": 0,
        "failingJobs": 0,
        "oldestFailingJobSeconds": 0,
        "setAsideJobs": 0,
    }


def test_health_says_no_when_the_database_does_not_answer(
    real_app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: Any, **_more: Any) -> None:
        raise OperationalError("select 1", {}, Exception("secret host is down"))

    monkeypatch.setattr(db.session, "execute", broken)
    answer = real_app.test_client().get("/gezond")
    assert (answer.status_code, (answer.json or {})["database"]) == (503, False)
    assert "secret" not in answer.text


def test_health_is_well(client: Client) -> None:
    answer = client.get("/gezond")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ok",
        "database": True,
        "migrations": True,
        "oldestWaitingJobSeconds": 0,
        "failingJobs": 0,
        "oldestFailingJobSeconds": 0,
        "setAsideJobs": 0,
    }
    assert answer.headers["Cache-Control"] == "no-store"
