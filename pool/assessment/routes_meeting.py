"""Pages of panel meetings: the list, the plan, the agenda as each person may see it, presence, opening and closing."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from pool.core.access import Role, current_actor, door, require
from pool.core.errors import Invalid
from pool.core.forms import attempt
from pool.core.text import plural
from pool.people import queries as people
from pool.rounds.models import Round

from . import queries, rules_meeting, service
from .blueprint import bp
from .forms import ReasonForm
from .forms_meeting import AddItemForm, CloseForm, DeputyForm, MeetingForm, PresenceForm
from .models_meeting import Meeting
from .routes_programme import tabs
from .states import ItemKind, ItemState, MeetingState

READERS = (Role.ASSESSOR, Role.CHAIR, Role.PROGRAMME)
LEADERS = (Role.ASSESSOR, Role.CHAIR)
"""Who may lead: the chair, and an assessor who is a deputy; the service says whether it is this one."""
ROOT = "/beoordelen/<slug>/vergaderingen"
ONE = f"{ROOT}/<int:number>"


def crumbs(round_: Round, *more: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """From the overview to a page about meetings, by pages that this person may open."""
    # The auditor reads minutes, and no list of meetings.
    own = url_for("assessment.meetings", slug=round_.slug) if current_actor().has(*READERS) else None
    home: tuple[str, str | None] = ("Beoordelen", url_for("assessment.index"))
    return [home, (f"Vergaderingen {round_.title}", own if more else None), *more]


def address(meeting: Meeting) -> str:
    return url_for("assessment.meeting", slug=meeting.round.slug, number=meeting.number)


def load(slug: str, number: int) -> Meeting:
    return queries.meeting(queries.round_in_hand(current_actor(), slug), number)


def staff_tabs(round_: Round, current: str) -> list[dict[str, Any]]:
    return tabs(round_, current) if current_actor().has(Role.CHAIR, Role.PROGRAMME) else []


@bp.get(ROOT)
@door(*READERS)
def meetings(slug: str) -> Any:
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    return render_template(
        "assessment/meetings.html",
        round=round_,
        tabs=staff_tabs(round_, "assessment.meetings"),
        meetings=queries.meetings_of(round_.id),
        deputies=queries.deputies(round_.id),
        can_plan=bool(rules_meeting.can_plan(actor, round_)) and not queries.unfinished(round_.id),
        can_appoint=bool(rules_meeting.can_appoint_deputy(actor, round_)),
        is_deputy=queries.is_deputy(actor, round_.id),
        crumbs=crumbs(round_),
    )


@bp.route(f"{ROOT}/plannen", methods=["GET", "POST"])
@door(Role.CHAIR)
def plan_meeting(slug: str) -> Any:
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    require(rules_meeting.can_plan(actor, round_))
    form = MeetingForm()
    if form.validate_on_submit():
        with attempt(form) as done:
            planned = service.plan_meeting(actor, round_, form.to_input())
        if done:
            flash("De vergadering is gepland. Kijk de agenda na.", "success")
            return redirect(address(planned))
        round_ = queries.round_in_hand(actor, slug)
    page = render_template(
        "assessment/meeting_plan.html",
        round=round_,
        meeting=None,
        form=form,
        page_errors=bool(form.errors),
        crumbs=crumbs(round_, ("Plannen", None)),
    )
    return page, 422 if form.errors else 200


@bp.route(f"{ONE}/wijzigen", methods=["GET", "POST"])
@door(Role.CHAIR)
def change_meeting(slug: str, number: int) -> Any:
    actor = current_actor()
    meeting = load(slug, number)
    require(rules_meeting.can_change(actor, meeting))
    form = MeetingForm(data=MeetingForm.values(meeting))
    status = 200
    if form.validate_on_submit():
        version = int(form.version.data) if (form.version.data or "").isdecimal() else -1
        with attempt(form) as done:
            service.change_meeting(actor, meeting, form.to_input(), version)
        if done:
            flash("De vergadering is gewijzigd.", "success")
            return redirect(address(load(slug, number)))
        meeting = load(slug, number)
        if done.error is not None and done.error.code == "stale":
            # The page shows what is there now beside what was typed; sending again is then a choice.
            status, form.version.raw_data, form.version.data = 409, None, str(meeting.version)
    if form.errors and status == 200:
        status = 422
    page = render_template(
        "assessment/meeting_plan.html",
        round=meeting.round,
        meeting=meeting,
        stale=status == 409,
        form=form,
        page_errors=bool(form.errors),
        crumbs=crumbs(meeting.round, (f"Vergadering {number}", address(meeting)), ("Wijzigen", None)),
    )
    return page, status


@bp.get(ONE)
@door(*READERS)
def meeting(slug: str, number: int) -> Any:
    return _agenda_page(load(slug, number))


def _agenda_page(meeting: Meeting, **forms: Any) -> Any:
    """The agenda as this person may see it; for whoever leads with what can be done now."""
    actor = current_actor()
    round_ = meeting.round
    items = queries.agenda(actor, meeting)
    leading = queries.led_among(actor, round_.id, [item.application_id for item in items])
    led = {item.id for item in items if item.application_id in leading}
    members = queries.committee_members()
    here = {user.id for user in queries.present(meeting)}
    presence = forms.get("presence") or PresenceForm(
        formdata=None, present=sorted(here or {user.id for user in members})
    )
    presence.offer(members)
    add = forms.get("add") or AddItemForm(formdata=None)
    there = {item.application_id for item in items}
    hidden = queries.unseen(actor, round_.id)
    add.offer([a for a in queries.in_assessment(round_.id, hidden) if a.id not in there])
    errors = [message for form in forms.values() for message in form.errors]
    chairs = bool(rules_meeting.can_lead(actor, meeting))
    page = render_template(
        "assessment/meeting.html",
        round=round_,
        meeting=meeting,
        tabs=staff_tabs(round_, "assessment.meetings"),
        items=items,
        led=led,
        attendance=queries.attendance_of(meeting.id),
        members=members,
        here=here,
        deputies=queries.deputies(round_.id),
        can_lead=chairs,
        can_change=chairs and bool(rules_meeting.can_change(actor, meeting)),
        may_handle={item.id for item in items if item.id in led}
        if meeting.state == MeetingState.RUNNING
        else set(),
        open_items=sum(item.state == ItemState.OPEN for item in items),
        open_formalities=sum(
            item.state == ItemState.OPEN and item.kind == ItemKind.FORMALITY and item.id in led
            for item in items
        ),
        states=MeetingState,
        presence=presence,
        add=add,
        close=forms.get("close") or CloseForm(formdata=None),
        cancel=forms.get("cancel") or ReasonForm(formdata=None),
        problem=next(iter(forms.values()), None),
        page_errors=bool(errors),
        crumbs=crumbs(round_, (f"Vergadering {meeting.number}", None)),
    )
    return page, 422 if errors else 200


@bp.post(f"{ONE}/openen")
@door(Role.CHAIR)
def open_meeting(slug: str, number: int) -> Any:
    found, form = load(slug, number), PresenceForm()
    with attempt(form) as done:
        service.open_meeting(current_actor(), found, form.present.data or [])
    if done:
        flash("De vergadering is geopend.", "success")
        return redirect(address(found))
    return _agenda_page(load(slug, number), presence=form)


@bp.post(f"{ONE}/aanwezig")
@door(Role.CHAIR)
def presence(slug: str, number: int) -> Any:
    found, form = load(slug, number), PresenceForm()
    with attempt(form) as done:
        service.set_presence(current_actor(), found, form.present.data or [])
    if done:
        flash("De aanwezigheid is vastgelegd.", "success")
        return redirect(address(found))
    return _agenda_page(load(slug, number), presence=form)


@bp.post(f"{ONE}/sluiten")
@door(Role.CHAIR)
def close_meeting(slug: str, number: int) -> Any:
    found, form = load(slug, number), CloseForm()
    if form.validate():
        with attempt(form) as done:
            service.close_meeting(current_actor(), found, form.rest.data or "")
        if done:
            flash("De vergadering is gesloten. Keur nu het verslag goed.", "success")
            return redirect(url_for("assessment.minutes", slug=slug, number=number))
    return _agenda_page(load(slug, number), close=form)


@bp.post(f"{ONE}/vervallen")
@door(Role.CHAIR)
def cancel_meeting(slug: str, number: int) -> Any:
    found, form = load(slug, number), ReasonForm()
    if form.validate():
        with attempt(form) as done:
            service.cancel_meeting(current_actor(), found, form.reason.data)
        if done:
            flash("De vergadering gaat niet door.", "success")
            return redirect(address(found))
    return _agenda_page(load(slug, number), cancel=form)


@bp.post(f"{ONE}/toevoegen")
@door(*LEADERS)
def add_item(slug: str, number: int) -> Any:
    """Put one application on the agenda, or all that are missing."""
    actor, found, form = current_actor(), load(slug, number), AddItemForm()
    with attempt(form) as done:
        if request.form.get("do") == "all":
            count = service.complete_agenda(actor, found)
            flash(f"Toegevoegd: {plural(count, 'aanvraag', 'aanvragen')}.", "success")
        else:
            if not isinstance(form.application_id.data, int):
                raise Invalid("application", "Kies een aanvraag.", "application_id")
            service.add_item(actor, found, form.application_id.data)
    return redirect(address(found)) if done else _agenda_page(load(slug, number), add=form)


@bp.post(f"{ONE}/agenda/<int:item_id>")
@door(*LEADERS)
def change_item(slug: str, number: int, item_id: int) -> Any:
    """Move an item, make it a formality or not, or take it off."""
    actor, found = current_actor(), load(slug, number)
    item = queries.item(actor, found, item_id)
    do = request.form.get("do", "")
    if do in ("up", "down"):
        service.move_item(actor, item, up=do == "up")
    elif do == "remove":
        service.remove_item(actor, item)
    elif do in {kind.value for kind in ItemKind}:
        service.set_kind(actor, item, ItemKind(do))
    else:
        raise Invalid("do", "Deze stap bestaat niet.")
    return redirect(address(found))


@bp.post(f"{ONE}/hamerstukken")
@door(*LEADERS)
def formalities(slug: str, number: int) -> Any:
    found = load(slug, number)
    count = service.pass_formalities(current_actor(), found)
    flash(f"Afgedaan: {plural(count, 'hamerstuk', 'hamerstukken')}.", "success")
    return redirect(address(found))


@bp.route(f"{ROOT}/plaatsvervanger", methods=["GET", "POST"])
@door(Role.PROGRAMME)
def appoint_deputy(slug: str) -> Any:
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    require(rules_meeting.can_appoint_deputy(actor, round_))
    form = DeputyForm()
    taken = {one.user_id for one in queries.deputies(round_.id)}
    form.offer([user for user in people.with_role(Role.ASSESSOR) if user.id not in taken])
    if form.validate_on_submit():
        with attempt(form) as done:
            service.appoint_deputy(actor, round_, form.user_id.data, form.reason.data)
        if done:
            flash("De plaatsvervangend voorzitter is aangewezen.", "success")
            return redirect(url_for("assessment.meetings", slug=slug))
        round_ = queries.round_in_hand(actor, slug)
    page = render_template(
        "assessment/meeting_deputy.html",
        round=round_,
        form=form,
        page_errors=bool(form.errors),
        crumbs=crumbs(round_, ("Plaatsvervangend voorzitter", None)),
    )
    return page, 422 if form.errors else 200


@bp.post(f"{ROOT}/plaatsvervanger/<int:deputy_id>/einde")
@door(Role.PROGRAMME)
def end_deputy(slug: str, deputy_id: int) -> Any:
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    service.end_deputy(actor, round_, deputy_id)
    flash("De plaatsvervanger doet dit niet meer.", "success")
    return redirect(url_for("assessment.meetings", slug=slug))
