"""Pages of the messages about an application: read them, write one, mark them as read."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from pool.core.access import current_actor, door
from pool.core.clock import local_date
from pool.core.errors import Missing
from pool.core.forms import attempt

from . import message_queries, queries, rules, service
from .blueprint import bp, crumbs
from .forms_messages import MessageForm, ProgrammeMessageForm
from .message_queries import READERS, WRITERS
from .models import Application
from .states import Side


def _load(ident: int) -> Application:
    """The application, for who may read its messages; Missing for everyone else."""
    actor = current_actor()
    application = queries.get(actor, ident)
    if not message_queries.reads(actor, application):
        raise Missing
    return application


def _form(application: Application) -> MessageForm:
    actor = current_actor()
    kind = MessageForm if rules.side_of(actor, application) == Side.APPLICANT else ProgrammeMessageForm
    return kind().offer(message_queries.open_questions(actor, application.id))


def _chosen_question() -> int | None:
    """The question that was chosen, also when it is open no more and so no longer offered."""
    ident = request.form.get("answers", 0, type=int)
    return ident if 0 < ident < 2**31 else None


@bp.get("/aanvragen/<int:ident>/berichten")
@door(*READERS)
def messages(ident: int) -> Any:
    application = _load(ident)
    return _page(application, _form(application))


@bp.post("/aanvragen/<int:ident>/berichten")
@door(*WRITERS)
def send_message(ident: int) -> Any:
    application = _load(ident)
    form = _form(application)
    status = 422
    if form.validate_on_submit():
        with attempt(form) as done:
            message = service.send_message(
                current_actor(),
                application,
                form.text.data,
                answer_by=form.answer_by.data if isinstance(form, ProgrammeMessageForm) else None,
                answers_id=_chosen_question(),
                seen=form.seen_id,
            )
        if done:
            flash("Uw bericht is verstuurd.", "success")
            return redirect(url_for("applications.messages", ident=ident, _anchor=f"bericht-{message.id}"))
        status = done.error.status if done.error else 422
    return _page(application, form), status


@bp.post("/aanvragen/<int:ident>/berichten/gelezen")
@door(*WRITERS)
def read_messages(ident: int) -> Any:
    application = _load(ident)
    service.mark_thread_read(
        current_actor(), application, min(request.form.get("until", 0, type=int), 2**31 - 1)
    )
    return redirect(url_for("applications.messages", ident=ident))


def _page(application: Application, form: MessageForm) -> str:
    actor = current_actor()
    found = message_queries.messages_of(application.id)
    side = rules.side_of(actor, application)
    newest = found[-1].id if found else 0
    # Only at first: what came in while somebody wrote is not seen yet, and a form sent back keeps what it was.
    if request.method == "GET":
        form.seen.data = str(newest)
    answers = {m.answers_id: m for m in found if m.answers_id}
    read = message_queries.last_read(actor, application.id)
    return render_template(
        "applications/messages.html",
        application=application,
        messages=found,
        questions={m.id: m for m in found if m.answer_by},
        answers=answers,
        new={m.id for m in found if m.id > read and m.written_by != actor.user_id} if side else set(),
        waiting=message_queries.open_questions(actor, application.id),
        today=local_date(actor.at),
        side=side,
        can_send=rules.can_send(actor, application),
        newest=newest,
        form=form,
        is_programme=side == Side.PROGRAMME,
        limit=rules.MESSAGE_LENGTH,
        page_errors=bool(form.errors),
        crumbs=crumbs(application, ("Berichten", None)),
    )
