"""Pages about who may sign for a municipality."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from pool.core.access import Role, current_actor, door
from pool.core.db import db
from pool.core.errors import Missing
from pool.core.forms import attempt

from . import queries, rules, service
from .blueprint import bp
from .forms import EndSignatoryForm, NameSignatoryForm
from .models import Organisation

MANAGERS = (Role.ADMIN, Role.APPLICANT)


def _organisation(ident: int) -> Organisation:
    """A municipality whose signatories this actor may see; Missing otherwise."""
    found = db.session.get(Organisation, ident)
    if found is None or not rules.can_see_signatories(current_actor(), found):
        raise Missing
    return found


@bp.get("/mensen/ondertekenen")
@door(Role.ADMIN)
def signing() -> Any:
    crumbs = [("Mensen", url_for("people.index")), ("Ondertekenen", None)]
    return render_template("people/signing.html", municipalities=queries.municipalities(), crumbs=crumbs)


@bp.route("/gemeenten/<int:ident>/ondertekenaars", methods=["GET", "POST"])
@door(*MANAGERS)
def signatories(ident: int) -> Any:
    organisation = _organisation(ident)
    form = NameSignatoryForm()
    form.user.choices = [(str(user.id), user.name) for user in queries.applicants_of(ident)]
    status = 200
    if form.validate_on_submit():
        with attempt(form) as done:
            service.name_signatory(current_actor(), organisation, int(form.user.data))
        if done:
            flash("Vastgelegd. Deze collega mag nu ondertekenen.", "success")
            return redirect(url_for("people.signatories", ident=ident))
        status = done.error.status if done.error else 422
    elif form.errors:
        status = 422
    found = queries.signatories(ident)
    named = {row.user_id for row in found}
    actor = current_actor()
    page = render_template(
        "people/signatories.html",
        organisation=organisation,
        found=found,
        able={user.id for user in queries.signers(ident)},
        may_name=rules.can_name_signatory(actor, organisation, named),
        may_end=rules.can_end_signatory(actor, organisation, named),
        form=form,
        page_errors=status >= 400,
        crumbs=_crumbs(organisation),
    )
    return page, status


@bp.post("/gemeenten/<int:ident>/ondertekenaars/<int:user_id>/beeindigen")
@door(*MANAGERS)
def end_signatory(ident: int, user_id: int) -> Any:
    organisation = _organisation(ident)
    if EndSignatoryForm().validate_on_submit():
        service.end_signatory(current_actor(), organisation, user_id)
        flash("Vastgelegd. Deze collega ondertekent niet meer.", "success")
    return redirect(url_for("people.signatories", ident=ident))


def _crumbs(organisation: Organisation) -> list[tuple[str, str | None]]:
    if current_actor().has(Role.ADMIN):
        above: list[tuple[str, str | None]] = [
            ("Mensen", url_for("people.index")),
            ("Ondertekenen", url_for("people.signing")),
        ]
    else:
        above = [("Overzicht", "/")]
    return [*above, (f"Ondertekenen voor {organisation.name}", None)]
