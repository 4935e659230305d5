"""Files of an application for the committee. Its own door, because only it knows who has an interest."""

from __future__ import annotations

from typing import Any

from flask import url_for

from pool.applications import queries as applications
from pool.applications import rules as application_rules
from pool.applications.inputs import Content
from pool.applications.models import Application
from pool.core.access import Actor, Role, current_actor, door, require
from pool.core.downloads import give
from pool.core.errors import Missing

from . import queries, rules
from .blueprint import bp


@bp.get("/beoordelen/aanvraag/<int:application_id>/documenten/<int:file_id>")
@door(Role.ASSESSOR, Role.CHAIR, Role.PROGRAMME)
def document_file(application_id: int, file_id: int) -> Any:
    """A file that goes with the text that is judged: for who may read that text here, and as long as they may."""
    application, content = _text_for(current_actor(), application_id)
    row = applications.file_among(application, file_id, content.documents)
    require(application_rules.can_read_file(row.state))
    return give(row.sha256, row.name, row.media_type)


def _text_for(actor: Actor, application_id: int) -> tuple[Application, Content]:
    """What the own assessment is about, or for chair, deputy and programme team what the result is about."""
    if actor.has(Role.ASSESSOR):
        try:
            return queries.open_text(actor, application_id)
        except Missing:
            if not actor.has(Role.CHAIR, Role.PROGRAMME):
                return _text_for_deputy(actor, application_id)
    application = queries.committee_file(actor, application_id)
    round_ = application.round
    require(rules.can_see_results(actor, round_, queries.open_own(actor, round_.id)))
    return application, applications.content(application)


def _text_for_deputy(actor: Actor, application_id: int) -> tuple[Application, Content]:
    """What a deputy leads in the chair's place, as soon as that page opens; Missing otherwise."""
    application = queries.committee_file(actor, application_id)
    led = application.id in queries.deputised(actor, application.round_id)
    if not led or queries.must_still(actor, application):
        raise Missing
    return application, applications.content(application)


def shelf(application: Application, content: Content) -> applications.Shelf:
    """Where the committee finds the files of a text."""
    return applications.shelf(
        application,
        content,
        lambda row: url_for("assessment.document_file", application_id=row.application_id, file_id=row.id),
    )
