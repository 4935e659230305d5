"""Pages about signing: ask a colleague to sign, read the exact text, sign and submit, or give back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from pool.core.access import Role, current_actor, door
from pool.core.errors import InvalidMany, Missing
from pool.core.forms import attempt
from pool.core.text import fingerprint
from pool.people import queries as people

from . import queries, queries_signing, service
from .blueprint import bp, crumbs, load, shelf
from .forms_signing import AskSignForm, GiveBackForm, SignForm
from .lifecycle import LIFE
from .lifecycle_together import SIGN_LIFE
from .models import Application
from .models_together import SignOff
from .rules import signing as rules
from .service.signing import submit_move


def _waiting(application: Application, request_id: int) -> SignOff:
    """The request with this id when it waits for this application; a request that is over is as absent."""
    found = queries_signing.open_of(application.id)
    if found is None or found.id != request_id:
        raise Missing(
            "missing", "Dit verzoek wacht niet meer op een handtekening. Ga terug naar de aanvraag."
        )
    return found


@bp.route("/aanvragen/<int:ident>/ondertekenen", methods=["GET", "POST"])
@door(Role.APPLICANT)
def sign_off(ident: int) -> Any:
    application, _rules = load(ident)
    form = AskSignForm()
    if request.method == "GET":
        form.take_revision(application.revision)
        return _page(application, ask=form)
    status = 422
    if form.validate_on_submit():
        with attempt(form) as done:
            service.ask_sign_off(current_actor(), application, form.revision, form.note.data or "")
        if done:
            flash("Uw collega is gevraagd om te ondertekenen.", "success")
            return redirect(url_for("applications.sign_off", ident=ident))
        if isinstance(done.error, InvalidMany):
            form.form_errors.clear()
        form.take_revision(application.revision)
        status = done.error.status if done.error else 422
    return _page(application, ask=form, status=status)


@bp.post("/aanvragen/<int:ident>/ondertekenen/<int:request_id>/tekenen")
@door(Role.APPLICANT)
def sign(ident: int, request_id: int) -> Any:
    application, _rules = load(ident)
    waiting = _waiting(application, request_id)
    form = SignForm()
    status = 422
    if form.validate_on_submit():
        with attempt(form) as done:
            version = service.sign(current_actor(), waiting, form.sha256.data or "")
        if done:
            flash("U hebt ondertekend. De aanvraag is ontvangen.", "success")
            return redirect(url_for("applications.version", ident=ident, number=version.number))
        status = done.error.status if done.error else 422
    return _page(application, sign=form, status=status)


@bp.post("/aanvragen/<int:ident>/ondertekenen/<int:request_id>/teruggeven")
@door(Role.APPLICANT)
def give_back(ident: int, request_id: int) -> Any:
    application, _rules = load(ident)
    waiting = _waiting(application, request_id)
    form = GiveBackForm()
    status = 422
    if form.validate_on_submit():
        with attempt(form) as done:
            service.give_back(current_actor(), waiting, form.answer.data)
        if done:
            flash("U hebt de aanvraag teruggegeven. Uw collega krijgt bericht.", "success")
            return redirect(url_for("applications.show", ident=ident))
        status = done.error.status if done.error else 422
    return _page(application, back=form, status=status)


@bp.post("/aanvragen/<int:ident>/ondertekenen/<int:request_id>/intrekken")
@door(Role.APPLICANT)
def withdraw_sign_off(ident: int, request_id: int) -> Any:
    application, _rules = load(ident)
    service.withdraw_sign_off(current_actor(), _waiting(application, request_id))
    flash("Het verzoek om te ondertekenen is ingetrokken.", "success")
    return redirect(url_for("applications.show", ident=ident))


def _page(
    application: Application,
    ask: AskSignForm | None = None,
    sign: SignForm | None = None,
    back: GiveBackForm | None = None,
    status: int = 200,
) -> Any:
    """The one page about signing, as far as it is, with the form that was refused."""
    actor = current_actor()
    _application, round_rules = load(application.id)
    waiting = queries_signing.open_of(application.id)
    signers = people.signers(application.organisation_id)
    idents = {user.id for user in signers}
    content = queries.candidate(application, round_rules)
    sha256 = fingerprint(content.to_json())
    may = LIFE.may(actor, application, submit_move(application))
    may_sign = False
    if waiting is not None and may:
        may_sign = bool(SIGN_LIFE.may(actor, waiting, "sign")) and bool(rules.has_authority(actor, idents))
    sign, back = sign or SignForm(formdata=None), back or GiveBackForm(formdata=None)
    sign.sha256.data = waiting.sha256 if waiting else ""
    shown = ask if waiting is None else sign if sign.errors or sign.form_errors else back
    page = render_template(
        "applications/sign_off.html",
        application=application,
        waiting=waiting,
        latest=queries_signing.latest_of(application.id),
        signers=signers,
        required=people.signs_off(application.organisation_id),
        may=may,
        may_ask=rules.somebody_else_signs(actor, idents),
        may_sign=may_sign,
        same=waiting is not None and waiting.sha256 == sha256,
        sha256=sha256,
        lacks=service.lacks(application),
        parts=queries.parts(content, round_rules),
        shelf=shelf(application, content),
        ask=ask or AskSignForm(formdata=None).take_revision(application.revision),
        sign=sign,
        back=back,
        shown=shown,
        mine=waiting is not None and waiting.asked_by == actor.user_id,
        page_errors=status >= 400,
        crumbs=crumbs(application, ("Ondertekenen", None)),
    )
    return page, status
