"""All questions of the form on one page, to read and print before anyone begins. Made from the forms themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import render_template, url_for

from pool.core.access import current_actor, door
from pool.regions import queries as regions
from pool.rounds import queries as rounds
from pool.rounds.inputs import RoundRules
from pool.rounds.states import DocumentKind

from .blueprint import bp
from .forms import BudgetForm, ContactForm, PlanForm, ProjectForm, ReachForm, answers_form
from .states import Section


@dataclass(frozen=True)
class Asked:
    """A question as it is in the form. options: what can be chosen; columns: what a list asks per line."""

    label: str
    hint: str = ""
    options: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


def _forms(rules: RoundRules) -> Iterator[tuple[Section, Any]]:
    """The forms of a round, empty."""
    yield Section.PROJECT, ProjectForm(formdata=None).offer(rules, regions.all_themes())
    yield Section.REACH, ReachForm(formdata=None).offer("", regions.all_regions())
    yield Section.PLAN, PlanForm(formdata=None)
    yield Section.BUDGET, BudgetForm(formdata=None).offer(rules)
    yield Section.CONTACT, ContactForm(formdata=None)
    if rules.questions:
        yield Section.ANSWERS, answers_form(rules)(formdata=None)


def _asked(form: Any) -> Iterator[Asked]:
    for field in form:
        if field.type in ("HiddenField", "CSRFTokenField"):
            continue
        if field.type == "FieldList":
            rows = field.entries[0].form if field.entries else []
            yield Asked(
                field.label.text,
                field.description,
                columns=tuple(sub.label.text for sub in rows if sub.type != "HiddenField"),
            )
            continue
        choices = getattr(field, "choices", None) or []
        options = tuple(str(choice.label) for choice in choices if choice.value)
        yield Asked(field.label.text, field.description, options)


@bp.get("/rondes/<slug>/vragenlijst")
@door(public=True)
def questions(slug: str) -> Any:
    round_ = rounds.get(current_actor(), slug)
    rules = rounds.rules_of(round_)
    return render_template(
        "applications/questions.html",
        round=round_,
        sections=[(section, list(_asked(form))) for section, form in _forms(rules)],
        documents=[
            (document, [DocumentKind(kind).label for kind in document.kinds]) for document in rules.documents
        ],
        crumbs=[(round_.title, url_for("rounds.call", slug=slug)), ("Alle vragen", None)],
    )
