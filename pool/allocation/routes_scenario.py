"""Pages about one scenario: who gets what, regions and themes, the ranking, the frontier, one application."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for

from pool.core import charts, jobs
from pool.core.access import current_actor, door
from pool.core.errors import Missing
from pool.core.text import format_points
from pool.regions import queries as regions
from pool.rounds.models import Round

from . import queries, results, service, steadiness, wording
from .blueprint import bp
from .engine import canonical_json
from .inputs import Changes
from .models import Scenario
from .pages import Crumb, crumbs_of, everyone_in, json_file, known_by, may_make, result_of, round_to_see
from .rules import MAKERS, READERS
from .states import AllocationRule, StudyKind

VIEWS = {
    "allocation.scenario": "De verdeling",
    "allocation.spread": "Regio's en thema's",
    "allocation.ranking": "Naast de rangorde",
    "allocation.frontier": "Kwaliteit en spreiding",
    "allocation.stability": "Hoe vast dit staat",
}

ONLY_OPTIMAL = ("allocation.frontier", "allocation.stability")
"""Views of studies that are made beside the best outcome only."""


def _scenario(slug: str, ident: int) -> tuple[Round, Scenario]:
    found = round_to_see(slug)
    return found, queries.get(current_actor(), found.id, ident)


def _done(slug: str, ident: int, *, rankings: bool = False) -> tuple[Round, Scenario, results.Result]:
    """A scenario with an outcome in which something is awarded or could be; else Missing."""
    found, scenario = _scenario(slug, ident)
    result = result_of(known_by(everyone_in(found), scenario), scenario, rankings=rankings)
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
        if name not in ONLY_OPTIMAL or scenario.rule == AllocationRule.OPTIMAL
    ]
    return {
        "round": round_,
        "scenario": scenario,
        "tabs": views,
        "crumbs": crumbs_of(round_, (scenario.name, None if at_home else own), *middle),
    }


def _waiting(scenario: Scenario, kind: StudyKind) -> jobs.Job | None:
    """The job of a study that is not there yet."""
    return jobs.by_key(queries.study_key(scenario.id, kind))


@bp.get("/verdelen/<slug>/scenario/<int:ident>")
@door(*READERS)
def scenario(slug: str, ident: int) -> Any:
    found, one = _scenario(slug, ident)
    known = known_by(everyone_in(found), one)
    result = result_of(known, one, rankings=True)
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
        steady=_steadiness(one),
        wording=wording,
        may_make=may_make(found),
    )


def _steadiness(scenario: Scenario) -> steadiness.Steadiness | None:
    return steadiness.Steadiness.of(queries.study(scenario, StudyKind.STABILITY))


@bp.get("/verdelen/<slug>/scenario/<int:ident>/spreiding")
@door(*READERS)
def spread(slug: str, ident: int) -> Any:
    found, one, result = _done(slug, ident)
    named = regions.region_names()
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


@bp.get("/verdelen/<slug>/scenario/<int:ident>/zekerheid")
@door(*READERS)
def stability(slug: str, ident: int) -> Any:
    """How often each application is awarded when the scores differ a little, and how close other outcomes come."""
    found, one, result = _done(slug, ident)
    if one.rule != AllocationRule.OPTIMAL:
        raise Missing
    study = queries.study(one, StudyKind.STABILITY)
    explanations = queries.study(one, StudyKind.EXPLANATIONS)
    return render_template(
        "allocation/stability.html",
        **_frame(found, one, "allocation.stability"),
        result=result,
        steady=steadiness.Steadiness.of(study),
        silent=study is not None and "silent" in study,
        job=_waiting(one, StudyKind.STABILITY),
        margins=steadiness.margins(result, explanations),
        explaining=_waiting(one, StudyKind.EXPLANATIONS) if explanations is None else None,
        lines={line.id: line for line in result.lines},
    )


@bp.get("/verdelen/<slug>/scenario/<int:ident>/aanvraag/<int:application_id>")
@door(*READERS)
def explanation(slug: str, ident: int, application_id: int) -> Any:
    """Why one application is in or out."""
    found, one, result = _done(slug, ident)
    line = next((line for line in result.lines if line.application.id == application_id), None)
    if line is None or one.rule != AllocationRule.OPTIMAL:
        raise Missing
    named = queries.names(result.applications.items())
    explained = queries.explain(one, line.id, named)
    steady = _steadiness(one)
    return render_template(
        "allocation/explanation.html",
        **_frame(found, one, "allocation.scenario", (line.application.reference, None)),
        result=result,
        line=line,
        explained=explained,
        steady=steady.section(line.id, named) if steady else None,
        unproven=explained is None and queries.has_study(one.id, StudyKind.EXPLANATIONS),
        job=_waiting(one, StudyKind.EXPLANATIONS),
        regions=[region.name for region in line.application.regions],
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
