"""What mails about a project say, from plain facts. Each function gives a subject and a text."""

from __future__ import annotations

import datetime as dt

from pool.core.outbox import text
from pool.core.text import format_date

Letter = tuple[str, str]


def reported(reference: str, title: str, applicant: str, period: str, standing: str, invented: str) -> Letter:
    """To the regional leads of a project's regions: a report was handed in."""
    return (
        f"Voortgang van project {reference}",
        text(
            f"{applicant} heeft de voortgangsrapportage over de {period} ingediend van het project ‘{title}’ "
            f"({reference}). Volgens de gemeente is de stand: {standing}.",
            "In de Projectenpool leest u de rapportage. Daar geeft u ook aan hoe uw regio de voortgang ziet.",
            invented,
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
