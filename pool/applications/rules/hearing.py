"""Hearing a municipality before its application is refused (4:7 Awb), and not handling an incomplete one (4:5 Awb)."""

from __future__ import annotations

from pool.core import terms
from pool.core.access import YES, Actor, Role, Verdict, no
from pool.core.clock import local_date
from pool.core.text import format_date, format_moment
from pool.rounds.inputs import DocumentRule
from pool.rounds.states import DocumentKind

from ..models import Application, Hearing
from .verdicts import can_check, is_own


def can_be_heard(actor: Actor, application: Application) -> Verdict:
    """Whether the municipality can give its view now."""
    if not is_own(actor, application):
        return no("Alleen de gemeente die aanvraagt kan dit.")
    hearing = application.open_hearing
    if hearing is None:
        return no("Er is niet om een zienswijze gevraagd.", "state")
    if actor.at > hearing.until:
        return no(
            f"U kon uw zienswijze geven tot en met {format_moment(hearing.until)}. Dat is voorbij.", "late"
        )
    return YES


_WITH_VIEW = "_hearing_"


def hearing_document(hearing: Hearing) -> DocumentRule:
    """What a view can carry, described as a document that a round asks for: a few files of any kind that is known.

    No document of a round has a code that begins with an underscore.
    """
    kinds = tuple(kind.value for kind in DocumentKind)
    return DocumentRule(f"{_WITH_VIEW}{hearing.id}", "Bijlagen bij uw zienswijze", "", False, kinds)


def is_hearing_document(code: str) -> bool:
    """Whether a file with this code came with a view on an intended refusal."""
    return code.startswith(_WITH_VIEW)


def can_refuse(actor: Actor, application: Application) -> Verdict:
    """Only after the municipality was heard, or let the time pass: then the intention can become a refusal."""
    verdict = can_drop(actor, application)
    if not verdict:
        return verdict
    hearing = application.open_hearing
    if hearing is None:
        return no("Laat de gemeente eerst weten wat u van plan bent.", "state")
    if hearing.answered_at is None and actor.at <= hearing.until:
        return no(f"De gemeente kan nog reageren tot en met {format_moment(hearing.until)}.", "early")
    return YES


def can_drop(actor: Actor, _application: Application) -> Verdict:
    return YES if actor.has(Role.PROGRAMME) else no("Alleen het programmateam kan dit.")


def not_handled_term(application: Application) -> terms.Term | None:
    """Until when to say that it is not handled, once a supplement was asked for (4:5, fourth lid, Awb); else None.

    Four weeks, from the day on which it was supplied or on which the time for it passed unused.
    """
    asked = next((check for check in reversed(application.checks) if check.last_day), None)
    if asked is None or asked.last_day is None:
        return None
    came = (v.submitted_at for v in application.versions if v.submitted_at >= asked.checked_at)
    supplied = next(came, None)
    return terms.not_handled(local_date(supplied) if supplied else asked.last_day)


def can_leave(actor: Actor, application: Application) -> Verdict:
    """Whether it can be left unhandled because it stayed incomplete: asked first, and not too long ago."""
    verdict = can_check(actor, application)
    if not verdict:
        return verdict
    term = not_handled_term(application)
    if term is None:
        return no("Vraag eerst om aanvulling (artikel 4:5 Awb).", "not_asked")
    if not term.holds(actor.at):
        return no(
            f"Niet behandelen omdat de aanvulling ontbreekt kon tot en met {format_date(term.last_day)} "
            f"({term.source}). Toets de aanvraag zoals die er ligt.",
            "late",
        )
    return YES
