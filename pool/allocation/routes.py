"""Pages of the allocation for whoever prepares, advises, decides or looks back on a round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from pool.applications import queries as applications
from pool.core.access import current_actor, door, require
from pool.core.forms import attempt
from pool.regions import queries as regions
from pool.rounds import queries as rounds

from . import queries, results, rules, service, wording
from .blueprint import bp
from .forms import MAX_FORCED, ScenarioForm
from .models import Scenario
from .pages import crumbs_of, everyone_in, known_by, may_make, result_of, round_to_see
from .rules import MAKERS, READERS

blueprints = [bp]

PUBLISHED_NAME = "Volgens de gepubliceerde regels"


# --- rounds and their scenarios -----------------------------------------------------------------------------


@bp.get("/verdelen")
@door(*READERS)
def index() -> Any:
    actor = current_actor()
    barred = queries.barred_rounds(actor)
    found = queries.rounds_to_allocate(actor)
    return render_template(
        "allocation/index.html",
        rounds=found,
        barred=barred,
        counts=queries.scenario_counts([round_.id for round_ in found if round_.id not in barred]),
    )


@bp.get("/verdelen/<slug>")
@door(*READERS)
def round_(slug: str) -> Any:
    found = round_to_see(slug)
    scenarios = queries.scenarios(found.id)
    waiting = queries.jobs_of(scenarios)
    base = queries.base_of(found.id)
    return render_template(
        "allocation/round.html",
        round=found,
        scenarios=[(one, queries.outcome(one), waiting.get(one.id)) for one in scenarios],
        regions=len(regions.region_names()),
        base=base,
        may_make=may_make(found),
        usable=_usable(scenarios),
        crumbs=crumbs_of(found),
    )


def _usable(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """Those in which something could be awarded."""
    return [one for one in scenarios if (body := queries.outcome(one)) and body["status"] != "infeasible"]


@bp.route("/verdelen/<slug>/nieuw", methods=["GET", "POST"])
@door(*MAKERS)
def create(slug: str) -> Any:
    actor, found = current_actor(), round_to_see(slug)
    require(rules.can_make(actor, found, queries.is_barred(actor, found.id)))
    form = ScenarioForm(name="" if queries.scenarios(found.id) else PUBLISHED_NAME)
    rows_only = request.method == "POST" and _change_rows(form)
    form.offer(applications.complete_of_round(found.id))
    if not rows_only and form.validate_on_submit():
        with attempt(form) as done:
            made = service.create_scenario(actor, found, form.name.data, form.to_rule(), form.to_changes())
        if done:
            flash("Het scenario is vastgelegd. De berekening is begonnen.", "success")
            return redirect(url_for("allocation.scenario", slug=slug, ident=made.id))
        found = round_to_see(slug)
    page = render_template(
        "allocation/create.html",
        round=found,
        rules=rounds.rules_of(found),
        form=form,
        page_errors=bool(form.errors),
        crumbs=crumbs_of(found, ("Nieuw scenario", None)),
    )
    return page, 422 if rows_only or form.errors else 200


def _change_rows(form: ScenarioForm) -> bool:
    """Whether a button was used that only asks for a row more or less."""
    if "add_row" in request.form:
        if len(form.forced) < MAX_FORCED:
            form.forced.append_entry({})
        return True
    place = request.form.get("remove_row", type=int)
    if place is None:
        return False
    if 0 <= place < len(form.forced):
        form.forced.entries.pop(place)
    if not form.forced.entries:
        form.forced.append_entry({})
    return True


# --- two scenarios ------------------------------------------------------------------------------------------


@bp.get("/verdelen/<slug>/vergelijken")
@door(*READERS)
def compare(slug: str) -> Any:
    """Who enters, who leaves and what it costs, when the second is taken instead of the first."""
    found = round_to_see(slug)
    usable = _usable(queries.scenarios(found.id))
    chosen = [
        next((one for one in usable if one.id == request.args.get(name, type=int)), None)
        for name in ("een", "twee")
    ]
    everyone = everyone_in(found)
    pair = [result_of(known_by(everyone, one), one) for one in chosen if one is not None]
    full = [result for result in pair if result is not None]
    return render_template(
        "allocation/compare.html",
        round=found,
        scenarios=usable,
        chosen=chosen,
        results=full,
        comparison=results.compare(*full) if len(full) == 2 else None,
        wording=wording,
        crumbs=crumbs_of(found, ("Vergelijken", None)),
    )


from . import routes_public, routes_scenario  # noqa: E402, F401  they add to the blueprint
