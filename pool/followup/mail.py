"""What mails about a project say, from plain facts. Each function gives a subject and a text."""

from __future__ import annotations

import datetime as dt

from pool.core.text import format_date

Letter = tuple[str, str]


def _body(*parts: str) -> str:
    closing = "Met vriendelijke groet,\n\nhet programmateam"
    return "\n\n".join(["Beste lezer,", *(part for part in parts if part), closing])


def reported(reference: str, title: str, applicant: str, period: str, standing: str, invented: str) -> Letter:
    """To the regional leads of a project's regions: a report was handed in."""
    return (
        f"Voortgang van project {reference}",
        _body(
            f"{applicant} heeft de voortgangsrapportage over de {period} ingediend van het project ‘{title}’ "
            f"({reference}). Volgens de gemeente is de stand: {standing}.",
            "Log in op de Projectenpool en ga naar Projecten. Daar leest u de rapportage en geeft u aan hoe uw "
            "regio de voortgang ziet.",
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
        _body(
            f"Het project ‘{title}’ ({reference}) van {applicant} is {how} op {format_date(day)}.",
            f"{about}:\n{reason}",
            "Voortgangsrapportages zijn voor dit project niet meer nodig.",
            invented,
        ),
    )
