"""Taking answers over: only the own ones, only what fits, and never over somebody's text without showing it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from pool.applications import queries, queries_reuse, service
from pool.applications.inputs import Budget, Content, Plan, Project, Reach
from pool.applications.models import Application
from pool.applications.rules.reuse import Frame, fit
from pool.applications.states import ApplicationState, Section
from pool.core import audit
from pool.core.access import Role
from pool.core.db import db
from pool.core.errors import Invalid, Missing, Refused
from pool.rounds.inputs import Ground, Question
from tests.conftest import Client
from tests.support.applications_factory import make_application
from tests.support.pages import read, words
from tests.support.world import RULES, START, World


def frame(**changes: object) -> Frame:
    rules = dataclasses.replace(RULES, **changes)  # type: ignore[arg-type]
    return Frame(rules, RULES, "kennemerland", dt.date(2027, 1, 18), {"zorg": "Zorg"})


@pytest.fixture
def source(world: World) -> Application:
    return make_application(world, world.round(slug="eerder"))


@pytest.fixture
def draft(world: World, source: Application) -> Application:
    """Just begun, in another round."""
    application = service.start(world.later("applicant", days=2), world.round(slug="later"))
    db.session.commit()
    return application


# --- what fits --------------------------------------------------------------------------------------------


def test_a_theme_and_grounds_of_another_round_stay_behind() -> None:
    given = Content(project=Project("Titel", "Kort.", "versnelling", "zorg", ("nieuw", "oud")))
    fitted = fit(Section.PROJECT, given, frame(grounds=(Ground("nieuw", "Nieuw"),)))
    assert (fitted.value.theme, fitted.value.grounds) == ("", ("nieuw",))
    assert ["Zorg" in note or "oud" in note for note in fitted.notes] == [True, True]
    assert fitted.value.title == "Titel"


@pytest.mark.parametrize(
    ("requested", "minimum", "changes", "left"),
    [
        (5_000_000, 4_000_000, {}, (5_000_000, 4_000_000)),
        (5_000_001, 4_000_000, {"max_request": 5_000_000}, (0, 0)),
        (5_000_000, 4_000_000, {"max_request": 5_000_000}, (5_000_000, 4_000_000)),
        (5_000_000, 4_000_000, {"partial_awards": False}, (5_000_000, 5_000_000)),
        (5_000_050, 4_000_000, {"amount_step": 100}, (0, 0)),
        (5_000_000, 4_000_050, {"amount_step": 100}, (5_000_000, 0)),
    ],
)
def test_amounts_that_the_round_does_not_know_stay_behind(
    requested: int, minimum: int, changes: dict[str, object], left: tuple[int, int]
) -> None:
    given = Content(budget=Budget((), requested, minimum, "Zo."))
    fitted = fit(Section.BUDGET, given, frame(**changes))
    assert (fitted.value.requested, fitted.value.minimum) == left
    assert bool(fitted.notes) == (0 in left)
    assert fitted.value.explanation == "Zo."


def test_answers_go_to_the_same_question_only() -> None:
    rules = dataclasses.replace(RULES, questions=(Question("a", "Wie?"), Question("b", "Nieuwe woorden?")))
    earlier = dataclasses.replace(
        RULES, questions=(Question("a", "Wie?"), Question("b", "Oude woorden?"), Question("c", "Weg?"))
    )
    given = Content(answers={"a": "Ik", "b": "Zo", "c": "Dag"})
    fitted = fit(Section.ANSWERS, given, Frame(rules, earlier, "", dt.date(2027, 1, 18), {}))
    assert fitted.value == {"a": "Ik", "b": "Zo"}
    assert len(fitted.notes) == 2


def test_days_gone_by_stay_behind_and_the_own_region_leads() -> None:
    fitted = fit(Section.PLAN, Content(plan=Plan("a", starts_on="2026-01-01", ends_on="2027-01-18")), frame())
    assert (fitted.value.occasion, fitted.value.starts_on, fitted.value.ends_on) == ("a", "", "")
    kept = fit(Section.PLAN, Content(plan=Plan("a", starts_on="2026-01-01", ends_on="2027-01-19")), frame())
    assert kept.value.ends_on == "2027-01-19"
    reach = fit(Section.REACH, Content(reach=Reach(("twente", "kennemerland"))), frame())
    assert reach.value.regions == ("kennemerland", "twente")


# --- refusals ---------------------------------------------------------------------------------------------


def test_a_foreign_application_is_never_offered(world: World, draft: Application) -> None:
    foreign = make_application(world, world.round(slug="derde"), "applicant_b")
    actor = world.later("applicant", days=2)
    assert foreign not in queries_reuse.sources(actor, draft)
    with pytest.raises(Missing):
        service.take_over(actor, draft, foreign.id, ["plan"], draft.revision)
    # Also not to somebody who may read it in another role.
    both = dataclasses.replace(actor, roles=actor.roles | {Role.PROGRAMME, Role.AUDITOR})
    assert [s.organisation_id for s in queries_reuse.sources(both, draft)] == [draft.organisation_id]
    with pytest.raises(Missing):
        service.take_over(both, draft, foreign.id, ["plan"], draft.revision)


def test_the_application_itself_and_empty_ones_are_not_offered(world: World, draft: Application) -> None:
    actor = world.later("applicant", days=2)
    service.start(actor, draft.round)
    assert {s.round.slug for s in queries_reuse.sources(actor, draft)} == {"eerder"}


def test_nothing_chosen_nothing_taken(world: World, source: Application, draft: Application) -> None:
    for sections in ([], ["onzin"]):
        with pytest.raises(Invalid):
            service.take_over(world.later("applicant", days=2), draft, source.id, sections, draft.revision)


def test_what_may_not_change_is_not_taken_over(world: World, source: Application) -> None:
    other = make_application(world, world.round(slug="dicht"))
    with pytest.raises(Refused):
        service.take_over(world.later("applicant", days=15), other, source.id, ["plan"], other.revision)


def test_what_a_colleague_saved_meanwhile_is_not_overwritten(
    world: World, source: Application, draft: Application
) -> None:
    actor, before = world.later("applicant", days=2), draft.revision
    service.save_section(
        actor, draft, "contact", dataclasses.replace(queries.draft(draft).contact, phone="1"), before
    )
    service.save_section(actor, draft, "plan", Plan(occasion="Van een collega."), draft.revision)
    db.session.commit()
    with pytest.raises(service.StaleSection):
        service.take_over(actor, draft, source.id, ["project", "plan"], before)
    db.session.rollback()
    kept = queries.draft(draft)
    assert kept.plan.occasion == "Van een collega."
    assert kept.project == Project()


# --- what goes well ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [ApplicationState.SUBMITTED, ApplicationState.WITHDRAWN])
def test_chosen_sections_are_taken_over_and_others_not(
    world: World, source: Application, draft: Application, state: ApplicationState
) -> None:
    actor = world.later("applicant", days=2)
    if state == ApplicationState.WITHDRAWN:
        service.withdraw(actor, source, "Gaat niet door.")
    taken = service.take_over(actor, draft, source.id, ["project", "budget"], draft.revision)
    assert taken == [Section.PROJECT, Section.BUDGET]
    then, now = queries.content(source), queries.draft(draft)
    assert (now.project, now.budget) == (then.project, then.budget)
    assert now.plan == Plan()
    assert draft.title == then.project.title
    entry = audit.trail(draft.audit_chain)[-1]
    assert entry.after == {"from": source.reference, "sections": ["project", "budget"]}
    assert {o.section for o in service.offers(draft, source)}.isdisjoint(taken)


# --- pages ------------------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(START + dt.timedelta(days=2), tick=False) as travel:
        yield travel


def test_foreign_sources_look_absent(
    client: Client, world: World, draft: Application, clock: time_machine.Coordinates
) -> None:
    foreign = make_application(world, world.round(slug="derde"), "applicant_b")
    client.sign_in(world.email("applicant"))
    for number in (foreign.id, 999_999):
        assert client.get(f"/aanvragen/{draft.id}/overnemen/{number}").status_code == 404
    client.sign_in(world.email("applicant_b"))
    assert client.get(f"/aanvragen/{draft.id}/overnemen").status_code == 404


def test_both_texts_are_shown_where_there_is_text(
    client: Client, world: World, source: Application, draft: Application, clock: time_machine.Coordinates
) -> None:
    actor = world.later("applicant", days=2)
    service.save_section(actor, draft, "plan", Plan(occasion="Eigen <b>tekst</b>."), draft.revision)
    client.sign_in(world.email("applicant"))
    page = read(client.get(f"/aanvragen/{draft.id}"))
    start = next(str(a["href"]) for a in page.select("main a") if str(a["href"]).endswith("/overnemen"))
    listed = read(client.get(start))
    address = next(str(a["href"]) for a in listed.select("main table a"))
    page = read(client.get(address))
    assert "Eigen <b>tekst</b>." in words(page)
    assert "Gezinnen wachten te lang op hulp." in words(page)
    ticked = {str(box["value"]) for box in page.select("input[name=sections][checked]")}
    assert "plan" not in ticked
    assert "project" in ticked
    version = str(page.select_one("main input[name=version]")["value"])  # type: ignore[index]
    read(client.post(address, data={"version": version}), 422)
    service.save_section(actor, draft, "plan", Plan(occasion="Nog later."), draft.revision)
    refused = read(client.post(address, data={"version": version, "sections": ["plan"]}), 409)
    assert "Nog later." in words(refused)
    version = str(refused.select_one("main input[name=version]")["value"])  # type: ignore[index]
    assert client.post(address, data={"version": version, "sections": ["plan"]}).status_code == 302
    assert queries.draft(draft).plan == queries.content(source).plan
