"""The minutes of a meeting: to read, to approve, to take along. Each person gets them without what is hidden."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, url_for

from pool.core import pdf
from pool.core.access import Actor, Role, current_actor, door
from pool.core.errors import Missing
from pool.core.forms import Form, attempt

from . import letter_minutes, queries, rules_meeting, service
from .blueprint import bp
from .models_meeting import Meeting
from .routes_meeting import ONE, address, crumbs, load
from .rules_meeting import READERS
from .states import MeetingState


def _facts(actor: Actor, meeting: Meeting) -> dict[str, Any]:
    """The minutes for this person. Before they are approved only whoever leads, or supports, sees them."""
    if meeting.state != MeetingState.CLOSED:
        raise Missing
    fixed = service.minutes_for(actor, meeting)
    if fixed is not None:
        return fixed
    hidden = queries.unseen(actor, meeting.round_id)
    facts = letter_minutes.part(service.minutes_facts(meeting), hidden)
    if actor.has(Role.CHAIR, Role.PROGRAMME):
        return facts
    led = queries.deputised(actor, meeting.round_id)
    if not led:
        raise Missing
    return {**facts, "items": [item for item in facts["items"] if item["application"] in led]}


def _may_approve(actor: Actor, meeting: Meeting) -> bool:
    said = {one.approved_by for one in queries.approvals(meeting.id)}
    acting = service.approver(actor, meeting)
    return bool(rules_meeting.can_approve(acting, meeting)) and actor.user_id not in said


@bp.route(f"{ONE}/verslag", methods=["GET", "POST"])
@door(*READERS)
def minutes(slug: str, number: int) -> Any:
    actor, meeting = current_actor(), load(slug, number)
    facts = _facts(actor, meeting)
    form = Form()
    if form.validate_on_submit():
        with attempt(form) as done:
            fixed = service.approve_minutes(actor, meeting)
        if done:
            text = "Het verslag is goedgekeurd en verandert niet meer."
            if fixed is None:
                text = "Uw deel van het verslag is goedgekeurd. De plaatsvervanger keurt de rest goed."
            flash(text, "success")
            return redirect(url_for("assessment.minutes", slug=slug, number=number))
        meeting = load(slug, number)
    page = render_template(
        "assessment/minutes.html",
        round=meeting.round,
        meeting=meeting,
        facts=facts,
        outcome=letter_minutes.outcome,
        mark_lines=letter_minutes.mark_lines,
        whole=meeting.minutes is not None and facts == meeting.minutes.facts,
        can_approve=_may_approve(actor, meeting),
        form=form,
        page_errors=bool(form.errors or form.form_errors),
        crumbs=crumbs(meeting.round, (f"Vergadering {number}", _back(actor, meeting)), ("Verslag", None)),
    )
    return page, 422 if form.form_errors else 200


def _back(actor: Actor, meeting: Meeting) -> str | None:
    return None if actor.has(Role.AUDITOR) else address(meeting)


@bp.get(f"{ONE}/verslag.pdf")
@door(*READERS)
def minutes_pdf(slug: str, number: int) -> Any:
    """The approved minutes: the fixed bytes for who may see everything, otherwise made without what is hidden."""
    actor, meeting = current_actor(), load(slug, number)
    facts = service.minutes_for(actor, meeting)
    fixed = meeting.minutes
    if facts is None or fixed is None:
        raise Missing
    whole = facts == fixed.facts
    content = fixed.pdf if whole else pdf.render(letter_minutes.document(facts))
    response = Response(content, content_type="application/pdf")
    name = f"verslag-{slug}-{number}.pdf"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
