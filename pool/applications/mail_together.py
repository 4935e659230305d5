"""What mails about partners say, from plain facts. Each function gives a subject and a text."""

from __future__ import annotations

import datetime as dt

from pool.core.text import format_date

from .mail import Letter, _body


def partner_asked(
    title: str,
    applicant: str,
    partner: str,
    *,
    changed: bool,
    again: bool,
    link: str,
    until: dt.datetime | None,
) -> Letter:
    """To somebody of the partner. link: of an invitation, or empty when the request waits in the system."""
    first = (
        f"{applicant} wil geld aanvragen voor het project ‘{title}’ en noemt {partner} daarbij als partner."
    )
    why = ""
    if changed:
        why = (
            "U hebt dit al eerder bevestigd. Daarna is de tekst over u of de titel gewijzigd. "
            "Daarom vragen we het opnieuw; uw eerdere bevestiging telt niet meer."
        )
    elif again:
        why = (
            "Dit is een herinnering. Een link uit een eerdere mail werkt niet meer."
            if link
            else ("Dit is een herinnering.")
        )
    if link:
        where = (
            f"Lees wat er over u staat en geef antwoord op deze pagina:\n{link}\n\n"
            f"De link werkt één keer, tot en met {format_date(until)}. U hebt geen account nodig."
            if until
            else ""
        )
    else:
        where = "In de Projectenpool leest u wat er over u staat. U vindt het verzoek op uw overzicht, bij ‘Partnerverzoeken’."
    return (
        f"Wilt u bevestigen dat u meedoet? {title}",
        _body(
            first,
            why,
            "Klopt het dat u meedoet, met de rol en de bijdrage die er staan? Dan bevestigt u dat. Klopt het niet? "
            "Dan wijst u het af en schrijft u erbij waarom.",
            where,
            "Kent u dit project niet? Dan hoeft u niets te doen.",
        ),
    )


def partner_dropped(title: str, applicant: str, partner: str) -> Letter:
    """To somebody who was asked and need not answer any more."""
    return (
        f"U hoeft niet meer te bevestigen: {title}",
        _body(
            f"{applicant} vroeg of {partner} wil bevestigen als partner van het project ‘{title}’. "
            "Dat verzoek is ingetrokken. U hoeft niets te doen.",
        ),
    )


def partner_answered(
    reference: str, title: str, partner: str, by: str, *, confirmed: bool, note: str
) -> Letter:
    """To the applicant."""
    did = "bevestigt mee te doen aan" if confirmed else "wil niet als partner genoemd worden bij"
    return (
        f"{'Bevestigd' if confirmed else 'Afgewezen'} door partner: aanvraag {reference}",
        _body(
            f"{partner} {did} het project ‘{title}’ ({reference}). Dat antwoord gaf {by}.",
            f"Toelichting:\n{note}" if note else "",
            ""
            if confirmed
            else "Overleg met deze partner, en wijzig zo nodig uw aanvraag. Daarna kunt u opnieuw vragen.",
        ),
    )
