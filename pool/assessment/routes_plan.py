"""Pages of the plan of who reads what: the programme team makes it, adjusts it and makes it final."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from pool.applications.models import Application
from pool.core.access import Role, current_actor, door, require
from pool.core.errors import Missing
from pool.core.forms import attempt
from pool.core.text import plural
from pool.rounds.models import Round

from . import planning, queries, rules, service
from .blueprint import bp
from .forms_plan import MoveForm, PinForm, PlanForm, PlanOptionsForm, SwapForm, options_form
from .inputs import PlanOptions
from .models import AssignmentPlan
from .plan import Pairs
from .queries import plans
from .routes_programme import crumbs, tabs

ROOT = "/beoordelen/<slug>/toewijzen"


@bp.route(ROOT, methods=["GET", "POST"])
@door(Role.PROGRAMME)
def assign(slug: str) -> Any:
    """The plan of a round with what it leads to; POST works it out, anew or for the first time."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    form = _options_form(round_)
    if form.validate_on_submit():
        with attempt(form) as done:
            plan = service.make_plan(actor, round_, form.to_options(), form.seen())
        if done:
            changed = Pairs.of(plan.body)
            news = (
                "Het plan is gemaakt."
                if not (changed.added or changed.dropped)
                else "Het plan is bijgewerkt."
            )
            flash(f"{news} Alleen het programmateam ziet het.", "success")
            return redirect(url_for("assessment.assign", slug=slug))
    return _plan_page(slug, form, form)


@bp.post(f"{ROOT}/vaststellen")
@door(Role.PROGRAMME)
def finalise_plan(slug: str) -> Any:
    """Make the plan final: the work opens for the assessors."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    form = PlanForm()
    if form.validate_on_submit():
        with attempt(form) as done:
            made = service.finalise_plan(actor, plans.draft_plan_or_missing(actor, round_), form.seen())
        if done:
            number = plural(len(made), "beoordeling", "beoordelingen")
            flash(
                f"Er {'is' if len(made) == 1 else 'zijn'} {number} toegewezen. De beoordelaars krijgen een e-mail.",
                "success",
            )
            return redirect(url_for("assessment.assign", slug=slug))
    return _plan_page(slug, _options_form(queries.round_in_hand(actor, slug)), form)


@bp.post(f"{ROOT}/weggooien")
@door(Role.PROGRAMME)
def drop_plan(slug: str) -> Any:
    """Throw the plan away, to begin anew."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    form = PlanForm()
    if form.validate_on_submit():
        with attempt(form) as done:
            service.drop_plan(actor, plans.draft_plan_or_missing(actor, round_), form.seen())
        if done:
            flash("Het plan is weggegooid.", "success")
            return redirect(url_for("assessment.assign", slug=slug))
    return _plan_page(slug, _options_form(queries.round_in_hand(actor, slug)), form)


def _options_form(round_: Round) -> PlanOptionsForm:
    plan = plans.draft_plan(current_actor(), round_)
    before = plan or plans.final_plan(round_)
    usual = service.options_of(before) if before else PlanOptions()
    return options_form(usual, plan.version if plan else None, queries.in_assessment(round_.id))


def _plan_page(slug: str, options: PlanOptionsForm, current: PlanForm) -> Any:
    """The page of a plan. current: the form that was sent, with what is wrong with it."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    verdict = rules.can_plan(actor, round_)
    plan = plans.draft_plan(actor, round_)
    found = plans.situation(round_)
    held = Pairs.of(plan.body) if plan else Pairs()
    # The page carries the version that it shows, not the one that was refused.
    options.version.data = str(plan.version) if plan else ""
    before = plan or plans.final_plan(round_)
    chosen = service.options_of(before) if before else PlanOptions()
    hidden = queries.hidden_from(actor)
    overview = planning.overview(found, chosen, held)
    page = render_template(
        "assessment/assign.html",
        round=round_,
        tabs=tabs(round_, "assessment.assign"),
        verdict=verdict,
        plan=plan,
        overview=overview,
        coverage=[one for one in overview.coverage if one.file.id not in hidden],
        changes=_changes(found, held),
        short=sum(len(one.readers) < one.needed for one in overview.coverage),
        pending=queries.pending(round_.id),
        begins=not found.reads,
        options=options,
        step=PlanForm(formdata=None, version=str(plan.version)) if plan else None,
        problem=current,
        page_errors=bool(current.errors),
        crumbs=crumbs(round_, ("Toewijzen", None)),
    )
    return page, 422 if current.errors else 200


def _changes(found: plans.Situation, held: Pairs) -> list[tuple[str, list[str], list[str]]]:
    """Per application what the last step changed: its reference, who came and who went, by name."""
    rows = []
    for a in found.files:
        came, went = (
            [user.name for user in found.assessors if (a.id, user.id) in part]
            for part in (held.added, held.dropped)
        )
        if came or went:
            rows.append((a.reference, came, went))
    return rows


@bp.route(f"{ROOT}/plan/<int:application_id>", methods=["GET", "POST"])
@door(Role.PROGRAMME)
def adjust_plan(slug: str, application_id: int) -> Any:
    """The readers of one application in the plan: pin, take away, move, swap."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    require(rules.can_plan(actor, round_))
    plan = plans.draft_plan_or_missing(actor, round_)
    application = _file(round_, application_id)
    do = request.form.get("do", "")
    sent: PlanForm | None = None
    if request.method == "POST":
        forms = _forms(plan, application, plans.situation(round_), request.form)
        if do not in ({"pin_new", "move", "swap"} | STEPS.keys()):
            raise Missing
        sent = forms.get(do, forms["pair"])
        if sent.validate():
            with attempt(sent) as done:
                _adjust(plan, application_id, do, sent)
            if done:
                flash("Het plan is bijgewerkt.", "success")
                return redirect(url_for("assessment.assign", slug=slug))
            round_ = queries.round_in_hand(actor, slug)
            plan, application = plans.draft_plan_or_missing(actor, round_), _file(round_, application_id)
    found = plans.situation(round_)
    held = Pairs.of(plan.body)
    forms = _forms(plan, application, found, None)
    if sent is not None:
        # The page carries the version that it shows, not the one that was refused.
        sent.version.data = str(plan.version)
        forms[do] = sent
    overview = planning.overview(found, service.options_of(plan), held)
    page = render_template(
        "assessment/adjust_plan.html",
        round=round_,
        application=application,
        plan=plan,
        cover=next(one for one in overview.coverage if one.file.id == application_id),
        loads={one.user.id: one.total for one in overview.loads},
        maximum=overview.maximum,
        forbidden=[u for u in found.assessors if (application_id, u.id) in held.forbidden],
        forms=forms,
        # Each button a form of its own, so that each can be sent once.
        new_step=lambda: PlanForm(formdata=None, version=str(plan.version)),
        problem=sent or forms["pair"],
        page_errors=bool(sent and sent.errors),
        crumbs=crumbs(
            round_, ("Toewijzen", url_for("assessment.assign", slug=slug)), (application.reference, None)
        ),
    )
    return page, 422 if sent and sent.errors else 200


def _file(round_: Round, application_id: int) -> Application:
    found = queries.committee_file(current_actor(), application_id)
    if found.round_id != round_.id:
        raise Missing
    return found


def _forms(
    plan: AssignmentPlan, application: Application, found: plans.Situation, data: Any
) -> dict[str, Any]:
    """The forms of the page, each offering only what can be. data: what was sent."""
    held, options = Pairs.of(plan.body), service.options_of(plan)
    barred = planning.excluded(found, options, held)
    here = [u for u in found.assessors if (application.id, u.id) in held.pairs]
    taken = held.pairs | found.reads | barred.keys()
    common = {"formdata": data, "version": str(plan.version)}
    pair, pin, move, swap = PlanForm(**common), PinForm(**common), MoveForm(**common), SwapForm(**common)
    pin.offer(u for u in found.assessors if (application.id, u.id) not in held.pairs | found.reads)
    move.offer(
        here,
        (a for a in found.files if a.id != application.id and any((a.id, u.id) not in taken for u in here)),
    )
    swap.offer(
        here,
        (
            (a, u)
            for a in found.files
            for u in found.assessors
            if (a.id, u.id) in held.pairs
            and a.id != application.id
            and (application.id, u.id) not in taken
            and any((a.id, other.id) not in taken for other in here)
        ),
    )
    return {"pair": pair, "pin_new": pin, "move": move, "swap": swap}


STEPS: dict[str, Callable[..., None]] = {
    "pin": service.pin,
    "unpin": service.unpin,
    "forbid": service.forbid,
    "allow": service.allow,
}
"""What a button beside a name asks for."""


def _adjust(plan: AssignmentPlan, application_id: int, do: str, form: Any) -> None:
    """Carry out what a form of the page asks."""
    actor, seen = current_actor(), form.seen()
    if do == "pin_new":
        service.pin(actor, plan, application_id, form.user_id.data, seen)
    elif do == "move":
        service.move(actor, plan, application_id, form.user_id.data, form.to_application_id.data, seen)
    elif do == "swap":
        service.swap(actor, plan, application_id, form.user_id.data, form.pair(), seen)
    else:
        STEPS[do](actor, plan, application_id, request.form.get("user_id", 0, type=int), seen)
