"""Two at the same moment, on real connections: numbers differ, one version, one acknowledged text."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from pool.applications import queries, service
from pool.applications.inputs import Project
from pool.applications.models import Application
from pool.applications.service import writing
from pool.core.db import db
from pool.core.errors import PoolError
from pool.core.outbox import Mail
from pool.rounds.models import Round
from tests.conftest import DATABASE
from tests.support.applications_factory import make_draft
from tests.support.world import START, World


def together(app: Flask, jobs: list[Callable[[], Any]]) -> list[Any]:
    """What each job gave, or the refusal or database error it met; all begin at the same moment."""
    gate, results = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(place: int) -> None:
        with app.app_context():
            gate.wait()
            try:
                results[place] = jobs[place]()
                db.session.commit()
            except Exception as error:
                db.session.rollback()
                results[place] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture
def town(real_app: Flask) -> World:
    with real_app.app_context():
        world = World.build()
        world.round()
        # Actors are made beforehand: the people in the world belong to this thread's session.
        world.later("applicant", days=1)
        return world


def test_those_who_start_together_get_different_references(real_app: Flask, town: World) -> None:
    with real_app.app_context():
        actor = town.later("applicant", days=1)

    def start() -> str:
        return service.start(actor, db.session.scalars(select(Round)).one()).reference

    found = together(real_app, [start] * 8)
    assert sorted(found) == [f"VDND-2027-{n:03d}" for n in range(1, 9)]


@pytest.mark.skipif(
    DATABASE == "sqlite", reason="SQLite lets one writer in at a time, with or without the lock"
)
def test_without_the_lock_they_would_clash(
    real_app: Flask, town: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broken twin of the lock on the scheme."""
    with real_app.app_context():
        actor = town.later("applicant", days=1)
    meet, last = threading.Barrier(2), queries.last_reference

    def slowly(stem: str) -> str | None:
        found = last(stem)
        meet.wait(timeout=20)
        return found

    monkeypatch.setattr(writing, "lock", lambda cls, ident: db.session.get_one(cls, ident))
    monkeypatch.setattr(queries, "last_reference", slowly)
    found = together(
        real_app, [lambda: service.start(actor, db.session.scalars(select(Round)).one()).reference] * 2
    )
    assert sum(isinstance(x, Exception) for x in found) == 1


def test_two_submits_at_once_make_one_version(real_app: Flask, town: World) -> None:
    with real_app.app_context():
        application = make_draft(town, db.session.scalars(select(Round)).one())
        ident, actor = application.id, town.later("applicant", days=2)
        db.session.remove()

    def submit() -> str:
        return service.submit(actor, db.session.get_one(Application, ident)).sha256

    found = together(real_app, [submit] * 4)
    assert len(set(found)) == 1, found
    with real_app.app_context():
        assert len(db.session.get_one(Application, ident).versions) == 1
        assert len(db.session.scalars(select(Mail)).all()) == 2


def test_who_holds_an_application_sees_what_a_colleague_just_changed(real_app: Flask, town: World) -> None:
    with real_app.app_context():
        application = make_draft(town, db.session.scalars(select(Round)).one())
        ident, revision, actor = application.id, application.revision, town.later("applicant", days=2)
        db.session.remove()

    def save() -> None:
        given = db.session.get_one(Application, ident)
        service.save_section(actor, given, "project", Project(title="Van een collega"), revision)

    with real_app.app_context():
        mine = db.session.get_one(Application, ident)
        before = mine.title
        assert together(real_app, [save]) == [None]
        assert mine.title == before
        writing.hold(mine)
        assert (mine.title, queries.draft(mine).project.title) == ("Van een collega", "Van een collega")
        db.session.remove()


def test_two_saves_at_once_keep_one_and_show_it_to_the_other(real_app: Flask, town: World) -> None:
    with real_app.app_context():
        application = make_draft(town, db.session.scalars(select(Round)).one())
        ident, started, actor = application.id, application.revision, town.later("applicant", days=2)
        db.session.remove()

    def save(name: str) -> Callable[[], str]:
        def job() -> str:
            who = dataclasses.replace(actor, name=name)
            application = db.session.get_one(Application, ident)
            service.save_section(who, application, "project", Project(title=f"Van {name}"), started)
            return f"Van {name}"

        return job

    found = together(real_app, [save(name) for name in ("Ali", "Kim", "Bo")])
    kept = [x for x in found if isinstance(x, str)]
    stale = [x for x in found if isinstance(x, service.StaleSection)]
    assert (len(kept), len(stale)) == (1, 2), found
    assert all(isinstance(x, str | PoolError) for x in found)
    assert {x.theirs.title for x in stale} == set(kept)
    with real_app.app_context():
        assert queries.draft(db.session.get_one(Application, ident)).project.title == kept[0]


def test_a_double_click_gets_one_answer_also_from_two_servers(
    real_app: Flask, town: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both copies have begun before either is carried out: the second finds the text changed, by the first."""
    with real_app.app_context():
        ident = make_draft(town, db.session.scalars(select(Round)).one(), days=1).id
        db.session.remove()
    page, path = f"/aanvragen/{ident}", f"/aanvragen/{ident}/indienen"
    with time_machine.travel(START + dt.timedelta(days=2), tick=False):
        client = real_app.test_client().sign_in(town.email("applicant"))  # type: ignore[attr-defined]
        form = BeautifulSoup(client.get(path).data, "html5lib").select_one("main form[method=post]")
        assert form is not None
        given = {i["name"]: i.get("value", "y") for i in form.select("input[name]")}
        gate, ask = threading.Barrier(2), queries.get

        def both_have_begun(*args: Any) -> Application:
            found = ask(*args)
            if DATABASE == "postgresql":
                gate.wait(timeout=20)
            return found

        monkeypatch.setattr(queries, "get", both_have_begun)

        def send(_turn: int) -> tuple[int, str]:
            twin = real_app.test_client()
            twin._cookies = client._cookies
            answer = twin.post(path, data=given)
            return answer.status_code, answer.location or answer.get_data(as_text=True)[:2000]

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(send, range(2)))
    assert set(answers) == {(302, f"{page}/versies/1")}
    with real_app.app_context():
        assert len(db.session.get_one(Application, ident).versions) == 1
