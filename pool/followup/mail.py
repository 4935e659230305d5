"""What mails about a project say, from plain facts. Each function gives a subject and a text."""

from __future__ import annotations

import datetime as dt

from pool.core.outbox import text
from pool.core.text import format_date, format_weekday

Letter = tuple[str, str]


def reported(reference: str, title: str, applicant: str, about: str, standing: str, invented: str) -> Letter:
    """To the regional leads of a project's regions: a report was handed in."""
    return (
        f"Voortgang van project {reference}",
        text(
            f"{applicant} heeft de voortgangsrapportage over {about} ingediend van het project ‘{title}’ "
            f"({reference}). Volgens de gemeente is de stand: {standing}.",
            "In de Projectenpool leest u de rapportage. Daar geeft u ook aan hoe uw regio de voortgang ziet.",
            invented,
        ),
    )


def views_asked(name: str, period: str, last_day: dt.date) -> Letter:
    """To a regional lead: over this half-year views of the own region are still asked. Names no project."""
    return (
        f"Hoe gaan de projecten in uw regio? {period.capitalize()}",
        text(
            f"Over de {period} vragen wij hoe uw regio de voortgang van de projecten ziet. Dat vragen wij van elk "
            "project dat loopt, ook als de gemeente zelf niet hoeft te rapporteren. "
            f"Geef uw beeld uiterlijk op {format_weekday(last_day)}.",
            "In de Projectenpool ziet u bij ‘Beelden van de regio’ over welke projecten u nog iets moet zeggen.",
            greeting=f"Beste {name},",
        ),
    )


def ended(
    reference: str, title: str, applicant: str, finished: bool, day: dt.date, reason: str, invented: str
) -> Letter:
    """To the municipality and the regional leads: a project was finished or stopped."""
    how = "afgerond" if finished else "gestopt"
    about = "Dit heeft het project opgeleverd" if finished else "Dit is de reden"
    return (
        f"Project {reference} is {how}",
        text(
            f"Het project ‘{title}’ ({reference}) van {applicant} is {how} op {format_date(day)}.",
            f"{about}:\n{reason}",
            "Voortgangsrapportages zijn voor dit project niet meer nodig.",
            invented,
        ),
    )
