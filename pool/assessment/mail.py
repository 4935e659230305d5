"""What mail to the committee says: plain facts in, subject and text out. No mail names an application."""

from __future__ import annotations

from pool.core.text import plural


def assigned(name: str, round_title: str, count: int) -> tuple[str, str]:
    """To an assessor who has new applications to read."""
    files = plural(count, "aanvraag", "aanvragen")
    body = (
        f"Beste {name},\n\n"
        f"U hebt {files} om te beoordelen in de ronde ‘{round_title}’.\n\n"
        "Log in op de Projectenpool en ga naar Beoordelen. Per aanvraag zegt u eerst of u een belang hebt. "
        "Daarna kunt u de aanvraag lezen en beoordelen.\n\n"
        "Met vriendelijke groet,\nhet programmateam"
    )
    return f"{files[0].upper()}{files[1:]} om te beoordelen", body


def abstained(name: str, assessor: str, round_title: str, why: str) -> tuple[str, str]:
    """To the programme team, when an assessor gave an application back."""
    body = (
        f"Beste {name},\n\n"
        f"{assessor} heeft een aanvraag teruggegeven in de ronde ‘{round_title}’: {why}. "
        "Log in op de Projectenpool, ga naar Beoordelen en wijs opnieuw toe. Wat al is toegewezen, blijft zoals "
        "het is.\n\n"
        "Met vriendelijke groet,\nde Projectenpool"
    )
    return "Een aanvraag is teruggegeven", body


def interest_to_weigh(name: str, round_title: str) -> tuple[str, str]:
    """To the chair, when a member waits for a decision about an interest."""
    body = (
        f"Beste {name},\n\n"
        f"Een lid van de commissie heeft misschien een belang bij een aanvraag in de ronde ‘{round_title}’. "
        "U beslist of dit lid de aanvraag mag beoordelen. Log in op de Projectenpool en ga naar Beoordelen, "
        "Belangen.\n\n"
        "Met vriendelijke groet,\nhet programmateam"
    )
    return "Een belang om over te beslissen", body


def reopened(name: str, round_title: str) -> tuple[str, str]:
    """To an assessor whose scores were given back."""
    body = (
        f"Beste {name},\n\n"
        f"De voorzitter heeft een beoordeling van u heropend in de ronde ‘{round_title}’. "
        "Log in op de Projectenpool, ga naar Beoordelen, pas de beoordeling aan en dien haar opnieuw in.\n\n"
        "Met vriendelijke groet,\nhet programmateam"
    )
    return "Een beoordeling is heropend", body
