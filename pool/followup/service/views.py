"""How a region sees a project over a half-year, and reminding the leads who have not said it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from pool.core import audit, jobs, outbox
from pool.core.access import Actor, require
from pool.core.clock import at_local, local_date
from pool.core.db import db
from pool.core.delivery import MailKind
from pool.core.errors import Conflict, Invalid
from pool.core.text import clean
from pool.people import queries as people
from pool.people.models import User
from pool.people.rules import actor_for
from pool.regions import queries as regions

from .. import mail, queries, rules
from ..inputs import ViewInput
from ..models import HalfYearView, Project
from ..periods import Period

AT = dt.time(7, 30)
"""On the Dutch clock: when reminders leave, before the working day begins."""
DAYS_BEFORE = 7
"""The second reminder leaves so many days before the last day; the first when the half-year is over."""


class StaleView(Conflict):
    """Another lead of the region changed this view after the page was loaded. view: what is kept now."""

    def __init__(self, view: HalfYearView) -> None:
        super().__init__("stale", "Iemand anders heeft dit beeld gewijzigd terwijl u bezig was.")
        self.standing, self.text = view.standing, view.text
        self.written_at, self.version = view.written_at, view.version


def give_view(
    actor: Actor, project: Project, period: Period, region_id: int, given: ViewInput, version: int = 0
) -> HalfYearView:
    """Add or replace what a region says of a project over a half-year, whether the municipality reports or not.

    version: of the view when the person began to write, 0 when there was none. Raises StaleView, with what is kept,
    when somebody else said something else since; the same again changes nothing.
    """
    db.session.flush()
    db.session.refresh(project, with_for_update=True)
    db.session.expire(project, ["reports", "views"])
    require(rules.can_give_view(actor, project, period, region_id))
    text = clean(given.text)
    if not text:
        raise Invalid("missing", "Schrijf op hoe de regio de voortgang ziet.", "text")
    if len(text) > rules.LIMITS["view"]:
        raise Invalid("long", f"Gebruik niet meer dan {rules.LIMITS['view']} tekens.", "text")
    view = queries.view_of(project, period, region_id)
    before = {} if view is None else {"standing": view.standing.value, "text": view.text}
    if view is None:
        view = HalfYearView(project=project, period=period.code, region_id=region_id)
        db.session.add(view)
    elif (view.standing, view.text) == (given.standing, text):
        return view
    elif view.version != version:
        raise StaleView(view)
    view.standing, view.text = given.standing, text
    view.written_at, view.written_by = actor.at, actor.user_id
    db.session.flush()
    facts = {"period": period.code, "region": view.region.slug, "standing": view.standing.value, "text": text}
    audit.record(actor, "project.give_view", project.audit_chain, f"project:{project.id}", before, facts)
    return view


# --- reminders --------------------------------------------------------------------------------------------


def plan_reminders(project: Project) -> None:
    """Plan the reminders for the half-years of a project; those of one half-year are the same for all projects."""
    for period in project.half_years:
        over = period.ends_on + dt.timedelta(days=1)
        for when, day in (("over", over), ("last", period.due_on - dt.timedelta(days=DAYS_BEFORE))):
            payload = {"period": period.code, "when": when}
            jobs.enqueue("followup.views", f"followup.views:{period.code}:{when}", payload, at_local(day, AT))


def remind_leads(actor: Actor, period: Period, when: str) -> None:
    """Remind every regional lead of whom views over a half-year are asked; once each.

    Nothing happens when the last day has passed: who lies behind sees that in the portal.
    """
    if local_date(actor.at) > period.due_on:
        return
    for user in people.leads_of({region.id for region in regions.all_regions()}):
        lead = as_lead(user, actor.at)
        if all(line.period != period for line in queries.views_due(lead, lead.region_ids)):
            continue
        subject, body = mail.views_asked(user.name, period.label, period.due_on)
        outbox.post(
            actor,
            f"views:{period.code}:{when}:{user.id}",
            user.email,
            subject,
            body,
            user.id,
            kind=MailKind.PROJECT,
            chain="",
            thing="views",
        )


def as_lead(user: User, at: dt.datetime) -> Actor:
    """The actor that this account is as a regional lead, so that nothing is told that he or she may not see.

    Without its organisation: what somebody reads as an applicant comes by another way.
    """
    return replace(actor_for(user, at), organisation_id=None)
