"""The decision as a letter, from plain facts: what is decided, why, what is expected, and how to object.

Legal sources: articles 3:45 to 3:47, 4:25, 4:30 to 4:37, 4:46, 6:4 to 6:16 Awb. Equal facts give equal bytes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from pool.core.money import format_euros
from pool.core.pdf import Attachment, Document, Sender
from pool.core.text import canonical_json, format_date, format_points, format_weekday, join_words
from pool.rounds.states import Account, Instrument, Progress

from .states import Ground, Outcome
from .wording import AWB, GRANT, article

SCHEMA = "pool-besluit/1"
ON_BEHALF_OF = "De minister van Volksgezondheid, Welzijn en Sport"
SENDER = Sender("Programma Geweld hoort nergens thuis", "Projectenpool\nBehandeld door het programmateam")
_TUPLES = ("regions", "partners", "articles", "invented")


@dataclass(frozen=True)
class LetterFacts:
    """Everything in the letter. Amounts in cents, merits in thousandths, days and moments ISO text.

    ground: a Ground value or empty. regions, partners: names. version_sha256: of the submitted content that was
    decided on. articles: what of the law applies to the round. account: an Account value, how is accounted for an
    award of this size; empty for a refusal. determination_by: last day to ask for the final amount, or to set it
    when nobody needs to ask; empty when there is none. advice_on: day on which the committee advised, or empty.
    progress: a Progress value, how often the municipality tells meanwhile how the project goes; letters made before
    this was a fact asked for it every half year. announced_at: moment at which the letter became available, in UTC. objection_shift: why the last day moved, or
    empty. invented: sentences that say what is made up.
    """

    reference: str
    number: int
    title: str
    applicant: str
    contact_name: str
    contact_function: str
    scheme: str
    round_title: str
    instrument: str
    legal_basis: str
    publication_reference: str
    articles: tuple[str, ...]
    rules_sha256: str
    submitted_on: str
    version_sha256: str
    outcome: str
    requested: int
    minimum: int
    amount: int
    ground: str
    reason: str
    summary: str
    theme: str
    regions: tuple[str, ...]
    partners: tuple[str, ...]
    starts_on: str
    ends_on: str
    merit: int | None
    min_merit: int
    advice_on: str
    decided_on: str
    decided_by: str
    decided_for: str
    announced_at: str
    objection_until: str
    objection_shift: str
    objection_by_post: str
    objection_address: str
    account: str
    sisa_code: str
    determination_by: str
    invented: tuple[str, ...]
    progress: str = Progress.HALF_YEARLY.value
    schema: str = SCHEMA

    def to_json(self) -> dict[str, Any]:
        body = asdict(self)
        return body | {name: list(body[name]) for name in _TUPLES}

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> LetterFacts:
        """The facts from their JSON form; unknown keys raise TypeError."""
        return cls(**{**body, **{name: tuple(body[name]) for name in _TUPLES}})

    @property
    def moment(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.announced_at)


def _day(text: str) -> str:
    return format_date(dt.date.fromisoformat(text))


def document(facts: LetterFacts) -> Document:
    """The letter. The facts go along as besluit.json."""
    outcome = Outcome(facts.outcome)
    data = Attachment(
        name="besluit.json",
        media_type="application/json",
        content=canonical_json(facts.to_json()),
        description="De gegevens van dit besluit, voor verwerking door een computer.",
    )
    doc = Document(
        title=f"Besluit op aanvraag {facts.reference}",
        moment=facts.moment,
        subject=f"{facts.title}: {outcome.label}",
        reference=facts.reference,
        sender=SENDER,
        attachments=(data,),
    )
    person = ", ".join(part for part in (facts.contact_name, facts.contact_function) if part)
    doc.address(
        [facts.applicant, *([f"T.a.v. {person}"] if person else []), "Verzonden via de Projectenpool"]
    )
    if facts.invented:
        doc.note(" ".join(["VERZONNEN / DEMONSTRATIE.", *facts.invented]))
    doc.facts(
        [
            ("Datum", format_date(facts.moment)),
            ("Kenmerk", facts.reference),
            ("Onderwerp", f"Besluit op uw aanvraag ‘{facts.title}’"),
        ]
    )
    doc.heading(1, f"Besluit: {outcome.label}")
    doc.paragraph("Geachte lezer,")
    doc.paragraph(
        f"Op {_day(facts.submitted_on)} vroeg u een bijdrage voor het project ‘{facts.title}’. Dat deed u in de ronde "
        f"‘{facts.round_title}’ van de regeling {facts.scheme}. Op {_day(facts.decided_on)} is daarover besloten. In "
        "deze brief leest u wat het besluit is, en waarom."
    )
    _decision(doc, facts, outcome)
    doc.heading(2, "Waarom dit besluit?")
    doc.prose(facts.reason)
    if facts.ground:
        ground = Ground(facts.ground)
        source = article(ground, Instrument(facts.instrument), facts.legal_basis)
        refused = (
            "De grond voor de afwijzing" if outcome == Outcome.REFUSED else "De grond voor het lagere bedrag"
        )
        doc.paragraph(f"{refused}: {ground.label} ({source}).")
    if outcome != Outcome.REFUSED:
        _award(doc, facts)
    _objection(doc, facts)
    _sources(doc, facts)
    doc.signature(
        "Met vriendelijke groet,",
        [
            f"{ON_BEHALF_OF},",
            "namens deze,",
            "",
            facts.decided_by,
            f"beslisser (in mandaat){f', {facts.decided_for}' if facts.decided_for else ''}",
        ],
    )
    return doc


def _decision(doc: Document, facts: LetterFacts, outcome: Outcome) -> None:
    grant = GRANT[Instrument(facts.instrument)]
    doc.heading(2, "Wat is het besluit?")
    if outcome == Outcome.REFUSED:
        doc.paragraph(f"Wij wijzen uw aanvraag af. U krijgt geen {grant} voor dit project.")
        pairs = [("Gevraagd", format_euros(facts.requested)), ("Toegekend", "niets")]
    elif outcome == Outcome.PARTLY_AWARDED:
        doc.paragraph(
            f"Wij kennen u een {grant} toe van ten hoogste {format_euros(facts.amount)}. Dat is een deel van wat u vroeg."
        )
        pairs = [
            ("Gevraagd", format_euros(facts.requested)),
            ("Toegekend", f"ten hoogste {format_euros(facts.amount)}"),
            ("Verschil", f"{format_euros(facts.requested - facts.amount)} wijzen wij af"),
        ]
    else:
        doc.paragraph(
            f"Wij kennen u een {grant} toe van ten hoogste {format_euros(facts.amount)}. Dat is het hele bedrag dat u "
            "vroeg."
        )
        pairs = [
            ("Gevraagd", format_euros(facts.requested)),
            ("Toegekend", f"ten hoogste {format_euros(facts.amount)}"),
        ]
    if facts.merit is not None:
        pairs.append(("Kwaliteitsscore", f"{format_points(facts.merit)} van de 100 punten"))
        if facts.min_merit:
            pairs.append(("Ondergrens voor de score", f"{format_points(facts.min_merit)} punten"))
    doc.facts(pairs)


def _award(doc: Document, facts: LetterFacts) -> None:
    instrument = Instrument(facts.instrument)
    doc.heading(2, "Waarvoor is het bedrag?")
    doc.paragraph(
        "Het bedrag is voor de activiteiten in uw aanvraag, zoals u die hebt ingediend en zoals wij die hebben "
        "beoordeeld. In het kort:"
    )
    doc.prose(facts.summary)
    doc.facts(
        [
            ("Project", facts.title),
            ("Regio's" if len(facts.regions) > 1 else "Regio", join_words(facts.regions)),
            *([("Thema", facts.theme)] if facts.theme else []),
            *([("Partners", join_words(facts.partners))] if facts.partners else []),
            ("Begin", _day(facts.starts_on)),
            ("Einde", f"{_day(facts.ends_on)}; dan zijn de activiteiten klaar"),
        ]
    )
    doc.heading(2, "Wat verwachten wij van u?")
    basis = {
        Instrument.SUBSIDY: f"Dit zijn verplichtingen bij de subsidie (artikel 4:37 van de {AWB} en de regeling).",
        Instrument.SPECIFIC_GRANT: f"Dit zijn verplichtingen bij de uitkering. Zij volgen uit {facts.legal_basis}.",
        Instrument.DECENTRALISED_GRANT: "Dit zijn afspraken bij uw aanvraag.",
    }
    doc.paragraph(basis[instrument])
    doc.list(
        [
            f"U voert de activiteiten uit in de periode van {_day(facts.starts_on)} tot en met {_day(facts.ends_on)}.",
            _PROGRESS[Progress(facts.progress)],
            "U meldt het meteen in de Projectenpool als het project anders loopt: als u later klaar bent, minder "
            "doet, minder geld nodig hebt of stopt. Een andere einddatum of een ander plan vraagt u vooraf aan.",
            "U deelt wat u leert, zodat andere regio's het kunnen gebruiken.",
        ],
        ordered=True,
    )
    doc.heading(2, "Hoe gaat het verder met het geld?")
    doc.paragraph(_money(facts))


_PROGRESS = {
    Progress.HALF_YEARLY: (
        "Uw regionaal projectleider brengt elk half jaar verslag uit over het project. U laat daarvoor in de "
        "Projectenpool kort weten hoe het loopt."
    ),
    Progress.YEARLY: (
        "Duurt uw project langer dan twaalf maanden? Dan laat u na elke twaalf maanden in de Projectenpool kort "
        "weten hoe het loopt. Uw regionaal projectleider leest mee."
    ),
    Progress.NONE: "U hoeft tussentijds geen verslag te sturen.",
}


def _money(facts: LetterFacts) -> str:
    """How the final amount comes about, by the arrangement that holds for an award of this size."""
    if facts.account == Account.SISA:
        code = f", code {facts.sisa_code}" if facts.sisa_code else ""
        return (
            "Het bedrag is een specifieke uitkering. U verantwoordt de besteding in uw jaarrekening, volgens artikel "
            f"17a van de Financiële-verhoudingswet (SiSa{code}). Wij vragen geen aparte financiële verantwoording."
        )
    if facts.instrument == Instrument.DECENTRALISED_GRANT:
        return (
            "Het bedrag is een decentralisatie-uitkering. U ontvangt het via het gemeentefonds en verantwoordt het "
            "aan uw eigen gemeenteraad."
        )
    day = _day(facts.determination_by)
    how = {
        Account.NONE: f"Wij stellen het definitieve bedrag uit onszelf vast, uiterlijk op {day}. U hoeft niets te sturen.",
        Account.ON_REQUEST: (
            f"Wij stellen het definitieve bedrag uit onszelf vast, uiterlijk op {day}. U hoeft geen verantwoording te "
            "sturen. Wij kunnen u in een steekproef wel vragen om te laten zien dat de activiteiten zijn gedaan."
        ),
        Account.PERFORMANCE: (
            f"Als het project klaar is, vraagt u ons om het definitieve bedrag vast te stellen. Dat doet u uiterlijk op "
            f"{day}, met een verslag van de activiteiten. Een verslag van de kosten is niet nodig."
        ),
        Account.COSTS: (
            f"Als het project klaar is, vraagt u ons om het definitieve bedrag vast te stellen. Dat doet u uiterlijk op "
            f"{day}, met een verslag van de activiteiten en een financieel verslag."
        ),
    }
    return (
        f"Het toegekende bedrag is een maximum. {how[Account(facts.account)]} Het bedrag kan lager worden als u de "
        "activiteiten niet of niet helemaal hebt gedaan, of als u zich niet aan de verplichtingen hield (artikel 4:46 "
        f"van de {AWB}). Met deze brief verlenen wij geen voorschot."
    )


def _objection(doc: Document, facts: LetterFacts) -> None:
    last = dt.date.fromisoformat(facts.objection_until)
    doc.heading(2, "Bent u het niet eens met dit besluit?")
    doc.paragraph(
        f"Dan kunt u bezwaar maken. Dat kan tot en met {format_weekday(last)}. De termijn is zes weken en begint op de "
        f"dag na de datum van deze brief (artikelen 6:7 en 6:8 van de {AWB}). {facts.objection_shift}".strip()
    )
    doc.paragraph(f"Stuur uw bezwaar naar:\n{facts.objection_address}")
    doc.paragraph(
        "Stuurt u uw bezwaar met de post? Dan is het op tijd als u het voor het einde van de termijn op de post doet "
        f"en wij het uiterlijk op {_day(facts.objection_by_post)} hebben."
    )
    doc.paragraph("Zet in uw bezwaar:")
    doc.list(
        [
            "de naam en het adres van uw gemeente, en wie wij kunnen bellen of mailen;",
            "de datum waarop u het bezwaar schrijft;",
            f"tegen welk besluit u bezwaar maakt: noem kenmerk {facts.reference} en stuur een kopie van deze brief mee;",
            "waarom u het niet eens bent met het besluit;",
            "de handtekening van iemand die namens uw gemeente bezwaar mag maken.",
        ]
    )
    doc.paragraph(
        "Lukt het niet om uw redenen op tijd op te schrijven? Maak dan toch op tijd bezwaar en laat weten dat de "
        "redenen later komen."
    )
    doc.paragraph(
        "Het besluit geldt ook als u bezwaar maakt: een bezwaar stelt het niet uit (artikel 6:16 van de "
        f"{AWB}). Kunt u daar niet op wachten? Dan kunt u, als u ook bezwaar maakt, de rechtbank vragen om een voorlopige "
        "voorziening."
    )


def _sources(doc: Document, facts: LetterFacts) -> None:
    doc.heading(2, "Waar steunt dit besluit op?")
    doc.list(
        [
            f"de regeling: {facts.legal_basis}"
            + (f" ({facts.publication_reference})" if facts.publication_reference else "")
            + ";",
            *([f"wat van de wet geldt: {join_words(facts.articles)};"] if facts.articles else []),
            f"de gepubliceerde regels van de ronde (controlegetal {facts.rules_sha256[:16]});",
            f"uw aanvraag zoals ingediend op {_day(facts.submitted_on)} (controlegetal {facts.version_sha256[:16]});",
            f"het advies van de beoordelingscommissie van {_day(facts.advice_on)}, waarvan de redenen hierboven staan.",
        ]
    )
