"""Partners confirm: who may ask and answer, what a confirmation holds for, and what becomes of it."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from pool.applications import links, queries, queries_partners, service
from pool.applications.inputs import Partner, Reach
from pool.applications.models import Application
from pool.applications.models_together import PartnerRequest
from pool.applications.queries_partners import partner_requests_open
from pool.applications.rules.partners import INVITATION_DAYS, MAX_SENT
from pool.applications.states import PartnerAnswer, PartnerStanding
from pool.core import audit
from pool.core.access import Role, visitor
from pool.core.db import db
from pool.core.errors import Conflict, Invalid, Missing, Refused
from pool.core.text import sha256_hex
from pool.people.models import RoleGrant
from pool.rounds.states import RoundState
from tests.support.partners_factory import OUTSIDE, REGION, line_of, link_in, mails_to, make_joint, yes
from tests.support.world import START, World

HAARLEM = "municipality:haarlem"
S = PartnerStanding


@pytest.fixture
def joint(world: World) -> Application:
    return make_joint(world, world.round())


def change_role(world: World, application: Application, role: str) -> None:
    """The applicant writes something else about every partner."""
    reach = queries.draft(application).reach
    changed = tuple(dataclasses.replace(p, role=role) for p in reach.partners)
    actor = world.later("applicant_b", days=2)
    service.save_section(actor, application, "reach", Reach(reach.regions, changed), application.revision)


# --- refusals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["applicant", "lead", "programme", "assessor", "admin"])
def test_only_the_applicant_asks(world: World, joint: Application, who: str) -> None:
    with pytest.raises(Refused):
        service.ask(world.later(who, days=2), joint, HAARLEM)


def test_who_is_not_named_cannot_be_asked(world: World, joint: Application) -> None:
    with pytest.raises(Invalid, match="staat niet"):
        service.ask(world.later("applicant_b", days=2), joint, "municipality:amsterdam")


@pytest.mark.parametrize(
    "email", ["", "geen adres", "applicant_b@example.org", "Contact@example.org"], ids=str
)
def test_an_invitation_needs_an_address_outside_the_municipality(
    world: World, joint: Application, email: str
) -> None:
    with pytest.raises(Invalid) as refused:
        service.ask(world.later("applicant_b", days=2), joint, OUTSIDE, email)
    assert refused.value.field == "email"


def test_a_partner_is_asked_once_at_a_time(world: World, joint: Application) -> None:
    actor = world.later("applicant_b", days=2)
    service.ask(actor, joint, HAARLEM)
    with pytest.raises(Conflict):
        service.ask(actor, joint, HAARLEM)


def test_the_own_municipality_does_not_confirm(world: World, joint: Application) -> None:
    actor = world.later("applicant_b", days=2)
    reach = Reach(queries.draft(joint).reach.regions, (Partner("gemeente zwolle", "municipality", "Zelf"),))
    service.save_section(actor, joint, "reach", reach, joint.revision)
    with pytest.raises(Invalid, match="eigen gemeente"):
        service.ask(actor, joint, "municipality:gemeente zwolle")


def test_nobody_else_answers(world: World, joint: Application) -> None:
    request = service.ask(world.later("applicant_b", days=2), joint, HAARLEM)
    for who in ("applicant_b", "lead", "programme", "chair"):
        actor = world.later(who, days=3)
        with pytest.raises(Refused):
            service.answer(actor, request, yes(request, actor))
        with pytest.raises(Missing):
            queries_partners.request_to(actor, request.id)
    stranger = visitor(START + dt.timedelta(days=3))
    with pytest.raises(Refused):
        service.answer(stranger, request, yes(request, stranger, "Iemand"))


def test_who_also_assesses_is_not_shown_a_request(world: World, joint: Application) -> None:
    service.ask(world.later("applicant_b", days=2), joint, REGION)
    lead = world.later("lead", days=3)
    assert partner_requests_open(lead) == 1
    both = dataclasses.replace(lead, roles=lead.roles | world.later("assessor").roles)
    assert partner_requests_open(both) == 0


@pytest.mark.parametrize(("key", "who"), [(REGION, "lead"), (HAARLEM, "applicant")])
def test_who_also_assesses_gets_no_mail_about_a_request(
    world: World, joint: Application, key: str, who: str
) -> None:
    """Asked before, and in the committee since: nothing more is mailed, and nobody else there can be asked."""
    actor = world.later("applicant_b", days=2)
    request = service.ask(actor, joint, key)
    before = len(mails_to(world.email(who)))
    assert before == 1
    db.session.add(RoleGrant(user_id=world.ids[who], role=Role.ASSESSOR, started_at=START))
    db.session.commit()
    db.session.expire_all()
    service.resend(world.later("applicant_b", days=4), request)
    service.withdraw_request(world.later("applicant_b", days=5), request)
    with pytest.raises(Invalid):
        service.ask(world.later("applicant_b", days=6), joint, key)
    assert len(mails_to(world.email(who))) == before


def test_declining_needs_a_note_and_an_answer_is_given_once(world: World, joint: Application) -> None:
    request = service.ask(world.later("applicant_b", days=2), joint, HAARLEM)
    actor = world.later("applicant", days=3)
    no = dataclasses.replace(yes(request, actor), confirmed=False)
    with pytest.raises(Invalid, match="niet klopt"):
        service.answer(actor, request, no)
    service.answer(actor, request, dataclasses.replace(no, note="Wij doen niet mee."))
    with pytest.raises(Refused):
        service.answer(actor, request, yes(request, actor))
    assert line_of(joint, HAARLEM, actor).standing == S.DECLINED


def test_what_was_not_read_is_not_confirmed(world: World, joint: Application) -> None:
    request = service.ask(world.later("applicant_b", days=2), joint, HAARLEM)
    actor = world.later("applicant", days=3)
    read = yes(request, actor)
    change_role(world, joint, "Betaalt alles")
    with pytest.raises(service.ChangedText):
        service.answer(actor, request, read)
    assert request.state == PartnerAnswer.ASKED


def test_a_partner_who_was_taken_out_need_not_answer(world: World, joint: Application) -> None:
    request = service.ask(world.later("applicant_b", days=2), joint, HAARLEM)
    reach = queries.draft(joint).reach
    kept = tuple(p for p in reach.partners if p.name != "Haarlem")
    service.save_section(
        world.later("applicant_b", days=2), joint, "reach", Reach(reach.regions, kept), joint.revision
    )
    actor = world.later("applicant", days=3)
    with pytest.raises(Refused, match="niet meer als partner"):
        service.answer(actor, request, yes(request, actor))


def test_after_the_assessment_began_nothing_is_asked_or_answered(world: World, joint: Application) -> None:
    request = service.ask(world.later("applicant_b", days=2), joint, HAARLEM)
    service.submit(world.later("applicant_b", days=2), joint)
    # Only the state counts here; how a round gets there is tested with rounds.
    joint.round.state = RoundState.IN_ASSESSMENT
    db.session.flush()
    actor = world.later("applicant", days=20)
    with pytest.raises(Refused, match="beoordeling is begonnen"):
        service.answer(actor, request, yes(request, actor))
    with pytest.raises(Refused, match="beoordeling is begonnen"):
        service.ask(world.later("applicant_b", days=20), joint, OUTSIDE, "anna@blijf.example")


def test_a_draft_that_was_not_submitted_in_time_is_not_confirmed(world: World, joint: Application) -> None:
    request = service.ask(world.later("applicant_b", days=2), joint, HAARLEM)
    actor = world.later("applicant", days=14, microseconds=1)
    with pytest.raises(Refused):
        service.answer(actor, request, yes(request, actor))


def test_nobody_is_flooded(world: World, joint: Application) -> None:
    actor = world.later("applicant_b", days=2)
    request = service.ask(actor, joint, HAARLEM)
    for _ in range(MAX_SENT - 1):
        service.resend(actor, request)
    with pytest.raises(Refused, match="vaak genoeg"):
        service.resend(actor, request)


def test_the_database_keeps_an_answer(world: World, joint: Application) -> None:
    request = service.ask(world.later("applicant_b", days=2), joint, HAARLEM)
    actor = world.later("applicant", days=3)
    service.answer(actor, request, yes(request, actor))
    with pytest.raises(DBAPIError, match="immutable"), db.session.begin_nested():
        db.session.execute(text("UPDATE partner_request SET note = 'anders'"))


# --- an invitation ----------------------------------------------------------------------------------------


def invite(world: World, joint: Application) -> str:
    service.ask(world.later("applicant_b", days=2), joint, OUTSIDE, "Anna@Blijf.example")
    return link_in(mails_to("anna@blijf.example")[-1]).removeprefix(links.PATH)


def request_of(token: str) -> PartnerRequest:
    return queries_partners.invitation(sha256_hex(links.secret_of(token).encode()))


def test_a_made_up_link_opens_nothing(world: World, joint: Application) -> None:
    token = invite(world, joint)
    # Not the last letter: it holds bits that no signature uses.
    other = "a" if token[-2] != "a" else "b"
    for wrong in ("x", token[:-2] + other + token[-1], token.partition(".")[0], ""):
        with pytest.raises(Missing):
            request_of(wrong)


def test_a_link_works_once_and_not_after_its_term(world: World, joint: Application) -> None:
    request = request_of(invite(world, joint))
    assert request.expires_at == START + dt.timedelta(days=2 + INVITATION_DAYS)
    service.submit(world.later("applicant_b", days=2), joint)
    late = visitor(request.expires_at + dt.timedelta(microseconds=1))
    with pytest.raises(Refused, match="verlopen"):
        service.answer(late, request, yes(request, late, "Anna"))
    assert line_of(joint, OUTSIDE, late).standing == S.EXPIRED
    just = visitor(request.expires_at)
    with pytest.raises(Invalid, match="naam"):
        service.answer(just, request, yes(request, just))
    service.answer(just, request, yes(request, just, "Anna, directeur"))
    with pytest.raises(Refused):
        service.answer(just, request, yes(request, just, "Anna, directeur"))
    assert line_of(joint, OUTSIDE, just).standing == S.CONFIRMED


def test_the_applicant_does_not_answer_an_invitation(world: World, joint: Application) -> None:
    request = request_of(invite(world, joint))
    actor = world.later("applicant_b", days=3)
    with pytest.raises(Refused, match="niet aan u"):
        service.answer(actor, request, yes(request, actor, "Anna"))


def test_a_new_link_makes_the_old_one_worthless(world: World, joint: Application) -> None:
    old = invite(world, joint)
    request = request_of(old)
    service.resend(world.later("applicant_b", days=4), request)
    with pytest.raises(Missing):
        request_of(old)
    fresh = link_in(mails_to("anna@blijf.example")[-1]).removeprefix(links.PATH)
    assert request_of(fresh).id == request.id
    assert request.expires_at == START + dt.timedelta(days=4 + INVITATION_DAYS)


# --- what goes well ---------------------------------------------------------------------------------------


def test_everybody_is_asked_in_their_own_way(world: World, joint: Application) -> None:
    actor = world.later("applicant_b", days=2)
    assert {x.standing for x in queries.partners(joint, queries.draft(joint), actor.at)} == {S.NOT_ASKED}
    inside = service.ask(actor, joint, HAARLEM)
    region = service.ask(actor, joint, REGION)
    outside = service.ask(actor, joint, OUTSIDE, "anna@blijf.example")
    assert inside.organisation is not None
    assert inside.organisation.name == "Gemeente Haarlem"
    assert region.region is not None
    assert outside.email == "anna@blijf.example"
    assert "partnerverzoek/" not in mails_to("applicant@example.org")[-1].body
    assert "partnerverzoek/" in mails_to("anna@blijf.example")[-1].body
    assert mails_to("lead@example.org") != []
    for who, request in (("applicant", inside), ("lead", region)):
        one = world.later(who, days=3)
        assert partner_requests_open(one) == 1
        service.answer(one, queries_partners.request_to(one, request.id), yes(request, one))
        assert partner_requests_open(one) == 0
    told = mails_to("applicant_b@example.org")
    assert [m.subject.split(":")[0] for m in told] == ["Bevestigd door partner"] * 2
    actions = [e.action for e in audit.trail(joint.audit_chain)]
    assert actions.count("partner_request.ask") == 3
    assert actions.count("partner_request.confirm") == 2
    assert audit.verify_chain(joint.audit_chain) == []


def test_a_change_makes_a_confirmation_lapse_and_submitting_asks_again(
    world: World, joint: Application
) -> None:
    request = service.ask(world.later("applicant_b", days=2), joint, HAARLEM)
    haarlem = world.later("applicant", days=2)
    service.answer(haarlem, request, yes(request, haarlem))
    change_role(world, joint, "Betaalt alles")
    assert line_of(joint, HAARLEM, haarlem).standing == S.CHANGED
    service.submit(world.later("applicant_b", days=3), joint)
    line = line_of(joint, HAARLEM, haarlem)
    assert line.standing == S.ASKED
    assert line.request is not None
    assert line.request.id != request.id
    assert "eerdere bevestiging telt niet meer" in mails_to("applicant@example.org")[-1].body
    assert queries_partners.confirmed_before(line.request) == request


def test_putting_the_text_back_makes_the_confirmation_hold_again(world: World, joint: Application) -> None:
    request = service.ask(world.later("applicant_b", days=2), joint, OUTSIDE, "anna@blijf.example")
    anna = visitor(START + dt.timedelta(days=2))
    service.answer(anna, request, yes(request, anna, "Anna"))
    before = queries.draft(joint).reach
    change_role(world, joint, "Betaalt alles")
    assert line_of(joint, OUTSIDE, anna).standing == S.CHANGED
    service.save_section(world.later("applicant_b", days=2), joint, "reach", before, joint.revision)
    assert line_of(joint, OUTSIDE, anna).standing == S.CONFIRMED


def test_a_change_elsewhere_in_the_application_changes_nothing(world: World, joint: Application) -> None:
    request = service.ask(world.later("applicant_b", days=2), joint, HAARLEM)
    haarlem = world.later("applicant", days=2)
    service.answer(haarlem, request, yes(request, haarlem))
    plan = dataclasses.replace(queries.draft(joint).plan, approach="Heel anders.")
    service.save_section(world.later("applicant_b", days=2), joint, "plan", plan, joint.revision)
    assert line_of(joint, HAARLEM, haarlem).standing == S.CONFIRMED


@pytest.mark.parametrize("how", ["withdraw_request", "withdraw", "taken out"])
def test_who_need_not_answer_any_more_hears_that(world: World, joint: Application, how: str) -> None:
    actor = world.later("applicant_b", days=2)
    request = service.ask(actor, joint, HAARLEM)
    if how == "withdraw_request":
        service.withdraw_request(actor, request)
    elif how == "withdraw":
        service.withdraw(actor, joint, "Gaat niet door.")
    else:
        reach = queries.draft(joint).reach
        kept = tuple(p for p in reach.partners if p.name != "Haarlem")
        service.save_section(actor, joint, "reach", Reach(reach.regions, kept), joint.revision)
        service.submit(actor, joint)
    assert request.state == PartnerAnswer.WITHDRAWN
    assert "hoeft niet meer" in mails_to("applicant@example.org")[-1].subject
    with pytest.raises(Missing):
        queries_partners.request_to(world.later("applicant", days=3), request.id)


def test_the_committee_reads_what_holds_for_the_submitted_text(world: World, joint: Application) -> None:
    """A draft that changed after submitting says nothing about the version that is judged."""
    actor = world.later("applicant_b", days=2)
    request = service.ask(actor, joint, HAARLEM)
    service.submit(actor, joint)
    haarlem = world.later("applicant", days=2)
    service.answer(haarlem, request, yes(request, haarlem))
    change_role(world, joint, "Betaalt alles")
    lines = queries.partners(joint, queries.content(joint), haarlem.at)
    assert next(x.standing for x in lines if x.named.key == HAARLEM) == S.CONFIRMED
    # After closing, partners confirm what was submitted, not what stayed behind in the draft.
    late = START + dt.timedelta(days=15)
    assert queries.text_for_partners(joint, late) == queries.content(joint)
    assert queries.text_for_partners(joint, haarlem.at) == queries.draft(joint)
