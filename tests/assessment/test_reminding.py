"""Reminders: until when to score, who is not ready, once each, and never a word about anybody else."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from pool.assessment import queries, service
from pool.assessment.inputs import DeadlineInput
from pool.assessment.models import Assignment, ScoringDeadline
from pool.assessment.states import InterestAnswer
from pool.core import jobs
from pool.core.access import system
from pool.core.db import db
from pool.core.delivery import Delivery, MailKind, MailPreference
from pool.core.errors import InvalidMany, Missing, Refused
from pool.core.outbox import Mail
from tests.assessment.conftest import Committee
from tests.conftest import Client
from tests.support.assessment_factory import adopt, assign_all, member, open_file, score
from tests.support.world import START, World

ROUND = "/beoordelen/ronde-1"
LAST = (START + dt.timedelta(days=40)).date()
GIVEN = DeadlineInput(LAST, remind_days=7)


@pytest.fixture
def made(committee: Committee) -> list[Assignment]:
    return assign_all(committee.world, committee.round_)


def mails() -> list[Mail]:
    return list(db.session.scalars(select(Mail).where(Mail.key.startswith("reminder:")).order_by(Mail.id)))


def finish(committee: Committee, made: list[Assignment], user_id: int) -> None:
    for assignment in made:
        if assignment.user_id == user_id:
            score(committee.world, assignment, 6)


def agreed(committee: Committee, given: DeadlineInput = GIVEN, days: float = 21) -> ScoringDeadline:
    return service.set_deadline(committee.world.later("programme", days=days), committee.round_, given)


# --- the last day ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["assessor", "chair", "decider", "auditor", "applicant", "admin"])
def test_only_the_programme_team(committee: Committee, made: list[Assignment], key: str) -> None:
    actor = committee.world.later(key, days=21)
    with pytest.raises(Refused):
        service.set_deadline(actor, committee.round_, GIVEN)
    with pytest.raises(Refused):
        service.remind(actor, committee.round_, made[0].user_id)
    assert (mails(), queries.reminders.deadline_of(committee.round_.id)) == ([], None)


def test_only_while_the_committee_is_at_work(committee: Committee) -> None:
    programme = committee.world.later("programme", days=20)
    with pytest.raises(Refused):
        service.set_deadline(programme, committee.round_, GIVEN)
    adopt(committee.world, committee.round_)
    with pytest.raises(Refused):
        agreed(committee, DeadlineInput(LAST + dt.timedelta(days=30)), days=41)


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        (DeadlineInput((START + dt.timedelta(days=21)).date(), 0), ["last_day"]),
        (DeadlineInput(LAST, 31), ["remind_days"]),
        (DeadlineInput(LAST, -1), ["remind_days"]),
        (DeadlineInput(LAST, 20), ["remind_days"]),
    ],
)
def test_a_day_that_cannot_be(
    committee: Committee, made: list[Assignment], given: DeadlineInput, fields: list[str]
) -> None:
    with pytest.raises(InvalidMany) as found:
        agreed(committee, given)
    assert [problem.field for problem in found.value.problems] == fields


def test_the_newest_day_counts_and_none_ever_changes(committee: Committee, made: list[Assignment]) -> None:
    first = agreed(committee)
    later = agreed(committee, DeadlineInput(LAST + dt.timedelta(days=3), 2), days=22)
    assert queries.reminders.deadline_of(committee.round_.id) == later
    service.remind_all(system(), first.id, over=False)
    assert mails() == []
    service.remind_all(system(), later.id, over=False)
    assert len(mails()) == 3
    db.session.commit()
    with pytest.raises(DBAPIError, match="immutable"):
        db.session.execute(update(ScoringDeadline).values(remind_days=1))
    db.session.rollback()


# --- by itself ------------------------------------------------------------------------------------------------


def test_before_and_after_once_each_to_who_is_not_ready(committee: Committee, made: list[Assignment]) -> None:
    world = committee.world
    finish(committee, made, world.ids["assessor"])
    deadline = agreed(committee)
    db.session.commit()
    for day, total in ((32, 0), (33.5, 2), (34, 2)):
        with time_machine.travel(START + dt.timedelta(days=day), tick=False):
            jobs.work(until_idle=True)
        assert len(mails()) == total
    assert {mail.user_id for mail in mails()} == {world.ids["assessor_b"], world.ids["assessor_c"]}
    assert all("De laatste dag daarvoor is zaterdag 13 februari 2027." in mail.body for mail in mails())
    finish(committee, made, world.ids["assessor_b"])
    with time_machine.travel(START + dt.timedelta(days=41.5), tick=False):
        jobs.work(until_idle=True)
        service.remind_all(system(), deadline.id, over=True)
    assert [mail.user_id for mail in mails()[2:]] == [world.ids["assessor_c"]]
    assert "daarvoor was zaterdag 13 februari" in mails()[-1].body


def test_no_reminder_when_the_committee_is_done(committee: Committee, made: list[Assignment]) -> None:
    deadline = agreed(committee)
    adopt(committee.world, committee.round_)
    service.remind_all(system(), deadline.id, over=True)
    assert mails() == []


def test_what_somebody_may_not_score_is_no_reason_to_remind(
    committee: Committee, made: list[Assignment]
) -> None:
    world, user_id = committee.world, made[0].user_id
    for assignment in made:
        if assignment.user_id == user_id:
            service.declare_interest(
                member(world, assignment), assignment.application_id, InterestAnswer.DECLARED, "Familie."
            )
    assert user_id not in {user.id for user in queries.reminders.unfinished(committee.round_.id)}
    with pytest.raises(Missing):
        service.remind(world.later("programme", days=26), committee.round_, user_id)


def test_a_reminder_says_nothing_of_applications_numbers_or_others(
    committee: Committee, made: list[Assignment]
) -> None:
    world = committee.world
    open_file(world, made[0])
    finish(committee, made, world.ids["assessor_b"])
    deadline = agreed(committee)
    service.remind_all(system(), deadline.id, over=False)
    for mail in mails():
        said = mail.subject + mail.body
        assert not any(one.title in said or one.reference in said for one in (committee.one, committee.two))
        assert not re.search(r"\d+ (aanvra|beoordel)|score|punt", said)
        assert not any(user.name in said for user in world.users.values() if user.id != mail.user_id)


def test_what_somebody_chose_about_mail_is_kept(committee: Committee, made: list[Assignment]) -> None:
    user_id = made[0].user_id
    chosen = MailPreference(
        user_id=user_id, kind=MailKind.ASSESSMENT, delivery=Delivery.PORTAL, chosen_at=START
    )
    db.session.add(chosen)
    db.session.flush()
    service.remind_all(system(), agreed(committee).id, over=False)
    own = next(mail for mail in mails() if mail.user_id == user_id)
    assert own.delivery == Delivery.PORTAL
    assert jobs.by_key(own.job_key) is None


# --- by hand --------------------------------------------------------------------------------------------------


def test_by_hand_not_twice_within_a_day(committee: Committee, made: list[Assignment]) -> None:
    world, user_id = committee.world, made[0].user_id
    service.remind(world.later("programme", days=26), committee.round_, user_id)
    assert "laatste dag" not in mails()[0].body
    with pytest.raises(Refused, match="minder dan een dag geleden"):
        service.remind(world.later("programme_b", days=26.9), committee.round_, user_id)
    service.remind(world.later("programme_b", days=27), committee.round_, user_id)
    assert len(mails()) == 2
    finish(committee, made, user_id)
    with pytest.raises(Missing):
        service.remind(world.later("programme", days=29), committee.round_, user_id)
    with pytest.raises(Missing):
        service.remind(world.later("programme", days=29), committee.round_, world.ids["chair"])


def test_by_hand_not_on_the_heels_of_one_by_itself(committee: Committee, made: list[Assignment]) -> None:
    deadline = agreed(committee)
    service.remind_all(system(START + dt.timedelta(days=33)), deadline.id, over=False)
    with pytest.raises(Refused):
        service.remind(committee.world.later("programme", days=33.5), committee.round_, made[0].user_id)


# --- pages ----------------------------------------------------------------------------------------------------


@pytest.fixture
def browser(world: World, new_client: Callable[[], Client]) -> Callable[[str], Client]:
    return lambda key: new_client().sign_in(world.email(key))


def text(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return str(response.get_data(as_text=True))


def test_the_pages(committee: Committee, made: list[Assignment], browser: Any) -> None:
    with time_machine.travel(START + dt.timedelta(days=30), tick=False):
        programme, chair, reader = browser("programme"), browser("chair"), browser("assessor")
        for client in (chair, reader):
            text(client, f"{ROUND}/laatste-dag", 403)
            assert client.post(f"{ROUND}/herinneren", data={}).status_code == 403
        assert "Er is nog geen laatste dag" in text(programme, ROUND)
        assert "laatste dag" not in text(reader, "/beoordelen")
        wrong = programme.post(f"{ROUND}/laatste-dag", data={"last_day": "2027-02-30", "remind_days": "31"})
        assert wrong.status_code == 422
        assert 'value="2027-02-30"' in wrong.get_data(as_text=True)
        data = {"last_day": LAST.isoformat(), "remind_days": "2"}
        assert programme.post(f"{ROUND}/laatste-dag", data=data).status_code == 302
        assert "De laatste dag voor scores is 13 februari 2027" in text(programme, ROUND)
        assert "De laatste dag om uw scores in te dienen is 13 februari 2027" in text(reader, "/beoordelen")
        assert "Herinneren" not in text(chair, ROUND)
        assert "Herinneren" in text(programme, ROUND)
        sent = {"user_id": str(made[0].user_id)}
        assert programme.post(f"{ROUND}/herinneren", data=sent).status_code == 302
        again = programme.post(f"{ROUND}/herinneren", data=sent)
        assert again.status_code == 422
        assert "minder dan een dag geleden" in again.get_data(as_text=True)
        assert len(mails()) == 1
        assert "3 februari 2027" in text(programme, ROUND)
        finish(committee, made, committee.world.ids["assessor"])
        assert "laatste dag" not in text(reader, "/beoordelen")
