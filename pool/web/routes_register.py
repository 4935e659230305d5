"""The public register: rounds, awards, the overview by theme and region, and looking for a project."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from flask import current_app, render_template, request, url_for

from pool.core import charts
from pool.core.access import current_actor, door
from pool.core.clock import at_local
from pool.core.errors import Missing
from pool.core.money import format_plain
from pool.regions import queries as regions
from pool.rounds import queries as rounds

from . import overview as overviews
from . import queries
from .blueprint import bp, download, spreadsheet
from .queries import Award, AwardFilter, RoundLine

NOON = dt.time(12)


def _line(slug: str) -> RoundLine:
    return queries.round_line(slug, current_actor().at)


def _decided(slug: str) -> RoundLine:
    """The round with this slug, when its decisions are known; else it looks absent."""
    line = _line(slug)
    if not line.is_decided:
        raise Missing
    return line


def _wanted() -> AwardFilter:
    given = request.args
    return AwardFilter(
        theme=given.get("thema", "")[:80],
        region=given.get("regio", "")[:80],
        joint=given.get("gezamenlijk", "")[:3],
        text=given.get("zoek", "")[:200],
    )


@bp.get("/register")
@door(public=True)
def register() -> Any:
    return render_template("web/register.html", lines=queries.round_lines(current_actor().at))


@bp.get("/register/<slug>")
@door(public=True)
def register_round(slug: str) -> Any:
    """One round: its sums, a map, and the awards that fit the filter."""
    line, wanted = _line(slug), _wanted()
    awards = queries.awards_of(line.round) if line.is_decided else []
    shown = queries.matching(awards, wanted)
    themes = {(a.theme_order, a.theme) for a in awards if a.theme}
    places = {place for a in awards for place in a.regions}
    return render_template(
        "web/register_round.html",
        line=line,
        round=line.round,
        awards=awards,
        shown=shown,
        wanted=wanted,
        themes=[(p.slug, p.name) for _order, p in sorted(themes, key=lambda pair: pair[0])],
        regions=[(p.slug, p.name) for p in sorted(places, key=lambda place: queries.fold(place.name))],
        chart=_map(slug, awards) if awards else None,
        first_ceiling=_first_ceiling(line),
        proof_url=url_for("allocation.check") if "allocation.check" in current_app.view_functions else None,
        crumbs=[("Openbaar register", url_for("web.register")), (line.round.title, None)],
    )


def _first_ceiling(line: RoundLine) -> int | None:
    """The ceiling as it was published, when a later decision changed it. In cents."""
    history = rounds.ceiling_history(line.round.id)
    return history[0].ceiling if history and history[0].ceiling != line.ceiling else None


def _in_region(slug: str, region: str) -> str:
    return url_for("web.register_round", slug=slug, regio=region, _anchor="toekenningen")


def _map(slug: str, awards: list[Award]) -> charts.TileMap:
    counts = Counter(region.slug for award in awards for region in award.regions)
    return charts.tile_map(
        "awards-map",
        "Toegekende projecten per regio",
        counts,
        unit="Projecten",
        urls={region: _in_region(slug, region) for region in counts},
        note="Een gezamenlijk project telt mee in elke regio die meedoet.",
    )


CSV_HEADER = (
    "kenmerk",
    "project",
    "gemeente",
    "thema",
    "regio's",
    "gezamenlijk",
    "besluit",
    "toegekend (euro)",
    "besloten op",
    "verzonnen",
)


@bp.get("/register/<slug>.csv")
@door(public=True)
def register_csv(slug: str) -> Any:
    line = _decided(slug)
    rows = [
        (
            award.reference,
            award.title,
            award.municipality,
            award.theme_name,
            ", ".join(award.region_names),
            "ja" if award.is_joint else "nee",
            award.outcome.label,
            format_plain(award.amount),
            award.decided_on.isoformat(),
            overviews.made_up(award),
        )
        for award in queries.awards_of(line.round)
    ]
    return spreadsheet(CSV_HEADER, rows, f"toekenningen-{slug}.csv")


@bp.get("/register/zoeken")
@door(public=True)
def register_search() -> Any:
    """Look through the awards of every decided round."""
    wanted = _wanted()
    asked = any((wanted.text, wanted.theme, wanted.region, wanted.joint))
    found = queries.matching(queries.all_awards(current_actor().at), wanted) if asked else []
    return render_template(
        "web/register_search.html",
        wanted=wanted,
        asked=asked,
        found=found,
        sentences=list(dict.fromkeys(a.round.invented for a in found if a.round.invented)),
        themes=[*regions.theme_names().items()],
        regions=[*regions.region_names().items()],
        crumbs=[("Openbaar register", url_for("web.register")), ("Zoeken", None)],
    )


# --- the overview by theme and region -----------------------------------------------------------------------


def _overview(slug: str) -> tuple[RoundLine, overviews.Overview]:
    line = _decided(slug)
    found = overviews.build(queries.awards_of(line.round))
    if found is None:
        raise Missing
    return line, found


@bp.get("/register/<slug>/overzicht")
@door(public=True)
def register_overview(slug: str) -> Any:
    line, found = _overview(slug)
    return render_template(
        "web/register_overview.html",
        line=line,
        round=line.round,
        overview=found,
        totals=overviews.totals(found),
        joint_note=overviews.JOINT_NOTE,
        crumbs=[
            ("Openbaar register", url_for("web.register")),
            (line.round.title, url_for("web.register_round", slug=slug)),
            ("Overzicht per thema en regio", None),
        ],
    )


@bp.get("/register/<slug>/overzicht.csv")
@door(public=True)
def register_overview_csv(slug: str) -> Any:
    found = _overview(slug)[1]
    return spreadsheet(overviews.CSV_HEADER, overviews.csv_rows(found), f"overzicht-{slug}.csv")


@bp.get("/register/<slug>/overzicht.pdf")
@door(public=True)
def register_overview_pdf(slug: str) -> Any:
    from pool.core.pdf import render

    found = _overview(slug)[1]
    assert found.decided_on is not None
    made = overviews.document(found, at_local(found.decided_on, NOON))
    return download(render(made), "application/pdf", f"overzicht-{slug}.pdf")
