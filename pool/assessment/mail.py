"""What mail to the committee says: plain facts in, subject and text out.

No mail names an application or says how many there are: the reader may turn out to have an interest in one.
"""

from __future__ import annotations

from pool.core.outbox import text


def assigned(name: str, round_title: str) -> tuple[str, str]:
    """To an assessor who has new applications to read."""
    return (
        "Er zijn aanvragen om te beoordelen",
        text(
            f"Er staan aanvragen voor u klaar om te beoordelen, in de ronde ‘{round_title}’.",
            "Ga in de Projectenpool naar Beoordelen. Per aanvraag zegt u eerst of u een belang hebt. "
            "Daarna kunt u de aanvraag lezen en beoordelen.",
            greeting=f"Beste {name},",
        ),
    )


def reminder(name: str, round_title: str, last_day: str, *, over: bool) -> tuple[str, str]:
    """To an assessor who is not ready. last_day: in words, empty when none was agreed; over: whether it has passed."""
    was = "was" if over else "is"
    return (
        "Herinnering: u hebt nog aanvragen te beoordelen",
        text(
            f"U bent nog niet klaar met beoordelen in de ronde ‘{round_title}’."
            + (f" De laatste dag daarvoor {was} {last_day}." if last_day else ""),
            "Ga in de Projectenpool naar Beoordelen en dien uw beoordelingen in. Lukt dat niet? Geef een aanvraag "
            "terug, of neem contact op met het programmateam.",
            greeting=f"Beste {name},",
        ),
    )


def abstained(name: str, assessor: str, round_title: str, why: str) -> tuple[str, str]:
    """To the programme team, when an assessor gave an application back."""
    return (
        "Een aanvraag is teruggegeven",
        text(
            f"{assessor} heeft een aanvraag teruggegeven in de ronde ‘{round_title}’: {why}. "
            "Log in op de Projectenpool, ga naar Beoordelen en wijs opnieuw toe. Wat al is toegewezen, blijft zoals "
            "het is.",
            greeting=f"Beste {name},",
        ),
    )


def interest_to_weigh(name: str, round_title: str) -> tuple[str, str]:
    """To the chair, when a member waits for a decision about an interest."""
    return (
        "Een belang om over te beslissen",
        text(
            f"Een lid van de commissie heeft misschien een belang bij een aanvraag in de ronde ‘{round_title}’. "
            "U beslist of dit lid de aanvraag mag beoordelen. Log in op de Projectenpool en ga naar Beoordelen, "
            "Belangen.",
            greeting=f"Beste {name},",
        ),
    )


def reopened(name: str, round_title: str) -> tuple[str, str]:
    """To an assessor whose scores were given back."""
    return (
        "Een beoordeling is heropend",
        text(
            f"De voorzitter heeft een beoordeling van u heropend in de ronde ‘{round_title}’. Zij telt pas weer mee "
            "als u haar opnieuw indient.",
            "Ga in de Projectenpool naar Beoordelen, pas de beoordeling aan en dien haar opnieuw in.",
            greeting=f"Beste {name},",
        ),
    )
