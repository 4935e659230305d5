"""Pages of the programme team about mail that was not delivered: the list, one mail, and what was done about it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from pool.core import delivery, outbox, undelivered
from pool.core.access import Role, current_actor, door, require
from pool.core.db import db
from pool.core.forms import attempt

from . import rules, service_mail
from .blueprint import bp
from .forms_mail import FallbackForm
from .models import User
from .routes_mail import HOME, tabs

PER_PAGE = 50


@bp.get("/berichten/niet-bezorgd")
@door(Role.PROGRAMME)
def undelivered_mail() -> Any:
    require(rules.can_follow_mail(current_actor()))
    done = request.args.get("lijst") == "afgehandeld"
    page = db.paginate(
        undelivered.settled() if done else undelivered.waiting(),
        page=request.args.get("page", 1, type=int),
        per_page=PER_PAGE,
        error_out=False,
    )
    return render_template(
        "people/undelivered.html",
        page=page,
        done=done,
        attempts=undelivered.attempts_at(page.items),
        fallbacks=undelivered.fallbacks_of(page.items),
        legal=delivery.LEGAL,
        tabs=tabs("people.undelivered_mail"),
    )


@bp.route("/berichten/niet-bezorgd/<int:ident>", methods=["GET", "POST"])
@door(Role.PROGRAMME)
def undelivered_one(ident: int) -> Any:
    require(rules.can_follow_mail(current_actor()))
    mail = undelivered.get(ident)
    form = FallbackForm()
    status = 200
    if form.validate_on_submit():
        with attempt(form) as done:
            service_mail.settle(current_actor(), mail, form.to_input(), form.note.data)
        if done:
            flash("Vastgelegd. Dit bericht staat nu bij Afgehandeld.", "success")
            return redirect(url_for("people.undelivered_mail"))
        status = done.error.status if done.error else 422
    elif form.errors:
        status = 422
    user = db.session.get(User, mail.user_id) if mail.user_id is not None else None
    page = render_template(
        "people/undelivered_one.html",
        mail=mail,
        job=undelivered.attempts_at([mail])[mail.id],
        fallback=undelivered.fallbacks_of([mail]).get(mail.id),
        user=user,
        place=outbox.place_of(mail),
        is_legal=mail.kind in delivery.LEGAL,
        form=form,
        page_errors=bool(form.errors),
        crumbs=[HOME, ("Niet bezorgd", url_for("people.undelivered_mail")), (mail.subject, None)],
    )
    return page, status


@bp.post("/berichten/niet-bezorgd/<int:ident>/opnieuw")
@door(Role.PROGRAMME)
def retry_mail(ident: int) -> Any:
    actor = current_actor()
    require(rules.can_follow_mail(actor))
    service_mail.retry(actor, undelivered.get(ident))
    flash("Wij proberen deze mail opnieuw te bezorgen.", "success")
    return redirect(url_for("people.undelivered_mail"))
