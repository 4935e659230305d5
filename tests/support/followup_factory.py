"""Projects for tests: awards as the decider leaves them, and reports made through the services.

The committee's work is not needed here, so a decision is written as a row and told by its signal; the journeys
test the whole way.
"""

from __future__ import annotations

from typing import Any

from pool.applications.models import Application
from pool.applications.states import ApplicationState
from pool.awards.models import Decision
from pool.awards.states import Ground, Outcome
from pool.core.db import db
from pool.core.signals import decision_taken
from pool.followup import queries, service
from pool.followup.inputs import ReportInput
from pool.followup.models import ProgressReport, Project
from pool.followup.states import Standing
from pool.rounds import service as rounds
from pool.rounds.models import Round
from pool.rounds.states import Instrument, RoundState
from tests.support.applications_factory import make_complete
from tests.support.world import World

DECIDED, KNOWN = 50, 51
"""Days after the start of the world on which decisions are taken, and made known."""
AUTUMN = 300
"""Days after the start: 31 October 2027, when the project of `make_project` (from 1 September) has begun."""

FULL = ReportInput(
    standing=Standing.ON_TRACK,
    achieved="Het team per wijk is begonnen.",
    under_way="De scholing van beroepskrachten.",
    next_steps="Een tweede wijk sluit aan.",
    lessons="Begin met een gezamenlijke casus.",
    embedding="De gemeente neemt het op in de inkoop.",
)


def granted_round(world: World, **more: Any) -> Round:
    """A round of specific grants, as those of the pool were: there reports are asked over every half-year."""
    return world.round(instrument=Instrument.SPECIFIC_GRANT, **more)


def decide(world: World, application: Application, amount: int | None = None) -> Decision:
    """A decision as it is taken: amount in cents, the requested amount by default, 0 refuses."""
    amount = application.requested if amount is None else amount
    outcome = Outcome.of(amount, application.requested)
    decider = world.later("decider", days=DECIDED)
    decision = Decision(
        application_id=application.id,
        round_id=application.round_id,
        outcome=outcome,
        amount=amount,
        ground=None if outcome == Outcome.AWARDED else Ground.CEILING,
        reason="Volgens het advies van de commissie.",
        prepared_by=world.ids["programme"],
        prepared_at=world.later("programme", days=DECIDED - 1).at,
        decided_by=world.ids["decider"],
        decided_by_name=decider.name,
        decided_at=decider.at,
    )
    db.session.add(decision)
    if amount:
        rounds.commit_money(application.round_id, amount)
    db.session.flush()
    decision_taken.send("test", actor=decider, decision=decision)
    db.session.commit()
    return decision


def make_project(
    world: World,
    round_: Round,
    key: str = "applicant",
    *,
    title: str = "Samen sneller naar veiligheid",
    theme: str = "mda",
    regions: tuple[str, ...] | None = None,
    requested: int = 5_000_000,
    amount: int | None = None,
) -> Project:
    """A project from 1 September 2027 to 31 August 2028. `make_known` tells the outside world of it."""
    application = make_complete(
        world,
        round_,
        key,
        title=title,
        theme=theme,
        regions=regions,
        requested=requested,
        minimum=requested // 200 * 100,
    )
    decide(world, application, amount)
    project = queries.of_application(application.id)
    assert project is not None
    return project


def make_known(world: World, round_: Round) -> None:
    """Publish the decisions of a round, by the moves that the other slices make."""
    actor = world.later("programme", days=KNOWN)
    for name in ("begin_assessment", "begin_decision", "decide", "start_progress"):
        rounds.move(actor, round_, name)
    db.session.commit()
    assert round_.state == RoundState.IN_PROGRESS


def running_project(world: World, key: str = "applicant") -> Project:
    """One project under way, in a round of its own whose decisions are known."""
    round_ = granted_round(world)
    project = make_project(world, round_, key)
    assert project.application.state == ApplicationState.COMPLETE
    make_known(world, round_)
    return project


def write_report(
    world: World,
    project: Project,
    code: str = "2027-2",
    given: ReportInput = FULL,
    key: str = "applicant",
    days: float = AUTUMN,
) -> ProgressReport:
    """A draft of a report, saved."""
    report = service.save_report(world.later(key, days=days), project, code, given)
    db.session.commit()
    return report


def submit_report(
    world: World,
    project: Project,
    code: str = "2027-2",
    given: ReportInput = FULL,
    key: str = "applicant",
    days: float = AUTUMN,
) -> ProgressReport:
    """A report, saved and handed in."""
    report = write_report(world, project, code, given, key, days)
    service.submit_report(world.later(key, days=days), report)
    db.session.commit()
    return report
