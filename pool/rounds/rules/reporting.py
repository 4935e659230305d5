"""How is accounted for an award, by its amount: what is usual, and what may not be asked."""

from __future__ import annotations

import datetime as dt

from pool.core import terms
from pool.core.errors import Invalid

from ..inputs import MIDDLE_UNTIL, SMALL_UNTIL, Accountability, RoundRules
from ..states import Account, Instrument, Progress

A = Account
_WEIGHT = {A.NONE: 0, A.ON_REQUEST: 1, A.PERFORMANCE: 2, A.COSTS: 3}
_USUAL = {"small": A.ON_REQUEST, "middle": A.PERFORMANCE, "large": A.COSTS}
_UP_TO = {"small": "tot € 25.000", "middle": "van € 25.000 tot € 125.000", "large": "vanaf € 125.000"}

_TITLE = "titel 4.2 Algemene wet bestuursrecht"
STANDARD_ARTICLES: dict[Instrument, tuple[str, ...]] = {
    Instrument.SUBSIDY: (_TITLE, "Aanwijzingen voor subsidieverstrekking"),
    Instrument.SPECIFIC_GRANT: (
        "artikel 4:35 Algemene wet bestuursrecht",
        "artikel 4:46 Algemene wet bestuursrecht",
        "artikel 4:48 Algemene wet bestuursrecht",
        "artikel 4:50 Algemene wet bestuursrecht",
        "artikel 4:57 Algemene wet bestuursrecht",
        "artikel 17a Financiële-verhoudingswet",
    ),
    Instrument.DECENTRALISED_GRANT: ("artikel 13 Financiële-verhoudingswet",),
}
"""What usually applies to an instrument; a round says for itself what does. A specific grant follows title 4.2
only where its own regulation says so (article 4:21, third lid, Awb)."""


def standard_reporting(instrument: Instrument) -> Accountability:
    """What is usual for an instrument: the three arrangements of the Aanwijzingen, SiSa, or nothing."""
    if instrument == Instrument.SPECIFIC_GRANT:
        return Accountability(A.SISA.value, A.SISA.value, A.SISA.value)
    if instrument == Instrument.DECENTRALISED_GRANT:
        return Accountability(A.NONE.value, A.NONE.value, A.NONE.value)
    return Accountability(A.ON_REQUEST.value, A.PERFORMANCE.value, A.COSTS.value)


def reporting_of(instrument: Instrument, rules: RoundRules) -> Accountability:
    """What holds in a round."""
    return rules.reporting or standard_reporting(instrument)


def size_of(amount: int) -> str:
    """In which of the three classes an amount in cents falls, in Dutch."""
    return _UP_TO["small" if amount < SMALL_UNTIL else "middle" if amount < MIDDLE_UNTIL else "large"]


def account_for(reporting: Accountability, amount: int) -> Account:
    """How is accounted for an award of this size, in cents."""
    if amount < SMALL_UNTIL:
        return Account(reporting.small)
    return Account(reporting.middle if amount < MIDDLE_UNTIL else reporting.large)


_PROGRESS = {
    A.NONE: Progress.NONE,
    A.ON_REQUEST: Progress.NONE,
    A.PERFORMANCE: Progress.YEARLY,
    A.COSTS: Progress.YEARLY,
    A.SISA: Progress.HALF_YEARLY,
}


def progress_for(account: Account) -> Progress:
    """How often a report may be asked before the project is over, by how is accounted for the award.

    Nothing for the lightest arrangements (aanwijzing 9); at most one in twelve months for the others (13 and 16).
    The Aanwijzingen do not cover a specific grant (aanwijzing 1, second lid, b): there the programme asks every
    half year, for what it learns and not for the money.
    """
    return _PROGRESS[account]


def determination_by(instrument: Instrument, account: Account, ends_on: dt.date) -> dt.date | None:
    """Until when the final amount is asked for, or set without asking; None when there is no such step."""
    if instrument != Instrument.SUBSIDY:
        return None
    asked = account in (Account.PERFORMANCE, Account.COSTS)
    term = terms.determination_request(ends_on) if asked else terms.ex_officio_determination(ends_on)
    return term.last_day


def unfit_reporting(instrument: Instrument, given: Accountability) -> list[Invalid]:
    """What may not be asked of a municipality with this instrument; fields as in the form."""
    parts = {"small": given.small, "middle": given.middle, "large": given.large}
    if instrument != Instrument.SUBSIDY:
        only = A.SISA if instrument == Instrument.SPECIFIC_GRANT else A.NONE
        why = (
            "Bij een specifieke uitkering verantwoordt de gemeente zich via SiSa. U mag geen tweede financiële "
            "verantwoording vragen (artikel 17a Financiële-verhoudingswet)."
            if only == A.SISA
            else "Over een decentralisatie-uitkering verantwoordt de gemeente zich niet aan het Rijk."
        )
        return [Invalid("reporting", why, name) for name, value in parts.items() if value != only]
    problems = []
    for name, value in parts.items():
        usual = _USUAL[name]
        if value not in {a.value for a in _WEIGHT}:
            problems.append(Invalid("reporting", "Kies een verantwoording die bij een subsidie past.", name))
        elif _WEIGHT[A(value)] > _WEIGHT[usual]:
            problems.append(
                Invalid(
                    "reporting",
                    f"Dit is te zwaar voor een bedrag {_UP_TO[name]}. Vraag niet meer dan: {usual.label} "
                    "(Aanwijzingen voor subsidieverstrekking 8, 9 en 12).",
                    name,
                )
            )
        elif name != "small" and _WEIGHT[A(value)] < _WEIGHT[usual] and not given.risk_analysis.strip():
            problems.append(
                Invalid(
                    "risk_analysis",
                    f"Minder vragen {_UP_TO[name]} kan alleen met een risicoanalyse (aanwijzing 7 en 12).",
                    "risk_analysis",
                )
            )
    return problems
