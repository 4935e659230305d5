"""Pages about partners: ask them to confirm, and answer, inside the system or with the link of an invitation."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for

from pool.core.access import Role, current_actor, door, require
from pool.core.db import db
from pool.core.errors import Missing
from pool.core.forms import attempt
from pool.core.text import sha256_hex

from . import links, queries, queries_partners, service
from .blueprint import bp, crumbs, load
from .forms_partners import AnswerForm, AskForm
from .lifecycle_together import PARTNER_LIFE
from .models_together import PartnerRequest
from .queries_partners import PartnerLine
from .rules import partners as rules
from .states import PartnerAnswer

PARTNERS = (Role.APPLICANT, Role.REGIONAL_LEAD)
HOME = "Partnerverzoeken"


def _code(line: PartnerLine) -> str:
    """A short name for a partner in an address."""
    return sha256_hex(line.named.key.encode())[:12]


# --- the applicant ----------------------------------------------------------------------------------------


@bp.get("/aanvragen/<int:ident>/partners")
@door(Role.APPLICANT)
def partners(ident: int) -> Any:
    actor = current_actor()
    application, _rules = load(ident)
    requests = queries_partners.requests_of(application.id)
    content = queries.text_for_partners(application, actor.at)
    lines = queries_partners.partner_lines(application, content, requests, actor.at)
    may = rules.can_ask_partners(actor, application)
    keys = {line.named.key for line in lines}
    return render_template(
        "applications/partners.html",
        application=application,
        lines=[(line, _code(line), line.standing in service.AGAIN and bool(may)) for line in lines],
        inside=service.addressees([line.named for line in lines]),
        left=[r for r in requests if r.state == PartnerAnswer.ASKED and r.partner not in keys],
        may=may,
        max_sent=rules.MAX_SENT,
        crumbs=crumbs(application, ("Partners", None)),
    )


@bp.route("/aanvragen/<int:ident>/partners/<code>/vragen", methods=["GET", "POST"])
@door(Role.APPLICANT)
def ask_partner(ident: int, code: str) -> Any:
    actor = current_actor()
    application, _rules = load(ident)
    require(rules.can_ask_partners(actor, application))
    content = queries.text_for_partners(application, actor.at)
    line = next(
        (x for x in queries_partners.partners(application, content, actor.at) if _code(x) == code), None
    )
    if line is None:
        raise Missing
    key, inside = line.named.key, service.addressees([line.named]).get(line.named.key)
    form = AskForm()
    if inside is not None:
        del form.email
    status = 200
    if form.validate_on_submit():
        with attempt(form) as done:
            email = (form.email.data or "") if inside is None else ""
            service.ask(actor, application, key, email)
        if done:
            flash(f"We hebben {line.named.name} gevraagd om te bevestigen.", "success")
            return redirect(url_for("applications.partners", ident=ident))
        status = done.error.status if done.error else 422
    elif form.errors:
        status = 422
    page = render_template(
        "applications/partner_ask.html",
        application=application,
        line=line,
        code=code,
        inside=inside,
        days=rules.INVITATION_DAYS,
        form=form,
        page_errors=bool(form.errors or form.form_errors),
        crumbs=crumbs(application, ("Partners", url_for(".partners", ident=ident)), (line.named.name, None)),
    )
    return page, status


@bp.post("/aanvragen/<int:ident>/partnerverzoeken/<int:request_id>/opnieuw")
@door(Role.APPLICANT)
def resend_partner(ident: int, request_id: int) -> Any:
    application, _rules = load(ident)
    wanted = queries_partners.of_application(application, request_id)
    service.resend(current_actor(), wanted)
    flash(f"We hebben het verzoek opnieuw gestuurd aan {wanted.name}.", "success")
    return redirect(url_for("applications.partners", ident=ident))


@bp.post("/aanvragen/<int:ident>/partnerverzoeken/<int:request_id>/intrekken")
@door(Role.APPLICANT)
def withdraw_partner(ident: int, request_id: int) -> Any:
    application, _rules = load(ident)
    wanted = queries_partners.of_application(application, request_id)
    service.withdraw_request(current_actor(), wanted)
    flash(f"Het verzoek aan {wanted.name} is ingetrokken.", "success")
    return redirect(url_for("applications.partners", ident=ident))


# --- the partner, inside the system -----------------------------------------------------------------------


@bp.get("/partnerverzoeken")
@door(*PARTNERS)
def partner_requests() -> Any:
    found = db.session.scalars(queries_partners.asked_of(current_actor())).all()
    return render_template(
        "applications/partner_requests.html", requests=found, crumbs=[(HOME, None)], state=PartnerAnswer
    )


@bp.route("/partnerverzoeken/<int:request_id>", methods=["GET", "POST"])
@door(*PARTNERS)
def partner_request(request_id: int) -> Any:
    request = queries_partners.request_to(current_actor(), request_id)
    here = url_for("applications.partner_request", request_id=request_id)
    back = url_for("applications.partner_requests")
    trail = [(HOME, back), (request.application.title or request.application.reference, None)]
    form = AnswerForm()
    del form.name
    return _answer_page(request, form, here, back, trail)


# --- the partner, with the link of an invitation ----------------------------------------------------------


@bp.route(f"{links.PATH}<token>", methods=["GET", "POST"])
@door(public=True)
def invited(token: str) -> Any:
    request = queries_partners.invitation(sha256_hex(links.secret_of(token).encode()))
    return _answer_page(request, AnswerForm(), url_for("applications.invited", token=token), None, [])


def _answer_page(
    request: PartnerRequest,
    form: AnswerForm,
    here: str,
    back: str | None,
    trail: list[tuple[str, str | None]],
) -> Any:
    actor = current_actor()
    line = service.asked_line(request, actor.at) if request.state == PartnerAnswer.ASKED else None
    may = PARTNER_LIFE.may(actor, request, "confirm")
    if line is None or not may:
        answered = request.state in (PartnerAnswer.CONFIRMED, PartnerAnswer.DECLINED)
        gone = (
            ""
            if line or request.state != PartnerAnswer.ASKED
            else ("De gemeente noemt u niet (meer) als partner. U hoeft niet te antwoorden.")
        )
        page = render_template(
            "applications/partner_closed.html",
            request=request,
            reason=gone or may.reason,
            answered=answered,
            back=back,
            crumbs=trail,
        )
        return page, 200 if back or answered else 410
    status = 200
    if form.validate_on_submit():
        with attempt(form) as done:
            service.answer(actor, request, form.to_input())
        if done:
            flash("Dank u wel. Uw antwoord is vastgelegd.", "success")
            return redirect(here)
        line = service.asked_line(request, actor.at) or line
        status = done.error.status if done.error else 422
    elif form.errors:
        status = 422
    form.sha256.data = line.sha256
    page = render_template(
        "applications/partner_answer.html",
        request=request,
        text=line.text,
        named=line.named,
        earlier=queries_partners.confirmed_before(request),
        form=form,
        here=here,
        back=back,
        page_errors=bool(form.errors or form.form_errors),
        crumbs=trail,
    )
    return page, status
