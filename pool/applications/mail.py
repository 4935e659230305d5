"""What mails about an application say, from plain facts. Each function gives a subject and a text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from pool.core.outbox import text
from pool.core.text import format_date, format_moment

Letter = tuple[str, str]


def receipt(
    reference: str,
    title: str,
    applicant: str,
    number: int,
    at: dt.datetime,
    sha256: str,
    invented: str,
    files: Sequence[tuple[str, str]] = (),
) -> Letter:
    """files: name and SHA-256 of each file that was sent along."""
    listed = "\n".join(f"- {name}\n  SHA-256 {digest}" for name, digest in files)
    again = f"Dit is versie {number}. Deze vervangt de vorige versie." if number > 1 else ""
    return (
        f"Ontvangen: aanvraag {reference}",
        text(
            f"Wij hebben de aanvraag ‘{title}’ van {applicant} ontvangen op {format_moment(at, seconds=True)}.",
            again,
            f"Kenmerk: {reference}\nVersie: {number}\nSHA-256 van de inhoud:\n{sha256}",
            f"Meegestuurde bestanden:\n{listed}" if listed else "",
            "Met deze code kan iedereen nagaan dat de inhoud niet is veranderd. In de Projectenpool kunt u de "
            "ontvangstbevestiging met de hele aanvraag als PDF ophalen.",
            invented,
        ),
    )


def withdrawn(reference: str, title: str, at: dt.datetime, reason: str) -> Letter:
    return (
        f"Ingetrokken: aanvraag {reference}",
        text(
            f"De aanvraag ‘{title}’ ({reference}) is ingetrokken op {format_moment(at)}.",
            f"De reden die is opgegeven:\n{reason}",
            "Wij behandelen deze aanvraag niet verder.",
        ),
    )


def infected(reference: str, title: str, name: str, finding: str, *, with_view: bool) -> Letter:
    """with_view: the file belongs to a view on an intended refusal, and not to the application itself."""
    virus = f" ({finding})" if finding else ""
    if with_view:
        what_now = [
            "Hebt u uw zienswijze nog niet verstuurd? Vervang het bestand dan door een schoon bestand.",
            "Hebt u uw zienswijze al verstuurd? Die geldt. Stuur ons een bericht, dan spreken wij af hoe u het bestand "
            "opnieuw aanlevert.",
        ]
    else:
        what_now = [
            "Kunt u de aanvraag nog wijzigen? Vervang het bestand dan door een schoon bestand. Had u de aanvraag al "
            "ingediend, dien die dan opnieuw in.",
            "Is de ronde gesloten? Dan vragen wij u om een ander bestand als we het nodig hebben.",
        ]
    return (
        f"Virus gevonden in een bestand: aanvraag {reference}",
        text(
            f"In het bestand ‘{name}’ bij de aanvraag ‘{title}’ ({reference}) is een virus gevonden{virus}. "
            "Niemand kan dit bestand in de Projectenpool openen.",
            *what_now,
            "Laat ook de ICT-afdeling van uw organisatie weten dat dit bestand een virus bevat.",
        ),
    )


def complete(reference: str, title: str) -> Letter:
    return (
        f"Volledig: aanvraag {reference}",
        text(
            f"De aanvraag ‘{title}’ ({reference}) is volledig. Wij nemen de aanvraag in behandeling.",
            "U hoeft nu niets te doen. U krijgt bericht als er een besluit is.",
        ),
    )


def supplement(
    reference: str, title: str, wanted: Sequence[tuple[str, str]], last_day: dt.date, extended: bool
) -> Letter:
    """wanted: per point that is not in order its label and what to supplement."""
    asked = "\n".join(f"- {label}\n  {note}" for label, note in wanted)
    first = (
        f"U krijgt langer de tijd om de aanvraag ‘{title}’ ({reference}) aan te vullen."
        if extended
        else f"De aanvraag ‘{title}’ ({reference}) is nog niet volledig. Wilt u deze aanvullen?"
    )
    return (
        f"Aanvulling nodig: aanvraag {reference}",
        text(
            first,
            f"Dit hebben wij nog nodig:\n{asked}",
            f"U kunt aanvullen tot en met {format_date(last_day)}. Dat doet u in de Projectenpool, bij uw aanvraag.",
            "Zolang wij op uw aanvulling wachten, staat de termijn voor ons besluit stil (artikel 4:15 van de "
            "Algemene wet bestuursrecht). Vult u niet op tijd aan, dan kunnen wij besluiten om de aanvraag niet te "
            "behandelen (artikel 4:5).",
        ),
    )


def intended(
    reference: str, title: str, reason: str, wrong: Sequence[tuple[str, str]], last_day: dt.date
) -> Letter:
    """wrong: per point that is not in order its label and a note, which may be empty. last_day: for a view."""
    listed = "\n".join(f"- {label}\n  {note}" if note else f"- {label}" for label, note in wrong)
    return (
        f"Voornemen: aanvraag {reference} niet in behandeling nemen",
        text(
            f"Wij zijn van plan om de aanvraag ‘{title}’ ({reference}) niet in behandeling te nemen. Dit is nog geen "
            "besluit.",
            f"De reden:\n{reason}",
            f"Deze punten zijn volgens ons niet in orde:\n{listed}" if listed else "",
            f"Bent u het hier niet mee eens, of missen wij iets? Geef dan uw zienswijze tot en met "
            f"{format_date(last_day)} (artikel 4:7 van de Algemene wet bestuursrecht). Dat doet u in de Projectenpool, "
            "bij uw aanvraag. Hebt u niets toe te voegen, laat dat dan ook weten.",
            "Wij beslissen pas als u hebt gereageerd of als deze datum voorbij is. De termijn voor ons besluit loopt "
            "intussen door.",
        ),
    )


def heard(reference: str, title: str, at: dt.datetime, view: str, files: Sequence[str]) -> Letter:
    """view: empty when the municipality has none. files: names of what came with it."""
    return (
        f"Ontvangen: uw zienswijze over aanvraag {reference}",
        text(
            f"Wij hebben op {format_moment(at)} uw reactie ontvangen op ons voornemen om de aanvraag ‘{title}’ "
            f"({reference}) niet in behandeling te nemen.",
            f"Uw zienswijze:\n{view}" if view else "U hebt laten weten dat u geen zienswijze geeft.",
            *(["Uw bijlagen:\n" + "\n".join(files)] if files else []),
            "U krijgt bericht als wij hebben beslist.",
        ),
    )


def intention_dropped(reference: str, title: str, reason: str) -> Letter:
    return (
        f"Voornemen ingetrokken: aanvraag {reference}",
        text(
            f"Wij waren van plan om de aanvraag ‘{title}’ ({reference}) niet in behandeling te nemen. Dat voornemen "
            "trekken wij in. De toets of de aanvraag volledig is, gaat verder.",
            f"De reden:\n{reason}",
            "U hoeft nu niets te doen. U krijgt bericht over de uitkomst.",
        ),
    )


def inadmissible(
    reference: str,
    title: str,
    reason: str,
    objection_address: str,
    last_day: dt.date,
    *,
    weighing: str = "",
    unsupplied: bool = False,
) -> Letter:
    """weighing: how the view of the municipality was weighed. unsupplied: because the supplement is missing."""
    where = f"Stuur uw bezwaar naar:\n{objection_address}" if objection_address else ""
    why = (
        " De aanvulling waarom wij vroegen, kwam niet of was niet genoeg (artikel 4:5 van de Algemene wet "
        "bestuursrecht)."
    )
    return (
        f"Niet in behandeling: aanvraag {reference}",
        text(
            f"Wij nemen de aanvraag ‘{title}’ ({reference}) niet in behandeling.{why if unsupplied else ''}",
            f"De reden:\n{reason}",
            f"Zo hebben wij uw zienswijze meegewogen:\n{weighing}" if weighing else "",
            f"Bent u het hier niet mee eens? Dan kunt u bezwaar maken tot en met {format_date(last_day)}. {where}".strip(),
        ),
    )


def reconsidered(reference: str, title: str, reason: str) -> Letter:
    return (
        f"Opnieuw getoetst: aanvraag {reference}",
        text(
            f"Wij kijken opnieuw of de aanvraag ‘{title}’ ({reference}) volledig is. De eerdere uitkomst vervalt.",
            f"De reden:\n{reason}",
            "U hoeft nu niets te doen. U krijgt bericht over de nieuwe uitkomst.",
        ),
    )


def new_message(reference: str, writer: str, answer_by: dt.date | None) -> Letter:
    """That there is a message, and where; what it says stays in the portal: a mail can be read by others."""
    asked = (
        f"In dit bericht staat een vraag. Antwoord uiterlijk op {format_date(answer_by)}. De termijn voor ons "
        "besluit loopt gewoon door."
        if answer_by
        else ""
    )
    return (
        f"{'Vraag' if answer_by else 'Nieuw bericht'} bij aanvraag {reference}",
        text(
            f"Er staat een nieuw bericht van {'het' if writer == 'programmateam' else 'de'} {writer} bij aanvraag "
            f"{reference}.",
            asked,
            "Log in op de Projectenpool om het te lezen en te beantwoorden.",
        ),
    )
