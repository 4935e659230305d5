"""How is accounted for an award: what the published rules of the round ask of one of this size. Plain Dutch."""

from __future__ import annotations

from dataclasses import dataclass

from pool.core.text import format_date
from pool.rounds import queries as rounds
from pool.rounds import rules as round_rules
from pool.rounds.inputs import Accountability
from pool.rounds.models import Round
from pool.rounds.states import Account, Instrument, Progress

from .models import Project

PROGRESS = {
    Progress.HALF_YEARLY: (
        "De voortgangsrapportages over elk halfjaar staan hier los van. Daarin vragen wij niet naar kosten."
    ),
    Progress.YEARLY: (
        "Duurt het project langer dan twaalf maanden, dan vragen wij na elke twaalf maanden een voortgangsrapportage. "
        "Daarin vragen wij niet naar kosten."
    ),
    Progress.NONE: "Tussentijdse rapportages vragen wij niet.",
}
"""What is asked while the project runs."""


@dataclass(frozen=True)
class Owed:
    """What a project owes. account: the published arrangement; size: for which amounts it holds."""

    account: Account
    size: str
    sentences: tuple[str, ...]


def progress_of(round_: Round, amount: int) -> Progress:
    """How often is asked how a project goes, for an award of this size in cents."""
    return round_rules.progress_for(_arrangement(round_, amount)[1])


def _arrangement(round_: Round, amount: int) -> tuple[Accountability, Account]:
    reporting = round_rules.reporting_of(round_.instrument, rounds.rules_of(round_))
    return reporting, round_rules.account_for(reporting, amount)


def owed(project: Project) -> Owed:
    """What holds for a project: by the amount of its award and the instrument of its round."""
    round_ = project.application.round
    reporting, account = _arrangement(round_, project.decision.amount)
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
    return Owed(account, size, (*said, PROGRESS[project.progress]))


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
