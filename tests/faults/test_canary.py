"""No mark where it does not belong: every page, file and mail, as everybody, with every key in every address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from pool.assessment import queries
from pool.assessment.queries import own
from pool.core.db import db
from pool.core.outbox import Mail
from tests.conftest import Client
from tests.support.canary import Watch
from tests.support.canary_crawl import Crawl, read
from tests.support.canary_story import TODAY, Story, tell
from tests.support.stages import staged
from tests.support.world import START, World

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(300)]

EVERYBODY = [
    "",
    *("applicant", "applicant_b", "applicant_c", "lead", "lead_b", "assessor", "assessor_b", "assessor_c"),
    *("member_b", "chair", "chair_b", "programme", "decider", "auditor", "admin"),
]
COMMITTEE = ("/beoordelen", "/besluit", "/verdelen", "/aanvragen")
"""Where somebody in the committee could meet something of a file."""


@dataclass
class Marked:
    """The story as told, and the marks that were put into it afterwards."""

    story: Story
    watch: Watch


@staged
def marked(world: World) -> Marked:
    with time_machine.travel(START + dt.timedelta(days=TODAY), tick=False):
        story, watch = tell(world), Watch()
        watch.put()
    return Marked(story, watch)


@pytest.fixture
def story(marked: Marked) -> Iterator[Story]:
    with time_machine.travel(START + dt.timedelta(days=TODAY), tick=False):
        yield marked.story


@pytest.fixture
def crawl(app: Flask, story: Story, marked: Marked) -> Crawl:
    return Crawl(app, story.world, marked.watch)


@pytest.fixture
def browser(world: World, new_client: Callable[[], Client]) -> Callable[[str], Client]:
    def sign_in(key: str) -> Client:
        return new_client().sign_in(world.email(key)) if key else new_client()

    return sign_in


def test_every_confidential_field_occurs_in_the_story(crawl: Crawl) -> None:
    there = crawl.watch.marked
    assert [one.name for one in crawl.watch.fields if not one.is_open and one.name not in there] == []


@pytest.mark.parametrize("key", EVERYBODY, ids=lambda key: key or "visitor")
def test_nobody_meets_a_mark_that_is_not_theirs(
    crawl: Crawl, browser: Callable[[str], Client], key: str
) -> None:
    leaks = crawl.leaks(browser(key), key)
    assert crawl.shown > 30
    assert leaks == [], "\n".join(leaks)


def test_no_mail_tells_what_its_reader_may_not_know(crawl: Crawl, story: Story) -> None:
    """Mail was written before the marks were put, so it is searched for titles and names as they were then."""
    leaks = []
    for mail in db.session.scalars(select(Mail).order_by(Mail.id)):
        if mail.user_id is None:
            continue
        actor = story.world.actor(story.world.key_of(mail.user_id), mail.written_at)
        eyes = crawl.watch.eyes_of(actor)
        unfit = eyes.unfit(f"{mail.subject} {mail.body}")
        leaks += [f"{mail.key} {mark.field.name}" for mark in unfit if mark.field.table != "mail"]
    assert leaks == []


@pytest.fixture
def reader(story: Story) -> str:
    """Somebody who handed in scores for `theirs`."""
    return story.world.key_of(story.done().user_id)


def test_an_interest_said_in_a_running_session_closes_everything_at_once(
    crawl: Crawl, story: Story, browser: Callable[[str], Client], reader: str
) -> None:
    client, ident = browser(reader), story.theirs.id
    eyes = crawl.watch.eyes_of(story.world.actor(reader, START + dt.timedelta(days=TODAY)))
    before = client.get(f"/beoordelen/aanvraag/{ident}")
    assert {mark.application_id for mark in crawl.watch.seen(read(before))} >= {ident}
    assert eyes.unfit(read(before)) == []
    said = {"answer": "declared", "reason": "Mijn zus werkt er."}
    assert client.post(f"/beoordelen/aanvraag/{ident}/belang", data=said).status_code == 302
    assert crawl.leaks(client, reader, COMMITTEE) == []
    assert client.get(f"/beoordelen/aanvraag/{ident}").status_code == 404


def test_a_chair_with_an_interest_said_in_a_running_session_meets_nothing_more(
    crawl: Crawl, story: Story, browser: Callable[[str], Client]
) -> None:
    client, ident = browser("chair"), story.theirs.id
    result = client.get(f"/beoordelen/ronde-2/uitslag/{ident}")
    assert {mark.application_id for mark in crawl.watch.seen(read(result))} >= {ident}
    said = {
        "application_id": str(ident),
        "user_id": str(story.world.ids["chair"]),
        "answer": "declared",
        "reason": "Oud-collega.",
    }
    assert client.post("/beoordelen/ronde-2/belangen", data=said).status_code == 302
    assert crawl.leaks(client, "chair", COMMITTEE) == []


# --- the twins: without one filter the crawl goes red --------------------------------------------------------


def test_without_the_filter_on_the_own_list_the_crawl_goes_red(
    crawl: Crawl, story: Story, browser: Callable[[str], Client], reader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, ident = browser(reader), story.theirs.id
    said = {"answer": "declared", "reason": "Mijn zus werkt er."}
    client.post(f"/beoordelen/aanvraag/{ident}/belang", data=said)
    monkeypatch.setattr(own, "hidden_from", lambda _actor: set())
    assert crawl.leaks(client, reader, ("/beoordelen",)) != []


def test_without_the_filter_on_the_chair_the_crawl_goes_red(
    crawl: Crawl, browser: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """chair_b has an interest in one application of each round."""
    monkeypatch.setattr(queries, "hidden_from", lambda _actor: set())
    assert crawl.leaks(browser("chair_b"), "chair_b", ("/beoordelen",)) != []
