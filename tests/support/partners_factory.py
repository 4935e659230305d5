"""Joint applications for tests: partners inside the system, a region with a project leader, and one outside."""

from __future__ import annotations

import re

from sqlalchemy import select

from pool.applications import queries, queries_partners, service
from pool.applications.inputs import Partner
from pool.applications.models import Application
from pool.applications.models_together import PartnerRequest
from pool.applications.queries_partners import PartnerLine
from pool.core.access import Actor
from pool.core.db import db
from pool.core.outbox import Mail
from pool.rounds.models import Round
from tests.support.applications_factory import make_draft
from tests.support.world import World

ZWOLLE = "municipality:gemeente zwolle"
OUTSIDE = "shelter:blijf groep"
REGION = "region:kennemerland"


def make_joint(world: World, round_: Round, key: str = "applicant_b") -> Application:
    """A draft of Zwolle with Kennemerland (which has a project leader), Haarlem, and a shelter without an account.

    With key `applicant`: of Haarlem, with IJsselland and Zwolle.
    """
    other, region = ("Gemeente Zwolle", "ijsselland") if key == "applicant" else ("Haarlem", "kennemerland")
    own = "kennemerland" if key == "applicant" else "ijsselland"
    application = make_draft(world, round_, key, regions=(own, region))
    reach = queries.draft(application).section("reach")
    partners = (
        Partner(other, "municipality", "Doet mee met twee teams", "Twee medewerkers"),
        Partner("Blijf Groep", "shelter", "Voert het project uit", "€ 10.000"),
    )
    actor = world.later(key, days=1)
    service.save_section(
        actor, application, "reach", type(reach)(reach.regions, partners), application.revision
    )
    db.session.commit()
    return application


def line_of(application: Application, key: str, actor: Actor) -> PartnerLine:
    """How it stands with one partner, in the text that partners confirm."""
    content = queries.text_for_partners(application, actor.at)
    lines = queries_partners.partners(application, content, actor.at)
    return next(line for line in lines if line.named.key == key)


def yes(request: PartnerRequest, actor: Actor, name: str = "") -> service.Answer:
    """A confirmation of the text as it is now."""
    line = service.asked_line(request, actor.at)
    return service.Answer(True, line.sha256 if line else "", name=name)


def mails_to(address: str) -> list[Mail]:
    return list(db.session.scalars(select(Mail).where(Mail.recipient == address).order_by(Mail.id)))


def link_in(mail: Mail) -> str:
    """The path of the link in an invitation."""
    found = re.search(r"http://localhost(/partnerverzoek/\S+)", mail.body)
    assert found is not None, mail.body
    return found[1]
