"""What mails about partners and signing say, from plain facts. Each function gives a subject and a text."""

from __future__ import annotations

import datetime as dt

from pool.core.outbox import text
from pool.core.text import format_date, format_moment

from .mail import Letter


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
        text(
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
        text(
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
        text(
            f"{partner} {did} het project ‘{title}’ ({reference}). Dat antwoord gaf {by}.",
            f"Toelichting:\n{note}" if note else "",
            ""
            if confirmed
            else "Overleg met deze partner, en wijzig zo nodig uw aanvraag. Daarna kunt u opnieuw vragen.",
        ),
    )


def sign_asked(reference: str, title: str, by: str, note: str, until: dt.datetime) -> Letter:
    """To a colleague who may sign."""
    return (
        f"Wilt u ondertekenen? Aanvraag {reference}",
        text(
            f"{by} vraagt u om de aanvraag ‘{title}’ ({reference}) te ondertekenen.",
            f"{by} schrijft:\n{note}" if note else "",
            "In de Projectenpool leest u de tekst. Daarna ondertekent u, of u geeft de aanvraag terug. Met uw "
            "handtekening dient u de aanvraag meteen in.",
            f"Dat kan tot en met {format_moment(until)}. Het moment waarop u ondertekent, telt.",
        ),
    )


def sign_given_back(reference: str, title: str, by: str, answer: str) -> Letter:
    """To the one who asked."""
    return (
        f"Teruggegeven: aanvraag {reference}",
        text(
            f"{by} heeft de aanvraag ‘{title}’ ({reference}) niet ondertekend, maar teruggegeven.",
            f"De reden:\n{answer}",
            "Pas de tekst aan en vraag daarna opnieuw om ondertekening. De aanvraag is nog niet ingediend.",
        ),
    )


def sign_done(reference: str, title: str, by: str, at: dt.datetime) -> Letter:
    """To the one who asked."""
    return (
        f"Ondertekend en ingediend: aanvraag {reference}",
        text(
            f"{by} heeft de aanvraag ‘{title}’ ({reference}) ondertekend op {format_moment(at, seconds=True)}. "
            "Daarmee is de aanvraag ingediend.",
            "In de Projectenpool vindt u de ontvangstbevestiging.",
        ),
    )


def sign_over(reference: str, title: str, by: str, *, changed: bool) -> Letter:
    """To the others who were waiting for a signature or asked to give one."""
    why = f"{by} heeft de tekst gewijzigd." if changed else f"{by} heeft het verzoek ingetrokken."
    return (
        f"Ondertekenen hoeft nu niet: aanvraag {reference}",
        text(
            f"Er lag een verzoek om de aanvraag ‘{title}’ ({reference}) te ondertekenen. {why} Daarom is dat "
            "verzoek vervallen. De aanvraag is nog niet ingediend.",
            "Is de tekst klaar? Vraag dan opnieuw om ondertekening." if changed else "",
        ),
    )
