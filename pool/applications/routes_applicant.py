"""Pages of the municipality that applies: start, write, submit, withdraw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for

from pool.core.access import Role, current_actor, door, require
from pool.core.errors import InvalidMany
from pool.core.forms import attempt
from pool.core.text import format_moment, plural
from pool.people import queries as people
from pool.regions import queries as regions
from pool.rounds import queries as rounds
from pool.rounds.inputs import RoundRules

from . import letter, queries, queries_reuse, queries_signing, rules, service
from .blueprint import bp, crumbs, letter_facts, load, pdf, section_of, section_url, shelf
from .forms import (
    BudgetForm,
    ContactForm,
    PlanForm,
    ProjectForm,
    ReachForm,
    SectionForm,
    SubmitForm,
    WithdrawForm,
    answers_form,
)
from .inputs import Content
from .lifecycle import LIFE
from .models import Application, SectionSave
from .states import ApplicationState, BudgetKind, Section


@bp.post("/rondes/<slug>/aanvragen")
@door(Role.APPLICANT)
def start(slug: str) -> Any:
    application = service.start(current_actor(), rounds.get(current_actor(), slug))
    flash(f"Uw concept is gemaakt. Het kenmerk is {application.reference}.", "success")
    return redirect(url_for("applications.show", ident=application.id))


# --- the task list ----------------------------------------------------------------------------------------


def tasks(
    application: Application, round_rules: RoundRules, lacks: Sequence[rules.Lack]
) -> list[dict[str, Any]]:
    """A line per section: how far it is, who saved it last, and where it is written, if it can be now.

    lacks: what the text still needs, see `service.lacks`.
    """
    lacking = Counter(lack.section for lack in lacks)
    saves = {save.section: save for save in application.saves}
    may = rules.can_edit(current_actor(), application)
    items = []
    for section in queries.sections(round_rules):
        save = saves.get(section.value)
        open_ = rules.can_edit_section(application, section.value, round_rules)
        status, tone = _progress(application, save, lacking[section.value], asked=bool(open_))
        hint = f"Opgeslagen door {save.saved_by_name} op {format_moment(save.saved_at)}." if save else ""
        if section == Section.DOCUMENTS:
            hint = " ".join([hint, *queries.notes(application, queries.draft(application))]).strip()
        url = section_url(application, section) if may and open_ else None
        items.append({"label": section.label, "url": url, "status": status, "tone": tone, "hint": hint})
    return items


def _progress(
    application: Application, save: SectionSave | None, lacking: int, *, asked: bool
) -> tuple[str, str]:
    """How far a section is, with the tone of its badge."""
    if lacking and save is not None:
        return f"nog {plural(lacking, 'punt', 'punten')}", "warning"
    if lacking:
        return "nog niet begonnen", "neutral"
    if application.state != ApplicationState.SUPPLEMENT_REQUESTED:
        return "compleet", "success"
    if not asked:
        return "niet gevraagd", "neutral"
    if save is None or save.saved_at < application.checks[-1].checked_at:
        return "nog aanvullen", "warning"
    return "aangevuld", "success"


# --- a section --------------------------------------------------------------------------------------------


def _form(
    application: Application, content: Content, section: Section, round_rules: RoundRules
) -> SectionForm:
    """The form of a section, filled with what is kept or with what was posted."""
    value = content.section(section.value)
    if section == Section.PROJECT:
        return ProjectForm(**ProjectForm.values(value)).offer(round_rules, regions.all_themes())
    if section == Section.REACH:
        municipality = application.organisation.municipality
        own_region = municipality.region.slug if municipality else ""
        return ReachForm(**ReachForm.values(value)).offer(own_region, regions.all_regions())
    if section == Section.PLAN:
        return PlanForm(**PlanForm.values(value))
    if section == Section.BUDGET:
        return BudgetForm(**BudgetForm.values(value)).offer(round_rules)
    if section == Section.CONTACT:
        return ContactForm(**ContactForm.values(value))
    form_class = answers_form(round_rules)
    return form_class(**form_class.values(value))


_ROWS = {
    "lines": ("add_row", "remove_row"),
    "partners": ("add_row", "remove_row"),
    "indicators": ("add_indicator", "remove_indicator"),
    "milestones": ("add_milestone", "remove_milestone"),
}
"""The tables in the forms, with the buttons for a row more and a row less."""


def _change_rows(form: Any) -> bool:
    """Whether a button in the form was used that keeps nothing: a row more or less, or adding up again."""
    if "recount" in request.form:
        return True
    for name, (add, remove) in _ROWS.items():
        if name in form and (add in request.form or remove in request.form):
            _change_row(form[name], add, remove)
            return True
    return False


def _change_row(rows: Any, add: str, remove: str) -> None:
    if add in request.form:
        if len(rows) < rules.MAX_LINES:
            rows.append_entry({})
        return
    place = request.form.get(remove, type=int)
    if place is not None and 0 <= place < len(rows):
        rows.entries.pop(place)
    if not rows.entries:
        rows.append_entry({})


@bp.route("/aanvragen/<int:ident>/onderdelen/<slug>", methods=["GET", "POST"])
@door(Role.APPLICANT)
def section(ident: int, slug: str) -> Any:
    application, round_rules = load(ident)
    which = section_of(slug, round_rules)
    require(rules.can_edit(current_actor(), application))
    require(rules.can_edit_section(application, which.value, round_rules))
    form = _form(application, queries.draft(application), which, round_rules)
    if request.method == "GET":
        form.take_revision(application.revision)
    elif _change_rows(form):
        return _section_page(application, round_rules, which, form)
    in_background = request.accept_mimetypes.best == "application/json"
    stale: service.StaleSection | None = None
    if form.validate_on_submit():
        with attempt(form) as done:
            value = form.to_input()
            service.save_section(current_actor(), application, which.value, value, form.revision)
        if done:
            if in_background:
                saved_at = format_moment(current_actor().at).rpartition(" om ")[2]
                return jsonify(version=application.revision, saved_at=saved_at)
            flash(f"‘{which.label}’ is opgeslagen.", "success")
            return redirect(url_for("applications.show", ident=application.id))
        if isinstance(done.error, service.StaleSection):
            stale = done.error
            form.take_revision(stale.revision)
    if in_background:
        found = stale.message if stale else "Nog niet opgeslagen: er klopt iets niet in wat u invulde."
        return jsonify(detail=found), 409 if stale else 422
    return _section_page(application, round_rules, which, form, stale)


def _section_page(
    application: Application,
    round_rules: RoundRules,
    which: Section,
    form: SectionForm,
    stale: service.StaleSection | None = None,
) -> Any:
    theirs = None
    if stale is not None:
        theirs = queries.part(Content().with_section(which.value, stale.theirs), round_rules, which)
    status = 409 if stale else 422 if form.errors else 200
    page = render_template(
        f"applications/section_{which.value}.html",
        application=application,
        section=which,
        form=form,
        rules=round_rules,
        limits=rules.LIMITS,
        stale=stale,
        theirs=theirs,
        waiting=queries_signing.open_of(application.id),
        can_reuse=queries_reuse.has_sources(current_actor(), application),
        totals=_totals(form) if which == Section.BUDGET else None,
        here=section_url(application, which),
        page_errors=bool(form.errors),
        crumbs=crumbs(application, (which.label, None)),
    )
    return page, status


def _totals(form: Any) -> dict[str, int]:
    """Sums of the budget as it stands in the form, in cents."""
    budget = form.to_input()
    return {
        "cost": budget.total(BudgetKind.COST),
        "own": budget.total(BudgetKind.OWN),
        "other": budget.total(BudgetKind.OTHER),
        "requested": budget.requested,
        "gap": rules.imbalance(budget),
    }


# --- submit -----------------------------------------------------------------------------------------------


@bp.route("/aanvragen/<int:ident>/indienen", methods=["GET", "POST"])
@door(Role.APPLICANT)
def submit(ident: int) -> Any:
    application, round_rules = load(ident)
    supplement = application.state == ApplicationState.SUPPLEMENT_REQUESTED
    require(LIFE.may(current_actor(), application, "supplement" if supplement else "submit"))
    if request.method == "GET" and people.signs_off(application.organisation_id):
        return redirect(url_for("applications.sign_off", ident=ident))
    form = SubmitForm()
    status = 200
    if request.method == "GET":
        form.take_revision(application.revision)
    elif form.validate_on_submit():
        verb = service.supplement if supplement else service.submit
        with attempt(form) as done:
            version = verb(current_actor(), application, form.revision)
        if done:
            flash("Uw aanvraag is ontvangen.", "success")
            return redirect(url_for("applications.version", ident=ident, number=version.number))
        # The list below shows what is missing, with links; the summary need not repeat it.
        if isinstance(done.error, InvalidMany):
            form.form_errors.clear()
        form.take_revision(application.revision)
        status = done.error.status if done.error else 422
    else:
        status = 422
    content = queries.candidate(application, round_rules)
    page = render_template(
        "applications/submit.html",
        application=application,
        form=form,
        lacks=service.lacks(application),
        parts=queries.parts(content, round_rules),
        shelf=shelf(application, content),
        supplement=supplement,
        page_errors=bool(form.errors),
        crumbs=crumbs(application, ("Controleren en indienen", None)),
    )
    return page, status


@bp.get("/aanvragen/<int:ident>/concept.pdf")
@door(Role.APPLICANT)
def draft_pdf(ident: int) -> Any:
    application, round_rules = load(ident)
    content = queries.draft(application)
    document = letter.draft(
        letter_facts(application, content.project.title),
        queries.parts(content, round_rules),
        current_actor().at,
    )
    return pdf(document, f"{application.reference}-concept.pdf")


# --- withdraw ---------------------------------------------------------------------------------------------


@bp.route("/aanvragen/<int:ident>/intrekken", methods=["GET", "POST"])
@door(Role.APPLICANT)
def withdraw(ident: int) -> Any:
    application, _rules = load(ident)
    require(LIFE.may(current_actor(), application, "withdraw"))
    form = WithdrawForm()
    if form.validate_on_submit():
        with attempt(form) as done:
            service.withdraw(current_actor(), application, form.reason.data)
        if done:
            flash(f"Aanvraag {application.reference} is ingetrokken.", "success")
            return redirect(url_for("applications.show", ident=ident))
    page = render_template(
        "applications/withdraw.html",
        application=application,
        form=form,
        page_errors=bool(form.errors),
        crumbs=crumbs(application, ("Intrekken", None)),
    )
    return page, 422 if form.errors else 200
