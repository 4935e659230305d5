"""Submitting by two people: one asks a colleague with authority to sign, who signs the exact text and so submits it."""

from __future__ import annotations

from pool.core import audit
from pool.core.access import Actor, require
from pool.core.db import db
from pool.core.errors import Conflict, Invalid
from pool.core.text import clean, fingerprint
from pool.people import queries as people
from pool.people.models import User

from .. import mail_together, queries_signing
from ..lifecycle import LIFE
from ..lifecycle_together import SIGN_LIFE
from ..mail import Letter
from ..models import Application, ApplicationVersion
from ..models_together import SignOff
from ..rules import LIMITS
from ..rules import signing as rules
from ..states import ApplicationState
from .lapsing import tell_over
from .submitting import ready_content, submit_version
from .telling import tell_signers
from .writing import hold


class OtherText(Conflict):
    """What is there now is not what was asked to sign."""

    def __init__(self) -> None:
        super().__init__(
            "changed",
            "De tekst is gewijzigd nadat om ondertekening is gevraagd. Laat een collega opnieuw vragen.",
        )


def submit_move(application: Application) -> str:
    """What submitting is now: a supplement, or (again) the whole."""
    asked = application.state == ApplicationState.SUPPLEMENT_REQUESTED
    return "supplement" if asked else "submit"


def ask_sign_off(actor: Actor, application: Application, revision: int | None, note: str = "") -> SignOff:
    """Ask colleagues with authority to sign the text as it is now; nothing may lack in it.

    revision: of the text that was read; Conflict when it changed since, or when a request waits already.
    """
    hold(application)
    require(LIFE.may(actor, application, submit_move(application)))
    signers = people.signers(application.organisation_id)
    require(rules.somebody_else_signs(actor, {user.id for user in signers}))
    if queries_signing.open_of(application.id) is not None:
        raise Conflict("asked", "Er is al om ondertekening gevraagd.")
    note = clean(note)
    if len(note) > LIMITS["note"]:
        raise Invalid("note", f"Gebruik niet meer dan {LIMITS['note']} tekens.", "note")
    content = ready_content(application, revision)
    current, sha256 = application.current_version, fingerprint(content.to_json())
    if current is not None and current.sha256 == sha256 and application.state == ApplicationState.SUBMITTED:
        raise Conflict("same", "Deze tekst is al ingediend. Er is niets te ondertekenen.")
    assert actor.user_id is not None
    request = SignOff(
        application_id=application.id,
        sha256=sha256,
        note=note,
        asked_at=actor.at,
        asked_by=actor.user_id,
        asked_by_name=actor.name,
    )
    db.session.add(request)
    db.session.flush()
    # The note is between colleagues; the trail is read by others too.
    audit.record(
        actor,
        "sign_off.ask",
        application.audit_chain,
        f"sign_off:{request.id}",
        {},
        {"state": request.state.value, "sha256": request.sha256},
    )
    until = application.supplement_until or application.round.closes_at
    title = content.project.title
    letter = mail_together.sign_asked(application.reference, title, actor.name, note, until)
    _mail(actor, request, "asked", letter, [user for user in signers if user.id != actor.user_id])
    return request


def sign(actor: Actor, request: SignOff, sha256: str) -> ApplicationVersion:
    """Sign the text that was read and submit it, in one act, judged on the moment of this request.

    sha256: of the text on the page. OtherText when that, or what is there now, is not what was asked to sign.
    """
    application = request.application
    hold(application)
    require(SIGN_LIFE.may(actor, request, "sign"))
    signers = {user.id for user in people.signers(application.organisation_id)}
    require(rules.has_authority(actor, signers))
    move = submit_move(application)
    require(LIFE.may(actor, application, move))
    content = ready_content(application, None)
    if not request.sha256 == sha256 == fingerprint(content.to_json()):
        raise OtherText
    version = submit_version(actor, application, content, move)
    request.version_id = version.id
    _answer(actor, request)
    SIGN_LIFE.move(actor, request, "sign", facts={"version": version.number, "sha256": request.sha256})
    asker = db.session.get_one(User, request.asked_by)
    letter = mail_together.sign_done(application.reference, content.project.title, actor.name, actor.at)
    _mail(actor, request, "signed", letter, [asker])
    return version


def give_back(actor: Actor, request: SignOff, answer: str) -> None:
    """Do not sign, and say why; the one who asked hears it."""
    application = request.application
    hold(application)
    require(SIGN_LIFE.may(actor, request, "give_back"))
    signers = {user.id for user in people.signers(application.organisation_id)}
    require(rules.has_authority(actor, signers))
    answer = clean(answer)
    if not answer:
        raise Invalid("answer", "Schrijf op wat er anders moet.", "answer")
    if len(answer) > LIMITS["note"]:
        raise Invalid("answer", f"Gebruik niet meer dan {LIMITS['note']} tekens.", "answer")
    request.answer = answer
    _answer(actor, request)
    SIGN_LIFE.move(actor, request, "give_back")
    asker = db.session.get_one(User, request.asked_by)
    letter = mail_together.sign_given_back(application.reference, application.title, actor.name, answer)
    _mail(actor, request, "given_back", letter, [asker])


def _answer(actor: Actor, request: SignOff) -> None:
    request.answered_at, request.answered_by = actor.at, actor.user_id
    request.answered_by_name = actor.name


def withdraw_sign_off(actor: Actor, request: SignOff) -> None:
    """Take the request back, for instance to write on."""
    hold(request.application)
    SIGN_LIFE.move(actor, request, "withdraw")
    tell_over(actor, request, changed=False)


def _mail(actor: Actor, request: SignOff, about: str, letter: Letter, users: list[User]) -> None:
    tell_signers(actor, request.application, f"sign_off:{request.id}:{about}", letter, users)
