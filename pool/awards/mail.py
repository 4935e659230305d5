"""What mails about a decision say. The outcome stays in the portal: a mail can be read by others."""

from __future__ import annotations

import datetime as dt

from pool.core.outbox import text
from pool.core.text import format_date

Message = tuple[str, str]


def decided(reference: str, applicant: str, objection_until: dt.date, invented: bool) -> Message:
    """To the municipality, when the letter is there."""
    return (
        f"Er staat een besluit voor u klaar: aanvraag {reference}",
        text(
            f"Er staat een besluit voor u klaar over aanvraag {reference} van {applicant}.",
            "Log in op de Projectenpool. Daar leest u het besluit en haalt u de brief op.",
            "Vanaf vandaag loopt er een termijn. Bent u het niet eens met het besluit? Dan kunt u bezwaar maken tot "
            f"en met {format_date(objection_until)}. In de brief staat hoe.",
            "Let op: dit is een demonstratie. De aanvraag of de ronde is verzonnen." if invented else "",
        ),
    )
