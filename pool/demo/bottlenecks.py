"""The bottlenecks of the shelter round of 2019, and invented assessors who mark them.

The subjects come from the three reports that an experiment had to answer to; how they are explained, and every mark
and agreement, is invented.
"""

from __future__ import annotations

import datetime as dt

from pool.applications import queries as applications
from pool.applications.models import Application
from pool.assessment import service as assessment
from pool.assessment.inputs import BottleneckMark
from pool.assessment.queries.coverage import coverage
from pool.core.db import db
from pool.core.text import sha256_hex
from pool.rounds.inputs import MARKS, STANDARD_MARKS, Bottleneck, RoundRules
from pool.rounds.models import Round

from .accounts import Cast

BOTTLENECKS = tuple(
    Bottleneck(code, title, explanation, STANDARD_MARKS)
    for code, title, explanation in (
        (
            "nazorg",
            "Nazorg",
            "Wie de opvang verlaat, raakt de hulp kwijt. (Toezicht Sociaal Domein)",
        ),
        (
            "veiligheid",
            "Veilig na vertrek",
            "Niemand houdt in het oog of het na de opvang veilig blijft. (Toezicht Sociaal Domein)",
        ),
        (
            "inkomen",
            "Eigen inkomen",
            "Een uitkering of toeslag op eigen naam laat lang op zich wachten. (Nationale ombudsman)",
        ),
        ("schulden", "Schulden", "Schulden houden een nieuw begin tegen. (Nationale ombudsman)"),
        (
            "kinderen",
            "Hulp aan kinderen",
            "Kinderen krijgen niet vanzelf eigen hulp. (Nationale ombudsman)",
        ),
        ("wonen", "Passend huis", "Er zijn te weinig woningen om naartoe te gaan. (Nationale ombudsman)"),
        (
            "kinderen_opvang",
            "Kind in de opvang",
            "De opvang is ingericht op volwassenen, niet op kinderen. (commissie-Lenferink)",
        ),
    )
)
TACKLED: dict[str, dict[str, int]] = {
    "Handen thuis, nu en later": {"nazorg": 2, "veiligheid": 3, "kinderen": 2},
    "Traumascreening kinderen in de vrouwenopvang": {"kinderen": 3, "kinderen_opvang": 3},
    "Blijf veilig na de opvang": {"nazorg": 3, "veiligheid": 3},
    "Moeder en kind verlaten de opvang. Dat is óns een zorg!": {
        "nazorg": 2,
        "veiligheid": 3,
        "kinderen": 1,
    },
    "Online lotgenotencursus": {"nazorg": 2},
    "Sneller Thuis": {"wonen": 3, "inkomen": 1},
    "Een eigen voordeur binnen drie maanden": {"wonen": 3},
    "Schuldhulp aan de keukentafel": {"schulden": 3, "inkomen": 2},
    "Kinderen krijgen een eigen begeleider": {"kinderen": 2, "kinderen_opvang": 3},
    "Werk vinden vanuit de opvang": {"inkomen": 3, "schulden": 1},
    "Nazorg in de nieuwe buurt": {"nazorg": 2},
    "Samen met de woningcorporatie": {"wonen": 2},
    "Contact met thuis, veilig en op maat": {"veiligheid": 1},
}
"""Title to the marks that most assessors give; 0 for the rest."""
SLIP, FAR = 20, 5
"""Percent: how often an assessor gives one less than the others, and two less."""
AGREED = "De commissie las de aanvraag samen nog eens. Het plan staat erin, maar niet alles is geregeld. (verzonnen)"


def codings(rules: RoundRules, application: Application, reader: int) -> tuple[BottleneckMark, ...]:
    """What one invented assessor marks and quotes; nothing in a round without bottlenecks.

    By a hash, so that the chances on which the scores depend stay what they were.
    """
    if not rules.bottlenecks:
        return ()
    plan = applications.content(application).plan
    quotations = (plan.approach, plan.results, plan.embedding)
    usual = TACKLED.get(application.title, {})
    found = []
    for place, one in enumerate(rules.bottlenecks):
        luck = int(sha256_hex(f"{application.title}|{one.code}|{reader}".encode())[:8], 16) % 100
        slip = 2 if luck < FAR else 1 if luck < SLIP else 0
        mark = max(MARKS[0], usual.get(one.code, 0) - slip)
        found.append(BottleneckMark(one.code, mark, quotations[place % len(quotations)] if mark else ""))
    return tuple(found)


def agree(cast: Cast, round_: Round, moment: dt.datetime) -> None:
    """The committee agrees a mark wherever the assessors are far apart: the one in the middle."""
    chair = cast.at("voorzitter", moment)
    found = coverage(round_)
    for line in found.lines:
        for one, cell in zip(found.bottlenecks, line.cells, strict=True):
            if cell.is_open:
                middle = cell.marks[len(cell.marks) // 2]
                assessment.agree_mark(chair, round_, line.application.id, one.code, middle, AGREED)
    db.session.commit()
