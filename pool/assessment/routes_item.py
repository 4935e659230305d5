"""The meeting screen: one item at a time, for the room. Nothing of it shows until whoever must leave is outside."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from pool.applications import queries as applications
from pool.core.access import Actor, current_actor, door
from pool.core.errors import Invalid, Missing, PoolError
from pool.core.forms import attempt
from pool.rounds import queries as rounds

from . import queries, service
from .blueprint import bp
from .forms_meeting import ItemForm
from .models import Assessment
from .models_meeting import Meeting, MeetingItem
from .naming import letter
from .routes_meeting import LEADERS, ONE, address, crumbs, load
from .states import ItemState, MeetingState


def _find(actor: Actor, meeting: Meeting, item_id: int) -> MeetingItem:
    """An item that the actor leads; Missing otherwise."""
    item = queries.item(actor, meeting, item_id)
    if not queries.leads(actor, item.application):
        raise Missing
    return item


def screen(item: MeetingItem) -> str:
    meeting = item.meeting
    return url_for("assessment.meeting_item", slug=meeting.round.slug, number=meeting.number, item_id=item.id)


@bp.route(f"{ONE}/punt/<int:item_id>", methods=["GET", "POST"])
@door(*LEADERS)
def meeting_item(slug: str, number: int, item_id: int) -> Any:
    actor, meeting = current_actor(), load(slug, number)
    item = _find(actor, meeting, item_id)
    form = ItemForm(data=_shown(item))
    error: PoolError | None = None
    if request.method == "POST":
        do = request.form.get("do", "")
        valid = form.validate() if do in ("agree", "keep", "postpone", "notes") else True
        if valid:
            with attempt(form) as done:
                _carry_out(actor, item, do, form)
            if done:
                return redirect(screen(item))
            error = done.error
            meeting = load(slug, number)
            item = _find(actor, meeting, item_id)
    return _page(actor, meeting, item, form, error)


def _shown(item: MeetingItem) -> dict[str, Any]:
    return {"notes": item.notes, "revision": str(item.revision)}


def _carry_out(actor: Actor, item: MeetingItem, do: str, form: ItemForm) -> None:
    if do == "take":
        service.take_up(actor, item)
    elif do == "left":
        service.confirm_left(actor, item)
    elif do == "resume":
        service.resume(actor, item)
    elif do == "notes":
        service.save_notes(actor, item, form.notes.data or "", form.seen())
        flash("De notities zijn bewaard.", "success")
    elif do == "postpone":
        service.postpone(actor, item, form.reason.data or "", form.notes.data or "", form.seen())
    elif do in ("agree", "keep"):
        service.conclude(actor, item, form.to_input(keep=do == "keep"))
    else:
        raise Invalid("do", "Deze stap bestaat niet.")


def _page(actor: Actor, meeting: Meeting, item: MeetingItem, form: ItemForm, error: PoolError | None) -> Any:
    seen = queries.agenda(actor, meeting)
    led = queries.led_among(actor, meeting.round_id, [one.application_id for one in seen])
    own = [one for one in seen if one.application_id in led]
    place = next(i for i, one in enumerate(own) if one.id == item.id)
    stale = error is not None and error.code == "stale"
    if stale:
        form.revision.raw_data, form.revision.data = None, str(item.revision)
    running = meeting.state == MeetingState.RUNNING
    inside = queries.still_inside(item) if running else []
    heard = not inside and (item.at_hand or not running) and not queries.must_still(actor, item.application)
    status = 200 if not form.errors else 409 if error is not None and error.status == 409 else 422
    page = render_template(
        "assessment/meeting_item.html",
        round=meeting.round,
        meeting=meeting,
        item=item,
        place=place + 1,
        count=len(own),
        previous=own[place - 1] if place else None,
        following=own[place + 1] if place + 1 < len(own) else None,
        running=running,
        inside=inside,
        still=queries.must_still(actor, item.application),
        outside=[one for one in item.absences if one.returned_at is None],
        heard=heard,
        states=ItemState,
        screen=screen,
        stale=stale,
        form=form,
        back=address(meeting),
        page_errors=bool(form.errors),
        crumbs=crumbs(
            meeting.round,
            (f"Vergadering {meeting.number}", address(meeting)),
            (f"Agendapunt {place + 1}", None),
        ),
        **(_facts(meeting, item) if heard else {}),
    )
    return page, status


def _facts(meeting: Meeting, item: MeetingItem) -> dict[str, Any]:
    """What the room may see of an item: the application, the scores that count and what they come to."""
    rules = rounds.rules_of(meeting.round)
    given = queries.counting([item.application_id])
    here = {user.id for user in queries.present(meeting)}
    totals = [rules.points(queries.levels(one)) for one in given]
    outcome = queries.outcomes([item.application_id]).get(item.application_id)
    mean = queries.mean_of(meeting.round, item.application_id)
    return {
        "rules": rules,
        "parts": queries.parts(applications.content(item.application), rules),
        "views": applications.views_of(item.application_id),
        "given": [
            {
                "name": name,
                "here": one.assignment.user_id in here,
                "scores": {score.criterion: score for score in one.scores},
                "codings": queries.codings_of(one),
                "levels": queries.levels(one),
                "total": rules.points(queries.levels(one)),
            }
            for one, name in named(given, meeting.show_names)
        ],
        "mean": mean,
        "spread": max(totals) - min(totals) if len(totals) > 1 else None,
        "counts": outcome.agreed
        if outcome is not None
        else queries.proposed_of(meeting.round, item.application_id),
        "earlier": outcome,
    }


def named(given: list[Assessment], show: bool) -> list[tuple[Assessment, str]]:
    """Assessments with what their assessors are called: by name, or by letter in the order of assigning, which says
    nothing about who is who."""
    if show:
        return [(one, one.assignment.user.name) for one in given]
    ordered = sorted(given, key=lambda one: one.assignment_id)
    return [(one, f"Beoordelaar {letter(place)}") for place, one in enumerate(ordered)]
