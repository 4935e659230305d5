"""How is accounted for an award: what the published rules of the round ask of one of this size. Plain Dutch."""

from __future__ import annotations

from dataclasses import dataclass

from pool.core.text import format_date
from pool.rounds import queries as rounds
from pool.rounds import rules as round_rules
from pool.rounds.states import Account, Instrument

from .models import Project

PROGRESS = "De voortgangsrapportages staan hier los van. Daarin vragen wij niet naar kosten."


@dataclass(frozen=True)
class Owed:
    """What a project owes. account: the published arrangement; size: for which amounts it holds."""

    account: Account
    size: str
    sentences: tuple[str, ...]


def owed(project: Project) -> Owed:
    """What holds for a project: by the amount of its award and the instrument of its round."""
    round_ = project.application.round
    reporting = round_rules.reporting_of(round_.instrument, rounds.rules_of(round_))
    account = round_rules.account_for(reporting, project.decision.amount)
    size = round_rules.size_of(project.decision.amount)
    if account == Account.SISA:
        code = f", code {reporting.sisa_code}" if reporting.sisa_code else ""
        said = [
            f"De besteding staat in de jaarrekening van de gemeente (SiSa{code}).",
            "Een aparte financiële verantwoording is niet nodig.",
        ]
    elif round_.instrument == Instrument.DECENTRALISED_GRANT:
        said = [
            "Het geld loopt via het gemeentefonds. De gemeente verantwoordt het aan de eigen gemeenteraad."
        ]
    else:
        day = round_rules.determination_by(round_.instrument, account, project.ends_on)
        said = _subsidy(account, format_date(day) if day else "")
    return Owed(account, size, (*said, PROGRESS))


def _subsidy(account: Account, day: str) -> list[str]:
    if account in (Account.NONE, Account.ON_REQUEST):
        sample = (
            ["In een steekproef kunnen wij wel vragen om te laten zien dat de activiteiten zijn gedaan."]
            if account == Account.ON_REQUEST
            else []
        )
        return [
            f"Wij stellen het definitieve bedrag uit onszelf vast, uiterlijk op {day}.",
            "De gemeente hoeft geen verantwoording te sturen.",
            *sample,
        ]
    what = (
        "Daar hoort een verslag van de activiteiten bij. Een verslag van de kosten is niet nodig."
        if account == Account.PERFORMANCE
        else "Daar horen een verslag van de activiteiten en een financieel verslag bij."
    )
    return [
        f"Als het project klaar is, vraagt de gemeente om het definitieve bedrag vast te stellen. Dat kan tot en met {day}.",
        what,
    ]
