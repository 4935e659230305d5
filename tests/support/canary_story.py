"""A story in which everything confidential occurs: a round that is decided, one that is assessed, a draft, a plan.

Told through the services. Every row that can hold something confidential is there at least once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select

from pool.applications import queries as application_queries
from pool.applications import rules as application_rules
from pool.applications import service as applications
from pool.applications.inputs import CheckedPoint, CheckInput, HearingInput, Indicator, Milestone
from pool.applications.models import Application
from pool.applications.states import Completeness
from pool.assessment import queries, service
from pool.assessment.models import Assignment
from pool.assessment.states import Abstention, InterestAnswer, Measure
from pool.core import jobs
from pool.core.access import Role
from pool.core.db import db
from pool.core.outbox import Mail
from pool.core.undelivered import Fallback
from pool.followup import queries as followup
from pool.followup import service as followup_service
from pool.followup.inputs import ViewInput
from pool.followup.states import Standing
from pool.people import service as people
from pool.people import service_mail
from pool.people.inputs import EmployerInput
from pool.regions import queries as regions
from pool.rounds import queries as rounds
from pool.rounds import service as rounds_service
from pool.rounds.inputs import Criterion, DocumentRule, ExtensionInput, OutageInput, Question, StartInput
from pool.rounds.models import Round
from tests.support.allocation_factory import run_jobs
from tests.support.applications_factory import attach_to_view, make_application, make_complete, make_draft
from tests.support.assessment_factory import (
    adopt,
    assign_all,
    member,
    open_file,
    score,
    scores_input,
)
from tests.support.awards_factory import advise, publish
from tests.support.bottlenecks import NAZORG
from tests.support.followup_factory import granted_round, submit_report, write_report
from tests.support.meeting_factory import hold
from tests.support.partners_factory import OUTSIDE, make_joint, yes
from tests.support.signing_factory import sign_off_on
from tests.support.world import ANCHORS, LONG_AGO, RULES, World, _municipality

HAARLEM = "municipality:haarlem"
ASSESSORS = ("assessor", "assessor_b", "assessor_c", "assessor_d")
TODAY = 310
"""Days after the start of the world on which everybody looks around."""
STORY_RULES = replace(
    RULES,
    criteria=(
        Criterion("kwaliteit", "Kwaliteit", "Is het plan goed doordacht?", 53, ANCHORS),
        Criterion("leren", "Leren", "Zijn de lessen bruikbaar?", 47, ANCHORS),
    ),
    questions=(Question("doelgroep", "Wie merkt er iets van?"),),
    documents=(DocumentRule("plan", "Projectplan"),),
    bottlenecks=(NAZORG,),
)


@dataclass
class Story:
    """decided: two awards and a refusal. running: `mine` (Haarlem) has a draft score, `theirs` all scores.

    Keys of people on top of the world's: applicant_c (Almere, no application), lead_b (Twente), chair_b (with an
    interest in the first application of the decided round and in `theirs`), member_b (works for Haarlem).
    """

    world: World
    decided: Round
    running: Round
    mine: Application
    theirs: Application

    def done(self) -> Assignment:
        """A reader of `theirs` who handed in."""
        return next(
            a for a in queries.readers_of_round(self.running.id) if a.application_id == self.theirs.id
        )


def tell(world: World) -> Story:
    _people(world)
    decided = _decided(world)
    running, mine, theirs = _running(world)
    third = world.round(slug="ronde-3", rules=STORY_RULES)
    _return_unsigned(world, make_draft(world, third, title="Nog een idee"))
    _ask_partners(world, third)
    longer = ExtensionInput(
        world.later("programme", days=15).at, "Er was een storing op de laatste dag.", None, "Site"
    )
    rounds_service.extend(world.later("programme", days=13), third, longer)
    _outage(world)
    later = [world.later("programme", days=days).at for days in (400, 420)]
    rounds_service.copy(
        world.later("programme", days=100), StartInput("pool", "Ronde in de maak", later[0], later[1])
    )
    db.session.commit()
    run_jobs()
    _undelivered(world, mine)
    return Story(world, decided, running, mine, theirs)


def _ask_partners(world: World, round_: Round) -> None:
    """Zwolle asks Haarlem, which agrees, and a shelter outside, in a draft."""
    joint = make_joint(world, round_)
    actor = world.later("applicant_b", days=2)
    asked = applications.ask(actor, joint, HAARLEM)
    applications.ask(actor, joint, OUTSIDE, "opvang@example.org")
    helper = world.later("applicant", days=3)
    applications.answer(helper, asked, yes(asked, helper))
    db.session.commit()


def _return_unsigned(world: World, draft: Application) -> None:
    """At Haarlem somebody signs from now on, and gives a draft back."""
    sign_off_on(world)
    asked = applications.ask_sign_off(
        world.later("applicant", days=3), draft, draft.revision, "Wil je kijken?"
    )
    applications.give_back(world.later("signer", days=4), asked, "De begroting klopt nog niet helemaal.")
    db.session.commit()


def _talk(world: World, application: Application) -> None:
    """A question of the programme team and its answer."""
    asked = world.later("programme", days=18)
    words = "Waarom kost de projectleider zo veel?"
    day = world.later("programme", days=25).at.date()
    question = applications.send_message(asked, application, words, answer_by=day)
    answering = world.later("applicant", days=19)
    words = "Zij werkt vier dagen in de week voor dit project."
    applications.send_message(answering, application, words, answers_id=question.id)
    db.session.commit()


def _undelivered(world: World, application: Application) -> None:
    """A mail that was given up, and one about which something was done."""
    query = select(Mail).where(Mail.chain == application.audit_chain, Mail.user_id.is_not(None))
    for mail in db.session.scalars(query.order_by(Mail.id).limit(2)).all():
        job = jobs.by_key(mail.job_key)
        assert job is not None
        job.done_at, job.dead_at, job.error = None, job.run_at, "550 no such user"
        db.session.flush()
    done = world.later("programme", days=20)
    service_mail.settle(done, mail, Fallback.POST, "Aangetekend per post gestuurd.")
    db.session.commit()


def _outage(world: World) -> None:
    started, ended = (world.later("programme", days=days).at for days in (12, 12.1))
    given = OutageInput(started, ended, "Inloggen lukte niet voor iedereen.")
    rounds_service.record_outage(world.later("programme", days=13), given)


def _people(world: World) -> None:
    committee = world.user("assessor").organisation
    twente = regions.regions_by_slug(["twente"])["twente"].id
    world._add("applicant_c", "Cor Almere", _municipality("Almere"), Role.APPLICANT)
    world._add("lead_b", "Loes Twente", None, Role.REGIONAL_LEAD, region_id=twente)
    world._add("chair_b", "Chris Voorzitter", committee, Role.CHAIR)
    world._add("assessor_d", "Dana Beoordelaarster", committee, Role.ASSESSOR)
    world._add("member_b", "Mia Medelid", world.user("applicant").organisation, Role.ASSESSOR)
    db.session.commit()


def _decided(world: World) -> Round:
    round_ = granted_round(world, slug="ronde-1", rules=STORY_RULES, ceiling=10_000_000)
    first = make_complete(world, round_, title="Eerder thuis", checked_days=16)
    second = make_complete(world, round_, "applicant_b", title="Sterk verder")
    third = make_complete(world, round_, title="Nog eens kijken")
    _note_interest(world, "chair_b", first, 19)
    _score(
        world, round_, {first.id: [(9, 7), (8, 9)], second.id: [(7, 8), (8, 7)], third.id: [(2, 7), (7, 5)]}
    )
    hold(world, round_)
    adopt(world, round_)
    advise(world, round_, note="De commissie is het eens.")
    publish(world, round_)
    _report(world, first, second)
    return round_


def _running(world: World) -> tuple[Round, Application, Application]:
    round_ = world.round(slug="ronde-2", rules=STORY_RULES)
    mine = make_application(world, round_, title="Dichterbij")
    _measure(world, mine)
    lead = world.later("lead", days=2)
    applications.give_view(lead, mine, mine.regions[0].id, "De regio staat hierachter.")
    _hear(world, mine)
    _ask_supplement(world, mine)
    _talk(world, mine)
    theirs = make_complete(
        world, round_, "applicant_b", title="Weer veilig", regions=("ijsselland", "twente")
    )
    _note_interest(world, "chair_b", theirs, 19)
    assign_all(world, round_)
    service.appoint_deputy(
        world.later("programme", days=21), round_, world.ids["assessor_c"], "Voor het geval dat."
    )
    _score(world, round_, {mine.id: [(4, 9)], theirs.id: [(5, 9), (9, 4)]})
    left = next(a for a in queries.readers_of_round(round_.id) if a.assessment is None)
    draft = open_file(world, left)
    service.save_scores(member(world, left), draft, scores_input(round_, 2, "Nog onzeker."))
    service.record_outcome(world.later("chair", days=30), round_, theirs.id, 71_317, "Na overleg iets lager.")
    agreeing = world.later("chair", days=30)
    service.agree_mark(agreeing, round_, theirs.id, NAZORG.code, 1, "Het staat er maar half.")
    other = next(
        a for a in queries.readers_of_round(round_.id) if a.application_id == mine.id and a is not left
    )
    _note_interest(world, world.key_of(_free(world, mine)), mine, 27)
    assert other.assessment is not None
    db.session.commit()
    _weigh(world, mine)
    return round_, mine, theirs


def _weigh(world: World, application: Application) -> None:
    """The chair weighs an interest; an assessor tells of a former employer, and gives an application back."""
    barred = next(key for key in ASSESSORS if application.id in queries.barred_applications(world.ids[key]))
    chair = world.later("chair", days=31)
    service.decide_measure(chair, application.id, world.ids[barred], Measure.BARRED, "Te dichtbij gekomen.")
    given = EmployerInput("Stichting Ergens Anders", LONG_AGO.date())
    people.add_employer(world.later(barred, days=31), world.user(barred), given)
    asked = service.add_assignment(
        world.later("programme", days=31),
        application.round,
        application.id,
        _free(world, application),
        "Er is er een ziek.",
    )
    late = member(world, asked, 32)
    service.abstain(late, asked, Abstention.TOO_MANY, "Ik zit helemaal vol.")
    db.session.commit()


def _free(world: World, application: Application) -> int:
    """An assessor who does not read this application, and has no interest in it."""
    taken = {
        a.user_id
        for a in queries.assignments_of_round(application.round_id)
        if a.application_id == application.id
    }
    free = (world.ids[key] for key in ASSESSORS if world.ids[key] not in taken)
    return next(ident for ident in free if application.id not in queries.barred_applications(ident))


def _measure(world: World, application: Application) -> None:
    """The municipality replaces the application: the plan now says what is measured, and when what is ready."""
    actor = world.later("applicant", days=1.5)
    plan = replace(
        application_queries.draft(application).plan,
        indicators=(Indicator("Dagen tot er een plan ligt", "9 dagen in 2026", "5 dagen in 2028"),),
        milestones=(Milestone("2027-12-01", "Het eerste team is begonnen"),),
    )
    applications.save_section(actor, application, "plan", plan, application.revision)
    applications.submit(actor, application)
    db.session.commit()


def _hear(world: World, application: Application) -> None:
    """The programme team intends to refuse, the municipality says why not and adds proof; then it is dropped."""
    points = application_rules.all_ok(rounds.rules_of(application.round))
    unfit = CheckedPoint(points[1].code, False, "Dit lijkt gewoon werk.")
    intention = CheckInput(Completeness.INTENDED, (points[0], unfit, *points[2:]), "Past niet bij de ronde.")
    applications.check(world.later("programme", days=14.2), application, intention)
    view = HearingInput(True, "Wij doen dit nog nergens.")
    applicant = world.later("applicant", days=14.4)
    attach_to_view(applicant, application, "bewijsstuk.pdf")
    applications.be_heard(applicant, application, view)
    applications.drop_intention(world.later("programme", days=14.6), application, "Het is inderdaad nieuw.")
    db.session.commit()


def _ask_supplement(world: World, application: Application) -> None:
    rules = rounds.rules_of(application.round)
    points = application_rules.all_ok(rules)
    unclear = CheckedPoint(points[0].code, False, "Schrijf erbij wie u bent.")
    asked = CheckInput(Completeness.SUPPLEMENT, (unclear, *points[1:]), "Er ontbreekt nog iets.")
    applications.check(world.later("programme", days=15), application, asked)
    applications.supplement(world.later("applicant", days=16), application)
    found = CheckInput(Completeness.COMPLETE, points, "Alles is er.")
    applications.check(world.later("programme", days=17), application, found)
    db.session.commit()


def _note_interest(world: World, key: str, application: Application, days: float) -> None:
    """The chair notes the interest of a member."""
    service.declare_interest(
        world.later("chair", days=days),
        application.id,
        InterestAnswer.DECLARED,
        "Werkte er tot vorig jaar.",
        user_id=world.ids[key],
    )
    db.session.commit()


def _score(world: World, round_: Round, levels: dict[int, list[tuple[int, int]]]) -> None:
    """Scores by the readers of each application, in order; who has no levels does nothing yet."""
    readers = queries.readers_of_round(round_.id) or assign_all(world, round_)
    codes = [criterion.code for criterion in STORY_RULES.criteria]
    for ident, given in levels.items():
        of_this = [reader for reader in readers if reader.application_id == ident]
        for reader, two in zip(of_this, given, strict=False):
            score(world, reader, dict(zip(codes, two, strict=True)), "Dit is goed bedacht.")


def _report(world: World, first: Application, second: Application) -> None:
    """The first project reported, and its regional lead looked at it; the second is still writing, and was looked at too."""
    one, two = (followup.of_application(application.id) for application in (first, second))
    assert one is not None
    assert two is not None
    report = submit_report(world, one)
    region = one.application.regions[0].id
    lead = world.later("lead", days=302)
    followup_service.give_view(lead, one, report.half_year, region, ViewInput(Standing.ON_TRACK, "Mooi."))
    # Also where the municipality has not handed in anything.
    there = two.application.regions[0].id
    other = replace(lead, region_ids=frozenset({there}))
    said = ViewInput(Standing.ATTENTION, "Er is haast bij.")
    followup_service.give_view(other, two, report.half_year, there, said)
    write_report(world, two, key="applicant_b")
    db.session.commit()
