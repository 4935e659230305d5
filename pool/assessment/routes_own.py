"""An assessor's private page about the own scores of a round."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from pool.core import charts
from pool.core.access import Role, current_actor, door, require
from pool.core.errors import Missing
from pool.core.forms import attempt
from pool.core.text import plural
from pool.rounds import queries as rounds
from pool.rounds.inputs import LEVELS
from pool.rounds.models import Round
from pool.rounds.states import Calibration

from . import queries, rules, service
from .blueprint import bp
from .figures import PlacesInput
from .forms_figures import ties_form
from .routes_figures import STARTED
from .states import StudyKind


@bp.route("/beoordelen/<slug>/mijn-scores", methods=["GET", "POST"])
@door(Role.ASSESSOR)
def own_scores(slug: str) -> Any:
    """The own scores in order, the own levels, the own strictness, and an order among own equal totals."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    own = queries.own_scores(actor, round_)
    if not own.scores:
        raise Missing
    form = ties_form(own)
    if form.validate_on_submit():
        with attempt(form) as done:
            service.order_ties(actor, round_, form.to_places(), form.sha256.data or "")
        if done:
            flash("Uw volgorde is opgeslagen.", "success")
            return redirect(url_for("assessment.own_scores", slug=slug))
        round_ = queries.round_in_hand(actor, slug)
        own = queries.own_scores(actor, round_)
    page = render_template(
        "assessment/own_scores.html",
        round=round_,
        own=own,
        criteria=rounds.rules_of(round_).criteria,
        levels=LEVELS,
        chart=_chart(own) if own.handed_in else None,
        may_order=bool(rules.can_order_ties(actor, round_)),
        form=form,
        page_errors=bool(form.errors),
        some_hidden=queries.hides_some(actor, round_.id),
        crumbs=[("Beoordelen", url_for("assessment.index")), (f"Mijn scores in {round_.title}", None)],
        **_severity(round_, own),
    )
    return page, 422 if form.errors else 200


def _severity(round_: Round, own: queries.OwnScores) -> dict[str, Any]:
    """What to say about the own strictness: a remark, why there is none, or that it may be asked for.

    Nothing that depends on the scores of others, not even whether they are there, before all own scores are in.
    """
    actor = current_actor()
    facts: dict[str, Any] = {"remark": None, "why_not": "", "job": None, "ask": False}
    verdict = rules.can_see_own_figures(actor, round_, queries.open_own(actor, round_.id))
    if not verdict or not own.handed_in:
        return facts | {"why_not": verdict.reason}
    if rounds.rules_of(round_).calibration == Calibration.OFF:
        return facts | {"why_not": "In deze ronde vergelijkt het systeem niet hoe streng beoordelaars zijn."}
    found = queries.given(round_, queries.hidden_from(actor))
    adjusted = queries.adjust(found.totals)
    if adjusted is None:
        return facts | {"why_not": "Er zijn nog te weinig scores van anderen om mee te vergelijken."}
    if not adjusted.means:
        return facts | {"why_not": adjusted.remark}
    sure = queries.places(found.totals)
    if sure is None:
        return facts | {"ask": True, "job": queries.running(PlacesInput(found.totals))}
    return facts | {"remark": sure.severity_of(actor.user_id or 0)}


@bp.post("/beoordelen/<slug>/mijn-scores/berekenen")
@door(Role.ASSESSOR)
def ask_own(slug: str) -> Any:
    """Have the own strictness worked out."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    if not queries.own_scores(actor, round_).handed_in:
        raise Missing
    require(rules.can_see_own_figures(actor, round_, queries.open_own(actor, round_.id)))
    service.request_studies(actor, round_, [StudyKind.PLACES])
    flash(STARTED, "success")
    return redirect(url_for("assessment.own_scores", slug=slug))


def _chart(own: queries.OwnScores) -> charts.Bars:
    counts = own.counts
    return charts.bars(
        "niveaus",
        "Hoe vaak u elk niveau gaf",
        [
            charts.Bar(f"Niveau {level}", counts.get(level, 0), plural(counts.get(level, 0), "keer", "keer"))
            for level in LEVELS
        ],
        columns=("Niveau", "Aantal"),
        note="Over alle criteria van uw ingediende beoordelingen.",
    )
