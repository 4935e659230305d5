"""Where somebody worked before and what somebody knows: the own page, and the same page for an administrator."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from pool.core.access import Role, current_actor, door
from pool.core.db import db
from pool.core.errors import Missing
from pool.core.forms import attempt
from pool.regions import queries as regions

from . import queries, service
from .blueprint import bp
from .forms import EmployerForm, ExpertiseForm
from .models import User

WHO = (Role.ASSESSOR, Role.CHAIR, Role.ADMIN)


def _person(user_id: int) -> User:
    """The account, when this actor may tell about it; else Missing."""
    found = db.session.scalar(queries.visible_to(current_actor()).where(User.id == user_id))
    if found is None:
        raise Missing
    return found


def _page(person: User, employer: EmployerForm, known: ExpertiseForm) -> Any:
    themes = regions.all_themes()
    known.offer(themes)
    if not known.is_submitted() or employer.errors:
        known.themes.data = sorted(queries.expertise([person.id]).get(person.id, ()))
        known.themes.raw_data = None
    page = render_template(
        "people/background.html",
        person=person,
        own=person.id == current_actor().user_id,
        employers=queries.former_employers([person.id]).get(person.id, []),
        employer_form=employer,
        known_form=known,
        page_errors=bool(employer.errors or known.errors),
    )
    return page, 422 if employer.errors or known.errors else 200


def _done(person: User, message: str) -> Any:
    flash(message, "success")
    return redirect(url_for("people.background", user_id=person.id))


@bp.get("/mensen/<int:user_id>/werk-en-kennis")
@door(*WHO)
def background(user_id: int) -> Any:
    return _page(_person(user_id), EmployerForm(formdata=None), ExpertiseForm(formdata=None))


@bp.post("/mensen/<int:user_id>/werkgevers")
@door(*WHO)
def add_employer(user_id: int) -> Any:
    person, form = _person(user_id), EmployerForm()
    if form.validate_on_submit():
        with attempt(form) as done:
            service.add_employer(current_actor(), person, form.to_input())
        if done:
            return _done(person, "De vroegere werkgever is toegevoegd.")
        person = _person(user_id)
    return _page(person, form, ExpertiseForm(formdata=None))


@bp.post("/mensen/<int:user_id>/werkgevers/<int:ident>/weg")
@door(*WHO)
def drop_employer(user_id: int, ident: int) -> Any:
    person = _person(user_id)
    service.drop_employer(current_actor(), person, ident)
    return _done(person, "De vroegere werkgever is weggehaald.")


@bp.post("/mensen/<int:user_id>/kennis")
@door(*WHO)
def set_expertise(user_id: int) -> Any:
    person, form = _person(user_id), ExpertiseForm()
    form.offer(regions.all_themes())
    if form.validate_on_submit():
        with attempt(form) as done:
            service.set_expertise(current_actor(), person, form.themes.data or [])
        if done:
            return _done(person, "De thema's zijn opgeslagen.")
        person = _person(user_id)
    return _page(person, EmployerForm(formdata=None), form)
