"""The calendar of a round: every date that follows from its rules, computed by `pool.core.terms`.

What lies after the decision is computed for a decision on the last possible day; an earlier one moves it all.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pool.core import terms
from pool.core.clock import is_repeated_hour, local_date
from pool.core.text import format_date, format_moment, format_weekday, plural

from .inputs import RoundRules
from .models import Round
from .states import Instrument


def day_note(moment: dt.datetime) -> str:
    """The weekday of a moment, and whether offices are closed or the clock is turned then."""
    day = local_date(moment)
    weekday = format_weekday(day).split(" ")[0]
    off = terms.DUTCH_CALENDAR.day_off(day)
    note = weekday if off is None or off.endswith(weekday) else f"{weekday}, {off}"
    if off is not None:
        note += ". Dan is niemand bereikbaar voor vragen"
    if is_repeated_hour(moment):
        note += ". Deze tijd komt die nacht twee keer voor; de eerste telt (zomertijd)"
    return f"{note[0].upper()}{note[1:]}."


@dataclass(frozen=True)
class Date:
    """A line of the calendar. when: as shown; note: why then, in Dutch; source: the article, or empty."""

    when: str
    title: str
    note: str = ""
    source: str = ""


def dates(round_: Round, rules: RoundRules) -> list[Date]:
    """The calendar of a round, in order of time."""
    closed = local_date(round_.closes_at)
    decided = terms.ranked_decision(closed, weeks=rules.decision_weeks)
    found = []
    if round_.publication_date is not None:
        where = round_.publication_reference
        found.append(
            Date(
                format_date(round_.publication_date),
                "De ronde is bekendgemaakt",
                f"In: {where}." if where else "",
                "artikel 4:27, eerste lid, Awb",
            )
        )
    found += [
        Date(format_moment(round_.opens_at), "De ronde gaat open", day_note(round_.opens_at)),
        Date(format_moment(round_.closes_at), "De ronde sluit", day_note(round_.closes_at)),
        _date(
            terms.supplement(closed, days=rules.supplement_days),
            "Aanvullen tot en met, als wij daar op de dag van sluiting om vragen",
            f"U krijgt {plural(rules.supplement_days, 'dag', 'dagen')}. De beslistermijn staat zolang stil.",
        ),
        _date(
            decided,
            "Uiterlijk een besluit",
            f"{plural(rules.decision_weeks, 'week', 'weken')} na de sluiting. Wachten wij op een aanvulling, dan "
            "wordt het later.",
        ),
        _date(terms.objection(decided.last_day), "Bezwaar maken kan tot en met", "Zes weken na het besluit."),
        _date(terms.payment(decided.last_day), "Uiterlijk betaald", "Tenzij het besluit iets anders zegt."),
        _date(
            terms.objection_decision(decided.last_day, committee=True),
            "Uiterlijk een besluit op bezwaar",
            "Als een adviescommissie meekijkt. Dit kan een keer zes weken later worden.",
        ),
    ]
    if round_.instrument == Instrument.SPECIFIC_GRANT:
        found.append(_date(terms.sisa_accounts(decided.last_day.year), "Eerste verantwoording via SiSa", ""))
    return found


def _date(term: terms.Term, title: str, note: str) -> Date:
    return Date(format_date(term.last_day), title, " ".join(t for t in (note, term.reason) if t), term.source)
