"""What projects refuse, and then what they do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select
from sqlalchemy import text as text_
from sqlalchemy.exc import IntegrityError

from pool.applications.models import Application
from pool.assessment import queries as assessment
from pool.core import audit, clock, jobs
from pool.core.access import Actor, system
from pool.core.db import db
from pool.core.errors import Conflict, Invalid, InvalidMany, Missing, Refused
from pool.core.jobs import Job
from pool.core.outbox import Mail
from pool.core.signals import decision_taken
from pool.followup import queries, service
from pool.followup.inputs import EndInput, ProjectFilter, ReportInput, ViewInput
from pool.followup.models import HalfYearView, ProgressReport, Project
from pool.followup.periods import Period
from pool.followup.states import Due, Embedding, ProjectState, ReportState, Standing
from pool.regions import queries as regions
from pool.rounds.states import Instrument
from tests.support.applications_factory import make_complete
from tests.support.followup_factory import (
    AUTUMN,
    FULL,
    decide,
    granted_round,
    make_known,
    make_project,
    running_project,
    submit_report,
    write_report,
)
from tests.support.stages import staged
from tests.support.world import World

ENDED = EndInput("Gezinnen krijgen binnen een week hulp.", "Begin klein.", Embedding.REGULAR)


@staged
def project(world: World) -> Project:
    return running_project(world)


def autumn(world: World, key: str) -> Actor:
    return world.later(key, days=AUTUMN)


def region_id(slug: str) -> int:
    return regions.regions_by_slug([slug])[slug].id


# --- the start --------------------------------------------------------------------------------------------


def test_a_refusal_starts_nothing(world: World) -> None:
    application = make_complete(world, granted_round(world))
    decision = decide(world, application, amount=0)
    assert queries.of_application(application.id) is None
    with pytest.raises(ValueError):
        service.start(world.actor("decider"), decision)


def test_an_award_starts_one_project_however_often_it_is_told(world: World) -> None:
    application = make_complete(world, granted_round(world))
    decision = decide(world, application)
    decision_taken.send("test", actor=world.actor("decider"), decision=decision)
    found = db.session.scalars(select(Project)).all()
    assert [(p.application_id, p.decision_id, p.state) for p in found] == [
        (application.id, decision.id, ProjectState.RUNNING)
    ]
    assert [e.action for e in audit.trail(application.audit_chain)].count("project.start") == 1
    assert [p.code for p in found[0].periods] == ["2027-2", "2028-1", "2028-2"]


def test_the_project_falls_with_the_transaction_of_the_decision(world: World) -> None:
    application = make_complete(world, granted_round(world))
    with db.session.begin_nested() as savepoint:
        decide_without_commit(world, application)
        assert queries.of_application(application.id) is not None
        savepoint.rollback()
    assert queries.of_application(application.id) is None


def decide_without_commit(world: World, application: Application) -> None:
    commit, db.session.commit = db.session.commit, db.session.flush  # type: ignore[method-assign]
    try:
        decide(world, application)
    finally:
        db.session.commit = commit  # type: ignore[method-assign]


# --- who sees what ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["applicant_b", "assessor", "chair", "decider", "auditor", "admin"])
def test_a_foreign_project_is_missing(world: World, project: Project, key: str) -> None:
    with pytest.raises(Missing):
        queries.get(autumn(world, key), project.id)


def test_a_lead_of_another_region_finds_nothing(world: World, project: Project) -> None:
    elsewhere = replace(autumn(world, "lead"), region_ids=frozenset({region_id("zeeland")}))
    with pytest.raises(Missing):
        queries.get(elsewhere, project.id)
    assert queries.found(elsewhere, ProjectFilter()) == []
    assert queries.view_lines(elsewhere) == []
    assert queries.views_due(elsewhere) == []


def test_before_the_decisions_are_known_only_the_programme_team_sees_the_project(world: World) -> None:
    round_ = granted_round(world)
    project = make_project(world, round_)
    for key in ("applicant", "lead"):
        with pytest.raises(Missing):
            queries.get(autumn(world, key), project.id)
    assert queries.get(autumn(world, "programme"), project.id) is project
    with pytest.raises(Refused):
        service.save_report(autumn(world, "applicant"), project, "2027-2", FULL)
    with pytest.raises(Refused):
        service.stop(autumn(world, "programme"), project, ENDED)
    assert queries.reports_due(world.later("programme", days=500)) == []
    make_known(world, round_)
    for key in ("applicant", "lead"):
        assert queries.get(autumn(world, key), project.id) is project


# --- reports ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "code", "days", "error"),
    [
        ("applicant_b", "2027-2", AUTUMN, Refused),
        ("programme", "2027-2", AUTUMN, Refused),
        ("lead", "2027-2", AUTUMN, Refused),
        ("applicant", "2027-1", AUTUMN, Refused),  # before the project began
        ("applicant", "2028-1", AUTUMN, Refused),  # has not begun
        ("applicant", "2029-1", 900, Refused),  # after the planned end
        ("applicant", "2027-9", AUTUMN, Missing),
    ],
)
def test_a_report_that_may_not_be_written(
    world: World, project: Project, key: str, code: str, days: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        service.save_report(world.later(key, days=days), project, code, FULL)
    assert db.session.scalars(select(ProgressReport)).all() == []


def test_a_text_that_is_too_long_is_refused_beside_its_question(world: World, project: Project) -> None:
    with pytest.raises(InvalidMany) as refusal:
        service.save_report(
            autumn(world, "applicant"),
            project,
            "2027-2",
            replace(FULL, lessons="x" * 6001, achieved="y" * 6001),
        )
    assert [p.field for p in refusal.value.problems] == ["achieved", "lessons"]


def test_the_second_of_two_who_write_keeps_both_texts(world: World, project: Project) -> None:
    first = write_report(world, project)
    mine = replace(FULL, achieved="Mijn tekst.")
    with pytest.raises(service.StaleReport) as stale:
        service.save_report(autumn(world, "applicant"), project, "2027-2", mine, version=first.version - 1)
    assert (stale.value.theirs, stale.value.mine) == (FULL, mine)
    assert (stale.value.saved_by, stale.value.version) == ("Ali Haarlem", first.version)
    # Somebody who began when there was no draft yet is second as well.
    with pytest.raises(service.StaleReport):
        service.save_report(autumn(world, "applicant"), project, "2027-2", mine, version=0)
    assert first.content == FULL
    saved = service.save_report(autumn(world, "applicant"), project, "2027-2", mine, version=first.version)
    assert saved.achieved == "Mijn tekst."


def test_the_same_text_again_changes_nothing(world: World, project: Project) -> None:
    report = write_report(world, project)
    before = report.version
    assert service.save_report(autumn(world, "applicant"), project, "2027-2", FULL, version=0) is report
    db.session.flush()
    assert report.version == before


@pytest.mark.parametrize("empty", ["standing", "achieved", "under_way", "next_steps", "lessons", "embedding"])
def test_a_report_with_a_gap_is_not_handed_in(world: World, project: Project, empty: str) -> None:
    report = write_report(
        world, project, given=replace(FULL, **{empty: None if empty == "standing" else "  "})
    )
    with pytest.raises(InvalidMany) as refusal:
        service.submit_report(autumn(world, "applicant"), report)
    assert [p.field for p in refusal.value.problems] == [empty]
    assert report.state == ReportState.DRAFT


def test_handing_in_twice_is_refused_and_nothing_changes_after_that(world: World, project: Project) -> None:
    report = submit_report(world, project)
    with pytest.raises(Refused):
        service.submit_report(autumn(world, "applicant"), report)
    with pytest.raises(Conflict):
        service.save_report(
            autumn(world, "applicant"), project, "2027-2", replace(FULL, achieved="Anders."), report.version
        )
    assert report.content == FULL


def test_the_database_itself_keeps_a_report_that_was_handed_in(world: World, project: Project) -> None:
    report = submit_report(world, project)
    for statement in (
        db.update(ProgressReport).where(ProgressReport.id == report.id).values(achieved="Anders."),
        db.delete(ProgressReport).where(ProgressReport.id == report.id),
    ):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(statement)
    draft = write_report(world, project, "2028-1", days=500)
    db.session.execute(
        db.update(ProgressReport).where(ProgressReport.id == draft.id).values(achieved="Mag wel.")
    )


def test_handing_in_tells_the_leads_of_the_regions_once(world: World, project: Project) -> None:
    report = submit_report(world, project)
    assert report.submitted_at == autumn(world, "applicant").at
    mails = db.session.scalars(select(Mail).where(Mail.key.startswith("report:"))).all()
    assert [m.recipient for m in mails] == [world.email("lead")]
    assert "tweede helft van 2027" in mails[0].body
    assert "op schema" in mails[0].body
    [entry] = [e for e in audit.trail(project.audit_chain) if e.action == "report.submit"]
    assert entry.after["period"] == "2027-2"
    assert len(entry.after["sha256"]) == 64
    assert audit.verify_chain(project.audit_chain) == []


def test_a_lead_who_may_not_see_a_project_gets_no_mail_about_it(
    world: World, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assessment, "hidden_from", lambda _actor: {project.application_id})
    submit_report(world, project)
    assert db.session.scalars(select(Mail).where(Mail.key.startswith("report:"))).all() == []


# --- the view from a region -------------------------------------------------------------------------------

VIEW = ViewInput(Standing.ATTENTION, "De regio ziet dat een partner ontbreekt.")
HERE, WINTER = Period(2027, 2), 370
"""The half-year in which the project begins; 9 January 2028, when it is over."""


def asked(actor: Actor) -> list[tuple[str, Due]]:
    return [(line.period.code, line.due) for line in queries.views_due(actor, actor.region_ids)]


@pytest.mark.parametrize("key", ["applicant", "programme", "chair"])
def test_only_a_regional_lead_gives_a_view(world: World, project: Project, key: str) -> None:
    with pytest.raises(Refused):
        service.give_view(autumn(world, key), project, HERE, region_id("kennemerland"), VIEW)


def test_a_view_for_a_region_that_takes_no_part_is_refused(world: World, project: Project) -> None:
    zeeland = region_id("zeeland")
    with pytest.raises(Refused):
        service.give_view(autumn(world, "lead"), project, HERE, zeeland, VIEW)
    everywhere = replace(autumn(world, "lead"), region_ids=frozenset({zeeland}))
    with pytest.raises(Refused):
        service.give_view(everywhere, project, HERE, zeeland, VIEW)


@pytest.mark.parametrize(
    ("period", "days", "code"),
    [
        (Period(2027, 1), AUTUMN, "period"),  # before the project runs
        (Period(2029, 1), 1000, "period"),  # after its planned end
        (Period(2028, 1), AUTUMN, "early"),
    ],
)
def test_a_view_is_about_a_half_year_that_has_begun_and_in_which_the_project_runs(
    world: World, project: Project, period: Period, days: float, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        service.give_view(world.later("lead", days=days), project, period, region_id("kennemerland"), VIEW)
    assert refusal.value.code == code


def test_a_view_before_the_decisions_are_known_or_without_words_is_refused(world: World) -> None:
    round_ = granted_round(world)
    project = make_project(world, round_)
    kennemerland = region_id("kennemerland")
    with pytest.raises(Refused):
        service.give_view(autumn(world, "lead"), project, HERE, kennemerland, VIEW)
    assert asked(world.later("lead", days=WINTER)) == []
    make_known(world, round_)
    for text in (" \n", "x" * 3001):
        with pytest.raises(Invalid):
            service.give_view(autumn(world, "lead"), project, HERE, kennemerland, replace(VIEW, text=text))
    assert project.views == []


def test_a_view_needs_no_report(world: World) -> None:
    """A small subsidy: the municipality is asked nothing, and its regional lead tells every half-year all the same."""
    round_ = world.round(instrument=Instrument.SUBSIDY)
    project = make_project(world, round_, requested=2_000_000)
    make_known(world, round_)
    assert project.periods == ()
    assert [period.code for period in project.half_years] == ["2027-2", "2028-1", "2028-2"]
    assert asked(autumn(world, "lead")) == []
    assert asked(world.later("lead", days=WINTER)) == [("2027-2", Due.NOW)]
    assert asked(world.later("lead", days=400)) == [("2027-2", Due.OVERDUE)]
    service.give_view(world.later("lead", days=400), project, HERE, region_id("kennemerland"), VIEW)
    assert asked(world.later("lead", days=400)) == []
    assert [(v.period, v.standing) for v in project.views] == [("2027-2", Standing.ATTENTION)]


def test_a_report_asks_for_the_view_at_once_and_the_two_stand_together(
    world: World, project: Project
) -> None:
    lead = autumn(world, "lead")
    assert asked(lead) == []
    report = submit_report(world, project)
    assert asked(lead) == [("2027-2", Due.NOW)]
    service.give_view(lead, project, HERE, region_id("kennemerland"), VIEW)
    assert asked(lead) == []
    line = queries.view_calendar(project, lead.at.date())[0]
    assert (line.report, line.view, line.due) == (report, project.views[0], Due.SUBMITTED)


def test_a_view_is_replaced_and_the_trail_keeps_both(world: World, project: Project) -> None:
    kennemerland, lead = region_id("kennemerland"), autumn(world, "lead")
    first = service.give_view(lead, project, HERE, kennemerland, VIEW)
    service.give_view(lead, project, HERE, kennemerland, ViewInput(Standing.ON_TRACK, "Opgelost."), 1)
    db.session.expire_all()
    assert [(v.standing, v.text, v.version) for v in project.views] == [(Standing.ON_TRACK, "Opgelost.", 2)]
    last = [e for e in audit.trail(project.audit_chain) if e.action == "project.give_view"][-1]
    assert last.before["text"] == VIEW.text
    assert last.after["period"] == "2027-2"
    assert first.id == project.views[0].id


def test_of_two_leads_of_a_region_the_second_hears_what_the_first_said(
    world: World, project: Project
) -> None:
    kennemerland, lead = region_id("kennemerland"), autumn(world, "lead")
    service.give_view(lead, project, HERE, kennemerland, VIEW)
    with pytest.raises(service.StaleView) as refusal:
        service.give_view(lead, project, HERE, kennemerland, ViewInput(Standing.STUCK, "Anders."))
    assert (refusal.value.text, refusal.value.version) == (VIEW.text, 1)
    again = service.give_view(lead, project, HERE, kennemerland, VIEW)
    assert (again.text, again.version) == (VIEW.text, 1)
    entries = [e for e in audit.trail(project.audit_chain) if e.action == "project.give_view"]
    assert len(entries) == 1


def test_when_a_project_is_over_only_what_was_reported_is_looked_at(world: World, project: Project) -> None:
    submit_report(world, project)
    service.stop(world.later("programme", days=WINTER), project, ENDED)
    kennemerland, late = region_id("kennemerland"), world.later("lead", days=600)  # 27 August 2028
    assert asked(late) == [("2027-2", Due.OVERDUE)]
    with pytest.raises(Refused):
        service.give_view(late, project, Period(2028, 1), kennemerland, VIEW)
    service.give_view(late, project, HERE, kennemerland, VIEW)
    assert asked(late) == []


def test_the_lead_and_the_programme_team_see_what_is_lacking(world: World) -> None:
    round_ = granted_round(world, ceiling=100_000_000)
    joint = make_project(world, round_, title="Gezamenlijk", regions=("kennemerland", "zeeland"))
    make_project(world, round_, "applicant_b", title="Elders")
    make_known(world, round_)
    service.give_view(autumn(world, "lead"), joint, HERE, region_id("kennemerland"), VIEW)
    programme, lead = (world.later(key, days=400) for key in ("programme", "lead"))
    found = [
        (line.region.slug, line.project.application.title, line.period.code, line.due)
        for line in queries.view_lines(programme)
    ]
    assert found == [
        ("ijsselland", "Elders", "2028-1", Due.OPEN),
        ("ijsselland", "Elders", "2027-2", Due.OVERDUE),
        ("kennemerland", "Gezamenlijk", "2028-1", Due.OPEN),
        ("kennemerland", "Gezamenlijk", "2027-2", Due.SUBMITTED),
        ("zeeland", "Gezamenlijk", "2028-1", Due.OPEN),
        ("zeeland", "Gezamenlijk", "2027-2", Due.OVERDUE),
    ]
    summary = queries.summarise(queries.found(programme, ProjectFilter()), programme.at.date())
    assert list(summary.seen.values()) == [0, 1, 0, 2]  # on track, attention, stuck, nothing said
    assert {line.region.slug for line in queries.view_lines(lead)} == {"kennemerland"}
    assert len(queries.views_due(programme)) == 2
    assert queries.views_due(lead, lead.region_ids) == []
    assert queries.views_due(world.later("assessor", days=400)) == []


# --- reminders --------------------------------------------------------------------------------------------


def reminders(user_id: int) -> list[Mail]:
    query = select(Mail).where(Mail.key.startswith("views:"), Mail.user_id == user_id)
    return list(db.session.scalars(query.order_by(Mail.id)))


def test_the_start_plans_one_pair_of_reminders_per_half_year(world: World) -> None:
    round_ = granted_round(world, ceiling=100_000_000)
    for key in ("applicant", "applicant_b"):
        make_project(world, round_, key)
    planned = db.session.scalars(select(Job).where(Job.kind == "followup.views").order_by(Job.run_at)).all()
    assert [(clock.to_local(job.run_at).isoformat()[:16], job.key) for job in planned[:3]] == [
        ("2028-01-01T07:30", "followup.views:2027-2:over"),
        ("2028-01-24T07:30", "followup.views:2027-2:last"),
        ("2028-07-01T07:30", "followup.views:2028-1:over"),
    ]
    assert len(planned) == 6


def test_who_has_something_to_say_is_reminded_once_and_not_after_the_last_day(
    world: World, project: Project
) -> None:
    winter = system(world.later("lead", days=WINTER).at)
    for _twice in range(2):
        service.remind_leads(winter, HERE, "over")
    [mail] = reminders(world.ids["lead"])
    assert "maandag 31 januari 2028" in mail.body
    assert project.application.title not in mail.body
    assert mail.thing == "views"
    assert len(db.session.scalars(select(Mail).where(Mail.key.startswith("views:"))).all()) == 1
    service.remind_leads(system(world.later("lead", days=400).at), HERE, "last")
    assert len(reminders(world.ids["lead"])) == 1


def test_who_said_everything_or_may_not_know_of_it_is_not_reminded(
    world: World, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    winter = system(world.later("lead", days=WINTER).at)
    with monkeypatch.context() as hiding:
        hiding.setattr(assessment, "hidden_from", lambda _actor: {project.application_id})
        service.remind_leads(winter, HERE, "over")
    assert reminders(world.ids["lead"]) == []
    service.give_view(world.later("lead", days=WINTER), project, HERE, region_id("kennemerland"), VIEW)
    service.remind_leads(winter, HERE, "over")
    assert reminders(world.ids["lead"]) == []


def test_the_job_reminds_on_its_day(world: World, project: Project) -> None:
    with time_machine.travel(dt.datetime(2028, 1, 2, 9, tzinfo=dt.UTC), tick=False):
        jobs.work(until_idle=True)
    assert [mail.key for mail in reminders(world.ids["lead"])] == [f"views:2027-2:over:{world.ids['lead']}"]


# --- the end ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", [service.finish, service.stop])
@pytest.mark.parametrize("key", ["applicant_b", "lead", "decider", "auditor"])
def test_who_may_not_end_a_project(
    world: World, project: Project, key: str, verb: Callable[[Actor, Project, EndInput], None]
) -> None:
    with pytest.raises(Refused):
        verb(autumn(world, key), project, ENDED)
    assert project.state == ProjectState.RUNNING


def test_an_end_without_reason_lesson_or_embedding_is_refused(world: World, project: Project) -> None:
    empty = EndInput(" ", "", None)
    for verb, fields in (
        (service.finish, ["reason", "learned", "embedded"]),
        (service.stop, ["reason", "learned"]),
    ):
        with pytest.raises(InvalidMany) as refusal:
            verb(autumn(world, "applicant"), project, empty)
        assert [p.field for p in refusal.value.problems] == fields


def test_a_stopped_project_takes_no_report_and_does_not_end_twice(world: World, project: Project) -> None:
    draft = write_report(world, project)
    service.stop(autumn(world, "programme"), project, ENDED)
    assert (project.state, project.embedded) == (ProjectState.STOPPED, None)
    for attempt in (
        lambda: service.save_report(autumn(world, "applicant"), project, "2027-2", ReportInput()),
        lambda: service.submit_report(autumn(world, "applicant"), draft),
        lambda: service.finish(autumn(world, "applicant"), project, ENDED),
        lambda: service.stop(autumn(world, "programme"), project, ENDED),
    ):
        with pytest.raises(Refused):
            attempt()
    assert queries.reports_due(world.later("programme", days=900)) == []


def test_the_database_wants_a_reason_too(world: World, project: Project) -> None:
    for values in (
        {"state": ProjectState.STOPPED},
        {
            "state": ProjectState.FINISHED,
            "ended_at": dt.datetime.now(dt.UTC),
            "ended_reason": "a",
            "learned": "b",
        },
    ):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(db.update(Project).where(Project.id == project.id).values(**values))


def test_finishing_says_what_came_of_it_and_tells_the_others(world: World, project: Project) -> None:
    service.finish(autumn(world, "programme"), project, ENDED)
    assert (project.state, project.embedded, project.learned) == (
        ProjectState.FINISHED,
        Embedding.REGULAR,
        "Begin klein.",
    )
    mails = db.session.scalars(select(Mail).where(Mail.key.startswith("project:")).order_by(Mail.recipient))
    assert [m.recipient for m in mails] == [world.email("applicant"), world.email("lead")]


# --- what is due, and the picture -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (dt.date(2027, 6, 30), Due.LATER),
        (dt.date(2027, 7, 1), Due.OPEN),
        (dt.date(2027, 12, 31), Due.OPEN),
        (dt.date(2028, 1, 1), Due.NOW),
        (dt.date(2028, 1, 31), Due.NOW),
        (dt.date(2028, 2, 1), Due.OVERDUE),
    ],
)
def test_when_a_report_is_due(world: World, project: Project, day: dt.date, expected: Due) -> None:
    assert dict(queries.calendar(project, day))[Period(2027, 2)] == expected


def test_what_is_due_is_listed_for_whom_it_concerns(world: World, project: Project) -> None:
    late = {"days": 400}  # 8 February 2028
    for key, count in (("applicant", 1), ("lead", 1), ("programme", 1), ("applicant_b", 0)):
        lines = queries.reports_due(world.later(key, **late))
        assert [(line.period.code, line.due) for line in lines] == [("2027-2", Due.OVERDUE)] * count
    submit_report(world, project)
    assert queries.reports_due(world.later("programme", **late)) == []


def test_the_picture_by_region_and_theme(world: World) -> None:
    round_ = granted_round(world, ceiling=100_000_000)
    make_project(
        world, round_, title="Gezamenlijk", regions=("kennemerland", "zeeland"), theme="plegeraanpak"
    )
    make_project(world, round_, title="Alleen hier")
    other = make_project(world, round_, "applicant_b", title="Elders")
    make_known(world, round_)
    programme = autumn(world, "programme")
    lines = queries.by_region_and_theme(programme)
    assert [(e.region.slug, e.theme.slug if e.theme else "", e.project.application.title) for e in lines] == [
        ("ijsselland", "mda", "Elders"),
        ("kennemerland", "mda", "Alleen hier"),
        ("kennemerland", "plegeraanpak", "Gezamenlijk"),
        ("zeeland", "plegeraanpak", "Gezamenlijk"),
    ]
    here = queries.by_region_and_theme(programme, ProjectFilter(region="zeeland"))
    assert [e.project.application.title for e in here] == ["Gezamenlijk"]
    summary = queries.summarise(queries.found(programme, ProjectFilter()), dt.date(2028, 2, 8))
    assert (summary.projects, summary.entries, summary.regions, summary.overdue) == (3, 4, 3, 3)
    assert summary.awarded == 15_000_000
    submit_report(world, other, key="applicant_b")
    for wanted, titles in (
        (ProjectFilter(standing="on_track"), ["Elders"]),
        (ProjectFilter(standing=queries.NOT_REPORTED), ["Alleen hier", "Gezamenlijk"]),
        (ProjectFilter(theme="plegeraanpak"), ["Gezamenlijk"]),
        (ProjectFilter(text="zwolle"), ["Elders"]),
        (ProjectFilter(round_slug="bestaat-niet"), []),
        (ProjectFilter(state="stopped"), []),
    ):
        assert [p.application.title for p in queries.found(programme, wanted)] == titles
    late = queries.found(world.later("programme", days=400), ProjectFilter(reports="overdue"))
    assert [p.application.title for p in late] == ["Alleen hier", "Gezamenlijk"]


def test_the_migration_keeps_every_view_with_its_half_year(real_app: Flask) -> None:
    folder = str(Path(__file__).resolve().parents[2] / "migrations")
    with real_app.app_context(), time_machine.travel(dt.datetime(2028, 1, 5, tzinfo=dt.UTC), tick=False):
        world = World.build()
        project = running_project(world)
        submit_report(world, project)
        kennemerland, lead = region_id("kennemerland"), world.later("lead", days=400)
        for period, text in ((HERE, "Bij het verslag."), (HERE.next, "Zonder verslag.")):
            service.give_view(lead, project, period, kennemerland, replace(VIEW, text=text))
        db.session.commit()
        views = select(HalfYearView.period, HalfYearView.text, HalfYearView.standing, HalfYearView.version)
        planned = select(Job.key, Job.run_at).where(Job.kind == "followup.views").order_by(Job.run_at)
        before = [tuple(row) for row in db.session.execute(planned)]
        db.session.close()
        downgrade(directory=folder, revision="0016")
        # What was said where nothing was reported has no place there.
        assert list(db.session.scalars(text_("SELECT text FROM report_view"))) == ["Bij het verslag."]
        assert list(db.session.execute(planned)) == []
        db.session.close()
        upgrade(directory=folder)
        kept = [tuple(row) for row in db.session.execute(views)]
        assert kept == [("2027-2", "Bij het verslag.", Standing.ATTENTION, 1)]
        after = [tuple(row) for row in db.session.execute(planned)]
        # Not of the half-year that is over.
        assert after == before[2:]


def test_the_end_is_mailed_to_no_colleague_who_may_not_see_the_project(
    world: World, project: Project
) -> None:
    """Who works for the municipality and sits in the committee: an interest reaches as far as mail."""
    for key in ("assessor", "applicant_b"):
        world.user(key).organisation_id = project.application.organisation_id
    db.session.commit()
    db.session.expire_all()
    service.stop(autumn(world, "applicant"), project, ENDED)
    mails = db.session.scalars(select(Mail).where(Mail.key.startswith("project:")).order_by(Mail.recipient))
    assert [m.recipient for m in mails] == [world.email("applicant_b"), world.email("lead")]
