"""What the statistics say about the scores of a round: how sure the order is, how far assessors agree, what the
meeting should talk about, and whether anything weighs in that should not."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from pool.core import charts
from pool.core.access import Role, current_actor, door, require
from pool.core.text import format_points
from pool.rounds import queries as rounds
from pool.rounds.models import Round

from . import queries, rules, service
from .blueprint import bp
from .figures import PlacesInput
from .routes_programme import crumbs, tabs
from .states import StudyKind

STARTED = "De berekening is gestart. Zij duurt meestal enkele seconden."


def percent(chance: int) -> str:
    """A chance per 10 000 as people read it; never quite nothing or certain."""
    if chance < 100:
        return "minder dan 1%"
    return "meer dan 99%" if chance > 9900 else f"{(chance + 50) // 100}%"


def _may(round_: Round) -> None:
    actor = current_actor()
    require(rules.can_see_results(actor, round_, queries.open_own(actor, round_.id)))


def frame(round_: Round, current: str, title: str) -> dict[str, Any]:
    """What a page about the figures of a round shows around them, for staff and for members."""
    staff = bool(rules.can_see_progress(current_actor()))
    return {
        "round": round_,
        "staff": staff,
        "tabs": tabs(round_, current) if staff else [],
        "crumbs": crumbs(round_, (title, None))
        if staff
        else [("Beoordelen", url_for("assessment.index")), (f"{title} {round_.title}", None)],
        "some_hidden": queries.hides_some(current_actor(), round_.id),
    }


@bp.get("/beoordelen/<slug>/zekerheid")
@door(Role.ASSESSOR, Role.CHAIR, Role.PROGRAMME)
def figures(slug: str) -> Any:
    """How sure the order is, and how far the assessors agree."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    _may(round_)
    found = queries.results(round_, queries.hidden_from(actor))
    sure = queries.places(found.totals)
    return render_template(
        "assessment/figures.html",
        correction=found.correction,
        sure=sure,
        chart=_chart(found, sure) if sure and found.correction.shown else None,
        comparable=queries.adjust(found.totals) is not None,
        job=None if sure else queries.running(PlacesInput(found.totals)),
        **frame(round_, "assessment.figures", "Zekerheid"),
    )


@bp.post("/beoordelen/<slug>/zekerheid")
@door(Role.ASSESSOR, Role.CHAIR, Role.PROGRAMME)
def ask_figures(slug: str) -> Any:
    """Have the figures of that page worked out."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    _may(round_)
    service.request_studies(actor, round_, [StudyKind.PLACES])
    flash(STARTED, "success")
    return redirect(url_for("assessment.figures", slug=slug))


def _chart(found: queries.Results, sure: queries.Places) -> charts.Intervals:
    """Per application, best expected place first, where it probably ends and how sure that is."""
    k = found.correction.line
    rows = [row for row in found.rows if row.application.id in sure]
    rows.sort(key=lambda row: (sure.expected(row.application.id), row.application.id))

    def one(ident: int, title: str) -> charts.Interval:
        low, high = sure.interval(ident)
        inner = sure.interval(ident, 50)
        expected = sure.expected(ident)
        return charts.Interval(
            label=title,
            value=min(max(expected, low * 1000), high * 1000),
            low=low * 1000,
            high=high * 1000,
            inner_low=inner[0] * 1000,
            inner_high=inner[1] * 1000,
            text=format_points(expected),
            cells=(
                f"{low} tot en met {high}" if low != high else str(low),
                *((percent(sure.chance(ident, k)),) if k is not None else ()),
            ),
        )

    return charts.intervals(
        "plaatsen",
        "Waar elke aanvraag waarschijnlijk eindigt",
        [one(row.application.id, row.application.title) for row in rows],
        axis="plaats, 1 is de beste",
        columns=[
            "Project",
            "Verwachte plaats",
            "Plaats met 90% kans",
            *((f"Kans op plaats {k} of beter",) if k is not None else ()),
        ],
        show=lambda value: str(value // 1000) if value else "",
        unit=1000,
        line=None if k is None else k * 1000 + 500,
        line_text=f"de streep, na plaats {k}",
        description="Per aanvraag een punt bij de verwachte plaats, en balken waarbinnen zij waarschijnlijk ligt.",
    )


@bp.get("/beoordelen/<slug>/aandacht")
@door(Role.CHAIR, Role.PROGRAMME)
def attention(slug: str) -> Any:
    """What the meeting should talk about, and who might do with one more assessor."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    _may(round_)
    hidden = queries.hidden_from(actor)
    found = queries.given(round_, hidden)
    sure = queries.places(found.totals)
    extra = queries.extra_wanted(round_, found, sure, hidden)
    return render_template(
        "assessment/attention.html",
        items=queries.attention_of(round_, found, sure),
        known=sure is not None,
        correction=queries.correction(round_, found, hidden),
        extra=extra,
        extra_gap=rounds.rules_of(round_).extra_assessor_gap,
        percent=percent,
        assigns=bool(rules.can_add(actor, round_)),
        **frame(round_, "assessment.attention", "Aandacht"),
    )


@bp.get("/beoordelen/<slug>/invloed")
@door(Role.CHAIR, Role.PROGRAMME)
def influence(slug: str) -> Any:
    """Whether anything weighs in that should not: a question for people, never a correction."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    _may(round_)
    hidden = queries.hidden_from(actor)
    found = queries.given(round_, hidden)
    inputs = queries.influence_input(round_, found, hidden)
    kept = queries.study(inputs)
    return render_template(
        "assessment/influence.html",
        facts=queries.Influence(kept.body) if kept else None,
        comparable=queries.adjust(found.totals) is not None,
        job=None if kept else queries.running(inputs),
        criteria={c.code: c.name for c in rounds.rules_of(round_).criteria},
        corrected=inputs.corrected,
        **frame(round_, "assessment.figures", "Invloed"),
    )


@bp.post("/beoordelen/<slug>/invloed")
@door(Role.CHAIR, Role.PROGRAMME)
def ask_influence(slug: str) -> Any:
    """Have the figures of that page worked out."""
    actor = current_actor()
    round_ = queries.round_in_hand(actor, slug)
    _may(round_)
    service.request_studies(actor, round_, [StudyKind.INFLUENCE])
    flash(STARTED, "success")
    return redirect(url_for("assessment.influence", slug=slug))
