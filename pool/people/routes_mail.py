"""Pages of one's own messages: what was sent, one message, marking as read, and choosing what is mailed."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from pool.core import delivery, mailbox, outbox
from pool.core.access import Role, current_actor, door
from pool.core.db import db
from pool.core.delivery import Delivery, MailKind
from pool.core.forms import attempt

from . import rules, service_mail
from .blueprint import bp
from .forms_mail import choices_form

PER_PAGE = 50
HOME = ("Berichten", "/berichten")


@bp.app_context_processor
def _new_messages() -> dict[str, Any]:
    """How many messages are new, for the header: counted once per page, and only where it is shown."""

    def count() -> int:
        actor = g.get("actor")
        if actor is None or actor.user_id is None:
            return 0
        if "new_messages" not in g:
            g.new_messages = mailbox.unread_count(actor)
        found: int = g.new_messages
        return found

    return {"new_messages": count, "most_messages": mailbox.MOST}


def tabs(current: str) -> list[dict[str, Any]]:
    """The pages about messages that this actor may open."""
    found = [("Uw berichten", "people.inbox"), ("Wat wij u mailen", "people.mail_choices")]
    if rules.can_follow_mail(current_actor()):
        found.append(("Niet bezorgd", "people.undelivered_mail"))
    return [
        {"label": label, "url": url_for(endpoint), "current": endpoint == current}
        for label, endpoint in found
    ]


@bp.get("/berichten")
@door(*Role)
def inbox() -> Any:
    actor = current_actor()
    only_new = request.args.get("lijst") == "nieuw"
    query = mailbox.unread(actor) if only_new else mailbox.visible_to(actor)
    page = db.paginate(query, page=request.args.get("page", 1, type=int), per_page=PER_PAGE, error_out=False)
    idents = [mail.id for mail in page.items]
    return render_template(
        "people/inbox.html",
        page=page,
        only_new=only_new,
        read=mailbox.read_among(idents),
        newest=max(idents, default=0),
        tabs=tabs("people.inbox"),
    )


@bp.get("/berichten/<int:ident>")
@door(*Role)
def message(ident: int) -> Any:
    mail, is_read = mailbox.get(current_actor(), ident)
    return render_template(
        "people/message.html",
        mail=mail,
        is_read=is_read,
        place=outbox.place_of(mail),
        delivery=Delivery,
        crumbs=[HOME, (mail.subject, None)],
    )


@bp.post("/berichten/<int:ident>/gelezen")
@door(*Role)
def read_message(ident: int) -> Any:
    actor = current_actor()
    mailbox.get(actor, ident)
    mailbox.mark_read(actor, ident=ident)
    return redirect(url_for("people.message", ident=ident))


@bp.post("/berichten/gelezen")
@door(*Role)
def read_messages() -> Any:
    until = request.form.get("until", 0, type=int)
    if until > 0:
        mailbox.mark_read(current_actor(), until=until)
        flash("Uw berichten zijn gemarkeerd als gelezen.", "success")
    return redirect(url_for("people.inbox"))


@bp.route("/berichten/instellingen", methods=["GET", "POST"])
@door(*Role)
def mail_choices() -> Any:
    actor = current_actor()
    assert actor.user_id is not None
    kinds = service_mail.kinds_for(actor)
    chosen = delivery.choices_of(actor.user_id)
    form = choices_form([k for k in kinds if k not in delivery.NOT_CHOSEN], chosen)
    if form.validate_on_submit():
        with attempt(form) as done:
            service_mail.choose(actor, form.to_input())
        if done:
            flash("Uw keuze is bewaard. Zij geldt voor nieuwe berichten.", "success")
            return redirect(url_for("people.mail_choices"))
    page = render_template(
        "people/mail_choices.html",
        form=form,
        fixed=[k for k in MailKind if k in delivery.ALWAYS and k in kinds],
        address=service_mail.address_of(actor),
        page_errors=bool(form.errors),
        tabs=tabs("people.mail_choices"),
    )
    return page, 422 if form.errors else 200
