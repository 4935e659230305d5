"""Pages of the allocation for whoever prepares, advises, decides or looks back on a round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for

from pool.applications import queries as applications
from pool.applications.models import Application
from pool.applications.states import ApplicationState
from pool.core import charts, jobs
from pool.core.access import current_actor, door, require
from pool.core.errors import Missing
from pool.core.forms import attempt
from pool.core.text import format_points
from pool.rounds import queries as rounds
from pool.rounds.models import Round

from . import queries, results, rules, service, wording
from .blueprint import bp
from .engine import canonical_json
from .forms import MAX_FORCED, ScenarioForm
from .inputs import Changes
from .models import Scenario
from .rules import MAKERS, READERS
from .states import AllocationRule, StudyKind

blueprints = [bp]

Crumb = tuple[str, str | None]
HOME: Crumb = ("Verdelen", "/verdelen")
PUBLISHED_NAME = "Volgens de gepubliceerde regels"


def _round(slug: str) -> Round:
    """The round, when this actor may see its allocations."""
    actor = current_actor()
    round_ = rounds.get(actor, slug)
    require(rules.can_see(actor, round_, queries.is_barred(actor, round_.id)))
    return round_


def _may_make(round_: Round) -> bool:
    actor = current_actor()
    return bool(rules.can_make(actor, round_, queries.is_barred(actor, round_.id)))


def _crumbs(round_: Round, *more: Crumb) -> list[Crumb]:
    own = url_for("allocation.round_", slug=round_.slug)
    return [HOME, (round_.title, own if more else None), *more]


def _everyone(round_: Round) -> dict[int, Application]:
    """Every application of a round by key, also one that was withdrawn after a scenario was made."""
    return {one.id: one for one in applications.of_round(round_.id, list(ApplicationState))}


def _known(everyone: Mapping[int, Application], scenario: Scenario) -> dict[str, Application]:
    """Id in the file -> application."""
    return {ident: everyone[key] for ident, key in scenario.snapshot.names.items()}


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
    found = _round(slug)
    scenarios = queries.scenarios(found.id)
    waiting = queries.jobs_of(scenarios)
    base = queries.base_of(found.id)
    return render_template(
        "allocation/round.html",
        round=found,
        scenarios=[(one, queries.outcome(one), waiting.get(one.id)) for one in scenarios],
        regions=len(queries.region_names()),
        base=base,
        may_make=_may_make(found),
        usable=_usable(scenarios),
        crumbs=_crumbs(found),
    )


def _usable(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """Those in which something could be awarded."""
    return [one for one in scenarios if (body := queries.outcome(one)) and body["status"] != "infeasible"]


@bp.route("/verdelen/<slug>/nieuw", methods=["GET", "POST"])
@door(*MAKERS)
def create(slug: str) -> Any:
    actor, found = current_actor(), _round(slug)
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
        found = _round(slug)
    page = render_template(
        "allocation/create.html",
        round=found,
        rules=rounds.rules_of(found),
        form=form,
        page_errors=bool(form.errors),
        crumbs=_crumbs(found, ("Nieuw scenario", None)),
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


# --- one scenario -------------------------------------------------------------------------------------------

VIEWS = {
    "allocation.scenario": "De verdeling",
    "allocation.spread": "Regio's en thema's",
    "allocation.ranking": "Naast de rangorde",
    "allocation.frontier": "Kwaliteit en spreiding",
}


def _scenario(slug: str, ident: int) -> tuple[Round, Scenario]:
    found = _round(slug)
    return found, queries.get(current_actor(), found.id, ident)


def _result(
    known: dict[str, Application], scenario: Scenario, *, rankings: bool = False
) -> results.Result | None:
    outcome = queries.outcome(scenario)
    if outcome is None:
        return None
    study = queries.study(scenario, StudyKind.RANKINGS) if rankings else None
    return results.Result(scenario.snapshot.problem, outcome, known, study)


def _done(slug: str, ident: int, *, rankings: bool = False) -> tuple[Round, Scenario, results.Result]:
    """A scenario with an outcome in which something is awarded or could be; else Missing."""
    found, scenario = _scenario(slug, ident)
    result = _result(_known(_everyone(found), scenario), scenario, rankings=rankings)
    if result is None or result.outcome["status"] == "infeasible":
        raise Missing
    return found, scenario, result


def _frame(round_: Round, scenario: Scenario, endpoint: str, *more: Crumb) -> dict[str, Any]:
    """What every page about a scenario shows: where it is, and the pages beside it."""
    own = url_for("allocation.scenario", slug=round_.slug, ident=scenario.id)
    at_home = endpoint == "allocation.scenario" and not more
    middle: Sequence[Crumb] = more or (() if at_home else ((VIEWS[endpoint], None),))
    views = [
        {
            "label": label,
            "url": url_for(name, slug=round_.slug, ident=scenario.id),
            "current": name == endpoint and not more,
        }
        for name, label in VIEWS.items()
        if name != "allocation.frontier" or scenario.rule == AllocationRule.OPTIMAL
    ]
    return {
        "round": round_,
        "scenario": scenario,
        "tabs": views,
        "crumbs": _crumbs(round_, (scenario.name, None if at_home else own), *middle),
    }


def _waiting(scenario: Scenario, kind: StudyKind) -> jobs.Job | None:
    """The job of a study that is not there yet."""
    return jobs.by_key(queries.study_key(scenario.id, kind))


@bp.get("/verdelen/<slug>/scenario/<int:ident>")
@door(*READERS)
def scenario(slug: str, ident: int) -> Any:
    found, one = _scenario(slug, ident)
    known = _known(_everyone(found), one)
    result = _result(known, one, rankings=True)
    named = queries.names(known.items())
    changes = Changes.from_json(one.snapshot.changes)
    spoken = {key: named.application(name) for name, key in one.snapshot.names.items()}
    outcome = result.outcome if result else None
    return render_template(
        "allocation/scenario.html",
        **_frame(found, one, "allocation.scenario"),
        result=result,
        job=queries.jobs_of([one]).get(one.id),
        proof=wording.proof(outcome) if outcome else None,
        clash=wording.clash_sentences(outcome["clash"], one.snapshot.problem, named) if outcome else [],
        changed=wording.change_sentences(changes, one.snapshot.problem, spoken),
        explained=one.rule == AllocationRule.OPTIMAL,
        explaining=None
        if queries.has_study(one.id, StudyKind.EXPLANATIONS)
        else _waiting(one, StudyKind.EXPLANATIONS),
        wording=wording,
        may_make=_may_make(found),
    )


@bp.get("/verdelen/<slug>/scenario/<int:ident>/spreiding")
@door(*READERS)
def spread(slug: str, ident: int) -> Any:
    found, one, result = _done(slug, ident)
    named = queries.region_names()
    chart = charts.tile_map(
        "kaart",
        "Toekenningen per regio",
        {region["id"]: region["awards"] for region in result.outcome["regions"]},
        unit="Toekenningen",
        note="Een gezamenlijke aanvraag telt in elke regio die meedoet."
        if result.problem["spread"]["joint"] == "every"
        else "Een gezamenlijke aanvraag telt in de regio die als eerste is genoemd.",
    )
    return render_template(
        "allocation/spread.html",
        **_frame(found, one, "allocation.spread"),
        result=result,
        chart=chart,
        regions=[
            (named.get(r["id"], r["id"]), r)
            for r in sorted(result.outcome["regions"], key=lambda r: named.get(r["id"], r["id"]))
        ],
        themes=result.themes(queries.theme_names()),
    )


@bp.get("/verdelen/<slug>/scenario/<int:ident>/rangorde")
@door(*READERS)
def ranking(slug: str, ident: int) -> Any:
    found, one, result = _done(slug, ident, rankings=True)
    return render_template(
        "allocation/ranking.html",
        **_frame(found, one, "allocation.ranking"),
        result=result,
        rules=results.side_by_side(result.outcome, result.rankings) if result.rankings else [],
        job=_waiting(one, StudyKind.RANKINGS),
        wording=wording,
    )


@bp.get("/verdelen/<slug>/scenario/<int:ident>/afweging")
@door(*READERS)
def frontier(slug: str, ident: int) -> Any:
    """What more spread costs in quality, and the other way round."""
    found, one, result = _done(slug, ident)
    study = queries.study(one, StudyKind.FRONTIER) if one.rule == AllocationRule.OPTIMAL else None
    corners = results.corners(result, study) if study else []
    return render_template(
        "allocation/frontier.html",
        **_frame(found, one, "allocation.frontier"),
        result=result,
        corners=corners,
        complete=study["complete"] if study else True,
        chart=_frontier_chart(corners, one) if corners else None,
        job=_waiting(one, StudyKind.FRONTIER),
        wording=wording,
    )


def _frontier_chart(corners: list[results.Corner], scenario: Scenario) -> charts.Plot:
    label = "dit scenario" if scenario.snapshot.changed else "gepubliceerd"
    points = tuple(
        charts.Point(
            corner.bonus // wording.NANO,
            corner.quality // wording.NANO,
            f"Verdeling {corner.number}",
            label=label if corner.own else "",
            marked=corner.own,
        )
        for corner in corners
    )
    return charts.plot(
        "afweging",
        "Kwaliteit tegenover spreiding",
        [charts.Series("Beste verdelingen", points, line=True)],
        x_label="Spreiding in punten",
        y_label="Kwaliteit in punten",
        show_x=format_points,
        show_y=format_points,
        note="Elk punt is de beste verdeling bij een ander gewicht van de spreiding.",
    )


@bp.get("/verdelen/<slug>/scenario/<int:ident>/aanvraag/<int:application_id>")
@door(*READERS)
def explanation(slug: str, ident: int, application_id: int) -> Any:
    """Why one application is in or out."""
    found, one, result = _done(slug, ident)
    line = next((line for line in result.lines if line.application.id == application_id), None)
    if line is None or one.rule != AllocationRule.OPTIMAL:
        raise Missing
    explained = queries.explain(one, line.id, queries.names(result.applications.items()))
    return render_template(
        "allocation/explanation.html",
        **_frame(found, one, "allocation.scenario", (line.application.reference, None)),
        result=result,
        line=line,
        explained=explained,
        unproven=explained is None and queries.has_study(one.id, StudyKind.EXPLANATIONS),
        job=_waiting(one, StudyKind.EXPLANATIONS),
        regions=[queries.region_names()[region.slug] for region in line.application.regions],
    )


@bp.post("/verdelen/<slug>/scenario/<int:ident>/opnieuw")
@door(*MAKERS)
def retry(slug: str, ident: int) -> Any:
    found, one = _scenario(slug, ident)
    service.retry(current_actor(), found, one)
    flash("De berekening is opnieuw begonnen.", "success")
    return redirect(url_for("allocation.scenario", slug=slug, ident=ident))


@bp.get("/verdelen/<slug>/scenario/<int:ident>/vraag.json")
@door(*READERS)
def problem_file(slug: str, ident: int) -> Any:
    found, one = _scenario(slug, ident)
    return json_file(canonical_json(one.snapshot.problem), f"verdeling-{found.slug}-{one.id}-vraag.json")


@bp.get("/verdelen/<slug>/scenario/<int:ident>/uitkomst.json")
@door(*READERS)
def outcome_file(slug: str, ident: int) -> Any:
    found, one = _scenario(slug, ident)
    if one.allocation is None:
        raise Missing
    return json_file(one.allocation.document.encode(), f"verdeling-{found.slug}-{one.id}-uitkomst.json")


def json_file(content: bytes, name: str) -> Response:
    """A download, byte for byte as it is kept."""
    response = Response(content, content_type="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


# --- two scenarios ------------------------------------------------------------------------------------------


@bp.get("/verdelen/<slug>/vergelijken")
@door(*READERS)
def compare(slug: str) -> Any:
    """Who enters, who leaves and what it costs, when the second is taken instead of the first."""
    found = _round(slug)
    usable = _usable(queries.scenarios(found.id))
    chosen = [
        next((one for one in usable if one.id == request.args.get(name, type=int)), None)
        for name in ("een", "twee")
    ]
    everyone = _everyone(found)
    pair = [_result(_known(everyone, one), one) for one in chosen if one is not None]
    full = [result for result in pair if result is not None]
    return render_template(
        "allocation/compare.html",
        round=found,
        scenarios=usable,
        chosen=chosen,
        results=full,
        comparison=results.compare(*full) if len(full) == 2 else None,
        wording=wording,
        crumbs=_crumbs(found, ("Vergelijken", None)),
    )


from . import routes_public  # noqa: E402, F401  it adds to the blueprint
