"""Pages of the programme team: the list, a new round, setting it up part by part, and publishing."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from pool.core.access import Role, current_actor, door, require
from pool.core.db import db
from pool.core.errors import Missing
from pool.core.forms import Form, attempt
from pool.core.text import plural, slugify
from pool.regions import queries as regions

from . import overview, queries, rules, service
from .blueprint import bp, load, names, summary, team_crumbs
from .forms import FORMS, CeilingForm, MoveForm, PartForm, PublishForm, SchemeForm, StartForm
from .inputs import RoundRules
from .lifecycle import LIFE
from .models import Round
from .states import Part

# Moves that belong to this page; the others happen by the clock or with the work of the committee.
MOVES_HERE = ("start_progress", "finish")


@bp.get("/rondes")
@door(Role.PROGRAMME)
def index() -> Any:
    rounds = db.session.scalars(queries.visible_to(current_actor())).unique().all()
    return render_template("rounds/index.html", rounds=rounds)


# --- a new round ------------------------------------------------------------------------------------------


@bp.route("/rondes/nieuw", methods=["GET", "POST"])
@door(Role.PROGRAMME)
def new() -> Any:
    earlier = db.session.scalars(queries.visible_to(current_actor())).unique().all()
    form = StartForm().offer(queries.schemes(), earlier)
    if form.validate_on_submit():
        with attempt(form) as done:
            made = service.copy(current_actor(), form.to_input())
        if done:
            flash("De ronde is gemaakt als concept. Alleen het programmateam ziet haar.", "success")
            return redirect(url_for("rounds.setup", slug=made.slug))
    page = render_template(
        "rounds/new.html",
        form=form,
        page_errors=bool(form.errors),
        crumbs=[("Rondes", url_for("rounds.index")), ("Nieuwe ronde", None)],
    )
    return page, 422 if form.errors else 200


@bp.route("/regelingen/nieuw", methods=["GET", "POST"])
@door(Role.PROGRAMME)
def new_scheme() -> Any:
    form = SchemeForm()
    if form.validate_on_submit():
        with attempt(form) as done:
            name = form.name.data or ""
            service.create_scheme(
                current_actor(), slugify(name), name, form.purpose.data or "", form.prefix.data or ""
            )
        if done:
            flash(f"De regeling ‘{name}’ is gemaakt.", "success")
            return redirect(url_for("rounds.new"))
    page = render_template(
        "rounds/new_scheme.html",
        form=form,
        page_errors=bool(form.errors),
        crumbs=[
            ("Rondes", url_for("rounds.index")),
            ("Nieuwe ronde", url_for("rounds.new")),
            ("Nieuwe regeling", None),
        ],
    )
    return page, 422 if form.errors else 200


# --- setting up -------------------------------------------------------------------------------------------


def _tasks(round_: Round) -> list[dict[str, Any]]:
    """A line per part: what is still missing there, and where it is filled in."""
    counts: dict[Part, int] = {}
    for lack in rules.lacks(round_, round_.budget.ceiling):
        counts[lack.part] = counts.get(lack.part, 0) + 1
    items = []
    for part in Part:
        count = counts.get(part, 0)
        items.append(
            {
                "label": part.label,
                "url": url_for("rounds.part", slug=round_.slug, part=part.value),
                "status": f"nog {plural(count, 'punt', 'punten')}" if count else "in orde",
                "tone": "warning" if count else "success",
            }
        )
    return items


@bp.get("/rondes/<slug>/instellen")
@door(Role.PROGRAMME)
def setup(slug: str) -> Any:
    round_ = load(slug)
    require(rules.can_edit(current_actor(), round_))
    return render_template(
        "rounds/setup.html",
        round=round_,
        tasks=_tasks(round_),
        lacks=rules.lacks(round_, round_.budget.ceiling, current_actor().at),
        crumbs=team_crumbs(round_, ("Instellen", None)),
    )


def _change_rows(form: PartForm) -> bool:
    """Whether a button was used that adds or takes away a row, or adds up; nothing is kept then."""
    for name in form.rows:
        fields = form[name]
        if f"add_{name}" in request.form:
            if len(fields) < rules.MAX_ROWS:
                fields.append_entry({})
            return True
        place = request.form.get(f"remove_{name}", type=int)
        if place is not None:
            if 0 <= place < len(fields):
                fields.entries.pop(place)
            if not fields.entries:
                fields.append_entry({})
            return True
    return "recount" in request.form


@bp.route("/rondes/<slug>/instellen/<part>", methods=["GET", "POST"])
@door(Role.PROGRAMME)
def part(slug: str, part: str) -> Any:
    round_ = load(slug)
    if part not in {p.value for p in Part}:
        raise Missing
    which = Part(part)
    require(rules.can_edit(current_actor(), round_))
    kept = RoundRules.from_json(round_.rules)
    form_class: Any = FORMS[which]
    form = form_class(**form_class.values(round_, kept))
    stale = False
    if request.method == "GET":
        form.take_version(round_.version)
    elif _change_rows(form):
        form.offer(regions.all_themes(), regions.all_regions())
        return _part_page(round_, which, form, kept)
    form.offer(regions.all_themes(), regions.all_regions())
    if form.validate_on_submit():
        with attempt(form) as done:
            _save(round_, which, form, kept)
        if done:
            flash(f"‘{which.label}’ is opgeslagen.", "success")
            following = _after(which) if "next" in request.form else None
            if following is not None:
                return redirect(url_for("rounds.part", slug=round_.slug, part=following.value))
            return redirect(url_for("rounds.setup", slug=round_.slug))
        stale = isinstance(done.error, service.StaleRound)
        if stale:
            # What was typed stays; saving again now means that it replaces what the other person saved.
            round_ = load(slug)
            form.take_version(round_.version)
            kept = RoundRules.from_json(round_.rules)
    return _part_page(round_, which, form, kept, stale)


def _save(round_: Round, which: Part, form: Any, kept: RoundRules) -> None:
    actor = current_actor()
    if which == Part.BASICS:
        service.save_basics(actor, round_, form.to_part(), form.seen)
    elif which == Part.DATES:
        service.save_dates(actor, round_, form.to_part(), form.seen)
    elif which == Part.MONEY:
        service.save_money(actor, round_, form.to_part(), form.seen)
    else:
        service.save_rules(actor, round_, which, form.to_values(kept), form.seen)


def _after(which: Part) -> Part | None:
    parts = list(Part)
    place = parts.index(which) + 1
    return parts[place] if place < len(parts) else None


def _part_page(round_: Round, which: Part, form: Form, kept: RoundRules, stale: bool = False) -> Any:
    lacks = [lack.message for lack in rules.lacks(round_, round_.budget.ceiling) if lack.part == which]
    parts = list(Part)
    page = render_template(
        f"rounds/parts/{which.value}.html",
        round=round_,
        part=which,
        number=parts.index(which) + 1,
        total=len(parts),
        form=form,
        stale=stale,
        theirs=overview.of_part(which, round_, kept, names()) if stale else [],
        lacks=lacks,
        dates=overview.of_part(Part.DATES, round_, kept, {}) if which == Part.DATES else [],
        seed=kept.tie_seed,
        articles=rules.STANDARD_ARTICLES,
        limits=rules.LIMITS,
        here=url_for("rounds.part", slug=round_.slug, part=which.value),
        page_errors=bool(form.errors),
        crumbs=team_crumbs(
            round_, ("Instellen", url_for("rounds.setup", slug=round_.slug)), (which.label, None)
        ),
    )
    return page, 409 if stale else 422 if form.errors else 200


# --- publishing and what follows --------------------------------------------------------------------------


@bp.route("/rondes/<slug>/publiceren", methods=["GET", "POST"])
@door(Role.PROGRAMME)
def publish(slug: str) -> Any:
    round_ = load(slug)
    require(rules.can_edit(current_actor(), round_))
    form = PublishForm()
    if request.method == "GET":
        form.version.data = str(round_.version)
    elif form.validate_on_submit():
        seen = form.version.data or ""
        with attempt(form) as done:
            service.publish(current_actor(), round_, int(seen) if seen.isascii() and seen.isdigit() else 0)
        if done:
            flash("De ronde is gepubliceerd. Openen en sluiten gebeurt vanzelf.", "success")
            return redirect(url_for("rounds.manage", slug=slug))
        round_ = load(slug)
        form.version.data = str(round_.version)
    page = render_template(
        "rounds/publish.html",
        round=round_,
        form=form,
        lacks=rules.lacks(round_, round_.budget.ceiling, current_actor().at),
        summary=summary(round_, RoundRules.from_json(round_.rules)),
        page_errors=bool(form.errors),
        crumbs=team_crumbs(round_, ("Publiceren", None)),
    )
    return page, 422 if form.errors else 200


@bp.get("/rondes/<slug>/beheer")
@door(Role.PROGRAMME)
def manage(slug: str) -> Any:
    return manage_page(load(slug), CeilingForm(formdata=None))


def manage_page(round_: Round, ceiling_form: CeilingForm, status: int = 200) -> Any:
    """The page from which a round is looked after."""
    actor = current_actor()
    is_draft = not round_.rule_sets
    page = render_template(
        "rounds/manage.html",
        round=round_,
        is_draft=is_draft,
        lacks=rules.missing_for_publishing(round_, round_.budget.ceiling, actor.at) if is_draft else [],
        moves=[m for m in LIFE.open_moves(actor, round_) if m.name in MOVES_HERE],
        can_amend=rules.can_amend(actor, round_),
        ceiling_form=ceiling_form,
        lowering=rules.can_change_ceiling(actor, round_, -1, from_budget=True),
        summary=summary(round_, queries.rules_of(round_)),
        history=queries.ceiling_history(round_.id),
        extensions=queries.extensions(round_.id),
        page_errors=bool(ceiling_form.errors),
        crumbs=team_crumbs(round_),
    )
    return page, status


@bp.post("/rondes/<slug>/stap/<name>")
@door(Role.PROGRAMME)
def move(slug: str, name: str) -> Any:
    round_ = load(slug)
    form = MoveForm()
    if name not in MOVES_HERE:
        return redirect(url_for("rounds.manage", slug=slug))
    with attempt(form) as done:
        service.move(current_actor(), round_, name)
    if done:
        flash("Gelukt. De ronde is een stap verder.", "success")
    else:
        for message in form.form_errors:
            flash(message, "error")
    return redirect(url_for("rounds.manage", slug=slug))
