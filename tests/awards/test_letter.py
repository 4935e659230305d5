"""The letter: what it must say, that it is the same every time, and that no text can break it."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from dataclasses import replace

import pikepdf
import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pool.awards import mail, queries, service
from pool.awards.letter import LetterFacts, document
from pool.awards.models import Letter
from pool.awards.states import Ground, Outcome
from pool.core import audit, jobs, terms
from pool.core.access import system
from pool.core.db import db
from pool.core.errors import Refused
from pool.core.outbox import Mail
from pool.core.pdf import render
from pool.core.text import canonical_json, sha256_hex
from pool.rounds.states import Account, Instrument, Progress
from tests.awards.conftest import Case
from tests.support.allocation_factory import run_jobs
from tests.support.awards_factory import DECIDED, decide_all
from tests.support.pdftext import read
from tests.support.verapdf import assert_accessible

HOSTILE = "A & B <b>vet</b> <img src=file:///etc/passwd> </para> &lt; ‮ \x00 𝔘 한"

FACTS = LetterFacts(
    reference="VDND-2027-001",
    number=1,
    title="Samen sneller naar veiligheid",
    applicant="Gemeente Voorbeeld",
    contact_name="A. de Vries",
    contact_function="beleidsadviseur",
    scheme="Projectenpool",
    round_title="Voorbeeldronde 2027",
    instrument=Instrument.SUBSIDY.value,
    legal_basis="Regeling voorbeeld",
    publication_reference="Stcrt. 2027, 1",
    articles=("titel 4.2 Algemene wet bestuursrecht", "Aanwijzingen voor subsidieverstrekking"),
    rules_sha256="a" * 64,
    submitted_on="2027-01-05",
    version_sha256="b" * 64,
    outcome=Outcome.AWARDED.value,
    requested=5_000_000,
    minimum=4_000_000,
    amount=5_000_000,
    ground="",
    reason="De commissie vond uw plan goed.\n\nWij kennen daarom het hele bedrag toe.",
    summary="Wij brengen de partners rond een gezin eerder bij elkaar.",
    theme="MDA++",
    regions=("Kennemerland", "Gooi en Vechtstreek"),
    partners=("Blijf Groep",),
    starts_on="2027-09-01",
    ends_on="2028-08-31",
    merit=87_500,
    min_merit=55_000,
    advice_on="2027-02-23",
    decided_on="2027-03-05",
    decided_by="Dirk Beslisser",
    decided_for="Programmateam",
    announced_at="2027-03-05T09:00:00.000000+00:00",
    objection_until="2027-04-16",
    objection_shift="",
    objection_by_post="2027-04-23",
    objection_address="Ministerie van Voorbeeld\nPostbus 1\n2500 AA Den Haag",
    account=Account.PERFORMANCE.value,
    sisa_code="",
    determination_by="2028-11-30",
    invented=(),
)
PARTLY = replace(FACTS, outcome=Outcome.PARTLY_AWARDED.value, amount=4_500_000, ground=Ground.CEILING.value)
REFUSED = replace(
    FACTS,
    outcome=Outcome.REFUSED.value,
    amount=0,
    ground=Ground.QUALITY.value,
    merit=41_250,
    account="",
    determination_by="",
)


def words(facts: LetterFacts) -> str:
    """The text of the letter as a screen reader says it, with plain spaces."""
    tree, _ = read(render(document(facts)))
    return re.sub(r"\s+", " ", tree.text)


# --- what it says -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("facts", [FACTS, PARTLY, REFUSED], ids=["awarded", "partly", "refused"])
def test_every_letter_says_how_to_object(facts: LetterFacts) -> None:
    text = words(facts)
    for part in (
        "tot en met vrijdag 16 april 2027",
        "zes weken en begint op de dag na de datum van deze brief",
        "artikelen 6:7 en 6:8",
        "Ministerie van Voorbeeld Postbus 1 2500 AA Den Haag",
        "uiterlijk op 23 april 2027",
        "kenmerk VDND-2027-001",
        "handtekening",
        "een bezwaar stelt het niet uit (artikel 6:16",
        "voorlopige voorziening",
        "De minister van Volksgezondheid, Welzijn en Sport, namens deze, Dirk Beslisser beslisser (in mandaat)",
        "5 maart 2027",
        "Gemeente Voorbeeld T.a.v. A. de Vries, beleidsadviseur",
        "De commissie vond uw plan goed.",
        "Regeling voorbeeld (Stcrt. 2027, 1)",
        "advies van de beoordelingscommissie van 23 februari 2027",
    ):
        assert part in text


def test_an_award_says_for_what_how_much_how_long_and_what_is_expected() -> None:
    text = words(FACTS)
    for part in (
        "Besluit: toegekend",
        "een subsidie toe van ten hoogste € 50.000,00",
        "Wij brengen de partners rond een gezin eerder bij elkaar.",
        "Kennemerland en Gooi en Vechtstreek",
        "van 1 september 2027 tot en met 31 augustus 2028",
        "elk half jaar",
        "regionaal projectleider",
        "U meldt het meteen",
        "artikel 4:37",
        "uiterlijk op 30 november 2028",
        "verlenen wij geen voorschot",
    ):
        assert part in text
    assert "grond voor" not in text


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (Progress.YEARLY, "Dan laat u na elke twaalf maanden"),
        (Progress.NONE, "U hoeft tussentijds geen verslag te sturen."),
    ],
)
def test_the_letter_asks_no_more_reports_than_hold_for_the_award(progress: Progress, said: str) -> None:
    text = words(replace(FACTS, progress=progress.value))
    assert said in text
    assert "elk half jaar" not in text


def test_a_letter_from_before_reports_were_by_amount_reads_as_it_did() -> None:
    body = FACTS.to_json()
    del body["progress"]
    assert LetterFacts.from_json(body) == FACTS


def test_a_partial_award_explains_the_difference_and_its_ground() -> None:
    text = words(PARTLY)
    assert "ten hoogste € 45.000,00. Dat is een deel" in text
    assert "€ 5.000,00 wijzen wij af" in text
    assert "het plafond is bereikt (artikel 4:25, tweede lid, van de Algemene wet bestuursrecht)" in text


def test_a_refusal_gives_score_minimum_and_ground_and_promises_nothing() -> None:
    text = words(REFUSED)
    assert "Wij wijzen uw aanvraag af." in text
    assert "41,3 van de 100 punten" in text
    assert "55,0 punten" in text
    assert "onder de ondergrens (Regeling voorbeeld)" in text
    assert "Wat verwachten wij" not in text


def test_what_is_invented_is_marked_and_what_is_real_is_not() -> None:
    assert "VERZONNEN / DEMONSTRATIE. Alles is bedacht." in words(
        replace(FACTS, invented=("Alles is bedacht.",))
    )
    assert "VERZONNEN" not in words(FACTS)


@pytest.mark.parametrize(
    ("instrument", "account", "says", "not_says"),
    [
        (Instrument.SPECIFIC_GRANT, Account.SISA, "SiSa, code H12", "artikel 4:46"),
        (Instrument.DECENTRALISED_GRANT, Account.NONE, "gemeenteraad", "artikel 4:37"),
    ],
)
def test_other_instruments_claim_no_rules_of_subsidies(
    instrument: Instrument, account: Account, says: str, not_says: str
) -> None:
    facts = replace(
        PARTLY, instrument=instrument.value, account=account.value, sisa_code="H12", determination_by=""
    )
    text = words(facts)
    assert says in text
    assert not_says not in text
    assert "artikel 4:25" not in text


@pytest.mark.parametrize(
    ("account", "says", "not_says"),
    [
        (Account.NONE, "U hoeft niets te sturen", "vraagt u ons"),
        (Account.ON_REQUEST, "in een steekproef", "vraagt u ons"),
        (Account.PERFORMANCE, "Een verslag van de kosten is niet nodig", "financieel verslag"),
        (Account.COSTS, "een financieel verslag", "niet nodig"),
    ],
)
def test_the_account_that_is_asked_is_that_of_the_rules(account: Account, says: str, not_says: str) -> None:
    text = words(replace(FACTS, account=account.value))
    assert says in text
    assert not_says not in text


def test_the_size_of_an_award_chooses_the_arrangement(case: Case) -> None:
    decide_all(case.world, case.round)
    by_id = {d.application_id: d.letter for d in queries.decisions(case.round_id)}
    letters = [by_id[i] for i in (case.good_id, case.fair_id, case.low_id)]
    # 50,000 and 40,000 euros lie between the two limits; a refusal has nothing to account for.
    assert [x.facts["account"] for x in letters if x] == ["performance", "performance", ""]
    assert [x.facts["determination_by"] for x in letters if x] == ["2028-11-30", "2028-11-30", ""]


def test_a_term_that_ends_on_a_holiday_says_why_it_is_later() -> None:
    term = terms.objection(dt.date(2027, 2, 12))
    text = words(replace(FACTS, objection_until=term.last_day.isoformat(), objection_shift=term.reason))
    assert "dinsdag 30 maart 2027" in text
    assert "Goede vrijdag" in text


# --- its bytes --------------------------------------------------------------------------------------------


def test_equal_facts_give_equal_bytes_also_after_being_kept() -> None:
    first = render(document(FACTS))
    again = LetterFacts.from_json(json.loads(canonical_json(FACTS.to_json())))
    assert again == FACTS
    assert render(document(again)) == first
    assert render(document(replace(FACTS, amount=4_999_900))) != first


def test_the_facts_go_along_as_data() -> None:
    with pikepdf.open(io.BytesIO(render(document(FACTS)))) as pdf:
        assert list(pdf.attachments) == ["besluit.json"]
        assert pdf.attachments["besluit.json"].get_file().read_bytes() == canonical_json(FACTS.to_json())


@pytest.mark.parametrize("facts", [FACTS, PARTLY, REFUSED], ids=["awarded", "partly", "refused"])
def test_a_letter_is_accessible_and_lasting(facts: LetterFacts) -> None:
    assert_accessible(render(document(facts)))


def _everywhere(text: str) -> LetterFacts:
    return replace(
        PARTLY,
        **dict.fromkeys(
            (
                *(
                    "title",
                    "applicant",
                    "contact_name",
                    "contact_function",
                    "scheme",
                    "round_title",
                    "reason",
                ),
                *("legal_basis", "publication_reference", "summary", "theme", "decided_by", "decided_for"),
                *("objection_address",),
            ),
            text,
        ),
        regions=(text,),
        partners=(text, text),
        invented=(text,),
    )


def test_hostile_text_is_only_text() -> None:
    content = render(document(_everywhere(HOSTILE)))
    assert_accessible(content)
    tree, _ = read(content)
    assert "A & B <b>vet</b> <img src=file:///etc/passwd>" in tree.text
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert list(pdf.attachments) == ["besluit.json"]
        assert all("/Annots" not in page for page in pdf.pages)


@settings(max_examples=15, deadline=None)
@given(st.text(min_size=1, max_size=60).filter(str.strip))
def test_no_text_breaks_a_letter(text: str) -> None:
    assert render(document(_everywhere(text))).startswith(b"%PDF-1.7")


# --- making and telling -----------------------------------------------------------------------------------


def _mails() -> list[Mail]:
    query = select(Mail).where(Mail.key.startswith("decision:")).order_by(Mail.id)
    return list(db.session.scalars(query))


def test_a_letter_is_made_once_kept_and_told_by_mail(case: Case) -> None:
    decide_all(case.world, case.round, letters=False)
    decision = case.decision(case.low_id)
    at = case.who("decider", DECIDED + 3).at
    letter = service.make_letter(system(at), decision)
    assert service.make_letter(system(), decision) is letter
    assert letter.sha256 == sha256_hex(letter.pdf)
    assert render(document(LetterFacts.from_json(letter.facts))) == letter.pdf
    # The term runs from the day on which the letter is there, not from the day of the decision.
    assert (letter.facts["decided_on"], letter.facts["objection_until"]) == ("2027-03-05", "2027-04-19")
    assert [m.recipient for m in _mails()] == ["applicant@example.org", "contact@example.org"]
    entry = audit.trail(decision.audit_chain)[-1]
    assert (entry.action, entry.after["sha256"]) == ("letter.make", letter.sha256)


def test_the_mail_says_that_there_is_a_decision_and_not_which() -> None:
    subject, body = mail.decided("VDND-2027-001", "Gemeente Voorbeeld", dt.date(2027, 4, 16), True)
    assert subject == "Er staat een besluit voor u klaar: aanvraag VDND-2027-001"
    assert "bezwaar maken tot en met 16 april 2027" in body
    assert "demonstratie" in body
    for word in ("toegekend", "afgewezen", "€", "afwij"):
        assert word not in subject + body


def test_the_worker_makes_the_letters(case: Case) -> None:
    decide_all(case.world, case.round, letters=False)
    with time_machine.travel(case.who("decider", DECIDED).at, tick=True):
        run_jobs()
    assert all(d.letter is not None for d in queries.decisions(case.round_id))
    assert len(_mails()) == 6
    done = db.session.scalars(select(jobs.Job).where(jobs.Job.kind == "letter")).all()
    assert [(job.is_open, job.error) for job in done] == [(False, "")] * 3


def test_a_letter_never_changes(case: Case) -> None:
    decide_all(case.world, case.round)
    letter = db.session.scalars(select(Letter)).first()
    assert letter is not None
    letter.sha256 = "0" * 64
    with pytest.raises(Refused):
        db.session.flush()
    db.session.rollback()


def test_letters_of_invented_applications_say_so(case: Case) -> None:
    case.low.invented = True
    db.session.commit()
    decide_all(case.world, case.round)
    by_id = {d.application_id: d.letter for d in queries.decisions(case.round_id)}
    low, good = by_id[case.low_id], by_id[case.good_id]
    assert low is not None
    assert good is not None
    assert low.facts["invented"] == ["Deze aanvraag is verzonnen voor de demonstratie."]
    assert good.facts["invented"] == []
