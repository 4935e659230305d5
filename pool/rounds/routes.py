"""Pages for everybody: the call of a round, and what belongs to it."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request

from pool.core.access import Role, current_actor, door
from pool.core.text import canonical_json

from . import (
    agenda,
    example,
    overview,
    queries,
    routes_changes,
    routes_programme,
    rules,
    selfcheck,
    wording,
)
from .blueprint import bp, facts_of_call, load, names, public_crumbs
from .models import Round
from .states import Part, RoundState

blueprints = [bp]
__all__ = ["blueprints", "routes_changes", "routes_programme"]


def _call(round_: Round, preview: bool) -> Any:
    actor = current_actor()
    facts = facts_of_call(round_)
    published = facts["rules"]
    return render_template(
        "rounds/call.html",
        **facts,
        choice=wording.choice_sentences(published),
        reporting=overview.of_part(Part.REPORTING, round_, published, {}),
        documents=overview.of_part(Part.DOCUMENTS, round_, published, {}),
        bounds=[fact for fact in overview.of_part(Part.BOUNDS, round_, published, names()) if fact[1]],
        checks=selfcheck.questions(published, [theme.name for theme in facts["themes"]]),
        answers={},
        accepts=rules.accepts_applications(round_, actor.at),
        may_apply=actor.has(Role.APPLICANT),
        preview=preview,
        closes_note=agenda.day_note(round_.closes_at),
        history=queries.ceiling_history(round_.id),
        extensions=queries.extensions(round_.id),
        amendments=_amendments(round_),
    )


def _amendments(round_: Round) -> list[dict[str, Any]]:
    """Every published set of rules after the first, with what it changed."""
    return [
        {"set": new, "lines": overview.amendment_lines(old.body, new.body)}
        for old, new in zip(round_.rule_sets, round_.rule_sets[1:], strict=False)
    ]


@bp.get("/rondes/<slug>")
@door(public=True)
def call(slug: str) -> Any:
    round_ = load(slug)
    return _call(round_, preview=round_.state == RoundState.DRAFT)


@bp.get("/rondes/<slug>/voorbeeld")
@door(Role.PROGRAMME)
def preview(slug: str) -> Any:
    return _call(load(slug), preview=True)


@bp.get("/rondes/<slug>/past-dit")
@door(public=True)
def self_check(slug: str) -> Any:
    round_ = load(slug)
    facts = facts_of_call(round_)
    checks = selfcheck.questions(facts["rules"], [theme.name for theme in facts["themes"]])
    answers = {check.code: request.args.get(check.code, "") for check in checks}
    return render_template(
        "rounds/self_check.html",
        round=round_,
        checks=checks,
        answers=answers,
        result=selfcheck.judge(checks, answers),
        answered=any(answers.values()),
        crumbs=public_crumbs(round_, "Past dit?"),
    )


@bp.get("/rondes/<slug>/kalender")
@door(public=True)
def calendar(slug: str) -> Any:
    round_ = load(slug)
    return render_template(
        "rounds/calendar.html",
        round=round_,
        dates=agenda.dates(round_, queries.rules_of(round_)),
        crumbs=public_crumbs(round_, "Kalender"),
    )


@bp.get("/rondes/<slug>/rekenvoorbeeld")
@door(public=True)
def what_if(slug: str) -> Any:
    round_ = load(slug)
    published = queries.rules_of(round_)
    return render_template(
        "rounds/example.html",
        round=round_,
        rules=published,
        example=example.worked(published),
        crumbs=public_crumbs(round_, "Rekenvoorbeeld"),
    )


@bp.get("/rondes/<slug>/regels/<int:number>.json")
@door(public=True)
def rules_file(slug: str, number: int) -> Response:
    """Exactly the bytes of which the published hash is the SHA-256."""
    frozen = queries.numbered_rule_set(load(slug), number)
    response = Response(canonical_json(frozen.document), mimetype="application/json")
    name = f"{frozen.facts['slug']}-regels-{frozen.number}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
